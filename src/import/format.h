// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_FORMAT_H
#define UTFALL_IMPORT_FORMAT_H
/*
 * A file format, as a value.
 *
 * Whatever a file looks like, a reader shows it as cells: each cell has one code in each of the file's own
 * dimensions (`geo`, `nace_r2`, `time` …) and a text where the value stands. What a dimension means, which
 * cells are kept, what a text is worth and how an observation is stored is the importer's business and the
 * same for all formats.
 *
 * To add a format: write one file in this folder that defines a `const struct uf_format` with the five
 * functions below (csv_wide.c is the shortest example), and add one line to the table in formats.c. `probe`
 * sees the first lines of a file as UTF-8, `probe_bytes` the first bytes of a file that is not text; the
 * highest score above 0 wins. Nothing else needs to know.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/import.h>

#include "import/facts.h"
#include "import/input.h"
#include "import/values.h"

struct uf_cell {
    const char *const *codes; /* one per dimension; borrowed until the next cell */
    const char *text;         /* the value as written; NULL where `is_read` */
    size_t length;
    const char *flags; /* of a status column; NULL: none */
    /* A format that knows its numbers and its own signs for "missing" gives the value instead of a text. */
    bool is_read;
    double value; /* NaN if and only if the status is missing */
    uf_value_status status;
};

enum { UF_READER_PLACE_SIZE = 300 };
/* In place of a dimension's index: the value itself. */
#define UF_VALUE_PLACE SIZE_MAX

/* What the user said about the file that a reader needs. */
struct uf_reader_wishes {
    char delimiter, decimal;               /* 0: find out */
    const struct uf_dimension_role *roles; /* a long file needs to know which column is the value */
    size_t n_roles;
    const struct uf_keep *keep; /* a column that is kept by its codes is no mere label */
    size_t n_keep;
    const char *sheet; /* of a workbook: name or number from 1; NULL: the first with a table; of a JSON-stat
                             file, a data set; NULL: the only one */
    const char *range; /* of a sheet: `A3:F40`; NULL: found */
    size_t header_row; /* of a sheet, from 1; 0: found */
    const char *language; /* of a file with several: `sv`; NULL: the file's first */
};

struct uf_format;
struct uf_reader {
    const struct uf_format *format;
    struct uf_input *input;         /* borrowed */
    struct uf_text_list dimensions; /* their names in the file */
    struct uf_text_list notes;      /* what was found out or is wrong with the file, a sentence each */
    struct uf_file_facts facts;     /* what the file says of itself; freed by uf_reader_close */
    struct uf_value_rules rules;    /* how values are written */
    char delimiter;                 /* 0: none */
    void *state;                    /* the format's own */
};

struct uf_format {
    const char *name;                 /* `eurostat-tsv` */
    const char *summary;              /* one line */
    bool has_value_column;            /* the roles value and status name columns of the file */
    int (*probe)(const char *prefix); /* NULL: never a text */
    /* For files that are not text: the first bytes, at most 4096; NULL: always a text. */
    int (*probe_bytes)(const unsigned char *head, size_t length);
    /* Fills dimensions, notes, rules, delimiter, state. After a failure `close` is called. */
    uf_status (*open)(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                      struct uf_error *error);
    uf_status (*next)(struct uf_reader *reader, struct uf_cell *out, bool *out_more, struct uf_error *error);
    /* Where a dimension's code (or the value) of the current cell stands; columns in characters, 0: not
     * known. */
    void (*place)(const struct uf_reader *reader, size_t dimension, size_t *out_line, size_t *out_column);
    /* The same place in the file's own words (`Sheet1!B7`), for the sentence of an error; NULL: line and column
     * say it. */
    void (*name_place)(const struct uf_reader *reader, size_t dimension, char *out, size_t size);
    void (*close)(struct uf_reader *reader); /* frees `state`; NULL is fine there */
};

extern const struct uf_format uf_format_eurostat_tsv, uf_format_csv_long, uf_format_csv_wide;
extern const struct uf_format uf_format_sdmx_csv, uf_format_oecd_csv, uf_format_data_explorer_csv;
extern const struct uf_format uf_format_px;
extern const struct uf_format uf_format_json_stat, uf_format_json_pxweb, uf_format_kolada;
extern const struct uf_format uf_format_xlsx, uf_format_stata, uf_format_spss, uf_format_sas;

/* All formats, in the order of documentation. */
const struct uf_format *const *uf_formats(size_t *out_count);

/* Opens the input from its start with the named format, or (NULL) with the one whose probe scores highest. An
 * unknown name is UF_BAD_USAGE with the nearest; a file that no format takes is UF_BAD_INPUT. */
uf_status uf_reader_open(struct uf_input *input, const char *format, const struct uf_reader_wishes *wishes,
                         struct uf_reader *out, struct uf_error *error);
void uf_reader_close(struct uf_reader *reader);
/* A failure at a place of the current cell. */
uf_status uf_reader_fail(const struct uf_reader *reader, size_t dimension, struct uf_error *error,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

/* `the file has no column or dimension NAME`, with the nearest of those it has. */
uf_status uf_reader_fail_dimension(const struct uf_reader *reader, const char *name,
                                   const struct uf_text_list *names, struct uf_error *error);

/* The dimension that the wishes give a role; by its exact name, else ignoring case. UF_ROLE_NONE with
 * `*out_said` false where they do not speak of it. */
enum uf_role uf_wished_role(const struct uf_reader_wishes *wishes, const char *dimension, bool *out_said);
#endif
