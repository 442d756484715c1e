// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/shift_share_draws.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/shift_share_parts.h"

/* Parts of one set of figures; the numbers are the components, then the same in per cent of the start. */
struct redrawing {
    const struct shift_share_figures *x;
    const struct shift_share_component *const *component;
    size_t n_components;
};
enum { NUMBERS_MAX = 2 * SHIFT_SHARE_COMPONENTS_MAX };

/* One period's figures. */
struct row {
    const double *own, *rest;
    double own_others, rest_others;
};

static size_t width_of(const struct shift_share_figures *x)
{
    return 2 * x->n + 2;
}

static struct row row_of(const struct shift_share_figures *x, const double *figures, size_t t)
{
    const double *at = figures + t * width_of(x);
    return (struct row){at, at + x->n, at[2 * x->n], at[2 * x->n + 1]};
}

static struct shift_share_sums sums_of(const struct shift_share_figures *x, const struct row row[2])
{
    double own[2], all[2];
    for (size_t k = 0; k < 2; k++) {
        own[k] = row[k].own_others;
        all[k] = row[k].rest_others;
        for (size_t s = 0; s < x->n; s++) own[k] += row[k].own[s], all[k] += row[k].rest[s];
        if (x->within) all[k] += own[k];
    }
    return (struct shift_share_sums){own[0], own[1], all[0], all[1]};
}

/* The sector's parts where its own figures are e and those of the rest c. */
static struct uf_shift_share parts_at(const struct shift_share_figures *x, const double e[2],
                                      const double c[2], const struct shift_share_sums *sums)
{
    return shift_share_parts_of(e[0], e[1], c[0] + (x->within ? e[0] : 0), c[1] + (x->within ? e[1] : 0),
                                sums);
}

static struct uf_shift_share step_of(const struct shift_share_figures *x, const struct row row[2],
                                     const struct shift_share_sums *sums)
{
    struct uf_shift_share total = {0};
    for (size_t s = 0; s < x->n; s++) {
        const double e[2] = {row[0].own[s], row[1].own[s]}, c[2] = {row[0].rest[s], row[1].rest[s]};
        const struct uf_shift_share part = parts_at(x, e, c, sums);
        shift_share_add(&total, &part);
    }
    return total;
}

static double start_of(const struct shift_share_figures *x, const double *figures)
{
    double start = 0;
    for (size_t s = 0; s < x->n; s++) start += figures[s];
    return start;
}

static uf_status numbers_of(void *what, const double *figures, double *out, struct uf_error *error)
{
    (void)error;
    const struct redrawing *d = what;
    const struct shift_share_figures *x = d->x;
    struct uf_shift_share total = {0};
    for (size_t t = 0; t + 1 < x->n_periods; t++) {
        const struct row row[2] = {row_of(x, figures, t), row_of(x, figures, t + 1)};
        const struct shift_share_sums sums = sums_of(x, row);
        const struct uf_shift_share step = step_of(x, row, &sums);
        shift_share_add(&total, &step);
    }
    const double start = start_of(x, figures);
    for (size_t k = 0; k < d->n_components; k++) {
        out[k] = shift_share_part(&total, d->component[k]);
        out[d->n_components + k] = start > 0 ? 100 * out[k] / start : NAN;
    }
    return UF_OK;
}

/* --- slopes ------------------------------------------------------------------------------------- */

static void add_slope(const struct redrawing *d, const struct uf_shift_share *more,
                      const struct uf_shift_share *less, double by, size_t n_figures, size_t figure,
                      double *slope)
{
    for (size_t k = 0; k < d->n_components; k++) {
        const double rise =
            (shift_share_part(more, d->component[k]) - shift_share_part(less, d->component[k])) / by;
        if (isfinite(rise)) slope[k * n_figures + figure] += rise;
    }
}

/* How the step's parts change with each figure of its two periods: through the sector's own parts, and for all sectors
 * through the sums. */
