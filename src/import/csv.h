// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_CSV_H
#define UTFALL_IMPORT_CSV_H
/* What the long and the wide CSV reader share: the header, and a look at the first records before the first
 * cell. */
#include "import/format.h"
#include "import/records.h"

struct uf_csv_column {
    struct uf_decimal_evidence evidence;
    bool all_periods;   /* each non-empty sample is a period */
    bool all_flags;     /* each sample is empty or made of flags */
    bool leading_zeros; /* a code: `01` */
    size_t filled;      /* samples that are not empty */
};
struct uf_csv_head {
    struct uf_text_list names;
    struct uf_csv_column *columns;
    size_t n_rows; /* records looked at */
};
void uf_csv_head_clear(struct uf_csv_head *head);

/* Detects the delimiter (unless wished), reads the header and the first records. `flags`: Eurostat flags may
 * follow numbers. */
uf_status uf_csv_head_read(struct uf_input *input, char wished_delimiter, char *out_delimiter,
                           struct uf_csv_head *out, struct uf_error *error);
/* The index of the first column whose name is one of the words (case ignored), or SIZE_MAX. */
size_t uf_csv_named(const struct uf_csv_head *head, const char *const *words, size_t n_words);
/* The header's names are dimensions of Eurostat's: then flags may stand behind the numbers. */
bool uf_csv_is_eurostat(const struct uf_text_list *names);
/* The first line's fields hold at least one period, as in a wide table; the number of them. */
size_t uf_csv_period_columns(const struct uf_text_list *names);
/* The names in the header of a prefix, for a probe; false where it is no header of at least two columns. */
bool uf_csv_probe_names(const char *prefix, struct uf_text_list *out_names);
#endif
