// SPDX-License-Identifier: GPL-3.0-or-later
/* Absorbed regression: which rows belong together, and what the levels are called. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/absorbed_internal.h"

/* Counts by level are kept once for each part of the rows up to this many levels, and taken by one thread beyond
 * it. */
enum { MOST_PARALLEL_LEVELS = 1 << 15, COUNT_PARTS = 16 };
/* All chunks' own Schur complements together (bytes), where weights or irregular groups ask for them. */
static const double most_schur_bytes = 96e6;

size_t absorbed_raw_levels(const struct uf_grouping *grouping)
{
    return grouping->id.n * (grouping->by.narrow || grouping->by.wide ? grouping->by.n : 1);
}

size_t absorbed_levels(const struct uf_grouping *grouping)
{
    return grouping->recode ? grouping->n_levels : absorbed_raw_levels(grouping);
}

static bool load_ids(const struct uf_id_column *ids, const uint32_t *rows, size_t first, size_t length,
                     uint32_t *out)
{
    uint32_t most = 0;
    if (ids->narrow && rows) {
        for (size_t r = 0; r < length; r++) out[r] = ids->narrow[rows[first + r]];
    } else if (ids->narrow) {
        memcpy(out, ids->narrow + first, length * sizeof *out);
    } else {
        for (size_t r = 0; r < length; r++) {
            size_t id = ids->wide[rows ? rows[first + r] : first + r];
            out[r] = id < UINT32_MAX ? (uint32_t)id : UINT32_MAX;
        }
    }
    for (size_t r = 0; r < length; r++) most = out[r] > most ? out[r] : most;
    return length == 0 || most < ids->n;
}

bool absorbed_load_raw(const struct uf_grouping *grouping, const uint32_t *rows, size_t first, size_t length,
                       uint32_t *out)
{
    if (!load_ids(&grouping->id, rows, first, length, out)) return false;
    if (grouping->by.narrow || grouping->by.wide) {
        uint32_t by[ABSORBED_BLOCK], n_by = (uint32_t)grouping->by.n;
        if (!load_ids(&grouping->by, rows, first, length, by)) return false;
        for (size_t r = 0; r < length; r++) out[r] = out[r] * n_by + by[r];
    }
    return true;
}

void absorbed_load_dummies(const struct absorbed_layout *l, size_t dim, size_t first, size_t length,
                           uint32_t *out)
{
    const uint32_t *number = l->number[dim];
    if (l->dummy_of[dim]) {
        absorbed_load_combined(l, l->dummy_of[dim], first, length, out);
        return;
    }
    absorbed_load_raw(l->dummy_dim[dim], l->order, first, length, out);
    for (size_t r = 0; r < length; r++) out[r] = number[out[r]];
}

bool absorbed_load_levels(const struct uf_grouping *grouping, const uint32_t *rows, size_t first,
                          size_t length, uint32_t *out)
{
    if (!absorbed_load_raw(grouping, rows, first, length, out)) return false;
    if (!grouping->recode) return true;
    bool fine = true;
    for (size_t r = 0; r < length; r++) {
        out[r] = grouping->recode[out[r]];
        fine &= out[r] < grouping->n_levels || out[r] == UF_NO_LEVEL;
    }
    return fine;
}

const double *absorbed_load_values(struct uf_value_column column, const uint32_t *rows, size_t first,
                                   size_t length, double *buffer)
{
    if (!rows && column.stride == 1) return column.value + first;
    if (!rows)
        for (size_t r = 0; r < length; r++) buffer[r] = column.value[(first + r) * column.stride];
    else
        for (size_t r = 0; r < length; r++) buffer[r] = column.value[rows[first + r] * column.stride];
    return buffer;
}

