// SPDX-License-Identifier: GPL-3.0-or-later
/* The wild cluster bootstrap against its slow twin (two regressions per draw), and what must hold of it whatever
 * the numbers. */
#include "support/regression.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>
#include <utfall/wild_bootstrap.h>

enum { UNITS = 16, PERIODS = 6, MOST = UNITS * PERIODS, K = 2 };
/* tested: b_0 + LEAN b_1 = NULL_VALUE */
#define LEAN       (-0.5)
#define NULL_VALUE 0.1

struct design {
    size_t n, unit[MOST], period[MOST], region[MOST];
    double x[MOST][K], y[MOST], weights[MOST];
};

/* Unbalanced: some cells are missing; `per_region` units to a region. The first units are treated. */
static struct design design_draw(uint64_t seed, size_t treated, size_t per_region)
{
    struct design d = {0};
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 7);
    for (size_t u = 0; u < UNITS; u++) {
        for (size_t t = 0; t < PERIODS; t++) {
            if (uf_random_below(&random, 8) == 0) continue;
            size_t i = d.n++;
            d.unit[i] = u, d.period[i] = t, d.region[i] = u / per_region;
            d.x[i][0] = u < treated && t >= 3 + u % 2;
            d.x[i][1] = uf_random_uniform(&random);
            d.y[i] = uf_random_uniform(&random) + d.x[i][1] + 0.2 * (double)(u % 3) + 0.3 * d.x[i][0];
            d.weights[i] = 0.5 + uf_random_uniform(&random);
        }
    }
    return d;
}

/* y on x_0 … (or, with the null imposed, what is left to estimate: x_1 − LEAN x_0) with or without effects. */
static struct regression regress(const struct design *d, const double *y, bool weighted, bool effects,
                                 bool imposed)
{
    size_t k = imposed ? K - 1 : K, constant = effects ? 0 : 1;
    gsl_matrix *x = gsl_matrix_alloc(d->n, k + constant);
    gsl_vector *outcome = gsl_vector_alloc(d->n);
    double *weights = weighted ? malloc(d->n * sizeof *weights) : NULL;
    for (size_t i = 0; i < d->n; i++) {
        if (imposed) {
            gsl_matrix_set(x, i, 0, d->x[i][1] - LEAN * d->x[i][0]);
            gsl_vector_set(outcome, i, y[i] - NULL_VALUE * d->x[i][0]);
        } else {
            for (size_t j = 0; j < K; j++) gsl_matrix_set(x, i, j, d->x[i][j]);
            gsl_vector_set(outcome, i, y[i]);
        }
        if (constant) gsl_matrix_set(x, i, k, 1);
        if (weighted) weights[i] = d->weights[i];
    }
    const size_t *const group[] = {d->unit, d->period};
    return regression_fit(x, outcome, weights, effects ? 2 : 0, group, (const size_t[]){UNITS, PERIODS});
}

static gsl_vector *combination(const struct regression *r)
{
    gsl_vector *c = gsl_vector_calloc(r->k);
    gsl_vector_set(c, 0, 1);
    gsl_vector_set(c, 1, LEAN);
    return c;
}

static struct uf_covariance_input seen(const struct regression *r, const size_t *cluster)
{
    return (struct uf_covariance_input){.x = r->x,
                                        .residuals = r->fit.residuals,
                                        .inverse = r->fit.inverse,
                                        .weights = r->weights,
                                        .absorber = r->absorber,
                                        .cluster = {cluster},
                                        .n_groups = {MOST},
                                        .n_cluster_dimensions = 1};
}

static struct uf_wild_bootstrap test(const struct regression *r, const size_t *cluster, double null_value,
                                     const struct uf_wild_bootstrap_options *options)
{
    struct uf_error error;
    struct uf_wild_bootstrap out;
    struct uf_covariance_input input = seen(r, cluster);
    gsl_vector *c = combination(r);
    assert_ok(
        uf_wild_bootstrap_test(&(struct uf_wild_bootstrap_input){&input, r->fit.coefficients, c, null_value},
                               options, &out, &error),
        &error);
    gsl_vector_free(c);
    return out;
}

