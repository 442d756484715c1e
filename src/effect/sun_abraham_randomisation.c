// SPDX-License-Identifier: GPL-3.0-or-later
/* The cohorts dealt out anew, and the whole estimator with them. */
#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/outcome_weights.h"
#include "effect/sun_abraham_internal.h"

#include <gsl/gsl_linalg.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct dealer {
    struct uf_did_data data; /* with the starts of the assignment at hand */
    const struct uf_did_data *actual;
    const struct uf_sun_abraham_options *options;
    const struct uf_did_assignment *assignment;
    bool by_means;
    const struct uf_cell_term *term; /* NULL: the leads together */
    size_t n_terms;
    double *cell_weight;          /* of a term */
    size_t *first_period, *block; /* n_units; SIZE_MAX: not in the sample */
    size_t *slot;                 /* n: of each row in the deal at hand; SIZE_MAX: left out, it is late */
    /* by means: outcomes less their unit's mean, and by slot the mean and what an outcome weighs */
    double *deviation, *mean, *total, *share;
    /* the same of the covariates (k of them, row by row), their cross-products, and what solves them */
    size_t k;
    double *x, *x_mean;
    gsl_matrix *products;
    gsl_vector *slope, *turned;
    struct outcome_tally tally;
};

static void dealer_clear(struct dealer *d)
{
    free(d->first_period), free(d->block), free(d->deviation), free(d->mean), free(d->total), free(d->share),
        free(d->cell_weight), free(d->slot);
    outcome_tally_clear(&d->tally);
    free(d->x), free(d->x_mean);
    gsl_matrix_free(d->products), gsl_vector_free(d->slope), gsl_vector_free(d->turned);
}

/* Covariates less their unit's mean. */
static uf_status covariates_init(struct dealer *d, size_t slots, struct uf_error *error)
{
    const struct uf_did_data *data = d->actual;
    const size_t k = d->k = data->covariates ? data->covariates->size2 : 0;
    if (k == 0 || !d->by_means) return UF_OK;
    double *sum = calloc(data->n_units * k + 1, sizeof *sum),
           *count = calloc(data->n_units + 1, sizeof *count);
    d->x = malloc((data->n * k + 1) * sizeof *d->x);
    d->x_mean = malloc((slots * k + 1) * sizeof *d->x_mean);
    d->products = gsl_matrix_alloc(k, k);
    d->slope = gsl_vector_alloc(k), d->turned = gsl_vector_alloc(k);
    bool memory = sum && count && d->x && d->x_mean && d->products && d->slope && d->turned;
    for (size_t i = 0; memory && i < data->n; i++) {
        count[data->unit[i]]++;
        for (size_t j = 0; j < k; j++) sum[data->unit[i] * k + j] += gsl_matrix_get(data->covariates, i, j);
    }
    for (size_t i = 0; memory && i < data->n; i++)
        for (size_t j = 0; j < k; j++)
            d->x[i * k + j] =
                gsl_matrix_get(data->covariates, i, j) - sum[data->unit[i] * k + j] / count[data->unit[i]];
    free(sum), free(count);
    return memory ? UF_OK : uf_fail_memory(error);
}

static uf_status dealer_init(struct dealer *d, const struct uf_did_noise *noise, struct uf_error *error)
{
    const struct uf_did_data *data = d->actual;
    const size_t slots = (data->n_periods + 1) * (data->n_periods + 1), n = data->n + 1;
    d->data = *data;
    d->by_means = uf_sun_abraham_by_means(data);
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
    UF_TRY(covariates_init(d, slots, error));
    return outcome_tally_init(data, d->assignment, noise, d->block, &d->tally, error);
}

/* --- by means -------------------------------------------------------------------------------------- */

static double row_weight(const struct uf_did_data *data, size_t i)
{
    return data->weights ? data->weights[i] : 1;
}

/* The covariates' slopes: everything less its unit's and its slot's mean. Outcomes and their means become those without the
 * covariates' part. False where the covariates are (nearly) collinear. */
