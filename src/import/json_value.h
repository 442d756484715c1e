// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_JSON_VALUE_H
#define UTFALL_IMPORT_JSON_VALUE_H
/* A value of a JSON file with the sign beside it, and a count of the signs that nobody knows. */
#include "import/json.h"

/* Signs that were met and are not known, and numbers that a sign forbids to use. Start from {0}. */
struct uf_json_signs {
    struct uf_text_list unknown;
    size_t *counts;  /* one per unknown sign */
    size_t others;   /* cells with further unknown signs, where there are very many different ones */
    size_t withheld; /* numbers under a sign that says "missing" */
};
void uf_json_signs_clear(struct uf_json_signs *signs);

struct uf_json_reading {
    bool readable; /* false: neither a number nor null nor a text that is one of them; the rest is not set */
    bool unknown;  /* the sign is not known; the value is as it stands */
    double value;
    uf_value_status status;
};
/* Reads a number, null, or a text (`"12.5"`, `".."`) with the sign beside it (NULL: none), which is a flag
 * (`c`, `bep`), or a sign for missing or zero (`..`, `: c`, `-`). A null without a reason is "not available".
 * What is unknown or withheld is counted in `signs`, unless that is NULL. */
uf_status uf_json_value(const json_t *value, const char *sign, struct uf_json_signs *signs,
                        struct uf_json_reading *out, struct uf_error *error);
/* Keeps a cell's unknown sign as a note on it; clears the scope. */
uf_status uf_json_keep_sign(struct uf_reader *reader, struct uf_buffer *scope, const char *sign,
                            const char *label, struct uf_error *error);
/* Notes for the user on what was counted. `labels`: an object from signs to words, or NULL. */
uf_status uf_json_signs_note(struct uf_reader *reader, const struct uf_json_signs *signs,
                             const json_t *labels, struct uf_error *error);
#endif
