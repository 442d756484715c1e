// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of dose-response, and under which assumption each may be read. */
#include "base/fail.h"
#include "effect/dose_response_run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static const struct uf_words none = {NULL, NULL};

struct effect_term dose_term(const struct dose_run *run, const char *name)
{
    return (struct effect_term){.term = name,
                                .event_time = NAN,
                                .n_obs = (double)run->units->change.n,
                                .n_treated = (double)run->units->n_treated,
                                .n_control = (double)run->units->n_control};
}

/* --- estimates -------------------------------------------------------------------------------------- */

static uf_status report_estimates(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Average over the treated regions, by type of inference",
                                          "Genomsnitt över insatsregionerna, efter typ av inferens"};
    struct effect_terms terms;
    struct uf_table *table = NULL;
    UF_TRY(effect_terms_init(2, run->fit->fit.rank, &terms, error));
    struct effect_term term = dose_term(run, "average_effect");
    effect_terms_add(&terms, &term,
                     uf_dose_mean(run->fit, &run->units->change, false, effect_terms_next(&terms)));
    term = dose_term(run, "average_slope");
    if (dose_has_slope(run->fit))
        effect_terms_add(&terms, &term,
                         uf_dose_mean(run->fit, &run->units->change, true, effect_terms_next(&terms)));
    uf_status status = effect_table_new("estimates", title, &run->common, &table, error);
    if (status == UF_OK)
        status = effect_add_findings(&run->common, run->findings, terms.term, 1, table, error);
    if (status == UF_OK && terms.count > 1) status = dose_add_slope(run, &terms.term[1], table, error);
    if (status == UF_OK && run->units->change.n_stacks == 1) status = dose_add_two_way(run, table, error);
    effect_terms_clear(&terms);
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

/* --- before the start ------------------------------------------------------------------------------------ */

/* The same regression of what changed between the halves of the time before: all of the curve is nil. */
static uf_status test_before(const struct dose_run *run, const struct uf_dose_fit *fit,
                             struct uf_error *error)
{
    struct dose_regression regression = {0};
    struct uf_covariance covariance[EFFECT_MOST_COVARIANCES] = {{0}};
    struct effect_terms terms = {0};
    const struct dose_units *u = run->units;
    uf_status status = dose_regression_init(run, &fit->fit, fit->x, u->early.weights, u->early_cluster,
                                            u->early_latitude, u->early_longitude, &regression, error);
    if (status == UF_OK) status = effect_terms_init(fit->fit.rank, fit->fit.rank, &terms, error);
    for (size_t j = 0; j < fit->n_columns - fit->n_base && status == UF_OK; j++) {
        const struct effect_term term = dose_term(run, "");
        uf_dose_coefficient(fit, j, effect_terms_next(&terms));
        effect_terms_add(&terms, &term, true);
    }
    for (size_t c = 0; c < run->common.inference->n_covariances && status == UF_OK; c++)
        status = uf_covariance_estimate(&regression.view.input, &run->common.inference->covariance[c],
                                        &covariance[c], error);
    if (status == UF_OK) {
        const struct effect_findings findings = {.regression = &regression.view, .covariance = covariance};
        status = effect_report_leads(&run->common, &findings, &terms, NULL, NULL, NULL, error);
    }
    effect_terms_clear(&terms);
    effect_covariances_clear(covariance);
    dose_regression_clear(&regression);
    return status;
}

static uf_status report_before(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words untested = {"Whether regions with different doses developed differently "
                                             "before the start could not be tested: there are too few "
                                             "periods before it.",
                                             "Om regioner med olika doser utvecklades olika före start gick "
                                             "inte att pröva: perioderna före är för få."};
    struct uf_dose_fit fit;
    struct uf_error reason;
    uf_status status = UF_NOT_IDENTIFIED;
    if (run->units->early.n > 0) status = uf_dose_fit(&run->units->early, &run->fit->options, &fit, &reason);
    if (status == UF_NOT_IDENTIFIED)
        return effect_note(&run->common, UF_NOTE, "pretrend-untested", untested, none, NULL, 0, error);
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    status = test_before(run, &fit, &reason);
    uf_dose_fit_clear(&fit);
    if (status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE) /* fewer regions have two periods before */
        return effect_note(&run->common, UF_NOTE, "pretrend-untested", untested, none, NULL, 0, error);
    if (status != UF_OK && error) *error = reason;
    return status;
}

uf_status dose_report(const struct dose_run *run, struct uf_error *error)
{
    UF_TRY(report_estimates(run, error));
    UF_TRY(dose_report_curve(run, error));
    UF_TRY(dose_report_dealt(run, error));
    UF_TRY(dose_report_starts(run, error));
    UF_TRY(dose_report_cohorts(run, error));
    if (run->units->change.n_stacks == 1) UF_TRY(dose_report_weights(run, error));
    return report_before(run, error);
}
