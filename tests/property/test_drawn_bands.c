// SPDX-License-Identifier: GPL-3.0-or-later
/* Bands from draws are what drawing by hand gives and hold the index, and rank intervals hold the rank. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/complexity.h>
#include <utfall/composite.h>
#include <utfall/concentration.h>
#include <utfall/inequality.h>
#include <utfall/priority.h>
#include <utfall/relatedness.h>
#include <utfall/spatial.h>
#include <utfall/specialisation.h>

#include "profile/ranking.h"
#include "profile/rounding_draws.h"
#include "support/activity_cases.h"
#include "support/activity_panel.h"
#include "support/small_panel.h"
#include "support/test.h"

enum { MOST = 10, BOXES = 150, DRAWS = 60 };

static void expect_inside(double low, double value, double high, const char *what)
{
    if (isnan(value)) return;
    if (!(low <= value + 1e-9 && value <= high + 1e-9))
        fail_msg("%s: %.15g is not in %.15g … %.15g", what, value, low, high);
}

/* --- ranks -------------------------------------------------------------------------------------- */

static void rank_intervals_hold_the_ranks(void **state)
{
    (void)state;
    struct draw draw = {83};
    for (size_t k = 0; k < BOXES; k++) {
        double value[MOST], low[MOST], high[MOST], rank[MOST], ends[2];
        const size_t n = 1 + draw_below(&draw, MOST);
        for (size_t i = 0; i < n; i++) {
            value[i] = draw_uniform(&draw) < 0.1 ? (double)NAN : floor(10 * draw_uniform(&draw));
            low[i] = value[i] - 2 * draw_uniform(&draw);
            high[i] = value[i] + 2 * draw_uniform(&draw);
        }
        for (size_t d = 0; d < DRAWS; d++) {
            ranks_from_top(value, n, rank);
            for (size_t i = 0; i < n; i++) {
                size_t ranked;
                const double twin = rank_of_member(value, sizeof *value, n, i, &ranked);
                assert_true(twin == rank[i] || (isnan(twin) && isnan(rank[i])));
                rank_interval(low, high, n, i, ends);
                assert_true(isnan(rank[i]) == isnan(ends[0]));
                expect_inside(ends[0], rank[i], ends[1], "rank");
            }
            for (size_t i = 0; i < n; i++) value[i] = low[i] + draw_uniform(&draw) * (high[i] - low[i]);
        }
    }
}

/* --- methods ------------------------------------------------------------------------------------ */

