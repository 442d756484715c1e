// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_COMPOSITE_H
#define UTFALL_COMPOSITE_H
/*
 * A composite index: many indicators of the same units made into one number, in four steps that each involve a choice: outliers
 * are treated, indicators normalised to a common scale, weighted, and aggregated up a tree of pillars. The steps are pure functions
 * on columns (an indicator over the units) and matrices (units × indicators); NaN is a missing value and stays one.
 *
 * What the choices do to the result is composite_uncertainty.h.
 *
 * Source: OECD/JRC (2008), Handbook on Constructing Composite Indicators, OECD Publishing; steps 4–6, 8.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- outliers ---------------------------------------------------------------------------------- */

struct uf_shape {
    size_t n; /* values there */
    double skewness, kurtosis;
};
/* Adjusted skewness G1 = g1·√(n(n−1))/(n−2) and excess kurtosis G2 = ((n+1)g2 + 6)(n−1)/((n−2)(n−3)), from the moments with n. NaN below 3
 * (4) values or where nothing varies. O(n). */
struct uf_shape uf_shape_of(const gsl_vector *values);

enum uf_outliers { UF_OUTLIERS_KEEP, UF_OUTLIERS_WINSORISE, UF_OUTLIERS_BOX_COX };
struct uf_outlier_options {
    enum uf_outliers treatment;
    /* An indicator is treated where |skewness| is above the one and kurtosis above the other; 0 and 0: 2 and 3.5 */
    double skewness, kurtosis;
    size_t most;          /* steps of winsorising at most; 0: 5 */
    size_t points;        /* above 0: this many steps whatever the shape */
    const double *lambda; /* of Box–Cox; NULL: the one of greatest likelihood in −5…5 */
};
struct uf_outlier_fit {
    struct uf_shape before, after;
    size_t steps;   /* of winsorising */
    size_t changed; /* values winsorised */
    double lambda;  /* of Box–Cox; NaN: not transformed */
    double shift;   /* added before Box–Cox, so that all values are positive */
    bool settled;   /* the rule is met */
};
/* Winsorising: while the rule asks for it, all values at the far end (the highest where skewness is positive, else the lowest)
 * take the next value inwards; where `most` steps do not do, the original is transformed by Box–Cox instead. Box–Cox: (x^λ − 1)/λ,
 * ln x where λ = 0, after a shift by 1 % of the range above the lowest where that is not positive. `out` may be `values`.
 * UF_BAD_USAGE: a wrong option. O(n) a step; O(n) per evaluation of the likelihood. */
uf_status uf_treat_outliers(const gsl_vector *values, const struct uf_outlier_options *options,
                            gsl_vector *out, struct uf_outlier_fit *out_fit, struct uf_error *error);

/* --- normalisation ----------------------------------------------------------------------------- */

enum uf_normalisation {
    UF_NORMALISE_MIN_MAX, /* low + (high − low)·(x − min)/(max − min) */
    UF_NORMALISE_Z_SCORE, /* mean + deviation·(x − x̄)/s, s with n − 1 */
    UF_NORMALISE_RANK,    /* 1 is the lowest, n the best */
    UF_NORMALISE_TARGET   /* low + (high − low)·(x − min)/(target − min): `high` at the target */
};
struct uf_normalise_options {
    enum uf_normalisation kind;
    double low, high;       /* min-max and target */
    double mean, deviation; /* z-score */
    bool lowest_of_ties;    /* rank: tied values share the lowest of their ranks, not the mean */
    bool cap;               /* target: nothing above `high` */
};
/* 0…100, mean 0 and deviation 1, mean ranks. */
struct uf_normalise_options uf_normalise_defaults(enum uf_normalisation kind);
/* Where less is better the values (and the target) are first multiplied by −1. `target` is read by UF_NORMALISE_TARGET only.
 * `out` may be `values`. UF_NOT_IDENTIFIED: an indicator without two different values; a target that is no better than the worst
 * value. O(n), ranks O(n log n). */
uf_status uf_normalise(const gsl_vector *values, bool less_is_better, double target,
                       const struct uf_normalise_options *options, gsl_vector *out, struct uf_error *error);

/* --- coherence and weights ---------------------------------------------------------------------- */

/* Pearson's correlations of the columns over the rows without a missing value; NaN for a column that does not vary. `out`:
 * columns × columns. `out_rows` may be NULL: the complete rows. O(n k²). */
