// SPDX-License-Identifier: GPL-3.0-or-later
/* Every inference of every point of the curve of `dose-response` (table `dose-response-inference`), and of the two-way
 * coefficient: where a point is an average, or all points are one, the numbers are the same; randomisation against its
 * definition. */
#include "support/dose_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>
#include <utfall/dose_response.h>
#include <utfall/randomisation.h>

enum { UNITS = DOSE_UNITS, YEARS = DOSE_YEARS, START = DOSE_START, TREATED = DOSE_TREATED, GRID = 25 };

#define EVERY "hc2,cr1s,cr2,randomisation,wild-bootstrap,conley-taber,ferman-pinto"
/* What all of them are called in a table; those of a level first. */
static const char *const vcovs[] = {
    "hc2", "cr1s", "cr2", "wild-bootstrap", "conley-taber", "ferman-pinto", DOSE_RANDOMISATIONS};
enum { VCOVS = sizeof vcovs / sizeof *vcovs, LEVEL_VCOVS = VCOVS - 3 };
static const char *const numbers[] = {"estimate", "std_error", "statistic",
                                      "p_value",  "conf_low",  "conf_high"};

/* The row of a term (at a dose; 0: any) under an inference; SIZE_MAX: none. */
static size_t row_at(const struct uf_table *table, const char *term, double dose, const char *vcov)
{
    for (size_t row = 0; row < uf_table_rows(table); row++)
        if (!strcmp(cell_text(table, row, "term"), term) && !strcmp(cell_text(table, row, "vcov"), vcov) &&
            !(dose > 0 && fabs(cell_number(table, row, "dose") - dose) > 1e-9))
            return row;
    return SIZE_MAX;
}

/* All numbers of two rows are alike, missing ones too. */
static void expect_same(const struct uf_table *a, size_t i, const struct uf_table *b, size_t j,
                        const char *what)
{
    assert_true(i != SIZE_MAX && j != SIZE_MAX);
    for (size_t c = 0; c < sizeof numbers / sizeof *numbers; c++) {
        const double x = cell_number(a, i, numbers[c]), y = cell_number(b, j, numbers[c]);
        if (isnan(x) != isnan(y)) fail_msg("%s: %s is %g here and %g there", what, numbers[c], x, y);
        if (!isnan(x)) expect_within(x, y, 1e-8 * (1 + fabs(y)), what);
    }
}

/* --- a point that is the average ----------------------------------------------------------------------- */

static void one_level_is_the_average_everywhere(void **state)
{
    (void)state;
    static const char *const settings[] = {"size", "0", "inference", EVERY, "bootstrap-draws", "199", NULL};
    /* two treated: all 120 choices of them, and all 240 ways to deal both doses, are tried */
    struct ran ran = run_method(&uf_method_dose_response, dose_noisy_panel(2), settings);
    const struct uf_table *estimates = table_of(&ran, "estimates"),
                          *points = table_of(&ran, "dose-response-inference");
    for (size_t v = 0; v < LEVEL_VCOVS; v++)
        for (size_t g = 0; g < GRID; g++)
            expect_same(points, row_at(points, "att", 1 + (double)g / (GRID - 1), vcovs[v]), estimates,
                        row_at(estimates, "average_effect", 0, vcovs[v]), vcovs[v]);
    /* and it has no slope: nothing is inferred of one, and that is said */
    assert_int_equal(uf_table_rows(points), GRID * LEVEL_VCOVS);
    assert_true(row_at(estimates, "average_slope", 0, "cr2") == SIZE_MAX);
    assert_non_null(uf_result_note(&ran.result, "curve-without-slope"));
    assert_null(uf_result_note(&ran.result, "inference-left-out"));
    uf_result_clear(&ran.result);
}

static void a_line_has_one_slope_and_its_mean_in_the_middle(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "size", "1",         "inference", EVERY, "bootstrap-draws", "199", "permutations",
        "99",   "enumerate", "10",        NULL};
    struct ran ran = run_method(&uf_method_dose_response, dose_noisy_panel(TREATED), settings);
    const struct uf_table *estimates = table_of(&ran, "estimates"),
                          *points = table_of(&ran, "dose-response-inference");
    for (size_t v = 0; v < VCOVS; v++)
        for (size_t g = 0; g < GRID; g++)
            expect_same(points, row_at(points, "acr", 1 + (double)g / 4, vcovs[v]), estimates,
                        row_at(estimates, "average_slope", 0, vcovs[v]), vcovs[v]);
    /* the mean dose is 4, whoever gets which; only t has the residuals of the line */
    for (size_t v = 0; v < LEVEL_VCOVS - 1; v++)
        expect_same(points, row_at(points, "att", 4, vcovs[v]), estimates,
                    row_at(estimates, "average_effect", 0, vcovs[v]), vcovs[v]);
    assert_int_equal(uf_table_rows(points), GRID * (LEVEL_VCOVS + VCOVS));
    uf_result_clear(&ran.result);
}

