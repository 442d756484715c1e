// SPDX-License-Identifier: GPL-3.0-or-later
/* JSON-stat 2.0: one dataset per indicator, in a file of its own. What is about codes is made by the JSON library;
 * values and statuses are written as they are read. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "export/cube.h"
#include "export/output.h"
#include "export/writers.h"

struct writing {
    struct export_contents *contents;
    const struct export_indicator *indicator;
    struct export_cube cube;
    struct export_output output;
    const char *final;
    uint64_t next; /* the position expected in the dense form */
    bool dense, in_order, statuses, first;
};

/* --- the head ---------------------------------------------------------------------------------- */

static const char *category_code(const struct writing *writing, const struct export_category *category,
                                 char buffer[UF_PERIOD_SIZE])
{
    if (category->period) return uf_period_print(category->period, buffer);
    return category->code ? category->code : writing->cube.none;
}

static json_t *describe_unit(const struct export_indicator *indicator)
{
    json_t *unit =
        json_pack("{s:o}", "label", export_json_text(indicator->unit_en ? indicator->unit_en : ""));
    if (!isnan(indicator->decimals))
        json_object_set_new(unit, "decimals", json_integer((json_int_t)indicator->decimals));
    return json_pack("{s:o}", indicator->code, unit);
}

static json_t *describe_axis(const struct writing *writing, const struct export_axis *axis)
{
    json_t *index = json_array(), *labels = json_object();
    char buffer[UF_PERIOD_SIZE];
    for (size_t i = 0; i < axis->count; i++) {
        const struct export_category *category = &axis->categories[i];
        const char *code = category_code(writing, category, buffer);
        json_array_append_new(index, export_json_text(code));
        const char *label = category->period ? code : category->code ? category->label : "none";
        if (label) json_object_set_new(labels, code, export_json_text(label));
    }
    json_t *category = json_pack("{s:o}", "index", index);
    if (json_object_size(labels) > 0)
        json_object_set_new(category, "label", labels);
    else
        json_decref(labels);
    if (axis->kind == EXPORT_AXIS_INDICATOR)
        json_object_set_new(category, "unit", describe_unit(writing->indicator));
    return json_pack("{s:o, s:o}", "label", export_json_text(axis->id), "category", category);
}

static json_t *describe_notes(const struct writing *writing)
{
    const struct export_contents *contents = writing->contents;
    const struct export_indicator *indicator = writing->indicator;
    json_t *notes = json_array();
    for (size_t i = 0; i < contents->n_notes; i++) {
        const struct export_note *note = &contents->notes[i];
        bool ours = false;
        for (size_t j = 0; j < indicator->n_batches; j++) ours = ours || indicator->batches[j] == note->batch;
        if (!ours || !note->listed) continue;
        struct uf_buffer text;
        uf_buffer_init(&text);
        uf_buffer_append(&text, note->scope);
        uf_buffer_append(&text, *note->scope ? ": " : "");
        uf_buffer_append(&text, note->text);
        json_array_append_new(notes, export_json_text(text.data ? text.data : ""));
        uf_buffer_clear(&text);
    }
    return notes;
}

/* When the newest of the indicator's files was imported. */
static uf_status find_updated(struct writing *writing, json_t *head, struct uf_error *error)
{
    char newest[64] = "", number[32];
    for (size_t i = 0; i < writing->indicator->n_batches; i++) {
        struct uf_table *table = NULL;
        snprintf(number, sizeof number, "%" PRId64, writing->indicator->batches[i]);
        const char *const parameters[] = {number};
        UF_TRY(uf_store_query(writing->contents->store, "SELECT imported_at FROM batch WHERE batch_id = ?1",
                              parameters, 1, &table, error));
        const char *text = uf_table_rows(table) ? uf_table_text(table, 0, 0) : NULL;
        if (text && strcmp(text, newest) > 0) snprintf(newest, sizeof newest, "%s", text);
        uf_table_free(table);
    }
    if (*newest) json_object_set_new(head, "updated", export_json_text(newest));
    return UF_OK;
}

static json_t *describe_extension(const struct writing *writing)
{
    const struct export_indicator *indicator = writing->indicator;
    json_t *extension = json_pack("{s:o, s:o, s:f, s:s}", "licence", export_json_text(indicator->licence),
                                  "kind", export_json_text(indicator->kind), "rounding",
                                  isnan(indicator->rounding) ? 0.0 : indicator->rounding, "status",
                                  "names of Utfall, joined by +; a cell without one is observed");
    bool none = false;
    for (size_t i = 0; i < writing->cube.n_axes; i++)
        for (size_t j = 0; j < writing->cube.axes[i].count; j++)
            none = none ||
                   (!writing->cube.axes[i].categories[j].code && !writing->cube.axes[i].categories[j].period);
    if (none) json_object_set_new(extension, "none", export_json_text(writing->cube.none));
    return extension;
}

