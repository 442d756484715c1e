// SPDX-License-Identifier: GPL-3.0-or-later
/* Figures at the edge of what the methods of structure can say: regions exactly alike, one region, figures too large to add
 * up. Nothing may be told from rounding errors, and what stands out must stand out. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utfall/cluster_stars.h>
#include <utfall/complexity.h>
#include <utfall/concentration.h>
#include <utfall/file.h>
#include <utfall/labour_matching.h>
#include <utfall/location_quotient.h>
#include <utfall/panel.h>
#include <utfall/peer_regions.h>
#include <utfall/relatedness.h>
#include <utfall/shift_share.h>
#include <utfall/spatial.h>
#include <utfall/specialisation.h>
#include <utfall/variety.h>

#include "support/activity_panel.h"
#include "support/test.h"

/* Eight regions with the nation's structure to the last digit a file can hold, at two years between which all grow alike. */
static struct uf_panel *alike(void)
{
    static const double structure[] = {3, 7, 11, 13, 0.1, 0.7, 19.3, 23, 29};
    static const double size[] = {1, 3, 0.1, 7, 0.3, 11, 1.7, 2.9};
    static char csv[16384];
    int used = snprintf(csv, sizeof csv, "region,sector,year,jobs\n");
    for (int year = 2016; year <= 2017; year++)
        for (int r = 0; r < 8; r++)
            for (int s = 0; s < 9; s++)
                used +=
                    snprintf(csv + used, sizeof csv - (size_t)used, "R%d,%c%d,%d,%.15g\n", r, "ABC"[s / 3],
                             s % 3, year, structure[s] * size[r] * (year == 2017 ? 1.1 : 1));
    return activity_panel(csv);
}

static const char *note(const struct uf_result *result, const char *code)
{
    for (size_t i = 0; i < result->n_notes; i++)
        if (strcmp(result->notes[i].code, code) == 0) return result->notes[i].text;
    fail_msg("no note '%s'", code);
    return NULL;
}

