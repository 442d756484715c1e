// SPDX-License-Identifier: GPL-3.0-or-later
/* The three forms of CSV: the same rows, in other dress; and what the descriptor says of them. */
#include "export/csv_dialect.h"

#include "base/fail.h"
#include "export/terms.h"

const struct export_dialect export_tidy = {
    .format = "csv",
    .title = "Observations, one per row",
    .file_name = "observations.csv",
    .delimiter = ",",
    .decimal = ".",
    .line_end = "\n",
    .mark = "",
    .columns = {{"indicator", EXPORT_COLUMN_INDICATOR},
                {"region", EXPORT_COLUMN_REGION},
                {"region_name", EXPORT_COLUMN_REGION_NAME},
                {"sector", EXPORT_COLUMN_SECTOR},
                {"", EXPORT_COLUMN_BREAKDOWN},
                {"period", EXPORT_COLUMN_PERIOD},
                {"value", EXPORT_COLUMN_VALUE},
                {"status", EXPORT_COLUMN_STATUS},
                {"unit", EXPORT_COLUMN_UNIT}},
};
const struct export_dialect export_excel = {
    .format = "csv-excel",
    .title = "Observationer, en per rad",
    .file_name = "observations.csv",
    .delimiter = ";",
    .decimal = ",",
    .line_end = "\r\n",
    .mark = "\xEF\xBB\xBF",
    .order = EXPORT_BY_SWEDISH_NAME,
    .for_people = true,
    .columns = {{"Indikator", EXPORT_COLUMN_INDICATOR},
                {"Indikatornamn", EXPORT_COLUMN_INDICATOR_NAME},
                {"Region", EXPORT_COLUMN_REGION},
                {"Regionnamn", EXPORT_COLUMN_REGION_NAME},
                {"Bransch", EXPORT_COLUMN_SECTOR},
                {"", EXPORT_COLUMN_BREAKDOWN},
                {"Period", EXPORT_COLUMN_PERIOD},
                {"V\xC3\xA4rde", EXPORT_COLUMN_VALUE},
                {"Status", EXPORT_COLUMN_STATUS},
                {"Anm\xC3\xA4rkning", EXPORT_COLUMN_REMARK},
                {"Enhet", EXPORT_COLUMN_UNIT}},
};
const struct export_dialect export_sdmx = {
    .format = "sdmx-csv",
    .title = "Observations, one per row",
    .file_name = "observations.csv",
    .delimiter = ",",
    .decimal = ".",
    .line_end = "\n",
    .mark = "",
    .sdmx_periods = true,
    .columns = {{"DATAFLOW", EXPORT_COLUMN_DATAFLOW},
                {"FREQ", EXPORT_COLUMN_FREQUENCY},
                {"INDICATOR", EXPORT_COLUMN_INDICATOR},
                {"NACE_R2", EXPORT_COLUMN_SECTOR},
                {"", EXPORT_COLUMN_BREAKDOWN},
                {"GEO", EXPORT_COLUMN_REGION},
                {"TIME_PERIOD", EXPORT_COLUMN_PERIOD},
                {"OBS_VALUE", EXPORT_COLUMN_VALUE},
                {"OBS_FLAG", EXPORT_COLUMN_LETTERS},
                {"CONF_STATUS", EXPORT_COLUMN_CONFIDENTIALITY},
                {"STATUS_DETAIL", EXPORT_COLUMN_STATUS},
                {"UNIT", EXPORT_COLUMN_UNIT}},
};

/* --- the descriptor of the file ---------------------------------------------------------------- */

