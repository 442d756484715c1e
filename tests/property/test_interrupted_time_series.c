// SPDX-License-Identifier: GPL-3.0-or-later
/* Against twins that write the whole covariance matrix out, with gaps in time; and what must not change. */
#include "support/test.h"

#include <gsl/gsl_cdf.h>
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

static const struct uf_serial_options integrated = {.kind = UF_SERIAL_INTEGRATED};
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

static double log_determinant_of(const gsl_matrix *m)
{
    gsl_matrix *copy = gsl_matrix_alloc(m->size1, m->size1);
    gsl_permutation *p = gsl_permutation_alloc(m->size1);
    int sign;
    gsl_matrix_memcpy(copy, m);
    gsl_linalg_LU_decomp(copy, p, &sign);
    double found = gsl_linalg_LU_lndet(copy);
    gsl_matrix_free(copy);
    gsl_permutation_free(p);
    return found;
}

/* The posterior with the whole matrix, on a fine rule of equal steps in the angle. */
static void dependence_integrated_out_with_the_whole_matrix(void **state)
{
    (void)state;
    enum { STEPS = 1500 };
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct sample *s = sample_new(seed, seed % 2 == 0);
        struct uf_its its = fit_of(s, integrated);
        size_t n = s->series.n;
        double df = (double)n - K, since = 3;
        static double log_weight[STEPS], estimate[STEPS], error[STEPS];
        double most = -INFINITY, sum = 0, mean = 0, rho_mean = 0, variance = 0, below = 0, above = 0;
        gsl_matrix *x = columns_of(s), *omega = gsl_matrix_alloc(n, n);
        for (size_t g = 0; g < STEPS; g++) {
            double rho = sin(acos(-1) * (((double)g + 0.5) / STEPS - 0.5)), b[K], rss = 0, residual[MOST];
            for (size_t i = 0; i < n; i++)
                for (size_t h = 0; h < n; h++)
                    gsl_matrix_set(omega, i, h, pow(rho, (double)labs(s->time[i] - s->time[h])));
            gsl_matrix *w = inverse_of(omega), *inverse = dense(x, w, s->outcome, b);
            for (size_t i = 0; i < n; i++) {
                residual[i] = s->outcome[i];
                for (size_t j = 0; j < K; j++) residual[i] -= b[j] * gsl_matrix_get(x, i, j);
            }
            for (size_t i = 0; i < n; i++)
                for (size_t h = 0; h < n; h++) rss += residual[i] * gsl_matrix_get(w, i, h) * residual[h];
            log_weight[g] = (log_determinant_of(inverse) - log_determinant_of(omega) - df * log(rss)) / 2;
            most = fmax(most, log_weight[g]);
            estimate[g] = b[UF_ITS_LEVEL] + since * b[UF_ITS_SLOPE];
            error[g] = sqrt(rss / df *
                            (gsl_matrix_get(inverse, UF_ITS_LEVEL, UF_ITS_LEVEL) +
                             2 * since * gsl_matrix_get(inverse, UF_ITS_LEVEL, UF_ITS_SLOPE) +
                             since * since * gsl_matrix_get(inverse, UF_ITS_SLOPE, UF_ITS_SLOPE)));
            gsl_matrix_free(w), gsl_matrix_free(inverse);
        }
        for (size_t g = 0; g < STEPS; g++) {
            double weight = exp(log_weight[g] - most);
            sum += weight;
            mean += weight * estimate[g];
            rho_mean += weight * sin(acos(-1) * (((double)g + 0.5) / STEPS - 0.5));
        }
        mean /= sum;
        struct uf_t_test test = uf_its_test(&its, &s->series, (double)s->series.start + since, false, 0.9);
        double low = 0, high = 0;
        for (size_t g = 0; g < STEPS; g++) {
            double weight = exp(log_weight[g] - most) / sum;
            variance += weight * (error[g] * error[g] + (estimate[g] - mean) * (estimate[g] - mean));
            below += weight * gsl_cdf_tdist_P(-estimate[g] / error[g], df);
            above += weight * gsl_cdf_tdist_Q(-estimate[g] / error[g], df);
            low += weight * gsl_cdf_tdist_P((test.conf_low - estimate[g]) / error[g], df);
            high += weight * gsl_cdf_tdist_P((test.conf_high - estimate[g]) / error[g], df);
        }
        double d, v;
        uf_its_departure(&its, &s->series, (double)s->series.start + since, &d, &v);
        expect_close(d, mean, 1e-6, "estimate");
        expect_close(its.fit.rho, rho_mean / sum, 1e-5, "rho");
        expect_close(v, variance, 1e-5, "variance");
        expect_close(test.std_error, sqrt(variance), 1e-5, "standard error");
        expect_close(test.p_value, 2 * fmin(below, above), 1e-5, "p");
        expect_within(low, 0.05, 1e-6, "lower end");
        expect_within(high, 0.95, 1e-6, "upper end");
        gsl_matrix_free(x), gsl_matrix_free(omega);
        uf_its_clear(&its);
        free(s);
    }
}

