// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/convergence.h>

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <utfall/distribution.h>
#include <utfall/least_squares.h>

#include "base/fail.h"

static uf_status check_positive(double value, const char *what, size_t region, struct uf_error *error)
{
    if (isnan(value) || (value > 0 && !isinf(value))) return UF_OK;
    return uf_fail(error, UF_BAD_INPUT,
                   "Region %zu (counted from 1) has %s %g: logarithms need values above 0.", region + 1, what,
                   value);
}

static bool is_complete(const double *start, const double *end, const gsl_matrix *controls, size_t i)
{
    if (isnan(start[i]) || isnan(end[i])) return false;
    for (size_t k = 0; controls != NULL && k < controls->size2; k++)
        if (!isfinite(gsl_matrix_get(controls, i, k))) return false;
    return true;
}

/* Fills design and outcome of the complete regions; returns their mean outcome. */
static double fill(const double *start, const double *end, size_t n, double years, const gsl_matrix *controls,
                   gsl_matrix *x, gsl_vector *y)
{
    size_t row = 0;
    double mean = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_complete(start, end, controls, i)) continue;
        const double growth = log(end[i] / start[i]) / years;
        gsl_matrix_set(x, row, 0, 1);
        gsl_matrix_set(x, row, x->size2 - 1, log(start[i]));
        for (size_t k = 0; controls != NULL && k < controls->size2; k++)
            gsl_matrix_set(x, row, 1 + k, gsl_matrix_get(controls, i, k));
        gsl_vector_set(y, row++, growth);
        mean += growth;
    }
    return mean / (double)row;
}

/* What the fit says of its last column, ln y_0. */
static void describe(const struct uf_least_squares *fit, const gsl_vector *y, double mean, double years,
                     struct uf_beta_convergence *out)
{
    const size_t last = fit->k - 1, place = fit->rank - 1;
    double squares = 0;
    for (size_t i = 0; i < fit->n; i++) squares += gsl_pow_2(gsl_vector_get(y, i) - mean);
    out->intercept = gsl_vector_get(fit->coefficients, 0);
    out->beta = gsl_vector_get(fit->coefficients, last);
    out->df = fit->df;
    out->std_error = sqrt(fit->rss / fit->df * gsl_matrix_get(fit->inverse, place, place));
    out->statistic = out->beta / out->std_error;
    out->p_value = uf_t_two_sided(out->statistic, out->df);
    out->r_squared = 1 - fit->rss / squares;
    const double left = 1 + years * out->beta;
    out->speed = left > 0 ? -log(left) / years : NAN;
    out->half_life = out->speed >= 0 ? M_LN2 / out->speed : NAN;
    out->rank = fit->rank;
    out->columns = fit->k;
}

uf_status uf_beta_convergence(const double *start, const double *end, size_t n, double years,
                              const gsl_matrix *controls, struct uf_beta_convergence *out,
                              struct uf_error *error)
{
    if (!(years > 0) || isinf(years))
        return uf_fail(error, UF_BAD_USAGE, "Growth over %g years has no meaning: give a number above 0.",
                       years);
    if (controls != NULL && controls->size1 != n)
        return uf_fail(error, UF_BAD_USAGE, "There are controls for %zu regions and values for %zu.",
                       controls->size1, n);
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        UF_TRY(check_positive(start[i], "the starting value", i, error));
        UF_TRY(check_positive(end[i], "the end value", i, error));
        used += is_complete(start, end, controls, i);
    }
    const size_t columns = 2 + (controls != NULL ? controls->size2 : 0);
    if (used <= columns)
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "%zu complete regions cannot carry %zu coefficients: drop controls, or bring more regions.", used,
            columns);
    gsl_matrix *x = gsl_matrix_alloc(used, columns);
    gsl_vector *y = gsl_vector_alloc(used);
    struct uf_least_squares fit = {0};
    uf_status status = x == NULL || y == NULL ? uf_fail_memory(error) : UF_OK;
    if (status == UF_OK) {
        double mean = fill(start, end, n, years, controls, x, y);
        status = uf_least_squares_fit(x, y, NULL, NULL, &fit, error);
        if (status == UF_OK && isnan(gsl_vector_get(fit.coefficients, columns - 1)))
            status = uf_fail(
                error, UF_NOT_IDENTIFIED,
                "The starting values do not vary, or are a combination of the controls: whether poorer "
                "regions grow faster cannot be told.");
        if (status == UF_OK) {
            struct uf_beta_convergence found = {.n = used, .left_out = n - used};
            describe(&fit, y, mean, years, &found);
            *out = found;
        }
        uf_least_squares_clear(&fit);
    }
    gsl_vector_free(y);
    gsl_matrix_free(x);
    return status;
}

/* The least-squares line of y on x. */
static struct uf_sigma_trend line(const double *x, const double *y, size_t n)
{
    double mean_x = 0, mean_y = 0, xx = 0, xy = 0, rss = 0;
    for (size_t i = 0; i < n; i++) mean_x += x[i] / (double)n, mean_y += y[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        xx += gsl_pow_2(x[i] - mean_x);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    struct uf_sigma_trend trend = {xy / xx, NAN, NAN, NAN, NAN};
    if (n < 3) return trend;
    for (size_t i = 0; i < n; i++) rss += gsl_pow_2(y[i] - mean_y - trend.slope * (x[i] - mean_x));
    trend.df = (double)n - 2;
    trend.std_error = sqrt(rss / trend.df / xx);
    trend.statistic = trend.slope / trend.std_error;
    trend.p_value = uf_t_two_sided(trend.statistic, trend.df);
    return trend;
}

static bool row_is_complete(const gsl_matrix *value, size_t i)
{
    for (size_t t = 0; t < value->size2; t++)
        if (isnan(gsl_matrix_get(value, i, t))) return false;
    return true;
}

static double log_deviation(const gsl_matrix *value, size_t t, size_t complete)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < value->size1; i++)
        if (row_is_complete(value, i)) mean += log(gsl_matrix_get(value, i, t)) / (double)complete;
    for (size_t i = 0; i < value->size1; i++)
        if (row_is_complete(value, i)) squares += gsl_pow_2(log(gsl_matrix_get(value, i, t)) - mean);
    return sqrt(squares / (double)(complete - 1));
}

uf_status uf_sigma_convergence(const gsl_matrix *value, const double *time, double *out_deviation,
                               struct uf_sigma_trend *out_trend, size_t *out_n, struct uf_error *error)
{
    size_t complete = 0;
    for (size_t i = 0; i < value->size1; i++) {
        for (size_t t = 0; t < value->size2; t++)
            UF_TRY(check_positive(gsl_matrix_get(value, i, t), "the value", i, error));
        complete += row_is_complete(value, i);
    }
    if (complete < 2)
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "%zu regions have a value in every period; a spread needs two. Choose periods without gaps.",
            complete);
    bool apart = false;
    for (size_t t = 1; t < value->size2; t++) apart = apart || time[t] != time[0];
    if (!apart) return uf_fail(error, UF_NOT_IDENTIFIED, "A trend of the spread needs two different times.");
    for (size_t t = 0; t < value->size2; t++) out_deviation[t] = log_deviation(value, t, complete);
    *out_trend = line(time, out_deviation, value->size2);
    *out_n = complete;
    return UF_OK;
}
