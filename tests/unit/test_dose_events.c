// SPDX-License-Identifier: GPL-3.0-or-later
/* The event study of `dose-response`: each event time against the study of that period alone, the leads against sums written
 * out, and against `stacked`, which knows no doses. */
#include "support/dose_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/dose_response.h>
#include <utfall/stacked.h>

enum { UNITS = DOSE_UNITS, YEARS = DOSE_YEARS, START = DOSE_START, TREATED = DOSE_TREATED };
enum { LEADS = START - 1 };

static const char *const numbers[] = {"estimate", "std_error", "statistic", "p_value",
                                      "conf_low", "conf_high", "n_obs",     "n_treated"};

/* The row of an event time (NaN: any) under an inference (NULL: any); SIZE_MAX: none. */
static size_t row_at(const struct uf_table *table, const char *term, double event, const char *vcov)
{
    for (size_t row = 0; row < uf_table_rows(table); row++)
        if ((!term || !strcmp(cell_text(table, row, "term"), term)) &&
            (!vcov || !strcmp(cell_text(table, row, "vcov"), vcov)) &&
            (isnan(event) || cell_number(table, row, "event_time") == event))
            return row;
    return SIZE_MAX;
}

/* --- one period ------------------------------------------------------------------------------------------- */

#define EVERY "cr0,cr2,randomisation,wild-bootstrap,conley-taber"

/* The first period after the start, compared with the last one before. */
static void the_first_period_is_the_study_of_it(void **state)
{
    (void)state;
    static const char *const all[] = {
        "inference",    EVERY, "size",      "1",  "control", "never-treated", "bootstrap-draws", "99",
        "permutations", "49",  "enumerate", "10", NULL};
    static const char *const one[] = {
        "inference",       EVERY,  "size",         "1",  "control",   "never-treated",
        "bootstrap-draws", "99",   "permutations", "49", "enumerate", "10",
        "baseline",        "last", "after",        "0",  NULL};
    static const char *const vcovs[] = {"cr0", "cr2", "wild-bootstrap", "conley-taber", DOSE_RANDOMISATIONS};
    for (int k = 0; k < 2; k++) {
        struct uf_panel *panels[2];
        for (int i = 0; i < 2; i++) {
            panels[i] = k ? dose_starts_panel() : dose_noisy_panel(TREATED);
            if (k) panels[i]->weight = 2;
        }
        struct ran events = run_method(&uf_method_dose_response, panels[0], all),
                   alone = run_method(&uf_method_dose_response, panels[1], one);
        const struct uf_table *estimates = table_of(&alone, "estimates");
        for (int slope = 0; slope < 2; slope++) {
            const struct uf_table *table =
                table_of(&events, slope ? "event-study-inference-slope" : "event-study-inference");
            const char *term = slope ? "average_slope" : "average_effect";
            for (size_t v = 0; v < (slope ? 10 : 7); v++) {
                const size_t i = row_at(table, NULL, 0, vcovs[v]), j = row_at(estimates, term, NAN, vcovs[v]);
                assert_true(i != SIZE_MAX && j != SIZE_MAX);
                /* randomisation of the main estimate is told of all rows of the sample, and the bootstrap's error has a
                 * factor for the columns of all event times */
                for (size_t c = 0; c < (v >= 4 ? 6 : 8); c++) {
                    if (v == 2 && (c == 1 || c == 2)) continue;
                    /* an effect at this time since the start, not from it on: the same of one start only */
                    if (k && v >= 4 && (c == 4 || c == 5)) continue;
                    const double a = cell_number(table, i, numbers[c]),
                                 b = cell_number(estimates, j, numbers[c]);
                    if (isnan(a) != isnan(b)) fail_msg("%s %s: %g and %g", vcovs[v], numbers[c], a, b);
                    if (!isnan(a)) expect_within(a, b, 1e-8 * (1 + fabs(b)), vcovs[v]);
                }
            }
        }
        uf_result_clear(&events.result), uf_result_clear(&alone.result);
    }
}

/* --- the leads ------------------------------------------------------------------------------------------------- */

static double change(struct uf_panel *panel, size_t unit, size_t lead)
{
    return *small_panel_cell(panel, 0, unit, lead) - *small_panel_cell(panel, 0, unit, START - 1);
}

