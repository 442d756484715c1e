// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_READSTAT_WALK_H
#define UTFALL_IMPORT_READSTAT_WALK_H
/* A walk over a file of a statistics program: ReadStat calls back for each variable, label and value. */
#include "import/readstat_values.h"

struct uf_variable {
    char *label, *label_set; /* NULL: none */
    struct uf_shown shown;
    struct uf_date_grain dates;
    double least, most; /* of whole numbers */
    bool numbers, fractions;
};
struct uf_value_label {
    char *set, *code, *text;
};
/* Values that are missing for a reason of their own. */
struct uf_missing_reason {
    size_t variable, count;
    char code[64];
};
struct uf_statistics {
    struct uf_reader *reader;
    enum uf_program program;
    struct uf_table_text table;
    struct uf_text_list names;
    struct uf_variable *variables;
    struct uf_value_label *labels;
    size_t n_labels, n_variables;
    struct uf_missing_reason *reasons;
    size_t n_reasons;
    /* the walk */
    bool writing;
    size_t position; /* in the file */
    size_t next_variable;
    int version; /* of the file's format */
    uf_status status;
    struct uf_error error;
    char complaint[200]; /* ReadStat's own words */
};

/* The first walk (`writing` false) collects variables, labels and what kind of dates there are; the second writes the
 * values into `table`, whose header is there. (Value labels of Stata stand behind the values.) */
uf_status uf_statistics_walk(struct uf_statistics *state, bool writing, struct uf_error *error);
#endif
