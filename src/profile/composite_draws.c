// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of an index, of its parts and of the draws over choices: all steps again, on drawn indicators. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/composite_problem.h"

enum { CHOICE_TABLES = 10 }; /* at most: each is all the draws over choices again */

size_t composite_place(const struct composite_problem *p, enum composite_number number, size_t item,
                       size_t unit)
{
    const size_t before[] = {0, p->tree.n_aggregates, 2 * p->tree.n_aggregates,
                             2 * p->tree.n_aggregates + p->n_items};
    return (before[number] + item) * p->n_units + unit;
}

size_t composite_choice_place(const struct composite_problem *p, enum composite_choice_number number,
                              size_t unit)
{
    return (size_t)number * p->n_units + unit;
}

size_t composite_sensitivity_place(const struct composite_problem *p, size_t choice, bool total)
{
    return COMPOSITE_RANK_NUMBERS * p->n_units + 2 * choice + total;
}

void composite_contributions(const struct composite_problem *p, const struct composite_index *x, size_t unit,
                             double *out, double *share)
{
    const size_t top = p->n_items - 1;
    const bool there = !isnan(gsl_matrix_get(x->value, unit, p->tree.n_aggregates - 1));
    double total = 0;
    for (size_t i = 0; i < p->n_items; i++) {
        out[i] = share[i] = NAN;
        if (i == top || p->parent[i] != top) continue;
        const gsl_vector column = composite_column(p, x, i);
        out[i] = gsl_vector_get(&column, unit);
        total += isnan(out[i]) ? 0 : x->weights[i];
    }
    for (size_t i = 0; i < top; i++) {
        if (!there || isnan(out[i])) {
            out[i] = NAN;
            continue;
        }
        share[i] = x->weights[i] / total;
        out[i] *= share[i];
    }
}

struct redrawing {
    struct composite_problem problem; /* as shown, with values of its own */
    const struct uf_options *options;
    const struct uf_context *context;
    double *items; /* room for twice the items */
};

/* Every number of the index at its place. `items` is room for twice as many numbers. */
static void put(const struct composite_problem *p, const struct composite_index *x, double *items,
                double *out)
{
    for (size_t u = 0; u < p->n_units; u++) {
        for (size_t a = 0; a < p->tree.n_aggregates; a++) {
            out[composite_place(p, COMPOSITE_VALUE, a, u)] = gsl_matrix_get(x->value, u, a);
            out[composite_place(p, COMPOSITE_RANK, a, u)] = gsl_matrix_get(x->rank, u, a);
        }
        composite_contributions(p, x, u, items, items + p->n_items);
        for (size_t i = 0; i < p->n_items; i++)
            out[composite_place(p, COMPOSITE_CONTRIBUTION, i, u)] = items[i];
        for (size_t k = 0; k < p->tree.n_indicators; k++)
            out[composite_place(p, COMPOSITE_NORMALISED, k, u)] = gsl_matrix_get(x->normalised, u, k);
    }
}

static void put_choices(const struct composite_problem *p, const struct composite_index *x, double *out)
{
    for (size_t u = 0; u < p->n_units; u++) {
        const struct uf_rank_interval *ranks = &x->uncertainty.unit[u];
        out[composite_choice_place(p, COMPOSITE_MEAN, u)] = ranks->mean;
        out[composite_choice_place(p, COMPOSITE_MEDIAN, u)] = ranks->median;
        out[composite_choice_place(p, COMPOSITE_AMONG_TOP, u)] = ranks->top_share;
    }
    for (size_t c = 0; c < UF_CHOICES; c++) {
        out[composite_sensitivity_place(p, c, false)] = x->uncertainty.index[c].first;
        out[composite_sensitivity_place(p, c, true)] = x->uncertainty.index[c].total;
    }
}

/* The index of a table, with the draws over choices where `vary`. */
static uf_status redraw(struct redrawing *d, const double *figures, bool vary, double *out,
                        struct uf_error *error)
{
    struct composite_problem *p = &d->problem;
    struct composite_index index = {0};
    memcpy(p->raw->data, figures, p->n_units * p->tree.n_indicators * sizeof *figures);
    UF_TRY(composite_problem_fill(p, error));
    UF_TRY(composite_index_new(p, d->options, &index, error));
    uf_status status = UF_OK;
    if (vary)
        status = composite_index_vary(p, d->options, d->context, &index, error);
    else
        put(p, &index, d->items, out);
    if (vary && status == UF_OK) put_choices(p, &index, out);
    composite_index_clear(&index);
    return status;
}

