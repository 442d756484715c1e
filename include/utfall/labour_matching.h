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

/* Panel by region and group → tables `labour-matching`, `labour-groups` and `labour-matching-findings`. See
 * docs/methods/labour-matching.md. */
extern const struct uf_method uf_method_labour_matching;

#ifdef __cplusplus
}
#endif
#endif
