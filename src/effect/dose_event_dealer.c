// SPDX-License-Identifier: GPL-3.0-or-later
/* The event study of doses when treatment and doses are dealt out anew: each event time, the leads together, and what these would
 * have found. */
#include "base/fail.h"
#include "effect/dose_lots.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct dealer {
    struct dose_dealer *of;
    const struct dose_events *events;
    bool slope; /* of the slopes; else of the levels */
    struct dose_event_rows rows;
    struct outcome_tally tally;
    size_t pattern; /* of the weights in of->v and the rows: an event time; SIZE_MAX: none yet */
    bool weighed;   /* that pattern has an estimate */
    double *lead;   /* n events */
    /* for placebos */
    const struct placebo_sample *sample;
    double *change; /* n_outcomes × as in dose_events */
    const struct dose_lot_assignment *lots;
};

static size_t n_cells(const struct dealer *d)
{
    return d->of->run->cells->n_units * d->of->run->cells->n_cohorts;
}

static void dealer_clear(struct dealer *d)
{
    dose_event_rows_clear(&d->rows);
    outcome_tally_clear(&d->tally);
    free(d->lead);
}

static uf_status dealer_init(struct dose_dealer *of, const struct dose_events *events, struct dealer *d,
                             struct uf_error *error)
{
    const struct dose_cells *cells = of->run->cells;
    *d = (struct dealer){.of = of, .events = events, .lead = malloc((events->count + 1) * sizeof *d->lead)};
    if (!d->lead) return uf_fail_memory(error);
    UF_TRY(dose_event_rows_init(cells->n_units * cells->n_cohorts, cells->n_cohorts, cells->n_covariates,
                                &d->rows, error));
    return outcome_tally_init(of->data, of->assignment, of->noise, of->block, &d->tally, error);
}

/* --- one assignment ---------------------------------------------------------------------------------------- */

/* The fit of an event time under the assignment at hand, and what each change weighs in its estimate (of->v). n_columns 0:
 * it has none. */
static uf_status fit_event(struct dealer *d, const struct uf_dose_data *all, size_t e,
                           struct uf_dose_fit *fit, struct uf_error *error)
{
    const struct uf_dose_options curve = dose_dealer_curve(d->of);
    struct uf_error reason;
    *fit = (struct uf_dose_fit){0};
    if (!dose_event_select(d->of->run, d->events, e, all, d->of->unit, d->of->cohort, &d->rows)) return UF_OK;
    uf_status status = uf_dose_fit(&d->rows.data, &curve, fit, &reason);
    if (status == UF_NOT_IDENTIFIED) {
        *fit = (struct uf_dose_fit){0};
        return UF_OK;
    }
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    uf_dose_mean(fit, &d->rows.data, d->slope, d->of->combination);
    dose_dealer_weigh(d->of, &d->rows.data, fit, d->of->combination);
    return UF_OK;
}

/* Weights of an event time, which are those of all with values for the same units. */
static uf_status weigh(struct dealer *d, const struct uf_dose_data *all, size_t e, struct uf_error *error)
{
    struct uf_dose_fit fit;
    if (d->pattern == d->events->event[e].pattern) return UF_OK;
    UF_TRY(fit_event(d, all, e, &fit, error));
    d->pattern = d->events->event[e].pattern;
    d->weighed = fit.n_columns > 0;
    if (d->weighed) uf_dose_fit_clear(&fit);
    return UF_OK;
}

static double weighted_sum(const struct dealer *d, const double *change)
{
    const size_t cohorts = d->of->run->cells->n_cohorts;
    double sum = 0;
    for (size_t r = 0; r < d->rows.data.n; r++) {
        const size_t i = d->rows.from[r];
        sum += d->of->v[r] * change[d->of->unit[i] * cohorts + d->of->cohort[i]];
    }
    return sum;
}

