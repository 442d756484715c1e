// SPDX-License-Identifier: GPL-3.0-or-later
/* What a result says in sentences. Methods write their findings themselves, with the numbers of their tables:
 * as notes with the code `finding`, and per region in tables named `…-findings` with the columns unit and
 * text. Here the ones that concern this study are picked. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/run.h"

enum { MAX_UNFOCUSED = 5 };

bool run_is_findings_table(const struct uf_table *table)
{
    static const char ending[] = "-findings";
    const char *name = uf_table_name(table);
    size_t length = strlen(name), width = sizeof ending - 1;
    return length >= width && !strcmp(name + length - width, ending);
}

/* The rows of the focus regions; without a focus the first few. */
static uf_status add_rows(struct run_analysis *analysis, const struct uf_table *table, struct uf_error *error)
{
    size_t unit = uf_table_column(table, "unit"), text = uf_table_column(table, "text");
    if (text == SIZE_MAX) return UF_OK;
    size_t added = 0;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        const char *code = unit == SIZE_MAX ? NULL : uf_table_text(table, i, unit);
        bool in_focus = code && uf_text_list_find(&analysis->focus, code) != SIZE_MAX;
        if (code && analysis->focus.count && !in_focus) continue;
        if ((!analysis->focus.count || !code) && added == MAX_UNFOCUSED) break;
        if (!uf_table_text(table, i, text)) continue;
        UF_TRY(uf_text_list_add(&analysis->findings, uf_table_text(table, i, text), error));
        added++;
    }
    return UF_OK;
}

/* The value of a region in a period of the followed table; NaN where there is none. */
static double followed_value(const struct uf_table *table, const char *code, const char *period)
{
    for (size_t i = 0; i < uf_table_rows(table); i++)
        if (uf_text_equal(uf_table_text(table, i, 0), code) &&
            uf_text_equal(uf_table_text(table, i, 2), period))
            return uf_table_number(table, i, 3);
    return NAN;
}

/* As the table of the indicator shows it. */
static int followed_decimals(const struct run_analysis *analysis)
{
    const struct uf_table *table = uf_result_table(&analysis->result, "follow");
    return table ? uf_table_column_decimals(table, 3) : 1;
}

/* In running text a percentage is spelt out. */
static void sentence_unit(const char *unit, enum uf_language language, char *buffer, size_t size)
{
    static const struct uf_words percent = {"per cent", "procent"};
    if (unit && !strcmp(unit, "%")) unit = uf_words_in(percent, language);
    snprintf(buffer, size, "%s%s", unit ? "\u00a0" : "", unit ? unit : "");
}

/* `; Sweden: 38.4 %, place 13 of 21`: how the last value stands among the others. */
static uf_status add_standing(const struct run *run, const struct run_analysis *analysis, double value,
                              const char *period, const char *unit, struct uf_buffer *out,
                              struct uf_error *error)
{
    const struct uf_panel *panel = analysis->panel;
    const struct uf_table *table = uf_result_table(&analysis->result, "follow");
    if (!table) return UF_OK;
    size_t place = 1, count = 0;
    for (size_t u = 0; u < panel->units.count; u++) {
        double other = followed_value(table, panel->units.code[u], period);
        if (isnan(other)) continue;
        count++;
        if (other > value) place++;
    }
    const char *benchmark = analysis->follow ? analysis->follow->benchmark.text : NULL, *label = NULL;
    double compared = benchmark ? followed_value(table, benchmark, period) : (double)NAN;
    for (size_t i = 0; benchmark && i < uf_table_rows(table) && !label; i++)
        if (uf_text_equal(uf_table_text(table, i, 0), benchmark)) label = uf_table_text(table, i, 1);
    const struct uf_argument arguments[] = {
        uf_count_argument(place), uf_count_argument(count), uf_text_argument(label),
        uf_number_argument(compared, followed_decimals(analysis)), uf_text_argument(unit)};
    static const struct uf_words alone = {" (place {0} of {1} from the top)", " (plats {0} av {1} uppifrån)"};
    static const struct uf_words with = {" ({2}: {3}{4}; place {0} of {1} from the top)",
                                         " ({2}: {3}{4}; plats {0} av {1} uppifrån)"};
    char *text = NULL;
    UF_TRY(uf_phrase(run->language, label && !isnan(compared) ? with : alone, arguments, 5, &text, error));
    uf_buffer_append(out, text);
    free(text);
    return UF_OK;
}

