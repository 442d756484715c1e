// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PEER_REGIONS_H
#define UTFALL_PEER_REGIONS_H
/*
 * How alike regions are: distances over chosen indicators, or over their shares of sectors; the nearest are a
 * region's structural peers, with whom a comparison of results is fairer than with the mean of all.
 *
 * Rows are regions, columns attributes. A missing attribute (NaN) makes each distance of that region NaN.
 *
 * Sources: Navarro, M. et al. (2014). Regional benchmarking in the smart specialisation process: identification of
 * reference regions based on structural similarity. S3 Working Paper 03/2014, European Commission; Mahalanobis, P. C.
 * (1936). On the generalized distance in statistics; Krugman, P. (1991). Geography and Trade; Finger, J. M. & Kreinin,
 * M. E. (1979). A measure of 'export similarity' and its possible uses. Economic Journal 89, 905–912.
 */
#include <gsl/gsl_matrix.h>
#include <stdbool.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_structural_distance {
    UF_DISTANCE_STANDARDISED_EUCLIDEAN, /* √Σ (z_i − z_j)², z-scores with n − 1 */
    UF_DISTANCE_MAHALANOBIS,            /* √(d' S⁻¹ d), S the covariance with n − 1 */
    UF_DISTANCE_SHARE_DIFFERENCE,       /* Σ |s_i − s_j|, 0…2 (Krugman) */
    UF_DISTANCE_SHARE_OVERLAP, /* 1 − Σ min(s_i, s_j), 0…1 (Finger & Kreinin's similarity from 1) */
    UF_DISTANCE_COSINE         /* 1 − s_i's_j / (|s_i||s_j|), 0…1 for shares */
};

/* Regions × regions, symmetric, 0 on the diagonal. Means, deviations and covariance are formed over the regions
 * without a NaN. UF_NOT_IDENTIFIED: an attribute that does not vary (STANDARDISED_EUCLIDEAN), or a covariance without
 * full rank (MAHALANOBIS: less than 1e-6 of an attribute's deviation is its own), and then `*out_column` (may be NULL) is the attribute at fault; fewer than two regions with
 * all attributes. O(regions² · attributes), MAHALANOBIS · attributes². */
uf_status uf_structural_distance(const gsl_matrix *attributes, enum uf_structural_distance kind,
                                 gsl_matrix *out, size_t *out_column, struct uf_error *error);

/* Bounds of the distances where an attribute is only known to lie between `low` and `high` (rounded figures).
 * Every figure may lie anywhere between its own, whatever the others are, and the deviations of STANDARDISED_EUCLIDEAN are
 * formed from them anew: the bounds hold each distance that any such figures give, and are reached or nearly so (shares,
 * which add up, may not be free to reach them). Not for MAHALANOBIS and COSINE (UF_BAD_USAGE). Errors and cost as above. */
uf_status uf_structural_distance_band(const gsl_matrix *attributes, const gsl_matrix *low,
                                      const gsl_matrix *high, enum uf_structural_distance kind,
                                      gsl_matrix *out_low, gsl_matrix *out_high, struct uf_error *error);

/* The up to `k` nearest of the regions that `allowed` (regions long; NULL: all) lets in, the region itself never;
 * nearest first, ties in the regions' order. Regions at an unknown distance (NaN) are none. Returns how many.
 * O(k · regions). */
size_t uf_nearest_regions(const gsl_matrix *distance, size_t region, const bool *allowed, size_t k,
                          size_t *out);

/* Panel of indicators, or by region and sector → tables `peer-regions`, `peer-regions-findings` and, on demand,
 * `structural-distance`. See docs/methods/peer-regions.md. */
extern const struct uf_method uf_method_peer_regions;

#ifdef __cplusplus
}
#endif
#endif
