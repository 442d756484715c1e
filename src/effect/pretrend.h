// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_PRETREND_H
#define UTFALL_EFFECT_PRETREND_H
/* The joint test of what comes before the start, inference by inference, and what it could have found: table `pretrend`,
 * notes and the claim. */
#include "effect/run.h"

#include <utfall/covariance.h>

/* Columns of the table. */
enum {
    EFFECT_PRETREND_VCOV,
    EFFECT_PRETREND_SLOPE_50 = 7,
    EFFECT_PRETREND_SLOPE_80,
    EFFECT_PRETREND_FALSE, /* how often the test finds something where nothing drifts, by placebo */
    EFFECT_PRETREND_SLOPES_BY
};
/* What slopes rest on: placebo treatments that drift, the row's own covariance, or that of the untreated rows. */
enum effect_slopes_by { EFFECT_SLOPES_PLACEBO, EFFECT_SLOPES_COVARIANCE, EFFECT_SLOPES_UNTREATED };
struct placebo_slopes;

struct effect_pretrend {
    struct uf_table *table;
    struct uf_joint_test decisive; /* the one that the note and the claim go by */
    const char *vcov;              /* its inference; NULL: there is nothing to test */
    size_t decisive_row;
    bool few; /* as below: randomisation decides where it was done */
    enum effect_slopes_by
        by;     /* of what effect_pretrend_add_power… adds; EFFECT_SLOPES_COVARIANCE unless set */
    bool blind; /* no straight line at all shows in the differences before the start */
    /* The main estimate, and what it would be with the line of slope 1 as outcome: for the note. NaN: not said. The
     * caller sets them. */
    double estimate, drift;
    bool by_dose; /* of slopes by dose: table `pretrend-slope`, and notes whose codes begin so too */
};
uf_status effect_pretrend_init(const struct effect_run *run, struct effect_pretrend *out,
                               struct uf_error *error);
uf_status effect_pretrend_init_by_dose(const struct effect_run *run, struct effect_pretrend *out,
                                       struct uf_error *error);
/* A note on it: effect_note, under its own code and heading where it is by dose. */
uf_status effect_pretrend_add_note(const struct effect_run *run, const struct effect_pretrend *pretrend,
                                   enum uf_severity severity, const char *code, struct uf_words text,
                                   struct uf_words advice, const struct uf_argument *arguments,
                                   size_t n_arguments, struct uf_error *error);
/* What to do where so many cannot be tested: only did can take event times together. */
struct uf_words effect_pretrend_advice(const struct effect_run *run);
/* No more treated (or other) regions than restrictions, so that a cluster-robust covariance cannot tell these apart:
 * with 21 regions and 7 restrictions the F of cr1s rejects in half to nine tenths of all samples, and CR2's in none. */
bool effect_pretrend_few(const struct effect_run *run, size_t restrictions);
/* df2 NaN: by randomisation; INFINITY: χ² with df1 degrees of freedom. Nothing is added where the test has no restrictions. */
uf_status effect_pretrend_add(struct effect_pretrend *pretrend, const struct uf_joint_test *test,
                              const char *vcov, struct uf_error *error);
/*
 * What the test of the row added last would have found: a straight line by which the treated drift from the others, in
 * units of the outcome per period, with a power of 50 and 80 per cent at the 5 % level (columns `slope_50`, `slope_80`).
 * Nothing is filled in where the row has no statistic, or no df of an analytic test.
 *
 * Any regression: effect_line_coefficients gives what a line of slope 1 does to its kept coefficients, and with the places of
 * the leads among them effect_pretrend_add_power_of does the rest; effect_pretrend_add_power_rows where leads are
 * combinations of coefficients (averages over cohorts), the rows of a matrix (q × k). `data` are the rows of the regression; of one
 * from sums the coefficients are NaN, and no power is said.
 */
/* What is rounding in a line as a regression sees it, of its largest value. */
#define EFFECT_NIL_LINE 1e-7
uf_status effect_line_coefficients(const struct uf_did_data *data,
                                   const struct uf_covariance_input *regression, gsl_vector *out,
                                   struct uf_error *error);
uf_status effect_pretrend_add_power_of(struct effect_pretrend *pretrend, const struct uf_joint_test *test,
                                       const gsl_vector *line, const gsl_matrix *covariance,
                                       const size_t *lead, size_t n_leads, struct uf_error *error);
uf_status effect_pretrend_add_power_rows(struct effect_pretrend *pretrend, const struct uf_joint_test *test,
                                         const gsl_vector *line, const gsl_matrix *covariance,
                                         const gsl_matrix *combinations, struct uf_error *error);
/* `times`: what a line of slope 1 does to the leads (event time less reference, in the simplest case). */
uf_status effect_pretrend_add_power(struct effect_pretrend *pretrend, const struct uf_joint_test *test,
                                    const gsl_vector *times, const gsl_matrix *covariance,
                                    struct uf_error *error);
/* From what such a line adds to the noncentrality: times' V^{-1} times. 0: the test does not see it. */
uf_status effect_pretrend_add_noncentrality(struct effect_pretrend *pretrend,
                                            const struct uf_joint_test *test, double noncentrality,
                                            struct uf_error *error);
/* By placebo (placebo_drift.h), whatever the test: NaN where no slope is found that often. */
uf_status effect_pretrend_add_placebo(struct effect_pretrend *pretrend, const struct placebo_slopes *slopes,
                                      struct uf_error *error);
/* Whether slopes from a clustered covariance would promise too much or too little: fewer than 20 regions on either side. */
bool effect_pretrend_wants_placebos(const struct effect_run *run);
/* Time since its unit's own start; 0 of the never treated. */
double effect_line_at(const struct uf_did_data *data, size_t row);
/* The note on it, by the decisive test or else the first that has a power. */
uf_status effect_pretrend_note_power(const struct effect_run *run, const struct effect_pretrend *pretrend,
                                     struct uf_error *error);

/* By dealing the treatment out anew, where that is affordable. */
uf_status effect_pretrend_randomise(const struct effect_run *run, const struct uf_event_study_options *event,
                                    size_t n_columns, const struct uf_did_assignment *assignment,
                                    struct effect_pretrend *pretrend, struct uf_error *error);
/* The notes, the claim and the table. */
uf_status effect_pretrend_finish(const struct effect_run *run, struct effect_pretrend *pretrend,
                                 struct uf_error *error);
void effect_pretrend_clear(struct effect_pretrend *pretrend);
#endif
