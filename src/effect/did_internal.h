// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_DID_INTERNAL_H
#define UTFALL_EFFECT_DID_INTERNAL_H
/* What the files of the method `did` share. */
#include "effect/estimates.h"
#include "effect/inference_choice.h"
#include "effect/pretrend.h"
#include "effect/sample.h"

#include <limits.h>
#include <utfall/design.h>
#include <utfall/did.h>

/* A regressor of which the fixed effects leave less than this share of its norm does not vary within units
 * and periods: the square of it is what rounding leaves of the normal equations that covariances rest on. */
#define DID_COLLINEAR 1e-7

/* The regression on `leading` (n × n_leading, in the order in which they are to be kept) and the covariates, with unit and
 * period effects taken out. */
uf_status did_regress(const struct uf_did_data *data, const gsl_matrix *leading, struct uf_did_fit *fit,
                      struct uf_error *error);

/* What each outcome (n) weighs in a combination (rank numbers) of the kept coefficients: θ = Σ v y. O(n rank). */
uf_status did_outcome_weights(const struct uf_did_data *data, const struct uf_did_fit *fit,
                              const double *combination, double *out, struct uf_error *error);

/* The same from sums of the rows, for many of them (uf_did_data.summed_from). `event` (n; NULL: the treatment is the
 * leading column) is the number of each row's event time, n_events for none; `order` lists those that have a column. */
uf_status did_regress_sums(const struct uf_did_data *data, const uint32_t *event, size_t n_events,
                           const uint32_t *order, struct uf_did_fit *fit, struct uf_error *error);

/* The event time of a row, bins included, from its unit's start and its period; DID_NO_EVENT_TIME: no start. */
#define DID_NO_EVENT_TIME LONG_MIN
long did_event_time(const struct uf_did_data *data, const struct uf_event_study_options *options,
                    size_t first, size_t period);

/* The fit as inference sees it; owns the kept coefficients and borrows the rest. */
struct did_regression {
    struct effect_regression view;
    gsl_vector *kept;
};
uf_status did_regression_init(const struct uf_did_data *data, const struct uf_did_fit *fit,
                              struct did_regression *out, struct uf_error *error);
void did_regression_clear(struct did_regression *regression);

/* As uf_did_noise_init from as few as two periods: enough to compare groups of blocks, not to scale a statistic by. */
uf_status did_noise_rough(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                          struct uf_did_noise *out, struct uf_error *error);
/* The places of the leads (but the reference) among the kept columns of an event study; room for its rank. */
size_t did_lead_places(const struct uf_did_fit *fit, long reference, size_t *out);

/* One run of did. */
struct did_run {
    struct effect_run common;
    bool event_study;
    struct uf_event_study_options event;
    long anticipation; /* periods before the start that are left out */
    enum effect_scale scale;
    enum effect_procedure procedure; /* with inference: auto */
    double estimate, drift;          /* the coefficient; what it is with the line of slope 1 as outcome */
};

/* `randomisation` NULL: none. */
uf_status did_report_estimates(const struct did_run *run, const struct uf_did_fit *fit,
                               const struct effect_regression *regression,
                               const struct uf_covariance *covariance,
                               const struct uf_randomisation *randomisation,
                               const struct uf_did_assignment *assignment, struct uf_error *error);
/* `assignment` NULL: no randomisation. */
uf_status did_report_event_study(const struct did_run *run, const struct uf_did_assignment *assignment,
                                 struct uf_error *error);
#endif
