// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `sun-abraham` from a panel to tables and notes; the numbers themselves are held to peers in
 * tests/oracle. */
#include "support/starts.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/sun_abraham.h>

static const char *const few[] = {"permutations", "199", "enumerate", "100", "bootstrap-draws", "199", NULL};

static void every_table_is_there(void **state)
{
    (void)state;
    struct ran ran = run_method(&uf_method_sun_abraham, starts_panel(16), few);
    const struct uf_table *estimates = table_of(&ran, "estimates"), *events = table_of(&ran, "event-study"),
                          *cells = table_of(&ran, "group-time");
    assert_string_equal(cell_text(estimates, 0, "vcov"), "randomisation-scaled");
    assert_string_equal(cell_text(estimates, 0, "term"), "simple");
    size_t cr2 = row_of(estimates, "vcov", "cr2");
    expect_within(cell_number(estimates, cr2, "estimate"), 3.1, 0.15, "simple");
    expect_close(cell_number(estimates, cr2, "estimate"), cell_number(estimates, 0, "estimate"), 1e-12,
                 "same");
    assert_true(cell_number(estimates, cr2, "df") < 15);
    expect_within(cell_number(estimates, row_of(estimates, "term", "dynamic"), "estimate"), 3.5, 0.2,
                  "dynamic");
    expect_within(cell_number(estimates, row_of(estimates, "term", "group"), "estimate"), 3, 0.2, "group");
    row_of(estimates, "vcov", "wild-bootstrap");
    row_of(estimates, "vcov", "cr1s");
    assert_int_equal(uf_table_rows(cells), 20);
    expect_within(cell_number(cells, 6, "estimate"), 3, 0.3, "2012 in 2014");
    expect_close(cell_number(cells, 6, "weight"), 3, 0, "weight");
    expect_close(cell_number(cells, 6, "n_control"), 10, 0, "controls");
    expect_close(cell_number(cells, 3, "estimate"), 0, 0, "reference");
    assert_non_null(strstr(cell_text(cells, 3, "note"), "reference"));
    assert_int_equal(uf_table_rows(table_of(&ran, "group-average")), 2);
    assert_int_equal(uf_table_rows(table_of(&ran, "calendar-average")), 6);
    assert_int_equal(uf_table_rows(events), 12);
    for (size_t row = 0; row < 12; row++) {
        expect_close(cell_number(events, row, "event_time"), (double)row - 6, 0, "order");
        if (row == 5) continue;
        assert_true(cell_number(events, row, "band_low") < cell_number(events, row, "conf_low"));
        assert_true(cell_number(events, row, "band_high") > cell_number(events, row, "conf_high"));
    }
    expect_close(cell_number(events, 5, "estimate"), 0, 0, "reference");
    const struct uf_table *pretrend = table_of(&ran, "pretrend");
    expect_close(cell_number(pretrend, 0, "restrictions"), 5, 0, "leads");
    row_of(pretrend, "vcov", "randomisation");
    size_t careful = row_of(pretrend, "vcov", "cr1s");
    assert_true(cell_number(pretrend, careful, "slope_50") > 0);
    assert_true(cell_number(pretrend, careful, "slope_80") > cell_number(pretrend, careful, "slope_50"));
    assert_non_null(uf_result_note(&ran.result, "pretrend-power"));
    table_of(&ran, "randomisation"), table_of(&ran, "raw-trends"), table_of(&ran, "design");
    table_of(&ran, "effect-size");
    assert_non_null(uf_result_note(&ran.result, "shares-fixed"));
    assert_int_equal(ran.result.claim, UF_CLAIM_EFFECT);
    uf_result_clear(&ran.result);
}

