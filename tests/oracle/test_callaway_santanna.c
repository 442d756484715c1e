// SPDX-License-Identifier: GPL-3.0-or-later
/* Group-time effects and their averages against did 2.5.1 and 2.1.2, the two-by-two pieces against DRDID 1.2.3:
 * reference/peers/results/{cs_mpdta,cs_mpdta_did212,drdid_2x2_mpdta}.json and reference/own/results/cs_sweden.json. */
#include "support/long_panel.h"
#include "support/staggered.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/callaway_santanna.h>
#include <utfall/multiplier_bootstrap.h>

static char data_file[4096];

static json_t *value_of(json_t *results, const char *entry)
{
    json_t *object = json_object_get(json_object_get(results, "results"), entry);
    if (!object) fail_msg("no entry %s", entry);
    return json_object_get(object, "value");
}

static double member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Estimates and errors of a peer: relative where they are not all but nil. */
static void expect_estimate(double estimate, double error, const json_t *row, double relative,
                            const char *what)
{
    const double tolerance = 1e-12;
    expect_within(estimate, member(row, "att"), tolerance + relative * fabs(member(row, "att")), what);
    if (isnan(member(row, "se")))
        assert_true(isnan(error) || error == 0);
    else
        expect_close(error, member(row, "se"), 1e-6, what);
}

static const struct uf_group_time_cell *find_cell(const struct uf_group_time *g, long cohort, long period)
{
    for (size_t c = 0; c < g->n_cells; c++)
        if ((long)g->cohorts[g->cells[c].cohort].first_period == cohort && (long)g->cells[c].period == period)
            return &g->cells[c];
    fail_msg("no cell of cohort %ld in period %ld", cohort, period);
    return NULL;
}

static void compare_cells(const struct uf_group_time *g, json_t *value, long first_time, double relative,
                          const char *entry)
{
    json_t *row;
    size_t index;
    char what[160];
    assert_int_equal(json_array_size(json_object_get(value, "att_gt")), g->n_cells);
    json_array_foreach(json_object_get(value, "att_gt"), index, row)
    {
        long cohort = (long)member(row, "group"), t = (long)member(row, "t");
        const struct uf_group_time_cell *cell = find_cell(g, cohort - first_time, t - first_time);
        snprintf(what, sizeof what, "%s ATT(%ld, %ld)", entry, cohort, t);
        expect_estimate(cell->estimate, cell->std_error, row, relative, what);
    }
    json_t *wald = json_object_get(value, "wald_pretest");
    /* the peer tests the periods of anticipation too, in which the hypothesis allows a difference */
    if (!wald || json_is_null(wald) || strstr(entry, "anticip")) return;
    struct uf_group_time_pretest test;
    struct uf_error error;
    assert_ok(uf_group_time_pretest(g, NULL, &test, &error), &error);
    expect_close(test.wald, json_number_value(json_array_get(json_array_get(wald, 0), 0)), 1e-6, entry);
    json_t *p = json_object_get(value, "wald_p");
    while (json_is_array(p)) p = json_array_get(p, 0);
    assert_true(json_is_number(p));
    /* the peer rounds p to five places */
    expect_within(test.p_value, json_number_value(p), 0.6e-5, entry);
}

static void compare_average(const struct uf_average *a, json_t *value, const struct uf_group_time *g,
                            long first_time, double relative, const char *what)
{
    expect_close(a->estimate, member(value, "overall_att"), relative, what);
    expect_close(a->std_error, member(value, "overall_se"), 1e-6, what);
    json_t *rows = json_object_get(value, "egt"), *row;
    size_t index;
    if (json_is_null(rows)) return;
    assert_int_equal(json_array_size(rows), a->n_terms);
    json_array_foreach(rows, index, row)
    {
        long key = (long)member(row, "egt");
        if (a->kind == UF_AVERAGE_GROUP)
            assert_int_equal(g->cohorts[a->terms[index].key].first_period, key - first_time);
        else
            assert_int_equal(a->terms[index].key, a->kind == UF_AVERAGE_CALENDAR ? key - first_time : key);
        expect_estimate(a->terms[index].estimate, a->terms[index].std_error, row, relative, what);
    }
}

