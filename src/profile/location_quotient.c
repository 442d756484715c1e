// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/location_quotient.h>

#include <math.h>

#include "base/fail.h"
#include "profile/activity_sums.h"

/* NaN for a zero denominator, also where the numerator is not zero: no quotient is infinite. */
static double ratio(double numerator, double denominator)
{
    return denominator > 0 ? numerator / denominator : NAN;
}

/* The reference's shares are the same for all regions: they are put in the place of the sums. */
static void against_the_nation(const struct uf_activity *activity, struct uf_activity_sums *sums,
                               gsl_matrix *out)
{
    double *share = sums->whole != NULL ? sums->whole : sums->sector;
    const double all = sums->whole != NULL ? sums->whole_denominator : sums->denominators;
    for (size_t s = 0; s < sums->n_sectors; s++) {
        share[s] = ratio(share[s], all);
        if (!(share[s] > 0)) share[s] = NAN;
    }
    for (size_t r = 0; r < sums->n_regions; r++) {
        const double *cell = gsl_matrix_const_ptr(activity->value, r, 0);
        const double total = sums->denominator[r] > 0 ? sums->denominator[r] : NAN;
        double *row = gsl_matrix_ptr(out, r, 0);
        for (size_t s = 0; s < sums->n_sectors; s++) row[s] = cell[s] / total / share[s];
    }
}

static void against_the_rest(const struct uf_activity *activity, const struct uf_activity_sums *sums,
                             gsl_matrix *out)
{
    for (size_t r = 0; r < sums->n_regions; r++) {
        const double *cell = gsl_matrix_const_ptr(activity->value, r, 0);
        double *row = gsl_matrix_ptr(out, r, 0);
        const double all = sums->denominators - sums->denominator[r];
        for (size_t s = 0; s < sums->n_sectors; s++)
            row[s] = ratio(ratio(cell[s], sums->denominator[r]), ratio(sums->sector[s] - cell[s], all));
    }
}

uf_status uf_location_quotient(const struct uf_activity *activity, enum uf_reference reference,
                               gsl_matrix *out, struct uf_error *error)
{
    UF_TRY(uf_activity_check(activity, reference, error));
    UF_TRY(uf_activity_check_output(activity, out, error));
    struct uf_activity_sums sums;
    UF_TRY(uf_activity_sums_new(activity, &sums, error));
    if (reference == UF_REFERENCE_REST)
        against_the_rest(activity, &sums, out);
    else
        against_the_nation(activity, &sums, out);
    uf_activity_sums_clear(&sums);
    return UF_OK;
}

double uf_symmetric_advantage(double location_quotient)
{
    return (location_quotient - 1) / (location_quotient + 1);
}

struct interval {
    double low, high;
};

/* A difference of two sums that share a part: what is left of them is never below 0. NaN stays NaN. */
static double rest(double sum, double part)
{
    double difference = sum - part;
    return difference < 0 ? 0 : difference;
}

/* a/(a+b); the limit from above where a goes to 0 with b = 0. */
static double share_of(double a, double b)
{
    if (isnan(a) || isnan(b)) return NAN;
    return a + b > 0 ? a / (a + b) : 1;
}

/* a(a+b+c+d)/((a+b)(a+c)), with the limit from above at a = 0; NaN where that is infinite. */
static double nation_quotient(double a, double b, double c, double d)
{
    if (isnan(a + b + c + d)) return NAN;
    if (a > 0 || (b > 0 && c > 0)) return (a / (a + b)) * ((a + b + c + d) / (a + c));
    if (b > 0) return (b + d) / b;
    if (c > 0) return (c + d) / c;
    return d > 0 ? NAN : 1;
}

/* The a at which nation_quotient turns from rising to falling; infinite where it only rises. */
static double turning_point(double b, double c, double d)
{
    if (!(d > 0)) return INFINITY;
    return (b * c + sqrt(b * c) * sqrt((b + d) * (c + d))) / d;
}

