// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/subsample.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/power.h>

#include "base/fail.h"

void subsample_clear(struct subsample *s)
{
    free(s->unit), free(s->period), free(s->cluster[0]), free(s->cluster[1]), free(s->first_period);
    free(s->outcome), free(s->treatment), free(s->weights);
    gsl_matrix_free(s->covariates);
    memset(s, 0, sizeof *s);
}

static uf_status allocate(const struct uf_did_data *data, size_t n, struct subsample *s,
                          struct uf_error *error)
{
    size_t k = data->covariates ? data->covariates->size2 : 0;
    bool good = (s->unit = malloc((n + 1) * sizeof *s->unit)) != NULL;
    good &= (s->period = malloc((n + 1) * sizeof *s->period)) != NULL;
    good &= (s->outcome = malloc((n + 1) * sizeof *s->outcome)) != NULL;
    good &= (s->treatment = malloc((n + 1) * sizeof *s->treatment)) != NULL;
    good &= (s->first_period = malloc((data->n_units + 1) * sizeof *s->first_period)) != NULL;
    if (data->weights) good &= (s->weights = malloc((n + 1) * sizeof *s->weights)) != NULL;
    if (k > 0 && n > 0) good &= (s->covariates = gsl_matrix_alloc(n, k)) != NULL;
    for (size_t d = 0; d < data->n_cluster_dimensions; d++)
        good &= (s->cluster[d] = malloc((n + 1) * sizeof *s->cluster[d])) != NULL;
    return good ? UF_OK : uf_fail_memory(error);
}

uf_status subsample_init(const struct uf_did_data *data, const unsigned char *keep, struct subsample *out,
                         struct uf_error *error)
{
    struct subsample s = {0};
    size_t n = 0, row = 0;
    for (size_t i = 0; i < data->n; i++) n += keep[i] != 0;
    uf_status status = allocate(data, n, &s, error);
    if (status != UF_OK) {
        subsample_clear(&s);
        return status;
    }
    for (size_t i = 0; i < data->n; i++) {
        if (!keep[i]) continue;
        s.unit[row] = data->unit[i];
        s.period[row] = data->period[i];
        s.outcome[row] = data->outcome[i];
        s.treatment[row] = data->treatment[i];
        if (s.weights) s.weights[row] = data->weights[i];
        for (size_t d = 0; d < data->n_cluster_dimensions; d++) s.cluster[d][row] = data->cluster[d][i];
        for (size_t j = 0; s.covariates && j < s.covariates->size2; j++)
            gsl_matrix_set(s.covariates, row, j, gsl_matrix_get(data->covariates, i, j));
        row++;
    }
    memcpy(s.first_period, data->first_period, data->n_units * sizeof *s.first_period);
    s.data = *data;
    s.data.n = n;
    s.data.unit = s.unit;
    s.data.period = s.period;
    s.data.outcome = s.outcome;
    s.data.treatment = s.treatment;
    s.data.weights = s.weights;
    s.data.covariates = s.covariates;
    s.data.first_period = s.first_period;
    for (size_t d = 0; d < data->n_cluster_dimensions; d++) s.data.cluster[d] = s.cluster[d];
    *out = s;
    return UF_OK;
}

static uf_status count_units(const struct uf_did_data *data, struct subsample_effect *out,
                             struct uf_error *error)
{
    unsigned char *seen = calloc(data->n_units + 1, 1);
    if (!seen) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++) seen[data->unit[i]] |= data->treatment[i] != 0 ? 2 : 1;
    for (size_t u = 0; u < data->n_units; u++) {
        out->n_treated += (seen[u] & 2) != 0;
        out->n_control += seen[u] == 1;
    }
    free(seen);
    return UF_OK;
}

uf_status subsample_estimate(const struct uf_did_data *data, const struct uf_covariance_options *options,
                             double level, struct subsample_effect *out, struct uf_error *error)
{
    struct subsample_effect effect = {.n_obs = data->n};
    struct uf_did_fit fit;
    struct uf_covariance covariance;
    UF_TRY(count_units(data, &effect, error));
    if (effect.n_treated == 0 || data->n == 0)
        return uf_fail(error, UF_NOT_IDENTIFIED, "nobody is treated in these rows");
    UF_TRY(uf_did_estimate(data, &fit, error));
    uf_status status = uf_did_covariance(data, &fit, options, &covariance, error);
    if (status == UF_OK) {
        size_t k = fit.position[0];
        effect.estimate = gsl_vector_get(fit.fit.coefficients, 0);
        effect.test =
            uf_t_test(effect.estimate, gsl_matrix_get(covariance.matrix, k, k), covariance.df[k], level);
        effect.n_clusters = covariance.n_clusters;
        uf_covariance_clear(&covariance);
        *out = effect;
    }
    uf_did_fit_clear(&fit);
    return status;
}

uf_status subsample_serial_covariance(const struct uf_did_data *data, const gsl_matrix *x,
                                      const gsl_matrix *inverse, gsl_matrix *out, struct uf_error *error)
{
    struct subsample part;
    struct uf_autocovariance autocovariance;
    unsigned char *keep = malloc(data->n + 1);
    if (!keep) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++) keep[i] = data->period[i] < data->first_period[data->unit[i]];
    uf_status status = subsample_init(data, keep, &part, error);
    free(keep);
    UF_TRY(status);
    status = uf_autocovariance_estimate(&part.data, &autocovariance, error);
    if (status == UF_OK) {
        status = uf_autocovariance_sandwich(data, x, inverse, &autocovariance, out, error);
        uf_autocovariance_clear(&autocovariance);
    }
    subsample_clear(&part);
    return status;
}
