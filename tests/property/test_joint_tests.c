// SPDX-License-Identifier: GPL-3.0-or-later
/* Joint tests, the saddlepoint's weights, newey-west, hc4 and the factors of two clusterings against their definitions,
 * with every dummy and every N × N matrix. */
#include "stats/saddlepoint.h"
#include "support/projection.h"
#include "support/regression.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>

enum { UNITS = 14, PERIODS = 6, MOST = UNITS * PERIODS, K = 4, Q = 3, REGIONS = 7 };
static const size_t tested[Q] = {0, 1, 2};

struct design {
    size_t n, unit[MOST], period[MOST], region[MOST];
    double x[MOST][K], y[MOST], weights[MOST];
    bool weighted;
};

static struct design design_draw(uint64_t seed, bool weighted)
{
    struct design d = {.weighted = weighted};
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 21);
    for (size_t u = 0; u < UNITS; u++) {
        for (size_t t = 0; t < PERIODS; t++) {
            if (uf_random_below(&random, 9) == 0) continue;
            size_t i = d.n++;
            d.unit[i] = u, d.period[i] = t, d.region[i] = u % REGIONS;
            for (size_t j = 0; j < K; j++)
                d.x[i][j] = uf_random_uniform(&random) + (j < 2 ? (double)(u * (t + j) % 5) : 0);
            d.y[i] = uf_random_uniform(&random) + 0.3 * d.x[i][0];
            d.weights[i] = weighted ? 0.5 + uf_random_uniform(&random) : 1;
        }
    }
    return d;
}

static struct regression regress(const struct design *d)
{
    const size_t *const group[] = {d->unit, d->period};
    return regression_of_rows(d->n, K, d->x[0], d->y, d->weights, 2, group, (const size_t[]){UNITS, PERIODS});
}

static gsl_matrix *residual_maker(const struct design *d)
{
    const size_t *const group[] = {d->unit, d->period};
    return projection_residual_maker(d->n, K, d->x[0], d->weights, 2, group,
                                     (const size_t[]){UNITS, PERIODS});
}

/* p[s][t][i][j] = p_si'p_tj, with p_si = (I − H)_.i A_i X_i M c_s. */
struct products {
    size_t clusters;
    double p[Q][Q][UNITS][UNITS];
};

static void products_of(const struct design *d, const struct regression *r, const size_t *cluster,
                        size_t clusters, enum uf_covariance_kind kind, struct products *out)
{
    static double column[Q][UNITS][MOST];
    size_t n = d->n;
    gsl_matrix *m = residual_maker(d);
    memset(column, 0, sizeof column);
    for (size_t g = 0; g < clusters; g++) {
        size_t rows[MOST], size = 0;
        for (size_t i = 0; i < n; i++)
            if (cluster[i] == g) rows[size++] = i;
        gsl_matrix *block = gsl_matrix_alloc(size, size);
        for (size_t a = 0; a < size; a++)
            for (size_t b = 0; b < size; b++)
                gsl_matrix_set(block, a, b, gsl_matrix_get(m, rows[a], rows[b]));
        gsl_matrix *adjust = projection_power(block, kind == UF_COVARIANCE_CR2 ? -0.5 : -1);
        if (kind == UF_COVARIANCE_CR1) gsl_matrix_set_identity(adjust);
        for (size_t s = 0; s < Q; s++) {
            for (size_t a = 0; a < size; a++) {
                double value = 0;
                for (size_t b = 0; b < size; b++) {
                    double xmc = 0;
                    for (size_t j = 0; j < K; j++)
                        xmc +=
                            gsl_matrix_get(r->x, rows[b], j) * gsl_matrix_get(r->fit.inverse, j, tested[s]);
                    value += gsl_matrix_get(adjust, a, b) * xmc * sqrt(d->weights[rows[b]]);
                }
                for (size_t i = 0; i < n; i++) column[s][g][i] += gsl_matrix_get(m, i, rows[a]) * value;
            }
        }
        gsl_matrix_free(block), gsl_matrix_free(adjust);
    }
    out->clusters = clusters;
    for (size_t s = 0; s < Q; s++)
        for (size_t t = 0; t < Q; t++)
            for (size_t g = 0; g < clusters; g++)
                for (size_t h = 0; h < clusters; h++) {
                    out->p[s][t][g][h] = 0;
                    for (size_t i = 0; i < n; i++) out->p[s][t][g][h] += column[s][g][i] * column[t][h][i];
                }
    gsl_matrix_free(m);
}

