// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of one period's inequality. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/inequality_tables.h"

struct inequality_group inequality_group(const struct inequality *x, const double *value,
                                         const double *weight, size_t group)
{
    double people = 0, all = 0, members = 0, sum = 0, inside = 0, total = 0;
    for (size_t r = 0; r < x->n_regions; r++) {
        const bool own = x->group[r] == group;
        people += weight[r], all += weight[r] * value[r];
        members += own ? weight[r] : 0, sum += own ? weight[r] * value[r] : 0;
    }
    for (size_t r = 0; r < x->n_regions; r++) { /* 0·ln 0 is 0 */
        const double own = value[r] / (sum / members), relative = value[r] / (all / people);
        if (x->group[r] == group && !(own == 0) && weight[r] != 0)
            inside += weight[r] / members * own * log(own);
        if (!(relative == 0) && weight[r] != 0) total += weight[r] / people * relative * log(relative);
    }
    return (struct inequality_group){members, sum / members, inside, 100 * (sum / all) * inside / total};
}

/* What a figure stands for. */
static struct inequality_range ends_of(const struct inequality *x, double value)
{
    const double half = x->column->rounding / 2;
    return (struct inequality_range){value < half ? 0 : value - half, value + half};
}

struct inequality_range inequality_relative(const struct inequality *x, const struct inequality_period *p,
                                            const size_t *member, size_t n)
{
    double people = 0, own = 0;
    struct inequality_range sum = {0, 0}, others = {0, 0};
    for (size_t r = 0, i = 0; r < x->n_regions; r++) {
        const bool is_member = i < n && member[i] == r;
        const struct inequality_range ends = ends_of(x, p->value[r]);
        struct inequality_range *to = is_member ? &sum : &others;
        people += p->weight[r];
        own += is_member ? p->weight[r] : 0;
        i += is_member;
        to->low += p->weight[r] * ends.low, to->high += p->weight[r] * ends.high;
    }
    const double unit = people / own;
    return (struct inequality_range){sum.high == 0 ? 0 : unit * sum.low / (sum.low + others.high),
                                     sum.high == 0 ? 0 : unit * sum.high / (sum.high + others.low)};
}

/* One period's figures as drawn or as shown → the numbers that are drawn. */
struct redrawing {
    const struct inequality *x;
    const double *weight;
};

static uf_status numbers_of_draw(void *what, const double *value, double *out, struct uf_error *error)
{
    const struct redrawing *d = what;
    const struct inequality *x = d->x;
    struct uf_theil_split split = {NAN, NAN, NAN, NAN, NAN, NAN};
    UF_TRY(uf_atkinson(value, d->weight, x->n_regions, x->epsilon, &out[DRAWN_ATKINSON], error));
    if (x->n_groups > 0)
        UF_TRY(uf_theil_decompose(value, d->weight, x->group, x->n_regions, x->n_groups, &split, error));
    out[DRAWN_T_WITHIN] = split.t_within;
    out[DRAWN_T_BETWEEN] = split.t_between;
    out[DRAWN_WITHIN_SHARE] = 100 * split.t_within / split.t;
    out[DRAWN_BETWEEN_SHARE] = 100 * split.t_between / split.t;
    out[DRAWN_L_WITHIN] = split.l_within;
    out[DRAWN_L_BETWEEN] = split.l_between;
    for (size_t g = 0; g < x->n_groups; g++) {
        const struct inequality_group group = inequality_group(x, value, d->weight, g);
        out[INEQUALITY_DRAWN + 2 * g] = group.theil_t;
        out[INEQUALITY_DRAWN + 2 * g + 1] = group.share_of_theil_t;
    }
    return UF_OK;
}

/* The first draws pull all regions away from the mean, and to it. */
static uf_status draw_bands(const struct inequality *x, const struct rounding_plan *plan, double *ends,
                            struct inequality_period *p, struct uf_error *error)
{
    const size_t n = x->n_regions, n_numbers = INEQUALITY_DRAWN + 2 * x->n_groups;
    double *value = malloc(n_numbers * sizeof *value);
    if (value == NULL) return uf_fail_memory(error);
    struct redrawing redrawing = {x, p->weight};
    const struct rounding_box box = {ends, ends + n, ends + 2 * n, n};
    for (size_t r = 0; r < n; r++) ends[2 * n + r] = p->value[r] - p->index.mean;
    uf_status status = numbers_of_draw(&redrawing, p->value, value, error);
    if (status == UF_OK) status = rounding_bands_new(value, n_numbers, &p->drawn, error);
    if (status == UF_OK)
        status = rounding_bands_widen(&box, plan, numbers_of_draw, &redrawing, &p->drawn, error);
    if (status == UF_OK) status = rounding_bands_pull(&box, numbers_of_draw, &redrawing, &p->drawn, error);
    free(value);
    return status;
}

uf_status inequality_bands(const struct inequality *x, const struct rounding_plan *plan,
                           struct inequality_period *period, struct uf_error *error)
{
    double *low = calloc(3 * x->n_regions, sizeof *low);
    if (low == NULL) return uf_fail_memory(error);
    double *high = low + x->n_regions;
    for (size_t r = 0; r < x->n_regions; r++) {
        const struct inequality_range ends = ends_of(x, period->value[r]);
        low[r] = ends.low;
        high[r] = ends.high;
    }
    uf_status status =
        uf_inequality_band(low, high, period->weight, x->n_regions, &period->low, &period->high, error);
    if (status == UF_OK && plan->draws > 0 && !period->missing)
        status = draw_bands(x, plan, low, period, error);
    free(low);
    return status;
}
