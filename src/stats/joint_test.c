// SPDX-License-Identifier: GPL-3.0-or-later
/* Several coefficients tested together. */
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/covariance.h>
#include <utfall/distribution.h>

#include "base/fail.h"
#include "stats/covariance_internal.h"

uf_status uf_joint_test(const gsl_vector *coefficients, const gsl_matrix *covariance, const size_t *index,
                        size_t n_index, double df2, struct uf_joint_test *out, struct uf_error *error)
{
    struct uf_joint_test test = {
        .statistic = NAN, .df1 = (double)n_index, .df2 = df2, .p_value = NAN, .restrictions = n_index};
    if (n_index == 0) {
        *out = test;
        return UF_OK;
    }
    gsl_matrix *v = gsl_matrix_alloc(n_index, n_index), *vectors = gsl_matrix_alloc(n_index, n_index);
    gsl_vector *values = gsl_vector_alloc(n_index);
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(n_index);
    uf_status status = UF_OK;
    if (!v || !vectors || !values || !workspace) {
        status = uf_fail_memory(error);
        goto done;
    }
    /* On the scale of correlations, so that the units of the coefficients do not decide the rank. */
    bool degenerate = false;
    for (size_t i = 0; i < n_index; i++) {
        for (size_t j = 0; j < n_index; j++) {
            double scale = sqrt(gsl_matrix_get(covariance, index[i], index[i]) *
                                gsl_matrix_get(covariance, index[j], index[j]));
            if (!(scale > 0)) degenerate = true;
            gsl_matrix_set(v, i, j, degenerate ? 0 : gsl_matrix_get(covariance, index[i], index[j]) / scale);
        }
    }
    if (degenerate) {
        *out = test;
        goto done;
    }
    if (gsl_eigen_symmv(v, values, vectors, workspace)) {
        status = uf_fail(error, UF_INTERNAL, "joint test: no eigenvalues");
        goto done;
    }
    double largest = gsl_vector_max(values), sum = 0;
    for (size_t e = 0; e < n_index; e++) {
        double value = gsl_vector_get(values, e), part = 0;
        if (!(value > 1e-10 * largest)) continue;
        test.rank++;
        for (size_t i = 0; i < n_index; i++)
            part += gsl_matrix_get(vectors, i, e) * gsl_vector_get(coefficients, index[i]) /
                    sqrt(gsl_matrix_get(covariance, index[i], index[i]));
        sum += part * part / value;
    }
    if (test.rank == n_index) {
        test.statistic = sum / (double)n_index;
        test.p_value = uf_f_upper(test.statistic, test.df1, df2);
    }
    *out = test;
done:
    gsl_matrix_free(v), gsl_matrix_free(vectors), gsl_vector_free(values);
    gsl_eigen_symmv_free(workspace);
    return status;
}

static bool needs_rows(enum uf_joint_rule rule)
{
    return rule >= UF_JOINT_HTZ && rule <= UF_JOINT_EDT;
}

bool uf_joint_test_by_rows(const struct uf_covariance_input *input,
                           const struct uf_covariance_options *options)
{
    size_t count;
    bool clustered = uf_covariance_types(&count)[options->kind].clustered;
    bool reduced = options->kind == UF_COVARIANCE_CR2 || options->kind == UF_COVARIANCE_CR3;
    if (input->summed || !clustered || input->n_cluster_dimensions != 1) return false;
    return options->joint_rule == UF_JOINT_DEFAULT ? reduced : needs_rows(options->joint_rule);
}

double uf_joint_test_df2(const struct uf_covariance_options *options, const struct uf_covariance *covariance,
                         double residual)
{
    double g = (double)covariance->n_clusters;
    if (options->joint_rule == UF_JOINT_CHI_SQUARE) return INFINITY;
    if (options->joint_rule == UF_JOINT_FP && g > 0) return g - (double)covariance->matrix->size1;
    return g > 0 ? g - 1 : covariance->n_periods > 0 ? (double)covariance->n_periods - 1 : residual;
}

/* Hotelling's T²: test.statistic is W/q. */
static void by_hotelling(double eta, struct uf_joint_test *test)
{
    double q = test->df1;
    if (!(eta > q - 1)) {
        test->statistic = test->p_value = NAN;
        return;
    }
    test->df2 = eta - q + 1;
    test->statistic *= test->df2 / eta;
    test->p_value = uf_f_upper(test->statistic, test->df1, test->df2);
}

/* EDF: the sum of F(1, ν_j) has mean Σ ν/(ν − 2) and variance 2 Σ ν²(ν − 1)/((ν − 2)²(ν − 4)), matched by a multiple of
 * F(q, df2); where that would need more than χ²'s spread, by a multiple of χ². */
