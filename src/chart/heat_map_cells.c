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

bool heat_is_self(const struct heat_map *map, size_t row, size_t column)
{
    return heat_cell_of(map, row, column) == SIZE_MAX &&
           !strcmp(map->rows.items[row], map->columns.items[column]);
}

bool heat_is_open(const struct heat_map *map, size_t row, size_t column)
{
    const size_t at = heat_cell_of(map, row, column);
    const double value = heat_value_of(map, row, column);
    if (at == SIZE_MAX || isnan(value) || map->low == SIZE_MAX || map->high == SIZE_MAX) return false;
    const double low = uf_table_number(map->table, at, map->low),
                 high = uf_table_number(map->table, at, map->high);
    const int class = uf_class_of(&map->classes, value);
    if (isnan(low) || isnan(high)) return false;
    return uf_class_of(&map->classes, low) != class || uf_class_of(&map->classes, high) != class;
}

size_t heat_count_open(const struct heat_map *map)
{
    size_t n = 0;
    for (size_t i = 0; i < map->rows.count; i++)
        for (size_t j = 0; j < map->columns.count; j++) n += heat_is_open(map, i, j);
    return n;
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
    UF_TRY(uf_column_maybe(map->table, kind, request->low, "low", &map->low, error));
    UF_TRY(uf_column_maybe(map->table, kind, request->high, "high", &map->high, error));
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

/* Cell `k` of a row (`of_rows`) or a column. */
static const char *reason_in(const struct uf_drawing *drawing, const struct heat_map *map, bool of_rows,
                             size_t line, size_t k)
{
    return heat_reason_of(drawing, map, of_rows ? line : k, of_rows ? k : line);
}

/* Why a line has no value: the reason of most of its cells; NULL: it has some. */
static const char *empty_reason(const struct uf_drawing *drawing, const struct heat_map *map, bool of_rows,
                                size_t line)
{
    const size_t n = of_rows ? map->columns.count : map->rows.count;
    size_t most = 0;
    const char *reason = "";
    for (size_t k = 0; k < n; k++)
        if (!isnan(heat_value_of(map, of_rows ? line : k, of_rows ? k : line))) return NULL;
    for (size_t k = 0; k < n; k++) {
        const char *one = reason_in(drawing, map, of_rows, line, k);
        size_t same = 0;
        for (size_t i = 0; i < n; i++)
            same += uf_text_equal(reason_in(drawing, map, of_rows, line, i), one) ? 1 : 0;
        if (same > most) most = same, reason = one;
    }
    return reason;
}

/* Lines without any value take room and show nothing: they go to the words below. */
static uf_status take_out_empty(const struct uf_drawing *drawing, struct heat_map *map,
                                struct uf_error *error)
{
    const size_t n = map->rows.count, m = map->columns.count;
    bool *keep = calloc(n + m + 1, sizeof *keep);
    if (!keep) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t line = 0; line < n + m && status == UF_OK; line++) {
        const bool of_rows = line < n;
        const char *reason = empty_reason(drawing, map, of_rows, of_rows ? line : line - n);
        keep[line] = reason == NULL;
        if (keep[line]) continue;
        status = uf_text_list_add(&map->empty, of_rows ? map->rows.items[line] : map->columns.items[line - n],
                                  error);
        if (status == UF_OK) status = uf_text_list_add(&map->empty_reasons, reason, error);
    }
    size_t cells = 0, rows = 0, columns = 0;
    for (size_t i = 0; i < n && status == UF_OK; i++)
        for (size_t j = 0; j < m; j++)
            if (keep[i] && keep[n + j]) map->cell[cells++] = map->cell[i * m + j];
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        if (!keep[i]) {
            free(map->rows.items[i]);
            continue;
        }
        map->focus[rows] = map->focus[i];
        map->rows.items[rows++] = map->rows.items[i];
    }
    for (size_t j = 0; j < m && status == UF_OK; j++) {
        if (keep[n + j])
            map->columns.items[columns++] = map->columns.items[j];
        else
            free(map->columns.items[j]);
    }
    if (status == UF_OK) map->rows.count = rows, map->columns.count = columns;
    free(keep);
    return status;
}

uf_status heat_read(const struct uf_drawing *drawing, struct heat_map *map, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    UF_TRY(find_columns(request, map, error));
    UF_TRY(read_cells(request, map, error));
    UF_TRY(take_out_empty(drawing, map, error));
    UF_TRY(order_lines(request, map, error));
    return classify(request, map, error);
}

void heat_clear(struct heat_map *map)
{
    uf_text_list_clear(&map->rows);
    uf_text_list_clear(&map->columns);
    uf_text_list_clear(&map->reasons);
    uf_text_list_clear(&map->empty);
    uf_text_list_clear(&map->empty_reasons);
    free(map->focus);
    free(map->cell);
    free(map->row_order);
    free(map->column_order);
}
