// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * β- and σ-convergence of GDP per inhabitant in 402 German counties against R's lm and REAT 3.0.3.
 *
 * Not compared, and why: Lambda and Halflife of REAT's betaconv (β is already per year and is converted as if
 * it were not: 1356 years instead of 92), betaconv.nls (converts λ again), sigma_cv_* (coefficients of
 * variation, of logs by default), sigma's F test on unweighted logs, rank mobility. REAT's default deviation
 * divides by n; ours by n − 1, so that slopes differ by √(n/(n − 1)) and t by nothing.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/convergence.h>

#include "support/peer_results.h"
#include "support/test.h"

enum { COUNTIES = 402 };

static void read_column(const char *name, double *out)
{
    struct raw_csv csv = raw_csv_read(need_shared("reference/peers/data/g_counties_gdp.csv"));
    assert_int_equal(csv.n_rows, COUNTIES);
    for (size_t i = 0; i < COUNTIES; i++) out[i] = raw_csv_number(&csv, i, raw_csv_column(&csv, name));
    raw_csv_free(&csv);
}

static json_t *results(void)
{
    return load_json(need_shared("reference/peers/results/convergence_g_counties_gdp.json"));
}

static void check_beta(const json_t *expected, const struct uf_beta_convergence *found)
{
    const json_t *coefficients = json_object_get(expected, "coef");
    expect_close(found->intercept, peer_cell(coefficients, "(Intercept)", "Estimate"), 1e-10, "intercept");
    expect_close(found->beta, peer_cell(coefficients, "l", "Estimate"), 1e-10, "beta");
    expect_close(found->std_error, peer_cell(coefficients, "l", "Std. Error"), 1e-10, "standard error");
    expect_close(found->p_value, peer_cell(coefficients, "l", "Pr(>|t|)"), 1e-8, "p");
    expect_close(found->r_squared, json_number_value(json_object_get(expected, "r2")), 1e-9, "R squared");
    expect_close(found->speed, json_number_value(json_object_get(expected, "lambda_textbook")), 1e-10,
                 "speed");
    expect_close(found->half_life, json_number_value(json_object_get(expected, "halflife_textbook")), 1e-10,
                 "half-life");
}

static void beta_with_and_without_a_control(void **state)
{
    (void)state;
    double start[COUNTIES], end[COUNTIES];
    read_column("gdppc2000", start);
    read_column("gdppc2014", end);
    json_t *json = results();
    struct uf_beta_convergence found;
    struct uf_error error;
    assert_ok(uf_beta_convergence(start, end, COUNTIES, 14, NULL, NULL, &found, &error), &error);
    check_beta(peer_value(json, "own_beta_2000_2014"), &found);
    expect_close(found.beta, -0.00713226, 1e-6, "the headline");
    gsl_matrix *west = gsl_matrix_alloc(COUNTIES, 1);
    struct raw_csv csv = raw_csv_read(need_shared("reference/peers/data/g_counties_gdp.csv"));
    for (size_t i = 0; i < COUNTIES; i++)
        gsl_matrix_set(west, i, 0,
                       strcmp(csv.cell[i * csv.n_columns + raw_csv_column(&csv, "regional")], "West") == 0);
    raw_csv_free(&csv);
    assert_ok(uf_beta_convergence(start, end, COUNTIES, 14, west, NULL, &found, &error), &error);
    check_beta(peer_value(json, "own_beta_2000_2014_West"), &found);
    gsl_matrix_free(west);
    read_column("gdppc2010", start);
    read_column("gdppc2011", end);
    assert_ok(uf_beta_convergence(start, end, COUNTIES, 1, NULL, NULL, &found, &error), &error);
    check_beta(peer_value(json, "own_beta_2010_2011"), &found);
    json_decref(json);
}

/* HC1 errors against R; λ ± t·se(λ) by hand; β with each region its own cluster has the errors of HC1 without its
 * factor. */
