// SPDX-License-Identifier: GPL-3.0-or-later
/* The sup-t critical value: where it is known in closed form, and against a quantile of simulated maxima. */
#include "support/close.h"
#include "support/test.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/distribution.h>
#include <utfall/random.h>
#include <utfall/simultaneous.h>

static double critical(const gsl_matrix *v, double df, double level, size_t draws, uint64_t seed)
{
    struct uf_error error;
    double out = NAN;
    assert_ok(uf_sup_t_critical(v, df, level, draws, seed, &out, &error), &error);
    return out;
}

/* Correlations ρ^|i − j| with standard deviations that differ. */
static gsl_matrix *chain(size_t q, double rho)
{
    gsl_matrix *v = gsl_matrix_alloc(q, q);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++)
            gsl_matrix_set(v, i, j,
                           pow(rho, fabs((double)i - (double)j)) * (1 + 100 * (double)i) *
                               (1 + 100 * (double)j));
    return v;
}

static const double dfs[] = {1.3, 4, 14.203, 200, INFINITY};

static void one_estimate_is_the_t_quantile(void **state)
{
    (void)state;
    gsl_matrix *one = chain(1, 0);
    for (size_t d = 0; d < sizeof dfs / sizeof *dfs; d++)
        for (double level = 0.5; level < 1; level += 0.05)
            expect_close(critical(one, dfs[d], level, 100, 1), uf_t_quantile(0.5 + level / 2, dfs[d]), 1e-12,
                         "q = 1");
    gsl_matrix_free(one);
}

static void perfect_correlation_is_one_estimate(void **state)
{
    (void)state;
    gsl_matrix *v = gsl_matrix_alloc(6, 6);
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 6; j++)
            gsl_matrix_set(v, i, j,
                           (i % 2 ? -1.0 : 1.0) * (j % 2 ? -1.0 : 1.0) * (double)((i + 1) * (j + 1)));
    for (size_t d = 0; d < sizeof dfs / sizeof *dfs; d++)
        expect_close(critical(v, dfs[d], 0.95, 100, 1), uf_t_quantile(0.975, dfs[d]), 1e-12, "rank 1");
    gsl_matrix_free(v);
}

/* P(max |Z_j|/s <= c) for q independent Z and s² = χ²(df)/df, by Simpson's rule over s. */
static double studentised_maximum(double c, size_t q, double df)
{
    enum { STEPS = 4000 };
    double sum = 0, top = 1 + 12 / sqrt(df);
    for (int i = 1; i <= STEPS; i++) {
        double s = top * i / STEPS;
        double log_density =
            log(2) + df / 2 * log(df / 2) - lgamma(df / 2) + (df - 1) * log(s) - df * s * s / 2;
        double inside = pow(1 - 2 * gsl_cdf_ugaussian_Q(c * s), (double)q);
        sum += (i == STEPS ? 1 : i % 2 ? 4 : 2) * exp(log_density) * inside;
    }
    return sum * top / STEPS / 3;
}

