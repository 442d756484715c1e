// SPDX-License-Identifier: GPL-3.0-or-later
/* Shift-share adds up, is blind to order, scales with the data, and equals a slow twin. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <utfall/shift_share.h>

#include "support/activity_cases.h"
#include "support/test.h"

/* Two periods of one table: `end` is `start` with every cell changed, some to and some from 0. */
static void two_periods(size_t k, struct draw *draw, gsl_matrix **start, gsl_matrix **end)
{
    *start = activity_case(k, draw);
    *end = gsl_matrix_alloc((*start)->size1, (*start)->size2);
    for (size_t r = 0; r < (*start)->size1; r++)
        for (size_t s = 0; s < (*start)->size2; s++) {
            double value = gsl_matrix_get(*start, r, s), u = draw_uniform(draw);
            if (value == 0)
                value = u < 0.5 ? 0 : 1 + (double)draw_below(draw, 500);
            else
                value = u < 0.05 ? 0 : (double)(size_t)(value * (0.5 + u));
            gsl_matrix_set(*end, r, s, value);
        }
}

static void column_sums(const gsl_matrix *x, double *out)
{
    for (size_t s = 0; s < x->size2; s++) {
        out[s] = 0;
        for (size_t r = 0; r < x->size1; r++) out[s] += gsl_matrix_get(x, r, s);
    }
}

static void check_sums(const struct uf_shift_share *x, double scale)
{
    if (isnan(x->national)) return;
    double slack = 1e-12 * scale;
    expect_within(x->national + x->mix + x->regional, x->change, slack, "classic");
    expect_within(x->competitive + x->allocation + x->entry, x->regional, slack, "Esteban-Marquillas");
    if (!isnan(x->growth_expected))
        expect_within(x->growth_expected + x->growth_differential + x->industry_expected +
                          x->industry_differential + x->entry,
                      x->regional, slack, "Arcelus");
    expect_within(x->end - x->start, x->change, slack, "change");
}

static void components_add_up(void **state)
{
    (void)state;
    struct draw draw = {21};
    size_t defined = 0, entries = 0;
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *start, *end;
        two_periods(k, &draw, &start, &end);
        double n0[ACTIVITY_MAX], n1[ACTIVITY_MAX], scale = 1;
        column_sums(start, n0);
        column_sums(end, n1);
        for (size_t s = 0; s < start->size2; s++) scale += n0[s] + n1[s];
        double national = 0, mix = 0, regional = 0;
        for (size_t r = 0; r < start->size1; r++) {
            struct uf_shift_share part[ACTIVITY_MAX], total;
            struct uf_error error;
            assert_ok(uf_shift_share(gsl_matrix_ptr(start, r, 0), gsl_matrix_ptr(end, r, 0), n0, n1,
                                     start->size2, part, &total, &error),
                      &error);
            double sum = 0;
            for (size_t s = 0; s < start->size2; s++) {
                check_sums(&part[s], scale);
                sum += part[s].regional;
            }
            check_sums(&total, scale);
            expect_within(sum, total.regional, 1e-12 * scale, "sectors add up");
            if (!isnan(total.national)) defined++;
            entries += total.entries;
            national += total.national;
            mix += total.mix;
            regional += total.regional;
        }
        if (!isnan(national)) {
            /* over all regions the nation follows itself: no mix, no regional component */
            double change = 0;
            for (size_t s = 0; s < start->size2; s++) change += n1[s] - n0[s];
            expect_within(national, change, 1e-10 * scale, "national over all regions");
            expect_within(mix + regional, 0, 1e-10 * scale, "shift over all regions");
        }
        gsl_matrix_free(end);
        gsl_matrix_free(start);
    }
    assert_true(defined > 150 && entries > 20);
}

