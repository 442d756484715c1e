// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The terms of `sun-abraham` under one assignment of a balanced panel without covariates, where a cell is a difference of mean
 * changes. A term is a sum Σ s m of the means of few slots (cohorts, then controls, by period), and an outcome weighs
 * s w/W in it, W the slot's weight. So that its statistics need no more than its slots: what the noise of blocks implies is
 * Σ s² N, N once for all terms of an assignment, and an effect on those actually treated raises it by Σ s times their share.
 */
#include "base/fail.h"
#include "effect/sun_abraham_dealer.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void sun_abraham_means_clear(struct sun_abraham_means *m)
{
    free(m->row), free(m->deviation), free(m->weight), free(m->mean), free(m->noise), free(m->slot);
    free(m->unit), free(m->first_unit), free(m->start), free(m->first_period), free(m->treated);
    free(m->block_weight), free(m->block_group), free(m->score);
    memset(m, 0, sizeof *m);
}

static size_t n_scores(const struct uf_did_data *data)
{
    return data->n_cluster_dimensions ? data->n_groups[0] : data->n_units;
}

/* Rows by unit and period, outcomes less their unit's mean. */
static bool number_rows(const struct uf_did_data *data, struct sun_abraham_means *m)
{
    const size_t periods = data->n_periods;
    memset(m->row, 0xff, data->n_units * periods * sizeof *m->row); /* SIZE_MAX */
    for (size_t i = 0; i < data->n; i++) {
        size_t *row = &m->row[data->unit[i] * periods + data->period[i]];
        if (*row != SIZE_MAX) return false;
        *row = i;
    }
    for (size_t u = 0; u < data->n_units; u++) {
        const size_t *row = m->row + u * periods;
        double sum = 0, count = 0;
        m->weight[u] = 0;
        for (size_t t = 0; t < periods; t++) {
            if (row[t] == SIZE_MAX) continue;
            sum += data->outcome[row[t]], count++;
            m->weight[u] = sun_abraham_row_weight(data, row[t]);
        }
        for (size_t t = 0; t < periods; t++)
            if (row[t] != SIZE_MAX) m->deviation[row[t]] = data->outcome[row[t]] - sum / count;
    }
    return true;
}

/* The actual starts. */
static void number_starts(const struct uf_did_data *data, struct sun_abraham_means *m)
{
    for (size_t u = 0; u < data->n_units; u++) {
        size_t s = 0;
        while (s < m->n_starts && m->first_period[s] != data->first_period[u]) s++;
        m->start[u] = data->first_period[u] == SIZE_MAX ? SIZE_MAX : s;
        if (m->start[u] == m->n_starts) m->first_period[m->n_starts++] = data->first_period[u];
    }
}

uf_status sun_abraham_means_init(const struct uf_did_data *data, size_t n_blocks, struct sun_abraham_means *m,
                                 bool *serve, struct uf_error *error)
{
    const size_t groups = data->n_periods + 1, slots = groups * groups, units = data->n_units + 1;
    m->row = malloc(units * groups * sizeof *m->row);
    m->deviation = malloc((data->n + 1) * sizeof *m->deviation);
    m->weight = malloc(units * sizeof *m->weight);
    m->mean = malloc(slots * sizeof *m->mean);
    m->noise = malloc(slots * sizeof *m->noise);
    m->slot = malloc(slots * sizeof *m->slot);
    m->unit = malloc(units * sizeof *m->unit);
    m->first_unit = malloc((groups + 2) * sizeof *m->first_unit);
    m->start = malloc(units * sizeof *m->start);
    m->first_period = calloc(units, sizeof *m->first_period);
    m->treated = malloc(groups * units * sizeof *m->treated);
    m->block_weight = malloc((n_blocks + 1) * sizeof *m->block_weight);
    m->block_group = malloc((n_blocks + 1) * sizeof *m->block_group);
    m->score = malloc((n_scores(data) + 1) * sizeof *m->score);
    if (!m->row || !m->deviation || !m->weight || !m->mean || !m->noise || !m->slot || !m->unit ||
        !m->first_unit || !m->start || !m->first_period || !m->treated || !m->block_weight ||
        !m->block_group || !m->score)
        return uf_fail_memory(error);
    *serve = number_rows(data, m);
    number_starts(data, m);
    return UF_OK;
}

/* --- one assignment ---------------------------------------------------------------------------------- */

/* The units of each group, and who of them is actually treated from which start on. */
static void sort_units(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l,
                       const struct uf_sun_abraham *fit)
{
    const struct uf_did_data *data = &d->data;
    struct sun_abraham_means *m = &d->means;
    const size_t groups = fit->n_cohorts + 1;
    memset(m->first_unit, 0, (groups + 2) * sizeof *m->first_unit);
    memset(m->treated, 0, groups * m->n_starts * sizeof *m->treated);
    memset(m->block_weight, 0, d->assignment->n_blocks * sizeof *m->block_weight);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t u = 0; u < data->n_units; u++) {
            if (!(m->weight[u] > 0)) continue;
            const size_t first = data->first_period[u],
                         g = first == fit->control_first ? fit->n_cohorts : l->cohort_of[first];
            if (g == SIZE_MAX) continue; /* seen in late periods only */
            if (pass == 0) {
                m->first_unit[g + 2]++;
                continue;
            }
            m->unit[m->first_unit[g + 1]++] = u;
            m->block_weight[d->block[u]] += m->weight[u];
            m->block_group[d->block[u]] = g;
            if (m->start[u] != SIZE_MAX) m->treated[g * m->n_starts + m->start[u]] += m->weight[u];
        }
        for (size_t g = 1; g <= groups && pass == 0; g++) m->first_unit[g + 1] += m->first_unit[g];
    }
}

