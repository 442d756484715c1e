// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"

enum { SAMPLE_ROWS = 1000, PREFIX = 1 << 15 };

void uf_csv_head_clear(struct uf_csv_head *head)
{
    uf_text_list_clear(&head->names);
    free(head->columns);
    memset(head, 0, sizeof *head);
}

static void observe(struct uf_csv_column *column, const struct uf_field *field, bool flags)
{
    uf_period period;
    uf_value_status status;
    uf_decimal_observe(&column->evidence, field->text, field->length, flags);
    if (field->length == 0) return;
    column->filled++;
    if (!uf_period_parse(field->text, field->length, &period)) column->all_periods = false;
    if (!uf_value_flags_read(field->text, field->length, &status)) column->all_flags = false;
    if (field->length > 1 && field->text[0] == '0' && field->text[1] >= '0' && field->text[1] <= '9')
        column->leading_zeros = true;
}

static uf_status sample(struct uf_records *records, struct uf_csv_head *head, struct uf_error *error)
{
    UF_TRY(uf_records_header(records, &head->names, error));
    size_t n = head->names.count;
    head->columns = calloc(n, sizeof *head->columns);
    if (!head->columns) return uf_fail_memory(error);
    for (size_t j = 0; j < n; j++) head->columns[j].all_periods = head->columns[j].all_flags = true;
    bool flags = uf_csv_is_eurostat(&head->names);
    struct uf_record record;
    bool more = true;
    while (more && head->n_rows < SAMPLE_ROWS) {
        UF_TRY(uf_records_next(records, &record, &more, error));
        if (!more) break;
        UF_TRY(uf_records_check(records, &record, n, error));
        for (size_t j = 0; j < n; j++) observe(&head->columns[j], &record.fields[j], flags);
        head->n_rows++;
    }
    return UF_OK;
}

uf_status uf_csv_head_read(struct uf_input *input, char wished_delimiter, char *out_delimiter,
                           struct uf_csv_head *out, struct uf_error *error)
{
    char delimiter = wished_delimiter;
    if (!delimiter) {
        char *prefix;
        UF_TRY(uf_input_prefix(input, PREFIX, &prefix, error));
        delimiter = uf_delimiter_detect(prefix);
        free(prefix);
    }
    struct uf_records *records = NULL;
    struct uf_csv_head head = {0};
    UF_TRY(uf_records_open(input, delimiter, &records, error));
    uf_status status = sample(records, &head, error);
    uf_records_close(records);
    if (status == UF_OK && head.n_rows == 0)
        status = uf_fail_at(error, UF_BAD_INPUT, uf_input_name(input), 1, 0,
                            "the file has a header and no rows; export it again with its values");
    if (status != UF_OK) {
        uf_csv_head_clear(&head);
        return status;
    }
    *out = head;
    *out_delimiter = delimiter;
    return UF_OK;
}

static bool is_one_of(const char *name, const char *const *words, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++)
        if (!strcasecmp(name, words[i])) return true;
    return false;
}

size_t uf_csv_named(const struct uf_csv_head *head, const char *const *words, size_t n_words)
{
    for (size_t j = 0; j < head->names.count; j++)
        if (is_one_of(head->names.items[j], words, n_words)) return j;
    return SIZE_MAX;
}

bool uf_csv_is_eurostat(const struct uf_text_list *names)
{
    static const char *const WORDS[] = {"geo", "freq", "nace_r2", "OBS_FLAG"};
    for (size_t j = 0; j < names->count; j++)
        if (is_one_of(names->items[j], WORDS, sizeof WORDS / sizeof *WORDS)) return true;
    return false;
}

size_t uf_csv_period_columns(const struct uf_text_list *names)
{
    size_t n = 0;
    uf_period period;
    for (size_t j = 0; j < names->count; j++)
        n += uf_period_parse(names->items[j], strlen(names->items[j]), &period);
    return n;
}

bool uf_csv_probe_names(const char *prefix, struct uf_text_list *out_names)
{
    struct uf_input *input = NULL;
    struct uf_records *records = NULL;
    bool ok = *prefix && uf_input_open_memory("", prefix, strlen(prefix), "utf-8", &input, NULL) == UF_OK &&
              uf_records_open(input, uf_delimiter_detect(prefix), &records, NULL) == UF_OK &&
              uf_records_header(records, out_names, NULL) == UF_OK && out_names->count > 1;
    uf_records_close(records);
    uf_input_close(input);
    return ok;
}
