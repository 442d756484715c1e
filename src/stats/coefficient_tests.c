// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/covariance.h>
#include <utfall/distribution.h>

#include "base/fail.h"
#include "stats/covariance_internal.h"

struct uf_t_test uf_t_test(double estimate, double variance, double df, double level)
{
    struct uf_t_test test = {.std_error = sqrt(variance),
                             .statistic = NAN,
                             .df = df,
                             .p_value = NAN,
                             .conf_low = NAN,
                             .conf_high = NAN};
    if (!(variance > 0)) return test;
    test.statistic = estimate / test.std_error;
    test.p_value = uf_t_two_sided(test.statistic, df);
    double reach = uf_t_quantile(0.5 + level / 2, df) * test.std_error;
    test.conf_low = estimate - reach;
    test.conf_high = estimate + reach;
    return test;
}

/* The coefficient that a combination is a multiple of; SIZE_MAX: it is of several, or nil. */
static size_t single_coefficient(const gsl_matrix *combinations, size_t column)
{
    size_t found = SIZE_MAX, count = 0;
    for (size_t a = 0; a < combinations->size1; a++)
        if (gsl_matrix_get(combinations, a, column) != 0) found = a, count++; // NOLINT: exactly 0 is left out
    return count == 1 ? found : SIZE_MAX;
}

/* Satterthwaite's df of the combinations listed in `column`: `count` of them. */
static uf_status satterthwaite(const struct uf_covariance_input *input,
                               const struct uf_covariance_options *options, const gsl_matrix *combinations,
                               const size_t *column, size_t count, double *df, struct uf_error *error)
{
    struct clusters clusters = {0};
    gsl_matrix *directions = gsl_matrix_calloc(input->x->size2, count);
    double *found = malloc((count + 1) * sizeof *found);
    uf_status status = directions && found ? UF_OK : uf_fail_memory(error);
    for (size_t c = 0; c < count && status == UF_OK; c++) {
        gsl_vector_const_view combination = gsl_matrix_const_column(combinations, column[c]);
        gsl_vector_view direction = gsl_matrix_column(directions, c);
        if (gsl_blas_dgemv(CblasNoTrans, 1, input->inverse, &combination.vector, 0, &direction.vector))
            status = uf_fail(error, UF_INTERNAL, "combinations: matrices do not fit");
    }
    const struct bias_reduction wanted = {
        .adjustment = covariance_adjustment(options->kind), .directions = directions, .df = found};
    if (status == UF_OK)
        status = clusters_init(&clusters, input->cluster[0], input->x->size1, input->n_groups[0], error);
    if (status == UF_OK) status = covariance_bias_reduced(input, &clusters, &wanted, error);
    for (size_t c = 0; c < count && status == UF_OK; c++) df[column[c]] = found[c];
    clusters_clear(&clusters);
    gsl_matrix_free(directions);
    free(found);
    return status;
}

uf_status uf_covariance_combinations(const struct uf_covariance_input *input,
                                     const struct uf_covariance_options *options,
                                     const struct uf_covariance *covariance, const gsl_matrix *combinations,
                                     double *variance, double *df, struct uf_error *error)
{
    size_t k = input->inverse->size1, m = combinations->size2, n_several = 0;
    if (combinations->size1 != k || covariance->matrix->size1 != k || input->inverse->size1 != k)
        return uf_fail(error, UF_INTERNAL, "combinations: sizes differ");
    double *found = malloc((m + 1) * sizeof *found);
    size_t *several = malloc((m + 1) * sizeof *several);
    uf_status status = found && several ? UF_OK : uf_fail_memory(error);
    for (size_t j = 0; j < m && status == UF_OK; j++) {
        /* the rules but Satterthwaite's give each coefficient the same; his does not change with scale */
        size_t single = single_coefficient(combinations, j);
        found[j] = covariance->df[single == SIZE_MAX ? 0 : single];
        if (single == SIZE_MAX && covariance->df_rule == UF_DF_SATTERTHWAITE) several[n_several++] = j;
    }
    if (status == UF_OK && n_several > 0)
        status = satterthwaite(input, options, combinations, several, n_several, found, error);
    for (size_t j = 0; j < m && status == UF_OK; j++) {
        double sum = 0;
        for (size_t a = 0; a < k; a++) {
            double left = gsl_matrix_get(combinations, a, j);
            if (left == 0) continue; // NOLINT: exactly 0 is left out
            for (size_t b = 0; b < k; b++)
                sum += left * gsl_matrix_get(covariance->matrix, a, b) * gsl_matrix_get(combinations, b, j);
        }
        variance[j] = sum;
        df[j] = found[j];
    }
    free(found), free(several);
    return status;
}

uf_status uf_covariance_combination(const struct uf_covariance_input *input,
                                    const struct uf_covariance_options *options,
                                    const struct uf_covariance *covariance, const gsl_vector *combination,
                                    double *out_variance, double *out_df, struct uf_error *error)
{
    size_t k = combination->size;
    gsl_matrix *column = gsl_matrix_alloc(k ? k : 1, 1);
    if (!column) return uf_fail_memory(error);
    gsl_matrix_set_zero(column);
    for (size_t j = 0; j < k; j++) gsl_matrix_set(column, j, 0, gsl_vector_get(combination, j));
    uf_status status =
        uf_covariance_combinations(input, options, covariance, column, out_variance, out_df, error);
    gsl_matrix_free(column);
    return status;
}

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
    double eta = NAN, q = (double)n_index;
    size_t count;
    if (input->n_cluster_dimensions != 1 || !uf_covariance_types(&count)[options->kind].clustered)
        return uf_fail(error, UF_BAD_USAGE,
                       "Hotelling's approximation needs cr0 to cr3 with one cluster dimension");
    UF_TRY(uf_joint_test(coefficients, covariance, index, n_index, 1, &test, error));
    test.df2 = NAN;
    if (!isnan(test.statistic))
        UF_TRY(covariance_joint_df(input, covariance_adjustment(options->kind), index, n_index, &eta, error));
    if (eta > q - 1) {
        test.df2 = eta - q + 1;
        test.statistic *= test.df2 / eta;
        test.p_value = uf_f_upper(test.statistic, test.df1, test.df2);
    } else {
        test.statistic = test.p_value = NAN;
    }
    *out = test;
    return UF_OK;
}
