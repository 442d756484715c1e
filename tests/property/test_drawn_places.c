// SPDX-License-Identifier: GPL-3.0-or-later
/* Bands of places in a picture, the priority map's and the Moran scatter's: what the same tables give by hand, slowly; what
 * holds the value; nothing where figures are exact. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/priority.h>
#include <utfall/spatial.h>

#include "profile/rounding_draws.h"
#include "support/activity_cases.h"
#include "support/activity_panel.h"
#include "support/small_panel.h"
#include "support/test.h"

enum { R = 6, S = 7, CELLS = R * S, FIGURES = CELLS + 1 + 2 * S, DRAWS = 40 };
static const double unit = 1000;

struct figures {
    double before[CELLS], now[CELLS];
};

static struct uf_panel *two_years(struct draw *draw, double rounding, struct figures *out)
{
    char csv[20000] = "region,sector,year,jobs\n";
    size_t length = strlen(csv);
    for (size_t i = 0; i < CELLS; i++) {
        out->before[i] = unit * floor(2 + 40 * pow(draw_uniform(draw), 2));
        out->now[i] = unit * floor(2 + 40 * pow(draw_uniform(draw), 2));
        length +=
            (size_t)snprintf(csv + length, sizeof csv - length, "R%zu,S%zu,2010,%.0f\nR%zu,S%zu,2020,%.0f\n",
                             i / S, i % S, out->before[i], i / S, i % S, out->now[i]);
    }
    struct uf_panel *panel = activity_panel(csv);
    panel->columns[panel->outcome].rounding = rounding;
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

/* --- the priority map, naively -------------------------------------------------------------------- */

enum { NEAR, GAIN, NEARER, BETTER, PLACES };
struct places {
    double at[PLACES][CELLS];
    int quadrant[CELLS]; /* −1: specialised */
};

static double naive_quotient(const double *x, size_t r, size_t s)
{
    double row = 0, column = 0, all = 0;
    for (size_t i = 0; i < CELLS; i++) {
        all += x[i];
        row += i / S == r ? x[i] : 0;
        column += i % S == s ? x[i] : 0;
    }
    return x[r * S + s] / row / (column / all);
}

/* Of cells and the sums of the sectors before; density over the smaller of the two conditional probabilities. */
static struct places naive_places(const double *x, const double *before)
{
    struct places p;
    bool has[CELLS];
    for (size_t i = 0; i < CELLS; i++) has[i] = naive_quotient(x, i / S, i % S) >= 1;
    for (size_t r = 0; r < R; r++) {
        double mean[2] = {0, 0}, n = 0;
        for (size_t s = 0; s < S; s++) {
            double near = 0, all = 0, sum = 0;
            for (size_t t = 0; t < S; t++) {
                double both = 0, of_s = 0, of_t = 0;
                for (size_t k = 0; k < R; k++) {
                    both += has[k * S + s] && has[k * S + t];
                    of_s += has[k * S + s], of_t += has[k * S + t];
                }
                const double related = s == t ? 0 : fmax(of_s, of_t) > 0 ? both / fmax(of_s, of_t) : 0;
                all += related;
                near += has[r * S + t] ? related : 0;
            }
            for (size_t k = 0; k < R; k++) sum += x[k * S + s];
            p.at[NEAR][r * S + s] = near / all;
            p.at[GAIN][r * S + s] = 100 * (sum / before[s] - 1);
            if (has[r * S + s] || isnan(near / all)) continue;
            mean[0] += near / all, mean[1] += p.at[GAIN][r * S + s], n++;
        }
        for (size_t s = 0; s < S; s++) {
            const size_t i = r * S + s;
            p.at[NEARER][i] = p.at[NEAR][i] - mean[0] / n;
            p.at[BETTER][i] = p.at[GAIN][i] - mean[1] / n;
            const bool placed = !has[i] && !isnan(p.at[NEARER][i]);
            p.quadrant[i] = placed ? (p.at[NEARER][i] >= 0 ? 0 : 2) + (p.at[BETTER][i] >= 0 ? 0 : 1) : -1;
        }
    }
    return p;
}

