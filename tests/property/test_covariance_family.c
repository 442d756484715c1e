// SPDX-License-Identifier: GPL-3.0-or-later
/* HC2, HC3, CR3, Driscoll–Kraay, Conley and linear combinations: against twins that take every sum and every matrix
 * as it is written, and against each other where two are one. */
#include "support/regression.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>

enum { UNITS = 12, PERIODS = 6, MOST = UNITS * PERIODS, K = 2, REGIONS = UNITS / 3 };

struct design {
    size_t n, unit[MOST], period[MOST], region[MOST], each[MOST];
    double x[MOST][K], y[MOST], weights[MOST], latitude[MOST], longitude[MOST];
};

/* Unbalanced, three units to a region; the treatment starts in units of two regions. */
static struct design design_draw(uint64_t seed)
{
    struct design d = {0};
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 1);
    for (size_t u = 0; u < UNITS; u++) {
        double latitude = 56 + 12 * uf_random_uniform(&random),
               longitude = 12 + 10 * uf_random_uniform(&random);
        for (size_t t = 0; t < PERIODS; t++) {
            if (uf_random_below(&random, 8) == 0) continue;
            size_t i = d.n++;
            d.unit[i] = u, d.period[i] = t, d.region[i] = u / 3, d.each[i] = i;
            d.x[i][0] = u % 4 == 1 && t >= 2 + u / 4;
            d.x[i][1] = uf_random_uniform(&random);
            d.y[i] = uf_random_uniform(&random) + d.x[i][1];
            d.weights[i] = 0.5 + uf_random_uniform(&random);
            d.latitude[i] = latitude, d.longitude[i] = longitude;
        }
    }
    return d;
}

/* Without the observations of group `skip`; SIZE_MAX: all. */
static struct regression regress(const struct design *d, bool weighted, size_t n_effects, const size_t *group,
                                 size_t skip)
{
    size_t n = 0, row = 0, *kept[2] = {malloc(MOST * sizeof(size_t)), malloc(MOST * sizeof(size_t))};
    for (size_t i = 0; i < d->n; i++) n += group[i] != skip;
    gsl_matrix *x = gsl_matrix_alloc(n, K);
    gsl_vector *y = gsl_vector_alloc(n);
    double *weights = weighted ? malloc(n * sizeof *weights) : NULL;
    for (size_t i = 0; i < d->n; i++) {
        if (group[i] == skip) continue;
        for (size_t j = 0; j < K; j++) gsl_matrix_set(x, row, j, d->x[i][j]);
        gsl_vector_set(y, row, d->y[i]);
        if (weighted) weights[row] = d->weights[i];
        kept[0][row] = d->unit[i], kept[1][row] = d->period[i];
        row++;
    }
    struct regression r = regression_fit(x, y, weights, n_effects, (const size_t *const *)kept,
                                         (const size_t[]){UNITS, PERIODS});
    free(kept[0]), free(kept[1]);
    return r;
}

static struct regression regress_all(const struct design *d, bool weighted, size_t n_effects)
{
    return regress(d, weighted, n_effects, d->each, SIZE_MAX);
}

static struct uf_covariance estimate(const struct uf_covariance_input *input,
                                     struct uf_covariance_options options)
{
    struct uf_covariance covariance;
    struct uf_error error;
    assert_ok(uf_covariance_estimate(input, &options, &covariance, &error), &error);
    return covariance;
}

static struct uf_covariance by(const struct regression *r, enum uf_covariance_kind kind, size_t n,
                               const size_t *first, const size_t *second)
{
    struct uf_covariance_input input = regression_input(r);
    input.n_cluster_dimensions = n;
    input.cluster[0] = first, input.cluster[1] = second;
    input.n_groups[0] = input.n_groups[1] = MOST;
    return estimate(&input, (struct uf_covariance_options){.kind = kind});
}

static void expect_matrix(const gsl_matrix *v, const double *expected, double tolerance, const char *what)
{
    for (size_t a = 0; a < K; a++)
        for (size_t b = 0; b < K; b++)
            expect_close(gsl_matrix_get(v, a, b), expected[a * K + b], tolerance, what);
}

