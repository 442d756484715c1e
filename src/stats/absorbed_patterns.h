// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_ABSORBED_PATTERNS_H
#define UTFALL_STATS_ABSORBED_PATTERNS_H
/*
 * Groups of the largest effect that meet the same dummies row by row (all firms of one region that are seen in all
 * years) take the same from the Schur complement: they are counted, and their part is added once.
 */
#include "stats/absorbed_internal.h"

struct absorbed_patterns;

/* `dims` dummies per row. NULL: no memory. */
struct absorbed_patterns *absorbed_patterns_new(size_t dims);
void absorbed_patterns_free(struct absorbed_patterns *patterns);
/* Counts the group of `length` rows from `first` of the dummies dummy[dim][…]; `is_new` says that it was not met
 * before. False: there is no room for it, or it is too long. */
bool absorbed_patterns_add(struct absorbed_patterns *patterns, const uint32_t *const *dummy, size_t first,
                           size_t length, bool *is_new);
size_t absorbed_patterns_count(const struct absorbed_patterns *patterns);
/* The dummies of a pattern, dims × length one dimension after the other; how many groups had it. */
const uint32_t *absorbed_patterns_at(const struct absorbed_patterns *patterns, size_t index,
                                     size_t *out_length, size_t *out_times);
#endif
