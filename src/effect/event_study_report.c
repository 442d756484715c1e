// SPDX-License-Identifier: GPL-3.0-or-later
/* The event study as tables, and the joint test of what comes before the start. */
#include "base/fail.h"
#include "effect/band.h"
#include "effect/did_internal.h"
#include "effect/event_anchor.h"
#include "effect/event_study_leads.h"
#include "effect/term_report.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const struct uf_words reference_words = {"reference: 0 by definition", "referens: 0 per definition"};
static const struct uf_words dropped_words = {
    "not identified: collinear with the fixed effects and the other event times",
    "inte identifierad: kollinjär med de fasta effekterna och övriga tidpunkter"};

/* The reference asked for, or, where −1 (less the anticipation) is not observed, the latest lead that is. */
static long choose_reference(const struct did_run *run, bool *moved)
{
    const struct uf_did_data *data = &run->common.sample->data;
    long asked = run->event.reference, latest = LONG_MIN;
    *moved = false;
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        if (first == SIZE_MAX) continue;
        long event = data->time[data->period[i]] - data->time[first];
        if (event == asked) return asked;
        if (event < 0 && event > latest) latest = event;
    }
    if (asked != -1 - run->anticipation || latest == LONG_MIN) return asked;
    *moved = true;
    return latest;
}

/* One term per event time, the reference in its place. */
struct event_terms {
    struct effect_term *term;
    char (*name)[40];
    double *unit; /* rank × rank, identity */
    size_t count;
};

static void event_terms_clear(struct event_terms *terms)
{
    free(terms->term), free(terms->name), free(terms->unit);
}

static void add_event(struct event_terms *terms, long event, const double *combination, const char *note)
{
    char *name = terms->name[terms->count];
    snprintf(name, sizeof terms->name[0], "event-time %ld", event);
    terms->term[terms->count++] = (struct effect_term){.term = name,
                                                       .method = "event-study",
                                                       .event_time = (double)event,
                                                       .combination = combination,
                                                       .note = note};
}

static uf_status event_terms_init(const struct did_run *run, const struct uf_did_fit *fit, long reference,
                                  struct event_terms *out, struct uf_error *error)
{
    size_t m = fit->n_leading, k = fit->fit.rank;
    enum uf_language language = run->common.context->language;
    struct event_terms terms = {.term = calloc(m + 1, sizeof *terms.term),
                                .name = malloc((m + 1) * sizeof *terms.name),
                                .unit = calloc(k * k + 1, sizeof *terms.unit)};
    *out = terms;
    if (!terms.term || !terms.name || !terms.unit) return uf_fail_memory(error);
    bool placed = false;
    for (size_t j = 0; j <= m; j++) {
        if (!placed && (j == m || fit->event_time[j] > reference)) {
            placed = true;
            add_event(&terms, reference, NULL, uf_words_in(reference_words, language));
        }
        if (j == m) continue;
        size_t place = fit->position[j];
        if (place != SIZE_MAX) terms.unit[place * k + place] = 1;
        add_event(&terms, fit->event_time[j], place == SIZE_MAX ? NULL : terms.unit + place * k,
                  place == SIZE_MAX ? uf_words_in(dropped_words, language) : NULL);
    }
    *out = terms;
    return UF_OK;
}

struct event_tables {
    struct uf_table *first, *all;
    struct effect_pretrend pretrend;
};

/* The reference is 0 by definition, not missing. */
static uf_status set_reference(struct uf_table *table, long reference, struct uf_error *error)
{
    for (size_t row = 0; row < uf_table_rows(table); row++) {
        if (uf_table_number(table, row, EFFECT_EVENT_TIME) != (double)reference) continue;
        UF_TRY(uf_table_set_number(table, row, EFFECT_ESTIMATE, 0, error));
    }
    return UF_OK;
}

