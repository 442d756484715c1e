// SPDX-License-Identifier: GPL-3.0-or-later
/* The cohorts dealt out anew, stacked and fitted again. */
#include <utfall/stacked.h>

#include "base/fail.h"
#include "effect/outcome_weights.h"

#include <stdint.h>
#include <stdlib.h>

struct dealer {
    struct uf_did_data data; /* with the starts of the assignment at hand */
    const struct uf_stacked_options *options;
    const struct uf_did_assignment *assignment;
    size_t *first_period, *block;
    struct outcome_tally tally;
};

static uf_status tally(struct dealer *d, const struct uf_stacked *s, struct uf_randomisation_statistics *out,
                       struct uf_error *error)
{
    double *combination = malloc((s->fit.fit.rank + 1) * sizeof *combination),
           *v = malloc((s->data.n + 1) * sizeof *v);
    uf_status status = combination && v ? UF_OK : uf_fail_memory(error);
    bool any = status == UF_OK && uf_stacked_average(s, combination);
    if (any) status = uf_stacked_weights(s, combination, v, error);
    if (any && status == UF_OK) {
        outcome_tally_start(&d->tally);
        for (size_t r = 0; r < s->data.n; r++) {
            size_t i = s->row[r];
            outcome_tally_add(&d->tally, d->data.unit[i], d->data.period[i],
                              d->data.n_cluster_dimensions ? d->data.cluster[0][i] : d->data.unit[i], v[r],
                              gsl_vector_get(s->fit.fit.residuals, r), s->data.outcome[r]);
        }
        outcome_tally_finish(&d->tally, out);
    }
    free(combination), free(v);
    return status;
}

static uf_status statistic(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                           struct uf_error *error)
{
    struct dealer *d = user;
    struct uf_stacked s;
    struct uf_error reason;
    for (size_t u = 0; u < d->data.n_units; u++)
        d->first_period[u] = d->block[u] == SIZE_MAX ? SIZE_MAX : d->assignment->first_period[path[d->block[u]]];
    uf_status status = uf_stacked_estimate(&d->data, d->options, &s, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK; /* this assignment has no estimate */
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    status = tally(d, &s, out, error);
    uf_stacked_clear(&s);
    return status;
}

uf_status uf_stacked_randomise(const struct uf_did_data *data, const struct uf_stacked_options *options,
                               const struct uf_did_assignment *assignment, const struct uf_did_noise *noise,
                               const struct uf_randomisation_options *randomisation,
                               struct uf_randomisation *out, struct uf_error *error)
{
    struct dealer d = {.data = *data,
                       .options = options,
                       .assignment = assignment,
                       .first_period = malloc((data->n_units + 1) * sizeof *d.first_period),
                       .block = malloc((data->n_units + 1) * sizeof *d.block)};
    const struct uf_randomisation_design design = {assignment->n_blocks, assignment->n_paths, assignment->path};
    uf_status status = d.first_period && d.block ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t u = 0; u < data->n_units; u++) d.block[u] = SIZE_MAX;
        for (size_t i = 0; i < data->n; i++) d.block[data->unit[i]] = assignment->block[i];
        d.data.first_period = d.first_period;
        status = outcome_tally_init(data, assignment, noise, d.block, &d.tally, error);
    }
    if (status == UF_OK) status = uf_randomise(&design, statistic, &d, randomisation, out, error);
    outcome_tally_clear(&d.tally);
    free(d.first_period), free(d.block);
    return status;
}
