// SPDX-License-Identifier: GPL-3.0-or-later
/* The sets of parallel_trends_bounds.h: against a slow twin that tries every vertex, and what must not matter. */
#include "support/test.h"
#include "support/trend_study.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_ROWS = 12 };

static struct trend_study study_make(uint64_t seed, size_t before, size_t after, bool average)
{
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 1u << 20);
    size_t n = before + after;
    struct trend_study m = trend_study_new(before, after);
    gsl_matrix *factor = gsl_matrix_alloc(n, n + 3);
    for (size_t i = 0; i < n; i++) {
        gsl_vector_set(m.estimate, i, 0.5 * trend_study_normal(&random) + (i >= before ? 0.7 : 0));
        for (size_t j = 0; j < n + 3; j++) gsl_matrix_set(factor, i, j, 0.2 * trend_study_normal(&random));
    }
    trend_study_spread(&m, factor, 1.0 / (double)n);
    gsl_matrix_free(factor);
    for (size_t t = 0; t < after; t++)
        gsl_vector_set(m.weights, t, average ? 1 / (double)after : t == 0 ? 1 : 0);
    return m;
}

/* --- the twin: all vertices of {γ ≥ 0: γ'σ = 1, γ'X = 0}, by solving every square subsystem --------------- */

struct twin {
    size_t rows, n_vertices;
    gsl_matrix *a, *x, *variance; /* A; σ and the nuisances' columns; A Σ A' */
    double d[MOST_ROWS];
    double (*vertex)[MOST_ROWS];
};

/* δ at step `time` from the reference as a unit vector in A's columns. */
static void add(gsl_matrix *a, size_t row, long before, long time, double factor)
{
    if (time == 0) return;
    size_t column = (size_t)(time < 0 ? before + time : before + time - 1);
    gsl_matrix_set(a, row, column, gsl_matrix_get(a, row, column) + factor);
}

static void twin_init(struct twin *t, const struct trend_study *m, enum uf_trend_restriction restriction,
                      double bound, size_t part)
{
    long before = (long)m->study.n_before, after = (long)m->study.n_after;
    size_t n = (size_t)(before + after), k = (size_t)after;
    *t = (struct twin){.rows = 2 * k, .a = gsl_matrix_calloc(2 * k, n)};
    assert_true(t->rows <= MOST_ROWS);
    for (long i = 0; i < after; i++)
        for (size_t sign = 0; sign < 2; sign++) {
            size_t row = (size_t)i + sign * k;
            double plus = sign ? -1 : 1;
            add(t->a, row, before, i + 1, plus), add(t->a, row, before, i, -plus);
            t->d[row] = restriction == UF_TREND_SMOOTHNESS ? bound : 0;
            if (restriction == UF_TREND_SMOOTHNESS) {
                add(t->a, row, before, i, -plus), add(t->a, row, before, i - 1, plus);
            } else {
                long end = -(long)(part / 2);
                double size = part % 2 ? bound : -bound;
                add(t->a, row, before, end, size), add(t->a, row, before, end - 1, -size);
            }
        }
    gsl_matrix *half = gsl_matrix_alloc(t->rows, n);
    t->variance = gsl_matrix_alloc(t->rows, t->rows);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, t->a, m->covariance, 0, half);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, half, t->a, 0, t->variance);
    gsl_matrix_free(half);
    /* the nuisances: a basis of {τ: l'τ = 0}; here e_j − (l_j/l_1) e_1 */
    t->x = gsl_matrix_alloc(t->rows, k);
    for (size_t r = 0; r < t->rows; r++) {
        gsl_matrix_set(t->x, r, 0, sqrt(gsl_matrix_get(t->variance, r, r)));
        for (size_t j = 1; j < k; j++)
            gsl_matrix_set(t->x, r, j,
                           gsl_matrix_get(t->a, r, (size_t)before + j) -
                               gsl_vector_get(m->weights, j) / gsl_vector_get(m->weights, 0) *
                                   gsl_matrix_get(t->a, r, (size_t)before));
    }
    t->vertex = malloc(5000 * sizeof *t->vertex);
    gsl_matrix *square = gsl_matrix_alloc(k, k);
    gsl_vector *right = gsl_vector_alloc(k), *solution = gsl_vector_alloc(k);
    gsl_permutation *order = gsl_permutation_alloc(k);
    for (unsigned set = 0; set < 1u << t->rows; set++) {
        size_t chosen[MOST_ROWS], count = 0;
        for (size_t r = 0; r < t->rows; r++)
            if (set >> r & 1) chosen[count++] = r;
        if (count != k) continue;
        int sign;
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j < k; j++) gsl_matrix_set(square, j, i, gsl_matrix_get(t->x, chosen[i], j));
        gsl_vector_set_basis(right, 0);
        gsl_linalg_LU_decomp(square, order, &sign);
        bool good = fabs(gsl_linalg_LU_det(square, sign)) > 1e-9;
        if (good) gsl_linalg_LU_solve(square, order, right, solution);
        for (size_t i = 0; i < k && good; i++) good = gsl_vector_get(solution, i) > -1e-10;
        if (!good) continue;
        assert_true(t->n_vertices < 5000);
        for (size_t r = 0; r < t->rows; r++) t->vertex[t->n_vertices][r] = 0;
        for (size_t i = 0; i < k; i++) t->vertex[t->n_vertices][chosen[i]] = gsl_vector_get(solution, i);
        t->n_vertices++;
    }
    gsl_matrix_free(square);
    gsl_vector_free(right), gsl_vector_free(solution);
    gsl_permutation_free(order);
    assert_true(t->n_vertices > 0);
}

