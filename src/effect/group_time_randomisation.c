// SPDX-License-Identifier: GPL-3.0-or-later
/* The cohorts dealt out anew, and the whole estimator with them. */
#include "base/fail.h"
#include "effect/group_time_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct dealer {
    const struct uf_group_time_options *options;
    const struct uf_did_assignment *assignment;
    const struct uf_did_noise *noise; /* NULL: none */
    bool leads;                       /* statistics of what comes before the start */
    struct group_time_wide wide;
    struct group_time_order order;
    struct group_time_room room;
    struct uf_group_time_cell *cells;
    struct group_time_influence influence;
    size_t *block, *first_period; /* n_units */
    double *sum, *effect, *by_row;
    double *share; /* n_blocks × n_periods: the weight of a block's outcomes in the average */
    double shift;
};

static void dealer_clear(struct dealer *d)
{
    group_time_wide_clear(&d->wide);
    group_time_order_clear(&d->order);
    group_time_room_clear(&d->room);
    free(d->cells), free(d->influence.value), free(d->influence.place), free(d->block), free(d->first_period);
    free(d->sum), free(d->effect), free(d->by_row), free(d->share);
}

static uf_status dealer_init(const struct uf_did_data *data, struct dealer *d, struct uf_error *error)
{
    UF_TRY(group_time_wide_init(data, d->options->cross_sections, &d->wide, error));
    UF_TRY(group_time_order_init(&d->wide, &d->order, error));
    UF_TRY(group_time_room_init(&d->wide, &d->room, error));
    size_t n = d->wide.n_units + 1, periods = data->n_periods + 1;
    d->cells = malloc(periods * periods * sizeof *d->cells);
    d->influence.value = malloc(2 * n * sizeof(double));
    d->influence.place = d->wide.cross_sections ? malloc(2 * n * sizeof(size_t)) : NULL;
    d->block = malloc(n * sizeof *d->block);
    d->first_period = malloc(n * sizeof *d->first_period);
    d->sum = malloc(n * sizeof(double));
    d->effect = malloc(periods * sizeof(double));
    d->by_row = malloc((d->wide.n_rows + 1) * sizeof(double));
    d->share = malloc((d->assignment->n_blocks + 1) * periods * sizeof(double));
    if (!d->cells || !d->influence.value || (d->wide.cross_sections && !d->influence.place) || !d->block || !d->first_period || !d->sum || !d->effect ||
        !d->by_row || !d->share)
        return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++)
        d->block[d->wide.cross_sections ? i : data->unit[i]] = d->assignment->block[i];
    return UF_OK;
}

/* What each outcome of the cell, and each actual treatment, weighs in the sum over cells. */
static void add_shares(struct dealer *d, const struct uf_group_time_cell *cell, double weight)
{
    const struct uf_did_data *data = d->wide.data;
    bool rows = d->wide.cross_sections;
    double *unit_weight = d->room.change; /* the changes have been used */
    if (rows)
        uf_drdid_sections_weights(d->room.design, unit_weight);
    else
        uf_drdid_weights(d->room.design, unit_weight);
    for (size_t i = 0; i < cell->n_treated + cell->n_control; i++) {
        size_t u = d->order.unit[d->room.place[i]], first = d->wide.first_period[u];
        double *share = d->share + d->block[u] * data->n_periods, x = weight * unit_weight[i];
        size_t after = rows ? data->period[u] : cell->period;
        share[after] += x;
        d->shift += x * (after >= first);
        if (rows) continue;
        share[cell->base] -= x;
        d->shift -= x * (cell->base >= first);
    }
}

