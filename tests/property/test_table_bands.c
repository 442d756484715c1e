// SPDX-License-Identifier: GPL-3.0-or-later
/* The bands of tables against all corners of the figures' box, each run through the method as exact figures. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utfall/composite_uncertainty.h>
#include <utfall/convergence.h>
#include <utfall/inequality.h>
#include <utfall/peer_regions.h>

#include "support/activity_panel.h"
#include "support/small_panel.h"
#include "support/test.h"

enum { UNITS = 4, PERIODS = 2, FIGURES = UNITS * PERIODS, ROWS_MAX = 40, COLUMNS_MAX = 40 };
#define HALF 3.0

static const double values[FIGURES] = {100, 160, 240, 410, 150, 200, 260, 420}; /* by period */

/* A table's numbers that have a band, and over all corners the least and the largest of each. */
struct spans {
    const char *table;
    size_t n_columns, n_rows;
    char name[COLUMNS_MAX][64];
    double least[ROWS_MAX][COLUMNS_MAX], most[ROWS_MAX][COLUMNS_MAX];
};

static struct uf_result run(const struct uf_method *method, const struct uf_panel *panel,
                            const char *const *options)
{
    struct uf_result result;
    struct uf_error error;
    assert_ok(activity_run(method, panel, UF_ENGLISH, options, &result, &error), &error);
    return result;
}

/* By period in one column, or in two columns of one period. */
static void fill(struct uf_panel *panel, size_t corner, bool middle, double rounding)
{
    const bool one = panel->n_columns == 1;
    for (size_t i = 0; i < FIGURES; i++)
        *small_panel_cell(panel, one ? 0 : i / UNITS, i % UNITS, one ? i / UNITS : 0) =
            values[i] + (middle            ? 0
                         : corner >> i & 1 ? HALF
                                           : -HALF);
    for (size_t k = 0; k < panel->n_columns; k++) panel->columns[k].rounding = rounding;
}

/* The columns that have `NAME` + `low` and `high` beside them. */
static void find_columns(const struct uf_table *table, const char *low, struct spans *spans)
{
    spans->n_rows = uf_table_rows(table);
    spans->n_columns = 0;
    for (size_t c = 0; c < uf_table_columns(table); c++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", uf_table_column_name(table, c), low);
        if (uf_table_column(table, name) == SIZE_MAX) continue;
        assert_true(spans->n_columns < COLUMNS_MAX && spans->n_rows <= ROWS_MAX);
        snprintf(spans->name[spans->n_columns++], 64, "%s", uf_table_column_name(table, c));
    }
    for (size_t r = 0; r < ROWS_MAX; r++)
        for (size_t k = 0; k < COLUMNS_MAX; k++) spans->least[r][k] = INFINITY, spans->most[r][k] = -INFINITY;
}

static void widen(const struct uf_table *table, struct spans *spans)
{
    for (size_t r = 0; r < spans->n_rows; r++)
        for (size_t k = 0; k < spans->n_columns; k++) {
            const double x = uf_table_number(table, r, uf_table_column(table, spans->name[k]));
            spans->least[r][k] = fmin(spans->least[r][k], x);
            spans->most[r][k] = fmax(spans->most[r][k], x);
        }
}

static double end_of(const struct uf_table *table, size_t row, const char *name, const char *end)
{
    char column[96];
    snprintf(column, sizeof column, "%s%s", name, end);
    return uf_table_number(table, row, uf_table_column(table, column));
}

/* Of the numbers in `table`: `reach` is the least share of the corners' span that the band has, and the band goes no farther
 * than `beyond` of it. Returns how many bands there were. */
