// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_ABSORB_H
#define UTFALL_ABSORB_H
/*
 * Fixed effects that are taken out instead of estimated: the residual of a column after weighted projection
 * on the dummies of one, two or more groupings (unit, period, …), for any unbalanced sample.
 *
 * The grouping with the most groups is taken out by its means; the dummies of the others, together q of them,
 * are solved for exactly through the Schur complement S = D'W(I − P)D (q × q), by a Cholesky factor that
 * leaves redundant dummies out. Above UF_ABSORB_DIRECT dummies the same system is solved by conjugate
 * gradients instead, to 1e-13.
 *
 * What the effects cost in degrees of freedom is the rank of all dummies together, which is not the number of
 * groups: each connected part of the sample (groups linked by shared observations) loses one for each further
 * grouping. With two groupings it is exact by graph search; with more, it comes from the factor (exact up to
 * its tolerance).
 *
 * Source: Abowd, Creecy & Kramarz (2002), Computing person and firm effects, LEHD TP-2002-06 (rank by
 * connected parts); Guimarães & Portugal (2010), Stata Journal 10(4), 628–649.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { UF_ABSORB_DIRECT = 1500 };

struct uf_absorber;

/* group: n_dimensions arrays of n group numbers from 0 to n_groups[d] − 1 (numbers without observations are
 * fine and do not count); weights: n, all > 0, or NULL. The arrays are copied. `direct_limit` 0:
 * UF_ABSORB_DIRECT (tests lower it). UF_INTERNAL: no dimension or a group number out of range; UF_BAD_INPUT:
 * a weight that is not positive; UF_NO_MEMORY. Cost: O(n + Σ_g m_g²) for the Schur complement (m_g: distinct
 * other groups met by group g), O(q³) for its factor. */
uf_status uf_absorber_new(size_t n, size_t n_dimensions, const size_t *const *group, const size_t *n_groups,
                          const double *weights, size_t direct_limit, struct uf_absorber **out,
                          struct uf_error *error);
/* NULL is fine. */
void uf_absorber_free(struct uf_absorber *absorber);

/* Replaces column (n) by its residual. Applied twice within, so that a large mean does not leave rounding
 * behind. Safe for several threads on one absorber. O(n · dimensions + q²). UF_NOT_IDENTIFIED: conjugate
 * gradients did not converge. */
uf_status uf_absorber_apply(const struct uf_absorber *absorber, double *column, struct uf_error *error);

/* The number of groupings. */
size_t uf_absorber_dimensions(const struct uf_absorber *absorber);
/* Groups of a dimension that have observations. */
size_t uf_absorber_levels(const struct uf_absorber *absorber, size_t dimension);
/* The rank of all dummies together. */
size_t uf_absorber_rank(const struct uf_absorber *absorber);
/* False: more than two dimensions by conjugate gradients; the rank is then an upper bound (components counted
 * pair by pair). */
bool uf_absorber_rank_is_exact(const struct uf_absorber *absorber);
/* Connected parts of two dimensions: sets of groups linked by shared observations. O(n). */
uf_status uf_absorber_components(const struct uf_absorber *absorber, size_t first, size_t second, size_t *out,
                                 struct uf_error *error);
/* Observations that are alone in a group of some dimension: they fit perfectly and say nothing of the
 * coefficients. */
size_t uf_absorber_singletons(const struct uf_absorber *absorber);
/* True where each group of the dimension lies within one cluster. O(n). */
uf_status uf_absorber_is_nested(const struct uf_absorber *absorber, size_t dimension, const size_t *cluster,
                                bool *out, struct uf_error *error);
/* The group numbers of a dimension (n), renumbered without gaps from 0; borrowed. */
const size_t *uf_absorber_groups(const struct uf_absorber *absorber, size_t dimension);

#ifdef __cplusplus
}
#endif
#endif
