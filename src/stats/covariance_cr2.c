// SPDX-License-Identifier: GPL-3.0-or-later
/* CR2, CR3 and Satterthwaite's degrees of freedom, df = (Σ_j p_j'p_j)² / Σ_ij (p_i'p_j)²; the algebra is in
 * covariance_basis.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/covariance_basis.h"

const char basis_bias_reduction[] = "cr2, cr3 and Satterthwaite's rule";

/* Rows, or columns of the basis, that are taken together, so that what they are multiplied by is read once for all. */
enum { TOGETHER = 4 };

/* A row of h for each of the directions, from `count` columns of the basis as the cluster has them: those of rows that lie next to
 * each other are read in their place. */
static void image_columns(const double *const *y, size_t count, const double *columns, size_t size, size_t m,
                          size_t q, double *h)
{
    for (size_t s = 0; s < m; s++) {
        const double *column = columns + s * size;
        if (count < TOGETHER) {
            for (size_t c = 0; c < count; c++) h[s * q + c] = basis_dot(y[c], column, size);
            continue;
        }
        const double *y0 = y[0], *y1 = y[1], *y2 = y[2], *y3 = y[3];
        double sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
#pragma omp simd reduction(+ : sum0, sum1, sum2, sum3)
        for (size_t i = 0; i < size; i++) {
            sum0 += y0[i] * column[i], sum1 += y1[i] * column[i];
            sum2 += y2[i] * column[i], sum3 += y3[i] * column[i];
        }
        h[s * q] = sum0, h[s * q + 1] = sum1, h[s * q + 2] = sum2, h[s * q + 3] = sum3;
    }
}

/* All directions, or all columns of the basis, together, so that the inner loops run along memory; each sum is taken in the
 * order of rows (or of regressors). */
