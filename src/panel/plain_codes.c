// SPDX-License-Identifier: GPL-3.0-or-later
/* The codes of a plain file's text columns: each part of the file has its own, and they are put together here. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "panel/plain_rows.h"

const char *plain_code_text(const struct plain *p, size_t column, const struct plain_code *code)
{
    const struct plain_codes *codes = &p->file.part[code->part].codes[column];
    return codes->bytes + codes->offset[code->index];
}

static int compare_codes(const struct plain *p, size_t column, const struct plain_code *a,
                         const struct plain_code *b)
{
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    if ((a->key & 0xFF) == 0) return 0; /* both end within the key */
    return strcmp(plain_code_text(p, column, a), plain_code_text(p, column, b));
}

static uint64_t key_of(const char *text)
{
    uint64_t key = 0;
    for (size_t i = 0, ended = 0; i < 8; i++) {
        ended = ended || text[i] == '\0';
        key = key << 8 | (ended ? 0 : (unsigned char)text[i]);
    }
    return key;
}

/* --- sorting ----------------------------------------------------------------------------------- */

/* Merges two sorted runs of `from` into `to`. */
static void merge_runs(const struct plain *p, size_t column, const struct plain_code *from, size_t first,
                       size_t middle, size_t last, struct plain_code *to)
{
    size_t a = first, b = middle;
    for (size_t i = first; i < last; i++)
        to[i] = b == last || (a < middle && compare_codes(p, column, &from[a], &from[b]) <= 0) ? from[a++]
                                                                                               : from[b++];
}

/* Where runs begin that are in order as they stand: a file's codes often come in long ones. */
static size_t find_runs(const struct plain *p, size_t column, const struct plain_code *code, size_t n,
                        size_t *start)
{
    size_t runs = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || compare_codes(p, column, &code[i - 1], &code[i]) > 0) start[runs++] = i;
    start[runs] = n;
    return runs;
}

static uf_status sort_codes(const struct plain *p, size_t column, struct plain_code *code, size_t n,
                            struct uf_error *error)
{
    struct plain_code *other = malloc((n + 1) * sizeof *other), *from = code, *to = other;
    size_t *start = malloc((n + 2) * sizeof *start);
    if (!other || !start) {
        free(other), free(start);
        return uf_fail_memory(error);
    }
    for (size_t runs = find_runs(p, column, code, n, start); runs > 1;) {
        const size_t pairs = (runs + 1) / 2;
#pragma omp parallel for schedule(static) if (n > 10000 && pairs > 1)
        for (size_t i = 0; i < pairs; i++)
            merge_runs(p, column, from, start[2 * i], start[2 * i + 1],
                       start[2 * i + 1 < runs ? 2 * i + 2 : runs], to);
        for (size_t i = 0; i < pairs; i++) start[i] = start[2 * i];
        start[pairs] = n;
        runs = pairs;
        struct plain_code *swap = from;
        from = to, to = swap;
    }
    if (from != code) memcpy(code, from, n * sizeof *code);
    free(other), free(start);
    return UF_OK;
}

uf_status plain_codes_build(const struct plain *p, size_t column, struct plain_code_set *set,
                            struct uf_error *error)
{
    const struct plain_file *file = &p->file;
    size_t *first = malloc((file->n_parts + 1) * sizeof *first);
    if (!first) return uf_fail_memory(error);
    size_t n = 0, unique = 0;
    for (size_t i = 0; i < file->n_parts; i++) {
        first[i] = n;
        n += file->part[i].codes[column].count;
    }
    set->code = malloc((n + 1) * sizeof *set->code);
    set->rank = calloc(file->n_parts + 1, sizeof *set->rank);
    bool fine = set->code && set->rank;
#pragma omp parallel for schedule(dynamic, 1) reduction(&& : fine)
    for (size_t i = 0; i < file->n_parts; i++) {
        if (!fine) continue;
        const struct plain_codes *codes = &file->part[i].codes[column];
        set->rank[i] = malloc((codes->count + 1) * sizeof **set->rank);
        fine = set->rank[i] != NULL;
        for (uint32_t j = 0; j < codes->count; j++)
            set->code[first[i] + j] =
                (struct plain_code){key_of(codes->bytes + codes->offset[j]), (uint32_t)i, j};
    }
    free(first);
    if (!fine) return uf_fail_memory(error);
    UF_TRY(sort_codes(p, column, set->code, n, error));
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || compare_codes(p, column, &set->code[unique - 1], &set->code[i]) != 0)
            set->code[unique++] = set->code[i];
        set->rank[set->code[i].part][set->code[i].index] = (uint32_t)(unique - 1);
    }
    set->count = unique;
    return UF_OK;
}

uf_status plain_codes_dictionary(const struct plain *p, size_t column, struct uf_dictionary *out,
                                 struct uf_error *error)
{
    const struct plain_code_set *set = &p->codes[column];
    size_t bytes = 0;
    for (size_t i = 0; i < set->count; i++) bytes += strlen(plain_code_text(p, column, &set->code[i])) + 1;
    *out = (struct uf_dictionary){.code = malloc((set->count + 1) * sizeof(char *)),
                                  .label = malloc((set->count + 1) * sizeof(char *)),
                                  .texts = malloc(bytes + 1)};
    if (!out->code || !out->label || !out->texts) return uf_fail_memory(error);
    char *next = out->texts;
    for (size_t i = 0; i < set->count; i++) {
        const char *text = plain_code_text(p, column, &set->code[i]);
        const size_t length = strlen(text) + 1;
        out->code[i] = out->label[i] = memcpy(next, text, length);
        next += length;
    }
    out->count = set->count;
    return UF_OK;
}
