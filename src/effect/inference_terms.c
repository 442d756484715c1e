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

/* What became of a variance of two cluster columns, or by distance, that is not positive. */
enum mended { SOUND, LARGER_OF_ONE_WAY, NOT_POSITIVE };

/* Below this share of a one-way variance, what the repair of the matrix left is rounding. */
#define NIL 1e-10

/* The variances by each cluster column alone; `out` takes the larger. */
static uf_status larger_one_way(const struct effect_run *run, const struct effect_regression *regression,
                                size_t inference, const gsl_matrix *combinations, double *out,
                                struct uf_error *error)
{
    const struct uf_covariance_options *options = &run->inference->covariance[inference];
    const size_t m = combinations->size2;
    double *variance = calloc(2 * m + 1, sizeof *variance);
    if (!variance) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t c = 0; c < m; c++) out[c] = 0;
    for (size_t d = 0; d < 2 && status == UF_OK; d++) {
        struct uf_covariance_input one = regression->input;
        struct uf_covariance covariance;
        one.cluster[0] = regression->input.cluster[d], one.n_groups[0] = regression->input.n_groups[d];
        one.n_cluster_dimensions = 1;
        status = uf_covariance_estimate(&one, options, &covariance, error);
        if (status != UF_OK) break;
        status = uf_covariance_combinations(&one, options, &covariance, combinations, variance, variance + m,
                                            error);
        uf_covariance_clear(&covariance);
        for (size_t c = 0; c < m && status == UF_OK; c++) out[c] = fmax(out[c], variance[c]);
    }
    free(variance);
    return status;
}

/* A difference of variances (V₁ + V₂ − V₁₂) may come out negative, which the repair makes nil: that nothing is left to
 * vary would be wrong. In place of it stands the larger of the one-way variances (MacKinnon, Nielsen & Webb 2024). */
static uf_status mend(const struct effect_run *run, const struct effect_regression *regression,
                      size_t inference, const struct uf_covariance *covariance,
                      const gsl_matrix *combinations, double *variance, unsigned char *mended,
                      struct uf_error *error)
{
    const size_t m = combinations->size2;
    bool two_way = regression->input.n_cluster_dimensions == 2 && covariance->n_clusters > 0;
    if (!covariance->repaired) return UF_OK;
    double *larger = calloc(m + 1, sizeof *larger);
    if (!larger) return uf_fail_memory(error);
    struct uf_error reason;
    uf_status status =
        two_way ? larger_one_way(run, regression, inference, combinations, larger, &reason) : UF_OK;
    if (status == UF_OK || status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE) {
        for (size_t c = 0; c < m; c++) {
            bool sound = status == UF_OK && larger[c] > 0 ? variance[c] > NIL * larger[c]
                                                          : !effect_is_rounding(run, sqrt(variance[c]));
            if (sound) continue;
            bool has = status == UF_OK && !effect_is_rounding(run, sqrt(larger[c]));
            mended[c] = (unsigned char)(has ? LARGER_OF_ONE_WAY : NOT_POSITIVE);
            variance[c] = has ? larger[c] : (double)NAN;
        }
        status = UF_OK;
    } else if (error) {
        *error = reason;
    }
    free(larger);
    return status;
}

/* Variance and degrees of freedom of all terms at once, which costs no more than one; NaN where not estimated. */
static uf_status test_terms(const struct effect_run *run, const struct effect_regression *regression,
                            size_t inference, const struct uf_covariance *covariance,
                            const struct effect_term *terms, size_t n_terms, double *variance, double *df,
                            unsigned char *mended, struct uf_error *error)
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
    if (status == UF_OK)
        status = mend(run, regression, inference, covariance, combinations, variance, mended, error);
    gsl_matrix_free(combinations);
    for (size_t t = n_terms; t-- > 0 && status == UF_OK;) { /* to their terms, from the last */
        if (terms[t].combination) m--;
        variance[t] = terms[t].combination ? variance[m] : NAN;
        df[t] = terms[t].combination ? df[m] : NAN;
        mended[t] = terms[t].combination ? mended[m] : SOUND;
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
        if (!isnan(variance))
            UF_TRY(test_of(run, regression, inference, covariance, &combination.vector, row.estimate,
                           variance, df, &row.test, error));
    }
    return effect_add_row(table, run, &row, NULL, error);
}

uf_status effect_add_terms(const struct effect_run *run, const struct effect_regression *regression,
                           size_t inference, const struct uf_covariance *covariance,
                           const struct effect_term *terms, size_t n_terms, struct uf_table *table,
                           struct uf_error *error)
{
    static const struct uf_words notes[] = {
        [SOUND] = {"{0}", "{0}"},
        [LARGER_OF_ONE_WAY] =
            {"{0}; the variance by both columns is not positive: the larger of the errors by one "
             "column each",
             "{0}; variansen efter båda kolumnerna är inte positiv: det större av medelfelen efter "
             "en kolumn i taget"},
        [NOT_POSITIVE] = {"{0}; the variance is not positive, so that there is no error, p-value or interval",
                          "{0}; variansen är inte positiv, så det finns inget medelfel, p-värde eller "
                          "intervall"}};
    const struct uf_covariance_options *options = &run->inference->covariance[inference];
    char *how = NULL;
    double *variance = calloc(2 * n_terms + 1, sizeof *variance);
    unsigned char *mended = calloc(n_terms + 1, 1);
    uf_status status = variance && mended ? UF_OK : uf_fail_memory(error);
    double *df = variance ? variance + n_terms : NULL;
    if (status == UF_OK)
        status =
            test_terms(run, regression, inference, covariance, terms, n_terms, variance, df, mended, error);
    if (status == UF_OK)
        status = uf_covariance_describe(covariance, options, run->context->language, &how, error);
    for (size_t t = 0; t < n_terms && status == UF_OK; t++) {
        const struct uf_argument argument = uf_text_argument(how);
        char *note = NULL;
        status = uf_phrase(run->context->language, notes[mended[t]], &argument, 1, &note, error);
        if (status == UF_OK)
            status = add_term(run, regression, inference, covariance, &terms[t], variance[t], df[t], note,
                              table, error);
        free(note);
    }
    free(how), free(variance), free(mended);
    return status;
}
