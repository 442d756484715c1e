// SPDX-License-Identifier: GPL-3.0-or-later
/* Inequality: slow twin, invariances, additivity, zeros and gaps. */
#include <math.h>
#include <utfall/inequality.h>

#include "support/activity_cases.h"
#include "support/test.h"

enum { MOST = 30 };
struct sample {
    size_t n, group[MOST];
    double value[MOST], weight[MOST];
};

static struct sample draw_sample(struct draw *draw)
{
    struct sample x = {.n = 1 + draw_below(draw, MOST)};
    for (size_t i = 0; i < x.n; i++) {
        x.value[i] = draw_uniform(draw) < 0.1 ? 0 : 1000 * draw_uniform(draw);
        x.weight[i] = draw_uniform(draw) < 0.1 ? 0 : (double)draw_below(draw, 900);
        x.group[i] = draw_below(draw, 5);
    }
    x.value[0] = x.weight[0] = 5;
    return x;
}

static void gini_equals_every_pair(void **state)
{
    (void)state;
    struct draw draw = {31};
    for (size_t k = 0; k < 200; k++) {
        struct sample x = draw_sample(&draw);
        struct uf_inequality found;
        struct uf_error error;
        assert_ok(uf_inequality(x.value, x.weight, x.n, &found, &error), &error);
        double total = 0, mean = 0, pairs = 0;
        for (size_t i = 0; i < x.n; i++) total += x.weight[i];
        for (size_t i = 0; i < x.n; i++) mean += x.weight[i] / total * x.value[i];
        for (size_t i = 0; i < x.n; i++)
            for (size_t j = 0; j < x.n; j++)
                pairs += x.weight[i] / total * (x.weight[j] / total) * fabs(x.value[i] - x.value[j]);
        expect_close(found.mean, mean, 1e-12, "mean");
        expect_within(found.gini, pairs / (2 * mean), 1e-12, "Gini over every pair");
        assert_true(found.hoover <= found.gini + 1e-12);
    }
}

static void groups_add_up(void **state)
{
    (void)state;
    struct draw draw = {32};
    size_t infinite = 0;
    for (size_t k = 0; k < 200; k++) {
        struct sample x = draw_sample(&draw);
        struct uf_theil_split split;
        struct uf_inequality found;
        struct uf_error error;
        assert_ok(uf_theil_decompose(x.value, x.weight, x.group, x.n, 5, &split, &error), &error);
        assert_ok(uf_inequality(x.value, x.weight, x.n, &found, &error), &error);
        expect_within(split.t_within + split.t_between, split.t, 1e-12, "T adds up");
        expect_within(split.t, found.theil_t, 1e-12, "the same T");
        expect_within(split.l, found.theil_l, 1e-12, "the same L");
        if (isnan(split.l))
            infinite++; /* a zero among the values */
        else
            expect_within(split.l_within + split.l_between, split.l, 1e-12, "L adds up");
        assert_true(split.t_within > -1e-12 && split.t_between > -1e-12);
    }
    assert_true(infinite > 20 && infinite < 180);
}

static void order_scale_and_copies_do_not_matter(void **state)
{
    (void)state;
    struct draw draw = {33};
    for (size_t k = 0; k < 100; k++) {
        struct sample x = draw_sample(&draw);
        size_t order[MOST];
        double value[2 * MOST], weight[2 * MOST];
        draw_order(&draw, order, x.n);
        for (size_t i = 0; i < x.n; i++) {
            /* each region in two halves */
            value[i] = value[x.n + i] = 7 * x.value[order[i]];
            weight[i] = weight[x.n + i] = x.weight[order[i]] / 2;
        }
        struct uf_inequality a, b;
        struct uf_error error;
        double before, after;
        assert_ok(uf_inequality(x.value, x.weight, x.n, &a, &error), &error);
        assert_ok(uf_inequality(value, weight, 2 * x.n, &b, &error), &error);
        expect_within(b.gini, a.gini, 1e-12, "Gini");
        expect_within(b.theil_t, a.theil_t, 1e-12, "T");
        expect_within(b.theil_l, a.theil_l, 1e-12, "L");
        expect_within(b.williamson, a.williamson, 1e-12, "Williamson");
        expect_close(b.mean, 7 * a.mean, 1e-12, "mean");
        assert_ok(uf_atkinson(x.value, x.weight, x.n, 0.5, &before, &error), &error);
        assert_ok(uf_atkinson(value, weight, 2 * x.n, 0.5, &after, &error), &error);
        expect_within(after, before, 1e-12, "Atkinson");
    }
}

static void gaps_and_bad_input(void **state)
{
    (void)state;
    const double equal[] = {3, 3, 3}, gap[] = {3, NAN, 1}, zeros[] = {0, 0, 0}, negative[] = {1, -1, 1};
    const size_t group[] = {0, 1, 2};
    struct uf_inequality found;
    struct uf_theil_split split;
    struct uf_error error;
    double atkinson;
    assert_ok(uf_inequality(equal, NULL, 3, &found, &error), &error);
    expect_within(found.gini + found.theil_t + found.theil_l + found.williamson + found.hoover, 0, 1e-15,
                  "equal");
    assert_ok(uf_inequality(gap, NULL, 3, &found, &error), &error);
    assert_true(isnan(found.mean) && isnan(found.gini) && isnan(found.theil_t) && isnan(found.hoover));
    assert_ok(uf_inequality(equal, zeros, 3, &found, &error), &error);
    assert_true(isnan(found.mean) && isnan(found.gini));
    assert_ok(uf_inequality(zeros, NULL, 3, &found, &error), &error);
    assert_true(found.mean == 0 && isnan(found.gini));
    assert_ok(uf_atkinson((const double[]){0, 1}, NULL, 2, 1, &atkinson, &error), &error);
    expect_close(atkinson, 1, 0, "a zero at epsilon 1");
    assert_int_equal(uf_inequality(negative, NULL, 3, &found, &error), UF_BAD_INPUT);
    assert_int_equal(uf_inequality(equal, negative, 3, &found, &error), UF_BAD_INPUT);
    assert_int_equal(uf_inequality(equal, NULL, 0, &found, &error), UF_BAD_USAGE);
    assert_int_equal(uf_atkinson(equal, NULL, 3, 0, &atkinson, &error), UF_BAD_USAGE);
    assert_int_equal(uf_theil_decompose(equal, NULL, group, 3, 2, &split, &error), UF_BAD_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gini_equals_every_pair),
        cmocka_unit_test(groups_add_up),
        cmocka_unit_test(order_scale_and_copies_do_not_matter),
        cmocka_unit_test(gaps_and_bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
