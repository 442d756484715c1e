// SPDX-License-Identifier: GPL-3.0-or-later
/* The methods `spatial` and `convergence` on small panels: neighbours from lists and coordinates, what is missing, what is
 * said, what is refused. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utfall/convergence.h>
#include <utfall/file.h>
#include <utfall/method.h>
#include <utfall/spatial.h>

#include "support/activity_panel.h"
#include "support/small_panel.h"
#include "support/test.h"

/* Six regions in a ring, two periods; `x` and `y` lie on a circle. */
static struct uf_panel *ring(void)
{
    static const char *const columns[] = {"value", "x", "y"};
    static const double value[] = {9, 8, 7, 2, 1, 3};
    struct uf_panel *panel = small_panel_new(6, 2, 2001, columns, 3);
    for (size_t u = 0; u < 6; u++)
        for (size_t t = 0; t < 2; t++) {
            *small_panel_cell(panel, 0, u, t) = value[u] + (double)t;
            *small_panel_cell(panel, 1, u, t) = cos((double)u * M_PI / 3);
            *small_panel_cell(panel, 2, u, t) = sin((double)u * M_PI / 3);
        }
    return panel;
}

static const char *write_list(const char *text)
{
    static char path[256];
    struct uf_error error;
    snprintf(path, sizeof path, "%s/neighbours.csv", scratch_directory());
    assert_ok(uf_file_write(path, text, strlen(text), &error), &error);
    return path;
}

#define RING "from,to\nR001,R002\nR002,R003\nR003,R004\nR004,R005\nR005,R006\nR006,R001\n"

static void neighbours_of_a_list_and_of_coordinates_agree(void **state)
{
    (void)state;
    struct uf_panel *panel = ring();
    const char *const ways[][9] = {
        {"neighbours", write_list(RING), NULL},
        {"weights", "k-nearest", "k", "2", "coordinates", "x,y", NULL},
        {"weights", "distance-band", "distance", "1.01", "coordinates", "x,y", NULL}};
    struct uf_error error;
    for (size_t w = 0; w < 3; w++) {
        struct uf_result result;
        uf_value_status status;
        assert_ok(activity_run(&uf_method_spatial, panel, UF_ENGLISH, ways[w], &result, &error), &error);
        assert_true(activity_cell(&result, "spatial-regions", "R001", NULL, "lag", &status) ==
                    (9 + 4) / 2.0); // NOLINT
        assert_string_equal(activity_text(&result, "spatial-regions", "R001", NULL, "quadrant"), "high-high");
        assert_string_equal(activity_text(&result, "spatial-regions", "R005", NULL, "quadrant_label"),
                            "Low among low");
        assert_string_equal(activity_text(&result, "spatial-regions", "R001", NULL, "neighbour_labels"),
                            "Region 2, Region 6");
        const struct uf_table *global = uf_result_table(&result, "spatial");
        expect_close(uf_table_number(global, 0, uf_table_column(global, "value")), 24.0 / 58, 1e-12, "I");
        assert_non_null(uf_result_note(&result, "few-regions"));
        assert_null(uf_result_note(&result, "islands"));
        uf_result_clear(&result);
    }
    small_panel_free(panel);
}

static void who_lacks_a_figure_is_nobodys_nearest(void **state)
{
    (void)state;
    struct uf_panel *panel = ring();
    small_panel_miss(panel, 0, 1, 1); /* R002 */
    const char *const options[] = {"weights", "k-nearest", "k", "2", "coordinates", "x,y", NULL};
    struct uf_result result;
    struct uf_error error;
    assert_ok(activity_run(&uf_method_spatial, panel, UF_ENGLISH, options, &result, &error), &error);
    for (int r = 1; r <= 6; r++) {
        char code[] = "R00?";
        code[3] = (char)('0' + r);
        if (r == 2) continue;
        expect_close(activity_cell(&result, "spatial-regions", code, NULL, "neighbours", NULL), 2, 0, code);
    }
    uf_result_clear(&result);
    small_panel_free(panel);
}

