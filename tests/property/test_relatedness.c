// SPDX-License-Identifier: GPL-3.0-or-later
/* Relatedness, density and complexity against slow definitions on random networks, with empty rows and columns; what
 * a permutation does not change; what is refused. */
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/complexity.h>
#include <utfall/relatedness.h>

#include "support/network.h"
#include "support/test.h"

static double at(const gsl_matrix *m, size_t i, size_t j)
{
    return gsl_matrix_get(m, i, j);
}

static double together(const gsl_matrix *presence, size_t a, size_t b)
{
    double n = 0;
    for (size_t r = 0; r < presence->size1; r++) n += at(presence, r, a) * at(presence, r, b);
    return n;
}

static double slow_measure(const gsl_matrix *presence, enum uf_relatedness_measure measure,
                           enum uf_relatedness_base base, size_t i, size_t j)
{
    size_t n = presence->size2;
    double a = 0, b = 0, all = 0, c = together(presence, i, j);
    if (base == UF_BASE_OCCURRENCES) {
        a = together(presence, i, i), b = together(presence, j, j), all = (double)presence->size1;
    } else {
        for (size_t k = 0; k < n; k++) {
            a += k == i ? 0 : together(presence, i, k);
            b += k == j ? 0 : together(presence, j, k);
            for (size_t l = 0; l < n; l++) all += k == l ? 0 : together(presence, k, l);
        }
    }
    if (!(a > 0 && b > 0)) return NAN;
    switch (measure) {
    case UF_RELATEDNESS_MIN_CONDITIONAL:
        return fmin(c / a, c / b);
    case UF_RELATEDNESS_COSINE:
        return c / sqrt(a) / sqrt(b);
    case UF_RELATEDNESS_JACCARD:
        return c / (a + b - c);
    case UF_RELATEDNESS_ASSOCIATION:
        return c / (a / all * b);
    case UF_RELATEDNESS_PROBABILITY:
        return c / (a * b / 2 * (1 / (all - a) + 1 / (all - b)));
    }
    return NAN;
}

static void measures_are_their_definitions(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {{1, 1}, {1, 5}, {6, 1}, {5, 7}, {70, 9}, {130, 6}};
    for (size_t shape = 0; shape < sizeof shapes / sizeof *shapes; shape++) {
        gsl_matrix *presence = random_presence(shapes[shape][0], shapes[shape][1], 0.4, 17 + shape);
        size_t n = presence->size2;
        if (n > 3) /* a sector that is nowhere */
            for (size_t r = 0; r < presence->size1; r++) gsl_matrix_set(presence, r, 2, 0);
        gsl_matrix *pairs = gsl_matrix_alloc(n, n), *related = gsl_matrix_alloc(n, n);
        struct uf_error error;
        assert_ok(uf_co_occurrence(presence, pairs, &error), &error);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) assert_true(at(pairs, i, j) == together(presence, i, j));
        for (int measure = 0; measure <= UF_RELATEDNESS_PROBABILITY; measure++) {
            for (int base = 0; base <= UF_BASE_CO_OCCURRENCES; base++) {
                uf_status status =
                    uf_relatedness(pairs, presence->size1, (enum uf_relatedness_measure)measure,
                                   (enum uf_relatedness_base)base, related, &error);
                if (measure == UF_RELATEDNESS_PROBABILITY && base == UF_BASE_OCCURRENCES) {
                    assert_int_equal(status, UF_BAD_USAGE);
                    continue;
                }
                assert_ok(status, &error);
                for (size_t i = 0; i < n; i++)
                    for (size_t j = 0; j < n; j++)
                        expect_close(at(related, i, j),
                                     i == j ? 0
                                            : slow_measure(presence, (enum uf_relatedness_measure)measure,
                                                           (enum uf_relatedness_base)base, i, j),
                                     1e-12, "measure");
            }
        }
        gsl_matrix_free(related);
        gsl_matrix_free(pairs);
        gsl_matrix_free(presence);
    }
}

