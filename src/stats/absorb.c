// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/absorb.h>

#include "base/fail.h"
#include "stats/absorb_internal.h"

/* A dummy of which no more than this share of its weight is left by the others is redundant. */
#define REDUNDANT 1e-10

void uf_absorber_free(struct uf_absorber *a)
{
    if (!a) return;
    for (size_t d = 0; d < a->dimensions; d++) free(a->group ? a->group[d] : NULL);
    free(a->group), free(a->levels), free(a->offset), free(a->weight), free(a->main_weight),
        free(a->other_weight);
    free(a->factor), free(a->redundant);
    free(a);
}

/* Copies one grouping, renumbered in the order of the given numbers and without gaps. */
static uf_status copy_groups(struct uf_absorber *a, size_t d, const size_t *group, size_t n_groups,
                             struct uf_error *error)
{
    size_t *number = malloc((n_groups + 1) * sizeof *number);
    a->group[d] = malloc((a->n + 1) * sizeof **a->group);
    if (!number || !a->group[d]) {
        free(number);
        return uf_fail_memory(error);
    }
    for (size_t g = 0; g < n_groups; g++) number[g] = SIZE_MAX;
    uf_status status = UF_OK;
    for (size_t i = 0; i < a->n && status == UF_OK; i++) {
        if (group[i] >= n_groups)
            status = uf_fail(error, UF_INTERNAL, "absorb: group number %zu of %zu in dimension %zu", group[i],
                             n_groups, d);
        else
            number[group[i]] = 0;
    }
    for (size_t g = 0; g < n_groups; g++)
        if (number[g] == 0) number[g] = a->levels[d]++;
    for (size_t i = 0; i < a->n && status == UF_OK; i++) a->group[d][i] = number[group[i]];
    free(number);
    return status;
}

/* S = D'WD − Σ_g a_g a_g' / W_g, where a_g is what group g of the main dimension shares with the other
 * dummies. */
static uf_status build_schur(struct uf_absorber *a, struct uf_error *error)
{
    size_t q = a->q, levels = a->levels[a->main];
    size_t *start = calloc(levels + 2, sizeof *start), *order = malloc((a->n + 1) * sizeof *order);
    size_t *touched = malloc((q + 1) * sizeof *touched);
    double *share = calloc(q + 1, sizeof *share);
    a->factor = calloc(q * q + 1, sizeof *a->factor);
    uf_status status = UF_OK;
    if (!start || !order || !touched || !share || !a->factor) {
        status = uf_fail_memory(error);
        goto done;
    }
    const size_t *main_group = a->group[a->main];
    for (size_t i = 0; i < a->n; i++) start[main_group[i] + 2]++;
    for (size_t g = 0; g < levels; g++) start[g + 2] += start[g + 1];
    for (size_t i = 0; i < a->n; i++) order[start[main_group[i] + 1]++] = i;
    double *s = a->factor;
    for (size_t i = 0; i < a->n; i++) {
        for (size_t d = 0; d < a->dimensions; d++) {
            for (size_t e = 0; e < a->dimensions; e++) {
                if (d == a->main || e == a->main) continue;
                s[(a->offset[d] + a->group[d][i]) * q + a->offset[e] + a->group[e][i]] += absorb_weight(a, i);
            }
        }
    }
    for (size_t g = 0; g < levels; g++) {
        size_t n_touched = 0;
        for (size_t l = start[g]; l < start[g + 1]; l++) {
            for (size_t d = 0; d < a->dimensions; d++) {
                if (d == a->main) continue;
                size_t j = a->offset[d] + a->group[d][order[l]];
                if (share[j] == 0) touched[n_touched++] = j;
                share[j] += absorb_weight(a, order[l]);
            }
        }
        for (size_t x = 0; x < n_touched; x++)
            for (size_t y = 0; y < n_touched; y++)
                s[touched[x] * q + touched[y]] -= share[touched[x]] * share[touched[y]] / a->main_weight[g];
        for (size_t x = 0; x < n_touched; x++) share[touched[x]] = 0;
    }
done:
    free(start), free(order), free(touched), free(share);
    return status;
}

