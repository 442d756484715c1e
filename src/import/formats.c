// SPDX-License-Identifier: GPL-3.0-or-later
/* The table of formats, and finding the one that fits. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/format.h"

static const struct uf_format *const FORMATS[] = {
    &uf_format_eurostat_tsv, &uf_format_sdmx_csv,  &uf_format_data_explorer_csv,
    &uf_format_oecd_csv,     &uf_format_csv_long,  &uf_format_csv_wide,
    &uf_format_px,           &uf_format_json_stat, &uf_format_json_pxweb,
    &uf_format_kolada,       &uf_format_xlsx,      &uf_format_stata,
    &uf_format_spss,         &uf_format_sas,
};
enum { N_FORMATS = sizeof FORMATS / sizeof *FORMATS, PREFIX = 1 << 16, HEAD = 4096 };

const struct uf_format *const *uf_formats(size_t *out_count)
{
    *out_count = N_FORMATS;
    return FORMATS;
}

static uf_status find_by_name(const char *name, const struct uf_format **out, struct uf_error *error)
{
    const char *names[N_FORMATS];
    for (size_t i = 0; i < N_FORMATS; i++) {
        names[i] = FORMATS[i]->name;
        if (!strcmp(name, names[i])) {
            *out = FORMATS[i];
            return UF_OK;
        }
    }
    const char *nearest = uf_text_nearest(name, names, N_FORMATS);
    if (nearest)
        return uf_fail(error, UF_BAD_USAGE, "unknown format '%s'; did you mean '%s'?", name, nearest);
    struct uf_buffer list = {0};
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (i > 0) uf_buffer_append(&list, ", ");
        uf_buffer_append(&list, names[i]);
    }
    uf_status status = uf_fail(error, UF_BAD_USAGE, "unknown format '%s'; known are %s", name,
                               list.data ? list.data : "none");
    uf_buffer_clear(&list);
    return status;
}

/* A text format asked for by name cannot read bytes, nor the other way round. */
static uf_status check_kind(const struct uf_input *input, const struct uf_format *format,
                            struct uf_error *error)
{
    if (uf_input_is_binary(input) == (format->probe_bytes != NULL)) return UF_OK;
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(input), 0, 0,
                      uf_input_is_binary(input) ? "the file is not text, so it cannot be of the format %s"
                                                : "the file is text, so it cannot be of the format %s",
                      format->name);
}

static uf_status find_by_bytes(struct uf_input *input, const struct uf_format **out, struct uf_error *error)
{
    unsigned char head[HEAD];
    size_t length;
    UF_TRY(uf_input_bytes(input, 0, head, sizeof head, &length, error));
    int best = 0;
    for (size_t i = 0; i < N_FORMATS; i++) {
        int score = FORMATS[i]->probe_bytes ? FORMATS[i]->probe_bytes(head, length) : 0;
        if (score > best) best = score, *out = FORMATS[i];
    }
    if (best > 0) return UF_OK;
    return uf_fail_at(
        error, UF_BAD_INPUT, uf_input_name(input), 0, 0,
        "the file is not text, and no known format fits it; unpack an archive first, or save the "
        "table as CSV");
}

/* The first lines. JSON may have one line of any length, of which the first part is enough. */
static uf_status read_prefix(struct uf_input *input, char **out, struct uf_error *error)
{
    const char *block;
    size_t length;
    UF_TRY(uf_input_rewind(input, error));
    UF_TRY(uf_input_block(input, &block, &length, error));
    block += strspn(block, " \t\r\n");
    if (*block != '{' && *block != '[') return uf_input_prefix(input, PREFIX, out, error);
    *out = uf_text_copy(block);
    UF_TRY(uf_input_rewind(input, error));
    return *out ? UF_OK : uf_fail_memory(error);
}

static uf_status find_by_content(struct uf_input *input, const struct uf_format **out, struct uf_error *error)
{
    if (uf_input_is_binary(input)) return find_by_bytes(input, out, error);
    char *prefix = NULL;
    UF_TRY(read_prefix(input, &prefix, error));
    int best = 0;
    for (size_t i = 0; i < N_FORMATS; i++) {
        int score = FORMATS[i]->probe ? FORMATS[i]->probe(prefix) : 0;
        if (score > best) best = score, *out = FORMATS[i];
    }
    free(prefix);
    if (best > 0) return UF_OK;
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(input), 0, 0,
                      "no known format fits this file; expected a table with a header row (CSV), a Eurostat "
                      "TSV, PX, JSON-stat, "
                      "Kolada's JSON, a workbook or a file of Stata, SPSS or SAS");
}

uf_status uf_reader_open(struct uf_input *input, const char *format, const struct uf_reader_wishes *wishes,
                         struct uf_reader *out, struct uf_error *error)
{
    struct uf_reader reader = {.input = input, .rules = {'.', ' ', false}};
    if (format)
        UF_TRY(find_by_name(format, &reader.format, error));
    else
        UF_TRY(find_by_content(input, &reader.format, error));
    UF_TRY(check_kind(input, reader.format, error));
    uf_status status = uf_input_is_binary(input) ? UF_OK : uf_input_rewind(input, error);
    if (status == UF_OK) status = reader.format->open(&reader, wishes, error);
    if (status != UF_OK) {
        uf_reader_close(&reader);
        return status;
    }
    *out = reader;
    return UF_OK;
}

void uf_reader_close(struct uf_reader *reader)
{
    if (reader->format) reader->format->close(reader);
    uf_text_list_clear(&reader->dimensions);
    uf_text_list_clear(&reader->notes);
    uf_file_facts_clear(&reader->facts);
    memset(reader, 0, sizeof *reader);
}

uf_status uf_reader_fail(const struct uf_reader *reader, size_t dimension, struct uf_error *error,
                         const char *format, ...)
{
    char message[UF_ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    size_t line = 0, column = 0;
    reader->format->place(reader, dimension, &line, &column);
    char place[UF_READER_PLACE_SIZE] = "";
    if (reader->format->name_place) reader->format->name_place(reader, dimension, place, sizeof place);
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(reader->input), line, column, "%s%s%s", place,
                      *place ? ": " : "", message);
}

uf_status uf_reader_fail_dimension(const struct uf_reader *reader, const char *name,
                                   const struct uf_text_list *names, struct uf_error *error)
{
    const char *nearest = uf_text_nearest(name, (const char *const *)names->items, names->count);
    const char *file = uf_input_name(reader->input);
    if (nearest)
        return uf_fail_at(error, UF_BAD_USAGE, file, 0, 0, "the file has no column '%s'; did you mean '%s'?",
                          name, nearest);
    struct uf_buffer list = {0};
    for (size_t i = 0; i < names->count; i++) {
        if (i > 0) uf_buffer_append(&list, ", ");
        uf_buffer_append(&list, names->items[i]);
    }
    uf_status status =
        uf_fail_at(error, UF_BAD_USAGE, file, 0, 0, "the file has no column '%s'; it has %.900s", name,
                   list.data ? list.data : "none");
    uf_buffer_clear(&list);
    return status;
}

enum uf_role uf_wished_role(const struct uf_reader_wishes *wishes, const char *dimension, bool *out_said)
{
    const struct uf_dimension_role *found = NULL;
    for (size_t i = 0; i < wishes->n_roles; i++) {
        const struct uf_dimension_role *role = &wishes->roles[i];
        if (!strcmp(role->dimension, dimension)) {
            found = role;
            break;
        }
        if (!strcasecmp(role->dimension, dimension)) found = role;
    }
    *out_said = found != NULL;
    return found ? found->role : UF_ROLE_NONE;
}
