// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SPATIAL_H
#define UTFALL_SPATIAL_H
/*
 * Are neighbours alike? Weights between regions, the spatial lag, global autocorrelation (Moran's I, Geary's C,
 * Getis and Ord's G) with its variances under normality and randomisation and by permutation, and local
 * autocorrelation (local Moran, Getis and Ord's G_i and G_i*) with conditional permutations.
 *
 * n regions, weights w_ij with w_ii = 0, w_i = Σ_j w_ij, S0 = Σ w_ij, z_i = x_i − x̄, m_2 = Σ z_i²/n. A region
 * without any neighbour is an *island*: its lag is 0 in the global sums, and its local figures are NaN. Values
 * must be finite: who is missing is the caller's business, since a region left out also takes its links along.
 *
 * Sources: Cliff, A. D. & Ord, J. K. (1981). Spatial Processes, §2; Getis, A. & Ord, J. K. (1992), Geographical
 * Analysis 24(3), 189–206, eq. 5–7; Anselin, L. (1995), Geographical Analysis 27(2), 93–115, eq. 12–14; Ord, J. K. &
 * Getis, A. (1995), Geographical Analysis 27(4), 286–306, eq. 14; Sokal, R. R., Oden, N. L. & Thomson, B. A. (1998),
 * Geographical Analysis 30(4), 331–354.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- weights ----------------------------------------------------------------------------------- */

/* Rows of neighbours, one after the other: those of region i are neighbour[start[i]] … neighbour[start[i + 1] − 1],
 * rising. */
struct uf_spatial_weights {
    size_t n, n_links, n_islands;
    size_t *start;     /* n + 1 */
    size_t *neighbour; /* n_links */
    double *weight;    /* n_links, above 0 */
};
/* Frees what it holds; fine on zeros. */
void uf_spatial_weights_clear(struct uf_spatial_weights *weights);

/* Directed links from[l] → to[l] with weight[l] (NULL: 1). `both_ways`: each link also the other way, where it is not
 * listed. A weight of 0 is no link. UF_BAD_INPUT: a link of a region with itself, the same link twice with different
 * weights, a weight that is negative or not finite; UF_BAD_USAGE: an index beyond n. O(links log links). */
uf_status uf_spatial_weights_from_links(size_t n, const size_t *from, const size_t *to, const double *weight,
                                        size_t n_links, bool both_ways, struct uf_spatial_weights *out,
                                        struct uf_error *error);

/* Planar: √(Δx² + Δy²), in the unit of the coordinates. Great circle: x is longitude and y latitude in degrees; km on a
 * sphere of radius 6371.0088 km (haversine). */
enum uf_distance_metric { UF_DISTANCE_PLANAR, UF_DISTANCE_GREAT_CIRCLE };

/* The k nearest others of each region, weight 1. Of equally distant ones the first in order is taken; `out_ties` (may be
 * NULL) counts the regions where that decided. UF_BAD_USAGE: k is 0 or not below n; UF_BAD_INPUT: a coordinate that
 * is not finite, or no degree. O(n² log n). */
uf_status uf_spatial_weights_k_nearest(const double *x, const double *y, size_t n, size_t k,
                                       enum uf_distance_metric metric, struct uf_spatial_weights *out,
                                       size_t *out_ties, struct uf_error *error);
/* All others within `distance`, that distance included, weight 1. Errors as above; UF_BAD_USAGE: a distance not above 0.
 * O(n²). */
uf_status uf_spatial_weights_distance_band(const double *x, const double *y, size_t n, double distance,
                                           enum uf_distance_metric metric, struct uf_spatial_weights *out,
                                           struct uf_error *error);

/* Divides each row by its sum, so that the lag is the neighbours' weighted mean. O(links). */
void uf_spatial_weights_row_standardise(struct uf_spatial_weights *weights);
/* Only the regions for which keep[i], in their order, with the links among them; weights as they were. */
uf_status uf_spatial_weights_subset(const struct uf_spatial_weights *weights, const bool *keep,
                                    struct uf_spatial_weights *out, struct uf_error *error);
/* out[i] = Σ_j w_ij x_j; 0 for an island. O(links). */
void uf_spatial_lag(const struct uf_spatial_weights *weights, const double *x, double *out);

/* S0 = Σ w_ij, S1 = ½ Σ (w_ij + w_ji)², S2 = Σ (w_i. + w_.i)². */
struct uf_spatial_constants {
    double s0, s1, s2;
};
/* O(links log links). */
uf_status uf_spatial_constants(const struct uf_spatial_weights *weights, struct uf_spatial_constants *out,
                               struct uf_error *error);

/* --- global ------------------------------------------------------------------------------------ */

/*
 * I = (n/S0) Σ w_ij z_i z_j / Σ z_i²; expected −1/(n − 1).
 * C = ((n − 1)/(2 S0)) Σ w_ij (x_i − x_j)² / Σ z_i²; expected 1; below 1 where neighbours are alike.
 * G = Σ w_ij x_i x_j / Σ_{i≠j} x_i x_j; expected S0/(n(n − 1)); needs values of at least 0.
 */
enum uf_spatial_statistic { UF_SPATIAL_MORAN, UF_SPATIAL_GEARY, UF_SPATIAL_GETIS_ORD, UF_SPATIAL_STATISTICS };

