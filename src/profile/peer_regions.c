// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/peer_regions.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/least_squares.h>

#include "base/fail.h"
#include "profile/deviation_bounds.h"

static bool is_whole(const gsl_matrix *x, size_t r)
{
    for (size_t j = 0; j < x->size2; j++)
        if (isnan(gsl_matrix_get(x, r, j))) return false;
    return true;
}

/* --- standardising ----------------------------------------------------------------------------- */

/* Mean and deviation (n − 1) of each attribute over whole rows. */
static uf_status find_scale(const gsl_matrix *x, double *mean, double *deviation, size_t *out_column,
                            struct uf_error *error)
{
    size_t n = 0;
    for (size_t r = 0; r < x->size1; r++) n += is_whole(x, r);
    if (n < 2)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "%zu of %zu regions have all attributes; a standard deviation needs at least 2", n,
                       x->size1);
    for (size_t j = 0; j < x->size2; j++) {
        double sum = 0, squares = 0, largest = 0;
        for (size_t r = 0; r < x->size1; r++)
            if (is_whole(x, r)) sum += gsl_matrix_get(x, r, j);
        mean[j] = sum / (double)n;
        for (size_t r = 0; r < x->size1; r++) {
            if (!is_whole(x, r)) continue;
            squares += pow(gsl_matrix_get(x, r, j) - mean[j], 2);
            largest = fmax(largest, fabs(gsl_matrix_get(x, r, j)));
        }
        deviation[j] = sqrt(squares / (double)(n - 1));
        if (deviation[j] > 1e-13 * largest) continue;
        if (out_column) *out_column = j;
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "attribute %zu is the same in all regions, so that it has no standard deviation; leave "
            "it out",
            j + 1);
    }
    return UF_OK;
}

/* (Z'Z)⁻¹ of the z-scores of whole rows; refuses where the columns are collinear. */
static uf_status invert(const gsl_matrix *z, size_t *out_column, struct uf_least_squares *fit,
                        struct uf_error *error)
{
    size_t n = 0;
    for (size_t r = 0; r < z->size1; r++) n += is_whole(z, r);
    gsl_matrix *x = gsl_matrix_alloc(n, z->size2);
    gsl_vector *y = gsl_vector_calloc(n);
    uf_status status = x && y ? UF_OK : uf_fail_memory(error);
    for (size_t r = 0, i = 0; status == UF_OK && r < z->size1; r++) {
        if (!is_whole(z, r)) continue;
        for (size_t j = 0; j < z->size2; j++) gsl_matrix_set(x, i, j, gsl_matrix_get(z, r, j));
        i++;
    }
    /* What is left of a column that is another one rounded (the same sum in euro and in kronor) is noise. */
    const struct uf_least_squares_options options = {.tolerance = 1e-6};
    if (status == UF_OK) status = uf_least_squares_fit(x, y, NULL, &options, fit, error);
    if (status == UF_OK && fit->rank < z->size2) {
        if (out_column) *out_column = fit->dropped[0];
        status = uf_fail(
            error, UF_NOT_IDENTIFIED,
            "the covariance of %zu attributes over %zu regions has rank %zu: attribute %zu follows from "
            "those before it; leave it out, or use another distance",
            z->size2, n, fit->rank, fit->dropped[0] + 1);
    }
    gsl_matrix_free(x);
    gsl_vector_free(y);
    return status;
}

/* --- pairs ------------------------------------------------------------------------------------- */

static double euclidean(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sqrt(sum);
}

static double share_difference(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) sum += fabs(a[j] - b[j]);
    return sum;
}

static double share_overlap(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
        if (isnan(a[j]) || isnan(b[j])) return NAN;
        sum += fmin(a[j], b[j]);
    }
    return fmax(0, 1 - sum);
}

static double cosine(const double *a, const double *b, size_t n)
{
    double product = 0, left = 0, right = 0;
    for (size_t j = 0; j < n; j++) {
        product += a[j] * b[j];
        left += a[j] * a[j];
        right += b[j] * b[j];
    }
    return fmax(0, 1 - product / sqrt(left * right));
}

