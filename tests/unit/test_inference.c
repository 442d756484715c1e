// SPDX-License-Identifier: GPL-3.0-or-later
/* The options of inference that every method with a regression has, from a panel to rows; the numbers behind them are held
 * to peers in tests/oracle and to their definitions in tests/property. */
#include "support/small_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/did.h>
#include <utfall/random.h>
#include <utfall/stacked.h>
#include <utfall/sun_abraham.h>

enum { REGIONS = 12, YEARS = 10 };
#define SIGNS 4096.0 /* 2^REGIONS */

struct ran {
    struct uf_result result;
    uf_status status;
    struct uf_error error;
};

/* Three of twelve regions are treated from the seventh year on, and `gain` more than the noise from then. */
static struct uf_panel *panel_of(double gain, bool two_way)
{
    static const char *const names[] = {"y"};
    static size_t *cluster[2], n_clusters[2];
    struct uf_random random;
    struct uf_panel *panel = small_panel_new(REGIONS, YEARS, 2010, names, 1);
    uf_random_init(&random, 3, UF_PURPOSE_SIMULATION, 1);
    for (size_t u = 0; u < REGIONS; u++) {
        double level = 0;
        for (size_t t = 0; t < YEARS; t++) {
            level = 0.5 * level + uf_random_uniform(&random) - 0.5;
            *small_panel_cell(panel, 0, u, t) = (double)u + level + (u < 3 && t >= 6 ? gain : 0);
        }
    }
    for (size_t u = 0; u < 3; u++) panel->treatment.first_period[u] = 6;
    if (two_way) {
        cluster[0] = panel->unit, cluster[1] = panel->period;
        n_clusters[0] = REGIONS, n_clusters[1] = YEARS;
        panel->cluster = cluster, panel->n_clusters = n_clusters, panel->n_cluster_dimensions = 2;
    }
    return panel;
}

/* Runs on the panel with options `name`, `value` …, NULL-terminated, and frees the panel. */
static struct ran run_in(const struct uf_method *method, struct uf_panel *panel, enum uf_language language,
                         const char *const *settings)
{
    struct ran ran;
    struct uf_options *options;
    struct uf_context context = {.language = language, .seed = 7};
    uf_result_init(&ran.result);
    assert_ok(uf_options_new(method, &options, &ran.error), &ran.error);
    for (size_t i = 0; settings[i]; i += 2)
        assert_ok(uf_options_set(options, settings[i], settings[i + 1], &ran.error), &ran.error);
    uf_error_clear(&ran.error);
    ran.status = method->run(panel, options, &context, &ran.result, &ran.error);
    uf_options_free(options);
    small_panel_free(panel);
    return ran;
}

static const struct uf_table *table_of(const struct ran *ran, const char *name)
{
    const struct uf_table *table = uf_result_table(&ran->result, name);
    if (ran->status != UF_OK) fail_msg("%s", ran->error.message);
    assert_non_null(table);
    return table;
}

static double cell(const struct uf_table *table, size_t row, const char *column)
{
    return uf_table_number(table, row, uf_table_column(table, column));
}

static const char *text(const struct uf_table *table, size_t row, const char *column)
{
    return uf_table_text(table, row, uf_table_column(table, column));
}

static size_t row_of(const struct uf_table *table, const char *vcov)
{
    for (size_t i = 0; i < uf_table_rows(table); i++)
        if (!strcmp(text(table, i, "vcov"), vcov)) return i;
    fail_msg("no row of %s", vcov);
    return 0;
}

static void types_of_the_bootstrap(void **state)
{
    (void)state;
    static const char *const types[] = {"wcr", "wcr-13", "wcr-31", "wcr-33",
                                        "wcu", "wcu-13", "wcu-31", "wcu-33"};
    static const char *const words[] = {"(WCR)", "(WCR-13)", "(WCR-31)", "(WCR-33)",
                                        "(WCU)", "(WCU-13)", "(WCU-31)", "(WCU-33)"};
    double p[8];
    size_t different = 0; /* p's: they come in steps, so some may be the same */
    for (size_t i = 0; i < 8; i++) {
        struct ran ran =
            run_in(&uf_method_did, panel_of(-0.2, false), UF_ENGLISH,
                   (const char *const[]){"inference", "wild-bootstrap,cr1s,cr3", "bootstrap-type", types[i],
                                         "event-study", "false", NULL});
        const struct uf_table *table = table_of(&ran, "estimates");
        size_t wild = row_of(table, "wild-bootstrap");
        assert_non_null(strstr(text(table, wild, "note"), words[i]));
        /* the error beside it is the one that the draws use */
        expect_close(cell(table, wild, "std_error"),
                     cell(table, row_of(table, i % 2 ? "cr3" : "cr1s"), "std_error"), 1e-9, types[i]);
        p[i] = cell(table, wild, "p_value");
        bool other = true;
        for (size_t j = 0; j < i; j++) other &= fabs(p[i] - p[j]) > 0;
        different += other;
        uf_result_clear(&ran.result);
    }
    assert_true(different >= 5);
}