static void a_missing_figure_takes_its_links_along(void **state)
{
    (void)state;
    struct uf_panel *panel = ring();
    small_panel_miss(panel, 0, 1, 1);
    const char *const options[] = {
        "neighbours",
        write_list("region,neighbour,weight\nR001,R002,1\nR003,R004,1\nR004,R005,2\n"
                   "R005,R006,1\n"),
        NULL};
    struct uf_result result;
    struct uf_error error;
    uf_value_status status;
    assert_ok(activity_run(&uf_method_spatial, panel, UF_SWEDISH, options, &result, &error), &error);
    /* R002 has no figure; R001 loses its only neighbour and becomes an island */
    assert_true(isnan(activity_cell(&result, "spatial-regions", "R002", NULL, "local_moran", &status)));
    assert_true(uf_value_is_missing(status) && !(status & UF_VALUE_UNDEFINED));
    assert_true(isnan(activity_cell(&result, "spatial-regions", "R001", NULL, "local_moran", &status)));
    assert_true(status & UF_VALUE_NOT_APPLICABLE);
    assert_non_null(strstr(uf_result_note(&result, "islands")->text, "Region 1"));
    assert_non_null(strstr(uf_result_note(&result, "regions-left-out")->text, "Region 2"));
    assert_non_null(
        strstr(activity_text(&result, "spatial-findings", "R002", NULL, "text"), "saknar uppgift"));
    assert_int_equal(result.n_ledger, 1);
    /* the weight of the list: R004 has R003 once and R005 twice */
    expect_close(activity_cell(&result, "spatial-regions", "R004", NULL, "lag", &status), (8 + 2 * 2) / 3.0,
                 1e-12, "weighted mean");
    uf_result_clear(&result);
    const char *const without[] = {"neighbours", options[1], "islands", "left-out", NULL};
    assert_ok(activity_run(&uf_method_spatial, panel, UF_ENGLISH, without, &result, &error), &error);
    assert_null(uf_result_note(&result, "islands"));
    const struct uf_table *global = uf_result_table(&result, "spatial");
    assert_int_equal(uf_table_number(global, 0, uf_table_column(global, "regions")), 4);
    uf_result_clear(&result);
    small_panel_free(panel);
}

/* A cross-section of these codes, valued by their place, with the list that ships. */
static uf_status run_shipped(const char *const *codes, size_t n, const char *option, const char *text,
                             struct uf_result *result, struct uf_error *error)
{
    static const char *const columns[] = {"value"};
    struct uf_panel *panel = small_panel_new(n, 1, 2020, columns, 1);
    struct uf_options *options = NULL;
    for (size_t u = 0; u < n; u++) {
        small_panel_rename_unit(panel, u, codes[u]);
        *small_panel_cell(panel, 0, u, 0) = (double)(u * u % 7);
    }
    assert_ok(uf_options_new(&uf_method_spatial, &options, error), error);
    assert_ok(uf_options_set(options, "permutations", "99", error), error);
    if (option) assert_ok(uf_options_set(options, option, text, error), error);
    const struct uf_context context = {
        .seed = 1, .threads = 1, .reference_directory = source_path("datasets/reference")};
    uf_result_init(result);
    uf_status status = uf_method_spatial.run(panel, options, &context, result, error);
    uf_options_free(options);
    small_panel_free(panel);
    return status;
}

static void the_list_that_ships(void **state)
{
    (void)state;
    static const char *const counties[] = {"SE110", "SE121", "SE122", "SE214", "SE312", "SE313"};
    static const char *const numbers[] = {"01", "03", "04", "09", "20", "21"};
    static const char *const larger[] = {"SE11", "SE12", "SE21", "SE22", "SE23", "SE31", "SE32", "SE33"};
    static const char *const mixed[] = {"SE110", "SE12", "SE121", "SE122", "SE312"};
    static const char *const foreign[] = {"SE110", "SE121", "SE122", "SE312", "FI1B1"};
    struct uf_result result;
    struct uf_error error;
    uf_value_status status;
    for (int other = 0; other < 2; other++) { /* county numbers are known, too */
        const char *const *codes = other ? numbers : counties;
        assert_ok(run_shipped(codes, 6, NULL, NULL, &result, &error), &error);
        const double wanted[] = {2, 3, 1, 0, 2, 2}; /* among these six; Uppsala and Dalarna meet in a point */
        for (size_t u = 0; u < 6; u++)
            expect_close(activity_cell(&result, "spatial-regions", codes[u], NULL, "neighbours", &status),
                         wanted[u], 1e-12, codes[u]);
        assert_non_null(strstr(uf_result_note(&result, "islands")->text, "Region 4"));
        uf_result_clear(&result);
    }
    assert_ok(run_shipped(counties, 6, "contiguity", "rook", &result, &error), &error);
    expect_close(activity_cell(&result, "spatial-regions", "SE312", NULL, "neighbours", &status), 1, 1e-12,
                 "rook");
    uf_result_clear(&result);
    assert_ok(run_shipped(larger, 8, NULL, NULL, &result, &error), &error);
    expect_close(activity_cell(&result, "spatial-regions", "SE31", NULL, "neighbours", &status), 3, 1e-12,
                 "North Middle Sweden: East Middle Sweden, West Sweden, Middle Norrland");
    uf_result_clear(&result);
    assert_int_equal(run_shipped(mixed, 5, NULL, NULL, &result, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "'SE12' with 'SE121' inside"));
    uf_result_clear(&result);
    assert_int_equal(run_shipped(foreign, 5, NULL, NULL, &result, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "'FI1B1'"));
    uf_result_clear(&result);
}