static double mahalanobis(const double *a, const double *b, const gsl_matrix *inverse, double factor)
{
    double sum = 0;
    for (size_t i = 0; i < inverse->size1; i++)
        for (size_t j = 0; j < inverse->size2; j++)
            sum += (a[i] - b[i]) * gsl_matrix_get(inverse, i, j) * (a[j] - b[j]);
    return sqrt(fmax(0, factor * sum));
}

typedef double pair_function(const double *a, const double *b, size_t n);
static pair_function *const pairs[] = {[UF_DISTANCE_STANDARDISED_EUCLIDEAN] = euclidean,
                                       [UF_DISTANCE_SHARE_DIFFERENCE] = share_difference,
                                       [UF_DISTANCE_SHARE_OVERLAP] = share_overlap,
                                       [UF_DISTANCE_COSINE] = cosine};

static void fill(const gsl_matrix *x, enum uf_structural_distance kind, const struct uf_least_squares *fit,
                 gsl_matrix *out)
{
    for (size_t i = 0; i < x->size1; i++) {
        gsl_matrix_set(out, i, i, is_whole(x, i) ? 0 : (double)NAN);
        for (size_t j = 0; j < i; j++) {
            const double *a = gsl_matrix_const_ptr(x, i, 0), *b = gsl_matrix_const_ptr(x, j, 0);
            double d = kind == UF_DISTANCE_MAHALANOBIS ? mahalanobis(a, b, fit->inverse, (double)(fit->n - 1))
                                                       : pairs[kind](a, b, x->size2);
            gsl_matrix_set(out, i, j, d);
            gsl_matrix_set(out, j, i, d);
        }
    }
}

/* Z-scores for the kinds that need them; else a copy. */
static uf_status scaled(const gsl_matrix *x, bool standardise, gsl_matrix **out, size_t *out_column,
                        struct uf_error *error)
{
    gsl_matrix *z = gsl_matrix_alloc(x->size1, x->size2);
    double *mean = calloc(2 * x->size2, sizeof *mean);
    uf_status status = z && mean ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && standardise) status = find_scale(x, mean, mean + x->size2, out_column, error);
    for (size_t r = 0; status == UF_OK && r < x->size1; r++)
        for (size_t j = 0; j < x->size2; j++) {
            double value = gsl_matrix_get(x, r, j);
            gsl_matrix_set(z, r, j, standardise ? (value - mean[j]) / mean[x->size2 + j] : value);
        }
    free(mean);
    if (status != UF_OK)
        gsl_matrix_free(z);
    else
        *out = z;
    return status;
}

uf_status uf_structural_distance(const gsl_matrix *attributes, enum uf_structural_distance kind,
                                 gsl_matrix *out, size_t *out_column, struct uf_error *error)
{
    gsl_matrix *z = NULL;
    struct uf_least_squares fit = {0};
    const bool standardise = kind <= UF_DISTANCE_MAHALANOBIS;
    if (out->size1 != attributes->size1 || out->size2 != attributes->size1)
        return uf_fail(error, UF_INTERNAL, "%zu regions, but room for %zu × %zu distances", attributes->size1,
                       out->size1, out->size2);
    UF_TRY(scaled(attributes, standardise, &z, out_column, error));
    uf_status status = UF_OK;
    if (kind == UF_DISTANCE_MAHALANOBIS) status = invert(z, out_column, &fit, error);
    if (status == UF_OK) fill(z, kind, &fit, out);
    uf_least_squares_clear(&fit);
    gsl_matrix_free(z);
    return status;
}

/* --- bounds ------------------------------------------------------------------------------------ */

/* The least and the largest |x| of an interval. */
static void size_of(double low, double high, double *least, double *largest)
{
    *least = fmax(0, fmax(low, -high));
    *largest = fmax(high, -low);
}

struct box {
    const gsl_matrix *low, *high;
    const struct deviation_bounds *deviations; /* a column each */
};

