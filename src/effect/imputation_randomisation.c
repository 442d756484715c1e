// SPDX-License-Identifier: GPL-3.0-or-later
/* What the average would have been, had other units been treated: everything is estimated again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/imputation_internal.h"

struct dealt {
    struct uf_did_data data; /* with first_period of its own */
    const struct uf_imputation_options *options;
    const struct uf_did_assignment *assignment;
    size_t *first_period; /* n_units */
    size_t *block;        /* n_units; SIZE_MAX: no row */
};

static uf_status average_of(const struct uf_did_data *data, const struct uf_imputation *fit, double *coefficient,
                            double *t, struct uf_error *error)
{
    struct uf_imputation_averages simple;
    gsl_matrix *influence = NULL;
    double variance = 0;
    UF_TRY(uf_imputation_average(fit, UF_AVERAGE_SIMPLE, &simple, error));
    uf_status status = UF_OK;
    if (simple.count == 0) goto done;
    *coefficient = simple.estimate[0];
    UF_TRY_GOTO(uf_imputation_influence(data, fit, simple.share, NULL, &influence, error), done);
    for (size_t g = 0; g < influence->size1; g++) {
        double psi = gsl_matrix_get(influence, g, 0);
        variance += psi * psi;
    }
    *t = variance > 0        ? *coefficient / sqrt(variance)
         : *coefficient == 0 ? 0
                             : copysign(INFINITY, *coefficient);
done:
    gsl_matrix_free(influence);
    uf_imputation_averages_clear(&simple);
    return status;
}

static uf_status evaluate(void *user, const size_t *path, double *coefficient, double *t, struct uf_error *error)
{
    struct dealt *dealt = user;
    struct uf_imputation fit;
    struct uf_error reason;
    *coefficient = *t = NAN;
    for (size_t u = 0; u < dealt->data.n_units; u++)
        dealt->first_period[u] = dealt->block[u] == SIZE_MAX
                                     ? SIZE_MAX
                                     : dealt->assignment->first_period[path[dealt->block[u]]];
    uf_status status = uf_imputation_fit(&dealt->data, dealt->options, &fit, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK; /* counts as extreme */
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    status = average_of(&dealt->data, &fit, coefficient, t, error);
    uf_imputation_clear(&fit);
    return status;
}

uf_status uf_imputation_randomise(const struct uf_did_data *data, const struct uf_imputation_options *options,
                                  const struct uf_did_assignment *assignment,
                                  const struct uf_randomisation_options *randomisation,
                                  struct uf_randomisation *out, struct uf_error *error)
{
    struct dealt dealt = {.data = *data, .options = options, .assignment = assignment};
    dealt.first_period = malloc((data->n_units + 1) * sizeof *dealt.first_period);
    dealt.block = malloc((data->n_units + 1) * sizeof *dealt.block);
    uf_status status = dealt.first_period && dealt.block ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        dealt.data.first_period = dealt.first_period;
        for (size_t u = 0; u < data->n_units; u++) dealt.block[u] = SIZE_MAX;
        for (size_t i = 0; i < data->n; i++) dealt.block[data->unit[i]] = assignment->block[i];
        const struct uf_randomisation_design design = {
            .n_blocks = assignment->n_blocks, .n_paths = assignment->n_paths, .path = assignment->path};
        status = uf_randomise(&design, evaluate, &dealt, randomisation, out, error);
    }
    free(dealt.first_period), free(dealt.block);
    return status;
}
