// SPDX-License-Identifier: GPL-3.0-or-later
/* Independent observations: iid, hc1, hc2, hc3. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "stats/covariance_basis.h"

/* 1 − h below this: the observation is fitted perfectly. */
#define DETERMINED 1e-10

/* The diagonal of the hat matrix of regressors and effects together: the groups of the largest grouping by
 * their means, the other effects and the regressors by an orthonormal basis of what those leave. */
static uf_status leverage(const struct uf_covariance_input *input, double *h, struct uf_error *error)
{
    size_t n = input->x->size1, main = 0;
    struct uf_covariance_input by_main = *input;
    struct basis basis;
    double *total = NULL;
    for (size_t d = 1; input->absorber && d < uf_absorber_dimensions(input->absorber); d++)
        if (uf_absorber_levels(input->absorber, d) > uf_absorber_levels(input->absorber, main)) main = d;
    if (input->absorber) {
        by_main.cluster[0] = uf_absorber_groups(input->absorber, main);
        total = calloc(uf_absorber_levels(input->absorber, main) + 1, sizeof *total);
        if (!total) return uf_fail_memory(error);
    }
    uf_status status = basis_init(&by_main, "hc2 and hc3", &basis, error);
    if (status != UF_OK) goto done;
    for (size_t i = 0; i < n && total; i++)
        total[by_main.cluster[0][i]] += input->weights ? input->weights[i] : 1;
    for (size_t i = 0; i < n; i++)
        h[i] = total ? (input->weights ? input->weights[i] : 1) / total[by_main.cluster[0][i]] : 0;
    for (size_t c = 0; c < basis.q; c++)
        for (size_t i = 0; i < n; i++) h[i] += basis.y[c * n + i] * basis.y[c * n + i];
    basis_clear(&basis);
done:
    free(total);
    return status;
}

/* Σ_i x_i x_i' e_i² (1 − h_i)^-power */
static uf_status add_squares(const struct uf_covariance_input *input, int power, gsl_matrix *meat,
                             struct uf_error *error)
{
    size_t n = input->x->size1, k = input->x->size2;
    double *h = power > 0 ? malloc((n + 1) * sizeof *h) : NULL;
    if (power > 0 && !h) return uf_fail_memory(error);
    uf_status status = power > 0 ? leverage(input, h, error) : UF_OK;
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        double e = gsl_vector_get(input->residuals, i) * (input->weights ? input->weights[i] : 1), share = 1;
        if (power > 0 && 1 - h[i] < DETERMINED) continue;
        for (int p = 0; p < power; p++) share /= 1 - h[i];
        for (size_t a = 0; a < k; a++) {
            double xa = gsl_matrix_get(input->x, i, a) * e * e * share;
            for (size_t b = 0; b < k; b++)
                gsl_matrix_set(meat, a, b, gsl_matrix_get(meat, a, b) + xa * gsl_matrix_get(input->x, i, b));
        }
    }
    free(h);
    return status;
}

uf_status covariance_independent(const struct uf_covariance_input *input,
                                 const struct uf_covariance_options *options, struct uf_covariance *out,
                                 struct uf_error *error)
{
    size_t n = input->x->size1, k = input->x->size2;
    double left;
    UF_TRY(covariance_left(input, &out->parameters, &left, error));
    if (options->kind == UF_COVARIANCE_IID) {
        double rss = 0;
        for (size_t i = 0; i < n; i++) {
            double e = gsl_vector_get(input->residuals, i);
            rss += (input->weights ? input->weights[i] : 1) * e * e;
        }
        gsl_matrix_memcpy(out->matrix, input->inverse);
        gsl_matrix_scale(out->matrix, rss / left);
        return UF_OK;
    }
    gsl_matrix *meat = gsl_matrix_calloc(k, k);
    if (!meat) return uf_fail_memory(error);
    int power = options->kind == UF_COVARIANCE_HC2 ? 1 : options->kind == UF_COVARIANCE_HC3 ? 2 : 0;
    if (power == 0) out->factor = (double)n / left;
    uf_status status = add_squares(input, power, meat, error);
    if (status == UF_OK) status = covariance_sandwich(input->inverse, meat, out->factor, out->matrix, error);
    gsl_matrix_free(meat);
    return status;
}
