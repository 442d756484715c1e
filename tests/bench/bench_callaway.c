// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Callaway–Sant'Anna, doubly robust with a covariate: seven cohorts and the never treated, all averages, then
 * 1,000 multiplier draws for all of them; and a naive twin that fits a logit and a regression by least
 * squares for each cell, at a size that it can do.
 * bench_callaway [UNITS PERIODS]   (default 100,000 × 10)
 */
#include "support/bench.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/callaway_santanna.h>
#include <utfall/multiplier_bootstrap.h>

struct sample {
    struct uf_did_data data;
    size_t *unit, *period, *first;
    double *outcome;
    gsl_matrix *covariates;
};

/* Cohorts start in periods 2, 3, … (seven where there are ten periods); a third is never treated. */
static struct sample make_sample(size_t units, size_t periods)
{
    const size_t n = units * periods;
    struct sample s = {.unit = malloc(n * sizeof(size_t)),
                       .period = malloc(n * sizeof(size_t)),
                       .first = malloc(units * sizeof(size_t)),
                       .outcome = malloc(n * sizeof(double)),
                       .covariates = gsl_matrix_alloc(n, 1)};
    for (size_t u = 0; u < units; u++) {
        size_t late = (size_t)((bench_noise(5, u) + 1) / 2 * 1.5 * (double)(periods - 3));
        s.first[u] = late < periods - 3 ? 2 + late : SIZE_MAX;
    }
    for (size_t i = 0; i < n; i++) {
        size_t u = i / periods, t = i % periods;
        double x = bench_noise(3, u) + (s.first[u] == SIZE_MAX ? 0 : 0.3);
        s.unit[i] = u, s.period[i] = t;
        gsl_matrix_set(s.covariates, i, 0, x);
        s.outcome[i] = bench_noise(1, i) + bench_noise(9, u) + 0.1 * (double)t * (1 + x) +
                       (s.first[u] != SIZE_MAX && t >= s.first[u] ? 0.5 : 0);
    }
    s.data = (struct uf_did_data){.n = n,
                                  .n_units = units,
                                  .n_periods = periods,
                                  .unit = s.unit,
                                  .period = s.period,
                                  .outcome = s.outcome,
                                  .covariates = s.covariates,
                                  .first_period = s.first};
    return s;
}

static void free_sample(struct sample *s)
{
    free(s->unit), free(s->period), free(s->first), free(s->outcome);
    gsl_matrix_free(s->covariates);
}

/* Estimates and all averages; returns the simple one. */
static double estimate(const struct sample *s, enum uf_group_time_control control, bool draw,
                       const char *what)
{
    struct uf_group_time g;
    struct uf_error error;
    struct uf_average a[4];
    const struct uf_group_time_options options = {.control = control};
    double wall = bench_wall_seconds(), cpu = bench_cpu_seconds();
    assert_ok(uf_group_time_estimate(&s->data, &options, &g, &error), &error);
    size_t columns = 0;
    for (int kind = 0; kind < 4; kind++) {
        assert_ok(uf_group_time_average(&g, (enum uf_average_kind)kind, NULL, &a[kind], &error), &error);
        columns += a[kind].n_terms + 1;
    }
    struct uf_group_time_pretest test;
    assert_ok(uf_group_time_pretest(&g, NULL, &test, &error), &error);
    if (what)
        printf("%s: %zu cells, %zu averages, pre-test: %.3f s wall, %.3f s CPU\n", what, g.n_cells, columns,
               bench_wall_seconds() - wall, bench_cpu_seconds() - cpu);
    for (int kind = 0; kind < 4 && draw; kind++) {
        struct uf_multiplier_bootstrap b;
        const struct uf_multiplier_options draws = {.draws = 1000, .seed = 1};
        assert_ok(uf_multiplier_bootstrap(a[kind].influence, a[kind].n_rows, a[kind].n_terms + 1, &draws, &b,
                                          &error),
                  &error);
        uf_multiplier_bootstrap_clear(&b);
    }
    if (draw)
        printf("%s, with 1,000 multiplier draws: %.3f s wall, %.3f s CPU\n", what,
               bench_wall_seconds() - wall, bench_cpu_seconds() - cpu);
    double simple = a[0].estimate;
    for (int kind = 0; kind < 4; kind++) uf_average_clear(&a[kind]);
    uf_group_time_clear(&g);
    return simple;
}

