// SPDX-License-Identifier: GPL-3.0-or-later
/* Each cluster's influence on averages of effects. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/imputation_internal.h"

/* What one call works with; q averages, so that a row of each matrix is q numbers in a row. */
struct influence {
    const struct uf_did_data *data;
    const struct uf_imputation *fit;
    const gsl_matrix *share;
    size_t q;
    double *theta; /* n_periods × q: the periods' part of v */
    double *slope; /* rank × q: the covariates' part */
    size_t n_pools;
    size_t *pool_of;        /* n_cells */
    double *total, *square; /* n_pools × q: Σ V Σvτ, Σ V² */
    double *own, *effect;   /* q: V_i and Σ v τ of one unit */
    gsl_matrix *out;
};

static void influence_clear(struct influence *f)
{
    free(f->theta), free(f->slope), free(f->pool_of), free(f->total), free(f->square), free(f->own),
        free(f->effect);
}

static uf_status check(const struct uf_did_data *data, const struct uf_imputation *fit,
                       const gsl_matrix *share, struct uf_error *error)
{
    if (share->size1 != fit->n_cells || data->n != fit->n)
        return uf_fail(error, UF_INTERNAL, "the shares are for %zu cells, the fit has %zu", share->size1,
                       fit->n_cells);
    if (data->n_cluster_dimensions > 1)
        return uf_fail(error, UF_BAD_USAGE, "the errors of imputation are defined for one cluster column");
    if (data->n_cluster_dimensions == 0) return UF_OK;
    const struct two_way *effects = &fit->parts->effects;
    for (size_t u = 0; u < data->n_units; u++)
        for (size_t a = effects->start[u] + 1; a < effects->start[u + 1]; a++)
            if (data->cluster[0][two_way_row(effects, a)] != data->cluster[0][two_way_row(effects, a - 1)])
                return uf_fail(error, UF_BAD_USAGE,
                               "a unit lies in two clusters: clusters must hold whole units");
    return UF_OK;
}

static uf_status allocate(struct influence *f, struct uf_error *error)
{
    const struct uf_did_data *data = f->data;
    size_t groups = data->n_cluster_dimensions ? data->n_groups[0] : data->n_units, q = f->q;
    f->theta = malloc((data->n_periods * q + 1) * sizeof *f->theta);
    f->slope = calloc(f->fit->rank * q + 1, sizeof *f->slope);
    f->pool_of = malloc((f->fit->n_cells + 1) * sizeof *f->pool_of);
    f->own = malloc((q + 1) * sizeof *f->own);
    f->effect = malloc((q + 1) * sizeof *f->effect);
    f->out = gsl_matrix_calloc(groups > 0 ? groups : 1, q);
    return f->theta && f->slope && f->pool_of && f->own && f->effect && f->out ? UF_OK
                                                                               : uf_fail_memory(error);
}

/* The untreated part of v: θ of each average from the system of the periods, and the slopes. */
static uf_status solve(struct influence *f, struct uf_error *error)
{
    const struct uf_imputation_parts *parts = f->fit->parts;
    size_t periods = f->data->n_periods, q = f->q, rank = f->fit->rank;
    /* the solver needs work space of its own, so that the fit stays as it is */
    struct two_way effects = parts->effects;
    double *right = malloc((periods + 1) * sizeof *right), *sum = malloc((rank + 1) * sizeof *sum);
    effects.data = f->data;
    effects.solved = malloc((effects.n_free + 1) * sizeof *effects.solved);
    effects.rest = malloc((effects.n_free + 1) * sizeof *effects.rest);
    uf_status status = right && sum && effects.solved && effects.rest ? UF_OK : uf_fail_memory(error);
    for (size_t a = 0; a < q && status == UF_OK; a++) {
        memset(right, 0, periods * sizeof *right);
        memset(sum, 0, (rank + 1) * sizeof *sum);
        for (size_t c = 0; c < f->fit->n_cells; c++) {
            double share = gsl_matrix_get(f->share, c, a);
            if (share == 0) continue;
            for (size_t t = 0; t < periods; t++) right[t] += share * parts->right[c * periods + t];
            for (size_t r = 0; r < rank; r++) sum[r] += share * parts->cell_covariate[c * rank + r];
        }
        status = two_way_solve(&effects, right, error);
        for (size_t t = 0; t < periods; t++) f->theta[t * q + a] = right[t];
        for (size_t r = 0; r < rank; r++)
            for (size_t s = 0; s < rank; s++)
                f->slope[r * q + a] += gsl_matrix_get(parts->inverse, r, s) * sum[s];
    }
    free(right), free(sum), free(effects.solved), free(effects.rest);
    return status;
}

static double *row_of(const struct influence *f, size_t i)
{
    size_t group = f->data->n_cluster_dimensions ? f->data->cluster[0][i] : f->data->unit[i];
    return f->out->data + group * f->out->tda;
}

