// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Sun–Abraham: a regression with a dummy for each cohort in each period, all averages with clustered errors.
 * bench_sun_abraham [UNITS PERIODS]   (default 100,000 × 10)
 */
#include "support/bench.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/absorbed_regression.h>
#include <utfall/sun_abraham.h>

int main(int argc, char **argv)
{
    const size_t units = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000,
                 periods = argc > 2 ? strtoul(argv[2], NULL, 10) : 10, n = units * periods;
    size_t *unit = malloc(n * sizeof *unit), *period = malloc(n * sizeof *period),
           *first = malloc(units * sizeof *first);
    double *outcome = malloc(n * sizeof *outcome);
    struct uf_error error;
    struct uf_sun_abraham fit;
    struct uf_covariance v;
    gsl_set_error_handler_off();
    if (!unit || !period || !first || !outcome || periods < 5) return 1;
    double slower = bench_print_yardstick();
    /* cohorts start in periods 2, 3, …; a third is never treated */
    for (size_t u = 0; u < units; u++) {
        size_t late = (size_t)((bench_noise(5, u) + 1) / 2 * 1.5 * (double)(periods - 3));
        first[u] = late < periods - 3 ? 2 + late : SIZE_MAX;
    }
    for (size_t i = 0; i < n; i++) {
        unit[i] = i / periods, period[i] = i % periods;
        outcome[i] = bench_noise(1, i) + bench_noise(9, unit[i]) + (first[unit[i]] <= period[i] ? 0.5 : 0);
    }
    const struct uf_did_data data = {.n = n,
                                     .n_units = units,
                                     .n_periods = periods,
                                     .unit = unit,
                                     .period = period,
                                     .outcome = outcome,
                                     .first_period = first,
                                     .cluster = {unit},
                                     .n_groups = {units},
                                     .n_cluster_dimensions = 1};
    const struct uf_covariance_options options = {.kind = UF_COVARIANCE_CR1S};
    double wall = bench_wall_seconds(), cpu = bench_cpu_seconds();
    assert_ok(uf_sun_abraham_estimate(&data, NULL, &fit, &error), &error);
    if (!fit.fit.summed) return 1;
    assert_ok(uf_absorbed_regression_covariance(fit.fit.summed, &options, &v, &error), &error);
    const size_t k = fit.fit.fit.rank;
    double *c = malloc((k + 1) * sizeof *c), estimate = 0, variance = 0;
    for (long e = 1 - (long)periods; e < (long)periods; e++)
        uf_sun_abraham_average(&fit, UF_CELLS_DYNAMIC, e, c);
    uf_sun_abraham_average(&fit, UF_CELLS_SIMPLE, 0, c);
    for (size_t i = 0; i < fit.n_cells; i++)
        if (fit.cell[i].place != SIZE_MAX) estimate += c[fit.cell[i].place] * fit.cell[i].estimate;
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b < k; b++) variance += c[a] * gsl_matrix_get(v.matrix, a, b) * c[b];
    wall = bench_wall_seconds() - wall, cpu = bench_cpu_seconds() - cpu;
    printf("%zu units x %zu periods, %zu cells: %.6f (%.6f), %.3f s wall, %.3f s CPU; %.3f s at the peers' "
           "speed\n",
           units, periods, k, estimate, sqrt(variance), wall, cpu, wall / slower);
    free(c), free(unit), free(period), free(first), free(outcome);
    uf_covariance_clear(&v);
    uf_sun_abraham_clear(&fit);
    return 0;
}
