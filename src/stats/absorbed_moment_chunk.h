// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_ABSORBED_MOMENT_CHUNK_H
#define UTFALL_STATS_ABSORBED_MOMENT_CHUNK_H
/* What one chunk of rows sums in the first pass of an absorbed regression. What is called for each row or group is inline. */
#include "stats/absorbed_internal.h"
#include "stats/absorbed_patterns.h"

/* What one chunk sums. */
struct moment_sums {
    double *a;         /* v × v, lower */
    double *b;         /* (q + m + 1) × v: by dummy */
    double *reference; /* v */
    double *schur;     /* (q + m)², lower; NULL: only patterns so far */
    struct absorbed_patterns *patterns;
    struct absorbed_parts *parts; /* pairs of effects: see pair_of */
    uint32_t *owner[2];           /* q + 1 each: cluster + 1 of the first row met; 0: none yet */
    bool nested[UF_ABSORBED_EFFECTS + 1][2];
    size_t singletons;
    bool finite, no_memory;
};

/* Room for one thread's block of rows. */
struct moment_block {
    double *memory;
    const double **raw;
    double **centred, **weighted;
    double *ones, *weight_buffer, *mean, *share, total;
    const double *weight;
    uint32_t *dummy[UF_ABSORBED_EFFECTS], *touched, *cluster[2];
    size_t n_touched;
    size_t v;
};

struct moment_pass {
    const struct absorbed_layout *l;
    const struct absorbed_change *change;
    size_t v, d; /* columns; dummies = q + m */
    size_t n_pairs;
    struct moment_sums *sums;
};

bool moment_block_init(const struct moment_pass *p, struct moment_block *block);
void moment_block_clear(struct moment_block *block);
/* Sums the rows of one chunk; what goes wrong is in its sums. */
void moment_chunk_sum(const struct moment_pass *p, size_t chunk);

static inline struct uf_value_column moment_column(const struct uf_absorbed_data *data, size_t a)
{
    return a < data->n_regressors ? data->regressor[a] : data->outcome;
}

/* --- connected parts --------------------------------------------------------------------------- */

static inline uint32_t root_of(uint32_t *parent, uint32_t node)
{
    while (parent[node] != node) node = parent[node] = parent[parent[node]];
    return node;
}

static inline void join(struct absorbed_parts *parts, uint32_t x, uint32_t y)
{
    if (parts->parts <= 1) return;
    x = root_of(parts->parent, x), y = root_of(parts->parent, y);
    if (x == y) return;
    parts->parent[x > y ? x : y] = x > y ? y : x;
    parts->parts--;
}

/* Effects as they stand in dummy_dim (the category is no effect); pair (a, a) is the largest effect with a. */
static inline size_t pair_of(size_t a, size_t b)
{
    return a >= b ? a * (a + 1) / 2 + b : b * (b + 1) / 2 + a;
}

static inline size_t effect_dims(const struct absorbed_layout *l)
{
    return l->data->n_effects - 1;
}

/* --- Schur complement -------------------------------------------------------------------------- */

/* Adds the rows' own products of dummies, `times` over, and gathers the group's shares. */
static inline void schur_rows(struct moment_block *block, size_t none, size_t dims,
                              const uint32_t *const *dummy, size_t first, size_t length, const double *weight,
                              double times, double *s, size_t stride)
{
    for (size_t r = first; r < first + length; r++) {
        double w = weight ? weight[r] : 1;
        block->total += w;
        for (size_t a = 0; a < dims; a++) {
            size_t x = dummy[a][r];
            if (x == none) continue;
            if (block->share[x] == 0) block->touched[block->n_touched++] = (uint32_t)x;
            block->share[x] += w;
            for (size_t b = 0; b <= a; b++) {
                size_t y = dummy[b][r];
                if (y != none) s[x > y ? x * stride + y : y * stride + x] += times * w;
            }
        }
    }
}

static inline void schur_close(struct moment_block *block, double times, double *s, size_t stride)
{
    double factor = times / block->total;
    for (size_t i = 0; i < block->n_touched; i++) {
        size_t x = block->touched[i];
        double share = factor * block->share[x];
        for (size_t j = 0; j <= i; j++) {
            size_t y = block->touched[j];
            s[x > y ? x * stride + y : y * stride + x] -= share * block->share[y];
        }
    }
    for (size_t i = 0; i < block->n_touched; i++) block->share[block->touched[i]] = 0;
    block->n_touched = 0;
    block->total = 0;
}

#endif
