// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/peer_results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

json_t *peer_value(const json_t *results, const char *id)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(results, "results"), i, entry)
    {
        const char *found = json_string_value(json_object_get(entry, "id"));
        if (found != NULL && strcmp(found, id) == 0) return json_object_get(entry, "value");
    }
    fail_msg("no entry %s among the peers' results", id);
    return NULL;
}

static size_t position(const json_t *names, const char *name)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)names, i, item)
    {
        if (strcmp(json_string_value(item), name) == 0) return i;
    }
    fail_msg("no %s among the names", name);
    return 0;
}

static double number(const json_t *item)
{
    return json_is_number(item) ? json_number_value(item) : NAN;
}

double peer_named(const json_t *value, const char *name)
{
    size_t i = position(json_object_get(value, "names"), name);
    return number(json_array_get(json_object_get(value, "values"), i));
}

double peer_cell(const json_t *value, const char *row, const char *column)
{
    size_t r = position(json_object_get(value, "row_names"), row);
    size_t c = position(json_object_get(value, "col_names"), column);
    return number(json_array_get(json_array_get(json_object_get(value, "values"), r), c));
}

double peer_item(const json_t *value, const char *member, size_t index)
{
    const json_t *array = json_object_get(value, member);
    assert_true(json_is_array(array) && index < json_array_size(array));
    return number(json_array_get(array, index));
}

struct laender laender_read(void)
{
    struct raw_csv csv = raw_csv_read(need_shared("reference/peers/data/g_regions_industries_matrix.csv"));
    struct laender laender = {.n_regions = csv.n_rows, .n_sectors = csv.n_columns - 1};
    laender.value = gsl_matrix_alloc(laender.n_regions, laender.n_sectors);
    laender.region = calloc(laender.n_regions, sizeof *laender.region);
    laender.sector = calloc(laender.n_sectors, sizeof *laender.sector);
    assert_true(laender.value != NULL && laender.region != NULL && laender.sector != NULL);
    for (size_t s = 0; s < laender.n_sectors; s++) laender.sector[s] = strdup(csv.header[s + 1]);
    for (size_t r = 0; r < laender.n_regions; r++) {
        laender.region[r] = strdup(csv.cell[r * csv.n_columns]);
        for (size_t s = 0; s < laender.n_sectors; s++)
            gsl_matrix_set(laender.value, r, s, raw_csv_number(&csv, r, s + 1));
    }
    raw_csv_free(&csv);
    return laender;
}

void laender_free(struct laender *laender)
{
    for (size_t r = 0; r < laender->n_regions; r++) free(laender->region[r]);
    for (size_t s = 0; s < laender->n_sectors; s++) free(laender->sector[s]);
    free(laender->region);
    free(laender->sector);
    gsl_matrix_free(laender->value);
}
