// SPDX-License-Identifier: GPL-3.0-or-later
/* The wild cluster bootstrap's jackknife forms (31, 13, 33) and two cluster dimensions against their slow twin: the
 * residuals of each cluster from a fit of the others, one regression and its covariances per draw. */
#include "support/regression.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>
#include <utfall/wild_bootstrap.h>

enum { UNITS = 15, PERIODS = 6, MOST = UNITS * PERIODS, K = 2, COLUMNS = K + PERIODS };
/* tested: b_0 + LEAN b_1 = NULL_VALUE */
#define LEAN       (-0.5)
#define NULL_VALUE 0.1

struct design {
    size_t n, unit[MOST], period[MOST], region[MOST];
    double x[MOST][K], y[MOST], weights[MOST];
    bool weighted, effects;
};

static struct design design_draw(uint64_t seed, size_t treated, bool weighted, bool effects)
{
    struct design d = {.weighted = weighted, .effects = effects};
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 11);
    for (size_t u = 0; u < UNITS; u++) {
        for (size_t t = 0; t < PERIODS; t++) {
            if (uf_random_below(&random, 9) == 0) continue;
            size_t i = d.n++;
            d.unit[i] = u, d.period[i] = t, d.region[i] = u / 2;
            d.x[i][0] = u < treated && t >= 3 + u % 2;
            d.x[i][1] = uf_random_uniform(&random);
            d.y[i] = uf_random_uniform(&random) + d.x[i][1] + 0.2 * (double)(u % 3) + 0.3 * d.x[i][0];
            d.weights[i] = weighted ? 0.5 + uf_random_uniform(&random) : 1;
        }
    }
    return d;
}

static struct regression regress(const struct design *d, const double *y)
{
    size_t constant = d->effects ? 0 : 1;
    gsl_matrix *x = gsl_matrix_alloc(d->n, K + constant);
    gsl_vector *outcome = gsl_vector_alloc(d->n);
    double *weights = malloc(d->n * sizeof *weights);
    for (size_t i = 0; i < d->n; i++) {
        for (size_t j = 0; j < K; j++) gsl_matrix_set(x, i, j, d->x[i][j]);
        if (constant) gsl_matrix_set(x, i, K, 1);
        gsl_vector_set(outcome, i, y[i]);
        weights[i] = d->weights[i];
    }
    const size_t *const group[] = {d->unit, d->period};
    return regression_fit(x, outcome, weights, d->effects ? 2 : 0, group, (const size_t[]){UNITS, PERIODS});
}

/* --- the twin's columns ------------------------------------------------------------------------- */

/* What is fitted, in full: with effects the units' means are taken out of everything, and periods are columns. */
struct columns {
    size_t k;
    double c[COLUMNS][MOST], y[MOST];
};

static void demean(const struct design *d, double *column)
{
    double sum[UNITS] = {0}, total[UNITS] = {0};
    for (size_t i = 0; i < d->n; i++)
        sum[d->unit[i]] += d->weights[i] * column[i], total[d->unit[i]] += d->weights[i];
    for (size_t i = 0; i < d->n; i++) column[i] -= sum[d->unit[i]] / total[d->unit[i]];
}

static struct columns columns_of(const struct design *d, bool restricted)
{
    struct columns s = {0};
    for (size_t i = 0; i < d->n; i++) {
        s.y[i] = d->y[i] - (restricted ? NULL_VALUE * d->x[i][0] : 0);
        s.c[0][i] = d->x[i][1] - (restricted ? LEAN * d->x[i][0] : 0);
    }
    s.k = 1;
    for (size_t i = 0; i < d->n && !restricted; i++) s.c[1][i] = d->x[i][0], s.k = 2;
    if (d->effects) {
        for (size_t t = 1; t < PERIODS; t++, s.k++)
            for (size_t i = 0; i < d->n; i++) s.c[s.k][i] = d->period[i] == t;
        for (size_t j = 0; j < s.k; j++) demean(d, s.c[j]);
        demean(d, s.y);
    } else {
        for (size_t i = 0; i < d->n; i++) s.c[s.k][i] = 1;
        s.k++;
    }
    return s;
}

