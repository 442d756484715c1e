// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/store_panel.h"
#include "base/fail.h"
#include "panel/expression.h"
#include "panel/layout.h"
#include "panel/roles.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uf_status copy_number(const struct uf_table *from, size_t row, size_t value_column,
                             struct uf_table *to, size_t to_row, size_t to_column, struct uf_error *error)
{
    double value = selected_number(from, row, value_column);
    double stored = selected_number(from, row, value_column + 1);
    uf_value_status status =
        isnan(stored) ? (uf_value_status)UF_VALUE_NOT_AVAILABLE : (uf_value_status)stored;
    /* all parts are there and still no number: a division by zero or the logarithm of what is not positive */
    if (isnan(value) && !uf_value_is_missing(status)) status |= UF_VALUE_UNDEFINED;
    /* an expression such as coalesce() may give a number although a part is missing */
    if (!isnan(value)) status &= ~(uf_value_status)UF_VALUE_MISSING_MASK;
    return uf_table_set_value(to, to_row, to_column, value, status, error);
}

/* The query's rows with periods as texts and values with their reasons: what layout.h takes. */
static uf_status to_long_table(const struct uf_table *rows, bool by_sector,
                               const struct uf_store_panel_request *request, struct uf_table *table,
                               struct uf_error *error)
{
    static const char *const keys[] = {"unit", "label", "group", "period", "sector", "sector_label"};
    const size_t n_keys = by_sector ? 6 : 4, n_values = request->n_variables;
    for (size_t k = 0; k < n_keys; k++)
        UF_TRY(uf_table_add_column(table, keys[k], UF_COLUMN_TEXT, NULL, -1, NULL, error));
    for (size_t k = 0; k < n_values; k++)
        UF_TRY(uf_table_add_column(table, request->variables[k].name, UF_COLUMN_NUMBER,
                                   request->variables[k].unit, -1, NULL, error));
    for (size_t i = 0; i < uf_table_rows(rows); i++) {
        size_t row;
        char period[UF_PERIOD_SIZE];
        UF_TRY(uf_table_add_row(table, &row, error));
        for (size_t k = 0; k < n_keys; k++)
            if (k != 3) UF_TRY(uf_table_set_text(table, row, k, uf_table_text(rows, i, k), error));
        uf_period_print((uf_period)selected_number(rows, i, 3), period);
        UF_TRY(uf_table_set_text(table, row, 3, period, error));
        for (size_t k = 0; k < n_values; k++)
            UF_TRY(copy_number(rows, i, n_keys + 2 * k, table, row, n_keys + k, error));
    }
    return UF_OK;
}

/* Two sectors of which one holds the other would be counted twice. */
static uf_status check_overlap(struct uf_store *store, const struct uf_store_panel_request *request,
                               const struct uf_panel *panel, struct uf_error *error)
{
    struct uf_table *parents = NULL;
    UF_TRY(uf_store_query(store, "SELECT code, parent FROM sectors WHERE parent IS NOT NULL", NULL, 0,
                          &parents, error));
    uf_status status = UF_OK;
    const struct uf_dictionary *sectors = &panel->sectors;
    for (size_t i = 0; i < sectors->count && status == UF_OK; i++) {
        const char *ancestor = sectors->code[i];
        for (size_t steps = 0; ancestor && steps < 8 && status == UF_OK; steps++) {
            const char *next = NULL;
            for (size_t r = 0; r < uf_table_rows(parents) && !next; r++)
                if (!strcmp(uf_table_text(parents, r, 0), ancestor)) next = uf_table_text(parents, r, 1);
            ancestor = next;
            if (ancestor && !uf_text_equal(ancestor, request->total_sector) &&
                uf_dictionary_find(sectors, ancestor) != SIZE_MAX)
                status = uf_fail(error, UF_BAD_USAGE,
                                 "the sectors '%s' and '%s' overlap (the first is part of the second) and "
                                 "would be counted "
                                 "twice; name sectors that do not overlap",
                                 sectors->code[i], ancestor);
        }
    }
    uf_table_free(parents);
    return status;
}

static uf_status replace_text(char **slot, const char *text, struct uf_error *error)
{
    if (!text) return UF_OK;
    char *copy = uf_text_copy(text);
    if (!copy) return uf_fail_memory(error);
    free(*slot);
    *slot = copy;
    return UF_OK;
}

/* Label, unit, rounding and source of a column from its indicator. A derived column is no longer on the
 * publisher's grid. */
