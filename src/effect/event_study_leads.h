// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_EVENT_STUDY_LEADS_H
#define UTFALL_EFFECT_EVENT_STUDY_LEADS_H
/* The leads of did's event study: tested together, and what that would have found. */
#include "effect/did_internal.h"
#include "effect/placebo_regression.h"

struct event_leads {
    gsl_vector *line;     /* what a line of slope 1 does to the kept coefficients */
    size_t *place, count; /* where the leads are among them */
    struct placebo_treatments placebos;
};
/* `assignment` NULL: no randomisation. */
uf_status event_leads_init(const struct did_run *run, const struct uf_did_fit *fit,
                           const struct did_regression *regression,
                           const struct uf_event_study_options *options,
                           const struct uf_did_assignment *assignment, struct event_leads *out,
                           struct uf_error *error);
void event_leads_clear(struct event_leads *leads);
/* To the row added last: what the test of that covariance would have found. */
uf_status event_leads_add_power(const struct did_run *run, const struct uf_did_fit *fit,
                                const struct uf_event_study_options *event,
                                const struct uf_covariance_options *options, const struct uf_joint_test *test,
                                const struct uf_covariance *v, const struct event_leads *leads,
                                struct effect_pretrend *pretrend, struct uf_error *error);
/* The joint test by dealing out anew, and what it would have found. */
uf_status event_leads_add_dealt(const struct did_run *run, const struct uf_did_fit *fit,
                                const struct uf_event_study_options *options,
                                const struct uf_did_assignment *assignment, const struct event_leads *leads,
                                struct effect_pretrend *pretrend, struct uf_error *error);
#endif
