// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_DID_H
#define UTFALL_DID_H
/*
 * Difference-in-differences by two-way fixed effects: the kernel, and the method `did`.
 *
 *   y_it = α_i + γ_t + δ D_it + x_it'β + ε_it                       (uf_did_estimate)
 *   y_it = α_i + γ_t + Σ_{e≠ref} δ_e 1[t − g_i = e] + x_it'β + ε_it   (uf_event_study_estimate)
 *
 * D is 0/1 or a dose, g_i the period in which unit i is first treated; units never treated have no event
 * time. With two groups and two periods δ is the difference of mean differences. With one cohort and constant
 * effects δ is the average effect on the treated, if the treated would have developed as the controls did;
 * with several cohorts it need not be (Goodman-Bacon 2021).
 *
 * Sources: Goodman-Bacon (2021), J. Econometrics 225(2), 254–277, eq. (2); Roth (2022), AER: Insights 4(3),
 * 305–322.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stddef.h>
#include <utfall/absorb.h>
#include <utfall/absorbed_regression.h>
#include <utfall/covariance.h>
#include <utfall/least_squares.h>
#include <utfall/method.h>
#include <utfall/randomisation.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A sample without missing values; all borrowed. */
struct uf_did_data {
    size_t n, n_units, n_periods;
    const size_t *unit, *period;  /* n */
    const double *outcome;        /* n */
    const double *treatment;      /* n: 0/1 or a dose */
    const double *weights;        /* n, > 0; NULL: 1 */
    const gsl_matrix *covariates; /* n × k; NULL: none */
    const size_t *first_period;   /* n_units: index of a period, SIZE_MAX: never treated */
    const long *time; /* n_periods: the periods on an equidistant scale (2000, 2002, …); NULL: 0, 1, 2, … */
    const size_t *cluster[2]; /* n each */
    size_t n_groups[2], n_cluster_dimensions;
    size_t n_rows;                      /* where the rows are means of more of them: how many; 0: n */
    const double *latitude, *longitude; /* n each, for conley; NULL: not known */
    /* From how many rows on only sums of them are kept (absorbed_regression.h), which leaves the inference that needs
     * rows out: iid, cr0, cr1, cr1s remain, and hc1 with `row_scores`. 0: UF_DID_SUMMED_FROM. */
    size_t summed_from;
    bool row_scores;
    /* With that many rows, instead of covariates: columns that need not be copied into a matrix. 0: none. */
    const struct uf_value_column *column;
    size_t n_columns;
};
enum { UF_DID_SUMMED_FROM = 250000 };

/* A regression with unit and period effects taken out. Columns: first the treatment or the event times, then
 * the covariates. */
struct uf_did_fit {
    size_t n_columns, n_leading; /* leading: the treatment, or the event times */
    long *event_time;            /* n_leading for an event study, ascending; NULL otherwise */
    gsl_matrix *x;               /* n × rank: the kept columns, effects taken out */
    struct uf_least_squares fit; /* coefficients of all columns (NaN: dropped) */
    struct uf_absorber *absorber;
    size_t *position; /* n_columns: index among the kept ones, SIZE_MAX: dropped */
    /* Of many rows: instead of x, absorber, and the residuals and inverse of `fit`, which are then NULL. NULL: few. */
    struct uf_absorbed_fit *summed;
};
void uf_did_fit_clear(struct uf_did_fit *fit);

/* UF_NOT_IDENTIFIED where the treatment is collinear with the fixed effects and covariates (it is never
 * dropped silently). A covariate that is collinear is dropped and listed. Cost: as uf_absorber_new plus O(n
 * k²). */
uf_status uf_did_estimate(const struct uf_did_data *data, struct uf_did_fit *out, struct uf_error *error);

struct uf_event_study_options {
    long reference; /* event time whose coefficient is 0 by definition, usually −1 */
    bool bin_before, bin_after;
    long before, after; /* with bins: event times at or beyond are taken together under this number */
};
/* Event times are differences of data->time. Where no unit is never treated one more is collinear: the
 * earliest is dropped. UF_NOT_IDENTIFIED: no event time but the reference; UF_BAD_USAGE: the reference does
 * not occur, or lies within a bin. */
uf_status uf_event_study_estimate(const struct uf_did_data *data,
                                  const struct uf_event_study_options *options, struct uf_did_fit *out,
                                  struct uf_error *error);

