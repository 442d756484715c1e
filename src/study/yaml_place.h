// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_YAML_PLACE_H
#define UTFALL_STUDY_YAML_PLACE_H
/*
 * Where each byte of a scalar's value stands in the file. YAML folds lines, takes off indentation and
 * resolves escapes, so that the fifth character of a value need not be the fifth after its beginning; a
 * mistake in an expression must still be found at its own line and column.
 */
#include <stddef.h>
#include <utfall/status.h>
#include <utfall/text.h>
#include <yaml.h>

#include "study/arena.h"

/* The file with the beginning of each of its lines, as libyaml counts them. */
struct yaml_lines {
    const char *bytes;
    size_t length;
    const size_t *start;
    size_t count;
};

/* `bytes` are borrowed. Cost: linear. */
uf_status yaml_lines_find(const char *bytes, size_t length, struct arena *arena, struct yaml_lines *out,
                          struct uf_error *error);
/* `text` is the scalar's value. NULL where it stands on one line just as it reads, and for a text of more
 * than 10,000 bytes. */
uf_status yaml_place_text(const struct yaml_lines *lines, const yaml_node_t *scalar, const char *text,
                          struct arena *arena, const struct uf_text_place **out, struct uf_error *error);
#endif
