// SPDX-License-Identifier: GPL-3.0-or-later
/* The dimensions of a JSON-stat data set: `id`, `size`, and the codes of `category.index`. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/jsonstat.h"

enum { MOST_DIMENSIONS = 200 };

const json_t *uf_jsonstat_about_dimensions(const struct uf_jsonstat *set, const char *key,
                                           struct uf_json_path *out_path)
{
    const json_t *found = json_object_get(set->set, key), *dimension = json_object_get(set->set, "dimension");
    *out_path = uf_json_member(set->path, key);
    if (!found && json_object_get(dimension, key)) {
        found = json_object_get(dimension, key);
        *out_path = uf_json_member(uf_json_member(set->path, "dimension"), key);
    }
    return found;
}

/* `category.index` is missing: the dimension has one code, which its label names. */
static uf_status read_single(struct uf_reader *reader, size_t d, const json_t *labels,
                             const struct uf_json_path *path, struct uf_error *error)
{
    if (json_object_size(labels) != 1)
        return uf_json_fail(reader->input, path, error,
                            "there is no 'index', which only a dimension with one code and its 'label' may "
                            "lack; this one has "
                            "%zu labels",
                            json_object_size(labels));
    const char *code = json_object_iter_key(json_object_iter((json_t *)labels));
    return uf_facts_code(&reader->facts, d, code, uf_json_text(labels, code), error);
}

static uf_status read_listed(struct uf_reader *reader, size_t d, const json_t *index, const json_t *labels,
                             const struct uf_json_path *path, struct uf_error *error)
{
    json_t *seen = json_object();
    uf_status status = seen ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < json_array_size(index) && status == UF_OK; i++) {
        char buffer[UF_NUMBER_SIZE];
        const char *code = uf_json_scalar(json_array_get(index, i), buffer);
        const struct uf_json_path here = uf_json_item(*path, i);
        if (!code)
            status = uf_json_fail(reader->input, &here, error, "expected a code, a text");
        else if (json_object_get(seen, code))
            status = uf_json_fail(reader->input, &here, error, "the code '%.200s' stands twice", code);
        else if (json_object_set_new(seen, code, json_true()) != 0)
            status = uf_fail_memory(error);
        else
            status = uf_facts_code(&reader->facts, d, code, uf_json_text(labels, code), error);
    }
    json_decref(seen);
    return status;
}

/* An object from codes to their places. */
static uf_status order_codes(struct uf_reader *reader, const json_t *index, const struct uf_json_path *path,
                             const char **codes, struct uf_error *error)
{
    const char *code;
    json_t *place;
    size_t n = json_object_size(index);
    json_object_foreach((json_t *)index, code, place)
    {
        const struct uf_json_path here = uf_json_member(*path, code);
        size_t at;
        if (!uf_json_whole(place, &at) || at >= n)
            return uf_json_fail(reader->input, &here, error,
                                "expected the code's place, a whole number from 0 to %zu", n - 1);
        if (codes[at])
            return uf_json_fail(reader->input, &here, error,
                                "the codes '%.200s' and '%.200s' both have the place %zu", codes[at], code,
                                at);
        codes[at] = code;
    }
    return UF_OK;
}

static uf_status read_placed(struct uf_reader *reader, size_t d, const json_t *index, const json_t *labels,
                             const struct uf_json_path *path, struct uf_error *error)
{
    size_t n = json_object_size(index);
    const char **codes = calloc(n ? n : 1, sizeof *codes);
    if (!codes) return uf_fail_memory(error);
    uf_status status = order_codes(reader, index, path, codes, error);
    for (size_t i = 0; i < n && status == UF_OK; i++)
        status = uf_facts_code(&reader->facts, d, codes[i], uf_json_text(labels, codes[i]), error);
    free(codes);
    return status;
}

static uf_status read_codes(struct uf_reader *reader, size_t d, struct uf_json_path path,
                            struct uf_error *error)
{
    const struct uf_jsonstat *set = reader->state;
    const json_t *category = json_object_get(set->dimensions[d].object, "category");
    path = uf_json_member(path, "category");
    if (!json_is_object(category))
        return uf_json_fail(reader->input, &path, error,
                            "expected an object with the codes of the dimension ('index')");
    const json_t *index = json_object_get(category, "index"), *labels = json_object_get(category, "label");
    if (labels && !json_is_object(labels)) {
        path = uf_json_member(path, "label");
        return uf_json_fail(reader->input, &path, error, "expected an object from codes to labels");
    }
    if (!index) return read_single(reader, d, labels, &path, error);
    path = uf_json_member(path, "index");
    if (json_is_array(index)) return read_listed(reader, d, index, labels, &path, error);
    if (json_is_object(index)) return read_placed(reader, d, index, labels, &path, error);
    return uf_json_fail(reader->input, &path, error,
                        "expected a list of codes, or an object from codes to their places");
}

