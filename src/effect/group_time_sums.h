// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_GROUP_TIME_SUMS_H
#define UTFALL_EFFECT_GROUP_TIME_SUMS_H
/*
 * The comparisons of group-time effects from sums by block, where the treatment is dealt out anew over whole blocks: a
 * difference of means, and the regression estimator, need of each block no more than Σ w x x' and Σ w x y, so that an
 * assignment costs cells × blocks, however many rows there are. With x = (1, covariates), y the change (or, of repeated
 * cross-sections, the outcome of each of the two periods).
 */
#include "effect/group_time_internal.h"

struct group_time_sums;

/* Whether sums serve: no covariates or the regression estimator, each block's influence in one row, and room. */
bool group_time_sums_serve(const struct group_time_wide *wide, const struct group_time_order *order,
                           const struct uf_group_time_options *options, size_t n_blocks, const size_t *block,
                           bool *out_serve_regression);

/* The same of what was estimated: whether dealing its options, and the regression estimator instead, goes by sums. */
uf_status group_time_dealt_by_sums(const struct uf_group_time *group_time,
                                   const struct uf_group_time_options *options,
                                   const struct uf_did_assignment *assignment, bool *out,
                                   bool *out_regression, struct uf_error *error);

/* `cells` (n_cells, of the order) and what they borrow must outlive the sums. `block`: of each unit of `wide`. */
uf_status group_time_sums_new(const struct group_time_wide *wide, const struct group_time_order *order,
                              const struct uf_group_time_options *options,
                              const struct uf_group_time_cell *cells, size_t n_cells, size_t n_blocks,
                              const size_t *block, struct group_time_sums **out, struct uf_error *error);
void group_time_sums_free(struct group_time_sums *sums);

/* Under `cohort` (n_blocks: index of the order's cohorts, n_cohorts: never treated, SIZE_MAX: left out): the estimate of a
 * cell; NaN: it cannot be estimated. */
double group_time_sums_cell(struct group_time_sums *sums, const size_t *cohort, size_t cell);
/* After it: adds factor × each block's influence to `influence` (n_blocks), and factor × what its outcomes weigh to `share`
 * (n_blocks × n_periods). */
void group_time_sums_add(struct group_time_sums *sums, const size_t *cohort, size_t cell, double factor,
                         double *influence, double *share);
/* The row of the influence that a block is in; the sum of its units' weights. */
size_t group_time_sums_row(const struct group_time_sums *sums, size_t block);
double group_time_sums_weight(const struct group_time_sums *sums, size_t block);
#endif