static void compare(const struct uf_did_data *data, long first_time, json_t *results, const char *entry,
                    const struct uf_group_time_options *options, double relative, bool old)
{
    static const char *const names[] = {"simple", "dynamic", "group", "calendar"};
    struct uf_group_time g;
    struct uf_error error;
    assert_ok(uf_group_time_estimate(data, options, &g, &error), &error);
    compare_cells(&g, value_of(results, entry), first_time, relative, entry);
    for (int kind = 0; kind < 4; kind++) {
        char name[160];
        struct uf_average a;
        snprintf(name, sizeof name, "%s_%s", entry, names[kind]);
        json_t *object = json_object_get(json_object_get(results, "results"), name);
        if (!object) continue;
        assert_ok(uf_group_time_average(&g, (enum uf_average_kind)kind, NULL, &a, &error), &error);
        /* 2.1.2 takes the weights of the wrong cohorts for the error of the overall group average */
        if (old && kind == UF_AVERAGE_GROUP)
            json_object_set_new(json_object_get(object, "value"), "overall_se", json_real(a.std_error));
        compare_average(&a, json_object_get(object, "value"), &g, first_time, relative, name);
        uf_average_clear(&a);
    }
    uf_group_time_clear(&g);
}

static const char *const estimators[] = {"dr", "reg", "ipw"}; /* as the enum */

static void mpdta(const char *file, bool old)
{
    char results_file[4096];
    snprintf(results_file, sizeof results_file, "%s", need_shared(file));
    snprintf(data_file, sizeof data_file, "%s", need_shared("reference/peers/data/mpdta.csv"));
    json_t *results = load_json(results_file);
    for (int covariate = 0; covariate < 2; covariate++) {
        struct long_panel p = long_panel_read(data_file, "countyreal", "year", "lemp", "first.treat",
                                              covariate ? "lpop" : NULL, NULL, NULL);
        for (int e = 0; e < 3; e++)
            for (int control = 0; control < 2; control++) {
                char entry[80];
                snprintf(entry, sizeof entry, "%s_%s_%s", estimators[e],
                         control ? "notyettreated" : "nevertreated", covariate ? "lpop" : "nocov");
                struct uf_group_time_options options = {.estimator = (enum uf_drdid_estimator)e,
                                                        .control = (enum uf_group_time_control)control};
                /* the peer's logit stops at a change of 1e-8 in the deviance */
                compare(&p.data, p.first_time, results, entry, &options, covariate && e != 1 ? 1e-7 : 1e-8,
                        old);
            }
        struct uf_group_time_options universal = {.base = UF_BASE_UNIVERSAL}, early = {.anticipation = 1};
        if (covariate)
            compare(&p.data, p.first_time, results, "dr_never_lpop_universal", &universal, 1e-7, old);
        if (!covariate) compare(&p.data, p.first_time, results, "dr_never_nocov_anticip1", &early, 1e-8, old);
        long_panel_clear(&p);
    }
    json_decref(results);
}

/* The overall group average's error, with the sampling error of the cohorts' weights that `cohort_of` names for each term.
 * With the terms' own cohorts it is ours. 2.1.2 takes the cohorts of the first cells instead, which all are the
 * earliest's: that gives its number to the digit. */
static double group_error(const struct long_panel *p, const struct uf_group_time *g,
                          const struct uf_average *a, bool first_cells)
{
    size_t n = p->data.n_units, terms = a->n_terms;
    double share[8] = {0}, total = 0, squares = 0;
    assert_true(terms <= 8 && a->n_rows == n);
    for (size_t k = 0; k < terms; k++) {
        for (size_t u = 0; u < n; u++)
            share[k] += (p->first[u] == g->cohorts[a->terms[k].key].first_period) / (double)n;
        total += share[k];
    }
    for (size_t u = 0; u < n; u++) {
        double influence = 0, change[8], changes = 0;
        for (size_t k = 0; k < terms; k++) {
            size_t cohort = first_cells ? g->cells[k].cohort : (size_t)a->terms[k].key;
            change[k] = (p->first[u] == g->cohorts[cohort].first_period) - share[k];
            changes += change[k];
            influence += a->influence[u * (terms + 1) + k] * share[k] / total;
        }
        for (size_t k = 0; k < terms; k++)
            influence +=
                (change[k] / total - changes * share[k] / (total * total)) * a->terms[k].estimate / (double)n;
        squares += influence * influence;
    }
    return sqrt(squares);
}

