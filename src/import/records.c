// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/records.h"

#include <csv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utfall/text.h>

#include "base/fail.h"
#include "store/codes.h"

enum { RECORD_LIMIT = 1 << 24, BLOCK = 1 << 18 };

struct span {
    size_t start, length; /* in `text` */
};
struct uf_records {
    struct uf_input *input;
    struct csv_parser parser;
    char delimiter;
    struct uf_buffer text; /* the fields, each zero-terminated */
    struct uf_buffer raw;  /* the record as it stands in the file, to find columns */
    struct span *spans;
    struct uf_field *fields;
    size_t n_fields, capacity;
    bool complete, failed, at_end;
    size_t first_line;
};

static bool grow(struct uf_records *records)
{
    size_t capacity = records->capacity ? records->capacity * 2 : 32;
    struct span *spans = realloc(records->spans, capacity * sizeof *spans);
    if (spans) records->spans = spans;
    struct uf_field *fields = realloc(records->fields, capacity * sizeof *fields);
    if (fields) records->fields = fields;
    if (!spans || !fields) return false;
    records->capacity = capacity;
    return true;
}

static void on_field(void *bytes, size_t length, void *user)
{
    struct uf_records *records = user;
    if (records->n_fields == records->capacity && !grow(records)) {
        records->failed = true;
        return;
    }
    records->spans[records->n_fields++] = (struct span){records->text.length, length};
    uf_buffer_append_bytes(&records->text, bytes, length);
    uf_buffer_append_char(&records->text, '\0');
}

static void on_record(int end, void *user)
{
    (void)end;
    ((struct uf_records *)user)->complete = true;
}