/* p := R'pR in s and t. */
static void rotate(struct products *p, const gsl_matrix *r)
{
    static struct products old;
    old = *p;
    for (size_t s = 0; s < Q; s++)
        for (size_t t = 0; t < Q; t++)
            for (size_t g = 0; g < p->clusters; g++)
                for (size_t h = 0; h < p->clusters; h++) {
                    p->p[s][t][g][h] = 0;
                    for (size_t a = 0; a < Q; a++)
                        for (size_t b = 0; b < Q; b++)
                            p->p[s][t][g][h] +=
                                gsl_matrix_get(r, a, s) * old.p[a][b][g][h] * gsl_matrix_get(r, b, t);
                }
}

static gsl_matrix *mean_of(const struct products *p)
{
    gsl_matrix *omega = gsl_matrix_calloc(Q, Q);
    for (size_t s = 0; s < Q; s++)
        for (size_t t = 0; t < Q; t++)
            for (size_t g = 0; g < p->clusters; g++) *gsl_matrix_ptr(omega, s, t) += p->p[s][t][g][g];
    return omega;
}

static double covariance_of(const struct products *p, size_t s, size_t t, size_t u, size_t v)
{
    double sum = 0;
    for (size_t i = 0; i < p->clusters; i++)
        for (size_t j = 0; j < p->clusters; j++)
            sum += p->p[s][v][i][j] * p->p[t][u][i][j] + p->p[s][u][i][j] * p->p[t][v][i][j];
    return sum;
}

/* η of HTA (all) and HTB (different elements, different pairs of them). */
static double eta_of(const struct products *p, bool different)
{
    double variances = 0, squares = 0;
    for (size_t s = 0; s < Q; s++)
        for (size_t t = 0; t < Q; t++) {
            if (different && t > s) continue;
            variances += covariance_of(p, s, t, s, t);
            for (size_t u = 0; u < Q; u++)
                for (size_t v = 0; v < Q; v++) {
                    bool later = u > s || (u == s && v > t);
                    if (different && (v > u || later)) continue;
                    squares += pow(covariance_of(p, s, t, u, v), 2);
                }
        }
    return 2 * variances / squares;
}

static struct uf_joint_test joint(const struct uf_covariance_input *input, const struct regression *r,
                                  const struct uf_covariance *v, enum uf_covariance_kind kind,
                                  enum uf_joint_rule rule)
{
    struct uf_error error;
    struct uf_joint_test out;
    const struct uf_covariance_options options = {.kind = kind, .joint_rule = rule};
    assert_true(uf_joint_test_by_rows(input, &options));
    assert_ok(
        uf_joint_test_few_clusters(input, &options, r->fit.coefficients, v->matrix, tested, Q, &out, &error),
        &error);
    return out;
}

static double wald(const struct regression *r, const struct uf_covariance *v)
{
    struct uf_error error;
    struct uf_joint_test out;
    assert_ok(uf_joint_test(r->fit.coefficients, v->matrix, tested, Q, INFINITY, &out, &error), &error);
    return out.statistic * Q;
}

