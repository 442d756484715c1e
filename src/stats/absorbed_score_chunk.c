// SPDX-License-Identifier: GPL-3.0-or-later
/* Absorbed regression, second pass over the rows of one chunk: residuals, and scores tallied by cluster. */
#include "stats/absorbed_score_chunk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct score_block {
    double *memory, *u, *s, *weight_buffer, *hat, *mean, *score, **buffer;
    const double **x, *y, *weight;
    uint32_t *dummy[UF_ABSORBED_EFFECTS], *cluster;
    double level; /* mean of u in a group larger than a block */
};

static void block_clear(struct score_block *b)
{
    free(b->memory), free(b->buffer), free(b->x), free(b->cluster);
    for (size_t dim = 0; dim < UF_ABSORBED_EFFECTS; dim++) free(b->dummy[dim]);
}

static bool block_init(const struct score_pass *p, struct score_block *b)
{
    *b = (struct score_block){0};
    size_t columns = p->k + 4;
    b->memory = calloc((columns + p->p) * ABSORBED_BLOCK + 2 * p->p + 2, sizeof(double));
    b->buffer = calloc(p->k + 1, sizeof *b->buffer);
    b->x = calloc(p->k + 1, sizeof *b->x);
    b->cluster = malloc(ABSORBED_BLOCK * sizeof *b->cluster);
    bool fine = b->memory && b->buffer && b->x && b->cluster;
    for (size_t dim = 0; dim < p->l->n_dummy_dims; dim++)
        fine = (b->dummy[dim] = malloc(ABSORBED_BLOCK * sizeof(uint32_t))) != NULL && fine;
    if (!fine) return false;
    double *next = b->memory;
    for (size_t j = 0; j <= p->k; j++, next += ABSORBED_BLOCK) b->buffer[j] = next;
    b->u = next, next += ABSORBED_BLOCK;
    b->s = next, next += ABSORBED_BLOCK;
    b->weight_buffer = next, next += ABSORBED_BLOCK;
    b->hat = next, next += p->p * ABSORBED_BLOCK;
    b->mean = next, next += p->p;
    b->score = next;
    return true;
}

/* u: the outcome less all but the largest effect; x̂ but for its mean, where wanted. */
static void load(const struct score_pass *p, const struct absorbed_piece *piece, struct score_block *b)
{
    const struct absorbed_layout *l = p->l;
    const struct absorbed_solution *solution = p->solution;
    const size_t length = piece->length, columns = p->p, m = l->m;
    for (size_t dim = 0; dim < l->n_dummy_dims; dim++)
        absorbed_load_dummies(l, dim, piece->first, length, b->dummy[dim]);
    for (size_t j = 0; j < p->k; j++)
        b->x[j] = absorbed_load_values(l->data->regressor[j], l->order, piece->first, length, b->buffer[j]);
    b->y = absorbed_load_values(l->data->outcome, l->order, piece->first, length, b->buffer[p->k]);
    b->weight = NULL;
    if (l->data->weights)
        b->weight = absorbed_load_values((struct uf_value_column){l->data->weights, 1}, l->order,
                                         piece->first, length, b->weight_buffer);
    memcpy(b->u, b->y, length * sizeof *b->u);
    for (size_t j = 0; j < p->k; j++) {
        double coefficient = solution->coefficient[m + j];
        for (size_t r = 0; r < length && coefficient != 0; r++) b->u[r] -= coefficient * b->x[j][r];
    }
    for (size_t dim = 0; dim < l->n_dummy_dims; dim++)
        for (size_t r = 0; r < length; r++) b->u[r] -= solution->dummy[b->dummy[dim][r]];
    if (!p->by_row) return;
    for (size_t r = 0; r < length; r++) {
        double *hat = b->hat + r * columns;
        memset(hat, 0, columns * sizeof *hat);
        for (size_t dim = 0; dim < l->n_dummy_dims; dim++) {
            size_t dummy = b->dummy[dim][r];
            const double *gamma = solution->gamma + dummy * columns;
            if (dummy < l->q)
                for (size_t j = 0; j < columns; j++) hat[j] -= gamma[j];
            else if (dummy < l->none)
                hat[dummy - l->q] += 1;
        }
        for (size_t j = 0; j < p->k; j++) hat[m + j] += b->x[j][r];
    }
}

static size_t bound(const struct absorbed_piece *piece, const struct absorbed_layout *l, size_t g)
{
    if (piece->part) return g == piece->group ? 0 : piece->length;
    return l->start[g] - piece->first;
}

/* Takes the group's mean from u and x̂; s = w e. */
static void centre(const struct score_pass *p, const struct absorbed_piece *piece, struct score_block *b,
                   double *rss)
{
    const size_t columns = p->p;
    for (size_t g = piece->group; g < piece->end_group; g++) {
        size_t from = bound(piece, p->l, g), to = bound(piece, p->l, g + 1);
        if (from == to) continue;
        double level = b->level;
        if (!piece->part) {
            double base = b->u[from], sum = 0, total = 0;
            if (!b->weight) {
                for (size_t r = from; r < to; r++) sum += b->u[r] - base;
                total = (double)(to - from);
            } else {
                for (size_t r = from; r < to; r++)
                    sum += b->weight[r] * (b->u[r] - base), total += b->weight[r];
            }
            level = base + sum / total;
            if (p->by_row) {
                memset(b->mean, 0, columns * sizeof *b->mean);
                for (size_t r = from; r < to; r++) {
                    double w = (b->weight ? b->weight[r] : 1) / total;
                    for (size_t j = 0; j < columns; j++) b->mean[j] += w * b->hat[r * columns + j];
                }
            }
        }
        for (size_t r = from; r < to; r++) b->u[r] -= level;
        for (size_t r = from; r < to && p->by_row; r++)
            for (size_t j = 0; j < columns; j++) b->hat[r * columns + j] -= b->mean[j];
    }
    for (size_t r = 0; r < piece->length; r++) b->s[r] = (b->weight ? b->weight[r] : 1) * b->u[r];
    *rss += absorbed_dot(b->s, b->u, piece->length);
}

