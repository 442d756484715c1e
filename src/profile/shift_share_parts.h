// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_SHIFT_SHARE_PARTS_H
#define UTFALL_PROFILE_SHIFT_SHARE_PARTS_H
/* The arithmetic of one sector between two periods, which shift-share and what rounding leaves of it are made of. */
#include <utfall/shift_share.h>

struct shift_share_sums {
    double region_start, region_end, nation_start, nation_end;
};
/* A sector that goes from e0 to e1 in the region and from n0 to n1 in the nation; growth rates of the sums are those of
 * region and nation as a whole. */
struct uf_shift_share shift_share_parts_of(double e0, double e1, double n0, double n1,
                                           const struct shift_share_sums *sums);
void shift_share_add(struct uf_shift_share *total, const struct uf_shift_share *part);
#endif
