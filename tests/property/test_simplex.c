// SPDX-License-Identifier: GPL-3.0-or-later
/* The simplex solver against a slow twin (projected gradient) and against what must not change. */
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/simplex.h>

/* A fixed stream, so that a failure repeats: SplitMix64. */
static uint64_t stream;
static double uniform(void)
{
    uint64_t z = (stream += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}
static double normal(void)
{
    return sqrt(-2 * log(1 - uniform())) * cos(2 * 3.14159265358979323846 * uniform());
}

static struct uf_simplex_fit solve(const gsl_matrix *a, const gsl_vector *b, gsl_vector *w)
{
    struct uf_simplex_workspace *workspace;
    struct uf_simplex_fit fit;
    struct uf_error error;
    assert_ok(uf_simplex_workspace_new(a->size1, a->size2, &workspace, &error), &error);
    assert_ok(uf_simplex_least_squares(workspace, a, b, w, &fit, &error), &error);
    uf_simplex_workspace_free(workspace);
    double sum = 0;
    for (size_t j = 0; j < w->size; j++) {
        assert_true(gsl_vector_get(w, j) >= 0);
        sum += gsl_vector_get(w, j);
    }
    expect_within(sum, 1, 1e-12, "sum of the weights");
    return fit;
}

static double loss_of(const gsl_matrix *a, const gsl_vector *b, const gsl_vector *w)
{
    double loss = 0;
    for (size_t i = 0; i < a->size1; i++) {
        double residual = -gsl_vector_get(b, i);
        for (size_t j = 0; j < a->size2; j++) residual += gsl_matrix_get(a, i, j) * gsl_vector_get(w, j);
        loss += residual * residual;
    }
    return loss;
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* The nearest point of the simplex: w_j = max(0, v_j − τ). */
static void project(double *v, size_t n)
{
    double *sorted = malloc(n * sizeof *sorted), sum = 0, threshold = 0;
    memcpy(sorted, v, n * sizeof *v);
    qsort(sorted, n, sizeof *sorted, descending);
    for (size_t j = 0; j < n; j++) {
        sum += sorted[j];
        double candidate = (sum - 1) / (double)(j + 1);
        if (sorted[j] > candidate) threshold = candidate;
    }
    for (size_t j = 0; j < n; j++) v[j] = fmax(0, v[j] - threshold);
    free(sorted);
}

static void projected_gradient(const gsl_matrix *a, const gsl_vector *b, gsl_vector *w, size_t steps)
{
    size_t k = a->size1, n = a->size2;
    double trace = 0, *residual = malloc(k * sizeof *residual);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < n; j++) trace += gsl_matrix_get(a, i, j) * gsl_matrix_get(a, i, j);
    gsl_vector_set_all(w, 1.0 / (double)n);
    for (size_t step = 0; step < steps; step++) {
        for (size_t i = 0; i < k; i++) {
            residual[i] = -gsl_vector_get(b, i);
            for (size_t j = 0; j < n; j++) residual[i] += gsl_matrix_get(a, i, j) * gsl_vector_get(w, j);
        }
        for (size_t j = 0; j < n; j++) {
            double slope = 0;
            for (size_t i = 0; i < k; i++) slope += gsl_matrix_get(a, i, j) * residual[i];
            w->data[j] -= slope / trace;
        }
        project(w->data, n);
    }
    free(residual);
}

static void fill(gsl_matrix *a, gsl_vector *b)
{
    for (size_t i = 0; i < a->size1; i++) {
        gsl_vector_set(b, i, normal());
        for (size_t j = 0; j < a->size2; j++) gsl_matrix_set(a, i, j, normal());
    }
}

static void random_problems_agree_with_projected_gradient(void **state)
{
    (void)state;
    stream = 1;
    static const size_t sizes[][2] = {{1, 1}, {1, 5}, {2, 3}, {3, 3}, {5, 2}, {8, 12}, {12, 8}, {4, 30}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int repeat = 0; repeat < 6; repeat++) {
            gsl_matrix *a = gsl_matrix_alloc(sizes[s][0], sizes[s][1]);
            gsl_vector *b = gsl_vector_alloc(a->size1), *w = gsl_vector_alloc(a->size2),
                       *slow = gsl_vector_alloc(a->size2);
            fill(a, b);
            struct uf_simplex_fit fit = solve(a, b, w);
            projected_gradient(a, b, slow, 3000);
            expect_within(fit.loss, loss_of(a, b, w), 1e-12, "reported loss");
            assert_true(fit.kkt_residual < 1e-13);
            assert_true(fit.loss <= loss_of(a, b, slow) + 1e-12);
            expect_within(fit.loss, loss_of(a, b, slow), 1e-3, "loss of the slow twin");
            if (fit.unique)
                for (size_t j = 0; j < w->size; j++)
                    expect_within(gsl_vector_get(w, j), gsl_vector_get(slow, j), 0.05,
                                  "weight of the slow twin");
            gsl_matrix_free(a);
            gsl_vector_free(b);
            gsl_vector_free(w);
            gsl_vector_free(slow);
        }
}

/* The lowest loss on a fine grid over the simplex of three weights. */
static double grid_minimum(const gsl_matrix *a, const gsl_vector *b)
{
    double best = INFINITY;
    gsl_vector *w = gsl_vector_calloc(3);
    for (int i = 0; i <= 400; i++)
        for (int j = 0; j + i <= 400; j++) {
            gsl_vector_set(w, 0, i / 400.0);
            gsl_vector_set(w, 1, j / 400.0);
            gsl_vector_set(w, 2, (400 - i - j) / 400.0);
            best = fmin(best, loss_of(a, b, w));
        }
    gsl_vector_free(w);
    return best;
}

static void three_columns_agree_with_a_grid(void **state)
{
    (void)state;
    stream = 2;
    gsl_matrix *a = gsl_matrix_alloc(4, 3);
    gsl_vector *b = gsl_vector_alloc(4), *w = gsl_vector_alloc(3);
    for (int repeat = 0; repeat < 10; repeat++) {
        fill(a, b);
        double loss = solve(a, b, w).loss, grid = grid_minimum(a, b);
        assert_true(loss <= grid + 1e-12);
        expect_within(loss, grid, 1e-3, "loss on a grid");
    }
    gsl_matrix_free(a);
    gsl_vector_free(b);
    gsl_vector_free(w);
}

static void degenerate_columns_are_fine(void **state)
{
    (void)state;
    /* Twice the same column, columns on one line, more columns than rows, a column that hits b, columns of 0. */
    const double values[] = {1, 1, 2, 3, 0, 0, 2, 2, 4, 6, 0, 1};
    gsl_matrix_const_view a = gsl_matrix_const_view_array(values, 2, 6);
    gsl_vector *w = gsl_vector_alloc(6);
    const double on[] = {2, 4}, off[] = {10, -3}, inside[] = {0.5, 1.2};
    gsl_vector_const_view b_on = gsl_vector_const_view_array(on, 2),
                          b_off = gsl_vector_const_view_array(off, 2),
                          b_inside = gsl_vector_const_view_array(inside, 2);
    struct uf_simplex_fit fit = solve(&a.matrix, &b_on.vector, w);
    expect_within(fit.loss, 0, 1e-28, "loss at a column");
    fit = solve(&a.matrix, &b_off.vector, w);
    /* Columns (1,2) twice, (2,4), (3,6), (0,0), (0,1): the nearest to (10,−3) lies on the line y = 2x at x =
     * 0.8. */
    expect_close(fit.loss, 9.2 * 9.2 + 4.6 * 4.6, 1e-12, "loss outside");
    assert_false(fit.unique);
    fit = solve(&a.matrix, &b_inside.vector, w);
    expect_within(fit.loss, 0, 1e-28, "loss inside");
    assert_false(fit.unique);
    gsl_vector_free(w);
}

static void permuted_columns_give_permuted_weights(void **state)
{
    (void)state;
    stream = 3;
    enum { K = 9, J = 40 };
    gsl_matrix *a = gsl_matrix_alloc(K, J), *shuffled = gsl_matrix_alloc(K, J);
    gsl_vector *b = gsl_vector_alloc(K), *w = gsl_vector_alloc(J), *other = gsl_vector_alloc(J);
    fill(a, b);
    gsl_vector_scale(b, 4); /* outside the hull, so that the weights are unique */
    for (size_t j = 0; j < J; j++)
        for (size_t i = 0; i < K; i++) gsl_matrix_set(shuffled, i, j * 7 % J, gsl_matrix_get(a, i, j));
    struct uf_simplex_fit fit = solve(a, b, w);
    assert_true(fit.unique);
    (void)solve(shuffled, b, other);
    for (size_t j = 0; j < J; j++)
        expect_within(gsl_vector_get(other, j * 7 % J), gsl_vector_get(w, j), 1e-10,
                      "weight after permuting");
    gsl_matrix_free(a);
    gsl_matrix_free(shuffled);
    gsl_vector_free(b);
    gsl_vector_free(w);
    gsl_vector_free(other);
}

/* Near-dependent columns of very different size: forming A'A would lose all digits. */
static void badly_scaled_rows_keep_their_digits(void **state)
{
    (void)state;
    stream = 4;
    enum { K = 12, J = 20 };
    gsl_matrix *a = gsl_matrix_alloc(K, J);
    gsl_vector *b = gsl_vector_calloc(K), *w = gsl_vector_alloc(J), *truth = gsl_vector_calloc(J);
    gsl_vector_set(truth, 3, 0.5);
    gsl_vector_set(truth, 11, 0.3);
    gsl_vector_set(truth, 17, 0.2);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < J; j++) gsl_matrix_set(a, i, j, 100 + pow(10, -(double)i / 2) * normal());
    for (size_t i = 0; i < K; i++) {
        double sum = 0;
        for (size_t j = 0; j < J; j++) sum += gsl_matrix_get(a, i, j) * gsl_vector_get(truth, j);
        gsl_vector_set(b, i, sum);
    }
    struct uf_simplex_fit fit = solve(a, b, w);
    assert_true(sqrt(fit.loss) < 1e-11);
    gsl_matrix_free(a);
    gsl_vector_free(b);
    gsl_vector_free(w);
    gsl_vector_free(truth);
}

