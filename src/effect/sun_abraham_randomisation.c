// SPDX-License-Identifier: GPL-3.0-or-later
/* The cohorts dealt out anew, and the whole estimator with them. */
#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/placebo_drift.h"
#include "effect/sun_abraham_dealer.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void dealer_clear(void *dealer)
{
    struct sun_abraham_dealer *d = dealer;
    free(d->first_period), free(d->block), free(d->share), free(d->cell_weight);
    outcome_tally_clear(&d->tally);
    sun_abraham_means_clear(&d->means);
    sun_abraham_sums_clear(&d->sums);
}

static uf_status dealer_init(struct sun_abraham_dealer *d, const struct uf_did_noise *noise,
                             struct uf_error *error)
{
    const struct uf_did_data *data = d->actual;
    const size_t slots = (data->n_periods + 1) * (data->n_periods + 1);
    d->data = *data;
    d->by_means = uf_sun_abraham_by_means(data) && !data->covariates && data->n_columns == 0;
    d->first_period = malloc((data->n_units + 1) * sizeof *d->first_period);
    d->block = malloc((data->n_units + 1) * sizeof *d->block);
    d->share = malloc((data->n + 1) * sizeof *d->share);
    d->cell_weight = malloc(slots * sizeof *d->cell_weight);
    if (!d->first_period || !d->block || !d->share || !d->cell_weight) return uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units; u++) d->block[u] = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) d->block[data->unit[i]] = d->assignment->block[i];
    d->data.first_period = d->first_period;
    if (d->by_means)
        UF_TRY(sun_abraham_means_init(data, d->assignment->n_blocks, &d->means, &d->by_means, error));
    if (!d->by_means) UF_TRY(sun_abraham_sums_init(data, &d->sums, error));
    return outcome_tally_init(data, d->assignment, noise, d->block, &d->tally, error);
}

/* --- terms ------------------------------------------------------------------------------------------ */

static bool is_lead(const struct sun_abraham_dealer *d, const struct uf_cohort_cell *cell)
{
    return cell->reason == UF_CELL_ESTIMATED && cell->event_time < -d->options->anticipation;
}

/* The root of the leads' mean square, and what it is made of. */
static void tell_leads(struct sun_abraham_dealer *d, const struct uf_sun_abraham *fit,
                       struct uf_randomisation_statistics *out)
{
    double sum = 0, all = 0;
    for (size_t c = 0; c < fit->n_cells; c++) {
        const struct uf_cohort_cell *cell = &fit->cell[c];
        if (!is_lead(d, cell)) continue;
        sum += cell->weight * cell->estimate * cell->estimate;
        all += cell->weight;
        if (d->found.value) d->found.value[d->found.count++] = sqrt(cell->weight) * cell->estimate;
    }
    if (all > 0) out->coefficient = sqrt(sum / all);
    for (size_t j = 0; d->found.value && j < d->found.count; j++) d->found.value[j] /= sqrt(all);
}

void sun_abraham_set_effect(struct sun_abraham_dealer *d, const struct uf_cell_term *term)
{
    const size_t periods = d->data.n_periods, key = (size_t)term->key;
    struct outcome_tally *tally = &d->tally;
    tally->from = 0, tally->to = LONG_MAX;
    tally->start = tally->period = SIZE_MAX;
    if (term->kind == UF_CELLS_DYNAMIC) tally->from = tally->to = term->key;
    if (term->kind == UF_CELLS_GROUP) tally->start = key;
    if (term->kind == UF_CELLS_CALENDAR) tally->period = key;
    if (term->kind == UF_CELLS_ONE)
        tally->start = key / periods, tally->period = key % periods, tally->from = LONG_MIN;
}

void sun_abraham_start_tally(struct sun_abraham_dealer *d, const struct uf_cell_term *term)
{
    sun_abraham_set_effect(d, term);
    outcome_tally_start(&d->tally);
}

void sun_abraham_add_cell(const struct uf_sun_abraham *fit, size_t cell, double weight, size_t periods,
                          double *slot)
{
    const struct uf_cohort_cell *own = &fit->cell[cell];
    const size_t b = fit->cohort[own->cohort].reference, control = fit->n_cohorts * periods;
    double *treated = slot + own->cohort * periods;
    if (weight == 0) return; // NOLINT: exactly 0, as most are
    treated[own->period] += weight, treated[b] -= weight;
    slot[control + own->period] -= weight, slot[control + b] += weight;
}

/* --- by regression --------------------------------------------------------------------------------- */

static uf_status term_by_regression(struct sun_abraham_dealer *d, const struct uf_sun_abraham *fit,
                                    const struct uf_cell_term *term, double *combination,
                                    struct uf_randomisation_statistics *out, struct uf_error *error)
{
    const struct uf_did_data *data = &fit->data;
    long key;
    if (!sun_abraham_find_key(fit, term, &key)) return UF_OK;
    if (!(uf_sun_abraham_average(fit, term->kind, key, combination) > 0)) return UF_OK;
    UF_TRY(uf_sun_abraham_weights(fit, combination, d->share, error));
    sun_abraham_start_tally(d, term);
    for (size_t i = 0; i < data->n; i++)
        outcome_tally_add(&d->tally, data->unit[i], data->period[i],
                          data->n_cluster_dimensions ? data->cluster[0][i] : data->unit[i], d->share[i],
                          gsl_vector_get(fit->fit.fit.residuals, i), data->outcome[i]);
    outcome_tally_finish(&d->tally, out);
    return UF_OK;
}

