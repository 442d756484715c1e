// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `callaway-santanna` from a panel to tables and notes; the numbers themselves are held to peers in
 * tests/oracle/test_callaway_santanna.c, and to identities in tests/property. */
#include "support/cohort_panel.h"
#include "support/method_run.h"
#include "support/small_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/callaway_santanna.h>

/* A band for all terms is never narrower than the interval of one: the draws of few units may scatter less than their
 * influence functions say. */
static void bands_hold_their_intervals(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference", "influence", NULL};
    static const char *const tables[] = {"event-study", "group-average", "calendar-average"};
    struct uf_panel *panel = cohort_panel_new(21, 12);
    for (size_t u = 0; u < panel->units.count; u++) /* one cohort of three */
        panel->treatment.first_period[u] = u < 3 ? 6 : SIZE_MAX;
    struct ran ran = run_method(&uf_method_callaway_santanna, panel, settings);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const struct uf_table *table = uf_result_table(&ran.result, tables[i]);
        for (size_t row = 0; row < uf_table_rows(table); row++) {
            assert_true(cell_number(table, row, "band_low") <= cell_number(table, row, "conf_low") + 1e-12);
            assert_true(cell_number(table, row, "band_high") >= cell_number(table, row, "conf_high") - 1e-12);
        }
    }
    uf_result_clear(&ran.result);
}

static void tables_of_a_plain_run(void **state)
{
    (void)state;
    static const char *const settings[] = {"permutations", "99", NULL};
    struct ran ran = run_method(&uf_method_callaway_santanna, cohort_panel_new(21, 12), settings);
    const struct uf_table *estimates = uf_result_table(&ran.result, "estimates"),
                          *cells = uf_result_table(&ran.result, "group-time"),
                          *event = uf_result_table(&ran.result, "event-study"),
                          *group = uf_result_table(&ran.result, "group-average"),
                          *calendar = uf_result_table(&ran.result, "calendar-average");
    /* few regions: dealt out anew, and that first */
    assert_string_equal(cell_text(estimates, 0, "vcov"), "randomisation-scaled");
    assert_true(fabs(cell_number(estimates, find_row(estimates, "simple", "influence"), "estimate") - 2) <
                0.3);
    for (size_t i = 0; i < 3; i++) {
        static const char *const terms[] = {"dynamic", "group", "calendar"};
        assert_true(fabs(cell_number(estimates, find_row(estimates, terms[i], "influence"), "estimate") - 2) <
                    0.3);
    }
    expect_close(cell_number(estimates, 0, "p_value"), 0.01, 1e-12, "the most extreme of 100");
    for (size_t i = 0; i < uf_table_rows(estimates); i++) {
        expect_close(cell_number(estimates, i, "n_treated"), 14, 0, "treated");
        expect_close(cell_number(estimates, i, "n_control"), 7, 0, "controls");
    }
    assert_non_null(
        strstr(uf_result_note(&ran.result, "inference-chosen")->text, "14 treated and 7 untreated"));
    assert_null(uf_result_note(&ran.result, "influence-errors"));
    assert_non_null(uf_result_table(&ran.result, "randomisation"));
    /* 2 cohorts × 11 periods; the weights of those after the start sum to 1 */
    assert_int_equal(uf_table_rows(cells), 22);
    double weight = 0;
    for (size_t i = 0; i < 22; i++) {
        weight += cell_number(cells, i, "weight");
        assert_int_equal(cell_number(cells, i, "weight") > 0, cell_number(cells, i, "event_time") >= 0);
        expect_close(cell_number(cells, i, "n_treated"), 7, 0, "treated");
        expect_close(cell_number(cells, i, "n_control"), 7, 0, "controls");
        expect_close(cell_number(cells, i, "n_obs"), 28, 0, "observations");
    }
    expect_close(weight, 1, 1e-12, "the weights");
    assert_string_equal(cell_text(cells, 0, "group"), "2013");
    assert_string_equal(cell_text(cells, 0, "period"), "2009");
    assert_int_equal(uf_table_rows(event), 14); /* −7 … 6 */
    assert_int_equal(uf_table_rows(group), 2);
    assert_int_equal(uf_table_rows(calendar), 7);
    for (size_t i = 0; i < uf_table_rows(event); i++) {
        assert_true(cell_number(event, i, "band_low") < cell_number(event, i, "estimate"));
        assert_true(cell_number(event, i, "band_high") > cell_number(event, i, "estimate"));
    }
    /* the leads are dealt too: there are more of them than their covariance carries */
    const struct uf_table *pretrend = uf_result_table(&ran.result, "pretrend");
    assert_string_equal(cell_text(pretrend, 0, "vcov"), "randomisation");
    assert_string_equal(cell_text(pretrend, 1, "vcov"), "influence");
    assert_non_null(uf_result_table(&ran.result, "raw-trends"));
    assert_non_null(uf_result_table(&ran.result, "effect-size"));
    assert_non_null(uf_result_table(&ran.result, "design"));
    assert_int_equal(ran.result.claim, UF_CLAIM_EFFECT);
    uf_result_clear(&ran.result);
}

