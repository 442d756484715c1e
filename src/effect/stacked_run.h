// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_STACKED_RUN_H
#define UTFALL_EFFECT_STACKED_RUN_H
/* What the files of the method `stacked` share. */
#include <utfall/stacked.h>

#include "effect/did_internal.h"
#include "effect/placebo_regression.h"
#include "effect/term_report.h"

struct stacked_run {
    struct effect_run common;
    struct uf_stacked_options options;
    bool own_before, own_after, own_reference; /* asked for, not chosen by the data */
    enum effect_scale scale;
    const struct uf_stacked *fit;
    const struct effect_findings *findings;
    const struct stacked_dealt *dealt;
};

/* The cohorts dealt out anew (a randomisation with count 0 was not done), and who lends residuals to whom. */
struct stacked_dealt {
    struct uf_did_assignment assignment;
    struct uf_randomisation leads; /* together */
    struct placebo_slopes slopes;  /* what that would have found; n_placebos 0: not known */
    struct uf_randomisation *term; /* the average, then the event times of the window; NULL: none */
    size_t n_terms;
    /* the average, then by sub-experiment (used or not) the event times of the window; NULL: none */
    struct uf_randomisation *cell;
    size_t n_cells;
    struct effect_lenders lenders;
};
uf_status stacked_deal(const struct stacked_run *run, struct stacked_dealt *out, struct uf_error *error);
void stacked_dealt_clear(struct stacked_dealt *dealt);
/* Gives a regression of (some of) the stacked rows the calendar of `data`, which the stack's own periods are not. `row`: which of them
 * they are; NULL: all. free() *period. */
uf_status stacked_set_calendar(const struct uf_did_data *data, const struct uf_stacked *fit,
                               const size_t *row, struct did_regression *regression, size_t **period,
                               struct uf_error *error);

/* Tables `estimates`, `event-study`, `sub-experiments`, `pretrend`. */
uf_status stacked_report_tables(const struct stacked_run *run, struct uf_error *error);
/* Tables `group-time` and `group-time-inference`. */
uf_status stacked_report_cells(const struct stacked_run *run, struct uf_error *error);
/* What the reader must know of window, cohorts left out, and rows that are in the stack several times. */
uf_status stacked_add_notes(const struct stacked_run *run, struct uf_error *error);
/* Why a cohort is left out; {NULL, NULL} where it is not. */
struct uf_words stacked_reason(enum uf_stack_reason reason);
#endif
