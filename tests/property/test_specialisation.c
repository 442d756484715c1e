// SPDX-License-Identifier: GPL-3.0-or-later
/* Identities, invariances and slow twins of the specialisation indices; the Krugman band against draws from
 * the box. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <utfall/location_quotient.h>
#include <utfall/specialisation.h>

#include "support/activity_cases.h"
#include "support/test.h"

static void all_indices(const gsl_matrix *x, enum uf_reference reference, struct uf_specialisation *out)
{
    struct uf_activity activity = {.value = x};
    struct uf_error error;
    assert_ok(uf_specialisation(&activity, reference, out, &error), &error);
}

static double row_sum(const gsl_matrix *x, size_t r)
{
    double sum = 0;
    for (size_t s = 0; s < x->size2; s++) sum += gsl_matrix_get(x, r, s);
    return sum;
}

/* The Gini as half the mean absolute difference of quotients, weighted by the reference: every pair of
 * sectors, no sorting. */
static void gini_equals_pairwise_twin(void **state)
{
    (void)state;
    struct draw draw = {11};
    size_t checked = 0;
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw);
        for (int rest = 0; rest <= (x->size1 > 1); rest++) {
            struct uf_specialisation index[ACTIVITY_MAX];
            all_indices(x, rest ? UF_REFERENCE_REST : UF_REFERENCE_NATION, index);
            for (size_t r = 0; r < x->size1; r++) {
                double s[ACTIVITY_MAX], q[ACTIVITY_MAX] = {0}, all = 0, twice = 0;
                for (size_t j = 0; j < x->size2; j++) {
                    s[j] = gsl_matrix_get(x, r, j) / row_sum(x, r);
                    for (size_t i = 0; i < x->size1; i++)
                        if (!rest || i != r) q[j] += gsl_matrix_get(x, i, j);
                    all += q[j];
                }
                for (size_t i = 0; i < x->size2; i++)
                    for (size_t j = 0; j < x->size2; j++) twice += fabs(s[i] * q[j] - s[j] * q[i]) / all;
                if (row_sum(x, r) > 0 && all > 0) {
                    expect_within(index[r].gini, twice / 2, 1e-12, "pairwise Gini");
                    checked++;
                }
            }
        }
        gsl_matrix_free(x);
    }
    assert_true(checked > 200);
}

static void bounds_and_identities(void **state)
{
    (void)state;
    struct draw draw = {12};
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw);
        const double n = (double)x->size2;
        struct uf_specialisation index[ACTIVITY_MAX];
        all_indices(x, UF_REFERENCE_NATION, index);
        gsl_matrix *lq = gsl_matrix_alloc(x->size1, x->size2);
        struct uf_activity activity = {.value = x};
        struct uf_error error;
        assert_ok(uf_location_quotient(&activity, UF_REFERENCE_NATION, lq, &error), &error);
        for (size_t r = 0; r < x->size1; r++) {
            const struct uf_specialisation *y = &index[r];
            double sum = row_sum(x, r);
            if (sum == 0) {
                assert_true(isnan(y->krugman) && isnan(y->herfindahl) && isnan(y->gini) && isnan(y->theil));
                assert_true(isnan(y->hachman) && isnan(y->entropy) && isnan(y->dissimilarity));
                continue;
            }
            const double slack = 1e-12;
            assert_true(y->krugman >= 0 && y->krugman <= 2 + slack);
            assert_true(y->herfindahl >= 1 / n - slack && y->herfindahl <= 1 + slack);
            assert_true(y->hachman > 0 && y->hachman <= 1 + slack);
            assert_true(y->gini >= 0 && y->gini < 1);
            assert_true(y->theil >= -slack && y->entropy <= log(n) + slack);
            /* the Gini lies between half of Krugman and all of it (a Lorenz curve and its widest gap) */
            assert_true(y->gini >= y->krugman / 2 - slack && y->gini <= y->krugman + slack);
            expect_close(y->dissimilarity, 50 * y->krugman, 1e-15, "dissimilarity");
            expect_close(y->entropy_log2, y->entropy / log(2), 1e-15, "bits");
            double mean_quotient = 0, weighted_log = 0;
            for (size_t s = 0; s < x->size2; s++) {
                double share = gsl_matrix_get(x, r, s) / sum;
                if (share > 0) mean_quotient += share * gsl_matrix_get(lq, r, s);
                if (share > 0) weighted_log += share * log(gsl_matrix_get(lq, r, s));
            }
            expect_close(1 / y->hachman, mean_quotient, 1e-12, "1/Hachman is the mean quotient");
            expect_within(y->theil, weighted_log, 1e-12, "Theil is the mean log quotient");
        }
        gsl_matrix_free(lq);
        gsl_matrix_free(x);
    }
}

