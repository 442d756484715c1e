// SPDX-License-Identifier: GPL-3.0-or-later
/* Why a group-time difference has no estimate: every reason, in both languages. */
#include "support/cohort_panel.h"
#include "support/method_run.h"
#include "support/small_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <utfall/callaway_santanna.h>

static const char *const names[] = {"y", "x"};

enum { COHORT = 5, LATER = 9 }; /* periods: 2013 and 2017; bases 2012 */

/* Leaves values in period LATER to the first `most` units of a kind. */
static void thin(struct uf_panel *panel, bool treated, size_t most)
{
    for (size_t u = 0, seen = 0; u < panel->units.count; u++)
        if ((panel->treatment.first_period[u] == COHORT) == treated && seen++ >= most)
            *small_panel_cell(panel, 0, u, LATER) = NAN;
}

static struct uf_panel *one_cohort(size_t covariates)
{
    struct uf_panel *panel = cohort_panel_new(30, 12);
    for (size_t u = 0; u < 30; u++)
        if (panel->treatment.first_period[u] == 8) panel->treatment.first_period[u] = SIZE_MAX;
    cohort_panel_use(panel, covariates);
    return panel;
}

static void expect_reason(struct uf_panel *(*make)(void), const char *estimator, const char *english,
                          const char *swedish)
{
    const char *const settings[] = {"estimator", estimator, "inference", "influence", "draws", "0", NULL};
    for (int language = 0; language < 2; language++) {
        struct ran ran =
            run_in(&uf_method_callaway_santanna, make(), language ? UF_SWEDISH : UF_ENGLISH, settings);
        if (ran.status != UF_OK) fail_msg("%s: %s", english, ran.error.message);
        const struct uf_table *cells = uf_result_table(&ran.result, "group-time");
        const char *note = NULL, *expected = language ? swedish : english;
        for (size_t i = 0; i < uf_table_rows(cells); i++)
            if (!strcmp(cell_text(cells, i, "period"), "2017")) {
                note = cell_text(cells, i, "note");
                assert_true(isnan(cell_number(cells, i, "estimate")));
            }
        if (!note || strcmp(note, expected))
            fail_msg("expected '%s', found '%s'", expected, note ? note : "");
        const struct uf_note *all = uf_result_note(&ran.result, "cells-not-estimated");
        assert_non_null(all);
        assert_non_null(strstr(all->text, expected));
        uf_result_clear(&ran.result);
    }
}

static struct uf_panel *no_treated(void)
{
    struct uf_panel *panel = one_cohort(1);
    thin(panel, true, 0);
    return panel;
}

static struct uf_panel *no_control(void)
{
    struct uf_panel *panel = one_cohort(1);
    thin(panel, false, 0);
    return panel;
}

static struct uf_panel *few_controls(void)
{
    struct uf_panel *panel = one_cohort(1);
    thin(panel, false, 1);
    return panel;
}

static struct uf_panel *few_units(void)
{
    struct uf_panel *panel = one_cohort(2);
    thin(panel, false, 1), thin(panel, true, 1);
    return panel;
}

/* Among those with a value in 2017 the covariate is one number: the controls', or everybody's. */
static struct uf_panel *without_spread(bool all)
{
    struct uf_panel *panel = one_cohort(1);
    thin(panel, false, 6);
    for (size_t u = 0; u < 30; u++)
        for (size_t t = 0; t < 12; t++)
            if (!isnan(*small_panel_cell(panel, 0, u, LATER)) &&
                (all || panel->treatment.first_period[u] != COHORT))
                *small_panel_cell(panel, 1, u, t) = 3;
    return panel;
}

static struct uf_panel *controls_alike(void)
{
    return without_spread(false);
}

static struct uf_panel *all_alike(void)
{
    return without_spread(true);
}

/* With a value in 2017: controls between −1 and 1, the treated at 8 (or, `near`, at 1.2). */
static struct uf_panel *apart(double treated)
{
    struct uf_panel *panel = one_cohort(1);
    thin(panel, false, 10);
    for (size_t u = 0, c = 0; u < 30; u++) {
        bool control = panel->treatment.first_period[u] != COHORT,
             here = !isnan(*small_panel_cell(panel, 0, u, LATER));
        double x = !control ? treated : here ? -1 + 2 * (double)c++ / 9 : u % 2 ? 100 : -100;
        for (size_t t = 0; t < 12; t++)
            *small_panel_cell(panel, 1, u, t) = x + (control ? 0 : run_noise(u) / 10);
    }
    return panel;
}

static struct uf_panel *no_overlap(void)
{
    return apart(8);
}

static struct uf_panel *no_balance(void)
{
    return apart(1.2);
}

