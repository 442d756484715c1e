// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/concentration.h>

#include <math.h>
#include <stdlib.h>
#include <utfall/specialisation.h>

#include "base/fail.h"
#include "profile/activity_sums.h"

static double sum_of(const double *value, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += value[i];
    return sum;
}

/* Σ (s − x)²; NaN where a sum is 0 or missing. */
static double raw_concentration(const double *sector, const double *reference, size_t n)
{
    const double sector_sum = sum_of(sector, n), reference_sum = sum_of(reference, n);
    if (!(sector_sum > 0) || !(reference_sum > 0)) return NAN;
    double raw = 0;
    for (size_t i = 0; i < n; i++) {
        double difference = sector[i] / sector_sum - reference[i] / reference_sum;
        raw += difference * difference;
    }
    return raw;
}

uf_status uf_concentration_of(const double *sector, const double *reference, size_t n,
                              struct uf_concentration *out, struct uf_error *error)
{
    struct uf_specialisation mirror;
    UF_TRY(uf_specialisation_of(sector, reference, n, &mirror, error));
    *out = (struct uf_concentration){
        .gini = mirror.gini,
        .hoover = mirror.krugman / 2,
        .krugman = mirror.krugman,
        .theil = mirror.theil,
        .herfindahl = mirror.herfindahl,
        .herfindahl_normalised = mirror.herfindahl_normalised,
        .raw = raw_concentration(sector, reference, n),
    };
    return UF_OK;
}

uf_status uf_concentration(const struct uf_activity *activity, struct uf_concentration *out,
                           struct uf_error *error)
{
    UF_TRY(uf_activity_check(activity, UF_REFERENCE_NATION, error));
    struct uf_activity_sums sums;
    UF_TRY(uf_activity_sums_new(activity, &sums, error));
    struct uf_concentration *found = calloc(sums.n_sectors, sizeof *found);
    double *column = malloc(sums.n_regions * sizeof *column);
    uf_status status = found == NULL || column == NULL ? uf_fail_memory(error) : UF_OK;
    for (size_t s = 0; status == UF_OK && s < sums.n_sectors; s++) {
        for (size_t r = 0; r < sums.n_regions; r++) column[r] = gsl_matrix_get(activity->value, r, s);
        status = uf_concentration_of(column, sums.denominator, sums.n_regions, &found[s], error);
    }
    for (size_t s = 0; status == UF_OK && s < sums.n_sectors; s++) out[s] = found[s];
    free(column);
    free(found);
    uf_activity_sums_clear(&sums);
    return status;
}

static int descending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a < b) - (a > b);
}

uf_status uf_top_share(const double *value, size_t n, size_t k, double *out, struct uf_error *error)
{
    if (k == 0 || k > n)
        return uf_fail(error, UF_BAD_USAGE, "The %zu largest of %zu values cannot be taken: give 1 to %zu.",
                       k, n, n);
    const double sum = sum_of(value, n);
    if (!(sum > 0)) {
        *out = NAN;
        return UF_OK;
    }
    double *sorted = malloc(n * sizeof *sorted);
    if (sorted == NULL) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) sorted[i] = value[i];
    qsort(sorted, n, sizeof *sorted, descending);
    *out = sum_of(sorted, k) / sum;
    free(sorted);
    return UF_OK;
}

uf_status uf_plant_herfindahl(const double *plant, size_t n, double *out, struct uf_error *error)
{
    for (size_t i = 0; i < n; i++)
        if (plant[i] < 0 || isinf(plant[i]))
            return uf_fail(error, UF_BAD_INPUT,
                           "Plant %zu (counted from 1) has the size %g: sizes are at least 0.", i + 1,
                           plant[i]);
    const double sum = sum_of(plant, n);
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += (plant[i] / sum) * (plant[i] / sum);
    *out = sum > 0 ? squares : NAN;
    return UF_OK;
}

uf_status uf_ellison_glaeser(const double *sector, const double *reference, size_t n, double plant_herfindahl,
                             struct uf_ellison_glaeser *out, struct uf_error *error)
{
    if (plant_herfindahl <= 0 || plant_herfindahl > 1)
        return uf_fail(
            error, UF_BAD_USAGE,
            "The Herfindahl index of plant sizes is %g; it lies above 0 and is at most 1. It is formed over "
            "plants, not over regions.",
            plant_herfindahl);
    struct uf_concentration concentration; /* checks signs and n */
    UF_TRY(uf_concentration_of(sector, reference, n, &concentration, error));
    const double reference_sum = sum_of(reference, n);
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += (reference[i] / reference_sum) * (reference[i] / reference_sum);
    const double spread = 1 - squares, scale = spread * (1 - plant_herfindahl);
    struct uf_ellison_glaeser found = {.raw = concentration.raw, .expected = spread * plant_herfindahl};
    found.gamma = scale > 0 ? (found.raw - found.expected) / scale : NAN;
    *out = found;
    return UF_OK;
}
