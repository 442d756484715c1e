// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A tidy long table: columns of codes and a column of values, perhaps one of their flags. Where several columns
 * hold numbers and none is called the value, each is a content of its own.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/csv_table.h"

static int probe(const char *prefix)
{
    struct uf_csv_head head = {0};
    bool ok = uf_csv_probe(prefix, &head);
    uf_csv_head_clear(&head);
    return ok ? 40 : 1; /* the last resort: it can say what is wrong with a text, and where */
}

static uf_status fail_no_value(const struct uf_reader *reader, const struct uf_csv_head *head,
                               struct uf_error *error)
{
    enum { MOST_NAMES = 300 }; /* bytes of column names that a message lists */
    struct uf_buffer list;
    uf_buffer_init(&list);
    for (size_t j = 0; j < head->names.count; j++) {
        if (list.length > 0) uf_buffer_append(&list, ", ");
        if (list.length > MOST_NAMES) {
            uf_buffer_append(&list, "…");
            break;
        }
        uf_buffer_append(&list, head->names.items[j]);
    }
    uf_status status = uf_fail_at(
        error, UF_BAD_INPUT, uf_input_name(reader->input), head->frame.titles.count + 1, 0,
        "no column of numbers is found among %s; the header must be one line above the figures, and a list "
        "of "
        "codes and labels is no table of figures; where the value is, name its column: --value COLUMN, in a "
        "study dimensions: {value: COLUMN}",
        list.data ? list.data : "");
    uf_buffer_clear(&list);
    return status;
}

enum { MOST_CONTENTS = 400 };

static uf_status fail_many(const struct uf_reader *reader, const struct uf_csv_head *head, size_t n,
                           struct uf_error *error)
{
    return uf_fail_at(
        error, UF_BAD_INPUT, uf_input_name(reader->input), head->frame.titles.count + 1, 0,
        "several columns may hold the value: %zu of the %zu hold numbers, more than the %d that a "
        "table of contents can have; name one of them: --value COLUMN, in a study dimensions: "
        "{value: COLUMN}",
        n, head->names.count, MOST_CONTENTS);
}

/* --- which columns hold values ------------------------------------------------------------------ */

/* `nuts_level`, `is_island`: names of what does not change and is no figure. */
static bool names_attribute(const char *name)
{
    static const char *const BEGINNINGS[] = {"is_", "has_"}, *const ENDINGS[] = {"level", "niv\xC3\xA5"};
    size_t n = strlen(name);
    for (size_t i = 0; i < 2; i++) {
        size_t m = strlen(ENDINGS[i]);
        if (!strncasecmp(name, BEGINNINGS[i], strlen(BEGINNINGS[i])) ||
            (n > m && !strcasecmp(name + n - m, ENDINGS[i])))
            return true;
    }
    return false;
}

/* Whole numbers that say something about a code, the same on all its rows, as a level does about a region. One
 * number on all rows says so only by its name: it may be a count that happens to be 0. */
static bool is_attribute(const struct uf_csv_head *head, const bool *is_candidate, size_t j)
{
    if (!head->columns[j].whole) return false;
    if (head->columns[j].values.count < 2 && !names_attribute(head->names.items[j])) return false;
    for (size_t from = 0; from < head->names.count; from++) {
        const struct uf_csv_column *column = &head->columns[from];
        if (from == j || is_candidate[from] || column->all_periods || column->values.count < 2) continue;
        if (column->evidence.texts == 0 && !column->leading_zeros) continue;
        if (column->values.count * 2 <= head->n_rows && uf_csv_is_function(head, from, j)) return true;
    }
    return false;
}

/* Codes in numbers that another column puts in words. */
static uf_status mark_coded(const struct uf_csv_head *head, bool *out_coded, struct uf_error *error)
{
    size_t n = head->names.count;
    size_t *label_of = calloc(n, sizeof *label_of);
    bool *is_free = calloc(n, sizeof *is_free);
    uf_status status = label_of && is_free ? UF_OK : uf_fail_memory(error);
    for (size_t j = 0; status == UF_OK && j < n; j++)
        is_free[j] = head->columns[j].evidence.texts > 0 || head->columns[j].whole;
    if (status == UF_OK) uf_csv_find_labels(head, is_free, label_of);
    for (size_t j = 0; status == UF_OK && j < n; j++)
        if (label_of[j] != SIZE_MAX && head->columns[j].evidence.texts > 0) out_coded[label_of[j]] = true;
    free(label_of);
    free(is_free);
    return status;
}

