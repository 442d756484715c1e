// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SENSITIVITY_RUN_H
#define UTFALL_EFFECT_SENSITIVITY_RUN_H
/* What the files of the method `sensitivity` share. */
#include <utfall/design.h>
#include <utfall/parallel_trends_bounds.h>

#include "effect/estimates.h"
#include "effect/subsample.h"

struct sensitivity_run {
    struct effect_run common;
    const struct uf_options *options;
    struct uf_covariance_options covariance;
    const char *vcov;     /* its name */
    int event_covariance; /* the choice of the option `event-covariance` */
    double level;
    long reference;
    struct subsample_effect main; /* of the whole sample */
};

/* Before anything is estimated: columns and regions that options name. */
uf_status sensitivity_check_options(const struct sensitivity_run *run, struct uf_error *error);
enum { SENSITIVITY_AUTO, SENSITIVITY_SERIAL, SENSITIVITY_INFERENCE };
/* Tables `bounds`, `breakdown` and `pretrend-power`, and their notes. */
uf_status sensitivity_report_bounds(const struct sensitivity_run *run, struct uf_error *error);
/* Tables `leave-one-out`, `placebo-in-time`, `placebo-outcomes`, `alternative-controls`, each where it was asked for. */
uf_status sensitivity_leave_out(const struct sensitivity_run *run, struct uf_error *error);
uf_status sensitivity_placebo_in_time(const struct sensitivity_run *run, struct uf_error *error);
uf_status sensitivity_placebo_outcomes(const struct sensitivity_run *run, struct uf_error *error);
uf_status sensitivity_controls(const struct sensitivity_run *run, struct uf_error *error);

/* A table of estimates on other rows, with who or what was changed in `label` and what that did in `change`. */
uf_status sensitivity_checks_table(const struct sensitivity_run *run, const char *name, struct uf_words title,
                                   struct uf_table **out, struct uf_error *error);
struct sensitivity_check {
    const char *term, *label, *role, *period;
    double event_time;
    const char *outcome; /* NULL: the run's */
};
/* Estimates on the rows and adds the line; what cannot be estimated is said there (NaN). */
uf_status sensitivity_add_check(const struct sensitivity_run *run, const struct uf_did_data *data,
                                const struct sensitivity_check *check, struct uf_table *table,
                                double *out_estimate, struct uf_error *error);
/* Hands the table over where it has rows and all went well. */
uf_status sensitivity_take(const struct sensitivity_run *run, struct uf_table *table, uf_status status,
                           struct uf_error *error);
const char *sensitivity_role_of(const struct sensitivity_run *run, bool treated);

/* A table of numbers and texts. */
#endif
