// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_PANEL_CUBE_H
#define UTFALL_PROFILE_PANEL_CUBE_H
/* All units × sectors × chosen periods of a panel, before it is settled which of them are regions and sectors; and what is
 * done about figures that are hidden, when the user says so by name. */
#include "profile/panel_activity.h"

struct panel_cube {
    size_t n_units, n_sectors, n_periods;
    double *value;
    uf_value_status *status; /* what is filled in is no longer missing, and imputed */
    bool *hidden;            /* by the publisher, and known to lie below the option `suppressed-below` */
    bool *region, *sector;   /* kept */
};

static inline size_t panel_cube_at(const struct panel_cube *cube, size_t period, size_t unit, size_t sector)
{
    return (period * cube->n_units + unit) * cube->n_sectors + sector;
}
/* Suppressed or confidential: there is a figure, and it is not shown. */
static inline bool panel_cube_is_hidden(uf_value_status status)
{
    return (status & (UF_VALUE_SUPPRESSED | UF_VALUE_CONFIDENTIAL)) != 0;
}

/* Fills gaps of the kept regions and sectors as the option `impute` says, and marks hidden cells that
 * `suppressed-below` bounds; lists both in `out`. UF_BAD_USAGE: options that do not fit each other. */
uf_status panel_cube_impute(const struct uf_panel *panel, const struct uf_options *options,
                            const size_t *periods, struct panel_cube *cube, struct panel_activity *out,
                            struct uf_error *error);
/* Settles by the options which units are regions and which sectors are sectors, in the cube and in `out`, with the total, the
 * reference area and who lacks nothing; fills gaps on the way. UF_BAD_USAGE: a code that is not there, options that exclude
 * each other; UF_BAD_INPUT: nothing is left. */
uf_status panel_cube_choose(const struct uf_panel *panel, const struct uf_options *options,
                            const size_t *periods, struct panel_cube *cube, struct panel_activity *out,
                            struct uf_error *error);
#endif
