// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_FEW_TREATED_INTERNAL_H
#define UTFALL_STATS_FEW_TREATED_INTERNAL_H
/* A regression as Conley–Taber and Ferman–Pinto see it: blocks that weigh, and blocks that lend residuals. */
#include <utfall/few_treated.h>

/* Block j weighs scale_j · (shape of j)(t); controls mostly share one shape. W of shape s and block l is
 * Σ_t shape_s(t) ē_l(t): w0 of the residuals, w1 of d/κ, so that the residuals with r imposed give
 * w0 + (θ̂ − r) w1. */
struct few_blocks {
    size_t n_blocks, n_shapes, n_treated, n_controls;
    double estimate;
    double spread;   /* Σ (w d e)², a scale */
    bool *present;   /* n_blocks: has observations */
    bool *lends;     /* n_blocks: some of them not exposed */
    double *size;    /* n_blocks */
    double *scale;   /* n_blocks */
    size_t *shape;   /* n_blocks */
    double *w0, *w1; /* n_shapes × n_blocks; NaN where the block lacks a period of the shape */
    bool *exposed;   /* n_shapes × n_blocks: in a period of the shape */
};
/* `draws`: so many are to be kept for every block that weighs, and must find room; 0: none. */
uf_status few_blocks_init(const struct uf_few_treated_input *input, size_t draws, struct few_blocks *out,
                          struct uf_error *error);
void few_blocks_clear(struct few_blocks *blocks);

enum { FEW_MOST_NUMBERS = 50000000 };
#endif
