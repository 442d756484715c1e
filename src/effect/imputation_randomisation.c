// SPDX-License-Identifier: GPL-3.0-or-later
/* What the average would have been, had other units been treated: everything is estimated again. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/imputation_internal.h"

struct dealt {
    const struct uf_did_data *actual;
    struct uf_did_data data; /* with first_period of its own */
    const struct uf_imputation_options *options;
    const struct uf_imputation_leads_options *leads; /* NULL: the average */
    const struct uf_did_assignment *assignment;
    const struct uf_did_noise *noise; /* NULL: none */
    size_t *first_period;             /* n_units */
    size_t *block;                    /* n_units; SIZE_MAX: no row */
    double *weight;                   /* n: v */
    double *share;                    /* cells of the noise: sums of v */
};

/* What v says of the average: how it rises with an effect on the actually treated, and its error by the blocks' own
 * noise. */
static void tell_weights(struct dealt *dealt, struct uf_randomisation_statistics *out)
{
    const struct uf_did_data *data = dealt->actual;
    const struct uf_did_noise *noise = dealt->noise;
    double total = 0;
    out->shift = 0;
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        if (first != SIZE_MAX && data->period[i] >= first) out->shift += dealt->weight[i];
    }
    if (!noise) return;
    memset(dealt->share, 0, noise->view.n_cells * sizeof *dealt->share);
    for (size_t i = 0; i < data->n; i++) dealt->share[noise->cell[i]] += dealt->weight[i];
    for (size_t c = 0; c < noise->view.n_cells; c++) {
        double mean = noise->weight[c] > 0 ? dealt->share[c] / noise->weight[c] : 0;
        total += noise->variance[noise->block[c]] * mean * mean;
    }
    if (total > 0) out->scaled = out->coefficient / sqrt(total);
}

static uf_status tell_average(struct dealt *dealt, const struct uf_imputation *fit,
                              struct uf_randomisation_statistics *out, struct uf_error *error)
{
    struct uf_imputation_averages simple;
    gsl_matrix *influence = NULL;
    double variance = 0;
    UF_TRY(uf_imputation_average(fit, UF_AVERAGE_SIMPLE, &simple, error));
    uf_status status = UF_OK;
    if (simple.count == 0) goto done;
    UF_TRY_GOTO(uf_imputation_influence(&dealt->data, fit, simple.share, NULL, &influence, error), done);
    UF_TRY_GOTO(uf_imputation_weights(&dealt->data, fit, simple.share, dealt->weight, error), done);
    out->coefficient = simple.estimate[0];
    for (size_t g = 0; g < influence->size1; g++) {
        double psi = gsl_matrix_get(influence, g, 0);
        variance += psi * psi;
    }
    out->t = variance > 0            ? out->coefficient / sqrt(variance)
             : out->coefficient == 0 ? 0
                                     : copysign(INFINITY, out->coefficient);
    tell_weights(dealt, out);
done:
    gsl_matrix_free(influence);
    uf_imputation_averages_clear(&simple);
    return status;
}

/* F of the leads, errors taken as independent. */
static uf_status tell_leads(const struct dealt *dealt, const struct uf_imputation *fit,
                            struct uf_randomisation_statistics *out, struct uf_error *error)
{
    struct uf_imputation_leads leads;
    struct uf_covariance v;
    struct uf_joint_test test;
    struct uf_error reason;
    const struct uf_covariance_options iid = {.kind = UF_COVARIANCE_IID};
    uf_status status = uf_imputation_leads(&dealt->data, fit, dealt->leads, &leads, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK;
    if (status == UF_OK) {
        status = uf_did_covariance(&leads.data, &leads.fit, &iid, &v, &reason);
        if (status == UF_OK) {
            status = uf_did_pretrend(&leads.data, &leads.fit, &iid, &v, LONG_MIN, &test, &reason);
            if (status == UF_OK && test.restrictions > 0) out->coefficient = test.statistic;
            uf_covariance_clear(&v);
        }
        uf_imputation_leads_clear(&leads);
    }
    if (status == UF_NOT_IDENTIFIED) return UF_OK;
    if (status != UF_OK && error) *error = reason;
    return status;
}

static uf_status evaluate(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                          struct uf_error *error)
{
    struct dealt *dealt = user;
    struct uf_imputation fit;
    struct uf_error reason;
    for (size_t u = 0; u < dealt->data.n_units; u++)
        dealt->first_period[u] =
            dealt->block[u] == SIZE_MAX ? SIZE_MAX : dealt->assignment->first_period[path[dealt->block[u]]];
    uf_status status = uf_imputation_fit(&dealt->data, dealt->options, &fit, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK; /* counts as extreme */
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    status = dealt->leads ? tell_leads(dealt, &fit, out, error) : tell_average(dealt, &fit, out, error);
    uf_imputation_clear(&fit);
    return status;
}

static uf_status deal(struct dealt *dealt, const struct uf_randomisation_options *randomisation,
                      struct uf_randomisation *out, struct uf_error *error)
{
    const struct uf_did_data *data = dealt->actual;
    const struct uf_did_assignment *assignment = dealt->assignment;
    dealt->data = *data;
    dealt->first_period = malloc((data->n_units + 1) * sizeof *dealt->first_period);
    dealt->block = malloc((data->n_units + 1) * sizeof *dealt->block);
    dealt->weight = malloc((data->n + 1) * sizeof *dealt->weight);
    dealt->share = malloc(((dealt->noise ? dealt->noise->view.n_cells : 0) + 1) * sizeof *dealt->share);
    uf_status status =
        dealt->first_period && dealt->block && dealt->weight && dealt->share ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        dealt->data.first_period = dealt->first_period;
        for (size_t u = 0; u < data->n_units; u++) dealt->block[u] = SIZE_MAX;
        for (size_t i = 0; i < data->n; i++) dealt->block[data->unit[i]] = assignment->block[i];
        const struct uf_randomisation_design design = {
            .n_blocks = assignment->n_blocks, .n_paths = assignment->n_paths, .path = assignment->path};
        status = uf_randomise(&design, evaluate, dealt, randomisation, out, error);
    }
    free(dealt->first_period), free(dealt->block), free(dealt->weight), free(dealt->share);
    return status;
}

uf_status uf_imputation_randomise(const struct uf_did_data *data, const struct uf_imputation_options *options,
                                  const struct uf_did_assignment *assignment,
                                  const struct uf_did_noise *noise,
                                  const struct uf_randomisation_options *randomisation,
                                  struct uf_randomisation *out, struct uf_error *error)
{
    struct dealt dealt = {.actual = data, .options = options, .assignment = assignment, .noise = noise};
    return deal(&dealt, randomisation, out, error);
}

uf_status uf_imputation_randomise_leads(const struct uf_did_data *data,
                                        const struct uf_imputation_options *options,
                                        const struct uf_imputation_leads_options *leads,
                                        const struct uf_did_assignment *assignment,
                                        const struct uf_randomisation_options *randomisation,
                                        struct uf_randomisation *out, struct uf_error *error)
{
    struct dealt dealt = {.actual = data, .options = options, .leads = leads, .assignment = assignment};
    return deal(&dealt, randomisation, out, error);
}
