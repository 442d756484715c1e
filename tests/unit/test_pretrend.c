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

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(published), cmocka_unit_test(by_simulation),
                                       cmocka_unit_test(units_and_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
