// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_LOCATION_QUOTIENT_RANKS_H
#define UTFALL_PROFILE_LOCATION_QUOTIENT_RANKS_H
/* The place of each region among all regions, sector by sector: "31 of 293 with figures, of 303". */
#include <utfall/scoreboard.h>

#include "profile/panel_activity.h"

struct quotient_ranks {
    struct uf_rank *rank; /* regions × sectors; 1: the largest quotient; NaN without one */
    size_t *ranked;       /* per sector: regions with a quotient */
};

/* `low` and `high`: the bands, both NULL where there are none. Ties share the better rank; `low` and `high` of a rank are
 * those that the bands allow. O(regions × sectors × log regions). */
uf_status quotient_ranks_new(const gsl_matrix *value, const gsl_matrix *low, const gsl_matrix *high,
                             struct quotient_ranks *out, struct uf_error *error);
void quotient_ranks_clear(struct quotient_ranks *ranks);

/* The table `location-quotient-ranks`: a row for each region and sector, the missing ones with their reason. */
uf_status quotient_ranks_table(const struct panel_activity *activity, size_t period, const gsl_matrix *value,
                               const struct quotient_ranks *ranks,
                               uf_value_status (*reason)(const struct panel_activity *activity, size_t period,
                                                         size_t region, size_t sector),
                               struct uf_table **out, struct uf_error *error);

/* "31 of 293 with figures, of 303"; with bands "29–35 of 293". The caller frees it; NULL: out of memory. */
char *quotient_rank_text(const struct panel_activity *activity, const struct quotient_ranks *ranks,
                         size_t region, size_t sector);
#endif
