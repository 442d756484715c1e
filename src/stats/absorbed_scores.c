// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Absorbed regression, second pass: residuals, and the scores Σ w x̂ e summed by cluster.
 *
 * x̂ = x − Γ'd − (its mean in the group). Where a cluster holds whole groups of the largest effect, the mean drops out
 * (residuals sum to nil in a group), and sums of residuals by cluster and dummy say all that is needed: no x̂ is made.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/absorbed_internal.h"

/* All chunks' own sums by cluster together, in bytes; beyond it one sum is shared, and taken by one thread. */
static const double most_table_bytes = 64e6;
/* Pairs of clusters are numbered in a table of this length at most. */
static const double most_pairs = 3e7;

enum way {
    BY_DUMMY, /* residuals by cluster and dummy, and with the regressors by cluster */
    BY_ROW,   /* x̂ of each row, summed by cluster */
    BY_GROUP, /* each group of the largest effect is a cluster of its own */
    EACH,     /* each row is one: the pairs of two-way clusters, or hc1 */
    AS_BEFORE /* the same clusters as an earlier tally */
};

/* The tallies: by each cluster dimension and by their pairs, by row for hc1, and the sum of all scores. */
enum { PAIRS = 2, ROWS = 3, TOTAL = 4, TALLIES = 5 };

struct tally {
    bool active;
    const struct uf_grouping *grouping; /* NULL: all rows are one cluster */
    enum way way;
    size_t clusters, width; /* of the sums */
    size_t same;            /* AS_BEFORE: as which */
    bool shared;            /* all chunks add to the sums of the first */
};

struct sums {
    double *table[TALLIES]; /* clusters × width, or p × p */
    double rss;
    bool no_memory;
};

struct pass {
    const struct absorbed_layout *l;
    const struct absorbed_solution *solution;
    size_t k, d, p;
    struct tally tally[TALLIES];
    bool by_row; /* some tally wants x̂ */
    struct uf_grouping pairs;
    struct sums *sums;
};

struct block {
    double *memory, *u, *s, *weight_buffer, *hat, *mean, *score, **buffer;
    const double **x, *y, *weight;
    uint32_t *dummy[UF_ABSORBED_EFFECTS], *cluster;
    double level; /* mean of u in a group larger than a block */
};

static void block_clear(struct block *b)
{
    free(b->memory), free(b->buffer), free(b->x), free(b->cluster);
    for (size_t dim = 0; dim < UF_ABSORBED_EFFECTS; dim++) free(b->dummy[dim]);
}

static bool block_init(const struct pass *p, struct block *b)
{
    *b = (struct block){0};
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
static void load(const struct pass *p, const struct absorbed_piece *piece, struct block *b)
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
static void centre(const struct pass *p, const struct absorbed_piece *piece, struct block *b, double *rss)
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

static void large_means(const struct pass *p, const struct absorbed_piece *opening, struct block *b)
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

static void add_outer(double *meat, const double *score, size_t p)
{
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b <= a; b++) meat[a * p + b] += score[a] * score[b];
}

static void tally_by_dummy(const struct pass *p, const struct tally *t, const struct absorbed_piece *piece,
                           struct block *b, double *table)
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

static void tally_by_group(const struct pass *p, const struct absorbed_piece *piece, struct block *b,
                           double *meat)
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