/* An autoregression looks the same from its end. */
static void backwards_in_time(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct sample *s = sample_new(seed, seed % 2 == 0);
        size_t n = s->series.n;
        gsl_matrix *x = columns_of(s), *back = gsl_matrix_alloc(n, K);
        gsl_vector_const_view y = gsl_vector_const_view_array(s->outcome, n);
        gsl_vector *reversed = gsl_vector_alloc(n);
        long time[MOST];
        struct uf_serial_fit one, other;
        struct uf_error error;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < K; j++) gsl_matrix_set(back, i, j, gsl_matrix_get(x, n - 1 - i, j));
            gsl_vector_set(reversed, i, s->outcome[n - 1 - i]);
            time[i] = -s->time[n - 1 - i];
        }
        assert_ok(uf_serial_fit(x, &y.vector, s->time, &integrated, &one, &error), &error);
        assert_ok(uf_serial_fit(back, reversed, time, &integrated, &other, &error), &error);
        const double c[K] = {0, 0, 1, 2};
        struct uf_t_test a = uf_serial_test(&one, c, 0.95), b = uf_serial_test(&other, c, 0.95);
        expect_close(a.p_value, b.p_value, 1e-8, "p");
        expect_close(a.conf_low, b.conf_low, 1e-8, "lower end");
        expect_close(a.std_error, b.std_error, 1e-8, "standard error");
        uf_serial_fit_clear(&one), uf_serial_fit_clear(&other);
        gsl_matrix_free(x), gsl_matrix_free(back), gsl_vector_free(reversed);
        free(s);
    }
}

/* A p-value is where the interval's end touches nil. */
static void interval_and_p_value_are_one(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct sample *s = sample_new(seed, seed % 2 == 0);
        struct uf_its its = fit_of(s, integrated);
        double start = (double)s->series.start, p = uf_its_test(&its, &s->series, start, false, 0.95).p_value;
        struct uf_t_test at = uf_its_test(&its, &s->series, start, false, 1 - p);
        expect_within(fmin(fabs(at.conf_low), fabs(at.conf_high)), 0, 1e-8, "nil at the end");
        uf_its_clear(&its);
        free(s);
    }
}

/* The polygon of all departures against draws from the mixture. */
static void band_holds_all_departures(void **state)
{
    (void)state;
    enum { DRAWS = 40000 };
    static const struct uf_serial_options kinds[] = {{.kind = UF_SERIAL_INTEGRATED},
                                                     {.kind = UF_SERIAL_PRAIS_WINSTEN}};
    for (size_t kind = 0; kind < 2; kind++) {
        struct sample *s = sample_new(2 + kind, kind == 1);
        struct uf_its its = fit_of(s, kinds[kind]);
        struct uf_error error;
        double critical, start = (double)s->series.start, v;
        assert_ok(uf_its_band(&its, &s->series, 0.95, &critical, &error), &error);
        size_t inside = 0;
        struct uf_random random;
        uf_random_init(&random, 5, UF_PURPOSE_SIMULATION, kind);
        for (size_t r = 0; r < DRAWS; r++) {
            double u = uf_random_uniform(&random);
            size_t g = 0;
            while (g + 1 < its.fit.n_parts && u > its.fit.parts[g].weight) u -= its.fit.parts[g++].weight;
            const gsl_matrix *m = its.fit.parts[g].covariance;
            double scale = sqrt(its.fit.df / gsl_cdf_chisq_Pinv(uf_random_uniform(&random), its.fit.df)),
                   a = scale * gsl_cdf_ugaussian_Pinv(uf_random_uniform(&random) + 1e-17),
                   b = scale * gsl_cdf_ugaussian_Pinv(uf_random_uniform(&random) + 1e-17),
                   root = sqrt(gsl_matrix_get(m, UF_ITS_LEVEL, UF_ITS_LEVEL)),
                   cross = gsl_matrix_get(m, UF_ITS_LEVEL, UF_ITS_SLOPE) / root,
                   level = gsl_vector_get(its.fit.parts[g].coefficients, UF_ITS_LEVEL) + root * a,
                   pace = gsl_vector_get(its.fit.parts[g].coefficients, UF_ITS_SLOPE) + cross * a +
                          sqrt(gsl_matrix_get(m, UF_ITS_SLOPE, UF_ITS_SLOPE) - cross * cross) * b;
            bool all = true;
            for (size_t i = 0; i < s->series.n; i++) {
                double since = (double)s->time[i] - start, d;
                if (since < 0) continue;
                uf_its_departure(&its, &s->series, start + since, &d, &v);
                all &= fabs(level + pace * since - d) <= critical * sqrt(v);
            }
            inside += all;
        }
        expect_within((double)inside / DRAWS, 0.95, 0.004, "share inside the band");
        /* one departure is its own band */
        s->series.n = 0;
        while (s->time[s->series.n] <= s->series.start) s->series.n++;
        struct uf_its one = fit_of(s, kinds[kind]);
        if (one.n_after == 1) {
            assert_ok(uf_its_band(&one, &s->series, 0.95, &critical, &error), &error);
            expect_close(critical, 0, 0, "one departure");
        }
        uf_its_clear(&one), uf_its_clear(&its);
        free(s);
    }
}

