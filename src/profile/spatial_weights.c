// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/spatial.h>

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/spatial_internal.h"

void uf_spatial_weights_clear(struct uf_spatial_weights *weights)
{
    free(weights->start);
    free(weights->neighbour);
    free(weights->weight);
    *weights = (struct uf_spatial_weights){0};
}

static uf_status allocate(struct uf_spatial_weights *weights, size_t n, size_t n_links,
                          struct uf_error *error)
{
    *weights = (struct uf_spatial_weights){.n = n,
                                           .start = calloc(n + 1, sizeof *weights->start),
                                           .neighbour = malloc((n_links + 1) * sizeof *weights->neighbour),
                                           .weight = malloc((n_links + 1) * sizeof *weights->weight)};
    if (weights->start && weights->neighbour && weights->weight) return UF_OK;
    uf_spatial_weights_clear(weights);
    return uf_fail_memory(error);
}

static void count_islands(struct uf_spatial_weights *weights)
{
    weights->n_links = weights->start[weights->n];
    weights->n_islands = 0;
    for (size_t i = 0; i < weights->n; i++) weights->n_islands += weights->start[i] == weights->start[i + 1];
}

/* --- from links -------------------------------------------------------------------------------- */

struct link {
    size_t from, to;
    double weight;
    bool given; /* not the way back of another */
};

/* A link as given comes before the way back of another. */
static int compare_links(const void *a, const void *b)
{
    const struct link *x = a, *y = b;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    if (x->to != y->to) return x->to < y->to ? -1 : 1;
    return (int)y->given - (int)x->given;
}

static uf_status check_link(size_t n, const struct link *link, size_t place, struct uf_error *error)
{
    if (link->from >= n || link->to >= n)
        return uf_fail(error, UF_BAD_USAGE,
                       "Link %zu (counted from 1) names a region beyond the %zu there are.", place + 1, n);
    if (link->from == link->to)
        return uf_fail(error, UF_BAD_INPUT,
                       "Link %zu (counted from 1) makes region %zu a neighbour of itself; leave it out.",
                       place + 1, link->from + 1);
    if (!(link->weight >= 0) || isinf(link->weight))
        return uf_fail(error, UF_BAD_INPUT,
                       "Link %zu (counted from 1) has the weight %g; expected a number of at least 0.",
                       place + 1, link->weight);
    return UF_OK;
}

static uf_status gather(const struct link *links, size_t n_links, struct uf_spatial_weights *out,
                        struct uf_error *error)
{
    size_t kept = 0;
    for (size_t l = 0; l < n_links; l++) {
        const struct link *link = &links[l];
        if (l > 0 && links[l - 1].from == link->from && links[l - 1].to == link->to) {
            if (link->given && links[l - 1].weight != link->weight)
                return uf_fail(error, UF_BAD_INPUT,
                               "The link from region %zu to region %zu is given twice, with the weights %g "
                               "and %g; keep one.",
                               link->from + 1, link->to + 1, links[l - 1].weight, link->weight);
            continue;
        }
        if (!(link->weight > 0)) continue;
        out->neighbour[kept] = link->to;
        out->weight[kept++] = link->weight;
        out->start[link->from + 1]++;
    }
    for (size_t i = 0; i < out->n; i++) out->start[i + 1] += out->start[i];
    count_islands(out);
    return UF_OK;
}

uf_status uf_spatial_weights_from_links(size_t n, const size_t *from, const size_t *to, const double *weight,
                                        size_t n_links, bool both_ways, struct uf_spatial_weights *out,
                                        struct uf_error *error)
{
    struct link *links = malloc((2 * n_links + 1) * sizeof *links);
    if (!links) return uf_fail_memory(error);
    size_t count = 0;
    uf_status status = UF_OK;
    for (size_t l = 0; l < n_links && status == UF_OK; l++) {
        const struct link link = {from[l], to[l], weight ? weight[l] : 1, true};
        status = check_link(n, &link, l, error);
        links[count++] = link;
        if (both_ways) links[count++] = (struct link){link.to, link.from, link.weight, false};
    }
    struct uf_spatial_weights weights = {0};
    if (status == UF_OK) status = allocate(&weights, n, count, error);
    if (status == UF_OK) {
        qsort(links, count, sizeof *links, compare_links);
        status = gather(links, count, &weights, error);
    }
    free(links);
    if (status == UF_OK)
        *out = weights;
    else
        uf_spatial_weights_clear(&weights);
    return status;
}