static void other_errors_and_intervals(void **state)
{
    (void)state;
    double start[COUNTIES], end[COUNTIES], fitted[COUNTIES];
    size_t own[COUNTIES];
    read_column("gdppc2000", start);
    read_column("gdppc2014", end);
    for (size_t i = 0; i < COUNTIES; i++) own[i] = i;
    json_t *json = results();
    const json_t *expected = peer_value(json, "own_beta_2000_2014");
    struct uf_beta_convergence hc1, cr0, iid;
    struct uf_error error;
    const struct uf_beta_options robust = {.covariance = UF_COVARIANCE_HC1, .fitted = fitted},
                                 clustered = {.covariance = UF_COVARIANCE_CR0,
                                              .cluster = own,
                                              .n_groups = COUNTIES},
                                 wrong = {.covariance = UF_COVARIANCE_CR1};
    assert_ok(uf_beta_convergence(start, end, COUNTIES, 14, NULL, &robust, &hc1, &error), &error);
    expect_close(hc1.std_error, peer_named(json_object_get(expected, "hc1_se"), "l"), 1e-9, "HC1");
    assert_ok(uf_beta_convergence(start, end, COUNTIES, 14, NULL, &clustered, &cr0, &error), &error);
    expect_close(cr0.std_error, hc1.std_error * sqrt(400.0 / 402), 1e-10, "CR0 of single regions");
    assert_int_equal(cr0.n_clusters, COUNTIES);
    assert_int_equal(uf_beta_convergence(start, end, COUNTIES, 14, NULL, &wrong, &cr0, &error), UF_BAD_USAGE);
    assert_ok(uf_beta_convergence(start, end, COUNTIES, 14, NULL, NULL, &iid, &error), &error);
    const double t = 1.965912, se = iid.std_error / (1 + 14 * iid.beta); /* qt(0.975, 400) */
    expect_close(iid.conf_high, iid.beta + t * iid.std_error, 1e-6, "interval of beta");
    expect_close(iid.speed_low, iid.speed - t * se, 1e-6, "interval of the speed");
    expect_close(iid.half_life_low, log(2) / (iid.speed + t * se), 1e-6, "shortest half-life");
    expect_close(iid.half_life_high, log(2) / (iid.speed - t * se), 1e-6, "longest half-life");
    expect_close(iid.half_life, 92.25, 1e-4, "the headline");
    double sum = 0, growth = 0;
    for (size_t i = 0; i < COUNTIES; i++) sum += fitted[i], growth += log(end[i] / start[i]) / 14;
    expect_close(sum, growth, 1e-10, "fitted values have the mean of the growth");
    json_decref(json);
}

static void sigma_and_its_trend(void **state)
{
    (void)state;
    json_t *json = results();
    gsl_matrix *value = gsl_matrix_alloc(COUNTIES, 5);
    double time[5], deviation[5];
    for (size_t t = 0; t < 5; t++) {
        char name[16];
        double column[COUNTIES];
        snprintf(name, sizeof name, "gdppc%d", 2010 + (int)t);
        read_column(name, column);
        time[t] = 2010 + (double)t;
        for (size_t i = 0; i < COUNTIES; i++) gsl_matrix_set(value, i, t, column[i]);
    }
    struct uf_sigma_trend trend;
    size_t n;
    struct uf_error error;
    assert_ok(uf_sigma_convergence(value, time, deviation, &trend, &n, &error), &error);
    assert_int_equal(n, COUNTIES);
    const double scale = sqrt(402.0 / 401.0);
    const json_t *expected = peer_value(json, "sigma_trend_2010_2014");
    for (size_t t = 0; t < 5; t++)
        expect_close(deviation[t],
                     scale * peer_item(json_object_get(expected, "sigma.trend"), "sigma.years", t), 1e-12,
                     "deviation");
    const json_t *estimates = json_object_get(expected, "estimates");
    expect_close(trend.slope, scale * peer_cell(estimates, "Time", "Estimate"), 1e-9, "slope");
    expect_close(trend.std_error, scale * peer_cell(estimates, "Time", "Std. Error"), 1e-9, "standard error");
    expect_close(trend.p_value, peer_cell(estimates, "Time", "Pr(>|t|)"), 1e-8, "p");
    gsl_matrix_free(value);
    json_decref(json);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(beta_with_and_without_a_control),
                                       cmocka_unit_test(other_errors_and_intervals),
                                       cmocka_unit_test(sigma_and_its_trend)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
