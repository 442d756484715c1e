// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_PLAIN_CODE_TABLE_H
#define UTFALL_IMPORT_PLAIN_CODE_TABLE_H
/*
 * The codes of one text column in one part of a plain file, numbered in the order in which they are met. A code is
 * looked up by its key: its bytes where there are at most eight, which needs no comparison beyond; else a hash of them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/plain_field.h"
#include "import/plain_file.h"

struct plain_code_entry {
    uint64_t key;
    uint32_t number; /* + 1; 0: free */
};
struct plain_code_table {
    struct plain_codes list;
    struct plain_code_entry *entry;
    size_t entries, used, capacity; /* bytes of the list: used, and those there is room for */
};

/* The first eight bytes: what is read beyond `length` is left out. Eight bytes at `text` must be readable. */
static inline uint64_t plain_short_key(const char *text, size_t length)
{
    const uint64_t word = plain_word(text);
    return length >= 8 ? word : word & ((UINT64_C(1) << (8 * length)) - 1);
}

/* False: no memory. */
bool plain_code_table_init(struct plain_code_table *table);

/* Where a key is looked for first. */
static inline size_t plain_code_place(const struct plain_code_table *table, uint64_t key)
{
    return (size_t)((key * 0x9E3779B97F4A7C15u) >> 32) & (table->entries - 1);
}

/* Whether a short code has been met and stands where it is looked for first: then its number. */
static inline bool plain_code_table_has(const struct plain_code_table *table, uint64_t key, uint32_t *out)
{
    const struct plain_code_entry *entry = &table->entry[plain_code_place(table, key)];
    *out = entry->number - 1;
    return entry->number && entry->key == key;
}

/* The number of a code of 1 or more ASCII bytes, met or not; PLAIN_EMPTY: no memory. */
uint32_t plain_code_table_find(struct plain_code_table *table, const char *text, size_t length);

/* What is needed no more once all codes are met goes; the list stays, of the length that it needs. */
void plain_code_table_finish(struct plain_code_table *table);
void plain_code_table_clear(struct plain_code_table *table);
#endif