static void by_moments(const double *df, size_t m, struct uf_joint_test *test)
{
    double q = (double)m, mean = 0, variance = 0, share;
    for (size_t a = 0; a < m; a++) {
        double nu = fmax(df[a], 4.1);
        mean += nu / (nu - 2);
        variance += 2 * nu * nu * (nu - 1) / ((nu - 2) * (nu - 2) * (nu - 4));
    }
    if (q * variance > 2 * mean * mean) {
        share = (mean * mean * (q - 2) + 2 * q * variance) / (mean * (variance + mean * mean));
        test->df2 = 4 + 2 * mean * mean * (q + 2) / (q * variance - 2 * mean * mean);
    } else {
        share = q / mean;
        test->df2 = INFINITY;
    }
    test->statistic *= share;
    test->p_value = uf_f_upper(test->statistic, q, test->df2);
}

/* EDT: Hill's (1970, Algorithm 395) normal deviate of a t. */
static void by_deviates(const double *t, const double *df, size_t m, struct uf_joint_test *test)
{
    double sum = 0, q = (double)m;
    for (size_t j = 0; j < m; j++) {
        double a = df[j] - 0.5, b = 48 * a * a, c = sqrt(a * log1p(t[j] * t[j] / df[j])), c2 = c * c;
        double z = c + c * (c2 + 3) / b -
                   c * (((4 * c2 + 33) * c2 + 240) * c2 + 855) / (10 * b * b + 8 * b * c2 * c2 + 1000 * b);
        sum += z * z;
    }
    test->df2 = INFINITY;
    test->statistic = sum / q;
    test->p_value = uf_f_upper(test->statistic, q, INFINITY);
}

static uf_status by_axes(const struct uf_covariance_input *input, const struct uf_covariance_options *options,
                         const gsl_vector *coefficients, const gsl_matrix *covariance, const size_t *index,
                         size_t n_index, struct uf_joint_test *test, struct uf_error *error)
{
    double *t = malloc((2 * n_index + 1) * sizeof *t);
    if (!t) return uf_fail_memory(error);
    uf_status status = covariance_joint_axes(input, covariance_adjustment(options->kind), coefficients,
                                             covariance, index, n_index, t, t + n_index, error);
    if (status == UF_OK && options->joint_rule == UF_JOINT_EDF) by_moments(t + n_index, n_index, test);
    if (status == UF_OK && options->joint_rule == UF_JOINT_EDT) by_deviates(t, t + n_index, n_index, test);
    free(t);
    return status;
}

bool uf_joint_test_too_large(const struct uf_covariance_input *input,
                             const struct uf_covariance_options *options, size_t n_index)
{
    if (options->joint_rule == UF_JOINT_EDF || options->joint_rule == UF_JOINT_EDT) return false;
    return !input->summed && input->n_cluster_dimensions == 1 && covariance_joint_too_large(input, n_index);
}

uf_status uf_joint_test_few_clusters(const struct uf_covariance_input *input,
                                     const struct uf_covariance_options *options,
                                     const gsl_vector *coefficients, const gsl_matrix *covariance,
                                     const size_t *index, size_t n_index, struct uf_joint_test *out,
                                     struct uf_error *error)
{
    if (input->summed)
        return uf_fail(error, UF_BAD_USAGE,
                       "Hotelling's approximation needs the rows, and only sums were kept");
    struct uf_joint_test test;
    double eta = NAN;
    size_t count;
    if (input->n_cluster_dimensions != 1 || !uf_covariance_types(&count)[options->kind].clustered)
        return uf_fail(error, UF_BAD_USAGE,
                       "Hotelling's approximation needs cr0 to cr3 with one cluster dimension");
    UF_TRY(uf_joint_test(coefficients, covariance, index, n_index, 1, &test, error));
    test.df2 = NAN;
    if (isnan(test.statistic)) {
        test.p_value = NAN;
    } else if (options->joint_rule == UF_JOINT_EDF || options->joint_rule == UF_JOINT_EDT) {
        UF_TRY(by_axes(input, options, coefficients, covariance, index, n_index, &test, error));
    } else {
        enum uf_joint_rule rule = needs_rows(options->joint_rule) ? options->joint_rule : UF_JOINT_HTZ;
        UF_TRY(covariance_joint_df(input, covariance_adjustment(options->kind), rule, index, n_index, &eta,
                                   error));
        by_hotelling(eta, &test);
    }
    *out = test;
    return UF_OK;
}