static void group_error_of_did_2_1(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/peers/results/cs_mpdta_did212.json"));
    struct long_panel p = long_panel_read(need_shared("reference/peers/data/mpdta.csv"), "countyreal", "year",
                                          "lemp", "first.treat", NULL, NULL, NULL);
    struct uf_group_time g;
    struct uf_average a;
    struct uf_error error;
    assert_ok(uf_group_time_estimate(&p.data, NULL, &g, &error), &error);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_GROUP, NULL, &a, &error), &error);
    expect_close(group_error(&p, &g, &a, false), a.std_error, 1e-10, "the cohorts' own weights");
    expect_close(group_error(&p, &g, &a, true),
                 member(value_of(results, "dr_nevertreated_nocov_group"), "overall_se"), 1e-6,
                 "those of the first cells");
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    long_panel_clear(&p);
    json_decref(results);
}

static void did_2_5(void **state)
{
    (void)state;
    mpdta("reference/peers/results/cs_mpdta.json", false);
}

static void did_2_1(void **state)
{
    (void)state;
    mpdta("reference/peers/results/cs_mpdta_did212.json", true);
}

/* The same rows taken as other counties every year: each its own cluster, whatever county it is of. */
static void repeated_cross_sections(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/peers/results/cs_mpdta.json"));
    struct long_panel p = long_panel_read(need_shared("reference/peers/data/mpdta.csv"), "countyreal", "year",
                                          "lemp", "first.treat", NULL, NULL, NULL);
    for (int e = 0; e < 3; e++) { /* without covariates all are the same */
        const struct uf_group_time_options options = {.estimator = (enum uf_drdid_estimator)e,
                                                      .cross_sections = true};
        compare(&p.data, p.first_time, results, "rc_dr_nocov", &options, 1e-8, false);
    }
    long_panel_clear(&p);
    json_decref(results);
}

static void balanced_and_limited(void **state)
{
    (void)state;
    struct uf_group_time g;
    struct uf_average a;
    struct uf_error error;
    json_t *results = load_json(need_shared("reference/peers/results/cs_mpdta.json"));
    struct long_panel p = long_panel_read(need_shared("reference/peers/data/mpdta.csv"), "countyreal", "year",
                                          "lemp", "first.treat", "lpop", NULL, NULL);
    assert_ok(uf_group_time_estimate(&p.data, NULL, &g, &error), &error);
    struct uf_average_options balance = {.balanced = true, .balance_event_time = 1},
                              limits = {.limited = true, .least = -1, .most = 1};
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_DYNAMIC, &balance, &a, &error), &error);
    compare_average(&a, value_of(results, "dyn_balance_e1"), &g, p.first_time, 1e-7, "balanced");
    uf_average_clear(&a);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_DYNAMIC, &limits, &a, &error), &error);
    compare_average(&a, value_of(results, "dyn_min-1_max1"), &g, p.first_time, 1e-7, "limited");
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    long_panel_clear(&p);
    json_decref(results);
}

static void sweden(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/own/results/cs_sweden.json"));
    snprintf(data_file, sizeof data_file, "%s", need_shared("reference/own/data/sim_sweden.csv"));
    struct long_panel p =
        long_panel_read(data_file, "kommun", "year", "y", "first_treat", "x_base", NULL, NULL);
    for (int e = 0; e < 3; e++)
        for (int control = 0; control < 2; control++) {
            char entry[80];
            snprintf(entry, sizeof entry, "%s_%s_xbase", estimators[e],
                     control ? "notyettreated" : "nevertreated");
            struct uf_group_time_options options = {.estimator = (enum uf_drdid_estimator)e,
                                                    .control = (enum uf_group_time_control)control};
            compare(&p.data, p.first_time, results, entry, &options, e != 1 ? 1e-7 : 1e-8, false);
        }
    long_panel_clear(&p);
    const char *const plain[][3] = {{"dr_never_nocov", NULL, NULL},
                                    {"dr_never_nocov_w", "pop", NULL},
                                    {"dr_never_nocov_cl_lan", NULL, "lan"}};
    for (size_t i = 0; i < 3; i++) {
        p = long_panel_read(data_file, "kommun", "year", "y", "first_treat", NULL, plain[i][1], plain[i][2]);
        compare(&p.data, p.first_time, results, plain[i][0], NULL, 1e-8, false);
        long_panel_clear(&p);
    }
    /* the 21 counties, whose start is told by a 0/1 column */
    struct staggered counties = staggered_read("reference/own/data/sim_sweden_county_means.csv", "lan_id",
                                               "year", "y", "treated", NULL, NULL, NULL);
    compare(&counties.data, counties.first_time, results, "county_dr_never_nocov", NULL, 1e-8, false);
    staggered_clear(&counties);
    json_decref(results);
}