/* --- from coordinates -------------------------------------------------------------------------- */

static double distance_between(const double *x, const double *y, size_t i, size_t j,
                               enum uf_distance_metric metric)
{
    if (metric == UF_DISTANCE_PLANAR) return hypot(x[i] - x[j], y[i] - y[j]);
    const double earth = 6371.0088, degree = M_PI / 180;
    double latitude = sin((y[i] - y[j]) / 2 * degree), longitude = sin((x[i] - x[j]) / 2 * degree);
    double part = latitude * latitude + cos(y[i] * degree) * cos(y[j] * degree) * longitude * longitude;
    return 2 * earth * asin(fmin(1, sqrt(part)));
}

static uf_status check_coordinates(const double *x, const double *y, size_t n, enum uf_distance_metric metric,
                                   struct uf_error *error)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i]))
            return uf_fail(error, UF_BAD_INPUT, "Region %zu (counted from 1) has no coordinates.", i + 1);
        if (metric == UF_DISTANCE_GREAT_CIRCLE && (fabs(x[i]) > 180 || fabs(y[i]) > 90))
            return uf_fail(error, UF_BAD_INPUT,
                           "Region %zu (counted from 1) has the coordinates %g, %g; expected longitude and "
                           "latitude in degrees. Metres are measured as planar.",
                           i + 1, x[i], y[i]);
    }
    return UF_OK;
}

struct away {
    double distance;
    size_t region;
};

static int compare_away(const void *a, const void *b)
{
    const struct away *x = a, *y = b;
    if (x->distance != y->distance) return x->distance < y->distance ? -1 : 1;
    return (x->region > y->region) - (x->region < y->region);
}

static int compare_size(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

uf_status uf_spatial_weights_k_nearest(const double *x, const double *y, size_t n, size_t k,
                                       enum uf_distance_metric metric, struct uf_spatial_weights *out,
                                       size_t *out_ties, struct uf_error *error)
{
    if (n < 2)
        return uf_fail(
            error, UF_BAD_INPUT,
            "There is %zu region with a value and a place, and so no neighbour; bring at least two.", n);
    if (k == 0 || k >= n)
        return uf_fail(error, UF_BAD_USAGE,
                       "Each of %zu regions cannot have %zu nearest others; give a number from 1 to %zu.", n,
                       k, n - 1);
    UF_TRY(check_coordinates(x, y, n, metric, error));
    struct away *others = malloc(n * sizeof *others);
    if (!others) return uf_fail_memory(error);
    struct uf_spatial_weights weights;
    uf_status status = allocate(&weights, n, n * k, error);
    size_t ties = 0;
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        size_t count = 0, *row = weights.neighbour + i * k;
        for (size_t j = 0; j < n; j++)
            if (j != i) others[count++] = (struct away){distance_between(x, y, i, j, metric), j};
        qsort(others, count, sizeof *others, compare_away);
        ties += k < count && !(others[k].distance > others[k - 1].distance);
        for (size_t j = 0; j < k; j++) row[j] = others[j].region, weights.weight[i * k + j] = 1;
        qsort(row, k, sizeof *row, compare_size);
        weights.start[i + 1] = (i + 1) * k;
    }
    free(others);
    if (status != UF_OK) return status;
    count_islands(&weights);
    *out = weights;
    if (out_ties) *out_ties = ties;
    return UF_OK;
}

uf_status uf_spatial_weights_distance_band(const double *x, const double *y, size_t n, double distance,
                                           enum uf_distance_metric metric, struct uf_spatial_weights *out,
                                           struct uf_error *error)
{
    if (!(distance > 0) || isinf(distance))
        return uf_fail(error, UF_BAD_USAGE, "A band of %g has no neighbours in it; give a distance above 0.",
                       distance);
    UF_TRY(check_coordinates(x, y, n, metric, error));
    size_t links = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (distance_between(x, y, i, j, metric) <= distance) links += 2;
    struct uf_spatial_weights weights;
    UF_TRY(allocate(&weights, n, links, error));
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            /* in the same order both times, so that rounding cannot make a link one-way */
            double apart = distance_between(x, y, i > j ? i : j, i > j ? j : i, metric);
            if (j == i || apart > distance) continue;
            weights.neighbour[count] = j;
            weights.weight[count++] = 1;
        }
        weights.start[i + 1] = count;
    }
    count_islands(&weights);
    *out = weights;
    return UF_OK;
}

