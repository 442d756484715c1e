// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <utfall/distribution.h>
#include <utfall/pretrend.h>
#include <utfall/random.h>

/* R 4.2.2: qchisq, qf, pchisq(ncp=), pf(ncp=); the λ of given power by uniroot to 1e-13. */
static void published(void **state)
{
    (void)state;
    gsl_vector *times = gsl_vector_alloc(4);
    gsl_matrix *identity = gsl_matrix_alloc(4, 4);
    gsl_matrix_set_identity(identity);
    for (size_t i = 0; i < 4; i++) gsl_vector_set(times, i, (double)i - 5);
    static const struct {
        double df2, power, lambda;
    } cases[] = {{INFINITY, 0.5, 6.41947318932399},
                 {INFINITY, 0.8, 11.9352858377047},
                 {15, 0.5, 8.69774629925929},
                 {15, 0.8, 16.3101443314426}};
    for (size_t c = 0; c < 4; c++) {
        double slope, power;
        struct uf_error error;
        assert_ok(uf_pretrend_power(times, identity, cases[c].df2, 0.05, cases[c].power, &slope, &error),
                  &error);
        expect_close(slope * slope * (4 + 9 + 16 + 25), cases[c].lambda, 1e-8, "noncentrality");
        assert_ok(uf_pretrend_rejection(times, identity, cases[c].df2, 0.05, slope, &power, &error), &error);
        expect_close(power, cases[c].power, 1e-10, "and back");
    }
    gsl_vector_free(times);
    gsl_matrix_free(identity);
}

static double normal(struct uf_random *random)
{
    return gsl_cdf_ugaussian_Pinv(uf_random_uniform(random) + 0x1p-54);
}

/* The event study drawn again and again: how often the test rejects, and what is left when it does not. */
static void by_simulation(void **state)
{
    (void)state;
    enum { LEADS = 3, ALL = 5, DRAWS = 40000 };
    const double at[ALL] = {-4, -3, -2, 0, 1};
    gsl_vector *times = gsl_vector_alloc(ALL), *z = gsl_vector_alloc(ALL), *w = gsl_vector_alloc(LEADS);
    gsl_vector *bias = gsl_vector_alloc(ALL - LEADS);
    gsl_matrix *covariance = gsl_matrix_alloc(ALL, ALL), *root = gsl_matrix_alloc(ALL, ALL);
    for (size_t i = 0; i < ALL; i++) {
        gsl_vector_set(times, i, at[i] + 1);
        for (size_t j = 0; j < ALL; j++)
            gsl_matrix_set(covariance, i, j, 0.5 + (i == j ? 0.3 + 0.1 * (double)i : 0));
    }
    gsl_matrix_memcpy(root, covariance);
    gsl_linalg_cholesky_decomp1(root);
    gsl_matrix_view leads = gsl_matrix_submatrix(covariance, 0, 0, LEADS, LEADS);
    gsl_vector_view lead_times = gsl_vector_subvector(times, 0, LEADS);
    gsl_matrix *factor = gsl_matrix_alloc(LEADS, LEADS);
    gsl_matrix_memcpy(factor, &leads.matrix);
    gsl_linalg_cholesky_decomp1(factor);
    struct uf_error error;
    double slope, critical = gsl_cdf_chisq_Qinv(0.05, LEADS), rejected = 0, sum[2] = {0}, square[2] = {0};
    assert_ok(uf_pretrend_power(&lead_times.vector, &leads.matrix, INFINITY, 0.05, 0.5, &slope, &error),
              &error);
    assert_ok(uf_pretrend_passing_bias(times, covariance, LEADS, 0.05, slope, bias, &error), &error);
    for (size_t r = 0; r < DRAWS; r++) {
        struct uf_random random;
        uf_random_init(&random, 1, UF_PURPOSE_SIMULATION, r);
        for (size_t i = 0; i < ALL; i++) gsl_vector_set(z, i, normal(&random));
        gsl_blas_dtrmv(CblasLower, CblasNoTrans, CblasNonUnit, root, z);
        gsl_blas_daxpy(slope, times, z);
        gsl_vector_view first = gsl_vector_subvector(z, 0, LEADS);
        gsl_linalg_cholesky_solve(factor, &first.vector, w);
        double wald;
        gsl_blas_ddot(&first.vector, w, &wald);
        if (wald > critical) {
            rejected++;
            continue;
        }
        for (size_t j = 0; j < 2; j++) {
            sum[j] += gsl_vector_get(z, LEADS + j);
            square[j] += pow(gsl_vector_get(z, LEADS + j), 2);
        }
    }
    double passed = DRAWS - rejected;
    expect_within(rejected / DRAWS, 0.5, 4 * sqrt(0.25 / DRAWS), "power");
    for (size_t j = 0; j < 2; j++) {
        double mean = sum[j] / passed, sd = sqrt(square[j] / passed - mean * mean);
        expect_within(gsl_vector_get(bias, j), mean, 4 * sd / sqrt(passed), "bias given that it passed");
        /* leads and lags go together, so that passing makes it worse than the line itself */
        assert_true(gsl_vector_get(bias, j) > slope * gsl_vector_get(times, LEADS + j));
    }
    gsl_vector_free(times), gsl_vector_free(z), gsl_vector_free(w), gsl_vector_free(bias);
    gsl_matrix_free(covariance), gsl_matrix_free(root), gsl_matrix_free(factor);
}

