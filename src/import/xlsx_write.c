// SPDX-License-Identifier: GPL-3.0-or-later
/* A table of a sheet as text: dates as periods, merged labels filled down, headings over headings as columns. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>
#include <utfall/period.h>

#include "base/fail.h"
#include "import/xlsx_write.h"

enum { TEXT_SIZE = 80 };

/* --- cells as text ----------------------------------------------------------------------------- */

const char *uf_sheet_print(struct uf_sheet_writer *w, const struct uf_grid_cell *cell,
                           const struct uf_date_grain *grain)
{
    char text[TEXT_SIZE];
    int64_t days;
    struct uf_date_grain own = {0};
    w->text.length = 0;
    uf_buffer_append_bytes(&w->text, "", 0);
    if (!cell) return "";
    struct uf_style style = uf_cell_style(w->table, cell);
    if (cell->kind == UF_GRID_TEXT || cell->kind == UF_GRID_ERROR) {
        uf_buffer_append(&w->text, uf_grid_text(w->table->book, w->table->grid, cell));
    } else if (cell->kind == UF_GRID_TRUTH) {
        uf_buffer_append(&w->text, cell->number > 0 ? "TRUE" : "FALSE");
    } else if (uf_cell_is_date(w->table, cell, &days)) {
        uf_date_grain_observe(&own, days);
        char date[32];
        uf_date_print(grain ? grain : &own, days, date);
        uf_buffer_append(&w->text, date);
    } else if (style.look == UF_LOOK_ZEROS && cell->number >= 0 && cell->number < 1e15 &&
               floor(cell->number) >= cell->number) {
        snprintf(text, sizeof text, "%0*lld", (int)style.zeros, (long long)cell->number);
        uf_buffer_append(&w->text, text);
    } else {
        uf_buffer_append(&w->text, uf_number_print(cell->number, text));
    }
    return w->text.data ? w->text.data : "";
}

/* A number that was typed as a text (`1 234,5`) is written as a number. */
static const char *print_value(struct uf_sheet_writer *w, const struct uf_grid_cell *cell)
{
    const char *text = uf_sheet_print(w, cell, NULL);
    double number;
    char plain[UF_NUMBER_SIZE];
    if (cell->kind != UF_GRID_TEXT ||
        !(strpbrk(text, ", ") || strstr(text, "\xC2\xA0") || (w->rules.decimal == ',' && strchr(text, '.'))))
        return text;
    if (!uf_number_parse_grouped(text, strlen(text), w->rules.decimal, w->rules.group, &number) &&
        !uf_number_parse_grouped(text, strlen(text), w->rules.decimal, ' ', &number))
        return text;
    uf_number_print(number, plain);
    w->text.length = 0;
    uf_buffer_append(&w->text, plain);
    return w->text.data ? w->text.data : "";
}

static uf_status write_cell(struct uf_sheet_writer *w, struct uf_sheet_column *column, uint32_t row,
                            struct uf_error *error)
{
    const struct uf_grid_cell *cell = uf_grid_at(w->table->grid, row, column->number);
    if (!cell && column->fill_down) cell = column->last;
    column->last = cell;
    if (!cell) {
        uf_table_text_field(w->out, "");
    } else if (cell->kind == UF_GRID_ERROR) {
        const char *text = uf_grid_text(w->table->book, w->table->grid, cell);
        return uf_table_text_missing(
            w->out, strcmp(text, "#DIV/0!") ? UF_VALUE_NOT_AVAILABLE : UF_VALUE_UNDEFINED, error);
    } else {
        int64_t days;
        uf_table_text_field(w->out, uf_cell_is_date(w->table, cell, &days)
                                        ? uf_sheet_print(w, cell, column->dates.n ? &column->dates : NULL)
                                    : column->number >= w->table->first_value
                                        ? print_value(w, cell)
                                        : uf_sheet_print(w, cell, NULL));
    }
    return w->text.failed ? uf_fail_memory(error) : UF_OK;
}

/* --- a look at all rows ------------------------------------------------------------------------ */

static void look_at_errors(struct uf_sheet_writer *w, const struct uf_grid_cell *cell)
{
    if (cell->kind != UF_GRID_ERROR) return;
    char letters[8];
    uf_column_letters(cell->column, letters);
    if (w->n_errors++ == 0)
        snprintf(w->first_error, sizeof w->first_error, "%s%lu (%.20s)", letters, (unsigned long)cell->row,
                 uf_grid_text(w->table->book, w->table->grid, cell));
}

static void look_beside(struct uf_sheet_writer *w, const struct uf_grid_cell *cell)
{
    if (cell->column >= w->table->first_column && cell->column <= w->table->last_column) return;
    char letters[8];
    uf_column_letters(cell->column, letters);
    if (w->n_beside++ == 0)
        snprintf(w->first_beside, sizeof w->first_beside, "%s%lu", letters, (unsigned long)cell->row);
}

