// SPDX-License-Identifier: GPL-3.0-or-later
/* Starts, covariates, and inference of `dose-response`, each against its definition written out. */
#include "support/dose_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/dose_response.h>
#include <utfall/randomisation.h>

enum { UNITS = DOSE_UNITS, YEARS = DOSE_YEARS, START = DOSE_START, TREATED = DOSE_TREATED };
static const char *const few[] = {"permutations", "199", "enumerate", "100", "bootstrap-draws", "199", NULL};

/* --- several starts ------------------------------------------------------------------------------------- */

/* Each treated unit's change less the mean change of the clean controls, over the same periods; `after` periods beside the
 * first. Returns the mean. */
static double twin(struct uf_panel *panel, size_t after, bool not_yet, double *adjusted)
{
    double sum = 0;
    const size_t *first = panel->treatment.first_period;
    for (size_t u = 0; u < TREATED; u++) {
        double control = 0, n = 0;
        const size_t start = first[u], end = start + after + 1;
        for (size_t c = 0; c < UNITS; c++) {
            if (first[c] != SIZE_MAX && !(not_yet && first[c] >= end)) continue;
            control += dose_mean_of(panel, c, start, end) - dose_mean_of(panel, c, 0, start), n++;
        }
        adjusted[u] = dose_mean_of(panel, u, start, end) - dose_mean_of(panel, u, 0, start) - control / n;
        sum += adjusted[u];
    }
    return sum / TREATED;
}

static void starts_are_sub_experiments(void **state)
{
    (void)state;
    static const struct {
        const char *const settings[13];
        size_t after;
        bool not_yet;
        double n_control; /* of the first start */
    } cases[] = {
        {{"inference", "cr2,randomisation", "permutations", "99", "enumerate", "9", "size", "1", NULL},
         2,
         true,
         11},
        {{"inference", "cr2,randomisation", "permutations", "99", "enumerate", "9", "size", "1", "control",
          "never-treated", NULL},
         2,
         false,
         9},
        {{"inference", "cr2,randomisation", "permutations", "99", "enumerate", "9", "size", "1", "after", "0",
          NULL},
         0,
         true,
         14}};
    for (size_t k = 0; k < 3; k++) {
        double adjusted[TREATED], effect = 0, weight = 0, sd = 0, sdd = 0, sy = 0, sdy = 0;
        struct uf_panel *panel = dose_starts_panel();
        const double average = twin(panel, cases[k].after, cases[k].not_yet, adjusted);
        struct ran ran = run_method(&uf_method_dose_response, panel, cases[k].settings);
        const struct uf_table *estimates = table_of(&ran, "estimates"),
                              *parts = table_of(&ran, "sub-experiments");
        expect_close(cell_number(estimates, row_of(estimates, "term", "average_effect"), "estimate"), average,
                     1e-10, "average");
        expect_close(cell_number(estimates, row_of(estimates, "vcov", "randomisation"), "statistic"), average,
                     1e-10, "the actual assignment");
        for (size_t u = 0; u < TREATED; u++) {
            double d = (double)(u + 1);
            sd += d, sdd += d * d, sy += adjusted[u], sdy += d * adjusted[u];
        }
        size_t slope = row_of(estimates, "term", "average_slope");
        expect_close(cell_number(estimates, slope, "estimate"),
                     (TREATED * sdy - sd * sy) / (TREATED * sdd - sd * sd), 1e-9, "slope");
        assert_int_equal(uf_table_rows(parts), 3);
        for (size_t row = 0; row < 3; row++) {
            weight += cell_number(parts, row, "weight");
            effect += cell_number(parts, row, "weight") * cell_number(parts, row, "estimate");
        }
        expect_close(weight, 1, 1e-12, "weights");
        expect_close(effect, average, 1e-10, "weighted sum");
        expect_close(cell_number(parts, 0, "n_control"), cases[k].n_control, 0, "controls");
        assert_null(uf_result_table(&ran.result, "dose-weights"));
        table_of(&ran, "pretrend");
        assert_non_null(uf_result_note(&ran.result, "dose-starts"));
        uf_result_clear(&ran.result);
    }
}

