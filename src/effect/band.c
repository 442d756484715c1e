// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/band.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/simultaneous.h>

#include "base/fail.h"

uf_status effect_band(const struct effect_run *run, const gsl_matrix *covariance, double df, size_t draws,
                      double *out_critical, struct uf_error *error)
{
    struct uf_error reason;
    *out_critical = NAN;
    if (!covariance || !(df > 0)) return UF_OK;
    uf_status status = uf_sup_t_critical(covariance, df, run->inference->level, draws, run->context->seed,
                                         out_critical, &reason);
    if (status == UF_OK) return UF_OK;
    *out_critical = NAN;
    if (status == UF_NOT_IDENTIFIED || status == UF_BAD_INPUT) return UF_OK;
    if (error) *error = reason;
    return status;
}

uf_status effect_band_of_coefficients(const struct effect_run *run, const struct uf_covariance *covariance,
                                      const size_t *position, size_t n, size_t draws, double *out_critical,
                                      struct uf_error *error)
{
    size_t *place = malloc((n + 1) * sizeof *place), q = 0;
    double df = INFINITY;
    *out_critical = NAN;
    if (!place) return uf_fail_memory(error);
    for (size_t j = 0; j < n; j++) {
        if (position[j] == SIZE_MAX) continue;
        place[q++] = position[j];
        df = fmin(df, covariance->df[position[j]]);
    }
    gsl_matrix *part = q > 0 ? gsl_matrix_alloc(q, q) : NULL;
    uf_status status = q > 0 && !part ? uf_fail_memory(error) : UF_OK;
    for (size_t a = 0; a < q && part; a++)
        for (size_t b = 0; b < q; b++)
            gsl_matrix_set(part, a, b, gsl_matrix_get(covariance->matrix, place[a], place[b]));
    if (status == UF_OK) status = effect_band(run, part, df, draws, out_critical, error);
    gsl_matrix_free(part);
    free(place);
    return status;
}

uf_status effect_set_band(struct uf_table *table, size_t row, double critical, struct uf_error *error)
{
    double estimate = uf_table_number(table, row, EFFECT_ESTIMATE),
           half = critical * uf_table_number(table, row, EFFECT_STD_ERROR);
    UF_TRY(effect_set_number(table, row, EFFECT_COLUMNS, estimate - half, error));
    return effect_set_number(table, row, EFFECT_COLUMNS + 1, estimate + half, error);
}
