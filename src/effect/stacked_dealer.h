// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_STACKED_DEALER_H
#define UTFALL_EFFECT_STACKED_DEALER_H
/* The estimator of `stacked` under one assignment of the cohorts after another. */
#include "effect/outcome_weights.h"
#include "effect/placebo_drift.h"
#include "effect/slot_effects.h"
#include "effect/stacked_internal.h"

/* Sums over units of the stack at hand, and what its event times make of them. */
struct stacked_sums {
    struct slot_effects slots;
    size_t times;   /* of the window */
    double *turn;   /* by sub-experiment, times × times: B' */
    double *rest;   /* times × times: S, then its factor */
    double *weight; /* times: of the treated; then room for as many */
    double *delta;  /* times */
    size_t *cohort; /* of the sub-experiments that are used */
};

struct stacked_dealer {
    struct uf_did_data data; /* with the starts of the assignment at hand */
    const struct uf_stacked_options *options;
    const struct uf_did_assignment *assignment;
    size_t *first_period, *block;
    bool by_means;
    size_t *
        row; /* n_units × n_periods: the row of a unit in a period (SIZE_MAX: none); NULL: some have several */
    struct stacked_sums sums;           /* where there are rows, and not by means */
    double *change;                     /* n_units: from the reference to the mean of the periods after */
    const struct uf_stacked_term *term; /* NULL: the leads together */
    size_t n_terms;
    double *lead; /* before: by event time */
    struct placebo_leads found;
    struct outcome_tally tally;
};

/* Before the outcomes of a term: where the effect is that its shift is of. */
void stacked_start_tally(struct outcome_tally *tally, const struct uf_stacked_term *term);
uf_status stacked_sums_init(const struct uf_did_data *data, const struct uf_stacked_options *options,
                            struct stacked_sums *m, struct uf_error *error);
void stacked_sums_clear(struct stacked_sums *m);
/* The statistics of all terms, or the leads, from sums; not *done where a regression must judge what is collinear. */
uf_status stacked_tell_by_sums(struct stacked_dealer *d, const struct uf_stacked *s,
                               const struct stacked_plan *plan, struct uf_randomisation_statistics *out,
                               bool *done, struct uf_error *error);
/* The statistics of all terms from the regressions of the stack at hand. */
uf_status stacked_tell_terms(struct stacked_dealer *d, const struct uf_stacked *s,
                             struct uf_randomisation_statistics *out, struct uf_error *error);
#endif
