// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/table.h>
#include <utfall/text.h>

struct column {
    char *name, *unit;
    enum uf_column_type type;
    int decimals;
    char **text;             /* capacity; NULL for numbers */
    double *number;          /* capacity; NULL for texts */
    uf_value_status *status; /* with number */
};

struct uf_table {
    char *name, *title;
    struct column *columns;
    size_t n_columns, n_rows, capacity;
};

uf_status uf_table_new(const char *name, struct uf_table **out, struct uf_error *error)
{
    struct uf_table *table = calloc(1, sizeof *table);
    if (!table || !(table->name = uf_text_copy(name))) {
        free(table);
        return uf_fail_memory(error);
    }
    *out = table;
    return UF_OK;
}

static void clear_column(struct column *column, size_t n_rows)
{
    if (column->text)
        for (size_t i = 0; i < n_rows; i++) free(column->text[i]);
    free(column->text);
    free(column->number);
    free(column->status);
    free(column->name);
    free(column->unit);
}

void uf_table_free(struct uf_table *table)
{
    if (!table) return;
    for (size_t j = 0; j < table->n_columns; j++) clear_column(&table->columns[j], table->n_rows);
    free(table->columns);
    free(table->name);
    free(table->title);
    free(table);
}

const char *uf_table_name(const struct uf_table *table)
{
    return table->name;
}

uf_status uf_table_set_title(struct uf_table *table, const char *title, struct uf_error *error)
{
    char *copy = uf_text_copy(title);
    if (title && !copy) return uf_fail_memory(error);
    free(table->title);
    table->title = copy;
    return UF_OK;
}

const char *uf_table_title(const struct uf_table *table)
{
    return table->title;
}

/* Gives the column's arrays room for `capacity` rows; a column half grown is still whole for the old
 * capacity. */
static bool grow_column(struct column *column, size_t capacity)
{
    if (column->type == UF_COLUMN_TEXT) {
        char **text = realloc(column->text, capacity * sizeof *text);
        if (text) column->text = text;
        return text != NULL;
    }
    double *number = realloc(column->number, capacity * sizeof *number);
    if (number) column->number = number;
    uf_value_status *status = realloc(column->status, capacity * sizeof *status);
    if (status) column->status = status;
    return number && status;
}

static void empty_cell(struct column *column, size_t row)
{
    if (column->type == UF_COLUMN_TEXT) {
        column->text[row] = NULL;
    } else {
        column->number[row] = NAN;
        column->status[row] = UF_VALUE_NOT_AVAILABLE;
    }
}

uf_status uf_table_add_column(struct uf_table *table, const char *name, enum uf_column_type type,
                              const char *unit, int decimals, size_t *out, struct uf_error *error)
{
    if (uf_table_column(table, name) != SIZE_MAX)
        return uf_fail(error, UF_INTERNAL, "table '%s' already has a column '%s'", table->name, name);
    struct column *columns = realloc(table->columns, (table->n_columns + 1) * sizeof *columns);
    if (!columns) return uf_fail_memory(error);
    table->columns = columns;
    struct column column = {
        .type = type, .decimals = decimals, .name = uf_text_copy(name), .unit = uf_text_copy(unit)};
    if (!column.name || (unit && !column.unit) ||
        (table->capacity && !grow_column(&column, table->capacity))) {
        clear_column(&column, 0);
        return uf_fail_memory(error);
    }
    for (size_t i = 0; i < table->n_rows; i++) empty_cell(&column, i);
    table->columns[table->n_columns] = column;
    if (out) *out = table->n_columns;
    table->n_columns++;
    return UF_OK;
}

uf_status uf_table_add_row(struct uf_table *table, size_t *out, struct uf_error *error)
{
    if (table->n_rows == table->capacity) {
        size_t capacity = table->capacity ? table->capacity * 2 : 16;
        for (size_t j = 0; j < table->n_columns; j++)
            if (!grow_column(&table->columns[j], capacity)) return uf_fail_memory(error);
        table->capacity = capacity;
    }
    for (size_t j = 0; j < table->n_columns; j++) empty_cell(&table->columns[j], table->n_rows);
    if (out) *out = table->n_rows;
    table->n_rows++;
    return UF_OK;
}

