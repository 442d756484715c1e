// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_BACON_RUN_H
#define UTFALL_EFFECT_BACON_RUN_H
/* What the files of the method `bacon` share. */
#include <utfall/bacon.h>

#include "effect/run.h"

/* Tables `comparisons`, `by-type`, `estimates`, and the note on the forbidden ones. */
uf_status bacon_report(const struct effect_run *run, const struct uf_bacon *bacon, struct uf_error *error);
#endif
