// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/csv_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* A column that says one thing about each code of another. */
struct follower {
    enum uf_csv_kind kind;
    size_t column, of; /* of the file; `of` SIZE_MAX: of the whole file */
    size_t dimension;  /* of `of` */
    struct uf_codes index;
    struct uf_text_list said; /* what stands beside each code */
    struct uf_text_list codes;
    int64_t last;  /* place of the code of the row before; -1: none */
    bool is_first; /* the dimension's label; others only repeat it */
};
struct code_column {
    size_t column;
    bool prefixed, joined;
    struct uf_codes seen; /* of joined: codes whose label is known */
};
struct value_column {
    size_t column;
    char *content, *period; /* as the layout says; NULL: it does not */
};
struct state {
    struct uf_records *records;
    struct uf_csv_frame frame; /* without its texts */
    size_t n_columns, n_codes, n_values, n_followers;
    size_t flag, secret; /* columns; SIZE_MAX: none */
    struct code_column *code_columns;
    struct value_column *values;
    struct follower *followers;
    const char **codes;
    struct uf_buffer *cut; /* per code column: a code without its label */
    struct uf_buffer flags;
    struct uf_record record;
    size_t next_value;      /* n_values: a new row is due */
    size_t content, period; /* dimensions; SIZE_MAX: none */
};

enum { LEARN_ROWS = 100000 };

/* --- what stands beside a code ------------------------------------------------------------------ */

static const char *said_by(const struct state *state, enum uf_csv_kind kind, const char *code)
{
    for (size_t i = 0; i < state->n_followers; i++) {
        const struct follower *follower = &state->followers[i];
        int64_t place;
        if (follower->kind == kind && uf_codes_find(&follower->index, code, strlen(code), &place))
            return follower->said.items[place];
    }
    return NULL;
}

static uf_status tell_unit(struct uf_reader *reader, const struct follower *follower, const char *code,
                           struct uf_error *error)
{
    const struct state *state = reader->state;
    struct uf_content_facts *content;
    char buffer[UF_CSV_SCALE_SIZE];
    const char *unit = said_by(state, UF_CSV_UNIT, code), *power = said_by(state, UF_CSV_SCALE, code);
    const char *scale = power ? uf_csv_scale_words(power, buffer) : "";
    if (!scale)
        return uf_reader_fail(reader, UF_VALUE_PLACE, error,
                              "'%.60s' is no power of ten; expected a whole number such as 3 (thousands)",
                              power);
    UF_TRY(uf_facts_content(&reader->facts, code, &content, error));
    if (follower->kind == UF_CSV_SCALE && *scale) {
        struct uf_buffer note = {0};
        uf_buffer_append(&note, "values of ");
        uf_buffer_append(&note, *code ? code : "the file");
        uf_buffer_append(&note, " stand in units of a ");
        uf_buffer_append_bytes(&note, scale, strlen(scale) - 1);
        uf_buffer_append(&note, "; they are not multiplied, the unit says so");
        uf_status status =
            note.failed ? uf_fail_memory(error) : uf_text_list_add(&reader->notes, note.data, error);
        uf_buffer_clear(&note);
        if (status != UF_OK) return status;
    }
    return uf_csv_unit_write(content, scale, unit ? unit : "", error);
}

static uf_status tell(struct uf_reader *reader, const struct follower *follower, const char *code,
                      const char *said, struct uf_error *error)
{
    if (follower->kind != UF_CSV_LABEL) return tell_unit(reader, follower, code, error);
    struct uf_dimension_facts *about = &reader->facts.dimensions[follower->dimension];
    if (!follower->is_first) return UF_OK;
    said = uf_csv_bare_code(said);
    UF_TRY(uf_facts_code(&reader->facts, follower->dimension, code, said, error));
    if (about->hint != UF_ROLE_CONTENT) return UF_OK;
    struct uf_content_facts *content;
    UF_TRY(uf_facts_content(&reader->facts, code, &content, error));
    return uf_facts_set(&content->label, said, error);
}

static uf_status fail_follower(const struct uf_reader *reader, const struct follower *follower,
                               const char *code, const char *said, const char *before, struct uf_error *error)
{
    const struct state *state = reader->state;
    size_t line, column;
    uf_records_place(state->records, follower->column, &line, &column);
    const char *what = follower->kind == UF_CSV_LABEL  ? "words for"
                       : follower->kind == UF_CSV_UNIT ? "unit of"
                                                       : "power of ten of";
    return uf_fail_at(
        error, UF_BAD_INPUT, uf_input_name(reader->input), line, column,
        "this column is taken as the %s '%.60s', but '%.60s' stands here and '%.60s' in a row "
        "before; give the column a role of its own (--breakdown COLUMN or --ignore COLUMN, in a "
        "study dimensions: {breakdown: COLUMN}), or keep one of its codes",
        what, code, said, before);
}

