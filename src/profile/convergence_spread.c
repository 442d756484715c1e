// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves open of the standard deviation of logarithms. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/convergence_study.h"

static double deviation_of(const double *x, size_t n)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
    return n > 1 ? sqrt(squares / (double)(n - 1)) : (double)NAN;
}

/* The least: all are as near as they can be to one number, which is their mean. The clipped mean rises less than the
 * number, so halving finds it. */
static double least_deviation(const double *low, const double *high, double *x, size_t n)
{
    enum { HALVINGS = 200 };
    double from = low[0], to = high[0];
    for (size_t i = 1; i < n; i++) from = fmin(from, low[i]), to = fmax(to, high[i]);
    for (int k = 0; k < HALVINGS && from < to; k++) {
        const double middle = from + (to - from) / 2;
        double mean = 0;
        for (size_t i = 0; i < n; i++) mean += (x[i] = fmin(fmax(middle, low[i]), high[i])) / (double)n;
        if (mean > middle)
            from = middle;
        else
            to = middle;
    }
    return deviation_of(x, n);
}

/* The largest lies in a corner, and there each figure is at its end that is farther from the mean of the others. From the
 * figures as shown one after another is moved until all are; where intervals are narrower than the spread, which is what
 * rounding does, no other corner is. */
static double largest_deviation(const double *low, const double *high, double *x, size_t n)
{
    enum { ROUNDS = 100 };
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] = (low[i] + high[i]) / 2;
    bool moved = n > 1;
    for (int k = 0; k < ROUNDS && moved; k++) {
        moved = false;
        for (size_t i = 0; i < n; i++) {
            const double others = (sum - x[i]) / (double)(n - 1);
            const double end = high[i] - others >= others - low[i] ? high[i] : low[i];
            if (end == x[i]) continue;
            sum += end - x[i];
            x[i] = end;
            moved = true;
        }
    }
    return deviation_of(x, n);
}

uf_status convergence_spread_bands(const struct convergence_study *study, double *low, double *high,
                                   struct uf_error *error)
{
    const struct panel_series *series = &study->series;
    const size_t n = series->n_regions;
    const double half = series->column->rounding > 0 ? series->column->rounding / 2 : 0;
    for (size_t t = 0; t < study->n_sigma; t++) low[t] = high[t] = NAN;
    if (!(half > 0) || !study->has_sigma) return UF_OK;
    double *ends = malloc((3 * n + 1) * sizeof *ends);
    if (!ends) return uf_fail_memory(error);
    double *from = ends, *to = ends + n, *x = ends + 2 * n;
    for (size_t t = 0; t < study->n_sigma; t++) {
        size_t kept = 0;
        bool open = false; /* a figure that may be 0 has no logarithm */
        for (size_t r = 0; r < n; r++) {
            bool complete = true;
            for (size_t k = 0; k < study->n_sigma && complete; k++)
                complete = !isnan(series->value[panel_series_at(series, r, study->sigma_period[k])]);
            if (!complete) continue;
            const double value = series->value[panel_series_at(series, r, study->sigma_period[t])];
            open = open || !(value > half);
            from[kept] = log(value - half);
            to[kept++] = log(value + half);
        }
        if (open || kept < 2) continue;
        low[t] = least_deviation(from, to, x, kept);
        high[t] = largest_deviation(from, to, x, kept);
    }
    free(ends);
    return UF_OK;
}
