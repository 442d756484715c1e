// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves open of mismatch: figures anywhere between their ends. */
#include <utfall/labour_matching.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

struct ends {
    const double *u_low, *u_high, *v_low, *v_high;
    size_t n;
    double u_most, v_most; /* sums of the upper ends */
};

/* --- the least mismatch ------------------------------------------------------------------------- */

/* With all vacancies scaled by `scale`, the people that must be above and below the even spread whatever the figures are. */
struct forced {
    double above, below;
};

static struct forced forced_at(const struct ends *x, double scale)
{
    struct forced f = {0, 0};
    for (size_t i = 0; i < x->n; i++) {
        f.above += fmax(0, x->u_low[i] - scale * x->v_high[i]);
        f.below += fmax(0, scale * x->v_low[i] - x->u_high[i]);
    }
    return f;
}

/* Those above fall with the scale and those below rise; both are equal in every table, and so in the most even one. */
static double even_scale(const struct ends *x)
{
    enum { HALVINGS = 110 };
    double smallest = INFINITY;
    for (size_t i = 0; i < x->n; i++)
        if (x->v_high[i] > 0) smallest = fmin(smallest, x->v_high[i]);
    double from = 0, to = 2 * x->u_most / smallest;
    for (int k = 0; k < HALVINGS; k++) {
        const double middle = from + (to - from) / 2;
        const struct forced f = forced_at(x, middle);
        if (f.above > f.below)
            from = middle;
        else
            to = middle;
    }
    return to;
}

/* Figures of the most even table: as many people as can be, where unemployed and scaled vacancies meet. */
static void even_table(const struct ends *x, double scale, double *u, double *v)
{
    for (size_t i = 0; i < x->n; i++) {
        const double meeting = fmin(x->u_high[i], scale * x->v_high[i]);
        u[i] = fmax(x->u_low[i], meeting);
        v[i] = fmin(fmax(meeting / scale, x->v_low[i]), x->v_high[i]);
    }
}

static double within(double x, double low, double high)
{
    return fmin(fmax(x, low), high);
}

struct roots {
    double u, v, both; /* Σu, Σv, Σ√(uv) */
};

static struct roots roots_of(const double *u, const double *v, size_t n)
{
    struct roots s = {0, 0, 0};
    for (size_t i = 0; i < n; i++) s.u += u[i], s.v += v[i], s.both += sqrt(u[i] * v[i]);
    return s;
}

/* Σ√(uv)/√(UV) has one top over the box, in the unemployed and in the vacancies: each in turn is set to what is best for
 * the other, u to (U/Σ√uv)²·v within its ends. */
static double least_hires_lost(const struct ends *x, double *u, double *v)
{
    enum { ROUNDS = 400 };
    double best = 0;
    for (int k = 0; k < ROUNDS; k++) {
        struct roots s = roots_of(u, v, x->n);
        if (!(s.both > 0)) break;
        for (size_t i = 0; i < x->n; i++)
            u[i] = within(s.u / s.both * (s.u / s.both) * v[i], x->u_low[i], x->u_high[i]);
        s = roots_of(u, v, x->n);
        for (size_t i = 0; i < x->n; i++)
            v[i] = within(s.v / s.both * (s.v / s.both) * u[i], x->v_low[i], x->v_high[i]);
        s = roots_of(u, v, x->n);
        const double matched = s.both / sqrt(s.u * s.v);
        if (!(matched > best + 1e-15)) break;
        best = matched;
    }
    return fmax(0, 1 - best);
}

/* --- the most ------------------------------------------------------------------------------------ */

/* The extremes lie where each figure is at an end: which, by group. */
enum corner { EXCESS, LACK, BOTH_LOW, BOTH_HIGH, CORNERS };

struct sums {
    double u_in, u_out, v_in, v_out, both; /* in: groups in excess; both: Σ√(uv) */
};

static void add(const struct ends *x, size_t i, enum corner corner, double sign, struct sums *s)
{
    const double u = corner == EXCESS || corner == BOTH_HIGH ? x->u_high[i] : x->u_low[i],
                 v = corner == LACK || corner == BOTH_HIGH ? x->v_high[i] : x->v_low[i];
    *(corner == EXCESS ? &s->u_in : &s->u_out) += sign * u;
    *(corner == EXCESS ? &s->v_in : &s->v_out) += sign * v;
    s->both += sign * sqrt(u * v);
}

