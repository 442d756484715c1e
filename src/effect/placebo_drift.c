// SPDX-License-Identifier: GPL-3.0-or-later
/* Placebo treatments that drift: the outcomes, the assignments, and the quadratics of the test's statistics. */
#include "effect/placebo_drift.h"
#include "base/fail.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/absorb.h>
#include <utfall/least_squares.h>
#include <utfall/random.h>

#define LEVEL 0.05
/* Multiplications that all may take, and numbers that the outcomes may have. */
#define MOST_WORK    1e9
#define MOST_NUMBERS 1e7
#define NIL          1e-10

/* --- the outcomes ---------------------------------------------------------------------------------- */

void placebo_sample_clear(struct placebo_sample *sample)
{
    free(sample->outcome);
    sample->outcome = NULL;
}

/* Of the blocks' common paths those that are followed by one at least. */
static size_t count_cohorts(const struct uf_did_assignment *a)
{
    size_t count = 0;
    for (size_t c = 0; c < a->n_paths; c++) {
        bool followed = false;
        for (size_t b = 0; b < a->n_blocks; b++) followed = followed || a->path[b] == c;
        count += followed;
    }
    return count;
}

static uf_status take_covariates_out(const struct uf_did_data *data, const struct uf_absorber *absorber,
                                     double *residual, struct uf_error *error)
{
    const size_t n = data->n, k = data->covariates ? data->covariates->size2 : 0;
    if (k == 0) return UF_OK;
    gsl_matrix *x = gsl_matrix_alloc(n, k);
    double *column = malloc((n + 1) * sizeof *column);
    struct uf_least_squares fit;
    uf_status status = x && column ? UF_OK : uf_fail_memory(error);
    for (size_t j = 0; j < k && status == UF_OK; j++) {
        double before = 0, after = 0;
        for (size_t i = 0; i < n; i++) column[i] = gsl_matrix_get(data->covariates, i, j);
        for (size_t i = 0; i < n; i++) before += column[i] * column[i];
        status = uf_absorber_apply(absorber, column, error);
        for (size_t i = 0; i < n; i++) after += column[i] * column[i];
        const bool nil = !(after > 1e-14 * before); /* the effects took it all */
        for (size_t i = 0; i < n; i++) gsl_matrix_set(x, i, j, nil ? 0 : column[i]);
    }
    if (status == UF_OK) {
        const gsl_vector_const_view y = gsl_vector_const_view_array(residual, n);
        gsl_vector_const_view weights =
            gsl_vector_const_view_array(data->weights ? data->weights : residual, n);
        status =
            uf_least_squares_fit(x, &y.vector, data->weights ? &weights.vector : NULL, NULL, &fit, error);
    }
    if (status == UF_OK) {
        for (size_t i = 0; i < n; i++) residual[i] = gsl_vector_get(fit.residuals, i);
        uf_least_squares_clear(&fit);
    }
    gsl_matrix_free(x);
    free(column);
    return status;
}

static uf_status residuals(const struct uf_did_data *data, const struct uf_did_assignment *a,
                           bool cross_sections, double *out, struct uf_error *error)
{
    const size_t n = data->n, cohorts = count_cohorts(a);
    struct uf_absorber *absorber = NULL;
    size_t *cell = malloc((n + 1) * sizeof *cell);
    if (!cell) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) cell[i] = a->path[a->block[i]] * data->n_periods + data->period[i];
    const size_t *const group[] = {cross_sections ? a->block : data->unit, cell};
    uf_status status = uf_absorber_new(
        n, 2, group,
        (const size_t[]){cross_sections ? a->n_blocks : data->n_units, a->n_paths * data->n_periods},
        data->weights, 0, &absorber, error);
    memcpy(out, data->outcome, n * sizeof *out);
    if (status == UF_OK) status = uf_absorber_apply(absorber, out, error);
    if (status == UF_OK) status = take_covariates_out(data, absorber, out, error);
    const double factor = sqrt(((double)a->n_blocks - 1) / ((double)a->n_blocks - (double)cohorts));
    for (size_t i = 0; i < n; i++) out[i] *= factor;
    uf_absorber_free(absorber);
    free(cell);
    return status;
}

