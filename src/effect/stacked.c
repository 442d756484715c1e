// SPDX-License-Identifier: GPL-3.0-or-later
/* Sub-experiments, put one under the other, and their regression. */
#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/sample.h"
#include "effect/stacked_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct uf_stacked_rows {
    size_t *unit, *period, *cluster[2], *first_period;
    long *event;
    unsigned char *treated; /* in its sub-experiment */
    double *outcome, *weights, *latitude, *longitude;
    gsl_matrix *covariates;
};

void uf_stacked_clear(struct uf_stacked *s)
{
    if (!s) return;
    struct uf_stacked_rows *r = s->rows;
    if (r) {
        free(r->unit), free(r->period), free(r->cluster[0]), free(r->cluster[1]), free(r->first_period);
        free(r->event), free(r->treated), free(r->outcome), free(r->weights);
        free(r->latitude), free(r->longitude);
        gsl_matrix_free(r->covariates);
        free(r);
    }
    free(s->stack), free(s->row);
    uf_did_fit_clear(&s->fit);
    memset(s, 0, sizeof *s);
}

/* --- cohorts and windows ---------------------------------------------------------------------------- */

/* The calendar of the sample, and who starts when. */
struct calendar {
    long first, last;
    bool *starts; /* n_periods: somebody in the sample starts then */
};

static uf_status calendar_init(const struct uf_did_data *data, struct calendar *out, struct uf_error *error)
{
    *out = (struct calendar){.starts = calloc(data->n_periods + 1, sizeof(bool))};
    if (!out->starts) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++) {
        long time = stacked_time(data, data->period[i]);
        size_t start = data->first_period[data->unit[i]];
        if (i == 0 || time < out->first) out->first = time;
        if (i == 0 || time > out->last) out->last = time;
        if (start != SIZE_MAX) out->starts[start] = true;
    }
    return UF_OK;
}

uf_status uf_stacked_window(const struct uf_did_data *data, long anticipation, long *before, long *after,
                            struct uf_error *error)
{
    struct calendar calendar;
    bool any = false;
    UF_TRY(calendar_init(data, &calendar, error));
    for (size_t t = 0; t < data->n_periods; t++) {
        long least = stacked_time(data, t) - calendar.first, most = calendar.last - stacked_time(data, t);
        if (!calendar.starts[t] || least <= anticipation || most < 0) continue;
        if (!any || least < *before) *before = least;
        if (!any || most < *after) *after = most;
        any = true;
    }
    free(calendar.starts);
    if (any) return UF_OK;
    return uf_fail(error, UF_NOT_IDENTIFIED, "no cohort has a period before its start");
}

int stacked_role(const struct uf_did_data *data, const struct uf_stacked_options *o, size_t cohort,
                 size_t unit)
{
    size_t first = data->first_period[unit];
    if (first == cohort) return 1;
    if (first == SIZE_MAX) return 2;
    return o->control == UF_STACK_NOT_YET_TREATED &&
                   stacked_time(data, first) - o->anticipation > stacked_time(data, cohort) + o->after
               ? 2
               : 0;
}

/* Units and weights of one sub-experiment. `seen`: n_units, cleared here. */
struct membership {
    double treated, control; /* sums of the units' weights, of their first row in the window */
    unsigned char *seen;
};

static void survey(const struct uf_did_data *data, const struct uf_stacked_options *o, struct uf_stack *s,
                   struct membership *m)
{
    bool at_reference[3] = {false};
    long start = stacked_time(data, s->first_period);
    memset(m->seen, 0, data->n_units);
    m->treated = m->control = 0;
    for (size_t i = 0; i < data->n; i++) {
        long event = stacked_time(data, data->period[i]) - start;
        int role = stacked_role(data, o, s->first_period, data->unit[i]);
        if (role == 0 || event < -o->before || event > o->after) continue;
        at_reference[role] |= event == o->reference;
        s->n_rows++;
        if (m->seen[data->unit[i]]) continue;
        m->seen[data->unit[i]] = (unsigned char)role;
        double w = data->weights ? data->weights[i] : 1;
        if (role == 1)
            s->n_treated += effect_row_count(data, i), m->treated += w;
        else
            s->n_control += effect_row_count(data, i), m->control += w;
    }
    if (s->n_control == 0)
        s->reason = UF_STACK_NO_CONTROL;
    else if (!at_reference[1] || !at_reference[2])
        s->reason = UF_STACK_REFERENCE;
}

