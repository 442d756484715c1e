// SPDX-License-Identifier: GPL-3.0-or-later
/* Tables of terms with bands that hold for all of them. */
#include "base/fail.h"
#include "effect/term_report.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/simultaneous.h>

uf_status effect_terms_covariance(const struct effect_terms *terms, const gsl_matrix *v, gsl_matrix **out,
                                  struct uf_error *error)
{
    size_t q = 0, k = terms->k, *which = malloc((terms->count + 1) * sizeof *which);
    double *product = malloc((k + 1) * sizeof *product);
    for (size_t t = 0; which && t < terms->count; t++)
        if (terms->term[t].combination) which[q++] = t;
    gsl_matrix *result = gsl_matrix_calloc(q ? q : 1, q ? q : 1);
    uf_status status = which && product && result ? UF_OK : uf_fail_memory(error);
    for (size_t a = 0; a < q && status == UF_OK; a++) {
        const double *left = terms->term[which[a]].combination;
        memset(product, 0, k * sizeof *product);
        for (size_t i = 0; i < k; i++) {
            if (left[i] == 0) continue; // NOLINT: exactly 0, as nearly all are
            const double *row = v->data + i * v->tda;
            for (size_t j = 0; j < k; j++) product[j] += left[i] * row[j];
        }
        for (size_t b = 0; b <= a; b++) {
            const double *right = terms->term[which[b]].combination;
            double cell = 0;
            for (size_t j = 0; j < k; j++) cell += product[j] * right[j];
            gsl_matrix_set(result, a, b, cell);
            gsl_matrix_set(result, b, a, cell);
        }
    }
    free(which), free(product);
    if (status == UF_OK)
        *out = result;
    else
        gsl_matrix_free(result);
    return status;
}

double effect_term_value(const struct effect_regression *regression, const double *combination)
{
    double sum = 0;
    for (size_t j = 0; j < regression->coefficients->size; j++)
        sum += combination[j] * gsl_vector_get(regression->coefficients, j);
    return sum;
}

/* How many errors the band is wide, with the smallest of the terms' degrees of freedom; NaN: none can be had. */
static uf_status critical_value(const struct effect_run *run, const struct effect_findings *findings,
                                const struct effect_terms *terms, const struct uf_table *table, double *out,
                                struct uf_error *error)
{
    gsl_matrix *v = NULL;
    struct uf_error reason;
    double df = INFINITY;
    *out = NAN;
    for (size_t row = 0; row < uf_table_rows(table); row++)
        if (uf_table_number(table, row, EFFECT_DF) < df) df = uf_table_number(table, row, EFFECT_DF);
    uf_status status = effect_terms_covariance(terms, findings->covariance[0].matrix, &v, error);
    if (status == UF_OK && df > 0 &&
        uf_sup_t_critical(v, df, run->inference->level, 0, run->context->seed, out, &reason) != UF_OK)
        *out = NAN;
    gsl_matrix_free(v);
    return status;
}

static uf_status finish_rows(const struct effect_run *run, const struct effect_term_table *wanted,
                             double critical, struct uf_table *table, struct uf_error *error)
{
    const struct effect_terms *terms = wanted->terms;
    for (size_t t = 0; t < terms->count; t++) {
        size_t next = EFFECT_COLUMNS;
        if (wanted->zero && wanted->zero[t]) UF_TRY(uf_table_set_number(table, t, EFFECT_ESTIMATE, 0, error));
        /* a cell may have none, which a row would take for those of the sample */
        if (wanted->weights) {
            UF_TRY(effect_set_number(table, t, EFFECT_N_OBS, terms->term[t].n_obs, error));
            UF_TRY(effect_set_number(table, t, EFFECT_N_TREATED, terms->term[t].n_treated, error));
            UF_TRY(effect_set_number(table, t, EFFECT_N_CONTROL, terms->term[t].n_control, error));
            UF_TRY(effect_set_number(table, t, next++, wanted->weights[t], error));
        }
        if (!wanted->band) continue;
        double estimate = uf_table_number(table, t, EFFECT_ESTIMATE),
               half = critical * uf_table_number(table, t, EFFECT_STD_ERROR);
        UF_TRY(effect_set_number(table, t, next, estimate - half, error));
        UF_TRY(effect_set_number(table, t, next + 1, estimate + half, error));
    }
    (void)run;
    return UF_OK;
}

uf_status effect_report_terms(const struct effect_run *run, const struct effect_findings *findings,
                              const struct effect_term_table *wanted, struct uf_error *error)
{
    struct uf_table *table = NULL;
    size_t column;
    double critical = NAN;
    if (run->inference->n_covariances == 0 || wanted->terms->count == 0) return UF_OK;
    UF_TRY(effect_table_new(wanted->name, wanted->title, run, &table, error));
    uf_status status = UF_OK;
    if (wanted->weights)
        status = uf_table_add_column(table, "weight", UF_COLUMN_NUMBER, NULL, 4, &column, error);
    if (status == UF_OK && wanted->band) status = effect_table_add_band(table, run, error);
    if (status == UF_OK)
        status = effect_add_terms(run, findings->regression, 0, &findings->covariance[0], wanted->terms->term,
                                  wanted->terms->count, table, error);
    if (status == UF_OK && wanted->band)
        status = critical_value(run, findings, wanted->terms, table, &critical, error);
    if (status == UF_OK) status = finish_rows(run, wanted, critical, table, error);
    if (status == UF_OK && wanted->fine) effect_fit_estimates(table);
    if (status == UF_OK) return uf_result_take_table(run->result, table, error);
    uf_table_free(table);
    return status;
}
