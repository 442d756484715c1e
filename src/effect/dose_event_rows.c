// SPDX-License-Identifier: GPL-3.0-or-later
/* The rows that are observed at one time since the start. */
#include "base/fail.h"
#include "effect/dose_events.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

uf_status dose_event_rows_init(size_t most, size_t n_stacks, size_t n_covariates, struct dose_event_rows *out,
                               struct uf_error *error)
{
    *out = (struct dose_event_rows){
        .from = malloc((most + 1) * sizeof *out->from),
        .stack = malloc((most + 1) * sizeof *out->stack),
        .number = malloc((3 * n_stacks + 1) * sizeof *out->number),
        .change = malloc((most + 1) * sizeof *out->change),
        .dose = malloc((most + 1) * sizeof *out->dose),
        .weights = malloc((most + 1) * sizeof *out->weights),
        .covariates = n_covariates > 0 ? gsl_matrix_alloc(most ? most : 1, n_covariates) : NULL};
    if (out->from && out->stack && out->number && out->change && out->dose && out->weights &&
        (n_covariates == 0 || out->covariates))
        return UF_OK;
    dose_event_rows_clear(out);
    return uf_fail_memory(error);
}

void dose_event_rows_clear(struct dose_event_rows *rows)
{
    free(rows->from), free(rows->stack), free(rows->number);
    free(rows->change), free(rows->dose), free(rows->weights);
    gsl_matrix_free(rows->covariates);
    memset(rows, 0, sizeof *rows);
}

bool dose_event_select(const struct dose_run *run, const struct dose_events *events, size_t event,
                       const struct uf_dose_data *all, const size_t *unit, const size_t *cohort,
                       struct dose_event_rows *rows)
{
    const double *change = events->change + event * run->cells->n_units * run->cells->n_cohorts;
    if (rows->covariates) rows->covariates->size1 = all->n; /* no more than there is room for */
    size_t *counts[] = {rows->number + all->n_stacks, rows->number + 2 * all->n_stacks}, n = 0, stacks = 0;
    memset(counts[0], 0, 2 * all->n_stacks * sizeof *counts[0]);
    for (size_t i = 0; i < all->n; i++)
        if (!isnan(change[unit[i] * run->cells->n_cohorts + cohort[i]]))
            counts[all->dose[i] > 0][all->stack[i]]++;
    for (size_t s = 0; s < all->n_stacks; s++)
        rows->number[s] = counts[0][s] > 0 && counts[1][s] > 0 ? stacks++ : SIZE_MAX;
    for (size_t i = 0; i < all->n; i++) {
        const double value = change[unit[i] * run->cells->n_cohorts + cohort[i]];
        if (isnan(value) || rows->number[all->stack[i]] == SIZE_MAX) continue;
        rows->from[n] = i;
        rows->change[n] = value, rows->dose[n] = all->dose[i], rows->stack[n] = rows->number[all->stack[i]];
        if (all->weights) rows->weights[n] = all->weights[i];
        for (size_t j = 0; rows->covariates && j < rows->covariates->size2; j++)
            gsl_matrix_set(rows->covariates, n, j, gsl_matrix_get(all->covariates, i, j));
        n++;
    }
    if (rows->covariates) rows->covariates->size1 = n;
    rows->data = (struct uf_dose_data){.n = n,
                                       .change = rows->change,
                                       .dose = rows->dose,
                                       .weights = all->weights ? rows->weights : NULL,
                                       .n_stacks = stacks,
                                       .stack = rows->stack,
                                       .covariates = rows->covariates};
    return n > 0;
}
