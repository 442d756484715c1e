// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Imputation with all averages, cells and errors against a naive twin that holds every dummy as a column and
 * writes out v. bench_imputation [UNITS PERIODS] (default 290 × 20 with the twin; then 100,000 × 10 without,
 * with and without a covariate).
 */
#include "support/bench.h"
#include "support/did_data.h"
#include "support/test.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/imputation.h>

struct sample {
    struct uf_did_data data;
    size_t *unit, *period, *first;
    double *outcome;
    gsl_matrix *covariates;
};

static struct sample make_sample(size_t units, size_t periods, size_t covariates)
{
    const size_t n = units * periods;
    struct sample s = {.unit = malloc(n * sizeof(size_t)),
                       .period = malloc(n * sizeof(size_t)),
                       .first = malloc(units * sizeof(size_t)),
                       .outcome = malloc(n * sizeof(double)),
                       .covariates = covariates ? gsl_matrix_alloc(n, covariates) : NULL};
    for (size_t i = 0; i < n; i++) {
        size_t u = i / periods, t = i % periods, wave = u % (periods + 2);
        s.first[u] = wave > 1 && wave < periods ? wave : SIZE_MAX;
        s.unit[i] = u, s.period[i] = t;
        for (size_t k = 0; k < covariates; k++) gsl_matrix_set(s.covariates, i, k, bench_noise(k + 2, i));
        s.outcome[i] = bench_noise(1, i) + 5 * bench_noise(9, u) + 0.1 * (double)t +
                       (s.first[u] != SIZE_MAX && t >= s.first[u] ? 0.5 : 0);
    }
    s.data =
        did_data_by_unit(n, units, periods, (struct did_columns){s.unit, s.period, s.outcome, NULL, s.first});
    s.data.covariates = s.covariates;
    return s;
}

static void free_sample(struct sample *s)
{
    free(s->unit), free(s->period), free(s->first), free(s->outcome);
    gsl_matrix_free(s->covariates);
}

struct answer {
    double estimate, error, fitted, simple, all; /* seconds */
};

static double errors_of(const struct sample *s, const struct uf_imputation *fit, int from, int to)
{
    struct uf_error error;
    double first = NAN;
    for (int kind = from; kind <= to; kind++) {
        struct uf_imputation_averages averages;
        gsl_matrix *influence, *v;
        assert_ok(uf_imputation_average(fit, (enum uf_average_kind)kind, &averages, &error), &error);
        assert_ok(uf_imputation_influence(&s->data, fit, averages.share, NULL, &influence, &error), &error);
        assert_ok(uf_influence_covariance(influence, &v, &error), &error);
        if (kind == from) first = sqrt(gsl_matrix_get(v, 0, 0));
        gsl_matrix_free(influence), gsl_matrix_free(v);
        uf_imputation_averages_clear(&averages);
    }
    return first;
}

static struct answer fast(const struct sample *s)
{
    struct uf_error error;
    struct uf_imputation fit;
    struct uf_imputation_averages simple;
    struct answer answer;
    double start = bench_cpu_seconds();
    assert_ok(uf_imputation_fit(&s->data, NULL, &fit, &error), &error);
    answer.fitted = bench_cpu_seconds() - start;
    assert_ok(uf_imputation_average(&fit, UF_AVERAGE_SIMPLE, &simple, &error), &error);
    answer.estimate = simple.estimate[0];
    uf_imputation_averages_clear(&simple);
    answer.error = errors_of(s, &fit, UF_AVERAGE_SIMPLE, UF_AVERAGE_SIMPLE);
    answer.simple = bench_cpu_seconds() - start;
    errors_of(s, &fit, UF_AVERAGE_DYNAMIC, UF_AVERAGE_CELLS);
    answer.all = bench_cpu_seconds() - start;
    uf_imputation_clear(&fit);
    return answer;
}

static bool is_treated(const struct uf_did_data *d, size_t i)
{
    return d->first_period[d->unit[i]] != SIZE_MAX && d->period[i] >= d->first_period[d->unit[i]];
}

