// SPDX-License-Identifier: GPL-3.0-or-later
/* The event study of the method `imputation`: the periods before the start from a regression of the untreated, those
 * from the start on from the predictions. Two procedures, side by side. */
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/band.h"
#include "effect/did_internal.h"
#include "effect/estimates.h"
#include "effect/imputation_run.h"
#include "effect/placebo_regression.h"
#include "effect/pretrend.h"

enum { FEW_CLUSTERS = 50 };

static const struct uf_words none = {NULL, NULL};

/* The regression of the untreated, and its covariances: the careful one first where clusters are few. */
struct lead_study {
    struct uf_imputation_leads leads;
    struct uf_covariance covariance[2];
    struct uf_covariance_options options[2];
    size_t count;
    bool given;                               /* there is a lead */
    struct uf_imputation_leads_options asked; /* the reference as it is */
};

static void lead_study_clear(struct lead_study *study)
{
    if (study->given) uf_imputation_leads_clear(&study->leads);
    for (size_t c = 0; c < study->count; c++) uf_covariance_clear(&study->covariance[c]);
}

/* The reference asked for, or, where no region is observed then, the latest period before the start that is. */
static uf_status settle_reference(const struct imputation_run *run,
                                  struct uf_imputation_leads_options *options, struct uf_error *error)
{
    static const struct uf_words text = {
        "No treated region is observed {1} periods before its start; the event study "
        "has {0} as its reference.",
        "Ingen insatsregion är observerad {1} perioder före sin start; "
        "händelsestudien har {0} som referens."};
    const struct uf_did_data *data = &run->common.sample->data;
    long latest = LONG_MIN;
    *options = run->leads;
    if (options->leads > 0) return UF_OK;
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        if (first == SIZE_MAX || run->fit->state[i] != UF_IMPUTATION_UNTREATED) continue;
        long event = data->time[data->period[i]] - data->time[first];
        if (event == options->reference) return UF_OK;
        if (event > latest) latest = event;
    }
    if (latest == LONG_MIN) return UF_OK;
    const struct uf_argument arguments[] = {uf_number_argument((double)latest, 0),
                                            uf_number_argument((double)-options->reference, 0)};
    options->reference = latest;
    return effect_note(&run->common, UF_NOTE, "reference-moved", text, none, arguments, 2, error);
}

