// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPUTATION_H
#define UTFALL_IMPUTATION_H
/*
 * The imputation estimator of difference-in-differences: what the treated would have been is predicted from
 * a regression that has never seen a treated observation.
 *
 *   untreated (never treated, or not yet):   y_it = α_i + γ_t + x_it'β + ε_it
 *   treated:                                 τ̂_it = y_it − α̂_i − γ̂_t − x_it'β̂
 *   what is reported:                        τ̂_w = Σ w_it τ̂_it, an average of the treated observations
 *
 * No unit already treated serves as a comparison, so effects may differ between cohorts and over time. A
 * *cell* is a cohort (units first treated in the same period) in a period. A treated observation whose α_i or
 * γ_t no untreated observation tells is not estimated, with its reason; the others are.
 *
 * Errors. τ̂_w is linear in the outcome, Σ v_it y_it, with v_it = w_it for the treated and
 * v = −W0 Z0 (Z0'W0 Z0)^-1 Z1'w for the untreated (Z: the regressors, dummies included; W0 the weights). The
 * influence of cluster c is ψ_c = Σ_{it in c} v_it ε̃_it: the residual where untreated; where treated the
 * deviation τ̂_it − τ̄_G from an average over a pool G of treated observations,
 *
 *   τ̄_G = Σ_i (Σ_{t in G} v_it)(Σ_{t in G} v_it τ̂_it) / Σ_i (Σ_{t in G} v_it)²,
 *
 * and Var = Σ_c ψ_c². It is too large on average where effects differ within a pool (conservative), and asks
 * for many clusters. The unit effects cancel in ψ (their residuals sum to nil within a unit), so only a
 * system of the periods is ever solved: no n × n matrix, no v.
 *
 * Source: Borusyak, Jaravel & Spiess (2024), Revisiting event-study designs: robust and efficient estimation,
 * Review of Economic Studies 91(6), 3253–3285: Theorem 2 (estimator), Theorem 3 with eqs. (7), (8) (errors),
 * §4.4 (test of the assumptions), supplement A.9 (leave-one-out).
 */
#include <gsl/gsl_matrix.h>
#include <stdbool.h>
#include <stddef.h>
#include <utfall/did.h>
#include <utfall/effect_average.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What becomes of an observation. */
enum uf_imputation_state {
    UF_IMPUTATION_UNTREATED,    /* the regression is fitted on it */
    UF_IMPUTATION_ESTIMATED,    /* treated, with an effect */
    UF_IMPUTATION_NO_UNIT,      /* treated; its unit has no untreated observation */
    UF_IMPUTATION_NO_PERIOD,    /* treated; nobody is untreated in its period */
    UF_IMPUTATION_NO_LINK,      /* treated; unit and period are not linked by untreated observations */
    UF_IMPUTATION_NO_COVARIATE, /* treated; a covariate varies here that does not vary among the untreated */
    UF_IMPUTATION_STATES
};

/* A cohort in a period. */
struct uf_imputation_cell {
    size_t first_period, period;        /* indices of periods */
    long event_time;                    /* steps of data->time since the start; < 0: anticipation */
    double estimate;                    /* weighted mean of the effects; NaN: none */
    double weight;                      /* sum of the weights of the estimated */
    size_t count[UF_IMPUTATION_STATES]; /* observations by state */
};

struct uf_imputation_options {
    /* steps of data->time before the start in which units may act already: these observations are neither
     * fitted on nor counted as effects */
    size_t anticipation;
};

struct uf_imputation {
    size_t n, n_cells;
    unsigned char *state;            /* n: enum uf_imputation_state */
    double *effect;                  /* n: τ̂; the residual where untreated; NaN where not estimated */
    size_t *cell_of;                 /* n: SIZE_MAX where untreated */
    struct uf_imputation_cell *cell; /* by cohort, then period */
    size_t count[UF_IMPUTATION_STATES];
    size_t *untreated_in; /* n_periods: untreated observations */
    size_t n_components;  /* parts of the untreated that no observation links */
    size_t n_covariates, rank;
    double *coefficient;               /* n_covariates: β; NaN: dropped, collinear among the untreated */
    struct uf_imputation_parts *parts; /* not for callers */
};

/* data->first_period says who is treated when; data->treatment is not read. One row per unit and period.
 * UF_NOT_IDENTIFIED: no untreated observation, or no treated one whose effect can be estimated; UF_BAD_INPUT:
 * a weight that is not positive. Cost: O(n (k + p)) and O(T³), p untreated periods of a unit, T periods. */
uf_status uf_imputation_fit(const struct uf_did_data *data, const struct uf_imputation_options *options,
                            struct uf_imputation *out, struct uf_error *error);
void uf_imputation_clear(struct uf_imputation *fit);

/* --- averages ---------------------------------------------------------------------------------- */

