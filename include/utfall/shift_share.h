// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SHIFT_SHARE_H
#define UTFALL_SHIFT_SHARE_H
/*
 * Shift-share: a region's change between two periods as what it would have been had the region followed the
 * nation, what its mix of sectors added, and what is left, which is the region's own. An accounting identity,
 * not an explanation.
 *
 * For sector s with e₀, e₁ in the region and E₀, E₁ in the nation, growth rates g = e₁/e₀ − 1, G_s = E₁/E₀ −
 * 1, and g., G. those of the sums over sectors:
 *
 *     change = e₁ − e₀ = e₀·G. + e₀·(G_s − G.) + (e₁ − e₀·(1 + G_s))
 *                        national  industry mix   regional (competitive)
 *
 * Esteban-Marquillas splits the regional component by what the region would hold of the sector with the
 * nation's structure, the homothetic h = e.₀·E₀/E.₀:  competitive h·(g − G_s), allocation (e₀ − h)·(g − G_s).
 * Arcelus splits it in four: the region's overall lead g. − G. and the sector's lead beyond it, (g − g.) −
 * (G_s − G.), each at h (expected) and e₀ − h (differential).
 *
 * A sector that is absent in the region at the start has no growth rate. Its national component and mix are 0
 * and its regional component is all of e₁; the splits cannot be formed, so e₁ goes to a component of its own,
 * `entry`, and nothing is lost: competitive + allocation + entry = regional. A sector absent in the nation at
 * the start is absent in the region too; where a given nation says otherwise, the parts are NaN.
 *
 * Sources: Dunn, E. S. (1960). A statistical and analytical technique for regional analysis. Papers of the
 * RSA, 6, 97–112; Esteban-Marquillas, J. M. (1972). A reinterpretation of shift-share analysis. Regional and
 * Urban Economics, 2(3), 249–255; Arcelus, F. J. (1984). An extension of shift-share analysis. Growth and
 * Change, 15(1), 3–8; Barff, R. A. & Knight, P. L. (1988). Dynamic shift-share analysis. Growth and Change,
 * 19(2), 1–10.
 */
#include <gsl/gsl_matrix.h>
#include <stdbool.h>
#include <utfall/method.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_shift_share_variant {
    UF_SHIFT_SHARE_CLASSIC,            /* national, mix, regional */
    UF_SHIFT_SHARE_ESTEBAN_MARQUILLAS, /* national, mix, competitive, allocation, entry */
    UF_SHIFT_SHARE_ARCELUS             /* national, mix, four parts, entry */
};

/* Of one sector, or summed over the sectors; all in the unit of the data. Every variant's parts are there. */
struct uf_shift_share {
    double start, end, change;
    double national, mix, regional;
    double homothetic;              /* h */
    double competitive, allocation; /* Esteban-Marquillas */
    double growth_expected, growth_differential, industry_expected, industry_differential; /* Arcelus */
    double entry;   /* part of regional, and of none of the splits */
    size_t entries; /* sectors absent in the region at the start and present at the end */
};

/*
 * Region and nation at start and end: four arrays of n values, each at least 0; NaN is missing and makes the
 * sector's parts and the sums NaN. `out_sectors` (n, or NULL) and `out_total`. Where the nation is empty at
 * the start, all components are NaN; where only the region is, its whole end is regional and entry, and
 * Arcelus's parts are NaN. O(n). UF_BAD_INPUT: a negative or infinite value; UF_BAD_USAGE: n is 0.
 */
uf_status uf_shift_share(const double *region_start, const double *region_end, const double *nation_start,
                         const double *nation_end, size_t n, struct uf_shift_share *out_sectors,
                         struct uf_shift_share *out_total, struct uf_error *error);

/* The same step by step over consecutive periods, components summed (Barff & Knight 1988): the mix is updated
 * each period. Rows of the matrices are periods in time (at least two), columns sectors; `start` is the first
 * row, `end` the last; `homothetic` is the first step's. O(periods × sectors). */
uf_status uf_shift_share_dynamic(const gsl_matrix *region, const gsl_matrix *nation,
                                 struct uf_shift_share *out_sectors, struct uf_shift_share *out_total,
                                 struct uf_error *error);

/* Bounds of the figures, as uf_rounding_bounds gives them: arrays of n values for the region and the nation
 * at start and end. */