static bool take_covariates_out(struct dealer *d, const struct sun_abraham_layout *l, size_t slots)
{
    const struct uf_did_data *data = &d->data;
    const size_t k = d->k;
    if (k == 0) return true;
    memset(d->x_mean, 0, slots * k * sizeof *d->x_mean);
    gsl_matrix_set_zero(d->products), gsl_vector_set_zero(d->slope);
    for (size_t i = 0; i < data->n; i++) {
        const size_t s = d->slot[i];
        if (s == SIZE_MAX) continue;
        for (size_t j = 0; j < k; j++)
            d->x_mean[s * k + j] += row_weight(data, i) * d->x[i * k + j] / l->weight[s];
    }
    double before[32], all[32] = {0};
    if (k > 32) return false;
    for (size_t i = 0; i < data->n; i++) {
        const size_t s = d->slot[i];
        if (s == SIZE_MAX) continue;
        const double *x = d->x + i * k, *m = d->x_mean + s * k, w = row_weight(data, i);
        for (size_t a = 0; a < k; a++) {
            double r = x[a] - m[a];
            all[a] += w * x[a] * x[a];
            *gsl_vector_ptr(d->slope, a) += w * r * (d->deviation[i] - d->mean[s]);
            for (size_t b = 0; b <= a; b++) *gsl_matrix_ptr(d->products, a, b) += w * r * (x[b] - m[b]);
        }
    }
    for (size_t a = 0; a < k; a++) {
        before[a] = gsl_matrix_get(d->products, a, a);
        if (!(before[a] > 1e-8 * all[a])) return false;
        for (size_t b = 0; b < a; b++) gsl_matrix_set(d->products, b, a, gsl_matrix_get(d->products, a, b));
    }
    if (gsl_linalg_cholesky_decomp1(d->products)) return false;
    for (size_t a = 0; a < k; a++) {
        double left = gsl_matrix_get(d->products, a, a);
        if (!(left * left > 1e-8 * before[a])) return false;
    }
    gsl_linalg_cholesky_svx(d->products, d->slope);
    for (size_t s = 0; s < slots; s++)
        for (size_t j = 0; j < k; j++) d->mean[s] -= gsl_vector_get(d->slope, j) * d->x_mean[s * k + j];
    return true;
}

/* What the outcomes' weights owe to the covariates: A⁻¹ Σ v x, v without covariates. */
static void turn_weights(struct dealer *d, const struct sun_abraham_layout *l)
{
    const struct uf_did_data *data = &d->data;
    if (d->k == 0) return;
    gsl_vector_set_zero(d->turned);
    for (size_t i = 0; i < data->n; i++) {
        const size_t s = d->slot[i];
        if (s == SIZE_MAX) continue;
        if (d->share[s] == 0) continue; // NOLINT: exactly 0, as most are of a cell
        double v = row_weight(data, i) * d->share[s] / l->weight[s];
        for (size_t j = 0; j < d->k; j++) *gsl_vector_ptr(d->turned, j) += v * d->x[i * d->k + j];
    }
    gsl_linalg_cholesky_svx(d->products, d->turned);
}

/* In a balanced panel the cell is the difference of mean changes since the reference. */
static double change_of(const struct dealer *d, const struct uf_sun_abraham *fit,
                        const struct uf_cohort_cell *cell)
{
    const size_t periods = d->data.n_periods, b = fit->cohort[cell->cohort].reference,
                 g = cell->cohort * periods, control = fit->n_cohorts * periods;
    return d->mean[g + cell->period] - d->mean[g + b] - d->mean[control + cell->period] +
           d->mean[control + b];
}

static bool is_lead(const struct dealer *d, const struct uf_cohort_cell *cell)
{
    return cell->reason == UF_CELL_ESTIMATED && cell->event_time < -d->options->anticipation;
}

static void leads_by_means(const struct dealer *d, const struct uf_sun_abraham *fit,
                           struct uf_randomisation_statistics *out)
{
    double sum = 0, all = 0;
    for (size_t c = 0; c < fit->n_cells; c++) {
        const struct uf_cohort_cell *cell = &fit->cell[c];
        if (!is_lead(d, cell)) continue;
        double change = change_of(d, fit, cell);
        sum += cell->weight * change * change;
        all += cell->weight;
    }
    if (all > 0) out->coefficient = sqrt(sum / all);
}

/* Where the effect is that the shift is of. */
static void start_tally(struct dealer *d, const struct uf_cell_term *term)
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