static void regions_alike_are_not_told_apart_by_rounding(void **state)
{
    (void)state;
    struct uf_panel *panel = alike();
    struct uf_result result;
    struct uf_error error;
    assert_ok(activity_run(&uf_method_relatedness_density, panel, UF_ENGLISH, NULL, &result, &error), &error);
    for (int r = 0; r < 8; r++)
        for (int s = 0; s < 9; s++) {
            char region[8], sector[8];
            snprintf(region, sizeof region, "R%d", r);
            snprintf(sector, sizeof sector, "%c%d", "ABC"[s / 3], s % 3);
            expect_close(activity_cell(&result, "relatedness-density", region, sector, "present", NULL), 1, 0,
                         region);
        }
    uf_result_clear(&result);
    assert_int_equal(activity_run(&uf_method_complexity, panel, UF_ENGLISH, NULL, &result, &error),
                     UF_NOT_IDENTIFIED);
    uf_result_clear(&result); /* the refusal's notes */

    const char *const growth[] = {"from", "2016", NULL};
    assert_ok(activity_run(&uf_method_cluster_stars, panel, UF_ENGLISH, growth, &result, &error), &error);
    for (int r = 0; r < 8; r++)
        for (int s = 0; s < 9; s++) {
            char region[8], sector[8];
            snprintf(region, sizeof region, "R%d", r);
            snprintf(sector, sizeof sector, "%c%d", "ABC"[s / 3], s % 3);
            expect_close(activity_cell(&result, "cluster-stars", region, sector, "star_growth", NULL), 1, 0,
                         region);
        }
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void nothing_stands_out_where_all_are_equal(void **state)
{
    (void)state;
    const struct uf_method *const methods[] = {&uf_method_specialisation, &uf_method_variety,
                                               &uf_method_concentration};
    static const char *const told[] = {"The Krugman index, 2017 is 0.000 in every region that has one.",
                                       "Related variety, 2017 is 0.00 bits in every region that has it.",
                                       "The Hoover index, 2017 is 0.00 for every sector that has one."};
    struct uf_panel *panel =
        activity_panel("region,sector,year,jobs\n1,A1,2017,3\n1,B1,2017,7\n2,A1,2017,3\n2,B1,2017,7\n");
    struct uf_result result;
    struct uf_error error;
    for (size_t m = 0; m < 3; m++) {
        const char *const broad[] = {"broad", "1", NULL};
        assert_ok(activity_run(methods[m], panel, UF_ENGLISH, m == 1 ? broad : NULL, &result, &error),
                  &error);
        assert_string_equal(note(&result, "finding"), told[m]);
        uf_result_clear(&result);
    }
    const char *const shares[] = {"distance", "share-difference", NULL};
    assert_ok(activity_run(&uf_method_peer_regions, panel, UF_ENGLISH, shares, &result, &error), &error);
    assert_non_null(
        strstr(activity_text(&result, "peer-regions-findings", "1", NULL, "text"), "does not differ"));
    uf_result_clear(&result);
    const char *const same[] = {"unemployed", "jobs", NULL};
    assert_ok(activity_run(&uf_method_labour_matching, panel, UF_ENGLISH, same, &result, &error), &error);
    assert_string_equal(
        activity_text(&result, "labour-matching-findings", "1", NULL, "text"),
        "1, 2017: unemployed and vacancies are spread alike over the groups; 1.00 vacancies per "
        "unemployed.");
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void figures_too_large_to_add_up_are_refused(void **state)
{
    (void)state;
    const struct uf_method *const methods[] = {&uf_method_location_quotient, &uf_method_specialisation,
                                               &uf_method_concentration, &uf_method_relatedness,
                                               &uf_method_cluster_stars};
    struct uf_panel *panel = activity_panel(
        "region,sector,year,jobs\n1,A,2017,1e308\n1,B,2017,1e308\n2,A,2017,1e308\n2,B,2017,1\n");
    struct uf_result result;
    struct uf_error error;
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        assert_int_equal(activity_run(methods[m], panel, UF_ENGLISH, NULL, &result, &error), UF_BAD_INPUT);
        assert_non_null(strstr(error.message, "their sum cannot be held"));
    }
    uf_panel_free(panel);
}

static void a_choice_that_means_nothing_is_refused(void **state)
{
    (void)state;
    struct uf_panel *panel =
        activity_panel("region,sector,year,jobs\n1,A,2017,5\n1,B,2017,1\n1,C,2017,3\n2,A,2017,1\n"
                       "2,B,2017,6\n2,C,2017,3\n3,A,2017,1\n3,B,2017,2\n3,C,2017,7\n"
                       "4,A,2017,4\n4,B,2017,4\n4,C,2017,1\n");
    struct uf_result result;
    struct uf_error error;
    const char *const extremality[] = {"extremality", "0", NULL};
    assert_int_equal(activity_run(&uf_method_complexity, panel, UF_ENGLISH, extremality, &result, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "'extremality' is 0"));
    uf_result_clear(&result);
    char path[512];
    snprintf(path, sizeof path, "%s/pairs.csv", scratch_directory());
    const char *const drawn[] = {"in-sector", "A", "neighbours", path, "permutations", "0", NULL};
    static const char pairs[] = "from,to\n1,2\n2,3\n3,4\n4,1\n";
    assert_ok(uf_file_write(path, pairs, sizeof pairs - 1, &error), &error);
    assert_int_equal(activity_run(&uf_method_spatial, panel, UF_ENGLISH, drawn, &result, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "0 permutations"));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void one_column_has_one_role(void **state)
{
    (void)state;
    const struct uf_file_panel_request request = {
        .path = "figures.csv", .unit = "region", .sector = "sector", .period = "year", .outcome = "year"};
    struct uf_result ledger = {0};
    struct uf_panel *panel = NULL;
    struct uf_error error;
    assert_int_equal(uf_panel_from_file(&request, &ledger, &panel, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "'year' is named both for the periods and for the values"));
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(regions_alike_are_not_told_apart_by_rounding),
                                       cmocka_unit_test(nothing_stands_out_where_all_are_equal),
                                       cmocka_unit_test(figures_too_large_to_add_up_are_refused),
                                       cmocka_unit_test(a_choice_that_means_nothing_is_refused),
                                       cmocka_unit_test(one_column_has_one_role)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
