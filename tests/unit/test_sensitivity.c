// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `sensitivity` as run on a panel, and what `power` refuses like it. */
#include "support/small_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utfall/power.h>
#include <utfall/random.h>
#include <utfall/sensitivity.h>

enum { UNITS = 12, PERIODS = 10, START = 6, TREATED = 3 };

static struct uf_panel *panel_make(void)
{
    struct uf_panel *panel = small_panel_new(UNITS, PERIODS, 2000, (const char *const[]){"y", "other"}, 2);
    struct uf_random random;
    uf_random_init(&random, 1, UF_PURPOSE_SIMULATION, 0);
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < PERIODS; t++)
            for (size_t c = 0; c < 2; c++)
                *small_panel_cell(panel, c, u, t) = uf_random_uniform(&random) + 0.2 * (double)u +
                                                    0.1 * (double)t +
                                                    (c == 0 && u < TREATED && t >= START ? 2 : 0);
    for (size_t u = 0; u < TREATED; u++) panel->treatment.first_period[u] = START;
    return panel;
}

static uf_status try(const struct uf_method *method, struct uf_panel *panel, enum uf_language language,
                     const char *const *settings, struct uf_result *result, struct uf_error *error)
{
    struct uf_options *options;
    const struct uf_context context = {.language = language, .seed = 1};
    uf_result_init(result);
    assert_ok(uf_options_new(method, &options, error), error);
    uf_status status = UF_OK;
    for (size_t i = 0; settings[i] && status == UF_OK; i += 2)
        status = uf_options_set(options, settings[i], settings[i + 1], error);
    if (status == UF_OK) status = method->run(panel, options, &context, result, error);
    uf_options_free(options);
    return status;
}

/* The difference of mean differences of a balanced panel. */
static double by_hand(struct uf_panel *panel, size_t column, size_t without, size_t start, size_t end,
                      size_t last_control)
{
    double sum[2][2] = {{0}}, count[2][2] = {{0}};
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < end; t++) {
            if (u == without || u > last_control) continue;
            sum[u < TREATED][t >= start] += *small_panel_cell(panel, column, u, t);
            count[u < TREATED][t >= start]++;
        }
    return sum[1][1] / count[1][1] - sum[1][0] / count[1][0] - sum[0][1] / count[0][1] +
           sum[0][0] / count[0][0];
}

static size_t find(const struct uf_table *table, const char *column, const char *text)
{
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        const char *here = uf_table_text(table, i, uf_table_column(table, column));
        if (here && !strcmp(here, text)) return i;
    }
    fail_msg("no row %s in %s", text, uf_table_name(table));
    return 0;
}

static double estimate_of(const struct uf_result *result, const char *name, const char *term)
{
    const struct uf_table *table = uf_result_table(result, name);
    assert_non_null(table);
    return uf_table_number(table, find(table, "term", term), uf_table_column(table, "estimate"));
}

