// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PANEL_SELECTION_H
#define UTFALL_PANEL_SELECTION_H
/* The pieces of SQL that both panels from the store share: which regions, which label, bound texts. */
#include <utfall/panel.h>

/* SQL under construction with its bound parameters. */
struct statement {
    struct uf_buffer sql;
    struct uf_text_list parameters;
};
void statement_init(struct statement *statement);
void statement_clear(struct statement *statement);
void statement_add(struct statement *statement, const char *sql);
/* Appends `?N` and binds a copy of the text. */
uf_status statement_bind(struct statement *statement, const char *text, struct uf_error *error);
uf_status statement_query(struct statement *statement, struct uf_store *store, struct uf_table **out,
                          struct uf_error *error);

/* `country`, `nuts1` … for what a user may call it; UF_BAD_USAGE with the nearest for anything else. */
uf_status level_canonical(const char *level, const char **out, struct uf_error *error);
/* `WITH RECURSIVE … chosen(region_id, code, label, parent) AS (…)`: the regions of the request, of which `indicators` are asked. */
uf_status select_regions(struct statement *statement, struct uf_store *store,
                         const struct uf_store_panel_request *request, const struct uf_text_list *indicators,
                         struct uf_error *error);
/* Fails with the nearest code where an indicator or sector is not in the store. */
uf_status check_code(struct uf_store *store, const char *view, const char *what, const char *code,
                     const char *file, size_t line, size_t column, struct uf_error *error);
/* The number in a cell that the query may have typed either way; NaN for NULL. */
double selected_number(const struct uf_table *table, size_t row, size_t column);

/* Treatment and exposures, from the store's interventions. */
uf_status panel_expose(struct uf_panel *panel, struct uf_store *store,
                       const struct uf_store_panel_request *request, struct uf_error *error);
#endif
