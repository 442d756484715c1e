// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/harmonise.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "panel/harmonise_plan.h"

void uf_harmonised_clear(struct uf_harmonised *harmonised)
{
    uf_cells_clear(&harmonised->cells);
    for (size_t i = 0; i < harmonised->n_steps; i++) {
        free(harmonised->steps[i].unit);
        free(harmonised->steps[i].members);
    }
    free(harmonised->steps);
    *harmonised = (struct uf_harmonised){0};
}

/* What a cell gives to a unit. */
struct part {
    size_t unit, source;
    const struct uf_cell *cell;
    double weight;
};

static int by_unit(const void *a, const void *b)
{
    const struct part *left = a, *right = b;
    if (left->unit != right->unit) return left->unit < right->unit ? -1 : 1;
    if (left->cell->series != right->cell->series) return left->cell->series < right->cell->series ? -1 : 1;
    if (left->cell->period != right->cell->period) return left->cell->period < right->cell->period ? -1 : 1;
    return left->source < right->source ? -1 : left->source > right->source;
}

/* The work of one call: the plan, the parts in order, and how many parts each unit has in each year. */
struct work {
    struct plan plan;
    const struct uf_harmonise_options *options;
    struct part *parts;
    size_t n_parts;
    size_t *units; /* n_nodes each: what plan_targets fills */
    double *weights;
    int first_year, n_years;
    size_t *expected; /* n_nodes × n_years, by root */
    struct uf_harmonised out;
};

static void clear_work(struct work *work)
{
    plan_clear(&work->plan);
    uf_harmonised_clear(&work->out);
    free(work->parts);
    free(work->units);
    free(work->weights);
    free(work->expected);
}

static uf_status find_span(struct work *work, const struct uf_cells *cells, struct uf_error *error)
{
    int last = 0;
    for (size_t i = 0; i < cells->count; i++) {
        int year = uf_period_year(cells->items[i].period);
        if (i == 0 || year < work->first_year) work->first_year = year;
        if (i == 0 || year > last) last = year;
    }
    work->n_years = last - work->first_year + 1;
    const size_t n = work->plan.n_nodes;
    work->expected = calloc(n * (size_t)work->n_years + 1, sizeof *work->expected);
    work->units = calloc(n + 1, sizeof *work->units);
    work->weights = calloc(n + 1, sizeof *work->weights);
    return work->expected && work->units && work->weights ? UF_OK : uf_fail_memory(error);
}

/* Which sources a unit must have in a year to be whole. */
static void count_expected(struct work *work)
{
    for (size_t node = 0; node < work->plan.n_nodes; node++) {
        if (!work->plan.nodes[node].listed) continue;
        for (int y = 0; y < work->n_years; y++) {
            int year = work->first_year + y;
            if (!plan_exists(&work->plan.nodes[node], year)) continue;
            size_t n = plan_targets(&work->plan, node, year, work->units, work->weights);
            for (size_t k = 0; k < n; k++)
                work->expected[work->units[k] * (size_t)work->n_years + (size_t)y]++;
        }
    }
}

static uf_status divide(struct work *work, const struct uf_cells *cells, struct uf_error *error)
{
    size_t capacity = cells->count + 64, node = SIZE_MAX;
    work->parts = malloc(capacity * sizeof *work->parts);
    if (!work->parts) return uf_fail_memory(error);
    for (size_t i = 0; i < cells->count; i++) {
        const struct uf_cell *cell = &cells->items[i];
        if (i == 0 || strcmp(cell->region, cells->items[i - 1].region) != 0)
            node = plan_find(&work->plan, cell->region);
        int year = uf_period_year(cell->period);
        /* a missing cell or a 0 of a region that is no more, or not yet, says nothing */
        if (!plan_exists(&work->plan.nodes[node], year)) continue;
        size_t n = plan_targets(&work->plan, node, year, work->units, work->weights);
        if (work->n_parts + n > capacity) {
            capacity = 2 * capacity + n;
            struct part *parts = realloc(work->parts, capacity * sizeof *parts);
            if (!parts) return uf_fail_memory(error);
            work->parts = parts;
        }
        for (size_t k = 0; k < n; k++)
            work->parts[work->n_parts++] = (struct part){work->units[k], node, cell, work->weights[k]};
    }
    if (work->n_parts) qsort(work->parts, work->n_parts, sizeof *work->parts, by_unit);
    return UF_OK;
}

