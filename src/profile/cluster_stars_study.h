// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_CLUSTER_STARS_STUDY_H
#define UTFALL_PROFILE_CLUSTER_STARS_STUDY_H
/* Cluster stars of a panel: the measures, their stars and what rounding leaves of both. */
#include <utfall/cluster_stars.h>

#include "profile/panel_activity.h"

struct stars {
    struct panel_activity activity; /* the earlier period, where there is one, then the one described */
    size_t now;                     /* which of its periods is described */
    struct uf_star_options options;
    gsl_matrix *output;     /* NULL: none */
    double output_rounding; /* the unit it was rounded to; 0: exact, or not known */
    struct uf_cluster_measures found;
    gsl_matrix *low[UF_STARS], *high[UF_STARS]; /* of the measures; NULL: exact figures, or no bounds */
};

/* Bounds of all measures; does nothing for exact figures. */
uf_status star_bands(struct stars *x, struct uf_error *error);
/* The stars of a cell: those there are, those known to be there, and those that may be: where the band of a measure crosses
 * its threshold, or a measure that was asked for is missing. */
void star_counts(const struct stars *x, size_t r, size_t s, double out[3]);
#endif