static void large_means(const struct score_pass *p, const struct absorbed_piece *opening,
                        struct score_block *b)
{
    const struct absorbed_layout *l = p->l;
    const size_t columns = p->p;
    double *sum = calloc(columns + 1, sizeof *sum), base = 0, level = 0, total = 0;
    struct absorbed_piece piece = *opening;
    for (size_t first = l->start[piece.group]; sum && first < l->start[piece.group + 1];
         first += piece.length) {
        size_t left = l->start[piece.group + 1] - first;
        piece.first = first;
        piece.length = left < ABSORBED_BLOCK ? left : ABSORBED_BLOCK;
        load(p, &piece, b);
        if (first == l->start[piece.group]) base = b->u[0];
        for (size_t r = 0; r < piece.length; r++) {
            double w = b->weight ? b->weight[r] : 1;
            level += w * (b->u[r] - base), total += w;
            for (size_t j = 0; j < columns && p->by_row; j++) sum[j] += w * b->hat[r * columns + j];
        }
    }
    b->level = base + level / total;
    for (size_t j = 0; j < columns && sum; j++) b->mean[j] = sum[j] / total;
    free(sum);
}

/* --- tallies ----------------------------------------------------------------------------------- */

static void tally_by_dummy(const struct score_pass *p, const struct score_tally *t,
                           const struct absorbed_piece *piece, struct score_block *b, double *table)
{
    const struct absorbed_layout *l = p->l;
    const size_t width = t->width, d = p->d;
    if (!t->grouping) {
        for (size_t dim = 0; dim < l->n_dummy_dims; dim++)
            for (size_t r = 0; r < piece->length; r++) table[b->dummy[dim][r]] += b->s[r];
    } else {
        for (size_t r = 0; r < piece->length; r++) {
            double *row = table + b->cluster[r] * width;
            for (size_t dim = 0; dim < l->n_dummy_dims; dim++) row[b->dummy[dim][r]] += b->s[r];
        }
    }
    for (size_t g = piece->group; g < piece->end_group; g++) {
        size_t from = bound(piece, l, g), to = bound(piece, l, g + 1);
        if (from == to) continue;
        double *row = table + (t->grouping ? b->cluster[from] * width : 0) + d + 1;
        for (size_t j = 0; j < p->k; j++) {
            const double *x = b->x[j];
            double base = piece->part ? 0 : x[from], sum = 0;
            for (size_t r = from; r < to; r++) sum += b->s[r] * (x[r] - base);
            row[j] += sum;
        }
    }
}

static void tally_by_group(const struct score_pass *p, const struct absorbed_piece *piece,
                           struct score_block *b, double *meat)
{
    const size_t columns = p->p;
    for (size_t g = piece->group; g < piece->end_group; g++) {
        size_t from = bound(piece, p->l, g), to = bound(piece, p->l, g + 1);
        if (piece->opens) memset(b->score, 0, columns * sizeof *b->score);
        for (size_t r = from; r < to; r++)
            for (size_t j = 0; j < columns; j++) b->score[j] += b->s[r] * b->hat[r * columns + j];
        if (piece->closes) add_outer(meat, b->score, columns);
    }
}

static void add_piece(const struct score_pass *p, const struct absorbed_piece *piece, struct score_block *b,
                      struct score_sums *s)
{
    const size_t columns = p->p;
    centre(p, piece, b, &s->rss);
    for (size_t i = 0; i < TALLIES; i++) {
        const struct score_tally *t = &p->tally[i];
        double *table = t->shared ? p->sums[0].table[i] : s->table[i];
        if (!t->active || t->way == AS_BEFORE) continue;
        if (t->grouping && (t->way == BY_DUMMY || t->way == BY_ROW)) {
            if (i < PAIRS)
                absorbed_load_clusters(p->l, i, piece->first, piece->length, b->cluster);
            else
                absorbed_load_levels(t->grouping, p->l->order, piece->first, piece->length, b->cluster);
        }
        if (t->way == BY_DUMMY) tally_by_dummy(p, t, piece, b, table);
        if (t->way == BY_GROUP) tally_by_group(p, piece, b, table);
        for (size_t r = 0; r < piece->length && t->way == BY_ROW; r++) {
            double *score = table + b->cluster[r] * columns;
            for (size_t j = 0; j < columns; j++) score[j] += b->s[r] * b->hat[r * columns + j];
        }
        for (size_t r = 0; r < piece->length && t->way == EACH; r++) {
            for (size_t j = 0; j < columns; j++) b->score[j] = b->s[r] * b->hat[r * columns + j];
            add_outer(table, b->score, columns);
        }
    }
}

void score_chunk_sum(const struct score_pass *p, size_t chunk)
{
    struct score_sums *s = &p->sums[chunk];
    struct score_block b;
    struct absorbed_piece piece;
    if (!block_init(p, &b)) {
        s->no_memory = true;
    } else {
        absorbed_walk_begin(p->l, chunk, &piece);
        while (absorbed_walk_next(p->l, chunk, &piece)) {
            if (piece.part && piece.opens) large_means(p, &piece, &b);
            load(p, &piece, &b);
            add_piece(p, &piece, &b, s);
        }
    }
    block_clear(&b);
}