static void add_piece(const struct pass *p, const struct absorbed_piece *piece, struct block *b,
                      struct sums *s)
{
    const size_t columns = p->p;
    centre(p, piece, b, &s->rss);
    for (size_t i = 0; i < TALLIES; i++) {
        const struct tally *t = &p->tally[i];
        double *table = t->shared ? p->sums[0].table[i] : s->table[i];
        if (!t->active || t->way == AS_BEFORE) continue;
        if (t->grouping && (t->way == BY_DUMMY || t->way == BY_ROW))
            absorbed_load_levels(t->grouping, p->l->order, piece->first, piece->length, b->cluster);
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

static void sum_chunk(const struct pass *p, size_t chunk)
{
    struct sums *s = &p->sums[chunk];
    struct block b;
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

/* --- plan -------------------------------------------------------------------------------------- */

static size_t table_size(const struct pass *p, const struct tally *t)
{
    if (t->way == AS_BEFORE) return 0;
    return t->way == BY_DUMMY || t->way == BY_ROW ? t->clusters * t->width : p->p * p->p;
}

static void choose_way(const struct pass *p, struct tally *t, bool nested, size_t n_clusters)
{
    const struct absorbed_layout *l = p->l;
    const double chunks = 8.0 * (double)l->n_chunks;
    t->clusters = absorbed_levels(t->grouping);
    t->way = BY_DUMMY;
    t->width = p->d + 1 + p->k;
    if (nested && chunks * (double)(t->clusters * t->width) <= most_table_bytes) return;
    t->way = BY_GROUP;
    if (nested && n_clusters == l->levels[l->main]) return;
    t->way = BY_ROW;
    t->width = p->p;
    t->shared = chunks * (double)(t->clusters * t->width) > most_table_bytes;
}

static uf_status choose_pairs(struct pass *p, const struct absorbed_moments *moments, struct uf_error *error)
{
    const struct absorbed_layout *l = p->l;
    const struct uf_grouping *const *cluster = l->data->cluster;
    struct tally *t = &p->tally[PAIRS];
    for (size_t c = 0; c < 2; c++)
        if (cluster[c]->recode || cluster[c]->by.narrow || cluster[c]->by.wide)
            return uf_fail(error, UF_BAD_USAGE, "two cluster dimensions must each be one column");
    double pairs = (double)cluster[0]->id.n * (double)cluster[1]->id.n;
    if (pairs > most_pairs)
        return uf_fail(error, UF_BAD_USAGE,
                       "%zu and %zu clusters have too many pairs to be numbered; use one cluster dimension",
                       l->n_clusters[0], l->n_clusters[1]);
    p->pairs = (struct uf_grouping){.id = cluster[0]->id, .by = cluster[1]->id};
    uint32_t level[ABSORBED_BLOCK];
    unsigned char *met = calloc((size_t)pairs + 1, 1);
    if (!met) return uf_fail_memory(error);
    size_t n_pairs = 0;
    for (size_t first = 0; first < l->n; first += ABSORBED_BLOCK) {
        size_t length = l->n - first < ABSORBED_BLOCK ? l->n - first : ABSORBED_BLOCK;
        absorbed_load_levels(&p->pairs, NULL, first, length, level);
        for (size_t r = 0; r < length; r++) n_pairs += !met[level[r]], met[level[r]] = 1;
    }
    free(met);
    *t = (struct tally){.active = true, .grouping = &p->pairs, .way = AS_BEFORE};
    if (n_pairs == l->n_clusters[0])
        t->same = 0;
    else if (n_pairs == l->n_clusters[1])
        t->same = 1;
    else if (n_pairs == l->n)
        t->way = EACH;
    else
        choose_way(p, t, moments->nested[l->main][0] && moments->nested[l->main][1], n_pairs);
    return UF_OK;
}

static uf_status plan(struct pass *p, const struct absorbed_moments *moments, bool rows,
                      struct uf_error *error)
{
    const struct absorbed_layout *l = p->l;
    const size_t dimensions = l->data->n_cluster_dimensions;
    for (size_t c = 0; c < dimensions; c++) {
        p->tally[c] = (struct tally){.active = true, .grouping = l->data->cluster[c]};
        choose_way(p, &p->tally[c], moments->nested[l->main][c], l->n_clusters[c]);
    }
    if (dimensions == 2) UF_TRY(choose_pairs(p, moments, error));
    if (rows) p->tally[ROWS] = (struct tally){.active = true, .way = EACH};
    p->tally[TOTAL] = (struct tally){.active = dimensions == 0 ||
                                               (p->tally[0].way != BY_DUMMY && p->tally[0].way != BY_ROW),
                                     .way = BY_DUMMY,
                                     .clusters = 1,
                                     .width = p->d + 1 + p->k};
    for (size_t i = 0; i < TOTAL; i++)
        p->by_row |= p->tally[i].active && p->tally[i].way != BY_DUMMY && p->tally[i].way != AS_BEFORE;
    return UF_OK;
}

/* The score of a cluster from its sums. */
static void score_of(const struct pass *p, const struct tally *t, const double *sums, double *score)
{
    const size_t q = p->l->q, m = p->l->m, columns = p->p;
    if (t->way == BY_ROW) {
        memcpy(score, sums, columns * sizeof *score);
        return;
    }
    memcpy(score, sums + q, m * sizeof *score);
    memcpy(score + m, sums + p->d + 1, p->k * sizeof *score);
    for (size_t i = 0; i < q; i++) {
        const double *gamma = p->solution->gamma + i * columns;
        for (size_t j = 0; j < columns && sums[i] != 0; j++) score[j] -= gamma[j] * sums[i];
    }
}

/* All chunks into the first, in their order; then the outer products (p × p, lower) and the sum of all scores. */
static void finish_tally(const struct pass *p, size_t i, double *meat, double *gradient)
{
    const struct tally *t = &p->tally[i];
    const size_t columns = p->p, size = table_size(p, t);
    double *table = p->sums[0].table[i], *score = meat + columns * columns;
    for (size_t c = 1; c < p->l->n_chunks && !t->shared; c++)
        for (size_t j = 0; j < size; j++) table[j] += p->sums[c].table[i][j];
    memset(meat, 0, columns * columns * sizeof *meat);
    if (t->way != BY_DUMMY && t->way != BY_ROW) {
        memcpy(meat, table, columns * columns * sizeof *meat);
        return;
    }
    for (size_t g = 0; g < t->clusters; g++) {
        score_of(p, t, table + g * t->width, score);
        add_outer(meat, score, columns);
        for (size_t j = 0; j < columns && gradient; j++) gradient[j] += score[j];
    }
}

/* Of the kept columns, both triangles. */
static void add_meat(const struct pass *p, double sign, const double *meat, gsl_matrix *to)
{
    const bool *kept = p->solution->kept;
    for (size_t a = 0, i = 0; a < p->p && to; i += kept[a++])
        for (size_t b = 0, j = 0; b <= a && kept[a]; j += kept[b++]) {
            if (!kept[b]) continue;
            double value = gsl_matrix_get(to, i, j) + sign * meat[a * p->p + b];
            gsl_matrix_set(to, i, j, value);
            gsl_matrix_set(to, j, i, value);
        }
}

static uf_status finish(const struct pass *p, struct absorbed_scores *out, struct uf_error *error)
{
    const size_t size = p->p * p->p;
    double *meat = calloc(TALLIES * (size + p->p) + 1, sizeof *meat);
    if (!meat) return uf_fail_memory(error);
    const bool from_clusters = !p->tally[TOTAL].active;
    for (size_t i = 0; i < TALLIES; i++) {
        const struct tally *t = &p->tally[i];
        double *own = meat + i * (size + p->p);
        if (!t->active) continue;
        if (t->way == AS_BEFORE)
            memcpy(own, meat + t->same * (size + p->p), size * sizeof *own);
        else
            finish_tally(p, i, own, i == (from_clusters ? 0 : TOTAL) ? out->gradient : NULL);
        if (i <= PAIRS) add_meat(p, i == PAIRS ? -1 : 1, own, out->cluster);
        if (i == ROWS) add_meat(p, 1, own, out->row);
    }
    for (size_t c = 0; c < p->l->n_chunks; c++) out->rss += p->sums[c].rss;
    free(meat);
    return UF_OK;
}

static bool sums_init(struct pass *p, size_t chunk)
{
    bool fine = true;
    for (size_t i = 0; i < TALLIES; i++) {
        const struct tally *t = &p->tally[i];
        if (!t->active || t->way == AS_BEFORE || (t->shared && chunk > 0)) continue;
        p->sums[chunk].table[i] = calloc(table_size(p, t) + 1, sizeof(double));
        fine = fine && p->sums[chunk].table[i];
    }
    return fine;
}

static bool scores_init(const struct pass *p, bool rows, struct absorbed_scores *out)
{
    const size_t rank = p->solution->rank;
    *out = (struct absorbed_scores){.gradient = calloc(p->p + 1, sizeof *out->gradient)};
    if (rank > 0 && p->l->data->n_cluster_dimensions > 0) out->cluster = gsl_matrix_calloc(rank, rank);
    if (rank > 0 && rows) out->row = gsl_matrix_calloc(rank, rank);
    return out->gradient &&
           (rank == 0 || ((p->l->data->n_cluster_dimensions == 0 || out->cluster) && (!rows || out->row)));
}

uf_status absorbed_scores_sum(const struct absorbed_layout *l, const struct absorbed_moments *moments,
                              const struct absorbed_solution *solution, bool rows,
                              struct absorbed_scores *out, struct uf_error *error)
{
    struct pass p = {.l = l, .solution = solution, .k = moments->v - 1, .d = l->q + l->m, .p = solution->p};
    struct absorbed_scores scores = {0};
    UF_TRY(plan(&p, moments, rows, error));
    p.sums = calloc(l->n_chunks, sizeof *p.sums);
    bool fine = p.sums && scores_init(&p, rows, &scores), shared = false;
    for (size_t c = 0; c < l->n_chunks && fine; c++) fine = sums_init(&p, c);
    for (size_t i = 0; i < TALLIES; i++) shared |= p.tally[i].active && p.tally[i].shared;
    if (fine) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(l->threads) if (!shared)
        for (size_t c = 0; c < l->n_chunks; c++) sum_chunk(&p, c);
    }
    for (size_t c = 0; c < l->n_chunks && fine; c++) fine = !p.sums[c].no_memory;
    uf_status status = fine ? finish(&p, &scores, error) : uf_fail_memory(error);
    for (size_t c = 0; c < l->n_chunks && p.sums; c++)
        for (size_t i = 0; i < TALLIES; i++) free(p.sums[c].table[i]);
    free(p.sums);
    if (status == UF_OK)
        *out = scores;
    else
        absorbed_scores_clear(&scores);
    return status;
}

void absorbed_scores_clear(struct absorbed_scores *scores)
{
    free(scores->gradient);
    gsl_matrix_free(scores->row), gsl_matrix_free(scores->cluster);
    memset(scores, 0, sizeof *scores);
}
