// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/table_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void uf_table_text_clear(struct uf_table_text *table)
{
    uf_reader_close(&table->reader);
    uf_input_close(table->input);
    uf_buffer_clear(&table->csv);
    free(table->lines);
    free(table->marks);
    free(table->columns);
    memset(table, 0, sizeof *table);
}

uf_status uf_reader_note(struct uf_reader *reader, struct uf_error *error, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    /* a character that was cut at the end is left out */
    size_t n = strlen(text);
    while (n > 0 && !uf_text_is_utf8(text, n)) text[--n] = '\0';
    return uf_text_list_add(&reader->notes, text, error);
}

void *uf_grow_array(void *items, size_t count, size_t size)
{
    if (count & (count - 1)) return items;
    return realloc(items, (count ? count * 2 : 1) * size);
}

/* --- writing ----------------------------------------------------------------------------------- */

uf_status uf_table_text_columns(struct uf_table_text *table, size_t n, struct uf_error *error)
{
    table->columns = calloc(n ? n : 1, sizeof *table->columns);
    if (!table->columns) return uf_fail_memory(error);
    table->n_columns = n;
    return UF_OK;
}

static uf_status begin_line(struct uf_table_text *table, struct uf_error *error)
{
    if (table->n_lines == table->lines_capacity) {
        size_t capacity = table->lines_capacity ? table->lines_capacity * 2 : 64;
        struct uf_table_line *lines = realloc(table->lines, capacity * sizeof *lines);
        if (!lines) return uf_fail_memory(error);
        table->lines = lines;
        table->lines_capacity = capacity;
    }
    return UF_OK;
}

void uf_table_text_field(struct uf_table_text *table, const char *text)
{
    if (table->n_fields++ > 0) uf_buffer_append_char(&table->csv, ',');
    if (!*text) return;
    table->filled = true;
    /* Line ends would be lines of the text. */
    uf_buffer_append_char(&table->csv, '"');
    for (const char *rest = text; *rest;) {
        size_t n = strcspn(rest, "\"\r\n");
        uf_buffer_append_bytes(&table->csv, rest, n);
        rest += n;
        if (!*rest) break;
        uf_buffer_append(&table->csv, *rest++ == '"' ? "\"\"" : " ");
    }
    uf_buffer_append_char(&table->csv, '"');
}

uf_status uf_table_text_missing(struct uf_table_text *table, uf_value_status status, struct uf_error *error)
{
    if (table->n_marks == table->marks_capacity) {
        size_t capacity = table->marks_capacity ? table->marks_capacity * 2 : 64;
        struct uf_table_mark *marks = realloc(table->marks, capacity * sizeof *marks);
        if (!marks) return uf_fail_memory(error);
        table->marks = marks;
        table->marks_capacity = capacity;
    }
    table->marks[table->n_marks++] =
        (struct uf_table_mark){(uint32_t)table->n_lines, (uint32_t)table->n_fields, status};
    uf_table_text_field(table, "");
    return UF_OK;
}

uf_status uf_table_text_end_line(struct uf_table_text *table, size_t row, size_t column,
                                 struct uf_error *error)
{
    UF_TRY(begin_line(table, error));
    size_t start = table->n_lines ? table->lines[table->n_lines].start : 0;
    bool marked = table->n_marks > 0 && table->marks[table->n_marks - 1].line == table->n_lines;
    size_t n = table->n_fields;
    table->n_fields = 0;
    if (!table->filled && !marked) { /* as a blank line, which CSV readers pass over */
        table->csv.length = start;
        return UF_OK;
    }
    table->filled = false;
    if (n == 1 && marked) uf_buffer_append(&table->csv, "\"\""); /* else it would be a blank line */
    uf_buffer_append_char(&table->csv, '\n');
    if (table->csv.failed) return uf_fail_memory(error);
    table->lines[table->n_lines++] = (struct uf_table_line){start, (uint32_t)row, (uint32_t)column};
    UF_TRY(begin_line(table, error));
    table->lines[table->n_lines].start = table->csv.length; /* of the next */
    return UF_OK;
}

/* --- places ------------------------------------------------------------------------------------ */

