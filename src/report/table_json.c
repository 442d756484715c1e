// SPDX-License-Identifier: GPL-3.0-or-later
/* Written by hand and not by a JSON library, which would print doubles with the locale's decimal point. */
#include "base/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/number.h>
#include <utfall/report.h>

#include "cell.h"
#include "escape.h"

static void append_text_or_null(struct uf_buffer *out, const char *text)
{
    if (text == NULL)
        uf_buffer_append(out, "null");
    else
        uf_escape_json(out, text);
}

static void append_columns(struct uf_buffer *out, const struct uf_table *table)
{
    uf_buffer_append(out, " \"columns\": [");
    for (size_t j = 0; j < uf_table_columns(table); j++) {
        uf_buffer_append(out, j > 0 ? ",\n  {\"name\": " : "\n  {\"name\": ");
        uf_escape_json(out, uf_table_column_name(table, j));
        bool is_number = uf_table_column_type(table, j) == UF_COLUMN_NUMBER;
        uf_buffer_append(out, is_number ? ", \"type\": \"number\", \"unit\": "
                                        : ", \"type\": \"text\", \"unit\": ");
        append_text_or_null(out, uf_table_column_unit(table, j));
        uf_buffer_append_char(out, '}');
    }
    uf_buffer_append(out, "],\n");
}

static void append_cell(struct uf_buffer *out, const struct uf_table *table, size_t row, size_t column)
{
    if (uf_table_column_type(table, column) == UF_COLUMN_TEXT) {
        append_text_or_null(out, uf_table_text(table, row, column));
        return;
    }
    double value = uf_table_number(table, row, column);
    char number[UF_NUMBER_SIZE];
    uf_buffer_append(out, isfinite(value) ? uf_number_print(value, number) : "null");
}

static void append_rows(struct uf_buffer *out, const struct uf_table *table)
{
    uf_buffer_append(out, " \"rows\": [");
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        uf_buffer_append(out, i > 0 ? ",\n  {" : "\n  {");
        for (size_t j = 0; j < uf_table_columns(table); j++) {
            if (j > 0) uf_buffer_append(out, ", ");
            uf_escape_json(out, uf_table_column_name(table, j));
            uf_buffer_append(out, ": ");
            append_cell(out, table, i, j);
        }
        uf_buffer_append_char(out, '}');
    }
    uf_buffer_append(out, "],\n");
}

/* The cells that are null as numbers (`missing`), or that are there with a remark; rows count from 0. JSON
 * has no infinity, so that one is null too, with `Inf` or `-Inf` as its reason. */
static void append_statuses(struct uf_buffer *out, const struct uf_table *table, bool missing)
{
    const char *separator = "\n  ";
    uf_buffer_append(out, missing ? " \"missing\": [" : " \"remarks\": [");
    for (size_t i = 0; i < uf_table_rows(table); i++)
        for (size_t j = 0; j < uf_table_columns(table); j++) {
            if (uf_table_column_type(table, j) != UF_COLUMN_NUMBER) continue;
            uf_value_status status = uf_table_value_status(table, i, j);
            double value = uf_table_number(table, i, j);
            if (isfinite(value) == missing || (!missing && status == UF_VALUE_OBSERVED)) continue;
            uf_buffer_append(out, separator);
            separator = ",\n  ";
            uf_buffer_append(out, "{\"row\": ");
            uf_buffer_append_size(out, i);
            uf_buffer_append(out, ", \"column\": ");
            uf_escape_json(out, uf_table_column_name(table, j));
            uf_buffer_append(out, missing ? ", \"reason\": " : ", \"remark\": ");
            char name[UF_VALUE_STATUS_SIZE], number[UF_NUMBER_SIZE];
            uf_escape_json(out, isinf(value) ? uf_number_print(value, number)
                                             : uf_value_status_print(status, name));
            uf_buffer_append_char(out, '}');
        }
    uf_buffer_append(out, missing ? "],\n" : "]\n");
}

uf_status uf_table_to_json(const struct uf_table *table, char **out, struct uf_error *error)
{
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    uf_buffer_append(&buffer, "{\"name\": ");
    uf_escape_json(&buffer, uf_table_name(table));
    uf_buffer_append(&buffer, ",\n \"title\": ");
    append_text_or_null(&buffer, uf_table_title(table));
    uf_buffer_append(&buffer, ",\n");
    append_columns(&buffer, table);
    append_rows(&buffer, table);
    append_statuses(&buffer, table, true);
    append_statuses(&buffer, table, false);
    uf_buffer_append(&buffer, "}\n");
    char *text = uf_buffer_take(&buffer);
    if (text == NULL) {
        uf_buffer_clear(&buffer);
        return uf_fail_memory(error);
    }
    *out = text;
    return UF_OK;
}

uf_status uf_table_write_json(const struct uf_table *table, const char *path, struct uf_error *error)
{
    char *text;
    UF_TRY(uf_table_to_json(table, &text, error));
    uf_status status = uf_file_write(path, text, strlen(text), error);
    free(text);
    return status;
}
