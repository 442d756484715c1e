// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/combination.h"

#include <gsl/gsl_blas.h>
#include <math.h>

#include "base/fail.h"

uf_status combination_check(const struct uf_covariance_input *regression, const gsl_vector *coefficients,
                            const gsl_vector *combination, double null_value, double level,
                            struct uf_error *error)
{
    size_t n = regression->x->size1, k = regression->x->size2;
    if (regression->residuals->size != n || regression->inverse->size1 != k ||
        regression->inverse->size2 != k || coefficients->size != k || combination->size != k)
        return uf_fail(error, UF_INTERNAL, "test of a combination: sizes differ");
    if (!(level >= 0 && level < 1))
        return uf_fail(error, UF_BAD_USAGE, "a confidence level lies between 0 and 1, not at %g", level);
    if (!isfinite(null_value))
        return uf_fail(error, UF_BAD_USAGE, "the null value of a test must be a number");
    return UF_OK;
}

uf_status combination_direction(const struct uf_covariance_input *regression, const gsl_vector *combination,
                                gsl_vector *direction, double *kappa, struct uf_error *error)
{
    gsl_blas_dgemv(CblasNoTrans, 1, regression->inverse, combination, 0, direction);
    gsl_blas_ddot(direction, combination, kappa);
    if (*kappa > 0) return UF_OK;
    return uf_fail(error, UF_NOT_IDENTIFIED, "a combination of coefficients whose factors are all 0");
}
