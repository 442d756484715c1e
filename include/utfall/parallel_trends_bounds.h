// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PARALLEL_TRENDS_BOUNDS_H
#define UTFALL_PARALLEL_TRENDS_BOUNDS_H
/*
 * What an event study says when trends need not have been parallel: confidence sets for an effect θ = l'τ
 * that allow the difference in trends δ to be of a limited kind, and how far from parallel the trends may be
 * before the set includes no effect.
 *
 * The estimates are β = (β_pre, β_post) with β_pre = δ_pre and β_post = τ + δ_post; δ is 0 in the reference
 * period. With T periods before it and P after:
 *
 *     relative magnitudes   |δ_{t+1} − δ_t| ≤ M · max_{s<0} |δ_{s+1} − δ_s|   for t ≥ 0
 *                           no step after the start is more than M times the largest one before it
 *     smoothness            |(δ_{t+1} − δ_t) − (δ_t − δ_{t−1})| ≤ M           for all t
 *                           the slope changes by at most M from one period to the next; M = 0: a straight line
 *
 * Both are unions of polyhedra {δ: A δ ≤ d}. Whether a value θ belongs to the set is a test of moment
 * inequalities with nuisance parameters, by the linear programme
 *
 *     η = min over (η, τ) of η   s.t.   A(β − τ_post) − d ≤ σ η,  l'τ = θ,   σ_i² = (A Σ A')_ii,
 *
 * whose η is compared with a normal distribution truncated to the values for which the same vertex of the
 * dual is the solution (`conditional`), or first with a least-favourable critical value of size κ = α/10 and
 * then with the truncated one at (α − κ)/(1 − κ) (`c-lf`, the hybrid). Only the inequalities that hold a
 * period after the start are used, as the authors recommend. The set is the smallest interval around all
 * values that are not rejected; for a union, around those of all its parts.
 *
 * For smoothness there is a fixed-length interval too (`flci`): a'β ± h with the a (l on β_post) that makes h,
 * the 1 − α quantile of |N(bias, a'Σa)|, least. The greatest bias is M Σ_j |x_j| with x the twice summed
 * weights, so that the frontier of bias and variance is a lasso path, which is followed exactly.
 *
 * All of it takes β as normal with known Σ: with few clusters the sets are too short.
 *
 * Sources: Rambachan, A. & Roth, J. (2023). A more credible approach to parallel trends. Review of Economic
 * Studies 90(5), 2555–2591, §2.4, §3, §4; Andrews, I., Roth, J. & Pakes, A. (2023). Inference for linear
 * conditional moment inequalities. Review of Economic Studies 90(6), 2763–2791, §4–6; Armstrong, T. B. &
 * Kolesár, M. (2018). Optimal inference in a class of regression models. Econometrica 86(2), 655–683.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_trend_restriction { UF_TREND_RELATIVE_MAGNITUDES, UF_TREND_SMOOTHNESS };
enum uf_trend_set {
    UF_TREND_C_LF,        /* conditional with a least-favourable first stage */
    UF_TREND_CONDITIONAL, /* the conditional test alone */
    UF_TREND_FLCI         /* smoothness only */
};

/* An event study; borrowed. Equidistant event times, the reference between before and after. */
struct uf_trend_study {
    const gsl_vector *estimate;   /* n_before + n_after: earliest first, without the reference */
    const gsl_matrix *covariance; /* of the same */
    size_t n_before, n_after;     /* at least 1 each; relative magnitudes and smoothness need no more */
    const gsl_vector *weights;    /* n_after: l; NULL: the first period after the reference alone */
};

struct uf_trend_options {
    enum uf_trend_restriction restriction;
    enum uf_trend_set set;
    double m;     /* >= 0; in units of the outcome for smoothness */
    double level; /* of confidence; 0: 0.95 */
    size_t draws; /* for the least-favourable critical value; 0: 10,000 */
    uint64_t seed;
    int (*progress)(void *user, double share); /* non-zero stops with UF_INTERRUPTED; NULL: none */
    void *user;
};

struct uf_trend_bounds {
    double low, high; /* may be infinite; NaN where every value is rejected */
    bool empty;
    double
        step; /* the grid over which the ends were sought, from outside; then bisection. 0: no grid (flci) */
};

/* The set. UF_NOT_IDENTIFIED: an inequality or the weights of flci have no variance (a covariance of too low rank); UF_BAD_USAGE:
 * sizes, M or level that make no sense, flci with relative magnitudes. Cost: c-lf, for each of the 2·n_before
 * parts, at most `draws` linear programmes of 2·n_after rows (usually a few per cent of that) and a few
 * hundred tests. Deterministic. */
uf_status uf_trend_bounds(const struct uf_trend_study *study, const struct uf_trend_options *options,
                          struct uf_trend_bounds *out, struct uf_error *error);

/* Is `value` in the set (for a union: in one of its parts)? Errors as above. */
uf_status uf_trend_includes(const struct uf_trend_study *study, const struct uf_trend_options *options,
                            double value, bool *out, struct uf_error *error);

struct uf_trend_breakdown {
    double m;    /* the least M whose set includes 0, to 0.1 per cent from above; the largest tried where
                    none did */
    bool beyond; /* no M up to `largest` did */
};
/* Doubling from `largest`/1024, then bisection; options->m is not read. M = 0 where its set includes 0
 * already. Errors and cost as for two dozen uf_trend_includes. */
uf_status uf_trend_breakdown(const struct uf_trend_study *study, const struct uf_trend_options *options,
                             double largest, struct uf_trend_breakdown *out, struct uf_error *error);

/* The fixed-length interval with what it is made of. `weights` (n_before + n_after) may be NULL. UF_NOT_IDENTIFIED: its
 * weights have no variance (a covariance of too low rank). */
struct uf_trend_flci {
    double estimate, half_length, bias, std_error;
};
uf_status uf_trend_fixed_length(const struct uf_trend_study *study, double m, double level,
                                gsl_vector *weights, struct uf_trend_flci *out, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
