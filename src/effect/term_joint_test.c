// SPDX-License-Identifier: GPL-3.0-or-later
/* Several terms of a regression tested together. */
#include "base/fail.h"
#include "effect/placebo_regression.h"
#include "effect/term_report.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The combinations as rows (q × k). */
static gsl_matrix *restrictions_of(const struct effect_terms *terms, size_t *q)
{
    *q = 0;
    for (size_t t = 0; t < terms->count; t++) *q += terms->term[t].combination != NULL;
    gsl_matrix *r = *q > 0 && terms->k > 0 ? gsl_matrix_alloc(*q, terms->k) : NULL;
    for (size_t t = 0, row = 0; r && t < terms->count; t++) {
        if (!terms->term[t].combination) continue;
        for (size_t j = 0; j < terms->k; j++) gsl_matrix_set(r, row, j, terms->term[t].combination[j]);
        row++;
    }
    return r;
}

/* T (k × k) whose first rows are the restrictions, the others orthogonal to them; and T^-1. UF_NOT_IDENTIFIED: the
 * restrictions are not independent. */
static uf_status complete(const gsl_matrix *r, gsl_matrix *turn, gsl_matrix *back, struct uf_error *error)
{
    const size_t q = r->size1, k = r->size2;
    gsl_matrix *a = gsl_matrix_alloc(k, q), *basis = gsl_matrix_alloc(k, k), *upper = gsl_matrix_alloc(k, q),
               *copy = gsl_matrix_alloc(k, k);
    gsl_vector *tau = gsl_vector_alloc(q);
    gsl_permutation *order = gsl_permutation_alloc(k);
    int sign;
    uf_status status = a && basis && upper && copy && tau && order ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        gsl_matrix_transpose_memcpy(a, r);
        gsl_linalg_QR_decomp(a, tau);
        gsl_linalg_QR_unpack(a, tau, basis, upper);
        for (size_t j = 0; j < q; j++)
            if (fabs(gsl_matrix_get(upper, j, j)) < 1e-10)
                status = uf_fail(error, UF_NOT_IDENTIFIED,
                                 "the terms that are tested together are not independent");
    }
    if (status == UF_OK) {
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j < k; j++)
                gsl_matrix_set(turn, i, j, i < q ? gsl_matrix_get(r, i, j) : gsl_matrix_get(basis, j, i));
        gsl_matrix_memcpy(copy, turn);
        if (gsl_linalg_LU_decomp(copy, order, &sign) || gsl_linalg_LU_invert(copy, order, back))
            status =
                uf_fail(error, UF_NOT_IDENTIFIED, "the terms that are tested together are not independent");
    }
    gsl_matrix_free(a), gsl_matrix_free(basis), gsl_matrix_free(upper), gsl_matrix_free(copy);
    gsl_vector_free(tau);
    gsl_permutation_free(order);
    return status;
}

/* A M A' of k × k. */
static void sandwich(const gsl_matrix *a, const gsl_matrix *m, gsl_matrix *room, gsl_matrix *out)
{
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, a, m, 0, room);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, room, a, 0, out);
}

/* The regression in coordinates in which the restrictions are coefficients. */
static uf_status few_clusters(const struct effect_regression *regression,
                              const struct uf_covariance_options *options, const gsl_matrix *v,
                              const gsl_matrix *r, struct uf_joint_test *out, struct uf_error *error)
{
    const size_t k = r->size2, q = r->size1;
    gsl_matrix *turn = gsl_matrix_alloc(k, k), *back = gsl_matrix_alloc(k, k), *room = gsl_matrix_alloc(k, k),
               *inverse = gsl_matrix_alloc(k, k), *covariance = gsl_matrix_alloc(k, k),
               *x = gsl_matrix_alloc(regression->input.x->size1, k);
    gsl_vector *b = gsl_vector_alloc(k);
    size_t *index = malloc((q + 1) * sizeof *index);
    uf_status status = turn && back && room && inverse && covariance && x && b && index
                           ? complete(r, turn, back, error)
                           : uf_fail_memory(error);
    if (status == UF_OK) {
        struct uf_covariance_input input = regression->input;
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, regression->input.x, back, 0, x);
        gsl_blas_dgemv(CblasNoTrans, 1, turn, regression->coefficients, 0, b);
        sandwich(turn, regression->input.inverse, room, inverse);
        sandwich(turn, v, room, covariance);
        for (size_t j = 0; j < q; j++) index[j] = j;
        input.x = x;
        input.inverse = inverse;
        status = uf_joint_test_few_clusters(&input, options, b, covariance, index, q, out, error);
    }
    gsl_matrix_free(turn), gsl_matrix_free(back), gsl_matrix_free(room), gsl_matrix_free(inverse);
    gsl_matrix_free(covariance), gsl_matrix_free(x), gsl_vector_free(b);
    free(index);
    return status;
}

static uf_status by_f(const struct effect_regression *regression, const gsl_matrix *v, const gsl_matrix *r,
                      double df2, struct uf_joint_test *out, struct uf_error *error)
{
    const size_t q = r->size1, k = r->size2;
    gsl_matrix *product = gsl_matrix_alloc(q, k), *covariance = gsl_matrix_alloc(q, q);
    gsl_vector *b = gsl_vector_alloc(q);
    size_t *index = malloc((q + 1) * sizeof *index);
    uf_status status = product && covariance && b && index ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, r, v, 0, product);
        gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, product, r, 0, covariance);
        gsl_blas_dgemv(CblasNoTrans, 1, r, regression->coefficients, 0, b);
        for (size_t j = 0; j < q; j++) index[j] = j;
        status = uf_joint_test(b, covariance, index, q, df2, out, error);
    }
    gsl_matrix_free(product), gsl_matrix_free(covariance), gsl_vector_free(b);
    free(index);
    return status;
}