static uf_status leads_together(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                                struct uf_error *error)
{
    struct dealer *d = user;
    double sum = 0;
    size_t count = 0;
    dose_dealer_assign(d->of, path);
    const struct uf_dose_data all = dose_dealer_rows(d->of);
    d->pattern = SIZE_MAX;
    for (size_t e = 0; e < d->events->count; e++) {
        if (!dose_event_is_lead(d->of->run, &d->events->event[e])) continue;
        UF_TRY(weigh(d, &all, e, error));
        if (!d->weighed) continue;
        const double lead = weighted_sum(d, d->events->change + e * n_cells(d));
        sum += lead * lead;
        count++;
    }
    if (count > 0) out->coefficient = sqrt(sum / (double)count);
    return UF_OK;
}

/* Of one event time: its two outcomes by unit; returns by how much it rises with the doses of those treated then. */
static double tally_event(struct dealer *d, size_t e, const double *residuals)
{
    const struct dose_dealer *of = d->of;
    const struct uf_did_data *data = of->data;
    const long times[] = {d->events->event[e].time, d->events->reference};
    double shift = 0;
    d->tally.from = d->tally.to = times[0];
    outcome_tally_start(&d->tally);
    for (size_t i = 0; i < d->rows.data.n; i++) {
        const size_t from = d->rows.from[i], u = of->unit[from], first = data->first_period[u];
        const long start = data->time[of->run->cells->cohort[of->cohort[from]].start];
        for (size_t r = of->first_row[u]; r != SIZE_MAX; r = of->next_row[r]) {
            const size_t t = data->period[r];
            const bool after = data->time[t] == start + times[0];
            if (!after && data->time[t] != start + times[1]) continue;
            const double v = after ? of->v[i] : -of->v[i];
            outcome_tally_add(&d->tally, u, t, data->n_cluster_dimensions ? data->cluster[0][r] : u, v,
                              after ? residuals[i] : 0, data->outcome[r]);
            if (first != SIZE_MAX && data->time[t] - data->time[first] == times[0])
                shift += v * of->actual[u];
        }
    }
    return shift;
}

static uf_status each_event(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                            struct uf_error *error)
{
    struct dealer *d = user;
    size_t next = 0;
    dose_dealer_assign(d->of, path);
    const struct uf_dose_data all = dose_dealer_rows(d->of);
    for (size_t e = 0; e < d->events->count; e++) {
        const struct dose_event *event = &d->events->event[e];
        struct uf_dose_fit fit;
        if (event->reason != DOSE_EVENT_ESTIMATED || (d->slope && !event->slope)) continue;
        struct uf_randomisation_statistics *to = &out[next++];
        UF_TRY(fit_event(d, &all, e, &fit, error));
        if (fit.n_columns == 0) continue;
        const double by_dose = tally_event(d, e, fit.fit.residuals->data);
        outcome_tally_finish(&d->tally, to);
        if (d->slope) to->shift = by_dose;
        uf_dose_fit_clear(&fit);
    }
    return UF_OK;
}

/* --- what the leads would have found -------------------------------------------------------------------------- */

static uf_status parts_of(void *user, const size_t *path, struct placebo_parts *out, struct uf_error *error)
{
    struct dealer *d = user;
    const struct placebo_sample *s = d->sample;
    const size_t stride = d->events->count, per = stride * n_cells(d);
    dose_lot_assignment_deal(d->lots, path, d->of);
    const struct uf_dose_data all = dose_dealer_rows(d->of);
    size_t count = 0;
    d->pattern = SIZE_MAX;
    for (size_t e = 0; e < stride; e++) {
        if (!dose_event_is_lead(d->of->run, &d->events->event[e])) continue;
        UF_TRY(weigh(d, &all, e, error));
        if (!d->weighed) return UF_OK; /* leads are compared as many at a time */
        for (size_t k = 0; k < s->n_outcomes; k++)
            out->value[k * stride + count] = weighted_sum(d, d->change + k * per + e * n_cells(d));
        count++;
    }
    out->count = out->tested = count;
    return UF_OK;
}

