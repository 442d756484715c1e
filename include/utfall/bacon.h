// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_BACON_H
#define UTFALL_BACON_H
/*
 * What a two-way fixed effects estimate is made of: every comparison of two groups around the start of one of
 * them, with its weight.
 *
 * A group k is a cohort (units first treated in the same period), the units never treated (U), or those treated
 * in all periods (A). With n_k the group's share of the (weighted) units and D_k the share of periods in which
 * it is treated, and k starting before l, the two-way estimate on a balanced panel is Σ s · β over
 *
 *   k against U    all periods              s ∝ n_k n_U D_k (1 − D_k)
 *   k against l    until l starts           s ∝ n_k n_l (D_k − D_l)(1 − D_k)     earlier against later
 *   l against k    from the start of k on   s ∝ n_k n_l D_l (D_k − D_l)          later against earlier
 *   k against A    all periods              s ∝ n_k n_A D_k (1 − D_k)
 *
 * each β being the change of means of the one less that of the other, and Σ s = 1. The last two kinds use units
 * already treated as comparison: where effects grow over time they enter with the wrong sign. They are called
 * forbidden (Borusyak, Jaravel & Spiess 2024).
 *
 * Source: Goodman-Bacon (2021), Difference-in-differences with variation in treatment timing, J. Econometrics
 * 225(2), 254–277, Theorem 1, eqs. (7), (8), (10).
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/did.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_bacon_type {
    UF_BACON_UNTREATED,      /* against never treated */
    UF_BACON_EARLIER_LATER,  /* earlier against later */
    UF_BACON_LATER_EARLIER,  /* later against earlier: forbidden */
    UF_BACON_ALWAYS_TREATED, /* against treated in all periods: forbidden */
    UF_BACON_TYPES
};

struct uf_bacon_comparison {
    enum uf_bacon_type type;
    /* periods in which the two start; SIZE_MAX: never treated; 0 as `control`: always treated */
    size_t treated, control;
    double weight, estimate;
    size_t n_treated, n_control; /* units */
    size_t first, last;          /* the periods compared, both included */
};

struct uf_bacon {
    size_t count;
    struct uf_bacon_comparison *comparison; /* by type, then the treated's start, then the control's */
    double estimate;                        /* Σ weight · estimate */
    double weight[UF_BACON_TYPES];          /* sums by type */
    double part[UF_BACON_TYPES];            /* Σ weight · estimate by type */
    double forbidden;                       /* the weight of the last two types */
};

/* data->first_period says who is treated when; data->treatment, time and covariates are not read (covariates
 * would need another decomposition). Weights must be constant within a unit. UF_NOT_IDENTIFIED: a unit lacks a
 * period or has it twice, or a weight changes (the theorem does not hold), with the unit; nothing to compare.
 * Rows in any order; units and periods without any row do not count. O(n + groups² · periods). */
uf_status uf_bacon_decompose(const struct uf_did_data *data, struct uf_bacon *out, struct uf_error *error);
void uf_bacon_clear(struct uf_bacon *bacon);

/* The method. Tables: `comparisons`, `by-type`, `estimates`, `design`. */
extern const struct uf_method uf_method_bacon;

#ifdef __cplusplus
}
#endif
#endif
