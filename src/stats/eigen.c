// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/eigen.h>

#include <float.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { MOST_STEPS = 3000, CHECK_EVERY = 8 };
static const double TOLERANCE = 1e-13;

struct lanczos {
    size_t n, most, steps;
    double *basis;             /* steps × n */
    double *diagonal, *beside; /* of the tridiagonal matrix; beside[j] links step j and j + 1 */
    const gsl_matrix *known;
};

static double dot(const double *a, const double *b, size_t n)
{
    /* Four sums side by side, added in one order: fast, and the same each time. */
    double s[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t j = 0; j < 4; j++) s[j] += a[i + j] * b[i + j];
    for (; i < n; i++) s[0] += a[i] * b[i];
    return (s[0] + s[1]) + (s[2] + s[3]);
}

static void subtract(double *a, double factor, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) a[i] -= factor * b[i];
}

/* Twice, since once loses digits where little is left of a vector. */
static void orthogonalise(const struct lanczos *l, double *vector)
{
    for (int round = 0; round < 2; round++) {
        for (size_t j = 0; l->known && j < l->known->size1; j++) {
            const double *known = gsl_matrix_const_ptr(l->known, j, 0);
            subtract(vector, dot(known, vector, l->n), known, l->n);
        }
        for (size_t j = 0; j < l->steps; j++) {
            const double *basis = l->basis + j * l->n;
            subtract(vector, dot(basis, vector, l->n), basis, l->n);
        }
    }
}

/* A vector that no symmetry of a matrix is likely to be blind to. */
static void starting_vector(double *vector, size_t n)
{
    double x = 0.5;
    for (size_t i = 0; i < n; i++) {
        x += 0.61803398874989484820; /* the golden ratio's fraction fills the unit interval evenly */
        x -= floor(x);
        vector[i] = x - 0.5;
    }
}

static bool normalise(double *vector, size_t n, double *out_norm)
{
    double norm = sqrt(dot(vector, vector, n));
    *out_norm = norm;
    if (!(norm > 0)) return false;
    for (size_t i = 0; i < n; i++) vector[i] /= norm;
    return true;
}

struct ritz {
    gsl_matrix *matrix, *vectors;
    gsl_vector *values;
};

static void ritz_clear(struct ritz *ritz)
{
    if (ritz->matrix) gsl_matrix_free(ritz->matrix);
    if (ritz->vectors) gsl_matrix_free(ritz->vectors);
    if (ritz->values) gsl_vector_free(ritz->values);
    *ritz = (struct ritz){0};
}

static uf_status ritz_make(const struct lanczos *l, struct ritz *out, struct uf_error *error)
{
    size_t m = l->steps;
    struct ritz ritz = {gsl_matrix_calloc(m, m), gsl_matrix_alloc(m, m), gsl_vector_alloc(m)};
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(m);
    uf_status status =
        ritz.matrix && ritz.vectors && ritz.values && workspace ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t j = 0; j < m; j++) {
            gsl_matrix_set(ritz.matrix, j, j, l->diagonal[j]);
            if (j + 1 == m) break;
            gsl_matrix_set(ritz.matrix, j, j + 1, l->beside[j]);
            gsl_matrix_set(ritz.matrix, j + 1, j, l->beside[j]);
        }
        if (gsl_eigen_symmv(ritz.matrix, ritz.values, ritz.vectors, workspace) != 0 ||
            gsl_eigen_symmv_sort(ritz.values, ritz.vectors, GSL_EIGEN_SORT_VAL_DESC) != 0)
            status =
                uf_fail(error, UF_NOT_IDENTIFIED, "the eigenvalues of a tridiagonal matrix do not converge");
    }
    if (workspace) gsl_eigen_symmv_free(workspace);
    if (status != UF_OK)
        ritz_clear(&ritz);
    else
        *out = ritz;
    return status;
}

/* How far the first k pairs are from eigenpairs; `rest` links the last step to the next. */
static double ritz_residual(const struct ritz *ritz, size_t k, double rest)
{
    size_t m = ritz->values->size;
    double largest = fmax(fabs(gsl_vector_get(ritz->values, 0)), fabs(gsl_vector_get(ritz->values, m - 1)));
    double worst = 0;
    for (size_t j = 0; j < k; j++) worst = fmax(worst, fabs(rest * gsl_matrix_get(ritz->vectors, m - 1, j)));
    return largest > 0 ? worst / largest : 0;
}

