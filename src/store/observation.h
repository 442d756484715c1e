// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STORE_OBSERVATION_H
#define UTFALL_STORE_OBSERVATION_H
/* What the two ways of adding observations share: the key of a cell, what stands in it, and when two values are the
 * same. */
#include <sqlite3.h>
#include <utfall/store.h>

enum { UF_CELL_KEYS = 5 };
struct uf_cell_key {
    int64_t
        part[UF_CELL_KEYS]; /* indicator, region, sector, breakdown, period: the order of the primary key */
};
struct uf_held {
    double value; /* NaN where missing */
    uf_value_status status;
    int64_t batch;
};

/* UF_BAD_INPUT unless the value is NaN exactly where the status is missing, and finite elsewhere. */
uf_status uf_observation_check(const char *indicator, double value, uf_value_status status,
                               struct uf_error *error);
/* Same value and same status. */
bool uf_held_is(const struct uf_held *held, double value, uf_value_status status);
/* From three columns of a row: value, status, batch. */
struct uf_held uf_held_column(sqlite3_stmt *statement, int first);
/* UF_BAD_INPUT: two values for one cell. */
uf_status uf_fail_two_values(const struct uf_observation *observation, const struct uf_held *held,
                             struct uf_error *error);
#endif