static void bound_pair(const struct box *box, size_t a, size_t b, enum uf_structural_distance kind,
                       double out[2])
{
    double sums[2] = {0, 0}, overlap[2] = {0, 0};
    for (size_t j = 0; j < box->low->size2; j++) {
        const double of_a[2] = {gsl_matrix_get(box->low, a, j), gsl_matrix_get(box->high, a, j)};
        const double of_b[2] = {gsl_matrix_get(box->low, b, j), gsl_matrix_get(box->high, b, j)};
        double gap[2] = {of_b[0] - of_a[1], of_b[1] - of_a[0]}, ends[2];
        if (box->deviations) deviation_bounds_gap(&box->deviations[j], of_a, of_b, gap);
        size_of(gap[0], gap[1], &ends[0], &ends[1]);
        for (int e = 0; e < 2; e++) {
            overlap[e] += fmin(of_a[e], of_b[e]);
            sums[e] += box->deviations ? ends[e] * ends[e] : ends[e];
        }
    }
    for (int e = 0; e < 2; e++) {
        out[e] = box->deviations ? sqrt(sums[e]) : fmin(2, sums[e]);
        if (kind == UF_DISTANCE_SHARE_OVERLAP) out[e] = fmin(1, fmax(0, 1 - overlap[1 - e]));
    }
}

static uf_status deviations_of(const gsl_matrix *attributes, const gsl_matrix *low, const gsl_matrix *high,
                               struct deviation_bounds **out, struct uf_error *error)
{
    bool *whole = calloc(attributes->size1 + 1, sizeof *whole);
    struct deviation_bounds *bounds = calloc(attributes->size2 + 1, sizeof *bounds);
    uf_status status = whole && bounds ? UF_OK : uf_fail_memory(error);
    for (size_t r = 0; status == UF_OK && r < attributes->size1; r++) whole[r] = is_whole(attributes, r);
    for (size_t j = 0; status == UF_OK && j < attributes->size2; j++)
        bounds[j] = deviation_bounds_of(low, high, j, whole);
    free(whole);
    if (status != UF_OK)
        free(bounds);
    else
        *out = bounds;
    return status;
}

uf_status uf_structural_distance_band(const gsl_matrix *attributes, const gsl_matrix *low,
                                      const gsl_matrix *high, enum uf_structural_distance kind,
                                      gsl_matrix *out_low, gsl_matrix *out_high, struct uf_error *error)
{
    if (kind == UF_DISTANCE_MAHALANOBIS || kind == UF_DISTANCE_COSINE)
        return uf_fail(error, UF_BAD_USAGE, "this distance has no bounds to give");
    const size_t n = attributes->size1;
    struct deviation_bounds *deviations = NULL;
    gsl_matrix *shown = gsl_matrix_alloc(n, n);
    uf_status status = shown ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = uf_structural_distance(attributes, kind, shown, NULL, error);
    if (status == UF_OK && kind == UF_DISTANCE_STANDARDISED_EUCLIDEAN)
        status = deviations_of(attributes, low, high, &deviations, error);
    const struct box box = {low, high, deviations};
    for (size_t a = 0; status == UF_OK && a < n; a++)
        for (size_t b = 0; b < n; b++) {
            const double as_shown = gsl_matrix_get(shown, a, b);
            double ends[2] = {0, 0};
            bool known = is_whole(attributes, a) && is_whole(attributes, b);
            if (known && a != b) bound_pair(&box, a, b, kind, ends);
            /* the last digits of the bounds are computed in another way than those of the distance */
            gsl_matrix_set(out_low, a, b, known ? fmin(ends[0], as_shown) : (double)NAN);
            gsl_matrix_set(out_high, a, b, known ? fmax(ends[1], as_shown) : (double)NAN);
        }
    gsl_matrix_free(shown);
    free(deviations);
    return status;
}

size_t uf_nearest_regions(const gsl_matrix *distance, size_t region, const bool *allowed, size_t k,
                          size_t *out)
{
    const double *d = gsl_matrix_const_ptr(distance, region, 0);
    size_t count = 0, last = SIZE_MAX;
    while (count < k) {
        size_t best = SIZE_MAX;
        for (size_t j = 0; j < distance->size2; j++) {
            if (j == region || isnan(d[j]) || (allowed && !allowed[j])) continue;
            /* those taken already come before `last` in the order of distance, then number */
            if (last != SIZE_MAX && (d[j] < d[last] || (last >= j && d[j] <= d[last]))) continue;
            if (best == SIZE_MAX || d[j] < d[best]) best = j;
        }
        if (best == SIZE_MAX) break;
        out[count++] = last = best;
    }
    return count;
}
