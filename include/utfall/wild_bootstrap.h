// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_WILD_BOOTSTRAP_H
#define UTFALL_WILD_BOOTSTRAP_H
/*
 * The wild cluster bootstrap for one linear combination θ = c'b of the coefficients of a least-squares fit,
 * for few clusters or clusters of unequal size, where t with G − 1 degrees of freedom misleads.
 *
 * A draw multiplies the residuals of each cluster by one random weight v_g, adds them to the fitted values,
 * fits again and gives t* = (θ* − centre)/se*, se* cluster-robust; the p-value is the share of draws whose t*
 * is at least as far out as t = (θ − r)/se. Restricted (WCR): fitted values and residuals of the regression
 * in which θ = r, and r is the centre; the default. Unrestricted (WCU): those of the fit itself, centred at
 * θ. The small-sample factor of the cluster-robust variance is the same in t and t* and cancels.
 *
 * No draw touches the rows. With d_i = x_i'Mc (fixed effects taken out of x), κ = c'Mc, δ = θ − r and
 * restricted residuals e + δ d/κ, cluster h has the score
 *
 *     v_h s_h − (X_h'Z_h)(Z'Z)^-1 Σ_g v_g Z_g'e_g,    s_h = Σ_h w d e + δ Σ_h w d²/κ,
 *
 * where Z are the regressors and those fixed effects that cross clusters (periods); effects within clusters
 * drop out. Numerator and se* squared are polynomials of degree 1 and 2 in δ, so that one set of draws
 * answers for every r, and the interval is found by inverting the test.
 *
 * Weights: Rademacher (±1), or Webb's six points (±√½, ±1, ±√1½). All of the 2^G or 6^G weight vectors are
 * tried where they are no more than `draws`. By default Webb below 12 clusters, since 2^G signs give too few
 * different p-values there, else Rademacher.
 *
 * Two further choices, each for the restricted and the unrestricted form (MacKinnon, Nielsen & Webb 2023, where their
 * names end in two digits: the first for the residuals, the second for the variance; 1 as above, 3 the jackknife):
 *
 *     31   the residuals that are multiplied are those of each cluster when it was left out of the fit (of the
 *          restricted fit in WCR), ü_g = ((I − H̃)_gg)^+ ẽ_g, H̃ = H − dd'/κ in WCR and H in WCU. They do not depend
 *          on how hard the cluster pulled the fit to itself, so that the draws are as scattered as the errors are.
 *     13   se and se* are the jackknife's (cr3), from the scores d_h'((I − H)_hh)^+ e*_h, e* the draw's residuals.
 *     33   both.
 *
 * Everything stays a polynomial in δ, so p and interval are found in the same way. Where leaving a cluster out leaves a
 * direction undetermined the pseudo-inverse lets that direction contribute nothing, as in cr3 (covariance.h).
 *
 * Two cluster dimensions: the clusters of the dimension with fewer of them get the weights, and se* is that of Cameron,
 * Gelbach & Miller (2011), V_1 + V_2 − V_12 with the small-sample factors of `g_rule`, which then do not cancel
 * (MacKinnon, Nielsen & Webb 2021: resampling the smaller dimension is the safest of the choices). V as a function of
 * the weights is the quadratic form v'Qv. A draw whose V is not positive has no t* and counts as extreme, on the side that
 * its difference lies; how many there were is told.
 *
 * With one or few treated clusters WCR hardly ever rejects and WCU rejects far too often (MacKinnon & Webb
 * 2018): where the two disagree neither should be relied on.
 *
 * Sources: Cameron, Gelbach & Miller (2008), REStat 90(3); Webb (2014), QED Working Paper 1315; Roodman,
 * MacKinnon, Nielsen & Webb (2019), Stata Journal 19(1), §4–5; MacKinnon & Webb (2018), Econometrics Journal
 * 21(2); MacKinnon, Nielsen & Webb (2021), JBES 39(2), 505–519 (two dimensions); MacKinnon, Nielsen & Webb (2023), J. Applied
 * Econometrics 38(5), 671–694 (31, 13, 33).
 */
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/covariance.h>
#include <utfall/language.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_wild_null { UF_WILD_RESTRICTED, UF_WILD_UNRESTRICTED };

enum uf_wild_weights {
    UF_WILD_AUTO, /* Webb below 12 clusters, else Rademacher */
    UF_WILD_RADEMACHER,
    UF_WILD_WEBB
};

/* Which p-value p_value is, and what the interval inverts; one-sided intervals have one end. */
enum uf_wild_tails {
    UF_WILD_SYMMETRIC,
    UF_WILD_EQUAL_TAILED,
    UF_WILD_GREATER, /* against θ > r: the share t* >= t */
    UF_WILD_LESS     /* against θ < r: the share t* <= t */
};

/* How draws with |t*| = |t| count; the actual residuals (all v = 1) are always one of these in WCR with the residuals as they
 * are. */