uf_status placebo_sample_init(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                              bool cross_sections, struct placebo_sample *out, struct uf_error *error)
{
    const size_t n = data->n, blocks = assignment->n_blocks;
    if (blocks <= count_cohorts(assignment))
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "no two units share a start, so that none stands for another");
    if ((double)blocks * (double)n > MOST_NUMBERS)
        return uf_fail(error, UF_NOT_IDENTIFIED, "placebos would take long in a sample of this size");
    double *outcome = calloc((blocks + 1) * n + 1, sizeof *outcome);
    if (!outcome) return uf_fail_memory(error);
    uf_status status = residuals(data, assignment, cross_sections, outcome, error);
    if (status != UF_OK) {
        free(outcome);
        return status;
    }
    const size_t middle = data->n_periods / 2;
    for (size_t i = 0; i < n; i++) {
        const size_t t = data->period[i];
        const double time =
            data->time ? (double)(data->time[t] - data->time[middle]) : (double)t - (double)middle;
        outcome[(1 + assignment->block[i]) * n + i] = time;
    }
    *out = (struct placebo_sample){
        .data = data, .assignment = assignment, .n_outcomes = blocks + 1, .outcome = outcome};
    return UF_OK;
}

/* --- the assignments ------------------------------------------------------------------------------- */

size_t placebo_count(double work)
{
    const double affordable = MOST_WORK / fmax(work, 1);
    if (affordable < PLACEBO_FEWEST) return 0;
    return affordable < PLACEBO_MOST ? PLACEBO_FEWEST : PLACEBO_MOST;
}

/* What the blocks that take part draw, in the order of the blocks; returns their number. */
static size_t gather(const struct placebo_sample *s, const size_t *path, size_t *drawn)
{
    size_t n = 0;
    for (size_t b = 0; b < s->assignment->n_blocks; b++)
        if (!s->moves || s->moves[b]) drawn[n++] = path[b];
    return n;
}

static void scatter(const struct placebo_sample *s, const size_t *drawn, size_t *path)
{
    size_t n = 0;
    memcpy(path, s->assignment->path, s->assignment->n_blocks * sizeof *path);
    for (size_t b = 0; b < s->assignment->n_blocks; b++)
        if (!s->moves || s->moves[b]) path[b] = drawn[n++];
}

uf_status placebo_deal(const struct placebo_sample *s, size_t most, uint64_t seed, size_t **out,
                       size_t *n_dealt, struct uf_error *error)
{
    const struct uf_did_assignment *a = s->assignment;
    const size_t blocks = a->n_blocks;
    size_t *counts = calloc(a->n_paths + 1, sizeof *counts), filled = 0,
           *drawn = malloc((blocks + 1) * sizeof *drawn), *path = NULL;
    if (!counts || !drawn) {
        free(counts), free(drawn);
        return uf_fail_memory(error);
    }
    const size_t moving = gather(s, a->path, drawn);
    for (size_t b = 0; b < moving; b++) counts[drawn[b]]++;
    const double assignments = uf_assignment_count(counts, a->n_paths);
    const bool all = assignments <= (double)most;
    const size_t n = *n_dealt = all ? (size_t)assignments : most;
    path = malloc((n * blocks + 1) * sizeof *path);
    for (size_t c = 0; all && c < a->n_paths; c++)
        for (size_t k = 0; k < counts[c]; k++) drawn[filled++] = c;
    for (size_t g = 0; path && g < n; g++) {
        if (all && g > 0) uf_assignment_next(drawn, moving);
        if (!all && g > 0) {
            struct uf_random random;
            gather(s, a->path, drawn);
            uf_random_init(&random, seed, UF_PURPOSE_RANDOMISATION, g);
            uf_random_shuffle(&random, drawn, moving);
        }
        scatter(s, drawn, path + g * blocks);
    }
    free(counts), free(drawn);
    if (!path) return uf_fail_memory(error);
    *out = path;
    return UF_OK;
}

/* --- the statistics -------------------------------------------------------------------------------- */

struct room {
    double *value, *line,
        *terms; /* of an assignment; a placebo's line in the terms of that, and what that adds up */
    struct uf_pretrend_quadratic *numerator, *denominator;
    bool ratio; /* some statistic had a Gram matrix */
};

