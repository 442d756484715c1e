// SPDX-License-Identifier: GPL-3.0-or-later
/* Against twins that write the whole covariance matrix out, with gaps in time; and what must not change. */
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/interrupted_time_series.h>
#include <utfall/random.h>

enum { MOST = 40, K = UF_ITS_COLUMNS };

struct sample {
    struct uf_its_series series;
    double outcome[MOST];
    long time[MOST];
    size_t part[MOST];
};

/* An autoregressive series; where `gaps`, some periods are missing. */
static struct sample *sample_new(uint64_t seed, bool gaps)
{
    struct sample *s = calloc(1, sizeof *s);
    struct uf_random random;
    double u = 0;
    size_t n = 0;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 4);
    for (long t = 0; t < 34; t++) {
        u = 0.6 * u + uf_random_uniform(&random) - 0.5;
        if (gaps && t > 1 && uf_random_below(&random, 4) == 0) continue;
        s->time[n] = 2000 + t;
        s->part[n] = (size_t)(t % 4);
        s->outcome[n++] = 5 + 0.3 * (double)t + (t >= 20 ? 1 - 0.1 * (double)(t - 20) : 0) + u;
    }
    s->series = (struct uf_its_series){.n = n, .outcome = s->outcome, .time = s->time, .start = 2020};
    return s;
}

static struct uf_its fit_of(const struct sample *s, struct uf_serial_options options)
{
    struct uf_its its;
    struct uf_error error;
    assert_ok(uf_its_fit(&s->series, &options, &its, &error), &error);
    return its;
}

static const struct uf_serial_options prais = {.kind = UF_SERIAL_PRAIS_WINSTEN};

static gsl_matrix *columns_of(const struct sample *s)
{
    gsl_matrix *x = gsl_matrix_calloc(s->series.n, K);
    for (size_t i = 0; i < s->series.n; i++) {
        double since = (double)(s->time[i] - s->series.start), after = since >= 0;
        const double row[K] = {1, since, after, after * since};
        for (size_t j = 0; j < K; j++) gsl_matrix_set(x, i, j, row[j]);
    }
    return x;
}

static gsl_matrix *inverse_of(const gsl_matrix *m)
{
    gsl_matrix *copy = gsl_matrix_alloc(m->size1, m->size1), *inverse = gsl_matrix_alloc(m->size1, m->size1);
    gsl_permutation *p = gsl_permutation_alloc(m->size1);
    int sign;
    gsl_matrix_memcpy(copy, m);
    gsl_linalg_LU_decomp(copy, p, &sign);
    gsl_linalg_LU_invert(copy, p, inverse);
    gsl_matrix_free(copy);
    gsl_permutation_free(p);
    return inverse;
}

/* (X'WX)^-1, and b = (X'WX)^-1 X'Wy. */
static gsl_matrix *dense(const gsl_matrix *x, const gsl_matrix *w, const double *y, double *b)
{
    size_t n = x->size1;
    gsl_matrix *normal = gsl_matrix_calloc(K, K);
    double right[K] = {0};
    for (size_t a = 0; a < K; a++)
        for (size_t i = 0; i < n; i++)
            for (size_t h = 0; h < n; h++) {
                double left = gsl_matrix_get(x, i, a) * gsl_matrix_get(w, i, h);
                right[a] += left * y[h];
                for (size_t c = 0; c < K; c++)
                    gsl_matrix_set(normal, a, c,
                                   gsl_matrix_get(normal, a, c) + left * gsl_matrix_get(x, h, c));
            }
    gsl_matrix *inverse = inverse_of(normal);
    for (size_t a = 0; a < K; a++) {
        b[a] = 0;
        for (size_t c = 0; c < K; c++) b[a] += gsl_matrix_get(inverse, a, c) * right[c];
    }
    gsl_matrix_free(normal);
    return inverse;
}

static void generalised_least_squares_with_the_whole_matrix(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct sample *s = sample_new(seed, seed % 2 == 0);
        struct uf_its its = fit_of(s, prais);
        size_t n = s->series.n;
        gsl_matrix *x = columns_of(s), *omega = gsl_matrix_alloc(n, n);
        for (size_t i = 0; i < n; i++)
            for (size_t h = 0; h < n; h++)
                gsl_matrix_set(omega, i, h, pow(its.fit.rho, (double)labs(s->time[i] - s->time[h])));
        gsl_matrix *w = inverse_of(omega);
        double b[K], residual[MOST], rss = 0, product = 0, earlier = 0;
        gsl_matrix *inverse = dense(x, w, s->outcome, b);
        for (size_t i = 0; i < n; i++) {
            residual[i] = s->outcome[i];
            for (size_t j = 0; j < K; j++) residual[i] -= b[j] * gsl_matrix_get(x, i, j);
        }
        for (size_t i = 0; i < n; i++)
            for (size_t h = 0; h < n; h++) rss += residual[i] * gsl_matrix_get(w, i, h) * residual[h];
        for (size_t i = 1; i < n; i++)
            if (s->time[i] == s->time[i - 1] + 1)
                product += residual[i] * residual[i - 1], earlier += residual[i - 1] * residual[i - 1];
        assert_true(its.fit.converged);
        expect_within(product / earlier, its.fit.rho, 1e-10, "rho stands still");
        for (size_t a = 0; a < K; a++) {
            expect_within(gsl_vector_get(its.fit.coefficients, a), b[a], 1e-8, "coefficient");
            for (size_t c = 0; c < K; c++)
                expect_within(gsl_matrix_get(its.fit.covariance, a, c),
                              gsl_matrix_get(inverse, a, c) * rss / ((double)n - K), 1e-8, "covariance");
        }
        gsl_matrix_free(x), gsl_matrix_free(omega), gsl_matrix_free(w), gsl_matrix_free(inverse);
        uf_its_clear(&its);
        free(s);
    }
}

