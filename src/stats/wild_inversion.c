// SPDX-License-Identifier: GPL-3.0-or-later
/* p-values of the wild bootstrap for any null value, and the interval of the values that are not rejected. */
#include <math.h>

#include "stats/wild_internal.h"

/* Statistics that differ by less than this share are the same number, computed in another order. */
#define TIE 1e-9
/* A leading coefficient below this share of its scale is rounding. */
#define NIL 1e-20
enum { DOUBLINGS = 64, QUIET = 3, HALVINGS = 40, MANY = 50000 };

struct tally {
    size_t beyond;     /* |t*| against |t| */
    size_t above, below; /* t* on either side of t */
};

/* Draw b's t* against t, both times √(v v̂): a = (n0 + δ n1) √v̂ and c = δ √v. */
static inline void compare(double a, double c, bool ties, bool mirrored, struct tally *tally)
{
    double slack = TIE * fabs(c) * (ties ? -1 : 1);
    tally->beyond += fabs(a) >= fabs(c) + slack && (ties || fabs(a) > fabs(c));
    tally->above += a >= c + slack && (ties || a > c);
    tally->below += a <= c - slack && (ties || a < c);
    if (!mirrored) return;
    tally->above += -a >= c + slack && (ties || -a > c);
    tally->below += -a <= c - slack && (ties || -a < c);
}

static struct tally count_at(const struct wild_question *question, double delta)
{
    const struct wild_draws *d = question->draws;
    bool ties = question->ties == UF_WILD_TIES_EXTREME, mirrored = d->enumerated;
    size_t beyond = 0, above = 0, below = 0;
    double root = sqrt(question->variance);
#pragma omp parallel for schedule(static) reduction(+ : beyond, above, below) if (d->count > MANY)
    for (size_t b = 0; b < d->count; b++) {
        struct tally one = {0};
        double n = d->restricted ? d->n0[b] + delta * d->n1[b] : d->n0[b];
        double v = d->restricted ? d->v0[b] + delta * (2 * d->v1[b] + delta * d->v2[b]) : d->v0[b];
        compare(n * root, delta * sqrt(fmax(0, v)), ties, mirrored, &one);
        beyond += one.beyond, above += one.above, below += one.below;
    }
    return (struct tally){mirrored ? 2 * beyond : beyond, above, below};
}

/* δ → ±∞: t grows without bound, and t* with it only where its variance does not depend on δ. */
static struct tally count_in_the_limit(const struct wild_question *question, double sign)
{
    const struct wild_draws *d = question->draws;
    bool ties = question->ties == UF_WILD_TIES_EXTREME, mirrored = d->enumerated;
    struct tally tally = {0};
    double root = sqrt(question->variance);
    for (size_t b = 0; b < d->count; b++) {
        bool flat = d->restricted && d->v2[b] <= NIL * question->scale;
        if (flat)
            compare(sign * d->n1[b] * root, sign * sqrt(fmax(0, d->v0[b])), ties, mirrored, &tally);
        else
            compare(0, sign, ties, mirrored, &tally);
    }
    if (mirrored) tally.beyond *= 2;
    return tally;
}

double wild_p(const struct wild_question *question, double delta)
{
    const struct wild_draws *d = question->draws;
    struct tally tally = isinf(delta) ? count_in_the_limit(question, delta > 0 ? 1 : -1) : count_at(question, delta);
    /* one more of each where the draws are random: the actual one */
    double extra = question->ties == UF_WILD_TIES_EXTREME && !d->enumerated ? 1 : 0;
    if (question->tails == UF_WILD_SYMMETRIC) return ((double)tally.beyond + extra) / (d->total + extra);
    size_t fewer = tally.above < tally.below ? tally.above : tally.below;
    return fmin(1, 2 * ((double)fewer + extra) / (d->total + extra));
}

double wild_reach(const struct wild_question *question, double sign, double unit, double alpha)
{
    double inside = 0, outside = INFINITY, limit = alpha * (1 + TIE);
    if (wild_p(question, sign * INFINITY) > limit) return INFINITY;
    /* doubling until a few in a row are rejected: p need not fall steadily */
    size_t rejected = 0;
    double step = unit / 2;
    for (int i = 0; i < DOUBLINGS && rejected < QUIET; i++, step *= 2) {
        if (wild_p(question, sign * step) > limit) {
            inside = step, outside = INFINITY;
            rejected = 0;
        } else {
            if (rejected++ == 0) outside = step;
        }
    }
    if (isinf(outside)) return INFINITY;
    for (int i = 0; i < HALVINGS && outside - inside > 1e-10 * unit; i++) {
        double middle = inside + (outside - inside) / 2;
        if (wild_p(question, sign * middle) > limit)
            inside = middle;
        else
            outside = middle;
    }
    return inside + (outside - inside) / 2;
}
