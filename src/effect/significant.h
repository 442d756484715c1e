// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SIGNIFICANT_H
#define UTFALL_EFFECT_SIGNIFICANT_H
/* A number in a sentence: with as many decimals as make four figures, whatever the outcome is measured in; what six
 * decimals would leave little of has an exponent. */
#include <math.h>
#include <utfall/language.h>

static inline struct uf_argument significant_argument(double value)
{
    int before = value != 0 && isfinite(value) ? (int)floor(log10(fabs(value))) + 1 : 0;
    int decimals = 4 - before;
    return uf_number_argument(value, decimals < 0 ? 0 : decimals > 6 ? -1 : decimals);
}
#endif
