// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/dose_dealer.h"
#include "base/fail.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void lots_clear(struct dose_lots *lots)
{
    free(lots->path), free(lots->lot);
    *lots = (struct dose_lots){0};
}

void dose_dealer_clear(struct dose_dealer *d)
{
    lots_clear(&d->lots);
    free(d->of_unit), free(d->block), free(d->dealt), free(d->first_row), free(d->next_row);
    free(d->unit), free(d->cohort), free(d->stack), free(d->change), free(d->dose), free(d->weights);
    free(d->v), free(d->combination);
    gsl_matrix_free(d->covariates);
}

uf_status dose_dealer_init(const struct dose_run *run, const struct uf_did_assignment *assignment,
                           const struct uf_did_noise *noise, const double *actual, struct dose_dealer *d,
                           struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    const struct dose_cells *cells = run->cells;
    const size_t units = data->n_units, most = units * cells->n_cohorts, k = cells->n_covariates;
    *d = (struct dose_dealer){
        .run = run, .data = data, .actual = actual, .assignment = assignment, .noise = noise};
    d->of_unit = malloc((units + 1) * sizeof *d->of_unit);
    d->block = malloc((units + 1) * sizeof *d->block), d->dealt = malloc((units + 1) * sizeof *d->dealt);
    d->first_row = malloc((units + 1) * sizeof *d->first_row);
    d->next_row = malloc((data->n + 1) * sizeof *d->next_row);
    d->unit = malloc((most + 1) * sizeof *d->unit), d->cohort = malloc((most + 1) * sizeof *d->cohort);
    d->stack = malloc((most + 1) * sizeof *d->stack);
    d->change = malloc((most + 1) * sizeof(double)), d->dose = malloc((most + 1) * sizeof(double));
    d->weights = malloc((most + 1) * sizeof(double)), d->v = malloc((most + 1) * sizeof(double));
    /* as many columns as any curve has, and those of the untreated */
    d->combination = malloc((run->fit->n_columns + 1) * sizeof(double));
    d->covariates = k > 0 ? gsl_matrix_alloc(most, k) : NULL;
    if (!d->of_unit || !d->block || !d->dealt || !d->first_row || !d->next_row || !d->unit || !d->cohort ||
        !d->stack || !d->change || !d->dose || !d->weights || !d->v || !d->combination ||
        (k > 0 && !d->covariates))
        return uf_fail_memory(error);
    for (size_t u = 0; u < units; u++) d->block[u] = d->dealt[u] = d->first_row[u] = SIZE_MAX;
    for (size_t i = data->n; i-- > 0;) {
        d->block[data->unit[i]] = assignment->block[i];
        d->next_row[i] = d->first_row[data->unit[i]];
        d->first_row[data->unit[i]] = i;
    }
    d->n_grid = dose_grid(run->fit, &run->units->change, d->grid);
    return UF_OK;
}

/* --- one assignment ------------------------------------------------------------------------------------- */

void dose_dealer_assign(struct dose_dealer *d, const size_t *path)
{
    for (size_t u = 0; u < d->data->n_units; u++) {
        if (d->dealt[u] == SIZE_MAX) continue;
        const struct dose_lot *lot = &d->lots.lot[path[d->dealt[u]]];
        if (!d->keep_start) d->of_unit[u].first_period = lot->first_period;
        d->of_unit[u].dose = lot->dose;
    }
}

struct uf_dose_options dose_dealer_curve(const struct dose_dealer *d)
{
    struct uf_dose_options curve = {.curve = UF_DOSE_POLYNOMIAL, .size = 0};
    if (!d->average) curve = d->run->fit->options;
    curve.quick = true;
    return curve;
}

struct uf_dose_data dose_dealer_rows(struct dose_dealer *d)
{
    const struct dose_cells *cells = d->run->cells;
    size_t n = 0, stacks = 0;
    if (d->covariates) d->covariates->size1 = cells->n_units * cells->n_cohorts; /* as there is room for */
    for (size_t c = 0; c < cells->n_cohorts; c++) {
        if (cells->cohort[c].reason != DOSE_USED) continue;
        for (size_t u = 0; u < cells->n_units; u++) {
            if (d->block[u] == SIZE_MAX) continue;
            enum dose_role role = dose_role_of(d->run, cells, c, u, d->of_unit[u].first_period);
            if (role == DOSE_NEITHER) continue;
            const double *x = dose_covariates_at(cells, u, c);
            d->unit[n] = u, d->cohort[n] = c, d->stack[n] = stacks;
            d->change[n] = dose_cell_at(cells, u, c)->change;
            d->dose[n] = role == DOSE_TREATED ? (d->average ? 1 : d->of_unit[u].dose) : 0;
            d->weights[n] = cells->weight[u];
            for (size_t j = 0; j < cells->n_covariates; j++) gsl_matrix_set(d->covariates, n, j, x[j]);
            n++;
        }
        stacks++;
    }
    if (d->covariates) d->covariates->size1 = n;
    return (struct uf_dose_data){.n = n,
                                 .change = d->change,
                                 .dose = d->dose,
                                 .weights = d->data->weights ? d->weights : NULL,
                                 .n_stacks = stacks,
                                 .stack = d->stack,
                                 .covariates = d->covariates};
}

