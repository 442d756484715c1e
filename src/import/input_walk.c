// SPDX-License-Identifier: GPL-3.0-or-later
/* Going through an input, in lines or blocks of UTF-8, or in bytes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/input_source.h"

enum { LINE_LIMIT = 1 << 26 };

uf_status uf_input_fail_reading(const struct uf_input *input, struct uf_error *error)
{
    return uf_fail_at(error, UF_IO_FAILED, input->name, 0, 0, "cannot read the file: %s; try again",
                      strerror(errno));
}

uf_status uf_input_fill(struct uf_input *input, struct uf_error *error)
{
    size_t n;
    if (input->file) {
        n = fread(input->block, 1, UF_INPUT_BLOCK, input->file);
        if (n == 0 && ferror(input->file)) return uf_input_fail_reading(input, error);
    } else {
        n = input->total - input->read < UF_INPUT_BLOCK ? input->total - input->read : UF_INPUT_BLOCK;
        if (n > 0) memcpy(input->block, input->memory + input->read, n);
    }
    input->read += n;
    input->block_start = 0;
    input->block_end = n;
    return UF_OK;
}

uf_status uf_input_rewind(struct uf_input *input, struct uf_error *error)
{
    if (input->file && fseek(input->file, 0, SEEK_SET) != 0) return uf_input_fail_reading(input, error);
    input->read = input->line_number = input->block_start = input->block_end = 0;
    if (input->bom == 0) return UF_OK;
    UF_TRY(uf_input_fill(input, error));
    input->block_start = input->bom < input->block_end ? input->bom : input->block_end;
    return UF_OK;
}

static void append_decoded(struct uf_input *input, size_t length)
{
    const char *bytes = input->block + input->block_start;
    if (input->encoding == UF_ENCODING_UTF_8)
        uf_buffer_append_bytes(&input->line, bytes, length);
    else
        uf_encoding_append(input->encoding, &input->line, bytes, length);
    input->block_start += length;
}

/* The number of bytes up to and including the first CR or LF; the whole rest where there is none. */
static size_t span_to_end(const char *bytes, size_t length)
{
    const char *feed = memchr(bytes, '\n', length);
    size_t n = feed ? (size_t)(feed - bytes) + 1 : length;
    const char *carriage = memchr(bytes, '\r', n);
    return carriage ? (size_t)(carriage - bytes) + 1 : n;
}

uf_status uf_input_line(struct uf_input *input, const char **out, size_t *out_length, struct uf_error *error)
{
    input->line.length = 0;
    char last = '\0';
    while (last != '\n') {
        if (input->block_start == input->block_end) {
            UF_TRY(uf_input_fill(input, error));
            if (input->block_end == 0) break;
        }
        if (last == '\r') { /* CR alone ends a line too; an LF after it belongs to it */
            if (input->block[input->block_start] == '\n') append_decoded(input, 1);
            break;
        }
        size_t n = span_to_end(input->block + input->block_start, input->block_end - input->block_start);
        last = input->block[input->block_start + n - 1];
        append_decoded(input, n);
        if (input->line.length > LINE_LIMIT)
            return uf_fail_at(error, UF_BAD_INPUT, input->name, input->line_number + 1, 0,
                              "a line is longer than %d bytes; this is not a table of text", LINE_LIMIT);
    }
    uf_buffer_append_bytes(&input->line, "", 0);
    if (input->line.failed) return uf_fail_memory(error);
    if (input->line.length > 0) input->line_number++;
    *out = input->line.data ? input->line.data : "";
    *out_length = input->line.length;
    return UF_OK;
}

