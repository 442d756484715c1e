// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_PANEL_ACTIVITY_NOTES_H
#define UTFALL_PROFILE_PANEL_ACTIVITY_NOTES_H
/* The notes on the figures of a panel_activity; panel_activity_tell gives them all. */
#include "profile/panel_activity.h"

#define TELL(severity, code, text, advice, arguments)                                                        \
    uf_result_add_note(result, a->language, severity, code, text, advice, arguments,                         \
                       sizeof(arguments) / sizeof *(arguments), error)

/* Sectors that are totals by their codes, or overlap (where they are added up). */
uf_status panel_activity_tell_sectors(const struct panel_activity *a, bool sums_used,
                                      struct uf_result *result, struct uf_error *error);
/* How far the sectors' sum is from the published total. */
uf_status panel_activity_tell_total_gap(const struct panel_activity *a, struct uf_result *result,
                                        struct uf_error *error);
/* What the rounding unit means, and whether the figures agree with it. */
uf_status panel_activity_tell_rounding(const struct panel_activity *a, struct uf_result *result,
                                       struct uf_error *error);
#endif
