// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_DOSE_LOTS_H
#define UTFALL_EFFECT_DOSE_LOTS_H
/* What a dealer of doses deals, as an assignment of all blocks: for placebo treatments that drift (placebo_drift.h). */
#include "effect/dose_dealer.h"
#include "effect/dose_events.h"
#include "effect/placebo_regression.h"

struct dose_lot_assignment {
    struct uf_did_assignment assignment; /* paths are the lots; the last is of blocks that are not dealt to */
    size_t *path, *first_period;
    size_t *place; /* of each block among those dealt to; SIZE_MAX: keeps its own */
    bool *moves;
    double *dose;  /* of each path */
    size_t *drawn; /* room: a path for each block that is dealt to */
};
/* Of what was chosen last; the assignment of its blocks is borrowed. Clear it also where this fails. */
uf_status dose_lot_assignment_init(const struct dose_dealer *d, struct dose_lot_assignment *a,
                                   struct uf_error *error);
void dose_lot_assignment_clear(struct dose_lot_assignment *lots);
/* Gives each unit what the paths (of all blocks) say. */
void dose_lot_assignment_deal(const struct dose_lot_assignment *lots, const size_t *path,
                              struct dose_dealer *dealer);

/* The event study's regression under placebo treatments, starts and doses dealt over all regions: for tests of its leads with a
 * covariance. */
struct dose_event_placebos {
    struct placebo_treatments level,
        slope; /* slope: drifts by dose; both are of one sample, which `level` owns */
    struct placebo_regressions regressions[2];
    struct dose_event_options {
        const struct dose_run *run;
        const struct dose_event_placebos *all;
        long reference;
        bool slope;
    } options[2];
    struct dose_dealer *dealer;
    struct dose_lot_assignment lots;
    double *actual;
};
/* No outcome in the samples where nothing can be dealt, or not at that size. */
uf_status dose_event_placebos_init(const struct dose_run *run, const struct dose_events *events,
                                   struct dose_event_placebos *out, struct uf_error *error);
void dose_event_placebos_clear(struct dose_event_placebos *placebos);
#endif
