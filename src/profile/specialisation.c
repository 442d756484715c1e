// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/specialisation.h>

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/activity_sums.h"

struct share_pair {
    double region, reference;
};

static double sum_of(const double *value, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += value[i];
    return sum;
}

/* By location quotient, compared crosswise so that a reference share of 0 needs no division. A pair of zeros
 * would be equal to all others, which is no order: the caller leaves those out. */
static int by_quotient(const void *left, const void *right)
{
    const struct share_pair *a = left, *b = right;
    double difference = a->region * b->reference - b->region * a->reference;
    return (difference > 0) - (difference < 0);
}

/* 1 − Σ Δz·(y_k + y_{k−1}), y and z the cumulated shares of region and reference (the trapezoid rule is exact
 * here). */
static double lorenz_gini(struct share_pair *pair, size_t n)
{
    size_t held = 0;
    for (size_t i = 0; i < n; i++)
        if (pair[i].region > 0 || pair[i].reference > 0) pair[held++] = pair[i];
    qsort(pair, held, sizeof *pair, by_quotient);
    double area = 0, cumulated = 0;
    for (size_t i = 0; i < held; i++) {
        area += pair[i].reference * (2 * cumulated + pair[i].region);
        cumulated += pair[i].region;
    }
    double gini = 1 - area;
    return gini < 0 ? 0 : gini; /* equal structures: rounding alone */
}

static struct uf_specialisation nothing(void)
{
    return (struct uf_specialisation){.krugman = NAN,
                                      .dissimilarity = NAN,
                                      .herfindahl = NAN,
                                      .herfindahl_normalised = NAN,
                                      .hachman = NAN,
                                      .gini = NAN,
                                      .theil = NAN,
                                      .entropy = NAN,
                                      .entropy_log2 = NAN};
}

/* The part that looks at the region alone. */
static void describe_shares(const struct share_pair *pair, size_t n, struct uf_specialisation *out)
{
    double squares = 0, entropy = 0;
    for (size_t i = 0; i < n; i++) {
        double share = pair[i].region;
        squares += share * share;
        if (share > 0) entropy -= share * log(share);
        if (share > 0) out->sectors_present++;
    }
    const double equal = 1.0 / (double)n;
    out->herfindahl = squares;
    out->herfindahl_normalised = n > 1 ? (squares - equal) / (1 - equal) : NAN;
    out->entropy = entropy;
    out->entropy_log2 = entropy / M_LN2;
}

/* The part that compares with the reference; drops and sorts pairs. */
static void compare_shares(struct share_pair *pair, size_t n, struct uf_specialisation *out)
{
    double distance = 0, chi = 0, divergence = 0;
    bool outside = false; /* the region has a sector that the reference lacks */
    for (size_t i = 0; i < n; i++) {
        double s = pair[i].region, q = pair[i].reference;
        distance += fabs(s - q);
        if (s > 0 && q > 0) {
            chi += s * (s / q);
            divergence += s * log(s / q);
        } else if (s > 0) {
            outside = true;
        }
    }
    out->krugman = distance;
    out->dissimilarity = 50 * distance;
    out->hachman = outside ? 0 : 1 / chi;
    out->theil = outside ? NAN : divergence;
    out->gini = lorenz_gini(pair, n);
}

/* `pair` is room for n pairs; values are not yet shares. */
static void indices(const double *region, const double *reference, size_t n, struct share_pair *pair,
                    struct uf_specialisation *out)
{
    *out = nothing();
    const double region_sum = sum_of(region, n), reference_sum = sum_of(reference, n);
    if (!(region_sum > 0)) return; /* empty or missing */
    for (size_t i = 0; i < n; i++)
        pair[i] = (struct share_pair){region[i] / region_sum, reference[i] / reference_sum};
    describe_shares(pair, n, out);
    if (reference_sum > 0) compare_shares(pair, n, out);
}

static uf_status check_vector(const double *value, size_t n, const char *what, struct uf_error *error)
{
    for (size_t i = 0; i < n; i++)
        if (value[i] < 0 || isinf(value[i]))
            return uf_fail(error, UF_BAD_INPUT,
                           "%s holds %g (sector %zu, counted from 1): shares need values of at "
                           "least 0.",
                           what, value[i], i + 1);
    return UF_OK;
}

