// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_REGION_NAMES_H
#define UTFALL_IMPORT_REGION_NAMES_H
/* The names of the store's regions, for files that write names and no codes: `Dalarnas län`, `Dalarna`,
 * `Dalarna County`. Case does not matter. A name that two regions of a level have means neither. */
#include <stdbool.h>
#include <utfall/store.h>

#include "store/codes.h"

struct uf_region_names {
    struct uf_codes index; /* level, a separator, name → place in `codes`, or -1: of several regions */
    struct uf_text_list codes;
};

uf_status uf_region_names_load(struct uf_store *store, struct uf_region_names *out, struct uf_error *error);
void uf_region_names_clear(struct uf_region_names *names);
/* The code of the region of that level with that name; the nation goes with every level. NULL: none, or
 * several. */
const char *uf_region_names_find(const struct uf_region_names *names, const char *level, const char *text);
/* The level at which most of the texts are names, and how many are; NULL: at none. */
const char *uf_region_names_level(const struct uf_region_names *names, const char *const *texts, size_t count,
                                  size_t *out_found);
/* True where the text is a name of the region with that code. */
bool uf_region_names_agree(const struct uf_region_names *names, const char *code, const char *text);
#endif
