// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_STACKED_DEALER_H
#define UTFALL_EFFECT_STACKED_DEALER_H
/* The estimator of `stacked` under one assignment of the cohorts after another. */
#include "effect/outcome_weights.h"
#include "effect/placebo_drift.h"
#include "effect/stacked_internal.h"

struct stacked_dealer {
    struct uf_did_data data; /* with the starts of the assignment at hand */
    const struct uf_stacked_options *options;
    const struct uf_did_assignment *assignment;
    size_t *first_period, *block;
    size_t *row;    /* n_units × n_periods: the row of a unit in a period; NULL: by regression */
    double *change; /* n_units: from the reference to the mean of the periods after */
    const struct uf_stacked_term *term; /* NULL: the leads together */
    size_t n_terms;
    double *lead; /* before: by event time */
    struct placebo_leads found;
    struct outcome_tally tally;
};

/* Before the outcomes of a term: where the effect is that its shift is of. */
void stacked_start_tally(struct outcome_tally *tally, const struct uf_stacked_term *term);
/* The statistics of all terms from the regressions of the stack at hand. */
uf_status stacked_tell_terms(struct stacked_dealer *d, const struct uf_stacked *s,
                             struct uf_randomisation_statistics *out, struct uf_error *error);
#endif
