// SPDX-License-Identifier: GPL-3.0-or-later
/* Averages of the cells, with the influence of the cohorts' weights. */
#include "base/fail.h"
#include "effect/group_time_internal.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void uf_average_clear(struct uf_average *average)
{
    if (!average) return;
    free(average->terms), free(average->influence);
    memset(average, 0, sizeof *average);
}

/* What one average is made of. */
struct maker {
    const struct uf_group_time *g;
    const struct uf_average_options *options;
    struct uf_average *average;
    double *column; /* n_sorted: influence by place */
    double *effect; /* n_cohorts: derivative of an average by its cohort's weight */
};

/* Balanced in event time: the cohort is seen e* after its start, and e lies in the window that all share. */
static bool is_balanced(const struct maker *m, const struct uf_group_time_cell *cell)
{
    const struct uf_did_data *data = m->g->work->wide.data;
    size_t last = data->n_periods - 1, first = m->g->cohorts[cell->cohort].first_period;
    const long *time = data->time;
    long span = time ? time[last] - time[0] : (long)last;
    long after = time ? time[last] - time[first] : (long)(last - first);
    long e = m->options->balance_event_time;
    return after >= e && cell->event_time <= e && cell->event_time >= e - span;
}

/* The term that a cell belongs to. */
static bool key_of(const struct maker *m, const struct uf_group_time_cell *cell, long *key)
{
    switch (m->average->kind) {
    case UF_AVERAGE_DYNAMIC:
        *key = cell->event_time;
        if (m->options && m->options->balanced && !is_balanced(m, cell)) return false;
        return !m->options || !m->options->limited || (*key >= m->options->least && *key <= m->options->most);
    case UF_AVERAGE_GROUP:
        *key = (long)cell->cohort;
        return cell->post;
    case UF_AVERAGE_CALENDAR:
        *key = (long)cell->period;
        return cell->post;
    case UF_AVERAGE_CELLS:
        *key = (long)(cell - m->g->cells);
        return true;
    case UF_AVERAGE_SIMPLE:
        break;
    }
    *key = 0;
    return cell->post;
}

static bool takes_part(const struct maker *m, const struct uf_group_time_cell *cell, long key)
{
    long own;
    return group_time_counts(cell) && key_of(m, cell, &own) && own == key;
}

/* The keys that occur among the estimated cells, ascending. */
static uf_status list_terms(struct maker *m, struct uf_error *error)
{
    const struct uf_group_time *g = m->g;
    struct uf_average *a = m->average;
    a->terms = calloc(g->n_cells + 1, sizeof *a->terms);
    if (!a->terms) return uf_fail_memory(error);
    for (size_t c = 0; c < g->n_cells; c++) {
        long key;
        if (!group_time_counts(&g->cells[c]) || !key_of(m, &g->cells[c], &key)) continue;
        size_t place = 0;
        while (place < a->n_terms && a->terms[place].key < key) place++;
        if (place < a->n_terms && a->terms[place].key == key) continue;
        memmove(&a->terms[place + 1], &a->terms[place], (a->n_terms - place) * sizeof *a->terms);
        a->terms[place] = (struct uf_average_term){.key = key};
        a->n_terms++;
    }
    return UF_OK;
}

/* Adds what the estimated weight of each cohort contributes: a unit's weight times the derivative. */
static void add_weights(const struct maker *m)
{
    const struct uf_group_time_work *work = m->g->work;
    for (size_t c = 0; c < m->g->n_cohorts; c++) {
        if (m->effect[c] == 0) continue;
        for (size_t p = work->order.start[c]; p < work->order.start[c + 1]; p++)
            m->column[p] += m->effect[c] * work->wide.unit_weight[work->order.unit[p]];
    }
}

static void count_units(const struct maker *m, struct uf_average_term *term)
{
    size_t cohort = SIZE_MAX;
    double treated = 0, control = 0;
    for (size_t c = 0; c < m->g->n_cells; c++) {
        const struct uf_group_time_cell *cell = &m->g->cells[c];
        if (!takes_part(m, cell, term->key)) continue;
        term->n_cells++;
        term->post |= cell->post;
        control = fmax(control, (double)cell->n_control);
        if (cell->cohort != cohort) term->n_treated += treated, treated = 0, cohort = cell->cohort;
        treated = fmax(treated, (double)cell->n_treated);
    }
    term->n_treated += treated;
    term->n_control = control;
}

