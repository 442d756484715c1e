// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_XLSX_BOOK_H
#define UTFALL_IMPORT_XLSX_BOOK_H
/* What a workbook holds beside the cells of its sheets: the list of sheets, the texts they share, and how numbers
 * are shown (a date is a number that is shown as one). Parts are found through their relationships. */
#include <stdint.h>
#include <utfall/text.h>

#include "import/table_text.h"
#include "import/xlsx_archive.h"

enum uf_look { UF_LOOK_PLAIN, UF_LOOK_DATE, UF_LOOK_TIME, UF_LOOK_PERCENT, UF_LOOK_ZEROS };
struct uf_style {
    enum uf_look look;
    unsigned zeros; /* UF_LOOK_ZEROS: `0000` shows 114 as 0114 */
};
struct uf_sheet_entry {
    char *name, *part; /* part NULL: a chart, not a sheet of cells */
    bool hidden;
};
struct uf_book {
    struct uf_archive *archive;
    struct uf_sheet_entry *sheets;
    size_t n_sheets;
    struct uf_style *styles;
    size_t n_styles;
    struct uf_buffer strings; /* the shared texts, each terminated */
    size_t *string_starts;
    size_t n_strings;
    bool from_1904; /* days are counted from 1904-01-01 */
};

uf_status uf_book_open(struct uf_input *input, struct uf_book *out, struct uf_error *error);
void uf_book_clear(struct uf_book *book);

/* How a format code such as `yyyy\-mm\-dd` or `0.0%` shows a number. */
struct uf_style uf_style_of(const char *format_code);
/* Line ends, tabs, no-break spaces and runs of blanks become one blank; none at the ends. In place. */
void uf_text_squeeze(char *text);
#endif