static void starts_that_cannot_be_compared_are_left_out(void **state)
{
    (void)state;
    struct uf_panel *panel = dose_starts_panel();
    panel->treatment.first_period[0] = 0; /* from the first period on */
    for (size_t t = 0; t < YEARS; t++) *dose_of(panel, 0, t) = 1;
    struct ran ran = run_in(&uf_method_dose_response, panel, UF_SWEDISH, few);
    assert_int_equal(ran.status, UF_OK);
    const struct uf_table *parts = table_of(&ran, "sub-experiments");
    assert_int_equal(uf_table_rows(parts), 4);
    assert_non_null(cell_text(parts, 0, "note"));
    assert_true(isnan(cell_number(parts, 0, "weight")));
    assert_non_null(uf_result_note(&ran.result, "cohorts-left-out"));
    expect_swedish(&ran);
    uf_result_clear(&ran.result);
}

/* Nobody is never treated: those that start later serve the earlier ones, and the last start is left out. */
static void later_starters_serve_the_earlier(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "inference", "cr2,randomisation", "permutations", "99", "enumerate", "9", "size", "1", "after", "0",
        NULL};
    struct uf_panel *panel = dose_starts_panel();
    for (size_t i = 0; i < panel->n_rows; i++) {
        if (panel->unit[i] < TREATED) continue;
        panel->treatment.first_period[panel->unit[i]] = 9;
        panel->treatment.dose[i] = panel->period[i] >= 9 ? 2 : 0;
    }
    double adjusted[TREATED];
    const double average = twin(panel, 0, true, adjusted);
    struct ran ran = run_method(&uf_method_dose_response, panel, settings);
    const struct uf_table *estimates = table_of(&ran, "estimates"),
                          *parts = table_of(&ran, "sub-experiments");
    expect_close(cell_number(estimates, 0, "estimate"), average, 1e-10, "average");
    assert_non_null(cell_text(parts, 3, "note"));
    assert_null(uf_result_note(&ran.result, "staggered-cohorts"));
    uf_result_clear(&ran.result);
}

/* --- covariates ------------------------------------------------------------------------------------------- */

static void covariates_of_the_time_before(void **state)
{
    (void)state;
    static const char *const line[] = {
        "inference", "cr2,randomisation", "permutations", "99", "enumerate", "9", "size", "1", NULL};
    double x[UNITS], y[UNITS], mx = 0, my = 0, sxx = 0, sxy = 0, average = 0;
    struct uf_panel *panel = dose_panel();
    for (size_t u = 0; u < UNITS; u++) {
        x[u] = 0;
        for (size_t t = 0; t < START; t++) {
            *small_panel_cell(panel, 1, u, t) += (double)(u * u % 7);
            x[u] += *small_panel_cell(panel, 1, u, t) / START;
        }
        for (size_t t = START; t < YEARS; t++) {
            *small_panel_cell(panel, 0, u, t) += 1.5 * x[u];
            *small_panel_cell(panel, 1, u, t) = 1000; /* what comes after does not matter */
        }
        y[u] = dose_mean_of(panel, u, START, YEARS) - dose_mean_of(panel, u, 0, START);
    }
    const double n = UNITS - TREATED;
    for (size_t u = TREATED; u < UNITS; u++) mx += x[u] / n, my += y[u] / n;
    for (size_t u = TREATED; u < UNITS; u++)
        sxx += (x[u] - mx) * (x[u] - mx), sxy += (x[u] - mx) * (y[u] - my);
    for (size_t u = 0; u < TREATED; u++) average += (y[u] - my - sxy / sxx * (x[u] - mx)) / TREATED;
    starts_covariate(panel, 1);
    struct ran ran = run_method(&uf_method_dose_response, panel, line);
    const struct uf_table *estimates = table_of(&ran, "estimates");
    expect_close(cell_number(estimates, row_of(estimates, "term", "average_effect"), "estimate"), average,
                 1e-9, "outcome regression");
    expect_close(cell_number(estimates, row_of(estimates, "vcov", "randomisation"), "statistic"), average,
                 1e-9, "the actual assignment");
    assert_non_null(uf_result_note(&ran.result, "dose-covariates"));
    uf_result_clear(&ran.result);
    /* a covariate that is the same everywhere adjusts nothing, and is named */
    panel = dose_panel();
    for (size_t i = 0; i < panel->n_rows; i++)
        *small_panel_cell(panel, 2, panel->unit[i], panel->period[i]) = 4;
    starts_covariate(panel, 2);
    ran = run_method(&uf_method_dose_response, panel, line);
    assert_non_null(uf_result_note(&ran.result, "dropped-covariate"));
    uf_result_clear(&ran.result);
    /* and one that lies elsewhere for the treated is extrapolated */
    panel = dose_panel();
    for (size_t i = 0; i < panel->n_rows; i++)
        *small_panel_cell(panel, 2, panel->unit[i], panel->period[i]) = (double)panel->unit[i] * 1.5;
    starts_covariate(panel, 2);
    ran = run_in(&uf_method_dose_response, panel, UF_SWEDISH, line);
    assert_non_null(uf_result_note(&ran.result, "covariate-outside"));
    expect_swedish(&ran);
    uf_result_clear(&ran.result);
}

