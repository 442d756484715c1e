// SPDX-License-Identifier: GPL-3.0-or-later
/* The saddlepoint approximation to the distribution of a cluster-robust t under the working model. */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/covariance.h>

#include "base/fail.h"
#include "stats/covariance_basis.h"
#include "stats/saddlepoint.h"

enum { MOST_CLUSTERS = 1000, STEPS = 200 };
/* Below this the saddlepoint is taken as 0, where Lugannani and Rice's formula is a difference of infinities. */
#define AT_ZERO 1e-5

/* Σ (g/(1 − 2 g s))^power over g = 1, −x² λ/Σλ */
static double sum_of(double x, const double *lambda, size_t count, double total, double s, int power)
{
    double sum = 0;
    for (size_t i = 0; i <= count; i++) {
        double g = i < count ? -x * x * lambda[i] / total : 1, part = g / (1 - 2 * g * s);
        sum += power == 1 ? part : power == 2 ? part * part : part * part * part;
    }
    return sum;
}

double saddlepoint_p_at(double x, const double *lambda, size_t count, double s)
{
    double total = 0, logs = 0;
    for (size_t i = 0; i < count; i++) total += lambda[i];
    double squares = sum_of(x, lambda, count, total, s, 2);
    if (fabs(s) < AT_ZERO)
        return 0.5 - sum_of(x, lambda, count, total, 0, 3) / (3 * sqrt(M_PI) * pow(squares, 1.5));
    for (size_t i = 0; i < count; i++) logs += log1p(2 * x * x * lambda[i] / total * s);
    logs += log1p(-2 * s);
    double r = copysign(sqrt(fmax(0, logs)), s), q = s * sqrt(2 * squares);
    return gsl_cdf_ugaussian_Q(r) - gsl_ran_ugaussian_pdf(r) * (1 / r - 1 / q);
}

double uf_saddlepoint_p(double x, const double *lambda, size_t count, double *saddlepoint)
{
    double total = 0, largest = 0;
    for (size_t i = 0; i < count; i++) total += lambda[i], largest = fmax(largest, lambda[i]);
    /* the derivative rises from −∞ to ∞ between the poles of its largest and its smallest g */
    double low = -total / (2 * x * x * largest), high = 0.5;
    if (x == 0) low = -INFINITY; // NOLINT: an exact 0
    if (isinf(low)) {
        if (saddlepoint) *saddlepoint = low;
        return 1;
    }
    if (sum_of(x, lambda, count, total, 0, 1) < 0)
        low = 0;
    else
        high = 0;
    for (int step = 0; step < STEPS; step++) {
        double middle = (low + high) / 2;
        if (middle == low || middle == high) break; // NOLINT: nothing is left between
        if (sum_of(x, lambda, count, total, middle, 1) < 0)
            low = middle;
        else
            high = middle;
    }
    double s = (low + high) / 2;
    if (saddlepoint) *saddlepoint = s;
    return saddlepoint_p_at(x, lambda, count, s);
}

/* The G × G matrix of p_i'p_j = [i = j] g_i'g_i − h_i'h_j (covariance_basis.h). */
static uf_status products(const struct uf_covariance_input *input, enum adjustment_kind kind,
                          const struct clusters *clusters, const struct basis *basis,
                          const gsl_matrix *direction, gsl_matrix *out, struct uf_error *error)
{
    size_t q = basis->q, count = clusters->count;
    double *h = malloc((count * q + 1) * sizeof *h), *column = malloc((basis->n + 1) * sizeof *column);
    uf_status status = h && column ? UF_OK : uf_fail_memory(error);
    for (size_t g = 0; g < count && status == UF_OK; g++) {
        struct adjustment a = {0};
        size_t size = clusters->start[g + 1] - clusters->start[g];
        if (kind != ADJUSTMENT_NONE) status = adjustment_init(basis, clusters, g, kind, &a, error);
        if (status == UF_OK) {
            basis_images(input, basis, clusters, g, kind != ADJUSTMENT_NONE ? &a : NULL, direction, column,
                         h + g * q);
            for (size_t i = 0; i <= g; i++) {
                double sum =
                    (i == g ? basis_dot(column, column, size) : 0) - basis_dot(h + i * q, h + g * q, q);
                gsl_matrix_set(out, i, g, sum), gsl_matrix_set(out, g, i, sum);
            }
        }
        adjustment_clear(&a);
    }
    free(h), free(column);
    return status;
}

