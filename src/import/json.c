// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

struct uf_json_path uf_json_member(struct uf_json_path path, const char *key)
{
    if (path.count < UF_JSON_STEPS) path.steps[path.count++].key = key;
    return path;
}

struct uf_json_path uf_json_item(struct uf_json_path path, size_t index)
{
    if (path.count < UF_JSON_STEPS) {
        path.steps[path.count].key = NULL;
        path.steps[path.count++].index = index;
    }
    return path;
}

/* --- loading ----------------------------------------------------------------------------------- */

struct source {
    struct uf_input *input;
    const char *block;
    size_t length;
    uf_status status;
    struct uf_error *error;
};

/* jansson asks for the next bytes; 0: the end. */
static size_t feed(void *buffer, size_t size, void *data)
{
    struct source *source = data;
    if (source->length == 0) {
        source->status = uf_input_block(source->input, &source->block, &source->length, source->error);
        if (source->status != UF_OK) return (size_t)-1;
    }
    size_t n = source->length < size ? source->length : size;
    memcpy(buffer, source->block, n);
    source->block += n;
    source->length -= n;
    return n;
}

static uf_status fail_broken(const struct uf_input *input, const json_error_t *broken, struct uf_error *error)
{
    enum json_error_code code = json_error_code(broken);
    if (code == json_error_out_of_memory) return uf_fail_memory(error);
    size_t line = broken->line > 0 ? (size_t)broken->line : 0;
    size_t column = broken->column > 0 ? (size_t)broken->column : 0;
    const char *advice = code == json_error_premature_end_of_input
                             ? "the file seems to be cut off; download it again"
                             : "download or export the file again";
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(input), line, column, "broken JSON: %s; %s",
                      broken->text, advice);
}

uf_status uf_json_load(struct uf_input *input, json_t **out, struct uf_error *error)
{
    if (uf_input_bytes_total(input) > UF_JSON_MAX_BYTES)
        return uf_fail_at(
            error, UF_BAD_INPUT, uf_input_name(input), 0, 0,
            "the file has %zu bytes, and JSON is read whole, up to %d; ask the publisher for fewer "
            "cells at a time, or for CSV",
            uf_input_bytes_total(input), UF_JSON_MAX_BYTES);
    UF_TRY(uf_input_rewind(input, error));
    struct source source = {.input = input, .error = error};
    json_error_t broken;
    json_t *root =
        json_load_callback(feed, &source, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &broken);
    if (source.status != UF_OK) {
        json_decref(root);
        return source.status;
    }
    if (!root) return fail_broken(input, &broken, error);
    *out = root;
    return UF_OK;
}

/* --- failures ---------------------------------------------------------------------------------- */

static void write_path(struct uf_buffer *out, const struct uf_json_path *path)
{
    for (size_t i = 0; i < path->count; i++) {
        if (path->steps[i].key) {
            if (i > 0) uf_buffer_append_char(out, '.');
            uf_buffer_append(out, path->steps[i].key);
        } else {
            uf_buffer_append_char(out, '[');
            uf_buffer_append_size(out, path->steps[i].index);
            uf_buffer_append_char(out, ']');
        }
    }
}

uf_status uf_json_fail(struct uf_input *input, const struct uf_json_path *path, struct uf_error *error,
                       const char *format, ...)
{
    char message[UF_ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    struct uf_buffer where = {0};
    write_path(&where, path);
    size_t line, column;
    uf_json_place(input, path, &line, &column);
    uf_status status = uf_fail_at(error, UF_BAD_INPUT, uf_input_name(input), line, column, "%.500s%s%s",
                                  where.data ? where.data : "", where.data ? ": " : "", message);
    uf_buffer_clear(&where);
    return status;
}

uf_status uf_json_note(struct uf_reader *reader, struct uf_error *error, const char *format, ...)
{
    char message[UF_ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return uf_text_list_add(&reader->notes, message, error);
}

/* --- a first look, and values ------------------------------------------------------------------ */

bool uf_json_probe(const char *prefix)
{
    prefix += strspn(prefix, " \t\r\n");
    if (*prefix != '{' && *prefix != '[') return false;
    prefix++;
    prefix += strspn(prefix, " \t\r\n[");
    return *prefix == '"' || *prefix == '{' || *prefix == '}' || *prefix == ']';
}

bool uf_json_probe_member(const char *prefix, const char *key)
{
    size_t length = strlen(key);
    for (const char *at = strstr(prefix, key); at; at = strstr(at + 1, key)) {
        if (at == prefix || at[-1] != '"' || at[length] != '"') continue;
        const char *after = at + length + 1;
        after += strspn(after, " \t\r\n");
        if (*after == ':') return true;
    }
    return false;
}

const char *uf_json_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && *text ? text : NULL;
}

const char *uf_json_scalar(const json_t *value, char buffer[UF_NUMBER_SIZE])
{
    if (json_is_string(value)) return json_string_value(value);
    return json_is_number(value) ? uf_number_print(json_number_value(value), buffer) : NULL;
}

bool uf_json_whole_text(const char *text, size_t *out)
{
    enum { MOST = 15 }; /* digits: less than 2^53 */
    size_t length = strspn(text, "0123456789");
    if (length == 0 || length > MOST || text[length] || (text[0] == '0' && length > 1)) return false;
    *out = (size_t)strtoull(text, NULL, 10);
    return true;
}

bool uf_json_whole(const json_t *value, size_t *out)
{
    if (json_is_string(value)) return uf_json_whole_text(json_string_value(value), out);
    double number = json_is_number(value) ? json_number_value(value) : -1;
    if (!(number >= 0) || number > 9007199254740992.0 || number != floor(number)) return false;
    *out = (size_t)number;
    return true;
}
