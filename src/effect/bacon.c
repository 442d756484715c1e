// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/bacon.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void uf_bacon_clear(struct uf_bacon *bacon)
{
    if (!bacon) return;
    free(bacon->comparison);
    memset(bacon, 0, sizeof *bacon);
}

/* Groups of units by the period in which they start: in order of their start, never treated last. */
struct groups {
    size_t n_periods; /* that have rows */
    size_t *period;   /* data's periods → 0 … n_periods − 1; SIZE_MAX: without rows */
    size_t *given;    /* and back */
    size_t count;
    size_t *start;      /* data's period; SIZE_MAX: never */
    size_t *treated_at; /* index among the periods that have rows; n_periods: never within them */
    size_t *n_units;
    double *weight; /* sum over units */
    double *sum;    /* count × n_periods: weighted sums of the outcome, then cumulated over periods */
};

static void groups_clear(struct groups *g)
{
    free(g->period), free(g->given), free(g->start), free(g->treated_at), free(g->n_units), free(g->weight),
        free(g->sum);
}

static uf_status check_balanced(const struct uf_did_data *data, struct groups *g, size_t *rows,
                                double *weight, struct uf_error *error)
{
    for (size_t t = 0; t < data->n_periods; t++) g->period[t] = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) {
        size_t u = data->unit[i];
        double w = data->weights ? data->weights[i] : 1;
        if (rows[u] > 0 && w != weight[u])
            return uf_fail(
                error, UF_NOT_IDENTIFIED,
                "the weight of unit %zu changes over time; the decomposition holds for weights that are "
                "constant within a unit",
                u + 1);
        if (!(w > 0))
            return uf_fail(error, UF_BAD_INPUT, "row %zu has the weight %g; weights must be positive", i + 1,
                           w);
        weight[u] = w;
        rows[u]++;
        g->period[data->period[i]] = 0;
    }
    for (size_t t = 0; t < data->n_periods; t++)
        if (g->period[t] == 0) g->given[g->n_periods] = t, g->period[t] = g->n_periods++;
    /* as many rows as cells, and no cell twice: then none is empty */
    bool *seen = calloc(data->n_units * g->n_periods + 1, sizeof *seen);
    if (!seen) return uf_fail_memory(error);
    size_t twice = SIZE_MAX, gap = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) {
        bool *cell = &seen[data->unit[i] * g->n_periods + g->period[data->period[i]]];
        if (*cell) twice = data->unit[i];
        *cell = true;
    }
    free(seen);
    for (size_t u = 0; u < data->n_units && gap == SIZE_MAX; u++)
        if (rows[u] > 0 && rows[u] != g->n_periods) gap = u;
    if (twice != SIZE_MAX) return uf_fail(error, UF_NOT_IDENTIFIED, "unit %zu has a period twice", twice + 1);
    if (gap != SIZE_MAX)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "unit %zu has %zu of %zu periods; the decomposition holds for balanced panels",
                       gap + 1, rows[gap], g->n_periods);
    return UF_OK;
}

/* Numbers the groups that have units: starts in order, never treated last. */
static uf_status number_groups(const struct uf_did_data *data, struct groups *g, const size_t *rows,
                               const double *weight, struct uf_error *error)
{
    size_t periods = data->n_periods, *number = malloc((periods + 1) * sizeof *number);
    if (!number) return uf_fail_memory(error);
    for (size_t t = 0; t <= periods; t++) number[t] = SIZE_MAX;
    for (size_t u = 0; u < data->n_units; u++) {
        size_t first = data->first_period[u];
        if (rows[u] > 0) number[first == SIZE_MAX ? periods : first] = 0;
    }
    for (size_t t = 0; t <= periods; t++) g->count += number[t] == 0;
    g->start = malloc((g->count + 1) * sizeof *g->start);
    g->treated_at = malloc((g->count + 1) * sizeof *g->treated_at);
    g->n_units = calloc(g->count + 1, sizeof *g->n_units);
    g->weight = calloc(g->count + 1, sizeof *g->weight);
    g->sum = calloc(g->count * g->n_periods + 1, sizeof *g->sum);
    if (!g->start || !g->treated_at || !g->n_units || !g->weight || !g->sum) {
        free(number);
        return uf_fail_memory(error);
    }
    size_t count = 0;
    for (size_t t = 0; t <= periods; t++) {
        if (number[t] != 0) continue;
        g->start[count] = t == periods ? SIZE_MAX : t;
        g->treated_at[count] = 0;
        for (size_t p = 0; p < g->n_periods; p++) g->treated_at[count] += g->given[p] < t;
        number[t] = count++;
    }
    for (size_t u = 0; u < data->n_units; u++) {
        size_t first = data->first_period[u];
        if (rows[u] == 0) continue;
        size_t group = number[first == SIZE_MAX ? periods : first];
        g->n_units[group]++;
        g->weight[group] += weight[u];
    }
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        size_t group = number[first == SIZE_MAX ? periods : first];
        g->sum[group * g->n_periods + g->period[data->period[i]]] += weight[data->unit[i]] * data->outcome[i];
    }
    free(number);
    return UF_OK;
}

