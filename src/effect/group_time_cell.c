// SPDX-License-Identifier: GPL-3.0-or-later
/* One cohort in one period: which units, which covariates, the comparison, the influence. */
#include "base/fail.h"
#include "effect/group_time_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

uf_status group_time_room_init(const struct group_time_wide *w, struct group_time_room *out,
                               struct uf_error *error)
{
    size_t n = w->n_units + 1, k = w->n_covariates;
    struct group_time_room room = {.place = malloc(n * sizeof *room.place),
                                   .change = malloc(n * sizeof(double)),
                                   .weight = malloc(n * sizeof(double)),
                                   .covariates = malloc((n * k + 1) * sizeof(double)),
                                   .influence = malloc(n * sizeof(double)),
                                   .by_row = calloc(w->n_rows + 1, sizeof(double))};
    uf_status status =
        room.place && room.change && room.weight && room.covariates && room.influence && room.by_row
            ? uf_drdid_design_new(n, k, &room.design, error)
            : uf_fail_memory(error);
    if (status != UF_OK)
        group_time_room_clear(&room);
    else
        *out = room;
    return status;
}

void group_time_room_clear(struct group_time_room *room)
{
    if (!room) return;
    uf_drdid_design_free(room->design);
    free(room->place), free(room->change), free(room->weight), free(room->covariates), free(room->influence);
    free(room->by_row);
    memset(room, 0, sizeof *room);
}

bool group_time_counts(const struct uf_group_time_cell *cell)
{
    return cell->reference || cell->diagnosis.reason == UF_DRDID_ESTIMATED;
}

size_t group_time_control_group(const struct group_time_wide *w, const struct group_time_order *o,
                                const struct uf_group_time_options *options,
                                const struct uf_group_time_cell *cell)
{
    if (options->control == UF_CONTROL_NEVER_TREATED) return o->n_cohorts;
    size_t later = cell->period > cell->base ? cell->period : cell->base, c = 0;
    const long *time = w->data->time;
    long treated_by = (time ? time[later] : (long)later) + options->anticipation;
    while (c < o->n_cohorts) {
        size_t first = o->cohorts[c].first_period;
        if ((time ? time[first] : (long)first) > treated_by) break;
        c++;
    }
    return c;
}

/* The places of a cohort's rows in one period: [start[0], start[1]). */
static const size_t *rows_at(const struct group_time_wide *w, const struct group_time_order *o, size_t cohort,
                             size_t period)
{
    return &o->period_start[cohort * (w->n_periods + 1) + period];
}

size_t group_time_influence_size(const struct group_time_wide *w, const struct group_time_order *o,
                                 const struct uf_group_time_options *options,
                                 const struct uf_group_time_cell *cell)
{
    size_t control = group_time_control_group(w, o, options, cell), count = 0;
    if (!w->cross_sections) return o->cohorts[cell->cohort].n_units + o->n_sorted - o->start[control];
    for (size_t c = 0; c <= o->n_cohorts; c++) {
        if (c < control && c != cell->cohort) continue;
        const size_t *after = rows_at(w, o, c, cell->period), *before = rows_at(w, o, c, cell->base);
        count += after[1] - after[0] + before[1] - before[0];
    }
    return count;
}

/* Units of places [from, to) with values in both periods: appends their places and changes. */
static size_t gather(const struct group_time_wide *w, const struct group_time_order *o,
                     const struct uf_group_time_cell *cell, size_t from, size_t to, size_t filled,
                     struct group_time_room *room)
{
    const double *after = w->outcome + cell->period * w->n_units,
                 *before = w->outcome + cell->base * w->n_units;
    for (size_t p = from; p < to; p++) {
        size_t u = o->unit[p];
        double change = after[u] - before[u];
        if (isnan(change)) continue;
        room->place[filled] = p;
        room->change[filled++] = change;
    }
    return filled;
}

/* Covariates and weights of the cell's units, in the column's period `from` where they change over time. */
static void gather_columns(const struct group_time_wide *w, const struct group_time_order *o, size_t n,
                           size_t from, struct group_time_room *room)
{
    size_t k = w->n_covariates;
    for (size_t j = 0; j < k + w->weighted; j++) {
        const struct group_time_column *column = &w->column[j];
        const double *value = column->value + (column->varies ? from * w->n_units : 0);
        double *to = j < k ? room->covariates + j * n : room->weight;
        for (size_t i = 0; i < n; i++) to[i] = value[o->unit[room->place[i]]];
    }
}

static void set_design(const struct group_time_wide *w, const struct group_time_order *o,
                       enum uf_drdid_estimator estimator, const struct uf_group_time_cell *cell,
                       size_t control, struct group_time_room *room)
{
    size_t n = cell->n_treated + cell->n_control, k = w->n_covariates;
    bool varies = w->varying_covariates || (w->weighted && w->column[k].varies);
    size_t period = varies ? cell->base : 0;
    if (room->set && !w->gaps && room->key_cohort == cell->cohort && room->key_control == control &&
        room->key_period == period && room->key_treated == cell->n_treated && room->key_units == n)
        return;
    gather_columns(w, o, n, cell->base, room);
    uf_drdid_design_set(room->design, estimator, cell->n_treated, cell->n_control,
                        w->weighted ? room->weight : NULL, room->covariates, n, k, &room->diagnosis);
    room->set = true;
    room->key_cohort = cell->cohort, room->key_control = control, room->key_period = period;
    room->key_treated = cell->n_treated, room->key_units = n;
}

/* An error below this share of the largest change is rounding: a regression that leaves nothing over. */
#define NIL 1e-12

