// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_COVARIANCE_H
#define UTFALL_COVARIANCE_H
/*
 * The covariance of least-squares coefficients, its degrees of freedom, and what they give: t tests,
 * intervals, joint F tests.
 *
 * With x_i, e_i the regressors (after fixed effects) and residuals times √w, M = (X'X)^-1, H the hat matrix of
 * the whole model (fixed effects included), h_i its diagonal, G clusters, T periods, N observations:
 *
 *     iid    M · e'e/(N − K)                         K: all parameters, absorbed ones included
 *     hc1    N/(N − K) · M (Σ_i x_i x_i' e_i²) M     the same K
 *     hc2    M (Σ_i x_i x_i' e_i²/(1 − h_i)) M
 *     hc3    M (Σ_i x_i x_i' e_i²/(1 − h_i)²) M
 *     hc4    M (Σ_i x_i x_i' e_i²/(1 − h_i)^δ_i) M      δ_i = min(4, N h_i/Σh): leverage weighs the more the larger it is
 *     cr0    M (Σ_g X_g'e_g e_g'X_g) M
 *     cr1    cr0 · G/(G − 1)
 *     cr1s   cr1 · (N − 1)/(N − K)                   K by the rule below
 *     cr2    M (Σ_g X_g'A_g e_g e_g'A_g X_g) M       A_g = ((I − H)_gg)^{+1/2}
 *     cr3    the same with                           A_g = ((I − H)_gg)^+
 *     driscoll-kraay   (N − 1)/(N − K) · T/(T − 1) · M [Σ_{|j| <= L} (1 − |j|/(L + 1)) Σ_t s_t s_{t−j}'] M
 *                                                    s_t = Σ_{i in t} x_i e_i; K: all parameters
 *     newey-west  the same with Σ_u Σ_t s_ut s_u,t−j', s_ut = Σ_{i in u and t} x_i e_i: dependence within each unit only
 *     conley N/(N − K) · M [Σ_ij κ(d_ij/c) x_i e_i e_j x_j'] M    d the distance, c the cut-off; K: all parameters;
 *                                                    κ(u) = 1[u <= 1] or (1 − u)⁺
 *
 * cr3 is the delete-one-cluster jackknife: M X_g'A_g e_g is what the coefficients change by when cluster g is
 * left out, effects estimated anew, so that V is the sum of the squared changes around the full estimate,
 * without the factor (G − 1)/G that the jackknife has in some texts ("CV3"). That needs H with all effects:
 * with the hat matrix of the regressors alone (a within fit handed to a program that knows nothing of its effects)
 * it is another number. Where the cluster alone determines a coefficient (the only treated one) the jackknife
 * has no value there; the pseudo-inverse lets that direction contribute nothing, in cr2 as in cr3, and the error
 * is too small. An observation with h_i = 1 (alone in its unit) fits perfectly and contributes nothing to hc2,
 * hc3 and hc4.
 *
 * Two cluster dimensions (cr0, cr1, cr1s, cr3): V_1 + V_2 − V_12, the small-sample factors by uf_g_rule
 * (Cameron, Gelbach & Miller 2011; for cr3 cf. MacKinnon, Nielsen & Webb 2024, arXiv:2406.08880). There and with
 * conley a matrix that is not positive semi-definite gets its negative eigenvalues set to zero, and says so; what
 * is left is near singular and no ground for a joint test. For hc1 to hc4, cr2, newey-west, driscoll-kraay and conley two-way
 * clustering is not defined.
 *
 * The family widens by a row in the table of names and a function; nothing else knows the kinds.
 *
 * Sources: MacKinnon & White (1985), J. Econometrics 29 (hc1 to hc3); Liang & Zeger (1986), Biometrika 73; Bell &
 * McCaffrey (2002), Survey Methodology 28 (cr2, cr3); Cameron, Gelbach & Miller (2011), JBES 29, §2; Pustejovsky &
 * Tipton (2018), JBES 36, §2–3, with the identity on the √w scale (weights read as inverse variances) as the
 * working model; MacKinnon, Nielsen & Webb (2023), J. Applied Econometrics 38, 671–694 (cr3 as jackknife);
 * Cribari-Neto (2004), Computational Statistics & Data Analysis 45, 215–233 (hc4); Newey & West (1987), Econometrica 55;
 * Driscoll & Kraay (1998), Rev. Economics and Statistics 80, 549–560; Conley (1999), J. Econometrics 92, 1–45.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stddef.h>
#include <utfall/absorb.h>
#include <utfall/language.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_absorbed_fit;

enum uf_covariance_kind {
    UF_COVARIANCE_IID,
    UF_COVARIANCE_HC1,
    UF_COVARIANCE_HC2,
    UF_COVARIANCE_HC3,
    UF_COVARIANCE_HC4,
    UF_COVARIANCE_CR0,
    UF_COVARIANCE_CR1,
    UF_COVARIANCE_CR1S,
    UF_COVARIANCE_CR2,
    UF_COVARIANCE_CR3,
    UF_COVARIANCE_NEWEY_WEST,
    UF_COVARIANCE_DRISCOLL_KRAAY,
    UF_COVARIANCE_CONLEY
};

/* What K counts in (N − 1)/(N − K) of cr1s. k: coefficients. */
enum uf_k_rule {
    /* k + the levels of effects not nested in a cluster (each further grouping less one), at least 1 for a
     * nested one */
    UF_K_FIXEST,
    UF_K_STATA,   /* k + the rank of all effects, nested or not (areg, dummies by hand) */
    UF_K_REGHDFE, /* as fixest, but redundant levels counted by connected parts */
    UF_K_NONE     /* k alone */
};