static void twin_clear(struct twin *t)
{
    gsl_matrix_free(t->a), gsl_matrix_free(t->x), gsl_matrix_free(t->variance);
    free(t->vertex);
}

static double product(const struct twin *t, const double *a, const double *b)
{
    double sum = 0;
    for (size_t r = 0; r < t->rows; r++) sum += a[r] * b[r];
    return sum;
}

static size_t best_vertex(const struct twin *t, const double *y, double *eta)
{
    size_t best = 0;
    for (size_t v = 1; v < t->n_vertices; v++)
        if (product(t, t->vertex[v], y) > product(t, t->vertex[best], y)) best = v;
    *eta = product(t, t->vertex[best], y);
    return best;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* From the same draws: A Σ^{1/2} z, with the symmetric root. */
static double least_favourable(const struct twin *t, const struct trend_study *m, size_t draws, double kappa)
{
    size_t n = m->covariance->size1;
    double *etas = malloc(draws * sizeof *etas), y[MOST_ROWS];
    gsl_matrix *copy = gsl_matrix_alloc(n, n), *vectors = gsl_matrix_alloc(n, n);
    gsl_vector *values = gsl_vector_alloc(n), *z = gsl_vector_alloc(n), *w = gsl_vector_alloc(n);
    gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(n);
    gsl_matrix_memcpy(copy, m->covariance);
    gsl_eigen_symmv(copy, values, vectors, work);
    for (size_t r = 0; r < draws; r++) {
        struct uf_random random;
        uf_random_init(&random, 0, UF_PURPOSE_SIMULATION, r);
        for (size_t j = 0; j < n; j++) gsl_vector_set(z, j, trend_study_normal(&random));
        gsl_blas_dgemv(CblasTrans, 1, vectors, z, 0, w);
        for (size_t j = 0; j < n; j++)
            gsl_vector_set(w, j, gsl_vector_get(w, j) * sqrt(gsl_vector_get(values, j)));
        gsl_blas_dgemv(CblasNoTrans, 1, vectors, w, 0, z);
        gsl_vector_view view = gsl_vector_view_array(y, t->rows);
        gsl_blas_dgemv(CblasNoTrans, 1, t->a, z, 0, &view.vector);
        best_vertex(t, y, &etas[r]);
    }
    qsort(etas, draws, sizeof *etas, ascending);
    double place = (double)(draws - 1) * (1 - kappa), below = floor(place);
    double critical = etas[(size_t)below] + (place - below) * (etas[(size_t)below + 1] - etas[(size_t)below]);
    free(etas);
    gsl_eigen_symmv_free(work);
    gsl_matrix_free(copy), gsl_matrix_free(vectors);
    gsl_vector_free(values), gsl_vector_free(z), gsl_vector_free(w);
    return critical;
}

static bool twin_accepts(const struct twin *t, const struct trend_study *m, double value, double critical)
{
    double y[MOST_ROWS], b[MOST_ROWS], s[MOST_ROWS], eta, variance = 0, low = -INFINITY, high = INFINITY;
    for (size_t r = 0; r < t->rows; r++) {
        y[r] = -t->d[r] - gsl_matrix_get(t->a, r, m->study.n_before) / gsl_vector_get(m->weights, 0) * value;
        for (size_t j = 0; j < t->a->size2; j++)
            y[r] += gsl_matrix_get(t->a, r, j) * gsl_vector_get(m->estimate, j);
    }
    const double *gamma = t->vertex[best_vertex(t, y, &eta)];
    bool hybrid = isfinite(critical);
    if (eta <= 0) return true;
    if (hybrid && eta > critical) return false;
    for (size_t r = 0; r < t->rows; r++) {
        b[r] = 0;
        for (size_t q = 0; q < t->rows; q++) b[r] += gsl_matrix_get(t->variance, r, q) * gamma[q];
        variance += gamma[r] * b[r];
    }
    for (size_t r = 0; r < t->rows; r++) b[r] /= variance, s[r] = y[r] - b[r] * eta;
    for (size_t v = 0; v < t->n_vertices; v++) {
        double slope = 1 - product(t, t->vertex[v], b), level = product(t, t->vertex[v], s);
        if (slope > 1e-11) low = fmax(low, level / slope);
        if (slope < -1e-11) high = fmin(high, level / slope);
    }
    if (hybrid) high = fmin(high, critical);
    double sd = sqrt(variance), alpha = hybrid ? (0.05 - 0.005) / (1 - 0.005) : 0.05;
    double tail = gsl_cdf_ugaussian_Q(high / sd);
    return (gsl_cdf_ugaussian_Q(eta / sd) - tail) / (gsl_cdf_ugaussian_Q(low / sd) - tail) >= alpha;
}

static void agrees_with_twin(void **state)
{
    (void)state;
    enum { DRAWS = 250 };
    size_t accepted = 0, tried = 0;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        size_t before = 1 + seed % 3, after = 1 + seed % 4;
        struct trend_study m = study_make(seed, before, after, seed % 2 == 0);
        for (int restriction = 0; restriction < 2; restriction++)
            for (int set = 0; set < 2; set++) {
                struct uf_trend_options options = {.restriction = (enum uf_trend_restriction)restriction,
                                                   .set = set ? UF_TREND_CONDITIONAL : UF_TREND_C_LF,
                                                   .m = 0.05 + 0.15 * (double)(seed % 4),
                                                   .draws = DRAWS};
                size_t parts = restriction == UF_TREND_RELATIVE_MAGNITUDES ? 2 * before : 1;
                struct twin twins[8];
                double critical[8];
                for (size_t p = 0; p < parts; p++) {
                    twin_init(&twins[p], &m, options.restriction, options.m, p);
                    critical[p] = set ? INFINITY : least_favourable(&twins[p], &m, DRAWS, 0.005);
                }
                for (int i = -6; i <= 12; i++) {
                    bool found, expected = false;
                    struct uf_error error;
                    double value = 0.2 * i + 0.0137;
                    assert_ok(uf_trend_includes(&m.study, &options, value, &found, &error), &error);
                    for (size_t p = 0; p < parts; p++)
                        expected |= twin_accepts(&twins[p], &m, value, critical[p]);
                    if (found != expected)
                        fail_msg("seed %d restriction %d set %d value %g: %d, twin %d", (int)seed,
                                 restriction, set, value, found, expected);
                    accepted += found, tried++;
                }
                for (size_t p = 0; p < parts; p++) twin_clear(&twins[p]);
            }
        trend_study_clear(&m);
    }
    print_message("%zu of %zu values accepted\n", accepted, tried);
    assert_true(accepted > tried / 20 && accepted < tried - tried / 20);
}

