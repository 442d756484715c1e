// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_CSV_H
#define UTFALL_IMPORT_CSV_H
/*
 * What the readers of delimited text share: the lines around the table, the header, and a look at the first
 * records before the first cell.
 *
 * A file may begin with lines of one field (a title) and end, behind a blank line, with lines of one field
 * (notes and sources). Both are no part of the table: `struct uf_csv_frame` says where the table lies.
 */
#include <stdint.h>

#include "import/format.h"
#include "import/records.h"
#include "store/codes.h"

struct uf_csv_frame {
    struct uf_text_list titles;  /* records above the header, their first field each */
    struct uf_text_list footers; /* below the table */
    size_t footer_line;          /* of the first of them; 0: none */
};
struct uf_csv_column {
    struct uf_decimal_evidence evidence;
    bool all_periods;           /* each non-empty sample is a period */
    bool all_flags;             /* each sample is empty or made of flags */
    bool capital_flags;         /* of the flags some are capitals (SDMX) */
    bool leading_zeros;         /* a code: `01` */
    bool whole;                 /* no sample has a decimal mark */
    bool row_numbers;           /* 1, 2, 3 … down the rows, now and then from 1 again */
    size_t filled;              /* samples that are not empty */
    double previous;            /* of row_numbers */
    struct uf_text_list values; /* the different samples, in the order they are met */
    struct uf_codes index;      /* text → place in `values` */
};
struct uf_csv_head {
    struct uf_csv_frame frame;
    struct uf_text_list names;
    struct uf_csv_column *columns;
    uint32_t *samples; /* n_rows × names.count: places in the column's values; NULL: too many columns */
    size_t n_rows;     /* records looked at */
};
void uf_csv_head_clear(struct uf_csv_head *head);

/* Detects the delimiter (unless wished), finds the table, reads the header and the first records. A file with
 * a header and no rows is UF_BAD_INPUT. */
uf_status uf_csv_head_read(struct uf_input *input, char wished_delimiter, char *out_delimiter,
                           struct uf_csv_head *out, struct uf_error *error);
/* The same on the first lines of a file, for a probe; false where they are no header of at least two columns.
 * What cannot be read behind the header is passed over. */
bool uf_csv_probe(const char *prefix, struct uf_csv_head *out);
/* Opens the records at the first row under the header. */
uf_status uf_csv_rows_open(struct uf_input *input, char delimiter, const struct uf_csv_frame *frame,
                           struct uf_records **out, struct uf_error *error);
/* The next row, checked to have `n_columns` fields; `*out_more` is false at the end of the table. */
uf_status uf_csv_rows_next(struct uf_records *records, const struct uf_csv_frame *frame, size_t n_columns,
                           struct uf_record *out, bool *out_more, struct uf_error *error);
/* Titles and footers into the reader's notes and facts. */
uf_status uf_csv_frame_tell(struct uf_reader *reader, const struct uf_csv_frame *frame,
                            struct uf_error *error);

/* --- columns (csv_columns.c) -------------------------------------------------------------------- */

/* The index of the first column whose name is one of the words (case ignored), or SIZE_MAX. */
size_t uf_csv_named(const struct uf_csv_head *head, const char *const *words, size_t n_words);
/* The header's names are dimensions of Eurostat's: then flags may stand behind the numbers. */
bool uf_csv_is_eurostat(const struct uf_text_list *names);
/* A name that says that the column holds codes, whatever they look like. */
bool uf_csv_names_code(const char *name);
/* On all samples one text of `from` goes with one text of `to`, where `from` has several. */
bool uf_csv_is_function(const struct uf_csv_head *head, size_t from, size_t to);
/* For each column the column whose codes it puts in words, or SIZE_MAX: the two change together on all
 * samples, and one reads like words, the other like codes. `is_free` says which columns may take part. */
void uf_csv_find_labels(const struct uf_csv_head *head, const bool *is_free, size_t *out_label_of);
/* All samples begin with a graph's prefix, as in `dcid:nuts/SE110`. */
bool uf_csv_is_prefixed(const struct uf_csv_column *column);
/* The code behind such a prefix. */
const char *uf_csv_bare_code(const char *text);
/* All samples are `code: words`; `tight`: also without the blank. */
bool uf_csv_is_joined(const struct uf_csv_column *column, bool tight);
#endif
