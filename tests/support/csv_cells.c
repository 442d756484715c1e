// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/csv_cells.h"

#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

#include "support/store_fixture.h"
#include "support/test.h"

static uf_status append_cell(struct read_text *read, struct uf_buffer *cells, const struct uf_cell *cell)
{
    double value;
    uf_value_status status;
    char number[UF_NUMBER_SIZE], name[UF_VALUE_STATUS_SIZE];
    for (size_t d = 0; d < read->reader.dimensions.count; d++) {
        if (d > 0) uf_buffer_append_char(cells, ',');
        uf_buffer_append(cells, cell->codes[d]);
    }
    uf_buffer_append_char(cells, '=');
    if (!uf_value_read(&read->reader.rules, cell->text, cell->length, cell->flags, &value, &status)) {
        uf_buffer_append(cells, "unreadable;");
        return UF_OK;
    }
    uf_buffer_append(cells, uf_value_is_missing(status) ? "" : uf_number_print(value, number));
    uf_buffer_append_char(cells, '/');
    uf_buffer_append(cells, uf_value_status_print(status, name));
    uf_buffer_append_char(cells, ';');
    return UF_OK;
}

uf_status read_text(const char *text, const char *format, const struct uf_reader_wishes *wishes,
                    struct read_text *out, struct uf_error *error)
{
    static const struct uf_reader_wishes none;
    struct read_text read = {0};
    struct uf_buffer cells = {0}, dimensions = {0};
    uf_status status = uf_input_open_memory("test.csv", text, strlen(text), NULL, &read.input, error);
    if (status != UF_OK) return status;
    status = uf_reader_open(read.input, format, wishes ? wishes : &none, &read.reader, error);
    for (bool more = true; status == UF_OK && more;) {
        struct uf_cell cell;
        status = read.reader.format->next(&read.reader, &cell, &more, error);
        if (status == UF_OK && more) status = append_cell(&read, &cells, &cell);
    }
    for (size_t d = 0; status == UF_OK && d < read.reader.dimensions.count; d++) {
        if (d > 0) uf_buffer_append_char(&dimensions, ',');
        uf_buffer_append(&dimensions, read.reader.dimensions.items[d]);
    }
    read.cells = uf_buffer_take(&cells);
    read.dimensions = uf_buffer_take(&dimensions);
    if (status == UF_OK)
        *out = read;
    else
        read_text_free(&read);
    return status;
}

void read_text_free(struct read_text *read)
{
    uf_reader_close(&read->reader);
    uf_input_close(read->input);
    free(read->cells);
    free(read->dimensions);
}

void expect_table(const char *text, const char *format, const char *dimensions, const char *cells)
{
    struct read_text read;
    struct uf_error error = {0};
    assert_ok(read_text(text, NULL, NULL, &read, &error), &error);
    assert_string_equal(read.reader.format->name, format);
    assert_string_equal(read.dimensions, dimensions);
    assert_string_equal(read.cells, cells);
    read_text_free(&read);
}

void expect_refusal(const char *text, const char *format, size_t line, size_t column, const char *words)
{
    struct read_text read;
    struct uf_error error = {0};
    if (read_text(text, format, NULL, &read, &error) == UF_OK) fail_msg("accepted: %s", text);
    expect_error(&error, UF_BAD_INPUT, line, column, words);
}

bool has_reader_note(const struct uf_reader *reader, const char *words)
{
    for (size_t i = 0; i < reader->notes.count; i++)
        if (strstr(reader->notes.items[i], words)) return true;
    return false;
}

const char *label_of(const struct uf_reader *reader, const char *dimension, const char *code)
{
    size_t d = uf_text_list_find(&reader->dimensions, dimension);
    if (d == SIZE_MAX || !reader->facts.dimensions) return "";
    size_t i = uf_text_list_find(&reader->facts.dimensions[d].codes, code);
    return i == SIZE_MAX ? "" : reader->facts.dimensions[d].labels.items[i];
}

const char *unit_of(const struct uf_reader *reader, const char *content)
{
    for (size_t i = 0; i < reader->facts.n_contents; i++)
        if (!strcmp(reader->facts.contents[i].code, content))
            return reader->facts.contents[i].unit ? reader->facts.contents[i].unit : "";
    return "";
}
