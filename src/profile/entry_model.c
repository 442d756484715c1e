// SPDX-License-Identifier: GPL-3.0-or-later
/* Entries (or exits) of sectors on the density they had: a logit or a linear probability, clustered by region. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/distribution.h>
#include <utfall/least_squares.h>
#include <utfall/priority.h>

#include "base/fail.h"

enum { MOST_STEPS = 60 };

/* The cells at risk. */
struct risk {
    size_t n, k, events, regions;
    gsl_matrix *x;      /* n × k: 1, density, benefit */
    gsl_vector *y;      /* n: 1 where the event came */
    gsl_vector *work;   /* n */
    gsl_vector *weight; /* n */
    size_t *region;     /* n: number of the region among those at risk, rising */
};

static void risk_clear(struct risk *risk)
{
    gsl_matrix_free(risk->x);
    gsl_vector_free(risk->y);
    gsl_vector_free(risk->work);
    gsl_vector_free(risk->weight);
    free(risk->region);
}

static uf_status check_presence(const gsl_matrix *before, const gsl_matrix *after, struct uf_error *error)
{
    const gsl_matrix *both[] = {before, after};
    for (size_t i = 0; i < 2; i++)
        for (size_t r = 0; r < before->size1; r++)
            for (size_t s = 0; s < before->size2; s++) {
                double value = gsl_matrix_get(both[i], r, s);
                if (!(isnan(value) || value == 0 || value == 1))
                    return uf_fail(error, UF_BAD_INPUT,
                                   "presence is 1, 0 or missing; found %g in row %zu, column %zu", value,
                                   r + 1, s + 1);
            }
    return UF_OK;
}

static bool at_risk(const gsl_matrix *before, const gsl_matrix *after, const gsl_matrix *density,
                    const gsl_vector *benefit, bool exits, size_t r, size_t s)
{
    return gsl_matrix_get(before, r, s) == (exits ? 1 : 0) && !isnan(gsl_matrix_get(after, r, s)) &&
           !isnan(gsl_matrix_get(density, r, s)) && !(benefit && isnan(gsl_vector_get(benefit, s)));
}

static uf_status gather(const gsl_matrix *before, const gsl_matrix *after, const gsl_matrix *density,
                        const gsl_vector *benefit, bool exits, struct risk *out, struct uf_error *error)
{
    size_t most = before->size1 * before->size2, n = 0, last = SIZE_MAX;
    for (size_t i = 0; i < most; i++)
        n += at_risk(before, after, density, benefit, exits, i / before->size2, i % before->size2);
    out->n = n;
    out->k = benefit ? 3 : 2;
    if (n == 0)
        return uf_fail(error, UF_NOT_IDENTIFIED, "no cell could have become an %s", exits ? "exit" : "entry");
    out->x = gsl_matrix_alloc(n, out->k);
    out->y = gsl_vector_alloc(n);
    out->work = gsl_vector_alloc(n);
    out->weight = gsl_vector_alloc(n);
    out->region = calloc(n, sizeof *out->region);
    if (!out->x || !out->y || !out->work || !out->weight || !out->region) return uf_fail_memory(error);
    for (size_t r = 0, i = 0; r < before->size1; r++)
        for (size_t s = 0; s < before->size2; s++) {
            if (!at_risk(before, after, density, benefit, exits, r, s)) continue;
            if (r != last) out->regions++;
            last = r;
            gsl_matrix_set(out->x, i, 0, 1);
            gsl_matrix_set(out->x, i, 1, gsl_matrix_get(density, r, s));
            if (benefit) gsl_matrix_set(out->x, i, 2, gsl_vector_get(benefit, s));
            double event = gsl_matrix_get(after, r, s) == (exits ? 0 : 1);
            out->events += event > 0;
            gsl_vector_set(out->y, i, event);
            out->region[i++] = out->regions - 1;
        }
    return UF_OK;
}

static uf_status check_risk(const struct risk *risk, struct uf_error *error)
{
    if (risk->events == 0 || risk->events == risk->n)
        return uf_fail(error, UF_NOT_IDENTIFIED, "%zu of %zu cells changed: nothing to tell them apart by",
                       risk->events, risk->n);
    if (risk->regions < 2)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "the cells lie in 1 region; errors clustered by region need at least 2");
    return UF_OK;
}

static double predict(const struct risk *risk, size_t i, const double *b)
{
    double sum = 0;
    for (size_t j = 0; j < risk->k; j++) sum += gsl_matrix_get(risk->x, i, j) * b[j];
    return sum;
}

static uf_status check_rank(const struct uf_least_squares *fit, size_t k, struct uf_error *error)
{
    static const char *const names[] = {"the constant", "density", "the benefit"};
    if (fit->rank == k) return UF_OK;
    return uf_fail(error, UF_NOT_IDENTIFIED, "%s does not vary apart from the rest over the %zu cells",
                   names[fit->dropped[0]], fit->n);
}

static uf_status fit_linear(struct risk *risk, struct uf_least_squares *fit, struct uf_entry_fit *out,
                            struct uf_error *error)
{
    UF_TRY(uf_least_squares_fit(risk->x, risk->y, NULL, NULL, fit, error));
    UF_TRY(check_rank(fit, risk->k, error));
    for (size_t j = 0; j < risk->k; j++) out->coefficient[j] = gsl_vector_get(fit->coefficients, j);
    for (size_t i = 0; i < risk->n; i++)
        gsl_vector_set(risk->work, i, gsl_vector_get(risk->y, i) - predict(risk, i, out->coefficient));
    out->marginal = out->coefficient[1];
    return UF_OK;
}

