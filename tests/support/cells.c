// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/cells.h"

#include <string.h>
#include <utfall/number.h>

#include "support/test.h"

static const struct uf_reader_wishes NO_WISHES = {0};

struct opened open_cells(const char *text, const char *format, const struct uf_reader_wishes *wishes)
{
    struct opened opened = {0};
    struct uf_error error = {0};
    assert_ok(uf_input_open_memory("test", text, strlen(text), NULL, &opened.input, &error), &error);
    assert_ok(uf_reader_open(opened.input, format, wishes ? wishes : &NO_WISHES, &opened.reader, &error),
              &error);
    return opened;
}

void close_cells(struct opened *opened)
{
    uf_reader_close(&opened->reader);
    uf_input_close(opened->input);
}

void expect_refused(const char *text, const char *format, const struct uf_reader_wishes *wishes, size_t line,
                    size_t column, const char *words)
{
    struct uf_input *input;
    struct uf_reader reader;
    struct uf_error error = {0};
    assert_ok(uf_input_open_memory("test", text, strlen(text), NULL, &input, &error), &error);
    if (uf_reader_open(input, format, wishes ? wishes : &NO_WISHES, &reader, &error) == UF_OK)
        fail_msg("accepted: %s", text);
    if (error.line != line || error.column != column || !strstr(error.message, words))
        fail_msg("%s\nexpected %zu:%zu with \"%s\", got %zu:%zu: %s", text, line, column, words, error.line,
                 error.column, error.message);
    assert_string_equal(error.file, "test");
    uf_input_close(input);
}

static void print_cell(const struct uf_reader *reader, const struct uf_cell *cell, struct uf_buffer *out)
{
    char number[UF_NUMBER_SIZE], status[UF_VALUE_STATUS_SIZE];
    double value = cell->value;
    uf_value_status said = cell->status;
    for (size_t d = 0; d < reader->dimensions.count; d++) {
        uf_buffer_append(out, cell->codes[d]);
        uf_buffer_append_char(out, ' ');
    }
    if (!cell->is_read)
        assert_true(uf_value_read(&reader->rules, cell->text, cell->length, cell->flags, &value, &said));
    uf_buffer_append(out, "= ");
    uf_buffer_append(out, uf_number_print(value, number));
    if (said != UF_VALUE_OBSERVED) {
        uf_buffer_append_char(out, ' ');
        uf_buffer_append(out, uf_value_status_print(said, status));
    }
    uf_buffer_append_char(out, '\n');
}

void expect_cells(const char *text, const char *format, const struct uf_reader_wishes *wishes,
                  const char *expected)
{
    struct opened opened = open_cells(text, format, wishes);
    struct uf_buffer cells = {0};
    struct uf_error error = {0};
    for (bool more = true; more;) {
        struct uf_cell cell;
        assert_ok(opened.reader.format->next(&opened.reader, &cell, &more, &error), &error);
        if (more) print_cell(&opened.reader, &cell, &cells);
    }
    assert_string_equal(cells.data ? cells.data : "", expected);
    uf_buffer_clear(&cells);
    close_cells(&opened);
}

void expect_note(const struct uf_reader *reader, const char *words)
{
    for (size_t i = 0; i < reader->notes.count; i++)
        if (strstr(reader->notes.items[i], words)) return;
    fail_msg("no note with '%s'", words);
}

void expect_file_note(const struct uf_reader *reader, const char *scope, const char *words)
{
    for (size_t i = 0; i < reader->facts.n_notes; i++)
        if (!strcmp(reader->facts.notes[i].scope, scope) && strstr(reader->facts.notes[i].text, words))
            return;
    fail_msg("no note on '%s' with '%s'", scope, words);
}
