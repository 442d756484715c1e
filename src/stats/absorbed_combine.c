// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Absorbed regression of rows that do not come by group: each is fetched from somewhere else in memory, and so is each of
 * its numbers. Where the levels are few, one number of two bytes stands for all of them: one access, to a column that
 * a processor can hold.
 */
#include <stdlib.h>

#include "base/fail.h"
#include "stats/absorbed_internal.h"

enum { MOST_COMBINATIONS = UINT16_MAX, MOST_PARTS = UF_ABSORBED_EFFECTS + 2 };

/* What is combined, and how much its number counts. */
struct part {
    const struct uf_grouping *grouping;
    const uint32_t *number; /* by the rows' own numbers; NULL: they are it */
    uint32_t **of;          /* where the answers by combination go */
    size_t levels, times;
};

/* False: the combinations would be too many. */
static bool add_part(struct part *parts, size_t *n_parts, size_t *combinations,
                     const struct uf_grouping *grouping, const uint32_t *number, uint32_t **of)
{
    const size_t levels = absorbed_raw_levels(grouping);
    if (levels == 0 || levels > MOST_COMBINATIONS / *combinations) return false;
    parts[(*n_parts)++] = (struct part){grouping, number, of, levels, *combinations};
    *combinations *= levels;
    return true;
}

static void combine_rows(struct absorbed_layout *l, const struct part *parts, size_t n_parts)
{
    const size_t blocks = (l->n + ABSORBED_BLOCK - 1) / ABSORBED_BLOCK;
#pragma omp parallel for schedule(static) num_threads(l->threads)
    for (size_t b = 0; b < blocks; b++) {
        const size_t first = b * ABSORBED_BLOCK,
                     length = l->n - first < ABSORBED_BLOCK ? l->n - first : ABSORBED_BLOCK;
        uint32_t level[ABSORBED_BLOCK], sum[ABSORBED_BLOCK] = {0};
        for (size_t i = 0; i < n_parts; i++) {
            absorbed_load_raw(parts[i].grouping, NULL, first, length, level);
            for (size_t r = 0; r < length; r++) sum[r] += level[r] * (uint32_t)parts[i].times;
        }
        for (size_t r = 0; r < length; r++) l->combination[first + r] = (uint16_t)sum[r];
    }
}

uf_status absorbed_combine(struct absorbed_layout *l, struct uf_error *error)
{
    struct part parts[MOST_PARTS];
    size_t n_parts = 0, combinations = 1;
    for (size_t dim = 0; dim < l->n_dummy_dims; dim++)
        add_part(parts, &n_parts, &combinations, l->dummy_dim[dim], l->number[dim], &l->dummy_of[dim]);
    for (size_t c = 0; c < l->data->n_cluster_dimensions; c++)
        add_part(parts, &n_parts, &combinations, l->data->cluster[c], l->data->cluster[c]->recode,
                 &l->cluster_of[c]);
    if (n_parts == 0) return UF_OK;
    l->combination = malloc(l->n * sizeof *l->combination);
    if (!l->combination) return uf_fail_memory(error);
    combine_rows(l, parts, n_parts);
    for (size_t i = 0; i < n_parts; i++) {
        uint32_t *of = malloc(combinations * sizeof *of);
        if (!of) return uf_fail_memory(error);
        for (size_t k = 0; k < combinations; k++) {
            const size_t own = k / parts[i].times % parts[i].levels;
            of[k] = parts[i].number ? parts[i].number[own] : (uint32_t)own;
        }
        *parts[i].of = of;
    }
    return UF_OK;
}

void absorbed_load_combined(const struct absorbed_layout *l, const uint32_t *of, size_t first, size_t length,
                            uint32_t *out)
{
    for (size_t r = 0; r < length; r++) out[r] = of[l->combination[l->order[first + r]]];
}

void absorbed_load_clusters(const struct absorbed_layout *l, size_t dimension, size_t first, size_t length,
                            uint32_t *out)
{
    if (l->cluster_of[dimension])
        absorbed_load_combined(l, l->cluster_of[dimension], first, length, out);
    else
        absorbed_load_levels(l->data->cluster[dimension], l->order, first, length, out);
}
