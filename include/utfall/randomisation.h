// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_RANDOMISATION_H
#define UTFALL_RANDOMISATION_H
/*
 * Randomisation inference for one coefficient: what would the coefficient have been, had other units been
 * treated?
 *
 * Units (blocks of observations) follow treatment paths: never, from 2015, from 2017, … The paths are dealt
 * out anew over the blocks, each path to as many blocks as in the data, the regression is repeated, and the
 * p-value is the share of assignments, the actual one included, whose statistic is at least as large in
 * absolute value. All assignments are tried when there are few enough; else random ones are drawn from
 * counted streams. Honest with three treated of 21, where a cluster-robust t test is not; it tests the sharp
 * null hypothesis of no effect in any block.
 *
 * Three statistics: the coefficient; its cluster-robust t; and the coefficient scaled by how noisy the blocks that are
 * compared were before anybody was treated,
 *
 *     s(a) = β(a) · Σ d̃² / sqrt(Σ_b v_b Σ_t d̄_bt²)
 *
 * with d̃ the treatment of assignment a after fixed effects and covariates, d̄_bt its mean in block b and period t, and
 * v_b the block's variance before. All have their level where the treatment was dealt at random. Where it went to
 * the noisiest (or quietest) blocks the coefficient rejects far too often (or never), t less so, and the scaled
 * statistic keeps its level (docs/inference.md).
 *
 * Sources: Fisher (1935); MacKinnon & Webb (2020), Randomization inference for difference-in-differences with
 * few treated clusters, J. Econometrics 218, §3 (RI-β and RI-t).
 */
#include <gsl/gsl_matrix.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/absorb.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_randomisation_input { /* all borrowed */
    size_t n;
    const double *outcome;              /* n */
    const double *weights;              /* n; NULL: 1 */
    const gsl_matrix *covariates;       /* n × k; NULL: none */
    const struct uf_absorber *absorber; /* with the same weights; NULL: no fixed effects */
    size_t n_blocks;
    const size_t *block; /* n */
    size_t n_paths;
    const size_t *path; /* n_blocks: the path that a block actually followed */
    /* n × n_paths, row by row: the treatment of observation i, had its block followed that path */
    const double *path_value;
    const size_t *cluster; /* n, for t; NULL: the blocks */
    size_t n_groups;       /* bound of the cluster numbers */
    /* for the interval: n, the treatment as it was; NULL: none is computed */
    const double *treatment;
    const struct uf_block_noise *noise; /* for the scaled statistic; NULL: not computed */
};

/* How noisy each block is by itself, from a time when nobody was treated. Only ratios matter. */
struct uf_block_noise {
    size_t n_cells;       /* a cell: a block in a period */
    const size_t *cell;   /* n: of each observation */
    const size_t *block;  /* n_cells */
    const double *weight; /* n_cells: the sum of the observations' weights */
    /* n_blocks: of a cell's weighted sum of outcomes, what is common to units and periods taken out */
    const double *variance;
};

struct uf_randomisation_options {
    size_t most_enumerated; /* 0: 25,000 */
    size_t draws;           /* when there are more; 0: 9,999 */
    uint64_t seed;
    bool row_by_row;                           /* tests: no short cut for balanced panels */
    int (*progress)(void *user, double share); /* non-zero stops with UF_INTERRUPTED; NULL: none */
    void *user;
};

struct uf_randomisation {
    double assignments;  /* different ones there are (may be huge) */
    bool enumerated;     /* all were tried */
    size_t count;        /* statistics below: assignments tried, the actual one among them */
    double *coefficient; /* count; the actual one first; NaN where the regressor was collinear */
    double *t;           /* count; not small-sample corrected (a constant would cancel) */
    double *scaled;      /* count; NaN where no noise was given */
    double *shift;       /* count; NaN where no treatment was given */
    double p_coefficient, p_t, p_scaled;
    double least_p_coefficient, least_p_t,
        least_p_scaled; /* the smallest p that any assignment could have given here */
    size_t undefined;   /* collinear assignments, counted as extreme */
};

/* The effects that the test of a statistic does not reject at 1 − level: the smallest interval that holds all δ for
 * which the outcomes less δ times the actual treatment give p > 1 − level. It holds the estimate; an end is infinite
 * where no effect can be rejected on that side (few assignments), and both are NaN without `shift`. Exact, by
 * the crossing points of the statistics: O(count log count). */
uf_status uf_randomisation_interval(const struct uf_randomisation *randomisation, bool scaled, double level,
                                    double *low, double *high, struct uf_error *error);

void uf_randomisation_clear(struct uf_randomisation *randomisation);

/* The share of the statistics (count; the actual one first) at least as large as the actual one in absolute value, and the
 * smallest that any of them could have given; what is NaN counts as extreme, and both are NaN where the actual one is. */
void uf_randomisation_share(const double *statistic, size_t count, double *p, double *least);

/* --- any estimator ------------------------------------------------------------------------------ */

