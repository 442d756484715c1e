// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PANEL_QUERY_H
#define UTFALL_PANEL_QUERY_H
/*
 * The query by which a panel is read from the store: by variables (expressions over indicators) or by sector.
 *
 * Codes are bound, never written into the SQL. Of an expression only known tokens reach it, and SQLite has
 * prepared it by itself once before, so that a mistake is told at its place in the study file.
 */
#include "panel/expression.h"
#include "panel/selection.h"

/* A panel by variables: its parsed expressions, in the order of the request. */
struct panel_variables {
    struct expression *items;
    size_t count;
};

/* Parses the request's expressions, and checks that the store has what they refer to; the first variable of a panel by
 * sector is its indicator and no expression. Clear `out` also after a failure. */
uf_status panel_variables_parse(struct uf_store *store, const struct uf_store_panel_request *request,
                                struct panel_variables *out, struct uf_error *error);
void panel_variables_clear(struct panel_variables *variables);

/* One row per chosen region and period at which any referred value stands; each variable with the statuses it
 * rests on. */
uf_status panel_query_variables(struct statement *statement, struct uf_store *store,
                                const struct uf_store_panel_request *request,
                                const struct panel_variables *variables, struct uf_error *error);
/* Every chosen region × sector × period that any of the variables has, also where nothing is stored: an absent cell is
 * missing, not nothing. A reference without a sector is to the row's sector, one with a sector to that one everywhere. */
uf_status panel_query_sectors(struct statement *statement, struct uf_store *store,
                              const struct uf_store_panel_request *request,
                              const struct panel_variables *variables, struct uf_error *error);
#endif