/* M (Σ_ij κ_ij w_i e_i w_j e_j x_i x_j') M by all pairs; κ is n × n. */
static void sandwich(const struct regression *r, const double *kappa, double *out)
{
    double meat[K][K] = {{0}};
    for (size_t i = 0; i < r->n; i++)
        for (size_t j = 0; j < r->n; j++)
            for (size_t a = 0; a < K; a++)
                for (size_t b = 0; b < K; b++)
                    meat[a][b] += kappa[i * r->n + j] * gsl_matrix_get(r->x, i, a) *
                                  gsl_matrix_get(r->x, j, b) * gsl_vector_get(r->fit.residuals, i) *
                                  gsl_vector_get(r->fit.residuals, j) *
                                  (r->weights ? r->weights[i] * r->weights[j] : 1);
    for (size_t a = 0; a < K; a++) {
        for (size_t b = 0; b < K; b++) {
            out[a * K + b] = 0;
            for (size_t c = 0; c < K; c++)
                for (size_t d = 0; d < K; d++)
                    out[a * K + b] += gsl_matrix_get(r->fit.inverse, a, c) * meat[c][d] *
                                      gsl_matrix_get(r->fit.inverse, d, b);
        }
    }
}

/* The diagonal of the hat matrix with a column for each dummy: 1 − e_i'(I − H)e_i, one regression a row. */
static void dense_leverage(const struct design *d, bool weighted, size_t n_effects, double *h)
{
    struct uf_error error;
    gsl_matrix *x = gsl_matrix_calloc(d->n, K + UNITS + PERIODS);
    gsl_vector *unit = gsl_vector_alloc(d->n);
    for (size_t i = 0; i < d->n; i++) {
        double root = weighted ? sqrt(d->weights[i]) : 1;
        for (size_t j = 0; j < K; j++) gsl_matrix_set(x, i, j, root * d->x[i][j]);
        if (n_effects > 0) gsl_matrix_set(x, i, K + d->unit[i], root);
        if (n_effects > 1) gsl_matrix_set(x, i, K + UNITS + d->period[i], root);
    }
    for (size_t i = 0; i < d->n; i++) {
        struct uf_least_squares fit;
        gsl_vector_set_basis(unit, i);
        assert_ok(uf_least_squares_fit(x, unit, NULL, NULL, &fit, &error), &error);
        h[i] = 1 - gsl_vector_get(fit.residuals, i);
        uf_least_squares_clear(&fit);
    }
    gsl_matrix_free(x), gsl_vector_free(unit);
}

static void hc2_and_hc3_are_their_definition(void **state)
{
    (void)state;
    double *kappa = malloc(MOST * MOST * sizeof *kappa), h[MOST], expected[K * K];
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct design d = design_draw(seed);
        size_t n_effects = seed % 3;
        struct regression r = regress_all(&d, seed % 2, n_effects);
        dense_leverage(&d, seed % 2, n_effects, h);
        for (int power = 1; power <= 2; power++) {
            memset(kappa, 0, MOST * MOST * sizeof *kappa);
            for (size_t i = 0; i < d.n; i++) kappa[i * d.n + i] = pow(1 - h[i], -power);
            sandwich(&r, kappa, expected);
            struct uf_covariance v =
                by(&r, power == 1 ? UF_COVARIANCE_HC2 : UF_COVARIANCE_HC3, 0, NULL, NULL);
            expect_matrix(v.matrix, expected, 1e-9, "leverages by definition");
            expect_close(v.df[0], r.fit.df, 0, "residual df");
            uf_covariance_clear(&v);
        }
        regression_clear(&r);
    }
    free(kappa);
}

static void each_observation_its_own_cluster_is_hc(void **state)
{
    (void)state;
    static const enum uf_covariance_kind pairs[][2] = {{UF_COVARIANCE_CR2, UF_COVARIANCE_HC2},
                                                       {UF_COVARIANCE_CR3, UF_COVARIANCE_HC3}};
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct design d = design_draw(seed);
        struct regression r = regress_all(&d, seed % 2, 2);
        for (size_t p = 0; p < 2; p++) {
            struct uf_covariance cr = by(&r, pairs[p][0], 1, d.each, NULL),
                                 hc = by(&r, pairs[p][1], 0, NULL, NULL);
            expect_matrix(cr.matrix, hc.matrix->data, 1e-9, "CR with N clusters = HC");
            uf_covariance_clear(&cr), uf_covariance_clear(&hc);
        }
        regression_clear(&r);
    }
}