/* --- what is done with them -------------------------------------------------------------------- */

double spatial_row_sum(const struct uf_spatial_weights *weights, size_t i)
{
    double sum = 0;
    for (size_t l = weights->start[i]; l < weights->start[i + 1]; l++) sum += weights->weight[l];
    return sum;
}

void uf_spatial_weights_row_standardise(struct uf_spatial_weights *weights)
{
    for (size_t i = 0; i < weights->n; i++) {
        double sum = spatial_row_sum(weights, i);
        for (size_t l = weights->start[i]; l < weights->start[i + 1]; l++) weights->weight[l] /= sum;
    }
}

uf_status uf_spatial_weights_subset(const struct uf_spatial_weights *weights, const bool *keep,
                                    struct uf_spatial_weights *out, struct uf_error *error)
{
    size_t *place = malloc((weights->n + 1) * sizeof *place), n = 0, count = 0;
    if (!place) return uf_fail_memory(error);
    for (size_t i = 0; i < weights->n; i++)
        if (keep[i]) place[i] = n++;
    struct uf_spatial_weights kept;
    uf_status status = allocate(&kept, n, weights->n_links, error);
    for (size_t i = 0; i < weights->n && status == UF_OK; i++) {
        if (!keep[i]) continue;
        for (size_t l = weights->start[i]; l < weights->start[i + 1]; l++) {
            if (!keep[weights->neighbour[l]]) continue;
            kept.neighbour[count] = place[weights->neighbour[l]];
            kept.weight[count++] = weights->weight[l];
        }
        kept.start[place[i] + 1] = count;
    }
    free(place);
    if (status != UF_OK) return status;
    count_islands(&kept);
    *out = kept;
    return UF_OK;
}

void uf_spatial_lag(const struct uf_spatial_weights *weights, const double *x, double *out)
{
    for (size_t i = 0; i < weights->n; i++) {
        out[i] = 0;
        for (size_t l = weights->start[i]; l < weights->start[i + 1]; l++)
            out[i] += weights->weight[l] * x[weights->neighbour[l]];
    }
}

/* w_ij, 0 where there is no link. */
static double weight_of(const struct uf_spatial_weights *weights, size_t i, size_t j)
{
    size_t low = weights->start[i], high = weights->start[i + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (weights->neighbour[middle] == j) return weights->weight[middle];
        if (weights->neighbour[middle] < j)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

void spatial_both_sums(const struct uf_spatial_weights *weights, double *out)
{
    for (size_t i = 0; i < weights->n; i++) out[i] = 0;
    for (size_t i = 0; i < weights->n; i++)
        for (size_t l = weights->start[i]; l < weights->start[i + 1]; l++) {
            out[i] += weights->weight[l];
            out[weights->neighbour[l]] += weights->weight[l];
        }
}

struct uf_spatial_constants spatial_constants_from(const struct uf_spatial_weights *weights,
                                                   const double *both)
{
    struct uf_spatial_constants c = {0, 0, 0};
    for (size_t i = 0; i < weights->n; i++) {
        c.s2 += gsl_pow_2(both[i]);
        for (size_t l = weights->start[i]; l < weights->start[i + 1]; l++) {
            double there = weights->weight[l], back = weight_of(weights, weights->neighbour[l], i);
            c.s0 += there;
            /* a one-way link stands for both ordered pairs */
            c.s1 += back > 0 ? gsl_pow_2(there + back) / 2 : gsl_pow_2(there);
        }
    }
    return c;
}

uf_status uf_spatial_constants(const struct uf_spatial_weights *weights, struct uf_spatial_constants *out,
                               struct uf_error *error)
{
    double *both = malloc((weights->n + 1) * sizeof *both);
    if (!both) return uf_fail_memory(error);
    spatial_both_sums(weights, both);
    *out = spatial_constants_from(weights, both);
    free(both);
    return UF_OK;
}