void uf_column_letters(size_t column, char out[8])
{
    char reversed[8];
    size_t n = 0;
    for (; column > 0 && n < 6; column = (column - 1) / 26)
        reversed[n++] = (char)('A' + (int)((column - 1) % 26));
    for (size_t i = 0; i < n; i++) out[i] = reversed[n - 1 - i];
    out[n] = '\0';
}

/* The field of a line of the text in which its character `column` (from 1) stands. */
static size_t field_at(const struct uf_table_text *table, size_t line, size_t column)
{
    const char *p = table->csv.data + table->lines[line].start;
    const char *end = line + 1 < table->n_lines ? table->csv.data + table->lines[line + 1].start
                                                : table->csv.data + table->csv.length;
    size_t field = 0, seen = 0;
    bool quoted = false;
    for (; p < end && seen + 1 < column; p++) {
        seen += ((unsigned char)p[1] & 0xC0) != 0x80;
        if (*p == '"') quoted = !quoted;
        field += *p == ',' && !quoted;
    }
    return field < table->n_columns ? field : table->n_columns - 1;
}

/* A line and column of the text → the row and column of the file. */
static void find_place(const struct uf_table_text *table, size_t line, size_t column, size_t *out_row,
                       size_t *out_column)
{
    if (line == 0 || line > table->n_lines) line = 1;
    const struct uf_table_line *about = &table->lines[line - 1];
    *out_row = about->row;
    *out_column = 0;
    if (column == 0) return;
    size_t own = table->columns[field_at(table, line - 1, column)];
    *out_column = own ? own : about->column;
}

void uf_table_text_place(const struct uf_table_text *table, size_t dimension, size_t *out_row,
                         size_t *out_column)
{
    size_t line, column;
    table->reader.format->place(&table->reader, dimension, &line, &column);
    find_place(table, line, column, out_row, out_column);
}

void uf_table_text_name_place(const struct uf_table_text *table, size_t row, size_t column,
                              char out[UF_PLACE_NAME_SIZE])
{
    char letters[8];
    if (table->sheet) {
        uf_column_letters(column, letters);
        bool plain = strcspn(table->sheet, " '!-") == strlen(table->sheet);
        if (column > 0)
            snprintf(out, UF_PLACE_NAME_SIZE, plain ? "%.200s!%s%zu" : "'%.200s'!%s%zu", table->sheet,
                     letters, row);
        else
            snprintf(out, UF_PLACE_NAME_SIZE, plain ? "%.200s, row %zu" : "'%.200s', row %zu", table->sheet,
                     row);
    } else if (table->all && column > 0 && column <= table->all->count) {
        snprintf(out, UF_PLACE_NAME_SIZE, "observation %zu, variable %.200s", row,
                 table->all->items[column - 1]);
    } else {
        snprintf(out, UF_PLACE_NAME_SIZE, "observation %zu", row);
    }
}

void uf_table_text_describe(const struct uf_table_text *table, size_t dimension, char *out, size_t size)
{
    size_t row, column;
    char name[UF_PLACE_NAME_SIZE];
    uf_table_text_place(table, dimension, &row, &column);
    uf_table_text_name_place(table, row, column, name);
    snprintf(out, size, "%s", name);
}

/* --- reading ----------------------------------------------------------------------------------- */

/* A failure of the CSV reader, told with the file's own place. */
static uf_status fail_there(const struct uf_table_text *table, uf_status status, const struct uf_error *inner,
                            struct uf_error *error)
{
    if (!inner->file[0] || inner->line == 0) {
        if (error) *error = *inner;
        return status;
    }
    size_t row, column;
    char place[UF_PLACE_NAME_SIZE];
    find_place(table, inner->line, inner->column, &row, &column);
    if (!table->sheet && row == 0) /* the names of the variables */
        return uf_fail_at(error, status, inner->file, 0, 0, "%s", inner->message);
    uf_table_text_name_place(table, row, column, place);
    return uf_fail_at(error, status, inner->file, row, column, "%s: %s", place, inner->message);
}

static uf_status copy_list(struct uf_text_list *to, const struct uf_text_list *from, struct uf_error *error)
{
    for (size_t i = 0; i < from->count; i++) UF_TRY(uf_text_list_add(to, from->items[i], error));
    return UF_OK;
}

