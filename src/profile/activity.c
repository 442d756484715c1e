// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/activity.h>

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/activity_sums.h"
#include "profile/shares.h"

static uf_status check_value(double value, const char *what, size_t region, size_t sector,
                             struct uf_error *error)
{
    if (isnan(value) || (value >= 0 && !isinf(value))) return UF_OK;
    return uf_fail(
        error, UF_BAD_INPUT,
        "Activity cannot be %g (%s, region %zu, sector %zu, counted from 1): shares need values of at "
        "least 0.",
        value, what, region + 1, sector + 1);
}

/* Whether any is negative or infinite; NaN is neither. Without a branch per cell. */
static bool has_bad_value(const double *value, size_t n)
{
    int bad = 0;
    for (size_t i = 0; i < n; i++) bad |= (value[i] < 0) | (value[i] > DBL_MAX);
    return bad != 0;
}

uf_status uf_activity_check(const struct uf_activity *activity, enum uf_reference reference,
                            struct uf_error *error)
{
    const gsl_matrix *value = activity->value;
    if (value == NULL || value->size1 == 0 || value->size2 == 0)
        return uf_fail(error, UF_BAD_USAGE, "An activity needs at least one region and one sector.");
    if (activity->total != NULL && activity->total->size != value->size1)
        return uf_fail(error, UF_BAD_USAGE, "There are %zu totals for %zu regions.", activity->total->size,
                       value->size1);
    if (activity->whole != NULL && activity->whole->size != value->size2)
        return uf_fail(error, UF_BAD_USAGE, "The reference row has %zu values for %zu sectors.",
                       activity->whole->size, value->size2);
    if (reference == UF_REFERENCE_REST && activity->whole != NULL)
        return uf_fail(
            error, UF_BAD_USAGE,
            "The rest of the nation is formed from the regions: leave the reference row out, or compare "
            "with the nation.");
    if (reference == UF_REFERENCE_REST && value->size1 == 1)
        return uf_fail(error, UF_BAD_USAGE, "A single region has no rest of the nation to be compared with.");
    for (size_t r = 0; r < value->size1; r++) {
        const double *row = gsl_matrix_const_ptr(value, r, 0);
        if (has_bad_value(row, value->size2))
            for (size_t s = 0; s < value->size2; s++) UF_TRY(check_value(row[s], "a cell", r, s, error));
        if (activity->total != NULL)
            UF_TRY(check_value(gsl_vector_get(activity->total, r), "a given total", r, 0, error));
    }
    if (activity->whole != NULL) {
        for (size_t s = 0; s < value->size2; s++)
            UF_TRY(check_value(gsl_vector_get(activity->whole, s), "the reference row", 0, s, error));
        if (activity->total != NULL)
            UF_TRY(check_value(activity->whole_total, "the reference row's total", 0, 0, error));
    }
    return UF_OK;
}

uf_status uf_activity_check_pair(const struct uf_activity *low, const struct uf_activity *high,
                                 enum uf_reference reference, struct uf_error *error)
{
    UF_TRY(uf_activity_check(low, reference, error));
    UF_TRY(uf_activity_check(high, reference, error));
    if (low->value->size1 != high->value->size1 || low->value->size2 != high->value->size2 ||
        (low->total == NULL) != (high->total == NULL) || (low->whole == NULL) != (high->whole == NULL))
        return uf_fail(error, UF_BAD_USAGE, "The lower and the upper bounds are not of one shape.");
    for (size_t r = 0; r < low->value->size1; r++)
        for (size_t s = 0; s < low->value->size2; s++)
            if (gsl_matrix_get(low->value, r, s) > gsl_matrix_get(high->value, r, s))
                return uf_fail(
                    error, UF_BAD_USAGE,
                    "The lower bound lies above the upper one (region %zu, sector %zu, counted from 1).",
                    r + 1, s + 1);
    return UF_OK;
}

uf_status uf_activity_check_output(const struct uf_activity *activity, const gsl_matrix *matrix,
                                   struct uf_error *error)
{
    if (matrix->size1 == activity->value->size1 && matrix->size2 == activity->value->size2) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE, "The result matrix is %zu × %zu; %zu × %zu is needed.", matrix->size1,
                   matrix->size2, activity->value->size1, activity->value->size2);
}

uf_status uf_activity_sums_new(const struct uf_activity *activity, struct uf_activity_sums *out,
                               struct uf_error *error)
{
    const size_t n_regions = activity->value->size1, n_sectors = activity->value->size2;
    struct uf_activity_sums sums = {.n_regions = n_regions, .n_sectors = n_sectors};
    sums.region = calloc(n_regions, sizeof *sums.region);
    sums.denominator = calloc(n_regions, sizeof *sums.denominator);
    sums.sector = calloc(n_sectors, sizeof *sums.sector);
    if (activity->whole != NULL) sums.whole = calloc(n_sectors, sizeof *sums.whole);
    if (sums.region == NULL || sums.denominator == NULL || sums.sector == NULL ||
        (activity->whole != NULL && sums.whole == NULL)) {
        uf_activity_sums_clear(&sums);
        return uf_fail_memory(error);
    }
    for (size_t r = 0; r < n_regions; r++) {
        const double *row = gsl_matrix_const_ptr(activity->value, r, 0);
        sums.region[r] = shares_sum(row, n_sectors);
        for (size_t s = 0; s < n_sectors; s++) sums.sector[s] += row[s];
        sums.denominator[r] = activity->total != NULL ? gsl_vector_get(activity->total, r) : sums.region[r];
        sums.cells += sums.region[r];
        sums.denominators += sums.denominator[r];
    }
    if (activity->whole != NULL) {
        for (size_t s = 0; s < n_sectors; s++) {
            sums.whole[s] = gsl_vector_get(activity->whole, s);
            sums.whole_cells += sums.whole[s];
        }
        sums.whole_denominator = activity->total != NULL ? activity->whole_total : sums.whole_cells;
    }
    *out = sums;
    return UF_OK;
}

void uf_activity_sums_clear(struct uf_activity_sums *sums)
{
    free(sums->region);
    free(sums->denominator);
    free(sums->sector);
    free(sums->whole);
    *sums = (struct uf_activity_sums){0};
}

uf_status uf_rounding_bounds(const gsl_matrix *value, double unit, gsl_matrix *out_low, gsl_matrix *out_high,
                             struct uf_error *error)
{
    if (!(unit >= 0) || isinf(unit))
        return uf_fail(error, UF_BAD_USAGE,
                       "A rounding unit of %g has no meaning: give 0 or a positive number.", unit);
    if (out_low->size1 != value->size1 || out_low->size2 != value->size2 || out_high->size1 != value->size1 ||
        out_high->size2 != value->size2)
        return uf_fail(error, UF_BAD_USAGE, "The bounds' matrices are not of the values' shape.");
    for (size_t r = 0; r < value->size1; r++) {
        for (size_t s = 0; s < value->size2; s++) {
            double x = gsl_matrix_get(value, r, s);
            double low = x - unit / 2; /* not fmax: NaN must stay NaN */
            gsl_matrix_set(out_low, r, s, low < 0 ? 0 : low);
            gsl_matrix_set(out_high, r, s, x + unit / 2);
        }
    }
    return UF_OK;
}
