// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/xlsx_archive.h"

#include <expat.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/fail.h"

enum { PIECE = 1 << 15, DEEPEST = 128, FREE_BYTES = 1 << 24, MOST_PER_BYTE = 300, MOST_BYTES = 1 << 30 };

struct uf_archive {
    struct uf_input *input;
    zip_t *zip;
    size_t position; /* of the reading below */
    size_t unpacked; /* of all parts read so far */
    zip_error_t failure;
};

struct uf_part {
    struct uf_archive *archive;
    const char *name;
    const struct uf_part_handlers *handlers;
    void *user;
    XML_Parser parser;
    size_t depth;
    uf_status status;
    struct uf_error error;
};

/* --- the archive's bytes ----------------------------------------------------------------------- */

static zip_int64_t read_bytes(struct uf_archive *archive, void *data, zip_uint64_t length)
{
    size_t n = 0;
    if (uf_input_bytes(archive->input, archive->position, data, (size_t)length, &n, NULL) != UF_OK) {
        zip_error_set(&archive->failure, ZIP_ER_READ, 0);
        return -1;
    }
    archive->position += n;
    return (zip_int64_t)n;
}

/* What libzip asks of a source. */
static zip_int64_t serve(void *user, void *data, zip_uint64_t length, zip_source_cmd_t command)
{
    struct uf_archive *archive = user;
    zip_int64_t total = (zip_int64_t)uf_input_bytes_total(archive->input);
    switch (command) {
    case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                              ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
                                              ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_SUPPORTS, -1);
    case ZIP_SOURCE_OPEN:
        archive->position = 0;
        return 0;
    case ZIP_SOURCE_READ:
        return read_bytes(archive, data, length);
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
        return 0;
    case ZIP_SOURCE_TELL:
        return (zip_int64_t)archive->position;
    case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&archive->failure, data, length);
    case ZIP_SOURCE_SEEK: {
        zip_int64_t offset = zip_source_seek_compute_offset(archive->position, (zip_uint64_t)total, data,
                                                            length, &archive->failure);
        if (offset < 0) return -1;
        archive->position = (size_t)offset;
        return 0;
    }
    case ZIP_SOURCE_STAT: {
        zip_stat_t *about = data;
        zip_stat_init(about);
        about->valid = ZIP_STAT_SIZE;
        about->size = (zip_uint64_t)total;
        return (zip_int64_t)sizeof *about;
    }
    default:
        zip_error_set(&archive->failure, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
}

static uf_status fail_archive(const struct uf_archive *archive, zip_error_t *reason, struct uf_error *error)
{
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(archive->input), 0, 0,
                      "the workbook is no whole zip archive (%s); download or save it again",
                      zip_error_strerror(reason));
}

uf_status uf_archive_open(struct uf_input *input, struct uf_archive **out, struct uf_error *error)
{
    struct uf_archive *archive = calloc(1, sizeof *archive);
    if (!archive) return uf_fail_memory(error);
    archive->input = input;
    zip_error_t reason;
    zip_error_init(&reason);
    zip_error_init(&archive->failure);
    zip_source_t *source = zip_source_function_create(serve, archive, &reason);
    archive->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &reason) : NULL;
    uf_status status = UF_OK;
    if (!archive->zip) {
        status = fail_archive(archive, &reason, error);
        zip_source_free(source);
        uf_archive_close(archive);
    } else {
        *out = archive;
    }
    zip_error_fini(&reason);
    return status;
}

void uf_archive_close(struct uf_archive *archive)
{
    if (!archive) return;
    if (archive->zip) zip_discard(archive->zip);
    zip_error_fini(&archive->failure);
    free(archive);
}

/* Names of parts do not heed case, and begin with a slash in relationships. */
static zip_int64_t locate(const struct uf_archive *archive, const char *name)
{
    return zip_name_locate(archive->zip, *name == '/' ? name + 1 : name, ZIP_FL_NOCASE);
}

bool uf_archive_has(const struct uf_archive *archive, const char *name)
{
    return locate(archive, name) >= 0;
}

static uf_status open_part(struct uf_archive *archive, const char *name, zip_file_t **out, size_t *out_packed,
                           struct uf_error *error)
{
    const char *file = uf_input_name(archive->input);
    zip_stat_t about;
    zip_int64_t index = locate(archive, name);
    if (index < 0)
        return uf_fail_at(error, UF_BAD_INPUT, file, 0, 0,
                          "the workbook lacks its part %.200s; download or save it again", name);
    if (zip_stat_index(archive->zip, (zip_uint64_t)index, 0, &about) != 0)
        return fail_archive(archive, zip_get_error(archive->zip), error);
    if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) && about.encryption_method != ZIP_EM_NONE)
        return uf_fail_at(error, UF_BAD_INPUT, file, 0, 0,
                          "the archive is protected by a password; save the workbook without one");
    *out = zip_fopen_index(archive->zip, (zip_uint64_t)index, 0);
    if (!*out) return fail_archive(archive, zip_get_error(archive->zip), error);
    *out_packed = (about.valid & ZIP_STAT_COMP_SIZE) ? (size_t)about.comp_size : 0;
    /* A directory that lies about the packed size cannot make it larger than the file. */
    if (*out_packed > uf_input_bytes_total(archive->input))
        *out_packed = uf_input_bytes_total(archive->input);
    return UF_OK;
}

