// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "cli/commands.h"
#include "cli/places.h"
#include "cli/show_series.h"
#include "cli/terminal.h"

#include <utfall/panel.h>

/* What can be shown: a query with up to three filters, in the order of `filters`; NULL is "no filter". */
struct view {
    const char *name;
    const char *sql;
    const char *filters[3];
    const char *period_column; /* printed as a period; NULL: none */
};

static const struct view views[] = {
    {"indicators",
     "SELECT i.code, i.name_en AS name, i.unit_en AS measured_in, i.kind, i.theme, nullif(i.rounding, 0) AS "
     "rounding, count(o.region_id) "
     "AS observations, i.source "
     "FROM indicator i LEFT JOIN observation o USING (indicator_id) GROUP BY i.code ORDER BY i.code",
     {NULL},
     NULL},
    {"regions",
     "SELECT code, level, parent, name_sv, name_en FROM regions WHERE (?1 IS NULL OR level = ?1) AND (?2 IS "
     "NULL OR code = ?2 OR parent = ?2) "
     "ORDER BY level, code",
     {"level", "region", NULL},
     NULL},
    {"sectors",
     "SELECT code, scheme, parent, name_sv, name_en FROM sectors ORDER BY scheme, code",
     {NULL},
     NULL},
    {"observations",
     "SELECT indicator, region, sector, breakdown, period, value, status FROM observations WHERE (?1 IS NULL "
     "OR indicator = ?1) AND (?2 IS "
     "NULL OR region = ?2) AND (?3 IS NULL OR sector = ?3) ORDER BY indicator, region, sector, breakdown, "
     "period",
     {"indicator", "region", "sector"},
     "period"},
    {"interventions",
     "SELECT code, name_sv, name_en, start_period AS start, regions_exposed, regions_total, cost, currency, "
     "source FROM intervention ORDER BY "
     "code",
     {NULL},
     "start"},
    {"exposures",
     "SELECT intervention, region, status, start_period AS start, amount FROM exposures WHERE (?1 IS NULL OR "
     "intervention = ?1) AND (?2 IS "
     "NULL OR region = ?2) ORDER BY intervention, region",
     {"intervention", "region", NULL},
     "start"},
    {"batches",
     "SELECT b.batch, b.path AS file, b.format, i.indicators, b.imported_at AS imported, b.cells, "
     "b.observations, coalesce(m.missing, 0) AS missing, b.repeated, substr(b.sha256, 1, 12) AS sha256, "
     "d.columns FROM batches b "
     "LEFT JOIN (SELECT batch, group_concat(indicator, ', ') AS indicators FROM (SELECT DISTINCT batch, "
     "indicator FROM observations ORDER BY batch, indicator) GROUP BY batch) i ON i.batch = b.batch "
     "LEFT JOIN (SELECT batch, count(*) - count(value) AS missing FROM observations GROUP BY batch) m "
     "ON m.batch = b.batch "
     "LEFT JOIN (SELECT batch, group_concat(name || ': ' || role, ', ') AS columns FROM (SELECT batch, name, "
     "role FROM batch_dimensions ORDER BY batch, position) GROUP BY batch) d ON d.batch = b.batch "
     "ORDER BY b.batch",
     {NULL},
     NULL},
    {"notes",
     "SELECT n.batch, b.path AS file, n.scope, n.text FROM batch_notes n JOIN batch b ON b.batch_id = "
     "n.batch "
     "WHERE (?1 IS NULL OR n.batch IN (SELECT batch FROM observations WHERE indicator = ?1)) "
     "ORDER BY n.batch, n.position",
     {"indicator", NULL},
     NULL},
};
enum { N_VIEWS = sizeof views / sizeof *views };

