// SPDX-License-Identifier: GPL-3.0-or-later
/* What must not change a synthetic control, and what it must recover. */
#include "support/shared.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utfall/synthetic_control.h>

enum { UNITS = 13, PERIODS = 14, START = 9, PREDICTORS = 4 };

struct example {
    gsl_matrix *x, *y;
    struct uf_synthetic_control_data data;
};

/* A fixed stream of numbers in −1…1. */
static uint32_t stream;
static double draw(void)
{
    stream = stream * 1664525u + 1013904223u;
    return (double)(stream >> 8) / 8388608.0 - 1;
}

static struct example example_new(void)
{
    struct example e = {.x = gsl_matrix_alloc(PREDICTORS, UNITS), .y = gsl_matrix_alloc(PERIODS, UNITS)};
    stream = 20240117;
    for (size_t u = 0; u < UNITS; u++) {
        double level = 10 + 3 * draw(), slope = 0.2 * draw();
        for (size_t t = 0; t < PERIODS; t++)
            gsl_matrix_set(e.y, t, u,
                           level + slope * (double)t + (0.4 + 0.1 * level) * sin((double)t) + 0.2 * draw());
        for (size_t p = 0; p < PREDICTORS; p++)
            gsl_matrix_set(e.x, p, u, level * (double)(p + 1) + slope * 9 + draw());
    }
    e.data = (struct uf_synthetic_control_data){e.x, e.y, START, 0, START - 1};
    return e;
}

static void example_free(struct example *e)
{
    gsl_matrix_free(e->x);
    gsl_matrix_free(e->y);
}

static struct uf_synthetic_control_fit fit_of(const struct example *e, size_t treated,
                                              enum uf_predictor_weights choice)
{
    struct uf_synthetic_control_fit fit;
    struct uf_error error;
    const struct uf_synthetic_control_options options = {.choice = choice};
    assert_ok(uf_synthetic_control(&e->data, treated, NULL, &options, &fit, &error), &error);
    return fit;
}

static void permuted_donors_change_nothing(void **state)
{
    (void)state;
    for (int nested = 0; nested < 2; nested++) {
        enum uf_predictor_weights choice = nested ? UF_PREDICTOR_WEIGHTS_NESTED : UF_PREDICTOR_WEIGHTS_EQUAL;
        struct example a = example_new(), b = example_new();
        for (size_t u = 0; u < UNITS; u++) {
            size_t to = u * 5 % UNITS;
            for (size_t p = 0; p < PREDICTORS; p++) gsl_matrix_set(b.x, p, to, gsl_matrix_get(a.x, p, u));
            for (size_t t = 0; t < PERIODS; t++) gsl_matrix_set(b.y, t, to, gsl_matrix_get(a.y, t, u));
        }
        struct uf_synthetic_control_fit one = fit_of(&a, 2, choice), other = fit_of(&b, 10, choice);
        /* Equal V: the same convex problem. Nested: the same search path, up to rounding that a search may
         * enlarge. */
        double tolerance = nested ? 1e-4 : 1e-11;
        expect_within(other.loss_v, one.loss_v, tolerance * (1 + one.loss_v), "loss_v");
        expect_within(other.mean_gap, one.mean_gap, nested ? 0.05 : 1e-11, "mean gap");
        for (size_t u = 0; !nested && u < UNITS; u++)
            expect_within(gsl_vector_get(other.weights, u * 5 % UNITS), gsl_vector_get(one.weights, u), 1e-9,
                          "weight");
        uf_synthetic_control_fit_clear(&one);
        uf_synthetic_control_fit_clear(&other);
        example_free(&a);
        example_free(&b);
    }
}

static void shifted_and_scaled_together_the_gap_only_scales(void **state)
{
    (void)state;
    struct example a = example_new(), b = example_new();
    gsl_matrix_scale(b.y, 250);
    gsl_matrix_add_constant(b.y, -1e4);
    for (size_t p = 0; p < PREDICTORS; p++) { /* each predictor in another unit */
        gsl_vector_view row = gsl_matrix_row(b.x, p);
        gsl_vector_scale(&row.vector, pow(10, (double)p - 2));
        gsl_vector_add_constant(&row.vector, 7.5);
    }
    struct uf_synthetic_control_fit one = fit_of(&a, 0, UF_PREDICTOR_WEIGHTS_EQUAL),
                                    other = fit_of(&b, 0, UF_PREDICTOR_WEIGHTS_EQUAL);
    for (size_t u = 0; u < UNITS; u++)
        expect_within(gsl_vector_get(other.weights, u), gsl_vector_get(one.weights, u), 1e-9, "weight");
    for (size_t t = 0; t < PERIODS; t++)
        expect_within(gsl_vector_get(other.gap, t), 250 * gsl_vector_get(one.gap, t), 1e-6, "gap");
    expect_close(other.ratio, one.ratio, 1e-8, "ratio");
    uf_synthetic_control_fit_clear(&one);
    uf_synthetic_control_fit_clear(&other);
    example_free(&a);
    example_free(&b);
}