/* u: the residuals of cluster `left_out` (SIZE_MAX: all rows) from the fit of the rows that are not in it. */
static void residuals(const struct design *d, const struct columns *s, const size_t *cluster, size_t left_out,
                      double *u)
{
    gsl_matrix *a = gsl_matrix_calloc(s->k, s->k);
    gsl_vector *b = gsl_vector_calloc(s->k);
    for (size_t i = 0; i < d->n; i++) {
        if (cluster[i] == left_out) continue;
        for (size_t x = 0; x < s->k; x++) {
            *gsl_vector_ptr(b, x) += d->weights[i] * s->c[x][i] * s->y[i];
            for (size_t y = 0; y < s->k; y++)
                *gsl_matrix_ptr(a, x, y) += d->weights[i] * s->c[x][i] * s->c[y][i];
        }
    }
    assert_int_equal(gsl_linalg_cholesky_decomp1(a), 0);
    assert_int_equal(gsl_linalg_cholesky_svx(a, b), 0);
    for (size_t i = 0; i < d->n; i++) {
        if (left_out != SIZE_MAX && cluster[i] != left_out) continue;
        u[i] = s->y[i];
        for (size_t x = 0; x < s->k; x++) u[i] -= gsl_vector_get(b, x) * s->c[x][i];
    }
    gsl_matrix_free(a), gsl_vector_free(b);
}

/* --- one form ----------------------------------------------------------------------------------- */

struct form {
    struct uf_wild_bootstrap_options options;
    const size_t *cluster[2]; /* the second NULL: one dimension; the first is the one that is resampled */
    size_t *cells;
};

static double variance_of(const struct regression *r, const struct form *form)
{
    const size_t *const parts[] = {form->cluster[0], form->cluster[1], form->cells};
    enum uf_covariance_kind kind = form->options.jackknife_variance ? UF_COVARIANCE_CR3 : UF_COVARIANCE_CR0;
    double sum = 0, least = 0;
    for (size_t p = 0; p < (form->cluster[1] ? 3 : 1); p++) {
        struct uf_covariance v =
            regression_covariance(r, kind, UF_K_NONE, UF_DF_CLUSTERS, 1, &parts[p], (const size_t[]){MOST});
        double one = gsl_matrix_get(v.matrix, 0, 0) + 2 * LEAN * gsl_matrix_get(v.matrix, 0, 1) +
                     LEAN * LEAN * gsl_matrix_get(v.matrix, 1, 1);
        if (p == 0) least = (double)v.n_clusters; /* resampled: the fewest */
        double g = form->options.g_rule == UF_G_EACH ? (double)v.n_clusters : least;
        if (!form->options.jackknife_variance) one *= g / (g - 1);
        sum += p < 2 ? one : -one;
        uf_covariance_clear(&v);
    }
    return sum;
}

static double theta_of(const struct regression *r)
{
    return gsl_vector_get(r->fit.coefficients, 0) + LEAN * gsl_vector_get(r->fit.coefficients, 1);
}

static struct uf_wild_bootstrap run(const struct regression *r, const struct form *form, double null_value)
{
    struct uf_error error;
    struct uf_wild_bootstrap out;
    struct uf_covariance_input input = regression_input(r);
    input.n_cluster_dimensions = form->cluster[1] ? 2 : 1;
    for (size_t c = 0; c < input.n_cluster_dimensions; c++) {
        /* the smaller dimension may be named second */
        input.cluster[input.n_cluster_dimensions - 1 - c] = form->cluster[c];
        input.n_groups[c] = MOST;
    }
    gsl_vector *c = gsl_vector_calloc(r->k);
    gsl_vector_set(c, 0, 1), gsl_vector_set(c, 1, LEAN);
    const struct uf_wild_bootstrap_input of = {&input, r->fit.coefficients, c, null_value};
    assert_ok(uf_wild_bootstrap_test(&of, &form->options, &out, &error), &error);
    gsl_vector_free(c);
    return out;
}