/* A panel of `regions` × `sectors` figures in whole thousands. */
static struct uf_panel *random_panel(struct draw *draw, size_t regions, size_t sectors, double unit)
{
    char csv[20000] = "region,sector,year,jobs\n";
    size_t length = strlen(csv);
    for (size_t r = 0; r < regions; r++)
        for (size_t s = 0; s < sectors; s++)
            length += (size_t)snprintf(csv + length, sizeof csv - length, "R%02zu,S%02zu,2020,%.0f\n", r, s,
                                       1000 * floor(1 + 60 * pow(draw_uniform(draw), 2)));
    struct uf_panel *panel = activity_panel(csv);
    panel->columns[panel->outcome].rounding = unit;
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

/* Checks each column with `_low` and `_high` beside it; gives the mean width, and how many bands there were. */
static double check_table(const struct uf_result *result, const char *name, size_t *out_count)
{
    const struct uf_table *table = uf_result_table(result, name);
    double width = 0;
    size_t count = 0;
    assert_non_null(table);
    for (size_t c = 0; c + 2 < uf_table_columns(table); c++) {
        char low[80];
        snprintf(low, sizeof low, "%s_low", uf_table_column_name(table, c));
        if (strcmp(uf_table_column_name(table, c + 1), low) != 0) continue;
        for (size_t row = 0; row < uf_table_rows(table); row++) {
            const double value = uf_table_number(table, row, c), from = uf_table_number(table, row, c + 1),
                         to = uf_table_number(table, row, c + 2);
            if (isnan(value) || isnan(from) || isnan(to)) continue;
            expect_inside(from, value, to, uf_table_column_name(table, c));
            width += (to - from) / fmax(1e-6, fabs(value));
            count++;
        }
    }
    if (out_count) *out_count = count;
    return count ? width / (double)count : 0;
}

static const struct {
    const struct uf_method *method;
    const char *table[3];
} cases[] = {{&uf_method_specialisation, {"specialisation", NULL}},
             {&uf_method_concentration, {"concentration", NULL}},
             {&uf_method_relatedness_density, {"relatedness-density", NULL}},
             {&uf_method_relatedness, {"relatedness", NULL}},
             {&uf_method_complexity, {"complexity-regions", "complexity-sectors", "complexity-gain"}},
             {&uf_method_priority_map, {"priority-map", "priority-candidates"}},
             {&uf_method_composite_index, {"composite-index", NULL}}};
enum { CASES = sizeof cases / sizeof *cases };

/* The index and its rank lie in their bands, and a wider unit leaves more open. */
static void bands_hold_the_index_and_widen_with_the_unit(void **state)
{
    (void)state;
    for (size_t k = 0; k < CASES; k++) {
        struct draw draw = {90 + k};
        struct uf_panel *panel = random_panel(&draw, 12, 14, 1000);
        double width[3];
        for (int wide = 0; wide < 3; wide++) {
            static const double units[] = {0, 500, 4000};
            size_t count = 0, all = 0;
            width[wide] = 0;
            panel->columns[panel->outcome].rounding = units[wide];
            struct uf_result result = run(cases[k].method, panel, NULL);
            for (size_t t = 0; t < 3 && cases[k].table[t]; t++) {
                width[wide] += check_table(&result, cases[k].table[t], &count);
                all += count;
            }
            assert_true(wide == 0 ? all == 0 : all > 20);
            assert_true((uf_result_note(&result, "drawn-bands") != NULL) == (wide > 0));
            uf_result_clear(&result);
        }
        if (!(width[1] < width[2])) fail_msg("%s: %g, %g", cases[k].method->name, width[1], width[2]);
        uf_panel_free(panel);
    }
}

/* Methods without sectors: regions in a ring, in pairs that are a group. */
static void bands_of_methods_without_sectors(void **state)
{
    (void)state;
    static const size_t n_regions = 12;
    static const char *const columns[] = {"value", "x", "y"};
    static const char *const in_space[] = {"weights", "k-nearest", "k", "2", "coordinates", "x,y", NULL},
                             *const in_groups[] = {"group-length", "3", NULL};
    struct draw draw = {102};
    struct uf_panel *panel = small_panel_new(n_regions, 1, 2001, columns, 3);
    for (size_t u = 0; u < n_regions; u++) {
        *small_panel_cell(panel, 0, u, 0) = 100 * floor(20 + 60 * draw_uniform(&draw));
        *small_panel_cell(panel, 1, u, 0) = cos((double)u * M_PI / 6);
        *small_panel_cell(panel, 2, u, 0) = sin((double)u * M_PI / 6);
    }
    double width[3][3];
    for (int wide = 0; wide < 3; wide++) {
        static const double units[] = {0, 100, 800};
        size_t count[3];
        panel->columns[0].rounding = units[wide];
        struct uf_result space = run(&uf_method_spatial, panel, in_space),
                         parts = run(&uf_method_inequality, panel, in_groups);
        width[wide][0] = check_table(&space, "spatial", &count[0]);
        width[wide][1] = check_table(&space, "spatial-regions", &count[1]);
        width[wide][2] = check_table(&parts, "inequality", &count[2]);
        if (wide == 0)
            assert_true(count[0] + count[1] + count[2] == 0);
        else
            assert_true(count[0] == 3 && count[1] == 4 * n_regions);
        assert_true((uf_result_note(&space, "drawn-bands") != NULL) == (wide > 0));
        assert_true((uf_result_note(&parts, "drawn-bands") != NULL) == (wide > 0));
        if (wide > 0) {
            const struct uf_table *table = uf_result_table(&parts, "inequality");
            static const char *const drawn[] = {"theil_t_within_high", "theil_t_between_low",
                                                "theil_l_within_low", "between_share_high", "atkinson_high"};
            for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++)
                assert_true(!isnan(uf_table_number(table, 0, uf_table_column(table, drawn[i]))));
        }
        uf_result_clear(&space);
        uf_result_clear(&parts);
    }
    for (size_t k = 0; k < 3; k++) assert_true(width[1][k] > 0 && width[2][k] > width[1][k]);
    small_panel_free(panel);
}

