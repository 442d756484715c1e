// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/indicator_facts.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "panel/selection.h"

uf_status indicator_facts_read(struct uf_store *store, const char *code, struct indicator_facts *out,
                               struct uf_error *error)
{
    static const char *const kinds[] = {
        [UF_INDICATOR_STOCK] = "stock", [UF_INDICATOR_FLOW] = "flow", [UF_INDICATOR_RATIO] = "ratio"};
    UF_TRY(check_code(store, "indicator", "indicator", code, NULL, 0, 0, error));
    struct uf_table *row = NULL;
    UF_TRY(uf_store_query(
        store,
        "SELECT code, theme, name_sv, name_en, unit_sv, unit_en, kind, rounding, source, licence, decimals "
        "FROM indicator WHERE code = ?1",
        &code, 1, &row, error));
    struct uf_indicator indicator = {.code = uf_table_text(row, 0, 0),
                                     .theme = uf_table_text(row, 0, 1),
                                     .name_sv = uf_table_text(row, 0, 2),
                                     .name_en = uf_table_text(row, 0, 3),
                                     .unit_sv = uf_table_text(row, 0, 4),
                                     .unit_en = uf_table_text(row, 0, 5),
                                     .rounding = uf_table_number(row, 0, 7),
                                     .source = uf_table_text(row, 0, 8),
                                     .licence = uf_table_text(row, 0, 9)};
    const double decimals = uf_table_number(row, 0, 10);
    indicator.has_decimals = !isnan(decimals);
    indicator.decimals = indicator.has_decimals ? (int)decimals : 0;
    for (size_t k = 0; k < 3; k++)
        if (uf_text_equal(uf_table_text(row, 0, 6), kinds[k])) indicator.kind = (enum uf_indicator_kind)k;
    *out = (struct indicator_facts){indicator, row};
    return UF_OK;
}

void indicator_facts_clear(struct indicator_facts *facts)
{
    uf_table_free(facts->row);
    facts->row = NULL;
}

struct uf_indicator indicator_facts_inherit(const struct uf_indicator *as, const struct uf_indicator *base)
{
    struct uf_indicator made = *base;
    if (!as) return made;
    const struct {
        const char **slot, *said;
    } texts[] = {{&made.code, as->code},       {&made.theme, as->theme},     {&made.name_sv, as->name_sv},
                 {&made.name_en, as->name_en}, {&made.unit_sv, as->unit_sv}, {&made.unit_en, as->unit_en},
                 {&made.source, as->source},   {&made.licence, as->licence}};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        if (texts[k].said) *texts[k].slot = texts[k].said;
    return made;
}
