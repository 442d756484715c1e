// SPDX-License-Identifier: GPL-3.0-or-later
/* datapackage.json: the files with what their columns mean, and as tables within it what the figures do not tell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utfall/file.h>

#include "base/fail.h"
#include "export/output.h"
#include "export/writers.h"

json_t *export_json_text(const char *text)
{
    return text ? json_string(text) : json_null();
}

/* --- tables within the descriptor -------------------------------------------------------------- */

/* Takes over `rows`. `fields`: names, NULL behind the last; a field that is no text is named with `:number`. */
static json_t *inline_table(const char *name, const char *title, const char *const *fields, json_t *rows)
{
    json_t *list = json_array();
    for (; *fields; fields++) {
        const char *colon = strchr(*fields, ':');
        size_t length = colon ? (size_t)(colon - *fields) : strlen(*fields);
        json_array_append_new(list, json_pack("{s:s#, s:s}", "name", *fields, (int)length, "type",
                                              colon ? colon + 1 : "string"));
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:{s:o}}", "name", name, "title", title, "profile",
                     "tabular-data-resource", "data", rows, "schema", "fields", list);
}

static json_t *year_or_null(int year)
{
    return year ? json_integer(year) : json_null();
}

static json_t *list_indicators(const struct export_contents *contents)
{
    static const char *const FIELDS[] = {
        "code", "theme",           "name_sv",          "name_en", "unit_sv", "unit_en",
        "kind", "rounding:number", "decimals:integer", "source",  "licence", "observations:integer",
        NULL};
    json_t *rows = json_array();
    for (size_t i = 0; i < contents->n_indicators; i++) {
        const struct export_indicator *indicator = &contents->indicators[i];
        json_t *decimals =
            isnan(indicator->decimals) ? json_null() : json_integer((json_int_t)indicator->decimals);
        json_array_append_new(
            rows,
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:o, s:o, s:o, s:I}", "code",
                      export_json_text(indicator->code), "theme", export_json_text(indicator->theme),
                      "name_sv", export_json_text(indicator->name_sv), "name_en",
                      export_json_text(indicator->name_en), "unit_sv", export_json_text(indicator->unit_sv),
                      "unit_en", export_json_text(indicator->unit_en), "kind",
                      export_json_text(indicator->kind), "rounding",
                      isnan(indicator->rounding) ? 0.0 : indicator->rounding, "decimals", decimals, "source",
                      export_json_text(indicator->source), "licence", export_json_text(indicator->licence),
                      "observations", (json_int_t)indicator->observations));
    }
    return inline_table("indicators", "What the figures are", FIELDS, rows);
}

static json_t *list_regions(const struct export_contents *contents)
{
    static const char *const FIELDS[] = {"code",
                                         "level",
                                         "parent",
                                         "name_sv",
                                         "name_en",
                                         "short_name",
                                         "valid_from:integer",
                                         "valid_to:integer",
                                         NULL};
    json_t *rows = json_array();
    for (size_t i = 0; i < contents->regions.count; i++) {
        const struct export_code *region = &contents->regions.items[i];
        if (!region->listed) continue;
        json_array_append_new(
            rows, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "code",
                            export_json_text(region->code), "level", export_json_text(region->class),
                            "parent", export_json_text(region->parent), "name_sv",
                            export_json_text(region->name_sv), "name_en", export_json_text(region->name_en),
                            "short_name", export_json_text(region->short_name), "valid_from",
                            year_or_null(region->valid_from), "valid_to", year_or_null(region->valid_to)));
    }
    return inline_table("regions", "Regions of the figures, and those they lie in", FIELDS, rows);
}

static json_t *list_sectors(const struct export_contents *contents)
{
    static const char *const FIELDS[] = {"code", "scheme", "parent", "name_sv", "name_en", NULL};
    json_t *rows = json_array();
    for (size_t i = 0; i < contents->sectors.count; i++) {
        const struct export_code *sector = &contents->sectors.items[i];
        if (!sector->listed) continue;
        json_array_append_new(
            rows,
            json_pack("{s:o, s:o, s:o, s:o, s:o}", "code", export_json_text(sector->code), "scheme",
                      export_json_text(sector->class), "parent", export_json_text(sector->parent), "name_sv",
                      export_json_text(sector->name_sv), "name_en", export_json_text(sector->name_en)));
    }
    return inline_table("sectors", "Sectors of the figures, and those they are part of", FIELDS, rows);
}

static json_t *list_labels(const struct export_contents *contents)
{
    static const char *const FIELDS[] = {"dimension", "code", "label", NULL};
    json_t *rows = json_array();
    for (size_t i = 0; i < contents->n_labels; i++) {
        const struct export_label *label = &contents->labels[i];
        json_array_append_new(
            rows, json_pack("{s:o, s:o, s:o}", "dimension", export_json_text(label->dimension), "code",
                            export_json_text(label->code), "label", export_json_text(label->label)));
    }
    return inline_table("codes", "Labels of the codes of breakdowns", FIELDS, rows);
}

