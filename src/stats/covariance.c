// SPDX-License-Identifier: GPL-3.0-or-later
#include <float.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/absorbed_regression.h>

#include "base/fail.h"
#include "stats/covariance_internal.h"

static const struct uf_covariance_type types[] = {
    {UF_COVARIANCE_IID,
     "iid",
     false,
     {"independent errors of equal variance", "oberoende fel med lika varians"},
     false,
     false},
    {UF_COVARIANCE_HC1,
     "hc1",
     false,
     {"heteroskedasticity-robust (HC1), independent observations",
      "robust mot heteroskedasticitet (HC1), oberoende observationer"},
     false,
     false},
    {UF_COVARIANCE_HC2,
     "hc2",
     false,
     {"heteroskedasticity-robust by leverage (HC2), independent observations",
      "robust mot heteroskedasticitet efter hävstång (HC2), oberoende observationer"},
     false,
     false},
    {UF_COVARIANCE_HC3,
     "hc3",
     false,
     {"heteroskedasticity-robust by squared leverage, a jackknife (HC3), independent observations",
      "robust mot heteroskedasticitet efter hävstång i kvadrat, en jackknife (HC3), oberoende observationer"},
     false,
     false},
    {UF_COVARIANCE_HC4,
     "hc4",
     false,
     {"heteroskedasticity-robust, by leverage the harder the larger it is (HC4), independent observations",
      "robust mot heteroskedasticitet, efter hävstång och hårdare ju större den är (HC4), oberoende "
      "observationer"},
     false,
     false},
    {UF_COVARIANCE_CR0,
     "cr0",
     true,
     {"cluster-robust without small-sample correction (CR0)",
      "klusterrobust utan småstickprovskorrektion (CR0)"},
     false,
     false},
    {UF_COVARIANCE_CR1,
     "cr1",
     true,
     {"cluster-robust, factor G/(G−1) (CR1)", "klusterrobust, faktor G/(G−1) (CR1)"},
     false,
     false},
    {UF_COVARIANCE_CR1S,
     "cr1s",
     true,
     {"cluster-robust, factors G/(G−1) and (N−1)/(N−K) (CR1S)",
      "klusterrobust, faktorerna G/(G−1) och (N−1)/(N−K) (CR1S)"},
     false,
     false},
    {UF_COVARIANCE_CR2,
     "cr2",
     true,
     {"bias-reduced cluster-robust (CR2)", "biasreducerad klusterrobust (CR2)"},
     false,
     false},
    {UF_COVARIANCE_CR3,
     "cr3",
     true,
     {"cluster-robust, the jackknife that leaves out one cluster at a time (CR3)",
      "klusterrobust, den jackknife som utelämnar ett kluster i taget (CR3)"},
     false,
     false},
    {UF_COVARIANCE_NEWEY_WEST,
     "newey-west",
     false,
     {"robust to dependence over time within units (Newey–West)",
      "robust mot beroende över tid inom enheter (Newey–West)"},
     true,
     false},
    {UF_COVARIANCE_DRISCOLL_KRAAY,
     "driscoll-kraay",
     false,
     {"robust to dependence between units and over time (Driscoll–Kraay)",
      "robust mot beroende mellan enheter och över tid (Driscoll–Kraay)"},
     true,
     false},
    {UF_COVARIANCE_CONLEY,
     "conley",
     false,
     {"robust to dependence between neighbours (Conley)", "robust mot beroende mellan grannar (Conley)"},
     false,
     true},
};

const struct uf_covariance_type *uf_covariance_types(size_t *out_count)
{
    *out_count = sizeof types / sizeof *types;
    return types;
}

const struct uf_covariance_type *uf_covariance_find(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (name && !strcmp(types[i].name, name)) return &types[i];
    return NULL;
}

void uf_covariance_clear(struct uf_covariance *covariance)
{
    if (!covariance) return;
    gsl_matrix_free(covariance->matrix);
    free(covariance->df);
    covariance_parts_free(covariance->parts);
    memset(covariance, 0, sizeof *covariance);
}

/* A coefficient whose variance is nil but for the rounding of the products gets none: the root of that rounding would pass for
 * a small error. No variance is a sum of more than (Σ_b |M_ab| √S_bb)². */
