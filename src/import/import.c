// SPDX-License-Identifier: GPL-3.0-or-later
/* One file into the store: cells become observations, all or none. */
#include "import/import.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "base/fail.h"
#include "import/importer.h"

enum { PROGRESS_EVERY = 2048 };

void uf_import_summary_clear(struct uf_import_summary *summary)
{
    uf_text_list_clear(&summary->notes);
    memset(summary, 0, sizeof *summary);
}

/* --- the walk ---------------------------------------------------------------------------------- */

/* The writer refuses a second value for a cell with its number; the file knows where that stands. */
static uf_status settle_conflict(struct uf_importer *importer, uf_status status, struct uf_error *error)
{
    if (status == UF_OK) return UF_OK;
    const struct uf_writer_conflict *conflict = uf_writer_conflict(importer->writer);
    if (conflict) return uf_importer_fail_conflict(importer, conflict, &importer->refusal, error);
    if (error) *error = importer->refusal;
    return status;
}

static uf_status store_cell(struct uf_importer *importer, const struct uf_cell *cell, struct uf_error *error)
{
    struct uf_import_summary *summary = importer->summary;
    struct uf_observation observation;
    bool use;
    summary->cells++;
    if (!uf_plan_keeps(&importer->plan, cell)) {
        summary->left_out++;
        return UF_OK;
    }
    UF_TRY(uf_importer_check_constants(importer, cell, error));
    UF_TRY(uf_importer_locate(importer, &importer->reader, cell, &observation, &use, error));
    if (!use) return UF_OK;
    UF_TRY(uf_importer_read_value(importer, cell, &observation, error));
    return settle_conflict(importer, uf_writer_put(importer->writer, &observation, &importer->refusal),
                           error);
}

static uf_status report_progress(const struct uf_importer *importer, struct uf_error *error)
{
    const struct uf_import_request *request = importer->request;
    const struct uf_input *input = importer->reader.input;
    if (!request->progress ||
        request->progress(request->user, uf_input_bytes_read(input), uf_input_bytes_total(input)) == 0)
        return UF_OK;
    return uf_fail_at(error, UF_INTERRUPTED, uf_input_name(input), 0, 0,
                      "interrupted; nothing of this file was stored");
}

static uf_status walk(struct uf_importer *importer, struct uf_error *error)
{
    bool more = true;
    while (more) {
        if (importer->summary->cells % PROGRESS_EVERY == 0) UF_TRY(report_progress(importer, error));
        struct uf_cell cell;
        UF_TRY(importer->reader.format->next(&importer->reader, &cell, &more, error));
        if (more) UF_TRY(store_cell(importer, &cell, error));
    }
    UF_TRY(settle_conflict(importer, uf_writer_finish(importer->writer, &importer->refusal), error));
    const struct uf_writer_counts counts = uf_writer_counts(importer->writer);
    importer->summary->imported = counts.stored;
    importer->summary->missing = counts.missing;
    importer->summary->duplicates = counts.duplicates;
    if (counts.stored + counts.duplicates > 0) return report_progress(importer, error);
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(importer->reader.input), 0, 0,
                      "no cell of the file could be stored (%zu left out by keep, %zu of unknown regions)",
                      importer->summary->left_out, importer->summary->unknown);
}

/* --- before and after -------------------------------------------------------------------------- */

/* A text that is the same exactly when the request would take the same from the same bytes. */
static uf_status describe_selection(const struct uf_import_request *request, char out[UF_SHA256_SIZE],
                                    struct uf_error *error)
{
    struct uf_buffer text = {0};
    const char separators[] = {'\x1e', '\x1f'};
    uf_buffer_append(&text, request->indicator.code);
    uf_buffer_append_char(&text, separators[0]);
    uf_buffer_append(&text, request->format);
    uf_buffer_append_char(&text, separators[0]);
    uf_buffer_append_char(&text, request->delimiter ? request->delimiter : '?');
    uf_buffer_append_char(&text, request->decimal ? request->decimal : '?');
    uf_buffer_append_char(&text, (char)('0' + (int)request->unknown_regions));
    for (size_t i = 0; i < request->n_roles; i++) {
        uf_buffer_append_char(&text, separators[0]);
        uf_buffer_append_size(&text, (size_t)request->roles[i].role);
        uf_buffer_append(&text, request->roles[i].dimension);
    }
    for (size_t i = 0; i < request->n_keep; i++) {
        uf_buffer_append_char(&text, separators[0]);
        uf_buffer_append(&text, request->keep[i].dimension);
        for (size_t j = 0; j < request->keep[i].n_codes; j++) {
            uf_buffer_append_char(&text, separators[1]);
            uf_buffer_append(&text, request->keep[i].codes[j]);
        }
    }
    if (text.failed) return uf_fail_memory(error);
    uf_sha256(text.data, text.length, out);
    uf_buffer_clear(&text);
    return UF_OK;
}

static uf_status order_breakdown(struct uf_importer *importer, struct uf_error *error)
{
    const struct uf_plan *plan = &importer->plan;
    importer->breakdown_order = calloc(plan->count, sizeof *importer->breakdown_order);
    if (!importer->breakdown_order) return uf_fail_memory(error);
    for (size_t d = 0; d < plan->count; d++) {
        if (plan->dimensions[d].role != UF_ROLE_BREAKDOWN) continue;
        size_t at = importer->n_breakdown++;
        char **names = importer->reader.dimensions.items;
        for (; at > 0 && strcmp(names[importer->breakdown_order[at - 1]], names[d]) > 0; at--)
            importer->breakdown_order[at] = importer->breakdown_order[at - 1];
        importer->breakdown_order[at] = d;
    }
    return UF_OK;
}

