// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_DRDID_INTERNAL_H
#define UTFALL_EFFECT_DRDID_INTERNAL_H
/* What the files of the two-by-two kernel share. Units: the treated first. Coefficients: the constant first. */
#include <stdbool.h>
#include <utfall/drdid.h>

struct uf_drdid_design {
    enum uf_drdid_estimator estimator;
    size_t n_treated, n_control, n, k;
    double *z; /* k columns of n, standardised */
    double *w; /* n */
    double *propensity;
    double *odds_weight;  /* w p/(1 − p) of the controls, 0 where trimmed */
    double *logit_weight; /* w p (1 − p); in tilting w p/(1 − p) of the controls, 0 of the treated */
    const double *outcome_weight; /* of the regression: w, or odds_weight */
    double *scaled, *work;
    double weight_treated, weight_odds;    /* sums */
    double *outcome_factor, *logit_factor; /* Cholesky factors of X_c'WX_c and of the information */
    double least_share;                    /* of a column's square, left by those before it */
    double *beta, *step, *gradient, *moment, *adjust, *score_adjust; /* k + 1 each */
    /* of repeated cross-sections, section by section */
    size_t start[UF_DRDID_SECTIONS + 1];
    double *section_factor, *section_beta, *section_adjust; /* (k + 1)², k + 1 each */
    double *target;                                         /* k + 1: mean covariates of the treated */
    double section_weight[UF_DRDID_SECTIONS], section_share[UF_DRDID_SECTIONS];
    double *unit_room, *small_room;
};

/* Below this share of a column's square the normal equations have lost digits worth getting back. */
#define DRDID_REFINE 1e-4

/* Sums in an order of their own that does not depend on anything but n. */
double drdid_sum(const double *x, size_t n);
double drdid_dot(const double *x, const double *y, size_t n);
/* The lower triangle of Σ s_i x_i x_i' over `count` units from `from` on. */
void drdid_gram(const struct uf_drdid_design *design, const double *s, size_t from, size_t count,
                double *gram);
/* Σ v_i x_i over `count` units from `from` on; v starts at the first of them. */
void drdid_project(const struct uf_drdid_design *design, const double *v, size_t from, size_t count,
                   double *out);
/* Cholesky in place; returns p, or the first column that depends on those before it. `least` gets the
 * smallest share of a column's square that was left. */
size_t drdid_factor(double *gram, size_t p, double *least);
/* b becomes the solution. */
void drdid_solve(const double *factor, size_t p, double *b);

/* What an estimator is made of. */
static inline bool drdid_regresses(enum uf_drdid_estimator estimator)
{
    return estimator != UF_DRDID_IPW && estimator != UF_DRDID_IPW_UNSTANDARDISED;
}
static inline bool drdid_weighs(enum uf_drdid_estimator estimator)
{
    return estimator != UF_DRDID_REGRESSION;
}

/* Columns about their mean and in units of their spread, both among the units from `from` on, so that the normal
 * equations keep their digits. Returns the first constant column, or k. */
size_t drdid_standardise(struct uf_drdid_design *design, const double *covariates, size_t stride,
                         size_t from);
/* Fits the logit (or, for the improved estimator, tilts the controls), fills propensity, odds_weight, weight_odds and logit_factor; judges the overlap. */
void drdid_fit_propensity(struct uf_drdid_design *design, struct uf_drdid_diagnosis *out);
#endif
