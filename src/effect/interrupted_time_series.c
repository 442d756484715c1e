// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/interrupted_time_series.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void uf_its_clear(struct uf_its *its)
{
    if (its) uf_serial_fit_clear(&its->fit);
}

static gsl_matrix *columns_of(const struct uf_its_series *series, struct uf_error *error)
{
    size_t *column = calloc(series->n_parts + 1, sizeof *column), count = UF_ITS_COLUMNS, first = SIZE_MAX;
    if (!column) return (void)uf_fail_memory(error), NULL;
    for (size_t i = 0; i < series->n && series->part; i++) {
        column[series->part[i]] = 1;
        if (series->part[i] < first) first = series->part[i];
    }
    for (size_t s = 0; s < series->n_parts; s++)
        if (column[s] && s != first) column[s] = count++;
    gsl_matrix *x = gsl_matrix_calloc(series->n, count);
    for (size_t i = 0; x && i < series->n; i++) {
        double since = (double)(series->time[i] - series->start);
        gsl_matrix_set(x, i, UF_ITS_CONSTANT, 1);
        gsl_matrix_set(x, i, UF_ITS_TREND, since);
        if (since >= 0) {
            gsl_matrix_set(x, i, UF_ITS_LEVEL, 1);
            gsl_matrix_set(x, i, UF_ITS_SLOPE, since);
        }
        if (series->part && series->part[i] != first) gsl_matrix_set(x, i, column[series->part[i]], 1);
    }
    free(column);
    if (!x) (void)uf_fail_memory(error);
    return x;
}

uf_status uf_its_fit(const struct uf_its_series *series, const struct uf_serial_options *options,
                     struct uf_its *out, struct uf_error *error)
{
    struct uf_its its = {0};
    for (size_t i = 0; i < series->n; i++) {
        its.n_before += series->time[i] < series->start;
        its.n_after += series->time[i] >= series->start;
    }
    if (its.n_before < 2 || its.n_after < 1)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "a trend needs two periods before the start and one from it on; found %zu and %zu",
                       its.n_before, its.n_after);
    gsl_matrix *x = columns_of(series, error);
    if (!x) return UF_NO_MEMORY;
    gsl_vector_const_view y = gsl_vector_const_view_array(series->outcome, series->n);
    uf_status status = uf_serial_fit(x, &y.vector, series->time, options, &its.fit, error);
    gsl_matrix_free(x);
    if (status == UF_OK) *out = its;
    return status;
}

/* The combination that a departure, or the slope, is. */
static double *combination(const struct uf_its *its, const struct uf_its_series *series, double time,
                           bool slope)
{
    double *c = calloc(its->fit.k, sizeof *c);
    if (!c) return NULL;
    if (!slope) c[UF_ITS_LEVEL] = 1;
    /* without a slope where time is the start: also where no slope could be told */
    c[UF_ITS_SLOPE] = slope ? 1 : time - (double)series->start;
    return c;
}

void uf_its_departure(const struct uf_its *its, const struct uf_its_series *series, double time,
                      double *out_estimate, double *out_variance)
{
    double since = time - (double)series->start;
    const gsl_matrix *v = its->fit.covariance;
    *out_estimate = gsl_vector_get(its->fit.coefficients, UF_ITS_LEVEL);
    *out_variance = gsl_matrix_get(v, UF_ITS_LEVEL, UF_ITS_LEVEL);
    if (since == 0) return; /* also where no slope could be told */
    *out_estimate += since * gsl_vector_get(its->fit.coefficients, UF_ITS_SLOPE);
    *out_variance += 2 * since * gsl_matrix_get(v, UF_ITS_LEVEL, UF_ITS_SLOPE) +
                     since * since * gsl_matrix_get(v, UF_ITS_SLOPE, UF_ITS_SLOPE);
}

struct uf_t_test uf_its_test(const struct uf_its *its, const struct uf_its_series *series, double time,
                             bool slope, double level)
{
    struct uf_t_test test = {NAN, NAN, NAN, NAN, NAN, NAN};
    double *c = combination(its, series, time, slope);
    if (c) test = uf_serial_test(&its->fit, c, level);
    free(c);
    return test;
}

uf_status uf_its_size(const struct uf_its_series *series, const struct uf_serial_options *options, double rho,
                      size_t draws, uint64_t seed, double *out_share, struct uf_error *error)
{
    double since = 0;
    size_t after = 0;
    gsl_matrix *x = columns_of(series, error);
    if (!x) return UF_NO_MEMORY;
    double *c = calloc(x->size2, sizeof *c);
    for (size_t i = 0; i < series->n; i++)
        if (series->time[i] >= series->start) since += (double)(series->time[i] - series->start), after++;
    uf_status status = c ? UF_OK : uf_fail_memory(error);
    if (c) {
        c[UF_ITS_LEVEL] = 1;
        c[UF_ITS_SLOPE] = after > 0 ? since / (double)after : 0;
        status = uf_serial_size(x, series->time, c, options, rho, 0.05, draws, seed, out_share, error);
    }
    gsl_matrix_free(x);
    free(c);
    return status;
}
