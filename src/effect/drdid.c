// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/drdid_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* Share of a column's sum of squares below which what the columns before it left is rounding. */
#define COLLINEAR 1e-12

double drdid_sum(const double *x, size_t n)
{
    double s[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4) s[0] += x[i], s[1] += x[i + 1], s[2] += x[i + 2], s[3] += x[i + 3];
    for (; i < n; i++) s[0] += x[i];
    return s[0] + s[1] + (s[2] + s[3]);
}

double drdid_dot(const double *x, const double *y, size_t n)
{
    double s[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        s[0] += x[i] * y[i];
        s[1] += x[i + 1] * y[i + 1];
        s[2] += x[i + 2] * y[i + 2];
        s[3] += x[i + 3] * y[i + 3];
    }
    for (; i < n; i++) s[0] += x[i] * y[i];
    return s[0] + s[1] + (s[2] + s[3]);
}

void drdid_gram(const struct uf_drdid_design *d, const double *s, size_t from, size_t count, double *gram)
{
    size_t p = d->k + 1;
    gram[0] = drdid_sum(s + from, count);
    for (size_t j = 0; j < d->k; j++) {
        const double *column = d->z + j * d->n + from;
        for (size_t i = 0; i < count; i++) d->scaled[i] = s[from + i] * column[i];
        gram[(j + 1) * p] = drdid_sum(d->scaled, count);
        for (size_t l = 0; l <= j; l++)
            gram[(j + 1) * p + l + 1] = drdid_dot(d->scaled, d->z + l * d->n + from, count);
    }
}

void drdid_project(const struct uf_drdid_design *d, const double *v, size_t from, size_t count, double *out)
{
    out[0] = drdid_sum(v, count);
    for (size_t j = 0; j < d->k; j++) out[j + 1] = drdid_dot(v, d->z + j * d->n + from, count);
}

size_t drdid_factor(double *gram, size_t p, double *least)
{
    *least = 1;
    for (size_t j = 0; j < p; j++) {
        double whole = gram[j * p + j], rest = whole;
        for (size_t l = 0; l < j; l++) rest -= gram[j * p + l] * gram[j * p + l];
        if (!(rest > COLLINEAR * whole)) return j;
        *least = fmin(*least, rest / whole);
        double root = gram[j * p + j] = sqrt(rest);
        for (size_t i = j + 1; i < p; i++) {
            double sum = gram[i * p + j];
            for (size_t l = 0; l < j; l++) sum -= gram[i * p + l] * gram[j * p + l];
            gram[i * p + j] = sum / root;
        }
    }
    return p;
}

void drdid_solve(const double *factor, size_t p, double *b)
{
    for (size_t j = 0; j < p; j++) {
        for (size_t l = 0; l < j; l++) b[j] -= factor[j * p + l] * b[l];
        b[j] /= factor[j * p + j];
    }
    for (size_t j = p; j-- > 0;) {
        for (size_t l = j + 1; l < p; l++) b[j] -= factor[l * p + j] * b[l];
        b[j] /= factor[j * p + j];
    }
}

/* out = start − (b0 + Σ b_j z_j) of all units (`start` NULL: 0) */
static void subtract_fit(const struct uf_drdid_design *d, const double *start, const double *b, double *out)
{
    for (size_t i = 0; i < d->n; i++) out[i] = (start ? start[i] : 0) - b[0];
    for (size_t j = 0; j < d->k; j++) {
        const double *column = d->z + j * d->n;
        for (size_t i = 0; i < d->n; i++) out[i] -= b[j + 1] * column[i];
    }
}

uf_status uf_drdid_design_new(size_t most_units, size_t most_covariates, struct uf_drdid_design **out,
                              struct uf_error *error)
{
    size_t n = most_units + 1, p = most_covariates + 1;
    struct uf_drdid_design *d = calloc(1, sizeof *d);
    if (!d) return uf_fail_memory(error);
    d->z = malloc(n * p * sizeof(double));
    d->unit_room = malloc(6 * n * sizeof(double));
    d->small_room =
        malloc(((2 + UF_DRDID_SECTIONS) * p * p + (7 + 2 * UF_DRDID_SECTIONS) * p) * sizeof(double));
    if (!d->z || !d->unit_room || !d->small_room) {
        uf_drdid_design_free(d);
        return uf_fail_memory(error);
    }
    double *units[6];
    for (size_t i = 0; i < 6; i++) units[i] = d->unit_room + i * n;
    d->w = units[0], d->propensity = units[1], d->odds_weight = units[2], d->logit_weight = units[3];
    d->scaled = units[4], d->work = units[5];
    d->outcome_factor = d->small_room;
    d->logit_factor = d->small_room + p * p;
    double *small = d->small_room + 2 * p * p;
    d->beta = small, d->step = small + p, d->gradient = small + 2 * p, d->moment = small + 3 * p;
    d->adjust = small + 4 * p, d->score_adjust = small + 5 * p, d->target = small + 6 * p;
    d->section_beta = small + 7 * p, d->section_adjust = d->section_beta + UF_DRDID_SECTIONS * p;
    d->section_factor = d->section_adjust + UF_DRDID_SECTIONS * p;
    *out = d;
    return UF_OK;
}

