// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_INFERENCE_CHOICE_H
#define UTFALL_EFFECT_INFERENCE_CHOICE_H
/*
 * `inference: auto`: which procedure a design calls for. What the choice rests on are the rejection rates of
 * docs/inference.md, which tests/bench/level computes for this very function.
 */
#include "effect/run.h"

enum effect_procedure {
    EFFECT_BY_SCALED,      /* randomisation, scaled by the noise before the start */
    EFFECT_BY_T,           /* randomisation, t */
    EFFECT_BY_COEFFICIENT, /* randomisation, coefficient */
    EFFECT_BY_CR2,
    EFFECT_BY_WILD
};

/* What is known of a design. */
struct effect_grounds {
    size_t n_treated, n_control; /* blocks (regions, or clusters of them) ever treated, and never */
    bool randomised;             /* the treatment can be dealt out anew */
    bool noise;                  /* enough periods before the start to know each block's noise */
    bool cr2, wild;              /* could be computed */
};

enum effect_procedure effect_choose(const struct effect_grounds *grounds);
/* The value of `vcov` in a row of the procedure. */
const char *effect_procedure_name(enum effect_procedure procedure);
/* The sentence that says which was chosen and why. */
uf_status effect_note_choice(const struct effect_run *run, const struct effect_grounds *grounds,
                             struct uf_error *error);
#endif
