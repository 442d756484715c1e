// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>
#include <utfall/least_squares.h>
#include <utfall/random.h>

static double draw(uint64_t i)
{
    struct uf_random random;
    uf_random_init(&random, 3, UF_PURPOSE_SIMULATION, i);
    return uf_random_uniform(&random) - 0.5;
}

static gsl_matrix *matrix(size_t n, size_t k)
{
    gsl_matrix *x = gsl_matrix_alloc(n, k);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < k; j++) gsl_matrix_set(x, i, j, draw(i * k + j));
    return x;
}

static gsl_vector *vector(size_t n, uint64_t offset)
{
    gsl_vector *y = gsl_vector_alloc(n);
    for (size_t i = 0; i < n; i++) gsl_vector_set(y, i, draw(offset + i));
    return y;
}

static struct uf_least_squares fit_of(const gsl_matrix *x, const gsl_vector *y, const gsl_vector *w)
{
    struct uf_error error;
    struct uf_least_squares fit;
    assert_ok(uf_least_squares_fit(x, y, w, NULL, &fit, &error), &error);
    return fit;
}

static void later_collinear_columns_are_dropped(void **state)
{
    (void)state;
    gsl_matrix *x = matrix(40, 6);
    gsl_vector *y = vector(40, 9000);
    for (size_t i = 0; i < 40; i++) {
        double a = gsl_matrix_get(x, i, 0), b = gsl_matrix_get(x, i, 1);
        gsl_matrix_set(x, i, 2, 1e7 * (a / 3 + b / 7)); /* a combination, in other units */
        gsl_matrix_set(x, i, 3, 0);
        gsl_matrix_set(x, i, 5, b);
    }
    struct uf_least_squares fit = fit_of(x, y, NULL);
    assert_int_equal(fit.rank, 3);
    assert_int_equal(fit.n_dropped, 3);
    const size_t kept[] = {0, 1, 4}, dropped[] = {2, 3, 5};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fit.kept[i], kept[i]);
        assert_int_equal(fit.dropped[i], dropped[i]);
        assert_true(isnan(gsl_vector_get(fit.coefficients, dropped[i])));
        assert_true(isfinite(gsl_vector_get(fit.coefficients, kept[i])));
    }
    expect_close(fit.df, 37, 0, "df");
    uf_least_squares_clear(&fit);
    gsl_matrix_free(x), gsl_vector_free(y);
}

static void dummy_trap_is_seen_and_near_collinearity_is_not_taken_for_it(void **state)
{
    (void)state;
    gsl_matrix *x = gsl_matrix_calloc(30, 4);
    gsl_vector *y = vector(30, 100);
    for (size_t i = 0; i < 30; i++) {
        gsl_matrix_set(x, i, 0, 1);
        gsl_matrix_set(x, i, 1 + i % 3, 1);
    }
    struct uf_least_squares fit = fit_of(x, y, NULL);
    assert_int_equal(fit.rank, 3);
    assert_int_equal(fit.dropped[0], 3);
    uf_least_squares_clear(&fit);
    for (size_t i = 0; i < 30; i++) gsl_matrix_set(x, i, 3, gsl_matrix_get(x, i, 3) + 1e-8 * draw(500 + i));
    fit = fit_of(x, y, NULL);
    assert_int_equal(fit.rank, 4);
    uf_least_squares_clear(&fit);
    gsl_matrix_free(x), gsl_vector_free(y);
}

static void reference_norm_tells_noise_from_a_regressor(void **state)
{
    (void)state;
    gsl_matrix *x = matrix(20, 1);
    gsl_vector *y = vector(20, 100);
    gsl_matrix_scale(x, 1e-14); /* what absorbing leaves of a column of norm 1 that does not vary */
    double norm = 1;
    struct uf_error error;
    struct uf_least_squares fit;
    struct uf_least_squares_options options = {.reference_norm = &norm};
    assert_ok(uf_least_squares_fit(x, y, NULL, &options, &fit, &error), &error);
    assert_int_equal(fit.rank, 0);
    uf_least_squares_clear(&fit);
    fit = fit_of(x, y, NULL);
    assert_int_equal(fit.rank, 1);
    uf_least_squares_clear(&fit);
    gsl_matrix_free(x), gsl_vector_free(y);
}

