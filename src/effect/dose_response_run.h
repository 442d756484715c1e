// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_DOSE_RESPONSE_RUN_H
#define UTFALL_EFFECT_DOSE_RESPONSE_RUN_H
/* What the files of the method `dose-response` share. */
#include <utfall/design.h>
#include <utfall/dose_response.h>

#include "effect/did_internal.h"
#include "effect/term_report.h"

/* Why a cohort is left out. */
enum dose_reason { DOSE_USED, DOSE_NO_BEFORE, DOSE_NO_CONTROL, DOSE_FEW_CONTROLS };

/* One start: its treated, and the untreated that it is compared with. */
struct dose_cohort {
    size_t start;       /* period */
    long before, after; /* times: before the first of these is "before", up to the second is "after" */
    size_t last;        /* period: the last one before */
    enum dose_reason reason;
    size_t n_treated, n_control;
    double weight; /* Σ of the treated's weights */
};
/* A unit in the time of a cohort, whoever it is: what its row would be, were it in that sub-experiment. */
struct dose_cell {
    double change; /* after less before */
    double dose, least, most;
    size_t n_before, n_after;
};
struct dose_cells {
    size_t n_units, n_cohorts, n_covariates;
    struct dose_cohort *cohort; /* by start */
    struct dose_cell *cell;     /* n_units × n_cohorts */
    double *covariate;          /* n_units × n_cohorts × n_covariates: of the time before */
    double *weight;             /* n_units: mean weight */
    size_t *row;                /* n_units: one of the sample's; SIZE_MAX: not in it */
};

/* One row per unit and sub-experiment that it is in. */
struct dose_units {
    struct uf_dose_data change; /* after less before */
    double *after_less_before, *dose, *weights;
    size_t *unit, *cohort, *stack; /* of the panel; of the cells; among the cohorts used */
    size_t *cluster[2];
    double *latitude, *longitude; /* NULL: not known */
    gsl_matrix *covariates;
    size_t n_treated, n_control; /* units */
};
struct dose_run {
    struct effect_run common;
    struct effect_sample *sample; /* the run's: rows of units that are left out go */
    struct uf_dose_options curve;
    bool own_size, changing; /* the size was asked for; a dose that changes counts with its mean */
    bool last_before;        /* compare with the last period before, not with the mean */
    bool never_treated;      /* controls are never treated */
    bool own_after;          /* the window was asked for */
    long anticipation, after;
    long reference; /* event time that is 0 by definition */
    bool own_reference;
    enum effect_scale scale;
    const struct dose_cells *cells;
    const struct dose_units *units;
    const struct uf_dose_fit *fit;
    const struct effect_findings *findings;
    const struct dose_dealt *dealt; /* of the slope */
};

/* Cohorts with their windows, and all units' changes in them. */
uf_status dose_cells_init(struct dose_run *run, struct dose_cells *out, struct uf_error *error);
void dose_cells_clear(struct dose_cells *cells);
/* What a unit with this first period (SIZE_MAX: none) is in a cohort's sub-experiment, if it has values there. */
enum dose_role { DOSE_NEITHER, DOSE_TREATED, DOSE_CONTROL };
enum dose_role dose_role_of(const struct dose_run *run, const struct dose_cells *cells, size_t cohort,
                            size_t unit, size_t first_period);
/* What a period is in the change of a cohort's units. */
enum dose_phase { DOSE_OUTSIDE, DOSE_BEFORE, DOSE_AFTER };
enum dose_phase dose_phase_of(const struct dose_run *run, const struct dose_cohort *cohort, size_t period);
static inline const struct dose_cell *dose_cell_at(const struct dose_cells *cells, size_t unit, size_t cohort)
{
    return &cells->cell[unit * cells->n_cohorts + cohort];
}
static inline const double *dose_covariates_at(const struct dose_cells *cells, size_t unit, size_t cohort)
{
    return cells->covariate + (unit * cells->n_cohorts + cohort) * cells->n_covariates;
}

/* The rows of the regression, and the samples' rows of units that are in none leave the sample, with a line in the ledger.
 * The sample's treatment becomes 0/1. Refusals are fatal notes. */
uf_status dose_units_init(struct dose_run *run, struct dose_cells *cells, struct dose_units *out,
                          struct uf_error *error);
void dose_units_clear(struct dose_units *units);

/* A regression of one row per unit as inference sees it. */
struct dose_regression {
    struct effect_regression view;
    gsl_vector *kept;
    gsl_vector *nil; /* residuals that are no more than rounding of the outcome's figures: none */
};
uf_status dose_regression_init(const struct dose_run *run, const struct uf_least_squares *fit,
                               const gsl_matrix *x, const double *weights, size_t *const *cluster,
                               const double *latitude, const double *longitude, struct dose_regression *out,
                               struct uf_error *error);
void dose_regression_clear(struct dose_regression *regression);