static void clear_rounding(const gsl_matrix *inverse, const gsl_matrix *meat, double factor, gsl_matrix *v)
{
    for (size_t a = 0; a < v->size1; a++) {
        double most = 0;
        for (size_t b = 0; b < v->size1; b++)
            most += fabs(gsl_matrix_get(inverse, a, b)) * sqrt(fabs(gsl_matrix_get(meat, b, b)));
        most *= most * factor * (double)v->size1;
        if (fabs(gsl_matrix_get(v, a, a)) > DBL_EPSILON * most) continue;
        for (size_t b = 0; b < v->size1; b++) gsl_matrix_set(v, a, b, 0), gsl_matrix_set(v, b, a, 0);
    }
}

uf_status covariance_sandwich(const gsl_matrix *inverse, const gsl_matrix *meat, double factor,
                              gsl_matrix *out, struct uf_error *error)
{
    gsl_matrix *half = gsl_matrix_alloc(meat->size1, meat->size2);
    if (!half) return uf_fail_memory(error);
    int failed = gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, inverse, meat, 0, half);
    if (!failed) failed = gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, factor, half, inverse, 0, out);
    gsl_matrix_free(half);
    if (failed) return uf_fail(error, UF_INTERNAL, "covariance: matrices do not fit");
    clear_rounding(inverse, meat, factor, out);
    return UF_OK;
}

uf_status covariance_count_parameters(const struct uf_covariance_input *input, enum uf_k_rule rule,
                                      double *out, struct uf_error *error)
{
    const struct uf_absorber *absorber = input->absorber;
    double parameters = (double)input->x->size2;
    if (!absorber || rule == UF_K_NONE) {
        *out = parameters;
        return UF_OK;
    }
    if (rule == UF_K_STATA) {
        *out = parameters + (double)uf_absorber_rank(absorber);
        return UF_OK;
    }
    bool any_nested = false;
    for (size_t d = 0; d < uf_absorber_dimensions(absorber); d++) {
        bool nested = false;
        for (size_t c = 0; c < input->n_cluster_dimensions && !nested; c++)
            UF_TRY(uf_absorber_is_nested(absorber, d, input->cluster[c], &nested, error));
        any_nested |= nested;
        if (nested) continue;
        size_t redundant = rule == UF_K_FIXEST ? 1 : 0;
        for (size_t e = 0; e < d && rule == UF_K_REGHDFE; e++) {
            size_t components;
            UF_TRY(uf_absorber_components(absorber, e, d, &components, error));
            if (components > redundant) redundant = components;
        }
        parameters += (double)(uf_absorber_levels(absorber, d) - redundant);
    }
    if (rule == UF_K_FIXEST || any_nested) parameters += 1;
    *out = parameters;
    return UF_OK;
}

uf_status covariance_repair(gsl_matrix *v, bool *repaired, struct uf_error *error)
{
    size_t k = v->size1;
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(k);
    gsl_matrix *copy = gsl_matrix_alloc(k, k), *vectors = gsl_matrix_alloc(k, k);
    gsl_vector *values = gsl_vector_alloc(k);
    uf_status status = UF_OK;
    if (!workspace || !copy || !vectors || !values) {
        status = uf_fail_memory(error);
        goto done;
    }
    gsl_matrix_memcpy(copy, v);
    if (gsl_eigen_symmv(copy, values, vectors, workspace)) {
        status = uf_fail(error, UF_INTERNAL, "covariance: no eigenvalues");
        goto done;
    }
    if (gsl_vector_min(values) >= -1e-10 * gsl_vector_max(values)) goto done;
    *repaired = true;
    gsl_matrix_set_zero(v);
    for (size_t e = 0; e < k; e++) {
        double value = gsl_vector_get(values, e);
        if (value <= 0) continue;
        gsl_vector_const_view u = gsl_matrix_const_column(vectors, e);
        gsl_blas_dger(value, &u.vector, &u.vector, v);
    }
done:
    gsl_eigen_symmv_free(workspace);
    gsl_matrix_free(copy), gsl_matrix_free(vectors), gsl_vector_free(values);
    return status;
}

uf_status covariance_left(const struct uf_covariance_input *input, double *parameters, double *left,
                          struct uf_error *error)
{
    size_t n = input->x->size1;
    double all;
    UF_TRY(covariance_count_parameters(input, UF_K_STATA, &all, error));
    if (all >= (double)n)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "%zu observations and %.0f parameters: nothing is left to estimate a variance from", n,
                       all);
    *parameters = all;
    *left = (double)n - all;
    return UF_OK;
}