static double t_of(const struct regression *r, const size_t *cluster, double centre)
{
    struct uf_covariance v = regression_covariance(r, UF_COVARIANCE_CR1S, UF_K_FIXEST, UF_DF_CLUSTERS, 1,
                                                   &cluster, (const size_t[]){MOST});
    double variance = gsl_matrix_get(v.matrix, 0, 0) + 2 * LEAN * gsl_matrix_get(v.matrix, 0, 1) +
                      LEAN * LEAN * gsl_matrix_get(v.matrix, 1, 1);
    double theta = gsl_vector_get(r->fit.coefficients, 0) + LEAN * gsl_vector_get(r->fit.coefficients, 1);
    uf_covariance_clear(&v);
    return (theta - centre) / sqrt(variance);
}

/* Every draw by two regressions: the one that gives the residuals, and the one on the new outcome. */
static void check_draws(const struct design *d, bool weighted, bool effects, const size_t *cluster,
                        enum uf_wild_null null, enum uf_wild_weights weights, size_t draws)
{
    struct regression r = regress(d, d->y, weighted, effects, false);
    struct regression source = null == UF_WILD_RESTRICTED ? regress(d, d->y, weighted, effects, true)
                                                          : regress(d, d->y, weighted, effects, false);
    const struct uf_wild_bootstrap_options options = {
        .null = null, .weights = weights, .draws = draws, .seed = 5, .keep_statistics = true};
    struct uf_wild_bootstrap b = test(&r, cluster, NULL_VALUE, &options);
    double theta = gsl_vector_get(r.fit.coefficients, 0) + LEAN * gsl_vector_get(r.fit.coefficients, 1);
    double centre = null == UF_WILD_RESTRICTED ? NULL_VALUE : theta, actual = t_of(&r, cluster, NULL_VALUE);
    double v[MOST], y[MOST];
    size_t beyond = 0;
    expect_close(b.statistic, actual, 1e-9, "t");
    expect_close(b.estimate, theta, 1e-12, "estimate");
    assert_int_equal(b.draws, b.enumerated ? 2 * b.n_statistics : b.n_statistics);
    for (size_t draw = 0; draw < b.n_statistics; draw++) {
        uf_wild_weights(b.weights, b.enumerated, 5, draw, b.n_clusters, v);
        for (size_t i = 0; i < d->n; i++) {
            double e = gsl_vector_get(source.fit.residuals, i);
            y[i] = d->y[i] - e + v[cluster[i]] * e;
        }
        struct regression again = regress(d, y, weighted, effects, false);
        double t = t_of(&again, cluster, centre);
        expect_within(b.statistics[draw], t, 1e-7 * (1 + fabs(t)), "a draw by two regressions");
        beyond += fabs(t) >= fabs(actual) * (1 - 1e-9);
        regression_clear(&again);
    }
    double p = b.enumerated && null == UF_WILD_RESTRICTED
                   ? (double)beyond / (double)b.n_statistics
                   : (1 + (double)beyond * (b.enumerated ? 2 : 1)) / (1 + (double)b.draws);
    expect_close(b.p_symmetric, p, 1e-12, "p");
    uf_wild_bootstrap_clear(&b);
    regression_clear(&r), regression_clear(&source);
}

static void draws_are_regressions(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct design d = design_draw(seed, seed == 4 ? 1 : 5, 3);
        bool weighted = seed % 2;
        for (int effects = 0; effects < 2; effects++) {
            check_draws(&d, weighted, effects, d.region, UF_WILD_RESTRICTED, UF_WILD_RADEMACHER, 99);
            check_draws(&d, weighted, effects, d.region, UF_WILD_UNRESTRICTED, UF_WILD_RADEMACHER, 99);
            check_draws(&d, weighted, effects, d.region, UF_WILD_RESTRICTED, UF_WILD_WEBB, 40);
            check_draws(&d, weighted, effects, d.unit, UF_WILD_RESTRICTED, UF_WILD_RADEMACHER, 60);
            check_draws(&d, weighted, effects, d.unit, UF_WILD_UNRESTRICTED, UF_WILD_WEBB, 40);
            /* units straddle the clusters */
            check_draws(&d, weighted, effects, d.period, UF_WILD_RESTRICTED, UF_WILD_RADEMACHER, 64);
        }
    }
}

