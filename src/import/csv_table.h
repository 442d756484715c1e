// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_CSV_TABLE_H
#define UTFALL_IMPORT_CSV_TABLE_H
/*
 * The cells of a delimited table, once it is known what each column is.
 *
 * The formats of text tables differ only in that: which columns hold codes, which put codes in words, which hold
 * values, and what those stand for. A format's `open` fills a layout and hands it over; the cells, their
 * places, labels and notes are the same for all.
 *
 * A row gives one cell per value column. Its codes are those of the row's code columns, then (where the layout
 * has them) the content and the period that the value column stands for.
 */
#include "import/csv.h"

enum uf_csv_kind {
    UF_CSV_CODE,  /* a dimension */
    UF_CSV_LABEL, /* puts the codes of another column in words */
    UF_CSV_UNIT,  /* the unit of another column's code, or (of: SIZE_MAX) of the whole file */
    UF_CSV_SCALE, /* the power of ten of values, likewise */
    UF_CSV_VALUE,
    UF_CSV_FLAG,   /* the status of the row's value */
    UF_CSV_SECRET, /* whether the row's value may be published (SDMX CONF_STATUS) */
    UF_CSV_REMARK  /* left out */
};
struct uf_csv_role {
    enum uf_csv_kind kind;
    size_t of;                    /* of LABEL, UNIT and SCALE: the column with the code */
    enum uf_role hint;            /* of CODE: what the format says it is */
    bool prefixed, joined;        /* of CODE: `dcid:nuts/SE110`, `SE110: Stockholm` */
    const char *name;             /* of CODE: where it is not the header's; borrowed until open is done */
    const char *content, *period; /* of VALUE, where the layout has them; likewise */
};
struct uf_csv_layout {
    struct uf_csv_role *columns; /* one per column of the file; uf_csv_layout_clear frees it */
    size_t n_columns;
    const char *content_name, *period_name; /* of the dimensions that value columns make; NULL: none */
};
uf_status uf_csv_layout_make(const struct uf_csv_head *head, struct uf_csv_layout *out,
                             struct uf_error *error);
void uf_csv_layout_clear(struct uf_csv_layout *layout);

/* The user gave the column a role, or keeps some of its codes: it stays a dimension. */
bool uf_csv_is_wished(const struct uf_reader_wishes *wishes, const char *name);
/* Marks as labels the CODE columns that put another in words, and notices prefixes. Columns that the user gave
 * a role, or keeps codes of, stay as they are. */
uf_status uf_csv_layout_fold(const struct uf_csv_head *head, const struct uf_reader_wishes *wishes,
                             struct uf_csv_layout *layout, struct uf_error *error);
/* `before NAME, NAME after` as a note of the reader, with the names of the columns that are marked. */
uf_status uf_csv_note_columns(struct uf_reader *reader, const struct uf_csv_head *head, const bool *marked,
                              const char *before, const char *after, struct uf_error *error);

/* A power of ten as a code (`3`) or in words (`Thousands`) → `thousand `, nothing for ones; NULL where it is none. */
enum { UF_CSV_SCALE_SIZE = 32 };
const char *uf_csv_scale_words(const char *text, char buffer[UF_CSV_SCALE_SIZE]);
/* `Persons` behind `thousand ` is written small; `US Dollar` stays. */
uf_status uf_csv_unit_write(struct uf_content_facts *content, const char *scale, const char *unit,
                            struct uf_error *error);

/* Names the dimensions, tells titles, labels and units, and stands before the first cell. `reader->delimiter`
 * and `reader->rules` are the caller's. */
uf_status uf_csv_table_open(struct uf_reader *reader, const struct uf_csv_head *head,
                            const struct uf_csv_layout *layout, struct uf_error *error);
/* The functions of struct uf_format. */
uf_status uf_csv_table_next(struct uf_reader *reader, struct uf_cell *out, bool *out_more,
                            struct uf_error *error);
void uf_csv_table_place(const struct uf_reader *reader, size_t dimension, size_t *out_line,
                        size_t *out_column);
void uf_csv_table_close(struct uf_reader *reader);
/* The decimal mark of the value columns. */
uf_status uf_csv_table_decimals(struct uf_reader *reader, const struct uf_csv_head *head,
                                const struct uf_csv_layout *layout, char asked, struct uf_error *error);
#endif