static uf_status describe_column(struct uf_store *store, struct uf_panel_column *column,
                                 const char *indicator, bool bare, enum uf_language language,
                                 struct uf_error *error)
{
    static const char *const queries[UF_LANGUAGES] = {
        [UF_ENGLISH] = "SELECT name_en, coalesce(unit_en, ''), coalesce(source, ''), rounding FROM indicator "
                       "WHERE code = ?1",
        [UF_SWEDISH] = "SELECT name_sv, coalesce(unit_sv, ''), coalesce(source, ''), rounding FROM indicator "
                       "WHERE code = ?1"};
    struct uf_table *found = NULL;
    UF_TRY(uf_store_query(store, queries[language], &indicator, 1, &found, error));
    uf_status status = UF_OK;
    if (uf_table_rows(found) == 1) {
        const char *unit = uf_table_text(found, 0, 1), *source = uf_table_text(found, 0, 2);
        status = replace_text(&column->source, source && *source ? source : NULL, error);
        if (bare && status == UF_OK) status = replace_text(&column->label, uf_table_text(found, 0, 0), error);
        if (bare && status == UF_OK) status = replace_text(&column->unit, unit && *unit ? unit : NULL, error);
        double rounding = selected_number(found, 0, 3);
        if (bare && !isnan(rounding)) column->rounding = rounding;
    }
    uf_table_free(found);
    return status;
}

static uf_status describe(struct uf_store *store, const struct uf_store_panel_request *request,
                          const struct panel_variables *variables, struct uf_panel *panel,
                          struct uf_error *error)
{
    size_t next = 0;
    for (size_t j = 0; j < panel->n_columns; j++) {
        struct uf_panel_column *column = &panel->columns[j];
        const struct expression *expression = &variables->items[j];
        bool bare = expression_is_bare(expression, next);
        UF_TRY(describe_column(store, column, expression->references[0].indicator, bare, request->language,
                               error));
        UF_TRY(replace_text(&column->label, request->variables[j].label, error));
        UF_TRY(replace_text(&column->unit, request->variables[j].unit, error));
        next += expression->n_references;
        if (!panel->source) UF_TRY(replace_text(&panel->source, column->source, error));
    }
    return UF_OK;
}

/* The ancestor of each unit at the cluster level, as one more text column. */
static uf_status add_cluster(struct uf_store *store, const char *level_asked, struct uf_table *table,
                             struct uf_error *error)
{
    const char *level;
    UF_TRY(level_canonical(level_asked, &level, error));
    size_t column;
    UF_TRY(uf_table_add_column(table, level, UF_COLUMN_TEXT, NULL, -1, &column, error));
    struct uf_table *ancestors = NULL;
    const char *const parameters[] = {level};
    UF_TRY(uf_store_query(
        store,
        "WITH RECURSIVE up(code, ancestor_id) AS (SELECT code, region_id FROM region UNION ALL SELECT "
        "up.code, r.parent_id FROM up JOIN region r ON r.region_id = up.ancestor_id WHERE r.parent_id IS "
        "NOT NULL) SELECT up.code, r.code AS ancestor FROM up JOIN region r ON r.region_id = up.ancestor_id "
        "WHERE "
        "r.level = ?1 ORDER BY up.code",
        parameters, 1, &ancestors, error));
    uf_status status = UF_OK;
    for (size_t i = 0; i < uf_table_rows(table) && status == UF_OK; i++) {
        const char *unit = uf_table_text(table, i, 0);
        size_t low = 0, high = uf_table_rows(ancestors);
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (strcmp(uf_table_text(ancestors, middle, 0), unit) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == uf_table_rows(ancestors) || strcmp(uf_table_text(ancestors, low, 0), unit))
            status = uf_fail(error, UF_BAD_USAGE,
                             "region '%s' lies in no region of level %s to cluster by; name a level above "
                             "that of the regions",
                             unit, level);
        else
            status = uf_table_set_text(table, i, column, uf_table_text(ancestors, low, 1), error);
    }
    uf_table_free(ancestors);
    return status;
}

