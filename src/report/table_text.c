// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/report.h>

#include "cell.h"
#include "escape.h"
#include "sparkline.h"

/* The table as it stands on the terminal: the heading in row 0, then one row of texts for each row. */
struct grid {
    char **cell; /* n_rows * n_columns, owned */
    size_t n_rows, n_columns;
    size_t *width;          /* n_columns, in characters */
    bool *right;            /* n_columns */
    uf_value_status legend; /* flags whose marks were used */
    bool literal;           /* the columns' names are headings as they are */
};

static void clear_grid(struct grid *grid)
{
    for (size_t i = 0; grid->cell != NULL && i < grid->n_rows * grid->n_columns; i++) free(grid->cell[i]);
    free(grid->cell);
    free(grid->width);
    free(grid->right);
}

static void append_repeated(struct uf_buffer *out, char c, size_t times)
{
    for (size_t i = 0; i < times; i++) uf_buffer_append_char(out, c);
}

/* The marks of a remark after a number, ` e b`; gives their width in characters. */
static size_t append_marks(struct uf_buffer *out, uf_value_status status, uf_value_status *legend)
{
    size_t n_marks, width = 0;
    const struct uf_mark *marks = uf_marks(&n_marks);
    for (size_t m = 0; m < n_marks; m++) {
        if ((marks[m].flag & status) == 0 || marks[m].mark[0] == '\0') continue;
        uf_buffer_append_char(out, ' ');
        uf_buffer_append(out, marks[m].mark);
        width += 1 + uf_text_width(marks[m].mark);
        *legend |= marks[m].flag;
    }
    return width;
}

/* The widest marks of a column: room for them is kept behind each number, so that the digits stay in line. */
static size_t marks_width(const struct uf_table *table, size_t column, uf_value_status shared)
{
    size_t widest = 0;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        uf_value_status status = uf_table_value_status(table, i, column), legend = 0;
        if (uf_value_is_missing(status)) continue;
        struct uf_buffer marks;
        uf_buffer_init(&marks);
        size_t width = append_marks(&marks, status & ~shared, &legend);
        uf_buffer_clear(&marks);
        if (width > widest) widest = width;
    }
    return widest;
}

static void append_cell(struct uf_buffer *out, struct grid *grid, const struct uf_table *table, size_t row,
                        size_t column, uf_value_status shared, size_t room, enum uf_language language)
{
    if (uf_column_is_sparkline(table, column)) {
        uf_sparkline_terminal(out, table, row, column);
        return;
    }
    if (uf_table_column_type(table, column) == UF_COLUMN_TEXT) {
        uf_escape_terminal(out, uf_cell_text(table, row, column, language));
        return;
    }
    uf_value_status status = uf_table_value_status(table, row, column);
    size_t used = 0;
    if (uf_value_is_missing(status)) {
        const struct uf_mark *mark = uf_missing_mark(status);
        uf_buffer_append(out, mark->mark);
        grid->legend |= mark->flag;
    } else {
        uf_cell_number(out, table, row, column, language);
        used = append_marks(out, status & ~shared, &grid->legend);
    }
    append_repeated(out, ' ', room - used);
}

static const char *heading(const struct grid *grid, const struct uf_table *table, size_t column,
                           enum uf_language language)
{
    return grid->literal ? uf_table_column_name(table, column)
                         : uf_word(uf_column_heading(table, column), language);
}

static void append_heading(struct uf_buffer *out, const struct grid *grid, const struct uf_table *table,
                           size_t column, enum uf_language language)
{
    uf_escape_terminal(out, heading(grid, table, column, language));
    const char *unit = uf_table_column_unit(table, column);
    if (unit == NULL || *unit == '\0') return;
    uf_buffer_append(out, " (");
    uf_escape_terminal(out, unit);
    uf_buffer_append_char(out, ')');
}

static bool fill_grid(struct grid *grid, const struct uf_table *table, enum uf_language language)
{
    const size_t all_columns = uf_table_columns(table);
    grid->n_rows = uf_table_rows(table) + 1;
    grid->cell = calloc(grid->n_rows * all_columns + 1, sizeof *grid->cell);
    grid->width = calloc(all_columns + 1, sizeof *grid->width);
    grid->right = calloc(all_columns + 1, sizeof *grid->right);
    if (grid->cell == NULL || grid->width == NULL || grid->right == NULL) return false;
    for (size_t j = 0; j < all_columns; j++)
        if (uf_column_is_shown(table, j)) grid->n_columns++;
    for (size_t j = 0, at = 0; j < all_columns; j++) {
        if (!uf_column_is_shown(table, j)) continue;
        uf_value_status shared = uf_column_shared_remarks(table, j);
        size_t room = marks_width(table, j, shared);
        grid->right[at] = uf_table_column_type(table, j) == UF_COLUMN_NUMBER;
        for (size_t i = 0; i < grid->n_rows; i++) {
            struct uf_buffer text;
            uf_buffer_init(&text);
            if (i == 0)
                append_heading(&text, grid, table, j, language);
            else
                append_cell(&text, grid, table, i - 1, j, shared, room, language);
            char *cell = uf_buffer_take(&text);
            if (cell == NULL) {
                uf_buffer_clear(&text);
                return false;
            }
            grid->cell[i * grid->n_columns + at] = cell;
            size_t width = uf_text_width(cell);
            if (width > grid->width[at]) grid->width[at] = width;
        }
        at++;
    }
    return true;
}

