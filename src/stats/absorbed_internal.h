// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_ABSORBED_INTERNAL_H
#define UTFALL_STATS_ABSORBED_INTERNAL_H
/* What the files of the absorbed regression share. */
#include <utfall/absorbed_regression.h>

/* Rows that are worked on at a time: their columns stay in the first cache. */
enum { ABSORBED_BLOCK = 512, ABSORBED_MOST_CHUNKS = 32 };

/*
 * The rows by group of the largest effect, and the numbers of all other levels.
 *
 * A *dummy* is a level of one of the other effects (0 … q − 1) or a category with a coefficient
 * (q … q + m − 1); `none` = q + m stands for no category.
 */
struct absorbed_layout {
    const struct uf_absorbed_data *data;
    size_t n, main;      /* main: the effect with the most levels */
    size_t n_groups;     /* bound of its numbers */
    uint32_t *order;     /* n: rows by group; NULL: they come so */
    uint32_t *start;     /* n_groups + 1 */
    size_t n_chunks;     /* depends on the data only, never on the threads */
    size_t *chunk;       /* n_chunks + 1 first groups */
    size_t n_dummy_dims; /* effects but main, and the category as the last one where there is one */
    const struct uf_grouping *dummy_dim[UF_ABSORBED_EFFECTS];
    size_t effect_of[UF_ABSORBED_EFFECTS]; /* index of the effect; n_effects: the category */
    uint32_t *number[UF_ABSORBED_EFFECTS]; /* by number or pair: the dummy */
    size_t offset[UF_ABSORBED_EFFECTS + 1];
    size_t q, m, none;
    double *weight; /* q + m: sum of the rows' weights */
    size_t *count;  /* q + m: rows */
    bool alone;     /* some level of another effect has one row */
    size_t levels[UF_ABSORBED_EFFECTS];
    size_t n_clusters[2];
    /* Where rows do not come by group: each row's combination of levels as one number, small enough to be fetched from
     * anywhere, and by it the dummies and clusters. NULL: there are too many. */
    uint16_t *combination;
    uint32_t *dummy_of[UF_ABSORBED_EFFECTS], *cluster_of[2];
    int threads;
};

uf_status absorbed_layout_init(const struct uf_absorbed_data *data, const struct uf_absorbed_options *options,
                               struct absorbed_layout *out, struct uf_error *error);
void absorbed_layout_clear(struct absorbed_layout *layout);

/* Numbers or pairs of numbers that a grouping can have, before they are recoded; and those of rows, chosen as below. */
size_t absorbed_raw_levels(const struct uf_grouping *grouping);
bool absorbed_load_raw(const struct uf_grouping *grouping, const uint32_t *rows, size_t first, size_t length,
                       uint32_t *out);
/* The number of levels that a grouping can have. */
size_t absorbed_levels(const struct uf_grouping *grouping);
/* Levels of `length` rows: those at places first … of `rows`, or of the data where rows is NULL. False: a number
 * is out of range. */
bool absorbed_load_levels(const struct uf_grouping *grouping, const uint32_t *rows, size_t first,
                          size_t length, uint32_t *out);
/* The clusters and the dummies of rows, by their places in the order. */
void absorbed_load_clusters(const struct absorbed_layout *layout, size_t dimension, size_t first,
                            size_t length, uint32_t *out);
void absorbed_load_dummies(const struct absorbed_layout *layout, size_t dim, size_t first, size_t length,
                           uint32_t *out);
/* Fills in the layout's combinations, of as many of the columns as have few together. */
uf_status absorbed_combine(struct absorbed_layout *layout, struct uf_error *error);
/* What `of` has for the rows' combinations. */
void absorbed_load_combined(const struct absorbed_layout *layout, const uint32_t *of, size_t first,
                            size_t length, uint32_t *out);
/* The values of these rows: within the column where that can be, else copied to `buffer`. */
const double *absorbed_load_values(struct uf_value_column column, const uint32_t *rows, size_t first,
                                   size_t length, double *buffer);

/* A walk over the groups of a chunk, in pieces of at most ABSORBED_BLOCK rows: whole groups, or parts of a group
 * that is larger. */
struct absorbed_piece {
    size_t first, length;    /* places in the order */
    size_t group, end_group; /* groups; for a part just the one */
    bool part;               /* of a larger group */
    bool opens, closes;      /* the first, the last part */
};
void absorbed_walk_begin(const struct absorbed_layout *layout, size_t chunk, struct absorbed_piece *piece);
bool absorbed_walk_next(const struct absorbed_layout *layout, size_t chunk, struct absorbed_piece *piece);

/* Σ_i x_i y_i in eight lanes, added in a fixed order. */
double absorbed_dot(const double *x, const double *y, size_t n);

/* What the rows are turned into before they are summed: z'_a = Σ_b rotation[a][b] z_b − Σ dummies' offsets.
 * Columns of z: the regressors, then the outcome. NULL members: as they are. */
struct absorbed_change {
    double *rotation; /* v × v, lower, unit diagonal */
    double *offset;   /* (q + m + 1) × v; the last row is nil */
};

/* Connected sets of numbers. */
struct absorbed_parts {
    uint32_t *parent;
    size_t nodes, parts;
};

/* The sums of the first pass. */
struct absorbed_moments {
    size_t v, size;    /* v: regressors + 1; size: q + m + v */
    double *k;         /* size × size, lower triangle: dummies, categories, regressors, outcome */
    double *reference; /* v: Σ w z² of the columns as given */
    size_t singletons, n_groups;
    bool nested[UF_ABSORBED_EFFECTS + 1][2]; /* by effect and cluster dimension */
    size_t components[UF_ABSORBED_EFFECTS][UF_ABSORBED_EFFECTS];
};
uf_status absorbed_moments_init(const struct absorbed_layout *layout, struct absorbed_moments *out,
                                struct uf_error *error);
/* `change` NULL: the first round, with all counts; else only the sums of the columns are taken anew. */
uf_status absorbed_moments_sum(const struct absorbed_layout *layout, const struct absorbed_change *change,
                               struct absorbed_moments *moments, struct uf_error *error);
void absorbed_moments_clear(struct absorbed_moments *moments);

/* What the first pass gives. p: categories and regressors, kept or not. */
struct absorbed_solution {
    size_t p;
    bool *kept;          /* p */
    double *coefficient; /* p; 0 where dropped */
    double *dummy;       /* q + m + 1: coefficients of dummies and categories; the last is 0 */
    double *gamma;       /* (q + 1) × p: each column's coefficients on the effects' dummies; last row nil */
    double *remaining;   /* p */
    gsl_matrix *inverse; /* of the kept; NULL: none */
    size_t rank, dummy_rank, rounds;
};
uf_status absorbed_solve(const struct absorbed_layout *layout, double tolerance,
                         struct absorbed_moments *moments, struct absorbed_solution *out,
                         struct uf_error *error);
void absorbed_solution_clear(struct absorbed_solution *solution);

/* The sums of the second pass, over kept columns. */
struct absorbed_scores {
    double rss;
    double *gradient;          /* p: Σ_i w x_i e_i, nil but for rounding; 0 for dropped columns */
    gsl_matrix *row, *cluster; /* p × p; NULL where not asked for */
};
uf_status absorbed_scores_sum(const struct absorbed_layout *layout, const struct absorbed_moments *moments,
                              const struct absorbed_solution *solution, bool rows,
                              struct absorbed_scores *out, struct uf_error *error);
void absorbed_scores_clear(struct absorbed_scores *scores);
#endif
