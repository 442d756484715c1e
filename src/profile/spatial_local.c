// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/spatial.h>

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/spatial_internal.h"

/* Sums over the row of one region. */
struct row {
    double weights, squares, lag; /* Σ w, Σ w², Σ w z */
    size_t neighbours;
};

static struct row row_of(const struct uf_spatial_weights *weights, const double *z, size_t i)
{
    struct row row = {0, 0, 0, weights->start[i + 1] - weights->start[i]};
    for (size_t l = weights->start[i]; l < weights->start[i + 1]; l++) {
        row.weights += weights->weight[l];
        row.squares += gsl_pow_2(weights->weight[l]);
        row.lag += weights->weight[l] * z[weights->neighbour[l]];
    }
    return row;
}

static struct uf_local_moran local_moran(const struct spatial_values *v, const struct row *row, double z)
{
    const struct uf_spatial_moments none = {NAN, NAN, NAN};
    if (row->neighbours == 0) return (struct uf_local_moran){NAN, NAN, none, NAN, none};
    const double n = (double)v->n, statistic = z * row->lag / v->m2, both = row->weights * row->weights;
    double given = -z * z * row->weights / ((n - 1) * v->m2), total = -row->weights / (n - 1);
    double given_variance =
        gsl_pow_2(z / v->m2) * n / (n - 2) * (row->squares - both / (n - 1)) * (v->m2 - z * z / (n - 1));
    double total_variance = (n - v->b2) / (n - 1) * row->squares +
                            (2 * v->b2 - n) / ((n - 1) * (n - 2)) * (both - row->squares) - total * total;
    return (struct uf_local_moran){statistic, given, spatial_moments(statistic, given, given_variance), total,
                                   spatial_moments(statistic, total, total_variance)};
}

uf_status uf_local_moran(const struct uf_spatial_weights *weights, const double *x,
                         struct uf_local_moran *out, struct uf_error *error)
{
    struct spatial_values values;
    UF_TRY(spatial_values_new(weights, x, &values, error));
    for (size_t i = 0; i < weights->n; i++) {
        const struct row row = row_of(weights, values.z, i);
        out[i] = local_moran(&values, &row, values.z[i]);
    }
    free(values.z);
    return UF_OK;
}

uf_status uf_local_getis_ord(const struct uf_spatial_weights *weights, const double *x, bool star,
                             double *out, struct uf_error *error)
{
    struct spatial_values values;
    UF_TRY(spatial_values_new(weights, x, &values, error));
    const double n = (double)values.n;
    for (size_t i = 0; i < weights->n; i++) {
        struct row row = row_of(weights, values.z, i);
        out[i] = NAN;
        if (row.neighbours == 0) continue;
        /* Of deviations from the mean of all: mean and variance of those that count, all or all but one. */
        double z = values.z[i], mean = 0, variance = values.m2, count = n;
        if (star) {
            double own = row.weights / (double)row.neighbours;
            row.weights += own, row.squares += own * own, row.lag += own * z;
        } else {
            count = n - 1;
            mean = -z / count;
            variance = (n * values.m2 - z * z) / count - mean * mean;
        }
        double spread = variance * (count * row.squares - row.weights * row.weights) / (count - 1);
        if (spread > SPATIAL_TIE * values.m2 * row.squares)
            out[i] = (row.lag - row.weights * mean) / sqrt(spread);
    }
    free(values.z);
    return UF_OK;
}

void uf_spatial_quadrants(const struct uf_spatial_weights *weights, const double *x,
                          enum uf_spatial_quadrant *out)
{
    double mean = 0;
    for (size_t i = 0; i < weights->n; i++) mean += x[i] / (double)weights->n;
    for (size_t i = 0; i < weights->n; i++) {
        double lag = 0;
        for (size_t l = weights->start[i]; l < weights->start[i + 1]; l++)
            lag += weights->weight[l] * (x[weights->neighbour[l]] - mean);
        bool high = x[i] > mean;
        out[i] = lag > 0 ? (high ? UF_SPATIAL_HIGH_HIGH : UF_SPATIAL_LOW_HIGH)
                         : (high ? UF_SPATIAL_HIGH_LOW : UF_SPATIAL_LOW_LOW);
        if (weights->start[i] == weights->start[i + 1]) out[i] = UF_SPATIAL_NONE;
    }
}

/* --- many tests -------------------------------------------------------------------------------- */

struct ranked {
    double p;
    size_t place;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return (x->p > y->p) - (x->p < y->p);
}

uf_status uf_false_discovery_rate(const double *p, size_t n, double *out_q, struct uf_error *error)
{
    struct ranked *ranked = malloc((n + 1) * sizeof *ranked);
    if (!ranked) return uf_fail_memory(error);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        out_q[i] = NAN;
        if (!isnan(p[i])) ranked[count++] = (struct ranked){p[i], i};
    }
    qsort(ranked, count, sizeof *ranked, compare_ranked);
    double least = 1;
    for (size_t r = count; r-- > 0;) {
        least = fmin(least, ranked[r].p * (double)count / (double)(r + 1));
        out_q[ranked[r].place] = least;
    }
    free(ranked);
    return UF_OK;
}