static void units_and_refusals(void **state)
{
    (void)state;
    gsl_vector *times = gsl_vector_alloc(2);
    gsl_matrix *covariance = gsl_matrix_alloc(2, 2);
    gsl_vector_set(times, 0, -2), gsl_vector_set(times, 1, -1);
    gsl_matrix_set_identity(covariance);
    gsl_matrix_set(covariance, 0, 1, 0.4), gsl_matrix_set(covariance, 1, 0, 0.4);
    struct uf_error error;
    double first, second;
    assert_ok(uf_pretrend_power(times, covariance, 12, 0.05, 0.8, &first, &error), &error);
    gsl_matrix_scale(covariance, 9);
    assert_ok(uf_pretrend_power(times, covariance, 12, 0.05, 0.8, &second, &error), &error);
    expect_close(second, 3 * first, 1e-10, "three times the errors");
    assert_int_equal(uf_pretrend_power(times, covariance, 0, 0.05, 0.8, &first, &error), UF_BAD_USAGE);
    assert_int_equal(uf_pretrend_power(times, covariance, 9, 0.05, 0.05, &first, &error), UF_BAD_USAGE);
    gsl_matrix_set_all(covariance, 1);
    assert_int_equal(uf_pretrend_power(times, covariance, 9, 0.05, 0.8, &first, &error), UF_NOT_IDENTIFIED);
    expect_close(second, second, 0, "untouched");
    gsl_vector_free(times);
    gsl_matrix_free(covariance);
}

/* (1 + s)²/(1 + s²/8), and 0 of the other placebo: at most 9, where s = 8. */
static double bounded(void *user, size_t placebo, double slope)
{
    (void)user;
    return placebo == 0 ? (1 + slope) * (1 + slope) / (1 + slope * slope / 8) : 0;
}