/* Fills matrix, df (Satterthwaite's; the others follow from the counts), counts and factor. */
typedef uf_status estimate_function(const struct uf_covariance_input *input,
                                    const struct uf_covariance_options *options, struct uf_covariance *out,
                                    struct uf_error *error);

static estimate_function *const estimators[] = {
    [UF_COVARIANCE_IID] = covariance_independent,      [UF_COVARIANCE_HC1] = covariance_independent,
    [UF_COVARIANCE_HC2] = covariance_independent,      [UF_COVARIANCE_HC3] = covariance_independent,
    [UF_COVARIANCE_HC4] = covariance_independent,      [UF_COVARIANCE_CR0] = covariance_clustered,
    [UF_COVARIANCE_CR1] = covariance_clustered,        [UF_COVARIANCE_CR1S] = covariance_clustered,
    [UF_COVARIANCE_CR2] = covariance_clustered,        [UF_COVARIANCE_CR3] = covariance_clustered,
    [UF_COVARIANCE_NEWEY_WEST] = covariance_over_time, [UF_COVARIANCE_DRISCOLL_KRAAY] = covariance_over_time,
    [UF_COVARIANCE_CONLEY] = covariance_over_space,
};

static uf_status settle_df_rule(const struct uf_covariance_input *input,
                                const struct uf_covariance_options *options, enum uf_df_rule *out,
                                struct uf_error *error)
{
    const struct uf_covariance_type *type = &types[options->kind];
    bool adjusted = options->kind == UF_COVARIANCE_CR2 || options->kind == UF_COVARIANCE_CR3;
    enum uf_df_rule usual = type->temporal                                 ? UF_DF_PERIODS
                            : !type->clustered                             ? UF_DF_RESIDUAL
                            : adjusted && input->n_cluster_dimensions == 1 ? UF_DF_SATTERTHWAITE
                                                                           : UF_DF_CLUSTERS;
    enum uf_df_rule rule = options->df_rule == UF_DF_DEFAULT ? usual : options->df_rule;
    if (rule == UF_DF_SADDLEPOINT) rule = UF_DF_SATTERTHWAITE; /* these are its df */
    bool fits = rule == UF_DF_RESIDUAL || rule == usual || (type->clustered && rule != UF_DF_PERIODS);
    if (!fits)
        return uf_fail(error, UF_BAD_USAGE, "%s has residual degrees of freedom%s only", type->name,
                       type->temporal ? " or those of its periods" : "");
    *out = rule;
    return UF_OK;
}

uf_status uf_covariance_estimate(const struct uf_covariance_input *input,
                                 const struct uf_covariance_options *options, struct uf_covariance *out,
                                 struct uf_error *error)
{
    const struct uf_covariance_options defaults = {.kind = UF_COVARIANCE_CR1S};
    if (!options) options = &defaults;
    if (input->summed) return uf_absorbed_regression_covariance(input->summed, options, out, error);
    if (!input->x)
        return uf_fail(error, UF_NOT_IDENTIFIED, "no coefficient is left whose error could be computed");
    size_t n = input->x->size1, k = input->x->size2;
    if (n != input->residuals->size || input->inverse->size1 != k || input->inverse->size2 != k)
        return uf_fail(error, UF_INTERNAL, "covariance: sizes differ");
    struct uf_covariance v = {.factor = 1};
    UF_TRY(settle_df_rule(input, options, &v.df_rule, error));
    v.saddlepoint = options->df_rule == UF_DF_SADDLEPOINT;
    v.matrix = gsl_matrix_calloc(k, k);
    v.df = calloc(k + 1, sizeof *v.df);
    uf_status status = v.matrix && v.df ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = estimators[options->kind](input, options, &v, error);
    double all = 0;
    if (status == UF_OK) status = covariance_count_parameters(input, UF_K_STATA, &all, error);
    for (size_t j = 0; j < k && status == UF_OK; j++) {
        if (v.df_rule == UF_DF_RESIDUAL) v.df[j] = (double)n - all;
        if (v.df_rule == UF_DF_CLUSTERS) v.df[j] = (double)v.n_clusters - 1;
        if (v.df_rule == UF_DF_PERIODS) v.df[j] = (double)v.n_periods - 1;
    }
    if (status == UF_OK)
        *out = v;
    else
        uf_covariance_clear(&v);
    return status;
}
