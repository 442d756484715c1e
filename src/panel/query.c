// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void panel_variables_clear(struct panel_variables *variables)
{
    for (size_t i = 0; variables->items && i < variables->count; i++) expression_clear(&variables->items[i]);
    free(variables->items);
}

static uf_status check_references(struct uf_store *store, const struct uf_panel_variable *variable,
                                  const struct expression *expression, struct uf_error *error)
{
    for (size_t k = 0; k < expression->n_references; k++) {
        const struct expression_reference *reference = &expression->references[k];
        struct uf_text_place name = expression_place(variable, reference->at),
                             sector = expression_place(variable, reference->sector_at);
        UF_TRY(check_code(store, "indicator", "indicator", reference->indicator, variable->file, name.line,
                          name.column, error));
        UF_TRY(check_code(store, "sector", "sector", reference->sector, variable->file, sector.line,
                          sector.column, error));
    }
    return UF_OK;
}

/* SQLite reads the expression by itself once, so that what only it can refuse (too many arguments, too deep)
 * is said where the expression stands and not where it is used. */
static uf_status try_expression(struct uf_store *store, const struct uf_panel_variable *variable,
                                const struct expression *expression, size_t first_reference,
                                struct uf_error *error)
{
    struct statement statement;
    struct uf_table *table = NULL;
    struct uf_error refusal = {0};
    statement_init(&statement);
    statement_add(&statement, "SELECT CAST((");
    statement_add(&statement, expression->sql);
    statement_add(&statement, ") AS REAL) AS value FROM ");
    for (size_t k = 0; k < expression->n_references; k++) {
        statement_add(&statement, k ? ", (SELECT 1.0 AS value) v" : "(SELECT 1.0 AS value) v");
        uf_buffer_append_size(&statement.sql, first_reference + k);
    }
    uf_status status = statement_query(&statement, store, &table, &refusal);
    statement_clear(&statement);
    uf_table_free(table);
    if (status != UF_BAD_USAGE) {
        if (status != UF_OK && error) *error = refusal;
        return status;
    }
    return expression_fail(variable, 0, refusal.message, error);
}

/* One indicator as an expression, whatever its code. */
static uf_status refer_to(const char *indicator, struct expression *out, struct uf_error *error)
{
    out->sql = uf_text_copy(" v0.value ");
    out->references = calloc(1, sizeof *out->references);
    if (!out->sql || !out->references) return uf_fail_memory(error);
    out->references[out->n_references++] =
        (struct expression_reference){.indicator = uf_text_copy(indicator), .sector = uf_text_copy("")};
    return out->references->indicator && out->references->sector ? UF_OK : uf_fail_memory(error);
}

uf_status panel_variables_parse(struct uf_store *store, const struct uf_store_panel_request *request,
                                struct panel_variables *out, struct uf_error *error)
{
    out->items = calloc(request->n_variables + 1, sizeof *out->items);
    if (!out->items) return uf_fail_memory(error);
    out->count = request->n_variables;
    size_t next = 0;
    for (size_t i = 0; i < request->n_variables; i++) {
        const struct uf_panel_variable *variable = &request->variables[i];
        if (i == 0 && request->indicator) {
            UF_TRY(refer_to(request->indicator, &out->items[next++], error));
            continue;
        }
        UF_TRY(expression_parse(variable, next, &out->items[i], error));
        UF_TRY(check_references(store, variable, &out->items[i], error));
        UF_TRY(try_expression(store, variable, &out->items[i], next, error));
        next += out->items[i].n_references;
    }
    return UF_OK;
}

static void add_number(struct statement *statement, const char *before, long number, const char *after)
{
    statement_add(statement, before);
    uf_buffer_append_size(&statement->sql, (size_t)number);
    statement_add(statement, after);
}

static void add_period_bounds(struct statement *statement, const struct uf_store_panel_request *request)
{
    if (request->from) add_number(statement, " AND o.period >= ", request->from, "");
    if (request->to) add_number(statement, " AND o.period <= ", request->to, "");
}

static uf_status add_cell_of(struct statement *statement, const struct expression_reference *reference,
                             struct uf_error *error)
{
    statement_add(statement, "indicator_id = (SELECT indicator_id FROM indicator WHERE code = ");
    UF_TRY(statement_bind(statement, reference->indicator, error));
    statement_add(statement, ") AND o.sector_id = (SELECT sector_id FROM sector WHERE code = ");
    UF_TRY(statement_bind(statement, reference->sector, error));
    statement_add(statement, ") AND o.breakdown_id = 0");
    return UF_OK;
}

static uf_status select_for_variables(struct statement *statement, struct uf_store *store,
                                      const struct uf_store_panel_request *request,
                                      const struct panel_variables *variables, struct uf_error *error)
{
    struct uf_text_list indicators;
    uf_text_list_init(&indicators);
    uf_status status = UF_OK;
    for (size_t i = 0; i < variables->count; i++)
        for (size_t k = 0; k < variables->items[i].n_references && status == UF_OK; k++)
            status = uf_text_list_add(&indicators, variables->items[i].references[k].indicator, error);
    if (status == UF_OK) status = select_regions(statement, store, request, &indicators, error);
    uf_text_list_clear(&indicators);
    return status;
}

/* Each variable, and the statuses of all it refers to: what has no row is not available. */
static void add_values(struct statement *statement, const struct panel_variables *variables)
{
    size_t next = 0;
    for (size_t i = 0; i < variables->count; i++) {
        statement_add(statement, ", CAST((");
        statement_add(statement, variables->items[i].sql);
        add_number(statement, ") AS REAL) AS value", (long)i, ", 0");
        for (size_t k = 0; k < variables->items[i].n_references; k++)
            add_number(statement, " | coalesce(v", (long)next++, ".status, 1)");
        add_number(statement, " AS status", (long)i, "");
    }
}