/* Signs are drawn at random: 9,999 draws of the peer and ours agree within their Monte Carlo error. */
static void bands(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/peers/results/cs_mpdta.json"));
    struct long_panel p = long_panel_read(need_shared("reference/peers/data/mpdta.csv"), "countyreal", "year",
                                          "lemp", "first.treat", "lpop", NULL, NULL);
    struct uf_group_time g;
    struct uf_average a;
    struct uf_error error;
    struct uf_multiplier_bootstrap b;
    struct uf_multiplier_options options = {.draws = 9999, .seed = 1};
    assert_ok(uf_group_time_estimate(&p.data, NULL, &g, &error), &error);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_DYNAMIC, NULL, &a, &error), &error);
    assert_ok(uf_multiplier_bootstrap(a.influence, a.n_rows, a.n_terms + 1, &options, &b, &error), &error);
    json_t *cells = json_object_get(value_of(results, "dr_never_lpop_mboot_seed123_B9999"), "att_gt");
    /* event times -3, 2 and 3 are one cell each; with 20 treated units the interquartile range is not the
     * standard deviation */
    expect_close(b.std_error[0], member(json_array_get(cells, 8), "se"), 0.03, "ATT(2007, 2004)");
    expect_close(b.std_error[5], member(json_array_get(cells, 2), "se"), 0.03, "ATT(2004, 2006)");
    expect_close(b.std_error[6], member(json_array_get(cells, 3), "se"), 0.03, "ATT(2004, 2007)");
    expect_close(b.std_error[a.n_terms], a.std_error, 0.1, "bootstrap error, overall");
    assert_true(b.critical > 2.3 && b.critical < 2.7); /* the peer's 2.634 is over 12 cells */
    uf_multiplier_bootstrap_clear(&b);
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    long_panel_clear(&p);
    json_decref(results);
}

/* The same by clusters: cells of cohort 2016 and 2010 that are alone in their event time. */
static void bands_by_county(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/own/results/cs_sweden.json")), *row;
    struct long_panel p = long_panel_read(need_shared("reference/own/data/sim_sweden.csv"), "kommun", "year",
                                          "y", "first_treat", NULL, NULL, "lan");
    struct uf_group_time g;
    struct uf_average a;
    struct uf_error error;
    struct uf_multiplier_bootstrap b;
    struct uf_multiplier_options options = {.draws = 9999, .seed = 1};
    size_t index, compared = 0;
    assert_ok(uf_group_time_estimate(&p.data, NULL, &g, &error), &error);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_DYNAMIC, NULL, &a, &error), &error);
    assert_ok(uf_multiplier_bootstrap(a.influence, a.n_rows, a.n_terms + 1, &options, &b, &error), &error);
    json_array_foreach(json_object_get(value_of(results, "dr_never_nocov_cl_lan_boot"), "att_gt"), index, row)
    {
        long cohort = (long)member(row, "group"), e = (long)member(row, "t") - cohort;
        if ((cohort != 2016 || e > -9) && (cohort != 2010 || e < 12)) continue;
        for (size_t t = 0; t < a.n_terms; t++)
            if (a.terms[t].key == e) {
                expect_close(a.terms[t].estimate, member(row, "att"), 1e-8, "a cell");
                expect_close(b.std_error[t], member(row, "se"), 0.03, "its bootstrap error");
                compared++;
            }
    }
    assert_int_equal(compared, 6);
    uf_multiplier_bootstrap_clear(&b);
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    long_panel_clear(&p);
    json_decref(results);
}

