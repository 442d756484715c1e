// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One allocation per piece: a study file has hundreds of pieces, not millions, and the sanitizers see each of
 * them. */
struct arena_block {
    struct arena_block *previous;
    max_align_t bytes[];
};

void arena_init(struct arena *arena)
{
    arena->last = NULL;
}

void arena_clear(struct arena *arena)
{
    while (arena->last) {
        struct arena_block *previous = arena->last->previous;
        free(arena->last);
        arena->last = previous;
    }
}

void *arena_take(struct arena *arena, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX - sizeof(struct arena_block)) / size) return NULL;
    struct arena_block *block = calloc(1, sizeof *block + count * size);
    if (!block) return NULL;
    block->previous = arena->last;
    arena->last = block;
    return block->bytes;
}

char *arena_text(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_take(arena, length + 1, 1);
    if (copy && length) memcpy(copy, bytes, length);
    return copy;
}
