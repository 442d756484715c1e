// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

struct sum {
    double value;
    uf_value_status remarks; /* of any part */
    uf_value_status common;  /* of all parts */
    size_t present, missing;
    uf_period period;
    const char *indicator, *region, *sector, *breakdown; /* of `texts` */
};
struct uf_sums {
    struct uf_codes index; /* the cell's coordinates → place in `items` */
    struct sum *items;
    size_t count, capacity;
    unsigned char *met; /* per sum: a bit for each part */
    size_t n_parts, bytes;
    struct uf_codes texts; /* text → place in `pool`: what sums point to, each once */
    struct uf_text_list pool;
    struct uf_buffer key;
};

uf_status uf_sums_new(const struct uf_plan *plan, struct uf_sums **out, struct uf_error *error)
{
    enum { MOST_PARTS = 1000000 };
    struct uf_sums *sums = calloc(1, sizeof *sums);
    if (!sums) return uf_fail_memory(error);
    sums->n_parts = 1;
    for (size_t i = 0; i < plan->n_sums; i++) {
        sums->n_parts *= plan->sums[i].parts.count ? plan->sums[i].parts.count : 1;
        if (sums->n_parts > MOST_PARTS) {
            free(sums);
            return uf_fail(error, UF_BAD_USAGE,
                           "more than %d parts would be added up to one value; sum over fewer dimensions",
                           MOST_PARTS);
        }
    }
    sums->bytes = (sums->n_parts + 7) / 8;
    *out = sums;
    return UF_OK;
}

void uf_sums_free(struct uf_sums *sums)
{
    if (!sums) return;
    uf_codes_clear(&sums->index);
    uf_codes_clear(&sums->texts);
    uf_text_list_clear(&sums->pool);
    uf_buffer_clear(&sums->key);
    free(sums->items);
    free(sums->met);
    free(sums);
}

/* The same text, for as long as the sums live. */
static uf_status keep_text(struct uf_sums *sums, const char *text, const char **out, struct uf_error *error)
{
    int64_t place;
    *out = NULL;
    if (!text) return UF_OK;
    size_t length = strlen(text);
    if (!uf_codes_find(&sums->texts, text, length, &place)) {
        place = (int64_t)sums->pool.count;
        UF_TRY(uf_text_list_add(&sums->pool, text, error));
        UF_TRY(uf_codes_put(&sums->texts, text, length, place, error));
    }
    *out = sums->pool.items[place]; /* the list moves, its texts do not */
    return UF_OK;
}

static uf_status grow(struct uf_sums *sums, struct uf_error *error)
{
    if (sums->count < sums->capacity) return UF_OK;
    size_t capacity = sums->capacity ? sums->capacity * 2 : 256;
    struct sum *items = realloc(sums->items, capacity * sizeof *items);
    if (!items) return uf_fail_memory(error);
    sums->items = items;
    unsigned char *met = realloc(sums->met, capacity * sums->bytes);
    if (!met) return uf_fail_memory(error);
    memset(met + sums->capacity * sums->bytes, 0, (capacity - sums->capacity) * sums->bytes);
    sums->met = met;
    sums->capacity = capacity;
    return UF_OK;
}

static uf_status find_sum(struct uf_sums *sums, const struct uf_observation *o, size_t *out,
                          struct uf_error *error)
{
    struct uf_buffer *key = &sums->key;
    const char *const parts[] = {o->indicator, o->region, o->sector, o->breakdown};
    key->length = 0;
    for (size_t i = 0; i < 4; i++) {
        uf_buffer_append(key, parts[i]);
        uf_buffer_append_char(key, '\x1f');
    }
    uf_buffer_append_size(key, (size_t)o->period);
    if (key->failed) return uf_fail_memory(error);
    int64_t place;
    if (!uf_codes_find(&sums->index, key->data, key->length, &place)) {
        UF_TRY(grow(sums, error));
        struct sum sum = {.period = o->period, .common = ~(uf_value_status)0};
        UF_TRY(keep_text(sums, o->indicator, &sum.indicator, error));
        UF_TRY(keep_text(sums, o->region, &sum.region, error));
        UF_TRY(keep_text(sums, o->sector, &sum.sector, error));
        UF_TRY(keep_text(sums, o->breakdown, &sum.breakdown, error));
        place = (int64_t)sums->count;
        UF_TRY(uf_codes_put(&sums->index, key->data, key->length, place, error));
        sums->items[sums->count++] = sum;
    }
    *out = (size_t)place;
    return UF_OK;
}

uf_status uf_sums_add(struct uf_sums *sums, const struct uf_plan *plan, const struct uf_cell *cell,
                      const struct uf_observation *observation, bool *out_twice, struct uf_error *error)
{
    size_t part = 0, at;
    for (size_t i = 0; i < plan->n_sums; i++) {
        const struct uf_planned_sum *planned = &plan->sums[i];
        const char *code = cell->codes[planned->dimension];
        int64_t digit = 0;
        if (!uf_codes_find(&planned->parts, code, strlen(code), &digit))
            return uf_fail(error, UF_INTERNAL, "'%s' is no part of a sum", code);
        part = part * planned->parts.count + (size_t)digit;
    }
    UF_TRY(find_sum(sums, observation, &at, error));
    unsigned char *met = sums->met + at * sums->bytes + part / 8, bit = (unsigned char)(1u << part % 8);
    *out_twice = (*met & bit) != 0;
    if (*out_twice) return UF_OK;
    *met |= bit;
    struct sum *sum = &sums->items[at];
    if (uf_value_is_missing(observation->status))
        sum->missing++;
    else
        sum->value += observation->value;
    sum->present++;
    sum->remarks |= observation->status & ~(uf_value_status)UF_VALUE_MISSING_MASK;
    sum->common &= observation->status;
    return UF_OK;
}

size_t uf_sums_count(const struct uf_sums *sums)
{
    return sums->count;
}

void uf_sums_get(const struct uf_sums *sums, size_t index, struct uf_observation *out, size_t *out_lacking)
{
    /* A sum of zeros is zero; one zero among the parts says nothing of the sum. */
    const uf_value_status zeros = UF_VALUE_TRUE_ZERO | UF_VALUE_BELOW_HALF;
    const struct sum *sum = &sums->items[index];
    size_t lacking = sum->missing + (sums->n_parts - sum->present);
    uf_value_status status = (sum->remarks & ~zeros) | (sum->common & sum->remarks & zeros);
    if (lacking) status = (status & ~zeros) | UF_VALUE_INCOMPLETE;
    *out = (struct uf_observation){.indicator = sum->indicator,
                                   .region = sum->region,
                                   .sector = sum->sector,
                                   .breakdown = sum->breakdown,
                                   .period = sum->period,
                                   .value = lacking ? (double)NAN : sum->value,
                                   .status = status};
    *out_lacking = lacking;
}
