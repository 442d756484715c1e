// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/svg.h"

#include "base/fail.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>
#include <utfall/text.h>

/* Liberation Sans has the letter widths of Arial and Helvetica; all are narrower than what the layout reckons
 * with. */
static const char font_family[] = "'Liberation Sans',Arial,Helvetica,sans-serif";

static void append_escaped(struct uf_buffer *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '<')
            uf_buffer_append(out, "&lt;");
        else if (c == '>')
            uf_buffer_append(out, "&gt;");
        else if (c == '&')
            uf_buffer_append(out, "&amp;");
        else if (c == '"')
            uf_buffer_append(out, "&quot;");
        else
            uf_buffer_append_char(out, c < 0x20 || c == 0x7F ? ' ' : *p);
    }
}

static bool begins(const char *p, const char *word)
{
    return strncmp(p, word, strlen(word)) == 0;
}

/* The number in ATTRIBUTE="…" within the opening tag; false when it is not there. */
static bool attribute(const char *tag, const char *end, const char *name, double *out)
{
    const char *found = strstr(tag, name);
    if (!found || found > end) return false;
    const char *number = found + strlen(name);
    if (!begins(number, "=\"")) return false;
    number += 2;
    return uf_number_parse(number, strcspn(number, "\""), '.', out);
}

static void append_head(struct uf_buffer *out, const char *name, double width, double height,
                        const char *title, const char *description)
{
    char size[256];
    snprintf(size, sizeof size, " width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\"", width, height,
             width, height);
    uf_buffer_append(
        out, "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" id=\"");
    uf_buffer_append(out, name);
    uf_buffer_append_char(out, '"');
    uf_buffer_append(out, size);
    uf_buffer_append(out, " style=\"width:100%;height:auto\" role=\"img\" aria-labelledby=\"");
    uf_buffer_append(out, name);
    uf_buffer_append(out, "-title ");
    uf_buffer_append(out, name);
    uf_buffer_append(out, "-desc\">\n<title id=\"");
    uf_buffer_append(out, name);
    uf_buffer_append(out, "-title\">");
    append_escaped(out, title && *title ? title : name);
    uf_buffer_append(out, "</title>\n<desc id=\"");
    uf_buffer_append(out, name);
    uf_buffer_append(out, "-desc\">");
    append_escaped(out, description);
    uf_buffer_append(out, "</desc>\n");
}

/* Inside a tag: ids and references get the prefix, the font its fall-backs. Returns what follows. */
static const char *copy_tag(struct uf_buffer *out, const char *p, const char *name)
{
    static const char *const prefixed[] = {" id=\"", " id='", "href=\"#", "href='#", "url(#"};
    while (*p && *p != '>') {
        const char *hit = NULL;
        for (size_t i = 0; i < sizeof prefixed / sizeof *prefixed; i++)
            if (begins(p, prefixed[i])) hit = prefixed[i];
        if (hit) {
            uf_buffer_append(out, hit);
            uf_buffer_append(out, name);
            uf_buffer_append_char(out, '-');
            p += strlen(hit);
        } else if (begins(p, "font-family=\"")) {
            uf_buffer_append(out, "font-family=\"");
            uf_buffer_append(out, font_family);
            p += strlen("font-family=\"");
            while (*p && *p != '"') p++;
        } else {
            uf_buffer_append_char(out, *p++);
        }
    }
    return p;
}

/* gnuplot indents with tabs and ends lines with blanks: left out, outside of texts they mean nothing. */
static void append_between(struct uf_buffer *out, char c, bool in_text)
{
    if (!in_text && (c == '\t' || (c == '\n' && out->length && out->data[out->length - 1] == '\n'))) return;
    uf_buffer_append_char(out, c);
}

uf_status uf_svg_finish(const char *gnuplot_svg, const char *name, const char *title, const char *description,
                        char **out, struct uf_error *error)
{
    const char *tag = strstr(gnuplot_svg, "<svg"), *end = tag ? strchr(tag, '>') : NULL;
    double width, height;
    if (!end || !attribute(tag, end, " width", &width) || !attribute(tag, end, " height", &height) ||
        !strstr(end, "</svg>"))
        return uf_fail(error, UF_INTERNAL, "the picture '%s' is not an SVG file of gnuplot", name);
    struct uf_buffer text;
    uf_buffer_init(&text);
    append_head(&text, name, width, height, title, description);
    bool in_text = false;
    for (const char *p = end + 1; *p;) {
        const char *skip = begins(p, "<title>") ? "</title>" : begins(p, "<desc>") ? "</desc>" : NULL;
        const char *after = skip ? strstr(p, skip) : NULL;
        if (after) {
            p = after + strlen(skip);
        } else if (*p == '<') {
            if (begins(p, "<text")) in_text = true;
            if (begins(p, "</text")) in_text = false;
            p = copy_tag(&text, p, name);
        } else if (begins(
                       p,
                       "&#x")) { /* gnuplot lets it through; it was a text, not a reference to a character */
            uf_buffer_append(&text, "&amp;");
            p++;
        } else {
            append_between(&text, *p++, in_text);
        }
    }
    *out = uf_buffer_take(&text);
    return *out ? UF_OK : uf_fail_memory(error);
}
