// SPDX-License-Identifier: GPL-3.0-or-later
/* What sun-abraham has to say of controls, references, and cells without an estimate. */
#include "base/fail.h"
#include "effect/sun_abraham_run.h"

#include <stdint.h>

static const struct uf_words none = {NULL, NULL};

struct uf_words sun_abraham_reason(enum uf_cell_reason reason)
{
    static const struct uf_words reasons[] = {
        [UF_CELL_REFERENCE] = {"reference: 0 by definition", "referens: 0 per definition"},
        [UF_CELL_NO_CONTROL] = {"no control is observed in this period",
                                "ingen jämförelseenhet är observerad i perioden"},
        [UF_CELL_NO_LINK] = {"no control links this period to the reference",
                             "ingen jämförelseenhet förbinder perioden med referensen"},
        [UF_CELL_NO_UNIT] = {"no unit of the cohort links this period to the reference",
                             "ingen enhet i kohorten förbinder perioden med referensen"},
        [UF_CELL_COLLINEAR] = {"not identified: collinear with the fixed effects",
                               "inte identifierad: kollinjär med de fasta effekterna"}};
    return reason == UF_CELL_ESTIMATED ? none : reasons[reason];
}

static uf_status note_cells(const struct sun_abraham_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} of {1} differences by cohort and period could not be estimated and "
        "are not in the averages; the table of them says why of each. The first: "
        "cohort {2} in {3}, {4}.",
        "{0} av {1} skillnader per kohort och period gick inte att skatta och "
        "ingår inte i genomsnitten; tabellen anger skälet för var och en. Den "
        "första: kohort {2} i {3}, {4}."};
    const struct uf_sun_abraham *fit = run->fit;
    const struct uf_dictionary *periods = &run->common.panel->periods;
    const struct uf_cohort_cell *first = NULL;
    size_t missing = 0;
    for (size_t c = 0; c < fit->n_cells; c++) {
        if (fit->cell[c].reason == UF_CELL_ESTIMATED || fit->cell[c].reason == UF_CELL_REFERENCE) continue;
        missing++;
        if (!first) first = &fit->cell[c];
    }
    if (!first) return UF_OK;
    const struct uf_argument arguments[] = {
        uf_count_argument(missing), uf_count_argument(fit->n_cells),
        uf_text_argument(periods->code[fit->cohort[first->cohort].first_period]),
        uf_text_argument(periods->code[first->period]),
        uf_text_argument(uf_words_in(sun_abraham_reason(first->reason), run->common.context->language))};
    return effect_note(&run->common, UF_WARNING, "cells-not-estimated", text, none, arguments, 5, error);
}

static uf_status note_references(const struct sun_abraham_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} of {1} cohorts are not observed at the reference event time {2}; each has a near period before "
        "its start "
        "as its reference instead. The first: cohort {3}, reference {4}.",
        "{0} av {1} kohorter är inte observerade vid referenstidpunkten {2}; var och en har i stället en "
        "närliggande period före sin start som referens. Den första: kohort {3}, referens {4}."};
    const struct uf_sun_abraham *fit = run->fit;
    const struct uf_dictionary *periods = &run->common.panel->periods;
    size_t moved = 0, first = 0;
    for (size_t c = fit->n_cohorts; c-- > 0;)
        if (fit->cohort[c].moved) moved++, first = c;
    if (moved == 0) return UF_OK;
    const struct uf_argument arguments[] = {uf_count_argument(moved), uf_count_argument(fit->n_cohorts),
                                            uf_number_argument((double)run->options.reference, 0),
                                            uf_text_argument(periods->code[fit->cohort[first].first_period]),
                                            uf_text_argument(periods->code[fit->cohort[first].reference])};
    return effect_note(&run->common, UF_NOTE, "reference-moved", text, none, arguments, 5, error);
}

static uf_status note_rank(const struct sun_abraham_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} observations; rank {1} for the coefficients and {2} for the fixed "
        "effects; {3} residual degrees of freedom.",
        "{0} observationer; rang {1} för koefficienterna och {2} för de fasta "
        "effekterna; {3} frihetsgrader kvar."};
    static const struct uf_words dropped = {
        "{0} was dropped from the regression: it is collinear with the fixed "
        "effects or with what stands before it.",
        "{0} har uteslutits ur regressionen: variabeln är kollinjär med de "
        "fasta effekterna eller med det som står före den."};
    static const struct uf_words fixed = {"The averages weigh cohorts by their observations in this sample, "
                                          "and the errors take those weights as given.",
                                          "Genomsnitten väger kohorterna efter deras observationer i "
                                          "urvalet, och medelfelen tar vikterna för givna."};
    const struct uf_did_fit *fit = &run->fit->fit;
    const struct uf_panel *panel = run->common.panel;
    double effects = (double)fit->fit.n - (double)fit->fit.rank - fit->fit.df;
    const struct uf_argument arguments[] = {uf_count_argument(fit->fit.n), uf_count_argument(fit->fit.rank),
                                            uf_number_argument(effects, 0),
                                            uf_number_argument(fit->fit.df, 0)};
    UF_TRY(effect_note(&run->common, UF_NOTE, "rank", text, none, arguments, 4, error));
    for (size_t d = 0; d < fit->fit.n_dropped; d++) {
        if (fit->fit.dropped[d] < fit->n_leading) continue;
        const struct uf_argument name =
            uf_text_argument(panel->columns[panel->covariates[fit->fit.dropped[d] - fit->n_leading]].label);
        UF_TRY(effect_note(&run->common, UF_WARNING, "dropped-covariate", dropped, none, &name, 1, error));
    }
    return effect_note(&run->common, UF_NOTE, "shares-fixed", fixed, none, NULL, 0, error);
}

uf_status sun_abraham_add_notes(const struct sun_abraham_run *run, struct uf_error *error)
{
    static const struct uf_words last = {"No unit is never treated: those that are treated last (from {0}) "
                                         "are what the others are compared with. The "
                                         "{1} rows from when they are treated themselves are left out.",
                                         "Ingen enhet är utan insats hela tiden: de som får den sist (från "
                                         "{0}) är vad de andra jämförs med. De {1} "
                                         "raderna från och med att de själva får insatsen ingår inte."};
    const struct uf_sun_abraham *fit = run->fit;
    const char *const *codes = (const char *const *)run->common.panel->periods.code;
    const struct uf_argument left_out[] = {
        uf_text_argument(fit->control_first == SIZE_MAX ? "" : codes[fit->control_first]),
        uf_count_argument(fit->n_late)};
    if (fit->control_first != SIZE_MAX)
        UF_TRY(
            effect_note(&run->common, UF_WARNING, "last-cohort-as-control", last, none, left_out, 2, error));
    UF_TRY(note_references(run, error));
    UF_TRY(note_cells(run, error));
    return note_rank(run, error);
}
