// SPDX-License-Identifier: GPL-3.0-or-later
/* The stacked regression under placebo treatments, for tests of its leads with a covariance. */
#include "base/fail.h"
#include "effect/stacked_run.h"

#include <stdlib.h>

struct stack {
    struct uf_stacked fit;
    size_t *period;
};

static uf_status regress(void *fit, const struct uf_did_data *data, const void *options,
                         struct placebo_regression *out, struct uf_error *error)
{
    struct stack *own = fit;
    const struct uf_stacked_options *o = options;
    UF_TRY(uf_stacked_estimate(data, o, &own->fit, error));
    const struct uf_did_fit *f = &own->fit.fit;
    UF_TRY(did_regression_init(&own->fit.data, f, &out->kept, error));
    UF_TRY(stacked_set_calendar(data, &own->fit, NULL, &out->kept, &own->period, error));
    out->row = own->fit.row;
    return placebo_lead_rows(f, -o->anticipation, &out->leads, error);
}

static void clear(void *fit)
{
    struct stack *own = fit;
    uf_stacked_clear(&own->fit);
    free(own->period);
}

struct placebo_regressions stacked_regressions(const struct uf_stacked_options *options, double work)
{
    return placebo_regressions_of(options, sizeof(struct stack), work, regress, clear);
}
