// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The draws of the wild bootstrap. All that a draw needs are sums Σ_g (column of cluster g at weight v_g), so
 * the sums of a few clusters together are tabulated for every combination of their weights, and a draw adds
 * one row of the table per group of clusters. What the columns are:
 *
 *   scores:  S0_h and S1_h of every cluster h, and the numerators; then v0 = Σ S0², and so on.
 *   low rank, where that is fewer: with a_j = Σ v_g s_j u_g and b_j = Σ v_g (f_j − s_j u_g),
 *            Σ_h S_ih S_jh = Σ v² s_i s_j − a_i·a_j + b_i·b_j.
 *            That is a difference, so a draw with next to no variance is counted from its scores again.
 *   quadratic, with two cluster dimensions: Q0 v, Q1 v and Q2 v; then v0 = v'(Q0 v), and so on.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>

#include "base/fail.h"
#include "stats/wild_internal.h"

enum {
    FEW_CLUSTERS = 12,
    TILE = 16,   /* columns that are added up in registers */
    BLOCK = 128, /* draws at a time: their sums stay in the cache */
    CHUNK = 512  /* blocks between two reports of progress */
};
/* Below this share of what it is the difference of, a variance of low rank is counted again. */
#define CANCELLED 1e-6
/* What is left of a difference of two dimensions' squares below this share of them is rounding. */
#define ROUNDING 1e-12

static const struct wild_points rademacher = {
    .count = 2, .value = {-1, 1}, .group = 4, .entries = 16, .per_word = 8};
static const struct wild_points webb = {
    .count = 6,
    /* −√1½, −1, −√½, √½, 1, √1½ */
    .value = {-1.224744871391589, -1, -0.7071067811865476, 0.7071067811865476, 1, 1.224744871391589},
    .group = 2,
    .entries = 36,
    .per_word = 2};

const struct wild_points *wild_points_of(enum uf_wild_weights weights)
{
    return weights == UF_WILD_WEBB ? &webb : &rademacher;
}

enum uf_wild_weights wild_weights_for(enum uf_wild_weights weights, size_t n_clusters)
{
    if (weights != UF_WILD_AUTO) return weights;
    return n_clusters < FEW_CLUSTERS ? UF_WILD_WEBB : UF_WILD_RADEMACHER;
}

/* The table row of each group of clusters: the digits of the draw's number, or of random words. 36² does not
 * divide 2^32: probabilities are off by less than one in three million. */
static void fill_rows(const struct wild_points *p, bool enumerated, uint64_t seed, uint64_t draw,
                      size_t n_groups, uint16_t *row)
{
    struct uf_random random;
    uint64_t range = 1;
    if (enumerated) {
        for (size_t l = 0; l < n_groups; l++, draw /= p->entries) row[l] = (uint16_t)(draw % p->entries);
        return;
    }
    uf_random_init(&random, seed, UF_PURPOSE_BOOTSTRAP, draw);
    if (p->entries == 16) { /* the same, without a division */
        for (size_t l = 0; l < n_groups;) {
            uint32_t word = uf_random_u32(&random);
            for (size_t part = 0; part < 8 && l < n_groups; part++, word >>= 4) row[l++] = word & 15;
        }
        return;
    }
    for (size_t part = 0; part < p->per_word; part++) range *= p->entries;
    for (size_t l = 0; l < n_groups;) {
        uint64_t word = uf_random_u32(&random) * range >> 32;
        for (size_t part = 0; part < p->per_word && l < n_groups; part++, word /= p->entries)
            row[l++] = (uint16_t)(word % p->entries);
    }
}

static void weights_of_rows(const struct wild_points *p, const uint16_t *row, size_t n_clusters, double *out)
{
    for (size_t g = 0; g < n_clusters;) {
        size_t digits = row[g / p->group];
        for (size_t part = 0; part < p->group && g < n_clusters; part++, digits /= p->count)
            out[g++] = p->value[digits % p->count];
    }
}

void uf_wild_weights(enum uf_wild_weights weights, bool enumerated, uint64_t seed, uint64_t draw,
                     size_t n_clusters, double *out)
{
    const struct wild_points *p = wild_points_of(wild_weights_for(weights, n_clusters));
    enum { AT_ONCE = 64 }; /* rows: few clusters need no allocation; more go through a stream of their own */
    uint16_t row[AT_ONCE];
    size_t n_groups = (n_clusters + p->group - 1) / p->group;
    if (n_groups <= AT_ONCE) {
        fill_rows(p, enumerated, seed, draw, n_groups, row);
        weights_of_rows(p, row, n_clusters, out);
        return;
    }
    uint16_t *rows = malloc(n_groups * sizeof *rows);
    for (size_t g = 0; g < n_clusters && !rows; g++) out[g] = NAN;
    if (!rows) return;
    fill_rows(p, enumerated, seed, draw, n_groups, rows);
    weights_of_rows(p, rows, n_clusters, out);
    free(rows);
}

