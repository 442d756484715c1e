// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_LABOUR_MATCHING_H
#define UTFALL_LABOUR_MATCHING_H
/*
 * How well vacancies and the unemployed fit each other over groups (occupations, educations, regions), and what will be
 * needed to replace those who leave.
 *
 * With u_i and v_i the shares of group i in all unemployed U and all vacancies V:
 *
 *     mismatch   M₁ = ½ Σ |u_i − v_i|        the share of the unemployed who are in the wrong group for
 *                                            unemployment and vacancies to be spread alike, 0…1
 *     mismatched M₁·U                        how many that is
 *     hires lost M₂ = 1 − Σ √(u_i·v_i)       the share of hires that the spread costs where hires in a group go with
 *                                            √(U_i·V_i), 0…1
 *
 * Source: Jackman, R. & Roper, S. (1987). Structural unemployment. Oxford Bulletin of Economics and Statistics 49(1),
 * 9–36.
 */
#include <stddef.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_mismatch {
    double unemployed, vacancies; /* sums */
    double tightness;             /* V/U */
    double mismatch, mismatched, hires_lost;
};
/* `n` groups, at least 0 each. A missing group (NaN) makes all but the other side's sum NaN; no vacancies or no
 * unemployed at all leave the indices NaN. UF_BAD_INPUT: a negative or infinite number, with its place. O(n). */
uf_status uf_labour_mismatch(const double *unemployed, const double *vacancies, size_t n,
                             struct uf_mismatch *out, struct uf_error *error);
/* The contribution of a group to `mismatch`: ½(u_i − v_i): above 0 there are too many unemployed for its vacancies. The
 * contributions add up to 0, their absolute values to M₁. */
double uf_labour_surplus(double unemployed, double vacancies, const struct uf_mismatch *all);

/*
 * Bounds of all this where each figure is only known to lie between its ends (rounded ones). Sums and tightness are exact; so
 * are the lower ends of the indices: with the vacancies scaled by s, Σ(u₀ − s·v₁)⁺ people must be above the even spread and
 * Σ(s·v₀ − u₁)⁺ below it, and where the two are equal they are the fewest that can be mismatched; the least of the hires lost
 * is the one top of a quasi-concave function. The upper ends lie where each figure is at an end. Up to 12 groups all divisions
 * into groups in excess and groups in lack are tried, which is exact for both mismatches; hires lost, and all three of more
 * groups, are searched for by moving one group at a time from many divisions, which misses seldom and by little. NaN: a figure
 * is missing, or a ratio has no bound since its denominator may be 0. UF_BAD_INPUT: ends below 0, infinite or crossed. Cost: a few
 * hundred passes over the groups, and for the search about 25 · n² moves.
 */
uf_status uf_labour_mismatch_band(const double *unemployed_low, const double *unemployed_high,
                                  const double *vacancies_low, const double *vacancies_high, size_t n,
                                  struct uf_mismatch *out_low, struct uf_mismatch *out_high,
                                  struct uf_error *error);
/* Exact bounds of a group's surplus: `ends` are the least and the most of its unemployed, then of its vacancies, and `low` and
 * `high` the bounds of all groups. NaN where there may be none at all of one side. */
void uf_labour_surplus_band(const double *ends, const struct uf_mismatch *low, const struct uf_mismatch *high,
                            double *out_low, double *out_high);

/* Panel by region and group → tables `labour-matching`, `labour-groups` and `labour-matching-findings`. See
 * docs/methods/labour-matching.md. */
extern const struct uf_method uf_method_labour_matching;

#ifdef __cplusplus
}
#endif
#endif
