// SPDX-License-Identifier: GPL-3.0-or-later
/* The average effect of each start under every inference: an indicator for the treated of each sub-experiment instead of the
 * curve, beside what the untreated of each say. */
#include "base/fail.h"
#include "effect/dose_response_run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static double weight_of(const struct dose_run *run, size_t i)
{
    return run->units->change.weights ? run->units->change.weights[i] : 1;
}

/* The kept columns of the untreated, then an indicator for the treated of each sub-experiment. */
static gsl_matrix *columns_of(const struct dose_run *run, size_t kept)
{
    const struct uf_dose_data *data = &run->units->change;
    gsl_matrix *x = gsl_matrix_calloc(data->n, kept + data->n_stacks);
    for (size_t i = 0; x && i < data->n; i++) {
        if (data->dose[i] > 0) gsl_matrix_set(x, i, kept + data->stack[i], 1);
        for (size_t r = 0; r < kept && data->dose[i] == 0; r++)
            gsl_matrix_set(x, i, r, gsl_matrix_get(run->fit->x, i, r));
    }
    return x;
}

/* The mean change of a start's treated less what the untreated say of regions with their covariates. */
static void fill_combination(const struct dose_run *run, size_t stack, size_t kept, double *out)
{
    const struct uf_dose_data *data = &run->units->change;
    const size_t k = data->covariates ? data->covariates->size2 : 0, *place = run->fit->position;
    double total = 0;
    for (size_t i = 0; i < data->n; i++)
        if (data->stack[i] == stack && data->dose[i] > 0) total += weight_of(run, i);
    out[kept + stack] = 1;
    for (size_t i = 0; i < data->n; i++) {
        if (data->stack[i] != stack || data->dose[i] == 0) continue;
        const double share = weight_of(run, i) / total;
        for (size_t j = 0; j <= k; j++)
            if (place[stack * (1 + k) + j] != SIZE_MAX)
                out[place[stack * (1 + k) + j]] -=
                    share * (j ? gsl_matrix_get(data->covariates, i, j - 1) : 1);
    }
}

static uf_status start_terms(const struct dose_run *run, size_t kept, size_t rank, struct effect_terms *terms,
                             struct uf_error *error)
{
    const struct uf_dose_data *data = &run->units->change;
    UF_TRY(effect_terms_init(data->n_stacks, rank, terms, error));
    for (size_t c = 0, stack = 0; c < run->cells->n_cohorts; c++) {
        const struct dose_cohort *cohort = &run->cells->cohort[c];
        if (cohort->reason != DOSE_USED) continue;
        struct effect_term term = dose_term(run, "group");
        term.group = run->common.panel->periods.code[cohort->start];
        term.n_obs = (double)(cohort->n_treated + cohort->n_control);
        term.n_treated = (double)cohort->n_treated, term.n_control = (double)cohort->n_control;
        fill_combination(run, stack++, kept, effect_terms_next(terms));
        effect_terms_add(terms, &term, true);
    }
    return UF_OK;
}

uf_status dose_settle(const struct dose_run *run, const struct effect_regression *regression,
                      struct uf_words left_out, struct effect_inference *own,
                      struct uf_covariance *covariance, struct uf_error *error)
{
    size_t kept = 0, count;
    for (size_t c = 0; c < own->n_covariances; c++) {
        struct uf_error reason;
        const uf_status status =
            uf_covariance_estimate(&regression->input, &own->covariance[c], &covariance[kept], &reason);
        const struct uf_argument name =
            uf_text_argument(uf_covariance_types(&count)[own->covariance[c].kind].name);
        if (status == UF_OK)
            own->covariance[kept++] = own->covariance[c];
        else if (status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE)
            UF_TRY(effect_note(&run->common, UF_NOTE, "inference-left-out", left_out,
                               (struct uf_words){NULL, NULL}, &name, 1, error));
        else {
            if (error) *error = reason;
            return status;
        }
    }
    own->n_covariances = kept;
    return UF_OK;
}

static uf_status fill(const struct dose_run *run, const struct effect_regression *regression, size_t kept,
                      struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} was left out for the effects of the starts one by one: no degrees of freedom are left.",
        "{0} har utelämnats för effekterna av varje start för sig: inga frihetsgrader återstår."};
    struct effect_inference own = *run->common.inference;
    struct effect_run common = run->common;
    struct uf_covariance covariance[EFFECT_MOST_COVARIANCES] = {{0}};
    struct effect_terms terms = {0};
    uf_status status = dose_settle(run, regression, text, &own, covariance, error);
    if (status == UF_OK) status = start_terms(run, kept, regression->coefficients->size, &terms, error);
    if (status == UF_OK) {
        const struct effect_findings findings = {.regression = regression,
                                                 .covariance = covariance,
                                                 .assignment = run->findings->assignment,
                                                 .lenders = run->findings->lenders};
        common.inference = &own;
        status = effect_add_by_inference(&common, &findings, &terms, NULL, run->dealt->start, table, error);
    }
    effect_terms_clear(&terms);
    effect_covariances_clear(covariance);
    return status;
}

uf_status dose_report_starts(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Average effect of each start, by type of inference",
                                          "Genomsnittlig effekt för varje start, efter typ av inferens"};
    const struct dose_units *u = run->units;
    const struct uf_dose_data *data = &u->change;
    struct uf_least_squares fit = {0};
    struct dose_regression regression = {0};
    struct uf_table *table = NULL;
    size_t kept = 0;
    if (data->n_stacks < 2) return UF_OK;
    while (kept < run->fit->fit.rank && run->fit->fit.kept[kept] < run->fit->n_base) kept++;
    gsl_matrix *x = columns_of(run, kept);
    gsl_vector *w = data->weights ? gsl_vector_alloc(data->n) : NULL;
    const gsl_vector_const_view y = gsl_vector_const_view_array(run->fit->adjusted, data->n);
    uf_status status = x && (w || !data->weights) ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < data->n && w && status == UF_OK; i++) gsl_vector_set(w, i, data->weights[i]);
    if (status == UF_OK) status = uf_least_squares_fit(x, &y.vector, w, NULL, &fit, error);
    if (status == UF_OK && fit.rank == x->size2) {
        status = dose_regression_init(run, &fit, x, data->weights, u->cluster, u->latitude, u->longitude,
                                      &regression, error);
        if (status == UF_OK) status = effect_table_new("group-average", title, &run->common, &table, error);
        if (status == UF_OK) status = fill(run, &regression.view, kept, table, error);
    }
    dose_regression_clear(&regression);
    uf_least_squares_clear(&fit);
    gsl_matrix_free(x), gsl_vector_free(w);
    if (status == UF_OK && table && uf_table_rows(table) > 0)
        return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}