/* Which G the factor G/(G − 1) of cr1 and cr1s takes for each of the three matrices of two-way clustering. */
enum uf_g_rule {
    UF_G_SMALLEST, /* the smaller of the two, for all (fixest "min", the default there) */
    UF_G_EACH /* its own: G_1, G_2, G_12 (fixest "conventional"; Cameron, Gelbach & Miller 2011, §2.3; boottest) */
};

enum uf_df_rule {
    /* iid, hc1 to hc4, conley: residual; cr0, cr1, cr1s and any two-way: clusters; cr2, cr3: Satterthwaite;
     * newey-west, driscoll-kraay: periods */
    UF_DF_DEFAULT,
    UF_DF_RESIDUAL,      /* N − K, all parameters */
    UF_DF_CLUSTERS,      /* (smallest) G − 1 */
    UF_DF_SATTERTHWAITE, /* cr0 … cr3, one cluster dimension */
    /* Satterthwaite's, but p and interval by uf_saddlepoint_test; where only df are used it is Satterthwaite's rule */
    UF_DF_SADDLEPOINT,
    UF_DF_PERIODS /* T − 1; newey-west, driscoll-kraay */
};

/*
 * How several coefficients are tested together. With W = b'V^-1 b for q restrictions:
 *
 *     HTZ, HTA, HTB   V is taken as Wishart with η degrees of freedom: F = (η − q + 1)/(η q) · W on q and η − q + 1.
 *                     With D = Ω^{-1/2} V Ω^{-1/2}, Ω the mean of V under the working model:
 *                     HTZ  η = q(q + 1)/Σ_st Var(d_st)             (Ω = (X'X)^-1's part; Zhang 2012)
 *                     HTA  η = 2 Σ_st Var(d_st)/Σ_stuv Cov(d_st, d_uv)²
 *                     HTB  the same over the different elements of D and their different pairs
 *     EDF             W as a sum of q squared t's along the axes of D, each with Satterthwaite's df (at least 4.1), matched by
 *                     its first two moments to a multiple of F
 *     EDT             each of these t's made normal (Hill 1970); their sum of squares is χ²
 *     F               W/q on q and G − 1 (T − 1, residual); FP with G − k, k the columns of x; χ² W on q
 *
 * Tipton & Pustejovsky (2015), JEBS 40(6), 604–634, who find HTZ to hold its level best (as do Pustejovsky & Tipton 2018,
 * §3.2 and 4); EDF and EDT are Cai & Hayes (2008), JEBS 33(1), 21–40. HTZ to EDT exist for cr0 … cr3 with one cluster
 * dimension, where they do not the test is F.
 */
