// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of sun-abraham: averages by inference, cells, averages term by term. */
#include "base/fail.h"
#include "effect/sun_abraham_run.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const struct effect_term no_term = {.term = "", .event_time = NAN, .n_obs = NAN};

/* What stands behind an average: observations of the treated, and the most treated and controls at once. */
struct support {
    double n_obs, n_treated, n_control, weight;
};

static struct support support_of(const struct uf_sun_abraham *fit, enum uf_cell_average kind, long key)
{
    struct support s = {0};
    for (size_t g = 0; g < fit->n_cohorts; g++) {
        double most = 0;
        for (size_t c = 0; c < fit->n_cells; c++) {
            const struct uf_cohort_cell *cell = &fit->cell[c];
            if (cell->cohort != g || cell->place == SIZE_MAX) continue;
            if (kind == UF_CELLS_DYNAMIC
                    ? cell->event_time != key
                    : cell->event_time < 0 || (kind == UF_CELLS_GROUP && g != (size_t)key) ||
                          (kind == UF_CELLS_CALENDAR && cell->period != (size_t)key))
                continue;
            s.n_obs += (double)cell->n_treated;
            s.weight += cell->weight;
            if ((double)cell->n_treated > most) most = (double)cell->n_treated;
            if ((double)cell->n_control > s.n_control) s.n_control = (double)cell->n_control;
        }
        s.n_treated += most;
    }
    return s;
}

static void add_average(const struct uf_sun_abraham *fit, enum uf_cell_average kind, long key,
                        struct effect_term term, struct effect_terms *terms)
{
    const struct support s = support_of(fit, kind, key);
    if (!(uf_sun_abraham_average(fit, kind, key, effect_terms_next(terms)) > 0)) return;
    term.n_obs = s.n_obs, term.n_treated = s.n_treated, term.n_control = s.n_control;
    effect_terms_add(terms, &term, true);
}

static uf_status take(struct effect_terms *terms, const struct sun_abraham_run *run,
                      struct effect_term_table table, uf_status status, struct uf_error *error)
{
    table.terms = terms;
    if (status == UF_OK) status = effect_report_terms(&run->common, run->findings, &table, error);
    effect_terms_clear(terms);
    return status;
}

/* The table under the first inference, and the same terms under each that was asked for by name. */
static uf_status take_both(struct effect_terms *terms, const struct sun_abraham_run *run,
                           struct effect_term_table first, struct effect_term_table all,
                           const struct uf_randomisation *dealt, struct uf_error *error)
{
    first.terms = all.terms = terms;
    uf_status status = effect_report_terms(&run->common, run->findings, &first, error);
    if (status == UF_OK)
        status = effect_report_named_inferences(&run->common, run->findings, &all, dealt, error);
    effect_terms_clear(terms);
    return status;
}

/* --- averages by inference ------------------------------------------------------------------------- */

const struct sun_abraham_average sun_abraham_averages[SUN_ABRAHAM_AVERAGES] = {
    {"simple", UF_CELLS_SIMPLE},
    {"dynamic", UF_CELLS_MEAN_DYNAMIC},
    {"group", UF_CELLS_MEAN_GROUP},
    {"calendar", UF_CELLS_MEAN_CALENDAR}};

static void add_averages(const struct uf_sun_abraham *fit, struct effect_terms *terms)
{
    const struct support s = support_of(fit, UF_CELLS_SIMPLE, 0);
    for (size_t a = 0; a < SUN_ABRAHAM_AVERAGES; a++) {
        struct effect_term term = no_term;
        term.term = sun_abraham_averages[a].name;
        term.n_obs = 0, term.n_treated = s.n_treated, term.n_control = s.n_control;
        if (uf_sun_abraham_average(fit, sun_abraham_averages[a].kind, 0, effect_terms_next(terms)) > 0)
            effect_terms_add(terms, &term, true);
    }
}