static void a_mix_of_donors_is_recovered_with_its_effect(void **state)
{
    (void)state;
    struct example e = example_new();
    const size_t parts[] = {3, 7, 11};
    const double shares[] = {0.5, 0.3, 0.2};
    for (size_t t = 0; t < PERIODS; t++) {
        double value = t >= START ? 1.25 : 0;
        for (size_t i = 0; i < 3; i++) value += shares[i] * gsl_matrix_get(e.y, t, parts[i]);
        gsl_matrix_set(e.y, t, 0, value);
    }
    gsl_matrix_const_view before = gsl_matrix_const_submatrix(e.y, 0, 0, START, UNITS);
    e.data.predictors = &before.matrix;
    struct uf_synthetic_control_fit fit = fit_of(&e, 0, UF_PREDICTOR_WEIGHTS_EQUAL);
    expect_within(fit.loss_v, 0, 1e-20, "loss_v");
    for (size_t t = START; t < PERIODS; t++) expect_within(gsl_vector_get(fit.gap, t), 1.25, 1e-8, "effect");
    for (size_t i = 0; i < 3; i++)
        expect_within(gsl_vector_get(fit.weights, parts[i]), shares[i], 1e-8, "weight");
    assert_true(isinf(fit.ratio));
    uf_synthetic_control_fit_clear(&fit);
    example_free(&e);
}

/* However V is chosen, no weights fit the window better than those fitted to it directly; the search must lie
 * between the direct fit and equal weights. */
static void the_search_lies_between_equal_weights_and_the_direct_fit(void **state)
{
    (void)state;
    struct example e = example_new();
    gsl_matrix_const_view before = gsl_matrix_const_submatrix(e.y, 0, 0, START, UNITS);
    struct example direct = e;
    for (size_t u = 0; u < UNITS; u++) {
        struct uf_synthetic_control_fit nested = fit_of(&e, u, UF_PREDICTOR_WEIGHTS_NESTED),
                                        equal = fit_of(&e, u, UF_PREDICTOR_WEIGHTS_EQUAL);
        assert_true(nested.loss_v <= equal.loss_v * (1 + 1e-12));
        /* Undo the scaling by SD: give each period its variance as weight. */
        gsl_vector *variance = gsl_vector_alloc(START);
        for (size_t t = 0; t < START; t++) {
            double mean = 0, squares = 0;
            for (size_t i = 0; i < UNITS; i++) mean += gsl_matrix_get(e.y, t, i) / UNITS;
            for (size_t i = 0; i < UNITS; i++) squares += pow(gsl_matrix_get(e.y, t, i) - mean, 2);
            gsl_vector_set(variance, t, squares);
        }
        direct.data.predictors = &before.matrix;
        const struct uf_synthetic_control_options options = {.choice = UF_PREDICTOR_WEIGHTS_GIVEN,
                                                             .given = variance};
        struct uf_synthetic_control_fit bound;
        struct uf_error error;
        assert_ok(uf_synthetic_control(&direct.data, u, NULL, &options, &bound, &error), &error);
        assert_true(nested.loss_v >= bound.loss_v * (1 - 1e-9) - 1e-15);
        gsl_vector_free(variance);
        uf_synthetic_control_fit_clear(&nested);
        uf_synthetic_control_fit_clear(&equal);
        uf_synthetic_control_fit_clear(&bound);
    }
    example_free(&e);
}

static void the_number_of_threads_changes_no_bit(void **state)
{
    (void)state;
    struct example e = example_new();
    struct uf_synthetic_control_fit one[UNITS], many[UNITS];
    struct uf_error error;
    const struct uf_synthetic_control_batch single = {.threads = 1}, several = {.threads = 3};
    assert_ok(uf_synthetic_control_placebos(&e.data, 4, NULL, false, NULL, &single, one, &error), &error);
    assert_ok(uf_synthetic_control_placebos(&e.data, 4, NULL, false, NULL, &several, many, &error), &error);
    for (size_t u = 0; u < UNITS; u++) {
        if (u == 4) {
            assert_null(one[u].gap);
            continue;
        }
        assert_memory_equal(one[u].gap->data, many[u].gap->data, PERIODS * sizeof(double));
        assert_memory_equal(&one[u].ratio, &many[u].ratio, sizeof(double));
        /* The treated unit is no donor of a placebo, nor is the placebo its own. */
        assert_true(gsl_vector_get(one[u].weights, 4) == 0 && gsl_vector_get(one[u].weights, u) == 0);
        uf_synthetic_control_fit_clear(&one[u]);
        uf_synthetic_control_fit_clear(&many[u]);
    }
    example_free(&e);
}

