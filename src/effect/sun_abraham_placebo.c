// SPDX-License-Identifier: GPL-3.0-or-later
/* The regression of sun-abraham under placebo treatments, for tests of its leads with a covariance. */
#include "base/fail.h"
#include "effect/placebo_regression.h"

#include <math.h>
#include <stdlib.h>

/* The averages by event time before the anticipation, as the event study has them. */
static uf_status lead_rows(const struct uf_sun_abraham *fit, long anticipation, gsl_matrix **out,
                           struct uf_error *error)
{
    const size_t k = fit->fit.fit.rank;
    long least = 0;
    size_t q = 0;
    for (size_t c = 0; c < fit->n_cells; c++)
        if (fit->cell[c].event_time < least) least = fit->cell[c].event_time;
    const long last = -anticipation - 1;
    if (least > last || k == 0) return UF_OK;
    gsl_matrix *rows = gsl_matrix_alloc((size_t)(last - least + 1), k), *leads = NULL;
    if (!rows) return uf_fail_memory(error);
    for (long e = least; e <= last; e++)
        q += uf_sun_abraham_average(fit, UF_CELLS_DYNAMIC, e, gsl_matrix_ptr(rows, q, 0)) > 0;
    if (q > 0) {
        leads = gsl_matrix_alloc(q, k);
        if (leads) {
            gsl_matrix_const_view first = gsl_matrix_const_submatrix(rows, 0, 0, q, k);
            gsl_matrix_memcpy(leads, &first.matrix);
        }
    }
    gsl_matrix_free(rows);
    if (q > 0 && !leads) return uf_fail_memory(error);
    *out = leads;
    return UF_OK;
}

static uf_status regress(void *fit, const struct uf_did_data *data, const void *options,
                         struct placebo_regression *out, struct uf_error *error)
{
    struct uf_sun_abraham *own = fit;
    const struct uf_sun_abraham_options *o = options;
    UF_TRY(uf_sun_abraham_estimate(data, o, own, error));
    UF_TRY(did_regression_init(&own->data, &own->fit, &out->kept, error));
    out->row = own->row;
    return lead_rows(own, o->anticipation, &out->leads, error);
}

static void clear(void *fit)
{
    uf_sun_abraham_clear(fit);
}

struct placebo_regressions sun_abraham_regressions(const struct uf_sun_abraham_options *options, double work)
{
    return placebo_regressions_of(options, sizeof(struct uf_sun_abraham), work, regress, clear);
}