/* One step of iteratively reweighted least squares; `out_change` is the largest change of a prediction. */
static uf_status logit_step(struct risk *risk, double *b, struct uf_least_squares *fit, double *out_change,
                            struct uf_error *error)
{
    for (size_t i = 0; i < risk->n; i++) {
        double eta = predict(risk, i, b), p = 1 / (1 + exp(-eta)), w = p * (1 - p);
        if (!(w > 1e-12))
            return uf_fail(error, UF_NOT_IDENTIFIED,
                           "density parts the cells that changed from the others completely, so that no "
                           "finite logit exists; use the linear form");
        gsl_vector_set(risk->weight, i, w);
        gsl_vector_set(risk->work, i, eta + (gsl_vector_get(risk->y, i) - p) / w);
    }
    uf_least_squares_clear(fit);
    UF_TRY(uf_least_squares_fit(risk->x, risk->work, risk->weight, NULL, fit, error));
    UF_TRY(check_rank(fit, risk->k, error));
    double change = 0, next[UF_ENTRY_TERMS];
    for (size_t j = 0; j < risk->k; j++) next[j] = gsl_vector_get(fit->coefficients, j);
    for (size_t i = 0; i < risk->n; i++)
        change = fmax(change, fabs(predict(risk, i, next) - predict(risk, i, b)));
    for (size_t j = 0; j < risk->k; j++) b[j] = next[j];
    *out_change = change;
    return UF_OK;
}

static uf_status fit_logit(struct risk *risk, struct uf_least_squares *fit, struct uf_entry_fit *out,
                           struct uf_error *error)
{
    double share = (double)risk->events / (double)risk->n, change = INFINITY;
    out->coefficient[0] = log(share / (1 - share));
    for (int step = 0; change > 1e-10; step++) {
        if (step == MOST_STEPS)
            return uf_fail(error, UF_NOT_IDENTIFIED, "the logit has not settled after %d steps", MOST_STEPS);
        UF_TRY(logit_step(risk, out->coefficient, fit, &change, error));
    }
    for (size_t i = 0; i < risk->n; i++) {
        double p = 1 / (1 + exp(-predict(risk, i, out->coefficient)));
        gsl_vector_set(risk->work, i, gsl_vector_get(risk->y, i) - p);
        out->marginal += p * (1 - p) * out->coefficient[1] / (double)risk->n;
    }
    return UF_OK;
}

/* V = G/(G−1) · A (Σ_g s_g s_g') A with the scores s_g = Σ x_i e_i of each region and A the inverse in `fit`. */
static void cluster(const struct risk *risk, const struct uf_least_squares *fit, struct uf_entry_fit *out)
{
    double meat[UF_ENTRY_TERMS][UF_ENTRY_TERMS] = {{0}}, factor, groups = (double)risk->regions;
    for (size_t i = 0; i < risk->n;) {
        double score[UF_ENTRY_TERMS] = {0};
        for (size_t region = risk->region[i]; i < risk->n && risk->region[i] == region; i++)
            for (size_t j = 0; j < risk->k; j++)
                score[j] += gsl_matrix_get(risk->x, i, j) * gsl_vector_get(risk->work, i);
        for (size_t j = 0; j < risk->k; j++)
            for (size_t l = 0; l < risk->k; l++) meat[j][l] += score[j] * score[l];
    }
    factor = groups / (groups - 1);
    out->df = groups - 1;
    for (size_t j = 0; j < risk->k; j++) {
        double variance = 0;
        for (size_t a = 0; a < risk->k; a++)
            for (size_t b = 0; b < risk->k; b++)
                variance +=
                    gsl_matrix_get(fit->inverse, j, a) * meat[a][b] * gsl_matrix_get(fit->inverse, b, j);
        out->standard_error[j] = sqrt(factor * variance);
        out->p[j] = uf_t_two_sided(out->coefficient[j] / out->standard_error[j], out->df);
    }
}

uf_status uf_entry_model(const gsl_matrix *before, const gsl_matrix *after, const gsl_matrix *density,
                         const gsl_vector *benefit, bool exits, enum uf_entry_form form,
                         struct uf_entry_fit *out, struct uf_error *error)
{
    if (before->size1 != after->size1 || before->size2 != after->size2 || before->size1 != density->size1 ||
        before->size2 != density->size2 || (benefit && benefit->size != before->size2))
        return uf_fail(error, UF_INTERNAL, "presence, density and benefit differ in shape");
    UF_TRY(check_presence(before, after, error));
    struct risk risk = {0};
    struct uf_least_squares fit = {0};
    struct uf_entry_fit found = {0};
    uf_status status = gather(before, after, density, benefit, exits, &risk, error);
    if (status == UF_OK) status = check_risk(&risk, error);
    if (status == UF_OK)
        status = form == UF_ENTRY_LOGIT ? fit_logit(&risk, &fit, &found, error)
                                        : fit_linear(&risk, &fit, &found, error);
    if (status == UF_OK) {
        cluster(&risk, &fit, &found);
        found.n_cells = risk.n, found.n_events = risk.events;
        found.n_regions = risk.regions, found.n_terms = risk.k;
        *out = found;
    }
    uf_least_squares_clear(&fit);
    risk_clear(&risk);
    return status;
}
