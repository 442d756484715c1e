// SPDX-License-Identifier: GPL-3.0-or-later
/* The test of the assumptions: a regression of the untreated on indicators of the periods before the start. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/imputation_internal.h"

void uf_imputation_leads_clear(struct uf_imputation_leads *leads)
{
    if (!leads) return;
    free(leads->row), free(leads->unit), free(leads->period), free(leads->cluster[0]),
        free(leads->cluster[1]);
    free(leads->outcome), free(leads->weights);
    gsl_matrix_free(leads->covariates);
    uf_did_fit_clear(&leads->fit);
    memset(leads, 0, sizeof *leads);
}

static uf_status choose_untreated(const struct uf_did_data *data, const struct uf_imputation *fit,
                                  struct uf_imputation_leads *l, struct uf_error *error)
{
    size_t n = fit->count[UF_IMPUTATION_UNTREATED], k = data->covariates ? data->covariates->size2 : 0, m = 0;
    l->row = malloc((n + 1) * sizeof *l->row);
    l->unit = calloc(n + 1, sizeof *l->unit);
    l->period = calloc(n + 1, sizeof *l->period);
    l->outcome = malloc((n + 1) * sizeof *l->outcome);
    l->weights = malloc((n + 1) * sizeof *l->weights);
    l->cluster[0] = malloc((n + 1) * sizeof *l->cluster[0]);
    l->cluster[1] = malloc((n + 1) * sizeof *l->cluster[1]);
    l->covariates = k > 0 ? gsl_matrix_alloc(n, k) : NULL;
    if (!l->row || !l->unit || !l->period || !l->outcome || !l->weights || !l->cluster[0] || !l->cluster[1] ||
        (k > 0 && !l->covariates))
        return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++) {
        if (fit->state[i] != UF_IMPUTATION_UNTREATED) continue;
        l->row[m] = i;
        l->unit[m] = data->unit[i];
        l->period[m] = data->period[i];
        l->outcome[m] = data->outcome[i];
        l->weights[m] = imputation_weight(data, i);
        for (size_t d = 0; d < data->n_cluster_dimensions && d < 2; d++)
            l->cluster[d][m] = data->cluster[d][i];
        for (size_t j = 0; j < k; j++)
            gsl_matrix_set(l->covariates, m, j, gsl_matrix_get(data->covariates, i, j));
        m++;
    }
    l->data = *data;
    l->data.n = m;
    l->data.unit = l->unit;
    l->data.period = l->period;
    l->data.outcome = l->outcome;
    l->data.treatment = NULL;
    l->data.weights = data->weights ? l->weights : NULL;
    l->data.covariates = l->covariates;
    for (size_t d = 0; d < 2; d++) l->data.cluster[d] = d < data->n_cluster_dimensions ? l->cluster[d] : NULL;
    return UF_OK;
}

static int ascending(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

/* Is this event time a lead of its own, or what the leads are compared with? */
static bool is_lead(const struct uf_imputation_leads_options *options, long event)
{
    long last = -1 - (long)options->anticipation;
    return options->leads > 0 ? event > last - (long)options->leads : event != options->reference;
}

uf_status uf_imputation_leads(const struct uf_did_data *data, const struct uf_imputation *fit,
                              const struct uf_imputation_leads_options *options,
                              struct uf_imputation_leads *out, struct uf_error *error)
{
    struct uf_imputation_leads l = {0};
    long *event = NULL;
    size_t count = 0;
    gsl_matrix *leading = NULL;
    uf_status status = choose_untreated(data, fit, &l, error);
    if (status != UF_OK) goto done;
    event = malloc((l.data.n + data->n_periods + 1) * sizeof *event);
    if (!event) {
        status = uf_fail_memory(error);
        goto done;
    }
    for (size_t i = 0; i < l.data.n; i++) {
        size_t first = data->first_period[l.unit[i]];
        if (first == SIZE_MAX) continue;
        long lead = imputation_event_time(data, first, l.period[i]);
        if (is_lead(options, lead)) event[count++] = lead;
    }
    qsort(event, count, sizeof *event, ascending);
    size_t distinct = 0;
    for (size_t e = 0; e < count; e++)
        if (distinct == 0 || event[e] != event[distinct - 1]) event[distinct++] = event[e];
    if (distinct == 0) {
        status =
            uf_fail(error, UF_NOT_IDENTIFIED, "no period before the start is left to compare with another");
        goto done;
    }
    leading = gsl_matrix_calloc(l.data.n, distinct);
    if (!leading) {
        status = uf_fail_memory(error);
        goto done;
    }
    /* the latest first, so that it is the earliest that gives way where one is collinear */
    for (size_t i = 0; i < l.data.n; i++) {
        size_t first = data->first_period[l.unit[i]];
        if (first == SIZE_MAX) continue;
        long lead = imputation_event_time(data, first, l.period[i]);
        const long *found =
            is_lead(options, lead) ? bsearch(&lead, event, distinct, sizeof lead, ascending) : NULL;
        if (found) gsl_matrix_set(leading, i, distinct - 1 - (size_t)(found - event), 1);
    }
    UF_TRY_GOTO(did_regress(&l.data, leading, &l.fit, error), done);
    if (l.fit.fit.rank == 0) {
        status = uf_fail(error, UF_NOT_IDENTIFIED,
                         "the periods before the start cannot be told apart in the untreated rows");
        goto done;
    }
    for (size_t e = 0; e < distinct / 2; e++) {
        long other = event[e];
        event[e] = event[distinct - 1 - e];
        event[distinct - 1 - e] = other;
    }
    l.fit.event_time = event, event = NULL;
done:
    free(event);
    gsl_matrix_free(leading);
    if (status != UF_OK)
        uf_imputation_leads_clear(&l);
    else
        *out = l;
    return status;
}
