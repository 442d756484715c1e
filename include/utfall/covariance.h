// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_COVARIANCE_H
#define UTFALL_COVARIANCE_H
/*
 * The covariance of least-squares coefficients, its degrees of freedom, and what they give: t tests,
 * intervals, joint F tests.
 *
 * With x_i, e_i the regressors (after fixed effects) and residuals times √w, M = (X'X)^-1, G clusters, N
 * observations:
 *
 *     iid    M · e'e/(N − K)                         K: all parameters, absorbed ones included
 *     hc1    N/(N − K) · M (Σ_i x_i x_i' e_i²) M     the same K
 *     cr0    M (Σ_g X_g'e_g e_g'X_g) M
 *     cr1    cr0 · G/(G − 1)
 *     cr1s   cr1 · (N − 1)/(N − K)                   K by the rule below
 *     cr2    M (Σ_g X_g'A_g e_g e_g'A_g X_g) M       A_g = ((I − H)_gg)^{+1/2}, H the hat matrix with all
 *                                                    fixed effects
 *
 * Two cluster dimensions (cr0, cr1, cr1s): V_1 + V_2 − V_12, the small-sample factors with the smaller G
 * (Cameron, Gelbach & Miller 2011); a matrix that is not positive semi-definite gets its negative eigenvalues
 * set to zero, and says so.
 *
 * The family widens by a row in the table of names and a function; nothing else knows the kinds.
 *
 * Sources: MacKinnon & White (1985), J. Econometrics 29; Liang & Zeger (1986), Biometrika 73; Bell &
 * McCaffrey (2002), Survey Methodology 28; Cameron, Gelbach & Miller (2011), JBES 29, §2; Pustejovsky &
 * Tipton (2018), JBES 36, §2–3, with the identity on the √w scale (weights read as inverse variances) as the
 * working model.
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

enum uf_covariance_kind {
    UF_COVARIANCE_IID,
    UF_COVARIANCE_HC1,
    UF_COVARIANCE_CR0,
    UF_COVARIANCE_CR1,
    UF_COVARIANCE_CR1S,
    UF_COVARIANCE_CR2
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

enum uf_df_rule {
    UF_DF_DEFAULT,      /* iid, hc1: residual; cr0, cr1, cr1s: clusters; cr2: Satterthwaite */
    UF_DF_RESIDUAL,     /* N − K, all parameters */
    UF_DF_CLUSTERS,     /* (smallest) G − 1 */
    UF_DF_SATTERTHWAITE /* cr0 … cr2, one cluster dimension */
};

struct uf_covariance_type {
    enum uf_covariance_kind kind;
    const char *name; /* `cr1s` */
    bool clustered;
    struct uf_words summary;
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
};

struct uf_covariance_options {
    enum uf_covariance_kind kind;
    enum uf_k_rule k_rule;
    enum uf_df_rule df_rule;
};

struct uf_covariance {
    gsl_matrix *matrix;      /* k × k */
    double *df;              /* k: of each coefficient's t test */
    size_t n_clusters;       /* the smaller one of two; 0 where none were used */
    double parameters;       /* the K that was counted; 0 where none was */
    double factor;           /* the small-sample factor on the bare sandwich (or 1) */
    enum uf_df_rule df_rule; /* the one used, never DEFAULT */
    bool repaired;           /* negative eigenvalues were set to zero */
};

/* UF_NOT_IDENTIFIED: N <= K for iid and hc1 (nothing is left to estimate a variance from), fewer than two
 * clusters; UF_BAD_USAGE: a kind or rule that does not exist for that clustering. Cost: O(n k²); cr2 and
 * Satterthwaite O((n + G q) q²) with q the columns that are not absorbed within clusters: k and the effects
 * not nested in a cluster, at most 2000. */
uf_status uf_covariance_estimate(const struct uf_covariance_input *input,
                                 const struct uf_covariance_options *options, struct uf_covariance *out,
                                 struct uf_error *error);
void uf_covariance_clear(struct uf_covariance *covariance);

/* How the K and df were counted, for a note: `t with G − 1 = 20 df; …`. free() it. */
uf_status uf_covariance_describe(const struct uf_covariance *covariance,
                                 const struct uf_covariance_options *options, enum uf_language language,
                                 char **out, struct uf_error *error);

struct uf_t_test {
    double std_error, statistic, df, p_value, conf_low, conf_high;
};
/* H0: coefficient = 0; interval at `level` (0.95). A variance of 0 gives NaN for the statistic and p. */
struct uf_t_test uf_t_test(double estimate, double variance, double df, double level);

struct uf_joint_test {
    double statistic, df1, df2, p_value; /* F; NaN where the restrictions cannot be tested together */
    size_t restrictions, rank;           /* rank < restrictions: the covariance is singular there */
};
/* H0: all of the listed coefficients are 0. F = b'V^-1 b/q with q and df2 degrees of freedom (naive F; Wald
 * with p from F(q, df2)). Where V is singular among them (more restrictions than clusters − 1) nothing is
 * tested: statistic and p are NaN. O(q³). */
uf_status uf_joint_test(const gsl_vector *coefficients, const gsl_matrix *covariance, const size_t *index,
                        size_t n_index, double df2, struct uf_joint_test *out, struct uf_error *error);

/* The same hypothesis for cr0 … cr2 with one cluster dimension and few clusters: b'V^-1 b is taken as
 * Hotelling's T²(q, η), η from the working model, so that F = (η − q + 1)/(η q) · b'V^-1 b has q and η − q +
 * 1 degrees of freedom ("HTZ"; Pustejovsky & Tipton 2018, §3.2). Index, coefficients and
 * covariance are those of `input`. Where η <= q − 1 there is too little to test with: statistic and p are
 * NaN. O(G q² p²), p as for cr2; beyond 5e9 of these the hypothesis is not tested either. */
uf_status uf_joint_test_few_clusters(const struct uf_covariance_input *input,
                                     const struct uf_covariance_options *options,
                                     const gsl_vector *coefficients, const gsl_matrix *covariance,
                                     const size_t *index, size_t n_index, struct uf_joint_test *out,
                                     struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