static void check(const struct design *d, const struct form *form)
{
    bool restricted = form->options.null == UF_WILD_RESTRICTED;
    struct regression r = regress(d, d->y);
    struct uf_wild_bootstrap b = run(&r, form, NULL_VALUE);
    struct columns s = columns_of(d, restricted);
    double plain[MOST], u[MOST], y[MOST], v[MOST], theta = theta_of(&r);
    double centre = restricted ? NULL_VALUE : theta, variance = variance_of(&r, form);
    double t = (theta - NULL_VALUE) / sqrt(variance);
    size_t beyond = 0, above = 0, infeasible = 0;
    residuals(d, &s, form->cluster[0], SIZE_MAX, plain);
    memcpy(u, plain, sizeof u);
    for (size_t g = 0; g < MOST && form->options.jackknife_residuals; g++)
        residuals(d, &s, form->cluster[0], g, u);
    expect_close(b.estimate, theta, 1e-12, "estimate");
    if (form->options.jackknife_variance) expect_close(b.std_error, sqrt(variance), 1e-9, "standard error");
    for (size_t draw = 0; draw < b.n_statistics; draw++) {
        uf_wild_weights(b.weights, b.enumerated, form->options.seed, draw, b.n_clusters, v);
        for (size_t i = 0; i < d->n; i++) y[i] = d->y[i] - plain[i] + v[form->cluster[0][i]] * u[i];
        struct regression again = regress(d, y);
        double own = variance_of(&again, form), far = theta_of(&again) - centre;
        regression_clear(&again);
        if (!(own > 0)) {
            infeasible++, beyond++, above += far > 0;
            continue;
        }
        double actual = far / sqrt(own) / t;
        expect_within(b.statistics[draw] / b.statistic, actual, 1e-6 * (1 + fabs(actual)), "a draw");
        beyond += fabs(actual) >= 1 - 1e-9;
        above += actual * t >= t - 1e-9 * fabs(t);
    }
    assert_false(b.enumerated);
    double draws = (double)b.n_statistics;
    assert_int_equal(b.infeasible, infeasible);
    expect_close(b.p_symmetric, (1 + (double)beyond) / (1 + draws), 1e-12, "p");
    if (!infeasible) expect_close(b.p_greater, (1 + (double)above) / (1 + draws), 1e-12, "one-sided p");
    uf_wild_bootstrap_clear(&b);
    regression_clear(&r);
}

static void jackknife_forms_are_regressions(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct design d = design_draw(seed, 7, seed != 2, seed != 3);
        for (int which = 0; which < 8; which++) {
            struct form form = {.options = {.null = which & 1 ? UF_WILD_UNRESTRICTED : UF_WILD_RESTRICTED,
                                            .jackknife_residuals = which & 2,
                                            .jackknife_variance = which & 4,
                                            .weights = seed == 1 ? UF_WILD_WEBB : UF_WILD_RADEMACHER,
                                            .draws = 40,
                                            .seed = 3,
                                            .keep_statistics = true},
                                .cluster = {which % 3 ? d.region : d.unit}};
            check(&d, &form);
        }
    }
}

static void two_dimensions_are_regressions(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct design d = design_draw(seed + 10, 7, seed != 2, seed != 3);
        size_t cells[MOST];
        for (size_t i = 0; i < d.n; i++) cells[i] = d.region[i] * PERIODS + d.period[i];
        for (int which = 0; which < 8; which++) {
            struct form form = {.options = {.null = which & 1 ? UF_WILD_UNRESTRICTED : UF_WILD_RESTRICTED,
                                            .jackknife_residuals = (which & 2) && !d.effects,
                                            .jackknife_variance = which & 4,
                                            .g_rule = seed == 1 ? UF_G_EACH : UF_G_SMALLEST,
                                            .weights = UF_WILD_WEBB,
                                            .draws = 40,
                                            .seed = 3,
                                            .keep_statistics = true},
                                .cluster = {d.period, d.region},
                                .cells = cells};
            check(&d, &form);
        }
    }
}

/* A second dimension that is the first changes nothing. */
static void the_same_dimension_twice(void **state)
{
    (void)state;
    struct design d = design_draw(31, 6, true, true);
    struct regression r = regress(&d, d.y);
    for (int restricted = 0; restricted < 2; restricted++) {
        struct form one = {.options = {.null = restricted ? UF_WILD_RESTRICTED : UF_WILD_UNRESTRICTED,
                                       .weights = UF_WILD_RADEMACHER},
                           .cluster = {d.region}},
                    two = one;
        two.cluster[1] = d.region, two.cells = d.region;
        struct uf_wild_bootstrap a = run(&r, &one, 0.1), b = run(&r, &two, 0.1);
        assert_true(a.enumerated && b.enumerated);
        assert_int_equal(b.infeasible, 0);
        expect_close(b.statistic, a.statistic, 1e-9, "t");
        expect_close(b.p_symmetric, a.p_symmetric, 1e-12, "p");
        expect_close(b.conf_low, a.conf_low, 1e-7, "low");
        expect_close(b.conf_high, a.conf_high, 1e-7, "high");
    }
    regression_clear(&r);
}

