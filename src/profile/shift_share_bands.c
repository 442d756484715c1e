// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of a panel's shift-share: by region, by sector, by step. */
#include <gsl/gsl_matrix.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/shift_share_draws.h"
#include "profile/shift_share_tables.h"

/* True where the sectors may divide the total: no further from it than rounding explains. */
static bool divides_total(const struct panel_activity *a, size_t t, size_t r)
{
    const struct uf_activity x = panel_activity_at(a, t, BOUND_VALUE);
    double gap = -gsl_vector_get(x.total, r);
    for (size_t s = 0; s < a->n_sectors; s++) gap += gsl_matrix_get(x.value, r, s);
    return fabs(gap) <= 0.5 * a->column->rounding * (double)(a->n_sectors + 1);
}

static uf_status compute_ranges(const struct panel_activity *a, size_t r, double *row,
                                struct shift_share_parts *parts, struct uf_error *error)
{
    const size_t n = a->n_sectors, last = a->n_periods - 1;
    /* eight rows: region and nation, start and end, low and high */
    for (size_t k = 0; k < 4; k++) {
        const size_t t = k < 2 ? 0 : last;
        const enum bound bound = k % 2 == 0 ? BOUND_LOW : BOUND_HIGH;
        for (size_t s = 0; s < n; s++) row[k * n + s] = gsl_matrix_get(a->at[t].value[bound], r, s);
        shift_share_reference(a, t, bound, r, row + (4 + k) * n);
    }
    struct uf_shift_share_ranges bounds = {
        .region_start_low = row,
        .region_start_high = row + n,
        .region_end_low = row + 2 * n,
        .region_end_high = row + 3 * n,
        .nation_start_low = row + 4 * n,
        .nation_start_high = row + 5 * n,
        .nation_end_low = row + 6 * n,
        .nation_end_high = row + 7 * n,
        .total_start_low = NAN,
        .total_start_high = NAN,
        .total_end_low = NAN,
        .total_end_high = NAN,
    };
    if (a->total_sector != SIZE_MAX && divides_total(a, 0, r) && divides_total(a, last, r)) {
        bounds.total_start_low = gsl_vector_get(a->at[0].total[BOUND_LOW], r);
        bounds.total_start_high = gsl_vector_get(a->at[0].total[BOUND_HIGH], r);
        bounds.total_end_low = gsl_vector_get(a->at[last].total[BOUND_LOW], r);
        bounds.total_end_high = gsl_vector_get(a->at[last].total[BOUND_HIGH], r);
        parts->totals_used++;
    }
    return uf_shift_share_band(&bounds, n, &parts->ranges[r], error);
}

/* The standard deviation of a rounding error spread evenly over its interval; for the reference area, of the
 * sum. */
static double cell_error(const struct panel_activity *a, size_t t, size_t r, size_t s)
{
    const struct period_activity *p = &a->at[t];
    return (gsl_matrix_get(p->value[BOUND_HIGH], r, s) - gsl_matrix_get(p->value[BOUND_LOW], r, s)) /
           sqrt(12);
}

static double reference_error(const struct panel_activity *a, size_t t, size_t r, size_t s)
{
    const struct period_activity *p = &a->at[t];
    if (a->has_whole)
        return (gsl_vector_get(p->whole[BOUND_HIGH], s) - gsl_vector_get(p->whole[BOUND_LOW], s)) /
               sqrt(12 * (double)a->whole_parts); /* of a sum, whose parts err apart */
    double variance = 0;
    for (size_t i = 0; i < a->n_regions; i++) {
        double error = cell_error(a, t, i, s);
        if (a->reference == UF_REFERENCE_NATION || i != r) variance += error * error;
    }
    return sqrt(variance);
}