/* Units with one observation: they fit perfectly, and leaving them out changes nothing. */
static void singletons_say_nothing(void **state)
{
    (void)state;
    struct design d = design_draw(3), without = {0};
    for (size_t i = 0; i < d.n; i++) {
        if (d.unit[i] == 5 && i > 0 && d.unit[i - 1] == 5) continue;
        size_t j = without.n++;
        memcpy(without.x[j], d.x[i], sizeof d.x[i]);
        without.y[j] = d.y[i], without.unit[j] = d.unit[i], without.period[j] = d.period[i];
        without.each[j] = without.unit[j]; /* to be skipped by */
    }
    struct regression all = regress(&without, false, 2, without.each, SIZE_MAX),
                      fewer = regress(&without, false, 2, without.each, 5);
    assert_int_equal(uf_absorber_singletons(all.absorber), 1);
    static const enum uf_covariance_kind kinds[] = {UF_COVARIANCE_HC2, UF_COVARIANCE_HC3};
    for (size_t c = 0; c < 2; c++) {
        struct uf_covariance v = by(&all, kinds[c], 0, NULL, NULL), w = by(&fewer, kinds[c], 0, NULL, NULL);
        expect_matrix(v.matrix, w.matrix->data, 1e-9, "a singleton more");
        uf_covariance_clear(&v), uf_covariance_clear(&w);
    }
    regression_clear(&all), regression_clear(&fewer);
}

/* Σ_g (b_(g) − b)(b_(g) − b)' by as many regressions as there are groups. */
static void jackknife(const struct design *d, bool weighted, const struct regression *r, const size_t *group,
                      size_t n_groups, double *out)
{
    memset(out, 0, K * K * sizeof *out);
    for (size_t g = 0; g < n_groups; g++) {
        struct regression without = regress(d, weighted, 2, group, g);
        double change[K];
        for (size_t j = 0; j < K; j++)
            change[j] = gsl_vector_get(without.fit.coefficients, j) - gsl_vector_get(r->fit.coefficients, j);
        for (size_t a = 0; a < K; a++)
            for (size_t b = 0; b < K; b++) out[a * K + b] += change[a] * change[b];
        regression_clear(&without);
    }
}

static void cr3_is_the_jackknife(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct design d = design_draw(seed);
        const struct {
            const size_t *group;
            size_t count;
        } by_what[] = {{d.unit, UNITS}, {d.region, REGIONS}, {d.period, PERIODS}};
        struct regression r = regress_all(&d, seed % 2, 2);
        for (size_t c = 0; c < 3; c++) {
            double expected[K * K];
            struct uf_covariance v = by(&r, UF_COVARIANCE_CR3, 1, by_what[c].group, NULL);
            jackknife(&d, seed % 2, &r, by_what[c].group, by_what[c].count, expected);
            expect_matrix(v.matrix, expected, 1e-8, "each cluster left out in turn");
            struct uf_covariance cr2 = by(&r, UF_COVARIANCE_CR2, 1, by_what[c].group, NULL);
            assert_true(gsl_matrix_get(v.matrix, 0, 0) > gsl_matrix_get(cr2.matrix, 0, 0));
            assert_int_equal(v.df_rule, UF_DF_SATTERTHWAITE);
            assert_true(v.df[0] > 0 && v.df[0] <= (double)v.n_clusters - 1 + 1e-9);
            uf_covariance_clear(&v), uf_covariance_clear(&cr2);
        }
        regression_clear(&r);
    }
}

