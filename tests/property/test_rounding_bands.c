// SPDX-License-Identifier: GPL-3.0-or-later
/* The bands of variety and inequality hold the indices of every draw from the box of figures that rounding leaves open,
 * and close in on the index where the box has no width. */
#include <math.h>
#include <string.h>
#include <utfall/inequality.h>
#include <utfall/variety.h>

#include "support/activity_cases.h"
#include "support/test.h"

enum { MOST = 14, GROUPS = 4, BOXES = 120, DRAWS = 40 };

struct box {
    size_t n, group[MOST];
    double printed[MOST], low[MOST], high[MOST], weight[MOST];
};

/* Figures printed in whole `unit`, zeros and equal ones among them. */
static struct box make_box(struct draw *draw, double unit)
{
    struct box box = {.n = 1 + draw_below(draw, MOST)};
    for (size_t i = 0; i < box.n; i++) {
        const double u = draw_uniform(draw);
        box.printed[i] = u < 0.15 ? 0 : unit * floor(1 + exp(5 * draw_uniform(draw)));
        box.low[i] = fmax(0, box.printed[i] - unit / 2);
        box.high[i] = box.printed[i] + unit / 2;
        box.group[i] = draw_below(draw, GROUPS);
        box.weight[i] = draw_uniform(draw) < 0.1 ? 0 : 10 * draw_uniform(draw);
    }
    box.printed[0] += unit, box.low[0] += unit, box.high[0] += unit;
    box.weight[0] = 1;
    return box;
}

/* A table inside the box; often at its corners, where the extremes lie. */
static void draw_inside(struct draw *draw, const struct box *box, double *out)
{
    for (size_t i = 0; i < box->n; i++) {
        const double u = draw_uniform(draw), t = u < 0.35 ? 0 : u < 0.7 ? 1 : draw_uniform(draw);
        out[i] = box->low[i] + t * (box->high[i] - box->low[i]);
    }
}

static void expect_inside(double low, double value, double high, const char *what)
{
    if (isnan(value)) return;
    if (!(low <= value + 1e-12 && (isnan(high) || value <= high + 1e-12)))
        fail_msg("%s: %.15g is not in %.15g … %.15g", what, value, low, high);
}

static void variety_stays_in_its_band(void **state)
{
    (void)state;
    struct draw draw = {71};
    for (size_t k = 0; k < BOXES; k++) {
        const struct box box = make_box(&draw, 100);
        struct uf_variety_band band;
        struct uf_error error;
        assert_ok(uf_variety_band(box.low, box.high, box.group, box.n, GROUPS, &band, &error), &error);
        assert_true(band.total_low >= 0 && band.total_high <= log2((double)box.n) + 1e-12);
        for (size_t d = 0; d < DRAWS; d++) {
            double inside[MOST];
            struct uf_variety x;
            draw_inside(&draw, &box, inside);
            assert_ok(uf_variety(inside, box.group, box.n, GROUPS, &x, &error), &error);
            expect_inside(band.total_low, x.total, band.total_high, "total");
            expect_inside(band.unrelated_low, x.unrelated, band.unrelated_high, "unrelated");
            expect_inside(band.related_low, x.related, band.related_high, "related");
            expect_within(x.unrelated + x.related, x.total, 1e-12, "identity");
        }
    }
}

static void inequality_stays_in_its_band(void **state)
{
    (void)state;
    struct draw draw = {72};
    for (size_t k = 0; k < BOXES; k++) {
        const struct box box = make_box(&draw, 100);
        const double *weight = k % 3 == 0 ? NULL : box.weight;
        struct uf_inequality low, high;
        struct uf_error error;
        assert_ok(uf_inequality_band(box.low, box.high, weight, box.n, &low, &high, &error), &error);
        for (size_t d = 0; d < DRAWS; d++) {
            double inside[MOST];
            struct uf_inequality x;
            draw_inside(&draw, &box, inside);
            assert_ok(uf_inequality(inside, weight, box.n, &x, &error), &error);
            expect_inside(low.mean, x.mean, high.mean, "mean");
            expect_inside(low.gini, x.gini, high.gini, "Gini");
            expect_inside(low.theil_t, x.theil_t, high.theil_t, "Theil T");
            expect_inside(low.theil_l, x.theil_l, high.theil_l, "Theil L");
            expect_inside(low.williamson, x.williamson, high.williamson, "Williamson");
            expect_inside(low.hoover, x.hoover, high.hoover, "Hoover");
        }
    }
}

/* With no width, low and high are the index itself. */
static void bands_without_width_are_the_index(void **state)
{
    (void)state;
    struct draw draw = {73};
    for (size_t k = 0; k < BOXES; k++) {
        const struct box box = make_box(&draw, 100);
        struct uf_variety_band band;
        struct uf_variety v;
        struct uf_inequality low, high, x;
        struct uf_error error;
        assert_ok(uf_variety_band(box.printed, box.printed, box.group, box.n, GROUPS, &band, &error), &error);
        assert_ok(uf_variety(box.printed, box.group, box.n, GROUPS, &v, &error), &error);
        expect_within(band.total_low, v.total, 1e-10, "total");
        expect_within(band.total_high, v.total, 1e-10, "total");
        expect_within(band.related_low, v.related, 1e-10, "related");
        expect_within(band.related_high, v.related, 1e-10, "related");
        expect_within(band.unrelated_high, v.unrelated, 1e-10, "unrelated");
        assert_ok(uf_inequality_band(box.printed, box.printed, box.weight, box.n, &low, &high, &error),
                  &error);
        assert_ok(uf_inequality(box.printed, box.weight, box.n, &x, &error), &error);
        expect_within(low.gini, x.gini, 1e-10, "Gini");
        expect_within(high.gini, x.gini, 1e-10, "Gini");
        expect_within(low.theil_t, x.theil_t, 1e-10, "Theil T");
        expect_within(high.theil_t, x.theil_t, 1e-10, "Theil T");
        expect_within(high.williamson, x.williamson, 1e-10, "Williamson");
        expect_within(high.hoover, x.hoover, 1e-10, "Hoover");
    }
}

static void what_cannot_be_bounded_is_said(void **state)
{
    (void)state;
    const double low[] = {1, 5}, high[] = {2, 4}, missing[] = {1, NAN};
    const size_t group[] = {0, 1};
    struct uf_variety_band band = {.total_low = 7};
    struct uf_inequality a = {.gini = 7}, b = {.gini = 7};
    struct uf_error error;
    assert_int_equal(uf_variety_band(low, high, group, 2, 2, &band, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "sector 2"));
    assert_int_equal(uf_inequality_band(low, high, NULL, 2, &a, &b, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "region 2"));
    assert_true(band.total_low == 7 && a.gini == 7 && b.gini == 7); /* untouched */
    assert_ok(uf_variety_band(missing, missing, group, 2, 2, &band, &error), &error);
    assert_true(isnan(band.total_low) && isnan(band.related_high));
    assert_ok(uf_inequality_band(missing, missing, NULL, 2, &a, &b, &error), &error);
    assert_true(isnan(a.gini) && isnan(b.gini));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(variety_stays_in_its_band),
                                       cmocka_unit_test(inequality_stays_in_its_band),
                                       cmocka_unit_test(bands_without_width_are_the_index),
                                       cmocka_unit_test(what_cannot_be_bounded_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
