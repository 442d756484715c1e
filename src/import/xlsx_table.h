// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_XLSX_TABLE_H
#define UTFALL_IMPORT_XLSX_TABLE_H
/*
 * Where on a sheet the table is: its header rows, its rows and its columns; and the table as text.
 *
 * The first row of at least two cells with a number among them is a row of the table. The rows of at least two
 * cells right above it are the header, but for those that begin like a row of data. What stands above is the
 * title; what stands below the last row with numbers is a footnote.
 */
#include "import/table_text.h"
#include "import/xlsx_grid.h"

enum { UF_SHEET_MOST_HEADERS = 4 };
struct uf_sheet_table {
    const struct uf_book *book;
    const struct uf_grid *grid;
    const struct uf_sheet_entry *sheet;
    uint32_t first_column, last_column;
    uint32_t header_first, header_last; /* rows */
    uint32_t first_row, last_row;       /* of the data */
    uint32_t first_value;               /* column: those to the left hold codes */
    uint32_t zone;                      /* of headings over headings: the first such column; 0: none */
    uint32_t period_header;             /* of them the row that holds the periods; 0: none does */
    /* of the zone, row by row: what stands over each column */
    const struct uf_grid_cell **headings;
};

/* `header_row` 0: find it. `chosen`: the user named this sheet. `*out_found` is false where it has no table. */
uf_status uf_sheet_table_find(const struct uf_book *book, const struct uf_grid *grid,
                              const struct uf_sheet_entry *sheet, const struct uf_grid_area *area,
                              size_t header_row, bool chosen, const char *file, struct uf_sheet_table *out,
                              bool *out_found, struct uf_error *error);

void uf_sheet_table_clear(struct uf_sheet_table *table);

/* What a cell holds. */
bool uf_cell_is_period(const struct uf_sheet_table *table, const struct uf_grid_cell *cell);
bool uf_cell_is_value(const struct uf_sheet_table *table, const struct uf_grid_cell *cell);
bool uf_cell_is_date(const struct uf_sheet_table *table, const struct uf_grid_cell *cell,
                     int64_t *out_days_since_1970);
struct uf_style uf_cell_style(const struct uf_sheet_table *table, const struct uf_grid_cell *cell);
/* The same content, as in two places of a merged area. */
bool uf_cell_same(const struct uf_grid_cell *a, const struct uf_grid_cell *b);
/* The heading over a column in one of several header rows: a heading that is not repeated stands over those to
 * its right too. NULL: none. */
const struct uf_grid_cell *uf_heading_at(const struct uf_sheet_table *table, uint32_t row, uint32_t column);

/* The table as text into `out`, what was found out as notes and facts of the reader. `*out_wide`: its columns are
 * periods. */
uf_status uf_sheet_table_write(const struct uf_sheet_table *table, const struct uf_reader_wishes *wishes,
                               struct uf_reader *reader, struct uf_table_text *out, bool *out_wide,
                               struct uf_error *error);
#endif
