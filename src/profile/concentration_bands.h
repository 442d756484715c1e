// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_CONCENTRATION_BANDS_H
#define UTFALL_PROFILE_CONCENTRATION_BANDS_H
/* What the method `concentration` finds of each sector, and what rounding leaves of it. */
#include <utfall/concentration.h>
#include <utfall/specialisation.h>

#include "profile/activity_box.h"
#include "profile/plants.h"

/* The numbers whose bands come from draws: they depend on the whole table. The rank is by Hoover's index. */
enum { DRAWN_GINI, DRAWN_THEIL, DRAWN_RAW, DRAWN_EXCESS, DRAWN_RANK, DRAWN };

/* What is found of each sector; arrays per sector. */
struct places {
    const struct panel_activity *activity;
    struct uf_concentration *index;
    gsl_vector *krugman_low, *krugman_high;
    double *value, *top_share;
    char **top_regions; /* names of the largest, largest first */
    size_t top;         /* how many */
    struct plants plants;
    struct uf_ellison_glaeser *excess;
    struct uf_shares_band *alone; /* of those that need no reference */
    struct rounding_bands drawn;  /* sectors × DRAWN; empty: none were drawn */
};

/* The bands of what `x` holds by then: exact or outer ones, and those from draws. */
uf_status concentration_bands(struct places *x, const struct rounding_plan *plan, struct uf_error *error);

/* What the regions' shares of a sector are compared with: their given totals, or the sums of their sectors. */
double concentration_reference_of(const struct uf_activity *activity, size_t region);
/* Ellison–Glaeser's index where the plants are known; `column` has room for a sector's regions. */
uf_status concentration_excess_of(const struct uf_activity *activity, const double *reference,
                                  const struct plants *plants, size_t sector, double *column,
                                  struct uf_ellison_glaeser *out, struct uf_error *error);
/* The place of a sector by Hoover's index among all. */
double concentration_rank_by_hoover(const struct uf_concentration *index, size_t n, size_t sector);
#endif
