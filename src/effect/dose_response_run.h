// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_DOSE_RESPONSE_RUN_H
#define UTFALL_EFFECT_DOSE_RESPONSE_RUN_H
/* What the files of the method `dose-response` share. */
#include <utfall/design.h>
#include <utfall/dose_response.h>

#include "effect/did_internal.h"
#include "effect/term_report.h"

/* One row per unit. */
struct dose_units {
    struct uf_dose_data change; /* after less before */
    struct uf_dose_data early;  /* the later half before less the earlier half; n 0: no two periods before */
    double *after_less_before, *late_less_early, *dose, *weights, *early_dose, *early_weights;
    size_t *unit;               /* of the panel */
    size_t *n_before, *n_after; /* rows of each */
    size_t *cluster[2], *early_cluster[2];
};
struct dose_run {
    struct effect_run common;
    struct effect_sample *sample; /* the run's: rows of units that are left out go */
    struct uf_dose_options curve;
    bool own_size, changing; /* the size was asked for; a dose that changes counts with its mean */
    bool last_before;        /* compare with the last period before, not with the mean */
    long anticipation;
    enum effect_scale scale;
    size_t start, last; /* periods: the start, the last one before it (less the anticipation) */
    const struct dose_units *units;
    const struct uf_dose_fit *fit;
    const struct effect_findings *findings;
};

/* Units with values before and after, their changes and doses; the rows of the others leave the sample, with a line in the
 * ledger. The sample's treatment becomes 0/1. Refusals are fatal notes. */
uf_status dose_units_init(struct dose_run *run, struct dose_units *out, struct uf_error *error);
void dose_units_clear(struct dose_units *units);

/* A regression of one row per unit as inference sees it. */
struct dose_regression {
    struct effect_regression view;
    gsl_vector *kept;
};
uf_status dose_regression_init(const struct dose_run *run, const struct uf_least_squares *fit,
                               const gsl_matrix *x, const double *weights, size_t *const *cluster,
                               struct dose_regression *out, struct uf_error *error);
void dose_regression_clear(struct dose_regression *regression);

uf_status dose_randomise(const struct dose_run *run, struct uf_did_assignment *assignment,
                         struct uf_randomisation *out, struct uf_error *error);

/* Tables `estimates`, `dose-response`, `dose-weights`, `pretrend`, and the notes that go with them. */
uf_status dose_report(const struct dose_run *run, struct uf_error *error);
#endif
