// SPDX-License-Identifier: GPL-3.0-or-later
#define _DEFAULT_SOURCE // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): for anonymous maps
#include "import/plain_part.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utfall/number.h>

#include "import/values.h"

struct part {
    struct plain_column *columns;
    struct plain_code_table *codes;
    struct plain_part rows;
    size_t n_columns;
    const char *at, *stop, *last; /* in the buffer: the next field, where later rows are others', the end */
    bool goes_on;                 /* the file does, behind the buffer */
    struct plain_points points;
    bool no_memory;
};

/* --- fields ------------------------------------------------------------------------------------ */

/* The other ways to write a number, and the signs for missing ones. */
static bool read_carefully(struct part *part, size_t index, const char *text, size_t length, double *out)
{
    static const struct uf_value_rules rules = {.decimal = '.', .group = ' '};
    uf_value_status status = UF_VALUE_OBSERVED;
    if (uf_number_parse(text, length, '.', out)) {
        part->points.either |= memchr(text, '.', length) != NULL;
        return true;
    }
    if (!uf_value_read(&rules, text, length, NULL, out, &status)) return false;
    if (!part->rows.status[index]) {
        part->rows.status[index] = calloc(part->rows.capacity, sizeof **part->rows.status);
        if (!part->rows.status[index]) {
            part->no_memory = true;
            return false;
        }
    }
    part->rows.status[index][part->rows.n_rows] = status;
    return true;
}

/* Where a field that should end at `*at` does, behind the first byte of a line's end of two; else NULL. */
static const char *end_of(const struct plain_column *column, const char *at)
{
    if (column->ends == '\n' && *at == '\r') at++;
    return *at == column->ends ? at : NULL;
}

/* The field's bytes, without its quotes; NULL: not plain. `*next` is the delimiter or line end behind it. */
static const char *find_field(const struct plain_column *column, const char *p, size_t *length,
                              const char **next)
{
    const bool quoted = *p == '"';
    const char *start = p + quoted, *end = plain_field_end(start);
    *length = (size_t)(end - start);
    if (quoted && (*end++ != '"' || *length == 0)) return NULL;
    *next = end_of(column, end);
    return *next ? start : NULL;
}

static bool has_blank_ends(const char *text, size_t length)
{
    return length > 0 && (text[0] == ' ' || text[length - 1] == ' ');
}

/* Any field: what stands behind it; NULL: not plain, or no memory. */
static const char *read_any_field(struct part *part, const struct plain_column *column, const char *p)
{
    const char *next, *text;
    size_t length;
    double value;
    if (column->role == PLAIN_NUMBER && (next = plain_number_any(p, &part->points, &value)) != NULL &&
        (next = end_of(column, next)) != NULL) {
        column->number[part->rows.n_rows] = value;
        return next;
    }
    if (!(text = find_field(column, p, &length, &next))) return NULL;
    if (column->role == PLAIN_SKIP) return next;
    if (has_blank_ends(text, length)) return NULL;
    if (column->role == PLAIN_NUMBER) {
        if (!read_carefully(part, column->index, text, length, &value)) return NULL;
        column->number[part->rows.n_rows] = value;
    } else {
        uint32_t code = PLAIN_EMPTY;
        if (length > 0) {
            code = plain_code_table_find(column->codes, text, length);
            part->no_memory |= code == PLAIN_EMPTY;
        }
        column->text[part->rows.n_rows] = code;
    }
    return part->no_memory ? NULL : next;
}

/* The same, quickly for most numbers and for short codes that the part has met before. */
static inline const char *read_field(struct part *part, const struct plain_column *column, const char *p)
{
    if (column->role == PLAIN_NUMBER) {
        const char *next = plain_number(p, &part->points, &column->number[part->rows.n_rows]);
        if (next && *next == column->ends) return next;
    } else if (column->role == PLAIN_TEXT) {
        const uint64_t word = plain_word(p), ends = plain_mark_byte(word, (unsigned char)column->ends);
        /* the bytes before the first mark; no code that was met has a delimiter, a quote or a line's end in it */
        const uint64_t key = word & (((ends & -ends) >> 7) - 1);
        if (ends && plain_code_table_has(column->codes, key, &column->text[part->rows.n_rows]))
            return p + __builtin_ctzll(ends) / 8;
    }
    return read_any_field(part, column, p);
}

/* --- rows -------------------------------------------------------------------------------------- */

/* False: not plain, or no memory. */
static bool read_rows(struct part *part)
{
    const struct plain_column *const columns = part->columns, *const behind = columns + part->n_columns;
    const char *p = part->at;
    while (p < part->stop && p < part->last) {
        if (*p == '\n' || (*p == '\r' && p[1] == '\n')) {
            p += *p == '\r' ? 2 : 1;
            continue;
        }
        for (const struct plain_column *column = columns; column < behind; column++) {
            p = read_field(part, column, p);
            if (!p) return false;
            p++;
        }
        part->rows.n_rows++;
        /* the bytes behind the part ended before the row did */
        if (p > part->last || (p == part->last && part->goes_on)) return false;
    }
    return true;
}

/* --- parts ------------------------------------------------------------------------------------- */

