// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CONVERGENCE_H
#define UTFALL_CONVERGENCE_H
/*
 * Do poorer regions grow faster (β), and do regions grow more alike (σ)? β-convergence is needed for
 * σ-convergence but does not bring it about: shocks can keep the spread open while each region drifts towards
 * its own level.
 *
 * Source: Barro, R. J. & Sala-i-Martin, X. (1992). Convergence. Journal of Political Economy, 100(2),
 * 223–251.
 */
#include <gsl/gsl_matrix.h>
#include <stddef.h>
#include <utfall/covariance.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_beta_options {
    enum uf_covariance_kind covariance; /* of β; the degrees of freedom are that kind's default */
    const size_t *cluster;              /* n group numbers, for the clustered kinds; else NULL */
    size_t n_groups;                    /* bound of the group numbers */
    double level;                       /* of the intervals; 0: 0.95 */
    double *fitted; /* n: the growth that the fit gives, NaN where left out; NULL: not wanted */
};

struct uf_beta_convergence {
    double intercept, beta; /* of ln(y_T/y_0)/T on ln y_0 and the controls: already per year */
    double std_error, statistic, df, p_value, conf_low, conf_high; /* of β */
    double r_squared;
    double speed; /* λ = −ln(1 + T·β)/T; NaN where 1 + T·β is not positive */
    /* by the delta method: se(λ) = se(β)/(1 + T·β), λ ± t·se(λ) */
    double speed_std_error, speed_low, speed_high;
    /* ln 2/λ in years; infinite without convergence (λ = 0), NaN where λ is negative or not defined */
    double half_life;
    /* ln 2 over the ends of λ's interval: half_life_high is infinite where that reaches 0, both are NaN where all of it is
     * below 0. The delta method on ln 2/λ itself (half_life_std_error = ln 2/λ²·se(λ)) would reach below 0. */
    double half_life_std_error, half_life_low, half_life_high;
    size_t n, left_out; /* regions used, and left out because something is missing */
    size_t rank, columns;
    size_t n_clusters; /* 0: not clustered */
};

/*
 * n regions with values above 0 at start and end, T = `years` apart; `controls` n × k, or NULL; `options` NULL:
 * homoskedastic errors (iid). A region with a missing value or control is left out and counted. O(n k²).
 * UF_BAD_INPUT: a value that is not above 0; UF_NOT_IDENTIFIED: no degree of freedom is left, ln y_0 does not vary or
 * is a combination of the controls, or fewer than two clusters; UF_BAD_USAGE: sizes, years not above 0, or a clustered
 * covariance without clusters.
 */
uf_status uf_beta_convergence(const double *start, const double *end, size_t n, double years,
                              const gsl_matrix *controls, const struct uf_beta_options *options,
                              struct uf_beta_convergence *out, struct uf_error *error);

struct uf_sigma_trend {
    double slope;                             /* of the standard deviation, per unit of `time` */
    double std_error, statistic, df, p_value; /* NaN with fewer than three periods */
};

/*
 * Standard deviation (n − 1) of the natural logs in each period: `value` is regions × periods, `time` and
 * `out_deviation` have one element per period. Only regions with a value in every period count, so that the
 * spread is always of the same regions; `out_n` says how many. The trend is the least-squares line of the
 * deviations on time: few points, serially dependent, so that its p-value is a description. O(regions ×
 * periods). UF_BAD_INPUT: a value that is not above 0; UF_NOT_IDENTIFIED: fewer than two complete regions or
 * two distinct times.
 */
uf_status uf_sigma_convergence(const gsl_matrix *value, const double *time, double *out_deviation,
                               struct uf_sigma_trend *out_trend, size_t *out_n, struct uf_error *error);

/* `utfall profile convergence`. */
extern const struct uf_method uf_method_convergence;

#ifdef __cplusplus
}
#endif
#endif
