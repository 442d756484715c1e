// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SUN_ABRAHAM_RUN_H
#define UTFALL_EFFECT_SUN_ABRAHAM_RUN_H
/* What the files of the method `sun-abraham` share. */
#include <utfall/sun_abraham.h>

#include "effect/did_internal.h"
#include "effect/placebo_regression.h"
#include "effect/term_report.h"

/* The rows of `estimates` before the covariates, and of what they are averages. */
enum { SUN_ABRAHAM_AVERAGES = 4 };
struct sun_abraham_average {
    const char *name;
    enum uf_cell_average kind;
};
extern const struct sun_abraham_average sun_abraham_averages[SUN_ABRAHAM_AVERAGES];

/* The cohorts dealt out anew; a randomisation with count 0 was not done. */
struct sun_abraham_dealt {
    struct uf_did_assignment assignment;
    struct uf_randomisation leads; /* together */
    struct placebo_slopes slopes;  /* what that would have found; n_placebos 0: not known */
    struct uf_randomisation *term; /* the averages, then the event times from first_event on; NULL: none */
    size_t n_terms;
    long first_event;
    /* beside the first average: the cells, the cohorts' and the periods' averages, in their order; NULL: none */
    struct uf_randomisation *part;
    size_t n_parts;
};

struct sun_abraham_run {
    struct effect_run common;
    struct uf_sun_abraham_options options;
    enum effect_scale scale;
    const struct uf_sun_abraham *fit;
    const struct effect_findings *findings;
    const struct sun_abraham_dealt *dealt;
};

/* Their places in `part`. */
static inline size_t sun_abraham_part(const struct uf_sun_abraham *fit, enum uf_cell_average kind, size_t key)
{
    return 1 + (kind == UF_CELLS_ONE ? 0 : fit->n_cells) + (kind == UF_CELLS_CALENDAR ? fit->n_cohorts : 0) +
           key;
}

/* All tables of terms, and `pretrend`. */
uf_status sun_abraham_report_tables(const struct sun_abraham_run *run, struct uf_error *error);
/* What the reader must know of sample, controls, references and cells. */
uf_status sun_abraham_add_notes(const struct sun_abraham_run *run, struct uf_error *error);
/* Why a cell has no estimate; {NULL, NULL} where it has one. */
struct uf_words sun_abraham_reason(enum uf_cell_reason reason);
#endif