/* Averages of effects, each observation with its weight. Anticipation counts in none but dynamic and cells. */
struct uf_imputation_averages {
    size_t count;
    long *key; /* count: event time, index of the cohort's or the calendar period, index of the cell; 0 */
    double *estimate;  /* count */
    size_t *n;         /* count: effects averaged */
    gsl_matrix *share; /* n_cells × count: the weight of each cell's mean; NULL where count is 0 */
};
/* In the order of the key. An average of no effect is not there. O(n_cells · count). */
uf_status uf_imputation_average(const struct uf_imputation *fit, enum uf_average_kind kind,
                                struct uf_imputation_averages *out, struct uf_error *error);
void uf_imputation_averages_clear(struct uf_imputation_averages *averages);

/* --- errors ------------------------------------------------------------------------------------ */

/* Over what τ̄ is taken. A wider pool has more units, and counts more of the difference between effects as
 * noise. */
enum uf_imputation_pool { UF_POOL_CELL, UF_POOL_EVENT_TIME, UF_POOL_COHORT, UF_POOL_ALL };

struct uf_imputation_error_options {
    enum uf_imputation_pool pool;
    /* deviations from the τ̄ of the other units in the pool. A pool of one unit has none: the influence is
     * NaN */
    bool leave_one_out;
};

/* ψ (n_groups of data->cluster[0], or n_units without clusters) × q, for the averages with these shares
 * (n_cells × q; 0 for a cell without estimate). The covariance is ψ'ψ. `data` is the one that was fitted.
 * UF_BAD_USAGE: a unit lies in two clusters, or two cluster dimensions; UF_INTERNAL: sizes. Cost: O(n q k). */
uf_status uf_imputation_influence(const struct uf_did_data *data, const struct uf_imputation *fit,
                                  const gsl_matrix *share, const struct uf_imputation_error_options *options,
                                  gsl_matrix **out, struct uf_error *error);
/* v (n) of one average (share: n_cells × 1): τ̂ = Σ v_it y_it; 0 for treated observations that do not count.
 * O(n k). */
uf_status uf_imputation_weights(const struct uf_did_data *data, const struct uf_imputation *fit,
                                const gsl_matrix *share, double *out, struct uf_error *error);
/* ψ'ψ (q × q). O(G q²). */
uf_status uf_influence_covariance(const gsl_matrix *influence, gsl_matrix **out, struct uf_error *error);

/* --- what comes before the start --------------------------------------------------------------- */

struct uf_imputation_leads_options {
    size_t anticipation;
    /* leads that are estimated, those next to the start; earlier periods are what they are compared with.
     * 0: all but the reference */
    size_t leads;
    long reference; /* with leads 0: 0 by definition, usually −1 (before anticipation, if any) */
};
/* The regression of the untreated on indicators of the periods before the start: y = α_i + γ_t +
 * Σ_e δ_e 1[t − g_i = e] + x'β + ε. No treated observation is used, so that the test is not mixed up with the
 * effects. UF_NOT_IDENTIFIED: no lead. */
struct uf_imputation_leads {
    struct uf_did_data data; /* of the untreated; borrows the arrays below */
    size_t *row, *unit, *period, *cluster[2];
    double *outcome, *weights;
    gsl_matrix *covariates;
    struct uf_did_fit fit; /* event_time: of the leads, the latest first */
};
uf_status uf_imputation_leads(const struct uf_did_data *data, const struct uf_imputation *fit,
                              const struct uf_imputation_leads_options *options,
                              struct uf_imputation_leads *out, struct uf_error *error);
void uf_imputation_leads_clear(struct uf_imputation_leads *leads);

/* --- randomisation ----------------------------------------------------------------------------- */

/* Had other units been treated: the cohorts are dealt out anew over the assignment's blocks, and the simple
 * average is computed again, untreated regression and all. t is the average over its error (pool of the
 * cell); the scaled statistic and the interval's shift come from v (`noise` NULL: no scaled one). An assignment
 * for which nothing can be estimated counts as extreme. Errors as uf_randomise. Cost: that of a fit with its
 * errors, for each assignment. */
uf_status uf_imputation_randomise(const struct uf_did_data *data, const struct uf_imputation_options *options,
                                  const struct uf_did_assignment *assignment,
                                  const struct uf_did_noise *noise,
                                  const struct uf_randomisation_options *randomisation,
                                  struct uf_randomisation *out, struct uf_error *error);
/* The same for what comes before the start: F of all leads (errors taken as independent) under each assignment, in
 * `coefficient`; the other statistics are NaN. UF_NOT_IDENTIFIED also where there is no lead. */
uf_status uf_imputation_randomise_leads(const struct uf_did_data *data,
                                        const struct uf_imputation_options *options,
                                        const struct uf_imputation_leads_options *leads,
                                        const struct uf_did_assignment *assignment,
                                        const struct uf_randomisation_options *randomisation,
                                        struct uf_randomisation *out, struct uf_error *error);

/*
 * The method. Tables: `estimates` (averages, one row per inference), `effect-size`, `event-study` (with bands),
 * `pretrend`, `group-time`, `group-average`, `calendar-average`, `left-out` (treated observations without a
 * prediction), `randomisation`, `raw-trends`, `design`.
 */
extern const struct uf_method uf_method_imputation;

#ifdef __cplusplus
}
#endif
#endif