struct uf_randomisation_design { /* borrowed */
    size_t n_blocks, n_paths;
    const size_t *path; /* n_blocks: the path that a block actually followed */
};
/* The statistics of one assignment; what does not exist is NaN (and NaN when the function is called). */
struct uf_randomisation_statistics {
    double coefficient; /* the estimate; where it does not exist the assignment counts as extreme */
    double t;
    double scaled; /* the estimate over a standard error that no effect can have touched */
    double shift; /* by how much the coefficient rises when 1 is added to the actually treated observations */
};
/* path: n_blocks; out: one, or as many as there are terms. */
typedef uf_status (*uf_randomisation_statistic)(void *user, const size_t *path,
                                                struct uf_randomisation_statistics *out,
                                                struct uf_error *error);
/* Randomisation inference for an estimator that is computed anew under each assignment, one after the other.
 * UF_NOT_IDENTIFIED: fewer than two assignments, or no actual estimate. Cost: one statistic an assignment. */
uf_status uf_randomise(const struct uf_randomisation_design *design, uf_randomisation_statistic statistic,
                       void *user, const struct uf_randomisation_options *options,
                       struct uf_randomisation *out, struct uf_error *error);

/* The same for several numbers of one estimator at once: `out` has n_terms of them. A term after the first that has no actual
 * estimate is left empty (count 0). */
uf_status uf_randomise_terms(const struct uf_randomisation_design *design,
                             uf_randomisation_statistic statistic, void *user, size_t n_terms,
                             const struct uf_randomisation_options *options, struct uf_randomisation *out,
                             struct uf_error *error);

/* --- the coefficient of a regressor -------------------------------------------------------------- */

/* UF_NOT_IDENTIFIED: fewer than two assignments, or the actual coefficient is collinear. Cost: O(n
 * (dimensions + k) + q²) an assignment; O(blocks · paths) in a balanced panel without covariates and weights. The order of results does not depend on anything but the input and
 * the seed. */
uf_status uf_randomisation_test(const struct uf_randomisation_input *input,
                                const struct uf_randomisation_options *options, struct uf_randomisation *out,
                                struct uf_error *error);

/* --- several coefficients together ------------------------------------------------------------- */

/* For the leads of an event study: m dummies that depend on the path, of which the last n_tested are tested. */
struct uf_randomisation_joint_input {
    struct uf_randomisation_input common; /* path_value is not used */
    size_t n_columns, n_tested;
    /* n × n_paths, row by row: the dummy that is 1 for observation i, had its block followed that path;
     * SIZE_MAX: none */
    const size_t *path_column;
};
struct uf_randomisation_joint {
    double assignments;
    bool enumerated;
    size_t count;
    double *statistic; /* count; the actual one first: F of the tested columns, errors taken as independent */
    size_t restrictions; /* tested columns that are not collinear in the actual assignment */
    double p, least_p;
    size_t undefined;
};
/* The share of assignments whose F is at least as large. Honest with few treated units, where no covariance
 * of that many coefficients can be estimated. Errors and cost as uf_randomisation_test, with O(n m²) an
 * assignment. */
uf_status uf_randomisation_joint_test(const struct uf_randomisation_joint_input *input,
                                      const struct uf_randomisation_options *options,
                                      struct uf_randomisation_joint *out, struct uf_error *error);
void uf_randomisation_joint_clear(struct uf_randomisation_joint *joint);

/* What that F is made of, for several outcomes at once: with q_j orthonormal over the dummies that an assignment leaves (effects
 * and covariates taken out; the tested ones last), value[a][j] = q_j'y_a, and gram[a][b] = y_a'y_b likewise reduced. So that
 *
 *     F(Σ_a c_a y_a) = (Σ_{j tested} v_j² / restrictions) / ((c'Gram c − Σ_j v_j²) / df),  v_j = Σ_a c_a value[a][j].
 *
 * `input` is borrowed as long as the parts live; its outcome is not used but must be there. `outcomes`: n_outcomes of n,
 * copied; `value`: n_outcomes × n_columns, of which the first `rank` of each row are set. Cost: O(n m (m + n_outcomes)) an
 * assignment. */
struct uf_randomisation_parts;
struct uf_randomisation_rank {
    size_t rank, restrictions;
    double df;
};
uf_status uf_randomisation_parts_new(const struct uf_randomisation_joint_input *input, size_t n_outcomes,
                                     const double *outcomes, struct uf_randomisation_parts **out,
                                     struct uf_error *error);
void uf_randomisation_parts_free(struct uf_randomisation_parts *parts);
const double *uf_randomisation_parts_gram(const struct uf_randomisation_parts *parts);
uf_status uf_randomisation_parts_of(struct uf_randomisation_parts *parts, const size_t *path, double *value,
                                    struct uf_randomisation_rank *out, struct uf_error *error);

/* Different ways to deal n items out when counts[c] of them are of kind c: n!/Π counts[c]!. O(n). */
double uf_assignment_count(const size_t *counts, size_t n_counts);
/* The next order of the items in lexicographic sequence, repeated items allowed; false after the last, which
 * leaves them sorted. O(count). */
bool uf_assignment_next(size_t *items, size_t count);

#ifdef __cplusplus
}
#endif
#endif
