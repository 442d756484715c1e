// SPDX-License-Identifier: GPL-3.0-or-later
/* Profile, design and assumptions, results, robustness. What the design check found stands before every
 * number it concerns, and a number is called an effect only where the result says that it may be. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/compose.h"

static bool has_kind(const struct run *run, bool effects)
{
    for (size_t i = 0; i < run->n_analyses; i++)
        if ((run->analyses[i].kind == ANALYSIS_EFFECT) == effects) return true;
    return false;
}

static uf_status nothing_here(const struct composer *composer, struct uf_error *error)
{
    return compose_paragraph(
        composer,
        (struct uf_words){"The study has no such analysis.", "Studien innehåller ingen sådan analys."}, NULL,
        0, error);
}

/* Notes but for the findings, which are told in the text: warnings and obstacles, or what is merely to be
 * known. */
static uf_status add_notes(const struct composer *composer, const struct run_analysis *analysis, bool grave,
                           struct uf_error *error)
{
    const struct uf_result *result = &analysis->result;
    struct uf_note *notes = calloc(result->n_notes + 1, sizeof *notes);
    if (!notes) return uf_fail_memory(error);
    size_t count = 0;
    for (size_t i = 0; i < result->n_notes; i++)
        if (strcmp(result->notes[i].code, "finding") != 0 && (result->notes[i].severity != UF_NOTE) == grave)
            notes[count++] = result->notes[i]; /* borrowed texts */
    uf_status status = uf_report_add_findings(composer->report, notes, count, error);
    free(notes);
    return status;
}

uf_status compose_profile(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    UF_TRY(compose_section(composer, "profile", error));
    if (!has_kind(run, false)) return nothing_here(composer, error);
    for (size_t i = 0; i < run->n_analyses; i++) {
        const struct run_analysis *analysis = &run->analyses[i];
        if (analysis->kind == ANALYSIS_EFFECT) continue;
        UF_TRY(compose_heading(composer, analysis->title, error));
        UF_TRY(compose_list(composer, &analysis->findings, error));
        UF_TRY(add_notes(composer, analysis, true, error));
        UF_TRY(compose_material(composer, analysis, PLACE_RESULT, error));
        UF_TRY(add_notes(composer, analysis, false, error));
    }
    return UF_OK;
}

/* --- design ------------------------------------------------------------------------------------- */

/* Who else got what, over the regions of this comparison. */
static uf_status exposures_table(const struct composer *composer, const struct uf_panel *panel,
                                 struct uf_error *error)
{
    static const char *const texts[] = {"intervention", "from", "to", "source"};
    static const char *const numbers[] = {"exposed", "not_exposed", "exposure_unknown", "regions_exposed",
                                          "regions_total"};
    static const struct uf_words title = {"Interventions in these regions at the time",
                                          "Insatser i dessa regioner under tiden"};
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new("exposures", &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, composer->run->language), error);
    for (size_t j = 0; j < 3 && status == UF_OK; j++)
        status = uf_table_add_column(table, texts[j], UF_COLUMN_TEXT, NULL, -1, NULL, error);
    for (size_t j = 0; j < 5 && status == UF_OK; j++)
        status = uf_table_add_column(table, numbers[j], UF_COLUMN_NUMBER, NULL, 0, NULL, error);
    if (status == UF_OK) status = uf_table_add_column(table, texts[3], UF_COLUMN_TEXT, NULL, -1, NULL, error);
    for (size_t i = 0; i < panel->n_exposures && status == UF_OK; i++) {
        const struct uf_exposure *exposure = &panel->exposures[i];
        char start[UF_PERIOD_SIZE], end[UF_PERIOD_SIZE];
        size_t counts[3] = {0}, row = 0;
        for (size_t u = 0; u < panel->units.count; u++) counts[exposure->status[u]]++;
        status = uf_table_add_row(table, &row, error);
        if (status == UF_OK) status = uf_table_set_text(table, row, 0, exposure->name, error);
        if (status == UF_OK)
            status = uf_table_set_text(
                table, row, 1, exposure->start ? uf_period_print(exposure->start, start) : NULL, error);
        if (status == UF_OK)
            status = uf_table_set_text(table, row, 2,
                                       exposure->end ? uf_period_print(exposure->end, end) : NULL, error);
        for (size_t k = 0; k < 3 && status == UF_OK; k++)
            status = uf_table_set_number(table, row, 3 + k, (double)counts[k], error);
        if (status == UF_OK && exposure->regions_exposed >= 0)
            status = uf_table_set_number(table, row, 6, exposure->regions_exposed, error);
        if (status == UF_OK && exposure->regions_total >= 0)
            status = uf_table_set_number(table, row, 7, exposure->regions_total, error);
        if (status == UF_OK) status = uf_table_set_text(table, row, 8, exposure->source, error);
    }
    if (status == UF_OK) status = uf_report_add_table(composer->report, table, 0, NULL, error);
    uf_table_free(table);
    return status;
}

static bool is_exposure_note(const struct uf_note *note)
{
    static const char *const codes[] = {"controls-exposed", "concurrent-interventions", "exposure-unknown"};
    for (size_t c = 0; c < sizeof codes / sizeof *codes; c++)
        if (!strcmp(note->code, codes[c])) return true;
    return false;
}

/* True where all that is said of one analysis' exposures is said of the other's. */
static bool same_exposures(const struct uf_result *one, const struct uf_result *other)
{
    size_t said = 0;
    for (size_t i = 0; i < one->n_notes; i++) {
        bool found = false;
        if (!is_exposure_note(&one->notes[i])) continue;
        for (size_t j = 0; j < other->n_notes && !found; j++)
            found = !strcmp(one->notes[i].text, other->notes[j].text);
        if (!found) return false;
        said++;
    }
    return said > 0;
}

