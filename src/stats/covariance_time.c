// SPDX-License-Identifier: GPL-3.0-or-later
/* Dependence over time: driscoll-kraay (of all units together) and newey-west (within units). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/covariance_internal.h"

/* Sums of scores of the periods that have observations, and where these stand, in steps of the scale. */
struct periods {
    size_t count;
    double *score;  /* count × k */
    size_t *moment; /* count */
    size_t *place;  /* bound: of a period among those that have observations */
};

static void periods_clear(struct periods *p)
{
    free(p->score), free(p->moment), free(p->place);
}

/* The greatest common divisor of the gaps is one step: surveys every other year are one step apart. */
static void count_steps(struct periods *p)
{
    size_t step = 0;
    for (size_t t = 1; t < p->count; t++) {
        size_t a = p->moment[t] - p->moment[t - 1], b = step;
        while (b > 0) {
            size_t rest = a % b;
            a = b, b = rest;
        }
        step = a;
    }
    for (size_t t = 0; t < p->count && step > 1; t++) p->moment[t] /= step;
}

static uf_status periods_init(const struct uf_covariance_input *input, struct periods *p,
                              struct uf_error *error)
{
    size_t n = input->x->size1, k = input->x->size2, bound = input->n_periods;
    *p = (struct periods){0};
    for (size_t t = 1; t < bound && input->time; t++)
        if (input->time[t] <= input->time[t - 1])
            return uf_fail(error, UF_INTERNAL, "covariance: the periods' times do not ascend");
    p->score = calloc(bound * k + 1, sizeof *p->score);
    p->moment = calloc(bound + 1, sizeof *p->moment);
    p->place = calloc(bound + 1, sizeof *p->place);
    bool *seen = calloc(bound + 1, sizeof *seen);
    uf_status status = p->score && p->moment && p->place && seen ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        if (input->period[i] >= bound) {
            status = uf_fail(error, UF_INTERNAL, "period number %zu of %zu", input->period[i], bound);
            continue;
        }
        seen[input->period[i]] = true;
        covariance_add_score(input, i, p->score + input->period[i] * k);
    }
    for (size_t t = 0; t < bound && status == UF_OK; t++) {
        if (!seen[t]) continue;
        p->moment[p->count] = input->time ? (size_t)(input->time[t] - input->time[0]) : t;
        p->place[t] = p->count;
        memmove(p->score + p->count * k, p->score + t * k, k * sizeof *p->score);
        p->count++;
    }
    free(seen);
    if (status == UF_OK)
        count_steps(p);
    else
        periods_clear(p);
    return status;
}

static size_t lag_of(const struct uf_covariance_options *options, size_t n_periods)
{
    double t = (double)n_periods;
    if (options->lag_rule == UF_LAG_GIVEN) return options->lag;
    /* the fourth root of 16 or 81 must not fall short by rounding */
    if (options->lag_rule == UF_LAG_FOURTH_ROOT) return (size_t)floor(pow(t, 0.25) + 1e-9);
    return (size_t)floor(4 * pow(t / 100, 2.0 / 9) + 1e-9);
}

/* Adds Σ_{|j| <= lag} (1 − |j|/(lag + 1)) Σ_t s_t s_{t−j}' of the scores (count × k); `seen` NULL: all are there. */
static void add_lags(const struct periods *p, const double *score, const bool *seen, size_t lag,
                     gsl_matrix *meat)
{
    size_t k = meat->size1;
    for (size_t t = 0; t < p->count; t++) {
        if (seen && !seen[t]) continue;
        covariance_add_product(meat, 1, score + t * k, score + t * k);
        for (size_t s = t; s-- > 0 && p->moment[t] - p->moment[s] <= lag;) {
            if (seen && !seen[s]) continue;
            double weight = 1 - (double)(p->moment[t] - p->moment[s]) / (double)(lag + 1);
            covariance_add_product(meat, weight, score + t * k, score + s * k);
            covariance_add_product(meat, weight, score + s * k, score + t * k);
        }
    }
}

/* The same within each unit. */
static uf_status add_units(const struct uf_covariance_input *input, const struct periods *p, size_t lag,
                           gsl_matrix *meat, struct uf_error *error)
{
    size_t k = meat->size1;
    struct clusters units = {0};
    double *score = malloc((p->count * k + 1) * sizeof *score);
    bool *seen = malloc((p->count + 1) * sizeof *seen);
    uf_status status = score && seen ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = clusters_init(&units, input->unit, input->x->size1, input->n_units, error);
    for (size_t u = 0; u < units.count && status == UF_OK; u++) {
        memset(score, 0, p->count * k * sizeof *score);
        memset(seen, 0, p->count * sizeof *seen);
        for (size_t l = units.start[u]; l < units.start[u + 1]; l++) {
            size_t place = p->place[input->period[units.order[l]]];
            seen[place] = true;
            covariance_add_score(input, units.order[l], score + place * k);
        }
        add_lags(p, score, seen, lag, meat);
    }
    clusters_clear(&units);
    free(score), free(seen);
    return status;
}

uf_status covariance_over_time(const struct uf_covariance_input *input,
                               const struct uf_covariance_options *options, struct uf_covariance *out,
                               struct uf_error *error)
{
    double n = (double)input->x->size1, left;
    size_t k = input->x->size2, count;
    struct periods p;
    const char *name = uf_covariance_types(&count)[options->kind].name;
    bool by_unit = options->kind == UF_COVARIANCE_NEWEY_WEST;
    if (!input->period || (by_unit && !input->unit))
        return uf_fail(error, UF_BAD_USAGE, "%s needs the %s of each observation", name,
                       by_unit ? "unit and the period" : "period");
    UF_TRY(covariance_left(input, &out->parameters, &left, error));
    UF_TRY(periods_init(input, &p, error));
    gsl_matrix *meat = gsl_matrix_calloc(k, k);
    uf_status status = meat ? UF_OK : uf_fail_memory(error);
    out->n_periods = p.count;
    out->lag = lag_of(options, p.count);
    if (status == UF_OK && p.count < 2)
        status = uf_fail(error, UF_NOT_IDENTIFIED, "%s needs at least two periods, found %zu", name, p.count);
    else if (status == UF_OK && out->lag >= p.count)
        status = uf_fail(error, UF_BAD_USAGE, "%s: a lag of %zu needs more than %zu periods", name, out->lag,
                         p.count);
    if (status == UF_OK && by_unit) status = add_units(input, &p, out->lag, meat, error);
    if (status == UF_OK && !by_unit) add_lags(&p, p.score, NULL, out->lag, meat);
    out->factor = (n - 1) / left * (double)p.count / ((double)p.count - 1);
    if (status == UF_OK) status = covariance_sandwich(input->inverse, meat, out->factor, out->matrix, error);
    gsl_matrix_free(meat);
    periods_clear(&p);
    return status;
}