/* Ritz vectors in the coordinates of the matrix. */
static void write_pairs(const struct lanczos *l, const struct ritz *ritz, size_t k, gsl_vector *values,
                        gsl_matrix *vectors)
{
    for (size_t j = 0; j < k; j++) {
        gsl_vector_set(values, j, gsl_vector_get(ritz->values, j));
        double *row = gsl_matrix_ptr(vectors, j, 0), norm;
        memset(row, 0, l->n * sizeof *row);
        for (size_t i = 0; i < l->steps; i++)
            subtract(row, -gsl_matrix_get(ritz->vectors, i, j), l->basis + i * l->n, l->n);
        normalise(row, l->n, &norm);
        size_t largest = 0;
        for (size_t i = 1; i < l->n; i++)
            if (fabs(row[i]) > fabs(row[largest]) * (1 + 1e-9)) largest = i;
        for (size_t i = 0; row[largest] < 0 && i < l->n; i++)
            if (i != largest) row[i] = -row[i];
        row[largest] = fabs(row[largest]);
    }
}

static uf_status iterate(struct lanczos *l, uf_symmetric_operator *apply, void *user, size_t k,
                         gsl_vector *values, gsl_matrix *vectors, struct uf_eigen_fit *fit,
                         struct uf_error *error)
{
    double *next = malloc(l->n * sizeof *next);
    if (!next) return uf_fail_memory(error);
    uf_status status = UF_OK;
    double norm, scale = 0;
    starting_vector(next, l->n);
    orthogonalise(l, next);
    bool done = !normalise(next, l->n, &norm);
    while (!done && status == UF_OK) {
        double *vector = l->basis + l->steps * l->n;
        memcpy(vector, next, l->n * sizeof *next);
        apply(user, vector, next);
        l->diagonal[l->steps] = dot(vector, next, l->n);
        scale = fmax(scale, sqrt(dot(next, next, l->n)));
        l->steps++;
        orthogonalise(l, next);
        bool alive = normalise(next, l->n, &norm) && norm > 16 * DBL_EPSILON * scale;
        l->beside[l->steps - 1] = alive ? norm : 0;
        if (!alive) { /* an invariant subspace: go on in what is left of the space, if there is any */
            starting_vector(next, l->n);
            for (size_t i = 0; i < l->n; i++) next[i] = cos((double)(i + 1) * (1 + next[i]));
            orthogonalise(l, next);
            double left;
            alive = l->steps < l->most && normalise(next, l->n, &left) && left > 1e-8;
        }
        if (alive && l->steps < l->most && (l->steps < k || l->steps % CHECK_EVERY != 0)) continue;
        if (l->steps < k) {
            status =
                uf_fail(error, UF_INTERNAL, "the space has fewer dimensions than eigenvalues are asked for");
            break;
        }
        struct ritz ritz;
        status = ritz_make(l, &ritz, error);
        if (status != UF_OK) break;
        double rest = l->beside[l->steps - 1], residual = ritz_residual(&ritz, k, rest);
        done = !alive || l->steps == l->most || (rest > 0 && residual <= TOLERANCE);
        if (done) {
            write_pairs(l, &ritz, k, values, vectors);
            *fit = (struct uf_eigen_fit){l->steps, residual};
        }
        ritz_clear(&ritz);
    }
    free(next);
    return status;
}

uf_status uf_eigen_largest(size_t n, uf_symmetric_operator *apply, void *user, const gsl_matrix *known,
                           size_t k, gsl_vector *out_values, gsl_matrix *out_vectors,
                           struct uf_eigen_fit *out_fit, struct uf_error *error)
{
    size_t n_known = known ? known->size1 : 0;
    if (k == 0 || n_known > n || k > n - n_known)
        return uf_fail(error, UF_BAD_USAGE, "%zu eigenvalues of a matrix of %zu rows, of which %zu are known",
                       k, n, n_known);
    struct lanczos l = {.n = n, .most = n - n_known, .known = known};
    if (l.most > MOST_STEPS) l.most = MOST_STEPS;
    l.basis = malloc(l.most * n * sizeof *l.basis);
    l.diagonal = malloc(l.most * sizeof *l.diagonal);
    l.beside = malloc(l.most * sizeof *l.beside);
    gsl_vector *values = gsl_vector_alloc(k);
    gsl_matrix *vectors = gsl_matrix_alloc(k, n);
    struct uf_eigen_fit fit = {0};
    uf_status status = l.basis && l.diagonal && l.beside && values && vectors ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = iterate(&l, apply, user, k, values, vectors, &fit, error);
    if (status == UF_OK && fit.residual > 1e-12 && l.steps < n - n_known)
        status = uf_fail(error, UF_NOT_IDENTIFIED, "the largest eigenvalues do not converge in %zu steps",
                         l.steps);
    if (status == UF_OK) {
        gsl_vector_memcpy(out_values, values);
        gsl_matrix_memcpy(out_vectors, vectors);
        *out_fit = fit;
    }
    if (values) gsl_vector_free(values);
    if (vectors) gsl_matrix_free(vectors);
    free(l.basis);
    free(l.diagonal);
    free(l.beside);
    return status;
}