static void step_slopes(const struct redrawing *d, const double *at_figures, size_t t, size_t n_figures,
                        double *slope)
{
    const struct shift_share_figures *x = d->x;
    const struct row row[2] = {row_of(x, at_figures, t), row_of(x, at_figures, t + 1)};
    const struct shift_share_sums sums = sums_of(x, row);
    for (size_t side = 0; side < 2; side++) { /* start and end */
        const size_t first = (t + side) * width_of(x);
        struct shift_share_sums more = sums, less = sums, all_more = sums, all_less = sums;
        double *const own[] = {side ? &more.region_end : &more.region_start,
                               side ? &less.region_end : &less.region_start},
                      *const all[] = {side ? &all_more.nation_end : &all_more.nation_start,
                                      side ? &all_less.nation_end : &all_less.nation_start};
        const double by_own = 1e-4 * *own[0], by_all = 1e-4 * *all[0];
        *own[0] += by_own, *own[1] -= by_own, *all[0] += by_all, *all[1] -= by_all;
        const struct uf_shift_share through_own[] = {step_of(x, row, &more), step_of(x, row, &less)},
                                    through_all[] = {step_of(x, row, &all_more), step_of(x, row, &all_less)};
        for (size_t s = 0; s <= x->n; s++) { /* the last: what is not listed */
            const size_t figure[2] = {first + (s < x->n ? s : 2 * x->n),
                                      first + (s < x->n ? x->n + s : 2 * x->n + 1)};
            add_slope(d, &through_own[0], &through_own[1], 2 * by_own, n_figures, figure[0], slope);
            add_slope(d, &through_all[0], &through_all[1], 2 * by_all, n_figures, figure[1], slope);
            if (x->within)
                add_slope(d, &through_all[0], &through_all[1], 2 * by_all, n_figures, figure[0], slope);
            for (size_t of_rest = 0; of_rest < 2 && s < x->n; of_rest++) {
                const size_t i = figure[of_rest];
                const double by = (x->high[i] - x->low[i]) / 8, at = at_figures[i],
                             above = fmin(at + by, x->high[i]), below = fmax(at - by, x->low[i]);
                double e[2][2], c[2][2]; /* more and less; start and end */
                for (size_t k = 0; k < 2; k++)
                    for (size_t sign = 0; sign < 2; sign++)
                        e[sign][k] = row[k].own[s], c[sign][k] = row[k].rest[s];
                if (!(by > 0)) continue;
                (of_rest ? c : e)[0][side] = above;
                (of_rest ? c : e)[1][side] = below;
                const struct uf_shift_share up = parts_at(x, e[0], c[0], &sums),
                                            down = parts_at(x, e[1], c[1], &sums);
                add_slope(d, &up, &down, above - below, n_figures, i, slope);
            }
        }
    }
}

/* What is pulled: a component, or its per cent of the start, up or down. */
struct direction {
    size_t component;
    bool percent, up;
};

/* Each figure at the end to which it pulls; without a pull it stays. In per cent of the start the number is X/R, whose slope
 * has the sign of that of X less X/R times that of R. */
static void pull(const struct redrawing *d, struct direction to, const double *slope, double percent,
                 double *figures)
{
    const struct shift_share_figures *x = d->x;
    const size_t n = x->n_periods * width_of(x);
    for (size_t i = 0; i < n; i++) {
        const double rise = slope[to.component * n + i] - (to.percent && i < x->n ? percent / 100 : 0);
        if (rise != 0) figures[i] = (rise > 0) == to.up ? x->high[i] : x->low[i];
    }
}

/* Pulled by the slopes in the middle of the box, and once more by those where that led. */
static uf_status take_pulled(struct redrawing *d, struct direction to, const double *slope, double percent,
                             double *figures, double *new_slope, struct rounding_bands *bands,
                             struct uf_error *error)
{
    const size_t n = d->x->n_periods * width_of(d->x);
    const size_t place = d->n_components + to.component;
    double number[NUMBERS_MAX];
    pull(d, to, slope, percent, figures);
    UF_TRY(rounding_bands_take(figures, numbers_of, d, bands, error));
    UF_TRY(numbers_of(d, figures, number, error));
    memset(new_slope, 0, d->n_components * n * sizeof *new_slope);
    for (size_t t = 0; t + 1 < d->x->n_periods; t++) step_slopes(d, figures, t, n, new_slope);
    pull(d, to, new_slope, number[place], figures);
    return rounding_bands_take(figures, numbers_of, d, bands, error);
}

