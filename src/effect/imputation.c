// SPDX-License-Identifier: GPL-3.0-or-later
/* The fit: who is untreated, what the untreated predict for the treated, and the cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/imputation_internal.h"

/* A covariate that the untreated explain completely must be explained for a treated observation too, up to
 * this share of its spread, and what rounding leaves of its size. */
#define UNEXPLAINED 1e-7
#define ROUNDING    1e-10

static void parts_free(struct uf_imputation_parts *parts)
{
    if (!parts) return;
    two_way_clear(&parts->effects);
    free(parts->right), free(parts->covariate), free(parts->cell_covariate);
    gsl_matrix_free(parts->inverse);
    free(parts);
}

void uf_imputation_clear(struct uf_imputation *fit)
{
    if (!fit) return;
    free(fit->state), free(fit->effect), free(fit->cell_of), free(fit->cell), free(fit->untreated_in),
        free(fit->coefficient);
    parts_free(fit->parts);
    memset(fit, 0, sizeof *fit);
}

static uf_status allocate(const struct uf_did_data *data, struct uf_imputation *fit, struct uf_error *error)
{
    size_t n = data->n, k = data->covariates ? data->covariates->size2 : 0;
    fit->n = n;
    fit->n_covariates = k;
    fit->state = malloc(n + 1);
    fit->effect = malloc((n + 1) * sizeof *fit->effect);
    fit->cell_of = malloc((n + 1) * sizeof *fit->cell_of);
    fit->untreated_in = calloc(data->n_periods + 1, sizeof *fit->untreated_in);
    fit->coefficient = malloc((k + 1) * sizeof *fit->coefficient);
    fit->parts = calloc(1, sizeof *fit->parts);
    return fit->state && fit->effect && fit->cell_of && fit->untreated_in && fit->coefficient && fit->parts
               ? UF_OK
               : uf_fail_memory(error);
}

/* Untreated or not: the rest is settled when the untreated are known. */
static uf_status mark_untreated(const struct uf_did_data *data, const struct uf_imputation_options *options,
                                struct uf_imputation *fit, struct uf_error *error)
{
    long anticipation = options ? (long)options->anticipation : 0;
    size_t untreated = 0;
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        bool treated =
            first != SIZE_MAX && imputation_event_time(data, first, data->period[i]) >= -anticipation;
        fit->state[i] = treated ? UF_IMPUTATION_ESTIMATED : UF_IMPUTATION_UNTREATED;
        fit->untreated_in[data->period[i]] += !treated;
        untreated += !treated;
        if (data->weights && !(data->weights[i] > 0))
            return uf_fail(error, UF_BAD_INPUT, "row %zu has the weight %g; weights must be positive", i + 1,
                           data->weights[i]);
    }
    if (untreated == 0)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "there is no untreated observation to predict the treated ones from");
    if (untreated == data->n) return uf_fail(error, UF_NOT_IDENTIFIED, "there is no treated observation");
    return UF_OK;
}

/* Which treated observations the untreated say something about. */
static void judge_treated(const struct uf_did_data *data, const struct two_way *effects,
                          struct uf_imputation *fit)
{
    for (size_t i = 0; i < data->n; i++) {
        if (fit->state[i] == UF_IMPUTATION_UNTREATED) continue;
        size_t unit = effects->unit_part[data->unit[i]], period = effects->part[data->period[i]];
        fit->state[i] = unit == SIZE_MAX     ? UF_IMPUTATION_NO_UNIT
                        : period == SIZE_MAX ? UF_IMPUTATION_NO_PERIOD
                        : unit != period     ? UF_IMPUTATION_NO_LINK
                                             : UF_IMPUTATION_ESTIMATED;
    }
}

/* --- covariates -------------------------------------------------------------------------------- */

struct covariates {
    size_t k, n_untreated;
    double *column; /* k of n: effects taken out */
    double *norm;   /* k: of the untreated rows before that */
    double *spread; /* k: standard deviation */
    double *size;   /* k: largest absolute value */
    gsl_matrix *x;  /* n_untreated × k */
    gsl_vector *y, *weights;
    struct uf_least_squares fit;
};

static void covariates_clear(struct covariates *c)
{
    free(c->column), free(c->norm), free(c->spread), free(c->size);
    gsl_matrix_free(c->x), gsl_vector_free(c->y), gsl_vector_free(c->weights);
    uf_least_squares_clear(&c->fit);
}

