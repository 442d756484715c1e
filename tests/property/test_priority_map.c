// SPDX-License-Identifier: GPL-3.0-or-later
/* Quadrants against a few naive lines; what the entry model must fulfil whatever the figures. */
#include <math.h>
#include <string.h>
#include <utfall/priority.h>

#include "support/activity_cases.h"
#include "support/network.h"
#include "support/test.h"

/* The middle value by taking the smallest out again and again. */
static double naive_median(const double *values, size_t n)
{
    bool taken[20] = {false};
    double found[20];
    for (size_t k = 0; k < n; k++) {
        size_t least = SIZE_MAX;
        for (size_t i = 0; i < n; i++)
            if (!taken[i] && (least == SIZE_MAX || values[i] < values[least])) least = i;
        taken[least] = true;
        found[k] = values[least];
    }
    return n % 2 ? found[n / 2] : (found[n / 2 - 1] + found[n / 2]) / 2;
}

static void cuts_and_quadrants(void **state)
{
    (void)state;
    struct draw draw = {5};
    for (size_t k = 0; k < 400; k++) {
        double density[20], benefit[20], kept[2][20], sum[2] = {0, 0};
        bool candidate[20];
        size_t n = draw_below(&draw, 20), m = 0, counts[5] = {0};
        for (size_t s = 0; s < n; s++) {
            density[s] = draw_below(&draw, 6) ? draw_uniform(&draw) : (double)NAN;
            benefit[s] = draw_below(&draw, 6) ? (double)draw_below(&draw, 5) : (double)NAN;
            candidate[s] = draw_below(&draw, 3) > 0;
            if (!candidate[s] || isnan(density[s]) || isnan(benefit[s])) continue;
            sum[0] += kept[0][m] = density[s];
            sum[1] += kept[1][m++] = benefit[s];
        }
        struct uf_quadrant_cuts mean, median;
        struct uf_error error;
        assert_ok(uf_priority_cuts(density, benefit, candidate, n, UF_CUT_MEAN, &mean, &error), &error);
        assert_ok(uf_priority_cuts(density, benefit, candidate, n, UF_CUT_MEDIAN, &median, &error), &error);
        if (m == 0) {
            assert_true(isnan(mean.density) && isnan(median.benefit));
            continue;
        }
        expect_within(mean.density, sum[0] / (double)m, 1e-14, "mean density");
        expect_within(mean.benefit, sum[1] / (double)m, 1e-14, "mean benefit");
        expect_within(median.density, naive_median(kept[0], m), 1e-14, "median density");
        for (size_t s = 0; s < n; s++) counts[uf_priority_quadrant(density[s], benefit[s], mean)]++;
        for (size_t s = 0; s < n; s++) {
            enum uf_quadrant q = uf_priority_quadrant(density[s], benefit[s], mean);
            bool near = q == UF_QUADRANT_HIGH_ROAD || q == UF_QUADRANT_SLOW_ROAD;
            bool worth = q == UF_QUADRANT_HIGH_ROAD || q == UF_QUADRANT_CASINO;
            if (isnan(density[s]) || isnan(benefit[s])) {
                assert_int_equal(q, UF_QUADRANT_NONE);
                continue;
            }
            assert_int_equal(near, density[s] >= mean.density);
            assert_int_equal(worth, benefit[s] >= mean.benefit);
        }
        /* something lies on or above each mean */
        assert_true(counts[UF_QUADRANT_HIGH_ROAD] + counts[UF_QUADRANT_SLOW_ROAD] > 0);
    }
}

