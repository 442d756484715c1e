// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_H
#define UTFALL_IMPORT_H
/*
 * Files into the store, and files into plain tables.
 *
 * Each format is one file in src/import/ behind `struct uf_format` (probe → open → next cell → close), listed
 * in one table; the format is found by content, not by name. An import is one transaction: all of the file or
 * nothing.
 */
#include <utfall/store.h>
#include <utfall/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NONE given to a dimension leaves it out: its codes are not looked at. */
enum uf_role {
    UF_ROLE_NONE,
    UF_ROLE_REGION,
    UF_ROLE_SECTOR,
    UF_ROLE_PERIOD,
    UF_ROLE_VALUE,
    UF_ROLE_STATUS,
    UF_ROLE_BREAKDOWN,
    UF_ROLE_CONTENT /* each of its codes is an indicator of its own */
};

struct uf_dimension_role {
    enum uf_role role;
    const char *dimension; /* the file's own name of it: `geo` */
};
struct uf_keep {
    const char *dimension;
    const char *const *codes; /* keep cells with one of these */
    size_t n_codes;
};

/* A dimension that is added up over: cells that differ in it alone become one. Only stocks and flows. */
struct uf_sum {
    const char *dimension;
    const char *const *codes; /* the parts to add up */
    size_t n_codes;           /* 0: all but the one that is their total */
};
/* The indicator that one code of the content dimension becomes. */
struct uf_content_indicator {
    const char *content; /* the file's code or label of it */
    const char *indicator;
};

/* A region that the store does not know stops the import, or its cells are passed over and counted, or it is
 * added to the store with the file's label. */
enum uf_unknown_regions { UF_UNKNOWN_REFUSE, UF_UNKNOWN_SKIP, UF_UNKNOWN_ADD };

struct uf_import_request {
    const char *path;   /* `-`: standard input */
    const char *format; /* NULL: detected */
    struct uf_indicator indicator;
    bool kind_said; /* the indicator's kind is the user's word; else that of the file, where it has one, goes
                       before it */
    const struct uf_dimension_role *roles; /* what is not named is guessed from the codes, and said */
    size_t n_roles;
    const struct uf_keep *keep;
    size_t n_keep;
    char delimiter;       /* 0: detected */
    char decimal;         /* 0: detected */
    const char *encoding; /* NULL: detected; `utf-8`, `iso-8859-1`, `windows-1252` */
    enum uf_unknown_regions unknown_regions;
    bool
        add_unknown_sectors; /* sectors (occupations, educations) that are no codes of industries are added to the store, with
                                 the file's labels; else they stop the import */
    const char *region_is; /* all of the file is about this region; NULL: a dimension tells */
    const char *period_is; /* all of the file is about this period; NULL: a dimension tells */
    const struct uf_sum *sums;
    size_t n_sums;
    bool sum_noise; /* values protected by noise may be added up; their errors add up too */
    /* Names of the indicators in a file with several contents; one that is not named becomes the indicator's
     * code, `_` and the content's code. */
    const struct uf_content_indicator *contents;
    size_t n_contents;
    const char *sheet, *range; /* of a workbook; NULL: found */
    size_t header_row;         /* of a sheet, from 1; 0: found */
    const char *language;      /* of a file with several; NULL: the file's first */
    bool replace;              /* what an earlier import of this file stored is forgotten first */
    /* Called now and then; a non-zero return stops the import (UF_INTERRUPTED): the store is as it was. */
    int (*progress)(void *user, size_t bytes_read, size_t bytes_total);
    void *user;
};

struct uf_import_summary {
    const char *format; /* static */
    char encoding[32];
    char delimiter, decimal;
    size_t cells;       /* cells of the file that were looked at */
    size_t imported;    /* observations stored */
    size_t left_out;    /* by keep */
    size_t unknown;     /* passed over: of regions the store does not know */
    size_t added;       /* regions and sectors that were added to the store */
    size_t incomplete;  /* of the imported: sums that lack a part */
    size_t forgotten;   /* observations of an earlier import that were replaced */
    size_t missing;     /* of the imported: with a missing reason */
    size_t duplicates;  /* same cell, same value: stored once */
    bool already_there; /* a batch with the same hash and selection exists: nothing was done */
    char sha256[65];
    struct uf_text_list notes; /* what was guessed or skipped, one sentence each */
};
void uf_import_summary_clear(struct uf_import_summary *summary);

