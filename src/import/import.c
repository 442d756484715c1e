// SPDX-License-Identifier: GPL-3.0-or-later
/* One file into the store: cells become observations, all or none. */
#include "import/import.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "base/fail.h"
#include "import/format.h"
#include "import/plan.h"
#include "store/codes.h"

enum { PROGRESS_EVERY = 2048, UNKNOWN = -1 };

/* The file's codes of one dimension and what the store calls them; looked up once per code. */
struct translation {
    struct uf_codes index;     /* file's code → place in `codes`, or UNKNOWN */
    struct uf_text_list codes; /* the store's */
};

struct importer {
    struct uf_store *store;
    const struct uf_import_request *request;
    struct uf_reader reader;
    struct uf_plan plan;
    struct translation regions, sectors;
    struct uf_text_list unknown; /* regions passed over, the first few */
    struct uf_buffer breakdown;
    size_t *breakdown_order; /* dimensions of the breakdown, by name */
    size_t n_breakdown;
    struct uf_import_summary *summary;
    int64_t batch;
};

void uf_import_summary_clear(struct uf_import_summary *summary)
{
    uf_text_list_clear(&summary->notes);
    memset(summary, 0, sizeof *summary);
}

/* --- a cell becomes an observation
 * ---------------------------------------------------------------------------- */

/* `*out` is NULL where the store does not know the code. */
static uf_status translate(struct uf_store *store, struct translation *translation, uf_find_function *find,
                           const char *text, const char **out, struct uf_error *error)
{
    size_t length = strlen(text);
    int64_t place = 0;
    if (!uf_codes_find(&translation->index, text, length, &place)) {
        char *code;
        UF_TRY(find(store, text, &code, error));
        place = code ? (int64_t)translation->codes.count : UNKNOWN;
        uf_status status = code ? uf_text_list_add(&translation->codes, code, error) : UF_OK;
        free(code);
        if (status == UF_OK) status = uf_codes_put(&translation->index, text, length, place, error);
        if (status != UF_OK) return status;
    }
    *out = place == UNKNOWN ? NULL : translation->codes.items[place];
    return UF_OK;
}

static void clear_translation(struct translation *translation)
{
    uf_codes_clear(&translation->index);
    uf_text_list_clear(&translation->codes);
}

/* The store's own sentence, with its suggestion, at the place in the file. */
static uf_status fail_unknown_code(const struct importer *importer, size_t dimension,
                                   uf_find_function *resolve, const char *code, const char *advice,
                                   struct uf_error *error)
{
    struct uf_error inner = {0};
    char *resolved = NULL;
    uf_status status = resolve(importer->store, code, &resolved, &inner);
    free(resolved);
    if (status != UF_BAD_INPUT) inner.message[0] = '\0';
    return uf_reader_fail(&importer->reader, dimension, error, "%s%s", inner.message, advice);
}

static uf_status remember_unknown(struct importer *importer, const char *code, struct uf_error *error)
{
    enum { SHOWN = 8 };
    importer->summary->unknown++;
    if (importer->unknown.count >= SHOWN || uf_text_list_find(&importer->unknown, code) != SIZE_MAX)
        return UF_OK;
    return uf_text_list_add(&importer->unknown, code, error);
}

static uf_status check_constants(const struct importer *importer, const struct uf_cell *cell,
                                 struct uf_error *error)
{
    for (size_t d = 0; d < importer->plan.count; d++) {
        const char *constant = importer->plan.dimensions[d].constant;
        if (constant && strcmp(constant, cell->codes[d]))
            return uf_reader_fail(
                &importer->reader, d, error,
                "column %s has '%s' here and '%s' in all cells before; keep one of them, or give the "
                "column a role",
                importer->reader.dimensions.items[d], cell->codes[d], constant);
    }
    return UF_OK;
}

static void write_breakdown(struct importer *importer, const struct uf_cell *cell)
{
    struct uf_buffer *text = &importer->breakdown;
    text->length = 0;
    if (text->data) text->data[0] = '\0';
    for (size_t i = 0; i < importer->n_breakdown; i++) {
        size_t d = importer->breakdown_order[i];
        if (i > 0) uf_buffer_append_char(text, ';');
        uf_buffer_append(text, importer->reader.dimensions.items[d]);
        uf_buffer_append_char(text, '=');
        uf_buffer_append(text, cell->codes[d]);
    }
}

/* Where the value goes: everything of an observation but the value. `*out_use` is false for a region passed
 * over. */
