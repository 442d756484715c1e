// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/sum_totals.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void uf_totals_clear(struct uf_totals *totals)
{
    uf_codes_clear(&totals->groups);
    uf_buffer_clear(&totals->key);
    memset(totals, 0, sizeof *totals);
}

/* The planned sum over a dimension whose own total is used; NULL: none. */
static const struct uf_planned_sum *own_total(const struct uf_plan *plan, size_t d)
{
    for (size_t i = 0; i < plan->n_sums; i++)
        if (plan->sums[i].own_total && (d == SIZE_MAX || plan->sums[i].dimension == d)) return &plan->sums[i];
    return NULL;
}

/* The cell is passed over for nothing but being a part of a total: all that is kept, and other sums, hold it. */
static bool is_part(const struct uf_plan *plan, const struct uf_cell *cell)
{
    for (size_t d = 0; d < plan->count; d++) {
        const struct uf_planned_dimension *dimension = &plan->dimensions[d];
        const char *code = cell->codes[d];
        int64_t kept = 0;
        if (dimension->keep && (!uf_codes_find(&dimension->kept, code, strlen(code), &kept) || !kept))
            return false;
    }
    for (size_t i = 0; i < plan->n_sums; i++) {
        const char *code = cell->codes[plan->sums[i].dimension];
        int64_t part;
        if (!plan->sums[i].own_total && !uf_codes_find(&plan->sums[i].parts, code, strlen(code), &part))
            return false;
    }
    return true;
}

static void write_key(struct uf_totals *totals, const struct uf_plan *plan, const struct uf_cell *cell)
{
    totals->key.length = 0;
    for (size_t d = 0; d < plan->count; d++) {
        bool tells = plan->dimensions[d].role != UF_ROLE_NONE || plan->dimensions[d].summed;
        if (!tells || own_total(plan, d)) continue;
        if (totals->key.length > 0) uf_buffer_append(&totals->key, ", ");
        uf_buffer_append(&totals->key, cell->codes[d]);
    }
    uf_buffer_append(&totals->key, "");
}

uf_status uf_totals_meet(struct uf_totals *totals, const struct uf_plan *plan, const struct uf_cell *cell,
                         bool kept, struct uf_error *error)
{
    if (!own_total(plan, SIZE_MAX) || (!kept && !is_part(plan, cell))) return UF_OK;
    int64_t whole = 0;
    write_key(totals, plan, cell);
    if (totals->key.failed) return uf_fail_memory(error);
    const char *key = totals->key.data ? totals->key.data : "";
    bool met = uf_codes_find(&totals->groups, key, totals->key.length, &whole);
    if (met && (whole || !kept)) return UF_OK;
    return uf_codes_put(&totals->groups, key, totals->key.length, kept, error);
}

uf_status uf_totals_note(const struct uf_totals *totals, const struct uf_plan *plan,
                         const struct uf_reader *reader, struct uf_text_list *notes, struct uf_error *error)
{
    size_t lacking = 0;
    const char *first = NULL; /* by the alphabet: the order of the map says nothing */
    for (size_t i = 0; i < totals->groups.capacity; i++) {
        const struct uf_code_slot *slot = &totals->groups.slots[i];
        if (!slot->key || slot->value) continue;
        lacking++;
        if (!first || strcmp(slot->key, first) < 0) first = slot->key;
    }
    if (lacking == 0) return UF_OK;
    const struct uf_planned_sum *sum = own_total(plan, SIZE_MAX);
    const char *name = reader->dimensions.items[sum->dimension];
    struct uf_buffer text = {0};
    uf_buffer_append_size(&text, lacking);
    const char *const parts[] = {lacking == 1 ? " value has" : " values have",
                                 " parts in column ",
                                 name,
                                 " and no total there, and ",
                                 lacking == 1 ? "is" : "are",
                                 " not stored, first ",
                                 first,
                                 "; to add up the parts: --sum ",
                                 name,
                                 "=CODE,CODE, in a study sum: {",
                                 name,
                                 ": [CODE, CODE]}"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) uf_buffer_append(&text, parts[i]);
    uf_status status = text.failed ? uf_fail_memory(error) : uf_text_list_add(notes, text.data, error);
    uf_buffer_clear(&text);
    return status;
}
