// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_DOSE_RESPONSE_H
#define UTFALL_DOSE_RESPONSE_H
/*
 * Difference-in-differences with a continuous treatment: how the change of the outcome depends on the dose, and what of
 * that may be called an effect.
 *
 * Units have a change Δ of the outcome (after less before) and a dose d >= 0; those with d = 0 are untreated. With
 * m(d) = E[Δ | d] − E[Δ | 0]:
 *
 *     parallel trends (without treatment all doses would have changed as the untreated did):
 *         m(d) = ATT(d|d), the effect of dose d on the units that got it. Two doses are then compared across different
 *         units: m(d) − m(d') is an effect of the dose *and* a difference between units, and its slope is not the effect
 *         of one krona more.
 *     strong parallel trends (at every dose all units would have changed as those that got it did):
 *         m(d) = ATE(d), and m'(d) = ACR(d), the average causal response to a little more of the dose.
 *
 * m is estimated by least squares, with a curve of the dose among the treated and a mean for the untreated:
 *
 *     Δ_i = α + 1[d_i > 0] · b(d_i)'β + ε_i,    m(d) = b(d)'β,  m'(d) = b'(d)'β
 *
 * b is a polynomial, a cubic spline with knots at quantiles of the treated doses, or steps (groups of doses; no slope).
 * The mean of m over the treated is the difference of mean changes whatever b is (it holds a constant).
 *
 * Several starts and covariates: each start is a sub-experiment g of its own, with its treated units and its untreated ones
 * (a unit may be a row in several). How the treated would have changed is told by the untreated of their sub-experiment
 * alone, given covariates x of the time before (parallel trends among units with the same x):
 *
 *     1.  Δ_i = α_g + x_i'γ_g + ε_i                   by least squares among the untreated of each g
 *     2.  Δ_i − α̂_g − x_i'γ̂_g = b(d_i)'β + ε_i        among the treated of all g
 *
 * so that m(d) is the mean over the starts and covariates that treated units with dose d have, and its mean over the
 * treated is that of the outcome-regression estimates of each g, by treated units. With one g and no x this is the
 * regression above. For inference the two steps are one regression with columns (1, x) of each g in the untreated rows
 * and b(d) in the treated ones, of the adjusted changes; m(d) is then the combination b(d)'β − b(d)'P(α, γ), P the
 * regression of the treated's (1, x) on b. Errors of both steps are in it.
 *
 * What the two-way fixed effects regression on the dose gives (β_twfe = Cov(Δ, d)/Var(d)) is a weighted sum of slopes
 * between neighbouring doses,
 *
 *     β_twfe = Σ_j w_j (Δ̄_j − Δ̄_{j−1})/(d_j − d_{j−1}),
 *     w_j = (E[d | d >= d_j] − E[d]) P(d >= d_j) (d_j − d_{j−1})/Var(d),   d_0 = 0, Σ w_j = 1,
 *
 * with weights that have nothing to do with how many units have such doses.
 *
 * Sources: Callaway, Goodman-Bacon & Sant'Anna (2024), Difference-in-differences with a continuous treatment, NBER
 * Working Paper 32117: §3 (assumptions, theorems 3.1 to 3.3), §3.3 (weights of TWFE); Yitzhaki (1996), JBES 14(4).
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stddef.h>
#include <utfall/least_squares.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_dose_curve { UF_DOSE_POLYNOMIAL, UF_DOSE_SPLINE, UF_DOSE_GROUPS };

struct uf_dose_options {
    enum uf_dose_curve curve;
    /* degree of the polynomial (0: a level, … 5), interior knots of the spline (0 … 10), or groups (2 … 20) */
    size_t size;
    bool quick; /* for many fits: the last digits of the coefficients are not polished */
};

/* One row per unit and sub-experiment; borrowed. */
struct uf_dose_data {
    size_t n;
    const double *change, *dose;  /* n; dose >= 0 */
    const double *weights;        /* n, > 0; NULL: 1 */
    size_t n_stacks;              /* sub-experiments; 0: one */
    const size_t *stack;          /* n numbers below n_stacks; NULL: all in one */
    const gsl_matrix *covariates; /* n × k, of the time before; NULL: none */
};

/* Columns: the constant and the covariates of each sub-experiment in its untreated rows (n_base), then the curve. */
struct uf_dose_fit {
    struct uf_dose_options options;
    size_t n_columns, n_base;
    size_t n_treated, n_untreated, n_doses; /* rows; different doses above 0 */
    double least, most, scale;   /* of the treated doses; what they are divided by in the columns */
    double *knot;                /* groups: upper ends (size); spline: interior knots (size) */
    double *adjusted;            /* n: changes less what the untreated of the sub-experiment say */
    gsl_matrix *x;               /* n × rank: the kept columns */
    struct uf_least_squares fit; /* of all columns, on `adjusted` */
    size_t *position;            /* n_columns: among the kept ones; SIZE_MAX: dropped */
    gsl_matrix
        *borrowed; /* (n_columns − n_base) × n_base: the base columns of the treated on their curve (P) */
};

/* A covariate that does not vary among a sub-experiment's untreated, or is collinear there, is dropped: see `position`.
 * UF_NOT_IDENTIFIED: a sub-experiment without untreated units, no treated unit, fewer than two different doses, or fewer
 * different doses than the curve has columns; UF_BAD_USAGE: a size out of range; UF_BAD_INPUT: a dose below 0.
 * O(n (log n + k²)). */
uf_status uf_dose_fit(const struct uf_dose_data *data, const struct uf_dose_options *options,
                      struct uf_dose_fit *out, struct uf_error *error);
void uf_dose_fit_clear(struct uf_dose_fit *fit);

/* m(d), or with `slope` m'(d), as a combination (fit.rank numbers) of the kept coefficients. False for a slope of
 * groups, which have none. O(k). */
bool uf_dose_at(const struct uf_dose_fit *fit, double dose, bool slope, double *out_combination);
/* The j-th coefficient β_j of the curve, likewise (j below n_columns − n_base). O(k). */
void uf_dose_coefficient(const struct uf_dose_fit *fit, size_t j, double *out_combination);
/* The mean of m, or m', over the treated units (weighted). O(n k). */
bool uf_dose_mean(const struct uf_dose_fit *fit, const struct uf_dose_data *data, bool slope,
                  double *out_combination);

/* What the two-way regression on the dose is made of, with one sub-experiment and no covariates (give it the adjusted
 * changes where there are some). */
struct uf_dose_weight {
    double from, to; /* d_{j−1}, d_j */
    double slope;    /* (Δ̄_j − Δ̄_{j−1})/(d_j − d_{j−1}) */
    double weight;   /* w_j */
    double share;    /* of the treated units (by weight) that have the dose d_j */
};
/* Ascending; free() the array. The weights add up to 1, and weight × slope to β_twfe. Errors as uf_dose_fit.
 * O(n log n). */
uf_status uf_dose_weights(const struct uf_dose_data *data, struct uf_dose_weight **out, size_t *out_count,
                          struct uf_error *error);

/*
 * The method. Tables: `estimates` (the average effect on the treated; the average slope; the two-way coefficient),
 * `dose-response`, `dose-response-inference`, `group-average`, `dose-randomisation`, `sub-experiments`, `dose-weights`, `pretrend`, `effect-size`, `randomisation`,
 * `raw-trends`, `design`.
 */
extern const struct uf_method uf_method_dose_response;

#ifdef __cplusplus
}
#endif
#endif