uf_status panel_query_variables(struct statement *statement, struct uf_store *store,
                                const struct uf_store_panel_request *request,
                                const struct panel_variables *variables, struct uf_error *error)
{
    UF_TRY(select_for_variables(statement, store, request, variables, error));
    size_t next = 0;
    statement_add(statement, ", times(period) AS (");
    for (size_t i = 0; i < variables->count; i++)
        for (size_t k = 0; k < variables->items[i].n_references; k++) {
            if (next++) statement_add(statement, " UNION ");
            statement_add(
                statement,
                "SELECT DISTINCT o.period FROM observation o JOIN chosen USING (region_id) WHERE o.");
            UF_TRY(add_cell_of(statement, &variables->items[i].references[k], error));
            add_period_bounds(statement, request);
        }
    next = 0;
    for (size_t i = 0; i < variables->count; i++)
        for (size_t k = 0; k < variables->items[i].n_references; k++) {
            statement_add(statement, "), v");
            uf_buffer_append_size(&statement->sql, next++);
            statement_add(
                statement,
                " AS MATERIALIZED (SELECT o.region_id, o.period, o.value, o.status FROM observation o "
                "JOIN chosen USING (region_id) WHERE o.");
            UF_TRY(add_cell_of(statement, &variables->items[i].references[k], error));
        }
    statement_add(statement, ") SELECT c.code AS unit, c.label, c.parent, t.period");
    add_values(statement, variables);
    statement_add(statement, " FROM chosen c CROSS JOIN times t");
    for (size_t k = 0; k < next; k++) {
        add_number(statement, " LEFT JOIN v", (long)k, "");
        add_number(statement, " ON v", (long)k, ".region_id = c.region_id");
        add_number(statement, " AND v", (long)k, ".period = t.period");
    }
    return UF_OK;
}

/* The cells of one reference: of all sectors asked for, or of the one that it names. */
static uf_status add_cells(struct statement *statement, const struct uf_store_panel_request *request,
                           const struct expression_reference *reference, size_t number,
                           struct uf_error *error)
{
    add_number(statement, ", v", (long)number, " AS MATERIALIZED (SELECT o.region_id, ");
    if (!*reference->sector) statement_add(statement, "o.sector_id, ");
    statement_add(statement,
                  "o.period, o.value, o.status FROM observation o JOIN chosen USING (region_id) WHERE o.");
    if (*reference->sector) {
        UF_TRY(add_cell_of(statement, reference, error));
        statement_add(statement, ")");
        return UF_OK;
    }
    statement_add(statement, "indicator_id = (SELECT indicator_id FROM indicator WHERE code = ");
    UF_TRY(statement_bind(statement, reference->indicator, error));
    statement_add(statement, ") AND o.breakdown_id = 0 AND o.sector_id <> 0");
    add_period_bounds(statement, request);
    if (request->n_sectors) {
        statement_add(statement, " AND o.sector_id IN (SELECT sector_id FROM sector WHERE code IN (");
        for (size_t i = 0; i < request->n_sectors; i++) {
            if (i) statement_add(statement, ", ");
            UF_TRY(statement_bind(statement, request->sectors[i], error));
        }
        statement_add(statement, "))");
    }
    statement_add(statement, ")");
    return UF_OK;
}

/* `, NAME(WHAT) AS (SELECT WHAT FROM v0 UNION …)`: what occurs in any of the references by sector. */
static void add_union(struct statement *statement, const struct panel_variables *variables, const char *head,
                      const char *column)
{
    size_t next = 0;
    bool first = true;
    statement_add(statement, head);
    for (size_t i = 0; i < variables->count; i++)
        for (size_t k = 0; k < variables->items[i].n_references; k++, next++) {
            if (*variables->items[i].references[k].sector) continue;
            statement_add(statement, first ? "SELECT DISTINCT " : " UNION SELECT ");
            statement_add(statement, column);
            add_number(statement, " FROM v", (long)next, "");
            first = false;
        }
    statement_add(statement, ")");
}

uf_status panel_query_sectors(struct statement *statement, struct uf_store *store,
                              const struct uf_store_panel_request *request,
                              const struct panel_variables *variables, struct uf_error *error)
{
    size_t next = 0;
    UF_TRY(select_for_variables(statement, store, request, variables, error));
    for (size_t i = 0; i < variables->count; i++)
        for (size_t k = 0; k < variables->items[i].n_references; k++)
            UF_TRY(add_cells(statement, request, &variables->items[i].references[k], next++, error));
    add_union(statement, variables, ", times(period) AS (", "period");
    add_union(statement, variables, ", kinds(sector_id) AS (", "sector_id");
    statement_add(statement, " SELECT c.code AS unit, c.label, c.parent, t.period, s.code AS sector, ");
    statement_add(statement, request->language == UF_SWEDISH ? "s.name_sv" : "s.name_en");
    statement_add(statement, " AS sector_label");
    add_values(statement, variables);
    statement_add(statement, " FROM chosen c CROSS JOIN times t CROSS JOIN kinds k JOIN sector s ON "
                             "s.sector_id = k.sector_id");
    next = 0;
    for (size_t i = 0; i < variables->count; i++)
        for (size_t k = 0; k < variables->items[i].n_references; k++, next++) {
            add_number(statement, " LEFT JOIN v", (long)next, "");
            add_number(statement, " ON v", (long)next, ".region_id = c.region_id");
            if (!*variables->items[i].references[k].sector)
                add_number(statement, " AND v", (long)next, ".sector_id = k.sector_id");
            add_number(statement, " AND v", (long)next, ".period = t.period");
        }
    return UF_OK;
}