static void density_is_its_definition(void **state)
{
    (void)state;
    gsl_matrix *presence = random_presence(23, 31, 0.2, 5);
    for (size_t r = 0; r < 23; r++) gsl_matrix_set(presence, r, 4, 0);
    for (size_t s = 0; s < 31; s++) gsl_matrix_set(presence, 7, s, 0);
    size_t n = presence->size2;
    gsl_matrix *related = gsl_matrix_alloc(n, n), *density = gsl_matrix_alloc(presence->size1, n);
    struct uf_error error;
    assert_ok(uf_co_occurrence(presence, related, &error), &error);
    assert_ok(uf_relatedness(related, presence->size1, UF_RELATEDNESS_MIN_CONDITIONAL, UF_BASE_OCCURRENCES,
                             related, &error),
              &error);
    for (int own = 0; own < 2; own++) {
        assert_ok(uf_relatedness_density(related, presence, own, density, &error), &error);
        for (size_t r = 0; r < presence->size1; r++) {
            for (size_t s = 0; s < n; s++) {
                double near = 0, all = 0;
                for (size_t j = 0; j < n; j++) {
                    double phi = j == s ? own : at(related, s, j);
                    if (isnan(phi)) continue;
                    near += phi * at(presence, r, j);
                    all += phi;
                }
                expect_close(at(density, r, s), all > 0 ? near / all : (double)NAN, 1e-12, "density");
            }
        }
    }
    gsl_matrix_set(presence, 3, 3, NAN);
    assert_int_equal(uf_relatedness_density(related, presence, false, density, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "row 4, column 4"));
    gsl_matrix_free(density);
    gsl_matrix_free(related);
    gsl_matrix_free(presence);
}

/* The dense symmetric matrix, decomposed whole. */
static void slow_index(const gsl_matrix *presence, gsl_vector *out)
{
    size_t n = presence->size1, m = presence->size2;
    gsl_matrix *dense = gsl_matrix_calloc(n, n), *vectors = gsl_matrix_alloc(n, n);
    gsl_vector *values = gsl_vector_alloc(n);
    double *d = calloc(n + m, sizeof *d), *u = d + n;
    for (size_t r = 0; r < n; r++)
        for (size_t s = 0; s < m; s++) d[r] += at(presence, r, s), u[s] += at(presence, r, s);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++)
            for (size_t s = 0; s < m; s++)
                if (u[s] > 0 && d[a] > 0 && d[b] > 0)
                    *gsl_matrix_ptr(dense, a, b) +=
                        at(presence, a, s) * at(presence, b, s) / u[s] / sqrt(d[a] * d[b]);
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(n);
    gsl_eigen_symmv(dense, values, vectors, workspace);
    gsl_eigen_symmv_sort(values, vectors, GSL_EIGEN_SORT_VAL_DESC);
    double mean = 0, squares = 0, count = 0, sign = 0, mean_d = 0;
    for (size_t r = 0; r < n; r++) {
        gsl_vector_set(out, r, d[r] > 0 ? at(vectors, r, 1) / sqrt(d[r]) : (double)NAN);
        if (d[r] > 0) mean += gsl_vector_get(out, r), mean_d += d[r], count++;
    }
    mean /= count, mean_d /= count;
    for (size_t r = 0; r < n; r++)
        if (d[r] > 0) {
            squares += pow(gsl_vector_get(out, r) - mean, 2);
            sign += (gsl_vector_get(out, r) - mean) * (d[r] - mean_d);
        }
    for (size_t r = 0; r < n; r++)
        gsl_vector_set(out, r,
                       copysign(1, sign) * (gsl_vector_get(out, r) - mean) / sqrt(squares / (count - 1)));
    gsl_eigen_symmv_free(workspace);
    gsl_vector_free(values);
    gsl_matrix_free(vectors);
    gsl_matrix_free(dense);
    free(d);
}

