// SPDX-License-Identifier: GPL-3.0-or-later
/* Hidden figures: never filled unasked, filled by name and said, bounded where the publisher's threshold is known. */
#include <math.h>
#include <string.h>
#include <utfall/location_quotient.h>
#include <utfall/relatedness.h>
#include <utfall/specialisation.h>

#include "support/activity_panel.h"
#include "support/test.h"

static const char figures[] =
    "region,sector,year,jobs\n"
    "1,A,2015,40\n1,B,2015,20\n1,C,2015,6\n2,A,2015,10\n2,B,2015,60\n2,C,2015,50\n"
    "1,A,2017,40\n1,B,2017,20\n1,C,2017,5\n2,A,2017,10\n2,B,2017,60\n2,C,2017,50\n"
    "1,A,2019,40\n1,B,2019,20\n1,C,2019,12\n2,A,2019,10\n2,B,2019,60\n2,C,2019,50\n";

static struct uf_panel *panel_with_hidden(uf_value_status reason)
{
    struct uf_panel *panel = activity_panel(figures);
    activity_panel_miss(panel, "1", "C", "2017", reason);
    return panel;
}

static struct uf_result run(const struct uf_method *method, const struct uf_panel *panel,
                            const char *const *options)
{
    struct uf_result result;
    struct uf_error error;
    assert_ok(activity_run(method, panel, UF_ENGLISH, options, &result, &error), &error);
    return result;
}

static double herfindahl(double c)
{
    const double sum = 40 + 20 + c;
    return (40 * 40 + 20 * 20 + c * c) / (sum * sum);
}

static void nothing_is_filled_unasked(void **state)
{
    (void)state;
    struct uf_panel *panel = panel_with_hidden(UF_VALUE_CONFIDENTIAL);
    struct uf_result result =
        run(&uf_method_specialisation, panel, (const char *const[]){"period", "2017", NULL});
    uf_value_status status;
    assert_true(isnan(activity_cell(&result, "specialisation", "1", NULL, "herfindahl", &status)));
    assert_int_equal(status, UF_VALUE_CONFIDENTIAL);
    assert_null(uf_result_note(&result, "imputed-figures"));
    assert_non_null(uf_result_note(&result, "missing-figures"));
    uf_result_clear(&result);
    struct uf_error error;
    assert_int_equal(activity_run(&uf_method_relatedness, panel, UF_ENGLISH,
                                  (const char *const[]){"period", "2017", NULL}, &result, &error),
                     UF_BAD_INPUT); /* each cell of a network touches all */
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void filled_by_name_and_said(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double value;
        bool of_absent; /* also where a figure is merely not there */
    } ways[] = {{"lower-bound", 0, false},
                {"midpoint", 2.5, false},
                {"previous-period", 6, true},
                {"interpolate", 9, true}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        for (int absent = 0; absent < 2; absent++) {
            struct uf_panel *panel = panel_with_hidden(absent ? UF_VALUE_NOT_AVAILABLE : UF_VALUE_SUPPRESSED);
            struct uf_result result = run(&uf_method_specialisation, panel,
                                          (const char *const[]){"period", "2017", "impute", ways[i].name,
                                                                "suppressed-below", "5", NULL});
            const double found = activity_cell(&result, "specialisation", "1", NULL, "herfindahl", NULL);
            const bool filled = !absent || ways[i].of_absent;
            if (filled)
                expect_close(found, herfindahl(ways[i].value), 1e-14, ways[i].name);
            else
                assert_true(isnan(found));
            const struct uf_note *note = uf_result_note(&result, "imputed-figures");
            assert_true((note != NULL) == filled);
            if (note != NULL) {
                assert_non_null(strstr(note->text, ways[i].name));
                bool named = false;
                for (size_t k = 0; k < result.n_ledger; k++)
                    named = named || strcmp(result.ledger[k].reason, "1 C 2017") == 0;
                assert_true(named);
            }
            uf_result_clear(&result);
            uf_panel_free(panel);
        }
    }
}

/* What cannot be taken from another period stays missing. */
static void no_earlier_figure_is_no_figure(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    activity_panel_miss(panel, "1", "C", "2015", UF_VALUE_SUPPRESSED);
    activity_panel_miss(panel, "1", "C", "2017", UF_VALUE_SUPPRESSED);
    static const char *const ways[] = {"previous-period", "interpolate"};
    for (size_t i = 0; i < 2; i++) {
        struct uf_result result = run(&uf_method_specialisation, panel,
                                      (const char *const[]){"period", "2017", "impute", ways[i], NULL});
        assert_true(isnan(activity_cell(&result, "specialisation", "1", NULL, "herfindahl", NULL)));
        assert_null(uf_result_note(&result, "imputed-figures"));
        uf_result_clear(&result);
    }
    uf_panel_free(panel);
}