enum uf_wild_ties {
    /* as extreme; (1 + extreme)/(1 + draws) where draws are random, or the actual ones are not among them. Never 0. */
    UF_WILD_TIES_EXTREME,
    /* not; extreme/draws (Roodman et al. 2019, boottest, fwildclusterboot) */
    UF_WILD_TIES_LEFT_OUT
};

struct uf_wild_bootstrap_input { /* all borrowed */
    /* one or two cluster dimensions */
    const struct uf_covariance_input *regression;
    const gsl_vector *coefficients; /* k, of the columns of regression->x */
    const gsl_vector *combination;  /* k: c */
    double null_value;              /* r */
};

struct uf_wild_bootstrap_options {
    enum uf_wild_null null;
    bool jackknife_residuals; /* 31, 33 */
    bool jackknife_variance;  /* 13, 33 */
    enum uf_wild_weights weights;
    enum uf_wild_tails tails;
    enum uf_wild_ties ties;
    enum uf_k_rule k_rule; /* of the std_error and statistic that are shown (cr1s); p does not depend on it */
    enum uf_g_rule g_rule; /* of two dimensions, not with jackknife_variance */
    size_t draws;          /* 0: 99,999; at most 20,000,000 */
    double level;          /* of the interval; 0: 0.95 */
    uint64_t seed;         /* draws of one seed give the same weights to the clusters of any regression */
    bool no_interval;
    bool keep_statistics;
    int (*progress)(void *user, double share); /* non-zero stops with UF_INTERRUPTED; NULL: none */
    void *user;
};

struct uf_wild_bootstrap {
    double estimate, std_error, statistic; /* θ; cr1s, or cr3 with jackknife_variance; (θ − r)/se */
    double null_value;                     /* r */
    double p_value;                        /* the one of options.tails */
    double p_symmetric;                    /* |t*| against |t| */
    double p_equal_tailed;                 /* 2 min(share t* <= t, share t* >= t) */
    double p_greater, p_less;              /* share t* >= t, share t* <= t */
    double conf_low, conf_high; /* −INFINITY or INFINITY where no value is far enough; NaN: not asked for */
    /* The p-value (of the interval's tails) that a null value has in the limit r → −∞ and r → ∞: above
     * 1 − level there is no end on that side. */
    double p_limit[2];
    double least_p;           /* the smaller of the two: no estimate, however large, could have given less */
    double monte_carlo_error; /* of p_symmetric; 0 where enumerated */
    size_t n_clusters;        /* that get weights */
    size_t n_dimensions;      /* of clusters: 1 or 2 */
    size_t infeasible;        /* draws of two dimensions without a positive variance, at the null value */
    size_t draws;             /* weight vectors that the p-values are of */
    enum uf_wild_weights weights; /* never AUTO */
    enum uf_wild_null null;
    enum uf_wild_tails tails;
    bool jackknife_residuals, jackknife_variance;
    bool enumerated;
    /* keep_statistics: t* at the null value, by draw; of an enumeration one of each pair v and −v, whose t*
     * differ in sign only. NULL otherwise. */
    double *statistics;
    size_t n_statistics;
};

/* `options` NULL: the defaults. Release with uf_wild_bootstrap_clear. UF_NOT_IDENTIFIED: fewer than two
 * clusters, or a combination without (positive) variance; UF_BAD_USAGE: not one or two cluster dimensions, a level outside
 * 0–1, more than 2000 dummies of effects that cross clusters, more than 20,000,000 draws, two dimensions with so many
 * clusters that Q cannot be had (H G (G + q) > 5e10, H the cells, G the clusters with weights). Cost: O(n (k + q)) once,
 * q the dummies that cross clusters (31, 13, 33 and two dimensions: O(n (k + q)²), as cr3, and n (k + q) numbers of
 * memory); O(G min(G, k + q)/4) a draw, of two dimensions O(G²); O(draws) for each of some 80 null values of the
 * interval. The same for any number of threads. */
uf_status uf_wild_bootstrap_test(const struct uf_wild_bootstrap_input *input,
                                 const struct uf_wild_bootstrap_options *options,
                                 struct uf_wild_bootstrap *out, struct uf_error *error);
void uf_wild_bootstrap_clear(struct uf_wild_bootstrap *bootstrap);

/* What was done, for a note: `wild cluster bootstrap, null imposed (WCR); all 512 Rademacher vectors of 9
 * clusters; smallest attainable p 0.0039`, and why an end of the interval is infinite. free() it. */
uf_status uf_wild_bootstrap_describe(const struct uf_wild_bootstrap *bootstrap, enum uf_language language,
                                     char **out, struct uf_error *error);

/* The weights of draw number `draw` (from 0) for clusters 0 … n_clusters − 1, groups without observations not
 * counted. An enumeration gives cluster g the digit (draw / m^g) mod m of the m ascending points; else the
 * weights are a function of seed and draw. O(n_clusters). */
void uf_wild_weights(enum uf_wild_weights weights, bool enumerated, uint64_t seed, uint64_t draw,
                     size_t n_clusters, double *out);

#ifdef __cplusplus
}
#endif
#endif
