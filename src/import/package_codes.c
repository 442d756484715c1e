// SPDX-License-Identifier: GPL-3.0-or-later
/* What the descriptor of an export tells beside the figures. */
#include "import/package.h"

#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "base/fail.h"

enum { LARGEST = 1 << 28 }; /* bytes of a descriptor */

uf_status uf_package_fail(const struct uf_package *package, struct uf_error *error, const char *what)
{
    return uf_fail_at(error, UF_BAD_INPUT, package->path, 0, 0, "%s; export again", what);
}

const char *uf_package_text(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

void uf_package_close(struct uf_package *package)
{
    json_decref(package->root);
    free(package->path);
    free(package->folder);
    *package = (struct uf_package){0};
}

static uf_status read_descriptor(struct uf_package *package, struct uf_error *error)
{
    char *bytes = NULL;
    size_t length = 0;
    json_error_t problem;
    UF_TRY(uf_file_read(package->path, LARGEST, &bytes, &length, error));
    package->root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &problem);
    free(bytes);
    if (!package->root)
        return uf_fail_at(error, UF_BAD_INPUT, package->path, problem.line > 0 ? (size_t)problem.line : 0,
                          problem.column > 0 ? (size_t)problem.column : 0, "this is not JSON: %s",
                          problem.text);
    const json_t *version = json_object_get(json_object_get(package->root, "utfall"), "version");
    if (!json_is_integer(version) || !json_is_array(json_object_get(package->root, "resources")))
        return uf_fail_at(
            error, UF_BAD_INPUT, package->path, 0, 0,
            "this descriptor is not of an export of Utfall; import its files one by one: utfall "
            "import FILE --indicator NAME");
    if (json_integer_value(version) != 1)
        return uf_fail_at(
            error, UF_BAD_INPUT, package->path, 0, 0,
            "this export was written by a newer Utfall (version %d of the descriptor, known is 1)",
            (int)json_integer_value(version));
    return UF_OK;
}

uf_status uf_package_open(const char *place, struct uf_package *out, struct uf_error *error)
{
    bool folder = uf_directory_exists(place);
    struct uf_package package = {.path =
                                     folder ? uf_path_join(place, "datapackage.json") : uf_text_copy(place)};
    package.folder = package.path ? uf_path_directory(package.path) : NULL;
    uf_status status = package.folder ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = read_descriptor(&package, error);
    if (status != UF_OK)
        uf_package_close(&package);
    else
        *out = package;
    return status;
}

const json_t *uf_package_table(const struct uf_package *package, const char *name)
{
    const json_t *resources = json_object_get(package->root, "resources");
    for (size_t i = 0; i < json_array_size(resources); i++) {
        const json_t *resource = json_array_get(resources, i);
        const char *called = uf_package_text(resource, "name");
        const json_t *data = json_object_get(resource, "data");
        if (called && !strcmp(called, name) && json_is_array(data)) return data;
    }
    return NULL;
}

/* --- into the store ---------------------------------------------------------------------------- */

static int year_of(const json_t *row, const char *member)
{
    return (int)json_integer_value(json_object_get(row, member));
}

static uf_status put_indicator(const struct uf_package *package, struct uf_store *store, const json_t *row,
                               struct uf_error *error)
{
    static const char *const KINDS[] = {"stock", "flow", "ratio"};
    const char *kind = uf_package_text(row, "kind");
    const json_t *decimals = json_object_get(row, "decimals");
    size_t k = 0;
    while (k < 3 && (!kind || strcmp(kind, KINDS[k]))) k++;
    if (k == 3 || !uf_package_text(row, "code"))
        return uf_package_fail(package, error, "an indicator has no code, or a kind that is not known");
    const struct uf_indicator indicator = {.code = uf_package_text(row, "code"),
                                           .theme = uf_package_text(row, "theme"),
                                           .name_sv = uf_package_text(row, "name_sv"),
                                           .name_en = uf_package_text(row, "name_en"),
                                           .unit_sv = uf_package_text(row, "unit_sv"),
                                           .unit_en = uf_package_text(row, "unit_en"),
                                           .kind = (enum uf_indicator_kind)k,
                                           .rounding = json_number_value(json_object_get(row, "rounding")),
                                           .source = uf_package_text(row, "source"),
                                           .licence = uf_package_text(row, "licence"),
                                           .has_decimals = json_is_integer(decimals),
                                           .decimals = (int)json_integer_value(decimals)};
    return uf_store_put_indicator(store, &indicator, error);
}

typedef uf_status put_row(struct uf_store *store, const json_t *row, struct uf_error *error);

static uf_status put_region(struct uf_store *store, const json_t *row, struct uf_error *error)
{
    const struct uf_region region = {.code = uf_package_text(row, "code"),
                                     .level = uf_package_text(row, "level"),
                                     .parent = uf_package_text(row, "parent"),
                                     .name_sv = uf_package_text(row, "name_sv"),
                                     .name_en = uf_package_text(row, "name_en"),
                                     .short_name = uf_package_text(row, "short_name"),
                                     .valid_from = year_of(row, "valid_from"),
                                     .valid_to = year_of(row, "valid_to")};
    return uf_store_put_region(store, &region, error);
}

static uf_status put_sector(struct uf_store *store, const json_t *row, struct uf_error *error)
{
    const struct uf_sector sector = {.code = uf_package_text(row, "code"),
                                     .scheme = uf_package_text(row, "scheme"),
                                     .parent = uf_package_text(row, "parent"),
                                     .name_sv = uf_package_text(row, "name_sv"),
                                     .name_en = uf_package_text(row, "name_en")};
    return uf_store_put_sector(store, &sector, error);
}

typedef uf_status find_code(struct uf_store *store, const char *code, char **out, struct uf_error *error);

