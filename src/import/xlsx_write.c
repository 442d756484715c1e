// SPDX-License-Identifier: GPL-3.0-or-later
/* A table of a sheet as text: dates as periods, merged labels filled down, headings over headings as columns. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>
#include <utfall/period.h>

#include "base/fail.h"
#include "import/xlsx_table.h"

enum { TEXT_SIZE = 80, MOST_NOTES = 100 };

struct column {
    uint32_t number;
    bool fill_down, filled_from_merged;
    size_t percents;
    struct uf_date_grain dates;
    char *name; /* joined headings; NULL in the zone of an unfolded table */
};
struct writer {
    const struct uf_sheet_table *table;
    struct uf_reader *reader;
    struct uf_table_text *out;
    struct column *columns;
    size_t n_columns, n_codes;   /* n_codes: columns left of the zone, where it is unfolded */
    struct uf_value_rules rules; /* of numbers written as texts */
    struct uf_date_grain header_dates;
    bool unfold;
    size_t n_errors;
    char first_error[64];
    struct uf_buffer text; /* of the last cell printed */
};

/* --- cells as text ----------------------------------------------------------------------------- */

/* The cell as text in `writer->text`. `grain` NULL: that of a single date. */
static const char *print(struct writer *w, const struct uf_grid_cell *cell, const struct uf_date_grain *grain)
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
static const char *print_value(struct writer *w, const struct uf_grid_cell *cell)
{
    const char *text = print(w, cell, NULL);
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

static const struct uf_grid_cell *find_value_above(const struct writer *w, uint32_t row, uint32_t column)
{
    const struct uf_grid_cell *cell = NULL;
    while (!cell && row-- > w->table->first_row) cell = uf_grid_at(w->table->grid, row, column);
    return cell;
}

static uf_status write_cell(struct writer *w, const struct column *column, uint32_t row,
                            struct uf_error *error)
{
    const struct uf_grid_cell *cell = uf_grid_at(w->table->grid, row, column->number);
    if (!cell && column->fill_down) cell = find_value_above(w, row, column->number);
    if (!cell) {
        uf_table_text_field(w->out, "");
    } else if (cell->kind == UF_GRID_ERROR) {
        const char *text = uf_grid_text(w->table->book, w->table->grid, cell);
        return uf_table_text_missing(
            w->out, strcmp(text, "#DIV/0!") ? UF_VALUE_NOT_AVAILABLE : UF_VALUE_UNDEFINED, error);
    } else {
        int64_t days;
        uf_table_text_field(w->out, uf_cell_is_date(w->table, cell, &days)
                                        ? print(w, cell, column->dates.n ? &column->dates : NULL)
                                    : column->number >= w->table->first_value ? print_value(w, cell)
                                                                              : print(w, cell, NULL));
    }
    return w->text.failed ? uf_fail_memory(error) : UF_OK;
}

/* --- a look at all rows ------------------------------------------------------------------------ */

static void look_at_errors(struct writer *w, const struct uf_grid_cell *cell)
{
    if (cell->kind != UF_GRID_ERROR) return;
    char letters[8];
    uf_column_letters(cell->column, letters);
    if (w->n_errors++ == 0)
        snprintf(w->first_error, sizeof w->first_error, "%s%lu (%.20s)", letters, (unsigned long)cell->row,
                 uf_grid_text(w->table->book, w->table->grid, cell));
}

/* A code that is written once for several rows leaves more than half of its column empty, and never the first. */
static void decide_fill_down(const struct writer *w, struct column *column, size_t n_rows, size_t n_cells)
{
    if (column->number >= w->table->first_value || n_cells == 0) return;
    column->fill_down =
        2 * n_cells <= n_rows && uf_grid_at(w->table->grid, w->table->first_row, column->number);
}

static uf_status survey(struct writer *w, struct uf_decimal_evidence *evidence, struct uf_error *error)
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
        while (j < w->n_columns && w->columns[j].number < cell->column) j++;
        if (j == w->n_columns || w->columns[j].number != cell->column) continue;
        struct column *column = &w->columns[j];
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
static uf_status join_headings(struct writer *w, struct column *column, bool is_period,
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
        uf_buffer_append(&name, print(w, cell, &w->header_dates));
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

static bool column_has_cells(const struct uf_sheet_table *table, uint32_t column)
{
    for (uint32_t i = table->header_first; i <= table->header_last; i++)
        if (uf_grid_at(table->grid, i, column)) return true;
    for (size_t i = uf_grid_row(table->grid, table->first_row);
         i < table->grid->n_cells && table->grid->cells[i].row <= table->last_row; i++)
        if (table->grid->cells[i].column == column) return true;
    return false;
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

static uf_status lay_out(struct writer *w, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    w->columns = calloc((size_t)table->last_column - table->first_column + 1, sizeof *w->columns);
    if (!w->columns) return uf_fail_memory(error);
    for (uint32_t i = table->header_first; i <= table->header_last && table->period_header; i++)
        if (i != table->period_header && varies(table, i)) w->unfold = true;
    int64_t days;
    for (size_t i = uf_grid_row(table->grid, table->header_first);
         i < table->grid->n_cells && table->grid->cells[i].row <= table->header_last; i++)
        if (uf_cell_is_date(table, &table->grid->cells[i], &days))
            uf_date_grain_observe(&w->header_dates, days);
    for (uint32_t j = table->first_column; j <= table->last_column; j++) {
        if (!column_has_cells(table, j)) continue;
        struct column *column = &w->columns[w->n_columns++];
        column->number = j;
        if (w->unfold && j >= table->zone) continue;
        w->n_codes++;
        UF_TRY(join_headings(w, column, table->period_header > 0, error));
    }
    return UF_OK;
}

/* --- the text ---------------------------------------------------------------------------------- */

static uf_status begin_text(struct writer *w, bool *out_wide, struct uf_error *error)
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
static uf_status write_unfolded(struct writer *w, uint32_t row, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    for (size_t j = w->n_codes; j < w->n_columns; j++) {
        uint32_t column = w->columns[j].number;
        for (size_t i = 0; i < w->n_codes; i++) UF_TRY(write_cell(w, &w->columns[i], row, error));
        for (uint32_t i = table->header_first; i <= table->header_last; i++)
            if (i != table->period_header)
                uf_table_text_field(w->out, print(w, uf_heading_at(table, i, column), &w->header_dates));
        uf_table_text_field(w->out,
                            print(w, uf_heading_at(table, table->period_header, column), &w->header_dates));
        UF_TRY(write_cell(w, &w->columns[j], row, error));
        UF_TRY(uf_table_text_end_line(w->out, row, column, error));
    }
    return UF_OK;
}

static uf_status write_rows(struct writer *w, struct uf_error *error)
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

/* --- what was found out ------------------------------------------------------------------------ */

/* The cells of a row as one text. */
static const char *join_row(struct writer *w, struct uf_buffer *line, uint32_t row)
{
    const struct uf_grid *grid = w->table->grid;
    line->length = 0;
    uf_buffer_append_bytes(line, "", 0);
    for (size_t i = uf_grid_row(grid, row); i < grid->n_cells && grid->cells[i].row == row; i++) {
        if (grid->cells[i].spread) continue;
        if (line->length > 0) uf_buffer_append_char(line, ' ');
        uf_buffer_append(line, print(w, &grid->cells[i], NULL));
    }
    return line->data ? line->data : "";
}

/* The rows above the table are its title and notes, those below its footnotes. */
static uf_status note_other_rows(struct writer *w, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    const struct uf_grid *grid = table->grid;
    struct uf_buffer line = {0};
    size_t above = 0, below = 0;
    uf_status status = UF_OK;
    for (size_t i = 0; i < grid->n_cells && status == UF_OK;) {
        uint32_t row = grid->cells[i].row;
        if (row < table->header_first || row > table->last_row) {
            const char *text = join_row(w, &line, row);
            bool first = above == 0 && row < table->header_first;
            above += row < table->header_first;
            below += row > table->last_row;
            if (!*text) { /* the rest of a merged area */
            } else if (first) {
                status = uf_facts_set(&w->reader->facts.title, text, error);
            } else if (above + below < MOST_NOTES) {
                status = uf_facts_note(&w->reader->facts, "", text, error);
            }
        }
        i = uf_grid_row(grid, row + 1);
    }
    if (status == UF_OK && line.failed) status = uf_fail_memory(error);
    uf_buffer_clear(&line);
    if (status == UF_OK && above > 0)
        status =
            uf_reader_note(w->reader, error, "%zu row%s above the table passed over: %.200s", above,
                           above > 1 ? "s are" : " is", w->reader->facts.title ? w->reader->facts.title : "");
    if (status == UF_OK && below > 0)
        status = uf_reader_note(w->reader, error, "%zu row%s below the table (from row %lu on) kept as notes",
                                below, below > 1 ? "s are" : " is",
                                (unsigned long)grid->cells[uf_grid_row(grid, table->last_row + 1)].row);
    return status;
}

static uf_status note_columns(struct writer *w, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    char letters[8];
    for (size_t j = 0; j < w->n_columns; j++) {
        const struct column *column = &w->columns[j];
        uf_column_letters(column->number, letters);
        if (column->number < table->first_value && (column->fill_down || column->filled_from_merged))
            UF_TRY(uf_reader_note(w->reader, error, "labels of column %s that are %s are filled down",
                                  letters,
                                  column->fill_down ? "written once for several rows" : "merged cells"));
        if (column->percents > 0)
            UF_TRY(uf_reader_note(w->reader, error,
                                  "column %s is shown as per cent: 5 %% is the number 0.05, and is stored so",
                                  letters));
        if (column->dates.n > 0)
            UF_TRY(uf_reader_note(w->reader, error, "the dates of column %s are read as %s", letters,
                                  column->dates.days     ? "days"
                                  : column->dates.months ? "months"
                                                         : "years"));
    }
    return UF_OK;
}

static uf_status note_sheet(struct writer *w, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    char first[8], last[8];
    uf_column_letters(table->first_column, first);
    uf_column_letters(table->last_column, last);
    UF_TRY(uf_reader_note(
        w->reader, error, "the table is %s%lu:%s%lu of sheet '%.100s', its header row%s %lu%s", first,
        (unsigned long)table->header_first, last, (unsigned long)table->last_row, table->sheet->name,
        table->header_first < table->header_last ? "s begin at" : " is", (unsigned long)table->header_first,
        w->unfold ? "; headings over periods become the column 'heading'" : ""));
    if (table->sheet->hidden)
        UF_TRY(uf_reader_note(w->reader, error, "the sheet '%.100s' is hidden in the workbook",
                              table->sheet->name));
    if (table->grid->n_hidden_rows + table->grid->n_hidden_columns > 0)
        UF_TRY(uf_reader_note(w->reader, error,
                              "hidden rows (%zu) and columns (%zu) of the sheet are read too",
                              table->grid->n_hidden_rows, table->grid->n_hidden_columns));
    if (w->n_errors > 0)
        UF_TRY(uf_reader_note(w->reader, error, "%zu cell%s an error instead of a value, first %s: missing",
                              w->n_errors, w->n_errors > 1 ? "s hold" : " holds", w->first_error));
    return UF_OK;
}

/* A period over which something stands once for the whole table: that is what is counted. */
static uf_status note_content(struct writer *w, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    struct uf_content_facts *content;
    if (table->period_header == 0 || w->unfold) return UF_OK;
    for (uint32_t i = table->header_first; i <= table->header_last; i++) {
        const struct uf_grid_cell *cell = uf_heading_at(table, i, table->zone);
        if (i == table->period_header || !cell) continue;
        UF_TRY(uf_facts_content(&w->reader->facts, "", &content, error));
        return uf_facts_set(&content->label, print(w, cell, NULL), error);
    }
    return UF_OK;
}

static uf_status write_all(struct writer *w, const struct uf_reader_wishes *wishes, bool *out_wide,
                           struct uf_error *error)
{
    struct uf_decimal_evidence evidence = {0};
    UF_TRY(lay_out(w, error));
    UF_TRY(survey(w, &evidence, error));
    UF_TRY(uf_decimal_decide(&evidence, wishes->decimal, ';', uf_input_name(w->reader->input), &w->rules,
                             error));
    UF_TRY(begin_text(w, out_wide, error));
    UF_TRY(write_rows(w, error));
    UF_TRY(note_sheet(w, error));
    UF_TRY(note_other_rows(w, error));
    UF_TRY(note_columns(w, error));
    return note_content(w, error);
}

uf_status uf_sheet_table_write(const struct uf_sheet_table *table, const struct uf_reader_wishes *wishes,
                               struct uf_reader *reader, struct uf_table_text *out, bool *out_wide,
                               struct uf_error *error)
{
    struct writer writer = {.table = table, .reader = reader, .out = out, .rules = {'.', ' ', false}};
    uf_status status = write_all(&writer, wishes, out_wide, error);
    for (size_t j = 0; j < writer.n_columns; j++) free(writer.columns[j].name);
    free(writer.columns);
    uf_buffer_clear(&writer.text);
    return status;
}
