// SPDX-License-Identifier: GPL-3.0-or-later
/* The optimal fixed-length interval under smoothness. */
#include <utfall/parallel_trends_bounds.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "effect/lasso_path.h"

/*
 * The estimator l'β_post + Σ_t v_t β_{−t}, t periods before the reference. With u_j the change of slope at
 * period j and x_j = Σ_t v_t (t − j)+, its bias is
 *
 *     slope · (Σ t l_t − x_0) + Σ_{j≥0} u_j Σ_t l_t (t − j)+ + Σ_{j≥1} u_{−j} x_j,
 *
 * so that x_0 is given, |bias| ≤ M (C + Σ_{j≥1} |x_j|), and v_t = x_{t−1} − 2 x_t + x_{t+1} (x beyond T is 0).
 * x_1 … x_{T−1} are free; the variance is quadratic in them.
 */
struct problem {
    const struct uf_trend_study *study;
    size_t free;        /* T − 1 */
    double fixed;       /* x_0 */
    double constant;    /* C */
    gsl_vector *base;   /* n: the estimator's weights at x = 0 */
    gsl_matrix *change; /* n × free: what x adds to them */
    double variance;    /* at x = 0 */
    gsl_matrix *h;      /* variance = variance − 2 g'x + x'Hx */
    gsl_vector *g;
    double m, alpha;
};

static double weight_after(const struct uf_trend_study *study, size_t t)
{
    if (!study->weights) return t == 1 ? 1 : 0;
    return gsl_vector_get(study->weights, t - 1);
}

static void problem_clear(struct problem *p)
{
    gsl_vector_free(p->base), gsl_vector_free(p->g);
    gsl_matrix_free(p->change), gsl_matrix_free(p->h);
}

static uf_status set_variance(struct problem *p, struct uf_error *error)
{
    const gsl_matrix *covariance = p->study->covariance;
    size_t n = p->base->size;
    gsl_vector *product = gsl_vector_alloc(n);
    gsl_matrix *half = p->free ? gsl_matrix_alloc(n, p->free) : NULL;
    uf_status status = product && (half || !p->free) ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        gsl_blas_dgemv(CblasNoTrans, 1, covariance, p->base, 0, product);
        gsl_blas_ddot(p->base, product, &p->variance);
    }
    if (status == UF_OK && p->free) {
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, covariance, p->change, 0, half);
        gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, p->change, half, 0, p->h);
        gsl_blas_dgemv(CblasTrans, -1, p->change, product, 0, p->g);
        double trace = 0; /* a covariance of low rank: of equal estimators the one with the least weights */
        for (size_t j = 0; j < p->free; j++) trace += gsl_matrix_get(p->h, j, j);
        for (size_t j = 0; j < p->free; j++) *gsl_matrix_ptr(p->h, j, j) += 1e-13 * trace;
    }
    gsl_vector_free(product);
    gsl_matrix_free(half);
    return status;
}

static uf_status problem_init(struct problem *p, const struct uf_trend_study *study, double m, double alpha,
                              struct uf_error *error)
{
    size_t before = study->n_before, after = study->n_after, n = before + after;
    *p = (struct problem){.study = study, .free = before - 1, .m = m, .alpha = alpha};
    p->base = gsl_vector_calloc(n);
    p->change = p->free ? gsl_matrix_calloc(n, p->free) : NULL;
    p->h = p->free ? gsl_matrix_calloc(p->free, p->free) : NULL;
    p->g = p->free ? gsl_vector_calloc(p->free) : NULL;
    if (!p->base || (p->free && (!p->change || !p->h || !p->g))) return uf_fail_memory(error);
    for (size_t t = 1; t <= after; t++) {
        gsl_vector_set(p->base, before + t - 1, weight_after(study, t));
        p->fixed += (double)t * weight_after(study, t);
    }
    for (size_t j = 0; j < after; j++) {
        double sum = 0;
        for (size_t t = j + 1; t <= after; t++) sum += weight_after(study, t) * (double)(t - j);
        p->constant += fabs(sum);
    }
    gsl_vector_set(p->base, before - 1, p->fixed); /* t = 1 stands last */
    for (size_t j = 1; j <= p->free; j++) {
        gsl_matrix_set(p->change, before - j, j - 1, -2);
        gsl_matrix_set(p->change, before - j - 1, j - 1, 1);
        if (j > 1) gsl_matrix_set(p->change, before - j + 1, j - 1, 1);
    }
    return set_variance(p, error);
}

