// SPDX-License-Identifier: GPL-3.0-or-later
/* What the joint test of the leads could have found: the slope of a line by which the treated drift from the others. */
#include "base/fail.h"
#include "effect/placebo_drift.h"
#include "effect/pretrend.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdint.h>
#include <utfall/pretrend.h>

/* The level of the joint test. */
#define LEVEL 0.05

double effect_line_at(const struct uf_did_data *data, size_t row)
{
    size_t first = data->first_period[data->unit[row]], period = data->period[row];
    if (first == SIZE_MAX) return 0;
    return data->time ? (double)(data->time[period] - data->time[first]) : (double)period - (double)first;
}

uf_status effect_line_coefficients(const struct uf_did_data *data,
                                   const struct uf_covariance_input *regression, gsl_vector *out,
                                   struct uf_error *error)
{
    if (!regression->x) { /* of so many rows only sums are kept: the power is not said */
        gsl_vector_set_all(out, NAN);
        return UF_OK;
    }
    size_t k = regression->x->size2;
    double longest = 0;
    gsl_vector *sum = gsl_vector_calloc(k > 0 ? k : 1);
    if (!sum) return uf_fail_memory(error);
    /* the effects are out of x, and need not be taken out of the line too */
    for (size_t i = 0; i < data->n; i++) {
        double line = effect_line_at(data, i);
        longest = fmax(longest, fabs(line));
        if (line == 0) continue;
        gsl_vector_const_view x = gsl_matrix_const_row(regression->x, i);
        gsl_blas_daxpy(line * (regression->weights ? regression->weights[i] : 1), &x.vector, sum);
    }
    gsl_blas_dsymv(CblasLower, 1, regression->inverse, sum, 0, out);
    for (size_t j = 0; j < k; j++)
        if (fabs(gsl_vector_get(out, j)) <= EFFECT_NIL_LINE * longest) gsl_vector_set(out, j, 0);
    gsl_vector_free(sum);
    return UF_OK;
}

static uf_status set_basis(struct effect_pretrend *pretrend, enum effect_slopes_by by, struct uf_error *error)
{
    static const char *const names[] = {"placebo", "covariance", "untreated-rows"};
    return uf_table_set_text(pretrend->table, uf_table_rows(pretrend->table) - 1, EFFECT_PRETREND_SLOPES_BY,
                             names[by], error);
}

uf_status effect_pretrend_add_noncentrality(struct effect_pretrend *pretrend,
                                            const struct uf_joint_test *test, double noncentrality,
                                            struct uf_error *error)
{
    static const double powers[] = {0.5, 0.8};
    if (test->restrictions == 0 || isnan(test->statistic) || !(test->df2 > 0)) return UF_OK;
    if (noncentrality == 0) pretrend->blind = true;
    for (size_t p = 0; p < 2; p++) {
        double slope;
        struct uf_error reason;
        uf_status status = uf_pretrend_slope(noncentrality, test->restrictions, test->df2, LEVEL, powers[p],
                                             &slope, &reason);
        if (status == UF_NOT_IDENTIFIED) continue; /* the cell stays empty */
        if (status != UF_OK) {
            if (error) *error = reason;
            return status;
        }
        UF_TRY(uf_table_set_number(pretrend->table, uf_table_rows(pretrend->table) - 1,
                                   EFFECT_PRETREND_SLOPE_50 + p, slope, error));
        UF_TRY(set_basis(pretrend, pretrend->by, error));
    }
    return UF_OK;
}

uf_status effect_pretrend_add_placebo(struct effect_pretrend *pretrend, const struct placebo_slopes *slopes,
                                      struct uf_error *error)
{
    const size_t rows = uf_table_rows(pretrend->table);
    if (rows == 0) return UF_OK;
    for (size_t p = 0; p < 2; p++)
        if (!isnan(slopes->slope[p]))
            UF_TRY(uf_table_set_number(pretrend->table, rows - 1, EFFECT_PRETREND_SLOPE_50 + p,
                                       slopes->slope[p], error));
    UF_TRY(uf_table_set_number(pretrend->table, rows - 1, EFFECT_PRETREND_FALSE, slopes->level, error));
    return set_basis(pretrend, EFFECT_SLOPES_PLACEBO, error);
}

uf_status effect_pretrend_add_power(struct effect_pretrend *pretrend, const struct uf_joint_test *test,
                                    const gsl_vector *times, const gsl_matrix *covariance,
                                    struct uf_error *error)
{
    struct uf_error reason;
    double noncentrality = 0;
    if (test->restrictions == 0 || isnan(test->statistic) || isnan(gsl_vector_get(times, 0))) return UF_OK;
    if (!gsl_vector_isnull(times)) {
        uf_status status = uf_pretrend_noncentrality(times, covariance, &noncentrality, &reason);
        if (status == UF_NOT_IDENTIFIED) return UF_OK; /* singular */
        if (status != UF_OK) {
            if (error) *error = reason;
            return status;
        }
    }
    return effect_pretrend_add_noncentrality(pretrend, test, noncentrality, error);
}

uf_status effect_pretrend_add_power_of(struct effect_pretrend *pretrend, const struct uf_joint_test *test,
                                       const gsl_vector *line, const gsl_matrix *covariance,
                                       const size_t *lead, size_t n_leads, struct uf_error *error)
{
    if (n_leads == 0) return UF_OK;
    gsl_vector *times = gsl_vector_alloc(n_leads);
    gsl_matrix *part = gsl_matrix_alloc(n_leads, n_leads);
    uf_status status = times && part ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < n_leads && status == UF_OK; i++) {
        gsl_vector_set(times, i, gsl_vector_get(line, lead[i]));
        for (size_t j = 0; j < n_leads; j++)
            gsl_matrix_set(part, i, j, gsl_matrix_get(covariance, lead[i], lead[j]));
    }
    if (status == UF_OK) status = effect_pretrend_add_power(pretrend, test, times, part, error);
    gsl_vector_free(times);
    gsl_matrix_free(part);
    return status;
}

uf_status effect_pretrend_add_power_rows(struct effect_pretrend *pretrend, const struct uf_joint_test *test,
                                         const gsl_vector *line, const gsl_matrix *covariance,
                                         const gsl_matrix *combinations, struct uf_error *error)
{
    size_t q = combinations->size1;
    if (q == 0) return UF_OK;
    gsl_vector *times = gsl_vector_alloc(q);
    gsl_matrix *half = gsl_matrix_alloc(q, combinations->size2), *whole = gsl_matrix_alloc(q, q);
    uf_status status = times && half && whole ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        gsl_blas_dgemv(CblasNoTrans, 1, combinations, line, 0, times);
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, combinations, covariance, 0, half);
        gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, half, combinations, 0, whole);
        status = effect_pretrend_add_power(pretrend, test, times, whole, error);
    }
    gsl_vector_free(times);
    gsl_matrix_free(half), gsl_matrix_free(whole);
    return status;
}
