// SPDX-License-Identifier: GPL-3.0-or-later
/* Absorbed regression, first pass: the cross-products of all that is left of the columns within groups, from those of
 * the chunks (absorbed_moment_chunk.c). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/absorbed_moment_chunk.h"

static void sums_clear(const struct moment_pass *p, struct moment_sums *s)
{
    free(s->a), free(s->b), free(s->reference), free(s->schur);
    absorbed_patterns_free(s->patterns);
    for (size_t i = 0; s->parts && i < p->n_pairs; i++) free(s->parts[i].parent);
    free(s->parts), free(s->owner[0]), free(s->owner[1]);
}

static bool sums_init(const struct moment_pass *p, struct moment_sums *s)
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
static void merge_counts(const struct moment_pass *p, size_t chunk, struct moment_block *block,
                         struct absorbed_moments *m)
{
    const struct absorbed_layout *l = p->l;
    const struct moment_sums *s = &p->sums[chunk];
    struct moment_sums *whole = &p->sums[0];
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

static void finish_counts(const struct moment_pass *p, struct absorbed_moments *m)
{
    const struct absorbed_layout *l = p->l;
    const struct moment_sums *whole = &p->sums[0];
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

static uf_status merge(const struct moment_pass *p, struct absorbed_moments *m, struct uf_error *error)
{
    const size_t v = p->v, d = p->d;
    struct moment_block block;
    if (!moment_block_init(p, &block)) {
        moment_block_clear(&block);
        return uf_fail_memory(error);
    }
    for (size_t c = 0; c < p->l->n_chunks; c++) {
        const struct moment_sums *s = &p->sums[c];
        for (size_t a = 0; a < v; a++) {
            double *row = m->k + (d + a) * m->size;
            for (size_t j = 0; j < d; j++) row[j] += s->b[j * v + a];
            for (size_t b = 0; b <= a; b++) row[d + b] += s->a[a * v + b];
            if (!p->change) m->reference[a] += s->reference[a];
        }
        if (!p->change) merge_counts(p, c, &block, m);
    }
    moment_block_clear(&block);
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
            struct uf_value_column column = moment_column(data, a);
            if (!isfinite(column.value[i * column.stride]))
                return uf_fail(error, UF_BAD_INPUT, "observation %zu: a value is not finite", i + 1);
        }
    }
    return uf_fail(error, UF_BAD_INPUT, "the values are too large to be squared");
}

uf_status absorbed_moments_sum(const struct absorbed_layout *l, const struct absorbed_change *change,
                               struct absorbed_moments *m, struct uf_error *error)
{
    struct moment_pass pass = {.l = l, .change = change, .v = m->v, .d = l->q + l->m};
    size_t dims = effect_dims(l);
    pass.n_pairs = change ? 0 : dims * (dims + 1) / 2;
    pass.sums = calloc(l->n_chunks, sizeof *pass.sums);
    if (!pass.sums) return uf_fail_memory(error);
    bool fine = true, finite = true;
    for (size_t c = 0; c < l->n_chunks && fine; c++) fine = sums_init(&pass, &pass.sums[c]);
    if (fine) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(l->threads)
        for (size_t c = 0; c < l->n_chunks; c++) moment_chunk_sum(&pass, c);
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
