// SPDX-License-Identifier: GPL-3.0-or-later
/* A delimited file as a table of named columns. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>
#include <utfall/period.h>

#include "base/fail.h"
#include "import/import.h"
#include "import/records.h"
#include "import/values.h"

enum { PREFIX = 1 << 15 };

struct column {
    struct uf_decimal_evidence evidence;
    bool text, asked_text, asked_number, asked_period;
    size_t periods; /* cells of an asked period that are one */
};
struct file {
    struct uf_input *input;
    struct uf_records *records;
    char delimiter;
    struct uf_text_list names;
    struct column *columns;
    struct uf_value_rules rules;
};

typedef uf_status visit_function(struct file *file, const struct uf_record *record, void *user,
                                 struct uf_error *error);

static uf_status walk(struct file *file, visit_function *visit, void *user, struct uf_error *error)
{
    struct uf_record record;
    bool more = true;
    while (more) {
        UF_TRY(uf_records_next(file->records, &record, &more, error));
        if (!more) break;
        UF_TRY(uf_records_check(file->records, &record, file->names.count, error));
        UF_TRY(visit(file, &record, user, error));
    }
    return UF_OK;
}

static uf_status reopen(struct file *file, struct uf_error *error)
{
    uf_records_close(file->records);
    file->records = NULL;
    UF_TRY(uf_records_open(file->input, file->delimiter, &file->records, error));
    struct uf_record header;
    bool more;
    return uf_records_next(file->records, &header, &more, error);
}

/* A period as such, or any whole number. */
static bool is_period(const struct uf_field *field)
{
    uf_period period;
    double number;
    return uf_period_parse(field->text, field->length, &period) ||
           (uf_number_parse(field->text, field->length, '.', &number) && number == floor(number));
}

static uf_status fail_cell(const struct file *file, size_t column, const struct uf_field *field,
                           const char *expected, struct uf_error *error)
{
    size_t line, place;
    uf_records_place(file->records, column, &line, &place);
    return uf_fail_at(error, UF_BAD_INPUT, uf_records_name(file->records), line, place,
                      "column '%s' should hold %s, found '%.100s'; correct it, or leave the cell empty where "
                      "nothing is known",
                      file->names.items[column], expected, field->text);
}

static uf_status observe(struct file *file, const struct uf_record *record, void *user,
                         struct uf_error *error)
{
    (void)user, (void)error;
    for (size_t j = 0; j < record->count; j++)
        file->columns[j].periods += file->columns[j].asked_period && is_period(&record->fields[j]);
    for (size_t j = 0; j < record->count; j++)
        if (!file->columns[j].asked_text)
            uf_decimal_observe(&file->columns[j].evidence, record->fields[j].text, record->fields[j].length,
                               false);
    return UF_OK;
}

/* A column in which one cell is no number under the file's decimal mark is a column of texts. */
static uf_status check_numbers(struct file *file, const struct uf_record *record, void *user,
                               struct uf_error *error)
{
    (void)user;
    double value;
    uf_value_status status;
    for (size_t j = 0; j < record->count; j++) {
        struct column *column = &file->columns[j];
        const struct uf_field *field = &record->fields[j];
        if (column->periods > 0 && field->length > 0 && !is_period(field))
            return fail_cell(file, j, field, "periods (2018, 2018K1)", error);
        if (column->text || uf_value_read(&file->rules, field->text, field->length, NULL, &value, &status))
            continue;
        if (column->asked_number) return fail_cell(file, j, field, "numbers", error);
        column->text = true;
    }
    return UF_OK;
}

static uf_status fill_row(struct file *file, const struct uf_record *record, void *user,
                          struct uf_error *error)
{
    struct uf_table *table = user;
    size_t row;
    UF_TRY(uf_table_add_row(table, &row, error));
    for (size_t j = 0; j < record->count; j++) {
        const struct uf_field *field = &record->fields[j];
        double value;
        uf_value_status status;
        if (file->columns[j].text)
            UF_TRY(uf_table_set_text(table, row, j, field->length ? field->text : NULL, error));
        else if (uf_value_read(&file->rules, field->text, field->length, NULL, &value, &status))
            UF_TRY(uf_table_set_value(table, row, j, value, status, error));
        else
            return uf_fail(error, UF_INTERNAL, "a column of numbers holds '%s'", field->text);
    }
    return UF_OK;
}

/* Beside the columns that stay text: what others must hold. */
struct wishes {
    const char *const *texts, *const *numbers, *period;
    size_t n_texts, n_numbers;
};