static void two_way_cr3(void **state)
{
    (void)state;
    size_t definite = 0;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct design d = design_draw(seed);
        struct regression r = regress_all(&d, seed % 2, 2);
        struct uf_covariance same = by(&r, UF_COVARIANCE_CR3, 2, d.region, d.region),
                             one = by(&r, UF_COVARIANCE_CR3, 1, d.region, NULL);
        expect_matrix(same.matrix, one.matrix->data, 1e-9, "A + A − A");
        assert_int_equal(same.df_rule, UF_DF_CLUSTERS);
        expect_close(same.df[0], REGIONS - 1, 0, "G − 1");
        /* units and periods cross in single observations: V_12 is HC3 */
        struct uf_covariance two = by(&r, UF_COVARIANCE_CR3, 2, d.unit, d.period),
                             unit = by(&r, UF_COVARIANCE_CR3, 1, d.unit, NULL),
                             period = by(&r, UF_COVARIANCE_CR3, 1, d.period, NULL),
                             hc3 = by(&r, UF_COVARIANCE_HC3, 0, NULL, NULL);
        double expected[K * K];
        for (size_t l = 0; l < K * K; l++)
            expected[l] = unit.matrix->data[l] + period.matrix->data[l] - hc3.matrix->data[l];
        if (!two.repaired) expect_matrix(two.matrix, expected, 1e-8, "V_1 + V_2 − V_12");
        definite += !two.repaired;
        uf_covariance_clear(&same), uf_covariance_clear(&one), uf_covariance_clear(&two);
        uf_covariance_clear(&unit), uf_covariance_clear(&period), uf_covariance_clear(&hc3);
        regression_clear(&r);
    }
    assert_true(definite > 0);
}

static void driscoll_kraay_by_all_pairs(void **state)
{
    (void)state;
    const long years[PERIODS] = {2000, 2002, 2004, 2006, 2012, 2014}; /* every other year, two are missing */
    double *kappa = malloc(MOST * MOST * sizeof *kappa), expected[K * K];
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct design d = design_draw(seed);
        struct regression r = regress_all(&d, seed % 2, 2);
        struct uf_covariance_input input = regression_input(&r);
        input.period = d.period, input.n_periods = PERIODS;
        if (seed % 3) input.time = years;
        size_t lag = seed % 4;
        for (size_t i = 0; i < d.n; i++) {
            for (size_t j = 0; j < d.n; j++) {
                double gap = input.time ? (double)labs(years[d.period[i]] - years[d.period[j]]) / 2
                                        : fabs((double)d.period[i] - (double)d.period[j]);
                kappa[i * d.n + j] = fmax(0, 1 - gap / (double)(lag + 1));
            }
        }
        sandwich(&r, kappa, expected);
        double n = (double)d.n, t = PERIODS;
        for (size_t l = 0; l < K * K; l++)
            expected[l] *= (n - 1) / (n - K - (double)uf_absorber_rank(r.absorber)) * t / (t - 1);
        struct uf_covariance v =
            estimate(&input, (struct uf_covariance_options){
                                 .kind = UF_COVARIANCE_DRISCOLL_KRAAY, .lag_rule = UF_LAG_GIVEN, .lag = lag});
        expect_matrix(v.matrix, expected, 1e-9, "all pairs");
        expect_close(v.df[0], PERIODS - 1, 0, "T − 1");
        if (lag == 0) { /* is clustering by period */
            struct uf_covariance cr1 = by(&r, UF_COVARIANCE_CR1, 1, d.period, NULL);
            expect_close(gsl_matrix_get(v.matrix, 0, 0) / v.factor,
                         gsl_matrix_get(cr1.matrix, 0, 0) / cr1.factor, 1e-10, "lag 0 = CR0 by period");
            uf_covariance_clear(&cr1);
        }
        uf_covariance_clear(&v);
        v = estimate(&input, (struct uf_covariance_options){.kind = UF_COVARIANCE_DRISCOLL_KRAAY});
        assert_int_equal(v.lag, 1); /* ⌊6^(1/4)⌋ */
        uf_covariance_clear(&v);
        v = estimate(&input, (struct uf_covariance_options){.kind = UF_COVARIANCE_DRISCOLL_KRAAY,
                                                            .lag_rule = UF_LAG_NEWEY_WEST});
        assert_int_equal(v.lag, 2); /* ⌊4 · 0.06^(2/9)⌋ = ⌊2.14⌋ */
        uf_covariance_clear(&v);
        regression_clear(&r);
    }
    free(kappa);
}

static double haversine(double lat1, double lon1, double lat2, double lon2)
{
    const double degree = M_PI / 180;
    double a = pow(sin((lat2 - lat1) / 2 * degree), 2) +
               cos(lat1 * degree) * cos(lat2 * degree) * pow(sin((lon2 - lon1) / 2 * degree), 2);
    return 2 * 6371.0088 * asin(sqrt(a));
}

