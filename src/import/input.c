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
#include "import/unpack.h"

enum { BLOCK = 1 << 16, LINE_LIMIT = 1 << 26 };

struct uf_input {
    char *name;
    FILE *file;         /* NULL: memory */
    const char *memory; /* borrowed, or `unpacked` */
    char *unpacked;     /* of a packed memory */
    size_t total, bom;
    bool binary;
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
        UF_TRY(fill(input, error));
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
    input->block = malloc(BLOCK);
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
    return fseek(input->file, 0, SEEK_SET) == 0 ? UF_OK : fail_reading(input, error);
}

/* Standard input can be walked only once. */
static uf_status spool_standard_input(struct uf_input *input, struct uf_error *error)
{
    size_t n;
    UF_TRY(open_spool(input, &input->file, error));
    while ((n = fread(input->block, 1, BLOCK, stdin)) > 0) UF_TRY(spool_write(input, input->block, n, error));
    if (ferror(stdin)) return fail_reading(input, error);
    UF_TRY(rewind_file(input, error));
    UF_TRY(uf_stream_sha256(input->file, input->name, input->sha256, error));
    return rewind_file(input, error);
}

/* A packed file becomes an unpacked one; its hash stays that of the file given. */
static uf_status unpack_file(struct uf_input *input, struct uf_error *error)
{
    unsigned char head[2];
    size_t n = fread(head, 1, sizeof head, input->file);
    if (fseek(input->file, 0, SEEK_SET) != 0) return fail_reading(input, error);
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
        if (!input->file) return fail_reading(input, error);
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
            UF_TRY(fill(input, error));
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

uf_status uf_input_bytes(struct uf_input *input, size_t offset, void *out, size_t length, size_t *out_read,
                         struct uf_error *error)
{
    size_t left = offset < input->total ? input->total - offset : 0, n = length < left ? length : left;
    if (input->file) {
        if (fseek(input->file, (long)offset, SEEK_SET) != 0) return fail_reading(input, error);
        n = fread(out, 1, n, input->file);
        if (ferror(input->file)) return fail_reading(input, error);
    } else if (n > 0) {
        memcpy(out, input->memory + offset, n);
    }
    *out_read = n;
    return UF_OK;
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
