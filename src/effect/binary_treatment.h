// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_BINARY_TREATMENT_H
#define UTFALL_EFFECT_BINARY_TREATMENT_H
/* For methods whose treatment is 0 or 1 and stays. */
#include "effect/run.h"

/* The choices of an option `switching-off`: refuse, as-treated. */
extern const char *const effect_endings[];
/* Refuses a treatment that differs in size, and one that ends unless `stays_treated` (the unit counts as treated
 * from its start on), with fatal notes. run->sample is not read. */
uf_status effect_require_binary(const struct effect_run *run, bool stays_treated, struct uf_error *error);
#endif
