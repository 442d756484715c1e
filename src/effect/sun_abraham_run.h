// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SUN_ABRAHAM_RUN_H
#define UTFALL_EFFECT_SUN_ABRAHAM_RUN_H
/* What the files of the method `sun-abraham` share. */
#include <utfall/sun_abraham.h>

#include "effect/did_internal.h"
#include "effect/term_report.h"

struct sun_abraham_run {
    struct effect_run common;
    struct uf_sun_abraham_options options;
    enum effect_scale scale;
    const struct uf_sun_abraham *fit;
    const struct effect_findings *findings;
    const struct uf_randomisation *leads; /* the leads dealt out anew together; NULL: not done */
};

/* All tables of terms, and `pretrend`. */
uf_status sun_abraham_report_tables(const struct sun_abraham_run *run, struct uf_error *error);
/* What the reader must know of sample, controls, references and cells. */
uf_status sun_abraham_add_notes(const struct sun_abraham_run *run, struct uf_error *error);
/* Why a cell has no estimate; {NULL, NULL} where it has one. */
struct uf_words sun_abraham_reason(enum uf_cell_reason reason);
#endif
