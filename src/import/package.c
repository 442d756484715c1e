// SPDX-License-Identifier: GPL-3.0-or-later
/* An export back into a store: the descriptor says what each column is, so nothing is guessed. */
#include "import/package.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "base/fail.h"
#include "import/importer.h"

enum { PROGRESS_EVERY = 2048 };

/* What a dimension of the reader means. */
struct column {
    enum uf_role role;
    const char *dimension; /* of a breakdown: its name in the store */
};
struct package_import {
    const struct uf_package *package;
    const json_t *resource;
    struct uf_importer importer; /* its reader, store, request and summary are used */
    struct uf_package_names names;
    struct column *columns; /* as the reader's dimensions */
    size_t *order;          /* breakdowns, by name of their dimension */
    size_t n_breakdowns;
    const char *none; /* the code that means "none" in this file; NULL: only an empty one does */
};

static const struct {
    const char *name;
    enum uf_role role;
} ROLES[] = {{"indicator", UF_ROLE_CONTENT},   {"region", UF_ROLE_REGION}, {"sector", UF_ROLE_SECTOR},
             {"breakdown", UF_ROLE_BREAKDOWN}, {"period", UF_ROLE_PERIOD}, {"value", UF_ROLE_VALUE},
             {"status", UF_ROLE_STATUS}};

static enum uf_role role_of(const json_t *field)
{
    const char *name = uf_package_text(field, "role");
    for (size_t i = 0; name && i < sizeof ROLES / sizeof *ROLES; i++)
        if (!strcmp(name, ROLES[i].name)) return ROLES[i].role;
    return UF_ROLE_NONE;
}

/* Columns of a table, or dimensions of a cube. */
static const json_t *fields_of(const json_t *resource)
{
    const json_t *fields = json_object_get(json_object_get(resource, "schema"), "fields");
    return fields ? fields : json_object_get(resource, "dimensions");
}

/* --- the columns ------------------------------------------------------------------------------- */

static uf_status set_columns(struct package_import *work, struct uf_error *error)
{
    const struct uf_text_list *names = &work->importer.reader.dimensions;
    const json_t *fields = fields_of(work->resource);
    bool seen[UF_ROLE_CONTENT + 1] = {false};
    work->columns = calloc(names->count + 1, sizeof *work->columns);
    work->order = calloc(names->count + 1, sizeof *work->order);
    if (!work->columns || !work->order) return uf_fail_memory(error);
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        const char *name = uf_package_text(field, "name"), *dimension = uf_package_text(field, "dimension");
        enum uf_role role = role_of(field);
        if (role == UF_ROLE_NONE || role == UF_ROLE_VALUE || role == UF_ROLE_STATUS) continue;
        size_t place = name ? uf_text_list_find(names, name) : SIZE_MAX;
        if (place == SIZE_MAX)
            return uf_reader_fail_dimension(&work->importer.reader, name ? name : "", names, error);
        work->columns[place] = (struct column){role, dimension ? dimension : name};
        seen[role] = true;
        if (role != UF_ROLE_BREAKDOWN) continue;
        size_t at = work->n_breakdowns++;
        for (; at > 0 &&
               strcmp(work->columns[work->order[at - 1]].dimension, work->columns[place].dimension) > 0;
             at--)
            work->order[at] = work->order[at - 1];
        work->order[at] = place;
    }
    if (seen[UF_ROLE_CONTENT] && seen[UF_ROLE_REGION] && seen[UF_ROLE_PERIOD]) return UF_OK;
    return uf_package_fail(work->package, error, "a file has no column of the indicator, region or period");
}

static bool is_none(const struct package_import *work, const char *code)
{
    return *code == '\0' || (work->none && !strcmp(code, work->none));
}

static void write_breakdown(struct package_import *work, const struct uf_cell *cell)
{
    struct uf_buffer *text = &work->importer.breakdown;
    text->length = 0;
    if (text->data) text->data[0] = '\0';
    for (size_t i = 0; i < work->n_breakdowns; i++) {
        const struct column *column = &work->columns[work->order[i]];
        const char *code = cell->codes[work->order[i]];
        if (is_none(work, code)) continue;
        if (text->length > 0) uf_buffer_append_char(text, ';');
        uf_buffer_append(text, column->dimension);
        if (*column->dimension) uf_buffer_append_char(text, '=');
        uf_buffer_append(text, uf_package_code(&work->names, column->dimension, code));
    }
}

