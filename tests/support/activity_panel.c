// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/activity_panel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utfall/file.h>

#include "panel/layout.h"
#include "support/test.h"

struct uf_panel *activity_panel(const char *csv)
{
    char path[256];
    struct uf_error error;
    snprintf(path, sizeof path, "%s/activity.csv", scratch_directory());
    assert_ok(uf_file_write(path, csv, strlen(csv), &error), &error);
    struct raw_csv raw = raw_csv_read(path);
    struct uf_table *table = NULL;
    assert_ok(uf_table_new("activity", &table, &error), &error);
    size_t column[4], row;
    static const char *const names[] = {"region", "sector", "year", "jobs"};
    for (size_t c = 0; c < 4; c++)
        assert_ok(uf_table_add_column(table, names[c], c < 3 ? UF_COLUMN_TEXT : UF_COLUMN_NUMBER, NULL, -1,
                                      &column[c], &error),
                  &error);
    for (size_t i = 0; i < raw.n_rows; i++) {
        assert_ok(uf_table_add_row(table, &row, &error), &error);
        for (size_t c = 0; c < 3; c++)
            assert_ok(uf_table_set_text(table, row, column[c], raw.cell[i * raw.n_columns + c], &error),
                      &error);
        assert_ok(uf_table_set_number(table, row, column[3], raw_csv_number(&raw, i, 3), &error), &error);
    }
    static const char *const numbers[] = {"jobs"};
    const struct layout_request request = {.table = table,
                                           .place = path,
                                           .unit = "region",
                                           .sector = "sector",
                                           .period = "year",
                                           .numbers = numbers,
                                           .n_numbers = 1};
    struct uf_panel *panel = NULL;
    assert_ok(panel_lay_out(&request, NULL, &panel, &error), &error);
    assert_ok(panel_set_roles(panel, "jobs", NULL, NULL, 0, &error), &error);
    uf_table_free(table);
    raw_csv_free(&raw);
    return panel;
}

void activity_panel_miss(struct uf_panel *panel, const char *region, const char *sector, const char *year,
                         uf_value_status reason)
{
    for (size_t i = 0; i < panel->n_rows; i++) {
        if (strcmp(panel->units.code[panel->unit[i]], region) != 0 ||
            strcmp(panel->sectors.code[panel->sector[i]], sector) != 0 ||
            strcmp(panel->periods.code[panel->period[i]], year) != 0)
            continue;
        panel->columns[panel->outcome].value[i] = NAN;
        panel->columns[panel->outcome].status[i] = reason;
        return;
    }
    fail_msg("no cell %s %s %s", region, sector, year);
}

uf_status activity_run(const struct uf_method *method, const struct uf_panel *panel,
                       enum uf_language language, const char *const *options, struct uf_result *out,
                       struct uf_error *error)
{
    struct uf_options *given = NULL;
    assert_ok(uf_options_new(method, &given, error), error);
    for (size_t i = 0; options != NULL && options[i] != NULL; i += 2)
        assert_ok(uf_options_set(given, options[i], options[i + 1], error), error);
    const struct uf_context context = {.language = language, .seed = 1, .threads = 1};
    uf_result_init(out);
    uf_status status = method->run(panel, given, &context, out, error);
    uf_options_free(given);
    return status;
}

static const struct uf_table *find_row(const struct uf_result *result, const char *name, const char *unit,
                                       const char *sector, size_t *row)
{
    const struct uf_table *table = uf_result_table(result, name);
    if (table == NULL) fail_msg("no table %s", name);
    size_t unit_column = uf_table_column(table, "unit");
    size_t sector_column = uf_table_column(table, sector != NULL ? "sector" : "unit");
    for (*row = 0; *row < uf_table_rows(table); (*row)++)
        if (strcmp(uf_table_text(table, *row, unit_column), unit) == 0 &&
            (sector == NULL || strcmp(uf_table_text(table, *row, sector_column), sector) == 0))
            return table;
    fail_msg("no row %s %s in %s", unit, sector != NULL ? sector : "", name);
    return NULL;
}

double activity_cell(const struct uf_result *result, const char *table, const char *unit, const char *sector,
                     const char *column, uf_value_status *status)
{
    size_t row;
    const struct uf_table *found = find_row(result, table, unit, sector, &row);
    size_t index = uf_table_column(found, column);
    if (index == SIZE_MAX) fail_msg("no column %s in %s", column, table);
    if (status != NULL) *status = uf_table_value_status(found, row, index);
    return uf_table_number(found, row, index);
}

const char *activity_text(const struct uf_result *result, const char *table, const char *unit,
                          const char *sector, const char *column)
{
    size_t row;
    const struct uf_table *found = find_row(result, table, unit, sector, &row);
    size_t index = uf_table_column(found, column);
    if (index == SIZE_MAX) fail_msg("no column %s in %s", column, table);
    return uf_table_text(found, row, index);
}