static void the_index_is_the_second_eigenvector(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {{5, 9}, {30, 12}, {12, 40}, {60, 60}, {90, 25}};
    for (size_t shape = 0; shape < sizeof shapes / sizeof *shapes; shape++) {
        size_t n = shapes[shape][0], m = shapes[shape][1];
        gsl_matrix *presence = random_presence(n, m, 0.5, 90 + shape);
        if (n > 5) { /* a region without anything, a sector that is nowhere */
            for (size_t s = 0; s < m; s++) gsl_matrix_set(presence, 3, s, 0);
            for (size_t r = 0; r < n; r++) gsl_matrix_set(presence, r, 2, 0);
        }
        gsl_vector *regions = gsl_vector_alloc(n), *sectors = gsl_vector_alloc(m),
                   *slow = gsl_vector_alloc(n);
        gsl_vector *again = gsl_vector_alloc(n), *again_sectors = gsl_vector_alloc(m);
        gsl_matrix *turned = gsl_matrix_alloc(n, m);
        struct uf_complexity_fit fit;
        struct uf_error error;
        assert_ok(uf_complexity(presence, NULL, regions, sectors, &fit, &error), &error);
        slow_index(presence, slow);
        for (size_t r = 0; r < n; r++)
            expect_within(gsl_vector_get(regions, r), gsl_vector_get(slow, r), 1e-8, "ECI");
        for (size_t r = 0; r < n; r++) /* rows and columns in another order */
            for (size_t s = 0; s < m; s++)
                gsl_matrix_set(turned, n - 1 - r, (s * 7 + 3) % m, at(presence, r, s));
        if (m % 7 != 0) {
            assert_ok(uf_complexity(turned, NULL, again, again_sectors, &fit, &error), &error);
            for (size_t r = 0; r < n; r++)
                expect_within(gsl_vector_get(again, n - 1 - r), gsl_vector_get(regions, r), 1e-9,
                              "turned ECI");
            for (size_t s = 0; s < m; s++)
                expect_within(gsl_vector_get(again_sectors, (s * 7 + 3) % m), gsl_vector_get(sectors, s),
                              1e-9, "turned PCI");
        }
        gsl_matrix_free(turned);
        gsl_vector_free(again_sectors);
        gsl_vector_free(again);
        gsl_vector_free(slow);
        gsl_vector_free(sectors);
        gsl_vector_free(regions);
        gsl_matrix_free(presence);
    }
}

static void networks_that_say_nothing_are_refused(void **state)
{
    (void)state;
    struct uf_complexity_fit fit;
    struct uf_error error;
    gsl_vector *four = gsl_vector_alloc(4), *sectors = gsl_vector_alloc(4);
    gsl_vector_set_all(four, 42);
    gsl_matrix *apart = gsl_matrix_alloc(4, 4);
    gsl_matrix_set_identity(apart);
    assert_int_equal(uf_complexity(apart, NULL, four, sectors, &fit, &error), UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "4 parts"));
    assert_true(gsl_vector_get(four, 0) == 42);
    size_t region[4], sector[4], count;
    gsl_matrix_set(apart, 1, 2, 1); /* regions 1 and 2, sectors 1 and 2 */
    assert_ok(uf_complexity_components(apart, region, sector, &count, &error), &error);
    assert_int_equal(count, 3);
    assert_int_equal(region[1], 0);
    assert_int_equal(region[2], 0);
    assert_int_equal(sector[1], 0);
    assert_int_equal(sector[2], 0);
    assert_true(region[0] != region[3] && region[0] == sector[0] && region[3] == sector[3]);
    gsl_matrix_set_all(apart, 1); /* all alike */
    assert_int_equal(uf_complexity(apart, NULL, four, sectors, &fit, &error), UF_NOT_IDENTIFIED);
    gsl_matrix_set_all(apart, 1);
    for (size_t i = 0; i < 4; i++)
        gsl_matrix_set(apart, i, i, 0); /* a symmetry of four: a triple eigenvalue */
    assert_int_equal(uf_complexity(apart, NULL, four, sectors, &fit, &error), UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "double"));
    gsl_matrix_free(apart);
    gsl_vector_free(sectors);
    gsl_vector_free(four);
}

static void fitness_is_a_fixed_point(void **state)
{
    (void)state;
    gsl_matrix *presence = random_presence(25, 40, 0.5, 11);
    gsl_vector *fitness = gsl_vector_alloc(25), *complexity = gsl_vector_alloc(40);
    struct uf_fitness_fit fit;
    struct uf_error error;
    assert_ok(uf_complexity_fitness(presence, NULL, fitness, complexity, &fit, &error), &error);
    assert_true(fit.converged);
    double next[25], mean = 0;
    for (size_t r = 0; r < 25; r++) {
        next[r] = 0;
        for (size_t s = 0; s < 40; s++) next[r] += at(presence, r, s) * gsl_vector_get(complexity, s);
        mean += next[r] / 25;
    }
    for (size_t r = 0; r < 25; r++)
        expect_within(next[r] / mean, gsl_vector_get(fitness, r), 1e-9, "fixed point");
    gsl_vector_free(fitness);
    gsl_vector_free(complexity);
    gsl_matrix_free(presence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_are_their_definitions), cmocka_unit_test(density_is_its_definition),
        cmocka_unit_test(the_index_is_the_second_eigenvector),
        cmocka_unit_test(networks_that_say_nothing_are_refused), cmocka_unit_test(fitness_is_a_fixed_point)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
