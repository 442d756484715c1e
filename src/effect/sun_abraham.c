// SPDX-License-Identifier: GPL-3.0-or-later
/* The interaction-weighted regression and its averages. */
#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/sample.h"
#include "effect/sun_abraham_internal.h"

#include <stdlib.h>
#include <string.h>

/* The rows that are fitted, where they are not the caller's. */
struct uf_sun_abraham_rows {
    size_t *unit, *period, *cluster[2];
    double *outcome, *weights, *treatment, *latitude, *longitude;
    gsl_matrix *covariates;
};

void uf_sun_abraham_clear(struct uf_sun_abraham *fit)
{
    if (!fit) return;
    struct uf_sun_abraham_rows *rows = fit->rows;
    if (rows) {
        free(rows->unit), free(rows->period), free(rows->cluster[0]), free(rows->cluster[1]);
        free(rows->outcome), free(rows->weights), free(rows->treatment);
        free(rows->latitude), free(rows->longitude);
        gsl_matrix_free(rows->covariates);
        free(rows);
    }
    free(fit->cohort), free(fit->cell), free(fit->row);
    uf_did_fit_clear(&fit->fit);
    memset(fit, 0, sizeof *fit);
}

static uf_status copy_rows(const struct uf_did_data *from, const size_t *row, size_t n,
                           struct uf_sun_abraham *out, struct uf_error *error)
{
    const size_t k = from->covariates ? from->covariates->size2 : from->n_columns;
    struct uf_sun_abraham_rows *rows = out->rows = calloc(1, sizeof *rows);
    if (!rows) return uf_fail_memory(error);
    rows->unit = malloc((n + 1) * sizeof *rows->unit);
    rows->period = malloc((n + 1) * sizeof *rows->period);
    rows->outcome = malloc((n + 1) * sizeof *rows->outcome);
    rows->treatment = malloc((n + 1) * sizeof *rows->treatment);
    rows->weights = from->weights ? malloc((n + 1) * sizeof *rows->weights) : NULL;
    rows->covariates = k > 0 ? gsl_matrix_alloc(n, k) : NULL;
    if (from->latitude) {
        rows->latitude = malloc((n + 1) * sizeof *rows->latitude);
        rows->longitude = malloc((n + 1) * sizeof *rows->longitude);
        if (!rows->latitude || !rows->longitude) return uf_fail_memory(error);
        for (size_t r = 0; r < n; r++) {
            rows->latitude[r] = from->latitude[row[r]];
            rows->longitude[r] = from->longitude[row[r]];
        }
    }
    if (!rows->unit || !rows->period || !rows->outcome || !rows->treatment ||
        (from->weights && !rows->weights) || (k > 0 && !rows->covariates))
        return uf_fail_memory(error);
    out->data = *from;
    for (size_t d = 0; d < from->n_cluster_dimensions; d++) {
        rows->cluster[d] = malloc((n + 1) * sizeof *rows->cluster[d]);
        if (!rows->cluster[d]) return uf_fail_memory(error);
        for (size_t r = 0; r < n; r++) rows->cluster[d][r] = from->cluster[d][row[r]];
        out->data.cluster[d] = rows->cluster[d];
    }
    for (size_t r = 0; r < n; r++) {
        rows->unit[r] = from->unit[row[r]];
        rows->period[r] = from->period[row[r]];
        rows->outcome[r] = from->outcome[row[r]];
        rows->treatment[r] = from->first_period[rows->unit[r]] <= rows->period[r];
        if (rows->weights) rows->weights[r] = from->weights[row[r]];
        for (size_t j = 0; j < k; j++)
            gsl_matrix_set(rows->covariates, r, j,
                           from->covariates ? gsl_matrix_get(from->covariates, row[r], j)
                                            : from->column[j].value[row[r] * from->column[j].stride]);
    }
    out->data.n = n;
    out->data.n_rows = 0;
    for (size_t r = 0; r < n && from->n_rows > 0; r++) out->data.n_rows += effect_row_count(from, row[r]);
    out->data.unit = rows->unit, out->data.period = rows->period;
    out->data.outcome = rows->outcome, out->data.weights = rows->weights;
    out->data.covariates = rows->covariates;
    out->data.latitude = rows->latitude, out->data.longitude = rows->longitude;
    out->data.n_columns = 0; /* they are in the matrix */
    out->data.treatment = rows->treatment;
    return UF_OK;
}

