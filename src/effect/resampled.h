// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_RESAMPLED_H
#define UTFALL_EFFECT_RESAMPLED_H
/*
 * The draws of several results, read together.
 *
 * Adjusted p-values of `count` results that were resampled alike (the same `design`, and so the same number of draws), by
 * uf_romano_wolf. A statistic that is not studentised is divided by its root mean square over all draws, the actual one
 * among them, so that outcomes of other units and spread count alike; a constant leaves the single p-value as it is.
 * UF_BAD_USAGE: no draws. O(draws · count).
 */
#include <utfall/result.h>

uf_status effect_romano_wolf(const struct uf_resampled *const *results, size_t count, double *out,
                             struct uf_error *error);
#endif
