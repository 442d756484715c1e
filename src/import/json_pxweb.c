// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The format "json" of PxWeb's older interface: `columns` (type d: codes, t: time, c: figures), and `data`, a
 * list of rows with one `key` per code column and one text in `values` per column of figures.
 *
 * The columns of figures make a last dimension, called ContentsCode as in PxWeb's other formats.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/json_value.h"

struct state {
    json_t *root;
    const json_t *data;
    size_t n_keys;
    struct uf_text_list contents;
    size_t row, content;  /* of the next cell */
    size_t at, at_column; /* the current cell */
    const char **codes;
};

static int probe(const char *prefix)
{
    return uf_json_probe(prefix) && uf_json_probe_member(prefix, "columns") &&
                   (uf_json_probe_member(prefix, "key") || uf_json_probe_member(prefix, "data"))
               ? 140
               : 0;
}

/* --- what the columns are ---------------------------------------------------------------------- */

static uf_status read_content(struct uf_reader *reader, const json_t *column, const char *code,
                              struct uf_error *error)
{
    struct state *state = reader->state;
    struct uf_content_facts *content;
    UF_TRY(uf_text_list_add(&state->contents, code, error));
    UF_TRY(uf_facts_content(&reader->facts, code, &content, error));
    UF_TRY(uf_facts_set(&content->label, uf_json_text(column, "text"), error));
    return uf_facts_set(&content->unit, uf_json_text(column, "unit"), error);
}

static bool is_content(const json_t *column)
{
    const char *type = uf_json_text(column, "type");
    return type && !strcmp(type, "c");
}

static uf_status check_columns(struct uf_reader *reader, const json_t *columns, struct uf_error *error)
{
    struct state *state = reader->state;
    const struct uf_json_path path = uf_json_member((struct uf_json_path){0}, "columns");
    if (!json_is_array(columns))
        return uf_json_fail(reader->input, &path, error, "expected a list of columns");
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const json_t *column = json_array_get(columns, i);
        const char *code = uf_json_text(column, "code");
        const struct uf_json_path here = uf_json_item(path, i);
        if (!code) return uf_json_fail(reader->input, &here, error, "expected an object with a 'code'");
        if (is_content(column)) {
            if (uf_text_list_find(&state->contents, code) != SIZE_MAX)
                return uf_json_fail(reader->input, &here, error, "the column '%.100s' stands twice", code);
            UF_TRY(read_content(reader, column, code, error));
            continue;
        }
        if (uf_text_list_find(&reader->dimensions, code) != SIZE_MAX)
            return uf_json_fail(reader->input, &here, error, "the column '%.100s' stands twice", code);
        UF_TRY(uf_text_list_add(&reader->dimensions, code, error));
        state->n_keys++;
    }
    if (state->n_keys > 0 && state->contents.count > 0) return UF_OK;
    return uf_json_fail(
        reader->input, &path, error,
        "expected columns of codes (type d or t) and of figures (type c); there are %zu and %zu",
        state->n_keys, state->contents.count);
}

static uf_status describe_columns(struct uf_reader *reader, const json_t *columns, struct uf_error *error)
{
    struct state *state = reader->state;
    size_t d = 0;
    UF_TRY(uf_text_list_add(&reader->dimensions, "ContentsCode", error));
    UF_TRY(uf_facts_dimensions(&reader->facts, state->n_keys + 1, error));
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const json_t *column = json_array_get(columns, i);
        const char *type = uf_json_text(column, "type"), *comment = uf_json_text(column, "comment");
        if (comment) UF_TRY(uf_facts_note(&reader->facts, uf_json_text(column, "code"), comment, error));
        if (is_content(column)) continue;
        UF_TRY(uf_facts_set(&reader->facts.dimensions[d].label, uf_json_text(column, "text"), error));
        if (type && !strcmp(type, "t")) reader->facts.dimensions[d].hint = UF_ROLE_PERIOD;
        d++;
    }
    reader->facts.dimensions[d].hint = UF_ROLE_CONTENT;
    for (size_t i = 0; i < reader->facts.n_contents; i++)
        UF_TRY(uf_facts_code(&reader->facts, d, reader->facts.contents[i].code,
                             reader->facts.contents[i].label, error));
    return UF_OK;
}

static uf_status read_comments(struct uf_reader *reader, const json_t *comments, struct uf_error *error)
{
    for (size_t i = 0; i < json_array_size(comments); i++) {
        const json_t *comment = json_array_get(comments, i);
        const char *text = uf_json_text(comment, "comment"), *value = uf_json_text(comment, "value");
        if (!text) continue;
        struct uf_buffer scope = {0};
        uf_buffer_append(&scope, uf_json_text(comment, "variable"));
        if (value) uf_buffer_append_char(&scope, '=');
        uf_buffer_append(&scope, value);
        uf_status status =
            scope.failed ? uf_fail_memory(error) : uf_facts_note(&reader->facts, scope.data, text, error);
        uf_buffer_clear(&scope);
        if (status != UF_OK) return status;
    }
    return UF_OK;
}