static uf_status select_rows(const struct uf_did_data *data, const struct sun_abraham_layout *l,
                             struct uf_sun_abraham *out, struct uf_error *error)
{
    size_t n = 0;
    out->data = *data;
    out->row = malloc((data->n + 1) * sizeof *out->row);
    if (!out->row) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++)
        if (data->period[i] < l->end && l->level[sun_abraham_slot(data, l, out, i)] != SUN_ABRAHAM_LEFT_OUT)
            out->row[n++] = i;
    if (n < data->n) return copy_rows(data, out->row, n, out, error);
    free(out->row);
    out->row = NULL;
    return UF_OK;
}

/* Of many rows: the cells as one column of numbers. */
static uf_status regress_sums(const struct sun_abraham_layout *l, struct uf_sun_abraham *out,
                              struct uf_error *error)
{
    const struct uf_did_data *data = &out->data;
    uint32_t *cell = malloc((data->n + 1) * sizeof *cell),
             *listed = malloc((l->n_levels + 1) * sizeof *listed);
    uf_status status = cell && listed ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < data->n && status == UF_OK; i++) {
        uint32_t level = l->level[sun_abraham_slot(data, l, out, i)];
        cell[i] = level < l->n_levels ? level : (uint32_t)l->n_levels;
    }
    for (size_t j = 0; j < l->n_levels && status == UF_OK; j++) listed[j] = (uint32_t)j;
    if (status == UF_OK) status = did_regress_sums(data, cell, l->n_levels, listed, &out->fit, error);
    free(cell), free(listed);
    return status;
}

static uf_status regress(const struct sun_abraham_layout *l, struct uf_sun_abraham *out,
                         struct uf_error *error)
{
    const struct uf_did_data *data = &out->data;
    if (did_is_summed(data)) return regress_sums(l, out, error);
    gsl_matrix *dummies = gsl_matrix_calloc(data->n, l->n_levels);
    if (!dummies) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++) {
        uint32_t level = l->level[sun_abraham_slot(data, l, out, i)];
        if (level < l->n_levels) gsl_matrix_set(dummies, i, level, 1);
    }
    uf_status status = did_regress(data, dummies, &out->fit, error);
    gsl_matrix_free(dummies);
    return status;
}

uf_status uf_sun_abraham_estimate(const struct uf_did_data *data,
                                  const struct uf_sun_abraham_options *options, struct uf_sun_abraham *out,
                                  struct uf_error *error)
{
    const struct uf_sun_abraham_options defaults = {.reference = -1};
    struct uf_sun_abraham fit = {0};
    struct sun_abraham_layout layout = {0};
    if (!options) options = &defaults;
    if (options->anticipation < 0 || options->reference >= -options->anticipation)
        return uf_fail(
            error, UF_BAD_USAGE,
            "the reference event time %ld is not before the start less an anticipation of %ld periods",
            options->reference, options->anticipation);
    uf_status status = sun_abraham_layout_init(data, options, &layout, &fit, error);
    if (status == UF_OK) status = select_rows(data, &layout, &fit, error);
    if (status == UF_OK) status = regress(&layout, &fit, error);
    for (size_t c = 0, j = 0; c < fit.n_cells && status == UF_OK; c++) {
        struct uf_cohort_cell *cell = &fit.cell[c];
        if (cell->reason != UF_CELL_ESTIMATED) continue;
        cell->place = fit.fit.position[j];
        cell->estimate = gsl_vector_get(fit.fit.fit.coefficients, j++);
        if (cell->place == SIZE_MAX) cell->reason = UF_CELL_COLLINEAR;
    }
    sun_abraham_layout_clear(&layout);
    if (status == UF_OK)
        *out = fit;
    else
        uf_sun_abraham_clear(&fit);
    return status;
}

/* --- averages ----------------------------------------------------------------------------------- */

static bool belongs(const struct uf_sun_abraham *fit, enum uf_cell_average kind, long key, size_t c)
{
    const struct uf_cohort_cell *cell = &fit->cell[c];
    if (kind == UF_CELLS_ONE) return c == (size_t)key;
    if (kind == UF_CELLS_DYNAMIC) return cell->event_time == key;
    return cell->event_time >= 0 &&
           (kind == UF_CELLS_SIMPLE || (kind == UF_CELLS_GROUP ? cell->cohort : cell->period) == (size_t)key);
}

