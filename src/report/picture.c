// SPDX-License-Identifier: GPL-3.0-or-later
/* A picture inside the page: its ids get the figure's name in front, so that no two pictures, and no picture
 * and section, share one. */
#include "escape.h"
#include "html.h"

#include <stdlib.h>
#include <string.h>

static void append_prefix(struct uf_buffer *out, size_t figure)
{
    uf_buffer_append(out, "uf-figure-");
    uf_buffer_append_size(out, figure);
    uf_buffer_append_char(out, '-');
}

static size_t length_of(const char *p, const char *const *words, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++)
        if (strncmp(p, words[i], strlen(words[i])) == 0) return strlen(words[i]);
    return 0;
}

/* What an id or a reference to one begins with; the name follows. */
static size_t opening_of_name(const char *p)
{
    static const char *const words[] = {" id=\"",    " id='",    "\nid=\"", "\nid='", " href=\"#", " href='#",
                                        ":href=\"#", ":href='#", "url(#",   "url('#", "url(\"#"};
    return length_of(p, words, sizeof words / sizeof *words);
}

/* The same for attributes that hold several names with blanks between. */
static size_t opening_of_names(const char *p)
{
    static const char *const words[] = {"aria-labelledby=\"", "aria-labelledby='", "aria-describedby=\"",
                                        "aria-describedby='"};
    return length_of(p, words, sizeof words / sizeof *words);
}

static const char *append_names(struct uf_buffer *out, const char *p, char quote, size_t figure)
{
    while (*p != '\0' && *p != quote) {
        size_t length = strcspn(p, quote == '"' ? " \"" : " '");
        if (length > 0) append_prefix(out, figure);
        uf_buffer_append_bytes(out, p, length);
        p += length;
        if (*p == ' ') uf_buffer_append_char(out, *p++);
    }
    return p;
}

static void append_svg(struct uf_buffer *out, const char *svg, size_t figure)
{
    bool in_tag = false;
    for (const char *p = svg; *p != '\0';) {
        size_t one = in_tag ? opening_of_name(p) : 0, several = in_tag ? opening_of_names(p) : 0;
        uf_buffer_append_bytes(out, p, one + several);
        p += one + several;
        if (one > 0) {
            append_prefix(out, figure);
        } else if (several > 0) {
            p = append_names(out, p, p[-1], figure);
        } else {
            if (*p == '<' || *p == '>') in_tag = *p == '<';
            uf_buffer_append_char(out, *p++);
        }
    }
}

/* True where the picture already says itself what it is. */
static bool has_role(const char *svg)
{
    const char *role = strstr(svg, " role="), *end = strchr(svg, '>');
    return role != NULL && end != NULL && role < end;
}

void uf_html_picture(struct uf_page *page, const char *svg, const char *alt_text, size_t figure)
{
    bool wrapped = !has_role(svg);
    if (wrapped) {
        uf_buffer_append(page->out, "<div role=\"img\" aria-label=\"");
        uf_escape_html(page->out, alt_text);
        uf_buffer_append(page->out, "\">\n");
    }
    append_svg(page->out, svg, figure);
    uf_buffer_append(page->out, wrapped ? "\n</div>" : "\n");
}
