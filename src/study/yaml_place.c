// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/yaml_place.h"

#include <stdbool.h>
#include <string.h>

#include "base/fail.h"

enum { LONGEST = 10000 };

/* The bytes of the line break at `p`, 0 for none: those of YAML 1.1, which libyaml counts lines by. */
static size_t break_length(const char *p, const char *end)
{
    size_t left = (size_t)(end - p);
    if (left == 0) return 0;
    if (*p == '\r') return left > 1 && p[1] == '\n' ? 2 : 1;
    if (*p == '\n') return 1;
    if (left > 1 && !memcmp(p, "\xC2\x85", 2)) return 2;
    return left > 2 && (!memcmp(p, "\xE2\x80\xA8", 3) || !memcmp(p, "\xE2\x80\xA9", 3)) ? 3 : 0;
}

uf_status yaml_lines_find(const char *bytes, size_t length, struct arena *arena, struct yaml_lines *out,
                          struct uf_error *error)
{
    const char *end = bytes + length;
    size_t count = 1, step;
    for (const char *p = bytes; p < end; p += step ? step : 1) count += (step = break_length(p, end)) > 0;
    size_t *start = arena_take(arena, count, sizeof *start), line = 0;
    if (!start) return uf_fail_memory(error);
    start[line++] = 0;
    for (const char *p = bytes; p < end; p += step ? step : 1)
        if ((step = break_length(p, end)) > 0) start[line++] = (size_t)(p - bytes) + step;
    *out = (struct yaml_lines){bytes, length, start, count};
    return UF_OK;
}

struct cursor {
    const char *p, *end;
    struct uf_text_place place;
};

static void step_over(struct cursor *cursor)
{
    size_t length = break_length(cursor->p, cursor->end);
    if (length) {
        cursor->p += length;
        cursor->place = (struct uf_text_place){cursor->place.line + 1, 1};
        return;
    }
    cursor->p++;
    /* the column of a character is that of its first byte */
    if (cursor->p == cursor->end || ((unsigned char)*cursor->p & 0xC0) != 0x80) cursor->place.column++;
}

static const char *find_mark(const struct yaml_lines *lines, const yaml_mark_t *mark)
{
    const char *end = lines->bytes + lines->length;
    if (mark->line >= lines->count) return end;
    const char *p = lines->bytes + lines->start[mark->line];
    for (size_t column = 0; p < end && column < mark->column; column++)
        for (p++; p < end && ((unsigned char)*p & 0xC0) == 0x80;) p++;
    return p;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Anchor and tag, the opening quote, the header of a block: what stands before the value itself. */
static void skip_opening(struct cursor *cursor, yaml_scalar_style_t style)
{
    while (cursor->p < cursor->end && (*cursor->p == '&' || *cursor->p == '!')) {
        while (cursor->p < cursor->end && !is_blank(*cursor->p)) step_over(cursor);
        while (cursor->p < cursor->end && is_blank(*cursor->p)) step_over(cursor);
    }
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) {
        size_t line = cursor->place.line;
        while (cursor->p < cursor->end && cursor->place.line == line) step_over(cursor);
    } else if (style != YAML_PLAIN_SCALAR_STYLE && cursor->p < cursor->end) {
        step_over(cursor);
    }
}

/* Moves to the next `wanted`; in double quotes a backslash and what it escapes are one. */
static bool seek(struct cursor *cursor, char wanted, bool escapes)
{
    struct cursor next = *cursor;
    while (next.p < next.end && *next.p != wanted) {
        if (escapes && *next.p == '\\' && next.p + 1 < next.end) {
            if (next.p[1] == wanted) break;
            step_over(&next);
        }
        step_over(&next);
    }
    if (next.p == next.end) return false; /* written as a number, as \x41: near enough to where we are */
    *cursor = next;
    return true;
}

uf_status yaml_place_text(const struct yaml_lines *lines, const yaml_node_t *scalar, const char *text,
                          struct arena *arena, const struct uf_text_place **out, struct uf_error *error)
{
    const yaml_scalar_style_t style = scalar->data.scalar.style;
    const size_t length = strlen(text);
    struct cursor cursor = {.p = find_mark(lines, &scalar->start_mark),
                            .end = find_mark(lines, &scalar->end_mark),
                            .place = {scalar->start_mark.line + 1, scalar->start_mark.column + 1}};
    *out = NULL;
    if (length > LONGEST || cursor.p >= cursor.end) return UF_OK;
    if (style == YAML_PLAIN_SCALAR_STYLE && !strchr("&!", *cursor.p) &&
        scalar->start_mark.line == scalar->end_mark.line)
        return UF_OK;
    struct uf_text_place *places = arena_take(arena, length + 1, sizeof *places);
    if (!places) return uf_fail_memory(error);
    skip_opening(&cursor, style);
    const bool escapes = style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    for (size_t i = 0; i < length; i++) {
        bool found = !is_blank(text[i]) && seek(&cursor, text[i], escapes);
        places[i] = cursor.place;
        if (!found) continue;
        if (*cursor.p != text[i]) step_over(&cursor);
        step_over(&cursor);
    }
    places[length] = cursor.place;
    *out = places;
    return UF_OK;
}
