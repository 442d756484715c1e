// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SENSITIVITY_EVENT_H
#define UTFALL_EFFECT_SENSITIVITY_EVENT_H
/* The event study as parallel_trends_bounds.h wants it. */
#include "effect/sensitivity_run.h"

/* The event study without its reference: the unbroken run of event times around it. */
struct sensitivity_event {
    gsl_vector *estimate, *times, *average;
    gsl_matrix *covariance;
    struct uf_trend_study study;
    const char *vcov; /* of the covariance */
    double df2;       /* of the joint test of the leads; NaN: it cannot be made */
    double bend;      /* the largest change of slope before the start; NaN: fewer than three points */
    double noise;     /* the residuals' root mean square */
    bool
        unanchored; /* of some event times it is not known how they differ from the reference: they are left out */
};
/* n_before or n_after are 0 where there is nothing to work with. UF_NOT_IDENTIFIED as uf_event_study_estimate. */
uf_status sensitivity_event_init(const struct sensitivity_run *run, struct sensitivity_event *out,
                                 struct uf_error *error);
void sensitivity_event_clear(struct sensitivity_event *event);

/* Table `pretrend-power` and its note. */
uf_status sensitivity_report_power(const struct sensitivity_run *run, const struct sensitivity_event *event,
                                   struct uf_error *error);
uf_status sensitivity_note_normal(const struct sensitivity_run *run, const struct sensitivity_event *event,
                                  struct uf_error *error);

/* Whether a treated region is observed at the reference. */
bool sensitivity_has_reference(const struct sensitivity_run *run);
/* There is nothing to make bounds of: a fatal note `bounds-impossible` with the reason and what to do, and a refusal. */
uf_status sensitivity_refuse_reference(const struct sensitivity_run *run, bool unanchored,
                                       struct uf_error *error);
uf_status sensitivity_refuse_rank(const struct sensitivity_run *run, const char *vcov,
                                  struct uf_error *error);
uf_status sensitivity_refuse_exact(const struct sensitivity_run *run, struct uf_error *error);
#endif
