// SPDX-License-Identifier: GPL-3.0-or-later
/* One or two cluster dimensions: cr0, cr1, cr1s, cr2, cr3. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/covariance_internal.h"

enum adjustment_kind covariance_adjustment(enum uf_covariance_kind kind)
{
    return kind == UF_COVARIANCE_CR2   ? ADJUSTMENT_ROOT
           : kind == UF_COVARIANCE_CR3 ? ADJUSTMENT_INVERSE
                                       : ADJUSTMENT_NONE;
}

/* Adds sign * Σ_g (X_g'e_g)(X_g'e_g)' to meat (k × k). */
static uf_status add_meat(const struct uf_covariance_input *input, const struct clusters *clusters,
                          double sign, gsl_matrix *meat, struct uf_error *error)
{
    size_t k = input->x->size2;
    double *score = malloc((k + 1) * sizeof *score);
    if (!score) return uf_fail_memory(error);
    for (size_t g = 0; g < clusters->count; g++) {
        memset(score, 0, k * sizeof *score);
        for (size_t l = clusters->start[g]; l < clusters->start[g + 1]; l++) {
            size_t i = clusters->order[l];
            double e = gsl_vector_get(input->residuals, i) * (input->weights ? input->weights[i] : 1);
            for (size_t j = 0; j < k; j++) score[j] += gsl_matrix_get(input->x, i, j) * e;
        }
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; b < k; b++)
                gsl_matrix_set(meat, a, b, gsl_matrix_get(meat, a, b) + sign * score[a] * score[b]);
    }
    free(score);
    return UF_OK;
}

/* One clustering's part of the meat; with two dimensions `group` says which effects lie within it. */
static uf_status add_part(const struct uf_covariance_input *input,
                          const struct uf_covariance_options *options, const struct clusters *clusters,
                          const size_t *group, double sign, struct uf_covariance *out, gsl_matrix *meat,
                          struct uf_error *error)
{
    bool satterthwaite = out->df_rule == UF_DF_SATTERTHWAITE;
    struct bias_reduction wanted = {.adjustment = covariance_adjustment(options->kind), .sign = sign};
    if (wanted.adjustment != ADJUSTMENT_NONE) wanted.meat = meat;
    if (satterthwaite) wanted.directions = input->inverse, wanted.df = out->df;
    struct uf_covariance_input part = *input;
    part.cluster[0] = group;
    if (wanted.meat || wanted.df) UF_TRY(covariance_bias_reduced(&part, clusters, &wanted, error));
    return wanted.meat ? UF_OK : add_meat(input, clusters, sign, meat, error);
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

/* The small-sample factor of cr1 and cr1s. */
static uf_status find_factor(const struct uf_covariance_input *input,
                             const struct uf_covariance_options *options, struct uf_covariance *out,
                             struct uf_error *error)
{
    double g = (double)out->n_clusters, n = (double)input->x->size1;
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
    struct clusters clusters[3] = {{0}};
    size_t *both = NULL;
    uf_status status = UF_OK;
    gsl_matrix *meat = gsl_matrix_calloc(k, k);
    if (!meat) return uf_fail_memory(error);
    for (size_t d = 0; d < dimensions; d++) {
        UF_TRY_GOTO(clusters_init(&clusters[d], input->cluster[d], n, input->n_groups[d], error), done);
        if (d == 0 || clusters[d].count < out->n_clusters) out->n_clusters = clusters[d].count;
    }
    if (out->n_clusters < 2) {
        status =
            uf_fail(error, UF_NOT_IDENTIFIED,
                    "a cluster-robust covariance needs at least two clusters, found %zu", out->n_clusters);
        goto done;
    }
    for (size_t d = 0; d < dimensions; d++)
        UF_TRY_GOTO(add_part(input, options, &clusters[d], input->cluster[d], 1, out, meat, error), done);
    if (dimensions == 2) {
        both = malloc((n + 1) * sizeof *both);
        if (!both) {
            status = uf_fail_memory(error);
            goto done;
        }
        UF_TRY_GOTO(clusters_intersect(&clusters[2], input->cluster[0], input->cluster[1], n, both, error),
                    done);
        UF_TRY_GOTO(add_part(input, options, &clusters[2], both, -1, out, meat, error), done);
    }
    UF_TRY_GOTO(find_factor(input, options, out, error), done);
    UF_TRY_GOTO(covariance_sandwich(input->inverse, meat, out->factor, out->matrix, error), done);
    if (dimensions == 2) status = covariance_repair(out->matrix, &out->repaired, error);
done:
    for (size_t d = 0; d < 3; d++) clusters_clear(&clusters[d]);
    gsl_matrix_free(meat);
    free(both);
    return status;
}
