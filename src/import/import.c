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
    if (conflict && !importer->sums)
        return uf_importer_fail_conflict(importer, conflict, &importer->refusal, error);
    if (conflict)
        return uf_fail_at(
            error, UF_BAD_INPUT, uf_input_name(importer->reader.input), 0, 0,
            "%s; the first came with an earlier import; where this file is a newer edition of the "
            "same, --replace (in a study replace: true) forgets the earlier one",
            importer->refusal.message);
    if (error) *error = importer->refusal;
    return status;
}

static uf_status put(struct uf_importer *importer, const struct uf_observation *observation,
                     struct uf_error *error)
{
    return settle_conflict(importer, uf_writer_put(importer->writer, observation, &importer->refusal), error);
}

/* What may be added up is asked once per content and once per value. */
static uf_status add_part(struct uf_importer *importer, const struct uf_cell *cell,
                          const struct uf_observation *observation, struct uf_error *error)
{
    const struct uf_reader *reader = &importer->reader;
    bool twice = false;
    if (observation->status & UF_VALUE_NOISE && !importer->request->sum_noise && importer->adds_up)
        return uf_reader_fail(
            reader, UF_VALUE_PLACE, error,
            "this value is protected by noise, and the errors of its parts add up in a sum; "
            "accept that by --sum-noise, in a study sum-noise: accept");
    UF_TRY(uf_sums_add(importer->sums, &importer->plan, cell, observation, &twice, error));
    if (!twice) return UF_OK;
    return uf_reader_fail(
        reader, UF_VALUE_PLACE, error,
        "this part of a sum was met before (%s, region %s%s%s); keep one of the codes that tell "
        "the two apart: --keep COLUMN=CODE, in a study keep: {COLUMN: CODE}",
        observation->indicator, observation->region,
        observation->breakdown && *observation->breakdown ? ", " : "",
        observation->breakdown ? observation->breakdown : "");
}

static uf_status put_indicator(struct uf_importer *importer, struct uf_error *error)
{
    struct uf_content *content = importer->content;
    if (content->put) return UF_OK;
    const char *why = importer->adds_up ? uf_content_why_no_sum(content) : NULL;
    if (why)
        return uf_fail_at(error, UF_BAD_USAGE, uf_input_name(importer->reader.input), 0, 0,
                          "%s cannot be added up: %s; keep one code of each column instead (--keep "
                          "COLUMN=CODE), or add up its numerator and its denominator",
                          content->label ? content->label : content->indicator_code, why);
    UF_TRY(uf_store_put_indicator(importer->store, &content->indicator, error));
    content->put = true;
    return UF_OK;
}

static uf_status store_cell(struct uf_importer *importer, const struct uf_cell *cell, struct uf_error *error)
{
    struct uf_import_summary *summary = importer->summary;
    struct uf_observation observation;
    bool use = false;
    summary->cells++;
    UF_TRY(uf_plan_keeps(&importer->plan, &importer->reader, cell, &use, error));
    UF_TRY(uf_totals_meet(&importer->totals, &importer->plan, cell, use, error));
    if (!use) {
        summary->left_out++;
        return UF_OK;
    }
    UF_TRY(uf_importer_check_constants(importer, cell, error));
    UF_TRY(uf_importer_locate(importer, &importer->reader, cell, &observation, &use, error));
    if (!use) return UF_OK;
    UF_TRY(uf_importer_read_value(importer, cell, &observation, error));
    UF_TRY(put_indicator(importer, error));
    return importer->sums ? add_part(importer, cell, &observation, error)
                          : put(importer, &observation, error);
}

static uf_status put_sums(struct uf_importer *importer, struct uf_error *error)
{
    struct uf_import_summary *summary = importer->summary;
    size_t count = importer->sums ? uf_sums_count(importer->sums) : 0;
    UF_TRY(uf_totals_note(&importer->totals, &importer->plan, &importer->reader, &summary->notes, error));
    for (size_t i = 0; i < count; i++) {
        struct uf_observation observation;
        size_t lacking;
        uf_sums_get(importer->sums, i, &observation, &lacking);
        summary->incomplete += lacking > 0;
        UF_TRY(put(importer, &observation, error));
    }
    if (summary->incomplete == 0) return UF_OK;
    char note[160];
    snprintf(note, sizeof note, "%zu of %zu sums lack a part and are missing (incomplete)",
             summary->incomplete, count);
    return uf_text_list_add(&summary->notes, note, error);
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

/* What the reader has to say is known when the file is opened, but for what its end tells. */
static uf_status walk(struct uf_importer *importer, struct uf_error *error)
{
    bool more = true;
    const struct uf_text_list *notes = &importer->reader.notes;
    size_t told = notes->count;
    while (more) {
        if (importer->summary->cells % PROGRESS_EVERY == 0) UF_TRY(report_progress(importer, error));
        struct uf_cell cell;
        UF_TRY(importer->reader.format->next(&importer->reader, &cell, &more, error));
        if (more) UF_TRY(store_cell(importer, &cell, error));
    }
    for (; told < notes->count; told++)
        UF_TRY(uf_text_list_add(&importer->summary->notes, notes->items[told], error));
    return report_progress(importer, error);
}

static uf_status finish(struct uf_importer *importer, struct uf_error *error)
{
    struct uf_import_summary *summary = importer->summary;
    UF_TRY(settle_conflict(importer, uf_writer_finish(importer->writer, &importer->refusal), error));
    const struct uf_writer_counts counts = uf_writer_counts(importer->writer);
    summary->imported = counts.stored;
    summary->missing = counts.missing;
    summary->duplicates = counts.duplicates;
    if (counts.stored + counts.duplicates > 0) return UF_OK;
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(importer->reader.input), 0, 0,
                      "no cell of the file could be stored (%zu left out by keep, %zu of unknown regions)",
                      summary->left_out, summary->unknown);
}

