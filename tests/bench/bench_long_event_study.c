// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * An event study of hundreds of periods and few regions: the fit, CR2 and Satterthwaite's degrees of freedom of each term.
 * bench_long_event_study [UNITS PERIODS]   (default 21 × 300, two starts: 350 terms)
 * Fit 0.5 s, CR2 1.8 s of processor time (yardstick 0.033 s). `utfall effect` on such a panel: sun-abraham with two starts 6 to 8 s,
 * did with one start 3 s, all tables and randomisation included.
 */
#include "support/bench.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/did.h>

int main(int argc, char **argv)
{
    const size_t units = argc > 1 ? strtoul(argv[1], NULL, 10) : 21,
                 periods = argc > 2 ? strtoul(argv[2], NULL, 10) : 300, n = units * periods;
    size_t *unit = malloc(n * sizeof *unit), *period = malloc(n * sizeof *period),
           *first = malloc(units * sizeof *first);
    double *outcome = malloc(n * sizeof *outcome);
    struct uf_error error;
    struct uf_did_fit fit;
    struct uf_covariance v;
    gsl_set_error_handler_off();
    if (!unit || !period || !first || !outcome || units < 8 || periods < 8) return 1;
    double slower = bench_print_yardstick();
    for (size_t u = 0; u < units; u++)
        first[u] = u < units / 7 ? periods / 2 : u < 2 * (units / 7) ? 2 * periods / 3 : SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        unit[i] = i / periods, period[i] = i % periods;
        outcome[i] = bench_noise(1, i) + bench_noise(9, unit[i]);
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
    const struct uf_event_study_options study = {.reference = -1};
    const struct uf_covariance_options options = {.kind = UF_COVARIANCE_CR2};
    double cpu = bench_cpu_seconds();
    assert_ok(uf_event_study_estimate(&data, &study, &fit, &error), &error);
    double fitted = bench_cpu_seconds() - cpu;
    assert_ok(uf_did_covariance(&data, &fit, &options, &v, &error), &error);
    printf(
        "%zu terms, %zu x %zu: fit %.2f s, CR2 with Satterthwaite %.2f s of processor time (machine %.2f)\n",
        fit.fit.rank, units, periods, fitted, bench_cpu_seconds() - cpu - fitted, slower);
    uf_covariance_clear(&v);
    uf_did_fit_clear(&fit);
    free(unit), free(period), free(first), free(outcome);
    return 0;
}
