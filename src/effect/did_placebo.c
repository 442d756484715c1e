// SPDX-License-Identifier: GPL-3.0-or-later
/* The event study of did under placebo treatments, for tests of its leads with a covariance. */
#include "base/fail.h"
#include "effect/placebo_regression.h"

static uf_status regress(void *fit, const struct uf_did_data *data, const void *options,
                         struct placebo_regression *out, struct uf_error *error)
{
    struct uf_did_fit *own = fit;
    const struct uf_event_study_options *o = options;
    /* UF_BAD_USAGE: none of this assignment's treated is observed at the reference */
    UF_TRY(uf_event_study_estimate(data, o, own, error));
    UF_TRY(did_regression_init(data, own, &out->kept, error));
    return placebo_lead_rows(own, 0, &out->leads, error);
}

static void clear(void *fit)
{
    uf_did_fit_clear(fit);
}

struct placebo_regressions did_regressions(const struct uf_event_study_options *options, double work)
{
    return placebo_regressions_of(options, sizeof(struct uf_did_fit), work, regress, clear);
}
