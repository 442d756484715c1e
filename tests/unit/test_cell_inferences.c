// SPDX-License-Identifier: GPL-3.0-or-later
/* Every inference of cells and of averages of cohorts and periods (`sun-abraham`, `stacked`: tables `group-time-inference`,
 * `group-average-inference`, `calendar-average-inference`): where a cell is an average or an event time, the numbers are the
 * same. */
#include "support/starts.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/did.h>
#include <utfall/stacked.h>
#include <utfall/sun_abraham.h>

enum { UNITS = 14, YEARS = 10 };
#define EVERY "iid,hc2,cr1s,cr2,newey-west,randomisation,wild-bootstrap,conley-taber,ferman-pinto"
static const char *const kinds[] = {"iid",
                                    "hc2",
                                    "cr1s",
                                    "cr2",
                                    "newey-west",
                                    "randomisation-scaled",
                                    "randomisation",
                                    "randomisation-t",
                                    "wild-bootstrap",
                                    "conley-taber",
                                    "ferman-pinto"};
enum { KINDS = sizeof kinds / sizeof *kinds };
static const char *const every[] = {"inference", EVERY, "permutations",    "99",  "enumerate", "10",
                                    "lag",       "2",   "bootstrap-draws", "199", NULL};
static const char *const numbers[] = {"estimate", "std_error", "statistic",
                                      "p_value",  "conf_low",  "conf_high"};

/* Three start in `first`, three in `second`. */
static struct uf_panel *panel_of(size_t first, size_t second)
{
    struct uf_panel *panel = starts_panel(UNITS);
    for (size_t u = 0; u < UNITS; u++) {
        const size_t start = u < 3 ? first : u < 6 ? second : SIZE_MAX;
        panel->treatment.first_period[u] = start;
        for (size_t t = 0; t < YEARS; t++)
            *small_panel_cell(panel, 0, u, t) = (double)u + sin((double)t) +
                                                (t >= start && start != SIZE_MAX ? 0.3 : 0) +
                                                run_noise(u * 10 + t);
    }
    return panel;
}

static bool has_text(const struct uf_table *table, size_t row, const char *column, const char *wanted)
{
    const char *text = cell_text(table, row, column);
    return !wanted || (text && !strcmp(text, wanted));
}

/* The row of a cohort, a period and an event time (NULL, NaN: any) under an inference. */
static size_t row_at(const struct uf_table *table, const char *group, const char *period, double event,
                     const char *vcov)
{
    for (size_t row = 0; row < uf_table_rows(table); row++)
        if (has_text(table, row, "group", group) && has_text(table, row, "period", period) &&
            has_text(table, row, "vcov", vcov) && !(fabs(cell_number(table, row, "event_time") - event) > 0))
            return row;
    fail_msg("no %s of %s in %s at %g", vcov, group ? group : "any", period ? period : "any", event);
    return 0;
}

/* All numbers of two rows are alike, missing ones too. */
static void expect_same(const struct uf_table *a, size_t i, const struct uf_table *b, size_t j)
{
    for (size_t c = 0; c < sizeof numbers / sizeof *numbers; c++) {
        const double x = cell_number(a, i, numbers[c]), y = cell_number(b, j, numbers[c]);
        if (isnan(x) != isnan(y))
            fail_msg("%s: %s is %g here and %g there", cell_text(a, i, "vcov"), numbers[c], x, y);
        if (!isnan(x)) expect_within(x, y, 1e-8 * (1 + fabs(y)), cell_text(a, i, "vcov"));
    }
}

/* The last cohort has one period: its cell is its average. The first cohort is alone for years: those are its cells. */
static void a_cell_that_is_an_average(void **state)
{
    (void)state;
    static const char *const alone[] = {"2012", "2013", "2016"};
    struct ran ran = run_method(&uf_method_sun_abraham, panel_of(4, YEARS - 1), every);
    const struct uf_table *cells = table_of(&ran, "group-time-inference"),
                          *groups = table_of(&ran, "group-average-inference"),
                          *years = table_of(&ran, "calendar-average-inference");
    assert_int_equal(uf_table_rows(cells), KINDS * 18); /* less a reference each */
    assert_int_equal(uf_table_rows(groups), KINDS * 2);
    assert_int_equal(uf_table_rows(years), KINDS * 6);
    for (int k = 0; k < KINDS; k++) {
        expect_same(cells, row_at(cells, "2017", "2017", 0, kinds[k]), groups,
                    row_at(groups, "2017", NULL, NAN, kinds[k]));
        for (int y = 0; y < 3; y++)
            expect_same(cells, row_at(cells, "2012", alone[y], NAN, kinds[k]), years,
                        row_at(years, NULL, alone[y], NAN, kinds[k]));
    }
    uf_result_clear(&ran.result);
}

