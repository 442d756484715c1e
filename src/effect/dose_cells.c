// SPDX-License-Identifier: GPL-3.0-or-later
/* Starts with their windows of time, and the change of every unit in each of them. */
#include "base/fail.h"
#include "effect/dose_response_run.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/stacked.h>

void dose_cells_clear(struct dose_cells *cells)
{
    free(cells->cohort), free(cells->cell), free(cells->covariate), free(cells->weight), free(cells->row);
    memset(cells, 0, sizeof *cells);
}

/* --- cohorts ------------------------------------------------------------------------------------------ */

/* With several starts as many periods after each as all of them have, so that each counts the same event times. */
static uf_status choose_window(struct dose_run *run, size_t n_cohorts, struct uf_error *error)
{
    struct uf_error reason;
    long before, after;
    if (run->own_after) return UF_OK;
    run->after = LONG_MAX / 4;
    if (n_cohorts < 2) return UF_OK;
    uf_status status = uf_stacked_window(&run->sample->data, run->anticipation, &before, &after, &reason);
    if (status == UF_OK) run->after = after;
    if (status == UF_OK || status == UF_NOT_IDENTIFIED) return UF_OK;
    if (error) *error = reason;
    return status;
}

/* The last period before the start (less the anticipation) that has rows. */
static void look_back(const struct uf_did_data *data, const unsigned char *observed, struct dose_cohort *c)
{
    c->last = SIZE_MAX;
    for (size_t t = 0; t < data->n_periods; t++)
        if (data->time[t] < c->before && observed[t]) c->last = t;
}

static uf_status list_cohorts(struct dose_run *run, struct dose_cells *cells, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    unsigned char *starts = calloc(2 * data->n_periods + 1, 1), *observed = starts + data->n_periods;
    cells->cohort = calloc(data->n_periods + 1, sizeof *cells->cohort);
    uf_status status = starts && cells->cohort ? UF_OK : uf_fail_memory(error);
    if (status != UF_OK) goto done;
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        observed[data->period[i]] = 1;
        if (first != SIZE_MAX) starts[first] = 1;
    }
    for (size_t t = 0; t < data->n_periods; t++)
        if (starts[t]) cells->cohort[cells->n_cohorts++].start = t;
    status = choose_window(run, cells->n_cohorts, error);
    for (size_t c = 0; c < cells->n_cohorts && status == UF_OK; c++) {
        struct dose_cohort *cohort = &cells->cohort[c];
        cohort->before = data->time[cohort->start] - run->anticipation;
        cohort->after = data->time[cohort->start] + run->after;
        look_back(data, observed, cohort);
    }
done:
    free(starts);
    return status;
}

enum dose_role dose_role_of(const struct dose_run *run, const struct dose_cells *cells, size_t cohort,
                            size_t unit, size_t first_period)
{
    const struct uf_did_data *data = &run->sample->data;
    const struct dose_cohort *c = &cells->cohort[cohort];
    const struct dose_cell *cell = dose_cell_at(cells, unit, cohort);
    if (cell->n_before == 0 || cell->n_after == 0) return DOSE_NEITHER;
    if (first_period == c->start) return DOSE_TREATED;
    if (first_period == SIZE_MAX) return DOSE_CONTROL;
    return !run->never_treated && data->time[first_period] - run->anticipation > c->after ? DOSE_CONTROL
                                                                                          : DOSE_NEITHER;
}

enum dose_phase dose_phase_of(const struct dose_run *run, const struct dose_cohort *cohort, size_t period)
{
    const long time = run->sample->data.time[period];
    if (period >= cohort->start && time <= cohort->after) return DOSE_AFTER;
    return time < cohort->before && (!run->last_before || period == cohort->last) ? DOSE_BEFORE
                                                                                  : DOSE_OUTSIDE;
}

/* --- changes ------------------------------------------------------------------------------------------ */

/* Sums of outcomes, before they are divided. */
struct sums {
    double before, after;
};

static void add_row(const struct dose_run *run, const struct dose_cohort *cohort, size_t i,
                    struct dose_cell *cell, struct sums *sums)
{
    const struct uf_did_data *data = &run->sample->data;
    const size_t period = data->period[i];
    const double y = data->outcome[i], dose = data->treatment[i];
    const enum dose_phase phase = dose_phase_of(run, cohort, period);
    if (phase == DOSE_AFTER) {
        cell->least = cell->n_after == 0 || dose < cell->least ? dose : cell->least;
        cell->most = cell->n_after == 0 || dose > cell->most ? dose : cell->most;
        sums->after += y, cell->dose += dose, cell->n_after++;
    } else if (phase == DOSE_BEFORE) {
        sums->before += y, cell->n_before++;
    }
}

