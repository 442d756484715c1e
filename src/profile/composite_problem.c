// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/composite_problem.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/text.h>

#include "base/fail.h"

const char *const composite_missings[] = {"unit", "renormalise", "mean", "median", NULL};

void composite_problem_clear(struct composite_problem *p)
{
    free(p->unit);
    free(p->column);
    free(p->code);
    free(p->label);
    free(p->parent);
    free(p->less);
    free(p->target);
    free(p->given);
    free(p->status);
    if (p->raw) gsl_matrix_free(p->raw);
    if (p->values) gsl_matrix_free(p->values);
    *p = (struct composite_problem){0};
}

const char *composite_unit_code(const struct composite_problem *p, size_t unit)
{
    return p->panel->units.code[p->unit[unit]];
}

const char *composite_unit_label(const struct composite_problem *p, size_t unit)
{
    return p->panel->units.label[p->unit[unit]];
}

/* --- indicators -------------------------------------------------------------------------------- */

/* Room for the items there can be: one pillar for each line of `pillars`, and the index. */
static uf_status allocate_items(struct composite_problem *p, size_t n, size_t n_pillars,
                                struct uf_error *error)
{
    size_t most = n + n_pillars + 1;
    p->tree.n_indicators = n;
    p->column = calloc(n + 1, sizeof *p->column);
    p->code = calloc(most, sizeof *p->code);
    p->label = calloc(most, sizeof *p->label);
    p->parent = calloc(most, sizeof *p->parent);
    p->less = calloc(n + 1, sizeof *p->less);
    p->target = calloc(n + 1, sizeof *p->target);
    p->given = calloc(most, sizeof *p->given);
    return p->column && p->code && p->label && p->parent && p->less && p->target && p->given
               ? UF_OK
               : uf_fail_memory(error);
}

/* Columns by name, or where the panel has sectors, each of them. */
static uf_status choose_indicators(struct composite_problem *p, const struct uf_options *options,
                                   struct uf_error *error)
{
    const struct uf_panel *panel = p->panel;
    const struct uf_text_list *names = uf_options_list(options, "indicators");
    size_t n_pillars = uf_options_list(options, "pillars")->count;
    if (panel->sectors.count > 0) {
        if (names->count)
            return uf_fail(
                error, UF_BAD_USAGE,
                "the data have a column with sectors, each of which is an indicator, and 'indicators' names "
                "columns; leave out one of them");
        if (panel->outcome < 0) return uf_fail(error, UF_BAD_USAGE, "the panel names no value column");
        UF_TRY(allocate_items(p, panel->sectors.count, n_pillars, error));
        for (size_t k = 0; k < p->tree.n_indicators; k++)
            p->column[k] = k, p->code[k] = panel->sectors.code[k], p->label[k] = panel->sectors.label[k];
        return UF_OK;
    }
    if (names->count == 0)
        return uf_fail(error, UF_BAD_USAGE,
                       "an index needs indicators: name their columns in 'indicators', as A,B,C (or a column "
                       "of sectors, "
                       "each of which is one)");
    UF_TRY(allocate_items(p, names->count, n_pillars, error));
    for (size_t k = 0; k < names->count; k++) {
        p->column[k] = uf_panel_column(panel, names->items[k]);
        if (p->column[k] == SIZE_MAX)
            return uf_fail(error, UF_BAD_USAGE, "there is no column '%s' among the data", names->items[k]);
        for (size_t j = 0; j < k; j++)
            if (p->column[j] == p->column[k])
                return uf_fail(error, UF_BAD_USAGE, "'indicators' names '%s' twice", names->items[k]);
        p->code[k] = panel->columns[p->column[k]].name, p->label[k] = panel->columns[p->column[k]].label;
    }
    return UF_OK;
}

/* The indicator a row's value belongs to is its sector; otherwise a row has them all. */
static double value_at(const struct composite_problem *p, size_t row, size_t k, uf_value_status *status)
{
    const struct uf_panel *panel = p->panel;
    bool by_sector = panel->sectors.count > 0;
    const struct uf_panel_column *column = &panel->columns[by_sector ? (size_t)panel->outcome : p->column[k]];
    *status = column->status[row];
    return uf_value_is_missing(column->status[row]) ? (double)NAN : column->value[row];
}