/* z = (statistic − expectation)/√variance, never reversed; p two-sided, from the normal distribution. */
struct uf_spatial_moments {
    double variance, z, p_value; /* NaN where there are none */
};
struct uf_spatial_test {
    double statistic, expectation;
    struct uf_spatial_moments normality;     /* x drawn from a normal distribution; none for G */
    struct uf_spatial_moments randomisation; /* x dealt out to the regions at random */
    size_t n;                                /* in the formulas */
};
/* `count_islands` false: n in the formulas counts only regions with neighbours, though mean and m_2 are of all.
 * UF_NOT_IDENTIFIED: fewer than 4 regions, no links, values that do not vary; UF_BAD_INPUT: a value that is not
 * finite, or for G one below 0. O(links log links). */
uf_status uf_spatial_global(const struct uf_spatial_weights *weights, const double *x,
                            enum uf_spatial_statistic statistic, bool count_islands,
                            struct uf_spatial_test *out, struct uf_error *error);

struct uf_spatial_draws {
    size_t draws; /* 0: 9,999 */
    uint64_t seed;
    int threads; /* 0: as many as there are; results do not depend on it */
    /* A non-zero return asks to stop (UF_INTERRUPTED); may be NULL. Called from the calling thread only. */
    int (*progress)(void *user, double share);
    void *user;
};

struct uf_spatial_permutation {
    double mean, deviation; /* of the statistic over the draws; n − 1 */
    size_t at_least,
        at_most; /* draws with a statistic ≥, ≤ the observed one; equal up to rounding counts as both */
    double p_value;  /* two-sided: 2 (min(at_least, at_most) + 1)/(draws + 1), at most 1 */
    double p_folded; /* one-sided on the side where the statistic lies: half of that */
    size_t draws;
};
/* All three statistics from the same permutations of x over the regions: out[UF_SPATIAL_STATISTICS]. That of G has NaN
 * for mean, deviation and p where x has a value below 0. Errors as above. O(draws × (n + links)). */
uf_status uf_spatial_global_permutation(const struct uf_spatial_weights *weights, const double *x,
                                        const struct uf_spatial_draws *draws,
                                        struct uf_spatial_permutation *out, struct uf_error *error);

/* --- local ------------------------------------------------------------------------------------- */

struct uf_local_moran {
    double statistic; /* I_i = z_i Σ_j w_ij z_j / m_2 */
    /* given x_i, the others dealt out at random to its neighbours (Sokal et al.): what the permutations draw from */
    double conditional_expectation;
    struct uf_spatial_moments conditional;
    double total_expectation; /* all values dealt out (Anselin 1995): −w_i/(n − 1) */
    struct uf_spatial_moments total;
};
/* out[n]; NaN for islands. UF_NOT_IDENTIFIED and UF_BAD_INPUT as uf_spatial_global. O(links). */
uf_status uf_local_moran(const struct uf_spatial_weights *weights, const double *x,
                         struct uf_local_moran *out, struct uf_error *error);

/*
 * Conditional permutations: for each region, x_i stays and its neighbours' values are drawn *without* replacement from
 * the n − 1 others, out[n]. The numbers of draw r for region i are a function of (seed, i, r) alone. Only the neighbours'
 * values are drawn (a partial Fisher–Yates shuffle, undone after each draw), from numbers dealt several to a 64-bit
 * word without bias (Brackett-Rozinsky & Lemire 2024, Software: Practice and Experience 54, §3). NaN for
 * islands. O(draws × links).
 */
uf_status uf_local_moran_permutation(const struct uf_spatial_weights *weights, const double *x,
                                     const struct uf_spatial_draws *draws, struct uf_spatial_permutation *out,
                                     struct uf_error *error);

/* G_i (star false: the region itself not counted) or G_i* (counted, with the mean of its row's weights) as a standard
 * deviate; NaN for islands. Above 0: high values around. Errors as uf_local_moran. O(links). */
uf_status uf_local_getis_ord(const struct uf_spatial_weights *weights, const double *x, bool star,
                             double *out, struct uf_error *error);

/* By x_i and its lag, both as deviations from the mean of x; a 0 counts as low. */
enum uf_spatial_quadrant {
    UF_SPATIAL_NONE, /* an island */
    UF_SPATIAL_HIGH_HIGH,
    UF_SPATIAL_LOW_HIGH, /* low, among high */
    UF_SPATIAL_LOW_LOW,
    UF_SPATIAL_HIGH_LOW
};
/* out[n]; `weights` row-standardised or not. O(links). */
void uf_spatial_quadrants(const struct uf_spatial_weights *weights, const double *x,
                          enum uf_spatial_quadrant *out);

/* Benjamini and Hochberg's adjusted p: out_q[i] is the smallest false discovery rate at which hypothesis i is rejected.
 * NaN p take no part and stay NaN. O(n log n). Source: Benjamini, Y. & Hochberg, Y. (1995), JRSS B 57(1), 289–300. */
uf_status uf_false_discovery_rate(const double *p, size_t n, double *out_q, struct uf_error *error);

/* `utfall profile spatial`. */
extern const struct uf_method uf_method_spatial;

#ifdef __cplusplus
}
#endif
#endif
