// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CLUSTER_STARS_H
#define UTFALL_CLUSTER_STARS_H
/*
 * Which sectors of a region are clusters: one star each for size, specialisation, productivity and growth, after the
 * European Cluster Observatory. Descriptive thresholds, not tests.
 *
 * Sources: European Cluster Observatory (2011). Star clusters: methodology; Ketels, C. & Protsiv, S. (2016). European
 * Cluster Panorama. European Commission.
 */
#include <gsl/gsl_matrix.h>
#include <utfall/activity.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_star {
    UF_STAR_SIZE,           /* among the largest regions in the sector */
    UF_STAR_SPECIALISATION, /* location quotient at or above a threshold */
    UF_STAR_PRODUCTIVITY,   /* output per person at or above a multiple of the sector's in all regions */
    UF_STAR_GROWTH,         /* growth beyond that of the sector in all regions, at least so much */
    UF_STARS
};
struct uf_star_options {
    double size_share;     /* the size star goes to the ⌈share · regions with the sector⌉ largest */
    double specialisation; /* 2 */
    double productivity;   /* 1: as in all regions together */
    double growth;         /* percentage points over the whole time; 0 */
};
/* What the stars go by, and the stars: regions × sectors. A star is 1, 0, or NaN where its measure is not known. */
struct uf_cluster_measures {
    gsl_matrix
        *measure[UF_STARS]; /* rank of size (1 is largest, ties share the better rank), quotient, productivity
                                      ratio, growth beyond in percentage points */
    gsl_matrix *star[UF_STARS];
};
/* `output` (what `activity` produces) and `before` (activity at an earlier time) are regions × sectors or NULL: then
 * productivity and growth are NaN. Sums of the sector leave out nothing: a missing region makes the sector's comparison
 * NaN. All eight matrices of `out` are the caller's. A sector without activity in the region has no size rank and no
 * star for size. UF_BAD_INPUT, UF_BAD_USAGE as uf_activity_check. O(regions² · sectors). */
uf_status uf_cluster_stars(const struct uf_activity *activity, enum uf_reference reference,
                           const gsl_matrix *output, const gsl_matrix *before,
                           const struct uf_star_options *options, struct uf_cluster_measures *out,
                           struct uf_error *error);

/* The last rank that gets the star for size where so many regions have the sector: ⌈share · present⌉, as the top 10 % of 16 are 2. */
double uf_star_size_places(size_t present, double share);

/* Panel by region and sector → tables `cluster-stars` and `cluster-stars-findings`. See docs/methods/cluster-stars.md. */
extern const struct uf_method uf_method_cluster_stars;

#ifdef __cplusplus
}
#endif
#endif
