// SPDX-License-Identifier: GPL-3.0-or-later
/* Two periods and two groups of different people: four sections of rows. */
#include "effect/drdid_internal.h"

#include <math.h>
#include <string.h>

static const double sign[UF_DRDID_SECTIONS] = {1, -1, -1, 1};

static size_t rows_of(const struct uf_drdid_design *d, size_t a)
{
    return d->start[a + 1] - d->start[a];
}

static bool is_control(size_t a)
{
    return a >= UF_DRDID_CONTROL_AFTER;
}

/* Whether the outcome of a section is regressed on the covariates. */
static bool regressed(const struct uf_drdid_design *d, size_t a)
{
    if (d->k == 0) return false;
    return is_control(a) ? drdid_regresses(d->estimator) : d->estimator == UF_DRDID_DOUBLY_ROBUST;
}

/* Whether its rows are weighted by their odds of treatment. */
static bool weighed(const struct uf_drdid_design *d, size_t a)
{
    return d->k > 0 && is_control(a) && drdid_weighs(d->estimator);
}

static double *of_section(const struct uf_drdid_design *d, double *vectors, size_t a)
{
    return vectors + a * (d->k + 1);
}

static double *factor_of(const struct uf_drdid_design *d, size_t a)
{
    return d->section_factor + a * (d->k + 1) * (d->k + 1);
}

/* out[i] = b0 + Σ b_j z_j of rows [from, to) */
static void predict(const struct uf_drdid_design *d, const double *b, size_t from, size_t to, double *out)
{
    for (size_t i = from; i < to; i++) out[i] = b[0];
    for (size_t j = 0; j < d->k; j++) {
        const double *column = d->z + j * d->n;
        for (size_t i = from; i < to; i++) out[i] += b[j + 1] * column[i];
    }
}

static bool fail(struct uf_drdid_diagnosis *out, enum uf_drdid_reason reason, size_t section, size_t n)
{
    out->reason = reason;
    out->section = (enum uf_drdid_section)section;
    out->n_section = n;
    return false;
}

static bool enough(const struct uf_drdid_design *d, struct uf_drdid_diagnosis *out)
{
    for (size_t a = 0; a < UF_DRDID_SECTIONS; a++)
        if (rows_of(d, a) == 0)
            return fail(out, is_control(a) ? UF_DRDID_NO_CONTROL : UF_DRDID_NO_TREATED, a, 0);
    for (size_t a = 0; a < UF_DRDID_SECTIONS; a++)
        if (regressed(d, a) && rows_of(d, a) < d->k + 1)
            return fail(out, is_control(a) ? UF_DRDID_TOO_FEW_CONTROLS : UF_DRDID_TOO_FEW_TREATED, a,
                        rows_of(d, a));
    if (d->n < d->k + 1) return fail(out, UF_DRDID_TOO_FEW_UNITS, UF_DRDID_SECTIONS, d->n);
    return true;
}

/* The moments of a section, or of all of them, factored; says which column depends on the others. */
static bool factor_moments(struct uf_drdid_design *d, size_t a, struct uf_drdid_diagnosis *out)
{
    bool all = a == UF_DRDID_SECTIONS;
    double *gram = all ? d->outcome_factor : factor_of(d, a),
           *share = all ? &d->least_share : &d->section_share[a];
    drdid_gram(d, d->w, all ? 0 : d->start[a], all ? d->n : rows_of(d, a), gram);
    size_t column = drdid_factor(gram, d->k + 1, share);
    if (column > d->k) return true;
    out->column = column - 1;
    return fail(out, UF_DRDID_COLLINEAR, a, all ? d->n : rows_of(d, a));
}

static bool prepare_moments(struct uf_drdid_design *d, struct uf_drdid_diagnosis *out)
{
    if (!factor_moments(d, UF_DRDID_SECTIONS, out)) return false;
    for (size_t a = 0; a < UF_DRDID_SECTIONS; a++)
        if (regressed(d, a) && !factor_moments(d, a, out)) return false;
    return true;
}

