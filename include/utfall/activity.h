// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_ACTIVITY_H
#define UTFALL_ACTIVITY_H
/*
 * Activity by region and sector in one period: employment, value added, firms, exports. It is what the
 * kernels of specialisation, concentration and shift-share read.
 *
 * The values form a matrix, regions × sectors, all at least 0; NaN is a missing value and makes what is
 * formed from it NaN (the caller keeps the reason). The sectors must not overlap, unless the regions' totals
 * are given beside them.
 *
 * Sums come in two ways. A region's total is the sum of its sectors, or a published total that the caller
 * names: the two differ where the figures are rounded or a sector is left out. The reference area is the sum
 * of the regions, or a row that was published for it (`whole`): then a missing cell in one region does not
 * reach the others.
 *
 * Everything is borrowed: the struct owns nothing.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_activity {
    const gsl_matrix *value; /* regions × sectors, at least one of each */
    const gsl_vector *total; /* per region; NULL: the sum of its sectors */
    const gsl_vector *whole; /* per sector, the reference area's own row; NULL: the sum of the regions */
    double whole_total; /* the reference area's total; read only where both `whole` and `total` are given */
};

/* What a region is compared with. */
enum uf_reference {
    UF_REFERENCE_NATION, /* all regions together, the region among them; or `whole` */
    UF_REFERENCE_REST    /* the other regions together; not with `whole`, nor with one region only */
};

/* Checks shapes and signs: UF_BAD_INPUT names the first negative or infinite value, UF_BAD_USAGE the shape
 * that does not fit. The kernels below this header call it themselves. O(regions × sectors). */
uf_status uf_activity_check(const struct uf_activity *activity, enum uf_reference reference,
                            struct uf_error *error);

/* The bounds of figures that were rounded to whole `unit`: a printed x stands for a value in [max(0, x −
 * unit/2), x + unit/2]. A unit of 0 gives low = high = value; NaN stays NaN. All three matrices have one
 * shape. UF_BAD_USAGE: shapes differ, or a negative unit. */
uf_status uf_rounding_bounds(const gsl_matrix *value, double unit, gsl_matrix *out_low, gsl_matrix *out_high,
                             struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