/* More tables never make a band narrower, none makes none, and the same seed gives the same. */
static void more_draws_never_narrow(void **state)
{
    (void)state;
    struct draw draw = {99};
    struct uf_panel *panel = random_panel(&draw, 8, 9, 1000);
    struct uf_result few = run(&uf_method_specialisation, panel,
                               (const char *const[]){"rounding-draws", "10", NULL}),
                     many = run(&uf_method_specialisation, panel,
                                (const char *const[]){"rounding-draws", "80", NULL}),
                     again = run(&uf_method_specialisation, panel,
                                 (const char *const[]){"rounding-draws", "80", NULL}),
                     none = run(&uf_method_specialisation, panel,
                                (const char *const[]){"rounding-draws", "0", NULL});
    static const char *const ends[] = {"hachman_low", "gini_low", "theil_low"}, *const highs[] = {
                                                                                    "hachman_high",
                                                                                    "gini_high",
                                                                                    "theil_high"};
    for (size_t r = 0; r < 8; r++)
        for (size_t i = 0; i < 3; i++) {
            char unit[8];
            snprintf(unit, sizeof unit, "R%02zu", r);
            const double low = activity_cell(&many, "specialisation", unit, NULL, ends[i], NULL),
                         high = activity_cell(&many, "specialisation", unit, NULL, highs[i], NULL);
            assert_true(low <= activity_cell(&few, "specialisation", unit, NULL, ends[i], NULL));
            assert_true(high >= activity_cell(&few, "specialisation", unit, NULL, highs[i], NULL));
            expect_close(activity_cell(&again, "specialisation", unit, NULL, ends[i], NULL), low, 0, "again");
            assert_true(isnan(activity_cell(&none, "specialisation", unit, NULL, ends[i], NULL)));
        }
    struct uf_result *const all[] = {&few, &many, &again, &none};
    for (size_t i = 0; i < 4; i++) uf_result_clear(all[i]);
    uf_panel_free(panel);
}

/* The tables drawn by hand give the same least and largest Gini and Theil, and none lies outside. */
static void drawing_by_hand_gives_the_band(void **state)
{
    (void)state;
    enum { REGIONS = 5, SECTORS = 6, CELLS = REGIONS * SECTORS };
    struct draw draw = {101};
    struct uf_panel *panel = random_panel(&draw, REGIONS, SECTORS, 1000);
    double low[CELLS + 1] = {0}, high[CELLS + 1] = {0}, figures[CELLS + 1];
    gsl_matrix *x = gsl_matrix_alloc(REGIONS, SECTORS);
    for (size_t i = 0; i < panel->n_rows; i++) {
        const double value = panel->columns[panel->outcome].value[i];
        const size_t k = panel->unit[i] * SECTORS + panel->sector[i];
        low[k] = value - 500, high[k] = value + 500;
        x->data[k] = value;
    }
    struct uf_activity activity = {.value = x};
    struct uf_specialisation shown[REGIONS], drawn[REGIONS];
    struct uf_error error;
    assert_ok(uf_specialisation(&activity, UF_REFERENCE_NATION, shown, &error), &error);
    struct uf_result result = run(&uf_method_specialisation, panel, NULL);
    double gini[2][REGIONS], theil[2][REGIONS];
    for (size_t r = 0; r < REGIONS; r++)
        gini[0][r] = gini[1][r] = shown[r].gini, theil[0][r] = theil[1][r] = shown[r].theil;
    const struct rounding_box box = {.low = low, .high = high, .n = CELLS + 1};
    for (size_t k = 2; k < 100; k++) { /* the first two follow the quotients */
        rounding_draw(&box, 1, k, figures);
        for (size_t i = 0; i < CELLS; i++) {
            assert_true(low[i] <= figures[i] && figures[i] <= high[i]);
            x->data[i] = figures[i];
        }
        assert_ok(uf_specialisation(&activity, UF_REFERENCE_NATION, drawn, &error), &error);
        for (size_t r = 0; r < REGIONS; r++) {
            gini[0][r] = fmin(gini[0][r], drawn[r].gini), gini[1][r] = fmax(gini[1][r], drawn[r].gini);
            theil[0][r] = fmin(theil[0][r], drawn[r].theil), theil[1][r] = fmax(theil[1][r], drawn[r].theil);
        }
    }
    for (size_t r = 0; r < REGIONS; r++) {
        char unit[8];
        snprintf(unit, sizeof unit, "R%02zu", r);
        const double ends[] = {activity_cell(&result, "specialisation", unit, NULL, "gini_low", NULL),
                               activity_cell(&result, "specialisation", unit, NULL, "gini_high", NULL),
                               activity_cell(&result, "specialisation", unit, NULL, "theil_low", NULL),
                               activity_cell(&result, "specialisation", unit, NULL, "theil_high", NULL)};
        assert_true(ends[0] <= gini[0][r] + 1e-15 && ends[1] >= gini[1][r] - 1e-15);
        assert_true(ends[2] <= theil[0][r] + 1e-15 && ends[3] >= theil[1][r] - 1e-15);
        /* only the tables that follow the quotients can add to it */
        assert_true(ends[1] - ends[0] < 4 * (gini[1][r] - gini[0][r]));
    }
    uf_result_clear(&result);
    uf_panel_free(panel);
    gsl_matrix_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rank_intervals_hold_the_ranks),
                                       cmocka_unit_test(bands_hold_the_index_and_widen_with_the_unit),
                                       cmocka_unit_test(bands_of_methods_without_sectors),
                                       cmocka_unit_test(more_draws_never_narrow),
                                       cmocka_unit_test(drawing_by_hand_gives_the_band)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
