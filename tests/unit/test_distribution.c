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

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_against_closed_forms),
        cmocka_unit_test(quantiles_invert_tails),
        cmocka_unit_test(f_is_a_squared_t),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
