// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SIMPLEX_H
#define UTFALL_SIMPLEX_H
/*
 * Least squares on the simplex: the weights w ≥ 0, Σ w = 1 for which A·w comes closest to b.
 *
 * It is the point of the convex hull of the columns a_j − b nearest to the origin, and is found by Wolfe's
 * algorithm: a finite active-set method that holds an affinely independent set of columns (never more than
 * rows + 1) and solves an equality-constrained least squares problem by QR at each step. A'A is never formed,
 * so the condition number is not squared; weights outside the set are exactly 0. Duplicate columns, more
 * columns than rows and rank-deficient A are fine; there the minimum is unique but w need not be, and
 * `unique` says so. Deterministic: ties go to the lower index.
 *
 * Source: Wolfe, P. (1976). Finding the nearest point in a polytope. Mathematical Programming 11, 128–149.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_simplex_fit {
    double loss; /* ||A·w − b||² */
    /* (||x||² − min_j x'(a_j − b)) / max_j ||a_j − b||² with x = A·w − b; 0 at the minimum, and the loss is
     * at most 2·kkt_residual·max_j ||a_j − b||² above it. */
    double kkt_residual;
    size_t n_positive; /* weights above 0 */
    size_t iterations; /* columns taken in */
    bool unique;       /* false: other weights reach the same loss (b inside the hull, or columns that tie) */
};

/* Working memory for problems of up to `rows` × `columns`; one per thread. */
struct uf_simplex_workspace;
uf_status uf_simplex_workspace_new(size_t rows, size_t columns, struct uf_simplex_workspace **out,
                                   struct uf_error *error);
void uf_simplex_workspace_free(struct uf_simplex_workspace *workspace);

/* min ||A·w − b||² s.t. w ≥ 0, Σ w = 1. `a` is k × J, `b` has k, `out_weights` J; J ≥ 1. Values that are not
 * finite and sizes that do not agree or exceed the workspace are UF_INTERNAL. Cost: per iteration O(k·J) +
 * O(k·m²), m ≤ min(J, k + 1) the size of the support; usually few more iterations than m. */
uf_status uf_simplex_least_squares(struct uf_simplex_workspace *workspace, const gsl_matrix *a,
                                   const gsl_vector *b, gsl_vector *out_weights,
                                   struct uf_simplex_fit *out_fit, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
