// SPDX-License-Identifier: GPL-3.0-or-later
/* How often a test finds a line that placebo treatments are given: ratios of quadratics in the slope. */
#include <utfall/pretrend.h>

#include <math.h>
#include <stdbool.h>

#include "base/fail.h"

/* Statistics that differ by less than this share are the same number, computed in another order. */
#define TIE 1e-9
/* Doublings of the slope that are tried, up and down, and halvings of what is left. */
enum { MOST_DOUBLINGS = 60, HALVINGS = 31 };

static double at(const struct uf_pretrend_quadratic *of, double slope)
{
    return of->constant + slope * (of->linear + slope * of->square);
}

static double statistic(const struct uf_pretrend_placebos *p, size_t place, double slope)
{
    double numerator = at(&p->numerator[place], slope);
    if (numerator < 0) numerator = 0; /* rounding; NaN stays */
    if (!p->denominator || isnan(numerator)) return numerator;
    double denominator = at(&p->denominator[place], slope);
    return denominator > 0 ? numerator / denominator : numerator > 0 ? INFINITY : 0;
}

static bool is_found(const struct uf_pretrend_placebos *p, size_t placebo, double level, double slope)
{
    const size_t first = placebo * p->n_dealt;
    const double own = p->statistic ? p->statistic(p->user, placebo, slope) : statistic(p, first, slope),
                 allowed = level * (double)p->n_dealt;
    size_t extreme = 1; /* itself */
    if (isnan(own)) return false;
    if (p->n_dealt == 1) return own > p->critical;
    for (size_t g = 1; g < p->n_dealt && (double)extreme < allowed; g++) {
        double other = statistic(p, first + g, slope);
        extreme += !(other < own * (1 - TIE));
    }
    return (double)extreme < allowed;
}

static double share_found(const struct uf_pretrend_placebos *p, double level, double slope)
{
    size_t found = 0;
    for (size_t h = 0; h < p->n_placebos; h++)
        found += (size_t)is_found(p, h, level, slope) + (size_t)is_found(p, h, level, -slope);
    return (double)found / (2 * (double)p->n_placebos);
}

static uf_status check(const struct uf_pretrend_placebos *p, double level, struct uf_error *error)
{
    if (p->statistic && p->n_dealt > 1)
        return uf_fail(error, UF_BAD_USAGE,
                       "statistics of a kind of their own are those of placebos, not of "
                       "what is dealt to each");
    if (p->n_placebos > 0 && p->n_dealt > 0 && level > 0 && level < 1) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE,
                   "expected placebos (found %zu), statistics of each (%zu) and a level between 0 and 1 (%g)",
                   p->n_placebos, p->n_dealt, level);
}

uf_status uf_pretrend_placebo_power(const struct uf_pretrend_placebos *placebos, double level, double slope,
                                    double *out_power, struct uf_error *error)
{
    UF_TRY(check(placebos, level, error));
    *out_power = share_found(placebos, level, slope);
    return UF_OK;
}

/* Where the line is as large as the errors, over all placebos: the search begins there, so that it scales. */
static double middle_slope(const struct uf_pretrend_placebos *p)
{
    double errors = 0, line = 0;
    for (size_t h = 0; h < p->n_placebos; h++) {
        const struct uf_pretrend_quadratic *of = &p->numerator[h * p->n_dealt];
        if (!isnan(of->constant)) line += of->square;
        for (size_t g = 0; g < p->n_dealt; g++)
            if (!isnan(of[g].constant)) errors += of[g].constant / (double)p->n_dealt;
    }
    return sqrt(errors / line);
}

uf_status uf_pretrend_placebo_slope(const struct uf_pretrend_placebos *placebos, double level, double power,
                                    double *out_slope, struct uf_error *error)
{
    UF_TRY(check(placebos, level, error));
    if (!(power > 0 && power < 1))
        return uf_fail(error, UF_BAD_USAGE, "the power must lie between 0 and 1 (found %g)", power);
    double low = 0, high = middle_slope(placebos);
    if (!(high > 0 && isfinite(high)))
        return uf_fail(error, UF_NOT_IDENTIFIED, "the test would not see a line of any slope");
    if (share_found(placebos, level, 0) >= power)
        return uf_fail(error, UF_NOT_IDENTIFIED, "the test finds as much where nothing drifts");
    int doublings = 0;
    while (share_found(placebos, level, high) < power && doublings++ < MOST_DOUBLINGS) low = high, high *= 2;
    if (doublings > MOST_DOUBLINGS)
        return uf_fail(error, UF_NOT_IDENTIFIED, "no line however steep is found with that power");
    for (int step = 0; step < HALVINGS; step++) {
        double middle = low + (high - low) / 2;
        if (share_found(placebos, level, middle) < power)
            low = middle;
        else
            high = middle;
    }
    *out_slope = high;
    return UF_OK;
}