static void conley_by_all_pairs(void **state)
{
    (void)state;
    double *kappa = malloc(MOST * MOST * sizeof *kappa), expected[K * K];
    size_t definite = 0;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        struct design d = design_draw(seed);
        struct regression r = regress_all(&d, seed % 2, 2);
        struct uf_covariance_input input = regression_input(&r);
        input.latitude = d.latitude, input.longitude = d.longitude;
        bool planar = seed % 4 >= 2, bartlett = seed % 3 == 0;
        double cutoff = planar ? 4 : 300;
        for (size_t i = 0; i < d.n; i++) {
            for (size_t j = 0; j < d.n; j++) {
                double away = planar
                                  ? hypot(d.latitude[i] - d.latitude[j], d.longitude[i] - d.longitude[j])
                                  : haversine(d.latitude[i], d.longitude[i], d.latitude[j], d.longitude[j]);
                kappa[i * d.n + j] = away > cutoff ? 0 : bartlett ? 1 - away / cutoff : 1;
            }
        }
        sandwich(&r, kappa, expected);
        double n = (double)d.n, factor = n / (n - K - (double)uf_absorber_rank(r.absorber));
        for (size_t l = 0; l < K * K; l++) expected[l] *= factor;
        struct uf_covariance v = estimate(
            &input,
            (struct uf_covariance_options){.kind = UF_COVARIANCE_CONLEY,
                                           .cutoff = cutoff,
                                           .kernel = bartlett ? UF_CONLEY_BARTLETT : UF_CONLEY_UNIFORM,
                                           .metric = planar ? UF_CONLEY_PLANAR : UF_CONLEY_GREAT_CIRCLE});
        if (!v.repaired) expect_matrix(v.matrix, expected, 1e-8, "all pairs");
        definite += !v.repaired;
        uf_covariance_clear(&v);
        /* a cut-off that nobody else is within: clusters of the places */
        v = estimate(&input, (struct uf_covariance_options){.kind = UF_COVARIANCE_CONLEY, .cutoff = 1e-6});
        struct uf_covariance cr0 = by(&r, UF_COVARIANCE_CR0, 1, d.unit, NULL);
        for (size_t l = 0; l < K * K; l++)
            expect_close(v.matrix->data[l] / v.factor, cr0.matrix->data[l], 1e-10, "CR0 by place");
        uf_covariance_clear(&v), uf_covariance_clear(&cr0);
        regression_clear(&r);
    }
    assert_true(definite >= 12);
    free(kappa);
}

/* x A^-1 has the coefficients A b: what is said of a combination before must be said of a coefficient after. */
static void combinations_are_coefficients_of_other_columns(void **state)
{
    (void)state;
    static const enum uf_covariance_kind kinds[] = {UF_COVARIANCE_HC3, UF_COVARIANCE_CR1S, UF_COVARIANCE_CR2,
                                                    UF_COVARIANCE_CR3};
    struct uf_error error;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct design d = design_draw(seed), turned = d;
        /* b1' = b1 + 2 b2, b2' = b2 for x2' = x2 − 2 x1 */
        for (size_t i = 0; i < d.n; i++) turned.x[i][1] = d.x[i][1] - 2 * d.x[i][0];
        struct regression r = regress_all(&d, seed % 2, 2), s = regress_all(&turned, seed % 2, 2);
        for (size_t c = 0; c < sizeof kinds / sizeof *kinds; c++) {
            for (int rule = 0; rule < 2; rule++) {
                struct uf_covariance_input input = regression_input(&r), other = regression_input(&s);
                input.cluster[0] = other.cluster[0] = d.region;
                input.n_groups[0] = other.n_groups[0] = REGIONS;
                input.n_cluster_dimensions = other.n_cluster_dimensions = kinds[c] != UF_COVARIANCE_HC3;
                struct uf_covariance_options options = {.kind = kinds[c]};
                if (rule && kinds[c] != UF_COVARIANCE_HC3) options.df_rule = UF_DF_SATTERTHWAITE;
                struct uf_covariance v = estimate(&input, options), w = estimate(&other, options);
                double both[2] = {1, 2}, variance, df, variances[2], dfs[2];
                gsl_vector_view combination = gsl_vector_view_array(both, 2);
                assert_ok(uf_covariance_combination(&input, &options, &v, &combination.vector, &variance, &df,
                                                    &error),
                          &error);
                expect_close(variance, gsl_matrix_get(w.matrix, 0, 0), 1e-9, "variance");
                expect_close(df, w.df[0], 1e-8, "df");
                double units[4] = {1, 0, 0, 1};
                gsl_matrix_view each = gsl_matrix_view_array(units, 2, 2);
                assert_ok(
                    uf_covariance_combinations(&input, &options, &v, &each.matrix, variances, dfs, &error),
                    &error);
                for (size_t j = 0; j < K; j++) {
                    expect_close(variances[j], gsl_matrix_get(v.matrix, j, j), 1e-12, "one coefficient");
                    expect_close(dfs[j], v.df[j], 1e-12, "its df");
                }
                uf_covariance_clear(&v), uf_covariance_clear(&w);
            }
        }
        regression_clear(&r), regression_clear(&s);
    }
}

