// SPDX-License-Identifier: GPL-3.0-or-later
/* Identities, invariances and the slow twin of the location quotient; its band against brute force. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <utfall/location_quotient.h>

#include "support/activity_cases.h"
#include "support/test.h"

static gsl_matrix *quotients(const struct uf_activity *activity, enum uf_reference reference)
{
    gsl_matrix *out = gsl_matrix_alloc(activity->value->size1, activity->value->size2);
    struct uf_error error;
    assert_ok(uf_location_quotient(activity, reference, out, &error), &error);
    return out;
}

static void weighted_mean_is_one(void **state)
{
    (void)state;
    struct draw draw = {1};
    size_t checked = 0;
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw);
        struct uf_activity activity = {.value = x};
        gsl_matrix *lq = quotients(&activity, UF_REFERENCE_NATION);
        double all = 0;
        for (size_t r = 0; r < x->size1; r++)
            for (size_t s = 0; s < x->size2; s++) all += gsl_matrix_get(x, r, s);
        for (size_t r = 0; r < x->size1; r++) {
            double mean = 0, row = 0;
            for (size_t s = 0; s < x->size2; s++) {
                double sector = 0;
                for (size_t q = 0; q < x->size1; q++) sector += gsl_matrix_get(x, q, s);
                if (sector > 0) mean += sector / all * gsl_matrix_get(lq, r, s);
                row += gsl_matrix_get(x, r, s);
            }
            if (row > 0) {
                expect_within(mean, 1, 1e-12, "sum of national share times quotient");
                checked++;
            }
        }
        gsl_matrix_free(lq);
        gsl_matrix_free(x);
    }
    assert_true(checked > 100);
}

/* As the definition reads, with four loops per cell. */
static double slow_quotient(const gsl_matrix *x, size_t r, size_t s, bool rest)
{
    double row = 0, column = 0, all = 0;
    for (size_t i = 0; i < x->size1; i++)
        for (size_t j = 0; j < x->size2; j++) {
            double value = gsl_matrix_get(x, i, j);
            if (i == r) row += value;
            if (rest && i == r) continue;
            all += value;
            if (j == s) column += value;
        }
    if (row == 0 || all == 0 || column == 0) return NAN;
    return gsl_matrix_get(x, r, s) / row / (column / all);
}

static void equals_the_slow_twin(void **state)
{
    (void)state;
    struct draw draw = {2};
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw);
        struct uf_activity activity = {.value = x};
        for (int rest = 0; rest <= (x->size1 > 1); rest++) {
            gsl_matrix *lq = quotients(&activity, rest ? UF_REFERENCE_REST : UF_REFERENCE_NATION);
            for (size_t r = 0; r < x->size1; r++)
                for (size_t s = 0; s < x->size2; s++)
                    expect_close(gsl_matrix_get(lq, r, s), slow_quotient(x, r, s, rest), 1e-12, "slow twin");
            gsl_matrix_free(lq);
        }
        gsl_matrix_free(x);
    }
}

static void order_and_scale_do_not_matter(void **state)
{
    (void)state;
    struct draw draw = {3};
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw);
        size_t rows[ACTIVITY_MAX], columns[ACTIVITY_MAX];
        draw_order(&draw, rows, x->size1);
        draw_order(&draw, columns, x->size2);
        gsl_matrix *y = permuted(x, rows, columns);
        gsl_matrix_scale(y, 0.37);
        struct uf_activity before = {.value = x}, after = {.value = y};
        gsl_matrix *a = quotients(&before, UF_REFERENCE_NATION), *b = quotients(&after, UF_REFERENCE_NATION);
        for (size_t r = 0; r < x->size1; r++)
            for (size_t s = 0; s < x->size2; s++)
                expect_close(gsl_matrix_get(b, r, s), gsl_matrix_get(a, rows[r], columns[s]), 1e-12,
                             "permuted");
        gsl_matrix_free(b);
        gsl_matrix_free(a);
        gsl_matrix_free(y);
        gsl_matrix_free(x);
    }
}

