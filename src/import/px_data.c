// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The cells behind `DATA=`, one token each, the last variable of the heading fastest; with KEYS each row is
 * preceded by the values (or codes) of the stub, and rows of zeros are not there.
 *
 * Blanks, tabs, commas, semicolons and line ends all separate. Memory holds one block of the file. What the
 * header claims is believed only as far as the file is long: a cell takes two bytes.
 */
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "import/px.h"

/* Rows of zeros are given, though they are not in the file, up to so many cells, or up to sixteen for each of
 * its bytes. */
enum { ZEROS = 1 << 20, ZEROS_PER_BYTE = 16 };

struct token {
    const char *text; /* in the block, or in `carried` */
    size_t length;
    bool quoted;
    size_t line, column; /* column 0: not counted yet */
    const char *start;   /* in the block, for the column */
    const char *line_start;
    size_t column_before;
};
struct uf_px_data {
    struct uf_px_source source;
    const struct uf_px_cube *cube;
    const struct uf_px_symbols *symbols;
    char decimal;
    bool separates[256];
    struct uf_buffer carried; /* a token that began in the block before */
    struct token token;
    size_t *places;     /* one per dimension: of the cell to come */
    const char **codes; /* of the current cell */
    size_t n_read;      /* cells of the file */
    size_t in_row;      /* cells of the row that are given */
    /* KEYS */
    unsigned char *seen; /* a bit for each row; NULL: not kept, so rows of zeros are not given */
    size_t row, zero_row;
    bool ended;
    bool closed; /* a semicolon stands behind the last token */
};

static uf_status fail_at_token(const struct uf_px_data *data, struct uf_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void uf_px_data_place(const struct uf_px_data *data, size_t *out_line, size_t *out_column)
{
    const struct token *token = &data->token;
    *out_line = token->line ? token->line : data->source.line;
    *out_column = token->column;
    if (token->column > 0 || !token->start) return;
    struct uf_px_source at = {.line_start = token->line_start, .column_before = token->column_before};
    *out_column = uf_px_source_column(&at, token->start);
}

static uf_status fail_at_token(const struct uf_px_data *data, struct uf_error *error, const char *format, ...)
{
    char message[512];
    size_t line, column;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    uf_px_mend(message);
    uf_px_data_place(data, &line, &column);
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(data->source.input), line, column, "DATA: %s",
                      message);
}

/* --- tokens --------------------------------------------------------------------------------------- */

static uf_status skip_separators(struct uf_px_data *data, struct uf_error *error)
{
    struct uf_px_source *source = &data->source;
    for (;;) {
        const char *p = source->at, *end = source->end;
        for (; p < end && data->separates[(unsigned char)*p]; p++)
            if (*p == '\n') {
                source->line++;
                source->line_start = p + 1;
                source->column_before = 0;
            } else if (*p == ';') {
                data->closed = true;
            }
        source->at = p;
        if (p < end || source->ended) return UF_OK;
        UF_TRY(uf_px_source_fill(source, error));
    }
}

/* The end of a token within the block: where its quote closes, or a separator stands. */
static const char *find_end(const struct uf_px_data *data, const char *p, const char *end, bool quoted)
{
    if (quoted) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        return quote ? quote : end;
    }
    while (p < end && !data->separates[(unsigned char)*p] && *p != '"') p++;
    return p;
}

static void count_lines(struct uf_px_source *source, const char *from, const char *to)
{
    for (const char *p = from; (p = memchr(p, '\n', (size_t)(to - p)));) {
        source->line++;
        source->line_start = ++p;
        source->column_before = 0;
    }
}

