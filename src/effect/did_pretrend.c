// SPDX-License-Identifier: GPL-3.0-or-later
/* The leads of the event study under re-dealt treatment. */
#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/placebo_drift.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The rows that are used, and what the joint test wants of them. */
struct lead_sample {
    size_t n, n_columns, n_tested;
    size_t *row; /* n: of the data */
    size_t *unit, *period, *block;
    double *outcome, *weights;
    gsl_matrix *covariates;
    size_t *path_column; /* n × n_paths */
    long *event;         /* n × n_paths; LONG_MIN: none */
    struct uf_absorber *absorber;
};

static void lead_sample_clear(struct lead_sample *s)
{
    free(s->row), free(s->unit), free(s->period), free(s->block), free(s->outcome), free(s->weights);
    free(s->path_column), free(s->event);
    gsl_matrix_free(s->covariates);
    uf_absorber_free(s->absorber);
}

/* With one cohort: the periods before its start; else all. */
static size_t end_of_sample(const struct uf_did_data *data, const struct uf_did_assignment *assignment)
{
    size_t end = SIZE_MAX, starts = 0;
    for (size_t c = 0; c < assignment->n_paths; c++) {
        if (assignment->first_period[c] == SIZE_MAX) continue;
        if (starts > 0 && assignment->first_period[c] != end) return data->n_periods;
        end = assignment->first_period[c];
        starts++;
    }
    return starts > 0 ? end : data->n_periods;
}

static long event_of(const struct uf_did_data *data, const struct uf_event_study_options *options,
                     size_t period, size_t first)
{
    if (first == SIZE_MAX) return LONG_MIN;
    long event = data->time ? data->time[period] - data->time[first] : (long)period - (long)first;
    if (options->bin_before && event < options->before) event = options->before;
    if (options->bin_after && event > options->after) event = options->after;
    return event == options->reference ? LONG_MIN : event;
}

static uf_status allocate(struct lead_sample *s, const struct uf_did_data *data, size_t n_paths,
                          struct uf_error *error)
{
    size_t n = s->n + 1, k = data->covariates ? data->covariates->size2 : 0;
    s->unit = malloc(n * sizeof *s->unit);
    s->period = malloc(n * sizeof *s->period);
    s->block = malloc(n * sizeof *s->block);
    s->outcome = malloc(n * sizeof *s->outcome);
    s->weights = data->weights ? malloc(n * sizeof *s->weights) : NULL;
    s->covariates = k > 0 && s->n > 0 ? gsl_matrix_alloc(s->n, k) : NULL;
    s->path_column = malloc(n * n_paths * sizeof *s->path_column);
    s->event = malloc(n * n_paths * sizeof *s->event);
    if (!s->unit || !s->period || !s->block || !s->outcome || (data->weights && !s->weights) ||
        (k > 0 && s->n > 0 && !s->covariates) || !s->path_column || !s->event)
        return uf_fail_memory(error);
    return UF_OK;
}

/* Numbers the event times that occur: lags first, leads last. */
static uf_status number_columns(struct lead_sample *s, size_t n_paths, struct uf_error *error)
{
    size_t cells = s->n * n_paths, count = 0, capacity = 64;
    long *times = malloc(capacity * sizeof *times);
    if (!times) return uf_fail_memory(error);
    for (int leads = 0; leads < 2; leads++) {
        size_t first = count;
        for (size_t c = 0; c < cells; c++) {
            if (leads == 0) s->path_column[c] = SIZE_MAX;
            if (s->event[c] == LONG_MIN || (s->event[c] < 0) != leads) continue;
            size_t place = first;
            while (place < count && times[place] != s->event[c]) place++;
            if (place == count) {
                if (count == capacity) {
                    long *more = realloc(times, (capacity *= 2) * sizeof *times);
                    if (!more) {
                        free(times);
                        return uf_fail_memory(error);
                    }
                    times = more;
                }
                times[count++] = s->event[c];
            }
            s->path_column[c] = place;
        }
        if (leads) s->n_tested = count - first;
    }
    free(times);
    s->n_columns = count;
    if (s->n_tested == 0)
        return uf_fail(error, UF_NOT_IDENTIFIED, "there is no period before the start but the reference");
    return UF_OK;
}

