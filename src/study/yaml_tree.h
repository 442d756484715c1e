// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_YAML_TREE_H
#define UTFALL_STUDY_YAML_TREE_H
/*
 * A YAML document as a tree in which each node knows its line and column, so that every later complaint can
 * point at the place.
 *
 * The tree is what a study needs of YAML and no more: one document; scalars, lists, mappings with plain keys.
 * What would surprise an analyst is refused here, with the place: tabs as indentation, a key written twice,
 * several documents, nesting beyond 32 levels, and aliases (`*name`) beyond a small bound, since a few lines
 * of nested aliases can stand for billions of nodes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>
#include <utfall/text.h>

#include "study/arena.h"

enum yaml_kind { YAML_TREE_SCALAR, YAML_TREE_LIST, YAML_TREE_MAP };

struct yaml_key {
    const char *text;
    size_t line, column;
};

struct yaml_node {
    enum yaml_kind kind;
    size_t line, column; /* from 1, in characters */
    const char *text;    /* scalar: its value */
    /* scalar that is quoted, folded or over several lines, of up to 10,000 bytes: where each byte of `text`
     * and its end stand in the file; NULL: on one line, as it reads */
    const struct uf_text_place *places;
    bool quoted;             /* scalar: written in quotes or as a block, so that `""` and `null` are texts */
    size_t count;            /* list, map */
    struct yaml_node *items; /* list: items; map: values */
    struct yaml_key *keys;   /* map */
};

/* Reads `length` bytes; `name` is the file's name in errors. The tree lives in the arena. Cost: linear in the
 * tree's size. */
uf_status yaml_tree_read(const char *name, const char *bytes, size_t length, struct arena *arena,
                         const struct yaml_node **out, struct uf_error *error);
/* The value of a key, or NULL. */
const struct yaml_node *yaml_tree_get(const struct yaml_node *map, const char *key);
/* An empty value: `key:` with nothing after it, `~` or `null`. */
bool yaml_tree_is_empty(const struct yaml_node *node);
/* What a node is, for "found …": `a list`, `a mapping`, `"text"`. Writes to `buffer` and returns it. */
const char *yaml_tree_describe(const struct yaml_node *node, char *buffer, size_t size);
#endif
