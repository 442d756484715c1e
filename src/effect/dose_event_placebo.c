// SPDX-License-Identifier: GPL-3.0-or-later
/* The event study of doses under placebo treatments. */
#include "base/fail.h"
#include "effect/dose_lots.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* --- lots ------------------------------------------------------------------------------------------------------ */

void dose_lot_assignment_clear(struct dose_lot_assignment *lots)
{
    free(lots->path), free(lots->first_period), free(lots->place), free(lots->moves), free(lots->dose);
    free(lots->drawn);
    memset(lots, 0, sizeof *lots);
}

uf_status dose_lot_assignment_init(const struct dose_dealer *d, struct dose_lot_assignment *a,
                                   struct uf_error *error)
{
    const size_t blocks = d->assignment->n_blocks, lots = d->lots.n_lots;
    *a = (struct dose_lot_assignment){.path = malloc((blocks + 1) * sizeof *a->path),
                                      .first_period = malloc((lots + 1) * sizeof *a->first_period),
                                      .place = malloc((blocks + 1) * sizeof *a->place),
                                      .moves = calloc(blocks + 1, sizeof *a->moves),
                                      .dose = calloc(lots + 1, sizeof *a->dose),
                                      .drawn = malloc((d->lots.n_blocks + 1) * sizeof *a->drawn)};
    if (!a->path || !a->first_period || !a->place || !a->moves || !a->dose || !a->drawn)
        return uf_fail_memory(error);
    for (size_t b = 0; b < blocks; b++) a->path[b] = lots, a->place[b] = SIZE_MAX;
    for (size_t u = 0; u < d->data->n_units; u++) {
        if (d->block[u] == SIZE_MAX || d->dealt[u] == SIZE_MAX) continue;
        a->place[d->block[u]] = d->dealt[u], a->moves[d->block[u]] = true;
        a->path[d->block[u]] = d->lots.path[d->dealt[u]];
    }
    for (size_t l = 0; l < lots; l++) {
        a->first_period[l] = d->lots.lot[l].first_period;
        a->dose[l] = d->lots.lot[l].dose;
    }
    a->first_period[lots] = SIZE_MAX;
    a->assignment = *d->assignment;
    a->assignment.path = a->path, a->assignment.n_paths = lots + 1;
    a->assignment.first_period = a->first_period;
    return UF_OK;
}

void dose_lot_assignment_deal(const struct dose_lot_assignment *lots, const size_t *path,
                              struct dose_dealer *dealer)
{
    for (size_t b = 0; b < lots->assignment.n_blocks; b++)
        if (lots->place[b] != SIZE_MAX) lots->drawn[lots->place[b]] = path[b];
    dose_dealer_assign(dealer, lots->drawn);
}

/* --- one regression ---------------------------------------------------------------------------------------------- */

struct own_fit {
    struct dose_run run;
    struct effect_sample sample;
    struct dose_units units; /* but for the clusters and places, the dealer's */
    struct dose_events events;
};

static void assign(const void *options, const size_t *path)
{
    const struct dose_event_options *o = options;
    dose_lot_assignment_deal(&o->all->lots, path, o->all->dealer);
}

static uf_status units_of(const struct dose_run *run, struct dose_dealer *d, struct dose_units *out,
                          struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    const struct uf_dose_data rows = dose_dealer_rows(d);
    *out = (struct dose_units){.change = rows,
                               .after_less_before = d->change,
                               .dose = d->dose,
                               .weights = d->weights,
                               .unit = d->unit,
                               .cohort = d->cohort,
                               .stack = d->stack,
                               .covariates = d->covariates};
    for (size_t c = 0; c < data->n_cluster_dimensions; c++) {
        out->cluster[c] = malloc((rows.n + 1) * sizeof *out->cluster[c]);
        if (!out->cluster[c]) return uf_fail_memory(error);
        for (size_t i = 0; i < rows.n; i++)
            out->cluster[c][i] = data->cluster[c][run->cells->row[d->unit[i]]];
    }
    if (!data->latitude) return UF_OK;
    out->latitude = malloc((rows.n + 1) * sizeof *out->latitude);
    out->longitude = malloc((rows.n + 1) * sizeof *out->longitude);
    if (!out->latitude || !out->longitude) return uf_fail_memory(error);
    for (size_t i = 0; i < rows.n; i++) {
        const size_t row = run->cells->row[d->unit[i]];
        out->latitude[i] = data->latitude[row], out->longitude[i] = data->longitude[row];
    }
    return UF_OK;
}

static uf_status lead_rows(const struct dose_run *run, const struct dose_events *events, bool slope,
                           gsl_matrix **out, struct uf_error *error)
{
    size_t count = 0, row = 0;
    for (size_t e = 0; e < events->count; e++)
        count += dose_event_is_lead(run, &events->event[e]) && (!slope || events->event[e].slope);
    if (count == 0) return UF_OK;
    *out = gsl_matrix_calloc(count, events->n_columns);
    if (!*out) return uf_fail_memory(error);
    for (size_t e = 0; e < events->count; e++) {
        const struct dose_event *event = &events->event[e];
        const double *combination = slope ? event->slope : event->level;
        if (!dose_event_is_lead(run, event) || !combination) continue;
        for (size_t r = 0; r < event->rank; r++) gsl_matrix_set(*out, row, event->first + r, combination[r]);
        row++;
    }
    return UF_OK;
}

