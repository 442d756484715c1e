// SPDX-License-Identifier: GPL-3.0-or-later
/* CR2, CR3 and Satterthwaite's degrees of freedom, df = (Σ_j p_j'p_j)² / Σ_ij (p_i'p_j)²; the algebra is in
 * covariance_basis.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/covariance_basis.h"

const char basis_bias_reduction[] = "cr2, cr3 and Satterthwaite's rule";

/* Each row at a time, all directions or all columns of the basis together, so that the inner loops run along memory; each
 * sum is taken in the order of rows (or of regressors). */
void basis_images(const struct uf_covariance_input *input, const struct basis *basis,
                  const struct clusters *clusters, size_t g, const struct adjustment *a,
                  const gsl_matrix *directions, double *columns, double *h)
{
    size_t k = input->x->size2, n = basis->n, q = basis->q, m = directions->size2,
           size = clusters->start[g + 1] - clusters->start[g];
    const size_t *order = clusters->order + clusters->start[g];
    double *row = h; /* room for m, and for q, numbers: h is written last */
    for (size_t i = 0; i < size; i++) {
        const double *x = input->x->data + order[i] * input->x->tda;
        double root = covariance_root_weight(input, order[i]);
        memset(row, 0, m * sizeof *row);
        for (size_t l = 0; l < k; l++) {
            const double *direction = directions->data + l * directions->tda;
            for (size_t s = 0; s < m; s++) row[s] += x[l] * direction[s];
        }
        for (size_t s = 0; s < m; s++) columns[s * size + i] = root * row[s];
    }
    for (size_t s = 0; s < m && a; s++) adjustment_apply(a, columns + s * size);
    memset(h, 0, m * q * sizeof *h);
    for (size_t c = 0; c < q; c++) {
        const double *y = basis->y + c * n;
        for (size_t s = 0; s < m; s++) {
            const double *column = columns + s * size;
            double sum = 0;
#pragma omp simd reduction(+ : sum)
            for (size_t i = 0; i < size; i++) sum += y[order[i]] * column[i];
            h[s * q + c] = sum;
        }
    }
}

/* What Satterthwaite's rule gathers over clusters, for each coefficient. The squares of Σ_j h_j h_j' are summed over its q²
 * cells, or, with fewer clusters than that, as (h_i'h_j)² over pairs of clusters, which is the same. */
struct moments {
    double *trace, *square; /* m */
    double *outer;          /* m × q × q: Σ_j h_j h_j'; NULL: by pairs */
    double *h;              /* m × q: of one cluster; by pairs: of each cluster, one after the other */
};

static double sum_of_squares(const struct moments *moments, size_t j, size_t m, size_t q, size_t n_clusters)
{
    if (moments->outer) return basis_dot(moments->outer + j * q * q, moments->outer + j * q * q, q * q);
    double sum = 0;
    for (size_t g = 0; g < n_clusters; g++)
        for (size_t f = 0; f <= g; f++) {
            double product = basis_dot(moments->h + (g * m + j) * q, moments->h + (f * m + j) * q, q);
            sum += (f == g ? 1 : 2) * product * product;
        }
    return sum;
}

static void add_moments(size_t q, size_t m, size_t size, const double *columns, const double *images,
                        struct moments *moments)
{
    for (size_t j = 0; j < m; j++) {
        const double *h = images + j * q;
        double gamma = basis_dot(columns + j * size, columns + j * size, size), eta = basis_dot(h, h, q);
        double *outer = moments->outer ? moments->outer + j * q * q : NULL;
        for (size_t a = 0; a < q && outer; a++)
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
    memset(score, 0, k * sizeof *score);
    for (size_t i = 0; i < size; i++) {
        const double *x = input->x->data + order[i] * input->x->tda;
        double root = covariance_root_weight(input, order[i]);
        for (size_t j = 0; j < k; j++) score[j] += root * x[j] * column[i];
    }
    for (size_t x = 0; x < k; x++) {
        double *row = meat->data + x * meat->tda, scaled = sign * score[x];
        for (size_t y = 0; y < k; y++) row[y] += scaled * score[y];
    }
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
        double *images = moments->h + (moments->outer ? 0 : g * m * basis->q);
        basis_images(input, basis, clusters, g, adjust ? &a : NULL, wanted->directions, columns, images);
        add_moments(basis->q, m, size, columns, images, moments);
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
    bool by_pairs = clusters->count < q;
    moments.outer = by_pairs ? NULL : calloc(m * q * q + 1, sizeof(double));
    moments.h = calloc(m * q * (by_pairs ? clusters->count : 1) + 1, sizeof(double));
    uf_status status = UF_OK;
    if (!moments.trace || !moments.square || (!moments.outer && !by_pairs) || !moments.h)
        status = uf_fail_memory(error);
    for (size_t g = 0; g < clusters->count && status == UF_OK; g++)
        status = add_cluster(input, &basis, clusters, g, wanted, &moments, error);
    for (size_t j = 0; j < m && status == UF_OK; j++) {
        double sum = moments.square[j] + sum_of_squares(&moments, j, m, q, clusters->count);
        wanted->df[j] = moments.trace[j] * moments.trace[j] / sum;
    }
    free(moments.trace), free(moments.square), free(moments.outer), free(moments.h);
    basis_clear(&basis);
    return status;
}
