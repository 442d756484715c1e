// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/sensitivity_event.h"

#include "effect/event_anchor.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void sensitivity_event_clear(struct sensitivity_event *e)
{
    gsl_vector_free(e->estimate), gsl_vector_free(e->times), gsl_vector_free(e->average);
    gsl_matrix_free(e->covariance);
    memset(e, 0, sizeof *e);
}

/* Where an event time stands among the leading columns, if it is estimated. */
static size_t place_of(const struct uf_did_fit *fit, long event)
{
    for (size_t j = 0; j < fit->n_leading; j++)
        if (fit->event_time[j] == event) return fit->position[j];
    return SIZE_MAX;
}

/* Event times that are differences from a dropped one, and not from the reference, lose their place. */
static uf_status forget_unanchored(const struct uf_did_data *data,
                                   const struct uf_event_study_options *options, struct uf_did_fit *fit,
                                   bool *out_unanchored, struct uf_error *error)
{
    size_t *anchor = malloc((fit->n_leading + 1) * sizeof *anchor);
    uf_status status = anchor ? event_anchors(data, options, fit, anchor, error) : uf_fail_memory(error);
    *out_unanchored = false;
    for (size_t j = 0; status == UF_OK && j < fit->n_leading; j++)
        if (anchor[j] != SIZE_MAX) fit->position[j] = SIZE_MAX, *out_unanchored = true;
    free(anchor);
    return status;
}

static double lead(const struct sensitivity_event *e, size_t steps_before)
{
    return steps_before == 0 ? 0 : gsl_vector_get(e->estimate, e->study.n_before - steps_before);
}

static uf_status event_fill(struct sensitivity_event *e, const struct uf_did_fit *fit,
                            const struct uf_covariance *v, long reference, struct uf_error *error)
{
    size_t before = 0, after = 0;
    while (place_of(fit, reference - (long)before - 1) != SIZE_MAX) before++;
    while (place_of(fit, reference + (long)after + 1) != SIZE_MAX) after++;
    size_t n = before + after;
    e->study.n_before = before, e->study.n_after = after;
    if (before == 0 || after == 0) return UF_OK;
    e->estimate = gsl_vector_alloc(n), e->times = gsl_vector_alloc(n), e->average = gsl_vector_alloc(after);
    e->covariance = gsl_matrix_alloc(n, n);
    if (!e->estimate || !e->times || !e->average || !e->covariance) return uf_fail_memory(error);
    size_t *place = malloc(n * sizeof *place);
    if (!place) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) {
        long step = i < before ? (long)i - (long)before : (long)(i - before) + 1;
        place[i] = place_of(fit, reference + step);
        gsl_vector_set(e->times, i, (double)step);
        gsl_vector_set(e->estimate, i, gsl_vector_get(fit->fit.coefficients, fit->fit.kept[place[i]]));
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            gsl_matrix_set(e->covariance, i, j, gsl_matrix_get(v->matrix, place[i], place[j]));
    free(place);
    gsl_vector_set_all(e->average, 1 / (double)after);
    e->study.estimate = e->estimate, e->study.covariance = e->covariance;
    e->bend = NAN;
    for (size_t s = 0; s + 2 <= before; s++)
        e->bend = fmax(e->bend, fabs(lead(e, s + 2) - 2 * lead(e, s + 1) + lead(e, s)));
    return UF_OK;
}

/* A cluster-robust covariance says nothing of more numbers than there are treated clusters to tell them apart by, and one of
 * sums by period nothing of numbers by period. */
static bool takes_serial(const struct sensitivity_run *run, size_t n_estimates)
{
    if (run->event_covariance != SENSITIVITY_AUTO) return run->event_covariance == SENSITIVITY_SERIAL;
    if (run->covariance.kind == UF_COVARIANCE_DRISCOLL_KRAAY) return true;
    size_t treated = run->common.sample->n_treated, control = run->common.sample->n_control;
    return (treated < control ? treated : control) < 2 * n_estimates;
}

static uf_status event_covariance(const struct sensitivity_run *run, const struct uf_did_fit *fit,
                                  struct uf_covariance *v, struct sensitivity_event *e,
                                  struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    struct uf_joint_test pretrend;
    UF_TRY(uf_did_covariance(data, fit, &run->covariance, v, error));
    e->vcov = run->vcov;
    if (takes_serial(run, fit->fit.rank)) {
        e->vcov = "serial";
        e->df2 = INFINITY;
        return subsample_serial_covariance(data, fit->x, fit->fit.inverse, v->matrix, error);
    }
    UF_TRY(uf_did_pretrend(data, fit, &run->covariance, v, run->reference, &pretrend, error));
    e->df2 = isnan(pretrend.statistic) || !(pretrend.df2 > 0) ? NAN : pretrend.df2;
    return UF_OK;
}

uf_status sensitivity_event_init(const struct sensitivity_run *run, struct sensitivity_event *out,
                                 struct uf_error *error)
{
    const struct uf_event_study_options options = {.reference = run->reference};
    struct sensitivity_event e = {0};
    struct uf_did_fit fit;
    struct uf_covariance v = {0};
    UF_TRY(uf_event_study_estimate(&run->common.sample->data, &options, &fit, error));
    uf_status status = event_covariance(run, &fit, &v, &e, error);
    if (status == UF_OK) e.noise = sqrt(fit.fit.rss / (double)run->common.sample->data.n);
    if (status == UF_OK)
        status = forget_unanchored(&run->common.sample->data, &options, &fit, &e.unanchored, error);
    if (status == UF_OK) status = event_fill(&e, &fit, &v, run->reference, error);
    uf_covariance_clear(&v);
    uf_did_fit_clear(&fit);
    if (status != UF_OK)
        sensitivity_event_clear(&e);
    else
        *out = e;
    return status;
}