static void checks_by_hand(void **state)
{
    (void)state;
    struct uf_panel *panel = panel_make();
    struct uf_result result;
    struct uf_error error;
    assert_ok(try(&uf_method_sensitivity, panel, UF_ENGLISH,
                  (const char *const[]){"placebo-outcomes", "other", "alternative-controls",
                                        "R004,R005,R006,R007", "draws", "500", NULL},
                  &result, &error),
              &error);
    expect_close(estimate_of(&result, "leave-one-out", "R002"), by_hand(panel, 0, 1, START, PERIODS, UNITS),
                 1e-9, "without the second");
    expect_close(estimate_of(&result, "leave-one-out", "R009"), by_hand(panel, 0, 8, START, PERIODS, UNITS),
                 1e-9, "without the ninth");
    expect_close(estimate_of(&result, "placebo-in-time", "start-2"),
                 by_hand(panel, 0, UNITS, START - 2, START, UNITS), 1e-9, "start moved");
    const struct uf_table *placebo = uf_result_table(&result, "placebo-in-time");
    assert_string_equal(
        uf_table_text(placebo, find(placebo, "term", "start-2"), uf_table_column(placebo, "period")), "2004");
    assert_int_equal(uf_table_rows(placebo), 5);
    expect_close(estimate_of(&result, "placebo-outcomes", "treatment"),
                 by_hand(panel, 1, UNITS, START, PERIODS, UNITS), 1e-9, "other outcome");
    expect_close(estimate_of(&result, "alternative-controls", "listed"),
                 by_hand(panel, 0, UNITS, START, PERIODS, 6), 1e-9, "some controls");
    assert_int_equal(uf_table_rows(uf_result_table(&result, "leave-one-out")), UNITS);
    const struct uf_table *without = uf_result_table(&result, "leave-one-out");
    for (size_t i = 0; i < UNITS; i++)
        expect_close(uf_table_number(without, i, uf_table_column(without, "estimate")) -
                         uf_table_number(without, i, uf_table_column(without, "change")),
                     uf_table_number(without, i, uf_table_column(without, "whole_sample")), 1e-12,
                     "whole sample");
    assert_non_null(uf_result_note(&result, "leave-one-out"));

    /* the bounds hold the estimate where M = 0 of relative magnitudes, and grow */
    const struct uf_table *bounds = uf_result_table(&result, "bounds");
    size_t low = uf_table_column(bounds, "low"), high = uf_table_column(bounds, "high"),
           m = uf_table_column(bounds, "m");
    size_t set = uf_table_column(bounds, "set"), label = uf_table_column(bounds, "label"),
           zero = uf_table_column(bounds, "includes_zero"), original = 0, broken = 0;
    for (size_t i = 0; i < uf_table_rows(bounds); i++) {
        assert_true(uf_table_number(bounds, i, low) < uf_table_number(bounds, i, high));
        if (strstr(uf_table_text(bounds, i, label), "breakdown value")) {
            broken++;
            assert_string_equal(uf_table_text(bounds, i, zero), "yes");
            if (uf_table_number(bounds, i, m) > 0)
                assert_string_equal(uf_table_text(bounds, i - 1, zero), "no");
        }
        if (!strcmp(uf_table_text(bounds, i, set), "original")) {
            original++;
            assert_true(isnan(uf_table_number(bounds, i, m)));
            /* M = 0 of relative magnitudes is the original interval, but for the grid */
            if (!strcmp(uf_table_text(bounds, i + 1, set), "c-lf"))
                expect_within(uf_table_number(bounds, i, low), uf_table_number(bounds, i + 1, low), 0.05,
                              "M = 0");
            continue;
        }
        if (uf_table_number(bounds, i, m) == 0) continue;
        assert_true(uf_table_number(bounds, i, high) - uf_table_number(bounds, i, low) >
                    uf_table_number(bounds, i - 1, high) - uf_table_number(bounds, i - 1, low));
    }
    assert_int_equal(original, 4);
    assert_true(broken > 0 && uf_table_rows(bounds) >= 24 && uf_table_rows(bounds) <= 24 + broken);
    /* an effect of 2 with errors of a third survives drifts as large as before, and says how much */
    const struct uf_table *breakdown = uf_result_table(&result, "breakdown");
    assert_int_equal(uf_table_rows(breakdown), 4);
    assert_true(uf_table_number(breakdown, 0, uf_table_column(breakdown, "breakdown_m")) > 0.2);
    /* a breakdown value of 0.23 is not to be read as 0, nor a power of 0.8 as 1 */
    const struct uf_table *powers = uf_result_table(&result, "pretrend-power");
    assert_int_equal(uf_table_column_decimals(breakdown, uf_table_column(breakdown, "breakdown_m")), 4);
    assert_int_equal(uf_table_column_decimals(bounds, m), 4);
    assert_int_equal(uf_table_column_decimals(bounds, low), 4);
    assert_int_equal(uf_table_column_decimals(powers, uf_table_column(powers, "power")), 2);
    assert_int_equal(uf_table_column_decimals(powers, uf_table_column(powers, "slope")), 4);
    assert_non_null(strstr(uf_result_note(&result, "breakdown-relative-magnitudes")->text, " times as much"));
    assert_non_null(uf_result_note(&result, "breakdown-smoothness"));
    assert_non_null(uf_result_note(&result, "pretrend-power"));
    assert_int_equal(uf_table_rows(uf_result_table(&result, "pretrend-power")), 2);
    uf_result_clear(&result);
    small_panel_free(panel);
}

