// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of a description: dimensions, contents, first rows, the publisher's notes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/describe.h"
#include "import/importer.h"

enum { FIRST_CODES = 6 };

struct column {
    const char *name;
    enum uf_column_type type;
};

static uf_status make_table(const char *name, const struct column *columns, size_t n_columns,
                            struct uf_table **out, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new(name, &table, error));
    uf_status status = UF_OK;
    size_t index;
    for (size_t i = 0; i < n_columns && status == UF_OK; i++)
        status = uf_table_add_column(table, columns[i].name, columns[i].type, NULL,
                                     columns[i].type == UF_COLUMN_NUMBER ? 0 : -1, &index, error);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    *out = table;
    return UF_OK;
}

/* `20 Dalarnas län, 21 Gävleborgs län, …` */
static char *first_codes(const struct uf_describer *d, size_t dimension)
{
    const struct uf_text_list *codes = &d->plan.codes[dimension];
    struct uf_buffer text = {0};
    for (size_t i = 0; i < codes->count && i < FIRST_CODES; i++) {
        const char *label = uf_plan_label(&d->plan, &d->reader, dimension, codes->items[i]);
        if (i > 0) uf_buffer_append(&text, ", ");
        uf_buffer_append(&text, codes->items[i]);
        if (label && strcmp(label, codes->items[i]) != 0) {
            uf_buffer_append(&text, " = ");
            uf_buffer_append(&text, label);
        }
    }
    if (codes->count > FIRST_CODES) uf_buffer_append(&text, ", \xE2\x80\xA6");
    if (!text.failed) return uf_buffer_take(&text);
    uf_buffer_clear(&text);
    return NULL;
}

static const char *role_of(const struct uf_planned_dimension *dimension)
{
    if (dimension->summed) return "sum";
    return dimension->constant ? "constant" : uf_role_name(dimension->role);
}

uf_status uf_describe_dimensions(struct uf_describer *d, struct uf_error *error)
{
    static const struct column COLUMNS[] = {{"dimension", UF_COLUMN_TEXT},
                                            {"label", UF_COLUMN_TEXT},
                                            {"role", UF_COLUMN_TEXT},
                                            {"codes", UF_COLUMN_NUMBER},
                                            {"first", UF_COLUMN_TEXT}};
    UF_TRY(make_table("dimensions", COLUMNS, 5, &d->out->dimensions, error));
    struct uf_table *table = d->out->dimensions;
    for (size_t i = 0; i < d->plan.count; i++) {
        size_t row = 0;
        const char *label = i < d->reader.facts.n_dimensions ? d->reader.facts.dimensions[i].label : NULL;
        char *first = first_codes(d, i);
        if (!first) return uf_fail_memory(error);
        uf_status status = uf_table_add_row(table, &row, error);
        if (status == UF_OK) status = uf_table_set_text(table, row, 0, d->reader.dimensions.items[i], error);
        if (status == UF_OK) status = uf_table_set_text(table, row, 1, label, error);
        if (status == UF_OK)
            status = uf_table_set_text(table, row, 2, role_of(&d->plan.dimensions[i]), error);
        if (status == UF_OK)
            status = uf_table_set_number(table, row, 3, (double)d->plan.codes[i].count, error);
        if (status == UF_OK) status = uf_table_set_text(table, row, 4, first, error);
        free(first);
        UF_TRY(status);
    }
    return UF_OK;
}

