// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_MULTIPLE_TESTING_H
#define UTFALL_MULTIPLE_TESTING_H
/*
 * p-values of several hypotheses that are read together, adjusted so that the error over all of them is held.
 * An adjusted p-value is compared with the level as a single one would be.
 *
 *     Holm                 the probability of any false rejection, whatever the dependence
 *     Benjamini–Hochberg   the expected share of false ones among the rejections (independent or positively
 *                          dependent tests)
 *     Romano–Wolf          the probability of any false rejection, with the dependence taken from resampled
 *                          statistics, and so with more power than Holm
 *
 * The family of hypotheses is declared before the results are seen. A p-value that is NaN (a test that could
 * not be made) stays NaN and does not count in the family.
 *
 * Sources: Holm (1979), Scand. J. Statistics 6; Benjamini & Hochberg (1995), JRSS B 57; Romano & Wolf (2005),
 * Econometrica 73(4), and (2016), Statistics & Probability Letters 113, algorithm 3.1 (adjusted p-values).
 */
#include <gsl/gsl_matrix.h>
#include <stddef.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* p_(i) := max over j <= i of min(1, (m − j + 1) p_(j)), p ascending, j from 1. p, out: count; they may be
 * the same array. UF_BAD_INPUT: a p-value outside 0–1. O(m log m). */
uf_status uf_holm(const double *p, size_t count, double *out, struct uf_error *error);

/* p_(i) := min over j >= i of min(1, m p_(j)/j). As uf_holm. */
uf_status uf_benjamini_hochberg(const double *p, size_t count, double *out, struct uf_error *error);

/* statistic: m studentised statistics; resampled: draws × m of the same ones under the null hypotheses, each
 * row from one draw for all (same seed: uf_wild_bootstrap, uf_randomisation). Two-sided, on absolute values.
 * From the largest statistic downwards, the j-th gets
 *
 *     p_(j) = max(p_(j−1), (1 + #{draws: max over the j-th and smaller ones of |t*| >= |t_(j)|})/(1 + draws)).
 *
 * A NaN statistic gives NaN and is left out; a NaN among the resampled counts as large. UF_BAD_USAGE: no
 * draws. O(draws · m + m log m). */
uf_status uf_romano_wolf(const double *statistic, const gsl_matrix *resampled, double *out,
                         struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
