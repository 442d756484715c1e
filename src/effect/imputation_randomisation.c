// SPDX-License-Identifier: GPL-3.0-or-later
/* What the average would have been, had other units been treated: everything is estimated again. */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/imputation_internal.h"
#include "effect/placebo_drift.h"

struct dealt {
    const struct uf_did_data *actual;
    struct uf_did_data data; /* with first_period of its own */
    const struct uf_imputation_options *options;
    const struct uf_imputation_leads_options *leads; /* NULL: the average */
    const struct uf_did_assignment *assignment;
    const struct uf_did_noise *noise; /* NULL: none */
    size_t *first_period;             /* n_units */
    size_t *block;                    /* n_units; SIZE_MAX: no row */
    double *weight;                   /* n: v */
    double *share;                    /* cells of the noise: sums of v */
};

/* What v says of the average: how it rises with an effect on the actually treated, and its error by the blocks' own
 * noise. */
static void tell_weights(struct dealt *dealt, struct uf_randomisation_statistics *out)
{
    const struct uf_did_data *data = dealt->actual;
    const struct uf_did_noise *noise = dealt->noise;
    double total = 0;
    out->shift = 0;
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        if (first != SIZE_MAX && data->period[i] >= first) out->shift += dealt->weight[i];
    }
    if (!noise) return;
    memset(dealt->share, 0, noise->view.n_cells * sizeof *dealt->share);
    for (size_t i = 0; i < data->n; i++) dealt->share[noise->cell[i]] += dealt->weight[i];
    for (size_t c = 0; c < noise->view.n_cells; c++) {
        double mean = noise->weight[c] > 0 ? dealt->share[c] / noise->weight[c] : 0;
        total += noise->variance[noise->block[c]] * mean * mean;
    }
    if (total > 0) out->scaled = out->coefficient / sqrt(total);
}

static uf_status tell_average(struct dealt *dealt, const struct uf_imputation *fit,
                              struct uf_randomisation_statistics *out, struct uf_error *error)
{
    struct uf_imputation_averages simple;
    gsl_matrix *influence = NULL;
    double variance = 0;
    UF_TRY(uf_imputation_average(fit, UF_AVERAGE_SIMPLE, &simple, error));
    uf_status status = UF_OK;
    if (simple.count == 0) goto done;
    UF_TRY_GOTO(uf_imputation_influence(&dealt->data, fit, simple.share, NULL, &influence, error), done);
    UF_TRY_GOTO(uf_imputation_weights(&dealt->data, fit, simple.share, dealt->weight, error), done);
    out->coefficient = simple.estimate[0];
    for (size_t g = 0; g < influence->size1; g++) {
        double psi = gsl_matrix_get(influence, g, 0);
        variance += psi * psi;
    }
    out->t = variance > 0            ? out->coefficient / sqrt(variance)
             : out->coefficient == 0 ? 0
                                     : copysign(INFINITY, out->coefficient);
    tell_weights(dealt, out);
done:
    gsl_matrix_free(influence);
    uf_imputation_averages_clear(&simple);
    return status;
}

