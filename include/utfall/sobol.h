// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SOBOL_H
#define UTFALL_SOBOL_H
/*
 * Variance-based sensitivity: how much of the variance of a result comes from which input.
 *
 * Two independent samples A and B of all inputs, and for each input i a third, A_B(i): A with input i (or a group of
 * inputs) taken from B. From the results of these runs come the first-order index S_i = V(E(Y|X_i))/V(Y), the share that input i
 * accounts for alone, and the total index T_i = E(V(Y|all but X_i))/V(Y), the share that it has a part in.
 *
 * Source: Saltelli, A. et al. (2010), Variance based sensitivity analysis of model output, Computer Physics Communications 181,
 * table 2 (b) and (f); the latter is Jansen's (1999).
 */
#include <stddef.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_sobol_index {
    double first, first_error; /* estimate and its Monte Carlo standard error */
    double total, total_error;
};

/* Of one input: n results of each sample, the mean taken away first. S = mean(B·(A_B − A))/V, T = mean((A − A_B)²)/2V, V the
 * variance of A and B together; errors by the delta method over the n draws. All four are NaN where the result does not vary.
 * UF_BAD_USAGE: fewer than 2 draws. O(n). */
uf_status uf_sobol_index(const double *a, const double *b, const double *a_with_b, size_t n,
                         struct uf_sobol_index *out, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