/* The first and the last value of one region that has at least two. */
static uf_status add_followed(const struct run *run, struct run_analysis *analysis, size_t unit,
                              struct uf_error *error)
{
    const struct uf_panel *panel = analysis->panel;
    const struct uf_panel_column *column = &panel->columns[panel->outcome >= 0 ? panel->outcome : 0];
    size_t first = SIZE_MAX, last = SIZE_MAX;
    for (size_t i = 0; i < panel->n_rows; i++) {
        if (panel->unit[i] != unit || uf_value_is_missing(column->status[i])) continue;
        if (first == SIZE_MAX) first = i;
        last = i;
    }
    if (first == SIZE_MAX || first == last) return UF_OK;
    char unit_text[64];
    sentence_unit(column->unit, run->language, unit_text, sizeof unit_text);
    int decimals = followed_decimals(analysis);
    const char *period = panel->periods.code[panel->period[last]];
    const struct uf_argument arguments[] = {uf_text_argument(column->label),
                                            uf_text_argument(panel->units.label[unit]),
                                            uf_number_argument(column->value[first], decimals),
                                            uf_text_argument(panel->periods.code[panel->period[first]]),
                                            uf_number_argument(column->value[last], decimals),
                                            uf_text_argument(period),
                                            uf_text_argument(unit_text)};
    static const struct uf_words words = {"{0}, {1}: {2}{6} in {3}, {4}{6} in {5}",
                                          "{0}, {1}: {2}{6} år {3}, {4}{6} år {5}"};
    char *text = NULL;
    UF_TRY(uf_phrase(run->language, words, arguments, 7, &text, error));
    struct uf_buffer sentence;
    uf_buffer_init(&sentence);
    uf_buffer_append(&sentence, text);
    free(text);
    uf_status status = add_standing(run, analysis, column->value[last], period, unit_text, &sentence, error);
    uf_buffer_append(&sentence, ".");
    char *whole = uf_buffer_take(&sentence);
    if (status == UF_OK)
        status = whole ? uf_text_list_add(&analysis->findings, whole, error) : uf_fail_memory(error);
    free(whole);
    return status;
}

static uf_status add_follow(const struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    for (size_t f = 0; f < analysis->focus.count; f++)
        UF_TRY(add_followed(run, analysis,
                            uf_dictionary_find(&analysis->panel->units, analysis->focus.items[f]), error));
    return UF_OK;
}

uf_status run_find(struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    bool map = analysis->follow && uf_text_equal(analysis->follow->chart.text, "tile-map");
    if (analysis->kind == ANALYSIS_FOLLOW) {
        if (!map) UF_TRY(add_follow(run, analysis, error));
        analysis->n_focus_findings = analysis->findings.count;
        return UF_OK;
    }
    if (analysis->kind == ANALYSIS_EFFECT) UF_TRY(run_find_effect(run, analysis, error));
    /* The focus regions first, then what concerns all regions. */
    for (size_t i = 0; i < analysis->result.n_tables; i++)
        if (run_is_findings_table(analysis->result.tables[i]))
            UF_TRY(add_rows(analysis, analysis->result.tables[i], error));
    analysis->n_focus_findings = analysis->findings.count;
    for (size_t i = 0; i < analysis->result.n_notes; i++)
        if (!strcmp(analysis->result.notes[i].code, "finding"))
            UF_TRY(uf_text_list_add(&analysis->findings, analysis->result.notes[i].text, error));
    return UF_OK;
}
