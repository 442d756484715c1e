// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/small_panel.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/design.h>

static const char *const outcome[] = {"y"};

/* A panel with an outcome that varies; the first `treated` units start in period index `start`. */
static struct uf_panel *counties(size_t units, size_t periods, size_t treated, size_t start)
{
    struct uf_panel *panel = small_panel_new(units, periods, 2010, outcome, 1);
    for (size_t u = 0; u < units; u++)
        for (size_t t = 0; t < periods; t++)
            *small_panel_cell(panel, 0, u, t) = (double)(u * 7 % 5) + (double)t;
    for (size_t u = 0; u < treated; u++) panel->treatment.first_period[u] = start;
    panel->treatment.name = strdup("Smart industri");
    return panel;
}

struct checked {
    struct uf_design design;
    struct uf_result result;
};

static struct checked check_in(struct uf_panel *panel, enum uf_comparison comparison,
                               enum uf_language language)
{
    struct checked checked;
    struct uf_error error;
    struct uf_context context = {.language = language};
    uf_result_init(&checked.result);
    assert_ok(uf_design_check(panel, comparison, &context, &checked.design, &checked.result, &error), &error);
    small_panel_free(panel);
    return checked;
}

static struct checked check(struct uf_panel *panel, enum uf_comparison comparison)
{
    return check_in(panel, comparison, UF_ENGLISH);
}

static void expect_note(struct checked *checked, const char *code, enum uf_severity severity)
{
    const struct uf_note *note = uf_result_note(&checked->result, code);
    if (!note) fail_msg("no note %s", code);
    assert_int_equal(note->severity, severity);
}

/* Exactly one fatal note of that code, no claim, and a refusal that repeats it. */
static void expect_refusal(struct checked checked, const char *code)
{
    struct uf_error error;
    expect_note(&checked, code, UF_FATAL);
    assert_true(uf_result_has_fatal(&checked.result));
    assert_int_equal(checked.design.claim, UF_CLAIM_DESCRIPTION);
    assert_int_equal(uf_design_refuse(&checked.result, &error), UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, uf_result_note(&checked.result, code)->text));
    assert_non_null(strstr(error.message, uf_result_note(&checked.result, code)->advice));
    uf_result_clear(&checked.result);
}

static void a_clean_design_may_claim_an_effect(void **state)
{
    (void)state;
    struct checked checked = check(counties(60, 12, 20, 6), UF_COMPARE_TREATED_CONTROL);
    assert_int_equal(checked.result.n_notes, 0);
    assert_int_equal(checked.design.claim, UF_CLAIM_EFFECT);
    assert_int_equal(checked.design.n_units, 60);
    assert_int_equal(checked.design.n_treated, 20);
    assert_int_equal(checked.design.n_control, 40);
    assert_int_equal(checked.design.n_cohorts, 1);
    assert_int_equal(checked.design.n_periods, 12);
    assert_int_equal(checked.design.n_clusters, 60);
    assert_int_equal(checked.design.first_treated_period, 6);
    assert_int_equal(checked.design.periods_before, 6);
    assert_int_equal(checked.design.periods_after, 6);
    assert_true(checked.design.balanced);
    uf_result_clear(&checked.result);
}

static void few_treated_counties_are_said_with_the_smallest_p(void **state)
{
    (void)state;
    struct checked checked = check(counties(21, 10, 3, 5), UF_COMPARE_TREATED_CONTROL);
    expect_note(&checked, "few-treated", UF_WARNING);
    expect_note(&checked, "few-clusters", UF_WARNING);
    /* C(21, 3) = 1330 */
    assert_non_null(strstr(uf_result_note(&checked.result, "few-treated")->text, "1,330"));
    assert_non_null(strstr(uf_result_note(&checked.result, "few-treated")->text, "0.000752"));
    assert_int_equal(checked.design.claim, UF_CLAIM_EFFECT);
    uf_result_clear(&checked.result);
}

