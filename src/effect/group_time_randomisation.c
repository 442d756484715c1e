// SPDX-License-Identifier: GPL-3.0-or-later
/* The cohorts dealt out anew, and the whole estimator with them. */
#include "base/fail.h"
#include "effect/group_time_sums.h"
#include "effect/placebo_drift.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct dealer {
    const struct uf_group_time_options *options;
    const struct uf_did_assignment *assignment;
    const struct uf_did_noise *noise; /* NULL: none */
    struct placebo_leads found;
    bool leads; /* statistics of what comes before the start */
    struct group_time_wide wide;
    struct group_time_order order;
    struct group_time_room room;
    struct uf_group_time_cell *cells;
    struct group_time_influence influence;
    size_t *block, *first_period; /* n_units */
    double *sum, *effect, *by_row;
    double *share; /* n_blocks × n_periods: the weight of a block's outcomes in the average */
    double shift;
    struct group_time_sums *sums; /* NULL: the rows themselves are compared */
    size_t n_cells, *cohort; /* with sums: of the actual assignment, which all others share; of each block */
};

static void dealer_clear(void *dealer)
{
    struct dealer *d = dealer;
    group_time_sums_free(d->sums);
    group_time_wide_clear(&d->wide);
    group_time_order_clear(&d->order);
    group_time_room_clear(&d->room);
    free(d->cells), free(d->influence.value), free(d->influence.place), free(d->block), free(d->first_period);
    free(d->sum), free(d->effect), free(d->by_row), free(d->share), free(d->cohort);
}

/* From sums by block, where they serve: the work space of the rows is not needed then. */
static uf_status take_sums(struct dealer *d, struct uf_error *error)
{
    bool regression;
    size_t n_blocks = d->assignment->n_blocks;
    group_time_order_sort(&d->wide, d->wide.first_period, d->options->anticipation, &d->order);
    if (!group_time_sums_serve(&d->wide, &d->order, d->options, n_blocks, d->block, &regression))
        return UF_OK;
    d->n_cells = group_time_list(&d->wide, &d->order, d->options, !d->leads, d->cells);
    d->cohort = malloc((n_blocks + 1) * sizeof *d->cohort);
    if (!d->cohort) return uf_fail_memory(error);
    return group_time_sums_new(&d->wide, &d->order, d->options, d->cells, d->n_cells, n_blocks, d->block,
                               &d->sums, error);
}

static uf_status dealer_init(const struct uf_did_data *data, struct dealer *d, struct uf_error *error)
{
    UF_TRY(group_time_wide_init(data, d->options->cross_sections, &d->wide, error));
    UF_TRY(group_time_order_init(&d->wide, &d->order, error));
    size_t n = d->wide.n_units + 1, periods = data->n_periods + 1, blocks = d->assignment->n_blocks + 1;
    d->cells = malloc(periods * periods * sizeof *d->cells);
    d->block = calloc(n, sizeof *d->block);
    d->effect = malloc(periods * sizeof(double));
    d->by_row = malloc((d->wide.n_rows + 1) * sizeof(double));
    d->share = malloc(blocks * periods * sizeof(double));
    d->sum = malloc((n > blocks ? n : blocks) * sizeof(double));
    if (!d->cells || !d->block || !d->effect || !d->by_row || !d->share || !d->sum)
        return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++)
        d->block[d->wide.cross_sections ? i : data->unit[i]] = d->assignment->block[i];
    UF_TRY(take_sums(d, error));
    if (d->sums) return UF_OK;
    UF_TRY(group_time_room_init(&d->wide, &d->room, error));
    d->influence.value = malloc(2 * n * sizeof(double));
    d->influence.place = d->wide.cross_sections ? malloc(2 * n * sizeof(size_t)) : NULL;
    d->first_period = malloc(n * sizeof *d->first_period);
    bool fine = d->influence.value && (!d->wide.cross_sections || d->influence.place) && d->first_period;
    return fine ? UF_OK : uf_fail_memory(error);
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

/* Over what the blocks' noise implies for the weights that their outcomes have. */
static void scale(const struct dealer *d, double total, struct uf_randomisation_statistics *out)
{
    const size_t periods = d->wide.n_periods;
    double noise = 0;
    if (!d->noise) return;
    for (size_t cell = 0; cell < d->assignment->n_blocks * periods; cell++) {
        double mean = d->noise->weight[cell] > 0 ? d->share[cell] / total / d->noise->weight[cell] : 0;
        noise += d->noise->variance[cell / periods] * mean * mean;
    }
    if (noise > 0) out->scaled = out->coefficient / sqrt(noise);
}

/* The simple average, its influence and its weights in one pass over the cells. */
static void average(struct dealer *d, size_t n_cells, struct uf_randomisation_statistics *out)
{
    const struct group_time_order *o = &d->order;
    const size_t periods = d->wide.n_periods;
    double total = 0, sum = 0, square = 0;
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
    scale(d, total, out);
}

static void finish_leads(struct dealer *d, double sum, double total, struct uf_randomisation_statistics *out)
{
    if (total > 0) out->coefficient = sqrt(sum / total);
    for (size_t j = 0; d->found.value && j < d->found.count; j++) d->found.value[j] /= sqrt(total);
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
        if (d->found.value) d->found.value[d->found.count++] = sqrt(weight) * cell->estimate;
    }
    finish_leads(d, sum, total, out);
}