/* EDF and EDT from the axes of D, each axis's df by its own sum over pairs of clusters. */
static void check_axes(const struct products *standard, const gsl_matrix *root, const struct regression *r,
                       const struct uf_covariance *v, struct uf_joint_test edf, struct uf_joint_test edt)
{
    gsl_matrix *d = gsl_matrix_alloc(Q, Q), *half = gsl_matrix_alloc(Q, Q), *vectors = gsl_matrix_alloc(Q, Q);
    gsl_vector *values = gsl_vector_alloc(Q);
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(Q);
    gsl_matrix_const_view block = gsl_matrix_const_submatrix(v->matrix, 0, 0, Q, Q);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, root, &block.matrix, 0, half);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, half, root, 0, d);
    gsl_eigen_symmv(d, values, vectors, workspace);
    double w = 0, deviates = 0, mean = 0, variance = 0;
    for (size_t e = 0; e < Q; e++) {
        double t = 0, square = 0;
        for (size_t a = 0; a < Q; a++)
            for (size_t b = 0; b < Q; b++)
                t += gsl_matrix_get(vectors, a, e) * gsl_matrix_get(root, a, b) *
                     gsl_vector_get(r->fit.coefficients, b);
        t /= sqrt(gsl_vector_get(values, e));
        for (size_t i = 0; i < standard->clusters; i++)
            for (size_t j = 0; j < standard->clusters; j++) {
                double sum = 0;
                for (size_t a = 0; a < Q; a++)
                    for (size_t b = 0; b < Q; b++)
                        sum += gsl_matrix_get(vectors, a, e) * gsl_matrix_get(vectors, b, e) *
                               standard->p[a][b][i][j];
                square += sum * sum;
            }
        double df = 1 / square, nu = fmax(df, 4.1);
        w += t * t;
        mean += nu / (nu - 2), variance += 2 * nu * nu * (nu - 1) / (pow(nu - 2, 2) * (nu - 4));
        /* the exact deviate, which Hill's expansion is close to */
        double z = gsl_cdf_ugaussian_Qinv(gsl_cdf_tdist_Q(fabs(t), df));
        deviates += z * z;
    }
    expect_close(w, wald(r, v), 1e-8, "the axes carry all of W");
    expect_close(edt.statistic, deviates / Q, 2e-3, "EDT");
    expect_close(edt.p_value, gsl_cdf_chisq_Q(edt.statistic * Q, Q), 1e-10, "EDT's p");
    /* a multiple of F with the moments of the sum */
    if (isfinite(edf.df2)) {
        double share = edf.statistic / w * Q, f = edf.df2;
        expect_close(Q / share * f / (f - 2), mean, 1e-8, "EDF's mean");
        expect_close(pow(Q / share, 2) * 2 * f * f * (Q + f - 2) / (Q * pow(f - 2, 2) * (f - 4)), variance,
                     1e-8, "EDF's variance");
    }
    gsl_eigen_symmv_free(workspace);
    gsl_matrix_free(d), gsl_matrix_free(half), gsl_matrix_free(vectors), gsl_vector_free(values);
}

static void joint_tests_are_their_definitions(void **state)
{
    (void)state;
    static const enum uf_covariance_kind kinds[] = {UF_COVARIANCE_CR1, UF_COVARIANCE_CR2, UF_COVARIANCE_CR3};
    static struct products p;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct design d = design_draw(seed, seed % 2);
        struct regression r = regress(&d);
        enum uf_covariance_kind kind = kinds[seed % 3];
        const size_t *cluster = seed % 4 ? d.unit : d.region;
        size_t clusters = seed % 4 ? UNITS : REGIONS;
        struct uf_covariance v =
            regression_covariance(&r, kind, UF_K_NONE, 0, 1, &cluster, (const size_t[]){MOST});
        struct uf_covariance_input input = regression_input(&r);
        input.cluster[0] = cluster, input.n_groups[0] = MOST, input.n_cluster_dimensions = 1;
        products_of(&d, &r, cluster, clusters, kind, &p);
        gsl_matrix *omega = mean_of(&p), *root = projection_power(omega, -0.5);
        rotate(&p, root);
        for (int different = 0; different < 2; different++) {
            struct uf_joint_test test = joint(&input, &r, &v, kind, different ? UF_JOINT_HTB : UF_JOINT_HTA);
            double eta = eta_of(&p, different);
            if (eta > Q - 1) {
                expect_close(test.df2, eta - Q + 1, 1e-7, "df2");
                expect_close(test.statistic, wald(&r, &v) * (eta - Q + 1) / (eta * Q), 1e-7, "statistic");
                expect_close(test.p_value, gsl_cdf_fdist_Q(test.statistic, Q, test.df2), 1e-9, "p");
            } else {
                assert_true(isnan(test.statistic) && isnan(test.p_value));
            }
        }
        check_axes(&p, root, &r, &v, joint(&input, &r, &v, kind, UF_JOINT_EDF),
                   joint(&input, &r, &v, kind, UF_JOINT_EDT));
        gsl_matrix_free(omega), gsl_matrix_free(root);
        uf_covariance_clear(&v);
        regression_clear(&r);
    }
}

