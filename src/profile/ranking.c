// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/ranking.h"

#include <math.h>
#include <string.h>

static double member(const double *first, size_t stride, size_t i)
{
    double value;
    memcpy(&value, (const char *)first + i * stride, sizeof value);
    return value;
}

double rank_of_member(const double *first, size_t stride, size_t n, size_t i, size_t *out_ranked)
{
    const double own = member(first, stride, i);
    double rank = 1;
    *out_ranked = 0;
    for (size_t j = 0; j < n; j++) {
        const double other = member(first, stride, j);
        *out_ranked += isnan(other) ? 0 : 1;
        rank += other > own;
    }
    return isnan(own) ? (double)NAN : rank;
}

double rank_from_top(const gsl_vector *values, size_t i)
{
    size_t ranked;
    return rank_of_member(values->data, values->stride * sizeof *values->data, values->size, i, &ranked);
}