/* The interval's ends are where the test changes its mind; with 100 draws too, which can put the critical value beyond what
 * bounds it. */
static void ends_of_the_set(void **state)
{
    (void)state;
    for (uint64_t seed = 20; seed < 44; seed++) {
        const bool few = seed >= 24;
        struct trend_study m = study_make(seed, 3, few ? 1 + seed % 2 : 3, seed % 2 == 0);
        for (int restriction = 0; restriction < 2; restriction++) {
            struct uf_error error;
            struct uf_trend_bounds bounds;
            struct uf_trend_options options = {.restriction = (enum uf_trend_restriction)restriction,
                                               .m = 0.5,
                                               .level = few ? 0.9 : 0,
                                               .draws = few ? 100 : 1000,
                                               .seed = few ? seed : 0};
            assert_ok(uf_trend_bounds(&m.study, &options, &bounds, &error), &error);
            assert_false(bounds.empty);
            const double beside = 1e-4 * bounds.step;
            const double at[] = {bounds.low + beside, bounds.low - beside, bounds.high - beside,
                                 bounds.high + beside};
            for (int i = 0; i < 4; i++) {
                bool found;
                assert_ok(uf_trend_includes(&m.study, &options, at[i], &found, &error), &error);
                if (found != (i % 2 == 0))
                    fail_msg("seed %d restriction %d value %.10g: %d", (int)seed, restriction, at[i], found);
            }
        }
        trend_study_clear(&m);
    }
}

