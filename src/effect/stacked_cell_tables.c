// SPDX-License-Identifier: GPL-3.0-or-later
/* Tables `group-time` and `group-time-inference` of stacked: each sub-experiment's own differences, or why there is none. */
#include "base/fail.h"
#include "effect/stacked_internal.h"
#include "effect/stacked_run.h"
#include "effect/sun_abraham_run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* The terms, with what stands beside them in the table. */
struct rows {
    struct effect_terms terms;
    bool *zero;
    double *weight;
    size_t *count
        [2]; /* by period of the stack: observations of controls and of treated, also where rows are means of them */
};

static void rows_clear(struct rows *rows)
{
    effect_terms_clear(&rows->terms);
    free(rows->zero), free(rows->weight), free(rows->count[0]), free(rows->count[1]);
}

/* The period at an event time of a cohort; NULL: the calendar has none there. */
static const char *period_at(const struct stacked_run *run, size_t first, long event)
{
    const struct uf_did_data *data = &run->common.sample->data;
    for (size_t t = 0; t < data->n_periods; t++)
        if ((data->time ? data->time[t] - data->time[first] : (long)t - (long)first) == event)
            return run->common.panel->periods.code[t];
    return NULL;
}

static void add_cell(const struct stacked_run *run, const struct uf_stacked_cells *cells,
                     const struct uf_stack *stack, long event, struct rows *rows)
{
    static const struct uf_words nobody = {"no treated unit is observed at this time",
                                           "ingen insatsenhet är observerad vid denna tidpunkt"};
    const enum uf_language language = run->common.context->language;
    const bool used = stack->reason == UF_STACK_USED;
    const size_t row = rows->terms.count;
    const struct uf_cohort_cell *cell = stacked_find_cell(run->fit, cells, stack->first_period, event);
    const struct uf_words why = !used  ? stacked_reason(stack->reason)
                                : cell ? sun_abraham_reason(cell->reason)
                                       : nobody;
    const double controls = cell ? (double)rows->count[0][cell->period] : NAN,
                 treated = cell ? (double)rows->count[1][cell->period] : NAN;
    const struct effect_term term = {.term = "att",
                                     .group = run->common.panel->periods.code[stack->first_period],
                                     .period = period_at(run, stack->first_period, event),
                                     .event_time = (double)event,
                                     .n_obs = controls + treated,
                                     .n_treated = treated,
                                     .n_control = controls,
                                     .note = uf_words_in(why, language)};
    const bool estimated = cell && cell->place != SIZE_MAX;
    double *combination = effect_terms_next(&rows->terms);
    if (estimated) combination[cell->place] = 1;
    effect_terms_add(&rows->terms, &term, estimated);
    rows->zero[row] = cell && cell->reason == UF_CELL_REFERENCE;
    rows->weight[row] = estimated ? cells->weight[cell - cells->fit.cell] : 0;
}

static uf_status rows_init(const struct stacked_run *run, const struct uf_stacked_cells *cells,
                           struct rows *out, struct uf_error *error)
{
    const struct uf_stacked_options *o = &run->options;
    const struct uf_stacked *fit = run->fit;
    const size_t most = fit->n_stacks * (size_t)(o->before + o->after + 1);
    *out = (struct rows){.zero = calloc(most + 1, sizeof(bool)), .weight = calloc(most + 1, sizeof(double))};
    for (int side = 0; side < 2; side++)
        out->count[side] = calloc(fit->data.n_periods + 1, sizeof *out->count[side]);
    if (!out->zero || !out->weight || !out->count[0] || !out->count[1]) return uf_fail_memory(error);
    for (size_t r = 0; r < fit->data.n; r++)
        out->count[uf_stacked_is_treated(fit, r)][fit->data.period[r]] +=
            effect_row_count(&run->common.sample->data, fit->row[r]);
    UF_TRY(effect_terms_init(most, cells->fit.fit.fit.rank, &out->terms, error));
    for (size_t s = 0; s < fit->n_stacks; s++)
        for (long e = -o->before; e <= o->after; e++) add_cell(run, cells, &fit->stack[s], e, out);
    return UF_OK;
}

static uf_status note_rest(const struct stacked_run *run, const struct uf_stacked_cells *cells,
                           struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} rows are left out of the differences by cohort and time, whose own sub-experiment cannot tell "
        "them from "
        "its fixed effects; the average uses them, so that the weighted sum of the differences is not quite "
        "the average.",
        "{0} rader ingår inte i skillnaderna per kohort och tidpunkt, eftersom deras eget delexperiment inte "
        "kan skilja "
        "dem från sina fasta effekter; genomsnittet använder dem, och den viktade summan av skillnaderna är "
        "därför inte "
        "riktigt genomsnittet."};
    const struct uf_argument n = uf_count_argument(cells->fit.n_unlinked);
    if (cells->fit.n_unlinked == 0) return UF_OK;
    return effect_note(&run->common, UF_NOTE, "cells-not-estimated", text, (struct uf_words){NULL, NULL}, &n,
                       1, error);
}

/* --- inference ------------------------------------------------------------------------------------------- */

