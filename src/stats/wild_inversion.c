// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * p-values of the wild bootstrap for any null value, and the interval of the values that are not rejected.
 *
 * A draw is compared with the estimate by squares: a² = v̂ (n0 + δ n1)² against c² = δ² v, where v is the draw's
 * variance at δ; the signs of a and δ say the rest. The search for an end of the interval brackets it; draws
 * that cannot change sides within the bracket are settled, so that the later steps look at a few only.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "stats/inversion.h"
#include "stats/wild_internal.h"

/* Statistics that differ by less than this share are the same number, computed in another order. */
#define TIE 1e-9
/* A leading coefficient below this share of its scale is rounding. */
#define NIL 1e-20

/* With few draws p goes up and down; with many it costs more to look, and there is less to find. */
enum { MOST_LOOKS = 256, DRAWS_LOOKED_AT = 1000000 };

struct tally {
    size_t beyond;       /* |t*| against |t| */
    size_t above, below; /* t* on either side of t */
};

static inline double at_least_0(double value)
{
    return value > 0 ? value : 0;
}

/* a and c of one draw, c without its sign: |c|². `reach`: what c² is multiplied with so that ties fall on the
 * side they belong to. */
static inline void compare(double a, double c2, double sign, double reach, bool mirrored, struct tally *tally)
{
    double a2 = a * a, outward = a * sign;
    bool beyond = a2 >= c2 * reach, within = a2 <= c2 / reach;
    if (reach > 1) beyond = a2 > c2 * reach, within = a2 < c2 / reach;
    size_t far = beyond && outward >= 0, far_mirrored = beyond && outward <= 0;
    size_t near = outward < 0 || within, near_mirrored = outward > 0 || within;
    size_t above = sign > 0 ? far : near, below = sign > 0 ? near : far;
    tally->beyond += beyond;
    tally->above += above;
    tally->below += below;
    if (!mirrored) return;
    tally->above += sign > 0 ? far_mirrored : near_mirrored;
    tally->below += sign > 0 ? near_mirrored : far_mirrored;
}

static double reach_of(const struct wild_question *question)
{
    double side = question->ties == UF_WILD_TIES_EXTREME ? 1 - TIE : 1 + TIE;
    return side * side;
}

/* A draw with neither a difference nor a variance has no t*: it counts as extreme, also where ties are left out. */
static double reach_without_variance(double n, double v, double reach)
{
    return n == 0 && !(v > 0) ? (1 - TIE) * (1 - TIE) : reach;
}

static inline void compare_draw(const struct wild_question *question, size_t b, double delta, double reach,
                                struct tally *tally)
{
    const struct wild_draws *d = question->draws;
    double n = d->n0[b], v = d->v0[b];
    if (d->restricted) {
        n += delta * d->n1[b];
        v += delta * (2 * d->v1[b] + delta * d->v2[b]);
    }
    compare(n * sqrt(question->variance), delta * delta * at_least_0(v), delta < 0 ? -1 : 1,
            reach_without_variance(n, v, reach), d->enumerated, tally);
}

/* Only `beyond`, without a branch. */
static size_t count_beyond(const struct wild_question *question, double delta)
{
    const struct wild_draws *d = question->draws;
    double reach = reach_of(question) * delta * delta / question->variance;
    bool ties = question->ties == UF_WILD_TIES_EXTREME;
    const double *n0 = d->n0, *n1 = d->n1, *v0 = d->v0, *v1 = d->v1, *v2 = d->v2;
    size_t count = d->count, beyond = 0, tied = 0, nil = 0; /* nil: of the tied, those without t* */
    if (d->restricted) {
        for (size_t b = 0; b < count; b++) {
            double n = n0[b] + delta * n1[b], v = v0[b] + delta * (2 * v1[b] + delta * v2[b]);
            double left = n * n, right = reach * at_least_0(v);
            beyond += left > right;
            tied += left == right;
            nil += n == 0 && !(v > 0);
        }
    } else {
        for (size_t b = 0; b < count; b++) {
            double left = n0[b] * n0[b], right = reach * at_least_0(v0[b]);
            beyond += left > right;
            tied += left == right;
            nil += n0[b] == 0 && !(v0[b] > 0);
        }
    }
    return beyond + (ties ? tied : nil);
}

static struct tally count_at(const struct wild_question *question, double delta)
{
    struct tally tally = {0};
    double reach = reach_of(question);
    if (question->tails == UF_WILD_SYMMETRIC) {
        tally.beyond = count_beyond(question, delta);
        return tally;
    }
    for (size_t b = 0; b < question->draws->count; b++) compare_draw(question, b, delta, reach, &tally);
    return tally;
}

/* δ → ±∞: t grows without bound, and t* with it only where its variance does not depend on δ. A draw without any variance
 * (unrestricted, with few clusters) is as far out as can be at any δ. */
static struct tally count_in_the_limit(const struct wild_question *question, double sign)
{
    const struct wild_draws *d = question->draws;
    struct tally tally = {0};
    double reach = reach_of(question);
    for (size_t b = 0; b < d->count; b++) {
        bool flat = d->restricted && fabs(d->v2[b]) <= NIL * question->scale;
        bool infeasible = d->restricted && !flat && d->v2[b] < 0; /* extreme, as at any other δ */
        bool exact = !d->restricted && d->v0[b] <= NIL * question->variance;
        if (exact)
            compare(d->n0[b], 0, sign, reach, d->enumerated, &tally);
        else if (infeasible)
            compare(sign, 0, sign, reach, d->enumerated, &tally);
        else if (flat)
            compare(sign * d->n1[b] * sqrt(question->variance), at_least_0(d->v0[b]), sign,
                    reach_without_variance(d->n1[b], d->v0[b], reach), d->enumerated, &tally);
        else
            compare(0, 1, sign, reach, d->enumerated, &tally);
    }
    return tally;
}

