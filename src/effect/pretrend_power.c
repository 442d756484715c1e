// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/pretrend.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdbool.h>
#include <utfall/distribution.h>

#include "base/fail.h"

/* V^{-1}t and t'V^{-1}t for the leads, the first q of both. */
static uf_status solve_leads(const gsl_vector *times, const gsl_matrix *covariance, size_t q,
                             gsl_vector *solution, double *length, struct uf_error *error)
{
    gsl_matrix *factor = gsl_matrix_alloc(q, q);
    if (!factor) return uf_fail_memory(error);
    gsl_matrix_const_view leads = gsl_matrix_const_submatrix(covariance, 0, 0, q, q);
    gsl_vector_const_view first = gsl_vector_const_subvector(times, 0, q);
    gsl_matrix_memcpy(factor, &leads.matrix);
    gsl_vector_memcpy(solution, &first.vector);
    double least = INFINITY, most = 0;
    bool good = !gsl_linalg_cholesky_decomp1(factor);
    for (size_t i = 0; i < q && good; i++) {
        double size = gsl_matrix_get(factor, i, i) / sqrt(gsl_matrix_get(&leads.matrix, i, i));
        least = fmin(least, size), most = fmax(most, size);
        good = isfinite(size);
    }
    good = good && least > 1e-7 * most;
    if (good) {
        gsl_linalg_cholesky_svx(factor, solution);
        gsl_blas_ddot(&first.vector, solution, length);
        good = *length > 0 && isfinite(*length);
    }
    gsl_matrix_free(factor);
    if (good) return UF_OK;
    return uf_fail(error, UF_NOT_IDENTIFIED,
                   "the leads' covariance is singular: so many leads cannot be tested together");
}

static uf_status check(const gsl_vector *times, const gsl_matrix *covariance, size_t q, double df2,
                       double level, struct uf_error *error)
{
    if (q < 1 || q > times->size || covariance->size1 != times->size || covariance->size2 != times->size)
        return uf_fail(error, UF_BAD_USAGE, "%zu leads of %zu estimates with a covariance of %zu × %zu", q,
                       times->size, covariance->size1, covariance->size2);
    if (!(df2 > 0) || !(level > 0 && level < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "degrees of freedom must be above 0 (found %g), the level between 0 and 1 (%g)", df2,
                       level);
    return UF_OK;
}

static uf_status length_of(const gsl_vector *times, const gsl_matrix *covariance, double df2, double level,
                           double *length, struct uf_error *error)
{
    UF_TRY(check(times, covariance, times->size, df2, level, error));
    gsl_vector *solution = gsl_vector_alloc(times->size);
    if (!solution) return uf_fail_memory(error);
    uf_status status = solve_leads(times, covariance, times->size, solution, length, error);
    gsl_vector_free(solution);
    return status;
}

uf_status uf_pretrend_rejection(const gsl_vector *times, const gsl_matrix *covariance, double df2,
                                double level, double slope, double *out_power, struct uf_error *error)
{
    double length, q = (double)times->size;
    UF_TRY(length_of(times, covariance, df2, level, &length, error));
    *out_power = uf_noncentral_f_upper(uf_f_upper_quantile(level, q, df2), q, df2, slope * slope * length);
    return UF_OK;
}

uf_status uf_pretrend_noncentrality(const gsl_vector *times, const gsl_matrix *covariance, double *out,
                                    struct uf_error *error)
{
    return length_of(times, covariance, INFINITY, 0.05, out, error);
}

uf_status uf_pretrend_slope(double noncentrality, size_t n_leads, double df2, double level, double power,
                            double *out_slope, struct uf_error *error)
{
    if (n_leads < 1 || !(df2 > 0) || !(level > 0 && level < 1) || !(power > level && power < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "expected leads (found %zu), degrees of freedom above 0 (%g), a level between 0 and 1 "
                       "(%g), and a power between that and 1 (%g)",
                       n_leads, df2, level, power);
    if (!(noncentrality > 0 && isfinite(noncentrality)))
        return uf_fail(error, UF_NOT_IDENTIFIED, "the test would not see a line of any slope");
    double q = (double)n_leads, critical = uf_f_upper_quantile(level, q, df2), low = 0, high = 1;
    while (uf_noncentral_f_upper(critical, q, df2, high) < power && high < 1e7) low = high, high *= 2;
    if (high >= 1e7)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "with %g degrees of freedom the test finds no line with that power", df2);
    for (int step = 0; step < 100 && high - low > 1e-13 * high; step++) {
        double middle = low + (high - low) / 2;
        if (uf_noncentral_f_upper(critical, q, df2, middle) < power)
            low = middle;
        else
            high = middle;
    }
    *out_slope = sqrt(high / noncentrality);
    return UF_OK;
}

uf_status uf_pretrend_power(const gsl_vector *times, const gsl_matrix *covariance, double df2, double level,
                            double power, double *out_slope, struct uf_error *error)
{
    double noncentrality;
    UF_TRY(length_of(times, covariance, df2, level, &noncentrality, error));
    return uf_pretrend_slope(noncentrality, times->size, df2, level, power, out_slope, error);
}

uf_status uf_pretrend_passing_bias(const gsl_vector *times, const gsl_matrix *covariance, size_t n_leads,
                                   double level, double slope, gsl_vector *out, struct uf_error *error)
{
    UF_TRY(check(times, covariance, n_leads, INFINITY, level, error));
    if (out->size != times->size - n_leads)
        return uf_fail(error, UF_BAD_USAGE, "%zu estimates after the leads, room for %zu",
                       times->size - n_leads, out->size);
    gsl_vector *solution = gsl_vector_alloc(n_leads);
    if (!solution) return uf_fail_memory(error);
    double length, q = (double)n_leads;
    uf_status status = solve_leads(times, covariance, n_leads, solution, &length, error);
    if (status == UF_OK) {
        double c = q * uf_f_upper_quantile(level, q, INFINITY), lambda = slope * slope * length;
        double passed = 1 - uf_noncentral_f_upper(c / q, q, INFINITY, lambda);
        double wider = 1 - uf_noncentral_f_upper(c / (q + 2), q + 2, INFINITY, lambda);
        double r = passed > 0 ? wider / passed : 0;
        for (size_t j = 0; j < out->size; j++) {
            double pull = 0;
            for (size_t i = 0; i < n_leads; i++)
                pull += gsl_matrix_get(covariance, n_leads + j, i) * gsl_vector_get(solution, i);
            gsl_vector_set(out, j, slope * (gsl_vector_get(times, n_leads + j) - (1 - r) * pull));
        }
    }
    gsl_vector_free(solution);
    return status;
}
