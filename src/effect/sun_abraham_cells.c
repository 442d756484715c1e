// SPDX-License-Identifier: GPL-3.0-or-later
/* Which cohorts, references and cells a sample has, and which of the cells it can tell. */
#include "base/fail.h"
#include "effect/sample.h"
#include "effect/sun_abraham_internal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* --- chains of observations --------------------------------------------------------------------- */

static size_t root_of(size_t *parent, size_t node)
{
    while (parent[node] != node) {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    return node;
}

static void join(size_t *parent, size_t a, size_t b)
{
    a = root_of(parent, a), b = root_of(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

/* --- cohorts ------------------------------------------------------------------------------------ */

void sun_abraham_layout_clear(struct sun_abraham_layout *l)
{
    free(l->cohort_of), free(l->count), free(l->weight), free(l->parent), free(l->level);
    memset(l, 0, sizeof *l);
}

/* The periods of the sample, and the control cohort where nobody is never treated. */
static uf_status find_controls(const struct uf_did_data *data, long anticipation,
                               struct sun_abraham_layout *l, struct uf_sun_abraham *out,
                               struct uf_error *error)
{
    size_t last = 0;
    bool never = false, treated = false, several = false;
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        if (first == SIZE_MAX) {
            never = true;
            continue;
        }
        several |= treated && first != last;
        if (!treated || first > last) last = first;
        treated = true;
    }
    if (!treated) return uf_fail(error, UF_NOT_IDENTIFIED, "no unit of the sample is ever treated");
    if (!never && !several)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "all units are treated from the same period on: there is nobody to compare with");
    out->control_first = never ? SIZE_MAX : last;
    l->end = data->n_periods;
    if (!never)
        while (l->end > 0 &&
               sun_abraham_time(data, l->end - 1) >= sun_abraham_time(data, last) - anticipation)
            l->end--;
    for (size_t i = 0; i < data->n; i++)
        if (data->period[i] >= l->end) out->n_late += effect_row_count(data, i);
    return UF_OK;
}

static uf_status list_cohorts(const struct uf_did_data *data, struct sun_abraham_layout *l,
                              struct uf_sun_abraham *out, struct uf_error *error)
{
    const size_t periods = data->n_periods;
    size_t *present = calloc(data->n_units + 1, sizeof *present), /* units that it stands for */
        *units = calloc(periods + 1, sizeof *units);
    l->cohort_of = malloc((periods + 1) * sizeof *l->cohort_of);
    uf_status status = present && units && l->cohort_of ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t i = 0; i < data->n; i++)
            if (data->period[i] < l->end) present[data->unit[i]] = effect_row_count(data, i);
        for (size_t u = 0; u < data->n_units; u++) {
            size_t first = data->first_period[u];
            if (!present[u]) continue;
            if (first == out->control_first)
                out->n_control += present[u];
            else if (first < periods)
                units[first] += present[u];
        }
        for (size_t t = 0; t < periods; t++) out->n_cohorts += units[t] > 0;
        out->cohort = calloc(out->n_cohorts + 1, sizeof *out->cohort);
        status = out->cohort ? UF_OK : uf_fail_memory(error);
    }
    for (size_t t = 0, c = 0; t < periods && status == UF_OK; t++) {
        l->cohort_of[t] = units[t] > 0 ? c : SIZE_MAX;
        if (units[t] > 0)
            out->cohort[c++] =
                (struct uf_treated_cohort){.first_period = t, .n_units = units[t], .reference = SIZE_MAX};
    }
    free(present), free(units);
    return status;
}

/* Observations and weights by cohort (the controls last) and period, and the chains. */
static uf_status count_cells(const struct uf_did_data *data, struct sun_abraham_layout *l,
                             const struct uf_sun_abraham *out, struct uf_error *error)
{
    const size_t periods = data->n_periods, cells = (out->n_cohorts + 1) * periods;
    l->count = calloc(cells + 1, sizeof *l->count);
    l->weight = calloc(cells + 1, sizeof *l->weight);
    l->parent = malloc((cells + data->n_units + 1) * sizeof *l->parent);
    l->level = malloc((cells + 1) * sizeof *l->level);
    if (!l->count || !l->weight || !l->parent || !l->level) return uf_fail_memory(error);
    for (size_t node = 0; node < cells + data->n_units; node++) l->parent[node] = node;
    for (size_t i = 0; i < data->n; i++) {
        if (data->period[i] >= l->end) continue;
        size_t slot = sun_abraham_slot(data, l, out, i);
        l->count[slot] += effect_row_count(data, i);
        l->weight[slot] += data->weights ? data->weights[i] : 1;
        join(l->parent, slot, cells + data->unit[i]);
    }
    return UF_OK;
}