static void scores_vanish_and_scale_does_not_matter(void **state)
{
    (void)state;
    struct draw draw = {6};
    size_t fitted = 0;
    for (size_t k = 0; k < 60; k++) {
        size_t n_regions = 1 + draw_below(&draw, 9), n_sectors = 1 + draw_below(&draw, 12);
        gsl_matrix *before = random_presence(n_regions, n_sectors, 0.4, 100 + k);
        gsl_matrix *after = random_presence(n_regions, n_sectors, 0.5, 900 + k);
        gsl_matrix *density = gsl_matrix_alloc(n_regions, n_sectors);
        for (size_t i = 0; i < n_regions; i++)
            for (size_t j = 0; j < n_sectors; j++) {
                gsl_matrix_set(density, i, j, draw_below(&draw, 9) ? draw_uniform(&draw) : (double)NAN);
                if (draw_below(&draw, 11) == 0) gsl_matrix_set(after, i, j, NAN);
            }
        for (int exits = 0; exits < 2; exits++) {
            struct uf_entry_fit fit, scaled, linear;
            struct uf_error error;
            uf_status status =
                uf_entry_model(before, after, density, NULL, exits, UF_ENTRY_LOGIT, &fit, &error);
            if (status != UF_OK) {
                assert_int_equal(status, UF_NOT_IDENTIFIED);
                assert_true(strlen(error.message) > 0);
                continue;
            }
            fitted++;
            double score[2] = {0, 0}, mean = 0;
            size_t cells = 0;
            for (size_t i = 0; i < n_regions; i++)
                for (size_t j = 0; j < n_sectors; j++) {
                    double d = gsl_matrix_get(density, i, j), a = gsl_matrix_get(after, i, j);
                    if (gsl_matrix_get(before, i, j) != exits || isnan(d) || isnan(a)) continue;
                    double y = a != exits, p = 1 / (1 + exp(-fit.coefficient[0] - fit.coefficient[1] * d));
                    score[0] += y - p;
                    score[1] += (y - p) * d;
                    mean += y;
                    cells++;
                }
            assert_int_equal(cells, fit.n_cells);
            expect_within(mean, (double)fit.n_events, 0, "events");
            expect_within(score[0], 0, 1e-7, "score of the constant");
            expect_within(score[1], 0, 1e-7, "score of density");
            assert_ok(uf_entry_model(before, after, density, NULL, exits, UF_ENTRY_LINEAR, &linear, &error),
                      &error);
            expect_within(linear.marginal, linear.coefficient[1], 0, "linear: the coefficient itself");
            gsl_matrix_scale(density, 100);
            assert_ok(uf_entry_model(before, after, density, NULL, exits, UF_ENTRY_LOGIT, &scaled, &error),
                      &error);
            gsl_matrix_scale(density, 0.01);
            expect_within(scaled.coefficient[1] * 100, fit.coefficient[1],
                          1e-6 * (1 + fabs(fit.coefficient[1])), "per cent or share");
            expect_within(scaled.p[1], fit.p[1], 1e-6, "p does not change");
        }
        gsl_matrix_free(before);
        gsl_matrix_free(after);
        gsl_matrix_free(density);
    }
    assert_true(fitted > 40);
}

static void refusals_give_their_reason(void **state)
{
    (void)state;
    gsl_matrix *before = gsl_matrix_calloc(3, 4), *after = gsl_matrix_calloc(3, 4);
    gsl_matrix *density = gsl_matrix_calloc(3, 4);
    struct uf_entry_fit fit = {.n_cells = 77};
    struct uf_error error;
    assert_int_equal(uf_entry_model(before, after, density, NULL, true, UF_ENTRY_LOGIT, &fit, &error),
                     UF_NOT_IDENTIFIED);
    assert_string_equal(error.message, "no cell could have become an exit");
    assert_int_equal(uf_entry_model(before, after, density, NULL, false, UF_ENTRY_LOGIT, &fit, &error),
                     UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "0 of 12 cells changed"));
    gsl_matrix_set(after, 0, 1, 1);
    assert_int_equal(uf_entry_model(before, after, density, NULL, false, UF_ENTRY_LINEAR, &fit, &error),
                     UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "density does not vary"));
    gsl_matrix_set(density, 0, 1, 0.5);
    assert_int_equal(uf_entry_model(before, after, density, NULL, false, UF_ENTRY_LOGIT, &fit, &error),
                     UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "completely"));
    gsl_matrix_set(after, 2, 2, 0.3);
    assert_int_equal(uf_entry_model(before, after, density, NULL, false, UF_ENTRY_LOGIT, &fit, &error),
                     UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "row 3, column 3"));
    assert_int_equal(fit.n_cells, 77);
    gsl_matrix_free(before);
    gsl_matrix_free(after);
    gsl_matrix_free(density);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cuts_and_quadrants),
                                       cmocka_unit_test(scores_vanish_and_scale_does_not_matter),
                                       cmocka_unit_test(refusals_give_their_reason)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
