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
    /* INEQUALITY_DRAWN numbers, and two of each group: its T and its share of the whole; empty: none were drawn */
    struct rounding_bands drawn;
};
/* What has bands from draws: the parts of the Theil indices, and Atkinson. */
enum {
    DRAWN_T_WITHIN,
    DRAWN_T_BETWEEN,
    DRAWN_WITHIN_SHARE,
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

static inline const char *inequality_period_code(const struct inequality *x, size_t t)
{
    return x->panel->periods.code[x->at[t].period];
}

/* The inequality inside a group, and what it adds to the whole: its share of all income times its own T. */
struct inequality_group {
    double weight, mean, theil_t, share_of_theil_t; /* the last in per cent */
};
struct inequality_group inequality_group(const struct inequality *x, const double *value,
                                         const double *weight, size_t group);

struct inequality_range {
    double low, high;
};
/* The least and the largest that the mean of some regions can be relative to that of all (1: alike), given how the figures
 * are rounded: with their own figures at one end and all others at the other, exactly. O(regions). */
struct inequality_range inequality_relative(const struct inequality *x,
                                            const struct inequality_period *period, const size_t *member,
                                            size_t n_members);

/* Reads periods, regions, weights and groups by the options into `x`, whose panel and column are set; what is left out is told.
 * UF_BAD_USAGE and UF_BAD_INPUT with what is wrong. */
uf_status inequality_gather(struct inequality *x, const struct uf_options *options, struct uf_result *result,
                            struct uf_error *error);

/* Outer bands of the period's indices, and bands from draws of its parts. */
uf_status inequality_bands(const struct inequality *x, const struct rounding_plan *plan,
                           struct inequality_period *period, struct uf_error *error);

/* Tables `inequality`, `inequality-regions`, `inequality-findings`; with more periods `inequality-indices`; with groups
 * `inequality-components` and `inequality-groups`. */
uf_status inequality_tables(const struct inequality *x, struct uf_result *result, struct uf_error *error);
/* The findings for all regions, and what bands and weights mean. */
uf_status inequality_tell(const struct inequality *x, struct uf_result *result, struct uf_error *error);

#endif
