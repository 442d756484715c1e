// SPDX-License-Identifier: GPL-3.0-or-later
/* From the changes of all units to the rows of the regression. */
#include "base/fail.h"
#include "effect/dose_response_run.h"
#include "effect/estimates.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void dose_units_clear(struct dose_units *u)
{
    free(u->after_less_before), free(u->dose), free(u->weights);
    free(u->unit), free(u->cohort), free(u->stack), free(u->latitude), free(u->longitude);
    for (int d = 0; d < 2; d++) free(u->cluster[d]);
    gsl_matrix_free(u->covariates);
    memset(u, 0, sizeof *u);
}

static uf_status check_dose(const struct dose_run *run, const struct dose_cell *cell, size_t unit,
                            struct uf_error *error)
{
    static const struct uf_words changes = {"The dose of {0} changes after the start ({1} to {2}). What one "
                                            "dose does can only be said of a dose that stays.",
                                            "Dosen för {0} ändras efter start ({1} till {2}). Vad en dos gör "
                                            "kan bara sägas om en dos som består."};
    static const struct uf_words changes_advice = {
        "Give each region one dose from the start on (its total or mean), or ask for changing-dose: mean.",
        "Ge varje region en dos från och med start (summa eller medelvärde), eller begär changing-dose: "
        "mean."};
    static const struct uf_words negative = {"The dose of {0} is negative ({1}).",
                                             "Dosen för {0} är negativ ({1})."};
    static const struct uf_words negative_advice = {
        "Give 0 for the untreated, and amounts above 0 for the treated.",
        "Ange 0 för de utan insats och belopp över 0 för övriga."};
    const struct uf_argument arguments[] = {uf_text_argument(run->common.panel->units.label[unit]),
                                            uf_number_argument(cell->least, -1),
                                            uf_number_argument(cell->most, -1)};
    if (cell->least < 0)
        return effect_refuse(&run->common, "dose-negative", negative, negative_advice, arguments, 2, error);
    /* Slopes are of the order of one over the dose, and their squares must stay numbers of the machine. */
    if (cell->most > 1e50 || (cell->most > 0 && cell->most < 1e-50))
        return uf_fail(
            error, UF_BAD_INPUT,
            "the dose of unit '%s' is %g; expected amounts from 1e-50 to 1e50: correct the figure, or give "
            "the doses in a %s unit",
            run->common.panel->units.code[unit], cell->most, cell->most > 1 ? "larger" : "smaller");
    if (run->changing || !(cell->most - cell->least > 1e-9 * cell->most)) return UF_OK;
    return effect_refuse(&run->common, "dose-changes", changes, changes_advice, arguments, 3, error);
}

static uf_status allocate(size_t n, const struct uf_did_data *data, struct dose_units *u,
                          struct uf_error *error)
{
    const size_t k = data->covariates ? data->covariates->size2 : 0;
    u->after_less_before = malloc((n + 1) * sizeof(double));
    u->dose = malloc((n + 1) * sizeof(double)), u->weights = malloc((n + 1) * sizeof(double));
    u->unit = malloc((n + 1) * sizeof *u->unit), u->cohort = malloc((n + 1) * sizeof *u->cohort);
    u->stack = malloc((n + 1) * sizeof *u->stack);
    u->latitude = data->latitude ? malloc((n + 1) * sizeof *u->latitude) : NULL;
    u->longitude = data->latitude ? malloc((n + 1) * sizeof *u->longitude) : NULL;
    u->covariates = k > 0 ? gsl_matrix_alloc(n ? n : 1, k) : NULL;
    bool memory = u->after_less_before && u->dose && u->weights && u->unit && u->cohort && u->stack &&
                  (!data->latitude || (u->latitude && u->longitude)) && (k == 0 || u->covariates);
    for (size_t d = 0; d < data->n_cluster_dimensions; d++) {
        u->cluster[d] = malloc((n + 1) * sizeof *u->cluster[d]);
        memory = memory && u->cluster[d];
    }
    return memory ? UF_OK : uf_fail_memory(error);
}

static void set_covariates(const struct dose_cells *cells, size_t unit, size_t cohort, gsl_matrix *to,
                           size_t row)
{
    const double *x = dose_covariates_at(cells, unit, cohort);
    for (size_t j = 0; j < cells->n_covariates; j++) gsl_matrix_set(to, row, j, x[j]);
}

