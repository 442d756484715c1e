// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>
#include <utfall/specialisation.h>

#include "support/activity_panel.h"
#include "support/test.h"

static const char figures[] = "region,sector,year,jobs\n"
                              "1,A,2017,30000\n1,B,2017,20000\n1,C,2017,0\n"
                              "2,A,2017,10000\n2,B,2017,60000\n2,C,2017,5000\n";

static struct uf_result run(const struct uf_panel *panel, const char *const *options)
{
    struct uf_result result;
    struct uf_error error;
    assert_ok(activity_run(&uf_method_specialisation, panel, UF_ENGLISH, options, &result, &error), &error);
    return result;
}

static double cell(const struct uf_result *result, const char *unit, const char *column,
                   uf_value_status *status)
{
    return activity_cell(result, "specialisation", unit, NULL, column, status);
}

/* By hand: region 1 has shares .6, .4, 0; the nation 40/125, 80/125, 5/125. */
static void indices_by_hand(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result = run(panel, NULL);
    expect_close(cell(&result, "1", "krugman", NULL), 0.28 + 0.24 + 0.04, 1e-13, "Krugman");
    expect_close(cell(&result, "1", "dissimilarity", NULL), 28, 1e-13, "dissimilarity");
    expect_close(cell(&result, "1", "herfindahl", NULL), 0.52, 1e-13, "Herfindahl");
    expect_close(cell(&result, "1", "herfindahl_normalised", NULL), (0.52 - 1.0 / 3) / (2.0 / 3), 1e-13,
                 "normalised");
    expect_close(cell(&result, "1", "hachman", NULL), 1 / (0.36 / 0.32 + 0.16 / 0.64), 1e-13, "Hachman");
    expect_close(cell(&result, "1", "theil", NULL), 0.6 * log(0.6 / 0.32) + 0.4 * log(0.4 / 0.64), 1e-13,
                 "Theil");
    expect_close(cell(&result, "1", "entropy_log2", NULL), -(0.6 * log2(0.6) + 0.4 * log2(0.4)), 1e-13,
                 "entropy");
    expect_close(cell(&result, "1", "sectors", NULL), 2, 0, "sectors");
    /* order C (0), B (.625), A (1.875); z .04 .64 .32, y 0 .4 .6 */
    expect_close(cell(&result, "1", "gini", NULL), 1 - (0.64 * 0.4 + 0.32 * (0.4 + 1)), 1e-12, "Gini");
    assert_string_equal(activity_text(&result, "specialisation-findings", "1", NULL, "text"),
                        "In 1, 2017, 28.0 per cent of the activity would have to change sector for the "
                        "structure to equal that "
                        "of the reference area (Krugman 0.560); 1 ranks 1 of 2 by specialisation.");
    assert_non_null(uf_result_note(&result, "finding"));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void rounding_gives_an_outer_band(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    panel->columns[panel->outcome].rounding = 1000;
    struct uf_result result = run(panel, NULL);
    double low = cell(&result, "1", "krugman_low", NULL), high = cell(&result, "1", "krugman_high", NULL);
    /* the same bounds from a few lines of Python, cell by cell */
    expect_close(low, 0.4972973861780401, 1e-12, "low");
    expect_close(high, 0.613327083027552, 1e-12, "high");
    assert_non_null(uf_result_note(&result, "outer-band"));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void what_needs_no_reference_survives_a_gap_elsewhere(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    activity_panel_miss(panel, "2", "C", "2017", UF_VALUE_SUPPRESSED);
    struct uf_result result = run(panel, NULL);
    uf_value_status status;
    assert_true(isnan(cell(&result, "1", "krugman", &status)));
    assert_int_equal(status, UF_VALUE_SUPPRESSED);
    expect_close(cell(&result, "1", "herfindahl", NULL), 0.52, 1e-13, "Herfindahl");
    assert_true(isnan(cell(&result, "2", "herfindahl", &status)));
    assert_int_equal(status, UF_VALUE_SUPPRESSED);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void a_sector_outside_the_reference(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result = run(panel, (const char *const[]){"reference", "rest-of-nation", NULL});
    uf_value_status status;
    assert_true(isnan(cell(&result, "2", "theil", &status)));
    assert_int_equal(status, UF_VALUE_UNDEFINED);
    expect_close(cell(&result, "2", "hachman", NULL), 0, 0, "Hachman");
    assert_non_null(strstr(uf_result_note(&result, "sector-outside-reference")->text, "lacks: 1. Their"));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void vectors_by_themselves(void **state)
{
    (void)state;
    struct uf_specialisation index;
    struct uf_error error;
    const double one[] = {5}, two[] = {5, 5}, missing[] = {5, NAN}, nothing[] = {0, 0}, negative[] = {5, -1};
    assert_ok(uf_specialisation_of(one, one, 1, &index, &error), &error);
    expect_close(index.herfindahl, 1, 0, "one sector");
    assert_true(isnan(index.herfindahl_normalised));
    expect_close(index.krugman, 0, 0, "one sector");
    assert_ok(uf_specialisation_of(two, missing, 2, &index, &error), &error);
    assert_true(isnan(index.krugman) && isnan(index.gini));
    expect_close(index.entropy_log2, 1, 1e-15, "two equal sectors: one bit");
    assert_ok(uf_specialisation_of(nothing, two, 2, &index, &error), &error);
    assert_true(isnan(index.krugman) && isnan(index.herfindahl));
    assert_int_equal(uf_specialisation_of(negative, two, 2, &index, &error), UF_BAD_INPUT);
    assert_int_equal(uf_specialisation_of(two, two, 0, &index, &error), UF_BAD_USAGE);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(indices_by_hand),
        cmocka_unit_test(rounding_gives_an_outer_band),
        cmocka_unit_test(what_needs_no_reference_survives_a_gap_elsewhere),
        cmocka_unit_test(a_sector_outside_the_reference),
        cmocka_unit_test(vectors_by_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
