// SPDX-License-Identifier: GPL-3.0-or-later
/* Group-time effects and their averages against did 2.5.1 and 2.1.2, every entry of
 * reference/peers/results/{cs_mpdta,cs_mpdta_did212}.json and reference/own/results/cs_sweden.json. */
#include "support/group_peer.h"
#include "support/long_panel.h"
#include "support/staggered.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/callaway_santanna.h>

static char data_file[4096];

static const char *const estimators[] = {"dr", "reg", "ipw"}; /* as the enum */

/* The same rows taken as other counties every year: each its own cluster, whatever county it is of. Without covariates
 * all estimators are one. */
static void compare_cross_sections(const struct long_panel *p, json_t *results, bool old)
{
    for (int e = 0; e < 3; e++) {
        struct uf_group_time_options options = {.estimator = (enum uf_drdid_estimator)e,
                                                .cross_sections = true};
        group_peer_compare(&p->data, p->first_time, results, "rc_dr_nocov", &options, 1e-8, old);
    }
}

/* Balanced and limited averages, and the cells behind the bootstrap. */
static void compare_covariate(const struct long_panel *p, json_t *results)
{
    struct uf_group_time g;
    struct uf_average a;
    struct uf_error error;
    struct uf_average_options balance = {.balanced = true, .balance_event_time = 1},
                              limits = {.limited = true, .least = -1, .most = 1};
    assert_ok(uf_group_time_estimate(&p->data, NULL, &g, &error), &error);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_DYNAMIC, &balance, &a, &error), &error);
    group_peer_compare_average(&a, group_peer_value(results, "dyn_balance_e1"), &g, p->first_time, 1e-7,
                               "balanced");
    uf_average_clear(&a);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_DYNAMIC, &limits, &a, &error), &error);
    group_peer_compare_average(&a, group_peer_value(results, "dyn_min-1_max1"), &g, p->first_time, 1e-7,
                               "limited");
    uf_average_clear(&a);
    const char *drawn = "dr_never_lpop_mboot_seed123_B9999";
    group_peer_compare_cells(&g, group_peer_value(results, drawn), p->first_time, 1e-7, false, drawn);
    uf_group_time_clear(&g);
}

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
                group_peer_compare(&p.data, p.first_time, results, entry, &options,
                                   covariate && e != 1 ? 1e-7 : 1e-8, old);
            }
        struct uf_group_time_options universal = {.base = UF_BASE_UNIVERSAL}, early = {.anticipation = 1};
        if (covariate)
            group_peer_compare(&p.data, p.first_time, results, "dr_never_lpop_universal", &universal, 1e-7,
                               old);
        if (!covariate)
            group_peer_compare(&p.data, p.first_time, results, "dr_never_nocov_anticip1", &early, 1e-8, old);
        if (!covariate) compare_cross_sections(&p, results, old);
        if (covariate) compare_covariate(&p, results);
        long_panel_clear(&p);
    }
    group_peer_all_compared(results);
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
                 group_peer_member(group_peer_value(results, "dr_nevertreated_nocov_group"), "overall_se"),
                 1e-6, "those of the first cells");
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
            group_peer_compare(&p.data, p.first_time, results, entry, &options, e != 1 ? 1e-7 : 1e-8, false);
        }
    long_panel_clear(&p);
    const char *const plain[][3] = {{"dr_never_nocov", NULL, NULL},
                                    {"dr_never_nocov_w", "pop", NULL},
                                    {"dr_never_nocov_cl_lan", NULL, "lan"}};
    for (size_t i = 0; i < 3; i++) {
        p = long_panel_read(data_file, "kommun", "year", "y", "first_treat", NULL, plain[i][1], plain[i][2]);
        group_peer_compare(&p.data, p.first_time, results, plain[i][0], NULL, 1e-8, false);
        long_panel_clear(&p);
    }
    /* the 21 counties, whose start is told by a 0/1 column */
    struct staggered counties = staggered_read("reference/own/data/sim_sweden_county_means.csv", "lan_id",
                                               "year", "y", "treated", NULL, NULL, NULL);
    group_peer_compare(&counties.data, counties.first_time, results, "county_dr_never_nocov", NULL, 1e-8,
                       false);
    staggered_clear(&counties);
    /* errors drawn at random: tests/oracle/test_callaway_bands.c */
    p = long_panel_read(data_file, "kommun", "year", "y", "first_treat", NULL, NULL, "lan");
    struct uf_group_time g;
    struct uf_error error;
    assert_ok(uf_group_time_estimate(&p.data, NULL, &g, &error), &error);
    group_peer_compare_cells(&g, group_peer_value(results, "dr_never_nocov_cl_lan_boot"), p.first_time, 1e-8,
                             false, "dr_never_nocov_cl_lan_boot");
    uf_group_time_clear(&g);
    long_panel_clear(&p);
    group_peer_all_compared(results);
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
    json_array_foreach(json_object_get(group_peer_value(results, "sunab"), "coef"), index, row)
    {
        long key = strtol(strstr(json_string_value(json_object_get(row, "term")), "::") + 2, NULL, 10);
        for (size_t t = 0; t < a.n_terms; t++)
            if (a.terms[t].key == key) {
                expect_close(a.terms[t].estimate, group_peer_member(row, "estimate"), 1e-8, "an event time");
                compared++;
            }
    }
    assert_int_equal(compared, a.n_terms - 1); /* all but the reference */
    row = json_array_get(json_object_get(group_peer_value(results, "sunab_att"), "coef"), 0);
    expect_close(simple.estimate, group_peer_member(row, "estimate"), 1e-8, "the average");
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(did_2_5), cmocka_unit_test(did_2_1),     cmocka_unit_test(group_error_of_did_2_1),
        cmocka_unit_test(sweden),  cmocka_unit_test(sun_abraham), cmocka_unit_test(method)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
