// SPDX-License-Identifier: GPL-3.0-or-later
/* From long rows to periods × units, and units sorted by cohort. */
#include "base/fail.h"
#include "effect/group_time_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void group_time_wide_clear(struct group_time_wide *w)
{
    if (!w) return;
    for (size_t j = 0; w->column && j <= w->n_covariates; j++) free(w->column[j].value);
    free(w->outcome), free(w->column), free(w->unit_weight), free(w->cluster);
    free(w->row_first), free(w->sequence);
    memset(w, 0, sizeof *w);
}

static double value_of(const struct uf_did_data *data, size_t column, size_t row)
{
    size_t k = data->covariates ? data->covariates->size2 : 0;
    return column < k ? gsl_matrix_get(data->covariates, row, column) : data->weights[row];
}

/* One value a unit where it never changes, else one a period. `first` (n_units) is work space. */
static uf_status fill_column(const struct uf_did_data *data, size_t column, double *first,
                             struct group_time_column *out, struct uf_error *error)
{
    for (size_t u = 0; u < data->n_units; u++) first[u] = NAN;
    out->varies = false;
    for (size_t i = 0; i < data->n && !out->varies; i++) {
        double x = value_of(data, column, i), *of_unit = &first[data->unit[i]];
        if (isnan(*of_unit)) *of_unit = x;
        out->varies = *of_unit != x;
    }
    size_t size = out->varies ? data->n_units * data->n_periods : data->n_units;
    out->value = malloc((size + 1) * sizeof *out->value);
    if (!out->value) return uf_fail_memory(error);
    if (!out->varies) {
        memcpy(out->value, first, size * sizeof *first);
        return UF_OK;
    }
    for (size_t i = 0; i < size; i++) out->value[i] = NAN;
    for (size_t i = 0; i < data->n; i++)
        out->value[data->period[i] * data->n_units + data->unit[i]] = value_of(data, column, i);
    return UF_OK;
}

static uf_status fill_clusters(const struct uf_did_data *data, struct group_time_wide *w,
                               struct uf_error *error)
{
    bool given = data->n_cluster_dimensions == 1;
    w->n_rows = given ? data->n_groups[0] : data->n_units;
    for (size_t u = 0; u < data->n_units; u++) w->cluster[u] = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) {
        size_t u = data->unit[i], group = given ? data->cluster[0][i] : u;
        if (w->cluster[u] != SIZE_MAX && w->cluster[u] != group)
            return uf_fail(error, UF_BAD_USAGE,
                           "a unit lies in several clusters over time: name a cluster column that is "
                           "constant within units");
        w->cluster[u] = group;
    }
    unsigned char *seen = calloc(w->n_rows + 1, 1);
    if (!seen) return uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units; u++)
        if (w->cluster[u] != SIZE_MAX && !seen[w->cluster[u]]) seen[w->cluster[u]] = 1, w->n_clusters++;
    free(seen);
    return UF_OK;
}

static uf_status fill(const struct uf_did_data *data, struct group_time_wide *w, struct uf_error *error)
{
    size_t size = data->n_units * data->n_periods;
    for (size_t c = 0; c < size; c++) w->outcome[c] = NAN;
    for (size_t i = 0; i < data->n; i++)
        w->outcome[data->period[i] * data->n_units + data->unit[i]] = data->outcome[i];
    UF_TRY(fill_clusters(data, w, error));
    for (size_t j = 0; j < w->n_covariates + w->weighted; j++) {
        UF_TRY(fill_column(data, j, w->unit_weight, &w->column[j], error));
        if (j < w->n_covariates) w->varying_covariates |= w->column[j].varies;
    }
    const struct group_time_column *weight = &w->column[w->n_covariates];
    for (size_t u = 0; u < data->n_units; u++) w->unit_weight[u] = 0;
    for (size_t t = data->n_periods; t-- > 0;) { /* the first period with a value speaks last */
        bool some = false, lacking = false;
        for (size_t u = 0; u < data->n_units; u++) {
            bool here = !isnan(w->outcome[t * data->n_units + u]);
            some |= here;
            lacking |= !here && w->cluster[u] != SIZE_MAX;
            if (!here) continue;
            w->unit_weight[u] = !w->weighted ? 1 : weight->value[weight->varies ? t * data->n_units + u : u];
        }
        w->gaps |= some && lacking;
    }
    return UF_OK;
}

uf_status group_time_wide_init(const struct uf_did_data *data, bool cross_sections,
                               struct group_time_wide *out, struct uf_error *error)
{
    size_t k = data->covariates ? data->covariates->size2 : 0;
    if (data->n_cluster_dimensions > 1)
        return uf_fail(error, UF_BAD_USAGE,
                       "two cluster columns were named; group-time effects take one (or none: the unit)");
    if (cross_sections) return group_time_cross_sections_init(data, out, error);
    struct group_time_wide w = {.data = data,
                                .first_period = data->first_period,
                                .n_units = data->n_units,
                                .n_periods = data->n_periods,
                                .n_covariates = k,
                                .weighted = data->weights != NULL};
    w.outcome = malloc((data->n_units * data->n_periods + 1) * sizeof *w.outcome);
    w.column = calloc(k + 1, sizeof *w.column);
    w.unit_weight = malloc((data->n_units + 1) * sizeof *w.unit_weight);
    w.cluster = malloc((data->n_units + 1) * sizeof *w.cluster);
    uf_status status = w.outcome && w.column && w.unit_weight && w.cluster ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = fill(data, &w, error);
    if (status != UF_OK)
        group_time_wide_clear(&w);
    else
        *out = w;
    return status;
}

