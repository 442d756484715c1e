// SPDX-License-Identifier: GPL-3.0-or-later
/* The event study of doses as tables: levels and slopes by time since the start, and what comes before the start tested
 * together. */
#include "base/fail.h"
#include "effect/dose_lots.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const struct uf_words none = {NULL, NULL};

/* A run with the inference of the event study. */
struct study {
    struct dose_run run;
    const struct dose_events *events;
    const struct dose_event_dealt *dealt;
    const struct dose_event_placebos *placebos;
    struct effect_inference inference;
    struct effect_findings findings;
};

/* --- inference ------------------------------------------------------------------------------------------------ */

/* Errors that take rows as independent, where a region has several: those that keep a region's rows together. */
static enum uf_covariance_kind by_region(enum uf_covariance_kind kind)
{
    static const struct {
        enum uf_covariance_kind of, by;
    } kinds[] = {{UF_COVARIANCE_IID, UF_COVARIANCE_CR1},
                 {UF_COVARIANCE_HC1, UF_COVARIANCE_CR1},
                 {UF_COVARIANCE_HC2, UF_COVARIANCE_CR2},
                 {UF_COVARIANCE_HC3, UF_COVARIANCE_CR3},
                 {UF_COVARIANCE_HC4, UF_COVARIANCE_CR3}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].of == kind) return kinds[i].by;
    return kind;
}

static uf_status keep_regions_together(struct study *study, struct uf_error *error)
{
    static const struct uf_words text = {
        "In the event study {0} stands for {1}: it takes rows as independent, and each region has one for "
        "every time since the start.",
        "I händelsestudien står {0} för {1}: det räknar rader som oberoende, och varje region har en för "
        "varje "
        "tid sedan start."};
    struct effect_inference *own = &study->inference;
    size_t kept = 0, count;
    for (size_t c = 0; c < own->n_covariances; c++) {
        struct uf_covariance_options options = own->covariance[c];
        const enum uf_covariance_kind asked = options.kind;
        bool there = false;
        options.kind = by_region(asked);
        if (options.kind != asked) {
            const struct uf_argument names[] = {
                uf_text_argument(uf_covariance_types(&count)[options.kind].name),
                uf_text_argument(uf_covariance_types(&count)[asked].name)};
            UF_TRY(
                effect_note(&study->run.common, UF_NOTE, "inference-by-region", text, none, names, 2, error));
        }
        for (size_t other = 0; other < kept; other++)
            there = there || own->covariance[other].kind == options.kind;
        if (!there) own->covariance[kept++] = options;
    }
    own->n_covariances = kept;
    return UF_OK;
}

/* As dose_lenders_init, of the rows of all event times. */
static uf_status find_lenders(const struct study *study, struct effect_lenders *out, struct uf_error *error)
{
    const struct dose_run *run = &study->run;
    const struct dose_events *events = study->events;
    const struct uf_did_data *data = &run->sample->data;
    struct uf_did_assignment own = {0};
    if (!study->inference.ferman_pinto && !study->inference.conley_taber) return UF_OK;
    const bool given = run->dealt->assignment.n_blocks > 0;
    if (!given) UF_TRY(uf_did_assignment_init(data, &own, error));
    const struct uf_did_assignment *assignment = given ? &run->dealt->assignment : &own;
    *out = (struct effect_lenders){.n_blocks = assignment->n_blocks,
                                   .n_periods = events->count * events->n_stacks,
                                   .period = events->period,
                                   .own_block = malloc((events->n + 1) * sizeof *out->own_block),
                                   .treated = calloc(assignment->n_blocks + 1, sizeof(bool)),
                                   .exposed = malloc((events->n + 1) * sizeof(bool))};
    out->block = out->own_block;
    uf_status status = out->own_block && out->treated && out->exposed ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < events->n && status == UF_OK; i++) {
        const size_t block = assignment->block[run->cells->row[events->unit[i]]];
        out->own_block[i] = block;
        out->exposed[i] = events->treated[i];
        out->treated[block] |= events->treated[i];
    }
    if (status == UF_OK) status = effect_block_sizes(data, assignment, &out->size, error);
    uf_did_assignment_clear(&own);
    return status;
}

/* --- terms ------------------------------------------------------------------------------------------------------ */

