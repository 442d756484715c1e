// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/concentration.h>

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/activity_sums.h"
#include "profile/shares.h"

/* Regions' values of a sector, with their sum; `reference` shares, or NULL where they cannot be formed. As with
 * specialisation, an empty or missing sector has no index at all. */
static void indices(const double *sector, double sum, const double *reference, size_t n,
                    struct shares_room *room, struct uf_concentration *out)
{
    *out = (struct uf_concentration){NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (!(sum > 0)) return;
    shares_form(sector, n, sum, room->own);
    const double equal = 1.0 / (double)n;
    out->herfindahl = 0;
    for (size_t i = 0; i < n; i++) out->herfindahl += room->own[i] * room->own[i];
    out->herfindahl_normalised = n > 1 ? (out->herfindahl - equal) / (1 - equal) : NAN;
    if (reference == NULL) return;
    struct shares_compared x;
    shares_compare(room->own, reference, n, room, &x);
    out->gini = x.gini;
    out->hoover = x.distance / 2;
    out->krugman = x.distance;
    out->theil = x.outside ? NAN : x.divergence;
    out->raw = x.raw;
}

static const double *reference_shares(const double *reference, size_t n, struct shares_room *room)
{
    const double sum = shares_sum(reference, n);
    if (!(sum > 0)) return NULL;
    shares_form(reference, n, sum, room->reference);
    return room->reference;
}

static uf_status check_vector(const double *value, size_t n, const char *what, struct uf_error *error)
{
    for (size_t i = 0; i < n; i++)
        if (value[i] < 0 || isinf(value[i]))
            return uf_fail(error, UF_BAD_INPUT,
                           "%s holds %g (region %zu, counted from 1): shares need values of at least 0.",
                           what, value[i], i + 1);
    return UF_OK;
}

uf_status uf_concentration_of(const double *sector, const double *reference, size_t n,
                              struct uf_concentration *out, struct uf_error *error)
{
    if (n == 0) return uf_fail(error, UF_BAD_USAGE, "Concentration needs at least one region.");
    UF_TRY(check_vector(sector, n, "The sector", error));
    UF_TRY(check_vector(reference, n, "The reference", error));
    struct shares_room room;
    UF_TRY(shares_room_new(n, &room, error));
    indices(sector, shares_sum(sector, n), reference_shares(reference, n, &room), n, &room, out);
    shares_room_clear(&room);
    return UF_OK;
}

/* A column of the matrix lies one row apart; eight of them are read at a time, as memory comes in lines of eight. */
enum { AT_ONCE = 8 };

static void all_sectors(const struct uf_activity *activity, const struct uf_activity_sums *sums,
                        double *columns, struct shares_room *room, struct uf_concentration *out)
{
    const size_t n = sums->n_regions;
    const double *shares = reference_shares(sums->denominator, n, room);
    for (size_t s = 0; s < sums->n_sectors; s += AT_ONCE) {
        const size_t width = sums->n_sectors - s < AT_ONCE ? sums->n_sectors - s : AT_ONCE;
        for (size_t r = 0; r < n; r++) {
            const double *row = gsl_matrix_const_ptr(activity->value, r, s);
            for (size_t k = 0; k < width; k++) columns[k * n + r] = row[k];
        }
        for (size_t k = 0; k < width; k++)
            indices(columns + k * n, sums->sector[s + k], shares, n, room, &out[s + k]);
    }
}

uf_status uf_concentration(const struct uf_activity *activity, struct uf_concentration *out,
                           struct uf_error *error)
{
    UF_TRY(uf_activity_check(activity, UF_REFERENCE_NATION, error));
    struct uf_activity_sums sums;
    UF_TRY(uf_activity_sums_new(activity, &sums, error));
    struct shares_room room = {0};
    uf_status status = shares_room_new(sums.n_regions, &room, error);
    double *columns = malloc(AT_ONCE * sums.n_regions * sizeof *columns);
    if (status == UF_OK && columns == NULL) status = uf_fail_memory(error);
    if (status == UF_OK) all_sectors(activity, &sums, columns, &room, out);
    free(columns);
    shares_room_clear(&room);
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
    const double sum = shares_sum(value, n);
    if (!(sum > 0)) {
        *out = NAN;
        return UF_OK;
    }
    double *sorted = malloc(n * sizeof *sorted);
    if (sorted == NULL) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) sorted[i] = value[i];
    qsort(sorted, n, sizeof *sorted, descending);
    *out = shares_sum(sorted, k) / sum;
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
    const double sum = shares_sum(plant, n);
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
    const double reference_sum = shares_sum(reference, n);
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += (reference[i] / reference_sum) * (reference[i] / reference_sum);
    const double spread = 1 - squares, scale = spread * (1 - plant_herfindahl);
    struct uf_ellison_glaeser found = {.raw = concentration.raw, .expected = spread * plant_herfindahl};
    found.gamma = scale > 0 ? (found.raw - found.expected) / scale : NAN;
    *out = found;
    return UF_OK;
}
