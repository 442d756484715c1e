// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A wide table: some columns hold codes, the others one period each (`2017`, `2018K1`, `2020M01`). The
 * periods make a dimension called `period`.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/csv.h"

struct state {
    struct uf_records *records;
    struct uf_text_list names;
    size_t *code_columns, *period_columns; /* columns of the file */
    size_t n_codes, n_periods;
    const char **codes;
    struct uf_record record;
    size_t next_period; /* n_periods: a new record is due */
};

static int probe(const char *prefix)
{
    struct uf_text_list names = {0};
    size_t periods = uf_csv_probe_names(prefix, &names) ? uf_csv_period_columns(&names) : 0;
    bool wide = periods > 0 && periods < names.count;
    uf_text_list_clear(&names);
    return wide ? 60 : 0;
}

static uf_status sort_columns(struct uf_reader *reader, const struct uf_csv_head *head,
                              struct uf_error *error)
{
    struct state *state = reader->state;
    size_t n = head->names.count;
    state->code_columns = calloc(n, sizeof *state->code_columns);
    state->period_columns = calloc(n, sizeof *state->period_columns);
    state->codes = calloc(n + 1, sizeof *state->codes);
    if (!state->code_columns || !state->period_columns || !state->codes) return uf_fail_memory(error);
    for (size_t j = 0; j < n; j++) {
        const char *name = head->names.items[j];
        uf_period period;
        UF_TRY(uf_text_list_add(&state->names, name, error));
        if (uf_period_parse(name, strlen(name), &period)) {
            state->period_columns[state->n_periods++] = j;
        } else {
            state->code_columns[state->n_codes++] = j;
            UF_TRY(uf_text_list_add(&reader->dimensions, name, error));
        }
    }
    if (state->n_periods == 0 || state->n_codes == 0)
        return uf_fail_at(
            error, UF_BAD_INPUT, uf_input_name(reader->input), 1, 0,
            "a wide table needs columns with codes and columns named by periods such as 2018 or 2018K1; "
            "this header has %zu and %zu",
            state->n_codes, state->n_periods);
    return uf_text_list_add(&reader->dimensions, "period", error);
}

static uf_status open(struct uf_reader *reader, const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    struct uf_csv_head head = {0};
    struct state *state = calloc(1, sizeof *state);
    if (!state) return uf_fail_memory(error);
    reader->state = state;
    uf_status status = uf_csv_head_read(reader->input, wishes->delimiter, &reader->delimiter, &head, error);
    if (status != UF_OK) return status;
    UF_TRY_GOTO(sort_columns(reader, &head, error), done);
    struct uf_decimal_evidence evidence = {0};
    for (size_t i = 0; i < state->n_periods; i++)
        uf_decimal_add(&evidence, &head.columns[state->period_columns[i]].evidence);
    reader->rules.flags = uf_csv_is_eurostat(&head.names);
    UF_TRY_GOTO(uf_decimal_decide(&evidence, wishes->decimal, reader->delimiter, uf_input_name(reader->input),
                                  &reader->rules, error),
                done);
    state->next_period = state->n_periods;
    UF_TRY_GOTO(uf_records_open(reader->input, reader->delimiter, &state->records, error), done);
    bool more;
    status = uf_records_next(state->records, &state->record, &more, error); /* the header */
done:
    uf_csv_head_clear(&head);
    return status;
}

static uf_status next(struct uf_reader *reader, struct uf_cell *out, bool *out_more, struct uf_error *error)
{
    struct state *state = reader->state;
    if (state->next_period == state->n_periods) {
        UF_TRY(uf_records_next(state->records, &state->record, out_more, error));
        if (!*out_more) return UF_OK;
        UF_TRY(uf_records_check(state->records, &state->record, state->names.count, error));
        for (size_t i = 0; i < state->n_codes; i++)
            state->codes[i] = state->record.fields[state->code_columns[i]].text;
        state->next_period = 0;
    }
    size_t column = state->period_columns[state->next_period++];
    state->codes[state->n_codes] = state->names.items[column];
    const struct uf_field *field = &state->record.fields[column];
    *out = (struct uf_cell){.codes = state->codes, .text = field->text, .length = field->length};
    *out_more = true;
    return UF_OK;
}

static void place(const struct uf_reader *reader, size_t dimension, size_t *out_line, size_t *out_column)
{
    const struct state *state = reader->state;
    size_t field = dimension < state->n_codes
                       ? state->code_columns[dimension]
                       : state->period_columns[state->next_period ? state->next_period - 1 : 0];
    uf_records_place(state->records, field, out_line, out_column);
}

static void close(struct uf_reader *reader)
{
    struct state *state = reader->state;
    if (!state) return;
    uf_records_close(state->records);
    uf_text_list_clear(&state->names);
    free(state->code_columns);
    free(state->period_columns);
    free(state->codes);
    free(state);
}

const struct uf_format uf_format_csv_wide = {
    .name = "csv-wide",
    .summary = "delimited text with one column per period",
    .probe = probe,
    .open = open,
    .next = next,
    .place = place,
    .close = close,
};