/* One band over all event times that are estimated. */
static uf_status set_band(const struct effect_run *run, const struct uf_did_fit *fit,
                          const struct uf_covariance *v, struct uf_table *table, struct uf_error *error)
{
    double critical;
    UF_TRY(effect_band_of_coefficients(run, v, fit->position, fit->n_leading, 0, &critical, error));
    for (size_t row = 0; row < uf_table_rows(table); row++)
        UF_TRY(effect_set_band(table, row, critical, error));
    return UF_OK;
}

static uf_status fill_tables(const struct did_run *run, const struct uf_did_fit *fit,
                             const struct did_regression *regression, const struct event_terms *terms,
                             const struct uf_event_study_options *event, const struct event_leads *leads,
                             struct event_tables *tables, struct uf_error *error)
{
    size_t count;
    const long reference = event->reference;
    const struct effect_run *common = &run->common;
    for (size_t c = 0; c < common->inference->n_covariances; c++) {
        const struct uf_covariance_options *options = &common->inference->covariance[c];
        const char *vcov = uf_covariance_types(&count)[options->kind].name;
        struct uf_covariance v;
        struct uf_joint_test test;
        UF_TRY(uf_covariance_estimate(&regression->view.input, options, &v, error));
        uf_status status = UF_OK;
        if (c == 0)
            status = effect_add_terms(common, &regression->view, c, &v, terms->term, terms->count,
                                      tables->first, error);
        if (c == 0 && status == UF_OK) status = set_band(common, fit, &v, tables->first, error);
        if (status == UF_OK && tables->all)
            status = effect_add_terms(common, &regression->view, c, &v, terms->term, terms->count,
                                      tables->all, error);
        if (status == UF_OK)
            status = uf_did_pretrend(&common->sample->data, fit, options, &v, reference, &test, error);
        if (status == UF_OK) status = effect_pretrend_add(&tables->pretrend, &test, vcov, error);
        if (status == UF_OK)
            status =
                event_leads_add_power(run, fit, event, options, &test, &v, leads, &tables->pretrend, error);
        uf_covariance_clear(&v);
        UF_TRY(status);
    }
    UF_TRY(set_reference(tables->first, reference, error));
    return tables->all ? set_reference(tables->all, reference, error) : UF_OK;
}

static uf_status note_reference(const struct did_run *run, long reference, struct uf_error *error)
{
    static const struct uf_words text = {"No treated region is observed in the period just before the start; "
                                         "the event study has {0} as its reference.",
                                         "Ingen insatsregion är observerad i perioden närmast före start; "
                                         "händelsestudien har {0} som referens."};
    const struct uf_argument argument = uf_number_argument((double)reference, 0);
    return effect_note(&run->common, UF_NOTE, "reference-moved", text, (struct uf_words){NULL, NULL},
                       &argument, 1, error);
}

/* Estimates that are differences from an event time that was dropped, and not from the reference. */
static uf_status note_anchors(const struct did_run *run, const struct uf_event_study_options *options,
                              const struct uf_did_fit *fit, struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} of the {1} estimates of the event study are differences from event time {2}, which was left "
        "out, and "
        "not from the reference ({3}): in the reference there is nothing to compare the treated with.",
        "{0} av händelsestudiens {1} skattningar är skillnader mot tidpunkt {2}, som utesluts, och inte mot "
        "referensen ({3}): i den finns inget att jämföra insatsregionerna med."};
    static const struct uf_words advice = {"Choose a reference (option reference) in which treated and "
                                           "comparison regions are both observed, or complete "
                                           "the figures of that period.",
                                           "Välj en referens (reference) där både insats- och "
                                           "jämförelseregioner är observerade, eller komplettera "
                                           "uppgifterna för den perioden."};
    size_t *anchor = malloc((fit->n_leading + 1) * sizeof *anchor), unanchored = 0, estimated = 0;
    long from = 0;
    uf_status status = anchor ? event_anchors(&run->common.sample->data, options, fit, anchor, error)
                              : uf_fail_memory(error);
    for (size_t j = 0; j < fit->n_leading && status == UF_OK; j++) {
        estimated += fit->position[j] != SIZE_MAX;
        if (anchor[j] == SIZE_MAX) continue;
        unanchored++;
        from = fit->event_time[anchor[j]];
    }
    free(anchor);
    if (status != UF_OK || unanchored == 0) return status;
    const struct uf_argument arguments[] = {uf_count_argument(unanchored), uf_count_argument(estimated),
                                            uf_number_argument((double)from, 0),
                                            uf_number_argument((double)options->reference, 0)};
    return effect_note(&run->common, UF_WARNING, "reference-alone", text, advice, arguments, 4, error);
}