static void what_cannot_be_identified_is_refused(void **state)
{
    (void)state;
    expect_refusal(check(counties(21, 10, 0, 5), UF_COMPARE_TREATED_CONTROL), "no-treated");
    expect_refusal(check(counties(21, 10, 21, 5), UF_COMPARE_TREATED_CONTROL), "all-treated");
    expect_refusal(check(counties(1, 10, 1, 5), UF_COMPARE_DONORS), "no-control");
    expect_refusal(check(counties(21, 1, 3, 0), UF_COMPARE_TREATED_CONTROL), "one-period");
    expect_refusal(check(counties(21, 10, 3, 0), UF_COMPARE_TREATED_CONTROL), "start-before-data");
    expect_refusal(check(counties(21, 10, 3, 10), UF_COMPARE_TREATED_CONTROL), "start-after-data");
    expect_refusal(check(counties(21, 10, 1, 1), UF_COMPARE_DONORS), "few-periods-before");
    expect_refusal(check(small_panel_new(4, 5, 2010, outcome, 1), UF_COMPARE_DONORS), "outcome-constant");
    struct uf_panel *panel = counties(5, 6, 1, 3);
    panel->treatment.given = false;
    expect_refusal(check(panel, UF_COMPARE_TREATED_CONTROL), "no-treated");
}

static void values_that_are_missing_are_not_there(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(4, 6, 1, 3);
    for (size_t i = 0; i < panel->n_rows; i++) panel->columns[0].status[i] = UF_VALUE_CONFIDENTIAL;
    expect_refusal(check(panel, UF_COMPARE_DONORS), "outcome-all-missing");

    panel = counties(4, 6, 1, 3);
    for (size_t u = 1; u < 4; u++)
        for (size_t t = 0; t < 6; t++) small_panel_miss(panel, 0, u, t);
    expect_refusal(check(panel, UF_COMPARE_DONORS), "donors-all-missing");

    panel = counties(4, 6, 1, 3);
    for (size_t t = 0; t < 6; t++) small_panel_miss(panel, 0, 0, t);
    expect_refusal(check(panel, UF_COMPARE_DONORS), "treated-all-missing");

    panel = counties(4, 6, 1, 3);
    for (size_t t = 0; t < 3; t++) small_panel_miss(panel, 0, 0, t);
    expect_refusal(check(panel, UF_COMPARE_TREATED_CONTROL), "no-period-before");

    panel = counties(40, 12, 12, 6);
    small_panel_miss(panel, 0, 3, 4);
    small_panel_miss(panel, 0, 30, 9);
    struct checked checked = check(panel, UF_COMPARE_TREATED_CONTROL);
    expect_note(&checked, "unbalanced", UF_WARNING);
    assert_false(checked.design.balanced);
    assert_int_equal(checked.design.n_missing_cells, 2);
    uf_result_clear(&checked.result);
}

static void all_at_once_and_staggered_are_told_apart(void **state)
{
    (void)state;
    struct checked once = check(counties(21, 10, 21, 5), UF_COMPARE_TREATED_CONTROL);
    const struct uf_note *note = uf_result_note(&once.result, "all-treated");
    assert_non_null(strstr(note->text, "at once"));
    assert_non_null(strstr(note->text, "2015"));
    assert_non_null(strstr(note->advice, "dose-response"));
    assert_non_null(strstr(note->advice, "interrupted time series"));
    assert_non_null(strstr(note->advice, "foreign donors"));
    uf_result_clear(&once.result);

    struct uf_panel *panel = counties(21, 10, 21, 5);
    for (size_t u = 10; u < 21; u++) panel->treatment.first_period[u] = 8;
    struct checked staggered = check_in(panel, UF_COMPARE_TREATED_CONTROL, UF_SWEDISH);
    note = uf_result_note(&staggered.result, "all-treated");
    assert_non_null(strstr(note->text, "förr eller senare"));
    assert_non_null(strstr(note->text, "2018"));
    assert_int_equal(staggered.design.n_cohorts, 2);
    uf_result_clear(&staggered.result);

    panel = counties(60, 12, 20, 5);
    for (size_t u = 0; u < 10; u++) panel->treatment.first_period[u] = 8;
    staggered = check(panel, UF_COMPARE_TREATED_CONTROL);
    expect_note(&staggered, "staggered-cohorts", UF_WARNING);
    assert_int_equal(staggered.design.claim, UF_CLAIM_DIFFERENCE);
    uf_result_clear(&staggered.result);
}

