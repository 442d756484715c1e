// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command_import_dry_run.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/report.h>

#include "base/fail.h"
#include "cli/places.h"
#include "cli/terminal.h"

/* --- as text ----------------------------------------------------------------------------------- */

static void add_fact(struct uf_buffer *text, const char *name, const char *value)
{
    if (!value || !*value) return;
    uf_buffer_append(text, name);
    uf_buffer_append(text, ": ");
    uf_buffer_append(text, value);
    uf_buffer_append_char(text, '\n');
}

static const char *mark_name(char mark, char buffer[2])
{
    if (mark == '\t') return "tab";
    if (mark == ' ') return "blank";
    buffer[0] = mark;
    buffer[1] = '\0';
    return buffer;
}

static void add_count(struct uf_buffer *text, const char *name, size_t count)
{
    uf_buffer_append(text, name);
    uf_buffer_append(text, ": ");
    uf_buffer_append_size(text, count);
    uf_buffer_append_char(text, '\n');
}

/* The columns of the first cells have the file's names, which are what the options take. */
static uf_status add_table(struct uf_buffer *text, const char *heading, const struct uf_table *table,
                           bool literal, struct uf_error *error)
{
    if (uf_table_rows(table) == 0) return UF_OK;
    char *printed = NULL;
    UF_TRY(literal ? uf_table_to_literal_text(table, UF_ENGLISH, &printed, error)
                   : uf_table_to_text(table, UF_ENGLISH, &printed, error));
    uf_buffer_append_char(text, '\n');
    uf_buffer_append(text, heading);
    uf_buffer_append_char(text, '\n');
    uf_buffer_append(text, printed);
    free(printed);
    return UF_OK;
}

static void add_sentences(struct uf_buffer *text, const char *heading, const struct uf_text_list *list)
{
    if (list->count == 0) return;
    uf_buffer_append_char(text, '\n');
    uf_buffer_append(text, heading);
    uf_buffer_append_char(text, '\n');
    for (size_t i = 0; i < list->count; i++) {
        uf_buffer_append(text, "- ");
        uf_buffer_append(text, list->items[i]);
        uf_buffer_append_char(text, '\n');
    }
}

/* Publishers' notes may be pages: the first lines of each, and how many there are. */
static void add_remarks(struct uf_buffer *text, const struct uf_table *remarks)
{
    enum { SHOWN = 10, LONGEST = 300 };
    size_t count = uf_table_rows(remarks);
    if (count > 0) uf_buffer_append(text, "\nThe publisher's notes\n");
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        const char *scope = uf_table_text(remarks, i, 0), *note = uf_table_text(remarks, i, 1);
        size_t length = note ? strlen(note) : 0;
        bool cut = length > LONGEST;
        if (cut) length = LONGEST;
        while (cut && length > 0 && ((unsigned char)note[length] & 0xC0) == 0x80) length--;
        uf_buffer_append(text, "- ");
        if (scope && *scope) {
            uf_buffer_append(text, scope);
            uf_buffer_append(text, ": ");
        }
        for (size_t j = 0; j < length; j++)
            uf_buffer_append_char(text, note[j] == '\n' || note[j] == '\r' ? ' ' : note[j]);
        uf_buffer_append(text, cut ? "\xE2\x80\xA6\n" : "\n");
    }
    if (count > SHOWN) add_count(text, "- all of them are stored; their number", count);
}