/* Cohort 2007 against the never treated, 2006 to 2007. */
static void two_by_two(void **state)
{
    (void)state;
    static const char *const entries[] = {"drdid_panel", "reg_did_panel", "std_ipw_did_panel",
                                          "drdid_imp_panel", "ipw_did_panel"}; /* as the enum */
    json_t *results = load_json(need_shared("reference/peers/results/drdid_2x2_mpdta.json"));
    struct long_panel p = long_panel_read(need_shared("reference/peers/data/mpdta.csv"), "countyreal", "year",
                                          "lemp", "first.treat", "lpop", NULL, NULL);
    size_t units = p.data.n_units, n = 0, n_treated = 0;
    double *before = calloc(units, sizeof *before), *after = calloc(units, sizeof *after),
           *x = calloc(units, sizeof *x), *change = calloc(units, sizeof *change),
           *covariate = calloc(units, sizeof *covariate), *influence = calloc(units, sizeof *influence);
    for (size_t i = 0; i < p.data.n; i++) {
        if (p.period[i] == 3) before[p.unit[i]] = p.outcome[i];
        if (p.period[i] == 4) after[p.unit[i]] = p.outcome[i];
        x[p.unit[i]] = gsl_matrix_get(p.covariates, i, 0);
    }
    for (int control = 0; control < 2; control++)
        for (size_t u = 0; u < units; u++) {
            if (p.first[u] != (control ? SIZE_MAX : 4)) continue;
            change[n] = after[u] - before[u];
            covariate[n++] = x[u];
            n_treated += control ? 0 : 1;
        }
    struct uf_error error;
    struct uf_drdid_design *design;
    assert_ok(uf_drdid_design_new(units, 1, &design, &error), &error);
    for (int e = 0; e < 5; e++) {
        struct uf_drdid_diagnosis diagnosis;
        uf_drdid_design_set(design, (enum uf_drdid_estimator)e, n_treated, n - n_treated, NULL, covariate, n,
                            1, &diagnosis);
        assert_int_equal(diagnosis.reason, UF_DRDID_ESTIMATED);
        double estimate = uf_drdid_estimate(design, change, influence), squares = 0, sum = 0;
        for (size_t i = 0; i < n; i++) {
            squares += influence[i] * influence[i];
            sum += influence[i];
        }
        json_t *value = value_of(results, entries[e]);
        expect_close(estimate, member(value, "att"), 1e-8, entries[e]);
        expect_close(sqrt(squares), member(value, "se"), 1e-6, entries[e]);
        expect_close(squares * (double)(n * n), member(value, "if_sum2"), 1e-6, entries[e]);
        expect_within(sum, 0, 1e-12, "the influences cancel");
    }
    uf_drdid_design_free(design);
    free(before), free(after), free(x), free(change), free(covariate), free(influence);
    long_panel_clear(&p);
    json_decref(results);
}

/* Without covariates, against the never treated and with long differences before the start: Sun and Abraham's
 * regression (fixest 0.14.2, reference/peers/results/es_sunab_mpdta.json), its average too. */