/* With many units influence functions stand alone; multiplier errors are near them. */
static void many_units(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference", "auto,multiplier", "base-period", "universal", NULL};
    struct ran ran = run_method(&uf_method_callaway_santanna, cohort_panel_new(240, 10), settings);
    const struct uf_table *estimates = uf_result_table(&ran.result, "estimates"),
                          *event = uf_result_table(&ran.result, "event-study");
    assert_null(uf_result_table(&ran.result, "randomisation"));
    assert_null(uf_result_note(&ran.result, "influence-errors"));
    assert_string_equal(cell_text(estimates, 0, "vcov"), "influence");
    assert_non_null(strstr(uf_result_note(&ran.result, "inference-chosen")->text,
                           "from influence functions (normal), because 160 treated and 80 untreated"));
    size_t analytic = find_row(estimates, "dynamic", "influence"),
           drawn = find_row(estimates, "dynamic", "multiplier");
    expect_close(cell_number(estimates, drawn, "std_error"), cell_number(estimates, analytic, "std_error"),
                 0.15, "errors");
    assert_true(isnan(cell_number(estimates, analytic, "df")));
    size_t reference = find_row(event, "event-time -1", "influence");
    expect_close(cell_number(event, reference, "estimate"), 0, 0, "the reference");
    assert_true(isnan(cell_number(event, reference, "std_error")) &&
                isnan(cell_number(event, reference, "band_low")));
    assert_non_null(strstr(cell_text(event, reference, "note"), "reference"));
    uf_result_clear(&ran.result);
}

/* A cell without an estimate says why, in the reader's language; the others stay. */
static void cells_say_why(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference", "influence", NULL};
    struct uf_panel *panel = cohort_panel_new(30, 12);
    cohort_panel_use(panel, 1);
    for (size_t u = 0; u < 30; u++)
        for (size_t t = 0; t < 12; t++)
            if (u % 3 == 1) *small_panel_cell(panel, 1, u, t) += 40; /* the cohort of period 8 is elsewhere */
    struct ran ran = run_in(&uf_method_callaway_santanna, panel, UF_SWEDISH, settings);
    assert_int_equal(ran.status, UF_OK);
    const struct uf_table *cells = uf_result_table(&ran.result, "group-time");
    for (size_t i = 0; i < uf_table_rows(cells); i++) {
        bool elsewhere = !strcmp(cell_text(cells, i, "group"), "2016");
        assert_int_equal(isnan(cell_number(cells, i, "estimate")), elsewhere);
        if (elsewhere) assert_non_null(strstr(cell_text(cells, i, "note"), "ingen överlappning: 10 enheter"));
        if (elsewhere) expect_close(cell_number(cells, i, "weight"), 0, 0, "no weight");
    }
    const struct uf_note *note = uf_result_note(&ran.result, "cells-not-estimated");
    assert_non_null(note);
    assert_non_null(strstr(note->text, "11 av 22"));
    assert_int_equal(uf_table_rows(uf_result_table(&ran.result, "group-average")), 1);
    uf_result_clear(&ran.result);
    /* a covariate that does not vary at all leaves nothing */
    panel = cohort_panel_new(30, 12);
    cohort_panel_use(panel, 1);
    for (size_t u = 0; u < 30; u++)
        for (size_t t = 0; t < 12; t++) *small_panel_cell(panel, 1, u, t) = 3;
    ran = run_in(&uf_method_callaway_santanna, panel, UF_ENGLISH, settings);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    note = uf_result_note(&ran.result, "no-cell-estimated");
    assert_non_null(note);
    assert_non_null(strstr(note->text, "collinear: x"));
    assert_int_equal(note->severity, UF_FATAL);
    uf_result_clear(&ran.result);
}

