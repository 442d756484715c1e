// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/group_time_sums.h"
#include "base/fail.h"
#include "effect/drdid_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NUMBERS = 8 * 1024 * 1024 };

/* What a cell compares: of a panel one change, of cross-sections two periods. */
struct arm {
    double sign;
    size_t moments;       /* which of the sets */
    size_t period, minus; /* whose outcomes: SIZE_MAX: none */
    double treated, mean; /* the treated's weight, their mean outcome */
    double *factor, *beta,
        *pull; /* of the controls: moments factored; regression; where it is read, solved */
};

struct group_time_sums {
    const struct group_time_wide *wide;
    const struct group_time_order *order;
    const struct uf_group_time_options *options;
    const struct uf_group_time_cell *cells;
    size_t n_cells, n_blocks, p, width; /* width: of a block's moments: p² of x x', p of x y */
    size_t *set, n_sets;    /* n_cells: the moments of its change; periods: those of cross-sections */
    double *moment;         /* n_sets × n_blocks × width */
    size_t *row;            /* n_blocks */
    double *weight;         /* n_blocks */
    double *centre, *scale; /* k */
    double *room;
    struct arm arm[2];
    size_t n_arms;
    double *target, *beta; /* p: mean x of the treated; Σ sign b */
    double all_treated;    /* their weight over the arms */
};

void group_time_sums_free(struct group_time_sums *s)
{
    if (!s) return;
    free(s->set), free(s->moment), free(s->row), free(s->weight), free(s->centre), free(s->room);
    free(s);
}

size_t group_time_sums_row(const struct group_time_sums *s, size_t block)
{
    return s->row[block];
}

double group_time_sums_weight(const struct group_time_sums *s, size_t block)
{
    return s->weight[block];
}

static size_t width_of(size_t p)
{
    return p * p + p;
}

bool group_time_sums_serve(const struct group_time_wide *w, const struct group_time_order *o,
                           const struct uf_group_time_options *options, size_t n_blocks, const size_t *block,
                           bool *out_serve_regression)
{
    size_t p = w->n_covariates + 1;
    double sets = w->cross_sections ? (double)w->n_periods : (double)(o->n_cohorts * w->n_periods);
    bool one_row = sets * (double)n_blocks * (double)width_of(p) <= MOST_NUMBERS;
    size_t *row = calloc(n_blocks + 1, sizeof *row); /* one more than the row; 0: no unit was met */
    for (size_t u = 0; u < w->n_units && one_row && row; u++) {
        if (!(w->unit_weight[u] > 0)) continue;
        if (row[block[u]] == 0) row[block[u]] = w->cluster[u] + 1;
        one_row = row[block[u]] == w->cluster[u] + 1;
    }
    one_row &= row != NULL;
    free(row);
    /* of few units in each block the rows themselves are as quick */
    *out_serve_regression = one_row && (p == 1 || n_blocks <= w->n_units / 4);
    return one_row && (p == 1 || (options->estimator == UF_DRDID_REGRESSION && *out_serve_regression));
}

uf_status group_time_dealt_by_sums(const struct uf_group_time *g, const struct uf_group_time_options *options,
                                   const struct uf_did_assignment *assignment, bool *out,
                                   bool *out_regression, struct uf_error *error)
{
    const struct group_time_wide *w = &g->work->wide;
    size_t *block = calloc(w->n_units + 1, sizeof *block);
    if (!block) return uf_fail_memory(error);
    for (size_t i = 0; i < w->data->n; i++)
        block[w->cross_sections ? i : w->data->unit[i]] = assignment->block[i];
    *out = group_time_sums_serve(w, &g->work->order, options, assignment->n_blocks, block, out_regression);
    free(block);
    return UF_OK;
}

static double value_at(const struct group_time_wide *w, size_t column, size_t unit, size_t period)
{
    const struct group_time_column *c = &w->column[column];
    return c->value[(c->varies ? period * w->n_units : 0) + unit];
}

/* Covariates in units of their spread, about their mean: the moments keep their digits. */
static void standardise(struct group_time_sums *s)
{
    const struct group_time_wide *w = s->wide;
    for (size_t j = 0; j + 1 < s->p; j++) {
        const struct group_time_column *c = &w->column[j];
        size_t n = c->varies ? w->n_units * w->n_periods : w->n_units, count = 0;
        double sum = 0, square = 0;
        for (size_t i = 0; i < n; i++)
            if (!isnan(c->value[i])) sum += c->value[i], count++;
        s->centre[j] = count ? sum / (double)count : 0;
        for (size_t i = 0; i < n; i++)
            if (!isnan(c->value[i])) square += (c->value[i] - s->centre[j]) * (c->value[i] - s->centre[j]);
        s->scale[j] = square > 0 ? sqrt(square / (double)count) : 1;
    }
}