static uf_status add_covariates(const struct sun_abraham_run *run, struct effect_terms *terms,
                                struct uf_error *error)
{
    static const struct uf_words dropped = {
        "dropped: collinear with the fixed effects or with what stands before it",
        "utesluten: kollinjär med de fasta effekterna eller med tidigare variabler"};
    const struct uf_did_fit *fit = &run->fit->fit;
    const struct uf_panel *panel = run->common.panel;
    (void)error;
    for (size_t j = fit->n_leading; j < fit->n_columns; j++) {
        struct effect_term term = no_term;
        bool kept = fit->position[j] != SIZE_MAX;
        term.term = panel->columns[panel->covariates[j - fit->n_leading]].name;
        term.n_obs = 0;
        term.covariate = true;
        if (!kept) term.note = uf_words_in(dropped, run->common.context->language);
        double *combination = effect_terms_next(terms);
        if (kept) combination[fit->position[j]] = 1;
        effect_terms_add(terms, &term, kept);
    }
    return UF_OK;
}

static uf_status report_estimates(const struct sun_abraham_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Averages of the cohorts' differences, by type of inference",
                                          "Genomsnitt av kohorternas skillnader, efter typ av inferens"};
    const struct uf_sun_abraham *fit = run->fit;
    struct effect_terms terms;
    struct uf_table *table = NULL;
    UF_TRY(effect_terms_init(SUN_ABRAHAM_AVERAGES + run->common.panel->n_covariates, fit->fit.fit.rank,
                             &terms, error));
    add_averages(fit, &terms);
    uf_status status = add_covariates(run, &terms, error);
    if (status == UF_OK) status = effect_table_new("estimates", title, &run->common, &table, error);
    if (status == UF_OK)
        status = effect_add_findings(&run->common, run->findings, terms.term, terms.count, table, error);
    effect_terms_clear(&terms);
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

/* --- cells ----------------------------------------------------------------------------------------- */

/* What was dealt out anew of a kind of parts, the first of them; NULL: nothing. */
static const struct uf_randomisation *dealt_parts(const struct sun_abraham_run *run,
                                                  enum uf_cell_average kind)
{
    return run->dealt->part ? run->dealt->part + sun_abraham_part(run->fit, kind, 0) : NULL;
}

static uf_status report_cells(const struct sun_abraham_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Differences by cohort and period",
                                          "Skillnader per kohort och period"};
    static const struct uf_words all_title = {"Differences by cohort and period, by type of inference",
                                              "Skillnader per kohort och period, efter typ av inferens"};
    const struct uf_sun_abraham *fit = run->fit;
    const struct uf_dictionary *periods = &run->common.panel->periods;
    struct effect_terms terms;
    double *weights = malloc((fit->n_cells + 1) * sizeof *weights);
    bool *zero = calloc(fit->n_cells + 1, sizeof *zero);
    uf_status status = weights && zero ? effect_terms_init(fit->n_cells, fit->fit.fit.rank, &terms, error)
                                       : uf_fail_memory(error);
    if (status != UF_OK) {
        free(weights), free(zero);
        return status;
    }
    for (size_t c = 0; c < fit->n_cells; c++) {
        const struct uf_cohort_cell *cell = &fit->cell[c];
        const struct effect_term term = {
            .term = "att",
            .group = periods->code[fit->cohort[cell->cohort].first_period],
            .period = periods->code[cell->period],
            .event_time = (double)cell->event_time,
            .n_obs = (double)(cell->n_treated + cell->n_control),
            .n_treated = (double)cell->n_treated,
            .n_control = (double)cell->n_control,
            .note = uf_words_in(sun_abraham_reason(cell->reason), run->common.context->language)};
        bool estimated = cell->place != SIZE_MAX;
        double *combination = effect_terms_next(&terms);
        if (estimated) combination[cell->place] = 1;
        effect_terms_add(&terms, &term, estimated);
        zero[c] = cell->reason == UF_CELL_REFERENCE;
        weights[c] = estimated && cell->event_time >= 0 ? cell->weight : 0;
    }
    status = take_both(
        &terms, run,
        (struct effect_term_table){.name = "group-time", .title = title, .zero = zero, .weights = weights},
        (struct effect_term_table){.name = "group-time-inference", .title = all_title},
        dealt_parts(run, UF_CELLS_ONE), error);
    free(weights), free(zero);
    return status;
}

