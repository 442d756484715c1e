// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_errno.h>
#include <math.h>
#include <utfall/concentration.h>

#include "support/activity_cases.h"
#include "support/test.h"

static void top_share_is_the_largest_sum(void **state)
{
    (void)state;
    const double value[] = {3, 9, 1, 7}, gap[] = {3, NAN}, empty[] = {0, 0};
    double share;
    struct uf_error error;
    assert_ok(uf_top_share(value, 4, 2, &share, &error), &error);
    expect_close(share, 0.8, 1e-15, "9 + 7 of 20");
    assert_ok(uf_top_share(value, 4, 4, &share, &error), &error);
    expect_close(share, 1, 1e-15, "all");
    assert_ok(uf_top_share(gap, 2, 1, &share, &error), &error);
    assert_true(isnan(share));
    assert_ok(uf_top_share(empty, 2, 1, &share, &error), &error);
    assert_true(isnan(share));
    assert_int_equal(uf_top_share(value, 4, 5, &share, &error), UF_BAD_USAGE);
    assert_int_equal(uf_top_share(value, 4, 0, &share, &error), UF_BAD_USAGE);
}

static void plants_decide_gamma(void **state)
{
    (void)state;
    const double all[] = {50, 30, 20}, sector[] = {10, 0, 0}, negative[] = {1, -2}, one[] = {4};
    double herfindahl;
    struct uf_ellison_glaeser found;
    struct uf_error error;
    assert_ok(uf_plant_herfindahl(one, 1, &herfindahl, &error), &error);
    expect_close(herfindahl, 1, 0, "one plant");
    /* one plant must be somewhere: concentration without agglomeration, and gamma has no meaning */
    assert_ok(uf_ellison_glaeser(sector, all, 3, herfindahl, &found, &error), &error);
    assert_true(isnan(found.gamma));
    /* many plants, all in one region: gamma is (G/(1 − Σx²) − H)/(1 − H) */
    assert_ok(uf_ellison_glaeser(sector, all, 3, 0.01, &found, &error), &error);
    expect_close(found.gamma, ((0.25 + 0.09 + 0.04) / 0.62 - 0.01) / 0.99, 1e-13, "gamma");
    /* spread as all activity: slightly below 0, since chance alone would concentrate more */
    assert_ok(uf_ellison_glaeser(all, all, 3, 0.01, &found, &error), &error);
    expect_close(found.gamma, -0.01 / 0.99, 1e-13, "gamma of an even spread");
    assert_int_equal(uf_ellison_glaeser(sector, all, 3, 0, &found, &error), UF_BAD_USAGE);
    assert_int_equal(uf_ellison_glaeser(sector, all, 3, 1.1, &found, &error), UF_BAD_USAGE);
    assert_int_equal(uf_plant_herfindahl(negative, 2, &herfindahl, &error), UF_BAD_INPUT);
}

static void given_totals_are_the_comparison(void **state)
{
    (void)state;
    struct draw draw = {41};
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw);
        gsl_vector *total = gsl_vector_calloc(x->size1);
        for (size_t r = 0; r < x->size1; r++)
            for (size_t s = 0; s < x->size2; s++) *gsl_vector_ptr(total, r) += gsl_matrix_get(x, r, s);
        struct uf_activity formed = {.value = x}, given = {.value = x, .total = total};
        struct uf_concentration a[ACTIVITY_MAX], b[ACTIVITY_MAX];
        struct uf_error error;
        assert_ok(uf_concentration(&formed, a, &error), &error);
        assert_ok(uf_concentration(&given, b, &error), &error);
        for (size_t s = 0; s < x->size2; s++) {
            expect_close(b[s].gini, a[s].gini, 1e-12, "Gini");
            expect_close(b[s].raw, a[s].raw, 1e-12, "G");
            expect_close(a[s].hoover, a[s].krugman / 2, 0, "Hoover");
            if (isnan(a[s].gini)) continue;
            assert_true(a[s].gini >= a[s].hoover - 1e-12 && a[s].gini < 1);
            assert_true(a[s].raw <= a[s].krugman * a[s].krugman + 1e-12);
        }
        gsl_vector_free(total);
        gsl_matrix_free(x);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(top_share_is_the_largest_sum),
        cmocka_unit_test(plants_decide_gamma),
        cmocka_unit_test(given_totals_are_the_comparison),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
