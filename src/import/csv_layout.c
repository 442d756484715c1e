// SPDX-License-Identifier: GPL-3.0-or-later
/* What each column of a delimited table is, as far as its samples tell by themselves. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/csv_table.h"

uf_status uf_csv_layout_make(const struct uf_csv_head *head, struct uf_csv_layout *out,
                             struct uf_error *error)
{
    struct uf_csv_layout layout = {.n_columns = head->names.count};
    layout.columns = calloc(layout.n_columns, sizeof *layout.columns);
    if (!layout.columns) return uf_fail_memory(error);
    for (size_t j = 0; j < layout.n_columns; j++) layout.columns[j].of = SIZE_MAX;
    *out = layout;
    return UF_OK;
}

void uf_csv_layout_clear(struct uf_csv_layout *layout)
{
    free(layout->columns);
    memset(layout, 0, sizeof *layout);
}

bool uf_csv_is_wished(const struct uf_reader_wishes *wishes, const char *name)
{
    bool said;
    uf_wished_role(wishes, name, &said);
    for (size_t i = 0; i < wishes->n_keep && !said; i++) said = !strcasecmp(wishes->keep[i].dimension, name);
    return said;
}

uf_status uf_csv_layout_fold(const struct uf_csv_head *head, const struct uf_reader_wishes *wishes,
                             struct uf_csv_layout *layout, struct uf_error *error)
{
    size_t n = layout->n_columns;
    size_t *label_of = calloc(n, sizeof *label_of);
    bool *is_free = calloc(n, sizeof *is_free);
    if (!label_of || !is_free) {
        free(label_of);
        free(is_free);
        return uf_fail_memory(error);
    }
    for (size_t j = 0; j < n; j++) {
        struct uf_csv_role *role = &layout->columns[j];
        is_free[j] = role->kind == UF_CSV_CODE;
        role->prefixed = is_free[j] && uf_csv_is_prefixed(&head->columns[j]);
    }
    uf_csv_find_labels(head, is_free, label_of);
    for (size_t j = 0; j < n; j++) {
        if (label_of[j] == SIZE_MAX || uf_csv_is_wished(wishes, head->names.items[j])) continue;
        layout->columns[j].kind = UF_CSV_LABEL;
        layout->columns[j].of = label_of[j];
    }
    free(label_of);
    free(is_free);
    return UF_OK;
}

uf_status uf_csv_note_columns(struct uf_reader *reader, const struct uf_csv_head *head, const bool *marked,
                              const char *before, const char *after, struct uf_error *error)
{
    enum { MOST = 8 };
    struct uf_buffer text = {0};
    size_t n = 0;
    uf_buffer_append(&text, before);
    for (size_t j = 0; j < head->names.count; j++) {
        if (!marked[j] || n++ >= MOST) continue;
        uf_buffer_append(&text, n > 1 ? ", " : " ");
        uf_buffer_append(&text, head->names.items[j]);
    }
    if (n > MOST) {
        uf_buffer_append(&text, " and ");
        uf_buffer_append_size(&text, n - MOST);
        uf_buffer_append(&text, " more");
    }
    uf_buffer_append(&text, after);
    uf_status status = text.failed ? uf_fail_memory(error) : UF_OK;
    if (status == UF_OK && n > 0) status = uf_text_list_add(&reader->notes, text.data, error);
    uf_buffer_clear(&text);
    return status;
}

uf_status uf_csv_table_decimals(struct uf_reader *reader, const struct uf_csv_head *head,
                                const struct uf_csv_layout *layout, char asked, struct uf_error *error)
{
    struct uf_decimal_evidence evidence = {0};
    for (size_t j = 0; j < layout->n_columns; j++)
        if (layout->columns[j].kind == UF_CSV_VALUE) uf_decimal_add(&evidence, &head->columns[j].evidence);
    return uf_decimal_decide(&evidence, asked, reader->delimiter, uf_input_name(reader->input),
                             &reader->rules, error);
}
