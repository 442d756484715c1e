// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_TABLE_TEXT_H
#define UTFALL_IMPORT_TABLE_TEXT_H
/*
 * A table out of a file that is no text (a sheet, a statistics program's file), written as CSV into memory and
 * read by the CSV readers, so that a table means the same in whatever file it comes.
 *
 * What CSV cannot say is kept beside it: where in the file each line and field stood, and why a cell is missing.
 * Memory: the text, 16 bytes a line and 16 bytes a cell with a reason.
 */
#include <stdint.h>

#include "import/format.h"

struct uf_table_line {
    size_t start;         /* in the text */
    uint32_t row, column; /* in the file, from 1; column: of fields that have no column of their own */
};
struct uf_table_mark {
    uint32_t line, field; /* both from 0 */
    uf_value_status status;
};
struct uf_table_text {
    struct uf_buffer csv;
    struct uf_table_line *lines; /* the header is the first */
    size_t n_lines, lines_capacity;
    struct uf_table_mark *marks; /* in the order of the text */
    size_t n_marks, marks_capacity, mark;
    size_t n_fields;          /* of the line being written */
    bool filled;              /* one of them is not empty */
    uint32_t *columns;        /* of each field, in the file; 0: the line tells */
    size_t n_columns;         /* fields */
    const char *sheet;        /* borrowed; NULL: rows are observations, columns variables */
    struct uf_text_list *all; /* borrowed: names of the variables, where there is no sheet */
    struct uf_input *input;
    struct uf_reader reader; /* a CSV reader on the text */
};

/* A sentence into the reader's notes. */
uf_status uf_reader_note(struct uf_reader *reader, struct uf_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Room for one more item of an array that is as large as the power of two not below its count; NULL: no memory. */
void *uf_grow_array(void *items, size_t count, size_t size);

/* --- writing --- Each line has n_columns fields; a line of empty fields is not kept. */
uf_status uf_table_text_columns(struct uf_table_text *table, size_t n, struct uf_error *error);
void uf_table_text_field(struct uf_table_text *table, const char *text);
/* An empty field that is missing for this reason. */
uf_status uf_table_text_missing(struct uf_table_text *table, uf_value_status status, struct uf_error *error);
uf_status uf_table_text_end_line(struct uf_table_text *table, size_t row, size_t column,
                                 struct uf_error *error);

/* --- reading --- `wide`: one column per period. The outer reader gets dimensions with what is known of
 * them, contents, notes and rules. */
uf_status uf_table_text_open(struct uf_table_text *table, bool wide, struct uf_reader *outer,
                             const struct uf_reader_wishes *wishes, struct uf_error *error);
uf_status uf_table_text_next(struct uf_table_text *table, struct uf_cell *out, bool *out_more,
                             struct uf_error *error);
void uf_table_text_place(const struct uf_table_text *table, size_t dimension, size_t *out_row,
                         size_t *out_column);
/* `'Sheet 1'!B7`, or `observation 7, variable lan`. */
enum { UF_PLACE_NAME_SIZE = UF_READER_PLACE_SIZE };
void uf_table_text_name_place(const struct uf_table_text *table, size_t row, size_t column,
                              char out[UF_PLACE_NAME_SIZE]);
/* The same of the current cell. */
void uf_table_text_describe(const struct uf_table_text *table, size_t dimension, char *out, size_t size);
void uf_table_text_clear(struct uf_table_text *table);

/* The letters of a sheet's column, from 1. */
void uf_column_letters(size_t column, char out[8]);

/* --- dates --- A column of dates is a column of years where each is a first of January, else of months where
 * each is the first of its month, else of days. */
struct uf_date_grain {
    bool days, months; /* one is within a month; one is within a year */
    size_t n;
};
void uf_date_split(int64_t days_since_1970, int *out_year, int *out_month, int *out_day);
void uf_date_grain_observe(struct uf_date_grain *grain, int64_t days_since_1970);
/* `2020`, `2020-01` or `2020-01-31`. */
void uf_date_print(const struct uf_date_grain *grain, int64_t days_since_1970, char out[32]);
#endif
