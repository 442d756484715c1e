// SPDX-License-Identifier: GPL-3.0-or-later
/* Absorbed regression, first pass over the rows of one chunk, a block that stays in the first cache at a time. */
#include "stats/absorbed_moment_chunk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void moment_block_clear(struct moment_block *block)
{
    free(block->memory), free(block->raw), free(block->centred), free(block->touched);
    for (size_t a = 0; a < UF_ABSORBED_EFFECTS; a++) free(block->dummy[a]);
    free(block->cluster[0]), free(block->cluster[1]);
}

bool moment_block_init(const struct moment_pass *p, struct moment_block *block)
{
    const size_t v = p->v, dims = p->l->n_dummy_dims;
    *block = (struct moment_block){.v = v};
    block->memory = calloc((3 * v + 2) * ABSORBED_BLOCK + v + p->d + 2, sizeof(double));
    block->raw = calloc(v, sizeof *block->raw);
    block->centred = calloc(3 * v, sizeof *block->centred);
    block->touched = calloc(p->d + 1, sizeof *block->touched);
    bool fine = block->memory && block->raw && block->centred && block->touched;
    for (size_t a = 0; a < dims; a++)
        fine = (block->dummy[a] = malloc(ABSORBED_BLOCK * sizeof(uint32_t))) != NULL && fine;
    for (size_t c = 0; c < 2; c++)
        fine = (block->cluster[c] = malloc(ABSORBED_BLOCK * sizeof(uint32_t))) != NULL && fine;
    if (!fine) return false;
    block->weighted = block->centred + v;
    double *next = block->memory;
    for (size_t a = 0; a < 3 * v; a++, next += ABSORBED_BLOCK) block->centred[a] = next;
    block->ones = next, next += ABSORBED_BLOCK;
    block->weight_buffer = next, next += ABSORBED_BLOCK;
    block->mean = next, next += v;
    block->share = next;
    for (size_t r = 0; r < ABSORBED_BLOCK; r++) block->ones[r] = 1;
    return true;
}

/* The rows of one group (or part of it) join levels. `before`: the group's first row, for the largest effect. */
static void connect(const struct moment_pass *p, struct moment_sums *s, const uint32_t *const *dummy,
                    size_t first, size_t length, const uint32_t *before)
{
    const struct absorbed_layout *l = p->l;
    for (size_t a = 0; a < effect_dims(l); a++) {
        struct absorbed_parts *with_main = &s->parts[pair_of(a, a)];
        uint32_t off_a = (uint32_t)l->offset[a], levels_a = (uint32_t)l->levels[l->effect_of[a]];
        for (size_t r = first; r < first + length && with_main->parts > 1; r++)
            join(with_main, before[a] - off_a, dummy[a][r] - off_a);
        for (size_t b = 0; b < a; b++) {
            struct absorbed_parts *pair = &s->parts[pair_of(a, b)];
            uint32_t off_b = (uint32_t)l->offset[b];
            for (size_t r = first; r < first + length && pair->parts > 1; r++)
                join(pair, dummy[a][r] - off_a, levels_a + dummy[b][r] - off_b);
        }
    }
}

/* The rows as the round wants them: raw columns, changed where there is a change. */
static void load(const struct moment_pass *p, const struct absorbed_piece *piece, struct moment_block *block)
{
    const struct absorbed_layout *l = p->l;
    const size_t length = piece->length, v = p->v;
    for (size_t a = 0; a < l->n_dummy_dims; a++)
        absorbed_load_dummies(l, a, piece->first, length, block->dummy[a]);
    double **buffer = block->centred + 2 * v;
    for (size_t a = 0; a < v; a++)
        block->raw[a] =
            absorbed_load_values(moment_column(l->data, a), l->order, piece->first, length, buffer[a]);
    block->weight = NULL;
    if (l->data->weights)
        block->weight = absorbed_load_values((struct uf_value_column){l->data->weights, 1}, l->order,
                                             piece->first, length, block->weight_buffer);
    if (!p->change) return;
    for (size_t a = v; a-- > 0;) { /* from the last: the earlier ones are still as given */
        const double *row = p->change->rotation + a * v;
        for (size_t r = 0; r < length; r++) {
            double value = block->raw[a][r];
            for (size_t b = 0; b < a; b++)
                if (row[b] != 0) value += row[b] * block->raw[b][r];
            for (size_t dim = 0; dim < l->n_dummy_dims; dim++)
                value -= p->change->offset[block->dummy[dim][r] * v + a];
            buffer[a][r] = value;
        }
        block->raw[a] = buffer[a];
    }
}

