// SPDX-License-Identifier: GPL-3.0-or-later
/* The terms of `sun-abraham` under one assignment of a panel with gaps, from sums over units (slot_effects.h): the cohorts are
 * the groups, the controls the last, and periods their slots. Only covariates tie them together. */
#include "base/fail.h"
#include "effect/sun_abraham_dealer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void sun_abraham_sums_clear(struct sun_abraham_sums *m)
{
    slot_effects_clear(&m->slots);
    free(m->row), free(m->first_row);
    memset(m, 0, sizeof *m);
}

uf_status sun_abraham_sums_init(const struct uf_did_data *data, struct sun_abraham_sums *m,
                                struct uf_error *error)
{
    UF_TRY(slot_effects_init(data, &m->slots, error));
    m->row = malloc((data->n + 1) * sizeof *m->row);
    m->first_row = calloc(data->n_units + 2, sizeof *m->first_row);
    if (!m->row || !m->first_row) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++) m->first_row[data->unit[i] + 2]++;
    for (size_t u = 0; u < data->n_units; u++) m->first_row[u + 1] += m->first_row[u];
    for (size_t i = 0; i < data->n; i++) m->row[m->first_row[data->unit[i] + 1]++] = i;
    return UF_OK;
}

static uf_status gather(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l,
                        const struct uf_sun_abraham *fit, struct uf_error *error)
{
    const struct uf_did_data *data = &d->data;
    struct sun_abraham_sums *m = &d->sums;
    UF_TRY(slot_effects_start(&m->slots, fit->n_cohorts + 1, data->n_periods, error));
    for (size_t u = 0; u < data->n_units; u++) {
        bool open = false;
        for (size_t r = m->first_row[u]; r < m->first_row[u + 1]; r++) {
            const size_t i = m->row[r];
            if (data->period[i] >= l->end) continue;
            const size_t slot = sun_abraham_slot(data, l, fit, i);
            if (l->level[slot] == SUN_ABRAHAM_LEFT_OUT) continue;
            if (!open) UF_TRY(slot_effects_open(&m->slots, slot / data->n_periods, error));
            open = true;
            UF_TRY(slot_effects_add(&m->slots, i, data->period[i], sun_abraham_row_weight(data, i), error));
        }
        if (open) slot_effects_close(&m->slots);
    }
    return UF_OK;
}

/* The effects of each cohort; it does not matter which of the controls' is nil. */
static bool fit_cohorts(struct slot_effects *s, const struct uf_sun_abraham *fit)
{
    size_t first = 0;
    while (first < s->n_times && !(s->weight[fit->n_cohorts * s->n_times + first] > 0)) first++;
    for (size_t c = 0; c <= fit->n_cohorts; c++)
        if (!slot_effects_fit(s, c, c < fit->n_cohorts ? fit->cohort[c].reference : first)) return false;
    return slot_effects_explain(s);
}

static void estimate_cells(const struct slot_effects *s, struct uf_sun_abraham *fit)
{
    const size_t control = fit->n_cohorts;
    for (size_t i = 0; i < fit->n_cells; i++) {
        struct uf_cohort_cell *cell = &fit->cell[i];
        const size_t c = cell->cohort, b = fit->cohort[c].reference, t = cell->period;
        if (cell->reason == UF_CELL_ESTIMATED)
            cell->estimate = slot_effects_net(s, c, t) - slot_effects_net(s, c, b) -
                             slot_effects_net(s, control, t) + slot_effects_net(s, control, b);
    }
}

static void tell_term(struct sun_abraham_dealer *d, const struct uf_sun_abraham *fit,
                      const struct uf_cell_term *term, struct uf_randomisation_statistics *out)
{
    struct slot_effects *s = &d->sums.slots;
    const size_t times = s->n_times;
    long key;
    if (!sun_abraham_find_key(fit, term, &key)) return;
    if (!(uf_sun_abraham_cell_weights(fit, term->kind, key, d->cell_weight) > 0)) return;
    memset(s->contrast, 0, s->n_groups * times * sizeof *s->contrast);
    for (size_t i = 0; i < fit->n_cells; i++)
        sun_abraham_add_cell(fit, i, d->cell_weight[i], times, s->contrast);
    for (size_t c = 0; c <= fit->n_cohorts; c++) slot_effects_turn(s, c);
    sun_abraham_start_tally(d, term);
    slot_effects_tally(s, &d->tally);
    outcome_tally_finish(&d->tally, out);
}

uf_status sun_abraham_tell_by_sums(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l,
                                   struct uf_sun_abraham *fit, struct uf_randomisation_statistics *out,
                                   bool *done, struct uf_error *error)
{
    UF_TRY(gather(d, l, fit, error));
    *done = fit_cohorts(&d->sums.slots, fit);
    if (!*done) return UF_OK;
    estimate_cells(&d->sums.slots, fit);
    for (size_t k = 0; d->term && k < d->n_terms; k++) tell_term(d, fit, &d->term[k], &out[k]);
    return UF_OK;
}