static uf_status compute_error(const struct panel_activity *a, size_t r, double *row,
                               struct shift_share_parts *parts, struct uf_error *error)
{
    const size_t n = a->n_sectors, last = a->n_periods - 1;
    for (size_t s = 0; s < n; s++) {
        row[s] = gsl_matrix_get(a->at[0].value[BOUND_VALUE], r, s);
        row[n + s] = gsl_matrix_get(a->at[last].value[BOUND_VALUE], r, s);
        row[2 * n + s] = parts->reference_start[r * n + s];
        row[3 * n + s] = parts->reference_end[r * n + s];
        row[4 * n + s] = cell_error(a, 0, r, s);
        row[5 * n + s] = cell_error(a, last, r, s);
        row[6 * n + s] = reference_error(a, 0, r, s);
        row[7 * n + s] = reference_error(a, last, r, s);
    }
    const struct uf_shift_share_errors figures = {row,         row + n,     row + 2 * n, row + 3 * n,
                                                  row + 4 * n, row + 5 * n, row + 6 * n, row + 7 * n};
    return uf_shift_share_error(&figures, n, &parts->error[r], error);
}

/* --- the components ------------------------------------------------------------------------------ */

/* A region's figures in `n` periods from `first` on, all sectors listed, into room that the caller has. */
static void fill_figures(const struct panel_activity *a, size_t r, size_t first, size_t n,
                         struct shift_share_figures *out)
{
    const size_t n_sectors = a->n_sectors, width = 2 * n_sectors + 2;
    out->n_periods = n;
    out->n = n_sectors;
    out->within = !a->has_whole && a->reference == UF_REFERENCE_NATION;
    for (size_t t = 0; t < n; t++)
        for (int high = 0; high <= 1; high++) {
            const struct uf_activity x = panel_activity_at(a, first + t, high ? BOUND_HIGH : BOUND_LOW);
            double *row = (high ? out->high : out->low) + t * width;
            for (size_t s = 0; s < n_sectors; s++) {
                row[s] = gsl_matrix_get(x.value, r, s);
                row[n_sectors + s] = x.whole != NULL ? gsl_vector_get(x.whole, s) : 0;
                for (size_t i = 0; x.whole == NULL && i < a->n_regions; i++)
                    if (i != r) row[n_sectors + s] += gsl_matrix_get(x.value, i, s);
            }
            row[width - 2] = row[width - 1] = 0;
        }
}

/* The same with one sector listed and all others in what they come to. */
static void single_out(const struct shift_share_figures *all, size_t s, struct shift_share_figures *out)
{
    const size_t n = all->n;
    out->n_periods = all->n_periods;
    out->n = 1;
    out->within = all->within;
    for (size_t t = 0; t < all->n_periods; t++)
        for (int high = 0; high <= 1; high++) {
            const double *from = (high ? all->high : all->low) + t * (2 * n + 2);
            double *to = (high ? out->high : out->low) + t * 4;
            to[0] = from[s], to[1] = from[n + s], to[2] = to[3] = 0;
            for (size_t i = 0; i < n; i++)
                if (i != s) to[2] += from[i], to[3] += from[n + i];
        }
}

static void values_of(const struct shift_share_parts *parts, const struct uf_shift_share *x, double *value,
                      double *percent)
{
    for (size_t k = 0; k < parts->n_components; k++) {
        value[k] = shift_share_part(x, parts->component[k]);
        percent[k] = x->start > 0 ? 100 * value[k] / x->start : (double)NAN;
    }
}

/* Puts the exact bounds of a part in the place of the drawn ones. */
static void put_exact(const struct shift_share_parts *parts, const struct uf_shift_share *low,
                      const struct uf_shift_share *high, struct shift_share_band *out)
{
    for (size_t k = 0; k < parts->n_components; k++) {
        const double least = shift_share_part(low, parts->component[k]),
                     most = shift_share_part(high, parts->component[k]);
        if (isnan(least) || isnan(most)) continue;
        out->low[k] = least, out->high[k] = most;
    }
}

struct exact {
    struct uf_shift_share *sector_low, *sector_high, low, high;
};

/* Between two periods; sectors may be NULL. The mix of a whole region has outer bounds, where the drawn ones are closer. */
static uf_status exact_bounds(const struct shift_share_figures *x, struct exact *out, struct uf_error *error)
{
    const size_t n = x->n, tda = 2 * n + 2;
    const gsl_matrix_const_view own_low = gsl_matrix_const_view_array_with_tda(x->low, 2, n, tda),
                                own_high = gsl_matrix_const_view_array_with_tda(x->high, 2, n, tda),
                                rest_low = gsl_matrix_const_view_array_with_tda(x->low + n, 2, n, tda),
                                rest_high = gsl_matrix_const_view_array_with_tda(x->high + n, 2, n, tda);
    const struct uf_shift_share_box box = {&own_low.matrix, &own_high.matrix, &rest_low.matrix,
                                           &rest_high.matrix, x->within};
    UF_TRY(uf_shift_share_bounds(&box, out->sector_low, out->sector_high, &out->low, &out->high, error));
    out->low.mix = out->high.mix = NAN;
    return UF_OK;
}