static struct uf_pretrend_quadratic squares(const double *a, const double *b, size_t from, size_t to)
{
    struct uf_pretrend_quadratic sum = {0, 0, 0};
    for (size_t j = from; j < to; j++)
        sum.constant += a[j] * a[j], sum.linear += 2 * a[j] * b[j], sum.square += b[j] * b[j];
    return sum;
}

double placebo_drift_on(const struct placebo_sample *s, size_t path)
{
    if (s->assignment->first_period[path] == SIZE_MAX) return 0;
    return s->drift ? s->drift[path] : 1;
}

/* Of the placebo `path` under the assignment whose parts are given. */
static void add_statistic(const struct placebo_sample *s, const struct placebo_test *test,
                          const struct placebo_parts *parts, const size_t *path, size_t place,
                          struct room *room)
{
    const struct uf_did_assignment *a = s->assignment;
    const size_t k = s->n_outcomes;
    struct uf_pretrend_quadratic *numerator = &room->numerator[place],
                                 *denominator = &room->denominator[place];
    *denominator = (struct uf_pretrend_quadratic){1, 0, 0};
    *numerator = (struct uf_pretrend_quadratic){NAN, NAN, NAN};
    if (parts->tested == 0) return;
    memset(room->line, 0, parts->count * sizeof *room->line);
    memset(room->terms, 0, parts->count * sizeof *room->terms);
    struct uf_pretrend_quadratic all = {0, 0, 0};
    if (parts->gram) all.constant = parts->gram[0];
    for (size_t b = 0; b < a->n_blocks; b++) {
        const double *value = parts->value + (1 + b) * test->stride, drift = placebo_drift_on(s, path[b]);
        if (drift == 0) continue;
        for (size_t j = 0; j < parts->count; j++)
            room->line[j] += drift * value[j], room->terms[j] += fabs(drift * value[j]);
        if (!parts->gram) continue;
        all.linear += 2 * drift * parts->gram[1 + b];
        for (size_t c = 0; c < a->n_blocks; c++)
            all.square += drift * placebo_drift_on(s, path[c]) * parts->gram[(1 + b) * k + 1 + c];
    }
    for (size_t j = 0; j < parts->count; j++) /* a line that is not seen leaves rounding */
        if (fabs(room->line[j]) <= NIL * room->terms[j]) room->line[j] = 0;
    *numerator = squares(parts->value, room->line, parts->count - parts->tested, parts->count);
    numerator->constant *= parts->scale, numerator->linear *= parts->scale, numerator->square *= parts->scale;
    if (!parts->gram) return;
    const struct uf_pretrend_quadratic taken = squares(parts->value, room->line, 0, parts->count);
    room->ratio = true;
    denominator->constant = all.constant - taken.constant;
    denominator->linear = all.linear - taken.linear;
    denominator->square = all.square - taken.square;
    /* a line that the assignment takes up whole leaves rounding */
    if (fabs(denominator->square) <= 1e-12 * all.square) denominator->square = denominator->linear = 0;
}

uf_status placebo_slopes_find(const struct uf_pretrend_placebos *placebos, struct placebo_slopes *out,
                              struct uf_error *error)
{
    static const double powers[] = {0.5, 0.8};
    UF_TRY(uf_pretrend_placebo_power(placebos, LEVEL, 0, &out->level, error));
    out->n_placebos = placebos->n_placebos;
    for (size_t p = 0; p < 2; p++) {
        struct uf_error reason;
        uf_status status = uf_pretrend_placebo_slope(placebos, LEVEL, powers[p], &out->slope[p], &reason);
        if (status == UF_OK) continue;
        out->slope[p] = NAN;
        if (status == UF_NOT_IDENTIFIED) continue;
        if (error) *error = reason;
        return status;
    }
    return UF_OK;
}

