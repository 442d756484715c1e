// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plain_code_table.h"

#include <stdlib.h>
#include <string.h>

/* A key of a long code has the highest bit, which no short code of ASCII has. */
static const uint64_t long_code = UINT64_C(1) << 63;
enum { FIRST_ENTRIES = 1 << 8, FIRST_BYTES = 1 << 12 };

static uint64_t key_of(const char *text, size_t length)
{
    if (length <= 8) return plain_short_key(text, length);
    uint64_t hash = length * 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < length; i += 8) {
        hash = (hash ^ plain_short_key(text + i, length - i)) * 0xBF58476D1CE4E5B9u;
        hash ^= hash >> 31;
    }
    return hash | long_code;
}

static bool is_code(const struct plain_code_table *table, const struct plain_code_entry *entry, uint64_t key,
                    const char *text, size_t length)
{
    if (entry->key != key) return false;
    if (!(key & long_code)) return true;
    const char *code = table->list.bytes + table->list.offset[entry->number - 1];
    return strncmp(code, text, length) == 0 && code[length] == '\0';
}

static bool grow_entries(struct plain_code_table *table)
{
    struct plain_code_table larger = *table;
    larger.entries = table->entries ? table->entries * 2 : FIRST_ENTRIES;
    larger.entry = calloc(larger.entries, sizeof *larger.entry);
    uint32_t *offset = realloc(table->list.offset, larger.entries * sizeof *offset);
    if (offset) table->list.offset = larger.list.offset = offset;
    if (!larger.entry || !offset) {
        free(larger.entry);
        return false;
    }
    for (size_t i = 0; i < table->entries; i++) {
        if (table->entry[i].number == 0) continue;
        size_t at = plain_code_place(&larger, table->entry[i].key);
        while (larger.entry[at].number) at = (at + 1) & (larger.entries - 1);
        larger.entry[at] = table->entry[i];
    }
    free(table->entry);
    *table = larger;
    return true;
}

bool plain_code_table_init(struct plain_code_table *table)
{
    *table = (struct plain_code_table){0};
    return grow_entries(table);
}

static bool grow_bytes(struct plain_code_table *table, size_t needed)
{
    if (needed <= table->capacity) return true;
    const size_t capacity = 2 * needed + FIRST_BYTES;
    char *bytes = realloc(table->list.bytes, capacity);
    if (!bytes) return false;
    table->list.bytes = bytes;
    table->capacity = capacity;
    return true;
}

uint32_t plain_code_table_find(struct plain_code_table *table, const char *text, size_t length)
{
    const uint64_t key = key_of(text, length);
    if (2 * (table->list.count + 1) > table->entries && !grow_entries(table)) return PLAIN_EMPTY;
    size_t at = plain_code_place(table, key);
    while (table->entry[at].number && !is_code(table, &table->entry[at], key, text, length))
        at = (at + 1) & (table->entries - 1);
    struct plain_code_entry *entry = &table->entry[at];
    if (!entry->number) {
        if (!grow_bytes(table, table->used + length + 1)) return PLAIN_EMPTY;
        memcpy(table->list.bytes + table->used, text, length);
        table->list.bytes[table->used + length] = '\0';
        table->list.offset[table->list.count] = (uint32_t)table->used;
        table->used += length + 1;
        *entry = (struct plain_code_entry){key, (uint32_t)++table->list.count};
    }
    return entry->number - 1;
}

void plain_code_table_finish(struct plain_code_table *table)
{
    free(table->entry);
    table->entry = NULL;
    table->entries = 0;
    char *bytes = realloc(table->list.bytes, table->used + 1);
    if (bytes) table->list.bytes = bytes;
    uint32_t *offset = realloc(table->list.offset, (table->list.count + 1) * sizeof *offset);
    if (offset) table->list.offset = offset;
}

void plain_code_table_clear(struct plain_code_table *table)
{
    free(table->list.bytes), free(table->list.offset), free(table->entry);
    *table = (struct plain_code_table){0};
}
