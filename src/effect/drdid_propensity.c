// SPDX-License-Identifier: GPL-3.0-or-later
/* The probability of being treated, given covariates: a logit by Newton's method; or tilting, by the same steps. */
#include "effect/drdid_internal.h"

#include <math.h>
#include <string.h>

enum { MOST_STEPS = 60, MOST_HALVINGS = 12 };
/* Newton's decrement, as a share of the weight, from which one more step is exact to rounding. */
#define CONVERGED 1e-13

/* Tilting: Σ w D x − Σ c x with c = w e^{x'γ} of the controls, and its slope. */
static void tilt(struct uf_drdid_design *d, double *eta)
{
    for (size_t i = 0; i < d->n_treated; i++) {
        d->propensity[i] = 1 / (1 + exp(-eta[i]));
        d->logit_weight[i] = 0;
        eta[i] = d->w[i];
    }
    for (size_t i = d->n_treated; i < d->n; i++) {
        double odds = exp(eta[i]);
        d->propensity[i] = 1 / (1 + exp(-eta[i]));
        d->logit_weight[i] = d->w[i] * odds;
        eta[i] = -d->logit_weight[i];
    }
}

static void score(struct uf_drdid_design *d, double *eta)
{
    for (size_t i = 0; i < d->n; i++) {
        double p = 1 / (1 + exp(-eta[i]));
        d->propensity[i] = p;
        d->logit_weight[i] = d->w[i] * p * (1 - p);
        eta[i] = d->w[i] * ((i < d->n_treated ? 1 : 0) - p);
    }
}

/* Propensities at the coefficients `beta`; the gradient, and the information, factored. False where that is
 * singular: the propensities have all but reached 0 and 1. */
static bool evaluate(struct uf_drdid_design *d, const double *beta)
{
    double least;
    double *eta = d->work;
    for (size_t i = 0; i < d->n; i++) eta[i] = beta[0];
    for (size_t j = 0; j < d->k; j++) {
        const double *column = d->z + j * d->n;
        for (size_t i = 0; i < d->n; i++) eta[i] += beta[j + 1] * column[i];
    }
    if (d->estimator == UF_DRDID_IMPROVED)
        tilt(d, eta);
    else
        score(d, eta);
    drdid_project(d, eta, 0, d->n, d->gradient);
    drdid_gram(d, d->logit_weight, 0, d->n, d->logit_factor);
    return drdid_factor(d->logit_factor, d->k + 1, &least) == d->k + 1;
}

/* The decrement g'H⁻¹g; `step` becomes H⁻¹g. */
static double decrement(struct uf_drdid_design *d)
{
    size_t p = d->k + 1;
    double sum = 0;
    memcpy(d->step, d->gradient, p * sizeof *d->step);
    drdid_solve(d->logit_factor, p, d->step);
    for (size_t j = 0; j < p; j++) sum += d->step[j] * d->gradient[j];
    return sum;
}

/* Newton's steps, halved where they overshoot. Ends with the propensities and the information at the last
 * coefficients. False: no end was reached. */
static bool climb(struct uf_drdid_design *d)
{
    size_t p = d->k + 1;
    double control = drdid_sum(d->w + d->n_treated, d->n_control), total = d->weight_treated + control;
    memset(d->beta, 0, p * sizeof *d->beta);
    d->beta[0] = log(d->weight_treated / control);
    if (!evaluate(d, d->beta)) return false;
    double now = decrement(d);
    for (int step = 0; step < MOST_STEPS; step++) {
        bool last = now <= CONVERGED * total, fine = false;
        memcpy(d->moment, d->beta, p * sizeof *d->moment); /* from here */
        memcpy(d->adjust, d->step, p * sizeof *d->adjust); /* in this direction */
        double share = 1, next = INFINITY;
        for (int half = 0; half <= MOST_HALVINGS && !fine; half++, share /= 2) {
            for (size_t j = 0; j < p; j++) d->beta[j] = d->moment[j] + share * d->adjust[j];
            if (!evaluate(d, d->beta)) continue;
            next = decrement(d);
            fine = last || next <= 4 * now;
        }
        if (last || !fine) return last;
        now = next;
    }
    return false;
}

void drdid_fit_propensity(struct uf_drdid_design *d, struct uf_drdid_diagnosis *out)
{
    bool reached = climb(d);
    out->most_treated = out->most_control = 0;
    d->weight_odds = 0;
    for (size_t i = 0; i < d->n; i++) {
        double p = d->propensity[i], *most = i < d->n_treated ? &out->most_treated : &out->most_control;
        if (p > *most) *most = p;
        out->n_beyond += !(p < UF_DRDID_OVERLAP);
        if (i < d->n_treated) continue;
        out->n_trimmed += !(p < UF_DRDID_TRIM);
        d->odds_weight[i] = p < UF_DRDID_TRIM ? d->w[i] * p / (1 - p) : 0;
    }
    d->weight_odds = drdid_sum(d->odds_weight + d->n_treated, d->n_control);
    if (out->n_beyond > 0 || !(d->weight_odds > 0)) out->reason = UF_DRDID_NO_OVERLAP;
    if (d->estimator == UF_DRDID_IMPROVED && !reached) out->reason = UF_DRDID_NO_BALANCE;
}