size_t uf_table_rows(const struct uf_table *table)
{
    return table->n_rows;
}

size_t uf_table_columns(const struct uf_table *table)
{
    return table->n_columns;
}

size_t uf_table_column(const struct uf_table *table, const char *name)
{
    for (size_t j = 0; j < table->n_columns; j++)
        if (!strcmp(table->columns[j].name, name)) return j;
    return SIZE_MAX;
}

const char *uf_table_column_name(const struct uf_table *table, size_t column)
{
    return column < table->n_columns ? table->columns[column].name : NULL;
}

const char *uf_table_column_unit(const struct uf_table *table, size_t column)
{
    return column < table->n_columns ? table->columns[column].unit : NULL;
}

int uf_table_column_decimals(const struct uf_table *table, size_t column)
{
    return column < table->n_columns ? table->columns[column].decimals : -1;
}

void uf_table_set_decimals(struct uf_table *table, size_t column, int decimals)
{
    if (column < table->n_columns) table->columns[column].decimals = decimals;
}

enum uf_column_type uf_table_column_type(const struct uf_table *table, size_t column)
{
    return column < table->n_columns ? table->columns[column].type : UF_COLUMN_TEXT;
}

static struct column *cell_column(const struct uf_table *table, size_t row, size_t column,
                                  enum uf_column_type type)
{
    if (row >= table->n_rows || column >= table->n_columns || table->columns[column].type != type)
        return NULL;
    return &table->columns[column];
}

static uf_status wrong_cell(const struct uf_table *table, size_t row, size_t column, struct uf_error *error)
{
    return uf_fail(error, UF_INTERNAL, "table '%s' has no such cell of that type: row %zu, column %zu",
                   table->name, row, column);
}

uf_status uf_table_set_text(struct uf_table *table, size_t row, size_t column, const char *text,
                            struct uf_error *error)
{
    struct column *found = cell_column(table, row, column, UF_COLUMN_TEXT);
    if (!found) return wrong_cell(table, row, column, error);
    char *copy = uf_text_copy(text);
    if (text && !copy) return uf_fail_memory(error);
    free(found->text[row]);
    found->text[row] = copy;
    return UF_OK;
}

uf_status uf_table_set_number(struct uf_table *table, size_t row, size_t column, double value,
                              struct uf_error *error)
{
    return uf_table_set_value(table, row, column, value,
                              (uf_value_status)(isnan(value) ? UF_VALUE_NOT_AVAILABLE : UF_VALUE_OBSERVED),
                              error);
}

uf_status uf_table_set_value(struct uf_table *table, size_t row, size_t column, double value,
                             uf_value_status status, struct uf_error *error)
{
    struct column *found = cell_column(table, row, column, UF_COLUMN_NUMBER);
    if (!found) return wrong_cell(table, row, column, error);
    if (uf_value_is_missing(status))
        value = NAN;
    else if (isnan(value))
        status |= UF_VALUE_NOT_AVAILABLE; /* NaN never stands alone */
    found->number[row] = value;
    found->status[row] = status;
    return UF_OK;
}

const char *uf_table_text(const struct uf_table *table, size_t row, size_t column)
{
    const struct column *found = cell_column(table, row, column, UF_COLUMN_TEXT);
    return found ? found->text[row] : NULL;
}

double uf_table_number(const struct uf_table *table, size_t row, size_t column)
{
    const struct column *found = cell_column(table, row, column, UF_COLUMN_NUMBER);
    return found ? found->number[row] : NAN;
}

uf_value_status uf_table_value_status(const struct uf_table *table, size_t row, size_t column)
{
    const struct column *found = cell_column(table, row, column, UF_COLUMN_NUMBER);
    return found ? found->status[row] : UF_VALUE_OBSERVED;
}

