// SPDX-License-Identifier: GPL-3.0-or-later
/* Bands of the indices that depend on a distribution alone are exact: no figures within the rounding leave them, some reach them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/concentration.h>
#include <utfall/specialisation.h>

#include "support/activity_cases.h"
#include "support/test.h"

enum { MOST = 10, BOXES = 150, DRAWS = 60 };

/* Figures printed in whole `unit`; with `loose`, some are hidden and may be anything up to 3 units. */
static size_t make_box(struct draw *draw, double unit, bool loose, double *low, double *high)
{
    const size_t n = 1 + draw_below(draw, MOST);
    low[0] = 0;
    for (size_t i = 0; i < n; i++) {
        const double u = draw_uniform(draw);
        const double x = u < 0.2 ? 0 : unit * floor(1 + exp(4 * draw_uniform(draw)));
        const bool exact = x == 0 && draw_uniform(draw) < 0.5;
        low[i] = exact ? 0 : fmax(0, x - unit / 2);
        high[i] = exact ? 0 : x + unit / 2;
        if (loose && draw_uniform(draw) < 0.3) low[i] = 0, high[i] = 3 * unit;
    }
    if (!(low[0] > 0)) low[0] = unit / 2, high[0] = 3 * unit / 2;
    return n;
}

static double herfindahl(const double *x, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) sum += x[i], squares += x[i] * x[i];
    return squares / (sum * sum);
}

static double entropy(const double *x, size_t n)
{
    double sum = 0, entropy = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    for (size_t i = 0; i < n; i++) entropy -= x[i] > 0 ? x[i] / sum * log(x[i] / sum) : 0;
    return entropy;
}

static double top_share(const double *x, size_t n, size_t top)
{
    double share;
    struct uf_error error;
    assert_ok(uf_top_share(x, n, top, &share, &error), &error);
    return share;
}

static void expect_inside(double low, double value, double high, const char *what)
{
    if (isnan(value)) return;
    if (!(low <= value + 1e-9 && value <= high + 1e-9))
        fail_msg("%s: %.15g is not in %.15g … %.15g", what, value, low, high);
}

static void shares_stay_in_their_band(void **state)
{
    (void)state;
    struct draw draw = {81};
    for (size_t k = 0; k < BOXES; k++) {
        double low[MOST] = {0}, high[MOST] = {0}, x[MOST];
        const size_t n = make_box(&draw, 100, k % 2, low, high), top = 1 + draw_below(&draw, n);
        struct uf_shares_band band;
        struct uf_error error;
        assert_ok(uf_shares_band(low, high, n, top, &band, &error), &error);
        for (size_t d = 0; d < DRAWS; d++) {
            for (size_t i = 0; i < n; i++) {
                const double u = draw_uniform(&draw), t = u < 0.3 ? 0 : u < 0.6 ? 1 : draw_uniform(&draw);
                x[i] = low[i] + t * (high[i] - low[i]);
            }
            expect_inside(band.herfindahl_low, herfindahl(x, n), band.herfindahl_high, "Herfindahl");
            expect_inside(band.entropy_low, entropy(x, n), band.entropy_high, "entropy");
            expect_inside(band.top_low, top_share(x, n, top), band.top_high, "top share");
        }
    }
}

/* All corners of the box for the uneven end, a fine grid of levels for the even one. */
static void shares_reach_their_band(void **state)
{
    (void)state;
    struct draw draw = {82};
    for (size_t k = 0; k < BOXES; k++) {
        double low[MOST] = {0}, high[MOST] = {0}, x[MOST], largest = 0;
        const size_t n = make_box(&draw, 100, false, low, high), top = 1 + draw_below(&draw, n);
        struct uf_shares_band band;
        struct uf_error error;
        assert_ok(uf_shares_band(low, high, n, top, &band, &error), &error);
        double most[3] = {0, INFINITY, 0}, least[3] = {INFINITY, 0, INFINITY};
        for (size_t corner = 0; corner < (size_t)1 << n; corner++) {
            for (size_t i = 0; i < n; i++) x[i] = corner >> i & 1 ? high[i] : low[i];
            most[0] = fmax(most[0], herfindahl(x, n));
            most[1] = fmin(most[1], entropy(x, n));
            most[2] = fmax(most[2], top_share(x, n, top));
        }
        for (size_t i = 0; i < n; i++) largest = fmax(largest, high[i]);
        for (int level = 1; level <= 4000; level++) {
            const double c = largest * level / 4000;
            for (size_t i = 0; i < n; i++) x[i] = fmin(fmax(c, low[i]), high[i]);
            least[0] = fmin(least[0], herfindahl(x, n));
            least[1] = fmax(least[1], entropy(x, n));
            least[2] = fmin(least[2], top_share(x, n, top));
        }
        expect_within(band.herfindahl_high, most[0], 1e-12, "Herfindahl, most");
        expect_within(band.entropy_low, most[1], 1e-10, "entropy, least");
        expect_within(band.top_high, most[2], 1e-12, "top share, most");
        expect_within(band.herfindahl_low, least[0], 1e-4, "Herfindahl, least");
        expect_within(band.entropy_high, least[1], 1e-4, "entropy, most");
        expect_within(band.top_low, least[2], 1e-3, "top share, least");
        assert_true(band.herfindahl_low <= least[0] + 1e-12 && band.top_low <= least[2] + 1e-9);
        assert_true(band.entropy_high >= least[1] - 1e-12);
    }
}

static void what_has_no_band_is_said(void **state)
{
    (void)state;
    const double low[] = {1, 5}, high[] = {2, 4}, missing[] = {1, NAN}, nothing[] = {0, 0};
    struct uf_shares_band band = {.top_low = 7};
    struct uf_error error;
    assert_int_equal(uf_shares_band(low, high, 2, 1, &band, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "value 2"));
    assert_int_equal(uf_shares_band(high, low, 2, 3, &band, &error), UF_BAD_USAGE);
    assert_true(band.top_low == 7);
    assert_ok(uf_shares_band(missing, missing, 2, 1, &band, &error), &error);
    assert_true(isnan(band.herfindahl_low) && isnan(band.top_high));
    assert_ok(uf_shares_band(nothing, nothing, 2, 1, &band, &error), &error);
    assert_true(isnan(band.entropy_low));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shares_stay_in_their_band),
                                       cmocka_unit_test(shares_reach_their_band),
                                       cmocka_unit_test(what_has_no_band_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
