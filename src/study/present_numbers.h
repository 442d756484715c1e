// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_PRESENT_NUMBERS_H
#define UTFALL_STUDY_PRESENT_NUMBERS_H
/* How many digits of a result's numbers readers see. */
#include <stdbool.h>
#include <utfall/table.h>

/* Columns by name that hold differences, which of percentages are in percentage points. */
bool present_is_difference(const struct uf_table *table, size_t column);
/* Decimals of a column for the report or a chart, never more than the table's own; -1: as needed. `whole`: what the rows were taken
 * from, or the table itself; differences have the decimals of all of them. Linear in both. */
int present_decimals(const struct uf_table *table, const struct uf_table *whole, size_t column, bool effect,
                     bool chart);
/* Four figures, where numbers of different kinds share a column. */
double present_rounded(double value);
#endif