/* Signs: all 2^G of them, and the two that are the residuals themselves are ties. */
static void weights_and_ties(void **state)
{
    (void)state;
    double p[2];
    static const char *const ties[] = {"extreme", "left-out"}, *const weights[] = {"rademacher", "webb"},
                             *const words[] = {"Rademacher", "Webb"};
    for (size_t i = 0; i < 2; i++) {
        struct ran ran = run_in(&uf_method_did, panel_of(-0.2, false), UF_ENGLISH,
                                (const char *const[]){"inference", "wild-bootstrap", "bootstrap-weights",
                                                      weights[i], "event-study", "false", NULL});
        const struct uf_table *table = table_of(&ran, "estimates");
        assert_non_null(strstr(text(table, row_of(table, "wild-bootstrap"), "note"), words[i]));
        uf_result_clear(&ran.result);
        ran = run_in(&uf_method_did, panel_of(-0.2, false), UF_ENGLISH,
                     (const char *const[]){"inference", "wild-bootstrap", "bootstrap-weights", "rademacher",
                                           "bootstrap-ties", ties[i], "event-study", "false", NULL});
        table = table_of(&ran, "estimates");
        p[i] = cell(table, row_of(table, "wild-bootstrap"), "p_value");
        assert_non_null(strstr(text(table, row_of(table, "wild-bootstrap"), "note"), "all "));
        expect_close(SIGNS * p[i], round(SIGNS * p[i]), 1e-9, "a share of the vectors");
        uf_result_clear(&ran.result);
    }
    assert_true(p[0] - p[1] >= 2 / SIGNS - 1e-12);
}

/* A null of 1 is a null of 0 for an outcome that is 1 less where treated. One-sided p add up to 1 but for ties. */
static void tails_and_nulls(void **state)
{
    (void)state;
    double p[4], reach[4][2];
    static const char *const tails[] = {"symmetric", "equal-tailed", "greater", "less"};
    for (size_t i = 0; i < 4; i++) {
        struct ran ran = run_in(&uf_method_did, panel_of(1.3, false), UF_ENGLISH,
                                (const char *const[]){"inference", "wild-bootstrap", "bootstrap-p", tails[i],
                                                      "bootstrap-null", "1", "event-study", "false", NULL}),
                   less = run_in(&uf_method_did, panel_of(0.3, false), UF_ENGLISH,
                                 (const char *const[]){"inference", "wild-bootstrap", "bootstrap-p", tails[i],
                                                       "event-study", "false", NULL});
        const struct uf_table *table = table_of(&ran, "estimates"), *other = table_of(&less, "estimates");
        size_t wild = row_of(table, "wild-bootstrap"), same = row_of(other, "wild-bootstrap");
        p[i] = cell(table, wild, "p_value");
        reach[i][0] = cell(table, wild, "conf_low"), reach[i][1] = cell(table, wild, "conf_high");
        expect_close(cell(other, same, "p_value"), p[i], 1e-12, tails[i]);
        expect_close(cell(other, same, "statistic"), cell(table, wild, "statistic"), 1e-7, "t");
        assert_non_null(strstr(text(table, wild, "note"), "tested: the value 1"));
        assert_null(strstr(text(other, same, "note"), "tested"));
        uf_result_clear(&ran.result), uf_result_clear(&less.result);
    }
    assert_true(isfinite(reach[2][0]) && isnan(reach[2][1]));
    assert_true(isnan(reach[3][0]) && isfinite(reach[3][1]));
    assert_true(reach[2][0] > reach[1][0] && reach[3][1] < reach[1][1]); /* 95 % on one side reach less far */
    expect_within(p[2] + p[3], 1, 0.01, "the two sides");
    expect_within(p[1], 2 * fmin(p[2], p[3]), 1e-12, "equal-tailed");
}

