// SPDX-License-Identifier: GPL-3.0-or-later
/* Absorbed effects against their slow twin: least squares on explicit dummies. */
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/absorb.h>
#include <utfall/least_squares.h>
#include <utfall/random.h>

enum { N = 150, MOST = 3 };

struct sample {
    size_t n, n_dimensions, *group[MOST], n_groups[MOST];
    double weights[N], column[N];
};

/* Random groups with gaps, so that the panel is unbalanced and sometimes falls into parts. */
static struct sample sample_draw(uint64_t seed, size_t n_dimensions, bool in_parts)
{
    struct sample s = {.n = N, .n_dimensions = n_dimensions, .n_groups = {23, 11, 7}};
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 0);
    for (size_t d = 0; d < n_dimensions; d++) s.group[d] = malloc(N * sizeof *s.group[d]);
    for (size_t i = 0; i < N; i++) {
        for (size_t d = 0; d < n_dimensions; d++) s.group[d][i] = uf_random_below(&random, s.n_groups[d] - 1);
        /* two parts: even groups meet even groups only */
        if (in_parts)
            for (size_t d = 1; d < n_dimensions; d++)
                if (s.group[d][i] % 2 != s.group[0][i] % 2) s.group[d][i]++;
        s.weights[i] = 0.2 + uf_random_uniform(&random);
        s.column[i] = 1e4 + uf_random_uniform(&random);
    }
    return s;
}

static void sample_free(struct sample *s)
{
    for (size_t d = 0; d < s->n_dimensions; d++) free(s->group[d]);
}

static struct uf_least_squares dummies(const struct sample *s, bool weighted)
{
    struct uf_error error;
    struct uf_least_squares fit;
    size_t k = 0, offset = 0;
    for (size_t d = 0; d < s->n_dimensions; d++) k += s->n_groups[d];
    gsl_matrix *x = gsl_matrix_calloc(s->n, k);
    for (size_t d = 0; d < s->n_dimensions; offset += s->n_groups[d++])
        for (size_t i = 0; i < s->n; i++) gsl_matrix_set(x, i, offset + s->group[d][i], 1);
    gsl_vector_const_view y = gsl_vector_const_view_array(s->column, s->n),
                          w = gsl_vector_const_view_array(s->weights, s->n);
    assert_ok(uf_least_squares_fit(x, &y.vector, weighted ? &w.vector : NULL, NULL, &fit, &error), &error);
    gsl_matrix_free(x);
    return fit;
}

static void check(uint64_t seed, size_t n_dimensions, bool in_parts, bool weighted, size_t direct_limit)
{
    struct uf_error error;
    struct uf_absorber *absorber;
    struct sample s = sample_draw(seed, n_dimensions, in_parts);
    struct uf_least_squares twin = dummies(&s, weighted);
    assert_ok(uf_absorber_new(s.n, n_dimensions, (const size_t *const *)s.group, s.n_groups,
                              weighted ? s.weights : NULL, direct_limit, &absorber, &error),
              &error);
    if (uf_absorber_rank_is_exact(absorber))
        assert_int_equal(uf_absorber_rank(absorber), twin.rank);
    else
        assert_true(uf_absorber_rank(absorber) >= twin.rank);
    double column[N];
    for (size_t i = 0; i < s.n; i++) column[i] = s.column[i];
    assert_ok(uf_absorber_apply(absorber, column, &error), &error);
    for (size_t i = 0; i < s.n; i++)
        expect_within(column[i], gsl_vector_get(twin.residuals, i), direct_limit ? 1e-8 : 1e-11, "residual");
    uf_least_squares_clear(&twin);
    uf_absorber_free(absorber);
    sample_free(&s);
}

static void absorbed_equals_dummies(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++)
        for (size_t dimensions = 1; dimensions <= MOST; dimensions++)
            for (int parts = 0; parts < 2; parts++)
                check(seed, dimensions, parts && dimensions == 2, seed % 2, 0);
}

static void conjugate_gradients_equal_dummies(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++)
        for (size_t dimensions = 2; dimensions <= MOST; dimensions++)
            check(seed, dimensions, seed % 2, seed % 2, 1);
}

static void parts_nesting_and_singletons(void **state)
{
    (void)state;
    /* units 0 1 | 2 3, periods 0 1 | 2 3: two parts; unit 3 once only, and so period 3 */
    const size_t unit[] = {0, 0, 1, 1, 2, 2, 3}, period[] = {0, 1, 0, 1, 2, 3, 2},
                 region[] = {0, 0, 0, 0, 1, 1, 2};
    const size_t *const group[] = {unit, period};
    const size_t n_groups[] = {4, 4};
    struct uf_error error;
    struct uf_absorber *absorber;
    size_t components;
    bool nested;
    assert_ok(uf_absorber_new(7, 2, group, n_groups, NULL, 0, &absorber, &error), &error);
    assert_ok(uf_absorber_components(absorber, 0, 1, &components, &error), &error);
    assert_int_equal(components, 2);
    assert_int_equal(uf_absorber_rank(absorber), 6);
    assert_int_equal(uf_absorber_singletons(absorber), 2);
    assert_ok(uf_absorber_is_nested(absorber, 0, region, &nested, &error), &error);
    assert_true(nested);
    assert_ok(uf_absorber_is_nested(absorber, 1, region, &nested, &error), &error);
    assert_false(nested);
    uf_absorber_free(absorber);
    const double bad[] = {1, 1, 1, 0, 1, 1, 1};
    absorber = NULL;
    assert_int_equal(uf_absorber_new(7, 2, group, n_groups, bad, 0, &absorber, &error), UF_BAD_INPUT);
    assert_int_equal(uf_absorber_new(7, 2, group, (const size_t[]){3, 4}, NULL, 0, &absorber, &error),
                     UF_INTERNAL);
    assert_null(absorber);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absorbed_equals_dummies),
        cmocka_unit_test(conjugate_gradients_equal_dummies),
        cmocka_unit_test(parts_nesting_and_singletons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
