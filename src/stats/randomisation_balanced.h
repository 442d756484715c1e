// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_RANDOMISATION_BALANCED_H
#define UTFALL_STATS_RANDOMISATION_BALANCED_H
/*
 * The same statistics for a balanced panel without covariates and weights, at O(blocks · paths) an assignment instead
 * of a pass over the rows: the fixed effects then leave of a path its deviation from its own mean and from the mean
 * of all paths, weighted by how many units follow them, so that all sums can be put together from a table of block ×
 * path.
 */
#include <utfall/randomisation.h>

struct balanced;

/* `outcome` (n): with the effects taken out. *out NULL: the panel is not of that kind. */
uf_status balanced_new(const struct uf_randomisation_input *input, const double *outcome,
                       struct balanced **out, struct uf_error *error);
void balanced_free(struct balanced *balanced);
/* A uf_randomisation_statistic; `user` is the struct. */
uf_status balanced_evaluate(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                            struct uf_error *error);
#endif
