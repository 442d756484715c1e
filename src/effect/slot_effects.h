// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SLOT_EFFECTS_H
#define UTFALL_EFFECT_SLOT_EFFECTS_H
/*
 * A regression on effects of units and of *slots* (a group of units at a time), and covariates, from sums over units; for
 * estimators that are computed anew under many assignments. With gaps and any weights.
 *
 * With the effects of its own units taken out, the normal equations of a group are
 *
 *     K μ = m,  K = Σ_i (diag(w_i) − w_i w_i'/Σ_t w_it),  m = Σ_i w_it (z_it − z̄_i),
 *
 * periods × periods, where one effect (of a reference) is nil; of a group whose units are all there all the time, with one weight
 * each, μ is a mean and needs no K. The covariates' slopes follow from what slots and units leave of
 * them (Frisch & Waugh). A sum of slots' effects Σ c μ weighs an outcome by
 *
 *     v_it = w_it (a_t − ā_i) − w_it x̂_it'(Σ w x̂ x̂')⁻¹ Σ_g a_g'm_g(x),   K_g a_g = c_g.
 *
 * Where slots of several groups have an effect in common, the caller solves for μ and a itself.
 */
#include "effect/outcome_weights.h"

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>

/* With what a tally reads of the row of the data, so that it walks one way through memory. */
struct slot_row {
    size_t row, time, period, cluster;
    double weight, outcome;
};
/* The units of a group so far. */
struct slot_group {
    double weight; /* Σ of the units' own */
    bool uneven;   /* a unit has several weights, or a period twice */
    bool balanced; /* once it is fitted: all units in all periods that there are */
};
/* A unit in a group: its rows are consecutive. */
struct slot_unit {
    size_t group, from, to;
    double weight;
};
struct slot_effects {
    const struct uf_did_data *data;
    size_t n_groups, n_times, k;
    /* by row of the data: covariates (k) and outcome, less their unit's mean over all rows */
    double *value;
    struct slot_row *row;
    struct slot_unit *unit;
    size_t n_rows, most_rows, n_units, most_units;
    /* by group, as the times of n_times: Σ w; K; m of each covariate and the outcome (k + 1); a factor of K, then its inverse */
    size_t most_groups;
    struct slot_group *group;
    double *weight, *gram, *moment, *factor;
    double *column;   /* n_times: room */
    double *effect;   /* as moment: μ */
    double *left;     /* by row: what is left of the covariates, and the residual (k + 1) */
    double *contrast; /* n_groups × n_times: c, then a */
    gsl_matrix *products;
    gsl_vector *slope, *turned;
    double *square; /* k */
};
/* `data` is borrowed. Clear also on failure. */
uf_status slot_effects_init(const struct uf_did_data *data, struct slot_effects *s, struct uf_error *error);
void slot_effects_clear(struct slot_effects *s);

/* Before each assignment. */
uf_status slot_effects_start(struct slot_effects *s, size_t n_groups, size_t n_times, struct uf_error *error);
/* The next unit, of that group, and its rows one after the other; then its sums. */
uf_status slot_effects_open(struct slot_effects *s, size_t group, struct uf_error *error);
uf_status slot_effects_add(struct slot_effects *s, size_t row, size_t time, double weight,
                           struct uf_error *error);
void slot_effects_close(struct slot_effects *s);
/* K of a group, when all its units are there. */
void slot_effects_sum(struct slot_effects *s, size_t group);

/* Places in the arrays above. */
static inline double *slot_gram(const struct slot_effects *s, size_t group)
{
    return s->gram + group * s->n_times * s->n_times;
}
static inline size_t slot_moment(const struct slot_effects *s, size_t group, size_t value)
{
    return (group * (s->k + 1) + value) * s->n_times;
}

/* The lower Cholesky factor of a symmetric matrix (n × n, in place), of which row and column `without` are nil, and those where
 * `scale` (n) is 0. False: one of the others is (nearly) collinear, as measured by `scale`. */
bool slot_factor(double *matrix, size_t n, const double *scale, size_t without);
/* In place; 0 where the factor is nil. */
void slot_solve(const double *factor, size_t n, double *value);

/* μ of a group by itself, up to a constant; keeps the inverse. False: a slot hangs together with the reference by (nearly)
 * nothing. */
bool slot_effects_fit(struct slot_effects *s, size_t group, size_t reference);
/* From all groups' μ: slopes and residuals (nil where they are rounding). False where the covariates are (nearly) collinear: that
 * is left to a regression. */
bool slot_effects_explain(struct slot_effects *s);
/* μ without the covariates' part. */
double slot_effects_net(const struct slot_effects *s, size_t group, size_t time);
/* a from c, of a group that was fitted by itself. */
void slot_effects_turn(struct slot_effects *s, size_t group);
/* The tally of Σ c μ from a of all groups. */
void slot_effects_tally(struct slot_effects *s, struct outcome_tally *tally);
#endif
