// SPDX-License-Identifier: GPL-3.0-or-later
/* A tidy long table: one row per cell, one column holds the value, one may hold its flags, the others hold
 * codes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/csv.h"

struct state {
    struct uf_records *records;
    size_t n_columns, value, flags; /* flags SIZE_MAX: none */
    size_t *code_columns;           /* per dimension: the column of the file */
    const char **codes;
    size_t n_codes;
};

static int probe(const char *prefix)
{
    struct uf_text_list names = {0};
    bool ok = uf_csv_probe_names(prefix, &names);
    uf_text_list_clear(&names);
    return ok ? 40 : 1; /* the last resort: it can say what is wrong with a text, and where */
}

enum { MOST_NAMES = 300 }; /* bytes of column names that a message lists */

static uf_status fail_no_value(const struct uf_reader *reader, const struct uf_csv_head *head,
                               const bool *candidate, size_t n_candidates, struct uf_error *error)
{
    struct uf_buffer list;
    uf_buffer_init(&list);
    for (size_t j = 0; j < head->names.count; j++) {
        if (n_candidates > 0 && !candidate[j]) continue;
        if (list.length > 0) uf_buffer_append(&list, ", ");
        if (list.length > MOST_NAMES) {
            uf_buffer_append(&list, "…");
            break;
        }
        uf_buffer_append(&list, head->names.items[j]);
    }
    uf_status status = uf_fail_at(
        error, UF_BAD_INPUT, uf_input_name(reader->input), 1, 0,
        n_candidates > 0
            ? "several columns may hold the value (%s); name one of them: --value COLUMN, in a study "
              "dimensions: {value: COLUMN}"
            : "no column of numbers is found among %s; the first line must be the header; where it is, "
              "name the value's column: --value COLUMN, in a study dimensions: {value: COLUMN}",
        list.data ? list.data : "");
    uf_buffer_clear(&list);
    return status;
}

/* Which column holds the value: the one wished, the one called so, or the only one that holds numbers and no
 * codes. */
static uf_status find_value(const struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                            const struct uf_csv_head *head, bool *out_guessed, size_t *out,
                            struct uf_error *error)
{
    static const char *const VALUES[] = {"value", "values", "OBS_VALUE", "v\xC3\xA4rde", "varde"};
    static const char *const CODES[] = {"year",       "time",   "TIME_PERIOD", "period", "\xC3\xA5r",
                                        "ar",         "tid",    "region",      "geo",    "lan",
                                        "l\xC3\xA4n", "kommun", "regionkod",   "sector", "sni"};
    size_t n = head->names.count, n_candidates = 0, candidate = SIZE_MAX;
    bool said;
    for (size_t j = 0; j < n; j++)
        if (uf_wished_role(wishes, head->names.items[j], &said) == UF_ROLE_VALUE) {
            *out = j;
            return UF_OK;
        }
    *out_guessed = true;
    size_t named = uf_csv_named(head, VALUES, sizeof VALUES / sizeof *VALUES);
    if (named != SIZE_MAX) {
        *out = named;
        return UF_OK;
    }
    bool *is_candidate = calloc(n + 1, sizeof *is_candidate);
    if (!is_candidate) return uf_fail_memory(error);
    for (size_t j = 0; j < n; j++) {
        const struct uf_csv_column *column = &head->columns[j];
        bool code = false;
        for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++)
            code = code || !strcasecmp(head->names.items[j], CODES[i]);
        uf_wished_role(wishes, head->names.items[j], &said);
        if (said || code || column->leading_zeros || column->evidence.texts > 0 ||
            column->evidence.numbers == 0)
            continue;
        if (column->all_periods && column->filled == head->n_rows) continue;
        is_candidate[j] = true;
        n_candidates++;
        candidate = j;
    }
    uf_status status =
        n_candidates == 1 ? UF_OK : fail_no_value(reader, head, is_candidate, n_candidates, error);
    free(is_candidate);
    if (status == UF_OK) *out = candidate;
    return status;
}

static size_t find_flags(const struct uf_reader_wishes *wishes, const struct uf_csv_head *head, size_t value)
{
    static const char *const FLAGS[] = {"OBS_FLAG", "flag", "flags", "status", "Flag and Footnotes"};
    bool said;
    for (size_t j = 0; j < head->names.count; j++)
        if (uf_wished_role(wishes, head->names.items[j], &said) == UF_ROLE_STATUS) return j;
    size_t named = uf_csv_named(head, FLAGS, sizeof FLAGS / sizeof *FLAGS);
    if (named == SIZE_MAX || named == value || !head->columns[named].all_flags) return SIZE_MAX;
    uf_wished_role(wishes, head->names.items[named], &said);
    return said ? SIZE_MAX : named;
}