static uf_status locate(struct importer *importer, const struct uf_reader *reader, const struct uf_cell *cell,
                        struct uf_observation *out, bool *out_use, struct uf_error *error)
{
    const struct uf_plan *plan = &importer->plan;
    *out = (struct uf_observation){.indicator = importer->request->indicator.code};
    *out_use = false;
    const char *region = cell->codes[plan->region], *period = cell->codes[plan->period];
    UF_TRY(
        translate(importer->store, &importer->regions, uf_find_labelled_region, region, &out->region, error));
    if (!out->region) {
        if (importer->request->unknown_regions == UF_UNKNOWN_SKIP)
            return remember_unknown(importer, region, error);
        return fail_unknown_code(importer, plan->region, uf_store_resolve_region, region,
                                 " (or let the import pass over regions that the store does not know)",
                                 error);
    }
    if (plan->sector != SIZE_MAX) {
        const char *sector = cell->codes[plan->sector];
        UF_TRY(translate(importer->store, &importer->sectors, uf_find_labelled_sector, sector, &out->sector,
                         error));
        if (!out->sector)
            return fail_unknown_code(importer, plan->sector, uf_store_resolve_sector, sector,
                                     " (or keep only sectors that the store knows)", error);
    }
    if (!uf_period_parse(period, strlen(period), &out->period))
        return uf_reader_fail(
            reader, plan->period, error,
            "'%s' is not a period; expected a year (2018), half-year (2018H1), quarter (2018K1), month "
            "(2018M01) or week (2018W05)",
            period);
    write_breakdown(importer, cell);
    if (importer->breakdown.failed) return uf_fail_memory(error);
    out->breakdown = importer->breakdown.data;
    *out_use = true;
    return UF_OK;
}

static uf_status read_value(const struct importer *importer, const struct uf_cell *cell,
                            struct uf_observation *out, struct uf_error *error)
{
    const struct uf_reader *reader = &importer->reader;
    if (uf_value_read(&reader->rules, cell->text, cell->length, cell->flags, &out->value, &out->status))
        return UF_OK;
    uf_value_status status;
    if (cell->flags && !uf_value_flags_read(cell->flags, strlen(cell->flags), &status))
        return uf_reader_fail(
            reader, UF_VALUE_PLACE, error,
            "the value's flag '%s' is not known; expected Eurostat's letters (b c d e f n p s u z)",
            cell->flags);
    return uf_reader_fail(
        reader, UF_VALUE_PLACE, error,
        "'%.200s' is not a number; expected one with decimal %s, or a sign for a missing value (.. . : "
        "NA, or nothing) or for zero (\xE2\x80\x93)",
        cell->text, reader->rules.decimal == ',' ? "comma" : "point");
}

/* --- two values for one cell
 * ------------------------------------------------------------------------------------ */

static bool same_cell(const struct uf_observation *a, const struct uf_observation *b, const char *breakdown)
{
    return a->period == b->period && !strcmp(a->region, b->region) && uf_text_equal(a->sector, b->sector) &&
           uf_text_equal(a->breakdown, breakdown);
}

/* Walks the file again for the line where the cell stands before the current one; 0: it came with another
 * file. */
static size_t first_line_of(struct importer *importer, const struct uf_observation *observation)
{
    const struct uf_reader_wishes wishes = {importer->request->delimiter, importer->request->decimal,
                                            importer->request->roles, importer->request->n_roles};
    struct uf_reader again;
    char *breakdown = uf_text_copy(observation->breakdown); /* the buffer is written anew for each cell */
    size_t line = 0, column;
    bool found = false;
    if (uf_reader_open(importer->reader.input, importer->reader.format->name, &wishes, &again, NULL) ==
        UF_OK) {
        struct uf_cell cell;
        struct uf_observation candidate;
        bool more = true, use;
        for (size_t n = 1; n < importer->summary->cells && !found; n++) {
            if (again.format->next(&again, &cell, &more, NULL) != UF_OK || !more) break;
            found = uf_plan_keeps(&importer->plan, &cell) &&
                    locate(importer, &again, &cell, &candidate, &use, NULL) == UF_OK && use &&
                    same_cell(&candidate, observation, breakdown);
        }
        if (found) again.format->place(&again, UF_VALUE_PLACE, &line, &column);
        uf_reader_close(&again);
    }
    free(breakdown);
    return line;
}

