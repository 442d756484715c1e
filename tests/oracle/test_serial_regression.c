// SPDX-License-Identifier: GPL-3.0-or-later
/* Prais–Winsten and Newey–West against a published table and against R.
 *
 * The static Phillips curve of the United States, 1948–1996: inflation on unemployment. Wooldridge, Introductory
 * Econometrics, table 12.2: least squares 1.424 (1.719), 0.468 (0.289); Prais–Winsten 8.296 (2.231), −0.716 (0.313), ρ 0.781.
 * More digits: R 4.2, generalised least squares with the dense covariance matrix iterated to rest, and sandwich 3.0
 * (NeweyWest, prewhite = FALSE, adjust = TRUE). */
#include "support/test.h"

#include <math.h>
#include <utfall/interrupted_time_series.h>

static const double inflation[] = {8.1,  -1.2, 1.3, 7.9, 1.9, 0.8,  0.7,  -0.4, 1.5, 3.3, 2.8, 0.7, 1.7,
                                   1.0,  1.0,  1.3, 1.3, 1.6, 2.9,  3.1,  4.2,  5.5, 5.7, 4.4, 3.2, 6.2,
                                   11.0, 9.1,  5.8, 6.5, 7.6, 11.3, 13.5, 10.3, 6.2, 3.2, 4.3, 3.6, 1.9,
                                   3.6,  4.1,  4.8, 5.4, 4.2, 3.0,  3.0,  2.6,  2.8, 3.0};
static const double unemployment[] = {3.8, 5.9, 5.3, 3.3, 3.0, 2.9, 5.5, 4.4, 4.1, 4.3, 6.8, 5.5, 5.5,
                                      6.7, 5.5, 5.7, 5.2, 4.5, 3.8, 3.8, 3.6, 3.5, 4.9, 5.9, 5.6, 4.9,
                                      5.6, 8.5, 7.7, 7.1, 6.1, 5.8, 7.1, 7.6, 9.7, 9.6, 7.5, 7.2, 7.0,
                                      6.2, 5.5, 5.3, 5.6, 6.8, 7.5, 6.9, 6.1, 5.6, 5.4};
enum { YEARS = sizeof inflation / sizeof *inflation };

static struct uf_serial_fit phillips(struct uf_serial_options options)
{
    struct uf_serial_fit fit;
    struct uf_error error;
    long time[YEARS];
    gsl_matrix *x = gsl_matrix_alloc(YEARS, 2);
    gsl_vector_const_view y = gsl_vector_const_view_array(inflation, YEARS);
    for (size_t i = 0; i < YEARS; i++) {
        time[i] = 1948 + (long)i;
        gsl_matrix_set(x, i, 0, 1);
        gsl_matrix_set(x, i, 1, unemployment[i]);
    }
    assert_ok(uf_serial_fit(x, &y.vector, time, &options, &fit, &error), &error);
    gsl_matrix_free(x);
    return fit;
}

static void expect_coefficient(const struct uf_serial_fit *fit, size_t j, double estimate, double std_error)
{
    expect_close(gsl_vector_get(fit->coefficients, j), estimate, 1e-9, "coefficient");
    expect_close(sqrt(gsl_matrix_get(fit->covariance, j, j)), std_error, 1e-9, "standard error");
}

static void wooldridge_table_12_2(void **state)
{
    (void)state;
    struct uf_serial_fit fit = phillips((struct uf_serial_options){.kind = UF_SERIAL_PRAIS_WINSTEN});
    expect_within(gsl_vector_get(fit.coefficients, 0), 8.296, 5e-4, "as printed");
    expect_within(gsl_vector_get(fit.coefficients, 1), -0.716, 5e-4, "as printed");
    expect_within(sqrt(gsl_matrix_get(fit.covariance, 0, 0)), 2.231, 5e-4, "as printed");
    expect_within(sqrt(gsl_matrix_get(fit.covariance, 1, 1)), 0.313, 5e-4, "as printed");
    expect_within(fit.rho, 0.781, 5e-4, "as printed");
    expect_close(fit.rho, 0.780544655504206, 1e-10, "rho");
    expect_coefficient(&fit, 0, 8.295912037747989, 2.231430023570272);
    expect_coefficient(&fit, 1, -0.715659027702902, 0.313452230094103);
    expect_close(fit.df, 47, 0, "n - k");
    assert_true(fit.converged && !fit.at_bound);
    uf_serial_fit_clear(&fit);
}

static void newey_west_with_three_lags(void **state)
{
    (void)state;
    struct uf_serial_fit fit = phillips((struct uf_serial_options){UF_SERIAL_NEWEY_WEST, true, 3});
    expect_coefficient(&fit, 0, 1.423610018312597, 1.515018882428518);
    expect_coefficient(&fit, 1, 0.467625698907511, 0.291605559067071);
    assert_int_equal(fit.lag, 3);
    uf_serial_fit_clear(&fit);
    /* 4 (49/100)^(2/9) = 3.41 */
    fit = phillips((struct uf_serial_options){.kind = UF_SERIAL_NEWEY_WEST});
    assert_int_equal(fit.lag, 3);
    uf_serial_fit_clear(&fit);
}

