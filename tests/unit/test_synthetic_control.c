// SPDX-License-Identifier: GPL-3.0-or-later
/* The method as the study runs it: from a panel and options to tables, notes and refusals. */
#include "support/small_panel.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/synthetic_control.h>

enum { UNITS = 24, PERIODS = 16, START = 11, FIRST = 2005 };
static const char *const columns[] = {"y", "rd"};

static uint32_t stream;
static double draw(void)
{
    stream = stream * 1664525u + 1013904223u;
    return (double)(stream >> 8) / 8388608.0 - 1;
}

/* Unit 0 is 0.6 of unit 5 and 0.4 of unit 9, plus noise, plus `effect` from 2016 on. */
static struct uf_panel *example(double effect)
{
    struct uf_panel *panel = small_panel_new(UNITS, PERIODS, FIRST, columns, 2);
    stream = 77;
    for (size_t u = 0; u < UNITS; u++) {
        double level = 20 + 4 * draw(), slope = 0.3 * draw();
        for (size_t t = 0; t < PERIODS; t++) {
            *small_panel_cell(panel, 0, u, t) = level + slope * (double)t + 0.5 * draw();
            *small_panel_cell(panel, 1, u, t) = 0.1 * level + 0.2 * draw();
        }
    }
    for (size_t t = 0; t < PERIODS; t++)
        for (size_t c = 0; c < 2; c++)
            *small_panel_cell(panel, c, 0, t) = 0.6 * *small_panel_cell(panel, c, 5, t) +
                                                0.4 * *small_panel_cell(panel, c, 9, t) + 0.02 * draw() +
                                                (c == 0 && t >= START ? effect : 0);
    panel->treatment.first_period[0] = START;
    panel->treatment.name = strdup("Smart industri");
    return panel;
}

struct outcome {
    uf_status status;
    struct uf_error error;
    struct uf_result result;
};

/* `settings`: name, value, name, value …, NULL. The panel is freed. */
static struct outcome run_in(struct uf_panel *panel, enum uf_language language, const char *const *settings)
{
    struct outcome outcome = {.status = UF_OK};
    struct uf_options *options;
    const struct uf_context context = {.language = language, .threads = 1};
    uf_result_init(&outcome.result);
    assert_ok(uf_options_new(&uf_method_synthetic_control, &options, &outcome.error), &outcome.error);
    for (; settings && *settings; settings += 2)
        assert_ok(uf_options_set(options, settings[0], settings[1], &outcome.error), &outcome.error);
    outcome.status =
        uf_method_synthetic_control.run(panel, options, &context, &outcome.result, &outcome.error);
    uf_options_free(options);
    small_panel_free(panel);
    return outcome;
}

static struct outcome run(struct uf_panel *panel, const char *const *settings)
{
    struct outcome outcome = run_in(panel, UF_ENGLISH, settings);
    if (outcome.status != UF_OK) fail_msg("status %d: %s", (int)outcome.status, outcome.error.message);
    return outcome;
}

static double number(const struct outcome *outcome, const char *table, size_t row, const char *column)
{
    const struct uf_table *found = uf_result_table(&outcome->result, table);
    if (!found) fail_msg("no table %s", table);
    size_t index = uf_table_column(found, column);
    if (index == SIZE_MAX || row >= uf_table_rows(found))
        fail_msg("%s has no %s in row %zu", table, column, row);
    return uf_table_number(found, row, index);
}

static const char *text(const struct outcome *outcome, const char *table, size_t row, const char *column)
{
    const struct uf_table *found = uf_result_table(&outcome->result, table);
    if (!found) fail_msg("no table %s", table);
    return uf_table_text(found, row, uf_table_column(found, column));
}

static size_t rows(const struct outcome *outcome, const char *table)
{
    const struct uf_table *found = uf_result_table(&outcome->result, table);
    return found ? uf_table_rows(found) : 0;
}

