// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_RANKING_H
#define UTFALL_PROFILE_RANKING_H
/* The place of one number among several, as the tables and sentences of profiles give it. */
#include <gsl/gsl_vector.h>

/* 1 for the largest; ties share the better rank; NaN has none and takes no part. O(n). */
double rank_from_top(const gsl_vector *values, size_t i);
/* The same for numbers that are members of `n` structs, `stride` bytes apart; `out_ranked` is how many have a rank. */
double rank_of_member(const double *first, size_t stride, size_t n, size_t i, size_t *out_ranked);
#endif
