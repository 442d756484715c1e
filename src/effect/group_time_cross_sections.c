// SPDX-License-Identifier: GPL-3.0-or-later
/* Repeated cross-sections in the shape of the wide data: each row a unit with one value, in time. */
#include "base/fail.h"
#include "effect/group_time_internal.h"

#include <stdlib.h>

static uf_status allocate(struct group_time_wide *w, struct uf_error *error)
{
    size_t n = w->n_units + 1;
    w->outcome = malloc(n * sizeof *w->outcome);
    w->column = calloc(w->n_covariates + 1, sizeof *w->column);
    w->unit_weight = malloc(n * sizeof *w->unit_weight);
    w->cluster = malloc(n * sizeof *w->cluster);
    w->row_first = malloc(n * sizeof *w->row_first);
    w->sequence = malloc(n * sizeof *w->sequence);
    bool fine = w->outcome && w->column && w->unit_weight && w->cluster && w->row_first && w->sequence;
    for (size_t j = 0; fine && j < w->n_covariates + w->weighted; j++)
        fine = (w->column[j].value = malloc(n * sizeof(double))) != NULL;
    return fine ? UF_OK : uf_fail_memory(error);
}

/* The rows in time, by counting; among those of a period in the order in which they came. */
static uf_status sort_in_time(struct group_time_wide *w, struct uf_error *error)
{
    size_t *next = calloc(w->n_periods + 2, sizeof *next);
    if (!next) return uf_fail_memory(error);
    for (size_t i = 0; i < w->n_units; i++) next[w->data->period[i] + 1]++;
    for (size_t t = 0; t < w->n_periods; t++) next[t + 1] += next[t];
    for (size_t i = 0; i < w->n_units; i++) w->sequence[next[w->data->period[i]]++] = i;
    free(next);
    return UF_OK;
}

static uf_status count_clusters(struct group_time_wide *w, struct uf_error *error)
{
    unsigned char *seen = calloc(w->n_rows + 1, 1);
    if (!seen) return uf_fail_memory(error);
    for (size_t i = 0; i < w->n_units; i++)
        if (!seen[w->cluster[i]]) seen[w->cluster[i]] = 1, w->n_clusters++;
    free(seen);
    return UF_OK;
}

static uf_status fill(struct group_time_wide *w, struct uf_error *error)
{
    const struct uf_did_data *data = w->data;
    bool given = data->n_cluster_dimensions == 1;
    UF_TRY(allocate(w, error));
    w->n_rows = given ? data->n_groups[0] : data->n;
    w->first_period = w->row_first;
    for (size_t i = 0; i < data->n; i++) {
        w->outcome[i] = data->outcome[i];
        w->unit_weight[i] = w->weighted ? data->weights[i] : 1;
        w->cluster[i] = given ? data->cluster[0][i] : i;
        w->row_first[i] = data->first_period[data->unit[i]];
        for (size_t j = 0; j < w->n_covariates; j++)
            w->column[j].value[i] = gsl_matrix_get(data->covariates, i, j);
        if (w->weighted) w->column[w->n_covariates].value[i] = data->weights[i];
    }
    UF_TRY(sort_in_time(w, error));
    return count_clusters(w, error);
}

uf_status group_time_cross_sections_init(const struct uf_did_data *data, struct group_time_wide *out,
                                         struct uf_error *error)
{
    struct group_time_wide w = {.data = data,
                                .cross_sections = true,
                                .n_units = data->n,
                                .n_periods = data->n_periods,
                                .n_covariates = data->covariates ? data->covariates->size2 : 0,
                                .weighted = data->weights != NULL};
    uf_status status = fill(&w, error);
    if (status != UF_OK)
        group_time_wide_clear(&w);
    else
        *out = w;
    return status;
}
