// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_GROUP_PEER_H
#define UTFALL_TESTS_GROUP_PEER_H
/* The results of `did` in R, entry by entry, beside ours. */
#include <jansson.h>
#include <utfall/callaway_santanna.h>

/* The value of an entry, which counts as compared from then on; the test fails without it. */
json_t *group_peer_value(json_t *results, const char *entry);
/* Fails where an entry has not been compared. */
void group_peer_all_compared(json_t *results);
/* A number of an object; NaN for null. */
double group_peer_member(const json_t *object, const char *name);

/* Cells: estimates, and with `errors` errors, limits; the Wald statistic of the leads. `first_time`: of the data. */
void group_peer_compare_cells(const struct uf_group_time *group_time, json_t *value, long first_time,
                              double relative, bool errors, const char *entry);
void group_peer_compare_average(const struct uf_average *average, json_t *value,
                                const struct uf_group_time *group_time, long first_time, double relative,
                                const char *what);
/* An entry and the averages of the same prefix. `old`: 2.1.2, whose overall group error is not matched. */
void group_peer_compare(const struct uf_did_data *data, long first_time, json_t *results, const char *entry,
                        const struct uf_group_time_options *options, double relative, bool old);
#endif
