// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_SHIFT_SHARE_TABLES_H
#define UTFALL_PROFILE_SHIFT_SHARE_TABLES_H
/* Shift-share's parts as tables and sentences. */
#include <utfall/shift_share.h>

#include "profile/panel_activity.h"
#include "profile/rounding_draws.h"
#include "profile/shift_share_components.h"

struct shift_share_growth {
    double low, high; /* per cent */
};

/* Over the periods of a panel_activity. */
struct shift_share_parts {
    enum uf_shift_share_variant variant;
    struct uf_shift_share *total;            /* per region */
    struct uf_shift_share *sector;           /* regions × sectors */
    struct uf_shift_share *step;             /* regions × steps, where dynamic; NULL: not */
    double *reference_start, *reference_end; /* regions × sectors: what the region is compared with */
    const struct shift_share_component *component[SHIFT_SHARE_COMPONENTS_MAX];
    size_t n_components;
    bool dynamic;
    /* what rounding leaves; NULL where the figures are not rounded */
    struct uf_shift_share_band *ranges; /* per region: change, start and end, with the published total */
    double *error;                      /* per region: standard deviation of the regional component */
    struct shift_share_band *total_band, *sector_band, *step_band; /* as total, sector, step */
    size_t draws;                                                  /* tables that drawn bounds rest on */
    struct shift_share_growth *total_growth, *sector_growth;       /* of what the region is compared with */
    size_t totals_used; /* regions whose published total sharpened the band */
    bool entry;         /* some sector came to some region */
};

/* The figures that region r is compared with, in period t, per sector. */
void shift_share_reference(const struct panel_activity *activity, size_t t, enum bound bound, size_t r,
                           double *out);
/* What rounding leaves of the parts, which are there. */
uf_status shift_share_bands(const struct panel_activity *activity, const struct rounding_plan *plan,
                            struct shift_share_parts *parts, struct uf_error *error);
void shift_share_bands_clear(struct shift_share_parts *parts);
/* `shift-share`, `shift-share-sectors`, `shift-share-components`, `shift-share-findings`; where dynamic also
 * `shift-share-steps`. */
uf_status shift_share_tables(const struct panel_activity *activity, const struct shift_share_parts *parts,
                             struct uf_result *result, struct uf_error *error);
/* The finding, and how sectors absent at the start were handled. */
uf_status shift_share_tell(const struct panel_activity *activity, const struct shift_share_parts *parts,
                           struct uf_result *result, struct uf_error *error);
#endif
