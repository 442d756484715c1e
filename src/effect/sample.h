// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SAMPLE_H
#define UTFALL_EFFECT_SAMPLE_H
/* The panel's rows that an estimator can use, without missing values; shared by the methods of effect/. */
#include <utfall/did.h>

/* So many rows (uf_did_data.summed_from) that the regression behind did keeps sums of them only. */
bool did_is_summed(const struct uf_did_data *data);

/* How many observations row i stands for: several where rows are means of them. */
static inline size_t effect_row_count(const struct uf_did_data *data, size_t i)
{
    return data->n_rows > 0 ? (size_t)data->weights[i] : 1;
}

struct effect_sample {
    struct uf_did_data data; /* borrows the arrays below */
    /* From effect_sample_init_columns these may be NULL but for the treatment. */
    size_t *row; /* n: of the panel */
    size_t *unit, *period, *cluster[2];
    double *outcome, *treatment, *weights;
    double *latitude, *longitude; /* NULL until effect_sample_locate */
    gsl_matrix *covariates;
    struct uf_value_column *columns; /* instead of covariates */
    long *time;
    double scale;                           /* the outcome's largest absolute value */
    size_t n_treated, n_control, n_cohorts; /* units in the sample, ever treated or never */
    bool calendar;                          /* periods are on a calendar: gaps count */
    size_t *first_period;                   /* of the clusters, after effect_sample_take_means; else NULL */
    size_t n_rows;                          /* observations, also where `data` holds means of them */
};
/* Periods on their calendar, in steps of the smallest common gap: two-yearly data has event times …, −1, 0, 1, … too. By their order
 * where they are on none. free() *out. */
uf_status effect_time_scale(const struct uf_panel *panel, long **out, bool *out_calendar,
                            struct uf_error *error);
/* Rows without outcome, treatment, a covariate or a positive weight are left out, and written to the ledger of
 * `result`. UF_BAD_INPUT: figures so large or so small that their squares are not numbers of the machine. */
uf_status effect_sample_init(const struct uf_panel *panel, enum uf_language language,
                             struct effect_sample *out, struct uf_result *result, struct uf_error *error);
/* The same for a method that reads `data` alone and takes the covariates of many rows (did_is_summed) as columns: where all
 * rows of so many are kept, they are the panel's own. */
uf_status effect_sample_init_columns(const struct uf_panel *panel, enum uf_language language,
                                     struct effect_sample *out, struct uf_result *result,
                                     struct uf_error *error);
/*
 * Puts the means of each cluster and period, weighted by their rows, in the place of very many rows (did_is_summed), where
 * that leaves the two-way estimate of a treatment that came to whole clusters as it is: balanced units within clusters, no
 * covariates, no weights. Then all inference for few clusters is possible, and the same as from the rows. `done` says
 * whether it was.
 */
uf_status effect_sample_take_means(struct effect_sample *sample, bool *done, struct uf_error *error);
/* Reads latitude and longitude, by the names of their columns (degrees). UF_BAD_USAGE: not two names, or no such column;
 * UF_BAD_INPUT: a value that is missing, with its unit. */
uf_status effect_sample_locate(const struct uf_panel *panel, const struct uf_text_list *names,
                               struct effect_sample *sample, struct uf_error *error);
void effect_sample_clear(struct effect_sample *sample);
#endif
