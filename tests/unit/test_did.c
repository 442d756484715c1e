// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `did` from a panel to tables and notes; the numbers themselves are held to peers in
 * tests/oracle/test_did.c. */
#include "support/method_run.h"
#include "support/small_panel.h"
#include "support/test.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/did.h>

static const char *const names[] = {"y", "x", "w"};

/* Units differ by level, years by a common shock, the first `treated` gain 2 from period `start` on; y has
 * noise, x varies. */
static struct uf_panel *counties(size_t units, size_t periods, size_t treated, size_t start)
{
    struct uf_panel *panel = small_panel_new(units, periods, 2008, names, 3);
    for (size_t u = 0; u < units; u++) {
        for (size_t t = 0; t < periods; t++) {
            bool on = u < treated && t >= start;
            *small_panel_cell(panel, 0, u, t) =
                50 + (double)u + 3 * sin((double)t) + (on ? 2 : 0) + run_noise(u * periods + t);
            *small_panel_cell(panel, 1, u, t) = run_noise(100000 + u * periods + t);
            *small_panel_cell(panel, 2, u, t) = 1 + (double)(u % 3);
        }
    }
    for (size_t u = 0; u < treated; u++) panel->treatment.first_period[u] = start;
    return panel;
}

static void use_covariates(struct uf_panel *panel, size_t first, size_t second, size_t count)
{
    panel->covariates = malloc(2 * sizeof *panel->covariates);
    panel->covariates[0] = first;
    panel->covariates[1] = second;
    panel->n_covariates = count;
}

static void tables_of_a_plain_run(void **state)
{
    (void)state;
    struct ran ran = run_method(&uf_method_did, counties(21, 12, 3, 8), NULL);
    const struct uf_table *estimates = uf_result_table(&ran.result, "estimates");
    size_t cr2 = find_row(estimates, "treatment", "cr2"), cr1s = find_row(estimates, "treatment", "cr1s");
    size_t randomised = find_row(estimates, "treatment", "randomisation");
    assert_true(fabs(cell_number(estimates, cr2, "estimate") - 2) < 0.3);
    expect_close(cell_number(estimates, randomised, "estimate"), cell_number(estimates, cr2, "estimate"), 0,
                 "one estimate");
    assert_true(cell_number(estimates, cr2, "df") < 20);
    expect_close(cell_number(estimates, cr1s, "df"), 20, 0, "G - 1");
    expect_close(cell_number(estimates, cr1s, "n_clusters"), 21, 0, "clusters");
    expect_close(cell_number(estimates, cr1s, "n_obs"), 252, 0, "observations");
    expect_close(cell_number(estimates, cr1s, "n_treated"), 3, 0, "treated");
    expect_close(cell_number(estimates, cr1s, "n_control"), 18, 0, "control");
    assert_true(isnan(cell_number(estimates, randomised, "std_error")));
    /* 21 choose 3 ways, and the actual one is the most extreme */
    expect_close(cell_number(estimates, randomised, "p_value"), 1.0 / 1330, 1e-12, "p by randomisation");
    assert_non_null(strstr(uf_result_note(&ran.result, "randomisation")->text, "1,330"));

    const struct uf_table *events = uf_result_table(&ran.result, "event-study");
    assert_int_equal(uf_table_rows(events), 12);
    for (size_t i = 0; i < 12; i++)
        expect_close(cell_number(events, i, "event_time"), (double)i - 8, 0, "event time in order");
    expect_close(cell_number(events, 7, "estimate"), 0, 0, "reference");
    assert_true(isnan(cell_number(events, 7, "conf_low")));
    assert_string_equal(cell_text(events, 0, "vcov"), "cr2");
    assert_int_equal(uf_table_rows(uf_result_table(&ran.result, "event-study-inference")), 24);
    const struct uf_table *pretrend = uf_result_table(&ran.result, "pretrend");
    assert_int_equal(uf_table_rows(pretrend), 3);
    for (size_t i = 0; i < 3; i++)
        expect_close(cell_number(pretrend, i, "df1"), 7, 0, "leads but the reference");
    /* three treated cannot carry seven leads in CR2's covariance; dealing the treatment anew can */
    assert_true(isnan(cell_number(pretrend, 0, "p_value")));
    assert_string_equal(cell_text(pretrend, 2, "vcov"), "randomisation");
    double p = cell_number(pretrend, 2, "p_value") * 1330;
    assert_true(p >= 1 && p <= 1330);
    expect_within(p, round(p), 1e-9, "a share of 1,330");
    assert_non_null(strstr(uf_result_note(&ran.result, "pretrend")->text, "dealing the treatment out anew"));

    const struct uf_table *tests = uf_result_table(&ran.result, "randomisation-test");
    assert_string_equal(cell_text(tests, 0, "vcov"), "randomisation");
    for (size_t i = 0; i < uf_table_rows(tests); i++) {
        assert_true(cell_number(tests, i, "least_p") <= cell_number(tests, i, "p_value") &&
                    cell_number(tests, i, "p_value") <= 1);
        expect_close(cell_number(tests, i, "least_p"), 1 / cell_number(tests, i, "tried"), 1e-12,
                     "one assignment is the actual one");
    }
    const struct uf_table *bins = uf_result_table(&ran.result, "randomisation");
    double total = 0, actual = 0;
    for (size_t i = 0; i < uf_table_rows(bins); i++)
        total += cell_number(bins, i, "count"), actual += cell_number(bins, i, "actual");
    expect_close(total, 1330, 0, "all assignments in the histogram");
    expect_close(actual, 1, 0, "one bin is the actual one");
    const size_t last = uf_table_rows(tests) - 1;
    assert_string_equal(cell_text(tests, last, "vcov"), "randomisation-scaled");
    const struct uf_table *scaled = uf_result_table(&ran.result, "randomisation-scaled");
    total = 0, actual = 0;
    for (size_t i = 0; i < uf_table_rows(scaled); i++) {
        total += cell_number(scaled, i, "count"), actual += cell_number(scaled, i, "actual");
        if (cell_number(scaled, i, "actual") != 1) continue;
        double statistic = cell_number(tests, last, "statistic");
        assert_true(cell_number(scaled, i, "low") <= statistic &&
                    statistic <= cell_number(scaled, i, "high"));
    }
    expect_close(total, 1330, 0, "all assignments in the scaled histogram");
    expect_close(actual, 1, 0, "one bin is the actual one");
    assert_int_equal(uf_table_rows(uf_result_table(&ran.result, "raw-trends")), 24);
    assert_non_null(uf_result_table(&ran.result, "design"));
    assert_int_equal(ran.result.n_ledger, 1);
    uf_result_clear(&ran.result);
}

