// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `imputation` from a panel to tables and notes; the numbers themselves are held to peers in
 * tests/oracle. */
#include "support/starts.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/imputation.h>

static const char *const few[] = {"permutations", "199", "enumerate", "100", NULL};

static void every_table_is_there(void **state)
{
    (void)state;
    struct ran ran = run_method(&uf_method_imputation, starts_panel(16), few);
    const struct uf_table *estimates = table_of(&ran, "estimates"), *events = table_of(&ran, "event-study"),
                          *cells = table_of(&ran, "group-time"), *groups = table_of(&ran, "group-average"),
                          *years = table_of(&ran, "calendar-average");
    /* few clusters: randomisation first, the errors beside it, in a sentence */
    assert_non_null(
        strstr(uf_result_note(&ran.result, "inference-chosen")->text, "6 treated and 10 untreated"));
    assert_null(uf_result_note(&ran.result, "few-clusters-imputation"));
    assert_string_equal(cell_text(estimates, 0, "vcov"), "randomisation-scaled");
    size_t one_out = row_of(estimates, "vcov", "bjs-leave-one-out");
    assert_true(cell_number(estimates, one_out, "std_error") >
                cell_number(estimates, row_of(estimates, "vcov", "bjs"), "std_error"));
    const struct uf_table *size = table_of(&ran, "effect-size");
    expect_close(cell_number(size, 0, "conf_low"), cell_number(estimates, 0, "conf_low"), 0, "one interval");
    size_t bjs = row_of(estimates, "vcov", "bjs");
    assert_string_equal(cell_text(estimates, bjs, "term"), "simple");
    /* (1 … 6 three times, 1 … 4 three times) */
    expect_within(cell_number(estimates, bjs, "estimate"), 3.1, 0.15, "simple");
    expect_within(cell_number(estimates, row_of(estimates, "term", "dynamic"), "estimate"), 3.5, 0.2,
                  "dynamic");
    expect_within(cell_number(estimates, row_of(estimates, "term", "group"), "estimate"), 3, 0.2, "group");
    expect_within(cell_number(estimates, row_of(estimates, "term", "calendar"), "estimate"), 17.5 / 6 - 0.17,
                  0.5, "calendar");
    expect_close(cell_number(estimates, bjs, "df"), 15, 0, "df");
    assert_int_equal(uf_table_rows(cells), 10);
    size_t first = row_of(cells, "term", "2014:2016");
    expect_within(cell_number(cells, first, "estimate"), 3, 0.3, "cell");
    expect_close(cell_number(cells, first, "n_treated"), 3, 0, "treated");
    expect_close(cell_number(cells, first, "n_control"), 10, 0, "comparison");
    double weight = 0;
    for (size_t row = 0; row < uf_table_rows(cells); row++) weight += cell_number(cells, row, "weight");
    expect_close(weight, 1, 1e-12, "weights");
    assert_int_equal(uf_table_rows(groups), 2);
    assert_int_equal(uf_table_rows(years), 6);
    /* −6 … 5; the reference in its place */
    assert_int_equal(uf_table_rows(events), 12);
    for (size_t row = 0; row < 12; row++)
        expect_close(cell_number(events, row, "event_time"), (double)row - 6, 0, "order");
    expect_close(cell_number(events, 5, "estimate"), 0, 0, "reference");
    expect_within(cell_number(events, 8, "estimate"), 3, 0.3, "third year");
    for (size_t row = 0; row < 12; row++) {
        if (row == 5) continue;
        assert_true(cell_number(events, row, "band_low") < cell_number(events, row, "conf_low"));
        assert_true(cell_number(events, row, "band_high") > cell_number(events, row, "conf_high"));
    }
    assert_non_null(uf_result_table(&ran.result, "pretrend"));
    assert_non_null(uf_result_table(&ran.result, "randomisation"));
    assert_non_null(uf_result_table(&ran.result, "raw-trends"));
    assert_non_null(uf_result_table(&ran.result, "design"));
    assert_null(uf_result_table(&ran.result, "left-out"));
    assert_int_equal(ran.result.claim, UF_CLAIM_EFFECT);
    uf_result_clear(&ran.result);
}

