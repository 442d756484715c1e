// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_EVENT_ANCHOR_H
#define UTFALL_EFFECT_EVENT_ANCHOR_H
/*
 * What the estimates of an event study are differences from. Where an event time was dropped as collinear, some of the others
 * may be differences from it, and not from the reference: as where no region is compared with in the reference. The share that
 * the dropped event time has in each is the coefficient of its dummy on the columns kept.
 */
#include "effect/did_internal.h"

/* `out` (n_leading): the number of the dropped event time that the estimate is a difference from, SIZE_MAX where it is one from
 * the reference alone. As many fits as were dropped. Errors as of uf_event_study_estimate. */
uf_status event_anchors(const struct uf_did_data *data, const struct uf_event_study_options *options,
                        const struct uf_did_fit *fit, size_t *out, struct uf_error *error);
#endif
