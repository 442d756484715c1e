// SPDX-License-Identifier: GPL-3.0-or-later
/* A file read as an import would read it, and what was understood of it. */
#include "import/describe.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/importer.h"

enum { FIRST_ROWS = 5, MOST_SIGNS = 40, SHOWN = 8, PROGRESS_EVERY = 2048 };

void uf_import_description_clear(struct uf_import_description *description)
{
    char *texts[] = {description->title,    description->source,  description->updated,
                     description->language, description->licence, description->study_source};
    struct uf_table *tables[] = {description->dimensions, description->contents, description->missing,
                                 description->rows, description->remarks};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) free(texts[i]);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) uf_table_free(tables[i]);
    uf_text_list_clear(&description->notes);
    uf_text_list_clear(&description->needs);
    memset(description, 0, sizeof *description);
}

/* How often each sign for a missing value stands in the file, and what is met that cannot be imported. */
struct census {
    struct uf_codes signs; /* sign → row of the table `missing` */
    struct uf_codes known; /* a region's code → 1 the store knows it, 0 not */
    struct uf_text_list unknown_regions;
    size_t n_unknown, n_unreadable, n_no_period;
    char unreadable[96], no_period[96]; /* the first */
    size_t line;                        /* of the first unreadable */
};

static void shorten(char out[96], const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length > 90) length = 90;
    while (length > 0 && text && strlen(text) > length && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    snprintf(out, 96, "%.*s", (int)length, text ? text : "");
}

static uf_status count_sign(struct uf_describer *d, struct census *census, const struct uf_cell *cell,
                            uf_value_status status, struct uf_error *error)
{
    char meaning[UF_VALUE_STATUS_SIZE], sign[96];
    struct uf_table *table = d->out->missing;
    int64_t row;
    uf_value_status_print(status, meaning);
    shorten(sign, cell->is_read ? "" : cell->text);
    size_t end = strlen(sign);
    while (end > 0 && sign[end - 1] == ' ') sign[--end] = '\0';
    if (cell->flags && *cell->flags && end + strlen(cell->flags) + 2 < sizeof sign)
        snprintf(sign + end, sizeof sign - end, " %s", cell->flags);
    struct uf_buffer key = {0};
    uf_buffer_append(&key, sign);
    uf_buffer_append_char(&key, '\x1f');
    uf_buffer_append(&key, meaning);
    if (key.failed) return uf_fail_memory(error);
    uf_status result = UF_OK;
    if (!uf_codes_find(&census->signs, key.data, key.length, &row) && uf_table_rows(table) < MOST_SIGNS) {
        size_t at = 0;
        result = uf_table_add_row(table, &at, error);
        row = (int64_t)at;
        if (result == UF_OK) result = uf_table_set_text(table, at, 0, sign, error);
        if (result == UF_OK) result = uf_table_set_text(table, at, 1, meaning, error);
        if (result == UF_OK) result = uf_table_set_number(table, at, 2, 0, error);
        if (result == UF_OK) result = uf_codes_put(&census->signs, key.data, key.length, row, error);
    }
    if (result == UF_OK && uf_codes_find(&census->signs, key.data, key.length, &row))
        result =
            uf_table_set_number(table, (size_t)row, 2, uf_table_number(table, (size_t)row, 2) + 1, error);
    uf_buffer_clear(&key);
    return result;
}

static uf_status count_region(struct uf_describer *d, struct census *census, const struct uf_cell *cell,
                              struct uf_error *error)
{
    if (d->plan.region == SIZE_MAX) return UF_OK;
    const char *code = cell->codes[d->plan.region];
    int64_t known = 0;
    if (!uf_codes_find(&census->known, code, strlen(code), &known)) {
        char *found = NULL;
        const char *meaning = uf_plan_meaning(&d->plan, &d->reader, d->plan.region, code);
        uf_status status = uf_plan_find_region(d->store, &d->plan, &d->reader, code, &found, error);
        if (status != UF_OK && status != UF_BAD_INPUT) return status;
        known = status == UF_OK && found != NULL;
        free(found);
        UF_TRY(uf_codes_put(&census->known, code, strlen(code), known, error));
        if (!known && census->unknown_regions.count < SHOWN)
            UF_TRY(uf_text_list_add(&census->unknown_regions, meaning, error));
    }
    census->n_unknown += !known;
    return UF_OK;
}

