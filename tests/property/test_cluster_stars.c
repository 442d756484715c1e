// SPDX-License-Identifier: GPL-3.0-or-later
/* Stars against a slow twin on random tables with empty rows and columns, and by hand through the method. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/cluster_stars.h>

#include "support/activity_cases.h"
#include "support/activity_panel.h"
#include "support/test.h"

static struct uf_cluster_measures measures_new(size_t regions, size_t sectors)
{
    struct uf_cluster_measures m;
    for (size_t i = 0; i < UF_STARS; i++) {
        m.measure[i] = gsl_matrix_alloc(regions, sectors);
        m.star[i] = gsl_matrix_alloc(regions, sectors);
    }
    return m;
}
static void measures_free(struct uf_cluster_measures *m)
{
    for (size_t i = 0; i < UF_STARS; i++) {
        gsl_matrix_free(m->measure[i]);
        gsl_matrix_free(m->star[i]);
    }
}

static double total(const gsl_matrix *x, size_t row, size_t column) /* SIZE_MAX: all of them */
{
    double sum = 0;
    for (size_t r = 0; r < x->size1; r++)
        for (size_t s = 0; s < x->size2; s++)
            if ((row == SIZE_MAX || r == row) && (column == SIZE_MAX || s == column))
                sum += gsl_matrix_get(x, r, s);
    return sum;
}

static void expect_same(double ours, double twin, const char *what)
{
    if (!isfinite(twin))
        assert_true(isnan(ours));
    else
        expect_within(ours, twin, 1e-10 * (1 + fabs(twin)), what);
}

static void stars_of_a_slow_twin(void **state)
{
    (void)state;
    struct draw draw = {41};
    size_t given = 0;
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw), *before = gsl_matrix_alloc(x->size1, x->size2);
        gsl_matrix *output = gsl_matrix_alloc(x->size1, x->size2);
        for (size_t i = 0; i < x->size1 * x->size2; i++) {
            before->data[i] = draw_below(&draw, 6) ? floor(x->data[i] * (0.5 + draw_uniform(&draw))) : 0;
            output->data[i] = x->data[i] * (0.5 + draw_uniform(&draw));
        }
        const struct uf_star_options options = {0.3, 1.2, 1.1, 2};
        struct uf_activity activity = {.value = x};
        struct uf_cluster_measures m = measures_new(x->size1, x->size2);
        struct uf_error error;
        assert_ok(uf_cluster_stars(&activity, UF_REFERENCE_NATION, output, before, &options, &m, &error),
                  &error);
        for (size_t r = 0; r < x->size1; r++)
            for (size_t s = 0; s < x->size2; s++) {
                double own = gsl_matrix_get(x, r, s), all = total(x, SIZE_MAX, s);
                double lq = own / total(x, r, SIZE_MAX) / (all / total(x, SIZE_MAX, SIZE_MAX));
                double ratio = own > 0 ? gsl_matrix_get(output, r, s) / own * all / total(output, SIZE_MAX, s)
                                       : (double)NAN;
                double beyond =
                    gsl_matrix_get(before, r, s) > 0
                        ? 100 * (own / gsl_matrix_get(before, r, s) - all / total(before, SIZE_MAX, s))
                        : (double)NAN;
                size_t larger = 0, present = 0;
                for (size_t j = 0; j < x->size1; j++) {
                    larger += gsl_matrix_get(x, j, s) > own;
                    present += gsl_matrix_get(x, j, s) > 0;
                }
                expect_same(gsl_matrix_get(m.measure[UF_STAR_SPECIALISATION], r, s), lq, "quotient");
                expect_same(gsl_matrix_get(m.measure[UF_STAR_PRODUCTIVITY], r, s), ratio, "productivity");
                expect_same(gsl_matrix_get(m.measure[UF_STAR_GROWTH], r, s), beyond, "growth");
                expect_same(gsl_matrix_get(m.measure[UF_STAR_SIZE], r, s),
                            own > 0 ? (double)larger + 1 : (double)NAN, "rank");
                size_t most = (3 * present + 9) / 10;
                expect_within(gsl_matrix_get(m.star[UF_STAR_SIZE], r, s), own > 0 && larger < most, 0,
                              "size star");
                for (size_t i = 0; i < UF_STARS; i++) {
                    double measure = gsl_matrix_get(m.measure[i], r, s),
                           star = gsl_matrix_get(m.star[i], r, s);
                    static const double limits[] = {0, 1.2, 1.1, 2};
                    if (i == UF_STAR_SIZE) continue;
                    assert_int_equal(isnan(star), isnan(measure));
                    if (isnan(star)) continue;
                    expect_within(star, measure >= limits[i], 0, "star");
                    given += star > 0;
                }
            }
        /* without output or an earlier time nothing is said of productivity and growth; other units change nothing */
        gsl_matrix_scale(x, 1000);
        struct uf_cluster_measures bare = measures_new(x->size1, x->size2);
        assert_ok(uf_cluster_stars(&activity, UF_REFERENCE_NATION, NULL, NULL, &options, &bare, &error),
                  &error);
        for (size_t i = 0; i < x->size1 * x->size2; i++) {
            assert_true(isnan(bare.star[UF_STAR_GROWTH]->data[i]) &&
                        isnan(bare.star[UF_STAR_PRODUCTIVITY]->data[i]));
            expect_within(bare.star[UF_STAR_SIZE]->data[i], m.star[UF_STAR_SIZE]->data[i], 0, "thousands");
        }
        measures_free(&bare);
        measures_free(&m);
        gsl_matrix_free(x);
        gsl_matrix_free(before);
        gsl_matrix_free(output);
    }
    assert_true(given > 100);
}

