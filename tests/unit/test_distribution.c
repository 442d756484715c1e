// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <utfall/distribution.h>

static void t_against_closed_forms(void **state)
{
    (void)state;
    const double pi = 3.14159265358979323846;
    for (double t = 0.01; t < 1e6; t *= 3) {
        expect_close(uf_t_two_sided(t, 1), 2 / pi * atan(1 / t), 1e-12, "Cauchy");
        /* 1 − t/√(2+t²), written without cancellation */
        double root = sqrt(2 + t * t);
        expect_close(uf_t_two_sided(t, 2), 2 / (root * (root + t)), 1e-12, "2 df");
    }
    expect_close(uf_t_two_sided(-1.5, 7.3), uf_t_two_sided(1.5, 7.3), 0, "symmetric");
    expect_close(uf_t_two_sided(1.959963984540054, INFINITY), 0.05, 1e-12, "normal");
    /* fixest's p-values, far out and with many df (twfe_sweden.json) */
    expect_close(uf_t_two_sided(30.1853753394045, 5778), 5.38059419099832e-186, 1e-9, "far tail");
    expect_close(uf_t_two_sided(0.51812909, 47), 0.60679885, 1e-7, "middle");
    assert_true(isnan(uf_t_two_sided(1, 0)) && isnan(uf_t_two_sided(NAN, 5)));
}

static void quantiles_invert_tails(void **state)
{
    (void)state;
    const double dfs[] = {0.7, 1, 2.5, 14.203, 47, 5778, INFINITY};
    const double shares[] = {0.001, 0.025, 0.3, 0.6, 0.975, 0.9999};
    for (size_t i = 0; i < sizeof dfs / sizeof *dfs; i++) {
        for (size_t j = 0; j < sizeof shares / sizeof *shares; j++) {
            double q = uf_t_quantile(shares[j], dfs[i]), tail = shares[j] < 0.5 ? shares[j] : 1 - shares[j];
            assert_true((q < 0) == (shares[j] < 0.5));
            expect_close(uf_t_two_sided(q, dfs[i]) / 2, tail, 1e-10, "round trip");
        }
    }
    expect_close(uf_t_quantile(0.975, 20), 2.085963447265837, 1e-12, "table");
    expect_close(uf_t_quantile(0.5, 3), 0, 0, "median");
}

static void f_is_a_squared_t(void **state)
{
    (void)state;
    for (double t = 0.1; t < 50; t *= 2)
        expect_close(uf_f_upper(t * t, 1, 12.5), uf_t_two_sided(t, 12.5), 1e-12, "F(1, v)");
    expect_close(uf_f_upper(3, 2, 10), pow(1 + 2 * 3 / 10.0, -5), 1e-12, "F(2, v) in closed form");
    expect_close(uf_f_upper(2, 2, INFINITY), exp(-2), 1e-12, "chi square");
    assert_true(uf_f_upper(-1, 2, 3) == 1 && isnan(uf_f_upper(1, 0, 3)));
}

/* R 4.2.2: pf(f, df1, df2, ncp, lower.tail = FALSE), pchisq, qf. */
static void noncentral(void **state)
{
    (void)state;
    static const double cases[][5] = {{3, 2, 10, 1.5, 0.232784493917783},
                                      {4.1, 3, 17.3, 12, 0.603134692412265},
                                      {2.5, 8, 4.2, 30, 0.853821589204476},
                                      {1.2, 5, 60, 0.01, 0.321298469130259},
                                      {9, 1, 20, 50, 0.999887920585581},
                                      {30, 4, 12, 200, 0.922488451194686},
                                      {9.487729 / 4, 4, INFINITY, 6, 0.470101717817748},
                                      {20.0 / 3, 3, INFINITY, 40, 0.979360724960081}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_close(uf_noncentral_f_upper(cases[i][0], cases[i][1], cases[i][2], cases[i][3]), cases[i][4],
                     1e-8, "noncentral F"); /* R sums to 1e-9 */
    expect_close(uf_noncentral_f_upper(2.2, 3, 9, 0), uf_f_upper(2.2, 3, 9), 1e-14, "central");
    expect_close(uf_noncentral_f_upper(2.2, 3, 9, 1e-12), uf_f_upper(2.2, 3, 9), 1e-10, "nearly central");
    expect_close(uf_f_upper_quantile(0.05, 3, 17.3), 3.1852135316306, 1e-12, "quantile");
    expect_close(uf_f_upper_quantile(0.01, 8, 4.2), 13.5646691708326, 1e-12, "quantile");
    expect_close(uf_f_upper_quantile(0.05, 4, INFINITY), 9.48772903678116 / 4, 1e-12, "of chi square");
    assert_true(isnan(uf_noncentral_f_upper(1, 2, 3, -1)) && uf_noncentral_f_upper(0, 2, 3, 5) == 1);
    assert_true(isnan(uf_f_upper_quantile(0, 2, 3)));
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_against_closed_forms),
        cmocka_unit_test(quantiles_invert_tails),
        cmocka_unit_test(f_is_a_squared_t),
        cmocka_unit_test(noncentral),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
