// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_SCHEMA_WALK_H
#define UTFALL_STUDY_SCHEMA_WALK_H
/* What schema.c and schema_options.c share: where the walk is, how it complains, and the reading of texts. */
#include "study/mistakes.h"
#include "study/schema.h"

struct walk {
    const char *file;
    struct arena *arena;
    struct uf_error *error;
    struct mistakes *mistakes; /* what was wrong so far; the walk goes on after it */
};

uf_status schema_fail_value(const struct walk *walk, const struct yaml_node *node, const char *key,
                            const char *expected);
uf_status schema_fail_choice(const struct walk *walk, const struct yaml_node *node, const char *key,
                             const char *const *names, size_t count);
/* `method` may be NULL; else its options are keys too. */
uf_status schema_fail_unknown_key(const struct walk *walk, const struct schema *schema,
                                  const struct uf_method *method, const struct yaml_key *key);
/* NULL: no such field. */
const struct schema_field *schema_find_field(const struct schema *schema, const char *key);
uf_status schema_read_texts(const struct walk *walk, const struct schema_field *field,
                            const struct yaml_node *node, void *target);

/* The method that a mapping names. */
uf_status schema_read_method(const struct walk *walk, const struct schema *schema,
                             const struct yaml_node *map, const struct uf_method **out);
/* The option of the method that a key of the mapping stands for; NULL: the key is the schema's, or nobody's. */
const struct uf_option *schema_claim_option(const struct schema *schema, const struct uf_method *method,
                                            const char *key, const struct yaml_node *node);
/* All options of the method in a mapping, and the complaint about keys that are nobody's. */
uf_status schema_read_options(const struct walk *walk, const struct schema *schema,
                              const struct uf_method *method, const struct yaml_node *map,
                              struct study_options *out);
#endif