static struct uf_words reason_of(const struct dose_event *event, bool slope)
{
    static const struct uf_words reference = {"reference: 0 by definition", "referens: 0 per definition"},
                                 empty =
                                     {"no treated or no untreated region is observed then and at the "
                                      "reference",
                                      "ingen region med, eller ingen utan, insats är observerad då och vid "
                                      "referensen"},
                                 few = {"the doses observed then do not tell the curve, or too few untreated "
                                        "are observed",
                                        "de doser som är observerade då räcker inte för kurvan, eller för få "
                                        "utan insats är observerade"};
    if (event->reason == DOSE_EVENT_REFERENCE) return reference;
    if (event->reason == DOSE_EVENT_EMPTY) return empty;
    return event->reason == DOSE_EVENT_FEW || (slope && !event->slope) ? few : none;
}

static uf_status event_terms(const struct study *study, bool slope, bool leads, struct effect_terms *terms,
                             bool *zero, struct uf_error *error)
{
    const struct dose_events *events = study->events;
    UF_TRY(effect_terms_init(events->count, events->n_columns, terms, error));
    for (size_t e = 0; e < events->count; e++) {
        const struct dose_event *event = &events->event[e];
        const double *combination = slope ? event->slope : event->level;
        char name[40];
        if (leads && (!dose_event_is_lead(&study->run, event) || !combination)) continue;
        snprintf(name, sizeof name, "event-time %ld", event->time);
        struct effect_term term = dose_term(&study->run, name);
        term.event_time = (double)event->time;
        if (event->reason != DOSE_EVENT_REFERENCE) {
            const bool any = event->reason != DOSE_EVENT_EMPTY; /* 0 would stand for the sample's */
            term.n_obs = any ? (double)event->n : NAN, term.n_treated = any ? (double)event->n_treated : NAN;
            term.n_control = any ? (double)event->n_control : NAN;
        }
        const struct uf_words reason = reason_of(event, slope);
        if (reason.en) term.note = uf_words_in(reason, study->run.common.context->language);
        if (zero) zero[terms->count] = event->reason == DOSE_EVENT_REFERENCE;
        double *next = effect_terms_next(terms);
        for (size_t r = 0; combination && r < event->rank; r++) next[event->first + r] = combination[r];
        effect_terms_add(terms, &term, combination != NULL);
    }
    return UF_OK;
}

/* --- before the start ---------------------------------------------------------------------------------------------- */

/* By how much the mean time of each unit's change moves: after less before. */
static uf_status time_between(const struct dose_run *run, double **out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    const struct dose_units *u = run->units;
    size_t *row = malloc((data->n_units + 1) * sizeof *row); /* of a treated unit, of which there is one */
    double *between = calloc(u->change.n + 1, sizeof *between);
    if (!row || !between) {
        free(row), free(between);
        return uf_fail_memory(error);
    }
    for (size_t i = 0; i < data->n_units; i++) row[i] = SIZE_MAX;
    for (size_t i = 0; i < u->change.n; i++)
        if (u->dose[i] > 0) row[u->unit[i]] = i;
    for (size_t i = 0; i < data->n; i++) {
        const size_t at = row[data->unit[i]], t = data->period[i];
        if (at == SIZE_MAX) continue;
        const struct dose_cohort *cohort = &run->cells->cohort[u->cohort[at]];
        const struct dose_cell *cell = dose_cell_at(run->cells, u->unit[at], u->cohort[at]);
        switch (dose_phase_of(run, cohort, t)) {
        case DOSE_AFTER:
            between[at] += (double)data->time[t] / (double)cell->n_after;
            break;
        case DOSE_BEFORE:
            between[at] -= (double)data->time[t] / (double)cell->n_before;
            break;
        case DOSE_OUTSIDE:
            break;
        }
    }
    free(row);
    *out = between;
    return UF_OK;
}

/* What a combination of the run's fit makes of changes of the treated; of their own where `between` is NULL. */
static uf_status value_of(const struct dose_run *run, bool slope, const double *between, double *out,
                          struct uf_error *error)
{
    const struct uf_dose_fit *fit = run->fit;
    const struct uf_dose_data *data = &run->units->change;
    const size_t k = fit->fit.rank;
    double *combination = malloc((k + 1) * sizeof *combination);
    if (!combination) return uf_fail_memory(error);
    uf_dose_mean(fit, data, slope, combination);
    *out = 0;
    for (size_t r = 0; r < k; r++) {
        double part = 0;
        for (size_t i = 0; i < data->n && between; i++) {
            if (!(data->dose[i] > 0)) continue;
            const double w = data->weights ? data->weights[i] : 1;
            part += w * gsl_matrix_get(fit->x, i, r) * between[i] * (slope ? data->dose[i] : 1);
        }
        for (size_t s = 0; s < k && between; s++)
            *out += combination[s] * gsl_matrix_get(fit->fit.inverse, s, r) * part;
        if (!between) *out += combination[r] * gsl_vector_get(fit->fit.coefficients, fit->fit.kept[r]);
    }
    free(combination);
    return UF_OK;
}

