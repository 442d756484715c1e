// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/number.h>
#include <utfall/report.h>

#include "cell.h"
#include "escape.h"

static uf_status append_header(struct uf_buffer *out, const struct uf_table *table, const char *line_end,
                               struct uf_error *error)
{
    for (size_t j = 0; j < uf_table_columns(table); j++) {
        if (j > 0) uf_buffer_append_char(out, ',');
        uf_escape_csv(out, uf_table_column_name(table, j));
        if (!uf_column_has_remark(table, j)) continue;
        char *name = uf_column_status_name(table, j);
        if (name == NULL) return uf_fail_memory(error);
        uf_buffer_append_char(out, ',');
        uf_escape_csv(out, name);
        free(name);
    }
    uf_buffer_append(out, line_end);
    return UF_OK;
}

static void append_number(struct uf_buffer *out, const struct uf_table *table, size_t row, size_t column,
                          bool with_status)
{
    double value = uf_table_number(table, row, column);
    char number[UF_NUMBER_SIZE];
    if (!isnan(value)) uf_buffer_append(out, uf_number_print(value, number));
    if (!with_status) return;
    char status[UF_VALUE_STATUS_SIZE];
    uf_buffer_append_char(out, ',');
    uf_buffer_append(out, uf_value_status_print(uf_table_value_status(table, row, column), status));
}

static uf_status print_csv(const struct uf_table *table, const char *line_end, struct uf_buffer *out,
                           struct uf_error *error)
{
    const size_t n_columns = uf_table_columns(table);
    bool *with_status = calloc(n_columns + 1, sizeof *with_status);
    if (with_status == NULL) return uf_fail_memory(error);
    for (size_t j = 0; j < n_columns; j++) with_status[j] = uf_column_has_remark(table, j);
    uf_status status = append_header(out, table, line_end, error);
    for (size_t i = 0; status == UF_OK && i < uf_table_rows(table); i++) {
        for (size_t j = 0; j < n_columns; j++) {
            if (j > 0) uf_buffer_append_char(out, ',');
            size_t before = out->length;
            if (uf_table_column_type(table, j) == UF_COLUMN_NUMBER)
                append_number(out, table, i, j, with_status[j]);
            else
                uf_escape_csv(out, uf_table_text(table, i, j));
            /* one empty field alone would read as a blank line */
            if (n_columns == 1 && out->length == before) uf_buffer_append(out, "\"\"");
        }
        uf_buffer_append(out, line_end);
    }
    free(with_status);
    return status;
}

static uf_status make_csv(const struct uf_table *table, const char *line_end, char **out, size_t *out_length,
                          struct uf_error *error)
{
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    uf_status status = print_csv(table, line_end, &buffer, error);
    size_t length = buffer.length;
    char *text = status == UF_OK ? uf_buffer_take(&buffer) : NULL;
    if (status == UF_OK && text == NULL) status = uf_fail_memory(error);
    if (status != UF_OK) {
        uf_buffer_clear(&buffer);
        return status;
    }
    *out = text;
    *out_length = length;
    return UF_OK;
}

uf_status uf_table_to_csv(const struct uf_table *table, char **out, struct uf_error *error)
{
    size_t length;
    return make_csv(table, "\n", out, &length, error);
}

uf_status uf_table_write_csv(const struct uf_table *table, const char *path, struct uf_error *error)
{
    char *text;
    size_t length;
    UF_TRY(make_csv(table, "\r\n", &text, &length, error));
    uf_status status = uf_file_write(path, text, length, error);
    free(text);
    return status;
}
