// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_REPORT_ESCAPE_H
#define UTFALL_REPORT_ESCAPE_H
/*
 * Any text into each kind of output, so that it stays text there. NULL appends nothing. Bytes that are not
 * UTF-8 and control characters that the output cannot carry become U+FFFD, so that a page is well-formed
 * whatever a label holds.
 */
#include <utfall/text.h>

/* Element content and double- or single-quoted attributes: & < > " ' and the backtick become character
 * references. */
void uf_escape_html(struct uf_buffer *out, const char *text);
/* A relative path as an href: all but letters, digits, - . _ ~ and / is percent-encoded, so no scheme can get
 * in. */
void uf_escape_url(struct uf_buffer *out, const char *path);
/* A JSON string with its quotes. */
void uf_escape_json(struct uf_buffer *out, const char *text);
/* One line of a terminal: line breaks and tabs become blanks, escape sequences lose their ESC. */
void uf_escape_terminal(struct uf_buffer *out, const char *text);
/* A CSV field, quoted only where RFC 4180 asks for it. */
void uf_escape_csv(struct uf_buffer *out, const char *text);
#endif
