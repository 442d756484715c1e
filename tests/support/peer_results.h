// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_PEER_RESULTS_H
#define UTFALL_TESTS_PEER_RESULTS_H
/* Peers' results: a JSON file with `results`, each with an `id` and a `value` (a number, a named vector, or a
 * matrix). */
#include <gsl/gsl_matrix.h>
#include <jansson.h>
#include <stddef.h>

/* The `value` of an entry; fails the test when there is none. Borrowed. */
json_t *peer_value(const json_t *results, const char *id);
/* `values` of a named vector by name; fails the test when the name is absent. */
double peer_named(const json_t *value, const char *name);
/* Of a matrix with `row_names` and `col_names`; NaN for null. */
double peer_cell(const json_t *value, const char *row, const char *column);
/* A member that is an array of numbers; NaN for null or a text that is not a number. */
double peer_item(const json_t *value, const char *member, size_t index);

/* shared/reference/peers/data/g_regions_industries_matrix.csv: 16 German Länder × 17 sections, employment
 * 2015. Skips the test where absent. */
struct laender {
    gsl_matrix *value;
    char **region, **sector; /* names */
    size_t n_regions, n_sectors;
};
struct laender laender_read(void);
void laender_free(struct laender *laender);
#endif