/* The count of rejections by fits, draw for draw: the streams are those of random.h. */
static void simulated_size_is_a_count_of_fits(void **state)
{
    (void)state;
    enum { DRAWS = 120 };
    struct sample *s = sample_new(2, true);
    for (size_t kind = 0; kind < 3; kind++) {
        const struct uf_serial_options options = {.kind = (enum uf_serial_kind)kind};
        double rho = 0.7, share, mean = 0;
        size_t rejected = 0, after = 0;
        struct uf_error error;
        assert_ok(uf_its_size(&s->series, &options, rho, DRAWS, 9, &share, &error), &error);
        for (size_t i = 0; i < s->series.n; i++)
            if (s->time[i] >= s->series.start) mean += (double)s->time[i], after++;
        mean /= (double)after;
        for (size_t r = 0; r < DRAWS; r++) {
            struct uf_random random;
            struct sample *draw = sample_new(2, true);
            uf_random_init(&random, 9, UF_PURPOSE_SIMULATION, r);
            double u = gsl_cdf_ugaussian_Pinv(uf_random_uniform(&random) + 0x1p-54) / sqrt(1 - rho * rho);
            long at = s->time[0];
            for (size_t i = 0; i < s->series.n; i++) {
                for (; at < s->time[i]; at++)
                    u = rho * u + gsl_cdf_ugaussian_Pinv(uf_random_uniform(&random) + 0x1p-54);
                draw->outcome[i] = u;
            }
            struct uf_its its = fit_of(draw, options);
            rejected += uf_its_test(&its, &draw->series, mean, false, 0.95).p_value <= 0.05;
            uf_its_clear(&its);
            free(draw);
        }
        expect_close(share, (double)rejected / DRAWS, 1e-12, "share of rejections");
        assert_int_equal(uf_its_size(&s->series, &options, 1, DRAWS, 9, &share, &error), UF_BAD_USAGE);
        assert_int_equal(uf_its_size(&s->series, &options, 0.5, 0, 9, &share, &error), UF_BAD_USAGE);
    }
    free(s);
}

/* 18 + 3, 8 + 8 and 12 + 12 periods: the default rejects at most 6.5 in 100 (and chance, with 2,000 draws) up to 0.7. */
static void default_holds_its_level_in_short_series(void **state)
{
    (void)state;
    static const long shapes[][2] = {{18, 3}, {8, 8}, {12, 12}};
    static const double rhos[] = {0, 0.4, 0.7};
    for (size_t shape = 0; shape < 3; shape++) {
        long time[MOST];
        size_t n = (size_t)(shapes[shape][0] + shapes[shape][1]);
        for (size_t i = 0; i < n; i++) time[i] = (long)i;
        const struct uf_its_series series = {.n = n, .time = time, .start = shapes[shape][0]};
        for (size_t r = 0; r < 3; r++) {
            double share;
            struct uf_error error;
            assert_ok(uf_its_size(&series, &integrated, rhos[r], 2000, 1, &share, &error), &error);
            if (share > 0.075)
                fail_msg("%ld + %ld, rho %g: %g", shapes[shape][0], shapes[shape][1], rhos[r], share);
        }
    }
}

static void a_trend_shared_by_all_periods_is_no_departure(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        const struct uf_serial_options options = seed > 6 ? integrated : prais;
        struct sample *s = sample_new(seed, seed % 2 == 0);
        struct uf_its before = fit_of(s, options);
        for (size_t i = 0; i < s->series.n; i++) {
            s->outcome[i] = 2 * s->outcome[i] + 100 + 3 * (double)(s->time[i] - 2000);
            s->time[i] += 500; /* another calendar */
        }
        s->series.start += 500;
        struct uf_its after = fit_of(s, options);
        for (long t = 0; t < 6; t++) {
            double d[2], v[2];
            uf_its_departure(&before, &s->series, (double)(s->series.start + t), &d[0], &v[0]);
            uf_its_departure(&after, &s->series, (double)(s->series.start + t), &d[1], &v[1]);
            expect_within(d[1], 2 * d[0], 1e-8, "departure");
            expect_close(v[1], 4 * v[0], 1e-7, "variance");
            struct uf_t_test one =
                                 uf_its_test(&before, &s->series, (double)(s->series.start + t), false, 0.95),
                             two =
                                 uf_its_test(&after, &s->series, (double)(s->series.start + t), false, 0.95);
            expect_close(two.p_value, one.p_value, 1e-6, "p");
            expect_within(two.conf_low, 2 * one.conf_low, 1e-7, "lower end");
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
        cmocka_unit_test(dependence_integrated_out_with_the_whole_matrix),
        cmocka_unit_test(backwards_in_time),
        cmocka_unit_test(interval_and_p_value_are_one),
        cmocka_unit_test(band_holds_all_departures),
        cmocka_unit_test(simulated_size_is_a_count_of_fits),
        cmocka_unit_test(default_holds_its_level_in_short_series),
        cmocka_unit_test(a_trend_shared_by_all_periods_is_no_departure),
        cmocka_unit_test(an_exact_break_is_found_with_seasons),
        cmocka_unit_test(short_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