/* With one cohort the regression is that of the event study. */
static void cells_of_one_cohort_are_event_times(void **state)
{
    (void)state;
    struct ran did = run_method(&uf_method_did, panel_of(5, 5), every),
               sun = run_method(&uf_method_sun_abraham, panel_of(5, 5), every),
               stack = run_method(&uf_method_stacked, panel_of(5, 5), every);
    const struct uf_table *events = table_of(&did, "event-study-inference"),
                          *cells = table_of(&sun, "group-time-inference"),
                          *parts = table_of(&stack, "group-time-inference");
    assert_int_equal(uf_table_rows(parts), KINDS * (YEARS - 1));
    for (int k = 0; k < KINDS; k++)
        for (int e = -5; e <= 4; e++) {
            if (e == -1) continue;
            const size_t row = row_at(events, NULL, NULL, e, kinds[k]);
            expect_same(cells, row_at(cells, "2013", NULL, e, kinds[k]), events, row);
            expect_same(parts, row_at(parts, "2013", NULL, e, kinds[k]), events, row);
        }
    uf_result_clear(&did.result), uf_result_clear(&sun.result), uf_result_clear(&stack.result);
}

/* Both intervals of a row in another run are so much higher. */
static void expect_moved(const struct ran *before, const struct ran *after, const char *table,
                         const char *group, const char *period)
{
    static const char *const moving[] = {"cr2", "randomisation", "randomisation-scaled", "wild-bootstrap"};
    static const char *const ends[] = {"estimate", "conf_low", "conf_high"};
    const struct uf_table *a = table_of(before, table), *b = table_of(after, table);
    for (int k = 0; k < 4; k++) {
        const size_t i = row_at(a, group, period, NAN, moving[k]),
                     j = row_at(b, group, period, NAN, moving[k]);
        assert_true(cell_number(a, i, "conf_low") < cell_number(a, i, "conf_high"));
        for (int e = 0; e < 3; e++)
            expect_within(cell_number(b, j, ends[e]), cell_number(a, i, ends[e]) + 3, 1e-6, moving[k]);
    }
}

/* Three regions get 3 in some periods. */
static struct ran run_moved(const struct uf_method *method, const char *const *settings, size_t unit,
                            size_t from, size_t to)
{
    struct uf_panel *panel = panel_of(4, 6);
    for (size_t u = unit; u < unit + 3; u++)
        for (size_t t = from; t < to; t++) *small_panel_cell(panel, 0, u, t) += 3;
    return run_method(method, panel, settings);
}

/* An effect in one cell alone moves its intervals by as much, one on a whole cohort those of the average of that. The second
 * cohort has its reference where the first is treated for as long as the cell says. */
static void an_effect_moves_its_cell(void **state)
{
    (void)state;
    static const char *const stack[] = {
        "before", "1", RUN_MOVING_INTERVALS, "confidence-level", "0.7", "bootstrap-draws", "99", NULL};
    const char *const *sun = stack + 2; /* it has no window */
    struct ran before = run_method(&uf_method_sun_abraham, panel_of(4, 6), sun),
               after[] = {run_moved(&uf_method_sun_abraham, sun, 0, 5, 6),
                          run_moved(&uf_method_sun_abraham, sun, 3, 7, 8),
                          run_moved(&uf_method_sun_abraham, sun, 0, 4, YEARS)};
    expect_moved(&before, &after[0], "group-time-inference", "2012", "2013");
    expect_moved(&before, &after[1], "group-time-inference", "2014", "2015");
    expect_moved(&before, &after[2], "group-average-inference", "2012", NULL);
    const struct uf_table *a = table_of(&before, "group-time-inference"),
                          *b = table_of(&after[0], "group-time-inference");
    expect_close(cell_number(b, row_at(b, "2014", "2015", 1, "cr2"), "estimate"),
                 cell_number(a, row_at(a, "2014", "2015", 1, "cr2"), "estimate"), 1e-10, "another cell");
    uf_result_clear(&before.result);
    for (int k = 0; k < 3; k++) uf_result_clear(&after[k].result);
    before = run_method(&uf_method_stacked, panel_of(4, 6), stack);
    after[0] = run_moved(&uf_method_stacked, stack, 3, 7, 8);
    expect_moved(&before, &after[0], "group-time-inference", "2014", "2015");
    uf_result_clear(&before.result), uf_result_clear(&after[0].result);
}

