// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/mistakes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { MOST = 12 };

uf_status mistakes_keep(struct mistakes *mistakes, uf_status status, const struct uf_error *error)
{
    if (status != UF_BAD_INPUT || !error) return status;
    if (!mistakes->items) mistakes->items = calloc(MOST, sizeof *mistakes->items);
    if (!mistakes->items) return status;
    if (mistakes->count < MOST)
        mistakes->items[mistakes->count++] = *error;
    else
        mistakes->more++;
    return UF_OK;
}

static int by_place(const void *left, const void *right)
{
    const struct uf_error *a = left, *b = right;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

/* Beside a suggestion, and among others, the list of all keys that there are is noise. */
static void shorten(struct uf_error *error)
{
    char *list = strstr(error->message, "; expected one of: ");
    if (list && strstr(error->message, "; did you mean ")) *list = '\0';
}

uf_status mistakes_report(const struct mistakes *mistakes, struct uf_error *error)
{
    enum { TAIL = 64 }; /* room for the last line */
    if (mistakes->count == 0) return UF_OK;
    qsort(mistakes->items, mistakes->count, sizeof *mistakes->items, by_place);
    if (!error) return UF_BAD_INPUT;
    struct uf_error all = mistakes->items[0];
    if (mistakes->count > 1) shorten(&all);
    size_t used = strlen(all.message), left = mistakes->more;
    for (size_t i = 1; i < mistakes->count; i++) {
        char line[sizeof all.message + sizeof all.file];
        struct uf_error *other = &mistakes->items[i];
        shorten(other);
        size_t length = uf_error_format(other, line, sizeof line);
        if (left == mistakes->more && used + 1 + length + TAIL < sizeof all.message)
            used += (size_t)snprintf(all.message + used, sizeof all.message - used, "\n%s", line);
        else
            left++; /* from the first that has no room on */
    }
    if (left > 0) snprintf(all.message + used, sizeof all.message - used, "\nand %zu more", left);
    *error = all;
    return UF_BAD_INPUT;
}

void mistakes_clear(struct mistakes *mistakes)
{
    free(mistakes->items);
    *mistakes = (struct mistakes){0};
}
