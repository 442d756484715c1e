// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_BAND_COLUMNS_H
#define UTFALL_CHART_BAND_COLUMNS_H
/* The columns of values and bands, looked at before anything is drawn: what is asked for and cannot be read as a band is refused, since a
 * picture without it would look like one of exact figures. */
#include <utfall/chart.h>

/* UF_BAD_INPUT: a column of text, or a lower end above its upper end (which rows). UF_BAD_USAGE: one end without the other, or a
 * kind that draws no bands. Empty cells are no fault: those rows have no band. O(rows). */
uf_status uf_band_columns_check(const struct uf_chart_request *request, struct uf_error *error);
#endif
