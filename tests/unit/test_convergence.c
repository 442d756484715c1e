// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_errno.h>
#include <math.h>
#include <utfall/convergence.h>
#include <utfall/random.h>

#include "support/activity_panel.h"
#include "support/small_panel.h"
#include "support/test.h"

/* Each region closes the same share of its gap every year: the speed comes back exactly. */
static void known_speed_is_found(void **state)
{
    (void)state;
    enum { N = 12 };
    const double speed = 0.03, years = 10, level = log(400);
    double start[N], end[N];
    for (size_t i = 0; i < N; i++) {
        double gap = 0.1 * (double)i - 0.7;
        start[i] = exp(level + gap);
        end[i] = exp(level + gap * exp(-speed * years) + (i % 2 ? 1e-9 : -1e-9)); /* not a perfect fit */
    }
    struct uf_beta_convergence found;
    struct uf_error error;
    assert_ok(uf_beta_convergence(start, end, N, years, NULL, NULL, &found, &error), &error);
    expect_close(found.speed, speed, 1e-7, "speed");
    expect_close(found.half_life, log(2) / speed, 1e-7, "half-life");
    assert_true(found.p_value < 1e-10);
    end[3] = NAN;
    assert_ok(uf_beta_convergence(start, end, N, years, NULL, NULL, &found, &error), &error);
    assert_int_equal(found.n, N - 1);
    assert_int_equal(found.left_out, 1);
    for (size_t i = 0; i < N; i++) end[i] = start[i] * pow(start[i] / 400, 0.2);
    end[0] *= 1.001;
    assert_ok(uf_beta_convergence(start, end, N, years, NULL, NULL, &found, &error), &error);
    assert_true(found.beta > 0 && found.speed < 0 && isnan(found.half_life));
}

static void what_cannot_be_told_is_refused(void **state)
{
    (void)state;
    const double equal[] = {3, 3, 3, 3}, start[] = {1, 2, 3, 4}, end[] = {2, 3, 4, 4.5},
                 zero[] = {1, 0, 3, 4};
    struct uf_beta_convergence found;
    struct uf_error error;
    assert_int_equal(uf_beta_convergence(equal, end, 4, 5, NULL, NULL, &found, &error), UF_NOT_IDENTIFIED);
    assert_int_equal(uf_beta_convergence(start, end, 2, 5, NULL, NULL, &found, &error), UF_NOT_IDENTIFIED);
    assert_int_equal(uf_beta_convergence(zero, end, 4, 5, NULL, NULL, &found, &error), UF_BAD_INPUT);
    assert_int_equal(uf_beta_convergence(start, end, 4, 0, NULL, NULL, &found, &error), UF_BAD_USAGE);
    gsl_matrix *same = gsl_matrix_alloc(4, 1);
    for (size_t i = 0; i < 4; i++) gsl_matrix_set(same, i, 0, 2 * log(start[i]));
    assert_int_equal(uf_beta_convergence(start, end, 4, 5, same, NULL, &found, &error), UF_NOT_IDENTIFIED);
    assert_int_equal(uf_beta_convergence(start, end, 3, 5, same, NULL, &found, &error), UF_BAD_USAGE);
    gsl_matrix_free(same);
}

static void spread_of_the_same_regions(void **state)
{
    (void)state;
    gsl_matrix *value = gsl_matrix_alloc(3, 3);
    const double time[] = {2000, 2001, 2002}, now[] = {2000, 2000, 2000};
    for (size_t t = 0; t < 3; t++) {
        gsl_matrix_set(value, 0, t, 1);
        gsl_matrix_set(value, 1, t, exp(3 - (double)t)); /* deviations 3, 2, 1 over √2 */
        gsl_matrix_set(value, 2, t, 50);
    }
    gsl_matrix_set(value, 2, 1, NAN);
    double deviation[3];
    struct uf_sigma_trend trend;
    size_t n;
    struct uf_error error;
    assert_ok(uf_sigma_convergence(value, time, deviation, &trend, &n, &error), &error);
    assert_int_equal(n, 2);
    for (size_t t = 0; t < 3; t++) expect_close(deviation[t], (3 - (double)t) / sqrt(2), 1e-13, "deviation");
    expect_close(trend.slope, -1 / sqrt(2), 1e-12, "slope");
    assert_int_equal(uf_sigma_convergence(value, now, deviation, &trend, &n, &error), UF_NOT_IDENTIFIED);
    gsl_matrix_set(value, 0, 0, NAN);
    assert_int_equal(uf_sigma_convergence(value, time, deviation, &trend, &n, &error), UF_NOT_IDENTIFIED);
    gsl_matrix_set(value, 0, 0, -1);
    assert_int_equal(uf_sigma_convergence(value, time, deviation, &trend, &n, &error), UF_BAD_INPUT);
    gsl_matrix_free(value);
}

static double log_deviation(const double *value, size_t n)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++) mean += log(value[i]) / (double)n;
    for (size_t i = 0; i < n; i++) squares += pow(log(value[i]) - mean, 2);
    return sqrt(squares / (double)(n - 1));
}

/* Against all corners, and a fine grid of levels that all are clipped to. */
static void spread_has_its_band(void **state)
{
    (void)state;
    enum { N = 9, PERIODS = 3, LEVELS = 20000 };
    static const char *const columns[] = {"value"};
    const double half = 50;
    struct uf_panel *panel = small_panel_new(N, PERIODS, 2001, columns, 1);
    struct uf_random random;
    uf_random_init(&random, 7, UF_PURPOSE_SIMULATION, 0);
    for (size_t u = 0; u < N; u++)
        for (size_t t = 0; t < PERIODS; t++)
            *small_panel_cell(panel, 0, u, t) = 100 * floor(10 + 12 * uf_random_uniform(&random));
    for (int rounded = 0; rounded < 2; rounded++) {
        panel->columns[0].rounding = rounded ? 2 * half : 0;
        struct uf_result result;
        struct uf_error error;
        assert_ok(activity_run(&uf_method_convergence, panel, UF_ENGLISH, NULL, &result, &error), &error);
        const struct uf_table *table = uf_result_table(&result, "convergence-sigma");
        for (size_t t = 0; t < PERIODS; t++) {
            const double low = uf_table_number(table, t, uf_table_column(table, "deviation_low")),
                         high = uf_table_number(table, t, uf_table_column(table, "deviation_high"));
            if (!rounded) {
                assert_true(isnan(low) && isnan(high));
                continue;
            }
            double x[N], most = 0, least = INFINITY;
            for (size_t corner = 0; corner < (size_t)1 << N; corner++) {
                for (size_t u = 0; u < N; u++)
                    x[u] = *small_panel_cell(panel, 0, u, t) + (corner >> u & 1 ? half : -half);
                most = fmax(most, log_deviation(x, N));
            }
            for (size_t k = 0; k <= LEVELS; k++) {
                const double level = 800 + 1500.0 * (double)k / LEVELS;
                for (size_t u = 0; u < N; u++) {
                    const double shown = *small_panel_cell(panel, 0, u, t);
                    x[u] = fmin(fmax(level, shown - half), shown + half);
                }
                least = fmin(least, log_deviation(x, N));
            }
            expect_close(high, most, 1e-10, "the largest spread");
            expect_close(low, least, 1e-6, "the least spread");
            assert_true(low <= least + 1e-12);
        }
        uf_result_clear(&result);
    }
    small_panel_free(panel);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_speed_is_found), cmocka_unit_test(what_cannot_be_told_is_refused),
        cmocka_unit_test(spread_of_the_same_regions), cmocka_unit_test(spread_has_its_band)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
