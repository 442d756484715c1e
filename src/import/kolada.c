// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Kolada's answers: a list of records {kpi, municipality, period, values: [{gender, value, status, count}]},
 * named `values` (in some programs' copies `data` or `results`, or the file itself), or flat records with the
 * value beside the codes. A member that an inner record lacks is that of the outer one.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/json_value.h"

enum { KPI, MUNICIPALITY, PERIOD, GENDER, N_DIMENSIONS };
static const struct {
    const char *name;
    enum uf_role hint;
} DIMENSIONS[N_DIMENSIONS] = {[KPI] = {"kpi", UF_ROLE_CONTENT},
                              [MUNICIPALITY] = {"municipality", UF_ROLE_REGION},
                              [PERIOD] = {"period", UF_ROLE_PERIOD},
                              [GENDER] = {"gender", UF_ROLE_BREAKDOWN}};

struct state {
    json_t *root;
    const json_t *records;
    struct uf_json_path path;  /* of the records */
    size_t record, item;       /* of the next cell */
    size_t at_record, at_item; /* the current one */
    const char *codes[N_DIMENSIONS];
    char numbers[N_DIMENSIONS][UF_NUMBER_SIZE]; /* of a period written as a number */
};

static int probe(const char *prefix)
{
    if (!uf_json_probe(prefix) || uf_json_probe_member(prefix, "dimension")) return 0;
    if (uf_json_probe_member(prefix, "kpi") &&
        (uf_json_probe_member(prefix, "municipality") || uf_json_probe_member(prefix, "ou")))
        return 150;
    static const char *const METADATA[] = {"is_divided_by_gender", "municipality_type", "has_ou_data"};
    for (size_t i = 0; i < sizeof METADATA / sizeof *METADATA; i++)
        if (uf_json_probe_member(prefix, METADATA[i])) return 150;
    bool units = uf_json_probe_member(prefix, "id") && uf_json_probe_member(prefix, "title");
    bool paged = uf_json_probe_member(prefix, "values") && uf_json_probe_member(prefix, "count");
    return paged ? units ? 140 : 120 : 0;
}

/* --- the records ------------------------------------------------------------------------------- */

static const json_t *inner_list(const json_t *record)
{
    const json_t *inner = json_object_get(record, "values");
    return json_is_array(inner) ? inner : NULL;
}

/* How many cells a record has: its inner values, or itself. */
static size_t cells_of(const json_t *record)
{
    const json_t *inner = inner_list(record);
    return inner ? json_array_size(inner) : 1;
}

static const json_t *member_of(const struct state *state, size_t record, size_t item, const char *key)
{
    const json_t *outer = json_array_get(state->records, record);
    const json_t *found = json_object_get(json_array_get(inner_list(outer), item), key);
    return found ? found : json_object_get(outer, key);
}

static struct uf_json_path path_of(const struct state *state, size_t record, size_t item, const char *key)
{
    const json_t *outer = json_array_get(state->records, record), *inner = inner_list(outer);
    struct uf_json_path path = uf_json_item(state->path, record);
    if (inner && json_object_get(json_array_get(inner, item), key))
        path = uf_json_item(uf_json_member(path, "values"), item);
    return uf_json_member(path, key);
}

static uf_status find_records(struct uf_reader *reader, struct uf_error *error)
{
    static const char *const NAMES[] = {"values", "data", "results"};
    struct state *state = reader->state;
    if (json_is_array(state->root)) state->records = state->root;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES && !state->records; i++)
        if (json_is_array(json_object_get(state->root, NAMES[i]))) {
            state->records = json_object_get(state->root, NAMES[i]);
            state->path = uf_json_member(state->path, NAMES[i]);
        }
    if (!state->records)
        return uf_json_fail(reader->input, &state->path, error,
                            "expected Kolada's list of values ('values' or 'data')");
    if (json_array_size(state->records) > 0) return UF_OK;
    return uf_json_fail(reader->input, &state->path, error,
                        "the list is empty: Kolada has no value for what was asked; check the ids of the "
                        "indicator, the municipality and the year");
}

/* Descriptions of indicators, municipalities and groups have an id and no value. */
static uf_status check_is_data(const struct uf_reader *reader, size_t i, struct uf_error *error)
{
    const struct state *state = reader->state;
    const json_t *record = json_array_get(state->records, i);
    const struct uf_json_path path = uf_json_item(state->path, i);
    if (!json_is_object(record))
        return uf_json_fail(reader->input, &path, error,
                            "expected an object with kpi, municipality and period");
    if (json_object_get(record, "kpi")) return UF_OK;
    if (json_object_get(record, "id"))
        return uf_json_fail(
            reader->input, &path, error,
            "the file describes indicators, municipalities or groups (it has 'id' and no 'kpi') and holds no "
            "values; download the values: api.kolada.se, data/kpi/KPI/year/YEAR");
    return uf_json_fail(reader->input, &path, error, "the record has no 'kpi'");
}

