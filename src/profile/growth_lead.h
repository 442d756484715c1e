// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_GROWTH_LEAD_H
#define UTFALL_PROFILE_GROWTH_LEAD_H
/* How much more a part grew than the whole that it is part of: E₁/E₀ − (E₁ + O₁)/(E₀ + O₀), O the other parts. */
struct growth_range {
    double low, high;
};

double growth_lead(double start, double end, double others_start, double others_end);
/* The start at which the lead turns from falling to rising; infinite where it only falls. */
double growth_lead_turn(double end, double others_start, double others_end);
/* The least and the largest lead where the four figures lie between bounds, exactly: it rises in the part's end and the others'
 * start, falls in the others' end, and turns at most once in the part's start. NaN where that may be 0. */
struct growth_range growth_lead_range(struct growth_range start, struct growth_range end,
                                      struct growth_range others_start, struct growth_range others_end);
#endif
