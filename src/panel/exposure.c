// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Who else got what: the store's interventions over the units of a panel.
 *
 * A row for a region speaks for the regions inside it, and for those around it: a NUTS 2 region is exposed
 * where one of its counties is. A region without any row is known to have stood outside when the rows are a
 * list (some row names a region as exposed, or as unknown, elsewhere); where an intervention has no rows at
 * all, nothing is known of anybody.
 */
#include "base/fail.h"
#include "panel/selection.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uf_status read_interventions(struct uf_store *store, const struct uf_store_panel_request *request,
                                    const struct uf_panel *panel, struct uf_table **out,
                                    struct uf_error *error)
{
    struct statement statement;
    statement_init(&statement);
    statement_add(&statement, "SELECT code, ");
    statement_add(&statement, request->language == UF_SWEDISH ? "name_sv" : "name_en");
    statement_add(
        &statement,
        ", coalesce(source, ''), start_period, coalesce(end_period, 0), coalesce(regions_exposed, -1), "
        "coalesce(regions_total, -1) FROM intervention WHERE (");
    uf_status status = UF_OK;
    if (request->n_also_exposed) {
        statement_add(&statement, "code IN (");
        for (size_t i = 0; i < request->n_also_exposed && status == UF_OK; i++) {
            if (i) statement_add(&statement, ", ");
            status = check_code(store, "intervention", "intervention", request->also_exposed[i], NULL, 0, 0,
                                error);
            if (status == UF_OK) status = statement_bind(&statement, request->also_exposed[i], error);
        }
        statement_add(&statement, ")");
    } else { /* all whose time meets the panel's */
        statement_add(&statement, "start_period / 1000 <= ");
        uf_buffer_append_size(&statement.sql,
                              (size_t)uf_period_year(panel->period_value[panel->periods.count - 1]));
        statement_add(&statement, " AND coalesce(end_period / 1000, 9999) >= ");
        uf_buffer_append_size(&statement.sql, (size_t)uf_period_year(request->start));
    }
    if (request->intervention && status == UF_OK) {
        statement_add(&statement, " OR code = ");
        status = check_code(store, "intervention", "intervention", request->intervention, NULL, 0, 0, error);
        if (status == UF_OK) status = statement_bind(&statement, request->intervention, error);
    }
    statement_add(&statement, ") ORDER BY code");
    if (status == UF_OK) status = statement_query(&statement, store, out, error);
    statement_clear(&statement);
    return status;
}

/* Region code → status of the rows about it, above it, or below it: exposed before unknown before not
 * exposed. */
static uf_status read_reach(struct uf_store *store, const char *intervention, struct uf_table **out,
                            struct uf_error *error)
{
    return uf_store_query(
        store,
        "WITH RECURSIVE told(region_id, status) AS (SELECT e.region_id, e.status FROM exposure e JOIN "
        "intervention i "
        "USING (intervention_id) WHERE i.code = ?1), "
        "up(region_id, status) AS (SELECT region_id, status FROM told UNION SELECT r.parent_id, up.status "
        "FROM up JOIN region r "
        "USING (region_id) WHERE r.parent_id IS NOT NULL), "
        "down(region_id, status) AS (SELECT region_id, status FROM told UNION SELECT r.region_id, "
        "down.status FROM down JOIN "
        "region r ON r.parent_id = down.region_id) "
        "SELECT code, max(CASE status WHEN 'exposed' THEN 2 WHEN 'unknown' THEN 1 ELSE 0 END), max(direct) "
        "FROM ("
        "SELECT region_id, status, 0 AS direct FROM up UNION ALL SELECT region_id, status, 0 FROM down UNION "
        "ALL SELECT "
        "region_id, status, 1 FROM told) JOIN region USING (region_id) GROUP BY code ORDER BY code",
        &intervention, 1, out, error);
}

static size_t find_code(const struct uf_table *table, const char *code)
{
    size_t low = 0, high = uf_table_rows(table);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(uf_table_text(table, middle, 0), code);
        if (order == 0) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}