/* One cell by the book: a logit by iterated least squares, a regression of the controls, two weighted means. */
static double naive_cell(const struct sample *s, size_t cohort, size_t period, size_t base)
{
    size_t periods = s->data.n_periods, n = 0;
    size_t *unit = malloc(s->data.n_units * sizeof *unit);
    for (size_t u = 0; u < s->data.n_units; u++)
        if (s->first[u] == cohort || s->first[u] == SIZE_MAX) unit[n++] = u;
    double b[2] = {0, 0}, beta[2] = {0, 0}, m[2][2], g[2];
    for (int step = 0; step < 25; step++) {
        m[0][0] = m[0][1] = m[1][1] = g[0] = g[1] = 0;
        for (size_t i = 0; i < n; i++) {
            double x = gsl_matrix_get(s->covariates, unit[i] * periods + base, 0);
            double p = 1 / (1 + exp(-b[0] - b[1] * x)), v = p * (1 - p),
                   e = (s->first[unit[i]] == cohort) - p;
            m[0][0] += v, m[0][1] += v * x, m[1][1] += v * x * x, g[0] += e, g[1] += e * x;
        }
        double determinant = m[0][0] * m[1][1] - m[0][1] * m[0][1];
        b[0] += (m[1][1] * g[0] - m[0][1] * g[1]) / determinant;
        b[1] += (m[0][0] * g[1] - m[0][1] * g[0]) / determinant;
    }
    double treated[2] = {0, 0}, control[2] = {0, 0};
    for (int pass = 0; pass < 2; pass++) {
        m[0][0] = m[0][1] = m[1][1] = g[0] = g[1] = 0;
        for (size_t i = 0; i < n; i++) {
            size_t row = unit[i] * periods;
            double x = gsl_matrix_get(s->covariates, row + base, 0);
            double change = s->outcome[row + period] - s->outcome[row + base];
            double odds = exp(b[0] + b[1] * x), e = change - beta[0] - beta[1] * x;
            bool is_treated = s->first[unit[i]] == cohort;
            if (pass == 0 && !is_treated)
                m[0][0] += 1, m[0][1] += x, m[1][1] += x * x, g[0] += change, g[1] += change * x;
            if (pass == 1 && is_treated) treated[0] += 1, treated[1] += e;
            if (pass == 1 && !is_treated) control[0] += odds, control[1] += odds * e;
        }
        if (pass == 1) break;
        double determinant = m[0][0] * m[1][1] - m[0][1] * m[0][1];
        beta[0] = (m[1][1] * g[0] - m[0][1] * g[1]) / determinant;
        beta[1] = (m[0][0] * g[1] - m[0][1] * g[0]) / determinant;
    }
    free(unit);
    return treated[1] / treated[0] - control[1] / control[0];
}

static double naive(const struct sample *s, double *seconds)
{
    double start = bench_cpu_seconds(), sum = 0, total = 0;
    for (size_t cohort = 1; cohort < s->data.n_periods; cohort++) {
        size_t units = 0;
        for (size_t u = 0; u < s->data.n_units; u++) units += s->first[u] == cohort;
        if (units == 0) continue;
        for (size_t t = 1; t < s->data.n_periods; t++) {
            double cell = naive_cell(s, cohort, t, t < cohort ? t - 1 : cohort - 1);
            if (t < cohort) continue;
            sum += (double)units * cell;
            total += (double)units;
        }
    }
    *seconds = bench_cpu_seconds() - start;
    return sum / total;
}

int main(int argc, char **argv)
{
    const size_t units = argc > 2 ? (size_t)atol(argv[1]) : 100000,
                 periods = argc > 2 ? (size_t)atol(argv[2]) : 10;
    gsl_set_error_handler_off();
    double slower = bench_print_yardstick();
    struct sample s = make_sample(units, periods);
    char what[120];
    snprintf(what, sizeof what, "%zu units x %zu periods, never treated", units, periods);
    double start = bench_cpu_seconds(), seconds;
    estimate(&s, UF_CONTROL_NEVER_TREATED, true, what);
    snprintf(what, sizeof what, "%zu units x %zu periods, not yet treated", units, periods);
    estimate(&s, UF_CONTROL_NOT_YET_TREATED, false, what);
    printf("allowed: %.2f s, with draws %.2f s\n", 0.4 * slower, 1.0 * slower);
    start = bench_cpu_seconds();
    double fast = estimate(&s, UF_CONTROL_NEVER_TREATED, false, NULL);
    start = bench_cpu_seconds() - start;
    double slow = naive(&s, &seconds);
    expect_close(fast, slow, 1e-9, "the two ways");
    printf("naive cell by cell, estimates only: %.3f s CPU, ratio %.1f\n", seconds, seconds / start);
    free_sample(&s);
    return 0;
}