static uf_status is_known(struct uf_store *store, find_code *find, const char *code, bool *out,
                          struct uf_error *error)
{
    char *found = NULL;
    *out = true;
    if (!code) return UF_OK;
    UF_TRY(find(store, code, &found, error));
    *out = found != NULL;
    free(found);
    return UF_OK;
}

/* Those that the store does not know; parents before what lies in them, whatever their order in the list. What the store
 * knows stays as it is there. */
static uf_status put_unknown(const struct uf_package *package, struct uf_store *store, const char *table,
                             find_code *find, put_row *put, struct uf_error *error)
{
    const json_t *rows = uf_package_table(package, table);
    size_t waiting = 1, before = SIZE_MAX;
    while (waiting > 0) {
        waiting = 0;
        for (size_t i = 0; i < json_array_size(rows); i++) {
            const json_t *row = json_array_get(rows, i);
            bool there = false, parent = false;
            if (!uf_package_text(row, "code")) return uf_package_fail(package, error, "a code is missing");
            UF_TRY(is_known(store, find, uf_package_text(row, "code"), &there, error));
            UF_TRY(is_known(store, find, uf_package_text(row, "parent"), &parent, error));
            if (!there && parent) UF_TRY(put(store, row, error));
            waiting += !there && !parent;
        }
        if (waiting == before)
            return uf_package_fail(package, error, "a region or sector lies in one that is not listed");
        before = waiting;
    }
    return UF_OK;
}

uf_status uf_package_put_codes(const struct uf_package *package, struct uf_store *store,
                               struct uf_error *error)
{
    const json_t *indicators = uf_package_table(package, "indicators"),
                 *codes = uf_package_table(package, "codes");
    UF_TRY(put_unknown(package, store, "regions", uf_store_find_region, put_region, error));
    UF_TRY(put_unknown(package, store, "sectors", uf_store_find_sector, put_sector, error));
    for (size_t i = 0; i < json_array_size(indicators); i++)
        UF_TRY(put_indicator(package, store, json_array_get(indicators, i), error));
    for (size_t i = 0; i < json_array_size(codes); i++) {
        const json_t *row = json_array_get(codes, i);
        UF_TRY(uf_store_put_code_label(store, uf_package_text(row, "dimension"), uf_package_text(row, "code"),
                                       uf_package_text(row, "label"), error));
    }
    return UF_OK;
}

uf_status uf_package_put_notes(const struct uf_package *package, struct uf_store *store, int64_t batch,
                               struct uf_error *error)
{
    const json_t *notes = uf_package_table(package, "notes");
    for (size_t i = 0; i < json_array_size(notes); i++) {
        const json_t *row = json_array_get(notes, i);
        UF_TRY(uf_store_batch_note(store, batch, uf_package_text(row, "scope"), uf_package_text(row, "text"),
                                   error));
    }
    return UF_OK;
}

/* --- codes with names behind ------------------------------------------------------------------- */

void uf_package_names_clear(struct uf_package_names *names)
{
    uf_codes_clear(&names->index);
    uf_text_list_clear(&names->codes);
}

static uf_status make_key(const char *scope, const char *text, struct uf_buffer *out, struct uf_error *error)
{
    uf_buffer_init(out);
    uf_buffer_append(out, scope);
    uf_buffer_append_char(out, '\x1f');
    uf_buffer_append(out, text);
    return out->failed ? uf_fail_memory(error) : UF_OK;
}

static uf_status add_name(struct uf_package_names *names, const char *scope, const char *code,
                          const char *name, struct uf_error *error)
{
    struct uf_buffer key;
    if (!scope || !code || !name || !*name || strchr(code, ' ')) return UF_OK;
    uf_status status = make_key(scope, code, &key, error);
    uf_buffer_append_char(&key, ' ');
    uf_buffer_append(&key, name);
    if (status == UF_OK && key.failed) status = uf_fail_memory(error);
    if (status == UF_OK)
        status = uf_codes_put(&names->index, key.data, key.length, (int64_t)names->codes.count, error);
    if (status == UF_OK) status = uf_text_list_add(&names->codes, code, error);
    uf_buffer_clear(&key);
    return status;
}

uf_status uf_package_read_names(const struct uf_package *package, struct uf_package_names *out,
                                struct uf_error *error)
{
    static const char *const TABLES[] = {"regions", "sectors", "codes"};
    static const char *const SCOPES[] = {UF_PACKAGE_REGIONS, UF_PACKAGE_SECTORS, NULL};
    struct uf_package_names names = {0};
    uf_codes_init(&names.index);
    uf_status status = UF_OK;
    for (size_t t = 0; t < 3; t++) {
        const json_t *rows = uf_package_table(package, TABLES[t]);
        for (size_t i = 0; i < json_array_size(rows) && status == UF_OK; i++) {
            const json_t *row = json_array_get(rows, i);
            status = add_name(&names, SCOPES[t] ? SCOPES[t] : uf_package_text(row, "dimension"),
                              uf_package_text(row, "code"),
                              uf_package_text(row, SCOPES[t] ? "name_sv" : "label"), error);
        }
    }
    if (status != UF_OK)
        uf_package_names_clear(&names);
    else
        *out = names;
    return status;
}

const char *uf_package_code(const struct uf_package_names *names, const char *scope, const char *text)
{
    struct uf_buffer key;
    int64_t place = 0;
    if (names->codes.count == 0 || !strchr(text, ' ')) return text;
    bool found = make_key(scope, text, &key, NULL) == UF_OK &&
                 uf_codes_find(&names->index, key.data, key.length, &place);
    uf_buffer_clear(&key);
    return found ? names->codes.items[place] : text;
}
