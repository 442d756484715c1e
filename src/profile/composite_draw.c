// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/composite_draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>

#include "base/fail.h"

/* --- inputs ------------------------------------------------------------------------------------ */

static size_t items_of(const struct uf_composite_tree *tree)
{
    return tree->n_indicators + tree->n_aggregates;
}

void composite_nominal(const struct uf_composite_tree *tree, struct composite_draw *draw)
{
    draw->treatment = draw->normalisation = draw->weighting = draw->aggregation = 0;
    draw->left_out = SIZE_MAX;
    for (size_t i = 0; i < items_of(tree); i++) draw->factor[i] = 1;
}

/* A choice always takes its number, so that adding an alternative to one leaves the others' draws as they were. */
void composite_draw_inputs(const struct uf_composite_input *input, uint64_t seed, uint64_t number,
                           struct composite_draw *draw)
{
    const struct uf_composite_alternatives *a = input->alternatives;
    size_t n = input->tree->n_indicators;
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, number);
    draw->treatment = (size_t)(uf_random_uniform(&random) * (double)a->n_treatments);
    draw->normalisation = (size_t)(uf_random_uniform(&random) * (double)a->n_normalisations);
    draw->weighting = (size_t)(uf_random_uniform(&random) * (double)a->n_weightings);
    draw->aggregation = (size_t)(uf_random_uniform(&random) * (double)a->n_aggregations);
    size_t left_out = (size_t)(uf_random_uniform(&random) * (double)(n + 1));
    draw->left_out = a->leave_one_out && left_out < n ? left_out : SIZE_MAX;
    for (size_t i = 0; i < items_of(input->tree); i++)
        draw->factor[i] =
            a->weight_noise > 0 ? 1 + a->weight_noise * (2 * uf_random_uniform(&random) - 1) : 1;
}

void composite_mix(const struct uf_composite_tree *tree, const struct composite_draw *base,
                   const struct composite_draw *other, enum uf_composite_choice choice,
                   struct composite_draw *out)
{
    double *factor = out->factor;
    *out = *base;
    out->factor = factor;
    const double *from = choice == UF_CHOICE_WEIGHT_NOISE ? other->factor : base->factor;
    memcpy(factor, from, items_of(tree) * sizeof *factor);
    if (choice == UF_CHOICE_TREATMENT) out->treatment = other->treatment;
    if (choice == UF_CHOICE_NORMALISATION) out->normalisation = other->normalisation;
    if (choice == UF_CHOICE_WEIGHTING) out->weighting = other->weighting;
    if (choice == UF_CHOICE_AGGREGATION) out->aggregation = other->aggregation;
    if (choice == UF_CHOICE_LEFT_OUT) out->left_out = other->left_out;
}

/* --- room -------------------------------------------------------------------------------------- */

void composite_space_clear(struct composite_space *s)
{
    free(s->memory);
    free(s->part);
    free(s->order);
    *s = (struct composite_space){0};
}

uf_status composite_space_new(const struct uf_composite_tree *tree, size_t n_units,
                              struct composite_space *out, struct uf_error *error)
{
    size_t items = items_of(tree), a = tree->n_aggregates;
    struct composite_space s = {.memory = malloc((6 * items + (2 * a + 1) * n_units) * sizeof(double)),
                                .part = malloc(2 * items * sizeof *s.part),
                                .order = malloc(3 * n_units * sizeof *s.order)};
    if (!s.memory || !s.part || !s.order) {
        composite_space_clear(&s);
        return uf_fail_memory(error);
    }
    s.weight = s.memory, s.part_weight = s.weight + items, s.sum = s.part_weight + items;
    s.part_there = s.part + items;
    s.a.factor = s.sum + items, s.b.factor = s.a.factor + items, s.mixed.factor = s.b.factor + items;
    s.column = s.mixed.factor + items, s.there = s.column + a * n_units;
    s.lead = s.there + a * n_units;
    s.rank = s.order + 2 * n_units;
    *out = s;
    return UF_OK;
}

/* --- the index --------------------------------------------------------------------------------- */

/* An aggregate whose parts have no weight left has none itself. */
static void weigh(const struct uf_composite_input *input, const struct composite_draw *draw, double *weight,
                  double *sum)
{
    const struct uf_composite_tree *tree = input->tree;
    const double *given = input->alternatives->weightings[draw->weighting];
    size_t n = items_of(tree);
    memset(sum, 0, n * sizeof *sum);
    for (size_t i = 0; i + 1 < n; i++) {
        bool none = i < tree->n_indicators ? i == draw->left_out : !(sum[i] > 0);
        weight[i] = none ? 0 : given[i] * draw->factor[i];
        sum[tree->parent[i]] += weight[i];
    }
}

struct node {
    enum uf_aggregation how, parent_how;
    bool is_top;
    size_t n_parts;
};

static enum uf_aggregation aggregation_of(const struct uf_composite_input *input,
                                          const struct composite_draw *draw, size_t item)
{
    const struct uf_composite_alternatives *a = input->alternatives;
    bool is_top = item + 1 == items_of(input->tree);
    return is_top && a->keep_top ? a->top : a->aggregations[draw->aggregation];
}

/* From the mean of transformed numbers to what the parent adds up; the index's own geometric mean may stay a logarithm, which ranks
 * alike. */