static bool belongs(const struct composite_problem *p, size_t row, size_t k)
{
    return p->panel->sectors.count == 0 || p->panel->sector[row] == k;
}

/* --- the period -------------------------------------------------------------------------------- */

static bool has_values(const struct composite_problem *p, size_t period)
{
    uf_value_status status;
    for (size_t row = 0; row < p->panel->n_rows; row++)
        for (size_t k = 0; p->panel->period[row] == period && k < p->tree.n_indicators; k++)
            if (belongs(p, row, k) && !isnan(value_at(p, row, k, &status))) return true;
    return false;
}

/* How many units have all indicators in a period. */
static size_t count_complete(const struct composite_problem *p, size_t period, size_t *there)
{
    const struct uf_panel *panel = p->panel;
    size_t complete = 0;
    uf_value_status status;
    memset(there, 0, panel->units.count * sizeof *there);
    for (size_t row = 0; row < panel->n_rows; row++)
        for (size_t k = 0; panel->period[row] == period && k < p->tree.n_indicators; k++)
            if (belongs(p, row, k) && !isnan(value_at(p, row, k, &status))) there[panel->unit[row]]++;
    for (size_t u = 0; u < panel->units.count; u++) complete += there[u] == p->tree.n_indicators;
    return complete;
}

/* The last in which two units have everything, else the last with any value: indicators end in different years. */
static uf_status default_period(struct composite_problem *p, struct uf_error *error)
{
    size_t *there = calloc(p->panel->units.count + 1, sizeof *there), n = p->panel->periods.count;
    if (!there) return uf_fail_memory(error);
    bool found = false;
    for (size_t i = n; i-- > 0 && !found;)
        if (count_complete(p, i, there) >= 2) p->period = i, found = true;
    for (size_t i = n; i-- > 0 && !found;)
        if (has_values(p, i)) p->period = i, found = true;
    free(there);
    return found ? UF_OK
                 : uf_fail(error, UF_BAD_INPUT, "the indicators have no value for any region and period");
}

static uf_status choose_period(struct composite_problem *p, const struct uf_options *options,
                               struct uf_error *error)
{
    const struct uf_dictionary *periods = &p->panel->periods;
    const char *wanted = uf_options_is_set(options, "period") ? uf_options_print(options, "period") : NULL;
    if (!wanted)
        UF_TRY(default_period(p, error));
    else {
        size_t i = 0;
        while (i < periods->count && strcmp(periods->code[i], wanted) != 0 &&
               p->panel->period_value[i] != uf_options_period(options, "period"))
            i++;
        if (i == periods->count)
            return uf_fail(error, UF_BAD_USAGE, "there is no period %s in the data, which has %s to %s",
                           wanted, periods->count ? periods->code[0] : "none",
                           periods->count ? periods->code[periods->count - 1] : "none");
        p->period = i;
    }
    bool named = periods->count && *periods->label[p->period];
    (void)snprintf(p->when, sizeof p->when, "%s%.40s", named ? ", " : "",
                   named ? periods->code[p->period] : "");
    return UF_OK;
}

/* --- values ------------------------------------------------------------------------------------ */

static uf_status choose_units(struct composite_problem *p, struct uf_error *error)
{
    const struct uf_panel *panel = p->panel;
    size_t *there = calloc(panel->units.count + 1, sizeof *there);
    p->unit = calloc(panel->units.count + 1, sizeof *p->unit);
    if (!there || !p->unit) {
        free(there);
        return uf_fail_memory(error);
    }
    (void)count_complete(p, p->period, there);
    for (size_t u = 0; u < panel->units.count; u++)
        if (there[u]) p->unit[p->n_units++] = u;
    p->n_absent = panel->units.count - p->n_units;
    free(there);
    if (p->n_units >= 2) return UF_OK;
    char in_period[64];
    snprintf(in_period, sizeof in_period, " in %.40s", panel->periods.code[p->period]);
    return uf_fail(error, UF_NOT_IDENTIFIED,
                   "the number of regions with figures%s is %zu, expected at least two to compare",
                   p->when[0] ? in_period : "", p->n_units);
}

