// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_PLANTS_H
#define UTFALL_PROFILE_PLANTS_H
/* The Herfindahl index of plant sizes by sector, as the user gives it: as numbers, or as a column with the sums of
 * squared sizes beside the sizes' own sums. */
#include "profile/panel_activity.h"

struct plants {
    bool given;
    double *herfindahl;       /* per sector of the activity; NaN where not known */
    uf_value_status *missing; /* why not */
};
/* Reads the options `plant-squares` and `plant-herfindahl`. UF_BAD_USAGE: both are given, a column or sector that is not
 * there, an item that is not CODE=NUMBER; UF_BAD_INPUT: an index outside (0, 1], or squares that cannot be those of the
 * values. Clear `out` also after a failure. */
uf_status plants_read(const struct panel_activity *activity, const struct uf_options *options,
                      struct plants *out, struct uf_error *error);
void plants_clear(struct plants *plants);

#endif
