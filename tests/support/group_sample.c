// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/group_sample.h"
#include "support/bench.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>

struct group_sample *group_sample_new(size_t k)
{
    static const size_t starts[] = {SIZE_MAX, 2, 3, SIZE_MAX, 5, 2};
    struct group_sample *s = calloc(1, sizeof *s);
    s->covariates = k ? gsl_matrix_alloc(MOST, k) : NULL;
    for (size_t u = 0; u < UNITS; u++) s->first[u] = starts[u / 2 % 6];
    for (size_t i = 0; i < UNITS * PERIODS; i++) {
        size_t u = i % UNITS, t = i / UNITS;
        s->unit[i] = u, s->period[i] = t, s->cluster[i] = u % CLUSTERS;
        s->weights[i] = 1.5 + bench_noise(8, u);
        double x = bench_noise(3, u) + (s->first[u] == SIZE_MAX ? 0 : 0.2), z = bench_noise(4, i);
        if (k > 0) gsl_matrix_set(s->covariates, i, 0, x);
        if (k > 1) gsl_matrix_set(s->covariates, i, 1, z);
        s->outcome[i] = bench_noise(1, i) + bench_noise(2, u) + 0.3 * (double)t * (1 + x) + 0.1 * z +
                        (s->first[u] <= t ? 0.4 : 0);
    }
    s->data = (struct uf_did_data){.n = UNITS * PERIODS,
                                   .n_units = UNITS,
                                   .n_periods = PERIODS,
                                   .unit = s->unit,
                                   .period = s->period,
                                   .outcome = s->outcome,
                                   .weights = s->weights,
                                   .first_period = s->first};
    s->data.covariates = s->covariates;
    return s;
}

void group_sample_free(struct group_sample *s)
{
    gsl_matrix_free(s->covariates);
    free(s);
}

struct uf_group_time group_sample_estimate(const struct group_sample *s,
                                           const struct uf_group_time_options *options)
{
    struct uf_group_time g;
    struct uf_error error;
    assert_ok(uf_group_time_estimate(&s->data, options, &g, &error), &error);
    return g;
}

struct uf_average group_average(const struct uf_group_time *g, enum uf_average_kind kind)
{
    struct uf_average a;
    struct uf_error error;
    assert_ok(uf_group_time_average(g, kind, NULL, &a, &error), &error);
    return a;
}

double group_sample_average_of(const struct group_sample *s, const struct uf_group_time_options *options,
                               enum uf_average_kind kind)
{
    struct uf_group_time g = group_sample_estimate(s, options);
    struct uf_average a = group_average(&g, kind);
    double value = a.estimate;
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    return value;
}

void group_solve(double m[P][P], double b[P])
{
    for (size_t j = 0; j < P; j++) { /* Gauss–Jordan */
        size_t pivot = j;
        for (size_t i = j; i < P; i++)
            if (fabs(m[i][j]) > fabs(m[pivot][j])) pivot = i;
        for (size_t l = 0; l < P; l++) {
            double keep = m[j][l];
            m[j][l] = m[pivot][l], m[pivot][l] = keep;
        }
        double keep = b[j];
        b[j] = b[pivot], b[pivot] = keep;
        for (size_t i = 0; i < P; i++) {
            if (i == j) continue;
            double f = m[i][j] / m[j][j];
            for (size_t l = 0; l < P; l++) m[i][l] -= f * m[j][l];
            b[i] -= f * b[j];
        }
    }
    for (size_t j = 0; j < P; j++) b[j] /= m[j][j];
}
