// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SPECIALISATION_H
#define UTFALL_SPECIALISATION_H
/*
 * How specialised a region is, in one number per region: distances between its sector shares s and those of
 * the reference area q (Krugman, dissimilarity, Hachman, Gini, Theil), and the concentration of s itself
 * (Herfindahl, entropy).
 *
 * Shares are always of the sum of the sectors, also where totals are given: an index of a distribution needs
 * shares that add up to 1. The number of sectors in the table is part of the definition of several indices:
 * compare regions within one table, not across classifications.
 *
 * Sources: Krugman, P. (1991). Geography and Trade, MIT Press; Hachman, F. (1995), for the index of that
 * name; Palan, N. (2010). Measurement of specialization – the choice of indices, FIW Working Paper 62.
 */
#include <utfall/activity.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_specialisation {
    double krugman;               /* Σ |s − q|, 0…2 */
    double dissimilarity;         /* 100·Krugman/2: the percentage that would have to change sector */
    double herfindahl;            /* Σ s², 1/n…1 */
    double herfindahl_normalised; /* (H − 1/n)/(1 − 1/n), 0…1; NaN for a single sector */
    /* 1 / Σ s·LQ = 1 / Σ s²/q, 0…1; 1: as the reference; 0 where the region has a sector that the reference
     * lacks */
    double hachman;
    /* twice the area between the diagonal and the Lorenz curve of s against q, sectors in order of LQ, 0…1 */
    double gini;
    /* Σ s·ln(s/q), natural logarithm; NaN where the region has a sector that the reference lacks */
    double theil;
    double entropy;         /* −Σ s·ln s, natural logarithm */
    double entropy_log2;    /* the same in bits */
    size_t sectors_present; /* sectors with a value above 0 */
};

/* All indices of one region from two vectors of n values (not yet shares), each at least 0; 0·ln 0 is 0.
 * Indices that need only `region` are given also where `reference` is missing (NaN) or empty. An empty region
 * has all NaN. O(n log n). UF_BAD_USAGE: n is 0. */
uf_status uf_specialisation_of(const double *region, const double *reference, size_t n,
                               struct uf_specialisation *out, struct uf_error *error);

/* One struct per region of the activity (`out` has as many). `total` of the activity is not used. */
uf_status uf_specialisation(const struct uf_activity *activity, enum uf_reference reference,
                            struct uf_specialisation *out, struct uf_error *error);

/*
 * Bounds of the Krugman index when each figure is only known to lie between `low` and `high`: an outer band,
 * which surely holds the index but need not be attained. Per sector, s lies in [a₀/(a₀+b₁), a₁/(a₁+b₀)] (a
 * the cell, b the rest of the region) and q likewise; the term |s − q| lies between the distance of the two
 * intervals and their farthest ends; the bounds of the terms are added, and cut at 2. Vectors of one element
 * per region; NaN where something is missing or may be empty. O(regions × sectors).
 */
uf_status uf_krugman_band(const struct uf_activity *low, const struct uf_activity *high,
                          enum uf_reference reference, gsl_vector *out_low, gsl_vector *out_high,
                          struct uf_error *error);

/* What rounding leaves of indices that need no reference. */
struct uf_shares_band {
    double herfindahl_low, herfindahl_high; /* Σ s² */
    double entropy_low, entropy_high;       /* −Σ s·ln s, natural logarithm */
    double top_low, top_high;               /* the share of the `top` largest */
};
/*
 * Bounds of the indices of one distribution of n values, each only known to lie between `low` and `high`. They fall or
 * rise with inequality alone (they are Schur-convex or -concave, of shares), so that their extremes lie at the most even
 * and the most uneven tables of the box: each figure as near one level as it can be; and the smallest figures at their
 * lower, the largest at their upper ends. Exact where larger figures have larger bounds, as rounded ones do; else outer
 * bounds, which surely hold. All NaN where one is missing or all are 0. O(n log n).
 * UF_BAD_USAGE: no values, `top` outside 1…n, a bound below 0 or infinite, a lower one above its upper one.
 * Source: Marshall, A. W., Olkin, I. & Arnold, B. C. (2011). Inequalities: Theory of Majorization and Its Applications,
 * 2nd ed., Springer.
 */
uf_status uf_shares_band(const double *low, const double *high, size_t n, size_t top,
                         struct uf_shares_band *out, struct uf_error *error);

/* Panel by region and sector → tables `specialisation` and `specialisation-findings`. See
 * docs/methods/specialisation.md. */
extern const struct uf_method uf_method_specialisation;

#ifdef __cplusplus
}
#endif
#endif