static void size_in_per_cent_and_for_the_money(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(10, 6, 2, 3);
    panel->treatment.cost = 4e6;
    struct ran ran = run_method(&uf_method_did, panel, NULL);
    const struct uf_table *size = uf_result_table(&ran.result, "effect-size");
    double values[6];
    assert_int_equal(uf_table_rows(size), 6);
    for (size_t i = 0; i < 6; i++) values[i] = cell_number(size, i, "value");
    expect_close(values[2], values[1] - values[0], 1e-12, "counterfactual mean");
    expect_close(values[3], 100 * values[0] / values[2], 1e-12, "per cent");
    expect_close(values[4], values[0] * 6, 1e-12, "two regions, three periods");
    expect_close(values[5], values[4] / 4, 1e-12, "per million");
    uf_result_clear(&ran.result);
}

static double size_of(const char *name, const char *unit, const char *scale, size_t *rows)
{
    struct uf_panel *panel = counties(10, 6, 2, 3);
    panel->treatment.cost = 1e6;
    free(panel->columns[0].name);
    panel->columns[0].name = strdup(name);
    panel->columns[0].unit = unit ? strdup(unit) : NULL;
    char *owned = panel->columns[0].unit;
    struct ran ran = run_method(&uf_method_did, panel,
                                (const char *const[]){"scale", scale, "event-study", "false", NULL});
    const struct uf_table *size = uf_result_table(&ran.result, "effect-size");
    double ratio = cell_number(size, 3, "value") / cell_number(size, 0, "value");
    *rows = uf_table_rows(size);
    free(owned);
    uf_result_clear(&ran.result);
    return ratio;
}