uf_status uf_describe_contents(struct uf_describer *d, struct uf_error *error)
{
    static const struct column COLUMNS[] = {{"code", UF_COLUMN_TEXT},       {"label", UF_COLUMN_TEXT},
                                            {"indicator", UF_COLUMN_TEXT},  {"measured_in", UF_COLUMN_TEXT},
                                            {"decimals", UF_COLUMN_NUMBER}, {"kind", UF_COLUMN_TEXT}};
    static const char *const KINDS[] = {"stock", "flow", "ratio"};
    UF_TRY(make_table("contents", COLUMNS, 6, &d->out->contents, error));
    struct uf_table *table = d->out->contents;
    for (size_t i = 0; i < d->contents.count; i++) {
        const struct uf_content *content = &d->contents.items[i];
        size_t row = 0;
        UF_TRY(uf_table_add_row(table, &row, error));
        UF_TRY(uf_table_set_text(table, row, 0, content->code, error));
        UF_TRY(uf_table_set_text(table, row, 1, content->label, error));
        UF_TRY(uf_table_set_text(table, row, 2, content->indicator_code, error));
        UF_TRY(uf_table_set_text(table, row, 3, content->indicator.unit_en, error));
        if (content->indicator.has_decimals)
            UF_TRY(uf_table_set_number(table, row, 4, content->indicator.decimals, error));
        UF_TRY(uf_table_set_text(table, row, 5, KINDS[content->indicator.kind], error));
    }
    return UF_OK;
}

uf_status uf_describe_facts(struct uf_describer *d, struct uf_error *error)
{
    static const struct column COLUMNS[] = {{"scope", UF_COLUMN_TEXT}, {"text", UF_COLUMN_TEXT}};
    const struct uf_file_facts *facts = &d->reader.facts;
    struct uf_import_description *out = d->out;
    UF_TRY(uf_facts_set(&out->title, facts->title, error));
    UF_TRY(uf_facts_set(&out->source, facts->source, error));
    UF_TRY(uf_facts_set(&out->updated, facts->updated, error));
    UF_TRY(uf_facts_set(&out->language, facts->language, error));
    UF_TRY(uf_facts_set(&out->licence, facts->licence, error));
    UF_TRY(make_table("remarks", COLUMNS, 2, &out->remarks, error));
    for (size_t i = 0; i < facts->n_notes; i++) {
        size_t row = 0;
        UF_TRY(uf_table_add_row(out->remarks, &row, error));
        UF_TRY(uf_table_set_text(out->remarks, row, 0, facts->notes[i].scope, error));
        UF_TRY(uf_table_set_text(out->remarks, row, 1, facts->notes[i].text, error));
    }
    return UF_OK;
}

uf_status uf_describe_begin_rows(struct uf_describer *d, struct uf_error *error)
{
    struct uf_table *table = NULL;
    size_t column;
    UF_TRY(uf_table_new("rows", &d->out->rows, error));
    table = d->out->rows;
    for (size_t i = 0; i < d->plan.count; i++) {
        const char *name = d->reader.dimensions.items[i];
        if (uf_table_column(table, name) != SIZE_MAX) continue;
        UF_TRY(uf_table_add_column(table, name, UF_COLUMN_TEXT, NULL, -1, &column, error));
    }
    static const char *const LAST[] = {"value", "status"};
    for (size_t i = 0; i < 2; i++) {
        struct uf_buffer name = {0}; /* a dimension may be called so */
        uf_buffer_append(&name, LAST[i]);
        while (!name.failed && uf_table_column(table, name.data) != SIZE_MAX)
            uf_buffer_append_char(&name, '_');
        uf_status status =
            name.failed ? uf_fail_memory(error)
                        : uf_table_add_column(table, name.data, i == 0 ? UF_COLUMN_NUMBER : UF_COLUMN_TEXT,
                                              NULL, -1, &column, error);
        uf_buffer_clear(&name);
        UF_TRY(status);
    }
    return UF_OK;
}

uf_status uf_describe_row(struct uf_describer *d, const struct uf_cell *cell, double value,
                          uf_value_status status, struct uf_error *error)
{
    struct uf_table *table = d->out->rows;
    char text[UF_VALUE_STATUS_SIZE];
    size_t row = 0, columns = uf_table_columns(table);
    UF_TRY(uf_table_add_row(table, &row, error));
    for (size_t i = 0; i < d->plan.count; i++) {
        size_t column = uf_table_column(table, d->reader.dimensions.items[i]);
        UF_TRY(uf_table_set_text(table, row, column, cell->codes[i], error));
    }
    UF_TRY(uf_table_set_value(table, row, columns - 2, value, status, error));
    return uf_table_set_text(table, row, columns - 1, uf_value_status_print(status, text), error);
}
