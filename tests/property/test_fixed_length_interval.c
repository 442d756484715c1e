// SPDX-License-Identifier: GPL-3.0-or-later
/* Fixed-length intervals with many periods before the start, where the path of weights has many corners. */
#include "support/test.h"
#include "support/trend_study.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

enum { STUDIES = 300 };

static struct trend_study study_make(uint64_t seed, double unit)
{
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 1u << 21);
    size_t before = 10 + seed % 6, after = 1 + seed % 4, n = before + after, draws = n + seed % 3;
    struct trend_study m = trend_study_new(before, after);
    gsl_matrix *factor = gsl_matrix_alloc(n, draws);
    double together = uf_random_uniform(&random);
    for (size_t j = 0; j < draws; j++)
        for (size_t i = 0; i < n; i++)
            gsl_matrix_set(factor, i, j,
                           unit * trend_study_normal(&random) +
                               (i > 0 ? together * gsl_matrix_get(factor, i - 1, j) : 0));
    trend_study_spread(&m, factor, 1 / (double)draws);
    gsl_matrix_free(factor);
    for (size_t i = 0; i < n; i++) gsl_vector_set(m.estimate, i, unit * trend_study_normal(&random));
    if (seed % 2)
        gsl_vector_set(m.weights, 0, 1);
    else
        gsl_vector_set_all(m.weights, 1 / (double)after);
    return m;
}

static double error_of(const struct trend_study *m, const gsl_vector *weights)
{
    double variance = 0;
    for (size_t i = 0; i < weights->size; i++)
        for (size_t j = 0; j < weights->size; j++)
            variance +=
                gsl_vector_get(weights, i) * gsl_matrix_get(m->covariance, i, j) * gsl_vector_get(weights, j);
    return sqrt(variance);
}

/* The weights before the start that make the variance least while a line cancels: the equations of Lagrange. */
static void least_variance(const struct trend_study *m, gsl_vector *weights)
{
    const size_t before = m->study.n_before, after = m->study.n_after;
    gsl_matrix *equations = gsl_matrix_calloc(before + 1, before + 1);
    gsl_vector *right = gsl_vector_calloc(before + 1), *solution = gsl_vector_calloc(before + 1);
    gsl_permutation *order = gsl_permutation_alloc(before + 1);
    const double scale = gsl_matrix_get(m->covariance, 0, 0);
    int sign;
    for (size_t t = 0; t < after; t++) {
        double l = gsl_vector_get(m->weights, t);
        gsl_vector_set(weights, before + t, l);
        *gsl_vector_ptr(right, before) -= l * (double)(t + 1);
        for (size_t i = 0; i < before; i++)
            *gsl_vector_ptr(right, i) -= l * gsl_matrix_get(m->covariance, i, before + t) / scale;
    }
    for (size_t i = 0; i < before; i++) {
        double time = (double)i - (double)before;
        gsl_matrix_set(equations, i, before, time), gsl_matrix_set(equations, before, i, time);
        for (size_t j = 0; j < before; j++)
            gsl_matrix_set(equations, i, j, gsl_matrix_get(m->covariance, i, j) / scale);
    }
    gsl_linalg_LU_decomp(equations, order, &sign);
    gsl_linalg_LU_solve(equations, order, right, solution);
    for (size_t i = 0; i < before; i++) gsl_vector_set(weights, i, gsl_vector_get(solution, i));
    gsl_matrix_free(equations);
    gsl_vector_free(right), gsl_vector_free(solution);
    gsl_permutation_free(order);
}

/* M = 0: the straight line through the estimates before, as well as it can be drawn. */
static void straight_line(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= STUDIES; seed++) {
        struct trend_study m = study_make(seed, seed % 3 ? 1 : 1e7);
        gsl_vector *weights = gsl_vector_alloc(m.estimate->size);
        struct uf_trend_flci flci;
        struct uf_error error;
        double estimate;
        assert_ok(uf_trend_fixed_length(&m.study, 0, 0.95, NULL, &flci, &error), &error);
        least_variance(&m, weights);
        gsl_blas_ddot(weights, m.estimate, &estimate);
        const double sd = error_of(&m, weights);
        expect_close(flci.std_error, sd, 1e-6, "standard error");
        expect_within(flci.estimate, estimate, 1e-4 * sd, "estimate");
        expect_close(flci.half_length, gsl_cdf_ugaussian_Pinv(0.975) * sd, 1e-6, "half length");
        gsl_vector_free(weights);
        trend_study_clear(&m);
    }
}