static void an_effect_is_found_ranked_and_explained(void **state)
{
    (void)state;
    struct outcome outcome = run(example(2.5), NULL);
    expect_within(number(&outcome, "estimates", 0, "estimate"), 2.5, 0.1, "average gap");
    assert_string_equal(text(&outcome, "estimates", 0, "term"), "average_gap");
    assert_string_equal(text(&outcome, "estimates", 0, "period"), "2016–2020");
    assert_true(isnan(number(&outcome, "estimates", 0, "std_error")));
    expect_close(number(&outcome, "estimates", 0, "p_value"), 1.0 / 24, 1e-12, "p-value: first of 24");
    expect_close(number(&outcome, "estimates", 0, "n_control"), 23, 0, "donors");
    assert_int_equal(rows(&outcome, "path"), PERIODS);
    for (size_t t = 0; t < PERIODS; t++)
        expect_within(number(&outcome, "path", t, "gap"),
                      number(&outcome, "path", t, "treated") - number(&outcome, "path", t, "synthetic"),
                      1e-12, "gap");
    assert_string_equal(text(&outcome, "weights", 0, "unit"), "R006");
    assert_string_equal(text(&outcome, "weights", 1, "unit"), "R010");
    expect_within(number(&outcome, "weights", 0, "weight"), 0.6, 0.03, "first weight");
    double sum = 0;
    for (size_t i = 0; i < rows(&outcome, "weights"); i++) sum += number(&outcome, "weights", i, "weight");
    expect_close(sum, 1, 1e-12, "sum of the weights");
    assert_int_equal(rows(&outcome, "placebos"), 23 * PERIODS);
    assert_int_equal(rows(&outcome, "placebo-ratios"), 24);
    assert_string_equal(text(&outcome, "placebo-ratios", 0, "unit"), "R001");
    expect_close(number(&outcome, "placebo-ratios", 0, "rank"), 1, 0, "rank");
    assert_int_equal(rows(&outcome, "leave-one-out"), rows(&outcome, "weights"));
    assert_int_equal(rows(&outcome, "predictor-balance"), START);
    assert_non_null(uf_result_note(&outcome.result, "predictors-default"));
    assert_non_null(uf_result_note(&outcome.result, "fit-before"));
    assert_non_null(uf_result_note(&outcome.result, "placebo-p-value"));
    assert_non_null(uf_result_table(&outcome.result, "design"));
    assert_int_equal(outcome.result.claim, UF_CLAIM_EFFECT);
    uf_result_clear(&outcome.result);
}

/* A treated unit that a donor equals in every period has no gap: the least extreme of all, never the first. */
static void no_gap_at_all_is_the_last_in_the_ranking(void **state)
{
    (void)state;
    struct uf_panel *panel = example(0);
    for (size_t t = 0; t < PERIODS; t++)
        *small_panel_cell(panel, 0, 0, t) = *small_panel_cell(panel, 0, 5, t);
    struct outcome outcome = run(panel, NULL);
    assert_true(isnan(number(&outcome, "estimates", 0, "statistic")));
    expect_close(number(&outcome, "estimates", 0, "p_value"), 1, 0, "p");
    uf_result_clear(&outcome.result);
}

static void percent_is_of_the_synthetic_and_cost_divides(void **state)
{
    (void)state;
    struct uf_panel *panel = example(2.5);
    panel->treatment.cost = 5e6;
    struct outcome outcome = run(panel, NULL);
    double synthetic = 0;
    for (size_t t = START; t < PERIODS; t++)
        synthetic += number(&outcome, "path", t, "synthetic") / (PERIODS - START);
    expect_close(number(&outcome, "estimates", 1, "estimate"),
                 100 * number(&outcome, "estimates", 0, "estimate") / synthetic, 1e-12, "per cent");
    expect_close(number(&outcome, "estimates", 2, "estimate"),
                 number(&outcome, "estimates", 0, "estimate") / 5, 1e-12, "per million");
    uf_result_clear(&outcome.result);
}

static void predictors_are_means_over_their_windows(void **state)
{
    (void)state;
    static const char *const settings[] = {"predictors", "rd:2008-2012,y:2015,y:2005-2013/4,rd",
                                           "placebo-in-space", "false", NULL};
    struct uf_panel *panel = example(1);
    small_panel_miss(panel, 1, 0, 4); /* 2009: the mean is over the other four */
    double rd = 0;
    for (size_t t = 3; t <= 7; t++) rd += t == 4 ? 0 : *small_panel_cell(panel, 1, 0, t) / 4;
    double last = *small_panel_cell(panel, 0, 0, 10),
           every_fourth = (*small_panel_cell(panel, 0, 0, 0) + *small_panel_cell(panel, 0, 0, 4) +
                           *small_panel_cell(panel, 0, 0, 8)) /
                          3;
    struct outcome outcome = run(panel, settings);
    assert_int_equal(rows(&outcome, "predictor-balance"), 4);
    expect_close(number(&outcome, "predictor-balance", 0, "treated"), rd, 1e-12, "rd:2008-2012");
    expect_close(number(&outcome, "predictor-balance", 1, "treated"), last, 1e-12, "y:2015");
    expect_close(number(&outcome, "predictor-balance", 2, "treated"), every_fourth, 1e-12, "y:2005-2013/4");
    double v = 0;
    for (size_t i = 0; i < 4; i++) v += number(&outcome, "predictor-balance", i, "v");
    expect_close(v, 1, 1e-12, "sum of v");
    assert_null(uf_result_table(&outcome.result, "placebos"));
    assert_non_null(uf_result_note(&outcome.result, "no-placebos"));
    assert_true(isnan(number(&outcome, "estimates", 0, "p_value")));
    uf_result_clear(&outcome.result);
}