static uf_status take_out_covariates(const struct uf_did_data *data, struct uf_imputation *fit,
                                     struct covariates *c, struct uf_error *error)
{
    size_t n = data->n;
    for (size_t j = 0; j < c->k; j++) {
        double *column = c->column + j * n, sum = 0, square = 0;
        for (size_t i = 0; i < n; i++) {
            column[i] = gsl_matrix_get(data->covariates, i, j);
            sum += column[i];
            c->size[j] = fmax(c->size[j], fabs(column[i]));
            if (fit->state[i] == UF_IMPUTATION_UNTREATED)
                c->norm[j] += imputation_weight(data, i) * column[i] * column[i];
        }
        for (size_t i = 0; i < n; i++)
            square += (column[i] - sum / (double)n) * (column[i] - sum / (double)n);
        c->norm[j] = sqrt(c->norm[j]);
        c->spread[j] = sqrt(square / (double)n);
        UF_TRY(two_way_take_out(&fit->parts->effects, column, error));
    }
    return UF_OK;
}

/* Where a covariate was dropped because the untreated explain it completely, a treated observation that they
 * do not explain cannot be predicted. */
static uf_status judge_dropped(const struct uf_did_data *data, const struct covariates *c,
                               struct uf_imputation *fit, struct uf_error *error)
{
    size_t n = data->n, rank = c->fit.rank;
    double *product = malloc((rank + 1) * sizeof *product), *slope = malloc((rank + 1) * sizeof *slope);
    if (!product || !slope) {
        free(product), free(slope);
        return uf_fail_memory(error);
    }
    for (size_t d = 0; d < c->fit.n_dropped; d++) {
        size_t j = c->fit.dropped[d];
        const double *column = c->column + j * n;
        for (size_t r = 0; r < rank; r++) {
            const double *kept = c->column + c->fit.kept[r] * n;
            product[r] = 0;
            for (size_t i = 0; i < n; i++)
                if (fit->state[i] == UF_IMPUTATION_UNTREATED)
                    product[r] += imputation_weight(data, i) * kept[i] * column[i];
        }
        for (size_t r = 0; r < rank; r++) {
            slope[r] = 0;
            for (size_t s = 0; s < rank; s++) slope[r] += gsl_matrix_get(c->fit.inverse, r, s) * product[s];
        }
        for (size_t i = 0; i < n; i++) {
            if (fit->state[i] != UF_IMPUTATION_ESTIMATED) continue;
            double left = column[i];
            for (size_t r = 0; r < rank; r++) left -= slope[r] * c->column[c->fit.kept[r] * n + i];
            if (fabs(left) > UNEXPLAINED * c->spread[j] + ROUNDING * c->size[j])
                fit->state[i] = UF_IMPUTATION_NO_COVARIATE;
        }
    }
    free(product), free(slope);
    return UF_OK;
}

static uf_status keep_covariates(const struct uf_did_data *data, struct covariates *c,
                                 struct uf_imputation *fit, struct uf_error *error)
{
    size_t n = data->n, rank = c->fit.rank;
    struct uf_imputation_parts *parts = fit->parts;
    fit->rank = rank;
    for (size_t j = 0; j < c->k; j++) fit->coefficient[j] = gsl_vector_get(c->fit.coefficients, j);
    UF_TRY(judge_dropped(data, c, fit, error));
    for (size_t r = 0; r < rank; r++) {
        /* kept columns close up; they ascend, so nothing is overwritten that is still needed */
        size_t from = c->fit.kept[r];
        if (from != r) memmove(c->column + r * n, c->column + from * n, n * sizeof *c->column);
        const double *column = c->column + r * n, beta = fit->coefficient[from];
        for (size_t i = 0; i < n; i++) fit->effect[i] -= beta * column[i];
    }
    if (rank == 0) return UF_OK;
    parts->covariate = c->column, c->column = NULL;
    parts->inverse = c->fit.inverse, c->fit.inverse = NULL;
    return UF_OK;
}