/* A hidden figure below 5: no index, but its bounds. */
static void a_threshold_gives_bounds(void **state)
{
    (void)state;
    struct uf_panel *panel = panel_with_hidden(UF_VALUE_SUPPRESSED);
    const char *const options[] = {"period", "2017", "suppressed-below", "5", NULL};
    struct uf_result result = run(&uf_method_specialisation, panel, options);
    assert_true(isnan(activity_cell(&result, "specialisation", "1", NULL, "herfindahl", NULL)));
    expect_close(activity_cell(&result, "specialisation", "1", NULL, "herfindahl_low", NULL), herfindahl(5),
                 1e-12, "least");
    expect_close(activity_cell(&result, "specialisation", "1", NULL, "herfindahl_high", NULL), herfindahl(0),
                 1e-12, "most");
    const double gini_low = activity_cell(&result, "specialisation", "1", NULL, "gini_low", NULL),
                 gini_high = activity_cell(&result, "specialisation", "1", NULL, "gini_high", NULL);
    assert_true(gini_low > 0 && gini_low < gini_high);
    expect_close(activity_cell(&result, "specialisation", "2", NULL, "herfindahl_low", NULL),
                 activity_cell(&result, "specialisation", "2", NULL, "herfindahl_high", NULL), 1e-12,
                 "a region that hides nothing");
    assert_non_null(uf_result_note(&result, "bounded-figures"));
    assert_null(uf_result_note(&result, "rounding"));
    uf_result_clear(&result);
    result = run(&uf_method_location_quotient, panel, options);
    assert_true(isnan(activity_cell(&result, "location-quotient", "1", "C", "location_quotient", NULL)));
    expect_close(activity_cell(&result, "location-quotient", "1", "C", "low", NULL), 0, 0, "nothing there");
    /* 5 of 65 in the region, 55 of 185 in all */
    expect_close(activity_cell(&result, "location-quotient", "1", "C", "high", NULL),
                 (5.0 / 65) / (55.0 / 185), 1e-12, "five there");
    uf_result_clear(&result);
    uf_panel_free(panel);
}

/* The table that is printed with a figure equals the one with that figure filled in. */
static void networks_take_what_was_filled(void **state)
{
    (void)state;
    struct uf_panel *hidden = panel_with_hidden(UF_VALUE_SUPPRESSED), *shown = activity_panel(figures);
    for (size_t i = 0; i < shown->n_rows; i++)
        if (shown->columns[shown->outcome].value[i] == 5) shown->columns[shown->outcome].value[i] = 9;
    struct uf_result a = run(&uf_method_relatedness, hidden,
                             (const char *const[]){"period", "2017", "impute", "interpolate", NULL}),
                     b = run(&uf_method_relatedness, shown, (const char *const[]){"period", "2017", NULL});
    const struct uf_table *x = uf_result_table(&a, "relatedness"), *y = uf_result_table(&b, "relatedness");
    assert_int_equal(uf_table_rows(x), uf_table_rows(y));
    for (size_t row = 0; row < uf_table_rows(x); row++) {
        const size_t column = uf_table_column(x, "relatedness");
        expect_close(uf_table_number(x, row, column), uf_table_number(y, row, column), 0, "relatedness");
    }
    uf_result_clear(&a);
    uf_result_clear(&b);
    uf_panel_free(hidden);
    uf_panel_free(shown);
}

static void options_that_do_not_fit(void **state)
{
    (void)state;
    struct uf_panel *panel = panel_with_hidden(UF_VALUE_SUPPRESSED);
    struct uf_result result;
    struct uf_error error;
    assert_int_equal(activity_run(&uf_method_specialisation, panel, UF_ENGLISH,
                                  (const char *const[]){"impute", "midpoint", NULL}, &result, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "suppressed-below"));
    uf_result_clear(&result);
    assert_int_equal(activity_run(&uf_method_specialisation, panel, UF_ENGLISH,
                                  (const char *const[]){"suppressed-below", "-5", NULL}, &result, &error),
                     UF_BAD_USAGE);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_filled_unasked),      cmocka_unit_test(filled_by_name_and_said),
        cmocka_unit_test(no_earlier_figure_is_no_figure), cmocka_unit_test(a_threshold_gives_bounds),
        cmocka_unit_test(networks_take_what_was_filled),  cmocka_unit_test(options_that_do_not_fit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