static uf_status lead_sample_init(struct lead_sample *s, const struct uf_did_data *data,
                                  const struct uf_event_study_options *options,
                                  const struct uf_did_assignment *assignment, struct uf_error *error)
{
    size_t end = end_of_sample(data, assignment), n_paths = assignment->n_paths;
    s->row = malloc((data->n + 1) * sizeof *s->row);
    if (!s->row) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++)
        if (data->period[i] < end) s->row[s->n++] = i;
    UF_TRY(allocate(s, data, n_paths, error));
    for (size_t i = 0; i < s->n; i++) {
        size_t row = s->row[i];
        s->unit[i] = data->unit[row];
        s->period[i] = data->period[row];
        s->block[i] = assignment->block[row];
        s->outcome[i] = data->outcome[row];
        if (s->weights) s->weights[i] = data->weights[row];
        for (size_t j = 0; s->covariates && j < s->covariates->size2; j++)
            gsl_matrix_set(s->covariates, i, j, gsl_matrix_get(data->covariates, row, j));
        for (size_t c = 0; c < n_paths; c++)
            s->event[i * n_paths + c] = event_of(data, options, s->period[i], assignment->first_period[c]);
    }
    UF_TRY(number_columns(s, n_paths, error));
    const size_t *const group[] = {s->unit, s->period};
    return uf_absorber_new(s->n, 2, group, (const size_t[]){data->n_units, data->n_periods}, s->weights, 0,
                           &s->absorber, error);
}

static struct uf_randomisation_joint_input joint_of(const struct lead_sample *s,
                                                    const struct uf_did_assignment *assignment)
{
    return (struct uf_randomisation_joint_input){.common = {.n = s->n,
                                                            .outcome = s->outcome,
                                                            .weights = s->weights,
                                                            .covariates = s->covariates,
                                                            .absorber = s->absorber,
                                                            .n_blocks = assignment->n_blocks,
                                                            .block = s->block,
                                                            .n_paths = assignment->n_paths,
                                                            .path = assignment->path},
                                                 .n_columns = s->n_columns,
                                                 .n_tested = s->n_tested,
                                                 .path_column = s->path_column};
}

uf_status uf_did_randomise_pretrend(const struct uf_did_data *data,
                                    const struct uf_event_study_options *event,
                                    const struct uf_did_assignment *assignment,
                                    const struct uf_randomisation_options *options,
                                    struct uf_randomisation_joint *out, struct uf_error *error)
{
    struct lead_sample s = {0};
    uf_status status = lead_sample_init(&s, data, event, assignment, error);
    if (status == UF_OK) {
        const struct uf_randomisation_joint_input input = joint_of(&s, assignment);
        status = uf_randomisation_joint_test(&input, options, out, error);
    }
    lead_sample_clear(&s);
    return status;
}

/* --- what it would have found ---------------------------------------------------------------------- */

struct dealt_leads {
    struct uf_randomisation_parts *parts;
};

static uf_status parts_of(void *user, const size_t *path, struct placebo_parts *out, struct uf_error *error)
{
    struct dealt_leads *dealt = user;
    struct uf_randomisation_rank rank;
    UF_TRY(uf_randomisation_parts_of(dealt->parts, path, out->value, &rank, error));
    if (rank.restrictions == 0 || !(rank.df > 0)) return UF_OK;
    out->count = rank.rank, out->tested = rank.restrictions;
    out->scale = rank.df / (double)rank.restrictions;
    out->gram = uf_randomisation_parts_gram(dealt->parts);
    return UF_OK;
}

/* The sample's outcomes at the rows that are used. */
static double *outcomes_of(const struct lead_sample *s, const struct placebo_sample *sample)
{
    double *out = malloc((s->n * sample->n_outcomes + 1) * sizeof *out);
    for (size_t k = 0; out && k < sample->n_outcomes; k++)
        for (size_t i = 0; i < s->n; i++)
            out[k * s->n + i] = sample->outcome[k * sample->data->n + s->row[i]];
    return out;
}

uf_status did_placebo_drift(const struct placebo_sample *sample, const struct uf_event_study_options *event,
                            uint64_t seed, struct placebo_slopes *out, struct uf_error *error)
{
    struct lead_sample s = {0};
    struct dealt_leads dealt = {NULL};
    double *outcomes = NULL;
    uf_status status = lead_sample_init(&s, sample->data, event, sample->assignment, error);
    const struct uf_randomisation_joint_input input = joint_of(&s, sample->assignment);
    if (status == UF_OK) {
        outcomes = outcomes_of(&s, sample);
        status = outcomes
                     ? uf_randomisation_parts_new(&input, sample->n_outcomes, outcomes, &dealt.parts, error)
                     : uf_fail_memory(error);
    }
    const double columns = (double)s.n_columns,
                 work = (double)s.n * columns * (2 * columns + (double)sample->n_outcomes + 8);
    const struct placebo_test test = {.stride = s.n_columns, .parts = parts_of, .user = &dealt};
    if (status == UF_OK) status = placebo_drift(sample, &test, placebo_count(work), seed, out, error);
    uf_randomisation_parts_free(dealt.parts);
    free(outcomes);
    lead_sample_clear(&s);
    return status;
}