static void wrong_options_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *settings[5];
        const char *said;
    } cases[] = {
        {{"predictors", "rdd"}, "'rdd'"},
        {{"predictors", "rd:2010-2018"}, "2018"},
        {{"predictors", "rd:someday"}, "rd:someday"},
        {{"predictors", "rd:2008-2012/x"}, "rd:2008-2012/x"},
        {{"fit-from", "2018"}, "fit window"},
        {{"placebo-in-time", "2016"}, "2016"},
        {{"placebo-in-time", "2006"}, "2006"},
        {{"donors", "R002,R999"}, "R999"},
        {{"donors", "R001"}, "treated"},
        {{"exclude", "R001"}, "treated"},
        {{"v", "given", "v-weights", "1,2"}, "11 predictors"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome outcome = run_in(example(1), UF_ENGLISH, cases[i].settings);
        assert_int_equal(outcome.status, UF_BAD_USAGE);
        if (!strstr(outcome.error.message, cases[i].said)) fail_msg("case %zu: %s", i, outcome.error.message);
        uf_result_clear(&outcome.result);
    }
}

static void donors_with_gaps_are_left_out_and_named(void **state)
{
    (void)state;
    struct uf_panel *panel = example(2);
    small_panel_miss(panel, 0, 3, 2);
    small_panel_miss(panel, 0, 7, 15);
    static const char *const settings[] = {"exclude", "R012", NULL};
    struct outcome outcome = run(panel, settings);
    const struct uf_note *note = uf_result_note(&outcome.result, "donors-left-out");
    assert_non_null(note);
    assert_non_null(strstr(note->text, "Region 4, Region 8"));
    expect_close(number(&outcome, "estimates", 0, "n_control"), 20, 0, "donors");
    assert_int_equal(outcome.result.n_ledger, 2);
    assert_int_equal(outcome.result.ledger[0].rows_before - outcome.result.ledger[0].rows_after, PERIODS);
    assert_int_equal(outcome.result.ledger[1].rows_before - outcome.result.ledger[1].rows_after, 2 * PERIODS);
    uf_result_clear(&outcome.result);
}

static void without_donors_there_is_a_refusal(void **state)
{
    (void)state;
    struct uf_panel *panel = example(2);
    for (size_t u = 1; u < UNITS; u++)
        small_panel_miss(panel, 0, u, u % PERIODS); /* each has a gap, none is empty */
    struct outcome outcome = run_in(panel, UF_SWEDISH, NULL);
    assert_int_equal(outcome.status, UF_NOT_IDENTIFIED);
    assert_non_null(uf_result_note(&outcome.result, "donors-all-missing"));
    assert_int_equal(outcome.result.claim, UF_CLAIM_DESCRIPTION);
    assert_null(uf_result_table(&outcome.result, "estimates"));
    uf_result_clear(&outcome.result);

    panel = example(2);
    for (size_t u = 0; u < UNITS; u++) panel->treatment.first_period[u] = START;
    outcome = run_in(panel, UF_ENGLISH, NULL);
    assert_int_equal(outcome.status, UF_NOT_IDENTIFIED);
    assert_non_null(strstr(outcome.error.message, "dose-response"));
    uf_result_clear(&outcome.result);
}

static void several_treated_are_a_mean_or_pooled(void **state)
{
    (void)state;
    for (int pooled = 0; pooled < 2; pooled++) {
        struct uf_panel *panel = example(2);
        for (size_t t = 0; t < PERIODS; t++)
            *small_panel_cell(panel, 0, 1, t) =
                *small_panel_cell(panel, 0, 0, t) +
                0.3 * (*small_panel_cell(panel, 0, 9, t) - *small_panel_cell(panel, 0, 5, t));
        panel->treatment.first_period[1] = START;
        const char *const settings[] = {"treated-as", pooled ? "pooled" : "mean", NULL};
        struct outcome outcome = run(panel, settings);
        expect_within(number(&outcome, "estimates", 0, "estimate"), 2, 0.2, "average gap");
        expect_close(number(&outcome, "estimates", 0, "n_treated"), 2, 0, "treated");
        assert_non_null(uf_result_note(&outcome.result, pooled ? "treated-pooled" : "treated-mean"));
        /* 22 placebos; pooled: 231 pairs of them and the treated pair */
        double smallest = pooled ? 1.0 / 232 : 1.0 / 23;
        assert_true(number(&outcome, "estimates", 0, "p_value") >= smallest * (1 - 1e-12));
        assert_true(number(&outcome, "estimates", 0, "p_value") <= 3 * smallest);
        assert_int_equal(rows(&outcome, "placebo-ratios"), pooled ? 24 : 23);
        uf_result_clear(&outcome.result);
    }
}