/* --- randomisation against its definition ---------------------------------------------------------------- */

/* The line's level at dose 3 when three of the units got 1, 2 and 3; `shift` is taken from the first three units. */
static double level_at_three(const double *y, const size_t *who, double shift)
{
    double sum = 0, own[3];
    for (size_t u = 0; u < UNITS; u++) sum += y[u] - (u < 3 ? shift : 0);
    for (size_t k = 0; k < 3; k++) own[k] = y[who[k]] - (who[k] < 3 ? shift : 0), sum -= own[k];
    const double mean = (own[0] + own[1] + own[2]) / 3, slope = (own[2] - own[0]) / 2;
    return mean + slope - sum / (UNITS - 3);
}

static double share_of_all(const double *y, double shift)
{
    static const size_t actual[] = {0, 1, 2};
    const double own = fabs(level_at_three(y, actual, shift));
    double extreme = 0, all = 0;
    for (size_t a = 0; a < UNITS; a++)
        for (size_t b = 0; b < UNITS; b++)
            for (size_t c = 0; c < UNITS; c++) {
                if (a == b || b == c || a == c) continue;
                const size_t who[] = {a, b, c};
                extreme += fabs(level_at_three(y, who, shift)) >= own * (1 - 1e-9), all++;
            }
    return extreme / all;
}

static void a_level_is_dealt_out_over_all(void **state)
{
    (void)state;
    static const char *const settings[] = {"size", "1", "inference", "randomisation,cr2", "confidence-level",
                                           "0.8",  NULL};
    struct uf_panel *panel = dose_noisy_panel(3);
    double y[UNITS];
    for (size_t t = START; t < YEARS; t++) /* far from nothing, and not for everyone */
        *small_panel_cell(panel, 0, 9, t) += 2.5, *small_panel_cell(panel, 0, 12, t) -= 3.5;
    for (size_t u = 0; u < UNITS; u++)
        y[u] = dose_mean_of(panel, u, START, YEARS) - dose_mean_of(panel, u, 0, START);
    const double p = share_of_all(y, 0);
    struct ran ran = run_method(&uf_method_dose_response, panel, settings);
    const struct uf_table *points = table_of(&ran, "dose-response-inference");
    const size_t row = row_at(points, "att", 3, "randomisation");
    const double low = cell_number(points, row, "conf_low"), high = cell_number(points, row, "conf_high");
    expect_close(cell_number(points, row, "p_value"), p, 1e-12, "p");
    assert_true(p > 1.0 / 3360 && p < 1);
    assert_true(low < high);
    /* effects of that size on all treated are rejected outside the interval, and not at its ends */
    const double little = 1e-6 * (high - low);
    assert_true(share_of_all(y, low + little) > 0.2);
    assert_true(share_of_all(y, low - little) <= 0.2);
    assert_true(share_of_all(y, high - little) > 0.2);
    assert_true(share_of_all(y, high + little) <= 0.2);
    uf_result_clear(&ran.result);
}