static void weights_and_inverse(void **state)
{
    (void)state;
    gsl_matrix *x = matrix(25, 3);
    gsl_vector *y = vector(25, 700), *w = gsl_vector_alloc(25);
    for (size_t i = 0; i < 25; i++) gsl_vector_set(w, i, 0.1 + (double)(i % 4));
    struct uf_least_squares fit = fit_of(x, y, w);
    double rss = 0;
    for (size_t j = 0; j < 3; j++) {
        double normal = 0;
        for (size_t i = 0; i < 25; i++)
            normal += gsl_vector_get(w, i) * gsl_matrix_get(x, i, j) * gsl_vector_get(fit.residuals, i);
        expect_within(normal, 0, 1e-13, "normal equations");
        for (size_t l = 0; l < 3; l++) { /* (X'WX)(X'WX)^-1 = I */
            double sum = 0;
            for (size_t m = 0; m < 3; m++) {
                double gram = 0;
                for (size_t i = 0; i < 25; i++)
                    gram += gsl_vector_get(w, i) * gsl_matrix_get(x, i, j) * gsl_matrix_get(x, i, m);
                sum += gram * gsl_matrix_get(fit.inverse, m, l);
            }
            expect_within(sum, j == l, 1e-13, "inverse");
        }
    }
    for (size_t i = 0; i < 25; i++) rss += gsl_vector_get(w, i) * pow(gsl_vector_get(fit.residuals, i), 2);
    expect_close(fit.rss, rss, 1e-13, "rss");
    uf_least_squares_clear(&fit);
    gsl_matrix_free(x), gsl_vector_free(y), gsl_vector_free(w);
}

static void more_columns_than_rows(void **state)
{
    (void)state;
    gsl_matrix *x = matrix(3, 5);
    gsl_vector *y = vector(3, 50);
    struct uf_least_squares fit = fit_of(x, y, NULL);
    assert_int_equal(fit.rank, 3);
    expect_close(fit.df, 0, 0, "df");
    expect_within(fit.rss, 0, 1e-25, "rss");
    uf_least_squares_clear(&fit);
    fit = fit_of(NULL, y, NULL); /* no columns: the residuals are y */
    for (size_t i = 0; i < 3; i++)
        expect_close(gsl_vector_get(fit.residuals, i), gsl_vector_get(y, i), 0, "y");
    uf_least_squares_clear(&fit);
    gsl_matrix_free(x), gsl_vector_free(y);
}

static void bad_values_are_named(void **state)
{
    (void)state;
    gsl_matrix *x = matrix(5, 2);
    gsl_vector *y = vector(5, 50), *w = gsl_vector_alloc(5);
    struct uf_error error;
    struct uf_least_squares fit = {.n = 99};
    gsl_vector_set_all(w, 1);
    gsl_vector_set(w, 3, 0);
    assert_int_equal(uf_least_squares_fit(x, y, w, NULL, &fit, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "observation 4"));
    gsl_matrix_set(x, 2, 1, NAN);
    assert_int_equal(uf_least_squares_fit(x, y, NULL, NULL, &fit, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "column 2 of observation 3"));
    gsl_vector_view shorter = gsl_vector_subvector(y, 0, 4);
    assert_int_equal(uf_least_squares_fit(x, &shorter.vector, NULL, NULL, &fit, &error), UF_INTERNAL);
    assert_int_equal(fit.n, 99); /* untouched */
    gsl_matrix_free(x), gsl_vector_free(y), gsl_vector_free(w);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_collinear_columns_are_dropped),
        cmocka_unit_test(dummy_trap_is_seen_and_near_collinearity_is_not_taken_for_it),
        cmocka_unit_test(reference_norm_tells_noise_from_a_regressor),
        cmocka_unit_test(weights_and_inverse),
        cmocka_unit_test(more_columns_than_rows),
        cmocka_unit_test(bad_values_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