static struct uf_trend_bounds bounds_of(const struct trend_study *m, struct uf_trend_options options)
{
    struct uf_error error;
    struct uf_trend_bounds bounds;
    assert_ok(uf_trend_bounds(&m->study, &options, &bounds, &error), &error);
    return bounds;
}

/* Two periods on either side: the conditional set without a first stage is sought far out, by small steps. */
static void units_and_trends(void **state)
{
    (void)state;
    enum { SIDE = 2 };
    for (int set = 0; set < 3; set++)
        for (int restriction = 0; restriction < 2; restriction++) {
            if (set == UF_TREND_FLCI && restriction == UF_TREND_RELATIVE_MAGNITUDES) continue;
            struct trend_study m = study_make(31, SIDE, SIDE, true);
            struct uf_trend_options options = {.restriction = (enum uf_trend_restriction)restriction,
                                               .set = (enum uf_trend_set)set,
                                               .m = 0.3,
                                               .draws = 500};
            struct uf_trend_bounds first = bounds_of(&m, options), again;
            if (set != UF_TREND_CONDITIONAL) { /* which draws nothing */
                again = bounds_of(&m, options);
                assert_true(first.low == again.low && first.high == again.high);
            }
            /* a straight line added to δ: smoothness does not mind */
            if (restriction == UF_TREND_SMOOTHNESS) {
                for (long i = 0; i < 2 * SIDE; i++)
                    *gsl_vector_ptr(m.estimate, (size_t)i) +=
                        0.8 * (double)(i < SIDE ? i - SIDE : i - SIDE + 1);
                again = bounds_of(&m, options);
                expect_within(again.low, first.low, 1e-6, "low with a line");
                expect_within(again.high, first.high, 1e-6, "high with a line");
                for (long i = 0; i < 2 * SIDE; i++)
                    *gsl_vector_ptr(m.estimate, (size_t)i) -=
                        0.8 * (double)(i < SIDE ? i - SIDE : i - SIDE + 1);
            }
            /* the outcome as large and as small as outcomes come */
            const double units[] = {1e9, 1e-6};
            for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
                gsl_vector_scale(m.estimate, units[u]);
                gsl_matrix_scale(m.covariance, units[u] * units[u]);
                struct uf_trend_options in_units = options;
                if (restriction == UF_TREND_SMOOTHNESS) in_units.m *= units[u];
                again = bounds_of(&m, in_units);
                expect_within(again.low / units[u], first.low, 1e-6, "low in other units");
                expect_within(again.high / units[u], first.high, 1e-6, "high in other units");
                gsl_vector_scale(m.estimate, 1 / units[u]);
                gsl_matrix_scale(m.covariance, 1 / (units[u] * units[u]));
            }
            trend_study_clear(&m);
        }
}

/* M = 0 and a huge M; the breakdown value lies where the set comes to include 0. */
static void grows_with_m(void **state)
{
    (void)state;
    struct trend_study m = study_make(41, 3, 2, false);
    gsl_vector_set(m.estimate, 3, 1.4);
    for (int set = 0; set < 3; set++)
        for (int restriction = 0; restriction < 2; restriction++) {
            if (set == UF_TREND_FLCI && restriction == UF_TREND_RELATIVE_MAGNITUDES) continue;
            struct uf_trend_options options = {.restriction = (enum uf_trend_restriction)restriction,
                                               .set = (enum uf_trend_set)set,
                                               .draws = 500};
            struct uf_trend_breakdown breakdown;
            struct uf_error error;
            assert_ok(uf_trend_breakdown(&m.study, &options, 64, &breakdown, &error), &error);
            assert_false(breakdown.beyond);
            assert_true(breakdown.m > 0);
            bool found;
            options.m = breakdown.m;
            assert_ok(uf_trend_includes(&m.study, &options, 0, &found, &error), &error);
            assert_true(found);
            options.m = 0.998 * breakdown.m;
            assert_ok(uf_trend_includes(&m.study, &options, 0, &found, &error), &error);
            assert_false(found);
            double length = 0;
            for (int i = 0; i < 4 && set != UF_TREND_CONDITIONAL; i++) { /* which need not be longer */
                options.m = i;
                struct uf_trend_bounds bounds = bounds_of(&m, options);
                assert_true(bounds.empty || bounds.high - bounds.low > length);
                if (!bounds.empty) length = bounds.high - bounds.low;
            }
            /* no M up to half of it is enough */
            assert_ok(uf_trend_breakdown(&m.study, &options, breakdown.m / 2, &breakdown, &error), &error);
            assert_true(breakdown.beyond);
        }
    trend_study_clear(&m);
}

