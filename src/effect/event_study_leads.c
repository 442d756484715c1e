// SPDX-License-Identifier: GPL-3.0-or-later
/* The joint test of the leads of an event study, and what it would have found. */
#include "effect/event_study_leads.h"
#include "base/fail.h"
#include "effect/subsample.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

void event_leads_clear(struct event_leads *leads)
{
    gsl_vector_free(leads->line);
    free(leads->place);
    placebo_treatments_clear(&leads->placebos);
}

/* Of many rows only sums are kept. A full set of event times takes the line up exactly, at e − reference; else all is
 * estimated again with the line as outcome. */
static uf_status line_of_sums(const struct did_run *run, const struct uf_did_fit *fit,
                              const struct uf_event_study_options *options, gsl_vector *line,
                              struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    bool full = !options->bin_before && !options->bin_after;
    gsl_vector_set_zero(line);
    for (size_t j = 0; j < fit->n_leading; j++) {
        if (fit->position[j] == SIZE_MAX)
            full = false;
        else
            gsl_vector_set(line, fit->position[j], (double)(fit->event_time[j] - options->reference));
    }
    if (full) return UF_OK;
    struct uf_did_data drifting = *data;
    struct uf_did_fit again;
    double *outcome = malloc((data->n + 1) * sizeof *outcome), longest = 0;
    if (!outcome) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++) {
        outcome[i] = effect_line_at(data, i);
        longest = fmax(longest, fabs(outcome[i]));
    }
    drifting.outcome = outcome;
    uf_status status = uf_event_study_estimate(&drifting, options, &again, error);
    free(outcome);
    UF_TRY(status);
    for (size_t j = 0; j < fit->n_columns; j++) {
        double value = gsl_vector_get(again.fit.coefficients, j);
        if (fit->position[j] != SIZE_MAX)
            gsl_vector_set(line, fit->position[j], fabs(value) > EFFECT_NIL_LINE * longest ? value : 0);
    }
    uf_did_fit_clear(&again);
    return UF_OK;
}

uf_status event_leads_init(const struct did_run *run, const struct uf_did_fit *fit,
                           const struct did_regression *regression,
                           const struct uf_event_study_options *options,
                           const struct uf_did_assignment *assignment, struct event_leads *out,
                           struct uf_error *error)
{
    const size_t k = fit->fit.rank;
    struct event_leads leads = {.line = gsl_vector_alloc(k > 0 ? k : 1),
                                .place = malloc((k + 1) * sizeof *leads.place)};
    uf_status status = leads.line && leads.place ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        leads.count = did_lead_places(fit, options->reference, leads.place);
        status = fit->summed ? line_of_sums(run, fit, options, leads.line, error)
                             : effect_line_coefficients(&run->common.sample->data, &regression->view.input,
                                                        leads.line, error);
    }
    if (status == UF_OK && !fit->summed && leads.count > 0 &&
        (assignment || effect_pretrend_wants_placebos(&run->common)))
        status =
            placebo_treatments_init(&run->common.sample->data, assignment, false, &leads.placebos, error);
    if (status != UF_OK) {
        event_leads_clear(&leads);
        return status;
    }
    *out = leads;
    return UF_OK;
}

/* What the test of a covariance would have found: by placebo with few regions, where it is not what its covariance says. */
uf_status event_leads_add_power(const struct did_run *run, const struct uf_did_fit *fit,
                                const struct uf_event_study_options *event,
                                const struct uf_covariance_options *options, const struct uf_joint_test *test,
                                const struct uf_covariance *v, const struct event_leads *leads,
                                struct effect_pretrend *pretrend, struct uf_error *error)
{
    const struct placebo_regressions regressions =
        did_regressions(event, placebo_regression_work(&run->common.sample->data, fit->fit.rank));
    bool done = false;
    if (!gsl_vector_isnull(leads->line))
        UF_TRY(placebo_add_slopes(&run->common, &leads->placebos, &regressions, options, test, pretrend,
                                  &done, error));
    if (done) return UF_OK;
    return effect_pretrend_add_power_of(pretrend, test, leads->line, v->matrix, leads->place, leads->count,
                                        error);
}

/* From the covariance of the untreated rows: where placebos would take long. */
static uf_status add_serial_power(const struct did_run *run, const struct uf_did_fit *fit,
                                  const struct event_leads *leads, struct effect_pretrend *pretrend,
                                  struct uf_error *error)
{
    const size_t k = fit->fit.rank;
    const struct uf_joint_test test = {
        .statistic = 0, .df1 = (double)leads->count, .df2 = INFINITY, .restrictions = leads->count};
    if (fit->summed || !fit->x || k == 0) return UF_OK;
    gsl_matrix *v = gsl_matrix_alloc(k, k);
    if (!v) return uf_fail_memory(error);
    pretrend->by = EFFECT_SLOPES_UNTREATED;
    uf_status status =
        subsample_serial_covariance(&run->common.sample->data, fit->x, fit->fit.inverse, v, error);
    if (status == UF_OK)
        status =
            effect_pretrend_add_power_of(pretrend, &test, leads->line, v, leads->place, leads->count, error);
    gsl_matrix_free(v);
    return status;
}

/* The joint test by dealing out anew, and what it would have found. */
uf_status event_leads_add_dealt(const struct did_run *run, const struct uf_did_fit *fit,
                                const struct uf_event_study_options *options,
                                const struct uf_did_assignment *assignment, const struct event_leads *leads,
                                struct effect_pretrend *pretrend, struct uf_error *error)
{
    const size_t before = uf_table_rows(pretrend->table);
    struct placebo_slopes slopes;
    struct uf_error reason;
    UF_TRY(effect_pretrend_randomise(&run->common, options, fit->n_leading, assignment, pretrend, error));
    if (uf_table_rows(pretrend->table) == before) return UF_OK;
    uf_status status = UF_NOT_IDENTIFIED;
    if (leads->placebos.sample.outcome)
        status = did_placebo_drift(&leads->placebos.sample, options,
                                   run->common.inference->randomisation.seed, &slopes, &reason);
    if (status == UF_OK) return effect_pretrend_add_placebo(pretrend, &slopes, error);
    if (status == UF_NOT_IDENTIFIED) status = add_serial_power(run, fit, leads, pretrend, &reason);
    if (status == UF_OK || status == UF_NOT_IDENTIFIED) return UF_OK;
    if (error) *error = reason;
    return status;
}
