// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STACKED_H
#define UTFALL_STACKED_H
/*
 * Stacked difference-in-differences: one clean experiment for each cohort, all of them in one regression.
 *
 * The sub-experiment of cohort a holds the periods from a − before to a + after, the units first treated in a, and as
 * controls the units that are not treated anywhere in the window (never, or, if wished, only later). They are put one
 * under the other, so that a control appears once in each sub-experiment that it serves, and
 *
 *   y_ita = α_ia + γ_ta + Σ_{e ≠ reference} δ_e 1[i is treated in a] 1[t − a = e] + x_ita'β + ε_ita
 *
 * with effects of unit × sub-experiment and period × sub-experiment. A cohort whose window is not wholly within the
 * data is left out, so that every δ_e is of the same cohorts. In a balanced panel without covariates δ_e is
 *
 *   δ_e = Σ_a ω_a (difference of mean changes since the reference between treated and controls of a),
 *
 *   sample:  ω_a ∝ N_a p_a (1 − p_a)   what least squares gives by itself (Cengiz et al. 2019): N_a units, p_a of them
 *                                      treated
 *   shares:  ω_a ∝ treated units of a  each control weighs (N^D_a/N^D)/(N^C_a/N^C), which makes δ_e the average over
 *                                      treated units (Wing, Freedman & Hollingsworth 2024, the trimmed aggregate ATT)
 *
 * A control that serves several sub-experiments has the same errors in all of them: cluster by unit or wider, never by
 * the rows of the stack.
 *
 * Sources: Cengiz, Dube, Lindner & Zipperer (2019), Quarterly J. Economics 134(3), 1405–1454, §III.A and appendix D;
 * Wing, Freedman & Hollingsworth (2024), Stacked difference-in-differences, NBER Working Paper 32054, §3–4.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/did.h>
#include <utfall/method.h>
#include <utfall/randomisation.h>
#include <utfall/sun_abraham.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_stack_control { UF_STACK_NEVER_TREATED, UF_STACK_NOT_YET_TREATED };
enum uf_stack_weights { UF_STACK_BY_SHARES, UF_STACK_BY_SAMPLE };

struct uf_stacked_options {
    long before, after; /* the window in steps of data->time; before >= 1, after >= 0 */
    long reference;     /* event time that is 0 by definition: −before … −1 − anticipation */
    long anticipation;  /* >= 0; a unit is a control up to this many steps before its start */
    enum uf_stack_control control;
    enum uf_stack_weights weights;
};

enum uf_stack_reason {
    UF_STACK_USED,
    UF_STACK_WINDOW,     /* the window reaches beyond the data */
    UF_STACK_NO_CONTROL, /* no clean control in the window */
    UF_STACK_REFERENCE   /* treated or controls are not observed at the reference */
};
struct uf_stack {
    size_t first_period;
    enum uf_stack_reason reason;
    size_t n_treated, n_control, n_rows; /* units; rows in the stack; 0 where it is not used */
    double weight;                       /* ω_a of a balanced panel without covariates; they add up to 1 */
};

struct uf_stacked {
    struct uf_stack *stack; /* one per cohort, ascending */
    size_t n_stacks, n_used;
    size_t n_distinct;            /* rows of the caller's that are in the stack at least once */
    size_t n_treated, n_control;  /* distinct units */
    struct uf_did_data data;      /* the stacked rows: units and periods are those of the sub-experiments */
    size_t *row;                  /* data.n: of the caller's rows */
    struct uf_did_fit fit;        /* leading columns: event times but the reference, ascending */
    struct uf_stacked_rows *rows; /* owns what `data` points to */
};

/* The widest window in which no cohort with a period before its start (less the anticipation) is lost: the fewest
 * periods that any of them has before and after. UF_NOT_IDENTIFIED: there is no such cohort. O(n). */
uf_status uf_stacked_window(const struct uf_did_data *data, long anticipation, long *before, long *after,
                            struct uf_error *error);
/* UF_NOT_IDENTIFIED: no sub-experiment can be used; UF_BAD_USAGE: a window or reference that makes no sense. Cost:
 * O(cohorts · n), and a regression of the stacked rows on before + after columns. */
uf_status uf_stacked_estimate(const struct uf_did_data *data, const struct uf_stacked_options *options,
                              struct uf_stacked *out, struct uf_error *error);
void uf_stacked_clear(struct uf_stacked *stacked);
/* The mean of δ_e over e >= 0 as a combination (fit.rank numbers) of the kept coefficients; false where none is
 * estimated. */