/* Cholesky S = LL' in place (lower triangle); redundant dummies get a zero row and column. Returns the rank. */
static size_t factorise_schur(struct uf_absorber *a)
{
    size_t q = a->q, rank = 0;
    double *s = a->factor;
    for (size_t j = 0; j < q; j++) {
        double diagonal = s[j * q + j];
        for (size_t l = 0; l < j; l++) diagonal -= s[j * q + l] * s[j * q + l];
        a->redundant[j] = !(diagonal > REDUNDANT * a->other_weight[j]);
        double root = a->redundant[j] ? 0 : sqrt(diagonal);
        s[j * q + j] = root;
        rank += !a->redundant[j];
        for (size_t i = j + 1; i < q; i++) {
            double value = s[i * q + j];
            for (size_t l = 0; l < j; l++) value -= s[i * q + l] * s[j * q + l];
            s[i * q + j] = a->redundant[j] ? 0 : value / root;
        }
    }
    return rank;
}

static uf_status find_rank(struct uf_absorber *a, struct uf_error *error)
{
    size_t rank = a->levels[a->main];
    a->rank_is_exact = a->dimensions <= 2 || a->factor != NULL;
    size_t factor_rank = a->factor ? factorise_schur(a) : 0;
    if (a->dimensions > 2 && a->factor) {
        a->rank = rank + factor_rank;
        return UF_OK;
    }
    for (size_t d = 0; d < a->dimensions; d++) {
        size_t components = 0;
        if (d == a->main) continue;
        UF_TRY(uf_absorber_components(a, a->main, d, &components, error));
        rank += a->levels[d] - components;
    }
    a->rank = rank;
    return UF_OK;
}

static uf_status count_singletons(struct uf_absorber *a, struct uf_error *error)
{
    size_t largest = a->levels[a->main];
    size_t *count = malloc((largest + 1) * sizeof *count);
    unsigned char *alone = calloc(a->n + 1, 1);
    if (!count || !alone) {
        free(count), free(alone);
        return uf_fail_memory(error);
    }
    for (size_t d = 0; d < a->dimensions; d++) {
        memset(count, 0, (largest + 1) * sizeof *count);
        for (size_t i = 0; i < a->n; i++) count[a->group[d][i]]++;
        for (size_t i = 0; i < a->n; i++) alone[i] |= count[a->group[d][i]] == 1;
    }
    for (size_t i = 0; i < a->n; i++) a->singletons += alone[i];
    free(count), free(alone);
    return UF_OK;
}

static uf_status build(struct uf_absorber *a, const size_t *const *group, const size_t *n_groups,
                       const double *weights, size_t direct_limit, struct uf_error *error)
{
    size_t D = a->dimensions;
    a->group = calloc(D, sizeof *a->group);
    a->levels = calloc(D, sizeof *a->levels);
    a->offset = calloc(D, sizeof *a->offset);
    if (!a->group || !a->levels || !a->offset) return uf_fail_memory(error);
    for (size_t d = 0; d < D; d++) UF_TRY(copy_groups(a, d, group[d], n_groups[d], error));
    if (weights) {
        a->weight = malloc((a->n + 1) * sizeof *a->weight);
        if (!a->weight) return uf_fail_memory(error);
        for (size_t i = 0; i < a->n; i++) {
            a->weight[i] = weights[i];
            if (!(weights[i] > 0) || !isfinite(weights[i]))
                return uf_fail(error, UF_BAD_INPUT,
                               "observation %zu has the weight %g; weights must be positive", i + 1,
                               weights[i]);
        }
    }
    for (size_t d = 1; d < D; d++)
        if (a->levels[d] > a->levels[a->main]) a->main = d;
    for (size_t d = 0; d < D; d++) {
        a->offset[d] = a->q;
        if (d != a->main) a->q += a->levels[d];
    }
    a->main_weight = calloc(a->levels[a->main] + 1, sizeof *a->main_weight);
    a->other_weight = calloc(a->q + 1, sizeof *a->other_weight);
    a->redundant = calloc(a->q + 1, sizeof *a->redundant);
    if (!a->main_weight || !a->other_weight || !a->redundant) return uf_fail_memory(error);
    for (size_t i = 0; i < a->n; i++) {
        a->main_weight[a->group[a->main][i]] += absorb_weight(a, i);
        for (size_t d = 0; d < D; d++)
            if (d != a->main) a->other_weight[a->offset[d] + a->group[d][i]] += absorb_weight(a, i);
    }
    if (a->q > 0 && a->q <= (direct_limit ? direct_limit : UF_ABSORB_DIRECT)) UF_TRY(build_schur(a, error));
    UF_TRY(find_rank(a, error));
    return count_singletons(a, error);
}

