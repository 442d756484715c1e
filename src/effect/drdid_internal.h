// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_DRDID_INTERNAL_H
#define UTFALL_EFFECT_DRDID_INTERNAL_H
/* What drdid.c and drdid_propensity.c share. Units: the treated first. Coefficients: the constant first. */
#include <stdbool.h>
#include <utfall/drdid.h>

struct uf_drdid_design {
    enum uf_drdid_estimator estimator;
    size_t n_treated, n_control, n, k;
    double *z; /* k columns of n, standardised */
    double *w; /* n */
    double *propensity;
    double *odds_weight;  /* w p/(1 − p) of the controls, 0 where trimmed */
    double *logit_weight; /* w p (1 − p) */
    double *scaled, *work;
    double weight_treated, weight_odds;    /* sums */
    double *outcome_factor, *logit_factor; /* Cholesky factors of X_c'WX_c and of the information */
    double least_share;                    /* of a column's square, left by those before it */
    double *beta, *step, *gradient, *moment, *adjust, *score_adjust; /* k + 1 each */
    double *unit_room, *small_room;
};

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

/* Fits the logit, fills propensity, odds_weight, weight_odds and logit_factor; judges the overlap. */
void drdid_fit_propensity(struct uf_drdid_design *design, struct uf_drdid_diagnosis *out);
#endif
