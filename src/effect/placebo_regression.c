// SPDX-License-Identifier: GPL-3.0-or-later
/* Joint tests of a regression's leads with a covariance, under placebo treatments that drift. */
#include "effect/placebo_regression.h"
#include "base/fail.h"
#include "effect/term_report.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/distribution.h>

#define LEVEL 0.05

struct placebo_regressions placebo_regressions_of(const void *options, size_t size, double work,
                                                  placebo_fit regress, placebo_fit_clear clear)
{
    return (struct placebo_regressions){
        .options = options, .size = size, .work = work, .regress = regress, .clear = clear};
}

double placebo_regression_work(const struct uf_did_data *data, size_t n_columns)
{
    const double n = (double)data->n, k = (double)n_columns, p = k + (double)data->n_periods;
    /* dense products, which are faster than what other work is counted by */
    return (4 * n * k * (k + 20) + n * p * p + (double)data->n_groups[0] * k * p * p) / 3;
}

uf_status placebo_lead_rows(const struct uf_did_fit *fit, long before, gsl_matrix **out,
                            struct uf_error *error)
{
    size_t count = 0, row = 0;
    for (size_t j = 0; j < fit->n_leading; j++)
        count += fit->event_time[j] < before && fit->position[j] != SIZE_MAX;
    if (count == 0) return UF_OK;
    gsl_matrix *rows = gsl_matrix_calloc(count, fit->fit.rank);
    if (!rows) return uf_fail_memory(error);
    for (size_t j = 0; j < fit->n_leading; j++)
        if (fit->event_time[j] < before && fit->position[j] != SIZE_MAX)
            gsl_matrix_set(rows, row++, fit->position[j], 1);
    *out = rows;
    return UF_OK;
}

/* --- the test of one assignment -------------------------------------------------------------------- */

struct dealer {
    const struct placebo_sample *sample;
    const struct placebo_regressions *estimator;
    const struct uf_covariance_options *covariance;
    struct placebo_starts starts;
    double *line; /* n */
    void *fit;
};

/* R M R'. */
static uf_status variance_of(const gsl_matrix *r, const gsl_matrix *m, double *out, struct uf_error *error)
{
    gsl_matrix *half = gsl_matrix_alloc(r->size1, r->size2);
    if (!half) return uf_fail_memory(error);
    gsl_matrix_view whole = gsl_matrix_view_array(out, r->size1, r->size1);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, r, m, 0, half);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, half, r, 0, &whole.matrix);
    gsl_matrix_free(half);
    return UF_OK;
}

/* The covariance of the leads with other residuals. `repaired`: it is no square of them. */
static uf_status covariance_of(const struct dealer *d, const struct placebo_regression *regression,
                               const gsl_vector *residuals, double *out, bool *repaired,
                               struct uf_error *error)
{
    struct uf_covariance_input input = regression->kept.view.input;
    struct uf_covariance v;
    input.residuals = residuals;
    UF_TRY(uf_covariance_estimate(&input, d->covariance, &v, error));
    *repaired = *repaired || v.repaired;
    uf_status status = variance_of(regression->leads, v.matrix, out, error);
    uf_covariance_clear(&v);
    return status;
}

/* What a Wald statistic of 1 is over the critical value: Hotelling's approximation divides by something. The test is that of
 * leads which are not nil, whatever the residuals' are. */
static uf_status scale_of(const struct dealer *d, struct placebo_regression *regression,
                          const struct uf_covariance *v, struct placebo_wald *wald, struct uf_error *error)
{
    const gsl_matrix *r = regression->leads;
    struct effect_regression view = regression->kept.view;
    struct uf_joint_test test;
    gsl_vector *some = gsl_vector_alloc(r->size2), *ones = gsl_vector_alloc(r->size1);
    uf_status status = some && ones ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        gsl_vector_view lead = gsl_vector_view_array(wald->lead[0], r->size1);
        gsl_vector_set_all(ones, 1);
        gsl_blas_dgemv(CblasTrans, 1, r, ones, 0, some);
        gsl_blas_dgemv(CblasNoTrans, 1, r, some, 0, &lead.vector);
        view.coefficients = some;
        status = effect_joint_test_of(&view, d->covariance, v, r, &test, error);
    }
    if (status == UF_OK) {
        const double size = placebo_wald_at(wald, 0);
        wald->scale = NAN;
        if (!isnan(test.statistic) && test.df2 > 0 && size > 0 && isfinite(size))
            wald->scale = test.statistic / size / uf_f_upper_quantile(LEVEL, test.df1, test.df2);
    }
    gsl_vector_free(some), gsl_vector_free(ones);
    return status;
}

