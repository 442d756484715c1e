// SPDX-License-Identifier: GPL-3.0-or-later
/* What is said where the store has nothing of what a panel was to be made of. */
#include "panel/store_panel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"

/* `employment` where only `employment["C"]` and its like have values: the commonest reason for finding
 * nothing. */
static uf_status fail_without_sector(struct uf_store *store, const struct uf_store_panel_request *request,
                                     const struct panel_variables *variables, struct uf_error *error)
{
    for (size_t i = 0; i < variables->count; i++)
        for (size_t k = 0; k < variables->items[i].n_references; k++) {
            const struct expression_reference *reference = &variables->items[i].references[k];
            const char *parameters[] = {reference->indicator};
            struct uf_table *found = NULL;
            if (*reference->sector) continue;
            UF_TRY(uf_store_query(store,
                                  "SELECT min(sector) AS sector FROM observations WHERE indicator = ?1 "
                                  "HAVING count(*) = count(nullif(sector, ''))",
                                  parameters, 1, &found, error));
            const char *sector = uf_table_rows(found) ? uf_table_text(found, 0, 0) : NULL;
            uf_status status = UF_OK;
            if (sector && *sector) {
                char what[256];
                snprintf(what, sizeof what, "'%s' has values by sector only; name one, as %s[\"%s\"]",
                         reference->indicator, reference->indicator, sector);
                status = expression_fail(&request->variables[i], reference->at, what, error);
            }
            uf_table_free(found);
            UF_TRY(status);
        }
    return UF_OK;
}

/* `population` where only parts of it (`sex=1`) have values: what a file with further columns gives when no part of
 * it is chosen. */
static uf_status fail_without_breakdown(struct uf_store *store, const char *indicator, struct uf_error *error)
{
    struct uf_table *found = NULL;
    UF_TRY(uf_store_query(store,
                          "SELECT min(breakdown) AS breakdown FROM observations WHERE indicator = ?1 "
                          "HAVING count(*) = count(nullif(breakdown, ''))",
                          &indicator, 1, &found, error));
    const char *breakdown = uf_table_rows(found) ? uf_table_text(found, 0, 0) : NULL;
    uf_status status = UF_OK;
    if (breakdown && *breakdown)
        status =
            uf_fail(error, UF_BAD_INPUT,
                    "all values of '%s' are of parts, such as %s, and an analysis needs one value per "
                    "region and period; choose a part (`keep` in a study's source, --keep COLUMN=CODE) or "
                    "add the parts up (`sum`, --sum COLUMN)",
                    indicator, breakdown);
    uf_table_free(found);
    return status;
}

uf_status store_panel_nothing_found(struct uf_store *store, const struct uf_store_panel_request *request,
                                    const struct panel_variables *variables, struct uf_error *error)
{
    for (size_t i = 0; i < variables->count; i++)
        for (size_t k = 0; k < variables->items[i].n_references; k++)
            UF_TRY(fail_without_breakdown(store, variables->items[i].references[k].indicator, error));
    if (!request->indicator) UF_TRY(fail_without_sector(store, request, variables, error));
    return uf_fail(
        error, UF_BAD_INPUT,
        "the store holds no value of '%s' for regions at level %s that were asked for; see `utfall show`",
        request->indicator ? request->indicator : request->variables[0].expression, request->level);
}

/* True where some row has a number, or a reason of the publisher's for having none. */
static bool has_something(const struct uf_table *rows, size_t value_column)
{
    for (size_t i = 0; i < uf_table_rows(rows); i++) {
        const double stored = selected_number(rows, i, value_column + 1);
        if (!isnan(selected_number(rows, i, value_column))) return true;
        if (!isnan(stored) && (uf_value_status)stored != UF_VALUE_NOT_AVAILABLE) return true;
    }
    return false;
}

uf_status store_panel_check_further(struct uf_store *store, const struct uf_store_panel_request *request,
                                    const struct panel_variables *variables, const struct uf_table *rows,
                                    size_t first_value, struct uf_error *error)
{
    for (size_t i = 1; i < variables->count; i++) {
        if (has_something(rows, first_value + 2 * i)) continue;
        const struct uf_panel_variable *variable = &request->variables[i];
        const struct expression *expression = &variables->items[i];
        for (size_t k = 0; k < expression->n_references; k++)
            UF_TRY(fail_without_breakdown(store, expression->references[k].indicator, error));
        const struct uf_text_place place = expression_place(variable, 0);
        return uf_fail_at(error, UF_BAD_INPUT, variable->file, place.line, place.column,
                          "the store holds no value of '%s' by sector for the regions at level %s, the "
                          "sectors and the periods that were asked for; see `utfall show`",
                          variable->name, request->level);
    }
    return UF_OK;
}
