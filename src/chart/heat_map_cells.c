// SPDX-License-Identifier: GPL-3.0-or-later
/* A table → rows, columns and cells of a heat map, ordered so that patterns show. */
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/heat_map.h"
#include "chart/reasons.h"
#include "chart/seriation.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINES = 60 /* rows, and columns */ };

size_t heat_cell_of(const struct heat_map *map, size_t row, size_t column)
{
    return map->cell[row * map->columns.count + column];
}

double heat_value_of(const struct heat_map *map, size_t row, size_t column)
{
    size_t at = heat_cell_of(map, row, column);
    double value = at == SIZE_MAX ? NAN : uf_table_number(map->table, at, map->value);
    return isfinite(value) ? value : NAN;
}

const char *heat_reason_of(const struct uf_drawing *drawing, const struct heat_map *map, size_t row,
                           size_t column)
{
    size_t at = heat_cell_of(map, row, column);
    return at == SIZE_MAX
               ? uf_reason_absent(drawing->language)
               : uf_reason_words(uf_table_value_status(map->table, at, map->value), drawing->language);
}

static uf_status find_columns(const struct uf_chart_request *request, struct heat_map *map,
                              struct uf_error *error)
{
    const char *kind = "heat-map";
    map->table = request->table;
    UF_TRY(uf_column_need(map->table, kind, request->label, "label", &map->label, error));
    UF_TRY(uf_column_need(map->table, kind, request->group, "group", &map->group, error));
    UF_TRY(uf_column_need(map->table, kind, request->value, "value", &map->value, error));
    return uf_column_maybe(map->table, kind, request->code, "code", &map->code, error);
}

static uf_status index_of(const struct heat_map *map, struct uf_text_list *list, const char *text,
                          const char *what, size_t *out, struct uf_error *error)
{
    *out = uf_text_list_find(list, text);
    if (*out != SIZE_MAX) return UF_OK;
    if (list->count == MOST_LINES)
        return uf_fail(
            error, UF_BAD_INPUT,
            "the chart 'heat-map' shows at most %d %s; the table '%s' has more: choose some of them, or a "
            "coarser level",
            MOST_LINES, what, uf_table_name(map->table));
    *out = list->count;
    return uf_text_list_add(list, text, error);
}

static uf_status read_cells(const struct uf_chart_request *request, struct heat_map *map,
                            struct uf_error *error)
{
    const struct uf_table *table = map->table;
    size_t n = uf_table_rows(table);
    char label_text[64], group_text[64], code_text[64];
    for (size_t i = 0; i < n; i++) {
        size_t ignored;
        UF_TRY(index_of(map, &map->rows, uf_column_label(table, i, map->label, label_text), "rows", &ignored,
                        error));
        UF_TRY(index_of(map, &map->columns, uf_column_label(table, i, map->group, group_text), "columns",
                        &ignored, error));
    }
    size_t n_cells = map->rows.count * map->columns.count;
    map->cell = malloc((n_cells + 1) * sizeof *map->cell);
    map->focus = calloc(map->rows.count + 1, sizeof *map->focus);
    if (!map->cell || !map->focus) return uf_fail_memory(error);
    for (size_t i = 0; i < n_cells; i++) map->cell[i] = SIZE_MAX;
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        const char *label = uf_column_label(table, i, map->label, label_text);
        size_t row = uf_text_list_find(&map->rows, label);
        size_t column = uf_text_list_find(&map->columns, uf_column_label(table, i, map->group, group_text));
        size_t *cell = &map->cell[row * map->columns.count + column];
        if (*cell != SIZE_MAX)
            return uf_fail(
                error, UF_BAD_INPUT,
                "the chart 'heat-map' wants one row per cell; the table '%s' has several for '%s' and '%s'",
                uf_table_name(table), label, map->columns.items[column]);
        *cell = i;
        map->focus[row] |=
            uf_focus_of(request, label, uf_column_label(table, i, map->code, code_text)) != SIZE_MAX;
        any |= isfinite(uf_table_number(table, i, map->value));
    }
    return any ? UF_OK : uf_no_value(request, error);
}

static uf_status order_lines(const struct uf_chart_request *request, struct heat_map *map,
                             struct uf_error *error)
{
    const char *order = request->order ? request->order : "value";
    bool by_value = strcmp(order, "value") == 0, alike = strcmp(order, "similarity") == 0;
    if (!by_value && !alike && strcmp(order, "given") != 0)
        return uf_fail(error, UF_BAD_USAGE, "found the order '%s', expected value, similarity or given",
                       order);
    size_t n = map->rows.count, m = map->columns.count;
    double *values = calloc(2 * n * m + 1, sizeof *values);
    map->row_order = calloc(n + 1, sizeof *map->row_order);
    map->column_order = calloc(m + 1, sizeof *map->column_order);
    if (!values || !map->row_order || !map->column_order) {
        free(values);
        return uf_fail_memory(error);
    }
    double *turned = values + n * m;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) values[i * m + j] = turned[j * n + i] = heat_value_of(map, i, j);
    for (size_t i = 0; i < n; i++) map->row_order[i] = i;
    for (size_t j = 0; j < m; j++) map->column_order[j] = j;
    uf_status status = UF_OK;
    if (by_value) status = uf_seriation_by_mean(values, n, m, map->row_order, error);
    if (alike) status = uf_seriation_order(values, n, m, map->row_order, error);
    if (status == UF_OK && by_value) status = uf_seriation_by_mean(turned, m, n, map->column_order, error);
    if (status == UF_OK && alike) status = uf_seriation_order(turned, m, n, map->column_order, error);
    free(values);
    return status;
}

static uf_status classify(const struct uf_chart_request *request, struct heat_map *map,
                          struct uf_error *error)
{
    size_t n = map->rows.count, m = map->columns.count;
    map->decimals = uf_table_column_decimals(map->table, map->value);
    if (map->decimals < 0) map->decimals = 1;
    double *values = malloc((n * m + 1) * sizeof *values);
    if (!values) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) values[i * m + j] = heat_value_of(map, i, j);
    map->classes = uf_classes_of(values, n * m, request->reference, map->decimals);
    for (int k = 0; request->class_limits && k < UF_CLASSES - 1; k++)
        map->classes.limits[k] = request->class_limits[k];
    free(values);
    return UF_OK;
}

uf_status heat_read(const struct uf_chart_request *request, struct heat_map *map, struct uf_error *error)
{
    UF_TRY(find_columns(request, map, error));
    UF_TRY(read_cells(request, map, error));
    UF_TRY(order_lines(request, map, error));
    return classify(request, map, error);
}

void heat_clear(struct heat_map *map)
{
    uf_text_list_clear(&map->rows);
    uf_text_list_clear(&map->columns);
    uf_text_list_clear(&map->reasons);
    free(map->focus);
    free(map->cell);
    free(map->row_order);
    free(map->column_order);
}
