// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_REPORT_SPARKLINE_H
#define UTFALL_REPORT_SPARKLINE_H
/* A series in a cell (utfall/sparkline.h) as people see it. A text that is no series stays a text. */
#include <utfall/language.h>
#include <utfall/table.h>
#include <utfall/text.h>

/* True for a text column whose cells are series. */
bool uf_column_is_sparkline(const struct uf_table *table, size_t column);
/* An inline SVG, `role="img"` with the sentence of uf_sparkline_words as its name; gaps where values are
 * missing, a dot at the last value. No ids, so any number may stand in one page. */
void uf_sparkline_html(struct uf_buffer *out, const struct uf_table *table, size_t row, size_t column,
                       enum uf_language language);
/* `▁▃▆█` and a blank for a missing value. */
void uf_sparkline_terminal(struct uf_buffer *out, const struct uf_table *table, size_t row, size_t column);
#endif