static void order_and_scale_do_not_matter(void **state)
{
    (void)state;
    struct draw draw = {22};
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *start, *end;
        two_periods(k, &draw, &start, &end);
        size_t n = start->size2, order[ACTIVITY_MAX];
        draw_order(&draw, order, n);
        double n0[ACTIVITY_MAX], n1[ACTIVITY_MAX], p[4][ACTIVITY_MAX];
        column_sums(start, n0);
        column_sums(end, n1);
        for (size_t s = 0; s < n; s++) {
            p[0][s] = 8 * gsl_matrix_get(start, 0, order[s]);
            p[1][s] = 8 * gsl_matrix_get(end, 0, order[s]);
            p[2][s] = 8 * n0[order[s]];
            p[3][s] = 8 * n1[order[s]];
        }
        struct uf_shift_share a[ACTIVITY_MAX], b[ACTIVITY_MAX], total_a, total_b;
        struct uf_error error;
        assert_ok(uf_shift_share(gsl_matrix_ptr(start, 0, 0), gsl_matrix_ptr(end, 0, 0), n0, n1, n, a,
                                 &total_a, &error),
                  &error);
        assert_ok(uf_shift_share(p[0], p[1], p[2], p[3], n, b, &total_b, &error), &error);
        double slack = 1e-11 * (total_b.start + total_b.end + 1);
        for (size_t s = 0; s < n; s++) {
            expect_within(b[s].mix, 8 * a[order[s]].mix, slack, "mix");
            expect_within(b[s].regional, 8 * a[order[s]].regional, slack, "regional");
            expect_within(b[s].national, 8 * a[order[s]].national, slack, "national");
        }
        expect_within(total_b.regional, 8 * total_a.regional, slack, "regional, total");
        gsl_matrix_free(end);
        gsl_matrix_free(start);
    }
}

/* With two periods, dynamic is static; over more, each step's components are summed, written out here with
 * plain growth rates. */
static void dynamic_equals_summed_steps(void **state)
{
    (void)state;
    struct draw draw = {23};
    enum { YEARS = 6, SECTORS = 5 };
    gsl_matrix *region = gsl_matrix_alloc(YEARS, SECTORS), *nation = gsl_matrix_alloc(YEARS, SECTORS);
    for (size_t t = 0; t < YEARS; t++)
        for (size_t s = 0; s < SECTORS; s++) {
            gsl_matrix_set(region, t, s, 100 + (double)draw_below(&draw, 900));
            gsl_matrix_set(nation, t, s,
                           gsl_matrix_get(region, t, s) + 5000 + (double)draw_below(&draw, 9000));
        }
    double national = 0, mix = 0, regional = 0;
    for (size_t t = 0; t + 1 < YEARS; t++) {
        double all0 = 0, all1 = 0;
        for (size_t s = 0; s < SECTORS; s++) {
            all0 += gsl_matrix_get(nation, t, s);
            all1 += gsl_matrix_get(nation, t + 1, s);
        }
        for (size_t s = 0; s < SECTORS; s++) {
            double e0 = gsl_matrix_get(region, t, s), e1 = gsl_matrix_get(region, t + 1, s);
            double growth = gsl_matrix_get(nation, t + 1, s) / gsl_matrix_get(nation, t, s);
            national += e0 * (all1 / all0 - 1);
            mix += e0 * (growth - all1 / all0);
            regional += e0 * (e1 / e0 - growth);
        }
    }
    struct uf_shift_share total, sector[SECTORS];
    struct uf_error error;
    assert_ok(uf_shift_share_dynamic(region, nation, sector, &total, &error), &error);
    expect_within(total.national, national, 1e-9, "national");
    expect_within(total.mix, mix, 1e-9, "mix");
    expect_within(total.regional, regional, 1e-9, "regional");
    check_sums(&total, total.start);
    for (size_t s = 0; s < SECTORS; s++) check_sums(&sector[s], total.start);

    gsl_matrix_view two = gsl_matrix_submatrix(region, 0, 0, 2, SECTORS),
                    both = gsl_matrix_submatrix(nation, 0, 0, 2, SECTORS);
    struct uf_shift_share dynamic, once;
    assert_ok(uf_shift_share_dynamic(&two.matrix, &both.matrix, NULL, &dynamic, &error), &error);
    assert_ok(uf_shift_share(gsl_matrix_ptr(region, 0, 0), gsl_matrix_ptr(region, 1, 0),
                             gsl_matrix_ptr(nation, 0, 0), gsl_matrix_ptr(nation, 1, 0), SECTORS, NULL, &once,
                             &error),
              &error);
    expect_close(dynamic.regional, once.regional, 0, "two periods");
    expect_close(dynamic.competitive, once.competitive, 0, "two periods");
    gsl_matrix_free(nation);
    gsl_matrix_free(region);
}

/* Figures drawn, then rounded: the band of the rounded figures holds what the drawn ones give, with and
 * without the total. */
