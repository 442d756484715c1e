// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/chart_rows.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* Of a chart, see docs/charts.md. */
enum { MOST_HEAT_ROWS = 60, MOST_STACKED_PANELS = 9, MOST_REGIONS = 5000 };

/* The values of a column that stand for the focus regions, by code or by name; without a focus the first few. */
size_t chart_facets(const struct run_analysis *analysis, const struct uf_table *table, size_t column,
                    struct chart_facet facets[CHART_MAX_FACETS])
{
    size_t count = 0;
    for (size_t i = 0; i < uf_table_rows(table) && count < CHART_MAX_FACETS; i++) {
        const char *value = uf_table_text(table, i, column);
        if (!value) continue;
        size_t focus = uf_text_list_find(&analysis->focus, value);
        if (focus == SIZE_MAX) focus = uf_text_list_find(&analysis->focus_labels, value);
        if (focus == SIZE_MAX && analysis->focus.count) continue;
        size_t unit = uf_dictionary_find(&analysis->panel->units, value);
        const char *label = focus != SIZE_MAX  ? analysis->focus_labels.items[focus]
                            : unit != SIZE_MAX ? analysis->panel->units.label[unit]
                                               : value;
        bool known = false;
        for (size_t j = 0; j < count && !known; j++) known = !strcmp(facets[j].value, value);
        if (!known) facets[count++] = (struct chart_facet){value, label};
    }
    return count;
}

uf_status chart_filter_facet(const struct uf_table *table, size_t column, const char *value,
                             struct uf_table **out, struct uf_error *error)
{
    bool *keep = calloc(uf_table_rows(table) + 1, sizeof *keep);
    if (!keep) return uf_fail_memory(error);
    for (size_t i = 0; i < uf_table_rows(table); i++)
        keep[i] = uf_text_equal(uf_table_text(table, i, column), value);
    uf_status status = uf_table_filter(table, uf_table_name(table), keep, out, error);
    free(keep);
    return status;
}

/* The rows that the hint is about; the figure's own copy of the table. */
uf_status chart_filter_rows(const struct uf_chart_hint *hint, struct run_figure *figure,
                            struct uf_error *error)
{
    const char *const pairs[2][2] = {{hint->where, hint->is}, {hint->also_where, hint->also_is}};
    for (size_t k = 0; k < 2; k++) {
        size_t column = pairs[k][0] ? uf_table_column(figure->table, pairs[k][0]) : SIZE_MAX;
        struct uf_table *part = NULL;
        if (column == SIZE_MAX) continue;
        UF_TRY(chart_filter_facet(figure->table, column, pairs[k][1], &part, error));
        uf_table_free(figure->owned);
        figure->table = figure->owned = part;
    }
    return UF_OK;
}

/* Bars in the order of their length, longest first, or shortest where that is the best; the figure's own copy of the table. */
uf_status chart_sort_bars(const struct uf_chart_hint *hint, struct run_figure *figure, struct uf_error *error)
{
    size_t value = uf_table_column(figure->table, hint->value);
    if (value == SIZE_MAX) return UF_OK;
    if (!figure->owned)
        UF_TRY(uf_table_filter(figure->table, uf_table_name(figure->table), NULL, &figure->owned, error));
    figure->table = figure->owned;
    return uf_table_sort(figure->owned, value, !uf_text_equal(hint->order, "ascending"), error);
}

/* How many; beyond `most` they are not counted on. */
static size_t distinct_labels(const struct uf_table *table, size_t column, size_t most)
{
    struct uf_text_list seen;
    uf_text_list_init(&seen);
    for (size_t i = 0; i < uf_table_rows(table) && seen.count <= most; i++) {
        const char *text = uf_table_text(table, i, column);
        if (text && uf_text_list_find(&seen, text) == SIZE_MAX &&
            uf_text_list_add(&seen, text, NULL) != UF_OK)
            break;
    }
    size_t count = seen.count;
    uf_text_list_clear(&seen);
    return count;
}

/* The figure's own copy of the rows that are kept. */
static uf_status keep_rows(struct run_figure *figure, const bool *keep, struct uf_error *error)
{
    struct uf_table *narrow = NULL;
    UF_TRY(uf_table_filter(figure->table, uf_table_name(figure->table), keep, &narrow, error));
    uf_table_free(figure->owned);
    figure->table = figure->owned = narrow;
    return UF_OK;
}

/* Of more regions than a heat map can hold, those of the focus regions' countries: their codes begin alike. */
uf_status chart_narrow_heat_map(const struct run_analysis *analysis, const struct uf_chart_hint *hint,
                                struct run_figure *figure, struct uf_error *error)
{
    enum { COUNTRY = 2 };
    const struct uf_table *table = figure->table;
    size_t label = hint->label ? uf_table_column(table, hint->label) : SIZE_MAX,
           unit = uf_table_column(table, "unit");
    if (strcmp(hint->kind, "heat-map") != 0 || label == SIZE_MAX || unit == SIZE_MAX ||
        analysis->focus.count == 0 || distinct_labels(table, label, MOST_HEAT_ROWS) <= MOST_HEAT_ROWS)
        return UF_OK;
    bool *keep = calloc(uf_table_rows(table) + 1, sizeof *keep);
    if (!keep) return uf_fail_memory(error);
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        const char *code = uf_table_text(table, i, unit);
        for (size_t k = 0; code && k < analysis->focus.count; k++)
            keep[i] = keep[i] || !strncmp(code, analysis->focus.items[k], COUNTRY);
    }
    uf_status status = keep_rows(figure, keep, error);
    free(keep);
    return status;
}

uf_status chart_narrow_panels(const struct run_analysis *analysis, const struct uf_chart_hint *hint,
                              struct run_figure *figure, struct uf_error *error)
{
    const struct uf_table *table = figure->table;
    const size_t label = hint->label ? uf_table_column(table, hint->label) : SIZE_MAX;
    if (!uf_text_equal(hint->form, "stacked-bars") || label == SIZE_MAX) return UF_OK;
    const size_t before = distinct_labels(table, label, MOST_REGIONS);
    bool *keep = calloc(uf_table_rows(table) + 1, sizeof *keep), any = false;
    if (!keep) return uf_fail_memory(error);
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        const char *text = uf_table_text(table, i, label);
        keep[i] = text && uf_text_list_find(&analysis->focus_labels, text) != SIZE_MAX;
        any |= keep[i];
    }
    uf_status status = UF_OK;
    if (any && before > MOST_STACKED_PANELS) {
        status = keep_rows(figure, keep, error);
        if (status == UF_OK)
            figure->n_left_out = before - distinct_labels(figure->table, label, MOST_REGIONS);
    }
    free(keep);
    return status;
}