/* None, one and many are said in words of their own. */
static void counts_in_sentences(void **state)
{
    (void)state;
    static const char *const signs[2][3] = {
        {"keeps its sign whichever", "One of the regions changes its sign", "changes sign for "},
        {"behåller sitt tecken", "när en av regionerna utelämnas", "byter tecken för "}};
    static const char *const starts[2][3] = {
        {"No difference shows at 5 % in any", "In one of them a difference", " of them a difference shows"},
        {"Ingen av gångerna", "En av gångerna syns", "av fallen syns en skillnad"}};
    bool seen_sign[3] = {0}, seen_start[3] = {0};
    /* an effect from large to nil: the sign then hangs on single regions; and a drift before the start */
    for (int step = 0; step < 24; step++) {
        struct uf_panel *panel = panel_make();
        double without = step < 12 ? 0 : by_hand(panel, 0, UNITS, START, PERIODS, UNITS) - 0.01 * (step - 11);
        for (size_t u = 0; u < TREATED; u++)
            for (size_t t = 0; t < PERIODS; t++)
                *small_panel_cell(panel, 0, u, t) +=
                    (t >= START ? -without : 0) + (step < 12 ? 0.02 * step * (double)t : 0);
        for (int language = 0; language < 2; language++) {
            struct uf_result result;
            struct uf_error error;
            assert_ok(try(&uf_method_sensitivity, panel, language ? UF_SWEDISH : UF_ENGLISH,
                          (const char *const[]){"draws", "100", "restrictions", "smoothness", NULL}, &result,
                          &error),
                      &error);
            size_t changes = 0, found = 0;
            const struct uf_table *one_out = uf_result_table(&result, "leave-one-out"),
                                  *moved = uf_result_table(&result, "placebo-in-time");
            for (size_t i = 0; i < uf_table_rows(one_out); i++) {
                double estimate = uf_table_number(one_out, i, uf_table_column(one_out, "estimate"));
                changes += estimate * by_hand(panel, 0, UNITS, START, PERIODS, UNITS) < 0;
            }
            for (size_t i = 0; i < uf_table_rows(moved); i++)
                found += uf_table_number(moved, i, uf_table_column(moved, "p_value")) < 0.05;
            size_t sign = changes < 2 ? changes : 2, start = found < 2 ? found : 2;
            assert_non_null(strstr(uf_result_note(&result, "leave-one-out")->text, signs[language][sign]));
            assert_non_null(
                strstr(uf_result_note(&result, "placebo-in-time")->text, starts[language][start]));
            seen_sign[sign] = seen_start[start] = true;
            uf_result_clear(&result);
        }
        small_panel_free(panel);
    }
    for (int k = 0; k < 3; k++)
        if (!seen_sign[k] || !seen_start[k])
            fail_msg("%d was not met (signs %d, starts %d)", k, seen_sign[k], seen_start[k]);
}

static void words_in_swedish(void **state)
{
    (void)state;
    struct uf_panel *panel = panel_make();
    struct uf_result result;
    struct uf_error error;
    assert_ok(
        try(&uf_method_sensitivity, panel, UF_SWEDISH,
            (const char *const[]){"draws", "500", "leave-one-out", "false", "placebo-starts", "0", NULL},
            &result, &error),
        &error);
    assert_non_null(strstr(uf_result_note(&result, "breakdown-relative-magnitudes")->text, "glida isär"));
    assert_null(uf_result_table(&result, "leave-one-out"));
    assert_null(uf_result_table(&result, "placebo-in-time"));
    uf_result_clear(&result);
    small_panel_free(panel);
}