/* Imports one file in one transaction. The indicator is put too.
 *
 * A dimension (a column, or a dimension of the format; the periods of a wide table make one called `period`)
 * gets its role from `roles`, else from its codes: periods are what reads as periods, regions and sectors
 * what the store knows. Of the rest, a dimension with one code is left out (another code later in the file is
 * an error), one that is needed to tell cells apart becomes part of the breakdown (`age=Y16-24;sex=F`, by
 * name), and others are left out. What was guessed is said in the notes. A label after a code (`01 Stockholms
 * län`) is accepted where the code alone is known.
 *
 * Errors name file, line and column. UF_IO_FAILED: a missing file, a directory, a full disk. UF_BAD_INPUT: an
 * empty file, encoding, quotes, ragged rows, text for a number, two values for one cell, unknown regions or
 * sectors, nothing left after keep. UF_BAD_USAGE: a format, dimension or kept code that is not there.
 * UF_INTERRUPTED: by `progress`. Cost: one pass for hash and encoding, one over at most 200,000 cells to
 * guess, one to store. Memory does not grow with the file. */
uf_status uf_import_file(struct uf_store *store, const struct uf_import_request *request,
                         struct uf_import_summary *out, struct uf_error *error);

/* Imports an export (export.h): `request->path` is its folder or its datapackage.json, which says what each file and
 * column is; of the rest of the request only the progress is looked at. Indicators, labels and notes are put
 * too, and regions and sectors that the store does not know. All of it or nothing, in one transaction; each file
 * is a batch, and the same file again is `already_there`. UF_BAD_INPUT: a descriptor that is none of an
 * export, a file that is not there any more or was changed since (by its hash), and what uf_import_file
 * refuses. Cost: as uf_import_file, without the guessing. */
uf_status uf_import_package(struct uf_store *store, const struct uf_import_request *request,
                            struct uf_import_summary *out, struct uf_error *error);

/* What is understood of a file before it is imported. */
struct uf_import_description {
    const char *format, *format_summary; /* static */
    char encoding[32];                   /* "": not a text */
    char delimiter, decimal;             /* 0: none */
    char sha256[65];
    char *title, *source, *updated, *language, *licence; /* NULL: not said */
    size_t cells, left_out;
    /* name, label, role (`region` … `breakdown`, `content`, `sum`; `constant`: one code; `none`), codes (their number),
     * first (the first codes with labels) */
    struct uf_table *dimensions;
    struct uf_table *contents; /* code, label, indicator, unit, decimals, kind */
    struct uf_table *missing;  /* sign, meaning (a value status), cells */
    struct uf_table *rows;     /* the first kept cells: one column per dimension, then value and status */
    struct uf_table *remarks;  /* the publisher's notes: scope, text */
    struct uf_text_list notes; /* what was guessed, a sentence each */
    struct uf_text_list needs; /* what would stop the import, a sentence each; none: it can be imported so */
    char *study_source;        /* YAML: an entry of a study's `sources:`, to be pasted as it is */
};
void uf_import_description_clear(struct uf_import_description *description);

/* Reads a file as uf_import_file would and says what it understood. Nothing is stored; the store gives the codes of
 * regions and sectors. The request's indicator may be without a code. That no region or period is found, that there
 * are several units, regions the store does not know, or values that are no numbers is no error here but a sentence
 * in `needs`. Cost: that of an import without the storing. */
uf_status uf_import_describe(struct uf_store *store, const struct uf_import_request *request,
                             struct uf_import_description *out, struct uf_error *error);

/* Reads a delimited file as a table of named columns: a column is a number column if each of its cells is a
 * number or missing (empty, NA, `..`, `:`). Delimiter, decimal mark, encoding and BOM are detected. Columns
 * named in `text_columns` stay text (codes: `01`). For panels from a file. A table's cell that is missing
 * carries the reason. */
uf_status uf_read_delimited(const char *path, const char *const *text_columns, size_t n_text_columns,
                            struct uf_table **out, struct uf_error *error);

/* The same where it is known what some columns must hold: a cell of `number_columns` that is no number, or
 * one of `period_column` (NULL: none) that is no period though others are, is UF_BAD_INPUT at its line and
 * column. A name of `number_columns` that the file does not have is passed over here. */
uf_status uf_read_delimited_checked(const char *path, const char *const *text_columns, size_t n_text_columns,
                                    const char *const *number_columns, size_t n_number_columns,
                                    const char *period_column, struct uf_table **out, struct uf_error *error);

/* Loads datasets/reference (regions.csv, region_aliases.csv, sectors.csv) into a new store, in one
 * transaction; idempotent. */
uf_status uf_import_reference(struct uf_store *store, const char *directory, struct uf_error *error);
/* Loads datasets/programmes (interventions.csv, exposures.csv). */
uf_status uf_import_programmes(struct uf_store *store, const char *directory, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
