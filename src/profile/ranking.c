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

/* Smaller differences, against the largest of the numbers, are rounding: such numbers tie. */
static const double ROUNDING = 1e-9;

double rank_of_member(const double *first, size_t stride, size_t n, size_t i, size_t *out_ranked)
{
    const double own = member(first, stride, i);
    double rank = 1, largest = 0;
    for (size_t j = 0; j < n; j++) largest = fmax(largest, fabs(member(first, stride, j)));
    *out_ranked = 0;
    for (size_t j = 0; j < n; j++) {
        const double other = member(first, stride, j);
        *out_ranked += isnan(other) ? 0 : 1;
        rank += other - own > ROUNDING * largest;
    }
    return isnan(own) ? (double)NAN : rank;
}

double rank_from_top(const gsl_vector *values, size_t i)
{
    size_t ranked;
    return rank_of_member(values->data, values->stride * sizeof *values->data, values->size, i, &ranked);
}

void rank_interval(const double *low, const double *high, size_t n, size_t i, double out[2])
{
    double largest = 0;
    for (size_t j = 0; j < n; j++) largest = fmax(largest, fmax(fabs(low[j]), fabs(high[j])));
    out[0] = out[1] = isnan(low[i]) || isnan(high[i]) ? (double)NAN : 1;
    for (size_t j = 0; j < n; j++) {
        if (j == i) continue;
        out[0] += low[j] - high[i] > ROUNDING * largest;
        out[1] += high[j] - low[i] > ROUNDING * largest;
    }
}

void ranks_from_top(const double *value, size_t n, double *out)
{
    double largest = 0;
    for (size_t j = 0; j < n; j++) largest = fmax(largest, fabs(value[j]));
    for (size_t i = 0; i < n; i++) {
        double rank = 1;
        for (size_t j = 0; j < n; j++) rank += value[j] - value[i] > ROUNDING * largest;
        out[i] = isnan(value[i]) ? (double)NAN : rank;
    }
}