static uf_status regress(void *fit, const struct uf_did_data *data, const void *options,
                         struct placebo_regression *out, struct uf_error *error)
{
    struct own_fit *own = fit;
    const struct dose_event_options *o = options;
    own->run = *o->run;
    own->sample = *o->run->sample;
    own->sample.data = *data;
    own->run.sample = &own->sample, own->run.units = &own->units;
    own->run.reference = o->reference, own->run.own_reference = true;
    UF_TRY(units_of(o->run, o->all->dealer, &own->units, error));
    UF_TRY(dose_events_init(&own->run, &own->events, error));
    if (own->events.n == 0 || own->events.too_large) return UF_OK;
    out->kept.view = own->events.view;
    return lead_rows(&own->run, &own->events, o->slope, &out->leads, error);
}

/* The line as outcome: what the untreated say is taken out of it too. */
static uf_status regress_line(void *fit, const double *line, gsl_vector *coefficients, gsl_vector *rest,
                              struct uf_error *error)
{
    struct own_fit *own = fit;
    struct dose_events events;
    const double *outcome = own->sample.data.outcome;
    own->sample.data.outcome = line;
    uf_status status = dose_events_init(&own->run, &events, error);
    own->sample.data.outcome = outcome;
    UF_TRY(status);
    if (events.n_columns != coefficients->size || events.n != rest->size)
        status = uf_fail(error, UF_INTERNAL, "a line has %zu rows and %zu columns, the outcome %zu and %zu",
                         events.n, events.n_columns, rest->size, coefficients->size);
    if (status == UF_OK) {
        gsl_vector_memcpy(coefficients, events.coefficients);
        gsl_vector_memcpy(rest, events.residuals);
    }
    dose_events_clear(&events);
    return status;
}

static void clear(void *fit)
{
    struct own_fit *own = fit;
    for (int d = 0; d < 2; d++) free(own->units.cluster[d]);
    free(own->units.latitude), free(own->units.longitude);
    dose_events_clear(&own->events);
}

/* --- all of them ------------------------------------------------------------------------------------------------------ */

static uf_status deal(const struct dose_run *run, const struct dose_events *events,
                      struct dose_event_placebos *out, struct uf_error *error)
{
    struct placebo_sample *sample = &out->level.sample;
    struct uf_did_data size = run->sample->data;
    out->actual = dose_actual(run);
    out->dealer = calloc(1, sizeof *out->dealer);
    if (!out->actual || !out->dealer) return uf_fail_memory(error);
    UF_TRY(dose_dealer_init(run, sample->assignment, NULL, out->actual, out->dealer, error));
    UF_TRY(dose_dealer_choose(out->dealer, false, false, error));
    if (!out->dealer->lots.possible) {
        placebo_sample_clear(sample);
        return UF_OK;
    }
    UF_TRY(dose_lot_assignment_init(out->dealer, &out->lots, error));
    sample->assignment = &out->lots.assignment, sample->moves = out->lots.moves;
    out->slope.sample = *sample;
    out->slope.sample.drift = out->lots.dose;
    size.n = events->n;
    for (int slope = 0; slope < 2; slope++) {
        out->options[slope] = (struct dose_event_options){run, out, events->reference, slope};
        out->regressions[slope] =
            (struct placebo_regressions){.options = &out->options[slope],
                                         .size = sizeof(struct own_fit),
                                         .work = placebo_regression_work(&size, events->n_columns),
                                         .regress = regress,
                                         .clear = clear,
                                         .assign = assign,
                                         .regress_line = regress_line};
    }
    return UF_OK;
}

uf_status dose_event_placebos_init(const struct dose_run *run, const struct dose_events *events,
                                   struct dose_event_placebos *out, struct uf_error *error)
{
    *out = (struct dose_event_placebos){0};
    if (!effect_pretrend_wants_placebos(&run->common)) return UF_OK;
    UF_TRY(placebo_treatments_init(&run->sample->data, &run->dealt->assignment, false, &out->level, error));
    uf_status status = out->level.sample.outcome ? deal(run, events, out, error) : UF_OK;
    if (status != UF_OK) dose_event_placebos_clear(out);
    return status;
}

void dose_event_placebos_clear(struct dose_event_placebos *placebos)
{
    placebo_treatments_clear(&placebos->level); /* and with it the sample of the slopes */
    if (placebos->dealer) dose_dealer_clear(placebos->dealer);
    free(placebos->dealer), free(placebos->actual);
    dose_lot_assignment_clear(&placebos->lots);
    memset(placebos, 0, sizeof *placebos);
}
