// SPDX-License-Identifier: GPL-3.0-or-later
/* The regression of imputation's leads under placebo treatments, for tests of them with a covariance. */
#include "base/fail.h"
#include "effect/placebo_regression.h"

struct leads {
    struct uf_imputation fit;
    struct uf_imputation_leads leads;
};

static uf_status regress(void *fit, const struct uf_did_data *data, const void *options,
                         struct placebo_regression *out, struct uf_error *error)
{
    struct leads *own = fit;
    const struct imputation_lead_options *o = options;
    UF_TRY(uf_imputation_fit(data, o->fit, &own->fit, error));
    UF_TRY(uf_imputation_leads(data, &own->fit, o->leads, &own->leads, error));
    UF_TRY(did_regression_init(&own->leads.data, &own->leads.fit, &out->kept, error));
    out->row = own->leads.row;
    return placebo_lead_rows(&own->leads.fit, 0, &out->leads, error);
}

static void clear(void *fit)
{
    struct leads *own = fit;
    uf_imputation_leads_clear(&own->leads);
    uf_imputation_clear(&own->fit);
}

struct placebo_regressions imputation_regressions(const struct imputation_lead_options *options, double work)
{
    return placebo_regressions_of(options, sizeof(struct leads), work, regress, clear);
}
