// SPDX-License-Identifier: GPL-3.0-or-later
/* From the sample to single series over time. */
#include "base/fail.h"
#include "effect/interrupted_time_series_run.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void its_series_clear(struct its_series *series)
{
    free(series->outcome), free(series->time), free(series->part), free(series->period);
    memset(series, 0, sizeof *series);
}

/* Sums by period; rows and weights of the units that are in the series. */
struct sums {
    size_t *rows;        /* n_units: rows of each unit, in periods of the cohort */
    bool *member;        /* n_units */
    bool *seen;          /* n_periods: some region of the cohort has a value */
    double *weight;      /* n_units: mean weight */
    double *sum, *total; /* n_periods */
};

static void sums_clear(struct sums *s)
{
    free(s->rows), free(s->member), free(s->seen), free(s->weight), free(s->sum), free(s->total);
}

static uf_status sums_init(const struct uf_did_data *data, struct sums *s, struct uf_error *error)
{
    *s = (struct sums){.rows = calloc(data->n_units + 1, sizeof *s->rows),
                       .member = calloc(data->n_units + 1, sizeof *s->member),
                       .seen = calloc(data->n_periods + 1, sizeof *s->seen),
                       .weight = calloc(data->n_units + 1, sizeof *s->weight),
                       .sum = calloc(data->n_periods + 1, sizeof *s->sum),
                       .total = calloc(data->n_periods + 1, sizeof *s->total)};
    return s->rows && s->member && s->seen && s->weight && s->sum && s->total ? UF_OK : uf_fail_memory(error);
}

static bool belongs(const struct uf_did_data *data, size_t start, size_t unit, size_t row)
{
    return unit == SIZE_MAX ? data->first_period[data->unit[row]] == start : data->unit[row] == unit;
}

static void add_up(const struct its_run *run, size_t start, size_t unit, struct sums *s,
                   struct its_series *out)
{
    const struct uf_did_data *data = &run->common.sample->data;
    size_t full = 0;
    for (size_t i = 0; i < data->n; i++) {
        if (!belongs(data, start, unit, i)) continue;
        s->rows[data->unit[i]]++;
        s->weight[data->unit[i]] += data->weights ? data->weights[i] : 1;
        full += !s->seen[data->period[i]];
        s->seen[data->period[i]] = true;
    }
    for (size_t u = 0; u < data->n_units; u++) {
        if (s->rows[u] == 0) continue;
        s->weight[u] /= (double)s->rows[u];
        s->member[u] = s->rows[u] == full;
        out->n_units += s->member[u];
        if (!s->member[u] && out->left_out++ == 0) out->example = u;
    }
    for (size_t i = 0; i < data->n; i++) {
        if (!belongs(data, start, unit, i) || !s->member[data->unit[i]]) continue;
        double weight = run->sum ? 1 : s->weight[data->unit[i]];
        s->sum[data->period[i]] += weight * data->outcome[i];
        s->total[data->period[i]] += run->sum ? 0 : weight;
    }
}

uf_status its_series_init(const struct its_run *run, size_t start, size_t unit, struct its_series *out,
                          struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    struct its_series series = {.outcome = malloc((data->n_periods + 1) * sizeof *series.outcome),
                                .time = malloc((data->n_periods + 1) * sizeof *series.time),
                                .part = calloc(data->n_periods + 1, sizeof *series.part),
                                .period = malloc((data->n_periods + 1) * sizeof *series.period)};
    struct sums sums = {0};
    uf_status status =
        series.outcome && series.time && series.part && series.period ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = sums_init(data, &sums, error);
    if (status == UF_OK) {
        add_up(run, start, unit, &sums, &series);
        size_t n = 0;
        for (size_t t = 0; t < data->n_periods && series.n_units > 0; t++) {
            if (!sums.seen[t]) continue;
            series.outcome[n] = sums.sum[t] / (run->sum ? 1 : sums.total[t]);
            series.time[n] = data->time[t];
            if (run->season) series.part[n] = (size_t)(run->common.panel->period_value[t] % 100);
            series.period[n++] = t;
        }
        series.view = (struct uf_its_series){.n = n,
                                             .outcome = series.outcome,
                                             .time = series.time,
                                             .start = data->time[start],
                                             .part = run->season ? series.part : NULL,
                                             .n_parts = run->season ? 100 : 0};
    }
    sums_clear(&sums);
    if (status == UF_OK)
        *out = series;
    else
        its_series_clear(&series);
    return status;
}
