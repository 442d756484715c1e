// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The orthonormal basis and the per-cluster adjustments behind CR2 and CR3; see covariance_basis.h.
 */
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/covariance_basis.h"

enum { MAX_COLUMNS = 2000 };
#define REDUNDANT 1e-10
/* 1 − λ below this: the cluster alone determines a direction, and the pseudo-inverse leaves it out. */
#define DETERMINED 1e-10

/* Orthonormalises column `y` against the first `count` columns, twice; returns false where nothing is left. */
static bool orthonormalise(const struct basis *basis, size_t count, double *y, double reference)
{
    size_t n = basis->n;
    double size = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t c = 0; c < count; c++) {
            const double *column = basis->y + c * n;
            double sum = 0;
#pragma omp simd reduction(+ : sum)
            for (size_t i = 0; i < n; i++) sum += column[i] * y[i];
            for (size_t i = 0; i < n; i++) y[i] -= sum * column[i];
        }
        size = 0;
        for (size_t i = 0; i < n; i++) size += y[i] * y[i];
        if (!(sqrt(size) > REDUNDANT * reference)) return false;
    }
    for (size_t i = 0; i < n; i++) y[i] /= sqrt(size);
    return true;
}

uf_status basis_split_effects(const struct uf_covariance_input *input, struct uf_absorber **nested,
                              bool *is_nested, size_t *n_free, struct uf_error *error)
{
    const struct uf_absorber *absorber = input->absorber;
    *nested = NULL;
    *n_free = 0;
    if (!absorber) return UF_OK;
    size_t dimensions = uf_absorber_dimensions(absorber), count = 0;
    const size_t **group = malloc(dimensions * sizeof *group);
    size_t *levels = malloc(dimensions * sizeof *levels);
    uf_status status = group && levels ? UF_OK : uf_fail_memory(error);
    for (size_t d = 0; d < dimensions && status == UF_OK; d++) {
        status = uf_absorber_is_nested(absorber, d, input->cluster[0], &is_nested[d], error);
        if (is_nested[d]) {
            group[count] = uf_absorber_groups(absorber, d);
            levels[count++] = uf_absorber_levels(absorber, d);
        } else {
            *n_free += uf_absorber_levels(absorber, d);
        }
    }
    if (status == UF_OK && count > 0)
        status = uf_absorber_new(input->x->size1, count, group, levels, input->weights, 0, nested, error);
    free(group), free(levels);
    return status;
}

static uf_status add_effects(const struct uf_covariance_input *input, const struct uf_absorber *nested,
                             const bool *is_nested, struct basis *basis, struct uf_error *error)
{
    const struct uf_absorber *absorber = input->absorber;
    size_t n = basis->n;
    for (size_t d = 0; absorber && d < uf_absorber_dimensions(absorber); d++) {
        const size_t *group = uf_absorber_groups(absorber, d);
        for (size_t level = 0; level < uf_absorber_levels(absorber, d) && !is_nested[d]; level++) {
            double *y = basis->y + basis->q * n, size = 0;
            for (size_t i = 0; i < n; i++) y[i] = group[i] == level;
            if (nested) UF_TRY(uf_absorber_apply(nested, y, error));
            for (size_t i = 0; i < n; i++) {
                double root = covariance_root_weight(input, i);
                y[i] *= root;
                if (group[i] == level) size += root * root;
            }
            if (orthonormalise(basis, basis->q, y, sqrt(size))) basis->q++;
        }
    }
    return UF_OK;
}

