// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_SERIATION_H
#define UTFALL_CHART_SERIATION_H
/* An order of the rows of a matrix in which neighbours are alike. */
#include <stddef.h>
#include <utfall/status.h>

/*
 * `values[n_rows * n_columns]`, row by row, NaN for a missing cell; `out_order[n_rows]` gets the rows. The
 * distance of two rows is the root mean square of their differences over the columns that both have (rows
 * without one in common are as far apart as the furthest). A path from one of the two rows furthest apart,
 * always to the nearest row that is left, then shortened by turning parts round (2-opt) until no turn helps;
 * it runs from the end with the higher mean. The same matrix gives the same order. O(n^2 * columns), and
 * O(n^2) per round of turns, of which there are at most n.
 */
uf_status uf_seriation_order(const double *values, size_t n_rows, size_t n_columns, size_t *out_order,
                             struct uf_error *error);
/* The same by falling mean over what is there; rows without any value last. O(n log n). */
uf_status uf_seriation_by_mean(const double *values, size_t n_rows, size_t n_columns, size_t *out_order,
                               struct uf_error *error);
#endif