/* Every dummy a column; v of each observation. */
static double naive(const struct sample *s, double *out_estimate, double *out_error)
{
    const struct uf_did_data *d = &s->data;
    size_t columns = d->n_units + d->n_periods - 1, treated = 0, cells = d->n_periods * d->n_periods;
    double start = bench_cpu_seconds();
    gsl_matrix *z = gsl_matrix_calloc(d->n, columns), *z0 = gsl_matrix_calloc(d->n, columns),
               *a = gsl_matrix_alloc(columns, columns);
    gsl_vector *b = gsl_vector_calloc(columns), *target = gsl_vector_calloc(columns),
               *y = gsl_vector_calloc(d->n), *fitted = gsl_vector_alloc(d->n), *v = gsl_vector_alloc(d->n);
    double *total = calloc(2 * cells, sizeof *total), *psi = calloc(d->n_units, sizeof *psi);
    for (size_t i = 0; i < d->n; i++) treated += is_treated(d, i);
    for (size_t i = 0; i < d->n; i++) {
        size_t c[2] = {d->unit[i], d->n_units + d->period[i] - 1};
        for (int k = 0; k < (d->period[i] ? 2 : 1); k++) {
            gsl_matrix_set(z, i, c[k], 1);
            if (is_treated(d, i))
                gsl_vector_set(target, c[k], gsl_vector_get(target, c[k]) + 1 / (double)treated);
            else
                gsl_matrix_set(z0, i, c[k], 1);
        }
        if (!is_treated(d, i)) gsl_vector_set(y, i, d->outcome[i]);
    }
    gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, z0, z0, 0, a);
    gsl_blas_dgemv(CblasTrans, 1, z0, y, 0, b);
    gsl_linalg_cholesky_decomp1(a);
    gsl_linalg_cholesky_svx(a, b);
    gsl_linalg_cholesky_svx(a, target);
    gsl_blas_dgemv(CblasNoTrans, 1, z, b, 0, fitted);
    gsl_blas_dgemv(CblasNoTrans, -1, z, target, 0, v);
    *out_estimate = *out_error = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < d->n; i++) {
            double left = d->outcome[i] - gsl_vector_get(fitted, i);
            if (!is_treated(d, i)) {
                psi[d->unit[i]] += pass * gsl_vector_get(v, i) * left;
                continue;
            }
            double *sum = total + 2 * (d->first_period[d->unit[i]] * d->n_periods + d->period[i]);
            if (pass == 0) {
                sum[0] += left, sum[1] += 1;
                *out_estimate += left / (double)treated;
            } else {
                psi[d->unit[i]] += (left - sum[0] / sum[1]) / (double)treated;
            }
        }
    }
    for (size_t u = 0; u < d->n_units; u++) *out_error += psi[u] * psi[u];
    *out_error = sqrt(*out_error);
    gsl_matrix_free(z), gsl_matrix_free(z0), gsl_matrix_free(a);
    gsl_vector_free(b), gsl_vector_free(target), gsl_vector_free(y), gsl_vector_free(fitted),
        gsl_vector_free(v);
    free(total), free(psi);
    return bench_cpu_seconds() - start;
}

int main(int argc, char **argv)
{
    const size_t units = argc > 2 ? (size_t)atol(argv[1]) : 290,
                 periods = argc > 2 ? (size_t)atol(argv[2]) : 20;
    double slower = bench_print_yardstick(), estimate, error;
    struct sample s = make_sample(units, periods, 0);
    struct answer answer = fast(&s);
    double slow = naive(&s, &estimate, &error);
    expect_close(answer.estimate, estimate, 1e-9, "the two ways");
    expect_close(answer.error, error, 1e-9, "the two ways' errors");
    printf("%zu units x %zu periods: average with error %.4f s CPU, dummies %.3f s CPU, ratio %.0f\n", units,
           periods, answer.simple, slow, slow / answer.simple);
    free_sample(&s);
    if (argc > 2) return 0;
    for (size_t k = 0; k < 2; k++) {
        s = make_sample(100000, 10, k);
        double wall = bench_wall_seconds();
        answer = fast(&s);
        wall = bench_wall_seconds() - wall;
        printf("100000 units x 10 periods, covariates %zu: fit %.3f, with the error of the average %.3f, all "
               "averages "
               "and cells %.3f s CPU (%.3f s wall; on the peers' machine %.3f s CPU, goal 0.8)\n",
               k, answer.fitted, answer.simple, answer.all, wall, answer.all / slower);
        free_sample(&s);
    }
    return 0;
}
