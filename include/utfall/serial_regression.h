// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SERIAL_REGRESSION_H
#define UTFALL_SERIAL_REGRESSION_H
/*
 * A regression of one series over time, y_t = x_t'b + u_t, where u_t depends on what it was the time before.
 *
 *     newey-west      least squares; covariance M [Σ_{|j| <= L} (1 − |j|/(L + 1)) Σ_t x_t e_t e_{t−j} x_{t−j}'] M · n/(n − k)
 *                     with M = (X'X)^-1 (Newey & West 1987; the factor as Stata's newey)
 *     prais-winsten   u_t = ρ u_{t−1} + ε_t; least squares of the transformed series, the first observation kept:
 *                     √(1 − ρ²) y_1, y_t − ρ y_{t−1}. ρ = Σ e_t e_{t−1}/Σ e_{t−1}² of the residuals e = y − Xb, and both in
 *                     turn until ρ stands still (Prais & Winsten 1954; iterated as Stata's prais). Covariance
 *                     s² (Z'Z)^-1 of the transformed columns Z, s² = their RSS/(n − k)
 *
 *     integrated-ar1  the same model with normal errors, ρ not estimated but integrated out: prior 1/√(1 − ρ²) on (−1, 1),
 *                     flat on b, 1/σ (Zellner & Tiao 1964; the reference prior of Berger & Yang 1994). For a given ρ the
 *                     posterior of c'b is a t with n − k degrees of freedom around the generalised least squares
 *                     estimate, and ρ has the posterior
 *                         p(ρ) ∝ (1 − ρ²)^{−1/2} |Ω|^{−1/2} |X'Ω^{−1}X|^{−1/2} RSS_ρ^{−(n − k)/2},
 *                     the restricted likelihood times the prior. So c'b is a mixture of t's over ρ: the estimate is the mean
 *                     of theirs, the standard error (E s² c'(X'Ω^{−1}X)^{−1}c + Var estimate)^{1/2} over ρ, p twice the
 *                     smaller of the mixture's tails beyond 0, the interval between its quantiles. With ρ = sin φ the prior is
 *                     flat in φ; Gauss–Legendre on max(48, ⌈6√n⌉) points of φ, no draws.
 *
 * The first two test with t and n − k degrees of freedom. A gap of g steps between two observations is allowed: lags are
 * counted in steps of time, and the transformation is (y_t − ρ^g y_{t−g}) √((1 − ρ²)/(1 − ρ^{2g})), which is the same with
 * g = 1; ρ of prais-winsten is then taken from neighbours one step apart. With few observations a ρ that is estimated is
 * estimated too small, and the errors with it (Turner et al. 2021), Newey–West's more so. Integrated out, ρ is uncertain, and
 * the interval as wide as that makes it; uf_serial_size counts how often each kind rejects what is true.
 *
 * Sources: Berger & Yang (1994), Noninformative priors and Bayesian testing for the AR(1) model, Econometric Theory 10,
 * 461–482; Zellner & Tiao (1964), Bayesian analysis of the regression model with autocorrelated errors, J. American
 * Statistical Association 59, 763–778; Newey & West (1987), Econometrica 55, 703–708, and (1994), Rev. Economic Studies 61 (the lag ⌊4 (n/100)^{2/9}⌋);
 * Prais & Winsten (1954), Cowles Commission Discussion Paper 383; Turner, Forbes, Karahalios, Taljaard & McKenzie (2021),
 * BMC Medical Research Methodology 21, 181.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/covariance.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_serial_kind { UF_SERIAL_PRAIS_WINSTEN, UF_SERIAL_NEWEY_WEST, UF_SERIAL_INTEGRATED };

struct uf_serial_options {
    enum uf_serial_kind kind;
    bool lag_given; /* else by the rule of Newey & West (1994) */
    size_t lag;     /* newey-west: L, in steps of time */
};

/* One ρ of the mixture that a fit is; prais-winsten and newey-west have one part of weight 1. */
struct uf_serial_part {
    double rho, weight;       /* the weights add up to 1 */
    gsl_vector *coefficients; /* as those of the fit */
    gsl_matrix *covariance;
};

struct uf_serial_fit {
    size_t n, k, rank;
    gsl_vector *coefficients; /* k; NaN for a column that was dropped as collinear */
    gsl_matrix *covariance;   /* k × k; 0 in rows and columns of dropped ones */
    gsl_vector *residuals;    /* n: y − Xb, not transformed */
    double df;                /* n − rank */
    double
        rho; /* prais-winsten: the one used; newey-west: that of the residuals; integrated-ar1: its posterior mean */
    size_t iterations;            /* prais-winsten */
    bool converged, at_bound;     /* ρ stands still; it was held at ±0.99 */
    size_t lag;                   /* newey-west */
    double durbin_watson;         /* of the residuals, over neighbours one step apart */
    struct uf_serial_part *parts; /* ascending in ρ; those without weight (1e-18) left out */
    size_t n_parts;
};

/* x: n × k, y: n, all finite; time: n, ascending. UF_NOT_IDENTIFIED: n <= rank; UF_BAD_INPUT: times that do not ascend;
 * UF_BAD_USAGE: a lag of n or more. On success release with uf_serial_fit_clear. O(n k²) an iteration, or a point. */
uf_status uf_serial_fit(const gsl_matrix *x, const gsl_vector *y, const long *time,
                        const struct uf_serial_options *options, struct uf_serial_fit *out,
                        struct uf_error *error);
void uf_serial_fit_clear(struct uf_serial_fit *fit);

/* The estimate and variance of c'b; NaN where c touches a dropped coefficient. c: k. */
void uf_serial_combination(const struct uf_serial_fit *fit, const double *c, double *out_estimate,
                           double *out_variance);
/* The test of c'b = 0 and the interval at `level`: uf_t_test where the fit has one part; of a mixture, which has no t and
 * no degrees of freedom of its own, statistic and df are NaN. All NaN where c touches a dropped coefficient. O(k² +
 * parts). */
struct uf_t_test uf_serial_test(const struct uf_serial_fit *fit, const double *c, double level);

/*
 * How often the test of c'b = 0 rejects at `alpha` when it is true and the errors are u_t = ρ u_{t−1} + ε_t, normal: the
 * share among `draws` simulated series of these x and times (a function of seed and number alone). |ρ| < 1.
 * Integrated: O(draws · points · n k), about 10 µs a draw with 20 observations; else a fit each. Errors as
 * uf_serial_fit; UF_BAD_USAGE: no draws, or a ρ of no stationary series; UF_NOT_IDENTIFIED: c touches a column that x
 * does not identify.
 */
uf_status uf_serial_size(const gsl_matrix *x, const long *time, const double *c,
                         const struct uf_serial_options *options, double rho, double alpha, size_t draws,
                         uint64_t seed, double *out_share, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