/* Gaps and a covariate make every assignment a regression. Each cell with an estimate has a row, and no other. */
static void cells_of_a_panel_with_gaps(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference",
                                           "cr2,randomisation,wild-bootstrap,ferman-pinto",
                                           "permutations",
                                           "29",
                                           "enumerate",
                                           "10",
                                           "bootstrap-draws",
                                           "99",
                                           NULL};
    static const char *const found[] = {"cr2", "randomisation", "randomisation-t", "wild-bootstrap",
                                        "ferman-pinto"};
    const struct uf_method *const methods[] = {&uf_method_sun_abraham, &uf_method_stacked};
    for (int m = 0; m < 2; m++) {
        struct uf_panel *panel = panel_of(4, 6);
        starts_covariate(panel, 1);
        small_panel_miss(panel, 0, 1, 5), small_panel_miss(panel, 0, 9, 2);
        for (size_t u = 3; u < 6; u++) small_panel_miss(panel, 0, u, 7); /* 2014 in 2015 */
        struct ran ran = run_method(methods[m], panel, settings);
        const struct uf_table *first = table_of(&ran, "group-time"),
                              *all = table_of(&ran, "group-time-inference");
        size_t cells = 0;
        for (size_t row = 0; row < uf_table_rows(first); row++) {
            if (isnan(cell_number(first, row, "std_error"))) continue;
            cells++;
            for (int k = 0; k < 5; k++) {
                const size_t i = row_at(all, cell_text(first, row, "group"), NULL,
                                        cell_number(first, row, "event_time"), found[k]);
                expect_within(cell_number(all, i, "estimate"), cell_number(first, row, "estimate"), 1e-10,
                              "estimate");
                assert_true(cell_number(all, i, "p_value") > 0 && cell_number(all, i, "p_value") <= 1);
                assert_string_equal(cell_text(all, i, "period"), cell_text(first, row, "period"));
                /* dealt out: of the actual deal the statistic is the estimate */
                if (k == 1)
                    expect_within(cell_number(all, i, "statistic"), cell_number(first, row, "estimate"), 1e-8,
                                  "actual");
            }
        }
        assert_true(cells > 5 && uf_table_rows(all) % cells == 0);
        uf_result_clear(&ran.result);
    }
}

static void automatic_and_single_inferences(void **state)
{
    (void)state;
    static const char *const automatic[] = {"permutations",    "99", "enumerate", "50",
                                            "bootstrap-draws", "99", NULL},
                             *const one[] = {"inference", "cr2", NULL}, *const dealt[] = {"inference",
                                                                                          "randomisation",
                                                                                          "permutations",
                                                                                          "49",
                                                                                          "enumerate",
                                                                                          "10",
                                                                                          NULL};
    const struct uf_method *const methods[] = {&uf_method_sun_abraham, &uf_method_stacked};
    for (int m = 0; m < 2; m++) {
        struct ran ran = run_method(methods[m], panel_of(4, 6), automatic);
        assert_null(uf_result_table(&ran.result, "group-time-inference"));
        assert_null(uf_result_table(&ran.result, "group-average-inference"));
        assert_non_null(uf_result_table(&ran.result, "group-time"));
        uf_result_clear(&ran.result);
        ran = run_method(methods[m], panel_of(4, 6), one);
        assert_null(uf_result_table(&ran.result, "group-time-inference"));
        uf_result_clear(&ran.result);
        ran = run_in(methods[m], panel_of(1, 6), UF_SWEDISH, dealt); /* the first cell is a reference */
        assert_int_equal(ran.status, UF_OK);
        row_of(table_of(&ran, "group-time-inference"), "vcov", "randomisation");
        expect_swedish(&ran);
        uf_result_clear(&ran.result);
    }
}

/* Sums by period say nothing of a regression with an indicator for each cohort and time. */
static void driscoll_kraay_is_left_out(void **state)
{
    (void)state;
    static const char *const settings[] = {"inference", "driscoll-kraay,cr1s,cr2", NULL};
    struct ran ran = run_method(&uf_method_stacked, panel_of(4, 6), settings);
    const struct uf_table *cells = table_of(&ran, "group-time"),
                          *all = table_of(&ran, "group-time-inference");
    row_of(table_of(&ran, "estimates"), "vcov", "driscoll-kraay");
    assert_string_equal(cell_text(cells, 0, "vcov"), "cr1s");
    for (size_t row = 0; row < uf_table_rows(all); row++)
        assert_string_not_equal(cell_text(all, row, "vcov"), "driscoll-kraay");
    assert_non_null(strstr(uf_result_note(&ran.result, "inference-left-out")->text,
                           "driscoll-kraay was left out of the differences by cohort and time"));
    uf_result_clear(&ran.result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_cell_that_is_an_average),
                                       cmocka_unit_test(cells_of_one_cohort_are_event_times),
                                       cmocka_unit_test(an_effect_moves_its_cell),
                                       cmocka_unit_test(cells_of_a_panel_with_gaps),
                                       cmocka_unit_test(automatic_and_single_inferences),
                                       cmocka_unit_test(driscoll_kraay_is_left_out)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
