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
 * Both test with t and n − k degrees of freedom. A gap of g steps between two observations is allowed: lags are counted
 * in steps of time, and the transformation is (y_t − ρ^g y_{t−g}) √((1 − ρ²)/(1 − ρ^{2g})), which is the same with g = 1;
 * ρ is then taken from neighbours one step apart. With few observations ρ is estimated too small, and the errors of
 * both kinds with it (Turner et al. 2021); Newey–West's more so.
 *
 * Sources: Newey & West (1987), Econometrica 55, 703–708, and (1994), Rev. Economic Studies 61 (the lag ⌊4 (n/100)^{2/9}⌋);
 * Prais & Winsten (1954), Cowles Commission Discussion Paper 383; Turner, Forbes, Karahalios, Taljaard & McKenzie (2021),
 * BMC Medical Research Methodology 21, 181.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_serial_kind { UF_SERIAL_PRAIS_WINSTEN, UF_SERIAL_NEWEY_WEST };

struct uf_serial_options {
    enum uf_serial_kind kind;
    bool lag_given; /* else by the rule of Newey & West (1994) */
    size_t lag;     /* newey-west: L, in steps of time */
};

struct uf_serial_fit {
    size_t n, k, rank;
    gsl_vector *coefficients; /* k; NaN for a column that was dropped as collinear */
    gsl_matrix *covariance;   /* k × k; 0 in rows and columns of dropped ones */
    gsl_vector *residuals;    /* n: y − Xb, not transformed */
    double df;                /* n − rank */
    double rho;        /* prais-winsten: the one used; newey-west: that of the residuals, for the reader */
    size_t iterations; /* prais-winsten */
    bool converged, at_bound; /* ρ stands still; it was held at ±0.99 */
    size_t lag;               /* newey-west */
    double durbin_watson;     /* of the residuals, over neighbours one step apart */
};

/* x: n × k, y: n, all finite; time: n, ascending. UF_NOT_IDENTIFIED: n <= rank; UF_BAD_INPUT: times that do not ascend;
 * UF_BAD_USAGE: a lag of n or more. On success release with uf_serial_fit_clear. O(n k²) an iteration. */
uf_status uf_serial_fit(const gsl_matrix *x, const gsl_vector *y, const long *time,
                        const struct uf_serial_options *options, struct uf_serial_fit *out,
                        struct uf_error *error);
void uf_serial_fit_clear(struct uf_serial_fit *fit);

/* The estimate and variance of c'b; NaN where c touches a dropped coefficient. c: k. */
void uf_serial_combination(const struct uf_serial_fit *fit, const double *c, double *out_estimate,
                           double *out_variance);

#ifdef __cplusplus
}
#endif
#endif