struct guess {
    bool *is_value, *coded, *marked, *dropped; /* per column */
    size_t n_values;
};

/* Drops the marked candidates; `only_if_others`: not all of them. */
static void drop(const struct uf_csv_head *head, struct guess *guess, bool only_if_others)
{
    size_t n = head->names.count, left = 0;
    for (size_t j = 0; j < n; j++) left += guess->is_value[j] && !guess->marked[j];
    if (only_if_others && left == 0) return;
    for (size_t j = 0; j < n; j++) {
        if (!guess->is_value[j] || !guess->marked[j]) continue;
        guess->is_value[j] = false;
        guess->dropped[j] = true;
    }
}

static bool could_be_value(const struct uf_reader_wishes *wishes, const struct uf_csv_head *head, size_t j)
{
    const struct uf_csv_column *column = &head->columns[j];
    bool said;
    uf_wished_role(wishes, head->names.items[j], &said);
    if (said || uf_csv_names_code(head->names.items[j]) || column->leading_zeros) return false;
    if (column->evidence.texts > 0 || column->evidence.numbers == 0) return false;
    return !(column->all_periods && column->filled == head->n_rows);
}

static uf_status guess_values(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                              const struct uf_csv_head *head, struct guess *guess, struct uf_error *error)
{
    enum { ENOUGH = 5 }; /* rows before "1, 2, 3" means anything */
    size_t n = head->names.count;
    UF_TRY(mark_coded(head, guess->coded, error));
    for (size_t j = 0; j < n; j++) guess->is_value[j] = !guess->coded[j] && could_be_value(wishes, head, j);
    for (size_t j = 0; j < n; j++) guess->marked[j] = head->n_rows >= ENOUGH && head->columns[j].row_numbers;
    drop(head, guess, false);
    for (size_t j = 0; j < n; j++)
        guess->marked[j] = guess->is_value[j] && is_attribute(head, guess->is_value, j);
    drop(head, guess, true);
    for (size_t j = 0; j < n; j++) guess->n_values += guess->is_value[j];
    /* Among several contents one may be empty in all first rows. */
    for (size_t j = 0; j < n && guess->n_values > 1; j++) {
        bool said;
        uf_wished_role(wishes, head->names.items[j], &said);
        if (said || head->columns[j].filled > 0 || uf_csv_names_code(head->names.items[j])) continue;
        guess->is_value[j] = true;
        guess->n_values++;
    }
    if (guess->n_values == 0) return fail_no_value(reader, head, error);
    return uf_csv_note_columns(reader, head, guess->dropped,
                               "numbers that are taken as codes, not as values:", "", error);
}

static uf_status find_values(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                             const struct uf_csv_head *head, struct guess *guess, struct uf_error *error)
{
    static const char *const VALUES[] = {"value", "values", "OBS_VALUE", "v\xC3\xA4rde", "varde"};
    size_t n = head->names.count;
    bool said;
    for (size_t j = 0; j < n; j++) {
        guess->is_value[j] = uf_wished_role(wishes, head->names.items[j], &said) == UF_ROLE_VALUE;
        guess->n_values += guess->is_value[j];
    }
    if (guess->n_values > 0) return UF_OK;
    size_t named = uf_csv_named(head, VALUES, sizeof VALUES / sizeof *VALUES);
    if (named == SIZE_MAX) {
        UF_TRY(guess_values(reader, wishes, head, guess, error));
    } else {
        guess->is_value[named] = true;
        guess->n_values = 1;
    }
    if (guess->n_values > MOST_CONTENTS) return fail_many(reader, head, guess->n_values, error);
    if (guess->n_values == 1)
        return uf_csv_note_columns(reader, head, guess->is_value, "the value is taken from column", "",
                                   error);
    return uf_csv_note_columns(
        reader, head, guess->is_value,
        "each of these columns holds a content of its own:", " (to read one of them: --value COLUMN)", error);
}