uf_status uf_input_prefix(struct uf_input *input, size_t max, char **out, struct uf_error *error)
{
    struct uf_buffer prefix;
    uf_buffer_init(&prefix);
    uf_status status = uf_input_rewind(input, error);
    const char *line;
    size_t length = 1;
    while (status == UF_OK && length > 0) {
        status = uf_input_line(input, &line, &length, error);
        if (status != UF_OK || (prefix.length > 0 && prefix.length + length > max)) break;
        uf_buffer_append_bytes(&prefix, line, length);
    }
    if (status == UF_OK) status = uf_input_rewind(input, error);
    char *text = status == UF_OK ? uf_buffer_take(&prefix) : NULL;
    uf_buffer_clear(&prefix);
    if (status == UF_OK && !text) return uf_fail_memory(error);
    if (status == UF_OK) *out = text;
    return status;
}

/* The number of bytes of the block that end between characters: all, but for the beginning of a last one. */
static size_t whole_characters(const struct uf_input *input)
{
    size_t n = input->block_end - input->block_start;
    if (input->encoding != UF_ENCODING_UTF_8) return n;
    const char *bytes = input->block + input->block_start;
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        unsigned char byte = (unsigned char)bytes[n - back];
        if (byte < 0x80) return n;
        if (byte < 0xC0) continue;
        size_t needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
        return needed > back ? n - back : n;
    }
    return n;
}

uf_status uf_input_block(struct uf_input *input, const char **out, size_t *out_length, struct uf_error *error)
{
    input->line.length = 0;
    /* The beginning of a character goes before the next block. */
    while (input->line.length == 0) {
        char carried[4];
        size_t n_carried = input->block_end - input->block_start;
        if (n_carried >= sizeof carried) n_carried = 0; /* a block that nobody has taken from yet */
        memcpy(carried, input->block + input->block_end - n_carried, n_carried);
        if (n_carried > 0 || input->block_start == input->block_end) {
            UF_TRY(uf_input_fill(input, error));
            if (input->block_end == 0 && n_carried == 0) break;
        }
        uf_buffer_append_bytes(&input->line, carried, n_carried);
        size_t n = input->block_end > 0 ? whole_characters(input) : 0;
        append_decoded(input, n);
    }
    uf_buffer_append_bytes(&input->line, "", 0);
    if (input->line.failed) return uf_fail_memory(error);
    *out = input->line.data ? input->line.data : "";
    *out_length = input->line.length;
    return UF_OK;
}

uf_status uf_input_whole(struct uf_input *input, size_t max, char **out, size_t *out_length,
                         struct uf_error *error)
{
    if (input->total > max)
        return uf_fail_at(
            error, UF_BAD_INPUT, input->name, 0, 0,
            "the file has %zu bytes, and this format is read whole, up to %zu; cut it into parts, "
            "or export it as CSV",
            input->total, max);
    UF_TRY(uf_input_rewind(input, error));
    struct uf_buffer text;
    uf_buffer_init(&text);
    uf_status status = UF_OK;
    const char *part;
    size_t length = 1;
    while (status == UF_OK && length > 0) {
        status = uf_input_block(input, &part, &length, error);
        if (status == UF_OK) uf_buffer_append_bytes(&text, part, length);
    }
    if (status == UF_OK) status = uf_input_rewind(input, error);
    if (status == UF_OK && text.failed) status = uf_fail_memory(error);
    if (status == UF_OK) {
        *out_length = text.length;
        *out = uf_buffer_take(&text);
        if (!*out) status = uf_fail_memory(error);
    }
    uf_buffer_clear(&text);
    return status;
}

uf_status uf_input_bytes(struct uf_input *input, size_t offset, void *out, size_t length, size_t *out_read,
                         struct uf_error *error)
{
    size_t left = offset < input->total ? input->total - offset : 0, n = length < left ? length : left;
    if (input->file) {
        if (fseek(input->file, (long)offset, SEEK_SET) != 0) return uf_input_fail_reading(input, error);
        n = fread(out, 1, n, input->file);
        if (ferror(input->file)) return uf_input_fail_reading(input, error);
    } else if (n > 0) {
        memcpy(out, input->memory + offset, n);
    }
    *out_read = n;
    return UF_OK;
}
