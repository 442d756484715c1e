// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_DESIGN_H
#define UTFALL_DESIGN_H
/*
 * The design speaks first: what a panel with a treatment can and cannot identify, before any estimate.
 *
 * The check counts (treated and comparison units, cohorts, periods, clusters) and writes findings as notes
 * with a stable code:
 *
 * - fatal, nothing may be estimated: `outcome-all-missing`, `outcome-constant`, `no-treated`,
 *   `treated-all-missing`, `no-control`, `all-treated`, `donors-all-missing`, `one-period`,
 *   `start-before-data`, `no-period-before`, `start-after-data`, `few-periods-before` (one period before and
 *   UF_COMPARE_DONORS, fewer than three and UF_COMPARE_ITSELF); with UF_COMPARE_ITSELF a missing comparison is none;
 * - warnings that take the word "effect" away: `controls-exposed`, `exposure-unknown`,
 *   `concurrent-interventions`, `staggered-cohorts` (with UF_COMPARE_TREATED_CONTROL) and
 *   `treatment-switches-off` (not with UF_COMPARE_DONORS); UF_COMPARE_ITSELF never allows that word;
 * - warnings and notes about precision and care: `few-treated`, `few-controls`, `few-clusters`, `few-periods-before`,
 *   `periods-after-short`, `unbalanced`, `treated-from-start`, `no-never-treated` (with UF_COMPARE_COHORTS, where
 *   the others refuse with `all-treated`), `composition-changes`, `anticipation-possible`, `start-before-record`,
 *   `support-outcome`, `support-covariate`, `controls-unused` (UF_COMPARE_ITSELF).
 *
 * docs/design-check.md says what each means and where the thresholds come from.
 */
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What kind of comparison the estimator makes; it decides which findings are fatal. */
enum uf_comparison {
    UF_COMPARE_TREATED_CONTROL, /* did: needs both groups and a period before */
    UF_COMPARE_DONORS,          /* synthetic control: needs donors and several periods before */
    UF_COMPARE_COHORTS,         /* made for staggered starts: regions not yet treated serve as comparison */
    UF_COMPARE_ITSELF /* interrupted time series: the treated before their own start, and no others */
};

/* Counts are of the rows that an estimate can rest on: with a value of the outcome and, but for UF_COMPARE_DONORS, of each
 * covariate, a weight above 0 where there are weights, and a treatment that is known. A unit without such a row is not
 * there. */
struct uf_design {
    bool whole_rows; /* covariates, weight and treatment are asked for beside the outcome */
    size_t n_units, n_treated, n_control, n_cohorts, n_periods;
    size_t n_clusters; /* of the smallest dimension */
    /* index into the panel's periods: the earliest start with a period before it, else the earliest;
     * SIZE_MAX: nobody is treated */
    size_t first_treated_period;
    size_t periods_before, periods_after; /* of that cohort, with values; the start itself counts as after */
    bool balanced;                        /* each unit that is there has each period that is there */
    /* unit × period combinations without a value, among units and periods that are there */
    size_t n_missing_cells;
    size_t n_treated_clusters; /* clusters (of the first dimension) with a treated unit */
    /* controls that must have been exposed to another intervention: listed ones, plus what counts imply (20
     * of 21 exposed, 18 controls: at least 17) */
    size_t controls_exposed_at_least;
    size_t controls_exposed_known; /* listed by name */
    /* in how many ways the cohorts could have fallen on the blocks (regions, or clusters); for a synthetic control
     * the placebo regions and the treated one. NaN: not counted */
    double assignments;
    double smallest_p; /* 1/assignments: no p-value by dealing the treatment out anew can be smaller; NaN */
    /* the strongest claim the design leaves open; UF_CLAIM_DESCRIPTION after a fatal note */
    enum uf_claim claim;
};

/* Counts, and adds notes to `result`: each a note, a warning or fatal, with what can be done instead. Rows
 * that no estimate can rest on do not count. Returns UF_OK also when something is fatal (see uf_result_has_fatal):
 * the caller refuses with uf_design_refuse. Exposures to the intervention under study itself do not count as
 * exposure to something else, nor do those that ended before its start or began after the last period.
 * `result->claim` is left to the caller. O(rows + exposures × units). */
uf_status uf_design_check(const struct uf_panel *panel, enum uf_comparison comparison,
                          const struct uf_context *context, struct uf_design *out, struct uf_result *result,
                          struct uf_error *error);

/* The least number of `group` members that took part, where a source only counts: `exposed` of `total`
 * regions did, `known_exposed` members of the panel are listed, `unknown_group` members of the group and
 * `unknown_others` other members of the panel are not. By pigeonhole: max(0, (exposed − known_exposed) −
 * unknown_others − (total − known_exposed − unknown_group − unknown_others)), where the last bracket, the
 * regions outside the panel, is at least 0. Counts that are not said (negative) imply nothing. O(1). */
size_t uf_design_exposed_at_least(int exposed, int total, size_t known_exposed, size_t unknown_group,
                                  size_t unknown_others);

/* Sets the error to the fatal notes of the result, with their advice, and returns UF_NOT_IDENTIFIED. */
uf_status uf_design_refuse(const struct uf_result *result, struct uf_error *error);

/* A table `design` of facts for the report: key (stable), term (in the language), value. The smallest attainable
 * p-value is a row of it. */
uf_status uf_design_table(const struct uf_design *design, enum uf_language language, struct uf_table **out,
                          struct uf_error *error);
/* A table `design-periods`, a row for each period with values: period, n_treated (already treated), n_not_yet,
 * n_control (never treated), n_entering (regions whose first value it is, but for the panel's first period), n_leaving
 * (regions whose last value it is, but for its last). O(rows). */
uf_status uf_design_periods_table(const struct uf_panel *panel, const struct uf_design *design,
                                  enum uf_language language, struct uf_table **out, struct uf_error *error);
/* How alike treated and comparison regions are before the start: a region's mean of the outcome and of each covariate
 * over the periods before the first start. The normalised difference is that of the means over the root of the mean of
 * the two variances (Imbens & Rubin 2015, §14.2): it does not grow with the number of regions. */
struct uf_design_support {
    size_t column;                                            /* of the panel */
    double mean_treated, mean_control, normalised_difference; /* NaN: not defined */
    size_t n_treated, n_control;                              /* with a value */
    size_t n_outside;  /* treated below the lowest or above the highest comparison region */
    size_t outside[3]; /* units, the first of them */
};
/* Takes the outcome (column panel->outcome) or a covariate. O(rows). */
uf_status uf_design_support(const struct uf_panel *panel, const struct uf_design *design, size_t column,
                            struct uf_design_support *out, struct uf_error *error);
/* Adds the tables `design`, `design-periods` and (with comparison regions and a period before) `design-support`
 * (variable, mean_treated, mean_control, normalised_difference, n_treated, n_outside) to the result. */
uf_status uf_design_report(const struct uf_panel *panel, const struct uf_design *design,
                           enum uf_language language, struct uf_result *result, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