/* The greatest bias of the part before the start with changes of slope up to 1: Σ_j |Σ_t v_t (t − j)+|, j ≥ 1. */
static double bias_before(const gsl_vector *weights, size_t before)
{
    double sum = 0;
    for (size_t j = 1; j < before; j++) {
        double bend = 0;
        for (size_t t = j + 1; t <= before; t++)
            bend += gsl_vector_get(weights, before - t) * (double)(t - j);
        sum += fabs(bend);
    }
    return sum;
}

/* The length is a smooth function of the variance and of a sum of absolute bends: where moving no single bend makes it
 * shorter, nothing does. */
static void no_bend_shortens_it(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= STUDIES; seed++) {
        struct trend_study m = study_make(seed, 1);
        const size_t n = m.estimate->size, before = m.study.n_before;
        const double bound = 0.002 * (double)(1 + seed % 6);
        gsl_vector *weights = gsl_vector_alloc(n), *other = gsl_vector_alloc(n);
        struct uf_trend_flci flci;
        struct uf_error error;
        assert_ok(uf_trend_fixed_length(&m.study, bound, 0.95, weights, &flci, &error), &error);
        const double after = flci.bias - bound * bias_before(weights, before);
        expect_close(flci.half_length, trend_study_length(flci.bias, error_of(&m, weights)), 1e-7,
                     "half length");
        for (size_t j = 1; j < before; j++)
            for (int trial = 0; trial < 4; trial++) {
                const double change = (trial % 2 ? 1 : -1) * (trial < 2 ? 1e-3 : 0.05);
                gsl_vector_memcpy(other, weights);
                *gsl_vector_ptr(other, before - j) -= 2 * change;
                *gsl_vector_ptr(other, before - j - 1) += change;
                if (j > 1) *gsl_vector_ptr(other, before - j + 1) += change;
                double drift = 0;
                for (size_t i = 0; i < before; i++)
                    drift += (gsl_vector_get(other, i) - gsl_vector_get(weights, i)) * (double)(before - i);
                expect_within(drift, 0, 1e-12, "a line cancels");
                const double bias = after + bound * bias_before(other, before);
                const double length = trend_study_length(bias, error_of(&m, other));
                if (length < flci.half_length * (1 - 1e-8))
                    fail_msg("seed %d: bend %zu by %g: %.10g, shorter than %.10g", (int)seed, j, change,
                             length, flci.half_length);
            }
        gsl_vector_free(weights), gsl_vector_free(other);
        trend_study_clear(&m);
    }
}

/* With two regions' worth of errors and more than two free weights some estimator seems to have no error at all. */
static void no_error_at_all(void **state)
{
    (void)state;
    for (int units = 0; units < 3; units++) {
        struct trend_study m = study_make(3, pow(10, 6 * units - 6));
        const size_t n = m.estimate->size;
        gsl_matrix *factor = gsl_matrix_alloc(n, 2);
        struct uf_random random;
        uf_random_init(&random, 3, UF_PURPOSE_SIMULATION, 11);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < 2; j++)
                gsl_matrix_set(factor, i, j, pow(10, 6 * units - 6) * trend_study_normal(&random));
        gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, factor, factor, 0, m.covariance);
        struct uf_trend_flci flci = {.estimate = 7};
        struct uf_error error;
        assert_int_equal(uf_trend_fixed_length(&m.study, 0, 0.95, NULL, &flci, &error), UF_NOT_IDENTIFIED);
        assert_non_null(strstr(error.message, "rank"));
        assert_true(flci.estimate == 7);
        gsl_matrix_free(factor);
        trend_study_clear(&m);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(straight_line), cmocka_unit_test(no_bend_shortens_it),
                                       cmocka_unit_test(no_error_at_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