static void add_untreated(struct influence *f)
{
    const struct uf_did_data *data = f->data;
    const struct uf_imputation *fit = f->fit;
    for (size_t i = 0; i < data->n; i++) {
        if (fit->state[i] != UF_IMPUTATION_UNTREATED) continue;
        double *out = row_of(f, i), scaled = imputation_weight(data, i) * fit->effect[i];
        const double *theta = f->theta + data->period[i] * f->q;
        for (size_t a = 0; a < f->q; a++) out[a] -= scaled * theta[a];
        for (size_t r = 0; r < fit->rank; r++) {
            double x = scaled * fit->parts->covariate[r * data->n + i];
            const double *slope = f->slope + r * f->q;
            for (size_t a = 0; a < f->q; a++) out[a] -= x * slope[a];
        }
    }
}

/* --- the treated ------------------------------------------------------------------------------- */

static uf_status number_pools(struct influence *f, enum uf_imputation_pool pool, struct uf_error *error)
{
    const struct uf_imputation *fit = f->fit;
    for (size_t c = 0; c < fit->n_cells; c++) {
        size_t same = c;
        for (size_t d = 0; d < c && pool != UF_POOL_CELL && same == c; d++)
            if (pool == UF_POOL_ALL ||
                (pool == UF_POOL_COHORT && fit->cell[c].first_period == fit->cell[d].first_period) ||
                (pool == UF_POOL_EVENT_TIME && fit->cell[c].event_time == fit->cell[d].event_time))
                same = d;
        f->pool_of[c] = same == c ? f->n_pools++ : f->pool_of[same];
    }
    f->total = calloc(f->n_pools * f->q + 1, sizeof *f->total);
    f->square = calloc(f->n_pools * f->q + 1, sizeof *f->square);
    return f->total && f->square ? UF_OK : uf_fail_memory(error);
}

/* V and Σ v τ of the unit's rows in one pool, the one of the row at `place`; the place after them. A unit's rows
 * lie in one pool (of a cohort, of all) or in one each. */
static size_t unit_in_pool(struct influence *f, size_t place, size_t end, bool one_each, size_t *pool)
{
    const struct two_way *effects = &f->fit->parts->effects;
    size_t q = f->q;
    memset(f->own, 0, q * sizeof *f->own);
    memset(f->effect, 0, q * sizeof *f->effect);
    *pool = SIZE_MAX;
    for (; place < end; place++) {
        size_t i = two_way_row(effects, place);
        if (f->fit->state[i] != UF_IMPUTATION_ESTIMATED) continue;
        size_t cell = f->fit->cell_of[i];
        double share = imputation_weight(f->data, i) / f->fit->cell[cell].weight;
        const double *of_cell = f->share->data + cell * f->share->tda;
        *pool = f->pool_of[cell];
        for (size_t a = 0; a < q; a++) {
            f->own[a] += share * of_cell[a];
            f->effect[a] += share * of_cell[a] * f->fit->effect[i];
        }
        if (one_each) return place + 1;
    }
    return place;
}

/* Calls for each unit × pool: first the sums over units, then the deviations from τ̄. */
static void walk_treated(struct influence *f, bool one_each, bool deviations, bool leave_one_out)
{
    const struct two_way *effects = &f->fit->parts->effects;
    size_t q = f->q;
    for (size_t u = 0; u < f->data->n_units; u++) {
        size_t place = effects->start[u], end = effects->start[u + 1], pool;
        while (place < end) {
            place = unit_in_pool(f, place, end, one_each, &pool);
            if (pool == SIZE_MAX) continue;
            double *total = f->total + pool * q, *square = f->square + pool * q;
            double *out = row_of(f, two_way_row(effects, effects->start[u]));
            for (size_t a = 0; a < q; a++) {
                double own = f->own[a];
                if (!deviations) {
                    total[a] += own * f->effect[a];
                    square[a] += own * own;
                } else if (square[a] > 0) {
                    double deviation = f->effect[a] - own * (total[a] / square[a]);
                    double others = square[a] - own * own;
                    if (!leave_one_out)
                        out[a] += deviation;
                    else if (own != 0)
                        out[a] += others > 1e-12 * square[a] ? deviation * square[a] / others : NAN;
                }
            }
        }
    }
}

/* Pools of cells do not depend on the average: one deviation for each observation serves all q. */
static uf_status add_by_cell(struct influence *f, bool leave_one_out, struct uf_error *error)
{
    const struct uf_imputation *fit = f->fit;
    double *sums = calloc(2 * fit->n_cells + 1, sizeof *sums);
    if (!sums) return uf_fail_memory(error);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < fit->n; i++) {
            if (fit->state[i] != UF_IMPUTATION_ESTIMATED) continue;
            size_t cell = fit->cell_of[i];
            double share = imputation_weight(f->data, i) / fit->cell[cell].weight, *sum = sums + 2 * cell;
            if (pass == 0) {
                sum[0] += share * share * fit->effect[i];
                sum[1] += share * share;
                continue;
            }
            double deviation = share * (fit->effect[i] - sum[0] / sum[1]), others = sum[1] - share * share;
            if (leave_one_out) deviation = others > 1e-12 * sum[1] ? deviation * sum[1] / others : NAN;
            double *out = row_of(f, i);
            const double *of_cell = f->share->data + cell * f->share->tda;
            for (size_t a = 0; a < f->q; a++)
                if (of_cell[a] != 0) out[a] += deviation * of_cell[a];
        }
    }
    free(sums);
    return UF_OK;
}