static uf_status check_codes(const struct uf_reader *reader, size_t record, size_t item,
                             struct uf_error *error)
{
    const struct state *state = reader->state;
    const struct uf_json_path outer = uf_json_item(state->path, record);
    if (json_is_string(member_of(state, record, item, "ou")))
        return uf_json_fail(
            reader->input, &outer, error,
            "the value is that of a single unit such as a school ('ou'), not of a region; download the "
            "municipalities' values: api.kolada.se, data/kpi/KPI/year/YEAR");
    for (size_t d = 0; d < GENDER; d++) {
        char number[UF_NUMBER_SIZE];
        const json_t *code = member_of(state, record, item, DIMENSIONS[d].name);
        const struct uf_json_path here = path_of(state, record, item, DIMENSIONS[d].name);
        const char *text = uf_json_scalar(code, number);
        if (!text || !*text || (json_is_number(code) && d != PERIOD))
            return uf_json_fail(reader->input, &here, error, "expected %s",
                                d == PERIOD ? "a year" : "an id, a text");
    }
    return UF_OK;
}

static bool is_deleted(const struct state *state, size_t record, size_t item)
{
    return json_is_true(member_of(state, record, item, "isdeleted"));
}

/* The value of a cell; a value that Kolada has taken back is not available. */
static uf_status read_value(const struct state *state, size_t record, size_t item,
                            struct uf_json_signs *signs, struct uf_json_reading *out, struct uf_error *error)
{
    const json_t *value = member_of(state, record, item, "value");
    const char *sign = json_string_value(member_of(state, record, item, "status"));
    UF_TRY(uf_json_value(value, sign, signs, out, error));
    if (out->readable && is_deleted(state, record, item) && !uf_value_is_missing(out->status)) {
        out->status |= UF_VALUE_NOT_AVAILABLE;
        out->value = NAN;
    }
    return UF_OK;
}

static uf_status note_sign(struct uf_reader *reader, size_t record, size_t item, struct uf_error *error)
{
    const struct state *state = reader->state;
    struct uf_buffer scope = {0};
    for (size_t d = 0; d < N_DIMENSIONS; d++) {
        char number[UF_NUMBER_SIZE];
        const char *code = uf_json_scalar(member_of(state, record, item, DIMENSIONS[d].name), number);
        if (d > 0) uf_buffer_append_char(&scope, ';');
        uf_buffer_append(&scope, DIMENSIONS[d].name);
        uf_buffer_append_char(&scope, '=');
        uf_buffer_append(&scope, code ? code : "T");
    }
    return uf_json_keep_sign(reader, &scope, json_string_value(member_of(state, record, item, "status")),
                             NULL, error);
}

/* Each cell once, before the first is given. */
static uf_status survey(struct uf_reader *reader, struct uf_json_signs *signs, struct uf_error *error)
{
    enum { NOTED = 1000 }; /* cells whose unknown status is kept one by one */
    const struct state *state = reader->state;
    size_t deleted = 0, unknown = 0;
    for (size_t r = 0; r < json_array_size(state->records); r++) {
        UF_TRY(check_is_data(reader, r, error));
        for (size_t i = 0; i < cells_of(json_array_get(state->records, r)); i++) {
            struct uf_json_reading reading;
            UF_TRY(check_codes(reader, r, i, error));
            UF_TRY(read_value(state, r, i, signs, &reading, error));
            const struct uf_json_path here = path_of(state, r, i, "value");
            if (!reading.readable)
                return uf_json_fail(reader->input, &here, error, "expected a number or null");
            if (!member_of(state, r, i, "value"))
                return uf_json_fail(reader->input, &here, error, "there is no 'value'");
            deleted += is_deleted(state, r, i);
            if (reading.unknown && unknown++ < NOTED) UF_TRY(note_sign(reader, r, i, error));
        }
    }
    if (deleted > 0)
        UF_TRY(uf_json_note(reader, error, "%zu values are marked as deleted by Kolada and count as missing",
                            deleted));
    if (unknown > NOTED)
        UF_TRY(uf_json_note(reader, error,
                            "of the %zu cells with an unknown status the first %d have a note of it", unknown,
                            NOTED));
    return uf_json_signs_note(reader, signs, NULL, error);
}