/* Where the regression of each section is read: the treated's mean covariates, less what weighting has done already. */
static void prepare_targets(struct uf_drdid_design *d)
{
    size_t p = d->k + 1;
    drdid_project(d, d->w, 0, d->n_treated, d->target);
    for (size_t j = 0; j < p; j++) d->target[j] /= d->weight_treated;
    for (size_t a = 0; a < UF_DRDID_SECTIONS; a++) {
        double *adjust = of_section(d, d->section_adjust, a);
        if (!regressed(d, a)) continue;
        memcpy(adjust, d->target, p * sizeof *adjust);
        if (weighed(d, a)) {
            drdid_project(d, d->odds_weight + d->start[a], d->start[a], rows_of(d, a), d->moment);
            for (size_t j = 0; j < p; j++) adjust[j] -= d->moment[j] / d->section_weight[a];
        }
        drdid_solve(factor_of(d, a), p, adjust);
    }
}

static bool sum_weights(struct uf_drdid_design *d, struct uf_drdid_diagnosis *out)
{
    for (size_t a = 0; a < UF_DRDID_SECTIONS; a++) {
        const double *weight = weighed(d, a) ? d->odds_weight : d->w;
        d->section_weight[a] = drdid_sum(weight + d->start[a], rows_of(d, a));
        if (!(d->section_weight[a] > 0)) return fail(out, UF_DRDID_NO_OVERLAP, a, rows_of(d, a));
    }
    return true;
}

void uf_drdid_sections_set(struct uf_drdid_design *d, enum uf_drdid_estimator estimator, const size_t n[4],
                           const double *weights, const double *covariates, size_t stride,
                           size_t n_covariates, struct uf_drdid_diagnosis *out)
{
    *out =
        (struct uf_drdid_diagnosis){.most_treated = NAN, .most_control = NAN, .section = UF_DRDID_SECTIONS};
    d->estimator = estimator;
    d->k = n_covariates;
    d->start[0] = 0;
    for (size_t a = 0; a < UF_DRDID_SECTIONS; a++) d->start[a + 1] = d->start[a] + n[a];
    d->n = d->start[UF_DRDID_SECTIONS];
    d->n_treated = d->start[UF_DRDID_CONTROL_AFTER], d->n_control = d->n - d->n_treated;
    if (!enough(d, out)) return;
    for (size_t i = 0; i < d->n; i++) d->w[i] = weights ? weights[i] : 1;
    d->weight_treated = drdid_sum(d->w, d->n_treated);
    d->outcome_weight = d->w;
    if (d->k > 0) {
        size_t column = drdid_standardise(d, covariates, stride, 0);
        if (column < d->k) {
            out->column = column;
            fail(out, UF_DRDID_COLLINEAR, UF_DRDID_SECTIONS, d->n);
            return;
        }
        if (!prepare_moments(d, out)) return;
        if (drdid_weighs(estimator)) drdid_fit_propensity(d, out);
        if (out->reason != UF_DRDID_ESTIMATED) return;
    }
    if (sum_weights(d, out) && d->k > 0 && drdid_regresses(estimator)) prepare_targets(d);
}

/* The regression of a section; its residuals to `e`. */
static void regress(struct uf_drdid_design *d, size_t a, const double *outcome, double *e)
{
    size_t from = d->start[a], to = d->start[a + 1], p = d->k + 1;
    double *beta = of_section(d, d->section_beta, a);
    for (size_t i = from; i < to; i++) d->scaled[i] = d->w[i] * outcome[i];
    drdid_project(d, d->scaled + from, from, to - from, beta);
    drdid_solve(factor_of(d, a), p, beta);
    for (int again = d->section_share[a] <= DRDID_REFINE; again >= 0; again--) {
        predict(d, beta, from, to, e);
        for (size_t i = from; i < to; i++) e[i] = outcome[i] - e[i];
        if (!again) break;
        for (size_t i = from; i < to; i++) d->scaled[i] = d->w[i] * e[i];
        drdid_project(d, d->scaled + from, from, to - from, d->step);
        drdid_solve(factor_of(d, a), p, d->step);
        for (size_t j = 0; j < p; j++) beta[j] += d->step[j];
    }
}