static void term_by_means(struct dealer *d, const struct sun_abraham_layout *l,
                          const struct uf_sun_abraham *fit, const struct uf_cell_term *term,
                          struct uf_randomisation_statistics *out)
{
    const struct uf_did_data *data = &d->data;
    const size_t periods = data->n_periods, control = fit->n_cohorts * periods;
    long key;
    if (!sun_abraham_find_key(fit, term, &key)) return;
    if (!(uf_sun_abraham_cell_weights(fit, term->kind, key, d->cell_weight) > 0)) return;
    memset(d->share, 0, (fit->n_cohorts + 1) * periods * sizeof *d->share);
    for (size_t c = 0; c < fit->n_cells; c++) {
        const struct uf_cohort_cell *cell = &fit->cell[c];
        const size_t b = fit->cohort[cell->cohort].reference, g = cell->cohort * periods;
        const double w = d->cell_weight[c];
        if (w == 0) continue;
        d->share[g + cell->period] += w, d->share[g + b] -= w;
        d->share[control + cell->period] -= w, d->share[control + b] += w;
    }
    turn_weights(d, l);
    start_tally(d, term);
    for (size_t i = 0; i < data->n; i++) {
        const size_t s = d->slot[i];
        if (s == SIZE_MAX) continue;
        if (l->level[s] == SUN_ABRAHAM_LEFT_OUT || (d->k == 0 && d->share[s] == 0))
            continue; // NOLINT: exactly 0
        double w = row_weight(data, i), v = w * d->share[s] / l->weight[s],
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
static bool by_means(struct dealer *d, const struct sun_abraham_layout *l, const struct uf_sun_abraham *fit,
                     struct uf_randomisation_statistics *out)
{
    const struct uf_did_data *data = &d->data;
    const size_t slots = (fit->n_cohorts + 1) * data->n_periods;
    memset(d->mean, 0, slots * sizeof *d->mean);
    for (size_t i = 0; i < data->n; i++) {
        d->slot[i] = data->period[i] < l->end ? sun_abraham_slot(data, l, fit, i) : SIZE_MAX;
        if (d->slot[i] != SIZE_MAX) d->mean[d->slot[i]] += row_weight(data, i) * d->deviation[i];
    }
    for (size_t s = 0; s < slots; s++)
        if (l->weight[s] > 0) d->mean[s] /= l->weight[s];
    if (!take_covariates_out(d, l, slots)) return false;
    if (!d->term) leads_by_means(d, fit, out);
    for (size_t k = 0; d->term && k < d->n_terms; k++) term_by_means(d, l, fit, &d->term[k], &out[k]);
    return true;
}

/* --- by regression --------------------------------------------------------------------------------- */

static void leads_by_regression(const struct dealer *d, const struct uf_sun_abraham *fit,
                                struct uf_randomisation_statistics *out)
{
    double sum = 0, all = 0;
    for (size_t c = 0; c < fit->n_cells; c++) {
        const struct uf_cohort_cell *cell = &fit->cell[c];
        if (!is_lead(d, cell)) continue;
        sum += cell->weight * cell->estimate * cell->estimate;
        all += cell->weight;
    }
    if (all > 0) out->coefficient = sqrt(sum / all);
}

static uf_status term_by_regression(struct dealer *d, const struct uf_sun_abraham *fit,
                                    const struct uf_cell_term *term, double *combination,
                                    struct uf_randomisation_statistics *out, struct uf_error *error)
{
    const struct uf_did_data *data = &fit->data;
    long key;
    if (!sun_abraham_find_key(fit, term, &key)) return UF_OK;
    if (!(uf_sun_abraham_average(fit, term->kind, key, combination) > 0)) return UF_OK;
    UF_TRY(uf_sun_abraham_weights(fit, combination, d->share, error));
    start_tally(d, term);
    for (size_t i = 0; i < data->n; i++)
        outcome_tally_add(&d->tally, data->unit[i], data->period[i],
                          data->n_cluster_dimensions ? data->cluster[0][i] : data->unit[i], d->share[i],
                          gsl_vector_get(fit->fit.fit.residuals, i), data->outcome[i]);
    outcome_tally_finish(&d->tally, out);
    return UF_OK;
}

static uf_status by_regression(struct dealer *d, struct uf_randomisation_statistics *out,
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
        leads_by_regression(d, &fit, out);
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
    struct dealer *d = user;
    for (size_t u = 0; u < d->data.n_units; u++)
        d->first_period[u] =
            d->block[u] == SIZE_MAX ? SIZE_MAX : d->assignment->first_period[path[d->block[u]]];
    if (!d->by_means) return by_regression(d, out, error);
    struct sun_abraham_layout layout = {0};
    struct uf_sun_abraham fit = {.data = d->data};
    struct uf_error reason;
    uf_status status = sun_abraham_layout_init(&d->data, d->options, &layout, &fit, &reason);
    bool done = status == UF_OK && by_means(d, &layout, &fit, out);
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
    struct dealer dealer = {.actual = data,
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
