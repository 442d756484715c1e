// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_COMPOSITE_UNCERTAINTY_H
#define UTFALL_COMPOSITE_UNCERTAINTY_H
/*
 * What the choices behind a composite index do to its ranking. Each draw takes one of the named alternatives of every choice, forms
 * the index anew and ranks the units; the nominal index takes the first of each. Two things come out: how sure a unit's rank is,
 * and which choice moves the ranking (first-order and total Sobol' indices of the mean absolute shift in rank from the nominal one).
 *
 * Draw r is a function of (seed, r) alone, so results do not depend on the number of threads.
 *
 * Source: Saisana, M., Saltelli, A. & Tarantola, S. (2005), Uncertainty and sensitivity analysis techniques as tools for the quality
 * assessment of composite indicators, JRSS A 168(2), §3.
 */
#include <utfall/composite.h>
#include <utfall/sobol.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_composite_choice {
    UF_CHOICE_TREATMENT,
    UF_CHOICE_NORMALISATION,
    UF_CHOICE_WEIGHTING,
    UF_CHOICE_AGGREGATION,
    UF_CHOICE_WEIGHT_NOISE, /* each weight times a number uniform in 1 − noise … 1 + noise */
    UF_CHOICE_LEFT_OUT,     /* none, or one of the indicators, each as likely */
    UF_CHOICES
};

struct uf_composite_alternatives {
    const struct uf_outlier_options *treatments;
    const struct uf_normalise_options *normalisations;
    const double *const *weightings; /* each n_indicators + n_aggregates */
    const enum uf_aggregation *aggregations;
    size_t n_treatments, n_normalisations, n_weightings, n_aggregations; /* at least 1 each */
    double weight_noise;                                                 /* 0 … below 1 */
    bool leave_one_out;
    bool keep_top; /* the last aggregate keeps `top`; otherwise it varies with the others */
    enum uf_aggregation top;
    bool renormalise;
};

struct uf_composite_input {
    const gsl_matrix *values;   /* units × n_indicators, as observed */
    const bool *less_is_better; /* n_indicators */
    const double *target;       /* n_indicators; read where a normalisation needs it, else may be NULL */
    const struct uf_composite_tree *tree;
    const struct uf_composite_alternatives *alternatives;
};

struct uf_composite_uncertainty_options {
    size_t draws;     /* N; 0: 1,000 */
    bool sensitivity; /* N·(choices + 1) more draws */
    size_t top;       /* for the share of draws among the first `top`; 0: 10 */
    uint64_t seed;
    int threads;                               /* 0: as many as there are */
    int (*progress)(void *user, double share); /* non-zero stops with UF_INTERRUPTED; NULL: none */
    void *user;
};

struct uf_rank_interval {
    double nominal;                 /* 1 is best; ties share the best of their ranks; NaN: not ranked */
    double mean, median, low, high; /* over the draws; 5 % and 95 %, interpolated (type 7) */
    double top_share;               /* of draws among the first `top` */
    double top_share_error;         /* its Monte Carlo standard error */
};

struct uf_composite_uncertainty {
    size_t n_units, n_ranked, draws, top;
    struct uf_rank_interval *unit; /* n_units */
    double shift,
        shift_error; /* mean absolute shift in rank, over draws and units, and its Monte Carlo error */
    bool varies[UF_CHOICES];                 /* the choice has more than one alternative */
    struct uf_sobol_index index[UF_CHOICES]; /* where it varies and sensitivity was asked for; else NaN */
};

/* A unit with a missing value is not ranked, unless `renormalise` lets it do with what it has. UF_BAD_USAGE: nothing that varies.
 * UF_NOT_IDENTIFIED: an alternative that cannot be computed, as a geometric mean of z-scores: named before any draw; no draw is passed
 * over. UF_NO_MEMORY. Cost: the treated and normalised variants once; then O(units·items + units·log units) a draw (Copeland
 * O(units²·items)); memory O(units·(variants·items + draws)). Clear the result with uf_composite_uncertainty_clear. */
uf_status uf_composite_uncertainty(const struct uf_composite_input *input,
                                   const struct uf_composite_uncertainty_options *options,
                                   struct uf_composite_uncertainty *out, struct uf_error *error);
void uf_composite_uncertainty_clear(struct uf_composite_uncertainty *uncertainty);

#ifdef __cplusplus
}
#endif
#endif