/* A lead's level or slope among the treated given their doses, and what each unit adds to it. */
static double lead_of(struct uf_panel *panel, size_t lead, const double *dose, bool slope, double *influence)
{
    double treated = 0, control = 0, n = 0, mean = 0, square = 0, product = 0;
    for (size_t u = 0; u < UNITS; u++) {
        const double y = change(panel, u, lead);
        if (dose[u] > 0)
            treated += y, mean += dose[u], n++;
        else
            control += y;
    }
    treated /= n, control /= UNITS - n, mean /= n;
    for (size_t u = 0; u < UNITS; u++)
        if (dose[u] > 0)
            square += pow(dose[u] - mean, 2),
                product += (dose[u] - mean) * (change(panel, u, lead) - treated);
    const double b = product / square;
    for (size_t u = 0; u < UNITS && influence; u++) {
        const double y = change(panel, u, lead), e = y - treated - b * (dose[u] - mean);
        influence[u] = dose[u] > 0 ? (slope ? (dose[u] - mean) / square : 1 / n) * e
                       : slope     ? 0
                                   : -(y - control) / (UNITS - n);
    }
    return slope ? b : treated - control;
}

static void leads_are_tested_together(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference", "cr0", "size", "1", NULL};
    struct uf_panel *panel = dose_noisy_panel(TREATED);
    double dose[UNITS] = {0}, lead[2][LEADS], influence[LEADS][UNITS], v[LEADS * LEADS];
    double statistic[2] = {0};
    for (size_t u = 0; u < TREATED; u++) dose[u] = (double)(u + 1);
    for (int slope = 0; slope < 2; slope++) {
        double solved[LEADS];
        for (size_t l = 0; l < LEADS; l++) lead[slope][l] = lead_of(panel, l, dose, slope, influence[l]);
        for (size_t a = 0; a < LEADS; a++)
            for (size_t b = 0; b < LEADS; b++) {
                v[a * LEADS + b] = 0;
                for (size_t u = 0; u < UNITS; u++) v[a * LEADS + b] += influence[a][u] * influence[b][u];
            }
        gsl_matrix_view matrix = gsl_matrix_view_array(v, LEADS, LEADS);
        gsl_vector_view x = gsl_vector_view_array(solved, LEADS),
                        y = gsl_vector_view_array(lead[slope], LEADS);
        gsl_linalg_cholesky_decomp1(&matrix.matrix);
        gsl_linalg_cholesky_solve(&matrix.matrix, &y.vector, &x.vector);
        for (size_t l = 0; l < LEADS; l++) statistic[slope] += lead[slope][l] * solved[l] / LEADS;
    }
    struct ran ran = run_method(&uf_method_dose_response, panel, settings);
    for (int slope = 0; slope < 2; slope++) {
        const struct uf_table *events = table_of(&ran, slope ? "event-study-slope" : "event-study"),
                              *test = table_of(&ran, slope ? "pretrend-slope" : "pretrend");
        for (size_t l = 0; l < LEADS; l++)
            expect_within(cell_number(events, row_at(events, NULL, (double)l - START, NULL), "estimate"),
                          lead[slope][l], 1e-10, "lead");
        expect_close(cell_number(test, 0, "statistic"), statistic[slope], 1e-6, "F");
        expect_close(cell_number(test, 0, "df1"), LEADS, 0, "df1");
        assert_int_equal(uf_table_rows(events), YEARS);
    }
    uf_result_clear(&ran.result);
}

static double size_of_leads(struct uf_panel *panel, const double *dose, bool slope)
{
    double sum = 0;
    for (size_t l = 0; l < LEADS; l++) sum += pow(lead_of(panel, l, dose, slope, NULL), 2);
    return sqrt(sum / LEADS);
}

/* Doses 1 … 5 in every order among the five treated. */
static void orders(struct uf_panel *panel, size_t *order, size_t placed, double own, double *extreme,
                   double *all)
{
    double dose[UNITS] = {0};
    if (placed == 5) {
        for (size_t u = 0; u < 5; u++) dose[u] = (double)(order[u] + 1);
        *extreme += size_of_leads(panel, dose, true) >= own * (1 - 1e-9);
        *all += 1;
        return;
    }
    for (size_t k = placed; k < 5; k++) {
        size_t kept = order[placed];
        order[placed] = order[k], order[k] = kept;
        orders(panel, order, placed + 1, own, extreme, all);
        kept = order[placed], order[placed] = order[k], order[k] = kept;
    }
}

static void slopes_before_the_start_are_dealt_out_among_the_treated(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference", "randomisation,cr2", "size", "1", NULL};
    struct uf_panel *panel = dose_noisy_panel(5);
    double dose[UNITS] = {1, 2, 3, 4, 5}, extreme = 0, all = 0;
    size_t order[] = {0, 1, 2, 3, 4};
    const double own = size_of_leads(panel, dose, true);
    orders(panel, order, 0, own, &extreme, &all);
    expect_close(all, 120, 0, "orders");
    struct ran ran = run_method(&uf_method_dose_response, panel, settings);
    const struct uf_table *test = table_of(&ran, "pretrend-slope");
    const size_t row = row_of(test, "vcov", "randomisation");
    expect_close(cell_number(test, row, "statistic"), own, 1e-9, "size of the leads");
    expect_close(cell_number(test, row, "p_value"), extreme / all, 1e-12, "p");
    uf_result_clear(&ran.result);
}