/* By cluster where clusters hold several units. Rounding is 0: as an error it would decide every joint test. */
static double error_of(const struct group_time_wide *w, const struct group_time_order *o, size_t n,
                       struct group_time_room *room)
{
    double sum = 0, largest = 0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(room->change[i]));
    for (size_t i = 0; i < n; i++) room->by_row[w->cluster[o->unit[room->place[i]]]] += room->influence[i];
    for (size_t i = 0; i < n; i++) { /* a row is met once for each of its units, and empty the second time */
        double *row = &room->by_row[w->cluster[o->unit[room->place[i]]]];
        sum += *row * *row;
        *row = 0;
    }
    return sqrt(sum) > NIL * largest ? sqrt(sum) : 0;
}

/* The rows of one period: of the cohort (`control` SIZE_MAX), or of all other cohorts from `control` on. */
static size_t gather_rows(const struct group_time_wide *w, const struct group_time_order *o, size_t cohort,
                          size_t control, size_t period, size_t filled, struct group_time_room *room)
{
    for (size_t c = control == SIZE_MAX ? cohort : control; c <= o->n_cohorts; c++) {
        const size_t *range = rows_at(w, o, c, period);
        if (control != SIZE_MAX && c == cohort) continue;
        for (size_t p = range[0]; p < range[1]; p++) {
            room->place[filled] = p;
            room->change[filled++] = w->outcome[o->unit[p]];
        }
        if (control == SIZE_MAX) break;
    }
    return filled;
}

static void cross_section_cell(const struct group_time_wide *w, const struct group_time_order *o,
                               const struct uf_group_time_options *options, struct group_time_room *room,
                               struct uf_group_time_cell *cell, struct group_time_influence *influence)
{
    size_t control = group_time_control_group(w, o, options, cell), end[UF_DRDID_SECTIONS + 1] = {0},
           rows[UF_DRDID_SECTIONS];
    for (size_t a = 0; a < UF_DRDID_SECTIONS; a++) {
        bool after = a == UF_DRDID_TREATED_AFTER || a == UF_DRDID_CONTROL_AFTER;
        bool twice = cell->reference && !after; /* the two periods are one */
        end[a + 1] = twice ? end[a]
                           : gather_rows(w, o, cell->cohort, a < UF_DRDID_CONTROL_AFTER ? SIZE_MAX : control,
                                         after ? cell->period : cell->base, end[a], room);
        rows[a] = end[a + 1] - end[a];
    }
    size_t n = end[UF_DRDID_SECTIONS];
    influence->control = o->start[control], influence->n_places = 0;
    cell->n_treated = end[UF_DRDID_CONTROL_AFTER], cell->n_control = n - cell->n_treated;
    if (cell->reference) {
        cell->estimate = 0;
        return;
    }
    gather_columns(w, o, n, 0, room);
    uf_drdid_sections_set(room->design, options->estimator, rows, w->weighted ? room->weight : NULL,
                          room->covariates, n, w->n_covariates, &cell->diagnosis);
    if (cell->diagnosis.reason != UF_DRDID_ESTIMATED) return;
    cell->estimate = uf_drdid_sections_estimate(room->design, room->change, room->influence);
    cell->std_error = error_of(w, o, n, room);
    memcpy(influence->value, room->influence, n * sizeof *influence->value);
    memcpy(influence->place, room->place, n * sizeof *influence->place);
    influence->n_places = n;
}

void group_time_cell(const struct group_time_wide *w, const struct group_time_order *o,
                     const struct uf_group_time_options *options, struct group_time_room *room,
                     struct uf_group_time_cell *cell, struct group_time_influence *influence)
{
    if (w->cross_sections) {
        cross_section_cell(w, o, options, room, cell, influence);
        return;
    }
    size_t from = o->start[cell->cohort], to = from + o->cohorts[cell->cohort].n_units;
    size_t control = o->start[group_time_control_group(w, o, options, cell)];
    influence->control = control;
    memset(influence->value, 0, (to - from + o->n_sorted - control) * sizeof *influence->value);
    cell->n_treated = gather(w, o, cell, from, to, 0, room);
    size_t n = control < from ? gather(w, o, cell, control, from, cell->n_treated, room) : cell->n_treated;
    n = gather(w, o, cell, control > to ? control : to, o->n_sorted, n, room);
    cell->n_control = n - cell->n_treated;
    if (cell->reference) {
        cell->estimate = 0;
        return;
    }
    set_design(w, o, options->estimator, cell, control, room);
    cell->diagnosis = room->diagnosis;
    if (cell->diagnosis.reason != UF_DRDID_ESTIMATED) return;
    cell->estimate = uf_drdid_estimate(room->design, room->change, room->influence);
    cell->std_error = error_of(w, o, n, room);
    size_t treated = to - from;
    for (size_t i = 0; i < cell->n_treated; i++) influence->value[room->place[i] - from] = room->influence[i];
    for (size_t i = cell->n_treated; i < n; i++)
        influence->value[treated + room->place[i] - control] = room->influence[i];
}

void group_time_add_influence(const struct group_time_order *o, const struct uf_group_time_cell *cell,
                              const struct group_time_influence *influence, double factor, double *sum)
{
    for (size_t i = 0; i < influence->n_places && influence->place; i++)
        sum[influence->place[i]] += factor * influence->value[i];
    if (influence->place) return;
    size_t treated = o->cohorts[cell->cohort].n_units, count = o->n_sorted - influence->control;
    double *to = sum + o->start[cell->cohort];
    const double *value = influence->value;
    for (size_t i = 0; i < treated; i++) to[i] += factor * value[i];
    to = sum + influence->control;
    value += treated;
    for (size_t i = 0; i < count; i++) to[i] += factor * value[i];
}
