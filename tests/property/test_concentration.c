// SPDX-License-Identifier: GPL-3.0-or-later
/* Indices of concentration against slow twins that follow the definitions pair by pair, on small tables with zeros,
 * empty rows and columns, and on long distributions, where the Gini sorts by digits; identities and invariances. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/concentration.h>
#include <utfall/specialisation.h>

#include "support/activity_cases.h"
#include "support/test.h"

static double sum_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    return sum;
}

/* Every pair, no sorting. */
static struct uf_concentration by_definition(const double *sector, const double *reference, size_t n)
{
    const double own = sum_of(sector, n), all = sum_of(reference, n);
    struct uf_concentration x = {0};
    for (size_t i = 0; i < n; i++) {
        const double s = sector[i] / own, q = reference[i] / all;
        x.krugman += fabs(s - q);
        x.hoover += fabs(s - q) / 2;
        x.raw += (s - q) * (s - q);
        x.herfindahl += s * s;
        if (s > 0) x.theil += q > 0 ? s * log(s / q) : NAN;
        for (size_t j = 0; j < n; j++) x.gini += fabs(s * reference[j] / all - sector[j] / own * q) / 2;
    }
    x.herfindahl_normalised = (x.herfindahl - 1 / (double)n) / (1 - 1 / (double)n);
    return x;
}

static void expect_same(const struct uf_concentration *found, const struct uf_concentration *expected,
                        double within)
{
    expect_within(found->gini, expected->gini, within, "Gini");
    expect_within(found->krugman, expected->krugman, within, "Krugman");
    expect_within(found->hoover, expected->hoover, within, "Hoover");
    expect_within(found->raw, expected->raw, within, "G");
    expect_within(found->herfindahl, expected->herfindahl, within, "Herfindahl");
    assert_true(isnan(found->theil) == isnan(expected->theil));
    if (!isnan(expected->theil)) expect_within(found->theil, expected->theil, within, "Theil");
    assert_true(isnan(found->herfindahl_normalised) == isnan(expected->herfindahl_normalised));
}

static void tables_equal_the_slow_twin(void **state)
{
    (void)state;
    struct draw draw = {41};
    size_t checked = 0, empty = 0;
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw);
        double regions[ACTIVITY_MAX] = {0}, column[ACTIVITY_MAX];
        struct uf_activity activity = {.value = x};
        struct uf_concentration index[ACTIVITY_MAX];
        struct uf_error error;
        assert_ok(uf_concentration(&activity, index, &error), &error);
        for (size_t r = 0; r < x->size1; r++)
            for (size_t s = 0; s < x->size2; s++) regions[r] += gsl_matrix_get(x, r, s);
        for (size_t s = 0; s < x->size2; s++) {
            for (size_t r = 0; r < x->size1; r++) column[r] = gsl_matrix_get(x, r, s);
            if (sum_of(column, x->size1) == 0) {
                assert_true(isnan(index[s].gini) && isnan(index[s].herfindahl) && isnan(index[s].raw));
                empty++;
                continue;
            }
            const struct uf_concentration twin = by_definition(column, regions, x->size1);
            expect_same(&index[s], &twin, 1e-12);
            assert_true(index[s].gini >= index[s].hoover - 1e-12 && index[s].gini <= 1 + 1e-12);
            checked++;
        }
        gsl_matrix_free(x);
    }
    assert_true(checked > 100 && empty > 0);
}

/* What the long distributions are made of; the sort by digits must see each. */
enum shape { SPREAD, FEW_VALUES, NEARLY_EQUAL, ALL_EQUAL, MANY_ZEROS, HUGE_RANGE, SHAPES };

static double part(struct draw *draw, enum shape shape)
{
    const double u = draw_uniform(draw);
    if (shape == FEW_VALUES) return (double)(1 + draw_below(draw, 3));
    if (shape == NEARLY_EQUAL) return 1 + 1e-7 * u;
    if (shape == ALL_EQUAL) return 5;
    if (shape == MANY_ZEROS) return u < 0.7 ? 0 : 100 * u;
    if (shape == HUGE_RANGE) return exp(120 * (u - 0.5));
    return exp(6 * u);
}

