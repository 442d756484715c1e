// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <math.h>
#include <utfall/minimise.h>

static double rosenbrock(const gsl_vector *x, void *user)
{
    (void)user;
    double a = gsl_vector_get(x, 0), b = gsl_vector_get(x, 1);
    return 100 * (b - a * a) * (b - a * a) + (1 - a) * (1 - a);
}

/* A valley with a kink along each axis. */
static double kinked(const gsl_vector *x, void *user)
{
    const double *goal = user;
    double sum = 1;
    for (size_t i = 0; i < x->size; i++) sum += (double)(i + 1) * fabs(gsl_vector_get(x, i) - goal[i]);
    return sum;
}

static double undefined_beyond_one(const gsl_vector *x, void *user)
{
    (void)user;
    double a = gsl_vector_get(x, 0);
    return a > 1 ? NAN : (a - 3) * (a - 3);
}

static void finds_the_bottom_of_a_curved_valley(void **state)
{
    (void)state;
    gsl_vector *x = gsl_vector_alloc(2);
    gsl_vector_set(x, 0, -1.2);
    gsl_vector_set(x, 1, 1);
    struct uf_minimise_result result;
    struct uf_error error;
    const struct uf_minimise_options options = {.max_evaluations = 3000, .tolerance = 1e-14};
    assert_ok(uf_minimise(rosenbrock, NULL, x, &options, &result, &error), &error);
    expect_within(gsl_vector_get(x, 0), 1, 1e-4, "x");
    expect_within(gsl_vector_get(x, 1), 1, 1e-4, "y");
    expect_within(result.value, rosenbrock(x, NULL), 0, "value at the point returned");
    gsl_vector_free(x);
}

static void kinks_do_not_stop_it(void **state)
{
    (void)state;
    double goal[] = {0.3, -2, 1.7, 0.01};
    gsl_vector *x = gsl_vector_calloc(4);
    struct uf_minimise_result result;
    struct uf_error error;
    assert_ok(uf_minimise(kinked, goal, x, NULL, &result, &error), &error);
    assert_true(result.value < 1.01);
    assert_true(result.evaluations <= 1600 + 8);
    gsl_vector_free(x);
}

static void the_limit_holds_and_the_start_is_never_lost(void **state)
{
    (void)state;
    double goal[] = {0, 0, 0, 0};
    gsl_vector *x = gsl_vector_calloc(4);
    struct uf_minimise_result result;
    struct uf_error error;
    const struct uf_minimise_options few = {.max_evaluations = 1};
    assert_ok(uf_minimise(kinked, goal, x, &few, &result, &error), &error);
    expect_close(result.value, 1, 0, "the start was the minimum");
    for (size_t i = 0; i < 4; i++) expect_within(gsl_vector_get(x, i), 0, 0, "start");
    gsl_vector_free(x);
}

static void where_the_function_is_not_defined_it_does_not_go(void **state)
{
    (void)state;
    gsl_vector *x = gsl_vector_calloc(1);
    struct uf_minimise_result result;
    struct uf_error error;
    assert_ok(uf_minimise(undefined_beyond_one, NULL, x, NULL, &result, &error), &error);
    expect_within(gsl_vector_get(x, 0), 1, 1e-3, "edge");
    gsl_vector_set(x, 0, 2);
    assert_int_equal(uf_minimise(undefined_beyond_one, NULL, x, NULL, &result, &error), UF_INTERNAL);
    expect_within(gsl_vector_get(x, 0), 2, 0, "untouched");
    gsl_vector_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_bottom_of_a_curved_valley),
        cmocka_unit_test(kinks_do_not_stop_it),
        cmocka_unit_test(the_limit_holds_and_the_start_is_never_lost),
        cmocka_unit_test(where_the_function_is_not_defined_it_does_not_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