enum uf_joint_rule {
    UF_JOINT_DEFAULT, /* HTZ for cr2 and cr3, else F */
    UF_JOINT_HTZ,
    UF_JOINT_HTA,
    UF_JOINT_HTB,
    UF_JOINT_EDF,
    UF_JOINT_EDT,
    UF_JOINT_F,
    UF_JOINT_FP,
    UF_JOINT_CHI_SQUARE
};

/* The lag L of newey-west and driscoll-kraay, from the number of periods T. */
enum uf_lag_rule {
    UF_LAG_FOURTH_ROOT, /* ⌊T^(1/4)⌋, as fixest */
    UF_LAG_NEWEY_WEST,  /* ⌊4 (T/100)^(2/9)⌋, Newey & West (1994), as xtscc */
    UF_LAG_GIVEN        /* the option `lag` */
};

enum uf_conley_kernel {
    UF_CONLEY_UNIFORM, /* 1 within the cut-off, as fixest */
    UF_CONLEY_BARTLETT /* 1 − d/c */
};

enum uf_conley_metric {
    UF_CONLEY_GREAT_CIRCLE, /* km on a sphere of radius 6371.0088 km, from degrees */
    UF_CONLEY_FLAT,  /* km, 111 to a degree, longitudes shrunk by the cosine of the mean latitude: fixest's
                             * "triangular" */
    UF_CONLEY_PLANAR /* the coordinates' own unit: latitude is y, longitude is x */
};

struct uf_covariance_type {
    enum uf_covariance_kind kind;
    const char *name; /* `cr1s` */
    bool clustered;
    struct uf_words summary;
    bool temporal; /* needs periods */
    bool spatial;  /* needs coordinates and a cut-off */
};
/* All kinds, in the order of the enum. */
const struct uf_covariance_type *uf_covariance_types(size_t *out_count);
/* NULL for an unknown name. */
const struct uf_covariance_type *uf_covariance_find(const char *name);

/* One fit as the covariance sees it; all borrowed. */
struct uf_covariance_input {
    const gsl_matrix *x;                /* n × k kept columns, fixed effects taken out, not weighted */
    const gsl_vector *residuals;        /* n, not weighted */
    const gsl_matrix *inverse;          /* k × k (X'WX)^-1 */
    const double *weights;              /* n; NULL: 1 */
    const struct uf_absorber *absorber; /* NULL: no fixed effects */
    const size_t *cluster[2];           /* n group numbers each */
    size_t n_groups[2];          /* bound of the group numbers; groups without observations do not count */
    size_t n_cluster_dimensions; /* 0, 1, 2 */
    /* where the rows are means of more: the N of cr1s; 0: the rows */
    size_t n_rows;
    /* newey-west: n numbers below n_units; NULL, 0: not given */
    const size_t *unit;
    size_t n_units;
    /* newey-west, driscoll-kraay; NULL, 0: not given */
    const size_t *period; /* n numbers below n_periods, in the order of time */
    size_t n_periods;
    const long
        *time; /* n_periods: where they stand on an equidistant scale, ascending (2000, 2002, …: a lag of 1
                       * is one step of it); NULL: 0, 1, 2, … */
    /* conley; NULL: not given. n each, in degrees or planar */
    const double *latitude, *longitude;
    /* A fit of many rows that kept their sums only (absorbed_regression.h); x, residuals and absorber are then NULL,
     * and what needs the rows is UF_BAD_USAGE. NULL: not given. */
    const struct uf_absorbed_fit *summed;
};