static void band_holds_the_unrounded(void **state)
{
    (void)state;
    struct draw draw = {24};
    enum { REGIONS = 4, SECTORS = 6 };
    const double unit = 1000;
    double width_sum = 0, width_total = 0;
    size_t mixes = 0;
    for (size_t k = 0; k < 300; k++) {
        double x[2][REGIONS][SECTORS], nation[2][SECTORS] = {{0}}, total[2] = {0};
        double low[2][REGIONS][SECTORS], high[2][REGIONS][SECTORS], nation_low[2][SECTORS] = {{0}},
                                                                    nation_high[2][SECTORS] = {{0}};
        for (size_t t = 0; t < 2; t++)
            for (size_t r = 0; r < REGIONS; r++)
                for (size_t s = 0; s < SECTORS; s++) {
                    double value = (double)(r + 1) * 12000 * draw_uniform(&draw),
                           shown = unit * floor(value / unit + 0.5);
                    x[t][r][s] = value;
                    nation[t][s] += value;
                    if (r == 0) total[t] += value;
                    low[t][r][s] = fmax(0, shown - unit / 2);
                    high[t][r][s] = shown + unit / 2;
                    nation_low[t][s] += low[t][r][s];
                    nation_high[t][s] += high[t][r][s];
                }
        struct uf_shift_share exact;
        struct uf_error error;
        assert_ok(uf_shift_share(x[0][0], x[1][0], nation[0], nation[1], SECTORS, NULL, &exact, &error),
                  &error);
        struct uf_shift_share_ranges bounds = {
            low[0][0],     high[0][0],     low[1][0], high[1][0], nation_low[0], nation_high[0],
            nation_low[1], nation_high[1], NAN,       NAN,        NAN,           NAN};
        double width[2] = {0};
        for (int with_total = 0; with_total <= 1; with_total++) {
            if (with_total) {
                bounds.total_start_low = unit * floor(total[0] / unit + 0.5) - unit / 2;
                bounds.total_start_high = bounds.total_start_low + unit;
                bounds.total_end_low = unit * floor(total[1] / unit + 0.5) - unit / 2;
                bounds.total_end_high = bounds.total_end_low + unit;
            }
            struct uf_shift_share_band band;
            assert_ok(uf_shift_share_band(&bounds, SECTORS, &band, &error), &error);
            assert_true(band.change_low <= exact.change + 1e-9 && exact.change <= band.change_high + 1e-9);
            const double start = exact.start, growth = exact.national / start;
            assert_true(band.start_low <= start + 1e-9 && start <= band.start_high + 1e-9);
            assert_true(isnan(band.national_growth_low) || (band.national_growth_low <= growth + 1e-12 &&
                                                            growth <= band.national_growth_high + 1e-12));
            assert_true(isnan(band.mix_low) ||
                        (band.mix_low <= exact.mix + 1e-9 && exact.mix <= band.mix_high + 1e-9));
            mixes += isnan(band.mix_low) ? 0 : 1;
            if (isnan(band.regional_low)) continue;
            assert_true(band.regional_low <= exact.regional + 1e-9 &&
                        exact.regional <= band.regional_high + 1e-9);
            width[with_total] = band.regional_high - band.regional_low;
        }
        width_sum += width[0];
        width_total += width[1];
    }
    assert_true(width_total < width_sum); /* naming the total pays */
    assert_true(mixes > 0);
}