uf_status uf_correlations(const gsl_matrix *values, gsl_matrix *out, size_t *out_rows,
                          struct uf_error *error);

struct uf_cronbach {
    size_t n;            /* complete rows */
    double raw;          /* k/(k − 1)·(1 − Σ variances/variance of the sum) */
    double standardised; /* k·r̄/(1 + (k − 1)·r̄) */
    double mean_correlation;
};
/* Over complete rows. NaN below two columns or three rows. O(n k²). */
uf_status uf_cronbach_alpha(const gsl_matrix *values, struct uf_cronbach *out, struct uf_error *error);

struct uf_component_fit {
    size_t n, kept;          /* complete rows; factors kept */
    double explained;        /* share of the variance that they explain */
    gsl_vector *eigenvalues; /* of the correlation matrix, falling; k */
    gsl_matrix *
        loadings; /* k × kept, rotated by varimax (rows normalised by Kaiser); each column's sum is not negative */
};
/* Weights from principal components, as in the Handbook (step 6; Nicoletti et al. 2000): factors with an eigenvalue above 1 that explain
 * at least 10 % each, and further ones until 60 % is explained; varimax; each column goes to the factor where its squared loading
 * is greatest, with that loading as a share of the factor’s sum of them times the factor’s share of the explained variance. `out`: k
 * numbers that add up to 1. `out_fit` may be NULL; clear it with uf_component_fit_clear. UF_NOT_IDENTIFIED: fewer than two columns or
 * three complete rows, or a column that does not vary. O(n k² + k³). */
uf_status uf_component_weights(const gsl_matrix *values, gsl_vector *out, struct uf_component_fit *out_fit,
                               struct uf_error *error);
void uf_component_fit_clear(struct uf_component_fit *fit);

/* --- aggregation -------------------------------------------------------------------------------- */

enum uf_aggregation {
    UF_AGGREGATE_ARITHMETIC, /* Σ w·x/Σ w */
    UF_AGGREGATE_GEOMETRIC,  /* exp(Σ w·ln x/Σ w) */
    UF_AGGREGATE_HARMONIC,   /* Σ w/Σ(w/x) */
    UF_AGGREGATE_COPELAND    /* pairwise majorities won less those lost, by weight */
};

/* Indicators 0 … n_indicators − 1, then the aggregates; the last is the index. A part stands before what it is a part of. */
struct uf_composite_tree {
    size_t n_indicators, n_aggregates;
    const size_t
        *parent; /* n_indicators + n_aggregates, an item of the same list; the last one's is not read */
};
/* UF_BAD_USAGE: a parent that does not come after its part, or an aggregate without parts. O(items). */
uf_status uf_composite_check(const struct uf_composite_tree *tree, struct uf_error *error);

struct uf_aggregate_options {
    enum uf_aggregation parts, top; /* of all aggregates but the last, and of the last */
    bool
        renormalise; /* the weights of the parts that are there are made to add up; else a missing part makes a missing whole */
};
/* `normalised`: units × n_indicators; `weights`: n_indicators + n_aggregates (the last is not read), at least 0 and not all 0 within an aggregate.
 * `out`: units × n_aggregates. UF_NOT_IDENTIFIED: a geometric or harmonic mean of a number that is not positive, with the item and the
 * unit as indices in the sentence. O(units·items); Copeland O(units²·items). */
uf_status uf_composite_aggregate(const gsl_matrix *normalised, const struct uf_composite_tree *tree,
                                 const double *weights, const struct uf_aggregate_options *options,
                                 gsl_matrix *out, struct uf_error *error);

/* The weight, as a share of 1, with which unit i is ahead of unit j: the weights of the columns where it is higher, and half of those
 * where both are equal; 0 on the diagonal. Rows with a missing value have NaN. `out`: units × units. O(units²·columns). */
uf_status uf_outranking(const gsl_matrix *values, const double *weights, gsl_matrix *out,
                        struct uf_error *error);

/* Panel of several indicators → tables `composite-index`, `composite-index-pillars`, `composite-index-indicators`, `composite-index-coherence`,
 * `composite-index-correlations`, `composite-index-contributions`, with uncertainty `composite-index-ranks` and `composite-index-sensitivity`, and
 * `composite-index-findings`. See docs/methods/composite-index.md. */
extern const struct uf_method uf_method_composite_index;

#ifdef __cplusplus
}
#endif
#endif
