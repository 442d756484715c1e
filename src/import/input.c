// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/input.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utfall/file.h>

#include "base/fail.h"
#include "import/encoding.h"

enum { BLOCK = 1 << 16, LINE_LIMIT = 1 << 26 };

struct uf_input {
    char *name;
    FILE *file;         /* NULL: memory */
    const char *memory; /* borrowed */
    size_t total, bom;
    enum uf_encoding encoding;
    char sha256[UF_SHA256_SIZE];
    /* the walk */
    char *block;
    size_t block_start, block_end;
    size_t read; /* bytes taken from the source */
    size_t line_number;
    struct uf_buffer line;
};

static uf_status fail_reading(const struct uf_input *input, struct uf_error *error)
{
    return uf_fail_at(error, UF_IO_FAILED, input->name, 0, 0, "cannot read the file: %s; try again",
                      strerror(errno));
}

/* Fills the block; an empty block afterwards means the end. */
static uf_status fill(struct uf_input *input, struct uf_error *error)
{
    size_t n;
    if (input->file) {
        n = fread(input->block, 1, BLOCK, input->file);
        if (n == 0 && ferror(input->file)) return fail_reading(input, error);
    } else {
        n = input->total - input->read < BLOCK ? input->total - input->read : BLOCK;
        if (n > 0) memcpy(input->block, input->memory + input->read, n);
    }
    input->read += n;
    input->block_start = 0;
    input->block_end = n;
    return UF_OK;
}

uf_status uf_input_rewind(struct uf_input *input, struct uf_error *error)
{
    if (input->file && fseek(input->file, 0, SEEK_SET) != 0) return fail_reading(input, error);
    input->read = input->line_number = input->block_start = input->block_end = 0;
    if (input->bom == 0) return UF_OK;
    UF_TRY(fill(input, error));
    input->block_start = input->bom < input->block_end ? input->bom : input->block_end;
    return UF_OK;
}

static uf_status survey(struct uf_input *input, const char *encoding, struct uf_error *error)
{
    struct uf_encoding_survey seen = {0};
    do {
        UF_TRY(fill(input, error));
        uf_encoding_survey_feed(&seen, (const unsigned char *)input->block, input->block_end);
    } while (input->block_end > 0);
    uf_encoding_survey_end(&seen);
    if (seen.bytes == 0)
        return uf_fail_at(error, UF_BAD_INPUT, input->name, 0, 0,
                          "the file is empty; download or export it again");
    UF_TRY(uf_encoding_decide(&seen, encoding, input->name, &input->encoding, error));
    input->total = seen.bytes;
    input->bom = seen.bom ? 3 : 0;
    return uf_input_rewind(input, error);
}

static uf_status new_input(const char *name, struct uf_input **out, struct uf_error *error)
{
    struct uf_input *input = calloc(1, sizeof *input);
    if (!input) return uf_fail_memory(error);
    uf_buffer_init(&input->line);
    input->name = uf_text_copy(name);
    input->block = malloc(BLOCK);
    if (!input->name || !input->block) {
        uf_input_close(input);
        return uf_fail_memory(error);
    }
    *out = input;
    return UF_OK;
}

/* Standard input can be walked only once, so it becomes a file without a name (kept open, gone when closed). */
static uf_status spool(struct uf_input *input, struct uf_error *error)
{
    const char *folder = getenv("TMPDIR");
    char *path = uf_path_join(folder && *folder ? folder : "/tmp", "utfall-XXXXXX");
    if (!path) return uf_fail_memory(error);
    int descriptor = mkstemp(path);
    uf_status status = UF_OK;
    size_t n;
    if (descriptor >= 0) input->file = fdopen(descriptor, "w+b");
    if (!input->file) {
        if (descriptor >= 0) close(descriptor);
        status = uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "cannot keep standard input: %s; set TMPDIR",
                            strerror(errno));
    }
    while (status == UF_OK && (n = fread(input->block, 1, BLOCK, stdin)) > 0)
        if (fwrite(input->block, 1, n, input->file) != n)
            status = uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "cannot keep standard input: %s; set TMPDIR",
                                strerror(errno));
    if (status == UF_OK && (ferror(stdin) || fflush(input->file) != 0)) status = fail_reading(input, error);
    if (status == UF_OK) status = uf_file_sha256(path, input->sha256, error);
    if (status == UF_OK && fseek(input->file, 0, SEEK_SET) != 0) status = fail_reading(input, error);
    if (descriptor >= 0) unlink(path);
    free(path);
    return status;
}

static uf_status open_file(struct uf_input *input, const char *path, struct uf_error *error)
{
    if (!strcmp(path, "-")) return spool(input, error);
    UF_TRY(uf_file_sha256(path, input->sha256, error)); /* says it of a missing file and of a directory */
    input->file = fopen(path, "rb");
    return input->file ? UF_OK : fail_reading(input, error);
}

uf_status uf_input_open(const char *path, const char *encoding, struct uf_input **out, struct uf_error *error)
{
    if (!path || !*path)
        return uf_fail(error, UF_BAD_USAGE, "no file is named; give a path, or - for standard input");
    struct uf_input *input = NULL;
    UF_TRY(new_input(strcmp(path, "-") ? path : "standard input", &input, error));
    uf_status status = open_file(input, path, error);
    if (status == UF_OK) status = survey(input, encoding, error);
    if (status != UF_OK) {
        uf_input_close(input);
        return status;
    }
    *out = input;
    return UF_OK;
}

uf_status uf_input_open_memory(const char *name, const char *bytes, size_t length, const char *encoding,
                               struct uf_input **out, struct uf_error *error)
{
    struct uf_input *input = NULL;
    UF_TRY(new_input(name, &input, error));
    input->memory = bytes;
    input->total = length;
    uf_sha256(bytes, length, input->sha256);
    uf_status status = survey(input, encoding, error);
    if (status != UF_OK) {
        uf_input_close(input);
        return status;
    }
    *out = input;
    return UF_OK;
}

void uf_input_close(struct uf_input *input)
{
    if (!input) return;
    if (input->file) fclose(input->file);
    uf_buffer_clear(&input->line);
    free(input->block);
    free(input->name);
    free(input);
}

static void append_decoded(struct uf_input *input, size_t length)
{
    const char *bytes = input->block + input->block_start;
    if (input->encoding == UF_ENCODING_UTF_8)
        uf_buffer_append_bytes(&input->line, bytes, length);
    else
        uf_encoding_append(&input->line, bytes, length);
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
            UF_TRY(fill(input, error));
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

const char *uf_input_name(const struct uf_input *input)
{
    return input->name;
}

size_t uf_input_line_number(const struct uf_input *input)
{
    return input->line_number;
}

size_t uf_input_bytes_read(const struct uf_input *input)
{
    return input->read - (input->block_end - input->block_start);
}

size_t uf_input_bytes_total(const struct uf_input *input)
{
    return input->total;
}

const char *uf_input_sha256(const struct uf_input *input)
{
    return input->sha256;
}

const char *uf_input_encoding(const struct uf_input *input)
{
    return uf_encoding_name(input->encoding);
}