static uf_status check_wishes(const struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                              const struct uf_csv_head *head, struct uf_error *error)
{
    for (size_t i = 0; i < wishes->n_roles; i++) {
        const char *name = wishes->roles[i].dimension;
        enum uf_role role = wishes->roles[i].role;
        if ((role == UF_ROLE_VALUE || role == UF_ROLE_STATUS) && uf_csv_named(head, &name, 1) == SIZE_MAX)
            return uf_reader_fail_dimension(reader, name, &head->names, error);
    }
    return UF_OK;
}

static uf_status lay_out(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                         const struct uf_csv_head *head, struct uf_error *error)
{
    struct state *state = reader->state;
    size_t n = state->n_columns = head->names.count;
    bool guessed = false;
    UF_TRY(check_wishes(reader, wishes, head, error));
    UF_TRY(find_value(reader, wishes, head, &guessed, &state->value, error));
    state->flags = find_flags(wishes, head, state->value);
    if (guessed) {
        struct uf_buffer note = {0};
        uf_buffer_append(&note, "the value is taken from column ");
        uf_buffer_append(&note, head->names.items[state->value]);
        uf_status status =
            note.failed ? uf_fail_memory(error) : uf_text_list_add(&reader->notes, note.data, error);
        uf_buffer_clear(&note);
        if (status != UF_OK) return status;
    }
    state->code_columns = calloc(n, sizeof *state->code_columns);
    state->codes = calloc(n, sizeof *state->codes);
    if (!state->code_columns || !state->codes) return uf_fail_memory(error);
    for (size_t j = 0; j < n; j++) {
        if (j == state->value || j == state->flags) continue;
        state->code_columns[state->n_codes++] = j;
        UF_TRY(uf_text_list_add(&reader->dimensions, head->names.items[j], error));
    }
    reader->rules.flags = uf_csv_is_eurostat(&head->names);
    return uf_decimal_decide(&head->columns[state->value].evidence, wishes->decimal, reader->delimiter,
                             uf_input_name(reader->input), &reader->rules, error);
}

static uf_status open(struct uf_reader *reader, const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    struct state *state = calloc(1, sizeof *state);
    if (!state) return uf_fail_memory(error);
    reader->state = state;
    struct uf_csv_head head = {0};
    UF_TRY(uf_csv_head_read(reader->input, wishes->delimiter, &reader->delimiter, &head, error));
    uf_status status = lay_out(reader, wishes, &head, error);
    uf_csv_head_clear(&head);
    if (status == UF_OK) status = uf_records_open(reader->input, reader->delimiter, &state->records, error);
    struct uf_record header;
    bool more;
    return status == UF_OK ? uf_records_next(state->records, &header, &more, error) : status;
}

static uf_status next(struct uf_reader *reader, struct uf_cell *out, bool *out_more, struct uf_error *error)
{
    struct state *state = reader->state;
    struct uf_record record;
    UF_TRY(uf_records_next(state->records, &record, out_more, error));
    if (!*out_more) return UF_OK;
    UF_TRY(uf_records_check(state->records, &record, state->n_columns, error));
    for (size_t i = 0; i < state->n_codes; i++) state->codes[i] = record.fields[state->code_columns[i]].text;
    const struct uf_field *value = &record.fields[state->value];
    *out = (struct uf_cell){.codes = state->codes,
                            .text = value->text,
                            .length = value->length,
                            .flags = state->flags == SIZE_MAX ? NULL : record.fields[state->flags].text};
    return UF_OK;
}

static void place(const struct uf_reader *reader, size_t dimension, size_t *out_line, size_t *out_column)
{
    const struct state *state = reader->state;
    size_t field = dimension < state->n_codes ? state->code_columns[dimension] : state->value;
    uf_records_place(state->records, field, out_line, out_column);
}

static void close(struct uf_reader *reader)
{
    struct state *state = reader->state;
    if (!state) return;
    uf_records_close(state->records);
    free(state->code_columns);
    free(state->codes);
    free(state);
}

const struct uf_format uf_format_csv_long = {
    .name = "csv-long",
    .summary = "delimited text with one row per value",
    .has_value_column = true,
    .probe = probe,
    .open = open,
    .next = next,
    .place = place,
    .close = close,
};
