// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_POWER_REGRESSOR_H
#define UTFALL_EFFECT_POWER_REGRESSOR_H
/* Takes unit and period effects and covariates out of one column after another. */
#include <utfall/did.h>

struct power_regressor {
    const struct uf_did_data *data;
    struct uf_absorber *absorber;
    size_t n_covariates; /* those that are not collinear */
    double *covariate;   /* n_covariates × n: effects taken out, orthonormal in the weights' metric */
};
uf_status power_regressor_init(const struct uf_did_data *data, struct power_regressor *out,
                               struct uf_error *error);
void power_regressor_clear(struct power_regressor *regressor);
/* The column (n) becomes its residual. O(n (effects + covariates)). */
uf_status power_residual(const struct power_regressor *regressor, double *column, struct uf_error *error);
#endif
