// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/panels.h"

#include "base/fail.h"
#include "chart/columns.h"
#include "chart/measure.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { MOST_CATEGORIES = 200 };

void uf_panels_clear(struct uf_panels *panels)
{
    uf_text_list_clear(&panels->labels);
    uf_text_list_clear(&panels->series);
    uf_text_list_clear(&panels->categories);
    free(panels->values);
    free(panels->lines);
    *panels = (struct uf_panels){0};
}

static uf_status find_columns(const struct uf_chart_request *request, struct uf_panels *panels,
                              struct uf_error *error)
{
    const struct uf_table *table = panels->table = request->table;
    const char *kind = "small-multiples";
    const char *x = uf_table_column(table, "x") != SIZE_MAX ? "x" : "period";
    UF_TRY(uf_column_need(table, kind, request->label, "label", &panels->label, error));
    UF_TRY(uf_column_need(table, kind, request->x, x, &panels->x, error));
    UF_TRY(uf_column_need(table, kind, request->value, "value", &panels->value, error));
    UF_TRY(uf_column_maybe(table, kind, request->group, "group", &panels->group, error));
    if (panels->group == panels->label)
        panels->group = SIZE_MAX; /* the panels' own column tells no series apart */
    return uf_column_maybe(table, kind, request->code, "code", &panels->code, error);
}

static uf_status index_of(struct uf_panels *panels, struct uf_text_list *list, const char *text, size_t most,
                          const char *what, size_t *out, struct uf_error *error)
{
    *out = uf_text_list_find(list, text);
    if (*out != SIZE_MAX) return UF_OK;
    if (list->count == most)
        return uf_fail(
            error, UF_BAD_INPUT,
            "the chart 'small-multiples' shows at most %zu %s; the table '%s' has more: choose some", most,
            what, uf_table_name(panels->table));
    *out = list->count;
    return uf_text_list_add(list, text, error);
}

/* Panels in focus come first, in the request's order; then as they appear. */
static uf_status list_panels(const struct uf_chart_request *request, struct uf_panels *panels,
                             struct uf_error *error)
{
    const struct uf_table *table = panels->table;
    for (size_t turn = 0; turn <= request->n_focus; turn++)
        for (size_t row = 0; row < uf_table_rows(table); row++) {
            char label_text[64], code_text[64];
            const char *label = uf_column_label(table, row, panels->label, label_text);
            size_t focus = uf_focus_of(request, label, uf_column_label(table, row, panels->code, code_text));
            if (turn < request->n_focus ? focus != turn : focus != SIZE_MAX) continue;
            size_t panel;
            UF_TRY(index_of(panels, &panels->labels, label, UF_MOST_PANELS, "panels", &panel, error));
            panels->focus[panel] = focus != SIZE_MAX;
        }
    return UF_OK;
}

static int by_place(const void *a, const void *b)
{
    const struct uf_panel_value *p = a, *q = b;
    if (p->panel != q->panel) return p->panel < q->panel ? -1 : 1;
    if (p->series != q->series) return p->series < q->series ? -1 : 1;
    if (isnan(p->x) || isnan(q->x) || p->x == q->x)
        return (p->category > q->category) - (p->category < q->category);
    return p->x < q->x ? -1 : 1;
}

static uf_status read_values(struct uf_panels *panels, bool need_periods, struct uf_error *error)
{
    const struct uf_table *table = panels->table;
    size_t n = uf_table_rows(table);
    panels->values = calloc(n + 1, sizeof *panels->values);
    if (!panels->values) return uf_fail_memory(error);
    panels->periods = panels->whole_periods = true;
    panels->parts = 1;
    for (size_t row = 0; row < n; row++) {
        char text[64];
        struct uf_panel_value *value = &panels->values[panels->n++];
        value->row = row;
        value->panel = uf_text_list_find(&panels->labels, uf_column_label(table, row, panels->label, text));
        UF_TRY(index_of(panels, &panels->series, uf_column_label(table, row, panels->group, text),
                        need_periods ? UF_MOST_LINES : UF_MOST_SERIES, "series", &value->series, error));
        UF_TRY(index_of(panels, &panels->categories, uf_column_label(table, row, panels->x, text),
                        MOST_CATEGORIES, "values of x", &value->category, error));
        if (need_periods) {
            UF_TRY(uf_column_period(table, row, panels->x, &value->x, error));
        } else if (uf_column_period(table, row, panels->x, &value->x, NULL) != UF_OK) {
            value->x = NAN;
        }
        panels->periods &= !isnan(value->x);
        panels->whole_periods &= value->x == floor(value->x);
        panels->parts = uf_year_parts(panels->parts, value->x);
        double number = uf_table_number(table, row, panels->value);
        value->value = isfinite(number) ? number : NAN;
    }
    qsort(panels->values, panels->n, sizeof *panels->values, by_place);
    for (size_t i = 1; i < panels->n; i++)
        if (by_place(&panels->values[i - 1], &panels->values[i]) == 0)
            return uf_fail(
                error, UF_BAD_INPUT,
                "the chart 'small-multiples' wants one row per panel, series and x; the table '%s' has "
                "several for '%s' at '%s'",
                uf_table_name(table), panels->labels.items[panels->values[i].panel],
                panels->categories.items[panels->values[i].category]);
    return UF_OK;
}