/* --- doses and treatment dealt out anew ------------------------------------------------------------------- */

/* Doses to show: evenly from the least to the most, or the mean dose of each group. */
enum { DOSE_GRID = 25 };
/* False for groups of doses, and for one effect at every dose. */
bool dose_has_slope(const struct uf_dose_fit *fit);
size_t dose_grid(const struct uf_dose_fit *fit, const struct uf_dose_data *data, double *out);

/* A point of the curve among its values when the doses are dealt out anew. */
struct dose_point {
    double p, least_p;
};
/* One way to deal the doses: over all regions (with the treatment), or among the treated. count 0: not done. */
struct dose_dealing {
    struct uf_randomisation slope; /* of the average slope; of the average effect where there is no slope */
    size_t n_blocks;
    struct dose_point level[DOSE_GRID]; /* m(d); among the treated m(d) less its mean */
    struct dose_point acr[DOSE_GRID];
};
struct dose_dealt {
    struct uf_did_assignment assignment;
    struct uf_randomisation average; /* of the average effect: who was treated is dealt out anew */
    struct dose_dealing all, among;
    /* Asked for by name: m and then m' at each dose of the grid, then the two-way coefficient, over all regions; m' at
     * each dose among the treated; the effect of each start that is used, where there are several. NULL, and count 0: not
     * done. */
    struct uf_randomisation *point, *among_point, *start;
    size_t n_points, n_slopes, n_starts;
};
uf_status dose_randomise(const struct dose_run *run, struct dose_dealt *out, struct uf_error *error);
void dose_dealt_clear(struct dose_dealt *dealt);
/* The dose of each unit that is treated, 0 else (n_units); NULL: no memory. free() it. */
double *dose_actual(const struct dose_run *run);
/* Whether the doses dealt out among the treated can tell a slope at all: what the average slope goes by. */
bool dose_deals_among(const struct dose_run *run);
/* What of it is about the points; a note where it would take long. */
struct dose_dealer;
uf_status dose_deal_points(struct dose_dealer *d, struct dose_dealt *out, struct uf_error *error);
void dose_points_clear(struct dose_dealt *dealt);

/* Who lends residuals to whom in Conley–Taber and Ferman–Pinto: a region with all its rows is a block (as in the
 * assignment, where there is one), a sub-experiment a period, and where a region was treated it lends nothing. */
uf_status dose_lenders_init(const struct dose_run *run, const struct uf_did_assignment *assignment,
                            struct effect_lenders *out, struct uf_error *error);

/* --- tables and notes --------------------------------------------------------------------------------------- */

/* Tables `estimates`, `dose-response`, `dose-weights` and what the following report. */
uf_status dose_report(const struct dose_run *run, struct uf_error *error);
/* A term of all rows, without a combination. */
struct effect_term dose_term(const struct dose_run *run, const char *name);
/* Tables `dose-response` and `dose-response-inference`. */
uf_status dose_report_curve(const struct dose_run *run, struct uf_error *error);
/* Rows of the two-way coefficient, and the table `dose-weights`: with one sub-experiment. */
uf_status dose_add_two_way(const struct dose_run *run, struct uf_table *table, struct uf_error *error);
uf_status dose_report_weights(const struct dose_run *run, struct uf_error *error);
/* What can be had of a regression with more columns than the curve's: `own`, a copy of the run's inference, keeps it with its
 * covariance, the rest is named by a note ({0}). */
uf_status dose_settle(const struct dose_run *run, const struct effect_regression *regression,
                      struct uf_words left_out, struct effect_inference *own,
                      struct uf_covariance *covariance, struct uf_error *error);
/* Table `group-average`: the effect of each start, where there are several. */
uf_status dose_report_starts(const struct dose_run *run, struct uf_error *error);
/* Rows of a term that is a slope: the doses dealt out anew among the treated (`dealt`, count 0: none). */
uf_status dose_add_among(const struct dose_run *run, const struct uf_randomisation *dealt,
                         const struct effect_term *term, struct uf_table *table, struct uf_error *error);
/* The rows of the average slope, the chosen inference first. */
uf_status dose_add_slope(const struct dose_run *run, const struct effect_term *term, struct uf_table *table,
                         struct uf_error *error);
/* Tables `dose-randomisation` and (several starts) `sub-experiments`. */
uf_status dose_report_dealt(const struct dose_run *run, struct uf_error *error);
uf_status dose_report_cohorts(const struct dose_run *run, struct uf_error *error);
/* Tables `event-study`, `event-study-slope`, `event-study-inference`, `event-study-inference-slope`, `pretrend`,
 * `pretrend-slope`. */
uf_status dose_report_events(const struct dose_run *run, struct uf_error *error);
/* What may be read under which assumption; what the sample and the covariates are. */
uf_status dose_add_notes(const struct dose_run *run, struct uf_error *error);
#endif