static uf_status by_regression(struct sun_abraham_dealer *d, struct uf_randomisation_statistics *out,
                               struct uf_error *error)
{
    struct uf_sun_abraham fit;
    struct uf_error reason;
    uf_status status = uf_sun_abraham_estimate(&d->data, d->options, &fit, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK; /* this assignment has no estimate */
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    if (!d->term) {
        tell_leads(d, &fit, out);
        uf_sun_abraham_clear(&fit);
        return UF_OK;
    }
    double *combination = malloc((fit.fit.fit.rank + 1) * sizeof *combination);
    status = combination ? UF_OK : uf_fail_memory(error);
    for (size_t k = 0; k < d->n_terms && status == UF_OK; k++)
        status = term_by_regression(d, &fit, &d->term[k], combination, &out[k], error);
    free(combination);
    uf_sun_abraham_clear(&fit);
    return status;
}

static uf_status statistic(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                           struct uf_error *error)
{
    struct sun_abraham_dealer *d = user;
    for (size_t u = 0; u < d->data.n_units; u++)
        d->first_period[u] =
            d->block[u] == SIZE_MAX ? SIZE_MAX : d->assignment->first_period[path[d->block[u]]];
    struct sun_abraham_layout layout = {0};
    struct uf_sun_abraham fit = {.data = d->data};
    struct uf_error reason;
    bool done = false;
    uf_status status = sun_abraham_layout_init(&d->data, d->options, &layout, &fit, &reason);
    if (status == UF_OK && d->by_means) {
        sun_abraham_tell_by_means(d, &layout, &fit, out);
        done = true;
    } else if (status == UF_OK) {
        status = sun_abraham_tell_by_sums(d, &layout, &fit, out, &done, &reason);
    }
    if (status == UF_OK && done && !d->term) tell_leads(d, &fit, out);
    sun_abraham_layout_clear(&layout);
    uf_sun_abraham_clear(&fit);
    if (status != UF_OK && status != UF_NOT_IDENTIFIED && error) *error = reason;
    if (status == UF_OK && !done) return by_regression(d, out, error);
    return status == UF_NOT_IDENTIFIED ? UF_OK : status;
}

static uf_status deal(const struct uf_did_data *data, const struct uf_sun_abraham_options *options,
                      const struct uf_did_assignment *assignment, const struct uf_did_noise *noise,
                      const struct uf_cell_term *terms, size_t n_terms,
                      const struct uf_randomisation_options *randomisation, struct uf_randomisation *out,
                      struct uf_error *error)
{
    const struct uf_sun_abraham_options defaults = {.reference = -1};
    struct sun_abraham_dealer dealer = {.actual = data,
                                        .options = options ? options : &defaults,
                                        .assignment = assignment,
                                        .term = terms,
                                        .n_terms = n_terms};
    const struct uf_randomisation_design design = {assignment->n_blocks, assignment->n_paths,
                                                   assignment->path};
    uf_status status = dealer_init(&dealer, noise, error);
    if (status == UF_OK)
        status =
            uf_randomise_terms(&design, statistic, &dealer, terms ? n_terms : 1, randomisation, out, error);
    dealer_clear(&dealer);
    return status;
}

uf_status uf_sun_abraham_randomise(const struct uf_did_data *data,
                                   const struct uf_sun_abraham_options *options,
                                   const struct uf_did_assignment *assignment,
                                   const struct uf_did_noise *noise,
                                   const struct uf_randomisation_options *randomisation,
                                   struct uf_randomisation *out, struct uf_error *error)
{
    const struct uf_cell_term simple = {UF_CELLS_SIMPLE, 0};
    return deal(data, options, assignment, noise, &simple, 1, randomisation, out, error);
}

uf_status uf_sun_abraham_randomise_terms(const struct uf_did_data *data,
                                         const struct uf_sun_abraham_options *options,
                                         const struct uf_did_assignment *assignment,
                                         const struct uf_did_noise *noise, const struct uf_cell_term *terms,
                                         size_t n_terms, const struct uf_randomisation_options *randomisation,
                                         struct uf_randomisation *out, struct uf_error *error)
{
    return deal(data, options, assignment, noise, terms, n_terms, randomisation, out, error);
}

uf_status uf_sun_abraham_randomise_leads(const struct uf_did_data *data,
                                         const struct uf_sun_abraham_options *options,
                                         const struct uf_did_assignment *assignment,
                                         const struct uf_randomisation_options *randomisation,
                                         struct uf_randomisation *out, struct uf_error *error)
{
    return deal(data, options, assignment, NULL, NULL, 0, randomisation, out, error);
}

/* --- what the leads would have found --------------------------------------------------------------- */

static uf_status init_placebo(void *dealer, const struct uf_did_data *data,
                              const struct uf_did_assignment *assignment, const void *options,
                              struct uf_error *error)
{
    struct sun_abraham_dealer *d = dealer;
    *d = (struct sun_abraham_dealer){.actual = data, .options = options, .assignment = assignment};
    return dealer_init(d, NULL, error);
}

uf_status sun_abraham_placebo_drift(const struct placebo_sample *sample,
                                    const struct uf_sun_abraham_options *options, double work, uint64_t seed,
                                    struct placebo_slopes *out, struct uf_error *error)
{
    const struct placebo_estimator estimator = {.options = options,
                                                .size = sizeof(struct sun_abraham_dealer),
                                                .stride = (sample->assignment->n_paths + 1) *
                                                          sample->data->n_periods,
                                                .work = work,
                                                .init = init_placebo,
                                                .clear = dealer_clear,
                                                .statistic = statistic,
                                                .leads_at = offsetof(struct sun_abraham_dealer, found)};
    return placebo_drift_of_estimator(sample, &estimator, seed, out, error);
}
