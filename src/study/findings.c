// SPDX-License-Identifier: GPL-3.0-or-later
/* What a result says in sentences. Methods write their findings themselves, with the numbers of their tables:
 * as notes with the code `finding`, and per region in tables named `…-findings` with the columns unit and
 * text. Here the ones that concern this study are picked. */
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
        if (!analysis->focus.count && added == MAX_UNFOCUSED) break;
        if (!uf_table_text(table, i, text)) continue;
        UF_TRY(uf_text_list_add(&analysis->findings, uf_table_text(table, i, text), error));
        added++;
    }
    return UF_OK;
}

/* The first and the last value of each focus region, for an indicator that is only followed. */
static uf_status add_follow(const struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    const struct uf_panel *panel = analysis->panel;
    const struct uf_panel_column *column = &panel->columns[panel->outcome >= 0 ? panel->outcome : 0];
    char unit_text[64];
    snprintf(unit_text, sizeof unit_text, "%s%s", column->unit ? " " : "", column->unit ? column->unit : "");
    for (size_t f = 0; f < analysis->focus.count; f++) {
        size_t unit = uf_dictionary_find(&panel->units, analysis->focus.items[f]), first = SIZE_MAX,
               last = SIZE_MAX;
        for (size_t i = 0; i < panel->n_rows; i++) {
            if (panel->unit[i] != unit || uf_value_is_missing(column->status[i])) continue;
            if (first == SIZE_MAX) first = i;
            last = i;
        }
        if (first == SIZE_MAX || first == last) continue;
        const struct uf_argument arguments[] = {uf_text_argument(column->label),
                                                uf_text_argument(panel->units.label[unit]),
                                                uf_number_argument(column->value[first], 1),
                                                uf_text_argument(panel->periods.code[panel->period[first]]),
                                                uf_number_argument(column->value[last], 1),
                                                uf_text_argument(panel->periods.code[panel->period[last]]),
                                                uf_text_argument(unit_text)};
        char *text = NULL;
        UF_TRY(uf_phrase(run->language,
                         (struct uf_words){"{0}, {1}: {2}{6} in {3}, {4}{6} in {5}.",
                                           "{0}, {1}: {2}{6} år {3}, {4}{6} år {5}."},
                         arguments, 7, &text, error));
        uf_status status = uf_text_list_add(&analysis->findings, text, error);
        free(text);
        UF_TRY(status);
    }
    return UF_OK;
}

uf_status run_find(struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    bool map = analysis->follow && uf_text_equal(analysis->follow->chart.text, "tile-map");
    if (analysis->kind == ANALYSIS_FOLLOW) return map ? UF_OK : add_follow(run, analysis, error);
    if (analysis->kind == ANALYSIS_EFFECT) UF_TRY(run_find_effect(run, analysis, error));
    /* The focus regions first, then what concerns all regions. */
    for (size_t i = 0; i < analysis->result.n_tables; i++)
        if (run_is_findings_table(analysis->result.tables[i]))
            UF_TRY(add_rows(analysis, analysis->result.tables[i], error));
    for (size_t i = 0; i < analysis->result.n_notes; i++)
        if (!strcmp(analysis->result.notes[i].code, "finding"))
            UF_TRY(uf_text_list_add(&analysis->findings, analysis->result.notes[i].text, error));
    return UF_OK;
}