static uf_status locate(struct package_import *work, const struct uf_cell *cell, struct uf_observation *out,
                        struct uf_error *error)
{
    const struct uf_reader *reader = &work->importer.reader;
    *out = (struct uf_observation){0};
    for (size_t d = 0; d < reader->dimensions.count; d++) {
        const char *code = cell->codes[d];
        switch (work->columns[d].role) {
        case UF_ROLE_CONTENT:
            out->indicator = code;
            break;
        case UF_ROLE_REGION:
            out->region = uf_package_code(&work->names, UF_PACKAGE_REGIONS, code);
            break;
        case UF_ROLE_SECTOR:
            if (!is_none(work, code)) out->sector = uf_package_code(&work->names, UF_PACKAGE_SECTORS, code);
            break;
        case UF_ROLE_PERIOD:
            if (!uf_period_parse(code, strlen(code), &out->period))
                return uf_reader_fail(reader, d, error, "'%.100s' is not a period", code);
            break;
        default:
            break;
        }
    }
    write_breakdown(work, cell);
    out->breakdown = work->importer.breakdown.data;
    return work->importer.breakdown.failed ? uf_fail_memory(error) : UF_OK;
}

/* --- the cells --------------------------------------------------------------------------------- */

static uf_status store_cell(struct package_import *work, const struct uf_cell *cell, struct uf_error *error)
{
    struct uf_import_summary *summary = work->importer.summary;
    struct uf_observation observation;
    struct uf_error inner = {0};
    bool duplicate = false;
    summary->cells++;
    UF_TRY(locate(work, cell, &observation, error));
    UF_TRY(uf_importer_read_value(&work->importer, cell, &observation, error));
    uf_status status = uf_store_put_observation(work->importer.store, work->importer.batch, &observation,
                                                &duplicate, &inner);
    if (status == UF_BAD_INPUT)
        return uf_reader_fail(&work->importer.reader, UF_VALUE_PLACE, error, "%s", inner.message);
    if (status != UF_OK) {
        if (error) *error = inner;
        return status;
    }
    summary->duplicates += duplicate;
    summary->imported += !duplicate;
    summary->missing += !duplicate && uf_value_is_missing(observation.status);
    return UF_OK;
}

static uf_status walk(struct package_import *work, struct uf_error *error)
{
    struct uf_reader *reader = &work->importer.reader;
    const struct uf_import_request *request = work->importer.request;
    for (bool more = true; more;) {
        struct uf_cell cell;
        if (request->progress && work->importer.summary->cells % PROGRESS_EVERY == 0 &&
            request->progress(request->user, uf_input_bytes_read(reader->input),
                              uf_input_bytes_total(reader->input)) != 0)
            return uf_fail_at(error, UF_INTERRUPTED, uf_input_name(reader->input), 0, 0,
                              "interrupted; nothing of the export was stored");
        UF_TRY(reader->format->next(reader, &cell, &more, error));
        if (more) UF_TRY(store_cell(work, &cell, error));
    }
    return UF_OK;
}

/* --- one file ---------------------------------------------------------------------------------- */

/* A descriptor leads to files beside it and nowhere else. */
static uf_status path_of(const struct uf_package *package, const json_t *resource, char **out,
                         struct uf_error *error)
{
    const char *name = uf_package_text(resource, "path");
    if (!name || !*name || *name == '/' || !strncmp(name, "..", 2) || strstr(name, "/..") ||
        strstr(name, "://"))
        return uf_package_fail(package, error, "the path of a file must be a name beside the descriptor");
    *out = uf_path_join(package->folder, name);
    return *out ? UF_OK : uf_fail_memory(error);
}

static uf_status check_hash(const json_t *resource, const struct uf_input *input, struct uf_error *error)
{
    static const char PREFIX[] = "sha256:";
    const char *hash = uf_package_text(resource, "hash");
    if (hash && !strncmp(hash, PREFIX, sizeof PREFIX - 1) &&
        !strcmp(hash + sizeof PREFIX - 1, uf_input_sha256(input)))
        return UF_OK;
    return uf_fail_at(
        error, UF_BAD_INPUT, uf_input_name(input), 0, 0,
        "the file is not the one that was exported (its hash differs); export again, or import it "
        "as any file: utfall import FILE --indicator NAME");
}

static uf_status open_reader(struct package_import *work, struct uf_input *input,
                             struct uf_dimension_role *roles, struct uf_error *error)
{
    const json_t *fields = fields_of(work->resource), *dialect = json_object_get(work->resource, "dialect");
    const char *delimiter = uf_package_text(dialect, "delimiter"),
               *decimal = uf_package_text(dialect, "decimalChar"),
               *format = uf_package_text(work->resource, "format");
    struct uf_reader_wishes wishes = {
        .delimiter = delimiter ? *delimiter : 0, .decimal = decimal ? *decimal : 0, .roles = roles};
    bool table = format && !strcmp(format, "csv");
    for (size_t i = 0; table && i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        const char *name = uf_package_text(field, "name");
        if (name) roles[wishes.n_roles++] = (struct uf_dimension_role){role_of(field), name};
    }
    return uf_reader_open(input, table ? "csv-long" : "json-stat", &wishes, &work->importer.reader, error);
}

