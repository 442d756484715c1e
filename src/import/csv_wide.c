// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A wide table: some columns hold codes, the others one period each (`2017`, `2018K1`, `2020M01`), or, as
 * PxWeb writes them, one content and period each (`Folkmängd 2018`, `2018 Kvinnor`). The periods make a
 * dimension called `period`, the contents one called `content`.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/csv_table.h"

struct heading {
    char *content, *period; /* content NULL: a plain period; both NULL: neither */
};

static void clear_headings(struct heading *headings, size_t n)
{
    for (size_t j = 0; headings && j < n; j++) {
        free(headings[j].content);
        free(headings[j].period);
    }
    free(headings);
}

static bool is_period(const char *text, size_t length)
{
    uf_period period;
    return uf_period_parse(text, length, &period);
}

/* Names of classifications end in the year of their version: `SNI 2007`, `yrke (SSYK 2012)`. */
static bool is_classification(const char *text, size_t length)
{
    static const char *const NAMES[] = {"SNI",  "SUN",    "SSYK", "NUTS",  "ISCED", "ISCO", "FA", "LA",
                                        "NACE", "COICOP", "SPIN", "RegSO", "DeSO",  "CPA",  "KN", "Rev."};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        size_t n = strlen(NAMES[i]);
        if (length < n || strncasecmp(text + length - n, NAMES[i], n) != 0) continue;
        if (length == n || strchr(" (_,.", text[length - n - 1])) return true;
    }
    return false;
}

static void trim(const char **text, size_t *length, const char *marks)
{
    while (*length > 0 && strchr(marks, **text)) (*text)++, (*length)--;
    while (*length > 0 && strchr(marks, (*text)[*length - 1])) (*length)--;
}

static char *copy_bytes(const char *text, size_t length)
{
    char *copy = malloc(length + 1);
    if (!copy) return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

/* Words and letters before a year that say nothing else: `År 2018`, R's `X2018`. */
static bool says_year(const char *text, size_t length)
{
    static const char *const WORDS[] = {"\xC3\x85r", "\xC3\xA5r", "ar", "year", "X"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strlen(WORDS[i]) == length && !strncasecmp(WORDS[i], text, length)) return true;
    return false;
}

static bool cut_heading(const char *name, struct heading *out)
{
    static const char MARKS[] = " _\t\r\n,:;()";
    size_t length = strlen(name);
    const char *period = name, *content = name;
    size_t n_period = length, n_content = 0;
    trim(&period, &n_period, " \t");
    if (!is_period(period, n_period) && n_period > 1 && *period == 'X') period++, n_period--;
    if (!is_period(period, n_period)) {
        size_t last = length, first = strcspn(name, " _\n");
        while (last > 0 && !strchr(" _\n", name[last - 1])) last--;
        period = name + last, n_period = length - last, n_content = last;
        trim(&period, &n_period, MARKS);
        if (!is_period(period, n_period)) {
            period = name, n_period = first, content = name + first, n_content = length - first;
            trim(&period, &n_period, MARKS);
        }
        trim(&content, &n_content, MARKS);
        if (!is_period(period, n_period) || is_classification(content, n_content)) return true;
        if (says_year(content, n_content)) n_content = 0;
    }
    out->period = copy_bytes(period, n_period);
    if (n_content > 0) out->content = copy_bytes(content, n_content);
    return out->period && (out->content || n_content == 0);
}

/* The headings that stand for values: all plain periods, or else the periods with contents over numbers where
 * no other column holds periods. `*out_n` is their number. */
static bool cut_headings(const struct uf_csv_head *head, struct heading **out, size_t *out_n)
{
    size_t n = head->names.count, plain = 0;
    bool period_column = false;
    struct heading *headings = calloc(n ? n : 1, sizeof *headings);
    if (!headings) return false;
    for (size_t j = 0; j < n; j++) {
        const struct uf_csv_column *column = &head->columns[j];
        const char *name = head->names.items[j];
        if (!cut_heading(name, &headings[j])) {
            clear_headings(headings, n);
            return false;
        }
        plain += headings[j].period && !headings[j].content;
        if (!headings[j].period && uf_csv_names_code(name) && column->filled > 0 && column->all_periods)
            period_column = true;
    }
    *out_n = 0;
    for (size_t j = 0; j < n; j++) {
        bool used = plain > 0 ? headings[j].period && !headings[j].content
                              : headings[j].content && !period_column && head->columns[j].evidence.texts == 0;
        *out_n += used;
        if (used) continue;
        free(headings[j].content);
        free(headings[j].period);
        headings[j] = (struct heading){0};
    }
    *out = headings;
    return true;
}

static int probe(const char *prefix)
{
    struct uf_csv_head head = {0};
    struct heading *headings = NULL;
    size_t n_values = 0;
    if (!uf_csv_probe(prefix, &head)) return 0;
    bool wide = cut_headings(&head, &headings, &n_values) && n_values > 0 && n_values < head.names.count;
    clear_headings(headings, head.names.count);
    uf_csv_head_clear(&head);
    return wide ? 60 : 0;
}

static uf_status lay_out(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                         const struct uf_csv_head *head, struct heading *headings, size_t n_values,
                         struct uf_csv_layout *layout, struct uf_error *error)
{
    size_t n = head->names.count;
    if (n_values == 0 || n_values == n)
        return uf_fail_at(
            error, UF_BAD_INPUT, uf_input_name(reader->input), 1, 0,
            "a wide table needs columns with codes and columns named by periods such as 2018 or 2018K1; "
            "this header has %zu and %zu",
            n - n_values, n_values);
    UF_TRY(uf_csv_layout_make(head, layout, error));
    layout->period_name = "period";
    for (size_t j = 0; j < n; j++) {
        if (!headings[j].period) continue;
        layout->columns[j].kind = UF_CSV_VALUE;
        layout->columns[j].period = headings[j].period;
        layout->columns[j].content = headings[j].content;
        if (headings[j].content) layout->content_name = "content";
    }
    UF_TRY(uf_csv_layout_fold(head, wishes, layout, error));
    reader->rules.flags = uf_csv_is_eurostat(&head->names);
    UF_TRY(uf_csv_table_decimals(reader, head, layout, wishes->decimal, error));
    return uf_csv_table_open(reader, head, layout, error);
}

static uf_status open(struct uf_reader *reader, const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    struct uf_csv_head head = {0};
    struct uf_csv_layout layout = {0};
    struct heading *headings = NULL;
    size_t n_values = 0;
    UF_TRY(uf_csv_head_read(reader->input, wishes->delimiter, &reader->delimiter, &head, error));
    uf_status status = cut_headings(&head, &headings, &n_values) ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = lay_out(reader, wishes, &head, headings, n_values, &layout, error);
    clear_headings(headings, head.names.count);
    uf_csv_layout_clear(&layout);
    uf_csv_head_clear(&head);
    return status;
}

const struct uf_format uf_format_csv_wide = {
    .name = "csv-wide",
    .summary = "delimited text with one column per period",
    .probe = probe,
    .open = open,
    .next = uf_csv_table_next,
    .place = uf_csv_table_place,
    .close = uf_csv_table_close,
};
