// SPDX-License-Identifier: GPL-3.0-or-later
/* The three forms of CSV: the same rows, in other dress. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "export/csv_text.h"
#include "export/output.h"
#include "export/terms.h"
#include "export/writers.h"

enum column_kind {
    DATAFLOW,
    FREQUENCY,
    INDICATOR,
    INDICATOR_NAME,
    REGION,
    REGION_NAME,
    SECTOR,
    BREAKDOWN, /* one column per dimension */
    UNIT,
    PERIOD,
    VALUE,
    STATUS,
    LETTERS,
    CONFIDENTIALITY,
    REMARK
};
enum { MOST_COLUMNS = 12 };

struct column {
    const char *heading;
    enum column_kind kind;
};
struct dialect {
    const char *format, *title, *file_name;
    const char *delimiter, *decimal, *line_end, *mark; /* mark: of the byte order; "": none */
    enum export_order order;
    bool for_people; /* codes with names behind, guarded against spreadsheets, in Swedish */
    bool sdmx_periods;
    struct column columns[MOST_COLUMNS + 1];
};

static const struct dialect TIDY = {
    .format = "csv",
    .title = "Observations, one per row",
    .file_name = "observations.csv",
    .delimiter = ",",
    .decimal = ".",
    .line_end = "\n",
    .mark = "",
    .columns = {{"indicator", INDICATOR},
                {"region", REGION},
                {"region_name", REGION_NAME},
                {"sector", SECTOR},
                {"", BREAKDOWN},
                {"period", PERIOD},
                {"value", VALUE},
                {"status", STATUS},
                {"unit", UNIT}},
};
static const struct dialect EXCEL = {
    .format = "csv-excel",
    .title = "Observationer, en per rad",
    .file_name = "observations.csv",
    .delimiter = ";",
    .decimal = ",",
    .line_end = "\r\n",
    .mark = "\xEF\xBB\xBF",
    .order = EXPORT_BY_SWEDISH_NAME,
    .for_people = true,
    .columns = {{"Indikator", INDICATOR},
                {"Indikatornamn", INDICATOR_NAME},
                {"Region", REGION},
                {"Regionnamn", REGION_NAME},
                {"Bransch", SECTOR},
                {"", BREAKDOWN},
                {"Period", PERIOD},
                {"V\xC3\xA4rde", VALUE},
                {"Status", STATUS},
                {"Anm\xC3\xA4rkning", REMARK},
                {"Enhet", UNIT}},
};
static const struct dialect SDMX = {
    .format = "sdmx-csv",
    .title = "Observations, one per row",
    .file_name = "observations.csv",
    .delimiter = ",",
    .decimal = ".",
    .line_end = "\n",
    .mark = "",
    .sdmx_periods = true,
    .columns = {{"DATAFLOW", DATAFLOW},
                {"FREQ", FREQUENCY},
                {"INDICATOR", INDICATOR},
                {"NACE_R2", SECTOR},
                {"", BREAKDOWN},
                {"GEO", REGION},
                {"TIME_PERIOD", PERIOD},
                {"OBS_VALUE", VALUE},
                {"OBS_FLAG", LETTERS},
                {"CONF_STATUS", CONFIDENTIALITY},
                {"STATUS_DETAIL", STATUS},
                {"UNIT", UNIT}},
};

/* --- headings ---------------------------------------------------------------------------------- */

static bool is_taken(const struct uf_text_list *headings, const char *composed)
{
    for (size_t i = 0; i < headings->count; i++)
        if (!strcasecmp(headings->items[i], composed)) return true;
    return false;
}

/* A dimension may be called as a column of ours is, or as another one but for its case: then it gets a number. The
 * descriptor tells its own name. */
static uf_status add_dimension_heading(const struct dialect *dialect, const char *name,
                                       struct uf_text_list *headings, struct uf_error *error)
{
    char *composed = NULL;
    UF_TRY(uf_text_normalise(*name ? name : "breakdown", &composed, error));
    struct uf_text_list taken = {0};
    uf_status status = UF_OK;
    for (const struct column *column = dialect->columns; column->heading && status == UF_OK; column++)
        status = uf_text_list_add(&taken, column->heading, error);
    for (size_t i = 0; i < headings->count && status == UF_OK; i++)
        status = uf_text_list_add(&taken, headings->items[i], error);
    struct uf_buffer heading;
    uf_buffer_init(&heading);
    uf_buffer_append(&heading, composed);
    for (size_t n = 2; status == UF_OK && !heading.failed && is_taken(&taken, heading.data); n++) {
        heading.length = 0;
        uf_buffer_append(&heading, composed);
        uf_buffer_append_char(&heading, '_');
        uf_buffer_append_size(&heading, n);
    }
    if (status == UF_OK && heading.failed) status = uf_fail_memory(error);
    if (status == UF_OK) status = uf_text_list_add(headings, heading.data, error);
    uf_buffer_clear(&heading);
    uf_text_list_clear(&taken);
    free(composed);
    return status;
}

