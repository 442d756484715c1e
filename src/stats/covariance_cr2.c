// SPDX-License-Identifier: GPL-3.0-or-later
/* CR2, CR3 and Satterthwaite's degrees of freedom, df = (Σ_j p_j'p_j)² / Σ_ij (p_i'p_j)²; the algebra is in
 * covariance_basis.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/covariance_basis.h"

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

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
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
    if (moments->outer) return dot(moments->outer + j * q * q, moments->outer + j * q * q, q * q);
    double sum = 0;
    for (size_t g = 0; g < n_clusters; g++)
        for (size_t f = 0; f <= g; f++) {
            double product = dot(moments->h + (g * m + j) * q, moments->h + (f * m + j) * q, q);
            sum += (f == g ? 1 : 2) * product * product;
        }
    return sum;
}

static void add_moments(size_t q, size_t m, size_t size, const double *columns, const double *images,
                        struct moments *moments)
{
    for (size_t j = 0; j < m; j++) {
        const double *h = images + j * q;
        double gamma = dot(columns + j * size, columns + j * size, size), eta = dot(h, h, q);
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

static const char purpose[] = "cr2, cr3 and Satterthwaite's rule";

uf_status covariance_bias_reduced(const struct uf_covariance_input *input, const struct clusters *clusters,
                                  const struct bias_reduction *wanted, struct uf_error *error)
{
    size_t m = wanted->df ? wanted->directions->size2 : 0;
    struct basis basis;
    struct moments moments = {0};
    UF_TRY(basis_init(input, purpose, &basis, error));
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

/* Multiplications for the degrees of freedom of a joint test: some seconds, and m²q² of them are kept in
 * memory. */
#define MOST_JOINT_WORK 5e9

/* --- several coefficients together -------------------------------------------------------------- */

/* B = M C' L^-T with C M C' = LL': directions whose estimates are uncorrelated and of variance 1 under the
 * working model. */
static uf_status joint_directions(const gsl_matrix *inverse, const size_t *index, gsl_matrix *directions,
                                  struct uf_error *error)
{
    size_t k = inverse->size1, m = directions->size2;
    double *l = calloc(m * m + 1, sizeof *l);
    if (!l) return uf_fail_memory(error);
    for (size_t a = 0; a < m; a++) {
        for (size_t b = 0; b <= a; b++) {
            double sum = gsl_matrix_get(inverse, index[a], index[b]) - dot(l + a * m, l + b * m, b);
            if (a == b && !(sum > 0)) {
                free(l);
                return uf_fail(
                    error, UF_NOT_IDENTIFIED,
                    "joint test: (X'X)^-1 is not positive definite, since columns are nearly collinear");
            }
            l[a * m + b] = a == b ? sqrt(sum) : sum / l[b * m + b];
        }
    }
    for (size_t row = 0; row < k; row++) { /* forward substitution along each row: B L' = M C' */
        for (size_t a = 0; a < m; a++) {
            double sum = gsl_matrix_get(inverse, row, index[a]);
            for (size_t b = 0; b < a; b++) sum -= gsl_matrix_get(directions, row, b) * l[a * m + b];
            gsl_matrix_set(directions, row, a, sum / l[a * m + a]);
        }
    }
    free(l);
    return UF_OK;
}

/* Σ_s Σ_t Σ_ij [p_si'p_tj p_ti'p_sj + p_si'p_sj p_ti'p_tj], with S_st = Σ_i h_si h_ti' for the sums over
 * pairs of clusters. */
struct joint_moments {
    size_t m, q;
    double *s;       /* m × m × q × q */
    double diagonal; /* what the δ_ij add */
};

static void add_joint(struct joint_moments *j, size_t size, const double *columns, const double *h)
{
    size_t m = j->m, q = j->q;
    for (size_t s = 0; s < m; s++) {
        double gamma_ss = dot(columns + s * size, columns + s * size, size),
               eta_ss = dot(h + s * q, h + s * q, q);
        for (size_t t = 0; t < m; t++) {
            double gamma_st = dot(columns + s * size, columns + t * size, size),
                   eta_st = dot(h + s * q, h + t * q, q);
            double gamma_tt = dot(columns + t * size, columns + t * size, size),
                   eta_tt = dot(h + t * q, h + t * q, q);
            j->diagonal += (gamma_st - eta_st) * (gamma_st - eta_st) - eta_st * eta_st;
            j->diagonal += (gamma_ss - eta_ss) * (gamma_tt - eta_tt) - eta_ss * eta_tt;
            double *sum = j->s + (s * m + t) * q * q;
            for (size_t a = 0; a < q; a++)
                for (size_t b = 0; b < q; b++) sum[a * q + b] += h[s * q + a] * h[t * q + b];
        }
    }
}

static double joint_df(const struct joint_moments *j)
{
    size_t m = j->m, q = j->q;
    double total = j->diagonal;
    for (size_t st = 0; st < m * m; st++) {
        const double *s = j->s + st * q * q;
        for (size_t a = 0; a < q; a++)
            for (size_t b = 0; b < q; b++) total += s[a * q + b] * (s[b * q + a] + s[a * q + b]);
    }
    return (double)(m * (m + 1)) / total;
}

static uf_status gather_joint(const struct uf_covariance_input *input, const struct clusters *clusters,
                              enum adjustment_kind adjustment, const struct basis *basis,
                              const gsl_matrix *directions, double *out, struct uf_error *error)
{
    size_t m = directions->size2, q = basis->q;
    bool adjust = adjustment != ADJUSTMENT_NONE;
    /* so many restrictions together are neither affordable nor of use: "not testable" */
    if ((double)m * (double)m * (double)q * (double)q * (double)clusters->count > MOST_JOINT_WORK) {
        *out = NAN;
        return UF_OK;
    }
    struct joint_moments joint = {.m = m, .q = q, .s = calloc(m * m * q * q + 1, sizeof(double))};
    double *h = malloc((m * q + 1) * sizeof *h);
    uf_status status = joint.s && h ? UF_OK : uf_fail_memory(error);
    for (size_t g = 0; g < clusters->count && status == UF_OK; g++) {
        size_t size = clusters->start[g + 1] - clusters->start[g];
        struct adjustment a = {0};
        double *columns = malloc((size * m + 1) * sizeof *columns);
        status = columns ? UF_OK : uf_fail_memory(error);
        if (status == UF_OK && adjust) status = adjustment_init(basis, clusters, g, adjustment, &a, error);
        if (status == UF_OK) {
            basis_images(input, basis, clusters, g, adjust ? &a : NULL, directions, columns, h);
            add_joint(&joint, size, columns, h);
        }
        free(columns);
        adjustment_clear(&a);
    }
    if (status == UF_OK) *out = joint_df(&joint);
    free(joint.s), free(h);
    return status;
}

uf_status covariance_joint_df(const struct uf_covariance_input *input, enum adjustment_kind adjustment,
                              const size_t *index, size_t n_index, double *out, struct uf_error *error)
{
    struct clusters clusters = {0};
    struct basis basis = {0};
    gsl_matrix *directions = gsl_matrix_calloc(input->x->size2, n_index);
    uf_status status = directions ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = joint_directions(input->inverse, index, directions, error);
    if (status == UF_OK)
        status = clusters_init(&clusters, input->cluster[0], input->x->size1, input->n_groups[0], error);
    if (status == UF_OK) status = basis_init(input, purpose, &basis, error);
    if (status == UF_OK) status = gather_joint(input, &clusters, adjustment, &basis, directions, out, error);
    gsl_matrix_free(directions);
    clusters_clear(&clusters);
    basis_clear(&basis);
    return status;
}
