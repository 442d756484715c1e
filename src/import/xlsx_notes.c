// SPDX-License-Identifier: GPL-3.0-or-later
/* What is said of a sheet's table beside its cells. */
#include <string.h>

#include "base/fail.h"
#include "import/xlsx_write.h"

enum { MOST_NOTES = 100 };

/* The cells of a row as one text. */
static const char *join_row(struct uf_sheet_writer *w, struct uf_buffer *line, uint32_t row)
{
    const struct uf_grid *grid = w->table->grid;
    line->length = 0;
    uf_buffer_append_bytes(line, "", 0);
    for (size_t i = uf_grid_row(grid, row); i < grid->n_cells && grid->cells[i].row == row; i++) {
        if (grid->cells[i].spread) continue;
        if (line->length > 0) uf_buffer_append_char(line, ' ');
        uf_buffer_append(line, uf_sheet_print(w, &grid->cells[i], NULL));
    }
    return line->data ? line->data : "";
}

/* The rows above the table are its title and notes, those below its footnotes. */
static uf_status note_other_rows(struct uf_sheet_writer *w, struct uf_error *error)
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

static uf_status note_columns(struct uf_sheet_writer *w, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    char letters[8];
    for (size_t j = 0; j < w->n_columns; j++) {
        const struct uf_sheet_column *column = &w->columns[j];
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

static uf_status note_sheet(struct uf_sheet_writer *w, struct uf_error *error)
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
    if (w->n_beside > 0)
        UF_TRY(uf_reader_note(w->reader, error,
                              "%zu cell%s beside the table, under no heading, passed over: first %s",
                              w->n_beside, w->n_beside > 1 ? "s are" : " is", w->first_beside));
    if (w->n_errors > 0)
        UF_TRY(uf_reader_note(w->reader, error, "%zu cell%s an error instead of a value, first %s: missing",
                              w->n_errors, w->n_errors > 1 ? "s hold" : " holds", w->first_error));
    return UF_OK;
}

/* A period over which something stands once for the whole table: that is what is counted. */
static uf_status note_content(struct uf_sheet_writer *w, struct uf_error *error)
{
    const struct uf_sheet_table *table = w->table;
    struct uf_content_facts *content;
    if (table->period_header == 0 || w->unfold) return UF_OK;
    for (uint32_t i = table->header_first; i <= table->header_last; i++) {
        const struct uf_grid_cell *cell = uf_heading_at(table, i, table->zone);
        if (i == table->period_header || !cell) continue;
        UF_TRY(uf_facts_content(&w->reader->facts, "", &content, error));
        return uf_facts_set(&content->label, uf_sheet_print(w, cell, NULL), error);
    }
    return UF_OK;
}

uf_status uf_sheet_notes(struct uf_sheet_writer *w, struct uf_error *error)
{
    UF_TRY(note_sheet(w, error));
    UF_TRY(note_other_rows(w, error));
    UF_TRY(note_columns(w, error));
    return note_content(w, error);
}
