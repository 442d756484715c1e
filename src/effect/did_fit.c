// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"
#include "effect/did_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void uf_did_fit_clear(struct uf_did_fit *fit)
{
    if (!fit) return;
    free(fit->event_time), free(fit->position);
    gsl_matrix_free(fit->x);
    uf_least_squares_clear(&fit->fit);
    uf_absorber_free(fit->absorber);
    uf_absorbed_regression_clear(fit->summed);
    free(fit->summed);
    memset(fit, 0, sizeof *fit);
}

/* Takes the effects out of a column; gives the norm (in the weights' metric) that it had before. */
static uf_status absorb_column(const struct uf_did_data *data, const struct uf_absorber *absorber,
                               double *column, double *norm, struct uf_error *error)
{
    double sum = 0;
    for (size_t i = 0; i < data->n; i++)
        sum += (data->weights ? data->weights[i] : 1) * column[i] * column[i];
    *norm = sqrt(sum);
    return uf_absorber_apply(absorber, column, error);
}

static uf_status keep_columns(struct uf_did_fit *fit, const gsl_matrix *all, struct uf_error *error)
{
    fit->position = calloc(fit->n_columns + 1, sizeof *fit->position);
    fit->x = gsl_matrix_alloc(all->size1, fit->fit.rank);
    if (!fit->position || !fit->x) return uf_fail_memory(error);
    for (size_t j = 0; j < fit->n_columns; j++) fit->position[j] = SIZE_MAX;
    for (size_t r = 0; r < fit->fit.rank; r++) {
        fit->position[fit->fit.kept[r]] = r;
        for (size_t i = 0; i < all->size1; i++)
            gsl_matrix_set(fit->x, i, r, gsl_matrix_get(all, i, fit->fit.kept[r]));
    }
    return UF_OK;
}

uf_status did_regress(const struct uf_did_data *data, const gsl_matrix *leading, struct uf_did_fit *fit,
                      struct uf_error *error)
{
    size_t n = data->n, k = data->covariates ? data->covariates->size2 : 0;
    fit->n_leading = leading->size2;
    fit->n_columns = fit->n_leading + k;
    gsl_matrix *x = gsl_matrix_alloc(n, fit->n_columns);
    gsl_vector *y = gsl_vector_alloc(n);
    double *column = malloc((n + 1) * sizeof *column), *norms = calloc(fit->n_columns + 1, sizeof *norms),
           norm;
    uf_status status = x && y && column && norms ? UF_OK : uf_fail_memory(error);
    if (status != UF_OK) goto done;
    const size_t *const group[] = {data->unit, data->period};
    const size_t levels[] = {data->n_units, data->n_periods};
    UF_TRY_GOTO(uf_absorber_new(n, 2, group, levels, data->weights, 0, &fit->absorber, error), done);
    for (size_t j = 0; j < fit->n_columns; j++) {
        for (size_t i = 0; i < n; i++)
            column[i] = j < fit->n_leading ? gsl_matrix_get(leading, i, j)
                                           : gsl_matrix_get(data->covariates, i, j - fit->n_leading);
        UF_TRY_GOTO(absorb_column(data, fit->absorber, column, &norms[j], error), done);
        for (size_t i = 0; i < n; i++) gsl_matrix_set(x, i, j, column[i]);
    }
    memcpy(column, data->outcome, n * sizeof *column);
    UF_TRY_GOTO(absorb_column(data, fit->absorber, column, &norm, error), done);
    for (size_t i = 0; i < n; i++) gsl_vector_set(y, i, column[i]);
    const struct uf_least_squares_options options = {
        .tolerance = DID_COLLINEAR, .reference_norm = norms, .absorbed = uf_absorber_rank(fit->absorber)};
    gsl_vector_const_view weights = gsl_vector_const_view_array(data->weights ? data->weights : column, n);
    UF_TRY_GOTO(
        uf_least_squares_fit(x, y, data->weights ? &weights.vector : NULL, &options, &fit->fit, error), done);
    /* What is left of the outcome is only rounding when the effects explain all of it: call that nil. */
    double size = norm * norm * 1e-26;
    if (fit->fit.rss <= size) {
        gsl_vector_set_zero(fit->fit.residuals);
        fit->fit.rss = 0;
    }
    status = keep_columns(fit, x, error);
done:
    gsl_matrix_free(x), gsl_vector_free(y);
    free(column), free(norms);
    return status;
}

uf_status uf_did_estimate(const struct uf_did_data *data, struct uf_did_fit *out, struct uf_error *error)
{
    if (data->n == 0) return uf_fail(error, UF_NOT_IDENTIFIED, "the sample has no observations");
    struct uf_did_fit fit = {0};
    gsl_matrix_const_view treatment = gsl_matrix_const_view_array(data->treatment, data->n, 1);
    uf_status status = did_is_summed(data) ? did_regress_sums(data, NULL, 0, NULL, &fit, error)
                                           : did_regress(data, &treatment.matrix, &fit, error);
    if (status == UF_OK && fit.position[0] == SIZE_MAX)
        status =
            uf_fail(error, UF_NOT_IDENTIFIED,
                    "the treatment does not vary once the effects of units and periods are taken out: in "
                    "this sample the "
                    "treated units are treated in all periods, or all units are treated at the same time");
    if (status != UF_OK)
        uf_did_fit_clear(&fit);
    else
        *out = fit;
    return status;
}

