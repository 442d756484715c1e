// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Difference-in-differences: absorbed fixed effects against a naive twin with a column for each dummy, in one
 * run. bench_did [UNITS PERIODS]   (default 290 21; then 100,000 units × 10 periods without the twin, which
 * could not hold it) The yardstick, one thread summing six columns of 10 million doubles, makes seconds of
 * different machines comparable.
 */
#include "support/bench.h"
#include "support/did_data.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <utfall/did.h>

struct sample {
    struct uf_did_data data;
    size_t *unit, *period, *first, *cluster;
    double *outcome, *treatment;
    gsl_matrix *covariates;
};

static struct sample make_sample(size_t units, size_t periods)
{
    enum { COVARIATES = 2, CLUSTERS = 21 };
    const size_t n = units * periods;
    struct sample s = {.unit = malloc(n * sizeof(size_t)),
                       .period = malloc(n * sizeof(size_t)),
                       .first = malloc(units * sizeof(size_t)),
                       .cluster = malloc(n * sizeof(size_t)),
                       .outcome = malloc(n * sizeof(double)),
                       .treatment = malloc(n * sizeof(double)),
                       .covariates = gsl_matrix_alloc(n, COVARIATES)};
    for (size_t i = 0; i < n; i++) {
        size_t u = i / periods, t = i % periods;
        s.first[u] = u % CLUSTERS < 3 ? periods / 2 : SIZE_MAX;
        s.unit[i] = u, s.period[i] = t, s.cluster[i] = u % CLUSTERS;
        s.treatment[i] = t >= s.first[u];
        for (size_t k = 0; k < COVARIATES; k++) gsl_matrix_set(s.covariates, i, k, bench_noise(k + 2, i));
        s.outcome[i] = bench_noise(1, i) + bench_noise(9, u) + 0.1 * (double)t + 0.5 * s.treatment[i] +
                       bench_noise(2, i);
    }
    s.data = did_data_by_unit(n, units, periods,
                              (struct did_columns){s.unit, s.period, s.outcome, s.treatment, s.first});
    s.data.covariates = s.covariates;
    s.data.cluster[0] = s.cluster, s.data.n_groups[0] = CLUSTERS;
    return s;
}

static void free_sample(struct sample *s)
{
    free(s->unit), free(s->period), free(s->first), free(s->cluster), free(s->outcome), free(s->treatment);
    gsl_matrix_free(s->covariates);
}

static double absorbed(const struct sample *s, double *out_estimate, double *out_cr2_seconds)
{
    struct uf_error error;
    struct uf_did_fit fit;
    double start = bench_cpu_seconds();
    assert_ok(uf_did_estimate(&s->data, &fit, &error), &error);
    double fitted = bench_cpu_seconds();
    *out_estimate = gsl_vector_get(fit.fit.coefficients, 0);
    const struct uf_covariance_options options = {.kind = UF_COVARIANCE_CR2};
    struct uf_covariance covariance;
    assert_ok(uf_did_covariance(&s->data, &fit, &options, &covariance, &error), &error);
    *out_cr2_seconds = bench_cpu_seconds() - fitted;
    uf_covariance_clear(&covariance);
    uf_did_fit_clear(&fit);
    return fitted - start;
}

/* The same regression with every dummy as a column. */
static double naive(const struct sample *s, double *out_estimate)
{
    const struct uf_did_data *d = &s->data;
    const size_t k = d->covariates->size2, columns = 1 + k + d->n_units + d->n_periods - 1;
    struct uf_error error;
    double start = bench_cpu_seconds();
    gsl_matrix *x = gsl_matrix_calloc(d->n, columns);
    gsl_vector *y = gsl_vector_alloc(d->n);
    for (size_t i = 0; i < d->n; i++) {
        gsl_vector_set(y, i, d->outcome[i]);
        gsl_matrix_set(x, i, 0, d->treatment[i]);
        for (size_t j = 0; j < k; j++) gsl_matrix_set(x, i, 1 + j, gsl_matrix_get(d->covariates, i, j));
        gsl_matrix_set(x, i, 1 + k + d->unit[i], 1);
        if (d->period[i]) gsl_matrix_set(x, i, k + d->n_units + d->period[i], 1);
    }
    struct uf_least_squares fit;
    const struct uf_least_squares_options options = {.no_refinement = true};
    assert_ok(uf_least_squares_fit(x, y, NULL, &options, &fit, &error), &error);
    *out_estimate = gsl_vector_get(fit.coefficients, 0);
    uf_least_squares_clear(&fit);
    gsl_matrix_free(x);
    gsl_vector_free(y);
    return bench_cpu_seconds() - start;
}

int main(int argc, char **argv)
{
    const size_t units = argc > 2 ? (size_t)atol(argv[1]) : 290,
                 periods = argc > 2 ? (size_t)atol(argv[2]) : 21;
    bench_print_yardstick();
    struct sample s = make_sample(units, periods);
    double estimate, twin, cr2;
    double fast = absorbed(&s, &estimate, &cr2), slow = naive(&s, &twin);
    expect_close(estimate, twin, 1e-9, "the two ways");
    printf("%zu units x %zu periods: absorbed %.4f s CPU, dummies %.3f s CPU, ratio %.0f; CR2 with df %.4f s "
           "CPU\n",
           units, periods, fast, slow, slow / fast, cr2);
    free_sample(&s);
    if (argc > 2) return 0;
    s = make_sample(100000, 10);
    fast = absorbed(&s, &estimate, &cr2);
    printf("100000 units x 10 periods: absorbed %.3f s CPU; CR2 with df %.3f s CPU\n", fast, cr2);
    free_sample(&s);
    return 0;
}
