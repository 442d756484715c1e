// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>
#include <utfall/location_quotient.h>

#include "support/activity_panel.h"
#include "support/test.h"

/* Region 1 holds 30 of 40 jobs of A; region 2 ten of A and 60 of B. */
static const char figures[] = "region,sector,year,jobs\n"
                              "1,A,2017,30000\n1,B,2017,20000\n1,TOTAL,2017,51000\n"
                              "2,A,2017,10000\n2,B,2017,60000\n2,TOTAL,2017,69000\n"
                              "1,A,2008,20000\n1,B,2008,20000\n1,TOTAL,2008,40000\n"
                              "2,A,2008,20000\n2,B,2008,20000\n2,TOTAL,2008,40000\n";

static struct uf_result run(const struct uf_panel *panel, const char *const *options)
{
    struct uf_result result;
    struct uf_error error;
    assert_ok(activity_run(&uf_method_location_quotient, panel, UF_SWEDISH, options, &result, &error),
              &error);
    return result;
}

static double quotient(const struct uf_result *result, const char *unit, const char *sector,
                       const char *column, uf_value_status *status)
{
    return activity_cell(result, "location-quotient", unit, sector, column, status);
}

static void sums_of_sectors_leave_a_total_row_out(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result = run(panel, NULL);
    /* (30/50)/(40/120) */
    expect_close(quotient(&result, "1", "A", "location_quotient", NULL), 1.8, 1e-14, "quotient");
    expect_close(quotient(&result, "1", "A", "share", NULL), 60, 1e-14, "share");
    expect_close(quotient(&result, "1", "A", "reference_share", NULL), 100.0 / 3, 1e-14, "reference share");
    expect_close(quotient(&result, "1", "A", "rsca", NULL), 0.8 / 2.8, 1e-14, "rsca");
    assert_int_equal(uf_table_rows(uf_result_table(&result, "location-quotient")), 4);
    assert_non_null(uf_result_note(&result, "total-left-out"));
    assert_int_equal(result.claim, UF_CLAIM_DESCRIPTION);
    uf_value_status status;
    assert_true(isnan(quotient(&result, "1", "A", "low", &status)));
    assert_int_equal(status, UF_VALUE_NOT_APPLICABLE);
    assert_true(isnan(quotient(&result, "1", "A", "share_low", &status)));
    assert_int_equal(status, UF_VALUE_NOT_APPLICABLE);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void given_total_is_the_denominator(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result = run(panel, (const char *const[]){"total", "TOTAL", NULL});
    expect_close(quotient(&result, "1", "A", "location_quotient", NULL), (30.0 / 51) / (40.0 / 120), 1e-14,
                 "quotient");
    const struct uf_note *note = uf_result_note(&result, "total-gap");
    assert_non_null(note);
    assert_non_null(strstr(note->text, "−2,0 till 1,4 procent, mest i 1"));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void rest_of_nation(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result = run(panel, (const char *const[]){"reference", "rest-of-nation", NULL});
    expect_close(quotient(&result, "1", "A", "location_quotient", NULL), 0.6 / (10.0 / 70), 1e-14,
                 "quotient");
    expect_close(quotient(&result, "1", "A", "reference_share", NULL), 100 * 10.0 / 70, 1e-14,
                 "reference share");
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void rounding_is_carried_into_the_quotient(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    panel->columns[panel->outcome].rounding = 1000;
    struct uf_result result = run(panel, NULL);
    /* a 29.5…30.5, b 19.5…20.5, c 9.5…10.5, d 59.5…60.5; LQ = a(a+b+c+d)/((a+b)(a+c)). The region holds three
     * quarters of the sector, so that more of it raises the nation's share faster than its own: the smallest
     * quotient is at the largest a. */
    double low = 30.5 * (30.5 + 20.5 + 10.5 + 59.5) / ((30.5 + 20.5) * (30.5 + 10.5));
    double high = 29.5 * (29.5 + 19.5 + 9.5 + 60.5) / ((29.5 + 19.5) * (29.5 + 9.5));
    expect_close(quotient(&result, "1", "A", "low", NULL), low, 1e-13, "low");
    expect_close(quotient(&result, "1", "A", "high", NULL), high, 1e-13, "high");
    /* a/(a+b), (a+c)/(a+b+c+d), (LQ − 1)/(LQ + 1) */
    expect_close(quotient(&result, "1", "A", "share_low", NULL), 100 * 29.5 / 50, 1e-13, "share, low");
    expect_close(quotient(&result, "1", "A", "share_high", NULL), 100 * 30.5 / 50, 1e-13, "share, high");
    expect_close(quotient(&result, "1", "A", "reference_share_low", NULL), 100 * 39.0 / 120, 1e-13,
                 "reference share, low");
    expect_close(quotient(&result, "1", "A", "reference_share_high", NULL), 100 * 41.0 / 120, 1e-13,
                 "reference share, high");
    expect_close(quotient(&result, "1", "A", "rsca_low", NULL), (low - 1) / (low + 1), 1e-13, "rsca, low");
    expect_close(quotient(&result, "1", "A", "rsca_high", NULL), (high - 1) / (high + 1), 1e-13,
                 "rsca, high");
    assert_non_null(uf_result_note(&result, "rounding"));
    assert_null(uf_result_note(&result, "band-spans-one"));
    assert_null(activity_text(&result, "location-quotient", "1", "A", "note"));
    uf_result_clear(&result);
    result = run(panel, (const char *const[]){"period", "2008", NULL});
    assert_non_null(strstr(uf_result_note(&result, "band-spans-one")->text, "I 4 av 4 celler"));
    assert_string_equal(activity_text(&result, "location-quotient", "1", "A", "note"),
                        "avrundningsintervallet omfattar 1");
    uf_result_clear(&result);
    panel->columns[panel->outcome].rounding = 7000;
    result = run(panel, NULL);
    assert_non_null(uf_result_note(&result, "rounding-mismatch"));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void a_true_zero_has_no_band(void **state)
{
    (void)state;
    struct uf_panel *panel =
        activity_panel("region,sector,year,jobs\n1,A,2017,0\n1,B,2017,9000\n2,A,2017,0\n2,B,2017,8000\n"
                       "3,A,2017,4000\n3,B,2017,5000\n");
    panel->columns[panel->outcome].rounding = 1000;
    panel->columns[panel->outcome].status[0] = UF_VALUE_TRUE_ZERO;
    panel->columns[panel->outcome].status[2] = UF_VALUE_BELOW_HALF;
    struct uf_result result = run(panel, NULL);
    expect_close(quotient(&result, "1", "A", "high", NULL), 0, 0, "nothing is nothing");
    assert_true(quotient(&result, "2", "A", "high", NULL) > 0);
    expect_close(quotient(&result, "2", "A", "location_quotient", NULL), 0, 0, "below half of the unit");
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void a_hidden_figure_is_not_zero(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    activity_panel_miss(panel, "2", "A", "2017", UF_VALUE_CONFIDENTIAL);
    struct uf_result result = run(panel, NULL);
    uf_value_status status;
    assert_true(isnan(quotient(&result, "1", "B", "location_quotient", &status)));
    assert_int_equal(status, UF_VALUE_CONFIDENTIAL); /* the nation's sum needs it */
    assert_int_equal(uf_result_note(&result, "missing-figures")->severity, UF_WARNING);
    assert_non_null(strstr(uf_result_note(&result, "missing-figures")->text, "sekretess"));
    uf_result_clear(&result);
    /* with given totals only the sector's own sum needs it */
    result = run(panel, (const char *const[]){"total", "TOTAL", NULL});
    expect_close(quotient(&result, "1", "B", "location_quotient", NULL), (20.0 / 51) / (80.0 / 120), 1e-14,
                 "B");
    assert_true(isnan(quotient(&result, "1", "A", "location_quotient", &status)));
    assert_int_equal(status, UF_VALUE_CONFIDENTIAL);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void reference_row_and_incomplete_regions(void **state)
{
    (void)state;
    struct uf_panel *panel =
        activity_panel("region,sector,year,jobs\n1,A,2017,3\n1,B,2017,2\n2,A,2017,1\n2,B,2017,6\n"
                       "3,A,2017,\n3,B,2017,4\n4,A,2017,\n4,B,2017,\nSE,A,2017,6\nSE,B,2017,14\n");
    struct uf_result result = run(panel, (const char *const[]){"reference-row", "SE", NULL});
    expect_close(quotient(&result, "1", "A", "location_quotient", NULL), 0.6 / 0.3, 1e-14,
                 "against the nation's row");
    assert_int_equal(uf_table_rows(uf_result_table(&result, "location-quotient")), 6);
    assert_non_null(
        strstr(uf_result_note(&result, "regions-left-out")->text, "jämförelseområdet (1 st): 4."));
    assert_int_equal(result.n_ledger, 1);
    assert_int_equal(result.ledger[0].rows_before - result.ledger[0].rows_after, 2);
    uf_result_clear(&result);
    result = run(panel, (const char *const[]){"incomplete", "leave-out", "reference-row", "SE", NULL});
    assert_int_equal(uf_table_rows(uf_result_table(&result, "location-quotient")), 4);
    uf_result_clear(&result);
    struct uf_error error;
    assert_int_equal(activity_run(&uf_method_location_quotient, panel, UF_ENGLISH,
                                  (const char *const[]){"reference-row", "SF", NULL}, &result, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "did you mean 'SE'?"));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void overlapping_sections_are_warned_of(void **state)
{
    (void)state;
    struct uf_panel *panel =
        activity_panel("region,sector,year,jobs\n1,B-E,2017,5\n1,C,2017,4\n1,F,2017,2\n"
                       "2,B-E,2017,6\n2,C,2017,3\n2,F,2017,9\n1,TOTAL,2017,8\n2,TOTAL,2017,20\n");
    struct uf_result result = run(panel, NULL);
    assert_non_null(strstr(uf_result_note(&result, "sectors-overlap")->text, "B-E och C"));
    uf_result_clear(&result);
    result = run(panel, (const char *const[]){"total", "TOTAL", NULL});
    assert_null(uf_result_note(&result, "sectors-overlap")); /* no sum over sectors is used */
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void change_and_sentences(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result = run(panel, (const char *const[]){"compare-with", "2008", NULL});
    expect_close(quotient(&result, "1", "A", "location_quotient_change", NULL), 0.8, 1e-13, "change");
    assert_string_equal(activity_text(&result, "location-quotient-findings", "1", NULL, "text"),
                        "Högsta lokaliseringskvoter i 1 2017: A 1,80.");
    assert_string_equal(uf_result_note(&result, "finding")->text,
                        "Högsta lokaliseringskvot av alla regioner 2017: 1 (A), 1,80.");
    uf_result_clear(&result);
    struct uf_error error;
    assert_int_equal(activity_run(&uf_method_location_quotient, panel, UF_ENGLISH,
                                  (const char *const[]){"compare-with", "2017", NULL}, &result, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "must come before"));
    uf_result_clear(&result);
    assert_int_equal(activity_run(&uf_method_location_quotient, panel, UF_ENGLISH,
                                  (const char *const[]){"period", "1999", NULL}, &result, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "2008 to 2017"));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void negative_figures_are_refused(void **state)
{
    (void)state;
    struct uf_panel *panel =
        activity_panel("region,sector,year,jobs\n1,A,2017,3\n1,B,2017,-2\n2,A,2017,1\n2,B,2017,6\n");
    struct uf_result result;
    struct uf_error error;
    assert_int_equal(activity_run(&uf_method_location_quotient, panel, UF_ENGLISH, NULL, &result, &error),
                     UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "region 1, sector B, period 2017"));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void kernels_check_shapes(void **state)
{
    (void)state;
    gsl_matrix *x = gsl_matrix_calloc(2, 3), *small = gsl_matrix_calloc(2, 2), *out = gsl_matrix_calloc(2, 3);
    gsl_vector *totals = gsl_vector_calloc(3);
    struct uf_activity activity = {.value = x};
    struct uf_error error;
    gsl_matrix_set_all(out, 42);
    assert_int_equal(uf_location_quotient(&activity, UF_REFERENCE_NATION, small, &error), UF_BAD_USAGE);
    activity.total = totals;
    assert_int_equal(uf_location_quotient(&activity, UF_REFERENCE_NATION, out, &error), UF_BAD_USAGE);
    activity.total = NULL;
    activity.whole = totals;
    assert_int_equal(uf_location_quotient(&activity, UF_REFERENCE_REST, out, &error), UF_BAD_USAGE);
    activity.whole = NULL;
    gsl_matrix_set(x, 1, 2, -1);
    assert_int_equal(uf_location_quotient(&activity, UF_REFERENCE_NATION, out, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "region 2, sector 3"));
    expect_close(gsl_matrix_get(out, 0, 0), 42, 0, "untouched on failure");
    struct uf_activity other = {.value = small};
    gsl_matrix_set(x, 1, 2, 1);
    assert_int_equal(uf_location_quotient_band(&activity, &other, UF_REFERENCE_NATION, out, out, &error),
                     UF_BAD_USAGE);
    assert_int_equal(uf_rounding_bounds(x, -1, out, out, &error), UF_BAD_USAGE);
    assert_int_equal(uf_rounding_bounds(x, 1, small, out, &error), UF_BAD_USAGE);
    assert_int_equal(uf_location_quotient(&activity, UF_REFERENCE_NATION, small, NULL), UF_BAD_USAGE);
    gsl_vector_free(totals);
    gsl_matrix_free(out);
    gsl_matrix_free(small);
    gsl_matrix_free(x);
}

/* 20,000 → 30,000 in whole thousands: at least 29,500 of 20,500, at most 30,500 of 19,500. */
static void growth_has_its_band(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    for (int rounded = 0; rounded < 2; rounded++) {
        panel->columns[panel->outcome].rounding = rounded ? 1000 : 0;
        struct uf_result result =
            run(panel, (const char *const[]){"period", "2017", "compare-with", "2008", NULL});
        static const char *const names[] = {"growth_low", "growth_high", "reference_growth_low",
                                            "reference_growth_high"};
        const double wanted[] = {100 * (29.5 / 20.5 - 1), 100 * (30.5 / 19.5 - 1), 100 * (39.0 / 41 - 1),
                                 100 * (41.0 / 39 - 1)};
        for (size_t i = 0; i < 4; i++) {
            uf_value_status status;
            const double found =
                activity_cell(&result, "location-quotient-growth", "1", "A", names[i], &status);
            if (rounded)
                expect_close(found, wanted[i], 1e-12, names[i]);
            else
                assert_true(isnan(found) && status == UF_VALUE_NOT_APPLICABLE);
        }
        const double low = activity_cell(&result, "location-quotient-growth", "1", "A", "low", NULL);
        assert_true(rounded ? low == quotient(&result, "1", "A", "low", NULL) : isnan(low));
        uf_result_clear(&result);
    }
    uf_panel_free(panel);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_of_sectors_leave_a_total_row_out),
        cmocka_unit_test(given_total_is_the_denominator),
        cmocka_unit_test(rest_of_nation),
        cmocka_unit_test(rounding_is_carried_into_the_quotient),
        cmocka_unit_test(a_true_zero_has_no_band),
        cmocka_unit_test(a_hidden_figure_is_not_zero),
        cmocka_unit_test(reference_row_and_incomplete_regions),
        cmocka_unit_test(overlapping_sections_are_warned_of),
        cmocka_unit_test(growth_has_its_band),
        cmocka_unit_test(change_and_sentences),
        cmocka_unit_test(negative_figures_are_refused),
        cmocka_unit_test(kernels_check_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