/* p is above 1 − level just inside an end of the interval, and not above it just outside. */
static void interval_is_the_test_inverted(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct design d = design_draw(seed, 5, 2);
        struct regression r = regress(&d, d.y, seed % 2, true, false);
        const struct uf_wild_bootstrap_options options = {.null = seed % 3 == 0 ? UF_WILD_UNRESTRICTED : 0,
                                                          .weights = UF_WILD_RADEMACHER,
                                                          .tails = seed > 3 ? UF_WILD_EQUAL_TAILED : 0,
                                                          .level = 0.9,
                                                          .draws = 999};
        struct uf_wild_bootstrap b = test(&r, d.region, 0, &options);
        assert_true(b.enumerated);
        assert_int_equal(b.draws, 256);
        for (int side = -1; side <= 1; side += 2) {
            double end = side < 0 ? b.conf_low : b.conf_high, width = b.conf_high - b.conf_low;
            assert_true(isfinite(end));
            assert_true(side * (end - b.estimate) > 0);
            struct uf_wild_bootstrap inside = test(&r, d.region, end - side * 1e-6 * width, &options);
            struct uf_wild_bootstrap outside = test(&r, d.region, end + side * 1e-6 * width, &options);
            bool equal = options.tails == UF_WILD_EQUAL_TAILED;
            assert_true((equal ? inside.p_equal_tailed : inside.p_symmetric) > 0.1 + 1e-9);
            assert_true((equal ? outside.p_equal_tailed : outside.p_symmetric) <= 0.1 + 1e-9);
        }
        regression_clear(&r);
    }
}

static void few_clusters_have_no_ends(void **state)
{
    (void)state;
    struct uf_error error;
    struct design d = design_draw(3, 5, 4);
    struct regression r = regress(&d, d.y, false, true, false);
    const struct uf_wild_bootstrap_options options = {.weights = UF_WILD_RADEMACHER};
    struct uf_wild_bootstrap b = test(&r, d.region, 0, &options);
    assert_int_equal(b.n_clusters, 4);
    assert_int_equal(b.draws, 16);
    assert_true(b.least_p >= 0.125);
    assert_true(isinf(b.conf_low) && isinf(b.conf_high));
    for (enum uf_language language = 0; language < UF_LANGUAGES; language++) {
        char *text;
        assert_ok(uf_wild_bootstrap_describe(&b, language, &text, &error), &error);
        assert_non_null(strstr(text, "16"));
        assert_non_null(strstr(text, language == UF_SWEDISH ? "inget slut" : "no end"));
        free(text);
    }
    /* by default Webb's weights: all 6^4 of them, and the interval ends */
    b = test(&r, d.region, 0, NULL);
    assert_int_equal(b.weights, UF_WILD_WEBB);
    assert_true(b.enumerated);
    assert_int_equal(b.draws, 1296);
    assert_true(b.p_symmetric >= b.least_p && b.least_p >= 2.0 / 1296);
    regression_clear(&r);
}

