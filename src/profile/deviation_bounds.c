// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/deviation_bounds.h"

#include <math.h>

/* x − m for the x in [low, high] that is nearest to m, and for the one that is farthest. */
static double near_to(double m, double low, double high)
{
    return m < low ? low - m : m > high ? high - m : 0;
}

static double far_from(double m, double low, double high)
{
    return high - m > m - low ? high - m : low - m;
}

typedef double residual_function(double m, double low, double high);

struct column {
    const gsl_matrix *low, *high;
    size_t j;
    const bool *whole;
};

static void add_up(const struct column *x, residual_function *residual, double m, double *sum,
                   double *squares)
{
    *sum = *squares = 0;
    for (size_t r = 0; r < x->low->size1; r++) {
        if (!x->whole[r]) continue;
        const double e = residual(m, gsl_matrix_get(x->low, r, x->j), gsl_matrix_get(x->high, r, x->j));
        *sum += e;
        *squares += e * e;
    }
}

/* The m around which the squares are least: their sum is convex in it, and residuals around it add up to nought. */
static double least_at(const struct column *x, residual_function *residual, double low, double high)
{
    for (int i = 0; i < 60; i++) {
        const double m = low + (high - low) / 2;
        double sum = 0, squares = 0;
        add_up(x, residual, m, &sum, &squares);
        if (sum > 0)
            low = m;
        else
            high = m;
    }
    return low + (high - low) / 2;
}

struct deviation_bounds deviation_bounds_of(const gsl_matrix *low, const gsl_matrix *high, size_t j,
                                            const bool *whole)
{
    const struct column x = {low, high, j, whole};
    struct deviation_bounds b = {0};
    double unused = 0;
    for (size_t r = 0; r < low->size1; r++) {
        if (!whole[r]) continue;
        b.n++;
        b.mean_low += gsl_matrix_get(low, r, j);
        b.mean_high += gsl_matrix_get(high, r, j);
    }
    b.mean_low /= b.n;
    b.mean_high /= b.n;
    b.near_at = least_at(&x, near_to, b.mean_low, b.mean_high);
    b.far_at = least_at(&x, far_from, b.mean_low, b.mean_high);
    add_up(&x, near_to, b.near_at, &b.near_residual, &b.near_sum);
    add_up(&x, far_from, b.far_at, &unused, &b.far_sum);
    const double below = b.near_sum - 2 * fabs(b.near_residual) * (b.mean_high - b.mean_low);
    b.variance_low = fmax(0, below) / (b.n - 1);
    b.variance_high = b.far_sum / (b.n - 1);
    return b;
}

/* What of a pair's bound is the same however its own two figures lie. */
struct others {
    double m, squares, residual;
    double mean_low, mean_high; /* their part of the mean's bounds */
};

/* (g / s)², the most, where the pair's figures are between `a` and `b`. The mean lies where the figures let it, and a tangent at
 * m to the convex sum of squares is below the sum all the way there. */
static double most_within(const struct deviation_bounds *x, const struct others *others, const double a[2],
                          const double b[2])
{
    const double m = others->m, gap = b[1] - a[0];
    if (gap <= 0) return 0;
    const double of_c = near_to(m, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
    const double squares = others->squares + 2 * of_c * of_c, slope = -2 * (others->residual + 2 * of_c);
    const double mean_low = others->mean_low + (a[0] + b[0]) / x->n,
                 mean_high = others->mean_high + (a[1] + b[1]) / x->n;
    const double at_least = squares + fmin(slope * (mean_low - m), slope * (mean_high - m));
    return (x->n - 1) / (0.5 + fmax(0, at_least) / (gap * gap));
}

/* The most, b above a. Around the same middle a wider gap is more, so that one of the two figures is at its outer end; the
 * other goes its way in pieces, as it is the middle that decides how near the mean comes. */
enum { PIECES = 8 };

static double most(const struct deviation_bounds *x, const double a[2], const double b[2])
{
    const double of_a = near_to(x->near_at, a[0], a[1]), of_b = near_to(x->near_at, b[0], b[1]);
    const struct others others = {.m = x->near_at,
                                  .squares = x->near_sum - of_a * of_a - of_b * of_b,
                                  .residual = x->near_residual - of_a - of_b,
                                  .mean_low = x->mean_low - (a[0] + b[0]) / x->n,
                                  .mean_high = x->mean_high - (a[1] + b[1]) / x->n};
    const double step_a = (a[1] - a[0]) / PIECES, step_b = (b[1] - b[0]) / PIECES;
    const double a_out[2] = {a[0], a[0]}, b_out[2] = {b[1], b[1]};
    double out = 0;
    for (int i = 0; i < PIECES; i++) {
        const double a_in[2] = {a[0] + i * step_a, i + 1 < PIECES ? a[0] + (i + 1) * step_a : a[1]};
        const double b_in[2] = {b[0] + i * step_b, i + 1 < PIECES ? b[0] + (i + 1) * step_b : b[1]};
        out = fmax(out, most_within(x, &others, a_out, b_in));
        out = fmax(out, most_within(x, &others, a_in, b_out));
    }
    return out;
}

/* The least, b above a: the ratio of √(the sum of squares) to g is quasi-convex, and so greatest in a corner. */
static double least(const struct deviation_bounds *x, const double a[2], const double b[2])
{
    const double m = x->far_at, of_a = far_from(m, a[0], a[1]), of_b = far_from(m, b[0], b[1]);
    const double others = fmax(0, x->far_sum - of_a * of_a - of_b * of_b);
    double out = HUGE_VAL;
    for (int i = 0; i < 4; i++) {
        const double gap = b[i / 2] - a[i % 2], c = (b[i / 2] + a[i % 2]) / 2 - m;
        out = fmin(out, (x->n - 1) / (0.5 + (others + 2 * c * c) / (gap * gap)));
    }
    return out;
}

void deviation_bounds_gap(const struct deviation_bounds *bounds, const double a[2], const double b[2],
                          double out[2])
{
    const double up = b[1] - a[0], down = a[1] - b[0];
    out[0] = down < 0 ? sqrt(least(bounds, a, b)) : 0 - sqrt(most(bounds, b, a));
    out[1] = up < 0 ? 0 - sqrt(least(bounds, b, a)) : sqrt(most(bounds, a, b));
}