/* The demo's situation: a national programme reached 20 of 21 regions, which one stood outside is not known. */
static void controls_under_a_national_programme_are_found_by_counting(void **state)
{
    (void)state;
    for (int language = 0; language < 2; language++) {
        struct uf_panel *panel = counties(21, 10, 3, 5);
        small_panel_expose(panel, "Smart industri i regionerna", 20, 21, 2016, 2020);
        struct checked checked = check_in(panel, UF_COMPARE_TREATED_CONTROL, (enum uf_language)language);
        expect_note(&checked, "controls-exposed", UF_WARNING);
        expect_note(&checked, "exposure-unknown", UF_NOTE);
        assert_int_equal(checked.design.controls_exposed_at_least, 17);
        assert_int_equal(checked.design.controls_exposed_known, 0);
        assert_int_equal(checked.design.claim, UF_CLAIM_DIFFERENCE);
        const char *text = uf_result_note(&checked.result, "controls-exposed")->text;
        assert_non_null(strstr(text, language == UF_SWEDISH ? "minst 17 av 18" : "at least 17 of 18"));
        assert_non_null(strstr(text, language == UF_SWEDISH ? "minst 2 av 3" : "at least 2 of 3"));
        uf_result_clear(&checked.result);
    }
}

static void listed_exposures_count_by_name(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(60, 12, 20, 6);
    struct uf_exposure *exposure = small_panel_expose(panel, "Other", -1, -1, 2012, 0);
    for (size_t u = 0; u < 60; u++) exposure->status[u] = u >= 20 && u < 25 ? UF_EXPOSED : UF_NOT_EXPOSED;
    struct checked checked = check(panel, UF_COMPARE_TREATED_CONTROL);
    assert_int_equal(checked.design.controls_exposed_known, 5);
    assert_int_equal(checked.design.controls_exposed_at_least, 5);
    assert_int_equal(checked.design.claim, UF_CLAIM_DIFFERENCE);
    assert_null(uf_result_note(&checked.result, "exposure-unknown"));
    uf_result_clear(&checked.result);

    panel = counties(60, 12, 20, 6);
    exposure = small_panel_expose(panel, "Other", -1, -1, 2012, 0);
    for (size_t u = 0; u < 60; u++) exposure->status[u] = u < 20 ? UF_EXPOSED : UF_NOT_EXPOSED;
    checked = check(panel, UF_COMPARE_TREATED_CONTROL);
    expect_note(&checked, "concurrent-interventions", UF_WARNING);
    assert_int_equal(checked.design.claim, UF_CLAIM_DIFFERENCE);
    uf_result_clear(&checked.result);
}

static void what_does_not_concern_the_comparison_is_left_out(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(60, 12, 20, 6); /* 2010–2021, start 2016 */
    small_panel_expose(panel, "Ended before", 60, 60, 2010, 2015);
    small_panel_expose(panel, "Begins later", 60, 60, 2022, 0);
    small_panel_expose(panel, "This one", 20, 60, 2016, 0)->is_this = true;
    struct uf_exposure *nobody = small_panel_expose(panel, "Elsewhere", -1, -1, 2016, 0);
    for (size_t u = 0; u < 60; u++) nobody->status[u] = UF_NOT_EXPOSED;
    struct checked checked = check(panel, UF_COMPARE_TREATED_CONTROL);
    assert_int_equal(checked.result.n_notes, 0);
    assert_int_equal(checked.design.claim, UF_CLAIM_EFFECT);
    uf_result_clear(&checked.result);
}