enum { AS_TREATED = 1, AS_CONTROL = 2 };

/* Notes in which roles units have a part in a cell; `seen` by the data's number of the unit. */
static void mark_units(const struct uf_group_time *g, size_t c, unsigned char *seen)
{
    const struct group_time_wide *w = &g->work->wide;
    const struct group_time_order *o = &g->work->order;
    const struct group_time_influence *influence = &g->work->influence[c];
    const struct uf_group_time_cell *cell = &g->cells[c];
    if (w->cross_sections) {
        for (size_t i = 0; i < influence->n_places; i++)
            seen[w->data->unit[o->unit[influence->place[i]]]] |=
                i < cell->n_treated ? AS_TREATED : AS_CONTROL;
        return;
    }
    const double *after = w->outcome + cell->period * w->n_units,
                 *before = w->outcome + cell->base * w->n_units;
    size_t from = o->start[cell->cohort], to = from + o->cohorts[cell->cohort].n_units;
    for (size_t p = from < influence->control ? from : influence->control; p < o->n_sorted; p++) {
        bool treated = p >= from && p < to;
        if (!isnan(after[o->unit[p]] - before[o->unit[p]]) && (treated || p >= influence->control))
            seen[o->unit[p]] |= treated ? AS_TREATED : AS_CONTROL;
    }
}

static uf_status count_distinct_units(const struct maker *m, struct uf_error *error)
{
    const struct uf_group_time *g = m->g;
    size_t n_units = g->work->wide.data->n_units;
    unsigned char *seen = calloc(n_units + 1, 1);
    long key;
    if (!seen) return uf_fail_memory(error);
    for (size_t c = 0; c < g->n_cells; c++)
        if (g->cells[c].post && group_time_counts(&g->cells[c]) && key_of(m, &g->cells[c], &key))
            mark_units(g, c, seen);
    for (size_t u = 0; u < n_units; u++) {
        m->average->n_treated += (seen[u] & AS_TREATED) != 0;
        m->average->n_control += (seen[u] & AS_CONTROL) != 0;
    }
    free(seen);
    return UF_OK;
}

/* The weighted mean of a term's cells, and its influence in m->column. Cells of one cohort weigh alike. */
static double average_cells(const struct maker *m, long key)
{
    const struct uf_group_time *g = m->g;
    const struct uf_group_time_work *work = g->work;
    double total = 0, sum = 0;
    for (size_t c = 0; c < g->n_cells; c++) {
        const struct uf_group_time_cell *cell = &g->cells[c];
        if (!takes_part(m, cell, key)) continue;
        total += g->cohorts[cell->cohort].weight;
        sum += g->cohorts[cell->cohort].weight * cell->estimate;
    }
    double mean = sum / total;
    memset(m->column, 0, work->order.n_sorted * sizeof *m->column);
    memset(m->effect, 0, g->n_cohorts * sizeof *m->effect);
    for (size_t c = 0; c < g->n_cells; c++) {
        const struct uf_group_time_cell *cell = &g->cells[c];
        if (!takes_part(m, cell, key)) continue;
        group_time_add_influence(&work->order, cell, &work->influence[c],
                                 g->cohorts[cell->cohort].weight / total, m->column);
        m->effect[cell->cohort] += (cell->estimate - mean) / total;
    }
    /* within one cohort the weights cancel: what is left is rounding */
    if (m->average->kind != UF_AVERAGE_GROUP) add_weights(m);
    return mean;
}

/* Sums m->column by cluster into a column of the influence; returns the error. */
static double store(const struct maker *m, size_t column)
{
    const struct uf_group_time_work *work = m->g->work;
    struct uf_average *a = m->average;
    size_t width = a->n_terms + 1;
    double sum = 0;
    for (size_t p = 0; p < work->order.n_sorted; p++)
        a->influence[work->wide.cluster[work->order.unit[p]] * width + column] += m->column[p];
    for (size_t r = 0; r < a->n_rows; r++) {
        double x = a->influence[r * width + column];
        sum += x * x;
    }
    return sqrt(sum);
}

/* The overall average from those of the terms: by cohort weight for groups, else the plain mean of those
 * after the start. */