static uf_status learn(struct uf_reader *reader, const struct uf_record *record, struct uf_error *error)
{
    struct state *state = reader->state;
    for (size_t i = 0; i < state->n_followers; i++) {
        struct follower *follower = &state->followers[i];
        const char *code = follower->of == SIZE_MAX ? "" : state->codes[follower->dimension];
        const char *said = record->fields[follower->column].text;
        if (follower->last < 0 || strcmp(follower->codes.items[follower->last], code) != 0) {
            int64_t place = (int64_t)follower->said.count;
            if (!uf_codes_find(&follower->index, code, strlen(code), &place)) {
                UF_TRY(uf_text_list_add(&follower->said, said, error));
                UF_TRY(uf_text_list_add(&follower->codes, code, error));
                UF_TRY(uf_codes_put(&follower->index, code, strlen(code), place, error));
                UF_TRY(tell(reader, follower, code, said, error));
            }
            follower->last = place;
        }
        const char *before = follower->said.items[follower->last];
        if (strcmp(before, said) != 0) return fail_follower(reader, follower, code, said, before, error);
    }
    return UF_OK;
}

/* --- opening ------------------------------------------------------------------------------------ */

static uf_status allocate(struct state *state, size_t n, struct uf_error *error)
{
    state->code_columns = calloc(n, sizeof *state->code_columns);
    state->values = calloc(n, sizeof *state->values);
    state->followers = calloc(n, sizeof *state->followers);
    state->codes = calloc(n + 2, sizeof *state->codes);
    state->cut = calloc(n, sizeof *state->cut);
    return state->code_columns && state->values && state->followers && state->codes && state->cut
               ? UF_OK
               : uf_fail_memory(error);
}

static uf_status add_column(struct uf_reader *reader, const struct uf_csv_layout *layout, size_t j,
                            const char *name, struct uf_error *error)
{
    struct state *state = reader->state;
    const struct uf_csv_role *role = &layout->columns[j];
    switch (role->kind) {
    case UF_CSV_CODE:
        state->code_columns[state->n_codes++] =
            (struct code_column){.column = j, .prefixed = role->prefixed, .joined = role->joined};
        return uf_text_list_add(&reader->dimensions, role->name ? role->name : name, error);
    case UF_CSV_VALUE: {
        struct value_column *value = &state->values[state->n_values++];
        *value = (struct value_column){j, uf_text_copy(role->content), uf_text_copy(role->period)};
        bool whole = (value->content || !role->content) && (value->period || !role->period);
        return whole ? UF_OK : uf_fail_memory(error);
    }
    case UF_CSV_LABEL:
    case UF_CSV_UNIT:
    case UF_CSV_SCALE:
        state->followers[state->n_followers++] =
            (struct follower){.kind = role->kind, .column = j, .of = role->of, .last = -1};
        return UF_OK;
    case UF_CSV_FLAG:
        state->flag = j;
        return UF_OK;
    case UF_CSV_SECRET:
        state->secret = j;
        return UF_OK;
    default:
        return UF_OK;
    }
}

static uf_status tell_dimensions(struct uf_reader *reader, const struct uf_csv_head *head,
                                 const struct uf_csv_layout *layout, struct uf_error *error)
{
    struct state *state = reader->state;
    state->content = state->period = SIZE_MAX;
    if (layout->content_name) {
        state->content = reader->dimensions.count;
        UF_TRY(uf_text_list_add(&reader->dimensions, layout->content_name, error));
    }
    if (layout->period_name) {
        state->period = reader->dimensions.count;
        UF_TRY(uf_text_list_add(&reader->dimensions, layout->period_name, error));
    }
    UF_TRY(uf_facts_dimensions(&reader->facts, reader->dimensions.count, error));
    for (size_t d = 0; d < state->n_codes; d++)
        reader->facts.dimensions[d].hint = layout->columns[state->code_columns[d].column].hint;
    if (state->period != SIZE_MAX) reader->facts.dimensions[state->period].hint = UF_ROLE_PERIOD;
    if (state->content != SIZE_MAX) reader->facts.dimensions[state->content].hint = UF_ROLE_CONTENT;
    for (size_t i = 0; i < state->n_followers; i++) {
        struct follower *follower = &state->followers[i];
        for (size_t d = 0; d < state->n_codes; d++)
            if (state->code_columns[d].column == follower->of) follower->dimension = d;
        struct uf_dimension_facts *about = &reader->facts.dimensions[follower->dimension];
        follower->is_first = follower->kind == UF_CSV_LABEL && !about->label;
        if (follower->is_first)
            UF_TRY(uf_facts_set(&about->label, head->names.items[follower->column], error));
    }
    struct uf_content_facts *content;
    for (size_t i = 0; i < state->n_values && state->content != SIZE_MAX; i++)
        UF_TRY(uf_facts_content(&reader->facts, state->values[i].content, &content, error));
    return UF_OK;
}

