// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Eurostat's Data Explorer (until 2022): `TIME,GEO,…,Value,"Flag and Footnotes"`, all quoted, labels in place of
 * codes, thousands cut by a point, a comma or a blank (`19.000`). A download comes as two files: `…_1_Data.csv`
 * and a list of labels, `…_Label.csv`, which holds no values and is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/csv_table.h"

static const char FLAGS[] = "Flag and Footnotes";

static size_t named(const struct uf_csv_head *head, const char *name)
{
    return uf_csv_named(head, &name, 1);
}

static bool is_data(const struct uf_csv_head *head)
{
    return named(head, "TIME") != SIZE_MAX && named(head, "Value") != SIZE_MAX &&
           (named(head, FLAGS) != SIZE_MAX || named(head, "GEO") != SIZE_MAX);
}

/* The list of labels begins with what the file is about. */
static bool is_label_list(const char *text)
{
    return !strncmp(text, "\"DATASET:", 9) || !strncmp(text, "DATASET:", 8);
}

static int probe(const char *prefix)
{
    struct uf_csv_head head = {0};
    if (is_label_list(prefix)) return 90;
    /* Without the column of flags any long file may look so. */
    int score = uf_csv_probe(prefix, &head) && is_data(&head) && named(&head, FLAGS) != SIZE_MAX ? 90 : 0;
    uf_csv_head_clear(&head);
    return score;
}

/* Where each mark is followed by three digits it cuts thousands: the Data Explorer writes decimals in ones and
 * twos, and all numbers below a thousand stand without a mark. */
static uf_status decide_marks(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                              const struct uf_csv_head *head, const struct uf_csv_layout *layout,
                              struct uf_error *error)
{
    enum { ENOUGH = 5 };
    const struct uf_decimal_evidence *e = &head->columns[named(head, "Value")].evidence;
    size_t points = e->point_either, commas = e->comma_either, either = points + commas;
    bool plain = either < e->numbers || (either >= ENOUGH && e->either_round == either);
    if (wishes->decimal || e->decimal_point || e->decimal_comma || either == 0 || (points && commas) ||
        !plain)
        return uf_csv_table_decimals(reader, head, layout, wishes->decimal, error);
    reader->rules.decimal = points ? ',' : '.';
    reader->rules.group = points ? '.' : ',';
    return uf_text_list_add(&reader->notes,
                            points ? "a point stands between thousands (1.000 is one thousand); if it is the "
                                     "decimal mark, say so: --decimal ."
                                   : "a comma stands between thousands (1,000 is one thousand); if it is the "
                                     "decimal mark, say so: --decimal ,",
                            error);
}

static uf_status lay_out(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                         const struct uf_csv_head *head, struct uf_csv_layout *layout, struct uf_error *error)
{
    if (!is_data(head))
        return uf_fail_at(
            error, UF_BAD_INPUT, uf_input_name(reader->input), 1, 0,
            "this is no table of Eurostat's Data Explorer: expected columns TIME, GEO, Value and "
            "Flag and Footnotes");
    UF_TRY(uf_csv_layout_make(head, layout, error));
    size_t flags = named(head, FLAGS), geo = named(head, "GEO"), indicator = named(head, "INDIC");
    layout->columns[named(head, "TIME")].hint = UF_ROLE_PERIOD;
    if (geo != SIZE_MAX) layout->columns[geo].hint = UF_ROLE_REGION;
    if (indicator != SIZE_MAX) layout->columns[indicator].hint = UF_ROLE_CONTENT;
    layout->columns[named(head, "Value")].kind = UF_CSV_VALUE;
    if (flags != SIZE_MAX) layout->columns[flags].kind = UF_CSV_FLAG;
    UF_TRY(uf_csv_layout_fold(head, wishes, layout, error));
    reader->rules.flags = true;
    UF_TRY(decide_marks(reader, wishes, head, layout, error));
    UF_TRY(uf_csv_table_open(reader, head, layout, error));
    return uf_facts_set(&reader->facts.source, "Eurostat", error);
}

static uf_status open(struct uf_reader *reader, const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    struct uf_csv_head head = {0};
    struct uf_csv_layout layout = {0};
    char *prefix;
    UF_TRY(uf_input_prefix(reader->input, 256, &prefix, error));
    bool labels = is_label_list(prefix);
    free(prefix);
    if (labels)
        return uf_fail_at(
            error, UF_BAD_INPUT, uf_input_name(reader->input), 1, 1,
            "this is the list of labels that comes with a download of Eurostat's Data Explorer; it "
            "holds no values. Import the file beside it whose name ends in _1_Data.csv");
    UF_TRY(uf_csv_head_read(reader->input, wishes->delimiter, &reader->delimiter, &head, error));
    uf_status status = lay_out(reader, wishes, &head, &layout, error);
    uf_csv_layout_clear(&layout);
    uf_csv_head_clear(&head);
    return status;
}

const struct uf_format uf_format_data_explorer_csv = {
    .name = "data-explorer-csv",
    .summary = "Eurostat's Data Explorer (…_1_Data.csv), labels in place of codes",
    .has_value_column = true,
    .probe = probe,
    .open = open,
    .next = uf_csv_table_next,
    .place = uf_csv_table_place,
    .close = uf_csv_table_close,
};
