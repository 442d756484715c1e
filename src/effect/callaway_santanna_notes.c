// SPDX-License-Identifier: GPL-3.0-or-later
/* What callaway-santanna has to say: why a cell has no estimate, and what the sample does to the rest. */
#include "base/fail.h"
#include "effect/callaway_santanna_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static const struct uf_words none = {NULL, NULL};

static const struct uf_words reasons[] = {
    [UF_DRDID_NO_TREATED] = {"no treated unit has a value in both {0} and {1}",
                             "ingen insatsenhet har värde både {0} och {1}"},
    [UF_DRDID_NO_CONTROL] = {"no control unit with a value in both {0} and {1} is left",
                             "ingen jämförelseenhet med värde både {0} och {1} finns kvar"},
    [UF_DRDID_TOO_FEW_CONTROLS] =
        {"too few units: {2} controls for a regression with {4} coefficients",
         "för få enheter: {2} jämförelseenheter för en regression med {4} koefficienter"},
    [UF_DRDID_TOO_FEW_UNITS] = {"too few units: {3} for a propensity with {4} coefficients",
                                "för få enheter: {3} för en benägenhet med {4} koefficienter"},
    [UF_DRDID_COLLINEAR] =
        {"collinear: {5} does not vary in {1} among the units compared with, once the "
         "covariates before it are held fixed",
         "kollinjär: {5} varierar inte {1} bland jämförelseenheterna när kovariaterna före "
         "den hålls fasta"},
    [UF_DRDID_NO_OVERLAP] = {"no overlap: {6} units have a propensity of 0.999 or more (largest among the "
                             "treated {7}, among the controls {8})",
                             "ingen överlappning: {6} enheter har en benägenhet på minst 0,999 (störst bland "
                             "insatsenheterna {7}, bland jämförelseenheterna {8})"},
    [UF_DRDID_NO_BALANCE] = {"no overlap: no weights give the {2} controls the mean covariates of the {11} "
                             "treated, which lie outside "
                             "the range of the controls",
                             "ingen överlappning: inga vikter ger de {2} jämförelseenheterna de {11} "
                             "insatsenheternas medelvärden av "
                             "kovariaterna, som ligger utanför jämförelseenheternas räckvidd"},
};
/* The same of repeated cross-sections, where {12} is the period that the reason speaks of and {13} its rows. */
static const struct uf_words row_reasons[] = {
    [UF_DRDID_NO_TREATED] = {"no treated row in {12}", "ingen rad med insats {12}"},
    [UF_DRDID_NO_CONTROL] = {"no control row is left in {12}", "ingen jämförelserad finns kvar {12}"},
    [UF_DRDID_TOO_FEW_CONTROLS] =
        {"too few rows: {13} controls in {12} for a regression with {4} coefficients",
         "för få rader: {13} jämförelserader {12} för en regression med {4} koefficienter"},
    [UF_DRDID_TOO_FEW_TREATED] =
        {"too few rows: {13} treated in {12} for a regression with {4} coefficients",
         "för få rader: {13} insatsrader {12} för en regression med {4} koefficienter"},
    [UF_DRDID_TOO_FEW_UNITS] = {"too few rows: {3} for a propensity with {4} coefficients",
                                "för få rader: {3} för en benägenhet med {4} koefficienter"},
    [UF_DRDID_COLLINEAR] =
        {"collinear: {5} does not vary among the {13} rows of {14} in {12}, once the covariates "
         "before it are held fixed",
         "kollinjär: {5} varierar inte bland de {13} raderna för {14} {12} när kovariaterna före "
         "den hålls fasta"},
    [UF_DRDID_NO_OVERLAP] = {"no overlap: {6} rows have a propensity of 0.999 or more (largest among the "
                             "treated {7}, among the controls {8})",
                             "ingen överlappning: {6} rader har en benägenhet på minst 0,999 (störst bland "
                             "insatsraderna {7}, bland jämförelseraderna {8})"},
};
static const struct uf_words group_words[] = {{"the treated", "insatsgruppen"},
                                              {"the controls", "jämförelsegruppen"}};
static const struct uf_words collinear_all = {
    "collinear: {5} does not vary among treated and controls, once the covariates before it are held fixed",
    "kollinjär: {5} varierar inte bland dem som jämförs, med eller utan insats, när kovariaterna före den "
    "hålls fasta"};
