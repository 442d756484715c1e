// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/xlsx_table.h"

#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>
#include <utfall/period.h>

#include "base/fail.h"

/* --- cells ------------------------------------------------------------------------------------- */

struct uf_style uf_cell_style(const struct uf_sheet_table *table, const struct uf_grid_cell *cell)
{
    if (cell->kind != UF_GRID_NUMBER || cell->style >= table->book->n_styles)
        return (struct uf_style){.look = UF_LOOK_PLAIN};
    return table->book->styles[cell->style];
}

bool uf_cell_is_date(const struct uf_sheet_table *table, const struct uf_grid_cell *cell,
                     int64_t *out_days_since_1970)
{
    enum { LAST = 2958465 }; /* 9999-12-31 */
    if (uf_cell_style(table, cell).look != UF_LOOK_DATE || !(cell->number >= 1 && cell->number <= LAST))
        return false;
    int64_t day = (int64_t)cell->number;
    /* The program believes that 1900 had a 29th of February. */
    *out_days_since_1970 = table->book->from_1904 ? day - 24107 : day - (day > 60 ? 25569 : 25568);
    return true;
}

static bool is_period_text(const char *text)
{
    uf_period period;
    return uf_period_parse(text, strlen(text), &period);
}

bool uf_cell_is_period(const struct uf_sheet_table *table, const struct uf_grid_cell *cell)
{
    int64_t days;
    char text[UF_NUMBER_SIZE];
    if (cell->kind == UF_GRID_TEXT) return is_period_text(uf_grid_text(table->book, table->grid, cell));
    return cell->kind == UF_GRID_NUMBER &&
           (uf_cell_is_date(table, cell, &days) || is_period_text(uf_number_print(cell->number, text)));
}

bool uf_cell_is_value(const struct uf_sheet_table *table, const struct uf_grid_cell *cell)
{
    double number;
    uf_value_status status;
    if (cell->kind == UF_GRID_ERROR) return true;
    if (cell->kind == UF_GRID_NUMBER) return !uf_cell_is_period(table, cell);
    if (cell->kind != UF_GRID_TEXT) return false;
    const char *text = uf_grid_text(table->book, table->grid, cell);
    size_t n = strlen(text);
    return uf_value_is_missing_sign(text, n, &status) ||
           (!is_period_text(text) && (uf_number_parse_grouped(text, n, '.', ' ', &number) ||
                                      uf_number_parse_grouped(text, n, ',', ' ', &number)));
}

bool uf_cell_same(const struct uf_grid_cell *a, const struct uf_grid_cell *b)
{
    return a->kind == b->kind && (a->kind == UF_GRID_TEXT || a->kind == UF_GRID_ERROR
                                      ? a->text == b->text && a->shared == b->shared
                                      : a->number >= b->number && a->number <= b->number);
}

const struct uf_grid_cell *uf_heading_at(const struct uf_sheet_table *table, uint32_t row, uint32_t column)
{
    if (!table->headings || column < table->zone) return uf_grid_at(table->grid, row, column);
    size_t width = (size_t)table->last_column - table->zone + 1;
    return table->headings[(row - table->header_first) * width + (column - table->zone)];
}

void uf_sheet_table_clear(struct uf_sheet_table *table)
{
    free(table->headings);
    memset(table, 0, sizeof *table);
}

/* --- rows -------------------------------------------------------------------------------------- */

struct row {
    uint32_t number, first, last; /* columns */
    size_t filled, contents;      /* contents: a merged area counts once */
    bool merged;                  /* something stands over several columns */
    bool has_value;
    uint32_t first_value, first_typed; /* columns; typed: a number that is a text, so it may be a code */
};

static bool is_code_like(const struct uf_sheet_table *table, const struct uf_grid_cell *cell)
{
    uf_value_status status;
    if (cell->kind != UF_GRID_TEXT) return false;
    const char *text = uf_grid_text(table->book, table->grid, cell);
    return !uf_value_is_missing_sign(text, strlen(text), &status);
}

