// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_MULTIPLIER_BOOTSTRAP_H
#define UTFALL_MULTIPLIER_BOOTSTRAP_H
/*
 * The multiplier bootstrap of estimates that have an influence function: errors, and the critical value of
 * bands that cover all estimates at once.
 *
 * With ψ (n × q) the influence of each unit or cluster on each of q estimates, a draw is Σ_i v_i ψ_i with
 * independent signs v_i (Rademacher). The error of an estimate is the interquartile range of its draws over
 * that of the normal; the critical value at level L is the L quantile (the smallest draw that reaches it) of
 * max_j |draw_j| / error_j over the estimates with an error > 0. Nothing is estimated anew.
 *
 * Signs come from counted streams, one a draw; sums are taken in blocks of fixed size and added in order, so
 * that the result does not depend on the number of threads.
 *
 * Source: Callaway & Sant'Anna (2021), J. Econometrics 225(2), Alg. 1 and Thm. 3 (with signs in the place of
 * Mammen's two points, as the peers do).
 */
#include <stddef.h>
#include <stdint.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_multiplier_options {
    size_t draws; /* 0: 999 */
    uint64_t seed;
    int threads;  /* 0: as many as there are */
    double level; /* 0: 0.95 */
};

struct uf_multiplier_bootstrap {
    size_t n_estimates, draws;
    double *draw;      /* draws × n_estimates, row by row */
    double *std_error; /* n_estimates */
    double critical;   /* NaN: no estimate has an error */
};

/* influence: n × q, row by row, scaled so that the variance is Σ ψ². UF_NO_MEMORY. O(n q draws / 8). */
uf_status uf_multiplier_bootstrap(const double *influence, size_t n, size_t q,
                                  const struct uf_multiplier_options *options,
                                  struct uf_multiplier_bootstrap *out, struct uf_error *error);
void uf_multiplier_bootstrap_clear(struct uf_multiplier_bootstrap *bootstrap);

#ifdef __cplusplus
}
#endif
#endif
