// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_SEQUENCE_H
#define UTFALL_CHART_SEQUENCE_H
/* Rows of a long table in the order in which lines are drawn: line by line, each by period. */
#include <stddef.h>
#include <utfall/status.h>

/* `out_order[n]` gets the rows. Counted into lines, then inserted by period within each, since tables come
 * sorted by period or nearly so: O(n) then, O(n * longest line) at worst. */
uf_status uf_sequence_order(const size_t *line_of, const double *periods, size_t n, size_t n_lines,
                            size_t *out_order, struct uf_error *error);
#endif
