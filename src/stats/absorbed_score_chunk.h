// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_ABSORBED_SCORE_CHUNK_H
#define UTFALL_STATS_ABSORBED_SCORE_CHUNK_H
/* What one chunk of rows sums in the second pass of an absorbed regression, and how the plan says it shall. */
#include "stats/absorbed_internal.h"

enum score_way {
    BY_DUMMY, /* residuals by cluster and dummy, and with the regressors by cluster */
    BY_ROW,   /* x̂ of each row, summed by cluster */
    BY_GROUP, /* each group of the largest effect is a cluster of its own */
    EACH,     /* each row is one: the pairs of two-way clusters, or hc1 */
    AS_BEFORE /* the same clusters as an earlier tally */
};

/* The tallies: by each cluster dimension and by their pairs, by row for hc1, and the sum of all scores. */
enum { PAIRS = 2, ROWS = 3, TOTAL = 4, TALLIES = 5 };

struct score_tally {
    bool active;
    const struct uf_grouping *grouping; /* NULL: all rows are one cluster */
    enum score_way way;
    size_t clusters, width; /* of the sums */
    size_t same;            /* AS_BEFORE: as which */
    bool shared;            /* all chunks add to the sums of the first */
};

struct score_sums {
    double *table[TALLIES]; /* clusters × width, or p × p */
    double rss;
    bool no_memory;
};

struct score_pass {
    const struct absorbed_layout *l;
    const struct absorbed_solution *solution;
    size_t k, d, p;
    struct score_tally tally[TALLIES];
    bool by_row; /* some tally wants x̂ */
    struct uf_grouping pairs;
    struct score_sums *sums;
};

/* Sums the rows of one chunk; where memory does not suffice its sums say so. */
void score_chunk_sum(const struct score_pass *p, size_t chunk);

static inline void add_outer(double *meat, const double *score, size_t p)
{
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b <= a; b++) meat[a * p + b] += score[a] * score[b];
}

#endif
