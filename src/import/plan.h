// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_PLAN_H
#define UTFALL_IMPORT_PLAN_H
/* What each dimension of a file means for one import: as the user said, else as its codes tell. */
#include <utfall/import.h>

#include "import/format.h"

struct uf_planned_dimension {
    enum uf_role role;
    const struct uf_keep *keep; /* borrowed; NULL: all codes */
    char *constant;             /* left out because each cell has this code; NULL: not so */
};
struct uf_plan {
    struct uf_planned_dimension *dimensions; /* as the reader's */
    size_t count;
    size_t region, period, sector; /* sector SIZE_MAX: the file has none */
    struct uf_text_list left_out;  /* dimensions not used though they have several codes */
};

/* Looks at the reader's cells (it stands somewhere in the file afterwards) and decides. Sentences on what was
 * guessed go to `notes`. */
uf_status uf_plan_make(struct uf_store *store, struct uf_reader *reader,
                       const struct uf_import_request *request, struct uf_plan *out,
                       struct uf_text_list *notes, struct uf_error *error);
void uf_plan_clear(struct uf_plan *plan);

/* True where the cell has the codes asked for. */
bool uf_plan_keeps(const struct uf_plan *plan, const struct uf_cell *cell);

typedef uf_status uf_find_function(struct uf_store *store, const char *code, char **out,
                                   struct uf_error *error);
/* The canonical code of a region or sector written as a code, an alias, or either with a label behind it (`01
 * Stockholms län`); NULL where it is unknown. */
uf_status uf_find_labelled_region(struct uf_store *store, const char *text, char **out,
                                  struct uf_error *error);
uf_status uf_find_labelled_sector(struct uf_store *store, const char *text, char **out,
                                  struct uf_error *error);
#endif
