// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_LASSO_PATH_H
#define UTFALL_EFFECT_LASSO_PATH_H
/*
 * min ½ x'Hx − g'x + λ Σ|x_j| for every λ ≥ 0: the solution is piecewise linear in λ, and these are its
 * corners, from λ = ∞ (x = 0) to λ = 0. H positive definite, n × n.
 *
 * Source: Osborne, Presnell & Turlach (2000), A new approach to variable selection in least squares problems,
 * IMA J. Numerical Analysis 20, §4.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stddef.h>
#include <utfall/status.h>

struct lasso_path {
    size_t n, count;
    double *corner; /* count × n */
};
/* UF_NOT_IDENTIFIED: H is not positive definite. O(n³) a corner. */
uf_status lasso_path_init(const gsl_matrix *h, const gsl_vector *g, struct lasso_path *out,
                          struct uf_error *error);
void lasso_path_clear(struct lasso_path *path);
#endif