uf_status effect_joint_test_of(const struct effect_regression *regression,
                               const struct uf_covariance_options *options,
                               const struct uf_covariance *covariance, const gsl_matrix *r,
                               struct uf_joint_test *out, struct uf_error *error)
{
    const bool careful = uf_joint_test_by_rows(&regression->input, options);
    const double df2 = uf_joint_test_df2(options, covariance, regression->df);
    struct uf_joint_test test = {
        .statistic = NAN, .df1 = (double)r->size1, .df2 = df2, .p_value = NAN, .restrictions = r->size1};
    uf_status status = UF_OK;
    if (!covariance->repaired) { /* what is left of it is near singular: F would say anything */
        struct uf_joint_test found;
        struct uf_error reason;
        const bool too_large = careful && uf_joint_test_too_large(&regression->input, options, r->size1);
        status = careful && !too_large
                     ? few_clusters(regression, options, covariance->matrix, r, &found, &reason)
                     : by_f(regression, covariance->matrix, r, df2, &found, &reason);
        if (status == UF_OK && too_large) found.statistic = found.df2 = found.p_value = NAN;
        if (status == UF_OK)
            test = found;
        else if (status == UF_NOT_IDENTIFIED)
            status = UF_OK;
        else if (error)
            *error = reason;
    }
    if (status == UF_OK) *out = test;
    return status;
}

uf_status effect_joint_test(const struct effect_run *run, const struct effect_regression *regression,
                            size_t inference, const struct uf_covariance *covariance,
                            const struct effect_terms *terms, struct uf_joint_test *out,
                            struct uf_error *error)
{
    const struct uf_covariance_options *options = &run->inference->covariance[inference];
    size_t q;
    gsl_matrix *r = restrictions_of(terms, &q);
    if (q == 0) {
        *out = (struct uf_joint_test){
            .statistic = NAN, .df2 = uf_joint_test_df2(options, covariance, regression->df), .p_value = NAN};
        return UF_OK;
    }
    if (!r) return uf_fail_memory(error);
    uf_status status = effect_joint_test_of(regression, options, covariance, r, out, error);
    gsl_matrix_free(r);
    return status;
}

/* The test of one inference, and what it could have found. */
static uf_status add_test(const struct effect_run *run, const struct effect_findings *findings,
                          size_t inference, const struct effect_terms *leads,
                          const struct effect_lead_line *line, struct effect_pretrend *pretrend,
                          struct uf_error *error)
{
    size_t count;
    struct uf_joint_test test;
    gsl_matrix *v = NULL;
    const struct uf_covariance *covariance = &findings->covariance[inference];
    UF_TRY(effect_joint_test(run, findings->regression, inference, covariance, leads, &test, error));
    UF_TRY(effect_pretrend_add(pretrend, &test,
                               uf_covariance_types(&count)[run->inference->covariance[inference].kind].name,
                               error));
    if (!line || test.restrictions == 0) return UF_OK;
    bool seen = false, done = false;
    for (size_t j = 0; j < test.restrictions; j++) seen = seen || line->times[j] != 0;
    if (seen && line->placebos)
        UF_TRY(placebo_add_slopes(run, line->placebos, line->regressions,
                                  &run->inference->covariance[inference], &test, pretrend, &done, error));
    if (done) return UF_OK;
    if (effect_pretrend_few(run, test.restrictions)) {
        pretrend->blind = !seen;
        return UF_OK;
    }
    UF_TRY(effect_terms_covariance(leads, covariance->matrix, &v, error));
    const gsl_vector_const_view times = gsl_vector_const_view_array(line->times, test.restrictions);
    uf_status status = effect_pretrend_add_power(pretrend, &test, &times.vector, v, error);
    gsl_matrix_free(v);
    return status;
}

uf_status effect_report_leads(const struct effect_run *run, const struct effect_findings *findings,
                              const struct effect_terms *leads, const struct effect_lead_line *line,
                              const struct uf_randomisation *dealt, const struct placebo_slopes *slopes,
                              struct uf_error *error)
{
    struct effect_pretrend pretrend;
    UF_TRY(line && line->by_dose ? effect_pretrend_init_by_dose(run, &pretrend, error)
                                 : effect_pretrend_init(run, &pretrend, error));
    if (line) pretrend.estimate = line->estimate, pretrend.drift = line->drift;
    uf_status status = UF_OK;
    for (size_t c = 0; c < run->inference->n_covariances && status == UF_OK; c++)
        status = add_test(run, findings, c, leads, line, &pretrend, error);
    if (status == UF_OK && dealt && pretrend.decisive.restrictions > 0) {
        struct uf_joint_test test = pretrend.decisive;
        test.statistic = dealt->coefficient[0];
        test.df2 = NAN;
        test.p_value = dealt->p_coefficient;
        test.rank = test.restrictions;
        pretrend.few = effect_pretrend_few(run, test.restrictions);
        status = effect_pretrend_add(&pretrend, &test, "randomisation", error);
        if (status == UF_OK && slopes && slopes->n_placebos > 0)
            status = effect_pretrend_add_placebo(&pretrend, slopes, error);
    }
    if (status == UF_OK) status = effect_pretrend_finish(run, &pretrend, error);
    effect_pretrend_clear(&pretrend);
    return status;
}
