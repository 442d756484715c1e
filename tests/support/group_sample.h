// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_GROUP_SAMPLE_H
#define UTFALL_TESTS_GROUP_SAMPLE_H
/* A small sample with cohorts, covariates, weights and clusters, for tests of the group-time kernels. */
#include <stddef.h>
#include <utfall/callaway_santanna.h>

enum { UNITS = 60, PERIODS = 6, COVARIATES = 2, CLUSTERS = 12, MOST = 4 * UNITS * PERIODS };

/* Cohorts start in periods 2, 3 and 5; a third of the units is never treated. */
struct group_sample {
    struct uf_did_data data;
    size_t unit[MOST], period[MOST], first[4 * UNITS], cluster[MOST];
    double outcome[MOST], weights[MOST];
    gsl_matrix *covariates;
};
/* With `k` of the covariates. Rows are sorted by period, then by unit. */
struct group_sample *group_sample_new(size_t k);
void group_sample_free(struct group_sample *sample);

/* What must succeed; the caller clears it. */
struct uf_group_time group_sample_estimate(const struct group_sample *sample,
                                           const struct uf_group_time_options *options);
struct uf_average group_average(const struct uf_group_time *group_time, enum uf_average_kind kind);
double group_sample_average_of(const struct group_sample *sample, const struct uf_group_time_options *options,
                               enum uf_average_kind kind);

enum { P = COVARIATES + 1 };
/* b becomes the solution of m b = b; m is lost. */
void group_solve(double m[P][P], double b[P]);
#endif
