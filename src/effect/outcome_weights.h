// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_OUTCOME_WEIGHTS_H
#define UTFALL_EFFECT_OUTCOME_WEIGHTS_H
/* An estimate that is a weighted sum of outcomes, θ = Σ v y: the statistics of one assignment of a randomisation from v and
 * the residuals. */
#include <stdint.h>
#include <utfall/did.h>

struct outcome_tally {
    const struct uf_did_data *data; /* as it was: who was actually treated, units, periods, clusters */
    const struct uf_did_assignment *assignment;
    const struct uf_did_noise *noise; /* NULL: none */
    const size_t *block;              /* n_units */
    double *score;                    /* by cluster of the first dimension, or unit: Σ v e */
    double *share;                    /* n_blocks × n_periods: Σ v */
    double *
        implied; /* n_blocks × n_periods: what a block's noise adds to the square of the error for Σ v = 1; 0: nothing */
    double estimate, shift;
    long from, to;        /* the event times of the effect that the shift is of; 0 to LONG_MAX unless set */
    size_t start, period; /* the only cohort (by its start) and period of it; SIZE_MAX, unless set: all */
};
uf_status outcome_tally_init(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                             const struct uf_did_noise *noise, const size_t *block, struct outcome_tally *out,
                             struct uf_error *error);
void outcome_tally_clear(struct outcome_tally *tally);
/* Before each assignment. */
void outcome_tally_start(struct outcome_tally *tally);
/* Whether the shift is of an effect on units that actually start in first_period, in that period. */
bool outcome_tally_is_effect(const struct outcome_tally *tally, size_t first_period, size_t period);
/* An outcome that weighs v; may be called several times for the same. `cluster`: of the first dimension; the unit where
 * there is none. Inline, for it is called for each row of each term of each assignment. */
static inline void outcome_tally_add(struct outcome_tally *tally, size_t unit, size_t period, size_t cluster,
                                     double v, double residual, double outcome)
{
    const size_t first = tally->data->first_period[unit];
    tally->estimate += v * outcome;
    if (first != SIZE_MAX && outcome_tally_is_effect(tally, first, period)) tally->shift += v;
    tally->score[cluster] += v * residual;
    tally->share[tally->block[unit] * tally->data->n_periods + period] += v;
}
/* The tally of Σ b times `count` others' weights; the residuals are those they had. */
void outcome_tally_combine(const struct outcome_tally *parts, const double *b, size_t count,
                           struct outcome_tally *out);
void outcome_tally_finish(const struct outcome_tally *tally, struct uf_randomisation_statistics *out);
#endif
