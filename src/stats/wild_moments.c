// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the wild bootstrap needs of a regression: sums per cluster, and the projection on the columns that
 * cross clusters as a product of low rank.
 *
 * (X_h'Z_h)(Z'Z)^-1 Z_g'e_g for the combination is the inner product of two vectors, p_h = Λ^-1 Z_h'd_h and
 * Λ^-1 Z_g'e_g, with Z'Z = ΛΛ'. Z'Z has two blocks since the regressors have all effects taken out: (X'WX) and
 * that of the dummies with the nested effects taken out; residuals and d are orthogonal to nested effects
 * cluster by cluster, so Z_g'e_g of a dummy is the bare sum over its observations in the cluster.
 */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/combination.h"
#include "stats/covariance_basis.h"
#include "stats/wild_internal.h"

enum { MOST_DUMMIES = 2000 };
#define REDUNDANT 1e-10
/* A column of which the ones before it leave less than this share of the largest adds nothing. */
#define NEGLIGIBLE 1e-12

struct dummies {
    size_t count, n_dimensions;
    const size_t **group; /* n_dimensions */
    size_t *offset;       /* n_dimensions: the first of each among the count */
    double *factor;       /* count × count, lower; rows of redundant dummies are nil */
    bool *redundant;
};

static void dummies_clear(struct dummies *d)
{
    free(d->group), free(d->offset), free(d->factor), free(d->redundant);
}

/* The factor of S = D'W(I − P)D, P the effects nested in clusters. */
static uf_status factorise(const struct uf_covariance_input *input, const struct uf_absorber *nested,
                           struct dummies *d, struct uf_error *error)
{
    size_t n = input->x->size1, q = d->count;
    double *column = malloc((n + 1) * sizeof *column), *bare = calloc(q + 1, sizeof *bare);
    uf_status status = column && bare ? UF_OK : uf_fail_memory(error);
    for (size_t c = 0; c < d->n_dimensions && status == UF_OK; c++) {
        size_t end = c + 1 < d->n_dimensions ? d->offset[c + 1] : q;
        for (size_t level = d->offset[c]; level < end && status == UF_OK; level++) {
            for (size_t i = 0; i < n; i++) column[i] = d->group[c][i] + d->offset[c] == level;
            if (nested) status = uf_absorber_apply(nested, column, error);
            for (size_t e = 0; e < d->n_dimensions && status == UF_OK; e++) {
                for (size_t i = 0; i < n; i++) {
                    double w = input->weights ? input->weights[i] : 1;
                    d->factor[(d->group[e][i] + d->offset[e]) * q + level] += w * column[i];
                    if (e == c && d->group[e][i] + d->offset[e] == level) bare[level] += w;
                }
            }
        }
    }
    for (size_t j = 0; j < q && status == UF_OK; j++) {
        double *row = d->factor + j * q;
        for (size_t c = 0; c <= j; c++) {
            const double *other = d->factor + c * q;
            double sum = row[c];
            for (size_t l = 0; l < c; l++) sum -= row[l] * other[l];
            if (c < j)
                row[c] = d->redundant[c] ? 0 : sum / other[c];
            else
                row[c] = sum > REDUNDANT * bare[j] ? sqrt(sum) : 0;
        }
        d->redundant[j] = !(row[j] > 0);
        if (d->redundant[j]) memset(row, 0, q * sizeof *row);
    }
    free(column), free(bare);
    return status;
}

static uf_status dummies_init(const struct uf_covariance_input *input, struct dummies *d,
                              struct uf_error *error)
{
    const struct uf_absorber *absorber = input->absorber;
    size_t dimensions = absorber ? uf_absorber_dimensions(absorber) : 0;
    struct uf_absorber *nested = NULL;
    bool *is_nested = calloc(dimensions + 1, sizeof *is_nested);
    d->group = malloc((dimensions + 1) * sizeof *d->group);
    d->offset = malloc((dimensions + 1) * sizeof *d->offset);
    if (!is_nested || !d->group || !d->offset) {
        free(is_nested);
        return uf_fail_memory(error);
    }
    size_t n_free = 0;
    uf_status status = basis_split_effects(input, &nested, is_nested, &n_free, error);
    if (status == UF_OK && n_free > MOST_DUMMIES)
        status = uf_fail(
            error, UF_BAD_USAGE,
            "wild bootstrap: %zu dummies of fixed effects cross the clusters (at most %d); cluster so "
            "that the fixed effects lie within clusters",
            n_free, (int)MOST_DUMMIES);
    for (size_t c = 0; c < dimensions && status == UF_OK; c++) {
        if (is_nested[c]) continue;
        d->group[d->n_dimensions] = uf_absorber_groups(absorber, c);
        d->offset[d->n_dimensions++] = d->count;
        d->count += uf_absorber_levels(absorber, c);
    }
    d->factor = calloc(d->count * d->count + 1, sizeof *d->factor);
    d->redundant = calloc(d->count + 1, sizeof *d->redundant);
    if (status == UF_OK && (!d->factor || !d->redundant)) status = uf_fail_memory(error);
    if (status == UF_OK && d->count > 0) status = factorise(input, nested, d, error);
    uf_absorber_free(nested);
    free(is_nested);
    return status;
}

/* Sums over the clusters: row g of `of_d` and `of_e` is (X_g'W v, D_g'W v), for v = d and v = e. Returns
 * Σ |w d e|, which the scores are judged by. */
static double add_up(const struct uf_covariance_input *input, const struct dummies *dummies,
                     const size_t *number, const double *direction, struct wild_moments *m, double *of_d,
                     double *of_e)
{
    double gross = 0;
    size_t n = input->x->size1, k = input->x->size2, q = k + dummies->count;
    for (size_t i = 0; i < n; i++) {
        size_t g = number[input->cluster[0][i]];
        double w = input->weights ? input->weights[i] : 1, d = 0, *row_d = of_d + g * q,
               *row_e = of_e + g * q;
        const double *x = input->x->data + i * input->x->tda;
        for (size_t j = 0; j < k; j++) d += x[j] * direction[j];
        double e = w * gsl_vector_get(input->residuals, i);
        m->s0[g] += d * e;
        gross += fabs(d * e);
        m->s1[g] += w * d * d;
        d *= w;
        for (size_t j = 0; j < k; j++) {
            row_d[j] += x[j] * d;
            row_e[j] += x[j] * e;
        }
        for (size_t c = 0; c < dummies->n_dimensions; c++) {
            size_t column = k + dummies->offset[c] + dummies->group[c][i];
            row_d[column] += d;
            row_e[column] += e;
        }
    }
    return gross;
}

/* row := Λ^-1 row: l' on the regressors (M = ll'), forward substitution on the dummies. */
static void whiten(const gsl_matrix *l, const struct dummies *dummies, double *row)
{
    size_t k = l->size1, q = dummies->count;
    for (size_t j = 0; j < k; j++) {
        double sum = 0;
        for (size_t a = j; a < k; a++) sum += gsl_matrix_get(l, a, j) * row[a];
        row[j] = sum;
    }
    double *z = row + k;
    for (size_t j = 0; j < q; j++) {
        const double *factor = dummies->factor + j * q;
        if (dummies->redundant[j]) {
            z[j] = 0;
            continue;
        }
        for (size_t c = 0; c < j; c++) z[j] -= factor[c] * z[c];
        z[j] /= factor[j];
    }
}

/* The columns of p (n_clusters × q) as orthonormal columns (m->u, one after the other) times coordinates
 * (rank × q): Gram–Schmidt with pivoting. What is left of p stays in p. */
static void reduce_rank(double *p, size_t q, struct wild_moments *m, double *coordinates)
{
    size_t clusters = m->n_clusters, most = clusters < q ? clusters : q;
    double largest = 0;
    for (m->rank = 0; m->rank < most; m->rank++) {
        size_t pivot = 0;
        double best = -1;
        for (size_t c = 0; c < q; c++) {
            double sum = 0;
            for (size_t g = 0; g < clusters; g++) sum += p[g * q + c] * p[g * q + c];
            if (sum > best) best = sum, pivot = c;
        }
        if (m->rank == 0) largest = best;
        if (!(best > NEGLIGIBLE * NEGLIGIBLE * largest)) return;
        double *u = m->u + m->rank * clusters, size = 0;
        for (size_t g = 0; g < clusters; g++) u[g] = p[g * q + pivot] / sqrt(best);
        for (size_t a = 0; a < m->rank; a++) {
            const double *other = m->u + a * clusters;
            double sum = 0;
            for (size_t g = 0; g < clusters; g++) sum += other[g] * u[g];
            for (size_t g = 0; g < clusters; g++) u[g] -= sum * other[g];
        }
        for (size_t g = 0; g < clusters; g++) size += u[g] * u[g];
        for (size_t g = 0; g < clusters; g++) u[g] /= sqrt(size);
        for (size_t c = 0; c < q; c++) {
            double sum = 0;
            for (size_t g = 0; g < clusters; g++) sum += u[g] * p[g * q + c];
            coordinates[m->rank * q + c] = sum;
            for (size_t g = 0; g < clusters; g++) p[g * q + c] -= sum * u[g];
        }
    }
}

static void product(const double *coordinates, size_t rank, const double *row, size_t q, double factor,
                    double *out)
{
    for (size_t a = 0; a < rank; a++) {
        double sum = 0;
        for (size_t c = 0; c < q; c++) sum += coordinates[a * q + c] * row[c];
        out[a] = factor * sum;
    }
}

void wild_moments_clear(struct wild_moments *m)
{
    free(m->n0), free(m->n1), free(m->s0), free(m->s1), free(m->u), free(m->f0), free(m->f1);
    free(m->q0), free(m->q1), free(m->q2);
    memset(m, 0, sizeof *m);
}

uf_status wild_number_clusters(const struct uf_covariance_input *input, size_t *number, size_t *out_count,
                               struct uf_error *error)
{
    size_t n = input->x->size1, bound = input->n_groups[0], count = 0;
    for (size_t g = 0; g < bound; g++) number[g] = 0;
    for (size_t i = 0; i < n; i++) {
        if (input->cluster[0][i] >= bound)
            return uf_fail(error, UF_INTERNAL, "cluster number %zu of %zu", input->cluster[0][i], bound);
        number[input->cluster[0][i]] = 1;
    }
    for (size_t g = 0; g < bound; g++)
        if (number[g]) number[g] = count++;
    if (count < 2)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "the wild cluster bootstrap needs at least two clusters, found %zu", count);
    *out_count = count;
    return UF_OK;
}

