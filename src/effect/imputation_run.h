// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_IMPUTATION_RUN_H
#define UTFALL_EFFECT_IMPUTATION_RUN_H
/* What the files of the method `imputation` share. */
#include <utfall/imputation.h>

#include "effect/inference_choice.h"

struct imputation_run {
    struct effect_run common;
    struct uf_imputation_options options;
    struct uf_imputation_error_options errors;
    struct uf_imputation_leads_options leads;
    bool event_study;
    size_t draws; /* of simultaneous bands; 0: none */
    enum effect_scale scale;
    bool stays_treated; /* treatment that ends counts as treated from its start on */
    size_t n_clusters;  /* with observations */
    const struct uf_imputation *fit;
    char *how; /* how the errors were computed, for the column `note` */
};

/* What inference the overall average gets, and in which order. It is decided in one place: first what is to be computed,
 * then, once the cohorts have been dealt out (`randomisation` NULL: they were not), what goes first. */
struct imputation_inference {
    bool automatic; /* the design chooses, and what it did not choose stands beside */
    bool analytic;  /* errors of Borusyak, Jaravel & Spiess */
    bool randomise; /* the cohorts dealt out anew, everything estimated again */
    bool randomised_first;
};
uf_status imputation_choose_inference(const struct imputation_run *run, const struct uf_options *options,
                                      struct imputation_inference *out, struct uf_error *error);
uf_status imputation_settle_inference(const struct imputation_run *run,
                                      const struct uf_randomisation *randomisation,
                                      const struct uf_did_assignment *assignment,
                                      struct imputation_inference *inference, struct uf_error *error);

/* The test of an average whose deviations are taken from the others' (leave-one-out); NaN where that is not defined.
 * `share`: n_cells × 1. */
uf_status imputation_test_one_out(const struct imputation_run *run, const gsl_matrix *share, double estimate,
                                  struct uf_t_test *out, struct uf_error *error);

/* Lowers the number of assignments to what about two seconds allow when each takes `work` rows; false where that is too
 * few. */
bool imputation_afford(double work, struct uf_randomisation_options *options);

/* Averages with their tests: q of them. */
struct imputation_averages {
    struct uf_imputation_averages averages;
    struct uf_t_test *test; /* count */
    gsl_matrix *covariance; /* count × count; NULL where count is 0 */
};
uf_status imputation_averages_init(const struct imputation_run *run, enum uf_average_kind kind,
                                   struct imputation_averages *out, struct uf_error *error);
void imputation_averages_clear(struct imputation_averages *averages);

uf_status imputation_report_estimates(const struct imputation_run *run,
                                      const struct imputation_inference *inference,
                                      const struct uf_randomisation *randomisation, size_t n_blocks,
                                      struct uf_error *error);
/* Tables `group-time`, `group-average`, `calendar-average`. */
uf_status imputation_report_averages(const struct imputation_run *run, struct uf_error *error);
/* Tables `event-study` and `pretrend`. `assignment` NULL: no randomisation. */
uf_status imputation_report_event_study(const struct imputation_run *run,
                                        const struct uf_did_assignment *assignment, struct uf_error *error);
/* Notes on the fit, what could not be predicted (table `left-out`), cells of one region. */
uf_status imputation_report_fit(const struct imputation_run *run, struct uf_error *error);

/* Why a treated observation has no prediction. */
struct uf_words imputation_reason(enum uf_imputation_state state);
#endif
