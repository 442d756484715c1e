// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of one period's inequality. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/inequality_tables.h"

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
    out[DRAWN_BETWEEN_SHARE] = 100 * split.t_between / split.t;
    out[DRAWN_L_WITHIN] = split.l_within;
    out[DRAWN_L_BETWEEN] = split.l_between;
    return UF_OK;
}

/* The first draws pull all regions away from the mean, and to it. */
static uf_status draw_bands(const struct inequality *x, const struct rounding_plan *plan, double *ends,
                            struct inequality_period *p, struct uf_error *error)
{
    double value[INEQUALITY_DRAWN];
    const size_t n = x->n_regions;
    struct redrawing redrawing = {x, p->weight};
    const struct rounding_box box = {ends, ends + n, ends + 2 * n, n};
    for (size_t r = 0; r < n; r++) ends[2 * n + r] = p->value[r] - p->index.mean;
    UF_TRY(numbers_of_draw(&redrawing, p->value, value, error));
    UF_TRY(rounding_bands_new(value, INEQUALITY_DRAWN, &p->drawn, error));
    return rounding_bands_widen(&box, plan, numbers_of_draw, &redrawing, &p->drawn, error);
}

uf_status inequality_bands(const struct inequality *x, const struct rounding_plan *plan,
                           struct inequality_period *period, struct uf_error *error)
{
    const double half = x->column->rounding / 2;
    double *low = calloc(3 * x->n_regions, sizeof *low);
    if (low == NULL) return uf_fail_memory(error);
    double *high = low + x->n_regions;
    for (size_t r = 0; r < x->n_regions; r++) {
        low[r] = period->value[r] - half < 0 ? 0 : period->value[r] - half;
        high[r] = period->value[r] + half;
    }
    uf_status status =
        uf_inequality_band(low, high, period->weight, x->n_regions, &period->low, &period->high, error);
    if (status == UF_OK && plan->draws > 0 && !period->missing)
        status = draw_bands(x, plan, low, period, error);
    free(low);
    return status;
}
