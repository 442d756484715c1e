// SPDX-License-Identifier: GPL-3.0-or-later
/* The joint test of group-time leads with the covariance of their influence functions, under placebo treatments. */
#include "base/fail.h"
#include "effect/group_time_internal.h"
#include "effect/placebo_covariance.h"
#include "effect/pretrend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/distribution.h>

#define LEVEL 0.05

struct dealer {
    const struct placebo_sample *sample;
    struct uf_group_time_options options;
    struct placebo_starts starts;
    double *line; /* n */
    size_t *lead; /* cells that are tested */
};

/* With other outcomes: the leads' covariance, and what they are (NULL: not asked for). */
static uf_status estimate(struct dealer *d, const double *outcome, size_t q, double *lead, double *variance,
                          struct uf_error *error)
{
    struct uf_did_data data = d->starts.data;
    struct uf_group_time g;
    data.outcome = outcome;
    UF_TRY(uf_group_time_estimate(&data, &d->options, &g, error));
    for (size_t j = 0; lead && j < q; j++) lead[j] = g.cells[d->lead[j]].estimate;
    uf_status status = group_time_lead_covariance(&g, d->lead, q, variance, error);
    uf_group_time_clear(&g);
    return status;
}

static double largest_error(const double *variance, size_t q)
{
    double largest = 0;
    for (size_t j = 0; j < q; j++) largest = fmax(largest, variance[j * q + j]);
    return sqrt(largest);
}

/* The leads of the line, and what it does to their errors: nothing where units that drift are not compared with each other. */
static uf_status add_line(struct dealer *d, struct placebo_wald *wald, struct uf_error *error)
{
    const size_t n = d->starts.data.n, q = wald->count;
    double *variance = malloc(2 * q * q * sizeof *variance), longest = 0;
    if (!variance) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) longest = fmax(longest, fabs(d->line[i]));
    uf_status status = estimate(d, d->line, q, wald->lead[1], variance, error);
    for (size_t j = 0; j < q; j++)
        if (fabs(wald->lead[1][j]) <= EFFECT_NIL_LINE * longest) wald->lead[1][j] = 0;
    if (status == UF_OK && largest_error(variance, q) > EFFECT_NIL_LINE * longest) {
        const double part = largest_error(wald->variance[0], q) / largest_error(variance, q);
        for (size_t i = 0; i < n; i++) d->line[i] = d->sample->outcome[i] + part * d->line[i];
        status = estimate(d, d->line, q, NULL, variance + q * q, error);
        if (status == UF_OK) placebo_wald_moves(wald, variance, variance + q * q, part);
    }
    free(variance);
    return status;
}

static uf_status test_leads(struct dealer *d, const struct uf_group_time *g, const size_t *path,
                            struct placebo_wald *out, struct uf_error *error)
{
    struct uf_group_time_pretest test;
    const size_t q = group_time_leads(g, d->lead);
    UF_TRY(uf_group_time_pretest(g, NULL, &test, error));
    if (q == 0 || isnan(test.wald)) return UF_OK;
    UF_TRY(placebo_wald_init(q, out, error));
    out->scale = 1 / (double)q / uf_f_upper_quantile(LEVEL, (double)q, INFINITY);
    for (size_t j = 0; j < q; j++) out->lead[0][j] = g->cells[d->lead[j]].estimate;
    UF_TRY(group_time_lead_covariance(g, d->lead, q, out->variance[0], error));
    placebo_line(d->sample, path, d->line);
    return add_line(d, out, error);
}

static uf_status wald_of(void *user, const size_t *path, struct placebo_wald *out, struct uf_error *error)
{
    struct dealer *d = user;
    struct uf_group_time g;
    struct uf_error reason;
    placebo_starts_set(&d->starts, d->sample->assignment, path);
    uf_status status = uf_group_time_estimate(&d->starts.data, &d->options, &g, &reason);
    if (status == UF_OK) {
        status = test_leads(d, &g, path, out, &reason);
        uf_group_time_clear(&g);
    }
    if (status == UF_NOT_IDENTIFIED) {
        placebo_wald_clear(out);
        return UF_OK;
    }
    if (status != UF_OK && error) *error = reason;
    return status;
}

uf_status group_time_placebo_drift_of(const struct placebo_sample *sample,
                                      const struct uf_group_time_options *options, double work, uint64_t seed,
                                      struct placebo_slopes *out, struct uf_error *error)
{
    const size_t cells = (sample->assignment->n_paths + 1) * sample->data->n_periods;
    struct dealer d = {.sample = sample,
                       .options = *options,
                       .line = malloc((sample->data->n + 1) * sizeof *d.line),
                       .lead = malloc((cells + 1) * sizeof *d.lead)};
    const struct placebo_wald_test test = {.wald = wald_of, .user = &d, .work = 3 * work};
    d.options.threads = 1;
    uf_status status =
        d.line && d.lead ? placebo_starts_init(sample, &d.starts, error) : uf_fail_memory(error);
    if (status == UF_OK) status = placebo_drift_by_covariance(sample, &test, seed, out, error);
    placebo_starts_clear(&d.starts);
    free(d.line), free(d.lead);
    return status;
}