/* One term alone is tested as the coefficient that it is. */
static void the_joint_test_of_one_lead_is_its_t_test(void **state)
{
    (void)state;
    static const char *const kinds[] = {"cr2", "cr3", "cr1s", "iid", NULL};
    for (size_t i = 0; kinds[i]; i++) {
        const char *const settings[] = {"inference", kinds[i], NULL};
        struct uf_panel *panel = starts_panel(16);
        for (size_t u = 0; u < 16; u++) {
            panel->treatment.first_period[u] = u < 4 ? 2 : SIZE_MAX;
            *small_panel_cell(panel, 0, u, 0) += u % 3 == 0;
        }
        struct ran ran = run_method(&uf_method_sun_abraham, panel, settings);
        const struct uf_table *pretrend = table_of(&ran, "pretrend"), *events = table_of(&ran, "event-study");
        size_t lead = row_of(events, "term", "event-time -2"), row = row_of(pretrend, "vcov", kinds[i]);
        double t = cell_number(events, lead, "statistic");
        expect_close(cell_number(pretrend, row, "statistic"), t * t, 1e-8, kinds[i]);
        uf_result_clear(&ran.result);
    }
}

static void the_last_cohort_is_said_to_be_the_control(void **state)
{
    (void)state;
    struct ran ran = run_method(&uf_method_sun_abraham, starts_panel(6), few);
    assert_non_null(uf_result_note(&ran.result, "last-cohort-as-control"));
    assert_int_equal(uf_table_rows(table_of(&ran, "group-average")), 1);
    uf_result_clear(&ran.result);
    ran = run_in(&uf_method_sun_abraham, starts_panel(6), UF_SWEDISH, few);
    assert_int_equal(ran.status, UF_OK);
    expect_swedish(&ran);
    uf_result_clear(&ran.result);
    struct uf_panel *panel = starts_panel(6);
    for (size_t u = 0; u < 6; u++) panel->treatment.first_period[u] = 4;
    expect_refused_run(run_in(&uf_method_sun_abraham, panel, UF_ENGLISH, few), "all-treated");
    panel = starts_panel(6);
    for (size_t u = 0; u < 6; u++) panel->treatment.first_period[u] = u < 3 ? 0 : 4;
    expect_refused_run(run_in(&uf_method_sun_abraham, panel, UF_ENGLISH, few), "all-treated");
}

static void gaps_are_said(void **state)
{
    (void)state;
    struct uf_panel *panel = starts_panel(16);
    for (size_t u = 6; u < 16; u++) small_panel_miss(panel, 0, u, 8);
    panel->treatment.first_period[15] = 0;
    for (size_t u = 0; u < 3; u++) small_panel_miss(panel, 0, u, 3);
    struct ran ran = run_in(&uf_method_sun_abraham, panel, UF_SWEDISH, few);
    assert_int_equal(ran.status, UF_OK);
    assert_non_null(uf_result_note(&ran.result, "cells-not-estimated"));
    assert_non_null(uf_result_note(&ran.result, "reference-moved"));
    assert_non_null(uf_result_note(&ran.result, "treated-from-start"));
    expect_swedish(&ran);
    const struct uf_table *cells = table_of(&ran, "group-time"), *estimates = table_of(&ran, "estimates");
    /* without the 9 rows of a region treated throughout; 6 of cells without controls are not in the regression */
    const struct uf_ledger_entry *last = &ran.result.ledger[ran.result.n_ledger - 1];
    assert_int_equal(last->rows_before, 138);
    assert_int_equal(last->rows_after, 132);
    for (size_t row = 0; row < uf_table_rows(estimates); row++)
        expect_close(cell_number(estimates, row, "n_obs"), 132, 0, "rows of the regression");
    size_t missing = 0;
    for (size_t row = 0; row < uf_table_rows(cells); row++)
        if (!strcmp(cell_text(cells, row, "period"), "2016")) {
            assert_true(isnan(cell_number(cells, row, "estimate")));
            assert_non_null(strstr(cell_text(cells, row, "note"), "jämförelseenhet"));
            expect_close(cell_number(cells, row, "n_control"), 0, 0, "no control");
            missing++;
        }
    assert_int_equal(missing, 2);
    uf_result_clear(&ran.result);
}