static uf_status make_head(struct writing *writing, json_t **out, struct uf_error *error)
{
    const struct export_indicator *indicator = writing->indicator;
    json_t *ids = json_array(), *sizes = json_array(), *dimensions = json_object();
    for (size_t i = 0; i < writing->cube.n_axes; i++) {
        const struct export_axis *axis = &writing->cube.axes[i];
        json_array_append_new(ids, export_json_text(axis->id));
        json_array_append_new(sizes, json_integer((json_int_t)axis->count));
        json_object_set_new(dimensions, axis->id, describe_axis(writing, axis));
    }
    json_t *head = json_pack("{s:s, s:s, s:o}", "version", "2.0", "class", "dataset", "label",
                             export_json_text(indicator->name_en));
    if (indicator->source) json_object_set_new(head, "source", export_json_text(indicator->source));
    uf_status status = find_updated(writing, head, error);
    json_t *notes = describe_notes(writing);
    if (json_array_size(notes) > 0)
        json_object_set_new(head, "note", notes);
    else
        json_decref(notes);
    json_object_set_new(head, "id", ids);
    json_object_set_new(head, "size", sizes);
    json_object_set_new(
        head, "role",
        json_pack("{s:[s], s:[s], s:[s]}", "time", "period", "geo", "region", "metric", "indicator"));
    json_object_set_new(head, "dimension", dimensions);
    json_object_set_new(head, "extension", describe_extension(writing));
    if (status == UF_OK && !head) status = uf_fail_memory(error);
    if (status != UF_OK)
        json_decref(head);
    else
        *out = head;
    return status;
}