static void append_line(struct uf_buffer *out, const struct grid *grid, size_t row)
{
    for (size_t j = 0; j < grid->n_columns; j++) {
        const char *cell = grid->cell[row * grid->n_columns + j];
        size_t padding = grid->width[j] - uf_text_width(cell);
        if (j > 0) uf_buffer_append(out, "  ");
        if (grid->right[j]) append_repeated(out, ' ', padding);
        uf_buffer_append(out, cell);
        if (!grid->right[j]) append_repeated(out, ' ', padding);
    }
    while (!out->failed && out->length > 0 && out->data[out->length - 1] == ' ')
        out->data[--out->length] = '\0';
    uf_buffer_append_char(out, '\n');
}

static void append_rule(struct uf_buffer *out, const struct grid *grid)
{
    for (size_t j = 0; j < grid->n_columns; j++) {
        if (j > 0) uf_buffer_append(out, "  ");
        append_repeated(out, '-', grid->width[j]);
    }
    uf_buffer_append_char(out, '\n');
}

static void append_legend(struct uf_buffer *out, const struct grid *grid, const struct uf_table *table,
                          enum uf_language language)
{
    size_t n_marks;
    const struct uf_mark *marks = uf_marks(&n_marks);
    for (size_t m = 0; m < n_marks; m++) {
        if ((marks[m].flag & grid->legend) == 0) continue;
        uf_buffer_append(out, marks[m].mark);
        uf_buffer_append(out, ": ");
        uf_buffer_append(out, uf_words_in(marks[m].words, language));
        uf_buffer_append_char(out, '\n');
    }
    bool named = false;
    for (size_t j = 0; j < uf_table_columns(table); j++) {
        if (uf_table_column_type(table, j) != UF_COLUMN_NUMBER || !uf_column_is_blank(table, j)) continue;
        if (!named) uf_buffer_append(out, uf_word("not_shown", language));
        uf_buffer_append(out, named ? "; " : ": ");
        uf_escape_terminal(out, heading(grid, table, j, language));
        named = true;
    }
    if (named) uf_buffer_append_char(out, '\n');
    for (size_t j = 0; j < uf_table_columns(table); j++) {
        uf_value_status shared = uf_column_shared_remarks(table, j);
        for (size_t m = 0; m < n_marks; m++) {
            if ((marks[m].flag & shared) == 0 || marks[m].mark[0] == '\0') continue;
            uf_buffer_append(out, uf_word("all_values", language));
            uf_buffer_append_char(out, ' ');
            uf_escape_terminal(out, heading(grid, table, j, language));
            uf_buffer_append(out, ": ");
            uf_buffer_append(out, uf_words_in(marks[m].words, language));
            uf_buffer_append_char(out, '\n');
        }
    }
}

static uf_status print(const struct uf_table *table, enum uf_language language, bool literal, char **out,
                       struct uf_error *error)
{
    struct grid grid = {.literal = literal};
    struct uf_buffer text;
    uf_buffer_init(&text);
    bool filled = fill_grid(&grid, table, language);
    if (filled) {
        const char *title = uf_table_title(table);
        if (title != NULL && *title != '\0') {
            uf_escape_terminal(&text, title);
            uf_buffer_append(&text, "\n\n");
        }
        append_line(&text, &grid, 0);
        append_rule(&text, &grid);
        for (size_t i = 1; i < grid.n_rows; i++) append_line(&text, &grid, i);
        if (grid.n_rows == 1) {
            uf_buffer_append(&text, uf_word("no_rows", language));
            uf_buffer_append_char(&text, '\n');
        }
        append_legend(&text, &grid, table, language);
    }
    clear_grid(&grid);
    char *result = filled ? uf_buffer_take(&text) : NULL;
    if (result == NULL) {
        uf_buffer_clear(&text);
        return uf_fail_memory(error);
    }
    *out = result;
    return UF_OK;
}

uf_status uf_table_to_text(const struct uf_table *table, enum uf_language language, char **out,
                           struct uf_error *error)
{
    return print(table, language, false, out, error);
}

uf_status uf_table_to_literal_text(const struct uf_table *table, enum uf_language language, char **out,
                                   struct uf_error *error)
{
    return print(table, language, true, out, error);
}