/* --- one value --------------------------------------------------------------------------------- */

static uf_status combine(const struct work *work, const struct part *parts, size_t n, struct uf_cell *out,
                         struct uf_error *error)
{
    const bool ratio = work->options->kind == UF_INDICATOR_RATIO;
    const size_t unit = parts[0].unit;
    const int year = uf_period_year(parts[0].cell->period);
    const size_t expected = work->expected[unit * (size_t)work->n_years + (size_t)(year - work->first_year)];
    *out = *parts[0].cell;
    out->region = work->plan.unit_code[unit];
    if (n == 1 && expected <= 1 && parts[0].weight == 1) return UF_OK;
    double sum = 0, total = 0;
    bool whole = n >= expected, weighed = false, estimated = false;
    uf_value_status status = 0;
    for (size_t k = 0; k < n; k++) {
        const struct uf_cell *cell = parts[k].cell;
        const double weight = parts[k].weight;
        status |= cell->status & ~(uf_value_status)UF_VALUE_MISSING_MASK;
        estimated = estimated || weight < 1;
        weighed = weighed || !isnan(cell->weight);
        whole = whole && !isnan(cell->value) && (!ratio || !isnan(cell->weight));
        sum += ratio ? weight * cell->weight * cell->value : weight * cell->value;
        total += weight * cell->weight;
    }
    if (ratio && !weighed)
        return uf_fail(error, UF_BAD_USAGE,
                       "'%s' is a ratio: its values of the regions in '%s' cannot be added up; name its "
                       "denominator, or harmonise numerator and denominator and divide",
                       work->options->indicator ? work->options->indicator : "the series",
                       work->plan.unit_code[unit]);
    /* a sum of zeros is no true zero that a publisher has marked, nor is it below half a unit */
    status &= ~(uf_value_status)(UF_VALUE_TRUE_ZERO | UF_VALUE_BELOW_HALF);
    if (estimated) status |= UF_VALUE_ESTIMATED;
    out->weight = total;
    if (!whole) {
        out->value = NAN;
        out->status = UF_VALUE_INCOMPLETE; /* the reasons of the parts are the parts' own */
    } else if (ratio && !(total > 0)) {
        out->value = NAN;
        out->status = status | UF_VALUE_UNDEFINED;
    } else {
        out->value = ratio ? sum / total : sum;
        out->status = status;
    }
    return UF_OK;
}

/* --- what is said of it ------------------------------------------------------------------------- */

static bool passes_on(const struct work *work, size_t node)
{
    const struct plan *plan = &work->plan;
    for (size_t i = 0; i < plan->n_weights; i++)
        if (plan->weights[i].from == node && plan->weights[i].weight < 1) return true;
    return false;
}

static uf_status name_members(const struct work *work, const struct part *parts, size_t n, char **out,
                              enum uf_harmonise_way *way, bool *changed, struct uf_error *error)
{
    struct uf_buffer text;
    uf_buffer_init(&text);
    const size_t unit = parts[0].unit;
    *changed = work->plan.unit_size[unit] > 1;
    *way = UF_HARMONISE_MERGED;
    bool recoded = false;
    for (size_t node = 0; node < work->plan.n_nodes; node++) {
        double least = 2;
        for (size_t k = 0; k < n; k++)
            if (parts[k].source == node && parts[k].weight < least) least = parts[k].weight;
        if (least > 1 && work->plan.nodes[node].root != unit) continue;
        if (least > 1 && !work->plan.nodes[node].listed) continue;
        if (text.length) uf_buffer_append(&text, ", ");
        uf_buffer_append(&text, work->plan.nodes[node].code);
        recoded = recoded || work->plan.nodes[node].recoded;
        if (least < 1 || (least <= 1 && passes_on(work, node))) {
            char weight[48];
            snprintf(weight, sizeof weight, " × %.6g", least);
            uf_buffer_append(&text, weight);
            *way = UF_HARMONISE_WEIGHTED;
            *changed = true;
        }
        if (least <= 1 && work->plan.nodes[node].root != unit) {
            if (*way != UF_HARMONISE_WEIGHTED) *way = UF_HARMONISE_MERGED;
            *changed = true;
        }
    }
    if (recoded && !*changed) {
        *way = UF_HARMONISE_RECODED;
        *changed = true;
    }
    *out = uf_buffer_take(&text);
    return *out ? UF_OK : uf_fail_memory(error);
}