static uf_status next_token(struct uf_px_data *data, bool *out_more, struct uf_error *error)
{
    struct uf_px_source *source = &data->source;
    struct token *token = &data->token;
    UF_TRY(skip_separators(data, error));
    *out_more = !source->ended;
    *token = (struct token){.line = source->line,
                            .start = source->at,
                            .line_start = source->line_start,
                            .column_before = source->column_before};
    if (source->ended) return UF_OK;
    data->closed = false;
    token->quoted = *source->at == '"';
    source->at += token->quoted;
    const char *end = find_end(data, source->at, source->end, token->quoted);
    token->text = source->at;
    token->length = (size_t)(end - source->at);
    if (end == source->end) { /* the rest is in the next block, or there is none */
        size_t line, column;
        uf_px_data_place(data, &line, &column);
        token->column = column;
        data->carried.length = 0;
        while (end == source->end && !source->ended) {
            uf_buffer_append_bytes(&data->carried, source->at, (size_t)(end - source->at));
            count_lines(source, source->at, end);
            source->at = end;
            UF_TRY(uf_px_source_fill(source, error));
            end = find_end(data, source->at, source->end, token->quoted);
        }
        uf_buffer_append_bytes(&data->carried, source->at, (size_t)(end - source->at));
        if (data->carried.failed) return uf_fail_memory(error);
        token->text = data->carried.data;
        token->length = data->carried.length;
        if (token->quoted && source->ended) return fail_at_token(data, error, "a quote is not closed");
    }
    if (token->quoted) count_lines(source, source->at, end);
    source->at = end + (token->quoted ? 1 : 0);
    return UF_OK;
}

static uf_status read_value(const struct uf_px_data *data, struct uf_cell *out, struct uf_error *error)
{
    const struct token *token = &data->token;
    if (uf_number_parse(token->text, token->length, data->decimal, &out->value)) {
        out->status = UF_VALUE_OBSERVED;
        return UF_OK;
    }
    if (uf_px_symbol_read(data->symbols, token->text, token->length, &out->value, &out->status)) return UF_OK;
    return fail_at_token(data, error,
                         "expected a number, or a sign for missing such as \"..\", found '%.*s'; correct it",
                         (int)(token->length < 60 ? token->length : 60), token->text);
}

/* --- counting ----------------------------------------------------------------------------------------- */

/* `4 × 12 × 2 = 96` */
static void write_shape(const struct uf_px_cube *cube, size_t from, struct uf_buffer *out)
{
    for (size_t d = from; d < cube->count; d++) {
        if (d > from) uf_buffer_append(out, " \xC3\x97 ");
        uf_buffer_append_size(out, cube->dimensions[d].size);
    }
    size_t total = from == 0 ? cube->cells : cube->in_row;
    if (cube->count - from == 1) return;
    uf_buffer_append(out, " = ");
    if (total == SIZE_MAX)
        uf_buffer_append(out, "more than can be counted");
    else
        uf_buffer_append_size(out, total);
}

static uf_status fail_shape(const struct uf_px_data *data, size_t from, struct uf_error *error,
                            const char *before, size_t number, const char *after)
{
    struct uf_buffer shape = {0};
    write_shape(data->cube, from, &shape);
    uf_status status = fail_at_token(data, error, "%s%s cells, %s %zu %s", before,
                                     shape.data ? shape.data : "", "but there are", number, after);
    uf_buffer_clear(&shape);
    return status;
}

/* The token at hand is one too many: counts the others too. */
static uf_status fail_too_many(struct uf_px_data *data, struct uf_error *error)
{
    const struct token first = data->token;
    size_t line, column, n = data->n_read;
    uf_px_data_place(data, &line, &column);
    for (bool more = true; more; n++) UF_TRY(next_token(data, &more, error));
    data->token = first;
    data->token.line = line;
    data->token.column = column;
    return fail_shape(data, 0, error, "the header makes ", n, "of them; the first too many stands here");
}

/* --- rows ------------------------------------------------------------------------------------------------ */

static void set_place(struct uf_px_data *data, size_t dimension, size_t place)
{
    data->places[dimension] = place;
    data->codes[dimension] = data->cube->dimensions[dimension].codes.items[place];
}