static size_t check(const struct uf_method *method, const char *const *options, const char *name,
                    const char *suffix, double reach, double beyond)
{
    static const char *const columns[] = {"value", "other"};
    const size_t n_columns = options && !strcmp(options[0], "indicators") ? 2 : 1;
    static struct spans spans;
    char low[32], high[32];
    size_t checked = 0;
    snprintf(low, sizeof low, "%s_low", suffix);
    snprintf(high, sizeof high, "%s_high", suffix);
    struct uf_panel *panel = small_panel_new(UNITS, PERIODS / n_columns, 2001, columns, n_columns);
    /* two groups of two by the beginning of the code */
    static const char *const codes[UNITS] = {"A1", "A2", "B1", "B2"};
    for (size_t u = 0; u < UNITS; u++) small_panel_rename_unit(panel, u, codes[u]);
    fill(panel, 0, true, 0);
    struct uf_result result = run(method, panel, options);
    assert_non_null(uf_result_table(&result, name));
    find_columns(uf_result_table(&result, name), low, &spans);
    assert_true(spans.n_columns > 0);
    for (size_t r = 0; r < spans.n_rows; r++) /* exact figures leave nothing open */
        for (size_t k = 0; k < spans.n_columns; k++) {
            const struct uf_table *exact = uf_result_table(&result, name);
            const double end = end_of(exact, r, spans.name[k], low);
            assert_true(isnan(end) ||
                        end == uf_table_number(exact, r, uf_table_column(exact, spans.name[k])));
        }
    uf_result_clear(&result);
    for (size_t corner = 0; corner < (size_t)1 << FIGURES; corner++) {
        fill(panel, corner, false, 0);
        result = run(method, panel, options);
        widen(uf_result_table(&result, name), &spans);
        uf_result_clear(&result);
    }
    fill(panel, 0, true, 2 * HALF);
    result = run(method, panel, options);
    const struct uf_table *table = uf_result_table(&result, name);
    for (size_t r = 0; r < spans.n_rows; r++)
        for (size_t k = 0; k < spans.n_columns; k++) {
            const double from = end_of(table, r, spans.name[k], low),
                         to = end_of(table, r, spans.name[k], high), least = spans.least[r][k],
                         most = spans.most[r][k],
                         value = uf_table_number(table, r, uf_table_column(table, spans.name[k]));
            if (isnan(value)) continue;
            const double width = most - least, size = 1e-9 * (1 + fabs(most) + fabs(least));
            const bool holds = from <= value + size && value <= to + size;
            const bool far_enough = to - from >= reach * width - size;
            const bool near_enough =
                from >= least - beyond * width - size && to <= most + beyond * width + size;
            if (!holds || !far_enough || !near_enough)
                fail_msg("%s, row %zu, %s: %.10g in %.10g…%.10g, corners %.10g…%.10g", name, r, spans.name[k],
                         value, from, to, least, most);
            checked++;
        }
    uf_result_clear(&result);
    small_panel_free(panel);
    return checked;
}

static void inequality_of_groups_and_regions(void **state)
{
    (void)state;
    static const char *const options[] = {"group-length", "1", NULL};
    /* places are exact, parts in T attained; what lies inside groups is from draws */
    assert_true(check(&uf_method_inequality, options, "inequality-regions", "", 1, 0) >= UNITS * PERIODS * 2);
    assert_true(check(&uf_method_inequality, options, "inequality-groups", "", 0.99, 0) > 0);
    assert_true(check(&uf_method_inequality, options, "inequality-components", "", 0.99, 0) > 0);
}

static void convergence_of_regions(void **state)
{
    (void)state;
    assert_true(check(&uf_method_convergence, NULL, "convergence", "_rounding", 0.98, 0.02) == 6);
    assert_true(check(&uf_method_convergence, NULL, "convergence-regions", "", 0.98, 0) == 4 * UNITS);
}

static void parts_of_an_index(void **state)
{
    (void)state;
    static const char *const options[] = {"indicators", "value,other",    "pillars", "value:first", "weights",
                                          "other:2",    "rounding-draws", "200",     "draws",       "40",
                                          NULL};
    /* one region at one end and the others at the other is where a min–max scale has its extremes */
    assert_true(check(&uf_method_composite_index, options, "composite-index", "", 0.99, 0) > 0);
    assert_true(check(&uf_method_composite_index, options, "composite-index-pillars", "", 0.99, 0) > 0);
    assert_true(check(&uf_method_composite_index, options, "composite-index-contributions", "", 0.99, 0) ==
                2 * UNITS);
    assert_true(check(&uf_method_composite_index, options, "composite-index-values", "", 0.99, 0) ==
                2 * UNITS);
    /* ten tables of all choices: inside what the corners give; with indicators at odds, or no choice moves a rank */
    static const char *const odds[] = {
        "indicators", "value,other", "less-is-better", "other", "weights", "other:3", "draws", "40", NULL};
    assert_true(check(&uf_method_composite_index, odds, "composite-index-sensitivity", "", 0.01, 0) > 0);
    assert_true(check(&uf_method_composite_index, odds, "composite-index-ranks", "", 0, 0) > 0);
}

static void distances_between_regions(void **state)
{
    (void)state;
    static const char *const bounded[] = {"indicators", "value,other", "all-pairs", "true", NULL},
                             *const drawn[] = {"indicators",     "value,other", "distance",
                                               "mahalanobis",    "all-pairs",   "true",
                                               "rounding-draws", "400",         NULL};
    /* bounds in the one, all is drawn again in the other; peers change places between the corners */
    assert_true(check(&uf_method_peer_regions, bounded, "structural-distance", "", 1, 0.1) > 0);
    assert_true(check(&uf_method_peer_regions, bounded, "peer-regions", "", 0.8, 1) > 0);
    assert_true(check(&uf_method_peer_regions, drawn, "structural-distance", "", 0.5, 0.05) > 0);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inequality_of_groups_and_regions),
        cmocka_unit_test(convergence_of_regions),
        cmocka_unit_test(parts_of_an_index),
        cmocka_unit_test(distances_between_regions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
