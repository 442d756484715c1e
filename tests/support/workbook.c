// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/workbook.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/number.h>
#include <zip.h>

char *make_archive(const char *const *names_and_contents, size_t *out_length)
{
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_source_keep(source);
    zip_t *archive = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
    for (const char *const *p = names_and_contents; *p; p += 2) {
        zip_source_t *part = zip_source_buffer(archive, p[1], strlen(p[1]), 0);
        zip_int64_t index = zip_file_add(archive, p[0], part, ZIP_FL_OVERWRITE);
        if (index >= 0 && strlen(p[1]) < 100000)
            zip_set_file_compression(archive, (zip_uint64_t)index, ZIP_CM_STORE, 0);
    }
    if (zip_close(archive) != 0) abort();
    zip_stat_t about;
    zip_source_stat(source, &about);
    char *bytes = malloc(about.size);
    zip_source_open(source);
    zip_source_read(source, bytes, about.size);
    zip_source_close(source);
    zip_source_free(source);
    *out_length = about.size;
    return bytes;
}

char *make_workbook(const char *sheet, const char *strings, const char *styles, size_t *out_length)
{
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    static const char BOOK[] =
        "<x:workbook xmlns:x='m' xmlns:r='r'><x:sheets><x:sheet name='Sheet1' sheetId='4' "
        "r:id='a'/></x:sheets></x:workbook>";
    char relations[1024];
    snprintf(relations, sizeof relations,
             "<Relationships><Relationship Id='a' Type='" OFFICE "worksheet' Target='../sheets/one.xml'/>%s%s"
             "</Relationships>",
             strings ? "<Relationship Id='b' Type='" OFFICE "sharedStrings' Target='/texts.xml'/>" : "",
             styles ? "<Relationship Id='c' Type='" OFFICE "styles' Target='looks.xml'/>" : "");
    const char *parts[] = {"[Content_Types].xml",
                           "<Types/>",
                           "_rels/.rels",
                           "<Relationships><Relationship Id='q' Type='" OFFICE
                           "officeDocument' Target='book/b.xml'/></Relationships>",
                           "book/b.xml",
                           BOOK,
                           "book/_rels/b.xml.rels",
                           relations,
                           "sheets/one.xml",
                           sheet,
                           "texts.xml",
                           strings ? strings : "<sst/>",
                           "book/looks.xml",
                           styles ? styles : "<styleSheet/>",
                           NULL};
    return make_archive(parts, out_length);
}

static char *join(const struct uf_text_list *list)
{
    struct uf_buffer text = {0};
    for (size_t i = 0; i < list->count; i++) {
        uf_buffer_append(&text, list->items[i]);
        uf_buffer_append_char(&text, '\n');
    }
    return uf_buffer_take(&text);
}

static char *join_facts(const struct uf_reader *reader)
{
    const struct uf_file_facts *facts = &reader->facts;
    struct uf_buffer text = {0};
    if (facts->title) uf_buffer_append(&text, facts->title), uf_buffer_append_char(&text, '\n');
    for (size_t i = 0; i < facts->n_contents; i++) {
        uf_buffer_append(&text, "content ");
        uf_buffer_append(&text, facts->contents[i].label);
        uf_buffer_append_char(&text, '\n');
    }
    for (size_t d = 0; d < facts->n_dimensions; d++) {
        const struct uf_dimension_facts *about = &facts->dimensions[d];
        uf_buffer_append(&text, reader->dimensions.items[d]);
        uf_buffer_append(&text, about->hint == UF_ROLE_PERIOD    ? " period:"
                                : about->hint == UF_ROLE_CONTENT ? " content:"
                                                                 : ":");
        uf_buffer_append(&text, about->label);
        for (size_t i = 0; i < about->codes.count; i++) {
            uf_buffer_append_char(&text, ' ');
            uf_buffer_append(&text, about->codes.items[i]);
            uf_buffer_append_char(&text, '=');
            uf_buffer_append(&text, about->labels.items[i]);
        }
        uf_buffer_append_char(&text, '\n');
    }
    for (size_t i = 0; i < facts->n_notes; i++) {
        uf_buffer_append(&text, "note ");
        uf_buffer_append(&text, facts->notes[i].text);
        uf_buffer_append_char(&text, '\n');
    }
    return uf_buffer_take(&text);
}

