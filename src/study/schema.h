// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_SCHEMA_H
#define UTFALL_STUDY_SCHEMA_H
/*
 * The form of a study file as data: which keys a mapping has, of which type, and where in a C structure each
 * value goes. One walk over the YAML tree both validates and fills, so that what is accepted and what is read
 * cannot drift apart; the key lists of docs/study-file.md are checked against the same tables.
 *
 * Every value keeps its place. All memory belongs to the arena of the study.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/language.h>
#include <utfall/method.h>
#include <utfall/period.h>

#include "study/arena.h"
#include "study/yaml_tree.h"

/* The first member of each structure that a mapping fills; line 0: the mapping is not in the file. */
struct study_place {
    size_t line, column;
};
struct study_text {
    const char *text; /* NULL: not given */
    struct study_place place;
    const struct uf_text_place *places; /* as in yaml_tree.h */
};
struct study_texts {
    struct study_text *items;
    size_t count;
    struct study_place place;
};
/* A text for people: one text for both languages, or {sv: …, en: …}. */
struct study_words {
    struct uf_words words; /* both NULL: not given; else both are set */
    struct study_place place;
};
enum study_flag { STUDY_FLAG_ABSENT, STUDY_FLAG_NO, STUDY_FLAG_YES };
/* A list of mappings, or a mapping of named things: `count` elements of the schema's size. */
struct study_items {
    void *items;
    size_t count;
    struct study_place place;
};
/* The options of a method as the file has them: `placebo: {in-space: true}` is `placebo-in-space`. */
struct study_option {
    const struct uf_option *option;
    struct study_texts values; /* one, unless the option is a list */
};
struct study_options {
    struct study_option *items;
    size_t count;
};

enum schema_type {
    SCHEMA_TEXT,      /* struct study_text */
    SCHEMA_TEXTS,     /* struct study_texts; a single text is a list of one */
    SCHEMA_WORDS,     /* struct study_words */
    SCHEMA_ALL_WORDS, /* struct study_items of struct study_words: a list of texts for people */
    SCHEMA_NUMBER,    /* double; preset NaN */
    SCHEMA_COUNT,     /* size_t; preset SIZE_MAX */
    SCHEMA_FLAG,      /* enum study_flag */
    SCHEMA_PERIOD,    /* uf_period; 0: not given */
    SCHEMA_MAP,       /* a structure in place */
    SCHEMA_MAPS,      /* struct study_items: a list of mappings */
    SCHEMA_NAMED,  /* struct study_items: a mapping with free keys; each key goes to the element's `name` */
    SCHEMA_METHOD, /* const struct uf_method *; the schema's family */
    SCHEMA_TYPES
};

struct schema_field {
    const char *key;
    enum schema_type type;
    size_t offset;
    bool required;
    const char *const *choices;  /* TEXT, TEXTS: NULL-terminated; NULL: any */
    const struct schema *schema; /* MAP, MAPS, NAMED */
    const char *summary;         /* one line, for docs/study-file.md */
};

struct schema {
    const char *what; /* where one is, for errors: `a source` */
    size_t size;
    const struct schema_field *fields;
    size_t n_fields;
    const char *shorthand; /* NAMED: the key that a bare value stands for; NULL: none */
    bool names_alone;   /* NAMED: also a list of names, with nothing said of each; `name: all` is the same */
    bool takes_options; /* further keys are options of the method in `method`, and go to `options` */
    size_t name; /* offsets: NAMED → struct study_text; METHOD → pointer; options → struct study_options */
    size_t method, options;
    enum uf_family family;
};

/* Fills `target` (zeroed memory of schema->size) from a mapping. The error is the first mistake, with the others on lines
 * below it: file:line:column, what was found, what was expected, and the nearest spelling. */
uf_status schema_read(const struct schema *schema, const struct yaml_node *node, const char *file,
                      struct arena *arena, void *target, struct uf_error *error);
#endif
