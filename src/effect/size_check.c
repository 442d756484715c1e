// SPDX-License-Identifier: GPL-3.0-or-later
/* Placebo treatments in the user's untreated data: the kernel of size-check. */
#include "base/fail.h"
#include "effect/size_placebo.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/few_treated.h>
#include <utfall/random.h>
#include <utfall/size_check.h>
#include <utfall/wild_bootstrap.h>

enum { DRAWS = 499, INNER_DRAWS = 499, MOST_ENUMERATED = 2000 };

const char *uf_size_procedure_name(enum uf_size_procedure procedure)
{
    static const char *const names[UF_SIZE_PROCEDURES] = {"randomisation-scaled",
                                                          "randomisation",
                                                          "randomisation-t",
                                                          "wild-bootstrap",
                                                          "conley-taber",
                                                          "ferman-pinto",
                                                          "cr2",
                                                          "cr3",
                                                          "cr1s",
                                                          "hc1",
                                                          "iid"};
    return names[procedure];
}

/* What a procedure needs of one placebo. */
struct trial {
    const struct size_placebo *placebo;
    const struct uf_size_options *options;
    const struct uf_did_fit *fit;
    const struct uf_covariance_input *input;
    const gsl_vector *coefficients, *combination;
    uint64_t seed;
};

/* What cannot be computed gives NaN; only a failure that is not the sample's stops the check. */
static uf_status settle(uf_status status, const struct uf_error *reason, struct uf_error *error)
{
    if (status == UF_OK || status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE) return UF_OK;
    if (error) *error = *reason;
    return status;
}

static uf_status by_randomisation(const struct trial *t, double p[UF_SIZE_PROCEDURES], struct uf_error *error)
{
    const struct uf_did_data *data = &t->placebo->data;
    const struct uf_randomisation_options options = {
        .most_enumerated = MOST_ENUMERATED, .draws = t->options->inner_draws, .seed = t->seed};
    struct uf_did_assignment assignment;
    struct uf_randomisation randomisation;
    struct uf_error reason;
    uf_status status = uf_did_assignment_init(data, &assignment, &reason);
    if (status != UF_OK) return settle(status, &reason, error);
    status = uf_did_randomise(data, t->fit, &assignment, &options, &randomisation, &reason);
    uf_did_assignment_clear(&assignment);
    if (status != UF_OK) return settle(status, &reason, error);
    p[UF_SIZE_RANDOMISATION_SCALED] = randomisation.p_scaled;
    p[UF_SIZE_RANDOMISATION] = randomisation.p_coefficient;
    p[UF_SIZE_RANDOMISATION_T] = randomisation.p_t;
    uf_randomisation_clear(&randomisation);
    return UF_OK;
}

static uf_status by_covariance(const struct trial *t, double p[UF_SIZE_PROCEDURES], struct uf_error *error)
{
    static const struct {
        enum uf_size_procedure procedure;
        enum uf_covariance_kind kind;
    } kinds[] = {{UF_SIZE_CR2, UF_COVARIANCE_CR2},
                 {UF_SIZE_CR3, UF_COVARIANCE_CR3},
                 {UF_SIZE_CR1S, UF_COVARIANCE_CR1S},
                 {UF_SIZE_HC1, UF_COVARIANCE_HC1},
                 {UF_SIZE_IID, UF_COVARIANCE_IID}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const struct uf_covariance_options options = {.kind = kinds[k].kind};
        struct uf_covariance v;
        struct uf_error reason;
        uf_status status = uf_covariance_estimate(t->input, &options, &v, &reason);
        UF_TRY(settle(status, &reason, error));
        if (status != UF_OK) continue;
        p[kinds[k].procedure] =
            uf_t_test(gsl_vector_get(t->coefficients, 0), gsl_matrix_get(v.matrix, 0, 0), v.df[0], 0.95)
                .p_value;
        uf_covariance_clear(&v);
    }
    return UF_OK;
}

static uf_status by_resampling(const struct trial *t, double p[UF_SIZE_PROCEDURES], struct uf_error *error)
{
    const struct size_placebo *placebo = t->placebo;
    const struct uf_wild_bootstrap_input wild_input = {t->input, t->coefficients, t->combination, 0};
    const struct uf_wild_bootstrap_options wild_options = {
        .draws = t->options->inner_draws, .seed = t->seed, .no_interval = true};
    struct uf_wild_bootstrap wild;
    struct uf_few_treated few;
    struct uf_error reason;
    uf_status status = uf_wild_bootstrap_test(&wild_input, &wild_options, &wild, &reason);
    UF_TRY(settle(status, &reason, error));
    if (status == UF_OK) {
        p[UF_SIZE_WILD_BOOTSTRAP] = wild.p_symmetric;
        uf_wild_bootstrap_clear(&wild);
    }
    const struct uf_few_treated_input input = {.regression = t->input,
                                               .coefficients = t->coefficients,
                                               .combination = t->combination,
                                               .n_blocks = placebo->n_blocks,
                                               .block = placebo->block,
                                               .treated = placebo->treated,
                                               .n_periods = placebo->data.n_periods,
                                               .period = placebo->data.period};
    for (int kind = UF_CONLEY_TABER; kind <= UF_FERMAN_PINTO; kind++) {
        const struct uf_few_treated_options options = {.kind = (enum uf_few_treated_kind)kind,
                                                       .draws = t->options->inner_draws,
                                                       .seed = t->seed,
                                                       .no_interval = true};
        status = uf_few_treated_test(&input, &options, &few, &reason);
        UF_TRY(settle(status, &reason, error));
        if (status != UF_OK) continue;
        p[kind == UF_CONLEY_TABER ? UF_SIZE_CONLEY_TABER : UF_SIZE_FERMAN_PINTO] = few.p_symmetric;
        uf_few_treated_clear(&few);
    }
    return UF_OK;
}

