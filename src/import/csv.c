// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/csv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utfall/number.h>

#include "base/fail.h"

enum { SAMPLE_ROWS = 1000, PREFIX = 1 << 15, MOST_TITLES = 20, MOST_SAMPLED_COLUMNS = 400, TAIL = 1 << 16 };

static void frame_clear(struct uf_csv_frame *frame)
{
    uf_text_list_clear(&frame->titles);
    uf_text_list_clear(&frame->footers);
}

void uf_csv_head_clear(struct uf_csv_head *head)
{
    for (size_t j = 0; head->columns && j < head->names.count; j++) {
        uf_text_list_clear(&head->columns[j].values);
        uf_codes_clear(&head->columns[j].index);
    }
    frame_clear(&head->frame);
    uf_text_list_clear(&head->names);
    free(head->columns);
    free(head->samples);
    memset(head, 0, sizeof *head);
}

/* --- the lines around the table ----------------------------------------------------------------- */

/* Filled fields of a record; `*out_first_only` where the first is the only one of them. */
static size_t filled_fields(const struct uf_record *record, bool *out_first_only)
{
    size_t n = 0;
    for (size_t i = 0; i < record->count; i++) n += record->fields[i].length > 0;
    *out_first_only = n == 1 && record->fields[0].length > 0;
    return n;
}

/* Excel's `sep=;`, cut at its own delimiter or not. */
static bool names_delimiter(const char *field)
{
    return !strncasecmp(field, "sep=", 4) && (!field[4] || !field[5]);
}

/* A title has one field, or one that is filled, and something wider follows. */
static uf_status find_titles(struct uf_input *input, char delimiter, struct uf_csv_frame *frame,
                             struct uf_error *error)
{
    struct uf_records *records;
    struct uf_text_list titles = {0};
    UF_TRY(uf_records_open(input, delimiter, &records, error));
    uf_status status = UF_OK;
    bool more = true, found = false;
    while (!found && titles.count <= MOST_TITLES) {
        struct uf_record record;
        bool first_only;
        /* What cannot be read here is reported with its place when the header is read. */
        if (uf_records_next(records, &record, &more, NULL) != UF_OK || !more) break;
        size_t n = filled_fields(&record, &first_only);
        bool excel = titles.count == 0 && first_only && names_delimiter(record.fields[0].text);
        if (record.count > 1 && !excel && !(first_only && (record.count > 2 || titles.count > 0))) {
            found = n > 0;
            break;
        }
        status = uf_text_list_add(&titles, record.fields[0].text, error);
        if (status != UF_OK) break;
    }
    uf_records_close(records);
    if (status != UF_OK || !found) {
        uf_text_list_clear(&titles);
        return status;
    }
    frame->titles = titles;
    return UF_OK;
}

/* The last bytes of the file have a blank line with something behind it. */
static uf_status may_have_footer(struct uf_input *input, bool *out, struct uf_error *error)
{
    size_t total = uf_input_bytes_total(input), offset = total > TAIL ? total - TAIL : 0, length;
    char *tail = malloc(TAIL);
    if (!tail) return uf_fail_memory(error);
    uf_status status = uf_input_bytes(input, offset, tail, TAIL, &length, error);
    bool blank = false, found = false;
    size_t line = 0; /* filled characters of the current line */
    for (size_t i = 0; status == UF_OK && i < length; i++) {
        if (tail[i] == '\n') {
            blank = blank || (line == 0 && i > 0);
            line = 0;
        } else if (!strchr(" \t\r", tail[i])) {
            line++;
            found = found || blank;
        }
    }
    free(tail);
    if (status == UF_OK) *out = found;
    return status;
}

/* The records behind a blank line, where all of them to the end have one field. */
static uf_status find_footer(struct uf_input *input, char delimiter, struct uf_csv_frame *frame,
                             struct uf_error *error)
{
    struct uf_records *records;
    struct uf_record record;
    bool more = true;
    size_t end = 0, n = 0, line = 0;
    struct uf_text_list footers = {0};
    UF_TRY(uf_records_open(input, delimiter, &records, error));
    uf_status status = UF_OK;
    while (status == UF_OK) {
        if (uf_records_next(records, &record, &more, NULL) != UF_OK) {
            line = 0; /* reported with its place when the row is read */
            break;
        }
        if (!more) break;
        bool single, behind_blank = record.line > end + 1;
        filled_fields(&record, &single);
        if (line && !single) {
            line = 0;
            uf_text_list_clear(&footers);
        }
        if (!line && single && behind_blank && n > frame->titles.count + 1) line = record.line;
        if (line) status = uf_text_list_add(&footers, record.fields[0].text, error);
        end = uf_input_line_number(input);
        n++;
    }
    uf_records_close(records);
    if (status != UF_OK || !line) {
        uf_text_list_clear(&footers);
        return status;
    }
    frame->footers = footers;
    frame->footer_line = line;
    return UF_OK;
}

