// SPDX-License-Identifier: GPL-3.0-or-later
/* Covariances: identities between kinds, and CR2 with Satterthwaite's df against their definition with N × N
 * matrices. */
#include "support/projection.h"
#include "support/regression.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/random.h>

enum { UNITS = 12, PERIODS = 6, MOST = UNITS * PERIODS, K = 2 };

struct design {
    size_t n, unit[MOST], period[MOST], region[MOST], each[MOST];
    double x[MOST][K], y[MOST], weights[MOST];
};

/* Unbalanced: some cells are missing; three units to a region. */
static struct design design_draw(uint64_t seed)
{
    struct design d = {0};
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 1);
    for (size_t u = 0; u < UNITS; u++) {
        for (size_t t = 0; t < PERIODS; t++) {
            if (uf_random_below(&random, 8) == 0) continue;
            size_t i = d.n++;
            d.unit[i] = u, d.period[i] = t, d.region[i] = u / 3, d.each[i] = i;
            d.x[i][0] = u < 4 && t >= 3 + u % 2;
            d.x[i][1] = uf_random_uniform(&random);
            d.y[i] = uf_random_uniform(&random) + d.x[i][1];
            d.weights[i] = 0.5 + uf_random_uniform(&random);
        }
    }
    return d;
}

static struct regression regress(const struct design *d, bool weighted, bool effects)
{
    const size_t *const group[] = {d->unit, d->period};
    return regression_of_rows(d->n, K, d->x[0], d->y, weighted ? d->weights : NULL, effects ? 2 : 0, group,
                              (const size_t[]){UNITS, PERIODS});
}

static struct uf_covariance by(const struct regression *r, enum uf_covariance_kind kind, enum uf_df_rule rule,
                               const size_t *cluster)
{
    return regression_covariance(r, kind, UF_K_STATA, rule, cluster ? 1 : 0, &cluster,
                                 (const size_t[]){MOST});
}

static void each_observation_its_own_cluster_is_hc(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct design d = design_draw(seed);
        struct regression r = regress(&d, seed % 2, true);
        struct uf_covariance hc1 = by(&r, UF_COVARIANCE_HC1, 0, NULL),
                             cr0 = by(&r, UF_COVARIANCE_CR0, 0, d.each);
        struct uf_covariance cr1s = by(&r, UF_COVARIANCE_CR1S, 0, d.each);
        for (size_t a = 0; a < K; a++) {
            for (size_t b = 0; b < K; b++) {
                double hc = gsl_matrix_get(hc1.matrix, a, b);
                expect_close(gsl_matrix_get(cr0.matrix, a, b) * hc1.factor, hc, 1e-10, "CR0 = HC0");
                expect_close(gsl_matrix_get(cr1s.matrix, a, b), hc, 1e-10, "CR1S with N clusters = HC1");
            }
        }
        uf_covariance_clear(&hc1), uf_covariance_clear(&cr0), uf_covariance_clear(&cr1s);
        regression_clear(&r);
    }
}

static void two_ways_that_are_one(void **state)
{
    (void)state;
    struct design d = design_draw(9);
    struct regression r = regress(&d, false, true);
    const size_t *const same[] = {d.unit, d.unit};
    const size_t bounds[] = {MOST, MOST};
    struct uf_covariance one = by(&r, UF_COVARIANCE_CR1S, 0, d.unit);
    struct uf_covariance two = regression_covariance(&r, UF_COVARIANCE_CR1S, UF_K_STATA, 0, 2, same, bounds);
    for (size_t a = 0; a < K; a++)
        expect_close(gsl_matrix_get(two.matrix, a, a), gsl_matrix_get(one.matrix, a, a), 1e-12, "A + A - A");
    uf_covariance_clear(&one), uf_covariance_clear(&two);
    regression_clear(&r);
}

/* All of a group change alike between the first two periods: that difference has no variance, and not the root of what rounding
 * leaves of it. */
static void a_difference_without_variance(void **state)
{
    (void)state;
    enum { FEW = 5, YEARS = 4, ROWS = FEW * YEARS };
    static const enum uf_covariance_kind kinds[] = {UF_COVARIANCE_HC1, UF_COVARIANCE_CR0, UF_COVARIANCE_CR1S,
                                                    UF_COVARIANCE_CR2};
    struct uf_random random;
    size_t unit[ROWS], period[ROWS];
    uf_random_init(&random, 3, UF_PURPOSE_SIMULATION, 2);
    gsl_matrix *x = gsl_matrix_calloc(ROWS, YEARS - 1);
    gsl_vector *y = gsl_vector_alloc(ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        unit[i] = i / YEARS, period[i] = i % YEARS;
        if (unit[i] < 2 && period[i] > 0) gsl_matrix_set(x, i, period[i] - 1, 1);
        double noise = period[i] > 1 ? uf_random_uniform(&random) : 0;
        gsl_vector_set(y, i, 0.7 * (double)unit[i] + 0.1 * (double)period[i] + noise);
    }
    const size_t *const group[] = {unit, period}, *const cluster[] = {unit};
    struct regression r = regression_fit(x, y, NULL, 2, group, (const size_t[]){FEW, YEARS});
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        bool clustered = kinds[k] != UF_COVARIANCE_HC1;
        struct uf_covariance v = regression_covariance(&r, kinds[k], UF_K_FIXEST, 0, clustered ? 1 : 0,
                                                       cluster, (const size_t[]){FEW});
        if (clustered) expect_close(gsl_matrix_get(v.matrix, 0, 0), 0, 0, "nothing varies");
        assert_true(gsl_matrix_get(v.matrix, 1, 1) > 1e-4);
        uf_covariance_clear(&v);
    }
    regression_clear(&r);
}

