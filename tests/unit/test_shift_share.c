// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utfall/shift_share.h>

#include "support/activity_panel.h"
#include "support/test.h"

static const char figures[] = "region,sector,year,jobs\n"
                              "1,A,2008,10000\n1,B,2008,10000\n1,C,2008,0\n"
                              "2,A,2008,10000\n2,B,2008,30000\n2,C,2008,2000\n"
                              "1,A,2012,11000\n1,B,2012,9000\n1,C,2012,500\n"
                              "2,A,2012,12000\n2,B,2012,31000\n2,C,2012,3000\n"
                              "1,A,2017,13000\n1,B,2017,8000\n1,C,2017,1000\n"
                              "2,A,2017,14000\n2,B,2017,33000\n2,C,2017,3000\n";

static struct uf_result run(const struct uf_panel *panel, const char *const *options)
{
    struct uf_result result;
    struct uf_error error;
    assert_ok(activity_run(&uf_method_shift_share, panel, UF_SWEDISH, options, &result, &error), &error);
    return result;
}

static double cell(const struct uf_result *result, const char *unit, const char *column,
                   uf_value_status *status)
{
    return activity_cell(result, "shift-share", unit, NULL, column, status);
}

static void classic_by_hand(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result = run(panel, NULL);
    /* nation 62 → 72 thousand; A 20 → 27, B 40 → 41, C 2 → 4 */
    double growth = 10.0 / 62, mix = 10000 * (0.35 - growth) + 10000 * (1.0 / 40 - growth);
    double regional = (13000 - 13500) + (8000 - 10250) + 1000;
    expect_close(cell(&result, "1", "change", NULL), 2000, 0, "change");
    expect_close(cell(&result, "1", "national", NULL), 20000 * growth, 1e-13, "national");
    expect_close(cell(&result, "1", "mix", NULL), mix, 1e-12, "mix");
    expect_close(cell(&result, "1", "regional", NULL), regional, 1e-12, "regional");
    expect_close(cell(&result, "1", "growth", NULL), 10, 1e-13, "growth");
    expect_close(cell(&result, "1", "reference_growth", NULL), 100 * growth, 1e-13, "reference growth");
    assert_non_null(
        strstr(uf_result_note(&result, "sectors-absent-at-start")->text, "fanns senare: 1. De har"));
    assert_non_null(activity_text(&result, "shift-share-sectors", "1", "C", "note"));
    assert_null(activity_text(&result, "shift-share-sectors", "1", "A", "note"));
    assert_string_equal(
        activity_text(&result, "shift-share-findings", "1", NULL, "text"),
        "I 1 var förändringen 10,0 procent 2008–2017: 16,1 följer av rikets tillväxt, 2,6 av branschmixen "
        "och −8,8 är regionala (procentenheter).");
    const struct uf_table *components = uf_result_table(&result, "shift-share-components");
    double percent = 0;
    for (size_t i = 0; i < 3; i++)
        percent += uf_table_number(components, i, uf_table_column(components, "percent"));
    expect_close(percent, 10, 1e-12, "components add up to the growth rate");
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void variants_add_up(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    static const char *const variants[] = {"classic", "esteban-marquillas", "arcelus"};
    static const size_t components[] = {3, 5, 7};
    for (size_t v = 0; v < 3; v++) {
        for (int dynamic = 0; dynamic <= 1; dynamic++) {
            struct uf_result result = run(panel, (const char *const[]){"variant", variants[v], "dynamic",
                                                                       dynamic ? "true" : "false", NULL});
            const struct uf_table *table = uf_result_table(&result, "shift-share-components");
            assert_int_equal(uf_table_rows(table), 2 * components[v]);
            double sum = 0;
            for (size_t i = 0; i < components[v]; i++)
                sum += uf_table_number(table, i, uf_table_column(table, "value"));
            expect_close(sum, 2000, 1e-12, variants[v]);
            if (v > 0)
                expect_close(cell(&result, "1", "entry", NULL), dynamic ? 500 : 1000, 1e-12, "new sector");
            uf_result_clear(&result);
        }
    }
    uf_panel_free(panel);
}

static void gaps_and_rounding(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    panel->columns[panel->outcome].rounding = 500;
    struct uf_result result = run(panel, NULL);
    /* C starts at 0 and cannot have been less: three sectors at ±250 twice, less 250 once */
    expect_close(cell(&result, "1", "change_high", NULL), 2000 + 1500 - 250, 1e-13, "change_high");
    expect_close(cell(&result, "1", "change_low", NULL), 2000 - 1500, 1e-13, "change_low");
    assert_true(cell(&result, "1", "regional_low", NULL) < cell(&result, "1", "regional", NULL));
    assert_true(cell(&result, "1", "regional_high", NULL) > cell(&result, "1", "regional", NULL));
    assert_non_null(strstr(uf_result_note(&result, "band-spans-zero")->text, "av 2 regioner"));
    assert_non_null(uf_result_note(&result, "band-spans-zero")->advice);
    uf_result_clear(&result);
    activity_panel_miss(panel, "2", "C", "2008", UF_VALUE_CONFIDENTIAL);
    result = run(panel, NULL);
    uf_value_status status;
    expect_close(cell(&result, "1", "change", NULL), 2000, 0,
                 "a region's own change needs only its own figures");
    assert_true(isnan(cell(&result, "1", "mix", &status)));
    assert_int_equal(status, UF_VALUE_CONFIDENTIAL);
    assert_true(isnan(cell(&result, "2", "change", &status)));
    assert_int_equal(status, UF_VALUE_CONFIDENTIAL);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void periods_are_checked(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result;
    struct uf_error error;
    assert_int_equal(activity_run(&uf_method_shift_share, panel, UF_ENGLISH,
                                  (const char *const[]){"from", "2017", "to", "2008", NULL}, &result, &error),
                     UF_BAD_USAGE);
    uf_result_clear(&result);
    assert_int_equal(activity_run(&uf_method_shift_share, panel, UF_ENGLISH,
                                  (const char *const[]){"from", "2017", NULL}, &result, &error),
                     UF_BAD_USAGE);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void a_sector_the_rest_lacks(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result = run(panel, (const char *const[]){"reference", "rest-of-nation", NULL});
    uf_value_status status;
    assert_true(isnan(cell(&result, "2", "regional", &status)));
    assert_int_equal(status, UF_VALUE_UNDEFINED);
    assert_int_equal(uf_result_note(&result, "sector-without-reference")->severity, UF_WARNING);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void empty_at_the_start(void **state)
{
    (void)state;
    const double zero[] = {0, 0}, some[] = {3, 4};
    struct uf_shift_share total;
    struct uf_error error;
    assert_ok(uf_shift_share(zero, some, some, some, 2, NULL, &total, &error), &error);
    expect_close(total.regional, 7, 0, "an empty region's arrival is regional");
    expect_close(total.entry, 7, 0, "and new");
    assert_true(isnan(total.growth_expected));
    assert_ok(uf_shift_share(zero, some, zero, some, 2, NULL, &total, &error), &error);
    assert_true(isnan(total.national) && isnan(total.regional));
    expect_close(total.change, 7, 0, "change");
    const double negative[] = {3, -4};
    assert_int_equal(uf_shift_share(zero, negative, some, some, 2, NULL, &total, &error), UF_BAD_INPUT);
    assert_int_equal(uf_shift_share(zero, some, some, some, 0, NULL, &total, &error), UF_BAD_USAGE);
    gsl_matrix *one = gsl_matrix_calloc(1, 2), *two = gsl_matrix_calloc(2, 2);
    assert_int_equal(uf_shift_share_dynamic(one, one, NULL, &total, &error), UF_BAD_USAGE);
    assert_int_equal(uf_shift_share_dynamic(two, one, NULL, &total, &error), UF_BAD_USAGE);
    gsl_matrix_free(two);
    gsl_matrix_free(one);
}

/* --- bands ----------------------------------------------------------------------------------------- */

enum { FIGURES_MAX = 12, TWIN_SECTORS = 2, TWIN_REGIONS = 2 };
#define HALF 250.0

static const char *const codes[] = {"national",
                                    "mix",
                                    "regional",
                                    "competitive",
                                    "allocation",
                                    "growth_expected",
                                    "growth_differential",
                                    "industry_expected",
                                    "industry_differential"};
enum { CODES = sizeof codes / sizeof *codes };

/* Period, region, sector. */
static double twin_figure(size_t i)
{
    static const double x[FIGURES_MAX] = {10000, 4000,  15000, 30000, 11000, 5500,
                                          14000, 33000, 13000, 5000,  16000, 32000};
    return x[i];
}

static void parts_of_table(const double *v, size_t n_periods, size_t sector, double *out)
{
    double own[3 * TWIN_SECTORS], nation[3 * TWIN_SECTORS];
    for (size_t t = 0; t < n_periods; t++)
        for (size_t s = 0; s < TWIN_SECTORS; s++) {
            own[t * TWIN_SECTORS + s] = v[4 * t + s];
            nation[t * TWIN_SECTORS + s] = v[4 * t + s] + v[4 * t + 2 + s];
        }
    const gsl_matrix_const_view a = gsl_matrix_const_view_array(own, n_periods, TWIN_SECTORS),
                                b = gsl_matrix_const_view_array(nation, n_periods, TWIN_SECTORS);
    struct uf_shift_share sectors[TWIN_SECTORS], total;
    struct uf_error error;
    assert_ok(uf_shift_share_dynamic(&a.matrix, &b.matrix, sectors, &total, &error), &error);
    const struct uf_shift_share *x = sector < TWIN_SECTORS ? &sectors[sector] : &total;
    const double parts[] = {x->national,
                            x->mix,
                            x->regional,
                            x->competitive,
                            x->allocation,
                            x->growth_expected,
                            x->growth_differential,
                            x->industry_expected,
                            x->industry_differential};
    for (size_t k = 0; k < CODES; k++) {
        out[k] = parts[k];
        out[CODES + k] = 100 * parts[k] / x->start;
    }
}

static double end_of(const struct uf_result *result, const char *table, const char *sector, const char *code,
                     const char *end)
{
    char column[64];
    snprintf(column, sizeof column, "%s%s", code, end);
    return activity_cell(result, table, "1", sector, column, NULL);
}

/* Of region 1's component in the long table. */
static double percent_end(const struct uf_result *result, const char *code, const char *column)
{
    const struct uf_table *table = uf_result_table(result, "shift-share-components");
    const size_t unit = uf_table_column(table, "unit"), component = uf_table_column(table, "component");
    for (size_t i = 0; i < uf_table_rows(table); i++)
        if (!strcmp(uf_table_text(table, i, unit), "1") && !strcmp(uf_table_text(table, i, component), code))
            return uf_table_number(table, i, uf_table_column(table, column));
    return NAN;
}

/* The band lies within what all corners span, and reaches nearly as far. */
static void check_span(double low, double high, double least, double most, const char *what)
{
    const double width = most - least, size = 1e-9 * (1 + fabs(most) + fabs(least));
    assert_true(width > 0);
    if (!(low >= least - size && high <= most + size && high - low >= 0.985 * width))
        fail_msg("%s: %.10g…%.10g, corners %.10g…%.10g", what, low, high, least, most);
}

/* All corners of the figures' box, formed again by the kernel, against the bands of the tables. */
static void bands_equal_all_corners(void **state)
{
    (void)state;
    static const char *const variants[] = {"classic", "esteban-marquillas", "arcelus"};
    static const char *const sectors[] = {"A", "B"};
    for (size_t n_periods = 2; n_periods <= 3; n_periods++) {
        char text[1024] = "region,sector,year,jobs\n";
        const size_t n = 4 * n_periods;
        for (size_t i = 0; i < n; i++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%zu,%s,%zu,%.0f\n", 1 + i / 2 % 2,
                     sectors[i % 2], 2010 + i / 4, twin_figure(i));
        double least[3][2 * CODES], most[3][2 * CODES];
        for (size_t which = 0; which < 3; which++)
            for (size_t k = 0; k < 2 * CODES; k++) least[which][k] = INFINITY, most[which][k] = -INFINITY;
        for (size_t corner = 0; corner < (size_t)1 << n; corner++) {
            double v[FIGURES_MAX], x[2 * CODES];
            for (size_t i = 0; i < n; i++) v[i] = twin_figure(i) + (corner >> i & 1 ? HALF : -HALF);
            for (size_t which = 0; which < 3; which++) {
                parts_of_table(v, n_periods, which, x);
                for (size_t k = 0; k < 2 * CODES; k++)
                    least[which][k] = fmin(least[which][k], x[k]),
                    most[which][k] = fmax(most[which][k], x[k]);
            }
        }
        struct uf_panel *panel = activity_panel(text);
        panel->columns[panel->outcome].rounding = 2 * HALF;
        for (size_t v = 0; v < 3; v++) {
            struct uf_result result =
                run(panel, (const char *const[]){"variant", variants[v], "dynamic",
                                                 n_periods > 2 ? "true" : "false", NULL});
            for (size_t k = 0; k < CODES; k++) {
                if (k > 2 && (v == 0 || (v == 1) != (k < 5))) continue;
                for (size_t which = 0; which < 3; which++) {
                    const char *table = which < 2 ? "shift-share-sectors" : "shift-share",
                               *sector = which < 2 ? sectors[which] : NULL;
                    check_span(end_of(&result, table, sector, codes[k], "_low"),
                               end_of(&result, table, sector, codes[k], "_high"), least[which][k],
                               most[which][k], codes[k]);
                }
                if (k == 2 && v > 0) continue; /* not among those that add up */
                check_span(percent_end(&result, codes[k], "percent_low"),
                           percent_end(&result, codes[k], "percent_high"), least[2][CODES + k],
                           most[2][CODES + k], codes[k]);
                check_span(percent_end(&result, codes[k], "value_low"),
                           percent_end(&result, codes[k], "value_high"), least[2][k], most[2][k], codes[k]);
            }
            uf_result_clear(&result);
        }
        uf_panel_free(panel);
    }
}

/* Each step of a dynamic analysis has the band of an analysis of that step alone, and drawing again gives the same. */
static void steps_have_the_bands_of_their_periods(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    panel->columns[panel->outcome].rounding = 500;
    struct uf_result dynamic = run(panel, (const char *const[]){"dynamic", "true", NULL}),
                     again = run(panel, (const char *const[]){"dynamic", "true", NULL}),
                     alone = run(panel, (const char *const[]){"from", "2008", "to", "2012", NULL});
    const struct uf_table *steps = uf_result_table(&dynamic, "shift-share-steps"),
                          *same = uf_result_table(&again, "shift-share-steps"),
                          *one = uf_result_table(&alone, "shift-share-components");
    static const char *const columns[] = {"value_low", "value_high", "percent_low", "percent_high"};
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < 3; i++) {
            const double step = uf_table_number(steps, i, uf_table_column(steps, columns[k]));
            assert_true(!isnan(step));
            expect_close(uf_table_number(one, i, uf_table_column(one, columns[k])), step, 1e-12, columns[k]);
            expect_close(uf_table_number(same, i, uf_table_column(same, columns[k])), step, 0, columns[k]);
        }
    assert_non_null(uf_result_note(&dynamic, "drawn-bands"));
    uf_result_clear(&alone);
    uf_result_clear(&again);
    uf_result_clear(&dynamic);
    uf_panel_free(panel);
}

/* C may be new in region 1: its growth rate, and with it the competitive component, has no upper bound. */
static void a_sector_that_may_be_new_leaves_the_split_open(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    panel->columns[panel->outcome].rounding = 500;
    struct uf_result result = run(panel, (const char *const[]){"variant", "esteban-marquillas", NULL});
    uf_value_status status;
    assert_true(isnan(cell(&result, "1", "competitive_high", &status)));
    assert_int_equal(status, UF_VALUE_UNDEFINED);
    assert_true(!isnan(cell(&result, "1", "competitive_low", NULL)));
    assert_true(isnan(cell(&result, "1", "allocation_low", NULL)));
    assert_true(!isnan(cell(&result, "1", "regional_low", NULL)));
    assert_true(!isnan(cell(&result, "2", "competitive_high", NULL)));
    expect_close(activity_cell(&result, "shift-share-sectors", "1", "C", "entry_high", NULL), 1250, 1e-13,
                 "all of the end may be new");
    expect_close(activity_cell(&result, "shift-share-sectors", "1", "A", "entry_high", NULL), 0, 0,
                 "it was there");
    uf_result_clear(&result);
    panel->columns[panel->outcome].rounding = 0;
    result = run(panel, (const char *const[]){"variant", "esteban-marquillas", NULL});
    assert_true(isnan(cell(&result, "1", "mix_low", &status)));
    assert_int_equal(status, UF_VALUE_NOT_APPLICABLE);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classic_by_hand),
        cmocka_unit_test(variants_add_up),
        cmocka_unit_test(gaps_and_rounding),
        cmocka_unit_test(periods_are_checked),
        cmocka_unit_test(a_sector_the_rest_lacks),
        cmocka_unit_test(empty_at_the_start),
        cmocka_unit_test(bands_equal_all_corners),
        cmocka_unit_test(steps_have_the_bands_of_their_periods),
        cmocka_unit_test(a_sector_that_may_be_new_leaves_the_split_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