static void two_cluster_columns(void **state)
{
    (void)state;
    double se[2];
    for (size_t i = 0; i < 2; i++) {
        struct ran ran = run_in(&uf_method_did, panel_of(0.8, true), i ? UF_SWEDISH : UF_ENGLISH,
                                (const char *const[]){"inference", "wild-bootstrap,cr1s", "g-rule",
                                                      i ? "each" : "smallest", "bootstrap-draws", "999",
                                                      "event-study", "false", NULL});
        const struct uf_table *table = table_of(&ran, "estimates");
        size_t wild = row_of(table, "wild-bootstrap"), cr1s = row_of(table, "cr1s");
        se[i] = cell(table, cr1s, "std_error");
        expect_close(cell(table, wild, "std_error"), se[i], 1e-9, "its error is cr1s's");
        expect_close(cell(table, wild, "n_clusters"), YEARS, 0, "the fewer get the weights");
        assert_non_null(strstr(text(table, wild, "note"), i ? "tvåvägsfel" : "two-way errors"));
        assert_int_equal(strstr(text(table, cr1s, "note"), i ? "sitt eget G" : "its own G") != NULL, i);
        assert_true(cell(table, wild, "p_value") > 0 && cell(table, wild, "p_value") <= 1);
        uf_result_clear(&ran.result);
    }
    assert_true(fabs(se[0] - se[1]) > 1e-6);
}

/* Independent rows clustered by pairs of regions and by year: V₁ + V₂ − V₁₂ often comes out negative. The row then has
 * the larger of the two one-way errors, and says so; a positive one is V₁ + V₂ − V₁₂ as ever. */
static void a_negative_two_way_variance_is_no_certainty(void **state)
{
    (void)state;
    enum { TRIALS = 12 };
    size_t negative = 0, pair[REGIONS * YEARS];
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        double error[3] = {NAN, NAN, NAN};
        for (size_t which = 3; which-- > 0;) { /* each column alone, then both */
            struct uf_panel *panel = panel_of(0, true);
            struct uf_random random;
            uf_random_init(&random, 11, UF_PURPOSE_SIMULATION, trial);
            for (size_t i = 0; i < panel->n_rows; i++)
                *small_panel_cell(panel, 0, panel->unit[i], panel->period[i]) = uf_random_uniform(&random),
                                                            pair[i] = panel->unit[i] / 2;
            panel->cluster[0] = pair, panel->n_clusters[0] = REGIONS / 2;
            if (which == 2) panel->cluster[0] = panel->period, panel->n_clusters[0] = YEARS;
            if (which > 0) panel->n_cluster_dimensions = 1;
            bool swedish = trial % 2;
            struct ran ran = run_in(&uf_method_did, panel, swedish ? UF_SWEDISH : UF_ENGLISH,
                                    (const char *const[]){"inference", "cr1,randomisation", "g-rule", "each",
                                                          "permutations", "9", "enumerate", "0",
                                                          "event-study", "false", NULL});
            const struct uf_table *table = table_of(&ran, "estimates");
            size_t row = row_of(table, "cr1");
            error[which] = cell(table, row, "std_error");
            const char *said = strstr(text(table, row, "note"), swedish ? "är inte positiv: det större"
                                                                        : "is not positive: the larger");
            assert_true(cell(table, row, "p_value") > 0);
            if (which == 0 && said) {
                negative++;
                expect_close(error[0], fmax(error[1], error[2]), 1e-9, "the larger of the one-way errors");
            } else {
                assert_null(said);
            }
            uf_result_clear(&ran.result);
        }
    }
    assert_true(negative > 0 && negative < TRIALS);
}