/* --- the same from sums by block ------------------------------------------------------------------ */

/* The weight of each cohort under an assignment. */
static void weigh_cohorts(struct dealer *d)
{
    struct uf_group_time_cohort *cohorts = d->order.cohorts;
    for (size_t c = 0; c < d->order.n_cohorts; c++) cohorts[c].weight = 0;
    for (size_t b = 0; b < d->assignment->n_blocks; b++)
        if (d->cohort[b] < d->order.n_cohorts)
            cohorts[d->cohort[b]].weight += group_time_sums_weight(d->sums, b);
}

static void average_of_sums(struct dealer *d, struct uf_randomisation_statistics *out)
{
    const size_t n_blocks = d->assignment->n_blocks, periods = d->wide.n_periods;
    double total = 0, sum = 0, square = 0;
    memset(d->sum, 0, n_blocks * sizeof *d->sum);
    memset(d->share, 0, n_blocks * periods * sizeof *d->share);
    for (size_t c = 0; c < d->n_cells; c++) {
        double weight = d->order.cohorts[d->cells[c].cohort].weight;
        d->cells[c].estimate = group_time_sums_cell(d->sums, d->cohort, c);
        if (isnan(d->cells[c].estimate)) continue;
        total += weight;
        sum += weight * d->cells[c].estimate;
        group_time_sums_add(d->sums, d->cohort, c, weight, d->sum, d->share);
    }
    if (!(total > 0)) return;
    out->coefficient = sum / total;
    d->shift = 0;
    for (size_t b = 0; b < n_blocks; b++) {
        size_t first = d->assignment->first_period[d->assignment->path[b]];
        for (size_t t = first; t < periods; t++) d->shift += d->share[b * periods + t];
    }
    out->shift = d->shift / total;
    memset(d->effect, 0, (d->order.n_cohorts + 1) * sizeof *d->effect);
    for (size_t c = 0; c < d->n_cells; c++)
        if (!isnan(d->cells[c].estimate))
            d->effect[d->cells[c].cohort] += d->cells[c].estimate - out->coefficient;
    memset(d->by_row, 0, d->wide.n_rows * sizeof *d->by_row);
    for (size_t b = 0; b < n_blocks; b++) {
        double more = d->cohort[b] < d->order.n_cohorts
                          ? d->effect[d->cohort[b]] * group_time_sums_weight(d->sums, b)
                          : 0;
        d->by_row[group_time_sums_row(d->sums, b)] += (d->sum[b] + more) / total;
    }
    for (size_t r = 0; r < d->wide.n_rows; r++) square += d->by_row[r] * d->by_row[r];
    if (square > 0) out->t = out->coefficient / sqrt(square);
    scale(d, total, out);
}

static void mean_square_of_sums(struct dealer *d, struct uf_randomisation_statistics *out)
{
    double total = 0, sum = 0;
    for (size_t c = 0; c < d->n_cells; c++) {
        if (!d->cells[c].lead || d->cells[c].reference) continue;
        double weight = d->order.cohorts[d->cells[c].cohort].weight,
               estimate = group_time_sums_cell(d->sums, d->cohort, c);
        if (isnan(estimate)) continue;
        total += weight;
        sum += weight * estimate * estimate;
        if (d->found.value) d->found.value[d->found.count++] = sqrt(weight) * estimate;
    }
    finish_leads(d, sum, total, out);
}

static void statistic_of_sums(struct dealer *d, const size_t *path, struct uf_randomisation_statistics *out)
{
    for (size_t b = 0; b < d->assignment->n_blocks; b++) {
        size_t first = d->assignment->first_period[path[b]], c = 0;
        while (c < d->order.n_cohorts && d->order.cohorts[c].first_period != first) c++;
        /* a start that no cohort has is one without a period before it */
        d->cohort[b] = c == d->order.n_cohorts && first != SIZE_MAX ? SIZE_MAX : c;
    }
    weigh_cohorts(d);
    if (d->leads)
        mean_square_of_sums(d, out);
    else
        average_of_sums(d, out);
}

static uf_status statistic(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                           struct uf_error *error)
{
    struct dealer *d = user;
    (void)error;
    if (d->sums) {
        statistic_of_sums(d, path, out);
        return UF_OK;
    }
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

/* --- what the leads would have found --------------------------------------------------------------- */

static uf_status init_placebo(void *dealer, const struct uf_did_data *data,
                              const struct uf_did_assignment *assignment, const void *options,
                              struct uf_error *error)
{
    struct dealer *d = dealer;
    *d = (struct dealer){.options = options, .assignment = assignment, .leads = true};
    return dealer_init(data, d, error);
}

uf_status group_time_placebo_drift(const struct placebo_sample *sample,
                                   const struct uf_group_time_options *options, double work, uint64_t seed,
                                   struct placebo_slopes *out, struct uf_error *error)
{
    const struct placebo_estimator estimator = {.options = options,
                                                .size = sizeof(struct dealer),
                                                .stride = (sample->assignment->n_paths + 1) *
                                                          sample->data->n_periods,
                                                .work = work,
                                                .init = init_placebo,
                                                .clear = dealer_clear,
                                                .statistic = statistic,
                                                .leads_at = offsetof(struct dealer, found)};
    return placebo_drift_of_estimator(sample, &estimator, seed, out, error);
}
