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

/*
 * The same by placebo, without a covariance. Each of several assignments of the treatment stands in turn for the actual one, the
 * line with slope s is given to those that it treats, and the test is made as it is made of the actual treatment. The
 * statistic of an assignment is a ratio of quadratics in s,
 *
 *     W(s) = (c + l s + q s²)_numerator / (c + l s + q s²)_denominator,
 *
 * and the placebo is found where fewer than level · n_dealt of the statistics that it is dealt are at least as large as its
 * own (ties, to 1e-9, are), or, with n_dealt = 1, where its own is above `critical`. The power is the share of placebos
 * that are found, half of them with the slope s, half with −s. It is a step function with steps of 1/(2 n_placebos).
 *
 * A statistic that does not exist has a NaN in its numerator: it counts as extreme among those dealt, and is never found.
 */
struct uf_pretrend_quadratic {
    double constant, linear, square;
};
struct uf_pretrend_placebos { /* borrowed */
    size_t n_placebos, n_dealt;
    const struct uf_pretrend_quadratic *numerator; /* n_placebos × n_dealt, row by row: the own one first */
    const struct uf_pretrend_quadratic *denominator; /* the same; NULL: 1 */
    double critical;
    /* With n_dealt = 1, where the statistic is no such ratio (a covariance that moves with the line): it is this, and the
     * quadratics only say where the search begins. NULL: it is the ratio. */
    double (*statistic)(void *user, size_t placebo, double slope);
    void *user;
};
/* UF_BAD_USAGE: no placebo or nothing dealt, level not between 0 and 1. O(n_placebos · n_dealt). */
uf_status uf_pretrend_placebo_power(const struct uf_pretrend_placebos *placebos, double level, double slope,
                                    double *out_power, struct uf_error *error);
/* The slope > 0 at which the power reaches `power`, to 1e-9 of it, by bisection; it scales with the outcome.
 * UF_NOT_IDENTIFIED: without any drift as many are found already, or no slope however steep is found that often (fewer
 * than 1/level assignments; a line that the test cannot see). */
uf_status uf_pretrend_placebo_slope(const struct uf_pretrend_placebos *placebos, double level, double power,
                                    double *out_slope, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
