// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"

#include <stdlib.h>
#include <string.h>
#include <utfall/result.h>

void uf_result_init(struct uf_result *result)
{
    *result = (struct uf_result){0};
}

static void clear_note(struct uf_note *note)
{
    free(note->code);
    free(note->text);
    free(note->advice);
}

static void clear_resampled(struct uf_resampled *resampled)
{
    free(resampled->vcov);
    free(resampled->design);
    free(resampled->statistic);
}

void uf_result_clear(struct uf_result *result)
{
    for (size_t i = 0; i < result->n_tables; i++) uf_table_free(result->tables[i]);
    for (size_t i = 0; i < result->n_notes; i++) clear_note(&result->notes[i]);
    for (size_t i = 0; i < result->n_ledger; i++) {
        free(result->ledger[i].step);
        free(result->ledger[i].reason);
    }
    for (size_t i = 0; i < result->n_resampled; i++) clear_resampled(&result->resampled[i]);
    free(result->tables);
    free(result->notes);
    free(result->ledger);
    free(result->resampled);
    uf_result_init(result);
}

/* One more element at the end of an array that doubles at powers of two; NULL when memory ran out. */
static void *one_more(void *array, size_t count, size_t size)
{
    if (count & (count - 1)) return array; /* between powers of two there is room */
    return realloc(array, (count ? count * 2 : 1) * size);
}

uf_status uf_result_take_table(struct uf_result *result, struct uf_table *table, struct uf_error *error)
{
    void *tables = one_more(result->tables, result->n_tables, sizeof *result->tables);
    if (!tables) {
        uf_table_free(table);
        return uf_fail_memory(error);
    }
    result->tables = tables;
    result->tables[result->n_tables++] = table;
    return UF_OK;
}

struct uf_table *uf_result_table(const struct uf_result *result, const char *name)
{
    for (size_t i = 0; i < result->n_tables; i++)
        if (!strcmp(uf_table_name(result->tables[i]), name)) return result->tables[i];
    return NULL;
}

/* Two tables may have the same to say. */
static bool is_said(const struct uf_result *result, const struct uf_note *note)
{
    for (size_t i = 0; i < result->n_notes; i++)
        if (!strcmp(result->notes[i].code, note->code) && !strcmp(result->notes[i].text, note->text))
            return true;
    return false;
}

uf_status uf_result_add_note(struct uf_result *result, enum uf_language language, enum uf_severity severity,
                             const char *code, struct uf_words text, struct uf_words advice,
                             const struct uf_argument *arguments, size_t n_arguments, struct uf_error *error)
{
    struct uf_note note = {.severity = severity, .code = uf_text_copy(code)};
    uf_status status = note.code ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = uf_phrase(language, text, arguments, n_arguments, &note.text, error);
    if (status == UF_OK && advice.en)
        status = uf_phrase(language, advice, arguments, n_arguments, &note.advice, error);
    if (status == UF_OK && is_said(result, &note)) {
        clear_note(&note);
        return UF_OK;
    }
    void *notes = status == UF_OK ? one_more(result->notes, result->n_notes, sizeof *result->notes) : NULL;
    if (!notes) {
        clear_note(&note);
        return status == UF_OK ? uf_fail_memory(error) : status;
    }
    result->notes = notes;
    result->notes[result->n_notes++] = note;
    return UF_OK;
}

const struct uf_note *uf_result_note(const struct uf_result *result, const char *code)
{
    for (size_t i = 0; i < result->n_notes; i++)
        if (!strcmp(result->notes[i].code, code)) return &result->notes[i];
    return NULL;
}

bool uf_result_has_fatal(const struct uf_result *result)
{
    for (size_t i = 0; i < result->n_notes; i++)
        if (result->notes[i].severity == UF_FATAL) return true;
    return false;
}

uf_status uf_result_add_ledger(struct uf_result *result, const char *step, const char *reason,
                               size_t rows_before, size_t rows_after, struct uf_error *error)
{
    struct uf_ledger_entry entry = {uf_text_copy(step), uf_text_copy(reason), rows_before, rows_after};
    void *ledger = entry.step && entry.reason
                       ? one_more(result->ledger, result->n_ledger, sizeof *result->ledger)
                       : NULL;
    if (!ledger) {
        free(entry.step);
        free(entry.reason);
        return uf_fail_memory(error);
    }
    result->ledger = ledger;
    result->ledger[result->n_ledger++] = entry;
    return UF_OK;
}

uf_status uf_result_add_resampled(struct uf_result *result, const struct uf_resampled *resampled,
                                  struct uf_error *error)
{
    struct uf_resampled copy = {.vcov = uf_text_copy(resampled->vcov),
                                .design = uf_text_copy(resampled->design),
                                .statistic = malloc((resampled->count + 1) * sizeof *copy.statistic),
                                .count = resampled->count,
                                .studentised = resampled->studentised};
    void *all = copy.vcov && copy.design && copy.statistic
                    ? one_more(result->resampled, result->n_resampled, sizeof *result->resampled)
                    : NULL;
    if (!all) {
        clear_resampled(&copy);
        return uf_fail_memory(error);
    }
    memcpy(copy.statistic, resampled->statistic, copy.count * sizeof *copy.statistic);
    result->resampled = all;
    result->resampled[result->n_resampled++] = copy;
    return UF_OK;
}

const struct uf_resampled *uf_result_resampled(const struct uf_result *result, const char *vcov)
{
    for (size_t i = 0; i < result->n_resampled; i++)
        if (!strcmp(result->resampled[i].vcov, vcov)) return &result->resampled[i];
    return NULL;
}
