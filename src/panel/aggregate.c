// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"
#include "panel/selection.h"

#include <math.h>
#include <string.h>

static uf_status refuse_ratio(struct uf_store *store, const char *indicator, struct uf_error *error)
{
    struct uf_table *found = NULL;
    UF_TRY(uf_store_query(store, "SELECT kind FROM indicator WHERE code = ?1", &indicator, 1, &found, error));
    bool is_ratio = uf_table_rows(found) == 1 && uf_text_equal(uf_table_text(found, 0, 0), "ratio");
    uf_table_free(found);
    if (is_ratio)
        return uf_fail(
            error, UF_BAD_USAGE,
            "'%s' is a ratio and cannot be summed up the region tree; sum its numerator and denominator and "
            "divide",
            indicator);
    return UF_OK;
}

/* children: all regions of the child level below the parent, whether they have a value or not. */
static const char query[] =
    "WITH RECURSIVE up(child_id, ancestor_id) AS (SELECT region_id, parent_id FROM "
    "region WHERE level = ?2 AND parent_id IS NOT "
    "NULL UNION ALL SELECT up.child_id, r.parent_id FROM up JOIN region r ON "
    "r.region_id = up.ancestor_id WHERE r.parent_id IS "
    "NOT NULL), "
    "pairs(child_id, parent_id) AS (SELECT up.child_id, up.ancestor_id FROM up JOIN "
    "region r ON r.region_id = up.ancestor_id "
    "WHERE r.level = ?3), "
    "cells AS (SELECT o.region_id, o.sector_id, o.period, o.value, o.status FROM "
    "observation o WHERE o.indicator_id = (SELECT "
    "indicator_id FROM indicator WHERE code = ?1) AND o.breakdown_id = 0 AND "
    "o.region_id IN (SELECT child_id FROM pairs)) "
    "SELECT p.code AS region, s.code AS sector, c.period, sum(c.value), count(c.value), (SELECT count(*) "
    "FROM pairs q WHERE q.parent_id = "
    "p.region_id) FROM cells c JOIN pairs ON pairs.child_id = c.region_id JOIN "
    "region p ON p.region_id = pairs.parent_id JOIN "
    "sector s ON s.sector_id = c.sector_id GROUP BY p.code, s.code, c.period ORDER "
    "BY p.code, s.code, c.period";

static uf_status copy_sums(const struct uf_table *sums, bool allow_missing, struct uf_table *out,
                           struct uf_error *error)
{
    static const char *const texts[] = {"region", "sector", "period"};
    static const char *const numbers[] = {"value", "n_children", "n_present"};
    for (size_t k = 0; k < 3; k++)
        UF_TRY(uf_table_add_column(out, texts[k], UF_COLUMN_TEXT, NULL, -1, NULL, error));
    for (size_t k = 0; k < 3; k++)
        UF_TRY(uf_table_add_column(out, numbers[k], UF_COLUMN_NUMBER, NULL, k ? 0 : -1, NULL, error));
    for (size_t i = 0; i < uf_table_rows(sums); i++) {
        size_t row;
        char period[UF_PERIOD_SIZE];
        double present = query_number(sums, i, 4), children = query_number(sums, i, 5);
        bool whole = present == children || (allow_missing && present > 0);
        UF_TRY(uf_table_add_row(out, &row, error));
        UF_TRY(uf_table_set_text(out, row, 0, uf_table_text(sums, i, 0), error));
        UF_TRY(uf_table_set_text(out, row, 1, uf_table_text(sums, i, 1), error));
        uf_period_print((uf_period)query_number(sums, i, 2), period);
        UF_TRY(uf_table_set_text(out, row, 2, period, error));
        UF_TRY(uf_table_set_value(out, row, 3, whole ? query_number(sums, i, 3) : NAN,
                                  (uf_value_status)(whole ? UF_VALUE_OBSERVED : UF_VALUE_INCOMPLETE), error));
        UF_TRY(uf_table_set_number(out, row, 4, children, error));
        UF_TRY(uf_table_set_number(out, row, 5, present, error));
    }
    return UF_OK;
}

uf_status uf_panel_aggregate(struct uf_store *store, const char *indicator, const char *child_level,
                             const char *parent_level, bool allow_missing, struct uf_table **out,
                             struct uf_error *error)
{
    const char *child, *parent;
    UF_TRY(level_canonical(child_level, &child, error));
    UF_TRY(level_canonical(parent_level, &parent, error));
    UF_TRY(check_code(store, "indicator", "indicator", indicator, NULL, 0, 0, error));
    UF_TRY(refuse_ratio(store, indicator, error));
    const char *const parameters[] = {indicator, child, parent};
    struct uf_table *sums = NULL, *table = NULL;
    UF_TRY(uf_store_query(store, query, parameters, 3, &sums, error));
    uf_status status = uf_table_new("aggregate", &table, error);
    if (status == UF_OK) status = copy_sums(sums, allow_missing, table, error);
    uf_table_free(sums);
    if (status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return status;
}
