// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_POWER_NOTES_H
#define UTFALL_EFFECT_POWER_NOTES_H
/* What is said of the power that a simulation found. */
#include "effect/run.h"

/* No effect is found often enough by dealing the treatment out anew. */
uf_status power_note_never_found(const struct effect_run *run, struct uf_error *error);
#endif
