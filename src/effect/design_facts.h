// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_DESIGN_FACTS_H
#define UTFALL_EFFECT_DESIGN_FACTS_H
/* What the design check counts once and its findings speak about; shared by the design*.c files only, but for
 * design_row_counts and design_list_units. */
#include <utfall/design.h>

struct design_facts {
    const struct uf_panel *panel;
    enum uf_comparison comparison;
    enum uf_language language;
    bool *present;                         /* n_units: has a value of the outcome */
    bool *treated;                         /* n_units: starts within the panel's periods */
    size_t listed_treated, listed_control; /* in the panel, with or without values */
    size_t starts_after;                   /* units whose start lies after the last period */
    size_t treated_from_start;             /* present units treated from the first period on */
    size_t last_start;                     /* latest start among the present; SIZE_MAX: none */
    size_t valid_rows;
    bool constant;
    bool
        rows_lost; /* rows with the outcome do not count for want of a covariate, a weight or the treatment */
    bool this_starts_before, this_starts_after; /* what the intervention's own dates say */
    uf_period this_start; /* the earliest start that the intervention's own record has; 0: none */
    struct uf_design design;
};

uf_status design_facts_count(struct design_facts *facts, struct uf_error *error);
void design_facts_clear(struct design_facts *facts);
/* Nobody is never treated, but those treated later can be compared with. */
bool design_has_later_cohorts(const struct design_facts *facts);

/* Each adds its notes; `claim` goes down and never up. */
uf_status design_find_missing(struct design_facts *facts, struct uf_result *result, struct uf_error *error);
uf_status design_find_groups(struct design_facts *facts, struct uf_result *result, struct uf_error *error);
uf_status design_find_periods(struct design_facts *facts, struct uf_result *result, struct uf_error *error);
uf_status design_find_precision(struct design_facts *facts, struct uf_result *result, struct uf_error *error);
uf_status design_find_dates(struct design_facts *facts, struct uf_result *result, struct uf_error *error);
uf_status design_find_composition(struct design_facts *facts, struct uf_result *result,
                                  struct uf_error *error);
uf_status design_find_support(struct design_facts *facts, struct uf_result *result, struct uf_error *error);
uf_status design_find_exposures(struct design_facts *facts, struct uf_result *result, struct uf_error *error);

/* True for a row with a value of the outcome; `whole_rows`: and with what a regression needs beside it, a value of each
 * covariate, a weight above 0 and a treatment that is known. */
bool design_row_counts(const struct uf_panel *panel, bool whole_rows, size_t row);
/* What a row must have to count: “a value of the outcome”, and the covariates and the weight where rows are lost to them. */
struct uf_argument design_needed(const struct design_facts *facts);
/* What can be done where it is not the outcome that is missing. */
extern const struct uf_words design_whole_rows_advice;
/* The names of the units that are chosen, the first twenty; free(). */
uf_status design_list_units(const struct uf_panel *panel, const bool *chosen, char **out,
                            struct uf_error *error);
void design_limit_claim(struct design_facts *facts, enum uf_claim most);
/* The intervention's name, or "the intervention". */
struct uf_argument design_name(const struct design_facts *facts);
/* The label of a period of the panel; "–" where the index is out of range. */
struct uf_argument design_period(const struct design_facts *facts, size_t period);
#endif