static const char *const codes[] = {"high-road", "slow-road", "casino", "dead-end"};
static const char *const names[PLACES] = {"density", "benefit", "density_beyond_cut", "benefit_beyond_cut"};

static void priorities_are_where_drawing_by_hand_puts_them(void **state)
{
    (void)state;
    size_t open = 0, bands = 0;
    for (size_t seed = 0; seed < 6; seed++) {
        struct draw draw = {200 + seed};
        struct figures shown;
        struct uf_panel *panel = two_years(&draw, unit, &shown);
        struct uf_result result =
            run(&uf_method_priority_map, panel,
                (const char *const[]){"benefit", "growth", "from", "2010", "rounding-draws", "40", NULL});
        /* cells, the total that nobody gave, then sums before and after: those after are read from the cells */
        double ends[3][FIGURES] = {{0}}, sums[S] = {0}, x[FIGURES];
        for (size_t i = 0; i < CELLS; i++) {
            ends[0][i] = shown.now[i] - unit / 2, ends[1][i] = shown.now[i] + unit / 2;
            ends[2][i] = naive_quotient(shown.now, i / S, i % S) - 1;
            ends[0][CELLS + 1 + i % S] += shown.before[i] - unit / 2;
            ends[1][CELLS + 1 + i % S] += shown.before[i] + unit / 2;
            ends[0][CELLS + 1 + S + i % S] += ends[0][i], ends[1][CELLS + 1 + S + i % S] += ends[1][i];
            sums[i % S] += shown.before[i];
        }
        const struct rounding_box box = {ends[0], ends[1], ends[2], FIGURES};
        struct places low = naive_places(shown.now, sums), high = low, one;
        unsigned reached[CELLS] = {0};
        const struct places as_shown = low;
        for (size_t i = 0; i < CELLS; i++)
            if (as_shown.quadrant[i] >= 0) reached[i] = 1U << as_shown.quadrant[i];
        for (size_t k = 0; k < DRAWS; k++) {
            rounding_draw(&box, 1, k, x);
            one = naive_places(x, x + CELLS + 1);
            for (size_t i = 0; i < CELLS; i++) {
                if (one.quadrant[i] >= 0) reached[i] |= 1U << one.quadrant[i];
                for (int p = 0; p < PLACES; p++) {
                    low.at[p][i] = fmin(low.at[p][i], one.at[p][i]);
                    high.at[p][i] = fmax(high.at[p][i], one.at[p][i]);
                }
            }
        }
        const struct uf_table *table = uf_result_table(&result, "priority-map");
        for (size_t i = 0; i < CELLS; i++) {
            for (int p = 0; p < PLACES; p++) {
                const size_t column = uf_table_column(table, names[p]);
                const double value = uf_table_number(table, i, column);
                if (isnan(value)) continue;
                expect_within(value, as_shown.at[p][i], 1e-10, names[p]);
                expect_within(uf_table_number(table, i, column + 1), low.at[p][i], 1e-10, "lowest");
                expect_within(uf_table_number(table, i, column + 2), high.at[p][i], 1e-10, "highest");
                bands++;
            }
            char words[80] = "";
            for (unsigned q = 0; q < 4; q++)
                if (as_shown.quadrant[i] >= 0 && reached[i] & 1U << q)
                    snprintf(words + strlen(words), sizeof words - strlen(words), "%s%s", *words ? " " : "",
                             codes[q]);
            const char *text = uf_table_text(table, i, uf_table_column(table, "quadrants_drawn"));
            assert_string_equal(text ? text : "", words);
            open += as_shown.quadrant[i] >= 0 && (reached[i] & ~(1U << as_shown.quadrant[i])) != 0;
        }
        assert_non_null(uf_result_note(&result, "quadrants-open"));
        uf_result_clear(&result);
        uf_panel_free(panel);
    }
    assert_true(open > 10 && bands > 6 * CELLS);
}

