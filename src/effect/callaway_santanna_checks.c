// SPDX-License-Identifier: GPL-3.0-or-later
/* What callaway-santanna cannot do, and says so. */
#include "base/fail.h"
#include "effect/callaway_santanna_internal.h"
#include "effect/switched_off.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

uf_status callaway_refuse(const struct callaway_run *run, const char *code, struct uf_words text,
                          struct uf_words advice, const struct uf_argument *arguments, size_t n_arguments,
                          struct uf_error *error)
{
    return effect_refuse(&run->common, code, text, advice, arguments, n_arguments, error);
}

/* Units with rows in two periods or more. */
static uf_status count_followed(const struct uf_panel *panel, size_t *out, struct uf_error *error)
{
    size_t *first = malloc((panel->units.count + 1) * sizeof *first);
    unsigned char *followed = calloc(panel->units.count + 1, 1);
    *out = 0;
    for (size_t u = 0; first && u < panel->units.count; u++) first[u] = SIZE_MAX;
    for (size_t i = 0; first && followed && i < panel->n_rows; i++) {
        size_t u = panel->unit[i];
        if (first[u] == SIZE_MAX) first[u] = panel->period[i];
        if (followed[u] || first[u] == panel->period[i]) continue;
        followed[u] = 1;
        ++*out;
    }
    uf_status status = first && followed ? UF_OK : uf_fail_memory(error);
    free(first), free(followed);
    return status;
}

uf_status callaway_check_units(const struct callaway_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "None of the {0} units has rows in two periods: there is no change to compare.",
        "Ingen av de {0} enheterna har rader i två perioder: det finns ingen förändring "
        "att jämföra."};
    static const struct uf_words panel_advice = {"Where the rows are other people or firms in each period, "
                                                 "ask for sampling: repeated-cross-sections and name "
                                                 "as the unit the region that the treatment falls on.",
                                                 "Om raderna är andra personer eller företag i varje period, "
                                                 "begär sampling: repeated-cross-sections och ange som "
                                                 "enhet den region som insatsen gäller."};
    static const struct uf_words rows_advice = {
        "Name as the unit the region that the treatment falls on, which may have any number of rows in a "
        "period; the "
        "column that tells the rows apart is not needed (as the cluster it makes each row count by itself).",
        "Ange som enhet den region som insatsen gäller, som får ha hur många rader som helst i en period; "
        "kolumnen som "
        "skiljer raderna åt behövs inte (som kluster låter den varje rad räknas för sig)."};
    const struct uf_panel *panel = run->common.panel;
    const struct uf_argument units = uf_count_argument(panel->units.count);
    size_t followed;
    UF_TRY(count_followed(panel, &followed, error));
    if (followed > 0 || panel->periods.count < 2) return UF_OK;
    return callaway_refuse(run, "no-unit-followed", text,
                           run->options.cross_sections ? rows_advice : panel_advice, &units, 1, error);
}

uf_status callaway_check_treatment(const struct callaway_run *run, const struct uf_options *options,
                                   struct uf_error *error)
{
    static const struct uf_words off = {
        "Units untreated again after having been treated: {0} (untreated from: {1}). Cohorts are defined by "
        "a "
        "first start that lasts.",
        "Enheter som är åter utan insats efter att ha haft den: {0} (utan insats från: {1}). Kohorter "
        "definieras av en första start som består."};
    static const struct uf_words off_advice = {
        "End the data where the first treatment ends, or ask for switching-off: from-first-start, which "
        "estimates the effect of ever having started.",
        "Avsluta datamaterialet där den första insatsen slutar, eller begär switching-off: from-first-start, "
        "som "
        "skattar effekten av att någonsin ha börjat."};
    static const struct uf_words dose = {"The treatment {0} is an amount (found {1}); group-time effects are "
                                         "of a treatment that is there or not.",
                                         "Insatsen {0} är ett belopp (fann {1}); effekter per kohort och "
                                         "period gäller en insats som finns eller "
                                         "inte finns."};
    static const struct uf_words dose_advice = {
        "Make it 0 or 1, or use did or a dose-response analysis.",
        "Gör den till 0 eller 1, eller använd did eller dos–respons."};
    static const struct uf_words never = {
        "All {0} units are treated sooner or later: none is left that never is.",
        "Samtliga {0} enheter får insatsen förr eller senare: ingen finns kvar som aldrig får den."};
    static const struct uf_words never_advice = {
        "Ask for control: not-yet-treated, or add units that are never treated.",
        "Begär control: not-yet-treated, eller lägg till enheter som aldrig får insatsen."};
    const struct uf_panel *panel = run->common.panel;
    for (size_t i = 0; panel->treatment.dose && i < panel->n_rows; i++) {
        double value = panel->treatment.dose[i];
        if (isnan(value) || value == 0 || value == 1) continue;
        const struct uf_argument arguments[] = {
            uf_text_argument(panel->treatment.name ? panel->treatment.name : ""),
            uf_number_argument(value, -1)};
        return callaway_refuse(run, "treatment-dose", dose, dose_advice, arguments, 2, error);
    }
    if (panel->treatment.switches_off &&
        callaway_choice(options, "switching-off", callaway_switchings) == 0) {
        size_t count;
        char *list;
        UF_TRY(effect_list_switched_off(panel, &count, &list, error));
        const struct uf_argument arguments[] = {uf_count_argument(count), uf_text_argument(list)};
        uf_status status = callaway_refuse(run, "treatment-ends", off, off_advice, arguments, 2, error);
        free(list);
        return status;
    }
    const struct uf_argument units = uf_count_argument(run->design.n_units);
    if (run->design.n_control == 0 && run->options.control == UF_CONTROL_NEVER_TREATED)
        return callaway_refuse(run, "all-treated", never, never_advice, &units, 1, error);
    return UF_OK;
}

/* Without a single effect after a start there is nothing to report. */
uf_status callaway_check_cells(const struct callaway_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "No difference from a start on could be estimated. The first: cohort {0} in {1}, {2}.",
        "Ingen skillnad från och med en start gick att skatta. Den första: kohort {0} i {1}, {2}."};
    static const struct uf_words advice = {
        "Use fewer covariates or estimator: regression, units that resemble each other, or control: "
        "not-yet-treated.",
        "Använd färre kovariater eller estimator: regression, enheter som liknar varandra, eller control: "
        "not-yet-treated."};
    const struct uf_group_time *g = &run->group_time;
    const struct uf_group_time_cell *first = NULL;
    for (size_t c = 0; c < g->n_cells; c++) {
        if (!g->cells[c].post) continue;
        if (g->cells[c].diagnosis.reason == UF_DRDID_ESTIMATED) return UF_OK;
        if (!first) first = &g->cells[c];
    }
    if (!first) return UF_OK;
    char *why = NULL;
    UF_TRY(callaway_cell_note(run, first, &why, error));
    const struct uf_dictionary *periods = &run->common.panel->periods;
    const struct uf_argument arguments[] = {
        uf_text_argument(periods->code[g->cohorts[first->cohort].first_period]),
        uf_text_argument(periods->code[first->period]), uf_text_argument(why ? why : "")};
    uf_status status = callaway_refuse(run, "no-cell-estimated", text, advice, arguments, 3, error);
    free(why);
    return status;
}