static void logarithms_and_rates_are_told_from_amounts(void **state)
{
    (void)state;
    size_t rows;
    double level = size_of("y", "jobs", "auto", &rows); /* 100 / the counterfactual mean */
    assert_int_equal(rows, 6);
    double hundredfold = size_of("log_y", "log per cent", "auto", &rows); /* about 1 */
    assert_true(hundredfold > 1 && hundredfold < 1.02);
    assert_int_equal(rows, 4);
    assert_true(size_of("log_y", NULL, "auto", &rows) > 100);
    expect_close(size_of("log_y", "jobs", "level", &rows), level, 1e-12, "as told");
    expect_close(size_of("y", NULL, "log-percent", &rows), hundredfold, 1e-12, "as told");
    (void)size_of("y", "kronor per inhabitant", "auto", &rows);
    assert_int_equal(rows, 4);
}

static void missing_rows_are_in_the_ledger(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(12, 8, 3, 4);
    use_covariates(panel, 1, 0, 1);
    panel->weight = 2;
    small_panel_miss(panel, 0, 5, 2);
    small_panel_miss(panel, 1, 6, 3);
    small_panel_miss(panel, 1, 6, 4);
    *small_panel_cell(panel, 2, 7, 7) = 0;
    struct ran ran = run_method(&uf_method_did, panel, NULL);
    assert_int_equal(ran.result.n_ledger, 4);
    assert_int_equal(ran.result.ledger[0].rows_before, 96);
    assert_int_equal(ran.result.ledger[0].rows_after, 95);
    assert_int_equal(ran.result.ledger[1].rows_after, 93);
    assert_int_equal(ran.result.ledger[2].rows_after, 92);
    assert_int_equal(ran.result.ledger[3].rows_after, 92);
    expect_close(cell_number(uf_result_table(&ran.result, "estimates"), 0, "n_obs"), 92, 0, "sample");
    uf_result_clear(&ran.result);
}

static void collinear_covariates_are_named(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(12, 8, 3, 4);
    use_covariates(panel, 1, 2, 2); /* w does not vary over time */
    struct ran ran = run_method(&uf_method_did, panel, NULL);
    const struct uf_table *estimates = uf_result_table(&ran.result, "estimates");
    size_t row = find_row(estimates, "w", NULL);
    assert_true(isnan(cell_number(estimates, row, "estimate")));
    assert_non_null(strstr(cell_text(estimates, row, "note"), "collinear"));
    assert_int_equal(uf_result_note(&ran.result, "dropped-covariate")->severity, UF_WARNING);
    assert_non_null(strstr(uf_result_note(&ran.result, "dropped-covariate")->text, "w"));
    (void)find_row(estimates, "x", "cr2");
    uf_result_clear(&ran.result);
}

static void usual_errors_get_company(void **state)
{
    (void)state;
    struct ran ran =
        run_method(&uf_method_did, counties(12, 8, 3, 4), (const char *const[]){"inference", "cr1s", NULL});
    const struct uf_table *estimates = uf_result_table(&ran.result, "estimates");
    assert_int_equal(uf_table_rows(estimates), 2);
    (void)find_row(estimates, "treatment", "cr2");
    assert_non_null(uf_result_note(&ran.result, "inference-added"));
    /* and the joint test of the leads goes by it */
    assert_non_null(strstr(uf_result_note(&ran.result, "pretrend")->text, "(cr2)"));
    uf_result_clear(&ran.result);
}