double absorbed_dot(const double *x, const double *y, size_t n)
{
    double lane[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t l = 0; l < 8; l++) lane[l] += x[i + l] * y[i + l];
    for (size_t l = 0; i < n; i++, l++) lane[l] += x[i] * y[i];
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static uf_status out_of_range(const char *what, struct uf_error *error)
{
    return uf_fail(error, UF_INTERNAL, "absorbed regression: a number of %s is out of range", what);
}

/* --- groups of the largest effect -------------------------------------------------------------- */

/* Where the rows come by group already: fills start. False in `sorted` otherwise. */
static bool find_starts(struct absorbed_layout *l, const struct uf_grouping *main, bool *sorted)
{
    bool fine = true, ordered = true;
#pragma omp parallel for schedule(static) num_threads(l->threads) reduction(&& : fine, ordered)
    for (int part = 0; part < COUNT_PARTS; part++) {
        size_t from = l->n * (size_t)part / COUNT_PARTS, to = l->n * (size_t)(part + 1) / COUNT_PARTS;
        uint32_t level[ABSORBED_BLOCK], before = 0;
        bool any = from > 0;
        if (any) fine = fine && absorbed_load_levels(main, NULL, from - 1, 1, &before);
        for (size_t first = from; first < to && fine && ordered; first += ABSORBED_BLOCK) {
            size_t length = to - first < ABSORBED_BLOCK ? to - first : ABSORBED_BLOCK;
            fine = fine && absorbed_load_levels(main, NULL, first, length, level);
            for (size_t r = 0; r < length && fine && ordered; r++) {
                if (any && level[r] == before) continue;
                ordered = !any || level[r] > before;
                /* in another order two parts may write the same place, and what stands there is not used */
                for (size_t g = any ? (size_t)before + 1 : 0; g <= level[r]; g++) {
#pragma omp atomic write
                    l->start[g] = (uint32_t)(first + r);
                }
                before = level[r], any = true;
            }
        }
        if (part == COUNT_PARTS - 1 && fine && ordered)
            for (size_t g = any ? (size_t)before + 1 : 0; g <= l->n_groups; g++) l->start[g] = (uint32_t)l->n;
    }
    *sorted = ordered;
    return fine;
}

/* Counting sort, stable. */
static uf_status sort_groups(struct absorbed_layout *l, const struct uf_grouping *main,
                             struct uf_error *error)
{
    uint32_t *start = l->start, level[ABSORBED_BLOCK];
    l->order = malloc((l->n + 1) * sizeof *l->order);
    if (!l->order) return uf_fail_memory(error);
    memset(start, 0, (l->n_groups + 1) * sizeof *start);
    for (size_t first = 0; first < l->n; first += ABSORBED_BLOCK) {
        size_t length = l->n - first < ABSORBED_BLOCK ? l->n - first : ABSORBED_BLOCK;
        if (!absorbed_load_levels(main, NULL, first, length, level)) return out_of_range("an effect", error);
        for (size_t r = 0; r < length; r++) start[level[r]]++;
    }
    uint32_t sum = 0;
    for (size_t g = 0; g <= l->n_groups; g++) {
        uint32_t here = g < l->n_groups ? start[g] : 0;
        start[g] = sum;
        sum += here;
    }
    for (size_t first = 0; first < l->n; first += ABSORBED_BLOCK) {
        size_t length = l->n - first < ABSORBED_BLOCK ? l->n - first : ABSORBED_BLOCK;
        absorbed_load_levels(main, NULL, first, length, level);
        for (size_t r = 0; r < length; r++) l->order[start[level[r]]++] = (uint32_t)(first + r);
    }
    memmove(start + 1, start, l->n_groups * sizeof *start);
    start[0] = 0;
    return UF_OK;
}

static uf_status cut_chunks(struct absorbed_layout *l, struct uf_error *error)
{
    double schur = 8.0 * (double)(l->q + l->m) * (double)(l->q + l->m), most = most_schur_bytes / (schur + 1);
    l->n_chunks = most < 2 ? 2 : most > ABSORBED_MOST_CHUNKS ? ABSORBED_MOST_CHUNKS : (size_t)most;
    l->chunk = malloc((l->n_chunks + 1) * sizeof *l->chunk);
    if (!l->chunk) return uf_fail_memory(error);
    for (size_t c = 0, g = 0; c <= l->n_chunks; c++) {
        size_t target = l->n * c / l->n_chunks;
        while (g < l->n_groups && l->start[g] < target) g++;
        l->chunk[c] = c == l->n_chunks ? l->n_groups : g;
    }
    return UF_OK;
}

void absorbed_walk_begin(const struct absorbed_layout *l, size_t chunk, struct absorbed_piece *piece)
{
    *piece = (struct absorbed_piece){.end_group = l->chunk[chunk], .closes = true};
}

bool absorbed_walk_next(const struct absorbed_layout *l, size_t chunk, struct absorbed_piece *p)
{
    const uint32_t *start = l->start;
    if (!p->closes) { /* the next part of the same group */
        size_t left = start[p->group + 1] - (p->first + p->length);
        p->first += p->length;
        p->length = left < ABSORBED_BLOCK ? left : ABSORBED_BLOCK;
        p->opens = false;
        p->closes = p->length == left;
        return true;
    }
    size_t last = l->chunk[chunk + 1], g = p->end_group;
    while (g < last && start[g + 1] == start[g]) g++;
    if (g >= last) return false;
    *p = (struct absorbed_piece){.first = start[g], .group = g, .opens = true, .closes = true};
    if (start[g + 1] - start[g] > ABSORBED_BLOCK) {
        p->length = ABSORBED_BLOCK;
        p->end_group = g + 1;
        p->part = true;
        p->closes = false;
        return true;
    }
    while (g < last && start[g + 1] - p->first <= ABSORBED_BLOCK) g++;
    p->end_group = g;
    p->length = start[g] - p->first;
    return true;
}

/* --- levels of the others ---------------------------------------------------------------------- */

/* Rows and weight of each level; weight NULL: rows only. */
static uf_status count_levels(const struct absorbed_layout *l, const struct uf_grouping *grouping,
                              size_t *count, double *weight, struct uf_error *error)
{
    const size_t levels = absorbed_levels(grouping);
    if (levels >= UINT32_MAX) return out_of_range("a grouping", error);
    const double *weights = weight ? l->data->weights : NULL;
    const int parts = levels <= MOST_PARALLEL_LEVELS ? COUNT_PARTS : 1;
    uint32_t *counts = calloc(levels * (size_t)parts + 1, sizeof *counts);
    double *sums = weights ? calloc(levels * (size_t)parts + 1, sizeof *sums) : NULL;
    bool fine = true;
    if (!counts || (weights && !sums)) {
        free(counts), free(sums);
        return uf_fail_memory(error);
    }
#pragma omp parallel for schedule(static) num_threads(l->threads) reduction(&& : fine) if (parts > 1)
    for (int part = 0; part < parts; part++) {
        size_t from = l->n * (size_t)part / (size_t)parts, to = l->n * ((size_t)part + 1) / (size_t)parts;
        uint32_t *own = counts + (size_t)part * levels, level[ABSORBED_BLOCK];
        double *sum = sums ? sums + (size_t)part * levels : NULL;
        for (size_t first = from; first < to && fine; first += ABSORBED_BLOCK) {
            size_t length = to - first < ABSORBED_BLOCK ? to - first : ABSORBED_BLOCK;
            fine = fine && absorbed_load_levels(grouping, NULL, first, length, level);
            for (size_t r = 0; r < length && fine; r++) {
                if (level[r] == UF_NO_LEVEL) continue;
                own[level[r]]++;
                if (sum) sum[level[r]] += weights[first + r];
            }
        }
    }
    for (size_t part = 0; part < (size_t)parts; part++)
        for (size_t j = 0; j < levels; j++) {
            count[j] += counts[part * levels + j];
            if (sums) weight[j] += sums[part * levels + j];
        }
    for (size_t j = 0; j < levels && weight && !sums; j++) weight[j] = (double)count[j];
    free(counts), free(sums);
    return fine ? UF_OK : out_of_range("a grouping", error);
}

/* Numbers the levels with rows (of the category: those asked for) as dummies. */
static uf_status number_levels(struct absorbed_layout *l, size_t dim,
                               const struct uf_absorbed_options *options, struct uf_error *error)
{
    const struct uf_grouping *grouping = l->dummy_dim[dim];
    const size_t levels = absorbed_levels(grouping), offset = l->q + l->m, effect = l->effect_of[dim];
    const bool category = effect == l->data->n_effects;
    size_t *count = calloc(levels + 1, sizeof *count), next = offset;
    double *weight = calloc(levels + 1, sizeof *weight);
    uf_status status = count && weight ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = count_levels(l, grouping, count, weight, error);
    if (status != UF_OK) goto done;
    l->number[dim] = malloc((levels + 1) * sizeof *l->number[dim]);
    if (!l->number[dim]) {
        status = uf_fail_memory(error);
        goto done;
    }
    for (size_t j = 0; j < levels; j++) l->number[dim][j] = UF_NO_LEVEL;
    const uint32_t *listed = category ? options->category_order : NULL;
    size_t n_listed = listed ? options->n_category_order : levels;
    for (size_t c = 0; c < n_listed; c++) {
        size_t level = listed ? listed[c] : c;
        if (level >= levels) {
            status = out_of_range("the order of categories", error);
            goto done;
        }
        if (category || count[level]) l->number[dim][level] = (uint32_t)next++;
    }
    if (next > UF_ABSORBED_DUMMIES) {
        status =
            uf_fail(error, UF_BAD_USAGE,
                    "the effects other than the largest have %zu levels; up to %d are solved for directly",
                    next, UF_ABSORBED_DUMMIES);
        goto done;
    }
    size_t *counts = realloc(l->count, (next + 1) * sizeof *counts);
    if (counts) l->count = counts;
    double *weights = realloc(l->weight, (next + 1) * sizeof *weights);
    if (weights) l->weight = weights;
    if (!counts || !weights) {
        status = uf_fail_memory(error);
        goto done;
    }
    for (size_t j = 0; j < levels; j++) {
        size_t dummy = l->number[dim][j];
        if (dummy == UF_NO_LEVEL) continue;
        l->count[dummy] = count[j], l->weight[dummy] = weight[j];
        if (!category && count[j] == 1) l->alone = true;
    }
    l->offset[dim] = offset;
    if (category)
        l->m = next - offset;
    else
        l->q += next - offset, l->levels[effect] = next - offset;
done:
    free(count), free(weight);
    return status;
}

/* By the numbers that the rows have, before recoding; what has no dummy has `none`. */
static uf_status settle_numbers(struct absorbed_layout *l, size_t dim, struct uf_error *error)
{
    const struct uf_grouping *grouping = l->dummy_dim[dim];
    const size_t raw = absorbed_raw_levels(grouping);
    uint32_t *number = malloc((raw + 1) * sizeof *number);
    if (!number) return uf_fail_memory(error);
    for (size_t j = 0; j < raw; j++) {
        uint32_t level = grouping->recode ? grouping->recode[j] : (uint32_t)j;
        number[j] = level == UF_NO_LEVEL ? UF_NO_LEVEL : l->number[dim][level];
        if (number[j] == UF_NO_LEVEL) number[j] = (uint32_t)l->none;
    }
    free(l->number[dim]);
    l->number[dim] = number;
    return UF_OK;
}

static uf_status count_clusters(struct absorbed_layout *l, size_t dimension, struct uf_error *error)
{
    const struct uf_grouping *grouping = l->data->cluster[dimension];
    size_t levels = absorbed_levels(grouping), *count = calloc(levels + 1, sizeof *count);
    if (!count) return uf_fail_memory(error);
    uf_status status = count_levels(l, grouping, count, NULL, error);
    for (size_t j = 0; j < levels; j++) l->n_clusters[dimension] += count[j] > 0;
    free(count);
    return status;
}

static uf_status build(struct absorbed_layout *l, const struct uf_absorbed_options *options,
                       struct uf_error *error)
{
    const struct uf_absorbed_data *data = l->data;
    for (size_t d = 1; d < data->n_effects; d++)
        if (absorbed_levels(&data->effect[d]) > absorbed_levels(&data->effect[l->main])) l->main = d;
    const struct uf_grouping *main = &data->effect[l->main];
    l->n_groups = absorbed_levels(main);
    if (l->n_groups >= UINT32_MAX) return out_of_range("an effect", error);
    for (size_t d = 0; d < data->n_effects; d++)
        if (d != l->main)
            l->dummy_dim[l->n_dummy_dims] = &data->effect[d], l->effect_of[l->n_dummy_dims++] = d;
    if (data->category)
        l->dummy_dim[l->n_dummy_dims] = data->category, l->effect_of[l->n_dummy_dims++] = data->n_effects;
    for (size_t dim = 0; dim < l->n_dummy_dims; dim++) UF_TRY(number_levels(l, dim, options, error));
    l->none = l->q + l->m;
    for (size_t dim = 0; dim < l->n_dummy_dims; dim++) UF_TRY(settle_numbers(l, dim, error));
    l->start = malloc((l->n_groups + 2) * sizeof *l->start);
    if (!l->start) return uf_fail_memory(error);
    bool sorted = true;
    if (!find_starts(l, main, &sorted)) return out_of_range("an effect", error);
    if (!sorted) UF_TRY(sort_groups(l, main, error));
    for (size_t g = 0; g < l->n_groups; g++) l->levels[l->main] += l->start[g + 1] > l->start[g];
    for (size_t d = 0; d < data->n_cluster_dimensions; d++) UF_TRY(count_clusters(l, d, error));
    if (!sorted) UF_TRY(absorbed_combine(l, error));
    return cut_chunks(l, error);
}

uf_status absorbed_layout_init(const struct uf_absorbed_data *data, const struct uf_absorbed_options *options,
                               struct absorbed_layout *out, struct uf_error *error)
{
    if (data->n_effects == 0 || data->n_effects > UF_ABSORBED_EFFECTS ||
        data->n_effects + (data->category != NULL) > UF_ABSORBED_EFFECTS || data->n_cluster_dimensions > 2 ||
        data->n >= UINT32_MAX)
        return uf_fail(error, UF_INTERNAL,
                       "absorbed regression: %zu effects, %zu cluster dimensions, %zu rows", data->n_effects,
                       data->n_cluster_dimensions, data->n);
    if (data->n == 0) return uf_fail(error, UF_NOT_IDENTIFIED, "the sample has no observations");
    struct absorbed_layout layout = {.data = data, .n = data->n};
    layout.threads = options->threads > 0 ? options->threads : omp_get_max_threads();
    uf_status status = build(&layout, options, error);
    if (status == UF_OK)
        *out = layout;
    else
        absorbed_layout_clear(&layout);
    return status;
}

void absorbed_layout_clear(struct absorbed_layout *layout)
{
    free(layout->order), free(layout->start), free(layout->chunk), free(layout->weight), free(layout->count);
    for (size_t dim = 0; dim < UF_ABSORBED_EFFECTS; dim++)
        free(layout->number[dim]), free(layout->dummy_of[dim]);
    free(layout->combination), free(layout->cluster_of[0]), free(layout->cluster_of[1]);
    memset(layout, 0, sizeof *layout);
}