static void long_distributions_equal_the_slow_twin(void **state)
{
    (void)state;
    static const size_t lengths[] = {47, 48, 49, 50, 255, 256, 257, 900};
    struct draw draw = {42};
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        for (int shape = 0; shape < SHAPES; shape++) {
            const size_t n = lengths[l];
            double *sector = calloc(n, sizeof *sector), *reference = calloc(n, sizeof *reference);
            for (size_t i = 0; i < n; i++) {
                sector[i] = part(&draw, (enum shape)shape);
                reference[i] = sector[i] + part(&draw, shape == ALL_EQUAL ? ALL_EQUAL : SPREAD);
            }
            struct uf_concentration found;
            struct uf_specialisation mirror;
            struct uf_error error;
            assert_ok(uf_concentration_of(sector, reference, n, &found, &error), &error);
            const struct uf_concentration twin = by_definition(sector, reference, n);
            expect_same(&found, &twin, 1e-11);
            /* the same arithmetic over the other direction */
            assert_ok(uf_specialisation_of(sector, reference, n, &mirror, &error), &error);
            expect_within(mirror.gini, found.gini, 0, "the two Ginis");
            if (shape == ALL_EQUAL) expect_within(found.gini, 0, 1e-12, "equal structures");
            free(sector);
            free(reference);
        }
    }
}

/* γ as the two terms of the paper; nothing depends on order or scale. */
static void ellison_glaeser_identities(void **state)
{
    (void)state;
    struct draw draw = {43};
    for (size_t k = 0; k < 200; k++) {
        const size_t n = 2 + draw_below(&draw, 20);
        double sector[22], reference[22], turned[22], turned_reference[22];
        for (size_t i = 0; i < n; i++) {
            sector[i] = draw_uniform(&draw) < 0.3 ? 0 : draw_uniform(&draw);
            reference[i] = sector[i] + draw_uniform(&draw);
        }
        sector[0] += 0.01;
        for (size_t i = 0; i < n; i++) {
            turned[n - 1 - i] = 1000 * sector[i];
            turned_reference[n - 1 - i] = 7 * reference[i];
        }
        const double h = 0.001 + 0.9 * draw_uniform(&draw), all = sum_of(reference, n);
        double squares = 0;
        for (size_t i = 0; i < n; i++) squares += reference[i] / all * reference[i] / all;
        struct uf_ellison_glaeser a, b;
        struct uf_error error;
        assert_ok(uf_ellison_glaeser(sector, reference, n, h, &a, &error), &error);
        assert_ok(uf_ellison_glaeser(turned, turned_reference, n, h, &b, &error), &error);
        expect_within(b.gamma, a.gamma, 1e-11, "order and scale");
        expect_within(a.gamma, (a.raw / (1 - squares) - h) / (1 - h), 1e-11, "gamma");
        expect_within(a.expected + a.gamma * (1 - squares) * (1 - h), a.raw, 1e-12, "expected and excess");
    }
}

static void top_shares_grow_to_one(void **state)
{
    (void)state;
    struct draw draw = {44};
    for (size_t k = 0; k < 100; k++) {
        const size_t n = 1 + draw_below(&draw, 15);
        double value[16], before = 0, share, most = 0;
        for (size_t i = 0; i < n; i++) value[i] = draw_uniform(&draw), most = fmax(most, value[i]);
        struct uf_error error;
        for (size_t top = 1; top <= n; top++) {
            assert_ok(uf_top_share(value, n, top, &share, &error), &error);
            assert_true(share > before);
            if (top == 1) expect_within(share, most / sum_of(value, n), 1e-12, "the largest");
            before = share;
        }
        expect_within(share, 1, 1e-12, "all");
        assert_int_equal(uf_top_share(value, n, n + 1, &share, &error), UF_BAD_USAGE);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables_equal_the_slow_twin),
                                       cmocka_unit_test(long_distributions_equal_the_slow_twin),
                                       cmocka_unit_test(ellison_glaeser_identities),
                                       cmocka_unit_test(top_shares_grow_to_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