void stacked_plan_clear(struct stacked_plan *plan)
{
    free(plan->treated), free(plan->control);
    memset(plan, 0, sizeof *plan);
}

double stacked_control_weight(const struct uf_stacked_options *o, const struct stacked_plan *plan, size_t s)
{
    if (o->weights != UF_STACK_BY_SHARES) return 1;
    return plan->treated[s] / plan->all_treated * plan->all_control / plan->control[s];
}

static uf_status list_stacks(const struct uf_did_data *data, const struct uf_stacked_options *o,
                             struct uf_stacked *out, struct stacked_plan *plan, struct uf_error *error)
{
    struct calendar calendar;
    struct membership m = {.seen = malloc(data->n_units + 1)};
    uf_status status = calendar_init(data, &calendar, error);
    out->stack = calloc(data->n_periods + 1, sizeof *out->stack);
    plan->treated = calloc(data->n_periods + 1, sizeof(double));
    plan->control = calloc(data->n_periods + 1, sizeof(double));
    if (status == UF_OK && (!out->stack || !plan->treated || !plan->control || !m.seen))
        status = uf_fail_memory(error);
    for (size_t t = 0; t < data->n_periods && status == UF_OK; t++) {
        if (!calendar.starts[t]) continue;
        struct uf_stack *s = &out->stack[out->n_stacks];
        *s = (struct uf_stack){.first_period = t};
        if (stacked_time(data, t) - o->before < calendar.first ||
            stacked_time(data, t) + o->after > calendar.last)
            s->reason = UF_STACK_WINDOW;
        else
            survey(data, o, s, &m);
        if (s->reason == UF_STACK_USED) {
            plan->treated[out->n_stacks] = m.treated, plan->control[out->n_stacks] = m.control;
            plan->all_treated += m.treated, plan->all_control += m.control;
            plan->n_rows += s->n_rows;
            out->n_used++;
        } else
            s->n_treated = s->n_control = s->n_rows = 0;
        out->n_stacks++;
    }
    double total = 0;
    for (size_t s = 0; s < out->n_stacks && status == UF_OK; s++) {
        double d = plan->treated[s], c = plan->control[s];
        if (out->stack[s].reason != UF_STACK_USED) continue;
        out->stack[s].weight = o->weights == UF_STACK_BY_SHARES ? d : d * c / (d + c);
        total += out->stack[s].weight;
    }
    for (size_t s = 0; s < out->n_stacks && out->stack && total > 0; s++) out->stack[s].weight /= total;
    free(calendar.starts), free(m.seen);
    if (status == UF_OK && out->n_used == 0)
        status = uf_fail(
            error, UF_NOT_IDENTIFIED,
            "no cohort has a window of %ld periods before and %ld after its start within the data, with "
            "controls in it",
            o->before, o->after);
    return status;
}

/* --- the stack ---------------------------------------------------------------------------------------- */