static double p_of(const struct wild_question *question, struct tally tally)
{
    const struct wild_draws *d = question->draws;
    /* one more of each where the actual one is not among them */
    double extra = question->ties == UF_WILD_TIES_EXTREME && !d->actual ? 1 : 0;
    if (question->tails == UF_WILD_SYMMETRIC)
        return ((double)tally.beyond * (d->enumerated ? 2 : 1) + extra) / (d->total + extra);
    if (question->tails == UF_WILD_GREATER) return ((double)tally.above + extra) / (d->total + extra);
    if (question->tails == UF_WILD_LESS) return ((double)tally.below + extra) / (d->total + extra);
    size_t fewer = tally.above < tally.below ? tally.above : tally.below;
    return fmin(1, 2 * ((double)fewer + extra) / (d->total + extra));
}

double wild_p(const struct wild_question *question, double delta)
{
    return p_of(question,
                isinf(delta) ? count_in_the_limit(question, delta > 0 ? 1 : -1) : count_at(question, delta));
}

void wild_p_of_all_tails(const struct wild_question *question, double delta, double *out)
{
    struct wild_question asked = *question;
    asked.tails = UF_WILD_EQUAL_TAILED;
    struct tally tally = count_at(&asked, delta); /* has all four */
    for (size_t tails = 0; tails < WILD_TAILS; tails++) {
        asked.tails = (enum uf_wild_tails)tails;
        out[tails] = p_of(&asked, tally);
    }
}

/* --- the search -------------------------------------------------------------------------------- */

struct range {
    double low, high;
};

/* The range of a² over [x, y]. */
static struct range range_of_a(const struct wild_question *question, size_t b, double x, double y)
{
    const struct wild_draws *d = question->draws;
    double first = d->n0[b], second = first;
    if (d->restricted) first += x * d->n1[b], second += y * d->n1[b];
    double s = first * first * question->variance, t = second * second * question->variance;
    bool crosses = (first < 0) != (second < 0);
    return (struct range){crosses ? 0 : fmin(s, t), fmax(s, t)};
}

/* A range that c² does not leave over [x, y], 0 < |x| < |y|: v is a parabola in δ, of two cluster dimensions either way
 * up. */
static struct range range_of_c(const struct wild_question *question, size_t b, double x, double y)
{
    const struct wild_draws *d = question->draws;
    if (!d->restricted) return (struct range){x * x * at_least_0(d->v0[b]), y * y * at_least_0(d->v0[b])};
    double first = d->v0[b] + x * (2 * d->v1[b] + x * d->v2[b]);
    double second = d->v0[b] + y * (2 * d->v1[b] + y * d->v2[b]), least = fmin(first, second);
    double most = fmax(first, second), vertex = -d->v1[b] / d->v2[b]; /* not finite: none */
    if (vertex > fmin(x, y) && vertex < fmax(x, y)) {
        double there = d->v0[b] + vertex * (2 * d->v1[b] + vertex * d->v2[b]);
        least = fmin(least, there), most = fmax(most, there);
    }
    return (struct range){x * x * at_least_0(least), y * y * at_least_0(most)};
}

/* One end: which way, and the draws that may still change sides (all of them where `list` is NULL). */
struct end {
    const struct wild_question *question;
    double sign;
    uint32_t *list;
    size_t count;
    struct tally settled;
};

static void settle(void *user, double inside, double outside)
{
    struct end *end = user;
    const struct wild_draws *d = end->question->draws;
    bool all = !end->list;
    if (all) end->list = malloc((d->count + 1) * sizeof *end->list);
    if (!end->list) return; /* the search goes on over all draws */
    size_t count = all ? d->count : end->count, kept = 0;
    double reach = reach_of(end->question), x = end->sign * inside, y = end->sign * outside;
    for (size_t l = 0; l < count; l++) {
        size_t b = all ? l : end->list[l];
        struct range a = range_of_a(end->question, b, x, y), c = range_of_c(end->question, b, x, y);
        if (a.low > c.high * (1 + 4 * TIE) || a.high < c.low * (1 - 4 * TIE))
            compare_draw(end->question, b, y, reach, &end->settled);
        else
            end->list[kept++] = (uint32_t)b;
    }
    end->count = kept;
}

static double p_at(void *user, double distance)
{
    const struct end *end = user;
    double delta = end->sign * distance, reach = reach_of(end->question);
    if (!end->list) return wild_p(end->question, delta);
    struct tally tally = end->settled;
    for (size_t l = 0; l < end->count; l++) compare_draw(end->question, end->list[l], delta, reach, &tally);
    return p_of(end->question, tally);
}

double wild_reach(const struct wild_question *question, double sign, double unit, double alpha)
{
    struct end end = {.question = question, .sign = sign};
    const size_t affordable = DRAWS_LOOKED_AT / (question->draws->count + 1);
    const struct inversion inversion = {.p = p_at,
                                        .narrow = settle,
                                        .user = &end,
                                        .unit = unit,
                                        .limit = alpha * (1 + TIE),
                                        .looks = affordable < MOST_LOOKS ? affordable : MOST_LOOKS};
    double reach = INFINITY;
    if (wild_p(question, sign * INFINITY) <= inversion.limit) reach = inversion_reach(&inversion);
    free(end.list);
    return reach;
}
