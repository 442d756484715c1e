// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of stacked, and what it has to say. */
#include "base/fail.h"
#include "effect/stacked_run.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const struct uf_words none = {NULL, NULL};

struct uf_words stacked_reason(enum uf_stack_reason reason)
{
    static const struct uf_words reasons[] = {
        [UF_STACK_WINDOW] = {"the window reaches beyond the data", "fönstret når utanför datamaterialet"},
        [UF_STACK_NO_CONTROL] = {"no unit is untreated in the whole window",
                                 "ingen enhet är utan insats i hela fönstret"},
        [UF_STACK_REFERENCE] = {"treated or controls are not observed at the reference",
                                "insats- eller jämförelseenheter är inte observerade vid referensen"}};
    return reason == UF_STACK_USED ? none : reasons[reason];
}

/* --- terms ------------------------------------------------------------------------------------------ */

static struct effect_term term_of(const struct stacked_run *run, const char *name)
{
    return (struct effect_term){
        .term = name,
        .event_time = NAN,
        .n_obs = (double)(run->fit->data.n_rows > 0 ? run->fit->data.n_rows : run->fit->data.n),
        .n_treated = (double)run->fit->n_treated,
        .n_control = (double)run->fit->n_control};
}

static uf_status report_estimates(const struct stacked_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Average from the start on, by type of inference",
                                          "Genomsnitt från och med start, efter typ av inferens"};
    const struct uf_did_fit *fit = &run->fit->fit;
    const struct uf_panel *panel = run->common.panel;
    struct effect_terms terms;
    struct uf_table *table = NULL;
    UF_TRY(effect_terms_init(1 + panel->n_covariates, fit->fit.rank, &terms, error));
    struct effect_term term = term_of(run, "simple");
    effect_terms_add(&terms, &term, uf_stacked_average(run->fit, effect_terms_next(&terms)));
    for (size_t j = fit->n_leading; j < fit->n_columns; j++) {
        if (fit->position[j] == SIZE_MAX) continue;
        term = term_of(run, panel->columns[panel->covariates[j - fit->n_leading]].name);
        term.covariate = true;
        double *next = effect_terms_next(&terms);
        next[fit->position[j]] = 1;
        effect_terms_add(&terms, &term, true);
    }
    uf_status status = effect_table_new("estimates", title, &run->common, &table, error);
    if (status == UF_OK)
        status = effect_add_findings(&run->common, run->findings, terms.term, terms.count, table, error);
    effect_terms_clear(&terms);
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

/* `leads`: those before the anticipation alone, without the reference. */
static uf_status event_terms(const struct stacked_run *run, bool leads, struct effect_terms *terms,
                             bool *zero, struct uf_error *error)
{
    static const struct uf_words reference = {"reference: 0 by definition", "referens: 0 per definition"};
    static const struct uf_words dropped = {
        "not identified: collinear with the fixed effects and the other event times",
        "inte identifierad: kollinjär med de fasta effekterna och övriga tidpunkter"};
    const struct uf_did_fit *fit = &run->fit->fit;
    const long last = leads ? -run->options.anticipation - 1 : run->options.after;
    UF_TRY(effect_terms_init(fit->n_leading + 1, fit->fit.rank, terms, error));
    for (long e = -run->options.before; e <= last; e++) {
        char name[40];
        size_t j = 0;
        snprintf(name, sizeof name, "event-time %ld", e);
        struct effect_term term = term_of(run, name);
        term.event_time = (double)e;
        while (j < fit->n_leading && fit->event_time[j] != e) j++;
        bool kept = j < fit->n_leading && fit->position[j] != SIZE_MAX;
        if (leads && !kept) continue;
        if (zero) zero[terms->count] = e == run->options.reference;
        double *combination = effect_terms_next(terms);
        if (kept)
            combination[fit->position[j]] = 1;
        else
            term.note =
                uf_words_in(e == run->options.reference ? reference : dropped, run->common.context->language);
        effect_terms_add(terms, &term, kept);
    }
    return UF_OK;
}

