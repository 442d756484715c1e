// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_REGRESSION_H
#define UTFALL_TESTS_REGRESSION_H
/* A regression with absorbed effects from a raw CSV, put together from the kernels the way a method does it. */
#include <jansson.h>
#include <utfall/absorb.h>
#include <utfall/covariance.h>
#include <utfall/least_squares.h>

#include "support/test.h"

struct regression {
    size_t n, k;
    gsl_matrix *x; /* fixed effects taken out */
    gsl_vector *y;
    double *weights;
    struct uf_absorber *absorber; /* NULL: none */
    struct uf_least_squares fit;
};

/* x is n × k and y n (both taken over), weights n or NULL (taken over); group: n_dimensions arrays of n
 * (borrowed). */
struct regression regression_fit(gsl_matrix *x, gsl_vector *y, double *weights, size_t n_dimensions,
                                 const size_t *const *group, const size_t *n_groups);
/* The same of plain arrays, which are copied: x is n × k, row by row; weights NULL: 1. */
struct regression regression_of_rows(size_t n, size_t k, const double *x, const double *y,
                                     const double *weights, size_t n_dimensions, const size_t *const *group,
                                     const size_t *n_groups);
void regression_clear(struct regression *regression);
/* What the kernels of inference take of it; clusters, periods and places are to be added. */
struct uf_covariance_input regression_input(const struct regression *regression);
/* The covariance with clusters (0 to 2 of them). */
struct uf_covariance regression_covariance(const struct regression *regression, enum uf_covariance_kind kind,
                                           enum uf_k_rule k_rule, enum uf_df_rule df_rule, size_t n_clusters,
                                           const size_t *const *cluster, const size_t *n_groups);
/* One entry of a peer's results file against a covariance, which is cleared: standard errors, and df, p and
 * limits where the entry has them. */
void regression_compare(const json_t *results, const char *entry, const struct regression *regression,
                        struct uf_covariance covariance);
/* Numbers the distinct texts of a CSV column from 0 in order of appearance; n_rows numbers, free() them. */
size_t *csv_groups(const struct raw_csv *csv, const char *name, size_t *out_count);
#endif