/* The standard deviation from rounding errors against 4,000 draws of such errors. */
static void error_equals_its_simulation(void **state)
{
    (void)state;
    struct draw draw = {25};
    enum { SECTORS = 5, DRAWS = 4000 };
    const double unit = 1000, sd = unit / sqrt(12);
    double e0[SECTORS], e1[SECTORS], n0[SECTORS], n1[SECTORS], own[SECTORS], nation[SECTORS], exact;
    for (size_t s = 0; s < SECTORS; s++) {
        e0[s] = 8000 + 20000 * draw_uniform(&draw);
        e1[s] = e0[s] * (0.8 + 0.5 * draw_uniform(&draw));
        n0[s] = 90000 + 100000 * draw_uniform(&draw);
        n1[s] = n0[s] * (0.8 + 0.5 * draw_uniform(&draw));
        own[s] = sd;
        nation[s] = 6 * sd; /* the sum of 36 regions */
    }
    const struct uf_shift_share_errors figures = {e0, e1, n0, n1, own, own, nation, nation};
    struct uf_error error;
    assert_ok(uf_shift_share_error(&figures, SECTORS, &exact, &error), &error);
    double sum = 0, squares = 0;
    for (size_t k = 0; k < DRAWS; k++) {
        double x[4][SECTORS];
        for (size_t s = 0; s < SECTORS; s++) {
            x[0][s] = e0[s] + unit * (draw_uniform(&draw) - 0.5);
            x[1][s] = e1[s] + unit * (draw_uniform(&draw) - 0.5);
            x[2][s] = n0[s] + 6 * unit * (draw_uniform(&draw) - 0.5);
            x[3][s] = n1[s] + 6 * unit * (draw_uniform(&draw) - 0.5);
        }
        struct uf_shift_share total;
        assert_ok(uf_shift_share(x[0], x[1], x[2], x[3], SECTORS, NULL, &total, &error), &error);
        sum += total.regional;
        squares += total.regional * total.regional;
    }
    double mean = sum / DRAWS;
    /* the standard error of a simulated deviation is about 1/sqrt(2n), 1.1 per cent here */
    expect_close(sqrt(squares / DRAWS - mean * mean), exact, 0.04, "simulated deviation");
    assert_int_equal(uf_shift_share_error(&figures, 0, &exact, &error), UF_BAD_USAGE);
}

/* Two sectors, two periods, region and rest: eight figures, each at its ends, and the sector's own starts also on a grid
 * between, where the national component and the mix may turn. */
enum { BOX_SECTORS = 2, BOX_FIGURES = 8 };

static struct uf_shift_share at_figures(const double *v, bool within, size_t sector)
{
    double own[2][BOX_SECTORS], nation[2][BOX_SECTORS];
    for (size_t t = 0; t < 2; t++)
        for (size_t s = 0; s < BOX_SECTORS; s++) {
            own[t][s] = v[4 * t + s];
            nation[t][s] = v[4 * t + 2 + s] + (within ? own[t][s] : 0);
        }
    struct uf_shift_share sectors[BOX_SECTORS], total;
    struct uf_error error;
    assert_ok(uf_shift_share(own[0], own[1], nation[0], nation[1], BOX_SECTORS, sectors, &total, &error),
              &error);
    return sector < BOX_SECTORS ? sectors[sector] : total;
}

static const size_t bounded_fields[] = {
    offsetof(struct uf_shift_share, change), offsetof(struct uf_shift_share, regional),
    offsetof(struct uf_shift_share, entry), offsetof(struct uf_shift_share, national),
    offsetof(struct uf_shift_share, mix)};
enum { BOUNDED = sizeof bounded_fields / sizeof *bounded_fields };

static double field(const struct uf_shift_share *x, size_t k)
{
    return *(const double *)(const void *)((const char *)x + bounded_fields[k]);
}