/* √w X L with M = LL': orthonormal, and orthogonal to all effects already. */
static uf_status add_regressors(const struct uf_covariance_input *input, struct basis *basis,
                                struct uf_error *error)
{
    size_t n = basis->n, k = input->x->size2;
    gsl_matrix *l = gsl_matrix_alloc(k, k);
    if (!l) return uf_fail_memory(error);
    gsl_matrix_memcpy(l, input->inverse);
    if (gsl_linalg_cholesky_decomp1(l)) {
        gsl_matrix_free(l);
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "covariance: (X'X)^-1 is not positive definite, since columns are nearly collinear");
    }
    double *row = malloc((k + 1) * sizeof *row);
    for (size_t i = 0; i < n && row; i++) { /* all columns of a row together: the inner loop runs along L */
        const double *x = input->x->data + i * input->x->tda;
        double root = covariance_root_weight(input, i);
        memset(row, 0, k * sizeof *row);
        for (size_t a = 0; a < k; a++)
            for (size_t j = 0; j <= a; j++) row[j] += x[a] * l->data[a * l->tda + j];
        for (size_t j = 0; j < k; j++) basis->y[(basis->q + j) * n + i] = root * row[j];
    }
    basis->q += k;
    uf_status status = row ? UF_OK : uf_fail_memory(error);
    free(row);
    gsl_matrix_free(l);
    return status;
}

uf_status basis_init(const struct uf_covariance_input *input, const char *purpose, struct basis *basis,
                     struct uf_error *error)
{
    size_t n = input->x->size1, k = input->x->size2, n_free = 0;
    memset(basis, 0, sizeof *basis);
    basis->n = n;
    struct uf_absorber *nested = NULL;
    bool *is_nested =
        calloc(input->absorber ? uf_absorber_dimensions(input->absorber) : 1, sizeof *is_nested);
    if (!is_nested) return uf_fail_memory(error);
    uf_status status = basis_split_effects(input, &nested, is_nested, &n_free, error);
    if (status == UF_OK && n_free + k > MAX_COLUMNS)
        status = uf_fail(error, UF_BAD_USAGE,
                         "%s would need %zu columns that no group contains (at most %d); cluster so that the "
                         "fixed effects lie within clusters, or use cr1s or hc1",
                         purpose, n_free + k, (int)MAX_COLUMNS);
    if (status == UF_OK) {
        basis->y = malloc((n * (n_free + k) + 1) * sizeof *basis->y);
        if (!basis->y) status = uf_fail_memory(error);
    }
    if (status == UF_OK) status = add_effects(input, nested, is_nested, basis, error);
    if (status == UF_OK) status = add_regressors(input, basis, error);
    uf_absorber_free(nested);
    free(is_nested);
    if (status != UF_OK) free(basis->y), basis->y = NULL;
    return status;
}

uf_status basis_turn(const struct uf_covariance_input *input, const gsl_vector *combination, double kappa,
                     struct basis *basis, struct uf_error *error)
{
    /* √w X L z has the direction Mc at z = L'c/√κ, a unit vector; a reflection takes it to the first axis */
    size_t n = basis->n, k = input->x->size2;
    gsl_matrix *l = gsl_matrix_alloc(k, k);
    double *z = calloc(k + 1, sizeof *z), size = 0;
    uf_status status = l && z ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        gsl_matrix_memcpy(l, input->inverse);
        if (gsl_linalg_cholesky_decomp1(l))
            status = uf_fail(error, UF_NOT_IDENTIFIED,
                             "(X'X)^-1 is not positive definite, since columns are nearly collinear");
    }
    for (size_t j = 0; j < k && status == UF_OK; j++) {
        for (size_t a = j; a < k; a++) z[j] += gsl_matrix_get(l, a, j) * gsl_vector_get(combination, a);
        z[j] /= sqrt(kappa);
    }
    if (status == UF_OK) {
        z[0] += z[0] < 0 ? -1 : 1;
        for (size_t j = 0; j < k; j++) size += z[j] * z[j];
        double *y = basis->y + (basis->q - k) * n;
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t j = 0; j < k; j++) sum += y[j * n + i] * z[j];
            sum *= 2 / size;
            for (size_t j = 0; j < k; j++) y[j * n + i] -= sum * z[j];
        }
    }
    gsl_matrix_free(l);
    free(z);
    return status;
}

/* f(λ) − 1, and (f(λ) − 1)/λ without cancellation. */
static double excess(enum adjustment_kind kind, double lambda)
{
    if (1 - lambda < DETERMINED) return -1;
    return expm1((kind == ADJUSTMENT_ROOT ? -0.5 : -1) * log1p(-lambda));
}

