// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/shares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* Below this the radix sort's counters cost more than they save. */
enum { FEW = 48, BYTE = 256 };

uf_status shares_room_new(size_t n, struct shares_room *out, struct uf_error *error)
{
    struct shares_room room = {calloc(n + 1, sizeof *room.own), calloc(n + 1, sizeof *room.reference),
                               calloc(n + 1, sizeof *room.pair), calloc(n + 1, sizeof *room.key),
                               calloc(n + 1, sizeof *room.spare)};
    if (!room.own || !room.reference || !room.pair || !room.key || !room.spare) {
        shares_room_clear(&room);
        return uf_fail_memory(error);
    }
    *out = room;
    return UF_OK;
}

void shares_room_clear(struct shares_room *room)
{
    free(room->own);
    free(room->reference);
    free(room->pair);
    free(room->key);
    free(room->spare);
}

double shares_sum(const double *value, size_t n)
{
    double part[4] = {0}; /* four sums side by side: an addition does not wait for the one before */
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++) part[k] += value[i + k];
    for (; i < n; i++) part[0] += value[i];
    return (part[0] + part[1]) + (part[2] + part[3]);
}

void shares_form(const double *value, size_t n, double sum, double *out)
{
    for (size_t i = 0; i < n; i++) out[i] = value[i] / sum;
}

/* By quotient, compared crosswise, which is exact to the last digit where dividing first is not. */
static int by_quotient(const void *left, const void *right)
{
    const struct share_pair *a = left, *b = right;
    double difference = a->own * b->reference - b->own * a->reference;
    return (difference > 0) - (difference < 0);
}

/* A float above 0 grows with its bits read as a whole number. The place of the pair goes in the lower half. */
static uint64_t key_of(double quotient, size_t place)
{
    const float rounded = (float)quotient;
    uint32_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    return (uint64_t)bits << 32 | (uint32_t)place;
}

/* The part of the key that is sorted by: sign, exponent and 15 digits. */
static uint64_t leading(uint64_t key)
{
    return key >> 40;
}

/* Sorts by the three leading bytes, last byte first; returns the array the result is in. */
static const uint64_t *radix_sort(uint64_t *key, uint64_t *spare, size_t n)
{
    size_t count[3][BYTE] = {{0}};
    for (size_t i = 0; i < n; i++)
        for (size_t b = 0; b < 3; b++) count[b][key[i] >> (40 + 8 * b) & (BYTE - 1)]++;
    for (size_t b = 0; b < 3; b++) {
        size_t *place = count[b];
        if (place[key[0] >> (40 + 8 * b) & (BYTE - 1)] == n) continue; /* all alike */
        size_t next = 0;
        for (size_t v = 0; v < BYTE; v++) {
            size_t here = place[v];
            place[v] = next;
            next += here;
        }
        for (size_t i = 0; i < n; i++) spare[place[key[i] >> (40 + 8 * b) & (BYTE - 1)]++] = key[i];
        uint64_t *swap = key;
        key = spare, spare = swap;
    }
    return key;
}

/* Puts the pairs of the keys in order of their quotients. */
static void order_pairs(const double *own, const double *reference, size_t n, struct shares_room *room)
{
    const uint64_t *key = n > FEW ? radix_sort(room->key, room->spare, n) : room->key;
    for (size_t i = 0; i < n; i++) {
        const size_t place = key[i] & UINT32_MAX;
        room->pair[i] = (struct share_pair){own[place], reference[place]};
    }
    if (n <= FEW) {
        qsort(room->pair, n, sizeof *room->pair, by_quotient);
        return;
    }
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && leading(key[end]) == leading(key[i]);) end++;
        if (end - i > 1) qsort(room->pair + i, end - i, sizeof *room->pair, by_quotient);
    }
}

/* 1 − Σ Δz·(y_k + y_{k−1}), y and z the cumulated shares of own and reference (the trapezoid rule is exact here).
 * Parts with own = 0 come first and add nothing; parts with reference = 0 come last and add nothing. */
static double lorenz_gini(const struct share_pair *pair, size_t n)
{
    double area = 0, cumulated = 0;
    for (size_t i = 0; i < n; i++) {
        area += pair[i].reference * (2 * cumulated + pair[i].own);
        cumulated += pair[i].own;
    }
    double gini = 1 - area;
    return gini < 0 ? 0 : gini; /* equal structures: rounding alone */
}

void shares_compare(const double *own, const double *reference, size_t n, struct shares_room *room,
                    struct shares_compared *out)
{
    struct shares_compared x = {0};
    size_t held = 0;
    for (size_t i = 0; i < n; i++) {
        const double s = own[i], q = reference[i], difference = s - q;
        x.squares += s * s;
        x.distance += fabs(difference);
        x.raw += difference * difference;
        if (!(s > 0)) continue;
        if (!(q > 0)) {
            x.outside = true;
            continue;
        }
        const double quotient = s / q;
        x.chi += s * quotient;
        x.divergence += s * log(quotient);
        room->key[held++] = key_of(quotient, i);
    }
    order_pairs(own, reference, held, room);
    x.gini = lorenz_gini(room->pair, held);
    *out = x;
}