static uf_status find_slopes(const struct placebo_sample *s, const struct placebo_test *test,
                             const size_t *path, size_t n, struct room *room, struct placebo_slopes *out,
                             struct uf_error *error)
{
    const size_t blocks = s->assignment->n_blocks;
    for (size_t g = 0; g < n; g++) {
        struct placebo_parts parts = {.value = room->value, .scale = 1};
        UF_TRY(test->parts(test->user, path + g * blocks, &parts, error));
        for (size_t h = 0; h < n; h++)
            add_statistic(s, test, &parts, path + h * blocks, h * n + (g == h ? 0 : g < h ? g + 1 : g), room);
    }
    const struct uf_pretrend_placebos placebos = {.n_placebos = n,
                                                  .n_dealt = n,
                                                  .numerator = room->numerator,
                                                  .denominator = room->ratio ? room->denominator : NULL};
    return placebo_slopes_find(&placebos, out, error);
}

uf_status placebo_drift(const struct placebo_sample *sample, const struct placebo_test *test,
                        size_t n_placebos, uint64_t seed, struct placebo_slopes *out, struct uf_error *error)
{
    size_t *path = NULL, n;
    struct placebo_slopes slopes = {.slope = {NAN, NAN}};
    if (n_placebos == 0)
        return uf_fail(error, UF_NOT_IDENTIFIED, "placebos would take long in a sample of this size");
    UF_TRY(placebo_deal(sample, n_placebos, seed, &path, &n, error));
    const size_t cells = n * n + 1;
    struct room room = {.value = calloc(sample->n_outcomes * test->stride + 1, sizeof(double)),
                        .line = malloc((test->stride + 1) * sizeof(double)),
                        .terms = malloc((test->stride + 1) * sizeof(double)),
                        .numerator = malloc(cells * sizeof *room.numerator),
                        .denominator = malloc(cells * sizeof *room.denominator)};
    uf_status status = room.value && room.line && room.terms && room.numerator && room.denominator
                           ? UF_OK
                           : uf_fail_memory(error);
    if (status == UF_OK) status = find_slopes(sample, test, path, n, &room, &slopes, error);
    if (status == UF_OK) *out = slopes;
    free(room.value), free(room.line), free(room.terms), free(room.numerator), free(room.denominator);
    free(path);
    return status;
}

/* --- of any estimator ------------------------------------------------------------------------------ */

struct dealers {
    const struct placebo_estimator *estimator;
    size_t count;
    struct uf_did_data *data; /* count: with each outcome */
    unsigned char *dealer;    /* count of the estimator's size */
};

static uf_status leads_of(void *user, const size_t *path, struct placebo_parts *out, struct uf_error *error)
{
    const struct dealers *d = user;
    const struct placebo_estimator *e = d->estimator;
    size_t first = 0;
    for (size_t k = 0; k < d->count; k++) {
        unsigned char *dealer = d->dealer + k * e->size;
        struct uf_randomisation_statistics statistics = {NAN, NAN, NAN, NAN};
        struct placebo_leads *leads = (void *)(dealer + e->leads_at);
        *leads = (struct placebo_leads){.value = out->value + k * e->stride};
        UF_TRY(e->statistic(dealer, path, &statistics, error));
        const size_t n = isnan(statistics.coefficient) ? 0 : leads->count;
        if (k == 0) first = n;
        if (n == 0 || n != first) return UF_OK;
    }
    out->count = out->tested = first;
    return UF_OK;
}

uf_status placebo_drift_of_estimator(const struct placebo_sample *sample,
                                     const struct placebo_estimator *estimator, uint64_t seed,
                                     struct placebo_slopes *out, struct uf_error *error)
{
    const size_t k = sample->n_outcomes;
    struct dealers d = {estimator, k, calloc(k, sizeof *d.data), calloc(k, estimator->size)};
    uf_status status = d.data && d.dealer ? UF_OK : uf_fail_memory(error);
    for (size_t o = 0; o < k && status == UF_OK; o++) {
        d.data[o] = *sample->data;
        d.data[o].outcome = sample->outcome + o * sample->data->n;
        status = estimator->init(d.dealer + o * estimator->size, &d.data[o], sample->assignment,
                                 estimator->options, error);
    }
    const struct placebo_test test = {.stride = estimator->stride, .parts = leads_of, .user = &d};
    if (status == UF_OK)
        status = placebo_drift(sample, &test, placebo_count(estimator->work * (double)k), seed, out, error);
    for (size_t o = 0; o < k && d.dealer; o++) estimator->clear(d.dealer + o * estimator->size);
    free(d.data), free(d.dealer);
    return status;
}
