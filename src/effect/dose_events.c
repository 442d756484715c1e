// SPDX-License-Identifier: GPL-3.0-or-later
/* Changes from the reference at each time since the start, and the regression of all of them. */
#include "effect/dose_events.h"
#include "base/fail.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Numbers that the regressors of all event times may be, most of them nil. */
#define MOST_NUMBERS 3e7

static size_t n_cells(const struct dose_run *run)
{
    return run->cells->n_units * run->cells->n_cohorts;
}

void dose_events_clear(struct dose_events *events)
{
    for (size_t e = 0; events->event && e < events->count; e++)
        free(events->event[e].level), free(events->event[e].slope);
    free(events->event), free(events->change), free(events->period), free(events->unit);
    free(events->cluster[0]), free(events->cluster[1]), free(events->treated), free(events->weights);
    free(events->latitude), free(events->longitude);
    gsl_matrix_free(events->x), gsl_matrix_free(events->inverse);
    gsl_vector_free(events->residuals), gsl_vector_free(events->coefficients);
    memset(events, 0, sizeof *events);
}

/* --- event times ---------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    const long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

/* All that some start has in the data, up to the end of the window; *count of them in *out, free() it. */
static uf_status list_times(const struct dose_run *run, long **out, size_t *count, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    const struct dose_cells *cells = run->cells;
    long *time = malloc((cells->n_cohorts * data->n_periods + 1) * sizeof *time);
    size_t n = 0, kept = 0;
    if (!time) return uf_fail_memory(error);
    for (size_t c = 0; c < cells->n_cohorts; c++)
        for (size_t t = 0; t < data->n_periods && cells->cohort[c].reason == DOSE_USED; t++)
            if (data->time[t] <= cells->cohort[c].after)
                time[n++] = data->time[t] - data->time[cells->cohort[c].start];
    qsort(time, n, sizeof *time, ascending);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || time[i] != time[i - 1]) time[kept++] = time[i];
    *out = time, *count = kept;
    return UF_OK;
}

/* The outcome of each unit and period; NaN: none. */
static double *values_of(const struct uf_did_data *data, const double *outcome)
{
    const size_t n = data->n_units * data->n_periods;
    double *value = malloc((n + 1) * sizeof *value);
    for (size_t i = 0; value && i < n; i++) value[i] = NAN;
    for (size_t i = 0; value && i < data->n; i++)
        value[data->unit[i] * data->n_periods + data->period[i]] = outcome[i];
    return value;
}

/* The period at a time since the start of a cohort; SIZE_MAX: the data has none. */
static size_t period_at(const struct dose_run *run, size_t cohort, long event)
{
    const struct uf_did_data *data = &run->sample->data;
    const long time = data->time[run->cells->cohort[cohort].start] + event;
    for (size_t t = 0; t < data->n_periods; t++)
        if (data->time[t] == time) return t;
    return SIZE_MAX;
}

static bool has_treated_at(const struct dose_run *run, const double *value, long event)
{
    const struct dose_units *u = run->units;
    for (size_t i = 0; i < u->change.n; i++) {
        if (!(u->dose[i] > 0)) continue;
        const size_t t = period_at(run, u->cohort[i], event);
        if (t != SIZE_MAX && !isnan(value[u->unit[i] * run->sample->data.n_periods + t])) return true;
    }
    return false;
}

/* −1 less the anticipation, or where nobody treated is observed then, the latest lead at which somebody is. */
static long choose_reference(const struct dose_run *run, const double *value, const long *time, size_t count)
{
    long reference = run->reference;
    if (run->own_reference || has_treated_at(run, value, reference)) return reference;
    for (size_t i = count; i-- > 0;)
        if (time[i] < -run->anticipation && has_treated_at(run, value, time[i])) return time[i];
    return reference;
}

uf_status dose_event_changes(const struct dose_run *run, const struct dose_events *events,
                             const double *outcome, double *out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    const size_t cohorts = run->cells->n_cohorts, units = run->cells->n_units;
    double *value = values_of(data, outcome);
    if (!value) return uf_fail_memory(error);
    for (size_t c = 0; c < cohorts; c++) {
        const size_t r = period_at(run, c, events->reference);
        for (size_t e = 0; e < events->count; e++) {
            const size_t t = period_at(run, c, events->event[e].time);
            const bool there = r != SIZE_MAX && t != SIZE_MAX && run->cells->cohort[c].reason == DOSE_USED;
            for (size_t u = 0; u < units; u++)
                out[(e * units + u) * cohorts + c] =
                    there ? value[u * data->n_periods + t] - value[u * data->n_periods + r] : NAN;
        }
    }
    free(value);
    return UF_OK;
}

static void find_patterns(const struct dose_run *run, struct dose_events *events)
{
    const size_t cells = n_cells(run);
    for (size_t e = 0; e < events->count; e++) {
        size_t like = 0;
        for (; like < e; like++) {
            const double *a = events->change + e * cells, *b = events->change + like * cells;
            size_t i = 0;
            if (events->event[like].pattern != like) continue;
            while (i < cells && isnan(a[i]) == isnan(b[i])) i++;
            if (i == cells) break;
        }
        events->event[e].pattern = like;
    }
}

