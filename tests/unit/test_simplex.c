// SPDX-License-Identifier: GPL-3.0-or-later
/* The edges of the simplex solver; its agreement with slow twins is in property/test_simplex.c. */
#include "support/test.h"

#include <math.h>
#include <utfall/simplex.h>

static void one_column_gets_all_the_weight(void **state)
{
    (void)state;
    const double a[] = {1, 2, 3}, b[] = {0, 0, 1};
    gsl_matrix_const_view matrix = gsl_matrix_const_view_array(a, 3, 1);
    gsl_vector_const_view target = gsl_vector_const_view_array(b, 3);
    double weight[1];
    gsl_vector_view w = gsl_vector_view_array(weight, 1);
    struct uf_simplex_workspace *workspace;
    struct uf_simplex_fit fit;
    struct uf_error error;
    assert_ok(uf_simplex_workspace_new(5, 5, &workspace, &error), &error);
    assert_ok(uf_simplex_least_squares(workspace, &matrix.matrix, &target.vector, &w.vector, &fit, &error),
              &error);
    expect_close(weight[0], 1, 0, "weight");
    expect_close(fit.loss, 9, 1e-15, "loss");
    assert_true(fit.unique);
    uf_simplex_workspace_free(workspace);
    uf_simplex_workspace_free(NULL);
}

/* The point of the segment from (−1, 3) to (3, −1) nearest to the origin is its middle. */
static void the_foot_of_the_normal(void **state)
{
    (void)state;
    const double a[] = {-1, 3, 3, -1}, b[] = {0, 0};
    gsl_matrix_const_view matrix = gsl_matrix_const_view_array(a, 2, 2);
    gsl_vector_const_view target = gsl_vector_const_view_array(b, 2);
    double weight[2];
    gsl_vector_view w = gsl_vector_view_array(weight, 2);
    struct uf_simplex_workspace *workspace;
    struct uf_simplex_fit fit;
    struct uf_error error;
    assert_ok(uf_simplex_workspace_new(2, 2, &workspace, &error), &error);
    assert_ok(uf_simplex_least_squares(workspace, &matrix.matrix, &target.vector, &w.vector, &fit, &error),
              &error);
    expect_close(weight[0], 0.5, 1e-15, "first weight");
    expect_close(weight[1], 0.5, 1e-15, "second weight");
    expect_close(fit.loss, 2, 1e-15, "loss");
    assert_int_equal(fit.n_positive, 2);
    uf_simplex_workspace_free(workspace);
}

static void what_cannot_be_solved_is_refused_untouched(void **state)
{
    (void)state;
    const double a[] = {1, NAN, 2, 3}, b[] = {0, 0};
    gsl_matrix_const_view matrix = gsl_matrix_const_view_array(a, 2, 2);
    gsl_vector_const_view target = gsl_vector_const_view_array(b, 2),
                          shorter = gsl_vector_const_view_array(b, 1);
    double weight[] = {7, 8};
    gsl_vector_view w = gsl_vector_view_array(weight, 2);
    struct uf_simplex_workspace *workspace;
    struct uf_simplex_fit fit = {.loss = -1};
    struct uf_error error;
    assert_ok(uf_simplex_workspace_new(2, 2, &workspace, &error), &error);
    assert_int_equal(
        uf_simplex_least_squares(workspace, &matrix.matrix, &target.vector, &w.vector, &fit, &error),
        UF_INTERNAL);
    assert_int_equal(
        uf_simplex_least_squares(workspace, &matrix.matrix, &shorter.vector, &w.vector, &fit, &error),
        UF_INTERNAL);
    expect_close(weight[0], 7, 0, "untouched");
    expect_close(fit.loss, -1, 0, "untouched");
    uf_simplex_workspace_free(workspace);

    const double tall[] = {1, 2, 3, 4, 5, 6};
    gsl_matrix_const_view larger = gsl_matrix_const_view_array(tall, 3, 2);
    const double b3[] = {0, 0, 0};
    gsl_vector_const_view target3 = gsl_vector_const_view_array(b3, 3);
    assert_ok(uf_simplex_workspace_new(2, 2, &workspace, &error), &error);
    assert_int_equal(
        uf_simplex_least_squares(workspace, &larger.matrix, &target3.vector, &w.vector, &fit, &error),
        UF_INTERNAL);
    uf_simplex_workspace_free(workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_column_gets_all_the_weight),
        cmocka_unit_test(the_foot_of_the_normal),
        cmocka_unit_test(what_cannot_be_solved_is_refused_untouched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
