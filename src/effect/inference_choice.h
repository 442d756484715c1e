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
    EFFECT_BY_CR2,         /* or the method's own clustered error: see effect_analytic */
    EFFECT_BY_WILD
};

/* The clustered error of a method that has no CR2. */
struct effect_analytic {
    const char *vcov;
    struct uf_words words; /* as in `Inference: ..., because` */
};

/* What is known of a design. */
struct effect_grounds {
    size_t n_treated, n_control; /* blocks (regions, or clusters of them) ever treated, and never */
    bool randomised;             /* the treatment can be dealt out anew */
    bool noise;                  /* enough periods before the start to know each block's noise */
    bool cr2, wild;              /* could be computed (cr2: or what stands in for it) */
    const struct effect_analytic *analytic; /* instead of CR2; NULL: CR2 itself */
    size_t control_first; /* start of a cohort that, before it, is the control, and counts as such; 0: none */
};
/* Counts the blocks: those of the assignment, or (NULL) clusters with and without a treated unit. */
uf_status effect_count_blocks(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                              struct effect_grounds *grounds, struct uf_error *error);
/* So many treated and untreated that the analytic error is chosen where it can be had. */
bool effect_are_many(const struct effect_grounds *grounds);

enum effect_procedure effect_choose(const struct effect_grounds *grounds);
/* The value of `vcov` in a row of what was chosen on these grounds, and of a procedure of did. */
const char *effect_chosen_name(const struct effect_grounds *grounds);
const char *effect_procedure_name(enum effect_procedure procedure);
/* The sentence that says which was chosen and why. */
uf_status effect_note_choice(const struct effect_run *run, const struct effect_grounds *grounds,
                             struct uf_error *error);
#endif
