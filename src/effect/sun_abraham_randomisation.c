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
    free(d->first_period), free(d->block), free(d->deviation), free(d->mean), free(d->total), free(d->share),
        free(d->cell_weight), free(d->slot);
    outcome_tally_clear(&d->tally);
    sun_abraham_sums_clear(&d->sums);
    free(d->x), free(d->x_mean), free(d->squares);
    gsl_matrix_free(d->products), gsl_vector_free(d->slope), gsl_vector_free(d->turned);
}

static uf_status dealer_init(struct sun_abraham_dealer *d, const struct uf_did_noise *noise,
                             struct uf_error *error)
{
    const struct uf_did_data *data = d->actual;
    const size_t slots = (data->n_periods + 1) * (data->n_periods + 1), n = data->n + 1;
    d->data = *data;
    d->by_means = uf_sun_abraham_by_means(data) && !data->covariates && data->n_columns == 0;
    d->first_period = malloc((data->n_units + 1) * sizeof *d->first_period);
    d->block = malloc((data->n_units + 1) * sizeof *d->block);
    d->slot = malloc(n * sizeof *d->slot);
    d->deviation = malloc(n * sizeof(double));
    d->mean = calloc(data->n_units + 1, sizeof(double));
    d->total = calloc(data->n_units + 1, sizeof(double));
    d->share = malloc((slots > n ? slots : n) * sizeof(double));
    d->cell_weight = malloc(slots * sizeof(double));
    if (!d->first_period || !d->block || !d->slot || !d->deviation || !d->mean || !d->total || !d->share ||
        !d->cell_weight)
        return uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units; u++) d->block[u] = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) {
        d->block[data->unit[i]] = d->assignment->block[i];
        d->mean[data->unit[i]] += data->outcome[i];
        d->total[data->unit[i]] += 1;
    }
    for (size_t i = 0; i < data->n; i++)
        d->deviation[i] = data->outcome[i] - d->mean[data->unit[i]] / d->total[data->unit[i]];
    free(d->mean), free(d->total);
    d->mean = malloc(slots * sizeof(double)), d->total = malloc(slots * sizeof(double));
    if (!d->mean || !d->total) return uf_fail_memory(error);
    d->data.first_period = d->first_period;
    UF_TRY(sun_abraham_covariates_init(d, slots, error));
    if (!d->by_means) UF_TRY(sun_abraham_sums_init(data, &d->sums, error));
    return outcome_tally_init(data, d->assignment, noise, d->block, &d->tally, error);
}

/* --- by means -------------------------------------------------------------------------------------- */

/* In a balanced panel the cell is the difference of mean changes since the reference. */
static double change_of(const struct sun_abraham_dealer *d, const struct uf_sun_abraham *fit,
                        const struct uf_cohort_cell *cell)
{
    const size_t periods = d->data.n_periods, b = fit->cohort[cell->cohort].reference,
                 g = cell->cohort * periods, control = fit->n_cohorts * periods;
    return d->mean[g + cell->period] - d->mean[g + b] - d->mean[control + cell->period] +
           d->mean[control + b];
}

static bool is_lead(const struct sun_abraham_dealer *d, const struct uf_cohort_cell *cell)
{
    return cell->reason == UF_CELL_ESTIMATED && cell->event_time < -d->options->anticipation;
}

/* The root of the leads' mean square, and what it is made of. */
static void tell_leads(struct sun_abraham_dealer *d, const struct uf_sun_abraham *fit, bool means,
                       struct uf_randomisation_statistics *out)
{
    double sum = 0, all = 0;
    for (size_t c = 0; c < fit->n_cells; c++) {
        const struct uf_cohort_cell *cell = &fit->cell[c];
        if (!is_lead(d, cell)) continue;
        double change = means ? change_of(d, fit, cell) : cell->estimate;
        sum += cell->weight * change * change;
        all += cell->weight;
        if (d->found.value) d->found.value[d->found.count++] = sqrt(cell->weight) * change;
    }
    if (all > 0) out->coefficient = sqrt(sum / all);
    for (size_t j = 0; j < d->found.count; j++) d->found.value[j] /= sqrt(all);
}

/* Where the effect is that the shift is of. */
void sun_abraham_start_tally(struct sun_abraham_dealer *d, const struct uf_cell_term *term)
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
    outcome_tally_start(tally);
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

static void term_by_means(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l,
                          const struct uf_sun_abraham *fit, const struct uf_cell_term *term,
                          struct uf_randomisation_statistics *out)
{
    const struct uf_did_data *data = &d->data;
    const size_t periods = data->n_periods;
    long key;
    if (!sun_abraham_find_key(fit, term, &key)) return;
    if (!(uf_sun_abraham_cell_weights(fit, term->kind, key, d->cell_weight) > 0)) return;
    memset(d->share, 0, (fit->n_cohorts + 1) * periods * sizeof *d->share);
    for (size_t c = 0; c < fit->n_cells; c++)
        sun_abraham_add_cell(fit, c, d->cell_weight[c], periods, d->share);
    sun_abraham_turn_weights(d, l);
    sun_abraham_start_tally(d, term);
    for (size_t i = 0; i < data->n; i++) {
        const size_t s = d->slot[i];
        if (s == SIZE_MAX) continue;
        /* without covariates most rows have no part in one event time */
        if (l->level[s] == SUN_ABRAHAM_LEFT_OUT || (d->k == 0 && d->share[s] == 0)) continue;
        double w = sun_abraham_row_weight(data, i), v = w * d->share[s] / l->weight[s],
               residual = d->deviation[i] - d->mean[s];
        for (size_t j = 0; j < d->k; j++) {
            double x = d->x[i * d->k + j];
            v -= w * (x - d->x_mean[s * d->k + j]) * gsl_vector_get(d->turned, j);
            residual -= gsl_vector_get(d->slope, j) * x;
        }
        outcome_tally_add(&d->tally, data->unit[i], data->period[i],
                          data->n_cluster_dimensions ? data->cluster[0][i] : data->unit[i], v, residual,
                          data->outcome[i]);
    }
    outcome_tally_finish(&d->tally, out);
}

/* False where the covariates need a regression. */
static bool by_means(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l,
                     const struct uf_sun_abraham *fit, struct uf_randomisation_statistics *out)
{
    const struct uf_did_data *data = &d->data;
    const size_t slots = (fit->n_cohorts + 1) * data->n_periods;
    memset(d->mean, 0, slots * sizeof *d->mean);
    for (size_t i = 0; i < data->n; i++) {
        d->slot[i] = data->period[i] < l->end ? sun_abraham_slot(data, l, fit, i) : SIZE_MAX;
        if (d->slot[i] != SIZE_MAX) d->mean[d->slot[i]] += sun_abraham_row_weight(data, i) * d->deviation[i];
    }
    for (size_t s = 0; s < slots; s++)
        if (l->weight[s] > 0) d->mean[s] /= l->weight[s];
    if (!sun_abraham_take_covariates_out(d, l, slots)) return false;
    if (!d->term) tell_leads(d, fit, true, out);
    for (size_t k = 0; d->term && k < d->n_terms; k++) term_by_means(d, l, fit, &d->term[k], &out[k]);
    return true;
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
        tell_leads(d, &fit, false, out);
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
    if (status == UF_OK && d->by_means)
        done = by_means(d, &layout, &fit, out);
    else if (status == UF_OK && d->data.n_columns == 0) {
        status = sun_abraham_tell_by_sums(d, &layout, &fit, out, &done, &reason);
        if (status == UF_OK && done && !d->term) tell_leads(d, &fit, false, out);
    }
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
