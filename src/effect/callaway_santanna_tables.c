// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of callaway-santanna: averages by inference, cells, averages term by term. */
#include "base/fail.h"
#include "effect/callaway_santanna_internal.h"
#include "effect/estimates.h"
#include "effect/placebo_regression.h"
#include "effect/pretrend.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const average_names[CALLAWAY_AVERAGES] = {"simple", "dynamic", "group", "calendar"};

struct uf_t_test callaway_test(const struct callaway_run *run, double estimate, double std_error)
{
    if (isnan(estimate) || isnan(std_error)) return effect_no_test;
    struct uf_t_test test =
        uf_t_test(estimate, std_error * std_error, INFINITY, run->common.inference->level);
    test.df = NAN; /* normal */
    return test;
}

static const char *period_code(const struct callaway_run *run, size_t period)
{
    return run->common.panel->periods.code[period];
}

static const char *cohort_code(const struct callaway_run *run, size_t cohort)
{
    return period_code(run, run->group_time.cohorts[cohort].first_period);
}

/* Takes the table over, also on failure. */
static uf_status finish(const struct callaway_run *run, struct uf_table *table, uf_status status,
                        struct uf_error *error)
{
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

/* --- the averages, by inference -------------------------------------------------------------------- */

static uf_status how_words(const struct callaway_run *run, bool multiplier, char **out,
                           struct uf_error *error)
{
    static const struct uf_words analytic = {"influence functions summed by {0}; normal",
                                             "influensfunktioner summerade per {0}; normal"};
    static const struct uf_words drawn = {
        "multiplier bootstrap by {0}: {1} draws of signs, interquartile range",
        "multiplikatorbootstrap per {0}: {1} dragningar av tecken, "
        "kvartilavstånd"};
    static const struct uf_words unit = {"unit", "enhet"}, cluster = {"cluster", "kluster"};
    enum uf_language language = run->common.context->language;
    const struct uf_argument arguments[] = {
        uf_text_argument(uf_words_in(run->common.panel->n_cluster_dimensions ? cluster : unit, language)),
        uf_count_argument(run->bootstrap[0].draws)};
    return uf_phrase(language, multiplier ? drawn : analytic, arguments, 2, out, error);
}

static uf_status add_averages(const struct callaway_run *run, bool multiplier, struct uf_table *table,
                              struct uf_error *error)
{
    char *how = NULL;
    UF_TRY(how_words(run, multiplier, &how, error));
    uf_status status = UF_OK;
    for (size_t kind = 0; kind < CALLAWAY_AVERAGES && status == UF_OK; kind++) {
        const struct uf_average *a = &run->average[kind];
        double std_error = multiplier ? run->bootstrap[kind].std_error[a->n_terms] : a->std_error;
        struct effect_row row = {.term = average_names[kind],
                                 .vcov = multiplier ? "multiplier" : "influence",
                                 .note = how,
                                 .estimate = a->estimate,
                                 .event_time = NAN,
                                 .test = callaway_test(run, a->estimate, std_error),
                                 .n_treated = (double)a->n_treated,
                                 .n_control = (double)a->n_control,
                                 .n_clusters = run->group_time.n_clusters};
        status = effect_add_row(table, &run->common, &row, NULL, error);
    }
    free(how);
    return status;
}

static uf_status report_estimates(const struct callaway_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Averages of the group-time differences, by type of inference",
                                          "Genomsnitt av skillnaderna per kohort och period, efter typ av "
                                          "inferens"};
    struct uf_table *table = NULL;
    UF_TRY(effect_table_new("estimates", title, &run->common, &table, error));
    uf_status status = UF_OK;
    bool influence_first = run->automatic && effect_choose(&run->grounds) == EFFECT_BY_CR2;
    if (influence_first) status = add_averages(run, false, table, error);
    const struct uf_average *simple = &run->average[UF_AVERAGE_SIMPLE];
    const struct effect_term whole = {.term = average_names[UF_AVERAGE_SIMPLE],
                                      .event_time = NAN,
                                      .n_treated = (double)simple->n_treated,
                                      .n_control = (double)simple->n_control};
    if (status == UF_OK && run->randomised)
        status = effect_add_randomised_term(&run->common, &run->randomisation,
                                            run->dealt_by_regression ? run->randomisation.coefficient[0]
                                                                     : simple->estimate,
                                            run->assignment.n_blocks, &whole, table, error);
    if (status == UF_OK && run->influence && !influence_first)
        status = add_averages(run, false, table, error);
    if (status == UF_OK && run->multiplier) status = add_averages(run, true, table, error);
    return finish(run, table, status, error);
}