/* Means of one group of the block, taken from its first value so that a large level costs no digits. */
static inline double mean_of(const double *z, const double *w, size_t first, size_t last)
{
    double base = z[first], sum = 0, total = 0;
    if (!w) {
        for (size_t r = first + 1; r < last; r++) sum += z[r] - base;
        return base + sum / (double)(last - first);
    }
    for (size_t r = first; r < last; r++) sum += w[r] * (z[r] - base), total += w[r];
    return base + sum / total;
}

/* Adds the rows' values to the sums of their dummies. */
static void add_by_dummy(const struct moment_pass *p, struct moment_block *block, size_t length, double *b)
{
    const size_t v = p->v;
    for (size_t dim = 0; dim < p->l->n_dummy_dims; dim++) {
        const uint32_t *dummy = block->dummy[dim];
        size_t a = 0;
        for (; a + 2 <= v; a += 2) {
            const double *x = block->weighted[a], *y = block->weighted[a + 1];
            for (size_t r = 0; r < length; r++) {
                double *to = b + dummy[r] * v + a;
                to[0] += x[r], to[1] += y[r];
            }
        }
        if (a < v)
            for (size_t r = 0; r < length; r++) b[dummy[r] * v + a] += block->weighted[a][r];
    }
}

static void find_nesting(const struct moment_pass *p, const struct absorbed_piece *piece,
                         struct moment_block *block, struct moment_sums *s)
{
    const struct absorbed_layout *l = p->l;
    for (size_t c = 0; c < l->data->n_cluster_dimensions; c++) {
        bool any = s->nested[UF_ABSORBED_EFFECTS][c];
        for (size_t dim = 0; dim < effect_dims(l); dim++) any |= s->nested[dim][c];
        if (!any) continue;
        uint32_t *cluster = block->cluster[c];
        absorbed_load_clusters(l, c, piece->first, piece->length, cluster);
        for (size_t g = piece->group; g < piece->end_group && s->nested[UF_ABSORBED_EFFECTS][c]; g++) {
            size_t from = piece->part ? 0 : l->start[g] - piece->first,
                   to = piece->part ? piece->length : l->start[g + 1] - piece->first;
            uint32_t first = cluster[from < piece->length ? from : 0];
            if (piece->part) /* against the group's first row */
                absorbed_load_clusters(l, c, l->start[g], 1, &first);
            for (size_t r = from; r < to; r++) s->nested[UF_ABSORBED_EFFECTS][c] &= cluster[r] == first;
        }
        for (size_t dim = 0; dim < effect_dims(l); dim++)
            for (size_t r = 0; r < piece->length && s->nested[dim][c]; r++) {
                uint32_t *owner = &s->owner[c][block->dummy[dim][r]];
                if (*owner == 0) *owner = cluster[r] + 1;
                s->nested[dim][c] = *owner == cluster[r] + 1;
            }
    }
}

static double *own_schur(const struct moment_pass *p, struct moment_sums *s)
{
    if (!s->schur) s->schur = calloc(p->d * p->d + 1, sizeof *s->schur);
    if (!s->schur) s->no_memory = true;
    return s->schur;
}

/* Counts of dummies, parts and singletons: taken in the first round only. */
static void count_piece(const struct moment_pass *p, const struct absorbed_piece *piece,
                        struct moment_block *block, struct moment_sums *s)
{
    const struct absorbed_layout *l = p->l;
    const size_t dims = l->n_dummy_dims;
    const uint32_t *const *dummy = (const uint32_t *const *)block->dummy;
    find_nesting(p, piece, block, s);
    for (size_t g = piece->group; g < piece->end_group; g++) {
        size_t from = piece->part ? 0 : l->start[g] - piece->first,
               to = piece->part ? piece->length : l->start[g + 1] - piece->first;
        if (from == to) continue;
        bool is_new = true, counted = false;
        if (l->alone || (!piece->part && to - from == 1))
            for (size_t r = from; r < to; r++) {
                bool alone = !piece->part && to - from == 1;
                for (size_t dim = 0; dim < effect_dims(l); dim++) alone |= l->count[dummy[dim][r]] == 1;
                s->singletons += alone;
            }
        if (p->d == 0) continue;
        if (!piece->part && !block->weight)
            counted = absorbed_patterns_add(s->patterns, dummy, from, to - from, &is_new);
        if (is_new) {
            uint32_t before[UF_ABSORBED_EFFECTS];
            for (size_t dim = 0; dim < effect_dims(l); dim++) {
                before[dim] = dummy[dim][from];
                if (piece->part && !piece->opens) absorbed_load_dummies(l, dim, l->start[g], 1, &before[dim]);
            }
            connect(p, s, dummy, from, to - from, before);
        }
        if (counted || !own_schur(p, s)) continue;
        schur_rows(block, l->none, dims, dummy, from, to - from, block->weight, 1, s->schur, p->d);
        if (piece->closes) schur_close(block, 1, s->schur, p->d);
    }
}