/* Unrestricted, with three clusters: some draws leave no residuals, and are as far out as can be whatever is tested. */
static void draws_without_variance_have_no_ends(void **state)
{
    (void)state;
    enum { FEW = 3, ROWS = FEW * PERIODS };
    struct uf_error error;
    struct uf_random random;
    size_t unit[ROWS], period[ROWS];
    uf_random_init(&random, 6, UF_PURPOSE_SIMULATION, 1);
    gsl_matrix *x = gsl_matrix_alloc(ROWS, 1);
    gsl_vector *y = gsl_vector_alloc(ROWS), *one = gsl_vector_alloc(1);
    gsl_vector_set_all(one, 1);
    for (size_t i = 0; i < ROWS; i++) {
        unit[i] = i / PERIODS, period[i] = i % PERIODS;
        gsl_matrix_set(x, i, 0, unit[i] > 0 && period[i] >= 2);
        gsl_vector_set(y, i, uf_random_uniform(&random));
    }
    const size_t *const group[] = {unit, period};
    struct regression r = regression_fit(x, y, NULL, 2, group, (const size_t[]){FEW, PERIODS});
    const struct uf_wild_bootstrap_options options = {.null = UF_WILD_UNRESTRICTED};
    struct uf_covariance_input view = seen(&r, unit);
    const struct uf_wild_bootstrap_input input = {
        .regression = &view, .coefficients = r.fit.coefficients, .combination = one};
    struct uf_wild_bootstrap b;
    assert_ok(uf_wild_bootstrap_test(&input, &options, &b, &error), &error);
    assert_true(b.least_p > 0.05);
    assert_true(isinf(b.conf_low) && isinf(b.conf_high));
    gsl_vector_free(one);
    regression_clear(&r);
}

static void enumerated_is_the_limit_of_random(void **state)
{
    (void)state;
    struct design d = design_draw(11, 5, 1);
    struct regression r = regress(&d, d.y, false, true, false);
    struct uf_wild_bootstrap_options options = {.draws = 1 << 16};
    struct uf_wild_bootstrap all = test(&r, d.unit, 0.2, &options);
    assert_true(all.enumerated);
    assert_true(all.monte_carlo_error == 0);
    options.draws = (1 << 16) - 1;
    for (options.seed = 1; options.seed <= 3; options.seed++) {
        struct uf_wild_bootstrap some = test(&r, d.unit, 0.2, &options);
        assert_false(some.enumerated);
        expect_within(some.p_symmetric, all.p_symmetric, 4.5 * some.monte_carlo_error, "random draws");
        expect_within(some.p_equal_tailed, all.p_equal_tailed, 7 * some.monte_carlo_error, "equal-tailed");
        expect_within(some.conf_low, all.conf_low, 0.03 * (all.conf_high - all.conf_low), "low end");
        expect_within(some.conf_high, all.conf_high, 0.03 * (all.conf_high - all.conf_low), "high end");
    }
    regression_clear(&r);
}

static void units_and_order_do_not_matter(void **state)
{
    (void)state;
    const struct uf_wild_bootstrap_options options = {.weights = UF_WILD_RADEMACHER};
    struct design d = design_draw(12, 4, 2), other = d;
    for (size_t i = 0; i < d.n; i++) {
        size_t at = d.n - 1 - i;
        other.unit[i] = UNITS - 1 - d.unit[at], other.period[i] = d.period[at];
        other.region[i] = 3 + 2 * (7 - d.region[at]); /* numbers with gaps, the other way round */
        memcpy(other.x[i], d.x[at], sizeof d.x[at]);
        other.weights[i] = 7 * d.weights[at];
        other.y[i] = 100 - 3 * d.y[at];
    }
    struct regression r = regress(&d, d.y, true, true, false),
                      s = regress(&other, other.y, true, true, false);
    struct uf_wild_bootstrap a = test(&r, d.region, 0.2, &options),
                             b = test(&s, other.region, -0.6, &options);
    expect_close(b.p_symmetric, a.p_symmetric, 1e-12, "p");
    expect_close(b.p_equal_tailed, a.p_equal_tailed, 1e-12, "equal-tailed p");
    expect_close(b.statistic, -a.statistic, 1e-9, "t");
    expect_close(b.conf_low, -3 * a.conf_high, 1e-7, "interval");
    expect_close(b.conf_high, -3 * a.conf_low, 1e-7, "interval");
    regression_clear(&r), regression_clear(&s);
}