/* Of levels `stacked` says the same, with what its leads would have found. */
static void levels_are_those_of_a_stack(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference", "randomisation,cr2", NULL};
    struct uf_panel *panel = dose_noisy_panel(3), *without = dose_noisy_panel(3);
    free(without->treatment.dose), without->treatment.dose = NULL;
    struct ran doses = run_method(&uf_method_dose_response, panel, settings),
               stack = run_method(&uf_method_stacked, without, settings);
    const struct uf_table *a = table_of(&doses, "pretrend"), *b = table_of(&stack, "pretrend");
    const size_t i = row_of(a, "vcov", "randomisation"), j = row_of(b, "vcov", "randomisation");
    static const char *const columns[] = {"statistic", "p_value", "slope_50", "slope_80",
                                          "share_without_drift"};
    for (size_t c = 0; c < 5; c++)
        expect_close(cell_number(a, i, columns[c]), cell_number(b, j, columns[c]), 1e-6, columns[c]);
    const struct uf_table *events = table_of(&doses, "event-study"), *other = table_of(&stack, "event-study");
    for (size_t row = 0; row < uf_table_rows(events); row++)
        expect_within(
            cell_number(events, row, "estimate"),
            cell_number(other, row_at(other, NULL, cell_number(events, row, "event_time"), NULL), "estimate"),
            1e-10, "event time");
    uf_result_clear(&doses.result), uf_result_clear(&stack.result);
}

/* --- what must not matter, and what must ---------------------------------------------------------------------- */

/* The outcome in other units, an effect after the start, and a drift by dose. */
static void scales_effects_and_drifts(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "inference", "randomisation,cr1s,cr2", "size", "1", "permutations", "49", "enumerate", "10", NULL};
    struct ran ran[4];
    for (int k = 0; k < 4; k++) {
        struct uf_panel *panel = dose_noisy_panel(TREATED);
        for (size_t i = 0; i < panel->n_rows; i++) {
            const size_t u = panel->unit[i], t = panel->period[i];
            double *cell = small_panel_cell(panel, 0, u, t);
            if (k == 1) *cell *= 1000;
            if (k == 2 && panel->treatment.dose[i] > 0) *cell += 40 + 3 * panel->treatment.dose[i];
            if (k == 3 && u < TREATED) *cell += 0.25 * (double)(u + 1) * (double)t;
        }
        ran[k] = run_method(&uf_method_dose_response, panel, settings);
    }
    for (int slope = 0; slope < 2; slope++) {
        const char *name = slope ? "event-study-slope" : "event-study";
        const struct uf_table *base = table_of(&ran[0], name);
        for (size_t row = 0; row < uf_table_rows(base); row++) {
            const double e = cell_number(base, row, "event_time"), own = cell_number(base, row, "estimate");
            const double steps = e + 1; /* from the reference */
            expect_within(cell_number(table_of(&ran[1], name), row, "estimate"), 1000 * own,
                          1e-7 * (1 + fabs(own)), "in other units");
            expect_within(cell_number(table_of(&ran[2], name), row, "estimate"),
                          own + (e < 0   ? 0
                                 : slope ? 3
                                         : 52),
                          1e-9, "with an effect");
            expect_within(cell_number(table_of(&ran[3], name), row, "estimate"),
                          own + 0.25 * steps * (slope ? 1 : 4), 1e-9, "with a drift");
        }
        const char *tested = slope ? "pretrend-slope" : "pretrend";
        const struct uf_table *test = table_of(&ran[0], tested);
        for (size_t row = 0; row < uf_table_rows(test); row++) {
            const bool dealt = !strcmp(cell_text(test, row, "vcov"), "randomisation");
            static const char *const columns[] = {"statistic", "p_value", "slope_50", "slope_80"};
            for (size_t c = 0; c < 4; c++) {
                const double own = cell_number(test, row, columns[c]),
                             scaled = cell_number(table_of(&ran[1], tested), row, columns[c]),
                             after = cell_number(table_of(&ran[2], tested), row, columns[c]);
                const double factor = c >= 2 || (c == 0 && dealt) ? 1000 : 1;
                assert_true(isnan(own) == isnan(scaled) && isnan(own) == isnan(after));
                if (isnan(own)) continue;
                expect_close(scaled, factor * own, 1e-5, columns[c]);
                expect_close(after, own, 1e-5, columns[c]);
            }
        }
        const size_t dealt = row_of(test, "vcov", "randomisation");
        assert_true(cell_number(test, dealt, "slope_50") > 0);
        assert_true(cell_number(test, dealt, "slope_80") > cell_number(test, dealt, "slope_50"));
    }
    for (int k = 0; k < 4; k++) uf_result_clear(&ran[k].result);
}

