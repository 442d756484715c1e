// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"
#include "effect/group_time_internal.h"

#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void uf_group_time_clear(struct uf_group_time *g)
{
    if (!g) return;
    if (g->work) {
        for (size_t c = 0; g->work->influence && c < g->n_cells; c++)
            free(g->work->influence[c].value), free(g->work->influence[c].place);
        free(g->work->influence);
        group_time_wide_clear(&g->work->wide);
        group_time_order_clear(&g->work->order);
        free(g->work);
    }
    free(g->cells);
    memset(g, 0, sizeof *g);
}

/* The cells from `first` on that are of the same cohort, one after the other: they share a design. */
static uf_status estimate_cohort(struct uf_group_time *g, const struct uf_group_time_options *options,
                                 size_t first, struct group_time_room *room)
{
    struct uf_group_time_work *work = g->work;
    for (size_t c = first; c < g->n_cells && g->cells[c].cohort == g->cells[first].cohort; c++) {
        struct group_time_influence *influence = &work->influence[c];
        size_t size = group_time_influence_size(&work->wide, &work->order, options, &g->cells[c]);
        influence->value = malloc((size + 1) * sizeof *influence->value);
        influence->place = work->wide.cross_sections ? malloc((size + 1) * sizeof *influence->place) : NULL;
        if (!influence->value || (work->wide.cross_sections && !influence->place)) return UF_NO_MEMORY;
        group_time_cell(&work->wide, &work->order, options, room, &g->cells[c], &work->influence[c]);
    }
    return UF_OK;
}

static int threads_of(const struct uf_group_time *g, const struct uf_group_time_options *options)
{
    int threads = options->threads > 0 ? options->threads : omp_get_max_threads();
    return (size_t)threads > g->n_cohorts ? (int)g->n_cohorts : threads;
}

/* Cohorts are shared out over the threads; each cell is one thread's work, from first to last. */
static uf_status estimate_all(struct uf_group_time *g, const struct uf_group_time_options *options,
                              struct uf_error *error)
{
    int failed = 0;
#pragma omp parallel num_threads(threads_of(g, options)) reduction(| : failed)
    {
        struct group_time_room room = {0};
        bool ready = group_time_room_init(&g->work->wide, &room, NULL) == UF_OK;
        failed |= !ready;
#pragma omp for schedule(dynamic, 1)
        for (size_t c = 0; c < g->n_cells; c++) {
            if (!ready || (c > 0 && g->cells[c - 1].cohort == g->cells[c].cohort)) continue;
            failed |= estimate_cohort(g, options, c, &room) != UF_OK;
        }
        group_time_room_clear(&room);
    }
    return failed ? uf_fail_memory(error) : UF_OK;
}

static void set_weights(struct uf_group_time *g)
{
    double total = 0;
    for (size_t c = 0; c < g->n_cells; c++)
        if (g->cells[c].post && group_time_counts(&g->cells[c]))
            total += g->cohorts[g->cells[c].cohort].weight;
    for (size_t c = 0; c < g->n_cells; c++)
        if (g->cells[c].post && group_time_counts(&g->cells[c]))
            g->cells[c].weight = g->cohorts[g->cells[c].cohort].weight / total;
}

/* Of cross-sections the units, not the rows, without a period before their start. */
static uf_status count_always(struct uf_group_time *g, long anticipation, struct uf_error *error)
{
    const struct uf_did_data *data = g->work->wide.data;
    unsigned char *seen = calloc(data->n_units + 1, 1);
    if (!seen) return uf_fail_memory(error);
    g->n_always = 0;
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        if (first == SIZE_MAX || seen[data->unit[i]]) continue;
        seen[data->unit[i]] = 1;
        long time = data->time ? data->time[first] : (long)first, start = data->time ? data->time[0] : 0;
        g->n_always += time - anticipation <= start;
    }
    free(seen);
    return UF_OK;
}

/* Every cohort must have a period that early. */
static uf_status check_reference(const struct uf_did_data *data, const struct group_time_order *o,
                                 const struct uf_group_time_options *options, struct uf_error *error)
{
    if (options->reference == 0) return UF_OK;
    if (options->base != UF_BASE_UNIVERSAL || options->reference >= -options->anticipation)
        return uf_fail(error, UF_BAD_USAGE,
                       "reference %ld: expected one before the anticipation, with the universal base period",
                       options->reference);
    for (size_t c = 0; c < o->n_cohorts; c++) {
        const size_t first = o->cohorts[c].first_period;
        const long start = data->time ? data->time[first] : (long)first,
                   least = data->time ? data->time[0] : 0;
        if (least > start + options->reference)
            return uf_fail(
                error, UF_BAD_USAGE,
                "reference %ld: a cohort has only %ld periods before its start; expected %ld to %ld",
                options->reference, start - least, least - start, -1 - options->anticipation);
    }
    return UF_OK;
}

static uf_status estimate(const struct uf_did_data *data, const struct uf_group_time_options *options,
                          struct uf_group_time *g, struct uf_error *error)
{
    struct uf_group_time_work *work = g->work;
    if (options->cross_sections && options->estimator > UF_DRDID_IPW)
        return uf_fail(
            error, UF_BAD_USAGE,
            "this estimator needs a panel; repeated cross-sections have doubly-robust, regression and "
            "ipw");
    UF_TRY(group_time_wide_init(data, options->cross_sections, &work->wide, error));
    UF_TRY(group_time_order_init(&work->wide, &work->order, error));
    group_time_order_sort(&work->wide, work->wide.first_period, options->anticipation, &work->order);
    if (work->order.n_cohorts == 0)
        return uf_fail(error, UF_NOT_IDENTIFIED, "no cohort has a period before its start%s",
                       options->anticipation > 0 ? " less the anticipation" : "");
    UF_TRY(check_reference(data, &work->order, options, error));
    g->cohorts = work->order.cohorts;
    g->n_cohorts = work->order.n_cohorts;
    g->n_units = work->order.n_sorted;
    g->n_never = work->order.n_sorted - work->order.start[g->n_cohorts];
    g->n_always = work->order.n_always;
    if (options->cross_sections) UF_TRY(count_always(g, options->anticipation, error));
    g->n_clusters = work->wide.n_clusters;
    g->n_rows = work->wide.n_rows;
    g->by_cluster = data->n_cluster_dimensions == 1;
    g->varying_covariates = work->wide.varying_covariates;
    g->gaps = work->wide.gaps;
    size_t most = g->n_cohorts * data->n_periods;
    g->cells = calloc(most + 1, sizeof *g->cells);
    work->influence = calloc(most + 1, sizeof *work->influence);
    if (!g->cells || !work->influence) return uf_fail_memory(error);
    g->n_cells = group_time_list(&work->wide, &work->order, options, false, g->cells);
    UF_TRY(estimate_all(g, options, error));
    set_weights(g);
    return UF_OK;
}

uf_status uf_group_time_estimate(const struct uf_did_data *data, const struct uf_group_time_options *options,
                                 struct uf_group_time *out, struct uf_error *error)
{
    const struct uf_group_time_options defaults = {0};
    struct uf_group_time g = {.work = calloc(1, sizeof *g.work)};
    uf_status status = g.work ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = estimate(data, options ? options : &defaults, &g, error);
    if (status != UF_OK)
        uf_group_time_clear(&g);
    else
        *out = g;
    return status;
}
