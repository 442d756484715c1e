// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_XLSX_GRID_H
#define UTFALL_IMPORT_XLSX_GRID_H
/* The cells of one sheet, sorted by row and column; empty cells are not there. Merged cells are spread out: each
 * place of a merged area has the content of its first. Memory: 24 bytes a cell, and its text where it is not a
 * shared one. */
#include "import/xlsx_book.h"

enum uf_grid_kind { UF_GRID_TEXT, UF_GRID_NUMBER, UF_GRID_TRUTH, UF_GRID_ERROR };
struct uf_grid_cell {
    uint32_t row, column; /* from 1 */
    uint16_t style;
    uint8_t kind; /* enum uf_grid_kind */
    bool spread;  /* another place of a merged area than its first */
    bool shared;  /* `text` is a start in the book's strings, else in the grid's */
    union {
        size_t text;
        double number;
    };
};
struct uf_grid_area {
    uint32_t first_row, first_column, last_row, last_column;
};
struct uf_grid {
    struct uf_grid_cell *cells;
    size_t n_cells;
    struct uf_buffer texts; /* each terminated */
    struct uf_grid_area *merged;
    size_t n_merged;
    size_t n_hidden_rows, n_hidden_columns;
    uint32_t last_row, last_column;
};
enum { UF_GRID_MOST_ROWS = 1048576, UF_GRID_MOST_COLUMNS = 16384 };

/* The cells of a sheet that lie within the area; `file` for errors. */
uf_status uf_grid_read(const struct uf_book *book, const struct uf_sheet_entry *sheet,
                       const struct uf_grid_area *area, const char *file, struct uf_grid *out,
                       struct uf_error *error);
void uf_grid_clear(struct uf_grid *grid);
/* NULL where the place is empty. */
const struct uf_grid_cell *uf_grid_at(const struct uf_grid *grid, uint32_t row, uint32_t column);
/* The first cell of the row or, where it is empty, of the next that is not: an index, n_cells at the end. */
size_t uf_grid_row(const struct uf_grid *grid, uint32_t row);
/* The text of a text cell or an error. */
const char *uf_grid_text(const struct uf_book *book, const struct uf_grid *grid,
                         const struct uf_grid_cell *cell);
/* `B7` or `A3:F40`; false for anything else. */
bool uf_grid_area_parse(const char *text, struct uf_grid_area *out);
#endif
