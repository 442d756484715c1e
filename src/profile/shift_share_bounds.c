// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of a change and its classic components, where the extremes are known. */
#include <math.h>
#include <utfall/shift_share.h>

#include "base/fail.h"
#include "profile/growth_lead.h"

static struct growth_range at(const gsl_matrix *low, const gsl_matrix *high, size_t t, size_t s)
{
    return (struct growth_range){gsl_matrix_get(low, t, s), gsl_matrix_get(high, t, s)};
}

static struct growth_range plus(struct growth_range x, struct growth_range y)
{
    return (struct growth_range){x.low + y.low, x.high + y.high};
}

/* A sum without one of its parts; what is left is never below 0. NaN stays NaN. */
static struct growth_range without(struct growth_range sum, struct growth_range part)
{
    const double low = sum.low - part.low, high = sum.high - part.high;
    return (struct growth_range){low < 0 ? 0 : low, high < 0 ? 0 : high};
}

static void widen(struct growth_range *band, double value)
{
    band->low = fmin(band->low, value); /* passes over NaN */
    band->high = fmax(band->high, value);
}

/* x·f for x ≥ 0 and f in intervals of their own. */
static struct growth_range scaled(struct growth_range x, struct growth_range f)
{
    return (struct growth_range){f.low < 0 ? x.high * f.low : x.low * f.low,
                                 f.high < 0 ? x.low * f.high : x.high * f.high};
}

static const struct growth_range unknown = {NAN, NAN};

/* e₁ − e₀·E₁/E₀: rises in e₁ and in the others' start, falls in e₀ and in the others' end, also where the region is part of
 * the nation: then it is (e₁·c₀ − e₀·c₁)/(e₀ + c₀). */
static double regional_at(double e0, double e1, double c0, double c1, bool within)
{
    if (e0 == 0) return e1;
    if (within) return (e1 * c0 - e0 * c1) / (e0 + c0);
    return c0 > 0 ? e1 - e0 * c1 / c0 : NAN;
}

static struct growth_range regional_band(struct growth_range e0, struct growth_range e1,
                                         struct growth_range c0, struct growth_range c1, bool within)
{
    return (struct growth_range){regional_at(e0.high, e1.low, c0.low, c1.high, within),
                                 regional_at(e0.low, e1.high, c0.high, c1.low, within)};
}

/* e·(N₁/N₀ − 1) with N₀ = e + A where the region is part of the nation: concave in e, with its top at √(A·N₁) − A. */
static struct growth_range national_band(struct growth_range e, struct growth_range others,
                                         struct growth_range end, bool within)
{
    if (e.high == 0) return (struct growth_range){0, 0};
    if (!within)
        return others.low > 0
                   ? scaled(e, (struct growth_range){end.low / others.high - 1, end.high / others.low - 1})
                   : unknown;
    if (!(e.low + others.low > 0)) return unknown;
    struct growth_range band = {INFINITY, -INFINITY};
    widen(&band, e.low * (end.low / (e.low + others.high) - 1));
    widen(&band, e.high * (end.low / (e.high + others.high) - 1));
    widen(&band, e.low * (end.high / (e.low + others.low) - 1));
    widen(&band, e.high * (end.high / (e.high + others.low) - 1));
    const double top = sqrt(others.low * end.high) - others.low;
    if (e.low < top && top < e.high) widen(&band, top * (end.high / (top + others.low) - 1));
    return band;
}

/* The mix e·lead(e + c), within the nation. At a given sum it is linear in e, so that its extremes lie on the edges of the
 * box of e and c; along an edge it turns at most once. */
static void widen_mix(struct growth_range e, struct growth_range c, double end, double others_start,
                      double others_end, struct growth_range *band)
{
    const double turn = growth_lead_turn(end, others_start, others_end), es[] = {e.low, e.high},
                 cs[] = {c.low, c.high};
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            widen(band, es[i] == 0 ? 0 : es[i] * growth_lead(es[i] + cs[j], end, others_start, others_end));
    for (size_t i = 0; i < 2; i++) { /* along c: at the turn of the lead */
        const double there = turn - es[i];
        if (c.low < there && there < c.high && turn > 0)
            widen(band, es[i] * growth_lead(turn, end, others_start, others_end));
    }
    for (size_t j = 0; j < 2; j++) { /* along e: where E₁·c/E² = N₁·(c + O₀)/(E + O₀)² */
        const double k = sqrt((end + others_end) * (cs[j] + others_start) / (end * cs[j])),
                     sum = others_start / (k - 1), there = sum - cs[j];
        if (k > 1 && e.low < there && there < e.high)
            widen(band, there * growth_lead(sum, end, others_start, others_end));
    }
    if (e.low == 0 && c.low == 0) widen(band, end); /* the limit: alone in a sector that was nearly nothing */
}

