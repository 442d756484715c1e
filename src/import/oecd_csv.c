// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * OECD.Stat's CSV: each dimension is a column of codes and a column of their labels (`COU`,`Country`), then
 * `Unit Code`,`Unit`, `PowerCode Code`,`PowerCode`, `Reference Period Code`,`Reference Period`, `Value`,
 * `Flag Codes`,`Flags`. The power code says in what multiple of the unit the values stand; they are left as they
 * are and the unit says it.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/csv_table.h"

static size_t named(const struct uf_csv_head *head, const char *name)
{
    return uf_csv_named(head, &name, 1);
}

static bool is_oecd(const struct uf_csv_head *head)
{
    return named(head, "Value") != SIZE_MAX && named(head, "Flag Codes") != SIZE_MAX &&
           (named(head, "PowerCode Code") != SIZE_MAX || named(head, "Unit Code") != SIZE_MAX ||
            named(head, "Flags") != SIZE_MAX);
}

static int probe(const char *prefix)
{
    struct uf_csv_head head = {0};
    int score = uf_csv_probe(prefix, &head) && is_oecd(&head) ? 90 : 0;
    uf_csv_head_clear(&head);
    return score;
}

static bool is_one_of(const char *name, const char *const *words, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++)
        if (!strcasecmp(name, words[i])) return true;
    return false;
}
#define IS_ONE_OF(name, words) is_one_of(name, words, sizeof(words) / sizeof *(words))

static enum uf_role hint_of(const char *name)
{
    static const char *const REGIONS[] = {"LOCATION", "COU", "COUNTRY", "REG_ID", "REF_AREA"};
    static const char *const PERIODS[] = {"TIME", "YEA", "YEAR"};
    static const char *const CONTENTS[] = {"VAR", "VARIABLE", "IND", "INDICATOR", "MEASURE"};
    if (IS_ONE_OF(name, REGIONS)) return UF_ROLE_REGION;
    if (IS_ONE_OF(name, PERIODS)) return UF_ROLE_PERIOD;
    return IS_ONE_OF(name, CONTENTS) ? UF_ROLE_CONTENT : UF_ROLE_NONE;
}

/* The same for all rows, or for all rows of one content. */
static bool depends(const struct uf_csv_head *head, size_t content, size_t column)
{
    return head->columns[column].values.count <= 1 ||
           (content != SIZE_MAX && uf_csv_is_function(head, content, column));
}

/* A column and the one with its code, if the file has both: the first gets a kind and the second is left out. */
static void mark_about(const struct uf_csv_head *head, const struct uf_reader_wishes *wishes,
                       struct uf_csv_layout *layout, size_t content, const char *name, const char *code_name,
                       enum uf_csv_kind kind)
{
    size_t words = named(head, name), code = named(head, code_name);
    if (words == SIZE_MAX || !depends(head, content, words)) return;
    if (uf_csv_is_wished(wishes, name) || uf_csv_is_wished(wishes, code_name)) return;
    size_t of = head->columns[words].values.count <= 1 && content == SIZE_MAX ? SIZE_MAX : content;
    layout->columns[words].kind = kind;
    layout->columns[words].of = of;
    if (code != SIZE_MAX) layout->columns[code].kind = UF_CSV_REMARK;
}

static void mark_columns(const struct uf_csv_head *head, const struct uf_reader_wishes *wishes,
                         struct uf_csv_layout *layout)
{
    size_t value = named(head, "Value"), flags = named(head, "Flag Codes"), content = SIZE_MAX;
    for (size_t j = 0; j < layout->n_columns; j++) {
        const char *name = head->names.items[j];
        layout->columns[j].hint = hint_of(name);
        if (layout->columns[j].hint == UF_ROLE_CONTENT) {
            if (content == SIZE_MAX && j < value)
                content = j;
            else
                layout->columns[j].hint = UF_ROLE_NONE;
        }
    }
    layout->columns[value].kind = UF_CSV_VALUE;
    layout->columns[flags].kind = UF_CSV_FLAG;
    size_t words = named(head, "Flags");
    if (words != SIZE_MAX) layout->columns[words].kind = UF_CSV_REMARK;
    /* Code and label side by side, up to the value. */
    for (size_t j = 0; value % 2 == 0 && j + 1 < value; j += 2) {
        const char *label = head->names.items[j + 1];
        bool words_of_it = head->columns[j + 1].values.count <= 1 || uf_csv_is_function(head, j, j + 1);
        if (!words_of_it || uf_csv_is_wished(wishes, label)) continue;
        layout->columns[j + 1].kind = UF_CSV_LABEL;
        layout->columns[j + 1].of = j;
        layout->columns[j + 1].hint = UF_ROLE_NONE;
    }
    if (content != SIZE_MAX && layout->columns[content].kind != UF_CSV_CODE) content = SIZE_MAX;
    mark_about(head, wishes, layout, content, "Unit", "Unit Code", UF_CSV_UNIT);
    mark_about(head, wishes, layout, content, "PowerCode", "PowerCode Code", UF_CSV_SCALE);
    mark_about(head, wishes, layout, content, "Reference Period", "Reference Period Code", UF_CSV_REMARK);
}

static uf_status lay_out(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                         const struct uf_csv_head *head, struct uf_csv_layout *layout, struct uf_error *error)
{
    if (!is_oecd(head))
        return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(reader->input), 1, 0,
                          "this is no CSV of OECD.Stat: expected columns Value, Flag Codes and Flags");
    UF_TRY(uf_csv_layout_make(head, layout, error));
    mark_columns(head, wishes, layout);
    UF_TRY(uf_csv_layout_fold(head, wishes, layout, error));
    UF_TRY(uf_csv_table_decimals(reader, head, layout, wishes->decimal, error));
    UF_TRY(uf_csv_table_open(reader, head, layout, error));
    UF_TRY(uf_facts_set(&reader->facts.source, "OECD", error));
    size_t reference = named(head, "Reference Period");
    if (reference == SIZE_MAX || head->columns[reference].values.count != 1 ||
        !*head->columns[reference].values.items[0])
        return UF_OK;
    struct uf_buffer note = {0};
    uf_buffer_append(&note, "Reference Period: ");
    uf_buffer_append(&note, head->columns[reference].values.items[0]);
    uf_status status =
        note.failed ? uf_fail_memory(error) : uf_facts_note(&reader->facts, "", note.data, error);
    uf_buffer_clear(&note);
    return status;
}

static uf_status open(struct uf_reader *reader, const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    struct uf_csv_head head = {0};
    struct uf_csv_layout layout = {0};
    UF_TRY(uf_csv_head_read(reader->input, wishes->delimiter, &reader->delimiter, &head, error));
    uf_status status = lay_out(reader, wishes, &head, &layout, error);
    uf_csv_layout_clear(&layout);
    uf_csv_head_clear(&head);
    return status;
}

const struct uf_format uf_format_oecd_csv = {
    .name = "oecd-csv",
    .summary = "OECD.Stat, columns of codes and labels in pairs",
    .has_value_column = true,
    .probe = probe,
    .open = open,
    .next = uf_csv_table_next,
    .place = uf_csv_table_place,
    .close = uf_csv_table_close,
};
