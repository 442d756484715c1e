// SPDX-License-Identifier: GPL-3.0-or-later
/* Opening: where the bytes come from, whether they are text, and in which encoding. */
#include "import/input.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utfall/file.h>

#include "base/fail.h"
#include "import/input_source.h"
#include "import/unpack.h"

/* How files begin that are not text and that some format reads. */
static bool begins_binary(const char *head, size_t length)
{
    static const struct {
        const char *bytes;
        size_t length;
    } signs[] = {{"PK\x03\x04", 4},                       /* a zip archive: .xlsx */
                 {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8}, /* what was before .xlsx; refused with a reason */
                 {"<stata_dta>", 11},                     /* Stata 13 and later */
                 {"$FL2", 4},                             /* SPSS */
                 {"$FL3", 4},                             /* SPSS, compressed otherwise */
                 {"\x72\x01\x01\x00", 4}, /* Stata 12 and earlier, by version and byte order */
                 {"\x72\x02\x01\x00", 4},
                 {"\x73\x01\x01\x00", 4},
                 {"\x73\x02\x01\x00", 4},
                 {"\x71\x01\x01\x00", 4},
                 {"\x71\x02\x01\x00", 4},
                 {"\x6f\x01\x01\x00", 4},
                 {"\x6f\x02\x01\x00", 4},
                 {"\x6e\x01\x01\x00", 4},
                 {"\x6e\x02\x01\x00", 4},
                 {"\x6c\x01\x01\x00", 4},
                 {"\x6c\x02\x01\x00", 4},
                 {"\x69\x01\x01\x00", 4},
                 {"\x69\x02\x01\x00", 4},
                 {"\x68\x01\x01\x00", 4},
                 {"\x68\x02\x01\x00", 4},
                 {"HEADER RECORD*******LIB", 23},                   /* SAS, for transport */
                 {"\0\0\0\0\0\0\0\0\0\0\0\0\xC2\xEA\x81\x60", 16}}; /* SAS */
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (length >= signs[i].length && !memcmp(head, signs[i].bytes, signs[i].length)) return true;
    return false;
}

static uf_status fail_empty(const struct uf_input *input, struct uf_error *error)
{
    return uf_fail_at(error, UF_BAD_INPUT, input->name, 0, 0,
                      "the file is empty; download or export it again");
}

/* The whole file goes by once: its length and, of a text, its encoding. */
static uf_status survey(struct uf_input *input, const char *encoding, struct uf_error *error)
{
    struct uf_encoding_survey seen = {0};
    size_t bytes = 0;
    do {
        UF_TRY(uf_input_fill(input, error));
        if (bytes == 0) input->binary = begins_binary(input->block, input->block_end);
        bytes += input->block_end;
        if (!input->binary)
            uf_encoding_survey_feed(&seen, (const unsigned char *)input->block, input->block_end);
    } while (input->block_end > 0);
    if (bytes == 0) return fail_empty(input, error);
    input->total = bytes;
    if (input->binary) return UF_OK;
    uf_encoding_survey_end(&seen);
    UF_TRY(uf_encoding_decide(&seen, encoding, input->name, &input->encoding, error));
    input->bom = seen.bom ? 3 : 0;
    return uf_input_rewind(input, error);
}

static uf_status new_input(const char *name, struct uf_input **out, struct uf_error *error)
{
    struct uf_input *input = calloc(1, sizeof *input);
    if (!input) return uf_fail_memory(error);
    uf_buffer_init(&input->line);
    input->name = uf_text_copy(name);
    input->block = malloc(UF_INPUT_BLOCK);
    if (!input->name || !input->block) {
        uf_input_close(input);
        return uf_fail_memory(error);
    }
    *out = input;
    return UF_OK;
}

/* A file without a name: kept open, gone when closed. */
static uf_status open_spool(const struct uf_input *input, FILE **out, struct uf_error *error)
{
    const char *folder = getenv("TMPDIR");
    char *path = uf_path_join(folder && *folder ? folder : "/tmp", "utfall-XXXXXX");
    if (!path) return uf_fail_memory(error);
    int descriptor = mkstemp(path);
    *out = descriptor >= 0 ? fdopen(descriptor, "w+b") : NULL;
    uf_status status = UF_OK;
    if (!*out) {
        status = uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "cannot keep a copy of %s: %s; set TMPDIR",
                            input->name, strerror(errno));
        if (descriptor >= 0) close(descriptor);
    }
    if (descriptor >= 0) unlink(path);
    free(path);
    return status;
}

