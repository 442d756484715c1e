// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/power.h>

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/distribution.h>

#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/power_regressor.h"

void uf_autocovariance_clear(struct uf_autocovariance *a)
{
    if (!a) return;
    free(a->gamma), free(a->pairs);
    memset(a, 0, sizeof *a);
}

static size_t place(const struct uf_did_data *data, size_t i)
{
    return data->time ? (size_t)(data->time[data->period[i]] - data->time[0]) : data->period[i];
}

static size_t span(const struct uf_did_data *data)
{
    size_t last = 0;
    for (size_t i = 0; i < data->n; i++)
        if (place(data, i) > last) last = place(data, i);
    return last + 1;
}

/* The rows of each unit: begin[u] … begin[u + 1] − 1 of `order`. */
static uf_status rows_by_unit(const struct uf_did_data *data, size_t **out_begin, size_t **out_order,
                              struct uf_error *error)
{
    size_t *begin = calloc(data->n_units + 2, sizeof *begin), *order = malloc((data->n + 1) * sizeof *order);
    if (!begin || !order) {
        free(begin), free(order);
        return uf_fail_memory(error);
    }
    for (size_t i = 0; i < data->n; i++) begin[data->unit[i] + 2]++;
    for (size_t u = 0; u < data->n_units; u++) begin[u + 2] += begin[u + 1];
    for (size_t i = 0; i < data->n; i++) order[begin[data->unit[i] + 1]++] = i;
    *out_begin = begin, *out_order = order;
    return UF_OK;
}

uf_status uf_autocovariance_estimate(const struct uf_did_data *data, struct uf_autocovariance *out,
                                     struct uf_error *error)
{
    struct power_regressor regressor;
    struct uf_autocovariance a = {.count = span(data)};
    size_t *begin = NULL, *order = NULL;
    if (data->n == 0) return uf_fail(error, UF_NOT_IDENTIFIED, "the sample has no observations");
    UF_TRY(power_regressor_init(data, &regressor, error));
    double *residual = malloc((data->n + 1) * sizeof *residual);
    a.gamma = calloc(a.count, sizeof *a.gamma), a.pairs = calloc(a.count, sizeof *a.pairs);
    uf_status status = residual && a.gamma && a.pairs ? UF_OK : uf_fail_memory(error);
    double rank = (double)(uf_absorber_rank(regressor.absorber) + regressor.n_covariates);
    double units = (double)uf_absorber_levels(regressor.absorber, 0);
    if (status == UF_OK && (double)data->n <= rank)
        status = uf_fail(error, UF_NOT_IDENTIFIED, "no degrees of freedom are left in the untreated rows");
    if (status == UF_OK) {
        memcpy(residual, data->outcome, data->n * sizeof *residual);
        status = power_residual(&regressor, residual, error);
    }
    if (status == UF_OK) status = rows_by_unit(data, &begin, &order, error);
    for (size_t u = 0; u < data->n_units && status == UF_OK; u++)
        for (size_t a1 = begin[u]; a1 < begin[u + 1]; a1++)
            for (size_t b = begin[u]; b <= a1; b++) {
                size_t i = order[a1], j = order[b], ti = place(data, i), tj = place(data, j);
                size_t lag = ti > tj ? ti - tj : tj - ti;
                a.gamma[lag] += residual[i] * residual[j];
                a.pairs[lag]++;
            }
    for (size_t k = 0; k < a.count && status == UF_OK; k++)
        if (a.pairs[k]) a.gamma[k] /= (double)a.pairs[k];
    if (status == UF_OK) a.variance = a.gamma[0] * (double)a.pairs[0] / ((double)data->n - rank);
    for (size_t k = 0; k < a.count && status == UF_OK; k++)
        a.gamma[k] *= (double)data->n / ((double)data->n - rank + units);
    free(begin), free(order), free(residual);
    power_regressor_clear(&regressor);
    if (status != UF_OK)
        uf_autocovariance_clear(&a);
    else
        *out = a;
    return status;
}

