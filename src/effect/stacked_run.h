// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_STACKED_RUN_H
#define UTFALL_EFFECT_STACKED_RUN_H
/* What the files of the method `stacked` share. */
#include <utfall/stacked.h>

#include "effect/did_internal.h"
#include "effect/term_report.h"

struct stacked_run {
    struct effect_run common;
    struct uf_stacked_options options;
    bool own_before, own_after, own_reference; /* asked for, not chosen by the data */
    enum effect_scale scale;
    const struct uf_stacked *fit;
    const struct effect_findings *findings;
};

/* Tables `estimates`, `event-study`, `sub-experiments`, `pretrend`. */
uf_status stacked_report_tables(const struct stacked_run *run, struct uf_error *error);
/* What the reader must know of window, cohorts left out, and rows that are in the stack several times. */
uf_status stacked_add_notes(const struct stacked_run *run, struct uf_error *error);
/* Why a cohort is left out; {NULL, NULL} where it is not. */
struct uf_words stacked_reason(enum uf_stack_reason reason);
#endif
