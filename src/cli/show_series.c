// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/show_series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/aggregate.h>
#include <utfall/file.h>
#include <utfall/harmonise.h>
#include <utfall/number.h>
#include <utfall/store.h>

#include "base/fail.h"
#include "cli/places.h"
#include "cli/terminal.h"

static uf_status find_reference(const char *name, char **out, struct uf_error *error)
{
    char *datasets = NULL;
    UF_TRY(places_find("datasets", &datasets, error));
    char *folder = uf_path_join(datasets, "reference"), *path = folder ? uf_path_join(folder, name) : NULL;
    free(folder);
    free(datasets);
    if (!path) return uf_fail_memory(error);
    *out = path;
    return UF_OK;
}

static uf_status read_fa_regions(struct uf_memberships *out, struct uf_error *error)
{
    char *path = NULL;
    UF_TRY(find_reference("municipality_fa.csv", &path, error));
    uf_status status = uf_memberships_read(path, "municipality", "fa", out, error);
    free(path);
    return status;
}

/* Values of a level from its parts. Unlike the views it computes: what may not be added up is refused. */
uf_status show_sums(const struct arguments *arguments, struct uf_error *error)
{
    struct uf_aggregate_request request = {.indicator = arguments_text(arguments, "indicator"),
                                           .from_level = arguments_text(arguments, "from-level"),
                                           .to_level = arguments_text(arguments, "level"),
                                           .weight = arguments_text(arguments, "weight"),
                                           .numerator = arguments_text(arguments, "numerator"),
                                           .denominator = arguments_text(arguments, "denominator"),
                                           .allow_missing = arguments_flag(arguments, "allow-missing")};
    const char *how = arguments_text(arguments, "how");
    const bool gaps_only = arguments_flag(arguments, "gaps");
    UF_TRY(uf_aggregate_way_parse(how ? how : request.numerator ? "share" : NULL, &request.way, error));
    if (!request.to_level || (!request.indicator && request.way != UF_AGGREGATE_SHARE))
        return uf_fail(
            error, UF_BAD_USAGE,
            "sums need --indicator NAME (of a share: --numerator and --denominator) and --level NAME (the "
            "whole)");
    if (gaps_only && request.way != UF_AGGREGATE_SUM)
        return uf_fail(error, UF_BAD_USAGE, "--gaps compares sums with published totals; leave out --how");
    struct uf_memberships memberships = {0};
    struct uf_store *store = NULL;
    struct uf_table *table = NULL, *gaps = NULL;
    if (!strcmp(request.to_level, "fa")) {
        UF_TRY(read_fa_regions(&memberships, error));
        request.memberships = &memberships;
    }
    uf_status status = places_open_store(arguments, &store, error);
    if (status == UF_OK)
        status = uf_aggregate_tables(store, &request, &table, gaps_only ? &gaps : NULL, error);
    if (status == UF_OK) status = terminal_print_table(arguments, gaps_only ? gaps : table, error);
    uf_table_free(gaps);
    uf_table_free(table);
    uf_store_close(store);
    uf_memberships_clear(&memberships);
    return status;
}

/* --- in the regional division of one year ------------------------------------------------------- */

static uf_status read_history(const struct arguments *arguments, struct uf_store *store,
                              struct uf_region_history *history, struct uf_crosswalk *crosswalk,
                              struct uf_error *error)
{
    const char *file = arguments_text(arguments, "crosswalk");
    char *path = NULL;
    UF_TRY(find_reference("region_links.csv", &path, error));
    uf_status status = uf_region_history_read(path, history, error);
    free(path);
    if (status == UF_OK && file) status = uf_crosswalk_read(file, crosswalk, error);
    for (size_t i = 0; i < crosswalk->count && status == UF_OK; i++) {
        char **const codes[] = {&crosswalk->rows[i].from, &crosswalk->rows[i].to};
        for (size_t k = 0; k < 2 && status == UF_OK; k++) {
            char *code = NULL;
            status = uf_store_resolve_region(store, *codes[k], &code, error);
            if (status != UF_OK) break;
            free(*codes[k]);
            *codes[k] = code;
        }
    }
    return status;
}

/* The region asked for, or the union that it became part of (`SE121+SE125`). */
static bool region_is_asked(const char *region, const char *asked)
{
    const size_t length = asked ? strlen(asked) : 0;
    for (const char *part = region; asked && part; part = strchr(part, '+')) {
        part += *part == '+';
        if (!strncmp(part, asked, length) && (!part[length] || part[length] == '+')) return true;
    }
    return !asked;
}

