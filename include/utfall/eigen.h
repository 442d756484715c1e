// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EIGEN_H
#define UTFALL_EIGEN_H
/*
 * The largest eigenvalues of a symmetric matrix that is only known by what it does to a vector.
 *
 * Lanczos' method with full reorthogonalisation, so that no eigenvalue shows up twice by rounding; directions
 * that are known beforehand are projected away. After at most n steps the answer is exact to rounding; for a
 * few outer eigenvalues some dozens suffice. The starting vector is fixed, so the result is the same each time.
 *
 * Source: Parlett, B. N. (1998). The Symmetric Eigenvalue Problem, SIAM, chapter 13.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* out = A·in for a symmetric A; vectors of n numbers that do not overlap. */
typedef void uf_symmetric_operator(void *user, const double *in, double *out);

struct uf_eigen_fit {
    size_t steps;
    double residual; /* the largest ||A·v − λ·v|| of the pairs given, relative to the largest |λ| of A seen */
};

/* The k algebraically largest eigenvalues in falling order (`out_values`, k) and their unit vectors
 * (`out_vectors`, k × n, row by row, the element of largest modulus positive) on the space orthogonal to the m
 * orthonormal rows of `known` (NULL: none). UF_BAD_USAGE: k is 0 or above n − m. UF_NOT_IDENTIFIED: no
 * convergence to 1e-12 within min(n − m, 3000) steps. Cost: per step one application and O(n·steps). A multiple
 * eigenvalue is found once only: run again with its vector in `known`. */
uf_status uf_eigen_largest(size_t n, uf_symmetric_operator *apply, void *user, const gsl_matrix *known,
                           size_t k, gsl_vector *out_values, gsl_matrix *out_vectors,
                           struct uf_eigen_fit *out_fit, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
