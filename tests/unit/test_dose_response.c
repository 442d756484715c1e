// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `dose-response` from a panel to tables and notes. */
#include "support/dose_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/dose_response.h>

enum { UNITS = DOSE_UNITS, YEARS = DOSE_YEARS, START = DOSE_START, TREATED = DOSE_TREATED };
static const char *const few[] = {"permutations", "199", "enumerate", "100", "bootstrap-draws", "199", NULL};

static void every_table_is_there(void **state)
{
    (void)state;
    struct ran ran = run_method(&uf_method_dose_response, dose_panel(), few);
    const struct uf_table *estimates = table_of(&ran, "estimates"), *curve = table_of(&ran, "dose-response"),
                          *weights = table_of(&ran, "dose-weights");
    assert_string_equal(cell_text(estimates, 0, "vcov"), "randomisation-scaled");
    assert_string_equal(cell_text(estimates, 0, "term"), "average_effect");
    expect_within(cell_number(estimates, 0, "estimate"), 4, 0.05, "average");
    expect_within(cell_number(estimates, row_of(estimates, "term", "average_slope"), "estimate"), 0.5, 0.02,
                  "slope");
    size_t two_way = row_of(estimates, "term", "two_way_coefficient");
    assert_true(cell_number(estimates, two_way, "estimate") > 0.55);
    assert_int_equal(uf_table_rows(curve), 25);
    for (size_t row = 0; row < 25; row++) {
        double dose = cell_number(curve, row, "dose");
        expect_within(cell_number(curve, row, "att"), 2 + dose / 2, 0.1, "curve");
        assert_true(cell_number(curve, row, "band_low") < cell_number(curve, row, "low"));
        assert_true(cell_number(curve, row, "low") < cell_number(curve, row, "att"));
        assert_true(cell_number(curve, row, "acr_low") < cell_number(curve, row, "acr_high"));
    }
    assert_int_equal(uf_table_rows(weights), 7);
    double sum = 0, all = 0;
    for (size_t row = 0; row < 7; row++) {
        all += cell_number(weights, row, "weight");
        sum += cell_number(weights, row, "weight") * cell_number(weights, row, "slope");
    }
    expect_close(all, 1, 1e-12, "weights");
    expect_close(sum, cell_number(estimates, two_way, "estimate"), 1e-10, "two-way");
    table_of(&ran, "pretrend"), table_of(&ran, "randomisation"), table_of(&ran, "raw-trends"),
        table_of(&ran, "design");
    assert_non_null(
        strstr(uf_result_note(&ran.result, "strong-parallel-trends")->text, "strong parallel trends"));
    assert_non_null(uf_result_note(&ran.result, "parallel-trends"));
    uf_result_clear(&ran.result);
}

static void the_actual_assignment_has_the_average(void **state)
{
    (void)state;
    static const char *const last[] = {"baseline",          "last", "permutations", "99", "inference",
                                       "randomisation,cr2", NULL};
    static const char *const early[] = {"anticipation",      "2", "permutations", "99", "inference",
                                        "randomisation,cr2", NULL};
    const char *const *settings[] = {last, early};
    for (int s = 0; s < 2; s++) {
        struct uf_panel *panel = dose_panel();
        small_panel_miss(panel, 0, 12, 3);
        struct ran ran = run_method(&uf_method_dose_response, panel, settings[s]);
        const struct uf_table *estimates = table_of(&ran, "estimates");
        size_t plain = row_of(estimates, "vcov", "randomisation");
        /* the coefficient itself is the statistic of a plain randomisation */
        expect_close(cell_number(estimates, plain, "statistic"), cell_number(estimates, plain, "estimate"),
                     1e-9, "the actual one");
        uf_result_clear(&ran.result);
    }
}