uf_status saddlepoint_weights(const struct uf_covariance_input *input,
                              const struct uf_covariance_options *options, const gsl_vector *combination,
                              double **out, size_t *out_count, struct uf_error *error)
{
    size_t count;
    const struct uf_covariance_type *type = &uf_covariance_types(&count)[options->kind];
    if (input->summed || !type->clustered || input->n_cluster_dimensions != 1)
        return uf_fail(error, UF_BAD_USAGE,
                       "the saddlepoint approximation needs the rows, cr0 to cr3, and one cluster dimension");
    struct clusters clusters;
    struct basis basis = {0};
    UF_TRY(clusters_init(&clusters, input->cluster[0], input->x->size1, input->n_groups[0], error));
    count = clusters.count;
    if (count > MOST_CLUSTERS) {
        clusters_clear(&clusters);
        return uf_fail(error, UF_BAD_USAGE,
                       "the saddlepoint approximation is for at most %d clusters, not %zu",
                       (int)MOST_CLUSTERS, count);
    }
    gsl_matrix *direction = gsl_matrix_alloc(combination->size, 1), *matrix = gsl_matrix_alloc(count, count);
    gsl_vector *values = gsl_vector_alloc(count);
    gsl_eigen_symm_workspace *workspace = gsl_eigen_symm_alloc(count);
    double *lambda = malloc((count + 1) * sizeof *lambda);
    uf_status status = direction && matrix && values && workspace && lambda ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = basis_init(input, basis_bias_reduction, &basis, error);
    if (status == UF_OK) {
        gsl_vector_view column = gsl_matrix_column(direction, 0);
        gsl_blas_dgemv(CblasNoTrans, 1, input->inverse, combination, 0, &column.vector);
        status = products(input, covariance_adjustment(options->kind), &clusters, &basis, direction, matrix,
                          error);
    }
    if (status == UF_OK && gsl_eigen_symm(matrix, values, workspace))
        status = uf_fail(error, UF_INTERNAL, "saddlepoint: no eigenvalues");
    for (size_t i = 0; i < count && status == UF_OK; i++) lambda[i] = fmax(0, gsl_vector_get(values, i));
    if (status == UF_OK)
        *out = lambda, *out_count = count;
    else
        free(lambda);
    basis_clear(&basis);
    clusters_clear(&clusters);
    gsl_matrix_free(direction), gsl_matrix_free(matrix), gsl_vector_free(values);
    gsl_eigen_symm_free(workspace);
    return status;
}

/* The x that is exceeded with probability alpha. */
static double critical(const double *lambda, size_t count, double alpha)
{
    double low = 0, high = 1;
    while (uf_saddlepoint_p(high, lambda, count, NULL) > alpha && high < 1e12) low = high, high *= 2;
    for (int step = 0; step < STEPS && high - low > 1e-14 * high; step++) {
        double middle = (low + high) / 2;
        if (uf_saddlepoint_p(middle, lambda, count, NULL) > alpha)
            low = middle;
        else
            high = middle;
    }
    return high < 1e12 ? high : INFINITY;
}

uf_status uf_saddlepoint_test(const struct uf_covariance_input *input,
                              const struct uf_covariance_options *options, const gsl_vector *combination,
                              double estimate, double variance, double df, double level,
                              struct uf_t_test *out, double *saddlepoint, struct uf_error *error)
{
    struct uf_t_test test = uf_t_test(estimate, variance, df, level);
    double *lambda, total = 0, at = NAN;
    size_t count;
    if (isnan(test.statistic)) { /* nothing to approximate */
        *out = test;
        if (saddlepoint) *saddlepoint = at;
        return UF_OK;
    }
    UF_TRY(saddlepoint_weights(input, options, combination, &lambda, &count, error));
    for (size_t i = 0; i < count; i++) total += lambda[i];
    if (total > 0) {
        test.p_value = fmin(1, fmax(0, uf_saddlepoint_p(fabs(test.statistic), lambda, count, &at)));
        double reach = critical(lambda, count, 1 - level) * test.std_error;
        test.conf_low = estimate - reach, test.conf_high = estimate + reach;
    } else {
        test.p_value = test.conf_low = test.conf_high = NAN;
    }
    free(lambda);
    *out = test;
    if (saddlepoint) *saddlepoint = at;
    return UF_OK;
}