static void three_hundred_donors_and_a_hundred_periods(void **state)
{
    (void)state;
    stream = 5;
    enum { K = 100, J = 300 };
    gsl_matrix *a = gsl_matrix_alloc(K, J);
    gsl_vector *b = gsl_vector_alloc(K), *w = gsl_vector_alloc(J);
    for (size_t j = 0; j < J; j++) {
        double level = normal(), slope = normal() / K;
        for (size_t i = 0; i < K; i++) gsl_matrix_set(a, i, j, level + slope * (double)i + 0.3 * normal());
    }
    for (size_t i = 0; i < K; i++) gsl_vector_set(b, i, 0.2 + 0.005 * (double)i + 0.3 * normal());
    struct uf_simplex_fit fit = solve(a, b, w);
    assert_true(fit.kkt_residual < 1e-13);
    assert_true(fit.n_positive > 5);
    gsl_matrix_free(a);
    gsl_vector_free(b);
    gsl_vector_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_problems_agree_with_projected_gradient),
        cmocka_unit_test(three_columns_agree_with_a_grid),
        cmocka_unit_test(degenerate_columns_are_fine),
        cmocka_unit_test(permuted_columns_give_permuted_weights),
        cmocka_unit_test(badly_scaled_rows_keep_their_digits),
        cmocka_unit_test(three_hundred_donors_and_a_hundred_periods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