static const char figures[] = "region,sector,year,jobs\n"
                              "1,A,2010,20\n1,B,2010,80\n2,A,2010,20\n2,B,2010,180\n"
                              "1,A,2015,40\n1,B,2015,60\n2,A,2015,10\n2,B,2015,190\n";

/* A second column beside the activity. */
static void add_output(struct uf_panel *panel, const double *output)
{
    struct uf_panel_column *columns = realloc(panel->columns, 2 * sizeof *columns);
    assert_non_null(columns);
    panel->columns = columns;
    columns[1] = (struct uf_panel_column){.name = strdup("output"),
                                          .label = strdup("output"),
                                          .value = calloc(panel->n_rows, sizeof *columns->value),
                                          .status = calloc(panel->n_rows, sizeof *columns->status)};
    panel->n_columns = 2;
    assert_true(columns[1].name && columns[1].label && columns[1].value && columns[1].status);
    for (size_t i = 0; i < panel->n_rows; i++) {
        columns[1].value[i] = output[panel->unit[i]];
        columns[1].status[i] = columns[0].status[i];
    }
}

/* Every corner of the box of three regions' activity and output, rounded apart, lies in the band, and two of them are its ends. */
static void productivity_reaches_its_bounds_at_corners(void **state)
{
    (void)state;
    static const double activity[3] = {40, 10, 25}, output[3] = {900, 150, 700}, halves[2] = {5, 50};
    struct uf_panel *panel =
        activity_panel("region,sector,year,jobs\n1,A,2015,40\n2,A,2015,10\n3,A,2015,25\n");
    add_output(panel, output);
    struct uf_result result;
    struct uf_error error;
    static const char *const options[] = {"output", "output", NULL};
    panel->columns[0].rounding = 2 * halves[0];
    panel->columns[1].rounding = 2 * halves[1];
    assert_ok(activity_run(&uf_method_cluster_stars, panel, UF_ENGLISH, options, &result, &error), &error);
    for (int r = 0; r < 3; r++) {
        const char code[] = {(char)('1' + r), 0};
        double least = INFINITY, most = 0;
        for (unsigned corner = 0; corner < 64; corner++) {
            double x[3], y[3];
            for (unsigned i = 0; i < 3; i++) {
                x[i] = activity[i] + ((corner >> i) & 1 ? halves[0] : -halves[0]);
                y[i] = output[i] + ((corner >> (3 + i)) & 1 ? halves[1] : -halves[1]);
            }
            const double ratio = y[r] / x[r] * (x[0] + x[1] + x[2]) / (y[0] + y[1] + y[2]);
            least = fmin(least, ratio);
            most = fmax(most, ratio);
        }
        expect_close(activity_cell(&result, "cluster-stars", code, "A", "productivity_low", NULL), least,
                     1e-12, "lowest corner");
        expect_close(activity_cell(&result, "cluster-stars", code, "A", "productivity_high", NULL), most,
                     1e-12, "highest corner");
    }
    uf_result_clear(&result);
    /* the output alone rounded: its band is there all the same */
    panel->columns[0].rounding = 0;
    assert_ok(activity_run(&uf_method_cluster_stars, panel, UF_ENGLISH, options, &result, &error), &error);
    assert_true(activity_cell(&result, "cluster-stars", "1", "A", "productivity_low", NULL) <
                activity_cell(&result, "cluster-stars", "1", "A", "productivity", NULL));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void the_method_by_hand(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result;
    struct uf_error error;
    static const char *const options[] = {"from", "2010", "output", "jobs", NULL};
    assert_ok(activity_run(&uf_method_cluster_stars, panel, UF_ENGLISH, options, &result, &error), &error);
    /* A in 1: 40 of 50 jobs, quotient 0.4/(50/300) = 2.4, doubled where all grew by a quarter */
    expect_close(activity_cell(&result, "cluster-stars", "1", "A", "lq", NULL), 2.4, 1e-13, "quotient");
    expect_close(activity_cell(&result, "cluster-stars", "1", "A", "growth_beyond", NULL), 75, 1e-12,
                 "growth");
    expect_close(activity_cell(&result, "cluster-stars", "1", "A", "productivity", NULL), 1, 1e-13,
                 "one each");
    expect_within(activity_cell(&result, "cluster-stars", "1", "A", "stars", NULL), 4, 0, "all four");
    expect_within(activity_cell(&result, "cluster-stars", "1", "B", "star_growth", NULL), 0, 0, "shrank");
    assert_string_equal(
        activity_text(&result, "cluster-stars-findings", "1", NULL, "text"),
        "1, 2015: most stars in A (4 of 4; location quotient 2.40); 1 of 2 sectors have at least two.");
    uf_result_clear(&result);
    /* rounded the quotient of A in 1 may be below 2, its growth and productivity below the sector's: one star is sure */
    panel->columns[panel->outcome].rounding = 20;
    assert_ok(activity_run(&uf_method_cluster_stars, panel, UF_SWEDISH, options, &result, &error), &error);
    expect_within(activity_cell(&result, "cluster-stars", "1", "A", "stars_low", NULL), 1, 0, "sure");
    expect_within(activity_cell(&result, "cluster-stars", "1", "A", "stars_high", NULL), 4, 0, "possible");
    /* 30 → 30 while the other goes from 10 to 20; 10 → 50 while the other goes from 30 to 0 */
    expect_close(activity_cell(&result, "cluster-stars", "1", "A", "growth_beyond_low", NULL), -25, 1e-12,
                 "growth, low");
    expect_close(activity_cell(&result, "cluster-stars", "1", "A", "growth_beyond_high", NULL), 375, 1e-12,
                 "growth, high");
    /* 30 of 50 made by 50 of 50, and 50 of 50 made by 30 of 50 */
    expect_close(activity_cell(&result, "cluster-stars", "1", "A", "productivity_low", NULL), 0.6, 1e-12,
                 "productivity, low");
    expect_close(activity_cell(&result, "cluster-stars", "1", "A", "productivity_high", NULL), 5.0 / 3, 1e-12,
                 "productivity, high");
    expect_within(activity_cell(&result, "cluster-stars", "1", "A", "size_rank_high", NULL), 1, 0,
                  "surely the largest");
    assert_true(activity_cell(&result, "cluster-stars", "1", "A", "lq_low", NULL) < 2);
    uf_result_clear(&result);
    /* a missing cell is no star and no zero: its own row is missing, and no other region's size rank is known */
    panel->columns[panel->outcome].rounding = 0;
    activity_panel_miss(panel, "2", "A", "2015", UF_VALUE_SUPPRESSED);
    assert_ok(activity_run(&uf_method_cluster_stars, panel, UF_ENGLISH, options, &result, &error), &error);
    uf_value_status status;
    assert_true(isnan(activity_cell(&result, "cluster-stars", "2", "A", "stars", &status)));
    assert_true(status & UF_VALUE_SUPPRESSED);
    assert_true(isnan(activity_cell(&result, "cluster-stars", "1", "A", "star_size", &status)));
    assert_true(status & UF_VALUE_SUPPRESSED);
    expect_within(activity_cell(&result, "cluster-stars", "1", "A", "stars_high", NULL), 4, 0,
                  "may have all");
    uf_result_clear(&result);
    static const char *const wrong[] = {"size-share", "10", NULL};
    assert_int_equal(activity_run(&uf_method_cluster_stars, panel, UF_ENGLISH, wrong, &result, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "'size-share' is 10"));
    uf_result_clear(&result);
    static const char *const turned[] = {"from", "2015", "period", "2010", NULL};
    assert_int_equal(activity_run(&uf_method_cluster_stars, panel, UF_ENGLISH, turned, &result, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "expected an earlier 'from'"));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(stars_of_a_slow_twin),
                                       cmocka_unit_test(productivity_reaches_its_bounds_at_corners),
                                       cmocka_unit_test(the_method_by_hand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
