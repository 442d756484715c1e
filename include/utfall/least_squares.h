// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_LEAST_SQUARES_H
#define UTFALL_LEAST_SQUARES_H
/*
 * Linear least squares that never hides its rank: min_b Σ_i w_i (y_i − x_i'b)².
 *
 * Columns are scaled by powers of two, then taken from left to right into a Householder QR. A column of
 * which, after projection on the columns kept before it, no more than `tolerance` of its norm is left, is
 * collinear: it is dropped, its coefficient is NaN, and its index is listed, so that the caller can name it.
 * The solution is then refined on the augmented system r + Xb = y, X'r = 0 with residuals in double-double
 * arithmetic, which gives full accuracy up to a condition number of about 1e10 where plain QR has lost ten
 * digits.
 *
 * Sources: Björck, Å. (1967), Iterative refinement of linear least squares solutions I, BIT 7, 257–278;
 * Higham (2002), Accuracy and Stability of Numerical Algorithms, 2nd ed., §20.5.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What counts as collinear when the caller says nothing. Rounding leaves about 1e-15 of an exact duplicate or
 * of a dummy trap; Filip, the hardest of NIST's sets, keeps 5e-8 of its least independent column. */
#define UF_LEAST_SQUARES_TOLERANCE 1e-11

struct uf_least_squares_options {
    /* share of a column's norm below which it is collinear; 0: UF_LEAST_SQUARES_TOLERANCE */
    double tolerance;
    /* k: the norms (in the metric of the weights) that the columns are judged by; NULL: their own. Columns
     * that had fixed effects taken out are judged by the norm they had before, or rounding noise would look
     * like a regressor. */
    const double *reference_norm;
    /* n × k: what rounding to double took from x (exact x = x + rest); NULL: nothing. Powers of a variable
     * cannot be held in a double, and with a condition of 1e10 that alone costs ten digits of the
     * coefficients. */
    const gsl_matrix *rest;
    size_t absorbed;    /* degrees of freedom that absorbed fixed effects have used up already */
    bool no_refinement; /* for many fits of well-conditioned columns */
};

struct uf_least_squares {
    size_t n, k, rank;
    gsl_vector *coefficients; /* k; NaN for a dropped column */
    gsl_vector *residuals;    /* n: y − Xb, not weighted */
    /* rank × rank: (X'WX)^-1 of the kept columns, in their order; NULL when rank is 0 */
    gsl_matrix *inverse;
    size_t *kept;    /* rank indices of columns, ascending */
    size_t *dropped; /* n_dropped indices of columns, ascending */
    size_t n_dropped;
    double *remaining; /* k: the share of each column's norm that the columns before it left */
    double rss;        /* Σ w r² */
    double df; /* n − rank − absorbed; may be 0 or negative: then nothing can be said of the variance */
    double condition;   /* 1-norm condition of R with columns of norm about 1; 1 when rank is 0 */
    size_t refinements; /* steps taken for the coefficients */
};

/* x: n × k, y: n, weights: n or NULL (1), all finite, weights > 0. `options` NULL: the defaults. Release with
 * uf_least_squares_clear. UF_INTERNAL: sizes do not match; UF_BAD_INPUT: a value that is not finite, or a
 * weight that is not positive, with its row. k = 0 is fine (the residuals are y). Cost: O(n k²), the
 * refinement O(n k) a step, and O(n k²) a step for the inverse where the condition is above 1e3 (of more than 64 columns 1e5). */
uf_status uf_least_squares_fit(const gsl_matrix *x, const gsl_vector *y, const gsl_vector *weights,
                               const struct uf_least_squares_options *options, struct uf_least_squares *out,
                               struct uf_error *error);
void uf_least_squares_clear(struct uf_least_squares *fit);

#ifdef __cplusplus
}
#endif
#endif