static struct growth_range mix_band(struct growth_range e, struct growth_range c, struct growth_range end,
                                    struct growth_range others_start, struct growth_range others_end,
                                    bool within)
{
    if (e.high == 0) return (struct growth_range){0, 0};
    struct growth_range band = {INFINITY, -INFINITY};
    if (within) { /* rises in the sector's end and the others' start, falls in the others' end */
        widen_mix(e, c, end.high, others_start.high, others_end.low, &band);
        const double high = band.high;
        band = (struct growth_range){INFINITY, -INFINITY};
        widen_mix(e, c, end.low, others_start.low, others_end.high, &band);
        band.high = high;
        return band;
    }
    return scaled(e, growth_lead_range(c, end, others_start, others_end));
}

/* The sums over sectors. */
struct margins {
    struct growth_range own[2], rest[2];
};

static struct margins margins_of(const struct uf_shift_share_box *box)
{
    struct margins m = {0};
    for (size_t t = 0; t < 2; t++)
        for (size_t s = 0; s < box->region_low->size2; s++) {
            m.own[t] = plus(m.own[t], at(box->region_low, box->region_high, t, s));
            m.rest[t] = plus(m.rest[t], at(box->rest_low, box->rest_high, t, s));
        }
    return m;
}

static struct growth_range nation(const struct uf_shift_share_box *box, struct growth_range own,
                                  struct growth_range rest)
{
    return box->within ? plus(own, rest) : rest;
}

static void put(struct uf_shift_share *low, struct uf_shift_share *high, struct growth_range start,
                struct growth_range end, struct growth_range national, struct growth_range mix,
                struct growth_range regional)
{
    const double n = NAN;
    *low = *high = (struct uf_shift_share){n, n, n, n, n, n, n, n, n, n, n, n, n, n, 0};
    low->start = start.low, high->start = start.high;
    low->end = end.low, high->end = end.high;
    low->change = end.low - start.high, high->change = end.high - start.low;
    low->national = national.low, high->national = national.high;
    low->mix = mix.low, high->mix = mix.high;
    low->regional = regional.low, high->regional = regional.high;
}

static void sector_band(const struct uf_shift_share_box *box, const struct margins *m, size_t s,
                        struct uf_shift_share *low, struct uf_shift_share *high)
{
    struct growth_range own[2], rest[2], others[2];
    for (size_t t = 0; t < 2; t++) {
        own[t] = at(box->region_low, box->region_high, t, s);
        rest[t] = at(box->rest_low, box->rest_high, t, s);
        others[t] = nation(box, without(m->own[t], own[t]), without(m->rest[t], rest[t]));
    }
    const struct growth_range end = nation(box, own[1], rest[1]);
    const bool known =
        !isnan(own[0].low + own[1].low + rest[0].low + rest[1].low + others[0].low + others[1].low);
    put(low, high, own[0], own[1],
        known ? national_band(own[0], plus(rest[0], others[0]), plus(end, others[1]), box->within) : unknown,
        known ? mix_band(own[0], rest[0], end, others[0], others[1], box->within) : unknown,
        known ? regional_band(own[0], own[1], rest[0], rest[1], box->within) : unknown);
    low->entry = own[0].high > 0 ? 0 : own[1].low;
    high->entry = own[0].low > 0 ? 0 : own[1].high;
}