/* The simple average, its influence and its weights in one pass over the cells. */
static void average(struct dealer *d, size_t n_cells, struct uf_randomisation_statistics *out)
{
    const struct group_time_order *o = &d->order;
    const size_t periods = d->wide.n_periods;
    double total = 0, sum = 0, square = 0, noise = 0;
    memset(d->sum, 0, o->n_sorted * sizeof *d->sum);
    memset(d->share, 0, d->assignment->n_blocks * periods * sizeof *d->share);
    d->shift = 0;
    for (size_t c = 0; c < n_cells; c++) {
        struct uf_group_time_cell *cell = &d->cells[c];
        group_time_cell(&d->wide, o, d->options, &d->room, cell, &d->influence);
        if (!group_time_counts(cell)) continue;
        double weight = o->cohorts[cell->cohort].weight;
        total += weight;
        sum += weight * cell->estimate;
        group_time_add_influence(o, cell, &d->influence, weight, d->sum);
        add_shares(d, cell, weight);
    }
    if (!(total > 0)) return;
    out->coefficient = sum / total;
    out->shift = d->shift / total;
    memset(d->effect, 0, o->n_cohorts * sizeof *d->effect);
    for (size_t c = 0; c < n_cells; c++)
        if (group_time_counts(&d->cells[c]))
            d->effect[d->cells[c].cohort] += d->cells[c].estimate - out->coefficient;
    memset(d->by_row, 0, d->wide.n_rows * sizeof *d->by_row);
    for (size_t c = 0; c <= o->n_cohorts; c++) /* the never treated last, whose weight does not count */
        for (size_t p = o->start[c]; p < o->start[c + 1]; p++) {
            size_t u = o->unit[p];
            double more = c < o->n_cohorts ? d->effect[c] * d->wide.unit_weight[u] : 0;
            d->by_row[d->wide.cluster[u]] += (d->sum[p] + more) / total;
        }
    for (size_t r = 0; r < d->wide.n_rows; r++) square += d->by_row[r] * d->by_row[r];
    if (square > 0) out->t = out->coefficient / sqrt(square);
    if (!d->noise) return;
    for (size_t cell = 0; cell < d->assignment->n_blocks * periods; cell++) {
        double mean = d->noise->weight[cell] > 0 ? d->share[cell] / total / d->noise->weight[cell] : 0;
        noise += d->noise->variance[cell / periods] * mean * mean;
    }
    if (noise > 0) out->scaled = out->coefficient / sqrt(noise);
}

static void mean_square(struct dealer *d, size_t n_cells, struct uf_randomisation_statistics *out)
{
    double total = 0, sum = 0;
    for (size_t c = 0; c < n_cells; c++) {
        struct uf_group_time_cell *cell = &d->cells[c];
        if (!cell->lead || cell->reference) continue;
        group_time_cell(&d->wide, &d->order, d->options, &d->room, cell, &d->influence);
        if (!group_time_counts(cell)) continue;
        double weight = d->order.cohorts[cell->cohort].weight;
        total += weight;
        sum += weight * cell->estimate * cell->estimate;
    }
    if (total > 0) out->coefficient = sqrt(sum / total);
}

static uf_status statistic(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                           struct uf_error *error)
{
    struct dealer *d = user;
    (void)error;
    for (size_t u = 0; u < d->wide.n_units; u++)
        d->first_period[u] =
            d->wide.cluster[u] == SIZE_MAX ? SIZE_MAX : d->assignment->first_period[path[d->block[u]]];
    group_time_order_sort(&d->wide, d->first_period, d->options->anticipation, &d->order);
    d->room.set = false;
    size_t n_cells = group_time_list(&d->wide, &d->order, d->options, !d->leads, d->cells);
    if (d->leads)
        mean_square(d, n_cells, out);
    else
        average(d, n_cells, out);
    return UF_OK;
}

static uf_status deal(const struct uf_did_data *data, const struct uf_group_time_options *options,
                      const struct uf_did_assignment *assignment, const struct uf_did_noise *noise,
                      bool leads, const struct uf_randomisation_options *randomisation,
                      struct uf_randomisation *out, struct uf_error *error)
{
    const struct uf_group_time_options defaults = {0};
    struct dealer dealer = {
        .options = options ? options : &defaults, .assignment = assignment, .noise = noise, .leads = leads};
    const struct uf_randomisation_design design = {assignment->n_blocks, assignment->n_paths,
                                                   assignment->path};
    uf_status status = dealer_init(data, &dealer, error);
    if (status == UF_OK) status = uf_randomise(&design, statistic, &dealer, randomisation, out, error);
    dealer_clear(&dealer);
    return status;
}

uf_status uf_group_time_randomise(const struct uf_did_data *data, const struct uf_group_time_options *options,
                                  const struct uf_did_assignment *assignment,
                                  const struct uf_did_noise *noise,
                                  const struct uf_randomisation_options *randomisation,
                                  struct uf_randomisation *out, struct uf_error *error)
{
    return deal(data, options, assignment, noise, false, randomisation, out, error);
}

uf_status uf_group_time_randomise_leads(const struct uf_did_data *data,
                                        const struct uf_group_time_options *options,
                                        const struct uf_did_assignment *assignment,
                                        const struct uf_randomisation_options *randomisation,
                                        struct uf_randomisation *out, struct uf_error *error)
{
    return deal(data, options, assignment, NULL, true, randomisation, out, error);
}
