// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/event_anchor.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/fail.h"

/* Shares below this are rounding: exact ones are simple fractions. */
static const double least_share = 1e-6;

uf_status event_anchors(const struct uf_did_data *data, const struct uf_event_study_options *options,
                        const struct uf_did_fit *fit, size_t *out, struct uf_error *error)
{
    double *dummy = NULL;
    uf_status status = UF_OK;
    for (size_t j = 0; j < fit->n_leading; j++) out[j] = SIZE_MAX;
    for (size_t d = 0; d < fit->n_leading && status == UF_OK; d++) {
        if (fit->position[d] != SIZE_MAX) continue;
        struct uf_did_data dropped = *data;
        struct uf_did_fit shares;
        if (!dummy) dummy = malloc((data->n + 1) * sizeof *dummy);
        if (!dummy) return uf_fail_memory(error);
        for (size_t i = 0; i < data->n; i++)
            dummy[i] = did_event_time(data, options, data->first_period[data->unit[i]], data->period[i]) ==
                       fit->event_time[d];
        dropped.outcome = dummy;
        status = uf_event_study_estimate(&dropped, options, &shares, error);
        if (status != UF_OK) break;
        for (size_t j = 0; j < fit->n_leading; j++)
            if (fit->position[j] != SIZE_MAX &&
                fabs(gsl_vector_get(shares.fit.coefficients, j)) > least_share)
                out[j] = d;
        uf_did_fit_clear(&shares);
    }
    free(dummy);
    return status;
}
