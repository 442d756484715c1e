// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_ACTIVITY_SUMS_H
#define UTFALL_PROFILE_ACTIVITY_SUMS_H
/* The margins of an activity that the kernels of this room share. */
#include <utfall/activity.h>

struct uf_activity_sums {
    size_t n_regions, n_sectors;
    double *region;           /* per region: the sum of its sectors */
    double *denominator;      /* per region: the given total, or that sum */
    double *sector;           /* per sector: the sum of the regions */
    double cells;             /* the sum of all cells */
    double denominators;      /* the sum of `denominator` */
    double *whole;            /* per sector: the given reference row; NULL where there is none */
    double whole_cells;       /* its sum */
    double whole_denominator; /* its given total, or that sum */
};

uf_status uf_activity_sums_new(const struct uf_activity *activity, struct uf_activity_sums *out,
                               struct uf_error *error);
void uf_activity_sums_clear(struct uf_activity_sums *sums);

/* True where two activities have the same shape and the same kind of totals and reference. */
uf_status uf_activity_check_pair(const struct uf_activity *low, const struct uf_activity *high,
                                 enum uf_reference reference, struct uf_error *error);
/* UF_BAD_USAGE unless `matrix` is regions × sectors of the activity. */
uf_status uf_activity_check_output(const struct uf_activity *activity, const gsl_matrix *matrix,
                                   struct uf_error *error);

#endif