/* A national count says nothing about donors abroad, and for the treated region it stays unknown. */
static void foreign_donors_stand_outside_a_national_count(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(30, 16, 1, 12);
    char code[8];
    for (size_t u = 1; u < 30; u++) {
        snprintf(code, sizeof code, "DE%02zu", u);
        small_panel_rename_unit(panel, u, code);
    }
    small_panel_rename_unit(panel, 0, "SE31");
    small_panel_expose(panel, "Smart industri i regionerna", 20, 21, 2016, 2024);
    struct checked checked = check(panel, UF_COMPARE_DONORS);
    assert_int_equal(checked.design.controls_exposed_at_least, 0);
    assert_null(uf_result_note(&checked.result, "controls-exposed"));
    expect_note(&checked, "exposure-unknown", UF_WARNING);
    assert_int_equal(checked.design.claim, UF_CLAIM_DIFFERENCE);
    uf_result_clear(&checked.result);
}

static void the_pigeonhole_never_overstates(void **state)
{
    (void)state;
    assert_int_equal(uf_design_exposed_at_least(20, 21, 0, 18, 3), 17);
    assert_int_equal(uf_design_exposed_at_least(20, 21, 0, 3, 18), 2);
    assert_int_equal(uf_design_exposed_at_least(21, 21, 0, 18, 3), 18);
    assert_int_equal(uf_design_exposed_at_least(11, 21, 0, 18, 3), 8);
    assert_int_equal(uf_design_exposed_at_least(3, 21, 0, 18, 3), 0);
    assert_int_equal(uf_design_exposed_at_least(20, 21, 3, 18, 0), 17);
    assert_int_equal(uf_design_exposed_at_least(20, 21, 0, 5, 1),
                     4); /* 15 regions outside the panel take 15 of the 20 */
    assert_int_equal(uf_design_exposed_at_least(-1, 21, 0, 18, 3), 0);
    assert_int_equal(uf_design_exposed_at_least(5, 3, 0, 18, 3), 0);
    /* Against every way of drawing the exposed: the bound is attained and never passed. */
    enum { TOTAL = 7 };
    for (int exposed = 0; exposed <= TOTAL; exposed++)
        for (size_t group = 0; group <= 4; group++) {
            size_t others = 2, least = SIZE_MAX;
            for (unsigned set = 0; set < 1u << TOTAL; set++) {
                if (__builtin_popcount(set) != exposed) continue;
                size_t hits = (size_t)__builtin_popcount(set & ((1u << group) - 1));
                if (hits < least) least = hits;
            }
            assert_int_equal(uf_design_exposed_at_least(exposed, TOTAL, 0, group, others), least);
        }
}

static void clusters_are_counted_where_given(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(40, 12, 20, 6);
    size_t *group = malloc(panel->n_rows * sizeof *group), count = 8;
    for (size_t i = 0; i < panel->n_rows; i++) group[i] = panel->unit[i] / 5;
    panel->cluster = &group;
    panel->n_clusters = &count;
    panel->n_cluster_dimensions = 1;
    struct checked checked = check(panel, UF_COMPARE_TREATED_CONTROL);
    assert_int_equal(checked.design.n_clusters, 8);
    assert_int_equal(checked.design.n_treated_clusters, 4);
    expect_note(&checked, "few-clusters", UF_WARNING);
    expect_note(&checked, "few-treated", UF_WARNING);
    /* clusters hold one cohort each, so that 4 of the 8 could have been treated: C(8, 4) = 70 */
    assert_non_null(
        strstr(uf_result_note(&checked.result, "few-treated")->text, "the 8 clusters in 70 ways"));
    uf_result_clear(&checked.result);
    free(group);
}

static void the_ways_to_deal_the_treatment_out_know_cohorts_and_doses(void **state)
{
    (void)state;
    struct uf_panel *staggered = counties(8, 6, 3, 4);
    staggered->treatment.first_period[0] = 2;
    struct checked checked = check(staggered, UF_COMPARE_TREATED_CONTROL);
    /* 8!/(1! 2! 5!) */
    assert_non_null(strstr(uf_result_note(&checked.result, "few-treated")->text, "in 168 ways"));
    uf_result_clear(&checked.result);
    struct uf_panel *dosed = counties(8, 6, 3, 4);
    dosed->treatment.dose = calloc(dosed->n_rows, sizeof *dosed->treatment.dose);
    for (size_t i = 0; i < dosed->n_rows; i++)
        if (dosed->unit[i] < 3 && dosed->period[i] >= 4)
            dosed->treatment.dose[i] = 1.5 + (double)dosed->unit[i];
    checked = check(dosed, UF_COMPARE_TREATED_CONTROL);
    /* 8 · 7 · 6: three doses that differ */
    assert_non_null(strstr(uf_result_note(&checked.result, "few-treated")->text, "in 336 ways"));
    uf_result_clear(&checked.result);
}

