// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_PRESENT_SCOREBOARD_H
#define UTFALL_STUDY_PRESENT_SCOREBOARD_H
/* The scoreboard as the report shows it: no wider than a page, since what all regions of an indicator share is its heading. */
#include <utfall/language.h>
#include <utfall/table.h>

/* One group of rows per indicator (column `row_group`, see report.h), the regions in them by name and role with the course,
 * level, change, index, rank and its interval; targets where there are any. Indicators that no region has figures of come
 * last, one row each, with the reason. `*out` is the caller's. O(rows²). */
uf_status present_scoreboard(const struct uf_table *table, enum uf_language language, struct uf_table **out,
                             struct uf_error *error);
#endif