/* Capitals are flags only in columns that can hold nothing else; a column called status may hold codes. */
static size_t find_flags(const struct uf_reader_wishes *wishes, const struct uf_csv_head *head,
                         const bool *is_value)
{
    static const char *const FLAGS[] = {"OBS_FLAG", "OBS_STATUS", "Flag Codes",        "flag",
                                        "flags",    "status",     "Flag and Footnotes"};
    bool said;
    for (size_t j = 0; j < head->names.count; j++)
        if (uf_wished_role(wishes, head->names.items[j], &said) == UF_ROLE_STATUS) return j;
    size_t named = uf_csv_named(head, FLAGS, sizeof FLAGS / sizeof *FLAGS);
    if (named == SIZE_MAX || is_value[named] || !head->columns[named].all_flags) return SIZE_MAX;
    if (!strcasecmp(head->names.items[named], "status") && head->columns[named].capital_flags)
        return SIZE_MAX;
    uf_wished_role(wishes, head->names.items[named], &said);
    return said ? SIZE_MAX : named;
}

/* --- opening ------------------------------------------------------------------------------------ */

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

/* Kolada's figures as its clients write them: one row per measure, municipality, year and sex. */
static void hint_kolada(const struct uf_csv_head *head, struct uf_csv_layout *layout)
{
    static const char *const KPI[] = {"kpi"}, *const UNIT[] = {"municipality_id", "municipality"};
    size_t kpi = uf_csv_named(head, KPI, 1), unit = uf_csv_named(head, UNIT, 2);
    if (kpi == SIZE_MAX || unit == SIZE_MAX) return;
    layout->columns[kpi].hint = UF_ROLE_CONTENT;
    layout->columns[unit].hint = UF_ROLE_REGION;
}

static uf_status lay_out(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                         const struct uf_csv_head *head, struct guess *guess, struct uf_csv_layout *layout,
                         struct uf_error *error)
{
    static const char *const CONTENT[] = {"content"};
    UF_TRY(check_wishes(reader, wishes, head, error));
    UF_TRY(find_values(reader, wishes, head, guess, error));
    UF_TRY(uf_csv_layout_make(head, layout, error));
    size_t flags = find_flags(wishes, head, guess->is_value);
    if (guess->n_values > 1)
        layout->content_name = uf_csv_named(head, CONTENT, 1) == SIZE_MAX ? "content" : "value column";
    for (size_t j = 0; j < layout->n_columns; j++) {
        struct uf_csv_role *role = &layout->columns[j];
        if (j == flags) role->kind = UF_CSV_FLAG;
        if (guess->is_value[j]) role->kind = UF_CSV_VALUE;
        if (guess->is_value[j] && layout->content_name) role->content = head->names.items[j];
        if (role->kind == UF_CSV_CODE) role->joined = uf_csv_is_joined(&head->columns[j], false);
    }
    hint_kolada(head, layout);
    UF_TRY(uf_csv_layout_fold(head, wishes, layout, error));
    reader->rules.flags = uf_csv_is_eurostat(&head->names);
    UF_TRY(uf_csv_table_decimals(reader, head, layout, wishes->decimal, error));
    return uf_csv_table_open(reader, head, layout, error);
}

static uf_status open(struct uf_reader *reader, const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    struct uf_csv_head head = {0};
    struct uf_csv_layout layout = {0};
    UF_TRY(uf_csv_head_read(reader->input, wishes->delimiter, &reader->delimiter, &head, error));
    size_t n = head.names.count;
    bool *marks = calloc(4 * n, sizeof *marks);
    uf_status status = marks ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        struct guess guess = {
            .is_value = marks, .coded = marks + n, .marked = marks + 2 * n, .dropped = marks + 3 * n};
        status = lay_out(reader, wishes, &head, &guess, &layout, error);
    }
    free(marks);
    uf_csv_layout_clear(&layout);
    uf_csv_head_clear(&head);
    return status;
}

const struct uf_format uf_format_csv_long = {
    .name = "csv-long",
    .summary = "delimited text with one row per value, or one column per content",
    .has_value_column = true,
    .probe = probe,
    .open = open,
    .next = uf_csv_table_next,
    .place = uf_csv_table_place,
    .close = uf_csv_table_close,
};