uf_status uf_archive_head(struct uf_archive *archive, const char *name, char *out, size_t size,
                          size_t *out_length, struct uf_error *error)
{
    zip_file_t *file;
    size_t packed;
    UF_TRY(open_part(archive, name, &file, &packed, error));
    zip_int64_t n = zip_fread(file, out, size);
    zip_fclose(file);
    *out_length = n > 0 ? (size_t)n : 0;
    return UF_OK;
}

/* --- XML --------------------------------------------------------------------------------------- */

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static void stop(struct uf_part *part, uf_status status)
{
    if (part->status == UF_OK) part->status = status;
    XML_StopParser(part->parser, XML_FALSE);
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct uf_part *part = user;
    if (part->status != UF_OK) return;
    uf_status status = UF_OK;
    if (++part->depth > DEEPEST)
        status = uf_part_fail(part, &part->error, "its elements are nested more than %d deep", DEEPEST);
    if (status == UF_OK && part->handlers->start)
        status = part->handlers->start(part, local(name), attributes, &part->error);
    if (status != UF_OK) stop(part, status);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    struct uf_part *part = user;
    part->depth--;
    if (part->status != UF_OK || !part->handlers->end) return;
    uf_status status = part->handlers->end(part, local(name), &part->error);
    if (status != UF_OK) stop(part, status);
}

static void XMLCALL on_text(void *user, const XML_Char *text, int length)
{
    struct uf_part *part = user;
    if (part->status != UF_OK) return;
    uf_status status = part->handlers->text(part, text, (size_t)length, &part->error);
    if (status != UF_OK) stop(part, status);
}

static void XMLCALL on_document_type(void *user, const XML_Char *name, const XML_Char *system,
                                     const XML_Char *public, int internal)
{
    struct uf_part *part = user;
    (void)name, (void)system, (void)public, (void)internal;
    stop(part, uf_part_fail(part, &part->error, "it declares a document type, which no workbook has"));
}

void *uf_part_user(const struct uf_part *part)
{
    return part->user;
}

uf_status uf_part_fail(struct uf_part *part, struct uf_error *error, const char *format, ...)
{
    char what[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(part->archive->input), 0, 0,
                      "the workbook's part %.200s is damaged at its line %lu: %s; save the workbook again",
                      part->name, (unsigned long)XML_GetCurrentLineNumber(part->parser), what);
}

static uf_status feed(struct uf_part *part, const char *bytes, size_t length, bool last,
                      struct uf_error *error)
{
    enum XML_Status parsed = XML_Parse(part->parser, bytes, (int)length, last);
    if (part->status != UF_OK) {
        if (error) *error = part->error;
        return part->status;
    }
    if (parsed == XML_STATUS_OK) return UF_OK;
    enum XML_Error code = XML_GetErrorCode(part->parser);
    return code == XML_ERROR_NO_MEMORY ? uf_fail_memory(error)
                                       : uf_part_fail(part, error, "%s", XML_ErrorString(code));
}

static uf_status walk(struct uf_part *part, zip_file_t *file, size_t packed, struct uf_error *error)
{
    struct uf_archive *archive = part->archive;
    char piece[PIECE];
    size_t unpacked = 0;
    for (;;) {
        zip_int64_t n = zip_fread(file, piece, sizeof piece);
        if (n < 0) return fail_archive(archive, zip_file_get_error(file), error);
        if (n == 0) return feed(part, piece, 0, true, error);
        unpacked += (size_t)n;
        archive->unpacked += (size_t)n;
        if (unpacked > FREE_BYTES && unpacked / MOST_PER_BYTE > packed)
            return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(archive->input), 0, 0,
                              "the workbook's part %.200s unpacks to more than %d times its size; this is "
                              "no table",
                              part->name, MOST_PER_BYTE);
        if (archive->unpacked > MOST_BYTES)
            return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(archive->input), 0, 0,
                              "the workbook unpacks to more than %d bytes; save the sheet as CSV",
                              MOST_BYTES);
        UF_TRY(feed(part, piece, (size_t)n, false, error));
    }
}

uf_status uf_archive_parse(struct uf_archive *archive, const char *name,
                           const struct uf_part_handlers *handlers, void *user, struct uf_error *error)
{
    struct uf_part part = {.archive = archive, .name = name, .handlers = handlers, .user = user};
    zip_file_t *file;
    size_t packed;
    UF_TRY(open_part(archive, name, &file, &packed, error));
    part.parser = XML_ParserCreate(NULL);
    uf_status status = part.parser ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        XML_SetUserData(part.parser, &part);
        XML_SetElementHandler(part.parser, on_start, on_end);
        if (handlers->text) XML_SetCharacterDataHandler(part.parser, on_text);
        XML_SetStartDoctypeDeclHandler(part.parser, on_document_type);
        status = walk(&part, file, packed, error);
        XML_ParserFree(part.parser);
    }
    zip_fclose(file);
    return status;
}

const char *uf_attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i]; i += 2)
        if (!strcmp(attributes[i], name)) return attributes[i + 1];
    return NULL;
}

const char *uf_attribute_prefixed(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i]; i += 2)
        if (strchr(attributes[i], ':') && !strcmp(local(attributes[i]), name)) return attributes[i + 1];
    return NULL;
}

bool uf_attribute_is_true(const char **attributes, const char *name)
{
    const char *value = uf_attribute(attributes, name);
    return value && (!strcmp(value, "1") || !strcmp(value, "true"));
}
