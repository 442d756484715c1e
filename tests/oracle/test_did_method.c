// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `did` as run on a file, against clubSandwich (own/data/sim_sweden_county_means.csv; numbers of
 * reference/peers/results/clubsandwich.json, entries sweden_county_lsdv_*) and fixest
 * (own/results/twfe_sweden.json). */
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utfall/did.h>
#include <utfall/panel.h>

static struct uf_result run(const struct uf_file_panel_request *request, const char *const *settings)
{
    struct uf_error error;
    struct uf_panel *panel;
    struct uf_options *options;
    struct uf_result result;
    struct uf_context context = {.language = UF_ENGLISH, .seed = 1};
    uf_result_init(&result);
    assert_ok(uf_panel_from_file(request, &result, &panel, &error), &error);
    assert_ok(uf_options_new(&uf_method_did, &options, &error), &error);
    for (size_t i = 0; settings[i]; i += 2)
        assert_ok(uf_options_set(options, settings[i], settings[i + 1], &error), &error);
    clock_t start = clock();
    assert_ok(uf_method_did.run(panel, options, &context, &result, &error), &error);
    print_message("%zu rows: %.3f s\n", panel->n_rows, (double)(clock() - start) / CLOCKS_PER_SEC);
    uf_options_free(options);
    uf_panel_free(panel);
    return result;
}

static void expect_row(const struct uf_table *table, const char *term, const char *vcov, double estimate,
                       double std_error, double df, double p_value)
{
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        if (strcmp(uf_table_text(table, i, uf_table_column(table, "term")), term) ||
            strcmp(uf_table_text(table, i, uf_table_column(table, "vcov")), vcov))
            continue;
        expect_close(uf_table_number(table, i, uf_table_column(table, "estimate")), estimate, 1e-8, vcov);
        expect_close(uf_table_number(table, i, uf_table_column(table, "std_error")), std_error, 1e-6, vcov);
        expect_close(uf_table_number(table, i, uf_table_column(table, "df")), df, 1e-6, vcov);
        expect_close(uf_table_number(table, i, uf_table_column(table, "p_value")), p_value, 1e-6, vcov);
        return;
    }
    fail_msg("no row %s %s", term, vcov);
}

static void counties(void **state)
{
    (void)state;
    struct uf_file_panel_request request = {.path =
                                                source_path("tests/oracle/data/sim_sweden_county_means.csv"),
                                            .unit = "lan",
                                            .period = "year",
                                            .outcome = "y",
                                            .treatment = "treated",
                                            .covariates = (const char *const[]){"x"},
                                            .n_covariates = 1};
    struct uf_result result =
        run(&request, (const char *const[]){"k-rule", "stata", "df-rule", "satterthwaite", NULL});
    const struct uf_table *estimates = uf_result_table(&result, "estimates");
    expect_row(estimates, "treatment", "cr2", 1.98059731883873, 0.279740824687012, 14.2032593853725,
               5.08209152152474e-06);
    expect_row(estimates, "x", "cr2", 0.591423172357379, 0.071135729525688, 4.66885011477346,
               0.000569665513279574);
    expect_row(estimates, "treatment", "cr1s", 1.98059731883873, 0.28291087, 14.5434506542794, 5.0662485e-06);
    assert_non_null(uf_result_note(&result, "staggered-cohorts"));
    assert_non_null(uf_result_table(&result, "randomisation"));
    uf_result_clear(&result);
}

static void municipalities_in_counties(void **state)
{
    (void)state;
    struct uf_file_panel_request request = {.path = need_shared("reference/own/data/sim_sweden.csv"),
                                            .unit = "kommun",
                                            .period = "year",
                                            .outcome = "y",
                                            .treatment = "treated",
                                            .covariates = (const char *const[]){"x"},
                                            .n_covariates = 1,
                                            .clusters = (const char *const[]){"lan"},
                                            .n_clusters = 1};
    struct uf_result result = run(&request, (const char *const[]){"permutations", "199", NULL});
    const struct uf_table *estimates = uf_result_table(&result, "estimates");
    expect_row(estimates, "treatment", "cr1s", 1.95550557968384, 0.217110802893484, 20, 1.78160505303555e-08);
    expect_row(estimates, "treatment", "cr2", 1.95550557968382, 0.223743274490926, 10.3930322214285,
               4.13684462149479e-06);
    /* treatment came to counties, so whole counties are dealt anew */
    assert_non_null(strstr(uf_result_note(&result, "randomisation")->text, "21 clusters"));
    uf_result_clear(&result);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(counties),
                                       cmocka_unit_test(municipalities_in_counties)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
