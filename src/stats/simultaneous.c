// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/distribution.h>
#include <utfall/random.h>
#include <utfall/simultaneous.h>

#include "base/fail.h"

/* Of the largest eigenvalue of the correlations: below it is nil, and as far below zero it is rounding. */
#define NIL 1e-10

/* The correlations of the rows that have a variance, VDV' over the eigenvalues that are not nil: `vector` is V, `row` is
 * VD½, both count × count with `rank` columns in use, `length` the squares of the latter's rows. */
struct factor {
    size_t count, rank;
    double *vector, *row, *length;
};

static uf_status gather_correlations(const gsl_matrix *covariance, gsl_matrix **out, struct uf_error *error)
{
    size_t q = covariance->size1, count = 0;
    size_t *kept = malloc((q + 1) * sizeof *kept);
    if (!kept) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t i = 0; i < q && status == UF_OK; i++) {
        double variance = gsl_matrix_get(covariance, i, i);
        for (size_t j = 0; j < q && status == UF_OK; j++)
            if (!isfinite(gsl_matrix_get(covariance, i, j)))
                status = uf_fail(error, UF_BAD_INPUT,
                                 "sup-t: the covariance of estimates %zu and %zu is missing", i + 1, j + 1);
        if (status == UF_OK && variance < 0)
            status = uf_fail(error, UF_BAD_INPUT, "sup-t: the variance of estimate %zu is %g, below 0", i + 1,
                             variance);
        if (variance > 0) kept[count++] = i;
    }
    if (status == UF_OK && count == 0)
        status = uf_fail(error, UF_NOT_IDENTIFIED, "sup-t: no estimate has a variance above 0");
    gsl_matrix *r = status == UF_OK ? gsl_matrix_alloc(count, count) : NULL;
    if (status == UF_OK && !r) status = uf_fail_memory(error);
    for (size_t a = 0; a < count && r; a++)
        for (size_t b = 0; b < count; b++)
            gsl_matrix_set(r, a, b,
                           gsl_matrix_get(covariance, kept[a], kept[b]) /
                               sqrt(gsl_matrix_get(covariance, kept[a], kept[a])) /
                               sqrt(gsl_matrix_get(covariance, kept[b], kept[b])));
    free(kept);
    if (status == UF_OK) *out = r;
    return status;
}

static uf_status factorise(gsl_matrix *correlations, struct factor *out, struct uf_error *error)
{
    size_t q = correlations->size1;
    struct factor f = {.count = q, .vector = calloc(2 * q * q + q + 1, sizeof *f.vector)};
    if (f.vector) f.row = f.vector + q * q, f.length = f.row + q * q;
    gsl_matrix *vectors = gsl_matrix_alloc(q, q);
    gsl_vector *values = gsl_vector_alloc(q);
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(q);
    uf_status status = f.vector && vectors && values && workspace ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && gsl_eigen_symmv(correlations, values, vectors, workspace))
        status = uf_fail(error, UF_INTERNAL, "sup-t: no eigenvalues");
    double largest = status == UF_OK ? gsl_vector_max(values) : 0;
    if (status == UF_OK && gsl_vector_min(values) < -1e-6 * largest)
        status = uf_fail(error, UF_BAD_INPUT, "sup-t: the covariance is not positive semi-definite");
    for (size_t e = 0; e < q && status == UF_OK; e++) {
        double value = gsl_vector_get(values, e);
        if (!(value > NIL * largest)) continue;
        for (size_t i = 0; i < q; i++) {
            double v = gsl_matrix_get(vectors, i, e);
            f.vector[i * q + f.rank] = v;
            f.row[i * q + f.rank] = sqrt(value) * v;
            f.length[i] += value * v * v;
        }
        f.rank++;
    }
    gsl_matrix_free(vectors), gsl_vector_free(values);
    gsl_eigen_symmv_free(workspace);
    if (status == UF_OK)
        *out = f;
    else
        free(f.vector);
    return status;
}

/* max_j |a_j'u|² for one random direction; 1 where there is only one. A draw belongs to an estimate, not to an
 * eigenvector: A z = VD½V'z is the same whatever basis, order and signs the eigenvectors come in. */
