// SPDX-License-Identifier: GPL-3.0-or-later
/* The joint test of did's leads with a covariance, under placebo treatments. */
#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/placebo_drift.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/distribution.h>

#define LEVEL 0.05

struct dealer {
    const struct uf_event_study_options *event;
    const struct uf_covariance_options *options;
    struct uf_did_data data; /* the residuals as outcome, with the starts of the assignment at hand */
    const struct uf_did_assignment *assignment;
    size_t *first_period, *block; /* n_units */
    gsl_matrix *weighted;         /* n_outcomes × n */
    size_t stride;
};

/* The kept coefficients of each outcome. */
static gsl_matrix *coefficients(const struct dealer *d, const struct uf_did_fit *fit)
{
    const size_t k = fit->fit.rank, n_outcomes = d->weighted->size1;
    gsl_matrix *products = gsl_matrix_alloc(n_outcomes, k), *out = gsl_matrix_alloc(n_outcomes, k);
    if (products && out) {
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, d->weighted, fit->x, 0, products);
        gsl_blas_dsymm(CblasRight, CblasLower, 1, fit->fit.inverse, products, 0, out);
    } else {
        gsl_matrix_free(out);
        out = NULL;
    }
    gsl_matrix_free(products);
    return out;
}

/* The test, of leads of the size of the line: its degrees of freedom, and what it makes of a sum of squares, are those of the design,
 * and the residuals may have no leads at all (they have none in the actual assignment). */
static uf_status test_line(const struct dealer *d, struct uf_did_fit *fit, const struct uf_covariance *v,
                           struct uf_joint_test *test, struct uf_error *error)
{
    for (size_t j = 0; j < fit->n_leading; j++)
        if (fit->position[j] != SIZE_MAX)
            gsl_vector_set(fit->fit.coefficients, j, (double)(fit->event_time[j] - d->event->reference));
    return uf_did_pretrend(&d->data, fit, d->options, v, d->event->reference, test, error);
}

/* The leads of each outcome in units of the test's errors, so that their squares add up to its statistic over the critical
 * value. The covariance is that of the residuals: event times take a line up whole, and leave none of it there. */
static uf_status standardise(const struct dealer *d, const struct uf_did_fit *fit, const gsl_matrix *v,
                             const struct uf_joint_test *test, struct placebo_parts *out,
                             struct uf_error *error)
{
    const size_t q = test->restrictions;
    size_t *place = malloc((fit->fit.rank + 1) * sizeof *place);
    gsl_matrix *b = coefficients(d, fit), *factor = gsl_matrix_alloc(q, q);
    gsl_vector *line = gsl_vector_calloc(q);
    uf_status status = place && b && factor && line ? UF_OK : uf_fail_memory(error);
    bool good = status == UF_OK && did_lead_places(fit, d->event->reference, place) == q && q <= d->stride;
    for (size_t i = 0; good && i < q; i++)
        for (size_t j = 0; j < q; j++) gsl_matrix_set(factor, i, j, gsl_matrix_get(v, place[i], place[j]));
    if (good && !gsl_linalg_cholesky_decomp1(factor)) {
        double size = 0;
        for (size_t o = 0; o < b->size1; o++) {
            gsl_vector_view row = gsl_vector_view_array(out->value + o * d->stride, q);
            for (size_t i = 0; i < q; i++) gsl_vector_set(&row.vector, i, gsl_matrix_get(b, o, place[i]));
            gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, factor, &row.vector);
        }
        for (size_t j = 0; j < fit->n_leading; j++)
            for (size_t i = 0; i < q; i++)
                if (fit->position[j] == place[i])
                    gsl_vector_set(line, i, gsl_vector_get(fit->fit.coefficients, j));
        gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, factor, line);
        gsl_blas_ddot(line, line, &size);
        if (size > 0 && isfinite(size)) {
            out->count = out->tested = q;
            /* what Hotelling's approximation divides by is in the statistic, and not in the squares */
            out->scale = test->statistic / size / uf_f_upper_quantile(LEVEL, test->df1, test->df2);
        }
    }
    free(place);
    gsl_matrix_free(b), gsl_matrix_free(factor), gsl_vector_free(line);
    return status;
}

static uf_status parts_of(void *user, const size_t *path, struct placebo_parts *out, struct uf_error *error)
{
    struct dealer *d = user;
    struct uf_did_fit fit;
    struct uf_covariance v;
    struct uf_joint_test test;
    struct uf_error reason;
    for (size_t u = 0; u < d->data.n_units; u++)
        d->first_period[u] =
            d->block[u] == SIZE_MAX ? SIZE_MAX : d->assignment->first_period[path[d->block[u]]];
    uf_status status = uf_event_study_estimate(&d->data, d->event, &fit, &reason);
    if (status == UF_BAD_USAGE)
        return UF_OK; /* none of this assignment's treated is observed at the reference */
    if (status == UF_OK) {
        status = uf_did_covariance(&d->data, &fit, d->options, &v, &reason);
        if (status == UF_OK) {
            status = test_line(d, &fit, &v, &test, &reason);
            if (status == UF_OK && test.restrictions > 0 && !isnan(test.statistic) && test.df2 > 0)
                status = standardise(d, &fit, v.matrix, &test, out, &reason);
            uf_covariance_clear(&v);
        }
        uf_did_fit_clear(&fit);
    }
    if (status == UF_NOT_IDENTIFIED) return UF_OK; /* never found */
    if (status != UF_OK && error) *error = reason;
    return status;
}

static uf_status dealer_init(const struct placebo_sample *sample, struct dealer *d, struct uf_error *error)
{
    const struct uf_did_data *data = sample->data;
    const size_t n = data->n;
    d->data = *data;
    d->data.outcome = sample->outcome;
    d->assignment = sample->assignment;
    d->stride = data->n_periods * 2;
    d->first_period = malloc((data->n_units + 1) * sizeof *d->first_period);
    d->block = malloc((data->n_units + 1) * sizeof *d->block);
    d->weighted = gsl_matrix_alloc(sample->n_outcomes, n);
    if (!d->first_period || !d->block || !d->weighted) return uf_fail_memory(error);
    d->data.first_period = d->first_period;
    for (size_t u = 0; u < data->n_units; u++) d->block[u] = SIZE_MAX;
    for (size_t i = 0; i < n; i++) d->block[data->unit[i]] = sample->assignment->block[i];
    for (size_t k = 0; k < sample->n_outcomes; k++)
        for (size_t i = 0; i < n; i++)
            gsl_matrix_set(d->weighted, k, i,
                           sample->outcome[k * n + i] * (data->weights ? data->weights[i] : 1));
    return UF_OK;
}

uf_status did_placebo_drift_of(const struct placebo_sample *sample,
                               const struct uf_event_study_options *event,
                               const struct uf_covariance_options *covariance, size_t n_columns,
                               uint64_t seed, struct placebo_slopes *out, struct uf_error *error)
{
    struct dealer d = {.event = event, .options = covariance};
    const double k = (double)n_columns + 4,
                 work = 4 * (double)sample->data->n * k * (k + (double)sample->n_outcomes);
    uf_status status = dealer_init(sample, &d, error);
    const struct placebo_test test = {.stride = d.stride, .fixed = true, .parts = parts_of, .user = &d};
    size_t count = placebo_count(work);
    if (count > PLACEBO_FEWEST) count = PLACEBO_FEWEST; /* each is a fit with its covariance */
    if (status == UF_OK) status = placebo_drift(sample, &test, count, seed, out, error);
    free(d.first_period), free(d.block);
    gsl_matrix_free(d.weighted);
    return status;
}
