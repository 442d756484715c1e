// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_COMBINATION_H
#define UTFALL_STATS_COMBINATION_H
/* What the tests of a linear combination c'b of a regression's coefficients share. */
#include <utfall/covariance.h>

/* Sizes, the null value, and the level of an interval (0: not given). */
uf_status combination_check(const struct uf_covariance_input *regression, const gsl_vector *coefficients,
                            const gsl_vector *combination, double null_value, double level,
                            struct uf_error *error);

/* direction (k) := Mc, so that c'b = Σ w x'direction y; kappa := c'Mc. UF_NOT_IDENTIFIED where that is 0. */
uf_status combination_direction(const struct uf_covariance_input *regression, const gsl_vector *combination,
                                gsl_vector *direction, double *kappa, struct uf_error *error);
#endif