/* p is above 1 − level just inside an end of the interval, and not above it just outside, one-sided too. */
static void intervals_are_tests_inverted(void **state)
{
    (void)state;
    for (int which = 0; which < 8; which++) {
        struct design d = design_draw(40 + (uint64_t)which, 7, which % 2, which != 5);
        struct regression r = regress(&d, d.y);
        struct form form = {.options = {.jackknife_residuals = which & 1,
                                        .jackknife_variance = which & 2,
                                        .weights = UF_WILD_RADEMACHER,
                                        .tails = (enum uf_wild_tails)(which % 4),
                                        .level = 0.8,
                                        .draws = 999},
                            .cluster = {d.unit, which > 4 ? d.period : NULL}};
        if (which > 4) form.cluster[0] = d.period, form.cluster[1] = d.unit;
        struct uf_wild_bootstrap b = run(&r, &form, 0);
        expect_close(b.p_value,
                     ((const double[]){b.p_symmetric, b.p_equal_tailed, b.p_greater, b.p_less})[which % 4], 0,
                     "p");
        for (int side = -1; side <= 1; side += 2) {
            double end = side < 0 ? b.conf_low : b.conf_high, step = 1e-6 * b.std_error;
            bool open = b.tails == (side < 0 ? UF_WILD_LESS : UF_WILD_GREATER);
            assert_int_equal(open, isinf(end) != 0);
            if (open) continue;
            assert_true(side * (end - b.estimate) > 0);
            assert_true(run(&r, &form, end - side * step).p_value > 0.2 + 1e-9);
            assert_true(run(&r, &form, end + side * step).p_value <= 0.2 + 1e-9);
        }
        regression_clear(&r);
    }
}

static void words(void **state)
{
    (void)state;
    struct uf_error error;
    const struct uf_wild_bootstrap b = {.null = UF_WILD_UNRESTRICTED,
                                        .jackknife_variance = true,
                                        .tails = UF_WILD_GREATER,
                                        .conf_low = 1,
                                        .conf_high = INFINITY,
                                        .n_clusters = 9,
                                        .n_dimensions = 2,
                                        .infeasible = 3,
                                        .draws = 999,
                                        .null_value = 2};
    for (enum uf_language language = 0; language < UF_LANGUAGES; language++) {
        char *text;
        assert_ok(uf_wild_bootstrap_describe(&b, language, &text, &error), &error);
        assert_non_null(strstr(text, "WCU-13"));
        assert_non_null(strstr(text, language == UF_SWEDISH ? "3 dragningar" : "3 draws"));
        assert_non_null(strstr(text, language == UF_SWEDISH ? "värdet 2" : "value 2"));
        assert_null(strstr(text, language == UF_SWEDISH ? "inget slut" : "no end"));
        free(text);
    }
}

/* The jackknife has no variance to offer where one cluster alone has what is tested. */
static void one_treated_cluster(void **state)
{
    (void)state;
    struct uf_error error;
    struct design d = design_draw(50, 2, false, true);
    for (size_t i = 0; i < d.n; i++) d.x[i][0] = d.unit[i] < 2 && d.period[i] >= 3;
    struct regression r = regress(&d, d.y);
    struct uf_covariance_input input = regression_input(&r);
    input.cluster[0] = d.region, input.n_groups[0] = MOST, input.n_cluster_dimensions = 1;
    gsl_vector *c = gsl_vector_calloc(r.k);
    gsl_vector_set(c, 0, 1);
    const struct uf_wild_bootstrap_input of = {&input, r.fit.coefficients, c, 0};
    struct uf_wild_bootstrap b;
    struct uf_wild_bootstrap_options options = {.jackknife_residuals = true, .draws = 999};
    assert_ok(uf_wild_bootstrap_test(&of, &options, &b, &error),
              &error); /* the null leaves the cluster out too */
    assert_true(isfinite(b.statistic) && b.p_symmetric > 0 && b.p_symmetric <= 1);
    options.jackknife_variance = true;
    struct uf_covariance cr3 = regression_covariance(
        &r, UF_COVARIANCE_CR3, 0, 0, 1, (const size_t *const[]){d.region}, (const size_t[]){MOST});
    assert_ok(uf_wild_bootstrap_test(&of, &options, &b, &error), &error);
    expect_close(b.std_error, sqrt(gsl_matrix_get(cr3.matrix, 0, 0)), 1e-9, "as cr3");
    uf_covariance_clear(&cr3);
    gsl_vector_free(c);
    regression_clear(&r);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jackknife_forms_are_regressions),
        cmocka_unit_test(two_dimensions_are_regressions),
        cmocka_unit_test(the_same_dimension_twice),
        cmocka_unit_test(intervals_are_tests_inverted),
        cmocka_unit_test(words),
        cmocka_unit_test(one_treated_cluster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
