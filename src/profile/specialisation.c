// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/specialisation.h>

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/activity_sums.h"
#include "profile/shares.h"

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
static void describe_shares(const double *share, size_t n, struct uf_specialisation *out)
{
    double squares = 0, entropy = 0;
    for (size_t i = 0; i < n; i++) {
        squares += share[i] * share[i];
        if (!(share[i] > 0)) continue;
        entropy -= share[i] * log(share[i]);
        out->sectors_present++;
    }
    const double equal = 1.0 / (double)n;
    out->herfindahl = squares;
    out->herfindahl_normalised = n > 1 ? (squares - equal) / (1 - equal) : NAN;
    out->entropy = entropy;
    out->entropy_log2 = entropy / M_LN2;
}

/* The part that compares with the reference. */
static void compare_shares(const double *share, const double *reference, size_t n, struct shares_room *room,
                           struct uf_specialisation *out)
{
    struct shares_compared x;
    shares_compare(share, reference, n, room, &x);
    out->krugman = x.distance;
    out->dissimilarity = 50 * x.distance;
    out->hachman = x.outside ? 0 : 1 / x.chi;
    out->theil = x.outside ? NAN : x.divergence;
    out->gini = x.gini;
}

/* Values of the region, not yet shares; `reference` shares, or NULL where they cannot be formed. */
static void indices(const double *region, const double *reference, size_t n, struct shares_room *room,
                    struct uf_specialisation *out)
{
    *out = nothing();
    const double sum = shares_sum(region, n);
    if (!(sum > 0)) return; /* empty or missing */
    shares_form(region, n, sum, room->own);
    describe_shares(room->own, n, out);
    if (reference != NULL) compare_shares(room->own, reference, n, room, out);
}

/* The reference's shares in the room, or NULL where it is empty or missing. */
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
    struct shares_room room;
    UF_TRY(shares_room_new(n, &room, error));
    indices(region, reference_shares(reference, n, &room), n, &room, out);
    shares_room_clear(&room);
    return UF_OK;
}

static void all_regions(const struct uf_activity *activity, enum uf_reference reference,
                        const struct uf_activity_sums *sums, struct shares_room *room,
                        struct uf_specialisation *out)
{
    const size_t n = sums->n_sectors;
    const double *shares = NULL; /* of the nation: the same for all */
    if (reference == UF_REFERENCE_NATION)
        shares = reference_shares(sums->whole != NULL ? sums->whole : sums->sector, n, room);
    for (size_t r = 0; r < sums->n_regions; r++) {
        const double *row = gsl_matrix_const_ptr(activity->value, r, 0);
        if (reference == UF_REFERENCE_REST) {
            for (size_t s = 0; s < n; s++) room->reference[s] = fdim(sums->sector[s], row[s]);
            shares = reference_shares(room->reference, n, room);
        }
        indices(row, shares, n, room, &out[r]);
    }
}

uf_status uf_specialisation(const struct uf_activity *activity, enum uf_reference reference,
                            struct uf_specialisation *out, struct uf_error *error)
{
    UF_TRY(uf_activity_check(activity, reference, error));
    struct uf_activity_sums sums;
    UF_TRY(uf_activity_sums_new(activity, &sums, error));
    struct shares_room room = {0};
    const uf_status status = shares_room_new(sums.n_sectors, &room, error);
    if (status == UF_OK) all_regions(activity, reference, &sums, &room, out);
    shares_room_clear(&room);
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