/* --- the definition, with every dummy and every N × N matrix ------------------------------------ */

static void check_definition(const struct design *d, bool weighted, const size_t *cluster, size_t n_clusters)
{
    size_t n = d->n;
    struct regression r = regress(d, weighted, true);
    const size_t *const group[] = {d->unit, d->period};
    gsl_matrix *m = projection_residual_maker(n, K, d->x[0], weighted ? d->weights : NULL, 2, group,
                                              (const size_t[]){UNITS, PERIODS}),
               *p = gsl_matrix_calloc(n, n_clusters), *v = gsl_matrix_calloc(K, K);
    gsl_matrix *gram = gsl_matrix_alloc(n_clusters, n_clusters);
    struct uf_covariance cr2 = by(&r, UF_COVARIANCE_CR2, 0, cluster);
    for (size_t coefficient = 0; coefficient < K; coefficient++) {
        double variance = 0;
        gsl_matrix_set_zero(p);
        for (size_t g = 0; g < n_clusters; g++) {
            size_t rows[MOST], size = 0;
            for (size_t i = 0; i < n; i++)
                if (cluster[i] == g) rows[size++] = i;
            gsl_matrix *block = gsl_matrix_alloc(size, size);
            for (size_t a = 0; a < size; a++)
                for (size_t b = 0; b < size; b++)
                    gsl_matrix_set(block, a, b, gsl_matrix_get(m, rows[a], rows[b]));
            gsl_matrix *adjust = projection_power(block, -0.5);
            double score = 0;
            for (size_t a = 0; a < size; a++) {
                double value = 0; /* row a of A_g X_g M c */
                for (size_t b = 0; b < size; b++) {
                    double xmc = 0, root = weighted ? sqrt(d->weights[rows[b]]) : 1;
                    for (size_t j = 0; j < K; j++)
                        xmc += root * gsl_matrix_get(r.x, rows[b], j) *
                               gsl_matrix_get(r.fit.inverse, j, coefficient);
                    value += gsl_matrix_get(adjust, a, b) * xmc;
                }
                score += value * (weighted ? sqrt(d->weights[rows[a]]) : 1) *
                         gsl_vector_get(r.fit.residuals, rows[a]);
                for (size_t i = 0; i < n; i++)
                    gsl_matrix_set(p, i, g, gsl_matrix_get(p, i, g) + gsl_matrix_get(m, i, rows[a]) * value);
            }
            variance += score * score;
            gsl_matrix_free(block), gsl_matrix_free(adjust);
        }
        gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, p, p, 0, gram);
        double trace = 0, square = 0;
        for (size_t g = 0; g < n_clusters; g++) {
            trace += gsl_matrix_get(gram, g, g);
            for (size_t h = 0; h < n_clusters; h++) square += pow(gsl_matrix_get(gram, g, h), 2);
        }
        expect_close(gsl_matrix_get(cr2.matrix, coefficient, coefficient), variance, 1e-9,
                     "CR2 by definition");
        expect_close(cr2.df[coefficient], trace * trace / square, 1e-8, "Satterthwaite by definition");
    }
    uf_covariance_clear(&cr2);
    gsl_matrix_free(m), gsl_matrix_free(p), gsl_matrix_free(v), gsl_matrix_free(gram);
    regression_clear(&r);
}

static void cr2_is_its_definition(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct design d = design_draw(seed);
        check_definition(&d, seed % 2, d.unit, UNITS);
        check_definition(&d, seed % 2, d.region, UNITS / 3);
        check_definition(&d, seed % 2, d.period, PERIODS); /* units straddle the clusters */
    }
}

static void two_way_that_is_not_definite_is_repaired(void **state)
{
    (void)state;
    struct uf_error error;
    size_t repaired = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct design d = design_draw(seed);
        struct regression r = regress(&d, false, true);
        const size_t *const both[] = {d.region, d.period};
        struct uf_covariance v = regression_covariance(&r, UF_COVARIANCE_CR1S, UF_K_FIXEST, 0, 2, both,
                                                       (const size_t[]){MOST, MOST});
        gsl_eigen_symm_workspace *workspace = gsl_eigen_symm_alloc(K);
        gsl_vector *values = gsl_vector_alloc(K);
        gsl_matrix *copy = gsl_matrix_alloc(K, K);
        gsl_matrix_memcpy(copy, v.matrix);
        gsl_eigen_symm(copy, values, workspace);
        assert_true(gsl_vector_min(values) >= -1e-9 * gsl_vector_max(values));
        repaired += v.repaired;
        gsl_eigen_symm_free(workspace), gsl_vector_free(values), gsl_matrix_free(copy);
        struct uf_covariance_input input = {.x = r.x,
                                            .residuals = r.fit.residuals,
                                            .inverse = r.fit.inverse,
                                            .absorber = r.absorber,
                                            .cluster = {d.region, d.period},
                                            .n_groups = {MOST, MOST},
                                            .n_cluster_dimensions = 2};
        struct uf_covariance_options cr2 = {.kind = UF_COVARIANCE_CR2};
        struct uf_covariance untouched = {.n_clusters = 77};
        assert_int_equal(uf_covariance_estimate(&input, &cr2, &untouched, &error), UF_BAD_USAGE);
        assert_int_equal(untouched.n_clusters, 77);
        uf_covariance_clear(&v);
        regression_clear(&r);
    }
    assert_true(repaired > 0); /* or this test shows nothing */
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_observation_its_own_cluster_is_hc),
        cmocka_unit_test(two_ways_that_are_one),
        cmocka_unit_test(a_difference_without_variance),
        cmocka_unit_test(cr2_is_its_definition),
        cmocka_unit_test(two_way_that_is_not_definite_is_repaired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
