// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/power_regressor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/did_internal.h"

void power_regressor_clear(struct power_regressor *r)
{
    uf_absorber_free(r->absorber);
    free(r->covariate);
    memset(r, 0, sizeof *r);
}

static double product(const struct uf_did_data *data, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < data->n; i++) sum += (data->weights ? data->weights[i] : 1) * a[i] * b[i];
    return sum;
}

uf_status power_residual(const struct power_regressor *r, double *column, struct uf_error *error)
{
    size_t n = r->data->n;
    UF_TRY(uf_absorber_apply(r->absorber, column, error));
    for (int pass = 0; pass < 2; pass++) /* twice, against rounding */
        for (size_t j = 0; j < r->n_covariates; j++) {
            const double *x = r->covariate + j * n;
            double share = product(r->data, x, column);
            for (size_t i = 0; i < n; i++) column[i] -= share * x[i];
        }
    return UF_OK;
}

uf_status power_regressor_init(const struct uf_did_data *data, struct power_regressor *out,
                               struct uf_error *error)
{
    struct power_regressor r = {.data = data};
    size_t n = data->n, k = data->covariates ? data->covariates->size2 : 0;
    if (n == 0) return uf_fail(error, UF_NOT_IDENTIFIED, "the sample has no observations");
    const size_t *const group[] = {data->unit, data->period};
    const size_t levels[] = {data->n_units, data->n_periods};
    UF_TRY(uf_absorber_new(n, 2, group, levels, data->weights, 0, &r.absorber, error));
    r.covariate = malloc((k * n + 1) * sizeof *r.covariate);
    uf_status status = r.covariate ? UF_OK : uf_fail_memory(error);
    for (size_t j = 0; j < k && status == UF_OK; j++) {
        double *x = r.covariate + r.n_covariates * n;
        for (size_t i = 0; i < n; i++) x[i] = gsl_matrix_get(data->covariates, i, j);
        double before = product(data, x, x), after;
        status = power_residual(&r, x, error);
        after = product(data, x, x);
        if (!(after > DID_COLLINEAR * DID_COLLINEAR * before)) continue;
        for (size_t i = 0; i < n; i++) x[i] /= sqrt(after);
        r.n_covariates++;
    }
    if (status != UF_OK)
        power_regressor_clear(&r);
    else
        *out = r;
    return status;
}