/* `role` is how uf_import_package reads a column; NULL: it is for people only. */
static const struct {
    enum export_column_kind kind;
    const char *role, *type, *description;
    bool required;
} FIELDS[] = {
    {EXPORT_COLUMN_DATAFLOW, NULL, "string", "SDMX: the dataflow", true},
    {EXPORT_COLUMN_FREQUENCY, NULL, "string",
     "SDMX: A year, S half-year, Q quarter, M month, W week, A3 a span of three years", true},
    {EXPORT_COLUMN_INDICATOR, "indicator", "string", "Code of the indicator, as in resource indicators",
     true},
    {EXPORT_COLUMN_INDICATOR_NAME, NULL, "string", "Name of the indicator", false},
    {EXPORT_COLUMN_REGION, "region", "string", "Code of the region, as in resource regions", true},
    {EXPORT_COLUMN_REGION_NAME, NULL, "string", "Name of the region", false},
    {EXPORT_COLUMN_SECTOR, "sector", "string", "Code of the sector, as in resource sectors; empty: none",
     false},
    {EXPORT_COLUMN_BREAKDOWN, "breakdown", "string",
     "Code in a further dimension, as in resource codes; empty: not broken down", false},
    {EXPORT_COLUMN_UNIT, NULL, "string", "Unit of the value", false},
    {EXPORT_COLUMN_PERIOD, "period", "string",
     "Year, half-year (2018H1), quarter (2018Q1), month (2018M01), week (2018W05) or span of years "
     "(2015-2017); SDMX writes 2018-S1, 2018-Q1, 2018-01, 2018-W05, 2015-01-01/P3Y",
     true},
    {EXPORT_COLUMN_VALUE, "value", "number", "The value; empty: missing, for the reason in the status",
     false},
    {EXPORT_COLUMN_STATUS, "status", "string",
     "observed, or why the value is missing, and remarks, joined by +", true},
    {EXPORT_COLUMN_LETTERS, NULL, "string", "Eurostat's flags: what of the status they can say", false},
    {EXPORT_COLUMN_CONFIDENTIALITY, NULL, "string",
     "C confidential, N withheld by the publisher; empty: free", false},
    {EXPORT_COLUMN_REMARK, NULL, "string", "The status in Swedish", false},
};

static json_t *describe_field(const struct export_dialect *dialect, enum export_column_kind kind,
                              const char *heading, const char *dimension)
{
    size_t i = 0;
    while (FIELDS[i].kind != kind) i++;
    json_t *field = json_pack("{s:o, s:s, s:s}", "name", export_json_text(heading), "type", FIELDS[i].type,
                              "description", FIELDS[i].description);
    if (kind == EXPORT_COLUMN_VALUE && *dialect->decimal != '.')
        json_object_set_new(field, "decimalChar", json_string(dialect->decimal));
    if (FIELDS[i].required) json_object_set_new(field, "constraints", json_pack("{s:b}", "required", 1));
    if (FIELDS[i].role) json_object_set_new(field, "role", json_string(FIELDS[i].role));
    if (dimension) json_object_set_new(field, "dimension", export_json_text(dimension));
    return field;
}

static json_t *describe_fields(const struct export_dialect *dialect, const struct uf_text_list *headings,
                               const struct export_contents *contents)
{
    json_t *fields = json_array();
    for (const struct export_column *column = dialect->columns; column->heading; column++) {
        if (column->kind != EXPORT_COLUMN_BREAKDOWN)
            json_array_append_new(fields, describe_field(dialect, column->kind, column->heading, NULL));
        for (size_t d = 0; column->kind == EXPORT_COLUMN_BREAKDOWN && d < headings->count; d++)
            json_array_append_new(fields, describe_field(dialect, EXPORT_COLUMN_BREAKDOWN, headings->items[d],
                                                         contents->dimensions.items[d]));
    }
    return fields;
}

uf_status export_csv_describe(const struct export_dialect *dialect, const struct uf_text_list *headings,
                              const struct export_contents *contents, json_t *resources,
                              struct uf_error *error)
{
    json_t *resource =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", "observations", "path", dialect->file_name,
                  "title", dialect->title, "profile", "tabular-data-resource", "format", "csv", "mediatype",
                  "text/csv", "encoding", "utf-8");
    json_object_set_new(resource, "dialect",
                        json_pack("{s:s, s:s, s:s, s:b}", "delimiter", dialect->delimiter, "decimalChar",
                                  dialect->decimal, "lineTerminator", dialect->line_end, "header", 1));
    json_object_set_new(resource, "schema",
                        json_pack("{s:o, s:[s]}", "fields", describe_fields(dialect, headings, contents),
                                  "missingValues", ""));
    json_object_set_new(resource, "content", json_string("observations"));
    json_object_set_new(resource, "codesWithNames", json_boolean(dialect->for_people));
    json_object_set_new(resource, "rows", json_integer((json_int_t)contents->observations));
    return resource && json_array_append_new(resources, resource) == 0 ? UF_OK : uf_fail_memory(error);
}