/* --- doses dealt out anew ------------------------------------------------------------------------------------ */

/* All orders of the doses among five treated: the share with at least as large a slope. */
static void doses_are_dealt_among_the_treated(void **state)
{
    (void)state;
    enum { FEW = 5 };
    static const char *const line[] = {"inference", "cr2,randomisation", "permutations", "99", "size", "1",
                                       NULL};
    static const int orders = 120;
    struct uf_panel *panel = dose_panel();
    double y[FEW], mean = 0, own = 0;
    size_t items[FEW] = {0, 1, 2, 3, 4}, extreme = 0;
    for (size_t i = 0; i < panel->n_rows; i++)
        if (panel->unit[i] >= FEW) panel->treatment.dose[i] = 0;
    for (size_t u = FEW; u < UNITS; u++) panel->treatment.first_period[u] = SIZE_MAX;
    for (size_t u = 0; u < FEW; u++) {
        for (size_t t = START; t < YEARS; t++)
            *small_panel_cell(panel, 0, u, t) += u == 1 ? 3 : u == 3 ? -2 : 0;
        y[u] = dose_mean_of(panel, u, START, YEARS) - dose_mean_of(panel, u, 0, START), mean += y[u] / FEW;
    }
    for (size_t u = 0; u < FEW; u++) own += ((double)u - 2) * (y[u] - mean) / 10;
    for (int k = 0; k < orders; k++, uf_assignment_next(items, FEW)) {
        double slope = 0;
        for (size_t u = 0; u < FEW; u++) slope += ((double)items[u] - 2) * (y[u] - mean) / 10;
        extreme += fabs(slope) >= fabs(own) * (1 - 1e-9);
    }
    struct ran ran = run_method(&uf_method_dose_response, panel, line);
    const struct uf_table *estimates = table_of(&ran, "estimates"),
                          *points = table_of(&ran, "dose-randomisation");
    const size_t row = row_of(estimates, "vcov", "randomisation-doses");
    expect_close(cell_number(estimates, row, "estimate"), own, 1e-9, "slope");
    expect_close(cell_number(estimates, row, "p_value"), (double)extreme / orders, 1e-12, "p");
    /* a straight line has one slope everywhere */
    for (size_t i = 0; i < uf_table_rows(points); i++)
        if (!strcmp(cell_text(points, i, "term"), "acr") &&
            !strcmp(cell_text(points, i, "vcov"), "randomisation-doses"))
            expect_close(cell_number(points, i, "p_value"), (double)extreme / orders, 1e-12, "p of acr");
    uf_result_clear(&ran.result);
}