void uf_drdid_design_free(struct uf_drdid_design *d)
{
    if (!d) return;
    free(d->z), free(d->unit_room), free(d->small_room);
    free(d);
}

size_t drdid_standardise(struct uf_drdid_design *d, const double *covariates, size_t stride, size_t from)
{
    size_t count = d->n - from;
    double total = drdid_sum(d->w + from, count);
    for (size_t j = 0; j < d->k; j++) {
        const double *x = covariates + j * stride;
        double *z = d->z + j * d->n, spread = 0, size = 0;
        double mean = drdid_dot(d->w + from, x + from, count) / total;
        for (size_t i = from; i < d->n; i++) {
            spread += d->w[i] * (x[i] - mean) * (x[i] - mean);
            size += d->w[i] * x[i] * x[i];
        }
        if (!(spread > COLLINEAR * COLLINEAR * size)) return j;
        double scale = sqrt(spread / total);
        for (size_t i = 0; i < d->n; i++) z[i] = (x[i] - mean) / scale;
    }
    return d->k;
}

/* Σ c x / Σ c of the controls, or Σ w x / Σ w of the treated. */
static void mean_of(const struct uf_drdid_design *d, const double *weight, size_t from, size_t count,
                    double *out)
{
    drdid_project(d, weight + from, from, count, out);
    double total = out[0];
    for (size_t j = 0; j <= d->k; j++) out[j] /= total;
}

/* Factors the moments of the units from `from` on; says where a column depends on the others. */
static bool prepare_moments(struct uf_drdid_design *d, size_t from, struct uf_drdid_diagnosis *out)
{
    size_t p = d->k + 1;
    drdid_gram(d, d->outcome_weight, from, d->n - from, d->outcome_factor);
    size_t column = drdid_factor(d->outcome_factor, p, &d->least_share);
    if (column == p) return true;
    *out = (struct uf_drdid_diagnosis){
        .reason = UF_DRDID_COLLINEAR, .column = column - 1, .most_treated = NAN, .most_control = NAN};
    return false;
}

static enum uf_drdid_reason too_few(const struct uf_drdid_design *d)
{
    if (d->n_treated == 0) return UF_DRDID_NO_TREATED;
    if (d->n_control == 0) return UF_DRDID_NO_CONTROL;
    if (drdid_regresses(d->estimator) && d->n_control < d->k + 1) return UF_DRDID_TOO_FEW_CONTROLS;
    if (d->n < d->k + 1) return UF_DRDID_TOO_FEW_UNITS;
    return UF_DRDID_ESTIMATED;
}

void uf_drdid_design_set(struct uf_drdid_design *d, enum uf_drdid_estimator estimator, size_t n_treated,
                         size_t n_control, const double *weights, const double *covariates, size_t stride,
                         size_t n_covariates, struct uf_drdid_diagnosis *out)
{
    *out = (struct uf_drdid_diagnosis){.most_treated = NAN, .most_control = NAN};
    d->estimator = estimator;
    d->n_treated = n_treated, d->n_control = n_control, d->n = n_treated + n_control;
    d->k = n_covariates;
    out->reason = too_few(d);
    if (out->reason != UF_DRDID_ESTIMATED) return;
    for (size_t i = 0; i < d->n; i++) d->w[i] = weights ? weights[i] : 1;
    d->weight_treated = drdid_sum(d->w, n_treated);
    d->weight_odds = drdid_sum(d->w + n_treated, n_control);
    if (d->k == 0) return;

    /* the regression stands on the controls, the propensity on all */
    size_t from = drdid_regresses(estimator) ? n_treated : 0;
    d->outcome_weight = d->w;
    size_t column = drdid_standardise(d, covariates, stride, from);
    if (column < d->k) {
        out->reason = UF_DRDID_COLLINEAR;
        out->column = column;
        return;
    }
    if (!prepare_moments(d, from, out)) return;
    if (drdid_weighs(estimator)) {
        drdid_fit_propensity(d, out);
        if (out->reason != UF_DRDID_ESTIMATED) return;
    }
    if (estimator == UF_DRDID_IPW_UNSTANDARDISED) d->weight_odds = d->weight_treated;
    if (!drdid_regresses(estimator)) return;
    if (estimator == UF_DRDID_IMPROVED) {
        d->outcome_weight = d->odds_weight;
        drdid_gram(d, d->outcome_weight, from, d->n - from, d->outcome_factor);
        if (drdid_factor(d->outcome_factor, d->k + 1, &d->least_share) <= d->k) {
            out->reason = UF_DRDID_NO_OVERLAP;
            return;
        }
    }
    /* the difference of mean covariates that the regression carries over to the estimate */
    mean_of(d, d->w, 0, n_treated, d->adjust);
    if (estimator == UF_DRDID_DOUBLY_ROBUST) {
        mean_of(d, d->odds_weight, n_treated, n_control, d->moment);
        for (size_t j = 0; j <= d->k; j++) d->adjust[j] -= d->moment[j];
    }
    drdid_solve(d->outcome_factor, d->k + 1, d->adjust);
}