uf_status uf_absorber_new(size_t n, size_t n_dimensions, const size_t *const *group, const size_t *n_groups,
                          const double *weights, size_t direct_limit, struct uf_absorber **out,
                          struct uf_error *error)
{
    if (n_dimensions == 0) return uf_fail(error, UF_INTERNAL, "absorb: no dimension");
    struct uf_absorber *a = calloc(1, sizeof *a);
    if (!a) return uf_fail_memory(error);
    a->n = n;
    a->dimensions = n_dimensions;
    uf_status status = build(a, group, n_groups, weights, direct_limit, error);
    if (status != UF_OK) {
        uf_absorber_free(a);
        return status;
    }
    *out = a;
    return UF_OK;
}

static size_t find_root(size_t *parent, size_t node)
{
    while (parent[node] != node) node = parent[node] = parent[parent[node]];
    return node;
}

uf_status uf_absorber_components(const struct uf_absorber *a, size_t first, size_t second, size_t *out,
                                 struct uf_error *error)
{
    size_t nodes = a->levels[first] + a->levels[second], components = nodes;
    size_t *parent = malloc((nodes + 1) * sizeof *parent);
    if (!parent) return uf_fail_memory(error);
    for (size_t i = 0; i < nodes; i++) parent[i] = i;
    for (size_t i = 0; i < a->n; i++) {
        size_t x = find_root(parent, a->group[first][i]);
        size_t y = find_root(parent, a->levels[first] + a->group[second][i]);
        if (x != y) parent[x] = y, components--;
    }
    free(parent);
    *out = components;
    return UF_OK;
}

uf_status uf_absorber_is_nested(const struct uf_absorber *a, size_t dimension, const size_t *cluster,
                                bool *out, struct uf_error *error)
{
    size_t *first = malloc((a->levels[dimension] + 1) * sizeof *first);
    if (!first) return uf_fail_memory(error);
    for (size_t g = 0; g < a->levels[dimension]; g++) first[g] = SIZE_MAX;
    bool nested = true;
    for (size_t i = 0; i < a->n && nested; i++) {
        size_t g = a->group[dimension][i];
        if (first[g] == SIZE_MAX) first[g] = i;
        nested = cluster[first[g]] == cluster[i];
    }
    free(first);
    *out = nested;
    return UF_OK;
}

size_t uf_absorber_dimensions(const struct uf_absorber *a)
{
    return a->dimensions;
}

size_t uf_absorber_levels(const struct uf_absorber *a, size_t dimension)
{
    return a->levels[dimension];
}

size_t uf_absorber_rank(const struct uf_absorber *a)
{
    return a->rank;
}

bool uf_absorber_rank_is_exact(const struct uf_absorber *a)
{
    return a->rank_is_exact;
}

size_t uf_absorber_singletons(const struct uf_absorber *a)
{
    return a->singletons;
}

const size_t *uf_absorber_groups(const struct uf_absorber *a, size_t dimension)
{
    return a->group[dimension];
}
