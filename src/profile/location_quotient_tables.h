// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_LOCATION_QUOTIENT_TABLES_H
#define UTFALL_PROFILE_LOCATION_QUOTIENT_TABLES_H
/* Location quotients as tables (location_quotient_tables.c) and sentences (location_quotient_notes.c). */
#include "profile/location_quotient_ranks.h"
#include "profile/panel_activity.h"

/* Quotients of one period and what rounding leaves of them, and of the shares they are formed from; matrices regions ×
 * sectors. The bounds are set where the activity has bands. */
struct quotients {
    gsl_matrix *value, *low, *high;
    gsl_matrix *share_low, *share_high, *reference_low, *reference_high;
};
uf_status quotients_new(const struct panel_activity *activity, size_t period, struct quotients *out,
                        struct uf_error *error);
void quotients_clear(struct quotients *quotients);
bool quotient_spans_one(const struct quotients *quotients, size_t region, size_t sector);
/* Why the quotient of a cell is missing: the flags of all it is formed from. */
uf_value_status quotient_reason(const struct panel_activity *activity, size_t period, size_t region,
                                size_t sector);

struct quotient_change {
    double change, low, high; /* low and high NaN where figures are not rounded */
};
/* The bounds of a change: the two periods' figures are rounded apart, so each may lie at its own end. */
struct quotient_change quotient_change_of(const struct panel_activity *activity, const struct quotients *now,
                                          const struct quotients *before, size_t region, size_t sector);
static inline bool quotient_change_open(struct quotient_change x)
{
    return x.low <= 0 && x.high >= 0;
}

/* The table `location-quotient`; `before` NULL: no comparison. */
uf_status quotient_table(const struct panel_activity *activity, const struct quotients *now, size_t period,
                         const struct quotients *before, struct uf_table **out, struct uf_error *error);
/* The table `location-quotient-findings`. */
uf_status quotient_findings(const struct panel_activity *activity, const struct quotients *quotients,
                            const struct quotient_ranks *ranks, size_t period, struct uf_table **out,
                            struct uf_error *error);
/* The one highest quotient of all, and how many quotients rounding leaves open. */
uf_status quotient_tell(const struct panel_activity *activity, const struct quotients *quotients,
                        size_t period, struct uf_result *result, struct uf_error *error);
/* How many changes rounding leaves open, and the largest that it does not. */
uf_status quotient_tell_changes(const struct panel_activity *activity, const struct quotients *now,
                                const struct quotients *before, struct uf_result *result,
                                struct uf_error *error);
#endif