static uf_status lead_study_init(const struct imputation_run *run, struct lead_study *study,
                                 struct uf_error *error)
{
    struct uf_error reason;
    *study = (struct lead_study){0};
    UF_TRY(settle_reference(run, &study->asked, error));
    uf_status status =
        uf_imputation_leads(&run->common.sample->data, run->fit, &study->asked, &study->leads, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK;
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    study->given = true;
    for (int kind = 0; kind < 2; kind++) {
        const struct uf_covariance_options options = {.kind = kind ? UF_COVARIANCE_CR1S : UF_COVARIANCE_CR2};
        if (kind == 0 && run->n_clusters >= FEW_CLUSTERS) continue;
        status = uf_did_covariance(&study->leads.data, &study->leads.fit, &options,
                                   &study->covariance[study->count], &reason);
        if (status == UF_OK)
            study->options[study->count++] = options;
        else if (status != UF_BAD_USAGE && status != UF_NOT_IDENTIFIED) {
            if (error) *error = reason;
            return status;
        }
    }
    return UF_OK;
}

/* `critical`: of the simultaneous band that the row belongs to; NaN: none. */
static uf_status add_event(const struct imputation_run *run, long event, const struct effect_row *values,
                           double critical, struct uf_table *table, struct uf_error *error)
{
    char term[48];
    size_t index;
    snprintf(term, sizeof term, "event-time %ld", event);
    struct effect_row row = *values;
    row.term = term;
    row.event_time = (double)event;
    UF_TRY(effect_add_row(table, &run->common, &row, &index, error));
    return effect_set_band(table, index, critical, error);
}

/* The leads have a regression and degrees of freedom of their own: so has their band. */
static uf_status band_of_leads(const struct imputation_run *run, const struct lead_study *study, double *out,
                               struct uf_error *error)
{
    *out = NAN;
    if (!study->given || study->count == 0 || run->draws == 0) return UF_OK;
    const struct uf_did_fit *fit = &study->leads.fit;
    return effect_band_of_coefficients(&run->common, &study->covariance[0], fit->position, fit->n_leading,
                                       run->draws, out, error);
}

/* What each lead is: estimated, or collinear. */
static uf_status add_lead(const struct imputation_run *run, const struct lead_study *study, size_t j,
                          double critical, struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words collinear = {
        "not identified: collinear with the fixed effects and the other periods",
        "inte identifierad: kollinjär med de fasta effekterna och övriga perioder"};
    static const struct uf_words how = {"from the untreated alone, {0} observations",
                                        "från enbart de obehandlade, {0} observationer"};
    const struct uf_did_fit *fit = &study->leads.fit;
    size_t k = fit->position[j], types;
    struct effect_row row = {.estimate = NAN, .test = effect_no_test, .n_obs = (double)study->leads.data.n};
    char *note = NULL;
    if (k == SIZE_MAX) {
        row.note = uf_words_in(collinear, run->common.context->language);
        return add_event(run, fit->event_time[j], &row, NAN, table, error);
    }
    const struct uf_argument n = uf_count_argument(study->leads.data.n);
    UF_TRY(uf_phrase(run->common.context->language, how, &n, 1, &note, error));
    row.note = note;
    row.estimate = gsl_vector_get(fit->fit.coefficients, j);
    if (study->count > 0) {
        const struct uf_covariance *v = &study->covariance[0];
        row.test =
            uf_t_test(row.estimate, gsl_matrix_get(v->matrix, k, k), v->df[k], run->common.inference->level);
        row.vcov = uf_covariance_types(&types)[study->options[0].kind].name;
        row.n_clusters = v->n_clusters;
    }
    uf_status status = add_event(run, fit->event_time[j], &row, critical, table, error);
    free(note);
    return status;
}

static uf_status add_leads(const struct imputation_run *run, const struct lead_study *study,
                           struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words reference = {"reference: 0 by definition", "referens: 0 per definition"};
    static const struct uf_words earlier = {"reference, with all periods before it: 0 by definition",
                                            "referens, med alla perioder före: 0 per definition"};
    const struct uf_imputation_leads_options *asked = &study->asked;
    long zero = asked->leads > 0 ? -1 - (long)asked->anticipation - (long)asked->leads : asked->reference;
    size_t count = study->given ? study->leads.fit.n_leading : 0;
    bool placed = false;
    double critical;
    UF_TRY(band_of_leads(run, study, &critical, error));
    /* the leads stand latest first */
    for (size_t j = count; j-- > 0 || !placed;) {
        bool more = j != SIZE_MAX;
        if (!placed && (!more || study->leads.fit.event_time[j] > zero)) {
            const struct effect_row row = {
                .note = uf_words_in(asked->leads > 0 ? earlier : reference, run->common.context->language),
                .estimate = 0,
                .test = effect_no_test};
            placed = true;
            UF_TRY(add_event(run, zero, &row, NAN, table, error));
        }
        if (!more) break;
        UF_TRY(add_lead(run, study, j, critical, table, error));
    }
    return UF_OK;
}

static uf_status add_lags(const struct imputation_run *run, struct uf_table *table, struct uf_error *error)
{
    struct imputation_averages a;
    UF_TRY(imputation_averages_init(run, UF_AVERAGE_DYNAMIC, &a, error));
    double critical = NAN;
    uf_status status = run->draws == 0 ? UF_OK
                                       : effect_band(&run->common, a.covariance, (double)run->n_clusters - 1,
                                                     run->draws, &critical, error);
    for (size_t j = 0; j < a.averages.count && status == UF_OK; j++) {
        const struct effect_row row = {.vcov = "bjs",
                                       .note = run->how,
                                       .estimate = a.averages.estimate[j],
                                       .test = a.test[j],
                                       .n_obs = (double)a.averages.n[j],
                                       .n_treated = (double)a.averages.n[j],
                                       .n_clusters = run->n_clusters};
        status = add_event(run, a.averages.key[j], &row, critical, table, error);
    }
    imputation_averages_clear(&a);
    return status;
}

/* What that would have found, where it is affordable. */
static uf_status add_slopes(const struct imputation_run *run, const struct lead_study *study,
                            const struct uf_did_assignment *assignment, struct effect_pretrend *pretrend,
                            struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    const double columns = (double)study->leads.fit.n_columns,
                 work = 4 * (double)data->n * columns * (columns + 8);
    struct placebo_sample sample;
    struct placebo_slopes slopes;
    struct uf_error reason;
    uf_status status = placebo_sample_init(data, assignment, false, &sample, &reason);
    if (status == UF_OK) {
        status = imputation_placebo_drift(&sample, &run->options, &study->asked, work,
                                          run->common.inference->randomisation.seed, &slopes, &reason);
        placebo_sample_clear(&sample);
    }
    if (status == UF_OK) return effect_pretrend_add_placebo(pretrend, &slopes, error);
    if (status == UF_NOT_IDENTIFIED) return UF_OK;
    if (error) *error = reason;
    return status;
}

/* All leads together, the cohorts dealt out anew: honest where no covariance of so many can be had. */
static uf_status add_dealt(const struct imputation_run *run, const struct lead_study *study,
                           const struct uf_did_assignment *assignment, struct effect_pretrend *pretrend,
                           struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    struct uf_randomisation_options options = run->common.inference->randomisation;
    struct uf_randomisation dealt;
    struct uf_error reason;
    double columns = (double)study->leads.fit.n_columns, restrictions = 0;
    if (!imputation_afford(4 * (double)data->n * columns * (columns + 8) / 10, &options)) return UF_OK;
    uf_status status = uf_imputation_randomise_leads(data, &run->options, &study->asked, assignment, &options,
                                                     &dealt, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK; /* nothing is left to test it with: the row is not there */
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    for (size_t j = 0; j < study->leads.fit.n_leading; j++)
        restrictions += study->leads.fit.position[j] != SIZE_MAX;
    const struct uf_joint_test test = {.statistic = dealt.coefficient[0],
                                       .df1 = restrictions,
                                       .df2 = NAN,
                                       .p_value = dealt.p_coefficient,
                                       .restrictions = (size_t)restrictions,
                                       .rank = (size_t)restrictions};
    uf_randomisation_clear(&dealt);
    pretrend->few = effect_pretrend_few(&run->common, test.restrictions);
    UF_TRY(effect_pretrend_add(pretrend, &test, "randomisation", error));
    return add_slopes(run, study, assignment, pretrend, error);
}

/* What a drift of the treated by one unit a period does to the simple average, which is a weighted sum of outcomes. */
static uf_status find_drift(const struct imputation_run *run, struct effect_pretrend *pretrend,
                            struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    struct uf_imputation_averages simple;
    UF_TRY(uf_imputation_average(run->fit, UF_AVERAGE_SIMPLE, &simple, error));
    uf_status status = UF_OK;
    double *weight = malloc((data->n + 1) * sizeof *weight);
    if (!weight) {
        status = uf_fail_memory(error);
    } else if (simple.count > 0) {
        status = uf_imputation_weights(data, run->fit, simple.share, weight, error);
        pretrend->estimate = simple.estimate[0];
        pretrend->drift = 0;
        for (size_t i = 0; i < data->n && status == UF_OK; i++)
            pretrend->drift += weight[i] * effect_line_at(data, i);
    }
    free(weight);
    uf_imputation_averages_clear(&simple);
    return status;
}

static uf_status add_tests(const struct imputation_run *run, const struct lead_study *study,
                           const struct placebo_treatments *placebos, struct effect_pretrend *pretrend,
                           struct uf_error *error)
{
    const struct imputation_lead_options asked = {&run->options, &study->asked};
    const struct placebo_regressions regressions = imputation_regressions(
        &asked, placebo_regression_work(&run->common.sample->data, study->leads.fit.fit.rank));
    const struct uf_did_fit *fit = &study->leads.fit;
    struct did_regression regression;
    gsl_vector *line = gsl_vector_alloc(fit->fit.rank > 0 ? fit->fit.rank : 1);
    size_t *place = malloc((fit->fit.rank + 1) * sizeof *place), count = 0;
    uf_status status = line && place ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        count = did_lead_places(fit, LONG_MIN, place);
        status = did_regression_init(&study->leads.data, fit, &regression, error);
    }
    if (status == UF_OK) {
        status = effect_line_coefficients(&study->leads.data, &regression.view.input, line, error);
        did_regression_clear(&regression);
    }
    for (size_t c = 0; c < study->count && status == UF_OK; c++) {
        struct uf_joint_test test;
        size_t types;
        status = uf_did_pretrend(&study->leads.data, fit, &study->options[c], &study->covariance[c], LONG_MIN,
                                 &test, error);
        if (status == UF_OK)
            status = effect_pretrend_add(pretrend, &test,
                                         uf_covariance_types(&types)[study->options[c].kind].name, error);
        bool seen = false, done = false;
        for (size_t j = 0; j < count; j++) seen = seen || gsl_vector_get(line, place[j]) != 0;
        if (status == UF_OK && seen)
            status = placebo_add_slopes(&run->common, placebos, &regressions, &study->options[c], &test,
                                        pretrend, &done, error);
        if (status == UF_OK && !done && effect_pretrend_few(&run->common, test.restrictions))
            pretrend->blind = count > 0 && !seen;
        else if (status == UF_OK && !done)
            status = effect_pretrend_add_power_of(pretrend, &test, line, study->covariance[c].matrix, place,
                                                  count, error);
    }
    gsl_vector_free(line);
    free(place);
    return status;
}

static uf_status report_pretrend(const struct imputation_run *run, const struct lead_study *study,
                                 const struct uf_did_assignment *assignment, struct uf_error *error)
{
    static const struct uf_words untested = {"There is no period before the start beside the reference: "
                                             "whether the groups developed alike before it "
                                             "cannot be checked.",
                                             "Det finns ingen period före start utöver referensen: om "
                                             "grupperna utvecklades lika före insatsen går inte att "
                                             "pröva."};
    struct effect_pretrend pretrend;
    struct placebo_treatments placebos = {0};
    if (!study->given)
        return effect_note(&run->common, UF_WARNING, "pretrend-untested", untested, none, NULL, 0, error);
    UF_TRY(effect_pretrend_init(&run->common, &pretrend, error));
    uf_status status = find_drift(run, &pretrend, error);
    if (status == UF_OK && effect_pretrend_wants_placebos(&run->common))
        status = placebo_treatments_init(&run->common.sample->data, assignment, false, &placebos, error);
    if (status == UF_OK) status = add_tests(run, study, &placebos, &pretrend, error);
    if (status == UF_OK && assignment) status = add_dealt(run, study, assignment, &pretrend, error);
    if (status == UF_OK) status = effect_pretrend_finish(&run->common, &pretrend, error);
    effect_pretrend_clear(&pretrend);
    placebo_treatments_clear(&placebos);
    return status;
}

uf_status imputation_report_event_study(const struct imputation_run *run,
                                        const struct uf_did_assignment *assignment, struct uf_error *error)
{
    static const struct uf_words title = {
        "Before the start: differences among the untreated. From it on: departures from the prediction",
        "Före start: skillnader bland de obehandlade. Därefter: avvikelser från det förväntade"};
    struct lead_study study;
    struct uf_table *table = NULL;
    UF_TRY(lead_study_init(run, &study, error));
    uf_status status = effect_table_new("event-study", title, &run->common, &table, error);
    if (status == UF_OK) status = effect_table_add_band(table, &run->common, error);
    if (status == UF_OK) status = add_leads(run, &study, table, error);
    if (status == UF_OK) status = add_lags(run, table, error);
    if (status == UF_OK) {
        status = uf_result_take_table(run->common.result, table, error);
        table = NULL;
    }
    if (status == UF_OK) status = report_pretrend(run, &study, assignment, error);
    uf_table_free(table);
    lead_study_clear(&study);
    return status;
}
