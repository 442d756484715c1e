// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_SUM_TOTALS_H
#define UTFALL_IMPORT_SUM_TOTALS_H
/* Where a column's own total stands for the sum of its parts, cells whose parts are in the file and whose total is
 * not would be lost without a word. Memory: one entry per sum. */
#include "import/plan.h"

struct uf_totals {
    struct uf_codes groups; /* the codes of what is not added up over → 0: parts only, 1: the total too */
    struct uf_buffer key;
};
void uf_totals_clear(struct uf_totals *totals);
/* Tells of a cell that was read: `kept`, or passed over for any reason. */
uf_status uf_totals_meet(struct uf_totals *totals, const struct uf_plan *plan, const struct uf_cell *cell,
                         bool kept, struct uf_error *error);
/* A sentence where totals are lacking. */
uf_status uf_totals_note(const struct uf_totals *totals, const struct uf_plan *plan,
                         const struct uf_reader *reader, struct uf_text_list *notes, struct uf_error *error);
#endif