static struct uf_covariance_input covariance_input(const struct uf_did_data *data,
                                                   const struct uf_did_fit *fit)
{
    struct uf_covariance_input input = {.x = fit->x,
                                        .residuals = fit->fit.residuals,
                                        .inverse = fit->summed ? fit->summed->inverse : fit->fit.inverse,
                                        .summed = fit->summed,
                                        .weights = data->weights,
                                        .absorber = fit->absorber,
                                        .n_cluster_dimensions = data->n_cluster_dimensions,
                                        .n_rows = data->n_rows,
                                        .unit = data->unit,
                                        .n_units = data->n_units,
                                        .period = data->period,
                                        .n_periods = data->n_periods,
                                        .time = data->time,
                                        .latitude = data->latitude,
                                        .longitude = data->longitude};
    for (size_t d = 0; d < data->n_cluster_dimensions && d < 2; d++) {
        input.cluster[d] = data->cluster[d];
        input.n_groups[d] = data->n_groups[d];
    }
    return input;
}

uf_status did_regression_init(const struct uf_did_data *data, const struct uf_did_fit *fit,
                              struct did_regression *out, struct uf_error *error)
{
    gsl_vector *kept = gsl_vector_alloc(fit->fit.rank ? fit->fit.rank : 1);
    if (!kept) return uf_fail_memory(error);
    for (size_t j = 0; j < fit->n_columns; j++)
        if (fit->position[j] != SIZE_MAX)
            gsl_vector_set(kept, fit->position[j], gsl_vector_get(fit->fit.coefficients, j));
    *out = (struct did_regression){.view = {covariance_input(data, fit), kept, fit->fit.df}, .kept = kept};
    return UF_OK;
}

void did_regression_clear(struct did_regression *regression)
{
    gsl_vector_free(regression->kept);
    memset(regression, 0, sizeof *regression);
}

uf_status uf_did_covariance(const struct uf_did_data *data, const struct uf_did_fit *fit,
                            const struct uf_covariance_options *options, struct uf_covariance *out,
                            struct uf_error *error)
{
    const struct uf_covariance_input input = covariance_input(data, fit);
    return uf_covariance_estimate(&input, options, out, error);
}

size_t did_lead_places(const struct uf_did_fit *fit, long reference, size_t *out)
{
    size_t count = 0;
    for (size_t j = 0; j < fit->n_leading; j++)
        if (fit->event_time[j] < 0 && fit->event_time[j] != reference && fit->position[j] != SIZE_MAX)
            out[count++] = fit->position[j];
    return count;
}

uf_status uf_did_pretrend(const struct uf_did_data *data, const struct uf_did_fit *fit,
                          const struct uf_covariance_options *options, const struct uf_covariance *covariance,
                          long reference, struct uf_joint_test *out, struct uf_error *error)
{
    size_t count, *index = malloc((fit->fit.rank + 1) * sizeof *index);
    struct did_regression regression;
    if (!index) return uf_fail_memory(error);
    uf_status status = did_regression_init(data, fit, &regression, error);
    if (status != UF_OK) {
        free(index);
        return status;
    }
    count = did_lead_places(fit, reference, index);
    double df2 = uf_joint_test_df2(options, covariance, fit->fit.df);
    if (covariance->repaired) /* what is left of it is near singular: F would say anything */
        *out = (struct uf_joint_test){
            .statistic = NAN, .df1 = (double)count, .df2 = df2, .p_value = NAN, .restrictions = count};
    else if (uf_joint_test_by_rows(&regression.view.input, options) && count > 0)
        status = uf_joint_test_few_clusters(&regression.view.input, options, regression.kept,
                                            covariance->matrix, index, count, out, error);
    else
        status = uf_joint_test(regression.kept, covariance->matrix, index, count, df2, out, error);
    free(index);
    did_regression_clear(&regression);
    return status;
}

uf_status did_outcome_weights(const struct uf_did_data *data, const struct uf_did_fit *fit,
                              const double *combination, double *out, struct uf_error *error)
{
    const size_t k = fit->fit.rank;
    if (!fit->x) return uf_fail(error, UF_INTERNAL, "a regression from sums has no rows");
    double *direction = calloc(k + 1, sizeof *direction);
    if (!direction) return uf_fail_memory(error);
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b < k; b++)
            direction[a] += gsl_matrix_get(fit->fit.inverse, a, b) * combination[b];
    for (size_t i = 0; i < data->n; i++) {
        double sum = 0;
        for (size_t j = 0; j < k; j++) sum += gsl_matrix_get(fit->x, i, j) * direction[j];
        out[i] = sum * (data->weights ? data->weights[i] : 1);
    }
    free(direction);
    return UF_OK;
}
