// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_SPATIAL_INTERNAL_H
#define UTFALL_PROFILE_SPATIAL_INTERNAL_H
/* What the kernels of spatial.h share. */
#include <utfall/spatial.h>

/* Values that are the same number, computed in another order, differ by less than this share of their size. */
#define SPATIAL_TIE 1e-10

/* Deviations from the mean, with the sums of their powers. */
struct spatial_values {
    size_t n;
    double *z;           /* owned */
    double mean, m2, b2; /* m_2 = Σz²/n, b_2 = m_4/m_2² */
    double largest;      /* |z| */
    bool negative;       /* some x is below 0 */
};
/* UF_BAD_INPUT: a value that is not finite; UF_NOT_IDENTIFIED: fewer than 4, or all alike, or no links. */
uf_status spatial_values_new(const struct uf_spatial_weights *weights, const double *x,
                             struct spatial_values *out, struct uf_error *error);

double spatial_row_sum(const struct uf_spatial_weights *weights, size_t i);
/* out[i] = w_i. + w_.i */
void spatial_both_sums(const struct uf_spatial_weights *weights, double *out);
struct uf_spatial_constants spatial_constants_from(const struct uf_spatial_weights *weights,
                                                   const double *both);
/* Deviate and two-sided p; NaN where there is no variance. */
struct uf_spatial_moments spatial_moments(double statistic, double expectation, double variance);

/* The three sums behind all three statistics, of deviations z. */
struct spatial_sums {
    double cross;   /* Σ w_ij z_i z_j */
    double squares; /* Σ_i z_i² (w_i. + w_.i) */
    double linear;  /* Σ_i z_i (w_i. + w_.i) */
};
struct spatial_sums spatial_sums_of(const struct uf_spatial_weights *weights, const double *both,
                                    const double *z);
/* out[UF_SPATIAL_STATISTICS]; n is that of the formulas. */
void spatial_statistics(const struct spatial_values *values, const struct spatial_sums *sums, double s0,
                        double n, double out[UF_SPATIAL_STATISTICS]);
#endif