static uf_status rows_new(const struct uf_did_data *from, size_t n, struct uf_stacked *out,
                          struct uf_error *error)
{
    const size_t k = from->covariates ? from->covariates->size2 : 0;
    struct uf_stacked_rows *r = out->rows = calloc(1, sizeof *r);
    if (!r) return uf_fail_memory(error);
    out->row = malloc((n + 1) * sizeof *out->row);
    r->unit = malloc((n + 1) * sizeof *r->unit);
    r->period = malloc((n + 1) * sizeof *r->period);
    r->first_period = malloc((n + 1) * sizeof *r->first_period);
    r->event = malloc((n + 1) * sizeof *r->event);
    r->treated = malloc(n + 1);
    r->outcome = malloc((n + 1) * sizeof *r->outcome);
    r->weights = malloc((n + 1) * sizeof *r->weights);
    r->latitude = from->latitude ? malloc((n + 1) * sizeof *r->latitude) : NULL;
    r->longitude = from->latitude ? malloc((n + 1) * sizeof *r->longitude) : NULL;
    r->covariates = k > 0 ? gsl_matrix_alloc(n, k) : NULL;
    bool memory = out->row && r->unit && r->period && r->first_period && r->event && r->treated &&
                  r->outcome && r->weights && (k == 0 || r->covariates) &&
                  (!from->latitude || (r->latitude && r->longitude));
    for (size_t d = 0; d < from->n_cluster_dimensions && memory; d++) {
        r->cluster[d] = malloc((n + 1) * sizeof *r->cluster[d]);
        memory = r->cluster[d] != NULL;
    }
    return memory ? UF_OK : uf_fail_memory(error);
}

static uf_status put_together(const struct uf_did_data *from, const struct uf_stacked_options *o,
                              const struct stacked_plan *plan, struct uf_stacked *out, struct uf_error *error)
{
    const size_t window = (size_t)(o->before + o->after + 1),
                 k = from->covariates ? from->covariates->size2 : 0;
    size_t n = 0, units = 0, used = 0, *number = malloc((from->n_units + 1) * sizeof *number);
    unsigned char *distinct = calloc(from->n + from->n_units + 1, 1), *met = distinct + from->n;
    size_t *units_of = calloc(from->n_units + 1, sizeof *units_of), n_rows = 0;
    uf_status status =
        number && distinct && units_of ? rows_new(from, plan->n_rows, out, error) : uf_fail_memory(error);
    struct uf_stacked_rows *r = out->rows;
    for (size_t s = 0; s < out->n_stacks && status == UF_OK; s++) {
        const struct uf_stack *stack = &out->stack[s];
        if (stack->reason != UF_STACK_USED) continue;
        long start = stacked_time(from, stack->first_period);
        double control_weight = stacked_control_weight(o, plan, s);
        for (size_t u = 0; u < from->n_units; u++) number[u] = SIZE_MAX;
        for (size_t i = 0; i < from->n; i++) {
            long event = stacked_time(from, from->period[i]) - start;
            int role = stacked_role(from, o, stack->first_period, from->unit[i]);
            if (role == 0 || event < -o->before || event > o->after) continue;
            size_t *unit = &number[from->unit[i]];
            if (*unit == SIZE_MAX) {
                *unit = units;
                r->first_period[units++] = SIZE_MAX; /* of no use in a stack: who is treated is said by row */
            }
            out->row[n] = i;
            r->unit[n] = *unit;
            r->period[n] = used * window + (size_t)(event + o->before);
            r->event[n] = event;
            r->treated[n] = role == 1;
            r->outcome[n] = from->outcome[i];
            r->weights[n] = (from->weights ? from->weights[i] : 1) * (role == 1 ? 1 : control_weight);
            for (size_t j = 0; j < k; j++)
                gsl_matrix_set(r->covariates, n, j, gsl_matrix_get(from->covariates, i, j));
            for (size_t d = 0; d < from->n_cluster_dimensions; d++) r->cluster[d][n] = from->cluster[d][i];
            if (from->latitude) r->latitude[n] = from->latitude[i], r->longitude[n] = from->longitude[i];
            out->n_distinct += !distinct[i];
            distinct[i] = 1;
            met[from->unit[i]] |= (unsigned char)role;
            units_of[from->unit[i]] = effect_row_count(from, i);
            n_rows += effect_row_count(from, i);
            n++;
        }
        used++;
    }
    for (size_t u = 0; u < from->n_units && status == UF_OK; u++) {
        out->n_treated += met[u] & 1 ? units_of[u] : 0;
        out->n_control += met[u] & 2 ? units_of[u] : 0;
    }
    free(number), free(distinct), free(units_of);
    if (status != UF_OK) return status;
    out->data =
        (struct uf_did_data){.n = n,
                             .n_units = units,
                             .n_periods = used * window,
                             .unit = r->unit,
                             .period = r->period,
                             .outcome = r->outcome,
                             .weights = from->weights || o->weights == UF_STACK_BY_SHARES ? r->weights : NULL,
                             .covariates = r->covariates,
                             .first_period = r->first_period,
                             .latitude = r->latitude,
                             .longitude = r->longitude,
                             .summed_from = SIZE_MAX,
                             .cluster = {r->cluster[0], r->cluster[1]},
                             .n_groups = {from->n_groups[0], from->n_groups[1]},
                             .n_cluster_dimensions = from->n_cluster_dimensions,
                             .n_rows = from->n_rows > 0 ? n_rows : 0};
    return UF_OK;
}

