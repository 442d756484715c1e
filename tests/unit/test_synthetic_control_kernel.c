// SPDX-License-Identifier: GPL-3.0-or-later
/* What the kernel refuses, and its numbers on an example small enough to do by hand. */
#include "support/test.h"

#include <math.h>
#include <utfall/synthetic_control.h>

/* Three units, four periods, start in the third. Unit 0 lies half-way between 1 and 2 before, and 3 above
 * afterwards. */
static const double outcomes[] = {2, 1, 3, /* */ 3, 2, 4, /* */ 7, 3, 5, /* */ 8, 4, 6};

static uf_status fit_example(size_t start, size_t fit_to, const bool *donor, const double *values,
                             const struct uf_synthetic_control_options *options,
                             struct uf_synthetic_control_fit *fit)
{
    gsl_matrix_const_view y = gsl_matrix_const_view_array(values, 4, 3);
    gsl_matrix_const_view x = gsl_matrix_const_submatrix(&y.matrix, 0, 0, 2, 3);
    struct uf_synthetic_control_data data = {&x.matrix, &y.matrix, start, 0, fit_to};
    struct uf_error error;
    return uf_synthetic_control(&data, 0, donor, options, fit, &error);
}

static void half_and_half(void **state)
{
    (void)state;
    const struct uf_synthetic_control_options equal = {.choice = UF_PREDICTOR_WEIGHTS_EQUAL};
    struct uf_synthetic_control_fit fit;
    assert_int_equal(fit_example(2, 1, NULL, outcomes, &equal, &fit), UF_OK);
    expect_close(gsl_vector_get(fit.weights, 1), 0.5, 1e-14, "weight");
    expect_close(gsl_vector_get(fit.weights, 2), 0.5, 1e-14, "weight");
    expect_within(gsl_vector_get(fit.weights, 0), 0, 0, "the treated is no donor");
    expect_close(gsl_vector_get(fit.synthetic, 3), 5, 1e-14, "synthetic");
    expect_close(fit.mean_gap, 3, 1e-14, "mean gap");
    expect_close(fit.rmspe_after, 3, 1e-14, "RMSPE after");
    assert_true(isinf(fit.ratio));
    assert_int_equal(fit.n_donors, 2);
    uf_synthetic_control_fit_clear(&fit);
    uf_synthetic_control_fit_clear(&fit); /* twice is fine */
}

static void a_single_donor_takes_all_and_the_ratio_is_finite(void **state)
{
    (void)state;
    const bool only_second[] = {false, true, false};
    struct uf_synthetic_control_fit fit;
    assert_int_equal(fit_example(2, 1, only_second, outcomes, NULL, &fit), UF_OK);
    expect_close(gsl_vector_get(fit.weights, 1), 1, 0, "weight");
    expect_close(fit.rmspe_before, 1, 1e-15, "RMSPE before");
    expect_close(fit.ratio, 4, 1e-14, "ratio");
    uf_synthetic_control_fit_clear(&fit);
}

/* The treated unit moves as the mean of the others throughout: 0/0 is undefined, neither 0 nor 1. */
static void no_gap_at_all_has_no_ratio(void **state)
{
    (void)state;
    const double flat[] = {2, 1, 3, 3, 2, 4, 4, 3, 5, 5, 4, 6};
    struct uf_synthetic_control_fit fit;
    assert_int_equal(fit_example(2, 1, NULL, flat, NULL, &fit), UF_OK);
    expect_within(fit.mean_gap, 0, 1e-14, "mean gap");
    assert_true(isnan(fit.ratio));
    uf_synthetic_control_fit_clear(&fit);
}

static void what_does_not_fit_together_is_refused(void **state)
{
    (void)state;
    struct uf_synthetic_control_fit fit = {.mean_gap = -7};
    const bool nobody[] = {true, false, false};
    double holed[12];
    for (size_t i = 0; i < 12; i++) holed[i] = i == 5 ? NAN : outcomes[i];
    gsl_vector *v = gsl_vector_calloc(2), *three = gsl_vector_calloc(3);
    const struct uf_synthetic_control_options zeros = {.choice = UF_PREDICTOR_WEIGHTS_GIVEN, .given = v},
                                              many = {.choice = UF_PREDICTOR_WEIGHTS_GIVEN, .given = three},
                                              none = {.choice = UF_PREDICTOR_WEIGHTS_GIVEN};
    assert_int_equal(fit_example(2, 1, nobody, outcomes, NULL, &fit), UF_INTERNAL);
    assert_int_equal(fit_example(0, 0, NULL, outcomes, NULL, &fit), UF_INTERNAL);
    assert_int_equal(fit_example(4, 1, NULL, outcomes, NULL, &fit), UF_INTERNAL);
    assert_int_equal(fit_example(2, 2, NULL, outcomes, NULL, &fit), UF_INTERNAL);
    assert_int_equal(fit_example(2, 1, NULL, holed, NULL, &fit), UF_INTERNAL);
    assert_int_equal(fit_example(2, 1, NULL, outcomes, &zeros, &fit), UF_INTERNAL);
    assert_int_equal(fit_example(2, 1, NULL, outcomes, &many, &fit), UF_INTERNAL);
    assert_int_equal(fit_example(2, 1, NULL, outcomes, &none, &fit), UF_INTERNAL);
    expect_close(fit.mean_gap, -7, 0, "untouched");
    gsl_vector_free(v);
    gsl_vector_free(three);
    /* A unit that is no donor may have holes. */
    const bool only_second[] = {false, true, false};
    assert_int_equal(fit_example(2, 1, only_second, holed, NULL, &fit), UF_OK);
    uf_synthetic_control_fit_clear(&fit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_and_half),
        cmocka_unit_test(a_single_donor_takes_all_and_the_ratio_is_finite),
        cmocka_unit_test(no_gap_at_all_has_no_ratio),
        cmocka_unit_test(what_does_not_fit_together_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