static void count_period(const struct uf_describer *d, struct census *census, const struct uf_cell *cell)
{
    uf_period period;
    if (d->plan.period == SIZE_MAX) return;
    const char *meaning = uf_plan_meaning(&d->plan, &d->reader, d->plan.period, cell->codes[d->plan.period]);
    if (uf_period_parse(meaning, strlen(meaning), &period)) return;
    if (census->n_no_period++ == 0) shorten(census->no_period, meaning);
}

static uf_status look_at(struct uf_describer *d, struct census *census, const struct uf_cell *cell,
                         struct uf_error *error)
{
    double value = cell->value;
    uf_value_status status = cell->status;
    UF_TRY(count_region(d, census, cell, error));
    count_period(d, census, cell);
    if (!cell->is_read &&
        !uf_value_read(&d->reader.rules, cell->text, cell->length, cell->flags, &value, &status)) {
        size_t column;
        if (census->n_unreadable++ == 0) {
            shorten(census->unreadable, cell->text);
            d->reader.format->place(&d->reader, UF_VALUE_PLACE, &census->line, &column);
        }
        value = NAN;
        status = UF_VALUE_NOT_AVAILABLE;
    } else if (uf_value_is_missing(status) || status & UF_VALUE_TRUE_ZERO) {
        UF_TRY(count_sign(d, census, cell, status, error));
    }
    if (uf_table_rows(d->out->rows) < FIRST_ROWS) UF_TRY(uf_describe_row(d, cell, value, status, error));
    return UF_OK;
}

static uf_status walk(struct uf_describer *d, struct census *census, struct uf_error *error)
{
    const struct uf_import_request *request = d->request;
    for (;;) {
        struct uf_cell cell;
        bool more = false, kept = false;
        if (request->progress && d->out->cells % PROGRESS_EVERY == 0 &&
            request->progress(request->user, uf_input_bytes_read(d->reader.input),
                              uf_input_bytes_total(d->reader.input)) != 0)
            return uf_fail_at(error, UF_INTERRUPTED, uf_input_name(d->reader.input), 0, 0, "interrupted");
        UF_TRY(d->reader.format->next(&d->reader, &cell, &more, error));
        if (!more) return UF_OK;
        d->out->cells++;
        UF_TRY(uf_plan_keeps(&d->plan, &d->reader, &cell, &kept, error));
        d->out->left_out += !kept;
        if (kept) UF_TRY(look_at(d, census, &cell, error));
    }
}

