// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>
#include <utfall/shift_share.h>

#include "support/activity_panel.h"
#include "support/test.h"

static const char figures[] = "region,sector,year,jobs\n"
                              "1,A,2008,10000\n1,B,2008,10000\n1,C,2008,0\n"
                              "2,A,2008,10000\n2,B,2008,30000\n2,C,2008,2000\n"
                              "1,A,2012,11000\n1,B,2012,9000\n1,C,2012,500\n"
                              "2,A,2012,12000\n2,B,2012,31000\n2,C,2012,3000\n"
                              "1,A,2017,13000\n1,B,2017,8000\n1,C,2017,1000\n"
                              "2,A,2017,14000\n2,B,2017,33000\n2,C,2017,3000\n";

static struct uf_result run(const struct uf_panel *panel, const char *const *options)
{
    struct uf_result result;
    struct uf_error error;
    assert_ok(activity_run(&uf_method_shift_share, panel, UF_SWEDISH, options, &result, &error), &error);
    return result;
}

static double cell(const struct uf_result *result, const char *unit, const char *column,
                   uf_value_status *status)
{
    return activity_cell(result, "shift-share", unit, NULL, column, status);
}

static void classic_by_hand(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result = run(panel, NULL);
    /* nation 62 → 72 thousand; A 20 → 27, B 40 → 41, C 2 → 4 */
    double growth = 10.0 / 62, mix = 10000 * (0.35 - growth) + 10000 * (1.0 / 40 - growth);
    double regional = (13000 - 13500) + (8000 - 10250) + 1000;
    expect_close(cell(&result, "1", "change", NULL), 2000, 0, "change");
    expect_close(cell(&result, "1", "national", NULL), 20000 * growth, 1e-13, "national");
    expect_close(cell(&result, "1", "mix", NULL), mix, 1e-12, "mix");
    expect_close(cell(&result, "1", "regional", NULL), regional, 1e-12, "regional");
    expect_close(cell(&result, "1", "growth", NULL), 10, 1e-13, "growth");
    expect_close(cell(&result, "1", "reference_growth", NULL), 100 * growth, 1e-13, "reference growth");
    assert_non_null(
        strstr(uf_result_note(&result, "sectors-absent-at-start")->text, "fanns senare: 1. De har"));
    assert_non_null(activity_text(&result, "shift-share-sectors", "1", "C", "note"));
    assert_null(activity_text(&result, "shift-share-sectors", "1", "A", "note"));
    assert_string_equal(
        activity_text(&result, "shift-share-findings", "1", NULL, "text"),
        "I 1 var förändringen 10,0 procent 2008–2017: 16,1 följer av rikets tillväxt, 2,6 av branschmixen "
        "och −8,8 är regionala (procentenheter).");
    const struct uf_table *components = uf_result_table(&result, "shift-share-components");
    double percent = 0;
    for (size_t i = 0; i < 3; i++)
        percent += uf_table_number(components, i, uf_table_column(components, "percent"));
    expect_close(percent, 10, 1e-12, "components add up to the growth rate");
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void variants_add_up(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    static const char *const variants[] = {"classic", "esteban-marquillas", "arcelus"};
    static const size_t components[] = {3, 5, 7};
    for (size_t v = 0; v < 3; v++) {
        for (int dynamic = 0; dynamic <= 1; dynamic++) {
            struct uf_result result = run(panel, (const char *const[]){"variant", variants[v], "dynamic",
                                                                       dynamic ? "true" : "false", NULL});
            const struct uf_table *table = uf_result_table(&result, "shift-share-components");
            assert_int_equal(uf_table_rows(table), 2 * components[v]);
            double sum = 0;
            for (size_t i = 0; i < components[v]; i++)
                sum += uf_table_number(table, i, uf_table_column(table, "value"));
            expect_close(sum, 2000, 1e-12, variants[v]);
            if (v > 0)
                expect_close(cell(&result, "1", "entry", NULL), dynamic ? 500 : 1000, 1e-12, "new sector");
            uf_result_clear(&result);
        }
    }
    uf_panel_free(panel);
}

static void gaps_and_rounding(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    panel->columns[panel->outcome].rounding = 500;
    struct uf_result result = run(panel, NULL);
    /* C starts at 0 and cannot have been less: three sectors at ±250 twice, less 250 once */
    expect_close(cell(&result, "1", "change_high", NULL), 2000 + 1500 - 250, 1e-13, "change_high");
    expect_close(cell(&result, "1", "change_low", NULL), 2000 - 1500, 1e-13, "change_low");
    assert_true(cell(&result, "1", "regional_low", NULL) < cell(&result, "1", "regional", NULL));
    assert_true(cell(&result, "1", "regional_high", NULL) > cell(&result, "1", "regional", NULL));
    assert_non_null(strstr(uf_result_note(&result, "band-spans-zero")->text, "av 2 regioner"));
    assert_non_null(uf_result_note(&result, "band-spans-zero")->advice);
    uf_result_clear(&result);
    activity_panel_miss(panel, "2", "C", "2008", UF_VALUE_CONFIDENTIAL);
    result = run(panel, NULL);
    uf_value_status status;
    expect_close(cell(&result, "1", "change", NULL), 2000, 0,
                 "a region's own change needs only its own figures");
    assert_true(isnan(cell(&result, "1", "mix", &status)));
    assert_int_equal(status, UF_VALUE_CONFIDENTIAL);
    assert_true(isnan(cell(&result, "2", "change", &status)));
    assert_int_equal(status, UF_VALUE_CONFIDENTIAL);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void periods_are_checked(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result;
    struct uf_error error;
    assert_int_equal(activity_run(&uf_method_shift_share, panel, UF_ENGLISH,
                                  (const char *const[]){"from", "2017", "to", "2008", NULL}, &result, &error),
                     UF_BAD_USAGE);
    uf_result_clear(&result);
    assert_int_equal(activity_run(&uf_method_shift_share, panel, UF_ENGLISH,
                                  (const char *const[]){"from", "2017", NULL}, &result, &error),
                     UF_BAD_USAGE);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void a_sector_the_rest_lacks(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result = run(panel, (const char *const[]){"reference", "rest-of-nation", NULL});
    uf_value_status status;
    assert_true(isnan(cell(&result, "2", "regional", &status)));
    assert_int_equal(status, UF_VALUE_UNDEFINED);
    assert_int_equal(uf_result_note(&result, "sector-without-reference")->severity, UF_WARNING);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void empty_at_the_start(void **state)
{
    (void)state;
    const double zero[] = {0, 0}, some[] = {3, 4};
    struct uf_shift_share total;
    struct uf_error error;
    assert_ok(uf_shift_share(zero, some, some, some, 2, NULL, &total, &error), &error);
    expect_close(total.regional, 7, 0, "an empty region's arrival is regional");
    expect_close(total.entry, 7, 0, "and new");
    assert_true(isnan(total.growth_expected));
    assert_ok(uf_shift_share(zero, some, zero, some, 2, NULL, &total, &error), &error);
    assert_true(isnan(total.national) && isnan(total.regional));
    expect_close(total.change, 7, 0, "change");
    const double negative[] = {3, -4};
    assert_int_equal(uf_shift_share(zero, negative, some, some, 2, NULL, &total, &error), UF_BAD_INPUT);
    assert_int_equal(uf_shift_share(zero, some, some, some, 0, NULL, &total, &error), UF_BAD_USAGE);
    gsl_matrix *one = gsl_matrix_calloc(1, 2), *two = gsl_matrix_calloc(2, 2);
    assert_int_equal(uf_shift_share_dynamic(one, one, NULL, &total, &error), UF_BAD_USAGE);
    assert_int_equal(uf_shift_share_dynamic(two, one, NULL, &total, &error), UF_BAD_USAGE);
    gsl_matrix_free(two);
    gsl_matrix_free(one);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classic_by_hand),         cmocka_unit_test(variants_add_up),
        cmocka_unit_test(gaps_and_rounding),       cmocka_unit_test(periods_are_checked),
        cmocka_unit_test(a_sector_the_rest_lacks), cmocka_unit_test(empty_at_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
