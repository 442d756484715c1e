// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CALLAWAY_SANTANNA_H
#define UTFALL_CALLAWAY_SANTANNA_H
/*
 * Group-time average effects on the treated: one two-by-two comparison (drdid.h) for each cohort g and period
 * t, and averages of them. No unit that is treated already is ever a control.
 *
 *     ATT(g, t) = how much more y changed from b to t in cohort g than among the controls
 *
 * The base period b is, for t ≥ g, the last period before g − anticipation. Before that it is the period
 * before t (`varying`: short differences, each a test of parallel trends of its own) or that same period
 * (`universal`: long differences, with 0 at the base, as in a regression's event study). Controls are the
 * units never treated, or those not treated at max(t, b) + anticipation (cohort g itself never among them).
 * Covariates and weights are those of the base period. A unit enters a cell when it has a value in both of
 * its periods: with gaps each cell has units of its own, and says how many.
 *
 * Of repeated cross-sections (`cross_sections`) nobody has a change: the rows of cohort and controls in t are compared with
 * other rows of theirs in b, covariates and weights are each row's own, P_g adds the weights of all the cohort's rows, and
 * what is said of units below holds of rows; without clusters each row is one.
 *
 * Cohorts without a period before g − anticipation are left out, as in the peers. A cell that cannot be
 * estimated has a reason, and the others are estimated.
 *
 * Averages, with P_g the weight of cohort g (each unit's in its first period), over the estimated cells:
 *
 *     simple     Σ P_g ATT(g, t) / Σ P_g over t ≥ g
 *     dynamic    θ(e): the same over t − g = e; overall the mean of θ(e), e ≥ 0. Balanced at e*: only cohorts
 *                observed e* periods after their start, and only e from e* − (last − first period) to e*
 *     group      θ(g): the mean over t ≥ g; overall Σ P_g θ(g) / Σ P_g
 *     calendar   θ(t): Σ P_g ATT(g, t) / Σ P_g over g ≤ t; overall the mean of θ(t)
 *
 * Errors come from influence functions, those of the weights P_g included, summed by cluster: variance
 * Σ_c (Σ_{i∈c} ψ_i)², no degrees of freedom correction, normal quantiles. With few clusters, or few treated
 * ones, such errors are too small: see uf_group_time_randomise.
 *
 * Source: Callaway & Sant'Anna (2021), Difference-in-differences with multiple time periods, J. Econometrics
 * 225(2), 200–230: eq. (2.2)–(2.4), §3, Thm. 2–3, Cor. 2.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/did.h>
#include <utfall/drdid.h>
#include <utfall/effect_average.h>
#include <utfall/method.h>
#include <utfall/randomisation.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_group_time_control { UF_CONTROL_NEVER_TREATED, UF_CONTROL_NOT_YET_TREATED };
enum uf_group_time_base { UF_BASE_VARYING, UF_BASE_UNIVERSAL };

struct uf_group_time_options {
    enum uf_drdid_estimator estimator;
    enum uf_group_time_control control;
    enum uf_group_time_base base;
    long anticipation; /* >= 0, on the scale of data->time */
    /* universal: the base is the last period not after start + reference, below −anticipation; 0: −1 − anticipation */
    long reference;
    /* The rows are other people or firms in each period: any number of them for each unit (which is then the level at
     * which treatment falls) and period, compared by drdid.h's sections. The first three estimators. */
    bool cross_sections;
    int threads; /* 0: as many as there are */
};

struct uf_group_time_cell {
    size_t cohort, period, base; /* indices: of `cohorts`, of the data's periods */
    long event_time;
    bool post, lead;             /* t ≥ g; t < g − anticipation */
    bool reference;              /* the universal base: 0 by definition */
    double estimate;             /* NaN: see diagnosis */
    double std_error;            /* NaN for the reference too */
    double weight;               /* in the simple average; 0: not in it */
    size_t n_treated, n_control; /* units with values in both periods */
    struct uf_drdid_diagnosis diagnosis;
};

struct uf_group_time_cohort {
    size_t first_period, n_units;
    double weight; /* P_g, unnormalised */
};

struct uf_group_time_work; /* the data in wide form, and the influence of each unit on each cell */

struct uf_group_time {
    struct uf_group_time_cohort *cohorts; /* ascending */
    size_t n_cohorts;
    struct uf_group_time_cell *cells; /* cohort by cohort, in time */
    size_t n_cells;
    size_t n_units, n_never; /* with values, those left out below not counted */
    size_t n_always;         /* units left out: no period before their start */
    size_t n_clusters;       /* units, where no cluster was given */
    size_t n_rows;           /* of the influence matrices: bound of the cluster (unit) numbers */
    bool by_cluster;
    bool varying_covariates, gaps; /* a covariate changes within a unit; a unit lacks a period */
    struct uf_group_time_work *work;
};