static struct interval nation_band(struct interval a, struct interval b, struct interval c, struct interval d)
{
    struct interval band;
    double at_low = nation_quotient(a.low, b.high, c.high, d.low);
    double at_high = nation_quotient(a.high, b.high, c.high, d.low);
    /* an end may have no finite limit (then it is not the smallest) while the other has */
    band.low = isnan(at_low) && a.high > 0 ? at_high : fmin(at_low, at_high);
    at_low = nation_quotient(a.low, b.low, c.low, d.high);
    at_high = nation_quotient(a.high, b.low, c.low, d.high);
    band.high = isnan(at_low) || isnan(at_high) ? NAN : fmax(at_low, at_high);
    double turn = turning_point(b.low, c.low, d.high);
    if (a.low < turn && turn < a.high) band.high = nation_quotient(turn, b.low, c.low, d.high);
    return band;
}

/* The margins of one cell, each with its bounds. */
struct parts {
    struct interval cell, region_rest, sector_rest, other; /* a, b, c, d */
    struct interval total, other_totals; /* given totals: of the region, and of the others */
};

static struct parts parts_of(const struct uf_activity *low, const struct uf_activity_sums *low_sums,
                             const struct uf_activity *high, const struct uf_activity_sums *high_sums,
                             size_t r, size_t s)
{
    const struct uf_activity *bound[2] = {low, high};
    const struct uf_activity_sums *margin[2] = {low_sums, high_sums};
    double value[6][2];
    for (int k = 0; k < 2; k++) {
        const struct uf_activity_sums *sums = margin[k];
        double cell = gsl_matrix_get(bound[k]->value, r, s);
        value[0][k] = cell;
        value[1][k] = rest(sums->region[r], cell);
        if (sums->whole != NULL) {
            value[2][k] = sums->whole[s];
            value[3][k] = rest(sums->whole_cells, sums->whole[s]);
            value[5][k] = sums->whole_denominator;
        } else {
            value[2][k] = rest(sums->sector[s], cell);
            value[3][k] = rest(sums->cells - sums->region[r], value[2][k]);
            value[5][k] = rest(sums->denominators, sums->denominator[r]);
        }
        value[4][k] = sums->denominator[r];
    }
    return (struct parts){
        .cell = {value[0][0], value[0][1]},
        .region_rest = {value[1][0], value[1][1]},
        .sector_rest = {value[2][0], value[2][1]},
        .other = {value[3][0], value[3][1]},
        .total = {value[4][0], value[4][1]},
        .other_totals = {value[5][0], value[5][1]},
    };
}

/* The reference is apart from the region: (a/(a+b)) · ((c+d)/c) from sums, (a/t) · (T/c) from given totals. */
static struct interval apart_band(const struct parts *p, bool given_totals)
{
    struct interval band;
    if (given_totals) {
        band.low = ratio(p->cell.low, p->total.high) * ratio(p->other_totals.low, p->sector_rest.high);
        band.high = ratio(p->cell.high, p->total.low) * ratio(p->other_totals.high, p->sector_rest.low);
    } else {
        band.low = share_of(p->cell.low, p->region_rest.high) *
                   ratio(p->sector_rest.high + p->other.low, p->sector_rest.high);
        band.high = share_of(p->cell.high, p->region_rest.low) *
                    ratio(p->sector_rest.low + p->other.high, p->sector_rest.low);
    }
    return band;
}

/* The region is part of the reference, with given totals: (a/(a+c)) · ((t+T)/t). */
static struct interval given_total_band(const struct parts *p)
{
    struct interval band = {
        .low = share_of(p->cell.low, p->sector_rest.high) *
               ratio(p->total.high + p->other_totals.low, p->total.high),
        .high = share_of(p->cell.high, p->sector_rest.low) *
                ratio(p->total.low + p->other_totals.high, p->total.low),
    };
    return band;
}

/* What is known of the table beside the cell's parts. */
struct kind {
    bool given_totals, apart; /* apart: the reference holds nothing of the region */
};