enum { GDP_YEARS = 21 };
static struct uf_its_series gdp_series(double *y, long *time)
{
    static const double sums[GDP_YEARS] = {600500, 570600, 598000, 624500, 650200, 656600, 700900,
                                           729800, 722400, 622700, 752300, 818000, 844800, 857000,
                                           834100, 847500, 859400, 878200, 854800, 851700, 853200};
    for (size_t i = 0; i < GDP_YEARS; i++) y[i] = sums[i] / 21, time[i] = 2000 + (long)i;
    return (struct uf_its_series){.n = GDP_YEARS, .outcome = y, .time = time, .start = 2018};
}

/* The mean of the 21 Swedish counties' GDP per inhabitant (euro) as shipped, 2000–2020, with the start in 2018; R as above. */
static void an_interrupted_series(void **state)
{
    (void)state;
    double y[GDP_YEARS];
    long time[GDP_YEARS];
    const struct uf_its_series series = gdp_series(y, time);
    struct uf_its its;
    struct uf_error error;
    assert_ok(uf_its_fit(&series, &(struct uf_serial_options){.kind = UF_SERIAL_PRAIS_WINSTEN}, &its, &error),
              &error);
    expect_close(its.fit.rho, 0.206499207270886, 1e-9, "rho");
    expect_coefficient(&its.fit, UF_ITS_CONSTANT, 43305.922423696538, 1008.7634395756314);
    expect_coefficient(&its.fit, UF_ITS_TREND, 890.685813390122, 92.5881412986932);
    expect_coefficient(&its.fit, UF_ITS_LEVEL, -2518.526202968099, 1816.7218581661791);
    expect_coefficient(&its.fit, UF_ITS_SLOPE, -988.575485471745, 1194.8128076989851);
    uf_its_clear(&its);
    assert_ok(uf_its_fit(&series, &(struct uf_serial_options){.kind = UF_SERIAL_NEWEY_WEST}, &its, &error),
              &error);
    assert_int_equal(its.fit.lag, 2);
    expect_coefficient(&its.fit, UF_ITS_LEVEL, -2725.645813881102, 847.9460122579751);
    expect_coefficient(&its.fit, UF_ITS_SLOPE, -939.068258882503, 53.7220172018956);
    double estimate, variance;
    uf_its_departure(&its, &series, 2019, &estimate, &variance);
    expect_close(estimate, -3664.714072763605, 1e-9, "mean departure");
    expect_close(sqrt(variance), 891.822539293893, 1e-9, "its error");
    uf_its_clear(&its);
}

/* The same series with the dependence integrated out: R 4.2, dense matrices and integrate() over the angle from −π/2 + 1e-3 to
 * π/2 − 5e-6, which leaves some 3e-7 out. */
static void dependence_integrated_out(void **state)
{
    (void)state;
    static const struct {
        bool slope;
        double time, estimate, std_error, p_value, low, high;
    } expected[] = {{false, 2019, -3161.14221395570212, 2098.72244495291898, 0.15210498471736,
                     -7466.24505429969577, 1545.66122937380419},
                    {false, 2018, -2226.94561773218584, 1992.59278002331439, 0.27809736907535,
                     -6382.72978394307665, 2026.41750178515736},
                    {true, 0, -934.19659622351651, 1334.31210231481373, 0.48567493070397,
                     -3740.48721038724989, 1909.70620996626576}};
    double y[GDP_YEARS];
    long time[GDP_YEARS];
    const struct uf_its_series series = gdp_series(y, time);
    struct uf_its its;
    struct uf_error error;
    assert_ok(uf_its_fit(&series, &(struct uf_serial_options){.kind = UF_SERIAL_INTEGRATED}, &its, &error),
              &error);
    expect_close(its.fit.rho, 0.52049212847998, 2e-6, "rho");
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct uf_t_test test = uf_its_test(&its, &series, expected[i].time, expected[i].slope, 0.95);
        double estimate = gsl_vector_get(its.fit.coefficients, UF_ITS_SLOPE), ignored;
        if (!expected[i].slope) uf_its_departure(&its, &series, expected[i].time, &estimate, &ignored);
        expect_close(estimate, expected[i].estimate, 1e-6, "estimate");
        expect_close(test.std_error, expected[i].std_error, 2e-6, "standard error");
        expect_close(test.p_value, expected[i].p_value, 5e-6, "p");
        expect_close(test.conf_low, expected[i].low, 2e-6, "lower end");
        expect_close(test.conf_high, expected[i].high, 1e-5, "upper end");
    }
    uf_its_clear(&its);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wooldridge_table_12_2),
        cmocka_unit_test(newey_west_with_three_lags),
        cmocka_unit_test(an_interrupted_series),
        cmocka_unit_test(dependence_integrated_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