typedef double objective(const struct sums *s);

static double mismatch_of(const struct sums *s)
{
    return s->u_in / (s->u_in + s->u_out) - s->v_in / (s->v_in + s->v_out);
}
static double mismatched_of(const struct sums *s)
{
    return mismatch_of(s) * (s->u_in + s->u_out);
}
static double hires_lost_of(const struct sums *s)
{
    return 1 - s->both / sqrt((s->u_in + s->u_out) * (s->v_in + s->v_out));
}

/* -INFINITY where there are no unemployed or no vacancies, but for what adding and subtracting leaves of them. */
static double value_of(const struct ends *x, objective *of, const struct sums *s)
{
    const double dust = 1e-13;
    if (!(s->u_in + s->u_out > dust * x->u_most && s->v_in + s->v_out > dust * x->v_most)) return -INFINITY;
    return of(s);
}

static struct sums sums_of(const struct ends *x, const enum corner *corner)
{
    struct sums s = {0, 0, 0, 0, 0};
    for (size_t i = 0; i < x->n; i++) add(x, i, corner[i], 1, &s);
    return s;
}

/* Moves one group at a time to another corner while that raises the objective. */
static double climb(const struct ends *x, enum corner *corner, objective *of)
{
    struct sums s = sums_of(x, corner);
    double best = value_of(x, of, &s);
    for (bool moved = true; moved;) {
        moved = false;
        for (size_t i = 0; i < x->n; i++)
            for (size_t c = 0; c < CORNERS; c++) {
                struct sums other = s;
                add(x, i, corner[i], -1, &other);
                add(x, i, (enum corner)c, 1, &other);
                const double found = value_of(x, of, &other);
                if ((enum corner)c == corner[i] || !isfinite(found) ||
                    (isfinite(best) && !(found > best + 1e-12 * fabs(best))))
                    continue;
                corner[i] = (enum corner)c;
                s = other, best = found;
                moved = true;
            }
        if (moved) { /* what subtracting left behind */
            s = sums_of(x, corner);
            best = value_of(x, of, &s);
        }
    }
    return best;
}

struct keyed {
    double key;
    size_t group;
};

static int descending(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? 1 : -1;
    return (x->group > y->group) - (x->group < y->group);
}

/* Every division of few groups into those in excess and those in lack, each from the one before by moving one group (a Gray
 * code); leaves the best in `corner`. */
static double try_divisions(const struct ends *x, enum corner *corner, objective *of)
{
    double best = -INFINITY;
    size_t which = 0;
    for (size_t i = 0; i < x->n; i++) corner[i] = LACK;
    struct sums s = sums_of(x, corner);
    for (size_t k = 1; k <= (size_t)1 << x->n; k++) {
        const double found = value_of(x, of, &s);
        if (found > best) best = found, which = (k - 1) ^ (k - 1) >> 1;
        size_t i = 0;
        while (i < x->n && !(k >> i & 1)) i++;
        if (i == x->n) break;
        add(x, i, corner[i], -1, &s);
        corner[i] = corner[i] == LACK ? EXCESS : LACK;
        add(x, i, corner[i], 1, &s);
    }
    for (size_t i = 0; i < x->n; i++) corner[i] = which >> i & 1 ? EXCESS : LACK;
    return best;
}

/* Climbs from the best division of few groups, each of them alone in excess and alone in lack; and, where they are more, from
 * STARTS numbers of groups in excess, those with the most unemployed for their vacancies first. */
static double most_of(const struct ends *x, const struct keyed *order, enum corner *corner, objective *of)
{
    enum { STARTS = 24, FEW = 12 };
    const size_t n_starts = x->n < STARTS ? x->n : STARTS, n_alone = x->n <= FEW ? x->n : 0;
    double best = -INFINITY;
    if (x->n <= FEW) {
        best = try_divisions(x, corner, of);
        best = fmax(best, climb(x, corner, of));
    }
    for (size_t k = 0; k <= n_starts; k++) {
        const size_t in_excess = n_starts ? k * x->n / n_starts : 0;
        for (size_t i = 0; i < x->n; i++) corner[order[i].group] = i < in_excess ? EXCESS : LACK;
        best = fmax(best, climb(x, corner, of));
    }
    for (size_t k = 0; k < 2 * n_alone; k++) {
        for (size_t i = 0; i < x->n; i++) corner[i] = (i == k / 2) == (k % 2 == 0) ? EXCESS : LACK;
        best = fmax(best, climb(x, corner, of));
    }
    return best;
}

