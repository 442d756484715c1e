// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_SHARES_H
#define UTFALL_PROFILE_SHARES_H
/*
 * One distribution against another: the arithmetic that specialisation (a region over sectors) and concentration (a
 * sector over regions) share. It runs over every cell of a table several times, so it works on plain rows, with
 * room that is taken once.
 */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/status.h>

struct share_pair {
    double own, reference;
};

/* Scratch for distributions of up to `n` parts. */
struct shares_room {
    double *own, *reference; /* for the caller's shares */
    struct share_pair *pair;
    uint64_t *key, *spare;
};
uf_status shares_room_new(size_t n, struct shares_room *out, struct uf_error *error);
void shares_room_clear(struct shares_room *room);

/* Σ value. NaN where one is. */
double shares_sum(const double *value, size_t n);
/* value/sum; `out` may be `value`. */
void shares_form(const double *value, size_t n, double sum, double *out);

/* A Herfindahl index of n shares brought to 0…1: (H − 1/n)/(1 − 1/n); NaN for a single one. */
static inline double shares_normalised(double herfindahl, size_t n)
{
    const double equal = 1.0 / (double)n;
    return n > 1 ? (herfindahl - equal) / (1 - equal) : (double)NAN;
}

struct shares_compared {
    double squares;    /* Σ s² */
    double distance;   /* Σ |s − q| */
    double raw;        /* Σ (s − q)² */
    double chi;        /* Σ s²/q over q > 0 */
    double divergence; /* Σ s·ln(s/q) over s, q > 0 */
    double gini;       /* of the Lorenz curve of s against q, parts in order of s/q */
    bool outside;      /* some s > 0 has q = 0 */
};
/* Both add up to 1. O(n): a radix sort by the quotient's leading digits, and only runs of equal ones by comparison;
 * O(n log n) where all quotients are alike. */
void shares_compare(const double *own, const double *reference, size_t n, struct shares_room *room,
                    struct shares_compared *out);

#endif
