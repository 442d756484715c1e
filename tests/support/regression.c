// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/regression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct regression regression_fit(gsl_matrix *x, gsl_vector *y, double *weights, size_t n_dimensions,
                                 const size_t *const *group, const size_t *n_groups)
{
    struct uf_error error;
    struct regression r = {.n = x->size1, .k = x->size2, .x = x, .y = y, .weights = weights};
    double *column = malloc(r.n * sizeof *column), *norms = calloc(r.k + 1, sizeof *norms);
    if (n_dimensions)
        assert_ok(uf_absorber_new(r.n, n_dimensions, group, n_groups, weights, 0, &r.absorber, &error),
                  &error);
    for (size_t j = 0; j <= r.k; j++) {
        for (size_t i = 0; i < r.n; i++) {
            column[i] = j < r.k ? gsl_matrix_get(x, i, j) : gsl_vector_get(y, i);
            if (j < r.k) norms[j] += (weights ? weights[i] : 1) * column[i] * column[i];
        }
        norms[j] = sqrt(norms[j]);
        if (r.absorber) assert_ok(uf_absorber_apply(r.absorber, column, &error), &error);
        for (size_t i = 0; i < r.n; i++) {
            if (j < r.k)
                gsl_matrix_set(x, i, j, column[i]);
            else
                gsl_vector_set(y, i, column[i]);
        }
    }
    struct uf_least_squares_options options = {.reference_norm = norms,
                                               .absorbed = r.absorber ? uf_absorber_rank(r.absorber) : 0};
    gsl_vector_const_view w = gsl_vector_const_view_array(weights ? weights : column, r.n);
    assert_ok(uf_least_squares_fit(x, y, weights ? &w.vector : NULL, &options, &r.fit, &error), &error);
    free(column), free(norms);
    return r;
}

struct regression regression_of_rows(size_t n, size_t k, const double *x, const double *y,
                                     const double *weights, size_t n_dimensions, const size_t *const *group,
                                     const size_t *n_groups)
{
    gsl_matrix *columns = gsl_matrix_alloc(n, k);
    gsl_vector *outcome = gsl_vector_alloc(n);
    double *copy = weights ? malloc(n * sizeof *copy) : NULL;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < k; j++) gsl_matrix_set(columns, i, j, x[i * k + j]);
        gsl_vector_set(outcome, i, y[i]);
        if (weights) copy[i] = weights[i];
    }
    return regression_fit(columns, outcome, copy, n_dimensions, group, n_groups);
}

void regression_clear(struct regression *r)
{
    uf_least_squares_clear(&r->fit);
    gsl_matrix_free(r->x), gsl_vector_free(r->y), free(r->weights);
    uf_absorber_free(r->absorber);
}

struct uf_covariance_input regression_input(const struct regression *r)
{
    return (struct uf_covariance_input){.x = r->x,
                                        .residuals = r->fit.residuals,
                                        .inverse = r->fit.inverse,
                                        .weights = r->weights,
                                        .absorber = r->absorber};
}

struct uf_covariance regression_covariance(const struct regression *r, enum uf_covariance_kind kind,
                                           enum uf_k_rule k_rule, enum uf_df_rule df_rule, size_t n_clusters,
                                           const size_t *const *cluster, const size_t *n_groups)
{
    struct uf_error error;
    struct uf_covariance covariance;
    struct uf_covariance_input input = regression_input(r);
    input.n_cluster_dimensions = n_clusters;
    for (size_t d = 0; d < n_clusters; d++) input.cluster[d] = cluster[d], input.n_groups[d] = n_groups[d];
    struct uf_covariance_options options = {.kind = kind, .k_rule = k_rule, .df_rule = df_rule};
    assert_int_equal(r->fit.rank, r->k);
    assert_ok(uf_covariance_estimate(&input, &options, &covariance, &error), &error);
    return covariance;
}

void regression_compare(const json_t *results, const char *entry, const struct regression *r,
                        struct uf_covariance covariance)
{
    json_t *object = json_object_get(json_object_get(results, "results"), entry);
    json_t *list = json_object_get(json_object_get(object, "value"), "coef");
    assert_true(json_array_size(list) >= 2 && json_array_size(list) <= r->k);
    bool club = json_object_get(json_array_get(list, 0), "SE") != NULL;
    for (size_t j = 0; j < json_array_size(list); j++) {
        json_t *row = json_array_get(list, j);
        char what[128];
        snprintf(what, sizeof what, "%s, coefficient %zu", entry, j);
        double estimate = gsl_vector_get(r->fit.coefficients, j);
        struct uf_t_test t =
            uf_t_test(estimate, gsl_matrix_get(covariance.matrix, j, j), covariance.df[j], 0.95);
        expect_close(estimate, json_number_value(json_object_get(row, club ? "beta" : "estimate")), 1e-8,
                     what);
        expect_close(t.std_error, json_number_value(json_object_get(row, club ? "SE" : "se")), 1e-6, what);
        if (club) expect_close(t.df, json_number_value(json_object_get(row, "df_Satt")), 1e-6, what);
        json_t *p = json_object_get(row, club ? "p_Satt" : "p");
        if (p) expect_close(t.p_value, json_number_value(p), 1e-6, what);
        if (!club) expect_close(t.conf_low, json_number_value(json_object_get(row, "ci_lo")), 1e-6, what);
    }
    uf_covariance_clear(&covariance);
}

size_t *csv_groups(const struct raw_csv *csv, const char *name, size_t *out_count)
{
    size_t column = raw_csv_column(csv, name), *group = malloc(csv->n_rows * sizeof *group);
    const char **seen = malloc(csv->n_rows * sizeof *seen);
    *out_count = 0;
    for (size_t i = 0; i < csv->n_rows; i++) {
        const char *text = csv->cell[i * csv->n_columns + column];
        size_t g = 0;
        while (g < *out_count && strcmp(seen[g], text)) g++;
        if (g == *out_count) seen[(*out_count)++] = text;
        group[i] = g;
    }
    free(seen);
    return group;
}
