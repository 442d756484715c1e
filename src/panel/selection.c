// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/selection.h"
#include "base/fail.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

void statement_init(struct statement *statement)
{
    uf_buffer_init(&statement->sql);
    uf_text_list_init(&statement->parameters);
}

void statement_clear(struct statement *statement)
{
    uf_buffer_clear(&statement->sql);
    uf_text_list_clear(&statement->parameters);
}

void statement_add(struct statement *statement, const char *sql)
{
    uf_buffer_append(&statement->sql, sql);
}

uf_status statement_bind(struct statement *statement, const char *text, struct uf_error *error)
{
    UF_TRY(uf_text_list_add(&statement->parameters, text, error));
    uf_buffer_append_char(&statement->sql, '?');
    uf_buffer_append_size(&statement->sql, statement->parameters.count);
    return UF_OK;
}

uf_status statement_query(struct statement *statement, struct uf_store *store, struct uf_table **out,
                          struct uf_error *error)
{
    if (statement->sql.failed) return uf_fail_memory(error);
    return uf_store_query(store, statement->sql.data, (const char *const *)statement->parameters.items,
                          statement->parameters.count, out, error);
}

uf_status level_canonical(const char *level, const char **out, struct uf_error *error)
{
    static const char *const levels[] = {"country",      "nuts1", "nuts2",  "nuts3",
                                         "municipality", "fa",    "nation", "county"};
    enum { N_LEVELS = sizeof levels / sizeof *levels, N_CANONICAL = 6 };
    for (size_t i = 0; i < N_LEVELS; i++)
        if (uf_text_equal(level, levels[i])) {
            *out = i < N_CANONICAL ? levels[i] : i == N_CANONICAL ? "country" : "nuts3";
            return UF_OK;
        }
    const char *nearest = level ? uf_text_nearest(level, levels, N_LEVELS) : NULL;
    return uf_fail(error, UF_BAD_USAGE, "unknown region level '%s'; %s%s", level ? level : "",
                   nearest ? "did you mean "
                           : "expected country, nuts1, nuts2, nuts3 (county), municipality or fa",
                   nearest ? nearest : "");
}

static uf_status bind_regions(struct statement *statement, struct uf_store *store, const char *const *codes,
                              size_t n_codes, struct uf_error *error)
{
    for (size_t i = 0; i < n_codes; i++) {
        char *canonical = NULL;
        UF_TRY(uf_store_resolve_region(store, codes[i], &canonical, error));
        statement_add(statement, i ? ", " : "(");
        uf_status status = statement_bind(statement, canonical, error);
        free(canonical);
        UF_TRY(status);
    }
    statement_add(statement, ")");
    return UF_OK;
}

/* A region that ended, one that is a merged unit (`SE121+SE125`), and one that a merged unit stands for, is a unit
 * only where the indicators asked for have values of it: another one may be in another division. The cross join goes from the few indicators into the primary key of the observations. */
static const char LIVING[] =
    " AND ((r.valid_to IS NULL AND instr(r.code, '+') = 0 AND NOT EXISTS (SELECT 1 FROM region u WHERE "
    "instr(u.code, '+') > 0 AND "
    "instr('+' || u.code || '+', '+' || r.code || '+') > 0 AND u.code <> r.code)) OR EXISTS (SELECT 1 FROM "
    "indicator i "
    "CROSS JOIN observation o WHERE o.indicator_id = i.indicator_id AND o.region_id = r.region_id AND "
    "i.code IN (";

static uf_status add_living(struct statement *statement, const struct uf_text_list *indicators,
                            struct uf_error *error)
{
    statement_add(statement, LIVING);
    for (size_t i = 0; i < indicators->count; i++) {
        if (i) statement_add(statement, ", ");
        UF_TRY(statement_bind(statement, indicators->items[i], error));
    }
    statement_add(statement, ")))");
    return UF_OK;
}

uf_status select_regions(struct statement *statement, struct uf_store *store,
                         const struct uf_store_panel_request *request, const struct uf_text_list *indicators,
                         struct uf_error *error)
{
    const char *level;
    UF_TRY(level_canonical(request->level, &level, error));
    statement_add(statement, "WITH RECURSIVE ");
    if (request->n_within) {
        statement_add(statement, "inside(region_id) AS (SELECT region_id FROM region WHERE code IN ");
        UF_TRY(bind_regions(statement, store, request->within, request->n_within, error));
        statement_add(
            statement,
            " UNION SELECT c.region_id FROM region c JOIN inside p ON c.parent_id = p.region_id), ");
    }
    statement_add(statement,
                  "chosen(region_id, code, label, parent) AS (SELECT r.region_id, r.code, CASE WHEN r.level "
                  "IN ('nuts3', 'municipality', 'fa') THEN r.short_name ELSE ");
    statement_add(statement, request->language == UF_SWEDISH ? "r.name_sv" : "r.name_en");
    statement_add(
        statement,
        " END, p.code FROM region r LEFT JOIN region p ON p.region_id = r.parent_id WHERE r.level = ");
    UF_TRY(statement_bind(statement, level, error));
    UF_TRY(add_living(statement, indicators, error));
    if (request->n_within) statement_add(statement, " AND r.region_id IN inside");
    if (request->n_regions) {
        statement_add(statement, " AND r.code IN ");
        UF_TRY(bind_regions(statement, store, request->regions, request->n_regions, error));
    }
    if (request->beside) { /* an OR of the whole condition */
        statement_add(statement, " OR r.code IN ");
        UF_TRY(bind_regions(statement, store, &request->beside, 1, error));
    }
    statement_add(statement, ")");
    return UF_OK;
}

uf_status check_code(struct uf_store *store, const char *view, const char *what, const char *code,
                     const char *file, size_t line, size_t column, struct uf_error *error)
{
    struct statement statement;
    statement_init(&statement);
    statement_add(&statement, "SELECT code FROM ");
    statement_add(&statement, view);
    struct uf_table *codes = NULL;
    uf_status status = statement_query(&statement, store, &codes, error);
    statement_clear(&statement);
    if (status != UF_OK) return status;
    const size_t n = uf_table_rows(codes);
    const char **names = malloc((n + 1) * sizeof *names);
    if (!names) status = uf_fail_memory(error);
    bool found = false;
    for (size_t i = 0; names && i < n; i++) {
        names[i] = uf_table_text(codes, i, 0);
        found = found || !strcmp(names[i], code);
    }
    if (names && !found) {
        const char *nearest = uf_text_nearest(code, names, n);
        status = uf_fail_at(error, UF_BAD_INPUT, file, line, column, "there is no %s '%s' in the store%s%s%s",
                            what, code, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                            nearest ? "'?" : "");
    }
    free(names);
    uf_table_free(codes);
    return status;
}

double selected_number(const struct uf_table *table, size_t row, size_t column)
{
    const char *text = uf_table_text(table, row, column);
    double value = NAN;
    if (text) return uf_number_parse(text, strlen(text), '.', &value) ? value : NAN;
    return uf_table_number(table, row, column);
}
