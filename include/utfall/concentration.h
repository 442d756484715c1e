// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CONCENTRATION_H
#define UTFALL_CONCENTRATION_H
/*
 * How concentrated a sector is in space, in one number per sector: distances between the regions' shares of
 * the sector (s) and their shares of all activity (x), and the concentration of s itself. The mirror image of
 * specialisation: columns instead of rows. Regions' shares depend on how finely space is divided; compare
 * sectors within one table.
 *
 * Ellison & Glaeser's γ asks more: whether a sector is more concentrated than its plants thrown at a map like
 * darts would be. It needs the sizes of the plants (not of firms, not of regions): G alone is large wherever
 * a few plants make up a sector.
 *
 * Sources: Krugman, P. (1991). Geography and Trade; Ellison, G. & Glaeser, E. L. (1997). Geographic
 * concentration in U.S. manufacturing industries: a dartboard approach. Journal of Political Economy, 105(5),
 * 889–927.
 */
#include <utfall/activity.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_concentration {
    double gini;       /* locational Gini: Lorenz curve of s against x, 0…1 (some packages halve it) */
    double hoover;     /* Σ |s − x| / 2, 0…1 */
    double krugman;    /* Σ |s − x|, 0…2 */
    double theil;      /* Σ s·ln(s/x); NaN where a region has the sector but no share in x */
    double herfindahl; /* Σ s² */
    double herfindahl_normalised; /* (H − 1/n)/(1 − 1/n), n regions; NaN for one region */
    double raw;                   /* Ellison–Glaeser's G = Σ (s − x)² */
};

/* One sector over n regions: its values and those it is compared with, each at least 0 (not yet shares). NaN
 * as in uf_specialisation_of. O(n log n). */
uf_status uf_concentration_of(const double *sector, const double *reference, size_t n,
                              struct uf_concentration *out, struct uf_error *error);

/* One struct per sector of the activity (`out` has as many); x are the regions' given totals, or the sums of
 * their sectors. `whole` is not used. */
uf_status uf_concentration(const struct uf_activity *activity, struct uf_concentration *out,
                           struct uf_error *error);

/* The share of the sum that the k largest of n values hold; NaN where one is missing or the sum is 0.
 * UF_BAD_USAGE: k is 0 or above n. O(n log n). */
uf_status uf_top_share(const double *value, size_t n, size_t k, double *out, struct uf_error *error);

/* Σ z², the Herfindahl index of plant sizes; NaN for no employment. O(n). */
uf_status uf_plant_herfindahl(const double *plant, size_t n, double *out, struct uf_error *error);

struct uf_ellison_glaeser {
    /* (G − (1 − Σx²)H) / ((1 − Σx²)(1 − H)); NaN where one plant or one region is all there is */
    double gamma;
    double raw;      /* G = Σ (s − x)² */
    double expected; /* (1 − Σx²)H: G of plants placed at random */
};
/* Ellison & Glaeser (1997): `plant_herfindahl` in (0, 1]; `sector` and `reference` as above. */
uf_status uf_ellison_glaeser(const double *sector, const double *reference, size_t n, double plant_herfindahl,
                             struct uf_ellison_glaeser *out, struct uf_error *error);

/* Panel by region and sector → tables `concentration` and `concentration-findings`. See
 * docs/methods/concentration.md. */
extern const struct uf_method uf_method_concentration;

#ifdef __cplusplus
}
#endif
#endif