/* --- rows -------------------------------------------------------------------------------------- */

struct writing {
    const struct dialect *dialect;
    struct export_contents *contents;
    struct uf_text_list headings; /* of the dimensions */
    struct export_output output;
    struct uf_buffer line, text; /* text: a field while it is put together */
    const char *final;
};

static void put(struct writing *writing, const char *text, enum export_guard guard)
{
    if (!writing->dialect->for_people) guard = EXPORT_PLAIN;
    export_csv_field(&writing->line, text, *writing->dialect->delimiter, guard);
}

/* For people `01 Stockholms län`, which no spreadsheet turns into 1. */
static void put_code(struct writing *writing, const char *code, const char *name)
{
    bool named = writing->dialect->for_people && name && *name && !strchr(code, ' ');
    writing->text.length = 0;
    uf_buffer_append(&writing->text, code);
    if (named) uf_buffer_append_char(&writing->text, ' ');
    if (named) uf_buffer_append(&writing->text, name);
    put(writing, writing->text.data, EXPORT_CODE);
}

static void put_number(struct writing *writing, double value)
{
    char number[UF_NUMBER_SIZE];
    if (isnan(value)) return;
    char *point = strchr(uf_number_print(value, number), '.');
    if (point) *point = *writing->dialect->decimal;
    uf_buffer_append(&writing->line, number);
}

static void put_period(struct writing *writing, uf_period period)
{
    char text[UF_PERIOD_SIZE];
    if (writing->dialect->sdmx_periods)
        export_append_sdmx_period(&writing->line, period);
    else
        uf_buffer_append(&writing->line, uf_period_print(period, text));
}

static void put_breakdown(struct writing *writing, const struct export_row *row)
{
    const struct export_contents *contents = writing->contents;
    for (size_t d = 0; d < contents->dimensions.count; d++) {
        const char *code = export_breakdown_code(row->breakdown, d);
        if (d > 0) uf_buffer_append(&writing->line, writing->dialect->delimiter);
        if (code) put_code(writing, code, export_label_of(contents, contents->dimensions.items[d], code));
    }
}

static void put_remark(struct writing *writing, uf_value_status status)
{
    writing->text.length = 0;
    uf_buffer_append(&writing->text, " "); /* so that there is a text */
    writing->text.length = 0;
    export_append_remark(&writing->text, status);
    if (writing->text.length) put(writing, writing->text.data, EXPORT_WORDS);
}

static void put_confidentiality(struct writing *writing, uf_value_status status)
{
    if (status & (UF_VALUE_CONFIDENTIAL | UF_VALUE_SUPPRESSED))
        uf_buffer_append(&writing->line, status & UF_VALUE_CONFIDENTIAL ? "C" : "N");
}

static void put_field(struct writing *writing, const struct export_row *row, enum column_kind kind)
{
    const struct export_contents *contents = writing->contents;
    const struct export_code *region = &contents->regions.items[row->region];
    const struct export_code *sector = row->sector == SIZE_MAX ? NULL : &contents->sectors.items[row->sector];
    const struct export_indicator *indicator = row->indicator;
    bool swedish = writing->dialect->for_people;
    char text[UF_VALUE_STATUS_SIZE];
    switch (kind) {
    case DATAFLOW:
        put(writing, "UTFALL:OBSERVATIONS(1.0)", EXPORT_PLAIN);
        break;
    case FREQUENCY:
        export_append_frequency(&writing->line, row->period);
        break;
    case INDICATOR:
        put(writing, indicator->code, EXPORT_CODE);
        break;
    case INDICATOR_NAME:
        put(writing, swedish ? indicator->name_sv : indicator->name_en, EXPORT_WORDS);
        break;
    case REGION:
        put_code(writing, region->code, region->name_sv);
        break;
    case REGION_NAME:
        put(writing, swedish ? region->name_sv : region->name_en, EXPORT_WORDS);
        break;
    case SECTOR:
        if (sector) put_code(writing, sector->code, sector->name_sv);
        break;
    case BREAKDOWN:
        put_breakdown(writing, row);
        break;
    case UNIT:
        put(writing, swedish ? indicator->unit_sv : indicator->unit_en, EXPORT_WORDS);
        break;
    case PERIOD:
        put_period(writing, row->period);
        break;
    case VALUE:
        put_number(writing, row->value);
        break;
    case STATUS:
        uf_buffer_append(&writing->line, uf_value_status_print(row->status, text));
        break;
    case LETTERS:
        export_append_letters(&writing->line, row->status);
        break;
    case CONFIDENTIALITY:
        put_confidentiality(writing, row->status);
        break;
    case REMARK:
        put_remark(writing, row->status);
        break;
    }
}

