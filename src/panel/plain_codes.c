// SPDX-License-Identifier: GPL-3.0-or-later
/* The codes of a plain file's text columns: each part of the file has its own, and they are put together here. */
#include <stdlib.h>
#include <string.h>
#include <utfall/text.h>

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

/* Merges two sorted runs of `from` into `to`. */
static void merge_runs(const struct plain *p, size_t column, const struct plain_code *from, size_t first,
                       size_t middle, size_t last, struct plain_code *to)
{
    size_t a = first, b = middle;
    for (size_t i = first; i < last; i++)
        to[i] = b == last || (a < middle && compare_codes(p, column, &from[a], &from[b]) <= 0) ? from[a++]
                                                                                               : from[b++];
}

static uf_status sort_codes(const struct plain *p, size_t column, struct plain_code *code, size_t n,
                            size_t *out_count, struct uf_error *error)
{
    struct plain_code *other = malloc((n + 1) * sizeof *other), *from = code, *to = other;
    if (!other) return uf_fail_memory(error);
    for (size_t run = 1; run < n; run *= 2) {
#pragma omp parallel for schedule(dynamic, 1) if (n > 10000 && run < n / 2)
        for (size_t piece = 0; piece < (n + 2 * run * 256 - 1) / (2 * run * 256); piece++)
            for (size_t first = piece * 2 * run * 256; first < n && first < (piece + 1) * 2 * run * 256;
                 first += 2 * run) {
                size_t middle = first + run < n ? first + run : n,
                       last = first + 2 * run < n ? first + 2 * run : n;
                merge_runs(p, column, from, first, middle, last, to);
            }
        struct plain_code *swap = from;
        from = to, to = swap;
    }
    if (from != code) memcpy(code, from, n * sizeof *code);
    free(other);
    *out_count = n;
    return UF_OK;
}

uf_status plain_codes_build(const struct plain *p, size_t column, struct plain_code_set *set,
                            struct uf_error *error)
{
    const struct plain_file *file = &p->file;
    size_t n = 0, unique = 0;
    for (size_t i = 0; i < file->n_parts; i++) n += file->part[i].codes[column].count;
    set->code = malloc((n + 1) * sizeof *set->code);
    set->rank = calloc(file->n_parts + 1, sizeof *set->rank);
    if (!set->code || !set->rank) return uf_fail_memory(error);
    size_t next = 0;
    for (size_t i = 0; i < file->n_parts; i++) {
        const struct plain_codes *codes = &file->part[i].codes[column];
        set->rank[i] = malloc((codes->count + 1) * sizeof **set->rank);
        if (!set->rank[i]) return uf_fail_memory(error);
        for (uint32_t j = 0; j < codes->count; j++)
            set->code[next++] = (struct plain_code){key_of(codes->bytes + codes->offset[j]), (uint32_t)i, j};
    }
    UF_TRY(sort_codes(p, column, set->code, n, &n, error));
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
    *out = (struct uf_dictionary){calloc(set->count + 1, sizeof(char *)),
                                  calloc(set->count + 1, sizeof(char *)), set->count};
    bool fine = out->code && out->label;
    for (size_t i = 0; fine && i < set->count; i++) {
        const char *text = plain_code_text(p, column, &set->code[i]);
        fine = (out->code[i] = uf_text_copy(text)) && (out->label[i] = uf_text_copy(text));
    }
    return fine ? UF_OK : uf_fail_memory(error);
}
