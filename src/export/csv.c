// SPDX-License-Identifier: GPL-3.0-or-later
/* Rows as CSV, in one of the three dialects. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "export/csv_dialect.h"
#include "export/csv_text.h"
#include "export/output.h"
#include "export/terms.h"
#include "export/writers.h"

/* --- headings ---------------------------------------------------------------------------------- */

static bool is_taken(const struct uf_text_list *headings, const char *composed)
{
    for (size_t i = 0; i < headings->count; i++)
        if (!strcasecmp(headings->items[i], composed)) return true;
    return false;
}

/* A dimension may be called as a column of ours is, or as another one but for its case: then it gets a number. The
 * descriptor tells its own name. */
static uf_status add_dimension_heading(const struct export_dialect *dialect, const char *name,
                                       struct uf_text_list *headings, struct uf_error *error)
{
    char *composed = NULL;
    UF_TRY(uf_text_normalise(*name ? name : "breakdown", &composed, error));
    struct uf_text_list taken = {0};
    uf_status status = UF_OK;
    for (const struct export_column *column = dialect->columns; column->heading && status == UF_OK; column++)
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
    const struct export_dialect *dialect;
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

static void put_field(struct writing *writing, const struct export_row *row, enum export_column_kind kind)
{
    const struct export_contents *contents = writing->contents;
    const struct export_code *region = &contents->regions.items[row->region];
    const struct export_code *sector = row->sector == SIZE_MAX ? NULL : &contents->sectors.items[row->sector];
    const struct export_indicator *indicator = row->indicator;
    bool swedish = writing->dialect->for_people;
    char text[UF_VALUE_STATUS_SIZE];
    switch (kind) {
    case EXPORT_COLUMN_DATAFLOW:
        put(writing, "UTFALL:OBSERVATIONS(1.0)", EXPORT_PLAIN);
        break;
    case EXPORT_COLUMN_FREQUENCY:
        export_append_frequency(&writing->line, row->period);
        break;
    case EXPORT_COLUMN_INDICATOR:
        put(writing, indicator->code, EXPORT_CODE);
        break;
    case EXPORT_COLUMN_INDICATOR_NAME:
        put(writing, swedish ? indicator->name_sv : indicator->name_en, EXPORT_WORDS);
        break;
    case EXPORT_COLUMN_REGION:
        put_code(writing, region->code, region->name_sv);
        break;
    case EXPORT_COLUMN_REGION_NAME:
        put(writing, swedish ? region->name_sv : region->name_en, EXPORT_WORDS);
        break;
    case EXPORT_COLUMN_SECTOR:
        if (sector) put_code(writing, sector->code, sector->name_sv);
        break;
    case EXPORT_COLUMN_BREAKDOWN:
        put_breakdown(writing, row);
        break;
    case EXPORT_COLUMN_UNIT:
        put(writing, swedish ? indicator->unit_sv : indicator->unit_en, EXPORT_WORDS);
        break;
    case EXPORT_COLUMN_PERIOD:
        put_period(writing, row->period);
        break;
    case EXPORT_COLUMN_VALUE:
        put_number(writing, row->value);
        break;
    case EXPORT_COLUMN_STATUS:
        uf_buffer_append(&writing->line, uf_value_status_print(row->status, text));
        break;
    case EXPORT_COLUMN_LETTERS:
        export_append_letters(&writing->line, row->status);
        break;
    case EXPORT_COLUMN_CONFIDENTIALITY:
        put_confidentiality(writing, row->status);
        break;
    case EXPORT_COLUMN_REMARK:
        put_remark(writing, row->status);
        break;
    }
}

/* A column of breakdowns without dimensions is no column. */
static bool is_absent(const struct writing *writing, const struct export_column *column)
{
    return column->kind == EXPORT_COLUMN_BREAKDOWN && writing->contents->dimensions.count == 0;
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
    for (const struct export_column *column = writing->dialect->columns; column->heading; column++) {
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
    for (const struct export_column *column = writing->dialect->columns; column->heading; column++) {
        if (is_absent(writing, column)) continue;
        if (column != writing->dialect->columns)
            uf_buffer_append(&writing->line, writing->dialect->delimiter);
        if (column->kind != EXPORT_COLUMN_BREAKDOWN) put(writing, column->heading, EXPORT_PLAIN);
        for (size_t d = 0; column->kind == EXPORT_COLUMN_BREAKDOWN && d < writing->headings.count; d++) {
            if (d > 0) uf_buffer_append(&writing->line, writing->dialect->delimiter);
            put(writing, writing->headings.items[d], EXPORT_WORDS);
        }
    }
    return finish_line(writing, error);
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

static uf_status write_csv(const struct export_dialect *dialect, struct export_contents *contents,
                           const char *folder, const char *final, json_t *resources, struct uf_error *error)
{
    struct writing writing = {.dialect = dialect, .contents = contents, .final = final};
    uf_status status = write_all(&writing, folder, error);
    if (status == UF_OK) status = export_csv_describe(dialect, &writing.headings, contents, resources, error);
    export_output_drop(&writing.output);
    uf_text_list_clear(&writing.headings);
    uf_buffer_clear(&writing.line);
    uf_buffer_clear(&writing.text);
    return status;
}

uf_status export_write_csv(struct export_contents *contents, const char *folder, const char *final,
                           json_t *resources, struct uf_error *error)
{
    return write_csv(&export_tidy, contents, folder, final, resources, error);
}

uf_status export_write_csv_excel(struct export_contents *contents, const char *folder, const char *final,
                                 json_t *resources, struct uf_error *error)
{
    return write_csv(&export_excel, contents, folder, final, resources, error);
}

uf_status export_write_sdmx_csv(struct export_contents *contents, const char *folder, const char *final,
                                json_t *resources, struct uf_error *error)
{
    return write_csv(&export_sdmx, contents, folder, final, resources, error);
}
