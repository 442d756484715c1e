// SPDX-License-Identifier: GPL-3.0-or-later
/* Indicators on a common scale. */
#include <utfall/composite.h>

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"

struct uf_normalise_options uf_normalise_defaults(enum uf_normalisation kind)
{
    return (struct uf_normalise_options){kind, 0, 100, 0, 1, false, false};
}

struct facts {
    size_t n;
    double low, high, mean, deviation;
};

static struct facts facts_of(const gsl_vector *values, double sign)
{
    struct facts f = {0, INFINITY, -INFINITY, 0, 0};
    for (size_t i = 0; i < values->size; i++) {
        double x = sign * gsl_vector_get(values, i);
        if (isnan(x)) continue;
        f.n++, f.mean += x;
        f.low = fmin(f.low, x), f.high = fmax(f.high, x);
    }
    f.mean /= (double)f.n;
    for (size_t i = 0; i < values->size; i++) {
        double d = sign * gsl_vector_get(values, i) - f.mean;
        if (!isnan(d)) f.deviation += d * d;
    }
    f.deviation = sqrt(f.deviation / ((double)f.n - 1));
    return f;
}

/* --- ranks ------------------------------------------------------------------------------------- */

struct place {
    double value;
    size_t unit;
};

static int by_value(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->value != b->value) return a->value < b->value ? -1 : 1;
    return (a->unit > b->unit) - (a->unit < b->unit);
}

static uf_status rank(const gsl_vector *values, double sign, bool lowest, gsl_vector *out,
                      struct uf_error *error)
{
    size_t n = 0;
    struct place *places = malloc((values->size + 1) * sizeof *places);
    if (!places) return uf_fail_memory(error);
    for (size_t i = 0; i < values->size; i++) {
        double x = sign * gsl_vector_get(values, i);
        if (!isnan(x)) places[n++] = (struct place){x, i};
        gsl_vector_set(out, i, NAN);
    }
    qsort(places, n, sizeof *places, by_value);
    for (size_t first = 0, last; first < n; first = last + 1) {
        for (last = first; last + 1 < n && places[last + 1].value == places[first].value;) last++;
        double shared = (lowest ? (double)first : (double)(first + last) / 2) + 1;
        for (size_t k = first; k <= last; k++) gsl_vector_set(out, places[k].unit, shared);
    }
    free(places);
    return UF_OK;
}

/* --- together ---------------------------------------------------------------------------------- */

static uf_status check(const struct facts *f, double target, const struct uf_normalise_options *o,
                       struct uf_error *error)
{
    if (f->n < 2 || !(f->high > f->low))
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "the indicator has %s, so no unit can be told from another; leave it out",
                       f->n < 2 ? "fewer than two values" : "the same value everywhere");
    if (o->kind == UF_NORMALISE_TARGET && !(target > f->low))
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "the target is no better than the worst value there is (or missing), so no distance to it "
            "can be formed; state a better target");
    bool scaled = o->kind == UF_NORMALISE_MIN_MAX || o->kind == UF_NORMALISE_TARGET;
    if (scaled && !(o->high > o->low))
        return uf_fail(error, UF_BAD_USAGE, "a scale from %g to %g, expected the upper end above the lower",
                       o->low, o->high);
    if (o->kind == UF_NORMALISE_Z_SCORE && !(o->deviation > 0))
        return uf_fail(error, UF_BAD_USAGE, "z-scores with deviation %g, expected a number above 0",
                       o->deviation);
    return UF_OK;
}

uf_status uf_normalise(const gsl_vector *values, bool less_is_better, double target,
                       const struct uf_normalise_options *o, gsl_vector *out, struct uf_error *error)
{
    double sign = less_is_better ? -1 : 1;
    struct facts f = facts_of(values, sign);
    UF_TRY(check(&f, sign * target, o, error));
    if (o->kind == UF_NORMALISE_RANK) return rank(values, sign, o->lowest_of_ties, out, error);
    double from = f.low, width = f.high - f.low, start = o->low, span = o->high - o->low;
    if (o->kind == UF_NORMALISE_TARGET) width = sign * target - f.low;
    if (o->kind == UF_NORMALISE_Z_SCORE)
        from = f.mean, width = f.deviation, start = o->mean, span = o->deviation;
    for (size_t i = 0; i < values->size; i++) {
        double x = start + span * ((sign * gsl_vector_get(values, i) - from) / width);
        bool capped = o->kind == UF_NORMALISE_TARGET && o->cap && x > o->high;
        gsl_vector_set(out, i, capped ? o->high : x);
    }
    return UF_OK;
}
