// SPDX-License-Identifier: GPL-3.0-or-later
/* What inference rests on, against R 4.2.2 (reference/peers/results/ttest_effectsize.json): every assignment of 5
 * treated counties of 12, p.adjust, and tails and quantiles. */
#include "support/staggered.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/distribution.h>
#include <utfall/multiple_testing.h>
#include <utfall/randomisation.h>

static json_t *value_of(json_t *results, const char *entry)
{
    return json_object_get(json_object_get(json_object_get(results, "results"), entry), "value");
}

/* The counties' change from their mean before 2010 to that from 2016 on, as a panel of two periods. */
static void every_assignment(void **state)
{
    (void)state;
    enum { COUNTIES = 12, ROWS = 2 * COUNTIES };
    json_t *results = load_json(need_shared("reference/peers/results/ttest_effectsize.json"));
    json_t *value = value_of(results, "permutation_exact_12");
    struct staggered p = staggered_read("reference/own/data/sim_sweden_county12.csv", "lan", "year", "y",
                                        "treated", NULL, NULL, NULL);
    assert_int_equal(p.data.n_units, COUNTIES);
    double sum[COUNTIES][2] = {{0}}, count[COUNTIES][2] = {{0}}, outcome[ROWS], treatment[ROWS];
    size_t unit[ROWS], period[ROWS], first[COUNTIES], n_treated = 0;
    for (size_t i = 0; i < p.data.n; i++) {
        long year = p.first_time + (long)p.period[i];
        if (year >= 2010 && year < 2016) continue;
        sum[p.unit[i]][year >= 2016] += p.outcome[i], count[p.unit[i]][year >= 2016]++;
    }
    for (size_t u = 0; u < COUNTIES; u++) {
        first[u] = p.first[u] == SIZE_MAX ? SIZE_MAX : 1;
        n_treated += first[u] == 1;
        for (size_t t = 0; t < 2; t++) {
            size_t i = 2 * u + t;
            unit[i] = u, period[i] = t, treatment[i] = first[u] == 1 && t;
            outcome[i] = sum[u][t] / count[u][t];
        }
        expect_close(outcome[2 * u + 1] - outcome[2 * u],
                     json_number_value(json_array_get(json_object_get(value, "d"), u)), 1e-12, "a change");
    }
    assert_int_equal(n_treated, 5);
    const struct uf_did_data data = {.n = ROWS,
                                     .n_units = COUNTIES,
                                     .n_periods = 2,
                                     .unit = unit,
                                     .period = period,
                                     .outcome = outcome,
                                     .treatment = treatment,
                                     .first_period = first,
                                     .cluster = {unit},
                                     .n_groups = {COUNTIES},
                                     .n_cluster_dimensions = 1};
    struct uf_error error;
    struct uf_did_fit fit;
    struct uf_did_assignment assignment;
    struct uf_randomisation r;
    assert_ok(uf_did_estimate(&data, &fit, &error), &error);
    assert_ok(uf_did_assignment_init(&data, &assignment, &error), &error);
    assert_ok(uf_did_randomise(&data, &fit, &assignment, NULL, &r, &error), &error);
    double observed = json_number_value(json_object_get(value, "obs"));
    expect_close(gsl_vector_get(fit.fit.coefficients, 0), observed, 1e-8, "difference of means");
    assert_true(r.enumerated);
    assert_int_equal(r.count, json_integer_value(json_object_get(value, "n_perm")));
    expect_close(r.p_coefficient, json_number_value(json_object_get(value, "p_two_sided_abs")), 1e-14, "p");
    size_t larger = 0;
    for (size_t i = 0; i < r.count; i++) larger += r.coefficient[i] >= observed - 1e-9;
    expect_close((double)larger / (double)r.count, json_number_value(json_object_get(value, "p_greater")),
                 1e-14, "one-sided");
    uf_randomisation_clear(&r);
    uf_did_assignment_clear(&assignment);
    uf_did_fit_clear(&fit);
    staggered_clear(&p);
    json_decref(results);
}

static void adjusted(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/peers/results/ttest_effectsize.json"));
    json_t *value = value_of(results, "p_adjust");
    double p[6], holm[6], hochberg[6];
    struct uf_error error;
    assert_int_equal(json_array_size(json_object_get(value, "p")), 6);
    for (size_t i = 0; i < 6; i++) p[i] = json_number_value(json_array_get(json_object_get(value, "p"), i));
    assert_ok(uf_holm(p, 6, holm, &error), &error);
    assert_ok(uf_benjamini_hochberg(p, 6, hochberg, &error), &error);
    for (size_t i = 0; i < 6; i++) {
        expect_close(holm[i], json_number_value(json_array_get(json_object_get(value, "holm"), i)), 1e-12,
                     "Holm");
        expect_close(hochberg[i], json_number_value(json_array_get(json_object_get(value, "BH"), i)), 1e-12,
                     "Benjamini–Hochberg");
    }
    json_decref(results);
}

static void tails(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/peers/results/ttest_effectsize.json")), *df;
    json_t *value = value_of(results, "distributions");
    size_t i;
    json_array_foreach(json_object_get(value, "pt_df"), i, df)
        expect_close(uf_t_two_sided(-2.1, json_number_value(df)) / 2,
                     json_number_value(json_array_get(json_object_get(value, "pt"), i)), 1e-10, "pt");
    json_array_foreach(json_object_get(value, "qt_df"), i, df)
        expect_close(uf_t_quantile(0.975, json_number_value(df)),
                     json_number_value(json_array_get(json_object_get(value, "qt975"), i)), 1e-10, "qt");
    const double shares[] = {1e-10, 0.001, 0.3, 0.975};
    for (i = 0; i < 4; i++)
        expect_close(uf_t_quantile(shares[i], INFINITY),
                     json_number_value(json_array_get(json_object_get(value, "qnorm"), i)), 1e-10, "qnorm");
    expect_close(uf_t_two_sided(-40, 20) / 2, json_number_value(json_object_get(value, "pt_tail_40_20")),
                 1e-10, "far tail");
    expect_close(uf_f_upper(2.5, 4, 20), json_number_value(json_object_get(value, "pf_2.5_4_20")), 1e-10,
                 "pf");
    expect_close(uf_f_upper(1.2, 11, 8.3), json_number_value(json_object_get(value, "pf_1.2_11_8.3")), 1e-10,
                 "pf");
    expect_close(uf_f_upper(15.3 / 7, 7, INFINITY),
                 json_number_value(json_object_get(value, "pchisq_15.3_7")), 1e-10, "pchisq");
    json_decref(results);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_assignment), cmocka_unit_test(adjusted),
                                       cmocka_unit_test(tails)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