/* Steps to the next cell: the last dimension fastest, down to `first`. */
static void step(struct uf_px_data *data, size_t first)
{
    for (size_t d = data->cube->count; d-- > first;) {
        if (data->places[d] + 1 < data->cube->dimensions[d].size) {
            set_place(data, d, data->places[d] + 1);
            return;
        }
        set_place(data, d, 0);
    }
}

static uf_status read_key(struct uf_px_data *data, size_t d, struct uf_error *error)
{
    const struct token *token = &data->token;
    const struct uf_px_dimension *dimension = &data->cube->dimensions[d];
    const struct uf_px_words *words = &data->cube->languages[0].words[d];
    const struct uf_codes *index = dimension->keys_are_codes ? &dimension->index : &words->index;
    const struct uf_codes *other = dimension->keys_are_codes ? &words->index : &dimension->index;
    int64_t place;
    if (!uf_codes_find(index, token->text, token->length, &place) &&
        !uf_codes_find(other, token->text, token->length, &place))
        return fail_at_token(data, error, "expected a key of '%.100s', found '%.*s'", words->name,
                             (int)(token->length < 60 ? token->length : 60), token->text);
    set_place(data, d, (size_t)place);
    data->row = data->row * dimension->size + (size_t)place;
    return UF_OK;
}

/* The keys before a row. `*out_more` false at the end of the data. */
static uf_status read_keys(struct uf_px_data *data, bool *out_more, struct uf_error *error)
{
    data->row = 0;
    for (size_t d = 0; d < data->cube->n_stub; d++) {
        UF_TRY(next_token(data, out_more, error));
        if (!*out_more && d == 0) return UF_OK;
        if (!*out_more) return fail_at_token(data, error, "the data end within the keys of a row");
        UF_TRY(read_key(data, d, error));
    }
    for (size_t d = data->cube->n_stub; d < data->cube->count; d++) set_place(data, d, 0);
    if (!data->seen) return UF_OK;
    unsigned char bit = (unsigned char)(1u << (data->row % 8));
    if (data->seen[data->row / 8] & bit) return fail_at_token(data, error, "a row has the same keys twice");
    data->seen[data->row / 8] |= bit;
    return UF_OK;
}

/* The next row that was not in the file: zeros. */
static bool next_zero_row(struct uf_px_data *data)
{
    while (data->seen && data->zero_row < data->cube->rows) {
        size_t row = data->zero_row++;
        if (data->seen[row / 8] & (1u << (row % 8))) continue;
        for (size_t d = data->cube->n_stub; d-- > 0;) {
            set_place(data, d, row % data->cube->dimensions[d].size);
            row /= data->cube->dimensions[d].size;
        }
        for (size_t d = data->cube->n_stub; d < data->cube->count; d++) set_place(data, d, 0);
        return true;
    }
    return false;
}

static uf_status next_keyed(struct uf_px_data *data, struct uf_cell *out, bool *out_more,
                            struct uf_error *error)
{
    if (data->in_row == data->cube->in_row) {
        bool more = false;
        if (!data->ended) UF_TRY(read_keys(data, &more, error));
        if (!more && !data->ended && !data->closed)
            return fail_at_token(
                data, error,
                "the semicolon at the end is missing, and rows that are cut off would pass for "
                "rows of zeros; download the file again");
        data->ended = !more;
        if (data->ended && !next_zero_row(data)) {
            *out_more = false;
            return UF_OK;
        }
        data->in_row = 0;
    } else {
        step(data, data->cube->n_stub);
    }
    if (data->ended) {
        out->value = 0;
        out->status = UF_VALUE_OBSERVED;
    } else {
        bool more;
        UF_TRY(next_token(data, &more, error));
        if (!more)
            return fail_shape(data, data->cube->n_stub, error, "a row has ", data->in_row, "in the last");
        UF_TRY(read_value(data, out, error));
        data->n_read++;
    }
    data->in_row++;
    return UF_OK;
}