/* What a constant effect and one by dose do to the intervals of levels, slopes and the two-way coefficient. */
static void intervals_move_with_the_effect(void **state)
{
    (void)state;
    static const char *const settings[] = {"size", "1", RUN_MOVING_INTERVALS, "confidence-level",
                                           "0.8",  NULL};
    static const struct {
        const char *term, *vcov;
        double dose;
        int moved;
    } cases[] = {{"att", "randomisation", 2.5, 1},
                 {"att", "randomisation-scaled", 7, 1},
                 {"att", "wild-bootstrap", 1, 1},
                 {"acr", "randomisation", 2.5, 2},
                 {"acr", "randomisation-scaled", 1, 2},
                 {"acr", "randomisation-doses", 4, 2},
                 {"acr", "wild-bootstrap", 4, 2},
                 {"two_way_coefficient", "randomisation", 0, 2},
                 {"two_way_coefficient", "randomisation-scaled", 0, 2},
                 {"two_way_coefficient", "wild-bootstrap", 0, 2}};
    struct ran ran[3];
    for (int moved = 0; moved < 3; moved++) {
        struct uf_panel *panel = dose_noisy_panel(TREATED);
        for (size_t i = 0; i < panel->n_rows; i++) {
            double *cell = small_panel_cell(panel, 0, panel->unit[i], panel->period[i]);
            if (moved == 1) *cell += panel->treatment.dose[i] > 0 ? 7 : 0;
            if (moved == 2) *cell += 7 * panel->treatment.dose[i];
        }
        ran[moved] = run_method(&uf_method_dose_response, panel, settings);
    }
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const char *name = cases[k].dose > 0 ? "dose-response-inference" : "estimates";
        const struct uf_table *a = table_of(&ran[0], name), *b = table_of(&ran[cases[k].moved], name);
        const size_t i = row_at(a, cases[k].term, cases[k].dose, cases[k].vcov),
                     j = row_at(b, cases[k].term, cases[k].dose, cases[k].vcov);
        assert_true(i != SIZE_MAX && j != SIZE_MAX);
        const double low = cell_number(a, i, "conf_low"), high = cell_number(a, i, "conf_high");
        assert_true(low < cell_number(a, i, "estimate") && cell_number(a, i, "estimate") < high);
        expect_within(cell_number(b, j, "conf_low"), low + 7, 1e-6, cases[k].vcov);
        expect_within(cell_number(b, j, "conf_high"), high + 7, 1e-6, cases[k].vcov);
    }
    for (int moved = 0; moved < 3; moved++) uf_result_clear(&ran[moved].result);
}

/* --- starts, covariates, groups ---------------------------------------------------------------------------- */

/* The statistic of the plain randomisation is the estimate: from weighted outcomes here, from a regression there. */
static void expect_actual(const struct uf_table *table, const char *term)
{
    size_t found = 0;
    for (size_t row = 0; row < uf_table_rows(table); row++) {
        if (strcmp(cell_text(table, row, "term"), term) ||
            strcmp(cell_text(table, row, "vcov"), "randomisation"))
            continue;
        const double estimate = cell_number(table, row, "estimate");
        expect_within(cell_number(table, row, "statistic"), estimate, 1e-8 * (1 + fabs(estimate)), term);
        found++;
    }
    assert_true(found > 0);
}

/* The effects of the starts are those of `sub-experiments`, under every inference and with its own error. */
static void expect_starts(const struct ran *ran)
{
    const struct uf_table *starts = table_of(ran, "group-average"), *parts = table_of(ran, "sub-experiments");
    assert_int_equal(uf_table_rows(starts), 9 * uf_table_rows(parts));
    for (size_t row = 0; row < uf_table_rows(starts); row++) {
        const double p = cell_number(starts, row, "p_value");
        const size_t part = row_of(parts, "group", cell_text(starts, row, "group"));
        expect_within(cell_number(starts, row, "estimate"), cell_number(parts, part, "estimate"), 1e-9,
                      "start");
        expect_close(cell_number(starts, row, "n_treated"), cell_number(parts, part, "n_treated"), 0,
                     "treated");
        assert_true(p > 0 && p <= 1);
    }
    expect_actual(starts, "group");
}

static void the_actual_assignment_has_the_estimates(void **state)
{
    (void)state;
    static const char *const spline[] = {
        "curve", "spline",          "size", "1", "inference", EVERY, "permutations", "29", "enumerate",
        "10",    "bootstrap-draws", "99",   NULL};
    static const char *const mean[] = {
        "inference", EVERY, "permutations", "29", "enumerate", "10", "bootstrap-draws", "99", NULL};
    static const char *const last[] = {"inference",       EVERY, "permutations", "29",   "enumerate", "10",
                                       "bootstrap-draws", "99",  "baseline",     "last", NULL};
    const char *const *settings[] = {spline, mean, last};
    for (size_t k = 0; k < 6; k++) {
        const bool starts = k % 2;
        struct uf_panel *panel = starts ? dose_starts_panel() : dose_noisy_panel(TREATED);
        if (k >= 2) starts_covariate(panel, 1);
        if (k >= 4) panel->weight = 2;
        struct ran ran = run_method(&uf_method_dose_response, panel, settings[k / 2]);
        const struct uf_table *points = table_of(&ran, "dose-response-inference");
        expect_actual(points, "att");
        expect_actual(points, "acr");
        if (starts) expect_starts(&ran);
        if (!starts) expect_actual(table_of(&ran, "estimates"), "two_way_coefficient");
        for (size_t row = 0; row < uf_table_rows(points); row++) {
            const double p = cell_number(points, row, "p_value");
            assert_true(p > 0 && p <= 1);
        }
        assert_int_equal(uf_table_rows(points), GRID * (LEVEL_VCOVS + VCOVS));
        uf_result_clear(&ran.result);
    }
}