static void overall(const struct maker *m)
{
    const struct uf_group_time *g = m->g;
    const struct uf_group_time_work *work = g->work;
    struct uf_average *a = m->average;
    size_t width = a->n_terms + 1;
    bool by_weight = a->kind == UF_AVERAGE_GROUP;
    double total = 0;
    a->estimate = 0;
    for (size_t t = 0; t < a->n_terms; t++) {
        if (!a->terms[t].post) continue;
        double share = by_weight ? g->cohorts[a->terms[t].key].weight : 1;
        total += share;
        a->estimate += share * a->terms[t].estimate;
    }
    a->estimate = total > 0 ? a->estimate / total : NAN;
    a->std_error = NAN;
    if (!(total > 0)) return;
    memset(m->column, 0, work->order.n_sorted * sizeof *m->column);
    if (by_weight) {
        memset(m->effect, 0, g->n_cohorts * sizeof *m->effect);
        for (size_t t = 0; t < a->n_terms; t++)
            m->effect[a->terms[t].key] = (a->terms[t].estimate - a->estimate) / total;
        add_weights(m);
    }
    for (size_t r = 0; r < a->n_rows; r++) {
        double *row = a->influence + r * width;
        for (size_t t = 0; t < a->n_terms; t++) {
            if (!a->terms[t].post) continue;
            row[a->n_terms] += row[t] * (by_weight ? g->cohorts[a->terms[t].key].weight : 1) / total;
        }
    }
    a->std_error = store(m, a->n_terms);
}

static bool only_references(const struct maker *m, long key)
{
    for (size_t c = 0; c < m->g->n_cells; c++)
        if (takes_part(m, &m->g->cells[c], key) && !m->g->cells[c].reference) return false;
    return true;
}

static uf_status make(struct maker *m, struct uf_error *error)
{
    struct uf_average *a = m->average;
    const struct uf_group_time *g = m->g;
    UF_TRY(list_terms(m, error));
    bool any = a->n_terms > 0;
    if (a->kind == UF_AVERAGE_SIMPLE) a->n_terms = 0;
    a->n_rows = g->n_rows;
    a->influence = calloc(g->n_rows * (a->n_terms + 1) + 1, sizeof *a->influence);
    if (!a->influence) return uf_fail_memory(error);
    a->estimate = a->std_error = NAN;
    if (!any) return UF_OK;
    UF_TRY(count_distinct_units(m, error));
    if (a->kind == UF_AVERAGE_SIMPLE) {
        a->estimate = average_cells(m, 0);
        a->std_error = store(m, 0);
        return UF_OK;
    }
    for (size_t t = 0; t < a->n_terms; t++) {
        count_units(m, &a->terms[t]);
        a->terms[t].estimate = average_cells(m, a->terms[t].key);
        a->terms[t].std_error = store(m, t);
        if (only_references(m, a->terms[t].key)) a->terms[t].std_error = NAN;
    }
    overall(m);
    return UF_OK;
}

uf_status uf_group_time_average(const struct uf_group_time *g, enum uf_average_kind kind,
                                const struct uf_average_options *options, struct uf_average *out,
                                struct uf_error *error)
{
    struct uf_average average = {.kind = kind};
    struct maker m = {.g = g,
                      .options = options,
                      .average = &average,
                      .column = malloc((g->n_units + 1) * sizeof *m.column),
                      .effect = malloc((g->n_cohorts + 1) * sizeof *m.effect)};
    uf_status status = m.column && m.effect ? make(&m, error) : uf_fail_memory(error);
    free(m.column), free(m.effect);
    if (status != UF_OK)
        uf_average_clear(&average);
    else
        *out = average;
    return status;
}

void uf_average_covariance(const struct uf_average *a, gsl_matrix *out)
{
    size_t width = a->n_terms + 1;
    gsl_matrix_set_zero(out);
    for (size_t r = 0; r < a->n_rows; r++) {
        const double *row = a->influence + r * width;
        for (size_t i = 0; i < width; i++)
            for (size_t j = 0; j <= i && row[i] != 0; j++) *gsl_matrix_ptr(out, i, j) += row[i] * row[j];
    }
    for (size_t i = 0; i < width; i++)
        for (size_t j = 0; j < i; j++) gsl_matrix_set(out, j, i, gsl_matrix_get(out, i, j));
}