static void everybody_is_treated(void **state)
{
    (void)state;
    static const char *const later[] = {
        "control", "not-yet-treated", "inference", "influence,randomisation", "permutations", "99", NULL};
    for (int allow = 0; allow < 2; allow++) {
        struct uf_panel *panel = cohort_panel_new(30, 12);
        for (size_t u = 2; u < 30; u += 3) panel->treatment.first_period[u] = 10;
        struct ran ran = run_in(&uf_method_callaway_santanna, panel, UF_ENGLISH, allow ? later : NULL);
        assert_int_equal(ran.status, allow ? UF_OK : UF_NOT_IDENTIFIED);
        if (allow) {
            assert_non_null(uf_result_note(&ran.result, "no-never-treated"));
            assert_non_null(
                strstr(uf_result_note(&ran.result, "cells-not-estimated")->text, "no control unit"));
            /* the last cohort is never compared, and the one before it is both: 10 + 10 against 10 + 10 */
            const struct uf_table *estimates = uf_result_table(&ran.result, "estimates");
            assert_true(uf_table_rows(estimates) > 4);
            for (size_t i = 0; i < uf_table_rows(estimates); i++) {
                expect_close(cell_number(estimates, i, "n_treated"), 20, 0, "treated");
                expect_close(cell_number(estimates, i, "n_control"), 20, 0, "not treated yet");
            }
        } else {
            assert_non_null(uf_result_note(&ran.result, "all-treated"));
        }
        uf_result_clear(&ran.result);
    }
}

static struct uf_panel *with_dose(double on, size_t end)
{
    struct uf_panel *panel = cohort_panel_new(30, 12);
    panel->treatment.dose = calloc(panel->n_rows, sizeof(double));
    for (size_t i = 0; i < panel->n_rows; i++)
        if (panel->period[i] >= panel->treatment.first_period[panel->unit[i]] && panel->period[i] < end)
            panel->treatment.dose[i] = on;
    panel->treatment.switches_off = end < 12;
    return panel;
}

static void treatments_that_end(void **state)
{
    (void)state;
    static const char *const first[] = {"switching-off", "from-first-start", "permutations", "49", NULL};
    struct ran ran = run_in(&uf_method_callaway_santanna, with_dose(1, 11), UF_ENGLISH, NULL);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_non_null(uf_result_note(&ran.result, "treatment-ends"));
    uf_result_clear(&ran.result);
    ran = run_method(&uf_method_callaway_santanna, with_dose(1, 11), first);
    struct ran plain = run_method(&uf_method_callaway_santanna, cohort_panel_new(30, 12), first + 2);
    expect_close(cell_number(uf_result_table(&ran.result, "estimates"), 0, "estimate"),
                 cell_number(uf_result_table(&plain.result, "estimates"), 0, "estimate"), 0,
                 "from the start on");
    assert_int_equal(ran.result.claim, UF_CLAIM_DIFFERENCE);
    uf_result_clear(&ran.result), uf_result_clear(&plain.result);
    ran = run_in(&uf_method_callaway_santanna, with_dose(2.5, 12), UF_ENGLISH, NULL);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_non_null(strstr(uf_result_note(&ran.result, "treatment-dose")->text, "2.5"));
    uf_result_clear(&ran.result);
}

static void bad_options(void **state)
{
    (void)state;
    static const char *const bad[][3] = {{"confidence-level", "1.5", NULL},
                                         {"balance-event-time", "1.5", NULL},
                                         {"least-event-time", "1e9", NULL}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ran ran = run_in(&uf_method_callaway_santanna, cohort_panel_new(21, 12), UF_ENGLISH, bad[i]);
        assert_int_equal(ran.status, UF_BAD_USAGE);
        assert_non_null(strstr(ran.error.message, bad[i][0]));
        uf_result_clear(&ran.result);
    }
    static const char *const drawn[] = {"inference", "multiplier", "draws", "0", NULL};
    struct ran ran = run_in(&uf_method_callaway_santanna, cohort_panel_new(21, 12), UF_ENGLISH, drawn);
    assert_int_equal(ran.status, UF_BAD_USAGE);
    uf_result_clear(&ran.result);
    /* anticipation that leaves no period before */
    static const char *const early[] = {"anticipation", "9", NULL};
    ran = run_in(&uf_method_callaway_santanna, cohort_panel_new(21, 12), UF_ENGLISH, early);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_non_null(uf_result_note(&ran.result, "start-before-data"));
    uf_result_clear(&ran.result);
}