static void few_periods_and_bad_words(void **state)
{
    (void)state;
    struct uf_panel *panel = panel_make();
    struct uf_result result;
    struct uf_error error;
    static const char *const bad[][2] = {{"inference", "nonsense"},
                                         {"inference", "conley"},
                                         {"event-covariance", "infrence"},
                                         {"confidence-level", "1"},
                                         {"reference", "0"},
                                         {"relative-magnitudes", "1,x"},
                                         {"smoothness", "-1"},
                                         {"draws", "5"},
                                         {"placebo-outcomes", "absent"},
                                         {"alternative-controls", "R999"},
                                         {"alternative-controls", "R001"},
                                         {"alternative-controls", "same-group"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (panel->unit_group && !strcmp(bad[i][1], "same-group")) continue;
        assert_int_equal(try(&uf_method_sensitivity, panel, UF_ENGLISH,
                             (const char *const[]){bad[i][0], bad[i][1], NULL}, &result, &error),
                         UF_BAD_USAGE);
        assert_non_null(strstr(error.message, bad[i][0]));
        uf_result_clear(&result);
    }
    /* two: a single step, and no bend to hold a change of slope against */
    for (size_t u = 0; u < TREATED; u++) panel->treatment.first_period[u] = 2;
    assert_ok(try(&uf_method_sensitivity, panel, UF_ENGLISH,
                  (const char *const[]){"draws", "200", "leave-one-out", "false", NULL}, &result, &error),
              &error);
    assert_null(strstr(uf_result_note(&result, "breakdown-smoothness")->text, "at most"));
    uf_result_clear(&result);
    /* one period before the start: a reference and nothing to compare it with */
    for (size_t u = 0; u < TREATED; u++) panel->treatment.first_period[u] = 1;
    assert_int_equal(
        try(&uf_method_sensitivity, panel, UF_ENGLISH, (const char *const[]){NULL}, &result, &error),
        UF_NOT_IDENTIFIED);
    assert_int_equal(uf_result_note(&result, "bounds-impossible")->severity, UF_FATAL);
    assert_non_null(strstr(uf_result_note(&result, "bounds-impossible")->advice, "restrictions: none"));
    assert_null(uf_result_table(&result, "bounds"));
    assert_int_equal(result.claim, UF_CLAIM_DESCRIPTION);
    uf_result_clear(&result);
    assert_ok(try(&uf_method_sensitivity, panel, UF_SWEDISH,
                  (const char *const[]){"restrictions", "none", NULL}, &result, &error),
              &error);
    assert_non_null(uf_result_table(&result, "leave-one-out"));
    assert_null(uf_result_note(&result, "bounds-impossible"));
    uf_result_clear(&result);
    /* nobody is seen in the reference: another is named */
    for (size_t u = 0; u < TREATED; u++) panel->treatment.first_period[u] = START;
    assert_int_equal(try(&uf_method_sensitivity, panel, UF_ENGLISH,
                         (const char *const[]){"reference", "-40", NULL}, &result, &error),
                     UF_NOT_IDENTIFIED);
    assert_non_null(strstr(uf_result_note(&result, "bounds-impossible")->text, "event time -40"));
    assert_non_null(strstr(uf_result_note(&result, "bounds-impossible")->advice, "reference: -1"));
    uf_result_clear(&result);
    assert_int_equal(try(&uf_method_sensitivity, panel, UF_ENGLISH,
                         (const char *const[]){"restrictions", "none,smoothness", NULL}, &result, &error),
                     UF_BAD_USAGE);
    uf_result_clear(&result);
    /* everybody is treated at once */
    for (size_t u = 0; u < UNITS; u++) panel->treatment.first_period[u] = START;
    for (int m = 0; m < 2; m++) {
        assert_int_equal(try(m ? &uf_method_power : &uf_method_sensitivity, panel, UF_ENGLISH,
                             (const char *const[]){NULL}, &result, &error),
                         UF_NOT_IDENTIFIED);
        assert_true(uf_result_has_fatal(&result));
        uf_result_clear(&result);
    }
    small_panel_free(panel);
}

/* Where no comparison region is observed in the reference, the estimates of the others are differences from the earliest event
 * time, which is dropped; without them in another period, that one is left out and the run ends there. */
static void nobody_to_compare_with(void **state)
{
    (void)state;
    struct uf_result result;
    struct uf_error error;
    static const char *const options[] = {"draws", "200", "leave-one-out", "false", "placebo-starts",
                                          "0",     NULL};
    for (size_t back = 1; back <= 3; back += 2) {
        struct uf_panel *panel = panel_make();
        for (size_t u = TREATED; u < UNITS; u++) *small_panel_cell(panel, 0, u, START - back) = NAN;
        uf_status status = try(&uf_method_sensitivity, panel, UF_ENGLISH, options, &result, &error);
        if (back == 1) {
            assert_int_equal(status, UF_NOT_IDENTIFIED);
            const struct uf_note *note = uf_result_note(&result, "bounds-impossible");
            assert_non_null(strstr(note->text, "beside no region to compare with"));
            assert_non_null(strstr(note->advice, "reference: -3"));
            assert_null(uf_result_table(&result, "bounds"));
        } else {
            assert_ok(status, &error);
            /* one step before: no bend */
            assert_null(strstr(uf_result_note(&result, "breakdown-smoothness")->text, "at most"));
        }
        uf_result_clear(&result);
        small_panel_free(panel);
    }
    /* sums by period are 0 for each of its own dummies: no variance, though the outcome is not explained */
    struct uf_panel *panel = panel_make();
    assert_int_equal(try(&uf_method_sensitivity, panel, UF_ENGLISH,
                         (const char *const[]){"inference", "driscoll-kraay", "event-covariance", "inference",
                                               "draws", "200", NULL},
                         &result, &error),
                     UF_NOT_IDENTIFIED);
    assert_non_null(strstr(uf_result_note(&result, "bounds-impossible")->text, "too low a rank"));
    uf_result_clear(&result);
    const char *const automatic[] = {"inference",     "driscoll-kraay", "draws", "200",
                                     "leave-one-out", "false",          NULL};
    assert_ok(try(&uf_method_sensitivity, panel, UF_ENGLISH, automatic, &result, &error), &error);
    const struct uf_table *bounds = uf_result_table(&result, "bounds");
    assert_string_equal(uf_table_text(bounds, 0, uf_table_column(bounds, "vcov")), "serial");
    uf_result_clear(&result);
    small_panel_free(panel);
}

/* Bounds, breakdown values and the sentences about them in other units of the outcome: the same numbers, and none of them lost. */
static void other_units(void **state)
{
    (void)state;
    static const double units[] = {1, 1e-7, 1e9};
    struct uf_result result[3];
    struct uf_error error;
    for (size_t k = 0; k < 3; k++) {
        struct uf_panel *panel = panel_make();
        for (size_t u = 0; u < UNITS; u++)
            for (size_t t = 0; t < PERIODS; t++) *small_panel_cell(panel, 0, u, t) *= units[k];
        assert_ok(try(&uf_method_sensitivity, panel, UF_ENGLISH,
                      (const char *const[]){"leave-one-out", "false", "placebo-starts", "0", "draws", "200",
                                            "relative-magnitudes", "1", NULL},
                      &result[k], &error),
                  &error);
        small_panel_free(panel);
        const struct uf_table *bounds = uf_result_table(&result[k], "bounds"),
                              *first = uf_result_table(&result[0], "bounds"),
                              *breakdown = uf_result_table(&result[k], "breakdown");
        assert_int_equal(uf_table_rows(bounds), uf_table_rows(first));
        for (size_t i = 0; i < uf_table_rows(bounds); i++)
            for (size_t c = 0; c < 2; c++) {
                const size_t column = uf_table_column(bounds, c ? "high" : "low");
                expect_within(uf_table_number(bounds, i, column) / units[k],
                              uf_table_number(first, i, column), 1e-5, "bounds");
            }
        size_t said = 0;
        for (size_t i = 0; i < uf_table_rows(breakdown); i++) {
            const char *text = uf_table_text(breakdown, i, uf_table_column(breakdown, "text"));
            const double m = uf_table_number(breakdown, i, uf_table_column(breakdown, "breakdown_m"));
            const bool smooth =
                !strcmp(uf_table_text(breakdown, i, uf_table_column(breakdown, "restriction")), "smoothness");
            if (strstr(text, " 0.000000 ") || strstr(text, " 0 ") || strstr(text, " 0.00 "))
                fail_msg("%s", text);
            if (!smooth || !(m > 0)) continue;
            double number;
            const char *change = strstr(text, "change by ");
            assert_true(change && sscanf(change, "change by %lf", &number) == 1);
            if (k < 2) expect_within(number, m, 0.005 * m, "breakdown in words"); /* else with commas */
            said++;
        }
        assert_true(said > 0);
    }
    for (size_t k = 0; k < 3; k++) uf_result_clear(&result[k]);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_by_hand),      cmocka_unit_test(words_in_swedish),
        cmocka_unit_test(counts_in_sentences), cmocka_unit_test(few_periods_and_bad_words),
        cmocka_unit_test(other_units),         cmocka_unit_test(nobody_to_compare_with)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
