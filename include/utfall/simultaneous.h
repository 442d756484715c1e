// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SIMULTANEOUS_H
#define UTFALL_SIMULTANEOUS_H
/*
 * Simultaneous bands: how many standard errors around each of q estimates hold all q of them at once with the
 * given probability.
 *
 * The sup-t critical value is the quantile of max_j |T_j|, T = Z/s, Z normal with the estimates' correlations and
 * s² an independent χ²(df)/df (s = 1 where df is infinite). It lies between the t quantile of one estimate and
 * Bonferroni's, and is the narrowest band of equal width (Montiel Olea & Plagborg-Møller 2019, alg. 1).
 *
 * Z = A u ρ with AA' the correlations, of rank p, u a random direction in p dimensions and ρ² an independent χ²(p),
 * so that with m(u) = max_j |a_j'u|
 *
 *     P(max_j |T_j| <= c) = E_u F_{p,df}(c²/(p m(u)²)).
 *
 * A is the symmetric square root VD½V' and u the part of a standard normal, one number an estimate, that lies in its
 * space, brought to length 1: both are the same however tied eigenvalues turn their vectors. Only the direction is drawn;
 * length and scale are integrated by the F distribution. For q = 1 and for perfect correlation nothing is left to chance,
 * and the rest needs far fewer draws than a quantile of simulated maxima.
 *
 * Source: Montiel Olea, J. L. & Plagborg-Møller, M. (2019), Simultaneous confidence bands: theory, implementation,
 * and an application to SVARs, J. Applied Econometrics 34(1), 1–17.
 */
#include <gsl/gsl_matrix.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* When the caller says 0 draws: the critical value's Monte Carlo error is then about 0.1 %, and falls with the root of
 * the draws. */
enum { UF_SUP_T_DRAWS = 20000 };

/* covariance: q × q of the estimates, or their correlations; only correlations matter. A row whose variance is 0
 * (a reference period) has no width and is passed over. df: degrees of freedom of the t tests, INFINITY for the
 * normal; level: 0.95. The draws are a function of the seed, their number and the estimate's place alone (random.h): the
 * result is the same for any number of threads and, but for rounding, in whatever units the estimates are. Another order
 * of the estimates draws anew. UF_BAD_USAGE: a level that is not between 0 and 1, df that is not positive; UF_BAD_INPUT:
 * a covariance that is not finite or not positive semi-definite, a variance below 0; UF_NOT_IDENTIFIED: no variance
 * above 0. Cost: O(q³ + draws · q p). */
uf_status uf_sup_t_critical(const gsl_matrix *covariance, double df, double level, size_t draws,
                            uint64_t seed, double *out_critical, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