/* --- cells ----------------------------------------------------------------------------------------- */

static uf_status add_cell(const struct callaway_run *run, const struct uf_group_time_cell *cell,
                          size_t weight, struct uf_table *table, struct uf_error *error)
{
    char *note = NULL;
    size_t index;
    UF_TRY(callaway_cell_note(run, cell, &note, error));
    struct effect_row row = {.term = "att",
                             .vcov = "influence",
                             .note = note,
                             .group = cohort_code(run, cell->cohort),
                             .period = period_code(run, cell->period),
                             .estimate = cell->estimate,
                             .event_time = (double)cell->event_time,
                             .test = callaway_test(run, cell->estimate, cell->std_error),
                             .n_clusters = run->group_time.n_clusters};
    uf_status status = effect_add_row(table, &run->common, &row, &index, error);
    free(note);
    UF_TRY(status);
    /* a cell may have none, which a row would take for those of the sample */
    const double treated = (double)cell->n_treated, control = (double)cell->n_control;
    const double periods = run->options.cross_sections ? 1 : 2; /* rows lie in one of them each */
    UF_TRY(uf_table_set_number(table, index, EFFECT_N_OBS, periods * (treated + control), error));
    UF_TRY(uf_table_set_number(table, index, EFFECT_N_TREATED, treated, error));
    UF_TRY(uf_table_set_number(table, index, EFFECT_N_CONTROL, control, error));
    return uf_table_set_number(table, index, weight, cell->weight, error);
}

static uf_status report_cells(const struct callaway_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Differences by cohort and period",
                                          "Skillnader per kohort och period"};
    struct uf_table *table = NULL;
    size_t weight;
    UF_TRY(effect_table_new("group-time", title, &run->common, &table, error));
    uf_status status = uf_table_add_column(table, "weight", UF_COLUMN_NUMBER, NULL, 4, &weight, error);
    for (size_t c = 0; c < run->group_time.n_cells && status == UF_OK; c++)
        status = add_cell(run, &run->group_time.cells[c], weight, table, error);
    return finish(run, table, status, error);
}

/* --- averages term by term ------------------------------------------------------------------------- */

static uf_status add_term(const struct callaway_run *run, enum uf_average_kind kind, size_t t,
                          struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words reference = {"reference: 0 by definition", "referens: 0 per definition"};
    const struct uf_average_term *term = &run->average[kind].terms[t];
    const struct uf_multiplier_bootstrap *b = &run->bootstrap[kind];
    char name[40];
    size_t index;
    snprintf(name, sizeof name, "event-time %ld", term->key);
    struct effect_row row = {.term = kind == UF_AVERAGE_DYNAMIC ? name : average_names[kind],
                             .vcov = "influence",
                             .group = kind == UF_AVERAGE_GROUP ? cohort_code(run, (size_t)term->key) : NULL,
                             .period =
                                 kind == UF_AVERAGE_CALENDAR ? period_code(run, (size_t)term->key) : NULL,
                             .event_time = kind == UF_AVERAGE_DYNAMIC ? (double)term->key : NAN,
                             .estimate = term->estimate,
                             .test = callaway_test(run, term->estimate, term->std_error),
                             .n_obs = NAN,
                             .n_treated = term->n_treated,
                             .n_control = term->n_control,
                             .n_clusters = run->group_time.n_clusters};
    if (isnan(term->std_error)) row.note = uf_words_in(reference, run->common.context->language);
    UF_TRY(effect_add_row(table, &run->common, &row, &index, error));
    double half = b->std_error && b->std_error[t] > 0 ? b->critical * b->std_error[t] : NAN;
    /* the draws of few units scatter less than their influence functions say: a band that holds for all terms is never
     * narrower than the interval of one */
    if (!isnan(half) && !isnan(row.test.conf_high)) half = fmax(half, row.test.conf_high - term->estimate);
    UF_TRY(effect_set_number(table, index, EFFECT_COLUMNS, term->estimate - half, error));
    return effect_set_number(table, index, EFFECT_COLUMNS + 1, term->estimate + half, error);
}

