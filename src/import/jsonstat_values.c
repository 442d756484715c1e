// SPDX-License-Identifier: GPL-3.0-or-later
/* The cells of a JSON-stat data set: `value` dense or sparse, `status` as one text, a list or an object. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "import/jsonstat.h"

/* The description of a table without its figures. */
static uf_status fail_no_values(struct uf_reader *reader, struct uf_error *error)
{
    const struct uf_jsonstat *set = reader->state;
    const json_t *px = json_object_get(json_object_get(set->set, "extension"), "px");
    const char *table = uf_json_text(px, "tableid"), *href = uf_json_text(set->set, "href");
    const char *label = uf_json_text(set->set, "label");
    const struct uf_json_path path = uf_json_member(set->path, "value");
    return uf_json_fail(
        reader->input, &path, error,
        "the file describes a table of %zu cells%s%.200s%s and holds no values; download its data too "
        "(PxWebApi 2: tables/%.100s/data?outputFormat=json-stat2; version 1: ask with a query)%s%.300s",
        set->n_cells, label ? " (" : "", label ? label : "", label ? ")" : "", table ? table : "TABLE",
        href ? "; its address is " : "", href ? href : "");
}

/* Names of an object of values or signs are the numbers of cells. */
static uf_status check_numbers(struct uf_reader *reader, const json_t *sparse,
                               const struct uf_json_path *path, struct uf_error *error)
{
    const struct uf_jsonstat *set = reader->state;
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)sparse, key, item)
    {
        size_t cell;
        if (uf_json_whole_text(key, &cell) && cell < set->n_cells) continue;
        const struct uf_json_path here = uf_json_member(*path, key);
        return uf_json_fail(reader->input, &here, error, "expected the number of a cell, from 0 to %zu",
                            set->n_cells - 1);
    }
    return UF_OK;
}

static uf_status check_value(struct uf_reader *reader, struct uf_error *error)
{
    const struct uf_jsonstat *set = reader->state;
    if (!set->value || json_is_null(set->value) ||
        (json_is_array(set->value) && json_array_size(set->value) == 0) ||
        (json_is_object(set->value) && json_object_size(set->value) == 0))
        return fail_no_values(reader, error);
    if (json_is_object(set->value)) return check_numbers(reader, set->value, &set->value_path, error);
    if (!json_is_array(set->value))
        return uf_json_fail(reader->input, &set->value_path, error,
                            "expected a list of values, or an object from numbers of cells to values");
    if (json_array_size(set->value) != set->n_cells)
        return uf_json_fail(reader->input, &set->value_path, error,
                            "there are %zu values, and the dimensions span %zu cells; the file is cut off or "
                            "its dimensions are not those of its values",
                            json_array_size(set->value), set->n_cells);
    return UF_OK;
}

static uf_status check_status(struct uf_reader *reader, struct uf_error *error)
{
    const struct uf_jsonstat *set = reader->state;
    if (!set->status || json_is_string(set->status)) return UF_OK;
    if (json_is_object(set->status)) return check_numbers(reader, set->status, &set->status_path, error);
    if (!json_is_array(set->status))
        return uf_json_fail(reader->input, &set->status_path, error,
                            "expected a text, a list of texts, or an object from numbers of cells to texts");
    size_t n = json_array_size(set->status);
    if (n == set->n_cells || n == 1) return UF_OK;
    return uf_json_fail(reader->input, &set->status_path, error,
                        "there are %zu signs, and the dimensions span %zu cells", n, set->n_cells);
}

/* --- the walk ---------------------------------------------------------------------------------- */

/* The sign of a cell; NULL: none. `key` is the number of the cell as text, or NULL. */
static const json_t *sign_of(const struct uf_jsonstat *set, size_t cell, const char *key)
{
    char buffer[32];
    if (!set->status || json_is_string(set->status)) return set->status;
    if (json_is_array(set->status))
        return json_array_get(set->status, json_array_size(set->status) == 1 ? 0 : cell);
    if (!key) {
        snprintf(buffer, sizeof buffer, "%zu", cell);
        key = buffer;
    }
    return json_object_get(set->status, key);
}

void uf_jsonstat_rewind(struct uf_jsonstat *set)
{
    set->next = 0;
    set->beyond_values = false;
    set->iterator = json_is_object(set->value) ? json_object_iter((json_t *)set->value) : NULL;
}

/* The next cell that is given, with its value and the key of a sparse one; false at the end. */
static bool step(struct uf_jsonstat *set, const json_t **out_value, const char **out_key)
{
    *out_key = NULL;
    if (json_is_array(set->value)) {
        if (set->next == set->n_cells) return false;
        set->cell = set->next++;
        *out_value = json_array_get(set->value, set->cell);
        return true;
    }
    for (;;) {
        if (!set->iterator) {
            if (set->beyond_values || !json_is_object(set->status)) return false;
            set->beyond_values = true;
            set->iterator = json_object_iter((json_t *)set->status);
            continue;
        }
        *out_key = json_object_iter_key(set->iterator);
        *out_value = set->beyond_values ? NULL : json_object_iter_value(set->iterator);
        const json_t *from = set->beyond_values ? set->status : set->value;
        set->iterator = json_object_iter_next((json_t *)from, set->iterator);
        if (set->beyond_values && json_object_get(set->value, *out_key)) continue;
        return uf_json_whole_text(*out_key, &set->cell);
    }
}