static uf_status find_frame(struct uf_input *input, char delimiter, struct uf_csv_frame *frame,
                            struct uf_error *error)
{
    bool footer = false;
    UF_TRY(find_titles(input, delimiter, frame, error));
    UF_TRY(may_have_footer(input, &footer, error));
    return footer ? find_footer(input, delimiter, frame, error) : UF_OK;
}

uf_status uf_csv_rows_open(struct uf_input *input, char delimiter, const struct uf_csv_frame *frame,
                           struct uf_records **out, struct uf_error *error)
{
    struct uf_records *records;
    struct uf_record record;
    bool more = true;
    UF_TRY(uf_records_open(input, delimiter, &records, error));
    for (size_t i = 0; more && i <= frame->titles.count; i++) {
        uf_status status = uf_records_next(records, &record, &more, error);
        if (status != UF_OK) {
            uf_records_close(records);
            return status;
        }
    }
    *out = records;
    return UF_OK;
}

uf_status uf_csv_rows_next(struct uf_records *records, const struct uf_csv_frame *frame, size_t n_columns,
                           struct uf_record *out, bool *out_more, struct uf_error *error)
{
    struct uf_record record;
    bool more;
    UF_TRY(uf_records_next(records, &record, &more, error));
    if (more && frame->footer_line && record.line >= frame->footer_line) more = false;
    if (more) UF_TRY(uf_records_check(records, &record, n_columns, error));
    *out_more = more;
    *out = record;
    return UF_OK;
}

/* `Källa: SCB` → what stands behind one of the words. */
static const char *behind_word(const char *text, const char *const *words, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++) {
        size_t n = strlen(words[i]);
        if (strncasecmp(text, words[i], n) != 0 || text[n] != ':') continue;
        const char *rest = text + n + 1;
        return rest + strspn(rest, " ");
    }
    return NULL;
}

static uf_status tell_footer(struct uf_reader *reader, const char *text, struct uf_error *error)
{
    static const char *const SOURCE[] = {"K\xC3\xA4lla", "k\xC3\xA4lla", "Source", "SOURCE OF DATA"};
    static const char *const UPDATED[] = {
        "Senaste uppdatering", "Senast uppdaterad", "Latest update", "Last updated",
        "Last update",         "Uppdaterad",        "Updated"};
    const char *rest = behind_word(text, SOURCE, sizeof SOURCE / sizeof *SOURCE);
    if (rest && *rest && !reader->facts.source) return uf_facts_set(&reader->facts.source, rest, error);
    rest = behind_word(text, UPDATED, sizeof UPDATED / sizeof *UPDATED);
    if (rest && *rest && !reader->facts.updated) return uf_facts_set(&reader->facts.updated, rest, error);
    return uf_facts_note(&reader->facts, "", text, error);
}

static uf_status tell_count(struct uf_reader *reader, size_t n, const char *one, const char *several,
                            struct uf_error *error)
{
    struct uf_buffer text = {0};
    if (n > 1) uf_buffer_append_size(&text, n);
    uf_buffer_append(&text, n > 1 ? several : one);
    uf_status status =
        text.failed ? uf_fail_memory(error) : uf_text_list_add(&reader->notes, text.data, error);
    uf_buffer_clear(&text);
    return status;
}

uf_status uf_csv_frame_tell(struct uf_reader *reader, const struct uf_csv_frame *frame,
                            struct uf_error *error)
{
    size_t n = frame->titles.count, first = n > 0 && names_delimiter(frame->titles.items[0]);
    if (n > first) {
        UF_TRY(uf_facts_set(&reader->facts.title, frame->titles.items[first], error));
        UF_TRY(tell_count(reader, n - first, "a line above the header is taken as the title",
                          " lines above the header are taken as title and notes", error));
    }
    for (size_t i = first + 1; i < n; i++) UF_TRY(tell_footer(reader, frame->titles.items[i], error));
    n = frame->footers.count;
    if (n > 0)
        UF_TRY(tell_count(reader, n, "a line below the table is taken as a note",
                          " lines below the table are taken as notes", error));
    for (size_t i = 0; i < n; i++) UF_TRY(tell_footer(reader, frame->footers.items[i], error));
    return UF_OK;
}