/* The note and the sentences count what the table says. */
static void open_quadrants_are_counted(void **state)
{
    (void)state;
    struct draw draw = {230};
    struct figures shown;
    struct uf_panel *panel = two_years(&draw, unit, &shown);
    struct uf_result result =
        run(&uf_method_priority_map, panel, (const char *const[]){"benefit", "growth", "from", "2010", NULL});
    const struct uf_table *table = uf_result_table(&result, "priority-candidates"),
                          *findings = uf_result_table(&result, "priority-map-findings");
    size_t open = 0, of_region[R] = {0}, candidates[R] = {0};
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        const size_t r = (size_t)(uf_table_text(table, i, uf_table_column(table, "unit"))[1] - '0');
        const char *drawn = uf_table_text(table, i, uf_table_column(table, "quadrants_drawn"));
        const bool more = strchr(drawn, ' ') != NULL;
        open += more, of_region[r] += more, candidates[r]++;
        assert_non_null(strstr(drawn, uf_table_text(table, i, uf_table_column(table, "quadrant"))));
    }
    char words[80];
    snprintf(words, sizeof words, "%zu of %zu candidates", open, uf_table_rows(table));
    assert_non_null(strstr(uf_result_note(&result, "quadrants-open")->text, words));
    for (size_t r = 0; r < R; r++) {
        snprintf(words, sizeof words, "%zu of the %zu could lie", of_region[r], candidates[r]);
        const char *text = uf_table_text(findings, r, uf_table_column(findings, "text"));
        assert_true(of_region[r] == 0 ? strstr(text, "none moves") != NULL : strstr(text, words) != NULL);
    }
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void exact_figures_have_no_bands(void **state)
{
    (void)state;
    struct draw draw = {231};
    struct figures shown;
    for (int drawn = 0; drawn < 2; drawn++) {
        struct uf_panel *panel = two_years(&draw, drawn ? unit : 0, &shown);
        struct uf_result result = run(&uf_method_priority_map, panel,
                                      (const char *const[]){"rounding-draws", drawn ? "0" : "100", NULL});
        const struct uf_table *table = uf_result_table(&result, "priority-map");
        for (size_t i = 0; i < CELLS; i++) {
            for (int p = 0; p < PLACES; p++) {
                const size_t column = uf_table_column(table, names[p]);
                assert_true(isnan(uf_table_number(table, i, column + 1)));
                assert_int_equal(uf_table_value_status(table, i, column + 2), UF_VALUE_NOT_APPLICABLE);
            }
            assert_null(uf_table_text(table, i, uf_table_column(table, "quadrants_drawn")));
        }
        assert_null(uf_result_note(&result, "quadrants-open"));
        assert_null(uf_result_note(&result, "drawn-bands"));
        uf_result_clear(&result);
        uf_panel_free(panel);
    }
}

/* --- the Moran scatter ---------------------------------------------------------------------------- */

enum { N = 10 };

static struct uf_panel *ring(struct draw *draw, double rounding, double x[N])
{
    static const char *const columns[] = {"value", "x", "y"};
    struct uf_panel *panel = small_panel_new(N, 1, 2001, columns, 3);
    for (size_t i = 0; i < N; i++) {
        x[i] = 100 * floor(20 + 30 * draw_uniform(draw));
        *small_panel_cell(panel, 0, i, 0) = x[i];
        *small_panel_cell(panel, 1, i, 0) = cos((double)i * 2 * M_PI / N);
        *small_panel_cell(panel, 2, i, 0) = sin((double)i * 2 * M_PI / N);
    }
    panel->columns[0].rounding = rounding;
    return panel;
}