/* F of the leads, errors taken as independent. */
static uf_status tell_leads(const struct dealt *dealt, const struct uf_imputation *fit,
                            struct uf_randomisation_statistics *out, struct uf_error *error)
{
    struct uf_imputation_leads leads;
    struct uf_covariance v;
    struct uf_joint_test test;
    struct uf_error reason;
    const struct uf_covariance_options iid = {.kind = UF_COVARIANCE_IID};
    uf_status status = uf_imputation_leads(&dealt->data, fit, dealt->leads, &leads, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK;
    if (status == UF_OK) {
        status = uf_did_covariance(&leads.data, &leads.fit, &iid, &v, &reason);
        if (status == UF_OK) {
            status = uf_did_pretrend(&leads.data, &leads.fit, &iid, &v, LONG_MIN, &test, &reason);
            if (status == UF_OK && test.restrictions > 0) out->coefficient = test.statistic;
            uf_covariance_clear(&v);
        }
        uf_imputation_leads_clear(&leads);
    }
    if (status == UF_NOT_IDENTIFIED) return UF_OK;
    if (status != UF_OK && error) *error = reason;
    return status;
}

static uf_status evaluate(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                          struct uf_error *error)
{
    struct dealt *dealt = user;
    struct uf_imputation fit;
    struct uf_error reason;
    for (size_t u = 0; u < dealt->data.n_units; u++)
        dealt->first_period[u] =
            dealt->block[u] == SIZE_MAX ? SIZE_MAX : dealt->assignment->first_period[path[dealt->block[u]]];
    uf_status status = uf_imputation_fit(&dealt->data, dealt->options, &fit, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK; /* counts as extreme */
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    status = dealt->leads ? tell_leads(dealt, &fit, out, error) : tell_average(dealt, &fit, out, error);
    uf_imputation_clear(&fit);
    return status;
}

static uf_status deal(struct dealt *dealt, const struct uf_randomisation_options *randomisation,
                      struct uf_randomisation *out, struct uf_error *error)
{
    const struct uf_did_data *data = dealt->actual;
    const struct uf_did_assignment *assignment = dealt->assignment;
    dealt->data = *data;
    dealt->first_period = malloc((data->n_units + 1) * sizeof *dealt->first_period);
    dealt->block = malloc((data->n_units + 1) * sizeof *dealt->block);
    dealt->weight = malloc((data->n + 1) * sizeof *dealt->weight);
    dealt->share = malloc(((dealt->noise ? dealt->noise->view.n_cells : 0) + 1) * sizeof *dealt->share);
    uf_status status =
        dealt->first_period && dealt->block && dealt->weight && dealt->share ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        dealt->data.first_period = dealt->first_period;
        for (size_t u = 0; u < data->n_units; u++) dealt->block[u] = SIZE_MAX;
        for (size_t i = 0; i < data->n; i++) dealt->block[data->unit[i]] = assignment->block[i];
        const struct uf_randomisation_design design = {
            .n_blocks = assignment->n_blocks, .n_paths = assignment->n_paths, .path = assignment->path};
        status = uf_randomise(&design, evaluate, dealt, randomisation, out, error);
    }
    free(dealt->first_period), free(dealt->block), free(dealt->weight), free(dealt->share);
    return status;
}

uf_status uf_imputation_randomise(const struct uf_did_data *data, const struct uf_imputation_options *options,
                                  const struct uf_did_assignment *assignment,
                                  const struct uf_did_noise *noise,
                                  const struct uf_randomisation_options *randomisation,
                                  struct uf_randomisation *out, struct uf_error *error)
{
    struct dealt dealt = {.actual = data, .options = options, .assignment = assignment, .noise = noise};
    return deal(&dealt, randomisation, out, error);
}

uf_status uf_imputation_randomise_leads(const struct uf_did_data *data,
                                        const struct uf_imputation_options *options,
                                        const struct uf_imputation_leads_options *leads,
                                        const struct uf_did_assignment *assignment,
                                        const struct uf_randomisation_options *randomisation,
                                        struct uf_randomisation *out, struct uf_error *error)
{
    struct dealt dealt = {.actual = data, .options = options, .leads = leads, .assignment = assignment};
    return deal(&dealt, randomisation, out, error);
}

/* --- what the leads would have found --------------------------------------------------------------- */

/* The F of the leads is that of a regression of the untreated rows, which other outcomes have in common. */
struct drifting {
    struct dealt dealt; /* the residuals as outcome */
    const struct placebo_sample *sample;
    size_t stride;
    double *gram;
};

/* An outcome at the rows of the regression, √w times, what the effects explain taken out. */
static uf_status take_effects_out(const struct drifting *d, const struct uf_imputation_leads *l,
                                  size_t outcome, double *out, struct uf_error *error)
{
    const size_t m = l->data.n;
    for (size_t i = 0; i < m; i++) out[i] = d->sample->outcome[outcome * d->sample->data->n + l->row[i]];
    UF_TRY(uf_absorber_apply(l->fit.absorber, out, error));
    for (size_t i = 0; i < m && l->data.weights; i++) out[i] *= sqrt(l->data.weights[i]);
    return UF_OK;
}

/* Σ w x y of the kept columns, in units in which the squares of the first q add up to what the leads explain given the rest, and
 * all of them to what the regression explains. */
static uf_status explain(const struct drifting *d, const struct uf_imputation_leads *l,
                         struct placebo_parts *out, struct uf_error *error)
{
    const size_t rank = l->fit.fit.rank, m = l->data.n, k = d->sample->n_outcomes;
    gsl_matrix *factor = gsl_matrix_alloc(rank, rank), *y = gsl_matrix_alloc(k, m);
    gsl_vector *product = gsl_vector_alloc(rank), *b = gsl_vector_alloc(rank);
    size_t q = 0;
    uf_status status = factor && y && product && b ? UF_OK : uf_fail_memory(error);
    for (size_t j = 0; j < l->fit.n_leading; j++) q += l->fit.position[j] != SIZE_MAX;
    for (size_t o = 0; o < k && status == UF_OK; o++)
        status = take_effects_out(d, l, o, gsl_matrix_ptr(y, o, 0), error);
    if (status == UF_OK) {
        gsl_matrix_memcpy(factor, l->fit.fit.inverse);
        const double df = (double)m - (double)uf_absorber_rank(l->fit.absorber) - (double)rank;
        const bool good = !gsl_linalg_cholesky_decomp1(factor) && df > 0 && q > 0;
        for (size_t o = 0; o < k && good; o++) {
            gsl_vector_set_zero(product);
            for (size_t i = 0; i < m; i++) {
                const gsl_vector_const_view x = gsl_matrix_const_row(l->fit.x, i);
                const double root = l->data.weights ? sqrt(l->data.weights[i]) : 1;
                gsl_blas_daxpy(root * gsl_matrix_get(y, o, i), &x.vector, product);
            }
            gsl_blas_dsymv(CblasLower, 1, l->fit.fit.inverse, product, 0, b);
            gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, factor, b);
            for (size_t j = 0; j < rank; j++) /* the leads are the first columns, and go last */
                out->value[o * d->stride + (j < q ? rank - q + j : j - q)] = gsl_vector_get(b, j);
        }
        gsl_matrix_view gram = gsl_matrix_view_array(d->gram, k, k);
        gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, y, y, 0, &gram.matrix);
        if (good) out->count = rank, out->tested = q, out->scale = df / (double)q, out->gram = d->gram;
    }
    gsl_matrix_free(factor), gsl_matrix_free(y), gsl_vector_free(product), gsl_vector_free(b);
    return status;
}