static void the_table_lists_the_counts(void **state)
{
    (void)state;
    struct checked checked = check(counties(21, 10, 3, 5), UF_COMPARE_TREATED_CONTROL);
    struct uf_table *table;
    struct uf_error error;
    assert_ok(uf_design_table(&checked.design, UF_SWEDISH, &table, &error), &error);
    size_t key = uf_table_column(table, "key"), value = uf_table_column(table, "value");
    for (size_t i = 0; i < uf_table_rows(table); i++)
        if (!strcmp(uf_table_text(table, i, key), "control")) {
            expect_close(uf_table_number(table, i, value), 18, 0, "controls");
            uf_table_free(table);
            uf_result_clear(&checked.result);
            return;
        }
    fail_msg("no row for the comparison regions");
}

static double fact(const struct uf_design *design, const char *name)
{
    struct uf_table *table;
    struct uf_error error;
    double found = NAN;
    assert_ok(uf_design_table(design, UF_ENGLISH, &table, &error), &error);
    for (size_t i = 0; i < uf_table_rows(table); i++)
        if (!strcmp(uf_table_text(table, i, 0), name)) found = uf_table_number(table, i, 2);
    uf_table_free(table);
    return found;
}

static void the_smallest_p_is_a_fact_of_the_design(void **state)
{
    (void)state;
    struct checked checked = check(counties(21, 10, 3, 5), UF_COMPARE_TREATED_CONTROL);
    expect_close(checked.design.smallest_p, 1.0 / 1330, 1e-15, "1 / C(21, 3)");
    expect_close(fact(&checked.design, "assignments"), 1330, 0, "ways");
    expect_close(fact(&checked.design, "smallest-p"), 0.000752, 1e-12, "three digits");
    uf_result_clear(&checked.result);
    checked = check(counties(19, 20, 1, 12), UF_COMPARE_DONORS);
    expect_close(fact(&checked.design, "smallest-p"), 0.0526, 1e-12, "one of 18 placebos and the treated");
    uf_result_clear(&checked.result);
    /* C(60, 20): nothing is limited by it */
    checked = check(counties(60, 12, 20, 6), UF_COMPARE_TREATED_CONTROL);
    assert_true(isnan(fact(&checked.design, "smallest-p")));
    uf_result_clear(&checked.result);
    checked = check(counties(21, 20, 21, 12), UF_COMPARE_ITSELF);
    assert_true(isnan(checked.design.smallest_p));
    uf_result_clear(&checked.result);
}

static void a_series_by_itself_needs_no_comparison(void **state)
{
    (void)state;
    struct checked checked = check(counties(21, 20, 21, 12), UF_COMPARE_ITSELF);
    assert_int_equal(checked.result.n_notes, 0);
    assert_int_equal(checked.design.claim, UF_CLAIM_DIFFERENCE);
    uf_result_clear(&checked.result);
    checked = check(counties(1, 20, 1, 12), UF_COMPARE_ITSELF);
    assert_int_equal(checked.result.n_notes, 0);
    uf_result_clear(&checked.result);
    checked = check(counties(21, 10, 3, 5), UF_COMPARE_ITSELF);
    expect_note(&checked, "controls-unused", UF_WARNING);
    expect_note(&checked, "few-periods-before", UF_WARNING);
    assert_null(uf_result_note(&checked.result, "few-treated"));
    uf_result_clear(&checked.result);
    expect_refusal(check(counties(21, 10, 21, 2), UF_COMPARE_ITSELF), "few-periods-before");
    expect_refusal(check(counties(21, 10, 0, 5), UF_COMPARE_ITSELF), "no-treated");
    /* and where a comparison is needed the refusal names the way out */
    checked = check(counties(21, 10, 21, 5), UF_COMPARE_TREATED_CONTROL);
    assert_non_null(
        strstr(uf_result_note(&checked.result, "all-treated")->advice, "interrupted-time-series"));
    uf_result_clear(&checked.result);
    /* another programme in the treated regions is no less of a problem for want of others */
    struct uf_panel *panel = counties(21, 20, 21, 12); /* from 2010, start 2022 */
    struct uf_exposure *exposure = small_panel_expose(panel, "Other", -1, -1, 2022, 0);
    for (size_t u = 0; u < 21; u++) exposure->status[u] = UF_EXPOSED;
    checked = check(panel, UF_COMPARE_ITSELF);
    expect_note(&checked, "concurrent-interventions", UF_WARNING);
    uf_result_clear(&checked.result);
}

