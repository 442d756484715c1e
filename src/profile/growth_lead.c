// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/growth_lead.h"

#include <math.h>
#include <stdbool.h>

double growth_lead(double start, double end, double others_start, double others_end)
{
    return end / start - (end + others_end) / (start + others_start);
}

double growth_lead_turn(double end, double others_start, double others_end)
{
    const double q = sqrt(end / (end + others_end));
    return q < 1 ? others_start * q / (1 - q) : INFINITY;
}

struct growth_range growth_lead_range(struct growth_range start, struct growth_range end,
                                      struct growth_range others_start, struct growth_range others_end)
{
    if (!(start.low > 0)) return (struct growth_range){NAN, NAN};
    const double turn = growth_lead_turn(end.low, others_start.low, others_end.high);
    const double least = fmin(growth_lead(start.low, end.low, others_start.low, others_end.high),
                              growth_lead(start.high, end.low, others_start.low, others_end.high)),
                 most = fmax(growth_lead(start.low, end.high, others_start.high, others_end.low),
                             growth_lead(start.high, end.high, others_start.high, others_end.low));
    const bool inside = start.low < turn && turn < start.high;
    return (struct growth_range){
        inside ? growth_lead(turn, end.low, others_start.low, others_end.high) : least, most};
}