/* `X is taken as the words for Y`, a note per code column. */
static uf_status note_labels(struct uf_reader *reader, const struct uf_csv_head *head,
                             const struct uf_csv_layout *layout, struct uf_error *error)
{
    size_t n = layout->n_columns;
    bool *marked = calloc(n, sizeof *marked);
    if (!marked) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t of = 0; of < n && status == UF_OK; of++) {
        struct uf_buffer after = {0};
        for (size_t j = 0; j < n; j++)
            marked[j] = layout->columns[j].kind == UF_CSV_LABEL && layout->columns[j].of == of;
        uf_buffer_append(&after, " put the codes of ");
        uf_buffer_append(&after, head->names.items[of]);
        uf_buffer_append(&after, " in words");
        status = after.failed ? uf_fail_memory(error)
                              : uf_csv_note_columns(reader, head, marked, "labels:", after.data, error);
        uf_buffer_clear(&after);
    }
    for (size_t j = 0; j < n; j++) marked[j] = layout->columns[j].prefixed;
    if (status == UF_OK)
        status = uf_csv_note_columns(reader, head, marked, "the prefix (dcid:…/) is taken off the codes of",
                                     "", error);
    free(marked);
    return status;
}

static void set_codes(struct state *state, const struct uf_record *record)
{
    for (size_t d = 0; d < state->n_codes; d++) {
        const struct code_column *column = &state->code_columns[d];
        const char *text = record->fields[column->column].text;
        if (column->prefixed) text = uf_csv_bare_code(text);
        const char *colon = column->joined ? strchr(text, ':') : NULL;
        if (colon) {
            struct uf_buffer *cut = &state->cut[d];
            cut->length = 0;
            uf_buffer_append_bytes(cut, text, (size_t)(colon - text));
            if (!cut->failed) text = cut->data ? cut->data : "";
        }
        state->codes[d] = text;
    }
}

/* The labels behind the codes of one field: learned as if they had a column of their own. */
static uf_status learn_joined(struct uf_reader *reader, const struct uf_record *record,
                              struct uf_error *error)
{
    struct state *state = reader->state;
    for (size_t d = 0; d < state->n_codes; d++) {
        const char *text = record->fields[state->code_columns[d].column].text;
        const char *colon = state->code_columns[d].joined ? strchr(text, ':') : NULL;
        if (!colon) continue;
        struct uf_codes *seen = &state->code_columns[d].seen;
        size_t length = strlen(state->codes[d]);
        int64_t place;
        if (uf_codes_find(seen, state->codes[d], length, &place)) continue;
        UF_TRY(uf_codes_put(seen, state->codes[d], length, 1, error));
        UF_TRY(uf_facts_code(&reader->facts, d, state->codes[d], colon + 1 + strspn(colon + 1, " "), error));
    }
    return UF_OK;
}

/* The first rows, for their labels: so they are known before the first cell. */
static uf_status learn_first_rows(struct uf_reader *reader, struct uf_error *error)
{
    struct state *state = reader->state;
    bool more = true;
    for (size_t i = 0; i < LEARN_ROWS; i++) {
        struct uf_record record;
        if (uf_csv_rows_next(state->records, &state->frame, state->n_columns, &record, &more, NULL) != UF_OK)
            break; /* told when the row is read */
        if (!more) break;
        set_codes(state, &record);
        UF_TRY(learn(reader, &record, error));
        UF_TRY(learn_joined(reader, &record, error));
    }
    return UF_OK;
}

