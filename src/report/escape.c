// SPDX-License-Identifier: GPL-3.0-or-later
#include "escape.h"

#include <stdio.h>
#include <string.h>

static const char replacement[] = "\uFFFD";

/* The length of the character at `p`, or 0 where its bytes are not UTF-8. */
static size_t character_length(const char *p)
{
    unsigned char lead = (unsigned char)*p;
    size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    for (size_t i = 1; i < length; i++)
        if (p[i] == '\0') return 0;
    return uf_text_is_utf8(p, length) ? length : 0;
}

/* U+0000–001F, U+007F–009F and the noncharacters U+FFFE and U+FFFF: not allowed in XML or HTML, or obeyed by
 * terminals. */
static bool is_control(const char *p, size_t length)
{
    unsigned char a = (unsigned char)p[0];
    if (length == 1) return a < 0x20 || a == 0x7F;
    unsigned char b = (unsigned char)p[1];
    if (length == 2) return a == 0xC2 && b < 0xA0;
    return length == 3 && a == 0xEF && b == 0xBF && (unsigned char)p[2] >= 0xBE;
}

/* Appends the character at `p`, made safe, and gives how many bytes it took. */
static size_t append_safe(struct uf_buffer *out, const char *p)
{
    size_t length = character_length(p);
    if (length == 0 || is_control(p, length))
        uf_buffer_append(out, replacement);
    else
        uf_buffer_append_bytes(out, p, length);
    return length == 0 ? 1 : length;
}

void uf_escape_html(struct uf_buffer *out, const char *text)
{
    for (const char *p = text; p != NULL && *p != '\0';) {
        const char *reference = *p == '&'    ? "&amp;"
                                : *p == '<'  ? "&lt;"
                                : *p == '>'  ? "&gt;"
                                : *p == '"'  ? "&quot;"
                                : *p == '\'' ? "&#39;"
                                : *p == '`'  ? "&#96;"
                                : *p == '\n' ? "\n"
                                : *p == '\t' ? "\t"
                                             : NULL;
        if (reference == NULL) {
            p += append_safe(out, p);
        } else {
            uf_buffer_append(out, reference);
            p++;
        }
    }
}

void uf_escape_url(struct uf_buffer *out, const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    for (const char *p = path; p != NULL && *p != '\0'; p++) {
        if (strchr(plain, *p) != NULL) {
            uf_buffer_append_char(out, *p);
        } else {
            char code[4];
            snprintf(code, sizeof code, "%%%02X", (unsigned)(unsigned char)*p);
            uf_buffer_append(out, code);
        }
    }
}

void uf_escape_json(struct uf_buffer *out, const char *text)
{
    uf_buffer_append_char(out, '"');
    for (const char *p = text; p != NULL && *p != '\0';) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\') {
            uf_buffer_append_char(out, '\\');
            uf_buffer_append_char(out, *p++);
        } else if (c == '\n') {
            uf_buffer_append(out, "\\n");
            p++;
        } else if (c < 0x20 || c == 0x7F) {
            char code[8];
            snprintf(code, sizeof code, "\\u%04x", (unsigned)c);
            uf_buffer_append(out, code);
            p++;
        } else {
            p += append_safe(out, p);
        }
    }
    uf_buffer_append_char(out, '"');
}

void uf_escape_terminal(struct uf_buffer *out, const char *text)
{
    for (const char *p = text; p != NULL && *p != '\0';) {
        if (*p == '\n' || *p == '\r' || *p == '\t') {
            uf_buffer_append_char(out, ' ');
            p++;
        } else {
            p += append_safe(out, p);
        }
    }
}

void uf_escape_csv(struct uf_buffer *out, const char *text)
{
    if (text == NULL) return;
    if (strpbrk(text, ",\"\r\n") == NULL) {
        uf_buffer_append(out, text);
        return;
    }
    uf_buffer_append_char(out, '"');
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"') uf_buffer_append_char(out, '"');
        uf_buffer_append_char(out, *p);
    }
    uf_buffer_append_char(out, '"');
}