/* One unit's part, with its covariates of `period`. */
static void add_unit(struct group_time_sums *s, size_t set, size_t block, size_t unit, size_t period,
                     double y)
{
    const struct group_time_wide *w = s->wide;
    size_t p = s->p, k = p - 1;
    double *xx = s->moment + (set * s->n_blocks + block) * s->width, *xy = xx + p * p;
    double weight = w->weighted ? value_at(w, k, unit, period) : 1, *x = s->target;
    x[0] = 1;
    for (size_t j = 0; j < k; j++) x[j + 1] = (value_at(w, j, unit, period) - s->centre[j]) / s->scale[j];
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j <= i; j++) xx[i * p + j] += weight * x[i] * x[j];
        xy[i] += weight * x[i] * y;
    }
}

static void fill(struct group_time_sums *s, const size_t *block)
{
    const struct group_time_wide *w = s->wide;
    standardise(s);
    for (size_t u = 0; u < w->n_units; u++) {
        if (!(w->unit_weight[u] > 0)) continue;
        s->row[block[u]] = w->cluster[u];
        s->weight[block[u]] += w->unit_weight[u];
        if (w->cross_sections) add_unit(s, w->data->period[u], block[u], u, 0, w->outcome[u]);
    }
    if (w->cross_sections) return;
    for (size_t c = 0; c < s->n_cells; c++) {
        const double *after = w->outcome + s->cells[c].period * w->n_units,
                     *before = w->outcome + s->cells[c].base * w->n_units;
        bool first = true;
        for (size_t d = 0; d < c && first; d++) first = s->set[d] != s->set[c];
        for (size_t u = 0; u < w->n_units && first; u++)
            if (!isnan(after[u] - before[u]))
                add_unit(s, s->set[c], block[u], u, s->cells[c].base, after[u] - before[u]);
    }
}

/* Cells of the same two periods share their changes. */
static void number_sets(struct group_time_sums *s)
{
    for (size_t c = 0; c < s->n_cells; c++) {
        size_t d = 0;
        while (d < c && (s->cells[d].period != s->cells[c].period || s->cells[d].base != s->cells[c].base))
            d++;
        s->set[c] = d < c ? s->set[d] : s->n_sets++;
    }
    if (s->wide->cross_sections) s->n_sets = s->wide->n_periods;
}

uf_status group_time_sums_new(const struct group_time_wide *w, const struct group_time_order *o,
                              const struct uf_group_time_options *options,
                              const struct uf_group_time_cell *cells, size_t n_cells, size_t n_blocks,
                              const size_t *block, struct group_time_sums **out, struct uf_error *error)
{
    struct group_time_sums *s = calloc(1, sizeof *s);
    if (!s) return uf_fail_memory(error);
    size_t p = w->n_covariates + 1;
    *s = (struct group_time_sums){.wide = w,
                                  .order = o,
                                  .options = options,
                                  .cells = cells,
                                  .n_cells = n_cells,
                                  .n_blocks = n_blocks,
                                  .p = p,
                                  .width = width_of(p),
                                  .set = malloc((n_cells + 1) * sizeof *s->set),
                                  .row = calloc(n_blocks + 1, sizeof *s->row),
                                  .weight = calloc(n_blocks + 1, sizeof *s->weight),
                                  .centre = calloc(2 * p, sizeof *s->centre),
                                  .room = calloc(2 * (p * p + 2 * p) + 2 * p, sizeof *s->room)};
    if (s->set) number_sets(s);
    s->moment = calloc(s->n_sets * n_blocks * s->width + 1, sizeof *s->moment);
    if (!s->set || !s->row || !s->weight || !s->centre || !s->room || !s->moment) {
        group_time_sums_free(s);
        return uf_fail_memory(error);
    }
    s->scale = s->centre + p;
    s->target = s->room, s->beta = s->room + p;
    for (size_t a = 0; a < 2; a++) {
        double *own = s->room + 2 * p + a * (p * p + 2 * p);
        s->arm[a] = (struct arm){.factor = own, .beta = own + p * p, .pull = own + p * p + p};
    }
    fill(s, block);
    *out = s;
    return UF_OK;
}

/* --- one cell of one assignment ------------------------------------------------------------------- */

static const double *moments_of(const struct group_time_sums *s, const struct arm *arm, size_t block)
{
    return s->moment + (arm->moments * s->n_blocks + block) * s->width;
}

static void set_arms(struct group_time_sums *s, size_t cell)
{
    const struct uf_group_time_cell *c = &s->cells[cell];
    struct arm *after = &s->arm[0], *before = &s->arm[1];
    s->n_arms = s->wide->cross_sections ? 2 : 1;
    after->sign = 1, after->period = c->period;
    after->moments = s->wide->cross_sections ? c->period : s->set[cell];
    after->minus = s->wide->cross_sections ? SIZE_MAX : c->base;
    before->sign = -1, before->period = before->moments = c->base, before->minus = SIZE_MAX;
}

