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

/* λ and the half-life with what the interval of β leaves open. */
static void describe_speed(double years, double level, struct uf_beta_convergence *out)
{
    const double left = 1 + years * out->beta, t = uf_t_quantile((1 + level) / 2, out->df);
    out->speed = left > 0 ? -log(left) / years : (double)NAN;
    out->speed_std_error = left > 0 ? out->std_error / left : (double)NAN;
    out->speed_low = out->speed - t * out->speed_std_error;
    out->speed_high = out->speed + t * out->speed_std_error;
    out->half_life = out->speed >= 0 ? M_LN2 / out->speed : (double)NAN;
    out->half_life_std_error =
        out->speed > 0 ? M_LN2 / gsl_pow_2(out->speed) * out->speed_std_error : (double)NAN;
    out->half_life_low = out->speed_high > 0 ? M_LN2 / out->speed_high : (double)NAN;
    out->half_life_high = !(out->speed_high > 0) ? (double)NAN
                          : out->speed_low > 0   ? M_LN2 / out->speed_low
                                                 : (double)INFINITY;
}

/* What the fit says of its last column, ln y_0. */
static void describe(const struct uf_least_squares *fit, const gsl_vector *y, double mean, double years,
                     const struct uf_covariance *covariance, double level, struct uf_beta_convergence *out)
{
    const size_t last = fit->k - 1, place = fit->rank - 1;
    double squares = 0;
    for (size_t i = 0; i < fit->n; i++) squares += gsl_pow_2(gsl_vector_get(y, i) - mean);
    out->intercept = gsl_vector_get(fit->coefficients, 0);
    out->beta = gsl_vector_get(fit->coefficients, last);
    const struct uf_t_test test =
        uf_t_test(out->beta, gsl_matrix_get(covariance->matrix, place, place), covariance->df[place], level);
    out->df = test.df;
    out->std_error = test.std_error;
    out->statistic = test.statistic;
    out->p_value = test.p_value;
    out->conf_low = test.conf_low;
    out->conf_high = test.conf_high;
    out->r_squared = 1 - fit->rss / squares;
    describe_speed(years, level, out);
    out->rank = fit->rank;
    out->columns = fit->k;
    out->n_clusters = covariance->n_clusters;
}

/* The regression of the complete regions. */
struct regression {
    const double *start, *end;
    size_t n;
    const gsl_matrix *controls;
    struct uf_beta_options options;
    gsl_matrix *x, *kept;
    gsl_vector *y;
    size_t *cluster;
    struct uf_least_squares fit;
    struct uf_covariance covariance;
};

static void regression_clear(struct regression *r)
{
    uf_covariance_clear(&r->covariance);
    uf_least_squares_clear(&r->fit);
    gsl_vector_free(r->y);
    gsl_matrix_free(r->x);
    gsl_matrix_free(r->kept);
    free(r->cluster);
}

static uf_status estimate_covariance(struct regression *r, struct uf_error *error)
{
    r->kept = gsl_matrix_alloc(r->x->size1, r->fit.rank);
    if (!r->kept) return uf_fail_memory(error);
    for (size_t j = 0; j < r->fit.rank; j++)
        for (size_t i = 0; i < r->x->size1; i++)
            gsl_matrix_set(r->kept, i, j, gsl_matrix_get(r->x, i, r->fit.kept[j]));
    size_t row = 0;
    for (size_t i = 0; i < r->n && r->options.cluster; i++)
        if (is_complete(r->start, r->end, r->controls, i)) r->cluster[row++] = r->options.cluster[i];
    const struct uf_covariance_input input = {.x = r->kept,
                                              .residuals = r->fit.residuals,
                                              .inverse = r->fit.inverse,
                                              .cluster = {r->cluster, NULL},
                                              .n_groups = {r->options.n_groups, 0},
                                              .n_cluster_dimensions = r->options.cluster ? 1 : 0};
    const struct uf_covariance_options options = {.kind = r->options.covariance};
    return uf_covariance_estimate(&input, &options, &r->covariance, error);
}

static uf_status regress(struct regression *r, double years, double *mean, struct uf_error *error)
{
    if (!r->x || !r->y || !r->cluster) return uf_fail_memory(error);
    *mean = fill(r->start, r->end, r->n, years, r->controls, r->x, r->y);
    UF_TRY(uf_least_squares_fit(r->x, r->y, NULL, NULL, &r->fit, error));
    if (isnan(gsl_vector_get(r->fit.coefficients, r->x->size2 - 1)))
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "The starting values do not vary, or are a combination of the controls: whether poorer "
            "regions grow faster cannot be told.");
    return estimate_covariance(r, error);
}

static void fill_fitted(const struct regression *r)
{
    size_t row = 0;
    for (size_t i = 0; i < r->n; i++) {
        r->options.fitted[i] = NAN;
        if (!is_complete(r->start, r->end, r->controls, i)) continue;
        r->options.fitted[i] = gsl_vector_get(r->y, row) - gsl_vector_get(r->fit.residuals, row);
        row++;
    }
}

static uf_status check_options(const struct uf_beta_options *options, struct uf_error *error)
{
    size_t count;
    const struct uf_covariance_type *types = uf_covariance_types(&count);
    if ((size_t)options->covariance >= count || !(options->level > 0 && options->level < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "There is no such covariance, or the level %g is not between 0 and 1.",
                       options->level);
    const struct uf_covariance_type *type = &types[options->covariance];
    if (type->temporal || type->spatial)
        return uf_fail(error, UF_BAD_USAGE,
                       "The covariance '%s' is not for a cross-section; take hc3 or cr2.", type->name);
    if (type->clustered == (options->cluster != NULL)) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE, "The covariance '%s' %s.", type->name,
                   type->clustered ? "needs clusters" : "knows no clusters; take cr1 or cr2");
}

uf_status uf_beta_convergence(const double *start, const double *end, size_t n, double years,
                              const gsl_matrix *controls, const struct uf_beta_options *options,
                              struct uf_beta_convergence *out, struct uf_error *error)
{
    struct uf_beta_options wanted = options ? *options : (struct uf_beta_options){0};
    if (!(wanted.level != 0)) wanted.level = 0.95; // NOLINT: exactly 0 is "the default"
    UF_TRY(check_options(&wanted, error));
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
    struct regression r = {.start = start,
                           .end = end,
                           .n = n,
                           .controls = controls,
                           .options = wanted,
                           .x = gsl_matrix_alloc(used, columns),
                           .y = gsl_vector_alloc(used),
                           .cluster = calloc(used, sizeof(size_t))};
    double mean = 0;
    uf_status status = regress(&r, years, &mean, error);
    if (status == UF_OK) {
        struct uf_beta_convergence found = {.n = used, .left_out = n - used};
        describe(&r.fit, r.y, mean, years, &r.covariance, wanted.level, &found);
        if (wanted.fitted) fill_fitted(&r);
        *out = found;
    }
    regression_clear(&r);
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
