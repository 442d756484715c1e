// SPDX-License-Identifier: GPL-3.0-or-later
/* The cohorts dealt out anew, stacked and fitted again. */
#include "base/fail.h"
#include "effect/placebo_drift.h"
#include "effect/stacked_dealer.h"
#include <utfall/sun_abraham.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* --- by means ---------------------------------------------------------------------------------------- */

bool uf_stacked_by_means(const struct uf_did_data *data)
{
    long first = 0, last = 0;
    size_t periods = 0;
    if (data->covariates && data->covariates->size2 > 0) return false;
    if (!uf_sun_abraham_by_means(data)) return false;
    unsigned char *seen = calloc(data->n_periods + 1, 1);
    for (size_t i = 0; seen && i < data->n; i++) {
        long time = stacked_time(data, data->period[i]);
        if (i == 0 || time < first) first = time;
        if (i == 0 || time > last) last = time;
        periods += !seen[data->period[i]];
        seen[data->period[i]] = 1;
    }
    free(seen);
    return seen && data->n > 0 && (size_t)(last - first + 1) == periods;
}

static uf_status number_rows(struct stacked_dealer *d, struct uf_error *error)
{
    const struct uf_did_data *data = &d->data;
    const size_t cells = data->n_units * data->n_periods;
    bool several = false;
    d->row = malloc((cells + 1) * sizeof *d->row);
    d->change = malloc((data->n_units + 1) * sizeof *d->change);
    if (!d->row || !d->change) return uf_fail_memory(error);
    for (size_t c = 0; c < cells; c++) d->row[c] = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) {
        size_t *row = &d->row[data->unit[i] * data->n_periods + data->period[i]];
        several |= *row != SIZE_MAX;
        *row = i;
    }
    d->by_means = uf_stacked_by_means(data);
    if (!several) return d->by_means ? UF_OK : stacked_sums_init(data, d->options, &d->sums, error);
    free(d->row);
    d->row = NULL;
    return UF_OK;
}

/* The period at an event time; balanced panels without gaps have it. */
static size_t period_at(const struct uf_did_data *data, size_t cohort, long event)
{
    long time = stacked_time(data, cohort) + event;
    size_t period = cohort;
    while (stacked_time(data, period) > time) period--;
    while (stacked_time(data, period) < time) period++;
    return period;
}

static double weight_of(const struct uf_did_data *data, size_t row)
{
    return data->weights ? data->weights[row] : 1;
}

/* The periods that a term is of, in one sub-experiment. */
struct span {
    size_t cohort, reference, first, last;
};

static struct span span_of(const struct stacked_dealer *d, size_t cohort, const struct uf_stacked_term *term)
{
    const struct uf_did_data *data = &d->data;
    return (struct span){cohort, period_at(data, cohort, d->options->reference),
                         period_at(data, cohort, term->average ? 0 : term->event),
                         period_at(data, cohort, term->average ? d->options->after : term->event)};
}

/* One sub-experiment: mean changes of treated and controls, from the reference to the mean of the periods. */
static void mean_changes(struct stacked_dealer *d, struct span span, double mean[2])
{
    const struct uf_did_data *data = &d->data;
    double all[2] = {0};
    mean[0] = mean[1] = 0;
    for (size_t u = 0; u < data->n_units; u++) {
        int role = d->block[u] == SIZE_MAX ? 0 : stacked_role(data, d->options, span.cohort, u);
        const size_t *row = d->row + u * data->n_periods;
        if (role == 0) continue;
        double sum = 0, w = weight_of(data, row[span.cohort]);
        for (size_t t = span.first; t <= span.last; t++) sum += data->outcome[row[t]];
        d->change[u] = sum / (double)(span.last - span.first + 1) - data->outcome[row[span.reference]];
        mean[role == 1] += w * d->change[u], all[role == 1] += w;
    }
    for (int side = 0; side < 2; side++) mean[side] /= all[side];
}