/* Each event time with the treatment dealt out anew; *out stays NULL where that would take long. */
static uf_status randomise(const struct did_run *run, const struct uf_event_study_options *options,
                           const struct uf_did_assignment *assignment, const struct event_terms *terms,
                           struct uf_randomisation **out, struct uf_error *error)
{
    static const struct uf_words text = {
        "The event times were not dealt out anew one by one, which would take long in a panel of this size.",
        "Tidpunkterna har inte fördelats på nytt var för sig, vilket skulle ta lång tid i en så stor panel."};
    const struct effect_run *common = &run->common;
    const struct uf_did_data *data = &common->sample->data;
    const double k = (double)terms->count, work = (double)data->n * k * (k + 20);
    struct uf_randomisation_options draws;
    struct uf_did_noise noise = {0};
    struct uf_error reason;
    if (!assignment || !effect_deals_all(common->inference)) return UF_OK;
    if (!effect_afford_some(common, work, &draws))
        return effect_note(common, UF_NOTE, "randomisation-impossible", text, (struct uf_words){NULL, NULL},
                           NULL, 0, error);
    long *events = malloc((terms->count + 1) * sizeof *events);
    struct uf_randomisation *dealt = calloc(terms->count + 1, sizeof *dealt);
    uf_status status = events && dealt ? UF_OK : uf_fail_memory(&reason);
    size_t n = 0; /* the first must have an estimate: the reference is left for the end */
    for (size_t t = 0; t < terms->count && status == UF_OK; t++)
        if (terms->term[t].combination) events[n++] = (long)terms->term[t].event_time;
    if (status == UF_OK) status = uf_did_noise_init(data, assignment, &noise, &reason);
    if (status == UF_OK || status == UF_NOT_IDENTIFIED)
        status = uf_did_randomise_events(data, options, assignment, status == UF_OK ? &noise : NULL, events,
                                         n, &draws, dealt, &reason);
    uf_did_noise_clear(&noise);
    free(events);
    if (status == UF_OK && dealt) { /* to their terms, from the last */
        for (size_t t = terms->count; t-- > 0;) {
            const bool own = terms->term[t].combination != NULL;
            n -= own;
            const struct uf_randomisation moved = own ? dealt[n] : (struct uf_randomisation){0};
            if (own) dealt[n] = (struct uf_randomisation){0};
            dealt[t] = moved;
        }
        *out = dealt;
        return UF_OK;
    }
    free(dealt);
    if (status == UF_NOT_IDENTIFIED) return UF_OK;
    if (error) *error = reason;
    return status;
}

/* What is not an analytic error, where it was asked for by name. */
static uf_status add_more(const struct did_run *run, const struct did_regression *regression,
                          const struct uf_event_study_options *options,
                          const struct uf_did_assignment *assignment, const struct event_terms *terms,
                          struct uf_table *table, struct uf_error *error)
{
    const struct effect_findings findings = {
        .regression = &regression->view, .assignment = assignment, .data = &run->common.sample->data};
    struct uf_randomisation *dealt = NULL;
    UF_TRY(randomise(run, options, assignment, terms, &dealt, error));
    uf_status status =
        effect_add_more(&run->common, &findings, dealt, terms->term, terms->count, table, error);
    for (size_t t = 0; dealt && t < terms->count; t++) uf_randomisation_clear(&dealt[t]);
    free(dealt);
    return status;
}

