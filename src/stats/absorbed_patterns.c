// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/absorbed_patterns.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 13, MOST_PATTERNS = SLOTS / 2, MOST_KEYS = 1 << 17, MOST_LENGTH = 64 };

struct pattern {
    uint64_t hash;
    size_t key, length, times;
};

struct absorbed_patterns {
    size_t dims, count, used, last;
    uint16_t slot[SLOTS]; /* index + 1; 0: free */
    struct pattern *pattern;
    uint32_t *key;
};

struct absorbed_patterns *absorbed_patterns_new(size_t dims)
{
    struct absorbed_patterns *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->dims = dims;
    p->pattern = malloc(MOST_PATTERNS * sizeof *p->pattern);
    p->key = malloc(MOST_KEYS * sizeof *p->key);
    if (p->pattern && p->key) return p;
    absorbed_patterns_free(p);
    return NULL;
}

void absorbed_patterns_free(struct absorbed_patterns *p)
{
    if (!p) return;
    free(p->pattern), free(p->key);
    free(p);
}

static bool matches(const struct absorbed_patterns *p, size_t index, const uint32_t *const *dummy,
                    size_t first, size_t length)
{
    const struct pattern *pattern = &p->pattern[index];
    if (pattern->length != length) return false;
    const uint32_t *key = p->key + pattern->key;
    for (size_t dim = 0; dim < p->dims; dim++)
        if (memcmp(key + dim * length, dummy[dim] + first, length * sizeof *key) != 0) return false;
    return true;
}

bool absorbed_patterns_add(struct absorbed_patterns *p, const uint32_t *const *dummy, size_t first,
                           size_t length, bool *is_new)
{
    *is_new = false;
    if (length > MOST_LENGTH) return false;
    if (p->count > 0 && matches(p, p->last, dummy, first, length)) {
        p->pattern[p->last].times++;
        return true;
    }
    uint64_t hash = length;
    for (size_t dim = 0; dim < p->dims; dim++)
        for (size_t r = 0; r < length; r++) hash = (hash ^ dummy[dim][first + r]) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 29;
    size_t slot = hash % SLOTS;
    for (; p->slot[slot]; slot = (slot + 1) % SLOTS) {
        size_t index = p->slot[slot] - 1u;
        if (p->pattern[index].hash != hash || !matches(p, index, dummy, first, length)) continue;
        p->pattern[index].times++;
        p->last = index;
        return true;
    }
    if (p->count == MOST_PATTERNS || p->used + p->dims * length > MOST_KEYS) return false;
    *is_new = true;
    for (size_t dim = 0; dim < p->dims; dim++)
        memcpy(p->key + p->used + dim * length, dummy[dim] + first, length * sizeof *p->key);
    p->pattern[p->count] = (struct pattern){hash, p->used, length, 1};
    p->used += p->dims * length;
    p->last = p->count++;
    p->slot[slot] = (uint16_t)p->count;
    return true;
}

size_t absorbed_patterns_count(const struct absorbed_patterns *p)
{
    return p->count;
}

const uint32_t *absorbed_patterns_at(const struct absorbed_patterns *p, size_t index, size_t *out_length,
                                     size_t *out_times)
{
    *out_length = p->pattern[index].length;
    *out_times = p->pattern[index].times;
    return p->key + p->pattern[index].key;
}