static const struct uf_words all_trimmed = {
    "no overlap: {9} of {2} controls have a propensity of 0.995 or more and get no weight, and those left "
    "are too "
    "few to compare with (largest among the treated {7}, among the controls {8})",
    "ingen överlappning: {9} av {2} jämförelseenheter har en benägenhet på minst 0,995 och får ingen vikt, "
    "och de som "
    "är kvar är för få att jämföra med (störst bland insatsenheterna {7}, bland jämförelseenheterna {8})"};
static const struct uf_words reference = {"reference: 0 by definition", "referens: 0 per definition"};
static const struct uf_words single = {"one treated unit: how much it varies by itself is not in the error",
                                       "en enda insatsenhet: dess egen variation ingår inte i medelfelet"};
static const struct uf_words trimmed = {
    "{9} controls with a propensity of 0.995 or more get no weight",
    "{9} jämförelseenheter med en benägenhet på minst 0,995 får ingen vikt"};

static struct uf_words reason_words(const struct callaway_run *run, const struct uf_drdid_diagnosis *why)
{
    enum uf_drdid_estimator estimator = run->options.estimator;
    bool rows = run->options.cross_sections,
         weights = estimator == UF_DRDID_IPW || estimator == UF_DRDID_IPW_UNSTANDARDISED;
    if (why->reason == UF_DRDID_NO_OVERLAP && why->n_beyond == 0) return all_trimmed;
    if (why->reason == UF_DRDID_COLLINEAR && (rows ? why->section == UF_DRDID_SECTIONS : weights))
        return collinear_all;
    return (rows ? row_reasons : reasons)[why->reason];
}

uf_status callaway_cell_note(const struct callaway_run *run, const struct uf_group_time_cell *cell,
                             char **out, struct uf_error *error)
{
    const struct uf_panel *panel = run->common.panel;
    const struct uf_drdid_diagnosis *why = &cell->diagnosis;
    enum uf_language language = run->common.context->language;
    size_t k = panel->n_covariates;
    const char *covariate =
        why->reason == UF_DRDID_COLLINEAR ? panel->columns[panel->covariates[why->column]].name : "";
    bool rows = run->options.cross_sections, control = why->section >= UF_DRDID_CONTROL_AFTER,
         before = why->section == UF_DRDID_TREATED_BEFORE || why->section == UF_DRDID_CONTROL_BEFORE;
    const struct uf_argument arguments[] = {
        uf_text_argument(panel->periods.code[cell->period]),
        uf_text_argument(panel->periods.code[cell->base]),
        uf_count_argument(cell->n_control),
        uf_count_argument(cell->n_treated + cell->n_control),
        uf_count_argument(k + 1),
        uf_text_argument(covariate),
        uf_count_argument(why->n_beyond),
        uf_number_argument(why->most_treated, 4),
        uf_number_argument(why->most_control, 4),
        uf_count_argument(why->n_trimmed),
        uf_text_argument(""),
        uf_count_argument(cell->n_treated),
        uf_text_argument(panel->periods.code[before ? cell->base : cell->period]),
        uf_count_argument(why->n_section),
        uf_text_argument(uf_words_in(group_words[control], language))};
    struct uf_words words = none;
    *out = NULL;
    if (cell->reference)
        words = reference;
    else if (why->reason != UF_DRDID_ESTIMATED)
        words = reason_words(run, why);
    else if (why->n_trimmed > 0)
        words = trimmed;
    else if (cell->n_treated == 1 && !rows)
        words = single;
    if (!words.en) return UF_OK;
    return uf_phrase(language, words, arguments, sizeof arguments / sizeof *arguments, out, error);
}