/* `room`: (2 + 2·components) times the figures. */
static uf_status take_all_pulled(struct redrawing *d, double *room, struct rounding_bands *bands,
                                 struct uf_error *error)
{
    const struct shift_share_figures *x = d->x;
    const size_t n = x->n_periods * width_of(x);
    double *middle = room, *figures = room + n, *slope = room + 2 * n, *spare = slope + d->n_components * n;
    double number[NUMBERS_MAX];
    for (size_t i = 0; i < n; i++) middle[i] = (x->low[i] + x->high[i]) / 2;
    for (size_t t = 0; t + 1 < x->n_periods; t++) step_slopes(d, middle, t, n, slope);
    UF_TRY(numbers_of(d, middle, number, error));
    for (size_t k = 0; k < SHIFT_SHARE_PULLED / 2 * d->n_components; k++) {
        const struct direction to = {k / 4, k & 1, k & 2};
        memcpy(figures, middle, n * sizeof *figures);
        UF_TRY(
            take_pulled(d, to, slope, number[d->n_components + to.component], figures, spare, bands, error));
    }
    return UF_OK;
}

/* --- bounds that there are not ------------------------------------------------------------------ */

/* A growth rate whose start may be 0 has no bound. */
static void open_ends(const struct redrawing *d, struct shift_share_band *out)
{
    const struct shift_share_figures *x = d->x;
    bool fresh = false, unfounded = false, no_start = false;
    for (size_t t = 0; t + 1 < x->n_periods; t++) {
        const struct row low[2] = {row_of(x, x->low, t), row_of(x, x->low, t + 1)},
                         high[2] = {row_of(x, x->high, t), row_of(x, x->high, t + 1)};
        const struct shift_share_sums least = sums_of(x, low);
        for (size_t s = 0; s < x->n; s++) {
            const bool may_be_there = high[0].own[s] > 0;
            fresh = fresh || (low[0].own[s] == 0 && may_be_there && high[1].own[s] > 0);
            unfounded = unfounded || (!x->within && low[0].rest[s] == 0 && may_be_there);
        }
        unfounded = unfounded || !(least.nation_start > 0);
        no_start = no_start || !(least.region_start > 0);
    }
    for (size_t k = 0; k < d->n_components; k++) {
        const enum shift_share_openness open = d->component[k]->where_new;
        const bool below = unfounded || (fresh && open == PART_OPEN_BELOW),
                   above = unfounded || (fresh && open == PART_OPEN_ABOVE), percent = no_start;
        if (below) out->low[k] = NAN;
        if (above) out->high[k] = NAN;
        if (below || percent) out->percent_low[k] = NAN;
        if (above || percent) out->percent_high[k] = NAN;
    }
}

uf_status shift_share_draw(const struct shift_share_figures *figures,
                           const struct shift_share_component *const *component, size_t n_components,
                           const struct rounding_plan *plan, const double *value, const double *percent,
                           struct shift_share_band *out, struct uf_error *error)
{
    struct redrawing d = {figures, component, n_components};
    const size_t n = figures->n_periods * width_of(figures);
    const struct rounding_box box = {figures->low, figures->high, NULL, n};
    struct rounding_bands bands = {0};
    double number[NUMBERS_MAX], *room = calloc((2 + 2 * n_components) * n + 1, sizeof *room);
    if (room == NULL) return uf_fail_memory(error);
    for (size_t k = 0; k < n_components; k++) {
        number[k] = value[k];
        number[n_components + k] = percent != NULL ? percent[k] : (double)NAN;
    }
    uf_status status = rounding_bands_new(number, 2 * n_components, &bands, error);
    if (status == UF_OK) status = take_all_pulled(&d, room, &bands, error);
    if (status == UF_OK) status = rounding_bands_widen(&box, plan, numbers_of, &d, &bands, error);
    for (size_t k = 0; k < n_components && status == UF_OK; k++) {
        out->low[k] = bands.low[k], out->high[k] = bands.high[k];
        out->percent_low[k] = bands.low[n_components + k];
        out->percent_high[k] = bands.high[n_components + k];
    }
    if (status == UF_OK) open_ends(&d, out);
    rounding_bands_clear(&bands);
    free(room);
    return status;
}