static void add_unit(const struct dose_run *run, const struct dose_cells *cells, size_t unit, size_t cohort,
                     size_t stack, bool treated, struct dose_units *u)
{
    const struct uf_did_data *data = &run->sample->data;
    const struct dose_cell *cell = dose_cell_at(cells, unit, cohort);
    const size_t n = u->change.n, row = cells->row[unit];
    u->after_less_before[n] = cell->change;
    u->dose[n] = treated ? cell->dose : 0;
    u->weights[n] = cells->weight[unit];
    u->unit[n] = unit, u->cohort[n] = cohort, u->stack[n] = stack;
    if (u->latitude) u->latitude[n] = data->latitude[row], u->longitude[n] = data->longitude[row];
    for (size_t d = 0; d < data->n_cluster_dimensions; d++) u->cluster[d][n] = data->cluster[d][row];
    set_covariates(cells, unit, cohort, u->covariates, n);
    u->change.n++;
}

/* One cohort that is used after the other. */
static uf_status fill(const struct dose_run *run, const struct dose_cells *cells, unsigned char *used,
                      struct dose_units *u, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    size_t stack = 0;
    for (size_t c = 0; c < cells->n_cohorts; c++) {
        if (cells->cohort[c].reason != DOSE_USED) continue;
        for (size_t unit = 0; unit < cells->n_units; unit++) {
            if (cells->row[unit] == SIZE_MAX) continue;
            enum dose_role role = dose_role_of(run, cells, c, unit, data->first_period[unit]);
            if (role == DOSE_NEITHER) continue;
            if (role == DOSE_TREATED) UF_TRY(check_dose(run, dose_cell_at(cells, unit, c), unit, error));
            add_unit(run, cells, unit, c, stack, role == DOSE_TREATED, u);
            used[unit] |= (unsigned char)role;
        }
        stack++;
    }
    for (size_t unit = 0; unit < cells->n_units; unit++) {
        u->n_treated += (used[unit] & DOSE_TREATED) != 0;
        u->n_control += (used[unit] & DOSE_CONTROL) != 0;
    }
    const bool weights = data->weights != NULL;
    u->change.change = u->after_less_before, u->change.dose = u->dose;
    u->change.weights = weights ? u->weights : NULL;
    u->change.stack = u->stack, u->change.n_stacks = stack;
    /* rows were reserved for as many as there could be */
    if (u->covariates) u->covariates->size1 = u->change.n;
    u->change.covariates = u->covariates;
    return UF_OK;
}

/* Rows of units that are in no sub-experiment leave the sample. */
static uf_status filter(struct dose_run *run, const unsigned char *used, size_t *unit_row,
                        struct uf_error *error)
{
    static const struct uf_words step = {"before and after", "före och efter"};
    static const struct uf_words reason = {
        "the region has no value before the start, or none after it, or nothing to be compared with",
        "regionen saknar värde före start, eller efter, eller något att jämföras med"};
    struct effect_sample *s = run->sample;
    enum uf_language language = run->common.context->language;
    size_t n = 0, before = s->data.n;
    for (size_t i = 0; i < before; i++) {
        if (!used[s->unit[i]]) continue;
        s->row[n] = s->row[i], s->unit[n] = s->unit[i], s->period[n] = s->period[i],
        s->outcome[n] = s->outcome[i];
        s->treatment[n] = s->data.first_period[s->unit[i]] <= s->period[i];
        if (s->weights) s->weights[n] = s->weights[i];
        if (s->latitude) s->latitude[n] = s->latitude[i], s->longitude[n] = s->longitude[i];
        for (size_t d = 0; d < s->data.n_cluster_dimensions; d++) s->cluster[d][n] = s->cluster[d][i];
        for (size_t j = 0; s->covariates && j < s->covariates->size2; j++)
            gsl_matrix_set(s->covariates, n, j, gsl_matrix_get(s->covariates, i, j));
        unit_row[s->unit[n]] = n;
        n++;
    }
    s->data.n = n;
    if (s->covariates) s->covariates->size1 = n;
    s->n_treated = s->n_control = 0;
    for (size_t u = 0; u < s->data.n_units; u++) {
        s->n_treated += used[u] && s->data.first_period[u] != SIZE_MAX;
        s->n_control += used[u] && s->data.first_period[u] == SIZE_MAX;
    }
    if (n == before) return UF_OK;
    return uf_result_add_ledger(run->common.result, uf_words_in(step, language),
                                uf_words_in(reason, language), before, n, error);
}