static uf_status report_average(const struct callaway_run *run, enum uf_average_kind kind, const char *name,
                                struct uf_words title, struct uf_error *error)
{
    struct uf_table *table = NULL;
    if (run->average[kind].n_terms == 0) return UF_OK;
    UF_TRY(effect_table_new(name, title, &run->common, &table, error));
    uf_status status = effect_table_add_band(table, &run->common, error);
    for (size_t t = 0; t < run->average[kind].n_terms && status == UF_OK; t++)
        status = add_term(run, kind, t, table, error);
    return finish(run, table, status, error);
}

uf_status callaway_report_tables(const struct callaway_run *run, struct uf_error *error)
{
    static const struct uf_words event = {"Difference by time since the start",
                                          "Skillnad efter tid sedan start"};
    static const struct uf_words group = {"Difference by cohort", "Skillnad per kohort"};
    static const struct uf_words calendar = {"Difference by period", "Skillnad per period"};
    UF_TRY(report_estimates(run, error));
    UF_TRY(report_cells(run, error));
    UF_TRY(report_average(run, UF_AVERAGE_DYNAMIC, "event-study", event, error));
    UF_TRY(report_average(run, UF_AVERAGE_GROUP, "group-average", group, error));
    return report_average(run, UF_AVERAGE_CALENDAR, "calendar-average", calendar, error);
}

/* --- what comes before the start ------------------------------------------------------------------- */

/* What a drift of the treated by one unit a period does to each cell (n_cells). Against the never treated that is the
 * time between its two periods, whatever the covariates; those not yet treated drift themselves, and all is estimated
 * again on the line. */
static uf_status line_of_cells(const struct callaway_run *run, double *out, struct uf_error *error)
{
    const struct uf_group_time *g = &run->group_time;
    const struct uf_did_data *data = &run->common.sample->data;
    if (run->options.control == UF_CONTROL_NEVER_TREATED) {
        for (size_t c = 0; c < g->n_cells; c++)
            out[c] = (double)(data->time[g->cells[c].period] - data->time[g->cells[c].base]);
        return UF_OK;
    }
    struct uf_did_data drifting = *data;
    struct uf_group_time again;
    double *line = malloc((data->n + 1) * sizeof *line);
    if (!line) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++) line[i] = effect_line_at(data, i);
    drifting.outcome = line;
    uf_status status = uf_group_time_estimate(&drifting, &run->options, &again, error);
    free(line);
    UF_TRY(status);
    /* one unit a period is the scale: less than this is rounding */
    for (size_t c = 0; c < g->n_cells; c++)
        out[c] = fabs(again.cells[c].estimate) > 1e-9 ? again.cells[c].estimate : 0;
    uf_group_time_clear(&again);
    return UF_OK;
}

static double drift_of_simple(const struct uf_group_time *g, const double *line)
{
    double sum = 0, total = 0;
    for (size_t c = 0; c < g->n_cells; c++) {
        if (!(g->cells[c].weight > 0)) continue;
        sum += g->cells[c].weight * line[c];
        total += g->cells[c].weight;
    }
    return sum / total;
}

