// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/variety.h>

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"

/* p·log2(1/p), with its limit at 0. */
static double surprise(double share)
{
    return share > 0 ? -share * log2(share) : 0;
}

uf_status uf_variety(const double *value, const size_t *group, size_t n, size_t n_groups,
                     struct uf_variety *out, struct uf_error *error)
{
    if (n == 0 || n_groups == 0) return uf_fail(error, UF_BAD_USAGE, "Variety needs at least one sector.");
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (group[i] >= n_groups)
            return uf_fail(error, UF_BAD_USAGE, "Sector %zu (counted from 1) lies in group %zu of %zu.",
                           i + 1, group[i], n_groups);
        if (value[i] < 0 || isinf(value[i]))
            return uf_fail(error, UF_BAD_INPUT,
                           "Sector %zu (counted from 1) has the value %g: shares need values of at "
                           "least 0.",
                           i + 1, value[i]);
        sum += value[i];
    }
    struct uf_variety found = {.total = NAN, .unrelated = NAN, .related = NAN};
    if (!(sum > 0)) {
        *out = found;
        return UF_OK;
    }
    double *share = calloc(n_groups, sizeof *share);
    if (share == NULL) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) share[group[i]] += value[i] / sum;
    found.total = found.unrelated = found.related = 0;
    for (size_t i = 0; i < n; i++) {
        double p = value[i] / sum;
        found.total += surprise(p);
        if (p > 0) found.related += p * log2(share[group[i]] / p);
        found.sectors += p > 0;
    }
    for (size_t g = 0; g < n_groups; g++) {
        found.unrelated += surprise(share[g]);
        found.groups += share[g] > 0;
    }
    free(share);
    *out = found;
    return UF_OK;
}

struct interval {
    double low, high;
};

static struct interval share_bounds(double a0, double a1, double b0, double b1)
{
    return (struct interval){a0 + b1 > 0 ? a0 / (a0 + b1) : 0, a1 + b0 > 0 ? a1 / (a1 + b0) : 1};
}

/* Of p·log2(P/p), which rises with P, and with p up to P/e. */
static double within(double share, double of)
{
    return share > 0 && of > share ? share * log2(of / share) : 0;
}

static struct interval within_bounds(struct interval share, struct interval of)
{
    const double peak = of.high / M_E;
    struct interval found;
    found.high = within(fmin(fmax(peak, share.low), share.high), of.high);
    found.low = fmin(within(share.low, of.low), within(share.high, of.low));
    return found;
}

/* One bound's sums by group, and over all. */
struct bound_sums {
    double *group, all;
};

static void add_up(const double *value, const size_t *group, size_t n, struct bound_sums *out)
{
    for (size_t i = 0; i < n; i++) {
        out->group[group[i]] += value[i];
        out->all += value[i];
    }
}

static void add_terms(struct interval term, struct interval *sum)
{
    sum->low += term.low;
    sum->high += term.high;
}

static struct uf_variety_band band_of(const double *low, const double *high, const size_t *group, size_t n,
                                      size_t n_groups, const struct bound_sums *l, const struct bound_sums *h)
{
    static const struct interval whole = {1, 1};
    struct interval total = {0, 0}, unrelated = {0, 0}, related = {0, 0};
    size_t sectors = 0, groups = 0;
    for (size_t g = 0; g < n_groups; g++) {
        const struct interval share =
            share_bounds(l->group[g], h->group[g], l->all - l->group[g], h->all - h->group[g]);
        add_terms(within_bounds(share, whole), &unrelated);
        groups += h->group[g] > 0;
    }
    for (size_t i = 0; i < n; i++) {
        const size_t g = group[i];
        const struct interval share = share_bounds(low[i], high[i], l->all - low[i], h->all - high[i]);
        const struct interval broad =
            share_bounds(l->group[g], h->group[g], l->all - l->group[g], h->all - h->group[g]);
        const struct interval part =
            share_bounds(low[i], high[i], l->group[g] - low[i], h->group[g] - high[i]);
        struct interval term = within_bounds(share, broad);
        /* the same as a product of two that are both known */
        if (part.high > 0) term.low = fmax(term.low, -share.low * log2(part.high));
        if (part.low > 0) term.high = fmin(term.high, -share.high * log2(part.low));
        add_terms(within_bounds(share, whole), &total);
        add_terms(term, &related);
        sectors += high[i] > 0;
    }
    total.high = fmin(total.high, log2(fmax(1, (double)sectors)));
    unrelated.high = fmin(unrelated.high, log2(fmax(1, (double)groups)));
    related.high = fmin(related.high, total.high - unrelated.low);
    related.low = fmax(fmax(0, related.low), total.low - unrelated.high);
    total.low = fmax(total.low, unrelated.low + related.low);
    return (struct uf_variety_band){total.low,      total.high,  unrelated.low,
                                    unrelated.high, related.low, related.high};
}

uf_status uf_variety_band(const double *low, const double *high, const size_t *group, size_t n,
                          size_t n_groups, struct uf_variety_band *out, struct uf_error *error)
{
    struct uf_variety checked; /* signs and groups of both */
    UF_TRY(uf_variety(low, group, n, n_groups, &checked, error));
    UF_TRY(uf_variety(high, group, n, n_groups, &checked, error));
    for (size_t i = 0; i < n; i++)
        if (low[i] > high[i])
            return uf_fail(error, UF_BAD_USAGE,
                           "The lower bound of sector %zu (counted from 1) lies above the upper one.", i + 1);
    struct bound_sums l = {calloc(n_groups, sizeof(double)), 0}, h = {calloc(n_groups, sizeof(double)), 0};
    const uf_status status = l.group && h.group ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        add_up(low, group, n, &l);
        add_up(high, group, n, &h);
        *out = (struct uf_variety_band){NAN, NAN, NAN, NAN, NAN, NAN};
        if (l.all > 0 && h.all > 0) *out = band_of(low, high, group, n, n_groups, &l, &h);
    }
    free(l.group);
    free(h.group);
    return status;
}