uf_status uf_autocovariance_sandwich(const struct uf_did_data *data, const gsl_matrix *x,
                                     const gsl_matrix *inverse,
                                     const struct uf_autocovariance *autocovariance, gsl_matrix *out,
                                     struct uf_error *error)
{
    size_t n = data->n, k = x->size2, *begin = NULL, *order = NULL;
    const double all = (double)autocovariance->pairs[0];
    UF_TRY(rows_by_unit(data, &begin, &order, error));
    gsl_matrix *weights = gsl_matrix_alloc(n, k), *spread = gsl_matrix_calloc(n, k);
    uf_status status = weights && spread ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, x, inverse, 0, weights);
        for (size_t i = 0; i < n && data->weights; i++) {
            gsl_vector_view row = gsl_matrix_row(weights, i);
            gsl_vector_scale(&row.vector, data->weights[i]);
        }
        for (size_t u = 0; u < data->n_units; u++)
            for (size_t a = begin[u]; a < begin[u + 1]; a++)
                for (size_t b = begin[u]; b < begin[u + 1]; b++) {
                    size_t ti = place(data, order[a]), tj = place(data, order[b]);
                    size_t lag = ti > tj ? ti - tj : tj - ti;
                    if (lag >= autocovariance->count) continue;
                    double gamma = autocovariance->gamma[lag] * (double)autocovariance->pairs[lag] / all;
                    gsl_vector_view to = gsl_matrix_row(spread, order[a]);
                    gsl_vector_const_view from = gsl_matrix_const_row(weights, order[b]);
                    gsl_blas_daxpy(gamma, &from.vector, &to.vector);
                }
        gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, weights, spread, 0, out);
    }
    gsl_matrix_free(weights), gsl_matrix_free(spread);
    free(begin), free(order);
    return status;
}

uf_status uf_power_analytic(const struct uf_did_data *design, const struct uf_autocovariance *autocovariance,
                            struct uf_power_error *out, struct uf_error *error)
{
    struct power_regressor regressor;
    size_t *begin = NULL, *order = NULL;
    double independent = 0, serial = 0, square = 0, whole = 0;
    UF_TRY(power_regressor_init(design, &regressor, error));
    double *weight = malloc((design->n + 1) * sizeof *weight);
    uf_status status = weight ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        memcpy(weight, design->treatment, design->n * sizeof *weight);
        for (size_t i = 0; i < design->n; i++) whole += weight[i] * weight[i];
        status = power_residual(&regressor, weight, error);
    }
    for (size_t i = 0; i < design->n && status == UF_OK; i++) {
        double w = design->weights ? design->weights[i] : 1;
        square += w * weight[i] * weight[i];
        weight[i] *= w;
    }
    if (status == UF_OK && !(square > 1e-20 * whole))
        status = uf_fail(error, UF_NOT_IDENTIFIED,
                         "the treatment does not vary once the effects of units and periods are taken out");
    if (status == UF_OK) status = rows_by_unit(design, &begin, &order, error);
    for (size_t u = 0; u < design->n_units && status == UF_OK; u++)
        for (size_t a = begin[u]; a < begin[u + 1]; a++)
            for (size_t b = begin[u]; b <= a; b++) {
                size_t i = order[a], j = order[b], ti = place(design, i), tj = place(design, j);
                size_t lag = ti > tj ? ti - tj : tj - ti;
                double term = weight[i] * weight[j] / (square * square);
                double gamma = lag < autocovariance->count ? autocovariance->gamma[lag] : 0;
                serial += (i == j ? 1 : 2) * term * gamma;
                if (i == j) independent += term * autocovariance->variance;
            }
    free(begin), free(order), free(weight);
    power_regressor_clear(&regressor);
    if (status != UF_OK) return status;
    *out = (struct uf_power_error){sqrt(independent), serial > 0 ? sqrt(serial) : NAN};
    return UF_OK;
}

double uf_power_minimum(double std_error, double df, double level, double power)
{
    return (uf_t_quantile(1 - level / 2, df) + uf_t_quantile(power, df)) * std_error;
}

static double upper_tail(double t, double df)
{
    double two = uf_t_two_sided(t, df) / 2;
    return t >= 0 ? two : 1 - two;
}

double uf_power_at(double effect, double std_error, double df, double level)
{
    double critical = uf_t_quantile(1 - level / 2, df), shift = effect / std_error;
    return upper_tail(critical - shift, df) + upper_tail(critical + shift, df);
}
