// SPDX-License-Identifier: GPL-3.0-or-later
/* Sobol' indices of functions whose indices are known. */
#include <math.h>
#include <stdlib.h>
#include <utfall/random.h>
#include <utfall/sobol.h>

#include "support/test.h"

enum { DRAWS = 40000, INPUTS = 3 };
static const double pi = 3.14159265358979323846;

static double ishigami(const double *x)
{
    return sin(x[0]) + 7 * sin(x[1]) * sin(x[1]) + 0.1 * pow(x[2], 4) * sin(x[0]);
}

static void the_indices_of_ishigami(void **state)
{
    (void)state;
    /* V1 = (1 + bπ⁴/5)²/2, V2 = a²/8, V13 = 8b²π⁸/225 with a = 7, b = 0.1 */
    double v1 = pow(1 + 0.1 * pow(pi, 4) / 5, 2) / 2, v2 = 49.0 / 8, v13 = 8 * 0.01 * pow(pi, 8) / 225,
           v = v1 + v2 + v13;
    const double first[] = {v1 / v, v2 / v, 0}, total[] = {(v1 + v13) / v, v2 / v, v13 / v};
    double *a = malloc(DRAWS * sizeof *a), *b = malloc(DRAWS * sizeof *b),
           *mixed = malloc(DRAWS * sizeof *mixed);
    struct uf_error error;
    for (size_t i = 0; i < INPUTS; i++) {
        for (size_t r = 0; r < DRAWS; r++) {
            struct uf_random random;
            double x[2 * INPUTS], third[INPUTS];
            uf_random_init(&random, 11, UF_PURPOSE_SIMULATION, r);
            for (size_t k = 0; k < 2 * INPUTS; k++) x[k] = pi * (2 * uf_random_uniform(&random) - 1);
            for (size_t k = 0; k < INPUTS; k++) third[k] = k == i ? x[INPUTS + k] : x[k];
            a[r] = ishigami(x), b[r] = ishigami(x + INPUTS), mixed[r] = ishigami(third);
        }
        struct uf_sobol_index index;
        assert_ok(uf_sobol_index(a, b, mixed, DRAWS, &index, &error), &error);
        /* within four of its own errors, and the errors are small */
        expect_within(index.first, first[i], 4 * index.first_error + 1e-3, "first order");
        expect_within(index.total, total[i], 4 * index.total_error + 1e-3, "total");
        assert_true(index.first_error < 0.02 && index.total_error < 0.02);
    }
    free(a), free(b), free(mixed);
}

static void what_does_not_vary_has_no_index(void **state)
{
    (void)state;
    const double a[] = {0.3, 0.3, 0.3};
    struct uf_sobol_index index;
    struct uf_error error;
    assert_ok(uf_sobol_index(a, a, a, 3, &index, &error), &error);
    assert_true(isnan(index.first) && isnan(index.total_error));
    assert_int_equal(uf_sobol_index(a, a, a, 1, &index, &error), UF_BAD_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_indices_of_ishigami),
                                       cmocka_unit_test(what_does_not_vary_has_no_index)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