struct engine {
    const struct wild_moments *m;
    const struct wild_points *points;
    struct wild_draws *draws;
    uint64_t seed;
    bool scores, quadratic;
    size_t width, n_tiles, n_groups;
    double gross0, gross1; /* Σ |n0_g|, Σ |n1_g| */
    double *table;         /* n_tiles × n_groups × entries × TILE */
};

/* --- columns ----------------------------------------------------------------------------------- */

/* Where each kind of column starts. Scores: n0, n1, S0 (G), S1 (G). Low rank: n0, n1, Σv²s0², Σv²s0s1,
 * Σv²s1², a0, b0, a1, b1 (rank each). Quadratic: n0, n1, Q0v, Q1v, Q2v (G each). Unrestricted: only what belongs to
 * 0. */
static size_t width_of(const struct wild_moments *m, bool scores)
{
    size_t halves = m->restricted ? 2 : 1;
    if (m->q0) return 2 + (m->restricted ? 3 : 1) * m->n_clusters;
    return scores ? 2 + halves * m->n_clusters : 5 + 2 * halves * m->rank;
}

static void add_columns(const struct engine *e, size_t g, double v, double *row)
{
    const struct wild_moments *m = e->m;
    size_t rank = m->rank, clusters = m->n_clusters;
    row[0] += v * m->n0[g];
    row[1] += m->restricted ? v * m->n1[g] : 0;
    if (e->quadratic) {
        for (size_t h = 0; h < clusters; h++) {
            row[2 + h] += v * m->q0[h * clusters + g];
            if (!m->restricted) continue;
            row[2 + clusters + h] += v * m->q1[h * clusters + g];
            row[2 + 2 * clusters + h] += v * m->q2[h * clusters + g];
        }
        return;
    }
    double s0 = m->s0[g], s1 = m->restricted ? m->s1[g] : 0;
    const double *f0 = m->f0 + g * rank, *f1 = m->f1 + g * rank;
    if (e->scores) {
        double *first = row + 2, *second = first + m->n_clusters;
        for (size_t h = 0; h < m->n_clusters; h++) {
            const double *u = m->u + h * rank;
            double through0 = 0, through1 = 0;
            for (size_t a = 0; a < rank; a++) {
                through0 += u[a] * f0[a];
                through1 += u[a] * f1[a];
            }
            first[h] += v * ((h == g ? s0 : 0) - through0);
            if (m->restricted) second[h] += v * ((h == g ? s1 : 0) - through1);
        }
        return;
    }
    const double *u = m->u + g * rank;
    row[2] += v * v * s0 * s0;
    row[3] += v * v * s0 * s1;
    row[4] += v * v * s1 * s1;
    for (size_t a = 0; a < rank; a++) {
        double *column = row + 5 + a;
        column[0] += v * s0 * u[a];
        column[rank] += v * (f0[a] - s0 * u[a]);
        if (!m->restricted) continue;
        column[2 * rank] += v * s1 * u[a];
        column[3 * rank] += v * (f1[a] - s1 * u[a]);
    }
}

static uf_status engine_init(struct engine *e, struct uf_error *error)
{
    const struct wild_points *p = e->points;
    e->quadratic = e->m->q0 != NULL;
    for (size_t g = 0; g < e->m->n_clusters; g++)
        e->gross0 += fabs(e->m->n0[g]), e->gross1 += e->m->restricted ? fabs(e->m->n1[g]) : 0;
    e->scores = !e->quadratic && width_of(e->m, true) <= width_of(e->m, false);
    e->width = width_of(e->m, e->scores);
    e->n_tiles = (e->width + TILE - 1) / TILE;
    e->n_groups = (e->m->n_clusters + p->group - 1) / p->group;
    size_t padded = e->n_tiles * TILE;
    e->table = calloc(e->n_groups * p->entries * padded, sizeof *e->table);
    /* the columns of the clusters of one group at weight 1 and at each point */
    double *single = calloc(p->group * p->count * padded, sizeof *single);
    if (!e->table || !single) {
        free(single);
        return uf_fail_memory(error);
    }
    for (size_t l = 0; l < e->n_groups; l++) {
        size_t first = l * p->group, size = e->m->n_clusters - first;
        if (size > p->group) size = p->group;
        memset(single, 0, p->group * p->count * padded * sizeof *single);
        for (size_t part = 0; part < size; part++)
            for (size_t c = 0; c < p->count; c++)
                add_columns(e, first + part, p->value[c], single + (part * p->count + c) * padded);
        for (size_t entry = 0; entry < p->entries; entry++) {
            size_t digits = entry;
            for (size_t part = 0; part < size; part++, digits /= p->count) {
                const double *row = single + (part * p->count + digits % p->count) * padded;
                for (size_t c = 0; c < padded; c++)
                    e->table[((c / TILE * e->n_groups + l) * p->entries + entry) * TILE + c % TILE] += row[c];
            }
        }
    }
    free(single);
    return UF_OK;
}

