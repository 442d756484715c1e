// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_DRDID_H
#define UTFALL_DRDID_H
/*
 * The effect on the treated from two periods and two groups, given covariates: how much more the outcome of
 * the treated changed than that of controls who look like them.
 *
 * With Δ the change of a unit's outcome, w its weight, D = 1 for the treated, x = (1, covariates), p(x) a
 * logit fitted to D by maximum likelihood, b the least-squares fit of Δ on x among the controls (both
 * weighted), and c = w p/(1 − p) for the controls:
 *
 *     regression      Σ w D (Δ − x'b) / Σ w D
 *     ipw             Σ w D Δ / Σ w D − Σ c Δ / Σ c                          (weights that sum to one, Hájek)
 *     doubly robust   Σ w D (Δ − x'b) / Σ w D − Σ c (Δ − x'b) / Σ c
 *
 * Without covariates all three are the difference of the two mean changes. The doubly robust one is the
 * "traditional" one of the paper (eq. 2.6 with maximum likelihood and least squares), right where either
 * model is; it is what the peers take, not the "improved" one with its own moments.
 *
 * The influence ψ_i of unit i holds what estimating b and p adds; it is scaled so that the variance of the
 * estimate is Σ ψ_i², or Σ over clusters of squared sums. No small-sample factor is applied.
 *
 * Two settled conventions: a control whose propensity is 0.995 or more gets no weight, and nothing is
 * estimated where some unit's propensity is 0.999 or more.
 *
 * Sources: Sant'Anna & Zhao (2020), Doubly robust difference-in-differences estimators, J. Econometrics
 * 219(1), 101–122, eq. (2.2), (2.6), Thm. A.1; Abadie (2005), Rev. Econ. Studies 72; Heckman, Ichimura & Todd
 * (1997), Rev. Econ. Studies 64.
 */
#include <stddef.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_drdid_estimator { UF_DRDID_DOUBLY_ROBUST, UF_DRDID_REGRESSION, UF_DRDID_IPW };

#define UF_DRDID_TRIM    0.995 /* controls from this propensity on get no weight */
#define UF_DRDID_OVERLAP 0.999 /* from this propensity on there is nothing to compare with */

/* Why nothing can be estimated. */
enum uf_drdid_reason {
    UF_DRDID_ESTIMATED,
    UF_DRDID_NO_TREATED,
    UF_DRDID_NO_CONTROL,
    UF_DRDID_TOO_FEW_CONTROLS, /* fewer than the regression has coefficients */
    UF_DRDID_TOO_FEW_UNITS,    /* the same of all units, for the propensity */
    UF_DRDID_COLLINEAR,        /* `column` is constant or a combination of those before it */
    UF_DRDID_NO_OVERLAP
};

struct uf_drdid_diagnosis {
    enum uf_drdid_reason reason;
    size_t column;                     /* COLLINEAR: the covariate */
    double most_treated, most_control; /* largest propensities; NaN: none was fitted */
    size_t n_beyond;                   /* units at UF_DRDID_OVERLAP or more */
    size_t n_trimmed;                  /* controls at UF_DRDID_TRIM or more */
};

/* Everything that does not depend on the outcome (propensities, moments, factors), with room for the work.
 * Used again and again by one thread. */
struct uf_drdid_design;

/* Room for that many units and covariates. UF_NO_MEMORY. Release with uf_drdid_design_free; NULL is fine. */
uf_status uf_drdid_design_new(size_t most_units, size_t most_covariates, struct uf_drdid_design **out,
                              struct uf_error *error);
void uf_drdid_design_free(struct uf_drdid_design *design);

/* Units: the treated first, then the controls. `weights`: one a unit, > 0, copied; NULL: 1. `covariates`:
 * n_covariates columns, the j-th from j · stride on; copied, standardised. All must be finite. O(n k²) an
 * iteration, some five of them. */
void uf_drdid_design_set(struct uf_drdid_design *design, enum uf_drdid_estimator estimator, size_t n_treated,
                         size_t n_control, const double *weights, const double *covariates, size_t stride,
                         size_t n_covariates, struct uf_drdid_diagnosis *out);

/* The estimate for the changes of the same units, after a design whose reason was UF_DRDID_ESTIMATED; fills
 * the influence of each. O(n k). */
double uf_drdid_estimate(struct uf_drdid_design *design, const double *change, double *influence);

/* The estimate is linear in the changes: the weight of each unit's, those of the treated summing to 1 and those of
 * the controls to −1. O(n k). */
void uf_drdid_weights(const struct uf_drdid_design *design, double *weight);

#ifdef __cplusplus
}
#endif
#endif
