// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_REPORT_HTML_H
#define UTFALL_REPORT_HTML_H
/*
 * Pieces of the page. The output is HTML5 in a form that is also well-formed XML (empty elements are closed,
 * no named entities), so that an XML parser can check it strictly.
 */
#include "document.h"

struct uf_page {
    struct uf_buffer *out;
    enum uf_language language;
    size_t n_tables, n_figures; /* numbered so far */
};

/* A table in a region that scrolls and takes the keyboard's focus, its legend, and the link to its CSV.
 * `figure` 0: a table with a number of its own; else the number of the figure that it stands behind. */
void uf_html_table(struct uf_page *page, const struct uf_table *table, size_t max_rows, const char *csv_name,
                   size_t figure);
/* The picture of a figure; where it does not say its role itself, the alt text names it. */
void uf_html_picture(struct uf_page *page, const char *svg, const char *alt_text, size_t figure);
/* The style sheet, for a <style> element. */
void uf_html_style(struct uf_buffer *out);
#endif