static uf_status note_cells(const struct callaway_run *run, struct uf_error *error)
{
    static const struct uf_words text = {"{0} of {1} group-time differences could not be estimated, and are "
                                         "not in the averages; the table of them "
                                         "says why of each. The first: cohort {2} in {3}, {4}.",
                                         "{0} av {1} skillnader per kohort och period gick inte att skatta "
                                         "och ingår inte i genomsnitten; tabellen "
                                         "anger skälet för var och en. Den första: kohort {2} i {3}, {4}."};
    const struct uf_group_time *g = &run->group_time;
    const struct uf_dictionary *periods = &run->common.panel->periods;
    const struct uf_group_time_cell *first = NULL;
    size_t missing = 0;
    for (size_t c = 0; c < g->n_cells; c++) {
        if (g->cells[c].reference || g->cells[c].diagnosis.reason == UF_DRDID_ESTIMATED) continue;
        missing++;
        if (!first) first = &g->cells[c];
    }
    if (!first) return UF_OK;
    char *why = NULL;
    UF_TRY(callaway_cell_note(run, first, &why, error));
    const struct uf_argument arguments[] = {
        uf_count_argument(missing), uf_count_argument(g->n_cells),
        uf_text_argument(periods->code[g->cohorts[first->cohort].first_period]),
        uf_text_argument(periods->code[first->period]), uf_text_argument(why)};
    uf_status status =
        effect_note(&run->common, UF_WARNING, "cells-not-estimated", text, none, arguments, 5, error);
    free(why);
    return status;
}

/* What was asked for by name where it cannot be trusted; `auto` says what it chose in a sentence of its own. */
static uf_status note_inference(const struct callaway_run *run, struct uf_error *error)
{
    static const struct uf_words few = {
        "Errors from influence functions are made for many treated and "
        "untreated units. With {0} treated of {1} units (or clusters) they "
        "are too small; the treatment dealt out anew goes first.",
        "Medelfel från influensfunktioner förutsätter många enheter med och "
        "utan insats. Med {0} insatsenheter av {1} enheter (eller kluster) är "
        "de för små; inferensen där insatsen fördelas på nytt går först."};
    static const struct uf_words alone = {
        "Errors from influence functions are made for many treated and "
        "untreated units. With {0} treated of {1} units (or clusters) they "
        "are too small, and nothing better was asked for.",
        "Medelfel från influensfunktioner förutsätter många enheter med och "
        "utan insats. Med {0} insatsenheter av {1} enheter (eller kluster) är "
        "de för små, och något bättre har inte begärts."};
    static const struct uf_words advice = {"Ask for inference: randomisation.",
                                           "Begär inference: randomisation."};
    const struct effect_grounds *grounds = &run->grounds;
    if (run->automatic || effect_are_many(grounds)) return UF_OK;
    const struct uf_argument arguments[] = {uf_count_argument(grounds->n_treated),
                                            uf_count_argument(grounds->n_treated + grounds->n_control)};
    return effect_note(&run->common, UF_WARNING, "influence-errors", run->randomised ? few : alone,
                       run->randomised ? none : advice, arguments, 2, error);
}

uf_status callaway_add_notes(const struct callaway_run *run, struct uf_error *error)
{
    static const struct uf_words gaps = {"Units lack periods: each group-time difference rests on the units "
                                         "with values in both of its periods, and "
                                         "says how many.",
                                         "Enheter saknar perioder: varje skillnad per kohort och period "
                                         "vilar på de enheter som har värden i båda "
                                         "dess perioder, och antalet anges."};
    static const struct uf_words varying = {
        "Covariates that change over time are taken from the base period of each comparison, so that the "
        "intervention cannot have moved them.",
        "Kovariater som ändras över tid hämtas från varje jämförelses basperiod, så att insatsen inte kan ha "
        "påverkat dem."};
    static const struct uf_words people = {"Repeated cross-sections: the {0} rows are taken for other people "
                                           "or firms in each period. The groups are "
                                           "compared as they were met in each period; that they are made up "
                                           "alike by covariates over time is assumed, and "
                                           "cannot be seen from the differences.",
                                           "Upprepade tvärsnitt: de {0} raderna tas för andra personer eller "
                                           "företag i varje period. Grupperna jämförs så "
                                           "som de påträffades i varje period; att de är lika sammansatta "
                                           "efter kovariaterna över tid förutsätts, och syns "
                                           "inte i skillnaderna."};
    const struct uf_argument arguments[] = {uf_count_argument(run->common.sample->data.n)};
    const struct effect_run *common = &run->common;
    if (run->options.cross_sections)
        UF_TRY(effect_note(common, UF_NOTE, "repeated-cross-sections", people, none, arguments, 1, error));
    if (run->group_time.gaps)
        UF_TRY(effect_note(common, UF_NOTE, "units-by-cell", gaps, none, arguments, 1, error));
    if (run->group_time.varying_covariates)
        UF_TRY(effect_note(common, UF_NOTE, "covariates-of-base-period", varying, none, arguments, 1, error));
    UF_TRY(note_cells(run, error));
    return note_inference(run, error);
}