uf_status wild_moments_reduce(struct wild_moments *m, double *p, const double *e0, const double *e1, size_t q,
                              double share, struct uf_error *error)
{
    size_t clusters = m->n_clusters, most = clusters < q ? clusters : q;
    double *coordinates = malloc((most * q + 1) * sizeof *coordinates),
           *columns = malloc((clusters * most + 1) * sizeof *columns);
    m->u = malloc((clusters * most + 1) * sizeof *m->u);
    m->f0 = malloc((clusters * most + 1) * sizeof *m->f0);
    m->f1 = malloc((clusters * most + 1) * sizeof *m->f1);
    uf_status status = coordinates && columns && m->u && m->f0 && m->f1 ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        reduce_rank(p, q, m, coordinates);
        memcpy(columns, m->u, clusters * m->rank * sizeof *columns);
    }
    for (size_t g = 0; g < clusters && status == UF_OK; g++) {
        for (size_t a = 0; a < m->rank; a++) m->u[g * m->rank + a] = columns[a * clusters + g];
        product(coordinates, m->rank, e0 + g * q, q, 1, m->f0 + g * m->rank);
        product(coordinates, m->rank, e1 + g * q, q, share, m->f1 + g * m->rank);
    }
    free(coordinates), free(columns);
    return status;
}