/* --- averages term by term ------------------------------------------------------------------------- */

/* By event time, the reference in its place; `leads`: those before the anticipation alone, without the reference. */
static uf_status event_terms(const struct sun_abraham_run *run, bool leads, struct effect_terms *terms,
                             bool **zero, struct uf_error *error)
{
    static const struct uf_words reference = {"reference: 0 by definition", "referens: 0 per definition"};
    static const struct uf_words empty = {"no cohort has an estimate at this event time",
                                          "ingen kohort har en skattning vid denna tidpunkt"};
    const struct uf_sun_abraham *fit = run->fit;
    long least = 0, most = 0;
    for (size_t c = 0; c < fit->n_cells; c++) {
        if (fit->cell[c].event_time < least) least = fit->cell[c].event_time;
        if (fit->cell[c].event_time > most) most = fit->cell[c].event_time;
    }
    if (leads) most = -run->options.anticipation - 1;
    size_t count = most >= least ? (size_t)(most - least + 1) : 0;
    UF_TRY(effect_terms_init(count, fit->fit.fit.rank, terms, error));
    *zero = calloc(count + 1, sizeof **zero);
    if (!*zero) {
        effect_terms_clear(terms);
        return uf_fail_memory(error);
    }
    for (long e = least; e <= most; e++) {
        char name[40];
        size_t n = 0, references = 0;
        for (size_t c = 0; c < fit->n_cells; c++) {
            n += fit->cell[c].event_time == e;
            references += fit->cell[c].event_time == e && fit->cell[c].reason == UF_CELL_REFERENCE;
        }
        if (n == 0) continue;
        snprintf(name, sizeof name, "event-time %ld", e);
        struct effect_term term = no_term;
        term.term = name;
        term.event_time = (double)e;
        size_t before = terms->count;
        add_average(fit, UF_CELLS_DYNAMIC, e, term, terms);
        if (terms->count > before || leads) continue;
        (*zero)[before] = references > 0;
        term.n_treated = term.n_control = NAN;
        term.note = uf_words_in(references > 0 ? reference : empty, run->common.context->language);
        effect_terms_add(terms, &term, false);
    }
    return UF_OK;
}

static uf_status report_event_study(const struct sun_abraham_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Difference by time since the start",
                                          "Skillnad efter tid sedan start"};
    struct effect_terms terms;
    bool *zero = NULL;
    UF_TRY(event_terms(run, false, &terms, &zero, error));
    const struct sun_abraham_dealt *dealt = run->dealt;
    const bool all = dealt->n_terms > SUN_ABRAHAM_AVERAGES;
    struct uf_randomisation *own = calloc(terms.count + 1, sizeof *own); /* borrowed */
    for (size_t t = 0; own && all && t < terms.count; t++)
        own[t] = dealt->term[SUN_ABRAHAM_AVERAGES +
                             (size_t)(terms.term[t].event_time - (double)dealt->first_event)];
    uf_status status =
        own ? effect_report_by_inference(&run->common, run->findings, &terms, zero, all ? own : NULL, error)
            : uf_fail_memory(error);
    free(own);
    status =
        take(&terms, run,
             (struct effect_term_table){.name = "event-study", .title = title, .zero = zero, .band = true},
             status, error);
    free(zero);
    return status;
}

/* The names and titles of a table of averages: under the first inference, and under all. */
struct average_table {
    const char *name, *all;
    struct uf_words title, all_title;
};