static uf_status parts_of(void *user, const size_t *path, struct placebo_parts *out, struct uf_error *error)
{
    struct drifting *d = user;
    struct dealt *dealt = &d->dealt;
    struct uf_imputation fit;
    struct uf_imputation_leads leads;
    struct uf_error reason;
    for (size_t u = 0; u < dealt->data.n_units; u++)
        dealt->first_period[u] =
            dealt->block[u] == SIZE_MAX ? SIZE_MAX : dealt->assignment->first_period[path[dealt->block[u]]];
    uf_status status = uf_imputation_fit(&dealt->data, dealt->options, &fit, &reason);
    if (status == UF_OK) {
        status = uf_imputation_leads(&dealt->data, &fit, dealt->leads, &leads, &reason);
        if (status == UF_OK) {
            if (leads.fit.x && leads.fit.fit.rank <= d->stride) status = explain(d, &leads, out, &reason);
            uf_imputation_leads_clear(&leads);
        }
        uf_imputation_clear(&fit);
    }
    if (status == UF_NOT_IDENTIFIED) return UF_OK;
    if (status != UF_OK && error) *error = reason;
    return status;
}

uf_status imputation_placebo_drift(const struct placebo_sample *sample,
                                   const struct uf_imputation_options *options,
                                   const struct uf_imputation_leads_options *leads, double work,
                                   uint64_t seed, struct placebo_slopes *out, struct uf_error *error)
{
    const struct uf_did_data *data = sample->data;
    const size_t k = sample->n_outcomes;
    struct drifting d = {.dealt = {.actual = data,
                                   .data = *data,
                                   .options = options,
                                   .leads = leads,
                                   .assignment = sample->assignment,
                                   .first_period = malloc((data->n_units + 1) * sizeof(size_t)),
                                   .block = malloc((data->n_units + 1) * sizeof(size_t))},
                         .sample = sample,
                         .stride = 2 * data->n_periods + (data->covariates ? data->covariates->size2 : 0),
                         .gram = malloc(k * k * sizeof *d.gram)};
    uf_status status = d.dealt.first_period && d.dealt.block && d.gram ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        d.dealt.data.outcome = sample->outcome;
        d.dealt.data.first_period = d.dealt.first_period;
        for (size_t u = 0; u < data->n_units; u++) d.dealt.block[u] = SIZE_MAX;
        for (size_t i = 0; i < data->n; i++) d.dealt.block[data->unit[i]] = sample->assignment->block[i];
        const struct placebo_test test = {.stride = d.stride, .parts = parts_of, .user = &d};
        const double all = work + (double)data->n * (double)k * (double)(k + d.stride);
        status = placebo_drift(sample, &test, placebo_count(all), seed, out, error);
    }
    free(d.dealt.first_period), free(d.dealt.block), free(d.gram);
    return status;
}