static void given_sums_equal_formed_sums(void **state)
{
    (void)state;
    struct draw draw = {4};
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw);
        gsl_vector *total = gsl_vector_calloc(x->size1), *whole = gsl_vector_calloc(x->size2);
        double all = 0;
        for (size_t r = 0; r < x->size1; r++)
            for (size_t s = 0; s < x->size2; s++) {
                double value = gsl_matrix_get(x, r, s);
                *gsl_vector_ptr(total, r) += value;
                *gsl_vector_ptr(whole, s) += value;
                all += value;
            }
        struct uf_activity formed = {.value = x};
        struct uf_activity given = {.value = x, .total = total, .whole = whole, .whole_total = all};
        gsl_matrix *a = quotients(&formed, UF_REFERENCE_NATION), *b = quotients(&given, UF_REFERENCE_NATION);
        for (size_t r = 0; r < x->size1; r++)
            for (size_t s = 0; s < x->size2; s++)
                expect_close(gsl_matrix_get(b, r, s), gsl_matrix_get(a, r, s), 1e-13, "given sums");
        gsl_matrix_free(b);
        gsl_matrix_free(a);
        gsl_vector_free(whole);
        gsl_vector_free(total);
        gsl_matrix_free(x);
    }
}

/* --- the band ----------------------------------------------------------------------------------- */

enum { MAX_CELLS = 12 };

/* The box of a case: cells, then totals where given, then the reference row and its total where given. */
struct box {
    size_t rows, columns, n;
    bool totals, whole;
    double low[MAX_CELLS + 8], high[MAX_CELLS + 8];
};

enum number { QUOTIENT, SHARE, REFERENCE_SHARE, NUMBERS };

/* A number at a point of the box, written out as the definition. */
static double at_point(const struct box *box, enum number number, const double *v, bool rest, size_t r,
                       size_t s)
{
    const double *total = v + box->rows * box->columns, *whole = total + (box->totals ? box->rows : 0);
    double row = 0, sector = 0, all = 0;
    for (size_t i = 0; i < box->rows; i++) {
        double sum = 0;
        for (size_t j = 0; j < box->columns; j++) sum += v[i * box->columns + j];
        if (box->totals) sum = total[i];
        if (i == r) row = sum;
        if (rest && i == r) continue;
        all += sum;
        sector += v[i * box->columns + s];
    }
    if (box->whole) {
        sector = whole[s];
        all = box->totals ? whole[box->columns] : 0;
        for (size_t j = 0; j < box->columns && !box->totals; j++) all += whole[j];
    }
    const double share = v[r * box->columns + s] / row, reference_share = sector / all;
    return number == QUOTIENT ? share / reference_share : number == SHARE ? share : reference_share;
}

typedef uf_status band_function(const struct uf_activity *low, const struct uf_activity *high,
                                enum uf_reference reference, gsl_matrix *out_low, gsl_matrix *out_high,
                                struct uf_error *error);
static band_function *const band_functions[NUMBERS] = {uf_location_quotient_band, uf_share_band,
                                                       uf_reference_share_band};

static void bands(const struct box *box, enum number number, enum uf_reference reference, gsl_matrix *low,
                  gsl_matrix *high)
{
    struct uf_activity side[2];
    gsl_matrix *value[2];
    gsl_vector *total[2], *whole[2];
    for (int k = 0; k < 2; k++) {
        const double *v = k == 0 ? box->low : box->high;
        value[k] = gsl_matrix_alloc(box->rows, box->columns);
        total[k] = gsl_vector_alloc(box->rows);
        whole[k] = gsl_vector_alloc(box->columns);
        for (size_t i = 0; i < box->rows * box->columns; i++)
            gsl_matrix_set(value[k], i / box->columns, i % box->columns, v[i]);
        v += box->rows * box->columns;
        for (size_t r = 0; r < box->rows && box->totals; r++) gsl_vector_set(total[k], r, v[r]);
        v += box->totals ? box->rows : 0;
        for (size_t s = 0; s < box->columns && box->whole; s++) gsl_vector_set(whole[k], s, v[s]);
        side[k] = (struct uf_activity){.value = value[k],
                                       .total = box->totals ? total[k] : NULL,
                                       .whole = box->whole ? whole[k] : NULL,
                                       .whole_total = box->whole && box->totals ? v[box->columns] : 0};
    }
    struct uf_error error;
    assert_ok(band_functions[number](&side[0], &side[1], reference, low, high, &error), &error);
    for (int k = 0; k < 2; k++) {
        gsl_matrix_free(value[k]);
        gsl_vector_free(total[k]);
        gsl_vector_free(whole[k]);
    }
}