static bool is_blind(const struct uf_group_time *g, const double *line)
{
    bool any = false;
    for (size_t c = 0; c < g->n_cells; c++) {
        if (!g->cells[c].lead || g->cells[c].reference || !(g->cells[c].std_error > 0)) continue;
        if (line[c] != 0) return false;
        any = true;
    }
    return any;
}

/* What the test by influence functions would have found: by placebo with few regions on either side. */
static uf_status add_slopes(const struct callaway_run *run, const struct uf_joint_test *test,
                            double noncentrality, struct effect_pretrend *pretrend, struct uf_error *error)
{
    struct placebo_treatments placebos;
    struct placebo_slopes slopes;
    struct uf_error reason;
    uf_status status = UF_NOT_IDENTIFIED;
    if (test->restrictions > 0 && !isnan(test->statistic) && !pretrend->blind &&
        effect_pretrend_wants_placebos(&run->common)) {
        UF_TRY(placebo_treatments_init(&run->common.sample->data, &run->assignment,
                                       run->options.cross_sections, &placebos, error));
        if (placebos.sample.outcome)
            status = group_time_placebo_drift_of(&placebos.sample, &run->options, callaway_work(run, false),
                                                 run->common.inference->randomisation.seed, &slopes, &reason);
        placebo_treatments_clear(&placebos);
    }
    if (status == UF_OK) return effect_pretrend_add_placebo(pretrend, &slopes, error);
    if (status != UF_NOT_IDENTIFIED) {
        if (error) *error = reason;
        return status;
    }
    if (effect_pretrend_few(&run->common, test->restrictions)) return UF_OK;
    return effect_pretrend_add_noncentrality(pretrend, test, noncentrality, error);
}

uf_status callaway_report_leads(const struct callaway_run *run, struct uf_error *error)
{
    struct uf_group_time_pretest wald;
    struct effect_pretrend pretrend;
    double *line = malloc((run->group_time.n_cells + 1) * sizeof *line), drift = NAN;
    bool blind = false;
    uf_status status = line ? line_of_cells(run, line, error) : uf_fail_memory(error);
    if (status == UF_OK) status = uf_group_time_pretest(&run->group_time, line, &wald, error);
    if (status == UF_OK) {
        drift = drift_of_simple(&run->group_time, line);
        blind = is_blind(&run->group_time, line);
    }
    free(line);
    UF_TRY(status);
    UF_TRY(effect_pretrend_init(&run->common, &pretrend, error));
    pretrend.estimate = run->average[UF_AVERAGE_SIMPLE].estimate, pretrend.drift = drift,
    pretrend.blind = blind;
    const struct uf_joint_test test = {.statistic = wald.wald,
                                       .df1 = (double)wald.restrictions,
                                       .df2 = INFINITY,
                                       .p_value = wald.p_value,
                                       .restrictions = wald.restrictions,
                                       .rank = wald.rank};
    if (run->leads.count > 0) { /* where it was worth doing it goes first */
        struct uf_joint_test dealt = test;
        dealt.statistic = run->leads.coefficient[0];
        dealt.df2 = NAN;
        dealt.p_value = run->leads.p_coefficient;
        dealt.rank = dealt.restrictions;
        status = effect_pretrend_add(&pretrend, &dealt, "randomisation", error);
        if (status == UF_OK && run->slopes.n_placebos > 0)
            status = effect_pretrend_add_placebo(&pretrend, &run->slopes, error);
    }
    if (status == UF_OK) status = effect_pretrend_add(&pretrend, &test, "influence", error);
    if (status == UF_OK) status = add_slopes(run, &test, wald.noncentrality, &pretrend, error);
    if (status == UF_OK) status = effect_pretrend_finish(&run->common, &pretrend, error);
    effect_pretrend_clear(&pretrend);
    return status;
}