struct uf_shift_share_ranges {
    const double *region_start_low, *region_start_high, *region_end_low, *region_end_high;
    const double *nation_start_low, *nation_start_high, *nation_end_low, *nation_end_high;
    /* A published total of the region that the sectors divide, with its own bounds; NaN: none. It is often
     * much sharper than the sum of many rounded sectors. */
    double total_start_low, total_start_high, total_end_low, total_end_high;
};
struct uf_shift_share_band {
    double change_low, change_high;
    double regional_low, regional_high;
    double mix_low, mix_high;
    double national_growth_low,
        national_growth_high; /* Σ E₁ ÷ Σ E₀ − 1: the national component over the start */
    double start_low, start_high, end_low, end_high; /* of the sectors' sum in the region */
};
/*
 * What rounding leaves open of a region's change and of its regional component. With ρ = E₁/E₀ in
 * [E₁low/E₀high, E₁high/E₀low]: change = Σ(e₁ − e₀) and regional = Σ(e₁ − e₀·ρ), or with a total T: change =
 * T₁ − T₀ and regional = T₁ − T₀ − Σ e₀·(ρ − 1); where both can be formed, the narrower end of each counts.
 * mix = Σ e₀·(ρ − P) with the nation's P = Σ E₁ ÷ Σ E₀.
 * The band of the change is exact without a total; the others are outer: they surely hold the value (if the
 * sectors do divide the total) but need not be attained. NaN where a figure is missing or a sector of the
 * nation may be empty at the start. O(n). UF_BAD_USAGE: n is 0.
 */
uf_status uf_shift_share_band(const struct uf_shift_share_ranges *ranges, size_t n,
                              struct uf_shift_share_band *out, struct uf_error *error);

/* Two periods (rows) of sectors (columns), each figure known to lie between two bounds: the region's, and those of the rest
 * of the nation where the region is part of it (`within`), else those of the nation or whatever the region is compared
 * with. */
struct uf_shift_share_box {
    const gsl_matrix *region_low, *region_high, *rest_low, *rest_high;
    bool within;
};
/*
 * The least and the largest that the change, its three components and the entry of each sector can be in the box, exactly, and
 * for the region as a whole start, end, change, national and regional, exactly, and the mix by outer bounds (the sectors'
 * summed). Arrays of n, or NULL. What is not named is NaN. With e the region, c the rest and A what else there is:
 *
 * - regional is (e₁·c₀ − e₀·c₁)/(e₀ + c₀), rising in e₁ and c₀ and falling in e₀ and c₁; the sectors' vary freely of each
 *   other, so that their sums' bounds are sums.
 * - national e₀·(N₁/(e₀ + A) − 1) is concave in e₀ with its top at √(A·N₁) − A.
 * - mix e₀·(E₁/E₀ − N₁/N₀) rises in E₁ and in the other sectors' start and falls in their end; for a given E₀ it is linear
 *   in e₀, so that its extremes lie on the edges of the box of e₀ and c₀, where it turns at most once.
 *
 * Bounds that are not attained are limits; NaN where there is none, as where a nation of its own may be empty at the start.
 * O(n). UF_BAD_USAGE: shapes.
 */
uf_status uf_shift_share_bounds(const struct uf_shift_share_box *box, struct uf_shift_share *out_sectors_low,
                                struct uf_shift_share *out_sectors_high, struct uf_shift_share *out_low,
                                struct uf_shift_share *out_high, struct uf_error *error);

/* Figures with the standard deviations of their errors; arrays of n values. A figure rounded to whole u has
 * u/√12 if its error is spread evenly, and a sum of such figures the root of the sum of squares. */
struct uf_shift_share_errors {
    const double *region_start, *region_end, *nation_start, *nation_end;
    const double *region_start_error, *region_end_error, *nation_start_error, *nation_end_error;
};
/*
 * The standard deviation that independent errors give the regional component Σ(e₁ − e₀·E₁/E₀), to first
 * order: √Σ(σ₁² + ρ²σ₀² + e₀²ρ²(τ₁²/E₁² + τ₀²/E₀²)), with σ the region's errors, τ the nation's, ρ = E₁/E₀.
 * What is likely, where the band says what is possible; that the region is part of the nation is neglected. A
 * sector empty in the nation at the start and in the region counts σ₁ only. NaN where a figure is missing.
 * O(n). UF_BAD_USAGE: n is 0.
 */
uf_status uf_shift_share_error(const struct uf_shift_share_errors *figures, size_t n, double *out,
                               struct uf_error *error);

/* Panel by region, sector and period → tables `shift-share`, `shift-share-sectors`, `shift-share-components`,
 * `shift-share-findings`. See docs/methods/shift-share.md. */
extern const struct uf_method uf_method_shift_share;

#ifdef __cplusplus
}
#endif
#endif