static void refusals(void **state)
{
    (void)state;
    struct ran ran = run_in(&uf_method_did, counties(12, 8, 12, 4), UF_SWEDISH, NULL);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_non_null(uf_result_note(&ran.result, "all-treated"));
    assert_int_equal(ran.result.n_tables, 0);
    uf_result_clear(&ran.result);

    struct uf_panel *panel = counties(12, 8, 3, 4);
    for (size_t i = 0; i < panel->n_rows; i++) panel->columns[0].value[i] = 3;
    ran = run_in(&uf_method_did, panel, UF_ENGLISH, NULL);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_non_null(uf_result_note(&ran.result, "outcome-constant"));
    uf_result_clear(&ran.result);

    /* a covariate that is missing for all periods before the start leaves no period before it */
    panel = counties(12, 8, 3, 4);
    use_covariates(panel, 1, 0, 1);
    for (size_t u = 0; u < 12; u++)
        for (size_t t = 0; t < 4; t++) small_panel_miss(panel, 1, u, t);
    ran = run_in(&uf_method_did, panel, UF_ENGLISH, NULL);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_non_null(uf_result_note(&ran.result, "no-period-before"));
    assert_non_null(strstr(ran.error.message, "each covariate"));
    uf_result_clear(&ran.result);

    /* in which the treated are alone leaves a treatment that a period stands for */
    panel = counties(12, 8, 3, 4);
    use_covariates(panel, 1, 0, 1);
    for (size_t u = 3; u < 12; u++)
        for (size_t t = 0; t < 8; t++)
            if (t < 4) small_panel_miss(panel, 1, u, t);
    for (size_t u = 0; u < 3; u++)
        for (size_t t = 4; t < 8; t++) small_panel_miss(panel, 1, u, t);
    panel->treatment.first_period[0] = 3;
    panel->treatment.first_period[1] = panel->treatment.first_period[2] = 3;
    ran = run_in(&uf_method_did, panel, UF_ENGLISH, NULL);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_int_equal(uf_result_note(&ran.result, "treatment-collinear")->severity, UF_FATAL);
    uf_result_clear(&ran.result);

    ran = run_in(&uf_method_did, counties(12, 8, 3, 4), UF_ENGLISH,
                 (const char *const[]){"reference", "-0.5", NULL});
    assert_int_equal(ran.status, UF_BAD_USAGE);
    uf_result_clear(&ran.result);
    ran = run_in(&uf_method_did, counties(12, 8, 3, 4), UF_ENGLISH,
                 (const char *const[]){"reference", "-9", NULL});
    assert_int_equal(ran.status, UF_BAD_USAGE);
    assert_non_null(strstr(ran.error.message, "-4 to 3"));
    uf_result_clear(&ran.result);
    ran = run_in(&uf_method_did, counties(12, 8, 3, 4), UF_ENGLISH,
                 (const char *const[]){"confidence-level", "95", NULL});
    assert_int_equal(ran.status, UF_BAD_USAGE);
    uf_result_clear(&ran.result);
}

static void a_pretrend_takes_the_word_effect_away(void **state)
{
    (void)state;
    const char *const few[] = {"permutations", "199", NULL};
    struct uf_panel *panel = counties(60, 8, 20, 5);
    for (size_t u = 0; u < 20; u++)
        for (size_t t = 0; t < 8; t++) *small_panel_cell(panel, 0, u, t) += (double)t;
    struct ran ran = run_method(&uf_method_did, panel, few);
    assert_int_equal(uf_result_note(&ran.result, "pretrend-differs")->severity, UF_WARNING);
    assert_int_equal(ran.result.claim, UF_CLAIM_DIFFERENCE);
    uf_result_clear(&ran.result);
    ran = run_method(&uf_method_did, counties(60, 8, 20, 5), few);
    assert_non_null(uf_result_note(&ran.result, "pretrend"));
    assert_int_equal(ran.result.claim, UF_CLAIM_EFFECT);
    uf_result_clear(&ran.result);
}

static void two_by_two(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(9, 2, 4, 1);
    double mean[2][2] = {{0}};
    for (size_t u = 0; u < 9; u++)
        for (size_t t = 0; t < 2; t++) mean[u < 4][t] += *small_panel_cell(panel, 0, u, t) / (u < 4 ? 4 : 5);
    struct ran ran = run_method(&uf_method_did, panel, NULL);
    expect_close(cell_number(uf_result_table(&ran.result, "estimates"), 0, "estimate"),
                 mean[1][1] - mean[1][0] - mean[0][1] + mean[0][0], 1e-12, "difference of mean differences");
    assert_null(uf_result_table(&ran.result, "pretrend")); /* there is no lead but the reference */
    uf_result_clear(&ran.result);
}

static void two_yearly_periods_and_swedish(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(12, 8, 3, 4);
    for (size_t t = 0; t < 8; t++) panel->period_value[t] = uf_period_from_year(2000 + 2 * (int)t);
    struct ran ran = run_in(&uf_method_did, panel, UF_SWEDISH, NULL);
    assert_ok(ran.status, &ran.error);
    const struct uf_table *events = uf_result_table(&ran.result, "event-study");
    expect_close(cell_number(events, 3, "event_time"), -1, 0, "one step is two years");
    assert_string_equal(uf_table_title(events), "Händelsestudie");
    assert_string_equal(cell_text(uf_result_table(&ran.result, "raw-trends"), 0, "label"),
                        "Insatsregioner (från 2012)");
    expect_close(cell_number(uf_result_table(&ran.result, "raw-trends"), 1, "period"), 2002, 0,
                 "calendar year");
    uf_result_clear(&ran.result);
}

