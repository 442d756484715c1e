// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/sobol.h>

#include <math.h>

#include "base/fail.h"

struct share {
    double value, error;
};

/* The numerator's part of one draw. */
typedef double part_function(double a, double b, double mixed);

static double first_part(double a, double b, double mixed)
{
    return b * (mixed - a);
}

static double total_part(double a, double b, double mixed)
{
    (void)b;
    return (a - mixed) * (a - mixed) / 2;
}

struct results {
    const double *a, *b, *mixed;
    size_t n;
    double mean, variance;
};

/* A ratio of two means; its error is the deviation of (part − ratio·spread)/variance over √n. */
static struct share share_of(const struct results *r, part_function *part)
{
    double n = (double)r->n, sum = 0, squares = 0;
    for (size_t i = 0; i < r->n; i++)
        sum += part(r->a[i] - r->mean, r->b[i] - r->mean, r->mixed[i] - r->mean);
    double value = sum / n / r->variance;
    for (size_t i = 0; i < r->n; i++) {
        double a = r->a[i] - r->mean, b = r->b[i] - r->mean;
        double influence = (part(a, b, r->mixed[i] - r->mean) - value * (a * a + b * b) / 2) / r->variance;
        squares += influence * influence;
    }
    return (struct share){value, sqrt(squares / (n - 1) / n)};
}

uf_status uf_sobol_index(const double *a, const double *b, const double *a_with_b, size_t n,
                         struct uf_sobol_index *out, struct uf_error *error)
{
    if (n < 2) return uf_fail(error, UF_BAD_USAGE, "%zu draws, expected at least 2", n);
    struct results r = {a, b, a_with_b, n, 0, 0};
    for (size_t i = 0; i < n; i++) r.mean += a[i] + b[i];
    r.mean /= 2 * (double)n;
    for (size_t i = 0; i < n; i++)
        r.variance += (a[i] - r.mean) * (a[i] - r.mean) + (b[i] - r.mean) * (b[i] - r.mean);
    r.variance /= 2 * (double)n;
    /* results that are equal but for rounding do not vary */
    if (!(r.variance > 1e-28 * (1 + r.mean * r.mean))) {
        *out = (struct uf_sobol_index){NAN, NAN, NAN, NAN};
        return UF_OK;
    }
    struct share first = share_of(&r, first_part), total = share_of(&r, total_part);
    *out = (struct uf_sobol_index){first.value, first.error, total.value, total.error};
    return UF_OK;
}
