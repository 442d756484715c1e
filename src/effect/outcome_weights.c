// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/outcome_weights.h"
#include "base/fail.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t n_scores(const struct uf_did_data *data)
{
    return data->n_cluster_dimensions ? data->n_groups[0] : data->n_units;
}

uf_status outcome_tally_init(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                             const struct uf_did_noise *noise, const size_t *block, struct outcome_tally *out,
                             struct uf_error *error)
{
    *out = (struct outcome_tally){
        .data = data,
        .assignment = assignment,
        .noise = noise,
        .block = block,
        .to = LONG_MAX,
        .start = SIZE_MAX,
        .period = SIZE_MAX,
        .score = malloc((n_scores(data) + 1) * sizeof *out->score),
        .share = malloc((assignment->n_blocks * data->n_periods + 1) * sizeof *out->share),
        .implied = calloc(assignment->n_blocks * data->n_periods + 1, sizeof *out->implied)};
    if (!out->score || !out->share || !out->implied) {
        outcome_tally_clear(out);
        return uf_fail_memory(error);
    }
    for (size_t c = 0; noise && c < assignment->n_blocks * data->n_periods; c++)
        if (noise->weight[c] > 0)
            out->implied[c] = noise->variance[c / data->n_periods] / noise->weight[c] / noise->weight[c];
    return UF_OK;
}

void outcome_tally_clear(struct outcome_tally *tally)
{
    free(tally->score), free(tally->share), free(tally->implied);
    memset(tally, 0, sizeof *tally);
}

void outcome_tally_start(struct outcome_tally *tally)
{
    tally->estimate = tally->shift = 0;
    memset(tally->score, 0, n_scores(tally->data) * sizeof *tally->score);
    memset(tally->share, 0, tally->assignment->n_blocks * tally->data->n_periods * sizeof *tally->share);
}

bool outcome_tally_is_effect(const struct outcome_tally *tally, size_t first, size_t period)
{
    const long *time = tally->data->time;
    if (first == SIZE_MAX || (tally->start != SIZE_MAX && tally->start != first) ||
        (tally->period != SIZE_MAX && tally->period != period))
        return false;
    const long event = time ? time[period] - time[first] : (long)period - (long)first;
    return event >= tally->from && event <= tally->to;
}

static void add_times(const double *from, double b, size_t n, double *to)
{
    for (size_t i = 0; i < n; i++) to[i] += b * from[i];
}

void outcome_tally_combine(const struct outcome_tally *parts, const double *b, size_t count,
                           struct outcome_tally *out)
{
    outcome_tally_start(out);
    for (size_t j = 0; j < count; j++) {
        if (b[j] == 0) continue; // NOLINT: exactly 0, as many are
        out->estimate += b[j] * parts[j].estimate;
        out->shift += b[j] * parts[j].shift;
        add_times(parts[j].score, b[j], n_scores(out->data), out->score);
        add_times(parts[j].share, b[j], out->assignment->n_blocks * out->data->n_periods, out->share);
    }
}

void outcome_tally_finish(const struct outcome_tally *tally, struct uf_randomisation_statistics *out)
{
    const size_t periods = tally->data->n_periods;
    double square = 0;
    out->coefficient = tally->estimate;
    out->shift = tally->shift;
    for (size_t g = 0; g < n_scores(tally->data); g++) square += tally->score[g] * tally->score[g];
    if (square > 0) out->t = tally->estimate / sqrt(square);
    if (!tally->noise) return;
    const size_t cells = tally->assignment->n_blocks * periods;
    double part[4] = {0}; /* side by side, which takes a third of the time */
    size_t c = 0;
    for (; c + 4 <= cells; c += 4)
        for (size_t j = 0; j < 4; j++)
            part[j] += tally->implied[c + j] * tally->share[c + j] * tally->share[c + j];
    for (; c < cells; c++) part[0] += tally->implied[c] * tally->share[c] * tally->share[c];
    const double noise = part[0] + part[1] + (part[2] + part[3]);
    if (noise > 0) out->scaled = tally->estimate / sqrt(noise);
}
