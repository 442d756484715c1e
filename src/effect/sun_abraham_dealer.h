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

/* Of a balanced panel without covariates. A *group* is a cohort of the assignment at hand, or the controls (the last). */
struct sun_abraham_means {
    size_t *row;               /* n_units × n_periods; SIZE_MAX: none */
    double *deviation;         /* n: outcomes less their unit's mean */
    double *weight;            /* n_units; 0: not in the sample */
    size_t *unit, *first_unit; /* the units by group, from first_unit[group] on */
    double *mean, *noise,
        *slot; /* by group and period: of the deviations; what blocks imply for a weight of 1; of a term */
    size_t n_starts, *first_period, *start; /* the actual ones; n_units: which; SIZE_MAX: never */
    double *treated;                        /* groups × n_starts: weights */
    double *block_weight;                   /* n_blocks */
    size_t *block_group;
    double *score; /* by cluster */
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
    double *share;                /* n: by regression, what an outcome weighs */
    struct sun_abraham_means means;
    struct sun_abraham_sums sums; /* where it does not go by means */
    struct outcome_tally tally;
};

static inline double sun_abraham_row_weight(const struct uf_did_data *data, size_t i)
{
    return data->weights ? data->weights[i] : 1;
}

/* Where the effect is that the shift of a term is of; and the same before its outcomes are added. */
void sun_abraham_set_effect(struct sun_abraham_dealer *d, const struct uf_cell_term *term);
void sun_abraham_start_tally(struct sun_abraham_dealer *d, const struct uf_cell_term *term);
/* Adds a cell as a sum of slots (cohorts, then controls, × periods). */
void sun_abraham_add_cell(const struct uf_sun_abraham *fit, size_t cell, double weight, size_t periods,
                          double *slot);

/* Not *serve: a unit has several rows in a period. */
uf_status sun_abraham_means_init(const struct uf_did_data *data, size_t n_blocks, struct sun_abraham_means *m,
                                 bool *serve, struct uf_error *error);
void sun_abraham_means_clear(struct sun_abraham_means *m);
/* The cells' estimates and the statistics of all terms. */
void sun_abraham_tell_by_means(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l,
                               struct uf_sun_abraham *fit, struct uf_randomisation_statistics *out);

uf_status sun_abraham_sums_init(const struct uf_did_data *data, struct sun_abraham_sums *m,
                                struct uf_error *error);
void sun_abraham_sums_clear(struct sun_abraham_sums *m);
/* The cells' estimates and the statistics of all terms; not *done where a regression must judge what is collinear. */
uf_status sun_abraham_tell_by_sums(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l,
                                   struct uf_sun_abraham *fit, struct uf_randomisation_statistics *out,
                                   bool *done, struct uf_error *error);
#endif