static void a_start_that_is_not_the_programmes_own_is_said(void **state)
{
    (void)state;
    for (int year = 2014; year <= 2018; year++) {
        struct uf_panel *panel = counties(60, 12, 20, 6); /* start 2016 */
        struct uf_exposure *own = small_panel_expose(panel, "Smart industri", 20, 60, year, 0);
        own->is_this = true;
        struct checked checked = check(panel, UF_COMPARE_TREATED_CONTROL);
        assert_int_equal(uf_result_note(&checked.result, "anticipation-possible") != NULL, year < 2016);
        assert_int_equal(uf_result_note(&checked.result, "start-before-record") != NULL, year > 2016);
        if (year == 2014)
            assert_non_null(
                strstr(uf_result_note(&checked.result, "anticipation-possible")->text, "began in 2014"));
        uf_result_clear(&checked.result);
    }
}

static void regions_that_come_or_go_at_the_start(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(60, 12, 20, 6);
    for (size_t t = 0; t < 6; t++) small_panel_miss(panel, 0, 4, t);   /* treated, enters */
    for (size_t t = 6; t < 12; t++) small_panel_miss(panel, 0, 30, t); /* a control, leaves */
    small_panel_miss(panel, 0, 31, 2);                                 /* a gap is another matter */
    struct checked checked = check(panel, UF_COMPARE_TREATED_CONTROL);
    expect_note(&checked, "composition-changes", UF_WARNING);
    const char *text = uf_result_note(&checked.result, "composition-changes")->text;
    assert_non_null(strstr(text, "1 treated and 0 comparison regions"));
    assert_non_null(strstr(text, "0 and 1 only before"));
    assert_non_null(strstr(text, "Region 5"));
    uf_result_clear(&checked.result);
}

static void groups_are_counted_period_by_period(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(6, 5, 3, 2);
    panel->treatment.first_period[0] = 4;
    small_panel_miss(panel, 0, 5, 0);
    small_panel_miss(panel, 0, 1, 4);
    struct uf_table *table;
    struct uf_error error;
    assert_ok(uf_design_periods_table(panel, &(struct uf_design){0}, UF_ENGLISH, &table, &error), &error);
    static const double expected[5][5] = {/* treated, not yet, control, entering, leaving */
                                          {0, 3, 2, 0, 0},
                                          {0, 3, 3, 1, 0},
                                          {2, 1, 3, 0, 0},
                                          {2, 1, 3, 0, 1},
                                          {2, 0, 3, 0, 0}};
    assert_int_equal(uf_table_rows(table), 5);
    for (size_t t = 0; t < 5; t++)
        for (size_t c = 0; c < 5; c++)
            expect_close(uf_table_number(table, t, c + 1), expected[t][c], 0, "count");
    assert_string_equal(uf_table_text(table, 3, 0), "2013");
    uf_table_free(table);
    small_panel_free(panel);
}

