// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of the statistics of spatial autocorrelation: they are formed again from drawn figures. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/spatial_study.h"

struct redrawing {
    const struct spatial_study *study;
    struct uf_local_moran *local; /* room for one table's */
    double *lag;
    bool negative; /* some figure is: G is not formed */
};

/* --- standardised values -------------------------------------------------------------------------- */

static void mean_and_deviation(const double *x, size_t n, double *mean, double *deviation)
{
    *mean = *deviation = 0;
    for (size_t i = 0; i < n; i++) *mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) *deviation += (x[i] - *mean) * (x[i] - *mean) / (double)n;
    *deviation = sqrt(*deviation);
}

/* Of a table the axes of the Moran scatter: each region, and its neighbours. */
static void put_standardised(const struct spatial_study *study, const double *x, const double *lag,
                             double *out)
{
    double mean, deviation;
    mean_and_deviation(x, study->n, &mean, &deviation);
    for (size_t i = 0; i < study->n; i++) {
        out[spatial_study_drawn_z(study, i)] = (x[i] - mean) / deviation;
        out[spatial_study_drawn_lag(study, i)] =
            spatial_study_neighbours(study, i) ? (lag[i] - spatial_study_links(study, i) * mean) / deviation
                                               : (double)NAN;
    }
}

/* Walks to a corner of the box where Σ c_j (x_j − mean)/deviation is as far up (`sign` 1) or down (−1) as its gradient there
 * tells: c_j − Σc/n − value·z_j/n. `x`: room. */
static double walk_to_corner(const struct spatial_study *study, const double *c, double sign,
                             const double *low, const double *high, double *x)
{
    enum { STEPS = 5 }; /* the first is nearly all of it */
    const double n = (double)study->n;
    double all = 0, furthest = -INFINITY;
    for (size_t j = 0; j < study->n; j++) all += c[j], x[j] = study->x[j];
    for (int step = 0; step <= STEPS; step++) {
        double mean, deviation, value = 0;
        mean_and_deviation(x, study->n, &mean, &deviation);
        for (size_t j = 0; j < study->n; j++) value += c[j] * (x[j] - mean) / deviation;
        if (!(sign * value > furthest)) break;
        furthest = sign * value;
        for (size_t j = 0; j < study->n; j++) {
            const double slope = sign * (c[j] - all / n - value * (x[j] - mean) / deviation / n);
            x[j] = slope > 0 ? high[j] : slope < 0 ? low[j] : x[j];
        }
    }
    return sign * furthest;
}

/* Few draws have a region and all its neighbours at their ends, so each number gets the two tables that do. O(n²). */
static uf_status widen_standardised(struct spatial_study *study, const double *low, const double *high,
                                    struct uf_error *error)
{
    const struct uf_spatial_weights *weights = &study->weights;
    double *c = calloc(study->n + 1, sizeof *c), *x = calloc(study->n + 1, sizeof *x);
    for (size_t i = 0; c && x && i < study->n; i++)
        for (int lag = 0; lag < 2; lag++) {
            const size_t at = lag ? spatial_study_drawn_lag(study, i) : spatial_study_drawn_z(study, i);
            if (lag)
                for (size_t l = weights->start[i]; l < weights->start[i + 1]; l++)
                    c[weights->neighbour[l]] += weights->weight[l];
            else
                c[i] = 1;
            for (int sign = -1; sign <= 1 && !isnan(study->bands.low[at]); sign += 2) {
                const double end = walk_to_corner(study, c, sign, low, high, x);
                study->bands.low[at] = fmin(study->bands.low[at], end);
                study->bands.high[at] = fmax(study->bands.high[at], end);
            }
            c[i] = 0;
            for (size_t l = weights->start[i]; l < weights->start[i + 1]; l++) c[weights->neighbour[l]] = 0;
        }
    const bool ok = c && x;
    free(c);
    free(x);
    return ok ? UF_OK : uf_fail_memory(error);
}

/* --- draws ---------------------------------------------------------------------------------------- */

static uf_status statistics_of_draw(void *what, const double *x, double *out, struct uf_error *error)
{
    struct redrawing *d = what;
    const struct spatial_study *study = d->study;
    for (int s = 0; s < UF_SPATIAL_STATISTICS; s++) {
        struct uf_spatial_test test;
        out[s] = NAN;
        if (s == UF_SPATIAL_GETIS_ORD && d->negative) continue;
        UF_TRY(uf_spatial_global(&study->weights, x, (enum uf_spatial_statistic)s, study->count_islands,
                                 &test, error));
        out[s] = test.statistic;
    }
    UF_TRY(uf_local_moran(&study->weights, x, d->local, error));
    for (size_t i = 0; i < study->n; i++) out[spatial_study_drawn_local(i)] = d->local[i].statistic;
    uf_spatial_lag(&study->weights, x, d->lag);
    put_standardised(study, x, d->lag, out);
    return uf_local_getis_ord(&study->weights, x, true, out + spatial_study_drawn_star(study, 0), error);
}

static void put_shown(const struct spatial_study *study, double *out)
{
    for (int s = 0; s < UF_SPATIAL_STATISTICS; s++) out[s] = study->global[s].statistic;
    for (size_t i = 0; i < study->n; i++) {
        out[spatial_study_drawn_local(i)] = study->local[i].statistic;
        out[spatial_study_drawn_star(study, i)] = study->star[i];
    }
    put_standardised(study, study->x, study->lag, out);
}

/* Bounds of the figures, and the direction in which each makes neighbours more alike. */
static void fill_box(const struct spatial_study *study, bool negative, double *low, double *high,
                     double *pull)
{
    const double half = study->series.column->rounding / 2, moran = study->global[UF_SPATIAL_MORAN].statistic;
    for (size_t i = 0; i < study->n; i++) {
        low[i] = negative ? study->x[i] - half : fmax(0, study->x[i] - half);
        high[i] = study->x[i] + half;
        pull[i] =
            study->lag[i] - spatial_study_links(study, i) * study->mean - moran * (study->x[i] - study->mean);
    }
}

uf_status spatial_draw(struct spatial_study *study, const struct uf_options *options,
                       const struct uf_context *context, struct uf_error *error)
{
    const struct rounding_plan plan = rounding_plan_of(options, context);
    const size_t n = study->n, n_numbers = spatial_study_drawn_lag(study, n);
    if (!(study->series.column->rounding > 0) || plan.draws == 0) return UF_OK;
    struct redrawing redrawing = {.study = study,
                                  .local = calloc(n + 1, sizeof *redrawing.local),
                                  .lag = calloc(n + 1, sizeof *redrawing.lag)};
    double *room = calloc(3 * n + n_numbers, sizeof *room);
    uf_status status = redrawing.local && redrawing.lag && room ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t i = 0; i < n; i++) redrawing.negative = redrawing.negative || study->x[i] < 0;
        fill_box(study, redrawing.negative, room, room + n, room + 2 * n);
        put_shown(study, room + 3 * n);
        status = rounding_bands_new(room + 3 * n, n_numbers, &study->bands, error);
    }
    const struct rounding_box box = {room, room + n, room + 2 * n, n};
    if (status == UF_OK)
        status = rounding_bands_widen(&box, &plan, statistics_of_draw, &redrawing, &study->bands, error);
    if (status == UF_OK) status = widen_standardised(study, box.low, box.high, error);
    free(redrawing.local);
    free(redrawing.lag);
    free(room);
    return status;
}
