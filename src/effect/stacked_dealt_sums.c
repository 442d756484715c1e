// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The terms of `stacked` under one assignment, from sums over units (slot_effects.h): the treated and the controls of each
 * sub-experiment are a group, and the event times its slots.
 *
 * δ_e is common to all sub-experiments. With K₀ and K₁ of the controls and the treated of one, the period effects leave
 *
 *     S = Σ_a (K₁ − K₁ B),  B = (K₀ + K₁)⁻¹ K₁,  S δ = Σ_a (m₁ − B'(m₀ + m₁)),
 *
 * and the sum Σ c δ weighs by a₀ = −B g for the controls and a₀ + g for the treated, S g = c.
 */
#include "base/fail.h"
#include "effect/stacked_dealer.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Sub-experiment a has the controls as group 2a and its treated as 2a + 1. */
static size_t treated_group(size_t a)
{
    return 2 * a + 1;
}

void stacked_sums_clear(struct stacked_sums *m)
{
    slot_effects_clear(&m->slots);
    free(m->turn), free(m->rest), free(m->weight), free(m->delta), free(m->cohort);
    memset(m, 0, sizeof *m);
}

uf_status stacked_sums_init(const struct uf_did_data *data, const struct uf_stacked_options *o,
                            struct stacked_sums *m, struct uf_error *error)
{
    const size_t times = m->times = (size_t)(o->before + o->after + 1), square = times * times;
    UF_TRY(slot_effects_init(data, &m->slots, error));
    m->turn = malloc((data->n_periods + 1) * square * sizeof *m->turn);
    m->rest = malloc(square * sizeof *m->rest);
    m->weight = malloc(2 * times * sizeof *m->weight);
    m->delta = malloc(times * sizeof *m->delta);
    m->cohort = malloc((data->n_periods + 1) * sizeof *m->cohort);
    return m->turn && m->rest && m->weight && m->delta && m->cohort ? UF_OK : uf_fail_memory(error);
}

static uf_status add_unit(struct stacked_dealer *d, size_t cohort, size_t unit, size_t group, double times,
                          struct uf_error *error)
{
    const struct uf_did_data *data = &d->data;
    const struct uf_stacked_options *o = d->options;
    struct slot_effects *s = &d->sums.slots;
    UF_TRY(slot_effects_open(s, group, error));
    for (size_t t = 0; t < data->n_periods; t++) {
        const size_t i = d->row[unit * data->n_periods + t];
        const long event = stacked_time(data, t) - stacked_time(data, cohort);
        if (i == SIZE_MAX || event < -o->before || event > o->after) continue;
        UF_TRY(slot_effects_add(s, i, (size_t)(event + o->before),
                                times * (data->weights ? data->weights[i] : 1), error));
    }
    slot_effects_close(s);
    return UF_OK;
}

static uf_status gather(struct stacked_dealer *d, const struct uf_stacked *s, const struct stacked_plan *plan,
                        struct uf_error *error)
{
    size_t used = 0;
    UF_TRY(slot_effects_start(&d->sums.slots, 2 * s->n_used, d->sums.times, error));
    for (size_t a = 0; a < s->n_stacks; a++) {
        const size_t cohort = s->stack[a].first_period;
        if (s->stack[a].reason != UF_STACK_USED) continue;
        const double control = stacked_control_weight(d->options, plan, a);
        for (size_t u = 0; u < d->data.n_units; u++) {
            const int role = d->block[u] == SIZE_MAX ? 0 : stacked_role(&d->data, d->options, cohort, u);
            if (role == 1) UF_TRY(add_unit(d, cohort, u, treated_group(used), 1, error));
            if (role == 2) UF_TRY(add_unit(d, cohort, u, treated_group(used) - 1, control, error));
        }
        d->sums.cohort[used++] = cohort;
    }
    return UF_OK;
}

/* --- one effect for all sub-experiments --------------------------------------------------------------- */

/* What the period effects of a sub-experiment leave of its treated: keeps the factor of K₀ + K₁ with the controls' group, and
 * B' in `turn`; adds to S. */
static bool add_rest(struct stacked_sums *m, size_t a, size_t reference)
{
    struct slot_effects *s = &m->slots;
    const size_t times = m->times, square = times * times, treated = treated_group(a), control = treated - 1;
    const double *k0 = slot_gram(s, control), *k1 = slot_gram(s, treated);
    double *factor = s->factor + control * square, *turn = m->turn + a * square, *all = m->weight + times;
    slot_effects_sum(s, control);
    slot_effects_sum(s, treated);
    for (size_t e = 0; e < square; e++) factor[e] = k0[e] + k1[e];
    for (size_t t = 0; t < times; t++) {
        all[t] = s->weight[control * times + t] + s->weight[treated * times + t];
        m->weight[t] += s->weight[treated * times + t];
    }
    if (!slot_factor(factor, times, all, reference)) return false;
    memcpy(turn, k1, square * sizeof *turn);
    for (size_t e = 0; e < times; e++) {
        double *own = turn + e * times;
        slot_solve(factor, times, own);
        for (size_t f = 0; f < times; f++) {
            double sum = k1[f * times + e];
            for (size_t t = 0; t < times; t++) sum -= k1[f * times + t] * own[t];
            m->rest[f * times + e] += sum;
        }
    }
    return true;
}

/* δ of one column, and the effects of all slots that follow. */
static void solve_common(struct stacked_sums *m, size_t n_used, size_t value)
{
    struct slot_effects *s = &m->slots;
    const size_t times = m->times, square = times * times;
    memset(m->delta, 0, times * sizeof *m->delta);
    for (size_t a = 0; a < n_used; a++) {
        const double *m1 = s->moment + slot_moment(s, treated_group(a), value),
                     *m0 = s->moment + slot_moment(s, treated_group(a) - 1, value),
                     *turn = m->turn + a * square;
        for (size_t e = 0; e < times; e++) {
            m->delta[e] += m1[e];
            for (size_t t = 0; t < times; t++) m->delta[e] -= turn[e * times + t] * (m0[t] + m1[t]);
        }
    }
    slot_solve(m->rest, times, m->delta);
    for (size_t a = 0; a < n_used; a++) {
        const size_t treated = treated_group(a), control = treated - 1;
        const double *k1 = slot_gram(s, treated);
        double *own = s->effect + slot_moment(s, treated, value),
               *others = s->effect + slot_moment(s, control, value);
        for (size_t t = 0; t < times; t++) {
            others[t] =
                s->moment[slot_moment(s, control, value) + t] + s->moment[slot_moment(s, treated, value) + t];
            for (size_t e = 0; e < times; e++) others[t] -= k1[t * times + e] * m->delta[e];
        }
        slot_solve(s->factor + control * square, times, others);
        for (size_t t = 0; t < times; t++) own[t] = others[t] + m->delta[t];
    }
}

static bool fit_common(struct stacked_sums *m, size_t n_used, size_t reference)
{
    memset(m->rest, 0, m->times * m->times * sizeof *m->rest);
    memset(m->weight, 0, m->times * sizeof *m->weight);
    for (size_t a = 0; a < n_used; a++)
        if (!add_rest(m, a, reference)) return false;
    if (!slot_factor(m->rest, m->times, m->weight, reference)) return false;
    for (size_t j = 0; j <= m->slots.k; j++) solve_common(m, n_used, j);
    return slot_effects_explain(&m->slots);
}

/* The term as a sum of δ_e; false where none is estimated. */
static bool combine(const struct stacked_dealer *d, const struct uf_stacked_term *term, size_t reference)
{
    const struct stacked_sums *m = &d->sums;
    const size_t start = (size_t)d->options->before;
    size_t count = 0;
    for (size_t e = 0; e < m->times; e++) {
        const bool asked = term->average ? e >= start : (long)e - (long)start == term->event;
        m->delta[e] = asked && e != reference && m->weight[e] > 0;
        count += m->delta[e] > 0;
    }
    for (size_t e = 0; e < m->times && count > 0; e++) m->delta[e] /= (double)count;
    return count > 0;
}

static void tally_common(struct stacked_dealer *d, size_t n_used, const struct uf_stacked_term *term,
                         struct uf_randomisation_statistics *out)
{
    struct stacked_sums *m = &d->sums;
    const size_t times = m->times;
    slot_solve(m->rest, times, m->delta);
    for (size_t a = 0; a < n_used; a++) {
        double *own = m->slots.contrast + treated_group(a) * times, *others = own - times;
        memset(others, 0, times * sizeof *others);
        for (size_t e = 0; e < times; e++)
            for (size_t t = 0; t < times; t++)
                others[t] -= m->turn[(a * times + e) * times + t] * m->delta[e];
        for (size_t t = 0; t < times; t++) own[t] = others[t] + m->delta[t];
    }
    stacked_start_tally(&d->tally, term);
    slot_effects_tally(&m->slots, &d->tally);
    outcome_tally_finish(&d->tally, out);
}

/* --- one effect for each ------------------------------------------------------------------------------ */

/* False also where a cell has treated and no controls: its rows would have to go. */
static bool fit_cells(struct stacked_sums *m, size_t n_used, size_t reference)
{
    struct slot_effects *s = &m->slots;
    for (size_t a = 0; a < n_used; a++) {
        const double *own = s->weight + treated_group(a) * m->times, *others = own - m->times;
        for (size_t t = 0; t < m->times; t++)
            if (own[t] > 0 && !(others[t] > 0)) return false;
    }
    for (size_t g = 0; g < 2 * n_used; g++)
        if (!slot_effects_fit(s, g, reference)) return false;
    return slot_effects_explain(s);
}

static void tally_cell(struct stacked_dealer *d, size_t n_used, const struct uf_stacked_term *term,
                       size_t reference, struct uf_randomisation_statistics *out)
{
    struct stacked_sums *m = &d->sums;
    struct slot_effects *s = &m->slots;
    const long time = term->event + d->options->before;
    size_t a = 0;
    while (a < n_used && m->cohort[a] != term->first_period) a++;
    if (a == n_used || time < 0 || time >= (long)m->times || (size_t)time == reference) return;
    double *own = s->contrast + treated_group(a) * m->times, *others = own - m->times;
    if (!(s->weight[treated_group(a) * m->times + (size_t)time] > 0)) return;
    memset(s->contrast, 0, s->n_groups * m->times * sizeof *s->contrast);
    own[time] = 1, others[time] = -1;
    own[reference] = -1, others[reference] = 1;
    slot_effects_turn(s, treated_group(a));
    slot_effects_turn(s, treated_group(a) - 1);
    stacked_start_tally(&d->tally, term);
    slot_effects_tally(s, &d->tally);
    outcome_tally_finish(&d->tally, out);
}

uf_status stacked_tell_by_sums(struct stacked_dealer *d, const struct uf_stacked *s,
                               const struct stacked_plan *plan, struct uf_randomisation_statistics *out,
                               bool *done, struct uf_error *error)
{
    const struct uf_stacked_options *o = d->options;
    const size_t reference = (size_t)(o->reference + o->before);
    bool any_cell = false;
    UF_TRY(gather(d, s, plan, error));
    *done = fit_common(&d->sums, s->n_used, reference);
    for (long e = 0; e < o->before && *done && !d->term; e++)
        d->lead[e] = (size_t)e != reference && d->sums.weight[e] > 0
                         ? slot_effects_net(&d->sums.slots, 1, (size_t)e) -
                               slot_effects_net(&d->sums.slots, 0, (size_t)e)
                         : NAN;
    for (size_t k = 0; d->term && k < d->n_terms && *done; k++) {
        any_cell |= d->term[k].cell;
        if (!d->term[k].cell && combine(d, &d->term[k], reference))
            tally_common(d, s->n_used, &d->term[k], &out[k]);
    }
    if (!*done || !any_cell) return UF_OK;
    *done = fit_cells(&d->sums, s->n_used, reference);
    for (size_t k = 0; d->term && k < d->n_terms && *done; k++)
        if (d->term[k].cell) tally_cell(d, s->n_used, &d->term[k], reference, &out[k]);
    return UF_OK;
}
