// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_FACTS_H
#define UTFALL_IMPORT_FACTS_H
/*
 * What a file says of itself beside its cells: titles, labels of codes, units, decimals, the publisher's notes.
 *
 * All of it is optional; a plain CSV file says nothing. A reader fills it in `open` through the functions here,
 * which copy their texts; the importer stores it with the batch and shows it in a dry run.
 */
#include <stddef.h>
#include <utfall/import.h>
#include <utfall/text.h>

struct uf_dimension_facts {
    char *label;       /* for people; NULL: not said */
    enum uf_role hint; /* what the format itself says it is (PX TIMEVAL, JSON-stat role); NONE: nothing */
    struct uf_text_list codes;  /* in the file's order; empty: they are met in the cells only */
    struct uf_text_list labels; /* as `codes`; a code without a label has itself */
};
/* What is counted: one code of the content dimension, or the whole file where it has none. */
struct uf_content_facts {
    char *code;   /* of the content dimension; "": the file has one content and no dimension for it */
    char *label;  /* NULL: not said */
    char *unit;   /* NULL: not said */
    int decimals; /* -1: not said */
    bool kind_said;
    enum uf_indicator_kind kind;
};
struct uf_file_note {
    char *scope; /* "": the whole file; else what it is about: `region`, `region=0114`, `region=0114;sex=1` */
    char *text;  /* as the publisher wrote it */
};
struct uf_file_facts {
    char *title, *source, *updated, *language, *licence; /* NULL: not said */
    struct uf_dimension_facts *dimensions;               /* one per dimension of the reader, or NULL */
    size_t n_dimensions;
    struct uf_content_facts *contents;
    size_t n_contents;
    struct uf_file_note *notes;
    size_t n_notes;
};
void uf_file_facts_clear(struct uf_file_facts *facts);

/* Replaces one of the texts above by a copy; NULL and "" leave it as it is. */
uf_status uf_facts_set(char **text, const char *value, struct uf_error *error);
/* Makes `n` dimensions of which nothing is known yet. */
uf_status uf_facts_dimensions(struct uf_file_facts *facts, size_t n, struct uf_error *error);
/* Copies dimensions and contents of another reader's facts, for a reader that stands on it; `facts` has none yet. */
uf_status uf_facts_adopt(struct uf_file_facts *facts, const struct uf_file_facts *other,
                         struct uf_error *error);
uf_status uf_facts_code(struct uf_file_facts *facts, size_t dimension, const char *code, const char *label,
                        struct uf_error *error);
/* The content with that code, made where it is new; borrowed until the next is made. */
uf_status uf_facts_content(struct uf_file_facts *facts, const char *code, struct uf_content_facts **out,
                           struct uf_error *error);
uf_status uf_facts_note(struct uf_file_facts *facts, const char *scope, const char *text,
                        struct uf_error *error);
#endif
