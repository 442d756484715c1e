// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * SDMX-CSV 1.0 and 2.0, as Eurostat, the OECD and others deliver it: the first column names the dataflow
 * (`DATAFLOW`) or structure (`STRUCTURE`), then come dimensions, TIME_PERIOD, OBS_VALUE and attributes.
 *
 * With labels asked for, a publisher writes `geo:Geopolitical entity` over `SE110:Stockholms län` (1.0), or a
 * column of names behind each column of codes (2.0).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/csv_table.h"

/* What a column of the standard's, or of its users', is. All others are dimensions. */
static const struct {
    const char *name;
    enum uf_csv_kind kind;
    enum uf_role hint;
} COMPONENTS[] = {
    {"DATAFLOW", UF_CSV_REMARK, UF_ROLE_NONE},      {"STRUCTURE", UF_CSV_REMARK, UF_ROLE_NONE},
    {"STRUCTURE_ID", UF_CSV_REMARK, UF_ROLE_NONE},  {"STRUCTURE_NAME", UF_CSV_REMARK, UF_ROLE_NONE},
    {"ACTION", UF_CSV_REMARK, UF_ROLE_NONE},        {"LAST UPDATE", UF_CSV_REMARK, UF_ROLE_NONE},
    {"TIME_PERIOD", UF_CSV_CODE, UF_ROLE_PERIOD},   {"OBS_VALUE", UF_CSV_VALUE, UF_ROLE_NONE},
    {"OBS_FLAG", UF_CSV_FLAG, UF_ROLE_NONE},        {"OBS_STATUS", UF_CSV_FLAG, UF_ROLE_NONE},
    {"CONF_STATUS", UF_CSV_SECRET, UF_ROLE_NONE},   {"UNIT_MULT", UF_CSV_SCALE, UF_ROLE_NONE},
    {"POWERCODE", UF_CSV_SCALE, UF_ROLE_NONE},      {"geo", UF_CSV_CODE, UF_ROLE_REGION},
    {"REF_AREA", UF_CSV_CODE, UF_ROLE_REGION},      {"DECIMALS", UF_CSV_REMARK, UF_ROLE_NONE},
    {"TIME_FORMAT", UF_CSV_REMARK, UF_ROLE_NONE},   {"OBS_COM", UF_CSV_REMARK, UF_ROLE_NONE},
    {"COMMENT_OBS", UF_CSV_REMARK, UF_ROLE_NONE},   {"COMMENT_TS", UF_CSV_REMARK, UF_ROLE_NONE},
    {"OBS_PRE_BREAK", UF_CSV_REMARK, UF_ROLE_NONE}, {"TITLE", UF_CSV_REMARK, UF_ROLE_NONE},
    {"TITLE_COMPL", UF_CSV_REMARK, UF_ROLE_NONE},   {"COLLECTION", UF_CSV_REMARK, UF_ROLE_NONE},
    {"BASE_PER", UF_CSV_REMARK, UF_ROLE_NONE},      {"REPORTING_YEAR_START_DAY", UF_CSV_REMARK, UF_ROLE_NONE},
};
enum { N_COMPONENTS = sizeof COMPONENTS / sizeof *COMPONENTS, UNLISTED = N_COMPONENTS };

/* The length of a name without the label behind its colon. */
static size_t bare_length(const char *name)
{
    return strcspn(name, ":");
}

static size_t component(const char *name)
{
    for (size_t i = 0; i < N_COMPONENTS; i++)
        if (strlen(COMPONENTS[i].name) == bare_length(name) &&
            !strncasecmp(COMPONENTS[i].name, name, bare_length(name)))
            return i;
    return UNLISTED;
}

static size_t find(const struct uf_csv_head *head, const char *name)
{
    for (size_t j = 0; j < head->names.count; j++)
        if (bare_length(head->names.items[j]) == strlen(name) &&
            !strncasecmp(head->names.items[j], name, strlen(name)))
            return j;
    return SIZE_MAX;
}

static bool is_sdmx(const struct uf_csv_head *head)
{
    size_t first = component(head->names.items[0]);
    return first < 2 && find(head, "OBS_VALUE") != SIZE_MAX;
}

static int probe(const char *prefix)
{
    struct uf_csv_head head = {0};
    int score = uf_csv_probe(prefix, &head) && is_sdmx(&head) ? 90 : 0;
    uf_csv_head_clear(&head);
    return score;
}

/* SDMX-CSV 2.0 with names: behind the columns of the structure each component has a second column. */
static size_t first_pair(const struct uf_csv_head *head)
{
    static const char *const LEADING[] = {"STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION"};
    size_t n = head->names.count, from = 0, value = find(head, "OBS_VALUE");
    if (find(head, "STRUCTURE_NAME") == SIZE_MAX) return SIZE_MAX;
    for (bool leading = true; leading && from < n;) {
        leading = false;
        for (size_t i = 0; i < sizeof LEADING / sizeof *LEADING; i++)
            leading = leading || !strcasecmp(head->names.items[from], LEADING[i]);
        from += leading;
    }
    bool pairs = (n - from) % 2 == 0 && (value - from) % 2 == 0 && value >= from;
    return pairs ? from : SIZE_MAX;
}

