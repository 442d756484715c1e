// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_SUMS_H
#define UTFALL_IMPORT_SUMS_H
/* Cells that differ only in dimensions that are added up over become one. A sum is there only when each of its
 * parts is; remarks of the parts (estimated, a break …) go over to it. Memory: one entry per sum. */
#include "import/plan.h"

struct uf_sums;
uf_status uf_sums_new(const struct uf_plan *plan, struct uf_sums **out, struct uf_error *error);
void uf_sums_free(struct uf_sums *sums);
/* Adds a part. `*out_twice`: this part of this sum was there already, and nothing is added. */
uf_status uf_sums_add(struct uf_sums *sums, const struct uf_plan *plan, const struct uf_cell *cell,
                      const struct uf_observation *observation, bool *out_twice, struct uf_error *error);
size_t uf_sums_count(const struct uf_sums *sums);
/* In the order in which they were met; borrowed. `*out_lacking` is how many parts are missing or were not there. */
void uf_sums_get(const struct uf_sums *sums, size_t index, struct uf_observation *out, size_t *out_lacking);
#endif
