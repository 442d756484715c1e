// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"
#include "effect/did_internal.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

long did_event_time(const struct uf_did_data *data, const struct uf_event_study_options *options,
                    size_t first, size_t period)
{
    if (first == SIZE_MAX) return DID_NO_EVENT_TIME;
    long event = data->time ? data->time[period] - data->time[first] : (long)period - (long)first;
    if (options->bin_before && event < options->before) return options->before;
    if (options->bin_after && event > options->after) return options->after;
    return event;
}

/* Rows by cohort and period, which are few where the rows are many. */
struct cells {
    size_t n_periods, count; /* cohort * n_periods + period */
    uint32_t *cohort;        /* n_periods: of the units that start there; UINT32_MAX: none do */
    size_t *first;           /* by cohort */
};

static uf_status cells_init(const struct uf_did_data *data, struct cells *out, struct uf_error *error)
{
    struct cells cells = {.n_periods = data->n_periods,
                          .cohort = malloc((data->n_periods + 1) * sizeof *cells.cohort),
                          .first = malloc((data->n_periods + 1) * sizeof *cells.first)};
    *out = cells;
    if (!cells.cohort || !cells.first) return uf_fail_memory(error);
    memset(cells.cohort, 0xFF, data->n_periods * sizeof *cells.cohort);
    uint32_t cohorts = 0;
    for (size_t u = 0; u < data->n_units; u++) {
        const size_t first = data->first_period[u];
        if (first == SIZE_MAX || cells.cohort[first] != UINT32_MAX) continue;
        cells.first[cohorts] = first;
        cells.cohort[first] = cohorts++;
    }
    out->count = cohorts * data->n_periods;
    return UF_OK;
}

static void cells_clear(struct cells *cells)
{
    free(cells->cohort), free(cells->first);
}

/* SIZE_MAX: a unit that is never treated. */
static inline size_t cell_of(const struct cells *cells, const struct uf_did_data *data, size_t i)
{
    const size_t first = data->first_period[data->unit[i]];
    return first == SIZE_MAX ? SIZE_MAX : cells->cohort[first] * cells->n_periods + data->period[i];
}

static long cell_time(const struct cells *cells, const struct uf_did_data *data,
                      const struct uf_event_study_options *options, size_t cell)
{
    return did_event_time(data, options, cells->first[cell / cells->n_periods], cell % cells->n_periods);
}