static void rules_of_the_joint_test(void **state)
{
    (void)state;
    static const char *const rules[] = {"default", "htz", "hta", "htb",       "edf",
                                        "edt",     "f",   "fp",  "chi-square"};
    static const struct uf_method *const methods[] = {&uf_method_did, &uf_method_sun_abraham,
                                                      &uf_method_stacked};
    for (size_t m = 0; m < 3; m++) {
        double statistic[9], df2[9], p[9];
        for (size_t i = 0; i < 9; i++) {
            const char *settings[] = {"inference", "cr2", "joint-test", rules[i], m < 2 ? "bin-before" : NULL,
                                      "-3",        NULL};
            if (m == 2) settings[4] = "before", settings[5] = "2";
            if (m == 1) settings[4] = NULL;
            struct ran ran = run_in(methods[m], panel_of(0.4, false), UF_ENGLISH, settings);
            const struct uf_table *table = table_of(&ran, "pretrend");
            statistic[i] = cell(table, 0, "statistic"), df2[i] = cell(table, 0, "df2");
            p[i] = cell(table, 0, "p_value");
            uf_result_clear(&ran.result);
        }
        if (isnan(statistic[0])) { /* more leads than the clusters carry */
            assert_true(isnan(statistic[1]));
            assert_true(!isnan(statistic[6]));
            continue;
        }
        expect_close(statistic[0], statistic[1], 0, "default is htz with cr2");
        expect_close(df2[6], REGIONS - 1, 0, "f");
        assert_true(statistic[1] <= statistic[6] && p[1] > p[6]); /* of one lead it is t² */
        expect_close(statistic[8], statistic[6], 1e-12, "W/q");
        assert_true(p[8] < p[6] && df2[7] < df2[6]);
        assert_true(fabs(p[3] - p[1]) > 0 || m == 2);
        assert_true(fabs(p[4] - p[1]) > 0 && fabs(p[5] - p[4]) > 0);
    }
}

static void saddlepoint_and_new_errors(void **state)
{
    (void)state;
    struct ran ran = run_in(&uf_method_did, panel_of(0.6, false), UF_ENGLISH,
                            (const char *const[]){"inference", "cr2,newey-west,hc3,hc4", "event-study",
                                                  "false", NULL}),
               other = run_in(&uf_method_did, panel_of(0.6, false), UF_SWEDISH,
                              (const char *const[]){"inference", "cr2,newey-west,hc4", "df-rule",
                                                    "saddlepoint", "lag", "0", "event-study", "false", NULL});
    const struct uf_table *t = table_of(&ran, "estimates"), *s = table_of(&other, "estimates");
    size_t a = row_of(t, "cr2"), b = row_of(s, "cr2");
    expect_close(cell(s, b, "std_error"), cell(t, a, "std_error"), 1e-12, "the error is the same");
    expect_close(cell(s, b, "df"), cell(t, a, "df"), 1e-12, "and Satterthwaite's df");
    assert_true(fabs(cell(s, b, "p_value") - cell(t, a, "p_value")) > 1e-6);
    expect_close(cell(s, b, "p_value"), cell(t, a, "p_value"), 1.5, "but not by much");
    assert_non_null(strstr(text(s, b, "note"), "sadelpunktsapproximation"));
    assert_true(cell(s, b, "conf_low") < cell(s, b, "estimate") &&
                cell(s, b, "conf_high") > cell(s, b, "estimate"));
    assert_true(cell(t, row_of(t, "newey-west"), "df") == YEARS - 1);
    assert_non_null(strstr(text(t, row_of(t, "newey-west"), "note"), "lag 1 by the rule"));
    assert_non_null(strstr(text(s, row_of(s, "newey-west"), "note"), "lagg 0"));
    assert_true(fabs(cell(t, row_of(t, "hc4"), "std_error") / cell(t, row_of(t, "hc3"), "std_error") - 1) <
                0.5);
    uf_result_clear(&ran.result), uf_result_clear(&other.result);
}

static void a_null_must_be_a_number(void **state)
{
    (void)state;
    struct uf_options *options;
    struct uf_error error;
    assert_ok(uf_options_new(&uf_method_did, &options, &error), &error);
    assert_int_not_equal(uf_options_set(options, "bootstrap-type", "wcr-12", &error), UF_OK);
    assert_non_null(strstr(error.message, "wcr-13"));
    assert_int_not_equal(uf_options_set(options, "joint-test", "hotelling", &error), UF_OK);
    uf_options_free(options);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_of_the_bootstrap),
        cmocka_unit_test(tails_and_nulls),
        cmocka_unit_test(weights_and_ties),
        cmocka_unit_test(two_cluster_columns),
        cmocka_unit_test(a_negative_two_way_variance_is_no_certainty),
        cmocka_unit_test(rules_of_the_joint_test),
        cmocka_unit_test(saddlepoint_and_new_errors),
        cmocka_unit_test(a_null_must_be_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