static void leaving_a_donor_out_is_the_fit_without_it(void **state)
{
    (void)state;
    struct example e = example_new();
    struct uf_synthetic_control_fit fit = fit_of(&e, 1, UF_PREDICTOR_WEIGHTS_EQUAL), without[UNITS];
    const struct uf_synthetic_control_options options = {.choice = UF_PREDICTOR_WEIGHTS_EQUAL};
    struct uf_error error;
    assert_ok(uf_synthetic_control_leave_one_out(&e.data, 1, NULL, &fit, &options, NULL, without, &error),
              &error);
    size_t left = 0;
    for (size_t u = 0; u < UNITS; u++) {
        assert_true((without[u].gap != NULL) == (gsl_vector_get(fit.weights, u) > 0));
        if (!without[u].gap) continue;
        bool donor[UNITS];
        for (size_t i = 0; i < UNITS; i++) donor[i] = i != u;
        struct uf_synthetic_control_fit alone;
        assert_ok(uf_synthetic_control(&e.data, 1, donor, &options, &alone, &error), &error);
        expect_close(without[u].mean_gap, alone.mean_gap, 0, "mean gap");
        left++;
        uf_synthetic_control_fit_clear(&alone);
        uf_synthetic_control_fit_clear(&without[u]);
    }
    assert_int_equal(left, fit.n_positive);
    uf_synthetic_control_fit_clear(&fit);
    example_free(&e);
}

static int stop_at_once(void *user, double share)
{
    (void)user, (void)share;
    return 1;
}

static void a_batch_can_be_stopped(void **state)
{
    (void)state;
    struct example e = example_new();
    struct uf_synthetic_control_fit placebo[UNITS];
    struct uf_error error;
    const struct uf_synthetic_control_batch batch = {.threads = 1, .progress = stop_at_once};
    assert_int_equal(uf_synthetic_control_placebos(&e.data, 4, NULL, false, NULL, &batch, placebo, &error),
                     UF_INTERRUPTED);
    for (size_t u = 0; u < UNITS; u++) assert_null(placebo[u].gap);
    example_free(&e);
}

/* 289 donors × 20 years, each of them a placebo: the size of a whole country's municipalities. */
static void a_country_of_municipalities_is_quick(void **state)
{
    (void)state;
    struct raw_csv csv = raw_csv_read(need_shared("reference/own/data/sim_sc289.csv"));
    size_t unit = raw_csv_column(&csv, "unit"), year = raw_csv_column(&csv, "year"),
           y = raw_csv_column(&csv, "y"), treated = raw_csv_column(&csv, "treated");
    gsl_matrix *outcomes = gsl_matrix_alloc(20, 290);
    size_t treated_unit = SIZE_MAX, start = 20;
    for (size_t i = 0; i < csv.n_rows; i++) {
        size_t u = (size_t)raw_csv_number(&csv, i, unit) - 1,
               t = (size_t)raw_csv_number(&csv, i, year) - 2005;
        gsl_matrix_set(outcomes, t, u, raw_csv_number(&csv, i, y));
        if (raw_csv_number(&csv, i, treated) != 0) {
            treated_unit = u;
            if (t < start) start = t;
        }
    }
    raw_csv_free(&csv);
    assert_true(treated_unit < 290 && start < 20);
    gsl_matrix_const_view before = gsl_matrix_const_submatrix(outcomes, 0, 0, start, 290);
    struct uf_synthetic_control_data data = {&before.matrix, outcomes, start, 0, start - 1};
    const struct uf_synthetic_control_options options = {.choice = UF_PREDICTOR_WEIGHTS_EQUAL};
    struct uf_synthetic_control_fit fit, *placebo = calloc(290, sizeof *placebo);
    struct uf_error error;
    clock_t begun = clock();
    assert_ok(uf_synthetic_control(&data, treated_unit, NULL, &options, &fit, &error), &error);
    assert_ok(
        uf_synthetic_control_placebos(&data, treated_unit, NULL, false, &options, NULL, placebo, &error),
        &error);
    size_t rank = 1;
    for (size_t u = 0; u < 290; u++) {
        if (!placebo[u].gap) continue;
        rank += placebo[u].ratio >= fit.ratio;
        assert_true(placebo[u].kkt_residual < 1e-13);
        uf_synthetic_control_fit_clear(&placebo[u]);
    }
    print_message("289 donors, 289 placebos: %.3f s; gap %.3f, RMSPE before %.4f, rank %zu of 290\n",
                  (double)(clock() - begun) / CLOCKS_PER_SEC, fit.mean_gap, fit.rmspe_before, rank);
    uf_synthetic_control_fit_clear(&fit);
    free(placebo);
    gsl_matrix_free(outcomes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permuted_donors_change_nothing),
        cmocka_unit_test(shifted_and_scaled_together_the_gap_only_scales),
        cmocka_unit_test(a_mix_of_donors_is_recovered_with_its_effect),
        cmocka_unit_test(the_search_lies_between_equal_weights_and_the_direct_fit),
        cmocka_unit_test(the_number_of_threads_changes_no_bit),
        cmocka_unit_test(leaving_a_donor_out_is_the_fit_without_it),
        cmocka_unit_test(a_batch_can_be_stopped),
        cmocka_unit_test(a_country_of_municipalities_is_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
