// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_COMPARABLE_PANEL_H
#define UTFALL_EFFECT_COMPARABLE_PANEL_H
/*
 * The panel less the treated units of which nothing is seen before their start (less the anticipation): treated in all periods, or
 * since before the first. Methods that compare each start with what was before it have no use for such a unit, neither as
 * treated nor as control. Dealt out anew, its start would only fall on others, and no noise before the first start would be known.
 * So they work on the panel without it, and all that they say is what the data says without its rows.
 */
#include <utfall/method.h>

/* Whose past is asked for. */
enum effect_past {
    EFFECT_PAST_OF_COHORT, /* some unit with the same start has a row before it: the others share its effects by cell */
    EFFECT_PAST_OF_UNIT, /* each unit has one: its own effect rests on it */
    EFFECT_PAST_OF_TWO_WAY /* the cohort; of a method about did on untreated data, which has neither of the two options */
};

/*
 * Runs a method on that panel; reads its options `anticipation` and `switching-off`. A row is one that an estimate can rest on (outcome,
 * covariates, weight, treatment). Who is left out is named in a note, and counted in the ledger. Nobody is where no treated unit would
 * remain, or where the treatment is one that the method refuses: those are findings of the whole panel. O(rows), and a copy of the
 * panel where somebody is left out.
 */
typedef uf_status effect_method_run(const struct uf_panel *panel, const struct uf_options *options,
                                    const struct uf_context *context, struct uf_result *result,
                                    struct uf_error *error);
uf_status effect_run_comparable(const struct uf_panel *panel, enum effect_past past, effect_method_run *run,
                                const struct uf_options *options, const struct uf_context *context,
                                struct uf_result *result, struct uf_error *error);
#endif
