// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/absorbed_regression.h>

#include "base/fail.h"
#include "stats/absorbed_internal.h"
#include "stats/covariance_internal.h"

void uf_absorbed_regression_clear(struct uf_absorbed_fit *fit)
{
    if (!fit) return;
    gsl_vector_free(fit->coefficients);
    gsl_matrix_free(fit->inverse), gsl_matrix_free(fit->cluster_scores), gsl_matrix_free(fit->row_scores);
    free(fit->kept), free(fit->dropped), free(fit->remaining);
    memset(fit, 0, sizeof *fit);
}

/* Coefficients with one step of refinement: b + (X'WX)^-1 Σ scores. */
static uf_status fill_columns(const struct absorbed_solution *solution, const struct absorbed_scores *scores,
                              struct uf_absorbed_fit *fit, struct uf_error *error)
{
    const size_t p = solution->p;
    fit->n_columns = p;
    fit->coefficients = p ? gsl_vector_alloc(p) : NULL;
    fit->kept = calloc(p + 1, sizeof *fit->kept);
    fit->dropped = malloc((p + 1) * sizeof *fit->dropped);
    fit->remaining = malloc((p + 1) * sizeof *fit->remaining);
    if ((p && !fit->coefficients) || !fit->kept || !fit->dropped || !fit->remaining)
        return uf_fail_memory(error);
    for (size_t j = 0; j < p; j++) {
        fit->remaining[j] = solution->remaining[j];
        gsl_vector_set(fit->coefficients, j, NAN);
        if (solution->kept[j])
            fit->kept[fit->rank++] = j;
        else
            fit->dropped[fit->n_dropped++] = j;
    }
    for (size_t a = 0; a < fit->rank; a++) {
        double step = 0;
        for (size_t b = 0; b < fit->rank; b++)
            step += gsl_matrix_get(solution->inverse, a, b) * scores->gradient[fit->kept[b]];
        gsl_vector_set(fit->coefficients, fit->kept[a], solution->coefficient[fit->kept[a]] + step);
    }
    return UF_OK;
}

static void fill_counts(const struct absorbed_layout *l, const struct absorbed_moments *m,
                        const struct absorbed_solution *s, struct uf_absorbed_fit *fit)
{
    fit->n = l->n;
    fit->n_categories = l->m;
    fit->n_effects = l->data->n_effects;
    fit->n_cluster_dimensions = l->data->n_cluster_dimensions;
    fit->singletons = m->singletons;
    fit->rounds = s->rounds;
    for (size_t d = 0; d < fit->n_effects; d++) {
        fit->levels[d] = l->levels[d];
        for (size_t c = 0; c < fit->n_cluster_dimensions; c++) fit->nested[d] |= m->nested[d][c];
        for (size_t e = 0; e < fit->n_effects; e++) fit->components[d][e] = m->components[d][e];
    }
    for (size_t c = 0; c < fit->n_cluster_dimensions; c++) fit->n_clusters[c] = l->n_clusters[c];
    fit->absorbed = l->levels[l->main] + s->dummy_rank;
    if (fit->n_effects == 2) fit->absorbed = fit->levels[0] + fit->levels[1] - m->components[0][1];
}

uf_status uf_absorbed_regression_fit(const struct uf_absorbed_data *data,
                                     const struct uf_absorbed_options *options, struct uf_absorbed_fit *out,
                                     struct uf_error *error)
{
    const struct uf_absorbed_options defaults = {0};
    if (!options) options = &defaults;
    struct absorbed_layout layout = {0};
    struct absorbed_moments moments = {0};
    struct absorbed_solution solution = {0};
    struct absorbed_scores scores = {0};
    struct uf_absorbed_fit fit = {0};
    UF_TRY(absorbed_layout_init(data, options, &layout, error));
    uf_status status = absorbed_moments_init(&layout, &moments, error);
    if (status == UF_OK) status = absorbed_moments_sum(&layout, NULL, &moments, error);
    if (status == UF_OK) {
        double norm = moments.reference[moments.v - 1];
        status = absorbed_solve(&layout, options->tolerance, &moments, &solution, error);
        if (status == UF_OK)
            status = absorbed_scores_sum(&layout, &moments, &solution, options->row_scores, &scores, error);
        if (status == UF_OK) status = fill_columns(&solution, &scores, &fit, error);
        if (status == UF_OK) {
            fill_counts(&layout, &moments, &solution, &fit);
            fit.inverse = solution.inverse, solution.inverse = NULL;
            fit.cluster_scores = scores.cluster, scores.cluster = NULL;
            fit.row_scores = scores.row, scores.row = NULL;
            fit.rss = scores.rss;
            fit.df = (double)fit.n - (double)fit.rank - (double)fit.absorbed;
            /* What is left is only rounding when the effects and columns explain all: call that nil. */
            if (fit.rss <= norm * 1e-26) {
                fit.rss = 0;
                if (fit.cluster_scores) gsl_matrix_set_zero(fit.cluster_scores);
                if (fit.row_scores) gsl_matrix_set_zero(fit.row_scores);
            }
        }
    }
    absorbed_layout_clear(&layout);
    absorbed_moments_clear(&moments);
    absorbed_solution_clear(&solution);
    absorbed_scores_clear(&scores);
    if (status == UF_OK)
        *out = fit;
    else
        uf_absorbed_regression_clear(&fit);
    return status;
}