/* The covariance of the kept columns. */
uf_status uf_did_covariance(const struct uf_did_data *data, const struct uf_did_fit *fit,
                            const struct uf_covariance_options *options, struct uf_covariance *out,
                            struct uf_error *error);

/* H0: all coefficients before 0, but the reference, are nil. With cr2 or cr3 and one cluster dimension
 * Hotelling's approximation for few clusters (uf_joint_test_few_clusters), else F with clusters − 1, periods − 1
 * (driscoll-kraay) or residual degrees of freedom. A covariance that had to be repaired tests nothing: statistic
 * and p are NaN. `restrictions` is 0 in the result where there is nothing to test. */
uf_status uf_did_pretrend(const struct uf_did_data *data, const struct uf_did_fit *fit,
                          const struct uf_covariance_options *options, const struct uf_covariance *covariance,
                          long reference, struct uf_joint_test *out, struct uf_error *error);

/* Which blocks the treatment could have been dealt to: the clusters where each lies in one treatment path
 * (one cluster dimension that nests the units), else the units. Paths are cohorts where the treatment is 0/1
 * and stays on, else the units' own series, which needs each unit to have each period of the others:
 * UF_NOT_IDENTIFIED otherwise. */
struct uf_did_assignment {
    bool by_cluster;
    size_t n_blocks, n_paths;
    size_t *block;        /* n */
    size_t *path;         /* n_blocks */
    double *path_value;   /* n × n_paths */
    size_t *first_period; /* n_paths: of the units that follow it */
};
uf_status uf_did_assignment_init(const struct uf_did_data *data, struct uf_did_assignment *out,
                                 struct uf_error *error);
void uf_did_assignment_clear(struct uf_did_assignment *assignment);
/* How noisy each block was in the periods before anybody in the sample was treated (unit effects, period effects and
 * covariates taken out): what the scaled statistic of randomisation.h is scaled by. It does not depend on who was
 * treated later. UF_NOT_IDENTIFIED: fewer than four such periods. */
struct uf_did_noise {
    struct uf_block_noise view; /* of the arrays below */
    size_t n_periods;           /* before the first start */
    size_t *cell, *block;
    double *weight, *variance;
};
uf_status uf_did_noise_init(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                            struct uf_did_noise *out, struct uf_error *error);
void uf_did_noise_clear(struct uf_did_noise *noise);

/* Randomisation inference for the treatment's coefficient; with the scaled statistic where the periods before allow
 * it, and with what an interval needs. */
uf_status uf_did_randomise(const struct uf_did_data *data, const struct uf_did_fit *fit,
                           const struct uf_did_assignment *assignment,
                           const struct uf_randomisation_options *options, struct uf_randomisation *out,
                           struct uf_error *error);

/* The same for each event time of an event study (out: n_events, those of `events`; one without an actual estimate is left
 * empty): the whole event study under each assignment. The shift is of an effect at that event time, or in that bin, alone.
 * `noise` NULL: no scaled statistic. Cost: an event study an assignment. */
uf_status uf_did_randomise_events(const struct uf_did_data *data, const struct uf_event_study_options *event,
                                  const struct uf_did_assignment *assignment,
                                  const struct uf_did_noise *noise, const long *events, size_t n_events,
                                  const struct uf_randomisation_options *options,
                                  struct uf_randomisation *out, struct uf_error *error);

/* Randomisation inference for all leads together: F of the leads under every assignment. With one cohort only
 * the periods before its start are used, which is the same hypothesis without the lags. UF_NOT_IDENTIFIED
 * where there is no lead but the reference. */
uf_status uf_did_randomise_pretrend(const struct uf_did_data *data,
                                    const struct uf_event_study_options *event,
                                    const struct uf_did_assignment *assignment,
                                    const struct uf_randomisation_options *options,
                                    struct uf_randomisation_joint *out, struct uf_error *error);

/*
 * The method. Tables: `estimates` (one row per term and inference), `effect-size` (in units, in per cent of
 * the counterfactual mean, per krona), `event-study` (the first analytic inference), `event-study-inference`
 * (all of them), `pretrend`, `randomisation` (histogram of the statistics), `raw-trends` (means of each
 * cohort by period), `design`.
 */
extern const struct uf_method uf_method_did;

#ifdef __cplusplus
}
#endif
#endif
