// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The wild cluster bootstrap, 99,999 draws and the interval on 290 units × 21 years with unit and year effects,
 * against a naive twin that fits the regression anew for each draw (a few hundred draws of it, scaled up).
 * Clusters: 21 counties, and the 290 units. bench_wild [DRAWS]
 */
#include "support/bench.h"
#include "support/regression.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/wild_bootstrap.h>

enum { UNITS = 290, PERIODS = 21, COUNTIES = 21, N = UNITS * PERIODS, K = 2 };

static size_t unit[N], period[N], county[N];

static struct regression fit(const double *y)
{
    gsl_matrix *x = gsl_matrix_alloc(N, K);
    gsl_vector *outcome = gsl_vector_alloc(N);
    for (size_t i = 0; i < N; i++) {
        gsl_matrix_set(x, i, 0, county[i] < 3 && period[i] >= 11);
        gsl_matrix_set(x, i, 1, bench_noise(2, i));
        gsl_vector_set(outcome, i, y[i]);
    }
    return regression_fit(x, outcome, NULL, 2, (const size_t *const[]){unit, period},
                          (const size_t[]){UNITS, PERIODS});
}

static void run(const char *name, const struct regression *r, const double *y, const size_t *cluster,
                size_t n_clusters, enum uf_wild_weights weights, size_t draws)
{
    enum { TWIN = 100 };
    struct uf_error error;
    struct uf_wild_bootstrap b;
    struct uf_covariance_input regression = {.x = r->x,
                                             .residuals = r->fit.residuals,
                                             .inverse = r->fit.inverse,
                                             .absorber = r->absorber,
                                             .cluster = {cluster},
                                             .n_groups = {n_clusters},
                                             .n_cluster_dimensions = 1};
    gsl_vector *c = gsl_vector_calloc(K);
    gsl_vector_set(c, 0, 1);
    const struct uf_wild_bootstrap_input input = {&regression, r->fit.coefficients, c, 0};
    const struct uf_wild_bootstrap_options options = {
        .null = UF_WILD_RESTRICTED, .weights = weights, .draws = draws, .seed = 1, .keep_statistics = true};
    double wall = 1e9, cpu = 0;
    for (int repeat = 0; repeat < 5; repeat++) { /* the best of five: other work comes and goes */
        double wall_start = bench_wall_seconds(), cpu_start = bench_cpu_seconds();
        if (repeat) uf_wild_bootstrap_clear(&b);
        assert_ok(uf_wild_bootstrap_test(&input, &options, &b, &error), &error);
        double taken = bench_wall_seconds() - wall_start;
        if (taken < wall) wall = taken, cpu = bench_cpu_seconds() - cpu_start;
    }
    /* the twin: residuals without the treatment, then one fit and one sandwich per draw */
    double start = bench_cpu_seconds(), v[UNITS], *again = malloc(N * sizeof *again);
    gsl_vector *restricted = gsl_vector_alloc(N);
    double kappa = gsl_matrix_get(r->fit.inverse, 0, 0), theta = gsl_vector_get(r->fit.coefficients, 0);
    for (size_t i = 0; i < N; i++) {
        double d = 0;
        for (size_t j = 0; j < K; j++) d += gsl_matrix_get(r->x, i, j) * gsl_matrix_get(r->fit.inverse, j, 0);
        gsl_vector_set(restricted, i, gsl_vector_get(r->fit.residuals, i) + theta * d / kappa);
    }
    for (size_t draw = 0; draw < TWIN; draw++) {
        uf_wild_weights(weights, b.enumerated, 1, draw, n_clusters, v);
        for (size_t i = 0; i < N; i++) {
            double e = gsl_vector_get(restricted, i);
            again[i] = y[i] - e + v[cluster[i]] * e;
        }
        struct regression s = fit(again);
        struct uf_covariance covariance =
            regression_covariance(&s, UF_COVARIANCE_CR1S, UF_K_FIXEST, 0, 1, &cluster, &n_clusters);
        expect_within(b.statistics[draw],
                      gsl_vector_get(s.fit.coefficients, 0) / sqrt(gsl_matrix_get(covariance.matrix, 0, 0)),
                      1e-7, "the two ways");
        uf_covariance_clear(&covariance);
        regression_clear(&s);
    }
    double slow = (bench_cpu_seconds() - start) / TWIN * (double)draws;
    printf("%-22s %zu draws and interval: %.4f s wall, %.4f s CPU; refitting %.0f s CPU, ratio %.0f; p %.5f, "
           "%.4f to %.4f\n",
           name, draws, wall, cpu, slow, slow / cpu, b.p_symmetric, b.conf_low, b.conf_high);
    free(again);
    gsl_vector_free(restricted), gsl_vector_free(c);
    uf_wild_bootstrap_clear(&b);
}

int main(int argc, char **argv)
{
    const size_t draws = argc > 1 ? (size_t)atol(argv[1]) : 99999;
    double y[N], ratio = bench_print_yardstick();
    for (size_t i = 0; i < N; i++) {
        unit[i] = i / PERIODS, period[i] = i % PERIODS, county[i] = unit[i] % COUNTIES;
        y[i] = bench_noise(1, i) + bench_noise(9, unit[i]) + 0.1 * (double)period[i] +
               0.05 * (county[i] < 3 && period[i] >= 11) + 0.3 * bench_noise(5, county[i] * 100 + period[i]);
    }
    printf("goals on this machine: 21 clusters %.3f s wall, 290 clusters %.3f s wall\n", 0.06 * ratio,
           0.5 * ratio);
    struct regression r = fit(y);
    run("21 clusters, signs", &r, y, county, COUNTIES, UF_WILD_RADEMACHER, draws);
    run("290 clusters, signs", &r, y, unit, UNITS, UF_WILD_RADEMACHER, draws);
    run("21 clusters, Webb", &r, y, county, COUNTIES, UF_WILD_WEBB, draws);
    run("290 clusters, Webb", &r, y, unit, UNITS, UF_WILD_WEBB, draws);
    regression_clear(&r);
    return 0;
}