/* --- draws ------------------------------------------------------------------------------------- */

/* sums: for each draw of the block, all columns added up over the groups. */
static void add_rows(const struct engine *e, const uint16_t *rows, size_t count, double *sums)
{
    size_t entries = e->points->entries, padded = e->n_tiles * TILE;
    for (size_t tile = 0; tile < e->n_tiles; tile++) {
        const double *table = e->table + tile * e->n_groups * entries * TILE;
        for (size_t b = 0; b < count; b++) {
            const uint16_t *row = rows + b * e->n_groups;
            double sum[TILE] = {0};
            for (size_t l = 0; l < e->n_groups; l++) {
                const double *cell = table + (l * entries + row[l]) * TILE;
                for (size_t c = 0; c < TILE; c++) sum[c] += cell[c];
            }
            memcpy(sums + b * padded + tile * TILE, sum, sizeof sum);
        }
    }
}

struct moments_of_draw {
    double v0, v1, v2;
};

static struct moments_of_draw squares(const double *first, const double *second, size_t count)
{
    struct moments_of_draw out = {0};
    for (size_t h = 0; h < count; h++) out.v0 += first[h] * first[h];
    for (size_t h = 0; h < count && second; h++) {
        out.v1 += first[h] * second[h];
        out.v2 += second[h] * second[h];
    }
    return out;
}

/* The same from the scores themselves. `v` has room for n_clusters + 2 rank numbers. */
static struct moments_of_draw count_again(const struct engine *e, const uint16_t *row, double *v)
{
    const struct wild_moments *m = e->m;
    struct moments_of_draw out = {0};
    size_t rank = m->rank;
    double *f0 = v + m->n_clusters, *f1 = f0 + rank;
    weights_of_rows(e->points, row, m->n_clusters, v);
    memset(f0, 0, 2 * rank * sizeof *f0);
    for (size_t g = 0; g < m->n_clusters; g++) {
        for (size_t a = 0; a < rank; a++) {
            f0[a] += v[g] * m->f0[g * rank + a];
            f1[a] += v[g] * m->f1[g * rank + a];
        }
    }
    for (size_t h = 0; h < m->n_clusters; h++) {
        double s0 = v[h] * m->s0[h], s1 = v[h] * m->s1[h];
        for (size_t a = 0; a < rank; a++) {
            s0 -= m->u[h * rank + a] * f0[a];
            s1 -= m->u[h * rank + a] * f1[a];
        }
        out.v0 += s0 * s0;
        out.v1 += s0 * s1;
        out.v2 += s1 * s1;
    }
    return out;
}

static struct moments_of_draw low_rank(const struct engine *e, const double *sum, const uint16_t *row,
                                       double *room)
{
    size_t rank = e->m->rank;
    bool restricted = e->m->restricted;
    const double *a0 = sum + 5, *b0 = a0 + rank, *a1 = restricted ? b0 + rank : NULL,
                 *b1 = restricted ? a1 + rank : NULL;
    struct moments_of_draw a = squares(a0, a1, rank), b = squares(b0, b1, rank);
    struct moments_of_draw out = {sum[2] - a.v0 + b.v0, sum[3] - a.v1 + b.v1, sum[4] - a.v2 + b.v2};
    if (out.v0 < CANCELLED * (sum[2] + b.v0) || (restricted && out.v2 < CANCELLED * (sum[4] + b.v2)))
        return count_again(e, row, room);
    return out;
}

static double or_nil(double value, double scale)
{
    return fabs(value) <= ROUNDING * scale ? 0 : value;
}

/* Of the vector of ones v1 and v2 are nil: rounding would give t* another limit than t. */
static struct moments_of_draw quadratic(const struct engine *e, const double *sum, const uint16_t *row,
                                        double *v)
{
    const struct wild_moments *m = e->m;
    size_t clusters = m->n_clusters;
    struct moments_of_draw out = {0};
    weights_of_rows(e->points, row, clusters, v);
    for (size_t h = 0; h < clusters; h++) out.v0 += v[h] * sum[2 + h];
    for (size_t h = 0; h < clusters && m->restricted; h++) {
        out.v1 += v[h] * sum[2 + clusters + h];
        out.v2 += v[h] * sum[2 + 2 * clusters + h];
    }
    out.v0 = or_nil(out.v0, m->scale0), out.v2 = or_nil(out.v2, m->scale);
    out.v1 = or_nil(out.v1, sqrt(m->scale0 * m->scale));
    return out;
}

