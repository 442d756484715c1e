// SPDX-License-Identifier: GPL-3.0-or-later
/* Many fits at once. Each is independent and has its own memory, so the result is the same for any number of
 * threads. */
#include <stdlib.h>
#include <string.h>

#include <omp.h>

#include "base/fail.h"
#include "effect/synthetic_control_problem.h"

/* One fit of the batch: which unit, to which donors. */
struct job {
    size_t unit;     /* fitted as treated */
    size_t place;    /* where the fit goes in `out` */
    size_t left_out; /* SIZE_MAX: none */
    uf_status status;
    struct uf_error error;
};

struct batch {
    const struct uf_synthetic_control_data *data;
    const struct uf_synthetic_control_options *options;
    const bool *donor;
    size_t treated;
    bool treated_is_donor;
    struct job *jobs;
    size_t n_jobs;
};

static void run_job(const struct batch *batch, struct job *job, struct uf_synthetic_control_fit *out)
{
    size_t n = batch->data->outcomes->size2;
    bool *donor = malloc(n * sizeof *donor);
    if (!donor) {
        job->status = uf_fail_memory(&job->error);
        return;
    }
    for (size_t u = 0; u < n; u++) donor[u] = batch->donor ? batch->donor[u] : u != batch->treated;
    donor[batch->treated] = batch->treated_is_donor;
    if (job->left_out != SIZE_MAX) donor[job->left_out] = false;
    job->status =
        uf_synthetic_control(batch->data, job->unit, donor, batch->options, &out[job->place], &job->error);
    free(donor);
}

/* In pieces, so that the caller hears of progress and can stop between two of them. */
static uf_status run_batch(const struct batch *batch, const struct uf_synthetic_control_batch *how,
                           struct uf_synthetic_control_fit *out, struct uf_error *error)
{
    int threads = how && how->threads > 0 ? how->threads : how ? omp_get_max_threads() : 1;
    size_t piece = 8 * (size_t)threads;
    for (size_t from = 0; from < batch->n_jobs; from += piece) {
        size_t to = from + piece < batch->n_jobs ? from + piece : batch->n_jobs;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
        for (size_t i = from; i < to; i++) run_job(batch, &batch->jobs[i], out);
        for (size_t i = from; i < to; i++) {
            if (batch->jobs[i].status == UF_OK) continue;
            if (error) *error = batch->jobs[i].error;
            return batch->jobs[i].status;
        }
        if (how && how->progress && how->progress(how->user, (double)to / (double)batch->n_jobs) != 0)
            return uf_fail(error, UF_INTERRUPTED, "stopped");
    }
    return UF_OK;
}

static uf_status run_and_clear(struct batch *batch, const struct uf_synthetic_control_batch *how,
                               struct uf_synthetic_control_fit *out, struct uf_error *error)
{
    size_t n = batch->data->outcomes->size2;
    uf_status status = run_batch(batch, how, out, error);
    if (status != UF_OK)
        for (size_t u = 0; u < n; u++) uf_synthetic_control_fit_clear(&out[u]);
    free(batch->jobs);
    return status;
}

static bool is_donor(const bool *donor, size_t treated, size_t unit)
{
    return unit != treated && (!donor || donor[unit]);
}

uf_status uf_synthetic_control_placebos(const struct uf_synthetic_control_data *data, size_t treated,
                                        const bool *donor, bool treated_is_donor,
                                        const struct uf_synthetic_control_options *options,
                                        const struct uf_synthetic_control_batch *batch,
                                        struct uf_synthetic_control_fit *out, struct uf_error *error)
{
    size_t n = data->outcomes->size2, n_donors = 0;
    struct batch work = {data, options, donor, treated, treated_is_donor, calloc(n, sizeof(struct job)), 0};
    if (!work.jobs) return uf_fail_memory(error);
    memset(out, 0, n * sizeof *out);
    for (size_t u = 0; u < n; u++) n_donors += is_donor(donor, treated, u);
    /* A single donor has nobody to be compared with unless the treated unit serves. */
    for (size_t u = 0; u < n && (n_donors > 1 || treated_is_donor); u++)
        if (is_donor(donor, treated, u))
            work.jobs[work.n_jobs++] = (struct job){.unit = u, .place = u, .left_out = SIZE_MAX};
    return run_and_clear(&work, batch, out, error);
}

uf_status uf_synthetic_control_leave_one_out(const struct uf_synthetic_control_data *data, size_t treated,
                                             const bool *donor, const struct uf_synthetic_control_fit *fit,
                                             const struct uf_synthetic_control_options *options,
                                             const struct uf_synthetic_control_batch *batch,
                                             struct uf_synthetic_control_fit *out, struct uf_error *error)
{
    size_t n = data->outcomes->size2;
    struct batch work = {data, options, donor, treated, false, calloc(n, sizeof(struct job)), 0};
    if (!work.jobs) return uf_fail_memory(error);
    memset(out, 0, n * sizeof *out);
    for (size_t u = 0; u < n && fit->n_donors > 1; u++)
        if (is_donor(donor, treated, u) && gsl_vector_get(fit->weights, u) > 0)
            work.jobs[work.n_jobs++] = (struct job){.unit = treated, .place = u, .left_out = u};
    return run_and_clear(&work, batch, out, error);
}