static uf_status report_leads(const struct study *study, bool slope, struct uf_error *error)
{
    static const struct uf_words untested = {"Whether regions with different doses developed differently "
                                             "before the start could not be tested: there are too few "
                                             "periods before it.",
                                             "Om regioner med olika doser utvecklades olika före start gick "
                                             "inte att pröva: perioderna före är för få."};
    const struct effect_run *common = &study->run.common;
    const struct dose_event_dealt *dealt = study->dealt;
    struct effect_terms leads = {0};
    struct effect_lead_line line = {.estimate = NAN,
                                    .drift = NAN,
                                    .placebos = slope ? &study->placebos->slope : &study->placebos->level,
                                    .regressions = &study->placebos->regressions[slope],
                                    .by_dose = slope};
    double *times = malloc((study->events->count + 1) * sizeof *times), *between = NULL;
    uf_status status = times ? event_terms(study, slope, true, &leads, NULL, error) : uf_fail_memory(error);
    for (size_t t = 0; t < leads.count && status == UF_OK; t++)
        times[t] = leads.term[t].event_time - (double)study->events->reference;
    line.times = times;
    if (status == UF_OK && leads.count == 0 && !slope)
        status = effect_note(common, UF_NOTE, "pretrend-untested", untested, none, NULL, 0, error);
    if (status == UF_OK && leads.count > 0) {
        const struct uf_randomisation *together = slope ? &dealt->slope_leads : &dealt->level_leads;
        status = time_between(&study->run, &between, error);
        if (status == UF_OK) status = value_of(&study->run, slope, between, &line.drift, error);
        if (status == UF_OK) status = value_of(&study->run, slope, NULL, &line.estimate, error);
        if (status == UF_OK)
            status = effect_report_leads(common, &study->findings, &leads, &line,
                                         together->count > 0 ? together : NULL,
                                         slope ? dealt->slope_slopes : dealt->level_slopes, error);
    }
    effect_terms_clear(&leads);
    free(times), free(between);
    return status;
}

/* --- tables ---------------------------------------------------------------------------------------------------------- */

struct titles {
    const char *name, *by_inference;
    struct uf_words title, title_by_inference;
};
static const struct titles titles[] = {
    {"event-study",
     "event-study-inference",
     {"Average effect by time since the start", "Genomsnittlig effekt efter tid sedan start"},
     {"Average effect by time since the start, by type of inference",
      "Genomsnittlig effekt efter tid sedan start, efter typ av inferens"}},
    {"event-study-slope",
     "event-study-inference-slope",
     {"Average slope by time since the start", "Genomsnittlig lutning efter tid sedan start"},
     {"Average slope by time since the start, by type of inference",
      "Genomsnittlig lutning efter tid sedan start, efter typ av inferens"}}};

static uf_status report_by_inference(const struct study *study, bool slope, const struct effect_terms *terms,
                                     const bool *zero, struct uf_error *error)
{
    const struct effect_run *common = &study->run.common;
    const struct dose_event_dealt *dealt = study->dealt;
    const struct uf_randomisation *each = slope ? dealt->slope : dealt->level;
    struct uf_table *table = NULL;
    if (!effect_has_by_inference(&study->inference, each)) return UF_OK;
    UF_TRY(effect_table_new(titles[slope].by_inference, titles[slope].title_by_inference, common, &table,
                            error));
    uf_status status = effect_add_by_inference(common, &study->findings, terms, zero, each, table, error);
    for (size_t t = 0; slope && dealt->among && t < terms->count && status == UF_OK; t++)
        if (terms->term[t].combination)
            status = dose_add_among(&study->run, &dealt->among[t], &terms->term[t], table, error);
    if (status == UF_OK && slope) effect_fit_estimates(table);
    if (status == UF_OK) return uf_result_take_table(common->result, table, error);
    uf_table_free(table);
    return status;
}