void basis_images(const struct uf_covariance_input *input, const struct basis *basis,
                  const struct clusters *clusters, size_t g, const struct adjustment *a,
                  const gsl_matrix *directions, double *columns, double *h)
{
    size_t k = input->x->size2, n = basis->n, q = basis->q, m = directions->size2,
           size = clusters->start[g + 1] - clusters->start[g];
    const size_t *order = clusters->order + clusters->start[g];
    double *row = h; /* room for m × q numbers: h is written last */
    for (size_t i = 0, count; i < size; i += count) {
        count = size - i < TOGETHER ? size - i : TOGETHER;
        if (count > q) count = q > 0 ? q : 1;
        memset(row, 0, count * m * sizeof *row);
        for (size_t l = 0; l < k; l++) {
            const double *direction = directions->data + l * directions->tda;
            for (size_t r = 0; r < count; r++) {
                const double x = input->x->data[order[i + r] * input->x->tda + l];
                double *sum = row + r * m;
                for (size_t s = 0; s < m; s++) sum[s] += x * direction[s];
            }
        }
        for (size_t r = 0; r < count; r++) {
            const double root = covariance_root_weight(input, order[i + r]);
            for (size_t s = 0; s < m; s++) columns[s * size + i + r] = root * row[r * m + s];
        }
    }
    for (size_t s = 0; s < m && a; s++) adjustment_apply(a, columns + s * size);
    bool adjacent = true;
    for (size_t i = 1; i < size && adjacent; i++) adjacent = order[i] == order[0] + i;
    for (size_t c = 0, count; c < q && adjacent; c += count) {
        const double *y[TOGETHER];
        count = q - c < TOGETHER ? q - c : TOGETHER;
        for (size_t r = 0; r < count; r++) y[r] = basis->y + (c + r) * n + order[0];
        image_columns(y, count, columns, size, m, q, h + c);
    }
    for (size_t c = 0; c < q && !adjacent; c++) {
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

/* The basis, and each cluster's adjustment (NULL: none is wanted). */
struct uf_covariance_parts {
    struct basis basis;
    struct adjustment *adjustment;
    size_t n_clusters;
};
/* Larger ones (bytes) are not kept between calls. */
#define MOST_KEPT 2.5e8

void covariance_parts_free(struct uf_covariance_parts *parts)
{
    if (!parts) return;
    for (size_t g = 0; parts->adjustment && g < parts->n_clusters; g++)
        adjustment_clear(&parts->adjustment[g]);
    free(parts->adjustment);
    basis_clear(&parts->basis);
    free(parts);
}

static bool is_small(const struct basis *basis, const struct clusters *clusters)
{
    double numbers = (double)basis->n * (double)basis->q;
    for (size_t g = 0; g < clusters->count; g++) {
        double size = (double)(clusters->start[g + 1] - clusters->start[g]), q = (double)basis->q;
        numbers += size * (size < q ? size : q);
    }
    return numbers * sizeof(double) <= MOST_KEPT;
}

/* The adjustments are made as they are needed, and kept where the parts are. */
static uf_status parts_new(const struct uf_covariance_input *input, const struct clusters *clusters,
                           bool adjust, struct uf_covariance_parts **out, struct uf_error *error)
{
    struct uf_covariance_parts *parts = calloc(1, sizeof *parts);
    if (!parts) return uf_fail_memory(error);
    parts->n_clusters = clusters->count;
    uf_status status = basis_init(input, basis_bias_reduction, &parts->basis, error);
    if (status == UF_OK && adjust) {
        parts->adjustment = calloc(clusters->count + 1, sizeof *parts->adjustment);
        if (!parts->adjustment) status = uf_fail_memory(error);
    }
    if (status == UF_OK)
        *out = parts;
    else
        covariance_parts_free(parts);
    return status;
}

static uf_status add_cluster(const struct uf_covariance_input *input, struct uf_covariance_parts *parts,
                             bool keep, const struct clusters *clusters, size_t g,
                             const struct bias_reduction *wanted, struct moments *moments,
                             struct uf_error *error)
{
    size_t k = input->x->size2, size = clusters->start[g + 1] - clusters->start[g],
           m = wanted->directions ? wanted->directions->size2 : 0;
    const struct basis *basis = &parts->basis;
    struct adjustment *a = parts->adjustment ? &parts->adjustment[g] : NULL;
    double *columns = malloc((size * (m + 1) + 1) * sizeof *columns), *score = calloc(k + 1, sizeof *score);
    uf_status status = columns && score ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && a && !a->b)
        status = adjustment_init(basis, clusters, g, wanted->adjustment, a, error);
    if (status == UF_OK && wanted->meat)
        add_score(input, clusters, g, a, wanted->sign, columns, score, wanted->meat);
    if (status == UF_OK && wanted->df) {
        double *images = moments->h + (moments->outer ? 0 : g * m * basis->q);
        basis_images(input, basis, clusters, g, a, wanted->directions, columns, images);
        add_moments(basis->q, m, size, columns, images, moments);
    }
    free(columns), free(score);
    if (a && (!keep || status != UF_OK)) adjustment_clear(a);
    return status;
}

uf_status covariance_bias_reduced(const struct uf_covariance_input *input, const struct clusters *clusters,
                                  const struct bias_reduction *wanted, struct uf_error *error)
{
    size_t m = wanted->df ? wanted->directions->size2 : 0;
    struct uf_covariance_parts *parts = wanted->parts ? *wanted->parts : NULL;
    struct moments moments = {0};
    if (!parts) UF_TRY(parts_new(input, clusters, wanted->adjustment != ADJUSTMENT_NONE, &parts, error));
    const bool keep = wanted->parts && (*wanted->parts || is_small(&parts->basis, clusters));
    const size_t q = parts->basis.q;
    moments.trace = calloc(m + 1, sizeof(double));
    moments.square = calloc(m + 1, sizeof(double));
    bool by_pairs = clusters->count < q;
    moments.outer = by_pairs ? NULL : calloc(m * q * q + 1, sizeof(double));
    moments.h = calloc(m * q * (by_pairs ? clusters->count : 1) + 1, sizeof(double));
    uf_status status = UF_OK;
    if (!moments.trace || !moments.square || (!moments.outer && !by_pairs) || !moments.h)
        status = uf_fail_memory(error);
    const struct uf_covariance_options *options = wanted->options;
    for (size_t g = 0; g < clusters->count && status == UF_OK; g++) {
        if (options && options->progress &&
            options->progress(options->user, (double)g / (double)clusters->count))
            status = uf_fail(error, UF_INTERRUPTED, "stopped while computing a clustered covariance");
        else
            status = add_cluster(input, parts, keep, clusters, g, wanted, &moments, error);
    }
    for (size_t j = 0; j < m && status == UF_OK; j++) {
        double sum = moments.square[j] + sum_of_squares(&moments, j, m, q, clusters->count);
        wanted->df[j] = moments.trace[j] * moments.trace[j] / sum;
    }
    free(moments.trace), free(moments.square), free(moments.outer), free(moments.h);
    if (keep)
        *wanted->parts = parts; /* also on failure: whoever owns it frees it */
    else
        covariance_parts_free(parts);
    return status;
}