/* A code that is written once for several rows leaves more than half of its column empty, and never the first. */
static void decide_fill_down(const struct uf_sheet_writer *w, struct uf_sheet_column *column, size_t n_rows,
                             size_t n_cells)
{
    if (column->number >= w->table->first_value || n_cells == 0) return;
    column->fill_down =
        2 * n_cells <= n_rows && uf_grid_at(w->table->grid, w->table->first_row, column->number);
}

static uf_status survey(struct uf_sheet_writer *w, struct uf_decimal_evidence *evidence,
                        struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    const struct uf_grid *grid = table->grid;
    size_t *counts = calloc(w->n_columns, sizeof *counts), n_rows = 0, j = 0;
    if (!counts) return uf_fail_memory(error);
    uint32_t last = 0;
    for (size_t i = uf_grid_row(grid, table->first_row);
         i < grid->n_cells && grid->cells[i].row <= table->last_row; i++) {
        const struct uf_grid_cell *cell = &grid->cells[i];
        if (cell->row != last) n_rows++, j = 0, last = cell->row;
        look_beside(w, cell);
        while (j < w->n_columns && w->columns[j].number < cell->column) j++;
        if (j == w->n_columns || w->columns[j].number != cell->column) continue;
        struct uf_sheet_column *column = &w->columns[j];
        int64_t days;
        counts[j]++;
        look_at_errors(w, cell);
        column->filled_from_merged = column->filled_from_merged || cell->spread;
        column->percents += uf_cell_style(table, cell).look == UF_LOOK_PERCENT;
        if (uf_cell_is_date(table, cell, &days)) uf_date_grain_observe(&column->dates, days);
        if (cell->kind == UF_GRID_TEXT && cell->column >= table->first_value) {
            const char *text = uf_grid_text(table->book, grid, cell);
            uf_decimal_observe(evidence, text, strlen(text), false);
        }
    }
    for (j = 0; j < w->n_columns; j++) decide_fill_down(w, &w->columns[j], n_rows, counts[j]);
    free(counts);
    return UF_OK;
}

/* --- the header -------------------------------------------------------------------------------- */

/* The headings over a column, those that differ, joined by blanks. */
static uf_status join_headings(struct uf_sheet_writer *w, struct uf_sheet_column *column, bool is_period,
                               struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    struct uf_buffer name = {0};
    const struct uf_grid_cell *before = NULL;
    bool zone = table->zone > 0 && column->number >= table->zone;
    for (uint32_t i = table->header_first; i <= table->header_last; i++) {
        if (is_period && zone && i != table->period_header) continue;
        const struct uf_grid_cell *cell =
            zone ? uf_heading_at(table, i, column->number) : uf_grid_at(table->grid, i, column->number);
        if (!cell || (before && uf_cell_same(before, cell))) continue;
        if (name.length > 0) uf_buffer_append_char(&name, ' ');
        uf_buffer_append(&name, uf_sheet_print(w, cell, &w->header_dates));
        before = cell;
    }
    char letters[8];
    uf_column_letters(column->number, letters);
    if (name.length == 0) {
        uf_buffer_append(&name, "column ");
        uf_buffer_append(&name, letters);
    }
    column->name = uf_buffer_take(&name);
    return column->name ? UF_OK : uf_fail_memory(error);
}

/* The columns of the table that have a cell in the header or below it. */
static uf_status find_columns(struct uf_sheet_writer *w, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    const struct uf_grid *grid = table->grid;
    size_t width = (size_t)table->last_column - table->first_column + 1;
    w->columns = calloc(width, sizeof *w->columns);
    if (!w->columns) return uf_fail_memory(error);
    for (size_t i = uf_grid_row(grid, table->header_first);
         i < grid->n_cells && grid->cells[i].row <= table->last_row; i++) {
        uint32_t column = grid->cells[i].column;
        if (column >= table->first_column && column <= table->last_column)
            w->columns[column - table->first_column].filled = true;
    }
    for (size_t j = 0; j < width; j++)
        if (w->columns[j].filled) w->columns[w->n_columns++].number = table->first_column + (uint32_t)j;
    return UF_OK;
}

/* Different headings in a row of the zone. */
static bool varies(const struct uf_sheet_table *table, uint32_t row)
{
    const struct uf_grid_cell *first = uf_heading_at(table, row, table->zone);
    for (uint32_t j = table->zone + 1; j <= table->last_column; j++) {
        const struct uf_grid_cell *cell = uf_heading_at(table, row, j);
        if (!first != !cell || (first && !uf_cell_same(first, cell))) return true;
    }
    return false;
}

