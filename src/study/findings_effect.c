// SPDX-License-Identifier: GPL-3.0-or-later
/* The finding of an effect analysis as a sentence, from the `estimates` table and its common columns. The
 * word "effect" is used only where the result's claim allows it; else the number is a difference, or for a
 * synthetic control a gap. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/run.h"

static double cell(const struct uf_table *table, size_t row, const char *name)
{
    size_t column = uf_table_column(table, name);
    return column == SIZE_MAX ? (double)NAN : uf_table_number(table, row, column);
}

static const char *text_cell(const struct uf_table *table, size_t row, const char *name)
{
    size_t column = uf_table_column(table, name);
    const char *text = column == SIZE_MAX ? NULL : uf_table_text(table, row, column);
    return text ? text : "";
}

const char *run_difference_unit(const char *unit, enum uf_language language)
{
    static const struct uf_words points = {"percentage points", "procentenheter"};
    if (!unit) return NULL;
    bool percent = !strcmp(unit, "%") || !strcmp(unit, "procent") || !strcmp(unit, "per cent");
    return percent ? uf_words_in(points, language) : unit;
}

static struct uf_words noun_of(const struct run_analysis *analysis)
{
    if (analysis->result.claim == UF_CLAIM_EFFECT)
        return (struct uf_words){"the average effect", "den genomsnittliga effekten"};
    if (!strcmp(analysis->method->name, "synthetic-control"))
        return (struct uf_words){"the average gap", "det genomsnittliga gapet"};
    return (struct uf_words){"the average difference", "den genomsnittliga skillnaden"};
}

/* `cr2` → CR2; placebo and randomisation in words. */
static const char *inference_words(const char *vcov, enum uf_language language, char *buffer, size_t size)
{
    static const struct {
        const char *key;
        struct uf_words words;
    } known[] = {{"randomisation", {"randomisation over the regions", "randomisering över regionerna"}},
                 {"randomisation-t",
                  {"randomisation over the regions, t value", "randomisering över regionerna, t-värde"}},
                 {"placebo-in-space", {"rank among placebo regions", "rang bland placeboregioner"}}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(vcov, known[i].key)) return uf_words_in(known[i].words, language);
    snprintf(buffer, size, "%s", vcov);
    for (char *c = buffer; *c; c++)
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
    return buffer;
}

static double level_of(const struct run_analysis *analysis)
{
    for (size_t i = 0; i < analysis->method->n_options; i++) {
        const struct uf_option *option = &analysis->method->options[i];
        if (option->type == UF_OPTION_NUMBER && !strcmp(option->name, "confidence-level"))
            return uf_options_number(analysis->options, option->name);
    }
    return 0.95;
}

/* A part of the sentence. */
static uf_status add(const struct run *run, struct uf_buffer *sentence, struct uf_words words,
                     const struct uf_argument *arguments, size_t n_arguments, struct uf_error *error)
{
    char *text = NULL;
    UF_TRY(uf_phrase(run->language, words, arguments, n_arguments, &text, error));
    uf_buffer_append(sentence, text);
    free(text);
    return UF_OK;
}

static char *regions_of(const struct run_analysis *analysis)
{
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    const struct uf_panel *panel = analysis->panel;
    size_t count = 0;
    for (size_t u = 0; u < panel->units.count; u++) {
        if (!panel->treatment.first_period || panel->treatment.first_period[u] == SIZE_MAX) continue;
        if (count++) uf_buffer_append(&buffer, ", ");
        uf_buffer_append(&buffer, panel->units.label[u]);
    }
    return uf_buffer_take(&buffer);
}

static uf_status tell_estimate(const struct run *run, const struct run_analysis *analysis,
                               const struct uf_table *table, struct uf_buffer *sentence,
                               struct uf_error *error)
{
    const struct uf_panel_column *outcome = &analysis->panel->columns[analysis->panel->outcome];
    char *regions = regions_of(analysis);
    if (!regions) return uf_fail_memory(error);
    const struct uf_argument arguments[] = {
        uf_text_argument(outcome->label),
        uf_text_argument(regions),
        uf_text_argument(uf_words_in(noun_of(analysis), run->language)),
        uf_number_argument(cell(table, 0, "estimate"), 2),
        uf_text_argument(run_difference_unit(outcome->unit, run->language)),
        uf_number_argument(cell(table, 0, "n_treated"), 0),
        uf_number_argument(cell(table, 0, "n_control"), 0)};
    static const struct uf_words several = {
        "{0}, {1}: {2} after the start is {3} {4} ({5} treated, {6} to compare with)",
        "{0}, {1}: {2} efter start är {3} {4} ({5} insatsregioner, {6} att jämföra med)"};
    static const struct uf_words single = {
        "{0}, {1}: {2} after the start is {3} {4} ({6} regions to compare with)",
        "{0}, {1}: {2} efter start är {3} {4} ({6} regioner att jämföra med)"};
    bool one = cell(table, 0, "n_treated") < 1.5;
    uf_status status = add(run, sentence, one ? single : several, arguments, 7, error);
    free(regions);
    return status;
}

static uf_status tell_interval(const struct run *run, const struct run_analysis *analysis,
                               const struct uf_table *table, struct uf_buffer *sentence,
                               struct uf_error *error)
{
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        double low = cell(table, i, "conf_low"), high = cell(table, i, "conf_high");
        if (isnan(low) || isnan(high)) continue;
        char buffer[64];
        const struct uf_argument arguments[] = {
            uf_number_argument(100 * level_of(analysis), -1), uf_number_argument(low, 2),
            uf_number_argument(high, 2),
            uf_text_argument(
                inference_words(text_cell(table, i, "vcov"), run->language, buffer, sizeof buffer)),
            uf_number_argument(cell(table, i, "n_clusters"), 0)};
        return add(run, sentence,
                   (struct uf_words){"; {0} % confidence interval {1} to {2} ({3}, {4} clusters)",
                                     "; {0} % konfidensintervall {1} till {2} ({3}, {4} kluster)"},
                   arguments, 5, error);
    }
    return UF_OK;
}

static uf_status tell_p_value(const struct run *run, const struct uf_table *table, struct uf_buffer *sentence,
                              struct uf_error *error)
{
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        double p = cell(table, i, "p_value");
        if (isnan(p)) continue;
        char buffer[64];
        const struct uf_argument arguments[] = {
            uf_number_argument(p, 3),
            uf_text_argument(
                inference_words(text_cell(table, i, "vcov"), run->language, buffer, sizeof buffer))};
        return add(run, sentence, (struct uf_words){"; p = {0} ({1})", "; p = {0} ({1})"}, arguments, 2,
                   error);
    }
    return UF_OK;
}

uf_status run_find_effect(const struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    const struct uf_table *table = uf_result_table(&analysis->result, "estimates");
    if (!table || uf_table_rows(table) == 0 || isnan(cell(table, 0, "estimate"))) return UF_OK;
    struct uf_buffer sentence;
    uf_buffer_init(&sentence);
    uf_status status = tell_estimate(run, analysis, table, &sentence, error);
    if (status == UF_OK) status = tell_interval(run, analysis, table, &sentence, error);
    if (status == UF_OK) status = tell_p_value(run, table, &sentence, error);
    uf_buffer_append(&sentence, ".");
    char *text = uf_buffer_take(&sentence);
    if (status == UF_OK)
        status = text ? uf_text_list_add(&analysis->findings, text, error) : uf_fail_memory(error);
    free(text);
    return status;
}