uf_status uf_specialisation_of(const double *region, const double *reference, size_t n,
                               struct uf_specialisation *out, struct uf_error *error)
{
    if (n == 0) return uf_fail(error, UF_BAD_USAGE, "Specialisation needs at least one sector.");
    UF_TRY(check_vector(region, n, "The region", error));
    UF_TRY(check_vector(reference, n, "The reference", error));
    struct share_pair *pair = malloc(n * sizeof *pair);
    if (pair == NULL) return uf_fail_memory(error);
    indices(region, reference, n, pair, out);
    free(pair);
    return UF_OK;
}

uf_status uf_specialisation(const struct uf_activity *activity, enum uf_reference reference,
                            struct uf_specialisation *out, struct uf_error *error)
{
    UF_TRY(uf_activity_check(activity, reference, error));
    struct uf_activity_sums sums;
    UF_TRY(uf_activity_sums_new(activity, &sums, error));
    const size_t n = sums.n_sectors;
    double *row = malloc(2 * n * sizeof *row);
    struct share_pair *pair = malloc(n * sizeof *pair);
    uf_status status = row == NULL || pair == NULL ? uf_fail_memory(error) : UF_OK;
    for (size_t r = 0; status == UF_OK && r < sums.n_regions; r++) {
        for (size_t s = 0; s < n; s++) {
            row[s] = gsl_matrix_get(activity->value, r, s);
            if (sums.whole != NULL)
                row[n + s] = sums.whole[s];
            else
                row[n + s] = reference == UF_REFERENCE_REST ? fdim(sums.sector[s], row[s]) : sums.sector[s];
        }
        indices(row, row + n, n, pair, &out[r]);
    }
    free(pair);
    free(row);
    uf_activity_sums_clear(&sums);
    return status;
}

/* Bounds of a/(a+b) for a in [a0, a1], b in [b0, b1]; NaN where the sum may be 0. */
static void share_bounds(double a0, double a1, double b0, double b1, double *low, double *high)
{
    *low = a0 + b1 > 0 ? a0 / (a0 + b1) : NAN;
    *high = a1 + b0 > 0 ? a1 / (a1 + b0) : NAN;
}

uf_status uf_krugman_band(const struct uf_activity *low, const struct uf_activity *high,
                          enum uf_reference reference, gsl_vector *out_low, gsl_vector *out_high,
                          struct uf_error *error)
{
    UF_TRY(uf_activity_check_pair(low, high, reference, error));
    if (out_low->size != low->value->size1 || out_high->size != low->value->size1)
        return uf_fail(error, UF_BAD_USAGE, "The bounds' vectors need one element per region.");
    struct uf_activity_sums l, h;
    UF_TRY(uf_activity_sums_new(low, &l, error));
    uf_status status = uf_activity_sums_new(high, &h, error);
    if (status != UF_OK) {
        uf_activity_sums_clear(&l);
        return status;
    }
    for (size_t r = 0; r < l.n_regions; r++) {
        double nearest = 0, farthest = 0;
        for (size_t s = 0; s < l.n_sectors; s++) {
            double a0 = gsl_matrix_get(low->value, r, s), a1 = gsl_matrix_get(high->value, r, s);
            double c0 = l.sector[s], c1 = h.sector[s], all0 = l.cells, all1 = h.cells;
            if (l.whole != NULL) {
                c0 = l.whole[s], c1 = h.whole[s], all0 = l.whole_cells, all1 = h.whole_cells;
            } else if (reference == UF_REFERENCE_REST) {
                c0 -= a0, c1 -= a1, all0 -= l.region[r], all1 -= h.region[r];
            }
            double s0, s1, q0, q1;
            share_bounds(a0, a1, l.region[r] - a0, h.region[r] - a1, &s0, &s1);
            share_bounds(c0, c1, all0 - c0, all1 - c1, &q0, &q1);
            if (isnan(s0 + s1 + q0 + q1)) {
                nearest = farthest = NAN;
                break;
            }
            nearest += fmax(0, fmax(s0 - q1, q0 - s1));
            farthest += fmax(s1 - q0, q1 - s0);
        }
        gsl_vector_set(out_low, r, nearest);
        gsl_vector_set(out_high, r, farthest > 2 ? 2 : farthest);
    }
    uf_activity_sums_clear(&l);
    uf_activity_sums_clear(&h);
    return UF_OK;
}