uf_status dose_units_init(struct dose_run *run, struct dose_cells *cells, struct dose_units *out,
                          struct uf_error *error)
{
    struct dose_units units = {0};
    size_t most = 0;
    for (size_t c = 0; c < cells->n_cohorts; c++)
        if (cells->cohort[c].reason == DOSE_USED)
            most += cells->cohort[c].n_treated + cells->cohort[c].n_control;
    unsigned char *used = calloc(cells->n_units + 1, 1);
    uf_status status = used ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = allocate(most, &run->sample->data, &units, error);
    if (status == UF_OK) status = fill(run, cells, used, &units, error);
    if (status == UF_OK) status = filter(run, used, cells->row, error);
    for (size_t u = 0; u < cells->n_units && status == UF_OK; u++)
        if (!used[u]) cells->row[u] = SIZE_MAX;
    free(used);
    if (status == UF_OK)
        *out = units;
    else
        dose_units_clear(&units);
    return status;
}

/* --- the regression ---------------------------------------------------------------------------------- */

uf_status dose_regression_init(const struct dose_run *run, const struct uf_least_squares *fit,
                               const gsl_matrix *x, const double *weights, size_t *const *cluster,
                               const double *latitude, const double *longitude, struct dose_regression *out,
                               struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    double total = 0;
    for (size_t i = 0; i < fit->n; i++) total += weights ? weights[i] : 1;
    const bool exact = effect_is_rounding(&run->common, sqrt(fit->rss / total));
    gsl_vector *kept = gsl_vector_alloc(fit->rank ? fit->rank : 1),
               *nil = exact ? gsl_vector_calloc(fit->n) : NULL;
    if (!kept || (exact && !nil)) {
        gsl_vector_free(kept), gsl_vector_free(nil);
        return uf_fail_memory(error);
    }
    for (size_t r = 0; r < fit->rank; r++)
        gsl_vector_set(kept, r, gsl_vector_get(fit->coefficients, fit->kept[r]));
    *out = (struct dose_regression){.view = {.input = {.x = x,
                                                       .residuals = exact ? nil : fit->residuals,
                                                       .inverse = fit->inverse,
                                                       .weights = weights,
                                                       .latitude = latitude,
                                                       .longitude = longitude,
                                                       .cluster = {cluster[0], cluster[1]},
                                                       .n_groups = {data->n_groups[0], data->n_groups[1]},
                                                       .n_cluster_dimensions = data->n_cluster_dimensions},
                                             .coefficients = kept,
                                             .df = fit->df},
                                    .kept = kept,
                                    .nil = nil};
    return UF_OK;
}

void dose_regression_clear(struct dose_regression *regression)
{
    gsl_vector_free(regression->kept), gsl_vector_free(regression->nil);
    memset(regression, 0, sizeof *regression);
}

/* --- who lends residuals ------------------------------------------------------------------------------ */

static uf_status lend(const struct dose_run *run, const struct uf_did_assignment *assignment,
                      struct effect_lenders *out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    const struct dose_units *u = run->units;
    const size_t n = u->change.n;
    struct effect_lenders lenders = {.n_blocks = assignment->n_blocks,
                                     .n_periods = u->change.n_stacks,
                                     .period = u->stack,
                                     .own_block = malloc((n + 1) * sizeof(size_t)),
                                     .treated = calloc(assignment->n_blocks + 1, sizeof(bool)),
                                     .exposed = calloc(n + 1, sizeof(bool))};
    lenders.block = lenders.own_block;
    uf_status status =
        lenders.own_block && lenders.treated && lenders.exposed ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        const size_t block = assignment->block[run->cells->row[u->unit[i]]];
        lenders.own_block[i] = block;
        lenders.exposed[i] = u->dose[i] > 0;
        lenders.treated[block] |= lenders.exposed[i];
    }
    if (status == UF_OK) status = effect_block_sizes(data, assignment, &lenders.size, error);
    if (status == UF_OK)
        *out = lenders;
    else
        effect_lenders_clear(&lenders);
    return status;
}

uf_status dose_lenders_init(const struct dose_run *run, const struct uf_did_assignment *assignment,
                            struct effect_lenders *out, struct uf_error *error)
{
    struct uf_did_assignment own = {0};
    const struct effect_inference *inference = run->common.inference;
    if (!inference->ferman_pinto && !inference->conley_taber) return UF_OK;
    if (assignment->n_blocks > 0) return lend(run, assignment, out, error);
    UF_TRY(uf_did_assignment_init(&run->sample->data, &own, error));
    uf_status status = lend(run, &own, out, error);
    uf_did_assignment_clear(&own);
    return status;
}
