// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PANEL_INDICATOR_FACTS_H
#define UTFALL_PANEL_INDICATOR_FACTS_H
/* What the store says of one indicator, for indicators that are made from it. */
#include <utfall/store.h>

struct indicator_facts {
    struct uf_indicator indicator; /* its texts lie in `row` */
    struct uf_table *row;
};
/* An unknown indicator is UF_BAD_INPUT with the nearest. */
uf_status indicator_facts_read(struct uf_store *store, const char *code, struct indicator_facts *out,
                               struct uf_error *error);
void indicator_facts_clear(struct indicator_facts *facts);
/* `as` (NULL: nothing said) with what it leaves unsaid taken from `base`; the code must be said. */
struct uf_indicator indicator_facts_inherit(const struct uf_indicator *as, const struct uf_indicator *base);
#endif
