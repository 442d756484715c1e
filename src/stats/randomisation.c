// SPDX-License-Identifier: GPL-3.0-or-later
/* Dealing treatment paths out over blocks, and counting how many assignments are as extreme as the actual one. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>
#include <utfall/randomisation.h>

#include "base/fail.h"

enum { MOST_ENUMERATED = 25000, DRAWS = 9999, PROGRESS_EVERY = 256 };
/* Statistics that differ by less than this share are the same number, computed in another order. */
#define TIE 1e-9

/* The estimator whose statistic is asked for, assignment by assignment. */
struct dealt {
    const struct uf_randomisation_design *design;
    uf_randomisation_statistic statistic;
    void *user;
    size_t n_terms;
    struct uf_randomisation_statistics *statistics; /* n_terms: of the assignment at hand */
};

void uf_randomisation_clear(struct uf_randomisation *r)
{
    if (!r) return;
    free(r->coefficient), free(r->t), free(r->scaled), free(r->shift);
    memset(r, 0, sizeof *r);
}

static bool at_least(double value, double reference)
{
    return isnan(value) || fabs(value) >= fabs(reference) * (1 - TIE);
}

void uf_randomisation_share(const double *statistic, size_t count, double *p, double *least)
{
    size_t extreme = 0, ties = 0;
    double largest = 0;
    *p = *least = NAN;
    if (isnan(statistic[0])) return;
    for (size_t i = 0; i < count; i++)
        if (!isnan(statistic[i])) largest = fmax(largest, fabs(statistic[i]));
    for (size_t i = 0; i < count; i++) {
        extreme += at_least(statistic[i], statistic[0]);
        ties += at_least(statistic[i], largest);
    }
    *p = (double)extreme / (double)count;
    *least = (double)ties / (double)count;
}

static uf_status evaluate(const struct dealt *dealt, const size_t *path, struct uf_randomisation *out,
                          size_t place, struct uf_error *error)
{
    struct uf_randomisation_statistics *statistics = dealt->statistics;
    for (size_t k = 0; k < dealt->n_terms; k++)
        statistics[k] = (struct uf_randomisation_statistics){NAN, NAN, NAN, NAN};
    UF_TRY(dealt->statistic(dealt->user, path, statistics, error));
    for (size_t k = 0; k < dealt->n_terms; k++) {
        out[k].coefficient[place] = statistics[k].coefficient;
        out[k].t[place] = statistics[k].t;
        out[k].scaled[place] = statistics[k].scaled;
        out[k].shift[place] = statistics[k].shift;
        out[k].undefined += isnan(statistics[k].coefficient) ? 1 : 0;
    }
    return UF_OK;
}

static uf_status run(const struct dealt *dealt, const struct uf_randomisation_options *options, size_t *path,
                     struct uf_randomisation *out, struct uf_error *error)
{
    const struct uf_randomisation_design *design = dealt->design;
    size_t blocks = design->n_blocks, done = 1;
    bool more = true;
    UF_TRY(evaluate(dealt, design->path, out, 0, error));
    if (isnan(out->coefficient[0]))
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "what is tested is collinear with the fixed effects and covariates, or nothing is "
                       "left to compare it with");
    if (out->enumerated) { /* start from the sorted order */
        size_t filled = 0;
        for (size_t c = 0; c < design->n_paths; c++)
            for (size_t b = 0; b < blocks; b++)
                if (design->path[b] == c) path[filled++] = c;
    }
    for (size_t replicate = 1; more; replicate++) {
        if (options->progress && replicate % PROGRESS_EVERY == 0 &&
            options->progress(options->user, (double)replicate / (double)out->count))
            return uf_fail(error, UF_INTERRUPTED, "stopped while randomising");
        if (!out->enumerated) {
            struct uf_random random;
            uf_random_init(&random, options->seed, UF_PURPOSE_RANDOMISATION, replicate);
            memcpy(path, design->path, blocks * sizeof *path);
            uf_random_shuffle(&random, path, blocks);
            more = replicate + 1 < out->count;
        }
        /* the actual assignment comes by in the enumeration, and is already there */
        if (!out->enumerated || memcmp(path, design->path, blocks * sizeof *path)) {
            UF_TRY(evaluate(dealt, path, out, done, error));
            done++;
        }
        if (out->enumerated) more = uf_assignment_next(path, blocks);
    }
    for (size_t k = 0; k < dealt->n_terms; k++) {
        struct uf_randomisation *r = &out[k];
        r->count = done;
        uf_randomisation_share(r->coefficient, done, &r->p_coefficient, &r->least_p_coefficient);
        uf_randomisation_share(r->t, done, &r->p_t, &r->least_p_t);
        uf_randomisation_share(r->scaled, done, &r->p_scaled, &r->least_p_scaled);
        if (isnan(r->coefficient[0])) uf_randomisation_clear(r);
    }
    return UF_OK;
}

static uf_status result_init(const struct uf_randomisation_design *design,
                             const struct uf_randomisation_options *options, struct uf_randomisation *out,
                             struct uf_error *error)
{
    size_t *counts = calloc(design->n_paths + 1, sizeof *counts);
    if (!counts) return uf_fail_memory(error);
    for (size_t b = 0; b < design->n_blocks; b++) counts[design->path[b]]++;
    out->assignments = uf_assignment_count(counts, design->n_paths);
    free(counts);
    if (out->assignments < 2)
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "there is only one way to deal the treatment out over %zu units: all follow the same path",
            design->n_blocks);
    out->enumerated =
        out->assignments <= (double)(options->most_enumerated ? options->most_enumerated : MOST_ENUMERATED);
    out->count = out->enumerated ? (size_t)out->assignments : 1 + (options->draws ? options->draws : DRAWS);
    out->coefficient = malloc(out->count * sizeof(double));
    out->t = malloc(out->count * sizeof(double));
    out->scaled = malloc(out->count * sizeof(double));
    out->shift = malloc(out->count * sizeof(double));
    return out->coefficient && out->t && out->scaled && out->shift ? UF_OK : uf_fail_memory(error);
}

uf_status uf_randomise_terms(const struct uf_randomisation_design *design,
                             uf_randomisation_statistic statistic, void *user, size_t n_terms,
                             const struct uf_randomisation_options *options, struct uf_randomisation *out,
                             struct uf_error *error)
{
    const struct uf_randomisation_options defaults = {0};
    if (!options) options = &defaults;
    const struct dealt dealt = {design, statistic, user, n_terms,
                                malloc((n_terms + 1) * sizeof *dealt.statistics)};
    struct uf_randomisation *results = calloc(n_terms + 1, sizeof *results);
    size_t *path = malloc((design->n_blocks + 1) * sizeof *path);
    uf_status status = dealt.statistics && results && path ? UF_OK : uf_fail_memory(error);
    for (size_t k = 0; k < n_terms && status == UF_OK; k++)
        status = result_init(design, options, &results[k], error);
    if (status == UF_OK) status = run(&dealt, options, path, results, error);
    for (size_t k = 0; k < n_terms && results; k++) {
        if (status == UF_OK)
            out[k] = results[k];
        else
            uf_randomisation_clear(&results[k]);
    }
    free(dealt.statistics), free(results), free(path);
    return status;
}

uf_status uf_randomise(const struct uf_randomisation_design *design, uf_randomisation_statistic statistic,
                       void *user, const struct uf_randomisation_options *options,
                       struct uf_randomisation *out, struct uf_error *error)
{
    return uf_randomise_terms(design, statistic, user, 1, options, out, error);
}