/* Many combinations at once are each of them alone; a multiple is the coefficient; nil has no df. */
static void many_combinations_at_once(void **state)
{
    (void)state;
    struct uf_error error;
    struct design d = design_draw(5);
    struct regression r = regress_all(&d, false, 2);
    struct uf_covariance_input input = regression_input(&r);
    input.cluster[0] = d.region, input.n_groups[0] = REGIONS, input.n_cluster_dimensions = 1;
    const struct uf_covariance_options cr3 = {.kind = UF_COVARIANCE_CR3};
    struct uf_covariance v = estimate(&input, cr3);
    double values[K * 4] = {1, 0, 0, 3, /* row by row */ -2, 0, 5, 3}, variance[4], df[4];
    gsl_matrix_view all = gsl_matrix_view_array(values, K, 4);
    assert_ok(uf_covariance_combinations(&input, &cr3, &v, &all.matrix, variance, df, &error), &error);
    for (size_t c = 0; c < 4; c++) {
        double alone_variance, alone_df;
        gsl_vector_const_view one = gsl_matrix_const_column(&all.matrix, c);
        assert_ok(
            uf_covariance_combination(&input, &cr3, &v, &one.vector, &alone_variance, &alone_df, &error),
            &error);
        expect_close(variance[c], alone_variance, 1e-14, "variance");
        if (c != 1) expect_close(df[c], alone_df, 1e-12, "df");
    }
    /* with what the covariance kept, and without */
    struct uf_covariance bare = v;
    double again[4], df_again[4];
    assert_non_null(v.parts);
    bare.parts = NULL;
    assert_ok(uf_covariance_combinations(&input, &cr3, &bare, &all.matrix, again, df_again, &error), &error);
    for (size_t c = 0; c < 4; c++)
        if (c != 1) expect_close(df_again[c], df[c], 1e-12, "df computed anew");
    expect_close(variance[1], 0, 0, "nil");
    assert_true(isnan(df[1]));
    expect_close(variance[2], 25 * gsl_matrix_get(v.matrix, 1, 1), 1e-14, "five times the second");
    expect_close(df[2], v.df[1], 0, "its df");
    assert_true(fabs(df[0] - df[3]) > 1e-6);
    uf_covariance_clear(&v);
    regression_clear(&r);
}

static void expect_refusal(const struct uf_covariance_input *input, struct uf_covariance_options options,
                           uf_status status, const char *part)
{
    struct uf_error error;
    struct uf_covariance untouched = {.n_clusters = 77};
    assert_int_equal(uf_covariance_estimate(input, &options, &untouched, &error), status);
    assert_int_equal(untouched.n_clusters, 77);
    if (!strstr(error.message, part)) fail_msg("'%s' does not say '%s'", error.message, part);
}