/* The head without its last brace: values and statuses follow. */
static uf_status write_head(struct writing *writing, struct uf_error *error)
{
    json_t *head = NULL;
    UF_TRY(make_head(writing, &head, error));
    char *text = json_dumps(head, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
    json_decref(head);
    if (!text) return uf_fail_memory(error);
    size_t length = strlen(text);
    while (length > 0 && strchr("}\n ", text[length - 1]) && text[length - 1] != '}') length--;
    export_output_bytes(&writing->output, text, length - 1);
    free(text);
    return UF_OK;
}

/* --- the cells --------------------------------------------------------------------------------- */

static uf_status check_order(const struct export_row *row, void *user, struct uf_error *error)
{
    (void)error;
    struct writing *writing = user;
    if (export_cube_position(&writing->cube, row) != writing->next++) writing->in_order = false;
    return UF_OK;
}

static uf_status write_cell(const struct export_row *row, void *user, struct uf_error *error)
{
    struct writing *writing = user;
    char text[UF_VALUE_STATUS_SIZE + 64], number[UF_NUMBER_SIZE], name[UF_VALUE_STATUS_SIZE];
    if (writing->statuses && row->status == UF_VALUE_OBSERVED) return UF_OK;
    if (!writing->first) export_output_text(&writing->output, ",");
    if (!writing->first && writing->next % 16 == 0) export_output_text(&writing->output, "\n  ");
    writing->first = false;
    writing->next++;
    if (writing->statuses || !writing->dense) {
        snprintf(text, sizeof text, "\"%" PRIu64 "\":", export_cube_position(&writing->cube, row));
        export_output_text(&writing->output, text);
    }
    if (writing->statuses) {
        snprintf(text, sizeof text, "\"%s\"", uf_value_status_print(row->status, name));
        export_output_text(&writing->output, text);
    } else {
        export_output_text(&writing->output,
                           isnan(row->value) ? "null" : uf_number_print(row->value, number));
    }
    if (export_output_failed(&writing->output))
        return export_output_close(&writing->output, writing->final, error);
    return UF_OK;
}

static uf_status write_cells(struct writing *writing, bool statuses, struct uf_error *error)
{
    bool array = writing->dense && !statuses;
    writing->statuses = statuses;
    writing->first = true;
    writing->next = 0;
    export_output_text(&writing->output, statuses ? ",\n \"status\": " : ",\n \"value\": ");
    export_output_text(&writing->output, array ? "[" : "{");
    UF_TRY(export_walk(writing->contents, writing->indicator, EXPORT_BY_CODE, write_cell, writing, error));
    export_output_text(&writing->output, array ? "]" : "}");
    return UF_OK;
}

static uf_status write_dataset(struct writing *writing, struct uf_error *error)
{
    writing->dense = writing->in_order = writing->cube.cells == writing->indicator->observations;
    if (writing->dense)
        UF_TRY(
            export_walk(writing->contents, writing->indicator, EXPORT_BY_CODE, check_order, writing, error));
    writing->dense = writing->in_order;
    UF_TRY(write_head(writing, error));
    UF_TRY(write_cells(writing, false, error));
    UF_TRY(write_cells(writing, true, error));
    export_output_text(&writing->output, "\n}\n");
    return export_output_close(&writing->output, writing->final, error);
}

/* --- the file and its descriptor --------------------------------------------------------------- */

static json_t *describe_dimensions(const struct writing *writing)
{
    static const char *const ROLES[] = {"indicator", "region", "sector", "breakdown", "period"};
    json_t *list = json_array();
    for (size_t i = 0; i < writing->cube.n_axes; i++) {
        const struct export_axis *axis = &writing->cube.axes[i];
        json_t *item = json_pack("{s:o, s:s}", "name", export_json_text(axis->id), "role", ROLES[axis->kind]);
        if (axis->kind == EXPORT_AXIS_BREAKDOWN)
            json_object_set_new(item, "dimension",
                                export_json_text(writing->contents->dimensions.items[axis->dimension]));
        json_array_append_new(list, item);
    }
    return list;
}

static uf_status describe(const struct writing *writing, const char *name, const char *path,
                          json_t *resources, struct uf_error *error)
{
    json_t *resource = json_pack("{s:s, s:s, s:o, s:s, s:s, s:s, s:s}", "name", name, "path", path, "title",
                                 export_json_text(writing->indicator->name_en), "profile", "data-resource",
                                 "format", "json", "mediatype", "application/json", "encoding", "utf-8");
    json_object_set_new(resource, "content", json_string("observations"));
    json_object_set_new(resource, "dimensions", describe_dimensions(writing));
    json_object_set_new(resource, "none", export_json_text(writing->cube.none));
    json_object_set_new(resource, "rows", json_integer((json_int_t)writing->indicator->observations));
    return resource && json_array_append_new(resources, resource) == 0 ? UF_OK : uf_fail_memory(error);
}

/* Names of files differ in more than their case, and say little: an indicator may be called anything. */
static uf_status name_file(const char *code, const json_t *resources, struct uf_buffer *out,
                           struct uf_error *error)
{
    char *slug = uf_text_slug(code);
    if (!slug) return uf_fail_memory(error);
    for (size_t n = 1; !out->failed; n++) {
        size_t i = 0;
        out->length = 0;
        uf_buffer_append(out, slug);
        if (n > 1) uf_buffer_append_char(out, '-');
        if (n > 1) uf_buffer_append_size(out, n);
        while (i < json_array_size(resources) &&
               strcmp(json_string_value(json_object_get(json_array_get(resources, i), "name")), out->data))
            i++;
        if (i == json_array_size(resources) && strcmp(out->data, "datapackage")) break;
    }
    free(slug);
    return out->failed ? uf_fail_memory(error) : UF_OK;
}

static uf_status write_indicator(struct export_contents *contents, const struct export_indicator *indicator,
                                 const char *folder, const char *final, json_t *resources,
                                 struct uf_error *error)
{
    struct writing writing = {.contents = contents, .indicator = indicator, .final = final};
    struct uf_buffer name, path;
    uf_buffer_init(&name);
    uf_buffer_init(&path);
    uf_status status = name_file(indicator->code, resources, &name, error);
    uf_buffer_append(&path, name.data);
    uf_buffer_append(&path, ".json");
    if (status == UF_OK && path.failed) status = uf_fail_memory(error);
    if (status == UF_OK) status = export_cube_make(contents, indicator, &writing.cube, error);
    if (status == UF_OK) status = export_output_open(folder, path.data, &writing.output, error);
    if (status == UF_OK) status = write_dataset(&writing, error);
    if (status == UF_OK) status = describe(&writing, name.data, path.data, resources, error);
    export_output_drop(&writing.output);
    export_cube_clear(&writing.cube);
    uf_buffer_clear(&path);
    uf_buffer_clear(&name);
    return status;
}

uf_status export_write_json_stat(struct export_contents *contents, const char *folder, const char *final,
                                 json_t *resources, struct uf_error *error)
{
    for (size_t i = 0; i < contents->n_indicators; i++)
        if (contents->indicators[i].observations > 0)
            UF_TRY(write_indicator(contents, &contents->indicators[i], folder, final, resources, error));
    return UF_OK;
}