static json_t *list_notes(const struct export_contents *contents)
{
    static const char *const FIELDS[] = {"scope", "text", NULL};
    json_t *rows = json_array();
    for (size_t i = 0; i < contents->n_notes; i++) {
        const struct export_note *note = &contents->notes[i];
        if (!note->listed) continue;
        json_array_append_new(rows, json_pack("{s:o, s:o}", "scope", export_json_text(note->scope), "text",
                                              export_json_text(note->text)));
    }
    return inline_table("notes", "What the publishers say; an empty scope is all of a file", FIELDS, rows);
}

/* --- sources and licences ---------------------------------------------------------------------- */

static bool is_listed(const json_t *list, const char *title)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *other = json_string_value(json_object_get(json_array_get(list, i), "title"));
        if (other && !strcmp(other, title)) return true;
    }
    return false;
}

static json_t *list_sources(const struct export_contents *contents)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contents->n_indicators; i++) {
        const char *source = contents->indicators[i].source;
        if (source && *source && !is_listed(list, source))
            json_array_append_new(list, json_pack("{s:o}", "title", export_json_text(source)));
    }
    return list;
}

/* A licence has a name of letters, digits, points and hyphens, or a path; the publisher's words are its title. */
static json_t *list_licences(const struct export_contents *contents)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contents->n_indicators; i++) {
        const char *licence = contents->indicators[i].licence;
        if (!licence || !*licence || is_listed(list, licence)) continue;
        const char *address = strstr(licence, "https://");
        char *slug = uf_text_slug(licence);
        json_t *item =
            json_pack("{s:s, s:o}", "name", slug ? slug : "licence", "title", export_json_text(licence));
        if (address) json_object_set_new(item, "path", json_stringn(address, strcspn(address, " ,;)\t\n")));
        json_array_append_new(list, item);
        free(slug);
    }
    return list;
}

/* --- the whole --------------------------------------------------------------------------------- */

static uf_status add_hash(json_t *resource, const char *folder, struct uf_error *error)
{
    const char *name = json_string_value(json_object_get(resource, "path"));
    char *path = name ? uf_path_join(folder, name) : NULL;
    char hash[UF_SHA256_SIZE], text[UF_SHA256_SIZE + 8] = "sha256:";
    struct stat info;
    if (!path) return uf_fail_memory(error);
    uf_status status = uf_file_sha256(path, hash, error);
    if (status == UF_OK && stat(path, &info) == 0) {
        memcpy(text + strlen(text), hash, sizeof hash);
        json_object_set_new(resource, "hash", json_string(text));
        json_object_set_new(resource, "bytes", json_integer((json_int_t)info.st_size));
    }
    free(path);
    return status;
}

static json_t *make_package(const struct export_contents *contents, json_t *resources)
{
    const char *name = export_writer_of(contents->request->format)->name;
    json_t *package =
        json_pack("{s:s, s:s, s:s, s:s}", "profile",
                  contents->request->format == UF_EXPORT_JSON_STAT ? "data-package" : "tabular-data-package",
                  "name", "utfall-export", "title", "Observations exported from Utfall", "description",
                  "`utfall import --package` reads this folder back into a store. Resources with `data` are "
                  "tables within this file.");
    json_object_set_new(package, "utfall",
                        json_pack("{s:i, s:s, s:I, s:I}", "version", 1, "format", name, "observations",
                                  (json_int_t)contents->observations, "missing",
                                  (json_int_t)contents->missing));
    json_t *licences = list_licences(contents), *sources = list_sources(contents);
    if (json_array_size(licences) > 0) json_object_set(package, "licenses", licences);
    if (json_array_size(sources) > 0) json_object_set(package, "sources", sources);
    json_decref(licences);
    json_decref(sources);
    json_object_set(package, "resources", resources);
    return package;
}

uf_status export_descriptor(const struct export_contents *contents, json_t *resources, const char *folder,
                            const char *final, struct uf_error *error)
{
    for (size_t i = 0; i < json_array_size(resources); i++)
        UF_TRY(add_hash(json_array_get(resources, i), folder, error));
    json_t *const tables[] = {list_indicators(contents), list_regions(contents), list_sectors(contents),
                              list_labels(contents), list_notes(contents)};
    bool complete = true;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        complete = complete && tables[i];
        if (tables[i] && json_array_size(json_object_get(tables[i], "data")) > 0)
            json_array_append(resources, tables[i]);
        json_decref(tables[i]);
    }
    json_t *package = complete ? make_package(contents, resources) : NULL;
    char *text = package ? json_dumps(package, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
    json_decref(package);
    if (!text)
        return uf_fail(error, UF_BAD_INPUT,
                       "a text of the store is not UTF-8, so it cannot be exported (or there is no memory)");
    struct export_output output = {0};
    uf_status status = export_output_open(folder, "datapackage.json", &output, error);
    if (status == UF_OK) {
        export_output_text(&output, text);
        export_output_text(&output, "\n");
        status = export_output_close(&output, final, error);
    }
    free(text);
    return status;
}
