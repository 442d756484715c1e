// SPDX-License-Identifier: GPL-3.0-or-later
/* Each sub-experiment's own differences, and what they weigh in the average. */
#include "base/fail.h"
#include "effect/stacked_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void uf_stacked_cells_clear(struct uf_stacked_cells *cells)
{
    if (!cells) return;
    uf_sun_abraham_clear(&cells->fit);
    free(cells->weight), free(cells->first_period), free(cells->time);
    memset(cells, 0, sizeof *cells);
}

/* A stack as a panel with staggered starts: units and periods are each sub-experiment's own, so that each start has its own
 * controls. */
static uf_status as_panel(const struct uf_stacked *s, const struct uf_stacked_options *o,
                          struct uf_stacked_cells *out, struct uf_did_data *data, struct uf_error *error)
{
    const size_t window = (size_t)(o->before + o->after + 1);
    *data = s->data;
    out->first_period = malloc((data->n_units + 1) * sizeof *out->first_period);
    out->time = malloc((data->n_periods + 1) * sizeof *out->time);
    if (!out->first_period || !out->time) return uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units; u++) out->first_period[u] = SIZE_MAX;
    for (size_t t = 0; t < data->n_periods; t++) out->time[t] = (long)t;
    for (size_t r = 0; r < data->n; r++)
        if (uf_stacked_is_treated(s, r))
            out->first_period[data->unit[r]] = data->period[r] / window * window + (size_t)o->before;
    data->first_period = out->first_period;
    data->time = out->time;
    data->n_rows = 0; /* the weights are no counts any more */
    return UF_OK;
}

/* A sum smaller than this share of what was added up is rounding. */
#define NIL 1e-11

/* Σ v over the treated rows of each cell, v what an outcome weighs in the average. */
static uf_status find_weights(const struct uf_stacked *s, struct uf_stacked_cells *out,
                              struct uf_error *error)
{
    double *combination = malloc((s->fit.fit.rank + 1) * sizeof *combination),
           *v = malloc((s->data.n + 1) * sizeof *v),
           *sum = calloc(s->data.n_periods + 1, sizeof *sum), /* a period has one cohort */
        all = 0;
    out->weight = calloc(out->fit.n_cells + 1, sizeof *out->weight);
    uf_status status = combination && v && sum && out->weight ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && uf_stacked_average(s, combination)) {
        status = uf_stacked_weights(s, combination, v, error);
        for (size_t r = 0; r < s->data.n && status == UF_OK; r++)
            if (uf_stacked_is_treated(s, r)) sum[s->data.period[r]] += v[r], all += fabs(v[r]);
        for (size_t c = 0; c < out->fit.n_cells; c++)
            if (out->fit.cell[c].place != SIZE_MAX && fabs(sum[out->fit.cell[c].period]) > NIL * all)
                out->weight[c] = sum[out->fit.cell[c].period];
    }
    free(combination), free(v), free(sum);
    return status;
}

uf_status uf_stacked_cells_estimate(const struct uf_stacked *stacked,
                                    const struct uf_stacked_options *options, struct uf_stacked_cells *out,
                                    struct uf_error *error)
{
    struct uf_stacked_cells cells = {0};
    struct uf_did_data data;
    const struct uf_sun_abraham_options own = {.reference = options->reference,
                                               .anticipation = options->anticipation};
    uf_status status = as_panel(stacked, options, &cells, &data, error);
    if (status == UF_OK) status = uf_sun_abraham_estimate(&data, &own, &cells.fit, error);
    if (status == UF_OK) cells.fit.data.n_rows = stacked->data.n_rows;
    if (status == UF_OK) status = find_weights(stacked, &cells, error);
    if (status == UF_OK)
        *out = cells;
    else
        uf_stacked_cells_clear(&cells);
    return status;
}

const struct uf_cohort_cell *stacked_find_cell(const struct uf_stacked *s,
                                               const struct uf_stacked_cells *cells, size_t first_period,
                                               long event)
{
    size_t cohort = 0, a = 0; /* the cells' cohorts are the sub-experiments that are used */
    while (a < s->n_stacks && s->stack[a].first_period != first_period)
        cohort += s->stack[a++].reason == UF_STACK_USED;
    if (a == s->n_stacks || s->stack[a].reason != UF_STACK_USED) return NULL;
    for (size_t c = 0; c < cells->fit.n_cells; c++)
        if (cells->fit.cell[c].cohort == cohort && cells->fit.cell[c].event_time == event)
            return &cells->fit.cell[c];
    return NULL;
}
