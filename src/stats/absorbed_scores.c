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
#include "stats/absorbed_score_chunk.h"

/* All chunks' own sums by cluster together, in bytes; beyond it one sum is shared, and taken by one thread. */
static const double most_table_bytes = 64e6;
/* Pairs of clusters are numbered in a table of this length at most. */
static const double most_pairs = 3e7;

static size_t table_size(const struct score_pass *p, const struct score_tally *t)
{
    if (t->way == AS_BEFORE) return 0;
    return t->way == BY_DUMMY || t->way == BY_ROW ? t->clusters * t->width : p->p * p->p;
}

static void choose_way(const struct score_pass *p, struct score_tally *t, bool nested, size_t n_clusters)
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

static uf_status choose_pairs(struct score_pass *p, const struct absorbed_moments *moments,
                              struct uf_error *error)
{
    const struct absorbed_layout *l = p->l;
    const struct uf_grouping *const *cluster = l->data->cluster;
    struct score_tally *t = &p->tally[PAIRS];
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
    *t = (struct score_tally){.active = true, .grouping = &p->pairs, .way = AS_BEFORE};
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

static uf_status plan(struct score_pass *p, const struct absorbed_moments *moments, bool rows,
                      struct uf_error *error)
{
    const struct absorbed_layout *l = p->l;
    const size_t dimensions = l->data->n_cluster_dimensions;
    for (size_t c = 0; c < dimensions; c++) {
        p->tally[c] = (struct score_tally){.active = true, .grouping = l->data->cluster[c]};
        choose_way(p, &p->tally[c], moments->nested[l->main][c], l->n_clusters[c]);
    }
    if (dimensions == 2) UF_TRY(choose_pairs(p, moments, error));
    if (rows) p->tally[ROWS] = (struct score_tally){.active = true, .way = EACH};
    p->tally[TOTAL] = (struct score_tally){
        .active = dimensions == 0 || (p->tally[0].way != BY_DUMMY && p->tally[0].way != BY_ROW),
        .way = BY_DUMMY,
        .clusters = 1,
        .width = p->d + 1 + p->k};
    for (size_t i = 0; i < TOTAL; i++)
        p->by_row |= p->tally[i].active && p->tally[i].way != BY_DUMMY && p->tally[i].way != AS_BEFORE;
    return UF_OK;
}

/* The score of a cluster from its sums. */
static void score_of(const struct score_pass *p, const struct score_tally *t, const double *sums,
                     double *score)
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
static void finish_tally(const struct score_pass *p, size_t i, double *meat, double *gradient)
{
    const struct score_tally *t = &p->tally[i];
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
static void add_meat(const struct score_pass *p, double sign, const double *meat, gsl_matrix *to)
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

static uf_status finish(const struct score_pass *p, struct absorbed_scores *out, struct uf_error *error)
{
    const size_t size = p->p * p->p;
    double *meat = calloc(TALLIES * (size + p->p) + 1, sizeof *meat);
    if (!meat) return uf_fail_memory(error);
    const bool from_clusters = !p->tally[TOTAL].active;
    for (size_t i = 0; i < TALLIES; i++) {
        const struct score_tally *t = &p->tally[i];
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

static bool sums_init(struct score_pass *p, size_t chunk)
{
    bool fine = true;
    for (size_t i = 0; i < TALLIES; i++) {
        const struct score_tally *t = &p->tally[i];
        if (!t->active || t->way == AS_BEFORE || (t->shared && chunk > 0)) continue;
        p->sums[chunk].table[i] = calloc(table_size(p, t) + 1, sizeof(double));
        fine = fine && p->sums[chunk].table[i];
    }
    return fine;
}

static bool scores_init(const struct score_pass *p, bool rows, struct absorbed_scores *out)
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
    struct score_pass p = {
        .l = l, .solution = solution, .k = moments->v - 1, .d = l->q + l->m, .p = solution->p};
    struct absorbed_scores scores = {0};
    UF_TRY(plan(&p, moments, rows, error));
    p.sums = calloc(l->n_chunks, sizeof *p.sums);
    bool fine = p.sums && scores_init(&p, rows, &scores), shared = false;
    for (size_t c = 0; c < l->n_chunks && fine; c++) fine = sums_init(&p, c);
    for (size_t i = 0; i < TALLIES; i++) shared |= p.tally[i].active && p.tally[i].shared;
    if (fine) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(l->threads) if (!shared)
        for (size_t c = 0; c < l->n_chunks; c++) score_chunk_sum(&p, c);
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