static struct row look_at(const struct uf_sheet_table *table, uint32_t number)
{
    const struct uf_grid *grid = table->grid;
    struct row row = {.number = number};
    for (size_t i = uf_grid_row(grid, number); i < grid->n_cells && grid->cells[i].row == number; i++) {
        const struct uf_grid_cell *cell = &grid->cells[i];
        bool repeated = cell->spread && row.filled > 0 && cell[-1].column + 1 == cell->column &&
                        uf_cell_same(cell, cell - 1);
        if (row.filled++ == 0) row.first = cell->column;
        row.last = cell->column;
        row.contents += !repeated;
        row.merged = row.merged || repeated;
        if (repeated || !uf_cell_is_value(table, cell)) continue;
        row.has_value = true;
        if (is_code_like(table, cell) && (row.first_typed == 0 || row.first_typed == row.first))
            row.first_typed = cell->column;
        else if (!is_code_like(table, cell) && row.first_value == 0)
            row.first_value = cell->column;
    }
    return row;
}

/* The next row after `number` that is not empty; its `filled` is 0 at the end. */
static struct row next_row(const struct uf_sheet_table *table, uint32_t number)
{
    size_t i = uf_grid_row(table->grid, number + 1);
    return i < table->grid->n_cells ? look_at(table, table->grid->cells[i].row) : (struct row){0};
}

static struct row row_before(const struct uf_sheet_table *table, uint32_t number)
{
    size_t i = uf_grid_row(table->grid, number);
    return i > 0 ? look_at(table, table->grid->cells[i - 1].row) : (struct row){0};
}

/* The first row that can only be one of data. */
static struct row find_data(const struct uf_sheet_table *table, uint32_t after)
{
    struct row row = next_row(table, after), second = {0};
    size_t seen = 0;
    for (; row.filled > 0; row = next_row(table, row.number)) {
        if (row.contents < 2) continue;
        if (row.has_value) return row;
        if (++seen == 2) second = row;
    }
    return second; /* all numbers look like years */
}

/* May the row above data that begins in column `first` be one of its headers? A title stands alone, there. */
static bool may_be_header(const struct row *row, uint32_t first)
{
    return row->filled > 0 && (row->contents > 1 || row->first > first);
}

/* The topmost header row above the data; 0: there is none. */
static uint32_t find_header(const struct uf_sheet_table *table, const struct row *data)
{
    enum { GAP = 2 };
    struct row row = row_before(table, data->number);
    if (!may_be_header(&row, data->first) || data->number - row.number > GAP) return 0;
    struct row top = row;
    for (;;) {
        row = row_before(table, top.number);
        if (!may_be_header(&row, data->first) || top.number - row.number > 1) break;
        top = row;
    }
    /* Words beside words, such as a source and its name, are narrower than the table; a title may stand alone
     * somewhere over a row that has a heading for the first column. */
    for (;;) {
        row = next_row(table, top.number);
        bool narrow = top.first <= data->first && top.filled < (data->filled + 1) / 2,
             alone = top.contents == 1 && !top.merged && top.first < data->last && row.first <= data->first;
        if (row.number >= data->number || !may_be_header(&row, data->first) || !(narrow || alone)) break;
        top = row;
    }
    return top.number;
}

/* Does the row below a header row belong to the header? One of data begins with a code. */
static bool continues_header(const struct uf_sheet_table *table, const struct row *top, const struct row *row)
{
    if (row->filled == 0 || row->has_value) return false;
    const struct uf_grid_cell *cell = uf_grid_at(table->grid, row->number, table->first_column);
    if (!cell || cell->spread) return true;
    return top->merged && !uf_grid_at(table->grid, top->number, table->first_column);
}

static void find_header_rows(struct uf_sheet_table *table)
{
    struct row top = look_at(table, table->header_first), row = next_row(table, top.number);
    table->header_last = top.number;
    for (int n = 1; n < UF_SHEET_MOST_HEADERS && row.number == table->header_last + 1 &&
                    continues_header(table, &top, &row);
         n++) {
        table->header_last = row.number;
        row = next_row(table, row.number);
    }
    table->first_row = row.number;
}

/* --- columns ----------------------------------------------------------------------------------- */

/* Headings over headings: from which column on, and which row of them holds periods. */
static uf_status find_zone(struct uf_sheet_table *table, struct uf_error *error)
{
    if (table->header_first == table->header_last) return UF_OK;
    for (uint32_t j = table->first_column; j <= table->last_column && table->zone == 0; j++) {
        const struct uf_grid_cell *top = uf_grid_at(table->grid, table->header_first, j),
                                  *last = uf_grid_at(table->grid, table->header_last, j);
        if (top && last && !(last->spread && uf_cell_same(top, last))) table->zone = j;
    }
    if (table->zone == 0) return UF_OK;
    size_t rows = (size_t)table->header_last - table->header_first + 1,
           width = (size_t)table->last_column - table->zone + 1;
    table->headings = calloc(rows * width, sizeof *table->headings);
    if (!table->headings) return uf_fail_memory(error);
    for (size_t i = 0; i < rows; i++) {
        uint32_t row = table->header_first + (uint32_t)i;
        const struct uf_grid_cell *cell = NULL;
        bool periods = true;
        for (size_t j = 0; j < width; j++) {
            const struct uf_grid_cell *own = uf_grid_at(table->grid, row, table->zone + (uint32_t)j);
            cell = own || i + 1 == rows ? own : cell; /* stands over what is to its right too */
            table->headings[i * width + j] = cell;
            periods = periods && cell && uf_cell_is_period(table, cell);
        }
        if (periods) table->period_header = row;
    }
    return UF_OK;
}