static uf_status lay_out(struct uf_store *store, const struct uf_store_panel_request *request,
                         const struct uf_table *rows, struct uf_table *table, struct uf_result *ledger,
                         struct uf_panel **out, struct uf_error *error)
{
    const bool by_sector = request->indicator != NULL;
    UF_TRY(to_long_table(rows, by_sector, request, table, error));
    const char *cluster = NULL;
    if (request->cluster) {
        UF_TRY(add_cluster(store, request->cluster, table, error));
        cluster = uf_table_column_name(table, uf_table_columns(table) - 1);
    }
    const size_t n_numbers = request->n_variables;
    const char **numbers = malloc((n_numbers + 1) * sizeof *numbers);
    if (!numbers) return uf_fail_memory(error);
    for (size_t k = 0; k < n_numbers; k++) numbers[k] = request->variables[k].name;
    const struct layout_request layout = {.table = table,
                                          .unit = "unit",
                                          .unit_label = "label",
                                          .unit_group = "group",
                                          .period = "period",
                                          .sector = by_sector ? "sector" : NULL,
                                          .sector_label = by_sector ? "sector_label" : NULL,
                                          .sector_order = request->sectors,
                                          .n_sector_order = by_sector ? request->n_sectors : 0,
                                          .numbers = numbers,
                                          .n_numbers = n_numbers,
                                          .clusters = &cluster,
                                          .n_clusters = cluster ? 1 : 0,
                                          .language = request->language};
    uf_status status = panel_lay_out(&layout, ledger, out, error);
    free(numbers);
    return status;
}

static uf_status treat(struct uf_store *store, const struct uf_store_panel_request *request,
                       struct uf_panel *panel, struct uf_error *error)
{
    if (!request->n_treated) return UF_OK;
    const char **codes = calloc(request->n_treated, sizeof *codes);
    uf_status status = codes ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < request->n_treated && status == UF_OK; i++) {
        char *code = NULL;
        status = uf_store_resolve_region(store, request->treated[i], &code, error);
        codes[i] = code;
    }
    if (status == UF_OK) status = panel_start_treatment(panel, error);
    for (size_t i = 0; i < request->n_treated && status == UF_OK; i++) {
        const bool own = request->starts && request->starts[i];
        char start[UF_PERIOD_SIZE];
        uf_period_print(own ? request->starts[i] : request->start, start);
        status = panel_treat(panel, codes[i], start, error);
    }
    if (status == UF_OK && request->dose)
        status =
            panel_dose_by_list(panel, codes, request->dose, request->dose_unit, request->n_treated, error);
    for (size_t i = 0; codes && i < request->n_treated; i++) free((char *)codes[i]);
    free(codes);
    return status;
}

/* A region that ended, beside regions of later years: codes of two versions of the division. */
static uf_status check_versions(struct uf_store *store, const struct uf_panel *panel, struct uf_error *error)
{
    struct uf_table *ended = NULL;
    int last = 0;
    for (size_t t = 0; t < panel->periods.count; t++) {
        int year = panel->period_value[t] ? uf_period_year(panel->period_value[t]) : 0;
        if (year > last) last = year;
    }
    UF_TRY(uf_store_query(
        store,
        "SELECT code, name_en AS name, CAST(valid_to AS REAL) AS ended FROM regions WHERE valid_to IS "
        "NOT NULL ORDER BY code",
        NULL, 0, &ended, error));
    uf_status status = UF_OK;
    for (size_t i = 0; i < uf_table_rows(ended) && status == UF_OK; i++) {
        const char *code = uf_table_text(ended, i, 0);
        double year = selected_number(ended, i, 2);
        if (uf_dictionary_find(&panel->units, code) == SIZE_MAX || last <= year) continue;
        status = uf_fail(
            error, UF_BAD_INPUT,
            "region '%s' (%s) ended in %.0f and the panel goes on to %d: codes of two versions of the "
            "regional division make no series; bring the figures to one (`as-of` in a study), or keep to "
            "periods until %.0f",
            code, uf_table_text(ended, i, 1), year, last, year);
    }
    uf_table_free(ended);
    return status;
}

static uf_status finish(struct uf_store *store, const struct uf_store_panel_request *request,
                        const struct panel_variables *variables, struct uf_panel *panel,
                        struct uf_error *error)
{
    if (request->indicator) UF_TRY(check_overlap(store, request, panel, error));
    UF_TRY(check_versions(store, panel, error));
    UF_TRY(describe(store, request, variables, panel, error));
    UF_TRY(panel_set_roles(panel, request->indicator ? request->indicator : request->outcome, request->weight,
                           request->covariates, request->n_covariates, error));
    UF_TRY(treat(store, request, panel, error));
    return panel_expose(panel, store, request, error);
}