/* Points, mean 0 and variance 1, and the same for the first clusters however many there are. */
static void weights_are_what_they_are_called(void **state)
{
    (void)state;
    enum { CLUSTERS = 700, DRAWS = 400 };
    double v[CLUSTERS], few[10];
    for (int kind = UF_WILD_RADEMACHER; kind <= UF_WILD_WEBB; kind++) {
        double sum = 0, squares = 0, neighbours = 0, n = (double)CLUSTERS * DRAWS;
        for (uint64_t draw = 0; draw < DRAWS; draw++) {
            uf_wild_weights((enum uf_wild_weights)kind, false, 9, draw, CLUSTERS, v);
            uf_wild_weights((enum uf_wild_weights)kind, false, 9, draw, 10, few);
            assert_memory_equal(v, few, sizeof few);
            for (size_t g = 0; g < CLUSTERS; g++) {
                double doubled = 2 * v[g] * v[g]; /* 1, 2 or 3; of signs 2 */
                expect_within(doubled, kind == UF_WILD_WEBB ? round(doubled) : 2, 1e-12, "a point");
                assert_true(doubled > 0.5 && doubled < 3.5);
                sum += v[g], squares += v[g] * v[g], neighbours += g ? v[g] * v[g - 1] : 0;
            }
        }
        expect_within(sum / n, 0, 5 / sqrt(n), "mean");
        expect_within(squares / n, 1, 5 / sqrt(n), "variance");
        expect_within(neighbours / n, 0, 5 / sqrt(n), "clusters are independent");
    }
    /* an enumeration counts: 6^3 different vectors, draw 0 all at the lowest point */
    double seen[216][3];
    for (size_t draw = 0; draw < 216; draw++) {
        uf_wild_weights(UF_WILD_WEBB, true, 0, draw, 3, seen[draw]);
        for (size_t other = 0; other < draw; other++)
            assert_memory_not_equal(seen[other], seen[draw], sizeof seen[draw]);
    }
    expect_close(seen[0][2], -sqrt(1.5), 1e-15, "lowest");
    expect_close(seen[1][0], -1, 1e-15, "the first cluster changes fastest");
}

static void refusals(void **state)
{
    (void)state;
    struct uf_error error;
    struct design d = design_draw(2, 5, 2);
    struct regression r = regress(&d, d.y, false, true, false);
    struct uf_covariance_input regression = seen(&r, d.region);
    gsl_vector *c = combination(&r);
    struct uf_wild_bootstrap_input input = {&regression, r.fit.coefficients, c, 0};
    struct uf_wild_bootstrap untouched = {.n_clusters = 77};
    struct uf_wild_bootstrap_options options = {.level = 1.5};
    assert_int_equal(uf_wild_bootstrap_test(&input, &options, &untouched, &error), UF_BAD_USAGE);
    options = (struct uf_wild_bootstrap_options){.draws = 100000000};
    assert_int_equal(uf_wild_bootstrap_test(&input, &options, &untouched, &error), UF_BAD_USAGE);
    input.null_value = NAN;
    assert_int_equal(uf_wild_bootstrap_test(&input, NULL, &untouched, &error), UF_BAD_USAGE);
    input.null_value = 0;
    regression.n_cluster_dimensions = 0;
    assert_int_equal(uf_wild_bootstrap_test(&input, NULL, &untouched, &error), UF_BAD_USAGE);
    regression.n_cluster_dimensions = 1;
    size_t one[MOST] = {0};
    regression.cluster[0] = one;
    assert_int_equal(uf_wild_bootstrap_test(&input, NULL, &untouched, &error), UF_NOT_IDENTIFIED);
    regression.cluster[0] = d.region;
    gsl_vector_set_zero(c);
    assert_int_equal(uf_wild_bootstrap_test(&input, NULL, &untouched, &error), UF_NOT_IDENTIFIED);
    assert_int_equal(untouched.n_clusters, 77);
    gsl_vector_free(c);
    regression_clear(&r);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_are_regressions),
        cmocka_unit_test(interval_is_the_test_inverted),
        cmocka_unit_test(few_clusters_have_no_ends),
        cmocka_unit_test(draws_without_variance_have_no_ends),
        cmocka_unit_test(enumerated_is_the_limit_of_random),
        cmocka_unit_test(units_and_order_do_not_matter),
        cmocka_unit_test(weights_are_what_they_are_called),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
