// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/codes.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { FIRST_CAPACITY = 64 };

void uf_codes_init(struct uf_codes *codes)
{
    memset(codes, 0, sizeof *codes);
}

void uf_codes_clear(struct uf_codes *codes)
{
    for (size_t i = 0; i < codes->capacity; i++) free(codes->slots[i].key);
    free(codes->slots);
    uf_codes_init(codes);
}

uint64_t uf_codes_hash(const char *bytes, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct uf_code_slot *slot_for(const struct uf_codes *codes, uint64_t hash, const char *key,
                                     size_t length)
{
    size_t mask = codes->capacity - 1;
    for (size_t i = (size_t)(hash ^ hash >> 32) & mask;; i = (i + 1) & mask) {
        struct uf_code_slot *slot = &codes->slots[i];
        if (!slot->key) return slot;
        if (slot->hash == hash && !strncmp(slot->key, key, length) && slot->key[length] == '\0') return slot;
    }
}

bool uf_codes_find(const struct uf_codes *codes, const char *key, size_t length, int64_t *out)
{
    if (codes->capacity == 0) return false;
    const struct uf_code_slot *slot = slot_for(codes, uf_codes_hash(key, length), key, length);
    if (!slot->key) return false;
    *out = slot->value;
    return true;
}

static uf_status grow(struct uf_codes *codes, struct uf_error *error)
{
    struct uf_codes larger = {.capacity = codes->capacity ? codes->capacity * 2 : FIRST_CAPACITY,
                              .count = codes->count};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots) return uf_fail_memory(error);
    for (size_t i = 0; i < codes->capacity; i++) {
        const struct uf_code_slot *old = &codes->slots[i];
        if (old->key) *slot_for(&larger, old->hash, old->key, strlen(old->key)) = *old;
    }
    free(codes->slots);
    *codes = larger;
    return UF_OK;
}

uf_status uf_codes_put(struct uf_codes *codes, const char *key, size_t length, int64_t value,
                       struct uf_error *error)
{
    if (codes->count * 2 >= codes->capacity) UF_TRY(grow(codes, error));
    uint64_t hash = uf_codes_hash(key, length);
    struct uf_code_slot *slot = slot_for(codes, hash, key, length);
    if (!slot->key) {
        char *copy = malloc(length + 1);
        if (!copy) return uf_fail_memory(error);
        memcpy(copy, key, length);
        copy[length] = '\0';
        slot->key = copy;
        slot->hash = hash;
        codes->count++;
    }
    slot->value = value;
    return UF_OK;
}