static void bound_indices(const struct ends *x, double *room, struct keyed *order, enum corner *corner,
                          struct uf_mismatch *low, struct uf_mismatch *high)
{
    double *u = room, *v = room + x->n;
    const double scale = even_scale(x);
    const struct forced f = forced_at(x, scale);
    even_table(x, scale, u, v);
    low->mismatched = fmax(f.above, f.below);
    const struct roots even = roots_of(u, v, x->n);
    low->mismatch = low->mismatched / fmax(even.u, scale * even.v);
    low->hires_lost = least_hires_lost(x, u, v);
    const double all_u = low->unemployed + high->unemployed, all_v = low->vacancies + high->vacancies;
    for (size_t i = 0; i < x->n; i++)
        order[i] =
            (struct keyed){(x->u_low[i] + x->u_high[i]) / all_u - (x->v_low[i] + x->v_high[i]) / all_v, i};
    qsort(order, x->n, sizeof *order, descending);
    high->mismatch = fmin(1, most_of(x, order, corner, mismatch_of));
    high->mismatched = most_of(x, order, corner, mismatched_of);
    high->hires_lost = fmin(1, most_of(x, order, corner, hires_lost_of));
}

static uf_status check(const struct ends *x, bool *out_missing, struct uf_error *error)
{
    *out_missing = false;
    for (size_t i = 0; i < x->n; i++) {
        const double low[] = {x->u_low[i], x->v_low[i]}, high[] = {x->u_high[i], x->v_high[i]};
        for (int k = 0; k < 2; k++) {
            *out_missing = *out_missing || isnan(low[k]) || isnan(high[k]);
            if (low[k] < 0 || isinf(high[k]) || low[k] > high[k])
                return uf_fail(error, UF_BAD_INPUT,
                               "The bounds of the %s in group %zu are %g and %g; expected 0 or more, the "
                               "lower first.",
                               k ? "vacancies" : "unemployed", i + 1, low[k], high[k]);
        }
    }
    return UF_OK;
}

uf_status uf_labour_mismatch_band(const double *unemployed_low, const double *unemployed_high,
                                  const double *vacancies_low, const double *vacancies_high, size_t n,
                                  struct uf_mismatch *out_low, struct uf_mismatch *out_high,
                                  struct uf_error *error)
{
    struct ends x = {unemployed_low, unemployed_high, vacancies_low, vacancies_high, n, 0, 0};
    struct uf_mismatch low = {0, 0, NAN, NAN, NAN, NAN}, high = {0, 0, NAN, NAN, NAN, NAN};
    bool missing;
    UF_TRY(check(&x, &missing, error));
    for (size_t i = 0; i < n; i++) {
        low.unemployed += unemployed_low[i], high.unemployed += unemployed_high[i];
        low.vacancies += vacancies_low[i], high.vacancies += vacancies_high[i];
    }
    x.u_most = high.unemployed, x.v_most = high.vacancies;
    if (high.unemployed > 0) low.tightness = low.vacancies / high.unemployed;
    if (low.unemployed > 0) high.tightness = high.vacancies / low.unemployed;
    if (!missing && high.unemployed > 0 && high.vacancies > 0) {
        double *room = malloc((2 * n + 1) * sizeof *room);
        struct keyed *order = malloc((n + 1) * sizeof *order);
        enum corner *corner = calloc(n + 1, sizeof *corner);
        const bool ok = room && order && corner;
        if (ok) bound_indices(&x, room, order, corner, &low, &high);
        free(room);
        free(order);
        free(corner);
        if (!ok) return uf_fail_memory(error);
    }
    *out_low = low;
    *out_high = high;
    return UF_OK;
}

void uf_labour_surplus_band(const double *ends, const struct uf_mismatch *low, const struct uf_mismatch *high,
                            double *out_low, double *out_high)
{
    const double least_u = ends[0] / (ends[0] + fmax(0, high->unemployed - ends[1])),
                 most_u = ends[1] / (ends[1] + fmax(0, low->unemployed - ends[0])),
                 least_v = ends[2] / (ends[2] + fmax(0, high->vacancies - ends[3])),
                 most_v = ends[3] / (ends[3] + fmax(0, low->vacancies - ends[2]));
    *out_low = (least_u - most_v) / 2;
    *out_high = (most_u - least_v) / 2;
}