bool uf_stacked_average(const struct uf_stacked *stacked, double *out_combination);
/* True where stacked row r is one of the treated of its sub-experiment. */
bool uf_stacked_is_treated(const struct uf_stacked *stacked, size_t r);
/* What each stacked outcome (data.n) weighs in a combination: θ = Σ v y. O(n rank). */
uf_status uf_stacked_weights(const struct uf_stacked *stacked, const double *combination, double *out,
                             struct uf_error *error);

/* --- cohort by event time ------------------------------------------------------------------------ */

/*
 * Each sub-experiment's own differences: the same regression with a coefficient δ_ae for every cohort and event time. A cell
 * that its own sub-experiment cannot tell has a reason (sun_abraham.h), and its rows are left out. The weight of a cell is by
 * how much the mean of δ_e over e >= 0 rises when 1 is added to the outcomes of its treated: Σ_ae weight δ_ae is that mean,
 * with gaps, weights and covariates too (the regression with one δ_e is the restricted one), as long as no row is left out;
 * ω_a/(after + 1) in a balanced panel without covariates.
 */
struct uf_stacked_cells {
    struct uf_sun_abraham
        fit; /* of the stacked rows; its cohorts are the sub-experiments that are used, in their order */
    double *weight;       /* fit.n_cells */
    size_t *first_period; /* what the fit's data borrow */
    long *time;
};
/* UF_NOT_IDENTIFIED: no cell from a start on can be estimated. Cost: a regression of the stacked rows on cohorts ×
 * (before + after) columns. */
uf_status uf_stacked_cells_estimate(const struct uf_stacked *stacked,
                                    const struct uf_stacked_options *options, struct uf_stacked_cells *out,
                                    struct uf_error *error);
void uf_stacked_cells_clear(struct uf_stacked_cells *cells);

/* --- randomisation -------------------------------------------------------------------------------- */

/* The cohorts dealt out anew over the assignment's blocks (of `data`, the rows that are not stacked yet), and the whole
 * estimator again: stacks, weights, regression. Statistics of the mean of e >= 0 as in uf_sun_abraham_randomise.
 * A balanced panel without covariates, gaps in time and weights that change within units goes by means: O(units ·
 * cohorts · window) an assignment; else it goes from sums over units, O(cohorts · (units · window² + window³) + rows k²) and
 * O(rows k + cohorts · window²) for each term, k covariates; where covariates are (nearly) collinear, or an event time can hardly
 * be told, a regression each time. Errors as uf_randomise. */
uf_status uf_stacked_randomise(const struct uf_did_data *data, const struct uf_stacked_options *options,
                               const struct uf_did_assignment *assignment, const struct uf_did_noise *noise,
                               const struct uf_randomisation_options *randomisation,
                               struct uf_randomisation *out, struct uf_error *error);

/* What can be dealt out anew: the mean of δ_e over e >= 0, one δ_e, or a cell δ_ae of the cohort that starts in first_period.
 * The shift of the latter two is of an effect there alone. */
struct uf_stacked_term {
    bool average;
    long event;
    bool cell; /* of one cohort */
    size_t first_period;
};
/* The same for several at once (out: n_terms; the first must have an estimate, another without one is left empty). */
uf_status uf_stacked_randomise_terms(const struct uf_did_data *data, const struct uf_stacked_options *options,
                                     const struct uf_did_assignment *assignment,
                                     const struct uf_did_noise *noise, const struct uf_stacked_term *terms,
                                     size_t n_terms, const struct uf_randomisation_options *randomisation,
                                     struct uf_randomisation *out, struct uf_error *error);
/* The leads together (event times before the anticipation, but the reference): √(mean of δ_e²), as the coefficient of the
 * result. UF_NOT_IDENTIFIED also where the window has no such event time. Cost as above. */
uf_status uf_stacked_randomise_leads(const struct uf_did_data *data, const struct uf_stacked_options *options,
                                     const struct uf_did_assignment *assignment,
                                     const struct uf_randomisation_options *randomisation,
                                     struct uf_randomisation *out, struct uf_error *error);

/* True where an assignment goes by means. O(n). */
bool uf_stacked_by_means(const struct uf_did_data *data);

/*
 * The method. Tables: `estimates`, `group-time`, `event-study`, `sub-experiments`, `pretrend`, `effect-size`, `randomisation`,
 * `raw-trends`, `design`; `event-study-inference`, and where more than one inference was asked for by name
 * `group-time-inference`.
 */
extern const struct uf_method uf_method_stacked;

#ifdef __cplusplus
}
#endif
#endif