static uf_status regress(const struct uf_stacked_options *o, struct uf_stacked *out, struct uf_error *error)
{
    const size_t m = (size_t)(o->before + o->after);
    gsl_matrix *dummies = gsl_matrix_calloc(out->data.n, m);
    out->fit.event_time = malloc((m + 1) * sizeof *out->fit.event_time);
    uf_status status = dummies && out->fit.event_time ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < out->data.n && status == UF_OK; i++) {
        long event = out->rows->event[i];
        if (!out->rows->treated[i] || event == o->reference) continue;
        gsl_matrix_set(dummies, i, (size_t)(event + o->before - (event > o->reference)), 1);
    }
    for (size_t j = 0; j < m && status == UF_OK; j++) {
        long event = (long)j - o->before;
        out->fit.event_time[j] = event + (event >= o->reference);
    }
    if (status == UF_OK) status = did_regress(&out->data, dummies, &out->fit, error);
    gsl_matrix_free(dummies);
    return status;
}

uf_status stacked_plan_init(const struct uf_did_data *data, const struct uf_stacked_options *o,
                            struct uf_stacked *out, struct stacked_plan *plan, struct uf_error *error)
{
    if (o->before < 1 || o->after < 0 || o->anticipation < 0)
        return uf_fail(
            error, UF_BAD_USAGE,
            "a window from %ld before to %ld after the start, with an anticipation of %ld, makes no sense",
            o->before, o->after, o->anticipation);
    if (o->reference < -o->before || o->reference >= -o->anticipation)
        return uf_fail(error, UF_BAD_USAGE,
                       "the reference event time %ld is not between the start of the window (%ld) and the "
                       "start less the "
                       "anticipation (%ld)",
                       o->reference, -o->before, -o->anticipation);
    return list_stacks(data, o, out, plan, error);
}

uf_status uf_stacked_estimate(const struct uf_did_data *data, const struct uf_stacked_options *o,
                              struct uf_stacked *out, struct uf_error *error)
{
    struct uf_stacked s = {0};
    struct stacked_plan plan = {0};
    uf_status status = stacked_plan_init(data, o, &s, &plan, error);
    if (status == UF_OK) status = put_together(data, o, &plan, &s, error);
    if (status == UF_OK) status = regress(o, &s, error);
    stacked_plan_clear(&plan);
    if (status == UF_OK)
        *out = s;
    else
        uf_stacked_clear(&s);
    return status;
}

bool uf_stacked_average(const struct uf_stacked *s, double *out_combination)
{
    size_t count = 0;
    memset(out_combination, 0, s->fit.fit.rank * sizeof *out_combination);
    for (size_t j = 0; j < s->fit.n_leading; j++)
        if (s->fit.event_time[j] >= 0 && s->fit.position[j] != SIZE_MAX) {
            out_combination[s->fit.position[j]] = 1;
            count++;
        }
    for (size_t j = 0; j < s->fit.fit.rank && count > 0; j++) out_combination[j] /= (double)count;
    return count > 0;
}

bool uf_stacked_is_treated(const struct uf_stacked *s, size_t r)
{
    return s->rows->treated[r] != 0;
}

uf_status uf_stacked_weights(const struct uf_stacked *s, const double *combination, double *out,
                             struct uf_error *error)
{
    return did_outcome_weights(&s->data, &s->fit, combination, out, error);
}
