// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_XLSX_WRITE_H
#define UTFALL_IMPORT_XLSX_WRITE_H
/* What the writing of a sheet's table and the notes on it share. */
#include "import/xlsx_table.h"

struct uf_sheet_column {
    uint32_t number;
    bool filled, fill_down, filled_from_merged; /* filled: it has cells */
    const struct uf_grid_cell *last;            /* the last one written, to be filled down */
    size_t percents;
    struct uf_date_grain dates;
    char *name; /* joined headings; NULL in the zone of an unfolded table */
};
struct uf_sheet_writer {
    const struct uf_sheet_table *table;
    struct uf_reader *reader;
    struct uf_table_text *out;
    struct uf_sheet_column *columns;
    size_t n_columns, n_codes;   /* n_codes: columns left of the zone, where it is unfolded */
    struct uf_value_rules rules; /* of numbers written as texts */
    struct uf_date_grain header_dates;
    bool unfold;
    size_t n_errors, n_beside; /* beside: cells right or left of the table, which nobody reads */
    char first_error[64], first_beside[32];
    struct uf_buffer text; /* of the last cell printed */
};

/* The cell as text in `writer->text`; NULL is "". `grain` NULL: that of a single date. */
const char *uf_sheet_print(struct uf_sheet_writer *writer, const struct uf_grid_cell *cell,
                           const struct uf_date_grain *grain);
/* What was found out, as notes and facts of the reader: which table was taken, title, footnotes, dates, errors. */
uf_status uf_sheet_notes(struct uf_sheet_writer *writer, struct uf_error *error);
#endif
