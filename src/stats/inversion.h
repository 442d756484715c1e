// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_INVERSION_H
#define UTFALL_STATS_INVERSION_H
#include <stddef.h>

/* How far from an estimate a test does not reject: one end of an interval by inversion. */

struct inversion {
    /* the p-value at a distance > 0; a step function is fine, and it need not fall steadily */
    double (*p)(void *user, double distance);
    /* the end lies between these two distances: what the later calls of p will stay within; NULL: not told */
    void (*narrow)(void *user, double inside, double outside);
    void *user;
    double unit;  /* a first guess of the scale, > 0; the end is found to 1e-10 of it */
    double limit; /* p above which a value is not rejected */
    /* places, at equal ratios from the last value found inside to 256 times the first outside, that are looked at
     * for values not rejected further out; 0: none. p need not fall steadily */
    size_t looks;
};

/* Doubles the distance until three in a row are rejected, looks further, then halves what lies between. INFINITY: nothing was
 * rejected up to 2^64 units. */
double inversion_reach(const struct inversion *inversion);
#endif
