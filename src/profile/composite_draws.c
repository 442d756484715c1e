// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of an index: all its steps again, on drawn indicators. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/composite_problem.h"

struct redrawing {
    struct composite_problem problem; /* as shown, with values of its own */
    const struct uf_options *options;
};

static void put(const struct composite_problem *p, const struct composite_index *x, double *out)
{
    const size_t top = p->tree.n_aggregates - 1;
    for (size_t u = 0; u < p->n_units; u++) {
        out[u] = gsl_matrix_get(x->value, u, top);
        out[p->n_units + u] = gsl_matrix_get(x->rank, u, top);
    }
}

static uf_status index_of_draw(void *what, const double *figures, double *out, struct uf_error *error)
{
    struct redrawing *d = what;
    struct composite_problem *p = &d->problem;
    struct composite_index index = {0};
    memcpy(p->raw->data, figures, p->n_units * p->tree.n_indicators * sizeof *figures);
    UF_TRY(composite_problem_fill(p, error));
    UF_TRY(composite_index_new(p, d->options, &index, error));
    put(p, &index, out);
    composite_index_clear(&index);
    return UF_OK;
}

/* Each value's bounds; false where none is rounded. */
static bool fill_box(const struct composite_problem *p, double *low, double *high)
{
    const struct uf_panel *panel = p->panel;
    const bool by_sector = panel->sectors.count > 0;
    bool rounded = false;
    for (size_t k = 0; k < p->tree.n_indicators; k++) {
        const size_t column = by_sector ? (size_t)panel->outcome : p->column[k];
        const double unit = panel->columns[column].rounding;
        bool negative = false;
        rounded = rounded || unit > 0;
        for (size_t u = 0; u < p->n_units; u++) negative = negative || gsl_matrix_get(p->raw, u, k) < 0;
        for (size_t u = 0; u < p->n_units; u++) {
            const size_t i = u * p->tree.n_indicators + k;
            const bool exact = !(unit > 0) || (p->status[i] & UF_VALUE_TRUE_ZERO) != 0;
            const double value = gsl_matrix_get(p->raw, u, k), half = exact ? 0 : unit / 2;
            low[i] = value - half < 0 && !negative ? 0 * value : value - half;
            high[i] = value + half;
        }
    }
    return rounded;
}

/* One region as well placed as rounding lets it be and the others as badly, and the reverse. */
static uf_status take_extremes(struct redrawing *d, const double *low, const double *high, double *figures,
                               struct rounding_bands *bands, struct uf_error *error)
{
    const size_t n = d->problem.tree.n_indicators, units = d->problem.n_units;
    for (size_t u = 0; u < 2 * units; u++) {
        for (size_t i = 0; i < units * n; i++) {
            const bool own = i / n == u / 2, best = u % 2 == 0, more = !d->problem.less[i % n];
            figures[i] = (own == best) == more ? high[i] : low[i];
        }
        UF_TRY(rounding_bands_take(figures, index_of_draw, d, bands, error));
    }
    return UF_OK;
}

uf_status composite_index_draw(const struct composite_problem *p, const struct uf_options *options,
                               const struct uf_context *context, struct composite_index *index,
                               struct uf_error *error)
{
    const struct rounding_plan plan = rounding_plan_of(options, context);
    const size_t n = p->n_units * p->tree.n_indicators;
    if (plan.draws == 0) return UF_OK;
    double *room = malloc((3 * n + 2 * p->n_units) * sizeof *room);
    struct redrawing redrawing = {.problem = *p, .options = options};
    redrawing.problem.raw = gsl_matrix_alloc(p->n_units, p->tree.n_indicators);
    redrawing.problem.values = gsl_matrix_alloc(p->n_units, p->tree.n_indicators);
    uf_status status =
        room && redrawing.problem.raw && redrawing.problem.values ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && fill_box(p, room, room + n)) {
        const struct rounding_box box = {.low = room, .high = room + n, .n = n};
        put(p, index, room + 3 * n);
        status = rounding_bands_new(room + 3 * n, 2 * p->n_units, &index->rounding, error);
        if (status == UF_OK)
            status = take_extremes(&redrawing, room, room + n, room + 2 * n, &index->rounding, error);
        if (status == UF_OK)
            status = rounding_bands_widen(&box, &plan, index_of_draw, &redrawing, &index->rounding, error);
    }
    if (redrawing.problem.raw) gsl_matrix_free(redrawing.problem.raw);
    if (redrawing.problem.values) gsl_matrix_free(redrawing.problem.values);
    free(room);
    return status;
}
