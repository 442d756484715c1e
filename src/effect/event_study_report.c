// SPDX-License-Identifier: GPL-3.0-or-later
/* The event study as tables, and the joint test of what comes before the start. */
#include "base/fail.h"
#include "effect/did_internal.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const struct uf_t_test no_test = {NAN, NAN, NAN, NAN, NAN, NAN};
static const struct uf_words reference_words = {"reference: 0 by definition", "referens: 0 per definition"};
static const struct uf_words dropped_words = {
    "not identified: collinear with the fixed effects and the other event times",
    "inte identifierad: kollinjär med de fasta effekterna och övriga tidpunkter"};

/* The reference asked for, or, where −1 is not observed, the latest lead that is. */
static long choose_reference(const struct did_run *run, bool *moved)
{
    const struct uf_did_data *data = &run->sample->data;
    long asked = run->request->event.reference, latest = LONG_MIN;
    *moved = false;
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        if (first == SIZE_MAX) continue;
        long event = data->time[data->period[i]] - data->time[first];
        if (event == asked) return asked;
        if (event < 0 && event > latest) latest = event;
    }
    if (asked != -1 || latest == LONG_MIN) return asked;
    *moved = true;
    return latest;
}

static uf_status add_event_row(const struct did_run *run, struct uf_table *table, long event, double estimate,
                               struct uf_t_test test, const char *vcov, size_t n_clusters, const char *note,
                               struct uf_error *error)
{
    char term[48];
    snprintf(term, sizeof term, "event-time %ld", event);
    struct did_row row = {.term = term,
                          .method = "event-study",
                          .vcov = vcov,
                          .note = note,
                          .estimate = estimate,
                          .event_time = (double)event,
                          .test = test,
                          .n_clusters = n_clusters};
    return did_add_row(table, run, &row, error);
}

/* All event times of one inference, the reference in its place. */
static uf_status add_events(const struct did_run *run, const struct uf_did_fit *fit, long reference,
                            const struct uf_covariance_options *options, const struct uf_covariance *v,
                            struct uf_table *table, struct uf_error *error)
{
    size_t count;
    enum uf_language language = run->context->language;
    const char *vcov = uf_covariance_types(&count)[options->kind].name;
    char *note = NULL;
    bool placed = false;
    UF_TRY(uf_covariance_describe(v, options, language, &note, error));
    uf_status status = UF_OK;
    for (size_t j = 0; j <= fit->n_leading && status == UF_OK; j++) {
        if (!placed && (j == fit->n_leading || fit->event_time[j] > reference)) {
            placed = true;
            status = add_event_row(run, table, reference, 0, no_test, vcov, v->n_clusters,
                                   uf_words_in(reference_words, language), error);
        }
        if (j == fit->n_leading || status != UF_OK) continue;
        size_t k = fit->position[j];
        if (k == SIZE_MAX) {
            status = add_event_row(run, table, fit->event_time[j], NAN, no_test, vcov, v->n_clusters,
                                   uf_words_in(dropped_words, language), error);
            continue;
        }
        double estimate = gsl_vector_get(fit->fit.coefficients, j);
        status =
            add_event_row(run, table, fit->event_time[j], estimate,
                          uf_t_test(estimate, gsl_matrix_get(v->matrix, k, k), v->df[k], run->request->level),
                          vcov, v->n_clusters, note, error);
    }
    free(note);
    return status;
}

struct event_tables {
    struct uf_table *first, *all;
    struct did_pretrend pretrend;
};

static uf_status fill_tables(const struct did_run *run, const struct uf_did_fit *fit, long reference,
                             struct event_tables *tables, struct uf_error *error)
{
    size_t count;
    for (size_t c = 0; c < run->request->n_covariances; c++) {
        const struct uf_covariance_options *options = &run->request->covariance[c];
        const char *vcov = uf_covariance_types(&count)[options->kind].name;
        struct uf_covariance v;
        struct uf_joint_test test;
        UF_TRY(uf_did_covariance(&run->sample->data, fit, options, &v, error));
        uf_status status =
            c == 0 ? add_events(run, fit, reference, options, &v, tables->first, error) : UF_OK;
        if (status == UF_OK && tables->all)
            status = add_events(run, fit, reference, options, &v, tables->all, error);
        if (status == UF_OK)
            status = uf_did_pretrend(&run->sample->data, fit, options, &v, reference, &test, error);
        uf_covariance_clear(&v);
        UF_TRY(status);
        UF_TRY(did_pretrend_add(&tables->pretrend, &test, vcov, error));
    }
    return UF_OK;
}

static uf_status note_reference(const struct did_run *run, long reference, struct uf_error *error)
{
    static const struct uf_words text = {"No treated region is observed in the period just before the start; "
                                         "the event study has {0} as its reference.",
                                         "Ingen insatsregion är observerad i perioden närmast före start; "
                                         "händelsestudien har {0} som referens."};
    const struct uf_argument argument = uf_number_argument((double)reference, 0);
    return uf_result_add_note(run->result, run->context->language, UF_NOTE, "reference-moved", text,
                              (struct uf_words){NULL, NULL}, &argument, 1, error);
}

uf_status did_report_event_study(const struct did_run *run, const struct uf_did_assignment *assignment,
                                 struct uf_error *error)
{
    static const struct uf_words first_title = {"Event study", "Händelsestudie"};
    static const struct uf_words all_title = {"Event study by type of inference",
                                              "Händelsestudie efter typ av inferens"};
    struct uf_event_study_options options = run->request->event;
    struct uf_did_fit fit = {0};
    struct event_tables tables = {0};
    bool moved;
    if (run->request->n_covariances == 0) return UF_OK;
    options.reference = choose_reference(run, &moved);
    if (moved) UF_TRY(note_reference(run, options.reference, error));
    UF_TRY(uf_event_study_estimate(&run->sample->data, &options, &fit, error));
    const char *unit = run->panel->columns[run->panel->outcome].unit;
    enum uf_language language = run->context->language;
    uf_status status = did_table_new("event-study", first_title, language, unit, &tables.first, error);
    if (status == UF_OK && run->request->n_covariances > 1)
        status = did_table_new("event-study-inference", all_title, language, unit, &tables.all, error);
    if (status == UF_OK) status = did_pretrend_init(run, &tables.pretrend, error);
    if (status == UF_OK) status = fill_tables(run, &fit, options.reference, &tables, error);
    if (status == UF_OK && assignment)
        status = did_pretrend_randomise(run, &options, fit.n_leading, assignment, &tables.pretrend, error);
    uf_did_fit_clear(&fit);
    if (status == UF_OK) {
        status = uf_result_take_table(run->result, tables.first, error);
        tables.first = NULL;
    }
    if (status == UF_OK && tables.all) {
        status = uf_result_take_table(run->result, tables.all, error);
        tables.all = NULL;
    }
    if (status == UF_OK) status = did_pretrend_finish(run, &tables.pretrend, error);
    uf_table_free(tables.first), uf_table_free(tables.all);
    did_pretrend_clear(&tables.pretrend);
    return status;
}