static uf_status fill(const struct uf_wild_bootstrap_input *input, const struct dummies *dummies,
                      const size_t *number, struct wild_moments *m, struct uf_error *error)
{
    const struct uf_covariance_input *regression = input->regression;
    size_t k = regression->x->size2, q = k + dummies->count, clusters = m->n_clusters;
    double *of_d = calloc(clusters * q + 1, sizeof *of_d), *of_e = calloc(clusters * q + 1, sizeof *of_e);
    double *left = malloc((clusters * q + 1) * sizeof *left);
    gsl_matrix *l = gsl_matrix_alloc(k, k);
    gsl_vector *direction = gsl_vector_alloc(k);
    double kappa = 0;
    uf_status status = UF_OK;
    m->s0 = calloc(clusters, sizeof *m->s0), m->s1 = calloc(clusters, sizeof *m->s1);
    m->n0 = malloc(clusters * sizeof *m->n0), m->n1 = malloc(clusters * sizeof *m->n1);
    if (!of_d || !of_e || !left || !l || !direction || !m->s0 || !m->s1 || !m->n0 || !m->n1) {
        status = uf_fail_memory(error);
        goto done;
    }
    gsl_matrix_memcpy(l, regression->inverse);
    if (gsl_linalg_cholesky_decomp1(l)) {
        status =
            uf_fail(error, UF_NOT_IDENTIFIED,
                    "wild bootstrap: (X'X)^-1 is not positive definite, since columns are nearly collinear");
        goto done;
    }
    UF_TRY_GOTO(combination_direction(regression, input->combination, direction, &kappa, error), done);
    double gross = add_up(regression, dummies, number, direction->data, m, of_d, of_e);
    for (size_t g = 0; g < clusters; g++) {
        whiten(l, dummies, of_d + g * q);
        whiten(l, dummies, of_e + g * q);
        m->s1[g] /= kappa;
        m->variance += m->s0[g] * m->s0[g];
        m->scale += m->s1[g] * m->s1[g];
    }
    memcpy(m->n0, m->s0, clusters * sizeof *m->n0), memcpy(m->n1, m->s1, clusters * sizeof *m->n1);
    memcpy(left, of_d, clusters * q * sizeof *left);
    UF_TRY_GOTO(wild_moments_reduce(m, left, of_e, of_d, q, 1 / kappa, error), done);
    gsl_blas_ddot(input->coefficients, input->combination, &m->estimate);
    if (!(sqrt(m->variance) > NEGLIGIBLE * gross))
        status = uf_fail(error, UF_NOT_IDENTIFIED,
                         "the combination of coefficients has no cluster-robust variance: the residuals of "
                         "each cluster fit it perfectly");
done:
    free(of_d), free(of_e), free(left);
    gsl_matrix_free(l), gsl_vector_free(direction);
    return status;
}

uf_status wild_moments_init(const struct uf_wild_bootstrap_input *input, bool restricted,
                            struct wild_moments *out, struct uf_error *error)
{
    const struct uf_covariance_input *regression = input->regression;
    struct dummies dummies = {0};
    *out = (struct wild_moments){.restricted = restricted};
    size_t *number = malloc((regression->n_groups[0] + 1) * sizeof *number);
    uf_status status = number ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = wild_number_clusters(regression, number, &out->n_clusters, error);
    if (status == UF_OK) status = dummies_init(regression, &dummies, error);
    if (status == UF_OK) status = fill(input, &dummies, number, out, error);
    dummies_clear(&dummies);
    free(number);
    if (status != UF_OK) wild_moments_clear(out);
    return status;
}