/* Of one coefficient HTZ, HTA and HTB are the t test with Satterthwaite's df, squared. */
static void one_restriction(void **state)
{
    (void)state;
    struct uf_error error;
    struct design d = design_draw(9, false);
    struct regression r = regress(&d);
    struct uf_covariance v = regression_covariance(&r, UF_COVARIANCE_CR2, 0, 0, 1,
                                                   (const size_t *const[]){d.unit}, (const size_t[]){MOST});
    struct uf_covariance_input input = regression_input(&r);
    input.cluster[0] = d.unit, input.n_groups[0] = MOST, input.n_cluster_dimensions = 1;
    struct uf_t_test t =
        uf_t_test(gsl_vector_get(r.fit.coefficients, 1), gsl_matrix_get(v.matrix, 1, 1), v.df[1], 0.95);
    for (enum uf_joint_rule rule = UF_JOINT_HTZ; rule <= UF_JOINT_HTB; rule++) {
        struct uf_joint_test test;
        const struct uf_covariance_options options = {.kind = UF_COVARIANCE_CR2, .joint_rule = rule};
        assert_ok(uf_joint_test_few_clusters(&input, &options, r.fit.coefficients, v.matrix, (size_t[]){1}, 1,
                                             &test, &error),
                  &error);
        expect_close(test.p_value, t.p_value, 1e-9, "p");
        expect_close(test.df2, t.df, 1e-9, "df");
    }
    uf_covariance_clear(&v);
    regression_clear(&r);
}

/* λ are the eigenvalues of p_i'p_j: their sum and that of their squares give Satterthwaite's df. The p is that of the
 * simulated quadratic form. */
static void saddlepoint(void **state)
{
    (void)state;
    enum { DRAWS = 40000 };
    struct uf_error error;
    struct uf_random random;
    struct design d = design_draw(12, true);
    struct regression r = regress(&d);
    struct uf_covariance v = regression_covariance(&r, UF_COVARIANCE_CR2, 0, 0, 1,
                                                   (const size_t *const[]){d.region}, (const size_t[]){MOST});
    struct uf_covariance_input input = regression_input(&r);
    input.cluster[0] = d.region, input.n_groups[0] = MOST, input.n_cluster_dimensions = 1;
    const struct uf_covariance_options options = {.kind = UF_COVARIANCE_CR2, .df_rule = UF_DF_SADDLEPOINT};
    gsl_vector *c = gsl_vector_calloc(K);
    gsl_vector_set(c, 1, 1);
    double *lambda, sum = 0, squares = 0;
    size_t count;
    assert_ok(saddlepoint_weights(&input, &options, c, &lambda, &count, &error), &error);
    for (size_t i = 0; i < count; i++) sum += lambda[i], squares += lambda[i] * lambda[i];
    expect_close(sum * sum / squares, v.df[1], 1e-8, "Satterthwaite's df");
    uf_random_init(&random, 4, UF_PURPOSE_SIMULATION, 3);
    size_t beyond[3] = {0};
    const double at[3] = {0.7, 1.5, 2.5};
    for (size_t draw = 0; draw < DRAWS; draw++) {
        double z = gsl_cdf_ugaussian_Pinv((1 + uf_random_uniform(&random) * 999998) / 1e6), form = 0;
        for (size_t i = 0; i < count; i++)
            form += lambda[i] *
                    pow(gsl_cdf_ugaussian_Pinv((1 + uf_random_uniform(&random) * 999998) / 1e6), 2) / sum;
        for (size_t a = 0; a < 3; a++) beyond[a] += z * z > at[a] * at[a] * form;
    }
    double last = 1;
    for (size_t a = 0; a < 3; a++) {
        double p = uf_saddlepoint_p(at[a], lambda, count, NULL), share = (double)beyond[a] / DRAWS;
        expect_within(p, share, 0.01 + 4 * sqrt(share / DRAWS), "simulated");
        assert_true(p < last);
        last = p;
    }
    /* no jump where the saddlepoint passes 0, at |t| = 1 */
    double before = uf_saddlepoint_p(1 - 1e-4, lambda, count, NULL),
           one = uf_saddlepoint_p(1, lambda, count, NULL),
           after = uf_saddlepoint_p(1 + 1e-4, lambda, count, NULL);
    expect_within(one - before, after - one, 1e-6, "smooth at 1");
    assert_true(before > one && one > after);
    expect_close(uf_saddlepoint_p(0, lambda, count, NULL), 1, 0, "p at 0");
    struct uf_t_test test;
    assert_ok(uf_saddlepoint_test(&input, &options, c, 0.5, 0, 3, 0.95, &test, NULL, &error), &error);
    assert_true(isnan(test.p_value));
    const struct uf_covariance_options hc1 = {.kind = UF_COVARIANCE_HC1};
    assert_int_equal(uf_saddlepoint_test(&input, &hc1, c, 0.5, 1, 3, 0.95, &test, NULL, &error),
                     UF_BAD_USAGE);
    free(lambda);
    gsl_vector_free(c);
    uf_covariance_clear(&v);
    regression_clear(&r);
}

