// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_ANTICIPATION_H
#define UTFALL_EFFECT_ANTICIPATION_H
/* A panel without the periods in which the treated may have acted on what was to come: for a method that compares before and
 * after, where these are neither. */
#include "effect/run.h"

struct effect_calm_panel {
    struct uf_panel panel; /* of the arrays below and of what it borrows */
    struct uf_panel_column *columns;
    size_t *unit, *sector, *period, **cluster;
    double *dose;
};
/* The periods from `anticipation` before the start up to it go for all units, so that the treatment can still be dealt out anew;
 * with a note, and a line in the ledger. UF_BAD_USAGE: several starts, whose periods differ. O(rows × columns). */
uf_status effect_calm_panel_init(const struct effect_run *run, long anticipation,
                                 struct effect_calm_panel *out, struct uf_error *error);
void effect_calm_panel_clear(struct effect_calm_panel *calm);
#endif