static uf_status note_unknown(struct uf_importer *importer, struct uf_error *error)
{
    if (importer->summary->unknown == 0) return UF_OK;
    struct uf_buffer text = {0};
    uf_buffer_append_size(&text, importer->summary->unknown);
    uf_buffer_append(&text, " cells of regions that the store does not know were passed over, such as ");
    for (size_t i = 0; i < importer->unknown.count; i++) {
        if (i > 0) uf_buffer_append(&text, ", ");
        uf_buffer_append(&text, importer->unknown.items[i]);
    }
    uf_status status =
        text.failed ? uf_fail_memory(error) : uf_text_list_add(&importer->summary->notes, text.data, error);
    uf_buffer_clear(&text);
    return status;
}

/* Inside the transaction. */
static uf_status store_all(struct uf_importer *importer, const char *selection, struct uf_error *error)
{
    const struct uf_import_request *request = importer->request;
    const struct uf_reader *reader = &importer->reader;
    UF_TRY(uf_store_put_indicator(importer->store, &request->indicator, error));
    UF_TRY(uf_store_batch_begin(importer->store, uf_input_name(reader->input), reader->format->name,
                                uf_input_sha256(reader->input), &importer->batch, error));
    UF_TRY(uf_writer_open(importer->store, importer->batch, 0, &importer->writer, error));
    UF_TRY(walk(importer, error));
    UF_TRY(uf_store_batch_describe(importer->store, importer->batch, importer->summary->encoding,
                                   importer->summary->cells, error));
    UF_TRY(note_unknown(importer, error));
    /* With regions passed over, the same file may give more when the store knows more. */
    return importer->summary->unknown > 0
               ? UF_OK
               : uf_store_batch_select(importer->store, importer->batch, selection, error);
}

struct uf_reader_wishes uf_importer_wishes(const struct uf_import_request *request)
{
    return (struct uf_reader_wishes){.delimiter = request->delimiter,
                                     .decimal = request->decimal,
                                     .roles = request->roles,
                                     .n_roles = request->n_roles,
                                     .sheet = request->sheet,
                                     .range = request->range,
                                     .header_row = request->header_row,
                                     .language = request->language};
}

static uf_status open_reader(struct uf_importer *importer, struct uf_input *input, struct uf_error *error)
{
    const struct uf_import_request *request = importer->request;
    const struct uf_reader_wishes wishes = uf_importer_wishes(request);
    struct uf_import_summary *summary = importer->summary;
    UF_TRY(uf_reader_open(input, request->format, &wishes, &importer->reader, error));
    for (size_t i = 0; i < importer->reader.notes.count; i++)
        UF_TRY(uf_text_list_add(&summary->notes, importer->reader.notes.items[i], error));
    summary->format = importer->reader.format->name;
    summary->delimiter = importer->reader.delimiter;
    summary->decimal = importer->reader.rules.decimal;
    UF_TRY(
        uf_plan_make(importer->store, &importer->reader, request, &importer->plan, &summary->notes, error));
    UF_TRY(order_breakdown(importer, error));
    const char *format = importer->reader.format->name;
    uf_reader_close(&importer->reader);
    return uf_reader_open(input, format, &wishes, &importer->reader, error); /* from the start again */
}

static uf_status import_all(struct uf_importer *importer, struct uf_input *input, struct uf_error *error)
{
    char selection[UF_SHA256_SIZE];
    int64_t earlier;
    struct uf_import_summary *summary = importer->summary;
    snprintf(summary->sha256, sizeof summary->sha256, "%s", uf_input_sha256(input));
    snprintf(summary->encoding, sizeof summary->encoding, "%s", uf_input_encoding(input));
    UF_TRY(describe_selection(importer->request, selection, error));
    UF_TRY(uf_store_batch_find(importer->store, summary->sha256, selection, &earlier, error));
    if (earlier) {
        summary->already_there = true;
        return UF_OK;
    }
    UF_TRY(open_reader(importer, input, error));
    UF_TRY(uf_store_begin(importer->store, error));
    uf_status status = store_all(importer, selection, error);
    uf_writer_close(importer->writer);
    if (status == UF_OK) status = uf_store_commit(importer->store, error);
    if (status != UF_OK) uf_store_rollback(importer->store);
    return status;
}

uf_status uf_import_input(struct uf_store *store, struct uf_input *input,
                          const struct uf_import_request *request, struct uf_import_summary *out,
                          struct uf_error *error)
{
    if (!request->indicator.code || !*request->indicator.code)
        return uf_fail(error, UF_BAD_USAGE, "the imported values need the code of an indicator");
    struct uf_import_summary summary = {0};
    struct uf_importer importer = {.store = store, .request = request, .summary = &summary};
    uf_status status = import_all(&importer, input, error);
    uf_reader_close(&importer.reader);
    uf_plan_clear(&importer.plan);
    uf_translation_clear(&importer.regions);
    uf_translation_clear(&importer.sectors);
    uf_text_list_clear(&importer.unknown);
    uf_buffer_clear(&importer.breakdown);
    free(importer.breakdown_order);
    if (status != UF_OK)
        uf_import_summary_clear(&summary);
    else
        *out = summary;
    return status;
}

uf_status uf_import_file(struct uf_store *store, const struct uf_import_request *request,
                         struct uf_import_summary *out, struct uf_error *error)
{
    struct uf_input *input = NULL;
    UF_TRY(uf_input_open(request->path, request->encoding, &input, error));
    uf_status status = uf_import_input(store, input, request, out, error);
    uf_input_close(input);
    return status;
}