static uf_status mark_text_columns(struct file *file, const char *const *text_columns, size_t n_text_columns,
                                   struct uf_error *error)
{
    for (size_t i = 0; i < n_text_columns; i++) {
        size_t j = uf_text_list_find(&file->names, text_columns[i]);
        const char *name = text_columns[i], *path = uf_input_name(file->input);
        if (j != SIZE_MAX) {
            file->columns[j].text = file->columns[j].asked_text = true;
            continue;
        }
        const char *nearest =
            uf_text_nearest(name, (const char *const *)file->names.items, file->names.count);
        if (nearest)
            return uf_fail_at(error, UF_BAD_USAGE, path, 0, 0,
                              "the file has no column '%s'; did you mean '%s'?", name, nearest);
        return uf_fail_at(error, UF_BAD_USAGE, path, 0, 0, "the file has no column '%s' among its %zu", name,
                          file->names.count);
    }
    return UF_OK;
}

static uf_status decide_columns(struct file *file, struct uf_error *error)
{
    struct uf_decimal_evidence sum = {0};
    UF_TRY(walk(file, observe, NULL, error));
    for (size_t j = 0; j < file->names.count; j++) {
        struct column *column = &file->columns[j];
        bool letters = column->evidence.numbers == 0 && column->evidence.letter_signs > 0;
        if ((column->evidence.texts > 0 || letters) && !column->asked_number) column->text = true;
        if (!column->text) uf_decimal_add(&sum, &column->evidence);
    }
    UF_TRY(uf_decimal_decide(&sum, 0, file->delimiter, uf_input_name(file->input), &file->rules, error));
    UF_TRY(reopen(file, error));
    return walk(file, check_numbers, NULL, error);
}

static void mark_checked_columns(struct file *file, const struct wishes *wishes)
{
    for (size_t i = 0; i < wishes->n_numbers; i++) {
        size_t j = uf_text_list_find(&file->names, wishes->numbers[i]);
        if (j != SIZE_MAX && !file->columns[j].asked_text) file->columns[j].asked_number = true;
    }
    size_t j = wishes->period ? uf_text_list_find(&file->names, wishes->period) : SIZE_MAX;
    if (j != SIZE_MAX) file->columns[j].asked_period = true;
}

static uf_status read_file(struct file *file, const struct wishes *wishes, struct uf_table *table,
                           struct uf_error *error)
{
    char *prefix = NULL;
    UF_TRY(uf_input_prefix(file->input, PREFIX, &prefix, error));
    file->delimiter = uf_delimiter_detect(prefix);
    free(prefix);
    UF_TRY(uf_records_open(file->input, file->delimiter, &file->records, error));
    UF_TRY(uf_records_header(file->records, &file->names, error));
    file->columns = calloc(file->names.count, sizeof *file->columns);
    if (!file->columns) return uf_fail_memory(error);
    UF_TRY(mark_text_columns(file, wishes->texts, wishes->n_texts, error));
    mark_checked_columns(file, wishes);
    UF_TRY(decide_columns(file, error));
    for (size_t j = 0; j < file->names.count; j++) {
        size_t column;
        UF_TRY(uf_table_add_column(table, file->names.items[j],
                                   file->columns[j].text ? UF_COLUMN_TEXT : UF_COLUMN_NUMBER, NULL, -1,
                                   &column, error));
    }
    UF_TRY(reopen(file, error));
    UF_TRY(walk(file, fill_row, table, error));
    if (uf_table_rows(table) > 0) return UF_OK;
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(file->input), 1, 0,
                      "the file has a header and no rows; export it again with its values");
}

static uf_status read_input(struct uf_input *input, const struct wishes *wishes, struct uf_table **out,
                            struct uf_error *error)
{
    struct file file = {.input = input};
    struct uf_table *table;
    UF_TRY(uf_table_new("file", &table, error));
    uf_status status = read_file(&file, wishes, table, error);
    uf_records_close(file.records);
    uf_text_list_clear(&file.names);
    free(file.columns);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

uf_status uf_read_delimited_input(struct uf_input *input, const char *const *text_columns,
                                  size_t n_text_columns, struct uf_table **out, struct uf_error *error)
{
    const struct wishes wishes = {.texts = text_columns, .n_texts = n_text_columns};
    return read_input(input, &wishes, out, error);
}

uf_status uf_read_delimited_checked(const char *path, const char *const *text_columns, size_t n_text_columns,
                                    const char *const *number_columns, size_t n_number_columns,
                                    const char *period_column, struct uf_table **out, struct uf_error *error)
{
    const struct wishes wishes = {text_columns, number_columns, period_column, n_text_columns,
                                  n_number_columns};
    struct uf_input *input = NULL;
    UF_TRY(uf_input_open(path, NULL, &input, error));
    uf_status status = read_input(input, &wishes, out, error);
    uf_input_close(input);
    return status;
}

uf_status uf_read_delimited(const char *path, const char *const *text_columns, size_t n_text_columns,
                            struct uf_table **out, struct uf_error *error)
{
    return uf_read_delimited_checked(path, text_columns, n_text_columns, NULL, 0, NULL, out, error);
}
