// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SUN_ABRAHAM_DEALER_H
#define UTFALL_EFFECT_SUN_ABRAHAM_DEALER_H
/* The estimator of `sun-abraham` under one assignment of the cohorts after another. */
#include "effect/outcome_weights.h"
#include "effect/placebo_drift.h"
#include "effect/slot_effects.h"
#include "effect/sun_abraham_internal.h"

/* Sums over units of the cohorts at hand. */
struct sun_abraham_sums {
    struct slot_effects slots;
    size_t *row, *first_row; /* the rows by unit, from first_row[unit] on */
};

struct sun_abraham_dealer {
    struct uf_did_data data; /* with the starts of the assignment at hand */
    const struct uf_did_data *actual;
    const struct uf_sun_abraham_options *options;
    const struct uf_did_assignment *assignment;
    bool by_means;
    const struct uf_cell_term *term; /* NULL: the leads together */
    size_t n_terms;
    double *cell_weight; /* of a term */
    struct placebo_leads found;
    size_t *first_period, *block; /* n_units; SIZE_MAX: not in the sample */
    size_t *slot; /* n: by means, of each row in the deal at hand; SIZE_MAX: left out, it is late */
    /* by means: outcomes less their unit's mean, and by slot the mean and what an outcome weighs */
    double *deviation, *mean, *total, *share;
    /* the same of the covariates (k of them, row by row), their cross-products, and what solves them */
    size_t k;
    double *x, *x_mean, *squares; /* 2 k of the last: what is left of each, and all of it */
    gsl_matrix *products;
    gsl_vector *slope, *turned;
    struct sun_abraham_sums sums; /* where it does not go by means */
    struct outcome_tally tally;
};

static inline double sun_abraham_row_weight(const struct uf_did_data *data, size_t i)
{
    return data->weights ? data->weights[i] : 1;
}

/* Before the outcomes of a term: where the effect is that its shift is of. */
void sun_abraham_start_tally(struct sun_abraham_dealer *d, const struct uf_cell_term *term);
/* Adds a cell as a sum of slots (cohorts, then controls, × periods). */
void sun_abraham_add_cell(const struct uf_sun_abraham *fit, size_t cell, double weight, size_t periods,
                          double *slot);

uf_status sun_abraham_sums_init(const struct uf_did_data *data, struct sun_abraham_sums *out,
                                struct uf_error *error);
void sun_abraham_sums_clear(struct sun_abraham_sums *sums);
/* The cells' estimates and the statistics of all terms; not *done where a regression must judge what is collinear. */
uf_status sun_abraham_tell_by_sums(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l,
                                   struct uf_sun_abraham *fit, struct uf_randomisation_statistics *out,
                                   bool *done, struct uf_error *error);
/* Covariates less their unit's mean; nothing where there are none, or no means. */
uf_status sun_abraham_covariates_init(struct sun_abraham_dealer *d, size_t slots, struct uf_error *error);
/* The covariates' slopes: everything less its unit's and its slot's mean. Outcomes and their means become those without the
 * covariates' part. False where the covariates are (nearly) collinear. */
bool sun_abraham_take_covariates_out(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l,
                                     size_t slots);
/* What the outcomes' weights owe to the covariates: A⁻¹ Σ v x, v without covariates. */
void sun_abraham_turn_weights(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l);
#endif
