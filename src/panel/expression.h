// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PANEL_EXPRESSION_H
#define UTFALL_PANEL_EXPRESSION_H
/*
 * A derived indicator: arithmetic over indicators, as `100 * gva["C"] / gva["TOTAL"]`, turned into an SQL
 * expression over numbered value columns `v0.value`, `v1.value` … SQLite evaluates it; what reaches SQLite is
 * built from known tokens only.
 */
#include <utfall/panel.h>

struct expression_reference {
    char *indicator;
    char *sector;         /* "": none */
    size_t at, sector_at; /* where the name and its bracket begin: bytes into the expression */
};

struct expression {
    char *sql;
    struct expression_reference *references;
    size_t n_references;
};

/* `first_reference` is the number of the first value column. A mistake is UF_BAD_INPUT at the variable's
 * place. */
uf_status expression_parse(const struct uf_panel_variable *variable, size_t first_reference,
                           struct expression *out, struct uf_error *error);
void expression_clear(struct expression *expression);
/* The place of a byte of the variable's expression (or of its end) in its file; line 0 where it is in none.
 */
struct uf_text_place expression_place(const struct uf_panel_variable *variable, size_t offset);
/* UF_BAD_INPUT at that place, with the beginning of the expression. */
uf_status expression_fail(const struct uf_panel_variable *variable, size_t offset, const char *what,
                          struct uf_error *error);
/* True where the expression is one indicator and nothing else. */
bool expression_is_bare(const struct expression *expression, size_t first_reference);
#endif