/* 450 treated, two controls that are like them in 2017, so that whoever is like them was all but sure to be treated. */
static struct uf_panel *few_alike(void)
{
    struct uf_panel *panel = small_panel_new(480, 12, 2008, names, 2);
    for (size_t u = 0; u < 480; u++) {
        panel->treatment.first_period[u] = u < 450 ? COHORT : SIZE_MAX;
        for (size_t t = 0; t < 12; t++) {
            *small_panel_cell(panel, 0, u, t) = u >= 452 && t == LATER ? NAN : run_noise(u * 12 + t);
            *small_panel_cell(panel, 1, u, t) = (double)(u % 2);
        }
    }
    cohort_panel_use(panel, 1);
    return panel;
}

static void every_reason(void **state)
{
    (void)state;
    expect_reason(no_treated, "doubly-robust", "no treated unit has a value in both 2017 and 2012",
                  "ingen insatsenhet har värde både 2017 och 2012");
    expect_reason(no_control, "ipw", "no control unit with a value in both 2017 and 2012 is left",
                  "ingen jämförelseenhet med värde både 2017 och 2012 finns kvar");
    expect_reason(few_controls, "regression",
                  "too few units: 1 controls for a regression with 2 coefficients",
                  "för få enheter: 1 jämförelseenheter för en regression med 2 koefficienter");
    expect_reason(few_controls, "doubly-robust-improved",
                  "too few units: 1 controls for a regression with 2 coefficients",
                  "för få enheter: 1 jämförelseenheter för en regression med 2 koefficienter");
    expect_reason(few_units, "ipw-unstandardised", "too few units: 2 for a propensity with 3 coefficients",
                  "för få enheter: 2 för en benägenhet med 3 koefficienter");
    expect_reason(
        controls_alike, "doubly-robust",
        "collinear: x does not vary in 2012 among the units compared with, once the covariates before it "
        "are held fixed",
        "kollinjär: x varierar inte 2012 bland jämförelseenheterna när kovariaterna före den hålls fasta");
    expect_reason(
        all_alike, "ipw",
        "collinear: x does not vary among treated and controls, once the covariates before it are held fixed",
        "kollinjär: x varierar inte bland dem som jämförs, med eller utan insats, när kovariaterna före den "
        "hålls fasta");
    expect_reason(no_overlap, "doubly-robust",
                  "no overlap: 10 units have a propensity of 0.999 or more (largest among the treated "
                  "1.0000, among the "
                  "controls 0.0000)",
                  "ingen överlappning: 10 enheter har en benägenhet på minst 0,999 (störst bland "
                  "insatsenheterna 1,0000, "
                  "bland jämförelseenheterna 0,0000)");
    expect_reason(
        no_balance, "doubly-robust-improved",
        "no overlap: no weights give the 10 controls the mean covariates of the 10 treated, which lie "
        "outside "
        "the range of the controls",
        "ingen överlappning: inga vikter ger de 10 jämförelseenheterna de 10 insatsenheternas medelvärden av "
        "kovariaterna, som ligger utanför jämförelseenheternas räckvidd");
    expect_reason(few_alike, "ipw",
                  "no overlap: 2 of 2 controls have a propensity of 0.995 or more and get no weight, and "
                  "those left are "
                  "too few to compare with (largest among the treated 0.9956, among the controls 0.9956)",
                  "ingen överlappning: 2 av 2 jämförelseenheter har en benägenhet på minst 0,995 och får "
                  "ingen vikt, och "
                  "de som är kvar är för få att jämföra med (störst bland insatsenheterna 0,9956, bland "
                  "jämförelseenheterna 0,9956)");
}

/* A region treated throughout is in no comparison, in no count, and in the ledger. */
static void rows_of_the_always_treated(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference", "influence", "draws", "0", NULL};
    for (int language = 0; language < 2; language++) {
        struct uf_panel *panel = one_cohort(0);
        size_t u = 0;
        while (panel->treatment.first_period[u] != SIZE_MAX) u++;
        panel->treatment.first_period[u] = 0;
        struct ran ran =
            run_in(&uf_method_callaway_santanna, panel, language ? UF_SWEDISH : UF_ENGLISH, settings);
        assert_int_equal(ran.status, UF_OK);
        assert_non_null(uf_result_note(&ran.result, "treated-from-start"));
        const struct uf_ledger_entry *last = &ran.result.ledger[0];
        assert_int_equal(last->rows_before, 30 * 12);
        assert_int_equal(last->rows_after, 29 * 12);
        assert_non_null(strstr(last->reason, language ? "före sin start" : "before their start"));
        expect_close(cell_number(uf_result_table(&ran.result, "estimates"), 0, "n_obs"), 29 * 12, 0, "rows");
        uf_result_clear(&ran.result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_of_the_always_treated),
                                       cmocka_unit_test(every_reason)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
