// SPDX-License-Identifier: GPL-3.0-or-later
/* CR2, CR3 and Satterthwaite's degrees of freedom, df = (Σ_j p_j'p_j)² / Σ_ij (p_i'p_j)²; the algebra is in
 * covariance_basis.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/covariance_basis.h"

const char basis_bias_reduction[] = "cr2, cr3 and Satterthwaite's rule";

void basis_images(const struct uf_covariance_input *input, const struct basis *basis,
                  const struct clusters *clusters, size_t g, const struct adjustment *a,
                  const gsl_matrix *directions, double *columns, double *h)
{
    size_t k = input->x->size2, n = basis->n, q = basis->q,
           size = clusters->start[g + 1] - clusters->start[g];
    const size_t *order = clusters->order + clusters->start[g];
    for (size_t s = 0; s < directions->size2; s++) {
        double *column = columns + s * size;
        for (size_t i = 0; i < size; i++) {
            double sum = 0;
            for (size_t l = 0; l < k; l++)
                sum += gsl_matrix_get(input->x, order[i], l) * gsl_matrix_get(directions, l, s);
            column[i] = covariance_root_weight(input, order[i]) * sum;
        }
        if (a) adjustment_apply(a, column);
        for (size_t c = 0; c < q; c++) {
            double sum = 0;
            for (size_t i = 0; i < size; i++) sum += basis->y[c * n + order[i]] * column[i];
            h[s * q + c] = sum;
        }
    }
}

/* What Satterthwaite's rule gathers over clusters, for each coefficient. */
struct moments {
    double *trace, *square; /* k */
    double *outer;          /* k × q × q: Σ_j h_j h_j' */
    double *h;              /* k × q: of one cluster */
};

static void add_moments(size_t q, size_t m, size_t size, const double *columns, struct moments *moments)
{
    for (size_t j = 0; j < m; j++) {
        const double *h = moments->h + j * q;
        double gamma = basis_dot(columns + j * size, columns + j * size, size), eta = basis_dot(h, h, q);
        double *outer = moments->outer + j * q * q;
        for (size_t a = 0; a < q; a++)
            for (size_t b = 0; b < q; b++) outer[a * q + b] += h[a] * h[b];
        moments->trace[j] += gamma - eta;
        moments->square[j] += (gamma - eta) * (gamma - eta) - eta * eta;
    }
}

static void add_score(const struct uf_covariance_input *input, const struct clusters *clusters, size_t g,
                      const struct adjustment *a, double sign, double *column, double *score,
                      gsl_matrix *meat)
{
    size_t k = input->x->size2, size = clusters->start[g + 1] - clusters->start[g];
    const size_t *order = clusters->order + clusters->start[g];
    for (size_t i = 0; i < size; i++)
        column[i] = covariance_root_weight(input, order[i]) * gsl_vector_get(input->residuals, order[i]);
    if (a) adjustment_apply(a, column);
    for (size_t j = 0; j < k; j++) {
        score[j] = 0;
        for (size_t i = 0; i < size; i++)
            score[j] +=
                covariance_root_weight(input, order[i]) * gsl_matrix_get(input->x, order[i], j) * column[i];
    }
    for (size_t x = 0; x < k; x++)
        for (size_t y = 0; y < k; y++)
            gsl_matrix_set(meat, x, y, gsl_matrix_get(meat, x, y) + sign * score[x] * score[y]);
}

static uf_status add_cluster(const struct uf_covariance_input *input, const struct basis *basis,
                             const struct clusters *clusters, size_t g, const struct bias_reduction *wanted,
                             struct moments *moments, struct uf_error *error)
{
    size_t k = input->x->size2, size = clusters->start[g + 1] - clusters->start[g],
           m = wanted->directions ? wanted->directions->size2 : 0;
    bool adjust = wanted->adjustment != ADJUSTMENT_NONE;
    struct adjustment a = {0};
    double *columns = malloc((size * (m + 1) + 1) * sizeof *columns), *score = calloc(k + 1, sizeof *score);
    uf_status status = columns && score ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && adjust)
        status = adjustment_init(basis, clusters, g, wanted->adjustment, &a, error);
    if (status == UF_OK && wanted->meat)
        add_score(input, clusters, g, adjust ? &a : NULL, wanted->sign, columns, score, wanted->meat);
    if (status == UF_OK && wanted->df) {
        basis_images(input, basis, clusters, g, adjust ? &a : NULL, wanted->directions, columns, moments->h);
        add_moments(basis->q, m, size, columns, moments);
    }
    free(columns), free(score);
    adjustment_clear(&a);
    return status;
}

uf_status covariance_bias_reduced(const struct uf_covariance_input *input, const struct clusters *clusters,
                                  const struct bias_reduction *wanted, struct uf_error *error)
{
    size_t m = wanted->df ? wanted->directions->size2 : 0;
    struct basis basis;
    struct moments moments = {0};
    UF_TRY(basis_init(input, basis_bias_reduction, &basis, error));
    size_t q = basis.q;
    moments.trace = calloc(m + 1, sizeof(double));
    moments.square = calloc(m + 1, sizeof(double));
    moments.outer = calloc(m * q * q + 1, sizeof(double));
    moments.h = calloc(m * q + 1, sizeof(double));
    uf_status status = UF_OK;
    if (!moments.trace || !moments.square || !moments.outer || !moments.h) status = uf_fail_memory(error);
    for (size_t g = 0; g < clusters->count && status == UF_OK; g++)
        status = add_cluster(input, &basis, clusters, g, wanted, &moments, error);
    for (size_t j = 0; j < m && status == UF_OK; j++) {
        double sum =
            moments.square[j] + basis_dot(moments.outer + j * q * q, moments.outer + j * q * q, q * q);
        wanted->df[j] = moments.trace[j] * moments.trace[j] / sum;
    }
    free(moments.trace), free(moments.square), free(moments.outer), free(moments.h);
    basis_clear(&basis);
    return status;
}