/* A column of breakdowns without dimensions is no column. */
static bool is_absent(const struct writing *writing, const struct column *column)
{
    return column->kind == BREAKDOWN && writing->contents->dimensions.count == 0;
}

static uf_status finish_line(struct writing *writing, struct uf_error *error)
{
    uf_buffer_append(&writing->line, writing->dialect->line_end);
    if (writing->line.failed || writing->text.failed) return uf_fail_memory(error);
    export_output_bytes(&writing->output, writing->line.data, writing->line.length);
    writing->line.length = 0;
    if (export_output_failed(&writing->output))
        return export_output_close(&writing->output, writing->final, error);
    return UF_OK;
}

static uf_status write_row(const struct export_row *row, void *user, struct uf_error *error)
{
    struct writing *writing = user;
    for (const struct column *column = writing->dialect->columns; column->heading; column++) {
        if (is_absent(writing, column)) continue;
        if (column != writing->dialect->columns)
            uf_buffer_append(&writing->line, writing->dialect->delimiter);
        put_field(writing, row, column->kind);
    }
    return finish_line(writing, error);
}

static uf_status write_header(struct writing *writing, struct uf_error *error)
{
    uf_buffer_append(&writing->line, writing->dialect->mark);
    for (const struct column *column = writing->dialect->columns; column->heading; column++) {
        if (is_absent(writing, column)) continue;
        if (column != writing->dialect->columns)
            uf_buffer_append(&writing->line, writing->dialect->delimiter);
        if (column->kind != BREAKDOWN) put(writing, column->heading, EXPORT_PLAIN);
        for (size_t d = 0; column->kind == BREAKDOWN && d < writing->headings.count; d++) {
            if (d > 0) uf_buffer_append(&writing->line, writing->dialect->delimiter);
            put(writing, writing->headings.items[d], EXPORT_WORDS);
        }
    }
    return finish_line(writing, error);
}

/* --- the descriptor of the file ---------------------------------------------------------------- */

/* `role` is how uf_import_package reads a column; NULL: it is for people only. */
static const struct {
    enum column_kind kind;
    const char *role, *type, *description;
    bool required;
} FIELDS[] = {
    {DATAFLOW, NULL, "string", "SDMX: the dataflow", true},
    {FREQUENCY, NULL, "string",
     "SDMX: A year, S half-year, Q quarter, M month, W week, A3 a span of three years", true},
    {INDICATOR, "indicator", "string", "Code of the indicator, as in resource indicators", true},
    {INDICATOR_NAME, NULL, "string", "Name of the indicator", false},
    {REGION, "region", "string", "Code of the region, as in resource regions", true},
    {REGION_NAME, NULL, "string", "Name of the region", false},
    {SECTOR, "sector", "string", "Code of the sector, as in resource sectors; empty: none", false},
    {BREAKDOWN, "breakdown", "string",
     "Code in a further dimension, as in resource codes; empty: not broken down", false},
    {UNIT, NULL, "string", "Unit of the value", false},
    {PERIOD, "period", "string",
     "Year, half-year (2018H1), quarter (2018Q1), month (2018M01), week (2018W05) or span of years "
     "(2015-2017); SDMX writes 2018-S1, 2018-Q1, 2018-01, 2018-W05, 2015-01-01/P3Y",
     true},
    {VALUE, "value", "number", "The value; empty: missing, for the reason in the status", false},
    {STATUS, "status", "string", "observed, or why the value is missing, and remarks, joined by +", true},
    {LETTERS, NULL, "string", "Eurostat's flags: what of the status they can say", false},
    {CONFIDENTIALITY, NULL, "string", "C confidential, N withheld by the publisher; empty: free", false},
    {REMARK, NULL, "string", "The status in Swedish", false},
};