static uf_status read_dimension(struct uf_reader *reader, size_t d, const json_t *ids,
                                const struct uf_json_path *ids_path, struct uf_error *error)
{
    struct uf_jsonstat *set = reader->state;
    struct uf_jsonstat_dimension *dimension = &set->dimensions[d];
    const json_t *all = json_object_get(set->set, "dimension");
    const struct uf_json_path named = uf_json_item(*ids_path, d);
    dimension->id = json_string_value(json_array_get(ids, d));
    if (!dimension->id || !*dimension->id)
        return uf_json_fail(reader->input, &named, error, "expected the name of a dimension, a text");
    for (size_t before = 0; before < d; before++)
        if (!strcmp(set->dimensions[before].id, dimension->id))
            return uf_json_fail(reader->input, &named, error, "the dimension '%.200s' stands twice",
                                dimension->id);
    dimension->object = json_object_get(all, dimension->id);
    struct uf_json_path path = uf_json_member(set->path, "dimension");
    if (!json_is_object(dimension->object))
        return uf_json_fail(reader->input, &path, error, "there is no object '%.200s', which 'id' names",
                            dimension->id);
    path = uf_json_member(path, dimension->id);
    UF_TRY(uf_text_list_add(&reader->dimensions, dimension->id, error));
    UF_TRY(read_codes(reader, d, path, error));
    struct uf_dimension_facts *facts = &reader->facts.dimensions[d];
    dimension->size = facts->codes.count;
    return uf_facts_set(&facts->label, uf_json_text(dimension->object, "label"), error);
}

/* Each size must be the number of codes; where there are fewer or more sizes than dimensions, the codes tell. */
static uf_status check_sizes(struct uf_reader *reader, struct uf_error *error)
{
    struct uf_jsonstat *set = reader->state;
    struct uf_json_path path;
    const json_t *sizes = uf_jsonstat_about_dimensions(set, "size", &path);
    if (sizes && !json_is_array(sizes))
        return uf_json_fail(reader->input, &path, error, "expected a list with the size of each dimension");
    if (json_array_size(sizes) != set->n_dimensions)
        return uf_json_note(
            reader, error,
            "the data set has %zu dimensions and gives %zu sizes; the sizes are taken from the codes",
            set->n_dimensions, json_array_size(sizes));
    for (size_t d = 0; d < set->n_dimensions; d++) {
        size_t size;
        const struct uf_json_path here = uf_json_item(path, d);
        if (!uf_json_whole(json_array_get(sizes, d), &size))
            return uf_json_fail(reader->input, &here, error, "expected a size, a whole number");
        if (size != set->dimensions[d].size)
            return uf_json_fail(reader->input, &here, error,
                                "the size of '%.200s' is said to be %zu, and it has %zu codes",
                                set->dimensions[d].id, size, set->dimensions[d].size);
    }
    return UF_OK;
}

static uf_status count_cells(struct uf_reader *reader, struct uf_error *error)
{
    struct uf_jsonstat *set = reader->state;
    const struct uf_json_path path = uf_json_member(set->path, "dimension");
    set->n_cells = 1;
    for (size_t d = 0; d < set->n_dimensions; d++) {
        const struct uf_json_path here = uf_json_member(path, set->dimensions[d].id);
        if (set->dimensions[d].size == 0)
            return uf_json_fail(reader->input, &here, error,
                                "the dimension has no codes, so there are no cells");
        if (__builtin_mul_overflow(set->n_cells, set->dimensions[d].size, &set->n_cells))
            return uf_json_fail(reader->input, &path, error,
                                "the product of the sizes is too large for any computer");
    }
    return UF_OK;
}

uf_status uf_jsonstat_read_dimensions(struct uf_reader *reader, struct uf_error *error)
{
    struct uf_jsonstat *set = reader->state;
    struct uf_json_path path;
    const json_t *ids = uf_jsonstat_about_dimensions(set, "id", &path);
    const struct uf_json_path all = uf_json_member(set->path, "dimension");
    if (!json_is_object(json_object_get(set->set, "dimension")))
        return uf_json_fail(reader->input, &all, error,
                            "expected an object with the dimensions of the data set");
    if (!json_is_array(ids) || json_array_size(ids) == 0)
        return uf_json_fail(reader->input, &path, error, "expected a list with the names of the dimensions");
    size_t n = json_array_size(ids);
    if (n > MOST_DIMENSIONS)
        return uf_json_fail(reader->input, &path, error, "a table of %zu dimensions is not read; at most %d",
                            n, MOST_DIMENSIONS);
    set->dimensions = calloc(n, sizeof *set->dimensions);
    set->codes = calloc(n, sizeof *set->codes);
    if (!set->dimensions || !set->codes) return uf_fail_memory(error);
    set->n_dimensions = n;
    UF_TRY(uf_facts_dimensions(&reader->facts, n, error));
    for (size_t d = 0; d < n; d++) UF_TRY(read_dimension(reader, d, ids, &path, error));
    UF_TRY(check_sizes(reader, error));
    return count_cells(reader, error);
}
