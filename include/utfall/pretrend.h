// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PRETREND_H
#define UTFALL_PRETREND_H
/*
 * What a joint test of the leads could have found, and what it does to an estimate that it was passed.
 *
 * The violation is a straight line: leads at times t (relative to the reference, so negative) have the expectation s·t.
 * The Wald statistic of q leads with covariance V is then noncentral with λ = s² t'V^{-1}t, and the test
 *
 *     F = W/q against F(q, df2)                          (df2 = INFINITY: χ²(q))
 *
 * rejects with P(F'(q, df2; λ) > F_{1−α}(q, df2)). The slope at which that is 50 or 80 per cent is what the test could have
 * found. For Hotelling's T² with η degrees of freedom (uf_joint_test_few_clusters) df2 = η − q + 1 and the same λ.
 *
 * Source: Roth, J. (2022). Pretest with caution: event-study estimates after testing for parallel trends. American
 * Economic Review: Insights 4(3), 305–322, §II.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stddef.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The slope per period, > 0, of the line that the test at `level` (0.05) finds with `power` (0.5, 0.8). `times` (q) are
 * those of the leads; any straight line through the reference. UF_NOT_IDENTIFIED: the covariance (q × q) is singular, so
 * that nothing is tested; UF_BAD_USAGE: power not above level, df2 not above 0. O(q³). */
uf_status uf_pretrend_power(const gsl_vector *times, const gsl_matrix *covariance, double df2, double level,
                            double power, double *out_slope, struct uf_error *error);

/* The same in two steps, for those who have t'V^{-1}t without V: what a line of slope 1 adds to λ; and the slope, given
 * that and the number of leads. UF_NOT_IDENTIFIED: also where that is not above 0, so that no slope would be seen. */
uf_status uf_pretrend_noncentrality(const gsl_vector *times, const gsl_matrix *covariance, double *out,
                                    struct uf_error *error);
uf_status uf_pretrend_slope(double noncentrality, size_t n_leads, double df2, double level, double power,
                            double *out_slope, struct uf_error *error);

/* The other way round: how often the test finds a line of that slope. */
uf_status uf_pretrend_rejection(const gsl_vector *times, const gsl_matrix *covariance, double df2,
                                double level, double slope, double *out_power, struct uf_error *error);

/* The expected error of later estimates when trends differ by a line of this slope and the χ² test of the leads does not
 * see it:
 *
 *     E[β_j − τ_j | W ≤ c] = s·t_j − (1 − r) Σ_j,pre V^{-1} s·t_pre,   r = P(χ²_{q+2}(λ) ≤ c)/P(χ²_q(λ) ≤ c).
 *
 * `times` and `covariance` are of all estimates, the q leads first; `out` has as many as come after. With r = 1 it is the
 * bias without a test; having passed makes it larger where leads and later estimates go together (Roth 2022, prop. 1). Errors
 * as above. */
uf_status uf_pretrend_passing_bias(const gsl_vector *times, const gsl_matrix *covariance, size_t n_leads,
                                   double level, double slope, gsl_vector *out, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
