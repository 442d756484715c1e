// SPDX-License-Identifier: GPL-3.0-or-later
/* A cell of a file becomes an observation, or an error that says where and why not. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/importer.h"

enum { UNKNOWN = -1 };

/* What the store calls a code of a region or sector; looked up once. `*out` is NULL where it does not know it and it
 * may not be added. */
static uf_status look_up(struct uf_importer *importer, size_t d, bool region, const char *text, char **out,
                         struct uf_error *error)
{
    char *code = NULL;
    if (region)
        UF_TRY(uf_plan_find_region(importer->store, &importer->plan, &importer->reader, text, &code, error));
    else
        UF_TRY(uf_find_labelled_sector(
            importer->store, uf_plan_meaning(&importer->plan, &importer->reader, d, text), &code, error));
    if (!code && region && importer->request->unknown_regions == UF_UNKNOWN_ADD)
        UF_TRY(uf_importer_add_region(importer, text, &code, error)); /* NULL where the code is another's */
    if (!code && !region) UF_TRY(uf_importer_add_sector(importer, text, &code, error));
    *out = code;
    return UF_OK;
}

static uf_status translate(struct uf_importer *importer, size_t d, bool region, const char *text,
                           const char **out, struct uf_error *error)
{
    struct uf_translation *translation = region ? &importer->regions : &importer->sectors;
    if (translation->last_code && !strcmp(text, translation->last)) {
        *out = translation->last_code;
        return UF_OK;
    }
    size_t length = strlen(text);
    int64_t place = 0;
    if (!uf_codes_find(&translation->index, text, length, &place)) {
        char *code = NULL;
        UF_TRY(look_up(importer, d, region, text, &code, error));
        place = code ? (int64_t)translation->codes.count : UNKNOWN;
        uf_status status = code ? uf_text_list_add(&translation->codes, code, error) : UF_OK;
        free(code);
        if (status == UF_OK) status = uf_codes_put(&translation->index, text, length, place, error);
        if (status != UF_OK) return status;
    }
    *out = place == UNKNOWN ? NULL : translation->codes.items[place];
    if (*out && length < sizeof translation->last) {
        memcpy(translation->last, text, length + 1);
        translation->last_code = *out; /* the list moves, its texts do not */
    }
    return UF_OK;
}

void uf_translation_clear(struct uf_translation *translation)
{
    uf_codes_clear(&translation->index);
    uf_text_list_clear(&translation->codes);
}