static uf_status read_values(struct composite_problem *p, struct uf_error *error)
{
    const struct uf_panel *panel = p->panel;
    size_t n = p->tree.n_indicators, *place = malloc((panel->units.count + 1) * sizeof *place);
    p->raw = gsl_matrix_alloc(p->n_units, n);
    p->values = gsl_matrix_alloc(p->n_units, n);
    p->status = calloc(p->n_units * n, sizeof *p->status);
    if (!place || !p->raw || !p->values || !p->status) {
        free(place);
        return uf_fail_memory(error);
    }
    gsl_matrix_set_all(p->raw, NAN);
    for (size_t i = 0; i < p->n_units * n; i++) p->status[i] = UF_VALUE_NOT_AVAILABLE;
    for (size_t u = 0; u < panel->units.count; u++) place[u] = SIZE_MAX;
    for (size_t u = 0; u < p->n_units; u++) place[p->unit[u]] = u;
    for (size_t row = 0; row < panel->n_rows; row++) {
        size_t u = place[panel->unit[row]];
        for (size_t k = 0; panel->period[row] == p->period && u != SIZE_MAX && k < n; k++)
            if (belongs(p, row, k)) gsl_matrix_set(p->raw, u, k, value_at(p, row, k, &p->status[u * n + k]));
    }
    free(place);
    for (size_t u = 0; u < p->n_units; u++)
        for (size_t k = 0; k < n; k++) p->n_missing += isnan(gsl_matrix_get(p->raw, u, k)) ? 1 : 0;
    return UF_OK;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The mean or the median of the regions that have the indicator. */
static uf_status fill_values(struct composite_problem *p, struct uf_error *error)
{
    double *sorted = malloc((p->n_units + 1) * sizeof *sorted);
    if (!sorted) return uf_fail_memory(error);
    for (size_t k = 0; k < p->tree.n_indicators; k++) {
        size_t n = 0;
        double sum = 0;
        for (size_t u = 0; u < p->n_units; u++) {
            double x = gsl_matrix_get(p->raw, u, k);
            if (!isnan(x)) sum += x, sorted[n++] = x;
        }
        if (n == 0) continue;
        qsort(sorted, n, sizeof *sorted, by_size);
        double middle = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        for (size_t u = 0; u < p->n_units; u++)
            if (isnan(gsl_matrix_get(p->raw, u, k)))
                gsl_matrix_set(p->values, u, k, p->missing == MISSING_MEAN ? sum / (double)n : middle);
    }
    free(sorted);
    return UF_OK;
}

uf_status composite_problem_fill(struct composite_problem *p, struct uf_error *error)
{
    gsl_matrix_memcpy(p->values, p->raw);
    return p->missing == MISSING_MEAN || p->missing == MISSING_MEDIAN ? fill_values(p, error) : UF_OK;
}

static uf_status fill(struct composite_problem *p, const struct uf_options *options, struct uf_error *error)
{
    const char *missing = uf_options_text(options, "missing");
    while (strcmp(composite_missings[p->missing], missing) != 0) p->missing++;
    UF_TRY(choose_indicators(p, options, error));
    UF_TRY(composite_hierarchy_read(p, options, error));
    UF_TRY(choose_period(p, options, error));
    UF_TRY(choose_units(p, error));
    UF_TRY(read_values(p, error));
    return composite_problem_fill(p, error);
}

uf_status composite_problem_new(const struct uf_panel *panel, const struct uf_options *options,
                                enum uf_language language, struct composite_problem *out,
                                struct uf_error *error)
{
    struct composite_problem p = {.panel = panel, .language = language};
    uf_status status = fill(&p, options, error);
    if (status != UF_OK)
        composite_problem_clear(&p);
    else
        *out = p;
    return status;
}
