// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_DOSE_EVENTS_H
#define UTFALL_EFFECT_DOSE_EVENTS_H
/*
 * The event study of doses: at each time e since the start the same curve for the change from the reference r,
 *
 *     y(start + e) − y(start + r) = α_g + x'γ_g + 1[d > 0] b(d)'β_e + ε,
 *
 * and of it the mean of m_e over the treated (the level) and the mean of m_e' (the slope). The regressions of all e are one:
 * their rows stand one under the other, each with columns of its own, and a region's rows belong together, so that
 * covariances between event times are those of the regions.
 */
#include "effect/dose_response_run.h"

enum dose_event_reason { DOSE_EVENT_ESTIMATED, DOSE_EVENT_REFERENCE, DOSE_EVENT_EMPTY, DOSE_EVENT_FEW };
struct dose_event {
    long time; /* since the start */
    enum dose_event_reason reason;
    size_t pattern;              /* the first event time with values for the same units */
    size_t n;                    /* rows */
    size_t n_treated, n_control; /* units */
    size_t first, rank;          /* columns among those of all */
    double *level,
        *slope; /* rank: combinations of its own coefficients; slope NULL: the curve at hand has none */
};
struct dose_events {
    long reference;
    size_t count; /* the reference among them */
    struct dose_event *event;
    double *change; /* count × n_units × n_cohorts; NaN: not observed */
    /* the regression: rows of all estimated event times */
    size_t n, n_columns, n_stacks;
    size_t *period; /* event time and sub-experiment */
    size_t *unit, *cluster[2];
    bool *treated;
    double *weights, *latitude, *longitude; /* NULL: none */
    gsl_matrix *x, *inverse;
    gsl_vector *residuals, *coefficients;
    struct effect_regression view;
    bool too_large; /* nothing of the regression is there */
};
/* `run` with its cells, units and fit; the reference moves to the last lead that is observed unless it was asked for.
 * Count 0: there is no event time but the reference. O(rows × columns²) an event time. */
uf_status dose_events_init(const struct dose_run *run, struct dose_events *out, struct uf_error *error);
void dose_events_clear(struct dose_events *events);
/* The changes of other outcomes (n of the sample), as in `change`. */
uf_status dose_event_changes(const struct dose_run *run, const struct dose_events *events,
                             const double *outcome, double *out, struct uf_error *error);
/* The rows of one event time out of those of the run, or of an assignment: of sub-experiments that have treated and untreated
 * then. All arrays have room for as many rows as `all` has. */
struct dose_event_rows {
    struct uf_dose_data data; /* of the arrays below */
    size_t *from;             /* place in `all` */
    size_t *stack, *number;   /* number: of each sub-experiment of all; SIZE_MAX: left out */
    double *change, *dose, *weights;
    gsl_matrix *covariates;
};
uf_status dose_event_rows_init(size_t most, size_t n_stacks, size_t n_covariates, struct dose_event_rows *out,
                               struct uf_error *error);
void dose_event_rows_clear(struct dose_event_rows *rows);
/* False: there are none. */
bool dose_event_select(const struct dose_run *run, const struct dose_events *events, size_t event,
                       const struct uf_dose_data *all, const size_t *unit, const size_t *cohort,
                       struct dose_event_rows *rows);
/* Whether an event time is one that the test of what comes before the start is of. */
static inline bool dose_event_is_lead(const struct dose_run *run, const struct dose_event *event)
{
    return event->time < -run->anticipation && event->reason == DOSE_EVENT_ESTIMATED;
}

/* --- dealt out anew ------------------------------------------------------------------------------------------- */

struct dose_event_dealt {
    struct uf_randomisation *level, *slope, *among; /* count of each, asked for by name; NULL: not done */
    size_t count;
    struct uf_randomisation level_leads, slope_leads; /* √(mean of the leads' squares); count 0: not done */
    struct placebo_slopes *level_slopes, *slope_slopes; /* NULL: not known */
};
uf_status dose_events_deal(const struct dose_run *run, const struct dose_events *events,
                           struct dose_event_dealt *out, struct uf_error *error);
void dose_event_dealt_clear(struct dose_event_dealt *dealt);
#endif
