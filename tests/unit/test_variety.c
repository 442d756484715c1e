// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <utfall/variety.h>

#include "support/activity_cases.h"
#include "support/test.h"

static void by_hand(void **state)
{
    (void)state;
    /* two groups of equal size, one of them in two equal halves: 1 bit between, half a bit within */
    const double value[] = {25, 25, 50, 0};
    const size_t group[] = {0, 0, 1, 2};
    struct uf_variety found;
    struct uf_error error;
    assert_ok(uf_variety(value, group, 4, 3, &found, &error), &error);
    expect_close(found.total, 1.5, 1e-15, "total");
    expect_close(found.unrelated, 1, 1e-15, "unrelated");
    expect_close(found.related, 0.5, 1e-15, "related");
    assert_int_equal(found.sectors, 3);
    assert_int_equal(found.groups, 2);
}

static void identity_and_invariance(void **state)
{
    (void)state;
    struct draw draw = {51};
    enum { N = 40 };
    for (size_t k = 0; k < 100; k++) {
        double value[N], moved[N];
        size_t group[N], moved_group[N], order[N];
        for (size_t i = 0; i < N; i++) {
            value[i] = draw_uniform(&draw) < 0.3 ? 0 : (double)draw_below(&draw, 5000);
            group[i] = draw_below(&draw, 7);
        }
        value[0] = 1;
        draw_order(&draw, order, N);
        for (size_t i = 0; i < N; i++) {
            moved[i] = 0.01 * value[order[i]];
            moved_group[i] = 6 - group[order[i]];
        }
        struct uf_variety a, b, all_one, all_apart;
        size_t same[N] = {0}, apart[N];
        for (size_t i = 0; i < N; i++) apart[i] = i;
        struct uf_error error;
        assert_ok(uf_variety(value, group, N, 7, &a, &error), &error);
        assert_ok(uf_variety(moved, moved_group, N, 7, &b, &error), &error);
        expect_within(a.unrelated + a.related, a.total, 1e-12, "identity");
        expect_within(b.unrelated, a.unrelated, 1e-12, "order and scale");
        expect_within(b.related, a.related, 1e-12, "order and scale");
        assert_ok(uf_variety(value, same, N, 1, &all_one, &error), &error);
        assert_ok(uf_variety(value, apart, N, N, &all_apart, &error), &error);
        expect_within(all_one.unrelated, 0, 1e-12, "one group: nothing between");
        expect_within(all_apart.related, 0, 1e-12, "each its own group: nothing within");
    }
}

static void gaps_and_bad_input(void **state)
{
    (void)state;
    const size_t group[] = {0, 1};
    struct uf_variety found;
    struct uf_error error;
    assert_ok(uf_variety((const double[]){0, 0}, group, 2, 2, &found, &error), &error);
    assert_true(isnan(found.total) && isnan(found.related));
    assert_ok(uf_variety((const double[]){3, NAN}, group, 2, 2, &found, &error), &error);
    assert_true(isnan(found.total) && isnan(found.unrelated));
    assert_int_equal(uf_variety((const double[]){3, -1}, group, 2, 2, &found, &error), UF_BAD_INPUT);
    assert_int_equal(uf_variety((const double[]){3, 1}, group, 2, 1, &found, &error), UF_BAD_USAGE);
    assert_int_equal(uf_variety((const double[]){3, 1}, group, 0, 2, &found, &error), UF_BAD_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(identity_and_invariance),
                                       cmocka_unit_test(gaps_and_bad_input)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
