// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of the regression of growth on the level, and of the trend of the spread. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/convergence_study.h"

/* The fit's numbers, then each region's fitted growth and what is left of it. */
struct refitting {
    const struct convergence_study *study;
    struct uf_beta_options options;
};

static uf_status refit(void *what, const double *figures, double *out, struct uf_error *error)
{
    struct refitting *d = what;
    const size_t n = d->study->series.n_regions;
    const double *start = figures, *end = figures + n;
    double *fitted = out + CONVERGENCE_DRAWN, *left = fitted + n;
    struct uf_beta_convergence fit;
    d->options.fitted = fitted;
    UF_TRY(uf_beta_convergence(start, end, n, d->study->years, d->study->controls, &d->options, &fit, error));
    out[DRAWN_BETA] = fit.beta;
    out[DRAWN_INTERCEPT] = fit.intercept;
    out[DRAWN_R_SQUARED] = fit.r_squared;
    out[DRAWN_SPEED] = fit.speed;
    out[DRAWN_HALF_LIFE] = fit.half_life;
    for (size_t r = 0; r < n; r++) left[r] = log(end[r] / start[r]) / d->study->years - fitted[r];
    return UF_OK;
}

uf_status convergence_fit_bands(struct convergence_study *study, const struct rounding_plan *plan,
                                struct uf_error *error)
{
    const size_t n = study->series.n_regions, numbers = CONVERGENCE_DRAWN + 2 * n;
    const double half = study->series.column->rounding / 2;
    if (!(half > 0) || plan->draws == 0) return UF_OK;
    double *room = malloc((6 * n + numbers) * sizeof *room);
    if (!room) return uf_fail_memory(error);
    double *figures = room, *low = room + 2 * n, *high = room + 4 * n, *value = room + 6 * n;
    bool open = false; /* a figure that may be 0 has no logarithm */
    for (size_t r = 0; r < 2 * n; r++) {
        figures[r] = r < n ? study->start[r] : study->end[r - n];
        low[r] = figures[r] - half;
        high[r] = figures[r] + half;
        open = open || low[r] <= 0;
    }
    struct refitting refitting = {study,
                                  {.covariance = study->covariance_kind,
                                   .cluster = study->cluster,
                                   .n_groups = study->n_groups,
                                   .level = study->level}};
    const struct rounding_box box = {low, high, NULL, 2 * n};
    uf_status status = UF_OK;
    if (!open) {
        status = refit(&refitting, figures, value, error);
        if (status == UF_OK) status = rounding_bands_new(value, numbers, &study->drawn, error);
        if (status == UF_OK)
            status = rounding_bands_widen(&box, plan, refit, &refitting, &study->drawn, error);
        if (status == UF_OK) status = rounding_bands_pull(&box, refit, &refitting, &study->drawn, error);
    }
    free(room);
    return status;
}

/* The slope is linear in the deviations, each of which varies freely between its own bounds. */
uf_status convergence_trend_band(const struct convergence_study *study, double *low, double *high,
                                 struct uf_error *error)
{
    const size_t n = study->n_sigma;
    *low = *high = NAN;
    if (!study->has_sigma || n < 2 || isnan(study->trend.slope)) return UF_OK;
    double *ends = malloc(3 * n * sizeof *ends);
    if (!ends) return uf_fail_memory(error);
    double *least = ends, *most = ends + n, *time = ends + 2 * n, mean = 0, spread = 0, down = 0, up = 0;
    uf_status status = convergence_spread_bands(study, least, most, error);
    for (size_t t = 0; t < n; t++) {
        time[t] = convergence_time(study, study->sigma_period[t]);
        mean += time[t] / (double)n;
    }
    for (size_t t = 0; t < n; t++) {
        const double from_mean = time[t] - mean;
        spread += from_mean * from_mean;
        down += from_mean * (from_mean > 0 ? least[t] : most[t]);
        up += from_mean * (from_mean > 0 ? most[t] : least[t]);
    }
    if (status == UF_OK) *low = down / spread, *high = up / spread;
    free(ends);
    return status;
}
