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
 *     improved        the same with c and b of their own: p solves Σ c x = Σ w D x (inverse probability tilting), which
 *                     gives the controls the mean covariates of the treated, and b is fitted with the weights c. Then
 *                     Σ c (Δ − x'b) = 0, and estimating p and b adds nothing to the influence
 *     unstandardised  (Σ w D Δ − Σ c Δ) / Σ w D                              (Horvitz and Thompson, Abadie)
 *
 * Without covariates all are the difference of the two mean changes. The doubly robust one is the "traditional" one of
 * the paper (eq. 2.6 with maximum likelihood and least squares), right where either model is; it is what the peers
 * take unless told otherwise. The improved one (§3.1) keeps an error that is right where only one of the models is.
 *
 * The influence ψ_i of unit i holds what estimating b and p adds; it is scaled so that the variance of the
 * estimate is Σ ψ_i², or Σ over clusters of squared sums. No small-sample factor is applied.
 *
 * Two settled conventions: a control whose propensity is 0.995 or more gets no weight, and nothing is
 * estimated where some unit's propensity is 0.999 or more.
 *
 * Sources: Sant'Anna & Zhao (2020), Doubly robust difference-in-differences estimators, J. Econometrics
 * 219(1), 101–122, eq. (2.2), (2.6), (3.1)–(3.3), Thm. A.1; Abadie (2005), Rev. Econ. Studies 72; Graham,
 * Pinto & Egel (2012), Rev. Econ. Studies 79 (tilting); Heckman, Ichimura & Todd (1997), Rev. Econ. Studies 64.
 */
#include <stddef.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_drdid_estimator {
    UF_DRDID_DOUBLY_ROBUST,
    UF_DRDID_REGRESSION,
    UF_DRDID_IPW,
    UF_DRDID_IMPROVED,
    UF_DRDID_IPW_UNSTANDARDISED
};

#define UF_DRDID_TRIM    0.995 /* controls from this propensity on get no weight */
#define UF_DRDID_OVERLAP 0.999 /* from this propensity on there is nothing to compare with */

/* Of repeated cross-sections, see uf_drdid_sections_set. UF_DRDID_SECTIONS: all of them. */
enum uf_drdid_section {
    UF_DRDID_TREATED_AFTER,
    UF_DRDID_TREATED_BEFORE,
    UF_DRDID_CONTROL_AFTER,
    UF_DRDID_CONTROL_BEFORE,
    UF_DRDID_SECTIONS
};

/* Why nothing can be estimated. */
enum uf_drdid_reason {
    UF_DRDID_ESTIMATED,
    UF_DRDID_NO_TREATED,
    UF_DRDID_NO_CONTROL,
    UF_DRDID_TOO_FEW_CONTROLS, /* fewer than the regression has coefficients */
    UF_DRDID_TOO_FEW_UNITS,    /* the same of all units, for the propensity */
    UF_DRDID_COLLINEAR,        /* `column` is constant or a combination of those before it */
    UF_DRDID_NO_OVERLAP,
    UF_DRDID_NO_BALANCE,     /* improved: no weights give the controls the mean covariates of the treated */
    UF_DRDID_TOO_FEW_TREATED /* sections: fewer than the regression of the treated has coefficients */
};

struct uf_drdid_diagnosis {
    enum uf_drdid_reason reason;
    size_t column;                     /* COLLINEAR: the covariate */
    double most_treated, most_control; /* largest propensities; NaN: none was fitted */
    size_t n_beyond;                   /* units at UF_DRDID_OVERLAP or more */
    size_t n_trimmed;                  /* controls at UF_DRDID_TRIM or more */
    enum uf_drdid_section section;     /* of sections: the one that the reason speaks of */
    size_t n_section;                  /* its rows */
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
 * the controls to −1 (but for the unstandardised one). O(n k). */
void uf_drdid_weights(const struct uf_drdid_design *design, double *weight);

/*
 * Repeated cross-sections: other persons or firms in each period, so that no unit has a change. Four sections of rows, in
 * the order of enum uf_drdid_section, n[4] rows each. With y the outcome, μ the weighted mean over a section, x̄ the mean
 * covariates of all treated rows, b the regression of y on x in a section of its own, and c = w p/(1 − p) from one logit of
 * all rows:
 *
 *     regression      μ(y; treated after) − μ(y; treated before) − x̄'(b of controls after − b of controls before)
 *     ipw             (μ after − μ before) of the treated − (the same of the controls, by c)
 *     doubly robust   x̄'b − [x̄'b + Σ c (y − x'b) / Σ c], the first of the treated, the second of the controls, after less
 *                     before: the locally efficient one
 *
 * They ask that the composition of the groups by x stays the same over time. The other estimators are for panels only.
 * Source: Sant'Anna & Zhao (2020), eq. (2.3), (2.7), Thm. A.2; Abadie (2005).
 */
void uf_drdid_sections_set(struct uf_drdid_design *design, enum uf_drdid_estimator estimator,
                           const size_t n[4], const double *weights, const double *covariates, size_t stride,
                           size_t n_covariates, struct uf_drdid_diagnosis *out);
/* As uf_drdid_estimate and uf_drdid_weights, of the rows' outcomes. */
double uf_drdid_sections_estimate(struct uf_drdid_design *design, const double *outcome, double *influence);
void uf_drdid_sections_weights(struct uf_drdid_design *design, double *weight);

#ifdef __cplusplus
}
#endif
#endif
