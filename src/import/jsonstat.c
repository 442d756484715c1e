// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * JSON-stat, version 2 (`class: dataset`) and version 1 (an object with one or several data sets, as SCB's and
 * Eurostat's older interfaces give).
 */
#include "import/jsonstat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

static int probe(const char *prefix)
{
    if (!uf_json_probe(prefix)) return 0;
    if (uf_json_probe_member(prefix, "dimension") || uf_json_probe_member(prefix, "class")) return 130;
    return 110; /* other readers of JSON know their own files; this one can say what is wrong with the rest */
}

/* --- which data set ---------------------------------------------------------------------------- */

static bool is_data_set(const json_t *object)
{
    return json_is_object(json_object_get(object, "dimension")) ||
           (json_object_get(object, "value") && json_object_get(object, "size"));
}

static void list_sets(const json_t *bundle, struct uf_buffer *out)
{
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)bundle, name, member)
    {
        if (!is_data_set(member)) continue;
        if (out->length > 0) uf_buffer_append(out, ", ");
        uf_buffer_append(out, name);
    }
}

static uf_status fail_several(const struct uf_reader *reader, const json_t *bundle, const char *wished,
                              struct uf_error *error)
{
    struct uf_buffer names = {0};
    list_sets(bundle, &names);
    uf_status status = uf_fail_at(
        error, wished ? UF_BAD_USAGE : UF_BAD_INPUT, uf_input_name(reader->input), 0, 0,
        wished
            ? "the file has no data set '%.100s'; it has %.900s"
            : "the file%s holds several data sets: %.900s; choose one by name or number (--sheet NAME, in a "
              "study sheet: NAME)",
        wished ? wished : "", names.data ? names.data : "none");
    uf_buffer_clear(&names);
    return status;
}

/* In a bundle: the only data set, or the one named or numbered from 1. */
static uf_status choose(struct uf_reader *reader, const char *wished, const char **out,
                        struct uf_error *error)
{
    const struct uf_jsonstat *set = reader->state;
    const char *name, *found = NULL;
    json_t *member;
    size_t count = 0, number = 0;
    bool numbered = wished && uf_json_whole_text(wished, &number);
    json_object_foreach(set->root, name, member)
    {
        if (!is_data_set(member)) continue;
        count++;
        if (wished ? !strcmp(name, wished) : count == 1) found = name;
        if (numbered && count == number && !found) found = name;
    }
    if (wished && !found && count > 0) return fail_several(reader, set->root, wished, error);
    if (!wished && count > 1) return fail_several(reader, set->root, NULL, error);
    *out = found;
    return UF_OK;
}

/* `class: collection`: links to data sets, not their figures. */
static uf_status fail_collection(const struct uf_reader *reader, const json_t *root, struct uf_error *error)
{
    const json_t *items = json_object_get(json_object_get(root, "link"), "item");
    struct uf_buffer links = {0};
    for (size_t i = 0; i < json_array_size(items) && links.length < 600; i++) {
        const char *href = uf_json_text(json_array_get(items, i), "href");
        if (!href) continue;
        uf_buffer_append(&links, links.length > 0 ? ", " : ": ");
        uf_buffer_append(&links, href);
    }
    const struct uf_json_path path = uf_json_member((struct uf_json_path){0}, "class");
    uf_status status = uf_json_fail(reader->input, &path, error,
                                    "the file is a collection: it names data sets and does not hold their "
                                    "values; download one of them%.900s",
                                    links.data ? links.data : "");
    uf_buffer_clear(&links);
    return status;
}

static uf_status fail_other(const struct uf_reader *reader, const json_t *root, struct uf_error *error)
{
    struct uf_buffer names = {0};
    const char *name;
    json_t *member;
    const char *kind = uf_json_text(root, "type");
    if (kind && json_is_array(json_object_get(root, "values")))
        return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(reader->input), 1, 1,
                          "the file is a list of codes (%.60s) and holds no figures; download a table's data",
                          kind);
    json_object_foreach((json_t *)root, name, member)
    {
        if (names.length > 300) break;
        if (names.length > 0) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, name);
    }
    uf_status status = uf_fail_at(
        error, UF_BAD_INPUT, uf_input_name(reader->input), 1, 1,
        "the file is JSON and no data set of JSON-stat, PxWeb or Kolada (%s%.400s); expected members such as "
        "'dimension' and 'value'",
        names.length > 0 ? "its members are " : "it has no members", names.data ? names.data : "");
    uf_buffer_clear(&names);
    return status;
}

