// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Eurostat's bulk TSV: the first field of a row holds the codes of all dimensions but time, joined by commas;
 * the others hold one period each, a value with flags behind it (`12.3 bep`, `: c`). The header's first field
 * names the dimensions, as `unit,geo\time` (until 2022, years falling) or `freq,unit,geo\TIME_PERIOD`
 * (since).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/format.h"

struct state {
    struct uf_buffer line; /* of the current row, cut by zeros */
    struct uf_text_list periods;
    const char **codes; /* n dimensions; the last is the period */
    char **cells;       /* n periods */
    size_t *starts;     /* n periods: byte where the cell begins in the row */
    char *row;          /* a copy of the row, uncut, to count characters */
    size_t n_codes;
    size_t next_period; /* index of the cell to give next */
    size_t line_number;
    bool has_row;
};

static int probe(const char *prefix)
{
    size_t line = strcspn(prefix, "\r\n"), field = strcspn(prefix, "\t\r\n");
    return field < line && memchr(prefix, '\\', field) ? 100 : 0;
}

static void trim_blanks(char *text)
{
    size_t start = strspn(text, " \"");
    size_t end = strlen(text);
    while (end > start && strchr(" \"", text[end - 1])) end--;
    memmove(text, text + start, end - start);
    text[end - start] = '\0';
}

static size_t column_of(const char *row, size_t byte)
{
    size_t column = 1;
    for (size_t i = 0; i < byte; i++) column += ((unsigned char)row[i] & 0xC0) != 0x80;
    return column;
}

static uf_status fail_at_byte(const struct uf_reader *reader, size_t byte, struct uf_error *error,
                              const char *message, const char *what)
{
    const struct state *state = reader->state;
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(reader->input), state->line_number,
                      column_of(state->row, byte), "%s%s%s%s", message, what ? " '" : "", what ? what : "",
                      what ? "'" : "");
}

/* Reads a line that is not blank into `row`, without its end. */
static uf_status read_row(struct uf_reader *reader, bool *out_more, struct uf_error *error)
{
    struct state *state = reader->state;
    const char *line;
    size_t length;
    do {
        UF_TRY(uf_input_line(reader->input, &line, &length, error));
        if (length == 0) {
            *out_more = false;
            return UF_OK;
        }
        while (length > 0 && strchr("\r\n", line[length - 1])) length--;
    } while (length == 0 || strspn(line, " \t") >= length);
    char *row = realloc(state->row, length + 1);
    if (!row) return uf_fail_memory(error);
    memcpy(row, line, length);
    row[length] = '\0';
    state->row = row;
    state->line_number = uf_input_line_number(reader->input);
    state->line.length = 0;
    uf_buffer_append(&state->line, row);
    if (state->line.failed) return uf_fail_memory(error);
    *out_more = true;
    return UF_OK;
}

static uf_status read_header(struct uf_reader *reader, struct uf_error *error)
{
    struct state *state = reader->state;
    bool more;
    UF_TRY(read_row(reader, &more, error));
    char *tab = more ? strchr(state->line.data, '\t') : NULL;
    char *slash = tab ? memchr(state->line.data, '\\', (size_t)(tab - state->line.data)) : NULL;
    if (!slash)
        return uf_fail_at(
            error, UF_BAD_INPUT, uf_input_name(reader->input), 1, 1,
            "this is no Eurostat TSV: expected a first field such as 'unit,geo\\time' and then periods");
    *tab = *slash = '\0';
    trim_blanks(slash + 1);
    UF_TRY(uf_text_list_split(&reader->dimensions, state->line.data, ',', error));
    if (reader->dimensions.count == 0)
        return fail_at_byte(reader, 0, error, "the header names no dimensions", NULL);
    UF_TRY(uf_text_list_add(&reader->dimensions, slash[1] ? slash + 1 : "time", error));
    for (char *field = tab + 1, *next; field; field = next) {
        size_t byte = (size_t)(field - state->line.data);
        next = strchr(field, '\t');
        if (next) *next++ = '\0';
        trim_blanks(field);
        uf_period period;
        if (!uf_period_parse(field, strlen(field), &period))
            return fail_at_byte(reader, byte, error, "expected a period such as 2018 or 2018-Q1 here, found",
                                field);
        if (uf_text_list_find(&state->periods, field) != SIZE_MAX)
            return fail_at_byte(reader, byte, error, "this period stands twice in the header:", field);
        UF_TRY(uf_text_list_add(&state->periods, field, error));
    }
    return UF_OK;
}

