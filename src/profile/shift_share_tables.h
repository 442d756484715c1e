// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_SHIFT_SHARE_TABLES_H
#define UTFALL_PROFILE_SHIFT_SHARE_TABLES_H
/* Shift-share's parts as tables and sentences. */
#include <utfall/shift_share.h>

#include "profile/panel_activity.h"

/* Over the periods of a panel_activity. */
struct shift_share_parts {
    enum uf_shift_share_variant variant;
    struct uf_shift_share *total;            /* per region */
    struct uf_shift_share *sector;           /* regions × sectors */
    struct uf_shift_share *step;             /* regions × steps, where dynamic; NULL: not */
    double *reference_start, *reference_end; /* regions × sectors: what the region is compared with */
    struct uf_shift_share_band *band;        /* per region; NULL where the figures are not rounded */
    double *error; /* per region: standard deviation of the regional component from rounding; NULL likewise */
    bool dynamic;  /* the band of the regional component is only known between two periods */
    size_t totals_used; /* regions whose published total sharpened the band */
    bool entry;         /* some sector came to some region */
};

/* `shift-share`, `shift-share-sectors`, `shift-share-components`, `shift-share-findings`; where dynamic also
 * `shift-share-steps`. */
uf_status shift_share_tables(const struct panel_activity *activity, const struct shift_share_parts *parts,
                             struct uf_result *result, struct uf_error *error);
/* The finding, and how sectors absent at the start were handled. */
uf_status shift_share_tell(const struct panel_activity *activity, const struct shift_share_parts *parts,
                           struct uf_result *result, struct uf_error *error);
#endif