struct mistake {
    const char *options[9];
    const char *list; /* NULL: none */
    uf_status status;
    const char *words;
};

static void mistakes_are_told(void **state)
{
    (void)state;
    const struct mistake mistakes[] = {
        {{NULL}, NULL, UF_BAD_USAGE, "neighbours"}, /* no list ships with the library */
        {{"weights", "k-nearest", NULL}, NULL, UF_BAD_USAGE, "coordinates"},
        {{"weights", "k-nearest", "coordinates", "x,z", NULL}, NULL, UF_BAD_USAGE, "'z'"},
        {{"weights", "k-nearest", "coordinates", "x,y", "k", "6", NULL}, NULL, UF_BAD_USAGE, "from 1 to 5"},
        {{"weights", "k-nearest", "coordinates", "x,value", NULL}, NULL, UF_BAD_INPUT, "do not move"},
        {{"weights", "distance-band", "coordinates", "x,y", NULL}, NULL, UF_BAD_USAGE, "distance"},
        {{NULL}, "from,to\nR001,R001\n", UF_BAD_INPUT, "of itself"},
        {{NULL}, "from,to\nA,B\n", UF_BAD_INPUT, "none of the 6"},
        {{NULL}, "a,b\nR001,R002\n", UF_BAD_USAGE, "neighbour-columns"},
        {{NULL}, "from,to,weight\nR001,R002,-1\n", UF_BAD_INPUT, "at least 0"},
        {{NULL}, "from,to,weight\nR001,R002,1\nR001,R002,2\n", UF_BAD_INPUT, "R001"},
        {{"neighbour-columns", "from", NULL}, RING, UF_BAD_USAGE, "neighbour-columns"},
        {{"neighbour-columns", "from,two", NULL}, RING, UF_BAD_USAGE, "two"},
        {{"leave-out", "R01", NULL}, RING, UF_BAD_USAGE, "did you mean 'R001'"},
        {{"false-discovery", "5", NULL}, RING, UF_BAD_USAGE, "false-discovery"},
        {{"in-sector", "C", NULL}, RING, UF_BAD_USAGE, "not by sector"},
        {{"permutations", "1", NULL}, RING, UF_BAD_USAGE, "permutations"},
        {{"leave-out", "R001,R002,R003", NULL}, RING, UF_NOT_IDENTIFIED, "at least 4"},
    };
    struct uf_panel *panel = ring();
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const char *options[12] = {NULL};
        size_t n = 0;
        if (mistakes[i].list) options[n++] = "neighbours", options[n++] = write_list(mistakes[i].list);
        for (size_t k = 0; mistakes[i].options[k]; k++) options[n++] = mistakes[i].options[k];
        struct uf_result result;
        struct uf_error error;
        uf_error_clear(&error);
        uf_status status = activity_run(&uf_method_spatial, panel, UF_ENGLISH, options, &result, &error);
        if (status != mistakes[i].status)
            fail_msg("mistake %zu: status %d, %s", i, (int)status, error.message);
        if (!strstr(error.message, mistakes[i].words)) fail_msg("mistake %zu: '%s'", i, error.message);
        if (status == UF_NOT_IDENTIFIED) assert_true(uf_result_has_fatal(&result));
        uf_result_clear(&result);
    }
    small_panel_free(panel);
}

/* Six regions that each close 2 % of their gap a year, with a control that does nothing and one column of groups. */
static struct uf_panel *closing(void)
{
    static const char *const columns[] = {"value", "control"};
    struct uf_panel *panel = small_panel_new(8, 11, 2000, columns, 2);
    for (size_t u = 0; u < 8; u++)
        for (size_t t = 0; t < 11; t++) {
            double gap = 0.2 * ((double)u - 3.5);
            *small_panel_cell(panel, 0, u, t) =
                100 * exp(gap * exp(-0.02 * (double)t) + (t == 10 && u % 2 ? 1e-4 : 0));
            *small_panel_cell(panel, 1, u, t) = (double)(u % 3);
        }
    return panel;
}