static uf_status print_text(const struct uf_import_description *d, struct uf_error *error)
{
    struct uf_buffer text = {0};
    char mark[2];
    add_fact(&text, "format", d->format);
    add_fact(&text, "encoding", d->encoding);
    if (d->delimiter) add_fact(&text, "delimiter", mark_name(d->delimiter, mark));
    if (d->decimal) add_fact(&text, "decimal mark", mark_name(d->decimal, mark));
    add_fact(&text, "title", d->title);
    add_fact(&text, "source", d->source);
    add_fact(&text, "updated", d->updated);
    add_fact(&text, "language", d->language);
    add_fact(&text, "licence", d->licence);
    add_count(&text, "cells", d->cells);
    if (d->left_out) add_count(&text, "left out", d->left_out);
    uf_status status = add_table(&text, "Dimensions", d->dimensions, false, error);
    if (status == UF_OK) status = add_table(&text, "What is counted", d->contents, false, error);
    if (status == UF_OK) status = add_table(&text, "Signs without a number", d->missing, false, error);
    if (status == UF_OK) status = add_table(&text, "First cells", d->rows, true, error);
    add_remarks(&text, d->remarks);
    add_sentences(&text, "What was guessed and noticed", &d->notes);
    add_sentences(&text, "What is needed before it can be imported", &d->needs);
    uf_buffer_append(&text, "\nFor a study file\nsources:\n");
    uf_buffer_append(&text, d->study_source);
    if (status == UF_OK && text.failed) status = uf_fail_memory(error);
    if (status == UF_OK) status = terminal_print(text.data, error);
    uf_buffer_clear(&text);
    return status;
}

/* --- as JSON ----------------------------------------------------------------------------------- */

static uf_status set_table(json_t *root, const char *name, const struct uf_table *table,
                           struct uf_error *error)
{
    char *text = NULL;
    UF_TRY(uf_table_to_json(table, &text, error));
    json_t *parsed = json_loads(text, 0, NULL);
    free(text);
    if (json_object_set_new(root, name, parsed) == 0) return UF_OK;
    return uf_fail(error, UF_INTERNAL, "the table '%s' did not become JSON", name);
}

static json_t *sentences(const struct uf_text_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < list->count; i++)
        json_array_append_new(array, json_string(list->items[i]));
    return array;
}

static json_t *mark_json(char mark)
{
    return mark ? json_stringn(&mark, 1) : json_null();
}

static uf_status print_json(const struct uf_import_description *d, struct uf_error *error)
{
    json_t *root =
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:s?, s:s?, s:s?, s:s?, s:s?, s:I, s:I, s:o, s:o, s:s}",
                  "format", d->format, "encoding", d->encoding, "sha256", d->sha256, "delimiter",
                  mark_json(d->delimiter), "decimal", mark_json(d->decimal), "title", d->title, "source",
                  d->source, "updated", d->updated, "language", d->language, "licence", d->licence, "cells",
                  (json_int_t)d->cells, "left_out", (json_int_t)d->left_out, "notes", sentences(&d->notes),
                  "needs", sentences(&d->needs), "study_source", d->study_source);
    uf_status status = root ? UF_OK : uf_fail_memory(error);
    const struct {
        const char *name;
        const struct uf_table *table;
    } tables[] = {{"dimensions", d->dimensions},
                  {"contents", d->contents},
                  {"missing", d->missing},
                  {"rows", d->rows},
                  {"remarks", d->remarks}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables && status == UF_OK; i++)
        status = set_table(root, tables[i].name, tables[i].table, error);
    char *text = status == UF_OK ? json_dumps(root, JSON_INDENT(2)) : NULL;
    if (status == UF_OK) status = text ? terminal_print(text, error) : uf_fail_memory(error);
    if (status == UF_OK) status = terminal_print("\n", error);
    free(text);
    json_decref(root);
    return status;
}

uf_status import_dry_run(const struct arguments *arguments, const struct uf_import_request *request,
                         struct uf_error *error)
{
    const char *format = arguments_text(arguments, "format");
    bool json = format && !strcmp(format, "json");
    if (format && !json && strcmp(format, "table") != 0)
        return uf_fail(error, UF_BAD_USAGE, "found '%s' for '--format', expected table or json", format);
    struct uf_store *store = NULL;
    struct uf_import_description description = {0};
    UF_TRY(places_open_reference(arguments, &store, error));
    uf_status status = uf_import_describe(store, request, &description, error);
    uf_store_close(store);
    terminal_progress_end();
    UF_TRY(status);
    status = json ? print_json(&description, error) : print_text(&description, error);
    uf_import_description_clear(&description);
    return status;
}
