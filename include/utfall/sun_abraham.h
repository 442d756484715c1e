// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SUN_ABRAHAM_H
#define UTFALL_SUN_ABRAHAM_H
/*
 * The interaction-weighted event study: one regression in which each cohort has a coefficient of its own for
 * each period, and averages of those coefficients with known weights.
 *
 *   y_it = α_i + γ_t + Σ_g Σ_{t ≠ b_g} δ_gt 1[g_i = g, t] + x_it'β + ε_it
 *
 * A *cohort* g are the units first treated in the same period; b_g is its reference period, usually the one before
 * the start, where δ is 0 by definition. Controls are the units never treated; where there are none, the cohort
 * that is treated last, of which (and of everybody) only the periods before its start are kept. No unit that is
 * treated already is ever a control, which the plain event study does not ensure. Without covariates, in a balanced
 * panel, δ_gt is the difference of mean changes since b_g between cohort and controls.
 *
 * A *cell* is a cohort in a period. Before anything is fitted it is known which cells the data can tell: a chain of
 * controls must lead from its period to b_g, and a chain of the cohort's own units too (with gaps there may be none).
 * The others have a reason, their rows are left out, and no dummy is ever dropped by an accident of order.
 *
 * Averages weigh cells by the (weighted) number of their observations:
 *
 *   by event time e = t − g:    Σ_g W_{g,g+e} δ_{g,g+e} / Σ_g W_{g,g+e}
 *   overall ("simple"):         Σ W_gt δ_gt / Σ W_gt over t ≥ g
 *
 * and likewise by cohort and by period. They are linear in the coefficients, so that every inference for a linear
 * combination holds for them; the weights are taken as given (they are known numbers of this sample). Sun &
 * Abraham's own asymptotic variance adds what sampling the shares would contribute.
 *
 * Source: Sun & Abraham (2021), Estimating dynamic treatment effects in event studies with heterogeneous treatment
 * effects, J. Econometrics 225(2), 175–199: §4.1, definition 3 and proposition 5.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/did.h>
#include <utfall/method.h>
#include <utfall/randomisation.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_sun_abraham_options {
    long reference;    /* event time that is 0 by definition; below −anticipation */
    long anticipation; /* >= 0: event times from −anticipation on are no test of what went before */
};

enum uf_cell_reason {
    UF_CELL_ESTIMATED,
    UF_CELL_REFERENCE,  /* 0 by definition */
    UF_CELL_NO_CONTROL, /* no control is observed in its period */
    UF_CELL_NO_LINK,    /* no chain of controls from its period to the reference */
    UF_CELL_NO_UNIT,    /* no chain of the cohort's units from it to the reference */
    UF_CELL_COLLINEAR   /* the regression dropped it */
};

struct uf_cohort_cell {
    size_t cohort, period; /* indices: of `cohort`, of the data's periods */
    long event_time;
    enum uf_cell_reason reason;
    double estimate;             /* NaN: see the reason; 0 for the reference */
    double weight;               /* W: sum of the observations' weights */
    size_t n_treated, n_control; /* observations of the cohort, and of controls, in the period */
    size_t place;                /* of its coefficient among the kept ones; SIZE_MAX: none */
};

struct uf_treated_cohort {
    size_t first_period, n_units;
    size_t reference; /* a period; SIZE_MAX: the cohort is left out, nothing is observed before its start */
    bool
        moved; /* not the reference asked for, which is not observed: the latest period before it, or else the
                       * latest before the anticipation */
};

struct uf_sun_abraham {
    struct uf_treated_cohort *cohort; /* ascending; the control cohort is not among them */
    size_t n_cohorts;
    struct uf_cohort_cell *cell; /* by cohort, then period */
    size_t n_cells;
    size_t n_units;          /* treated, in cohorts that are not left out */
    size_t n_control;        /* units */
    size_t control_first;    /* SIZE_MAX: controls are never treated; else they start in this period */
    size_t n_late;           /* rows left out, because the last cohort is treated */
    size_t n_always;         /* units left out, of cohorts without a reference */
    size_t n_unlinked;       /* rows left out, of cells with a reason */
    struct uf_did_data data; /* what was fitted; borrows from the caller's where no row was left out */
    size_t *row;             /* data.n: of the caller's rows; NULL: all */
    struct uf_did_fit fit;   /* leading columns: the cells that were asked for, in their order */
    struct uf_sun_abraham_rows *rows; /* owns what `data` does not borrow */
};

/* data->first_period says who is treated when; data->treatment is not read. `options` NULL: reference −1.
 * UF_NOT_IDENTIFIED: no control, or no cell from a start on can be estimated; UF_BAD_USAGE: a reference that is not
 * before the anticipation. Cost: O(n) and that of a regression with as many columns as cells. */
uf_status uf_sun_abraham_estimate(const struct uf_did_data *data,
                                  const struct uf_sun_abraham_options *options, struct uf_sun_abraham *out,
                                  struct uf_error *error);
