// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_DOUBLE_DOUBLE_H
#define UTFALL_STATS_DOUBLE_DOUBLE_H
/*
 * Sums of products with about 32 digits: a value as the unevaluated sum of two doubles. Relies on the build
 * never contracting a*b+c (-ffp-contract=off).
 *
 * Dekker's split instead of fma(): on a baseline x86-64 fma() is a function call, and this must give the same
 * bytes with and without the instruction. It overflows above 1e300; callers scale their columns first.
 */

struct double_double {
    double high, low;
};

static inline struct double_double dd_two_sum(double a, double b)
{
    double sum = a + b, part = sum - a;
    return (struct double_double){sum, (a - (sum - part)) + (b - part)};
}

static inline struct double_double dd_two_product(double a, double b)
{
    const double splitter = 134217729.0; /* 2^27 + 1 */
    double product = a * b;
    double ta = splitter * a, tb = splitter * b;
    double a_high = ta - (ta - a), b_high = tb - (tb - b);
    double a_low = a - a_high, b_low = b - b_high;
    double rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return (struct double_double){product, rest};
}

/* sum + value */
static inline struct double_double dd_add(struct double_double sum, double value)
{
    struct double_double s = dd_two_sum(sum.high, value);
    s.low += sum.low;
    return dd_two_sum(s.high, s.low);
}

/* sum - a * b */
static inline struct double_double dd_subtract_product(struct double_double sum, double a, double b)
{
    struct double_double p = dd_two_product(a, b);
    struct double_double s = dd_two_sum(sum.high, -p.high);
    s.low += sum.low - p.low;
    return dd_two_sum(s.high, s.low);
}
#endif
