// SPDX-License-Identifier: GPL-3.0-or-later
/* The departures of an interrupted time series all at once. */
#include <math.h>
#include <stdlib.h>

#include <utfall/interrupted_time_series.h>

#include "base/fail.h"

enum { DIRECTIONS = 360 };

/* The departures from the start on. */
struct departures {
    double *since, *error; /* count: time since the start, standard error */
    size_t count;
};

static uf_status departures_init(const struct uf_its *its, const struct uf_its_series *series,
                                 struct departures *out, struct uf_error *error)
{
    *out = (struct departures){.since = malloc((series->n + 1) * sizeof *out->since),
                               .error = malloc((series->n + 1) * sizeof *out->error)};
    if (!out->since || !out->error) return uf_fail_memory(error);
    for (size_t i = 0; i < series->n; i++) {
        if (series->time[i] < series->start) continue;
        double ignored, variance;
        uf_its_departure(its, series, (double)series->time[i], &ignored, &variance);
        out->since[out->count] = (double)(series->time[i] - series->start);
        out->error[out->count++] = sqrt(variance);
    }
    return UF_OK;
}

static double beyond(double r, double df)
{
    return isinf(r) ? 0 : exp(-df / 2 * log1p(r * r / df));
}

/* One ρ: how far its centre is from the estimate, and the root of its scale. */
struct disc {
    double level, slope; /* centre − estimate */
    double root[2][2];   /* lower triangular: scale = root root' */
    double weight, cosine[DIRECTIONS], sine[DIRECTIONS];
};

/* The share of a disc with every departure within c errors of its estimate. */
static double share(const struct disc *disc, const struct departures *d, double df, double c)
{
    double sum = 0;
    for (size_t k = 0; k < DIRECTIONS; k++) {
        double level = disc->root[0][0] * disc->cosine[k],
               slope = disc->root[1][0] * disc->cosine[k] + disc->root[1][1] * disc->sine[k];
        double low = 0, high = INFINITY;
        for (size_t t = 0; t < d->count; t++) {
            double at = disc->level + disc->slope * d->since[t], pace = level + slope * d->since[t],
                   reach = c * d->error[t];
            if (pace < 0) at = -at, pace = -pace;
            low = fmax(low, (-reach - at) / pace);
            high = fmin(high, (reach - at) / pace);
        }
        if (high > low) sum += beyond(low, df) - beyond(high, df);
    }
    return sum / DIRECTIONS;
}

static void disc_init(const struct uf_its *its, const struct uf_serial_part *part, struct disc *out)
{
    const gsl_matrix *v = part->covariance;
    const double turn = 2 * acos(-1) / DIRECTIONS;
    out->weight = part->weight;
    out->level = gsl_vector_get(part->coefficients, UF_ITS_LEVEL) -
                 gsl_vector_get(its->fit.coefficients, UF_ITS_LEVEL);
    out->slope = gsl_vector_get(part->coefficients, UF_ITS_SLOPE) -
                 gsl_vector_get(its->fit.coefficients, UF_ITS_SLOPE);
    out->root[0][0] = sqrt(gsl_matrix_get(v, UF_ITS_LEVEL, UF_ITS_LEVEL));
    out->root[0][1] = 0;
    out->root[1][0] = gsl_matrix_get(v, UF_ITS_SLOPE, UF_ITS_LEVEL) / out->root[0][0];
    out->root[1][1] =
        sqrt(fmax(0, gsl_matrix_get(v, UF_ITS_SLOPE, UF_ITS_SLOPE) - out->root[1][0] * out->root[1][0]));
    for (size_t k = 0; k < DIRECTIONS; k++) {
        out->cosine[k] = cos(turn * ((double)k + 0.5));
        out->sine[k] = sin(turn * ((double)k + 0.5));
    }
}

static double share_of_all(const struct disc *discs, size_t n_discs, const struct departures *d, double df,
                           double c)
{
    double inside = 0;
    for (size_t g = 0; g < n_discs; g++) inside += discs[g].weight * share(&discs[g], d, df, c);
    return inside;
}

uf_status uf_its_band(const struct uf_its *its, const struct uf_its_series *series, double level,
                      double *out_critical, struct uf_error *error)
{
    struct departures d;
    size_t n_discs = its->fit.n_parts;
    double df = its->fit.df, low = 0, high = 2;
    struct disc *discs = malloc((n_discs + 1) * sizeof *discs);
    uf_status status = departures_init(its, series, &d, error);
    if (status == UF_OK && !discs) status = uf_fail_memory(error);
    if (status == UF_OK && (d.count <= 1 || !(d.error[0] > 0))) {
        *out_critical = d.count == 1 && d.error[0] > 0 ? 0 : (double)NAN;
    } else if (status == UF_OK) {
        for (size_t g = 0; g < n_discs; g++) disc_init(its, &its->fit.parts[g], &discs[g]);
        while (high < 1e9 && share_of_all(discs, n_discs, &d, df, high) < level) low = high, high *= 2;
        while (high - low > 1e-7 * high) {
            double middle = low + (high - low) / 2;
            if (share_of_all(discs, n_discs, &d, df, middle) < level)
                low = middle;
            else
                high = middle;
        }
        *out_critical = high;
    }
    free(d.since), free(d.error), free(discs);
    return status;
}