/* Who else took part, and what that means, in the words of the design check; with the table of all
 * programmes. */
static uf_status add_exposures(const struct composer *composer, const struct run_analysis *analysis,
                               struct uf_error *error)
{
    const struct run *run = composer->run;
    for (const struct run_analysis *earlier = run->analyses; earlier < analysis; earlier++) {
        if (earlier->kind != ANALYSIS_EFFECT || !same_exposures(&analysis->result, &earlier->result))
            continue;
        const struct uf_argument title = uf_text_argument(earlier->title);
        return compose_paragraph(
            composer,
            (struct uf_words){
                "Other interventions touched the same regions as under \u201c{0}\u201d above, and "
                "the same objection holds here.",
                "Samma regioner berördes av andra insatser som under \u201d{0}\u201d ovan, och samma "
                "invändning gäller här."},
            &title, 1, error);
    }
    for (size_t i = 0; i < analysis->result.n_notes; i++)
        if (is_exposure_note(&analysis->result.notes[i]))
            UF_TRY(uf_report_add_paragraph(composer->report, analysis->result.notes[i].text, error));
    return analysis->panel->n_exposures ? exposures_table(composer, analysis->panel, error) : UF_OK;
}

uf_status compose_design(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    UF_TRY(compose_section(composer, "design_and_assumptions", error));
    if (!has_kind(run, true)) return nothing_here(composer, error);
    for (size_t i = 0; i < run->n_analyses; i++) {
        const struct run_analysis *analysis = &run->analyses[i];
        if (analysis->kind != ANALYSIS_EFFECT) continue;
        UF_TRY(compose_heading(composer, analysis->title, error));
        UF_TRY(add_exposures(composer, analysis, error));
        UF_TRY(compose_material(composer, analysis, PLACE_DESIGN, error));
        UF_TRY(compose_assumptions(composer, analysis, error));
    }
    return UF_OK;
}

/* --- results ------------------------------------------------------------------------------------ */

static uf_status add_claim(const struct composer *composer, const struct run_analysis *analysis,
                           struct uf_error *error)
{
    static const struct uf_words claims[] = {
        [UF_CLAIM_DESCRIPTION] =
            {"The numbers below are a description and may not be read as effects of "
             "the intervention.",
             "Talen nedan är en beskrivning och får inte läsas som effekter av insatsen."},
        [UF_CLAIM_DIFFERENCE] =
            {"The numbers below are a difference, not an effect: they may not be read as caused by the "
             "intervention, for the reasons above.",
             "Talen nedan är en skillnad, inte en effekt: de får inte läsas som orsakade av insatsen, av de "
             "skäl som anges ovan."},
        [UF_CLAIM_EFFECT] = {
            "The numbers below may be read as an effect of the intervention, under the "
            "assumptions stated.",
            "Talen nedan får läsas som en effekt av insatsen, under de antaganden som anges."}};
    return compose_paragraph(composer, claims[analysis->result.claim], NULL, 0, error);
}

static uf_status add_adjusted(const struct composer *composer, struct uf_error *error)
{
    static const struct uf_words heading = {"All of them together", "Alla tillsammans"};
    char *text = NULL;
    if (!composer->run->adjusted) return UF_OK;
    UF_TRY(run_tell_adjusted(composer->run, &text, error));
    uf_status status = compose_heading(composer, uf_words_in(heading, composer->run->language), error);
    if (status == UF_OK) status = uf_report_add_paragraph(composer->report, text, error);
    free(text);
    UF_TRY(status);
    return uf_report_add_table(composer->report, composer->run->adjusted, 0, "tables/multiple-testing.csv",
                               error);
}

uf_status compose_results(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    UF_TRY(compose_section(composer, "results", error));
    if (!has_kind(run, true)) return nothing_here(composer, error);
    for (size_t i = 0; i < run->n_analyses; i++) {
        const struct run_analysis *analysis = &run->analyses[i];
        if (analysis->kind != ANALYSIS_EFFECT) continue;
        UF_TRY(compose_heading(composer, analysis->title, error));
        UF_TRY(add_notes(composer, analysis, true, error));
        if (analysis->status == UF_NOT_IDENTIFIED) {
            UF_TRY(compose_paragraph(
                composer,
                (struct uf_words){
                    "Nothing is estimated here. The reason, and what could be done instead, stand above.",
                    "Ingenting skattas här. Skälet, och vad som kan göras i stället, anges ovan."},
                NULL, 0, error));
            continue;
        }
        UF_TRY(add_claim(composer, analysis, error));
        UF_TRY(compose_list(composer, &analysis->findings, error));
        UF_TRY(compose_material(composer, analysis, PLACE_RESULT, error));
        UF_TRY(add_notes(composer, analysis, false, error));
    }
    return add_adjusted(composer, error);
}

static bool has_robustness(const struct run_analysis *analysis)
{
    for (size_t i = 0; analysis->kind == ANALYSIS_EFFECT && i < analysis->result.n_tables; i++)
        if (compose_place(analysis, analysis->result.tables[i]) == PLACE_ROBUSTNESS) return true;
    return false;
}

uf_status compose_robustness(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    bool any = false;
    UF_TRY(compose_section(composer, "robustness", error));
    for (size_t i = 0; i < run->n_analyses; i++) {
        const struct run_analysis *analysis = &run->analyses[i];
        if (!has_robustness(analysis)) continue;
        any = true;
        UF_TRY(compose_heading(composer, analysis->title, error));
        UF_TRY(compose_material(composer, analysis, PLACE_ROBUSTNESS, error));
    }
    return any ? UF_OK : nothing_here(composer, error);
}
