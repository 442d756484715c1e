// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_ABSORB_INTERNAL_H
#define UTFALL_STATS_ABSORB_INTERNAL_H
/* The absorber as its builder (absorb.c) and its user (absorb_apply.c) see it. */
#include <stdbool.h>
#include <utfall/absorb.h>

struct uf_absorber {
    size_t n, dimensions;
    size_t **group;       /* dimensions arrays of n, without gaps */
    size_t *levels;       /* dimensions */
    double *weight;       /* n; NULL: 1 */
    size_t main;          /* the dimension taken out by means */
    size_t q;             /* dummies of the others together */
    size_t *offset;       /* dimensions: where each of the others starts among the q */
    double *main_weight;  /* levels[main] */
    double *other_weight; /* q */
    double *factor;       /* q × q lower triangle; NULL: conjugate gradients (or q = 0) */
    bool *redundant;      /* q: left out of the factor */
    size_t rank, singletons;
    bool rank_is_exact;
};

static inline double absorb_weight(const struct uf_absorber *a, size_t i)
{
    return a->weight ? a->weight[i] : 1;
}
#endif