/* Every corner of the box, and for each corner a fine grid along the cell's own axis (where the largest value
 * may lie inside): the band must hold all of them, and be met by one. */
static void check_number(const struct box *box, enum number number, enum uf_reference reference, int steps,
                         size_t *interior)
{
    gsl_matrix *low = gsl_matrix_alloc(box->rows, box->columns),
               *high = gsl_matrix_alloc(box->rows, box->columns);
    bands(box, number, reference, low, high);
    for (size_t cell = 0; cell < box->rows * box->columns; cell++) {
        size_t r = cell / box->columns, s = cell % box->columns;
        double smallest = INFINITY, largest = -INFINITY, largest_corner = -INFINITY;
        for (size_t corner = 0; corner < (size_t)1 << box->n; corner++) {
            if (corner >> cell & 1) continue; /* the grid below covers this axis */
            double v[MAX_CELLS + 8];
            for (size_t i = 0; i < box->n; i++) v[i] = corner >> i & 1 ? box->high[i] : box->low[i];
            for (int k = 0; k <= steps; k++) {
                v[cell] = box->low[cell] + (box->high[cell] - box->low[cell]) * k / steps;
                double lq = at_point(box, number, v, reference == UF_REFERENCE_REST, r, s);
                smallest = fmin(smallest, lq);
                largest = fmax(largest, lq);
                if (k == 0 || k == steps) largest_corner = fmax(largest_corner, lq);
            }
        }
        double band_low = gsl_matrix_get(low, r, s), band_high = gsl_matrix_get(high, r, s);
        expect_close(band_low, smallest, 1e-12, "smallest quotient of the box");
        if (band_high > largest_corner * (1 + 1e-12)) {
            (*interior)++;
            expect_close(band_high, largest, 1e-4, "largest quotient, inside the box");
            assert_true(band_high >= largest * (1 - 1e-12));
        } else {
            expect_close(band_high, largest, 1e-12, "largest quotient of the box");
        }
    }
    gsl_matrix_free(low);
    gsl_matrix_free(high);
}

static void check_box(const struct box *box, enum uf_reference reference, int steps, size_t *interior)
{
    check_number(box, QUOTIENT, reference, steps, interior);
    size_t shares_inside = 0;
    check_number(box, SHARE, reference, 1, &shares_inside);
    check_number(box, REFERENCE_SHARE, reference, 1, &shares_inside);
    assert_int_equal(shares_inside, 0); /* their extremes are corners */
}

static struct box random_box(struct draw *draw, size_t rows, size_t columns, bool totals, bool whole)
{
    struct box box = {.rows = rows, .columns = columns, .totals = totals, .whole = whole};
    box.n = rows * columns + (totals ? rows : 0) + (whole ? columns + (totals ? 1 : 0) : 0);
    for (size_t i = 0; i < box.n; i++) {
        /* figures in whole thousands; the other sums are larger than a cell */
        double x = 1000 * (double)(1 + draw_below(draw, 4));
        if (i >= rows * columns) x = 1000 * (double)(10 + draw_below(draw, 10));
        box.low[i] = x - 500;
        box.high[i] = x + 500;
    }
    return box;
}

static void band_equals_brute_force(void **state)
{
    (void)state;
    struct draw draw = {5};
    size_t interior = 0;
    static const size_t shapes[][2] = {{2, 2}, {1, 3}, {3, 1}, {2, 3}};
    for (size_t k = 0; k < 24; k++) {
        const size_t *shape = shapes[k % 4];
        struct box box = random_box(&draw, shape[0], shape[1], false, false);
        check_box(&box, UF_REFERENCE_NATION, 200, &interior);
        if (shape[0] > 1) check_box(&box, UF_REFERENCE_REST, 200, &interior);
        box = random_box(&draw, shape[0], shape[1], true, false);
        check_box(&box, UF_REFERENCE_NATION, 200, &interior);
        if (shape[0] > 1) check_box(&box, UF_REFERENCE_REST, 200, &interior);
        if (shape[0] * shape[1] > 4) continue;
        box = random_box(&draw, shape[0], shape[1], false, true);
        check_box(&box, UF_REFERENCE_NATION, 200, &interior);
        box = random_box(&draw, shape[0], shape[1], true, true);
        check_box(&box, UF_REFERENCE_NATION, 200, &interior);
    }
}

/* The region dominates its sector and the sector its region: the largest quotient lies inside the cell's
 * interval, not at an end. */