static uf_status lay_out(struct uf_sheet_writer *w, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    UF_TRY(find_columns(w, error));
    for (uint32_t i = table->header_first; i <= table->header_last && table->period_header; i++)
        if (i != table->period_header && varies(table, i)) w->unfold = true;
    int64_t days;
    for (size_t i = uf_grid_row(table->grid, table->header_first);
         i < table->grid->n_cells && table->grid->cells[i].row <= table->header_last; i++)
        if (uf_cell_is_date(table, &table->grid->cells[i], &days))
            uf_date_grain_observe(&w->header_dates, days);
    for (size_t j = 0; j < w->n_columns; j++) {
        if (w->unfold && w->columns[j].number >= table->zone) continue;
        w->n_codes++;
        UF_TRY(join_headings(w, &w->columns[j], table->period_header > 0, error));
    }
    return UF_OK;
}

/* --- the text ---------------------------------------------------------------------------------- */

static uf_status begin_text(struct uf_sheet_writer *w, bool *out_wide, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    size_t n_headings = 0, periods = 0, n = w->n_codes;
    for (uint32_t i = table->header_first; i <= table->header_last && w->unfold; i++)
        n_headings += i != table->period_header;
    if (w->unfold) n += n_headings + 2;
    UF_TRY(uf_table_text_columns(w->out, n, error));
    for (size_t j = 0; j < w->n_codes; j++) {
        uf_period period;
        const char *name = w->columns[j].name;
        w->out->columns[j] = w->columns[j].number;
        uf_table_text_field(w->out, name);
        periods += uf_period_parse(name, strlen(name), &period);
    }
    for (size_t i = 1; i <= n_headings; i++) {
        char name[32];
        snprintf(name, sizeof name, n_headings > 1 ? "heading %zu" : "heading", i);
        uf_table_text_field(w->out, name);
    }
    if (w->unfold) {
        uf_table_text_field(w->out, "period");
        uf_table_text_field(w->out, "value");
    }
    *out_wide = !w->unfold && periods > 0 && periods < n;
    return uf_table_text_end_line(w->out, table->header_last, 0, error);
}

/* A line for each value of the row. */
static uf_status write_unfolded(struct uf_sheet_writer *w, uint32_t row, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    for (size_t j = w->n_codes; j < w->n_columns; j++) {
        uint32_t column = w->columns[j].number;
        for (size_t i = 0; i < w->n_codes; i++) UF_TRY(write_cell(w, &w->columns[i], row, error));
        for (uint32_t i = table->header_first; i <= table->header_last; i++)
            if (i != table->period_header)
                uf_table_text_field(w->out,
                                    uf_sheet_print(w, uf_heading_at(table, i, column), &w->header_dates));
        uf_table_text_field(
            w->out, uf_sheet_print(w, uf_heading_at(table, table->period_header, column), &w->header_dates));
        UF_TRY(write_cell(w, &w->columns[j], row, error));
        UF_TRY(uf_table_text_end_line(w->out, row, column, error));
    }
    return UF_OK;
}

static uf_status write_rows(struct uf_sheet_writer *w, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    const struct uf_grid *grid = table->grid;
    for (size_t i = uf_grid_row(grid, table->first_row);
         i < grid->n_cells && grid->cells[i].row <= table->last_row;
         i = uf_grid_row(grid, grid->cells[i].row + 1)) {
        uint32_t row = grid->cells[i].row;
        if (w->unfold) {
            UF_TRY(write_unfolded(w, row, error));
            continue;
        }
        for (size_t j = 0; j < w->n_columns; j++) UF_TRY(write_cell(w, &w->columns[j], row, error));
        UF_TRY(uf_table_text_end_line(w->out, row, 0, error));
    }
    return UF_OK;
}

static uf_status write_all(struct uf_sheet_writer *w, const struct uf_reader_wishes *wishes, bool *out_wide,
                           struct uf_error *error)
{
    struct uf_decimal_evidence evidence = {0};
    UF_TRY(lay_out(w, error));
    UF_TRY(survey(w, &evidence, error));
    UF_TRY(uf_decimal_decide(&evidence, wishes->decimal, ';', uf_input_name(w->reader->input), &w->rules,
                             error));
    UF_TRY(begin_text(w, out_wide, error));
    UF_TRY(write_rows(w, error));
    return uf_sheet_notes(w, error);
}

uf_status uf_sheet_table_write(const struct uf_sheet_table *table, const struct uf_reader_wishes *wishes,
                               struct uf_reader *reader, struct uf_table_text *out, bool *out_wide,
                               struct uf_error *error)
{
    struct uf_sheet_writer writer = {
        .table = table, .reader = reader, .out = out, .rules = {'.', ' ', false}};
    uf_status status = write_all(&writer, wishes, out_wide, error);
    for (size_t j = 0; j < writer.n_columns; j++) free(writer.columns[j].name);
    free(writer.columns);
    uf_buffer_clear(&writer.text);
    return status;
}
