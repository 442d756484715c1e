// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_JSONSTAT_H
#define UTFALL_IMPORT_JSONSTAT_H
/*
 * A JSON-stat data set under way, as its files share it: jsonstat.c finds the data set in the file and walks
 * its cells, jsonstat_dimensions.c reads what spans the cube, jsonstat_values.c its values, jsonstat_facts.c
 * what is said about it.
 *
 * The last dimension runs fastest. Sizes are never believed: each is the number of codes that stand in the
 * file, and a dense cube has as many values as their product.
 */
#include "import/json_value.h"

struct uf_jsonstat_dimension {
    const char *id; /* borrowed from the tree */
    const json_t *object;
    size_t size;
    bool *noise; /* per code: a note says that its values are protected by noise; NULL: of none */
};
struct uf_jsonstat {
    json_t *root;
    const json_t *set;        /* the data set; borrowed from the root */
    struct uf_json_path path; /* of it */
    struct uf_jsonstat_dimension *dimensions;
    size_t n_dimensions, n_cells;
    const json_t *value, *status;
    struct uf_json_path value_path, status_path;
    bool noise; /* of all values */
    /* the walk */
    size_t next; /* of a dense cube: the next cell */
    void *iterator;
    bool beyond_values; /* of a sparse one: the values are done, cells with a status alone follow */
    size_t cell;        /* the current one */
    const char **codes;
};

/* Fills dimensions, their codes and labels (in the reader's facts), and the number of cells. */
uf_status uf_jsonstat_read_dimensions(struct uf_reader *reader, struct uf_error *error);
/* `id`, `size` and `role` stand beside `dimension`, in version 1 in it. */
const json_t *uf_jsonstat_about_dimensions(const struct uf_jsonstat *set, const char *key,
                                           struct uf_json_path *out_path);

/* Finds value and status, checks their shape, and reads each cell once for what is wrong or unknown. */
uf_status uf_jsonstat_read_values(struct uf_reader *reader, struct uf_error *error);
/* The next cell that stands in the file. */
uf_status uf_jsonstat_next(struct uf_jsonstat *set, struct uf_input *input, struct uf_json_signs *signs,
                           struct uf_json_reading *out, bool *out_more, struct uf_error *error);
void uf_jsonstat_rewind(struct uf_jsonstat *set);

/* Title, source, roles, contents, notes; whether notes speak of noise. */
uf_status uf_jsonstat_read_facts(struct uf_reader *reader, struct uf_error *error);
#endif
