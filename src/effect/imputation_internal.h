// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_IMPUTATION_INTERNAL_H
#define UTFALL_EFFECT_IMPUTATION_INTERNAL_H
/* What the files of the imputation kernel share. */
#include <stdint.h>
#include <utfall/imputation.h>

#include "effect/two_way.h"

/* What the errors need of a fit. ω: a treated observation's share of its cell. */
struct uf_imputation_parts {
    struct two_way effects;
    /* n_cells × n_periods: Z1'ω of each cell with the units solved for: e_t − Σ_it ω_it w_is/Σw_i */
    double *right;
    /* covariates that were kept, effects taken out: column by column, rank of n each; NULL: none */
    double *covariate;
    gsl_matrix *inverse;    /* rank × rank: (X'WX)^-1 of the untreated */
    double *cell_covariate; /* n_cells × rank: Σ ω x */
};

static inline double imputation_weight(const struct uf_did_data *data, size_t row)
{
    return data->weights ? data->weights[row] : 1;
}
/* Time since the start in steps; only for treated units. */
static inline long imputation_event_time(const struct uf_did_data *data, size_t first, size_t period)
{
    return data->time ? data->time[period] - data->time[first] : (long)period - (long)first;
}
#endif