static uf_status record(struct work *work, const struct part *parts, size_t n, size_t n_after,
                        size_t n_incomplete, struct uf_error *error)
{
    struct uf_harmonise_step step = {.n_before = n, .n_after = n_after, .n_incomplete = n_incomplete};
    bool changed = false;
    UF_TRY(name_members(work, parts, n, &step.members, &step.way, &changed, error));
    step.unit = changed ? uf_text_copy(work->plan.unit_code[parts[0].unit]) : NULL;
    struct uf_harmonised *out = &work->out;
    if (!step.unit) {
        free(step.members);
        return changed ? uf_fail_memory(error) : UF_OK;
    }
    out->steps[out->n_steps++] = step;
    return UF_OK;
}

static uf_status collect(struct work *work, struct uf_error *error)
{
    work->out.steps = calloc(work->plan.n_nodes + 1, sizeof *work->out.steps);
    if (!work->out.steps) return uf_fail_memory(error);
    size_t n_after = 0, n_incomplete = 0, first = 0;
    for (size_t i = 0, n; i < work->n_parts; i += n) {
        const struct part *part = &work->parts[i];
        for (n = 1; i + n < work->n_parts; n++) {
            const struct part *next = &work->parts[i + n];
            if (next->unit != part->unit || next->cell->series != part->cell->series ||
                next->cell->period != part->cell->period)
                break;
        }
        struct uf_cell cell;
        UF_TRY(combine(work, part, n, &cell, error));
        UF_TRY(uf_cells_add(&work->out.cells, &cell, error));
        n_after++;
        n_incomplete += (cell.status & UF_VALUE_INCOMPLETE) != 0;
        if (i + n == work->n_parts || work->parts[i + n].unit != part->unit) {
            UF_TRY(record(work, &work->parts[first], i + n - first, n_after, n_incomplete, error));
            first = i + n;
            n_after = n_incomplete = 0;
        }
    }
    uf_cells_sort(&work->out.cells);
    return UF_OK;
}

static uf_status copy_sorted(const struct uf_cells *cells, struct uf_cells *out, struct uf_error *error)
{
    for (size_t i = 0; i < cells->count; i++) UF_TRY(uf_cells_add(out, &cells->items[i], error));
    uf_cells_sort(out);
    return UF_OK;
}

uf_status uf_harmonise(const struct uf_cells *cells, const struct uf_harmonise_options *options,
                       struct uf_harmonised *out, struct uf_error *error)
{
    static const struct uf_region_history none = {0};
    struct uf_harmonise_options settled = *options;
    if (!settled.history) settled.history = &none;
    struct work work = {.options = &settled};
    struct uf_cells sorted;
    uf_cells_init(&sorted);
    uf_cells_init(&work.out.cells);
    uf_status status = copy_sorted(cells, &sorted, error);
    if (status == UF_OK) status = plan_make(&sorted, &settled, &work.plan, error);
    if (status == UF_OK && settled.as_of && sorted.count) {
        UF_TRY_GOTO(find_span(&work, &sorted, error), done);
        count_expected(&work);
        UF_TRY_GOTO(divide(&work, &sorted, error), done);
        status = collect(&work, error);
    } else if (status == UF_OK) {
        status = copy_sorted(&sorted, &work.out.cells, error);
    }
    if (status == UF_OK) {
        *out = work.out;
        work.out = (struct uf_harmonised){0};
    }
done:
    uf_cells_clear(&sorted);
    clear_work(&work);
    return status;
}
