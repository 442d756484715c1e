// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_PROJECTION_H
#define UTFALL_TESTS_PROJECTION_H
/* For twins that write a definition out: N × N matrices. All results are the test's to free. */
#include <gsl/gsl_matrix.h>

/* I − H (n × n) of x (n × k, row by row) and the dummies of all groups, on the √w scale; weights NULL: 1. */
gsl_matrix *projection_residual_maker(size_t n, size_t k, const double *x, const double *weights,
                                      size_t n_dimensions, const size_t *const *group,
                                      const size_t *n_groups);
/* A symmetric S to the power, without its null space. */
gsl_matrix *projection_power(const gsl_matrix *s, double power);
#endif