/* --- gaps and references ----------------------------------------------------------------------------------------- */

static void drop_rows(struct uf_panel *panel, bool treated_only, size_t period)
{
    size_t n = 0;
    for (size_t i = 0; i < panel->n_rows; i++)
        if (panel->period[i] == period && (!treated_only || panel->unit[i] < TREATED))
            panel->columns[0].value[i] = NAN, n++;
    assert_true(n > 0);
}

static void gaps_move_the_reference_and_leave_reasons(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference", "cr2", "size", "1", NULL},
                             *const own[] = {"inference", "cr2", "size", "1", "reference", "-3", NULL},
                             *const missing[] = {"inference", "cr2", "size", "1", "reference", "-1", NULL},
                             *const after[] = {"inference", "cr2", "reference", "0", NULL};
    struct uf_panel *panel = dose_noisy_panel(TREATED);
    drop_rows(panel, true, START - 1), drop_rows(panel, true, 1);
    struct ran ran = run_in(&uf_method_dose_response, panel, UF_SWEDISH, settings);
    assert_int_equal(ran.status, UF_OK);
    const struct uf_table *events = table_of(&ran, "event-study");
    assert_non_null(uf_result_note(&ran.result, "reference-moved"));
    expect_close(cell_number(events, row_at(events, NULL, -2, NULL), "estimate"), 0, 0, "the reference");
    assert_non_null(strstr(cell_text(events, row_at(events, NULL, -2, NULL), "note"), "referens"));
    assert_true(isnan(cell_number(events, row_at(events, NULL, -5, NULL), "estimate")));
    assert_non_null(strstr(cell_text(events, row_at(events, NULL, -5, NULL), "note"), "observerad"));
    expect_swedish(&ran);
    uf_result_clear(&ran.result);

    ran = run_method(&uf_method_dose_response, dose_noisy_panel(TREATED), own);
    events = table_of(&ran, "event-study");
    expect_close(cell_number(events, row_at(events, NULL, -3, NULL), "estimate"), 0, 0, "own reference");
    assert_null(uf_result_note(&ran.result, "reference-moved"));
    uf_result_clear(&ran.result);

    panel = dose_noisy_panel(TREATED);
    drop_rows(panel, true, START - 1);
    ran = run_method(&uf_method_dose_response, panel, missing);
    assert_null(uf_result_table(&ran.result, "event-study"));
    assert_non_null(uf_result_note(&ran.result, "event-study-left-out"));
    uf_result_clear(&ran.result);

    ran = run_in(&uf_method_dose_response, dose_noisy_panel(TREATED), UF_ENGLISH, after);
    assert_int_equal(ran.status, UF_BAD_USAGE);
    uf_result_clear(&ran.result);
}

/* Errors that take rows as independent are those that keep a region's rows together. */
static void rows_of_a_region_belong_together(void **state)
{
    (void)state;
    static const char *const rows[] = {"inference", "hc2,iid", "size", "1", NULL}, *const regions[] = {
                                                                                       "inference", "cr2,cr1",
                                                                                       "size", "1", NULL};
    struct ran a = run_method(&uf_method_dose_response, dose_noisy_panel(TREATED), rows),
               b = run_method(&uf_method_dose_response, dose_noisy_panel(TREATED), regions);
    const struct uf_table *x = table_of(&a, "event-study-inference"),
                          *y = table_of(&b, "event-study-inference");
    assert_non_null(uf_result_note(&a.result, "inference-by-region"));
    assert_null(uf_result_note(&b.result, "inference-by-region"));
    assert_int_equal(uf_table_rows(x), uf_table_rows(y));
    for (size_t row = 0; row < uf_table_rows(x); row++) {
        if (isnan(cell_number(x, row, "std_error"))) continue;
        expect_close(cell_number(x, row, "std_error"), cell_number(y, row, "std_error"), 1e-12, "error");
        assert_string_equal(cell_text(x, row, "vcov"), cell_text(y, row, "vcov"));
    }
    uf_result_clear(&a.result), uf_result_clear(&b.result);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_period_is_the_study_of_it),
        cmocka_unit_test(leads_are_tested_together),
        cmocka_unit_test(slopes_before_the_start_are_dealt_out_among_the_treated),
        cmocka_unit_test(levels_are_those_of_a_stack),
        cmocka_unit_test(scales_effects_and_drifts),
        cmocka_unit_test(gaps_move_the_reference_and_leave_reasons),
        cmocka_unit_test(rows_of_a_region_belong_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