/* The group's mean over periods from … to − 1. */
static double mean(const struct groups *g, size_t group, size_t from, size_t to)
{
    double sum = 0;
    for (size_t t = from; t < to; t++) sum += g->sum[group * g->n_periods + t];
    return sum / (g->weight[group] * (double)(to - from));
}

/* Change of k around its start, within from … to − 1, less that of the other. */
static double difference(const struct groups *g, size_t k, size_t other, size_t from, size_t to)
{
    size_t start = g->treated_at[k];
    return (mean(g, k, start, to) - mean(g, k, from, start)) -
           (mean(g, other, start, to) - mean(g, other, from, start));
}

static void add(const struct groups *g, struct uf_bacon *b, enum uf_bacon_type type, size_t k, size_t other,
                size_t from, size_t to, double weight)
{
    if (!(weight > 0)) return;
    b->comparison[b->count++] =
        (struct uf_bacon_comparison){.type = type,
                                     .treated = g->start[k],
                                     .control = g->start[other],
                                     .weight = weight * g->weight[k] * g->weight[other],
                                     .estimate = difference(g, k, other, from, to),
                                     .n_treated = g->n_units[k],
                                     .n_control = g->n_units[other],
                                     .first = g->given[from],
                                     .last = g->given[to - 1]};
}

/* All pairs of one type. A group is treated in none of the periods, in all, or from its start on. */
static void add_type(const struct groups *g, struct uf_bacon *b, enum uf_bacon_type type)
{
    size_t periods = g->n_periods;
    for (size_t k = 0; k < g->count; k++) {
        size_t start = g->treated_at[k];
        if (start == 0 || start == periods) continue; /* no change of its own */
        double d = (double)(periods - start) / (double)periods;
        for (size_t l = 0; l < g->count; l++) {
            size_t other = g->treated_at[l];
            double e = (double)(periods - other) / (double)periods;
            if ((type == UF_BACON_UNTREATED && other == periods) ||
                (type == UF_BACON_ALWAYS_TREATED && other == 0))
                add(g, b, type, k, l, 0, periods, d * (1 - d));
            else if (type == UF_BACON_EARLIER_LATER && other > start && other < periods)
                add(g, b, type, k, l, 0, other, (d - e) * (1 - d));
            else if (type == UF_BACON_LATER_EARLIER && other < start && other > 0)
                add(g, b, type, k, l, other, periods, d * (e - d));
        }
    }
}

static uf_status decompose(const struct groups *g, struct uf_bacon *b, struct uf_error *error)
{
    double total = 0;
    b->comparison = malloc((g->count * g->count + 1) * sizeof *b->comparison);
    if (!b->comparison) return uf_fail_memory(error);
    for (int type = 0; type < UF_BACON_TYPES; type++) add_type(g, b, (enum uf_bacon_type)type);
    for (size_t c = 0; c < b->count; c++) total += b->comparison[c].weight;
    if (b->count == 0)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "no group starts within the periods with another to compare it with");
    for (size_t c = 0; c < b->count; c++) {
        struct uf_bacon_comparison *comparison = &b->comparison[c];
        comparison->weight /= total;
        b->weight[comparison->type] += comparison->weight;
        b->part[comparison->type] += comparison->weight * comparison->estimate;
    }
    for (int type = 0; type < UF_BACON_TYPES; type++) b->estimate += b->part[type];
    b->forbidden = b->weight[UF_BACON_LATER_EARLIER] + b->weight[UF_BACON_ALWAYS_TREATED];
    return UF_OK;
}

/* A level common to all leaves the comparisons alone, but not their last digits. */
static void take_out_level(struct groups *g)
{
    double weight = 0, level = 0;
    for (size_t k = 0; k < g->count; k++) {
        weight += g->weight[k] * (double)g->n_periods;
        for (size_t t = 0; t < g->n_periods; t++) level += g->sum[k * g->n_periods + t];
    }
    for (size_t k = 0; k < g->count; k++)
        for (size_t t = 0; t < g->n_periods; t++)
            g->sum[k * g->n_periods + t] -= level / weight * g->weight[k];
}

uf_status uf_bacon_decompose(const struct uf_did_data *data, struct uf_bacon *out, struct uf_error *error)
{
    struct groups g = {0};
    struct uf_bacon bacon = {0};
    size_t *rows = calloc(data->n_units + 1, sizeof *rows);
    double *weight = malloc((data->n_units + 1) * sizeof *weight);
    g.period = malloc((data->n_periods + 1) * sizeof *g.period);
    g.given = malloc((data->n_periods + 1) * sizeof *g.given);
    uf_status status = rows && weight && g.period && g.given ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && data->n == 0)
        status = uf_fail(error, UF_NOT_IDENTIFIED, "the sample has no observations");
    if (status == UF_OK) status = check_balanced(data, &g, rows, weight, error);
    if (status == UF_OK) status = number_groups(data, &g, rows, weight, error);
    if (status == UF_OK) {
        take_out_level(&g);
        status = decompose(&g, &bacon, error);
    }
    groups_clear(&g);
    free(rows), free(weight);
    if (status != UF_OK)
        uf_bacon_clear(&bacon);
    else
        *out = bacon;
    return status;
}