/* A section's part of the estimate and of its rows' influence; `part` gets what depends on the odds (0 elsewhere). */
static double add_section(struct uf_drdid_design *d, size_t a, const double *outcome, double *influence)
{
    size_t from = d->start[a], to = d->start[a + 1];
    const double *e = outcome, *weight = weighed(d, a) ? d->odds_weight : d->w;
    double value = 0;
    memset(influence + from, 0, (to - from) * sizeof *influence);
    if (regressed(d, a)) {
        const double *beta = of_section(d, d->section_beta, a);
        regress(d, a, outcome, d->work);
        e = d->work;
        for (size_t j = 0; j <= d->k; j++) value += d->target[j] * beta[j];
        predict(d, of_section(d, d->section_adjust, a), from, to, influence);
        for (size_t i = from; i < to; i++) influence[i] *= sign[a] * d->w[i] * e[i];
        if (!weighed(d, a)) return value;
    }
    double mean = drdid_dot(weight + from, e + from, to - from) / d->section_weight[a];
    for (size_t i = from; i < to; i++) {
        double part = sign[a] * weight[i] * (e[i] - mean) / d->section_weight[a];
        influence[i] += part;
        d->scaled[i] = part;
    }
    if (weighed(d, a)) {
        drdid_project(d, d->scaled + from, from, to - from, d->step);
        for (size_t j = 0; j <= d->k; j++) d->score_adjust[j] += d->step[j];
    }
    return value + mean;
}

/* What the treated's mean covariates, read off the sections' regressions, add. */
static void add_target(struct uf_drdid_design *d, double *influence)
{
    double *beta = d->beta, centre = 0;
    memset(beta, 0, (d->k + 1) * sizeof *beta);
    for (size_t a = 0; a < UF_DRDID_SECTIONS; a++)
        for (size_t j = 0; j <= d->k && regressed(d, a); j++)
            beta[j] += sign[a] * of_section(d, d->section_beta, a)[j];
    for (size_t j = 0; j <= d->k; j++) centre += d->target[j] * beta[j];
    predict(d, beta, 0, d->n_treated, d->work);
    for (size_t i = 0; i < d->n_treated; i++)
        influence[i] += d->w[i] * (d->work[i] - centre) / d->weight_treated;
}

double uf_drdid_sections_estimate(struct uf_drdid_design *d, const double *outcome, double *influence)
{
    double estimate = 0;
    memset(d->score_adjust, 0, (d->k + 1) * sizeof *d->score_adjust);
    for (size_t a = 0; a < UF_DRDID_SECTIONS; a++)
        estimate += sign[a] * add_section(d, a, outcome, influence);
    if (d->k == 0) return estimate;
    if (drdid_regresses(d->estimator)) add_target(d, influence);
    if (!drdid_weighs(d->estimator)) return estimate;
    drdid_solve(d->logit_factor, d->k + 1,
                d->score_adjust); /* what the estimated propensity adds per score */
    predict(d, d->score_adjust, 0, d->n, d->work);
    for (size_t i = 0; i < d->n; i++)
        influence[i] += d->w[i] * ((i < d->n_treated ? 1 : 0) - d->propensity[i]) * d->work[i];
    return estimate;
}

void uf_drdid_sections_weights(struct uf_drdid_design *d, double *weight)
{
    for (size_t a = 0; a < UF_DRDID_SECTIONS; a++) {
        size_t from = d->start[a], to = d->start[a + 1];
        const double *own = weighed(d, a) ? d->odds_weight : d->w;
        memset(weight + from, 0, (to - from) * sizeof *weight);
        if (regressed(d, a)) {
            predict(d, of_section(d, d->section_adjust, a), from, to, weight);
            for (size_t i = from; i < to; i++) weight[i] *= sign[a] * d->w[i];
            if (!weighed(d, a)) continue;
        }
        for (size_t i = from; i < to; i++) weight[i] += sign[a] * own[i] / d->section_weight[a];
    }
}