struct uf_covariance_options {
    enum uf_covariance_kind kind;
    enum uf_k_rule k_rule;
    enum uf_g_rule g_rule; /* two cluster dimensions */
    enum uf_df_rule df_rule;
    enum uf_joint_rule joint_rule; /* of joint tests */
    enum uf_lag_rule lag_rule;     /* driscoll-kraay */
    size_t lag;                    /* with UF_LAG_GIVEN; in steps of `time` */
    double cutoff;                 /* conley: > 0, in km or the coordinates' unit */
    enum uf_conley_kernel kernel;
    enum uf_conley_metric metric;
    /* between clusters of what may take seconds (Satterthwaite's rule, cr2, cr3): non-zero stops with UF_INTERRUPTED; NULL: none */
    int (*progress)(void *user, double share);
    void *user;
};

struct uf_covariance {
    gsl_matrix *matrix;      /* k × k */
    double *df;              /* k: of each coefficient's t test */
    size_t n_clusters;       /* the smaller one of two; 0 where none were used */
    double parameters;       /* the K that was counted; 0 where none was */
    double factor;           /* the small-sample factor on the bare sandwich (or 1) */
    enum uf_df_rule df_rule; /* the one used, never DEFAULT or SADDLEPOINT */
    bool saddlepoint;        /* SADDLEPOINT was asked for */
    bool own_factors;        /* of two-way clustering: UF_G_EACH had an effect */
    bool repaired;           /* negative eigenvalues were set to zero */
    size_t n_periods, lag;   /* of those over time: periods with observations, the L used */
    struct uf_covariance_parts
        *parts; /* private: what uf_covariance_combinations need not compute again; or NULL */
};

/* UF_NOT_IDENTIFIED: N <= K (nothing is left to estimate a variance from), fewer than two clusters or periods;
 * UF_BAD_USAGE: a kind or rule that does not exist for that clustering, periods or coordinates that are not given, a
 * lag of T or more, a cut-off that is not positive, too many columns (below); UF_BAD_INPUT: a coordinate that is
 * not finite or no degree. Cost: O(n k²); cr2, cr3 and Satterthwaite O((n + G q) q²) with q the columns that are not
 * absorbed within clusters: k and the effects not nested in a cluster, at most 2000; hc2 and hc3 O(n q²), q then
 * being k and the levels of all groupings but the largest; driscoll-kraay O(n k + T L k²); conley O(n k + P log P +
 * pairs · k) with P distinct places and the pairs of places whose latitudes are within the cut-off. */
uf_status uf_covariance_estimate(const struct uf_covariance_input *input,
                                 const struct uf_covariance_options *options, struct uf_covariance *out,
                                 struct uf_error *error);
void uf_covariance_clear(struct uf_covariance *covariance);

/* How the K and df were counted, for a note: `t with G − 1 = 20 df; …`. free() it. */
uf_status uf_covariance_describe(const struct uf_covariance *covariance,
                                 const struct uf_covariance_options *options, enum uf_language language,
                                 char **out, struct uf_error *error);

/* Linear combinations of the coefficients: variance c'Vc and the degrees of freedom of their t tests, by the
 * covariance's own rule (Satterthwaite: for the combination itself). `combinations` is k × m, one in each column, in
 * the order of the kept columns; `variance` and `df` take m numbers. Input and options are those that the
 * covariance was estimated from. A combination of zeros has variance 0 and, by Satterthwaite, df NaN; one whose parts
 * cancel but for rounding has variance 0. Several
 * coefficients by Satterthwaite cost as much as the covariance, for all m together; the rest is O(m k²).
 * UF_INTERNAL: sizes differ. */
uf_status uf_covariance_combinations(const struct uf_covariance_input *input,
                                     const struct uf_covariance_options *options,
                                     const struct uf_covariance *covariance, const gsl_matrix *combinations,
                                     double *variance, double *df, struct uf_error *error);
/* The same for one (k). */
uf_status uf_covariance_combination(const struct uf_covariance_input *input,
                                    const struct uf_covariance_options *options,
                                    const struct uf_covariance *covariance, const gsl_vector *combination,
                                    double *out_variance, double *out_df, struct uf_error *error);