static uf_status fail_conflict(struct importer *importer, const struct uf_observation *observation,
                               const struct uf_error *inner, struct uf_error *error)
{
    size_t line = 0, column = 0;
    importer->reader.format->place(&importer->reader, UF_VALUE_PLACE, &line, &column);
    size_t first = first_line_of(importer, observation);
    struct uf_buffer text = {0};
    uf_buffer_append(&text, inner->message);
    if (first) {
        uf_buffer_append(&text, "; the first stands in line ");
        uf_buffer_append_size(&text, first);
    } else {
        uf_buffer_append(&text, "; the first came with an earlier import");
    }
    if (importer->plan.left_out.count > 0) uf_buffer_append(&text, "; columns not looked at:");
    for (size_t i = 0; i < importer->plan.left_out.count; i++) {
        uf_buffer_append(&text, i > 0 ? ", " : " ");
        uf_buffer_append(&text, importer->plan.left_out.items[i]);
    }
    uf_status status = uf_fail_at(error, UF_BAD_INPUT, uf_input_name(importer->reader.input), line, column,
                                  "%s", text.data ? text.data : inner->message);
    uf_buffer_clear(&text);
    return status;
}

/* --- the walk
 * ------------------------------------------------------------------------------------------------------ */

static uf_status store_cell(struct importer *importer, const struct uf_cell *cell, struct uf_error *error)
{
    struct uf_import_summary *summary = importer->summary;
    struct uf_observation observation;
    struct uf_error inner = {0};
    bool use, duplicate = false;
    summary->cells++;
    if (!uf_plan_keeps(&importer->plan, cell)) {
        summary->left_out++;
        return UF_OK;
    }
    UF_TRY(check_constants(importer, cell, error));
    UF_TRY(locate(importer, &importer->reader, cell, &observation, &use, error));
    if (!use) return UF_OK;
    UF_TRY(read_value(importer, cell, &observation, error));
    uf_status status =
        uf_store_put_observation(importer->store, importer->batch, &observation, &duplicate, &inner);
    if (status == UF_BAD_INPUT) return fail_conflict(importer, &observation, &inner, error);
    if (status != UF_OK) {
        if (error) *error = inner;
        return status;
    }
    summary->duplicates += duplicate;
    summary->imported += !duplicate;
    summary->missing += !duplicate && uf_value_is_missing(observation.status);
    return UF_OK;
}

static uf_status report_progress(const struct importer *importer, struct uf_error *error)
{
    const struct uf_import_request *request = importer->request;
    const struct uf_input *input = importer->reader.input;
    if (!request->progress ||
        request->progress(request->user, uf_input_bytes_read(input), uf_input_bytes_total(input)) == 0)
        return UF_OK;
    return uf_fail_at(error, UF_INTERRUPTED, uf_input_name(input), 0, 0,
                      "interrupted; nothing of this file was stored");
}

static uf_status walk(struct importer *importer, struct uf_error *error)
{
    bool more = true;
    while (more) {
        if (importer->summary->cells % PROGRESS_EVERY == 0) UF_TRY(report_progress(importer, error));
        struct uf_cell cell;
        UF_TRY(importer->reader.format->next(&importer->reader, &cell, &more, error));
        if (more) UF_TRY(store_cell(importer, &cell, error));
    }
    if (importer->summary->imported + importer->summary->duplicates > 0)
        return report_progress(importer, error);
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(importer->reader.input), 0, 0,
                      "no cell of the file could be stored (%zu left out by keep, %zu of unknown regions)",
                      importer->summary->left_out, importer->summary->unknown);
}

/* --- before and after
 * ---------------------------------------------------------------------------------------------- */

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

static uf_status order_breakdown(struct importer *importer, struct uf_error *error)
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

static uf_status note_unknown(struct importer *importer, struct uf_error *error)
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
static uf_status store_all(struct importer *importer, const char *selection, struct uf_error *error)
{
    const struct uf_import_request *request = importer->request;
    const struct uf_reader *reader = &importer->reader;
    UF_TRY(uf_store_put_indicator(importer->store, &request->indicator, error));
    UF_TRY(uf_store_batch_begin(importer->store, uf_input_name(reader->input), reader->format->name,
                                uf_input_sha256(reader->input), &importer->batch, error));
    UF_TRY(walk(importer, error));
    UF_TRY(note_unknown(importer, error));
    /* With regions passed over, the same file may give more when the store knows more. */
    return importer->summary->unknown > 0
               ? UF_OK
               : uf_store_batch_select(importer->store, importer->batch, selection, error);
}

static uf_status open_reader(struct importer *importer, struct uf_input *input, struct uf_error *error)
{
    const struct uf_import_request *request = importer->request;
    const struct uf_reader_wishes wishes = {request->delimiter, request->decimal, request->roles,
                                            request->n_roles};
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

static uf_status import_all(struct importer *importer, struct uf_input *input, struct uf_error *error)
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
    struct importer importer = {.store = store, .request = request, .summary = &summary};
    uf_status status = import_all(&importer, input, error);
    uf_reader_close(&importer.reader);
    uf_plan_clear(&importer.plan);
    clear_translation(&importer.regions);
    clear_translation(&importer.sectors);
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