static uf_status read_metadata(struct uf_reader *reader, const json_t *metadata, struct uf_error *error)
{
    const json_t *first = json_is_array(metadata) ? json_array_get(metadata, 0) : metadata;
    UF_TRY(uf_facts_set(&reader->facts.title, uf_json_text(first, "label"), error));
    UF_TRY(uf_facts_set(&reader->facts.source, uf_json_text(first, "source"), error));
    return uf_facts_set(&reader->facts.updated, uf_json_text(first, "updated"), error);
}

/* --- the rows ---------------------------------------------------------------------------------- */

static uf_status check_row(struct uf_reader *reader, size_t row, struct uf_error *error)
{
    const struct state *state = reader->state;
    const json_t *object = json_array_get(state->data, row);
    const struct uf_json_path path = uf_json_item(uf_json_member((struct uf_json_path){0}, "data"), row);
    const struct {
        const char *name;
        size_t expected;
    } LISTS[] = {{"key", state->n_keys}, {"values", state->contents.count}};
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        const json_t *list = json_object_get(object, LISTS[i].name);
        const struct uf_json_path here = uf_json_member(path, LISTS[i].name);
        if (!json_is_array(list) || json_array_size(list) != LISTS[i].expected)
            return uf_json_fail(reader->input, &here, error,
                                "expected a list of %zu texts, as 'columns' has it; found %zu",
                                LISTS[i].expected, json_array_size(list));
        for (size_t k = 0; k < json_array_size(list); k++) {
            const json_t *item = json_array_get(list, k);
            const struct uf_json_path cell = uf_json_item(here, k);
            bool fine = i == 0 ? json_is_string(item)
                               : json_is_string(item) || json_is_number(item) || json_is_null(item);
            if (!fine)
                return uf_json_fail(reader->input, &cell, error,
                                    i == 0 ? "expected a code, a text" : "expected a figure, a text");
        }
    }
    return UF_OK;
}

static uf_status open(struct uf_reader *reader, const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    (void)wishes;
    struct state *state = calloc(1, sizeof *state);
    if (!state) return uf_fail_memory(error);
    reader->state = state;
    UF_TRY(uf_json_load(reader->input, &state->root, error));
    const json_t *columns = json_object_get(state->root, "columns");
    state->data = json_object_get(state->root, "data");
    UF_TRY(check_columns(reader, columns, error));
    UF_TRY(describe_columns(reader, columns, error));
    UF_TRY(read_metadata(reader, json_object_get(state->root, "metadata"), error));
    UF_TRY(read_comments(reader, json_object_get(state->root, "comments"), error));
    const struct uf_json_path path = uf_json_member((struct uf_json_path){0}, "data");
    if (!json_is_array(state->data) || json_array_size(state->data) == 0)
        return uf_json_fail(reader->input, &path, error,
                            "the file describes a table and holds no figures; expected a list of rows");
    for (size_t row = 0; row < json_array_size(state->data); row++) UF_TRY(check_row(reader, row, error));
    state->codes = calloc(state->n_keys + 1, sizeof *state->codes);
    return state->codes ? UF_OK : uf_fail_memory(error);
}

static uf_status next(struct uf_reader *reader, struct uf_cell *out, bool *out_more, struct uf_error *error)
{
    struct state *state = reader->state;
    *out_more = state->row < json_array_size(state->data);
    if (!*out_more) return UF_OK;
    state->at = state->row;
    state->at_column = state->content;
    const json_t *row = json_array_get(state->data, state->row), *key = json_object_get(row, "key");
    const json_t *value = json_array_get(json_object_get(row, "values"), state->content);
    for (size_t d = 0; d < state->n_keys; d++) state->codes[d] = json_string_value(json_array_get(key, d));
    state->codes[state->n_keys] = state->contents.items[state->content];
    if (++state->content == state->contents.count) {
        state->content = 0;
        state->row++;
    }
    *out = (struct uf_cell){.codes = state->codes};
    if (json_is_string(value)) { /* as in a table of text, with all of its signs */
        out->text = json_string_value(value);
        out->length = json_string_length(value);
        return UF_OK;
    }
    struct uf_json_reading reading;
    UF_TRY(uf_json_value(value, NULL, NULL, &reading, error));
    out->is_read = true;
    out->value = reading.value;
    out->status = reading.status;
    return UF_OK;
}

static void place(const struct uf_reader *reader, size_t dimension, size_t *out_line, size_t *out_column)
{
    const struct state *state = reader->state;
    struct uf_json_path path = uf_json_item(uf_json_member((struct uf_json_path){0}, "data"), state->at);
    if (dimension < state->n_keys)
        path = uf_json_item(uf_json_member(path, "key"), dimension);
    else
        path = uf_json_item(uf_json_member(path, "values"), state->at_column);
    uf_json_place(reader->input, &path, out_line, out_column);
}

static void close(struct uf_reader *reader)
{
    struct state *state = reader->state;
    if (!state) return;
    uf_text_list_clear(&state->contents);
    free(state->codes);
    json_decref(state->root);
    free(state);
}

const struct uf_format uf_format_json_pxweb = {
    .name = "pxweb-json",
    .summary = "PxWeb's JSON table: columns, and rows with key and values",
    .probe = probe,
    .open = open,
    .next = next,
    .place = place,
    .close = close,
};
