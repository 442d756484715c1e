// SPDX-License-Identifier: GPL-3.0-or-later
/* One or two cluster dimensions: cr0, cr1, cr1s, cr2, cr3. */
#include <stdlib.h>

#include "base/fail.h"
#include "stats/covariance_internal.h"

enum adjustment_kind covariance_adjustment(enum uf_covariance_kind kind)
{
    return kind == UF_COVARIANCE_CR2   ? ADJUSTMENT_ROOT
           : kind == UF_COVARIANCE_CR3 ? ADJUSTMENT_INVERSE
                                       : ADJUSTMENT_NONE;
}

/* Adds sign * Σ_g (X_g'e_g)(X_g'e_g)' to meat (k × k), in one pass over the rows. */
static uf_status add_meat(const struct uf_covariance_input *input, const size_t *group, size_t n_groups,
                          double sign, gsl_matrix *meat, struct uf_error *error)
{
    size_t n = input->x->size1, k = input->x->size2, stride = input->x->tda;
    double *scores = calloc(n_groups * k + 1, sizeof *scores);
    if (!scores) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) {
        double e = gsl_vector_get(input->residuals, i) * (input->weights ? input->weights[i] : 1);
        const double *x = input->x->data + i * stride;
        double *score = scores + group[i] * k;
        for (size_t j = 0; j < k; j++) score[j] += x[j] * e;
    }
    for (size_t g = 0; g < n_groups; g++) {
        const double *score = scores + g * k;
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; b < k; b++)
                gsl_matrix_set(meat, a, b, gsl_matrix_get(meat, a, b) + sign * score[a] * score[b]);
    }
    free(scores);
    return UF_OK;
}

/* One clustering's part of the meat, and Satterthwaite's df where they are the rule. */
static uf_status add_part(const struct uf_covariance_input *input,
                          const struct uf_covariance_options *options, const size_t *group, size_t n_groups,
                          double sign, struct uf_covariance *out, gsl_matrix *meat, struct uf_error *error)
{
    struct bias_reduction wanted = {
        .adjustment = covariance_adjustment(options->kind), .sign = sign, .options = options};
    if (wanted.adjustment != ADJUSTMENT_NONE) wanted.meat = meat;
    if (out->df_rule == UF_DF_SATTERTHWAITE) {
        wanted.directions = input->inverse, wanted.df = out->df;
        wanted.parts = &out->parts; /* of the one clustering that there is with this rule */
    }
    if (wanted.meat || wanted.df) {
        struct clusters clusters;
        struct uf_covariance_input part = *input;
        part.cluster[0] = group; /* the effects nested in these clusters, not in the first dimension's */
        UF_TRY(clusters_init(&clusters, group, input->x->size1, n_groups, error));
        uf_status status = covariance_bias_reduced(&part, &clusters, &wanted, error);
        clusters_clear(&clusters);
        if (status != UF_OK) return status;
    }
    return wanted.meat ? UF_OK : add_meat(input, group, n_groups, sign, meat, error);
}

static uf_status check_dimensions(const struct uf_covariance_input *input,
                                  const struct uf_covariance_options *options, enum uf_df_rule rule,
                                  struct uf_error *error)
{
    size_t dimensions = input->n_cluster_dimensions, count;
    if (dimensions == 0 || dimensions > 2)
        return uf_fail(error, UF_BAD_USAGE, "%s needs one or two cluster dimensions, not %zu",
                       uf_covariance_types(&count)[options->kind].name, dimensions);
    bool cr2 = options->kind == UF_COVARIANCE_CR2;
    if (dimensions == 2 && (rule == UF_DF_SATTERTHWAITE || cr2))
        return uf_fail(error, UF_BAD_USAGE,
                       "%s is not defined for two-way clustering; use cr1s or cr3, or one cluster dimension",
                       cr2 ? "cr2" : "Satterthwaite's rule");
    return UF_OK;
}

/* What the matrix of one clustering is times, in units of the factor of the smaller number of clusters. */
static uf_status own_factor(const struct uf_covariance_input *input, const size_t *group, size_t n_groups,
                            size_t least, double *out, struct uf_error *error)
{
    size_t count;
    UF_TRY(clusters_count(group, input->x->size1, n_groups, &count, error));
    double g = (double)count, smallest = (double)least;
    *out = g / (g - 1) * (smallest - 1) / smallest;
    return UF_OK;
}

/* The small-sample factor of cr1 and cr1s. */
static uf_status find_factor(const struct uf_covariance_input *input,
                             const struct uf_covariance_options *options, struct uf_covariance *out,
                             struct uf_error *error)
{
    double g = (double)out->n_clusters, n = (double)(input->n_rows ? input->n_rows : input->x->size1);
    if (options->kind == UF_COVARIANCE_CR1 || options->kind == UF_COVARIANCE_CR1S) out->factor = g / (g - 1);
    if (options->kind != UF_COVARIANCE_CR1S) return UF_OK;
    UF_TRY(covariance_count_parameters(input, options->k_rule, &out->parameters, error));
    if (out->parameters >= n)
        return uf_fail(error, UF_NOT_IDENTIFIED, "%.0f observations and %.0f parameters: nothing is left", n,
                       out->parameters);
    out->factor *= (n - 1) / (n - out->parameters);
    return UF_OK;
}

uf_status covariance_clustered(const struct uf_covariance_input *input,
                               const struct uf_covariance_options *options, struct uf_covariance *out,
                               struct uf_error *error)
{
    size_t n = input->x->size1, k = input->x->size2, dimensions = input->n_cluster_dimensions;
    UF_TRY(check_dimensions(input, options, out->df_rule, error));
    for (size_t d = 0; d < dimensions; d++) {
        size_t count;
        UF_TRY(clusters_count(input->cluster[d], n, input->n_groups[d], &count, error));
        if (d == 0 || count < out->n_clusters) out->n_clusters = count;
    }
    if (out->n_clusters < 2)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "a cluster-robust covariance needs at least two clusters, found %zu", out->n_clusters);
    gsl_matrix *meat = gsl_matrix_calloc(k, k);
    size_t *both = dimensions == 2 ? malloc((n + 1) * sizeof *both) : NULL, bound;
    uf_status status = meat && (both || dimensions == 1) ? UF_OK : uf_fail_memory(error);
    double factor = 1;
    out->own_factors = dimensions == 2 && options->g_rule == UF_G_EACH &&
                       (options->kind == UF_COVARIANCE_CR1 || options->kind == UF_COVARIANCE_CR1S);
    for (size_t d = 0; d < dimensions && status == UF_OK; d++) {
        if (out->own_factors)
            status =
                own_factor(input, input->cluster[d], input->n_groups[d], out->n_clusters, &factor, error);
        if (status == UF_OK)
            status =
                add_part(input, options, input->cluster[d], input->n_groups[d], factor, out, meat, error);
    }
    if (status == UF_OK && both) {
        status = clusters_intersect(input->cluster[0], input->n_groups[0], input->cluster[1],
                                    input->n_groups[1], n, both, &bound, error);
        if (status == UF_OK && out->own_factors)
            status = own_factor(input, both, bound, out->n_clusters, &factor, error);
        if (status == UF_OK) status = add_part(input, options, both, bound, -factor, out, meat, error);
    }
    if (status == UF_OK) status = find_factor(input, options, out, error);
    if (status == UF_OK) status = covariance_sandwich(input->inverse, meat, out->factor, out->matrix, error);
    if (status == UF_OK && both) status = covariance_repair(out->matrix, &out->repaired, error);
    gsl_matrix_free(meat);
    free(both);
    return status;
}