uf_status uf_panels_read(const struct uf_chart_request *request, bool need_periods, struct uf_panels *panels,
                         struct uf_error *error)
{
    UF_TRY(find_columns(request, panels, error));
    UF_TRY(list_panels(request, panels, error));
    UF_TRY(read_values(panels, need_periods, error));
    for (size_t i = 0; i < panels->n; i++)
        if (!isnan(panels->values[i].value)) return UF_OK;
    return uf_no_value(request, error);
}

void uf_panels_arrange(struct uf_panels *panels, bool broad)
{
    size_t n = panels->labels.count;
    panels->n_columns = n <= 3 ? n : n == 4 ? 2 : n <= 9 ? 3 : 4;
    if (broad && panels->n_columns > 2) panels->n_columns--;
    panels->n_rows = (n + panels->n_columns - 1) / panels->n_columns;
}

double uf_panels_left(const struct uf_panels *panels, size_t panel)
{
    return panels->left + (double)(panel % panels->n_columns) * panels->step_x;
}

double uf_panels_top(const struct uf_panels *panels, size_t panel)
{
    const size_t row = panel / panels->n_columns;
    return panels->top + (double)row * panels->step_y;
}

bool uf_panels_at_bottom(const struct uf_panels *panels, size_t panel)
{
    return panel + panels->n_columns >= panels->labels.count;
}

void uf_panels_titles(struct uf_drawing *drawing, const struct uf_panels *panels)
{
    for (size_t panel = 0; panel < panels->labels.count; panel++) {
        double x = uf_panels_left(panels, panel), y = uf_panels_top(panels, panel);
        int look = panels->focus[panel] ? UF_LOOK_LABEL_FOCUS : UF_LOOK_LABEL;
        uf_drawing_fitted(drawing, x, y - 10, UF_ALIGN_LEFT, look, UF_BODY_SIZE, panels->step_x - 6,
                          panels->labels.items[panel]);
        const struct uf_panel_value *first = NULL;
        bool any = false;
        for (size_t i = 0; i < panels->n; i++) {
            if (panels->values[i].panel != panel) continue;
            if (!first) first = &panels->values[i];
            any |= !isnan(panels->values[i].value);
        }
        if (any || !first) continue;
        uf_value_status status = uf_table_value_status(panels->table, first->row, panels->value);
        uf_drawing_paragraph(drawing, x + 4, y + panels->height / 2, panels->width - 8, UF_LOOK_MISSING, 11,
                             13, uf_reason_words(status, drawing->language));
    }
}

void uf_panels_line(struct uf_drawing *drawing, struct uf_panels *panels, size_t panel, double x1, double y1,
                    double x2, double y2, enum uf_panel_line kind)
{
    if (panels->n_lines == panels->lines_capacity) {
        size_t capacity = panels->lines_capacity ? 2 * panels->lines_capacity : 256;
        double *moved = realloc(panels->lines, 5 * capacity * sizeof *moved);
        if (!moved) {
            drawing->failed = true;
            return;
        }
        panels->lines = moved;
        panels->lines_capacity = capacity;
    }
    double *line = panels->lines + 5 * panels->n_lines++;
    double left = uf_panels_left(panels, panel), top = uf_panels_top(panels, panel);
    line[0] = left + x1, line[1] = top + y1, line[2] = left + x2, line[3] = top + y2, line[4] = kind;
}

void uf_panels_write_lines(struct uf_drawing *drawing, const struct uf_panels *panels)
{
    static const char *const names[5] = {"line_x", "line_y", "line_to_x", "line_to_y", "line_kind"};
    double *column = malloc((panels->n_lines + 1) * sizeof *column);
    if (!column) {
        drawing->failed = true;
        return;
    }
    for (size_t k = 0; k < 5; k++) {
        for (size_t i = 0; i < panels->n_lines; i++) column[i] = panels->lines[5 * i + k];
        uf_drawing_numbers(drawing, names[k], column, panels->n_lines);
    }
    free(column);
}