static uf_status find_view(const char *name, const struct view **out, struct uf_error *error)
{
    const char *names[N_VIEWS + 1] = {[N_VIEWS] = "sums"};
    for (size_t i = 0; i < N_VIEWS; i++) {
        names[i] = views[i].name;
        if (strcmp(name, views[i].name) != 0) continue;
        *out = &views[i];
        return UF_OK;
    }
    const char *nearest = uf_text_nearest(name, names, N_VIEWS + 1);
    return uf_fail(error, UF_BAD_USAGE,
                   "found '%s', expected indicators, regions, sectors, observations, interventions, "
                   "exposures, batches, notes or sums%s%s%s",
                   name, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

/* A value's own status where the row has one; else what the query knows: that it is there or not. */
static uf_value_status reason_of(const struct uf_table *raw, size_t row, size_t column, size_t flags)
{
    if (flags == (size_t)-1 || strcmp(uf_table_column_name(raw, column), "value") != 0)
        return uf_table_value_status(raw, row, column);
    return (uf_value_status)uf_table_number(raw, row, flags);
}

/* The store keeps a period as one integer; people read 2018 or 2018Q1, and a status as a word. */
static uf_status make_readable(const struct view *view, const struct uf_table *raw, struct uf_table **out,
                               struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new(view->name, &table, error));
    uf_status status = UF_OK;
    size_t period = view->period_column ? uf_table_column(raw, view->period_column) : (size_t)-1;
    size_t flags = strcmp(view->name, "observations") ? (size_t)-1 : uf_table_column(raw, "status");
    for (size_t j = 0; j < uf_table_columns(raw); j++) {
        enum uf_column_type type = j == period || j == flags ? UF_COLUMN_TEXT : uf_table_column_type(raw, j);
        UF_TRY_GOTO(uf_table_add_column(table, uf_table_column_name(raw, j), type, NULL, -1, NULL, error),
                    end);
    }
    for (size_t i = 0; i < uf_table_rows(raw); i++) {
        size_t row = 0;
        UF_TRY_GOTO(uf_table_add_row(table, &row, error), end);
        for (size_t j = 0; j < uf_table_columns(raw); j++) {
            double number = uf_table_number(raw, i, j);
            char text[UF_VALUE_STATUS_SIZE];
            if (j == period)
                status = uf_table_set_text(
                    table, row, j, number > 0 ? uf_period_print((uf_period)number, text) : NULL, error);
            else if (j == flags)
                status = uf_table_set_text(table, row, j,
                                           uf_value_status_print((uf_value_status)number, text), error);
            else if (uf_table_column_type(raw, j) == UF_COLUMN_TEXT)
                status = uf_table_set_text(table, row, j, uf_table_text(raw, i, j), error);
            else
                status = uf_table_set_value(table, row, j, number, reason_of(raw, i, j, flags), error);
            if (status != UF_OK) goto end;
        }
    }
    *out = table;
    table = NULL;
end:
    uf_table_free(table);
    return status;
}

/* A filter that names nothing in the store is a slip of the hand, not an empty answer. */
static uf_status check_filter(struct uf_store *store, const char *filter, const char *value,
                              struct uf_error *error)
{
    static const struct {
        const char *filter, *sql;
    } lists[] = {{"indicator", "SELECT code FROM indicator"},
                 {"sector", "SELECT code FROM sectors"},
                 {"intervention", "SELECT code FROM intervention"},
                 {"level", "SELECT DISTINCT level FROM regions"}};
    const size_t n_lists = sizeof lists / sizeof *lists;
    size_t list = 0;
    while (list < n_lists && strcmp(lists[list].filter, filter) != 0) list++;
    if (list == n_lists || !value) return UF_OK;
    struct uf_table *table = NULL;
    UF_TRY(uf_store_query(store, lists[list].sql, NULL, 0, &table, error));
    const size_t n = uf_table_rows(table);
    const char **codes = malloc((n + 1) * sizeof *codes);
    bool found = false;
    for (size_t i = 0; codes && i < n; i++) {
        codes[i] = uf_table_text(table, i, 0);
        found = found || !strcmp(codes[i], value);
    }
    uf_status status = codes ? UF_OK : uf_fail_memory(error);
    if (codes && !found) {
        const char *nearest = uf_text_nearest(value, codes, n);
        status = uf_fail(error, UF_BAD_INPUT, "there is no %s '%s' in the store%s%s%s", filter, value,
                         nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    }
    free(codes);
    uf_table_free(table);
    return status;
}

static uf_status show(const struct arguments *arguments, const struct view *view, struct uf_store *store,
                      struct uf_error *error)
{
    const char *parameters[3] = {NULL};
    size_t count = 0;
    char *region = NULL;
    uf_status status = UF_OK;
    for (; count < 3 && view->filters[count]; count++)
        parameters[count] = arguments_text(arguments, view->filters[count]);
    for (size_t i = 0; i < count && status == UF_OK; i++)
        status = check_filter(store, view->filters[i], parameters[i], error);
    for (size_t i = 0; i < count && status == UF_OK; i++)
        if (!strcmp(view->filters[i], "region") && parameters[i]) {
            status = uf_store_resolve_region(store, parameters[i], &region, error);
            parameters[i] = region;
        }
    struct uf_table *raw = NULL, *table = NULL;
    if (status == UF_OK) status = uf_store_query(store, view->sql, parameters, count, &raw, error);
    if (status == UF_OK) status = make_readable(view, raw, &table, error);
    if (status == UF_OK) status = terminal_print_table(arguments, table, error);
    uf_table_free(table);
    uf_table_free(raw);
    free(region);
    return status;
}

static uf_status run(const struct arguments *arguments, struct uf_error *error)
{
    const struct view *view = NULL;
    if (arguments->words.count && !strcmp(arguments->words.items[0], "sums"))
        return show_sums(arguments, error);
    UF_TRY(find_view(arguments->words.count ? arguments->words.items[0] : "indicators", &view, error));
    struct uf_store *store = NULL;
    UF_TRY(places_open_store(arguments, &store, error));
    const char *as_of = arguments_text(arguments, "as-of");
    uf_status status = as_of && !strcmp(view->name, "observations")
                           ? show_as_of(arguments, store, as_of, error)
                           : show(arguments, view, store, error);
    uf_store_close(store);
    return status;
}

static const struct argument_option filters[] = {
    {"indicator", 'i', ARGUMENT_VALUE, "NAME", "only this indicator (observations, notes, sums)"},
    {"region", 0, ARGUMENT_VALUE, "CODE",
     "only this region, by code or alias (regions, observations, exposures)"},
    {"sector", 0, ARGUMENT_VALUE, "CODE", "only this sector (observations)"},
    {"level", 0, ARGUMENT_VALUE, "NAME", "only this level (regions); the level summed to (sums)"},
    {"from-level", 0, ARGUMENT_VALUE, "NAME",
     "the level of the parts (sums); default: the nearest with values"},
    {"how", 0, ARGUMENT_VALUE, "WAY", "sum, mean or share (sums); default sum"},
    {"weight", 0, ARGUMENT_VALUE, "NAME", "the indicator to weight a mean by (sums)"},
    {"numerator", 0, ARGUMENT_VALUE, "NAME", "of a share (sums)"},
    {"denominator", 0, ARGUMENT_VALUE, "NAME", "of a share (sums), or of a ratio (observations --as-of)"},
    {"gaps", 0, ARGUMENT_FLAG, NULL, "the published totals that their parts do not add up to (sums)"},
    {"as-of", 0, ARGUMENT_VALUE, "YEAR", "in the regional division of a year (observations)"},
    {"crosswalk", 0, ARGUMENT_VALUE, "FILE",
     "from, to, weight: carry by weights instead of merging (--as-of)"},
    {"one-division", 0, ARGUMENT_FLAG, NULL, "the publisher gives all periods in one division (--as-of)"},
    {"allow-missing", 0, ARGUMENT_FLAG, NULL, "sum what there is where a part is missing (sums)"},
    {"intervention", 0, ARGUMENT_VALUE, "CODE", "only this intervention (exposures)"},
};
static const struct argument_group filter_group = {"Which rows", filters, sizeof filters / sizeof *filters};
static const struct argument_group *const groups[] = {&filter_group, &store_options, &output_options,
                                                      &general_options, NULL};

const struct command command_show = {
    .name = "show",
    .usage = "[indicators|regions|sectors|observations|interventions|exposures|batches|notes|sums] [OPTIONS]",
    .summary = "show what is in a store",
    .groups = groups,
    .max_words = 1,
    .run = run,
    .family = -1};