static uf_status need(struct uf_describer *d, struct uf_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static uf_status need(struct uf_describer *d, struct uf_error *error, const char *format, ...)
{
    char text[UF_ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return uf_text_list_add(&d->out->needs, text, error);
}

static uf_status say_needs(struct uf_describer *d, const struct census *census, struct uf_error *error)
{
    for (size_t i = 0; i < d->plan.needs.count; i++)
        UF_TRY(uf_text_list_add(&d->out->needs, d->plan.needs.items[i], error));
    if (census->n_unreadable)
        UF_TRY(need(d, error, "%zu values are no numbers, the first of them '%s' in line %zu",
                    census->n_unreadable, census->unreadable, census->line));
    if (census->n_no_period)
        UF_TRY(need(d, error, "%zu cells have no period, the first of them '%s'", census->n_no_period,
                    census->no_period));
    if (census->n_unknown == 0) return UF_OK;
    struct uf_buffer names = {0};
    for (size_t i = 0; i < census->unknown_regions.count; i++) {
        if (i > 0) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, census->unknown_regions.items[i]);
    }
    uf_status status = names.failed ? uf_fail_memory(error) : UF_OK;
    char text[UF_ERROR_MESSAGE_SIZE];
    if (status == UF_OK) {
        snprintf(text, sizeof text,
                 "%zu cells are of regions that the store does not know, such as %.300s: pass over them "
                 "(--skip-unknown-regions, in a study unknown-regions: skip) or add the regions "
                 "(--add-unknown-regions, unknown-regions: add)",
                 census->n_unknown, names.data);
        bool refused = d->request->unknown_regions == UF_UNKNOWN_REFUSE;
        status = uf_text_list_add(refused ? &d->out->needs : &d->out->notes, text, error);
    }
    uf_buffer_clear(&names);
    return status;
}

static uf_status make_missing_table(struct uf_describer *d, struct uf_error *error)
{
    size_t column;
    UF_TRY(uf_table_new("missing", &d->out->missing, error));
    UF_TRY(uf_table_add_column(d->out->missing, "sign", UF_COLUMN_TEXT, NULL, -1, &column, error));
    UF_TRY(uf_table_add_column(d->out->missing, "meaning", UF_COLUMN_TEXT, NULL, -1, &column, error));
    return uf_table_add_column(d->out->missing, "cells", UF_COLUMN_NUMBER, NULL, 0, &column, error);
}

static uf_status read_file(struct uf_describer *d, struct uf_input *input, struct uf_error *error)
{
    const struct uf_reader_wishes wishes = uf_importer_wishes(d->request);
    struct uf_import_description *out = d->out;
    UF_TRY(uf_reader_open(input, d->request->format, &wishes, &d->reader, error));
    for (size_t i = 0; i < d->reader.notes.count; i++)
        UF_TRY(uf_text_list_add(&out->notes, d->reader.notes.items[i], error));
    const struct uf_format *format = d->reader.format;
    out->format = format->name;
    out->format_summary = format->summary;
    out->delimiter = d->reader.delimiter;
    out->decimal = uf_input_is_binary(input) ? '\0' : d->reader.rules.decimal;
    UF_TRY(uf_plan_make(d->store, &d->reader, d->request, true, &d->plan, &out->notes, error));
    UF_TRY(uf_contents_make(&d->plan, &d->reader, d->request, &d->contents, &out->notes, error));
    uf_reader_close(&d->reader);
    return uf_reader_open(input, format->name, &wishes, &d->reader, error);
}

static uf_status describe(struct uf_describer *d, struct uf_input *input, struct census *census,
                          struct uf_error *error)
{
    struct uf_import_description *out = d->out;
    snprintf(out->sha256, sizeof out->sha256, "%s", uf_input_sha256(input));
    if (!uf_input_is_binary(input))
        snprintf(out->encoding, sizeof out->encoding, "%s", uf_input_encoding(input));
    UF_TRY(read_file(d, input, error));
    UF_TRY(uf_describe_dimensions(d, error));
    UF_TRY(uf_describe_contents(d, error));
    UF_TRY(uf_describe_facts(d, error));
    UF_TRY(make_missing_table(d, error));
    UF_TRY(uf_describe_begin_rows(d, error));
    UF_TRY(walk(d, census, error));
    UF_TRY(say_needs(d, census, error));
    return uf_describe_study_source(d, error);
}

uf_status uf_import_describe_input(struct uf_store *store, struct uf_input *input,
                                   const struct uf_import_request *request, struct uf_import_description *out,
                                   struct uf_error *error)
{
    struct uf_import_request named = *request;
    if (!named.indicator.code || !*named.indicator.code) named.indicator.code = "indicator";
    struct uf_import_description description = {0};
    struct uf_describer describer = {.store = store, .request = &named, .out = &description};
    struct census census = {0};
    uf_status status = describe(&describer, input, &census, error);
    uf_codes_clear(&census.signs);
    uf_codes_clear(&census.known);
    uf_text_list_clear(&census.unknown_regions);
    uf_contents_clear(&describer.contents);
    uf_plan_clear(&describer.plan);
    uf_reader_close(&describer.reader);
    if (status != UF_OK)
        uf_import_description_clear(&description);
    else
        *out = description;
    return status;
}

uf_status uf_import_describe(struct uf_store *store, const struct uf_import_request *request,
                             struct uf_import_description *out, struct uf_error *error)
{
    struct uf_input *input = NULL;
    UF_TRY(uf_input_open(request->path, request->encoding, &input, error));
    uf_status status = uf_import_describe_input(store, input, request, out, error);
    uf_input_close(input);
    return status;
}