static void order_and_scale_do_not_matter(void **state)
{
    (void)state;
    struct draw draw = {13};
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw);
        size_t rows[ACTIVITY_MAX], columns[ACTIVITY_MAX];
        draw_order(&draw, rows, x->size1);
        draw_order(&draw, columns, x->size2);
        gsl_matrix *y = permuted(x, rows, columns);
        gsl_matrix_scale(y, 1000);
        struct uf_specialisation a[ACTIVITY_MAX], b[ACTIVITY_MAX];
        all_indices(x, UF_REFERENCE_NATION, a);
        all_indices(y, UF_REFERENCE_NATION, b);
        for (size_t r = 0; r < x->size1; r++) {
            const struct uf_specialisation *p = &a[rows[r]], *q = &b[r];
            expect_within(q->krugman, p->krugman, 1e-12, "Krugman");
            expect_within(q->herfindahl, p->herfindahl, 1e-12, "Herfindahl");
            expect_within(q->herfindahl_normalised, p->herfindahl_normalised, 1e-12,
                          "Herfindahl, normalised");
            expect_within(q->hachman, p->hachman, 1e-12, "Hachman");
            expect_within(q->gini, p->gini, 1e-12, "Gini");
            expect_within(q->theil, p->theil, 1e-12, "Theil");
            expect_within(q->entropy, p->entropy, 1e-12, "entropy");
            assert_int_equal(q->sectors_present, p->sectors_present);
        }
        gsl_matrix_free(y);
        gsl_matrix_free(x);
    }
}

/* Where all regions have one structure, nothing is specialised. */
static void equal_structures_are_at_zero(void **state)
{
    (void)state;
    gsl_matrix *x = gsl_matrix_alloc(4, 5);
    for (size_t r = 0; r < 4; r++)
        for (size_t s = 0; s < 5; s++) gsl_matrix_set(x, r, s, (double)((r + 1) * (s * s + 3)));
    struct uf_specialisation index[4];
    all_indices(x, UF_REFERENCE_REST, index);
    for (size_t r = 0; r < 4; r++) {
        expect_within(index[r].krugman, 0, 1e-15, "Krugman");
        expect_within(index[r].gini, 0, 1e-15, "Gini");
        expect_within(index[r].theil, 0, 1e-15, "Theil");
        expect_within(index[r].hachman, 1, 1e-15, "Hachman");
    }
    gsl_matrix_free(x);
}

static void krugman_band_holds_the_box(void **state)
{
    (void)state;
    struct draw draw = {14};
    size_t inside = 0;
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw), *y = gsl_matrix_alloc(x->size1, x->size2);
        gsl_matrix *low = gsl_matrix_alloc(x->size1, x->size2), *high = gsl_matrix_alloc(x->size1, x->size2);
        gsl_vector *band_low = gsl_vector_alloc(x->size1), *band_high = gsl_vector_alloc(x->size1);
        struct uf_error error;
        assert_ok(uf_rounding_bounds(x, 100, low, high, &error), &error);
        struct uf_activity bottom = {.value = low}, top = {.value = high};
        enum uf_reference reference = x->size1 > 1 && k % 2 ? UF_REFERENCE_REST : UF_REFERENCE_NATION;
        assert_ok(uf_krugman_band(&bottom, &top, reference, band_low, band_high, &error), &error);
        for (size_t n = 0; n < 20; n++) {
            for (size_t r = 0; r < x->size1; r++)
                for (size_t s = 0; s < x->size2; s++) {
                    double l = gsl_matrix_get(low, r, s), h = gsl_matrix_get(high, r, s),
                           u = draw_uniform(&draw);
                    if (n % 2) u = u < 0.5 ? 0 : 1; /* corners */
                    gsl_matrix_set(y, r, s, l + (h - l) * u);
                }
            struct uf_specialisation index[ACTIVITY_MAX];
            all_indices(y, reference, index);
            for (size_t r = 0; r < x->size1; r++) {
                if (isnan(gsl_vector_get(band_low, r)) || isnan(index[r].krugman)) continue;
                assert_true(index[r].krugman >= gsl_vector_get(band_low, r) - 1e-12);
                assert_true(index[r].krugman <= gsl_vector_get(band_high, r) + 1e-12);
                inside++;
            }
        }
        gsl_vector_free(band_high);
        gsl_vector_free(band_low);
        gsl_matrix_free(high);
        gsl_matrix_free(low);
        gsl_matrix_free(y);
        gsl_matrix_free(x);
    }
    assert_true(inside > 2000);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gini_equals_pairwise_twin),     cmocka_unit_test(bounds_and_identities),
        cmocka_unit_test(order_and_scale_do_not_matter), cmocka_unit_test(equal_structures_are_at_zero),
        cmocka_unit_test(krugman_band_holds_the_box),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