static struct moments_of_draw moments_of(const struct engine *e, const double *sum, const uint16_t *row,
                                         double *room)
{
    const struct wild_moments *m = e->m;
    if (e->quadratic) return quadratic(e, sum, row, room);
    if (!e->scores) return low_rank(e, sum, row, room);
    return squares(sum + 2, m->restricted ? sum + 2 + m->n_clusters : NULL, m->n_clusters);
}

/* rows: BLOCK × n_groups; sums: BLOCK × padded width; room: as count_again. */
static void run_block(const struct engine *e, size_t first, size_t count, uint16_t *rows, double *sums,
                      double *room)
{
    const struct wild_moments *m = e->m;
    struct wild_draws *draws = e->draws;
    size_t padded = e->n_tiles * TILE;
    for (size_t b = 0; b < count; b++)
        fill_rows(e->points, draws->enumerated, e->seed, first + b, e->n_groups, rows + b * e->n_groups);
    add_rows(e, rows, count, sums);
    for (size_t b = 0; b < count; b++) {
        const double *sum = sums + b * padded;
        struct moments_of_draw v = moments_of(e, sum, rows + b * e->n_groups, room);
        size_t at = first + b;
        draws->n0[at] = e->quadratic ? or_nil(sum[0], e->gross0) : sum[0], draws->v0[at] = v.v0;
        if (!m->restricted) continue;
        draws->n1[at] = e->quadratic ? or_nil(sum[1], e->gross1) : sum[1];
        draws->v1[at] = v.v1, draws->v2[at] = v.v2;
    }
}

static bool run_chunk(const struct engine *e, size_t first_block, size_t end_block)
{
    bool failed = false;
    size_t count = e->draws->count;
#pragma omp parallel reduction(|| : failed) if (end_block - first_block > 8)
    {
        uint16_t *rows = malloc((BLOCK * e->n_groups + 1) * sizeof *rows);
        double *sums = malloc((BLOCK * e->n_tiles * TILE + 1) * sizeof *sums),
               *room = malloc((e->m->n_clusters + 2 * e->m->rank + 1) * sizeof *room);
        failed = !rows || !sums || !room;
#pragma omp for schedule(dynamic)
        for (size_t block = first_block; block < end_block; block++) {
            size_t first = block * BLOCK, left = count - first;
            if (!failed) run_block(e, first, left < BLOCK ? left : BLOCK, rows, sums, room);
        }
        free(rows), free(sums), free(room);
    }
    return !failed;
}

void wild_draws_clear(struct wild_draws *draws)
{
    free(draws->n0), free(draws->n1), free(draws->v0), free(draws->v1), free(draws->v2);
    memset(draws, 0, sizeof *draws);
}

static bool allocate(struct wild_draws *draws)
{
    size_t size = (draws->count + 1) * sizeof(double);
    draws->n0 = malloc(size), draws->v0 = malloc(size);
    if (draws->restricted) draws->n1 = malloc(size), draws->v1 = malloc(size), draws->v2 = malloc(size);
    return draws->n0 && draws->v0 && (!draws->restricted || (draws->n1 && draws->v1 && draws->v2));
}

uf_status wild_draws_run(const struct wild_moments *moments, const struct uf_wild_bootstrap_options *options,
                         enum uf_wild_weights weights, struct wild_draws *draws, struct uf_error *error)
{
    struct engine e = {
        .m = moments, .points = wild_points_of(weights), .draws = draws, .seed = options->seed};
    draws->restricted = moments->restricted;
    uf_status status = allocate(draws) ? engine_init(&e, error) : uf_fail_memory(error);
    size_t n_blocks = (draws->count + BLOCK - 1) / BLOCK;
    for (size_t first = 0; first < n_blocks && status == UF_OK; first += CHUNK) {
        size_t end = n_blocks - first < CHUNK ? n_blocks : first + CHUNK;
        if (!run_chunk(&e, first, end))
            status = uf_fail_memory(error);
        else if (options->progress && options->progress(options->user, (double)end / (double)n_blocks))
            status = uf_fail(error, UF_INTERRUPTED, "stopped during the wild bootstrap");
    }
    free(e.table);
    if (status != UF_OK) wild_draws_clear(draws);
    return status;
}