static void curves_and_languages(void **state)
{
    (void)state;
    static const char *const groups[] = {"curve", "groups", "inference", "cr2,cr1s,hc2", NULL};
    static const char *const spline[] = {"curve", "spline", "size", "0", "inference", "cr2,hc3", NULL};
    struct ran ran = run_in(&uf_method_dose_response, dose_panel(), UF_SWEDISH, groups);
    assert_int_equal(ran.status, UF_OK);
    const struct uf_table *curve = table_of(&ran, "dose-response");
    assert_int_equal(uf_table_rows(curve), 3);
    assert_true(isnan(cell_number(curve, 0, "acr")));
    expect_within(cell_number(curve, 0, "att"), 2.75, 0.1, "1 and 2");
    expect_swedish(&ran);
    uf_result_clear(&ran.result);
    ran = run_method(&uf_method_dose_response, dose_panel(), spline);
    expect_within(cell_number(table_of(&ran, "estimates"), 0, "estimate"), 4, 0.05, "average");
    uf_result_clear(&ran.result);
}

static void a_unit_without_a_before_leaves_the_sample(void **state)
{
    (void)state;
    struct uf_panel *panel = dose_panel();
    for (size_t t = 0; t < START; t++) small_panel_miss(panel, 0, 2, t);
    struct ran ran = run_method(&uf_method_dose_response, panel, few);
    expect_close(cell_number(table_of(&ran, "estimates"), 0, "n_treated"), TREATED - 1, 0, "treated");
    assert_int_equal(uf_table_rows(table_of(&ran, "dose-weights")), TREATED - 1);
    uf_result_clear(&ran.result);
}

static void what_cannot_be_told_is_refused(void **state)
{
    (void)state;
    static const char *const steep[] = {"size", "5", NULL}, *const mean[] = {"changing-dose", "mean",
                                                                             "inference", "cr2", NULL};
    struct uf_panel *panel = dose_panel();
    free(panel->treatment.dose);
    panel->treatment.dose = NULL;
    expect_refused_run(run_in(&uf_method_dose_response, panel, UF_ENGLISH, few), "dose-missing");
    panel = dose_panel();
    for (size_t i = 0; i < panel->n_rows; i++) panel->treatment.dose[i] = panel->treatment.dose[i] > 0;
    expect_refused_run(run_in(&uf_method_dose_response, panel, UF_SWEDISH, few), "dose-not-identified");
    panel = dose_panel();
    for (size_t t = START; t < YEARS; t++)
        for (size_t u = 0; u < TREATED; u++) *dose_of(panel, u, t) = (double)(u % 4 + 1);
    expect_refused_run(run_in(&uf_method_dose_response, panel, UF_ENGLISH, steep), "dose-not-identified");
    panel = dose_panel();
    *dose_of(panel, 3, START + 1) = 9;
    expect_refused_run(run_in(&uf_method_dose_response, panel, UF_ENGLISH, few), "dose-changes");
    panel = dose_panel();
    *dose_of(panel, 3, START + 1) = 8; /* 4, 8, 4, 4: 5 on average */
    struct ran ran = run_method(&uf_method_dose_response, panel, mean);
    expect_close(cell_number(table_of(&ran, "dose-weights"), 3, "to"), 5, 1e-12, "mean dose");
    uf_result_clear(&ran.result);
    panel = dose_panel();
    for (size_t t = START; t < YEARS; t++) *dose_of(panel, 0, t) = -1;
    expect_refused_run(run_in(&uf_method_dose_response, panel, UF_ENGLISH, few), "dose-negative");
    /* nobody untreated */
    panel = dose_panel();
    for (size_t u = TREATED; u < UNITS; u++) {
        panel->treatment.first_period[u] = START;
        for (size_t t = START; t < YEARS; t++) *dose_of(panel, u, t) = (double)u;
    }
    expect_refused_run(run_in(&uf_method_dose_response, panel, UF_ENGLISH, few), "all-treated");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_there),
        cmocka_unit_test(the_actual_assignment_has_the_average),
        cmocka_unit_test(curves_and_languages),
        cmocka_unit_test(a_unit_without_a_before_leaves_the_sample),
        cmocka_unit_test(what_cannot_be_told_is_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