/* --- one regression each -------------------------------------------------------------------------------------- */

struct fitted {
    struct uf_dose_fit fit; /* n_columns 0: none */
    size_t *from;
};

/* The curve, or where the doses that are observed do not carry it, their level alone. */
static uf_status fit_one(const struct dose_run *run, struct dose_event_rows *rows, struct uf_dose_fit *out,
                         struct uf_error *error)
{
    const struct uf_dose_options level = {.curve = UF_DOSE_POLYNOMIAL, .size = 0};
    uf_status status = uf_dose_fit(&rows->data, &run->fit->options, out, error);
    if (status != UF_NOT_IDENTIFIED) return status;
    for (size_t i = 0; i < rows->data.n; i++) rows->dose[i] = rows->dose[i] > 0;
    return uf_dose_fit(&rows->data, &level, out, error);
}

static uf_status combine(const struct dose_event_rows *rows, const struct uf_dose_fit *fit,
                         struct dose_event *event, struct uf_error *error)
{
    event->rank = fit->fit.rank;
    event->level = malloc((event->rank + 1) * sizeof *event->level);
    if (!event->level) return uf_fail_memory(error);
    uf_dose_mean(fit, &rows->data, false, event->level);
    if (!dose_has_slope(fit)) return UF_OK;
    event->slope = malloc((event->rank + 1) * sizeof *event->slope);
    if (!event->slope) return uf_fail_memory(error);
    uf_dose_mean(fit, &rows->data, true, event->slope);
    return UF_OK;
}

/* Units, once each though the untreated stand in several sub-experiments. */
static void count_units(const struct dose_run *run, const struct dose_event_rows *rows, size_t *seen,
                        size_t stamp, struct dose_event *event)
{
    for (size_t i = 0; i < rows->data.n; i++) {
        const size_t u = run->units->unit[rows->from[i]];
        if (rows->dose[i] > 0)
            event->n_treated++;
        else if (seen[u] != stamp)
            event->n_control++, seen[u] = stamp;
    }
}

static uf_status fit_event(const struct dose_run *run, struct dose_events *events, size_t e, size_t *seen,
                           struct dose_event_rows *rows, struct fitted *out, struct uf_error *error)
{
    struct dose_event *event = &events->event[e];
    struct uf_error reason;
    if (event->time == events->reference) {
        event->reason = DOSE_EVENT_REFERENCE;
        return UF_OK;
    }
    event->reason = DOSE_EVENT_EMPTY;
    const struct dose_units *u = run->units;
    if (!dose_event_select(run, events, e, &u->change, u->unit, u->cohort, rows)) return UF_OK;
    count_units(run, rows, seen, e + 1, event);
    event->n = rows->data.n;
    uf_status status = fit_one(run, rows, &out->fit, &reason);
    if (status == UF_NOT_IDENTIFIED) {
        event->reason = DOSE_EVENT_FEW;
        return UF_OK;
    }
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    event->reason = DOSE_EVENT_ESTIMATED;
    event->first = events->n_columns;
    out->from = malloc((event->n + 1) * sizeof *out->from);
    if (!out->from) return uf_fail_memory(error);
    memcpy(out->from, rows->from, event->n * sizeof *out->from);
    UF_TRY(combine(rows, &out->fit, event, error));
    events->n += event->n, events->n_columns += event->rank;
    return UF_OK;
}

/* --- and all of them ----------------------------------------------------------------------------------------- */

static uf_status allocate(const struct dose_run *run, struct dose_events *events, struct uf_error *error)
{
    const struct dose_units *u = run->units;
    const size_t n = events->n, k = events->n_columns;
    events->period = malloc((n + 1) * sizeof *events->period);
    events->unit = malloc((n + 1) * sizeof *events->unit);
    events->treated = malloc((n + 1) * sizeof *events->treated);
    events->weights = u->change.weights ? malloc((n + 1) * sizeof *events->weights) : NULL;
    events->latitude = u->latitude ? malloc((n + 1) * sizeof *events->latitude) : NULL;
    events->longitude = u->latitude ? malloc((n + 1) * sizeof *events->longitude) : NULL;
    events->x = gsl_matrix_calloc(n, k), events->inverse = gsl_matrix_calloc(k, k);
    events->residuals = gsl_vector_calloc(n), events->coefficients = gsl_vector_calloc(k);
    bool memory = events->period && events->unit && events->treated && events->x && events->inverse &&
                  events->residuals && events->coefficients && (!u->change.weights || events->weights) &&
                  (!u->latitude || (events->latitude && events->longitude));
    for (size_t d = 0; d < run->sample->data.n_cluster_dimensions; d++) {
        events->cluster[d] = malloc((n + 1) * sizeof *events->cluster[d]);
        memory = memory && events->cluster[d];
    }
    return memory ? UF_OK : uf_fail_memory(error);
}