/* The p-values of one placebo; all NaN where its treatment does not vary within units. */
static uf_status try_placebo(const struct size_placebo *placebo, const struct uf_size_options *options,
                             uint64_t seed, double p[UF_SIZE_PROCEDURES], struct uf_error *error)
{
    struct uf_did_fit fit;
    struct uf_error reason;
    struct did_regression regression = {0};
    gsl_vector *first = NULL;
    for (int j = 0; j < UF_SIZE_PROCEDURES; j++) p[j] = NAN;
    uf_status status = uf_did_estimate(&placebo->data, &fit, &reason);
    if (status != UF_OK) return settle(status, &reason, error);
    status = did_regression_init(&placebo->data, &fit, &regression, error);
    if (status == UF_OK && !(first = gsl_vector_calloc(fit.fit.rank))) status = uf_fail_memory(error);
    if (status == UF_OK) {
        gsl_vector_set(first, fit.position[0], 1);
        const struct trial trial = {placebo,         options, &fit, &regression.view.input,
                                    regression.kept, first,   seed};
        status = by_randomisation(&trial, p, error);
        if (status == UF_OK) status = by_covariance(&trial, p, error);
        if (status == UF_OK) status = by_resampling(&trial, p, error);
    }
    gsl_vector_free(first);
    did_regression_clear(&regression);
    uf_did_fit_clear(&fit);
    return status;
}

struct outcome {
    double distance; /* in log noise from the actual treated */
    bool defined[UF_SIZE_PROCEDURES], rejected[UF_SIZE_PROCEDURES];
};

static int by_distance(const void *a, const void *b)
{
    const struct outcome *x = a, *y = b;
    return (x->distance > y->distance) - (x->distance < y->distance);
}

static void count_outcomes(struct outcome *outcomes, size_t draws, struct uf_size_count *count)
{
    qsort(outcomes, draws, sizeof *outcomes, by_distance);
    for (size_t d = 0; d < draws; d++) {
        bool alike = 4 * d < draws && !isnan(outcomes[d].distance);
        for (int j = 0; j < UF_SIZE_PROCEDURES; j++) {
            count[j].tried += outcomes[d].defined[j];
            count[j].rejected += outcomes[d].rejected[j];
            count[j].alike_tried += alike && outcomes[d].defined[j];
            count[j].alike_rejected += alike && outcomes[d].rejected[j];
        }
    }
}

static uf_status check_sample(const struct uf_did_data *data, const struct uf_size_options *options,
                              enum uf_size_sample which, struct uf_size_check *out, struct uf_error *error)
{
    struct size_placebo placebo;
    struct uf_error reason;
    uf_status status = size_placebo_init(data, which, &placebo, &reason);
    if (status == UF_NOT_IDENTIFIED) {
        snprintf(out->sample[which].why_not, sizeof out->sample[which].why_not, "%.199s", reason.message);
        return UF_OK;
    }
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    struct outcome *outcomes = calloc(options->draws, sizeof *outcomes);
    if (!outcomes) status = uf_fail_memory(error);
    for (size_t d = 0; d < options->draws && status == UF_OK; d++) {
        double p[UF_SIZE_PROCEDURES],
            share = ((double)d / (double)options->draws + (int)which) / UF_SIZE_SAMPLES;
        if (options->progress && options->progress(options->user, share)) {
            status = uf_fail(error, UF_INTERRUPTED, "stopped while trying placebo treatments");
            break;
        }
        size_placebo_deal(&placebo, options->seed, (uint64_t)which << 32 | d);
        status = try_placebo(&placebo, options, options->seed + d, p, error);
        outcomes[d].distance = placebo.distance;
        for (int j = 0; j < UF_SIZE_PROCEDURES; j++) {
            outcomes[d].defined[j] = !isnan(p[j]);
            outcomes[d].rejected[j] = p[j] <= options->threshold;
        }
    }
    if (status == UF_OK) {
        count_outcomes(outcomes, options->draws, out->sample[which].count);
        out->sample[which].placebos = options->draws;
        out->sample[which].n_treated = placebo.n_treated;
        out->sample[which].n_control = placebo.n_blocks - placebo.n_treated;
        out->sample[which].n_periods = placebo.n_periods;
    }
    free(outcomes);
    size_placebo_clear(&placebo);
    return status;
}

uf_status uf_size_check(const struct uf_did_data *data, const struct uf_size_options *options,
                        struct uf_size_check *out, struct uf_error *error)
{
    struct uf_size_options settled = options ? *options : (struct uf_size_options){0};
    struct uf_size_check check;
    memset(&check, 0, sizeof check);
    if (settled.draws == 0) settled.draws = DRAWS;
    if (settled.inner_draws == 0) settled.inner_draws = INNER_DRAWS;
    if (!(settled.threshold > 0)) settled.threshold = 0.05;
    for (int which = 0; which < UF_SIZE_SAMPLES; which++)
        UF_TRY(check_sample(data, &settled, (enum uf_size_sample)which, &check, error));
    if (check.sample[UF_SIZE_CONTROLS].placebos == 0 && check.sample[UF_SIZE_BEFORE].placebos == 0)
        return uf_fail(error, UF_NOT_IDENTIFIED, "no untreated data can hold a placebo of this shape: %s; %s",
                       check.sample[UF_SIZE_CONTROLS].why_not, check.sample[UF_SIZE_BEFORE].why_not);
    *out = check;
    return UF_OK;
}
