// SPDX-License-Identifier: GPL-3.0-or-later
/* An indicator to follow: a table of region × period, with a benchmark where the study names one. Nothing is
 * computed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/run.h"

enum column { COLUMN_CODE, COLUMN_LABEL, COLUMN_PERIOD, COLUMN_VALUE };

/* Three figures or so are enough for the eye; the CSV has all of them. */
static int decimals_of(const struct uf_panel_column *column, size_t n_rows)
{
    double largest = 0;
    bool whole = true;
    for (size_t i = 0; i < n_rows; i++) {
        if (uf_value_is_missing(column->status[i])) continue;
        if (fabs(column->value[i]) > largest) largest = fabs(column->value[i]);
        whole = whole && column->value[i] == floor(column->value[i]);
    }
    if (whole) return 0;
    return largest < 10 ? 2 : largest < 1000 ? 1 : 0;
}

static uf_status make_table(const struct run_analysis *analysis, const char *unit, int decimals,
                            struct uf_table **out, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new("follow", &table, error));
    uf_status status = UF_OK;
    UF_TRY_GOTO(uf_table_add_column(table, "code", UF_COLUMN_TEXT, NULL, -1, NULL, error), fail);
    UF_TRY_GOTO(uf_table_add_column(table, "label", UF_COLUMN_TEXT, NULL, -1, NULL, error), fail);
    UF_TRY_GOTO(uf_table_add_column(table, "period", UF_COLUMN_TEXT, NULL, -1, NULL, error), fail);
    UF_TRY_GOTO(uf_table_add_column(table, "value", UF_COLUMN_NUMBER, unit, decimals, NULL, error), fail);
    UF_TRY_GOTO(uf_table_set_title(table, analysis->title, error), fail);
    *out = table;
    return UF_OK;
fail:
    uf_table_free(table);
    return status;
}

static uf_status add_rows(const struct uf_panel *panel, uf_period only, struct uf_table *table,
                          struct uf_error *error)
{
    const struct uf_panel_column *column = &panel->columns[panel->outcome >= 0 ? panel->outcome : 0];
    for (size_t i = 0; i < panel->n_rows; i++) {
        if (only && panel->period_value[panel->period[i]] != only) continue;
        size_t row = 0;
        UF_TRY(uf_table_add_row(table, &row, error));
        UF_TRY(uf_table_set_text(table, row, COLUMN_CODE, panel->units.code[panel->unit[i]], error));
        UF_TRY(uf_table_set_text(table, row, COLUMN_LABEL, panel->units.label[panel->unit[i]], error));
        UF_TRY(uf_table_set_text(table, row, COLUMN_PERIOD, panel->periods.code[panel->period[i]], error));
        UF_TRY(uf_table_set_value(table, row, COLUMN_VALUE, column->value[i], column->status[i], error));
    }
    return UF_OK;
}

/* The benchmark is a region of another level, as the nation among counties. */
static uf_status add_benchmark(struct run *run, const struct run_analysis *analysis, struct uf_table *table,
                               struct uf_error *error)
{
    const struct study_text *benchmark = &analysis->follow->benchmark;
    char *code = NULL;
    uf_status status = uf_store_resolve_region(run->store, benchmark->text, &code, error);
    UF_TRY(study_locate(run->study, benchmark->place, status, error));
    if (uf_dictionary_find(&analysis->panel->units, code) != SIZE_MAX) {
        free(code);
        return UF_OK; /* among the rows already */
    }
    const struct study_derived *derived = study_derived_of(run->study, analysis->follow->indicator.text);
    const char *name = analysis->follow->indicator.text;
    const struct uf_panel_variable variable = {.name = name,
                                               .expression = derived ? derived->expression.text : name};
    struct uf_table *level = NULL;
    struct uf_panel *panel = NULL;
    struct uf_result ledger;
    uf_result_init(&ledger);
    const char *parameter = code;
    status =
        uf_store_query(run->store, "SELECT level FROM regions WHERE code = ?1", &parameter, 1, &level, error);
    if (status == UF_OK) {
        const struct uf_store_panel_request request = {.language = run->language,
                                                       .level = uf_table_text(level, 0, 0),
                                                       .regions = &parameter,
                                                       .n_regions = 1,
                                                       .variables = &variable,
                                                       .n_variables = 1,
                                                       .outcome = name,
                                                       .from = analysis->common->from,
                                                       .to = analysis->common->to};
        status = uf_panel_from_store(run->store, &request, &ledger, &panel, error);
    }
    if (status == UF_OK) status = add_rows(panel, 0, table, error);
    uf_panel_free(panel);
    uf_result_clear(&ledger);
    uf_table_free(level);
    free(code);
    return study_locate(run->study, benchmark->place, status, error);
}

uf_status run_follow(struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    const struct uf_panel *panel = analysis->panel;
    const struct study_follow *follow = analysis->follow;
    const struct uf_panel_column *column = &panel->columns[panel->outcome >= 0 ? panel->outcome : 0];
    bool map = follow->chart.text && !strcmp(follow->chart.text, "tile-map");
    uf_period only = map ? follow->period : 0;
    if (map && !only && panel->periods.count) only = panel->period_value[panel->periods.count - 1];
    struct uf_table *table = NULL;
    UF_TRY(make_table(analysis, column->unit, decimals_of(column, panel->n_rows), &table, error));
    uf_status status = add_rows(panel, only, table, error);
    if (status == UF_OK && follow->benchmark.text && !map)
        status = add_benchmark(run, analysis, table, error);
    if (status == UF_OK && uf_table_rows(table) == 0) {
        char period[UF_PERIOD_SIZE];
        status = uf_fail_at(error, UF_BAD_INPUT, run->study->path, follow->place.line, follow->place.column,
                            "there are no figures of '%s' for %s, expected a period that the data have",
                            follow->indicator.text, only ? uf_period_print(only, period) : "these regions");
    }
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    analysis->result.claim = UF_CLAIM_DESCRIPTION;
    return uf_result_take_table(&analysis->result, table, error);
}
