// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_REGION_JOIN_H
#define UTFALL_CHART_REGION_JOIN_H
/* Which row of a table belongs to which region of a file of boundaries. */
#include "chart/drawing.h"
#include "chart/geometry.h"

/*
 * `out_row[n_regions]` gets the row of the table or SIZE_MAX. A region and a row meet where an attribute of the
 * region is the row's label or code, or another name of it in `aliases` (columns `alias`, `code`; NULL: none).
 * The attribute is `key`, or, where that is NULL, the one by which most regions find a row. UF_BAD_USAGE: no
 * attribute `key`; UF_BAD_INPUT: no region finds a row (the error shows what the file and the table have).
 * O((rows + aliases + regions × attributes) log rows).
 */
uf_status uf_region_join(const struct uf_geometry *geometry, const char *path, const char *key,
                         const struct uf_table *table, size_t label, size_t code,
                         const struct uf_table *aliases, size_t *out_row, size_t *out_attribute,
                         struct uf_error *error);
#endif