static void gaps_are_said(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference", "influence", NULL};
    struct uf_panel *panel = cohort_panel_new(30, 12);
    *small_panel_cell(panel, 0, 3, 6) = NAN; /* of the cohort of period 5 */
    struct ran ran = run_method(&uf_method_callaway_santanna, panel, settings);
    const struct uf_table *cells = uf_result_table(&ran.result, "group-time");
    assert_non_null(uf_result_note(&ran.result, "units-by-cell"));
    for (size_t i = 0; i < uf_table_rows(cells); i++) {
        bool lost =
            !strcmp(cell_text(cells, i, "group"), "2013") && !strcmp(cell_text(cells, i, "period"), "2014");
        expect_close(cell_number(cells, i, "n_treated"), lost ? 9 : 10, 0, "treated with both values");
    }
    uf_result_clear(&ran.result);
}

/* 3 of 21 regions, and so many firms in them that a logit under each assignment would take long. */
static void many_firms_in_few_regions(void **state)
{
    (void)state;
    enum { REGIONS = 21, FIRMS = 500 * REGIONS, YEARS = 9, START = 5 };
    static const char *const columns[] = {"y", "x", "z"};
    static const char *const settings[] = {"draws", "0", NULL};
    for (int covariates = 0; covariates < 2; covariates++) {
        struct uf_panel *panel = small_panel_new(FIRMS, YEARS, 2008, columns, 3);
        size_t *region = malloc(panel->n_rows * sizeof *region), groups = REGIONS;
        char *name = "region";
        for (size_t u = 0; u < FIRMS; u++) {
            size_t r = u % REGIONS;
            panel->treatment.first_period[u] = r < 3 ? START : SIZE_MAX;
            for (size_t t = 0; t < YEARS; t++) {
                region[u * YEARS + t] = r;
                *small_panel_cell(panel, 0, u, t) =
                    run_noise(u * YEARS + t) + run_noise(700000 + r * YEARS + t);
                *small_panel_cell(panel, 1, u, t) = run_noise(800000 + u);
                *small_panel_cell(panel, 2, u, t) = run_noise(900000 + u);
            }
        }
        panel->cluster = &region, panel->n_clusters = &groups, panel->cluster_name = &name;
        panel->n_cluster_dimensions = 1;
        panel->covariates = malloc(2 * sizeof *panel->covariates);
        panel->covariates[0] = 1, panel->covariates[1] = 2;
        panel->n_covariates = covariates ? 2 : 0;
        struct ran ran = run_method(&uf_method_callaway_santanna, panel, settings);
        const struct uf_table *estimates = uf_result_table(&ran.result, "estimates");
        const struct uf_note *note = uf_result_note(&ran.result, "randomisation-by-regression");
        /* the row that goes first is honest with three regions; the influence functions stand below it */
        assert_string_equal(cell_text(estimates, 0, "vcov"), "randomisation-scaled");
        assert_non_null(
            strstr(uf_result_note(&ran.result, "inference-chosen")->text, "3 treated and 18 untreated"));
        assert_null(uf_result_note(&ran.result, "randomisation-impossible"));
        size_t influence = find_row(estimates, "simple", "influence");
        expect_close(cell_number(estimates, influence, "n_clusters"), REGIONS, 0, "clusters");
        assert_int_equal(!note, !covariates);
        if (note) assert_non_null(strstr(note->text, "doubly-robust would take long"));
        double p = cell_number(estimates, 0, "p_value") * 1330; /* all assignments tried */
        expect_within(p, round(p), 1e-9, "a share of 1,330");
        expect_within(cell_number(estimates, 0, "estimate"), cell_number(estimates, influence, "estimate"),
                      1e-3, "estimates");
        free(region);
        uf_result_clear(&ran.result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bands_hold_their_intervals),
        cmocka_unit_test(tables_of_a_plain_run),
        cmocka_unit_test(many_units),
        cmocka_unit_test(cells_say_why),
        cmocka_unit_test(everybody_is_treated),
        cmocka_unit_test(treatments_that_end),
        cmocka_unit_test(bad_options),
        cmocka_unit_test(gaps_are_said),
        cmocka_unit_test(many_firms_in_few_regions),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