static void mark_columns(const struct uf_csv_head *head, const struct uf_reader_wishes *wishes,
                         struct uf_csv_layout *layout)
{
    size_t pairs = first_pair(head);
    for (size_t j = 0; j < layout->n_columns; j++) {
        struct uf_csv_role *role = &layout->columns[j];
        const char *name = head->names.items[j];
        size_t i = component(name);
        if (i != UNLISTED) {
            role->kind = COMPONENTS[i].kind;
            role->hint = COMPONENTS[i].hint;
        }
        if (role->kind == UF_CSV_CODE && name[bare_length(name)])
            role->joined = uf_csv_is_joined(&head->columns[j], true);
        if (pairs != SIZE_MAX && j >= pairs && (j - pairs) % 2 == 1 && !uf_csv_is_wished(wishes, name)) {
            enum uf_csv_kind before = layout->columns[j - 1].kind;
            role->kind = before == UF_CSV_CODE ? UF_CSV_LABEL : UF_CSV_REMARK;
            role->of = j - 1;
            role->hint = UF_ROLE_NONE;
        }
        bool constant = head->columns[j].values.count <= 1;
        if (role->kind == UF_CSV_SCALE && !constant) role->kind = UF_CSV_CODE; /* it tells rows apart */
        if (role->kind != UF_CSV_VALUE && role->kind != UF_CSV_CODE && uf_csv_is_wished(wishes, name))
            role->kind = UF_CSV_CODE;
    }
}

/* `ESTAT:NAMA_10R_3EMPERS(1.0): Employment` → what people call it; else the code. */
static uf_status tell_flow(struct uf_reader *reader, const struct uf_csv_head *head, struct uf_error *error)
{
    static const char *const NAMES[] = {"STRUCTURE_NAME", "DATAFLOW", "STRUCTURE_ID"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES && !reader->facts.title; i++) {
        size_t j = find(head, NAMES[i]);
        if (j == SIZE_MAX || head->columns[j].values.count == 0) continue;
        const char *text = head->columns[j].values.items[0], *words = strstr(text, "):");
        if (words) words += 2 + strspn(words + 2, " ");
        UF_TRY(uf_facts_set(&reader->facts.title, words && *words ? words : text, error));
    }
    size_t updated = find(head, "LAST UPDATE");
    if (updated != SIZE_MAX && head->columns[updated].values.count > 0)
        UF_TRY(uf_facts_set(&reader->facts.updated, head->columns[updated].values.items[0], error));
    size_t flow = find(head, "DATAFLOW");
    if (flow == SIZE_MAX) flow = find(head, "STRUCTURE_ID");
    if (flow != SIZE_MAX && head->columns[flow].values.count > 0 &&
        !strncmp(head->columns[flow].values.items[0], "ESTAT:", 6))
        UF_TRY(uf_facts_set(&reader->facts.source, "Eurostat", error));
    return UF_OK;
}

/* A file of version 2.0 may say what to do with its rows. Such a file of changes is no table. */
static uf_status check_action(const struct uf_reader *reader, const struct uf_csv_head *head,
                              struct uf_error *error)
{
    size_t action = find(head, "ACTION");
    for (size_t i = 0; action != SIZE_MAX && i < head->columns[action].values.count; i++)
        if (!strcasecmp(head->columns[action].values.items[i], "D"))
            return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(reader->input), 1, 0,
                              "the column ACTION asks to delete values (D); only a whole table can be "
                              "imported, download it instead of its changes");
    return UF_OK;
}

static uf_status lay_out(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                         const struct uf_csv_head *head, struct uf_csv_layout *layout, struct uf_error *error)
{
    if (!is_sdmx(head))
        return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(reader->input), 1, 0,
                          "this is no SDMX-CSV: expected a first column DATAFLOW or STRUCTURE and a column "
                          "OBS_VALUE");
    UF_TRY(check_action(reader, head, error));
    UF_TRY(uf_csv_layout_make(head, layout, error));
    mark_columns(head, wishes, layout);
    char **names = calloc(layout->n_columns, sizeof *names); /* of the dimensions, without labels */
    uf_status status = names ? UF_OK : uf_fail_memory(error);
    for (size_t j = 0; status == UF_OK && j < layout->n_columns; j++) {
        const char *name = head->names.items[j];
        if (layout->columns[j].kind != UF_CSV_CODE || !name[bare_length(name)]) continue;
        names[j] = uf_text_copy(name);
        if (!names[j]) status = uf_fail_memory(error);
        if (names[j]) names[j][bare_length(name)] = '\0';
        layout->columns[j].name = names[j];
    }
    if (status == UF_OK) status = uf_csv_layout_fold(head, wishes, layout, error);
    reader->rules.flags = true;
    if (status == UF_OK) status = uf_csv_table_decimals(reader, head, layout, wishes->decimal, error);
    if (status == UF_OK) status = uf_csv_table_open(reader, head, layout, error);
    for (size_t j = 0; names && j < layout->n_columns; j++) {
        const char *name = head->names.items[j];
        if (status == UF_OK && names[j])
            for (size_t d = 0; d < reader->dimensions.count; d++)
                if (!strcmp(reader->dimensions.items[d], names[j]))
                    status = uf_facts_set(
                        &reader->facts.dimensions[d].label,
                        name + bare_length(name) + 1 + strspn(name + bare_length(name) + 1, " "), error);
        free(names[j]);
    }
    free(names);
    return status == UF_OK ? tell_flow(reader, head, error) : status;
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

const struct uf_format uf_format_sdmx_csv = {
    .name = "sdmx-csv",
    .summary = "SDMX-CSV 1.0 and 2.0, of Eurostat and others, codes with or without labels",
    .has_value_column = true,
    .probe = probe,
    .open = open,
    .next = uf_csv_table_next,
    .place = uf_csv_table_place,
    .close = uf_csv_table_close,
};
