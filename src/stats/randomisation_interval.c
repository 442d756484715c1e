// SPDX-License-Identifier: GPL-3.0-or-later
/* Which effects the randomisation test does not reject. */
#include "base/fail.h"

#include <math.h>
#include <stdlib.h>
#include <utfall/randomisation.h>

/* Statistics that differ by less than this share are the same number, as for the p-value. */
#define TIE 1e-9

/*
 * Taking δ off the actually treated changes the statistic of assignment a to |b_a − δ c_a|/s_a, and that of the actual
 * one to |b_0 − δ|/s_0. Assignment a is as extreme for the δ between, or outside, the two crossings. At δ = b_0 every
 * assignment is as extreme, so that the interval is looked for on either side of it: `side` is +1 or −1, and places are
 * distances from b_0.
 */
struct crossing {
    double place;
    int change; /* −1: the assignment stops being as extreme, going outwards; +1: it is again */
};

static int by_place(const void *a, const void *b)
{
    const struct crossing *x = a, *y = b;
    if (x->place != y->place) return x->place < y->place ? -1 : 1;
    return y->change - x->change;
}

/* Crossings of assignment a on one side. With u = side·(δ − b_0) ≥ 0: |p − q u| ≥ r u, where p, q belong to a. */
static size_t add_crossings(double p, double q, double r, struct crossing *out)
{
    size_t count = 0;
    p = fabs(p) > 0 ? p : 0;
    if (p < 0) p = -p, q = -q;
    /* p − q u falls below r u at u = p/(q + r); −(p − q u) exceeds r u from u = p/(q − r) on */
    if (q + r > 0) out[count++] = (struct crossing){p / (q + r), -1};
    if (q > r) out[count++] = (struct crossing){p / (q - r), 1};
    return count;
}

/* The farthest distance at which more than `share` of the assignments are as extreme; infinite where they are for
 * ever. */
static double farthest(struct crossing *crossings, size_t count, size_t always, size_t total, double share)
{
    qsort(crossings, count, sizeof *crossings, by_place);
    double needed = share * (double)total * (1 + 1e-12);
    size_t extreme = always;
    for (size_t i = 0; i < count; i++) extreme = (size_t)((long)extreme + crossings[i].change);
    if ((double)extreme > needed) return INFINITY;
    for (size_t i = count; i-- > 0;) {
        extreme = (size_t)((long)extreme - crossings[i].change);
        if ((double)extreme > needed) return crossings[i].place;
    }
    return 0;
}

uf_status uf_randomisation_interval(const struct uf_randomisation *randomisation, bool scaled, double level,
                                    double *low, double *high, struct uf_error *error)
{
    size_t total = randomisation->count;
    double actual = randomisation->coefficient[0], ends[2];
    double own = scaled ? randomisation->scaled[0] : actual;
    *low = *high = NAN;
    if (isnan(randomisation->shift[0]) || isnan(own)) return UF_OK;
    /* an actual estimate of nil, or without noise, has no scale to speak of */
    double own_scale = scaled ? actual / own : 1;
    if (!(own_scale > 0) || !isfinite(own_scale)) return UF_OK;
    struct crossing *crossings = malloc((2 * total + 1) * sizeof *crossings);
    if (!crossings) return uf_fail_memory(error);
    for (int side = 0; side < 2; side++) {
        double sign = side ? 1 : -1;
        size_t count = 0;
        for (size_t a = 1; a < total; a++) {
            double b = randomisation->coefficient[a], c = randomisation->shift[a];
            if (isnan(b)) continue; /* always as extreme */
            double scale = scaled ? b / randomisation->scaled[a] : 1;
            if (!(scale > 0) || !isfinite(scale)) continue;
            count += add_crossings((b - actual * c) / scale, sign * c / scale, (1 - TIE) / own_scale,
                                   crossings + count);
        }
        ends[side] = farthest(crossings, count, total, total, 1 - level);
    }
    free(crossings);
    *low = actual - ends[0];
    *high = actual + ends[1];
    return UF_OK;
}