static uf_status fit_covariates(const struct uf_did_data *data, struct uf_imputation *fit,
                                struct uf_error *error)
{
    struct covariates c = {.k = fit->n_covariates};
    size_t n = data->n, row = 0;
    if (c.k == 0) return UF_OK;
    for (size_t t = 0; t < data->n_periods; t++) c.n_untreated += fit->untreated_in[t];
    c.column = malloc((n * c.k + 1) * sizeof *c.column);
    c.norm = calloc(c.k, sizeof *c.norm);
    c.spread = calloc(c.k, sizeof *c.spread);
    c.size = calloc(c.k, sizeof *c.size);
    c.x = gsl_matrix_alloc(c.n_untreated, c.k);
    c.y = gsl_vector_alloc(c.n_untreated);
    c.weights = data->weights ? gsl_vector_alloc(c.n_untreated) : NULL;
    uf_status status = c.column && c.norm && c.spread && c.size && c.x && c.y && (c.weights || !data->weights)
                           ? UF_OK
                           : uf_fail_memory(error);
    if (status == UF_OK) status = take_out_covariates(data, fit, &c, error);
    if (status == UF_OK) {
        for (size_t i = 0; i < n; i++) {
            if (fit->state[i] != UF_IMPUTATION_UNTREATED) continue;
            for (size_t j = 0; j < c.k; j++) gsl_matrix_set(c.x, row, j, c.column[j * n + i]);
            if (c.weights) gsl_vector_set(c.weights, row, imputation_weight(data, i));
            gsl_vector_set(c.y, row++, fit->effect[i]);
        }
        const struct uf_least_squares_options options = {.tolerance = DID_COLLINEAR,
                                                         .reference_norm = c.norm};
        status = uf_least_squares_fit(c.x, c.y, c.weights, &options, &c.fit, error);
    }
    if (status == UF_OK) status = keep_covariates(data, &c, fit, error);
    covariates_clear(&c);
    return status;
}

/* --- cells ------------------------------------------------------------------------------------- */

/* Numbers the cells by cohort and period, those without any observation left out. */
static uf_status number_cells(const struct uf_did_data *data, struct uf_imputation *fit,
                              struct uf_error *error)
{
    size_t periods = data->n_periods, cohorts = 0, cells = 0;
    size_t *cohort = malloc((periods + 1) * sizeof *cohort), *number = NULL;
    bool *started = calloc(periods + 1, sizeof *started);
    uf_status status = cohort && started ? UF_OK : uf_fail_memory(error);
    if (status != UF_OK) goto done;
    for (size_t i = 0; i < data->n; i++)
        if (fit->state[i] != UF_IMPUTATION_UNTREATED) started[data->first_period[data->unit[i]]] = true;
    for (size_t t = 0; t < periods; t++) cohort[t] = started[t] ? cohorts++ : SIZE_MAX;
    number = malloc((cohorts * periods + 1) * sizeof *number);
    if (!number) {
        status = uf_fail_memory(error);
        goto done;
    }
    for (size_t c = 0; c < cohorts * periods; c++) number[c] = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++)
        if (fit->state[i] != UF_IMPUTATION_UNTREATED)
            number[cohort[data->first_period[data->unit[i]]] * periods + data->period[i]] = 0;
    for (size_t c = 0; c < cohorts * periods; c++)
        if (number[c] == 0) number[c] = cells++;
    fit->n_cells = cells;
    fit->cell = calloc(cells + 1, sizeof *fit->cell);
    if (!fit->cell) {
        status = uf_fail_memory(error);
        goto done;
    }
    for (size_t t = 0; t < periods; t++) {
        for (size_t s = 0; s < periods && cohort[t] != SIZE_MAX; s++) {
            size_t cell = number[cohort[t] * periods + s];
            if (cell == SIZE_MAX) continue;
            fit->cell[cell].first_period = t;
            fit->cell[cell].period = s;
            fit->cell[cell].event_time = imputation_event_time(data, t, s);
        }
    }
    for (size_t i = 0; i < data->n; i++)
        fit->cell_of[i] = fit->state[i] == UF_IMPUTATION_UNTREATED
                              ? SIZE_MAX
                              : number[cohort[data->first_period[data->unit[i]]] * periods + data->period[i]];
done:
    free(cohort), free(number), free(started);
    return status;
}

