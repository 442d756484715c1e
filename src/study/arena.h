// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_ARENA_H
#define UTFALL_STUDY_ARENA_H
/* Memory that is released all at once: what is read from one study file lives and dies together, so that the
 * structures built from it can point into each other freely. */
#include <stddef.h>
#include <utfall/status.h>

struct arena_block;
struct arena {
    struct arena_block *last;
};

void arena_init(struct arena *arena);
void arena_clear(struct arena *arena);
/* Zeroed memory for any type; NULL when there is none left. Size 0 gives a valid pointer. */
void *arena_take(struct arena *arena, size_t count, size_t size);
/* A copy of `length` bytes with a final 0. */
char *arena_text(struct arena *arena, const char *bytes, size_t length);
#endif
