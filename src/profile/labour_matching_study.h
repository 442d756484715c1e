// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_LABOUR_MATCHING_STUDY_H
#define UTFALL_PROFILE_LABOUR_MATCHING_STUDY_H
/* What labour-matching holds of a panel while it runs: figures by region, period and group with their ends, the indices and
 * their bands. */
#include <stdbool.h>
#include <utfall/labour_matching.h>

/* The columns: vacancies is the panel's outcome, the others are named by options. */
enum labour_measure {
    VACANCIES,
    UNEMPLOYED,
    LABOUR_FORCE,
    EMPLOYED,
    LEAVING,
    ENTERING,
    MATCHED,
    LABOUR_MEASURES
};

/* A number and what rounding leaves of it; NaN: none, or no bound. */
struct labour_number {
    double value, low, high;
};

struct labour_study {
    const struct uf_panel *panel;
    enum uf_language language;
    size_t n_units, n_groups, n_periods;
    size_t *unit; /* n_units: indices into the panel's units, of those with any figure */
    size_t *left_out, n_left_out;
    bool bands;                                            /* some column has a rounding unit */
    const struct uf_panel_column *column[LABOUR_MEASURES]; /* NULL: not named */
    double *value[LABOUR_MEASURES];                        /* units × periods × groups; NaN: missing */
    double *low[LABOUR_MEASURES], *high[LABOUR_MEASURES];  /* likewise: what a figure may stand for */
    uf_value_status *status[LABOUR_MEASURES];
    struct uf_mismatch *mismatch, *mismatch_low, *mismatch_high; /* units × periods */
};

static inline size_t labour_at(const struct labour_study *x, size_t unit, size_t period, size_t group)
{
    return (unit * x->n_periods + period) * x->n_groups + group;
}
static inline size_t labour_cell(const struct labour_study *x, size_t unit, size_t period)
{
    return unit * x->n_periods + period;
}

/* The figure of a group, and why it is missing. */
struct labour_number labour_figure(const struct labour_study *x, enum labour_measure m, size_t unit,
                                   size_t period, size_t group, uf_value_status *why);
/* The sum over groups, likewise. */
struct labour_number labour_sum(const struct labour_study *x, enum labour_measure m, size_t unit,
                                size_t period, uf_value_status *why);
/* factor · a / b; each may be anywhere between its ends. */
struct labour_number labour_ratio(double factor, struct labour_number a, struct labour_number b);
/* In per cent. */
struct labour_number labour_surplus(const struct labour_study *x, size_t unit, size_t period, size_t group);
/* The last period in which the region has a mismatch; SIZE_MAX: none. */
size_t labour_last(const struct labour_study *x, size_t unit);
static inline const char *labour_code(const struct labour_study *x, size_t unit)
{
    return x->panel->units.code[x->unit[unit]];
}
static inline const char *labour_label(const struct labour_study *x, size_t unit)
{
    return x->panel->units.label[x->unit[unit]];
}

/* Tables `labour-matching`, `labour-groups`, `labour-trend` (several periods), `labour-latest` and `labour-beveridge` (with a
 * labour force). */
uf_status labour_add_tables(const struct labour_study *x, struct uf_result *result, struct uf_error *error);
/* Sentences by region, and what the reader must know. */
uf_status labour_add_words(const struct labour_study *x, struct uf_result *result, struct uf_error *error);

#endif