static void staggered_starts_are_warned_of(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(12, 8, 4, 4);
    panel->treatment.first_period[0] = 5;
    struct ran ran = run_method(&uf_method_did, panel, NULL);
    assert_int_equal(uf_result_note(&ran.result, "staggered-cohorts")->severity, UF_WARNING);
    assert_int_equal(ran.result.claim, UF_CLAIM_DIFFERENCE);
    assert_int_equal(uf_table_rows(uf_result_table(&ran.result, "raw-trends")), 24);
    uf_result_clear(&ran.result);
}

static double size_cell(const struct uf_table *size, const char *key, const char *column)
{
    size_t row = 0, keys = uf_table_column(size, "key");
    while (strcmp(uf_table_text(size, row, keys), key)) row++;
    return uf_table_number(size, row, uf_table_column(size, column));
}

/* The comparison implies a mean just below nil: no difference in per cent, and no limits of one either. */
static void no_per_cent_of_a_negative_mean(void **state)
{
    (void)state;
    const char *const settings[] = {"inference", "cr2", NULL};
    struct ran ran = run_method(&uf_method_did, counties(12, 8, 3, 4), settings);
    double mean = size_cell(uf_result_table(&ran.result, "effect-size"), "mean_counterfactual", "value");
    uf_result_clear(&ran.result);
    struct uf_panel *panel = counties(12, 8, 3, 4);
    for (size_t i = 0; i < panel->n_rows; i++) panel->columns[0].value[i] -= mean + 0.01;
    ran = run_method(&uf_method_did, panel, settings);
    const struct uf_table *size = uf_result_table(&ran.result, "effect-size");
    expect_close(size_cell(size, "mean_counterfactual", "value"), -0.01, 1e-6, "counterfactual mean");
    assert_true(isnan(size_cell(size, "per_cent", "value")));
    assert_true(isnan(size_cell(size, "per_cent", "conf_low")));
    assert_true(isnan(size_cell(size, "per_cent", "conf_high")));
    uf_result_clear(&ran.result);
}

/* Clusters of three counties, of which the first holds treated and untreated ones. */
static struct uf_panel *mixed_clusters(size_t **group, size_t *count)
{
    struct uf_panel *panel = counties(12, 8, 4, 4);
    *group = malloc(panel->n_rows * sizeof **group);
    for (size_t i = 0; i < panel->n_rows; i++) (*group)[i] = panel->unit[i] / 3;
    *count = 4;
    panel->cluster = group;
    panel->n_clusters = count;
    panel->n_cluster_dimensions = 1;
    return panel;
}

static void dealing_out_over_units_in_spite_of_clusters_is_said(void **state)
{
    (void)state;
    size_t *group, count;
    struct ran ran = run_method(&uf_method_did, mixed_clusters(&group, &count), NULL);
    assert_int_equal(uf_result_note(&ran.result, "randomisation-by-unit")->severity, UF_WARNING);
    /* the design check and the test speak of the same C(12, 4) */
    assert_non_null(strstr(uf_result_note(&ran.result, "few-treated")->text, "the 12 regions in 495 ways"));
    assert_non_null(strstr(uf_result_note(&ran.result, "randomisation")->text, "the 12 regions in 495 ways"));
    uf_result_clear(&ran.result);
    free(group);
    struct uf_panel *staggered = counties(9, 8, 3, 4);
    staggered->treatment.first_period[0] = 5;
    ran = run_method(&uf_method_did, staggered, NULL);
    assert_non_null(strstr(uf_result_note(&ran.result, "few-treated")->text, "in 252 ways"));
    assert_non_null(strstr(uf_result_note(&ran.result, "randomisation")->text, "in 252 ways"));
    assert_null(uf_result_note(&ran.result, "randomisation-by-unit"));
    uf_result_clear(&ran.result);
}