/* A line by which the treated drift is Σ_e (e − reference) δ_e, whatever else is in the regression. */
static uf_status report_leads(const struct stacked_run *run, struct uf_error *error)
{
    struct effect_terms terms;
    const struct uf_did_fit *fit = &run->fit->fit;
    double *times = malloc((fit->n_leading + 1) * sizeof *times),
           *mean = malloc((fit->fit.rank + 1) * sizeof *mean);
    uf_status status = times && mean ? event_terms(run, true, &terms, NULL, error) : uf_fail_memory(error);
    if (status == UF_OK) {
        const struct placebo_regressions regressions =
            stacked_regressions(&run->options, placebo_regression_work(&run->fit->data, fit->fit.rank));
        struct placebo_treatments placebos = {0};
        struct effect_lead_line line = {.times = times,
                                        .estimate = NAN,
                                        .drift = NAN,
                                        .placebos = &placebos,
                                        .regressions = &regressions};
        for (size_t t = 0; t < terms.count; t++)
            times[t] = terms.term[t].event_time - (double)run->options.reference;
        if (uf_stacked_average(run->fit, mean)) {
            line.estimate = effect_term_value(run->findings->regression, mean);
            line.drift = 0;
            for (size_t j = 0; j < fit->n_leading; j++)
                if (fit->position[j] != SIZE_MAX)
                    line.drift +=
                        mean[fit->position[j]] * (double)(fit->event_time[j] - run->options.reference);
        }
        if (terms.count > 0 && effect_pretrend_wants_placebos(&run->common))
            status = placebo_treatments_init(&run->common.sample->data, &run->dealt->assignment, false,
                                             &placebos, error);
        if (status == UF_OK)
            status = effect_report_leads(&run->common, run->findings, &terms, &line,
                                         run->dealt->leads.count > 0 ? &run->dealt->leads : NULL,
                                         &run->dealt->slopes, error);
        placebo_treatments_clear(&placebos);
        effect_terms_clear(&terms);
    }
    free(times), free(mean);
    return status;
}

static uf_status report_event_study(const struct stacked_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Difference by time since the start",
                                          "Skillnad efter tid sedan start"};
    struct effect_terms terms;
    bool *zero = calloc(run->fit->fit.n_leading + 2, sizeof *zero);
    if (!zero) return uf_fail_memory(error);
    uf_status status = event_terms(run, false, &terms, zero, error);
    if (status == UF_OK) {
        const struct effect_term_table table = {
            .name = "event-study", .title = title, .terms = &terms, .zero = zero, .band = true};
        status = effect_report_terms(&run->common, run->findings, &table, error);
        if (status == UF_OK)
            status = effect_report_by_inference(&run->common, run->findings, &terms, zero,
                                                run->dealt->n_terms > 1 ? run->dealt->term + 1 : NULL, error);
        effect_terms_clear(&terms);
    }
    free(zero);
    UF_TRY(status);
    return report_leads(run, error);
}

/* --- sub-experiments -------------------------------------------------------------------------------- */

static uf_status add_stack(const struct stacked_run *run, const struct uf_stack *s, struct uf_table *table,
                           struct uf_error *error)
{
    const struct uf_words reason = stacked_reason(s->reason);
    size_t row;
    UF_TRY(uf_table_add_row(table, &row, error));
    UF_TRY(uf_table_set_text(table, row, 0, run->common.panel->periods.code[s->first_period], error));
    UF_TRY(uf_table_set_number(table, row, 1, (double)s->n_rows, error));
    UF_TRY(uf_table_set_number(table, row, 2, (double)s->n_treated, error));
    UF_TRY(uf_table_set_number(table, row, 3, (double)s->n_control, error));
    UF_TRY(uf_table_set_number(table, row, 4, s->weight, error));
    return uf_table_set_text(table, row, 5,
                             reason.en ? uf_words_in(reason, run->common.context->language) : NULL, error);
}

static uf_status report_stacks(const struct stacked_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Sub-experiments: one for each cohort",
                                          "Delexperiment: ett för varje kohort"};
    static const struct {
        const char *name;
        enum uf_column_type kind;
        int decimals;
    } columns[] = {{"group", UF_COLUMN_TEXT, -1},      {"n_obs", UF_COLUMN_NUMBER, 0},
                   {"n_treated", UF_COLUMN_NUMBER, 0}, {"n_control", UF_COLUMN_NUMBER, 0},
                   {"weight", UF_COLUMN_NUMBER, 4},    {"note", UF_COLUMN_TEXT, -1}};
    struct uf_table *table = NULL;
    size_t index;
    UF_TRY(uf_table_new("sub-experiments", &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, run->common.context->language), error);
    for (size_t c = 0; c < sizeof columns / sizeof *columns && status == UF_OK; c++)
        status = uf_table_add_column(table, columns[c].name, columns[c].kind, NULL, columns[c].decimals,
                                     &index, error);
    for (size_t s = 0; s < run->fit->n_stacks && status == UF_OK; s++)
        status = add_stack(run, &run->fit->stack[s], table, error);
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