/* The worst bias of a'β over second differences in [−M, M], by trying every corner; infinite where a line does
 * not cancel. */
static double worst_bias(const struct trend_study *m, const gsl_vector *weights, double bound)
{
    long before = (long)m->study.n_before, after = (long)m->study.n_after, bends = before + after - 1;
    double worst = 0;
    for (unsigned corner = 0; corner < 1u << bends; corner++) {
        double delta[32] = {0}; /* index time + before; the line through −1 and 0 is flat */
        for (long t = 1; t <= after; t++) {
            double bend = corner >> (t - 1) & 1 ? bound : -bound;
            delta[t + before] = 2 * delta[t - 1 + before] - (t >= 2 ? delta[t - 2 + before] : 0) + bend;
        }
        for (long t = -2; t >= -before; t--) {
            double bend = corner >> (after - t - 2) & 1 ? bound : -bound;
            delta[t + before] = 2 * delta[t + 1 + before] - delta[t + 2 + before] + bend;
        }
        double bias = 0;
        for (long i = 0; i < before + after; i++) {
            long time = i < before ? i - before : i - before + 1;
            bias += gsl_vector_get(weights, (size_t)i) * delta[time + before];
        }
        worst = fmax(worst, fabs(bias));
    }
    return worst;
}

static void fixed_length_is_shortest(void **state)
{
    (void)state;
    for (uint64_t seed = 50; seed < 60; seed++) {
        size_t before = 1 + seed % 4, after = 1 + seed % 3, n = before + after;
        struct trend_study m = study_make(seed, before, after, seed % 2 == 0);
        gsl_vector *weights = gsl_vector_alloc(n), *other = gsl_vector_alloc(n), *work = gsl_vector_alloc(n);
        double bound = seed % 5 == 0 ? 0 : 0.02 * (double)(seed % 5);
        struct uf_trend_flci flci;
        struct uf_error error;
        assert_ok(uf_trend_fixed_length(&m.study, bound, 0.95, weights, &flci, &error), &error);
        double line = 0, value;
        for (size_t i = 0; i < n; i++)
            line += gsl_vector_get(weights, i) * ((double)i - (double)before + (i < before ? 0 : 1));
        expect_within(line, 0, 1e-9, "a line cancels");
        expect_close(flci.bias, worst_bias(&m, weights, bound), 1e-9, "bias");
        gsl_blas_dgemv(CblasNoTrans, 1, m.covariance, weights, 0, work);
        gsl_blas_ddot(weights, work, &value);
        expect_close(flci.std_error, sqrt(value), 1e-7, "error");
        expect_close(flci.half_length, trend_study_length(flci.bias, flci.std_error), 1e-9, "half length");
        gsl_blas_ddot(weights, m.estimate, &value);
        expect_close(flci.estimate, value, 1e-9, "estimate");
        for (size_t i = 0; i < after; i++)
            expect_close(gsl_vector_get(weights, before + i), gsl_vector_get(m.weights, i), 1e-12, "l");
        /* any other weights before, a line still cancelling, make it longer */
        struct uf_random random;
        uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 7);
        for (int trial = 0; trial < 60 && before > 1; trial++) {
            double size = pow(10, -3 * uf_random_uniform(&random)), drift = 0;
            gsl_vector_memcpy(other, weights);
            for (size_t i = 0; i + 1 < before; i++) {
                double change = size * trend_study_normal(&random);
                *gsl_vector_ptr(other, i) += change;
                drift += change * (double)(before - i);
            }
            *gsl_vector_ptr(other, before - 1) -= drift;
            gsl_blas_dgemv(CblasNoTrans, 1, m.covariance, other, 0, work);
            gsl_blas_ddot(other, work, &value);
            assert_true(trend_study_length(worst_bias(&m, other, bound), sqrt(value)) >=
                        flci.half_length * (1 - 1e-9));
        }
        gsl_vector_free(weights), gsl_vector_free(other), gsl_vector_free(work);
        trend_study_clear(&m);
    }
}

