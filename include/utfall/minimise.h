// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_MINIMISE_H
#define UTFALL_MINIMISE_H
/*
 * Minimising a function without derivatives, the same way every time: Nelder–Mead from a given start, begun
 * again around its result while that helps, then a search along the axes with shrinking steps. No random
 * numbers. For functions that are continuous but have kinks, as a loss that depends on a fitted active set.
 *
 * Source: Nelder, J. A. & Mead, R. (1965). A simplex method for function minimization. The Computer Journal
 * 7, 308–313 (with the usual coefficients 1, 2, ½, ½).
 */
#include <gsl/gsl_vector.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_minimise_options {
    double step; /* size of the first simplex along each axis; 0: 1 */
    /* stop when the values of the simplex differ by less than this share of the lowest; 0: 1e-10 */
    double tolerance;
    size_t max_evaluations; /* of the function; 0: 400 per dimension */
};

struct uf_minimise_result {
    double value;
    size_t evaluations;
};

/* Returns a finite value, or +infinity where the function is not defined. */
typedef double (*uf_minimise_function)(const gsl_vector *x, void *user);

/* `x` (n ≥ 1) holds the start and becomes the best point found; its value is never above the start's. Cost:
 * the evaluations, plus O(n²) per step. A start where the function is not finite is UF_INTERNAL. */
uf_status uf_minimise(uf_minimise_function function, void *user, gsl_vector *x,
                      const struct uf_minimise_options *options, struct uf_minimise_result *out,
                      struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
