// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_LOCATION_QUOTIENT_H
#define UTFALL_LOCATION_QUOTIENT_H
/*
 * The location quotient: how many times larger a sector's share is in the region than in the reference area,
 *
 *     LQ_rs = (x_rs / x_r.) / (x_.s / x_..)
 *
 * 1 means "as the reference area". With the reference "rest", x_.s and x_.. are those of the other regions. A
 * quotient with a zero in a denominator is NaN, never 0 or 1: a sector that nobody has is not "absent here",
 * and an empty region is not "specialised in everything".
 *
 * Figures printed in whole thousands leave a band of quotients open: each true value lies within half a unit
 * of the printed one. uf_location_quotient_band gives the smallest and the largest quotient over that box,
 * exactly.
 *
 * Source: Balassa, B. (1965). Trade liberalisation and "revealed" comparative advantage. The Manchester
 * School, 33(2), 99–123; Laursen, K. (2015). Revealed comparative advantage and the alternatives as measures
 * of international specialization. Eurasian Business Review, 5(1), 99–115, for the symmetric form.
 */
#include <utfall/activity.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `out` is regions × sectors. O(regions × sectors). */
uf_status uf_location_quotient(const struct uf_activity *activity, enum uf_reference reference,
                               gsl_matrix *out, struct uf_error *error);

/* The revealed symmetric comparative advantage (LQ − 1)/(LQ + 1), in −1…1 (Laursen 2015). NaN stays NaN. */
double uf_symmetric_advantage(double location_quotient);

/*
 * The smallest and the largest quotient when each figure is only known to lie between `low` and `high` (two
 * activities of the same shape and kind; see uf_rounding_bounds). Exact over the box, cell by cell; both
 * outputs are regions × sectors.
 *
 * Derivation, for totals that are sums of the cells: with a the cell, b the rest of its region, c the rest of
 * its sector and d all else, sums of independent intervals, LQ = a(a+b+c+d) / ((a+b)(a+c)). Dividing out
 * shows that LQ falls in b and in c and rises in d, whatever the rest is. In a it need not be monotone, since
 * a also enters both totals: the derivative has the sign of −d·a² + 2bc·a + bc(b+c+d), so that LQ rises up to
 * a* = (bc + √(bc(b+d)(c+d)))/d and falls after it. The smallest value is therefore at an end of a's interval
 * with b and c high and d low; the largest, with b and c low and d high, at an end or at a* where a* lies
 * inside. (LQ = 1 at a = bc/d < a*: the turn concerns only sectors that are over-represented.) For given
 * totals and for a given reference row the parts are independent and LQ is monotone in each. That sectors add
 * up to a given total is not used, so that the band is then never too narrow.
 *
 * Where a denominator may shrink to 0 the value is the limit; NaN where there is none (the quotient is not
 * bounded). Where the box holds only an undefined quotient, both are NaN. O(regions × sectors).
 */
uf_status uf_location_quotient_band(const struct uf_activity *low, const struct uf_activity *high,
                                    enum uf_reference reference, gsl_matrix *out_low, gsl_matrix *out_high,
                                    struct uf_error *error);

/*
 * The smallest and the largest share of a sector in its region, and in the reference area that the region is compared with,
 * over the same box; arguments, errors and cost as above. Exact: with a the part and b the rest of the whole, sums of
 * independent intervals, a/(a+b) rises in a and falls in b; with a given total the two are independent, and the share may
 * exceed 1. The limit where the whole may be 0 with a given total is NaN.
 */
uf_status uf_share_band(const struct uf_activity *low, const struct uf_activity *high,
                        enum uf_reference reference, gsl_matrix *out_low, gsl_matrix *out_high,
                        struct uf_error *error);
uf_status uf_reference_share_band(const struct uf_activity *low, const struct uf_activity *high,
                                  enum uf_reference reference, gsl_matrix *out_low, gsl_matrix *out_high,
                                  struct uf_error *error);

/* Panel by region and sector → tables `location-quotient` and `location-quotient-findings`. See
 * docs/methods/location-quotient.md. */
extern const struct uf_method uf_method_location_quotient;

#ifdef __cplusplus
}
#endif
#endif
