// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TEXT_H
#define UTFALL_TEXT_H
/* UTF-8 text: a growing buffer, lists of texts, and the nearest spelling for "did you mean". */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A growing, always terminated text. After a failed allocation `failed` is true, further appends do nothing,
 * and uf_buffer_take returns NULL: so appends need no check one by one. */
struct uf_buffer {
    char *data; /* NULL while empty */
    size_t length;
    size_t capacity;
    bool failed;
};
/* Appending is amortised linear in what is appended; `text` NULL appends nothing. */
void uf_buffer_init(struct uf_buffer *buffer);
void uf_buffer_clear(struct uf_buffer *buffer);
void uf_buffer_append(struct uf_buffer *buffer, const char *text);
void uf_buffer_append_bytes(struct uf_buffer *buffer, const char *bytes, size_t length);
void uf_buffer_append_char(struct uf_buffer *buffer, char c);
void uf_buffer_append_size(struct uf_buffer *buffer, size_t number);
/* Hands the text over (an empty one is ""); the caller frees it. NULL when memory ran out. */
char *uf_buffer_take(struct uf_buffer *buffer);

/* A list of owned texts. */
struct uf_text_list {
    char **items;
    size_t count;
    size_t capacity;
};
void uf_text_list_init(struct uf_text_list *list);
void uf_text_list_clear(struct uf_text_list *list);
/* Appends a copy; amortised O(length). UF_NO_MEMORY. */
uf_status uf_text_list_add(struct uf_text_list *list, const char *text, struct uf_error *error);
/* The index of `text`, or SIZE_MAX. Cost: linear. */
size_t uf_text_list_find(const struct uf_text_list *list, const char *text);
/* Splits at `separator`, trims blanks, drops empty items. */
uf_status uf_text_list_split(struct uf_text_list *list, const char *text, char separator,
                             struct uf_error *error);

/* A copy, or NULL when memory ran out; NULL gives NULL. */
char *uf_text_copy(const char *text);
bool uf_text_equal(const char *a, const char *b); /* NULL equals only NULL */
bool uf_text_is_utf8(const char *bytes, size_t length);
/* The number of characters (code points) in valid UTF-8. */
size_t uf_text_width(const char *text);
/* A new text in NFC; UF_BAD_INPUT when it is not UTF-8. Å as A + ring and as one letter become the same. */
uf_status uf_text_normalise(const char *text, char **out, struct uf_error *error);
/* A file-name-safe slug: lower-case ASCII letters, digits and single hyphens (å ä → a, ö → o). Never empty. */
char *uf_text_slug(const char *text);

/* Where a byte of a text stands in the file that it was read from: line and column from 1, in characters. */
struct uf_text_place {
    size_t line, column;
};

/* The candidate closest to `word` by edit distance (Damerau, case ignored), or NULL where none is close
 * enough to be a slip of the hand (distance at most 1 + length/4). Cost: O(count * length^2). */
const char *uf_text_nearest(const char *word, const char *const *candidates, size_t count);

#ifdef __cplusplus
}
#endif
#endif
