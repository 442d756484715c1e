// SPDX-License-Identifier: GPL-3.0-or-later
/* Terms, linear combinations of a regression's coefficients, under one analytic inference. */
#include "base/fail.h"
#include "effect/estimates.h"
#include "effect/inference.h"

#include <math.h>
#include <stdlib.h>

/* By t, or by saddlepoint where that was asked for. */
static uf_status test_of(const struct effect_run *run, const struct effect_regression *regression,
                         size_t inference, const struct uf_covariance *covariance,
                         const gsl_vector *combination, double estimate, double variance, double df,
                         struct uf_t_test *out, struct uf_error *error)
{
    const struct uf_covariance_options *options = &run->inference->covariance[inference];
    *out = uf_t_test(estimate, variance, df, run->inference->level);
    if (!covariance->saddlepoint) return UF_OK;
    struct uf_error reason;
    uf_status status = uf_saddlepoint_test(&regression->input, options, combination, estimate, variance, df,
                                           run->inference->level, out, NULL, &reason);
    if (status == UF_OK || status == UF_BAD_USAGE) return UF_OK; /* so many clusters that t does as well */
    if (error) *error = reason;
    return status;
}

uf_status effect_term_test(const struct effect_run *run, const struct effect_regression *regression,
                           size_t inference, const struct uf_covariance *covariance,
                           const struct effect_term *term, double *estimate, struct uf_t_test *test,
                           struct uf_error *error)
{
    size_t k = regression->coefficients->size;
    gsl_vector_const_view combination = gsl_vector_const_view_array(term->combination, k);
    double variance, df, sum = 0;
    UF_TRY(uf_covariance_combination(&regression->input, &run->inference->covariance[inference], covariance,
                                     &combination.vector, &variance, &df, error));
    for (size_t j = 0; j < k; j++) sum += term->combination[j] * gsl_vector_get(regression->coefficients, j);
    UF_TRY(
        test_of(run, regression, inference, covariance, &combination.vector, sum, variance, df, test, error));
    *estimate = sum;
    return UF_OK;
}

/* Variance and degrees of freedom of all terms at once, which costs no more than one; NaN where not estimated. */
static uf_status test_terms(const struct effect_run *run, const struct effect_regression *regression,
                            size_t inference, const struct uf_covariance *covariance,
                            const struct effect_term *terms, size_t n_terms, double *variance, double *df,
                            struct uf_error *error)
{
    size_t k = regression->coefficients->size, m = 0;
    for (size_t t = 0; t < n_terms; t++) m += terms[t].combination != NULL;
    if (m == 0 || k == 0) return UF_OK;
    gsl_matrix *combinations = gsl_matrix_alloc(k, m);
    if (!combinations) return uf_fail_memory(error);
    for (size_t t = 0, c = 0; t < n_terms; t++) {
        for (size_t j = 0; j < k && terms[t].combination; j++)
            gsl_matrix_set(combinations, j, c, terms[t].combination[j]);
        c += terms[t].combination != NULL;
    }
    uf_status status = uf_covariance_combinations(&regression->input, &run->inference->covariance[inference],
                                                  covariance, combinations, variance, df, error);
    gsl_matrix_free(combinations);
    for (size_t t = n_terms; t-- > 0 && status == UF_OK;) { /* to their terms, from the last */
        if (terms[t].combination) m--;
        variance[t] = terms[t].combination ? variance[m] : NAN;
        df[t] = terms[t].combination ? df[m] : NAN;
    }
    return status;
}

static uf_status add_term(const struct effect_run *run, const struct effect_regression *regression,
                          size_t inference, const struct uf_covariance *covariance,
                          const struct effect_term *term, double variance, double df, const char *how,
                          struct uf_table *table, struct uf_error *error)
{
    size_t count;
    const char *vcov = uf_covariance_types(&count)[run->inference->covariance[inference].kind].name;
    struct effect_row row = effect_row_of(term);
    row.n_clusters = covariance->n_clusters;
    row.vcov = vcov;
    row.note = term->note ? term->note : how;
    if (term->combination) {
        row.estimate = 0;
        for (size_t j = 0; j < regression->coefficients->size; j++)
            row.estimate += term->combination[j] * gsl_vector_get(regression->coefficients, j);
        gsl_vector_const_view combination =
            gsl_vector_const_view_array(term->combination, regression->coefficients->size);
        UF_TRY(test_of(run, regression, inference, covariance, &combination.vector, row.estimate, variance,
                       df, &row.test, error));
    }
    return effect_add_row(table, run, &row, NULL, error);
}

uf_status effect_add_terms(const struct effect_run *run, const struct effect_regression *regression,
                           size_t inference, const struct uf_covariance *covariance,
                           const struct effect_term *terms, size_t n_terms, struct uf_table *table,
                           struct uf_error *error)
{
    const struct uf_covariance_options *options = &run->inference->covariance[inference];
    char *how = NULL;
    double *variance = calloc(2 * n_terms + 1, sizeof *variance);
    if (!variance) return uf_fail_memory(error);
    double *df = variance + n_terms;
    uf_status status =
        test_terms(run, regression, inference, covariance, terms, n_terms, variance, df, error);
    if (status == UF_OK)
        status = uf_covariance_describe(covariance, options, run->context->language, &how, error);
    for (size_t t = 0; t < n_terms && status == UF_OK; t++)
        status = add_term(run, regression, inference, covariance, &terms[t], variance[t], df[t], how, table,
                          error);
    free(how), free(variance);
    return status;
}