static double length_of(const gsl_vector *vector)
{
    return fmax(fabs(gsl_vector_max(vector)), fabs(gsl_vector_min(vector)));
}

/* The coefficients of the line, by the rows; `rest` becomes what they leave of it. */
static uf_status by_rows(const struct dealer *d, const struct placebo_regression *regression,
                         gsl_vector *slope, gsl_vector *rest, struct uf_error *error)
{
    const struct uf_covariance_input *input = &regression->kept.view.input;
    gsl_vector *sum = gsl_vector_calloc(input->x->size2);
    if (!sum) return uf_fail_memory(error);
    for (size_t i = 0; i < input->x->size1; i++) {
        const double line = d->line[regression->row ? regression->row[i] : i];
        gsl_vector_const_view x = gsl_matrix_const_row(input->x, i);
        gsl_vector_set(rest, i, line);
        if (line != 0) gsl_blas_daxpy(line * (input->weights ? input->weights[i] : 1), &x.vector, sum);
    }
    gsl_blas_dsymv(CblasLower, 1, input->inverse, sum, 0, slope);
    gsl_vector_free(sum);
    if (input->absorber) UF_TRY(uf_absorber_apply(input->absorber, rest->data, error));
    gsl_blas_dgemv(CblasNoTrans, -1, input->x, slope, 1, rest);
    return UF_OK;
}

/* The leads of the line, and what the regression leaves of it (`rest`, n; nil where that is rounding). */
static uf_status regress_line(const struct dealer *d, const struct placebo_regression *regression,
                              struct placebo_wald *wald, gsl_vector *rest, struct uf_error *error)
{
    gsl_vector *slope = gsl_vector_alloc(regression->leads->size2);
    if (!slope) return uf_fail_memory(error);
    uf_status status = d->estimator->regress_line
                           ? d->estimator->regress_line(d->fit, d->line, slope, rest, error)
                           : by_rows(d, regression, slope, rest, error);
    if (status == UF_OK) {
        double longest = 0;
        for (size_t i = 0; i < d->sample->data->n; i++) longest = fmax(longest, fabs(d->line[i]));
        gsl_vector_view lead = gsl_vector_view_array(wald->lead[1], wald->count);
        gsl_blas_dgemv(CblasNoTrans, 1, regression->leads, slope, 0, &lead.vector);
        for (size_t j = 0; j < wald->count; j++)
            if (fabs(wald->lead[1][j]) <= EFFECT_NIL_LINE * longest) wald->lead[1][j] = 0;
        if (length_of(rest) <= EFFECT_NIL_LINE * longest) gsl_vector_set_zero(rest);
    }
    gsl_vector_free(slope);
    return status;
}

/* What is left of the line moves the covariance. */
static uf_status add_moves(const struct dealer *d, const struct placebo_regression *regression,
                           gsl_vector *rest, struct placebo_wald *wald, struct uf_error *error)
{
    const gsl_vector *residuals = regression->kept.view.input.residuals;
    const size_t cells = wald->count * wald->count;
    const double own = length_of(residuals), part = own > 0 ? own / length_of(rest) : 1;
    double *line = malloc(2 * cells * sizeof *line);
    bool repaired = false;
    if (!line) return uf_fail_memory(error);
    uf_status status = covariance_of(d, regression, rest, line, &repaired, error);
    if (status == UF_OK) {
        gsl_vector_scale(rest, part);
        gsl_vector_add(rest, residuals);
        status = covariance_of(d, regression, rest, line + cells, &repaired, error);
    }
    if (status == UF_OK) {
        placebo_wald_moves(wald, line, line + cells, part);
        if (repaired) wald->count = 0;
    }
    free(line);
    return status;
}

static uf_status test_leads(const struct dealer *d, struct placebo_regression *regression,
                            const struct uf_covariance *v, struct placebo_wald *wald, struct uf_error *error)
{
    const struct effect_regression *view = &regression->kept.view;
    gsl_vector *rest = gsl_vector_alloc(view->input.x->size1);
    if (!rest) return uf_fail_memory(error);
    uf_status status = placebo_wald_init(regression->leads->size1, wald, error);
    if (status == UF_OK) status = variance_of(regression->leads, v->matrix, wald->variance[0], error);
    if (status == UF_OK) status = scale_of(d, regression, v, wald, error);
    if (status == UF_OK && isnan(wald->scale)) wald->count = 0;
    if (status == UF_OK && wald->count > 0) {
        gsl_vector_view lead = gsl_vector_view_array(wald->lead[0], wald->count);
        gsl_blas_dgemv(CblasNoTrans, 1, regression->leads, view->coefficients, 0, &lead.vector);
        status = regress_line(d, regression, wald, rest, error);
        if (status == UF_OK && !gsl_vector_isnull(rest)) status = add_moves(d, regression, rest, wald, error);
    }
    gsl_vector_free(rest);
    return status;
}