static void add_covariates(const struct dose_run *run, const struct dose_cohort *cohort, size_t i,
                           double *sum)
{
    const struct uf_did_data *data = &run->sample->data;
    const size_t period = data->period[i];
    if (dose_phase_of(run, cohort, period) != DOSE_BEFORE) return;
    for (size_t j = 0; j < data->covariates->size2; j++) sum[j] += gsl_matrix_get(data->covariates, i, j);
}

static void finish(struct dose_cell *cell, const struct sums *sums, double *covariate, size_t k)
{
    cell->change = sums->after / (double)cell->n_after - sums->before / (double)cell->n_before;
    /* a dose that stays is told without rounding */
    cell->dose =
        cell->most - cell->least > 1e-9 * cell->most ? cell->dose / (double)cell->n_after : cell->most;
    for (size_t j = 0; j < k; j++) covariate[j] /= (double)cell->n_before;
}

static uf_status fill(const struct dose_run *run, struct dose_cells *cells, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    const size_t n = cells->n_units * cells->n_cohorts, k = cells->n_covariates;
    struct sums *sums = calloc(n + 1, sizeof *sums);
    size_t *count = calloc(cells->n_units + 1, sizeof *count);
    cells->cell = calloc(n + 1, sizeof *cells->cell);
    cells->covariate = calloc(n * k + 1, sizeof *cells->covariate);
    cells->weight = calloc(cells->n_units + 1, sizeof *cells->weight);
    cells->row = malloc((cells->n_units + 1) * sizeof *cells->row);
    uf_status status = sums && count && cells->cell && cells->covariate && cells->weight && cells->row
                           ? UF_OK
                           : uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t u = 0; u < cells->n_units; u++) cells->row[u] = SIZE_MAX;
        for (size_t i = 0; i < data->n; i++) {
            const size_t u = data->unit[i];
            cells->row[u] = i;
            cells->weight[u] += data->weights ? data->weights[i] : 1;
            count[u]++;
            for (size_t c = 0; c < cells->n_cohorts; c++) {
                const size_t at = u * cells->n_cohorts + c;
                add_row(run, &cells->cohort[c], i, &cells->cell[at], &sums[at]);
                if (k > 0) add_covariates(run, &cells->cohort[c], i, cells->covariate + at * k);
            }
        }
        for (size_t u = 0; u < cells->n_units; u++)
            if (count[u] > 0) cells->weight[u] /= (double)count[u];
        for (size_t at = 0; at < n; at++) finish(&cells->cell[at], &sums[at], cells->covariate + at * k, k);
    }
    free(sums), free(count);
    return status;
}

/* Who is compared with whom, and which starts cannot be. */
static void survey(const struct dose_run *run, struct dose_cells *cells)
{
    const struct uf_did_data *data = &run->sample->data;
    for (size_t c = 0; c < cells->n_cohorts; c++) {
        struct dose_cohort *cohort = &cells->cohort[c];
        for (size_t u = 0; u < cells->n_units; u++) {
            if (cells->row[u] == SIZE_MAX) continue;
            enum dose_role role = dose_role_of(run, cells, c, u, data->first_period[u]);
            cohort->n_treated += role == DOSE_TREATED;
            cohort->n_control += role == DOSE_CONTROL;
            if (role == DOSE_TREATED) cohort->weight += cells->weight[u];
        }
        cohort->reason = cohort->n_treated == 0   ? DOSE_NO_BEFORE
                         : cohort->n_control == 0 ? DOSE_NO_CONTROL
                         : cells->n_covariates > 0 && cohort->n_control < cells->n_covariates + 2
                             ? DOSE_FEW_CONTROLS
                             : DOSE_USED;
    }
}

uf_status dose_cells_init(struct dose_run *run, struct dose_cells *out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    struct dose_cells cells = {.n_units = data->n_units,
                               .n_covariates = data->covariates ? data->covariates->size2 : 0};
    uf_status status = list_cohorts(run, &cells, error);
    if (status == UF_OK) status = fill(run, &cells, error);
    if (status == UF_OK) {
        survey(run, &cells);
        *out = cells;
    } else
        dose_cells_clear(&cells);
    return status;
}
