// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_INEQUALITY_TABLES_H
#define UTFALL_PROFILE_INEQUALITY_TABLES_H
/* Inequality between regions, period by period: what was computed, and its tables and sentences. */
#include <utfall/inequality.h>

#include "profile/rounding_draws.h"

struct inequality_period {
    size_t period;           /* index into the panel's periods */
    double *value, *weight;  /* per region */
    uf_value_status missing; /* why the indices are missing; 0: they are not */
    struct uf_inequality index, low, high;
    struct uf_theil_split split;
    double atkinson;
    struct rounding_bands drawn; /* INEQUALITY_DRAWN numbers; empty: none were drawn */
};
/* What has bands from draws: the parts of the Theil indices, and Atkinson. */
enum {
    DRAWN_T_WITHIN,
    DRAWN_T_BETWEEN,
    DRAWN_BETWEEN_SHARE,
    DRAWN_L_WITHIN,
    DRAWN_L_BETWEEN,
    DRAWN_ATKINSON,
    INEQUALITY_DRAWN
};

struct inequality {
    const struct uf_panel *panel;
    enum uf_language language;
    const struct uf_panel_column *column;
    bool bands, weighted;
    size_t n_regions, n_periods, n_groups; /* n_groups 0: not grouped */
    size_t *region;                        /* indices into the panel's units */
    size_t *group;                         /* of each region */
    char **group_name;
    double epsilon;
    struct inequality_period *at;
};

/* Outer bands of the period's indices, and bands from draws of its parts. */
uf_status inequality_bands(const struct inequality *x, const struct rounding_plan *plan,
                           struct inequality_period *period, struct uf_error *error);

/* Tables `inequality`, `inequality-regions`, `inequality-findings`; with more periods `inequality-indices`; with groups
 * `inequality-components` and `inequality-groups`. */
uf_status inequality_tables(const struct inequality *x, struct uf_result *result, struct uf_error *error);
/* The findings for all regions, and what bands and weights mean. */
uf_status inequality_tell(const struct inequality *x, struct uf_result *result, struct uf_error *error);

#endif