void uf_sun_abraham_clear(struct uf_sun_abraham *fit);

/* --- averages ---------------------------------------------------------------------------------- */

enum uf_cell_average {
    UF_CELLS_SIMPLE,   /* all cells from the start on; key not read */
    UF_CELLS_DYNAMIC,  /* event time = key */
    UF_CELLS_GROUP,    /* cohort = key, from the start on */
    UF_CELLS_CALENDAR, /* period = key, from the start on */
    UF_CELLS_ONE,      /* the cell with that index */
    /* means of averages; key not read */
    UF_CELLS_MEAN_DYNAMIC, /* over the event times from 0 on, plainly */
    UF_CELLS_MEAN_GROUP,   /* over cohorts, by their numbers of units */
    UF_CELLS_MEAN_CALENDAR /* over periods, plainly */
};
struct uf_cell_term {
    enum uf_cell_average kind;
    long key;
};
/* The average as a combination (fit.rank numbers) of the kept coefficients; returns the sum of its cells' W, 0 where
 * it has no estimated cell (the combination is then all 0). O(cells + rank). */
double uf_sun_abraham_average(const struct uf_sun_abraham *fit, enum uf_cell_average kind, long key,
                              double *out_combination);
/* The same as weights of the cells (n_cells). */
double uf_sun_abraham_cell_weights(const struct uf_sun_abraham *fit, enum uf_cell_average kind, long key,
                                   double *out);
/* What each outcome (data.n of the fit) weighs in an average: θ = Σ v y. UF_INTERNAL for a fit from sums (many rows).
 * O(n rank). */
uf_status uf_sun_abraham_weights(const struct uf_sun_abraham *fit, const double *combination, double *out,
                                 struct uf_error *error);

/* --- randomisation ----------------------------------------------------------------------------- */

/* The cohorts dealt out anew over the assignment's blocks, each to as many as in the data, and the overall average
 * estimated anew, regression and all. `data` are the rows that were fitted (fit.data), with the assignment of them.
 * Statistics: the average; it over its error clustered as the data (first dimension); with `noise` (NULL: none) it over
 * what the blocks' noise implies for the weights of their outcomes. A balanced panel without covariates goes by means, O(n) an
 * assignment; with covariates (k) or gaps from sums over units, O(units · periods² + cohorts · periods³ + n k²); with (nearly)
 * collinear covariates a regression each time. Errors as uf_randomise. */
uf_status uf_sun_abraham_randomise(const struct uf_did_data *data,
                                   const struct uf_sun_abraham_options *options,
                                   const struct uf_did_assignment *assignment,
                                   const struct uf_did_noise *noise,
                                   const struct uf_randomisation_options *randomisation,
                                   struct uf_randomisation *out, struct uf_error *error);
/* The same for several averages at once (out: n_terms; the first must have an estimate, another without one is left empty).
 * A cohort's place differs from deal to deal, and it is known by its start here: the key of UF_CELLS_GROUP is its first period,
 * that of UF_CELLS_ONE first period × n_periods + period. The shift of UF_CELLS_DYNAMIC, _GROUP, _CALENDAR and _ONE is of an
 * effect there alone. Cost: that of one, and for each other by means O(units + cells) times the periods that it is of; from sums
 * O(n k + cohorts · periods²). */
uf_status uf_sun_abraham_randomise_terms(const struct uf_did_data *data,
                                         const struct uf_sun_abraham_options *options,
                                         const struct uf_did_assignment *assignment,
                                         const struct uf_did_noise *noise, const struct uf_cell_term *terms,
                                         size_t n_terms, const struct uf_randomisation_options *randomisation,
                                         struct uf_randomisation *out, struct uf_error *error);
/* The same for what comes before the start: `coefficient` is the root of the weighted mean square of the cells before
 * the anticipation. UF_NOT_IDENTIFIED also where there is none. */
uf_status uf_sun_abraham_randomise_leads(const struct uf_did_data *data,
                                         const struct uf_sun_abraham_options *options,
                                         const struct uf_did_assignment *assignment,
                                         const struct uf_randomisation_options *randomisation,
                                         struct uf_randomisation *out, struct uf_error *error);
/* True where all units are there in all periods, with one weight each: without covariates an assignment goes by means. O(n). */
bool uf_sun_abraham_by_means(const struct uf_did_data *data);

/*
 * The method. Tables: `estimates`, `group-time`, `event-study`, `group-average`, `calendar-average`, `pretrend`,
 * `effect-size`, `randomisation`, `raw-trends`, `design`; `event-study-inference`, and where more than one inference was asked
 * for by name `group-time-inference`, `group-average-inference`, `calendar-average-inference`.
 */
extern const struct uf_method uf_method_sun_abraham;

#ifdef __cplusplus
}
#endif
#endif
