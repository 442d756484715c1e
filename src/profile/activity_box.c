// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/activity_box.h"

#include <math.h>
#include <stdlib.h>
#include <utfall/location_quotient.h>

#include "base/fail.h"

void activity_box_clear(struct activity_box *box)
{
    free(box->room);
    *box = (struct activity_box){0};
}

static void fill_end(const struct panel_activity *a, const struct period_activity *p, enum bound bound,
                     double *out)
{
    size_t i = 0;
    for (size_t r = 0; r < a->n_regions; r++)
        for (size_t s = 0; s < a->n_sectors; s++) out[i++] = gsl_matrix_get(p->value[bound], r, s);
    for (size_t r = 0; p->total[bound] && r < a->n_regions; r++)
        out[i++] = gsl_vector_get(p->total[bound], r);
    for (size_t s = 0; p->whole[bound] && s < a->n_sectors; s++)
        out[i++] = gsl_vector_get(p->whole[bound], s);
    out[i] = p->whole_total[bound];
}

/* Cells above their reference pull up, those below it down; totals stay in the middle. */
static uf_status fill_pull(const struct panel_activity *a, size_t period, double *out, struct uf_error *error)
{
    gsl_matrix *quotient = gsl_matrix_alloc(a->n_regions, a->n_sectors);
    if (quotient == NULL) return uf_fail_memory(error);
    const struct uf_activity value = panel_activity_at(a, period, BOUND_VALUE);
    const uf_status status = uf_location_quotient(&value, a->reference, quotient, error);
    for (size_t i = 0; status == UF_OK && i < a->n_regions * a->n_sectors; i++) {
        const double lq = gsl_matrix_get(quotient, i / a->n_sectors, i % a->n_sectors);
        out[i] = isnan(lq) ? 0 : lq - 1;
    }
    gsl_matrix_free(quotient);
    return status;
}

uf_status activity_box_new(const struct panel_activity *a, size_t period, struct activity_box *out,
                           struct uf_error *error)
{
    const struct period_activity *p = &a->at[period];
    struct activity_box box = {.n_regions = a->n_regions,
                               .n_sectors = a->n_sectors,
                               .totals = p->total[BOUND_VALUE] != NULL,
                               .whole = p->whole[BOUND_VALUE] != NULL};
    const size_t n =
        a->n_regions * a->n_sectors + (box.totals ? a->n_regions : 0) + (box.whole ? a->n_sectors : 0) + 1;
    box.room = calloc(3 * n, sizeof *box.room);
    if (box.room == NULL) return uf_fail_memory(error);
    box.box = (struct rounding_box){box.room, box.room + n, box.room + 2 * n, n};
    fill_end(a, p, BOUND_LOW, box.room);
    fill_end(a, p, BOUND_HIGH, box.room + n);
    const uf_status status = fill_pull(a, period, box.room + 2 * n, error);
    if (status != UF_OK) {
        activity_box_clear(&box);
        return status;
    }
    *out = box;
    return UF_OK;
}

struct uf_activity activity_box_at(struct activity_box *box, const double *figures)
{
    struct uf_activity activity = {0};
    box->value = gsl_matrix_const_view_array(figures, box->n_regions, box->n_sectors).matrix;
    activity.value = &box->value;
    figures += box->n_regions * box->n_sectors;
    if (box->totals) {
        box->total = gsl_vector_const_view_array(figures, box->n_regions).vector;
        activity.total = &box->total;
        figures += box->n_regions;
    }
    if (box->whole) {
        box->all = gsl_vector_const_view_array(figures, box->n_sectors).vector;
        activity.whole = &box->all;
        figures += box->n_sectors;
    }
    activity.whole_total = *figures;
    return activity;
}

void activity_box_single_out(const struct activity_box *box, size_t which, bool of_sectors, bool far,
                             double *out)
{
    const struct rounding_box *b = &box->box;
    const size_t n_cells = box->n_regions * box->n_sectors;
    for (size_t i = 0; i < b->n; i++) {
        const bool own = (of_sectors ? i % box->n_sectors : i / box->n_sectors) == which && i < n_cells;
        const double pull = own == far ? b->pull[i] : -b->pull[i];
        out[i] = pull > 0 ? b->high[i] : pull < 0 ? b->low[i] : (b->low[i] + b->high[i]) / 2;
    }
}

uf_status activity_box_take_singles(const struct activity_box *box, bool of_sectors, rounding_kernel *kernel,
                                    void *what, struct rounding_bands *bands, struct uf_error *error)
{
    const size_t n = of_sectors ? box->n_sectors : box->n_regions;
    double *figures = malloc(box->box.n * sizeof *figures);
    if (figures == NULL) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t k = 0; k < 2 * n && status == UF_OK; k++) {
        activity_box_single_out(box, k / 2, of_sectors, k % 2 == 0, figures);
        status = rounding_bands_take(figures, kernel, what, bands, error);
    }
    free(figures);
    return status;
}
