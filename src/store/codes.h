// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STORE_CODES_H
#define UTFALL_STORE_CODES_H
/*
 * A map from texts (codes) to integers, for lookups that happen once per observation.
 *
 * It owns its keys. Open addressing with linear probing, at most half full: a lookup is one hash and usually
 * one comparison. Nothing is ever removed one by one.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/status.h>

struct uf_code_slot {
    char *key; /* NULL: free */
    uint64_t hash;
    int64_t value;
};
struct uf_codes {
    struct uf_code_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

void uf_codes_init(struct uf_codes *codes);
void uf_codes_clear(struct uf_codes *codes);
/* False, `*out` untouched, where the key is not there. */
bool uf_codes_find(const struct uf_codes *codes, const char *key, size_t length, int64_t *out);
/* Adds a key or replaces its value. */
uf_status uf_codes_put(struct uf_codes *codes, const char *key, size_t length, int64_t value,
                       struct uf_error *error);
/* FNV-1a, 64 bits: for hash sets of one's own. */
uint64_t uf_codes_hash(const char *bytes, size_t length);
#endif
