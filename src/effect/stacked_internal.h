// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_STACKED_INTERNAL_H
#define UTFALL_EFFECT_STACKED_INTERNAL_H
/* What the files of the kernel `stacked.h` share. */
#include <utfall/stacked.h>

/* The sub-experiments before their rows are put together. */
struct stacked_plan {
    double *treated, *control; /* by stack: sums of units' weights */
    double all_treated, all_control;
    size_t n_rows;
};
/* Fills stacks and their weights of `out`, and checks the options. Clear both also on failure. */
uf_status stacked_plan_init(const struct uf_did_data *data, const struct uf_stacked_options *options,
                            struct uf_stacked *out, struct stacked_plan *plan, struct uf_error *error);
void stacked_plan_clear(struct stacked_plan *plan);
/* 1: treated in the cohort's sub-experiment, 2: control, 0: neither. */
int stacked_role(const struct uf_did_data *data, const struct uf_stacked_options *options, size_t cohort,
                 size_t unit);
/* By what a control's weight is multiplied in a sub-experiment. */
double stacked_control_weight(const struct uf_stacked_options *options, const struct stacked_plan *plan,
                              size_t stack);
/* The cell of the cohort that starts in first_period at an event time; NULL: there is none. */
const struct uf_cohort_cell *stacked_find_cell(const struct uf_stacked *s,
                                               const struct uf_stacked_cells *cells, size_t first_period,
                                               long event);

static inline long stacked_time(const struct uf_did_data *data, size_t period)
{
    return data->time ? data->time[period] : (long)period;
}
#endif
