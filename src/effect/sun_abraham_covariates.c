// SPDX-License-Identifier: GPL-3.0-or-later
/* Covariates in the means of cohorts by period, for sun-abraham dealt out anew. */
#include "base/fail.h"
#include "effect/sun_abraham_dealer.h"

#include <gsl/gsl_linalg.h>
#include <stdlib.h>
#include <string.h>

uf_status sun_abraham_covariates_init(struct sun_abraham_dealer *d, size_t slots, struct uf_error *error)
{
    const struct uf_did_data *data = d->actual;
    const size_t k = d->k = data->covariates ? data->covariates->size2 : 0;
    if (k == 0 || !d->by_means) return UF_OK;
    double *sum = calloc(data->n_units * k + 1, sizeof *sum),
           *count = calloc(data->n_units + 1, sizeof *count);
    d->x = malloc((data->n * k + 1) * sizeof *d->x);
    d->x_mean = malloc((slots * k + 1) * sizeof *d->x_mean);
    d->products = gsl_matrix_alloc(k, k);
    d->slope = gsl_vector_alloc(k), d->turned = gsl_vector_alloc(k);
    d->squares = malloc(2 * k * sizeof *d->squares);
    bool memory = d->squares && sum && count && d->x && d->x_mean && d->products && d->slope && d->turned;
    for (size_t i = 0; memory && i < data->n; i++) {
        count[data->unit[i]]++;
        for (size_t j = 0; j < k; j++) sum[data->unit[i] * k + j] += gsl_matrix_get(data->covariates, i, j);
    }
    for (size_t i = 0; memory && i < data->n; i++)
        for (size_t j = 0; j < k; j++)
            d->x[i * k + j] =
                gsl_matrix_get(data->covariates, i, j) - sum[data->unit[i] * k + j] / count[data->unit[i]];
    free(sum), free(count);
    return memory ? UF_OK : uf_fail_memory(error);
}

bool sun_abraham_take_covariates_out(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l,
                                     size_t slots)
{
    const struct uf_did_data *data = &d->data;
    const size_t k = d->k;
    if (k == 0) return true;
    memset(d->x_mean, 0, slots * k * sizeof *d->x_mean);
    gsl_matrix_set_zero(d->products), gsl_vector_set_zero(d->slope);
    for (size_t i = 0; i < data->n; i++) {
        const size_t s = d->slot[i];
        if (s == SIZE_MAX) continue;
        for (size_t j = 0; j < k; j++)
            d->x_mean[s * k + j] += sun_abraham_row_weight(data, i) * d->x[i * k + j] / l->weight[s];
    }
    double *before = d->squares, *all = d->squares + k;
    memset(all, 0, k * sizeof *all);
    for (size_t i = 0; i < data->n; i++) {
        const size_t s = d->slot[i];
        if (s == SIZE_MAX) continue;
        const double *x = d->x + i * k, *m = d->x_mean + s * k, w = sun_abraham_row_weight(data, i);
        for (size_t a = 0; a < k; a++) {
            double r = x[a] - m[a];
            all[a] += w * x[a] * x[a];
            *gsl_vector_ptr(d->slope, a) += w * r * (d->deviation[i] - d->mean[s]);
            for (size_t b = 0; b <= a; b++) *gsl_matrix_ptr(d->products, a, b) += w * r * (x[b] - m[b]);
        }
    }
    for (size_t a = 0; a < k; a++) {
        before[a] = gsl_matrix_get(d->products, a, a);
        if (!(before[a] > 1e-8 * all[a])) return false;
        for (size_t b = 0; b < a; b++) gsl_matrix_set(d->products, b, a, gsl_matrix_get(d->products, a, b));
    }
    if (gsl_linalg_cholesky_decomp1(d->products)) return false;
    for (size_t a = 0; a < k; a++) {
        double left = gsl_matrix_get(d->products, a, a);
        if (!(left * left > 1e-8 * before[a])) return false;
    }
    gsl_linalg_cholesky_svx(d->products, d->slope);
    for (size_t s = 0; s < slots; s++)
        for (size_t j = 0; j < k; j++) d->mean[s] -= gsl_vector_get(d->slope, j) * d->x_mean[s * k + j];
    return true;
}

void sun_abraham_turn_weights(struct sun_abraham_dealer *d, const struct sun_abraham_layout *l)
{
    const struct uf_did_data *data = &d->data;
    if (d->k == 0) return;
    gsl_vector_set_zero(d->turned);
    for (size_t i = 0; i < data->n; i++) {
        const size_t s = d->slot[i];
        if (s == SIZE_MAX || d->share[s] == 0) continue; // NOLINT: exactly 0, as most are of a cell
        double v = sun_abraham_row_weight(data, i) * d->share[s] / l->weight[s];
        for (size_t j = 0; j < d->k; j++) *gsl_vector_ptr(d->turned, j) += v * d->x[i * d->k + j];
    }
    gsl_linalg_cholesky_svx(d->products, d->turned);
}