/* `auto` takes what the design calls for, and what is asked for by name stands as asked. */
static void inference_is_chosen_by_the_design(void **state)
{
    (void)state;
    static const char *const quick[] = {"permutations", "99", "enumerate", "99", "draws", "0", NULL};
    static const char *const named[] = {
        "inference", "bjs,randomisation", "permutations", "99", "enumerate", "99", "draws", "0", NULL};
    struct uf_panel *panel = starts_panel(60);
    for (size_t u = 6; u < 24; u++) panel->treatment.first_period[u] = u % 2 ? 4 : 6;
    struct ran ran = run_method(&uf_method_imputation, panel, quick);
    const struct uf_table *estimates = table_of(&ran, "estimates");
    assert_string_equal(cell_text(estimates, 0, "vcov"), "bjs-leave-one-out");
    assert_true(row_of(estimates, "vcov", "randomisation-scaled") < row_of(estimates, "vcov", "bjs"));
    const struct uf_note *note = uf_result_note(&ran.result, "inference-chosen");
    assert_int_equal(note->severity, UF_NOTE);
    assert_non_null(strstr(note->text, "with leave-one-out, because 24 treated and 36 untreated"));
    uf_result_clear(&ran.result);
    ran = run_in(&uf_method_imputation, starts_panel(16), UF_SWEDISH, quick);
    assert_non_null(strstr(uf_result_note(&ran.result, "inference-chosen")->text, "6 behandlade"));
    expect_swedish(&ran);
    uf_result_clear(&ran.result);
    /* two years before the first start: how noisy the regions are is not known */
    panel = starts_panel(16);
    for (size_t u = 0; u < 6; u++) panel->treatment.first_period[u] = u < 3 ? 2 : 4;
    ran = run_method(&uf_method_imputation, panel, quick);
    assert_string_equal(cell_text(table_of(&ran, "estimates"), 0, "vcov"), "randomisation-t");
    assert_int_equal(uf_result_note(&ran.result, "inference-chosen")->severity, UF_WARNING);
    uf_result_clear(&ran.result);
    ran = run_method(&uf_method_imputation, starts_panel(60), named);
    assert_null(uf_result_note(&ran.result, "inference-chosen"));
    assert_string_equal(cell_text(table_of(&ran, "estimates"), 0, "vcov"), "bjs");
    uf_result_clear(&ran.result);
}

static void a_unit_always_treated_is_left_out_by_name(void **state)
{
    (void)state;
    struct uf_panel *panel = starts_panel(16);
    panel->treatment.first_period[7] = 0;
    struct ran ran = run_method(&uf_method_imputation, panel, few);
    const struct uf_table *cells = table_of(&ran, "group-time");
    assert_null(uf_result_table(&ran.result, "left-out"));
    expect_close(cell_number(table_of(&ran, "estimates"), 0, "n_obs"), 150, 0, "rows used");
    assert_int_equal(ran.result.ledger[0].rows_before, 160);
    assert_int_equal(ran.result.ledger[0].rows_after, 150);
    const struct uf_note *note = uf_result_note(&ran.result, "treated-from-start");
    assert_non_null(note);
    assert_non_null(strstr(note->text, "Region 8"));
    assert_null(uf_result_note(&ran.result, "not-predicted"));
    for (size_t row = 0; row < uf_table_rows(cells); row++)
        assert_string_not_equal(cell_text(cells, row, "group"), "2008");
    assert_true(isfinite(cell_number(cells, row_of(cells, "term", "2012:2012"), "estimate")));
    uf_result_clear(&ran.result);
}

static void a_year_without_untreated_is_left_out(void **state)
{
    (void)state;
    struct ran ran = run_method(&uf_method_imputation, starts_panel(6), few);
    const struct uf_table *cells = table_of(&ran, "group-time");
    assert_non_null(uf_result_note(&ran.result, "no-never-treated"));
    assert_true(isfinite(cell_number(cells, row_of(cells, "term", "2012:2013"), "estimate")));
    size_t row = row_of(cells, "term", "2012:2014");
    assert_true(isnan(cell_number(cells, row, "estimate")));
    assert_non_null(strstr(cell_text(cells, row, "note"), "nobody is untreated"));
    uf_result_clear(&ran.result);
    /* all at once: nothing is left */
    struct uf_panel *panel = starts_panel(6);
    for (size_t u = 0; u < 6; u++) panel->treatment.first_period[u] = 4;
    expect_refused_run(run_in(&uf_method_imputation, panel, UF_ENGLISH, few), "all-treated");
    /* the only later cohort has none to be compared with but those always treated */
    panel = starts_panel(6);
    for (size_t u = 0; u < 6; u++) panel->treatment.first_period[u] = u < 3 ? 0 : 4;
    expect_refused_run(run_in(&uf_method_imputation, panel, UF_ENGLISH, few), "all-treated");
}

