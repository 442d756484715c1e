// SPDX-License-Identifier: GPL-3.0-or-later
/* The event study under re-dealt treatment, event time by event time. */
#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/outcome_weights.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

struct dealer {
    struct uf_did_data data; /* with the starts of the assignment at hand */
    const struct uf_event_study_options *options;
    const struct uf_did_assignment *assignment;
    const long *event;
    size_t n_events;
    size_t *first_period;
    const size_t *block; /* n_units; SIZE_MAX: not in the sample */
    double *v;           /* n: what each outcome weighs */
    struct outcome_tally tally;
};

static void set_events(struct dealer *d, long event)
{
    const struct uf_event_study_options *o = d->options;
    d->tally.from = o->bin_before && event <= o->before ? LONG_MIN : event;
    d->tally.to = o->bin_after && event >= o->after ? LONG_MAX : event;
}

static uf_status tally(struct dealer *d, const struct uf_did_fit *fit, size_t place, long event,
                       struct uf_randomisation_statistics *out, struct uf_error *error)
{
    const struct uf_did_data *data = &d->data;
    double *combination = calloc(fit->fit.rank + 1, sizeof *combination);
    if (!combination) return uf_fail_memory(error);
    combination[place] = 1;
    uf_status status = did_outcome_weights(data, fit, combination, d->v, error);
    free(combination);
    UF_TRY(status);
    set_events(d, event);
    outcome_tally_start(&d->tally);
    for (size_t i = 0; i < data->n; i++)
        outcome_tally_add(&d->tally, data->unit[i], data->period[i],
                          data->n_cluster_dimensions ? data->cluster[0][i] : data->unit[i], d->v[i],
                          gsl_vector_get(fit->fit.residuals, i), data->outcome[i]);
    outcome_tally_finish(&d->tally, out);
    return UF_OK;
}

static uf_status statistic(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                           struct uf_error *error)
{
    struct dealer *d = user;
    struct uf_did_fit fit;
    struct uf_error reason;
    for (size_t u = 0; u < d->data.n_units; u++)
        d->first_period[u] =
            d->block[u] == SIZE_MAX ? SIZE_MAX : d->assignment->first_period[path[d->block[u]]];
    uf_status status = uf_event_study_estimate(&d->data, d->options, &fit, &reason);
    if (status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE)
        return UF_OK; /* this assignment has no estimate, or lacks the reference */
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    for (size_t k = 0; k < d->n_events && status == UF_OK; k++)
        for (size_t j = 0; j < fit.n_leading && status == UF_OK; j++)
            if (fit.event_time[j] == d->event[k] && fit.position[j] != SIZE_MAX)
                status = tally(d, &fit, fit.position[j], d->event[k], &out[k], error);
    uf_did_fit_clear(&fit);
    return status;
}

uf_status uf_did_randomise_events(const struct uf_did_data *data, const struct uf_event_study_options *event,
                                  const struct uf_did_assignment *assignment,
                                  const struct uf_did_noise *noise, const long *events, size_t n_events,
                                  const struct uf_randomisation_options *options,
                                  struct uf_randomisation *out, struct uf_error *error)
{
    size_t *block = malloc((data->n_units + 1) * sizeof *block);
    struct dealer d = {.data = *data,
                       .options = event,
                       .assignment = assignment,
                       .event = events,
                       .n_events = n_events,
                       .first_period = malloc((data->n_units + 1) * sizeof *d.first_period),
                       .block = block,
                       .v = malloc((data->n + 1) * sizeof *d.v)};
    const struct uf_randomisation_design design = {assignment->n_blocks, assignment->n_paths,
                                                   assignment->path};
    uf_status status = d.first_period && block && d.v ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t u = 0; u < data->n_units; u++) block[u] = SIZE_MAX;
        for (size_t i = 0; i < data->n; i++) block[data->unit[i]] = assignment->block[i];
        d.data.first_period = d.first_period;
        d.data.summed_from = SIZE_MAX;
        status = outcome_tally_init(data, assignment, noise, block, &d.tally, error);
    }
    if (status == UF_OK) status = uf_randomise_terms(&design, statistic, &d, n_events, options, out, error);
    outcome_tally_clear(&d.tally);
    free(d.first_period), free(block), free(d.v);
    return status;
}
