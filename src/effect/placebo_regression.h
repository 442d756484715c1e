// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_PLACEBO_REGRESSION_H
#define UTFALL_EFFECT_PLACEBO_REGRESSION_H
/* Placebo treatments that drift, of any estimator that is a regression: its leads under each assignment, tested with the covariance
 * of a row (placebo_covariance.h), as effect_joint_test makes it. */
#include "effect/did_internal.h"
#include "effect/placebo_covariance.h"

/* The regression of one assignment. */
struct placebo_regression {
    struct did_regression kept; /* borrows from the fit */
    const size_t *row;          /* of its rows: which of the sample's they are; NULL: the same. Borrowed */
    gsl_matrix
        *leads; /* q × k: combinations of the kept coefficients; NULL: no lead. Freed by whoever asked */
};
typedef uf_status (*placebo_fit)(void *fit, const struct uf_did_data *data, const void *options,
                                 struct placebo_regression *out, struct uf_error *error);
typedef void (*placebo_fit_clear)(void *fit);
/* How an estimator is fitted: a fit of `size` bytes, zeroed before. `regress` gives UF_NOT_IDENTIFIED or UF_BAD_USAGE where the
 * assignment has no estimate (the options are good: the actual one has); `clear` may find a fit zeroed. */
struct placebo_regressions {
    const void *options;
    size_t size;
    double work; /* multiplications of a fit with its covariance and test */
    placebo_fit regress;
    placebo_fit_clear clear;
    /* Of an estimator that starts alone do not tell: takes what the assignment gives each block, before the fit. NULL: none. */
    void (*assign)(const void *options, const size_t *path);
    /* Of one whose rows are not outcomes: the coefficients of the line (n of the sample), and what it leaves. NULL: by the rows. */
    uf_status (*regress_line)(void *fit, const double *line, gsl_vector *coefficients, gsl_vector *rest,
                              struct uf_error *error);
};
/* Of an estimator that needs no more than this. */
struct placebo_regressions placebo_regressions_of(const void *options, size_t size, double work,
                                                  placebo_fit regress, placebo_fit_clear clear);
/* About what that takes, of so many kept columns and the data's rows, periods and clusters. */
double placebo_regression_work(const struct uf_did_data *data, size_t n_columns);
/* A unit row for each kept event time before that one (the reference has no column); *out is left where there is none. */
uf_status placebo_lead_rows(const struct uf_did_fit *fit, long before, gsl_matrix **out,
                            struct uf_error *error);

uf_status placebo_drift_of_regression(const struct placebo_sample *sample,
                                      const struct placebo_regressions *estimator,
                                      const struct uf_covariance_options *covariance, uint64_t seed,
                                      struct placebo_slopes *out, struct uf_error *error);

/* Of the methods; options are borrowed. */
struct placebo_regressions did_regressions(const struct uf_event_study_options *options, double work);
struct placebo_regressions sun_abraham_regressions(const struct uf_sun_abraham_options *options, double work);
struct placebo_regressions stacked_regressions(const struct uf_stacked_options *options, double work);
struct imputation_lead_options {
    const struct uf_imputation_options *fit;
    const struct uf_imputation_leads_options *leads;
};
struct placebo_regressions imputation_regressions(const struct imputation_lead_options *options, double work);

/* The placebos of a run: dealt as randomisation dealt them, or would have. */
struct placebo_treatments {
    struct placebo_sample sample; /* no outcome: nothing can be dealt, or not at that size */
    struct uf_did_assignment *own;
};
/* `assignment` NULL, or of no blocks (nothing was dealt): one of its own. */
uf_status placebo_treatments_init(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                                  bool cross_sections, struct placebo_treatments *out,
                                  struct uf_error *error);
void placebo_treatments_clear(struct placebo_treatments *treatments);

/* The slopes of the row added last, whose test was made. `done` false: nothing was added, since regions are many on either side (their
 * covariance can be relied on), or placebos cannot be had. */
uf_status placebo_add_slopes(const struct effect_run *run, const struct placebo_treatments *treatments,
                             const struct placebo_regressions *estimator,
                             const struct uf_covariance_options *covariance, const struct uf_joint_test *test,
                             struct effect_pretrend *pretrend, bool *done, struct uf_error *error);
#endif