static json_t *describe_field(const struct writing *writing, enum column_kind kind, const char *heading,
                              const char *dimension)
{
    size_t i = 0;
    while (FIELDS[i].kind != kind) i++;
    json_t *field = json_pack("{s:o, s:s, s:s}", "name", export_json_text(heading), "type", FIELDS[i].type,
                              "description", FIELDS[i].description);
    if (kind == VALUE && *writing->dialect->decimal != '.')
        json_object_set_new(field, "decimalChar", json_string(writing->dialect->decimal));
    if (FIELDS[i].required) json_object_set_new(field, "constraints", json_pack("{s:b}", "required", 1));
    if (FIELDS[i].role) json_object_set_new(field, "role", json_string(FIELDS[i].role));
    if (dimension) json_object_set_new(field, "dimension", export_json_text(dimension));
    return field;
}

static json_t *describe_fields(const struct writing *writing)
{
    json_t *fields = json_array();
    for (const struct column *column = writing->dialect->columns; column->heading; column++) {
        if (column->kind != BREAKDOWN)
            json_array_append_new(fields, describe_field(writing, column->kind, column->heading, NULL));
        for (size_t d = 0; column->kind == BREAKDOWN && d < writing->headings.count; d++)
            json_array_append_new(fields, describe_field(writing, BREAKDOWN, writing->headings.items[d],
                                                         writing->contents->dimensions.items[d]));
    }
    return fields;
}

static uf_status describe(const struct writing *writing, json_t *resources, struct uf_error *error)
{
    const struct dialect *dialect = writing->dialect;
    json_t *resource =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", "observations", "path", dialect->file_name,
                  "title", dialect->title, "profile", "tabular-data-resource", "format", "csv", "mediatype",
                  "text/csv", "encoding", "utf-8");
    json_object_set_new(resource, "dialect",
                        json_pack("{s:s, s:s, s:s, s:b}", "delimiter", dialect->delimiter, "decimalChar",
                                  dialect->decimal, "lineTerminator", dialect->line_end, "header", 1));
    json_object_set_new(resource, "schema",
                        json_pack("{s:o, s:[s]}", "fields", describe_fields(writing), "missingValues", ""));
    json_object_set_new(resource, "content", json_string("observations"));
    json_object_set_new(resource, "codesWithNames", json_boolean(dialect->for_people));
    json_object_set_new(resource, "rows", json_integer((json_int_t)writing->contents->observations));
    return resource && json_array_append_new(resources, resource) == 0 ? UF_OK : uf_fail_memory(error);
}

/* --- the whole file ---------------------------------------------------------------------------- */

static uf_status write_all(struct writing *writing, const char *folder, struct uf_error *error)
{
    struct export_contents *contents = writing->contents;
    for (size_t d = 0; d < contents->dimensions.count; d++)
        UF_TRY(add_dimension_heading(writing->dialect, contents->dimensions.items[d], &writing->headings,
                                     error));
    UF_TRY(export_output_open(folder, writing->dialect->file_name, &writing->output, error));
    UF_TRY(write_header(writing, error));
    for (size_t i = 0; i < contents->n_indicators; i++)
        UF_TRY(export_walk(contents, &contents->indicators[i], writing->dialect->order, write_row, writing,
                           error));
    return export_output_close(&writing->output, writing->final, error);
}

static uf_status write_csv(const struct dialect *dialect, struct export_contents *contents,
                           const char *folder, const char *final, json_t *resources, struct uf_error *error)
{
    struct writing writing = {.dialect = dialect, .contents = contents, .final = final};
    uf_status status = write_all(&writing, folder, error);
    if (status == UF_OK) status = describe(&writing, resources, error);
    export_output_drop(&writing.output);
    uf_text_list_clear(&writing.headings);
    uf_buffer_clear(&writing.line);
    uf_buffer_clear(&writing.text);
    return status;
}

uf_status export_write_csv(struct export_contents *contents, const char *folder, const char *final,
                           json_t *resources, struct uf_error *error)
{
    return write_csv(&TIDY, contents, folder, final, resources, error);
}

uf_status export_write_csv_excel(struct export_contents *contents, const char *folder, const char *final,
                                 json_t *resources, struct uf_error *error)
{
    return write_csv(&EXCEL, contents, folder, final, resources, error);
}

uf_status export_write_sdmx_csv(struct export_contents *contents, const char *folder, const char *final,
                                json_t *resources, struct uf_error *error)
{
    return write_csv(&SDMX, contents, folder, final, resources, error);
}
