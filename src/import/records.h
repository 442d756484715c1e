// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_RECORDS_H
#define UTFALL_IMPORT_RECORDS_H
/*
 * The records of a delimited text file, one at a time, parsed by libcsv in strict mode.
 *
 * libcsv knows no lines, passes over blank and ragged rows, and cannot be stopped by its callbacks. So it is
 * fed line by line (a line ends at most one record), which gives every record its line and every error its
 * place.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>

#include "import/input.h"

struct uf_field {
    const char *text; /* zero-terminated UTF-8; borrowed until the next record */
    size_t length;
};
struct uf_record {
    const struct uf_field *fields;
    size_t count;
    size_t line; /* where it begins, from 1 */
};
struct uf_records;

/* The input is borrowed and read from its start. */
uf_status uf_records_open(struct uf_input *input, char delimiter, struct uf_records **out,
                          struct uf_error *error);
void uf_records_close(struct uf_records *records);
/* `*out_more` is false at the end of the file. An unclosed quote, a quote inside a plain field and text after
 * a closing quote are UF_BAD_INPUT with line and column. */
uf_status uf_records_next(struct uf_records *records, struct uf_record *out, bool *out_more,
                          struct uf_error *error);
/* Where a field of the current record begins; columns in characters. */
void uf_records_place(const struct uf_records *records, size_t field, size_t *out_line, size_t *out_column);
/* The first record, as the header: names of the columns, unique and not empty. */
struct uf_text_list;
uf_status uf_records_header(struct uf_records *records, struct uf_text_list *out_names,
                            struct uf_error *error);
/* UF_BAD_INPUT where the record has not as many fields as the header. */
uf_status uf_records_check(const struct uf_records *records, const struct uf_record *record, size_t expected,
                           struct uf_error *error);
const char *uf_records_name(const struct uf_records *records); /* of the file */

/* The delimiter (`,`, `;`, tab or `|`) that cuts the first records, from the first that it cuts at all, into most
 * and equally many fields, or that a first line `sep=;` names; ',' where none does. */
char uf_delimiter_detect(const char *text);
#endif
