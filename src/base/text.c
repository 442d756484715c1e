// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <utfall/text.h>

void uf_buffer_init(struct uf_buffer *buffer)
{
    *buffer = (struct uf_buffer){0};
}

void uf_buffer_clear(struct uf_buffer *buffer)
{
    free(buffer->data);
    uf_buffer_init(buffer);
}

static bool reserve(struct uf_buffer *buffer, size_t more)
{
    if (buffer->failed) return false;
    if (more > SIZE_MAX / 2 - buffer->length) {
        buffer->failed = true;
        return false;
    }
    size_t needed = buffer->length + more + 1;
    if (needed <= buffer->capacity) return true;
    size_t capacity = buffer->capacity ? buffer->capacity * 2 : 128;
    if (capacity < needed) capacity = needed;
    char *data = realloc(buffer->data, capacity);
    if (!data) {
        buffer->failed = true;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void uf_buffer_append_bytes(struct uf_buffer *buffer, const char *bytes, size_t length)
{
    if (!reserve(buffer, length)) return;
    if (length) memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
}

void uf_buffer_append(struct uf_buffer *buffer, const char *text)
{
    if (text) uf_buffer_append_bytes(buffer, text, strlen(text));
}

void uf_buffer_append_char(struct uf_buffer *buffer, char c)
{
    uf_buffer_append_bytes(buffer, &c, 1);
}

void uf_buffer_append_size(struct uf_buffer *buffer, size_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%zu", number);
    uf_buffer_append(buffer, digits);
}

char *uf_buffer_take(struct uf_buffer *buffer)
{
    char *data = NULL;
    if (!buffer->failed) {
        uf_buffer_append_bytes(buffer, "", 0); /* an empty text is a text */
        data = buffer->failed ? NULL : buffer->data;
    }
    if (!data) free(buffer->data);
    uf_buffer_init(buffer);
    return data;
}

void uf_text_list_init(struct uf_text_list *list)
{
    *list = (struct uf_text_list){0};
}

void uf_text_list_clear(struct uf_text_list *list)
{
    for (size_t i = 0; i < list->count; i++) free(list->items[i]);
    free(list->items);
    uf_text_list_init(list);
}

uf_status uf_text_list_add(struct uf_text_list *list, const char *text, struct uf_error *error)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 8;
        char **items = realloc(list->items, capacity * sizeof *items);
        if (!items) return uf_fail_memory(error);
        list->items = items;
        list->capacity = capacity;
    }
    char *copy = uf_text_copy(text ? text : "");
    if (!copy) return uf_fail_memory(error);
    list->items[list->count++] = copy;
    return UF_OK;
}

size_t uf_text_list_find(const struct uf_text_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->items[i], text)) return i;
    return SIZE_MAX;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

uf_status uf_text_list_split(struct uf_text_list *list, const char *text, char separator,
                             struct uf_error *error)
{
    const size_t count_before = list->count;
    while (*text) {
        const char *end = strchr(text, separator);
        if (!end) end = text + strlen(text);
        const char *first = text, *last = end;
        while (first < last && is_blank(*first)) first++;
        while (last > first && is_blank(last[-1])) last--;
        if (last > first) {
            char *item = strndup(first, (size_t)(last - first));
            uf_status status = item ? uf_text_list_add(list, item, error) : uf_fail_memory(error);
            free(item);
            if (status != UF_OK) {
                while (list->count > count_before) free(list->items[--list->count]);
                return status;
            }
        }
        text = *end ? end + 1 : end;
    }
    return UF_OK;
}

char *uf_text_copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

bool uf_text_equal(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

bool uf_text_is_utf8(const char *bytes, size_t length)
{
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)bytes;
    while (length > 0) {
        if (*p < 0x80) {
            p++, length--;
            continue;
        }
        utf8proc_int32_t codepoint;
        utf8proc_ssize_t step = utf8proc_iterate(p, (utf8proc_ssize_t)(length > 4 ? 4 : length), &codepoint);
        if (step <= 0) return false;
        p += step, length -= (size_t)step;
    }
    return true;
}

size_t uf_text_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++) width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

uf_status uf_text_normalise(const char *text, char **out, struct uf_error *error)
{
    utf8proc_uint8_t *result = NULL;
    utf8proc_ssize_t length = utf8proc_map((const utf8proc_uint8_t *)text, 0, &result,
                                           UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (length == UTF8PROC_ERROR_NOMEM) return uf_fail_memory(error);
    if (length < 0) return uf_fail(error, UF_BAD_INPUT, "the text is not valid UTF-8; save it as UTF-8");
    *out = (char *)result;
    return UF_OK;
}

char *uf_text_slug(const char *text)
{
    utf8proc_uint8_t *plain = NULL;
    utf8proc_ssize_t length = utf8proc_map((const utf8proc_uint8_t *)text, 0, &plain,
                                           UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE |
                                               UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
    const char *source = length < 0 ? "" : (const char *)plain;
    struct uf_buffer slug;
    uf_buffer_init(&slug);
    bool gap = false;
    for (const char *p = source; *p; p++) {
        bool keep = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
        if (keep && gap && slug.length) uf_buffer_append_char(&slug, '-');
        if (keep) uf_buffer_append_char(&slug, *p);
        gap = !keep;
    }
    free(plain);
    if (!slug.length) uf_buffer_append(&slug, "unnamed");
    return uf_buffer_take(&slug);
}

/* Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, on case-folded code
 * points. */
enum { NEAREST_MAX = 64 };

static size_t folded(const char *text, utf8proc_int32_t out[NEAREST_MAX])
{
    utf8proc_ssize_t n = utf8proc_decompose((const utf8proc_uint8_t *)text, 0, out, NEAREST_MAX,
                                            UTF8PROC_NULLTERM | UTF8PROC_CASEFOLD);
    return n < 0 || n > NEAREST_MAX ? SIZE_MAX : (size_t)n;
}

static size_t edit_distance(const utf8proc_int32_t *a, size_t n, const utf8proc_int32_t *b, size_t m)
{
    size_t rows[3][NEAREST_MAX + 1];
    size_t *before = rows[0], *previous = rows[1], *current = rows[2];
    for (size_t j = 0; j <= m; j++) previous[j] = j;
    for (size_t i = 1; i <= n; i++) {
        current[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = previous[j - 1] + (a[i - 1] != b[j - 1]);
            if (previous[j] + 1 < best) best = previous[j] + 1;
            if (current[j - 1] + 1 < best) best = current[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            current[j] = best;
        }
        size_t *recycled = before;
        before = previous, previous = current, current = recycled;
    }
    return previous[m];
}

const char *uf_text_nearest(const char *word, const char *const *candidates, size_t count)
{
    utf8proc_int32_t a[NEAREST_MAX], b[NEAREST_MAX];
    size_t n = folded(word, a);
    if (n == SIZE_MAX || n == 0) return NULL;
    const char *nearest = NULL;
    size_t best = 1 + n / 4;
    for (size_t i = 0; i < count; i++) {
        size_t m = folded(candidates[i], b);
        if (m == SIZE_MAX) continue;
        size_t distance = edit_distance(a, n, b, m);
        if (distance >= n && distance >= m) continue; /* nothing in common */
        if (distance < best || (distance == best && !nearest)) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
