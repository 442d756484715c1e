// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PANEL_AGGREGATION_H
#define UTFALL_PANEL_AGGREGATION_H
/* One aggregation of what the store holds, from the request to the wholes; aggregate_store.c makes tables and observations of it. */
#include <utfall/aggregate.h>

#include "panel/indicator_facts.h"

/* All that one aggregation holds. */
struct aggregation {
    const struct uf_aggregate_request *request;
    const char *from, *to;        /* canonical levels */
    struct indicator_facts facts; /* of the indicator that is added up, or of the numerator */
    struct uf_text_list series;
    struct uf_cells parts, weights, published;
    struct uf_memberships memberships;
    struct uf_aggregate_cell *wholes;
    size_t n_wholes;
};
/* Settles levels, reads parts, weights and published wholes, and adds up. Clear `work` also after a failure. */
uf_status aggregation_run(struct uf_store *store, struct aggregation *work, struct uf_error *error);
void aggregation_clear(struct aggregation *work);
#endif