/* Rows of a cohort at a reference that no control is observed at, and nowhere else, would pass for clusters. */
static void a_cohort_without_cells_is_not_fitted(void **state)
{
    (void)state;
    struct uf_panel *panel = starts_panel(16);
    static const char *const cr1s[] = {"inference", "cr1s", NULL};
    for (size_t u = 6; u < 16; u++) small_panel_miss(panel, 0, u, 3);
    struct ran ran = run_method(&uf_method_sun_abraham, panel, cr1s);
    const struct uf_table *estimates = table_of(&ran, "estimates"), *cells = table_of(&ran, "group-time");
    size_t cohorts = 0;
    for (size_t row = 0; row < uf_table_rows(cells); row++)
        cohorts += cell_number(cells, row, "estimate") > 0 && cell_number(cells, row, "event_time") == 0;
    assert_int_equal(cohorts, 1);
    size_t row = row_of(estimates, "vcov", "cr1s");
    expect_close(cell_number(estimates, row, "n_clusters"), 13, 0, "clusters");
    expect_close(cell_number(estimates, row, "df"), 12, 0, "df");
    uf_result_clear(&ran.result);
}

static void covariates_and_weights_are_used(void **state)
{
    (void)state;
    struct uf_panel *panel = starts_panel(16);
    starts_covariate(panel, 1);
    panel->weight = 2;
    struct ran ran = run_method(&uf_method_sun_abraham, panel, few);
    const struct uf_table *estimates = table_of(&ran, "estimates");
    assert_true(isfinite(cell_number(estimates, row_of(estimates, "term", "x"), "estimate")));
    expect_within(cell_number(estimates, 0, "estimate"), 3.1, 0.15, "simple");
    uf_result_clear(&ran.result);
    panel = starts_panel(16);
    starts_covariate(panel, 1);
    for (size_t u = 0; u < 16; u++)
        for (size_t t = 0; t < 10; t++) *small_panel_cell(panel, 1, u, t) = (double)u / 3 + (double)t;
    ran = run_method(&uf_method_sun_abraham, panel, few);
    assert_non_null(uf_result_note(&ran.result, "dropped-covariate"));
    uf_result_clear(&ran.result);
}

static void bad_input_is_refused(void **state)
{
    (void)state;
    struct uf_panel *panel = starts_panel(16);
    panel->treatment.switches_off = true;
    expect_refused_run(run_in(&uf_method_sun_abraham, panel, UF_ENGLISH, few), "switching-off-refused");
    panel = starts_panel(16);
    panel->treatment.switches_off = true;
    static const char *const stays[] = {"switching-off", "as-treated", "inference", "cr2", NULL};
    struct ran ran = run_method(&uf_method_sun_abraham, panel, stays);
    expect_within(cell_number(table_of(&ran, "estimates"), 0, "estimate"), 3.1, 0.15, "from the start on");
    uf_result_clear(&ran.result);
    panel = starts_panel(16);
    panel->treatment.dose = calloc(160, sizeof(double));
    panel->treatment.dose[9] = 0.5;
    expect_refused_run(run_in(&uf_method_sun_abraham, panel, UF_SWEDISH, few), "treatment-not-binary");
    static const struct {
        const char *name, *value, *word;
    } wrong[] = {
        {"reference", "0", "below 0"}, {"reference", "-1.5", "whole"}, {"confidence-level", "95", "share"}};
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        const char *const settings[] = {wrong[w].name, wrong[w].value, NULL};
        ran = run_in(&uf_method_sun_abraham, starts_panel(16), UF_ENGLISH, settings);
        assert_int_equal(ran.status, UF_BAD_USAGE);
        assert_non_null(strstr(ran.error.message, wrong[w].word));
        uf_result_clear(&ran.result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_there),
        cmocka_unit_test(the_joint_test_of_one_lead_is_its_t_test),
        cmocka_unit_test(the_last_cohort_is_said_to_be_the_control),
        cmocka_unit_test(gaps_are_said),
        cmocka_unit_test(a_cohort_without_cells_is_not_fitted),
        cmocka_unit_test(covariates_and_weights_are_used),
        cmocka_unit_test(bad_input_is_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