uf_status uf_table_filter(const struct uf_table *table, const char *name, const _Bool *keep,
                          struct uf_table **out, struct uf_error *error)
{
    struct uf_table *copy = NULL;
    uf_status status = uf_table_new(name, &copy, error);
    if (status != UF_OK) return status;
    UF_TRY_GOTO(uf_table_set_title(copy, table->title, error), fail);
    for (size_t j = 0; j < table->n_columns; j++) {
        const struct column *c = &table->columns[j];
        UF_TRY_GOTO(uf_table_add_column(copy, c->name, c->type, c->unit, c->decimals, NULL, error), fail);
    }
    for (size_t i = 0; i < table->n_rows; i++) {
        if (keep && !keep[i]) continue;
        size_t row;
        UF_TRY_GOTO(uf_table_add_row(copy, &row, error), fail);
        for (size_t j = 0; j < table->n_columns; j++) {
            const struct column *c = &table->columns[j];
            UF_TRY_GOTO(c->type == UF_COLUMN_TEXT
                            ? uf_table_set_text(copy, row, j, c->text[i], error)
                            : uf_table_set_value(copy, row, j, c->number[i], c->status[i], error),
                        fail);
        }
    }
    *out = copy;
    return UF_OK;
fail:
    uf_table_free(copy);
    return status;
}

static int compare_cells(const struct column *column, size_t a, size_t b)
{
    if (column->type == UF_COLUMN_TEXT) {
        const char *s = column->text[a], *t = column->text[b];
        if (!s || !t) return (s == NULL) - (t == NULL);
        return strcmp(s, t);
    }
    double x = column->number[a], y = column->number[b];
    return (x > y) - (x < y);
}

static bool goes_before(const struct column *column, bool descending, size_t a, size_t b)
{
    if (column->type == UF_COLUMN_NUMBER && (isnan(column->number[a]) || isnan(column->number[b])))
        return !isnan(column->number[a]) &&
               isnan(column->number[b]); /* missing last, whichever the direction */
    int order = compare_cells(column, a, b);
    return descending ? order > 0 : order < 0;
}

static void merge_sort(const struct column *column, bool descending, size_t *order, size_t *scratch, size_t n)
{
    if (n < 2) return;
    size_t half = n / 2;
    merge_sort(column, descending, order, scratch, half);
    merge_sort(column, descending, order + half, scratch, n - half);
    memcpy(scratch, order, n * sizeof *order);
    for (size_t i = 0, j = half, k = 0; k < n; k++)
        order[k] = j >= n || (i < half && !goes_before(column, descending, scratch[j], scratch[i]))
                       ? scratch[i++]
                       : scratch[j++];
}

uf_status uf_table_sort(struct uf_table *table, size_t column, _Bool descending, struct uf_error *error)
{
    if (column >= table->n_columns) return wrong_cell(table, 0, column, error);
    const size_t n = table->n_rows;
    if (n < 2) return UF_OK;
    size_t *order = malloc(2 * n * sizeof *order);
    void *cells = malloc(n * (sizeof(double) > sizeof(char *) ? sizeof(double) : sizeof(char *)));
    if (!order || !cells) {
        free(order);
        free(cells);
        return uf_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) order[i] = i;
    merge_sort(&table->columns[column], descending, order, order + n, n);
    for (size_t j = 0; j < table->n_columns; j++) {
        struct column *c = &table->columns[j];
        if (c->type == UF_COLUMN_TEXT) {
            memcpy(cells, c->text, n * sizeof *c->text);
            for (size_t i = 0; i < n; i++) c->text[i] = ((char **)cells)[order[i]];
        } else {
            memcpy(cells, c->number, n * sizeof *c->number);
            for (size_t i = 0; i < n; i++) c->number[i] = ((double *)cells)[order[i]];
            memcpy(cells, c->status, n * sizeof *c->status);
            for (size_t i = 0; i < n; i++) c->status[i] = ((uf_value_status *)cells)[order[i]];
        }
    }
    free(order);
    free(cells);
    return UF_OK;
}