/* Where an average is put together: by cell, or by the place of the cell's coefficient. */
struct target {
    double *weight;
    bool by_place;
};

/* Adds `share` times a plain average; returns the sum of its cells' W. */
static double add_average(const struct uf_sun_abraham *fit, struct uf_cell_term term, double share,
                          struct target target)
{
    /* one cell is itself: there may be many of them to ask for */
    const bool one = term.kind == UF_CELLS_ONE;
    const size_t first = one ? (size_t)term.key : 0,
                 end = one && first < fit->n_cells ? first + 1 : fit->n_cells;
    double total = 0;
    for (size_t c = first; c < end; c++)
        if (fit->cell[c].reason == UF_CELL_ESTIMATED && belongs(fit, term.kind, term.key, c))
            total += fit->cell[c].weight;
    for (size_t c = first; c < end && total > 0 && share > 0; c++)
        if (fit->cell[c].reason == UF_CELL_ESTIMATED && belongs(fit, term.kind, term.key, c))
            target.weight[target.by_place ? fit->cell[c].place : c] += share * fit->cell[c].weight / total;
    return total;
}

/* The averages of which a mean is. */
static enum uf_cell_average parts_of(const struct uf_sun_abraham *fit, enum uf_cell_average mean, long *keys)
{
    *keys = mean == UF_CELLS_MEAN_GROUP ? (long)fit->n_cohorts : (long)fit->data.n_periods;
    if (mean == UF_CELLS_MEAN_GROUP) return UF_CELLS_GROUP;
    if (mean == UF_CELLS_MEAN_CALENDAR) return UF_CELLS_CALENDAR;
    *keys = 0;
    for (size_t c = 0; c < fit->n_cells; c++)
        if (fit->cell[c].event_time >= *keys) *keys = fit->cell[c].event_time + 1;
    return UF_CELLS_DYNAMIC;
}

static double put_together(const struct uf_sun_abraham *fit, struct uf_cell_term term, struct target target)
{
    if (term.kind <= UF_CELLS_ONE) return add_average(fit, term, 1, target);
    long keys;
    const enum uf_cell_average kind = parts_of(fit, term.kind, &keys);
    double all = 0, total = 0;
    for (int pass = 0; pass < 2; pass++)
        for (long key = 0; key < keys; key++) {
            double part = kind == UF_CELLS_GROUP ? (double)fit->cohort[key].n_units : 1;
            double own = add_average(fit, (struct uf_cell_term){kind, key}, pass ? part / all : 0, target);
            if (pass || !(own > 0)) continue;
            all += part;
            total += own;
        }
    return total;
}

double uf_sun_abraham_average(const struct uf_sun_abraham *fit, enum uf_cell_average kind, long key,
                              double *out_combination)
{
    memset(out_combination, 0, fit->fit.fit.rank * sizeof *out_combination);
    return put_together(fit, (struct uf_cell_term){kind, key}, (struct target){out_combination, true});
}

double uf_sun_abraham_cell_weights(const struct uf_sun_abraham *fit, enum uf_cell_average kind, long key,
                                   double *out)
{
    memset(out, 0, fit->n_cells * sizeof *out);
    return put_together(fit, (struct uf_cell_term){kind, key}, (struct target){out, false});
}

bool sun_abraham_find_key(const struct uf_sun_abraham *fit, const struct uf_cell_term *term, long *key)
{
    const size_t periods = fit->data.n_periods, wanted = (size_t)term->key;
    *key = term->key;
    if (term->kind != UF_CELLS_GROUP && term->kind != UF_CELLS_ONE) return true;
    const bool one = term->kind == UF_CELLS_ONE;
    for (size_t i = 0; i < (one ? fit->n_cells : fit->n_cohorts); i++) {
        const size_t first = fit->cohort[one ? fit->cell[i].cohort : i].first_period;
        if ((one ? first * periods + fit->cell[i].period : first) != wanted) continue;
        *key = (long)i;
        return true;
    }
    return false;
}

uf_status uf_sun_abraham_weights(const struct uf_sun_abraham *fit, const double *combination, double *out,
                                 struct uf_error *error)
{
    return did_outcome_weights(&fit->data, &fit->fit, combination, out, error);
}
