// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_ABSORBED_REGRESSION_H
#define UTFALL_ABSORBED_REGRESSION_H
/*
 * A linear regression with fixed effects for many rows: coefficients and their covariance in two passes over
 * the caller's columns, without a copy of any of them.
 *
 *     y_i = Σ_d α_d[g_d(i)] + Σ_e δ_e 1[c(i) = e] + x_i'β + ε_i
 *
 * The first pass takes each column's deviation from its mean within the grouping with the most groups (P) and
 * sums the cross-products of deviations, dummies of the other groupings, and categories:
 *
 *     K = [D C X y]'W(I − P)[D C X y],
 *
 * where the products of dummies are counts. A Cholesky factor of K, taken from left to right, gives rank and
 * coefficients: what is left of a column after those before it is judged by the norm it had before anything was
 * taken out, as uf_least_squares_fit does. Where less than 3e-4 of a column's own deviation is left, the sums
 * cannot tell, and the pass is run again on what is left of the columns, row by row: nearly collinear columns
 * lose no digits and collinear ones are known. The second pass takes the residuals, sums the scores by cluster,
 * and corrects the coefficients by one step of refinement.
 *
 * Where the rows come sorted by the largest grouping nothing is allocated that grows with them but one number
 * per group; else four bytes per row, for their order. All sums are taken over fixed parts of the rows, added in
 * a fixed order: the result is the same bytes for any number of threads.
 *
 * uf_absorber and uf_least_squares remain the way for small samples (they refine every column in double-double
 * arithmetic) and for all that wants residuals or columns row by row.
 *
 * Sources: Frisch & Waugh (1933), Econometrica 1, 387–401; Abowd, Creecy & Kramarz (2002), LEHD TP-2002-06
 * (rank by connected parts); Cameron, Gelbach & Miller (2011), JBES 29, 238–249 (two-way clusters).
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/covariance.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { UF_ABSORBED_DUMMIES = 3000, UF_ABSORBED_EFFECTS = 8 };
/* The level of a row that has none of the categories. */
#define UF_NO_LEVEL UINT32_MAX

/* A column of group numbers from 0 to n − 1: one of the two widths. */
struct uf_id_column {
    const uint32_t *narrow;
    const size_t *wide;
    size_t n; /* groups */
};
/* A grouping of the rows: by one column, or by the pairs of two (region × year) without a column of their own.
 * `recode` (id.n, or id.n × by.n in the order of id) turns the number of the group or pair into a level from 0
 * to n_levels − 1, as event time from cohort and period. */
struct uf_grouping {
    struct uf_id_column id, by; /* by: both NULL where there is none */
    const uint32_t *recode;     /* NULL: the number itself */
    size_t n_levels;            /* with recode */
};
struct uf_value_column {
    const double *value;
    size_t stride; /* 1: one after the other */
};

/* All borrowed. Every value finite; ids within their bounds. */
struct uf_absorbed_data {
    size_t n; /* below 2^32 */
    struct uf_value_column outcome;
    const struct uf_value_column *regressor;
    size_t n_regressors;
    const double *weights; /* n, > 0; NULL: 1 */
    const struct uf_grouping *effect;
    size_t n_effects; /* 1 … UF_ABSORBED_EFFECTS */
    /* One coefficient for each level, none for rows with UF_NO_LEVEL (which only a recode can give); NULL: none. */
    const struct uf_grouping *category;
    const struct uf_grouping *cluster[2];
    size_t n_cluster_dimensions; /* 0, 1, 2 */
};

struct uf_absorbed_options {
    double tolerance; /* share of its norm below which a column is collinear; 0: 1e-10 */
    /* The levels of the category in the order in which they are to be kept; NULL: ascending. */
    const uint32_t *category_order;
    size_t n_category_order; /* levels that are not listed have no coefficient */
    bool row_scores;         /* for hc1 */
    int threads;             /* 0: as OpenMP says */
};

/* Columns are first the categories that were asked for, in the order of category_order, then the regressors. */
struct uf_absorbed_fit {
    size_t n, n_columns, n_categories, rank;
    gsl_vector *coefficients; /* n_columns; NaN: dropped */
    gsl_matrix *inverse;      /* rank × rank: (X'WX)^-1 of the kept columns; NULL when rank is 0 */
    size_t *kept, *dropped;   /* indices of columns, ascending */
    size_t n_dropped;
    double *remaining; /* n_columns: the share of each column's norm that the ones before it left */
    double rss, df;    /* Σ w e²; n − rank − absorbed */
    size_t absorbed;   /* rank of all fixed effects */
    size_t singletons; /* rows that are alone in a group of some effect */
    size_t rounds;     /* of the first pass: 1, or more where columns were nearly collinear */
    size_t n_effects;
    size_t levels[UF_ABSORBED_EFFECTS];                          /* with rows */
    size_t components[UF_ABSORBED_EFFECTS][UF_ABSORBED_EFFECTS]; /* connected parts of two effects */
    bool nested[UF_ABSORBED_EFFECTS];                            /* each group within one cluster */
    size_t n_cluster_dimensions, n_clusters[2];                  /* with rows */
    gsl_matrix *cluster_scores; /* rank × rank: Σ_g s_g s_g', two-way: s1 + s2 − s12; NULL: no clusters */
    gsl_matrix *row_scores;     /* Σ_i s_i s_i'; NULL: not asked for */
};

/* UF_BAD_USAGE: the other effects have more than UF_ABSORBED_DUMMIES levels together (use uf_absorber_new, which
 * goes over to conjugate gradients), or pairs of clusters are too many to number; UF_BAD_INPUT: a value that is
 * not finite, a weight that is not positive; UF_INTERNAL: a number out of range. Cost: O(n (k² + effects · k)) and
 * O(q³), q the levels of all effects but the largest, and categories. */
uf_status uf_absorbed_regression_fit(const struct uf_absorbed_data *data,
                                     const struct uf_absorbed_options *options, struct uf_absorbed_fit *out,
                                     struct uf_error *error);
void uf_absorbed_regression_clear(struct uf_absorbed_fit *fit);

/* iid, hc1 (with row_scores), cr0, cr1, cr1s as uf_covariance_estimate, of the kept columns; UF_BAD_USAGE for the
 * others, which need the rows. O(k³). */
uf_status uf_absorbed_regression_covariance(const struct uf_absorbed_fit *fit,
                                            const struct uf_covariance_options *options,
                                            struct uf_covariance *out, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