static uf_status bound_region(const struct shift_share_figures *x, const struct rounding_plan *plan,
                              const struct uf_shift_share *shown, const struct shift_share_parts *parts,
                              struct shift_share_band *out, struct uf_error *error)
{
    double value[SHIFT_SHARE_COMPONENTS_MAX], percent[SHIFT_SHARE_COMPONENTS_MAX];
    values_of(parts, shown, value, percent);
    UF_TRY(shift_share_draw(x, parts->component, parts->n_components, plan, value, percent, out, error));
    if (x->n_periods > 2) return UF_OK;
    struct exact exact = {0};
    UF_TRY(exact_bounds(x, &exact, error));
    put_exact(parts, &exact.low, &exact.high, out);
    return UF_OK;
}

/* `room`: low and high ends of one sector's figures. */
static uf_status bound_sectors(const struct shift_share_figures *x, const struct rounding_plan *plan,
                               struct exact *exact, double *room, size_t r,
                               const struct shift_share_parts *parts, struct uf_error *error)
{
    const bool two = x->n_periods == 2, drawn = !two || parts->variant != UF_SHIFT_SHARE_CLASSIC;
    struct shift_share_figures one = {0};
    one.low = room;
    one.high = room + 4 * x->n_periods;
    if (two) UF_TRY(exact_bounds(x, exact, error));
    for (size_t s = 0; s < x->n; s++) {
        struct shift_share_band *band = &parts->sector_band[r * x->n + s];
        double value[SHIFT_SHARE_COMPONENTS_MAX], percent[SHIFT_SHARE_COMPONENTS_MAX];
        for (size_t k = 0; k < parts->n_components; k++) band->low[k] = band->high[k] = NAN;
        single_out(x, s, &one);
        values_of(parts, &parts->sector[r * x->n + s], value, percent);
        if (drawn)
            UF_TRY(shift_share_draw(&one, parts->component, parts->n_components, plan, value, percent, band,
                                    error));
        if (two) put_exact(parts, &exact->sector_low[s], &exact->sector_high[s], band);
    }
    return UF_OK;
}

/* How much what the region is compared with grew, by sector and in all. */
static void bound_growth(const struct shift_share_figures *x, size_t r, const struct shift_share_parts *parts)
{
    const size_t n = x->n, last = (x->n_periods - 1) * (2 * n + 2);
    double sum[4] = {0};
    for (size_t s = 0; s <= n; s++) {
        double end[4] = {sum[0], sum[1], sum[2], sum[3]}; /* start and end, low and high */
        for (size_t k = 0; k < 4 && s < n; k++) {
            const double *from = (k % 2 ? x->high : x->low) + (k / 2 ? last : 0);
            end[k] = from[n + s] + (x->within ? from[s] : 0);
            sum[k] += end[k];
        }
        struct shift_share_growth *growth =
            s < n ? &parts->sector_growth[r * n + s] : &parts->total_growth[r];
        growth->low = end[1] > 0 ? 100 * (end[2] / end[1] - 1) : (double)NAN;
        growth->high = end[0] > 0 ? 100 * (end[3] / end[0] - 1) : (double)NAN;
    }
}

/* A total that the sectors divide may say more of the regional component than they do. */
static void sharpen(const struct uf_shift_share_band *ranges, const struct shift_share_parts *parts,
                    struct shift_share_band *band)
{
    enum { REGIONAL = 2 };
    if (isnan(ranges->regional_low) || isnan(ranges->regional_high) || parts->dynamic) return;
    const double low = ranges->regional_low, high = ranges->regional_high;
    band->low[REGIONAL] = fmax(band->low[REGIONAL], low);
    band->high[REGIONAL] = fmin(band->high[REGIONAL], high);
    if (!(ranges->start_low > 0)) return;
    band->percent_low[REGIONAL] =
        fmax(band->percent_low[REGIONAL], 100 * low / (low < 0 ? ranges->start_low : ranges->start_high));
    band->percent_high[REGIONAL] =
        fmin(band->percent_high[REGIONAL], 100 * high / (high < 0 ? ranges->start_high : ranges->start_low));
}

