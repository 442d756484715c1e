// SPDX-License-Identifier: GPL-3.0-or-later
/* Exact bounds of what depends on a distribution's inequality alone, over all tables in a box. */
#include <math.h>
#include <stdlib.h>
#include <utfall/specialisation.h>

#include "base/fail.h"

/* A box with its ends sorted apart, ascending: every table in the box has its sorted figures in this one. */
struct box {
    double *low, *high;
    size_t n, top;
};

static int ascending(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double level(const struct box *box, size_t i, double c)
{
    return fmin(fmax(c, box->low[i]), box->high[i]);
}

/* Sums over the table in which each figure is as near `c` as it can be: the most even one of its sum. */
struct sums {
    double all, squares, logs;
};

static void add(struct sums *sums, double x)
{
    sums->all += x;
    sums->squares += x * x;
    sums->logs += x > 0 ? x * log(x) : 0;
}

static struct sums even_sums(const struct box *box, double c)
{
    struct sums sums = {0, 0, 0};
    for (size_t i = 0; i < box->n; i++) add(&sums, level(box, i, c));
    return sums;
}

static double herfindahl_of(struct sums s)
{
    return s.squares / (s.all * s.all);
}
static double entropy_of(struct sums s)
{
    return log(s.all) - s.logs / s.all;
}

/* Along the level c each index has one turning point: where c is Q/S, where ln c is Σ x·ln x / S. */
static double turning_level(const struct box *box, bool of_entropy)
{
    enum { HALVINGS = 100 };
    double from = box->low[0], to = box->high[box->n - 1];
    for (int k = 0; k < HALVINGS; k++) {
        const double middle = from + (to - from) / 2;
        const struct sums s = even_sums(box, middle);
        const bool below =
            !(s.all > 0) || (of_entropy ? log(middle) * s.all < s.logs : middle * s.all < s.squares);
        if (below)
            from = middle;
        else
            to = middle;
    }
    return to;
}

/* Between the ends of the intervals the share of the largest is a ratio of two lines in the level, so that it is least at an
 * end: all of them are passed in order. */
static double least_top_share(const struct box *box)
{
    const size_t n = box->n, below_top = n - box->top;
    double fixed = 0, fixed_top = 0, least = INFINITY;
    size_t at_level = 0, top_at_level = 0;
    for (size_t i = 0; i < n; i++) {
        fixed += box->low[i];
        fixed_top += i >= below_top ? box->low[i] : 0;
    }
    for (size_t i = 0, j = 0; j < n;) { /* i figures have left their lower ends, j reached their upper ones */
        const bool leaves = i < n && box->low[i] <= box->high[j];
        const double c = leaves ? box->low[i] : box->high[j];
        const double all = fixed + (double)at_level * c, top = fixed_top + (double)top_at_level * c;
        if (all > 0) least = fmin(least, top / all);
        const size_t which = leaves ? i++ : j++;
        const double signed_end = leaves ? -c : c;
        fixed += signed_end;
        at_level = leaves ? at_level + 1 : at_level - 1;
        if (which < below_top) continue;
        fixed_top += signed_end;
        top_at_level = leaves ? top_at_level + 1 : top_at_level - 1;
    }
    return least;
}

/* The most uneven tables: the smallest figures at their lower ends, the others at their upper ones. */
static void most_uneven(const struct box *box, struct uf_shares_band *out)
{
    struct sums s = {0, 0, 0};
    double upper = 0, lower = 0;
    for (size_t i = 0; i < box->n; i++) add(&s, box->high[i]);
    for (size_t j = 0; j <= box->n; j++) {
        if (j > 0) {
            const double h = box->high[j - 1], l = box->low[j - 1];
            s.all += l - h;
            s.squares += l * l - h * h;
            s.logs += (l > 0 ? l * log(l) : 0) - (h > 0 ? h * log(h) : 0);
        }
        if (!(s.all > 0) || j == box->n) continue;
        out->herfindahl_high = fmax(out->herfindahl_high, herfindahl_of(s));
        out->entropy_low = fmin(out->entropy_low, entropy_of(s));
    }
    struct sums at_low = {0, 0, 0};
    for (size_t i = 0; i < box->n; i++) {
        add(&at_low, box->low[i]);
        if (i + box->top >= box->n)
            upper += box->high[i];
        else
            lower += box->low[i];
    }
    if (at_low.all > 0) {
        out->herfindahl_high = fmax(out->herfindahl_high, herfindahl_of(at_low));
        out->entropy_low = fmin(out->entropy_low, entropy_of(at_low));
    }
    out->top_high = upper / (upper + lower);
}

static void bound(const struct box *box, struct uf_shares_band *out)
{
    struct uf_shares_band band = {.herfindahl_high = 0, .entropy_low = INFINITY};
    band.herfindahl_low = herfindahl_of(even_sums(box, turning_level(box, false)));
    band.entropy_high = entropy_of(even_sums(box, turning_level(box, true)));
    band.top_low = least_top_share(box);
    most_uneven(box, &band);
    /* cancellation in differences of sums */
    band.herfindahl_high = fmin(1, band.herfindahl_high);
    band.entropy_low = fmax(0, band.entropy_low);
    *out = band;
}

uf_status uf_shares_band(const double *low, const double *high, size_t n, size_t top,
                         struct uf_shares_band *out, struct uf_error *error)
{
    if (n == 0 || top == 0 || top > n)
        return uf_fail(error, UF_BAD_USAGE, "The %zu largest of %zu values cannot be taken: give 1 to %zu.",
                       top, n, n);
    double *room = malloc(2 * n * sizeof *room);
    if (room == NULL) return uf_fail_memory(error);
    struct box box = {room, room + n, n, top};
    uf_status status = UF_OK;
    bool missing = false;
    double largest = 0;
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        box.low[i] = low[i], box.high[i] = high[i];
        missing = missing || isnan(low[i]) || isnan(high[i]);
        largest = fmax(largest, high[i]);
        if (low[i] < 0 || isinf(high[i]) || low[i] > high[i])
            status =
                uf_fail(error, UF_BAD_USAGE,
                        "The bounds of value %zu (counted from 1) are %g and %g; expected 0 or more, the "
                        "lower first.",
                        i + 1, low[i], high[i]);
    }
    if (status == UF_OK && (missing || !(largest > 0))) {
        *out = (struct uf_shares_band){NAN, NAN, NAN, NAN, NAN, NAN};
    } else if (status == UF_OK) {
        qsort(box.low, n, sizeof *box.low, ascending);
        qsort(box.high, n, sizeof *box.high, ascending);
        bound(&box, out);
    }
    free(room);
    return status;
}