/* One sub-experiment's part of the leads. */
static void add_leads(struct stacked_dealer *d, const struct uf_stack *stack, const struct stacked_plan *plan,
                      size_t s)
{
    const struct uf_did_data *data = &d->data;
    const size_t cohort = stack->first_period, reference = period_at(data, cohort, d->options->reference),
                 first = period_at(data, cohort, -d->options->before);
    const size_t end = period_at(data, cohort, -d->options->anticipation - 1);
    for (size_t u = 0; u < data->n_units; u++) {
        int role = d->block[u] == SIZE_MAX ? 0 : stacked_role(data, d->options, cohort, u);
        const size_t *row = d->row + u * data->n_periods;
        if (role == 0) continue;
        double share =
            stack->weight * weight_of(data, row[cohort]) / (role == 1 ? plan->treated[s] : -plan->control[s]);
        for (size_t t = first; t <= end; t++)
            d->lead[t - first] += share * (data->outcome[row[t]] - data->outcome[row[reference]]);
    }
}

/* The root of the mean square of the leads but the reference, and what it is made of. */
static double size_of_leads(struct stacked_dealer *d)
{
    const struct uf_stacked_options *o = d->options;
    double sum = 0;
    size_t count = 0;
    for (long e = -o->before; e < -o->anticipation; e++) {
        double value = d->lead[e + o->before];
        if (e == o->reference || isnan(value)) continue;
        if (d->found.value) d->found.value[count] = value;
        sum += value * value;
        count++;
    }
    for (size_t j = 0; d->found.value && j < count; j++) d->found.value[j] /= sqrt((double)count);
    d->found.count = count;
    return count > 0 ? sqrt(sum / (double)count) : NAN;
}

/* What a sub-experiment weighs in a term. */
static double share_of(const struct uf_stack *stack, const struct uf_stacked_term *term)
{
    if (stack->reason != UF_STACK_USED) return 0;
    if (!term->cell) return stack->weight;
    return stack->first_period == term->first_period ? 1 : 0;
}

/* Its outcomes, with what they weigh in the term; the residuals enter as one sum per unit, at the reference. */
static void add_stack(struct stacked_dealer *d, const struct uf_stack *stack, const struct stacked_plan *plan,
                      size_t s, const struct uf_stacked_term *term, double estimate)
{
    const struct uf_did_data *data = &d->data;
    const struct span span = span_of(d, stack->first_period, term);
    double mean[2], factor = stacked_control_weight(d->options, plan, s) * plan->control[s];
    double share = plan->treated[s] / (plan->treated[s] + factor);
    mean_changes(d, span, mean);
    double all = share * mean[1] + (1 - share) * mean[0];
    for (size_t u = 0; u < data->n_units; u++) {
        int role = d->block[u] == SIZE_MAX ? 0 : stacked_role(data, d->options, span.cohort, u);
        const size_t *row = d->row + u * data->n_periods;
        if (role == 0) continue;
        double v = share_of(stack, term) * weight_of(data, row[span.cohort]) /
                   (role == 1 ? plan->treated[s] : -plan->control[s]);
        double residual = d->change[u] - all - ((role == 1) - share) * estimate;
        for (size_t t = span.first; t <= span.last; t++)
            outcome_tally_add(&d->tally, u, t, data->n_cluster_dimensions ? data->cluster[0][row[t]] : u,
                              v / (double)(span.last - span.first + 1), 0, data->outcome[row[t]]);
        outcome_tally_add(&d->tally, u, span.reference,
                          data->n_cluster_dimensions ? data->cluster[0][row[span.reference]] : u, -v,
                          -residual, data->outcome[row[span.reference]]);
    }
}

static void term_by_means(struct stacked_dealer *d, const struct uf_stacked *s,
                          const struct stacked_plan *plan, const struct uf_stacked_term *term,
                          struct uf_randomisation_statistics *out)
{
    double estimate = 0, mean[2], total = 0;
    for (size_t a = 0; a < s->n_stacks; a++) {
        const double share = share_of(&s->stack[a], term);
        if (!(share > 0)) continue;
        mean_changes(d, span_of(d, s->stack[a].first_period, term), mean);
        estimate += share * (mean[1] - mean[0]);
        total += share;
    }
    if (!(total > 0)) return; /* its cohort is not in the stack */
    stacked_start_tally(&d->tally, term);
    for (size_t a = 0; a < s->n_stacks; a++)
        if (share_of(&s->stack[a], term) > 0) add_stack(d, &s->stack[a], plan, a, term, estimate);
    outcome_tally_finish(&d->tally, out);
}