static uf_status fill_cells(const struct uf_did_data *data, struct uf_imputation *fit, struct uf_error *error)
{
    for (size_t i = 0; i < data->n; i++) {
        fit->count[fit->state[i]]++;
        if (fit->state[i] == UF_IMPUTATION_UNTREATED) continue;
        struct uf_imputation_cell *cell = &fit->cell[fit->cell_of[i]];
        cell->count[fit->state[i]]++;
        if (fit->state[i] != UF_IMPUTATION_ESTIMATED) {
            fit->effect[i] = NAN;
            continue;
        }
        double weight = imputation_weight(data, i);
        cell->weight += weight;
        cell->estimate += weight * fit->effect[i];
    }
    for (size_t c = 0; c < fit->n_cells; c++)
        fit->cell[c].estimate = fit->cell[c].count[UF_IMPUTATION_ESTIMATED] > 0
                                    ? fit->cell[c].estimate / fit->cell[c].weight
                                    : NAN;
    if (fit->count[UF_IMPUTATION_ESTIMATED] == 0)
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "no treated observation can be predicted: each lacks an untreated period of its own unit, "
            "or an untreated unit in its period");
    return UF_OK;
}

/* Z1'ω of each cell, the units solved for; and Σ ω x. */
static uf_status gather_cells(const struct uf_did_data *data, struct uf_imputation *fit,
                              struct uf_error *error)
{
    struct uf_imputation_parts *parts = fit->parts;
    const struct two_way *effects = &parts->effects;
    size_t periods = data->n_periods;
    parts->right = calloc(fit->n_cells * periods + 1, sizeof *parts->right);
    parts->cell_covariate = calloc(fit->n_cells * fit->rank + 1, sizeof *parts->cell_covariate);
    if (!parts->right || !parts->cell_covariate) return uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units; u++) {
        double inverse = effects->unit_weight[u] > 0 ? 1 / effects->unit_weight[u] : 0;
        for (size_t a = effects->start[u]; a < effects->start[u + 1]; a++) {
            size_t i = two_way_row(effects, a);
            if (fit->state[i] != UF_IMPUTATION_ESTIMATED) continue;
            size_t cell = fit->cell_of[i];
            double share = imputation_weight(data, i) / fit->cell[cell].weight,
                   *right = parts->right + cell * periods;
            right[data->period[i]] += share;
            for (size_t b = effects->start[u]; b < effects->start[u + 1]; b++) {
                size_t j = two_way_row(effects, b);
                if (fit->state[j] == UF_IMPUTATION_UNTREATED)
                    right[data->period[j]] -= share * inverse * imputation_weight(data, j);
            }
            for (size_t r = 0; r < fit->rank; r++)
                parts->cell_covariate[cell * fit->rank + r] += share * parts->covariate[r * data->n + i];
        }
    }
    return UF_OK;
}

uf_status uf_imputation_fit(const struct uf_did_data *data, const struct uf_imputation_options *options,
                            struct uf_imputation *out, struct uf_error *error)
{
    struct uf_imputation fit = {0};
    unsigned char *untreated = NULL;
    uf_status status = allocate(data, &fit, error);
    if (status == UF_OK) status = mark_untreated(data, options, &fit, error);
    if (status != UF_OK) goto done;
    untreated = malloc(data->n + 1);
    if (!untreated) {
        status = uf_fail_memory(error);
        goto done;
    }
    for (size_t i = 0; i < data->n; i++) untreated[i] = fit.state[i] == UF_IMPUTATION_UNTREATED;
    UF_TRY_GOTO(two_way_init(&fit.parts->effects, data, untreated, error), done);
    fit.n_components = fit.parts->effects.n_parts;
    judge_treated(data, &fit.parts->effects, &fit);
    memcpy(fit.effect, data->outcome, data->n * sizeof *fit.effect);
    UF_TRY_GOTO(two_way_take_out(&fit.parts->effects, fit.effect, error), done);
    UF_TRY_GOTO(fit_covariates(data, &fit, error), done);
    UF_TRY_GOTO(number_cells(data, &fit, error), done);
    UF_TRY_GOTO(fill_cells(data, &fit, error), done);
    UF_TRY_GOTO(gather_cells(data, &fit, error), done);
    fit.parts->effects.fitted = NULL; /* columns are all taken out */
    fit.parts->effects.data = NULL;
done:
    free(untreated);
    if (status != UF_OK)
        uf_imputation_clear(&fit);
    else
        *out = fit;
    return status;
}
