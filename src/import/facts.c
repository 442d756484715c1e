// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void uf_file_facts_clear(struct uf_file_facts *facts)
{
    free(facts->title);
    free(facts->source);
    free(facts->updated);
    free(facts->language);
    free(facts->licence);
    for (size_t d = 0; d < facts->n_dimensions; d++) {
        free(facts->dimensions[d].label);
        uf_text_list_clear(&facts->dimensions[d].codes);
        uf_text_list_clear(&facts->dimensions[d].labels);
    }
    free(facts->dimensions);
    for (size_t i = 0; i < facts->n_contents; i++) {
        free(facts->contents[i].code);
        free(facts->contents[i].label);
        free(facts->contents[i].unit);
    }
    free(facts->contents);
    for (size_t i = 0; i < facts->n_notes; i++) {
        free(facts->notes[i].scope);
        free(facts->notes[i].text);
    }
    free(facts->notes);
    memset(facts, 0, sizeof *facts);
}

uf_status uf_facts_set(char **text, const char *value, struct uf_error *error)
{
    if (!value || !*value) return UF_OK;
    char *copy = uf_text_copy(value);
    if (!copy) return uf_fail_memory(error);
    free(*text);
    *text = copy;
    return UF_OK;
}

uf_status uf_facts_dimensions(struct uf_file_facts *facts, size_t n, struct uf_error *error)
{
    facts->dimensions = calloc(n ? n : 1, sizeof *facts->dimensions);
    if (!facts->dimensions) return uf_fail_memory(error);
    facts->n_dimensions = n;
    return UF_OK;
}

uf_status uf_facts_code(struct uf_file_facts *facts, size_t dimension, const char *code, const char *label,
                        struct uf_error *error)
{
    struct uf_dimension_facts *about = &facts->dimensions[dimension];
    UF_TRY(uf_text_list_add(&about->codes, code, error));
    return uf_text_list_add(&about->labels, label && *label ? label : code, error);
}

/* Room for one more; grows by doubling. */
static void *grow(void *items, size_t count, size_t size)
{
    if (count & (count - 1)) return items;
    return realloc(items, (count ? count * 2 : 1) * size);
}

uf_status uf_facts_content(struct uf_file_facts *facts, const char *code, struct uf_content_facts **out,
                           struct uf_error *error)
{
    for (size_t i = 0; i < facts->n_contents; i++)
        if (!strcmp(facts->contents[i].code, code)) {
            *out = &facts->contents[i];
            return UF_OK;
        }
    struct uf_content_facts *contents = grow(facts->contents, facts->n_contents, sizeof *contents);
    if (!contents) return uf_fail_memory(error);
    facts->contents = contents;
    struct uf_content_facts *content = &contents[facts->n_contents];
    *content = (struct uf_content_facts){.code = uf_text_copy(code), .decimals = -1};
    if (!content->code) return uf_fail_memory(error);
    facts->n_contents++;
    *out = content;
    return UF_OK;
}

uf_status uf_facts_note(struct uf_file_facts *facts, const char *scope, const char *text,
                        struct uf_error *error)
{
    struct uf_file_note *notes = grow(facts->notes, facts->n_notes, sizeof *notes);
    if (!notes) return uf_fail_memory(error);
    facts->notes = notes;
    struct uf_file_note note = {uf_text_copy(scope ? scope : ""), uf_text_copy(text)};
    if (!note.scope || !note.text) {
        free(note.scope);
        free(note.text);
        return uf_fail_memory(error);
    }
    notes[facts->n_notes++] = note;
    return UF_OK;
}

uf_status uf_facts_adopt(struct uf_file_facts *facts, const struct uf_file_facts *other,
                         struct uf_error *error)
{
    UF_TRY(uf_facts_dimensions(facts, other->n_dimensions, error));
    for (size_t d = 0; d < other->n_dimensions; d++) {
        const struct uf_dimension_facts *from = &other->dimensions[d];
        UF_TRY(uf_facts_set(&facts->dimensions[d].label, from->label, error));
        facts->dimensions[d].hint = from->hint;
        for (size_t i = 0; i < from->codes.count; i++)
            UF_TRY(uf_facts_code(facts, d, from->codes.items[i], from->labels.items[i], error));
    }
    for (size_t i = 0; i < other->n_contents; i++) {
        const struct uf_content_facts *from = &other->contents[i];
        struct uf_content_facts *to;
        UF_TRY(uf_facts_content(facts, from->code, &to, error));
        UF_TRY(uf_facts_set(&to->label, from->label, error));
        UF_TRY(uf_facts_set(&to->unit, from->unit, error));
        to->decimals = from->decimals;
        to->kind_said = from->kind_said;
        to->kind = from->kind;
    }
    return UF_OK;
}