static void add_piece(const struct moment_pass *p, const struct absorbed_piece *piece,
                      struct moment_block *block, struct moment_sums *s)
{
    const struct absorbed_layout *l = p->l;
    const size_t v = p->v, length = piece->length;
    for (size_t a = 0; a < v; a++) {
        const double *z = block->raw[a];
        double *centred = block->centred[a];
        for (size_t g = piece->group; g < piece->end_group; g++) {
            size_t from = piece->part ? 0 : l->start[g] - piece->first,
                   to = piece->part ? length : l->start[g + 1] - piece->first;
            if (from == to) continue;
            double mean = piece->part ? block->mean[a] : mean_of(z, block->weight, from, to);
            for (size_t r = from; r < to; r++) centred[r] = z[r] - mean;
        }
        if (!block->weight) {
            block->weighted[a] = centred;
        } else {
            block->weighted[a] = block->centred[v + a];
            for (size_t r = 0; r < length; r++) block->weighted[a][r] = block->weight[r] * centred[r];
        }
    }
    for (size_t a = 0; a < v; a++)
        for (size_t b = 0; b <= a; b++)
            s->a[a * v + b] += absorbed_dot(block->weighted[a], block->centred[b], length);
    add_by_dummy(p, block, length, s->b);
    if (p->change) return;
    for (size_t a = 0; a < v; a++) {
        double square = 0;
        if (!block->weight)
            square = absorbed_dot(block->raw[a], block->raw[a], length);
        else
            for (size_t r = 0; r < length; r++)
                square += block->weight[r] * block->raw[a][r] * block->raw[a][r];
        s->reference[a] += square;
        s->finite = s->finite && isfinite(square);
    }
    for (size_t r = 0; r < length && block->weight; r++)
        s->finite = s->finite && block->weight[r] > 0 && isfinite(block->weight[r]);
    count_piece(p, piece, block, s);
}

/* Means of a group that is larger than a block. */
static void large_means(const struct moment_pass *p, const struct absorbed_piece *opening,
                        struct moment_block *block)
{
    const struct absorbed_layout *l = p->l;
    const size_t v = p->v;
    double *base = calloc(3 * v, sizeof *base), total = 0;
    if (!base) return;
    double *sum = base + v;
    struct absorbed_piece piece = *opening;
    for (size_t first = l->start[piece.group]; first < l->start[piece.group + 1]; first += piece.length) {
        size_t left = l->start[piece.group + 1] - first;
        piece.first = first;
        piece.length = left < ABSORBED_BLOCK ? left : ABSORBED_BLOCK;
        load(p, &piece, block);
        for (size_t a = 0; a < v; a++) {
            if (first == l->start[piece.group]) base[a] = block->raw[a][0];
            double part = 0;
            for (size_t r = 0; r < piece.length; r++)
                part += (block->weight ? block->weight[r] : 1) * (block->raw[a][r] - base[a]);
            sum[a] += part;
        }
        for (size_t r = 0; r < piece.length; r++) total += block->weight ? block->weight[r] : 1;
    }
    for (size_t a = 0; a < v; a++) block->mean[a] = base[a] + sum[a] / total;
    free(base);
}

void moment_chunk_sum(const struct moment_pass *p, size_t chunk)
{
    struct moment_sums *s = &p->sums[chunk];
    struct moment_block block;
    struct absorbed_piece piece;
    if (!moment_block_init(p, &block)) {
        s->no_memory = true;
    } else {
        absorbed_walk_begin(p->l, chunk, &piece);
        while (absorbed_walk_next(p->l, chunk, &piece)) {
            if (piece.part && piece.opens) large_means(p, &piece, &block);
            load(p, &piece, &block);
            add_piece(p, &piece, &block, s);
        }
    }
    moment_block_clear(&block);
}