uf_status uf_shift_share_bounds(const struct uf_shift_share_box *box, struct uf_shift_share *out_sectors_low,
                                struct uf_shift_share *out_sectors_high, struct uf_shift_share *out_low,
                                struct uf_shift_share *out_high, struct uf_error *error)
{
    const size_t n = box->region_low->size2;
    const gsl_matrix *const all[] = {box->region_low, box->region_high, box->rest_low, box->rest_high};
    for (size_t k = 0; k < 4; k++)
        if (all[k]->size1 != 2 || all[k]->size2 != n || n == 0)
            return uf_fail(
                error, UF_BAD_USAGE,
                "The bounds of shift-share's figures are two periods of at least one sector each.");
    const struct margins m = margins_of(box);
    struct growth_range mix = {0, 0}, regional = {0, 0};
    for (size_t s = 0; s < n; s++) {
        struct uf_shift_share low, high;
        sector_band(box, &m, s, &low, &high);
        mix = plus(mix, (struct growth_range){low.mix, high.mix});
        regional = plus(regional, (struct growth_range){low.regional, high.regional});
        if (out_sectors_low != NULL) out_sectors_low[s] = low;
        if (out_sectors_high != NULL) out_sectors_high[s] = high;
    }
    const bool known = !isnan(m.own[0].low + m.own[1].low + m.rest[0].low + m.rest[1].low);
    put(out_low, out_high, m.own[0], m.own[1],
        known ? national_band(m.own[0], m.rest[0], nation(box, m.own[1], m.rest[1]), box->within) : unknown,
        mix, regional);
    return UF_OK;
}

uf_status uf_shift_share_band(const struct uf_shift_share_ranges *ranges, size_t n,
                              struct uf_shift_share_band *out, struct uf_error *error)
{
    if (n == 0) return uf_fail(error, UF_BAD_USAGE, "Shift-share needs at least one sector.");
    const struct uf_shift_share_ranges *b = ranges;
    struct uf_shift_share_band band = {0};
    double expected_low = 0,
           expected_high = 0;    /* of Σ e₀·(ρ − 1): what the nation's growth would have given */
    double nation[2][2] = {{0}}; /* start and end, low and high */
    for (size_t s = 0; s < n; s++) {
        nation[0][0] += b->nation_start_low[s], nation[0][1] += b->nation_start_high[s];
        nation[1][0] += b->nation_end_low[s], nation[1][1] += b->nation_end_high[s];
        band.start_low += b->region_start_low[s], band.start_high += b->region_start_high[s];
        band.end_low += b->region_end_low[s], band.end_high += b->region_end_high[s];
    }
    const double whole_low = nation[0][1] > 0 ? nation[1][0] / nation[0][1] : NAN,
                 whole_high = nation[0][0] > 0 ? nation[1][1] / nation[0][0] : NAN;
    band.national_growth_low = whole_low - 1;
    band.national_growth_high = whole_high - 1;
    for (size_t s = 0; s < n; s++) {
        const double ratio_low =
            b->nation_start_high[s] > 0 ? b->nation_end_low[s] / b->nation_start_high[s] : NAN;
        const double ratio_high =
            b->nation_start_low[s] > 0 ? b->nation_end_high[s] / b->nation_start_low[s] : NAN;
        band.change_low += b->region_end_low[s] - b->region_start_high[s];
        band.change_high += b->region_end_high[s] - b->region_start_low[s];
        if (b->region_start_high[s] == 0) { /* surely absent at the start: all of its end is regional */
            band.regional_low += b->region_end_low[s];
            band.regional_high += b->region_end_high[s];
            continue;
        }
        const struct growth_range start = {b->region_start_low[s], b->region_start_high[s]},
                                  kept = scaled(start, (struct growth_range){ratio_low, ratio_high}),
                                  expected =
                                      scaled(start, (struct growth_range){ratio_low - 1, ratio_high - 1}),
                                  mix = scaled(start, (struct growth_range){ratio_low - whole_high,
                                                                            ratio_high - whole_low});
        band.regional_low += b->region_end_low[s] - kept.high;
        band.regional_high += b->region_end_high[s] - kept.low;
        expected_low += expected.low;
        expected_high += expected.high;
        band.mix_low += mix.low;
        band.mix_high += mix.high;
    }
    const double total_low = b->total_end_low - b->total_start_high;
    const double total_high = b->total_end_high - b->total_start_low;
    if (!isnan(total_low) && !isnan(total_high)) {
        band.change_low = fmax(band.change_low, total_low);
        band.change_high = fmin(band.change_high, total_high);
        band.regional_low = isnan(expected_high) ? NAN : fmax(band.regional_low, total_low - expected_high);
        band.regional_high = isnan(expected_low) ? NAN : fmin(band.regional_high, total_high - expected_low);
    }
    *out = band;
    return UF_OK;
}