/* c with P(|N(t, 1)| ≤ c) = 1 − α. */
static double folded_quantile(double t, double alpha)
{
    double low = 0, high = t + gsl_cdf_ugaussian_Qinv(alpha / 2) + 1;
    for (int step = 0; step < 200; step++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if (gsl_cdf_ugaussian_Q(middle - t) + gsl_cdf_ugaussian_Q(middle + t) > alpha)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void measure(const struct problem *p, const double *x, struct uf_trend_flci *out)
{
    double variance = p->variance, sum = p->constant;
    for (size_t i = 0; i < p->free; i++) {
        variance -= 2 * x[i] * gsl_vector_get(p->g, i);
        sum += fabs(x[i]);
        for (size_t j = 0; j < p->free; j++) variance += x[i] * gsl_matrix_get(p->h, i, j) * x[j];
    }
    out->bias = p->m * sum;
    out->std_error = sqrt(fmax(variance, 0));
    out->half_length = out->std_error > 0
                           ? out->std_error * folded_quantile(out->bias / out->std_error, p->alpha)
                           : out->bias;
}

static double half_length(const struct problem *p, const double *x)
{
    struct uf_trend_flci at;
    measure(p, x, &at);
    return at.half_length;
}

static void between(const struct problem *p, const double *from, const double *to, double share, double *x)
{
    for (size_t i = 0; i < p->free; i++) x[i] = from[i] + share * (to[i] - from[i]);
}

/* The half length is convex in x, so along the frontier it falls, then rises: golden section on the two
 * pieces beside the best corner. */
static void least_on_path(const struct problem *p, const struct lasso_path *path, double *best, double *x)
{
    static const double golden = 0.6180339887498949;
    size_t corner = 0, n = p->free;
    double least = half_length(p, path->corner);
    for (size_t c = 1; c < path->count; c++) {
        double here = half_length(p, path->corner + c * n);
        if (here < least) least = here, corner = c;
    }
    for (size_t i = 0; i < n; i++) best[i] = path->corner[corner * n + i];
    for (size_t piece = corner > 0 ? corner - 1 : 0; piece <= corner && piece + 1 < path->count; piece++) {
        const double *from = path->corner + piece * n, *to = from + n;
        double low = 0, high = 1;
        for (int step = 0; step < 80; step++) {
            double a = high - golden * (high - low), b = low + golden * (high - low), at_a, at_b;
            between(p, from, to, a, x);
            at_a = half_length(p, x);
            between(p, from, to, b, x);
            at_b = half_length(p, x);
            if (at_a <= at_b)
                high = b;
            else
                low = a;
        }
        between(p, from, to, (low + high) / 2, x);
        if (half_length(p, x) < least) {
            least = half_length(p, x);
            for (size_t i = 0; i < n; i++) best[i] = x[i];
        }
    }
}

/* A variance below this share of Σ a²·Σ_jj is rounding: there are as many free weights as the covariance has rank, and they make
 * an estimator that seems to have no error. */
#define NO_VARIANCE 1e-12

static bool has_variance(const struct problem *p)
{
    double variance = 0, scale = 0;
    for (size_t i = 0; i < p->base->size; i++)
        for (size_t j = 0; j < p->base->size; j++) {
            const double term = gsl_vector_get(p->base, i) * gsl_matrix_get(p->study->covariance, i, j) *
                                gsl_vector_get(p->base, j);
            variance += term;
            if (i == j) scale += term;
        }
    return variance > NO_VARIANCE * scale;
}

uf_status uf_trend_fixed_length(const struct uf_trend_study *study, double m, double level,
                                gsl_vector *weights, struct uf_trend_flci *out, struct uf_error *error)
{
    size_t n = study->n_before + study->n_after;
    if (study->n_before < 1 || study->n_after < 1 || study->estimate->size != n ||
        study->covariance->size1 != n || (weights && weights->size != n))
        return uf_fail(error, UF_BAD_USAGE,
                       "an event study of %zu estimates before and %zu after the reference was given %zu",
                       study->n_before, study->n_after, study->estimate->size);
    if (!(m >= 0) || isinf(m) || !(level > 0 && level < 1))
        return uf_fail(error, UF_BAD_USAGE, "M must be 0 or more (found %g), the level between 0 and 1 (%g)",
                       m, level);
    struct problem p;
    struct lasso_path path = {0};
    struct uf_trend_flci result = {0};
    double *best = calloc(study->n_before, sizeof *best), *trial = calloc(study->n_before, sizeof *trial);
    uf_status status = problem_init(&p, study, m, 1 - level, error);
    if (status == UF_OK && (!best || !trial)) status = uf_fail_memory(error);
    if (status == UF_OK && p.free) status = lasso_path_init(p.h, p.g, &path, error);
    if (status == UF_OK) {
        if (p.free) least_on_path(&p, &path, best, trial);
        measure(&p, best, &result);
        for (size_t j = 0; j < p.free; j++) {
            gsl_vector_const_view column = gsl_matrix_const_column(p.change, j);
            gsl_blas_daxpy(best[j], &column.vector, p.base);
        }
        if (!has_variance(&p))
            status = uf_fail(error, UF_NOT_IDENTIFIED,
                             "the covariance of the event study has too low a rank: some combination of its "
                             "estimates seems to have no error");
    }
    if (status == UF_OK) {
        gsl_blas_ddot(p.base, study->estimate, &result.estimate);
        if (weights) gsl_vector_memcpy(weights, p.base);
        *out = result;
    }
    lasso_path_clear(&path);
    problem_clear(&p);
    free(best), free(trial);
    return status;
}