/* As covariance_count_parameters. */
static double count_parameters(const struct uf_absorbed_fit *fit, enum uf_k_rule rule)
{
    double parameters = (double)fit->rank;
    bool any_nested = false;
    if (rule == UF_K_NONE) return parameters;
    if (rule == UF_K_STATA) return parameters + (double)fit->absorbed;
    for (size_t d = 0; d < fit->n_effects; d++) {
        any_nested |= fit->nested[d];
        if (fit->nested[d]) continue;
        size_t redundant = rule == UF_K_FIXEST ? 1 : 0;
        for (size_t e = 0; e < d && rule == UF_K_REGHDFE; e++)
            if (fit->components[e][d] > redundant) redundant = fit->components[e][d];
        parameters += (double)(fit->levels[d] - redundant);
    }
    return parameters + (rule == UF_K_FIXEST || any_nested ? 1 : 0);
}

static uf_status unclustered(const struct uf_absorbed_fit *fit, enum uf_covariance_kind kind,
                             struct uf_covariance *v, struct uf_error *error)
{
    v->parameters = count_parameters(fit, UF_K_STATA);
    double left = (double)fit->n - v->parameters;
    if (left <= 0)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "%zu observations and %.0f parameters: nothing is left to estimate a variance from",
                       fit->n, v->parameters);
    v->factor = kind == UF_COVARIANCE_IID ? 1 : (double)fit->n / left;
    if (fit->rank == 0) return UF_OK;
    if (kind == UF_COVARIANCE_IID) {
        gsl_matrix_memcpy(v->matrix, fit->inverse);
        gsl_matrix_scale(v->matrix, fit->rss / left);
        return UF_OK;
    }
    if (!fit->row_scores)
        return uf_fail(error, UF_BAD_USAGE, "hc1 needs the scores by row, which were not summed");
    return covariance_sandwich(fit->inverse, fit->row_scores, v->factor, v->matrix, error);
}

static uf_status clustered(const struct uf_absorbed_fit *fit, const struct uf_covariance_options *options,
                           struct uf_covariance *v, struct uf_error *error)
{
    if (fit->n_cluster_dimensions == 0)
        return uf_fail(error, UF_BAD_USAGE,
                       "a cluster-robust covariance needs one or two cluster dimensions");
    v->n_clusters = fit->n_clusters[0];
    if (fit->n_cluster_dimensions == 2 && fit->n_clusters[1] < v->n_clusters)
        v->n_clusters = fit->n_clusters[1];
    if (v->n_clusters < 2)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "a cluster-robust covariance needs at least two clusters, found %zu", v->n_clusters);
    double g = (double)v->n_clusters, n = (double)fit->n;
    v->factor = options->kind == UF_COVARIANCE_CR0 ? 1 : g / (g - 1);
    if (options->kind == UF_COVARIANCE_CR1S) {
        v->parameters = count_parameters(fit, options->k_rule);
        if (v->parameters >= n)
            return uf_fail(error, UF_NOT_IDENTIFIED, "%zu observations and %.0f parameters: nothing is left",
                           fit->n, v->parameters);
        v->factor *= (n - 1) / (n - v->parameters);
    }
    if (fit->rank == 0) return UF_OK;
    UF_TRY(covariance_sandwich(fit->inverse, fit->cluster_scores, v->factor, v->matrix, error));
    return fit->n_cluster_dimensions == 2 ? covariance_repair(v->matrix, &v->repaired, error) : UF_OK;
}

uf_status uf_absorbed_regression_covariance(const struct uf_absorbed_fit *fit,
                                            const struct uf_covariance_options *options,
                                            struct uf_covariance *out, struct uf_error *error)
{
    const struct uf_covariance_options defaults = {.kind = UF_COVARIANCE_CR1S};
    if (!options) options = &defaults;
    size_t count;
    const struct uf_covariance_type *type = &uf_covariance_types(&count)[options->kind];
    const enum uf_covariance_kind kind = options->kind;
    const bool robust = kind == UF_COVARIANCE_CR0 || kind == UF_COVARIANCE_CR1 || kind == UF_COVARIANCE_CR1S;
    struct uf_covariance v = {.df_rule = options->df_rule};
    if (v.df_rule == UF_DF_DEFAULT) v.df_rule = robust ? UF_DF_CLUSTERS : UF_DF_RESIDUAL;
    const bool own_factors =
        options->g_rule == UF_G_EACH && fit->n_cluster_dimensions == 2 && robust && kind != UF_COVARIANCE_CR0;
    const bool by_model = v.df_rule == UF_DF_SATTERTHWAITE || v.df_rule == UF_DF_SADDLEPOINT;
    if ((!robust && kind != UF_COVARIANCE_IID && kind != UF_COVARIANCE_HC1) || by_model || own_factors)
        return uf_fail(error, UF_BAD_USAGE,
                       "%s%s needs the regressors row by row, which is not done for this many rows; use cr1s",
                       type->name,
                       by_model      ? " with Satterthwaite's rule"
                       : own_factors ? " with a factor for each clustering"
                                     : "");
    if (!robust && v.df_rule != UF_DF_RESIDUAL)
        return uf_fail(error, UF_BAD_USAGE, "%s has residual degrees of freedom only", type->name);
    v.matrix = gsl_matrix_calloc(fit->rank, fit->rank);
    v.df = calloc(fit->rank + 1, sizeof *v.df);
    uf_status status = UF_OK;
    if (!v.matrix || !v.df)
        status = uf_fail_memory(error);
    else
        status = robust ? clustered(fit, options, &v, error) : unclustered(fit, kind, &v, error);
    for (size_t j = 0; j < fit->rank && status == UF_OK; j++)
        v.df[j] = v.df_rule == UF_DF_RESIDUAL ? fit->df : (double)v.n_clusters - 1;
    if (status == UF_OK)
        *out = v;
    else
        uf_covariance_clear(&v);
    return status;
}
