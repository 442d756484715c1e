// SPDX-License-Identifier: GPL-3.0-or-later
/* Adjusted p-values against numbers worked out by hand, and Romano–Wolf where its answer is known. */
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <utfall/distribution.h>
#include <utfall/multiple_testing.h>
#include <utfall/random.h>

static void holm_by_hand(void **state)
{
    (void)state;
    struct uf_error error;
    /* ascending .01 .02 .03 .04 .5 times 5 4 3 2 1: .05 .08 .09 .08 .5, then never falling */
    const double p[] = {0.04, 0.01, 0.5, 0.03, 0.02}, expected[] = {0.09, 0.05, 0.5, 0.09, 0.08};
    double out[5];
    assert_ok(uf_holm(p, 5, out, &error), &error);
    for (int i = 0; i < 5; i++) expect_close(out[i], expected[i], 1e-14, "Holm");
    const double high[] = {0.4, 0.6, 0.9};
    assert_ok(uf_holm(high, 3, out, &error), &error);
    for (int i = 0; i < 3; i++) expect_close(out[i], 1, 1e-14, "Holm stops at 1");
}

static void benjamini_hochberg_by_hand(void **state)
{
    (void)state;
    struct uf_error error;
    /* times 5/rank: .05 .05 .05 .05 .5 */
    const double p[] = {0.04, 0.01, 0.5, 0.03, 0.02}, expected[] = {0.05, 0.05, 0.5, 0.05, 0.05};
    double out[5];
    assert_ok(uf_benjamini_hochberg(p, 5, out, &error), &error);
    for (int i = 0; i < 5; i++) expect_close(out[i], expected[i], 1e-14, "BH");
    /* .001 · 4/1, .008 · 4/2, .039 · 4/3 = .052, .041 · 4/4 = .041: the last pulls the third down */
    const double second[] = {0.001, 0.008, 0.039, 0.041}, then[] = {0.004, 0.016, 0.041, 0.041};
    assert_ok(uf_benjamini_hochberg(second, 4, out, &error), &error);
    for (int i = 0; i < 4; i++) expect_close(out[i], then[i], 1e-14, "BH from the top");
}

static void tests_that_were_not_made(void **state)
{
    (void)state;
    struct uf_error error;
    double p[] = {0.01, NAN, 0.04}, out[3] = {7, 7, 7};
    assert_ok(uf_holm(p, 3, out, &error), &error);
    expect_close(out[0], 0.02, 1e-14, "two in the family");
    assert_true(isnan(out[1]));
    assert_ok(uf_benjamini_hochberg(p, 3, p, &error), &error); /* in place */
    expect_close(p[0], 0.02, 1e-14, "two in the family");
    expect_close(p[2], 0.04, 1e-14, "the last is itself");
    const double bad[] = {0.5, 1.2};
    out[0] = 7;
    assert_int_equal(uf_holm(bad, 2, out, &error), UF_BAD_INPUT);
    assert_int_equal(uf_benjamini_hochberg(bad, 2, out, &error), UF_BAD_INPUT);
    assert_true(out[0] == 7);
    assert_ok(uf_holm(bad, 0, out, &error), &error);
}

static void romano_wolf_by_hand(void **state)
{
    (void)state;
    struct uf_error error;
    const double statistic[] = {-1.5, 3, 2};
    /* |t*|, by row: maxima over all; over the two smaller; the smallest alone */
    double draws[] = {1,   2.5, 0.5, /* 2.5; 1; 1 */
                      -2,  1,   2.2, /* 2.2; 2.2; 2 */
                      0.1, -4,  0.3, /* 4; 0.3; 0.1 */
                      1.6, 0,   -0.2,
                      /* 1.6; 1.6; 1.6 */};
    gsl_matrix_view view = gsl_matrix_view_array(draws, 4, 3);
    double out[3];
    assert_ok(uf_romano_wolf(statistic, &view.matrix, out, &error), &error);
    expect_close(out[1], (1 + 1) / 5.0, 1e-14, "largest: 4 is beyond 3");
    expect_close(out[2], (1 + 1) / 5.0, 1e-14, "second: 2.2 is beyond 2");
    expect_close(out[0], (1 + 2) / 5.0, 1e-14, "smallest: 2 and 1.6 are beyond 1.5");
    const double untested[] = {NAN, 3, 2};
    assert_ok(uf_romano_wolf(untested, &view.matrix, out, &error), &error);
    assert_true(isnan(out[0]));
    gsl_matrix_set(&view.matrix, 0, 2, NAN); /* counts as large */
    assert_ok(uf_romano_wolf(untested, &view.matrix, out, &error), &error);
    expect_close(out[1], (1 + 2) / 5.0, 1e-14, "NaN among the draws");
    gsl_matrix none = view.matrix;
    none.size1 = 0;
    assert_int_equal(uf_romano_wolf(statistic, &none, out, &error), UF_BAD_USAGE);
}

/* One statistic many times over is one hypothesis; independent ones come near Šidák's 1 − (1 − p)^m, which is
 * never more than Holm's. */
static void romano_wolf_knows_the_dependence(void **state)
{
    (void)state;
    enum { DRAWS = 20000, M = 4 };
    struct uf_error error;
    const double statistic[M] = {2.2, 2.2, 2.2, 2.2};
    double out[M], single = uf_t_two_sided(2.2, INFINITY);
    for (int same = 0; same < 2; same++) {
        gsl_matrix *draws = gsl_matrix_alloc(DRAWS, M);
        for (size_t b = 0; b < DRAWS; b++) {
            struct uf_random random;
            uf_random_init(&random, 3, UF_PURPOSE_SIMULATION, b);
            for (size_t j = 0; j < M; j++) {
                double u = 1 - uf_random_uniform(&random), v = uf_random_uniform(&random);
                double z = sqrt(-2 * log(u)) * cos(2 * 3.141592653589793 * v);
                gsl_matrix_set(draws, b, j, same && j ? gsl_matrix_get(draws, b, 0) : z);
            }
        }
        assert_ok(uf_romano_wolf(statistic, draws, out, &error), &error);
        double expected = same ? single : 1 - pow(1 - single, M);
        for (size_t j = 0; j < M; j++) assert_true(out[j] <= out[3] || out[j] <= out[0]);
        double most = fmax(fmax(out[0], out[1]), fmax(out[2], out[3]));
        expect_within(most, expected, 4 * sqrt(expected / DRAWS), "adjusted p");
        gsl_matrix_free(draws);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holm_by_hand),
        cmocka_unit_test(benjamini_hochberg_by_hand),
        cmocka_unit_test(tests_that_were_not_made),
        cmocka_unit_test(romano_wolf_by_hand),
        cmocka_unit_test(romano_wolf_knows_the_dependence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