/* Whether this error can be had of the cells too; `text`: why not. */
static uf_status try_covariance(const struct effect_regression *regression,
                                const struct uf_covariance_options *options, struct uf_covariance *out,
                                const struct uf_words **text, struct uf_error *error)
{
    static const struct uf_words nil = {
        "{0} was left out of the differences by cohort and time: with an indicator for each cohort and time "
        "the "
        "residuals of its treated add up to nothing, and sums by period cannot tell how they vary.",
        "{0} har utelämnats ur skillnaderna per kohort och tidpunkt: med en indikator för varje kohort och "
        "tidpunkt summerar dess insatsenheters residualer till noll, och summor per period säger inget om "
        "hur "
        "de varierar."};
    static const struct uf_words no_freedom = {
        "{0} was left out of the differences by cohort and time: no degrees of freedom are left.",
        "{0} har utelämnats ur skillnaderna per kohort och tidpunkt: inga frihetsgrader återstår."};
    struct uf_error reason;
    *text = &nil;
    if (options->kind == UF_COVARIANCE_DRISCOLL_KRAAY) return UF_OK;
    const uf_status status = uf_covariance_estimate(&regression->input, options, out, &reason);
    *text = status == UF_OK ? NULL : &no_freedom;
    if (status == UF_OK || status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE) return UF_OK;
    if (error) *error = reason;
    return status;
}

/* The errors of the cells' regression in `own` and `covariance`: all that were asked for by name, what cannot be had is named; with
 * an automatic choice the first that can. */
static uf_status settle(const struct stacked_run *run, const struct effect_regression *regression,
                        struct effect_inference *own, struct uf_covariance *covariance,
                        struct uf_error *error)
{
    const size_t asked = own->n_covariances;
    size_t count;
    own->n_covariances = 0;
    for (size_t c = 0; c < asked && !(own->automatic && own->n_covariances > 0); c++) {
        const struct uf_covariance_options options = own->covariance[c];
        const struct uf_argument name = uf_text_argument(uf_covariance_types(&count)[options.kind].name);
        const struct uf_words *text;
        UF_TRY(try_covariance(regression, &options, &covariance[own->n_covariances], &text, error));
        if (text && !own->automatic)
            UF_TRY(effect_note(&run->common, UF_NOTE, "inference-left-out", *text,
                               (struct uf_words){NULL, NULL}, &name, 1, error));
        else if (!text)
            own->covariance[own->n_covariances++] = options;
    }
    return UF_OK;
}

/* Who lends residuals to whom: as in the whole stack, of the rows that the cells keep. Clear with lenders_clear. */
static uf_status lenders_init(const struct stacked_run *run, const struct uf_sun_abraham *cells,
                              struct effect_lenders *out, struct uf_error *error)
{
    const struct effect_lenders *all = &run->dealt->lenders;
    const size_t n = cells->data.n;
    *out = *all;
    out->own_block = malloc((n + 1) * sizeof *out->own_block);
    out->exposed = malloc((n + 1) * sizeof *out->exposed);
    if (!out->own_block || !out->exposed) return uf_fail_memory(error);
    for (size_t r = 0; r < n && all->block; r++) {
        const size_t row = cells->row ? cells->row[r] : r;
        out->own_block[r] = all->block[row];
        out->exposed[r] = all->exposed[row];
    }
    out->block = out->own_block;
    out->period = cells->data.period;
    return UF_OK;
}

static void lenders_clear(struct effect_lenders *lenders)
{
    free(lenders->own_block), free(lenders->exposed); /* the rest is the stack's */
}

static uf_status report_rows(const struct stacked_run *run, const struct uf_stacked_cells *cells,
                             const struct rows *rows, const struct effect_regression *regression,
                             struct uf_error *error)
{
    static const struct uf_words title = {"Differences by cohort and time since the start",
                                          "Skillnader per kohort och tid sedan start"};
    static const struct uf_words all_title = {
        "Differences by cohort and time since the start, by type of inference",
        "Skillnader per kohort och tid sedan start, efter typ av inferens"};
    struct effect_inference own = *run->common.inference;
    struct effect_run common = run->common;
    struct uf_covariance covariance[EFFECT_MOST_COVARIANCES] = {{0}};
    struct effect_lenders lenders = {0};
    common.inference = &own;
    uf_status status = settle(run, regression, &own, covariance, error);
    if (status == UF_OK) status = lenders_init(run, &cells->fit, &lenders, error);
    if (status == UF_OK) {
        const struct effect_findings findings = {.regression = regression,
                                                 .covariance = covariance,
                                                 .assignment = &run->dealt->assignment,
                                                 .lenders = &lenders};
        const struct effect_term_table first = {.name = "group-time",
                                                .title = title,
                                                .terms = &rows->terms,
                                                .zero = rows->zero,
                                                .weights = rows->weight},
                                       all = {.name = "group-time-inference",
                                              .title = all_title,
                                              .terms = &rows->terms};
        status = effect_report_terms(&common, &findings, &first, error);
        if (status == UF_OK)
            status = effect_report_named_inferences(&common, &findings, &all,
                                                    run->dealt->cell ? run->dealt->cell + 1 : NULL, error);
    }
    lenders_clear(&lenders);
    effect_covariances_clear(covariance);
    return status;
}

uf_status stacked_report_cells(const struct stacked_run *run, struct uf_error *error)
{
    struct uf_stacked_cells cells;
    struct did_regression regression = {0};
    struct rows rows = {0};
    struct uf_error reason;
    size_t *period = NULL;
    uf_status status = uf_stacked_cells_estimate(run->fit, &run->options, &cells, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK; /* the table of sub-experiments says why */
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    status = did_regression_init(&cells.fit.data, &cells.fit.fit, &regression, error);
    if (status == UF_OK)
        status = stacked_set_calendar(&run->common.sample->data, run->fit, cells.fit.row, &regression,
                                      &period, error);
    if (status == UF_OK) status = rows_init(run, &cells, &rows, error);
    if (status == UF_OK) status = report_rows(run, &cells, &rows, &regression.view, error);
    if (status == UF_OK) status = note_rest(run, &cells, error);
    rows_clear(&rows);
    did_regression_clear(&regression);
    uf_stacked_cells_clear(&cells);
    free(period);
    return status;
}