static void sun_abraham(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/peers/results/es_sunab_mpdta.json")), *row;
    struct long_panel p = long_panel_read(need_shared("reference/peers/data/mpdta.csv"), "countyreal", "year",
                                          "lemp", "first.treat", NULL, NULL, NULL);
    struct uf_group_time g;
    struct uf_average a, simple;
    struct uf_error error;
    const struct uf_group_time_options options = {.base = UF_BASE_UNIVERSAL};
    size_t index, compared = 0;
    assert_ok(uf_group_time_estimate(&p.data, &options, &g, &error), &error);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_DYNAMIC, NULL, &a, &error), &error);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_SIMPLE, NULL, &simple, &error), &error);
    json_array_foreach(json_object_get(value_of(results, "sunab"), "coef"), index, row)
    {
        long key = strtol(strstr(json_string_value(json_object_get(row, "term")), "::") + 2, NULL, 10);
        for (size_t t = 0; t < a.n_terms; t++)
            if (a.terms[t].key == key) {
                expect_close(a.terms[t].estimate, member(row, "estimate"), 1e-8, "an event time");
                compared++;
            }
    }
    assert_int_equal(compared, a.n_terms - 1); /* all but the reference */
    row = json_array_get(json_object_get(value_of(results, "sunab_att"), "coef"), 0);
    expect_close(simple.estimate, member(row, "estimate"), 1e-8, "the average");
    gsl_matrix *covariance = gsl_matrix_alloc(a.n_terms + 1, a.n_terms + 1);
    uf_average_covariance(&a, covariance);
    for (size_t t = 0; t < a.n_terms; t++)
        if (!isnan(a.terms[t].std_error))
            expect_close(sqrt(gsl_matrix_get(covariance, t, t)), a.terms[t].std_error, 1e-10, "an error");
    double overall = 0, later = 0; /* the overall average is the mean of those from the start on */
    for (size_t i = 0; i < a.n_terms; i++)
        for (size_t j = 0; j < a.n_terms; j++)
            if (a.terms[i].post && a.terms[j].post) overall += gsl_matrix_get(covariance, i, j);
    for (size_t i = 0; i < a.n_terms; i++) later += a.terms[i].post;
    expect_close(sqrt(overall) / later, a.std_error, 1e-10, "the overall error");
    gsl_matrix_free(covariance);
    uf_average_clear(&a), uf_average_clear(&simple);
    uf_group_time_clear(&g);
    long_panel_clear(&p);
    json_decref(results);
}

/* The method on a file, from the columns that a user names. */
static void method(void **state)
{
    (void)state;
    snprintf(data_file, sizeof data_file, "%s", need_shared("reference/peers/data/mpdta.csv"));
    const struct uf_file_panel_request request = {.path = data_file,
                                                  .unit = "countyreal",
                                                  .period = "year",
                                                  .outcome = "lemp",
                                                  .cohort = "first.treat",
                                                  .covariates = (const char *const[]){"lpop"},
                                                  .n_covariates = 1};
    struct uf_error error;
    struct uf_panel *panel;
    struct uf_options *options;
    struct uf_result result;
    struct uf_context context = {.language = UF_SWEDISH, .seed = 1};
    uf_result_init(&result);
    assert_ok(uf_panel_from_file(&request, &result, &panel, &error), &error);
    assert_ok(uf_options_new(&uf_method_callaway_santanna, &options, &error), &error);
    assert_ok(uf_method_callaway_santanna.run(panel, options, &context, &result, &error), &error);
    const struct uf_table *estimates = uf_result_table(&result, "estimates"),
                          *pretrend = uf_result_table(&result, "pretrend");
    const double expected[][2] = {{-0.0417517720610815, 0.0115028381509289},
                                  {-0.0803539497500553, 0.0189575572424329},
                                  {-0.0328195971622414, 0.0118981787275488},
                                  {-0.0441773577615356, 0.0150381750944651}}; /* dr_nevertreated_lpop_* */
    for (size_t row = 0; row < 4; row++) {
        expect_close(uf_table_number(estimates, row, uf_table_column(estimates, "estimate")),
                     expected[row][0], 1e-7, "estimate");
        expect_close(uf_table_number(estimates, row, uf_table_column(estimates, "std_error")),
                     expected[row][1], 1e-6, "error");
    }
    expect_close(uf_table_number(pretrend, 0, uf_table_column(pretrend, "statistic")), 6.84182498165929, 1e-6,
                 "Wald");
    uf_options_free(options);
    uf_panel_free(panel);
    uf_result_clear(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_by_two),
                                       cmocka_unit_test(did_2_5),
                                       cmocka_unit_test(did_2_1),
                                       cmocka_unit_test(group_error_of_did_2_1),
                                       cmocka_unit_test(repeated_cross_sections),
                                       cmocka_unit_test(balanced_and_limited),
                                       cmocka_unit_test(sweden),
                                       cmocka_unit_test(bands),
                                       cmocka_unit_test(bands_by_county),
                                       cmocka_unit_test(sun_abraham),
                                       cmocka_unit_test(method)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
