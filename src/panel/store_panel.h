// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PANEL_STORE_PANEL_H
#define UTFALL_PANEL_STORE_PANEL_H
/* What is said where the store has nothing of what a panel was to be made of. A panel by sector is one by variables too, of
 * which the first is its indicator. */
#include "panel/query.h"

/* A query gave no row: fails with the likeliest reason. */
uf_status store_panel_nothing_found(struct uf_store *store, const struct uf_store_panel_request *request,
                                    const struct panel_variables *variables, struct uf_error *error);
/* Fails, where it was named, for a further variable of a panel by sector that no row has anything of: a column of nothing is
 * a mistake, as a figure that is not by sector. `first_value` is the first variable's column in `rows`, each followed by its
 * status. */
uf_status store_panel_check_further(struct uf_store *store, const struct uf_store_panel_request *request,
                                    const struct panel_variables *variables, const struct uf_table *rows,
                                    size_t first_value, struct uf_error *error);
#endif