static void fit_outcome(struct uf_drdid_design *d, const double *change)
{
    size_t from = d->n_treated, count = d->n_control, p = d->k + 1;
    for (size_t i = 0; i < count; i++) d->work[i] = d->outcome_weight[from + i] * change[from + i];
    drdid_project(d, d->work, from, count, d->beta);
    drdid_solve(d->outcome_factor, p, d->beta);
    if (d->least_share > DRDID_REFINE) return;
    subtract_fit(d, change, d->beta, d->work);
    for (size_t i = 0; i < count; i++) d->work[i] = d->outcome_weight[from + i] * d->work[from + i];
    drdid_project(d, d->work, from, count, d->step);
    drdid_solve(d->outcome_factor, p, d->step);
    for (size_t j = 0; j < p; j++) d->beta[j] += d->step[j];
}

static double difference_of_means(const struct uf_drdid_design *d, const double *change, double *influence)
{
    size_t m = d->n_treated;
    double treated = drdid_dot(d->w, change, m) / d->weight_treated;
    double control = drdid_dot(d->w + m, change + m, d->n_control) / d->weight_odds;
    for (size_t i = 0; i < m; i++) influence[i] = d->w[i] * (change[i] - treated) / d->weight_treated;
    for (size_t i = m; i < d->n; i++) influence[i] = -d->w[i] * (change[i] - control) / d->weight_odds;
    return treated - control;
}

double uf_drdid_estimate(struct uf_drdid_design *d, const double *change, double *influence)
{
    if (d->k == 0) return difference_of_means(d, change, influence);
    size_t m = d->n_treated, c = d->n_control;
    bool regress = drdid_regresses(d->estimator);
    double *e = d->work;
    if (regress) {
        fit_outcome(d, change);
        subtract_fit(d, change, d->beta, e);
        subtract_fit(d, NULL, d->adjust, influence); /* −x'A⁻¹(difference of mean covariates) */
        for (size_t i = 0; i < m; i++) influence[i] = 0;
        for (size_t i = m; i < d->n; i++) influence[i] *= d->outcome_weight[i] * e[i];
    } else {
        memcpy(e, change, d->n * sizeof *e);
        memset(influence, 0, d->n * sizeof *influence);
    }
    double treated = drdid_dot(d->w, e, m) / d->weight_treated;
    for (size_t i = 0; i < m; i++) influence[i] += d->w[i] * (e[i] - treated) / d->weight_treated;
    /* weighted as they are the controls' residuals sum to nothing, and how they are weighted is no matter */
    if (d->estimator == UF_DRDID_REGRESSION || d->estimator == UF_DRDID_IMPROVED) return treated;

    double control = drdid_dot(d->odds_weight + m, e + m, c) / d->weight_odds;
    /* weights that do not sum to one are about 0, and the treated's sum carries the whole estimate */
    bool about = d->estimator != UF_DRDID_IPW_UNSTANDARDISED;
    for (size_t i = 0; i < m && !about; i++) influence[i] += d->w[i] * control / d->weight_treated;
    for (size_t i = m; i < d->n; i++) {
        double part = d->odds_weight[i] * (e[i] - (about ? control : 0)) / d->weight_odds;
        influence[i] -= part;
        d->scaled[i - m] = part;
    }
    drdid_project(d, d->scaled, m, c, d->score_adjust);
    drdid_solve(d->logit_factor, d->k + 1, d->score_adjust);
    subtract_fit(d, NULL, d->score_adjust, e); /* −x'H⁻¹M: what the estimated propensity adds per score */
    for (size_t i = 0; i < m; i++) influence[i] += d->w[i] * (1 - d->propensity[i]) * e[i];
    for (size_t i = m; i < d->n; i++) influence[i] -= d->w[i] * d->propensity[i] * e[i];
    return treated - control;
}

void uf_drdid_weights(const struct uf_drdid_design *d, double *weight)
{
    size_t m = d->n_treated;
    bool plain = d->k == 0, regress = !plain && drdid_regresses(d->estimator);
    for (size_t i = 0; i < m; i++) weight[i] = d->w[i] / d->weight_treated;
    for (size_t i = m; i < d->n; i++) weight[i] = 0;
    if (regress) { /* −w x'A⁻¹(difference of mean covariates) */
        for (size_t i = m; i < d->n; i++) weight[i] = -d->adjust[0];
        for (size_t j = 0; j < d->k; j++)
            for (size_t i = m; i < d->n; i++) weight[i] -= d->adjust[j + 1] * d->z[j * d->n + i];
        for (size_t i = m; i < d->n; i++) weight[i] *= d->outcome_weight[i];
    }
    if (!plain && (d->estimator == UF_DRDID_REGRESSION || d->estimator == UF_DRDID_IMPROVED)) return;
    const double *odds = plain ? d->w : d->odds_weight;
    for (size_t i = m; i < d->n; i++) weight[i] -= odds[i] / d->weight_odds;
}