static uf_status fill_exposure(struct uf_store *store, const struct uf_panel *panel,
                               struct uf_exposure *exposure, struct uf_error *error)
{
    struct uf_table *reach = NULL;
    UF_TRY(read_reach(store, exposure->intervention, &reach, error));
    bool same_level = true;
    exposure->status = malloc((panel->units.count + 1) * sizeof *exposure->status);
    for (size_t u = 0; exposure->status && u < panel->units.count; u++) {
        size_t row = find_code(reach, panel->units.code[u]);
        if (row == SIZE_MAX) {
            exposure->status[u] = uf_table_rows(reach) ? UF_NOT_EXPOSED : UF_EXPOSURE_UNKNOWN;
            continue;
        }
        int told = (int)selected_number(reach, row, 1);
        exposure->status[u] = told == 2 ? UF_EXPOSED : told == 1 ? UF_EXPOSURE_UNKNOWN : UF_NOT_EXPOSED;
        same_level = same_level && selected_number(reach, row, 2) == 1;
    }
    /* "20 of 21" counts counties; it says nothing about how many NUTS 2 regions or municipalities */
    if (!same_level) exposure->regions_exposed = exposure->regions_total = -1;
    uf_table_free(reach);
    return exposure->status ? UF_OK : uf_fail_memory(error);
}

static uf_status describe_treatment(struct uf_panel *panel, struct uf_store *store, const char *intervention,
                                    enum uf_language language, struct uf_error *error)
{
    struct uf_table *found = NULL;
    UF_TRY(
        uf_store_query(store,
                       language == UF_SWEDISH
                           ? "SELECT name_sv, coalesce(currency, ''), cost FROM intervention WHERE code = ?1"
                           : "SELECT name_en, coalesce(currency, ''), cost FROM intervention WHERE code = ?1",
                       &intervention, 1, &found, error));
    uf_status status = UF_OK;
    if (uf_table_rows(found) == 1) {
        const char *currency = uf_table_text(found, 0, 1);
        panel->treatment.name = uf_text_copy(uf_table_text(found, 0, 0));
        panel->treatment.currency = currency && *currency ? uf_text_copy(currency) : NULL;
        panel->treatment.cost = selected_number(found, 0, 2);
        if (!panel->treatment.name) status = uf_fail_memory(error);
    }
    uf_table_free(found);
    return status;
}

uf_status panel_expose(struct uf_panel *panel, struct uf_store *store,
                       const struct uf_store_panel_request *request, struct uf_error *error)
{
    if (!panel->treatment.given) return UF_OK;
    struct uf_table *interventions = NULL;
    UF_TRY(read_interventions(store, request, panel, &interventions, error));
    const size_t n = uf_table_rows(interventions);
    uf_status status = UF_OK;
    panel->exposures = calloc(n + 1, sizeof *panel->exposures);
    if (!panel->exposures) status = uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        struct uf_exposure *exposure = &panel->exposures[panel->n_exposures++];
        const char *source = uf_table_text(interventions, i, 2);
        exposure->intervention = uf_text_copy(uf_table_text(interventions, i, 0));
        exposure->name = uf_text_copy(uf_table_text(interventions, i, 1));
        exposure->source = source && *source ? uf_text_copy(source) : NULL;
        exposure->start = (uf_period)selected_number(interventions, i, 3);
        exposure->end = (uf_period)selected_number(interventions, i, 4);
        exposure->regions_exposed = (int)selected_number(interventions, i, 5);
        exposure->regions_total = (int)selected_number(interventions, i, 6);
        if (!exposure->intervention || !exposure->name) {
            status = uf_fail_memory(error);
            break;
        }
        exposure->is_this = uf_text_equal(exposure->intervention, request->intervention);
        status = fill_exposure(store, panel, exposure, error);
    }
    uf_table_free(interventions);
    if (status == UF_OK && request->intervention)
        status = describe_treatment(panel, store, request->intervention, request->language, error);
    return status;
}