static uf_status import_cells(struct package_import *work, struct uf_input *input, struct uf_error *error)
{
    struct uf_importer *importer = &work->importer;
    struct uf_dimension_role *roles = calloc(json_array_size(fields_of(work->resource)) + 1, sizeof *roles);
    if (!roles) return uf_fail_memory(error);
    uf_status status = open_reader(work, input, roles, error);
    if (status == UF_OK) status = set_columns(work, error);
    if (status == UF_OK) status = walk(work, error);
    if (status == UF_OK)
        status = uf_store_batch_describe(importer->store, importer->batch, uf_input_encoding(input),
                                         importer->summary->cells, error);
    uf_reader_close(&importer->reader);
    free(roles);
    return status;
}

static uf_status import_input(struct package_import *work, struct uf_input *input, const char *selection,
                              bool *first, struct uf_error *error)
{
    struct uf_importer *importer = &work->importer;
    int64_t earlier = 0;
    UF_TRY(check_hash(work->resource, input, error));
    UF_TRY(uf_store_batch_find(importer->store, uf_input_sha256(input), selection, &earlier, error));
    if (earlier) {
        importer->summary->already_there = true;
        return UF_OK;
    }
    const char *format = uf_package_text(json_object_get(work->package->root, "utfall"), "format");
    UF_TRY(uf_store_batch_begin(importer->store, uf_input_name(input), format ? format : "export",
                                uf_input_sha256(input), &importer->batch, error));
    UF_TRY(uf_store_batch_select(importer->store, importer->batch, selection, error));
    if (*first) UF_TRY(uf_package_put_notes(work->package, importer->store, importer->batch, error));
    *first = false;
    return import_cells(work, input, error);
}

static uf_status import_resource(struct package_import *work, const char *selection, bool *first,
                                 struct uf_error *error)
{
    char *path = NULL;
    struct uf_input *input = NULL;
    UF_TRY(path_of(work->package, work->resource, &path, error));
    uf_status status = uf_input_open(path, "utf-8", &input, error);
    free(path);
    UF_TRY(status);
    if (json_is_true(json_object_get(work->resource, "codesWithNames")))
        status = uf_package_read_names(work->package, &work->names, error);
    work->none = uf_package_text(work->resource, "none");
    if (status == UF_OK) status = import_input(work, input, selection, first, error);
    uf_input_close(input);
    uf_package_names_clear(&work->names);
    uf_buffer_clear(&work->importer.breakdown);
    free(work->columns);
    free(work->order);
    return status;
}

/* --- the package ------------------------------------------------------------------------------- */

static uf_status import_all(const struct uf_package *package, struct uf_store *store,
                            const struct uf_import_request *request, struct uf_import_summary *summary,
                            struct uf_error *error)
{
    const json_t *resources = json_object_get(package->root, "resources");
    size_t files = 0;
    bool first = true;
    UF_TRY(uf_package_put_codes(package, store, error));
    for (size_t i = 0; i < json_array_size(resources); i++) {
        const json_t *resource = json_array_get(resources, i);
        const char *content = uf_package_text(resource, "content");
        if (!content || strcmp(content, "observations")) continue;
        struct package_import work = {.package = package,
                                      .resource = resource,
                                      .importer = {.store = store, .request = request, .summary = summary}};
        UF_TRY(import_resource(&work, "package", &first, error));
        files++;
    }
    return files > 0 ? UF_OK
                     : uf_package_fail(package, error, "the descriptor names no file of observations");
}

uf_status uf_import_package(struct uf_store *store, const struct uf_import_request *request,
                            struct uf_import_summary *out, struct uf_error *error)
{
    struct uf_package package = {0};
    struct uf_import_summary summary = {.format = "package"};
    snprintf(summary.encoding, sizeof summary.encoding, "UTF-8");
    UF_TRY(uf_package_open(request->path, &package, error));
    uf_status status = uf_store_begin(store, error);
    if (status == UF_OK) {
        status = import_all(&package, store, request, &summary, error);
        if (status == UF_OK) status = uf_store_commit(store, error);
        if (status != UF_OK) uf_store_rollback(store);
    }
    uf_package_close(&package);
    if (status == UF_OK) {
        *out = summary;
        return UF_OK;
    }
    uf_import_summary_clear(&summary);
    return status;
}
