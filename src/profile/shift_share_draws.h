// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_SHIFT_SHARE_DRAWS_H
#define UTFALL_PROFILE_SHIFT_SHARE_DRAWS_H
/*
 * What rounding leaves of shift-share's parts that no argument about extremes bounds: the splits of the regional component,
 * sums over several steps, parts in per cent. The parts are formed again on tables from the box of figures: for each part two
 * that pull all figures to where it rises and to where it falls, by its slopes in the middle of the box and then by those at the end reached, and seeded ones
 * (rounding_draws.h). Rounding boxes are small beside the figures, so that the pulled tables as a rule are the extremes.
 */
#include <stdbool.h>

#include "profile/rounding_draws.h"
#include "profile/shift_share_components.h"

/* The sectors whose parts are summed, over consecutive periods, and what the others come to. Per period (rows): the region's
 * own figures of `n` sectors and of the rest of the nation (or, unless `within`, of the nation), then the sums of the
 * sectors that are not listed. */
struct shift_share_figures {
    size_t n_periods, n;
    bool within;
    double *low, *high; /* periods × (2n + 2) */
};
/* Pulled tables of each component: its value and its per cent, up and down, in two rounds. */
enum { SHIFT_SHARE_PULLED = 8 };
/* `value` and `percent`: the parts of the figures as shown (per cent of the first start, or NULL), with which the bands
 * begin. A part that has no bound on one side is NaN there. O(draws · periods · n). */
uf_status shift_share_draw(const struct shift_share_figures *figures,
                           const struct shift_share_component *const *component, size_t n_components,
                           const struct rounding_plan *plan, const double *value, const double *percent,
                           struct shift_share_band *out, struct uf_error *error);
#endif
