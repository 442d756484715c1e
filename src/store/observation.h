// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STORE_OBSERVATION_H
#define UTFALL_STORE_OBSERVATION_H
/* What the two ways of adding observations share: the key of a cell, what stands in it, and when two values are the
 * same. */
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
/* What stands in a cell that is taken. */
uf_status uf_store_held(struct uf_store *store, const struct uf_cell_key *key, struct uf_held *out,
                        struct uf_error *error);
/* The batch brought a value that another batch had brought. */
uf_status uf_store_remember_repeat(struct uf_store *store, const struct uf_cell_key *key, int64_t batch,
                                   struct uf_error *error);
/* UF_BAD_INPUT: two values for one cell. */
uf_status uf_fail_two_values(const struct uf_observation *observation, const struct uf_held *held,
                             struct uf_error *error);
#endif
