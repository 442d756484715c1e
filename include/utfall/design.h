// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_DESIGN_H
#define UTFALL_DESIGN_H
/*
 * The design speaks first: what a panel with a treatment can and cannot identify, before any estimate.
 */
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What kind of comparison the estimator makes; it decides which findings are fatal. */
enum uf_comparison {
    UF_COMPARE_TREATED_CONTROL, /* did: needs both groups and a period before */
    UF_COMPARE_DONORS           /* synthetic control: needs donors and several periods before */
};

struct uf_design {
    size_t n_units, n_treated, n_control, n_cohorts, n_periods, n_clusters;
    size_t first_treated_period;   /* index; SIZE_MAX: nobody is treated */
    size_t periods_before, periods_after; /* of the first cohort; the start itself counts as after */
    bool balanced;
    size_t controls_exposed_at_least; /* controls that must have been exposed to another intervention: listed ones, plus what counts
                                       * imply (20 of 21 exposed, 18 controls: at least 17) */
    size_t controls_exposed_known;    /* listed by name */
    enum uf_claim claim;              /* the strongest claim the design leaves open */
};

/* Counts, and adds notes to `result`: each a note, a warning or fatal, with what can be done instead. Rows with a missing outcome do not
 * count. Returns UF_OK also when something is fatal (see uf_result_has_fatal): the caller refuses with uf_design_refuse. O(rows). */
uf_status uf_design_check(const struct uf_panel *panel, enum uf_comparison comparison,
                          const struct uf_context *context, struct uf_design *out, struct uf_result *result,
                          struct uf_error *error);

/* Sets the error to the fatal notes of the result, one sentence, and returns UF_NOT_IDENTIFIED. */
uf_status uf_design_refuse(const struct uf_result *result, struct uf_error *error);

/* A table `design` of facts for the report: term, value. */
uf_status uf_design_table(const struct uf_design *design, enum uf_language language, struct uf_table **out,
                          struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
