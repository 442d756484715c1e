// SPDX-License-Identifier: GPL-3.0-or-later
/* Many rows as one per cluster and period. */
#include "base/fail.h"
#include "effect/sample.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* More cells than this would be slow under procedures that were made for few clusters. */
enum { MOST_CELLS = 20000 };

/* What the cells are put together in; indices are cluster × period. */
struct cells {
    size_t n_clusters, n_periods;
    double *count, *sum, *treatment; /* cells */
    size_t *first;                   /* clusters: the period in which its units start */
    size_t *unit_cluster;            /* units; SIZE_MAX: no rows */
};

static void cells_clear(struct cells *c)
{
    free(c->count), free(c->sum), free(c->treatment), free(c->first), free(c->unit_cluster);
}

static uf_status cells_init(const struct uf_did_data *data, struct cells *c, struct uf_error *error)
{
    size_t cells = data->n_groups[0] * data->n_periods;
    *c = (struct cells){.n_clusters = data->n_groups[0],
                        .n_periods = data->n_periods,
                        .count = calloc(cells + 1, sizeof *c->count),
                        .sum = calloc(cells + 1, sizeof *c->sum),
                        .treatment = calloc(cells + 1, sizeof *c->treatment),
                        .first = malloc((data->n_groups[0] + 1) * sizeof *c->first),
                        .unit_cluster = malloc((data->n_units + 1) * sizeof *c->unit_cluster)};
    if (!c->count || !c->sum || !c->treatment || !c->first || !c->unit_cluster) return uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units; u++) c->unit_cluster[u] = SIZE_MAX;
    return UF_OK;
}

/* Sums by cell; false where units straddle clusters, or a cluster's units are treated differently. */
static bool add_up(const struct uf_did_data *data, struct cells *c)
{
    for (size_t i = 0; i < data->n; i++) {
        size_t unit = data->unit[i], cluster = data->cluster[0][i],
               cell = cluster * c->n_periods + data->period[i];
        if (c->unit_cluster[unit] == SIZE_MAX) c->unit_cluster[unit] = cluster;
        if (c->unit_cluster[unit] != cluster) return false;
        if (c->count[cell] == 0) c->treatment[cell] = data->treatment[i];
        if (c->treatment[cell] != data->treatment[i]) return false;
        c->count[cell] += 1;
        c->sum[cell] += data->outcome[i];
    }
    unsigned char *seen = calloc(c->n_clusters + 1, 1);
    bool same = seen != NULL;
    for (size_t u = 0; u < data->n_units && same; u++) {
        size_t cluster = c->unit_cluster[u];
        if (cluster == SIZE_MAX) continue;
        if (!seen[cluster]) seen[cluster] = 1, c->first[cluster] = data->first_period[u];
        same = c->first[cluster] == data->first_period[u];
    }
    free(seen);
    return same;
}

/* Each unit with rows has each period with rows: there are no two rows for one unit and period. */
static bool is_balanced(const struct uf_did_data *data, const struct cells *c)
{
    size_t units = 0, periods = 0;
    for (size_t u = 0; u < data->n_units; u++) units += c->unit_cluster[u] != SIZE_MAX;
    for (size_t t = 0; t < c->n_periods; t++) {
        double rows = 0;
        for (size_t g = 0; g < c->n_clusters; g++) rows += c->count[g * c->n_periods + t];
        periods += rows > 0;
    }
    return units * periods == data->n;
}

static uf_status replace(struct effect_sample *s, struct cells *c, struct uf_error *error)
{
    struct effect_sample means = {.time = s->time,
                                  .n_treated = s->n_treated,
                                  .n_control = s->n_control,
                                  .n_cohorts = s->n_cohorts,
                                  .calendar = s->calendar,
                                  .n_rows = s->data.n};
    size_t cells = c->n_clusters * c->n_periods, n = 0;
    means.unit = malloc((cells + 1) * sizeof *means.unit);
    means.period = malloc((cells + 1) * sizeof *means.period);
    means.cluster[0] = malloc((cells + 1) * sizeof *means.cluster[0]);
    means.outcome = malloc((cells + 1) * sizeof *means.outcome);
    means.treatment = malloc((cells + 1) * sizeof *means.treatment);
    means.weights = malloc((cells + 1) * sizeof *means.weights);
    if (!means.unit || !means.period || !means.cluster[0] || !means.outcome || !means.treatment ||
        !means.weights) {
        means.time = NULL;
        effect_sample_clear(&means);
        return uf_fail_memory(error);
    }
    for (size_t cell = 0; cell < cells; cell++) {
        if (c->count[cell] == 0) continue;
        means.unit[n] = means.cluster[0][n] = cell / c->n_periods;
        means.period[n] = cell % c->n_periods;
        means.outcome[n] = c->sum[cell] / c->count[cell];
        means.treatment[n] = c->treatment[cell];
        means.weights[n++] = c->count[cell];
    }
    means.first_period = c->first;
    means.data = (struct uf_did_data){.n = n,
                                      .n_units = c->n_clusters,
                                      .n_periods = c->n_periods,
                                      .unit = means.unit,
                                      .period = means.period,
                                      .outcome = means.outcome,
                                      .treatment = means.treatment,
                                      .weights = means.weights,
                                      .first_period = means.first_period,
                                      .time = s->data.time,
                                      .summed_from = SIZE_MAX,
                                      .cluster = {means.cluster[0]},
                                      .n_groups = {c->n_clusters},
                                      .n_cluster_dimensions = 1,
                                      .n_rows = s->data.n};
    c->first = NULL; /* taken over, as the times */
    s->time = NULL;
    effect_sample_clear(s);
    *s = means;
    return UF_OK;
}

uf_status effect_sample_take_means(struct effect_sample *s, bool *done, struct uf_error *error)
{
    const struct uf_did_data *data = &s->data;
    struct cells cells;
    *done = false;
    if (!did_is_summed(data) || data->weights || data->covariates || data->n_columns > 0 ||
        data->n_cluster_dimensions != 1 || data->n_groups[0] * data->n_periods > MOST_CELLS)
        return UF_OK;
    uf_status status = cells_init(data, &cells, error);
    if (status == UF_OK && add_up(data, &cells) && is_balanced(data, &cells)) {
        status = replace(s, &cells, error);
        *done = status == UF_OK;
    }
    cells_clear(&cells);
    return status;
}