/* data->treatment is not read. Without clusters the unit is the cluster; one cluster dimension at most, and
 * each unit in one cluster: UF_BAD_USAGE otherwise. UF_NOT_IDENTIFIED: no cohort has a period before its
 * start. Cost: O(n + cells (units of the cell) k²); cells that share units, covariates and controls share the
 * propensities. Memory: one double per cell and unit in it. */
uf_status uf_group_time_estimate(const struct uf_did_data *data, const struct uf_group_time_options *options,
                                 struct uf_group_time *out, struct uf_error *error);
void uf_group_time_clear(struct uf_group_time *group_time);

/* --- averages ------------------------------------------------------------------------------------- */

struct uf_average_options { /* of the dynamic average */
    bool balanced;
    long balance_event_time; /* e* */
    bool limited;
    long least, most; /* event times to keep */
};

struct uf_average_term {
    long key;                   /* event time; index of the cohort, of the period, of the cell */
    double estimate, std_error; /* std_error NaN: 0 by definition (a reference) */
    size_t n_cells;
    double n_treated,
        n_control; /* largest of the cells' controls; sum over cohorts of their largest treated */
    bool post;
};

struct uf_average {
    enum uf_average_kind kind;
    size_t n_terms; /* 0 for simple */
    struct uf_average_term *terms;
    double estimate, std_error; /* overall; NaN: no cell */
    /* Distinct units with a value in some cell that the overall average is made of, as treated and as controls: one that
     * is treated later may be both. */
    size_t n_treated, n_control;
    double *influence; /* n_rows × (n_terms + 1), row by row; the overall one last */
    size_t n_rows;
};

/* `options` NULL: neither balanced nor limited. O(units × cells). */
uf_status uf_group_time_average(const struct uf_group_time *group_time, enum uf_average_kind kind,
                                const struct uf_average_options *options, struct uf_average *out,
                                struct uf_error *error);
void uf_average_clear(struct uf_average *average);
/* The covariance of the terms and, last, of the overall average, for tests and sensitivity analyses of an event study:
 * Σ ψψ'. `out` is (n_terms + 1) squared. O(n_rows · terms²). */
void uf_average_covariance(const struct uf_average *average, gsl_matrix *out);

/* H0: all estimated leads are nil. W = a'V⁻¹a, χ² with as many degrees of freedom as leads. NaN where V is
 * singular (`rank` < `restrictions`; always so with more leads than clusters). O(clusters × leads²).
 * `line` (n_cells; NULL: none): what a drift of the treated by one unit a period does to each cell, for the power of the
 * test (pretrend.h). */
struct uf_group_time_pretest {
    double wald, p_value;
    double noncentrality; /* line'V⁻¹line, of the leads; NaN as W, and without a line */
    size_t restrictions, rank;
};
uf_status uf_group_time_pretest(const struct uf_group_time *group_time, const double *line,
                                struct uf_group_time_pretest *out, struct uf_error *error);

/* --- randomisation -------------------------------------------------------------------------------- */

/* The cohorts dealt out anew over the blocks of `assignment` (uf_did_assignment_init), each to as many as in
 * the data, and the simple average estimated anew for each: the whole estimator, propensities and all. Tests
 * the sharp hypothesis of no effect in any block. Statistics: the average; it over its error; and, with `noise`
 * (uf_did_noise_init; NULL: none), it over what the blocks' noise from before the first start implies for the
 * weights that their outcomes have in it (randomisation.h). The average is linear in the outcomes, so that
 * uf_randomisation_interval holds. Cost: the cells with t ≥ g for each assignment. */
uf_status uf_group_time_randomise(const struct uf_did_data *data, const struct uf_group_time_options *options,
                                  const struct uf_did_assignment *assignment,
                                  const struct uf_did_noise *noise,
                                  const struct uf_randomisation_options *randomisation,
                                  struct uf_randomisation *out, struct uf_error *error);

/* The leads together, which no covariance can carry where the clusters are few: the statistic (`coefficient`) is the
 * root of the mean of their squares, weighted by P_g. UF_NOT_IDENTIFIED: no lead is estimated. */
uf_status uf_group_time_randomise_leads(const struct uf_did_data *data,
                                        const struct uf_group_time_options *options,
                                        const struct uf_did_assignment *assignment,
                                        const struct uf_randomisation_options *randomisation,
                                        struct uf_randomisation *out, struct uf_error *error);

/*
 * The method. Tables: `estimates` (the averages, by inference), `group-time`, `event-study`, `group-average`,
 * `calendar-average`, `pretrend`, `randomisation`, `raw-trends`, `effect-size`, `design`.
 */
extern const struct uf_method uf_method_callaway_santanna;

#ifdef __cplusplus
}
#endif
#endif