static uf_status find_set(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                          struct uf_error *error)
{
    struct uf_jsonstat *set = reader->state;
    const char *class = uf_json_text(set->root, "class"), *name = NULL;
    if (class && !strcmp(class, "collection")) return fail_collection(reader, set->root, error);
    if (class && strcmp(class, "dataset") != 0) {
        const struct uf_json_path path = uf_json_member(set->path, "class");
        return uf_json_fail(
            reader->input, &path, error,
            "the file holds one part of a data set ('%.60s') and no values; download the data set", class);
    }
    if (class || is_data_set(set->root)) {
        set->set = set->root;
        return UF_OK;
    }
    UF_TRY(choose(reader, wishes->sheet, &name, error));
    if (!name) return fail_other(reader, set->root, error);
    set->set = json_object_get(set->root, name);
    set->path = uf_json_member(set->path, name);
    return UF_OK;
}

/* --- the format -------------------------------------------------------------------------------- */

static uf_status open(struct uf_reader *reader, const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    struct uf_jsonstat *set = calloc(1, sizeof *set);
    if (!set) return uf_fail_memory(error);
    reader->state = set;
    UF_TRY(uf_json_load(reader->input, &set->root, error));
    UF_TRY(find_set(reader, wishes, error));
    UF_TRY(uf_jsonstat_read_dimensions(reader, error));
    UF_TRY(uf_jsonstat_read_facts(reader, error));
    return uf_jsonstat_read_values(reader, error);
}

static uf_status next(struct uf_reader *reader, struct uf_cell *out, bool *out_more, struct uf_error *error)
{
    struct uf_jsonstat *set = reader->state;
    struct uf_json_reading reading;
    UF_TRY(uf_jsonstat_next(set, reader->input, NULL, &reading, out_more, error));
    if (!*out_more) return UF_OK;
    size_t rest = set->cell;
    for (size_t d = set->n_dimensions; d-- > 0;) {
        size_t size = set->dimensions[d].size;
        set->codes[d] = reader->facts.dimensions[d].codes.items[rest % size];
        rest /= size;
    }
    *out = (struct uf_cell){
        .codes = set->codes, .is_read = true, .value = reading.value, .status = reading.status};
    return UF_OK;
}

static void place(const struct uf_reader *reader, size_t dimension, size_t *out_line, size_t *out_column)
{
    const struct uf_jsonstat *set = reader->state;
    struct uf_json_path path = set->value_path;
    char cell[32];
    if (dimension == UF_VALUE_PLACE) {
        snprintf(cell, sizeof cell, "%zu", set->cell);
        path = json_is_array(set->value) ? uf_json_item(path, set->cell) : uf_json_member(path, cell);
    } else {
        const struct uf_jsonstat_dimension *about = &set->dimensions[dimension];
        const json_t *category = json_object_get(about->object, "category");
        const json_t *index = json_object_get(category, "index");
        size_t rest = set->cell;
        for (size_t d = set->n_dimensions - 1; d > dimension; d--) rest /= set->dimensions[d].size;
        path = uf_json_member(uf_json_member(set->path, "dimension"), about->id);
        path = uf_json_member(uf_json_member(path, "category"), index ? "index" : "label");
        path = json_is_array(index) ? uf_json_item(path, rest % about->size)
                                    : uf_json_member(path, set->codes[dimension]);
    }
    uf_json_place(reader->input, &path, out_line, out_column);
}

static void close(struct uf_reader *reader)
{
    struct uf_jsonstat *set = reader->state;
    if (!set) return;
    for (size_t d = 0; d < set->n_dimensions; d++) free(set->dimensions[d].noise);
    free(set->dimensions);
    free(set->codes);
    json_decref(set->root);
    free(set);
}

const struct uf_format uf_format_json_stat = {
    .name = "json-stat",
    .summary = "JSON-stat 1 and 2, as of SCB, Eurostat and PxWeb",
    .probe = probe,
    .open = open,
    .next = next,
    .place = place,
    .close = close,
};