/* The last row with a number (or a sign for one that is missing) among the values. */
static uint32_t find_last_row(const struct uf_sheet_table *table)
{
    const struct uf_grid *grid = table->grid;
    for (size_t i = grid->n_cells; i-- > 0 && grid->cells[i].row >= table->first_row;) {
        const struct uf_grid_cell *cell = &grid->cells[i];
        if (cell->column < table->first_value || cell->column > table->last_column) continue;
        if (cell->kind == UF_GRID_NUMBER || uf_cell_is_value(table, cell)) return cell->row;
    }
    return table->first_row;
}

static uf_status fail_no_header(const struct uf_sheet_table *table, const struct row *data, const char *file,
                                struct uf_error *error)
{
    return uf_fail_at(error, UF_BAD_INPUT, file, data->number, 0,
                      "%s, row %lu: numbers stand here and no header row is found above; name it: "
                      "--header-row 4, or the table's place: --range A4:F40",
                      table->sheet->name, (unsigned long)data->number);
}

uf_status uf_sheet_table_find(const struct uf_book *book, const struct uf_grid *grid,
                              const struct uf_sheet_entry *sheet, const struct uf_grid_area *area,
                              size_t header_row, bool chosen, const char *file, struct uf_sheet_table *out,
                              bool *out_found, struct uf_error *error)
{
    struct uf_sheet_table table = {.book = book, .grid = grid, .sheet = sheet};
    bool ranged = area->last_row < UF_GRID_MOST_ROWS;
    *out_found = false;
    if (header_row > 0 && !chosen && header_row > grid->last_row) return UF_OK;
    if (header_row > 0 && (header_row > grid->last_row || look_at(&table, (uint32_t)header_row).filled == 0))
        return uf_fail_at(error, UF_BAD_USAGE, file, 0, 0,
                          "row %zu of sheet '%.100s' is empty; it has %lu rows", header_row, sheet->name,
                          (unsigned long)grid->last_row);
    struct row data = find_data(&table, (uint32_t)header_row);
    if (data.filled == 0) {
        if (!chosen || (header_row == 0 && !ranged)) return UF_OK;
        return uf_fail_at(error, UF_BAD_INPUT, file, 0, 0, "sheet '%.100s' has no rows of numbers there",
                          sheet->name);
    }
    table.first_column = data.first;
    table.header_first = (uint32_t)header_row;
    if (header_row == 0)
        table.header_first = ranged ? next_row(&table, 0).number : find_header(&table, &data);
    if (table.header_first == 0 || table.header_first >= data.number)
        return fail_no_header(&table, &data, file, error);
    struct row top = look_at(&table, table.header_first);
    if (top.first < table.first_column) table.first_column = top.first;
    find_header_rows(&table);
    for (uint32_t i = table.header_first; i <= table.header_last; i++) {
        struct row row = look_at(&table, i);
        if (row.filled > 0 && row.last > table.last_column) table.last_column = row.last;
    }
    if (table.last_column <= table.first_column)
        return uf_fail_at(
            error, UF_BAD_INPUT, file, table.header_first, 0,
            "%s, row %lu: the header has one column; expected codes and values; name another row: "
            "--header-row 4",
            sheet->name, (unsigned long)table.header_first);
    if (table.first_row == 0)
        return uf_fail_at(error, UF_BAD_INPUT, file, table.header_last, 0,
                          "%s, row %lu: no row follows the header", sheet->name,
                          (unsigned long)table.header_last);
    table.first_value = data.first_value   ? data.first_value
                        : data.first_typed ? data.first_typed
                                           : table.last_column;
    UF_TRY(find_zone(&table, error));
    if (table.zone > 0) table.first_value = table.zone;
    table.last_row = find_last_row(&table);
    *out = table;
    *out_found = true;
    return UF_OK;
}
