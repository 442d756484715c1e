// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EXPORT_CSV_DIALECT_H
#define UTFALL_EXPORT_CSV_DIALECT_H
/* Which columns a form of CSV has, under which headings, and how it writes them. */
#include "export/writers.h"

enum export_column_kind {
    EXPORT_COLUMN_DATAFLOW,
    EXPORT_COLUMN_FREQUENCY,
    EXPORT_COLUMN_INDICATOR,
    EXPORT_COLUMN_INDICATOR_NAME,
    EXPORT_COLUMN_REGION,
    EXPORT_COLUMN_REGION_NAME,
    EXPORT_COLUMN_SECTOR,
    EXPORT_COLUMN_BREAKDOWN, /* one column per dimension */
    EXPORT_COLUMN_UNIT,
    EXPORT_COLUMN_PERIOD,
    EXPORT_COLUMN_VALUE,
    EXPORT_COLUMN_STATUS,
    EXPORT_COLUMN_LETTERS,
    EXPORT_COLUMN_CONFIDENTIALITY,
    EXPORT_COLUMN_REMARK
};
enum { EXPORT_MOST_COLUMNS = 12 };

struct export_column {
    const char *heading;
    enum export_column_kind kind;
};
struct export_dialect {
    const char *format, *title, *file_name;
    const char *delimiter, *decimal, *line_end, *mark; /* mark: of the byte order; "": none */
    enum export_order order;
    bool for_people; /* codes with names behind, guarded against spreadsheets, in Swedish */
    bool sdmx_periods;
    struct export_column columns[EXPORT_MOST_COLUMNS + 1];
};

extern const struct export_dialect export_tidy, export_excel, export_sdmx;

/* Adds the resource of the observations. `headings` are those of the dimensions of a breakdown, in their order. */
uf_status export_csv_describe(const struct export_dialect *dialect, const struct uf_text_list *headings,
                              const struct export_contents *contents, json_t *resources,
                              struct uf_error *error);
#endif