static void place_row(const struct dose_run *run, struct dose_events *events, size_t e, size_t from,
                      size_t to)
{
    const struct dose_units *u = run->units;
    events->unit[to] = u->unit[from];
    events->period[to] = e * events->n_stacks + u->stack[from];
    events->treated[to] = u->dose[from] > 0;
    if (events->weights) events->weights[to] = u->weights[from];
    if (events->latitude)
        events->latitude[to] = u->latitude[from], events->longitude[to] = u->longitude[from];
    for (size_t d = 0; d < run->sample->data.n_cluster_dimensions; d++)
        events->cluster[d][to] = u->cluster[d][from];
}

static void place(const struct dose_run *run, struct dose_events *events, const struct fitted *fitted)
{
    size_t n = 0;
    double rss = 0, total = 0;
    for (size_t e = 0; e < events->count; e++) {
        const struct dose_event *event = &events->event[e];
        const struct uf_dose_fit *fit = &fitted[e].fit;
        if (event->reason != DOSE_EVENT_ESTIMATED) continue;
        for (size_t i = 0; i < event->n; i++, n++) {
            place_row(run, events, e, fitted[e].from[i], n);
            const double residual = gsl_vector_get(fit->fit.residuals, i),
                         w = events->weights ? events->weights[n] : 1;
            gsl_vector_set(events->residuals, n, residual);
            rss += w * residual * residual, total += w;
            for (size_t r = 0; r < event->rank; r++)
                gsl_matrix_set(events->x, n, event->first + r, gsl_matrix_get(fit->x, i, r));
        }
        for (size_t r = 0; r < event->rank; r++) {
            gsl_vector_set(events->coefficients, event->first + r,
                           gsl_vector_get(fit->fit.coefficients, fit->fit.kept[r]));
            for (size_t s = 0; s < event->rank; s++)
                gsl_matrix_set(events->inverse, event->first + r, event->first + s,
                               gsl_matrix_get(fit->fit.inverse, r, s));
        }
    }
    if (effect_is_rounding(&run->common, sqrt(rss / total))) gsl_vector_set_zero(events->residuals);
}

static uf_status assemble(const struct dose_run *run, struct dose_events *events, const struct fitted *fitted,
                          struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    if (events->n == 0) return UF_OK;
    events->too_large = (double)events->n * (double)events->n_columns > MOST_NUMBERS;
    if (events->too_large) return UF_OK;
    UF_TRY(allocate(run, events, error));
    place(run, events, fitted);
    events->view = (struct effect_regression){.input = {.x = events->x,
                                                        .residuals = events->residuals,
                                                        .inverse = events->inverse,
                                                        .weights = events->weights,
                                                        .latitude = events->latitude,
                                                        .longitude = events->longitude,
                                                        .cluster = {events->cluster[0], events->cluster[1]},
                                                        .n_groups = {data->n_groups[0], data->n_groups[1]},
                                                        .n_cluster_dimensions = data->n_cluster_dimensions},
                                              .coefficients = events->coefficients,
                                              .df = (double)events->n - (double)events->n_columns};
    return UF_OK;
}

static uf_status fit_all(const struct dose_run *run, struct dose_events *events, struct uf_error *error)
{
    const struct dose_units *u = run->units;
    struct dose_event_rows rows = {0};
    struct fitted *fitted = calloc(events->count + 1, sizeof *fitted);
    size_t *seen = calloc(run->cells->n_units + 1, sizeof *seen);
    uf_status status = fitted && seen ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK)
        status =
            dose_event_rows_init(u->change.n, u->change.n_stacks, run->cells->n_covariates, &rows, error);
    for (size_t e = 0; e < events->count && status == UF_OK; e++)
        status = fit_event(run, events, e, seen, &rows, &fitted[e], error);
    if (status == UF_OK) status = assemble(run, events, fitted, error);
    for (size_t e = 0; fitted && e < events->count; e++) {
        if (fitted[e].fit.n_columns > 0) uf_dose_fit_clear(&fitted[e].fit);
        free(fitted[e].from);
    }
    free(fitted), free(seen);
    dose_event_rows_clear(&rows);
    return status;
}

uf_status dose_events_init(const struct dose_run *run, struct dose_events *out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    struct dose_events events = {.n_stacks = run->units->change.n_stacks};
    double *value = values_of(data, data->outcome);
    long *time = NULL;
    uf_status status = value ? list_times(run, &time, &events.count, error) : uf_fail_memory(error);
    if (status == UF_OK) {
        events.reference = choose_reference(run, value, time, events.count);
        events.event = calloc(events.count + 1, sizeof *events.event);
        events.change = malloc((events.count * n_cells(run) + 1) * sizeof *events.change);
        if (!events.event || !events.change) status = uf_fail_memory(error);
    }
    for (size_t e = 0; e < events.count && status == UF_OK; e++) events.event[e].time = time[e];
    if (status == UF_OK) status = dose_event_changes(run, &events, data->outcome, events.change, error);
    if (status == UF_OK) {
        find_patterns(run, &events);
        status = fit_all(run, &events, error);
    }
    free(value), free(time);
    if (status == UF_OK)
        *out = events;
    else
        dose_events_clear(&events);
    return status;
}
