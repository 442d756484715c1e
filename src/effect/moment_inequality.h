// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_MOMENT_INEQUALITY_H
#define UTFALL_EFFECT_MOMENT_INEQUALITY_H
/*
 * The test of E[Y] − X τ − a θ ≤ 0 for some τ, at a value of θ: conditional and hybrid (Andrews, Roth & Pakes
 * 2023). Rows are divided by their standard deviations, so that the dual's weights are shares: γ ≥ 0, Σγ = 1.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>

#include "stats/linear_programme.h"

struct moment_test {
    size_t rows, nuisances;
    gsl_vector *y, *slope;   /* rows: Y and a, over the standard deviations */
    gsl_matrix *correlation; /* rows × rows */
    gsl_matrix *root;        /* rows × n: what a draw of n independent normals is multiplied by */
    gsl_matrix *w;           /* rows × (1 + nuisances): 1, X over the standard deviations */
    struct linear_programme *programme;
    double critical, kappa; /* least favourable, of size kappa; kappa 0: not drawn yet */
    double alpha;
    gsl_vector *right, *dual, *other, *shift, *rest; /* rows: working memory */
};

/* Y = A β − d with covariance A Σ A', root = Σ^{1/2} (n × n); the parameter is weights'τ over the last columns
 * of A. UF_NOT_IDENTIFIED: a row without variance. */
uf_status moment_test_init(struct moment_test *out, const gsl_matrix *a, const gsl_vector *d,
                           const gsl_vector *estimate, const gsl_matrix *covariance, const gsl_matrix *root,
                           const gsl_vector *weights, double alpha, struct uf_error *error);
void moment_test_clear(struct moment_test *test);

/* The 1 − kappa quantile (type 7) of η at Y ~ N(0, correlation), over the draws (draws × n, independent
 * normals). Draws whose largest coordinate shows that they cannot matter are not solved. */
uf_status moment_test_least_favourable(struct moment_test *test, const gsl_matrix *draws, double kappa,
                                       struct uf_error *error);

/* No value that is accepted with a first stage of size kappa has a larger η than this, whatever the draws. */
double moment_test_critical_bound(const struct moment_test *test, double kappa);
/* η at a value. */
uf_status moment_test_statistic(struct moment_test *test, double value, double *eta, struct uf_error *error);
/* Is the value rejected: with `draws` by the hybrid with a first stage of size kappa, else by the conditional test. The
 * critical value is only drawn when it is needed, and then kept. */
uf_status moment_test_rejects(struct moment_test *test, double value, const gsl_matrix *draws, double kappa,
                              bool *out, struct uf_error *error);
/* The values whose η is at most `critical` are an interval: its ends, ±infinity; `empty` where there are none. */
uf_status moment_test_range(const struct moment_test *test, double critical, double *low, double *high,
                            bool *empty, struct uf_error *error);
#endif