static void newey_and_west_pair_by_pair(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct sample *s = sample_new(seed, seed % 2 == 0);
        size_t n = s->series.n, lag = 1 + seed % 4;
        struct uf_its its = fit_of(s, (struct uf_serial_options){UF_SERIAL_NEWEY_WEST, true, lag});
        gsl_matrix *x = columns_of(s), *unit = gsl_matrix_alloc(n, n);
        gsl_matrix_set_identity(unit);
        double b[K], e[MOST], meat[K][K] = {{0}};
        gsl_matrix *inverse = dense(x, unit, s->outcome, b);
        for (size_t i = 0; i < n; i++) {
            e[i] = s->outcome[i];
            for (size_t j = 0; j < K; j++) e[i] -= b[j] * gsl_matrix_get(x, i, j);
        }
        for (size_t i = 0; i < n; i++)
            for (size_t h = 0; h < n; h++) {
                double weight = 1 - (double)labs(s->time[i] - s->time[h]) / (double)(lag + 1);
                for (size_t a = 0; a < K && weight > 0; a++)
                    for (size_t c = 0; c < K; c++)
                        meat[a][c] +=
                            weight * gsl_matrix_get(x, i, a) * e[i] * e[h] * gsl_matrix_get(x, h, c);
            }
        for (size_t a = 0; a < K; a++)
            for (size_t c = 0; c < K; c++) {
                double v = 0;
                for (size_t p = 0; p < K; p++)
                    for (size_t q = 0; q < K; q++)
                        v += gsl_matrix_get(inverse, a, p) * meat[p][q] * gsl_matrix_get(inverse, q, c);
                expect_within(gsl_matrix_get(its.fit.covariance, a, c), v * (double)n / ((double)n - K), 1e-9,
                              "covariance");
            }
        gsl_matrix_free(x), gsl_matrix_free(unit), gsl_matrix_free(inverse);
        uf_its_clear(&its);
        free(s);
    }
}

static void a_trend_shared_by_all_periods_is_no_departure(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct sample *s = sample_new(seed, seed % 2 == 0);
        struct uf_its before = fit_of(s, prais);
        for (size_t i = 0; i < s->series.n; i++) {
            s->outcome[i] = 2 * s->outcome[i] + 100 + 3 * (double)(s->time[i] - 2000);
            s->time[i] += 500; /* another calendar */
        }
        s->series.start += 500;
        struct uf_its after = fit_of(s, prais);
        for (long t = 0; t < 6; t++) {
            double d[2], v[2];
            uf_its_departure(&before, &s->series, (double)(s->series.start + t), &d[0], &v[0]);
            uf_its_departure(&after, &s->series, (double)(s->series.start + t), &d[1], &v[1]);
            expect_within(d[1], 2 * d[0], 1e-8, "departure");
            expect_close(v[1], 4 * v[0], 1e-7, "variance");
        }
        uf_its_clear(&before), uf_its_clear(&after);
        free(s);
    }
}

static void an_exact_break_is_found_with_seasons(void **state)
{
    (void)state;
    struct sample *s = sample_new(1, false);
    static const double season[] = {0, 4, -2, 1};
    for (size_t i = 0; i < s->series.n; i++) {
        double since = (double)(s->time[i] - s->series.start);
        /* a ripple that no column explains, or nothing would be left for an error */
        s->outcome[i] = 3 + 0.5 * since + (since >= 0 ? -2 + 0.25 * since : 0) + season[s->part[i]] +
                        1e-7 * sin((double)(i * i));
    }
    s->series.part = s->part;
    s->series.n_parts = 4;
    struct uf_its its = fit_of(s, prais);
    expect_within(gsl_vector_get(its.fit.coefficients, UF_ITS_LEVEL), -2, 1e-5, "level");
    expect_within(gsl_vector_get(its.fit.coefficients, UF_ITS_SLOPE), 0.25, 1e-5, "slope");
    assert_int_equal(its.fit.k, K + 3);
    expect_within(gsl_vector_get(its.fit.coefficients, K + 1), -2, 1e-5, "third part of the year");
    uf_its_clear(&its);
    free(s);
}

static void short_series(void **state)
{
    (void)state;
    struct sample *s = sample_new(3, false);
    struct uf_its its;
    struct uf_error error;
    s->series.n = 21; /* one period after the start */
    its = fit_of(s, prais);
    assert_true(isnan(gsl_vector_get(its.fit.coefficients, UF_ITS_SLOPE)));
    double d, v;
    uf_its_departure(&its, &s->series, 2020, &d, &v);
    assert_true(isfinite(d) && v > 0);
    uf_its_departure(&its, &s->series, 2021, &d, &v);
    assert_true(isnan(d));
    uf_its_clear(&its);
    s->series.n = 20;
    assert_int_equal(uf_its_fit(&s->series, &prais, &its, &error), UF_NOT_IDENTIFIED);
    s->series.n = 4;
    s->series.start = 2002; /* four coefficients of four observations */
    assert_int_equal(uf_its_fit(&s->series, &prais, &its, &error), UF_NOT_IDENTIFIED);
    s->series.n = 10;
    s->time[4] = s->time[3];
    assert_int_equal(uf_its_fit(&s->series, &prais, &its, &error), UF_BAD_INPUT);
    free(s);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generalised_least_squares_with_the_whole_matrix),
        cmocka_unit_test(newey_and_west_pair_by_pair),
        cmocka_unit_test(a_trend_shared_by_all_periods_is_no_departure),
        cmocka_unit_test(an_exact_break_is_found_with_seasons),
        cmocka_unit_test(short_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
