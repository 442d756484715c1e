// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_DEVIATION_BOUNDS_H
#define UTFALL_PROFILE_DEVIATION_BOUNDS_H
/*
 * How many standard deviations two regions can be apart in an attribute that is known within rounding only, when the deviation
 * is formed anew (n − 1) from whatever the exact figures are.
 *
 * With g = x_b − x_a, c = (x_a + x_b) / 2 and Q the sum of squares around the mean of {c, c, the other regions},
 *     (g / s)² = (n − 1) / (1/2 + Q / g²).
 * It rises in g and falls in Q. Q is the least over m of the squares around m, a convex function of m: around any m the far
 * ends of the intervals are a bound from above, and a tangent to the sum at the near ends is one from below. The bounds
 * hold every table of the box; tables come close to them (property/test_peer_regions.c: within a few per cent of the width).
 */
#include <gsl/gsl_matrix.h>
#include <stdbool.h>

struct deviation_bounds {
    double n;
    double mean_low, mean_high;              /* between which the mean lies */
    double near_at, near_sum, near_residual; /* Σ squares and Σ of x − m, x as near to m as can be */
    double far_at, far_sum;                  /* Σ squares, x as far from m as can be */
    double variance_low, variance_high;
};

/* Of column `j` over the rows that are `whole`, at least two. O(rows). */
struct deviation_bounds deviation_bounds_of(const gsl_matrix *low, const gsl_matrix *high, size_t j,
                                            const bool *whole);
/* Bounds of (x_b − x_a) / s; `a` and `b` are the ends of two regions' intervals. O(1). */
void deviation_bounds_gap(const struct deviation_bounds *bounds, const double a[2], const double b[2],
                          double out[2]);
#endif