static void check_bounds(const double *low, const double *high, bool within, int steps, size_t *turned)
{
    gsl_matrix_const_view own_low = gsl_matrix_const_view_array_with_tda(low, 2, BOX_SECTORS, 4),
                          own_high = gsl_matrix_const_view_array_with_tda(high, 2, BOX_SECTORS, 4),
                          rest_low = gsl_matrix_const_view_array_with_tda(low + 2, 2, BOX_SECTORS, 4),
                          rest_high = gsl_matrix_const_view_array_with_tda(high + 2, 2, BOX_SECTORS, 4);
    const struct uf_shift_share_box box = {&own_low.matrix, &own_high.matrix, &rest_low.matrix,
                                           &rest_high.matrix, within};
    struct uf_shift_share below[BOX_SECTORS + 1], above[BOX_SECTORS + 1];
    struct uf_error error;
    assert_ok(uf_shift_share_bounds(&box, below, above, &below[BOX_SECTORS], &above[BOX_SECTORS], &error),
              &error);
    for (size_t sector = 0; sector <= BOX_SECTORS; sector++) {
        double least[BOUNDED], most[BOUNDED], most_corner[BOUNDED], least_corner[BOUNDED];
        for (size_t k = 0; k < BOUNDED; k++)
            least[k] = least_corner[k] = INFINITY, most[k] = most_corner[k] = -INFINITY;
        /* along these two the grid; of the whole, only corners */
        const size_t e0 = sector, c0 = 2 + sector;
        for (size_t corner = 0; corner < (size_t)1 << BOX_FIGURES; corner++) {
            double v[BOX_FIGURES];
            for (size_t i = 0; i < BOX_FIGURES; i++) v[i] = corner >> i & 1 ? high[i] : low[i];
            const bool grid = sector < BOX_SECTORS;
            if (grid && ((corner >> e0 & 1) || (corner >> c0 & 1))) continue;
            for (int i = 0; i <= (grid ? steps : 0); i++)
                for (int j = 0; j <= (grid ? steps : 0); j++) {
                    if (grid) v[e0] = low[e0] + (high[e0] - low[e0]) * i / steps;
                    if (grid) v[c0] = low[c0] + (high[c0] - low[c0]) * j / steps;
                    const struct uf_shift_share x = at_figures(v, within, sector);
                    const bool at_end = !grid || (i % steps == 0 && j % steps == 0);
                    for (size_t k = 0; k < BOUNDED; k++) {
                        least[k] = fmin(least[k], field(&x, k)), most[k] = fmax(most[k], field(&x, k));
                        if (!at_end) continue;
                        least_corner[k] = fmin(least_corner[k], field(&x, k));
                        most_corner[k] = fmax(most_corner[k], field(&x, k));
                    }
                }
        }
        for (size_t k = 0; k < BOUNDED; k++) {
            const double b = field(&below[sector], k), a = field(&above[sector], k);
            if (sector == BOX_SECTORS && k == 2) continue; /* no entry of the whole */
            const double size = 1e-9 * (1 + fabs(b) + fabs(a));
            assert_true(b <= least[k] + size && most[k] <= a + size);
            if (sector == BOX_SECTORS && k == 4) continue; /* outer */
            /* attained: at a corner, or between, where the grid comes near */
            const double near = (a - b) * 0.01 + size;
            const bool inside = b < least_corner[k] - size || a > most_corner[k] + size;
            if (sector == BOX_SECTORS && inside && k == 3) continue; /* its top is not on the corners */
            assert_true(b >= least[k] - (inside ? near : size) && a <= most[k] + (inside ? near : size));
            *turned += inside;
        }
    }
}

static void bounds_equal_brute_force(void **state)
{
    (void)state;
    struct draw draw = {26};
    size_t turned = 0;
    for (size_t k = 0; k < 60; k++) {
        double low[BOX_FIGURES], high[BOX_FIGURES];
        for (size_t i = 0; i < BOX_FIGURES; i++) {
            /* wide boxes, so that what can turn inside them does */
            low[i] = 1 + 20 * draw_uniform(&draw);
            high[i] = low[i] * (1 + 4 * draw_uniform(&draw));
        }
        check_bounds(low, high, true, 40, &turned);
        check_bounds(low, high, false, 40, &turned);
    }
    assert_true(turned > 20);
}

static void bounds_of_exact_figures_are_the_figures(void **state)
{
    (void)state;
    struct draw draw = {27};
    for (size_t k = 0; k < 40; k++) {
        double v[BOX_FIGURES];
        size_t turned = 0;
        for (size_t i = 0; i < BOX_FIGURES; i++)
            v[i] = k % 4 == 1 && i == 0 ? 0 : 5 + 20 * draw_uniform(&draw);
        check_bounds(v, v, k % 2, 1, &turned);
        assert_int_equal(turned, 0);
    }
}

/* A sector that may be absent at the start: its entry may be all of its end, or nothing. */
static void bounds_where_a_sector_may_be_new(void **state)
{
    (void)state;
    const double low[BOX_FIGURES] = {0, 10, 30, 40, 4, 12, 33, 41},
                 high[BOX_FIGURES] = {1, 11, 31, 41, 5, 13, 34, 42};
    size_t turned = 0;
    check_bounds(low, high, true, 40, &turned);
    check_bounds(low, high, false, 40, &turned);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(components_add_up),
        cmocka_unit_test(order_and_scale_do_not_matter),
        cmocka_unit_test(dynamic_equals_summed_steps),
        cmocka_unit_test(band_holds_the_unrounded),
        cmocka_unit_test(error_equals_its_simulation),
        cmocka_unit_test(bounds_equal_brute_force),
        cmocka_unit_test(bounds_of_exact_figures_are_the_figures),
        cmocka_unit_test(bounds_where_a_sector_may_be_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