static void newey_west_by_hand(void **state)
{
    (void)state;
    struct uf_error error;
    const long years[PERIODS] = {2000, 2002, 2004, 2008, 2010, 2012};
    for (size_t lag = 0; lag < 4; lag++) {
        struct design d = design_draw(20 + lag, lag % 2);
        struct regression r = regress(&d);
        struct uf_covariance_input input = regression_input(&r);
        input.unit = d.unit, input.n_units = UNITS;
        input.period = d.period, input.n_periods = PERIODS, input.time = years;
        const struct uf_covariance_options options = {
            .kind = UF_COVARIANCE_NEWEY_WEST, .lag_rule = UF_LAG_GIVEN, .lag = lag};
        struct uf_covariance v;
        assert_ok(uf_covariance_estimate(&input, &options, &v, &error), &error);
        gsl_matrix *meat = gsl_matrix_calloc(K, K), *half = gsl_matrix_alloc(K, K),
                   *whole = gsl_matrix_alloc(K, K);
        for (size_t i = 0; i < d.n; i++)
            for (size_t j = 0; j < d.n; j++) {
                size_t apart = (size_t)labs(years[d.period[i]] - years[d.period[j]]) / 2;
                if (d.unit[i] != d.unit[j] || apart > lag) continue;
                gsl_vector_const_view a = gsl_matrix_const_row(r.x, i), b = gsl_matrix_const_row(r.x, j);
                gsl_blas_dger((1 - (double)apart / (double)(lag + 1)) * d.weights[i] * d.weights[j] *
                                  gsl_vector_get(r.fit.residuals, i) * gsl_vector_get(r.fit.residuals, j),
                              &a.vector, &b.vector, meat);
            }
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, v.factor, r.fit.inverse, meat, 0, half);
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, half, r.fit.inverse, 0, whole);
        for (size_t a = 0; a < K; a++)
            for (size_t b = 0; b < K; b++)
                expect_close(gsl_matrix_get(v.matrix, a, b), gsl_matrix_get(whole, a, b), 1e-9, "newey-west");
        if (lag == 0) { /* each observation by itself, but for the factor */
            struct uf_covariance hc1 = regression_covariance(&r, UF_COVARIANCE_HC1, 0, 0, 0, NULL, NULL);
            expect_close(gsl_matrix_get(v.matrix, 0, 0) / v.factor,
                         gsl_matrix_get(hc1.matrix, 0, 0) / hc1.factor, 1e-10, "without lags it is hc");
            uf_covariance_clear(&hc1);
        }
        gsl_matrix_free(meat), gsl_matrix_free(half), gsl_matrix_free(whole);
        uf_covariance_clear(&v);
        input.unit = NULL;
        assert_int_equal(uf_covariance_estimate(&input, &options, &v, &error), UF_BAD_USAGE);
        regression_clear(&r);
    }
}

static void hc4_by_hand(void **state)
{
    (void)state;
    struct design d = design_draw(30, true);
    struct regression r = regress(&d);
    struct uf_covariance v = regression_covariance(&r, UF_COVARIANCE_HC4, 0, 0, 0, NULL, NULL);
    gsl_matrix *m = residual_maker(&d);
    double parameters = 0, sum = 0;
    for (size_t i = 0; i < d.n; i++) parameters += 1 - gsl_matrix_get(m, i, i);
    for (size_t i = 0; i < d.n; i++) {
        double h = 1 - gsl_matrix_get(m, i, i), xmc = 0;
        for (size_t j = 0; j < K; j++) xmc += gsl_matrix_get(r.x, i, j) * gsl_matrix_get(r.fit.inverse, j, 1);
        double score = d.weights[i] * xmc * gsl_vector_get(r.fit.residuals, i);
        sum += score * score / pow(1 - h, fmin(4, (double)d.n * h / parameters));
    }
    expect_close(gsl_matrix_get(v.matrix, 1, 1), sum, 1e-9, "hc4");
    gsl_matrix_free(m);
    uf_covariance_clear(&v);
    regression_clear(&r);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joint_tests_are_their_definitions),
        cmocka_unit_test(one_restriction),
        cmocka_unit_test(saddlepoint),
        cmocka_unit_test(newey_west_by_hand),
        cmocka_unit_test(hc4_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