static void what_is_left_out_is_explained_in_the_readers_language(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(12, 8, 3, 4);
    size_t *groups[2] = {panel->unit, panel->period}, counts[2] = {12, 8};
    panel->cluster = groups;
    panel->n_clusters = counts;
    panel->n_cluster_dimensions = 2;
    panel->treatment.dose = calloc(panel->n_rows, sizeof *panel->treatment.dose);
    for (size_t i = 0; i < panel->n_rows; i++)
        panel->treatment.dose[i] =
            panel->unit[i] < 3 && panel->period[i] >= 4 ? 1 + (double)panel->unit[i] : 0;
    small_panel_miss(panel, 0, 5, 2);
    struct ran ran = run_in(&uf_method_did, panel, UF_SWEDISH,
                            (const char *const[]){"inference", "cr2,cr1s,randomisation", NULL});
    assert_ok(ran.status, &ran.error);
    assert_string_equal(uf_result_note(&ran.result, "inference-left-out")->text,
                        "cr2 har utelämnats, eftersom det inte går att beräkna i det här urvalet: "
                        "det är inte definierat för två klusterkolumner.");
    assert_string_equal(
        uf_result_note(&ran.result, "randomisation-impossible")->text,
        "Insatsen kunde inte fördelas på nytt över enheterna: den växlar i storlek eller upphör, "
        "och då måste varje enhet ha ett värde i varje period.");
    uf_result_clear(&ran.result);
}

static void jackknife_and_dependence_over_time_stand_beside_the_others(void **state)
{
    (void)state;
    struct ran ran = run_method(&uf_method_did, counties(21, 12, 3, 8),
                                (const char *const[]){"inference", "cr2,cr3,hc2,hc3,driscoll-kraay", NULL});
    const struct uf_table *estimates = uf_result_table(&ran.result, "estimates");
    size_t cr2 = find_row(estimates, "treatment", "cr2"), cr3 = find_row(estimates, "treatment", "cr3"),
           hc2 = find_row(estimates, "treatment", "hc2"), hc3 = find_row(estimates, "treatment", "hc3"),
           time = find_row(estimates, "treatment", "driscoll-kraay");
    assert_true(cell_number(estimates, cr3, "std_error") > cell_number(estimates, cr2, "std_error"));
    assert_true(cell_number(estimates, hc3, "std_error") > cell_number(estimates, hc2, "std_error"));
    assert_true(cell_number(estimates, cr3, "df") < 20);
    expect_close(cell_number(estimates, time, "df"), 11, 0, "T - 1");
    assert_true(isnan(cell_number(estimates, time, "n_clusters")));
    assert_non_null(strstr(cell_text(estimates, time, "note"), "lag 1 by the rule T^(1/4)"));
    const struct uf_table *pretrend = uf_result_table(&ran.result, "pretrend");
    /* one start: the event study's residuals add up to nothing in each period */
    assert_int_equal(uf_table_rows(pretrend), 4);
    assert_string_equal(cell_text(pretrend, 3, "vcov"), "hc3");
    assert_non_null(
        strstr(uf_result_note(&ran.result, "inference-left-out")->text, "out of the event study"));
    uf_result_clear(&ran.result);
}

/* V_1 + V_2 − V_12 with negative eigenvalues set to zero is near singular: F of the leads would be in the thousands. */
static void a_repaired_matrix_tests_nothing_jointly(void **state)
{
    (void)state;
    size_t repaired = 0;
    for (size_t periods = 8; periods < 16; periods++) {
        struct uf_panel *panel = counties(9, periods, 3, 5);
        size_t *groups[2] = {panel->unit, panel->period}, counts[2] = {9, periods};
        panel->cluster = groups;
        panel->n_clusters = counts;
        panel->n_cluster_dimensions = 2;
        struct ran ran = run_method(&uf_method_did, panel, (const char *const[]){"inference", "cr1s", NULL});
        const struct uf_table *events = uf_result_table(&ran.result, "event-study"),
                              *pretrend = uf_result_table(&ran.result, "pretrend");
        const char *note = cell_text(events, 0, "note");
        if (strstr(note, "negative eigenvalues")) {
            repaired++;
            for (size_t i = 0; i < uf_table_rows(pretrend); i++)
                if (!strcmp(cell_text(pretrend, i, "vcov"), "cr1s"))
                    assert_true(isnan(cell_number(pretrend, i, "p_value")));
        }
        uf_result_clear(&ran.result);
    }
    assert_true(repaired > 0);
}