static void find_means(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l, size_t groups)
{
    const struct uf_did_data *data = &d->data;
    struct sun_abraham_means *m = &d->means;
    const size_t periods = data->n_periods;
    memset(m->mean, 0, groups * periods * sizeof *m->mean);
    memset(m->noise, 0, groups * periods * sizeof *m->noise);
    for (size_t g = 0; g < groups; g++) {
        double *mean = m->mean + g * periods;
        for (size_t j = m->first_unit[g]; j < m->first_unit[g + 1]; j++) {
            const size_t *row = m->row + m->unit[j] * periods;
            for (size_t t = 0; t < l->end; t++)
                if (row[t] != SIZE_MAX) mean[t] += m->weight[m->unit[j]] * m->deviation[row[t]];
        }
        for (size_t t = 0; t < l->end; t++)
            if (l->weight[g * periods + t] > 0) mean[t] /= l->weight[g * periods + t];
    }
    for (size_t b = 0; d->tally.noise && b < d->assignment->n_blocks; b++) {
        if (!(m->block_weight[b] > 0)) continue;
        const size_t from = m->block_group[b] * periods;
        for (size_t t = 0; t < l->end; t++) {
            if (!(l->weight[from + t] > 0)) continue;
            const double share = m->block_weight[b] / l->weight[from + t];
            m->noise[from + t] += d->tally.implied[b * periods + t] * share * share;
        }
    }
}

static void estimate_cells(const struct sun_abraham_means *m, size_t periods, struct uf_sun_abraham *fit)
{
    const double *control = m->mean + fit->n_cohorts * periods;
    for (size_t c = 0; c < fit->n_cells; c++) {
        struct uf_cohort_cell *cell = &fit->cell[c];
        const double *own = m->mean + cell->cohort * periods;
        const size_t b = fit->cohort[cell->cohort].reference;
        if (cell->reason == UF_CELL_ESTIMATED)
            cell->estimate = own[cell->period] - own[b] - control[cell->period] + control[b];
    }
}

/* What a slot adds to the scores of clusters: the sum of w e times what it weighs. */
static void add_scores(struct sun_abraham_dealer *d, size_t group, size_t period, double times)
{
    const struct uf_did_data *data = &d->data;
    struct sun_abraham_means *m = &d->means;
    const double mean = m->mean[group * data->n_periods + period];
    for (size_t j = m->first_unit[group]; j < m->first_unit[group + 1]; j++) {
        const size_t u = m->unit[j], i = m->row[u * data->n_periods + period];
        m->score[data->n_cluster_dimensions ? data->cluster[0][i] : u] +=
            times * m->weight[u] * (m->deviation[i] - mean);
    }
}

static void add_slot(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l, size_t group,
                     size_t period, double s, double *noise, struct uf_randomisation_statistics *out)
{
    const struct uf_did_data *data = &d->data;
    struct sun_abraham_means *m = &d->means;
    const size_t slot = group * data->n_periods + period;
    const double times = s / l->weight[slot];
    out->coefficient += s * m->mean[slot];
    *noise += s * s * m->noise[slot];
    for (size_t f = 0; f < m->n_starts; f++)
        if (outcome_tally_is_effect(&d->tally, m->first_period[f], period))
            out->shift += times * m->treated[group * m->n_starts + f];
    add_scores(d, group, period, times);
}

static void tell_term(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l,
                      const struct uf_sun_abraham *fit, const struct uf_cell_term *term,
                      struct uf_randomisation_statistics *out)
{
    const size_t periods = d->data.n_periods;
    struct sun_abraham_means *m = &d->means;
    double noise = 0, square = 0;
    long key;
    if (!sun_abraham_find_key(fit, term, &key)) return;
    if (!(uf_sun_abraham_cell_weights(fit, term->kind, key, d->cell_weight) > 0)) return;
    memset(m->slot, 0, (fit->n_cohorts + 1) * periods * sizeof *m->slot);
    memset(m->score, 0, n_scores(&d->data) * sizeof *m->score);
    for (size_t c = 0; c < fit->n_cells; c++)
        sun_abraham_add_cell(fit, c, d->cell_weight[c], periods, m->slot);
    sun_abraham_set_effect(d, term);
    out->coefficient = out->shift = 0;
    for (size_t g = 0; g <= fit->n_cohorts; g++)
        for (size_t t = 0; t < l->end; t++)
            if (m->slot[g * periods + t] != 0) // NOLINT: exactly 0, as most are
                add_slot(d, l, g, t, m->slot[g * periods + t], &noise, out);
    for (size_t c = 0; c < n_scores(&d->data); c++) square += m->score[c] * m->score[c];
    if (square > 0) out->t = out->coefficient / sqrt(square);
    if (noise > 0) out->scaled = out->coefficient / sqrt(noise);
}

void sun_abraham_tell_by_means(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l,
                               struct uf_sun_abraham *fit, struct uf_randomisation_statistics *out)
{
    sort_units(d, l, fit);
    find_means(d, l, fit->n_cohorts + 1);
    estimate_cells(&d->means, d->data.n_periods, fit);
    for (size_t k = 0; d->term && k < d->n_terms; k++) tell_term(d, l, fit, &d->term[k], &out[k]);
}