static uf_status fail_spooling(const struct uf_input *input, struct uf_error *error)
{
    return uf_fail_at(error, UF_IO_FAILED, input->name, 0, 0, "cannot keep a copy: %s; set TMPDIR",
                      strerror(errno));
}

static uf_status spool_write(void *user, const char *bytes, size_t length, struct uf_error *error)
{
    struct uf_input *input = user;
    return fwrite(bytes, 1, length, input->file) == length ? UF_OK : fail_spooling(input, error);
}

static uf_status rewind_file(struct uf_input *input, struct uf_error *error)
{
    if (fflush(input->file) != 0) return fail_spooling(input, error);
    return fseek(input->file, 0, SEEK_SET) == 0 ? UF_OK : uf_input_fail_reading(input, error);
}

/* Standard input can be walked only once. */
static uf_status spool_standard_input(struct uf_input *input, struct uf_error *error)
{
    size_t n;
    UF_TRY(open_spool(input, &input->file, error));
    while ((n = fread(input->block, 1, UF_INPUT_BLOCK, stdin)) > 0)
        UF_TRY(spool_write(input, input->block, n, error));
    if (ferror(stdin)) return uf_input_fail_reading(input, error);
    UF_TRY(rewind_file(input, error));
    UF_TRY(uf_stream_sha256(input->file, input->name, input->sha256, error));
    return rewind_file(input, error);
}

/* A packed file becomes an unpacked one; its hash stays that of the file given. */
static uf_status unpack_file(struct uf_input *input, struct uf_error *error)
{
    unsigned char head[2];
    size_t n = fread(head, 1, sizeof head, input->file);
    if (fseek(input->file, 0, SEEK_SET) != 0) return uf_input_fail_reading(input, error);
    if (!uf_is_packed(head, n)) return UF_OK;
    FILE *packed = input->file;
    input->file = NULL;
    uf_status status = open_spool(input, &input->file, error);
    if (status == UF_OK) status = uf_unpack_file(packed, input->name, spool_write, input, error);
    fclose(packed);
    return status == UF_OK ? rewind_file(input, error) : status;
}

static uf_status open_file(struct uf_input *input, const char *path, struct uf_error *error)
{
    if (!strcmp(path, "-")) {
        UF_TRY(spool_standard_input(input, error));
    } else {
        UF_TRY(uf_file_sha256(path, input->sha256, error)); /* says it of a missing file and of a directory */
        input->file = fopen(path, "rb");
        if (!input->file) return uf_input_fail_reading(input, error);
    }
    return unpack_file(input, error);
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

static uf_status append_unpacked(void *user, const char *bytes, size_t length, struct uf_error *error)
{
    struct uf_buffer *buffer = user;
    uf_buffer_append_bytes(buffer, bytes, length);
    return buffer->failed ? uf_fail_memory(error) : UF_OK;
}

static uf_status unpack_memory(struct uf_input *input, struct uf_error *error)
{
    if (!uf_is_packed((const unsigned char *)input->memory, input->total)) return UF_OK;
    struct uf_buffer text = {0};
    uf_status status =
        uf_unpack_memory(input->memory, input->total, input->name, append_unpacked, &text, error);
    input->total = text.length;
    if (status == UF_OK && text.length > 0) input->memory = input->unpacked = uf_buffer_take(&text);
    uf_buffer_clear(&text);
    return status;
}

uf_status uf_input_open_memory(const char *name, const char *bytes, size_t length, const char *encoding,
                               struct uf_input **out, struct uf_error *error)
{
    struct uf_input *input = NULL;
    UF_TRY(new_input(name, &input, error));
    input->memory = bytes;
    input->total = length;
    uf_sha256(bytes, length, input->sha256);
    uf_status status = unpack_memory(input, error);
    if (status == UF_OK) status = survey(input, encoding, error);
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
    free(input->unpacked);
    free(input->block);
    free(input->name);
    free(input);
}

uf_status uf_input_reread_as(struct uf_input *input, const char *encoding, struct uf_error *error)
{
    enum uf_encoding wished;
    if (!uf_encoding_parse(encoding, &wished))
        return uf_fail(error, UF_BAD_USAGE, "unknown encoding '%s'", encoding);
    if (input->encoding != UF_ENCODING_UTF_8 && wished != UF_ENCODING_UTF_8) input->encoding = wished;
    return uf_input_rewind(input, error);
}

bool uf_input_is_binary(const struct uf_input *input)
{
    return input->binary;
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
    return input->binary ? "binary" : uf_encoding_name(input->encoding);
}