static uf_status report_average(const struct sun_abraham_run *run, enum uf_cell_average kind,
                                const struct average_table *table, struct uf_error *error)
{
    const struct uf_sun_abraham *fit = run->fit;
    const struct uf_dictionary *periods = &run->common.panel->periods;
    const bool group = kind == UF_CELLS_GROUP;
    const size_t keys = group ? fit->n_cohorts : fit->data.n_periods;
    const struct uf_randomisation *dealt = dealt_parts(run, kind);
    struct effect_terms terms;
    struct uf_randomisation *own = calloc(keys + 1, sizeof *own); /* borrowed: of the terms there are */
    uf_status status =
        own ? effect_terms_init(keys, fit->fit.fit.rank, &terms, error) : uf_fail_memory(error);
    if (status != UF_OK) {
        free(own);
        return status;
    }
    for (size_t key = 0; key < keys; key++) {
        struct effect_term term = no_term;
        term.term = group ? "group" : "calendar";
        if (group)
            term.group = periods->code[fit->cohort[key].first_period];
        else
            term.period = periods->code[key];
        if (dealt) own[terms.count] = dealt[key]; /* overwritten by the next key's where there is no term */
        add_average(fit, kind, (long)key, term, &terms);
    }
    status = take_both(
        &terms, run, (struct effect_term_table){.name = table->name, .title = table->title, .band = true},
        (struct effect_term_table){.name = table->all, .title = table->all_title}, dealt ? own : NULL, error);
    free(own);
    return status;
}

/* What a line of slope 1, by which each cohort drifts from the controls, is in a cell: periods since its reference. */
static double drift_of(const struct uf_sun_abraham *fit, const double *combination)
{
    const struct uf_did_data *data = &fit->data;
    double sum = 0;
    for (size_t c = 0; c < fit->n_cells; c++) {
        const struct uf_cohort_cell *cell = &fit->cell[c];
        size_t reference = fit->cohort[cell->cohort].reference;
        if (cell->place == SIZE_MAX) continue;
        long steps = data->time ? data->time[cell->period] - data->time[reference]
                                : (long)cell->period - (long)reference;
        sum += combination[cell->place] * (double)steps;
    }
    return sum;
}

static uf_status report_leads(const struct sun_abraham_run *run, struct uf_error *error)
{
    const struct uf_sun_abraham *fit = run->fit;
    struct effect_terms terms;
    bool *zero = NULL;
    UF_TRY(event_terms(run, true, &terms, &zero, error));
    double *times = malloc((terms.count + 1) * sizeof *times),
           *simple = malloc((fit->fit.fit.rank + 1) * sizeof *simple);
    const struct placebo_regressions regressions =
        sun_abraham_regressions(&run->options, placebo_regression_work(&fit->data, fit->fit.fit.rank));
    struct placebo_treatments placebos = {0};
    uf_status status = times && simple ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && terms.count > 0 && effect_pretrend_wants_placebos(&run->common))
        status = placebo_treatments_init(&fit->data, &run->dealt->assignment, false, &placebos, error);
    if (status == UF_OK) {
        struct effect_lead_line line = {.times = times,
                                        .estimate = NAN,
                                        .drift = NAN,
                                        .placebos = &placebos,
                                        .regressions = &regressions};
        for (size_t t = 0; t < terms.count; t++) times[t] = drift_of(fit, terms.term[t].combination);
        if (uf_sun_abraham_average(fit, UF_CELLS_SIMPLE, 0, simple) > 0) {
            line.estimate = effect_term_value(run->findings->regression, simple);
            line.drift = drift_of(fit, simple);
        }
        status = effect_report_leads(&run->common, run->findings, &terms, &line,
                                     run->dealt->leads.count > 0 ? &run->dealt->leads : NULL,
                                     &run->dealt->slopes, error);
    }
    placebo_treatments_clear(&placebos);
    effect_terms_clear(&terms);
    free(times), free(simple), free(zero);
    return status;
}

uf_status sun_abraham_report_tables(const struct sun_abraham_run *run, struct uf_error *error)
{
    static const struct average_table group = {
        "group-average",
        "group-average-inference",
        {"Difference by cohort", "Skillnad per kohort"},
        {"Difference by cohort, by type of inference", "Skillnad per kohort, efter typ av inferens"}};
    static const struct average_table calendar = {
        "calendar-average",
        "calendar-average-inference",
        {"Difference by period", "Skillnad per period"},
        {"Difference by period, by type of inference", "Skillnad per period, efter typ av inferens"}};
    UF_TRY(report_estimates(run, error));
    UF_TRY(report_cells(run, error));
    UF_TRY(report_event_study(run, error));
    UF_TRY(report_average(run, UF_CELLS_GROUP, &group, error));
    UF_TRY(report_average(run, UF_CELLS_CALENDAR, &calendar, error));
    return report_leads(run, error);
}