/* Estimates whose errors almost all go together and that lie many standard errors from 0: M = 0 leaves one estimate to be
 * tested, with a normal error. */
static void errors_that_go_together(void **state)
{
    (void)state;
    for (uint64_t seed = 17; seed <= 20; seed++) {
        const size_t before = 5, after = 4 + seed % 7, n = before + after;
        struct trend_study m = study_make(seed, before, after, true);
        struct uf_random random;
        uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 9);
        gsl_vector *factor = gsl_vector_alloc(n);
        for (size_t i = 0; i < n; i++) {
            gsl_vector_set(factor, i, trend_study_normal(&random));
            gsl_vector_set(m.estimate, i, 300 * trend_study_normal(&random));
        }
        gsl_matrix_set_zero(m.covariance);
        gsl_blas_dger(1, factor, factor, m.covariance);
        for (size_t i = 0; i < n; i++) *gsl_matrix_ptr(m.covariance, i, i) += 1e-10;
        double centre = 0, variance = 0;
        for (size_t s = 0; s < after; s++) {
            centre += gsl_vector_get(m.estimate, before + s) / (double)after;
            for (size_t t = 0; t < after; t++)
                variance += gsl_matrix_get(m.covariance, before + s, before + t) / (double)(after * after);
        }
        struct uf_trend_options options = {.restriction = UF_TREND_RELATIVE_MAGNITUDES, .draws = 1000};
        struct uf_trend_bounds bounds = bounds_of(&m, options);
        const double half = 1.96 * sqrt(variance);
        expect_within(bounds.low, centre - half, 0.06 * half, "low");
        expect_within(bounds.high, centre + half, 0.06 * half, "high");
        gsl_vector_free(factor);
        trend_study_clear(&m);
    }
}

static void bad_input(void **state)
{
    (void)state;
    struct trend_study m = study_make(3, 2, 2, false);
    struct uf_error error;
    struct uf_trend_bounds bounds = {.low = 7};
    struct uf_trend_breakdown breakdown;
    struct uf_trend_options options = {.m = -1};
    assert_int_equal(uf_trend_bounds(&m.study, &options, &bounds, &error), UF_BAD_USAGE);
    options.m = 1;
    options.level = 2;
    assert_int_equal(uf_trend_bounds(&m.study, &options, &bounds, &error), UF_BAD_USAGE);
    options.level = 0;
    options.set = UF_TREND_FLCI;
    assert_int_equal(uf_trend_bounds(&m.study, &options, &bounds, &error), UF_BAD_USAGE);
    options.set = UF_TREND_C_LF;
    assert_int_equal(uf_trend_breakdown(&m.study, &options, 0, &breakdown, &error), UF_BAD_USAGE);
    struct uf_trend_study wrong = m.study;
    wrong.n_before = 3;
    assert_int_equal(uf_trend_bounds(&wrong, &options, &bounds, &error), UF_BAD_USAGE);
    wrong = m.study;
    wrong.n_before = 0, wrong.n_after = 4, wrong.weights = NULL;
    assert_int_equal(uf_trend_bounds(&wrong, &options, &bounds, &error), UF_BAD_USAGE);
    gsl_vector_set_zero(m.weights);
    assert_int_equal(uf_trend_bounds(&m.study, &options, &bounds, &error), UF_BAD_USAGE);
    gsl_vector_set(m.weights, 0, 1);
    gsl_vector_set(m.estimate, 1, NAN);
    assert_int_equal(uf_trend_bounds(&m.study, &options, &bounds, &error), UF_NOT_IDENTIFIED);
    gsl_vector_set(m.estimate, 1, 0);
    gsl_matrix_set_all(m.covariance, 1);
    assert_int_equal(uf_trend_bounds(&m.study, &options, &bounds, &error), UF_NOT_IDENTIFIED);
    assert_true(bounds.low == 7);
    trend_study_clear(&m);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_twin),
                                       cmocka_unit_test(ends_of_the_set),
                                       cmocka_unit_test(units_and_trends),
                                       cmocka_unit_test(grows_with_m),
                                       cmocka_unit_test(fixed_length_is_shortest),
                                       cmocka_unit_test(errors_that_go_together),
                                       cmocka_unit_test(bad_input)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