static void a_placebo_in_time_sees_nothing_of_the_future(void **state)
{
    (void)state;
    static const char *const settings[] = {"placebo-in-time", "2012", NULL};
    struct outcome small = run(example(0), settings), large = run(example(50), settings);
    assert_int_equal(rows(&small, "placebo-in-time"), START);
    for (size_t t = 0; t < START; t++)
        expect_close(number(&large, "placebo-in-time", t, "gap"), number(&small, "placebo-in-time", t, "gap"),
                     0, "gap");
    assert_non_null(uf_result_note(&large.result, "placebo-in-time"));
    assert_int_equal(uf_result_note(&large.result, "placebo-in-time")->severity, UF_NOTE);
    uf_result_clear(&small.result);
    uf_result_clear(&large.result);
}

static void a_change_before_the_start_shows_as_a_placebo_in_time(void **state)
{
    (void)state;
    static const char *const settings[] = {"placebo-in-time", "2012", NULL};
    struct uf_panel *panel = example(0);
    for (size_t t = 7; t < PERIODS; t++) *small_panel_cell(panel, 0, 0, t) += 3;
    struct outcome outcome = run(panel, settings);
    assert_int_equal(uf_result_note(&outcome.result, "placebo-in-time")->severity, UF_WARNING);
    uf_result_clear(&outcome.result);
}

static void a_region_that_no_donor_resembles_is_no_effect(void **state)
{
    (void)state;
    struct uf_panel *panel = example(2);
    for (size_t t = 0; t < PERIODS; t++) *small_panel_cell(panel, 0, 0, t) += 30;
    struct outcome outcome = run(panel, NULL);
    assert_non_null(uf_result_note(&outcome.result, "poor-fit-before"));
    assert_non_null(uf_result_note(&outcome.result, "outside-donors"));
    assert_int_equal(outcome.result.claim, UF_CLAIM_DIFFERENCE);
    uf_result_clear(&outcome.result);
}

static void the_claim_is_never_better_than_the_design(void **state)
{
    (void)state;
    struct uf_panel *panel = example(2);
    struct uf_exposure *other = small_panel_expose(panel, "Another programme", -1, -1, 2016, 0);
    for (size_t u = 0; u < UNITS; u++) other->status[u] = u == 0 ? UF_EXPOSED : UF_NOT_EXPOSED;
    struct outcome outcome = run(panel, NULL);
    assert_int_equal(outcome.result.claim, UF_CLAIM_DIFFERENCE);
    uf_result_clear(&outcome.result);
}

static void both_languages_say_everything(void **state)
{
    (void)state;
    static const char *const settings[] = {"placebo-in-time", "2012", NULL};
    struct outcome english = run_in(example(2), UF_ENGLISH, settings),
                   swedish = run_in(example(2), UF_SWEDISH, settings);
    assert_int_equal(english.result.n_notes, swedish.result.n_notes);
    for (size_t i = 0; i < english.result.n_notes; i++) {
        assert_string_equal(english.result.notes[i].code, swedish.result.notes[i].code);
        assert_string_not_equal(english.result.notes[i].text, swedish.result.notes[i].text);
        assert_null(strchr(swedish.result.notes[i].text, '{'));
    }
    for (size_t i = 0; i < english.result.n_tables; i++)
        assert_string_not_equal(uf_table_title(english.result.tables[i]),
                                uf_table_title(swedish.result.tables[i]));
    uf_result_clear(&english.result);
    uf_result_clear(&swedish.result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_effect_is_found_ranked_and_explained),
        cmocka_unit_test(no_gap_at_all_is_the_last_in_the_ranking),
        cmocka_unit_test(percent_is_of_the_synthetic_and_cost_divides),
        cmocka_unit_test(predictors_are_means_over_their_windows),
        cmocka_unit_test(wrong_options_are_named),
        cmocka_unit_test(donors_with_gaps_are_left_out_and_named),
        cmocka_unit_test(without_donors_there_is_a_refusal),
        cmocka_unit_test(several_treated_are_a_mean_or_pooled),
        cmocka_unit_test(a_placebo_in_time_sees_nothing_of_the_future),
        cmocka_unit_test(a_change_before_the_start_shows_as_a_placebo_in_time),
        cmocka_unit_test(a_region_that_no_donor_resembles_is_no_effect),
        cmocka_unit_test(the_claim_is_never_better_than_the_design),
        cmocka_unit_test(both_languages_say_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
