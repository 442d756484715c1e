// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_RELATEDNESS_H
#define UTFALL_RELATEDNESS_H
/*
 * How near sectors are to each other: those that the same regions are specialised in, or between which people
 * change jobs; and how near a region's sectors are to one it may not have yet (relatedness density).
 *
 * A presence matrix M, regions × sectors, has 1 where a region is specialised in a sector (LQ at or above a
 * threshold) and 0 elsewhere. Two sectors occur together C_ij = Σ_r M_ri·M_rj times. A measure divides that by
 * what the two sectors' occurrences n_i = Σ_r M_ri would let expect.
 *
 * A presence that is not known (NaN) has no place in a network, where each cell touches all: the caller leaves
 * the region or the sector out, or decides, and says so.
 *
 * Sources: Hidalgo, C. A. et al. (2007). The product space conditions the development of nations. Science
 * 317, 482–487; van Eck, N. J. & Waltman, L. (2009). How to normalize cooccurrence data? JASIST 60(8),
 * 1635–1651; Steijn, M. P. A. (2021). Improvement on the association strength. PLOS ONE 16(2); Neffke, F. &
 * Henning, M. (2013). Skill relatedness and firm diversification. Strategic Management Journal 34(3), 297–316.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_relatedness_measure {
    UF_RELATEDNESS_MIN_CONDITIONAL, /* min(P(i|j), P(j|i)) = C_ij / max(n_i, n_j), 0…1 */
    UF_RELATEDNESS_COSINE,          /* C_ij / √(n_i·n_j), 0…1 */
    UF_RELATEDNESS_JACCARD,         /* C_ij / (n_i + n_j − C_ij), 0…1 */
    UF_RELATEDNESS_ASSOCIATION,     /* C_ij over what independence lets expect; 1: as by chance */
    UF_RELATEDNESS_PROBABILITY      /* the same for pairs drawn without a sector meeting itself */
};
/* What n_i counts. */
enum uf_relatedness_base {
    UF_BASE_OCCURRENCES,   /* the regions that have the sector; expected C_ij = n_i·n_j / R */
    UF_BASE_CO_OCCURRENCES /* Σ_{j≠i} C_ij; expected C_ij = n_i·n_j / Σn */
};

/* Regions × sectors of 0 and 1 from quotients: 1 where the quotient is at least `threshold`; an undefined (NaN)
 * one stays NaN. A quotient short of it by less than 1e-12 of it reaches it: sums of the figures are rounded, and a
 * region with exactly the nation's structure must not have some sectors and lack others. One shape. O(regions × sectors). */
void uf_presence(const gsl_matrix *quotient, double threshold, gsl_matrix *out);

/* C = M'M, sectors × sectors, with n_i on the diagonal. Cost: sectors² · regions / 64 word operations.
 * UF_BAD_INPUT: an element that is not 0 or 1, with its place. */
uf_status uf_co_occurrence(const gsl_matrix *presence, gsl_matrix *out, struct uf_error *error);

/* From co-occurrences (n_i on the diagonal, as above) over `n_regions` regions → symmetric sectors × sectors
 * with the diagonal 0: no sector is related to itself. A sector that occurs nowhere has NaN. PROBABILITY needs
 * UF_BASE_CO_OCCURRENCES (UF_BAD_USAGE). `out` may be `co_occurrence`. O(sectors²). */
uf_status uf_relatedness(const gsl_matrix *co_occurrence, size_t n_regions,
                         enum uf_relatedness_measure measure, enum uf_relatedness_base base, gsl_matrix *out,
                         struct uf_error *error);

/* When the two directions of a flow are averaged. */
enum uf_flow_average {
    UF_FLOW_AVERAGE_RATIOS, /* the ratios, then (q−1)/(q+1): Neffke & Henning's order, the default */
    UF_FLOW_AVERAGE_MAPPED  /* after (q−1)/(q+1) */
};
/* Skill relatedness from flows of people F, from rows to columns (the diagonal is not looked at): SR_ij =
 * F_ij·F.. / (F_i.·F_.j), averaged over both directions and mapped to −1…1, 0: as by chance. `out_ratio` (may
 * be NULL) gets SR, `out_mapped` the symmetric mapped values; diagonals are 0. NaN where a sector sends or
 * receives nobody. UF_BAD_INPUT: a negative or infinite flow. O(sectors²). */
uf_status uf_skill_relatedness(const gsl_matrix *flows, enum uf_flow_average average, gsl_matrix *out_ratio,
                               gsl_matrix *out_mapped, struct uf_error *error);

/* Hidalgo et al. (2007): density_ri = Σ_{j≠i} φ_ij·M_rj / Σ_{j≠i} φ_ij, regions × sectors, 0…1 for φ ≥ 0. With
 * `own` a sector counts for itself with φ_ii = 1, as some packages do. Pairs whose φ is NaN are passed over. NaN
 * where a sector is related to none. UF_BAD_INPUT: a presence that is not 0 or 1; a φ below 0 (map it first).
 * Cost: present cells × sectors. */
uf_status uf_relatedness_density(const gsl_matrix *relatedness, const gsl_matrix *presence, bool own,
                                 gsl_matrix *out, struct uf_error *error);

/* Panel by region and sector (or flows) → table `relatedness`. See docs/methods/relatedness.md. */
extern const struct uf_method uf_method_relatedness;
/* Panel by region and sector → tables `relatedness-density` and `relatedness-density-findings`. See
 * docs/methods/relatedness-density.md. */
extern const struct uf_method uf_method_relatedness_density;

#ifdef __cplusplus
}
#endif
#endif
