// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/covariance_internal.h"

void clusters_clear(struct clusters *clusters)
{
    free(clusters->start), free(clusters->order);
    memset(clusters, 0, sizeof *clusters);
}

uf_status clusters_init(struct clusters *clusters, const size_t *group, size_t n, size_t n_groups,
                        struct uf_error *error)
{
    memset(clusters, 0, sizeof *clusters);
    size_t *number = malloc((n_groups + 1) * sizeof *number);
    clusters->start = calloc(n_groups + 3, sizeof *clusters->start);
    clusters->order = malloc((n + 1) * sizeof *clusters->order);
    uf_status status = UF_OK;
    if (!number || !clusters->start || !clusters->order) {
        status = uf_fail_memory(error);
        goto done;
    }
    for (size_t g = 0; g < n_groups; g++) number[g] = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        if (group[i] >= n_groups) {
            status = uf_fail(error, UF_INTERNAL, "cluster number %zu of %zu", group[i], n_groups);
            goto done;
        }
        number[group[i]] = 0;
    }
    for (size_t g = 0; g < n_groups; g++)
        if (number[g] == 0) number[g] = clusters->count++;
    size_t *start = clusters->start;
    for (size_t i = 0; i < n; i++) start[number[group[i]] + 2]++;
    for (size_t g = 0; g < clusters->count; g++) start[g + 2] += start[g + 1];
    for (size_t i = 0; i < n; i++) clusters->order[start[number[group[i]] + 1]++] = i;
done:
    free(number);
    if (status != UF_OK) clusters_clear(clusters);
    return status;
}

uf_status clusters_count(const size_t *group, size_t n, size_t n_groups, size_t *out, struct uf_error *error)
{
    unsigned char *seen = calloc(n_groups + 1, 1);
    if (!seen) return uf_fail_memory(error);
    size_t count = 0, wrong = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        if (group[i] >= n_groups) {
            wrong = group[i];
            break;
        }
        count += !seen[group[i]];
        seen[group[i]] = 1;
    }
    free(seen);
    if (wrong != SIZE_MAX) return uf_fail(error, UF_INTERNAL, "cluster number %zu of %zu", wrong, n_groups);
    *out = count;
    return UF_OK;
}

struct pair {
    size_t first, second, observation;
};

static int compare_pairs(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    if (a->first != b->first) return a->first < b->first ? -1 : 1;
    if (a->second != b->second) return a->second < b->second ? -1 : 1;
    return (a->observation > b->observation) - (a->observation < b->observation);
}

uf_status clusters_intersect(const size_t *first, size_t n_first, const size_t *second, size_t n_second,
                             size_t n, size_t *group, size_t *out_bound, struct uf_error *error)
{
    /* so few combinations are numbered as they are */
    if ((double)n_first * (double)n_second <= 4 * (double)n + 1000) {
        for (size_t i = 0; i < n; i++) group[i] = first[i] * n_second + second[i];
        *out_bound = n_first * n_second;
        return UF_OK;
    }
    struct pair *pairs = malloc((n + 1) * sizeof *pairs);
    size_t count = 0;
    if (!pairs) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) pairs[i] = (struct pair){first[i], second[i], i};
    qsort(pairs, n, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (pairs[i].first != pairs[i - 1].first || pairs[i].second != pairs[i - 1].second))
            count++;
        group[pairs[i].observation] = count;
    }
    free(pairs);
    *out_bound = count + 1;
    return UF_OK;
}
