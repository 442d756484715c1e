// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_RANKING_H
#define UTFALL_PROFILE_RANKING_H
/* The place of one number among several, as the tables and sentences of profiles give it. */
#include <gsl/gsl_vector.h>

/* 1 for the largest; ties (differences below 1e-9 of the largest number) share the better rank; NaN has none and takes no part. O(n). */
double rank_from_top(const gsl_vector *values, size_t i);
/* The same for numbers that are members of `n` structs, `stride` bytes apart; `out_ranked` is how many have a rank. */
double rank_of_member(const double *first, size_t stride, size_t n, size_t i, size_t *out_ranked);
/* What bands leave of the place of number `i`: 1 + those surely above it … 1 + those that may be; the numbers' own ranks lie
 * within. Borrowed arrays of `n`; numbers whose band is NaN take no part. {NaN, NaN} where its own is. O(n). */
void rank_interval(const double *low, const double *high, size_t n, size_t i, double out[2]);
/* The ranks of all `n` numbers, as rank_of_member gives each. O(n²), without room of its own. */
void ranks_from_top(const double *value, size_t n, double *out);
#endif