static void leads_by_means(struct stacked_dealer *d, const struct uf_stacked *s,
                           const struct stacked_plan *plan, struct uf_randomisation_statistics *out)
{
    memset(d->lead, 0, (size_t)d->options->before * sizeof *d->lead);
    for (size_t a = 0; a < s->n_stacks; a++)
        if (s->stack[a].reason == UF_STACK_USED) add_leads(d, &s->stack[a], plan, a);
    out->coefficient = size_of_leads(d);
}

static bool is_in_window(const struct stacked_dealer *d, const struct uf_stacked_term *term)
{
    return term->average || (term->event >= -d->options->before && term->event <= d->options->after &&
                             term->event != d->options->reference);
}

static void all_by_means(struct stacked_dealer *d, const struct uf_stacked *s,
                         const struct stacked_plan *plan, struct uf_randomisation_statistics *out)
{
    if (!d->term) leads_by_means(d, s, plan, out);
    for (size_t k = 0; d->term && k < d->n_terms; k++)
        if (is_in_window(d, &d->term[k])) term_by_means(d, s, plan, &d->term[k], &out[k]);
}

/* --- one assignment ------------------------------------------------------------------------------------ */

/* From means or sums; not *done where there must be a regression. */
static uf_status without_regression(struct stacked_dealer *d, struct uf_randomisation_statistics *out,
                                    bool *done, struct uf_error *error)
{
    struct uf_stacked s = {0};
    struct stacked_plan plan = {0};
    *done = d->by_means;
    uf_status status = stacked_plan_init(&d->data, d->options, &s, &plan, error);
    if (status == UF_OK && d->by_means) all_by_means(d, &s, &plan, out);
    if (status == UF_OK && !d->by_means) status = stacked_tell_by_sums(d, &s, &plan, out, done, error);
    if (status == UF_OK && *done && !d->by_means && !d->term) out->coefficient = size_of_leads(d);
    stacked_plan_clear(&plan);
    uf_stacked_clear(&s);
    return status;
}

static uf_status by_regression(struct stacked_dealer *d, struct uf_randomisation_statistics *out,
                               struct uf_error *error)
{
    struct uf_stacked s;
    uf_status status = uf_stacked_estimate(&d->data, d->options, &s, error);
    if (status != UF_OK) return status;
    if (!d->term) {
        for (long e = 0; e < d->options->before; e++) d->lead[e] = NAN;
        for (size_t j = 0; j < s.fit.n_leading; j++)
            if (s.fit.event_time[j] < 0 && s.fit.position[j] != SIZE_MAX)
                d->lead[s.fit.event_time[j] + d->options->before] = gsl_vector_get(s.fit.fit.coefficients, j);
        out->coefficient = size_of_leads(d);
    } else {
        status = stacked_tell_terms(d, &s, out, error);
    }
    uf_stacked_clear(&s);
    return status;
}

static uf_status statistic(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                           struct uf_error *error)
{
    struct stacked_dealer *d = user;
    struct uf_error reason;
    bool done = false;
    for (size_t u = 0; u < d->data.n_units; u++)
        d->first_period[u] =
            d->block[u] == SIZE_MAX ? SIZE_MAX : d->assignment->first_period[path[d->block[u]]];
    uf_status status = d->row ? without_regression(d, out, &done, &reason) : UF_OK;
    if (status == UF_OK && !done) status = by_regression(d, out, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK; /* this assignment has no estimate */
    if (status != UF_OK && error) *error = reason;
    return status;
}

static uf_status dealer_init(const struct uf_did_data *data, const struct uf_stacked_options *options,
                             const struct uf_did_assignment *assignment, const struct uf_did_noise *noise,
                             struct stacked_dealer *d, struct uf_error *error)
{
    d->data = *data;
    d->options = options;
    d->assignment = assignment;
    d->lead = malloc(((size_t)options->before + 1) * sizeof *d->lead);
    d->first_period = malloc((data->n_units + 1) * sizeof *d->first_period);
    d->block = malloc((data->n_units + 1) * sizeof *d->block);
    if (!d->first_period || !d->block || !d->lead) return uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units; u++) d->block[u] = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) d->block[data->unit[i]] = assignment->block[i];
    UF_TRY(number_rows(d, error));
    d->data.first_period = d->first_period;
    return outcome_tally_init(data, assignment, noise, d->block, &d->tally, error);
}