static double reach_of(const struct factor *f, uint64_t seed, size_t draw, double *u)
{
    if (f->rank == 1) return 1;
    struct uf_random random;
    double size = 0, largest = 0;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, draw);
    for (size_t e = 0; e < f->rank; e++) u[e] = 0;
    for (size_t i = 0; i < f->count; i++) {
        double z = gsl_cdf_ugaussian_Pinv(uf_random_uniform(&random) + 0x1p-54);
        for (size_t e = 0; e < f->rank; e++) u[e] += f->vector[i * f->count + e] * z;
    }
    for (size_t e = 0; e < f->rank; e++) size += u[e] * u[e];
    for (size_t j = 0; j < f->count; j++) {
        double sum = 0;
        for (size_t e = 0; e < f->rank; e++) sum += f->row[j * f->count + e] * u[e];
        /* the rows have length 1 but for what was called nil */
        largest = fmax(largest, sum * sum / f->length[j]);
    }
    return largest / size;
}

/* P(max > c) over the drawn directions, and its derivative. */
static double tail(const double *reach, size_t draws, size_t rank, double df, double c, double *out_slope)
{
    double sum = 0, slope = 0, p = (double)rank;
    for (size_t d = 0; d < draws; d++) {
        double x = c * c / (p * reach[d]);
        sum += uf_f_upper(x, p, df);
        double density = isinf(df) ? p * gsl_ran_chisq_pdf(p * x, p) : gsl_ran_fdist_pdf(x, p, df);
        slope -= density * 2 * c / (p * reach[d]);
    }
    *out_slope = slope / (double)draws;
    return sum / (double)draws;
}

/* Newton's steps between one estimate's quantile and Bonferroni's, halving where a step would leave them. */
static double solve(const double *reach, size_t draws, const struct factor *f, double df, double level)
{
    double alpha = 1 - level, low = uf_t_quantile(1 - alpha / 2, df),
           high = uf_t_quantile(1 - alpha / (2 * (double)f->count), df);
    if (f->rank == 1 || !(high > low)) return low;
    high *= 1 + 1e-3; /* the drawn directions may exceed it by chance where Bonferroni is all but exact */
    double c = (low + 2 * high) / 3, slope;
    for (int step = 0; step < 100; step++) {
        double excess = tail(reach, draws, f->rank, df, c, &slope) - alpha;
        if (excess > 0)
            low = c;
        else
            high = c;
        double next = slope < 0 ? c - excess / slope : low;
        if (!(next > low && next < high)) next = (low + high) / 2;
        if (fabs(next - c) <= 1e-10 * c || next == low || next == high) return next;
        c = next;
    }
    return c;
}

uf_status uf_sup_t_critical(const gsl_matrix *covariance, double df, double level, size_t draws,
                            uint64_t seed, double *out_critical, struct uf_error *error)
{
    if (covariance->size1 != covariance->size2)
        return uf_fail(error, UF_INTERNAL, "sup-t: the covariance is not square");
    if (!(level > 0 && level < 1) || !(df > 0))
        return uf_fail(error, UF_BAD_USAGE,
                       "sup-t: level %g and %g degrees of freedom; expected a share between 0 and 1, and "
                       "degrees of freedom above 0",
                       level, df);
    if (draws == 0) draws = UF_SUP_T_DRAWS;
    gsl_matrix *correlations;
    struct factor f;
    UF_TRY(gather_correlations(covariance, &correlations, error));
    uf_status status = factorise(correlations, &f, error);
    gsl_matrix_free(correlations);
    if (status != UF_OK) return status;
    double *reach = malloc((draws + 1) * sizeof *reach), *u = calloc(f.rank + 1, sizeof *u);
    if (reach && u) {
        for (size_t d = 0; d < draws; d++) reach[d] = reach_of(&f, seed, d, u);
        *out_critical = solve(reach, draws, &f, df, level);
    } else {
        status = uf_fail_memory(error);
    }
    free(reach), free(u), free(f.vector);
    return status;
}
