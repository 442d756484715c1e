// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_LOCATION_QUOTIENT_GROWTH_H
#define UTFALL_PROFILE_LOCATION_QUOTIENT_GROWTH_H
/* Quotient, growth and size of each region and sector, for bubbles. */
#include "profile/panel_activity.h"

/* Table `location-quotient-growth` of the activity's last period against its first; `quotient` is regions × sectors of
 * the last, with its bounds. Growth is in per cent; missing where either figure is, undefined from 0. What rounding
 * leaves of it: the least now over the most before, and the other way about. */
uf_status location_quotient_growth_table(const struct panel_activity *activity,
                                         const gsl_matrix *const quotient[BOUNDS], struct uf_table **out,
                                         struct uf_error *error);

#endif