void dose_dealer_weigh(struct dose_dealer *d, const struct uf_dose_data *rows, const struct uf_dose_fit *fit,
                       const double *combination)
{
    const size_t k = fit->fit.rank;
    double *v = d->v;
    memset(v, 0, rows->n * sizeof *v);
    for (size_t r = 0; r < k; r++) {
        double q = 0;
        for (size_t s = 0; s < k; s++) q += gsl_matrix_get(fit->fit.inverse, r, s) * combination[s];
        for (size_t i = 0; i < rows->n; i++) v[i] += q * gsl_matrix_get(fit->x, i, r);
    }
    for (size_t i = 0; i < rows->n && rows->weights; i++) v[i] *= rows->weights[i];
}

double dose_dealer_tally(const struct dose_dealer *d, const struct uf_dose_data *rows,
                         const double *residuals, struct outcome_tally *tally)
{
    const struct uf_did_data *data = d->data;
    double shift = 0;
    outcome_tally_start(tally);
    for (size_t i = 0; i < rows->n; i++) {
        const size_t u = d->unit[i];
        const struct dose_cohort *cohort = &d->run->cells->cohort[d->cohort[i]];
        const struct dose_cell *cell = dose_cell_at(d->run->cells, u, d->cohort[i]);
        for (size_t r = d->first_row[u]; r != SIZE_MAX; r = d->next_row[r]) {
            const size_t t = data->period[r];
            const enum dose_phase phase = dose_phase_of(d->run, cohort, t);
            if (phase == DOSE_OUTSIDE) continue;
            const bool after = phase == DOSE_AFTER;
            double v = d->v[i] / (after ? (double)cell->n_after : -(double)cell->n_before);
            outcome_tally_add(tally, u, t, data->n_cluster_dimensions ? data->cluster[0][r] : u, v,
                              after ? residuals[i] : 0, data->outcome[r]);
            if (data->first_period[u] <= t) shift += v * d->actual[u];
        }
    }
    return shift;
}

/* --- what is dealt --------------------------------------------------------------------------------------- */

static bool same_lot(struct dose_lot a, struct dose_lot b)
{
    return a.first_period == b.first_period && a.dose == b.dose;
}

uf_status dose_dealer_choose(struct dose_dealer *d, bool average, bool among_treated, struct uf_error *error)
{
    d->average = average, d->keep_start = among_treated;
    const struct uf_did_assignment *assignment = d->assignment;
    const size_t units = d->data->n_units;
    struct dose_lots lots = {.path = malloc((assignment->n_blocks + 1) * sizeof *lots.path),
                             .lot = malloc((assignment->n_blocks + 1) * sizeof *lots.lot)};
    size_t *number = malloc((assignment->n_blocks + 1) * sizeof *number);
    lots.possible = true;
    if (!lots.path || !lots.lot || !number) {
        lots_clear(&lots), free(number);
        return uf_fail_memory(error);
    }
    for (size_t b = 0; b < assignment->n_blocks; b++) number[b] = SIZE_MAX;
    for (size_t u = 0; u < units; u++) {
        const size_t b = d->block[u];
        const struct dose_lot own = {d->data->first_period[u], d->average ? 0 : d->actual[u]};
        d->dealt[u] = SIZE_MAX, d->of_unit[u] = own;
        if (b == SIZE_MAX || (among_treated && own.first_period == SIZE_MAX)) continue;
        /* among the treated everyone keeps the start */
        const struct dose_lot drawn = {among_treated ? 0 : own.first_period, own.dose};
        size_t l = 0;
        while (l < lots.n_lots && !same_lot(lots.lot[l], drawn)) l++;
        if (l == lots.n_lots) {
            if (lots.n_lots == assignment->n_blocks) lots.possible = false;
            if (!lots.possible) break;
            lots.lot[lots.n_lots++] = drawn;
        }
        if (number[b] == SIZE_MAX) {
            number[b] = lots.n_blocks;
            lots.path[lots.n_blocks++] = l;
        }
        if (lots.path[number[b]] != l) lots.possible = false;
        d->dealt[u] = number[b];
    }
    free(number);
    lots_clear(&d->lots);
    d->lots = lots;
    return UF_OK;
}
