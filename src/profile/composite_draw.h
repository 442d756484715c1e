// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_COMPOSITE_DRAW_H
#define UTFALL_PROFILE_COMPOSITE_DRAW_H
/* One draw: which alternative of each choice, and the ranking that follows. */
#include "profile/composite_variants.h"

struct composite_draw {
    size_t treatment, normalisation, weighting, aggregation;
    size_t left_out; /* an indicator; SIZE_MAX: none */
    double *factor;  /* items: what each weight is multiplied by */
};

/* Room for one thread. */
struct composite_space {
    double *memory;
    double *weight, *sum;   /* of each item, and of its parts */
    double *column, *there; /* of each aggregate: the value in its parent's terms, and whether there is one */
    double *part_weight, *lead;
    const double **part, **part_there;
    uint32_t *order; /* 2 × units, and the ranks */
    uint32_t *rank;
    struct composite_draw a, b, mixed;
};
uf_status composite_space_new(const struct uf_composite_tree *tree, size_t n_units,
                              struct composite_space *out, struct uf_error *error);
void composite_space_clear(struct composite_space *space);

/* The first alternative of each choice. */
void composite_nominal(const struct uf_composite_tree *tree, struct composite_draw *draw);
/* Draw `number` of all inputs. */
void composite_draw_inputs(const struct uf_composite_input *input, uint64_t seed, uint64_t number,
                           struct composite_draw *draw);
/* `base` with one choice of `other`. */
void composite_mix(const struct uf_composite_tree *tree, const struct composite_draw *base,
                   const struct composite_draw *other, enum uf_composite_choice choice,
                   struct composite_draw *out);
/* The ranks of one draw (1 is best, ties share the best) into space->rank. */
void composite_rank(const struct uf_composite_input *input, const struct composite_variants *variants,
                    const struct composite_draw *draw, struct composite_space *space);
#endif