static uf_status next_plain(struct uf_px_data *data, struct uf_cell *out, bool *out_more,
                            struct uf_error *error)
{
    bool more;
    UF_TRY(next_token(data, &more, error));
    if (more && data->n_read == data->cube->cells) return fail_too_many(data, error);
    if (!more && data->n_read < data->cube->cells)
        return fail_shape(data, 0, error, "the header makes ", data->n_read,
                          "of them; the file is not whole, or VALUES has too many");
    *out_more = more;
    if (!more) return UF_OK;
    UF_TRY(read_value(data, out, error));
    if (data->n_read++ > 0) step(data, 0);
    return UF_OK;
}

uf_status uf_px_data_next(struct uf_px_data *data, struct uf_cell *out, bool *out_more,
                          struct uf_error *error)
{
    struct uf_cell cell = {.codes = data->codes, .is_read = true};
    *out_more = true;
    UF_TRY((data->cube->keys ? next_keyed : next_plain)(data, &cell, out_more, error));
    if (*out_more) *out = cell;
    return UF_OK;
}

/* --- open and close ---------------------------------------------------------------------------------------- */

static uf_status check_claim(const struct uf_px_data *data, struct uf_error *error)
{
    const struct uf_px_cube *cube = data->cube;
    size_t bytes = uf_input_bytes_total(data->source.input), most = bytes / 2 + 1;
    if ((cube->keys ? cube->in_row : cube->cells) <= most) return UF_OK;
    struct uf_buffer shape = {0};
    write_shape(cube, cube->keys ? cube->n_stub : 0, &shape);
    uf_status status =
        uf_fail_at(error, UF_BAD_INPUT, uf_input_name(data->source.input), cube->data_line, 0,
                   "DATA: the header makes %s cells, more than a file of %zu bytes can hold; the file is not "
                   "whole, or VALUES has too many",
                   shape.data ? shape.data : "", bytes);
    uf_buffer_clear(&shape);
    return status;
}

static uf_status start(struct uf_px_data *data, struct uf_error *error)
{
    const struct uf_px_cube *cube = data->cube;
    for (const char *p = " \t\r\n\v\f\x1A,;"; *p; p++) data->separates[(unsigned char)*p] = true;
    if (data->decimal == ',') data->separates[','] = false;
    UF_TRY(check_claim(data, error));
    data->places = calloc(cube->count, sizeof *data->places);
    data->codes = calloc(cube->count, sizeof *data->codes);
    if (!data->places || !data->codes) return uf_fail_memory(error);
    for (size_t d = 0; d < cube->count; d++) set_place(data, d, 0);
    data->in_row = cube->in_row; /* a row is due */
    size_t bytes = uf_input_bytes_total(data->source.input);
    size_t most = bytes < SIZE_MAX / ZEROS_PER_BYTE ? bytes * ZEROS_PER_BYTE : bytes;
    if (!cube->keys || cube->cells > (most > ZEROS ? most : ZEROS)) return UF_OK;
    data->seen = calloc(cube->rows / 8 + 1, 1);
    return data->seen ? UF_OK : uf_fail_memory(error);
}

uf_status uf_px_data_open(const struct uf_px_source *source, const struct uf_px_cube *cube,
                          const struct uf_px_symbols *symbols, char decimal, struct uf_px_data **out,
                          struct uf_error *error)
{
    struct uf_px_data *data = calloc(1, sizeof *data);
    if (!data) return uf_fail_memory(error);
    data->source = *source;
    data->cube = cube;
    data->symbols = symbols;
    data->decimal = decimal;
    uf_status status = start(data, error);
    if (status != UF_OK)
        uf_px_data_close(data);
    else
        *out = data;
    return status;
}

bool uf_px_data_is_closed(const struct uf_px_data *data)
{
    return data->closed;
}

bool uf_px_data_fills(const struct uf_px_data *data)
{
    return data->seen != NULL;
}

void uf_px_data_close(struct uf_px_data *data)
{
    if (!data) return;
    uf_buffer_clear(&data->carried);
    free(data->places);
    free(data->codes);
    free(data->seen);
    free(data);
}