static uf_status print_cells(const struct arguments *arguments, const struct uf_cells *cells,
                             const struct uf_text_list *series, const char *asked_region,
                             struct uf_error *error)
{
    const char *asked_sector = arguments_text(arguments, "sector");
    static const char *const names[] = {"region", "sector", "breakdown", "period"};
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new("observations", &table, error));
    uf_status status = UF_OK;
    for (size_t k = 0; k < 4 && status == UF_OK; k++)
        status = uf_table_add_column(table, names[k], UF_COLUMN_TEXT, NULL, -1, NULL, error);
    if (status == UF_OK)
        status = uf_table_add_column(table, "value", UF_COLUMN_NUMBER, NULL, -1, NULL, error);
    if (status == UF_OK) status = uf_table_add_column(table, "status", UF_COLUMN_TEXT, NULL, -1, NULL, error);
    for (size_t i = 0; i < cells->count && status == UF_OK; i++) {
        const struct uf_cell *cell = &cells->items[i];
        char *sector = NULL, *breakdown = NULL, period[UF_PERIOD_SIZE], flags[UF_VALUE_STATUS_SIZE];
        size_t row = 0;
        if (!region_is_asked(cell->region, asked_region)) continue;
        status = uf_series_split(series, cell->series, &sector, &breakdown, error);
        if (status != UF_OK) break;
        if (asked_sector && !uf_text_equal(sector, asked_sector)) {
            free(sector);
            free(breakdown);
            continue;
        }
        const char *texts[] = {cell->region, sector, breakdown, uf_period_print(cell->period, period)};
        status = uf_table_add_row(table, &row, error);
        for (size_t k = 0; k < 4 && status == UF_OK; k++)
            status = uf_table_set_text(table, row, k, texts[k], error);
        if (status == UF_OK) status = uf_table_set_value(table, row, 4, cell->value, cell->status, error);
        if (status == UF_OK)
            status = uf_table_set_text(table, row, 5, uf_value_status_print(cell->status, flags), error);
        free(sector);
        free(breakdown);
    }
    if (status == UF_OK) status = terminal_print_table(arguments, table, error);
    uf_table_free(table);
    return status;
}

/* The observations of one indicator as they would be in a study with `as-of`; the store stays as it is. */
uf_status show_as_of(const struct arguments *arguments, struct uf_store *store, const char *year_text,
                     struct uf_error *error)
{
    const char *indicator = arguments_text(arguments, "indicator"),
               *denominator = arguments_text(arguments, "denominator"),
               *region_text = arguments_text(arguments, "region");
    char *region = NULL;
    double year = NAN;
    if (!uf_number_parse(year_text, strlen(year_text), '.', &year) || !(year >= 1000 && year < 3000))
        return uf_fail(error, UF_BAD_USAGE, "found '%s' for --as-of, expected a year as 2016", year_text);
    if (!indicator) return uf_fail(error, UF_BAD_USAGE, "--as-of needs --indicator NAME");
    struct uf_region_history history = {0};
    struct uf_crosswalk crosswalk = {0};
    struct uf_text_list series;
    struct uf_cells cells, weights;
    struct uf_harmonised harmonised = {0};
    uf_text_list_init(&series);
    uf_cells_init(&cells);
    uf_cells_init(&weights);
    uf_status status = read_history(arguments, store, &history, &crosswalk, error);
    if (status == UF_OK && region_text) status = uf_store_resolve_region(store, region_text, &region, error);
    struct uf_harmonise_options options = {.as_of = (int)year,
                                           .history = &history,
                                           .crosswalk = crosswalk.count ? &crosswalk : NULL,
                                           .one_division = arguments_flag(arguments, "one-division"),
                                           .indicator = indicator};
    struct uf_table *kind = NULL;
    if (status == UF_OK) status = uf_cells_read(store, indicator, NULL, &series, &cells, error);
    if (status == UF_OK)
        status =
            uf_store_query(store, "SELECT kind FROM indicator WHERE code = ?1", &indicator, 1, &kind, error);
    if (status == UF_OK && uf_text_equal(uf_table_text(kind, 0, 0), "ratio"))
        options.kind = UF_INDICATOR_RATIO;
    uf_table_free(kind);
    if (status == UF_OK && denominator) {
        status = uf_cells_read(store, denominator, NULL, &series, &weights, error);
        if (status == UF_OK) status = uf_cells_weigh(&cells, &weights, &series, error);
    }
    if (status == UF_OK) status = uf_harmonise(&cells, &options, &harmonised, error);
    if (status == UF_OK) status = print_cells(arguments, &harmonised.cells, &series, region, error);
    free(region);
    uf_harmonised_clear(&harmonised);
    uf_cells_clear(&weights);
    uf_cells_clear(&cells);
    uf_text_list_clear(&series);
    uf_crosswalk_clear(&crosswalk);
    uf_region_history_clear(&history);
    return status;
}