static void intervals_move_with_the_effect(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "inference", "cr2,randomisation", "permutations", "299", "enumerate",
        "10",        "confidence-level",  "0.8",          NULL};
    static const char *const names[] = {"randomisation", "randomisation-scaled", "randomisation-doses",
                                        "randomisation-doses-scaled"};
    for (size_t k = 0; k < 4; k++) {
        double low[2], high[2];
        for (int moved = 0; moved < 2; moved++) {
            struct uf_panel *panel = dose_panel();
            for (size_t i = 0; i < panel->n_rows; i++) {
                double *cell = small_panel_cell(panel, 0, panel->unit[i], panel->period[i]);
                *cell += *small_panel_cell(panel, 2, panel->unit[i], panel->period[i]) *
                         (double)(panel->period[i] % 4);
                *cell += 7 * moved * panel->treatment.dose[i];
            }
            struct ran ran = run_method(&uf_method_dose_response, panel, settings);
            const struct uf_table *estimates = table_of(&ran, "estimates");
            size_t row = SIZE_MAX;
            for (size_t r = 0; r < uf_table_rows(estimates); r++)
                if (!strcmp(cell_text(estimates, r, "term"), "average_slope") &&
                    !strcmp(cell_text(estimates, r, "vcov"), names[k]))
                    row = r;
            low[moved] = cell_number(estimates, row, "conf_low"),
            high[moved] = cell_number(estimates, row, "conf_high");
            assert_true(low[moved] < cell_number(estimates, row, "estimate"));
            assert_true(high[moved] > cell_number(estimates, row, "estimate"));
            uf_result_clear(&ran.result);
        }
        expect_within(low[1], low[0] + 7, 1e-7, "low end");
        expect_within(high[1], high[0] + 7, 1e-7, "high end");
    }
}

/* --- borrowed residuals and distances ------------------------------------------------------------------------- */