static double relative_excess(enum adjustment_kind kind, double lambda)
{
    /* near 0 the limit; Y_g v is nil there */
    if (lambda < 1e-12) return kind == ADJUSTMENT_ROOT ? 0.5 : 1;
    return excess(kind, lambda) / lambda;
}

uf_status adjustment_init(const struct basis *basis, const struct clusters *clusters, size_t g,
                          enum adjustment_kind kind, struct adjustment *out, struct uf_error *error)
{
    size_t start = clusters->start[g], size = clusters->start[g + 1] - start, q = basis->q, n = basis->n;
    bool wide = size < q; /* then Y_gY_g' is the smaller matrix */
    size_t m = wide ? size : q;
    *out = (struct adjustment){
        .size = size, .m = m, .b = calloc(size * m + 1, sizeof(double)), .d = calloc(m + 1, sizeof(double))};
    gsl_matrix *gram = gsl_matrix_calloc(m, m), *vectors = gsl_matrix_alloc(m, m);
    gsl_vector *values = gsl_vector_alloc(m);
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(m);
    double *part = malloc((size * q + 1) * sizeof *part);
    uf_status status = UF_OK;
    if (!out->b || !out->d || !part || !gram || !vectors || !values || !workspace) {
        status = uf_fail_memory(error);
        goto done;
    }
    const size_t *order = clusters->order + start;
    size_t length =
        wide ? q : size; /* the cluster's part of Y: m vectors of that length, one after the other */
    for (size_t c = 0; c < q; c++)
        for (size_t i = 0; i < size; i++) part[wide ? i * q + c : c * size + i] = basis->y[c * n + order[i]];
    for (size_t a = 0; a < m; a++) {
        for (size_t b = 0; b <= a; b++) {
            double sum = 0;
#pragma omp simd reduction(+ : sum)
            for (size_t l = 0; l < length; l++) sum += part[a * length + l] * part[b * length + l];
            gsl_matrix_set(gram, a, b, sum);
            gsl_matrix_set(gram, b, a, sum);
        }
    }
    if (gsl_eigen_symmv(gram, values, vectors, workspace)) {
        status = uf_fail(error, UF_INTERNAL, "no eigenvalues for cluster %zu", g + 1);
        goto done;
    }
    for (size_t e = 0; e < m; e++) {
        double lambda = fmin(1, fmax(0, gsl_vector_get(values, e)));
        out->d[e] = wide ? excess(kind, lambda) : relative_excess(kind, lambda);
        double *b = out->b + e * size;
        for (size_t i = 0; i < size && wide; i++) b[i] = gsl_matrix_get(vectors, i, e);
        for (size_t c = 0; c < q && !wide; c++) {
            double factor = gsl_matrix_get(vectors, c, e);
            for (size_t i = 0; i < size; i++) b[i] += factor * part[c * size + i];
        }
    }
done:
    free(part);
    gsl_matrix_free(gram), gsl_matrix_free(vectors), gsl_vector_free(values);
    gsl_eigen_symmv_free(workspace);
    return status;
}

void adjustment_apply(const struct adjustment *a, double *u)
{
    /* B's columns are orthogonal, so they can be taken one after the other */
    for (size_t e = 0; e < a->m; e++) {
        const double *b = a->b + e * a->size;
        double sum = 0;
        if (a->d[e] == 0) continue;
#pragma omp simd reduction(+ : sum)
        for (size_t i = 0; i < a->size; i++) sum += b[i] * u[i];
        if (sum == 0) continue;
        sum *= a->d[e];
        for (size_t i = 0; i < a->size; i++) u[i] += sum * b[i];
    }
}

void adjustment_clear(struct adjustment *a)
{
    free(a->b), free(a->d);
    memset(a, 0, sizeof *a);
}

void basis_clear(struct basis *basis)
{
    free(basis->y);
    memset(basis, 0, sizeof *basis);
}