static bool has_noise(const struct uf_jsonstat *set)
{
    if (set->noise) return true;
    size_t rest = set->cell;
    for (size_t d = set->n_dimensions; d-- > 0;) {
        const struct uf_jsonstat_dimension *dimension = &set->dimensions[d];
        if (dimension->noise && dimension->noise[rest % dimension->size]) return true;
        rest /= dimension->size;
    }
    return false;
}

static struct uf_json_path path_of_cell(const struct uf_jsonstat *set, const struct uf_json_path *path,
                                        const json_t *within, const char *key)
{
    if (json_is_array(within)) return uf_json_item(*path, set->cell);
    return key ? uf_json_member(*path, key) : *path;
}

uf_status uf_jsonstat_next(struct uf_jsonstat *set, struct uf_input *input, struct uf_json_signs *signs,
                           struct uf_json_reading *out, bool *out_more, struct uf_error *error)
{
    const json_t *value;
    const char *key;
    *out_more = step(set, &value, &key);
    if (!*out_more) return UF_OK;
    const json_t *sign = sign_of(set, set->cell, key);
    if (sign && !json_is_null(sign) && !json_is_string(sign)) {
        const struct uf_json_path here = path_of_cell(set, &set->status_path, set->status, key);
        return uf_json_fail(input, &here, error, "expected a text that says what the value is, or null");
    }
    UF_TRY(uf_json_value(value, json_string_value(sign), signs, out, error));
    if (!out->readable) {
        const struct uf_json_path here = path_of_cell(set, &set->value_path, set->value, key);
        const char *text = json_string_value(value);
        return uf_json_fail(input, &here, error, "expected a number or null%s%.200s%s",
                            text ? ", found the text '" : "", text ? text : "", text ? "'" : "");
    }
    if (!uf_value_is_missing(out->status) && has_noise(set)) out->status |= UF_VALUE_NOISE;
    return UF_OK;
}

/* --- before the walk --------------------------------------------------------------------------- */

static const json_t *labels_of_signs(const struct uf_jsonstat *set)
{
    /* Eurostat, in version 2 and in version 1 */
    const json_t *extension = json_object_get(json_object_get(set->set, "extension"), "status");
    const json_t *labels = json_object_get(extension, "label");
    const json_t *old = json_object_get(json_object_get(set->set, "status"), "category");
    return labels ? labels : json_object_get(old, "label");
}

/* An unknown sign stays with its cell as a note: `geo=SE11;time=2018`. */
static uf_status note_sign(struct uf_reader *reader, struct uf_error *error)
{
    const struct uf_jsonstat *set = reader->state;
    struct uf_buffer scope = {0};
    char key[32];
    size_t below = set->n_cells, rest = set->cell;
    for (size_t d = 0; d < set->n_dimensions; d++) {
        below /= set->dimensions[d].size;
        if (d > 0) uf_buffer_append_char(&scope, ';');
        uf_buffer_append(&scope, set->dimensions[d].id);
        uf_buffer_append_char(&scope, '=');
        uf_buffer_append(&scope, reader->facts.dimensions[d].codes.items[rest / below]);
        rest %= below;
    }
    snprintf(key, sizeof key, "%zu", set->cell);
    const char *sign = json_string_value(sign_of(set, set->cell, key));
    const char *label = uf_json_text(labels_of_signs(set), sign);
    return uf_json_keep_sign(reader, &scope, sign, label, error);
}

static uf_status survey(struct uf_reader *reader, struct uf_json_signs *signs, struct uf_error *error)
{
    enum { NOTED = 1000 }; /* cells whose unknown sign is kept one by one */
    struct uf_jsonstat *set = reader->state;
    size_t given = 0, unknown = 0;
    uf_jsonstat_rewind(set);
    for (bool more = true; more;) {
        struct uf_json_reading reading;
        UF_TRY(uf_jsonstat_next(set, reader->input, signs, &reading, &more, error));
        given += more;
        if (!more || !reading.unknown || unknown++ >= NOTED) continue;
        if (!json_is_string(set->status))
            UF_TRY(note_sign(reader, error));
        else if (unknown == 1) /* one sign for all cells */
            UF_TRY(uf_facts_note(&reader->facts, "", json_string_value(set->status), error));
    }
    if (unknown > NOTED && !json_is_string(set->status))
        UF_TRY(uf_json_note(reader, error,
                            "of the %zu cells with an unknown status the first %d have a note of it", unknown,
                            NOTED));
    if (given < set->n_cells)
        UF_TRY(
            uf_json_note(reader, error,
                         "%zu of the %zu cells that the dimensions span are not given in the file; they are "
                         "passed over",
                         set->n_cells - given, set->n_cells));
    return uf_json_signs_note(reader, signs, labels_of_signs(set), error);
}

uf_status uf_jsonstat_read_values(struct uf_reader *reader, struct uf_error *error)
{
    struct uf_jsonstat *set = reader->state;
    set->value = json_object_get(set->set, "value");
    set->value_path = uf_json_member(set->path, "value");
    set->status = json_object_get(set->set, "status");
    set->status_path = uf_json_member(set->path, "status");
    if (json_is_null(set->status)) set->status = NULL;
    if (json_object_get(set->status, "value")) { /* Eurostat, version 1 */
        set->status = json_object_get(set->status, "value");
        set->status_path = uf_json_member(set->status_path, "value");
    }
    UF_TRY(check_value(reader, error));
    UF_TRY(check_status(reader, error));
    struct uf_json_signs signs = {0};
    uf_status status = survey(reader, &signs, error);
    uf_json_signs_clear(&signs);
    uf_jsonstat_rewind(set);
    return status;
}