uf_status uf_imputation_influence(const struct uf_did_data *data, const struct uf_imputation *fit,
                                  const gsl_matrix *share, const struct uf_imputation_error_options *options,
                                  gsl_matrix **out, struct uf_error *error)
{
    const struct uf_imputation_error_options defaults = {0};
    if (!options) options = &defaults;
    UF_TRY(check(data, fit, share, error));
    struct influence f = {.data = data, .fit = fit, .share = share, .q = share->size2};
    uf_status status = allocate(&f, error);
    if (status == UF_OK) status = solve(&f, error);
    if (status == UF_OK) {
        add_untreated(&f);
        if (options->pool == UF_POOL_CELL) {
            status = add_by_cell(&f, options->leave_one_out, error);
        } else {
            bool one_each = options->pool == UF_POOL_EVENT_TIME;
            status = number_pools(&f, options->pool, error);
            for (int pass = 0; pass < 2 && status == UF_OK; pass++)
                walk_treated(&f, one_each, pass == 1, options->leave_one_out);
        }
    }
    influence_clear(&f);
    if (status == UF_OK)
        *out = f.out;
    else
        gsl_matrix_free(f.out);
    return status;
}

/* The unit's own part of v: what is left of its treated weights when the periods' part is taken off. */
static double unit_part(const struct influence *f, size_t unit)
{
    const struct two_way *effects = &f->fit->parts->effects;
    double sum = 0;
    for (size_t a = effects->start[unit]; a < effects->start[unit + 1]; a++) {
        size_t i = two_way_row(effects, a), cell = f->fit->cell_of[i];
        double weight = imputation_weight(f->data, i);
        if (f->fit->state[i] == UF_IMPUTATION_ESTIMATED)
            sum += weight / f->fit->cell[cell].weight * gsl_matrix_get(f->share, cell, 0);
        else if (f->fit->state[i] == UF_IMPUTATION_UNTREATED)
            sum -= weight * f->theta[f->data->period[i]];
    }
    return effects->unit_weight[unit] > 0 ? sum / effects->unit_weight[unit] : 0;
}

static void fill_weights(const struct influence *f, double *out)
{
    const struct uf_imputation *fit = f->fit;
    const struct two_way *effects = &fit->parts->effects;
    for (size_t u = 0; u < f->data->n_units; u++) {
        double own = unit_part(f, u);
        for (size_t a = effects->start[u]; a < effects->start[u + 1]; a++) {
            size_t i = two_way_row(effects, a), cell = fit->cell_of[i];
            double weight = imputation_weight(f->data, i), solved = own + f->theta[f->data->period[i]];
            out[i] = 0;
            if (fit->state[i] == UF_IMPUTATION_ESTIMATED)
                out[i] = weight / fit->cell[cell].weight * gsl_matrix_get(f->share, cell, 0);
            if (fit->state[i] != UF_IMPUTATION_UNTREATED) continue;
            for (size_t r = 0; r < fit->rank; r++)
                solved += fit->parts->covariate[r * fit->n + i] * f->slope[r];
            out[i] = -weight * solved;
        }
    }
}

uf_status uf_imputation_weights(const struct uf_did_data *data, const struct uf_imputation *fit,
                                const gsl_matrix *share, double *out, struct uf_error *error)
{
    struct influence f = {.data = data, .fit = fit, .share = share, .q = 1};
    if (share->size1 != fit->n_cells || share->size2 != 1 || data->n != fit->n)
        return uf_fail(error, UF_INTERNAL, "the share is %zu × %zu, the fit has %zu cells", share->size1,
                       share->size2, fit->n_cells);
    uf_status status = allocate(&f, error);
    if (status == UF_OK) status = solve(&f, error);
    if (status == UF_OK) fill_weights(&f, out);
    gsl_matrix_free(f.out);
    influence_clear(&f);
    return status;
}

uf_status uf_influence_covariance(const gsl_matrix *influence, gsl_matrix **out, struct uf_error *error)
{
    size_t q = influence->size2;
    gsl_matrix *v = gsl_matrix_calloc(q, q);
    if (!v) return uf_fail_memory(error);
    for (size_t g = 0; g < influence->size1; g++) {
        const double *row = influence->data + g * influence->tda;
        for (size_t a = 0; a < q; a++)
            for (size_t b = 0; b <= a && row[a] != 0; b++) v->data[a * v->tda + b] += row[a] * row[b];
    }
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b < a; b++) v->data[b * v->tda + a] = v->data[a * v->tda + b];
    *out = v;
    return UF_OK;
}