static bool is_control(const struct uf_group_time_cell *cell, size_t control, size_t cohort)
{
    return cohort != SIZE_MAX && cohort >= control && cohort != cell->cohort;
}

/* The regression of an arm's controls; the treated's sums. False: it cannot be had. */
static bool fit(struct group_time_sums *s, struct arm *arm, const struct uf_group_time_cell *cell,
                size_t control, const size_t *cohort)
{
    size_t p = s->p;
    double least, treated = 0, sum = 0;
    memset(arm->factor, 0, p * p * sizeof *arm->factor);
    memset(arm->beta, 0, p * sizeof *arm->beta);
    for (size_t b = 0; b < s->n_blocks; b++) {
        const double *xx = moments_of(s, arm, b), *xy = xx + p * p;
        if (cohort[b] == cell->cohort) {
            treated += xx[0], sum += xy[0];
            for (size_t i = 0; i < p; i++) s->target[i] += xx[i * p];
        } else if (is_control(cell, control, cohort[b])) {
            for (size_t i = 0; i < p * p; i++) arm->factor[i] += xx[i];
            for (size_t i = 0; i < p; i++) arm->beta[i] += xy[i];
        }
    }
    if (!(treated > 0) || !(arm->factor[0] > 0) || drdid_factor(arm->factor, p, &least) < p) return false;
    arm->treated = treated, arm->mean = sum / treated;
    s->all_treated += treated;
    drdid_solve(arm->factor, p, arm->beta);
    return true;
}

double group_time_sums_cell(struct group_time_sums *s, const size_t *cohort, size_t cell)
{
    const struct uf_group_time_cell *c = &s->cells[cell];
    size_t control = group_time_control_group(s->wide, s->order, s->options, c), p = s->p;
    double estimate = 0;
    if (c->reference) return 0;
    memset(s->target, 0, p * sizeof *s->target);
    memset(s->beta, 0, p * sizeof *s->beta);
    s->all_treated = 0;
    set_arms(s, cell);
    for (size_t a = 0; a < s->n_arms; a++)
        if (!fit(s, &s->arm[a], c, control, cohort)) return NAN;
    for (size_t i = 0; i < p; i++) s->target[i] /= s->all_treated;
    for (size_t a = 0; a < s->n_arms; a++) {
        struct arm *arm = &s->arm[a];
        estimate += arm->sign * arm->mean;
        for (size_t i = 0; i < p; i++) s->beta[i] += arm->sign * arm->beta[i];
        memcpy(arm->pull, s->target, p * sizeof *arm->pull);
        drdid_solve(arm->factor, p, arm->pull);
    }
    for (size_t i = 0; i < p; i++) estimate -= s->target[i] * s->beta[i];
    return estimate;
}

static void add_share(const struct group_time_sums *s, const struct arm *arm, size_t block, double x,
                      double *share)
{
    share += block * s->wide->n_periods;
    share[arm->period] += x;
    if (arm->minus != SIZE_MAX) share[arm->minus] -= x;
}

void group_time_sums_add(struct group_time_sums *s, const size_t *cohort, size_t cell, double factor,
                         double *influence, double *share)
{
    const struct uf_group_time_cell *c = &s->cells[cell];
    size_t control = group_time_control_group(s->wide, s->order, s->options, c), p = s->p;
    if (c->reference) return;
    for (size_t a = 0; a < s->n_arms; a++) {
        const struct arm *arm = &s->arm[a];
        double signed_factor = factor * arm->sign;
        for (size_t b = 0; b < s->n_blocks; b++) {
            const double *xx = moments_of(s, arm, b), *xy = xx + p * p;
            if (cohort[b] == c->cohort) {
                double moved = 0; /* what the block does to the treated's mean x */
                for (size_t i = 0; i < p; i++) moved += (xx[i * p] - xx[0] * s->target[i]) * s->beta[i];
                influence[b] += signed_factor * (xy[0] - xx[0] * arm->mean) / arm->treated -
                                factor * moved / s->all_treated;
                add_share(s, arm, b, signed_factor * xx[0] / arm->treated, share);
            } else if (is_control(c, control, cohort[b])) {
                double left = 0, weight = 0;
                for (size_t i = 0; i < p; i++) {
                    double rest = xy[i];
                    for (size_t j = 0; j < p; j++) rest -= xx[j <= i ? i * p + j : j * p + i] * arm->beta[j];
                    left += arm->pull[i] * rest;
                    weight += arm->pull[i] * xx[i * p];
                }
                influence[b] -= signed_factor * left;
                add_share(s, arm, b, -signed_factor * weight, share);
            }
        }
    }
}
