// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_COVARIANCE_BASIS_H
#define UTFALL_STATS_COVARIANCE_BASIS_H
/*
 * CR2, CR3, Satterthwaite and Hotelling without any N × N matrix, fixed effects included.
 *
 * On the √w scale the hat matrix is H = UU' + YY': U an orthonormal basis of the effects nested in clusters
 * (block-diagonal by cluster), Y = [effects not nested, with U taken out; regressors], orthonormal, n × q. X
 * and e are orthogonal to U, so within cluster g
 *
 *     A_g u = u + Y_g V diag((f(λ) − 1)/λ) V'Y_g'u
 *     Y_g'Y_g = V Λ V',   f(λ) = (1 − λ)^{-1/2} for cr2, (1 − λ)^{-1} for cr3; 0 where λ = 1,
 *
 * and with g_j = A_j X_j b, h_j = Y_j'g_j, the p_j of Pustejovsky & Tipton (2018, §3.1) have
 * p_i'p_j = δ_ij g_j'g_j − h_i'h_j.
 */
#include "stats/covariance_internal.h"

/* The absorber of the effects that are nested in clusters (NULL when there are none; free it), which
 * dimensions these are, and the number of dummies of the others. */
uf_status basis_split_effects(const struct uf_covariance_input *input, struct uf_absorber **nested,
                              bool *is_nested, size_t *n_free, struct uf_error *error);

static inline double basis_dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

struct basis {
    size_t n, q;
    double *y; /* q columns of n */
};
/* `purpose` is who asks, for the refusal of too many columns: "cr2, cr3 and Satterthwaite's rule". */
uf_status basis_init(const struct uf_covariance_input *input, const char *purpose, struct basis *basis,
                     struct uf_error *error);
/* Turns the basis' last k columns, the regressors, so that `direction` (k: Mc, of variance κ = c'Mc) is the first of them:
 * afterwards column q − k is ±√w X Mc/√κ, and the columns without it are the model in which c'b is given. */
uf_status basis_turn(const struct uf_covariance_input *input, const gsl_vector *combination, double kappa,
                     struct basis *basis, struct uf_error *error);
extern const char basis_bias_reduction[]; /* the purpose of most */
void basis_clear(struct basis *basis);

/* A_g = I + B diag(d) B' for one cluster: B is size × m. */
struct adjustment {
    size_t size, m;
    double *b, *d;
};
/* Clear it also on failure. */
uf_status adjustment_init(const struct basis *basis, const struct clusters *clusters, size_t g,
                          enum adjustment_kind kind, struct adjustment *out, struct uf_error *error);
void adjustment_apply(const struct adjustment *a, double *u);
void adjustment_clear(struct adjustment *a);

/* For one cluster and each column b of `directions` (k × m): g = A X b (columns of size, in `columns`) and h
 * = Y'g (m × q, in `h`). `a` NULL: A is the identity. */
void basis_images(const struct uf_covariance_input *input, const struct basis *basis,
                  const struct clusters *clusters, size_t g, const struct adjustment *a,
                  const gsl_matrix *directions, double *columns, double *h);
#endif