static void dump_value(const struct uf_reader *reader, const struct uf_cell *cell, struct uf_buffer *text)
{
    double value = cell->value;
    uf_value_status status = cell->status;
    char number[UF_NUMBER_SIZE], words[UF_VALUE_STATUS_SIZE];
    if (!cell->is_read &&
        !uf_value_read(&reader->rules, cell->text, cell->length, cell->flags, &value, &status)) {
        uf_buffer_append(text, "text ");
        uf_buffer_append(text, cell->text);
    } else if (uf_value_is_missing(status)) {
        uf_buffer_append_char(text, '?');
        uf_buffer_append(text, uf_value_status_print(status, words));
        if (!isnan(value)) abort();
    } else {
        uf_buffer_append(text, uf_number_print(value, number));
    }
}

static uf_status dump_cells(struct uf_reader *reader, struct uf_buffer *text, struct uf_error *error)
{
    struct uf_cell cell;
    bool more = true;
    for (;;) {
        uf_status status = reader->format->next(reader, &cell, &more, error);
        if (status != UF_OK || !more) return status;
        for (size_t d = 0; d < reader->dimensions.count; d++) {
            if (d > 0) uf_buffer_append_char(text, '|');
            uf_buffer_append(text, cell.codes[d]);
        }
        uf_buffer_append_char(text, '=');
        dump_value(reader, &cell, text);
        if (reader->format->name_place) {
            char place[UF_READER_PLACE_SIZE];
            reader->format->name_place(reader, UF_VALUE_PLACE, place, sizeof place);
            uf_buffer_append(text, " @");
            uf_buffer_append(text, place);
        }
        uf_buffer_append_char(text, '\n');
    }
}

static char *dump(struct uf_input *input, const struct uf_reader_wishes *wishes, char **out_notes,
                  char **out_facts)
{
    static const struct uf_reader_wishes NONE = {0};
    struct uf_error error = {0};
    struct uf_reader reader = {0};
    struct uf_buffer text = {0};
    uf_status status = uf_reader_open(input, NULL, wishes ? wishes : &NONE, &reader, &error);
    if (status == UF_OK) {
        if (out_notes) *out_notes = join(&reader.notes);
        if (out_facts) *out_facts = join_facts(&reader);
        status = dump_cells(&reader, &text, &error);
        uf_reader_close(&reader);
    }
    if (status != UF_OK) {
        char message[UF_ERROR_MESSAGE_SIZE + UF_ERROR_FILE_SIZE];
        uf_error_format(&error, message, sizeof message);
        uf_buffer_append(&text, "ERROR ");
        uf_buffer_append(&text, message);
        uf_buffer_append_char(&text, '\n');
    }
    return uf_buffer_take(&text);
}

char *dump_bytes(const char *name, const char *bytes, size_t length, const struct uf_reader_wishes *wishes,
                 char **out_notes, char **out_facts)
{
    struct uf_error error = {0};
    struct uf_input *input = NULL;
    if (uf_input_open_memory(name, bytes, length, NULL, &input, &error) != UF_OK)
        return uf_text_copy(error.message);
    char *text = dump(input, wishes, out_notes, out_facts);
    uf_input_close(input);
    return text;
}

char *dump_file(const char *path, const struct uf_reader_wishes *wishes, char **out_notes, char **out_facts)
{
    char *bytes = NULL;
    size_t length = 0;
    struct uf_error error;
    if (uf_file_read(path, 0, &bytes, &length, &error) != UF_OK) return uf_text_copy(error.message);
    char *text = dump_bytes("test", bytes, length, wishes, out_notes, out_facts);
    free(bytes);
    return text;
}
