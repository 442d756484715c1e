// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/concentration_bands.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/ranking.h"

double concentration_reference_of(const struct uf_activity *activity, size_t r)
{
    if (activity->total != NULL) return gsl_vector_get(activity->total, r);
    double sum = 0;
    for (size_t s = 0; s < activity->value->size2; s++) sum += gsl_matrix_get(activity->value, r, s);
    return sum;
}

uf_status concentration_excess_of(const struct uf_activity *activity, const double *reference,
                                  const struct plants *plants, size_t s, double *column,
                                  struct uf_ellison_glaeser *out, struct uf_error *error)
{
    const size_t n = activity->value->size1;
    double sum = 0;
    for (size_t r = 0; r < n; r++) sum += column[r] = gsl_matrix_get(activity->value, r, s);
    *out = (struct uf_ellison_glaeser){NAN, NAN, NAN};
    if (isnan(plants->herfindahl[s]) || !(sum > 0)) return UF_OK;
    return uf_ellison_glaeser(column, reference, n, plants->herfindahl[s], out, error);
}

struct redrawing {
    struct activity_box box;
    const struct plants *plants;
    struct uf_concentration *index; /* room for one table's */
    double *column, *reference;
};

double concentration_rank_by_hoover(const struct uf_concentration *index, size_t n, size_t s)
{
    size_t ranked;
    return rank_of_member(&index->hoover, sizeof *index, n, s, &ranked);
}

static void flatten(const struct uf_concentration *all, const struct uf_ellison_glaeser *excess, size_t n,
                    size_t s, double *out)
{
    const struct uf_concentration *index = &all[s];
    out[s * DRAWN + DRAWN_RANK] = concentration_rank_by_hoover(all, n, s);
    out[s * DRAWN + DRAWN_GINI] = index->gini;
    out[s * DRAWN + DRAWN_THEIL] = index->theil;
    out[s * DRAWN + DRAWN_RAW] = index->raw;
    out[s * DRAWN + DRAWN_EXCESS] = excess->gamma;
}

static uf_status indices_of_draw(void *what, const double *figures, double *out, struct uf_error *error)
{
    struct redrawing *x = what;
    const struct uf_activity drawn = activity_box_at(&x->box, figures);
    UF_TRY(uf_concentration(&drawn, x->index, error));
    for (size_t r = 0; r < x->box.n_regions; r++) x->reference[r] = concentration_reference_of(&drawn, r);
    for (size_t s = 0; s < x->box.n_sectors; s++) {
        struct uf_ellison_glaeser excess;
        UF_TRY(concentration_excess_of(&drawn, x->reference, x->plants, s, x->column, &excess, error));
        flatten(x->index, &excess, x->box.n_sectors, s, out);
    }
    return UF_OK;
}

static uf_status draw_bands(struct places *x, const struct rounding_plan *plan, struct uf_error *error)
{
    const size_t n = x->activity->n_sectors, n_regions = x->activity->n_regions;
    struct redrawing redrawing = {.plants = &x->plants};
    UF_TRY(activity_box_new(x->activity, 0, &redrawing.box, error));
    redrawing.index = calloc(n, sizeof *redrawing.index);
    double *room = calloc(2 * n_regions + n * DRAWN, sizeof *room);
    uf_status status = redrawing.index && room ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        redrawing.column = room, redrawing.reference = room + n_regions;
        double *value = room + 2 * n_regions;
        for (size_t s = 0; s < n; s++) flatten(x->index, &x->excess[s], n, s, value);
        status = rounding_bands_new(value, n * DRAWN, &x->drawn, error);
    }
    if (status == UF_OK)
        status =
            activity_box_take_singles(&redrawing.box, true, indices_of_draw, &redrawing, &x->drawn, error);
    if (status == UF_OK)
        status =
            rounding_bands_widen(&redrawing.box.box, plan, indices_of_draw, &redrawing, &x->drawn, error);
    free(room);
    free(redrawing.index);
    activity_box_clear(&redrawing.box);
    return status;
}

/* A sector's regions as a box of their own. */
static uf_status share_bands(struct places *x, struct uf_error *error)
{
    const struct panel_activity *a = x->activity;
    const struct period_activity *p = &a->at[0];
    double *ends = malloc(2 * a->n_regions * sizeof *ends);
    uf_status status = ends ? UF_OK : uf_fail_memory(error);
    for (size_t s = 0; s < a->n_sectors && status == UF_OK; s++) {
        for (size_t r = 0; r < a->n_regions; r++) {
            ends[r] = gsl_matrix_get(p->value[BOUND_LOW], r, s);
            ends[a->n_regions + r] = gsl_matrix_get(p->value[BOUND_HIGH], r, s);
        }
        status = uf_shares_band(ends, ends + a->n_regions, a->n_regions, x->top, &x->alone[s], error);
    }
    free(ends);
    return status;
}

/* A sector over regions is a row of the table turned over, and the given totals are its reference area: the band of
 * specialisation serves. */
static uf_status krugman_bands(struct places *x, struct uf_error *error)
{
    const struct panel_activity *a = x->activity;
    const struct period_activity *p = &a->at[0];
    gsl_matrix *turned[2] = {gsl_matrix_alloc(a->n_sectors, a->n_regions),
                             gsl_matrix_alloc(a->n_sectors, a->n_regions)};
    uf_status status = turned[0] && turned[1] ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        struct uf_activity bound[2];
        for (int k = 0; k < 2; k++) {
            const enum bound which = k ? BOUND_HIGH : BOUND_LOW;
            gsl_matrix_transpose_memcpy(turned[k], p->value[which]);
            bound[k] = (struct uf_activity){.value = turned[k], .whole = p->total[which]};
        }
        status = uf_krugman_band(&bound[0], &bound[1], UF_REFERENCE_NATION, x->krugman_low, x->krugman_high,
                                 error);
    }
    gsl_matrix_free(turned[0]);
    gsl_matrix_free(turned[1]);
    return status;
}

uf_status concentration_bands(struct places *x, const struct rounding_plan *plan, struct uf_error *error)
{
    UF_TRY(krugman_bands(x, error));
    UF_TRY(share_bands(x, error));
    return plan->draws > 0 ? draw_bands(x, plan, error) : UF_OK;
}