static void anticipation_moves_the_start(void **state)
{
    (void)state;
    static const char *const settings[] = {"anticipation", "1",   "inference", "bjs",
                                           "permutations", "199", NULL};
    struct ran ran = run_method(&uf_method_imputation, starts_panel(60), settings);
    const struct uf_table *events = table_of(&ran, "event-study"), *estimates = table_of(&ran, "estimates");
    size_t row = row_of(events, "term", "event-time -1");
    assert_string_equal(cell_text(events, row, "vcov"), "bjs");
    expect_within(cell_number(events, row, "estimate"), 0, 0.2, "anticipated");
    expect_close(cell_number(events, row_of(events, "term", "event-time -2"), "estimate"), 0, 0, "reference");
    assert_non_null(uf_result_note(&ran.result, "anticipation"));
    /* 60 clusters: what was asked for, alone */
    assert_string_equal(cell_text(estimates, 0, "vcov"), "bjs");
    assert_null(uf_result_note(&ran.result, "few-clusters-imputation"));
    assert_null(uf_result_table(&ran.result, "randomisation"));
    /* the anticipated year is in no average but its own */
    expect_close(cell_number(estimates, 0, "estimate"), 3.1, 0.05, "simple");
    uf_result_clear(&ran.result);
}

static void leads_have_a_reference(void **state)
{
    (void)state;
    static const char *const two[] = {"leads", "2", "inference", "bjs", "permutations", "199", NULL};
    static const char *const other[] = {"reference", "-3", "inference", "bjs", "permutations", "199", NULL};
    struct ran ran = run_method(&uf_method_imputation, starts_panel(60), two);
    const struct uf_table *events = table_of(&ran, "event-study");
    assert_int_equal(uf_table_rows(events), 9); /* −3 with all before it, −2, −1, 0 … 5 */
    expect_close(cell_number(events, 0, "event_time"), -3, 0, "reference");
    expect_close(cell_number(events, 0, "estimate"), 0, 0, "reference");
    uf_result_clear(&ran.result);
    ran = run_method(&uf_method_imputation, starts_panel(60), other);
    events = table_of(&ran, "event-study");
    expect_close(cell_number(events, row_of(events, "term", "event-time -3"), "estimate"), 0, 0, "reference");
    assert_true(cell_number(events, row_of(events, "term", "event-time -1"), "std_error") > 0);
    uf_result_clear(&ran.result);
}

static void bad_input_is_refused(void **state)
{
    (void)state;
    struct uf_panel *panel = starts_panel(16);
    panel->treatment.switches_off = true;
    expect_refused_run(run_in(&uf_method_imputation, panel, UF_ENGLISH, few), "switching-off-refused");
    panel = starts_panel(16);
    panel->treatment.dose = calloc(160, sizeof(double));
    panel->treatment.dose[9] = 0.5;
    expect_refused_run(run_in(&uf_method_imputation, panel, UF_SWEDISH, few), "treatment-not-binary");
    static const struct {
        const char *name, *value, *word;
    } wrong[] = {
        {"reference", "1", "below 0"}, {"leads", "0", "at least 1"}, {"confidence-level", "95", "share"}};
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        const char *const settings[] = {wrong[w].name, wrong[w].value, NULL};
        struct ran ran = run_in(&uf_method_imputation, starts_panel(16), UF_ENGLISH, settings);
        assert_int_equal(ran.status, UF_BAD_USAGE);
        assert_non_null(strstr(ran.error.message, wrong[w].word));
        uf_result_clear(&ran.result);
    }
    /* a region that changes clusters */
    panel = starts_panel(16);
    size_t *group = malloc(160 * sizeof *group), count = 4;
    for (size_t i = 0; i < 160; i++) group[i] = i % 4;
    panel->cluster = &group, panel->n_clusters = &count, panel->n_cluster_dimensions = 1;
    struct ran ran = run_in(&uf_method_imputation, panel, UF_ENGLISH, few);
    free(group);
    assert_int_equal(ran.status, UF_BAD_USAGE);
    assert_non_null(strstr(ran.error.message, "R001 lies in more than one cluster"));
    uf_result_clear(&ran.result);
}