static struct interval quotient_band(const struct parts *p, struct kind kind)
{
    /* a cell that is surely 0 has the quotient 0 wherever it has one */
    if (p->cell.high == 0) {
        const double region = kind.given_totals ? p->total.high : p->region_rest.high;
        const double zero = region > 0 && p->sector_rest.high > 0 ? 0 : NAN;
        return (struct interval){zero, zero};
    }
    if (kind.apart) return apart_band(p, kind.given_totals);
    if (kind.given_totals) return given_total_band(p);
    return nation_band(p->cell, p->region_rest, p->sector_rest, p->other);
}

/* A part of a whole that holds it and `rest`, or that has bounds of its own. */
static struct interval part_band(struct interval part, struct interval rest, const struct interval *whole)
{
    if (part.high == 0) {
        const double zero = (whole ? whole->high : rest.high) > 0 ? 0 : NAN;
        return (struct interval){zero, zero};
    }
    if (whole != NULL) return (struct interval){ratio(part.low, whole->high), ratio(part.high, whole->low)};
    return (struct interval){share_of(part.low, rest.high), share_of(part.high, rest.low)};
}

static struct interval sum_band(struct interval x, struct interval y)
{
    return (struct interval){x.low + y.low, x.high + y.high};
}

static struct interval share_band(const struct parts *p, struct kind kind)
{
    return part_band(p->cell, p->region_rest, kind.given_totals ? &p->total : NULL);
}

static struct interval reference_band(const struct parts *p, struct kind kind)
{
    if (kind.apart) return part_band(p->sector_rest, p->other, kind.given_totals ? &p->other_totals : NULL);
    const struct interval totals = sum_band(p->total, p->other_totals);
    return part_band(sum_band(p->cell, p->sector_rest), sum_band(p->region_rest, p->other),
                     kind.given_totals ? &totals : NULL);
}

/* The band of every cell by its parts. */
static uf_status cell_bands(const struct uf_activity *low, const struct uf_activity *high,
                            enum uf_reference reference,
                            struct interval (*of)(const struct parts *parts, struct kind kind),
                            gsl_matrix *out_low, gsl_matrix *out_high, struct uf_error *error)
{
    UF_TRY(uf_activity_check_pair(low, high, reference, error));
    UF_TRY(uf_activity_check_output(low, out_low, error));
    UF_TRY(uf_activity_check_output(low, out_high, error));
    struct uf_activity_sums low_sums, high_sums;
    UF_TRY(uf_activity_sums_new(low, &low_sums, error));
    uf_status status = uf_activity_sums_new(high, &high_sums, error);
    if (status != UF_OK) {
        uf_activity_sums_clear(&low_sums);
        return status;
    }
    const struct kind kind = {.given_totals = low->total != NULL,
                              .apart = reference == UF_REFERENCE_REST || low_sums.whole != NULL};
    for (size_t r = 0; r < low_sums.n_regions; r++) {
        for (size_t s = 0; s < low_sums.n_sectors; s++) {
            const struct parts p = parts_of(low, &low_sums, high, &high_sums, r, s);
            const struct interval band = of(&p, kind);
            gsl_matrix_set(out_low, r, s, band.low);
            gsl_matrix_set(out_high, r, s, band.high);
        }
    }
    uf_activity_sums_clear(&low_sums);
    uf_activity_sums_clear(&high_sums);
    return UF_OK;
}

uf_status uf_location_quotient_band(const struct uf_activity *low, const struct uf_activity *high,
                                    enum uf_reference reference, gsl_matrix *out_low, gsl_matrix *out_high,
                                    struct uf_error *error)
{
    return cell_bands(low, high, reference, quotient_band, out_low, out_high, error);
}

uf_status uf_share_band(const struct uf_activity *low, const struct uf_activity *high,
                        enum uf_reference reference, gsl_matrix *out_low, gsl_matrix *out_high,
                        struct uf_error *error)
{
    return cell_bands(low, high, reference, share_band, out_low, out_high, error);
}

uf_status uf_reference_share_band(const struct uf_activity *low, const struct uf_activity *high,
                                  enum uf_reference reference, gsl_matrix *out_low, gsl_matrix *out_high,
                                  struct uf_error *error)
{
    return cell_bands(low, high, reference, reference_band, out_low, out_high, error);
}
