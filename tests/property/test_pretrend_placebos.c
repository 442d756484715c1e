// SPDX-License-Identifier: GPL-3.0-or-later
/* The slopes of rows with a covariance where few are treated, of each method as a whole: the treatment is given to others, their
 * outcomes drift by the slope, the method is run anew on each, and its p-values are counted. And what must not matter. */
#include "support/starts.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/callaway_santanna.h>
#include <utfall/did.h>
#include <utfall/imputation.h>
#include <utfall/randomisation.h>
#include <utfall/stacked.h>
#include <utfall/sun_abraham.h>

/* Three of six start in the fourth period: 20 ways to deal it out, and two leads. */
enum { UNITS = 6, PERIODS = 6, START = 3, TREATED = 3, N = UNITS * PERIODS };

struct asked {
    const struct uf_method *method;
    const char *vcov;
    const char *settings[8];
};
static const struct asked methods[] = {
    {&uf_method_did, "cr1s", {"inference", "cr1s", NULL}},
    {&uf_method_sun_abraham, "cr1s", {"inference", "cr1s", NULL}},
    {&uf_method_stacked, "cr1s", {"inference", "cr1s", "before", "3", "after", "1", NULL}},
    {&uf_method_imputation, "cr1s", {"inference", "bjs", "draws", "0", NULL}},
    {&uf_method_callaway_santanna, "influence", {"inference", "influence", "draws", "0", NULL}},
};
enum { METHODS = sizeof methods / sizeof *methods };

static double noise_at(size_t unit, size_t period)
{
    return run_noise(100 + unit * PERIODS + period);
}

static struct ran run_with(const struct asked *asked, const double *outcome, const size_t *first)
{
    struct uf_panel *panel = small_panel_new(UNITS, PERIODS, 2000, (const char *const[]){"y"}, 1);
    for (size_t u = 0; u < UNITS; u++) {
        panel->treatment.first_period[u] = first[u];
        for (size_t t = 0; t < PERIODS; t++) *small_panel_cell(panel, 0, u, t) = outcome[u * PERIODS + t];
    }
    return run_method(asked->method, panel, asked->settings);
}

static double cell_of(const struct asked *asked, const double *outcome, const size_t *first,
                      const char *column)
{
    struct ran ran = run_with(asked, outcome, first);
    const struct uf_table *table = table_of(&ran, "pretrend");
    const double value = cell_number(table, row_of(table, "vcov", asked->vcov), column);
    uf_result_clear(&ran.result);
    return value;
}

/* Unit `order`[u] is the u-th; the treated are the first three before that. */
static void sample(const size_t *order, double scale, double drift, double *outcome, size_t *first)
{
    for (size_t u = 0; u < UNITS; u++) {
        const size_t own = order ? order[u] : u;
        first[u] = own < TREATED ? START : SIZE_MAX;
        for (size_t t = 0; t < PERIODS; t++)
            outcome[u * PERIODS + t] =
                scale * (noise_at(own, t) + (double)own + (own < TREATED ? drift * (double)t : 0));
    }
}

/* Less the means of cohort and period and of the unit, scaled for what that takes. */
static void residuals(const double *outcome, double *out)
{
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < PERIODS; t++) {
            const size_t from = u < TREATED ? 0 : TREATED, to = u < TREATED ? TREATED : UNITS;
            double own = 0, now = 0, all = 0;
            for (size_t r = 0; r < PERIODS; r++) own += outcome[u * PERIODS + r] / PERIODS;
            for (size_t v = from; v < to; v++) {
                now += outcome[v * PERIODS + t] / (double)(to - from);
                for (size_t r = 0; r < PERIODS; r++)
                    all += outcome[v * PERIODS + r] / PERIODS / (double)(to - from);
            }
            out[u * PERIODS + t] =
                (outcome[u * PERIODS + t] - own - now + all) * sqrt((UNITS - 1.0) / (UNITS - 2.0));
        }
}