static uf_status fill(const struct did_run *run, const struct uf_did_fit *fit,
                      const struct uf_event_study_options *options,
                      const struct uf_did_assignment *assignment, struct event_tables *tables,
                      struct uf_error *error)
{
    static const struct uf_words first_title = {"Event study", "Händelsestudie"};
    static const struct uf_words all_title = {"Event study by type of inference",
                                              "Händelsestudie efter typ av inferens"};
    const struct effect_run *common = &run->common;
    struct did_regression regression;
    struct event_terms terms;
    UF_TRY(effect_table_new("event-study", first_title, common, &tables->first, error));
    UF_TRY(effect_table_add_band(tables->first, common, error));
    if (common->inference->n_covariances > 1 || effect_wants_more(common->inference) ||
        effect_deals_all(common->inference))
        UF_TRY(effect_table_new("event-study-inference", all_title, common, &tables->all, error));
    UF_TRY(effect_pretrend_init(common, &tables->pretrend, error));
    tables->pretrend.estimate = run->estimate, tables->pretrend.drift = run->drift;
    UF_TRY(did_regression_init(&common->sample->data, fit, &regression, error));
    struct event_leads leads = {0};
    uf_status status = event_terms_init(run, fit, options->reference, &terms, error);
    if (status == UF_OK) status = event_leads_init(run, fit, &regression, options, assignment, &leads, error);
    if (status == UF_OK) status = fill_tables(run, fit, &regression, &terms, options, &leads, tables, error);
    if (status == UF_OK && tables->all)
        status = add_more(run, &regression, options, assignment, &terms, tables->all, error);
    if (status == UF_OK && assignment)
        status = event_leads_add_dealt(run, fit, options, assignment, &leads, &tables->pretrend, error);
    event_leads_clear(&leads);
    event_terms_clear(&terms);
    did_regression_clear(&regression);
    return status;
}

/* All that are treated start in the same period. */
static bool has_one_start(const struct uf_did_data *data)
{
    size_t start = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) {
        const size_t first = data->first_period[data->unit[i]];
        if (first == SIZE_MAX) continue;
        if (start != SIZE_MAX && first != start) return false;
        start = first;
    }
    return true;
}

static uf_status report(const struct did_run *run, const struct uf_did_assignment *assignment,
                        struct uf_error *error)
{
    struct uf_event_study_options options = run->event;
    const struct effect_run *common = &run->common;
    struct uf_did_fit fit = {0};
    struct event_tables tables = {0};
    bool moved;
    if (common->inference->n_covariances == 0) return UF_OK;
    options.reference = choose_reference(run, &moved);
    if (moved) UF_TRY(note_reference(run, options.reference, error));
    UF_TRY(uf_event_study_estimate(&common->sample->data, &options, &fit, error));
    uf_status status = note_anchors(run, &options, &fit, error);
    if (status == UF_OK) status = fill(run, &fit, &options, assignment, &tables, error);
    uf_did_fit_clear(&fit);
    if (status == UF_OK) {
        status = uf_result_take_table(common->result, tables.first, error);
        tables.first = NULL;
    }
    if (status == UF_OK && tables.all) {
        status = uf_result_take_table(common->result, tables.all, error);
        tables.all = NULL;
    }
    if (status == UF_OK) status = effect_pretrend_finish(common, &tables.pretrend, error);
    uf_table_free(tables.first), uf_table_free(tables.all);
    effect_pretrend_clear(&tables.pretrend);
    return status;
}

uf_status did_report_event_study(const struct did_run *run, const struct uf_did_assignment *assignment,
                                 struct uf_error *error)
{
    if (!has_one_start(&run->common.sample->data)) return report(run, assignment, error);
    /* of the event study alone: the coefficient of the treatment has its errors by period */
    struct effect_inference inference = *run->common.inference;
    struct did_run own = *run;
    own.common.inference = &inference;
    UF_TRY(effect_drop_temporal(&own.common, true, error));
    return report(&own, assignment, error);
}
