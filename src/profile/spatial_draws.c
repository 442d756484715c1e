// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of the statistics of spatial autocorrelation: they are formed again from drawn figures. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/spatial_study.h"

struct redrawing {
    const struct spatial_study *study;
    struct uf_local_moran *local; /* room for one table's */
    bool negative;                /* some figure is: G is not formed */
};

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
    return uf_local_getis_ord(&study->weights, x, true, out + spatial_study_drawn_star(study, 0), error);
}

static void put_shown(const struct spatial_study *study, double *out)
{
    for (int s = 0; s < UF_SPATIAL_STATISTICS; s++) out[s] = study->global[s].statistic;
    for (size_t i = 0; i < study->n; i++) {
        out[spatial_study_drawn_local(i)] = study->local[i].statistic;
        out[spatial_study_drawn_star(study, i)] = study->star[i];
    }
}

/* Bounds of the figures, and the direction in which each makes neighbours more alike. */
static void fill_box(const struct spatial_study *study, bool negative, double *low, double *high,
                     double *pull)
{
    const double half = study->series.column->rounding / 2, moran = study->global[UF_SPATIAL_MORAN].statistic;
    for (size_t i = 0; i < study->n; i++) {
        double links = 0;
        for (size_t l = study->weights.start[i]; l < study->weights.start[i + 1]; l++)
            links += study->weights.weight[l];
        low[i] = negative ? study->x[i] - half : fmax(0, study->x[i] - half);
        high[i] = study->x[i] + half;
        pull[i] = study->lag[i] - links * study->mean - moran * (study->x[i] - study->mean);
    }
}

uf_status spatial_draw(struct spatial_study *study, const struct uf_options *options,
                       const struct uf_context *context, struct uf_error *error)
{
    const struct rounding_plan plan = rounding_plan_of(options, context);
    const size_t n = study->n, n_numbers = spatial_study_drawn_star(study, n);
    if (!(study->series.column->rounding > 0) || plan.draws == 0) return UF_OK;
    struct redrawing redrawing = {.study = study, .local = calloc(n + 1, sizeof *redrawing.local)};
    double *room = calloc(3 * n + n_numbers, sizeof *room);
    uf_status status = redrawing.local && room ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t i = 0; i < n; i++) redrawing.negative = redrawing.negative || study->x[i] < 0;
        fill_box(study, redrawing.negative, room, room + n, room + 2 * n);
        put_shown(study, room + 3 * n);
        status = rounding_bands_new(room + 3 * n, n_numbers, &study->bands, error);
    }
    const struct rounding_box box = {room, room + n, room + 2 * n, n};
    if (status == UF_OK)
        status = rounding_bands_widen(&box, &plan, statistics_of_draw, &redrawing, &study->bands, error);
    free(redrawing.local);
    free(room);
    return status;
}