static void hand_on(const struct node *node, size_t n_units, double *column)
{
    if (node->is_top ? node->how != UF_AGGREGATE_HARMONIC : node->how == node->parent_how) return;
    for (size_t u = 0; u < n_units; u++) {
        double x = composite_back(node->how, column[u]);
        column[u] = node->is_top ? x : composite_into(node->parent_how, x);
    }
}

static void add_parts(struct composite_space *s, size_t n_parts, size_t n_units, double *out)
{
    double total = 0;
    memset(out, 0, n_units * sizeof *out);
    for (size_t k = 0; k < n_parts; k++) {
        const double *x = s->part[k], w = s->part_weight[k];
        total += w;
        for (size_t u = 0; u < n_units; u++) out[u] += w * x[u];
    }
    for (size_t u = 0; u < n_units; u++) out[u] /= total;
}

/* The same where parts may be missing: `there` beside each column. */
static void add_parts_there(struct composite_space *s, size_t n_parts, size_t n_units, double *out,
                            double *out_there)
{
    const double *const *there = s->part_there;
    double *total = s->lead;
    memset(out, 0, n_units * sizeof *out);
    memset(total, 0, n_units * sizeof *total);
    for (size_t k = 0; k < n_parts; k++)
        for (size_t u = 0; u < n_units; u++) {
            out[u] += there[k][u] > 0 ? s->part_weight[k] * s->part[k][u] : 0;
            total[u] += s->part_weight[k] * there[k][u];
        }
    for (size_t u = 0; u < n_units; u++) {
        out_there[u] = total[u] > 0;
        out[u] = total[u] > 0 ? out[u] / total[u] : (double)NAN;
    }
}

static void aggregate(const struct uf_composite_input *input, const struct composite_variants *v,
                      const struct composite_draw *draw, size_t item, struct composite_space *s)
{
    const struct uf_composite_tree *tree = input->tree;
    size_t n = tree->n_indicators, units = v->n_units,
           table = draw->treatment * v->n_normalisations + draw->normalisation;
    struct node node = {aggregation_of(input, draw, item), UF_AGGREGATE_ARITHMETIC,
                        item + 1 == items_of(tree), 0};
    if (!node.is_top) node.parent_how = aggregation_of(input, draw, tree->parent[item]);
    const double *indicators = v->table[table][node.how];
    double *out = s->column + (item - n) * units, *out_there = s->there + (item - n) * units;
    for (size_t i = 0; i < item; i++) {
        if (tree->parent[i] != item || !(s->weight[i] > 0)) continue;
        s->part_weight[node.n_parts] = s->weight[i];
        s->part[node.n_parts] = i < n ? indicators + i * units : s->column + (i - n) * units;
        if (v->there) s->part_there[node.n_parts] = i < n ? v->there + i * units : s->there + (i - n) * units;
        node.n_parts++;
    }
    if (node.n_parts == 0) return;
    if (node.how == UF_AGGREGATE_COPELAND)
        composite_copeland(s->part, s->part_weight, node.n_parts, units, s->lead, out);
    else if (v->there)
        add_parts_there(s, node.n_parts, units, out, out_there);
    else
        add_parts(s, node.n_parts, units, out);
    hand_on(&node, units, out);
}

/* --- ranks ------------------------------------------------------------------------------------- */

/* Merges two sorted runs of indices, the highest key first. */
static void merge(const double *key, const uint32_t *from, size_t low, size_t middle, size_t high,
                  uint32_t *to)
{
    size_t i = low, j = middle;
    for (size_t k = low; k < high; k++) {
        bool left = i < middle && (j >= high || key[from[i]] >= key[from[j]]);
        to[k] = left ? from[i] : from[j];
        i += left, j += !left;
    }
}

/* Runs of a few by insertion, then merged upwards. */
static const uint32_t *sort(const double *key, size_t n, uint32_t *order)
{
    enum { RUN = 12 };
    uint32_t *from = order, *to = order + n;
    for (size_t start = 0; start < n; start += RUN) {
        size_t end = start + RUN < n ? start + RUN : n;
        for (size_t i = start; i < end; i++) {
            size_t j = i;
            for (; j > start && key[from[j - 1]] < key[i]; j--) from[j] = from[j - 1];
            from[j] = (uint32_t)i;
        }
    }
    for (size_t width = RUN; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            size_t middle = low + width < n ? low + width : n,
                   high = low + 2 * width < n ? low + 2 * width : n;
            merge(key, from, low, middle, high, to);
        }
        uint32_t *swap = from;
        from = to, to = swap;
    }
    return from;
}

void composite_rank(const struct uf_composite_input *input, const struct composite_variants *v,
                    const struct composite_draw *draw, struct composite_space *s)
{
    const struct uf_composite_tree *tree = input->tree;
    weigh(input, draw, s->weight, s->sum);
    for (size_t i = tree->n_indicators; i < items_of(tree); i++) aggregate(input, v, draw, i, s);
    double *index = s->column + (tree->n_aggregates - 1) * v->n_units;
    for (size_t u = 0; u < v->n_units; u++)
        if (isnan(index[u])) index[u] = -INFINITY; /* nothing left of it in this draw: last */
    const uint32_t *order = sort(index, v->n_units, s->order);
    for (size_t k = 0; k < v->n_units; k++) {
        bool tied = k > 0 && index[order[k]] == index[order[k - 1]];
        s->rank[order[k]] = tied ? s->rank[order[k - 1]] : (uint32_t)k + 1;
    }
}