/* Two placebos whose statistics are parabolas, against a fixed threshold and against what they are dealt, by hand. */
static void placebos_by_hand(void **state)
{
    (void)state;
    /* (1 + s)² and (3 + s)², found above 16: from s = 3 (or −5), and from s = 1 (or −7) */
    static const struct uf_pretrend_quadratic own[] = {{1, 2, 1}, {9, 6, 1}};
    const struct uf_pretrend_placebos fixed = {2, 1, own, NULL, 16, NULL, NULL};
    static const struct {
        double slope, power;
    } at[] = {{0, 0}, {0.99, 0}, {1.01, 0.25}, {3.01, 0.5}, {4.99, 0.5}, {5.01, 0.75}, {7.01, 1}};
    double power, slope;
    struct uf_error error;
    for (size_t k = 0; k < 7; k++)
        for (int sign = -1; sign <= 1; sign += 2) {
            assert_ok(uf_pretrend_placebo_power(&fixed, 0.05, sign * at[k].slope, &power, &error), &error);
            expect_close(power, at[k].power, 1e-15, "power");
        }
    assert_ok(uf_pretrend_placebo_slope(&fixed, 0.05, 0.5, &slope, &error), &error);
    expect_close(slope, 3, 1e-8, "50 %");
    assert_ok(uf_pretrend_placebo_slope(&fixed, 0.05, 0.8, &slope, &error), &error);
    expect_close(slope, 7, 1e-8, "80 %");
    /* one placebo among four, at the level 0.3: found where none of them is as large; the second is (1 + s²)/(1 + s²/2) */
    static const struct uf_pretrend_quadratic up[] = {{0, 0, 4}, {1, 0, 1}, {1, 0, 0}, {0.5, 0, 0}},
                                              down[] = {{1, 0, 0}, {1, 0, 0.5}, {1, 0, 0}, {1, 0, 0}};
    const struct uf_pretrend_placebos dealt = {1, 4, up, down, 0, NULL, NULL};
    assert_ok(uf_pretrend_placebo_slope(&dealt, 0.3, 0.5, &slope, &error), &error);
    /* 4 s² (1 + s²/2) = 1 + s² */
    expect_close(slope, sqrt((sqrt(17) - 3) / 4), 1e-8, "among those dealt");
    /* as large as its own counts, and what cannot be computed does too */
    struct uf_pretrend_quadratic tie[] = {{0, 0, 4}, {0, 0, 4}, {NAN, NAN, NAN}};
    struct uf_pretrend_placebos three = {1, 3, tie, NULL, 0, NULL, NULL};
    assert_int_equal(uf_pretrend_placebo_slope(&three, 0.5, 0.5, &slope, &error), UF_NOT_IDENTIFIED);
    tie[1].square = 3.9;
    assert_int_equal(uf_pretrend_placebo_slope(&three, 0.5, 0.5, &slope, &error), UF_NOT_IDENTIFIED);
    assert_int_equal(uf_pretrend_placebo_slope(&three, 0.67, 0.5, &slope, &error),
                     UF_NOT_IDENTIFIED); /* no errors */
    tie[1].constant = 1e-4;
    assert_ok(uf_pretrend_placebo_slope(&three, 0.67, 0.5, &slope, &error), &error);
    expect_close(slope, sqrt(1e-3), 1e-6, "above one of two");
    /* found without any drift; no line; bad numbers */
    const struct uf_pretrend_placebos loose = {2, 1, own, NULL, 0.5, NULL, NULL};
    assert_int_equal(uf_pretrend_placebo_slope(&loose, 0.05, 0.8, &slope, &error), UF_NOT_IDENTIFIED);
    static const struct uf_pretrend_quadratic flat[] = {{1, 0, 0}};
    const struct uf_pretrend_placebos blind = {1, 1, flat, NULL, 2, NULL, NULL};
    assert_int_equal(uf_pretrend_placebo_slope(&blind, 0.05, 0.5, &slope, &error), UF_NOT_IDENTIFIED);
    const struct uf_pretrend_placebos none = {0, 1, own, NULL, 16, NULL, NULL};
    assert_int_equal(uf_pretrend_placebo_power(&none, 0.05, 1, &power, &error), UF_BAD_USAGE);
    assert_int_equal(uf_pretrend_placebo_power(&fixed, 1, 1, &power, &error), UF_BAD_USAGE);
    /* a statistic of its own: (1 + s)² = 4 (1 + s²/8), which is s² + 4 s = 6 */
    const struct uf_pretrend_placebos special = {2, 1, own, NULL, 4, bounded, NULL};
    assert_ok(uf_pretrend_placebo_slope(&special, 0.05, 0.25, &slope, &error), &error);
    expect_close(slope, sqrt(10) - 2, 1e-8, "a statistic of its own");
    assert_int_equal(uf_pretrend_placebo_slope(&special, 0.05, 0.8, &slope, &error), UF_NOT_IDENTIFIED);
    const struct uf_pretrend_placebos several = {1, 4, up, NULL, 4, bounded, NULL};
    assert_int_equal(uf_pretrend_placebo_power(&several, 0.05, 1, &power, &error), UF_BAD_USAGE);
    assert_int_equal(uf_pretrend_placebo_slope(&fixed, 0.05, 1, &slope, &error), UF_BAD_USAGE);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(placebos_by_hand), cmocka_unit_test(published),
                                       cmocka_unit_test(by_simulation), cmocka_unit_test(units_and_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
