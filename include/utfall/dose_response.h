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
    /* degree of the polynomial (1 … 5), interior knots of the spline (0 … 10), or groups (2 … 20) */
    size_t size;
};

/* One number per unit; borrowed. */
struct uf_dose_data {
    size_t n;
    const double *change, *dose; /* n; dose >= 0 */
    const double *weights;       /* n, > 0; NULL: 1 */
};

struct uf_dose_fit {
    struct uf_dose_options options;
    size_t n_columns, n_treated, n_untreated, n_doses; /* n_doses: different ones above 0 */
    double least, most, scale;   /* of the treated doses; what they are divided by in the columns */
    double *knot;                /* groups: upper ends (size); spline: interior knots (size) */
    gsl_matrix *x;               /* n × rank: the kept columns; the first is the constant */
    struct uf_least_squares fit; /* of all columns */
    size_t *position;            /* n_columns: among the kept ones; SIZE_MAX: dropped */
};

/* UF_NOT_IDENTIFIED: no untreated unit, no treated one, fewer than two different doses, or fewer different doses than
 * the curve has columns; UF_BAD_USAGE: a size out of range; UF_BAD_INPUT: a dose below 0. O(n (log n + k²)). */
uf_status uf_dose_fit(const struct uf_dose_data *data, const struct uf_dose_options *options,
                      struct uf_dose_fit *out, struct uf_error *error);
void uf_dose_fit_clear(struct uf_dose_fit *fit);

/* m(d), or with `slope` m'(d), as a combination (fit.rank numbers) of the kept coefficients. False for a slope of
 * groups, which have none. O(k). */
bool uf_dose_at(const struct uf_dose_fit *fit, double dose, bool slope, double *out_combination);
/* The mean of m, or m', over the treated units (weighted). O(n k). */
bool uf_dose_mean(const struct uf_dose_fit *fit, const struct uf_dose_data *data, bool slope,
                  double *out_combination);

/* What the two-way regression on the dose is made of. */
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
 * `dose-response`, `dose-weights`, `pretrend`, `effect-size`, `randomisation`, `raw-trends`, `design`.
 */
extern const struct uf_method uf_method_dose_response;

#ifdef __cplusplus
}
#endif
#endif