/* --- before and after -------------------------------------------------------------------------- */

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

/* Notes of the file that speak of noise in its values. */
static bool is_noisy(const struct uf_file_facts *facts)
{
    static const char *const WORDS[] = {"noise",
                                        "CKM",
                                        "cell key",
                                        "cellnyckel",
                                        "r\xC3\xB6jandekontroll",
                                        "perturb",
                                        "slumpm\xC3\xA4ssigt brus",
                                        NULL};
    for (size_t i = 0; i < facts->n_notes; i++)
        for (size_t w = 0; WORDS[w]; w++)
            if (uf_label_speaks_of(facts->notes[i].text, WORDS[w])) return true;
    return false;
}

static uf_status begin_sums(struct uf_importer *importer, struct uf_error *error)
{
    const struct uf_plan *plan = &importer->plan;
    for (size_t i = 0; i < plan->n_sums; i++)
        importer->adds_up = importer->adds_up || plan->sums[i].parts.count > 1;
    if (plan->n_sums == 0) return UF_OK;
    if (importer->adds_up && !importer->request->sum_noise && is_noisy(&importer->reader.facts))
        return uf_fail_at(
            error, UF_BAD_USAGE, uf_input_name(importer->reader.input), 0, 0,
            "a note of the file says that its values are protected by noise, and the errors of the "
            "parts add up in a sum; accept that by --sum-noise, in a study sum-noise: accept");
    return uf_sums_new(plan, &importer->sums, error);
}

/* An indicator of a file whose cells are all left out is put too: it says what was looked for. */
static uf_status put_all_indicators(struct uf_importer *importer, struct uf_error *error)
{
    for (size_t i = 0; i < importer->contents.count; i++) {
        importer->content = &importer->contents.items[i];
        UF_TRY(put_indicator(importer, error));
    }
    return UF_OK;
}

/* Inside the transaction. */
static uf_status store_all(struct uf_importer *importer, const char *selection, struct uf_error *error)
{
    const struct uf_reader *reader = &importer->reader;
    if (importer->request->replace) UF_TRY(uf_importer_forget_earlier(importer, error));
    UF_TRY(begin_sums(importer, error));
    UF_TRY(put_all_indicators(importer, error));
    UF_TRY(uf_store_batch_begin(importer->store, uf_input_name(reader->input), reader->format->name,
                                uf_input_sha256(reader->input), &importer->batch, error));
    UF_TRY(uf_importer_store_facts(importer, error));
    UF_TRY(uf_writer_open(importer->store, importer->batch, 0, &importer->writer, error));
    UF_TRY(walk(importer, error));
    UF_TRY(put_sums(importer, error));
    UF_TRY(finish(importer, error));
    UF_TRY(uf_importer_note_unknown(importer, error));
    bool binary = uf_input_is_binary(reader->input);
    UF_TRY(uf_store_batch_describe(importer->store, importer->batch,
                                   binary ? NULL : uf_input_encoding(reader->input), importer->summary->cells,
                                   error));
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
                                     .keep = request->keep,
                                     .n_keep = request->n_keep,
                                     .sheet = request->sheet,
                                     .range = request->range,
                                     .header_row = request->header_row,
                                     .language = request->language};
}

/* The region and the period of all cells; a column that tells goes before them. */
static uf_status take_constants(struct uf_importer *importer, struct uf_error *error)
{
    const struct uf_import_request *request = importer->request;
    const char *period = request->period_is;
    if (request->region_is && importer->plan.region == SIZE_MAX)
        UF_TRY(uf_store_resolve_region(importer->store, request->region_is, &importer->region_is, error));
    if (period && importer->plan.period == SIZE_MAX &&
        !uf_period_parse(period, strlen(period), &importer->period_is))
        return uf_fail(
            error, UF_BAD_USAGE,
            "'%s' is not a period; expected a year (2018), half-year (2018H1), quarter (2018K1), month "
            "(2018M01) or week (2018W05)",
            period);
    return UF_OK;
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
    UF_TRY(uf_plan_make(importer->store, &importer->reader, request, false, &importer->plan, &summary->notes,
                        error));
    UF_TRY(uf_contents_make(&importer->plan, &importer->reader, request, &importer->contents, &summary->notes,
                            error));
    UF_TRY(take_constants(importer, error));
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
    UF_TRY(uf_describe_selection(importer->request, selection, error));
    UF_TRY(uf_store_batch_find(importer->store, summary->sha256, selection, &earlier, error));
    if (earlier && !importer->request->replace) {
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
    uf_text_list_clear(&importer.added_regions);
    uf_text_list_clear(&importer.added_sectors);
    uf_contents_clear(&importer.contents);
    uf_sums_free(importer.sums);
    uf_totals_clear(&importer.totals);
    free(importer.region_is);
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