/* Monthly data: 60 leads of 40 units. Too many to test together, and that is said without hours of work. */
static void a_long_event_study_is_affordable(void **state)
{
    (void)state;
    struct ran ran = run_method(&uf_method_did, counties(40, 70, 12, 60),
                                (const char *const[]){"inference", "cr2,cr1s", NULL});
    assert_int_equal(uf_result_note(&ran.result, "pretrend-untestable")->severity, UF_WARNING);
    assert_int_equal(uf_table_rows(uf_result_table(&ran.result, "event-study")), 70);
    uf_result_clear(&ran.result);
}

static void a_perfect_fit_has_no_standard_error(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(12, 8, 3, 4);
    for (size_t u = 0; u < 12; u++)
        for (size_t t = 0; t < 8; t++)
            *small_panel_cell(panel, 0, u, t) = 1e5 + (double)u + (double)t + (u < 3 && t >= 4 ? 2 : 0);
    struct ran ran =
        run_method(&uf_method_did, panel, (const char *const[]){"inference", "iid,cr2,cr1s", NULL});
    const struct uf_table *estimates = uf_result_table(&ran.result, "estimates");
    for (size_t i = 0; i < 3; i++) {
        expect_close(cell_number(estimates, i, "estimate"), 2, 1e-9, "estimate");
        assert_true(isnan(cell_number(estimates, i, "p_value")));
    }
    assert_non_null(uf_result_note(&ran.result, "perfect-fit"));
    uf_result_clear(&ran.result);
}

/* One critical value for all event times: above that of one estimate (t), at most Bonferroni's. */
static void the_event_study_has_a_simultaneous_band(void **state)
{
    (void)state;
    struct ran ran =
        run_method(&uf_method_did, counties(24, 8, 8, 4), (const char *const[]){"inference", "iid", NULL});
    const struct uf_table *events = uf_result_table(&ran.result, "event-study");
    double df = cell_number(events, 0, "df"), first = NAN;
    double single = gsl_cdf_tdist_Pinv(0.975, df), bonferroni = gsl_cdf_tdist_Pinv(1 - 0.025 / 7, df);
    for (size_t i = 0; i < uf_table_rows(events); i++) {
        if (cell_number(events, i, "event_time") == -1) {
            assert_true(isnan(cell_number(events, i, "band_low")) &&
                        isnan(cell_number(events, i, "band_high")));
            continue;
        }
        double estimate = cell_number(events, i, "estimate"), error = cell_number(events, i, "std_error");
        double critical = (cell_number(events, i, "band_high") - estimate) / error;
        expect_close((estimate - cell_number(events, i, "band_low")) / error, critical, 1e-9,
                     "as far down as up");
        assert_true(critical > single * 1.05 && critical <= bonferroni * 1.005);
        if (isnan(first)) first = critical;
        expect_close(critical, first, 1e-9, "the same for all");
    }
    uf_result_clear(&ran.result);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_a_plain_run),
        cmocka_unit_test(size_in_per_cent_and_for_the_money),
        cmocka_unit_test(logarithms_and_rates_are_told_from_amounts),
        cmocka_unit_test(missing_rows_are_in_the_ledger),
        cmocka_unit_test(collinear_covariates_are_named),
        cmocka_unit_test(usual_errors_get_company),
        cmocka_unit_test(refusals),
        cmocka_unit_test(a_pretrend_takes_the_word_effect_away),
        cmocka_unit_test(two_by_two),
        cmocka_unit_test(two_yearly_periods_and_swedish),
        cmocka_unit_test(staggered_starts_are_warned_of),
        cmocka_unit_test(no_per_cent_of_a_negative_mean),
        cmocka_unit_test(dealing_out_over_units_in_spite_of_clusters_is_said),
        cmocka_unit_test(what_is_left_out_is_explained_in_the_readers_language),
        cmocka_unit_test(jackknife_and_dependence_over_time_stand_beside_the_others),
        cmocka_unit_test(a_repaired_matrix_tests_nothing_jointly),
        cmocka_unit_test(a_long_event_study_is_affordable),
        cmocka_unit_test(the_event_study_has_a_simultaneous_band),
        cmocka_unit_test(a_perfect_fit_has_no_standard_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
