// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_VARIETY_H
#define UTFALL_VARIETY_H
/*
 * Variety of a region's activity: entropy over fine sectors, split by broad sectors into what lies between
 * them (unrelated variety) and within them (related variety). Logarithms to base 2 throughout, so that total
 * = unrelated + related exactly.
 *
 *     total     = Σ_i p_i·log2(1/p_i)
 *     unrelated = Σ_g P_g·log2(1/P_g)
 *     related   = Σ_g P_g·Σ_{i in g} (p_i/P_g)·log2(P_g/p_i)
 *
 * Source: Frenken, K., Van Oort, F. & Verburg, T. (2007). Related variety, unrelated variety and regional
 * economic growth. Regional Studies, 41(5), 685–697.
 */
#include <stddef.h>
#include <utfall/method.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_variety {
    double total, unrelated, related; /* bits; NaN where a value is missing or all are 0 */
    size_t sectors, groups;           /* with a value above 0 */
};

/* n fine sectors with values at least 0, and for each its broad sector as a number from 0 to n_groups − 1.
 * 0·log 0 is 0. O(n + n_groups). UF_BAD_INPUT: a negative or infinite value; UF_BAD_USAGE: n is 0, or a group
 * number out of range. */
uf_status uf_variety(const double *value, const size_t *group, size_t n, size_t n_groups,
                     struct uf_variety *out, struct uf_error *error);

struct uf_variety_band {
    double total_low, total_high;
    double unrelated_low, unrelated_high;
    double related_low, related_high;
};
/*
 * Bounds of the three when each value is only known to lie between `low` and `high`: outer bands, which surely hold
 * them but need not be attained. A share lies in [a₀/(a₀+b₁), a₁/(a₁+b₀)] (a the value, b the sum of the others); a
 * term p·log2(1/p) lies between its ends, or reaches its largest at p = 1/e; the bounds of the terms are added, and cut
 * by what no distribution exceeds: log2 of the number of sectors or groups. Related variety's terms are a share times
 * log2 of the inverse share in the group; it is at least total − unrelated by their bounds. NaN where a value is missing
 * or all may be 0. O(n + n_groups). UF_BAD_INPUT and UF_BAD_USAGE as above, and where a lower bound lies above an upper.
 */
uf_status uf_variety_band(const double *low, const double *high, const size_t *group, size_t n,
                          size_t n_groups, struct uf_variety_band *out, struct uf_error *error);

/* Panel by region and fine sector → tables `variety`, `variety-parts` and `variety-findings`. See
 * docs/methods/variety.md. */
extern const struct uf_method uf_method_variety;

#ifdef __cplusplus
}
#endif
#endif
