// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/covariance.h>
#include <utfall/distribution.h>

#include "base/fail.h"
#include "stats/covariance_internal.h"

/* A variance below this share of the parts that it is a sum of is what their rounding left. */
#define ROUNDING 1e-14

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
                               const struct uf_covariance_options *options, struct uf_covariance_parts *parts,
                               const gsl_matrix *combinations, const size_t *column, size_t count, double *df,
                               struct uf_error *error)
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
    const struct bias_reduction wanted = {.adjustment = covariance_adjustment(options->kind),
                                          .directions = directions,
                                          .df = found,
                                          .parts = parts ? &parts : NULL,
                                          .options = options};
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
        status =
            satterthwaite(input, options, covariance->parts, combinations, several, n_several, found, error);
    for (size_t j = 0; j < m && status == UF_OK; j++) {
        double sum = 0, size = 0;
        for (size_t a = 0; a < k; a++) {
            double left = gsl_matrix_get(combinations, a, j);
            if (left == 0) continue; // NOLINT: exactly 0 is left out
            for (size_t b = 0; b < k; b++) {
                double part =
                    left * gsl_matrix_get(covariance->matrix, a, b) * gsl_matrix_get(combinations, b, j);
                sum += part, size += fabs(part);
            }
        }
        variance[j] = fabs(sum) > ROUNDING * size ? sum : 0;
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
