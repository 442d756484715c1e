// SPDX-License-Identifier: GPL-3.0-or-later
/* Where a value of a JSON file stands: a walk over text that jansson has read once without a fault, so nothing is
 * checked here but the end. */
#include <string.h>

#include "import/json.h"

enum { END = -1 };

struct walk {
    struct uf_input *input;
    const char *block;
    size_t length;
    int here; /* the byte under the eye, or END */
    size_t line, column;
};

static void look(struct walk *walk)
{
    if (walk->length == 0 && walk->here != END &&
        (uf_input_block(walk->input, &walk->block, &walk->length, NULL) != UF_OK || walk->length == 0)) {
        walk->length = 0;
        walk->here = END;
        return;
    }
    if (walk->here != END) walk->here = (unsigned char)*walk->block;
}

static void advance(struct walk *walk)
{
    if (walk->here == END) return;
    if (walk->here == '\n') {
        walk->line++;
        walk->column = 1;
    }
    walk->block++;
    walk->length--;
    int before = walk->here;
    look(walk);
    /* a byte that goes on with a character is in the same column */
    if (before != '\n' && (walk->here & 0xC0) != 0x80) walk->column++;
}

static void skip_blanks(struct walk *walk)
{
    while (walk->here != END && strchr(" \t\r\n", walk->here)) advance(walk);
}

/* A text with its quotes; `raw` NULL: only passed over. */
static void take_text(struct walk *walk, struct uf_buffer *raw)
{
    bool escaped = false, inside = false;
    while (walk->here != END) {
        char c = (char)walk->here;
        if (raw) uf_buffer_append_char(raw, c);
        advance(walk);
        if (c == '"' && !escaped && inside) return;
        escaped = c == '\\' && !escaped;
        inside = true;
    }
}

static void skip_value(struct walk *walk)
{
    size_t depth = 0;
    do {
        skip_blanks(walk);
        if (walk->here == '"') {
            take_text(walk, NULL);
        } else if (walk->here == '{' || walk->here == '[') {
            depth++;
            advance(walk);
        } else if (walk->here == '}' || walk->here == ']') {
            if (depth == 0) return;
            depth--;
            advance(walk);
        } else if (depth > 0 && (walk->here == ',' || walk->here == ':')) {
            advance(walk);
        } else {
            while (walk->here != END && !strchr(" \t\r\n,:]}", walk->here)) advance(walk);
        }
    } while (depth > 0 && walk->here != END);
}

static bool same_text(const struct uf_buffer *raw, const char *key)
{
    if (!raw->data || raw->length < 2) return false;
    if (!memchr(raw->data, '\\', raw->length))
        return raw->length - 2 == strlen(key) && !memcmp(raw->data + 1, key, raw->length - 2);
    json_t *text = json_loadb(raw->data, raw->length, JSON_DECODE_ANY, NULL);
    bool same = json_is_string(text) && !strcmp(json_string_value(text), key);
    json_decref(text);
    return same;
}

/* Stands at an object; goes to the value of a member. */
static bool enter_member(struct walk *walk, const char *key)
{
    struct uf_buffer raw = {0};
    bool found = false;
    if (walk->here != '{') return false;
    advance(walk);
    for (skip_blanks(walk); walk->here == '"' && !found; skip_blanks(walk)) {
        raw.length = 0;
        take_text(walk, &raw);
        skip_blanks(walk);
        advance(walk); /* the colon */
        skip_blanks(walk);
        found = same_text(&raw, key);
        if (found) break;
        skip_value(walk);
        skip_blanks(walk);
        if (walk->here == ',') advance(walk);
    }
    uf_buffer_clear(&raw);
    return found;
}

static bool enter_item(struct walk *walk, size_t index)
{
    if (walk->here != '[') return false;
    advance(walk);
    for (size_t i = 0; i < index; i++) {
        skip_value(walk);
        skip_blanks(walk);
        if (walk->here != ',') return false;
        advance(walk);
    }
    skip_blanks(walk);
    return walk->here != ']' && walk->here != END;
}

void uf_json_place(struct uf_input *input, const struct uf_json_path *path, size_t *out_line,
                   size_t *out_column)
{
    *out_line = *out_column = 0;
    struct walk walk = {.input = input, .line = 1, .column = 1};
    if (uf_input_rewind(input, NULL) != UF_OK) return;
    look(&walk);
    for (size_t i = 0;; i++) {
        skip_blanks(&walk);
        if (walk.here == END) break;
        *out_line = walk.line;
        *out_column = walk.column;
        if (i == path->count) break;
        const char *key = path->steps[i].key;
        if (!(key ? enter_member(&walk, key) : enter_item(&walk, path->steps[i].index))) break;
    }
    (void)uf_input_rewind(input, NULL);
}
