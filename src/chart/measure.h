// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_MEASURE_H
#define UTFALL_CHART_MEASURE_H
/* How wide a text is, and where it breaks into lines. An upper bound: the widths are those of DejaVu Sans,
 * the widest of the fonts that the pictures may end up with (Liberation Sans, Arial, DejaVu Sans). */
#include <stdbool.h>
#include <utfall/status.h>
#include <utfall/text.h>

/* In the unit of `size`, the height of the font. Cost: linear. */
double uf_measure_text(const char *text, double size, bool bold);

/* A copy cut to `width`, with an ellipsis where it was longer; NULL: out of memory. The caller frees it. */
char *uf_measure_fit(const char *text, double size, bool bold, double width);

/* Breaks at blanks, after hyphens and slashes, and inside a word only where it alone is too wide. At least
 * one line. */
uf_status uf_measure_wrap(const char *text, double size, bool bold, double width, struct uf_text_list *lines,
                          struct uf_error *error);
#endif
