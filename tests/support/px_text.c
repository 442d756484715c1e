// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/px_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

struct px px_open_bytes(const char *text, size_t length, const struct uf_reader_wishes *wishes)
{
    struct px px = {0};
    const struct uf_reader_wishes none = {0};
    assert_ok(uf_input_open_memory("memory.px", text, length, NULL, &px.input, &px.error), &px.error);
    px.status = uf_reader_open(px.input, NULL, wishes ? wishes : &none, &px.reader, &px.error);
    if (px.status == UF_OK) assert_string_equal(px.reader.format->name, "px");
    return px;
}

struct px px_open(const char *text)
{
    return px_open_bytes(text, strlen(text), NULL);
}

struct px px_read_well(const char *text)
{
    struct px px = px_open(text);
    assert_ok(px.status, &px.error);
    return px;
}

void px_close(struct px *px)
{
    if (px->status == UF_OK) uf_reader_close(&px->reader);
    uf_input_close(px->input);
}

/* All cells as `code code=value ` with a status beside a missing or remarkable value. */
char *px_cells(struct px *px)
{
    struct uf_buffer out = {0};
    struct uf_cell cell;
    bool more = true;
    while ((px->status = px->reader.format->next(&px->reader, &cell, &more, &px->error)) == UF_OK && more) {
        char number[UF_VALUE_STATUS_SIZE];
        assert_true(cell.is_read);
        assert_int_equal((bool)isnan(cell.value), uf_value_is_missing(cell.status));
        for (size_t d = 0; d < px->reader.dimensions.count; d++) {
            if (d > 0) uf_buffer_append_char(&out, ' ');
            uf_buffer_append(&out, cell.codes[d]);
        }
        snprintf(number, sizeof number, "=%g", cell.value);
        if (!isnan(cell.value)) uf_buffer_append(&out, number);
        if (cell.status != 0) {
            uf_buffer_append_char(&out, isnan(cell.value) ? '=' : ' ');
            uf_buffer_append(&out, uf_value_status_print(cell.status, number));
        }
        uf_buffer_append_char(&out, '|');
    }
    if (px->status != UF_OK) {
        uf_reader_close(&px->reader);
        uf_buffer_clear(&out);
        return NULL;
    }
    return uf_buffer_take(&out);
}

void px_expect_cells(const char *text, const char *expected)
{
    struct px px = px_read_well(text);
    char *cells = px_cells(&px);
    if (!cells) fail_msg("%s", px.error.message);
    assert_string_equal(cells, expected);
    free(cells);
    px_close(&px);
}

/* The file is refused, in opening or on the way, at that place with these words. */
void px_expect_failure(const char *text, size_t line, size_t column, const char *words)
{
    struct px px = px_open(text);
    char *cells = px.status == UF_OK ? px_cells(&px) : NULL;
    free(cells);
    assert_int_equal(px.status, UF_BAD_INPUT);
    if (!strstr(px.error.message, words)) fail_msg("'%s' lacks '%s'", px.error.message, words);
    assert_string_equal(px.error.file, "memory.px");
    if (px.error.line != line || px.error.column != column)
        fail_msg("%zu:%zu is not %zu:%zu: %s", px.error.line, px.error.column, line, column,
                 px.error.message);
    px_close(&px);
}

bool px_has_note(const struct px *px, const char *words)
{
    for (size_t i = 0; i < px->reader.notes.count; i++)
        if (strstr(px->reader.notes.items[i], words)) return true;
    return false;
}

void px_expect_note(const char *text, const char *words)
{
    struct px px = px_read_well(text);
    if (!px_has_note(&px, words)) {
        for (size_t i = 0; i < px.reader.notes.count; i++) print_message("%s\n", px.reader.notes.items[i]);
        fail_msg("no note has '%s'", words);
    }
    px_close(&px);
}

const char *px_fact_note(const struct px *px, const char *scope, const char *words)
{
    for (size_t i = 0; i < px->reader.facts.n_notes; i++)
        if (!strcmp(px->reader.facts.notes[i].scope, scope) && strstr(px->reader.facts.notes[i].text, words))
            return px->reader.facts.notes[i].text;
    fail_msg("no note about '%s' with '%s'", scope, words);
    return NULL;
}