static uf_status find_slopes(struct dealer *d, double work, struct placebo_slopes **out,
                             struct uf_error *error)
{
    const struct dose_run *run = d->of->run;
    struct placebo_sample sample;
    struct dose_lot_assignment lots = {0};
    struct placebo_slopes slopes;
    struct uf_error reason;
    uf_status status = placebo_sample_init(d->of->data, d->of->assignment, false, &sample, &reason);
    if (status != UF_OK) goto done;
    status = dose_lot_assignment_init(d->of, &lots, &reason);
    if (status != UF_OK) goto cleared;
    sample.assignment = &lots.assignment, sample.moves = lots.moves;
    if (d->slope) sample.drift = lots.dose;
    // cppcheck-suppress autoVariables ; taken back below
    d->sample = &sample, d->lots = &lots;
    const size_t per = d->events->count * n_cells(d), n = d->of->data->n;
    d->change = malloc((sample.n_outcomes * per + 1) * sizeof *d->change);
    *out = malloc(sizeof **out);
    if (!d->change || !*out) status = uf_fail_memory(&reason);
    for (size_t k = 0; k < sample.n_outcomes && status == UF_OK; k++)
        status = dose_event_changes(run, d->events, sample.outcome + k * n, d->change + k * per, &reason);
    const struct placebo_test test = {.stride = d->events->count, .parts = parts_of, .user = d};
    work += (double)sample.n_outcomes * (double)d->events->count * (double)run->units->change.n;
    if (status == UF_OK)
        status = placebo_drift(&sample, &test, placebo_count(work), run->common.inference->randomisation.seed,
                               &slopes, &reason);
    if (status == UF_OK)
        **out = slopes;
    else
        free(*out), *out = NULL;
    free(d->change);
    d->sample = NULL, d->lots = NULL;
cleared:
    dose_lot_assignment_clear(&lots);
    placebo_sample_clear(&sample);
done:
    if (status == UF_OK || status == UF_NOT_IDENTIFIED) return UF_OK;
    if (error) *error = reason;
    return status;
}

/* --- all of it -------------------------------------------------------------------------------------------------- */

/* Multiplications of one assignment: a regression for each pattern of values, or (`each`) for each event time. */
static double work_of(const struct dose_run *run, const struct dose_events *events, bool each)
{
    const double columns = (double)run->fit->n_columns + 2, rows = (double)run->units->change.n;
    double work = 0;
    for (size_t e = 0; e < events->count; e++) {
        work += 4 * rows;
        if (each || events->event[e].pattern == e) work += 20 * rows * columns * columns + 2000;
        if (each) work += 30 * rows + 10 * (double)run->sample->data.n;
    }
    return work;
}

static uf_status deal(struct dealer *d, uf_randomisation_statistic statistic, size_t n_terms,
                      const struct uf_randomisation_options *options, struct uf_randomisation *out,
                      struct uf_error *error)
{
    struct uf_error reason;
    const struct uf_randomisation_design design = {d->of->lots.n_blocks, d->of->lots.n_lots,
                                                   d->of->lots.path};
    if (!d->of->lots.possible || n_terms == 0) return UF_OK;
    uf_status status = uf_randomise_terms(&design, statistic, d, n_terms, options, out, &reason);
    if (status == UF_OK || status == UF_NOT_IDENTIFIED) return UF_OK;
    if (error) *error = reason;
    return status;
}

/* The leads by one way to deal, and what they would have found. */
static uf_status deal_leads(struct dealer *d, bool among, const struct uf_randomisation_options *options,
                            double work, struct uf_randomisation *out, struct placebo_slopes **slopes,
                            struct uf_error *error)
{
    UF_TRY(dose_dealer_choose(d->of, !d->slope, among, error));
    UF_TRY(deal(d, leads_together, 1, options, out, error));
    return out->count > 0 ? find_slopes(d, work, slopes, error) : UF_OK;
}