void *plain_column_new(size_t n, size_t size)
{
    void *memory = mmap(NULL, (n + 1) * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void plain_column_free(void *column, size_t n, size_t size)
{
    if (column) munmap(column, (n + 1) * size);
}

bool plain_read_bytes(const struct plain_reader *reader, size_t from, size_t length, char *out)
{
    while (length > 0) {
        ssize_t got = pread(reader->descriptor, out, length, (off_t)from);
        if (got <= 0) return false;
        from += (size_t)got, length -= (size_t)got, out += got;
    }
    return true;
}

static size_t count_lines(const char *buffer, size_t length)
{
    size_t lines = 0;
    while (length > 0) {
        /* in numbers of one byte, as long as none can overflow */
        unsigned char seen[64] = {0};
        size_t steps = length / sizeof seen < 255 ? length / sizeof seen : 255;
        for (size_t i = 0; i < steps; i++, buffer += sizeof seen, length -= sizeof seen)
            for (size_t j = 0; j < sizeof seen; j++) seen[j] = (unsigned char)(seen[j] + (buffer[j] == '\n'));
        for (size_t j = 0; j < sizeof seen; j++) lines += seen[j];
        for (; length > 0 && length < sizeof seen; length--) lines += *buffer++ == '\n';
    }
    return lines;
}

/* With room for as many rows as the buffer has line ends. */
static bool make_room(const struct plain_reader *reader, struct plain_file *file, struct part *part)
{
    struct plain_part *rows = &part->rows;
    rows->text = calloc(reader->n_texts + 1, sizeof *rows->text);
    rows->codes = calloc(reader->n_texts + 1, sizeof *rows->codes);
    rows->number = calloc(reader->n_numbers + 1, sizeof *rows->number);
    rows->status = calloc(reader->n_numbers + 1, sizeof *rows->status);
    part->columns = malloc((reader->n_columns + 1) * sizeof *part->columns);
    part->codes = calloc(reader->n_texts + 1, sizeof *part->codes);
    if (!rows->text || !rows->codes || !rows->number || !rows->status || !part->columns || !part->codes)
        return false;
    bool fine = true;
    for (size_t j = 0; j < reader->n_texts && fine; j++)
        fine = (rows->text[j] = plain_column_new(rows->capacity, sizeof **rows->text)) &&
               plain_code_table_init(&part->codes[j]);
    size_t first_row;
#pragma omp atomic capture
    {
        first_row = file->block_taken;
        file->block_taken += rows->capacity;
    }
    rows->in_block = first_row + rows->capacity <= file->block_rows;
    for (size_t j = 0; j < reader->n_numbers && fine; j++)
        fine = (rows->number[j] = rows->in_block ? file->block[j] + first_row
                                                 : plain_column_new(rows->capacity, sizeof **rows->number));
    part->n_columns = reader->n_columns;
    for (size_t c = 0; c < reader->n_columns && fine; c++) {
        struct plain_column *column = &part->columns[c];
        *column = reader->columns[c];
        if (column->role == PLAIN_TEXT)
            column->text = rows->text[column->index], column->codes = &part->codes[column->index];
        if (column->role == PLAIN_NUMBER) column->number = rows->number[column->index];
    }
    return fine;
}

/* What the part has found becomes the result's. */
static void hand_over(const struct plain_reader *reader, struct part *part, struct plain_part *out)
{
    for (size_t j = 0; j < reader->n_texts; j++) {
        plain_code_table_finish(&part->codes[j]);
        part->rows.codes[j] = part->codes[j].list;
    }
    *out = part->rows;
}

static void part_clear(const struct plain_reader *reader, struct part *part)
{
    struct plain_part *rows = &part->rows;
    for (size_t j = 0; j < reader->n_texts && part->codes; j++) plain_code_table_clear(&part->codes[j]);
    for (size_t j = 0; j < reader->n_texts && rows->text; j++)
        plain_column_free(rows->text[j], rows->capacity, sizeof **rows->text);
    for (size_t j = 0; j < reader->n_numbers && rows->number && !rows->in_block; j++)
        plain_column_free(rows->number[j], rows->capacity, sizeof **rows->number);
    for (size_t j = 0; j < reader->n_numbers && rows->status; j++) free(rows->status[j]);
    free(rows->text), free(rows->codes), free(rows->number), free(rows->status);
}

enum plain_outcome plain_part_read(const struct plain_reader *reader, struct plain_file *file, size_t index,
                                   char *buffer, struct plain_points *points)
{
    size_t from = reader->first + index * PLAIN_PART, end = from + PLAIN_PART;
    size_t before = index > 0; /* one byte, to see whether a row begins here */
    size_t to = end + PLAIN_BEYOND < reader->size ? end + PLAIN_BEYOND : reader->size;
    size_t length = to - (from - before);
    if (!plain_read_bytes(reader, from - before, length, buffer)) return PLAIN_ODD;
    /* behind the last byte stands an end of line, and room for reading eight bytes at once */
    memset(buffer + length, 0, 16);
    if (length == 0 || buffer[length - 1] != '\n') buffer[length++] = '\n';
    struct part part = {.at = buffer,
                        .stop = buffer + (end < to ? end : to) - (from - before),
                        .last = buffer + length,
                        .goes_on = to < reader->size,
                        .rows.capacity = count_lines(buffer, length)};
    if (index > 0) {
        const char *line = memchr(buffer, '\n', length);
        part.at = line ? line + 1 : part.last;
    }
    enum plain_outcome outcome = PLAIN_READ;
    if (!make_room(reader, file, &part))
        outcome = PLAIN_NO_MEMORY;
    else if (!read_rows(&part))
        outcome = part.no_memory ? PLAIN_NO_MEMORY : PLAIN_ODD;
    points->clear |= part.points.clear, points->either |= part.points.either;
    if (outcome == PLAIN_READ)
        hand_over(reader, &part, &file->part[index]);
    else
        part_clear(reader, &part);
    free(part.columns), free(part.codes);
    return outcome;
}