/* A start's effect is a difference of means: its error under hc2 is Welch's, without weights and covariates. */
static void starts_have_errors_of_their_own(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference", "hc2,cr2", "after", "0", NULL};
    struct uf_panel *panel = dose_starts_panel();
    double y[UNITS], mean[2] = {0}, square[2] = {0}, n[2] = {0};
    for (size_t u = 0; u < UNITS; u++) { /* of those that start in 2012 (2 of them), and all others */
        const bool first = u < 2;
        y[u] = dose_mean_of(panel, u, 4, 5) - dose_mean_of(panel, u, 0, 4);
        mean[first] += y[u], n[first]++;
    }
    for (size_t k = 0; k < 2; k++) mean[k] /= n[k];
    for (size_t u = 0; u < UNITS; u++) square[u < 2] += pow(y[u] - mean[u < 2], 2);
    struct ran ran = run_method(&uf_method_dose_response, panel, settings);
    const struct uf_table *starts = table_of(&ran, "group-average");
    const size_t row = row_at(starts, "group", 0, "hc2");
    expect_close(cell_number(starts, row, "estimate"), mean[1] - mean[0], 1e-9, "estimate");
    expect_close(cell_number(starts, row, "std_error"),
                 sqrt(square[0] / (n[0] - 1) / n[0] + square[1] / (n[1] - 1) / n[1]), 1e-9, "Welch");
    uf_result_clear(&ran.result);
}

static void groups_have_levels_only(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "curve",        "groups", "inference",       EVERY, "enumerate", "10",
        "permutations", "29",     "bootstrap-draws", "99",  NULL};
    struct ran ran = run_in(&uf_method_dose_response, dose_noisy_panel(TREATED), UF_SWEDISH, settings);
    assert_int_equal(ran.status, UF_OK);
    const struct uf_table *points = table_of(&ran, "dose-response-inference");
    assert_int_equal(uf_table_rows(points), 3 * 9);
    expect_actual(points, "att");
    assert_true(row_at(points, "acr", 0, "cr2") == SIZE_MAX);
    assert_non_null(uf_result_note(&ran.result, "curve-without-slope"));
    expect_swedish(&ran);
    uf_result_clear(&ran.result);
}

/* Chosen automatically the points have the analytic errors alone. */
static void automatically_the_analytic_ones(void **state)
{
    (void)state;
    static const char *const settings[] = {"permutations",    "29", "enumerate", "10",
                                           "bootstrap-draws", "99", NULL};
    struct ran ran = run_method(&uf_method_dose_response, dose_noisy_panel(TREATED), settings);
    const struct uf_table *points = table_of(&ran, "dose-response-inference"),
                          *first = table_of(&ran, "dose-response");
    assert_int_equal(uf_table_rows(points), 2 * 2 * GRID);
    for (size_t g = 0; g < GRID; g++) {
        const double dose = cell_number(first, g, "dose");
        const size_t att = row_at(points, "att", dose, "cr2"), acr = row_at(points, "acr", dose, "cr2");
        expect_close(cell_number(points, att, "estimate"), cell_number(first, g, "att"), 1e-12, "att");
        expect_close(cell_number(points, att, "conf_low"), cell_number(first, g, "low"), 1e-12, "low");
        expect_close(cell_number(points, acr, "std_error"), cell_number(first, g, "acr_error"), 1e-12,
                     "error");
        assert_true(row_at(points, "att", dose, "cr1s") != SIZE_MAX);
    }
    uf_result_clear(&ran.result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_level_is_the_average_everywhere),
        cmocka_unit_test(a_line_has_one_slope_and_its_mean_in_the_middle),
        cmocka_unit_test(a_level_is_dealt_out_over_all),
        cmocka_unit_test(intervals_move_with_the_effect),
        cmocka_unit_test(the_actual_assignment_has_the_estimates),
        cmocka_unit_test(starts_have_errors_of_their_own),
        cmocka_unit_test(groups_have_levels_only),
        cmocka_unit_test(automatically_the_analytic_ones),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