static void convergence_finds_what_was_put_in(void **state)
{
    (void)state;
    struct uf_panel *panel = closing();
    struct uf_result result;
    struct uf_error error;
    const char *const options[] = {"controls", "control", NULL};
    assert_ok(activity_run(&uf_method_convergence, panel, UF_ENGLISH, options, &result, &error), &error);
    const struct uf_table *fit = uf_result_table(&result, "convergence");
    expect_close(uf_table_number(fit, 0, uf_table_column(fit, "speed")), 0.02, 1e-2, "speed");
    expect_close(uf_table_number(fit, 0, uf_table_column(fit, "years")), 10, 1e-12, "years");
    assert_string_equal(uf_table_text(fit, 0, uf_table_column(fit, "vcov")), "hc1");
    assert_non_null(strstr(uf_result_note(&result, "finding")->text, "Poorer regions grew faster 2000–2010"));
    assert_non_null(strstr(uf_result_note(&result, "spread")->text, "more alike"));
    uf_value_status status;
    double growth = activity_cell(&result, "convergence-regions", "R001", NULL, "growth", &status);
    expect_close(growth, 100 * 0.2 * 3.5 * (1 - exp(-0.2)) / 10, 1e-9, "growth in per cent");
    uf_result_clear(&result);
    small_panel_miss(panel, 0, 2, 10);
    small_panel_miss(panel, 0, 3, 5); /* only in between: takes part in β, not in σ */
    const char *const clustered[] = {"vcov", "cr1", "cluster-digits", "4", NULL};
    assert_ok(activity_run(&uf_method_convergence, panel, UF_SWEDISH, clustered, &result, &error), &error);
    fit = uf_result_table(&result, "convergence");
    assert_int_equal(uf_table_number(fit, 0, uf_table_column(fit, "regions")), 7);
    assert_int_equal(uf_table_number(fit, 0, uf_table_column(fit, "n_clusters")), 7);
    assert_int_equal(uf_table_number(fit, 0, uf_table_column(fit, "sigma_regions")), 6);
    assert_true(isnan(activity_cell(&result, "convergence-regions", "R003", NULL, "growth", &status)));
    assert_non_null(
        strstr(activity_text(&result, "convergence-findings", "R003", NULL, "text"), "ingår inte"));
    assert_non_null(uf_result_note(&result, "few-clusters"));
    uf_result_clear(&result);
    small_panel_free(panel);
}

static void rounding_is_a_band(void **state)
{
    (void)state;
    struct uf_panel *panel = closing();
    panel->columns[0].rounding = 2;
    struct uf_result result;
    struct uf_error error;
    uf_value_status status;
    assert_ok(activity_run(&uf_method_convergence, panel, UF_ENGLISH, NULL, &result, &error), &error);
    double start = *small_panel_cell(panel, 0, 0, 0), end = *small_panel_cell(panel, 0, 0, 10);
    expect_close(activity_cell(&result, "convergence-regions", "R001", NULL, "growth_low", &status),
                 10 * log((end - 1) / (start + 1)), 1e-9, "lowest growth");
    expect_close(activity_cell(&result, "convergence-regions", "R001", NULL, "growth_high", &status),
                 10 * log((end + 1) / (start - 1)), 1e-9, "highest growth");
    assert_non_null(uf_result_note(&result, "rounding"));
    uf_result_clear(&result);
    small_panel_free(panel);
}

static void convergence_refuses(void **state)
{
    (void)state;
    struct uf_panel *panel = closing();
    struct uf_result result;
    struct uf_error error;
    static const char *const wrong[][5] = {{"from", "2010", "to", "2000", NULL},
                                           {"controls", "nothing", NULL},
                                           {"vcov", "cr2", NULL},
                                           {"confidence-level", "95", NULL}};
    static const char *const words[] = {"before", "nothing", "cluster-digits", "confidence-level"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(activity_run(&uf_method_convergence, panel, UF_ENGLISH, wrong[i], &result, &error),
                         UF_BAD_USAGE);
        if (!strstr(error.message, words[i])) fail_msg("%s", error.message);
        uf_result_clear(&result);
    }
    const char *const few[] = {"leave-out", "R001,R002,R003,R004,R005,R006", NULL};
    assert_int_equal(activity_run(&uf_method_convergence, panel, UF_ENGLISH, few, &result, &error),
                     UF_NOT_IDENTIFIED);
    assert_true(uf_result_has_fatal(&result));
    uf_result_clear(&result);
    *small_panel_cell(panel, 0, 4, 3) = 0;
    assert_int_equal(activity_run(&uf_method_convergence, panel, UF_ENGLISH, NULL, &result, &error),
                     UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "R005, period 2003"));
    uf_result_clear(&result);
    small_panel_free(panel);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(neighbours_of_a_list_and_of_coordinates_agree),
                                       cmocka_unit_test(who_lacks_a_figure_is_nobodys_nearest),
                                       cmocka_unit_test(a_missing_figure_takes_its_links_along),
                                       cmocka_unit_test(the_list_that_ships),
                                       cmocka_unit_test(mistakes_are_told),
                                       cmocka_unit_test(convergence_finds_what_was_put_in),
                                       cmocka_unit_test(rounding_is_a_band),
                                       cmocka_unit_test(convergence_refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
