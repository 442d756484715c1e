// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/cluster_stars.h>

#include <math.h>
#include <utfall/location_quotient.h>

#include "base/fail.h"

/* `size` is that of the numbers the value is formed from: what their rounding can take from it takes no star. */
static double at_least(double value, double threshold, double size)
{
    return isnan(value) ? (double)NAN : value >= threshold - 1e-12 * size;
}

static double column_sum(const gsl_matrix *x, size_t s)
{
    double sum = 0;
    for (size_t r = 0; r < x->size1; r++) sum += gsl_matrix_get(x, r, s);
    return sum;
}

double uf_star_size_places(size_t present, double share)
{
    return ceil(share * (double)present - 1e-9); /* 0.3 of 10 is 3, also where the product is a little more */
}

/* Ranks within a sector; the star goes to the first of them. A region whose size is not known leaves the others' ranks
 * open, since it may be larger. */
static void rank_sizes(const gsl_matrix *x, size_t s, double share, gsl_matrix *rank, gsl_matrix *star)
{
    size_t present = 0;
    bool open = false;
    for (size_t r = 0; r < x->size1; r++) {
        present += gsl_matrix_get(x, r, s) > 0;
        open = open || isnan(gsl_matrix_get(x, r, s));
    }
    const double most = uf_star_size_places(present, share);
    for (size_t r = 0; r < x->size1; r++) {
        double own = gsl_matrix_get(x, r, s), place = 1;
        for (size_t j = 0; j < x->size1; j++) place += gsl_matrix_get(x, j, s) > own;
        bool known = !open && own > 0;
        gsl_matrix_set(rank, r, s, known ? place : (double)NAN);
        gsl_matrix_set(star, r, s, open ? (double)NAN : known && place <= most);
    }
}

static uf_status check_shape(const gsl_matrix *x, const gsl_matrix *like, const char *what,
                             struct uf_error *error)
{
    if (!x || (x->size1 == like->size1 && x->size2 == like->size2)) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE, "%s is %zu × %zu, but the activity is %zu × %zu", what, x->size1,
                   x->size2, like->size1, like->size2);
}

uf_status uf_cluster_stars(const struct uf_activity *activity, enum uf_reference reference,
                           const gsl_matrix *output, const gsl_matrix *before,
                           const struct uf_star_options *options, struct uf_cluster_measures *out,
                           struct uf_error *error)
{
    const gsl_matrix *x = activity->value;
    UF_TRY(check_shape(output, x, "the output", error));
    UF_TRY(check_shape(before, x, "the earlier activity", error));
    UF_TRY(uf_location_quotient(activity, reference, out->measure[UF_STAR_SPECIALISATION], error));
    for (size_t s = 0; s < x->size2; s++) {
        const double all = column_sum(x, s), made = output ? column_sum(output, s) : (double)NAN;
        const double earlier = before ? column_sum(before, s) : (double)NAN;
        rank_sizes(x, s, options->size_share, out->measure[UF_STAR_SIZE], out->star[UF_STAR_SIZE]);
        for (size_t r = 0; r < x->size1; r++) {
            double own = gsl_matrix_get(x, r, s), ratio = NAN, beyond = NAN;
            if (output && own > 0 && made > 0) ratio = gsl_matrix_get(output, r, s) / own / (made / all);
            if (before && gsl_matrix_get(before, r, s) > 0 && earlier > 0)
                beyond = 100 * (own / gsl_matrix_get(before, r, s) - all / earlier);
            gsl_matrix_set(out->measure[UF_STAR_PRODUCTIVITY], r, s, ratio);
            gsl_matrix_set(out->measure[UF_STAR_GROWTH], r, s, beyond);
            gsl_matrix_set(out->star[UF_STAR_PRODUCTIVITY], r, s,
                           at_least(ratio, options->productivity, fabs(options->productivity)));
            gsl_matrix_set(out->star[UF_STAR_GROWTH], r, s,
                           at_least(beyond, options->growth, 100 * all / earlier));
            gsl_matrix_set(out->star[UF_STAR_SPECIALISATION], r, s,
                           at_least(gsl_matrix_get(out->measure[UF_STAR_SPECIALISATION], r, s),
                                    options->specialisation, fabs(options->specialisation)));
        }
    }
    return UF_OK;
}
