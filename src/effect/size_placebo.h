// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SIZE_PLACEBO_H
#define UTFALL_EFFECT_SIZE_PLACEBO_H
/* An untreated part of a sample to which treatments of the actual one's shape are dealt. */
#include "effect/did_internal.h"

#include <utfall/size_check.h>

struct size_placebo {
    struct uf_did_data data; /* of the arrays below; treatment and first_period as last dealt */
    size_t *unit, *period, *cluster, *block;
    double *outcome, *treatment, *weights;
    gsl_matrix *covariates;
    size_t *first_period; /* n_units */
    size_t n_blocks, n_periods;
    size_t *unit_block; /* n_units; SIZE_MAX: not in the sample */
    size_t n_starts;
    size_t *start, *n_start; /* the periods in which blocks start, and how many in each */
    size_t n_treated;        /* blocks */
    bool *treated;           /* n_blocks, as last dealt */
    size_t *block_start;     /* n_blocks: as last dealt; SIZE_MAX: not treated */
    size_t *order;           /* n_blocks: work space */
    double *noise;           /* n_blocks: log variance before the start; NaN throughout where not known */
    double actual_noise;     /* mean of the actually treated */
    double distance;         /* of the last dealt ones from that; NaN where not known */
};

/* UF_NOT_IDENTIFIED: the sample is too small for a placebo, or the treatment is a dose or ends. */
uf_status size_placebo_init(const struct uf_did_data *data, enum uf_size_sample sample,
                            struct size_placebo *out, struct uf_error *error);
void size_placebo_clear(struct size_placebo *placebo);
/* A treatment of the same shape: a function of seed and number. */
void size_placebo_deal(struct size_placebo *placebo, uint64_t seed, uint64_t number);
#endif