static void bad_input(void **state)
{
    (void)state;
    struct design d = design_draw(1);
    struct regression r = regress_all(&d, false, 2);
    struct uf_covariance_input input = regression_input(&r);
    struct uf_covariance_options dk = {.kind = UF_COVARIANCE_DRISCOLL_KRAAY},
                                 conley = {.kind = UF_COVARIANCE_CONLEY, .cutoff = 100},
                                 hc3 = {.kind = UF_COVARIANCE_HC3, .df_rule = UF_DF_CLUSTERS};
    expect_refusal(&input, dk, UF_BAD_USAGE, "period");
    expect_refusal(&input, conley, UF_BAD_USAGE, "latitude");
    expect_refusal(&input, hc3, UF_BAD_USAGE, "residual");
    input.period = d.period, input.n_periods = PERIODS;
    dk.lag_rule = UF_LAG_GIVEN, dk.lag = PERIODS;
    expect_refusal(&input, dk, UF_BAD_USAGE, "lag of 6");
    dk.lag_rule = UF_LAG_FOURTH_ROOT, dk.df_rule = UF_DF_CLUSTERS;
    expect_refusal(&input, dk, UF_BAD_USAGE, "periods");
    dk.df_rule = UF_DF_DEFAULT, input.n_periods = 2;
    expect_refusal(&input, dk, UF_INTERNAL, "period number");
    size_t *once = calloc(d.n, sizeof *once);
    input.period = once;
    expect_refusal(&input, dk, UF_NOT_IDENTIFIED, "two periods");
    free(once);
    input.latitude = d.latitude, input.longitude = d.longitude;
    conley.cutoff = 0;
    expect_refusal(&input, conley, UF_BAD_USAGE, "cut-off");
    conley.cutoff = 100;
    d.latitude[7] = 6580822; /* SWEREF 99 TM */
    expect_refusal(&input, conley, UF_BAD_INPUT, "observation 8");
    d.latitude[7] = NAN;
    expect_refusal(&input, conley, UF_BAD_INPUT, "no coordinates");
    regression_clear(&r);
}

static void describe(const struct uf_covariance_input *input, struct uf_covariance_options options,
                     const char *english, const char *swedish)
{
    struct uf_error error;
    char *text;
    struct uf_covariance v = estimate(input, options);
    assert_ok(uf_covariance_describe(&v, &options, UF_ENGLISH, &text, &error), &error);
    assert_string_equal(text, english);
    free(text);
    assert_ok(uf_covariance_describe(&v, &options, UF_SWEDISH, &text, &error), &error);
    assert_string_equal(text, swedish);
    free(text);
    uf_covariance_clear(&v);
}

static void described_in_words(void **state)
{
    (void)state;
    struct design d = design_draw(2);
    struct regression r = regress_all(&d, false, 2);
    struct uf_covariance_input input = regression_input(&r);
    input.period = d.period, input.n_periods = PERIODS;
    for (size_t i = 0; i < d.n; i++) d.latitude[i] = d.longitude[i] = (double)d.unit[i];
    input.latitude = d.latitude, input.longitude = d.longitude;
    assert_int_equal(uf_absorber_rank(r.absorber), 17);
    describe(&input, (struct uf_covariance_options){.kind = UF_COVARIANCE_DRISCOLL_KRAAY},
             "robust to dependence between units and over time (Driscoll–Kraay); t with T − 1 = 5 degrees of "
             "freedom; K = 19; lag 1 by the rule T^(1/4), Bartlett weights",
             "robust mot beroende mellan enheter och över tid (Driscoll–Kraay); t-fördelning med T − 1 = 5 "
             "frihetsgrader; K = 19; lagg 1 enligt regeln T^(1/4), Bartlettvikter");
    describe(
        &input,
        (struct uf_covariance_options){
            .kind = UF_COVARIANCE_CONLEY, .cutoff = 0.5, .metric = UF_CONLEY_PLANAR},
        "robust to dependence between neighbours (Conley); t with N − K degrees of freedom, all absorbed "
        "effects counted; K = 19; uniform kernel up to 0.500 in the unit of the coordinates",
        "robust mot beroende mellan grannar (Conley); t-fördelning med N − K frihetsgrader, alla fasta "
        "effekter medräknade; K = 19; likformig kärna till och med 0,500 i koordinaternas enhet");
    regression_clear(&r);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hc2_and_hc3_are_their_definition),
        cmocka_unit_test(each_observation_its_own_cluster_is_hc),
        cmocka_unit_test(singletons_say_nothing),
        cmocka_unit_test(cr3_is_the_jackknife),
        cmocka_unit_test(two_way_cr3),
        cmocka_unit_test(driscoll_kraay_by_all_pairs),
        cmocka_unit_test(conley_by_all_pairs),
        cmocka_unit_test(combinations_are_coefficients_of_other_columns),
        cmocka_unit_test(many_combinations_at_once),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(described_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