/* The store's own sentence, with its suggestion, at the place in the file. */
static uf_status fail_unknown_code(const struct uf_importer *importer, size_t dimension,
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

static uf_status remember_unknown(struct uf_importer *importer, const char *code, struct uf_error *error)
{
    enum { SHOWN = 8 };
    importer->summary->unknown++;
    if (importer->unknown.count >= SHOWN || uf_text_list_find(&importer->unknown, code) != SIZE_MAX)
        return UF_OK;
    return uf_text_list_add(&importer->unknown, code, error);
}

uf_status uf_importer_check_constants(const struct uf_importer *importer, const struct uf_cell *cell,
                                      struct uf_error *error)
{
    for (size_t d = 0; d < importer->plan.count; d++) {
        const char *constant = importer->plan.dimensions[d].constant;
        if (constant && strcmp(constant, cell->codes[d]))
            return uf_reader_fail(
                &importer->reader, d, error,
                "column %s has '%s' here and '%s' in all cells before; keep one of them (--keep COLUMN=CODE, "
                "in a "
                "study keep: {COLUMN: CODE}), or both apart (--breakdown COLUMN, dimensions: {breakdown: "
                "COLUMN})",
                importer->reader.dimensions.items[d], cell->codes[d], constant);
    }
    return UF_OK;
}

static void write_breakdown(struct uf_importer *importer, const struct uf_cell *cell)
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

static uf_status locate_region(struct uf_importer *importer, const struct uf_cell *cell, const char **out,
                               bool *out_use, struct uf_error *error)
{
    size_t d = importer->plan.region;
    *out_use = true;
    *out = importer->region_is;
    if (d == SIZE_MAX) return UF_OK;
    const char *code = cell->codes[d];
    UF_TRY(translate(importer, d, true, code, out, error));
    if (*out) return UF_OK;
    *out_use = false;
    const char *meaning = uf_plan_meaning(&importer->plan, &importer->reader, d, code);
    if (importer->request->unknown_regions == UF_UNKNOWN_SKIP)
        return remember_unknown(importer, meaning, error);
    char *held = NULL;
    UF_TRY(uf_find_labelled_region(importer->store, meaning, &held, error));
    bool another = held != NULL;
    const char *label = uf_plan_label(&importer->plan, &importer->reader, d, code);
    free(held);
    if (another)
        return uf_reader_fail(
            &importer->reader, d, error,
            "'%s' is called %s here and is another region in the store; where they are the same "
            "after all, name the column: --region %s, in a study dimensions: {region: %s}; to add "
            "such regions they need codes of their own",
            code, label ? label : meaning, importer->reader.dimensions.items[d],
            importer->reader.dimensions.items[d]);
    return fail_unknown_code(importer, d, uf_store_resolve_region, meaning,
                             " (to pass over such rows: --skip-unknown-regions, in a study unknown-regions: "
                             "skip; to add them to the store: --add-unknown-regions, unknown-regions: add)",
                             error);
}

static uf_status locate_sector(struct uf_importer *importer, const struct uf_cell *cell, const char **out,
                               struct uf_error *error)
{
    size_t d = importer->plan.sector;
    *out = NULL;
    if (d == SIZE_MAX) return UF_OK;
    UF_TRY(translate(importer, d, false, cell->codes[d], out, error));
    if (*out) return UF_OK;
    return fail_unknown_code(importer, d, uf_store_resolve_sector,
                             uf_plan_meaning(&importer->plan, &importer->reader, d, cell->codes[d]),
                             " (to keep some sectors only: --keep COLUMN=CODE,CODE, in a study keep: "
                             "{COLUMN: [CODE, CODE]}; to add them to the store: --add-unknown-sectors, "
                             "unknown-sectors: add; to keep all as a breakdown: --breakdown COLUMN, "
                             "dimensions: {breakdown: COLUMN})",
                             error);
}

static uf_status locate_period(const struct uf_importer *importer, const struct uf_reader *reader,
                               const struct uf_cell *cell, uf_period *out, struct uf_error *error)
{
    size_t d = importer->plan.period;
    *out = importer->period_is;
    if (d == SIZE_MAX) return UF_OK;
    const char *period = uf_plan_meaning(&importer->plan, reader, d, cell->codes[d]);
    if (uf_period_parse(period, strlen(period), out)) return UF_OK;
    return uf_reader_fail(
        reader, d, error,
        "'%s' is not a period; expected a year (2018), half-year (2018H1), quarter (2018K1), month "
        "(2018M01) or week (2018W05)",
        period);
}

uf_status uf_importer_locate(struct uf_importer *importer, const struct uf_reader *reader,
                             const struct uf_cell *cell, struct uf_observation *out, bool *out_use,
                             struct uf_error *error)
{
    const struct uf_plan *plan = &importer->plan;
    *out = (struct uf_observation){0};
    UF_TRY(locate_region(importer, cell, &out->region, out_use, error));
    if (!*out_use) return UF_OK;
    *out_use = false;
    if (plan->content == SIZE_MAX)
        importer->content = &importer->contents.items[0];
    else
        UF_TRY(uf_contents_find(&importer->contents, plan, &importer->reader, importer->request,
                                cell->codes[plan->content], &importer->content, error));
    out->indicator = importer->content->indicator_code;
    UF_TRY(locate_sector(importer, cell, &out->sector, error));
    UF_TRY(locate_period(importer, reader, cell, &out->period, error));
    write_breakdown(importer, cell);
    if (importer->breakdown.failed) return uf_fail_memory(error);
    out->breakdown = importer->breakdown.data;
    *out_use = true;
    return UF_OK;
}

uf_status uf_importer_read_value(const struct uf_importer *importer, const struct uf_cell *cell,
                                 struct uf_observation *out, struct uf_error *error)
{
    const struct uf_reader *reader = &importer->reader;
    if (cell->is_read) {
        out->value = cell->value;
        out->status = cell->status;
        return UF_OK;
    }
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

/* --- two values for one cell ------------------------------------------------------------------- */

/* The cells of one reading that go to the store, numbered as the writer numbers them. */
struct rereading {
    struct uf_importer *importer;
    struct uf_reader reader;
    size_t put; /* of the current cell */
};

static bool reread(struct rereading *r)
{
    struct uf_reader_wishes wishes = uf_importer_wishes(r->importer->request);
    r->put = SIZE_MAX; /* the next is number 0 */
    return uf_reader_open(r->importer->reader.input, r->importer->reader.format->name, &wishes, &r->reader,
                          NULL) == UF_OK;
}

static bool next_put(struct rereading *r, struct uf_observation *out)
{
    struct uf_cell cell;
    bool more, use = false;
    while (!use) {
        if (r->reader.format->next(&r->reader, &cell, &more, NULL) != UF_OK || !more) return false;
        bool kept = false;
        if (uf_plan_keeps(&r->importer->plan, &r->importer->reader, &cell, &kept, NULL) != UF_OK)
            return false;
        if (kept && uf_importer_locate(r->importer, &r->reader, &cell, out, &use, NULL) != UF_OK)
            return false;
    }
    r->put++;
    return true;
}

static bool same_cell(const struct uf_observation *a, const struct uf_observation *b, const char *breakdown)
{
    return a->period == b->period && !strcmp(a->indicator, b->indicator) && !strcmp(a->region, b->region) &&
           uf_text_equal(a->sector, b->sector) && uf_text_equal(a->breakdown, breakdown);
}

/* Reads the file again for the line and column of the put with a number and for the line where its cell stands
 * before; 0: not found. */
static void find_lines(struct uf_importer *importer, size_t put, size_t *out_line, size_t *out_column,
                       size_t *out_first)
{
    struct rereading r = {.importer = importer};
    struct uf_observation wanted, candidate;
    size_t column;
    bool found = false;
    if (reread(&r))
        while (!found && next_put(&r, &wanted)) found = r.put == put;
    if (found) r.reader.format->place(&r.reader, UF_VALUE_PLACE, out_line, out_column);
    uf_reader_close(&r.reader);
    /* texts of the observation are borrowed until the next cell; the codes of region and sector stay */
    char *breakdown = found && wanted.breakdown ? uf_text_copy(wanted.breakdown) : NULL;
    if (found && reread(&r)) {
        found = false;
        while (!found && next_put(&r, &candidate) && r.put < put)
            found = same_cell(&candidate, &wanted, breakdown);
        if (found) r.reader.format->place(&r.reader, UF_VALUE_PLACE, out_first, &column);
        uf_reader_close(&r.reader);
    }
    free(breakdown);
}

uf_status uf_importer_fail_conflict(struct uf_importer *importer, const struct uf_writer_conflict *conflict,
                                    const struct uf_error *inner, struct uf_error *error)
{
    size_t line = 0, column = 0, first = 0;
    find_lines(importer, conflict->put, &line, &column, &first);
    struct uf_buffer text = {0};
    uf_buffer_append(&text, inner->message);
    if (first) {
        uf_buffer_append(&text, "; the first stands in line ");
        uf_buffer_append_size(&text, first);
    } else {
        uf_buffer_append(&text,
                         "; the first came with an earlier import; where this file is a newer edition of "
                         "the same, --replace (in a study replace: true) forgets the earlier one");
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
