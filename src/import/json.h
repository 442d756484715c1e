// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_JSON_H
#define UTFALL_IMPORT_JSON_H
/*
 * What the readers of JSON share: a file as a tree of jansson's, paths into it, and failures that name a path
 * and the line and column where it stands.
 *
 * The tree is whole in memory (about 40 bytes for each value), the text never is. jansson does not
 * remember where a value stood, so a place is found by walking over the text again: only where one is asked
 * for, which is in failures.
 */
#include <jansson.h>
#include <stdbool.h>
#include <utfall/number.h>

#include "import/format.h"

/* A larger file is refused: its tree would take many gigabytes. */
enum { UF_JSON_MAX_BYTES = 1 << 29 };

/* The way from the root to a value: names of members, and numbers of items. */
enum { UF_JSON_STEPS = 10 };
struct uf_json_path {
    struct {
        const char *key; /* NULL: an item; borrowed */
        size_t index;
    } steps[UF_JSON_STEPS];
    size_t count;
};
/* The path one step further. */
struct uf_json_path uf_json_member(struct uf_json_path path, const char *key);
struct uf_json_path uf_json_item(struct uf_json_path path, size_t index);

/* Reads the whole input; json_decref() the tree. Whole numbers become reals, so that none is too long. Broken
 * JSON, a name that stands twice in an object, and more than UF_JSON_MAX_BYTES are UF_BAD_INPUT. */
uf_status uf_json_load(struct uf_input *input, json_t **out, struct uf_error *error);
/* Line and column (from 1, in characters) of the value at a path, or of the last part of the path that is
 * there; 0 where nothing is. Cost: one walk over the text. */
void uf_json_place(struct uf_input *input, const struct uf_json_path *path, size_t *out_line,
                   size_t *out_column);
/* UF_BAD_INPUT at the path: `dimension.region.category.index: SENTENCE`. */
uf_status uf_json_fail(struct uf_input *input, const struct uf_json_path *path, struct uf_error *error,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The prefix of a file begins as JSON does, which no other text does: so scores of JSON are above 100. */
bool uf_json_probe(const char *prefix);
/* … and names a member somewhere. */
bool uf_json_probe_member(const char *prefix, const char *key);

/* A member that is a text and not empty; NULL otherwise. Borrowed. */
const char *uf_json_text(const json_t *object, const char *key);
/* A text as it is, a number as the shortest text; NULL for anything else. */
const char *uf_json_scalar(const json_t *value, char buffer[UF_NUMBER_SIZE]);
/* A whole number from 0 to 2^53, written as a number or as a text of digits. */
bool uf_json_whole(const json_t *value, size_t *out);
/* The same of a text that an object uses as a name: no sign, no leading zeros. */
bool uf_json_whole_text(const char *text, size_t *out);

/* Adds a sentence to the notes of the reader. */
uf_status uf_json_note(struct uf_reader *reader, struct uf_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#endif