static uf_status deal_each(struct dealer *d, bool among, const struct uf_randomisation_options *options,
                           size_t count, struct uf_randomisation **out, struct uf_error *error)
{
    size_t n = 0;
    for (size_t e = 0; e < count; e++)
        n += d->events->event[e].reason == DOSE_EVENT_ESTIMATED && (!d->slope || d->events->event[e].slope);
    *out = calloc(count + 1, sizeof **out);
    if (!*out) return uf_fail_memory(error);
    UF_TRY(dose_dealer_choose(d->of, !d->slope, among, error));
    UF_TRY(deal(d, each_event, n, options, *out, error));
    for (size_t e = count; e-- > 0;) { /* to their event times, from the last */
        const bool own =
            d->events->event[e].reason == DOSE_EVENT_ESTIMATED && (!d->slope || d->events->event[e].slope);
        n -= own;
        const struct uf_randomisation moved = own ? (*out)[n] : (struct uf_randomisation){0};
        if (own) (*out)[n] = (struct uf_randomisation){0};
        (*out)[e] = moved;
    }
    return UF_OK;
}

static uf_status deal_all(struct dealer *d, struct dose_event_dealt *out, struct uf_error *error)
{
    static const struct uf_words text = {
        "The event times were not dealt out anew one by one, which would take long in a panel of this size.",
        "Tidpunkterna har inte fördelats på nytt var för sig, vilket skulle ta lång tid i en så stor panel."};
    const struct dose_run *run = d->of->run;
    const bool slopes = dose_has_slope(run->fit);
    struct uf_randomisation_options options;
    double work = work_of(run, d->events, false);
    out->count = d->events->count;
    if (effect_afford_some(&run->common, work, &options)) {
        d->slope = false;
        UF_TRY(deal_leads(d, false, &options, work, &out->level_leads, &out->level_slopes, error));
        d->slope = true;
        if (slopes)
            UF_TRY(deal_leads(d, dose_deals_among(run), &options, work, &out->slope_leads, &out->slope_slopes,
                              error));
    }
    if (!effect_deals_all(run->common.inference)) return UF_OK;
    if (!effect_afford_some(&run->common, work_of(run, d->events, true), &options))
        return effect_note(&run->common, UF_NOTE, "randomisation-impossible", text,
                           (struct uf_words){NULL, NULL}, NULL, 0, error);
    d->slope = false;
    UF_TRY(deal_each(d, false, &options, out->count, &out->level, error));
    d->slope = true;
    if (slopes) UF_TRY(deal_each(d, false, &options, out->count, &out->slope, error));
    return slopes ? deal_each(d, true, &options, out->count, &out->among, error) : UF_OK;
}

uf_status dose_events_deal(const struct dose_run *run, const struct dose_events *events,
                           struct dose_event_dealt *out, struct uf_error *error)
{
    const struct dose_dealt *dealt = run->dealt;
    struct uf_did_noise noise = {0};
    struct dose_dealer of = {0};
    struct dealer d = {0};
    struct uf_error reason;
    if (dealt->average.count == 0) return UF_OK;
    double *actual = dose_actual(run);
    if (!actual) return uf_fail_memory(error);
    const bool known = uf_did_noise_init(&run->sample->data, &dealt->assignment, &noise, &reason) == UF_OK;
    uf_status status = dose_dealer_init(run, &dealt->assignment, known ? &noise : NULL, actual, &of, error);
    if (status == UF_OK) status = dealer_init(&of, events, &d, error);
    if (status == UF_OK) status = deal_all(&d, out, error);
    dealer_clear(&d);
    dose_dealer_clear(&of);
    uf_did_noise_clear(&noise);
    free(actual);
    return status;
}

static void clear_all(struct uf_randomisation *dealt, size_t count)
{
    for (size_t i = 0; dealt && i < count; i++) uf_randomisation_clear(&dealt[i]);
    free(dealt);
}

void dose_event_dealt_clear(struct dose_event_dealt *dealt)
{
    clear_all(dealt->level, dealt->count), clear_all(dealt->slope, dealt->count);
    clear_all(dealt->among, dealt->count);
    uf_randomisation_clear(&dealt->level_leads), uf_randomisation_clear(&dealt->slope_leads);
    free(dealt->level_slopes), free(dealt->slope_slopes);
    memset(dealt, 0, sizeof *dealt);
}
