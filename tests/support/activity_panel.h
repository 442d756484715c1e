// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_ACTIVITY_PANEL_H
#define UTFALL_TESTS_ACTIVITY_PANEL_H
/* Small panels by region, sector and year from CSV text, and methods run on them. */
#include <utfall/method.h>

/* The text has the columns region, sector, year, jobs. Fails the test where it cannot be read. */
struct uf_panel *activity_panel(const char *csv);
/* Marks one cell missing for a reason. */
void activity_panel_miss(struct uf_panel *panel, const char *region, const char *sector, const char *year,
                         uf_value_status reason);
/* Runs a method; `options` is pairs of name and text, ended by NULL. */
uf_status activity_run(const struct uf_method *method, const struct uf_panel *panel,
                       enum uf_language language, const char *const *options, struct uf_result *out,
                       struct uf_error *error);
/* A number of the first row for which the text columns `unit` and (where not NULL) `sector` hold these codes;
 * fails the test where there is no such row. `status` may be NULL. */
double activity_cell(const struct uf_result *result, const char *table, const char *unit, const char *sector,
                     const char *column, uf_value_status *status);
/* The text of a table's cell, likewise. */
const char *activity_text(const struct uf_result *result, const char *table, const char *unit,
                          const char *sector, const char *column);
#endif
