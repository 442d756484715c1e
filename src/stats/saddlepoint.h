// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_SADDLEPOINT_H
#define UTFALL_STATS_SADDLEPOINT_H
/* The parts of uf_saddlepoint_test. */
#include <utfall/covariance.h>

/* Lugannani and Rice's formula at the saddlepoint s. */
double saddlepoint_p_at(double x, const double *lambda, size_t count, double s);
/* The eigenvalues λ, one for each cluster with observations; free() them. */
uf_status saddlepoint_weights(const struct uf_covariance_input *input,
                              const struct uf_covariance_options *options, const gsl_vector *combination,
                              double **out, size_t *out_count, struct uf_error *error);
#endif
