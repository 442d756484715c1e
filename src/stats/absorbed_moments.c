// SPDX-License-Identifier: GPL-3.0-or-later
/* Absorbed regression, first pass: the cross-products of all that is left of the columns within groups. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/absorbed_internal.h"
#include "stats/absorbed_patterns.h"

/* What one chunk sums. */
struct sums {
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
struct block {
    double *memory;
    const double **raw;
    double **centred, **weighted;
    double *ones, *weight_buffer, *mean, *share, total;
    const double *weight;
    uint32_t *dummy[UF_ABSORBED_EFFECTS], *touched, *cluster[2];
    size_t n_touched;
    size_t v;
};

struct pass {
    const struct absorbed_layout *l;
    const struct absorbed_change *change;
    size_t v, d; /* columns; dummies = q + m */
    size_t n_pairs;
    struct sums *sums;
};

/* --- connected parts --------------------------------------------------------------------------- */

static uint32_t root_of(uint32_t *parent, uint32_t node)
{
    while (parent[node] != node) node = parent[node] = parent[parent[node]];
    return node;
}

static void join(struct absorbed_parts *parts, uint32_t x, uint32_t y)
{
    if (parts->parts <= 1) return;
    x = root_of(parts->parent, x), y = root_of(parts->parent, y);
    if (x == y) return;
    parts->parent[x > y ? x : y] = x > y ? y : x;
    parts->parts--;
}

/* Effects as they stand in dummy_dim (the category is no effect); pair (a, a) is the largest effect with a. */
static size_t pair_of(size_t a, size_t b)
{
    return a >= b ? a * (a + 1) / 2 + b : b * (b + 1) / 2 + a;
}

static size_t effect_dims(const struct absorbed_layout *l)
{
    return l->data->n_effects - 1;
}

/* The rows of one group (or part of it) join levels. `before`: the group's first row, for the largest effect. */
static void connect(const struct pass *p, struct sums *s, const uint32_t *const *dummy, size_t first,
                    size_t length, const uint32_t *before)
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

/* --- Schur complement -------------------------------------------------------------------------- */

/* Adds the rows' own products of dummies, `times` over, and gathers the group's shares. */
static void schur_rows(struct block *block, size_t none, size_t dims, const uint32_t *const *dummy,
                       size_t first, size_t length, const double *weight, double times, double *s,
                       size_t stride)
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

static void schur_close(struct block *block, double times, double *s, size_t stride)
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

/* --- blocks ------------------------------------------------------------------------------------ */

static void block_clear(struct block *block)
{
    free(block->memory), free(block->raw), free(block->centred), free(block->touched);
    for (size_t a = 0; a < UF_ABSORBED_EFFECTS; a++) free(block->dummy[a]);
    free(block->cluster[0]), free(block->cluster[1]);
}

static bool block_init(const struct pass *p, struct block *block)
{
    const size_t v = p->v, dims = p->l->n_dummy_dims;
    *block = (struct block){.v = v};
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

static struct uf_value_column column_of(const struct uf_absorbed_data *data, size_t a)
{
    return a < data->n_regressors ? data->regressor[a] : data->outcome;
}

/* The rows as the round wants them: raw columns, changed where there is a change. */
static void load(const struct pass *p, const struct absorbed_piece *piece, struct block *block)
{
    const struct absorbed_layout *l = p->l;
    const size_t length = piece->length, v = p->v;
    for (size_t a = 0; a < l->n_dummy_dims; a++)
        absorbed_load_dummies(l, a, piece->first, length, block->dummy[a]);
    double **buffer = block->centred + 2 * v;
    for (size_t a = 0; a < v; a++)
        block->raw[a] =
            absorbed_load_values(column_of(l->data, a), l->order, piece->first, length, buffer[a]);
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
static void add_by_dummy(const struct pass *p, struct block *block, size_t length, double *b)
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

static void find_nesting(const struct pass *p, const struct absorbed_piece *piece, struct block *block,
                         struct sums *s)
{
    const struct absorbed_layout *l = p->l;
    for (size_t c = 0; c < l->data->n_cluster_dimensions; c++) {
        bool any = s->nested[UF_ABSORBED_EFFECTS][c];
        for (size_t dim = 0; dim < effect_dims(l); dim++) any |= s->nested[dim][c];
        if (!any) continue;
        uint32_t *cluster = block->cluster[c];
        absorbed_load_levels(l->data->cluster[c], l->order, piece->first, piece->length, cluster);
        for (size_t g = piece->group; g < piece->end_group && s->nested[UF_ABSORBED_EFFECTS][c]; g++) {
            size_t from = piece->part ? 0 : l->start[g] - piece->first,
                   to = piece->part ? piece->length : l->start[g + 1] - piece->first;
            uint32_t first = cluster[from < piece->length ? from : 0];
            if (piece->part) /* against the group's first row */
                absorbed_load_levels(l->data->cluster[c], l->order, l->start[g], 1, &first);
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

static double *own_schur(const struct pass *p, struct sums *s)
{
    if (!s->schur) s->schur = calloc(p->d * p->d + 1, sizeof *s->schur);
    if (!s->schur) s->no_memory = true;
    return s->schur;
}

/* Counts of dummies, parts and singletons: taken in the first round only. */
static void count_piece(const struct pass *p, const struct absorbed_piece *piece, struct block *block,
                        struct sums *s)
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

static void add_piece(const struct pass *p, const struct absorbed_piece *piece, struct block *block,
                      struct sums *s)
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
static void large_means(const struct pass *p, const struct absorbed_piece *opening, struct block *block)
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

static void sum_chunk(const struct pass *p, size_t chunk)
{
    struct sums *s = &p->sums[chunk];
    struct block block;
    struct absorbed_piece piece;
    if (!block_init(p, &block)) {
        s->no_memory = true;
    } else {
        absorbed_walk_begin(p->l, chunk, &piece);
        while (absorbed_walk_next(p->l, chunk, &piece)) {
            if (piece.part && piece.opens) large_means(p, &piece, &block);
            load(p, &piece, &block);
            add_piece(p, &piece, &block, s);
        }
    }
    block_clear(&block);
}

/* --- all chunks together ----------------------------------------------------------------------- */

static void sums_clear(const struct pass *p, struct sums *s)
{
    free(s->a), free(s->b), free(s->reference), free(s->schur);
    absorbed_patterns_free(s->patterns);
    for (size_t i = 0; s->parts && i < p->n_pairs; i++) free(s->parts[i].parent);
    free(s->parts), free(s->owner[0]), free(s->owner[1]);
}

static bool sums_init(const struct pass *p, struct sums *s)
{
    const struct absorbed_layout *l = p->l;
    s->finite = true;
    s->a = calloc(p->v * p->v, sizeof *s->a);
    s->b = calloc((p->d + 1) * p->v, sizeof *s->b);
    s->reference = calloc(p->v, sizeof *s->reference);
    s->parts = calloc(p->n_pairs + 1, sizeof *s->parts);
    if (!s->a || !s->b || !s->reference || !s->parts) return false;
    if (p->change) return true;
    for (size_t c = 0; c < l->data->n_cluster_dimensions; c++) {
        s->owner[c] = calloc(l->q + 1, sizeof *s->owner[c]);
        if (!s->owner[c]) return false;
        for (size_t e = 0; e <= UF_ABSORBED_EFFECTS; e++) s->nested[e][c] = true;
    }
    s->patterns = absorbed_patterns_new(l->n_dummy_dims);
    if (!s->patterns) return false;
    for (size_t a = 0; a < effect_dims(l); a++)
        for (size_t b = 0; b <= a; b++) {
            struct absorbed_parts *parts = &s->parts[pair_of(a, b)];
            parts->nodes = parts->parts =
                l->levels[l->effect_of[a]] + (a == b ? 0 : l->levels[l->effect_of[b]]);
            parts->parent = malloc((parts->nodes + 1) * sizeof *parts->parent);
            if (!parts->parent) return false;
            for (size_t i = 0; i < parts->nodes; i++) parts->parent[i] = (uint32_t)i;
        }
    return true;
}

/* Adds what a chunk counted to the whole, in the order of the chunks. */
static void merge_counts(const struct pass *p, size_t chunk, struct block *block, struct absorbed_moments *m)
{
    const struct absorbed_layout *l = p->l;
    const struct sums *s = &p->sums[chunk];
    struct sums *whole = &p->sums[0];
    for (size_t i = 0; s->schur && i < p->d; i++)
        for (size_t j = 0; j <= i; j++) m->k[i * m->size + j] += s->schur[i * p->d + j];
    for (size_t i = 0; i < absorbed_patterns_count(s->patterns); i++) {
        size_t length, times;
        const uint32_t *key = absorbed_patterns_at(s->patterns, i, &length, &times),
                       *dummy[UF_ABSORBED_EFFECTS];
        for (size_t dim = 0; dim < l->n_dummy_dims; dim++) dummy[dim] = key + dim * length;
        schur_rows(block, l->none, l->n_dummy_dims, dummy, 0, length, NULL, (double)times, m->k, m->size);
        schur_close(block, (double)times, m->k, m->size);
    }
    m->singletons += s->singletons;
    for (size_t i = 0; i < p->n_pairs && chunk > 0; i++)
        for (size_t node = 0; node < s->parts[i].nodes; node++)
            join(&whole->parts[i], (uint32_t)node, s->parts[i].parent[node]);
    for (size_t c = 0; c < l->data->n_cluster_dimensions; c++)
        for (size_t dim = 0; dim <= UF_ABSORBED_EFFECTS; dim++) {
            whole->nested[dim][c] &= s->nested[dim][c];
            for (size_t j = l->offset[dim < UF_ABSORBED_EFFECTS ? dim : 0];
                 dim < effect_dims(l) && j < l->offset[dim] + l->levels[l->effect_of[dim]]; j++) {
                uint32_t *owner = &whole->owner[c][j], here = s->owner[c][j];
                if (*owner == 0) *owner = here;
                if (here != 0 && *owner != here) whole->nested[dim][c] = false;
            }
        }
}

static void finish_counts(const struct pass *p, struct absorbed_moments *m)
{
    const struct absorbed_layout *l = p->l;
    const struct sums *whole = &p->sums[0];
    const size_t last = UF_ABSORBED_EFFECTS;
    for (size_t c = 0; c < 2; c++) m->nested[l->main][c] = whole->nested[last][c];
    for (size_t a = 0; a < effect_dims(l); a++) {
        size_t x = l->effect_of[a];
        for (size_t c = 0; c < 2; c++) m->nested[x][c] = whole->nested[a][c];
        m->components[l->main][x] = m->components[x][l->main] = whole->parts[pair_of(a, a)].parts;
        for (size_t b = 0; b < a; b++) {
            size_t y = l->effect_of[b];
            m->components[x][y] = m->components[y][x] = whole->parts[pair_of(a, b)].parts;
        }
    }
}

static uf_status merge(const struct pass *p, struct absorbed_moments *m, struct uf_error *error)
{
    const size_t v = p->v, d = p->d;
    struct block block;
    if (!block_init(p, &block)) {
        block_clear(&block);
        return uf_fail_memory(error);
    }
    for (size_t c = 0; c < p->l->n_chunks; c++) {
        const struct sums *s = &p->sums[c];
        for (size_t a = 0; a < v; a++) {
            double *row = m->k + (d + a) * m->size;
            for (size_t j = 0; j < d; j++) row[j] += s->b[j * v + a];
            for (size_t b = 0; b <= a; b++) row[d + b] += s->a[a * v + b];
            if (!p->change) m->reference[a] += s->reference[a];
        }
        if (!p->change) merge_counts(p, c, &block, m);
    }
    block_clear(&block);
    if (!p->change) finish_counts(p, m);
    return UF_OK;
}

static uf_status not_finite(const struct absorbed_layout *l, struct uf_error *error)
{
    const struct uf_absorbed_data *data = l->data;
    for (size_t i = 0; i < l->n; i++) {
        if (data->weights && !(data->weights[i] > 0 && isfinite(data->weights[i])))
            return uf_fail(error, UF_BAD_INPUT, "observation %zu has the weight %g; weights must be positive",
                           i + 1, data->weights[i]);
        for (size_t a = 0; a <= data->n_regressors; a++) {
            struct uf_value_column column = column_of(data, a);
            if (!isfinite(column.value[i * column.stride]))
                return uf_fail(error, UF_BAD_INPUT, "observation %zu: a value is not finite", i + 1);
        }
    }
    return uf_fail(error, UF_BAD_INPUT, "the values are too large to be squared");
}

uf_status absorbed_moments_sum(const struct absorbed_layout *l, const struct absorbed_change *change,
                               struct absorbed_moments *m, struct uf_error *error)
{
    struct pass pass = {.l = l, .change = change, .v = m->v, .d = l->q + l->m};
    size_t dims = effect_dims(l);
    pass.n_pairs = change ? 0 : dims * (dims + 1) / 2;
    pass.sums = calloc(l->n_chunks, sizeof *pass.sums);
    if (!pass.sums) return uf_fail_memory(error);
    bool fine = true, finite = true;
    for (size_t c = 0; c < l->n_chunks && fine; c++) fine = sums_init(&pass, &pass.sums[c]);
    if (fine) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(l->threads)
        for (size_t c = 0; c < l->n_chunks; c++) sum_chunk(&pass, c);
    }
    for (size_t c = 0; c < l->n_chunks; c++) {
        fine = fine && !pass.sums[c].no_memory;
        finite = finite && pass.sums[c].finite;
    }
    uf_status status = !fine ? uf_fail_memory(error) : !finite ? not_finite(l, error) : UF_OK;
    if (status == UF_OK) status = merge(&pass, m, error);
    for (size_t c = 0; c < l->n_chunks; c++) sums_clear(&pass, &pass.sums[c]);
    free(pass.sums);
    return status;
}

uf_status absorbed_moments_init(const struct absorbed_layout *l, struct absorbed_moments *out,
                                struct uf_error *error)
{
    struct absorbed_moments m = {.v = l->data->n_regressors + 1};
    m.size = l->q + l->m + m.v;
    m.k = calloc(m.size * m.size, sizeof *m.k);
    m.reference = calloc(m.v, sizeof *m.reference);
    if (!m.k || !m.reference) {
        absorbed_moments_clear(&m);
        return uf_fail_memory(error);
    }
    *out = m;
    return UF_OK;
}

void absorbed_moments_clear(struct absorbed_moments *m)
{
    free(m->k), free(m->reference);
    memset(m, 0, sizeof *m);
}