static double slow_share(const struct asked *asked, const double *rest, double slope)
{
    size_t path[UNITS] = {0}, first[UNITS], found = 0, count = 0;
    double outcome[N];
    for (size_t u = 0; u < TREATED; u++) path[UNITS - 1 - u] = 1;
    do {
        for (int sign = -1; sign <= 1; sign += 2) {
            for (size_t i = 0; i < N; i++) {
                const bool treated = path[i / PERIODS] == 1;
                first[i / PERIODS] = treated ? START : SIZE_MAX;
                outcome[i] = rest[i] + (treated ? sign * slope * (double)(i % PERIODS) : 0);
            }
            found += cell_of(asked, outcome, first, "p_value") < 0.05;
            count++;
        }
    } while (uf_assignment_next(path, UNITS));
    return (double)found / (double)count;
}

static void as_the_slow_way(void **state)
{
    (void)state;
    double outcome[N], rest[N];
    size_t first[UNITS];
    sample(NULL, 1, 0.2, outcome, first);
    residuals(outcome, rest);
    for (size_t m = 0; m < METHODS; m++) {
        const double slope = cell_of(&methods[m], outcome, first, "slope_80");
        assert_true(slope > 0);
        assert_true(slow_share(&methods[m], rest, slope * (1 + 1e-6)) >= 0.8);
        assert_true(slow_share(&methods[m], rest, slope * (1 - 1e-6)) < 0.8);
    }
}

static void what_does_not_matter(void **state)
{
    (void)state;
    static const size_t order[UNITS] = {3, 0, 2, 5, 1, 4};
    static const char *const columns[] = {"slope_50", "slope_80", "share_without_drift"};
    for (size_t m = 0; m < METHODS; m++) {
        double outcome[N], value[3][4];
        size_t first[UNITS];
        for (int k = 0; k < 4; k++) {
            sample(k == 2 ? order : NULL, k == 1 ? -40 : 1, k == 3 ? 2 : 0, outcome, first);
            struct ran ran = run_with(&methods[m], outcome, first);
            const struct uf_table *table = table_of(&ran, "pretrend");
            const size_t row = row_of(table, "vcov", methods[m].vcov);
            for (size_t c = 0; c < 3; c++) value[c][k] = cell_number(table, row, columns[c]);
            assert_string_equal(cell_text(table, row, "slopes_by"), "placebo");
            uf_result_clear(&ran.result);
        }
        for (size_t c = 0; c < 3; c++) {
            expect_close(value[c][1], (c < 2 ? 40 : 1) * value[c][0], 1e-7, "scale");
            expect_close(value[c][2], value[c][0], 1e-7, "order");
            expect_close(value[c][3], value[c][0], 1e-7, "a drift of the treated");
        }
    }
}

/* One treated region is found to differ nearly always, and the note says so of the test that decides. */
static void one_treated(void **state)
{
    (void)state;
    static const char *const always[] = {"says nothing here", "säger ingenting här"};
    const struct asked *asked = &methods[1];
    for (int language = 0; language < 2; language++) {
        struct uf_panel *panel = small_panel_new(12, PERIODS, 2000, (const char *const[]){"y"}, 1);
        panel->treatment.first_period[0] = START;
        for (size_t u = 0; u < 12; u++)
            for (size_t t = 0; t < PERIODS; t++) *small_panel_cell(panel, 0, u, t) = noise_at(u, t);
        struct ran ran = run_in(asked->method, panel, language ? UF_SWEDISH : UF_ENGLISH, asked->settings);
        const struct uf_table *table = table_of(&ran, "pretrend");
        const size_t row = row_of(table, "vcov", "cr1s");
        assert_true(cell_number(table, row, "share_without_drift") > 0.5);
        assert_true(isnan(cell_number(table, row, "slope_50")));
        assert_non_null(strstr(uf_result_note(&ran.result, "pretrend-power-none")->text, always[language]));
        if (language) expect_swedish(&ran);
        uf_result_clear(&ran.result);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_slow_way),
                                       cmocka_unit_test(what_does_not_matter), cmocka_unit_test(one_treated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