uf_status uf_csv_table_open(struct uf_reader *reader, const struct uf_csv_head *head,
                            const struct uf_csv_layout *layout, struct uf_error *error)
{
    struct state *state = calloc(1, sizeof *state);
    if (!state) return uf_fail_memory(error);
    reader->state = state;
    state->n_columns = layout->n_columns;
    state->flag = state->secret = SIZE_MAX;
    state->frame.footer_line = head->frame.footer_line;
    UF_TRY(allocate(state, layout->n_columns, error));
    for (size_t j = 0; j < layout->n_columns; j++)
        UF_TRY(add_column(reader, layout, j, head->names.items[j], error));
    UF_TRY(tell_dimensions(reader, head, layout, error));
    UF_TRY(uf_csv_frame_tell(reader, &head->frame, error));
    UF_TRY(note_labels(reader, head, layout, error));
    bool joined = false;
    for (size_t d = 0; d < state->n_codes; d++) joined = joined || state->code_columns[d].joined;
    UF_TRY(uf_csv_rows_open(reader->input, reader->delimiter, &head->frame, &state->records, error));
    if (state->n_followers > 0 || joined) {
        UF_TRY(learn_first_rows(reader, error));
        uf_records_close(state->records);
        state->records = NULL;
        UF_TRY(uf_csv_rows_open(reader->input, reader->delimiter, &head->frame, &state->records, error));
    }
    state->next_value = state->n_values;
    return UF_OK;
}

/* --- the cells ---------------------------------------------------------------------------------- */

/* One text from the column of flags and the one that says what is secret. */
static uf_status join_flags(struct state *state, const char **out, struct uf_error *error)
{
    const char *flags = state->flag == SIZE_MAX ? NULL : state->record.fields[state->flag].text;
    const char *secret = state->secret == SIZE_MAX ? "" : state->record.fields[state->secret].text;
    uf_value_status unused;
    *out = flags;
    /* F: free. All others keep the value from being published. A flag that is not known is refused as such. */
    if (!*secret || !strcmp(secret, "F")) return UF_OK;
    if (flags && !uf_value_flags_read(flags, strlen(flags), &unused)) return UF_OK;
    static const char *const SECRET[] = {",c", "+confidential"}; /* behind letters, behind names */
    for (size_t i = 0; i < 2; i++) {
        state->flags.length = 0;
        uf_buffer_append(&state->flags, flags && *flags ? flags : "c");
        if (flags && *flags) uf_buffer_append(&state->flags, SECRET[i]);
        if (state->flags.failed) return uf_fail_memory(error);
        if (uf_value_flags_read(state->flags.data, state->flags.length, &unused)) break;
    }
    *out = state->flags.data;
    return UF_OK;
}

uf_status uf_csv_table_next(struct uf_reader *reader, struct uf_cell *out, bool *out_more,
                            struct uf_error *error)
{
    struct state *state = reader->state;
    if (state->next_value == state->n_values) {
        UF_TRY(uf_csv_rows_next(state->records, &state->frame, state->n_columns, &state->record, out_more,
                                error));
        if (!*out_more) return UF_OK;
        set_codes(state, &state->record);
        if (state->n_followers > 0) UF_TRY(learn(reader, &state->record, error));
        UF_TRY(learn_joined(reader, &state->record, error));
        state->next_value = 0;
    }
    const struct value_column *value = &state->values[state->next_value++];
    if (state->content != SIZE_MAX) state->codes[state->content] = value->content;
    if (state->period != SIZE_MAX) state->codes[state->period] = value->period;
    const struct uf_field *field = &state->record.fields[value->column];
    *out = (struct uf_cell){.codes = state->codes, .text = field->text, .length = field->length};
    *out_more = true;
    return join_flags(state, &out->flags, error);
}

void uf_csv_table_place(const struct uf_reader *reader, size_t dimension, size_t *out_line,
                        size_t *out_column)
{
    const struct state *state = reader->state;
    size_t field = dimension < state->n_codes
                       ? state->code_columns[dimension].column
                       : state->values[state->next_value ? state->next_value - 1 : 0].column;
    uf_records_place(state->records, field, out_line, out_column);
}

void uf_csv_table_close(struct uf_reader *reader)
{
    struct state *state = reader->state;
    if (!state) return;
    uf_records_close(state->records);
    for (size_t i = 0; i < state->n_values; i++) {
        free(state->values[i].content);
        free(state->values[i].period);
    }
    for (size_t i = 0; i < state->n_followers; i++) {
        uf_codes_clear(&state->followers[i].index);
        uf_text_list_clear(&state->followers[i].said);
        uf_text_list_clear(&state->followers[i].codes);
    }
    for (size_t d = 0; d < state->n_codes; d++) {
        uf_buffer_clear(&state->cut[d]);
        uf_codes_clear(&state->code_columns[d].seen);
    }
    uf_buffer_clear(&state->flags);
    free(state->code_columns);
    free(state->values);
    free(state->followers);
    free(state->codes);
    free(state->cut);
    free(state);
}