static void largest_quotient_may_lie_inside(void **state)
{
    (void)state;
    struct box box = {.rows = 2, .columns = 2, .n = 4};
    const double low[] = {1, 10, 10, 800}, high[] = {500, 20, 20, 900};
    for (size_t i = 0; i < 4; i++) box.low[i] = low[i], box.high[i] = high[i];
    size_t interior = 0;
    check_box(&box, UF_REFERENCE_NATION, 20000, &interior);
    assert_true(interior > 0);
}

static void band_holds_what_lies_in_the_box(void **state)
{
    (void)state;
    struct draw draw = {6};
    size_t inside = 0;
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw);
        gsl_matrix *low = gsl_matrix_alloc(x->size1, x->size2), *high = gsl_matrix_alloc(x->size1, x->size2);
        gsl_matrix *band_low = gsl_matrix_alloc(x->size1, x->size2),
                   *band_high = gsl_matrix_alloc(x->size1, x->size2);
        struct uf_error error;
        assert_ok(uf_rounding_bounds(x, 100, low, high, &error), &error);
        struct uf_activity bottom = {.value = low}, top = {.value = high};
        assert_ok(uf_location_quotient_band(&bottom, &top, UF_REFERENCE_NATION, band_low, band_high, &error),
                  &error);
        for (size_t n = 0; n < 20; n++) {
            gsl_matrix *y = gsl_matrix_alloc(x->size1, x->size2);
            for (size_t r = 0; r < x->size1; r++)
                for (size_t s = 0; s < x->size2; s++) {
                    double l = gsl_matrix_get(low, r, s), h = gsl_matrix_get(high, r, s);
                    gsl_matrix_set(y, r, s, l + (h - l) * draw_uniform(&draw));
                }
            struct uf_activity activity = {.value = y};
            gsl_matrix *lq = quotients(&activity, UF_REFERENCE_NATION);
            for (size_t r = 0; r < x->size1; r++)
                for (size_t s = 0; s < x->size2; s++) {
                    double value = gsl_matrix_get(lq, r, s);
                    double b0 = gsl_matrix_get(band_low, r, s), b1 = gsl_matrix_get(band_high, r, s);
                    assert_true(value >= b0 * (1 - 1e-12));
                    if (!isnan(b1)) { /* NaN: not bounded */
                        assert_true(value <= b1 * (1 + 1e-12));
                        inside++;
                    }
                }
            gsl_matrix_free(lq);
            gsl_matrix_free(y);
        }
        gsl_matrix_free(band_high);
        gsl_matrix_free(band_low);
        gsl_matrix_free(high);
        gsl_matrix_free(low);
        gsl_matrix_free(x);
    }
    assert_true(inside > 10000);
}

static void exact_figures_have_no_band(void **state)
{
    (void)state;
    struct draw draw = {7};
    for (size_t k = 0; k < ACTIVITY_CASES; k++) {
        gsl_matrix *x = activity_case(k, &draw);
        struct uf_activity activity = {.value = x};
        gsl_matrix *low = gsl_matrix_alloc(x->size1, x->size2), *high = gsl_matrix_alloc(x->size1, x->size2);
        gsl_matrix *lq = quotients(&activity, UF_REFERENCE_NATION);
        struct uf_error error;
        assert_ok(uf_location_quotient_band(&activity, &activity, UF_REFERENCE_NATION, low, high, &error),
                  &error);
        for (size_t r = 0; r < x->size1; r++)
            for (size_t s = 0; s < x->size2; s++) {
                expect_close(gsl_matrix_get(low, r, s), gsl_matrix_get(lq, r, s), 1e-12, "low");
                expect_close(gsl_matrix_get(high, r, s), gsl_matrix_get(lq, r, s), 1e-12, "high");
            }
        gsl_matrix_free(lq);
        gsl_matrix_free(high);
        gsl_matrix_free(low);
        gsl_matrix_free(x);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weighted_mean_is_one),
        cmocka_unit_test(equals_the_slow_twin),
        cmocka_unit_test(order_and_scale_do_not_matter),
        cmocka_unit_test(given_sums_equal_formed_sums),
        cmocka_unit_test(band_equals_brute_force),
        cmocka_unit_test(largest_quotient_may_lie_inside),
        cmocka_unit_test(band_holds_what_lies_in_the_box),
        cmocka_unit_test(exact_figures_have_no_band),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