/* z of region i, or the mean z of those beside it. */
static double naive_z(const double *x, size_t i, bool lag)
{
    double mean = 0, square = 0;
    for (size_t k = 0; k < N; k++) mean += x[k] / N;
    for (size_t k = 0; k < N; k++) square += (x[k] - mean) * (x[k] - mean) / N;
    const double at = lag ? (x[(i + 1) % N] + x[(i + N - 1) % N]) / 2 : x[i];
    return (at - mean) / sqrt(square);
}

/* Every draw lies in the bands, and of all 1024 corners none lies outside by more than a hair, nor all well inside. */
static void moran_axes_reach_the_corners(void **state)
{
    (void)state;
    static const char *const options[] = {"weights", "k-nearest", "k", "2", "coordinates", "x,y", NULL};
    static const double wide = 200;
    size_t crossing = 0;
    for (size_t seed = 0; seed < 5; seed++) {
        struct draw draw = {240 + seed};
        double x[N], low[N], high[N], drawn[N];
        struct uf_panel *panel = ring(&draw, wide, x);
        struct uf_result result = run(&uf_method_spatial, panel, options);
        const struct uf_table *table = uf_result_table(&result, "spatial-regions");
        for (size_t i = 0; i < N; i++) low[i] = x[i] - wide / 2, high[i] = x[i] + wide / 2;
        const struct rounding_box box = {low, high, NULL, N};
        for (size_t i = 0; i < N; i++) {
            bool crosses = false;
            for (int lag = 0; lag < 2; lag++) {
                const size_t column = uf_table_column(table, lag ? "z_lag" : "z_value");
                const double from = uf_table_number(table, i, column + 1),
                             to = uf_table_number(table, i, column + 2);
                double least = INFINITY, most = -INFINITY;
                expect_within(uf_table_number(table, i, column), naive_z(x, i, lag), 1e-10, "z");
                for (size_t corner = 0; corner < (size_t)1 << N; corner++) {
                    for (size_t k = 0; k < N; k++) drawn[k] = corner >> k & 1 ? high[k] : low[k];
                    least = fmin(least, naive_z(drawn, i, lag)), most = fmax(most, naive_z(drawn, i, lag));
                }
                const double width = most - least;
                assert_true(from >= least - 0.01 * width && from <= least + 0.03 * width);
                assert_true(to <= most + 0.01 * width && to >= most - 0.03 * width);
                for (size_t k = 2; k < 100; k++) { /* the first two follow the neighbours */
                    rounding_draw(&box, 1, k, drawn);
                    const double z = naive_z(drawn, i, lag);
                    assert_true(from <= z + 1e-12 && z <= to + 1e-12);
                }
                crosses = crosses || (from < 0 && to > 0);
            }
            crossing += crosses;
        }
        assert_non_null(uf_result_note(&result, "quadrants-open"));
        uf_result_clear(&result);
        small_panel_free(panel);
    }
    assert_true(crossing > 3);
}

static void exact_regions_have_no_bands(void **state)
{
    (void)state;
    static const char *const options[] = {"weights", "k-nearest", "k", "2", "coordinates", "x,y", NULL};
    struct draw draw = {250};
    double x[N];
    struct uf_panel *panel = ring(&draw, 0, x);
    struct uf_result result = run(&uf_method_spatial, panel, options);
    const struct uf_table *table = uf_result_table(&result, "spatial-regions");
    for (size_t i = 0; i < N; i++) {
        assert_true(isnan(uf_table_number(table, i, uf_table_column(table, "z_value_low"))));
        assert_true(isnan(uf_table_number(table, i, uf_table_column(table, "z_lag_high"))));
    }
    assert_null(uf_result_note(&result, "quadrants-open"));
    uf_result_clear(&result);
    small_panel_free(panel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(priorities_are_where_drawing_by_hand_puts_them),
        cmocka_unit_test(open_quadrants_are_counted), cmocka_unit_test(exact_figures_have_no_bands),
        cmocka_unit_test(moran_axes_reach_the_corners), cmocka_unit_test(exact_regions_have_no_bands)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