static uf_status wald_of(void *user, const size_t *path, struct placebo_wald *out, struct uf_error *error)
{
    struct dealer *d = user;
    struct placebo_regression regression = {0};
    struct uf_covariance v;
    struct uf_error reason;
    placebo_starts_set(&d->starts, d->sample->assignment, path);
    memset(d->fit, 0, d->estimator->size);
    if (d->estimator->assign) d->estimator->assign(d->estimator->options, path);
    uf_status status =
        d->estimator->regress(d->fit, &d->starts.data, d->estimator->options, &regression, &reason);
    if (status == UF_OK && regression.leads && regression.kept.view.input.x) {
        status = uf_covariance_estimate(&regression.kept.view.input, d->covariance, &v, &reason);
        if (status == UF_OK) {
            placebo_line(d->sample, path, d->line);
            status = test_leads(d, &regression, &v, out, &reason);
            uf_covariance_clear(&v);
        }
    }
    gsl_matrix_free(regression.leads);
    did_regression_clear(&regression.kept);
    d->estimator->clear(d->fit);
    if (status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE) { /* of this assignment */
        placebo_wald_clear(out);
        return UF_OK;
    }
    if (status != UF_OK && error) *error = reason;
    return status;
}

uf_status placebo_drift_of_regression(const struct placebo_sample *sample,
                                      const struct placebo_regressions *estimator,
                                      const struct uf_covariance_options *covariance, uint64_t seed,
                                      struct placebo_slopes *out, struct uf_error *error)
{
    struct dealer d = {.sample = sample, .estimator = estimator, .covariance = covariance};
    const struct placebo_wald_test test = {.wald = wald_of, .user = &d, .work = estimator->work};
    if (covariance->joint_rule == UF_JOINT_EDF || covariance->joint_rule == UF_JOINT_EDT)
        return uf_fail(error, UF_NOT_IDENTIFIED, "the test is no function of a Wald statistic");
    UF_TRY(placebo_starts_init(sample, &d.starts, error));
    d.line = malloc((sample->data->n + 1) * sizeof *d.line);
    d.fit = malloc(estimator->size);
    uf_status status = d.line && d.fit ? placebo_drift_by_covariance(sample, &test, seed, out, error)
                                       : uf_fail_memory(error);
    placebo_starts_clear(&d.starts);
    free(d.line), free(d.fit);
    return status;
}

/* --- of a run -------------------------------------------------------------------------------------- */

uf_status placebo_treatments_init(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                                  bool cross_sections, struct placebo_treatments *out, struct uf_error *error)
{
    struct uf_error reason;
    struct placebo_treatments t = {0};
    uf_status status = UF_OK;
    if (!assignment || assignment->n_blocks == 0) {
        t.own = calloc(1, sizeof *t.own);
        if (!t.own) return uf_fail_memory(error);
        status = uf_did_assignment_init(data, t.own, &reason);
    }
    if (status == UF_OK)
        status = placebo_sample_init(data, t.own ? t.own : assignment, cross_sections, &t.sample, &reason);
    if (status == UF_OK || status == UF_NOT_IDENTIFIED) {
        *out = t;
        return UF_OK;
    }
    placebo_treatments_clear(&t);
    if (error) *error = reason;
    return status;
}

void placebo_treatments_clear(struct placebo_treatments *treatments)
{
    placebo_sample_clear(&treatments->sample);
    if (treatments->own) uf_did_assignment_clear(treatments->own);
    free(treatments->own);
    treatments->own = NULL;
}

uf_status placebo_add_slopes(const struct effect_run *run, const struct placebo_treatments *treatments,
                             const struct placebo_regressions *estimator,
                             const struct uf_covariance_options *covariance, const struct uf_joint_test *test,
                             struct effect_pretrend *pretrend, bool *done, struct uf_error *error)
{
    struct placebo_slopes slopes;
    struct uf_error reason;
    *done = false;
    if (!treatments->sample.outcome || !effect_pretrend_wants_placebos(run) || test->restrictions == 0 ||
        isnan(test->statistic))
        return UF_OK;
    uf_status status = placebo_drift_of_regression(&treatments->sample, estimator, covariance,
                                                   run->inference->randomisation.seed, &slopes, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK;
    if (status == UF_OK) {
        *done = true;
        return effect_pretrend_add_placebo(pretrend, &slopes, error);
    }
    if (error) *error = reason;
    return status;
}