static uf_status open(struct uf_reader *reader, const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    struct state *state = calloc(1, sizeof *state);
    if (!state) return uf_fail_memory(error);
    reader->state = state;
    reader->delimiter = '\t';
    reader->rules = (struct uf_value_rules){
        .decimal = wishes->decimal ? wishes->decimal : '.', .group = ' ', .flags = true};
    UF_TRY(read_header(reader, error));
    state->n_codes = reader->dimensions.count - 1;
    UF_TRY(uf_facts_dimensions(&reader->facts, reader->dimensions.count, error));
    reader->facts.dimensions[state->n_codes].hint = UF_ROLE_PERIOD;
    for (size_t d = 0; d < state->n_codes; d++)
        if (!strcasecmp(reader->dimensions.items[d], "geo"))
            reader->facts.dimensions[d].hint = UF_ROLE_REGION;
    state->codes = calloc(reader->dimensions.count, sizeof *state->codes);
    state->cells = calloc(state->periods.count, sizeof *state->cells);
    state->starts = calloc(state->periods.count, sizeof *state->starts);
    return state->codes && state->cells && state->starts ? UF_OK : uf_fail_memory(error);
}

/* Cuts the row into codes and cells. */
static uf_status cut_row(struct uf_reader *reader, struct uf_error *error)
{
    struct state *state = reader->state;
    char *field = state->line.data, *end = field + strcspn(field, "\t");
    char *next = *end ? end + 1 : NULL;
    *end = '\0';
    size_t n = 0;
    for (char *code = field, *rest; code; code = rest) {
        rest = strchr(code, ',');
        if (rest) *rest++ = '\0';
        trim_blanks(code);
        if (n < state->n_codes) state->codes[n] = code;
        n++;
    }
    if (n != state->n_codes)
        return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(reader->input), state->line_number, 1,
                          "this row has %zu codes where the header names %zu dimensions; the row is damaged",
                          n, state->n_codes);
    for (n = 0; next; n++) {
        field = next;
        next = strchr(field, '\t');
        if (next) *next++ = '\0';
        if (n >= state->periods.count) continue;
        state->starts[n] = (size_t)(field - state->line.data);
        state->cells[n] = field;
    }
    if (n != state->periods.count)
        return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(reader->input), state->line_number,
                          column_of(state->row, strlen(state->row)),
                          "this row has %zu values where the header has %zu periods; the file may be cut off",
                          n, state->periods.count);
    return UF_OK;
}

static uf_status next(struct uf_reader *reader, struct uf_cell *out, bool *out_more, struct uf_error *error)
{
    struct state *state = reader->state;
    if (!state->has_row || state->next_period == state->periods.count) {
        UF_TRY(read_row(reader, out_more, error));
        if (!*out_more) return UF_OK;
        UF_TRY(cut_row(reader, error));
        state->has_row = true;
        state->next_period = 0;
    }
    size_t i = state->next_period++;
    state->codes[state->n_codes] = state->periods.items[i];
    *out =
        (struct uf_cell){.codes = state->codes, .text = state->cells[i], .length = strlen(state->cells[i])};
    *out_more = true;
    return UF_OK;
}

static void place(const struct uf_reader *reader, size_t dimension, size_t *out_line, size_t *out_column)
{
    const struct state *state = reader->state;
    size_t byte = 0;
    if (dimension < state->n_codes) {
        for (size_t seen = 0; seen < dimension && state->row[byte]; byte++) seen += state->row[byte] == ',';
    } else if (state->next_period > 0) {
        byte = state->starts[state->next_period - 1];
    }
    *out_line = state->line_number;
    *out_column = column_of(state->row, byte);
}

static void close(struct uf_reader *reader)
{
    struct state *state = reader->state;
    if (!state) return;
    uf_buffer_clear(&state->line);
    uf_text_list_clear(&state->periods);
    free(state->codes);
    free(state->cells);
    free(state->starts);
    free(state->row);
    free(state);
}

const struct uf_format uf_format_eurostat_tsv = {
    .name = "eurostat-tsv",
    .summary = "Eurostat bulk download, tab-separated, flags behind the values",
    .probe = probe,
    .open = open,
    .next = next,
    .place = place,
    .close = close,
};
