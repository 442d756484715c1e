// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_H
#define UTFALL_IMPORT_H
/*
 * Files into the store, and files into plain tables.
 *
 * Each format is one file in src/import/ behind `struct uf_format` (probe → open → next cell → close), listed in one table;
 * the format is found by content, not by name. An import is one transaction: all of the file or nothing.
 */
#include <utfall/store.h>
#include <utfall/table.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_role { UF_ROLE_NONE, UF_ROLE_REGION, UF_ROLE_SECTOR, UF_ROLE_PERIOD, UF_ROLE_VALUE, UF_ROLE_STATUS, UF_ROLE_BREAKDOWN };

struct uf_dimension_role {
    enum uf_role role;
    const char *dimension; /* the file's own name of it: `geo` */
};
struct uf_keep {
    const char *dimension;
    const char *const *codes; /* keep cells with one of these */
    size_t n_codes;
};

struct uf_import_request {
    const char *path;   /* `-`: standard input */
    const char *format; /* NULL: detected */
    struct uf_indicator indicator;
    const struct uf_dimension_role *roles; /* what is not named is guessed from the codes, and said */
    size_t n_roles;
    const struct uf_keep *keep;
    size_t n_keep;
    char delimiter; /* 0: detected */
    char decimal;   /* 0: detected */
    const char *encoding; /* NULL: detected; `utf-8`, `iso-8859-1`, `windows-1252` */
    /* Called now and then; a non-zero return stops the import (UF_INTERRUPTED), and the store is as it was. */
    int (*progress)(void *user, size_t bytes_read, size_t bytes_total);
    void *user;
};

struct uf_import_summary {
    const char *format; /* static */
    char encoding[32];
    char delimiter, decimal;
    size_t cells;      /* cells of the file that were looked at */
    size_t imported;   /* observations stored */
    size_t left_out;   /* by keep */
    size_t missing;    /* of the imported: with a missing reason */
    size_t duplicates; /* same cell, same value: stored once */
    bool already_there; /* a batch with the same hash and selection exists: nothing was done */
    char sha256[65];
    struct uf_text_list notes; /* what was guessed or skipped, one sentence each */
};
void uf_import_summary_clear(struct uf_import_summary *summary);

uf_status uf_import_file(struct uf_store *store, const struct uf_import_request *request,
                         struct uf_import_summary *out, struct uf_error *error);

/* Reads a delimited file as a table of named columns: a column is a number column if each of its cells is a number or missing
 * (empty, NA, `..`, `:`). Delimiter, decimal mark, encoding and BOM are detected. Columns named in `text_columns` stay text
 * (codes: `01`). For panels from a file. A table's cell that is missing carries the reason. */
uf_status uf_read_delimited(const char *path, const char *const *text_columns, size_t n_text_columns,
                            struct uf_table **out, struct uf_error *error);

/* Loads datasets/reference (regions, sectors) into a new store, in one transaction; idempotent. */
uf_status uf_import_reference(struct uf_store *store, const char *directory, struct uf_error *error);
/* Loads datasets/programmes (interventions.csv, exposures.csv). */
uf_status uf_import_programmes(struct uf_store *store, const char *directory, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