static int compare_times(const void *a, const void *b)
{
    const long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

/* The event times that occur, ascending. */
static uf_status list_event_times(const struct uf_did_data *data,
                                  const struct uf_event_study_options *options, const struct cells *cells,
                                  long **out, size_t *out_count, struct uf_error *error)
{
    unsigned char *occurs = calloc(cells->count + 1, 1);
    long *times = malloc((cells->count + 1) * sizeof *times);
    if (!occurs || !times) {
        free(occurs), free(times);
        return uf_fail_memory(error);
    }
#pragma omp parallel for schedule(static) if (data->n > 100000)
    for (size_t i = 0; i < data->n; i++) {
        const size_t cell = cell_of(cells, data, i);
        if (cell == SIZE_MAX) continue;
        unsigned char known;
#pragma omp atomic read
        known = occurs[cell];
        if (known) continue;
#pragma omp atomic write
        occurs[cell] = 1;
    }
    size_t n = 0, count = 0;
    for (size_t cell = 0; cell < cells->count; cell++)
        if (occurs[cell]) times[n++] = cell_time(cells, data, options, cell);
    qsort(times, n, sizeof *times, compare_times);
    for (size_t i = 0; i < n; i++)
        if (count == 0 || times[count - 1] != times[i]) times[count++] = times[i];
    free(occurs);
    *out = times;
    *out_count = count;
    return UF_OK;
}

/* Its place among `m` ascending event times; m: not one of them. */
static size_t find_time(const long *times, size_t m, long time)
{
    size_t low = 0, high = m;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (times[middle] < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low < m && times[low] == time ? low : m;
}

static uf_status check_reference(const struct uf_event_study_options *options, const long *times,
                                 size_t count, struct uf_error *error)
{
    if ((options->bin_before && options->reference <= options->before) ||
        (options->bin_after && options->reference >= options->after))
        return uf_fail(error, UF_BAD_USAGE,
                       "the reference event time %ld lies within a bin; choose one between the bins",
                       options->reference);
    for (size_t i = 0; i < count; i++)
        if (times[i] == options->reference) return UF_OK;
    if (count == 0) return uf_fail(error, UF_NOT_IDENTIFIED, "no unit of the sample is ever treated");
    return uf_fail(error, UF_BAD_USAGE,
                   "no treated unit is observed at the reference event time %ld; the data has %ld to "
                   "%ld; name one of these as the reference",
                   options->reference, times[0], times[count - 1]);
}

/* Columns are offered from 0 upwards and then from the latest lead back, so that where all are treated the
 * earliest is the one dropped. */
static size_t offer_order(const long *times, size_t count, size_t *order)
{
    size_t filled = 0, first = 0;
    while (first < count && times[first] < 0) first++;
    for (size_t i = first; i < count; i++) order[filled++] = i;
    for (size_t i = first; i-- > 0;) order[filled++] = i;
    return filled;
}

/* Puts coefficients and positions of the leading columns back in ascending event time. */
static uf_status restore_order(struct uf_did_fit *fit, const size_t *order, struct uf_error *error)
{
    size_t m = fit->n_leading;
    double *coefficient = malloc((m + 1) * sizeof *coefficient);
    size_t *position = malloc((m + 1) * sizeof *position);
    if (!coefficient || !position) {
        free(coefficient), free(position);
        return uf_fail_memory(error);
    }
    for (size_t j = 0; j < m; j++) {
        coefficient[order[j]] = gsl_vector_get(fit->fit.coefficients, j);
        position[order[j]] = fit->position[j];
    }
    for (size_t j = 0; j < m; j++) {
        gsl_vector_set(fit->fit.coefficients, j, coefficient[j]);
        fit->position[j] = position[j];
    }
    /* kept[] keeps the order of the covariance; it and dropped[] now name ascending columns */
    for (size_t r = 0; r < fit->fit.rank; r++)
        if (fit->fit.kept[r] < m) fit->fit.kept[r] = order[fit->fit.kept[r]];
    for (size_t r = 0; r < fit->fit.n_dropped; r++)
        if (fit->fit.dropped[r] < m) fit->fit.dropped[r] = order[fit->fit.dropped[r]];
    free(coefficient), free(position);
    return UF_OK;
}

/* Of many rows: the event times as one column of numbers. */
static uf_status regress_sums(const struct uf_did_data *data, const struct uf_event_study_options *options,
                              const struct cells *cells, const size_t *order, size_t m,
                              struct uf_did_fit *fit, struct uf_error *error)
{
    uint32_t *event = malloc((data->n + 1) * sizeof *event), *listed = malloc((m + 1) * sizeof *listed),
             *event_of = malloc((cells->count + 1) * sizeof *event_of);
    uf_status status = event && listed && event_of ? UF_OK : uf_fail_memory(error);
    for (size_t cell = 0; cell < cells->count && status == UF_OK; cell++)
        event_of[cell] = (uint32_t)find_time(fit->event_time, m, cell_time(cells, data, options, cell));
    const size_t n = status == UF_OK ? data->n : 0;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < n; i++) {
        const size_t cell = cell_of(cells, data, i);
        event[i] = cell == SIZE_MAX ? (uint32_t)m : event_of[cell];
    }
    for (size_t j = 0; j < m && status == UF_OK; j++) listed[j] = (uint32_t)order[j];
    if (status == UF_OK) status = did_regress_sums(data, event, m, listed, fit, error);
    free(event), free(listed), free(event_of);
    return status == UF_OK ? restore_order(fit, order, error) : status;
}

uf_status uf_event_study_estimate(const struct uf_did_data *data,
                                  const struct uf_event_study_options *options, struct uf_did_fit *out,
                                  struct uf_error *error)
{
    struct uf_did_fit fit = {0};
    size_t count = 0, m = 0, *order = NULL;
    gsl_matrix *dummies = NULL;
    struct cells cells;
    uf_status status = cells_init(data, &cells, error);
    if (status == UF_OK) status = list_event_times(data, options, &cells, &fit.event_time, &count, error);
    if (status == UF_OK) status = check_reference(options, fit.event_time, count, error);
    if (status != UF_OK) goto done;
    for (size_t i = 0; i < count; i++)
        if (fit.event_time[i] != options->reference) fit.event_time[m++] = fit.event_time[i];
    if (m == 0) {
        status = uf_fail(error, UF_NOT_IDENTIFIED,
                         "the treated units are observed at the reference event time only");
        goto done;
    }
    order = malloc(m * sizeof *order);
    if (!order) {
        status = uf_fail_memory(error);
        goto done;
    }
    offer_order(fit.event_time, m, order);
    if (did_is_summed(data)) {
        status = regress_sums(data, options, &cells, order, m, &fit, error);
        goto done;
    }
    dummies = gsl_matrix_calloc(data->n, m);
    if (!dummies) {
        status = uf_fail_memory(error);
        goto done;
    }
    for (size_t i = 0; i < data->n; i++) {
        const long event = did_event_time(data, options, data->first_period[data->unit[i]], data->period[i]);
        for (size_t j = 0; j < m && event != DID_NO_EVENT_TIME; j++)
            if (fit.event_time[order[j]] == event) gsl_matrix_set(dummies, i, j, 1);
    }
    UF_TRY_GOTO(did_regress(data, dummies, &fit, error), done);
    status = restore_order(&fit, order, error);
done:
    free(order);
    cells_clear(&cells);
    gsl_matrix_free(dummies);
    if (status == UF_OK)
        *out = fit;
    else
        uf_did_fit_clear(&fit);
    return status;
}
