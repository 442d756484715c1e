// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_PLACEBO_DRIFT_H
#define UTFALL_EFFECT_PLACEBO_DRIFT_H
/*
 * What a joint test of the leads would have found, by placebo: the treatment is dealt out anew, each deal stands in turn for the
 * actual one, those that it treats drift along a straight line, and the test is made as it is made of the actual treatment
 * (uf_pretrend_placebo_slope).
 *
 * The outcomes are those of the sample with everything that tells the actual cohorts apart taken out: residuals of unit and
 * cohort-by-period effects and covariates, times √((B − 1)/(B − C)) for what that took from the differences between B blocks
 * of C cohorts. A drift, or an effect, of the treated is in none of them.
 *
 * All that a test says of these outcomes with a line added follows from what it makes of K = 1 + B outcomes: the residuals, and
 * for each block the line that it would follow.
 */
#include "effect/run.h"

#include <utfall/callaway_santanna.h>
#include <utfall/did.h>
#include <utfall/imputation.h>
#include <utfall/pretrend.h>
#include <utfall/stacked.h>
#include <utfall/sun_abraham.h>

struct placebo_sample {
    const struct uf_did_data *data;             /* borrowed */
    const struct uf_did_assignment *assignment; /* borrowed */
    size_t n_outcomes;                          /* 1 + n_blocks */
    double *outcome; /* n_outcomes of n: residuals, then time in each block and 0 elsewhere */
    /* Set by the caller where it is not so: blocks that take part in the dealing (n_blocks; NULL: all), and by how much those on
     * a path drift (n_paths; NULL: all that have a start by 1). Borrowed. */
    const bool *moves;
    const double *drift;
};
/* `cross_sections`: each unit is met once, and effects are those of blocks. UF_NOT_IDENTIFIED: nothing is left, since each block is
 * a cohort of its own; or placebos would take long. O(n n_blocks). */
uf_status placebo_sample_init(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                              bool cross_sections, struct placebo_sample *out, struct uf_error *error);
void placebo_sample_clear(struct placebo_sample *sample);

/* What a test makes of the outcomes under one assignment. Its statistic for Σ c_k outcome_k is a sum of squares, v_j = Σ_k c_k
 * value[k][j] of the `tested` last of `count`, times `scale`; over c'Gram c less the squares of all v_j where there is a
 * Gram matrix (n_outcomes × n_outcomes). */
struct placebo_parts {
    double *value;        /* n_outcomes × stride, the first `count` of each row set */
    size_t count, tested; /* 0: the assignment has no statistic */
    double scale;
    const double *gram; /* NULL: none */
};
struct placebo_test {
    size_t stride;
    uf_status (*parts)(void *user, const size_t *path, struct placebo_parts *out, struct uf_error *error);
    void *user;
};
struct placebo_slopes {
    double slope[2]; /* found with 50 and 80 per cent; NaN: none is */
    double level;    /* how often the test finds something where nothing drifts */
    size_t n_placebos;
};
/* The most placebos that are worth while, and the fewest. One more than a multiple of 1/level, so that the draws reject as often
 * as they should. */
enum { PLACEBO_MOST = 301, PLACEBO_FEWEST = 101 };
/* As many as are affordable when the parts of one assignment take that many multiplications; 0: too few. */
size_t placebo_count(double work);
/* n_blocks numbers each, the actual assignment first; all of them, in lexicographic order, where they are few. free() *out. */
uf_status placebo_deal(const struct placebo_sample *sample, size_t most, uint64_t seed, size_t **out,
                       size_t *n_dealt, struct uf_error *error);
/* By how much a block on a path drifts. */
double placebo_drift_on(const struct placebo_sample *sample, size_t path);
/* Level and slopes of tests that are known. */
uf_status placebo_slopes_find(const struct uf_pretrend_placebos *placebos, struct placebo_slopes *out,
                              struct uf_error *error);
/* UF_NOT_IDENTIFIED also with n_placebos 0.
 * All assignments where there are no more than n_placebos, else that many, drawn by the counted streams of randomisation. */
uf_status placebo_drift(const struct placebo_sample *sample, const struct placebo_test *test,
                        size_t n_placebos, uint64_t seed, struct placebo_slopes *out, struct uf_error *error);

/* Where a dealer puts its leads: the numbers whose squares add up to the test's statistic. */
struct placebo_leads {
    double *value; /* NULL: not asked for */
    size_t count;
};

/* The same of an estimator that is computed anew under each assignment: a dealer of `size` bytes for each outcome, all of one kind,
 * with a struct placebo_leads at the offset `leads_at`. `init` finds it zeroed, and its data live as long as it; `clear` may find
 * it so too. `statistic` is that of the leads dealt out anew; it sets as many of them whatever the outcome (up to `stride`). */
struct placebo_estimator {
    const void *options;
    size_t size, stride;
    double work; /* multiplications of one dealer's leads */
    uf_status (*init)(void *dealer, const struct uf_did_data *data,
                      const struct uf_did_assignment *assignment, const void *options,
                      struct uf_error *error);
    void (*clear)(void *dealer);
    uf_randomisation_statistic statistic;
    size_t leads_at;
};
uf_status placebo_drift_of_estimator(const struct placebo_sample *sample,
                                     const struct placebo_estimator *estimator, uint64_t seed,
                                     struct placebo_slopes *out, struct uf_error *error);

/* The test of did's leads dealt out anew, as uf_did_randomise_pretrend makes it. */
uf_status did_placebo_drift(const struct placebo_sample *sample, const struct uf_event_study_options *event,
                            uint64_t seed, struct placebo_slopes *out, struct uf_error *error);
/* Those of the others, each as its …_randomise_leads makes it. `work`: multiplications of one assignment. */
uf_status sun_abraham_placebo_drift(const struct placebo_sample *sample,
                                    const struct uf_sun_abraham_options *options, double work, uint64_t seed,
                                    struct placebo_slopes *out, struct uf_error *error);
uf_status stacked_placebo_drift(const struct placebo_sample *sample, const struct uf_stacked_options *options,
                                double work, uint64_t seed, struct placebo_slopes *out,
                                struct uf_error *error);
uf_status group_time_placebo_drift(const struct placebo_sample *sample,
                                   const struct uf_group_time_options *options, double work, uint64_t seed,
                                   struct placebo_slopes *out, struct uf_error *error);
uf_status imputation_placebo_drift(const struct placebo_sample *sample,
                                   const struct uf_imputation_options *options,
                                   const struct uf_imputation_leads_options *leads, double work,
                                   uint64_t seed, struct placebo_slopes *out, struct uf_error *error);
#endif
