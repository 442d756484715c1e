// SPDX-License-Identifier: GPL-3.0-or-later
/* Independent observations: iid, hc1, hc2, hc3, hc4. */
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
    uf_status status = basis_init(&by_main, "hc2, hc3 and hc4", &basis, error);
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

/* The exponent of 1 − h: 0, 1, 2, and of hc4 min(4, h over its mean). */
static double exponent(enum uf_covariance_kind kind, double h, double mean)
{
    return kind == UF_COVARIANCE_HC2   ? 1
           : kind == UF_COVARIANCE_HC3 ? 2
           : kind == UF_COVARIANCE_HC4 ? fmin(4, h / mean)
                                       : 0;
}

/* Σ_i x_i x_i' e_i² (1 − h_i)^-exponent */
static uf_status add_squares(const struct uf_covariance_input *input, enum uf_covariance_kind kind,
                             gsl_matrix *meat, struct uf_error *error)
{
    size_t n = input->x->size1, k = input->x->size2;
    bool by_leverage = kind != UF_COVARIANCE_HC1;
    double *h = by_leverage ? malloc((n + 1) * sizeof *h) : NULL, mean = 0;
    if (by_leverage && !h) return uf_fail_memory(error);
    uf_status status = by_leverage ? leverage(input, h, error) : UF_OK;
    for (size_t i = 0; i < n && by_leverage && status == UF_OK; i++) mean += h[i] / (double)n;
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        double e = gsl_vector_get(input->residuals, i) * (input->weights ? input->weights[i] : 1), share = 1;
        if (by_leverage && 1 - h[i] < DETERMINED) continue;
        if (by_leverage) share = pow(1 - h[i], -exponent(kind, h[i], mean));
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
    if (options->kind == UF_COVARIANCE_HC1) out->factor = (double)n / left;
    uf_status status = add_squares(input, options->kind, meat, error);
    if (status == UF_OK) status = covariance_sandwich(input->inverse, meat, out->factor, out->matrix, error);
    gsl_matrix_free(meat);
    return status;
}
