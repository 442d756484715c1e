// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_WILD_INTERNAL_H
#define UTFALL_STATS_WILD_INTERNAL_H
/*
 * The parts of the wild cluster bootstrap: a regression becomes a few numbers per cluster (moments), these and
 * the weights become two polynomials per draw (draws), and the polynomials answer for any null value
 * (inversion).
 */
#include <utfall/wild_bootstrap.h>

/* With v the weights of the clusters, the score of cluster h is S0_h + δ S1_h,
 *     S_h = v_h s_h − u_h·Σ_g v_g f_g,
 * u_h (rank numbers) orthonormal as columns. s and f belong to the residuals (0) and to d/κ (1). */
struct wild_moments {
    size_t n_clusters, rank;
    bool restricted; /* else what ends in 1 is not used */
    double *n0, *n1; /* n_clusters: θ* − centre is Σ v_g (n0_g + δ n1_g) */
    double *s0, *s1; /* n_clusters */
    double *u;       /* n_clusters × rank, row by row */
    double *f0, *f1; /* the same shape */
    /* Two cluster dimensions: the variance is v'(Q0 + 2δ Q1 + δ² Q2)v, symmetric, n_clusters² numbers each; then s, u
     * and f are NULL. One: NULL. */
    double *q0, *q1, *q2;
    double estimate;
    double variance; /* of the actual estimate, without the factor that t and t* share */
    double scale;    /* what a v2 that is rounding alone is small against */
    double scale0;   /* the same of v0, of two dimensions */
};
/* One cluster dimension, the residuals as they are, cr0. */
uf_status wild_moments_init(const struct uf_wild_bootstrap_input *input, bool restricted,
                            struct wild_moments *out, struct uf_error *error);
/* Whatever the options say, with n × q numbers of memory. */
uf_status wild_moments_by_rows(const struct uf_wild_bootstrap_input *input,
                               const struct uf_wild_bootstrap_options *options, struct wild_moments *out,
                               struct uf_error *error);
/* s, u and f from the clusters' images p (n_clusters × q, overwritten) of the projection and the draws' e0, e1 (the same
 * shape): S_h = v_h s_h − p_h·Σ_g v_g e_g. The arrays are allocated here; `share` multiplies e1. */
uf_status wild_moments_reduce(struct wild_moments *m, double *p, const double *e0, const double *e1, size_t q,
                              double share, struct uf_error *error);
/* Numbers the groups of the cluster dimension 0 that have observations; `number` has room for all. */
uf_status wild_number_clusters(const struct uf_covariance_input *input, size_t *number, size_t *out_count,
                               struct uf_error *error);
void wild_moments_clear(struct wild_moments *moments);

/* Of draw b: θ* − centre = n0 + δ n1, (cr0 standard error)² = v0 + 2 δ v1 + δ² v2. Unrestricted: δ = 0, and
 * n1, v1 and v2 are NULL. */
struct wild_draws {
    size_t count;
    double total; /* weight vectors they stand for: 2 count in an enumeration, else count */
    bool enumerated, restricted;
    bool actual;                    /* the vector of ones is among them and gives the actual statistic */
    double *n0, *n1, *v0, *v1, *v2; /* count */
};
/* count, total and enumerated are given. */
uf_status wild_draws_run(const struct wild_moments *moments, const struct uf_wild_bootstrap_options *options,
                         enum uf_wild_weights weights, struct wild_draws *draws, struct uf_error *error);
void wild_draws_clear(struct wild_draws *draws);

/* The points of a weight distribution, ascending and symmetric about 0. */
struct wild_points {
    size_t count;
    double value[6];
    size_t group;    /* clusters whose weights are looked up together */
    size_t entries;  /* count^group */
    size_t per_word; /* groups that one random word of 32 bits serves */
};
const struct wild_points *wild_points_of(enum uf_wild_weights weights);
/* What AUTO is for so many clusters; others are themselves. */
enum uf_wild_weights wild_weights_for(enum uf_wild_weights weights, size_t n_clusters);

struct wild_question {
    const struct wild_draws *draws;
    double variance, scale; /* those of the moments */
    enum uf_wild_tails tails;
    enum uf_wild_ties ties;
};
/* The p-value of the null value estimate − delta; delta ±INFINITY is the limit. */
double wild_p(const struct wild_question *question, double delta);
/* The same for every kind of tails, by their number; delta finite. */
enum { WILD_TAILS = UF_WILD_LESS + 1 };
void wild_p_of_all_tails(const struct wild_question *question, double delta, double *out);
/* How far from the estimate, in the direction of `sign` (±1, of delta), null values are not rejected at
 * `alpha`; INFINITY where the limit is not. `unit`: a first guess of the scale, > 0. */
double wild_reach(const struct wild_question *question, double sign, double unit, double alpha);
#endif