static void dealer_clear(void *dealer)
{
    struct stacked_dealer *d = dealer;
    outcome_tally_clear(&d->tally);
    stacked_sums_clear(&d->sums);
    free(d->first_period), free(d->block), free(d->row), free(d->change), free(d->lead);
}

static uf_status deal(const struct uf_did_data *data, const struct uf_stacked_options *options,
                      const struct uf_did_assignment *assignment, const struct uf_did_noise *noise,
                      const struct uf_stacked_term *terms, size_t n_terms,
                      const struct uf_randomisation_options *randomisation, struct uf_randomisation *out,
                      struct uf_error *error)
{
    struct stacked_dealer d = {.term = terms, .n_terms = n_terms};
    const struct uf_randomisation_design design = {assignment->n_blocks, assignment->n_paths,
                                                   assignment->path};
    uf_status status = dealer_init(data, options, assignment, noise, &d, error);
    if (status == UF_OK)
        status = uf_randomise_terms(&design, statistic, &d, terms ? n_terms : 1, randomisation, out, error);
    dealer_clear(&d);
    return status;
}

uf_status uf_stacked_randomise(const struct uf_did_data *data, const struct uf_stacked_options *options,
                               const struct uf_did_assignment *assignment, const struct uf_did_noise *noise,
                               const struct uf_randomisation_options *randomisation,
                               struct uf_randomisation *out, struct uf_error *error)
{
    const struct uf_stacked_term average = {.average = true};
    return deal(data, options, assignment, noise, &average, 1, randomisation, out, error);
}

uf_status uf_stacked_randomise_terms(const struct uf_did_data *data, const struct uf_stacked_options *options,
                                     const struct uf_did_assignment *assignment,
                                     const struct uf_did_noise *noise, const struct uf_stacked_term *terms,
                                     size_t n_terms, const struct uf_randomisation_options *randomisation,
                                     struct uf_randomisation *out, struct uf_error *error)
{
    return deal(data, options, assignment, noise, terms, n_terms, randomisation, out, error);
}

uf_status uf_stacked_randomise_leads(const struct uf_did_data *data, const struct uf_stacked_options *options,
                                     const struct uf_did_assignment *assignment,
                                     const struct uf_randomisation_options *randomisation,
                                     struct uf_randomisation *out, struct uf_error *error)
{
    return deal(data, options, assignment, NULL, NULL, 0, randomisation, out, error);
}

/* --- what the leads would have found --------------------------------------------------------------- */

static uf_status init_placebo(void *dealer, const struct uf_did_data *data,
                              const struct uf_did_assignment *assignment, const void *options,
                              struct uf_error *error)
{
    struct stacked_dealer *d = dealer;
    return dealer_init(data, options, assignment, NULL, d, error);
}

uf_status stacked_placebo_drift(const struct placebo_sample *sample, const struct uf_stacked_options *options,
                                double work, uint64_t seed, struct placebo_slopes *out,
                                struct uf_error *error)
{
    const struct placebo_estimator estimator = {.options = options,
                                                .size = sizeof(struct stacked_dealer),
                                                .stride = (size_t)options->before + 1,
                                                .work = work,
                                                .init = init_placebo,
                                                .clear = dealer_clear,
                                                .statistic = statistic,
                                                .leads_at = offsetof(struct stacked_dealer, found)};
    return placebo_drift_of_estimator(sample, &estimator, seed, out, error);
}