static long time_of(const struct group_time_wide *w, size_t period)
{
    return w->data->time ? w->data->time[period] : (long)period;
}

uf_status group_time_order_init(const struct group_time_wide *w, struct group_time_order *out,
                                struct uf_error *error)
{
    struct group_time_order o = {.unit = malloc((w->n_units + 1) * sizeof *o.unit),
                                 .start = calloc(w->n_periods + 3, sizeof *o.start),
                                 .cohorts = calloc(w->n_periods + 1, sizeof *o.cohorts)};
    if (w->cross_sections)
        o.period_start = calloc((w->n_periods + 1) * (w->n_periods + 1) + 1, sizeof *o.period_start);
    if (!o.unit || !o.start || !o.cohorts || (w->cross_sections && !o.period_start)) {
        group_time_order_clear(&o);
        return uf_fail_memory(error);
    }
    *out = o;
    return UF_OK;
}

void group_time_order_clear(struct group_time_order *o)
{
    if (!o) return;
    free(o->unit), free(o->start), free(o->cohorts), free(o->period_start);
    memset(o, 0, sizeof *o);
}

/* Where each cohort's periods begin: its rows lie in time. */
static void mark_periods(const struct group_time_wide *w, struct group_time_order *o)
{
    for (size_t c = 0; c <= o->n_cohorts; c++) {
        size_t *begin = o->period_start + c * (w->n_periods + 1), place = o->start[c];
        for (size_t t = 0; t < w->n_periods; t++) {
            begin[t] = place;
            while (place < o->start[c + 1] && w->data->period[o->unit[place]] == t) place++;
        }
        begin[w->n_periods] = place;
    }
}

/* A counting sort. `start` holds first the sizes by period, then the places. */
void group_time_order_sort(const struct group_time_wide *w, const size_t *first_period, long anticipation,
                           struct group_time_order *o)
{
    size_t n = w->n_units, periods = w->n_periods, always = 0, never = 0;
    while (always < periods && time_of(w, always) - anticipation <= time_of(w, 0)) always++;
    struct uf_group_time_cohort *cohorts = o->cohorts;
    memset(cohorts, 0, (periods + 1) * sizeof *cohorts);
    o->n_cohorts = o->n_always = o->n_sorted = 0;
    for (size_t u = 0; u < n; u++) {
        size_t first = first_period[u];
        if (!(w->unit_weight[u] > 0)) continue;
        if (first == SIZE_MAX) {
            never++;
            continue;
        }
        cohorts[first].n_units++;
        cohorts[first].weight += w->unit_weight[u];
    }
    size_t *next = o->start, place = 0; /* by period; the never treated behind them */
    for (size_t t = 0; t < periods; t++) {
        next[t] = place;
        if (t < always)
            o->n_always += cohorts[t].n_units;
        else
            place += cohorts[t].n_units;
    }
    next[periods] = place;
    for (size_t i = 0; i < n; i++) {
        size_t u = w->sequence ? w->sequence[i] : i, first = first_period[u];
        if (!(w->unit_weight[u] > 0) || (first != SIZE_MAX && first < always)) continue;
        o->unit[next[first == SIZE_MAX ? periods : first]++] = u;
    }
    o->n_sorted = place + never;
    place = 0;
    for (size_t t = always; t < periods; t++) {
        size_t count = cohorts[t].n_units;
        if (count == 0) continue;
        cohorts[o->n_cohorts] = (struct uf_group_time_cohort){t, count, cohorts[t].weight};
        o->start[o->n_cohorts++] = place;
        place += count;
    }
    o->start[o->n_cohorts] = place;
    o->start[o->n_cohorts + 1] = o->n_sorted;
    if (w->cross_sections) mark_periods(w, o);
}

size_t group_time_list(const struct group_time_wide *w, const struct group_time_order *o,
                       const struct uf_group_time_options *options, bool post_only,
                       struct uf_group_time_cell *cells)
{
    size_t count = 0;
    for (size_t c = 0; c < o->n_cohorts; c++) {
        long start = time_of(w, o->cohorts[c].first_period);
        const long reference = options->reference ? options->reference : -1 - options->anticipation;
        size_t last_before = 0;
        while (last_before + 1 < w->n_periods && time_of(w, last_before + 1) <= start + reference)
            last_before++;
        for (size_t t = 0; t < w->n_periods; t++) {
            long event = time_of(w, t) - start;
            bool universal = options->base == UF_BASE_UNIVERSAL;
            if ((post_only && event < 0) || (t == 0 && !universal)) continue;
            size_t base = event >= 0 || universal ? last_before : t - 1;
            cells[count++] = (struct uf_group_time_cell){.cohort = c,
                                                         .period = t,
                                                         .base = base,
                                                         .event_time = event,
                                                         .post = event >= 0,
                                                         .lead = event + options->anticipation < 0,
                                                         .reference = t == base,
                                                         .estimate = NAN,
                                                         .std_error = NAN};
        }
    }
    return count;
}