uf_status uf_records_open(struct uf_input *input, char delimiter, struct uf_records **out,
                          struct uf_error *error)
{
    UF_TRY(uf_input_rewind(input, error));
    struct uf_records *records = calloc(1, sizeof *records);
    if (!records) return uf_fail_memory(error);
    if (csv_init(&records->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        free(records);
        return uf_fail_memory(error);
    }
    csv_set_delim(&records->parser, (unsigned char)delimiter);
    /* by default a field grows by 128 bytes at a time: an unclosed quote would be copied 100,000 times */
    csv_set_blk_size(&records->parser, BLOCK);
    records->input = input;
    records->delimiter = delimiter;
    uf_buffer_init(&records->text);
    uf_buffer_init(&records->raw);
    *out = records;
    return UF_OK;
}

void uf_records_close(struct uf_records *records)
{
    if (!records) return;
    csv_free(&records->parser);
    uf_buffer_clear(&records->text);
    uf_buffer_clear(&records->raw);
    free(records->spans);
    free(records->fields);
    free(records);
}

static size_t characters(const char *text, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

void uf_records_place(const struct uf_records *records, size_t field, size_t *out_line, size_t *out_column)
{
    size_t line = records->first_line, start_of_line = 0, i = 0, end = records->raw.length;
    bool quoted = false;
    while (end > 0 && strchr("\r\n", records->raw.data[end - 1]))
        end--; /* a field that is not there is missed at the end */
    for (size_t seen = 0; i < end && (seen < field || quoted); i++) {
        char c = records->raw.data[i];
        if (c == '"') quoted = !quoted;
        if (c == records->delimiter && !quoted) seen++;
        if (c == '\n') line++, start_of_line = i + 1;
    }
    *out_line = line;
    *out_column = i == 0 ? 1 : characters(records->raw.data + start_of_line, i - start_of_line) + 1;
}

static uf_status fail_unclosed(struct uf_records *records, struct uf_error *error)
{
    size_t line, column;
    uf_records_place(records, records->n_fields, &line, &column);
    return uf_fail_at(
        error, UF_BAD_INPUT, uf_input_name(records->input), line, column,
        "a quote (\") opens here and is never closed; close it, or write a quote inside a text twice");
}

/* libcsv stopped at byte `at` of the line: a quote where none may stand, or text behind a closing quote. */
static uf_status fail_at_byte(struct uf_records *records, const char *line, size_t at, struct uf_error *error)
{
    if (csv_error(&records->parser) != CSV_EPARSE) return uf_fail_memory(error);
    /* Inside a plain field libcsv stops at the quote itself; behind a closing quote it stops at what follows. */
    size_t column = characters(line, at) + 1;
    return uf_fail_at(
        error, UF_BAD_INPUT, uf_input_name(records->input), uf_input_line_number(records->input), column,
        "a quote (\") stands inside a field or text follows a closing quote; put the whole field in quotes "
        "and write each quote inside it twice");
}

static bool is_blank(const struct uf_records *records, const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (line[i] == records->delimiter || !strchr(" \t\r\n", line[i])) return false;
    return true;
}

static uf_status feed_line(struct uf_records *records, const char *line, size_t length,
                           struct uf_error *error)
{
    if (records->raw.length == 0) {
        if (is_blank(records, line, length)) return UF_OK;
        records->first_line = uf_input_line_number(records->input);
    }
    uf_buffer_append_bytes(&records->raw, line, length);
    size_t parsed = csv_parse(&records->parser, line, length, on_field, on_record, records);
    if (parsed != length) return fail_at_byte(records, line, parsed, error);
    if (records->raw.length > RECORD_LIMIT) return fail_unclosed(records, error);
    return UF_OK;
}

/* `="0180"`, with which a file for a spreadsheet says that a code is a text: the text in it. */
static void unwrap(struct uf_field *field)
{
    char *text = (char *)(uintptr_t)field->text;
    size_t length = field->length, n = 0;
    if (length < 3 || text[0] != '=' || text[1] != '"' || text[length - 1] != '"') return;
    for (size_t i = 2; i + 1 < length; i++)
        if (text[i] == '"' && (i + 2 >= length || text[++i] != '"')) return;
    for (size_t i = 2; i + 1 < length; i++) {
        text[n++] = text[i];
        if (text[i] == '"') i++;
    }
    text[n] = '\0';
    field->length = n;
}

uf_status uf_records_next(struct uf_records *records, struct uf_record *out, bool *out_more,
                          struct uf_error *error)
{
    records->text.length = records->raw.length = records->n_fields = 0;
    records->complete = false;
    while (!records->complete && !records->at_end) {
        const char *line;
        size_t length;
        UF_TRY(uf_input_line(records->input, &line, &length, error));
        if (length > 0) {
            UF_TRY(feed_line(records, line, length, error));
        } else {
            records->at_end = true;
            if (csv_fini(&records->parser, on_field, on_record, records) != 0)
                return fail_unclosed(records, error);
        }
        if (records->failed || records->text.failed || records->raw.failed) return uf_fail_memory(error);
    }
    *out_more = records->complete;
    if (!records->complete) return UF_OK;
    for (size_t i = 0; i < records->n_fields; i++) {
        records->fields[i] =
            (struct uf_field){records->text.data + records->spans[i].start, records->spans[i].length};
        unwrap(&records->fields[i]);
    }
    *out = (struct uf_record){records->fields, records->n_fields, records->first_line};
    return UF_OK;
}

/* The name of column `i`; one without gets `column N`: R and pandas write row numbers under no name. */
static uf_status name_column(const struct uf_field *field, size_t i, char **out, struct uf_error *error)
{
    struct uf_buffer unnamed = {0};
    if (field->length == 0) {
        uf_buffer_append(&unnamed, "column ");
        uf_buffer_append_size(&unnamed, i + 1);
        if (unnamed.failed) return uf_fail_memory(error);
    }
    /* å as one letter or as a and a ring is the same name: some systems write the one, people type the other */
    uf_status status = uf_text_normalise(unnamed.data ? unnamed.data : field->text, out, error);
    uf_buffer_clear(&unnamed);
    return status;
}

static uf_status name_columns(struct uf_records *records, const struct uf_record *record,
                              struct uf_codes *seen, struct uf_text_list *out_names, struct uf_error *error)
{
    for (size_t i = 0; i < record->count; i++) {
        char *name = NULL;
        int64_t unused;
        UF_TRY(name_column(&record->fields[i], i, &name, error));
        uf_status status = UF_OK;
        if (uf_codes_find(seen, name, strlen(name), &unused)) {
            size_t line, column;
            uf_records_place(records, i, &line, &column);
            status = uf_fail_at(error, UF_BAD_INPUT, uf_input_name(records->input), line, column,
                                "two columns are called '%s'; rename one of them", name);
        }
        if (status == UF_OK) status = uf_codes_put(seen, name, strlen(name), 1, error);
        if (status == UF_OK) status = uf_text_list_add(out_names, name, error);
        free(name);
        UF_TRY(status);
    }
    return UF_OK;
}

uf_status uf_records_header(struct uf_records *records, struct uf_text_list *out_names,
                            struct uf_error *error)
{
    struct uf_record record;
    struct uf_codes seen;
    bool more;
    UF_TRY(uf_records_next(records, &record, &more, error));
    if (!more)
        return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(records->input), 1, 0,
                          "the file has no header row, only blank lines; export it again");
    uf_codes_init(&seen);
    uf_status status = name_columns(records, &record, &seen, out_names, error);
    uf_codes_clear(&seen);
    return status;
}

uf_status uf_records_check(const struct uf_records *records, const struct uf_record *record, size_t expected,
                           struct uf_error *error)
{
    if (record->count == expected) return UF_OK;
    size_t line, column;
    uf_records_place(records, record->count < expected ? record->count : expected, &line, &column);
    return uf_fail_at(
        error, UF_BAD_INPUT, uf_input_name(records->input), line, column,
        "this row has %zu fields where the header has %zu; look for a missing or an extra delimiter ('%s')",
        record->count, expected, records->delimiter == '\t' ? "tab" : (char[]){records->delimiter, 0});
}

const char *uf_records_name(const struct uf_records *records)
{
    return uf_input_name(records->input);
}

/* Fields of the record at `text` if cut by `delimiter`, and where the next record begins; 0 at the end. */
static size_t count_fields(const char **text, char delimiter)
{
    const char *p = *text;
    while (*p == '\r' || *p == '\n') p++;
    if (!*p) return 0;
    size_t fields = 1;
    bool quoted = false;
    for (; *p && (quoted || (*p != '\n' && *p != '\r')); p++) {
        if (*p == '"') quoted = !quoted;
        fields += *p == delimiter && !quoted;
    }
    *text = p;
    return fields;
}

char uf_delimiter_detect(const char *text)
{
    static const char CANDIDATES[] = ",;\t|";
    enum { RECORDS = 50 };
    char best = ',';
    size_t best_score = 0;
    if (!strncasecmp(text, "sep=", 4) && text[4] && strchr(CANDIDATES, text[4]) && strchr("\r\n", text[5]))
        return text[4]; /* Excel's own way to say it */
    for (const char *c = CANDIDATES; *c; c++) {
        const char *p = text;
        size_t header = count_fields(&p, *c), records = 0, equal = 0, n;
        /* A title above the header is one field, whatever cuts the table. */
        size_t titles = 0;
        for (; header == 1 && titles < RECORDS; titles++) header = count_fields(&p, *c);
        if (header < 2) continue;
        while (records < RECORDS && (n = count_fields(&p, *c)) > 0) {
            records++;
            equal += n == header;
        }
        /* Equal rows first (in tenths, so that a ragged row does not decide), then a table without a title, then
         * many fields. */
        if (titles > 0 && records == 0) continue;
        size_t score = (records ? equal * 10 / records : 10) * 10000 + (header < 4999 ? header : 4999);
        if (titles == 0) score += 5000;
        if (score > best_score) best_score = score, best = *c;
    }
    return best;
}
