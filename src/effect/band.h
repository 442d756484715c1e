// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_BAND_H
#define UTFALL_EFFECT_BAND_H
/* Simultaneous bands of event studies: one critical value for all estimates of a band, and the two columns. */
#include <utfall/covariance.h>

#include "effect/estimates.h"

/* The critical value of a band over estimates with this covariance; NaN where there is none (nothing varies, no degrees
 * of freedom). `draws` 0: UF_SUP_T_DRAWS. */
uf_status effect_band(const struct effect_run *run, const gsl_matrix *covariance, double df, size_t draws,
                      double *out_critical, struct uf_error *error);
/* The band over those of a regression's coefficients that stand at `position` (SIZE_MAX: dropped, not in it), with the
 * fewest degrees of freedom among them. */
uf_status effect_band_of_coefficients(const struct effect_run *run, const struct uf_covariance *covariance,
                                      const size_t *position, size_t n, size_t draws, double *out_critical,
                                      struct uf_error *error);
/* Writes `band_low` and `band_high` (the columns after EFFECT_COLUMNS) of a row from its estimate and error. */
uf_status effect_set_band(struct uf_table *table, size_t row, double critical, struct uf_error *error);
#endif
