// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_ACTIVITY_BOX_H
#define UTFALL_PROFILE_ACTIVITY_BOX_H
/* The activities that the figures of a period may stand for, as a box to draw from: cells, given totals and reference row,
 * each drawn for itself, as they were rounded. */
#include "profile/panel_activity.h"
#include "profile/rounding_draws.h"

struct activity_box {
    struct rounding_box box; /* points into `room` */
    double *room;
    size_t n_regions, n_sectors;
    bool totals, whole;
    gsl_matrix value; /* what activity_box_at points to */
    gsl_vector total, all;
};
/* The box of the activity's period `period`; the first two draws make every location quotient above 1 as large and every
 * other as small as rounding lets its cell be, and the reverse. Released by activity_box_clear. */
uf_status activity_box_new(const struct panel_activity *activity, size_t period, struct activity_box *out,
                           struct uf_error *error);
void activity_box_clear(struct activity_box *box);
/* One table of the box, `box.n` numbers: the cells of one region (or, with `of_sectors`, of one sector) as far from their
 * reference as rounding lets them be, and all others as near (`far`; else the reverse). It places that one as high as it
 * can be, or as low. */
void activity_box_single_out(const struct activity_box *box, size_t which, bool of_sectors, bool far,
                             double *out);
/* Widens bands by all such tables. */
uf_status activity_box_take_singles(const struct activity_box *box, bool of_sectors, rounding_kernel *kernel,
                                    void *what, struct rounding_bands *bands, struct uf_error *error);
/* A drawn table as a kernel reads it: borrowed from `box` and `figures` until the next call. */
struct uf_activity activity_box_at(struct activity_box *box, const double *figures);
#endif
