// SPDX-License-Identifier: GPL-3.0-or-later
/* Labels of codes and notes of files: what the figures alone do not tell. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "export/contents.h"

void export_labels_clear(struct export_contents *contents)
{
    for (size_t i = 0; i < contents->n_labels; i++) {
        free(contents->labels[i].dimension);
        free(contents->labels[i].code);
        free(contents->labels[i].label);
    }
    free(contents->labels);
    for (size_t i = 0; i < contents->n_notes; i++) {
        free(contents->notes[i].scope);
        free(contents->notes[i].text);
    }
    free(contents->notes);
}

static uf_status add_label(struct export_contents *contents, const struct uf_table *table, size_t row,
                           struct uf_error *error)
{
    const char *dimension = uf_table_text(table, row, 0);
    if (!dimension || uf_text_list_find(&contents->dimensions, dimension) == SIZE_MAX) return UF_OK;
    struct export_label *label = &contents->labels[contents->n_labels++];
    *label = (struct export_label){uf_text_copy(dimension), uf_text_copy(uf_table_text(table, row, 1)),
                                   uf_text_copy(uf_table_text(table, row, 2))};
    return label->dimension && label->code && label->label ? UF_OK : uf_fail_memory(error);
}

uf_status export_read_labels(struct export_contents *contents, struct uf_error *error)
{
    static const char SQL[] = "SELECT dimension, code, label FROM code_labels ORDER BY dimension, code";
    struct uf_table *table = NULL;
    UF_TRY(uf_store_query(contents->store, SQL, NULL, 0, &table, error));
    size_t n = uf_table_rows(table);
    contents->labels = calloc(n + 1, sizeof *contents->labels);
    uf_status status = contents->labels ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) status = add_label(contents, table, i, error);
    uf_table_free(table);
    return status;
}

const char *export_label_of(const struct export_contents *contents, const char *dimension, const char *code)
{
    size_t low = 0, high = contents->n_labels;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct export_label *label = &contents->labels[middle];
        int order = strcmp(dimension, label->dimension);
        if (order == 0) order = strcmp(code, label->code);
        if (order == 0) return label->label;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static bool is_used(const struct export_contents *contents, int64_t batch)
{
    const struct uf_export_request *request = contents->request;
    if (!request->n_indicators && !request->n_regions && !request->level && !request->from && !request->to)
        return true;
    for (size_t i = 0; i < contents->n_indicators; i++)
        for (size_t j = 0; j < contents->indicators[i].n_batches; j++)
            if (contents->indicators[i].batches[j] == batch) return true;
    return false;
}

/* The same note often comes with each file of a publisher. */
static bool is_repeated(const struct export_contents *contents, const struct export_note *note)
{
    for (size_t i = 0; i < contents->n_notes; i++) {
        const struct export_note *other = &contents->notes[i];
        if (other == note) return false;
        if (other->listed && !strcmp(other->scope, note->scope) && !strcmp(other->text, note->text))
            return true;
    }
    return false;
}

uf_status export_read_notes(struct export_contents *contents, struct uf_error *error)
{
    static const char SQL[] = "SELECT batch, scope, text FROM batch_notes ORDER BY batch, position";
    struct uf_table *table = NULL;
    UF_TRY(uf_store_query(contents->store, SQL, NULL, 0, &table, error));
    size_t n = uf_table_rows(table);
    contents->notes = calloc(n + 1, sizeof *contents->notes);
    uf_status status = contents->notes ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        const char *scope = uf_table_text(table, i, 1), *text = uf_table_text(table, i, 2);
        struct export_note *note = &contents->notes[contents->n_notes++];
        *note = (struct export_note){.batch = (int64_t)uf_table_number(table, i, 0),
                                     .scope = uf_text_copy(scope ? scope : ""),
                                     .text = uf_text_copy(text ? text : "")};
        if (!note->scope || !note->text)
            status = uf_fail_memory(error);
        else
            note->listed = is_used(contents, note->batch) && !is_repeated(contents, note);
    }
    uf_table_free(table);
    return status;
}
