// SPDX-License-Identifier: GPL-3.0-or-later
/* The tree of pillars from lists of `PART:WHOLE`, and the numbers that belong to its items. */
#include "profile/composite_problem.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>
#include <utfall/text.h>

#include "base/fail.h"

static const char root[] = "index";

/* `NAME:value`, split at the last colon. */
struct pair {
    const char *name, *value;
    size_t length;
};

static uf_status split(const char *option, const char *item, const char *expected, struct pair *out,
                       struct uf_error *error)
{
    const char *colon = strrchr(item, ':');
    if (!colon || colon == item || colon[1] == 0)
        return uf_fail(error, UF_BAD_USAGE, "found '%s' in '%s', expected %s", item, option, expected);
    *out = (struct pair){item, colon + 1, (size_t)(colon - item)};
    return UF_OK;
}

static bool is_named(const struct pair *pair, const char *name)
{
    return strlen(name) == pair->length && !memcmp(name, pair->name, pair->length);
}

static uf_status find_item(const struct composite_problem *p, const struct pair *pair, size_t n_items,
                           const char *option, size_t *out, struct uf_error *error)
{
    for (size_t i = 0; i < n_items; i++)
        if (is_named(pair, p->code[i])) {
            *out = i;
            return UF_OK;
        }
    char name[64];
    size_t length = pair->length < sizeof name - 1 ? pair->length : sizeof name - 1;
    memcpy(name, pair->name, length);
    name[length] = 0;
    const char *near = uf_text_nearest(name, p->code, n_items);
    return uf_fail(error, UF_BAD_USAGE, "'%s' names '%s', which is neither an indicator nor a pillar%s%s%s",
                   option, name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* --- the tree ---------------------------------------------------------------------------------- */

/* Names of pillars, each once, after the indicators; the index last. */
static uf_status list_aggregates(struct composite_problem *p, const struct uf_text_list *pillars,
                                 struct uf_error *error)
{
    size_t n = p->tree.n_indicators, count = n;
    for (size_t i = 0; i < pillars->count; i++) {
        struct pair pair;
        UF_TRY(split("pillars", pillars->items[i], "PART:WHOLE, as patents:innovation", &pair, error));
        bool known = !strcmp(pair.value, root);
        for (size_t k = 0; k < count && !known; k++) {
            known = !strcmp(p->code[k], pair.value);
            if (known && k < n)
                return uf_fail(
                    error, UF_BAD_USAGE,
                    "'pillars' makes '%s' a pillar, and it is an indicator; give the pillar another name",
                    pair.value);
        }
        if (!known) p->code[count] = p->label[count] = pair.value, count++;
    }
    p->code[count] = root;
    p->label[count] = uf_words_in((struct uf_words){"Index", "Index"}, p->language);
    p->n_items = count + 1;
    p->tree.n_aggregates = p->n_items - n;
    return UF_OK;
}

static uf_status read_parents(struct composite_problem *p, const struct uf_text_list *pillars,
                              struct uf_error *error)
{
    for (size_t i = 0; i < p->n_items; i++) p->parent[i] = p->n_items - 1;
    bool *said = calloc(p->n_items + 1, sizeof *said);
    if (!said) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t i = 0; i < pillars->count && status == UF_OK; i++) {
        struct pair pair;
        size_t part = 0, whole = p->n_items - 1;
        status = split("pillars", pillars->items[i], "PART:WHOLE", &pair, error);
        if (status == UF_OK) status = find_item(p, &pair, p->n_items - 1, "pillars", &part, error);
        if (status == UF_OK && said[part])
            status =
                uf_fail(error, UF_BAD_USAGE, "'pillars' says twice what '%s' is a part of", p->code[part]);
        if (status != UF_OK) break;
        said[part] = true;
        for (size_t k = p->tree.n_indicators; k < p->n_items; k++)
            if (!strcmp(p->code[k], pair.value)) whole = k;
        p->parent[part] = whole;
    }
    free(said);
    return status;
}

/* How many steps an item is from the index; SIZE_MAX: it never gets there. */
static size_t depth_of(const struct composite_problem *p, size_t item)
{
    size_t depth = 0;
    for (; item != p->n_items - 1; item = p->parent[item])
        if (++depth > p->n_items) return SIZE_MAX;
    return depth;
}

static void swap_aggregates(struct composite_problem *p, size_t a, size_t b)
{
    const char *code = p->code[a], *label = p->label[a];
    size_t parent = p->parent[a];
    p->code[a] = p->code[b], p->label[a] = p->label[b], p->parent[a] = p->parent[b];
    p->code[b] = code, p->label[b] = label, p->parent[b] = parent;
    for (size_t i = 0; i + 1 < p->n_items; i++)
        p->parent[i] = p->parent[i] == a ? b : p->parent[i] == b ? a : p->parent[i];
}

/* The deepest first, otherwise as named: then a part stands before its whole. */
static uf_status order_aggregates(struct composite_problem *p, struct uf_error *error)
{
    size_t n = p->tree.n_indicators, top = p->n_items - 1;
    for (size_t i = n; i < top; i++)
        if (depth_of(p, i) == SIZE_MAX)
            return uf_fail(error, UF_BAD_USAGE, "'pillars' makes '%s' a part of itself", p->code[i]);
    for (size_t i = n; i < top; i++)
        for (size_t j = i; j > n && depth_of(p, j) > depth_of(p, j - 1); j--) swap_aggregates(p, j, j - 1);
    return UF_OK;
}

/* --- numbers ----------------------------------------------------------------------------------- */

static uf_status read_numbers(struct composite_problem *p, const struct uf_options *options,
                              const char *option, size_t n_items, double least, double *out,
                              struct uf_error *error)
{
    const struct uf_text_list *list = uf_options_list(options, option);
    for (size_t i = 0; i < list->count; i++) {
        struct pair pair;
        size_t item = 0;
        double number = NAN;
        UF_TRY(split(option, list->items[i], "NAME:NUMBER, as patents:2", &pair, error));
        UF_TRY(find_item(p, &pair, n_items, option, &item, error));
        if (!uf_number_parse(pair.value, strlen(pair.value), '.', &number) || number < least)
            return uf_fail(error, UF_BAD_USAGE, "found '%s' for '%s' in '%s', expected a number%s",
                           pair.value, p->code[item], option, least > -INFINITY ? " of 0 or more" : "");
        out[item] = number;
    }
    return UF_OK;
}

static uf_status read_directions(struct composite_problem *p, const struct uf_options *options,
                                 struct uf_error *error)
{
    const struct uf_text_list *list = uf_options_list(options, "less-is-better");
    for (size_t i = 0; i < list->count; i++) {
        const struct pair pair = {list->items[i], NULL, strlen(list->items[i])};
        size_t item = 0;
        UF_TRY(find_item(p, &pair, p->tree.n_indicators, "less-is-better", &item, error));
        p->less[item] = true;
    }
    return UF_OK;
}

/* Weights of 0 for every part of a whole leave nothing of it. */
static uf_status check_weights(const struct composite_problem *p, struct uf_error *error)
{
    for (size_t a = p->tree.n_indicators; a < p->n_items; a++) {
        double sum = 0;
        for (size_t i = 0; i < a; i++) sum += p->parent[i] == a ? p->given[i] : 0;
        if (!(sum > 0))
            return uf_fail(error, UF_BAD_USAGE, "'weights' gives every part of '%s' the weight 0",
                           p->code[a]);
    }
    return UF_OK;
}

uf_status composite_hierarchy_read(struct composite_problem *p, const struct uf_options *options,
                                   struct uf_error *error)
{
    const struct uf_text_list *pillars = uf_options_list(options, "pillars");
    UF_TRY(list_aggregates(p, pillars, error));
    UF_TRY(read_parents(p, pillars, error));
    UF_TRY(order_aggregates(p, error));
    p->tree.parent = p->parent;
    UF_TRY(uf_composite_check(&p->tree, error));
    for (size_t i = 0; i < p->n_items; i++) p->given[i] = 1;
    for (size_t k = 0; k < p->tree.n_indicators; k++) p->target[k] = NAN;
    UF_TRY(read_numbers(p, options, "weights", p->n_items - 1, 0, p->given, error));
    UF_TRY(read_numbers(p, options, "targets", p->tree.n_indicators, -INFINITY, p->target, error));
    UF_TRY(check_weights(p, error));
    return read_directions(p, options, error);
}