static void a_single_region_in_a_cell_is_said(void **state)
{
    (void)state;
    static const char *const wide[] = {"pool", "event-time", "inference", "bjs", "permutations", "199", NULL};
    static const char *const one_out[] = {"leave-one-out", "true", "inference", "bjs",
                                          "permutations",  "199",  NULL};
    const char *const *settings[] = {few, wide, one_out};
    double spread[3];
    for (int s = 0; s < 3; s++) {
        struct uf_panel *panel = starts_panel(16);
        panel->treatment.first_period[5] = 8; /* alone in its cohort */
        struct ran ran = run_method(&uf_method_imputation, panel, settings[s]);
        const struct uf_table *estimates = table_of(&ran, "estimates");
        assert_int_equal(uf_result_note(&ran.result, "single-region-cells") != NULL, s != 1);
        spread[s] = cell_number(estimates, row_of(estimates, "vcov", "bjs"), "std_error");
        uf_result_clear(&ran.result);
    }
    assert_true(spread[0] > 0 && spread[1] > spread[0]);
    assert_true(isnan(spread[2])); /* one region has no others to be compared with */
}

static void a_covariate_that_explains_nothing_is_dropped(void **state)
{
    (void)state;
    for (int constant = 0; constant < 2; constant++) {
        struct uf_panel *panel = starts_panel(16);
        for (size_t u = 0; u < 16; u++)
            for (size_t t = 0; t < 10; t++)
                *small_panel_cell(panel, 1, u, t) = constant ? 1234.567 : (double)u / 3 + sin((double)t);
        starts_covariate(panel, 1);
        panel->weight = 2;
        struct ran ran = run_method(&uf_method_imputation, panel, few);
        assert_non_null(uf_result_note(&ran.result, "dropped-covariate"));
        assert_null(uf_result_note(&ran.result, "not-predicted"));
        uf_result_clear(&ran.result);
    }
}

/* Among the untreated it is always 0: what a 1 would have done is not known. */
static void a_covariate_of_the_treated_alone(void **state)
{
    (void)state;
    struct uf_panel *panel = starts_panel(16);
    for (size_t u = 0; u < 16; u++)
        for (size_t t = 0; t < 10; t++) *small_panel_cell(panel, 1, u, t) = u == 1 && t > 7;
    starts_covariate(panel, 1);
    struct ran ran = run_method(&uf_method_imputation, panel, few);
    const struct uf_table *left = table_of(&ran, "left-out"), *cells = table_of(&ran, "group-time");
    assert_string_equal(cell_text(left, 0, "name"), "Region 2");
    expect_close(cell_number(left, 0, "n_obs"), 2, 0, "observations");
    expect_close(cell_number(cells, row_of(cells, "term", "2012:2016"), "n_treated"), 2, 0,
                 "the others are estimated");
    expect_close(cell_number(cells, row_of(cells, "term", "2012:2015"), "n_treated"), 3, 0,
                 "all are estimated");
    uf_result_clear(&ran.result);
}

static void swedish_has_no_english(void **state)
{
    (void)state;
    struct ran ran = run_in(&uf_method_imputation, starts_panel(16), UF_SWEDISH, few);
    assert_int_equal(ran.status, UF_OK);
    expect_swedish(&ran);
    uf_result_clear(&ran.result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_there),
        cmocka_unit_test(inference_is_chosen_by_the_design),
        cmocka_unit_test(a_unit_always_treated_is_left_out_by_name),
        cmocka_unit_test(a_year_without_untreated_is_left_out),
        cmocka_unit_test(anticipation_moves_the_start),
        cmocka_unit_test(leads_have_a_reference),
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(a_single_region_in_a_cell_is_said),
        cmocka_unit_test(a_covariate_that_explains_nothing_is_dropped),
        cmocka_unit_test(a_covariate_of_the_treated_alone),
        cmocka_unit_test(swedish_has_no_english),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