static void choose_references(const struct uf_did_data *data, const struct uf_sun_abraham_options *options,
                              const struct sun_abraham_layout *l, struct uf_sun_abraham *out)
{
    for (size_t c = 0; c < out->n_cohorts; c++) {
        struct uf_treated_cohort *cohort = &out->cohort[c];
        size_t before = SIZE_MAX, later = SIZE_MAX;
        for (size_t t = 0; t < l->end; t++) {
            long event = sun_abraham_time(data, t) - sun_abraham_time(data, cohort->first_period);
            if (l->count[c * data->n_periods + t] == 0 || event >= -options->anticipation) continue;
            if (event <= options->reference) before = t;
            later = t;
        }
        cohort->reference = before != SIZE_MAX ? before : later;
        cohort->moved =
            cohort->reference != SIZE_MAX &&
            sun_abraham_time(data, cohort->reference) - sun_abraham_time(data, cohort->first_period) !=
                options->reference;
        if (cohort->reference == SIZE_MAX)
            out->n_always += cohort->n_units;
        else
            out->n_units += cohort->n_units;
    }
}

static enum uf_cell_reason judge(const struct sun_abraham_layout *l, const struct uf_sun_abraham *out,
                                 size_t periods, size_t c, size_t t)
{
    const size_t reference = out->cohort[c].reference, control = out->n_cohorts * periods;
    if (t == reference) return UF_CELL_REFERENCE;
    if (l->count[control + t] == 0) return UF_CELL_NO_CONTROL;
    if (l->count[control + reference] == 0 ||
        root_of(l->parent, control + t) != root_of(l->parent, control + reference))
        return UF_CELL_NO_LINK;
    if (root_of(l->parent, c * periods + t) != root_of(l->parent, c * periods + reference))
        return UF_CELL_NO_UNIT;
    return UF_CELL_ESTIMATED;
}

static uf_status list_cells(const struct uf_did_data *data, struct sun_abraham_layout *l,
                            struct uf_sun_abraham *out, struct uf_error *error)
{
    const size_t periods = data->n_periods, control = out->n_cohorts * periods;
    bool effect = false;
    out->cell = calloc(control + 1, sizeof *out->cell);
    if (!out->cell) return uf_fail_memory(error);
    for (size_t slot = 0; slot < control + periods; slot++)
        l->level[slot] = slot < control ? SUN_ABRAHAM_LEFT_OUT : SUN_ABRAHAM_NO_CELL;
    for (size_t c = 0; c < out->n_cohorts; c++) {
        if (out->cohort[c].reference == SIZE_MAX) continue;
        const size_t before = l->n_levels;
        for (size_t t = 0; t < l->end; t++) {
            const size_t slot = c * periods + t;
            if (l->count[slot] == 0) continue;
            struct uf_cohort_cell *cell = &out->cell[out->n_cells++];
            *cell = (struct uf_cohort_cell){
                .cohort = c,
                .period = t,
                .event_time = sun_abraham_time(data, t) - sun_abraham_time(data, out->cohort[c].first_period),
                .reason = judge(l, out, periods, c, t),
                .estimate = UF_CELL_REFERENCE == judge(l, out, periods, c, t) ? 0 : SUN_ABRAHAM_NONE,
                .weight = l->weight[slot],
                .n_treated = l->count[slot],
                .n_control = l->count[control + t],
                .place = SIZE_MAX};
            if (cell->reason == UF_CELL_REFERENCE) l->level[slot] = SUN_ABRAHAM_NO_CELL;
            if (cell->reason == UF_CELL_ESTIMATED) {
                l->level[slot] = (uint32_t)l->n_levels++;
                effect |= cell->event_time >= 0;
            }
            if (l->level[slot] == SUN_ABRAHAM_LEFT_OUT) out->n_unlinked += l->count[slot];
        }
        if (l->n_levels > before) continue;
        /* a reference that nothing is compared with: its rows would only pass for clusters */
        const size_t slot = c * periods + out->cohort[c].reference;
        l->level[slot] = SUN_ABRAHAM_LEFT_OUT;
        out->n_unlinked += l->count[slot];
    }
    if (effect) return UF_OK;
    return uf_fail(
        error, UF_NOT_IDENTIFIED,
        "no cohort can be compared with controls from its start on: each needs a period before its start, "
        "and controls with values in both");
}

uf_status sun_abraham_layout_init(const struct uf_did_data *data,
                                  const struct uf_sun_abraham_options *options, struct sun_abraham_layout *l,
                                  struct uf_sun_abraham *out, struct uf_error *error)
{
    UF_TRY(find_controls(data, options->anticipation, l, out, error));
    UF_TRY(list_cohorts(data, l, out, error));
    UF_TRY(count_cells(data, l, out, error));
    choose_references(data, options, l, out);
    return list_cells(data, l, out, error);
}

/* --- balance ------------------------------------------------------------------------------------ */

bool uf_sun_abraham_by_means(const struct uf_did_data *data)
{
    size_t *count = calloc(data->n_units + 1, sizeof *count), most = 0;
    unsigned char *seen = calloc(data->n_periods + 1, 1);
    double *weight = calloc(data->n_units + 1, sizeof *weight);
    bool balanced = count && seen && weight;
    for (size_t i = 0; balanced && i < data->n; i++) {
        size_t u = data->unit[i];
        double w = data->weights ? data->weights[i] : 1;
        if (count[u]++ == 0)
            weight[u] = w;
        else
            balanced = weight[u] == w;
        most += !seen[data->period[i]];
        seen[data->period[i]] = 1;
    }
    for (size_t u = 0; balanced && u < data->n_units; u++) balanced = count[u] == 0 || count[u] == most;
    free(count), free(seen), free(weight);
    return balanced;
}
