// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/seriation.h"

#include "base/fail.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static double mean_of(const double *row, size_t n)
{
    double sum = 0;
    size_t count = 0;
    for (size_t j = 0; j < n; j++)
        if (!isnan(row[j])) sum += row[j], count++;
    return count ? sum / (double)count : NAN;
}

/* NaN where the rows share no column. */
static double distance_of(const double *a, const double *b, size_t n)
{
    double sum = 0;
    size_t count = 0;
    for (size_t j = 0; j < n; j++) {
        double difference = a[j] - b[j];
        if (!isnan(difference)) sum += difference * difference, count++;
    }
    return count ? sqrt(sum / (double)count) : NAN;
}

static void reverse(size_t *order, size_t from, size_t to)
{
    for (; from < to; from++, to--) {
        size_t held = order[from];
        order[from] = order[to];
        order[to] = held;
    }
}

/* All distances, with the furthest pair's first row as the start; missing ones become the largest. */
static size_t fill_distances(const double *values, size_t n, size_t n_columns, double *distance)
{
    double largest = 0;
    size_t start = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < a; b++) {
            double d = distance_of(values + a * n_columns, values + b * n_columns, n_columns);
            distance[a * n + b] = distance[b * n + a] = d;
            if (d > largest) largest = d, start = b;
        }
    for (size_t i = 0; i < n * n; i++)
        if (isnan(distance[i])) distance[i] = largest;
    return start;
}

static void nearest_path(const double *distance, size_t n, size_t start, size_t *order)
{
    for (size_t i = 0; i < n; i++) order[i] = i;
    order[0] = start;
    order[start] = 0;
    for (size_t k = 1; k < n; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < n; i++) {
            double d = distance[order[k - 1] * n + order[i]],
                   least = distance[order[k - 1] * n + order[best]];
            if (d < least || (d == least && order[i] < order[best])) best = i;
        }
        size_t held = order[k];
        order[k] = order[best];
        order[best] = held;
    }
}

/* Turning the part from i to j changes only the steps into i and out of j; a path has none at its ends. */
static bool improve(const double *distance, size_t n, size_t *order)
{
    bool better = false;
    for (size_t i = 0; i + 1 < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            double before = 0, after = 0;
            if (i > 0) {
                before += distance[order[i - 1] * n + order[i]];
                after += distance[order[i - 1] * n + order[j]];
            }
            if (j + 1 < n) {
                before += distance[order[j] * n + order[j + 1]];
                after += distance[order[i] * n + order[j + 1]];
            }
            if (after < before - 1e-12 * (before + after)) {
                reverse(order, i, j);
                better = true;
            }
        }
    return better;
}

uf_status uf_seriation_order(const double *values, size_t n_rows, size_t n_columns, size_t *out_order,
                             struct uf_error *error)
{
    if (n_rows == 0) return UF_OK;
    double *distance = calloc(n_rows * n_rows, sizeof *distance);
    if (!distance) return uf_fail_memory(error);
    size_t start = fill_distances(values, n_rows, n_columns, distance);
    nearest_path(distance, n_rows, start, out_order);
    for (size_t round = 0; round < n_rows && improve(distance, n_rows, out_order); round++) {
    }
    free(distance);
    double first = mean_of(values + out_order[0] * n_columns, n_columns);
    double last = mean_of(values + out_order[n_rows - 1] * n_columns, n_columns);
    if (last > first) reverse(out_order, 0, n_rows - 1);
    return UF_OK;
}

struct ranked {
    size_t row;
    double mean;
};

static int by_mean(const void *a, const void *b)
{
    const struct ranked *p = a, *q = b;
    if (isnan(p->mean) != isnan(q->mean)) return isnan(p->mean) ? 1 : -1;
    if (p->mean != q->mean && !isnan(p->mean)) return p->mean > q->mean ? -1 : 1;
    return p->row < q->row ? -1 : 1;
}

uf_status uf_seriation_by_mean(const double *values, size_t n_rows, size_t n_columns, size_t *out_order,
                               struct uf_error *error)
{
    struct ranked *rows = calloc(n_rows + 1, sizeof *rows);
    if (!rows) return uf_fail_memory(error);
    for (size_t i = 0; i < n_rows; i++)
        rows[i] = (struct ranked){i, mean_of(values + i * n_columns, n_columns)};
    qsort(rows, n_rows, sizeof *rows, by_mean);
    for (size_t i = 0; i < n_rows; i++) out_order[i] = rows[i].row;
    free(rows);
    return UF_OK;
}