uf_status uf_table_text_open(struct uf_table_text *table, bool wide, struct uf_reader *outer,
                             const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    struct uf_error inner = {0};
    const char *name = uf_input_name(outer->input);
    if (table->n_lines < 2)
        return uf_fail_at(error, UF_BAD_INPUT, name, 0, 0, "the table has a header and no rows");
    UF_TRY(uf_input_open_memory(name, table->csv.data, table->csv.length, "utf-8", &table->input, error));
    struct uf_reader_wishes own = *wishes;
    own.delimiter = ',';
    own.decimal = '.'; /* numbers were written by this program */
    uf_status status =
        uf_reader_open(table->input, wide ? "csv-wide" : "csv-long", &own, &table->reader, &inner);
    if (status != UF_OK) return fail_there(table, status, &inner, error);
    table->reader.rules.group = ' ';
    outer->rules = table->reader.rules;
    UF_TRY(copy_list(&outer->dimensions, &table->reader.dimensions, error));
    UF_TRY(uf_facts_adopt(&outer->facts, &table->reader.facts, error));
    return copy_list(&outer->notes, &table->reader.notes, error);
}

/* The reason why the value of the current cell is missing, where one was marked. */
static const struct uf_table_mark *find_mark(struct uf_table_text *table)
{
    size_t line = uf_input_line_number(table->input) - 1, i;
    while (table->mark < table->n_marks && table->marks[table->mark].line < line) table->mark++;
    if (table->mark == table->n_marks || table->marks[table->mark].line != line) return NULL;
    size_t csv_line, column;
    table->reader.format->place(&table->reader, UF_VALUE_PLACE, &csv_line, &column);
    size_t field = field_at(table, line, column);
    for (i = table->mark; i < table->n_marks && table->marks[i].line == line; i++)
        if (table->marks[i].field == field) return &table->marks[i];
    return NULL;
}

uf_status uf_table_text_next(struct uf_table_text *table, struct uf_cell *out, bool *out_more,
                             struct uf_error *error)
{
    struct uf_error inner = {0};
    uf_status status = table->reader.format->next(&table->reader, out, out_more, &inner);
    if (status != UF_OK) return fail_there(table, status, &inner, error);
    if (!*out_more || out->length > 0 || table->n_marks == 0) return UF_OK;
    const struct uf_table_mark *mark = find_mark(table);
    if (!mark) return UF_OK;
    out->is_read = true;
    out->text = NULL;
    out->value = (double)NAN;
    out->status = mark->status;
    return UF_OK;
}

/* --- dates ------------------------------------------------------------------------------------- */

/* The Gregorian calendar, also before it began; a year begins in March here, so that the leap day is last. */
void uf_date_split(int64_t days_since_1970, int *out_year, int *out_month, int *out_day)
{
    enum { DAYS_OF_400_YEARS = 146097, FROM_MARCH_0000 = 719468 };
    int64_t days = days_since_1970 + FROM_MARCH_0000;
    int64_t era = (days >= 0 ? days : days - (DAYS_OF_400_YEARS - 1)) / DAYS_OF_400_YEARS;
    int64_t day = days - era * DAYS_OF_400_YEARS;
    int64_t year = (day - day / 1460 + day / 36524 - day / (DAYS_OF_400_YEARS - 1)) / 365;
    int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    *out_day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    *out_month = (int)(month < 10 ? month + 3 : month - 9);
    *out_year = (int)(year + era * 400 + (month >= 10));
}

void uf_date_grain_observe(struct uf_date_grain *grain, int64_t days_since_1970)
{
    int year, month, day;
    uf_date_split(days_since_1970, &year, &month, &day);
    grain->days = grain->days || day != 1;
    grain->months = grain->months || month != 1;
    grain->n++;
}

void uf_date_print(const struct uf_date_grain *grain, int64_t days_since_1970, char out[32])
{
    int year, month, day;
    uf_date_split(days_since_1970, &year, &month, &day);
    if (grain->days)
        snprintf(out, 32, "%04d-%02d-%02d", year, month, day);
    else if (grain->months)
        snprintf(out, 32, "%04d-%02d", year, month);
    else
        snprintf(out, 32, "%04d", year);
}