static void regions_that_none_is_like(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(60, 12, 20, 6);
    for (size_t t = 0; t < 12; t++) *small_panel_cell(panel, 0, 2, t) += 50;
    struct uf_design_support support;
    struct uf_error error;
    assert_ok(uf_design_support(panel, &(struct uf_design){0}, 0, &support, &error), &error);
    assert_int_equal(support.n_treated, 20);
    assert_int_equal(support.n_control, 40);
    assert_int_equal(support.n_outside, 1);
    assert_int_equal(support.outside[0], 2);
    /* by hand: levels (7u mod 5) are 0 … 4 alike often in both groups (mean 2), periods 0 … 5 add 2.5 */
    expect_close(support.mean_control, 4.5, 1e-12, "mean of the comparison");
    expect_close(support.mean_treated, 4.5 + 50.0 / 20, 1e-12, "mean of the treated");
    double control = 40 * 2.0 / 39, sum = 0;
    for (int u = 0; u < 20; u++) {
        double away = u * 7 % 5 + 2.5 + (u == 2 ? 50 : 0) - 7;
        sum += away * away;
    }
    expect_close(support.normalised_difference, 2.5 / sqrt((control + sum / 19) / 2), 1e-12,
                 "normalised difference");
    struct checked checked = check(panel, UF_COMPARE_TREATED_CONTROL);
    expect_note(&checked, "support-outcome", UF_NOTE);
    assert_non_null(strstr(uf_result_note(&checked.result, "support-outcome")->text,
                           "1 of 20 treated regions (Region 3)"));
    assert_int_equal(checked.design.claim, UF_CLAIM_EFFECT);
    uf_result_clear(&checked.result);

    static const char *const names[] = {"y", "x"};
    panel = small_panel_new(60, 12, 2010, names, 2);
    for (size_t u = 0; u < 60; u++)
        for (size_t t = 0; t < 12; t++) {
            *small_panel_cell(panel, 0, u, t) = (double)(u * 7 % 5) + (double)t;
            *small_panel_cell(panel, 1, u, t) = u == 7 ? 1 : 0;
        }
    for (size_t u = 0; u < 20; u++) panel->treatment.first_period[u] = 6;
    size_t covariate = 1;
    panel->covariates = &covariate;
    panel->n_covariates = 1;
    struct uf_context context = {.language = UF_ENGLISH};
    struct uf_design design;
    struct uf_result result;
    uf_result_init(&result);
    assert_ok(uf_design_check(panel, UF_COMPARE_TREATED_CONTROL, &context, &design, &result, &error), &error);
    assert_non_null(uf_result_note(&result, "support-covariate"));
    assert_ok(uf_design_report(panel, &design, UF_ENGLISH, &result, &error), &error);
    assert_int_equal(uf_table_rows(uf_result_table(&result, "design-support")), 2);
    assert_int_equal(uf_table_rows(uf_result_table(&result, "design-periods")), 12);
    expect_close(uf_table_number(uf_result_table(&result, "design-support"), 1, 5), 1, 0, "outside");
    uf_result_clear(&result);
    panel->covariates = NULL;
    small_panel_free(panel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_design_may_claim_an_effect),
        cmocka_unit_test(few_treated_counties_are_said_with_the_smallest_p),
        cmocka_unit_test(the_ways_to_deal_the_treatment_out_know_cohorts_and_doses),
        cmocka_unit_test(what_cannot_be_identified_is_refused),
        cmocka_unit_test(values_that_are_missing_are_not_there),
        cmocka_unit_test(all_at_once_and_staggered_are_told_apart),
        cmocka_unit_test(controls_under_a_national_programme_are_found_by_counting),
        cmocka_unit_test(listed_exposures_count_by_name),
        cmocka_unit_test(what_does_not_concern_the_comparison_is_left_out),
        cmocka_unit_test(foreign_donors_stand_outside_a_national_count),
        cmocka_unit_test(the_pigeonhole_never_overstates),
        cmocka_unit_test(clusters_are_counted_where_given),
        cmocka_unit_test(the_table_lists_the_counts),
        cmocka_unit_test(the_smallest_p_is_a_fact_of_the_design),
        cmocka_unit_test(a_series_by_itself_needs_no_comparison),
        cmocka_unit_test(a_start_that_is_not_the_programmes_own_is_said),
        cmocka_unit_test(regions_that_come_or_go_at_the_start),
        cmocka_unit_test(groups_are_counted_period_by_period),
        cmocka_unit_test(regions_that_none_is_like),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