uf_status stacked_report_tables(const struct stacked_run *run, struct uf_error *error)
{
    UF_TRY(report_estimates(run, error));
    UF_TRY(stacked_report_cells(run, error));
    UF_TRY(report_event_study(run, error));
    return report_stacks(run, error);
}

/* --- notes -------------------------------------------------------------------------------------------- */

static uf_status note_left_out(const struct stacked_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "Cohorts not in the stack: {0} of {1}; the table of sub-experiments says why. The first: {2}, "
        "{3}.",
        "Kohorter som inte ingår: {0} av {1}; tabellen över delexperiment anger skälet. Den första: {2}, "
        "{3}."};
    const struct uf_stacked *fit = run->fit;
    const struct uf_stack *first = NULL;
    for (size_t s = fit->n_stacks; s-- > 0;)
        if (fit->stack[s].reason != UF_STACK_USED) first = &fit->stack[s];
    if (!first) return UF_OK;
    const struct uf_argument arguments[] = {
        uf_count_argument(fit->n_stacks - fit->n_used), uf_count_argument(fit->n_stacks),
        uf_text_argument(run->common.panel->periods.code[first->first_period]),
        uf_text_argument(uf_words_in(stacked_reason(first->reason), run->common.context->language))};
    return effect_note(&run->common, UF_WARNING, "cohorts-left-out", text, none, arguments, 4, error);
}

uf_status stacked_add_notes(const struct stacked_run *run, struct uf_error *error)
{
    static const struct uf_words window = {
        "Sub-experiments: {0}, from {1} periods before to {2} after the start; {3} rows, {4} of them "
        "different: a control "
        "stands in each sub-experiment that it serves, and the errors must be clustered by region or wider.",
        "Delexperiment: {0}, från {1} perioder före till {2} efter start; {3} rader, {4} av dem olika: en "
        "jämförelseenhet "
        "står i varje delexperiment som den ingår i, och medelfelen måste klustras per region eller större."};
    static const struct uf_words shares = {
        "Each sub-experiment counts as its share of the treated regions (corrective weights).",
        "Varje delexperiment räknas efter sin andel av insatsregionerna (korrigerande vikter)."};
    static const struct uf_words sample = {
        "Each sub-experiment counts as least squares has it, more where treated and controls are many and "
        "balanced: the "
        "average is over no group of regions that can be named.",
        "Varje delexperiment räknas som minsta kvadratmetoden gör, mer där insats- och jämförelseenheter är "
        "många och "
        "jämnt fördelade: genomsnittet gäller ingen grupp av regioner som går att namnge."};
    static const struct uf_words covariates = {
        "With covariates or gaps the weights of the sub-experiments are no longer exactly those of their "
        "table; the weights of the differences by cohort and time are.",
        "Med kovariater eller luckor är delexperimentens vikter inte längre exakt de i tabellen över dem; "
        "vikterna för skillnaderna per kohort och tidpunkt är det."};
    static const struct uf_words dropped = {
        "{0} was dropped from the regression: it is collinear with the fixed "
        "effects or with what stands before it.",
        "{0} har uteslutits ur regressionen: variabeln är kollinjär med de "
        "fasta effekterna eller med det som står före den."};
    const struct uf_stacked *fit = run->fit;
    const struct uf_panel *panel = run->common.panel;
    const bool by_shares = run->options.weights == UF_STACK_BY_SHARES;
    const struct uf_argument arguments[] = {
        uf_count_argument(fit->n_used), uf_number_argument((double)run->options.before, 0),
        uf_number_argument((double)run->options.after, 0), uf_count_argument(fit->data.n),
        uf_count_argument(fit->n_distinct)};
    UF_TRY(effect_note(&run->common, UF_NOTE, "stacked-rows", window, none, arguments, 5, error));
    UF_TRY(effect_note(&run->common, by_shares ? UF_NOTE : UF_WARNING, "stack-weights",
                       by_shares ? shares : sample, none, NULL, 0, error));
    if (panel->n_covariates > 0 ||
        fit->data.n != fit->data.n_units * (size_t)(run->options.before + run->options.after + 1))
        UF_TRY(effect_note(&run->common, UF_NOTE, "stack-weights-inexact", covariates, none, NULL, 0, error));
    for (size_t d = 0; d < fit->fit.fit.n_dropped; d++) {
        size_t column = fit->fit.fit.dropped[d];
        if (column < fit->fit.n_leading) continue;
        const struct uf_argument name =
            uf_text_argument(panel->columns[panel->covariates[column - fit->fit.n_leading]].label);
        UF_TRY(effect_note(&run->common, UF_WARNING, "dropped-covariate", dropped, none, &name, 1, error));
    }
    return note_left_out(run, error);
}