static uf_status check_roles(const struct uf_store_panel_request *request, struct uf_error *error)
{
    struct panel_named *named = calloc(request->n_covariates + 2, sizeof *named);
    if (!named) return uf_fail_memory(error);
    named[0] = (struct panel_named){ROLE_OUTCOME, request->outcome};
    named[1] = (struct panel_named){ROLE_WEIGHT, request->weight};
    for (size_t i = 0; i < request->n_covariates; i++)
        named[2 + i] = (struct panel_named){ROLE_COVARIATE, request->covariates[i]};
    uf_status status = panel_check_roles(named, request->n_covariates + 2, request->n_treated > 0, error);
    free(named);
    return status;
}

/* The indicator and, after it, what else is by sector: the variables of a panel by sector, no name twice. The caller frees
 * them. */
static uf_status list_sector_variables(const struct uf_store_panel_request *request,
                                       struct uf_panel_variable **out, size_t *out_count,
                                       struct uf_error *error)
{
    struct uf_panel_variable *variables = calloc(request->n_variables + 1, sizeof *variables);
    if (!variables) return uf_fail_memory(error);
    size_t n = 0;
    variables[n++] = (struct uf_panel_variable){.name = request->indicator, .expression = request->indicator};
    for (size_t i = 0; i < request->n_variables; i++) {
        bool known = false;
        for (size_t k = 0; k < n && !known; k++)
            known = !strcmp(variables[k].name, request->variables[i].name);
        if (!known) variables[n++] = request->variables[i];
    }
    *out = variables;
    *out_count = n;
    return UF_OK;
}

static uf_status query_rows(struct uf_store *store, const struct uf_store_panel_request *request,
                            struct panel_variables *variables, struct uf_table **out, struct uf_error *error)
{
    struct statement statement;
    const bool by_sector = request->indicator != NULL;
    if (by_sector) UF_TRY(check_code(store, "indicator", "indicator", request->indicator, NULL, 0, 0, error));
    for (size_t i = 0; by_sector && i < request->n_sectors; i++)
        UF_TRY(check_code(store, "sector", "sector", request->sectors[i], NULL, 0, 0, error));
    UF_TRY(panel_variables_parse(store, request, variables, error));
    statement_init(&statement);
    uf_status status = by_sector ? panel_query_sectors(&statement, store, request, variables, error)
                                 : panel_query_variables(&statement, store, request, variables, error);
    if (status == UF_OK) status = statement_query(&statement, store, out, error);
    statement_clear(&statement);
    return status;
}

static uf_status build_panel(struct uf_store *store, const struct uf_store_panel_request *request,
                             struct uf_result *ledger, struct uf_panel **out, struct uf_error *error)
{
    enum { SECTOR_KEYS = 6 };
    struct panel_variables variables = {0};
    struct uf_table *rows = NULL, *table = NULL;
    struct uf_panel *panel = NULL;
    uf_status status = query_rows(store, request, &variables, &rows, error);
    if (status == UF_OK && uf_table_rows(rows) == 0)
        status = store_panel_nothing_found(store, request, &variables, error);
    if (status == UF_OK && request->indicator)
        status = store_panel_check_further(store, request, &variables, rows, SECTOR_KEYS, error);
    if (status == UF_OK) status = uf_table_new("rows", &table, error);
    if (status == UF_OK) status = lay_out(store, request, rows, table, ledger, &panel, error);
    if (status == UF_OK) status = finish(store, request, &variables, panel, error);
    panel_variables_clear(&variables);
    uf_table_free(rows);
    uf_table_free(table);
    if (status == UF_OK)
        *out = panel;
    else
        uf_panel_free(panel);
    return status;
}

uf_status uf_panel_from_store(struct uf_store *store, const struct uf_store_panel_request *request,
                              struct uf_result *ledger, struct uf_panel **out, struct uf_error *error)
{
    if (!request->indicator && !request->n_variables)
        return uf_fail(error, UF_BAD_USAGE, "a panel needs an indicator or at least one variable");
    UF_TRY(check_roles(request, error));
    if (!request->indicator) return build_panel(store, request, ledger, out, error);
    struct uf_store_panel_request by_sector = *request;
    struct uf_panel_variable *variables = NULL;
    UF_TRY(list_sector_variables(request, &variables, &by_sector.n_variables, error));
    by_sector.variables = variables;
    const uf_status status = build_panel(store, &by_sector, ledger, out, error);
    free(variables);
    return status;
}