/* Weights and residuals of the average effect under a line, written out. */
static void conley_and_few_treated_are_their_definitions(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference", "conley,cr2", "coordinates", "x,w", "distance",
                                           "150",       "size",       "1",           NULL};
    struct uf_panel *panel = dose_panel();
    double y[UNITS], e[UNITS], v[UNITS], sd = 0, sdd = 0, sy = 0, sdy = 0, control = 0, variance = 0;
    for (size_t u = 0; u < UNITS; u++) {
        for (size_t t = 0; t < YEARS; t++) {
            *small_panel_cell(panel, 1, u, t) =
                55 + 4 * (double)(u / 4); /* four places with four units each nearby */
            *small_panel_cell(panel, 2, u, t) = 15 + 0.3 * (double)(u % 4);
        }
        y[u] = dose_mean_of(panel, u, START, YEARS) - dose_mean_of(panel, u, 0, START);
        if (u >= TREATED) control += y[u] / (UNITS - TREATED);
    }
    for (size_t u = 0; u < TREATED; u++) {
        double d = (double)(u + 1);
        sd += d, sdd += d * d, sy += y[u], sdy += d * y[u];
    }
    const double slope = (TREATED * sdy - sd * sy) / (TREATED * sdd - sd * sd),
                 level = (sy - slope * sd) / TREATED;
    for (size_t u = 0; u < UNITS; u++) {
        e[u] = u < TREATED ? y[u] - level - slope * (double)(u + 1) : y[u] - control;
        v[u] = u < TREATED ? 1.0 / TREATED : -1.0 / (UNITS - TREATED);
    }
    const double radius = 6371.0088, degree = M_PI / 180;
    for (size_t a = 0; a < UNITS; a++)
        for (size_t b = 0; b < UNITS; b++) {
            double la = (55 + 4 * (double)(a / 4)) * degree, lb = (55 + 4 * (double)(b / 4)) * degree,
                   dx = 0.3 * ((double)(a % 4) - (double)(b % 4)) * degree;
            double h = pow(sin((la - lb) / 2), 2) + cos(la) * cos(lb) * pow(sin(dx / 2), 2);
            if (2 * radius * asin(sqrt(h)) <= 150) variance += v[a] * e[a] * v[b] * e[b];
        }
    struct ran ran = run_method(&uf_method_dose_response, panel, settings);
    const struct uf_table *estimates = table_of(&ran, "estimates");
    const size_t conley = row_of(estimates, "vcov", "conley");
    const double error = cell_number(estimates, conley, "std_error");
    const double n = UNITS, k = 3, factor = error * error / variance;
    if (fabs(factor - 1) > 1e-8 && fabs(factor - n / (n - k)) > 1e-8 &&
        fabs(factor - (n - 1) / (n - k)) > 1e-8)
        fail_msg("the variance is %.10g times its definition", factor);
    uf_result_clear(&ran.result);
    /* with two treated every pair of controls lends its residuals: 14² draws, and the estimate among them */
    panel = dose_panel();
    for (size_t i = 0; i < panel->n_rows; i++)
        if (panel->unit[i] > 1) panel->treatment.dose[i] = 0;
    control = 0;
    for (size_t u = 2; u < UNITS; u++) {
        panel->treatment.first_period[u] = SIZE_MAX;
        if (u == 9 || u == 4)
            for (size_t t = START; t < YEARS; t++) *small_panel_cell(panel, 0, u, t) += u == 9 ? 9 : -4;
        y[u] = dose_mean_of(panel, u, START, YEARS) - dose_mean_of(panel, u, 0, START), control += y[u] / 14;
    }
    double estimate = -control, extreme = 0;
    for (size_t u = 0; u < 2; u++)
        estimate += (dose_mean_of(panel, u, START, YEARS) - dose_mean_of(panel, u, 0, START)) / 2;
    for (size_t a = 2; a < UNITS; a++)
        for (size_t b = 2; b < UNITS; b++)
            extreme += fabs(y[a] + y[b] - 2 * control) / 2 >= fabs(estimate) * (1 - 1e-9);
    static const char *const taber[] = {"inference", "conley-taber", "size", "1", NULL};
    ran = run_method(&uf_method_dose_response, panel, taber);
    estimates = table_of(&ran, "estimates");
    const size_t row = row_of(estimates, "vcov", "conley-taber");
    expect_close(cell_number(estimates, row, "estimate"), estimate, 1e-9, "estimate");
    expect_close(cell_number(estimates, row, "p_value"), (extreme + 1) / 197, 1e-9, "p");
    uf_result_clear(&ran.result);
}

/* Weights are the sizes of Ferman–Pinto; a treated region twice as large has the smaller variance of its size. */
static void sizes_are_the_weights(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "inference", "ferman-pinto,cr2", "size", "1", "bootstrap-draws", "199", NULL};
    for (int weighted = 0; weighted < 2; weighted++) {
        struct uf_panel *panel = dose_panel();
        for (size_t u = TREATED; u < UNITS; u++)
            for (size_t t = START; t < YEARS; t++)
                *small_panel_cell(panel, 0, u, t) += (u % 2 ? 3.0 : -3.0) / (double)(1 + u % 3);
        if (weighted) panel->weight = 2;
        struct ran ran = run_method(&uf_method_dose_response, panel, settings);
        const struct uf_table *estimates = table_of(&ran, "estimates");
        const char *note = cell_text(estimates, row_of(estimates, "vcov", "ferman-pinto"), "note");
        assert_int_equal(strstr(note, "sizes do not vary") == NULL, weighted);
        uf_result_clear(&ran.result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_are_sub_experiments),
        cmocka_unit_test(starts_that_cannot_be_compared_are_left_out),
        cmocka_unit_test(later_starters_serve_the_earlier),
        cmocka_unit_test(covariates_of_the_time_before),
        cmocka_unit_test(doses_are_dealt_among_the_treated),
        cmocka_unit_test(intervals_move_with_the_effect),
        cmocka_unit_test(sizes_are_the_weights),
        cmocka_unit_test(conley_and_few_treated_are_their_definitions),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