static uf_status index_of_draw(void *what, const double *figures, double *out, struct uf_error *error)
{
    return redraw(what, figures, false, out, error);
}

static uf_status choices_of_draw(void *what, const double *figures, double *out, struct uf_error *error)
{
    return redraw(what, figures, true, out, error);
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

static uf_status draw_index(struct redrawing *d, const struct rounding_box *box,
                            const struct rounding_plan *plan, double *figures, struct composite_index *index,
                            struct uf_error *error)
{
    const struct composite_problem *p = &d->problem;
    const size_t n = composite_place(p, COMPOSITE_NORMALISED, p->tree.n_indicators, 0);
    double *shown = malloc(n * sizeof *shown);
    if (!shown) return uf_fail_memory(error);
    put(p, index, d->items, shown);
    uf_status status = rounding_bands_new(shown, n, &index->rounding, error);
    free(shown);
    if (status == UF_OK) status = take_extremes(d, box->low, box->high, figures, &index->rounding, error);
    if (status == UF_OK) status = rounding_bands_widen(box, plan, index_of_draw, d, &index->rounding, error);
    return status;
}

static uf_status draw_choices(struct redrawing *d, const struct rounding_box *box, struct rounding_plan plan,
                              struct composite_index *index, struct uf_error *error)
{
    const struct composite_problem *p = &d->problem;
    const size_t n = composite_sensitivity_place(p, UF_CHOICES, false);
    double *shown = malloc(n * sizeof *shown);
    if (!shown) return uf_fail_memory(error);
    put_choices(p, index, shown);
    if (plan.draws > CHOICE_TABLES) plan.draws = CHOICE_TABLES;
    uf_status status = rounding_bands_new(shown, n, &index->choice_rounding, error);
    free(shown);
    if (status == UF_OK)
        status = rounding_bands_widen(box, &plan, choices_of_draw, d, &index->choice_rounding, error);
    return status;
}

uf_status composite_index_draw(const struct composite_problem *p, const struct uf_options *options,
                               const struct uf_context *context, struct composite_index *index,
                               struct uf_error *error)
{
    const struct rounding_plan plan = rounding_plan_of(options, context);
    const size_t n = p->n_units * p->tree.n_indicators;
    if (plan.draws == 0) return UF_OK;
    double *room = malloc((3 * n + 2 * p->n_items) * sizeof *room);
    struct redrawing redrawing = {.problem = *p, .options = options, .context = context};
    redrawing.problem.raw = gsl_matrix_alloc(p->n_units, p->tree.n_indicators);
    redrawing.problem.values = gsl_matrix_alloc(p->n_units, p->tree.n_indicators);
    uf_status status =
        room && redrawing.problem.raw && redrawing.problem.values ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && fill_box(p, room, room + n)) {
        const struct rounding_box box = {.low = room, .high = room + n, .n = n};
        redrawing.items = room + 3 * n;
        status = draw_index(&redrawing, &box, &plan, room + 2 * n, index, error);
        if (status == UF_OK && index->uncertain) status = draw_choices(&redrawing, &box, plan, index, error);
    }
    if (redrawing.problem.raw) gsl_matrix_free(redrawing.problem.raw);
    if (redrawing.problem.values) gsl_matrix_free(redrawing.problem.values);
    free(room);
    return status;
}

uf_status composite_tell_rounding(const struct composite_problem *p, const struct composite_index *x,
                                  struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words choices = {
        "Means over the draws of choices, and the shares of their variance, have bands from {0} of these "
        "tables: all choices are drawn again in each.",
        "Medelvärden över dragningarna av val, och andelarna av deras varians, har intervall från {0} av "
        "tabellerna: alla val dras om i var och en."};
    UF_TRY(rounding_bands_tell(&x->rounding, p->language, result, error));
    if (x->choice_rounding.draws == 0) return UF_OK;
    const struct uf_argument tables = uf_count_argument(x->choice_rounding.draws);
    return uf_result_add_note(result, p->language, UF_NOTE, "drawn-bands-of-choices", choices, no_advice,
                              &tables, 1, error);
}