static void independent_estimates_are_sidak(void **state)
{
    (void)state;
    for (size_t q = 2; q <= 20; q += 6) {
        gsl_matrix *v = chain(q, 0);
        double sidak = gsl_cdf_ugaussian_Pinv((1 + pow(0.95, 1 / (double)q)) / 2);
        expect_close(critical(v, INFINITY, 0.95, 0, 1), sidak, 5e-3, "Šidák");
        expect_close(critical(v, INFINITY, 0.95, 100000, 1), sidak, 2e-3, "Šidák, more draws");
        for (size_t d = 1; d + 1 < sizeof dfs / sizeof *dfs; d++) {
            double c = critical(v, dfs[d], 0.9, 0, 1);
            expect_close(studentised_maximum(c, q, dfs[d]), 0.9, 5e-3, "studentised maximum modulus");
        }
        gsl_matrix_free(v);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Cholesky factor, normals, a χ² each: the quantile of the maxima. */
static double simulated(const gsl_matrix *v, double df, double level, size_t draws)
{
    size_t q = v->size1;
    gsl_matrix *l = gsl_matrix_alloc(q, q);
    double *maxima = malloc(draws * sizeof *maxima), *z = malloc(q * sizeof *z);
    gsl_matrix_memcpy(l, v);
    gsl_linalg_cholesky_decomp1(l);
    for (size_t d = 0; d < draws; d++) {
        struct uf_random random;
        uf_random_init(&random, 99, UF_PURPOSE_BOOTSTRAP, d);
        for (size_t j = 0; j < q; j++) z[j] = gsl_cdf_ugaussian_Pinv(uf_random_uniform(&random) + 0x1p-54);
        double s = isinf(df) ? 1 : sqrt(gsl_cdf_chisq_Pinv(uf_random_uniform(&random) + 0x1p-54, df) / df);
        maxima[d] = 0;
        for (size_t i = 0; i < q; i++) {
            double sum = 0;
            for (size_t j = 0; j <= i; j++) sum += gsl_matrix_get(l, i, j) * z[j];
            maxima[d] = fmax(maxima[d], fabs(sum) / sqrt(gsl_matrix_get(v, i, i)) / s);
        }
    }
    qsort(maxima, draws, sizeof *maxima, ascending);
    double quantile = maxima[(size_t)(level * (double)draws)];
    gsl_matrix_free(l), free(maxima), free(z);
    return quantile;
}

static void as_simulated_maxima(void **state)
{
    (void)state;
    const double rho[] = {0.3, 0.7, 0.97};
    for (size_t c = 0; c < 3; c++) {
        gsl_matrix *v = chain(8, rho[c]);
        expect_close(critical(v, 7.3, 0.95, 0, 5), simulated(v, 7.3, 0.95, 30000), 0.02, "t");
        expect_close(critical(v, INFINITY, 0.9, 0, 5), simulated(v, INFINITY, 0.9, 30000), 0.012, "normal");
        gsl_matrix_free(v);
    }
}

static void invariances(void **state)
{
    (void)state;
    gsl_matrix *v = chain(6, 0.5), *wider = gsl_matrix_calloc(8, 8), *scaled = chain(6, 0.5);
    double c = critical(v, 9, 0.95, 0, 3);
    expect_close(critical(v, 9, 0.95, 0, 3), c, 0, "the same twice");
    expect_close(critical(v, 9, 0.95, 0, 4), c, 5e-3, "another seed");
    gsl_matrix_scale(scaled, 1e-6);
    expect_close(critical(scaled, 9, 0.95, 0, 3), c, 1e-9, "units");
    /* a reference period in the middle, and an estimate that stands there twice */
    const size_t from[] = {0, 1, 2, 6, 3, 4, 5, 0};
    for (size_t i = 0; i < 8; i++)
        for (size_t j = 0; j < 8; j++)
            if (from[i] < 6 && from[j] < 6) gsl_matrix_set(wider, i, j, gsl_matrix_get(v, from[i], from[j]));
    expect_close(critical(wider, 9, 0.95, 0, 3), c, 5e-3, "rows that add nothing");
    assert_true(c > uf_t_quantile(0.975, 9) && c < uf_t_quantile(1 - 0.025 / 6, 9));
    assert_true(critical(v, 9, 0.99, 0, 3) > c && critical(v, 40, 0.95, 0, 3) < c);
    gsl_matrix_free(v), gsl_matrix_free(wider), gsl_matrix_free(scaled);
}

/* What is easily upset: tied eigenvalues, whose vectors turn at the slightest change, and too few clusters for full
 * rank. The value must not move when the outcome is scaled (7.3), when each estimate is (an odd factor each), or when
 * the covariance is off by rounding. */
static void units_and_rounding_do_not_move_it(void **state)
{
    (void)state;
    enum { Q = 9, CLUSTERS = 5, SHAPES = 5 };
    for (int shape = 0; shape < SHAPES; shape++) {
        gsl_matrix *v = chain(Q, shape == 0 ? 0.5 : 0), *scaled = gsl_matrix_alloc(Q, Q),
                   *each = gsl_matrix_alloc(Q, Q), *rounded = gsl_matrix_alloc(Q, Q);
        struct uf_random random;
        uf_random_init(&random, 8, UF_PURPOSE_BOOTSTRAP, 0);
        for (size_t i = 0; i < Q && shape > 1; i++)
            for (size_t j = 0; j < Q; j++) {
                double both = 0; /* equicorrelated; three blocks; a sum over few clusters */
                for (size_t g = 0; g < CLUSTERS && shape == 4; g++)
                    both += sin((double)(1 + i * (g + 1))) * sin((double)(1 + j * (g + 1)));
                gsl_matrix_set(v, i, j,
                               shape == 4       ? both
                               : i == j         ? 1
                               : shape == 2     ? 0.5
                               : i % 3 == j % 3 ? 0.4
                                                : 0);
            }
        for (size_t i = 0; i < Q; i++)
            for (size_t j = 0; j <= i; j++) {
                double value = gsl_matrix_get(v, i, j),
                       error = 1 + 1e-15 * (uf_random_uniform(&random) - 0.5);
                double size = sqrt(gsl_matrix_get(v, i, i) * gsl_matrix_get(v, j, j));
                double moved = i == j ? value : value * error + 1e-15 * size * uf_random_uniform(&random);
                gsl_matrix_set(rounded, i, j, moved), gsl_matrix_set(rounded, j, i, moved);
                double factor = (0.3 + (double)i) * (0.3 + (double)j);
                gsl_matrix_set(each, i, j, value * factor), gsl_matrix_set(each, j, i, value * factor);
                gsl_matrix_set(scaled, i, j, value * 7.3 * 7.3),
                    gsl_matrix_set(scaled, j, i, value * 7.3 * 7.3);
            }
        double c = critical(v, 9, 0.95, 2000, 3);
        expect_close(critical(scaled, 9, 0.95, 2000, 3), c, 1e-9, "the outcome scaled");
        expect_close(critical(each, 9, 0.95, 2000, 3), c, 1e-9, "each estimate scaled");
        expect_close(critical(rounded, 9, 0.95, 2000, 3), c, 1e-9, "rounding");
        gsl_matrix_free(v), gsl_matrix_free(scaled), gsl_matrix_free(each), gsl_matrix_free(rounded);
    }
}

static void bad_input(void **state)
{
    (void)state;
    struct uf_error error;
    double out = 7;
    gsl_matrix *v = chain(3, 0.2);
    assert_int_equal(uf_sup_t_critical(v, 5, 1, 0, 1, &out, &error), UF_BAD_USAGE);
    assert_int_equal(uf_sup_t_critical(v, 0, 0.95, 0, 1, &out, &error), UF_BAD_USAGE);
    assert_int_equal(uf_sup_t_critical(v, NAN, 0.95, 0, 1, &out, &error), UF_BAD_USAGE);
    gsl_matrix_set_all(v, 1);
    gsl_matrix_set(v, 0, 1, -1), gsl_matrix_set(v, 1, 0, -1);
    assert_int_equal(uf_sup_t_critical(v, 5, 0.95, 0, 1, &out, &error), UF_BAD_INPUT);
    gsl_matrix_set(v, 2, 2, -1);
    assert_int_equal(uf_sup_t_critical(v, 5, 0.95, 0, 1, &out, &error), UF_BAD_INPUT);
    gsl_matrix_set(v, 2, 1, NAN);
    assert_int_equal(uf_sup_t_critical(v, 5, 0.95, 0, 1, &out, &error), UF_BAD_INPUT);
    gsl_matrix_set_zero(v);
    assert_int_equal(uf_sup_t_critical(v, 5, 0.95, 0, 1, &out, &error), UF_NOT_IDENTIFIED);
    expect_close(out, 7, 0, "untouched");
    gsl_matrix_free(v);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_estimate_is_the_t_quantile),
        cmocka_unit_test(perfect_correlation_is_one_estimate),
        cmocka_unit_test(independent_estimates_are_sidak),
        cmocka_unit_test(as_simulated_maxima),
        cmocka_unit_test(invariances),
        cmocka_unit_test(units_and_rounding_do_not_move_it),
        cmocka_unit_test(bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
