// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_ESTIMATES_H
#define UTFALL_EFFECT_ESTIMATES_H
/* The columns that every table of estimates has, after broom, and rows of it. */
#include "effect/run.h"

/* In their order; a method may add columns of its own after them (EFFECT_COLUMNS is the index of its first). */
enum {
    EFFECT_TERM,
    EFFECT_ESTIMATE,
    EFFECT_STD_ERROR,
    EFFECT_STATISTIC,
    EFFECT_DF,
    EFFECT_P_VALUE,
    EFFECT_CONF_LOW,
    EFFECT_CONF_HIGH,
    EFFECT_OUTCOME,
    EFFECT_GROUP,
    EFFECT_PERIOD,
    EFFECT_EVENT_TIME,
    EFFECT_N_OBS,
    EFFECT_N_TREATED,
    EFFECT_N_CONTROL,
    EFFECT_N_CLUSTERS,
    EFFECT_METHOD,
    EFFECT_VCOV,
    EFFECT_NOTE,
    EFFECT_COLUMNS
};
/* `unit` of the outcome; NULL: none. */
uf_status effect_table_new(const char *name, struct uf_words title, const struct effect_run *run,
                           struct uf_table **out, struct uf_error *error);
/* Adds the columns `band_low` and `band_high` (simultaneous intervals) to a new table: the next two. */
uf_status effect_table_add_band(struct uf_table *table, const struct effect_run *run, struct uf_error *error);

/* Adds the column `dose` to a new table: the next one. */
uf_status effect_table_add_dose(struct uf_table *table, const struct effect_run *run, struct uf_error *error);

/* Whether a standard error is no more than rounding of the outcome's figures: then there is none to be had. NaN: no. */
bool effect_is_rounding(const struct effect_run *run, double std_error);

/* No test: all fields NaN. */
extern const struct uf_t_test effect_no_test;

struct effect_row {
    const char *term, *vcov, *note; /* NULL: empty */
    const char *method;             /* NULL: the run's */
    const char *group, *period;     /* a cohort, a period; NULL: none */
    double estimate, event_time;    /* NaN: none */
    double dose;                    /* the table has effect_table_add_dose; 0: it has not */
    struct uf_t_test test;          /* NaN fields: missing */
    /* 0: those of the sample; NaN: missing */
    double n_obs, n_treated, n_control;
    size_t n_clusters; /* 0: none */
};
/* The row of a term, without estimate and test. */
struct effect_row effect_row_of(const struct effect_term *term);
/* `out_row` may be NULL. A missing estimate is `not applicable`: the note says why. */
uf_status effect_add_row(struct uf_table *table, const struct effect_run *run, const struct effect_row *row,
                         size_t *out_row, struct uf_error *error);
/* A number, or missing (not applicable) for NaN. */
uf_status effect_set_number(struct uf_table *table, size_t row, size_t column, double value,
                            struct uf_error *error);

/* Decimals that leave three figures of the smallest error in a column (never fewer than there were) for these columns (a list that
 * ends with NULL): slopes by dose are small numbers. */
void effect_fit_decimals(struct uf_table *table, const char *error_column, const char *const *names);
/* The same of a table of effect_table_new, bands included. */
void effect_fit_estimates(struct uf_table *table);

/* Columns of a table of another shape. */
struct effect_column {
    const char *name;
    bool number, in_units; /* in the outcome's unit */
    int decimals;
};
uf_status effect_columns_new(const struct effect_run *run, const char *name, struct uf_words title,
                             const struct effect_column *columns, size_t n_columns, struct uf_table **out,
                             struct uf_error *error);
#endif
