// SPDX-License-Identifier: GPL-3.0-or-later
/* The regression behind `did` from sums of many rows: nothing that is as long as they are is made. */
#include "base/fail.h"
#include "effect/did_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool did_is_summed(const struct uf_did_data *data)
{
    return data->n >= (data->summed_from ? data->summed_from : UF_DID_SUMMED_FROM) && data->n < UINT32_MAX &&
           (data->n_periods <= UF_ABSORBED_DUMMIES / 2 || data->n_units <= UF_ABSORBED_DUMMIES / 2);
}

/* The sums as the other fits of did show themselves. */
static uf_status show(struct uf_did_fit *fit, size_t n_leading, struct uf_error *error)
{
    struct uf_absorbed_fit *summed = fit->summed;
    struct uf_least_squares *shown = &fit->fit;
    const size_t k = summed->n_columns;
    fit->n_leading = n_leading;
    fit->n_columns = k;
    *shown = (struct uf_least_squares){.n = summed->n,
                                       .k = k,
                                       .rank = summed->rank,
                                       .n_dropped = summed->n_dropped,
                                       .rss = summed->rss,
                                       .df = summed->df,
                                       .condition = 1};
    shown->coefficients = gsl_vector_alloc(k);
    shown->kept = malloc((k + 1) * sizeof *shown->kept);
    shown->dropped = malloc((k + 1) * sizeof *shown->dropped);
    shown->remaining = malloc((k + 1) * sizeof *shown->remaining);
    fit->position = malloc((k + 1) * sizeof *fit->position);
    if (!shown->coefficients || !shown->kept || !shown->dropped || !shown->remaining || !fit->position)
        return uf_fail_memory(error);
    gsl_vector_memcpy(shown->coefficients, summed->coefficients);
    memcpy(shown->kept, summed->kept, summed->rank * sizeof *shown->kept);
    memcpy(shown->dropped, summed->dropped, summed->n_dropped * sizeof *shown->dropped);
    memcpy(shown->remaining, summed->remaining, k * sizeof *shown->remaining);
    for (size_t j = 0; j < k; j++) fit->position[j] = SIZE_MAX;
    for (size_t r = 0; r < summed->rank; r++) fit->position[summed->kept[r]] = r;
    return UF_OK;
}

uf_status did_regress_sums(const struct uf_did_data *data, const uint32_t *event, size_t n_events,
                           const uint32_t *order, struct uf_did_fit *fit, struct uf_error *error)
{
    const size_t k = data->covariates ? data->covariates->size2 : data->n_columns;
    const struct uf_grouping effects[] = {{.id = {.wide = data->unit, .n = data->n_units}},
                                          {.id = {.wide = data->period, .n = data->n_periods}}},
                             category = {.id = {.narrow = event, .n = n_events + 1}},
                             cluster[] = {{.id = {.wide = data->cluster[0], .n = data->n_groups[0]}},
                                          {.id = {.wide = data->cluster[1], .n = data->n_groups[1]}}};
    struct uf_value_column *columns = malloc((k + 1) * sizeof *columns);
    fit->summed = calloc(1, sizeof *fit->summed);
    if (!columns || !fit->summed) {
        free(columns);
        return uf_fail_memory(error);
    }
    size_t n_columns = 0;
    if (!event) columns[n_columns++] = (struct uf_value_column){data->treatment, 1};
    for (size_t j = 0; j < k; j++)
        columns[n_columns++] =
            data->covariates ? (struct uf_value_column){data->covariates->data + j, data->covariates->tda}
                             : data->column[j];
    const struct uf_absorbed_data absorbed = {.n = data->n,
                                              .outcome = {data->outcome, 1},
                                              .regressor = columns,
                                              .n_regressors = n_columns,
                                              .weights = data->weights,
                                              .effect = effects,
                                              .n_effects = 2,
                                              .category = event ? &category : NULL,
                                              .cluster = {&cluster[0], &cluster[1]},
                                              .n_cluster_dimensions = data->n_cluster_dimensions};
    const struct uf_absorbed_options options = {.tolerance = DID_COLLINEAR,
                                                .category_order = order,
                                                .n_category_order = n_events,
                                                .row_scores = data->row_scores};
    uf_status status = uf_absorbed_regression_fit(&absorbed, &options, fit->summed, error);
    free(columns);
    return status == UF_OK ? show(fit, event ? n_events : 1, error) : status;
}