static uf_status report_kind(struct study *study, bool slope, struct uf_error *error)
{
    struct effect_terms terms = {0};
    bool *zero = calloc(study->events->count + 1, sizeof *zero);
    uf_status status = zero ? event_terms(study, slope, false, &terms, zero, error) : uf_fail_memory(error);
    if (status == UF_OK) {
        const struct effect_term_table table = {.name = titles[slope].name,
                                                .title = titles[slope].title,
                                                .terms = &terms,
                                                .zero = zero,
                                                .band = true,
                                                .fine = slope};
        status = effect_report_terms(&study->run.common, &study->findings, &table, error);
    }
    if (status == UF_OK) status = report_by_inference(study, slope, &terms, zero, error);
    effect_terms_clear(&terms);
    free(zero);
    return status == UF_OK ? report_leads(study, slope, error) : status;
}

static uf_status note_reference(const struct dose_run *run, const struct dose_events *events,
                                struct uf_error *error)
{
    static const struct uf_words moved = {
        "No treated region is observed in the period just before the start; "
        "the event study has {0} as its reference.",
        "Ingen insatsregion är observerad i perioden närmast före start; "
        "händelsestudien har {0} som referens."};
    static const struct uf_words nobody = {
        "There is no event study: no treated region is observed at its reference ({0}).",
        "Det finns ingen händelsestudie: ingen insatsregion är observerad vid dess referens ({0})."};
    static const struct uf_words large = {
        "There is no event study: with {1} rows its regression is too large to be kept.",
        "Det finns ingen händelsestudie: med {1} rader blir dess regression för stor för att sparas."};
    static const struct uf_words advice = {"Take the means of each region, or use did.",
                                           "Ta medelvärden för varje region, eller använd did."};
    const struct uf_argument arguments[] = {uf_number_argument((double)events->reference, 0),
                                            uf_count_argument(events->n)};
    if (events->too_large)
        return effect_note(&run->common, UF_WARNING, "event-study-left-out", large, advice, arguments, 2,
                           error);
    if (events->n == 0)
        return effect_note(&run->common, UF_NOTE, "event-study-left-out", nobody, none, arguments, 2, error);
    return events->reference == run->reference
               ? UF_OK
               : effect_note(&run->common, UF_NOTE, "reference-moved", moved, none, arguments, 2, error);
}

static uf_status report(struct study *study, struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} was left out of the event study: no degrees of freedom are left.",
        "{0} har utelämnats ur händelsestudien: inga frihetsgrader återstår."};
    struct uf_covariance covariance[EFFECT_MOST_COVARIANCES] = {{0}};
    struct effect_lenders lenders = {0};
    UF_TRY(keep_regions_together(study, error));
    uf_status status =
        dose_settle(&study->run, &study->events->view, text, &study->inference, covariance, error);
    if (status == UF_OK) status = find_lenders(study, &lenders, error);
    if (status == UF_OK) {
        study->findings = (struct effect_findings){.regression = &study->events->view,
                                                   .covariance = covariance,
                                                   .assignment = &study->run.dealt->assignment,
                                                   .lenders = &lenders};
        status = report_kind(study, false, error);
        study->run.common.unit = NULL; /* slopes are per unit of the dose */
        if (status == UF_OK && dose_has_slope(study->run.fit)) status = report_kind(study, true, error);
    }
    effect_lenders_clear(&lenders);
    effect_covariances_clear(covariance);
    return status;
}

uf_status dose_report_events(const struct dose_run *run, struct uf_error *error)
{
    struct dose_events events = {0};
    struct dose_event_dealt dealt = {0};
    UF_TRY(dose_events_init(run, &events, error));
    uf_status status = note_reference(run, &events, error);
    if (status == UF_OK && events.n > 0 && !events.too_large) {
        struct study study = {
            .run = *run, .events = &events, .dealt = &dealt, .inference = *run->common.inference};
        study.run.common.inference = &study.inference;
        struct dose_event_placebos placebos;
        study.placebos = &placebos;
        status = dose_event_placebos_init(&study.run, &events, &placebos, error);
        if (status == UF_OK) {
            status = dose_events_deal(run, &events, &dealt, error);
            if (status == UF_OK) status = report(&study, error);
            dose_event_placebos_clear(&placebos);
        }
    }
    dose_event_dealt_clear(&dealt);
    dose_events_clear(&events);
    return status;
}