static uf_status note_pages(struct uf_reader *reader, struct uf_error *error)
{
    static const char *const NAMES[] = {"next_page",     "next_url",     "next",
                                        "previous_page", "previous_url", "previous"};
    const struct state *state = reader->state;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *address = uf_json_text(state->root, NAMES[i]);
        if (address)
            return uf_json_note(reader, error,
                                "the file is one page of several: import the others too (%s: %.300s)",
                                NAMES[i], address);
    }
    return UF_OK;
}

/* --- the format -------------------------------------------------------------------------------- */

/* Those that the answer has: most indicators have the total only. */
static uf_status tell_genders(struct uf_reader *reader, struct uf_error *error)
{
    static const char *const GENDERS[][2] = {{"T", "totalt"}, {"K", "kvinnor"}, {"M", "m\xC3\xA4n"}};
    enum { N_GENDERS = sizeof GENDERS / sizeof *GENDERS };
    const struct state *state = reader->state;
    bool met[N_GENDERS] = {false};
    for (size_t r = 0; r < json_array_size(state->records); r++)
        for (size_t i = 0; i < cells_of(json_array_get(state->records, r)); i++) {
            const char *code = json_string_value(member_of(state, r, i, DIMENSIONS[GENDER].name));
            for (size_t g = 0; g < N_GENDERS; g++)
                met[g] |= !strcmp(code && *code ? code : "T", GENDERS[g][0]);
        }
    for (size_t g = 0; g < N_GENDERS; g++)
        if (met[g]) UF_TRY(uf_facts_code(&reader->facts, GENDER, GENDERS[g][0], GENDERS[g][1], error));
    return UF_OK;
}

static uf_status open(struct uf_reader *reader, const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    (void)wishes;
    struct state *state = calloc(1, sizeof *state);
    struct uf_json_signs signs = {0};
    if (!state) return uf_fail_memory(error);
    reader->state = state;
    UF_TRY(uf_json_load(reader->input, &state->root, error));
    UF_TRY(find_records(reader, error));
    UF_TRY(uf_facts_dimensions(&reader->facts, N_DIMENSIONS, error));
    for (size_t d = 0; d < N_DIMENSIONS; d++) {
        UF_TRY(uf_text_list_add(&reader->dimensions, DIMENSIONS[d].name, error));
        reader->facts.dimensions[d].hint = DIMENSIONS[d].hint;
    }
    UF_TRY(tell_genders(reader, error));
    UF_TRY(uf_facts_set(&reader->facts.source, "Kolada", error));
    UF_TRY(note_pages(reader, error));
    uf_status status = survey(reader, &signs, error);
    uf_json_signs_clear(&signs);
    return status;
}

static uf_status next(struct uf_reader *reader, struct uf_cell *out, bool *out_more, struct uf_error *error)
{
    struct state *state = reader->state;
    struct uf_json_reading reading;
    while (state->record < json_array_size(state->records) &&
           state->item == cells_of(json_array_get(state->records, state->record))) {
        state->record++;
        state->item = 0;
    }
    *out_more = state->record < json_array_size(state->records);
    if (!*out_more) return UF_OK;
    state->at_record = state->record;
    state->at_item = state->item++;
    for (size_t d = 0; d < N_DIMENSIONS; d++) {
        const char *code = uf_json_scalar(
            member_of(state, state->at_record, state->at_item, DIMENSIONS[d].name), state->numbers[d]);
        state->codes[d] = code && *code ? code : "T"; /* a value that is not divided by gender */
    }
    UF_TRY(read_value(state, state->at_record, state->at_item, NULL, &reading, error));
    *out = (struct uf_cell){
        .codes = state->codes, .is_read = true, .value = reading.value, .status = reading.status};
    return UF_OK;
}

static void place(const struct uf_reader *reader, size_t dimension, size_t *out_line, size_t *out_column)
{
    const struct state *state = reader->state;
    const char *key = dimension < N_DIMENSIONS ? DIMENSIONS[dimension].name : "value";
    const struct uf_json_path path = path_of(state, state->at_record, state->at_item, key);
    uf_json_place(reader->input, &path, out_line, out_column);
}

static void close(struct uf_reader *reader)
{
    struct state *state = reader->state;
    if (!state) return;
    json_decref(state->root);
    free(state);
}

const struct uf_format uf_format_kolada = {
    .name = "kolada",
    .summary = "answers of Kolada's interface (JSON), versions 2 and 3",
    .probe = probe,
    .open = open,
    .next = next,
    .place = place,
    .close = close,
};