/* --- the samples -------------------------------------------------------------------------------- */

static uf_status observe(struct uf_csv_column *column, const struct uf_field *field, bool flags,
                         uint32_t *out_place, struct uf_error *error)
{
    uf_period period;
    uf_value_status status;
    double number = 0;
    uf_decimal_observe(&column->evidence, field->text, field->length, flags);
    bool is_number = uf_number_parse(field->text, field->length, '.', &number);
    column->row_numbers = column->row_numbers && is_number && (number == column->previous + 1 || number == 1);
    column->previous = number;
    if (out_place) {
        int64_t place = (int64_t)column->values.count;
        if (!uf_codes_find(&column->index, field->text, field->length, &place)) {
            UF_TRY(uf_codes_put(&column->index, field->text, field->length, place, error));
            UF_TRY(uf_text_list_add(&column->values, field->text, error));
        }
        *out_place = (uint32_t)place;
    }
    if (field->length == 0) return UF_OK;
    column->filled++;
    if (!uf_period_parse(field->text, field->length, &period)) column->all_periods = false;
    if (!uf_value_flags_read(field->text, field->length, &status)) column->all_flags = false;
    if (*field->text >= 'A' && *field->text <= 'Z') column->capital_flags = true;
    if (strpbrk(field->text, ".,")) column->whole = false;
    if (field->length > 1 && field->text[0] == '0' && field->text[1] >= '0' && field->text[1] <= '9')
        column->leading_zeros = true;
    return UF_OK;
}

static uf_status sample_rows(struct uf_records *records, struct uf_csv_head *head, struct uf_error *error)
{
    size_t n = head->names.count;
    bool flags = uf_csv_is_eurostat(&head->names), more = true;
    struct uf_record record;
    while (head->n_rows < SAMPLE_ROWS) {
        UF_TRY(uf_csv_rows_next(records, &head->frame, n, &record, &more, error));
        if (!more) break;
        uint32_t *row = head->samples ? head->samples + head->n_rows * n : NULL;
        for (size_t j = 0; j < n; j++)
            UF_TRY(observe(&head->columns[j], &record.fields[j], flags, row ? row + j : NULL, error));
        head->n_rows++;
    }
    return UF_OK;
}

static uf_status sample(struct uf_records *records, struct uf_csv_head *head, struct uf_error *error)
{
    bool more = true;
    struct uf_record record;
    for (size_t i = 0; more && i < head->frame.titles.count; i++)
        UF_TRY(uf_records_next(records, &record, &more, error));
    UF_TRY(uf_records_header(records, &head->names, error));
    size_t n = head->names.count;
    head->columns = calloc(n, sizeof *head->columns);
    if (n <= MOST_SAMPLED_COLUMNS) head->samples = calloc(SAMPLE_ROWS * n, sizeof *head->samples);
    if (!head->columns || (n <= MOST_SAMPLED_COLUMNS && !head->samples)) return uf_fail_memory(error);
    for (size_t j = 0; j < n; j++) {
        struct uf_csv_column *column = &head->columns[j];
        column->all_periods = column->all_flags = column->row_numbers = column->whole = true;
    }
    return sample_rows(records, head, error);
}

static uf_status read_head(struct uf_input *input, char delimiter, struct uf_csv_head *head,
                           struct uf_error *error)
{
    struct uf_records *records = NULL;
    UF_TRY(find_frame(input, delimiter, &head->frame, error));
    UF_TRY(uf_records_open(input, delimiter, &records, error));
    uf_status status = sample(records, head, error);
    uf_records_close(records);
    return status;
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
    struct uf_csv_head head = {0};
    uf_status status = read_head(input, delimiter, &head, error);
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

bool uf_csv_probe(const char *prefix, struct uf_csv_head *out)
{
    struct uf_input *input = NULL;
    struct uf_csv_head head = {0};
    if (!*prefix || uf_input_open_memory("", prefix, strlen(prefix), "utf-8", &input, NULL) != UF_OK)
        return false;
    uf_status status = read_head(input, uf_delimiter_detect(prefix), &head, NULL);
    uf_input_close(input);
    /* The prefix may end, or be damaged, within a row; what was seen before counts. */
    if ((status != UF_OK && status != UF_BAD_INPUT) || !head.columns || head.names.count < 2) {
        uf_csv_head_clear(&head);
        return false;
    }
    *out = head;
    return true;
}