static uf_status bound_components(const struct panel_activity *a, const struct rounding_plan *plan,
                                  struct shift_share_parts *parts, struct uf_error *error)
{
    const size_t n = a->n_sectors, ends = a->n_periods * (2 * n + 2), steps = a->n_periods - 1;
    double *room = malloc((2 * ends + 8 * a->n_periods) * sizeof *room);
    struct exact exact = {.sector_low = calloc(n, sizeof *exact.sector_low),
                          .sector_high = calloc(n, sizeof *exact.sector_high)};
    struct shift_share_figures x = {.low = room, .high = room == NULL ? NULL : room + ends};
    uf_status status =
        room == NULL || exact.sector_low == NULL || exact.sector_high == NULL ? uf_fail_memory(error) : UF_OK;
    const struct rounding_plan silent = {.draws = plan->draws, .seed = plan->seed};
    for (size_t r = 0; r < a->n_regions && status == UF_OK; r++) {
        for (size_t t = 0; parts->step != NULL && t < steps && status == UF_OK; t++) {
            fill_figures(a, r, t, 2, &x);
            status = bound_region(&x, &silent, &parts->step[r * steps + t], parts,
                                  &parts->step_band[r * steps + t], error);
        }
        fill_figures(a, r, 0, a->n_periods, &x);
        bound_growth(&x, r, parts);
        if (status == UF_OK)
            status = bound_region(&x, &silent, &parts->total[r], parts, &parts->total_band[r], error);
        if (status == UF_OK && a->n_periods == 2) sharpen(&parts->ranges[r], parts, &parts->total_band[r]);
        if (status == UF_OK) status = bound_sectors(&x, &silent, &exact, room + 2 * ends, r, parts, error);
        if (status == UF_OK && plan->progress &&
            plan->progress(plan->user, (double)(r + 1) / (double)a->n_regions))
            status = uf_fail(error, UF_INTERRUPTED, "Stopped as asked.");
    }
    free(exact.sector_low);
    free(exact.sector_high);
    free(room);
    return status;
}

/* --- all ---------------------------------------------------------------------------------------- */

void shift_share_bands_clear(struct shift_share_parts *parts)
{
    free(parts->ranges);
    free(parts->error);
    free(parts->total_band);
    free(parts->sector_band);
    free(parts->step_band);
    free(parts->total_growth);
    free(parts->sector_growth);
}

uf_status shift_share_bands(const struct panel_activity *a, const struct rounding_plan *plan,
                            struct shift_share_parts *parts, struct uf_error *error)
{
    const size_t n_cells = a->n_regions * a->n_sectors;
    double *row = malloc(8 * a->n_sectors * sizeof *row);
    parts->ranges = calloc(a->n_regions, sizeof *parts->ranges);
    parts->error = calloc(a->n_regions, sizeof *parts->error);
    parts->total_band = calloc(a->n_regions, sizeof *parts->total_band);
    parts->sector_band = calloc(n_cells, sizeof *parts->sector_band);
    parts->step_band = calloc(a->n_regions * a->n_periods, sizeof *parts->step_band);
    parts->total_growth = calloc(a->n_regions, sizeof *parts->total_growth);
    parts->sector_growth = calloc(n_cells, sizeof *parts->sector_growth);
    parts->draws = plan->draws + SHIFT_SHARE_PULLED * parts->n_components;
    uf_status status = UF_OK;
    if (!row || !parts->ranges || !parts->error || !parts->total_band || !parts->sector_band ||
        !parts->step_band || !parts->total_growth || !parts->sector_growth)
        status = uf_fail_memory(error);
    for (size_t r = 0; status == UF_OK && r < a->n_regions; r++) {
        status = compute_ranges(a, r, row, parts, error);
        if (status == UF_OK) status = compute_error(a, r, row, parts, error);
    }
    free(row);
    return status == UF_OK ? bound_components(a, plan, parts, error) : status;
}