struct uf_t_test {
    double std_error, statistic, df, p_value, conf_low, conf_high;
};
/* H0: coefficient = 0; interval at `level` (0.95). A variance of 0 gives NaN for the statistic and p. */
struct uf_t_test uf_t_test(double estimate, double variance, double df, double level);

/*
 * The same test without a t distribution: under the working model of cr2 the squared t of c'b exceeds x² with the probability
 * that z_0² − x² Σ_i λ_i z_i²/Σλ is positive, z independent standard normal, λ the eigenvalues of the G × G matrix of
 * p_i'p_j (Satterthwaite's rule knows their mean and variance only). p by the saddlepoint approximation to that (Lugannani &
 * Rice 1980), the interval of the values that are not rejected. McCaffrey & Bell (2006), Statistics in Medicine 25;
 * Tipton (2015), Psychological Methods 20, 375–393. cr0 … cr3, one cluster dimension. `df` stays Satterthwaite's.
 * `saddlepoint` (NULL: not wanted) gets the root of the derivative of the cumulant function.
 * UF_BAD_USAGE: other kinds, sums, more than 1000 clusters (Satterthwaite's t then does as well). O(n q² + G³).
 */
uf_status uf_saddlepoint_test(const struct uf_covariance_input *input,
                              const struct uf_covariance_options *options, const gsl_vector *combination,
                              double estimate, double variance, double df, double level,
                              struct uf_t_test *out, double *saddlepoint, struct uf_error *error);
/* P(z_0² > x² Σ λ_i z_i²/Σλ), and the saddlepoint (NULL: not wanted). λ >= 0, not all 0. */
double uf_saddlepoint_p(double x, const double *lambda, size_t count, double *saddlepoint);

struct uf_joint_test {
    double statistic, df1, df2, p_value; /* F; NaN where the restrictions cannot be tested together */
    size_t restrictions, rank;           /* rank < restrictions: the covariance is singular there */
};
/* H0: all of the listed coefficients are 0. F = b'V^-1 b/q with q and df2 degrees of freedom (naive F; Wald
 * with p from F(q, df2)). Where V is singular among them (more restrictions than clusters − 1) nothing is
 * tested: statistic and p are NaN. O(q³). */
uf_status uf_joint_test(const gsl_vector *coefficients, const gsl_matrix *covariance, const size_t *index,
                        size_t n_index, double df2, struct uf_joint_test *out, struct uf_error *error);

/* Whether the rule of the options needs the rows and the working model (uf_joint_test_few_clusters), or is an F
 * (uf_joint_test with uf_joint_test_df2). */
bool uf_joint_test_by_rows(const struct uf_covariance_input *input,
                           const struct uf_covariance_options *options);
/* Whether uf_joint_test_few_clusters would find so many restrictions too much work, and give no statistic: for a caller to whom
 * preparing it costs much. O(n). */
bool uf_joint_test_too_large(const struct uf_covariance_input *input,
                             const struct uf_covariance_options *options, size_t n_index);
/* df2 of an F: by the clusters, else the periods, else `residual`; G − k for FP, infinite for χ². */
double uf_joint_test_df2(const struct uf_covariance_options *options, const struct uf_covariance *covariance,
                         double residual);
/* The same hypothesis for cr0 … cr3 with one cluster dimension and few clusters, by the rule of the options (F's are taken as
 * HTZ). Index, coefficients and covariance are those of `input`. Where η <= q − 1 there is too little to test
 * with: statistic and p are NaN. O(G q² p²), p as for cr2, HTA and HTB O(q⁴ p²) besides; beyond 5e9 of
 * these the hypothesis is not tested either. */
uf_status uf_joint_test_few_clusters(const struct uf_covariance_input *input,
                                     const struct uf_covariance_options *options,
                                     const gsl_vector *coefficients, const gsl_matrix *covariance,
                                     const size_t *index, size_t n_index, struct uf_joint_test *out,
                                     struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
